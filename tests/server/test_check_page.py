"""A report is looked over before it is sent: what it says and starts, with its files, and without script."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import httpx2
import pytest

from schema.desk.tables import FormDraft
from schema.evidence.tables import Attachment
from schema.gate.tables import JournalEntry
from schema.linkage.graph.notices import TICKET
from schema.linkage.tables import Inquiry
from schema.project.tables import Project
from server import settings
from server.files import held
from tests.server.doors import browser, signed_in
from tests.server.forms import forms_of
from tests.world import NOW, PASSWORD, City, uscc

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
GONE = "文件已不在（超过一天，或已让位给后选的文件），请重新选择："
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


def wrong_at(text: str, field: str = "evidence") -> str | None:
    """What a page says is wrong at a field."""
    found = re.search(rf'id="f-{field}-wrong">(.*?)</p>', text)
    return unescape(found[1]) if found else None


def waiting_in(text: str) -> list[str]:
    """The names of the files that a form has without their being chosen again."""
    return re.findall(r'name="held.evidence" value="[0-9a-f]{96} ([^"]+)"', text)


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
            r'name="held.evidence" value="[0-9a-f]{96} 会议纪要.txt" checked> <span>会议纪要',
            back.text,
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


async def test_a_report_that_is_looked_over_and_then_sent_asks_once_of_what_is_unseen(
    city: City,
) -> None:
    """However often it is looked over; another name, or the same one once another was asked, is asked
    anew, and whatever is told counts against the day's notices.
    """
    known = await city.report(city.anyue, name=LEAD["name"])
    other = await city.report(city.anyue)
    ticked = {"acknowledgeDuplicates": "true"}

    async def counted() -> tuple[int, int, int]:
        row = await Inquiry.get(road="REPORT", person_id=city.yanjiang.person)
        return row.asked, row.matched, sum(kind != TICKET for kind, _ in row.shown)

    async with signed_in("yanjiang") as visitor:
        refused = await looked_over(visitor)
        assert refused.status_code == 422 and known["name"] not in main_of(refused.text)
        assert "库内已有疑似相同的项目" in refused.text and await counted() == (1, 1, 1)
        page = await looked_over(visitor, **ticked)
        assert page.status_code == 200 and await counted() == (1, 1, 1)
        sent = await visitor.post("/projects/new", data=sent_by(page.text) | {"step": "send"})
        assert sent.status_code == 303 and await counted() == (1, 1, 1)
        await looked_over(visitor, name=other["name"])
        assert await counted() == (2, 2, 2), "another name is another question"
        await looked_over(visitor)
        assert await counted() == (3, 3, 2), "the first one again, after another"
        for times in (1, 2):  # sent without being looked over: each time a question
            await visitor.post(
                "/projects/new", data=LEAD | {"name": other["name"], "step": "send"}, files=PAPER
            )
            assert await counted() == (3 + times, 3 + times, 2)


def main_of(text: str) -> str:
    """What the duplicates' list of a form says."""
    return text.partition('class="twins"')[2].partition("</ul>")[0]


async def test_a_file_that_waits_is_its_choosers_alone_and_for_a_day(
    city: City, tmp_path: Path
) -> None:
    async with signed_in("yanjiang") as chooser, signed_in("anyue") as other:
        values = sent_by((await looked_over(chooser)).text)
        (file,) = values["held.evidence"]
        taken = await other.post(
            "/projects/new", data=LEAD | {"step": "send", "held.evidence": file}
        )
        assert taken.status_code == 422 and wrong_at(taken.text) == f"{GONE}会议纪要.txt"
        assert await Project.all().count() == await Attachment.all().count() == 0, "not theirs"
        unticked = {name: each for name, each in values.items() if name != "held.evidence"}
        page = await chooser.post("/projects/new", data=unticked | {"step": "check"})
        assert "会议纪要" not in page.text
    assert held.clear(tmp_path) == 0
    assert held.clear(tmp_path, before=2**40) == 1 and [*held.listed(tmp_path)] == []


MINUTES, PHOTO = ("纪要.txt", "会议纪要".encode()), ("合影.txt", "合影说明".encode())


async def two_files_looked_over(visitor: httpx2.AsyncClient) -> dict[str, Any]:
    page = await visitor.post(
        "/projects/new",
        data=LEAD | {"step": "check"},
        files=[("evidence", MINUTES), ("evidence", PHOTO)],
    )
    assert waiting_in(page.text) == ["纪要.txt", "合影.txt"]
    return sent_by(page.text)


