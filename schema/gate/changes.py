"""What the journal kept, in the words of the graph: one line for each field that an act changed."""

import asyncio
from typing import Any

import strawberry

from schema.city.rules import format_money
from schema.context import Context
from schema.permissions import hidden
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

    A row that was taken away is seen by nobody any more, and neither are its columns.
    """
    lines = []
    subjects = [each for each in changes if each.partition(":")[0] in KINDS]
    keys = [(name, int(key)) for name, _, key in (each.partition(":") for each in subjects)]
    seen = await asyncio.gather(*(context.rows.one(*key) for key in keys))
    for subject, (name, _), row in zip(subjects, keys, seen, strict=True):
        kind, columns = KINDS[name], changes[subject]
        if row is None:
            continue
        for column, (before, after) in columns.items():
            if column in kind.labels and column not in hidden(kind.table, context.viewer):
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
        words = {each.name: each.description for each in enum.__strawberry_definition__.values}  # type: ignore[attr-defined]
        return str(words[enum(value).name])
    return "是" if value is True else "否" if value is False else str(value)
