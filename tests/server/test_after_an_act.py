"""After an act its page says what has come of it: number, name and outcome in words, and what comes next."""

import json
import re
from html import unescape

import pytest

from server import settings
from tests.ledger import ledgers
from tests.server.doors import browser, enter, signed_in
from tests.server.saying import banner
from tests.world import NOW, City, on


@pytest.fixture(autouse=True)
def the_citys_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NOW", NOW)


async def test_a_judgement_says_whose_it_is_and_puts_the_next_lead_under_the_hand(
    city: City,
) -> None:
    project = await city.opined(await city.report())
    await city.report()  # waits for its opinion, and is not next
    other = await city.opined(await city.report())
    given = {"act": "ProjectJudge", "verdict": "ACCEPTED", "reason": "接洽在先"}
    given |= {**on(project), "firstContactPlace": "yanjiang"}
    async with signed_in("office") as visitor:
        answer = await visitor.post(f"/judgement?no={project['no']}", data=given)
        assert answer.headers["location"] == "/judgement"
        page = (await visitor.get("/judgement")).text
        line, links = banner(page)
        assert line == f"已定 {project['no']} 首谈地：雁江区（{project['name']}）"
        assert links == {
            f"下一件：研判并明确首谈地 {other['name']}": f"/judgement?no={other['no']}"
        }
        (focused,) = re.findall(r"<a [^>]*autofocus[^>]*>", page)
        assert 'id="q-' in focused
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


async def test_a_lead_without_a_group_is_given_one_and_not_amended(city: City) -> None:
    project = await city.report(group=None)
    path = f"/projects/{project['no']}/amendment"
    given = on(project) | {"group": "health-care", "reason": "属医疗康养"}
    async with signed_in("office") as visitor:
        answer = await visitor.post(path, data=given)
        line, _ = banner((await visitor.get(answer.headers["location"])).text)
    assert line == f"已明确 {project['no']} {project['name']} 的产业招商小组"


async def test_an_entry_names_the_units_that_are_to_verify_it(city: City) -> None:
    paid = await city.pay(await city.signed(), "1000万")
    async with signed_in("office") as visitor:
        page = (await visitor.get(f"/verification/{paid['entry']['no']}")).text
        listed = (await visitor.get("/verification")).text
    (units,) = re.findall(r"核实单位</dt>\s*<dd[^>]*>([^<]+)", page)
    assert units.strip() != "—" and units.strip() in listed


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
