"""Batches of the ledger in the graph: their lines and cells, and the file with its results."""

import asyncio
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

import strawberry

from schema.city.rules import format_money
from schema.ledger import rules, tables
from schema.ledger.rules import FIELDS, LedgerRow, Severity, unpacked, words
from schema.ledger.rules.validation import Columns
from schema.ledger.rules.worker import annotate
from schema.ledger.tables import BatchState, RowState
from schema.people.graph import Organization, Person
from schema.project.graph import Project
from schema.query.fields import (
    Connection,
    Info,
    Node,
    Parent,
    column,
    computed,
    connection,
    describe_enum,
    node,
    resolver,
    row_as,
    to_one,
)
from schema.query.filters import filter_for, in_list
from schema.query.models import Record, document
from schema.query.sql import Order
from schema.scalars import Bytes

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
VERDICTS = (
    'SELECT b."row_no", b."state", b."issues", p."no" FROM "batch_row" b'
    ' LEFT JOIN "project" p ON p."id" = b."project_id" WHERE b."batch_id" = ?'
    ' ORDER BY b."row_no"'
)

describe_enum(BatchState, "批次状态", PREVIEW="待导入", IMPORTED="已导入", UNDONE="已撤销")
describe_enum(
    RowState,
    "行的状态",
    READY="可导入",
    WRONG="需修改",
    DUPLICATE="疑似重复",
    IMPORTED="已导入",
    UNDONE="已撤销",
)
describe_enum(Severity, "轻重", ERROR="须修改", WARNING="请留意")


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


@strawberry.type(description="一行里的一格，按读到的意思")
class LedgerCell:
    field: str = strawberry.field(description="栏目")
    label: str = strawberry.field(description="名称")
    value: str = strawberry.field(description="读到的；读不出来的是原来填的")
    severity: Severity | None = strawberry.field(default=None, description="有问题的，轻重")
    message: str | None = strawberry.field(default=None, description="有问题的，怎样改")


@strawberry.type(description="没有当作项目的行")
class SkippedLines:
    blank: int = strawberry.field(description="空行")
    total: int = strawberry.field(description="合计行")
    note: int = strawberry.field(description="备注和分组行")
    head: int = strawberry.field(description="重复的表头和填写说明")


@strawberry.type(description="没有认出的列")
class UnknownColumn:
    letter: str = strawberry.field(description="列，如 F")
    title: str = strawberry.field(description="表头")


@strawberry.type(description="台账的一个栏目")
class LedgerField:
    name: str = strawberry.field(description="栏目")
    label: str = strawberry.field(description="名称")


@filter_for("BatchRow", "行的筛选")
class BatchRowFilter:
    state: list[RowState] | None = in_list("状态", "state")
    row_no: list[int] | None = in_list("行号", "row_no")


@filter_for("Batch", "批次的筛选")
class BatchFilter:
    state: list[BatchState] | None = in_list("状态", "state")


@node(tables.BatchRow, "台账的一行")
class BatchRow(Node):
    row_no: int = column("行号")
    state: RowState = column("状态")
    name: str = column("项目名称")
    project: Project | None = to_one("Project", "导入成的项目；疑似重复的，是库内那一个")

    @computed("问题", columns=("issues",))
    def issues(row: Parent) -> list[LedgerIssue]:
        return [issue_from_json(issue) for issue in row["issues"]]

    @computed(
        "各格的意思，按台账的次序；只要其中几栏的写明", columns=("values", "issues", "batch_id")
    )
    async def cells(
        row: Parent,
        info: Info,
        fields: Annotated[list[str] | None, strawberry.argument(description="栏目")] = None,
    ) -> list[LedgerCell]:
        batch = await info.context.rows.one("Batch", row["batch_id"])
        found = cells_of(row, batch["notes"]["columns"] if batch else {})
        return [each for each in found if fields is None or each.field in fields]


