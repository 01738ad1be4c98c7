"""Article 3 as it can be read: the clock, claims, disputes, transfers, shares, the judgement queue."""

from asyncio import gather
from collections import Counter
from copy import copy
from datetime import date, datetime, time
from enum import Enum
from itertools import count
from typing import Annotated, Any

import strawberry

from schema import store
from schema.city.graph import (
    Clause,
    ExplanationInput,
    Lamp,
    Person,
    Place,
    PlaceFilter,
    Rule,
    RuleStatus,
)
from schema.city.rules import (
    CITY_TIME,
    Pause,
    clock,
    format_money,
    normal_name,
    parse_uscc,
    standing,
    uscc_fault,
)
from schema.city.rules import Clock as RuleClock
from schema.linkage import tables
from schema.linkage.rules import Contact, earliest, ratio_on, ratios, share, ticket
from schema.linkage.rules import CreditRole as RoleOf
from schema.permissions import MAY, visible
from schema.project.graph import (
    Attachment,
    DateRange,
    DuplicateGrade,
    Entry,
    Indicator,
    Project,
    ProjectFilter,
    evidence_of,
)
from schema.project.rules import ENDS, Candidate, Match, Stage, grade
from schema.project.rules import DuplicateGrade as DuplicateGradeOf
from schema.project.rules import Indicator as IndicatorOf
from schema.reading.context import Context, RuleVersion
from schema.reading.declare import (
    Connection,
    Info,
    Node,
    Parent,
    column,
    computed,
    connection,
    enum,
    list_of,
    listing,
    node,
    only_of,
    to_one,
    worded,
)
from schema.reading.errors import usable
from schema.reading.filters import between, conditions, filter_for, one_of, related
from schema.reading.kinds import KINDS, Row
from schema.reading.statements import Order, Read, Sql
from schema.values import Money, Month

ASSESSMENT_DEADLINE = "lead.assessment_deadline"
CLOSING_TIME = "lead.closing_time"
OFFICE = "office"
DUPLICATES_SHOWN = 10
CANDIDATES = 200
STATUS_WORDS = worded(RuleStatus)
TICKETED = (DuplicateGradeOf.SAME_CODE, DuplicateGradeOf.SAME_NAME, DuplicateGradeOf.SIMILAR)
TEXT_LIMIT = 200

Verdict = enum(tables.Verdict, "研判结论", ACCEPTED="受理并明确首谈地", DECLINED="不予受理")
TransferState = enum(
    tables.TransferState,
    "流转进展",
    REQUESTED="待评估",
    APPROVED="同意流转，待承接",
    REFUSED="不同意流转",
    TAKEN_UP="已承接",
)
CreditRole = enum(
    RoleOf, "分成身份", WHOLE="全部计入", FIRST_CONTACT="首谈地", LANDING="注册落户地"
)


@node(tables.Claim, "首谈主张")
class Claim(Node):
    place: Place | None = to_one("Place", "主张首谈的地方")
    contact_on: date = column("初次接洽日期")
    contact_with: str = column("投资方接洽人")
    contact_by: str = column("本地接洽人")
    note: str = column("接洽经过")
    claimed_by: Person | None = to_one("Person", "登记人")
    claimed_at: datetime = column("登记时间")

    evidence: list[Attachment] = evidence_of("Claim", "佐证材料")


@node(tables.Judgement, "研判")
class Judgement(Node):
    verdict: Verdict = column("结论")
    first_contact_place: Place | None = to_one("Place", "首谈地")
    reason: str = column("研判意见")
    due_at: datetime | None = column("最迟办结时刻")
    judged_by: Person | None = to_one("Person", "研判人")
    judged_at: datetime = column("研判时间")


@node(tables.Return, "退回补正")
class Return(Node):
    reason: str = column("需补正的内容")
    returned_by: Person | None = to_one("Person", "退回人")
    returned_at: datetime = column("退回时间")
    resubmitted_at: datetime | None = column("重新报送时间")


