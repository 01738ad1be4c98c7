"""Who holds a company, as a report says and as the office keeps it; its names, by document."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import strawberry

from schema.city.rules import normal_name, search_key
from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import input_field
from schema.gate.payloads import Payload, row_as
from schema.linkage import rules
from schema.people.graph import Company
from schema.people.rules import (
    HOLDER_FIELDS,
    HOLDER_WORDS,
    NOBODY,
    Holder,
    HolderRole,
    read_holders,
)
from schema.people.tables import Company as CompanyRow
from schema.people.tables import CompanyHolder, CompanyName
from schema.project.tables import NEW_PROJECTS, Project

REPORTED = "报送单位填报"
"""The source of what a report says of its investor without naming one."""
NAME_WORD = "名称"
"""What a renaming is of, in a refusal."""


class Source(NamedTuple):
    """Where holders were read, as of which day; the report that they came with, by id."""

    text: str
    on: date
    project: int | None = None


@strawberry.input(description="登记、变更企业的名称和股权")
class CompanyAmendInput:
    company: strawberry.ID = input_field("企业")
    revision: int = input_field("版本")
    legal_representative: str | None = input_field("法定代表人；没有的写 无", None, 100)
    controllers: str | None = input_field(
        "实际控制人；一行一个，企业写上信用代码，没有的写 无", None, 2000
    )
    shareholders: str | None = input_field(
        "股东；一行一个，写名称和持股比例，例如 四川柠檬集团有限公司 51%；没有的写 无", None, 4000
    )
    source: str = input_field("股权信息的来源；例如 国家企业信用信息公示系统", "", 200)
    as_of: date | None = input_field("截至日期，更名的为更名日期", None)
    name: str | None = input_field("更名后的名称；没有更名的不改", None, 100)
    document_no: str = input_field("更名的依据；例如 准予变更登记通知书〔2026〕第 12 号", "", 80)
    region: str | None = input_field("所在地", None, 60)


@strawberry.type(description="企业办理结果")
class CompanyPayload(Payload):
    company: Company | None = strawberry.field(default=None, description="企业")


@strawberry.type
class Mutation:
    @act("登记企业的名称和股权")
    async def company_amend(gate: Gate, input: CompanyAmendInput) -> CompanyPayload:
        """What is given of a role is all of it from a day on: who is not among them has ended, and stays known.

        What is known of a later day is not overtaken by an older extract.
        """
        holders = {
            role: gate.check(read_given, role, text)
            for role, field in FIELDS.items()
            if (text := getattr(input, field)) is not None
        }
        dated = bool(holders) or bool(input.name)
        gate.check(rules.check_as_of, dated, input.as_of, gate.today)
        if holders:
            gate.check(rules.check_holder_source, input.source)
        else:
            gate.unneeded(input, "source")
        await gate.alone(NEW_PROJECTS)
        company = await gate.load("Company", input.company, input.revision)
        renamed = input.name is not None and input.name != company.name
        if renamed:
            gate.check(rules.check_rename_document, input.document_no)
        else:
            gate.unneeded(input, "document_no")
        on = input.as_of or gate.today
        for role in holders:
            gate.check(rules.check_newest, HOLDER_WORDS[role], on, await known_until(company, role))
        if renamed:
            gate.check(rules.check_newest, NAME_WORD, on, await named_until(company))
        gate.stop_if_wrong()
        changed = [
            await replace_holders(gate, company, role, given or (), Source(input.source, on))
            for role, given in holders.items()
        ]
        if renamed:
            await rename(gate, company, str(input.name), on, input.document_no)
        moved = input.region is not None and input.region != company.region
        if moved:
            await gate.change(company, region=input.region)
        rules.check_amends(any(changed) or renamed or moved)
        return CompanyPayload(company=row_as(Company, company))


FIELDS = {
    HolderRole.LEGAL_REPRESENTATIVE: "legal_representative",
    HolderRole.CONTROLLER: "controllers",
    HolderRole.SHAREHOLDER: "shareholders",
}
assert FIELDS.keys() == HOLDER_FIELDS.keys()


def read_given(role: HolderRole, text: str) -> tuple[Holder, ...]:
    """The holders of a role as they are typed, or none. Raises `RuleBroken` at the role's field."""
    return () if text.strip() == NOBODY else read_holders(role, text)


def given_holders(gate: Gate, input: Any) -> list[Holder]:
    """The holders that a report says of its investor; what is wrong is kept at the field."""
    found: list[Holder] = []
    for role, field in FIELDS.items():
        if text := getattr(input, field):
            found += gate.check(read_holders, role, text) or ()
    if input.holders_on:
        gate.check(rules.check_holders_on, input.holders_on, gate.today)
    return found


async def record_holders(
    gate: Gate, company: int, holders: Sequence[Holder], source: Source
) -> None:
    """Record who holds a company, each as a row of its own; what others have recorded stays."""
    for each in holders:
        await gate.create(
            CompanyHolder,
            company_id=company,
            role=each.role,
            name=each.name,
            normal_name=each.normal,
            uscc=each.uscc,
            share=each.share,
            source=source.text,
            as_of=source.on,
            project_id=source.project,
            unit_id=gate.post.organization,
            recorded_by_id=gate.viewer.person,
            recorded_at=gate.now,
        )


async def known_until(company: CompanyRow, role: HolderRole) -> date | None:
    """The last day of which anybody has said who holds a role, or that somebody does not any more."""
    rows = await CompanyHolder.filter(company_id=company.id, role=role)
    return max((each.ended_on or each.as_of for each in rows), default=None)


async def named_until(company: CompanyRow) -> date | None:
    """The day on which a company was last renamed."""
    rows = await CompanyName.filter(company_id=company.id)
    return max((each.until for each in rows), default=None)


async def replace_holders(
    gate: Gate, company: CompanyRow, role: HolderRole, given: Sequence[Holder], source: Source
) -> bool:
    """From a day on these hold a role, and nobody else; return whether anything was not known so before.

    Others end. Who is the same stays, as whoever recorded it said, and stands in a row of the new
    source and day as well.
    """
    rows = await CompanyHolder.filter(company_id=company.id, role=role, ended_on=None)
    wanted = {(each.key, each.share): each for each in given}
    listed = set()
    ended = False
    for row in await gate.hold("CompanyHolder", [each.id for each in rows]) if rows else ():
        held = Holder(role, row.name, row.uscc, row.share)
        if (held.key, held.share) not in wanted:
            ended = True
            await gate.change(
                row, ended_on=source.on, ended_by_id=gate.viewer.person, ended_at=gate.now
            )
        elif (row.source, row.as_of, row.unit_id) == (
            source.text,
            source.on,
            gate.post.organization,
        ):
            listed.add((held.key, held.share))
    new = [each for key, each in wanted.items() if key not in listed]
    await record_holders(gate, company.id, new, source)
    return ended or bool(new)


async def rename(gate: Gate, company: CompanyRow, name: str, on: date, document_no: str) -> None:
    """Give a company another name by a document; the former one stays known, and finds it."""
    former = company.name
    await gate.create(
        CompanyName,
        company_id=company.id,
        name=former,
        normal_name=company.normal_name,
        until=on,
        document_no=document_no,
        recorded_by_id=gate.viewer.person,
        recorded_at=gate.now,
    )
    key = search_key(name)
    await gate.change(
        company, name=name, normal_name=normal_name(name), search=f"{key} {company.search}"
    )
    projects = await Project.filter(investor_id=company.id).order_by("id")
    await gate.update_many(
        Project, {each.id: {"search": (each.search, f"{each.search} {key}")} for each in projects}
    )
