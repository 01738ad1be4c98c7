"""The acts on a batch of the ledger: preview it, change a cell of it, import it, confirm what awaits the office, undo it.

An import makes reports of the lines that say no more than one: the rows that `projectReport` writes
one by one, claim and clock included. Lines that say more (judged, signed, money, milestones, transfers)
stay in the batch until a second person of the office migrates them by a document, or returns them.

An undo deletes nothing. It reverses every entry in the series in which it was credited and withdraws
every project, so a ranking `asOf` a moment in between still shows what was known then. It refuses
the whole batch as soon as another act has changed one of its projects.
"""

import strawberry
from strawberry.tools import merge_types

from schema.duties.registry import task
from schema.evidence.inputs import FileInput
from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import input_field
from schema.gate.payloads import Payload, row_as
from schema.ledger.acts import confirming, importing, mending, preview, undoing
from schema.ledger.acts.lists import ListMutation
from schema.ledger.graph import Batch
from schema.ledger.rules.hidden import HiddenParts
from schema.ledger.tables import BatchState
from schema.people.rules import Post
from schema.project.graph import Migration, Project
from schema.project.rules import BeforeRules, MigrationDecision
from schema.relations import Own
from schema.sheet import FORMATS

task(
    "ledgerConfirm",
    "确认台账迁入",
    on="Batch",
    whose=Post.OFFICE,
    waits=Own("organization_id", "organization"),
    since="imported_at",
    open=f'x."state" = \'{BatchState.IMPORTED}\' AND x."awaiting_count" > 0',
    barred='SELECT x."uploaded_by_id" AS person UNION SELECT x."imported_by_id"',
    page="/ledger/imports/{key}?state=AWAITING",
    missing="没有待确认迁入的行",
)


@strawberry.input(description="上传台账")
class LedgerPreviewInput:
    file: FileInput | None = input_field(
        f"台账文件；{FORMATS}，最多 20 MB、10,000 行", None, needed=True
    )
    batch: strawberry.ID | None = input_field("替换哪一批；不写即新的一批", None)
    revision: int | None = input_field("所替换一批的版本", None)
    sheet: str = input_field("工作表；有几张台账时写明", "", 60)
    unit: strawberry.ID | None = input_field(
        "哪个单位的台账；在几个单位任职的须填", None, needed=True
    )
    columns: list[str] | None = input_field(
        "指定的列，如 F=投资方名称；F=- 为不导入，其余按表头认。不写即沿用本单位同样表头的上次指定",
        None,
    )
    units: list[str] | None = input_field(
        "指定的单位，如 D=元；没有写明单位的各列一并指定的，如 金额=元、面积=亩", None
    )
    hidden: HiddenParts | None = input_field(
        "隐藏的行和列；工作表里有隐藏或筛选隐去的项目时选择", None, needed=True
    )


@strawberry.input(description="在预览里改正台账的一格")
class LedgerMendInput:
    batch: strawberry.ID = input_field("批次")
    revision: int = input_field("版本")
    row: int = input_field("行号，同工作表")
    cell: str = input_field("栏目，如 agreed_investment", limit=40)
    value: str = input_field("改成；不写即恢复文件里原来的，确实没有的写“无”", "", 4000)


@strawberry.input(description="导入一批台账")
class LedgerImportInput:
    batch: strawberry.ID = input_field("批次")
    revision: int = input_field("版本")
    only_correct: bool = input_field(
        "只导入正确行",
        False,
        needed=True,
        yes_no=("只导入正确行；要改的留着", "全部正确才导入；有要改的就一行也不导入"),
    )
    include_duplicates: bool = input_field("疑似重复的也导入；限于您可见的库内项目", False)


@strawberry.input(description="确认台账迁入，或退回")
class LedgerConfirmInput:
    batch: strawberry.ID = input_field("批次")
    revision: int = input_field("版本")
    decision: MigrationDecision = input_field("结论")
    lines: list[int] | None = input_field("行号；不写即全部待确认的行", None)
    document_no: str = input_field("同意迁入的文号；确认迁入时必填，例如 资经合〔2026〕5号", "", 80)
    reason: str = input_field("确认意见或退回原因", limit=500)
    before_rules: BeforeRules | None = input_field(
        "早于最早的分享规则的金额怎样计入两地；有这样的金额时必填", None
    )
    before_ratio: str = input_field("分享比例，首谈地在前；例如 3∶7", "", 10)
    acknowledge_duplicates: bool = input_field("已核对，不是同一个项目", False)
    above_agreed: str = input_field(
        "确实超出的理由；有累计到位资金超过协议金额的行时必填，此后随台账注明", "", 300, asked=True
    )


@strawberry.input(description="撤销整批导入")
class LedgerUndoInput:
    batch: strawberry.ID = input_field("批次")
    revision: int = input_field("版本")
    reason: str = input_field("撤销原因", limit=500)


@strawberry.type(description="台账导入办理结果")
class BatchPayload(Payload):
    batch: Batch | None = strawberry.field(default=None, description="批次")
    touched: list[Project] = strawberry.field(
        default_factory=list, description="导入后又办理过的项目，因此不能撤销；最多列 20 个"
    )


@strawberry.type(description="确认台账迁入办理结果")
class LedgerConfirmPayload(Payload):
    batch: Batch | None = strawberry.field(default=None, description="批次")
    migration: Migration | None = strawberry.field(default=None, description="迁入决定")


@strawberry.type
class LedgerMutation:
    @act("上传台账并预览", before=preview.read_file)
    async def ledger_preview(gate: Gate, input: LedgerPreviewInput) -> BatchPayload:
        if not input.batch:
            await gate.speak_in_name_of("Organization", input.unit, "unit")
            gate.stop_if_wrong()
        batch = await preview.store_preview(gate, input.batch, input.revision)
        return BatchPayload(batch=row_as(Batch, batch))

    @act("在预览里改正台账", before=mending.read_again)
    async def ledger_mend(gate: Gate, input: LedgerMendInput) -> BatchPayload:
        batch = await mending.mend_cell(gate, input.batch, input.revision)
        return BatchPayload(batch=row_as(Batch, batch))

    @act("导入台账", before=importing.prepare_search_keys)
    async def ledger_import(gate: Gate, input: LedgerImportInput) -> BatchPayload:
        batch = await importing.import_batch(
            gate, input.batch, input.revision, input.only_correct, input.include_duplicates
        )
        return BatchPayload(batch=row_as(Batch, batch))

    @act("确认台账迁入", before=confirming.prepare_search_keys)
    async def ledger_confirm(gate: Gate, input: LedgerConfirmInput) -> LedgerConfirmPayload:
        batch, migration = await confirming.confirm_batch(gate, input)
        return LedgerConfirmPayload(
            batch=row_as(Batch, batch), migration=row_as(Migration, migration)
        )

    @act("撤销整批导入")
    async def ledger_undo(gate: Gate, input: LedgerUndoInput) -> BatchPayload:
        gate.reason = input.reason
        batch = await undoing.undo_batch(gate, input.batch, input.revision)
        return BatchPayload(batch=row_as(Batch, batch))


Mutation = merge_types("Mutation", (LedgerMutation, ListMutation))