@node(tables.Dispute, "首谈地争议")
class Dispute(Node):
    project: Project | None = to_one("Project", "项目")
    place: Place | None = to_one("Place", "提出异议的地方")
    grounds: str = column("异议理由")
    raised_by: Person | None = to_one("Person", "提出人")
    raised_at: datetime = column("提出时间")
    upheld: bool | None = column("异议是否成立")
    decision: str = column("裁定理由")
    decided_by: Person | None = to_one("Person", "裁定人")
    decided_at: datetime | None = column("裁定时间")

    evidence: list[Attachment] = evidence_of("Dispute", "佐证材料")


@node(tables.Transfer, "流转")
class Transfer(Node):
    project: Project | None = to_one("Project", "项目")
    from_place: Place | None = to_one("Place", "首谈地")
    to_place: Place | None = to_one("Place", "流转到")
    state: TransferState = column("进展")
    reason: str = column("不能落地的原因")
    requested_by: Person | None = to_one("Person", "申请人")
    requested_at: datetime = column("申请时间")
    assessment: str = column("评估意见")
    decided_by: Person | None = to_one("Person", "决定人")
    decided_at: datetime | None = column("决定时间")
    taken_up_by: Person | None = to_one("Person", "承接人")
    taken_up_at: datetime | None = column("承接时间")


async def entries_behind(explanation: Any, info: Info) -> tuple[Sql, ...]:
    return tuple(explanation.entries_where)


@strawberry.type(description="一个数是怎样得来的：条款、规则版本、公式、用到的数、台账明细")
class Explanation:
    clause: Clause = strawberry.field(description="依据条款")
    rule_version: str = strawberry.field(description="规则版本")
    formula: str = strawberry.field(description="公式")
    inputs: list[ExplanationInput] = strawberry.field(description="用到的数")
    entries: Connection[Entry] = connection("Entry", "您可见的台账明细", scope=entries_behind)
    entries_where: strawberry.Private[tuple[Sql, ...]] = ()


@strawberry.type(description="办理时限")
class Clock:
    lamp: Lamp = strawberry.field(description="灯")
    label: str = strawberry.field(description="状态")
    due_at: datetime | None = strawberry.field(description="最迟办结时刻")
    working_days_left: int | None = strawberry.field(description="剩余工作日，负数为逾期工作日")
    paused_since: datetime | None = strawberry.field(description="暂停计时自")
    finished_at: datetime | None = strawberry.field(description="办结时刻")
    pending_year: int | None = strawberry.field(description="尚未公布工作日历的年份")
    started_at: strawberry.Private[datetime]
    limit: strawberry.Private[RuleVersion]

    @strawberry.field(description="怎样得来")
    async def explanation(self) -> Explanation:
        return deadline_explained(self)


@node(tables.Credit, "一笔台账中归一个地方的部分")
class Credit(Node):
    entry: Entry | None = to_one("Entry", "台账明细")
    project: Project | None = to_one("Project", "项目")
    place: Place | None = to_one("Place", "计入的地方")
    role: CreditRole = column("身份")
    indicator: Indicator = column("指标")
    amount: Money = column("金额（元）", of="amount_fen")
    running: Money = column("计入后累计（元）：同一项目、指标、规则版本和两地", of="running_fen")
    occurred_on: date = column("发生日期")
    posted_at: datetime = column("计入时间")
    rule: Rule | None = to_one("Rule", "所用规则")
    first_parts: int = column("首谈地份数")
    whole_parts: int = column("总份数")

    @computed(
        "怎样得来",
        needs=("entry_id", "rule_id", "role", "running_fen", "first_parts", "whole_parts"),
    )
    async def explanation(row: Parent, info: Info) -> Explanation:
        return await explained(row, info)


@strawberry.type(description="一个项目某项指标的分成")
class Share:
    indicator: Indicator = strawberry.field(description="指标")
    total: Money = strawberry.field(description="合计（元）")
    first_contact_place: Place | None = strawberry.field(description="首谈地")
    first_contact: Money = strawberry.field(description="首谈地计入（元）")
    landing_place: Place | None = strawberry.field(description="注册落户地")
    landing: Money = strawberry.field(description="注册落户地计入（元）")
    ratio: str = strawberry.field(description="比例，首谈地在前")
    first_parts: int = strawberry.field(description="首谈地份数；同一地方为 0")
    whole_parts: int = strawberry.field(description="总份数")
    explanation: Explanation = strawberry.field(description="怎样得来")


