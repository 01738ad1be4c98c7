"""Small lists of target companies for tests, as files that somebody sends, and scenes of the acts on lists."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from server import settings
from server.files.store import FileStore
from server.people import context
from tests.ledger.ledgers import on, sent
from tests.world import NOW, City, Said, uscc

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


@pytest.fixture
def files(city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> City:
    """The city with a store for files."""
    city.files = FileStore(tmp_path / "files")  # type: ignore[assignment]
    monkeypatch.setattr(settings, "NOW", NOW)
    monkeypatch.setattr(context, "FILES", city.files)
    return city


def sheet_of(head: Mapping[str, str], lines: Sequence[Said], name: str) -> dict[str, str]:
    """Lines as delimited text under the headings of the columns that one of them has, to be sent."""
    out, there = StringIO(newline=""), [each for each in head if any(each in e for e in lines)]
    writer = csv.writer(out)
    writer.writerow(head[each] for each in there)
    writer.writerows([line.get(each, "") for each in there] for line in lines)
    return sent(out.getvalue().encode(), name)


async def list_previewed(
    city: City, by: str, kind: str, file: dict[str, str], **given: Any
) -> Said:
    """The batch of a list of a kind that somebody has sent."""
    batch: Said = (await city.done(city[by], "listPreview", kind=kind, file=file, **given))["batch"]
    return batch


def sheet(*lines: Said) -> dict[str, str]:
    """A list of target companies as delimited text, with the columns that one of its lines has."""
    return sheet_of(HEAD, lines, "名单.csv")


def company(number: int, **given: str) -> Said:
    return {"name": f"深圳市第{number}精密齿轮有限公司", "uscc": uscc(600 + number), **given}


async def previewed(city: City, *lines: Said, by: str = "group") -> Said:
    return await list_previewed(city, by, "targets", sheet(*lines))


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
