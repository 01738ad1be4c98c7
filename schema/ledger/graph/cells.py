"""The cells of a line as people read them, and the fields of each kind of list with where they go."""

import asyncio
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import strawberry

from schema.city.rules import format_money
from schema.intake import LISTS
from schema.ledger import rules
from schema.ledger.rules import FIELDS, LedgerRow, Severity, unpacked, words
from schema.ledger.rules.columns import PROJECTS, Catalogue, list_catalogue
from schema.ledger.rules.files import list_template
from schema.ledger.rules.validation import Columns
from schema.permissions import Viewer, may
from schema.query.fields import describe_enum
from schema.query.models import Record

describe_enum(Severity, "轻重", ERROR="须修改", WARNING="请留意")


@strawberry.type(description="台账的一个栏目")
class LedgerField:
    name: str = strawberry.field(description="栏目")
    label: str = strawberry.field(description="名称")
    goes_to: str = strawberry.field(default="", description="导入后记到哪里")


@strawberry.type(description="一行里的一格，按读到的意思")
class LedgerCell:
    field: str = strawberry.field(description="栏目")
    label: str = strawberry.field(description="名称")
    value: str = strawberry.field(description="读到的；读不出来的是原来填的")
    goes_to: str = strawberry.field(default="", description="导入后记到哪里")
    severity: Severity | None = strawberry.field(default=None, description="有问题的，轻重")
    message: str | None = strawberry.field(default=None, description="有问题的，怎样改")


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


@lru_cache
def catalogue_of(kind: str) -> Catalogue:
    """The fields of a kind of list."""
    return list_catalogue(**LISTS[kind].catalogue()) if kind in LISTS else PROJECTS


def fields_of(kind: Catalogue) -> list[LedgerField]:
    return [
        LedgerField(name=name, label=field.label, goes_to=field.to)
        for name, field in kind.fields.items()
        if field.kind != "serial"
    ]


async def template_of(kind: str) -> bytes:
    """The empty template of a kind of list, with what there is to choose from today."""
    declared = LISTS[kind]
    choices = await declared.bringing.choices()
    return await asyncio.to_thread(list_template, list_catalogue(**declared.catalogue(choices)))


def may_bring(viewer: Viewer, kind: str) -> bool:
    """Whether somebody may bring in lists of a kind: who may do the act of one line."""
    return kind in LISTS and may(viewer, LISTS[kind].kind.act)


def described(name: str) -> ListDescription:
    kind = LISTS[name].kind
    return ListDescription(
        name=name,
        title=kind.title,
        item=kind.item,
        page=kind.page,
        fields=fields_of(catalogue_of(name)),
    )


def cells_of(line: Record, columns: Columns) -> list[LedgerCell]:
    """The cells of a line in the order of FIELDS; one with an issue and no value shows what was typed."""
    row = unpacked(line["values"])
    fields = {letter: name for name, (letter, _) in columns.items()}
    texts = {name: field_text(row, name) for name in FIELDS}
    return cells_with(texts, line, fields, PROJECTS)


def list_cells(line: Record, columns: Columns, kind: Catalogue) -> list[LedgerCell]:
    """The same of a list of another kind."""
    fields = {letter: name for name, (letter, _) in columns.items()}
    texts = {
        name: value_text(line["values"].get(name), field.kind, field.unit)
        for name, field in kind.fields.items()
    }
    return cells_with(texts, line, fields, kind)


def value_text(value: Any, kind: str, unit: str) -> str:
    """A value of a list as text for people: an amount with its unit, places and groups by their words."""
    if value is None or value == "":
        return ""
    if kind == "money":
        return format_money(value)
    known = words.CHOICES.get(kind)
    return words.word_for(known, value) if known else str(value)


def cells_with(
    texts: Mapping[str, str], line: Record, fields: Mapping[str, str], kind: Catalogue
) -> list[LedgerCell]:
    """The cells that have a text or an issue; `fields` are those of columns by letter."""
    worst_last = sorted(line["issues"], key=lambda issue: issue["severity"] == "ERROR")
    issues = {fields.get(issue["column"]): issue for issue in worst_last}
    cells = []
    for name, field in kind.fields.items():
        value, issue = texts[name], issues.get(name)
        if value or issue:
            cells.append(
                LedgerCell(
                    field=name,
                    label=field.label,
                    value=value or (issue["value"] if issue else ""),
                    goes_to=field.to,
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
