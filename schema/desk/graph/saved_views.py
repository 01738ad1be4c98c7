"""Saved views: a name for a list's filter, order and columns."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

from strawberry.types import get_object_definition
from strawberry.types.base import StrawberryContainer
from strawberry.types.lazy_type import LazyType

from schema.desk import tables
from schema.desk.rules import Audience
from schema.gate.inputs import camel
from schema.people.graph import Organization, Person
from schema.permissions import may
from schema.project.graph import ProjectFilter
from schema.query.fields import Info, Node, Parent, column, computed, describe_enum, node, to_one

__all__ = ["Audience", "SavedView"]

describe_enum(Audience, "谁可用", ME="本人", UNIT="本单位", ALL="全市")

FILTERS: dict[str, Any] = {"projects": ProjectFilter}
"""The lists that have views, by their page, with what they are narrowed by."""

OF_EVERY_LIST = ("view", "order", "columns", "first")


@cache
def query_keys(page: str) -> frozenset[str] | None:
    """The keys that a list reads from its address; None for a page that has no views."""
    if page not in FILTERS:
        return None
    return frozenset({*OF_EVERY_LIST, *filter_keys(FILTERS[page])})


def filter_keys(kind: Any, prefix: str = "", around: tuple[Any, ...] = ()) -> Iterator[str]:
    """The names of a filter's fields as an address has them: `group`, `group.slug`, `amount.min`."""
    for field in get_object_definition(kind, strict=True).fields:
        far: Any = field.type
        while isinstance(far, StrawberryContainer):
            far = far.of_type
        far = far.resolve_type() if isinstance(far, LazyType) else far
        if far is kind or far in around:
            continue  # a filter of the same rows joined by "and": no address has that
        name = prefix + (field.graphql_name or camel(field.python_name))
        yield name
        if get_object_definition(far):
            yield from filter_keys(far, f"{name}.", (*around, kind))


@node(tables.SavedView, "保存的视图：一个列表的筛选、排序和列")
class SavedView(Node):
    name: str = column("名称")
    page: str = column("列表")
    query: str = column("网址中的查询串")
    person: Person | None = to_one("Person", "创建人")
    organization: Organization | None = to_one("Organization", "创建人当时的单位")
    shared_at: datetime | None = column("何时起共享；没有共享时没有")

    @computed("谁可用", columns=("shared",))
    def shared(row: Parent) -> Audience:
        return Audience(row["shared"])

    @computed("是否本人所建", columns=("person_id",))
    def mine(row: Parent, info: Info) -> bool:
        return bool(row["person_id"] == info.context.viewer.person)

    @computed("您可以撤下它的共享", columns=("shared",))
    def withdrawable(row: Parent, info: Info) -> bool:
        return row["shared"] != Audience.ME and may(info.context.viewer, "viewWithdraw")
