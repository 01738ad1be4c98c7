"""What the journal kept, in the words of the graph: one line for each field that an act changed."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import strawberry

from schema.city.rules import PARAMETERS, format_money
from schema.city.rules.masking import mask_numbers
from schema.context import Context
from schema.permissions import hidden, reads_texts
from schema.query.fields import worded
from schema.query.models import KINDS, Kind, Record, day, moment
from schema.scalars import SHANGHAI


@strawberry.type(description="一处改动")
class Change:
    field: str = strawberry.field(description="字段")
    label: str = strawberry.field(description="名称")
    before: str | None = strawberry.field(description="改前")
    after: str | None = strawberry.field(description="改后")


async def describe_changes(
    changes: dict[str, dict[str, list[Any]]], context: Context, most: int | None = None
) -> list[Change]:
    """Changes as `{"Project:12": {"stage": [before, after]}}`, without what the viewer may not see; the
    first `most` of them, of as many rows.

    A row that was taken away is seen by nobody any more, and neither are its columns. What the entry
    says by itself is left out: who did it, when, and to which project.
    """
    lines: dict[tuple[str, str | None, str | None], Change] = {}
    parts = (each.partition(":") for each in changes)
    # PostgreSQL keeps the keys of JSON in an order of its own: rows by kind and id, columns as declared.
    keys = sorted(
        (name, int(key)) for name, _, key in parts if name in KINDS and name not in DERIVED
    )
    keys = keys if most is None else keys[:most]
    rows = {(name, key): changes[f"{name}:{key}"] for name, key in keys}
    seen = await asyncio.gather(*(context.rows.one(*key) for key in keys))
    stamps = stamps_in(rows)
    for (name, key), row in zip(keys, seen, strict=True):
        kind, columns = KINDS[name], rows[name, key]
        if row is None:
            continue
        unseen = {*hidden(kind.table, context.viewer), kind.life and kind.life.since}
        for column in kind.labels:
            if column not in columns or column in unseen or column in TECHNICAL:
                continue
            before, after = columns[column]
            if column in kind.personal:
                before, after = (
                    word if value else None
                    for value, word in zip((before, after), KEPT_BACK, strict=True)
                )
            if is_stated_elsewhere(kind, column, before, after, rows, stamps):
                continue
            if most is not None and len(lines) >= most:
                return list(lines.values())
            spoken = STANDS_FOR.get((name, column))
            instead = spoken(columns) if spoken and before is None else ""
            change = Change(
                field=column,
                label=kind.labels[column].partition("；")[0],
                before=await format_stored(kind, column, before, context),
                after=instead or await format_stored(kind, column, after, context),
            )
            if column in kind.prose:
                await mask_change(change, row, context)
            # What two rows of one act say in the same words is said once.
            lines.setdefault((change.label, change.before, change.after), change)
    return list(lines.values())


async def mask_change(change: Change, row: Record, context: Context) -> None:
    """Mask the numbers of private persons in a change of a text, for whoever may not read them there."""
    before, after = mask_numbers(change.before), mask_numbers(change.after)
    if (before, after) == (change.before, change.after):
        return
    number = row["id"] if row.kind == "Project" else row.get("project_id")
    project = await context.rows.one("Project", number) if number else None
    if not reads_texts(context.viewer, project):
        change.before, change.after = before, after


STANDS_FOR: dict[tuple[str, str], Callable[[Mapping[str, list[Any]]], str]] = {}
"""Kind and column → what is said in the place of the value of a new row, by all its columns; empty
where the value is what was given."""


def stands_for(kind: str, column: str, words: Callable[[Mapping[str, list[Any]]], str]) -> None:
    """Declare what the history says of a new row's column where its value was put in for what was missing."""
    STANDS_FOR[kind, column] = words


DERIVED = ("Duty", "Credit", "EntryStep")
"""What follows from an act is read as duties, credits and the steps of an entry, not as its change."""
TECHNICAL = ("sha256", "size", "media_type", "revision")
"""What a file or a row is to the system, and to no reader."""

KEPT_BACK = ("已登记", "已更改")
"""What stands for personal data before and after: the journal has no value of it, and whoever may see
what it is now reads that.
"""

Changed = dict[tuple[str, int], dict[str, list[Any]]]
"""Rows by kind and id: column → [before, after]."""


def stamps_in(rows: Changed) -> set[Any]:
    """When the act was done, as its rows keep it: `judged_at` beside `judged_by_id`."""
    return {
        columns[column][1]
        for (name, _), columns in rows.items()
        for column in columns
        if column.endswith("_at") and f"{column.removesuffix('_at')}_by_id" in KINDS[name].columns
    }


def is_stated_elsewhere(
    kind: Kind, column: str, before: Any, after: Any, rows: Changed, stamps: set[Any]
) -> bool:
    """What a reader need not read as a change: who did it and when, which is the entry's own; that a
    new row belongs to another row of the entry; that something new is not what it might have been.
    """
    if before is not None:
        return False
    target = kind.targets.get(column)
    if target == "Person" and column.endswith("_by_id"):
        return True
    if column == "project_id" or (column != "merged_into_id" and (target, after) in rows):
        return True
    return after is False or (column.endswith("_at") and after in stamps)


async def format_stored(kind: Kind, column: str, value: Any, context: Context) -> str | None:
    """A stored value as people read it: an enum's words, an amount with its unit, a row's name."""
    if value is None or value == "":
        return None
    if target := kind.targets.get(column):
        row = await context.rows.one(target, value)
        return str(row.get("title") or row.get("name") or row.get("no") or "—") if row else "—"
    if column.endswith("_fen"):
        return format_money(value)
    if kind.decoders.get(column) is moment:
        at = moment(value).astimezone(SHANGHAI)
        return f"{format_day(at.date())} {at:%H:%M}"
    if kind.decoders.get(column) is day:
        return format_day(day(value))
    if column == "name" and value in PARAMETERS:
        return PARAMETERS[value].title
    if isinstance(value, list):
        return "、".join(str(each) for each in value)
    if enum := kind.enum(column):
        return worded(enum)[enum(value).value]
    return "是" if value is True else "否" if value is False else str(value)


def format_day(given: date) -> str:
    """`2026年11月22日`: in full, since a history is read in any year."""
    return f"{given.year}年{given.month}月{given.day}日"
