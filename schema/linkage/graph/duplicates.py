"""Article 3: likely duplicates of a report."""

from asyncio import gather
from typing import Annotated, Any

import strawberry

from schema.city.rules import normal_name, parse_uscc, uscc_fault
from schema.context import Context
from schema.linkage.graph.notices import USED_UP, note_unseen
from schema.linkage.rules import ticket
from schema.permissions import may, plain, post_for, visible
from schema.project.graph import Project, at_stage
from schema.project.rules import (
    AMOUNTS_WITHIN,
    SIMILAR_FROM,
    VOID,
    Candidate,
    DuplicateGrade,
    Match,
    Thresholds,
    grade,
)
from schema.query.fields import Info, describe_enum, resolver, row_as
from schema.query.models import KINDS
from schema.query.sql import Sql, column_sql
from schema.relations import all_of, any_of
from schema.scalars import Money

describe_enum(
    DuplicateGrade,
    "疑似重复的等级，从高到低",
    SAME_CODE="统一社会信用代码相同",
    SAME_NAME="名称相同",
    SIMILAR="名称相似且投资方相同",
    SAME_PROFILE="投资方、行业相同，金额相近",
    SAME_PHONE="联系电话相同",
)

OFFICE = "office"
REPORT, CLAIM = "projectReport", "projectClaim"

DUPLICATES_LIMIT = 10
CANDIDATES = 200
TEXT_LIMIT = 200

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
    ticket: str | None = strawberry.field(description="看不到该项目时，凭此主张首谈")
    same_name: strawberry.Private[bool | None] = False
    """Whether its name is the same; None where today's quota does not show it."""


async def duplicates_of(
    candidate: Candidate, context: Context, but: int | None = None
) -> list[Duplicate]:
    """Likely duplicates: those that are seen graded, best first; then those that are not seen.

    Of more than can be listed, those of the same name come first: a report must acknowledge them.
    """
    seen, unseen = await seen_duplicates(candidate, context, but), list[Duplicate]()
    if may(context.viewer, REPORT):
        unseen = await unseen_duplicates(candidate, context, but)
    found = [*seen, *unseen]
    if len(found) > DUPLICATES_LIMIT:
        found.sort(key=lambda each: each.same_name is False)
    return found[:DUPLICATES_LIMIT]


async def seen_duplicates(
    candidate: Candidate, context: Context, but: int | None
) -> list[Duplicate]:
    alike: list[Sql] = [
        *by_name_or_code(candidate),
        ('c."normal_name" = ?', [normal_name(candidate.investor_name)]),
    ]
    if candidate.digits:
        by_phone = "replace(replace(p.\"contact_phone\", ' ', ''), '-', '') LIKE ?"
        alike.append(
            all_of([(by_phone, [f"%{candidate.digits}"]), plain("project", "p", context.viewer)])
        )
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
        if match := grade(candidate, other, thresholds):
            search.append((match, each["id"], other.normal == candidate.normal))
    search.sort(key=lambda found: (-found[0].score, not found[2], found[1]))
    return await gather(*(graded(*found, context) for found in search[:DUPLICATES_LIMIT]))


async def thresholds_of(context: Context) -> Thresholds:
    """From when on two projects are alike, by today's rules."""
    await context.load_rules()
    return Thresholds(context.rule(SIMILAR_FROM).value, context.rule(AMOUNTS_WITHIN).value)


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


async def unseen_duplicates(
    candidate: Candidate, context: Context, but: int | None
) -> list[Duplicate]:
    """Projects of the same credit code or normalised name that the viewer does not see: one sentence.

    Nothing of the answer moves with anything else that was asked, such as a guessed amount. Each
    project that a person is shown counts against the day's quota, see `notices`. Once the quota is
    used up, only those shown before are shown again; any other answer says that it is used up,
    whether there is a match or not.
    """
    sql, values = visible("project", "p", context.viewer)
    alike = by_name_or_code(candidate)
    person = context.viewer.person
    if sql == "1=1" or person is None or not any(values for _, values in alike):
        return []
    claims = post_for(context.viewer, CLAIM)
    found = await matches(candidate, alike, (f"({sql}) IS NOT TRUE", values), context, but)
    found.sort(key=lambda each: (each["normal_name"] != candidate.normal, each["id"]))
    found = found[:DUPLICATES_LIMIT]
    noticed = await note_unseen(context, [("Project", each["id"]) for each in found])
    notices = []
    for each in found:
        if ("Project", each["id"]) not in noticed.rows:
            continue
        given = None
        if claims is not None and claims.place is not None:
            given = ticket(context.secret, each["id"], claims.organization)
        same_name = each["normal_name"] == candidate.normal
        notices.append(
            await unseen(context, UNSEEN, given, same_name or (None if noticed.used_up else False))
        )
    if noticed.used_up and not notices:
        return [await unseen(context, USED_UP, same_name=None)]
    return notices


async def unseen(
    context: Context, reason: str, given: str | None = None, same_name: bool | None = False
) -> Duplicate:
    office = await context.rows.by("Organization", "slug", OFFICE)
    contact = f"{office['name']} {office['contact_phone'] or ''}".strip() if office else None
    return Duplicate(
        grade=None,
        score=None,
        reasons=[reason],
        project=None,
        contact=contact,
        ticket=given,
        same_name=same_name,
    )


def by_name_or_code(candidate: Candidate) -> list[Sql]:
    return [('p."normal_name" = ?', [candidate.normal]), ('c."uscc" = ?', [candidate.uscc])]


async def matches(
    candidate: Candidate, alike: list[Sql], sees: Sql, context: Context, but: int | None
) -> list[dict[str, Any]]:
    """The projects for which any of `alike` whose value is known holds, and `sees`.

    Those of the candidate's name first, then the oldest.
    """
    known = [(sql, values) for sql, values in alike if any(values)]
    if not known:
        return []
    among = any_of(known)
    phone = column_sql(KINDS["Project"], "p", "contact_phone", context.viewer)
    statement = (
        'SELECT p."id", p."name", p."normal_name", p."industry_code", p."amount_fen",'
        f' {phone[0]} AS "contact_phone", c."name" AS "investor_name", c."uscc"'
        ' FROM "project" p JOIN "company" c ON c."id" = p."investor_id"'
        f' WHERE p."id" <> ? AND NOT {at_stage("p", VOID)}'
        f" AND {among[0]} AND {sees[0]}"
        f' ORDER BY CASE WHEN p."normal_name" = ? THEN 0 ELSE 1 END, p."id" LIMIT {CANDIDATES}'
    )
    values = [*phone[1], but or 0, *among[1], *sees[1], candidate.normal]
    return await context.rows.fetch((statement, values))


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
        return await duplicates_of(candidate, info.context)
