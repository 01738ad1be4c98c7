"""A month's figures as a unit has them in a sheet, for tests."""

from typing import Any

from tests.ledger.lists import list_previewed, sheet_of
from tests.world import City, Said

HEAD = {
    "no": "项目编号",
    "name": "项目名称",
    "indicator": "指标",
    "amount": "金额（万元）",
    "day": "发生日期",
    "source": "资金来源",
    "note": "凭据说明",
    "early": "签约前发生的原因",
    "another": "确是另一笔的理由",
    "above": "确实超出的理由",
}


def paid(project: Said, amount: str, **given: str) -> Said:
    """A line of funds paid in, in 万元."""
    line = {"no": project["no"], "indicator": "到位资金", "amount": amount, "day": "2026-11-18"}
    return line | {"source": "省外", "note": "银行回单 0312"} | given


def taxed(project: Said, amount: str, **given: str) -> Said:
    line = {"no": project["no"], "indicator": "税收", "amount": amount, "day": "2026-11-18"}
    return line | {"note": "完税证明 0312"} | given


def sheet(*lines: Said) -> dict[str, str]:
    return sheet_of(HEAD, lines, "11月到位资金和税收.csv")


async def previewed(city: City, *lines: Said, by: str = "hightech", **given: Any) -> Said:
    return await list_previewed(city, by, "entries", sheet(*lines), **given)