@strawberry.type(description="流转后将怎样分成：按现行规则，投资类指标以计划总投资测算")
class ShareForecast:
    indicators: list[Indicator] = strawberry.field(description="指标")
    first_parts: int = strawberry.field(description="首谈地份数")
    whole_parts: int = strawberry.field(description="总份数")
    first_contact: Money | None = strawberry.field(description="首谈地计入（元）；税收不测算")
    landing: Money | None = strawberry.field(description="注册落户地计入（元）；税收不测算")
    clause: str = strawberry.field(description="依据条款")
    rule_version: str = strawberry.field(description="规则版本")
    status: RuleStatus = strawberry.field(description="规则性质")


@strawberry.type(description="某项指标分成的合计")
class CreditTotal:
    indicator: Indicator = strawberry.field(description="指标")
    count: int = strawberry.field(description="条数")
    amount: Money = strawberry.field(description="合计（元）")


@strawberry.type(description="疑似重复")
class Duplicate:
    grade: DuplicateGrade = strawberry.field(description="等级")
    score: int = strawberry.field(description="名称相似度（百分）")
    reasons: list[str] = strawberry.field(description="依据")
    project: Project | None = strawberry.field(description="已有项目；不属于您可见范围时没有")
    contact: str | None = strawberry.field(description="看不到该项目时可联系的单位")
    ticket: str | None = strawberry.field(description="看不到该项目时，凭此主张首谈")
    same_name: strawberry.Private[bool] = False


@strawberry.type(description="信息联动")
class Linkage:
    claims: list[Claim] = list_of("Claim", "project_id", "首谈主张")
    returns: list[Return] = list_of("Return", "project_id", "退回补正记录")
    disputes: list[Dispute] = list_of("Dispute", "project_id", "首谈地争议")
    transfers: list[Transfer] = list_of("Transfer", "project_id", "流转")
    judgement: Judgement | None = only_of("Judgement", "project_id", "研判")
    credits: Connection[Credit] = connection("Credit", "分成明细", via="project_id")

    @computed(
        "研判时限：报送后两个工作日，退回补正期间暂停",
        needs=("stage", "stage_at", "reported_at", "judge_by", "judged_at"),
        warm=True,
    )
    def clock(row: Parent, info: Info) -> Clock:
        return judgement_clock(row, info.context)

    @computed("最有力的首谈主张：先看有无佐证，再看谁接洽最早；仅供参考", needs=("id",))
    async def strongest_claim(row: Parent, info: Info) -> Claim | None:
        return await strongest(row["id"], info.context)

    @computed("并入的原因", needs=("id", "merged_into_id"))
    async def merge_reason(row: Parent, info: Info) -> str | None:
        if row["merged_into_id"] is None:
            return None
        seen, values = visible("merge", "m", info.context.viewer)
        merge = f'SELECT m."reason" FROM "merge" m WHERE m."project_id" = ? AND {seen}'
        found = await info.context.rows.fetch((merge, [row["id"], *values]))
        return found[0]["reason"] if found else None

    @computed(
        "疑似重复的项目",
        needs=("id", "name", "investor_id", "industry_code", "amount_fen", "contact_phone"),
    )
    async def duplicates(row: Parent, info: Info) -> list[Duplicate]:
        investor = await info.context.rows.one("Company", row["investor_id"])
        candidate = Candidate(
            name=row["name"],
            investor_name=investor["name"] if investor else "",
            uscc=(investor["uscc"] if investor else None) or "",
            industry_code=row["industry_code"],
            amount_fen=row["amount_fen"],
            phone=row["contact_phone"] or "",
        )
        return await duplicates_of(candidate, info.context, but=row["id"])

    @computed(
        "分成：签约、到位 3∶7，税收 1∶9", needs=("id", "first_contact_place_id", "landing_place_id")
    )
    async def shares(row: Parent, info: Info) -> list[Share]:
        return await shares_of(row, info)

    @computed("流转后将怎样分成", needs=("amount_fen",), warm=True)
    def forecast(row: Parent, info: Info) -> list[ShareForecast]:
        return forecast(row["amount_fen"], info.context)


