"""Article 3, 会同: give a report to its group, and the opinion of the group's office on it."""

from datetime import timedelta
from typing import Any

import strawberry

from schema.city.rules import Pause
from schema.duties.registry import NOW, First, Limit, Pauses, Whole, act_page, hindered, task
from schema.evidence.inputs import FileInput
from schema.evidence.keeping import attach, keep_evidence
from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import input_field
from schema.gate.payloads import Payload, row_as
from schema.linkage import rules, tables
from schema.linkage.acts.payloads import ProjectPayload
from schema.linkage.acts.proposed import proposed_on
from schema.linkage.graph import Opinion, opinion_due, standing_opinion
from schema.linkage.tables import Return, Stance
from schema.people.rules import Post
from schema.people.tables import Group
from schema.project import tables as project_tables
from schema.project.graph import Project, at_stage
from schema.project.rules import AWAITS_RESUBMISSION
from schema.query.models import Record, as_record
from schema.relations import OF_MY_GROUP

MOMENT = timedelta(microseconds=1)
"""By how much a correction is later than what it corrects, at the least."""
SINCE = 'COALESCE(x."grouped_at", x."reported_at")'
AWAITED = (
    'x."jointly_judged" AND x."group_id" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "opinion" n'
    f' WHERE n."project_id" = x."id" AND n."group_id" = x."group_id" AND n."given_at" >= {SINCE})'
)
task(
    "projectOpine",
    "对项目信息提出会同意见",
    on="Project",
    whose=OF_MY_GROUP,
    waits=Post.OFFICE,
    since=SINCE,
    open=AWAITED,
    due=Limit(
        rules.OPINION_DEADLINE,
        Pauses("return", "project_id", "returned_at", "resubmitted_at"),
        within=Whole(
            rules.ASSESSMENT_DEADLINE, 'CASE WHEN x."grouped_at" IS NULL THEN x."reported_at" END'
        ),
    ),
    barred='SELECT x."reporter_id" AS person',
    paused=(f"{at_stage('x', AWAITS_RESUBMISSION)} AND {AWAITED}", "stage_at"),
    carried={"Opinion": "project_id"},
    page="/projects/{no}/opinion",
    missing="没有待提出的会同意见",
    again=True,
)
act_page("projectOpine", "/projects/{no}/opinion")
act_page("projectAmend", "/projects/{no}/amendment")
hindered(
    "projectOpine",
    "没有待提出的会同意见",
    lambda viewer: ('NOT t."jointly_judged" OR t."group_id" IS NULL', []),
)
hindered(
    "projectJudge",
    "请先明确产业招商小组，由小组提出会同意见",
    lambda viewer: ('t."jointly_judged" AND t."group_id" IS NULL', []),
    first=First("projectAmend", "明确产业招商小组"),
)
hindered(
    "projectJudge",
    "小组会同意见尚未提出，时限届满后可不待意见研判",
    lambda viewer: (
        'EXISTS (SELECT 1 FROM "duty" d WHERE d."task" = \'projectOpine\''
        ' AND d."subject_id" = t."id" AND d."closed_at" IS NULL'
        ' AND (d."due_at" IS NULL OR d."due_at" >= ?))',
        [NOW],
    ),
)


@strawberry.input(description="对项目信息提出会同意见")
class ProjectOpineInput:
    project: strawberry.ID = input_field("项目")
    revision: int = input_field("版本")
    stance: Stance = input_field("会同意见")
    place: strawberry.ID | None = input_field("建议的首谈地；建议另定首谈地的须填", None)
    reason: str = input_field("理由", limit=1000)
    evidence: list[FileInput] | None = input_field("附件", None)
    replace: bool = input_field("更正贵组此前提出的会同意见", False, asked=True)


@strawberry.input(description="明确或更正产业招商小组")
class ProjectAmendInput:
    project: strawberry.ID = input_field("项目")
    revision: int = input_field("版本")
    group: strawberry.ID = input_field("产业招商小组")
    reason: str = input_field("理由", limit=1000)


@strawberry.type(description="会同意见办理结果")
class OpinionPayload(Payload):
    project: Project | None = strawberry.field(default=None, description="项目")
    opinion: Opinion | None = strawberry.field(default=None, description="会同意见")


