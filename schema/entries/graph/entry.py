"""An entry: one figure of a project, with the steps of its life."""

from asyncio import gather
from datetime import date, datetime
from typing import Annotated

import strawberry

from schema.city.graph import Place
from schema.city.rules import CLOSING_TIME
from schema.city.rules.verifiers import begun, last_named
from schema.context import Context
from schema.entries import tables
from schema.entries.rules import (
    ENTRY_LIFE,
    VERIFICATION_DEADLINE,
    VERIFIERS,
    Basis,
    EntryState,
    Indicator,
    SourceOfCapital,
    Verifier,
    verification_due,
)
from schema.evidence.graph import Attachment, evidence_of
from schema.people.graph import Organization, Person, Signature, signed
from schema.permissions import post_for
from schema.project.graph import Migration, Project, ProjectFilter
from schema.query.fields import (
    Connection,
    Info,
    Node,
    Parent,
    column,
    computed,
    connection,
    describe_enum,
    get_by,
    has_many,
    is_referenced,
    list_all,
    node,
    to_one,
)
from schema.query.filters import between, filter_for, in_list, related
from schema.query.models import Record
from schema.query.ranges import DateRange
from schema.query.sql import Order
from schema.scalars import Money, Month

describe_enum(Indicator, "指标", SIGNED_FUNDS="签约资金", PAID_IN_FUNDS="到位资金", TAX="税收")

describe_enum(
    SourceOfCapital,
    "资金来源",
    OUT_OF_PROVINCE="省外",
    OUT_OF_CITY="市外省内",
    IN_CITY="本市",
    FOREIGN="境外",
)

describe_enum(
    EntryState,
    "台账的状态",
    **{state.name: word for state, word in ENTRY_LIFE.words.items()},
)

describe_enum(Basis, "计入口径", CLAIMED="填报", VERIFIED="核实")


describe_enum(
    Verifier,
    "核实单位",
    OFFICE="领导小组办公室",
    FINANCE_BUREAU="市财政局",
    TAX_BUREAU="市税务局",
    STATISTICS_BUREAU="市统计局",
    INVESTMENT_BUREAU="市经合外事局",
)


@node(tables.EntryStep, "台账的一步：填报、核实、退回或冲销")
class EntryStep(Node):
    state: EntryState = column("办理后的状态")
    amount: Money = column("当时的金额（元）", of="amount_fen")
    occurred_on: date = column("当时的发生日期")
    first_place: Place | None = to_one("Place", "填报时的首谈地")
    landing_place: Place | None = to_one("Place", "填报时的注册落户地")
    reason: str | None = column("意见或原因")
    taken_by: Person | None = to_one("Person", "办理人")
    taken_at: datetime = column("办理时间")
    taken_as: Signature | None = signed("办理人署名", "fundsVerify", "taken_by_id", "taken_at")


@node(tables.ClosedMonth, "已关账的月份，此后登记的计入下一个未关账的月份")
class ClosedMonth(Node):
    closed_at: datetime = column("关账时间")

    @computed("月份", columns=("month",))
    def month(row: Parent) -> Month:
        return Month(row["month"])


