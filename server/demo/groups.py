"""The seven groups at work: six ones in every state, their chains, two hundred companies they go after."""

import csv
import random
from collections.abc import Callable, Generator, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from schema.context import Context
from schema.permissions import Viewer
from schema.query.models import global_id
from server.demo.evidence import page
from server.demo.leads import credit_code
from server.demo.lives import Life, Step, Values
from server.settings import ROOT

TARGETS = 200
LEAD = 8
"""Which of them has become a lead: one of the second group, of 成渝."""
CHECKS = "office-2"


class Band(NamedTuple):
    """A group of the demonstration: who keeps it, its leader, and how far each of its ones has come."""

    slug: str
    keeper: str
    leader: str
    title: str
    zone: str
    team: str
    policy: str
    states: str
    """Of leader, zone, team, policies, map: complete, to be checked, papers missing, not begun."""


BANDS = (
    Band("advanced-manufacturing", "group", "陶望山", "市政府副市长", "专用汽车及零部件制造功能区",
         "先进制造招商队（专职 4 人、兼职 7 人）", "先进制造招商支持政策（普惠 1 项、专项 4 项）", "CCPCN"),
    Band("biomedicine-food", "group-food", "苏牧野", "市委常委", "中国牙谷产业功能区",
         "牙谷招商队（专职 5 人）", "口腔医疗器械招商支持政策", "CCCCT"),
    Band("modern-services", "group-services", "梁川柏", "市政府副市长", "资阳商贸物流功能区",
         "现代服务业招商队", "总部经济招商支持政策", "CTPNN"),
    Band("health-care", "group-health", "叶问溪", "市政府副市长", "医药食品产业功能区", "", "", "CPNNN"),
    Band("culture-tourism-education", "group-culture", "路安澜", "市委常委", "文旅融合发展功能区",
         "文旅教体招商队", "", "TTPNN"),
    Band("modern-agriculture", "group-agriculture", "蒲青禾", "市政府副市长", "安岳柠檬产业功能区",
         "现代农业招商队", "柠檬精深加工招商支持政策", "CCCPN"),
    Band("infrastructure", "group-infrastructure", "霍启程", "市政府副市长", "", "", "", "CNNNN"),
)  # fmt: skip
SEATS = (
    ("DEPUTY_SECRETARY", "市政府副秘书长"), ("OFFICE_DIRECTOR", "小组办公室主任"), ("MEMBER", "市级部门分管负责人"),
    ("MEMBER", "功能区管委会分管负责人"),
)  # fmt: skip
"""Who stands beside a leader: role, and office held."""
SEATED = (
    "季云舟", "孟怀瑾", "简知夏", "阮青岚", "温以宁", "郝景行", "柏思远", "卓清和", "岑溪亭", "祝明川", "詹远樵", "尹书白",
    "冉一鸣", "童若谷", "池映雪", "庄牧原", "凌霄汉", "巫山青", "殷子衿", "费长宁", "竺可风", "车行简", "宁致远", "顾念北",
    "邢沐阳", "方既白", "单雨来", "舒望舒",
)  # fmt: skip
"""Who holds the seats of the groups, four in each; nobody lives who is meant."""
FORMER = {
    "advanced-manufacturing": ("钟伯庸", "市政府原副市长"),
    "modern-agriculture": ("伍千山", "市委原常委"),
}
"""Leaders that were followed by today's."""
ONES = ("city-leader", "functional-zone", "team", "policy-set", "investment-map")
PLACES = ("yanjiang", "anyue", "lezhi", "hightech", "airport")
REGIONS = ("yangtze-delta", "pearl-delta", "jing-jin-ji", "chengdu-chongqing", "overseas")
TOWNS = {
    "yangtze-delta": ("上海", "苏州", "无锡", "杭州", "宁波", "合肥"),
    "pearl-delta": ("深圳", "东莞", "佛山", "广州", "珠海"),
    "jing-jin-ji": ("北京", "天津", "石家庄", "保定"),
    "chengdu-chongqing": ("成都", "重庆", "绵阳", "德阳"),
    "overseas": ("德国", "日本", "韩国", "法国"),
}
TRADES = {
    "advanced-manufacturing": ("精密机械", "汽车零部件", "轨道装备", "智能装备"),
    "biomedicine-food": ("齿科材料", "生物医药", "食品"),
    "modern-services": ("供应链", "商贸", "信息技术"),
    "health-care": ("康养", "医疗服务", "健康管理"),
    "culture-tourism-education": ("文旅", "文化传播", "教育科技"),
    "modern-agriculture": ("农业科技", "食品", "种业"),
    "infrastructure": ("新能源", "水务", "建设工程"),
}
"""What the companies that a group goes after do, by group: as its chain has it."""
SYLLABLES = "恒川瑞泽启禾衡岳澜柏沃煦云岫翎程砺锦弘珩朗"
STEPS = (
    "寄送园区资料并约上门时间", "电话联系投资负责人", "邀请来资考察", "商谈用地和厂房条件", "请其提供选址清单",
)  # fmt: skip
OUTCOMES = (
    "有意在西南布点，要求提供用地和电价条件", "明年有扩产计划，暂未定选址", "已看过两地，关注配套和物流",
    "愿意来资考察，时间待定", "目前产能够用，半年后再联系",
)  # fmt: skip
PEOPLE = ("投资总监 何川", "副总经理 周立", "董秘 宋砚", "战略部经理 何之远", "总经理 沈岩")


