"""The journal as it can be read."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from schema.gate import tables
from schema.gate.changes import Change, describe_changes
from schema.gate.operator import ACTS
from schema.query.fields import (
    After,
    Before,
    Connection,
    First,
    Info,
    Last,
    Node,
    Parent,
    column,
    computed,
    connection,
    list_name,
    node,
    page_as,
    resolver,
)
from schema.query.loaders import Window
from schema.query.models import KINDS, read_global_id
from schema.query.sql import Link, Order, Read, Sql


@node(tables.JournalEntry, "办理记录")
class JournalEntry(Node):
    at: datetime = column("时间")
    actor_name: str = column("办理人")
    unit_name: str = column("单位")
    post_title: str = column("职务")
    act: str = column("事项（即变更名）")
    reason: str = column("理由")
    prior_hash: str = column("上一条的校验值")
    hash: str = column("校验值（SHA-256，含上一条）")

    @computed("事项名称", columns=("act",))
    def label(row: Parent, info: Info) -> str:
        return act_label(info, row["act"])

    @computed("改动", columns=("changes",))
    async def changes(row: Parent, info: Info) -> list[Change]:
        return await describe_changes(row["changes"], info.context)


def act_label(info: Info, act: str) -> str:
    """The words of an act: the description of its mutation, or the operator's, or the clock's."""
    mutation = info.schema._schema.mutation_type
    known = mutation.fields.get(act) if mutation else None
    return (known.description or act) if known else ACTS.get(act, act)


HISTORY = Link("journal_row", "entry_id", "")
"""The entries that an object's history consists of: all that are about it, whatever else they are about."""


def history_of(kind: str) -> Any:
    """The entries about a row of `kind`, as a field of its type."""
    return connection("JournalEntry", "办理记录", via=HISTORY._replace(kind=kind))


@strawberry.type
class Query:
    @resolver("一个对象的办理记录，新的在前")
    async def journal(
        self,
        info: Info,
        subject: Annotated[strawberry.ID, strawberry.argument(description="对象的全局编号")],
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[JournalEntry]:
        kind, key = read_global_id(subject) or ("", 0)
        own = '(t."subject_kind" = ? AND t."subject_id" = ?)'
        about = HISTORY._replace(kind=kind).condition("t", "?")  # the name of a kind, or empty
        where: Sql = (f"({own} OR {about})", [kind, key, key])
        page = await info.context.rows.page(
            Read(KINDS["JournalEntry"], (where,), Order("id", descending=True)),
            Window(first, after, last, before),
            list_name(info),
        )
        return page_as(JournalEntry, page)