@node(tables.Entry, "台账中的一笔：签约、到位或税收", key="no", life=ENTRY_LIFE)
class Entry(Node):
    no: str = column("编号")
    project: Project | None = to_one("Project", "项目")
    indicator: Indicator = column("指标")
    amount: Money = column("金额（元），冲销为负", of="amount_fen")
    occurred_on: date = column("发生日期")
    opening: bool = column("期初数，不计入任何月份的擂台赛")
    early_reason: str | None = column("签约前发生的说明")
    source_of_capital: SourceOfCapital | None = column("资金来源")
    evidence_note: str | None = column("凭证说明")
    confirmed_by: Organization | None = to_one("Organization", "填报单位")
    state: EntryState = column("状态")
    reverses: Annotated["Entry", strawberry.lazy("schema.entries.graph")] | None = to_one(
        "Entry", "所冲销的一笔"
    )
    reason: str | None = column("冲销原因")
    recorded_by: Person | None = to_one("Person", "登记人；按迁入决定的没有")
    recorded_at: datetime = column("登记时间")
    migration: Migration | None = to_one("Migration", "迁入决定；在系统中登记的没有")
    revision: int = column("版本")

    evidence: list[Attachment] = evidence_of("Entry", "佐证材料")
    reversed: bool = is_referenced("Entry", "reverses_id", "已被冲销")
    steps: list[EntryStep] = has_many("EntryStep", "entry_id", "填报、核实、退回、冲销的经过")

    @computed(
        "核实单位的简称，其中任一个核实即可；签订即核实的没有", columns=("indicator", "state")
    )
    async def verifiers(row: Parent, info: Info) -> list[str]:
        waits = row["state"] is EntryState.CLAIMED
        return await verifiers_of(row["indicator"], waits, info.context)

    @computed("核实期限：填报后按规则所定的工作日计；不待核实的没有", columns=("id", "state"))
    async def verify_by(row: Parent, info: Info) -> datetime | None:
        return await due_of(row, info.context)

    @computed(
        "现在轮到您办理的事项（变更名）：核实，或重新填报；没有则为空",
        columns=("id", "state", "indicator", "project_id"),
    )
    async def act(row: Parent, info: Info) -> str | None:
        return await act_of(row, info.context)


async def due_of(entry: Record, context: Context) -> datetime | None:
    """Until when a claimed entry is verified or returned, by what was known when it was claimed.

    None for whatever does not wait, and while a calendar in between is not published.
    """
    if entry["state"] is not EntryState.CLAIMED:
        return None
    await context.load_rules()
    steps = await context.rows.where("EntryStep", "entry_id", entry["id"])
    claims = [each["taken_at"] for each in steps if each["state"] is EntryState.CLAIMED]
    if not claims:
        return None
    claimed_at = max(claims)
    on = context.day_of(claimed_at)
    return verification_due(
        claimed_at,
        context.rule(VERIFICATION_DEADLINE, on, claimed_at).value,
        context.calendar,
        context.rule(CLOSING_TIME, on, claimed_at).value,
    )


def next_act(entry: Record) -> str | None:
    """The act that an entry waits for: its verification, or being claimed again."""
    if entry["state"] is EntryState.RETURNED:
        return "entryResubmit"
    if entry["state"] is EntryState.CLAIMED:
        return "taxVerify" if entry["indicator"] is Indicator.TAX else "fundsVerify"
    return None


async def act_of(entry: Record, context: Context) -> str | None:
    """The act by which the viewer may move an entry on; the claim that stands is for others to verify."""
    name = next_act(entry)
    if name is None:
        return None
    project = await context.rows.one("Project", entry["project_id"])
    near = {"project": [project] if project else []}
    if post_for(context.viewer, name, entry, near) is None:
        return None
    if entry["state"] is EntryState.CLAIMED:
        steps = await context.rows.where("EntryStep", "entry_id", entry["id"])
        claims = [each for each in steps if each["state"] is EntryState.CLAIMED]
        last = max(claims, key=lambda each: int(each["id"]), default=None)
        if last and last["taken_by_id"] == context.viewer.person:
            return None
    return name


async def verifiers_of(indicator: Indicator, waits: bool, context: Context) -> list[str]:
    """The short names of the units that verify an indicator today, as far as the viewer sees them;
    of what waits while none does, those that it is left with.
    """
    await context.load_rules()
    named = begun(context.rules, context.today).get(VERIFIERS[indicator].name, [])
    slugs = last_named(named if waits else named[-1:])
    found = await gather(*(context.rows.by("Organization", "slug", slug) for slug in slugs))
    return [each["short_name"] for each in found if each is not None]


@filter_for("Entry", "台账的筛选")
class EntryFilter:
    state: list[EntryState] | None = in_list("状态", "state")
    indicator: list[Indicator] | None = in_list("指标", "indicator")
    project: ProjectFilter | None = related("Project", "项目", "project_id")
    occurred_on: DateRange | None = between("发生日期", "occurred_on")


@strawberry.type
class Query:
    entry: Entry | None = get_by("Entry", "no", "按编号取台账中的一笔", "编号")

    entries: Connection[Entry] = connection(
        "Entry", "台账：先登记的在前", filter=EntryFilter, default=Order("id")
    )

    closed_months: list[ClosedMonth] = list_all("ClosedMonth", "month", "已关账的月份")
