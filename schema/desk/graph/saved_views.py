"""Saved views: a name for a list's filter, order and columns."""

from schema.desk import tables
from schema.desk.tables import Audience
from schema.people.graph import Person
from schema.query.fields import Info, Node, Parent, column, computed, describe_enum, node, to_one

__all__ = ["Audience", "SavedView"]

describe_enum(Audience, "谁可用", ME="本人", UNIT="本单位", ALL="全市")


@node(tables.SavedView, "保存的视图：一个列表的筛选、排序和列")
class SavedView(Node):
    name: str = column("名称")
    page: str = column("列表")
    query: str = column("网址中的查询串")
    person: Person | None = to_one("Person", "创建人")

    @computed("谁可用", columns=("shared",))
    def shared(row: Parent) -> Audience:
        return Audience(row["shared"])

    @computed("是否本人所建", columns=("person_id",))
    def mine(row: Parent, info: Info) -> bool:
        return bool(row["person_id"] == info.context.viewer.person)
