"""Small lists of target companies for tests, as files that somebody sends, and scenes of the acts on lists."""

import csv
from io import StringIO

from tests.ledger.ledgers import on, sent
from tests.world import City, Said, uscc

HEAD = {
    "name": "企业名称",
    "uscc": "统一社会信用代码",
    "group": "小组",
    "node": "产业链环节",
    "region": "目标区域",
    "place": "拟落地",
    "why": "为什么是它",
    "owner": "跟进人",
    "next_on": "下次联系",
    "next_step": "下次联系做什么",
}


def sheet(*lines: Said) -> dict[str, str]:
    """A list of target companies as delimited text, with the columns that one of its lines has."""
    out, head = StringIO(newline=""), [name for name in HEAD if any(name in e for e in lines)]
    writer = csv.writer(out)
    writer.writerow(HEAD[name] for name in head)
    writer.writerows([line.get(name, "") for name in head] for line in lines)
    return sent(out.getvalue().encode(), "名单.csv")


def company(number: int, **given: str) -> Said:
    return {"name": f"深圳市第{number}精密齿轮有限公司", "uscc": uscc(600 + number), **given}


async def previewed(city: City, *lines: Said, by: str = "group") -> Said:
    batch: Said = (await city.done(city[by], "listPreview", kind="targets", file=sheet(*lines)))[
        "batch"
    ]
    return batch


async def to_preview(city: City) -> Said:
    return {"kind": "targets", "file": sheet(company(1))}


async def to_replace(city: City) -> Said:
    """A list in which a line is wrong, and the one that takes its place."""
    wrong = await previewed(city, company(2, region="火星"), company(3))
    return on(wrong) | {"file": sheet(company(2))}


async def to_import(city: City) -> Said:
    return on(await previewed(city, company(4))) | {"onlyCorrect": False}


async def to_undo(city: City) -> Said:
    batch = await previewed(city, company(5))
    done = await city.done(city.group, "listImport", **on(batch))
    return on(done["batch"]) | {"reason": "传错了文件"}
