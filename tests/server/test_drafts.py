"""Drafts: what was typed and not sent is kept for its owner alone, offered again, and goes in the end."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import httpx2
import pytest

from schema.context import Context
from schema.desk.rules import DRAFT_KEPT
from schema.desk.tables import FormDraft
from schema.gate.tables import JournalEntry
from schema.jobs.declare import CLOCK
from schema.jobs.rules import JobState
from schema.jobs.runner import Runner
from schema.jobs.tables import Job
from schema.people.tables import Session
from schema.project.tables import Project
from server import settings
from server.people.drafts import MOST, drafts_of
from tests.rulebook import rule
from tests.server.doors import signed_in
from tests.server.forms import forms_of
from tests.server.test_check_page import sent_by
from tests.world import NOW, City, Said, on

HERE, EDGE = "Mozilla/5.0 (Windows NT 10.0) Chrome/130", "Mozilla/5.0 (Windows NT 10.0) Edg/130"


@pytest.fixture(autouse=True)
def the_citys_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NOW", NOW)


async def opened(visitor: httpx2.AsyncClient, page: str, sends: str) -> dict[str, Any]:
    """What the form of a page holds as it is opened."""
    text = (await visitor.get(page)).text
    return next(values for _, values in forms_of(text) if values["act"] == [sends])


async def typed(
    visitor: httpx2.AsyncClient, page: str, held: Said, **values: Any
) -> httpx2.Response:
    """A moment after somebody has stopped typing."""
    return await visitor.post("/drafts", data={**held, **values, "draft.page": page})


def offered(text: str) -> str | None:
    """What a page says of the draft that waits, and of what it is filled in with."""
    found = re.search(r'(?s)<div class="restore".*?<p>(.*?)</p>', text)
    return re.sub(r"<[^>]+>|\s{2,}", "", unescape(found[1])) if found else None


async def test_what_was_typed_waits_on_every_machine_and_goes_when_the_form_is_sent(
    city: City,
) -> None:
    project = await city.signed()
    page = f"/projects/{project['no']}/funds"
    async with signed_in("hightech") as office, signed_in("hightech") as home:
        held = await opened(office, page, "FundsRecord")
        receipt = {"evidenceNote": "银行回单 0312", "amount": "12.5亿", "draft.file": "evidence"}
        office.headers["user-agent"] = HERE
        before = await JournalEntry.all().count()
        answer = await typed(office, page, held, **receipt)
        assert (answer.status_code, answer.text.strip()) == (200, "草稿 10:00 已保存")
        assert await JournalEntry.all().count() == before, "what is typed is no act"
        bar = offered((await home.get(page)).text)
        assert bar == (
            "11月18日 10:00 在 Chrome，Windows 浏览器填写、没有提交的内容还在。"
            " 文件不在草稿里，请重新选择：凭证。"
        )
        (draft,) = await FormDraft.all()
        back = await home.get(f"{page}?draft={draft.id}")
        assert "已恢复" in str(offered(back.text))
        assert 'value="12.5亿"' in back.text and "银行回单 0312" in back.text
        listed = (await home.get("/account/drafts")).text
        assert f"{page}?draft={draft.id}" in listed and "登记到位资金" in listed
        (held,) = [each for _, each in forms_of(back.text) if each["act"] == ["FundsRecord"]]
        given = {
            "occurredOn": "2026-11-18",
            "sourceOfCapital": "OUT_OF_PROVINCE",
            "evidenceNote": "银行回单 0312",
        }
        sent = await home.post(page, data={**held, **given})
        assert sent.status_code == 303
        assert await FormDraft.all().count() == 0
        assert offered((await office.get(page)).text) is None


async def test_a_draft_is_seen_and_dropped_by_its_owner_alone(city: City) -> None:
    page = "/projects/new"
    async with signed_in("yanjiang") as owner, signed_in("office") as other:
        held = await opened(owner, page, "ProjectReport")
        await typed(owner, page, held, name="只有我知道的项目")
        (draft,) = await FormDraft.all()
        for path in (page, f"{page}?draft={draft.id}", "/account/drafts"):
            text = (await other.get(path)).text
            assert "只有我知道的项目" not in text and offered(text) is None
        assert (await other.post(f"/drafts/{draft.id}/drop")).status_code == 404
        assert (await typed(other, page, held, name="别人")).status_code == 409
        assert "只有我知道的项目" in (await owner.get(f"{page}?draft={draft.id}")).text
        gone = await owner.post(f"/drafts/{draft.id}/drop", data={"back": page})
        assert (gone.status_code, gone.headers["location"]) == (303, page)
        assert await FormDraft.all().count() == 0


async def test_whoever_types_later_wins_and_what_it_replaced_can_be_taken_back(city: City) -> None:
    page = "/projects/new"
    async with signed_in("yanjiang") as visitor:
        visitor.headers["user-agent"] = EDGE
        first, second = [await opened(visitor, page, "ProjectReport") for _ in range(2)]
        await typed(visitor, page, first, name="先写的", summary="长长的简介")
        answer = await typed(visitor, page, second, name="后写的")
        assert "替换了 11月18日 10:00 在这个浏览器的一份" in answer.text
        (link,) = re.findall(r'href="([^"]+)"', answer.text)
        again = await typed(visitor, page, second, name="后写的，又改了")
        assert "替换" not in again.text, "one page may keep what it has kept itself"
        (draft,) = await FormDraft.all()
        assert 'value="后写的，又改了"' in (await visitor.get(f"{page}?draft={draft.id}")).text
        back = (await visitor.get(unescape(link))).text
        assert 'value="先写的"' in back and "长长的简介" in back
        # What a page without a network could not send for an hour does not undo what came after it.
        waited = int((NOW - timedelta(hours=1)).timestamp() * 1000)
        late = await typed(visitor, page, first, name="先写的", **{"draft.at": f"{waited}"})
        assert (late.status_code, late.text.strip()) == (200, "")
        assert 'value="后写的，又改了"' in (await visitor.get(f"{page}?draft={draft.id}")).text


REPORT = {"investorName": "乙公司", "amount": "3亿"}


def report_in(answer: httpx2.Response) -> dict[str, Any]:
    """The report's form on a page, with what it holds."""
    return next(each for _, each in forms_of(answer.text) if each["act"] == ["ProjectReport"])