def lives_of_groups(now: datetime, seed: str) -> Iterator[Life]:
    """What the groups' people do in the year before `now`, each thing in its own life."""
    chance = random.Random(f"{seed}/groups")
    nodes: dict[str, list[str]] = {band.slug: [] for band in BANDS}
    for band in BANDS:
        for one, state in zip(ONES, band.states, strict=True):
            yield life_of_one(band, one, state, now)
        yield life_of_chain(band, nodes[band.slug], random.Random(f"{seed}/{band.slug}"), now)
    for number, (region, name, code) in enumerate(companies(chance)):
        band = BANDS[number % len(BANDS)]
        mine = random.Random(f"{seed}/targets/{number}")
        began = now - timedelta(days=mine.randrange(20, 220), minutes=number)
        given: Values = {
            "name": name,
            "uscc": code,
            "region": region,
            "place": mine.choice(PLACES),
            "node": one_of(nodes[band.slug], mine),
            "owner": the_doer,
            "why": "同行业头部企业，正在西南布点",
        }
        if number == LEAD:
            yield life_of_lead(band, given, now)
            continue
        yield life_of_target(band, given, began, now, mine)


def one_of(numbers: list[str], chance: random.Random) -> Callable[[Viewer], str]:
    """One of the nodes that are drawn by the time that the act is done."""
    return lambda viewer: chance.choice(numbers)


def the_doer(viewer: Viewer) -> str | None:
    """Whoever lists a company follows it up."""
    return global_id("Person", viewer.person) if viewer.person else None


# ---------------------------------------------------------------- the six ones


def life_of_one(band: Band, one: str, state: str, now: datetime) -> Life:
    """A one as far as the band says: asked for, named without papers, with papers, checked."""
    no, number = f"{band.slug}-{one}", ONES.index(one)
    since = now - timedelta(days=320)
    names = dict(
        zip(ONES, (band.leader, band.zone, band.team, band.policy, "招商地图"), strict=True)
    )
    if state == "N":
        asked = {"one": no, "revision": 1}
        yield Step(now - timedelta(days=4, minutes=number), "office", "oneAssign", asked)
        return
    document_no = f"资招组〔{since.year}〕{10 * BANDS.index(band) + number + 1}号"
    document = {
        "documentNo": document_no,
        "documentOn": f"{since.date() - timedelta(days=7)}",
        "evidence": [{"name": "文件.pdf", "content": page(document_no, names[one])}],
    }
    given: Values = {"one": no, "revision": 1, "name": names[one], "startsOn": f"{since.date()}"}
    given |= document if state in "CT" else {}
    leads = one == "city-leader"
    given |= {"role": "LEADER", "detail": band.title} if leads else {}
    days = {"C": 300, "T": 2, "P": 6}[state]
    act = "groupAppoint" if leads else "oneUpdate"
    if leads:
        given |= yield from leaders_before(band, no, now)
    done = yield Step(now - timedelta(days=days), band.keeper, act, given)
    if leads:
        for number, (role, held) in enumerate(SEATS):
            seat = {"role": role, "name": SEATED[4 * BANDS.index(band) + number], "detail": held}
            on = {"one": no, "revision": done["one"]["revision"], "startsOn": f"{since.date()}"}
            at = now - timedelta(days=days, minutes=-1 - number)
            done = yield Step(at, band.keeper, act, document | on | seat)
    if state == "C":
        check = {"one": no, "revision": done["one"]["revision"], "approve": True}
        yield Step(now - timedelta(days=days - 2), CHECKS, "oneCheck", check)


