"""Who holds a company, as a report says and as the office keeps it; its names, by document."""

from datetime import date
from typing import Any

import strawberry

from schema.city.rules import normal_name, read_uscc, search_key
from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import input_field
from schema.gate.payloads import Payload, row_as
from schema.linkage import rules
from schema.linkage.acts.amending import amend_companies, code_fault, read_standing
from schema.linkage.rules import Amendment
from schema.people.graph import Company
from schema.people.rules import HOLDER_FIELDS, NOBODY, Holder, HolderRole, read_holders
from schema.people.tables import Company as CompanyRow
from schema.people.tables import CompanyName
from schema.project.tables import NEW_PROJECTS, Project
from schema.query.models import as_record

REPORTED = "报送单位填报"
"""The source of what a report says of its investor without naming one."""
NAME_WORD = "名称"
"""What a renaming is of, in a refusal."""


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
    uscc: str | None = input_field("统一社会信用代码；没有登记过的补登", None, 18)


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
        uscc = gate.check(read_uscc, input.uscc) if input.uscc else None
        dated = bool(holders) or bool(input.name)
        gate.check(rules.check_as_of, dated, input.as_of, gate.today)
        if holders:
            gate.check(rules.check_holder_source, input.source)
        else:
            gate.unneeded(input, "source")
        await gate.alone(NEW_PROJECTS)
        company: CompanyRow = await gate.load("Company", input.company, input.revision)
        renamed = input.name is not None and input.name != company.name
        if renamed:
            gate.check(rules.check_rename_document, input.document_no)
        else:
            gate.unneeded(input, "document_no")
        given = {role: found or () for role, found in holders.items()}
        amendment = Amendment(given, input.source, input.as_of, uscc, input.region)
        known = (await read_standing([as_record(company)]))[company.id]
        for fault in rules.amendment_faults(amendment, known, gate.today):
            gate.refuse(fault)
        if taken := await code_fault(gate, amendment, known):
            gate.refuse(taken)
        on = input.as_of or gate.today
        if renamed:
            gate.check(rules.check_newest, NAME_WORD, on, await named_until(company))
        gate.stop_if_wrong()
        (changed,) = await amend_companies(gate, [(company, amendment)])
        if renamed:
            await rename(gate, company, str(input.name), on, input.document_no)
        rules.check_amends(changed or renamed)
        return CompanyPayload(company=row_as(Company, company))


FIELDS = rules.COLUMNS
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


async def named_until(company: CompanyRow) -> date | None:
    """The day on which a company was last renamed."""
    rows = await CompanyName.filter(company_id=company.id)
    return max((each.until for each in rows), default=None)


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
