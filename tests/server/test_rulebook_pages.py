"""The rulebook's pages: a value is typed into its fields, previewed, proposed, and confirmed by another person."""

import re

import httpx2
import pytest

from schema.city.tables import Parameter, RuleProposal
from server import settings
from tests.server.doors import signed_in
from tests.world import NOW, City, at


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NOW", NOW)


HEADERS = {"origin": "http://sixones.test"}
PAPERS = {"effectiveOn": "2026-12-01", "clause": "办公室通知", "documentNo": "资经合〔2026〕5号"}
DEADLINE = "/rules/lead.assessment_deadline"


async def send(visitor: httpx2.AsyncClient, path: str, **sent: object) -> httpx2.Response:
    return await visitor.post(path, data=sent, headers=HEADERS)


async def test_a_rule_goes_from_its_form_to_force_by_two_people(city: City) -> None:
    async with signed_in("office") as one:
        form = (await one.get(f"{DEADLINE}/new")).text
        assert 'name="number"' in form and 'name="time"' not in form and "JSON" not in form
        sent = await send(
            one, f"{DEADLINE}/new", name="lead.assessment_deadline", number="3", **PAPERS
        )
        assert (sent.status_code, sent.headers["location"]) == (303, "/rules/proposals/R2026-001")
        own = (await one.get("/rules/proposals/R2026-001")).text
        assert "须由办公室另一人确认" in own and "确认，按期生效" not in own
    async with signed_in("colleague") as other:
        menu = re.search(
            r'href="/rules/proposals".*?</a>', (await other.get("/rules")).text, re.DOTALL
        )
        assert menu and "1" in re.sub(r"<[^>]*>", "", menu[0]), "the way in says how many wait"
        assert "拟改为 3 个工作日，待确认" in (await other.get("/rules")).text
        seen = (await other.get("/rules/proposals/R2026-001")).text
        assert "资经合〔2026〕5号" in seen and "影响预览" in seen
        done = await send(other, "/rules/proposals/R2026-001", act="RuleConfirm", revision="1")
        assert (done.status_code, done.headers["location"]) == (303, DEADLINE)
        assert "李雷提出，何佳确认" in (await other.get(DEADLINE)).text
        again = await send(other, "/rules/proposals/R2026-001", act="RuleConfirm", revision="1")
        assert again.status_code == 409 and "summary-wrong" in again.text, "the page says why not"
    assert await Parameter.filter(name="lead.assessment_deadline").count() == 2


