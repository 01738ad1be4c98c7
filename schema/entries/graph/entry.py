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
    EARLY,
    ENTRY_LIFE,
    FLAG_WORDS,
    VERIFICATION_DEADLINE,
    VERIFIERS,
    Basis,
    EntryState,
    FlagKind,
    Indicator,
    SourceOfCapital,
    Verifier,
    verification_due,
)
from schema.evidence.graph import Attachment, evidence_of
from schema.people.graph import Organization, Person, Signature, signature, signed
from schema.permissions import post_for, visible
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
from schema.query.filters import between, filter_for, in_list, related, test
from schema.query.models import Record
from schema.query.ranges import DateRange
from schema.query.sql import Order, Sql
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

describe_enum(FlagKind, "提示的种类", **{kind.name: word for kind, word in FLAG_WORDS.items()})

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


@node(tables.EntryFlag, "台账的一条提示：登记时询问了什么，怎样答复；此后不变")
class EntryFlag(Node):
    kind: FlagKind = column("种类")
    entry: Annotated["Entry", strawberry.lazy("schema.entries.graph")] | None = to_one(
        "Entry", "所提示的一笔"
    )
    other: Annotated["Entry", strawberry.lazy("schema.entries.graph")] | None = to_one(
        "Entry", "所涉的另一笔"
    )
    words: str = column("发现的情况")
    asked: bool = column("询问过登记人；登记人看不到另一笔的没有询问")
    answer: str | None = column("登记人的答复；按迁入决定的，为确认意见")
    flagged_at: datetime = column("提示时间")
    flagged_as: Signature | None = signed(
        "答复人署名；没有询问的、按迁入决定的没有", "fundsRecord", "flagged_by_id", "flagged_at"
    )
    migration: Migration | None = to_one("Migration", "迁入决定；在系统中登记的没有")

    @computed(
        "全文，写给核实的人",
        columns=("kind", "words", "other_id", "asked", "answer", "migration_id"),
    )
    async def text(row: Parent, info: Info) -> str:
        return await flag_words(row, info.context)


@node(tables.ClosedMonth, "已关账的月份，此后登记的计入下一个未关账的月份")
class ClosedMonth(Node):
    closed_at: datetime = column("关账时间")

    @computed("月份", columns=("month",))
    def month(row: Parent) -> Month:
        return Month(row["month"])


@node(
    tables.Entry,
    "台账中的一笔：签约、到位或税收",
    key="no",
    life=ENTRY_LIFE,
    numbers=("Z", "entry {}", 5),
)
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
    claimed_by: Organization | None = to_one(
        "Organization", "填报单位；按迁入决定的没有", of="confirmed_by_id"
    )
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
    flags: list[EntryFlag] = has_many("EntryFlag", "entry_id", "提示：登记时询问和答复的情况")
    flagged_by: list[EntryFlag] = has_many(
        "EntryFlag", "other_id", "此后登记的台账中，提示与这一笔相同的"
    )

    @computed("提示的全文，含签约前发生的说明；没有提示的为空", columns=("id", "early_reason"))
    async def flag_text(row: Parent, info: Info) -> str:
        return "\n".join(await flag_texts(row, info.context))

    @computed(
        "核实人署名；尚未核实的、签订即核实的、按迁入决定的没有",
        columns=("id", "state", "indicator", "migration_id"),
    )
    async def verified_as(row: Parent, info: Info) -> Signature | None:
        return await verifier_of(row, info.context)

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


async def flag_words(flag: Record, context: Context) -> str:
    """A flag in one sentence: what was found, of which other entry, and what was answered."""
    other = await context.rows.one("Entry", flag["other_id"])
    of_other = f"（{other['no']}）" if other else ""
    if flag["migration_id"]:
        answered = f"迁入决定：{flag['answer']}"
    elif flag["asked"]:
        answered = f"登记人答复：{flag['answer']}"
    else:
        answered = "登记人看不到那一笔，没有询问"
    return f"{FLAG_WORDS[flag['kind']]}：{flag['words']}{of_other}；{answered}"


async def flag_texts(entry: Record, context: Context) -> list[str]:
    """All that whoever verifies an entry is to know of it, that it occurred early included."""
    flags = await context.rows.where("EntryFlag", "entry_id", entry["id"])
    early = [f"{EARLY}：{entry['early_reason']}"] if entry["early_reason"] else []
    return early + [await flag_words(each, context) for each in flags]


async def verifier_of(entry: Record, context: Context) -> Signature | None:
    """As whom somebody verified an entry that stands verified; None where nobody did.

    Nobody verifies a claim of their own, so a step that says so is what signing brought with it.
    """
    if entry["state"] is not EntryState.VERIFIED or entry["migration_id"]:
        return None
    steps = await context.rows.where("EntryStep", "entry_id", entry["id"])
    last = {each["state"]: each for each in sorted(steps, key=lambda each: int(each["id"]))}
    done, claim = last.get(EntryState.VERIFIED), last.get(EntryState.CLAIMED)
    if done is None or (claim and claim["taken_by_id"] == done["taken_by_id"]):
        return None
    act = "taxVerify" if entry["indicator"] is Indicator.TAX else "fundsVerify"
    by, at, post = done["taken_by_id"], done["taken_at"], done["taken_post_id"]
    return await signature(context, by, at, act, None, post)


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
    limit, start = context.rule_from(VERIFICATION_DEADLINE, claimed_at)
    closing, _ = context.rule_from(CLOSING_TIME, start)
    return verification_due(start, limit.value, context.calendar, closing.value)


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


def is_early(row: str, value: bool, context: Context) -> Sql:
    return f"""{row}."early_reason" {"<>" if value else "="} ''""", []


def is_flagged(row: str, value: bool, context: Context) -> Sql:
    """Whether there is something in `flag_text` that the viewer sees."""
    seen, values = visible("entry_flag", "x", context.viewer)
    flag = f'SELECT 1 FROM "entry_flag" x WHERE x."entry_id" = {row}."id" AND {seen}'
    sql = f"""({row}."early_reason" <> '' OR EXISTS ({flag}))"""
    return (sql if value else f"NOT {sql}"), values


@filter_for("Entry", "台账的筛选")
class EntryFilter:
    state: list[EntryState] | None = in_list("状态", "state")
    indicator: list[Indicator] | None = in_list("指标", "indicator")
    project: ProjectFilter | None = related("Project", "项目", "project_id")
    occurred_on: DateRange | None = between("发生日期", "occurred_on")
    flagged: bool | None = test(
        "有提示：同一凭证、同日同额、超出协议金额、签约前发生", is_flagged, "early_reason"
    )
    early: bool | None = test("签约前发生", is_early, "early_reason")


@strawberry.type
class Query:
    entry: Entry | None = get_by("Entry", "no", "按编号取台账中的一笔", "编号")

    entries: Connection[Entry] = connection(
        "Entry", "台账：先登记的在前", filter=EntryFilter, default=Order("id")
    )

    closed_months: list[ClosedMonth] = list_all("ClosedMonth", "month", "已关账的月份")
