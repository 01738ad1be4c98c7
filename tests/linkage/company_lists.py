"""Small lists of companies for tests, as credit platforms give them."""

from tests.ledger.lists import list_previewed, sheet_of
from tests.world import City, Said, uscc

HEAD = {
    "name": "企业名称",
    "uscc": "统一社会信用代码",
    "region": "所属地区",
    "legal_representative": "法定代表人",
    "controllers": "实际控制人",
    "shareholders": "股东名称",
    "share": "持股比例",
    "source": "数据来源",
    "as_of": "查询日期",
}
SOURCE = {"source": "国家企业信用信息公示系统", "as_of": "2026-11-15"}


def sheet(*lines: Said, name: str = "企业名单.csv") -> dict[str, str]:
    """A list of companies as delimited text, with the columns that one of its lines has."""
    return sheet_of(HEAD, lines, name)


async def investor(city: City, number: int, **given: str) -> Said:
    """A company that is known by the report of a project of its own."""
    own = {"investorName": f"成都第{number}食品有限公司", "uscc": uscc(700 + number)}
    project = await city.report(city.yanjiang, name=f"食品基地第{number}期", **own | given)
    read = "query($no: String!) { project(no: $no) { investor { id name uscc revision } } }"
    found: Said = (await city.run(city.office, read, no=project["no"]))["project"]["investor"]
    return found


def of(company: Said, **given: str) -> Said:
    """The line of a company that says who holds it."""
    return {"name": company["name"], "uscc": company["uscc"] or ""} | given


async def previewed(city: City, *lines: Said, by: str = "office") -> Said:
    return await list_previewed(city, by, "companies", sheet(*lines))