@strawberry.type
class Mutation:
    @act("对项目信息提出会同意见", before=keep_evidence)
    async def project_opine(gate: Gate, input: ProjectOpineInput) -> OpinionPayload:
        """Until the judgement the group corrects what it has given by giving it anew: both are kept."""
        gate.reason = input.reason
        if input.stance == Stance.ANOTHER:
            gate.check(rules.check_stance, input.place)
        elif input.stance in (Stance.AGREE, Stance.OBJECT):
            gate.unneeded(input, "place")
        place = await gate.try_find("Place", input.place, "place")
        await gate.context.load_rules()
        project = await gate.load("Project", input.project, input.revision)
        gate.check(rules.check_consulted, project.jointly_judged)
        standing = await opinion_of(project)
        gate.check(rules.check_correction, standing is not None, input.replace)
        if standing is None:
            gate.unneeded(input, "replace")
        gate.check(rules.check_not_reporter, project.reporter_id, gate.viewer.person)
        if place:
            proposed = await proposed_on(project)
            gate.check(
                rules.check_another,
                place["id"],
                proposed.contact.place if proposed else None,
                place["name"],
            )
        gate.stop_if_wrong()
        opinion = await gate.create(
            tables.Opinion,
            project_id=project.id,
            group_id=project.group_id,
            stance=input.stance,
            place_id=place["id"] if place else None,
            reason=input.reason,
            due_at=await opinion_due_on(gate, project),
            given_by_id=gate.viewer.person,
            given_at=max(gate.now, standing.given_at + MOMENT) if standing else gate.now,
        )
        await attach(gate, project, opinion)
        return OpinionPayload(project=row_as(Project, project), opinion=row_as(Opinion, opinion))

    @act("明确或更正产业招商小组")
    async def project_amend(gate: Gate, input: ProjectAmendInput) -> ProjectPayload:
        """The group that has it now has its whole limit from now on, also past the office's two days, and
        what was given before is kept, named in the judgement, and does not count.
        """
        gate.reason = input.reason
        group = await gate.try_find("Group", input.group, "group")
        await gate.context.load_rules()
        project = await gate.load("Project", input.project, input.revision)
        then = gate.require(group)["id"]
        gate.check(rules.check_other_group, project.group_id, then)
        await gate.change(project, group_id=then, grouped_at=gate.now)
        return ProjectPayload(project=project)


OPINED_ON = (
    "name",
    "amount_fen",
    "fixed_assets_fen",
    "industry_code",
    "land_mu",
    "summary",
    "needs",
)
"""The facts of a report on which its group's opinion rests."""


def asked_again(
    gate: Gate, project: project_tables.Project, columns: dict[str, Any]
) -> dict[str, Any]:
    """What asks the group for its opinion anew, where a report comes back with other facts than it rests on."""
    moved = [
        name for name in OPINED_ON if name in columns and columns[name] != getattr(project, name)
    ]
    return {"grouped_at": gate.now} if moved and project.jointly_judged and project.group_id else {}


async def opinion_of(project: project_tables.Project) -> Any:
    """The opinion that counts of the group which a held project has now; None where it has given none."""
    given = await tables.Opinion.filter(project_id=project.id).order_by("id").values()
    found = standing_opinion(as_record(project), [Record("Opinion", each) for each in given])
    return await tables.Opinion.get(id=found["id"]) if found else None


async def opinion_due_on(gate: Gate, project: project_tables.Project) -> Any:
    """When the opinion on a held project is due, once the rules are loaded."""
    pauses = [
        Pause(each.returned_at, each.resubmitted_at)
        for each in await Return.filter(project_id=project.id)
    ]
    return opinion_due(as_record(project), pauses, gate.context)


async def check_joint(gate: Gate, project: project_tables.Project) -> dict[str, Any]:
    """The columns of a judgement that say on which opinion it rests, or that none came in time.

    Keeps what is wrong: no group yet, or an opinion that may still come.
    """
    if not project.jointly_judged:
        return {}
    gate.check(rules.check_group_given, project.group_id is not None)
    if project.group_id is None:
        return {}
    given = await tables.Opinion.filter(project_id=project.id).values("given_by_id")
    opined = [each["given_by_id"] for each in given]
    gate.check(rules.check_not_opined, opined, gate.viewer.person)
    opinion = await opinion_of(project)
    if opinion:
        return {"opinion_id": opinion.id}
    due_at = await opinion_due_on(gate, project)
    group = await Group.get(id=project.group_id)
    gate.check(rules.check_limit_over, group.short_name, due_at, gate.now)
    return {"opinion_due_at": due_at}