async def kept_names(person: int | None) -> list[list[str | None]]:
    """What a person's drafts call the project, each with what it had replaced."""
    assert person
    drafts = await drafts_of(person, None)
    return [[each.get("name") for each in (draft, draft.earlier) if each] for draft in drafts]


async def test_sending_one_form_erases_nothing_that_another_had_typed(city: City) -> None:
    """Looked over and gone back to, it stays one form; the other one is offered again, then sent."""
    page, me = "/projects/new", city.yanjiang.person
    async with signed_in("yanjiang") as visitor:
        first, second, untyped = [await opened(visitor, page, "ProjectReport") for _ in range(3)]
        await typed(visitor, page, first, name="甲项目", summary="长长的简介")
        await visitor.post(page, data={**untyped, **REPORT, "name": "丙项目", "step": "send"})
        assert await kept_names(me) == [["甲项目"]], "sent before anything of it was kept"
        await typed(visitor, page, second, name="乙项目")
        looked = await visitor.post(page, data={**second, **REPORT, "name": "乙项目"})
        assert "还没有报出" in looked.text
        back = await visitor.post(page, data={**sent_by(looked.text), "step": "edit"})
        answer = await typed(visitor, page, report_in(back), name="乙项目二期")
        assert "替换" not in answer.text, "it has replaced nothing but its own"
        assert await kept_names(me) == [["乙项目二期", "甲项目"]]
        wrong = await visitor.post(page, data={**report_in(back), "amount": "很多"})
        assert wrong.status_code == 422
        sent = await visitor.post(page, data={**report_in(wrong), **REPORT, "step": "send"})
        assert sent.status_code == 303
        assert await kept_names(me) == [["甲项目"]]
        again = await visitor.get(page)
        assert "填写、没有提交的内容还在" in str(offered(again.text))
        (draft,) = await FormDraft.all()
        restored = await visitor.get(f"{page}?draft={draft.id}")
        assert "长长的简介" in restored.text
        given = {**report_in(restored), **REPORT, "step": "send"}
        assert (await visitor.post(page, data=given)).status_code == 303
    assert await FormDraft.all().count() == 0
    assert await Project.filter(name="甲项目").exists()