# ---------------------------------------------------------------- how the figures come about


def judgement_clock(project: Row, context: Context) -> Clock:
    """The two-working-day clock of a report, by the rule of the day on which it was made.

    Its end was worked out by the act that last moved it (`judge_by`), None while it is paused and
    while a year on the way is not published.
    """
    limit = context.rule(ASSESSMENT_DEADLINE, context.day_of(project["reported_at"]))
    stage, calendar = project["stage"], context.calendar
    finished_at = project["judged_at"] or (project["stage_at"] if stage in ENDS else None)
    paused_since = project["stage_at"] if stage == Stage.RETURNED else None
    pending_year = None
    if project["judge_by"] is None and paused_since is None:
        pending_year = next(
            year for year in count(project["reported_at"].year) if year not in calendar.years
        )
    found = standing(
        project["judge_by"],
        pending_year,
        paused_since,
        finished_at,
        limit.value,
        context.now,
        calendar,
    )
    return clock_of(found, project["reported_at"], limit)


async def report_clock(context: Context, reported_at: datetime, pauses: list[Pause]) -> Clock:
    """The clock of a report made now, or with these pauses."""
    await context.warm()
    on = context.day_of(reported_at)
    limit, closing = context.rule(ASSESSMENT_DEADLINE, on), context.rule(CLOSING_TIME, on)
    found = clock(
        reported_at, limit.value, context.calendar, context.now, pauses, None, time(*closing.value)
    )
    return clock_of(found, reported_at, limit)


def clock_of(found: RuleClock, started_at: datetime, limit: RuleVersion) -> Clock:
    return Clock(
        lamp=found.lamp,
        label=found.label,
        due_at=found.due_at,
        working_days_left=found.working_days_left,
        paused_since=found.paused_since,
        finished_at=found.finished_at,
        pending_year=found.pending_year,
        started_at=started_at,
        limit=limit,
    )


def deadline_explained(deadline: Clock) -> Explanation:
    """The clause, rule version and moments behind a report's deadline."""
    started = deadline.started_at.astimezone(CITY_TIME).strftime("%Y-%m-%d %H:%M:%S")
    due = (
        deadline.due_at.astimezone(CITY_TIME).strftime("%Y-%m-%d %H:%M") if deadline.due_at else "—"
    )
    source = f"{STATUS_WORDS[deadline.limit.status]} · {deadline.limit.clause}"
    return Explanation(
        clause=Clause(article="第三条", title=deadline.limit.clause),
        rule_version=deadline.limit.version,
        formula="报送当日不计，从下一个工作日起算；补正期间下班时刻仍暂停的工作日不计；最后一个工作日下班时刻到期",
        inputs=[
            ExplanationInput(name="报送时间", value=started, source="报送记录"),
            ExplanationInput(
                name="期限", value=f"{deadline.limit.value} {deadline.limit.unit}", source=source
            ),
            ExplanationInput(name="最迟办结时刻", value=due, source="工作日历"),
        ],
        entries_where=(("1=0", []),),
    )


