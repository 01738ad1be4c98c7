"""Verify what was claimed, or return it with a reason; claim again what was returned."""

from datetime import date
from typing import Any

import strawberry

from schema.duties.registry import Limit, task
from schema.entries.graph import Entry
from schema.entries.posting import (
    Claim,
    Verification,
    Withdrawal,
    add_totals,
    columns_of,
    move_entry,
    post,
    rest_on_rules,
)
from schema.entries.rules import (
    VERIFICATION_DEADLINE,
    EntryState,
    Indicator,
    SourceOfCapital,
    check_resubmission,
    check_verdict,
    check_verification,
)
from schema.entries.tables import EntryStep
from schema.evidence.inputs import FileInput
from schema.evidence.keeping import attach, keep_evidence
from schema.fulfilment import rules
from schema.fulfilment.acts.recording import EntryPayload
from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import input_field
from schema.gate.payloads import row_as
from schema.relations import VERIFYING_UNIT, Own
from schema.scalars import Money

FUNDS = frozenset({Indicator.SIGNED_FUNDS, Indicator.PAID_IN_FUNDS})
TAX = frozenset({Indicator.TAX})
CLAIMS = (
    f"""FROM "entry_step" s WHERE s."entry_id" = x."id" AND s."state" = '{EntryState.CLAIMED}'"""
)

for name, words, which in (("fundsVerify", "核实资金", "<>"), ("taxVerify", "核实税收", "=")):
    task(
        name,
        words,
        on="Entry",
        whose=VERIFYING_UNIT,
        waits=Own("confirmed_by_id", "organization"),
        since=f'(SELECT max(s."taken_at") {CLAIMS})',
        due=Limit(VERIFICATION_DEADLINE),
        open=f"""x."indicator" {which} '{Indicator.TAX}'""",
        barred=f'SELECT s."taken_by_id" AS person {CLAIMS}',
        page="/verification/{key}",
        missing="没有待核实的台账",
    )


@strawberry.input(description="核实一笔")
class VerifyInput:
    entry: strawberry.ID = input_field("要核实的一笔")
    revision: int = input_field("台账版本")
    verified: bool = input_field("核实结论；true 为核实无误，false 为退回")
    reason: str = input_field("核实意见；退回时必填", "", 500)


@strawberry.input(description="核实到位资金（签约资金）")
class FundsVerifyInput(VerifyInput):
    pass


@strawberry.input(description="核实税收")
class TaxVerifyInput(VerifyInput):
    pass


@strawberry.input(description="退回的台账更正后重新填报；不改的不填")
class EntryResubmitInput:
    entry: strawberry.ID = input_field("退回的一笔")
    revision: int = input_field("台账版本")
    amount: Money | None = input_field("金额", None)
    occurred_on: date | None = input_field("发生日期", None)
    early_reason: str | None = input_field("签约前发生的说明", None, 300)
    source_of_capital: SourceOfCapital | None = input_field("资金来源", None)
    evidence_note: str | None = input_field("凭证名称和编号", None, 300)
    note: str = input_field("更正说明", limit=500)
    evidence: list[FileInput] | None = input_field("补充凭证", None)


@strawberry.type
class Mutation:
    @act("核实资金")
    async def funds_verify(gate: Gate, input: FundsVerifyInput) -> EntryPayload:
        return await verify(gate, input, FUNDS)

    @act("核实税收")
    async def tax_verify(gate: Gate, input: TaxVerifyInput) -> EntryPayload:
        return await verify(gate, input, TAX)

    @act("重新填报台账", before=keep_evidence)
    async def entry_resubmit(gate: Gate, input: EntryResubmitInput) -> EntryPayload:
        return await resubmit(gate, input)


async def verify(gate: Gate, input: VerifyInput, indicators: frozenset[Indicator]) -> EntryPayload:
    """Verify an entry of one of these indicators, or return it."""
    gate.reason = input.reason
    gate.check(check_verdict, input.verified, input.reason)
    row = gate.require(await gate.try_find("Entry", input.entry, "entry"))
    gate.permit(row)
    await rest_on_rules(gate)
    project = await gate.take("Project", row["project_id"])
    (held,) = await gate.hold("Entry", [row["id"]])
    if held.revision == input.revision:
        claims = EntryStep.filter(entry_id=held.id, state=EntryState.CLAIMED)
        check_verification(
            held.state,
            held.indicator,
            indicators,
            await claims.filter(taken_by_id=gate.viewer.person).exists(),
        )
    entry = await gate.take("Entry", row["id"], input.revision, refused=not input.verified)
    if input.verified:
        await post(gate, [Verification(columns_of(entry), input.reason)])
    else:
        await post(gate, [Withdrawal(columns_of(entry), EntryState.RETURNED, input.reason)])
        await add_totals(gate, project, [columns_of(entry)], -1)
    return EntryPayload(project=project, entry=row_as(Entry, entry))


async def resubmit(gate: Gate, input: EntryResubmitInput) -> EntryPayload:
    """Claim a returned entry again, with what is corrected of it."""
    gate.reason = input.note
    if input.amount is not None:
        gate.check(rules.check_amount, input.amount)
    if input.occurred_on is not None:
        gate.check(rules.check_occurred_on, input.occurred_on, gate.today)
    row = gate.require(await gate.try_find("Entry", input.entry, "entry"))
    await rest_on_rules(gate)
    project = await gate.take("Project", row["project_id"])
    (held,) = await gate.hold("Entry", [row["id"]])
    changed = corrections(input)
    if held.revision == input.revision:
        check_resubmission(
            held.state,
            held.indicator,
            changed.get("amount_fen", held.amount_fen) != held.amount_fen,
            changed.get("occurred_on", held.occurred_on) != held.occurred_on,
        )
        rules.check_early(
            changed.get("occurred_on", held.occurred_on),
            project.signed_on,
            changed.get("early_reason", held.early_reason),
        )
    entry = await move_entry(gate, row["id"], input.revision)
    await gate.change(entry, **changed)
    claimed = columns_of(entry)
    await post(gate, [Claim(claimed, project.first_contact_place_id, project.landing_place_id)])
    await add_totals(gate, project, [claimed])
    await attach(gate, project, entry)
    return EntryPayload(project=project, entry=row_as(Entry, entry))


def corrections(input: EntryResubmitInput) -> dict[str, Any]:
    """The columns that are given anew."""
    given = {
        "amount_fen": input.amount,
        "occurred_on": input.occurred_on,
        "early_reason": input.early_reason,
        "source_of_capital": input.source_of_capital,
        "evidence_note": input.evidence_note,
    }
    return {name: value for name, value in given.items() if value is not None}
