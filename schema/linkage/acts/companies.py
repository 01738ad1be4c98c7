"""Who holds a company, as a report says and as the office keeps it; its names, by document."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import strawberry

from schema.city.rules import RuleBroken, normal_name, search_key
from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import input_field
from schema.gate.payloads import Payload, row_as
from schema.people.graph import Company
from schema.people.rules import HOLDER_FIELDS, NOBODY, Holder, HolderRole, read_holders
from schema.people.tables import Company as CompanyRow
from schema.people.tables import CompanyHolder, CompanyName
from schema.project.tables import NEW_PROJECTS, Project

REPORTED = "报送单位填报"
"""The source of what a report says of its investor without naming one."""


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
        """What is given of a role is all of it from a day on: who is not among them has ended, and stays known."""
        holders = {
            role: gate.check(read_given, role, text)
            for role, field in FIELDS.items()
            if (text := getattr(input, field)) is not None
        }
        gate.check(check_source, bool(holders) or bool(input.name), input.as_of, gate.today)
        if holders:
            gate.check(check_named_source, input.source)
        else:
            gate.unneeded(input, "source")
        await gate.alone(NEW_PROJECTS)
        company = await gate.load("Company", input.company, input.revision)
        renamed = input.name is not None and input.name != company.name
        if renamed:
            gate.check(check_document, input.document_no)
        else:
            gate.unneeded(input, "document_no")
        gate.stop_if_wrong()
        on = input.as_of or gate.today
        for role, given in holders.items():
            await replace_holders(gate, company, role, given or (), Source(input.source, on))
        if renamed:
            await rename(gate, company, str(input.name), on, input.document_no)
        if input.region is not None and input.region != company.region:
            await gate.change(company, region=input.region)
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


def check_source(needed: bool, on: date | None, today: date) -> None:
    """A change has a day, which has come. Raises `RuleBroken` (`INVALID`) at `asOf`."""
    if needed and on is None:
        raise RuleBroken("请填截至日期；更名的填更名日期", "asOf", "INVALID")
    if on is not None and on > today:
        raise RuleBroken(f"截至日期不能晚于今天（{today}）", "asOf", "INVALID")


def check_named_source(source: str) -> None:
    """What is said of holders says where it was read. Raises `RuleBroken` (`INVALID`) at `source`."""
    if not source:
        raise RuleBroken("请写明来源，例如 国家企业信用信息公示系统", "source", "INVALID")


def check_document(document_no: str) -> None:
    """A name is changed by a document alone. Raises `RuleBroken` (`INVALID`) at `documentNo`."""
    if not document_no:
        raise RuleBroken(
            "企业更名请写明依据，例如 准予变更登记通知书的文号", "documentNo", "INVALID"
        )


def given_holders(gate: Gate, input: Any) -> list[Holder]:
    """The holders that a report says of its investor; what is wrong is kept at the field."""
    found: list[Holder] = []
    for role, field in FIELDS.items():
        if text := getattr(input, field):
            found += gate.check(read_holders, role, text) or ()
    if input.holders_on:
        gate.check(check_holders_on, input.holders_on, gate.today)
    return found


def check_holders_on(on: date, today: date) -> None:
    """Holders are known as of a day that has come. Raises `RuleBroken` (`INVALID`) at `holdersOn`."""
    if on > today:
        raise RuleBroken(f"截至日期不能晚于今天（{today}）", "holdersOn", "INVALID")


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


async def replace_holders(
    gate: Gate, company: CompanyRow, role: HolderRole, given: Sequence[Holder], source: Source
) -> None:
    """From a day on these hold a role, and nobody else: others end, those who are the same stay."""
    rows = await CompanyHolder.filter(company_id=company.id, role=role, ended_on=None)
    wanted = {(each.key, each.share): each for each in given}
    kept = set()
    for row in await gate.hold("CompanyHolder", [each.id for each in rows]) if rows else ():
        held = Holder(role, row.name, row.uscc, row.share)
        if (held.key, held.share) in wanted and (held.key, held.share) not in kept:
            kept.add((held.key, held.share))
            continue
        await gate.change(
            row,
            ended_on=max(source.on, row.as_of),
            ended_by_id=gate.viewer.person,
            ended_at=gate.now,
        )
    new = [each for key, each in wanted.items() if key not in kept]
    await record_holders(gate, company.id, new, source)


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
