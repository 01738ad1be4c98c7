"""Verify what was claimed, or return it with a reason; claim again what was returned."""

from datetime import date
from typing import Any

import strawberry

from schema.duties.registry import Limit, task
from schema.entries.book import Claim, Verification, Withdrawal
from schema.entries.flagging import (
    Answers,
    ask_about,
    hold_vouchers,
    keep_flags,
    vouchers_of,
)
from schema.entries.graph import Entry
from schema.entries.posting import (
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
    signed_faults,
)
from schema.entries.tables import EntryStep
from schema.evidence.inputs import FileInput
from schema.evidence.keeping import attach, keep_evidence
from schema.fulfilment import rules
from schema.fulfilment.acts.recording import (
    ABOVE_AGREED,
    ANOTHER,
    EARLY_REASON,
    SAME_VOUCHER,
    EntryPayload,
    check_figure,
)
from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import input_field
from schema.gate.payloads import row_as
from schema.query.models import Record
from schema.relations import VERIFYING_UNIT, Own
from schema.scalars import Money

FUNDS = frozenset({Indicator.SIGNED_FUNDS, Indicator.PAID_IN_FUNDS})
TAX = frozenset({Indicator.TAX})
AGREED = ("amount_fen", "occurred_on")
"""What the agreement says of signed funds."""
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
        barred=f'SELECT s."taken_by_id" AS person {CLAIMS} ORDER BY s."id" DESC LIMIT 1',
        page="/verification/{key}",
        missing="没有待核实的台账",
    )


@strawberry.input(description="核实一笔")
class VerifyInput:
    entry: strawberry.ID = input_field("要核实的一笔")
    revision: int = input_field("台账版本")
    verified: bool = input_field(
        "核实结论；true 为核实无误，false 为退回",
        yes_no=("核实无误；计入分享和擂台赛", "退回；填报单位更正后重新填报"),
    )
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
    early_reason: str | None = input_field(EARLY_REASON, None, 300, asked=True)
    source_of_capital: SourceOfCapital | None = input_field("资金来源", None)
    evidence_note: str | None = input_field("凭证名称和编号", None, 300)
    note: str = input_field("更正说明", limit=500)
    evidence: list[FileInput] | None = input_field("补充凭证", None)
    same_voucher: str = input_field(SAME_VOUCHER, "", 300, asked=True)
    another: str = input_field(ANOTHER, "", 300, asked=True)
    above_agreed: str = input_field(ABOVE_AGREED, "", 300, asked=True)


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
    found = await gate.try_find("Entry", input.entry, "entry", input.revision)
    row = gate.require(found)
    gate.permit(row)
    await rest_on_rules(gate)
    project = await gate.take("Project", row["project_id"])
    (held,) = await gate.hold("Entry", [row["id"]])
    if held.revision == input.revision:
        claims = EntryStep.filter(entry_id=held.id, state=EntryState.CLAIMED).order_by("-id")
        stands = await claims.first()
        own = stands is not None and stands.taken_by_id == gate.viewer.person
        check_verification(held.state, held.indicator, indicators, own)
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
    row = await gate.try_find("Entry", input.entry, "entry", input.revision)
    seen = await gate.context.rows.one("Project", row["project_id"]) if row else None
    if seen:
        gate.permit(seen)
    known = row if row and row["revision"] == input.revision else None
    if known:
        check_resubmission(known["state"])
    await rest_on_rules(gate)
    changed = corrections(input, known, seen)
    check_figure(
        gate,
        seen,
        row["indicator"] if row else Indicator.PAID_IN_FUNDS,
        changed.get("amount_fen"),
        changed.get("occurred_on", known["occurred_on"] if known else None),
        changed.get("early_reason", known["early_reason"] if known else None),
        input.source_of_capital,
        input.evidence_note,
    )
    if known:
        moved = [changed.get(name, known[name]) != known[name] for name in AGREED]
        gate.check_all(signed_faults, known["indicator"], *moved)
    row = gate.require(row)
    vouchers = await hold_vouchers(gate, await vouchers_of(row["id"]))
    project = await gate.take("Project", row["project_id"])
    await gate.hold("Entry", [row["id"]])
    entry = await move_entry(gate, row["id"], input.revision)
    figure = {"amount_fen": entry.amount_fen, "occurred_on": entry.occurred_on} | changed
    found = await ask_about(
        gate,
        project,
        entry.indicator,
        figure["amount_fen"],
        figure["occurred_on"],
        vouchers,
        Answers(input.another, input.same_voucher, input.above_agreed),
        entry=entry.id,
    )
    await gate.change(entry, **changed, confirmed_by_id=gate.post.organization)
    await keep_flags(gate, entry.id, project.id, found)
    claimed = columns_of(entry)
    await post(gate, [Claim(claimed, project.first_contact_place_id, project.landing_place_id)])
    await add_totals(gate, project, [claimed])
    await attach(gate, project, entry)
    return EntryPayload(project=project, entry=row_as(Entry, entry))


def corrections(
    input: EntryResubmitInput, entry: Record | None, project: Record | None
) -> dict[str, Any]:
    """The columns that are given anew; an early entry that is early no longer explains nothing."""
    given = {
        "amount_fen": input.amount,
        "occurred_on": input.occurred_on,
        "early_reason": input.early_reason,
        "source_of_capital": input.source_of_capital,
        "evidence_note": input.evidence_note,
    }
    found = {name: value for name, value in given.items() if value is not None}
    on = found.get("occurred_on")
    late = isinstance(on, date) and project and not rules.is_early(on, project["signed_on"])
    if entry and late and "early_reason" not in found:
        found["early_reason"] = ""
    return found