async def duplicates_of(
    candidate: Candidate, context: Context, but: int | None = None
) -> list[Duplicate]:
    """Likely duplicates among all projects, best first; one that is not theirs to see is masked."""
    alike: list[Sql] = [
        ('p."normal_name" = ?', [candidate.normal]),
        ('c."normal_name" = ?', [normal_name(candidate.investor_name)]),
        ('c."uscc" = ?', [candidate.uscc]),
        (
            "replace(replace(p.\"contact_phone\", ' ', ''), '-', '') LIKE ?",
            [f"%{candidate.digits}"] if candidate.digits else [],
        ),
    ]
    known = [(sql, values) for sql, values in alike if any(values)]
    if not known:
        return []
    found = await store.fetch(
        'SELECT p."id", p."name", p."industry_code", p."amount_fen", p."contact_phone",'
        ' c."name" AS "investor_name", c."uscc" FROM "project" p JOIN "company" c ON c."id" = p."investor_id"'
        " WHERE p.\"id\" <> ? AND p.\"stage\" NOT IN ('MERGED', 'WITHDRAWN')"
        f' AND ({" OR ".join(sql for sql, _ in known)}) ORDER BY p."id" LIMIT {CANDIDATES}',
        [but or 0, *(value for _, values in known for value in values)],
    )
    matches = []
    for each in found:
        other = Candidate(
            name=each["name"],
            investor_name=each["investor_name"],
            uscc=each["uscc"] or "",
            industry_code=each["industry_code"],
            amount_fen=each["amount_fen"],
            phone=each["contact_phone"],
        )
        if match := grade(candidate, other):
            matches.append((match, each["id"], other.normal == candidate.normal))
    matches.sort(key=lambda found: (-found[0].score, not found[2], found[1]))
    return await gather(*(masked(*found, context) for found in matches[:DUPLICATES_SHOWN]))


async def masked(match: Match, key: int, same_name: bool, context: Context) -> Duplicate:
    project = await context.rows.one("Project", key)
    office = None if project else await context.rows.by("Organization", "slug", OFFICE)
    contact = f"{office['name']} {office['contact_phone'] or ''}".strip() if office else None
    strong = match.grade in TICKETED and project is None and context.viewer.place is not None
    return Duplicate(
        grade=match.grade,
        score=match.score,
        reasons=list(match.reasons) if project else ["库内已有疑似相同的项目"],
        project=project,
        contact=contact,
        ticket=ticket(context.secret, key, context.viewer.organization) if strong else None,
        same_name=same_name,
    )


async def strongest(project: int, context: Context) -> Row | None:
    """The claim that speaks strongest among those the viewer sees."""
    claims = await context.rows.where("Claim", "project_id", project)
    papers = await context.rows.where("Attachment", "project_id", project)
    given = Counter(each["subject_id"] for each in papers if each["subject_kind"] == "Claim")
    found = earliest(
        Contact(each["place_id"], each["contact_on"], each["claimed_at"], given[each["id"]])
        for each in claims
    )
    return next((each for each in claims if found and each["place_id"] == found.place), None)


def forecast(amount: int, context: Context) -> list[ShareForecast]:
    """What a transfer would bring each place, one line for each ratio in force today."""
    versions, shared = ratios(context.rules), {}
    for indicator in IndicatorOf:
        if ratio := ratio_on(context.today, indicator, versions):
            shared.setdefault(ratio.version, (ratio, []))[1].append(indicator)
    lines = []
    for ratio, indicators in shared.values():
        planned = None if IndicatorOf.TAX in indicators else amount
        first, landing = (None, None) if planned is None else share(0, planned, ratio)
        lines.append(
            ShareForecast(
                indicators=indicators,
                first_parts=ratio.first,
                whole_parts=ratio.whole,
                first_contact=first,
                landing=landing,
                clause=ratio.clause,
                rule_version=ratio.version,
                status=ratio.status,
            )
        )
    return lines


async def shares_of(project: Row, info: Info) -> list[Share]:
    credits = await info.context.rows.where("Credit", "project_id", project["id"])
    first = await info.context.rows.one("Place", project["first_contact_place_id"])
    landing = await info.context.rows.one("Place", project["landing_place_id"])
    shares = []
    for indicator in IndicatorOf:
        posted = [each for each in credits if each["indicator"] == indicator]
        if not posted:
            continue
        to_first = sum(
            each["amount_fen"] for each in posted if each["role"] == RoleOf.FIRST_CONTACT
        )
        total, last = sum(each["amount_fen"] for each in posted), posted[-1]
        shares.append(
            Share(
                indicator=indicator,
                total=total,
                first_contact_place=first,
                first_contact=to_first,
                landing_place=landing or first,
                landing=total - to_first,
                first_parts=last["first_parts"],
                whole_parts=last["whole_parts"],
                ratio=f"{last['first_parts']}∶{last['whole_parts'] - last['first_parts']}",
                explanation=await explained(last, info, whole_share=(total, to_first)),
            )
        )
    return shares


