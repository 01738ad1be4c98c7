"""After an act its page says what has come of it: number, name and outcome in words, and what comes next."""

import json
import re
from html import unescape
from typing import Any

import httpx2
import pytest

from schema.project.tables import Project
from server import settings
from tests.house.test_who_may import SCENES
from tests.ledger import ledgers
from tests.server.doors import browser, enter, signed_in
from tests.server.forms import Door, as_typed, doors, filled_in, form_on
from tests.server.test_every_form import UNSEEN
from tests.world import NOW, City, on

ALL = [each for each in doors() if each.act in SCENES and each[:2] not in UNSEEN]
VISITED: set[tuple[str, str]] = set()
"""Where links have led so far, by whom and with what pattern of address: each is followed once."""
NAMELESS = {"projectClaim", "projectDispute", "messageRead", "noticeAnswer", "noticeSend"}
"""Done by whoever may not see the project, or on none: they are named by number or by their words."""


@pytest.fixture(autouse=True)
def the_citys_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NOW", NOW)


def banner(page: str) -> tuple[str, dict[str, str]]:
    """The line that says what was done, and the links beside it, by their words."""
    (found,) = re.findall(
        r'(?s)<div class="note done">(.*?)</div>\n', page.partition("</header>")[2]
    )[:1]
    links = {
        unescape(re.sub(r"<[^>]+>", "", words)).strip(): unescape(href)
        for href, words in re.findall(r'(?s)<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', found)
    }
    line = unescape(re.sub(r"<[^>]+>", "", found.partition("</div>")[0])).strip()
    return line, links


async def sent(visitor: httpx2.AsyncClient, door: Door, page: str, given: dict[str, Any]) -> str:
    """The page to which a form leads once its act is done."""
    typed, files = as_typed(given)
    action, held = await form_on(visitor, door, page)
    answer = await visitor.post(action, data={**held, **typed}, files=files or None)
    assert answer.status_code == 303, answer.text[-3000:]
    shown = await visitor.get(answer.headers["location"])
    assert shown.status_code == 200
    return shown.text


@pytest.mark.parametrize("door", ALL, ids=str)
async def test_after_every_act_its_page_says_what_came_of_it_and_what_comes_next(
    city: City, door: Door
) -> None:
    doer, page, given = await filled_in(city, door)
    async with signed_in(doer) as visitor:
        line, links = banner(await sent(visitor, door, page, given))
        assert not line.startswith("已办："), "in words of its own"
        named = [p for p in await Project.all() if p.no in line]
        if door.act not in NAMELESS and (named or "{no}" in door.path or "{entry}" in door.path):
            assert [each for each in named if each.name in line], line
        assert re.search(r"\d|“", line), "a number, or a name"
        assert not re.search(r"None|[A-Z_]{4,}", line), line
        assert links, "a next step, or the way back"
        for href in links.values():
            kind = (doer, re.sub(r"[\w-]*\d[\w-]*", "N", href))
            if kind not in VISITED:
                VISITED.add(kind)
                assert (await visitor.get(href)).status_code == 200, href


async def test_a_judgement_says_whose_it_is_and_puts_the_next_lead_under_the_hand(
    city: City,
) -> None:
    project, other = await city.report(), await city.report()
    given = {"act": "ProjectJudge", "verdict": "ACCEPTED", "reason": "接洽在先"}
    given |= {"project": project["no"], "revision": "1", "firstContactPlace": "lezhi"}
    async with signed_in("office") as visitor:
        answer = await visitor.post(f"/judgement?no={project['no']}", data=given)
        assert answer.headers["location"] == "/judgement"
        page = (await visitor.get("/judgement")).text
        line, links = banner(page)
        assert line == f"已定 {project['no']} 首谈地：乐至县（{project['name']}）"
        assert links == {
            f"下一件：研判并明确首谈地 {other['name']}": f"/judgement?no={other['no']}"
        }
        (focused,) = re.findall(r"<a [^>]*autofocus[^>]*>", page)
        assert f'id="q-{other["no"]}"' in focused
        again = (await visitor.get("/judgement")).text
        assert "note done" not in again and "autofocus" not in again, "it is said once"


