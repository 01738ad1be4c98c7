"""Article 6: record paid-in funds and tax, reverse a wrong entry, record a milestone."""

from datetime import date
from typing import Any

import strawberry

from schema.city.rules import RuleBroken
from schema.duties.registry import act_page, hindered
from schema.entries import tables as entry_tables
from schema.entries.flagging import Answers, ask_about, hold_vouchers
from schema.entries.graph import Entry
from schema.entries.posting import (
    as_entry,
    columns_of,
    move_entry,
    rest_on_rules,
)
from schema.entries.rules import Indicator, SourceOfCapital
from schema.evidence.inputs import FileInput
from schema.evidence.keeping import attach, keep_evidence
from schema.fulfilment import rules, tables
from schema.fulfilment.acts.figures import Checked, faults_of, record_figures, reverse_figures
from schema.fulfilment.graph import Milestone
from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import input_field, revision_field
from schema.gate.payloads import Payload, row_as
from schema.project.graph import Project
from schema.project.rules import PARTIES, Stage
from schema.query.models import Record
from schema.scalars import Money, Unparsable

act_page("fundsRecord", "/projects/{no}/funds")
act_page("taxRecord", "/projects/{no}/tax")
act_page("milestoneReach", "/projects/{no}/milestone")
hindered(
    "fundsReverse",
    "没有可以冲销的记录",
    lambda viewer: (
        'NOT EXISTS (SELECT 1 FROM "entry" e WHERE e."project_id" = t."id" AND e."reverses_id" IS NULL'
        ' AND NOT EXISTS (SELECT 1 FROM "entry" r WHERE r."reverses_id" = e."id"))',
        [],
    ),
)


EARLY_REASON = "签约前发生的原因；早于签约日期时必填，此后随台账注明"
SAME_VOUCHER = "同一凭证载明另一笔的理由；凭证已用于登记另一笔时必填，此后随台账注明"
ANOTHER = "确是另一笔的理由；已登记过金额、日期相同的一笔时必填，此后随台账注明"
ABOVE_AGREED = "确实超出的理由；累计到位资金超过协议金额时必填，此后随台账注明"


@strawberry.input(description="登记到位资金")
class FundsRecordInput:
    project: strawberry.ID = input_field("项目")
    revision: int | None = revision_field()
    amount: Money = input_field("到位金额")
    occurred_on: date = input_field("到位日期")
    early_reason: str = input_field(EARLY_REASON, "", 300, asked=True)
    source_of_capital: SourceOfCapital = input_field("资金来源")
    evidence_note: str = input_field(
        "凭证名称和编号；例如 银行回单 0312，其他单位确认的写 据……（文书）", limit=300
    )
    evidence: list[FileInput] | None = input_field("凭证", None)
    same_voucher: str = input_field(SAME_VOUCHER, "", 300, asked=True)
    another: str = input_field(ANOTHER, "", 300, asked=True)
    above_agreed: str = input_field(ABOVE_AGREED, "", 300, asked=True)


@strawberry.input(description="登记税收")
class TaxRecordInput:
    project: strawberry.ID = input_field("项目")
    revision: int | None = revision_field()
    amount: Money = input_field("税收；地方留成部分")
    occurred_on: date = input_field("入库日期")
    early_reason: str = input_field(EARLY_REASON, "", 300, asked=True)
    evidence_note: str = input_field(
        "凭证名称和编号；例如 完税证明 0312，其他单位确认的写 据……（文书）", limit=300
    )
    evidence: list[FileInput] | None = input_field("凭证", None)
    same_voucher: str = input_field(SAME_VOUCHER, "", 300, asked=True)
    another: str = input_field(ANOTHER, "", 300, asked=True)


@strawberry.input(description="冲销记错的一笔")
class FundsReverseInput:
    entry: strawberry.ID = input_field("要冲销的一笔")
    revision: int | None = revision_field("项目版本")
    reason: str = input_field("冲销原因", limit=500)


@strawberry.input(description="登记项目进度")
class MilestoneReachInput:
    project: strawberry.ID = input_field("项目")
    revision: int | None = revision_field()
    stage: Stage = input_field("到达的阶段")
    reached_on: date = input_field("到达日期")
    note: str = input_field("说明", "", 500)
    evidence: list[FileInput] | None = input_field("佐证材料", None)


@strawberry.type(description="台账办理结果")
class EntryPayload(Payload):
    project: Project | None = strawberry.field(default=None, description="项目")
    entry: Entry | None = strawberry.field(default=None, description="台账中的一笔")


