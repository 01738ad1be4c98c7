"""The journal as it can be read."""

import re
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
    hash: str = column("校验值（含上一条，用密钥加封）")
    key_id: str = column("加封所用密钥的代号，早于加封的为空")

    @computed("条号", columns=("id",))
    def number(row: Parent) -> int:
        return int(row["id"])

    @computed("事项名称", columns=("act",))
    def label(row: Parent, info: Info) -> str:
        return act_label(info, row["act"])

    @computed("改动", columns=("changes",))
    async def changes(row: Parent, info: Info) -> list[Change]:
        """Of an act on thousands of rows, those that the entry lists itself: what it is about."""
        return await describe_changes(row["changes"], info.context)

    @computed("所办项目的编号，看不到的为空", columns=("project_id",))
    async def project_no(row: Parent, info: Info) -> str | None:
        project = await info.context.rows.one("Project", row["project_id"])
        return str(project["no"]) if project else None

    @computed("所办项目的名称，看不到的为空", columns=("project_id",))
    async def project_name(row: Parent, info: Info) -> str | None:
        project = await info.context.rows.one("Project", row["project_id"])
        return str(project["name"]) if project else None

    @computed("改动的说明，最多 12 句", columns=("changes",))
    async def summary(row: Parent, info: Info) -> list[str]:
        """What was changed from what to what, in sentences."""
        found = await describe_changes(row["changes"], info.context, SENTENCES + 1)
        more = ["（其余从略，见这一条的改动）"] if len(found) > SENTENCES else []
        return [sentence(each) for each in found[:SENTENCES]] + more


SENTENCES = 12
"""How many changes a summary names."""


def sentence(change: Change) -> str:
    """One change as people say it, by the field's name without what is explained of it."""
    name = re.split("[；（]", change.label)[0]
    if change.before is None:
        return f"{name}：{change.after}"
    if change.after is None:
        return f"{name}由“{change.before}”改为空"
    return f"{name}由“{change.before}”改为“{change.after}”"


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