def leaders_before(band: Band, no: str, now: datetime) -> Generator[Step, Values, Values]:
    """Appoint the leader whom today's has followed; what the appointment of today's says of it."""
    if band.slug not in FORMER:
        return {}
    name, held = FORMER[band.slug]
    began = now - timedelta(days=700)
    document_no = f"资招组〔{began.year}〕{BANDS.index(band) + 1}号"
    former = {
        "one": no,
        "revision": 1,
        "role": "LEADER",
        "name": name,
        "detail": held,
        "startsOn": f"{began.date()}",
        "documentNo": document_no,
        "documentOn": f"{began.date() - timedelta(days=7)}",
        "evidence": [{"name": "文件.pdf", "content": page(document_no, name)}],
    }
    done = yield Step(now - timedelta(days=310), band.keeper, "groupAppoint", former)
    return {"revision": done["one"]["revision"], "replaces": done["item"]["id"]}


# ---------------------------------------------------------------- the chains


def chain_rows(group: str) -> list[dict[str, str]]:
    """The nodes of a group's chain: proposals, beside what the press has published of the city."""
    with (ROOT / "server/demo/chains.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["group"] == group]


def life_of_chain(band: Band, numbers: list[str], chance: random.Random, now: datetime) -> Life:
    """Its nodes, some with firms of the city, about one in six a gap; their numbers go into `numbers`."""
    at = now - timedelta(days=250)
    for number, row in enumerate(chain_rows(band.slug)):
        given: Values = dict(row)
        if number % 6 == 2:
            given |= {
                "gap": True,
                "gapReason": "本地能配套的不足，在谈项目反映要到外地采购",
                "wish": f"引进 1—2 家{row['typical'].split('、')[0]}",
            }
        made = yield Step(at + timedelta(minutes=number), band.keeper, "chainNodeSet", given)
        numbers.append(made["node"]["no"])
        for _ in range(0 if "gap" in given else chance.choice((0, 0, 1, 1, 2))):
            firm = {
                "node": made["node"]["no"],
                "name": local_firm(chance),
                "source": "区县企业名录",
            }
            firm["place"] = chance.choice(PLACES)
            yield Step(at + timedelta(minutes=number), band.keeper, "chainFirmAdd", firm)


def local_firm(chance: random.Random) -> str:
    name = "".join(chance.sample(SYLLABLES, 2))
    return f"资阳{name}{chance.choice(('机械', '材料', '食品', '科技', '物流'))}有限公司"


# ---------------------------------------------------------------- the companies


def companies(chance: random.Random) -> Iterator[tuple[str, str, str]]:
    """Region, name and credit code (none overseas) of companies that do not exist."""
    known = set[str]()
    while len(known) < TARGETS:
        region = REGIONS[len(known) % len(REGIONS)]
        town = chance.choice(TOWNS[region])
        trade = chance.choice(TRADES[BANDS[len(known) % len(BANDS)].slug])
        kind = "株式会社" if town == "日本" else "有限公司"
        name = f"{town}{''.join(chance.sample(SYLLABLES, 2))}{trade}{kind}"
        if name not in known:
            code = "" if region == "overseas" else credit_code("510100", 70_000 + len(known))
            known.add(name)
            yield region, name, code


def life_of_target(
    band: Band, given: Values, began: datetime, now: datetime, chance: random.Random
) -> Life:
    """Listed, short-listed or contacted once or twice, mostly with a next contact, some of them late."""
    target = (yield Step(began, band.keeper, "targetCompanyAdd", given))["target"]
    on = {"target": target["no"], "revision": target["revision"]}
    lot = chance.random()
    if lot < 0.35:
        return
    if lot < 0.5:
        step = {"stage": "SHORT_LIST"} | planned(chance, now.date())
        yield Step(now - timedelta(hours=5), band.keeper, "targetCompanyMove", on | step)
        return
    for _ in range(chance.choice((1, 1, 2))):
        began = min(began + timedelta(days=chance.randrange(5, 20)), now - timedelta(hours=7))
        contact: Values = {
            "target": target["no"],
            "happenedOn": f"{Context.day_of(began)}",
            "means": chance.choice(("CALL", "LETTER", "CALL", "VISIT", "RECEPTION", "EVENT")),
            "withWhom": chance.choice(PEOPLE),
            "outcome": chance.choice(OUTCOMES),
        }
        target = (yield Step(began, band.keeper, "targetCompanyContact", contact))["target"]
    on["revision"] = target["revision"]
    if lot < 0.9:
        at = now - timedelta(days=chance.choice((0, 0, 0, 4, 6)), hours=6)
        when = now if at.date() == now.date() else at  # planned some days ago, and not done since
        plan = planned(chance, Context.day_of(when), 14 if when is now else 3)
        move = on | {"stage": target["stage"]} | plan
        yield Step(max(at, began), band.keeper, "targetCompanyMove", move)
    elif lot > 0.96:
        given = on | {"reason": "已在外地签约"}
        yield Step(now - timedelta(hours=3), band.keeper, "targetCompanyDrop", given)


def life_of_lead(band: Band, given: Values, now: datetime) -> Life:
    """Listed, called, visited, reported this morning, and bound to its project, whose file the minutes are."""
    visited = now - timedelta(days=6)
    at = now - timedelta(days=40)
    target = (yield Step(at, band.keeper, "targetCompanyAdd", given))["target"]
    paper = {"name": "会谈纪要.pdf", "content": page("会谈纪要", given["name"])}
    contacts: tuple[tuple[datetime, Values], ...] = (
        (now - timedelta(days=20), {"means": "CALL", "outcome": "看好牙谷配套，约定上门面谈"}),
        (
            visited,
            {"means": "VISIT", "outcome": "有意在资建设生产基地，请报送项目", "evidence": [paper]},
        ),
    )
    for at, met in contacts:
        contact = {"target": target["no"], "happenedOn": f"{Context.day_of(at)}"} | met
        contact["withWhom"] = PEOPLE[0]
        target = (yield Step(at, band.keeper, "targetCompanyContact", contact))["target"]
    report: Values = {
        "name": f"{given['name'].removesuffix('有限公司')}西南生产基地",
        "investorName": given["name"],
        "uscc": given["uscc"],
        "amount": "3.2亿",
        "industryCode": "3582",
        "group": band.slug,
        "summary": "拟建设口腔器械生产线，由目标企业转为线索。",
        "place": given["place"],
        "contactOn": f"{Context.day_of(visited)}",
        "contactWith": PEOPLE[0],
        "acknowledgeDuplicates": True,
    }
    made = yield Step(now - timedelta(hours=2), band.keeper, "projectReport", report)
    lead = {"target": target["no"], "revision": target["revision"]}
    lead["project"] = made["project"]["no"]
    yield Step(now - timedelta(hours=1), band.keeper, "targetCompanyConvert", lead)


def planned(chance: random.Random, today: date, within: int = 14) -> Values:
    """A next contact within so many days."""
    return {
        "nextOn": f"{today + timedelta(days=chance.randrange(0, within))}",
        "nextStep": chance.choice(STEPS),
    }
