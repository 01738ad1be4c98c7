"""What a group has in hand: its duties by who holds them, this month's figures."""

from asyncio import gather
from datetime import date, timedelta
from typing import Annotated, Any

import strawberry

from schema import database
from schema.context import Context
from schema.duties.graph import Duty, of_groups
from schema.duties.registry import grouped
from schema.entries.graph import counts
from schema.entries.rules import Indicator
from schema.people.graph import Organization
from schema.permissions import visible
from schema.query.fields import Info, Parent, computed, row_as
from schema.query.models import KINDS, Record
from schema.query.sql import Order, Read, Sql, bindable
from schema.scalars import Money, Month

OnMonth = Annotated[Month | None, strawberry.argument(description="月份，默认本月")]

OnDays = Annotated[int, strawberry.argument(description="今后多少天，1 至 366")]
MOST = 100
"""Duties that are listed as coming."""
PRESSING = 3
"""Duties of each unit that are read with what waits: as many as the workspace says must move first."""

grouped("One")
grouped("TargetCompany")


def of_group(duty: str, group: int, context: Context) -> Sql:
    """Duties, by their alias, on the group's projects, on its ones and on its target companies."""
    return of_groups(duty, ("?", [group]), context.viewer)


async def duties_of(source: Any, info: Info) -> tuple[Sql, ...]:
    """The scope of a group's duties."""
    return (of_group("t", source["id"], info.context),)


def duty_on(description: str) -> Any:
    """The open duty on a row of a group's own, as a field of its type."""

    @computed(description, columns=("id",))
    async def resolve(row: Parent, info: Info) -> Duty | None:
        return row_as(Duty, await open_duty_on(row, info.context))

    return resolve


async def open_duty_on(row: Record, context: Context) -> Record | None:
    """None where there is none that the viewer sees."""
    found = await context.rows.where("Duty", "subject_id", row["id"], ("subject_kind", row.kind))
    return next((each for each in found if each["closed_at"] is None), None)


@strawberry.type(description="在等一个单位办理的事：几件，最急的几件")
class Waiting:
    unit: Organization | None = strawberry.field(description="单位")
    count: int = strawberry.field(description="在办件数")
    overdue: int = strawberry.field(description="其中逾期")
    tightest: Duty = strawberry.field(description="最急的一件")
    pressing: list[Duty] = strawberry.field(description="最急的三件，最急的在前")


TIGHTEST = (
    'SELECT w.* FROM (SELECT t.*, count(*) OVER (PARTITION BY t."unit_id") AS "held",'
    ' sum(CASE WHEN t."due_at" < ? THEN 1 ELSE 0 END) OVER (PARTITION BY t."unit_id") AS "late",'
    ' row_number() OVER (PARTITION BY t."unit_id"'
    ' ORDER BY CASE WHEN t."due_at" IS NULL THEN 1 ELSE 0 END, t."due_at", t."id") AS "nth"'
    ' FROM "duty" t WHERE t."closed_at" IS NULL AND t."paused_at" IS NULL AND {}) w'
    ' WHERE w."nth" <= ? ORDER BY CASE WHEN w."due_at" IS NULL THEN 1 ELSE 0 END, w."due_at", w."id"'
)


async def waits_of(group: int, context: Context) -> list[Waiting]:
    """By whom something of a group's is held, whoever's is tightest first, with the tightest of each;
    one statement.
    """
    of, ids = of_group("t", group, context)
    seen, values = visible("duty", "t", context.viewer)
    found = await database.fetch(
        TIGHTEST.format(f"{of} AND {seen}"),
        [bindable(context.now, database.dialect()), *ids, *values, PRESSING],
    )
    read = KINDS["Duty"].row
    of_unit: dict[int | None, list[Any]] = {}
    for row in found:
        of_unit.setdefault(row["unit_id"], []).append(row)
    units = await gather(*(context.rows.one("Organization", unit) for unit in of_unit))
    return [
        Waiting(
            unit=row_as(Organization, unit),
            count=rows[0]["held"],
            overdue=rows[0]["late"],
            tightest=row_as(Duty, read(rows[0])),
            pressing=[row_as(Duty, read(row)) for row in rows],
        )
        for unit, rows in zip(units, of_unit.values(), strict=True)
    ]


async def coming_of(group: int, days: int, context: Context) -> list[Record]:
    """A group's open duties that are due from now on within so many days, the first due first."""
    until = context.now + timedelta(days=days)
    due: Sql = (
        't."closed_at" IS NULL AND t."due_at" >= ? AND t."due_at" <= ?',
        [bindable(each, database.dialect()) for each in (context.now, until)],
    )
    read = Read(
        KINDS["Duty"],
        (of_group("t", group, context), due),
        Order("due_at", nullable=True),
        limit=MOST,
    )
    return await context.rows.all(read)


@strawberry.type(description="小组的项目在一个月里计入的金额，各地合计")
class GroupFigure:
    indicator: Indicator = strawberry.field(description="指标")
    amount: Money = strawberry.field(description="金额（元）")
    count: int = strawberry.field(description="笔数")


async def figures_of(group: int, month: date, context: Context) -> list[GroupFigure]:
    """What counts in a month of a group's projects, for all places together, by what the viewer sees."""
    await context.load_rules()
    seen, values = visible("credit", "t", context.viewer)
    rows = await database.fetch(
        'SELECT t."indicator" AS indicator, CAST(sum(t."amount_fen") AS BIGINT) AS fen,'
        ' count(DISTINCT t."entry_id") AS count FROM "credit" t'
        ' WHERE t."project_id" IN (SELECT p."id" FROM "project" p WHERE p."group_id" = ?)'
        f' AND t."counts_in" = ? AND {counts(context, "t")} AND {seen} GROUP BY 1',
        [group, bindable(month, database.dialect()), *values],
    )
    found = {Indicator(row["indicator"]): row for row in rows}
    return [
        GroupFigure(
            indicator=each,
            amount=Money(found[each]["fen"] if each in found else 0),
            count=found[each]["count"] if each in found else 0,
        )
        for each in Indicator
    ]
