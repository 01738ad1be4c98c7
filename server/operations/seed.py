"""What a city starts with: its places, groups and units, the published calendar, the rules by date."""

import csv
import json
from datetime import UTC, date, datetime
from typing import Any

import schema.graph  # noqa: F401 - declares the kinds that the gate writes here
from schema.city.rules import read_special_days
from schema.city.tables import CalendarDay, CalendarYear, Parameter, Place, PlaceKind
from schema.context import RULEBOOK
from schema.database.transactions import transaction
from schema.gate.gate import Gate
from schema.gate.journal import FOUNDING
from schema.gate.operator import BEGINNINGS, operating
from schema.people.tables import Group, Organization, OrganizationKind
from server.operations.sealing import make_keys
from server.settings import ROOT

NOTICES = {
    2024: "国务院办公厅关于 2024 年部分节假日安排的通知（国办发明电〔2023〕7 号）",
    2025: "国务院办公厅关于 2025 年部分节假日安排的通知（国办发明电〔2024〕12 号）",
    2026: "国务院办公厅关于 2026 年部分节假日安排的通知",
}

PLACES = (
    ("yanjiang", "雁江区", PlaceKind.COUNTY, "512002"),
    ("anyue", "安岳县", PlaceKind.COUNTY, "512021"),
    ("lezhi", "乐至县", PlaceKind.COUNTY, "512022"),
    ("hightech", "高新区", PlaceKind.HIGH_TECH_ZONE, None),
    ("airport", "临空经济区", PlaceKind.AIRPORT_ZONE, None),
)

GROUPS = (
    ("advanced-manufacturing", "先进制造产业招商小组", "先进制造组", "industry-bureau"),
    ("biomedicine-food", "生物医药食品饮料产业招商小组", "生物医药食品饮料组", "industry-bureau"),
    ("modern-services", "现代服务业招商小组", "现代服务业组", "commerce-bureau"),
    ("health-care", "医疗康养产业招商小组", "医疗康养组", "health-commission"),
    ("culture-tourism-education", "文旅教体产业招商小组", "文旅教体组", "culture-bureau"),
    ("modern-agriculture", "现代农业招商小组", "现代农业组", "agriculture-bureau"),
    ("infrastructure", "基础设施招商小组", "基础设施组", "reform-commission"),
)

DEPARTMENTS = (
    ("industry-bureau", "市经济和信息化局", "市经信局"),
    ("commerce-bureau", "市商务局", "市商务局"),
    ("health-commission", "市卫生健康委员会", "市卫健委"),
    ("culture-bureau", "市文化广电旅游局", "市文广旅局"),
    ("agriculture-bureau", "市农业农村局", "市农业农村局"),
    ("reform-commission", "市发展和改革委员会", "市发改委"),
    ("resources-bureau", "市自然资源和规划局", "市自规局"),
    ("environment-bureau", "市生态环境局", "市生态环境局"),
    ("finance-bureau", "市财政局", "市财政局"),
    ("tax-bureau", "国家税务总局资阳市税务局", "市税务局"),
    ("market-supervision", "市市场监督管理局", "市市场监管局"),
    ("justice-bureau", "市司法局", "市司法局"),
    ("statistics-bureau", "市统计局", "市统计局"),
    ("government-service", "市行政审批和政务服务局", "市政务服务局"),
    ("government-office", "市政府办公室", "市政府办公室"),
    ("housing-bureau", "市住房和城乡建设局", "市住建局"),
    ("water-bureau", "市水务局", "市水务局"),
    ("emergency-bureau", "市应急管理局", "市应急管理局"),
    ("organization-department", "市委组织部", "市委组织部"),
    ("investment-bureau", "市经济合作和外事局", "市经合外事局"),
)


OTHERS = (
    ("office", "领导小组办公室", "OFFICE"),
    ("city-leaders", "市领导", "LEADER"),
    ("inspection", "督查和目标绩效", "INSPECTION"),
    ("experts", "专家库", "EXPERT"),
)
"""Short names and kinds of the units that are neither place, group nor department."""


async def seed(at: datetime | None = None) -> bool:
    """Write what a city starts with into an empty database; False where there is something already.

    It is the first entry of the journal, `at` a moment where a history is put in behind it.
    """
    async with transaction():
        if await Place.exists():
            return False
        await make_keys()
        async with operating(FOUNDING, at or datetime.now(UTC)) as gate:
            await publish_calendar(gate)
            await set_rules(gate)
            await create_units(gate)
            for each in BEGINNINGS:
                await each.add(gate)
                if each.ask and at is None:
                    await each.ask(gate)
    return True