async def test_what_is_typed_on_where_a_draft_was_begun_outlives_its_being_sent_elsewhere(
    city: City,
) -> None:
    page, me = "/projects/new", city.yanjiang.person
    hour_ago = f"{int((NOW - timedelta(hours=1)).timestamp() * 1000)}"
    async with signed_in("yanjiang") as office, signed_in("yanjiang") as home:
        begun = await opened(office, page, "ProjectReport")
        await typed(office, page, begun, name="甲项目", **{"draft.at": hour_ago})
        (draft,) = await FormDraft.all()
        taken_up = report_in(await home.get(f"{page}?draft={draft.id}"))
        await typed(office, page, begun, name="甲项目，又写了一段")
        sent = await home.post(page, data={**taken_up, **REPORT, "step": "send"})
        assert sent.status_code == 303
        assert await kept_names(me) == [["甲项目，又写了一段"]]
        # What had been replaced is taken up and sent: what replaced it stays.
        other = await opened(home, page, "ProjectReport")
        await typed(home, page, other, name="乙项目")
        earlier = report_in(await home.get(f"{page}?draft={draft.id}&earlier=1"))
        assert earlier["name"] == ["甲项目，又写了一段"]
        sent = await home.post(page, data={**earlier, **REPORT, "step": "send"})
        assert sent.status_code == 303
        assert await kept_names(me) == [["乙项目"]]


async def test_a_draft_says_that_its_record_has_moved_and_is_then_compared(city: City) -> None:
    reported = await city.report()
    back = await city.done(city.office, "projectReturn", **on(reported), reason="补正")
    page = f"/projects/{reported['no']}/resubmission"
    async with signed_in("yanjiang") as visitor:
        held = await opened(visitor, page, "ProjectResubmit")
        await typed(visitor, page, held, name="我起的名称")
        assert "已有变化" not in str(offered((await visitor.get(page)).text))
        await city.done(city.office, "projectResubmit", **on(back["project"]), name="对方起的名称")
        now = await city.read(reported)
        await city.done(city.office, "projectReturn", **on(now), reason="再补正")
        assert "内容已有变化" in str(offered((await visitor.get(page)).text))
        (draft,) = await FormDraft.all()
        restored = (await visitor.get(f"{page}?draft={draft.id}")).text
        (held,) = [each for _, each in forms_of(restored) if each["act"] == ["ProjectResubmit"]]
        assert held["name"] == ["我起的名称"]
        answer = await visitor.post(page, data=held)
        assert answer.status_code == 409
        assert 'name="mine.name" value="我起的名称"' in answer.text
        assert 'name="theirs.name" value="对方起的名称"' in answer.text


