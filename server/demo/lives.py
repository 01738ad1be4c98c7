"""The lives of projects, as steps that people take one after another: each step is an act.

A life is a generator: it yields what happens next and is sent the answer. What lies after the
demonstration's present never happens, so every stage has its projects.
"""

import heapq
import random
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, TypeAlias

from schema.city.rules import due
from server.demo.evidence import page
from server.demo.hours import Hours
from server.demo.leads import NEEDS, SOURCES, Lead
from server.operations.seed import first_rules

Values: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """Somebody does an act. `may_fail` where a refusal is part of the story."""

    at: datetime
    who: str
    act: str
    input: Values
    may_fail: bool = False


Life: TypeAlias = Generator[Step, Values, None]

(JOINT_SINCE,) = (
    each["effective_on"] for each in first_rules() if each["name"] == "lead.opinion_deadline"
)
"""Since when a group's office is asked for its opinion on a report."""

GROUPS = {
    "advanced-manufacturing": "group",
    "biomedicine-food": "group-food",
    "modern-services": "group-services",
    "health-care": "group-health",
    "culture-tourism-education": "group-culture",
    "modern-agriculture": "group-agriculture",
    "infrastructure": "group-infrastructure",
}
DEPARTMENTS = {
    "advanced-manufacturing": "department",
    "biomedicine-food": "department",
    "modern-services": "department-commerce",
    "health-care": "department-health",
    "culture-tourism-education": "department-culture",
    "modern-agriculture": "department-agriculture",
    "infrastructure": "department-reform",
}
PLACES = ("yanjiang", "anyue", "lezhi", "hightech", "airport")
NAMES = {
    "yanjiang": "雁江区",
    "anyue": "安岳县",
    "lezhi": "乐至县",
    "hightech": "高新区",
    "airport": "临空经济区",
}
AWAY = ("branch", "branch-shanghai", "branch-shenzhen", "branch-chengdu", "agent", "agent-shenzhen")
MILESTONES = (
    ("REGISTERED", 12, 45),
    ("STARTED", 25, 110),
    ("COMPLETED", 120, 330),
    ("OPERATING", 20, 80),
    ("FULL_OUTPUT", 60, 160),
)
JUDGED = (
    "经核对接洽记录和佐证材料，{place}接洽最早，明确为首谈地。",
    "各方主张已核实，{place}首次会见时间最早且材料齐全，明确为首谈地。",
    "项目符合全市产业方向，信息属实，首谈地明确为{place}。",
)
GROUPED = "报送时未注明小组，按行业归口明确"
ASSESSED = {
    True: "会议纪要有双方签到，日期与往来函件一致",
    False: "会议纪要没有投资方签字，不能证明接洽日期",
}
OPINIONS = {
    "AGREE": (
        "符合本组产业方向，信息属实，同意受理。",
        "投资方为行业骨干企业，建议支持，首谈地同意按上报先后认定。",
        "已与投资方核实，{place}接洽情况属实，同意。",
    ),
    "OBJECT": ("不符合本组产业方向，不建议受理。", "投资方信息无法核实，建议不予受理。"),
}
RETURNED = (
    "请补充投资方营业执照和项目简介",
    "请补充首次接洽的佐证材料",
    "请核实计划总投资和用地需求",
)
DECLINED = ("属于本市企业原址技改，不作为招商项目受理", "投资方信息无法核实，不予受理")
NO_LAND = (
    "本地暂无连片工业用地，投资方同意另选承接地",
    "园区环境容量已满，建议流转到有配套污水处理的园区",
    "项目需临近机场口岸，本地不具备条件",
)
REFUSED = "首谈地已腾出标准厂房，可以就地落户，不同意流转。"
APPROVED = "产业方向与承接地相符，要素有保障，同意流转。"


@dataclass
class Plan:
    """What is settled about a project before it begins.

    `opinion` is LATE or MISSING where the group's office does not keep its limit, and left to chance
    where empty; `ungrouped` is WAITS or GIVEN where the report names no group.
    """

    lead: Lead
    begins: datetime
    stops_after: str = ""
    returned: bool = False
    declined: bool = False
    withdrawn: bool = False
    transferred: str = ""
    rivals: tuple[str, ...] = ()
    disputed: str = ""
    upheld: bool = False
    pace: float = 1.0
    late: bool = False
    opinion: str = ""
    ungrouped: str = ""
    reporter: str = ""
    twin: "Story | None" = None


