"""Article 3: likely duplicates of a report."""

from asyncio import gather
from typing import Annotated

import strawberry

from schema import database
from schema.city.rules import normal_name, parse_uscc, uscc_fault
from schema.context import Context
from schema.linkage.rules import ticket
from schema.permissions import MAY
from schema.project.graph import Project
from schema.project.rules import Candidate, DuplicateGrade, Match, grade
from schema.query.fields import Info, describe_enum
from schema.query.sql import Sql
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
DUPLICATES_LIMIT = 10
CANDIDATES = 200
TICKETED = (DuplicateGrade.SAME_CODE, DuplicateGrade.SAME_NAME, DuplicateGrade.SIMILAR)
TEXT_LIMIT = 200


@strawberry.type(description="疑似重复")
class Duplicate:
    grade: DuplicateGrade = strawberry.field(description="等级")
    score: int = strawberry.field(description="名称相似度（百分）")
    reasons: list[str] = strawberry.field(description="依据")
    project: Project | None = strawberry.field(description="已有项目；不属于您可见范围时没有")
    contact: str | None = strawberry.field(description="看不到该项目时可联系的单位")
    ticket: str | None = strawberry.field(description="看不到该项目时，凭此主张首谈")
    same_name: strawberry.Private[bool] = False


async def duplicates_of(
    candidate: Candidate, context: Context, but: int | None = None
) -> list[Duplicate]:
    """Likely duplicates among all projects, the surest first, at most 10.

    `but` is the id of a project to leave out. One that the viewer does not see is masked.
    """
    alike: list[Sql] = [
        ('p."normal_name" = ?', [candidate.normal]),
        ('c."normal_name" = ?', [normal_name(candidate.investor_name)]),
        ('c."uscc" = ?', [candidate.uscc]),
        (
            "replace(replace(p.\"contact_phone\", ' ', ''), '-', '') LIKE ?",
            [f"%{candidate.digits}"] if candidate.digits else [],
        ),
    ]
    known = [(sql, values) for sql, values in alike if any(values)]
    if not known:
        return []
    found = await database.fetch(
        'SELECT p."id", p."name", p."industry_code", p."amount_fen", p."contact_phone",'
        ' c."name" AS "investor_name", c."uscc" FROM "project" p JOIN "company" c ON c."id" = p."investor_id"'
        " WHERE p.\"id\" <> ? AND p.\"stage\" NOT IN ('MERGED', 'WITHDRAWN')"
        f' AND ({" OR ".join(sql for sql, _ in known)}) ORDER BY p."id" LIMIT {CANDIDATES}',
        [but or 0, *(value for _, values in known for value in values)],
    )
    search = []
    for each in found:
        other = Candidate(
            name=each["name"],
            investor_name=each["investor_name"],
            uscc=each["uscc"] or "",
            industry_code=each["industry_code"],
            amount_fen=each["amount_fen"],
            phone=each["contact_phone"],
        )
        if match := grade(candidate, other):
            search.append((match, each["id"], other.normal == candidate.normal))
    search.sort(key=lambda found: (-found[0].score, not found[2], found[1]))
    return await gather(*(masked(*found, context) for found in search[:DUPLICATES_LIMIT]))


async def masked(match: Match, key: int, same_name: bool, context: Context) -> Duplicate:
    """A match with its project, or, hidden from the viewer, with whom to ask and a ticket."""
    project = await context.rows.one("Project", key)
    office = None if project else await context.rows.by("Organization", "slug", OFFICE)
    contact = f"{office['name']} {office['contact_phone'] or ''}".strip() if office else None
    strong = match.grade in TICKETED and project is None and context.viewer.place is not None
    return Duplicate(
        grade=match.grade,
        score=match.score,
        reasons=list(match.reasons) if project else ["库内已有疑似相同的项目"],
        project=project,
        contact=contact,
        ticket=ticket(context.secret, key, context.viewer.organization) if strong else None,
        same_name=same_name,
    )


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
    @strawberry.field(description="报送前查找疑似重复；不属于您可见范围的只提示存在和联系单位")
    async def duplicates(
        self,
        info: Info,
        input: Annotated[DuplicatesInput, strawberry.argument(description="拟报送的项目")],
    ) -> list[Duplicate]:
        if info.context.viewer.post not in MAY["projectReport"] or not (
            input.name.strip() or input.uscc.strip()
        ):
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
