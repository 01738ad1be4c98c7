"""Article 3: likely duplicates of a report."""

import json
from asyncio import gather
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any

import strawberry

from schema.city.rules import normal_name, parse_uscc, uscc_fault
from schema.context import Context
from schema.database.statements import marks
from schema.linkage.graph.groups import AMEND, groups_of
from schema.linkage.graph.notices import USED_UP, Answers, Count, Subject, answer_unseen, sees_all
from schema.linkage.rules import ticket
from schema.linkage.tables import InquiryRoad
from schema.people.rules import HeldPost
from schema.permissions import may, plain, post_for, visible
from schema.project.graph import Project, at_stage
from schema.project.rules import (
    AMOUNTS_WITHIN,
    ONE_CHARACTER_FROM,
    SIMILAR_FROM,
    VOID,
    Candidate,
    DuplicateGrade,
    Match,
    Thresholds,
    grade,
    keys,
    keys_near,
)
from schema.query.fields import Info, describe_enum, resolver, row_as
from schema.query.models import KINDS
from schema.query.sql import Sql, column_sql
from schema.relations import all_of
from schema.scalars import Money

describe_enum(
    DuplicateGrade,
    "疑似重复的等级，从高到低",
    SAME_CODE="统一社会信用代码相同",
    SAME_NAME="名称相同",
    SIMILAR="名称相似且投资方相同",
    SAME_PROFILE="投资方、行业相同，金额相近",
    SAME_GROUP="投资方是关联企业，名称或行业、金额相近",
    ALIKE_NAME="名称仅差个别字",
    SAME_PHONE="联系电话相同",
)

OFFICE = "office"
REPORT, CLAIM = "projectReport", "projectClaim"

DUPLICATES_LIMIT = 10
CANDIDATES = 200
TEXT_LIMIT = 200

PHONE = "replace(replace(p.\"contact_phone\", ' ', ''), '-', '')"
"""A telephone without blanks and dashes; `ix_project_phone` is over the same expression."""
COUNTRY_CODES = ("", "86", "+86", "0086")

UNSEEN = "库内已有疑似相同的项目"


@strawberry.type(description="疑似重复")
class Duplicate:
    grade: DuplicateGrade | None = strawberry.field(description="等级；项目不属于您可见范围时没有")
    score: int | None = strawberry.field(
        description="名称相似度（百分）；项目不属于您可见范围时没有"
    )
    reasons: list[str] = strawberry.field(description="依据")
    project: Project | None = strawberry.field(description="已有项目；不属于您可见范围时没有")
    contact: str | None = strawberry.field(description="看不到该项目时可联系的单位")
    ticket: str | None = strawberry.field(
        description="看不到该项目时，凭此主张首谈；仅在附佐证材料报送或补正时给出，查重没有"
    )
    same_name: strawberry.Private[bool | None] = False
    """Whether its name is the same; None where today's quota does not show it."""


@dataclass(frozen=True)
class Asked:
    """What a report, a resubmission or a search is answered of what its viewer does not see.

    `projects` are the unseen ones that it matches, the likeliest first, with whether each has its
    name; None where the viewer sees every project, or may not report.
    """

    projects: Mapping[int, bool] | None
    answers: Answers
    office: str

    def told_project(self) -> int | None:
        told = self.answers.told[0]
        return told[1] if told and told[0] == "Project" else None


NOTHING_UNSEEN = Asked(None, Answers((None,), (False,), used_up=False), "")


async def ask_of_unseen(
    candidate: Candidate,
    context: Context,
    road: InquiryRoad,
    *,
    but: int | None = None,
    companies: Sequence[Subject] = (),
    count: Count = "each",
    evidence: Sequence[str] = (),
) -> Asked:
    """Whether something unseen is known of a candidate, counted as one question (see `notices`).

    A project matches by credit code or normalised name alone, at whatever stage. `companies` are
    unseen ones of which the answer would tell before any project. Whatever there is, the same
    statements are sent, and nothing of the answer moves with anything else that was asked. Where a
    ticket is given for a report with `evidence`, the hashes of its files, that is kept with the count.
    """
    alike = by_name_or_code(candidate)
    if not may(context.viewer, REPORT) or sees_all(context, "project"):
        return NOTHING_UNSEEN
    if not any(any(values) for _, values in alike):
        return NOTHING_UNSEEN
    sql, values = visible("project", "p", context.viewer)
    unseen: Sql = (f"({sql}) IS NOT TRUE", values)
    found = await matches(candidate, alike, unseen, context, but, void=True)
    projects = {each["id"]: each["normal_name"] == candidate.normal for each in found}
    office = await context.rows.by("Organization", "slug", OFFICE)
    question = [*companies, *(("Project", key) for key in projects)]
    asked_as = digest([candidate.normal, candidate.investor_name, candidate.uscc, but])
    tickets = evidence if count == "each" and claims_by_ticket(context) else ()
    answers = await answer_unseen(
        context, road, [question], count=count, asked_as=asked_as, evidence=tickets
    )
    contact = f"{office['name']} {office['contact_phone'] or ''}".strip() if office else ""
    return Asked(projects, answers, contact)


