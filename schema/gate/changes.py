"""What the journal kept, in the words of the graph: one line for each field that an act changed."""

import asyncio
from typing import Any

import strawberry

from schema.city.rules import format_money
from schema.context import Context
from schema.permissions import hidden
from schema.query.fields import worded
from schema.query.models import KINDS, Kind, moment
from schema.scalars import SHANGHAI


@strawberry.type(description="一处改动")
class Change:
    field: str = strawberry.field(description="字段")
    label: str = strawberry.field(description="名称")
    before: str | None = strawberry.field(description="改前")
    after: str | None = strawberry.field(description="改后")


async def describe_changes(
    changes: dict[str, dict[str, list[Any]]], context: Context
) -> list[Change]:
    """Changes as `{"Project:12": {"stage": [before, after]}}`, without what the viewer may not see.

    A row that was taken away is seen by nobody any more, and neither are its columns. When a row
    entered its stage is left out as well: it is the time of the act.
    """
    lines = []
    parts = (each.partition(":") for each in changes)
    # PostgreSQL keeps the keys of JSON in an order of its own: rows by kind and id, columns as declared.
    keys = sorted((name, int(key)) for name, _, key in parts if name in KINDS)
    seen = await asyncio.gather(*(context.rows.one(*key) for key in keys))
    for (name, key), row in zip(keys, seen, strict=True):
        kind, columns = KINDS[name], changes[f"{name}:{key}"]
        if row is None:
            continue
        unseen = {*hidden(kind.table, context.viewer), kind.life and kind.life.since}
        for column in kind.labels:
            if column in columns and column not in unseen:
                before, after = columns[column]
                lines.append(
                    Change(
                        field=column,
                        label=kind.labels[column],
                        before=await format_stored(kind, column, before, context),
                        after=await format_stored(kind, column, after, context),
                    )
                )
    return lines


async def format_stored(kind: Kind, column: str, value: Any, context: Context) -> str | None:
    """A stored value as people read it: an enum's words, an amount with its unit, a row's name."""
    if value is None or value == "":
        return None
    if target := kind.targets.get(column):
        row = await context.rows.one(target, value)
        return str(row.get("name") or row.get("no")) if row else "—"
    if column.endswith("_fen"):
        return format_money(value)
    if kind.decoders.get(column) is moment:
        return f"{moment(value).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    if enum := kind.enum(column):
        return worded(enum)[enum(value).value]
    return "是" if value is True else "否" if value is False else str(value)
