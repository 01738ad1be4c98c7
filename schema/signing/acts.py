"""Article 5: record an agreement; a formal or supplementary one counts as signed funds."""

from datetime import date

import strawberry

from schema.city.rules import RuleBroken
from schema.duties.registry import act_page
from schema.entries.alike import ask_whether_another
from schema.entries.posting import record_entry, refused_at, rest_on_rules
from schema.entries.rules import Indicator
from schema.evidence.inputs import FileInput
from schema.evidence.keeping import attach, keep_evidence
from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import input_field, revision_field
from schema.gate.payloads import Payload, row_as
from schema.project.graph import Project
from schema.project.rules import PARTIES
from schema.scalars import Money
from schema.signing import rules, tables
from schema.signing.graph import Agreement
from schema.signing.rules import AgreementKind

act_page("agreementSign", "/projects/{no}/agreement")


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
    another: bool = input_field(
        "确是另一份；已登记过金额、日期相同的一份时须写明", False, asked=True
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
        project = await gate.load(
            "Project", input.project, input.revision, stays=not counts, rests_on=PARTIES
        )
        rules.check_kind(
            input.kind,
            await tables.Agreement.exists(project_id=project.id, kind=AgreementKind.FORMAL),
        )
        entry = None
        if counts and input.amount:
            given = (Indicator.SIGNED_FUNDS, input.amount, input.signed_on)
            await ask_whether_another(gate, project, *given, input.another)
            try:
                entry = await record_entry(
                    gate,
                    project,
                    indicator=Indicator.SIGNED_FUNDS,
                    amount_fen=input.amount,
                    occurred_on=input.signed_on,
                    evidence_note=input.title,
                    confirmed_by=gate.post.organization,
                )
            except RuleBroken as broken:
                raise refused_at(broken, "signedOn") from None
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
