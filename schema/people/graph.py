"""Units, groups, people and companies, as they can be read."""

from datetime import date
from enum import Enum
from typing import Annotated

import strawberry

from schema.city.graph import Place
from schema.people import tables
from schema.people.tables import OrganizationKind
from schema.query.fields import (
    Connection,
    Direction,
    Info,
    Node,
    column,
    connection,
    describe_enum,
    get_by,
    list_all,
    node,
    to_one,
)
from schema.query.filters import filter_for, in_list, order_for, search
from schema.query.sql import Order

describe_enum(
    OrganizationKind,
    "单位类别",
    OFFICE="领导小组办公室",
    GROUP="产业招商小组",
    PLACE="县（区）、高新区、临空经济区",
    DEPARTMENT="市级部门",
    BRANCH="驻外分局",
    AGENT="委托招商机构",
    LEADER="市领导",
    INSPECTION="督查和目标绩效",
    PARTNER="合作机构",
)


@node(tables.Group, "产业招商小组", key="slug")
class Group(Node):
    slug: str = column("短名")
    name: str = column("名称")
    short_name: str = column("简称")
    office: "Organization | None" = to_one("Organization", "小组办公室")
    lead_department: "Organization | None" = to_one("Organization", "牵头部门")


@node(tables.Organization, "单位", key="slug")
class Organization(Node):
    slug: str = column("短名")
    name: str = column("名称")
    short_name: str = column("简称")
    kind: OrganizationKind = column("类别")
    place: Place | None = to_one("Place", "所属县（区）或园区")
    contact_name: str | None = column("联系人")
    contact_phone: str | None = column("联系电话")
    opened_on: date | None = column("设立日期")
    closed_on: date | None = column("撤销日期")


@node(tables.Person, "人员")
class Person(Node):
    name: str = column("姓名")
    post: str = column("岗位")
    phone: str | None = column("电话")
    organization: Organization | None = to_one("Organization", "单位")


@node(tables.Company, "投资方", key="uscc")
class Company(Node):
    uscc: str | None = column("统一社会信用代码（GB 32100）")
    name: str = column("名称")
    region: str = column("所在地")
    no_code_reason: str = column("没有信用代码的原因")


@filter_for("Group", "按产业招商小组筛选")
class GroupFilter:
    slug: list[str] | None = in_list("短名", "slug")


@filter_for("Organization", "按单位筛选")
class OrganizationFilter:
    slug: list[str] | None = in_list("短名", "slug")
    kind: list[OrganizationKind] | None = in_list("类别", "kind")


@filter_for("Company", "按投资方筛选")
class CompanyFilter:
    text: str | None = search("名称，支持拼音")
    uscc: list[str] | None = in_list("统一社会信用代码", "uscc")


@strawberry.enum(description="投资方的排序依据")
class CompanyOrderField(Enum):
    NAME = strawberry.enum_value("name", description="名称")
    CREATED_AT = strawberry.enum_value("created_at", description="登记时间")


@order_for("Company", CompanyOrderField)
@strawberry.input(description="投资方的排序")
class CompanyOrder:
    field: CompanyOrderField = strawberry.field(description="依据")
    direction: Direction = strawberry.field(default=Direction.ASC, description="方向")


@strawberry.type
class Query:
    groups: list[Group] = list_all("Group", "position", "七个产业招商小组")

    group: Group | None = get_by("Group", "slug", "按短名取一个产业招商小组", "短名")

    organization: Organization | None = get_by("Organization", "slug", "按短名取一个单位", "短名")

    organizations: Connection[Organization] = connection(
        "Organization", "单位", filter=OrganizationFilter, default=Order("position")
    )

    @strawberry.field(description="按统一社会信用代码取一个投资方")
    async def company(
        self, info: Info, uscc: Annotated[str, strawberry.argument(description="统一社会信用代码")]
    ) -> Company | None:
        return await info.context.rows.by("Company", "uscc", uscc.strip().upper())

    companies: Connection[Company] = connection(
        "Company", "投资方", filter=CompanyFilter, order=CompanyOrder, default=Order("name")
    )