@node(tables.Batch, "一批台账：上传、预览、导入、撤销", key="no", held_first=True)
class Batch(Node):
    no: str = column("批次编号")
    file_name: str = column("文件")
    state: BatchState = column("状态")
    organization: Organization | None = to_one("Organization", "单位")
    uploaded_by: Person | None = to_one("Person", "上传人")
    uploaded_at: datetime = column("上传时间")
    imported_at: datetime | None = column("导入时间")
    undone_at: datetime | None = column("撤销时间")
    ready_count: int = column("可导入的行数")
    wrong_count: int = column("需修改的行数")
    duplicate_count: int = column("疑似重复的行数")
    skipped_count: int = column("已忽略的行数")
    imported_count: int = column("已导入的项目数")
    revision: int = column("版本")
    rows: Connection[BatchRow] = connection(
        "BatchRow", "各行", via="batch_id", filter=BatchRowFilter, default=Order("row_no")
    )

    @computed("工作表", columns=("notes",))
    def sheet(row: Parent) -> str:
        sheet: str = row["notes"]["sheet"]
        return sheet

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

    @computed("还没有对应到列的栏目，可以指定给没有认出的列", columns=("notes",))
    def free_fields(row: Parent) -> list[LedgerField]:
        taken = row["notes"]["columns"]
        return [
            LedgerField(name=name, label=field.label)
            for name, field in FIELDS.items()
            if name not in taken and field.in_template and field.kind != "serial"
        ]

    @computed("结果文件：原样的台账，加上校验结果一列", columns=("id", "no", "sha256", "notes"))
    async def result(row: Parent, info: Info) -> Download:
        context = info.context
        lines = await context.rows.fetch((VERDICTS, [row["id"]]))
        made = await annotate(
            annotation_arguments(row, lines), context.file_store.path(row["sha256"]).read_bytes()
        )
        return Download(name=f"{row['no']}校验结果.xlsx", media_type=WORKBOOK, content=Bytes(made))


def issue_from_json(issue: Mapping[str, Any]) -> LedgerIssue:
    return LedgerIssue(**{**issue, "severity": rules.Severity(issue["severity"])})


def annotation_arguments(batch: Record, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The arguments of `annotate` for a batch, with its rows from VERDICTS."""
    notes = batch["notes"]
    issues, imported = list(notes["issues"]), {}
    for line in lines:
        found = document(line["issues"])
        issues += found
        match line["state"]:
            case "IMPORTED":
                imported[line["row_no"]] = f"已导入 {line['no']}"
            case "UNDONE":
                imported[line["row_no"]] = f"已撤销 {line['no']}"
            case "DUPLICATE":
                imported[line["row_no"]] = f"疑似重复：{found[-1]['message']}"
    return {
        "name": batch["file_name"],
        "sheet": notes["sheet"],
        "columns": notes["assigned"],
        "lines": [line["row_no"] for line in lines],
        "issues": issues,
        "imported": imported,
    }


def cells_of(line: Record, columns: Columns) -> list[LedgerCell]:
    """The cells of a line in the order of FIELDS; one with an issue and no value shows what was typed."""
    row = unpacked(line["values"])
    fields = {letter: name for name, (letter, _) in columns.items()}
    worst_last = sorted(line["issues"], key=lambda issue: issue["severity"] == "ERROR")
    issues = {fields.get(issue["column"]): issue for issue in worst_last}
    cells = []
    for name, field in FIELDS.items():
        value, issue = field_text(row, name), issues.get(name)
        if value or issue:
            cells.append(
                LedgerCell(
                    field=name,
                    label=field.label,
                    value=value or (issue["value"] if issue else ""),
                    severity=rules.Severity(issue["severity"]) if issue else None,
                    message=issue["message"] if issue else None,
                )
            )
    return cells


def field_text(row: LedgerRow, name: str) -> str:
    """A field as text for people: amounts with their unit, places and stages by their words."""
    value = getattr(row, name, None)
    about = "约 " if name in row.estimates else ""
    match value:
        case None:
            return row.more.get(name, "")
        case date():
            return f"{about}{value.isoformat()}"
        case Decimal():
            return f"{about}{value} 亩"
        case int():
            return f"{about}{format_money(value)}"
        case tuple():
            return "、".join(value)
    known = words.CHOICES.get(FIELDS[name].kind)
    return words.word_for(known, value) if known and value else str(value)


@strawberry.type
class Query:
    batches: Connection[Batch] = connection("Batch", "各批台账，新的在前", filter=BatchFilter)

    @resolver("按编号取一批台账")
    async def batch(
        self, info: Info, no: Annotated[str, strawberry.argument(description="批次编号")]
    ) -> Batch | None:
        return row_as(Batch, await info.context.rows.by("Batch", "no", no))

    @resolver("空白的台账模板")
    async def ledger_template(self) -> Download:
        made = await asyncio.to_thread(rules.ledger_template)
        return Download(name="项目台账模板.xlsx", media_type=WORKBOOK, content=Bytes(made))
