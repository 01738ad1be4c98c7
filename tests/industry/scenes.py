"""Article 2's acts, each as a scene: what stands before it, and its input."""

from collections.abc import Awaitable, Callable

from tests.world import EVIDENCE, City, Said, uscc

GROUP = "advanced-manufacturing"
LEADER, ZONE, TEAM = f"{GROUP}-city-leader", f"{GROUP}-functional-zone", f"{GROUP}-team"
MAP = f"{GROUP}-investment-map"
PDF = {"name": "任命文件.pdf", "content": "JVBERi0xLjQKJSVFT0YK"}
PAPERS: Said = {
    "documentNo": "资委办〔2026〕1号",
    "documentOn": "2026-01-05",
    "evidence": [PDF],
}
GEARS = {
    "chain": "轨道交通与商用车",
    "position": "UPSTREAM",
    "name": "轴承齿轮",
    "classes": "3451、3453",
}
COMPANY = {"name": "深圳市精密齿轮有限公司", "uscc": uscc(901), "group": GROUP}
MAY_DO = {
    "groupAppoint": "office group",
    "oneUpdate": "office group",
    "onePapers": "office group",
    "oneEnd": "office group",
    "oneVoid": "office group",
    "oneCheck": "office",
    "oneAssign": "office",
    "chainNodeSet": "office group",
    "chainFirmAdd": "office group",
    "chainFirmEnd": "office group",
    "targetCompanyAdd": "office group",
    "targetCompanyAmend": "office group",
    "targetCompanyMove": "office group",
    "targetCompanyContact": "office group",
    "targetCompanyConvert": "office group",
    "targetCompanyDrop": "office group",
    "targetCompanyResume": "office group",
    "targetRegionSet": "office",
}
WITHOUT_REVISION = {
    "chainNodeSet": "DUPLICATE",
    "chainFirmAdd": "DUPLICATE",
    "chainFirmEnd": "RULE",
    "targetCompanyAdd": "DUPLICATE",
    "targetCompanyContact": None,
    "targetRegionSet": "DUPLICATE",
}


async def one(city: City, no: str) -> Said:
    """What an act on a one says first, and its items."""
    asked = "query($no: String!) { one(no: $no) { revision items { id } } }"
    found: Said = (await city.run(city.office, asked, no=no))["one"]
    return found


async def opened(city: City, no: str) -> Said:
    return {"one": no, "revision": (await one(city, no))["revision"]}


async def appoint(city: City) -> Said:
    leader = {"role": "LEADER", "name": "韩山", "startsOn": "2026-01-01"}
    return await opened(city, LEADER) | leader | PAPERS


async def update(city: City) -> Said:
    zone = {"name": "交通装备与电子信息功能区", "startsOn": "2026-03-01"}
    return await opened(city, ZONE) | zone


async def team(city: City) -> Said:
    """A part of the group's team without papers, newly put in: what an act on it says first."""
    part = {"name": "先进制造招商二队", "startsOn": "2026-03-01"}
    await city.done(city.group, "oneUpdate", **await opened(city, TEAM), **part)
    found = await one(city, TEAM)
    return {"one": TEAM, "item": found["items"][-1]["id"], "revision": found["revision"]}


async def papers(city: City) -> Said:
    return await team(city) | PAPERS


async def end(city: City) -> Said:
    document = {"documentNo": "资府函〔2026〕40号", "endsOn": "2026-11-18"}
    return await team(city) | PAPERS | document


async def void(city: City) -> Said:
    return await team(city) | {"reason": "登错了队伍"}


async def check(city: City) -> Said:
    """A map whose papers are complete, provided by the group."""
    atlas = {"name": "先进制造招商地图", "startsOn": "2026-03-01"}
    await city.done(city.group, "oneUpdate", **await opened(city, MAP), **atlas, **PAPERS)
    return await opened(city, MAP) | {"approve": True}


async def assign(city: City) -> Said:
    return await opened(city, ZONE) | {"keeper": "industry-bureau"}


def gears(city: City) -> Said:
    """A node that no scene before has begun."""
    city.reports += 1
    return GEARS | {"name": f"轴承齿轮（{city.reports} 型）"}


async def set_node(city: City) -> Said:
    return gears(city) | {"group": GROUP}


async def change_node(city: City) -> Said:
    """A node that is there, with the revision that was read, and what it becomes."""
    made = (await city.done(city.office, "chainNodeSet", **gears(city), group=GROUP))["node"]
    return gears(city) | {"node": made["no"], "revision": made["revision"]}


async def node(city: City) -> str:
    made = await city.done(city.office, "chainNodeSet", **gears(city), group=GROUP)
    no: str = made["node"]["no"]
    return no


async def add_firm(city: City) -> Said:
    return {"node": await node(city), "name": "资阳齿轮厂", "source": "高新区企业名录"}


async def end_firm(city: City) -> Said:
    made = await city.done(city.group, "chainFirmAdd", **await add_firm(city))
    return {"firm": made["firm"]["id"], "reason": "已搬离"}


async def add_target(city: City) -> Said:
    return dict(COMPANY)


async def target(city: City) -> Said:
    """A company of the group's, newly listed: what an act on it says first."""
    city.reports += 1
    given = {"name": f"深圳市第{city.reports}齿轮有限公司", "group": GROUP}
    made = (await city.done(city.office, "targetCompanyAdd", **given))["target"]
    return {"target": made["no"], "revision": made["revision"]}


async def amend_target(city: City) -> Said:
    return await target(city) | {"why": "配套机车齿轮箱", "region": "pearl-delta"}


async def move_target(city: City) -> Said:
    return await target(city) | {"stage": "SHORT_LIST"}


async def contact_target(city: City) -> Said:
    contact = {"happenedOn": "2026-11-18", "means": "CALL", "withWhom": "何川", "outcome": "有意"}
    return {"target": (await target(city))["target"]} | contact


async def convert_target(city: City) -> Said:
    on = await target(city)
    asked = "query($no: String!) { targetCompany(no: $no) { name } }"
    name = (await city.run(city.office, asked, no=on["target"]))["targetCompany"]["name"]
    met = {"place": "hightech", "evidence": EVIDENCE}
    lead = await city.report(city.group, investorName=name, **met)
    return on | {"project": lead["no"]}


async def drop_target(city: City) -> Said:
    return await target(city) | {"reason": "已在外地签约"}


async def resume_target(city: City) -> Said:
    """A company that was given up."""
    done = await city.done(city.office, "targetCompanyDrop", **await drop_target(city))
    on = {"target": done["target"]["no"], "revision": done["target"]["revision"]}
    return on | {"reason": "企业又有意向"}


async def set_region(city: City) -> Said:
    return {"name": "东盟"}


SCENES: dict[str, Callable[[City], Awaitable[Said]]] = {
    "groupAppoint": appoint,
    "oneUpdate": update,
    "onePapers": papers,
    "oneEnd": end,
    "oneVoid": void,
    "oneCheck": check,
    "oneAssign": assign,
    "chainNodeSet": set_node,
    "chainFirmAdd": add_firm,
    "chainFirmEnd": end_firm,
    "targetCompanyAdd": add_target,
    "targetCompanyAmend": amend_target,
    "targetCompanyMove": move_target,
    "targetCompanyContact": contact_target,
    "targetCompanyConvert": convert_target,
    "targetCompanyDrop": drop_target,
    "targetCompanyResume": resume_target,
    "targetRegionSet": set_region,
}
