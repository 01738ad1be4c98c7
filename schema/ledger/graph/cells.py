"""The cells of a line as people read them, and the fields of each kind of list with where they go."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import strawberry

from schema.city.rules import format_money, format_wan, parse_money
from schema.intake import LISTS
from schema.ledger import rules
from schema.ledger.rules import FIELDS, Severity, unpacked, words
from schema.ledger.rules.columns import PROJECTS, Catalogue, Field, list_catalogue
from schema.ledger.rules.computed import Runs, is_computed
from schema.ledger.rules.display import field_text
from schema.ledger.rules.files import list_template
from schema.ledger.rules.parsers import KINDS
from schema.ledger.rules.validation import Columns
from schema.permissions import Viewer, may
from schema.query.fields import Info, describe_enum
from schema.query.models import Record

describe_enum(Severity, "轻重", ERROR="须修改", WARNING="请留意")


@strawberry.type(description="台账的一个栏目")
class LedgerField:
    name: str = strawberry.field(description="栏目")
    label: str = strawberry.field(description="名称")
    goes_to: str = strawberry.field(default="", description="导入后记到哪里")


@strawberry.type(description="一行里的一格，按读到的意思")
class LedgerCell:
    column: str = strawberry.field(description="列，如 F；表中没有这一列的为空，不能在预览里改")
    field: str = strawberry.field(description="栏目")
    label: str = strawberry.field(description="名称")
    value: str = strawberry.field(description="读到的；读不出来的是原来填的")
    goes_to: str = strawberry.field(default="", description="导入后记到哪里")
    formula: bool = strawberry.field(default=False, description="由公式算出，读取的是保存的结果")
    severity: Severity | None = strawberry.field(default=None, description="有问题的，轻重")
    message: str | None = strawberry.field(default=None, description="有问题的，怎样改")


@strawberry.type(description="在预览里改过的一格")
class LedgerMend:
    field: str = strawberry.field(description="栏目")
    column: str = strawberry.field(description="列，如 F")
    title: str = strawberry.field(description="表头")
    original: str = strawberry.field(description="文件里原来的")
    value: str = strawberry.field(description="改成的")
    mended_by: str = strawberry.field(description="谁改的")
    mended_at: datetime = strawberry.field(description="何时改的")


@strawberry.type(description="名单的一行导入成的，或与之重复的")
class ListedRow:
    no: str = strawberry.field(description="编号")
    name: str = strawberry.field(description="名称")
    page: str = strawberry.field(description="地址")


@strawberry.type(description="可以导入的一种名单")
class ListDescription:
    name: str = strawberry.field(description="种类")
    title: str = strawberry.field(description="名称")
    item: str = strawberry.field(description="一行是什么")
    page: str = strawberry.field(description="这些行在哪里看")
    fields: list[LedgerField] = strawberry.field(description="各栏目，导入后记到哪里")
    fillable: bool = strawberry.field(
        default=False, description="模板可以填着已登记的下载，改后再导入"
    )


@lru_cache
def catalogue_of(kind: str) -> Catalogue:
    """The fields of a kind of list."""
    return list_catalogue(**LISTS[kind].catalogue()) if kind in LISTS else PROJECTS


def fields_of(catalogue: Catalogue) -> list[LedgerField]:
    return [
        LedgerField(name=name, label=field.label, goes_to=field.to)
        for name, field in catalogue.fields.items()
        if field.kind != "serial"
    ]


async def template_of(kind: str, lines: Sequence[Mapping[str, str]] = ()) -> bytes:
    """The template of a kind of list with these lines, and with what there is to choose from today."""
    declared = LISTS[kind]
    choices = await declared.bringing.choices()
    meant = list_catalogue(**declared.catalogue(choices))
    return await asyncio.to_thread(list_template, meant, lines)


def may_bring(viewer: Viewer, kind: str) -> bool:
    """Whether somebody may bring in lists of a kind: who may do the act of one line."""
    return kind in LISTS and may(viewer, LISTS[kind].act)


def described(name: str) -> ListDescription:
    declared = LISTS[name]
    return ListDescription(
        name=name,
        title=declared.title,
        item=declared.item,
        page=declared.page,
        fields=fields_of(catalogue_of(name)),
        fillable=declared.bringing.current is not None,
    )


async def mended(info: Info, mends: Sequence[Mapping[str, Any]]) -> list[LedgerMend]:
    """The cells of a line that were changed in the preview, each with the name of who changed it."""
    people = await info.context.rows.ones("Person", [each["by"] for each in mends])
    return [
        LedgerMend(
            field=each["field"],
            column=each["column"],
            title=each["title"],
            original=each["original"],
            value=each["value"],
            mended_by=who["name"] if who else "",
            mended_at=datetime.fromisoformat(each["at"]),
        )
        for each, who in zip(mends, people, strict=True)
    ]


def cells_of(line: Record, notes: Mapping[str, Any]) -> list[LedgerCell]:
    """The cells of a line in the order of FIELDS; one with an issue and no value shows what was typed.

    `notes` are those of its batch.
    """
    row = unpacked(line["values"])
    texts = {name: field_text(row, name) for name in FIELDS}
    return cells_with(texts, line, notes, PROJECTS)


def list_cells(line: Record, notes: Mapping[str, Any], catalogue: Catalogue) -> list[LedgerCell]:
    """The same of a list of another kind."""
    texts = {
        name: value_text(line["values"].get(name), field)
        for name, field in catalogue.fields.items()
    }
    return cells_with(texts, line, notes, catalogue)


def value_text(value: Any, field: Field) -> str:
    """A value of a list as text for people: an amount to the last fen with its unit, places and groups by
    their words.
    """
    if value is None or value == "":
        return ""
    if field.measure == "money":
        short = format_money(value)
        return short if parse_money(short) == value else format_wan(value)
    known = KINDS[field.kind].choices
    return words.word_for(known, value) if known else str(value)


def cells_with(
    texts: Mapping[str, str], line: Record, notes: Mapping[str, Any], catalogue: Catalogue
) -> list[LedgerCell]:
    """The cells that have a text or an issue, by the columns of their fields."""
    columns: Columns = notes.get("columns", {})
    runs: Runs = notes.get("formulas", {})
    fields = {letter: name for name, (letter, _) in columns.items()}
    worst_last = sorted(line["issues"], key=lambda issue: issue["severity"] == "ERROR")
    issues = {fields.get(issue["column"]): issue for issue in worst_last}
    cells = []
    for name, field in catalogue.fields.items():
        value, issue = texts[name], issues.get(name)
        if value or issue:
            letter = columns.get(name, ("", ""))[0]
            cells.append(
                LedgerCell(
                    column=letter,
                    field=name,
                    label=field.label,
                    value=value or (issue["value"] if issue else ""),
                    goes_to=field.to,
                    formula=is_computed(runs, letter, line["row_no"]),
                    severity=rules.Severity(issue["severity"]) if issue else None,
                    message=issue["message"] if issue else None,
                )
            )
    return cells
