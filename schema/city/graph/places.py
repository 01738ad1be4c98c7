"""Places: the carriers of projects."""

import strawberry

from schema.city import tables
from schema.city.rules import Lamp
from schema.city.tables import PlaceKind
from schema.query.fields import Node, column, describe_enum, get_by, list_all, node
from schema.query.filters import filter_for, in_list

describe_enum(
    PlaceKind,
    "项目承接主体的类别",
    COUNTY="县（区）",
    HIGH_TECH_ZONE="高新区",
    AIRPORT_ZONE="临空经济区",
)

describe_enum(
    Lamp,
    "红黄绿灯",
    GREEN="按期",
    AMBER="临期",
    RED="逾期",
    BLUE="办结",
    GREY="未开始或暂停",
)


@node(tables.Place, "项目承接主体：县（区）、高新区、临空经济区", key="slug", few=True)
class Place(Node):
    slug: str = column("短名")
    name: str = column("名称")
    kind: PlaceKind = column("类别")
    code: str | None = column("行政区划代码（GB/T 2260），功能区没有")


@filter_for("Place", "按地方筛选")
class PlaceFilter:
    slug: list[str] | None = in_list("短名", "slug")


@strawberry.type
class Query:
    places: list[Place] = list_all("Place", "position", "全市项目承接主体")

    place: Place | None = get_by("Place", "slug", "按短名取一个地方", "短名")