def claims_by_ticket(context: Context) -> HeldPost | None:
    """The post of a place in which the viewer may claim what they do not see; a trial gives no ticket."""
    held = post_for(context.viewer, CLAIM)
    return held if held and held.place is not None and not context.trial else None


def digest(question: Sequence[Any]) -> str:
    """64 characters by which a question is known again."""
    return sha256(json.dumps(question, ensure_ascii=False).encode()).hexdigest()


async def duplicates_of(
    candidate: Candidate,
    context: Context,
    asked: Asked,
    *,
    but: int | None = None,
    evidence: Sequence[str] = (),
) -> list[Duplicate]:
    """Likely duplicates: those that are seen graded, best first; then one sentence where an unseen one
    is known, or where the day's notices are used up.

    With the `evidence` of a report of one's own, the hashes of its files, a place is given the ticket by
    which the unseen project can be claimed; by a report that is only tried out it is not. Of more than
    can be listed, those of the same name come first: a report must acknowledge them.
    """
    found = [
        *await seen_duplicates(candidate, context, but),
        *unseen_duplicates(asked, context, evidence),
    ]
    if len(found) > DUPLICATES_LIMIT:
        found.sort(key=lambda each: each.same_name is False)
    return found[:DUPLICATES_LIMIT]


async def seen_duplicates(
    candidate: Candidate, context: Context, but: int | None
) -> list[Duplicate]:
    related = await related_investors(candidate, context)
    alike: list[Sql] = [
        *by_name_or_code(candidate),
        *by_near_name(candidate),
        ('c."normal_name" = ?', [normal_name(candidate.investor_name)]),
        (f'p."investor_id" IN ({marks(list(related))})', list(related)),
    ]
    if candidate.digits:
        typed = [f"{code}{candidate.digits}" for code in COUNTRY_CODES]
        by_phone = f"{PHONE} IN ({marks(typed)})"
        alike.append(all_of([(by_phone, typed), plain("project", "p", context.viewer)]))
    sees = visible("project", "p", context.viewer)
    thresholds = await thresholds_of(context)
    search = []
    for each in await matches(candidate, alike, sees, context, but):
        other = Candidate(
            name=each["name"],
            investor_name=each["investor_name"],
            uscc=each["uscc"] or "",
            industry_code=each["industry_code"],
            amount_fen=each["amount_fen"],
            phone=each["contact_phone"],
        )
        if match := grade(candidate, other, thresholds, related.get(each["investor_id"], "")):
            search.append((match, each["id"], other.normal == candidate.normal))
    search.sort(key=lambda found: (-found[0].score, not found[2], found[1]))
    return await gather(*(graded(*found, context) for found in search[:DUPLICATES_LIMIT]))


async def thresholds_of(context: Context) -> Thresholds:
    """From when on two projects are alike, by today's rules."""
    await context.load_rules()
    return Thresholds(
        context.rule(SIMILAR_FROM).value,
        context.rule(AMOUNTS_WITHIN).value,
        context.rule(ONE_CHARACTER_FROM).value,
    )


async def graded(match: Match, key: int, same_name: bool, context: Context) -> Duplicate:
    return Duplicate(
        grade=match.grade,
        score=match.score,
        reasons=list(match.reasons),
        project=row_as(Project, await context.rows.one("Project", key)),
        contact=None,
        ticket=None,
        same_name=same_name,
    )


def unseen_duplicates(asked: Asked, context: Context, evidence: Sequence[str]) -> list[Duplicate]:
    """The one fixed sentence where something unseen is known, the other one where the day's notices
    are used up, or nothing.
    """
    key = asked.told_project()
    if asked.projects is None or (key is None and not asked.answers.withheld[0]):
        return []
    claims = claims_by_ticket(context)
    given = None
    if key is not None and evidence and claims is not None:
        given = ticket(context.secret, key, claims.organization, context.viewer.person, evidence)
    same_name = key is not None and asked.projects[key]
    return [
        Duplicate(
            grade=None,
            score=None,
            reasons=[USED_UP if key is None else UNSEEN],
            project=None,
            contact=asked.office or None,
            ticket=given,
            same_name=same_name or (None if asked.answers.used_up else False),
        )
    ]


