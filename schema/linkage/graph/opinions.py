"""会同 as it can be read: the opinion of the group's office, how it stands, what a judgement rested on."""

from datetime import datetime
from enum import Enum

import strawberry

from schema.city.graph import ExplanationInput, Place, rule_input
from schema.city.rules import CLOSING_TIME, CalendarPending, Pause, due
from schema.context import Context
from schema.entries.graph import Explanation, rule_used
from schema.evidence.graph import Attachment, evidence_of
from schema.linkage import rules, tables
from schema.linkage.rules import OPINION_DEADLINE
from schema.linkage.tables import Stance
from schema.people.graph import Group, Person, Signature, signed
from schema.project.rules import AWAITS_RESUBMISSION, UNDER_JUDGEMENT
from schema.query.fields import (
    Node,
    Parent,
    column,
    computed,
    describe_enum,
    node,
    resolver,
    row_as,
    rows_as,
    to_one,
)
from schema.query.models import Record

STANCES = {Stance.AGREE: "同意", Stance.ANOTHER: "建议另定首谈地", Stance.OBJECT: "不同意受理"}
describe_enum(Stance, "会同意见", **{each.value: word for each, word in STANCES.items()})


class OpinionState(Enum):
    """How the opinion of a report's group stands."""

    NOT_ASKED = "NOT_ASKED"
    NO_GROUP = "NO_GROUP"
    WAITING = "WAITING"
    OVERDUE = "OVERDUE"
    GIVEN = "GIVEN"
    MISSED = "MISSED"


describe_enum(
    OpinionState,
    "会同意见的进展",
    NOT_ASKED="不需要会同意见",
    NO_GROUP="待明确小组",
    WAITING="待会同意见",
    OVERDUE="会同意见逾期",
    GIVEN="已提出会同意见",
    MISSED="未收到会同意见",
)


@node(tables.Opinion, "会同意见")
class Opinion(Node):
    group: Group | None = to_one("Group", "提出意见的小组")
    stance: Stance = column("意见")
    place: Place | None = to_one("Place", "建议的首谈地")
    reason: str = column("理由")
    due_at: datetime | None = column("提出意见的时限")
    given_by: Person | None = to_one("Person", "提出人")
    given_at: datetime = column("提出时间")
    given_as: Signature | None = signed("提出人署名", "projectOpine", "given_by_id", "given_at")

    evidence: list[Attachment] = evidence_of("Opinion", "附件")

    @computed("是否逾期提出", columns=("due_at", "given_at"))
    def late(row: Parent) -> bool:
        return row["due_at"] is not None and row["given_at"] > row["due_at"]


@strawberry.type(description="研判所依据的：建议的首谈地、会同意见")
class JudgementBasis:
    proposed_place: Place | None = strawberry.field(description="按顺序建议的首谈地")
    proposed_ground: str = strawberry.field(description="建议的依据")
    departure: str = strawberry.field(description="不按建议认定的理由")
    without_claim: bool = strawberry.field(description="认定的首谈地没有申报首谈")
    opinion: Opinion | None = strawberry.field(description="会同意见")
    opinion_words: str = strawberry.field(description="会同意见，没有的为何没有")
    former_opinions: list[Opinion] = strawberry.field(
        description="此前提出、不再作为会同意见的：其后更正了小组，补正后重新会同，或由该组更正"
    )
    former_words: list[str] = strawberry.field(description="此前提出的意见，各一句")
    judgement: strawberry.Private[Record]
    project: strawberry.Private[Record]
    proposed: strawberry.Private[str]
    context: strawberry.Private[Context]

    @resolver("计算依据")
    async def explanation(self) -> Explanation:
        await self.context.load_rules()
        return explain_judgement(self)


def jointly_judged(context: Context) -> bool:
    """Whether a report of today is judged with the opinion of its group's office."""
    try:
        context.rule(OPINION_DEADLINE)
    except LookupError:
        return False
    return True


def asked_since(project: Record) -> datetime:
    """Since when the opinion that counts is asked for: with the report, or later with its group or with
    other facts.
    """
    since: datetime = project["grouped_at"] or project["reported_at"]
    return since


def opinion_due(project: Record, pauses: list[Pause], context: Context) -> datetime | None:
    """When a group's own limit ends: within the two days, on their clock, where it had the report from
    the first; its whole limit, where it was asked later.

    None while it is paused, and while the calendar of a year is not published.
    """
    since, judge_by = asked_since(project), project["judge_by"]
    limit, start = context.rule_from(OPINION_DEADLINE, since)
    closing, _ = context.rule_from(CLOSING_TIME, start)
    try:
        own = due(start, limit.value, context.calendar, closing.value, pauses)
    except CalendarPending:
        return None
    return min(own, judge_by) if own and judge_by and not project["grouped_at"] else own


def opinion_state(
    project: Record, given: bool, due_at: datetime | None, now: datetime
) -> OpinionState:
    """How the opinion stands on a project under judgement, or judged without further ones."""
    if not project["jointly_judged"]:
        return OpinionState.NOT_ASKED
    if given:
        return OpinionState.GIVEN
    if project["stage"] not in UNDER_JUDGEMENT:
        return OpinionState.MISSED if project["judged_at"] else OpinionState.NOT_ASKED
    if project["group_id"] is None:
        return OpinionState.NO_GROUP
    if project["stage"] in AWAITS_RESUBMISSION or due_at is None or now <= due_at:
        return OpinionState.WAITING
    return OpinionState.OVERDUE


