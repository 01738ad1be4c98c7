"""Article 3: who asked how often about what they do not see, as the office reads it."""

from asyncio import gather
from datetime import date, datetime
from typing import Any

import strawberry

from schema.context import Context
from schema.linkage import tables
from schema.linkage.graph.notices import TICKET
from schema.linkage.tables import InquiryRoad
from schema.people.graph import Organization, OrganizationFilter, Person
from schema.project.graph import Project
from schema.query.fields import (
    Connection,
    Info,
    Node,
    Parent,
    column,
    computed,
    connection,
    describe_enum,
    node,
    rows_as,
    to_one,
)
from schema.query.filters import between, filter_for, in_list, related, test
from schema.query.models import read_global_id
from schema.query.ranges import DateRange
from schema.query.sql import Order, Sql

describe_enum(
    InquiryRoad,
    "查重的途径",
    SEARCH="查重",
    REPORT="报送",
    RESUBMISSION="补正后重新报送",
    LEDGER="台账的行",
    CONVERSION="目标企业转为线索、改名",
    EARLIER="此前的记录，途径未记",
)


@node(
    tables.Inquiry, "查重情况：一人为一个单位一日以一种途径查重的次数，只供领导小组办公室和督查查看"
)
class Inquiry(Node):
    person: Person | None = to_one("Person", "人员")
    organization: Organization | None = to_one("Organization", "单位")
    day: date = column("日期")
    road: InquiryRoad = column("途径")
    asked: int = column("查重次数；台账按行计")
    matched: int = column("其中提示库内已有看不到的项目或企业的次数")
    withheld: int = column("其中提示次数用完以后的次数")
    first_at: datetime = column("当日首次")
    last_at: datetime = column("当日末次")

    @computed("当日经此途径首次提示的项目和企业的个数", columns=("shown",))
    def shown_count(row: Parent) -> int:
        return sum(kind != TICKET for kind, _ in row["shown"])

    @computed(
        "当日附佐证材料上报看不到的项目、得到主张凭据的次数；同一项目、同样的材料计一次",
        columns=("shown",),
    )
    def tickets(row: Parent) -> int:
        return sum(kind == TICKET for kind, _ in row["shown"])

    @computed("当日经此途径首次提示的项目", columns=("shown",))
    async def projects(row: Parent, info: Info) -> list[Project]:
        keys = [key for kind, key in row["shown"] if kind == "Project"]
        found = await gather(*(info.context.rows.one("Project", key) for key in keys))
        return rows_as(Project, [each for each in found if each])


def of_people(row: str, value: list[strawberry.ID], context: Context) -> Sql:
    """Those of these people, by ID; what is no person's ID is nobody's."""
    read = [read_global_id(each) for each in value]
    keys: list[Any] = [key[1] if key and key[0] == "Person" else 0 for key in read]
    return (f'{row}."person_id" IN ({", ".join("?" * len(keys))})' if keys else "1=1"), keys


def over_quota(row: str, value: bool, context: Context) -> Sql:
    return f'{row}."withheld" {">" if value else "="} 0', []


@filter_for("Inquiry", "查重情况的筛选")
class InquiryFilter:
    person: list[strawberry.ID] | None = test("人员", of_people, "person_id")
    organization: OrganizationFilter | None = related("Organization", "单位", "organization_id")
    day: DateRange | None = between("日期", "day")
    road: list[InquiryRoad] | None = in_list("途径", "road")
    withheld: bool | None = test("提示次数用完以后又查重的", over_quota, "withheld")


@strawberry.type
class Query:
    inquiries: Connection[Inquiry] = connection(
        "Inquiry",
        "查重情况：何人何日查重几次、提示几次，近日的在前",
        filter=InquiryFilter,
        default=Order("day", descending=True),
    )