@strawberry.type(description="进度办理结果")
class MilestonePayload(Payload):
    project: Project | None = strawberry.field(default=None, description="项目")
    milestone: Milestone | None = strawberry.field(default=None, description="进度")


@strawberry.type
class Mutation:
    @act("登记到位资金", before=keep_evidence)
    async def funds_record(gate: Gate, input: FundsRecordInput) -> EntryPayload:
        return await record(
            gate, input, Indicator.PAID_IN_FUNDS, input.source_of_capital, input.above_agreed
        )

    @act("登记税收", before=keep_evidence)
    async def tax_record(gate: Gate, input: TaxRecordInput) -> EntryPayload:
        return await record(gate, input, Indicator.TAX)

    @act("冲销记错的一笔")
    async def funds_reverse(gate: Gate, input: FundsReverseInput) -> EntryPayload:
        gate.reason = input.reason
        on = ("Project", "project_id")
        found = await gate.try_find(
            "Entry", input.entry, "entry", input.revision, on=on, rests_on=PARTIES
        )
        row = gate.require(found)
        await rest_on_rules(gate)
        project = await gate.take("Project", row["project_id"], input.revision, rests_on=PARTIES)
        rules.check_reversal(
            row["reverses_id"] is not None,
            await entry_tables.Entry.exists(reverses_id=row["id"]),
        )
        (held,) = await gate.hold("Entry", [row["id"]])
        wrong = columns_of(held)
        await move_entry(gate, row["id"], wrong["revision"])
        (reversal,) = await reverse_figures(gate, {project.id: project}, [wrong], input.reason)
        return EntryPayload(project=project, entry=row_as(Entry, as_entry(reversal)))

    @act("登记项目进度", before=keep_evidence)
    async def milestone_reach(gate: Gate, input: MilestoneReachInput) -> MilestonePayload:
        gate.check(rules.check_reached_on, input.stage, input.reached_on, gate.today)
        project = await gate.load("Project", input.project, input.revision, rests_on=PARTIES)
        if project.stage != input.stage:
            gate.refuse(RuleBroken(f"下一步是“{project.stage.word}”，请按顺序登记", "stage"))
        before = (
            await tables.Milestone.filter(project_id=project.id).order_by("-reached_on").first()
        )
        gate.check(
            rules.check_order,
            input.stage,
            input.reached_on,
            before.reached_on if before else project.signed_on,
        )
        milestone = await gate.create(
            tables.Milestone,
            project_id=project.id,
            stage=input.stage,
            reached_on=input.reached_on,
            note=input.note,
            recorded_by_id=gate.viewer.person,
            recorded_at=gate.now,
        )
        await attach(gate, project, milestone)
        return MilestonePayload(project=project, milestone=row_as(Milestone, milestone))


def check_figure(gate: Gate, project: Record | None, indicator: Indicator, *given: Any) -> None:
    """Keep all that is wrong with what is given of a figure: the values as in `rules.GivenFigure`."""
    readable = (None if isinstance(value, Unparsable) else value for value in given)
    for fault in faults_of(gate, rules.GivenFigure(indicator, *readable), project):
        gate.refuse(fault)


async def record(
    gate: Gate,
    input: FundsRecordInput | TaxRecordInput,
    indicator: Indicator,
    source_of_capital: SourceOfCapital | None = None,
    above_agreed: str = "",
) -> EntryPayload:
    """Enter a figure of a project, claimed by the unit of the post in which it is recorded."""
    rests_on = (*PARTIES, "Agreement")
    seen = await gate.try_find(
        "Project", input.project, "project", input.revision, rests_on=rests_on
    )
    await rest_on_rules(gate)
    given = (
        input.amount,
        input.occurred_on,
        input.early_reason,
        source_of_capital,
        input.evidence_note,
    )
    check_figure(gate, seen, indicator, *given)
    gate.require(seen)
    vouchers = await hold_vouchers(gate)
    project = await gate.load("Project", input.project, input.revision, rests_on=rests_on)
    answers = Answers(input.another, input.same_voucher, above_agreed)
    figure = (indicator, input.amount, input.occurred_on)
    found = await ask_about(gate, project, *figure, vouchers, answers)
    checked = Checked(project, rules.GivenFigure(indicator, *given), found)
    (row,) = await record_figures(gate, [checked])
    entry = as_entry(row)
    await attach(gate, project, entry)
    return EntryPayload(project=project, entry=row_as(Entry, entry))
