"""Small ledgers for tests, as files that somebody sends."""

import base64
import csv
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from server.files.store import FileStore
from tests.world import City, Said, uscc

HEAD = {
    "name": "项目名称",
    "investor": "投资方名称",
    "uscc": "统一社会信用代码",
    "region": "投资方所在地",
    "amount": "协议总投资（万元）",
    "first": "首谈地",
    "landing": "落户地",
    "unit": "责任单位",
    "stage": "项目状态",
    "signed": "签约时间",
    "kind": "合同类型",
    "start": "实际开工时间",
    "paid": "累计到位资金（万元）",
    "year": "本年累计到位资金（万元）",
}
MORE = {
    "met": "初次洽谈时间",
    "meets": "首谈联系人",
    "contact": "投资方联系人",
    "phone": "联系电话",
    "done": "实际竣工时间",
    "runs": "实际投产时间",
}
"""Columns that only those ledgers have which fill them in."""
LEAD = {"region": "广东省深圳市", "amount": "12.5亿", "first": "雁江区", "stage": "线索"}
TALKED = LEAD | {"stage": "在谈"}
SIGNED = LEAD | {
    "landing": "高新区",
    "stage": "已签约",
    "signed": "2026-05-10",
    "kind": "正式",
    "paid": "3000",
    "year": "1000.05",
}


def code(number: int) -> str:
    """The credit code of the investor of a line."""
    return uscc(500 + number)


def line(number: int, kind: dict[str, str] = LEAD, **cells: str) -> dict[str, str]:
    """A line of its own name, investor and code."""
    own = {
        "name": f"口腔装备产业园第{number}期",
        "investor": f"深圳第{number}口腔装备有限公司",
        "uscc": code(number),
    }
    return own | kind | cells


def text(*lines: dict[str, str], encoding: str = "utf-8") -> bytes:
    """A ledger as delimited text; in the first line of the sheet its head."""
    out = StringIO(newline="")
    writer = csv.writer(out)
    head = HEAD | {name: title for name, title in MORE.items() if any(name in e for e in lines)}
    writer.writerow(head.values())
    for each in lines:
        writer.writerow([each.get(name, "") for name in head])
    return out.getvalue().encode(encoding)


def sent(content: bytes, name: str = "台账.csv") -> dict[str, str]:
    return {"name": name, "content": base64.b64encode(content).decode()}


@pytest.fixture
def ledger_city(city: City, tmp_path: Path) -> City:
    """The city with a store for files."""
    city.files = FileStore(tmp_path / "files")  # type: ignore[assignment]
    return city


async def previewed(city: City, *lines: dict[str, str], by: str = "office") -> Said:
    payload = await city.done(city[by], "ledgerPreview", file=sent(text(*lines)))
    batch: Said = payload["batch"]
    return batch


async def imported(city: City, *lines: dict[str, str], by: str = "office", **how: Any) -> Said:
    """A batch with all that it says: its reports imported, and what awaited the office migrated."""
    return await brought_in(city, await previewed(city, *lines, by=by), by, **how)


async def brought_in(city: City, batch: Said, by: str = "office", **how: Any) -> Said:
    """A previewed batch, imported by the one and confirmed by the other."""
    made: Said = (await city.done(city[by], "ledgerImport", **on(batch), **how))["batch"]
    return await confirmed(city, made) if made["awaitingCount"] else made


PAPER = {"decision": "MIGRATE", "documentNo": "资经合〔2026〕9号", "reason": "与原台账核对一致"}
BACK = {"decision": "RETURN", "reason": "请附协议"}


async def confirmed(city: City, batch: Said, by: str = "colleague", **given: Any) -> Said:
    """A batch of which the office has migrated what awaited it."""
    done = await city.done(city[by], "ledgerConfirm", **on(batch), **PAPER | given)
    made: Said = done["batch"]
    return made


def on(batch: Said) -> Said:
    return {"batch": batch["no"], "revision": batch["revision"]}


ROWS = """
query Rows($no: String!) {
  batch(no: $no) {
    rows(first: 100) {
      nodes { rowNo state name project { no } issues { column value code message severity } }
    }
  }
}
"""


async def rows(city: City, batch: Said, by: str = "office") -> list[Said]:
    found = await city.run(city[by], ROWS, no=batch["no"])
    nodes: list[Said] = found["batch"]["rows"]["nodes"]
    return nodes


async def states(city: City, batch: Said, by: str = "office") -> list[str]:
    return [row["state"] for row in await rows(city, batch, by)]
