"""A report is looked over before it is sent: what it says and starts, with its files, and without script."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import httpx2
import pytest

from schema.evidence.tables import Attachment
from schema.gate.tables import JournalEntry
from schema.project.tables import Project
from server import settings
from server.files import held
from tests.server.doors import signed_in
from tests.world import NOW, City, uscc

LEAD = {
    "act": "ProjectReport",
    "name": "柠檬精深加工基地",
    "investorName": "四川某食品有限公司",
    "amount": "约十二亿",
    "contactOn": "2026-11-12",
    "contactWith": "张总",
    "contactPhone": "13800000000",
    "capitalOrigin": "DOMESTIC",
}
PAPER = {"evidence": ("会议纪要.txt", "会议纪要".encode())}


@pytest.fixture(autouse=True)
def the_citys_clock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings, "NOW", NOW)
    monkeypatch.setattr("server.web.pages.FILES_DIR", tmp_path)


def sent_by(text: str) -> dict[str, Any]:
    """What the check page's form sends when a button of it is pressed."""
    form = text.partition('class="form checked"')[2].partition("</form>")[0]
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    pairs += re.findall(r'(?s)<textarea name="([^"]+)" hidden>\n(.*?)</textarea>', form)
    values: dict[str, Any] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(unescape(value))
    return values


async def looked_over(visitor: httpx2.AsyncClient, **given: Any) -> httpx2.Response:
    return await visitor.post("/projects/new", data=LEAD | {"step": "check"} | given, files=PAPER)


async def test_the_check_page_says_what_will_be_sent_and_what_it_starts_and_sends_nothing(
    city: City, tmp_path: Path
) -> None:
    async with signed_in("yanjiang") as visitor:
        before = await JournalEntry.all().count()
        page = await looked_over(visitor)
        assert page.status_code == 200 and "还没有报出" in page.text
        facts = re.findall(r"(?s)<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", page.text)
        shown = {label: re.sub("<[^>]+>", "", text).strip() for label, text in facts}
        assert shown["计划总投资"] == "约 12 亿元（120,000 万元）"
        assert shown["投资方联系电话"] == "138 0000 0000" and shown["内资或外资"] == "内资"
        assert shown["初次接洽日期"] == "2026年11月12日"
        assert shown["接洽佐证材料"] == "会议纪要.txt"
        assert "领导小组办公室（市经济合作和外事局）须在 11月20日 17:30 前研判" in page.text
        assert "没有查到疑似重复的项目" in page.text and "同时主张首谈" in page.text
        assert await JournalEntry.all().count() == before
        assert await Project.all().count() == await Attachment.all().count() == 0

        # Back to mend it: all is there, the file too; then it is sent with the file.
        back = await visitor.post("/projects/new", data=sent_by(page.text) | {"step": "edit"})
        assert 'value="柠檬精深加工基地"' in back.text and 'value="约十二亿"' in back.text
        assert re.search(
            r'name="held.evidence" value="[0-9a-f]{32}" checked> <span>会议纪要', back.text
        )
        again = await visitor.post("/projects/new", data=sent_by(page.text) | {"step": "check"})
        sent = await visitor.post("/projects/new", data=sent_by(again.text) | {"step": "send"})
        assert sent.status_code == 303, "without script, and without choosing the file again"
    project = await Project.get()
    assert (project.amount_fen, project.amount_estimated) == (12 * 10**10, True)
    assert [each.name for each in await Attachment.all()] == ["会议纪要.txt"]
    assert [*held.listed(tmp_path)] == []


async def test_a_likely_duplicate_is_seen_before_anything_is_sent(city: City) -> None:
    code = {"investorName": LEAD["investorName"], "uscc": uscc(77)}
    known = await city.report(name="柠檬精深加工基地二期", **code)
    async with signed_in("yanjiang") as visitor:
        page = await looked_over(visitor, **code)
        assert page.status_code == 200 and known["name"] in page.text
        assert "与上面 1 个项目疑似重复" in page.text
        wrong = await looked_over(visitor, amount="很多", name="")
        assert wrong.status_code == 422
        assert {"f-amount-wrong", "f-name-wrong"} <= set(
            re.findall(r'id="(f-\w+-wrong)"', wrong.text)
        )
        assert 'name="held.evidence"' in wrong.text, "the file is kept where the form is refused"
    assert await Project.all().count() == 1


async def test_a_file_that_waits_is_its_choosers_alone_and_for_a_day(
    city: City, tmp_path: Path
) -> None:
    async with signed_in("yanjiang") as chooser, signed_in("anyue") as other:
        values = sent_by((await looked_over(chooser)).text)
        (token,) = values["held.evidence"]
        taken = await other.post(
            "/projects/new", data=LEAD | {"step": "send", "held.evidence": token}
        )
        assert taken.status_code == 303
        assert await Attachment.all().count() == 0, "it is not theirs"
        unticked = {name: each for name, each in values.items() if name != "held.evidence"}
        page = await chooser.post("/projects/new", data=unticked | {"step": "check"})
        assert "会议纪要" not in page.text
    assert held.clear(tmp_path) == 0
    assert held.clear(tmp_path, before=2**40) == 1 and [*held.listed(tmp_path)] == []