async def related_investors(candidate: Candidate, context: Context) -> dict[int, str]:
    """The companies of the group of a candidate's investor, each with why, for whoever keeps what is
    known of companies; nobody else is told who controls whom.
    """
    if not may(context.viewer, AMEND):
        return {}
    known = [("uscc", candidate.uscc), ("normal_name", normal_name(candidate.investor_name))]
    given = [(f'"{column}" = ?', value) for column, value in known if value]
    if not given:
        return {}
    sql = f'SELECT "id" FROM "company" WHERE {" OR ".join(sql for sql, _ in given)}'
    found = await context.rows.fetch((sql, [value for _, value in given]))
    own = [row["id"] for row in found]
    groups = await groups_of(own, context.today)
    return {
        key: reason for each in groups.values() for key, reason in each.items() if key not in own
    }


def by_name_or_code(candidate: Candidate) -> list[Sql]:
    return [('p."normal_name" = ?', [candidate.normal]), ('c."uscc" = ?', [candidate.uscc])]


def by_near_name(candidate: Candidate) -> list[Sql]:
    """Names at most one character apart, and more, by index (`rules.alike`)."""
    near = keys_near(candidate.name)
    heads, tails = [each.head for each in near], [each.tail for each in near]
    return [
        (f'p."name_head" IN ({marks(near)})', heads),
        (f'p."name_tail" IN ({marks(near)})', tails),
    ]


async def matches(
    candidate: Candidate,
    alike: list[Sql],
    sees: Sql,
    context: Context,
    but: int | None,
    *,
    void: bool = False,
) -> list[dict[str, Any]]:
    """The projects for which any of `alike` whose value is known holds, and `sees`; merged and
    withdrawn ones only with `void`.

    Those of the candidate's name first, of those that are seen then those of a name typed otherwise, then
    the oldest: an investor may have more than can be compared.
    """
    known = [(sql, values) for sql, values in alike if any(values)]
    if not known:
        return []
    among = any_of_each(known)
    alive = "" if void else f" AND NOT {at_stage('p', VOID)}"
    head, tail = keys(candidate.name)
    near = "" if void else ' WHEN p."name_head" = ? OR p."name_tail" = ? THEN 1'
    typed = () if void else (head, tail)
    phone = column_sql(KINDS["Project"], "p", "contact_phone", context.viewer)
    statement = (
        'SELECT p."id", p."name", p."normal_name", p."industry_code", p."amount_fen", p."investor_id",'
        f' {phone[0]} AS "contact_phone", c."name" AS "investor_name", c."uscc"'
        ' FROM "project" p JOIN "company" c ON c."id" = p."investor_id"'
        f' WHERE p."id" <> ?{alive} AND {among[0]} AND {sees[0]}'
        f' ORDER BY CASE WHEN p."normal_name" = ? THEN 0{near} ELSE 2 END, p."id" LIMIT {CANDIDATES}'
    )
    values = [*phone[1], but or 0, *among[1], *sees[1], candidate.normal, *typed]
    return await context.rows.fetch((statement, values))


def any_of_each(conditions: Sequence[Sql]) -> Sql:
    """The projects for which one of the conditions holds, each looked up by its own index: an OR over two
    tables reads both.
    """
    each = '"project" p JOIN "company" c ON c."id" = p."investor_id"'
    parts = [f'SELECT p."id" FROM {each} WHERE {sql}' for sql, _ in conditions]
    values = [value for _, given in conditions for value in given]
    return f'p."id" IN ({" UNION ".join(parts)})', values


@strawberry.input(description="拟报送的项目，用于查找疑似重复")
class DuplicatesInput:
    name: str = strawberry.field(default="", description="项目名称")
    investor_name: str = strawberry.field(default="", description="投资方名称")
    uscc: str = strawberry.field(default="", description="统一社会信用代码")
    industry_code: str = strawberry.field(default="", description="行业类别（GB/T 4754-2017）")
    amount: Money | None = strawberry.field(default=None, description="计划总投资")
    contact_phone: str = strawberry.field(default="", description="联系电话")


@strawberry.type
class Query:
    @resolver("报送前查找疑似重复；不属于您可见范围的只提示存在和联系单位")
    async def duplicates(
        self,
        info: Info,
        input: Annotated[DuplicatesInput, strawberry.argument(description="拟报送的项目")],
    ) -> list[Duplicate]:
        if not may(info.context.viewer, REPORT) or not (input.name.strip() or input.uscc.strip()):
            return []
        amount = input.amount if isinstance(input.amount, int) else 0
        candidate = Candidate(
            name=input.name.strip()[:TEXT_LIMIT],
            investor_name=input.investor_name.strip()[:TEXT_LIMIT],
            uscc=parse_uscc(input.uscc) if not uscc_fault(input.uscc) else None,
            industry_code=input.industry_code.strip(),
            amount_fen=amount,
            phone=input.contact_phone.strip(),
        )
        asked = await ask_of_unseen(candidate, info.context, InquiryRoad.SEARCH)
        return await duplicates_of(candidate, info.context, asked)