def standing_opinion(project: Record, opinions: list[Record]) -> Record | None:
    """The last of the group which has the project now, since it was asked: what a former group gave,
    or this one before it was asked anew or has corrected it, is kept, and does not count.
    """
    since = asked_since(project)
    return next(
        (
            each
            for each in sorted(opinions, key=lambda each: int(each["id"]), reverse=True)
            if each["group_id"] == project["group_id"] and each["given_at"] >= since
        ),
        None,
    )


async def judgement_basis(project: Record, context: Context) -> JudgementBasis | None:
    """What the judgement of a project rested on; None where there is none, or it is not shown."""
    found = await context.rows.where("Judgement", "project_id", project["id"])
    judgement = found[0] if found else None
    if judgement is None or judgement["without_claim"] is None or judgement["migration_id"]:
        return None
    opinion = await context.rows.one("Opinion", judgement["opinion_id"])
    asked = opinion["group_id"] if opinion else project["group_id"]
    group = await context.rows.one("Group", asked)
    place = await context.rows.one("Place", judgement["proposed_place_id"])
    stated = await context.rows.one("Place", opinion["place_id"]) if opinion else None
    given = await context.rows.where("Opinion", "project_id", project["id"])
    former = [each for each in given if each["id"] != judgement["opinion_id"]]
    return JudgementBasis(
        proposed_place=row_as(Place, place),
        proposed_ground=judgement["proposed_ground"],
        departure=judgement["departure"],
        without_claim=judgement["without_claim"],
        opinion=row_as(Opinion, opinion),
        opinion_words=opinion_words(
            group["short_name"] if group else "",
            opinion,
            stated["name"] if stated else "",
            judgement["opinion_due_at"],
        ),
        former_opinions=rows_as(Opinion, former),
        former_words=[
            await former_words(each, is_corrected(each, opinion, project), context)
            for each in former
        ],
        judgement=judgement,
        project=project,
        proposed=place["name"] if place else "",
        context=context,
    )


def opinion_words(group: str, opinion: Record | None, place: str, missed: datetime | None) -> str:
    """The opinion on which a judgement rested, or that its limit had passed without one."""
    if opinion is None:
        return rules.missed_words(group, missed) if missed else ""
    return f"{group}会同意见（{given_words(opinion)}）：{stance_words(opinion, place)}。{opinion['reason']}"


def is_corrected(former: Record, standing: Record | None, project: Record) -> bool:
    """Whether the group itself has put the standing opinion in the place of a former one."""
    return (
        standing is not None
        and former["group_id"] == standing["group_id"]
        and former["given_at"] >= asked_since(project)
    )


async def former_words(opinion: Record, corrected: bool, context: Context) -> str:
    """An opinion that counts no more, as the record of the judgement names it."""
    group = await context.rows.one("Group", opinion["group_id"])
    place = await context.rows.one("Place", opinion["place_id"])
    stance = stance_words(opinion, place["name"] if place else "")
    why = "其后由该组更正" if corrected else "其后更正小组或补正"
    return (
        f"此前{group['short_name'] if group else ''}的意见（{given_words(opinion)}，"
        f"{why}，不再作为会同意见）：{stance}。{opinion['reason']}"
    )


def stance_words(opinion: Record, place: str) -> str:
    """What an opinion says; `place` is the name of the one that it proposes."""
    return f"建议首谈地为{place}" if place else STANCES[Stance(opinion["stance"])]


def given_words(opinion: Record) -> str:
    """When an opinion was given, and whether that was late."""
    late = opinion["due_at"] is not None and opinion["given_at"] > opinion["due_at"]
    return f"{rules.moment_words(opinion['given_at'])} {'逾期' if late else ''}提出"


def explain_judgement(basis: JudgementBasis) -> Explanation:
    """In which order claims were proposed, what the group's office held of it, and how it was decided."""
    context, project = basis.context, basis.project
    used = []
    inputs = [
        ExplanationInput(
            key="proposed",
            name="按顺序建议的首谈地",
            value=basis.proposed or "没有可据以建议的申报",
            source=basis.proposed_ground or "首谈申报",
        )
    ]
    if basis.departure:
        inputs.append(
            ExplanationInput(
                key="departure", name="不按建议的理由", value=basis.departure, source="研判记录"
            )
        )
    if basis.without_claim:
        words = "认定的首谈地没有申报首谈"
        inputs.append(
            ExplanationInput(key="without_claim", name="申报情况", value=words, source="研判记录")
        )
    if project["jointly_judged"]:
        limit, since = context.rule_from(OPINION_DEADLINE, asked_since(project))
        used.append(rule_used(limit))
        inputs.append(
            ExplanationInput(
                key="since",
                name="会同意见起算时间",
                value=rules.moment_words(since),
                source="办公室明确小组或补正重报后重新会同，时限全期另计，不受研判时限限制"
                if project["grouped_at"]
                else "报送时间，时限不超过研判时限",
            )
        )
        if basis.judgement["due_at"] and not project["grouped_at"]:
            ends = rules.moment_words(basis.judgement["due_at"])
            inputs.append(
                ExplanationInput(key="cap", name="研判时限", value=ends, source="研判记录")
            )
        inputs.append(
            ExplanationInput(
                key="opinion", name="会同意见", value=basis.opinion_words, source="会同意见"
            )
        )
        inputs += [
            ExplanationInput(
                key=f"former{number}", name="此前的意见", value=each, source="会同意见"
            )
            for number, each in enumerate(basis.former_words, 1)
        ]
        inputs.append(rule_input("limit", limit))
    return Explanation(
        clause=None,
        rules=used,
        formula="已受理的上报按上报时间在先；其次凭证经办公室认可的，按接洽日期在先；仅自报日期的不据以定序；办公室会同小组研判，说明理由",
        inputs=inputs,
        entries_where=(("1=0", []),),
    )
