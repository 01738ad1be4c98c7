"""Batches of the ledger in the graph: their lines and cells, and the file with its results."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import strawberry

from schema.context import Context
from schema.intake import LISTS
from schema.ledger import rules, tables
from schema.ledger.graph.cells import (
    LedgerCell,
    LedgerField,
    LedgerMend,
    ListDescription,
    ListedRow,
    catalogue_of,
    cells_of,
    described,
    fields_of,
    list_cells,
    may_bring,
    mended,
    template_of,
)
from schema.ledger.graph.columns import (
    LedgerColumn,
    LedgerUnitQuestion,
    columns_of,
    unit_questions_of,
)
from schema.ledger.rules import Severity
from schema.ledger.rules.hidden import HiddenParts
from schema.ledger.rules.worker import annotate
from schema.ledger.tables import LEDGER, BatchState, RowState
from schema.people.graph import Organization, OrganizationFilter, Person
from schema.permissions import Post, may, posts_for
from schema.project.graph import Migration, Project
from schema.query.fields import (
    Connection,
    Info,
    Node,
    Parent,
    column,
    computed,
    connection,
    describe_enum,
    has_many,
    node,
    resolver,
    row_as,
    to_one,
)
from schema.query.filters import filter_for, in_list, related, test
from schema.query.models import Record, document, global_id
from schema.query.sql import Order, Sql
from schema.scalars import Bytes

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
VERDICTS = (
    'SELECT b."row_no", b."state", b."issues", b."mends", p."no", m."reason", m."document_no"'
    ' FROM "batch_row" b LEFT JOIN "project" p ON p."id" = b."project_id"'
    ' LEFT JOIN "migration" m ON m."id" = b."migration_id" WHERE b."batch_id" = ?'
    ' ORDER BY b."row_no"'
)

describe_enum(BatchState, "批次状态", PREVIEW="待导入", IMPORTED="已导入", UNDONE="已撤销")
describe_enum(
    RowState,
    "行的状态",
    READY="作为线索报送",
    WRONG="需修改",
    DUPLICATE="疑似重复",
    AWAITING="待办公室确认迁入",
    IMPORTED="已报送",
    MIGRATED="已迁入",
    RETURNED="已退回",
    UNDONE="已撤销",
)
describe_enum(HiddenParts, "隐藏的行和列怎样办", READ="一并读取", LEAVE="不读取")


@strawberry.type(description="可下载的文件")
class Download:
    name: str = strawberry.field(description="文件名")
    media_type: str = strawberry.field(description="类型")
    content: Bytes = strawberry.field(description="内容（Base64）")


@strawberry.type(description="台账中的一处问题：在哪里，怎样改")
class LedgerIssue:
    row: int = strawberry.field(description="行号，同工作表")
    column: str = strawberry.field(description="列，如 F；表中没有这一列的为空")
    title: str = strawberry.field(description="表头")
    value: str = strawberry.field(description="原来填的")
    code: str = strawberry.field(description="种类")
    message: str = strawberry.field(description="怎样改")
    severity: Severity = strawberry.field(description="轻重")


@strawberry.type(description="没有当作项目的行")
class SkippedLines:
    blank: int = strawberry.field(description="空行")
    total: int = strawberry.field(description="合计行")
    note: int = strawberry.field(description="备注和分组行")
    head: int = strawberry.field(description="重复的表头和填写说明")
    hidden: int = strawberry.field(default=0, description="按选择不读取的隐藏行里的项目")


@strawberry.type(description="没有认出的列")
class UnknownColumn:
    letter: str = strawberry.field(description="列，如 F")
    title: str = strawberry.field(description="表头")


@filter_for("BatchRow", "行的筛选")
class BatchRowFilter:
    state: list[RowState] | None = in_list("状态", "state")
    row_no: list[int] | None = in_list("行号", "row_no")


def awaiting(row: str, value: bool, context: Context) -> Sql:
    return f'{row}."awaiting_count" {">" if value else "="} 0', []


def of_kind(row: str, value: str, context: Context) -> Sql:
    return f'{row}."kind" = ?', [value]


@filter_for("Batch", "批次的筛选")
class BatchFilter:
    state: list[BatchState] | None = in_list("状态", "state")
    awaiting: bool | None = test("有待办公室确认迁入的行", awaiting, "awaiting_count")
    organization: OrganizationFilter | None = related("Organization", "单位", "organization_id")
    kind: str | None = test("哪一种名单", of_kind, "kind")


@node(tables.BatchRow, "台账的一行")
class BatchRow(Node):
    row_no: int = column("行号")
    state: RowState = column("状态")
    name: str = column("项目名称")
    beyond: bool = column("不止是线索：已研判、已签约、有资金或进度、已流转，须经办公室确认")
    project: Project | None = to_one(
        "Project", "导入成的项目；疑似重复的，是库内那一个；名单的，是这一行说的那一个"
    )
    migration: Migration | None = to_one("Migration", "迁入或退回的决定")

    @computed(
        "名单的一行导入成的；重复的，是已有的那一个", columns=("subject_id", "batch_id", "name")
    )
    async def listed(row: Parent, info: Info) -> ListedRow | None:
        batch = await info.context.rows.one("Batch", row["batch_id"])
        if not batch or batch["kind"] not in LISTS or not row["subject_id"]:
            return None
        kind = LISTS[batch["kind"]]
        found = await info.context.rows.one(kind.creates, row["subject_id"])
        if not found:
            return None
        name = found["name"] if "name" in found else row["name"]
        at = found["no"] if kind.called == "no" else global_id(kind.creates, found["id"])
        return ListedRow(no=found[kind.called] or "", name=name, page=f"{kind.page}/{at}")

    @computed("问题", columns=("issues",))
    def issues(row: Parent) -> list[LedgerIssue]:
        return [issue_from_json(issue) for issue in row["issues"]]

    @computed("在预览里改过的各格", columns=("mends",))
    async def mends(row: Parent, info: Info) -> list[LedgerMend]:
        return await mended(info, document(row["mends"]))

    @computed(
        "各格的意思，按台账的次序；只要其中几栏的写明",
        columns=("values", "issues", "batch_id", "row_no"),
    )
    async def cells(
        row: Parent,
        info: Info,
        fields: Annotated[list[str] | None, strawberry.argument(description="栏目")] = None,
    ) -> list[LedgerCell]:
        batch = await info.context.rows.one("Batch", row["batch_id"])
        if batch and batch["kind"] in LISTS:
            found = list_cells(row, batch["notes"], catalogue_of(batch["kind"]))
        else:
            found = cells_of(row, batch["notes"] if batch else {})
        return [each for each in found if fields is None or each.field in fields]


@node(
    tables.Batch,
    "一批台账：上传、预览、导入、确认、撤销",
    key="no",
    held_first=True,
    numbers=("B", "batch {}", 3),
)
class Batch(Node):
    no: str = column("批次编号")
    kind: str = column("种类：ledger 为项目台账，其余见 listKinds")
    file_name: str = column("文件")
    state: BatchState = column("状态")
    organization: Organization | None = to_one("Organization", "单位")
    uploaded_by: Person | None = to_one("Person", "上传人")
    uploaded_at: datetime = column("上传时间")
    imported_by: Person | None = to_one("Person", "导入人")
    imported_at: datetime | None = column("导入时间")
    undone_at: datetime | None = column("撤销时间")
    ready_count: int = column("作为线索报送的行数")
    wrong_count: int = column("需修改的行数")
    duplicate_count: int = column("疑似重复的行数")
    skipped_count: int = column("已忽略的行数")
    awaiting_count: int = column("待办公室确认迁入的行数")
    imported_count: int = column("已作为线索报送的项目数")
    migrated_count: int = column("已迁入的行数")
    returned_count: int = column("已退回的行数")
    revision: int = column("版本")
    rows: Connection[BatchRow] = connection(
        "BatchRow", "各行", via="batch_id", filter=BatchRowFilter, default=Order("row_no")
    )

    migrations: list[Migration] = has_many("Migration", "batch_id", "迁入和退回的决定，先办的在前")

    @computed(
        "现在可由您确认迁入：有待确认的行，而您没有上传或导入这一批",
        columns=("state", "awaiting_count", "uploaded_by_id", "imported_by_id"),
    )
    def confirmable(row: Parent, info: Info) -> bool:
        viewer = info.context.viewer
        return (
            row["state"] == BatchState.IMPORTED
            and row["awaiting_count"] > 0
            and may(viewer, "ledgerConfirm")
            and viewer.person not in (row["uploaded_by_id"], row["imported_by_id"])
        )

    @computed(
        "现在可由您撤销：有迁入的只能由办公室撤销", columns=("state", "migrated_count", "kind")
    )
    def undoable(row: Parent, info: Info) -> bool:
        act = "ledgerUndo" if row["kind"] == LEDGER else "listUndo"
        held = posts_for(info.context.viewer, act)
        by_office = any(each.post is Post.OFFICE for each in held)
        return row["state"] == BatchState.IMPORTED and (
            by_office or bool(held and not row["migrated_count"])
        )

    @computed("工作表", columns=("notes",))
    def sheet(row: Parent) -> str:
        sheet: str = row["notes"]["sheet"]
        return sheet

    @computed("隐藏的行和列怎样办；没有选的为空", columns=("notes",))
    def hidden(row: Parent) -> HiddenParts | None:
        chosen = row["notes"].get("hidden")
        return HiddenParts(chosen) if chosen else None

    @computed("已忽略的行", columns=("notes",))
    def skipped(row: Parent) -> SkippedLines:
        return SkippedLines(**row["notes"]["skipped"])

    @computed("整份文件的问题", columns=("notes",))
    def issues(row: Parent) -> list[LedgerIssue]:
        return [issue_from_json(issue) for issue in row["notes"]["issues"]]

    @computed("没有认出的列，内容不导入", columns=("notes",))
    def unknown_columns(row: Parent) -> list[UnknownColumn]:
        return [UnknownColumn(letter=at, title=title) for at, title in row["notes"]["unknown"]]

    @computed("应有而没有的列", columns=("notes",))
    def missing_columns(row: Parent) -> list[str]:
        missing: list[str] = row["notes"]["missing"]
        return missing

    @computed("各列读作什么", columns=("notes", "kind"))
    def columns(row: Parent) -> list[LedgerColumn]:
        return columns_of(row["notes"], catalogue_of(row["kind"]))

    @computed("没有写明、须选择或已选定的单位", columns=("notes",))
    def unit_questions(row: Parent) -> list[LedgerUnitQuestion]:
        return unit_questions_of(row["notes"])

    @computed("沿用了哪一批指定的列和单位", columns=("notes",))
    def answered_in(row: Parent) -> str | None:
        return row["notes"].get("answered_in") or None

    @computed("可以指定给列的栏目", columns=("kind",))
    def fields(row: Parent) -> list[LedgerField]:
        return fields_of(catalogue_of(row["kind"]))

    @computed("还没有对应到列的栏目，可以指定给没有认出的列", columns=("notes", "kind"))
    def free_fields(row: Parent) -> list[LedgerField]:
        taken, kind = row["notes"]["columns"], catalogue_of(row["kind"])
        return [
            each
            for each in fields_of(kind)
            if each.name not in taken and kind.fields[each.name].in_template
        ]

    @computed(
        "结果文件：原样的台账，加上校验结果一列",
        columns=("id", "no", "kind", "file_name", "sha256", "notes"),
    )
    async def result(row: Parent, info: Info) -> Download:
        context = info.context
        lines = await context.rows.fetch((VERDICTS, [row["id"]]))
        arguments = annotation_arguments(row, lines)
        for each in arguments["mends"]:
            who = await context.rows.one("Person", each["by"])
            at = datetime.fromisoformat(each["at"])
            each |= {"who": who["name"] if who else "", "when": f"{context.day_of(at)}"}
        made = await annotate(arguments, context.file_store.path(row["sha256"]).read_bytes())
        return Download(name=f"{row['no']}校验结果.xlsx", media_type=WORKBOOK, content=Bytes(made))


def issue_from_json(issue: Mapping[str, Any]) -> LedgerIssue:
    return LedgerIssue(**{**issue, "severity": rules.Severity(issue["severity"])})


def annotation_arguments(batch: Record, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The arguments of `annotate` for a batch, with its rows from VERDICTS."""
    notes = batch["notes"]
    issues, imported = list(notes["issues"]), {}
    mends = [{**each} for line in lines for each in document(line["mends"])]
    for line in lines:
        found = document(line["issues"])
        issues += found
        match line["state"]:
            case "IMPORTED" if batch["kind"] in LISTS:
                imported[line["row_no"]] = "已导入"
            case "IMPORTED":
                imported[line["row_no"]] = f"已报送 {line['no']}"
            case "MIGRATED":
                imported[line["row_no"]] = f"已迁入 {line['no']}（{line['document_no']}）"
            case "AWAITING":
                imported[line["row_no"]] = "待办公室确认迁入"
            case "RETURNED":
                imported[line["row_no"]] = f"已退回：{line['reason']}"
            case "UNDONE" if batch["kind"] in LISTS:
                imported[line["row_no"]] = "已撤销"
            case "UNDONE":
                imported[line["row_no"]] = f"已撤销 {line['no'] or ''}".rstrip()
            case "DUPLICATE":
                imported[line["row_no"]] = f"疑似重复：{found[-1]['message']}"
    return {
        "name": batch["file_name"],
        "sheet": notes["sheet"],
        "columns": notes["assigned"],
        "lines": [line["row_no"] for line in lines],
        "issues": issues,
        "imported": imported,
        "mends": mends,
        "kind": LISTS[batch["kind"]].catalogue() if batch["kind"] in LISTS else None,
    }