async def publish_calendar(gate: Gate) -> None:
    days = read_special_days((ROOT / "schema/city/holidays.csv").read_text())
    for year in sorted({each.day.year for each in days}):
        await gate.create(CalendarYear, year=year, source=NOTICES[year], published_at=gate.now)
    for each in days:
        await gate.create(
            CalendarDay,
            year_id=each.day.year,
            day=each.day,
            working=each.working,
            name=each.name,
        )


async def set_rules(gate: Gate) -> None:
    for columns in first_rules():
        await gate.create(Parameter, **columns, recorded_at=gate.now)


async def add_news(at: datetime | None = None) -> tuple[list[str], list[str]]:
    """Write what a release brings into a city that is founded already: names of rules, words of beginnings.

    All or nothing. The last act brings the open duties to their limits by the new rules: not before
    what an older release kept otherwise is carried over, or duties would end that go on.
    """
    at = at or datetime.now(UTC)
    async with transaction():
        lacking = [each for each in BEGINNINGS if await each.lacks()]
        rules = await add_rules(at, settle=not lacking)
        return rules, await add_beginnings(at, settle=bool(rules))


async def add_rules(at: datetime | None = None, settle: bool = True) -> list[str]:
    """Write the rules that a release brings into a city that is founded already; their names.

    A rule that the city knows by any version stays as it is. One act of the operator's, which gives
    open duties their limits by the new rules where it is to `settle` them.
    """
    async with transaction():
        if not await Place.exists():
            return []
        known = set(await Parameter.all().values_list("name", flat=True))
        new = [each for each in first_rules() if each["name"] not in known]
        if new:
            async with operating("rulesAdd", at or datetime.now(UTC)) as gate:
                if settle:
                    await gate.alone(RULEBOOK)
                for columns in new:
                    await gate.create(Parameter, **columns, recorded_at=gate.now)
    return [each["name"] for each in new]


async def add_beginnings(at: datetime | None = None, settle: bool = False) -> list[str]:
    """Write what mechanisms of a release begin with into a city that is founded already; their words.

    What the city has stays as it is. One act of the operator's, which gives open duties their limits by
    new rules where it is to `settle` them.
    """
    async with transaction():
        if not await Place.exists():
            return []
        lacking = [each for each in BEGINNINGS if await each.lacks()]
        if lacking:
            async with operating("beginningsAdd", at or datetime.now(UTC)) as gate:
                if settle:
                    await gate.alone(RULEBOOK)
                for each in lacking:
                    await each.add(gate)
                    if each.ask:
                        await each.ask(gate)
    return [each.words for each in lacking]


def first_rules() -> list[dict[str, Any]]:
    """The rules that a city starts with, each as the columns of a `Parameter`."""
    with (ROOT / "schema/city/parameters.csv").open(newline="") as file:
        return [
            {
                **row,
                "value": json.loads(row["value"]),
                "effective_on": date.fromisoformat(row["effective_on"]),
            }
            for row in csv.DictReader(file)
        ]


async def create_units(gate: Gate) -> None:
    for position, (slug, name, kind, code) in enumerate(PLACES):
        place = await gate.create(
            Place, slug=slug, name=name, kind=kind, code=code, position=position
        )
        await create_unit(
            gate,
            slug,
            f"{name}经济合作和外事局" if code else f"{name}管委会",
            name,
            "PLACE",
            20 + position,
            place=place,
        )
    await create_unit(
        gate,
        "office",
        "领导小组办公室（市经济合作和外事局）",
        "领导小组办公室",
        "OFFICE",
        0,
        contact_name="值班室",
        contact_phone="028-2600-0001",
    )
    await create_unit(gate, "city-leaders", "市委、市政府领导", "市领导", "LEADER", 1)
    await create_unit(
        gate, "inspection", "市政府督查室、市委目标绩效办", "督查和目标绩效", "INSPECTION", 2
    )
    await create_unit(gate, "experts", "招商项目评审专家库", "专家库", "EXPERT", 3)
    for position, (slug, name, short) in enumerate(DEPARTMENTS):
        await create_unit(gate, slug, name, short, "DEPARTMENT", 40 + position)
    for position, (slug, name, short, lead) in enumerate(GROUPS):
        department = await Organization.get(slug=lead)
        office = await create_unit(
            gate, f"group-{slug}", f"{name}办公室", short, "GROUP", 10 + position
        )
        await gate.create(
            Group,
            slug=slug,
            name=name,
            short_name=short,
            office=office,
            lead_department=department,
            position=position,
        )


async def create_unit(
    gate: Gate, slug: str, name: str, short: str, kind: str, position: int, **more: Any
) -> Organization:
    return await gate.create(
        Organization,
        slug=slug,
        name=name,
        short_name=short,
        kind=OrganizationKind(kind),
        position=position,
        **more,
    )