async def explained(
    credit: Row, info: Info, whole_share: tuple[int, int] | None = None
) -> Explanation:
    """The clause, rule version, formula and inputs of one credit, or of a project's whole share."""
    rule = await info.context.rows.one("Rule", credit["rule_id"])
    entry = await info.context.rows.one("Entry", credit["entry_id"])
    first, whole = credit["first_parts"], credit["whole_parts"]
    if rule is None or credit["role"] == RoleOf.WHOLE:
        clause = Clause(article="第三条", title="首谈地与注册落户地为同一地方，全部计入")
        formula = "计入 = 金额"
    else:
        clause = Clause(article="第三条", title=rule["clause"])
        formula = f"首谈地 = 四舍五入到分（累计 × {first} ÷ {whole}）；注册落户地 = 累计 − 首谈地；每笔计入前后累计之差"
    version = f"{rule['name']}@{rule['effective_on']:%Y-%m-%d}#{rule['id']}" if rule else "—"
    source = f"{STATUS_WORDS[rule['status']]} · {rule['clause']}" if rule else "同一地方"
    inputs = [
        ExplanationInput(
            name="比例（首谈地∶注册落户地）", value=f"{first}∶{whole - first}", source=source
        )
    ]
    if whole_share:
        total, to_first = whole_share
        inputs += [
            ExplanationInput(name="累计", value=format_money(total), source="台账明细合计"),
            ExplanationInput(name="首谈地计入", value=format_money(to_first), source="公式"),
        ]
        where: Sql = (
            't."project_id" = ? AND t."indicator" = ?',
            [credit["project_id"], credit["indicator"]],
        )
    else:
        amount = entry["amount_fen"] if entry else 0
        inputs += [
            ExplanationInput(
                name="本笔金额", value=format_money(amount), source=entry["no"] if entry else "—"
            ),
            ExplanationInput(
                name="计入后累计", value=format_money(credit["running_fen"]), source="台账明细合计"
            ),
            ExplanationInput(
                name="计入前累计",
                value=format_money(credit["running_fen"] - amount),
                source="台账明细合计",
            ),
        ]
        where = ('t."id" = ?', [credit["entry_id"]])
    return Explanation(
        clause=clause, rule_version=version, formula=formula, inputs=inputs, entries_where=(where,)
    )


# ---------------------------------------------------------------- lists


@strawberry.enum(description="研判台的分栏")
class QueueState(Enum):
    PENDING = strawberry.enum_value("PENDING", description="待研判")
    RETURNED = strawberry.enum_value("RETURNED", description="待补正")
    DISPUTED = strawberry.enum_value("DISPUTED", description="有争议")
    DONE = strawberry.enum_value("DONE", description="已研判")


QUEUES: dict[str, Sql] = {
    "PENDING": ("t.\"stage\" = 'REPORTED'", []),
    "RETURNED": ("t.\"stage\" = 'RETURNED'", []),
    "DISPUTED": (
        "t.\"stage\" IN ('REPORTED', 'JUDGED') AND "
        'EXISTS (SELECT 1 FROM "dispute" d WHERE d."project_id" = t."id" AND d."decided_at" IS NULL)',
        [],
    ),
    "DONE": ('EXISTS (SELECT 1 FROM "judgement" j WHERE j."project_id" = t."id")', []),
}


@filter_for("Transfer", "流转的筛选")
class TransferFilter:
    state: list[TransferState] | None = one_of("进展", "state")
    from_place: PlaceFilter | None = related("Place", "首谈地", "from_place_id")
    to_place: PlaceFilter | None = related("Place", "流转到", "to_place_id")
    project: ProjectFilter | None = related("Project", "项目", "project_id")


@filter_for("Credit", "分成的筛选")
class CreditFilter:
    place: PlaceFilter | None = related("Place", "计入的地方", "place_id")
    indicator: list[Indicator] | None = one_of("指标", "indicator")
    role: list[CreditRole] | None = one_of("身份", "role")
    occurred_on: DateRange | None = between("发生日期", "occurred_on")
    project: ProjectFilter | None = related("Project", "项目", "project_id")