async def of_projects(source: object, info: Info) -> tuple[Sql, ...]:
    return (('t."kind" = ?', [LEDGER]),)


async def of_lists(source: object, info: Info) -> tuple[Sql, ...]:
    return (('t."kind" <> ?', [LEDGER]),)


@strawberry.type
class Query:
    batches: Connection[Batch] = connection(
        "Batch", "各批项目台账，新的在前", filter=BatchFilter, scope=of_projects
    )
    list_batches: Connection[Batch] = connection(
        "Batch", "各批其他名单，新的在前", filter=BatchFilter, scope=of_lists
    )

    @resolver("可以由您导入的名单")
    async def list_kinds(self, info: Info) -> list[ListDescription]:
        return [described(name) for name in LISTS if may_bring(info.context.viewer, name)]

    @resolver("一种名单")
    async def list_kind(
        self, info: Info, kind: Annotated[str, strawberry.argument(description="种类")]
    ) -> ListDescription | None:
        return described(kind) if may_bring(info.context.viewer, kind) else None

    @resolver("一种名单的模板：空白的，或填着已登记的，改后再导入")
    async def list_template(
        self,
        info: Info,
        kind: Annotated[str, strawberry.argument(description="种类")],
        filled: Annotated[
            bool, strawberry.argument(description="填着已登记的；见 ListDescription.fillable")
        ] = False,
    ) -> Download | None:
        if not may_bring(info.context.viewer, kind):
            return None
        declared, lines = LISTS[kind], list[Mapping[str, str]]()
        if filled:
            if not declared.bringing.current:
                return None
            lines += await declared.bringing.current(info.context)
        name = f"{declared.title}{'' if filled else '模板'}.xlsx"
        made = Bytes(await template_of(kind, lines))
        return Download(name=name, media_type=WORKBOOK, content=made)

    @resolver("按编号取一批台账")
    async def batch(
        self,
        info: Info,
        no: Annotated[str, strawberry.argument(description="批次编号")],
        kind: Annotated[
            str | None, strawberry.argument(description="只取这一种；不写即不论哪一种")
        ] = None,
    ) -> Batch | None:
        found = await info.context.rows.by("Batch", "no", no)
        wanted = found and kind in (None, found["kind"])
        return row_as(Batch, found) if wanted else None

    @resolver("空白的台账模板")
    async def ledger_template(self) -> Download:
        made = await asyncio.to_thread(rules.ledger_template)
        return Download(name="项目台账模板.xlsx", media_type=WORKBOOK, content=Bytes(made))
