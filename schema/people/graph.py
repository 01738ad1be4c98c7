"""Units, groups, people and companies, as they can be read."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any

import strawberry

from schema.city.graph import Place
from schema.context import Context
from schema.people import tables
from schema.people.rules import HolderRole, Post, Term, signed_as, written_holder
from schema.people.tables import OrganizationKind
from schema.permissions import MAY
from schema.query.errors import usable
from schema.query.fields import (
    Connection,
    Direction,
    Info,
    Node,
    Parent,
    column,
    computed,
    connection,
    describe_enum,
    get_by,
    has_many,
    list_all,
    node,
    resolver,
    row_as,
    to_one,
)
from schema.query.filters import filter_for, in_list, order_for, search
from schema.query.models import Past, Record
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
    EXPERT="专家库",
    PARTNER="合作机构",
)


describe_enum(
    Post,
    "岗位类别，权限按此规定",
    OFFICE="领导小组办公室",
    GROUP="产业招商小组",
    PLACE="县（区）、高新区、临空经济区",
    DEPARTMENT="市级部门",
    BRANCH="驻外分局",
    AGENT="委托招商机构",
    LEADER="市领导",
    INSPECTION="督查和目标绩效",
    EXPERT="专家",
    PARTNER="合作机构",
    PUBLIC="社会公众",
)


AS_OF: list[Callable[[Record, date, Context], Awaitable[dict[str, Any]]]] = []
"""What mechanisms further up know of a group's columns on a day, for `group(asOf:)`."""


@node(tables.Group, "产业招商小组", key="slug", few=True)
class Group(Node):
    slug: str = column("短名")
    name: str = column("名称")
    short_name: str = column("简称")
    office: "Organization | None" = to_one("Organization", "小组办公室")
    lead_department: "Organization | None" = to_one("Organization", "牵头部门")


@node(tables.Organization, "单位", key="slug", few=True)
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
    phone: str | None = column("电话")
    posts: "list[Appointment]" = has_many("Appointment", "person_id", "历次任职，先任的在前")


@node(tables.Appointment, "任职：某人在某单位的岗位，自某日至某日")
class Appointment(Node):
    person: Person | None = to_one("Person", "任职人")
    unit: Organization | None = to_one("Organization", "单位", of="organization_id")
    post: Post = column("岗位类别")
    title: str = column("职务")
    main: bool = column("是否主要岗位")
    starts_on: date = column("任职起始日期")
    ends_on: date | None = column("任职截止日期（含当日）；没有的为在任")
    document_no: str = column("任职文号")
    document_on: date | None = column("任职文件日期")
    recorded_at: datetime = column("登记时间")
    end_document_no: str = column("免职文号")
    ended_at: datetime | None = column("办理免职时间；任期届满的没有")
    acting_for: Annotated["Appointment", strawberry.lazy("schema.people.graph")] | None = to_one(
        "Appointment", "所代理的岗位（A/B 角）"
    )


@strawberry.type(description="署名：何人以何单位何职务办理，以办理当时为准，此后调任不变")
class Signature:
    name: str = strawberry.field(description="姓名")
    unit: str = strawberry.field(description="单位")
    post: Post = strawberry.field(description="岗位类别")
    title: str = strawberry.field(description="职务")
    acting: bool = strawberry.field(description="是否代理（A/B 角）")


def signed(description: str, act: str, by: str, at: str, unit: str | None = None) -> Any:
    """As whom the person in column `by` did `act` at the moment in column `at`.

    In the post that the row keeps. Where it keeps none, by the posts that the person held at that
    moment, as they were known at that moment: those that may do the act before others, that of the
    unit in column `unit` before others, the main one first.
    """
    post = f"{by.removesuffix('_by_id')}_post_id"
    columns = (by, at, post) if unit is None else (by, at, post, unit)

    @computed(description, columns=columns)
    async def resolve(row: Parent, info: Info) -> Signature | None:
        organization = row[unit] if unit else None
        return await signature(info.context, row[by], row[at], act, organization, row[post])

    return resolve


async def signature(
    context: Context,
    person: int | None,
    at: datetime | None,
    act: str,
    organization: int | None,
    post: int | None = None,
) -> Signature | None:
    """None for nobody, and for whoever may not see the person or held no post that is known."""
    if person is None or at is None:
        return None
    found = await context.rows.where("Appointment", "person_id", person)
    terms = [term(each) for each in found]
    kept = next((each for each in terms if each.id == post), None)
    chosen = kept or signed_as(terms, at, context.day_of(at), MAY[act], organization)
    who = await context.rows.one("Person", person)
    if chosen is None or who is None:
        return None
    row = next(each for each in found if each["id"] == chosen.id)
    of = await context.rows.one("Organization", chosen.organization)
    return Signature(
        name=who["name"],
        unit=of["short_name"] if of else "",
        post=chosen.post,
        title=row["title"],
        acting=chosen.acting_for is not None,
    )