async def test_what_no_database_keeps_is_replaced_in_a_draft_and_refused_where_it_is_sent(
    city: City,
) -> None:
    """NUL, pasted out of another program, in a text, in a field's name, and in what names the draft."""
    page, odd = "/projects/new", "柠檬\0基地"
    async with signed_in("yanjiang") as visitor:
        held = await opened(visitor, page, "ProjectReport")
        strange = {"name": odd, odd: odd, "draft.file": odd, "draft": f"ProjectReport {odd}"}
        for given in ({}, {"key": odd}, {"follows": odd}, {"by": odd}):
            answer = await typed(visitor, page, held, **strange | given)
            assert answer.status_code in (200, 409), answer.text
        (draft,) = await FormDraft.all()
        assert draft.name == "ProjectReport 柠檬\ufffd基地"
        assert ["name", "柠檬\ufffd基地"] in draft.typed and draft.files == ["柠檬\ufffd基地"]
        shown = await visitor.get(f"{page}?draft={draft.id}")
        assert shown.status_code == 200 and 'value="柠檬\ufffd基地"' in shown.text
        sent = await visitor.post(page, data={**held, **REPORT, "name": odd, "step": "send"})
        assert sent.status_code == 422 and "看不见的控制字符" in sent.text
        paper = {"evidence": ("纪\0要.txt", "会议纪要".encode())}
        looked = await visitor.post(page, data={**REPORT, "step": "check"}, files=paper)
        assert looked.status_code in (200, 422)
        for address in ("/projects?text=%00", "/search?q=a%00", "/judgement?no=%00", "/inbox?x=%00",
                        "/projects/2026-%00", "/projects?view=board&group=%00"):  # fmt: skip
            assert (await visitor.get(address)).status_code in (200, 303, 400, 404), address
    assert await Project.all().count() == 0


async def test_nothing_is_kept_of_a_form_that_is_sent_without_a_session_or_too_large(
    city: City,
) -> None:
    page = "/projects/new"
    async with signed_in("yanjiang") as visitor:
        held = await opened(visitor, page, "ProjectReport")
        assert (await typed(visitor, page, held, summary="长" * 40_000)).status_code == 413
        assert (await typed(visitor, page, held | {"draft": "Nothing /"})).status_code == 400
        assert (await typed(visitor, page, held | {"key": ""})).status_code == 400
        given = {"step": "send", "name": "甲项目", "investorName": "乙公司", "amount": "3亿"}
        assert (await visitor.post(page, data={**held, **given})).status_code == 303
        late = await typed(visitor, page, held, **given)
        assert (late.status_code, late.text.strip()) == (200, ""), "it arrives after the form"
        assert await FormDraft.all().count() == 0
        fresh = await opened(visitor, page, "ProjectReport")
        person = city.yanjiang.person
        await FormDraft.bulk_create(
            FormDraft(
                person_id=person, name=f"ProjectClaim {n}", act="ProjectClaim", page="/",
                form_key="k", browser="", session=0, saved_at=NOW,
            )
            for n in range(MOST)
        )  # fmt: skip
        full = await typed(visitor, page, fresh, name="再一份")
        assert full.status_code == 409 and f"已有 {MOST} 份草稿" in full.text
        await Session.all().update(ended_at=NOW)
        assert (await typed(visitor, page, fresh, name="再一份")).status_code == 401
    assert await FormDraft.all().count() == MOST


async def test_what_was_typed_is_erased_when_its_time_is_over(city: City) -> None:
    kept = timedelta(days=rule(DRAFT_KEPT.name))
    person = city.yanjiang.person
    common: Said = {
        "person_id": person,
        "act": "ProjectClaim",
        "page": "/",
        "form_key": "k",
        "browser": "",
        "session": 0,
    }
    await FormDraft.create(
        name="ProjectClaim a", saved_at=city.now - kept - timedelta(hours=1), **common
    )
    await FormDraft.create(
        name="ProjectClaim b", saved_at=city.now - kept + timedelta(hours=1), **common
    )
    await Job.create(
        kind="clearDrafts", args={}, created_at=NOW, due_at=NOW, state=JobState.WAITING
    )
    await Runner(lambda: Context(viewer=CLOCK, now=city.now)).finish()
    assert await FormDraft.all().values_list("name", flat=True) == ["ProjectClaim b"]