@pytest.mark.parametrize(
    ("rule", "sent", "at_field", "words"),
    [
        ("lead.assessment_deadline", {"number": "1" + "0" * 21}, "f-number", "最多 20 个字"),
        ("lead.assessment_deadline", {}, "f-number", "1 到 250 的整数"),
        ("lead.closing_time", {"time": "25:00"}, "f-time", "00:00 到 23:59"),
        (
            "transfer.tax_share",
            {"firstParts": "130", "landingParts": "-30", "choices": "TAX"},
            "f-firstParts",
            "0 到 100 的整数",
        ),
        (
            "transfer.tax_share",
            {"firstParts": "1", "landingParts": "9", "choices": "GDP"},
            "f-choices",
            "不在所列之中",
        ),
        ("assessment.ranking_indicator", {"choices": "GDP"}, "f-choices", "从所列中选择一项"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    city: City, rule: str, sent: dict[str, str], at_field: str, words: str
) -> None:
    async with signed_in("office") as visitor:
        answer = await send(visitor, f"/rules/{rule}/new", name=rule, **sent, **PAPERS)
    assert answer.status_code == 422
    why = re.search(rf'id="{at_field}-wrong">(.*?)<', answer.text)
    assert why and words in why[1]
    assert 'value="资经合〔2026〕5号"' in answer.text
    assert not await RuleProposal.exists()


async def test_a_preview_keeps_what_was_typed_and_changes_nothing(city: City) -> None:
    city.now = at("2026-10-20 10:00")
    project = await city.report(contactOn=None)
    async with signed_in("office") as visitor:
        page = (await visitor.get(f"{DEADLINE}/new", params={"number": "3", **PAPERS})).text
        assert project["name"] in page and "2026-10-23 17:30" in page
        assert 'value="3"' in page and 'value="资经合〔2026〕5号"' in page
        wrong = await visitor.get(f"{DEADLINE}/new", params={"number": "251"})
        assert "1 到 250 的整数" in wrong.text
    assert not await RuleProposal.exists()


async def test_pages_speak_the_value_in_force_on_the_day(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    await city.set_rule("lead.assessment_deadline", "2026-12-01", number="3")
    await city.set_rule(
        "transfer.tax_share", "2026-12-01", firstParts="2", landingParts="8", choices=["TAX"]
    )
    for now, limit, tax in (
        (NOW, "2 个工作日（政策）", "税收 1∶9（政策）"),
        (at("2026-12-01 10:00"), "3 个工作日（本市规定）", "税收 2∶8（本市规定）"),
    ):
        monkeypatch.setattr(settings, "NOW", now)
        async with signed_in("office") as visitor:
            for path in ("/judgement", "/projects/new"):
                assert limit in (await visitor.get(path)).text, path
            assert tax in (await visitor.get("/transfers")).text


async def test_what_another_version_took_the_place_of_is_shown_and_can_only_be_declined(
    city: City,
) -> None:
    await city.propose_rule("lead.assessment_deadline", "2026-12-01", number="3")
    await city.set_rule("lead.assessment_deadline", "2026-12-01", number="4")
    path = "/rules/proposals/R2026-001"
    async with signed_in("colleague") as visitor:
        assert "已被取代" in (await visitor.get("/rules/proposals")).text
        page = (await visitor.get(path)).text
        assert "同一生效日期或年份的另一项变更已经确认" in page and "确认，按期生效" not in page
        wrong = await send(visitor, path, act="RuleConfirm", revision="2")
        assert wrong.status_code == 422 and "现在是“已被取代”" in wrong.text
        done = await send(visitor, path, act="RuleDecline", revision="2", reason="以另一项为准")
        assert done.status_code == 303
    again = await city.propose_rule("lead.assessment_deadline", "2026-12-01", number="5")
    async with signed_in("colleague") as visitor:
        page = (await visitor.get(f"/rules/proposals/{again['no']}")).text
    assert "由 4 个工作日 改为" in page and "确认后由本项取代" in page


async def test_changes_are_exported_as_they_are_listed(city: City) -> None:
    await city.set_rule("lead.assessment_deadline", "2026-12-01", number="3")
    await city.publish(2027, text="2027-01-01,休,元旦\n2027-05-01,休,劳动节\n2027-10-01,休,国庆节")
    async with signed_in("office") as visitor:
        rules = (await visitor.get("/rules/proposals.csv")).text
        years = (await visitor.get("/calendar/proposals.csv")).text
        papers = (await visitor.get("/documents.csv")).text
    assert "R2026-001,研判时限,3 个工作日,2026-12-01" in rules and "已确认,李雷" in rules
    assert "C2026-001,2027,国务院办公厅通知" in years
    assert "名称,已登记的最后一版,使用的模板第几版" in papers and "报送回执,0" in papers
    async with signed_in("yanjiang") as visitor:
        assert "R2026-001" not in (await visitor.get("/rules/proposals.csv")).text


async def test_the_rulebook_is_exported_with_values_status_and_documents(city: City) -> None:
    async with signed_in("partner") as visitor:
        text = (await visitor.get("/rules.csv")).text
    assert "研判时限,2 个工作日,2020-01-01,政策" in text and "3∶7" in text


@pytest.mark.parametrize("username", ["yanjiang", "partner"])
async def test_whoever_may_not_propose_has_no_way_in(city: City, username: str) -> None:
    await city.propose_rule("lead.assessment_deadline", "2026-12-01", number="3")
    async with signed_in(username) as visitor:
        page = (await visitor.get(DEADLINE)).text
        assert "提出新版本" not in page and "R2026-001" not in page
        assert (await visitor.get("/rules/proposals/R2026-001")).status_code == 404
        sent = await send(
            visitor, f"{DEADLINE}/new", name="lead.assessment_deadline", number="3", **PAPERS
        )
        assert sent.status_code == 422 and "不能办理此事项" in sent.text