@strawberry.input(description="拟报送的项目，用于查找疑似重复")
class DuplicatesInput:
    name: str = strawberry.field(default="", description="项目名称")
    investor_name: str = strawberry.field(default="", description="投资方名称")
    uscc: str = strawberry.field(default="", description="统一社会信用代码")
    industry_code: str = strawberry.field(default="", description="行业类别（GB/T 4754-2017）")
    amount: Money | None = strawberry.field(default=None, description="计划总投资")
    contact_phone: str = strawberry.field(default="", description="联系电话")


OfPlace = Annotated[str | None, strawberry.argument(description="地方的短名")]
OfIndicator = Annotated[Indicator | None, strawberry.argument(description="指标")]
OfMonth = Annotated[Month | None, strawberry.argument(description="月份")]
OfCredit = Annotated[CreditFilter | None, strawberry.argument(description="筛选")]


def queue_read(
    context: Context,
    state: Annotated[QueueState, strawberry.argument(description="分栏")] = QueueState.PENDING,
    filter: Annotated[ProjectFilter | None, strawberry.argument(description="筛选")] = None,
) -> Read:
    where = (QUEUES[state.value], *conditions(filter, "t", context))
    by = "stage_at" if state.value == "DONE" else "judge_by"
    order = Order(by, descending=state.value == "DONE", nullable=by == "judge_by")
    return Read(KINDS["Project"], where, order)


def credits_read(
    context: Context,
    place: OfPlace = None,
    indicator: OfIndicator = None,
    period: OfMonth = None,
    filter: OfCredit = None,
) -> Read:
    said = copy(filter) if filter else CreditFilter()
    if place is not None:
        said.place = PlaceFilter(slug=[place])
    if indicator is not None:
        said.indicator = [indicator]
    where = (*conditions(said, "t", context), *month_of(period))
    return Read(KINDS["Credit"], where, Order("occurred_on", descending=True))


def month_of(period: date | None) -> tuple[Sql, ...]:
    if period is None or usable(period, "period") is None:
        return ()
    after = date(period.year + period.month // 12, period.month % 12 + 1, 1)
    return (('t."occurred_on" >= ? AND t."occurred_on" < ?', [period, after]),)


@strawberry.type
class Query:
    judgement_queue: Connection[Project] = listing(
        "Project", "研判台：待研判的在前，按剩余时间排序"
    )(queue_read)

    @strawberry.field(description="报送前查找疑似重复；不属于您可见范围的只提示存在和联系单位")
    async def duplicates(
        self,
        info: Info,
        input: Annotated[DuplicatesInput, strawberry.argument(description="拟报送的项目")],
    ) -> list[Duplicate]:
        if info.context.viewer.post not in MAY["projectReport"] or not (
            input.name.strip() or input.uscc.strip()
        ):
            return []
        amount = input.amount if isinstance(input.amount, int) else 0
        candidate = Candidate(
            name=input.name.strip()[:TEXT_LIMIT],
            investor_name=input.investor_name.strip()[:TEXT_LIMIT],
            uscc=parse_uscc(input.uscc) if not uscc_fault(input.uscc) else None,
            industry_code=input.industry_code.strip(),
            amount_fen=amount,
            phone=input.contact_phone.strip(),
        )
        return await duplicates_of(candidate, info.context)

    transfers: Connection[Transfer] = connection(
        "Transfer", "流转", filter=TransferFilter, default=Order("requested_at", descending=True)
    )

    credits: Connection[Credit] = listing("Credit", "分成台账：每笔签约、到位、税收归谁多少")(
        credits_read
    )

    @strawberry.field(description="分成台账各项指标的合计，筛选同分成台账")
    async def credit_totals(
        self,
        info: Info,
        place: OfPlace = None,
        indicator: OfIndicator = None,
        period: OfMonth = None,
        filter: OfCredit = None,
    ) -> list[CreditTotal]:
        read = credits_read(info.context, place, indicator, period, filter)
        found = await info.context.rows.figures(read, "indicator", "amount_fen")
        return [
            CreditTotal(indicator=each, count=found[each][0], amount=found[each][1])
            for each in IndicatorOf
            if each in found
        ]