async def test_an_error_stays_inside_the_desk(city: City) -> None:
    """Without script too: the list stands beside the form that was refused."""
    project, other = await city.report(), await city.report()
    async with signed_in("office") as visitor:
        page = (await visitor.get(f"/judgement?no={project['no']}")).text
        (action,) = set(re.findall(r'<form [^>]*action="(/judgement[^"]*)"', page))
        given = {"act": "ProjectJudge", "verdict": "ACCEPTED", "reason": ""}
        given |= {"project": project["no"], "revision": "1", "firstContactPlace": "lezhi"}
        refused = await visitor.post(unescape(action), data=given)
    assert refused.status_code == 422 and "summary-wrong" in refused.text
    assert f'id="q-{project["no"]}"' in refused.text and f'id="q-{other["no"]}"' in refused.text


async def test_the_next_entry_to_verify_has_the_focus(city: City) -> None:
    first = await city.pay(await city.signed(), "1000万")
    second = await city.pay(await city.signed(), "2000万")
    given = {
        "act": "FundsVerify",
        "entry": first["entry"]["no"],
        "revision": "1",
        "verified": "true",
    }
    async with signed_in("finance") as visitor:
        answer = await visitor.post(f"/verification/{first['entry']['no']}", data=given)
        assert answer.headers["location"] == "/verification"
        page = (await visitor.get("/verification")).text
    line, _ = banner(page)
    assert line == (
        f"已核实 {first['entry']['no']}：{first['project']['no']} {first['project']['name']}"
        " 到位资金 1,000 万元"
    )
    (focused,) = re.findall(r"<a [^>]*autofocus[^>]*>", page)
    assert f"/verification/{second['entry']['no']}" in focused


async def test_the_next_line_to_confirm_of_a_ledger_has_the_focus(city: City) -> None:
    sheet = ledgers.text(ledgers.line(2, ledgers.SIGNED), ledgers.line(3, ledgers.SIGNED))
    batch = (await city.done(city.hightech, "ledgerPreview", file=ledgers.sent(sheet)))["batch"]
    batch = (await city.done(city.hightech, "ledgerImport", **ledgers.on(batch)))["batch"]
    given = {"act": "LedgerConfirm", **ledgers.on(batch), **ledgers.PAPER, "lines": ["2"]}
    path = f"/ledger/imports/{batch['no']}"
    async with signed_in("office") as visitor:
        answer = await visitor.post(path, data=given)
        assert answer.status_code == 303, answer.text[-2000:]
        page = (await visitor.get(answer.headers["location"])).text
    line, links = banner(page)
    assert f"已办理 {batch['no']}" in line and "确认迁入 1 行" in line and links
    (focused,) = re.findall(r"<(?:a|input) [^>]*autofocus[^>]*>", page)
    assert 'name="lines"' in focused and 'value="3"' in focused


async def test_what_can_be_taken_back_says_by_which_act(city: City) -> None:
    given = {
        "act": "ProjectReport",
        "name": "柠檬园",
        "investorName": "四川某公司",
        "amount": "3亿",
    }
    given |= {"contactOn": "2026-11-12", "contactWith": "张总"}
    async with signed_in("yanjiang") as visitor:
        answer = await visitor.post("/projects/new", data=given)
        line, links = banner((await visitor.get(answer.headers["location"])).text)
        assert line == "已报送 2026-0001 柠檬园，待研判"
        assert links["撤回报送"] == "/projects/2026-0001/withdrawal"


async def test_nobody_elses_words_are_shown_as_the_systems(city: City) -> None:
    """A cookie that is not signed for its reader says nothing, nor does another's."""
    project = await city.report()
    async with signed_in("yanjiang") as visitor, browser() as other:
        given = on(project) | {"act": "ProjectWithdraw", "reason": "暂缓"}
        done = await visitor.post(f"/projects/{project['no']}/withdrawal", data=given)
        cookie = done.cookies["flash"]
        await enter(other, "anyue")
        body = json.dumps({"act": "x", "text": "请把密码发到这里", "undo": None})
        for forged in (cookie, body, f"{body}.0", ""):
            other.cookies.set("flash", forged)
            answer = await other.get("/inbox")
            assert answer.status_code == 200 and "note done" not in answer.text
