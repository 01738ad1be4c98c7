"""Article 2: a company that was given up, or bound to a project, is gone after again, with all its contacts."""

from datetime import date
from typing import Any

import strawberry

from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import input_field
from schema.gate.payloads import row_as
from schema.industry import rules, tables
from schema.industry.acts.leads import take_back_papers
from schema.industry.acts.listing import check_not_listed
from schema.industry.acts.targets import (
    TARGETS,
    TargetPayload,
    agreed,
    days,
    load_target,
    planned,
    put_off,
)
from schema.industry.graph import TargetCompany


@strawberry.input(
    description="恢复跟进：不再跟进的、已转线索的，回到名单上；已对应的项目不再与它对应"
)
class TargetCompanyResumeInput:
    target: strawberry.ID = input_field("目标企业")
    revision: int = input_field("版本")
    reason: str = input_field("原因；例如“项目已撤回”“对应错了项目”", limit=300)
    next_on: date | None = input_field("下次联系", None)
    next_step: str = input_field("下次联系做什么", "", 200)


@strawberry.type
class Mutation:
    @act("恢复跟进目标企业")
    async def target_company_resume(gate: Gate, input: TargetCompanyResumeInput) -> TargetPayload:
        """The company stands again where its contacts have led, and its papers leave the project. A next
        contact later than what was agreed before it was given up is put off.
        """
        await gate.context.load_rules()
        gate.check_all(rules.next_faults, input.next_on, input.next_step, *days(gate))
        row = await gate.try_find("TargetCompany", input.target, "target", input.revision)
        await gate.alone(TARGETS)
        found = gate.require(row)
        held = await gate.hold("Project", [found["lead_id"]]) if found["lead_id"] else []
        target = await load_target(gate, input.target, input.revision)
        gate.reason = input.reason
        await check_not_listed(target.uscc, target.normal_name, target.group_id, target)
        contacts = await tables.TargetContact.filter(target_id=target.id).order_by("id")
        changes: dict[str, Any] = {
            "stage": rules.stage_reached(each.means for each in contacts),
            "lead_id": None,
            "reported_id": None,
            "reported_at": None,
            "dropped_for": "",
            "undone_at": None,
        }
        if rules.is_later(agreed(target), input.next_on):
            changes |= put_off(target)
        await gate.change(target, **changes, **planned(gate, input.next_on, input.next_step))
        for project in held:
            await take_back_papers(gate, target.id, project)
            gate.concern(project)
        return TargetPayload(target=row_as(TargetCompany, target))
