"""Filters as input types: each field declares its SQL, once.

A filter through a relation re-applies the far table's policy, so nothing can be guessed from
what a filter finds. Filtering by a hidden column is refused, and so is filtering by a masked one.
"""

import re
import unicodedata
from collections.abc import Callable
from enum import Enum
from typing import Any

import strawberry
from strawberry.types import get_object_definition, has_object_definition
from strawberry.utils.str_converters import to_camel_case

from schema.context import Context
from schema.permissions import hidden, masked, visible
from schema.query.errors import bad_input, usable
from schema.query.models import KINDS
from schema.query.sql import Order, Sql

VALUES_LIMIT = 200
SURROGATE = re.compile("[\ud800-\udfff]")

AND_LEVELS = 5

Test = Callable[[str, Any, Context], Sql]


def filter_for(kind: str, description: str) -> Callable[[type], type]:
    """An input type whose fields filter rows of `kind`."""

    def declare(cls: type) -> type:
        made = strawberry.input(cls, description=description)
        made.filters = kind  # type: ignore[attr-defined]
        return made

    return declare


def test(description: str, sql: Test, column: str | None = None) -> Any:
    return strawberry.field(
        default=None, description=description, metadata={"test": sql, "column": column}
    )


def search(description: str, column: str = "search") -> Any:
    """Contains this text: Chinese, full pinyin or initials, in any case and width.

    By position and not by LIKE, for which SQLite has U+FFFD, U+FFFE and U+FFFF alike.
    """

    def sql(row: str, value: str, context: Context) -> Sql:
        text = unicodedata.normalize("NFKC", value).strip().lower()
        if "\0" in text or len(text) > 100:
            raise bad_input("搜索词最多 100 字，且不能含空字符", "text")
        if SURROGATE.search(text):  # half a character is in no text that a database keeps
            return "1=0", []
        parts = text.split()
        position = "strpos" if context.dialect == "postgres" else "instr"
        contains = f'{position}({row}."{column}", ?) > 0'
        return " AND ".join([contains] * len(parts)) or "1=1", parts

    return test(description, sql, column)


def in_list(description: str, column: str) -> Any:
    """The column is among these values; an empty list is no filter."""

    def sql(row: str, value: Any, context: Context) -> Sql:
        values = value if isinstance(value, list) else [value]
        if not values:
            return "1=1", []
        return f'{row}."{column}" IN ({", ".join("?" * len(values))})', list(values)

    return test(description, sql, column)


def between(description: str, column: str) -> Any:
    """Within a range input's bounds, both included; either may be left open."""

    def sql(row: str, value: Any, context: Context) -> Sql:
        bounds = [(">=", value.low()), ("<=", value.high())]
        given = [(sign, bound) for sign, bound in bounds if bound is not None]
        text = " AND ".join(f'{row}."{column}" {sign} ?' for sign, _ in given)
        return text or "1=1", [bound for _, bound in given]

    return test(description, sql, column)


def related(kind: str, description: str, column: str) -> Any:
    """The row that `column` points at is visible and meets a filter of its own."""

    def sql(row: str, value: Any, context: Context) -> Sql:
        table, far = KINDS[kind].table, f"{row}_{column}"
        inner = [visible(table, far, context.viewer), *conditions(value, far, context)]
        text = " AND ".join(part for part, _ in inner)
        return (
            f'EXISTS (SELECT 1 FROM "{table}" {far} WHERE {far}."id" = {row}."{column}" AND {text})',
            [value for _, values in inner for value in values],
        )

    return test(description, sql, column)


def exists(table: str, via: str, description: str, having: str = "1=1") -> Any:
    """True: some visible row of `table` points here; false: none does. In `having` it is the alias `x`."""

    def sql(row: str, value: bool, context: Context) -> Sql:
        seen, values = visible(table, "x", context.viewer)
        no = "" if value else "NOT "
        return (
            f'{no}EXISTS (SELECT 1 FROM "{table}" x WHERE x."{via}" = {row}."id" AND {having} AND {seen})',
            values,
        )

    return test(description, sql)


def and_(description: str) -> Any:
    """`and`: another filter of the same type that must hold as well; the field is called `also`."""

    def sql(row: str, value: Any, context: Context) -> Sql:
        within, levels = value, 0
        while within is not None and levels <= AND_LEVELS:
            within, levels = within.also, levels + 1
        if levels > AND_LEVELS:  # a database bounds how deep an expression may be
            raise bad_input(f"and 最多套 {AND_LEVELS} 层，请把条件写在同一层", "and")
        inner = conditions(value, row, context)
        return " AND ".join(part for part, _ in inner) or "1=1", [v for _, vs in inner for v in vs]

    return strawberry.field(
        default=None, description=description, name="and", metadata={"test": sql, "column": None}
    )


def conditions(filter: Any, row: str, context: Context) -> tuple[Sql, ...]:
    """The conditions of a filter input on the alias `row`."""
    if filter is None:
        return ()
    table = KINDS[type(filter).filters].table
    hides = hidden(table, context.viewer) | masked(table, context.viewer)
    parts = []
    for field in get_object_definition(type(filter), strict=True).fields:
        value = getattr(filter, field.python_name)
        if value is None or value is strawberry.UNSET:
            continue
        check(value, field.metadata["column"] in hides, to_camel_case(field.python_name))
        parts.append(field.metadata["test"](row, value, context))
    return tuple(parts)


def check(value: Any, hides: bool, name: str) -> None:
    """Refuse to filter by what is hidden, by what cannot be parsed, and by very many values."""
    if hides:
        raise bad_input("不能按此字段筛选", name)
    if isinstance(value, list) and len(value) > VALUES_LIMIT:
        raise bad_input(f"一次最多选 {VALUES_LIMIT} 个", name)
    for each in value if isinstance(value, list) else (value,):
        usable(each, name)
    if has_object_definition(value):
        for bound in vars(value).values():
            usable(bound, name)


def order_for(kind: str, by: type[Enum], nullable: tuple[str, ...] = ()) -> Callable[[type], type]:
    """Give an order input the column behind its enum's value; `nullable` columns put nulls last."""

    def declare(cls: type) -> type:
        def order(self: Any) -> Order:
            return Order(
                self.field.value, self.direction.value == "desc", self.field.value in nullable
            )

        cls.order = order  # type: ignore[attr-defined]
        columns = set(KINDS[kind].columns)
        if wrong := {member.value for member in by} - columns:
            raise LookupError(
                f"{cls.__name__} orders by {sorted(wrong)}, which {kind} does not have"
            )
        return cls

    return declare