async def test_a_report_whose_file_waits_no_longer_is_not_sent_without_it(
    city: City, tmp_path: Path
) -> None:
    """Whether it is sent, looked over again or gone back to: what must be chosen again has its name,
    all that was filled in is there, and whatever else is wrong is said at once.
    """
    async with signed_in("yanjiang") as visitor:
        values = await two_files_looked_over(visitor)
        assert city.yanjiang.person
        held.drop(tmp_path, city.yanjiang.person, values["held.evidence"][1].split()[0])
        for step in ("send", "check", "edit"):
            back = await visitor.post("/projects/new", data=values | {"step": step})
            assert back.status_code == 422 and "还没有报出" not in back.text, step
            assert wrong_at(back.text) == f"{GONE}合影.txt"
            assert 'value="柠檬精深加工基地"' in back.text and waiting_in(back.text) == ["纪要.txt"]
        both = await visitor.post("/projects/new", data=values | {"step": "send", "amount": "很多"})
        assert wrong_at(both.text) == f"{GONE}合影.txt" and wrong_at(both.text, "amount")
        held.clear(tmp_path, before=2**40)
        none = await visitor.post("/projects/new", data=values | {"step": "send"})
        assert wrong_at(none.text) == f"{GONE}纪要.txt、合影.txt"
        assert await Project.all().count() == await Attachment.all().count() == 0
        # Chosen again, it goes with its form.
        values = await two_files_looked_over(visitor)
        sent = await visitor.post("/projects/new", data=values | {"step": "send"})
        again = await visitor.post("/projects/new", data=values | {"step": "send"})
        assert (again.status_code, again.headers["location"]) == (303, sent.headers["location"])
        # Another file under the same key is no second press: it is asked about.
        one = [values["held.evidence"][0], f"{'0' * 96} 合影.txt"]
        for files in (one[:1], one):
            other = await visitor.post(
                "/projects/new", data=values | {"step": "send", "held.evidence": files}
            )
            assert other.status_code == 422 and "刚才已经提交成功" in other.text
            assert GONE not in other.text
    assert [each.name for each in await Attachment.all()] == ["纪要.txt", "合影.txt"]


async def test_a_file_that_waits_outlives_the_session_and_comes_back_with_the_draft(
    city: City, tmp_path: Path
) -> None:
    async with signed_in("yanjiang") as visitor, browser() as signed_out:
        values = await two_files_looked_over(visitor)
        came = {"resume.username": "yanjiang", "resume.password": PASSWORD, "step": "edit"}
        back = await signed_out.post("/projects/new", data=values | came)
        assert "已登录" in back.text and waiting_in(back.text) == ["纪要.txt", "合影.txt"]
        mended = await visitor.post("/projects/new", data=values | {"step": "edit"})
        ((_, form),) = [each for each in forms_of(mended.text) if each[1]["act"] == [LEAD["act"]]]
        await visitor.post("/drafts", data=form | {"draft.page": "/projects/new"})
        (draft,) = await FormDraft.all()
        shown = await visitor.get(f"/projects/new?draft={draft.id}")
        assert waiting_in(shown.text) == ["纪要.txt", "合影.txt"]
        held.clear(tmp_path, before=2**40)
        shown = await visitor.get(f"/projects/new?draft={draft.id}")
        assert (shown.status_code, wrong_at(shown.text)) == (200, f"{GONE}纪要.txt、合影.txt")


async def test_the_files_that_wait_for_one_person_have_a_bound_in_bytes(
    city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Older ones of another form make room; those of one form never drive out each other."""
    monkeypatch.setattr(held, "MOST_BYTES", 150)
    big = ("大.txt", b"x" * 100)
    async with signed_in("yanjiang") as visitor:
        first = await two_files_looked_over(visitor)
        full = await visitor.post(
            "/projects/new", data=first | {"step": "check"}, files={"evidence": big}
        )
        why = str(wrong_at(full.text))
        assert full.status_code == 422 and "合计 100 MB" in why and why.endswith("大.txt")
        assert waiting_in(full.text) == ["纪要.txt", "合影.txt"]
        other = await visitor.post(
            "/projects/new", data=LEAD | {"step": "check"}, files={"evidence": big}
        )
        assert other.status_code == 200 and waiting_in(other.text) == ["大.txt"]
        late = await visitor.post("/projects/new", data=first | {"step": "send"})
        assert str(wrong_at(late.text)).startswith(GONE)
    assert sum(each.stat().st_size for each in held.listed(tmp_path)) <= 150


def test_a_file_that_another_page_takes_away_meanwhile_stops_nobody(tmp_path: Path) -> None:
    """Between its being listed and its being looked at, as the folder is always listed first."""
    kept = held.hold(tmp_path, 1, "甲", b"1")
    gone = tmp_path / held.FOLDER / "1" / ("0" * 32)
    assert [each.path.name for each in held.on_disk([gone, gone.with_name(kept.token)])] == [
        kept.token
    ]
    (tmp_path / held.FOLDER / "1" / ("f" * 32)).symlink_to(gone)  # listed, and nothing to look at
    held.hold(tmp_path, 1, "乙", b"2")
    assert held.clear(tmp_path, before=2**40) == 2
