"""Article 5: record an agreement; a formal or supplementary one counts as signed funds."""

from datetime import date

import strawberry

from schema.duties.registry import act_page
from schema.entries.flagging import (
    VOUCHER_OF,
    Answers,
    ask_about,
    hold_vouchers,
    keep_flags,
)
from schema.entries.posting import check_rule_in_force, record_entry, rest_on_rules
from schema.entries.rules import Indicator
from schema.evidence.inputs import FileInput
from schema.evidence.keeping import attach, keep_evidence
from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import input_field, revision_field
from schema.gate.payloads import Payload, row_as
from schema.linkage.tables import Claim
from schema.project import tables as project_tables
from schema.project.graph import Project
from schema.project.rules import PARTIES
from schema.scalars import Money, Unparsable
from schema.signing import rules, tables
from schema.signing.graph import Agreement
from schema.signing.rules import AgreementKind

act_page("agreementSign", "/projects/{no}/agreement")
VOUCHER_OF["Agreement"] = '(SELECT a."entry_id" FROM "agreement" a WHERE a."id" = x."subject_id")'


@strawberry.input(description="登记签订的协议")
class AgreementSignInput:
    project: strawberry.ID = input_field("项目")
    revision: int | None = revision_field()
    kind: AgreementKind = input_field("协议类型")
    title: str = input_field("协议名称", "", 200)
    amount: Money = input_field("协议金额；补充协议只填增资部分")
    signed_on: date = input_field("签约日期")
    start_by: date | None = input_field("约定开工日期", None)
    complete_by: date | None = input_field("约定竣工日期", None)
    operate_by: date | None = input_field("约定投产日期", None)
    evidence: list[FileInput] | None = input_field("协议文本", None)
    same_voucher: str = input_field(
        "同一文本载明另一份的理由；文本已用于登记另一笔时必填，此后随台账注明", "", 300, asked=True
    )
    another: str = input_field(
        "确是另一份的理由；已登记过金额、日期相同的一份时必填，此后随台账注明", "", 300, asked=True
    )


@strawberry.type(description="协议办理结果")
class AgreementPayload(Payload):
    project: Project | None = strawberry.field(default=None, description="项目")
    agreement: Agreement | None = strawberry.field(default=None, description="协议")


@strawberry.type
class Mutation:
    @act("登记签订的协议", before=keep_evidence)
    async def agreement_sign(gate: Gate, input: AgreementSignInput) -> AgreementPayload:
        counts = rules.counts(input.kind)
        gate.check_all(
            rules.agreement_faults,
            input.kind,
            input.amount,
            input.signed_on,
            gate.today,
            input.start_by,
            input.complete_by,
            input.operate_by,
        )
        await rest_on_rules(gate)
        if counts and not isinstance(input.signed_on, Unparsable):
            check_rule_in_force(gate, Indicator.SIGNED_FUNDS, input.signed_on, "signedOn")
        vouchers = await hold_vouchers(gate)
        project = await gate.load(
            "Project", input.project, input.revision, stays=not counts, rests_on=PARTIES
        )
        formal = await tables.Agreement.filter(
            project_id=project.id, kind=AgreementKind.FORMAL
        ).first()
        rules.check_kind(input.kind, formal is not None)
        gate.check(
            rules.check_signed_from,
            input.kind,
            input.signed_on,
            await reported_on(gate, project),
            formal.signed_on if formal else None,
        )
        gate.stop_if_wrong()
        entry = None
        if counts and input.amount:
            given = (Indicator.SIGNED_FUNDS, input.amount, input.signed_on)
            answers = Answers(input.another, input.same_voucher)
            found = await ask_about(gate, project, *given, vouchers, answers)
            entry = await record_entry(
                gate,
                project,
                indicator=Indicator.SIGNED_FUNDS,
                amount_fen=input.amount,
                occurred_on=input.signed_on,
                evidence_note=input.title,
                claimed_by=gate.post.organization,
            )
            await keep_flags(gate, entry.id, project.id, found)
            if project.signed_on is None:
                await gate.change(project, signed_on=input.signed_on)
        agreement = await gate.create(
            tables.Agreement,
            project_id=project.id,
            kind=input.kind,
            title=input.title or f"{project.name}投资协议",
            amount_fen=input.amount,
            signed_on=input.signed_on,
            start_by=input.start_by,
            complete_by=input.complete_by,
            operate_by=input.operate_by,
            entry_id=entry.id if entry else None,
            recorded_by_id=gate.viewer.person,
            recorded_at=gate.now,
        )
        await attach(gate, project, agreement)
        return AgreementPayload(project=project, agreement=row_as(Agreement, agreement))


async def reported_on(gate: Gate, project: project_tables.Project) -> date | None:
    """The day from which a project may be signed: that of its report.

    A migrated one was talked about before its ledger was uploaded: from the first contact that the
    ledger gives, or from no day known.
    """
    reported = gate.context.day_of(project.reported_at)
    if project.migration_id is None:
        return reported
    first = await Claim.filter(project_id=project.id).order_by("contact_on").first()
    return first.contact_on if first and first.contact_on < reported else None