@dataclass
class Story:
    """One project's life under way: where it stands, and who speaks for it.

    The office has it to judge since `asked`, and waits for an opinion `until` then.
    """

    plan: Plan
    hours: Hours
    chance: random.Random
    project: Values = field(default_factory=dict)
    claims: dict[str, str] = field(default_factory=dict)
    now: datetime = field(init=False)
    asked: datetime = field(init=False)
    until: datetime = field(init=False)
    groups: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.now = self.asked = self.until = self.plan.begins
        self.groups = random.Random(self.plan.lead.name)

    @property
    def home(self) -> str:
        return self.plan.lead.places[0]

    def life(self) -> Life:
        yield from self.reported()
        joint = self.plan.begins.date() >= JOINT_SINCE
        for rival in self.plan.rivals:
            yield from self.claimed(rival)
        if self.plan.twin:
            yield from self.merged(self.plan.twin)
            return
        self.asked = self.now
        if joint:
            yield from self.consulted()
        if self.stopped("projectReport"):
            return
        if self.plan.returned:
            yield from self.completed()
            self.asked = self.now
        if self.stopped("projectReturn") or self.stopped("projectResubmit"):
            return
        if self.plan.withdrawn:
            self.pause(1, 2)
            yield from self.step(self.plan.reporter, "projectWithdraw", reason="投资方暂缓在川布局")
            return
        yield from self.judged()
        if self.plan.declined:
            return
        if self.plan.disputed:
            yield from self.disputed()
        if self.stopped("projectDispute") or self.stopped("projectJudge"):
            return
        if self.plan.transferred:
            yield from self.moved()
        open_transfer = ("projectTransferRequest", "projectTransferDecide")
        if any(map(self.stopped, (*open_transfer, "agreementSign"))):
            return
        yield from self.signed()
        yield from self.fulfilled()

    def stopped(self, act: str) -> bool:
        return self.plan.stops_after == act

    def reported(self) -> Life:
        plan, lead = self.plan, self.plan.lead
        reporter = plan.reporter = plan.reporter or self.reporter()
        contact = self.hours.before(plan.begins.date(), self.chance.randrange(1, 15))
        place = {} if reporter in PLACES else {"place": self.home}
        abroad: Values = {"uscc": lead.uscc}
        if lead.foreign:
            amount, currency = lead.foreign
            abroad = {
                "noCodeReason": "境外企业，尚未在境内设立公司",
                "foreignAmount": amount,
                "currency": currency,
                "rate": f"{lead.amount_wan * 10_000 / float(amount):.4f}",
                "rateDate": f"{contact}",
                "capitalOrigin": "FOREIGN",
            }
        yield from self.step(
            reporter,
            "projectReport",
            name=lead.name,
            investorName=lead.investor,
            investorRegion=lead.region,
            amount=lead.amount,
            fixedAssets=f"{lead.amount_wan * 65 // 100}万元",
            industryCode=lead.code,
            group=None if plan.ungrouped else lead.group,
            landMu=str(max(10, lead.amount_wan // 300 // 5 * 5)),
            contactName=lead.contact,
            contactPhone=lead.phone,
            summary=f"拟建设{lead.product}项目，计划总投资 {lead.amount}，分期实施。",
            needs=self.chance.choice(NEEDS),
            source=self.chance.choice(SOURCES),
            contactOn=f"{contact}",
            contactWith=lead.contact,
            contactBy=self.chance.choice(("招商一科", "招商二科", "园区招商部", "分管领导")),
            contactNote="介绍园区产业配套，投资方表示将实地考察。",
            evidence=self.evidence("接洽记录", contact.isoformat()),
            acknowledgeDuplicates=True,
            **abroad,
            **place,
        )

    def claimed(self, rival: str) -> Life:
        """Another place reports the same with evidence, learns that it exists, and claims first contact."""
        lead = self.plan.lead
        contact = self.hours.before(self.plan.begins.date(), self.chance.randrange(3, 25))
        self.reach(self.now)
        answer = yield Step(
            self.now,
            rival,
            "projectReport",
            {
                "name": lead.name,
                "investorName": lead.investor,
                "uscc": lead.uscc,
                "amount": lead.amount,
                "contactOn": f"{contact}",
                "contactWith": lead.contact,
                "evidence": self.evidence("会议纪要", contact.isoformat()),
            },
            may_fail=True,
        )
        ticket = answer["duplicates"][0]["ticket"]
        self.reach(self.now)
        answer = yield Step(
            self.now,
            rival,
            "projectClaim",
            {
                "ticket": ticket,
                "contactOn": f"{contact}",
                "contactWith": lead.contact,
                "contactBy": "招商科",
                "note": f"{NAMES[rival]}此前已在投资方总部会见{lead.contact}，有会议纪要。",
                "evidence": self.evidence("会议纪要", contact.isoformat()),
            },
        )
        self.claims[rival] = answer["claim"]["id"]
        # A claimant does not see the project, which every claim moves on.
        self.project = answer["project"] or self.project | {
            "revision": self.project["revision"] + 1
        }

    def consulted(self) -> Life:
        """The group's office gives its opinion, as a rule within some hours; the office looks at what
        another place has put forward.
        """
        group, limit = self.plan.lead.group, self.limit_of_the_group(self.plan.begins)
        if self.plan.ungrouped == "WAITS":
            return
        if self.plan.ungrouped:
            self.now = self.in_hours(self.now + timedelta(minutes=self.groups.randrange(8, 40)))
            yield from self.step("office-2", "projectAmend", group=group, reason=GROUPED)
            limit = self.limit_of_the_group(self.now)
        for rival in self.plan.rivals[:1]:
            self.now = self.in_hours(self.now + timedelta(minutes=self.groups.randrange(15, 60)))
            good = self.groups.random() < 0.5
            yield from self.step(
                "office",
                "claimAssess",
                claim=self.claims[rival],
                assessment="GOOD" if good else "NOT_SUFFICIENT",
                reason=ASSESSED[good],
            )
        draw = self.groups.random()
        fate = self.plan.opinion or ("MISSING" if draw < 0.06 else "LATE" if draw < 0.1 else "")
        if self.plan.reporter == GROUPS[group]:  # nobody gives an opinion on what they report
            fate = "MISSING"
        if fate == "MISSING":
            self.until = limit
            return
        at = self.in_hours(self.now + timedelta(minutes=self.groups.randrange(25, 200)))
        at = max(min(at, limit - timedelta(minutes=2)), self.now)
        if fate == "LATE":
            at = self.in_hours(limit + timedelta(hours=1))
        self.now = at
        stance = "OBJECT" if self.plan.declined else "AGREE"
        reason = self.groups.choice(OPINIONS[stance]).format(place=NAMES[self.home])
        yield from self.step(GROUPS[group], "projectOpine", stance=stance, reason=reason)

    def limit_of_the_group(self, since: datetime) -> datetime:
        """One working day after the report, or after the lead is given to the group, at closing time."""
        limit = due(since, 1, self.hours.calendar, self.hours.limit.closing)
        return limit or self.now

    def in_hours(self, moment: datetime) -> datetime:
        """The moment itself in office hours, else soon after they begin again."""
        if self.hours.calendar.is_working_day(moment.date()) and 9 <= moment.hour < 17:
            return moment
        early = moment.hour < 9 and self.hours.calendar.is_working_day(moment.date())
        day = moment.date() if early else self.hours.calendar.after(moment.date(), 1)
        return datetime.combine(day, time(9, self.groups.randrange(5, 55)), moment.tzinfo)

    def completed(self) -> Life:
        """Sent back for completion, and reported again."""
        self.now = self.hours.working_days_after(self.now, 1)
        yield from self.step("office", "projectReturn", reason=self.chance.choice(RETURNED))
        if self.stopped("projectReturn"):
            return
        self.now = self.hours.working_days_after(self.now, self.chance.randrange(1, 4))
        yield from self.step(
            self.plan.reporter,
            "projectResubmit",
            note="已补充营业执照、项目简介和接洽记录",
            evidence=self.evidence("补正说明", self.plan.lead.investor),
        )

    def merged(self, twin: "Story") -> Life:
        """The office finds that the city knows the project already."""
        self.pause(0.3, 1)
        yield from self.step(
            "office-2",
            "projectMerge",
            into=twin.project["no"],
            reason="与已报送项目为同一投资方、同一内容，并入办理",
        )

    def judged(self) -> Life:
        days = self.chance.choice((3, 4, 5)) if self.plan.late else self.chance.choice((1, 1, 2))
        opined = max(self.now, self.until)
        self.now = self.hours.working_days_after(self.asked, days)
        if self.now <= opined:
            self.now = self.in_hours(opined + timedelta(minutes=31))
        office = self.chance.choice(("office", "office", "office-2", "office-3"))
        if self.plan.declined:
            reason = self.chance.choice(DECLINED)
            yield from self.step(office, "projectJudge", verdict="DECLINED", reason=reason)
            return
        reason = self.chance.choice(JUDGED).format(place=NAMES[self.home])
        yield from self.step(office, "projectJudge", firstContactPlace=self.home, reason=reason)

    def disputed(self) -> Life:
        """A place that has claimed the project too objects, and the office decides."""
        rival = self.plan.disputed
        self.pause(1, 3)
        answer = yield Step(
            self.now,
            rival,
            "projectDispute",
            {
                **(
                    {"claim": self.claims[rival]}
                    if rival in self.claims
                    else {"project": self.project["no"]}
                ),
                "grounds": f"{NAMES[rival]}首次会见早于认定日期，补充会议签到和往来函件。",
                "evidence": self.evidence("异议材料", NAMES[rival]),
            },
        )
        self.project = answer["project"] or self.project | {
            "revision": self.project["revision"] + 1
        }
        if self.stopped("projectDispute"):
            return
        self.pause(3, 9)
        verdict = "异议成立，改定首谈地" if self.plan.upheld else "异议不成立，维持原认定"
        yield from self.step(
            "office",
            "disputeDecide",
            dispute=answer["dispute"]["id"],
            upheld=self.plan.upheld,
            reason=f"{verdict}：以有佐证的首次会见日期为准。",
        )

    def moved(self) -> Life:
        """The first-contact place cannot land it."""
        self.pause(12 * self.plan.pace, 50 * self.plan.pace)
        answer = yield from self.step(
            self.first_contact,
            "projectTransferRequest",
            landingPlace=self.plan.transferred,
            reason=self.chance.choice(NO_LAND),
        )
        if self.stopped("projectTransferRequest"):
            return
        transfer = answer["transfer"]["id"]
        self.pause(2, 8)
        approve = self.plan.stops_after == "projectTransferDecide" or self.chance.random() > 0.15
        yield from self.step(
            "office",
            "projectTransferDecide",
            transfer=transfer,
            approve=approve,
            assessment=APPROVED if approve else REFUSED,
        )
        if self.stopped("projectTransferDecide") or not approve:
            return
        self.pause(1, 6)
        yield from self.step(self.plan.transferred, "projectTakeUp", transfer=transfer)

    def signed(self) -> Life:
        lead, chance = self.plan.lead, self.chance
        if chance.random() < 0.2:
            self.pause(10 * self.plan.pace, 40 * self.plan.pace)
            yield from self.step(
                self.landing,
                "agreementSign",
                kind=chance.choice(("INTENT", "FRAMEWORK")),
                title=f"{lead.name}合作框架协议",
                amount=lead.amount,
                signedOn=f"{self.now:%Y-%m-%d}",
            )
        self.pause(20 * self.plan.pace, 150 * self.plan.pace)
        starts = self.now + timedelta(days=90)
        yield from self.step(
            self.landing,
            "agreementSign",
            kind="FORMAL",
            title=f"{lead.name}投资协议",
            amount=lead.amount,
            signedOn=f"{self.now:%Y-%m-%d}",
            startBy=f"{starts:%Y-%m-%d}",
            completeBy=f"{starts + timedelta(days=400):%Y-%m-%d}",
            operateBy=f"{starts + timedelta(days=490):%Y-%m-%d}",
            evidence=self.evidence("投资协议（节选）", lead.investor),
        )

    def fulfilled(self) -> Life:
        """Milestones, money and tax in the order of time, verified or returned days later, and now
        and then a wrong entry.
        """
        coming: list[Any] = [
            (at, number, *rest) for number, (at, *rest) in enumerate(self.schedule())
        ]
        heapq.heapify(coming)
        while coming:
            moment, number, act, values = heapq.heappop(coming)
            if act in ("fundsRecord", "taxRecord"):
                self.reach(self.hours.after(moment, 0, 4))  # slips come days after the bank's date
                values["occurredOn"] = f"{moment:%Y-%m-%d}"
                answer = yield from self.step(self.landing, act, **values)
                if self.chance.random() < 0.02:
                    self.pause(1, 5)
                    yield from self.step(
                        self.landing,
                        "fundsReverse",
                        entry=answer["entry"]["no"],
                        reason="金额单位看错，已按回单重新登记",
                    )
                else:
                    heapq.heappush(coming, (*self.verification(), number, *self.looked_at(answer)))
                continue
            self.reach(moment)
            if act == "milestoneReach":
                yield from self.step(self.landing, act, **values, reachedOn=f"{moment:%Y-%m-%d}")
                continue
            answer = yield from self.step(values.pop("who"), act, **values)
            if act != "entryResubmit" and values["verified"]:
                continue
            entry = answer["entry"]
            again = {"entry": entry["no"], "revision": entry["revision"]}
            if act == "entryResubmit":
                onward = self.looked_at(answer)
            else:
                note = "已核对银行回单，补充加盖印章的扫描件"
                onward = ("entryResubmit", again | {"who": self.landing, "note": note})
            heapq.heappush(coming, (*self.verification(), number, *onward))

    def verification(self) -> tuple[datetime]:
        """When somebody comes to it: within a week or so."""
        return (self.hours.after(self.now, 1, 14),)

    def looked_at(self, answer: Values) -> tuple[str, Values]:
        """What the finance or the tax bureau, or the office, makes of an entry."""
        entry = answer["entry"]
        tax = entry["indicator"] == "TAX"
        who = self.chance.choice(
            ("department-tax", "department-finance") if tax else ("department-finance", "office-4")
        )
        verified = self.chance.random() > 0.1
        values = {"entry": entry["no"], "revision": entry["revision"], "verified": verified}
        if not verified:
            values["reason"] = "凭证扫描件看不清印章和日期，请补充后重新填报"
        return ("taxVerify" if tax else "fundsVerify"), values | {"who": who}

    def schedule(self) -> list[tuple[datetime, str, Values]]:
        events: list[tuple[datetime, str, Values]] = []
        signed = reached = self.now
        for stage, least, most in MILESTONES:
            reached = self.hours.after(reached, least * self.plan.pace, most * self.plan.pace)
            events.append((reached, "milestoneReach", {"stage": stage}))
        operating = events[3][0]
        left = int(self.plan.lead.amount_wan * self.chance.uniform(0.55, 1))
        count = self.chance.randrange(3, 8)
        room = self.plan.lead.amount_wan - count  # nobody pays in more than was agreed
        for number in range(count):
            paid = self.hours.after(signed, 8, 90 + 420 * self.plan.pace * (number + 1) / count)
            wan = max(50, int(left * self.chance.uniform(0.5, 1.5) / count))
            wan, room = min(wan, room), room - min(wan, room)
            figure = self.funds(wan)
            if wan > 0:
                events.append((paid, "fundsRecord", figure))
        for quarter in range(1, 5):
            due = self.hours.after(operating, quarter * 88, quarter * 92)
            fen = int(self.plan.lead.amount_wan * self.chance.uniform(0.002, 0.008) * 1_000_000)
            events.append((due, "taxRecord", self.taxes(fen)))
        return events

    def funds(self, wan: int) -> Values:
        odd = self.chance.choice(("", "", "", f".{self.chance.randrange(1, 100):02d}"))
        return {
            "amount": f"{wan}{odd}万元",
            "sourceOfCapital": self.plan.lead.source,
            "evidenceNote": f"银行回单 {self.chance.randrange(10_000):04d}",
        }

    def taxes(self, fen: int) -> Values:
        return {
            "amount": f"{fen // 100}.{fen % 100:02d}",
            "evidenceNote": f"完税证明 {self.chance.randrange(10_000):04d}",
        }

    # ------------------------------------------------------------ what the parts share

    def step(self, who: str, act: str, **values: Any) -> Generator[Step, Values, Values]:
        on: Values = {}
        if self.project:
            on["revision"] = self.project["revision"]
            if not {"dispute", "transfer", "entry", "claim"} & set(values):
                on["project"] = self.project["no"]
        answer = yield Step(self.now, who, act, on | values)
        self.project = answer["project"]
        return answer

    def reach(self, moment: datetime) -> None:
        self.now = max(moment, self.now + timedelta(minutes=self.chance.randrange(3, 40)))

    def pause(self, least: float, most: float) -> None:
        self.now = self.hours.after(self.now, least, most)

    @property
    def first_contact(self) -> str:
        return str(self.project["firstContactPlace"]["slug"])

    @property
    def landing(self) -> str:
        return str(self.project["landingPlace"]["slug"])

    def reporter(self) -> str:
        draw, group = self.chance.random(), self.plan.lead.group
        if draw < 0.72:
            return self.home
        if draw < 0.80:
            return GROUPS[group]
        return DEPARTMENTS[group] if draw < 0.86 else self.chance.choice(AWAY)

    def evidence(self, title: str, line: str) -> list[Values]:
        if self.chance.random() < 0.6 and not self.plan.rivals:
            return []
        content = page(title, self.plan.lead.name, line, "（演示材料，内容虚构）")
        return [{"name": f"{title}.pdf", "content": content}]