def term(row: Record) -> Term:
    return Term(
        id=row["id"],
        organization=row["organization_id"],
        post=row["post"],
        main=row["main"],
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        acting_for=row["acting_for_id"],
        recorded_at=row["recorded_at"],
        ended_at=row["ended_at"],
    )


describe_enum(
    HolderRole,
    "与企业的关系",
    CONTROLLER="实际控制人",
    SHAREHOLDER="股东",
    LEGAL_REPRESENTATIVE="法定代表人",
)


@node(tables.Company, "投资方", key="uscc")
class Company(Node):
    uscc: str | None = column("统一社会信用代码（GB 32100）")
    name: str = column("名称")
    region: str = column("所在地")
    no_code_reason: str = column("没有信用代码的原因")
    revision: int | None = column("版本")
    holders: "list[CompanyHolder]" = has_many(
        "CompanyHolder", "company_id", "历任实际控制人、股东、法定代表人，先登记的在前"
    )
    former_names: "list[CompanyName]" = has_many("CompanyName", "company_id", "曾用名")

    @computed("现任法定代表人", columns=("id",))
    async def legal_representative(row: Parent, info: Info) -> str:
        return await written(row["id"], HolderRole.LEGAL_REPRESENTATIVE, info.context)

    @computed("现有实际控制人，一行一个", columns=("id",))
    async def controllers(row: Parent, info: Info) -> str:
        return await written(row["id"], HolderRole.CONTROLLER, info.context)

    @computed("现有股东和持股比例，一行一个", columns=("id",))
    async def shareholders(row: Parent, info: Info) -> str:
        return await written(row["id"], HolderRole.SHAREHOLDER, info.context)


async def written(company: int, role: HolderRole, context: Context) -> str:
    """Who holds a role now, of those that the viewer sees, as it is typed."""
    held = await context.rows.where("CompanyHolder", "company_id", company)
    lines = [
        written_holder(each["name"], each["uscc"], each["share"])
        for each in held
        if each["role"] == role and each["ended_on"] is None and each["name"]
    ]
    return "\n".join(dict.fromkeys(lines))


@node(tables.CompanyHolder, "企业的实际控制人、股东或法定代表人，自某日起，历任都在")
class CompanyHolder(Node):
    role: HolderRole = column("关系")
    name: str = column("姓名或名称")
    uscc: str | None = column("统一社会信用代码；个人没有")
    source: str | None = column("来源")
    as_of: date | None = column("截至日期，即自此日起")
    unit: Organization | None = to_one("Organization", "登记单位")
    recorded_by: Person | None = to_one("Person", "登记人")
    recorded_at: datetime | None = column("登记时间")
    ended_on: date | None = column("自此日起不再是；仍是的没有")
    ended_by: Person | None = to_one("Person", "办理变更的人")
    ended_at: datetime | None = column("办理变更的时间")

    @computed("持股比例；没有填的为空", columns=("share",))
    def share(row: Parent) -> str | None:
        return None if row["share"] is None else f"{row['share'] / 100:g}%"


@node(tables.CompanyName, "企业的曾用名")
class CompanyName(Node):
    name: str = column("曾用名称")
    until: date = column("更名日期")
    document_no: str = column("更名的依据")
    recorded_by: Person | None = to_one("Person", "登记人")
    recorded_at: datetime = column("登记时间")


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

    @resolver("按短名取一个产业招商小组；asOf 给出它在某一日的情形")
    async def group(
        self,
        info: Info,
        slug: Annotated[str, strawberry.argument(description="短名")],
        as_of: Annotated[date | None, strawberry.argument(description="哪一日，默认今天")] = None,
    ) -> Group | None:
        usable(as_of, "asOf")
        row = await info.context.rows.by("Group", "slug", slug)
        if row is not None and as_of is not None:
            then: dict[str, Any] = {"as_of": as_of}
            for read in AS_OF:
                then |= await read(row, as_of, info.context)
            row = Past(row, then)
        return row_as(Group, row)

    organization: Organization | None = get_by("Organization", "slug", "按短名取一个单位", "短名")

    organizations: Connection[Organization] = connection(
        "Organization", "单位", filter=OrganizationFilter, default=Order("position")
    )

    @resolver("按统一社会信用代码取一个投资方")
    async def company(
        self, info: Info, uscc: Annotated[str, strawberry.argument(description="统一社会信用代码")]
    ) -> Company | None:
        return row_as(Company, await info.context.rows.by("Company", "uscc", uscc.strip().upper()))

    companies: Connection[Company] = connection(
        "Company", "投资方", filter=CompanyFilter, order=CompanyOrder, default=Order("name")
    )
