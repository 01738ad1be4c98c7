"""Saved views: with whom they are shared, who takes that back, and what they keep of an address."""

import html
import re
from typing import Any

import pytest

from schema.city.rules import RuleBroken
from schema.desk.graph.saved_views import query_keys
from schema.desk.rules import Audience, audiences, check_audience, check_query
from schema.gate.tables import JournalEntry
from tests.server.doors import signed_in
from tests.world import City, Said

VIEWS = (
    "{ viewer { audiences views { id name shared sharedAt mine withdrawable person { name } } } }"
)
BIG = {"name": "大项目", "query": "amount.min=10亿"}


async def views(city: City, who: str) -> dict[str, Said]:
    found = await city.run(city[who], VIEWS)
    return {view["name"]: view for view in found["viewer"]["views"]}


def wrong(payload: Said) -> list[tuple[str, str]]:
    return [(error["field"], error["code"]) for error in payload["userErrors"]]


# ---------------------------------------------------------------- with whom


@pytest.mark.parametrize(
    "who, shared, allowed",
    [
        ("yanjiang", "ME", True),
        ("yanjiang", "UNIT", True),
        ("yanjiang", "ALL", False),
        ("agent", "UNIT", True),
        ("leader", "ALL", False),
        ("inspector", "ALL", False),
        ("office", "UNIT", True),
        ("office", "ALL", True),
    ],
)
async def test_a_view_is_for_oneself_or_ones_unit_and_by_the_office_for_the_city(
    city: City, who: str, shared: str, allowed: bool
) -> None:
    payload = await city.act(city[who], "viewSave", **BIG, shared=shared)
    assert wrong(payload) == ([] if allowed else [("shared", "RULE")])
    assert set(await views(city, who)) == ({"大项目"} if allowed else set())


async def test_a_private_view_cannot_be_made_public_by_saving_it_again(city: City) -> None:
    await city.done(city.yanjiang, "viewSave", **BIG)
    refused = await city.act(city.yanjiang, "viewSave", **BIG, shared="ALL")
    assert wrong(refused) == [("shared", "RULE")]
    assert (await views(city, "yanjiang"))["大项目"]["shared"] == "ME"
    assert not await views(city, "anyue")


@pytest.mark.parametrize(
    "who, offered",
    [
        ("office", ["ME", "UNIT", "ALL"]),
        ("yanjiang", ["ME", "UNIT"]),
        ("leader", ["ME", "UNIT"]),
        ("partner", []),
    ],
)
async def test_everybody_is_offered_what_they_may_choose(
    city: City, who: str, offered: list[str]
) -> None:
    assert (await city.run(city[who], VIEWS))["viewer"]["audiences"] == offered


def test_who_has_no_unit_shares_with_none() -> None:
    assert audiences(in_a_unit=False, curator=False) == [Audience.ME]
    with pytest.raises(RuleBroken, match="没有所属单位"):
        check_audience(Audience.UNIT, in_a_unit=False, curator=True)


async def test_a_view_says_who_shares_it_and_since_when(city: City) -> None:
    await city.done(city.office, "viewSave", **BIG)
    assert (await views(city, "office"))["大项目"]["sharedAt"] is None
    city.now = city.now.replace(hour=11)
    await city.done(city.office, "viewSave", **BIG, shared="ALL")
    city.now = city.now.replace(hour=15)
    await city.done(city.office, "viewSave", name="大项目", query="amount.min=20亿", shared="ALL")
    seen = (await views(city, "anyue"))["大项目"]
    assert seen["sharedAt"] == "2026-11-18T11:00:00+08:00"
    assert (seen["person"], seen["mine"], seen["withdrawable"]) == ({"name": "李雷"}, False, False)


# ---------------------------------------------------------------- taken back


async def test_the_office_withdraws_what_is_shared_with_the_city(city: City) -> None:
    await city.done(city.office, "viewSave", **BIG, shared="ALL")
    view = (await views(city, "anyue"))["大项目"]
    refused = await city.act(city.anyue, "viewWithdraw", view=view["id"], reason="不要了")
    assert wrong(refused) == [(None, "NOT_ALLOWED")]
    done = await city.done(city.office, "viewWithdraw", view=view["id"], reason="口径已变")
    assert done["name"] == "大项目"
    assert not await views(city, "anyue")
    # Its author keeps it for themself.
    kept = (await views(city, "office"))["大项目"]
    assert (kept["shared"], kept["sharedAt"], kept["withdrawable"]) == ("ME", None, False)
    entry = await JournalEntry.all().order_by("-id").first()
    assert entry and (entry.act, entry.reason) == ("viewWithdraw", "口径已变")


async def test_there_is_nothing_to_withdraw_where_nothing_is_shared(city: City) -> None:
    await city.done(city.office, "viewSave", **BIG)
    view = (await views(city, "office"))["大项目"]
    refused = await city.act(city.office, "viewWithdraw", view=view["id"], reason="口径已变")
    assert wrong(refused) == [("view", "RULE")]
    blank = await city.act(city.office, "viewWithdraw", view=view["id"], reason=" ")
    assert sorted(wrong(blank)) == [("reason", "INVALID"), ("view", "RULE")]


OTHERS = "{ viewer { views(others: true) { id name withdrawable organization { slug } } } }"


async def test_the_office_withdraws_what_another_unit_shares_within_itself(city: City) -> None:
    """It stands apart from the views that the office works with; a private one does not exist."""
    await city.done(city.yanjiang, "viewSave", **BIG, shared="UNIT")
    await city.done(city.yanjiang, "viewSave", name="自用", query="stage=JUDGED")
    assert not await views(city, "office")
    (other,) = (await city.run(city.office, OTHERS))["viewer"]["views"]
    assert (other["name"], other["organization"], other["withdrawable"]) == (
        "大项目",
        {"slug": "yanjiang"},
        True,
    )
    for foreign in (city.anyue, city.leader):
        assert (await city.run(foreign, OTHERS))["viewer"]["views"] == []
    own = (await views(city, "yanjiang"))["自用"]
    refused = await city.act(city.office, "viewWithdraw", view=own["id"], reason="口径已变")
    assert wrong(refused) == [("view", "INVALID")]
    await city.done(city.office, "viewWithdraw", view=other["id"], reason="口径已变")
    assert (await views(city, "yanjiang"))["大项目"]["shared"] == "ME"


async def test_nobody_deletes_a_view_that_another_has_saved(city: City) -> None:
    """Whether it is theirs is decided by the permissions: one that is seen and one that is not."""
    await city.done(city.office, "viewSave", **BIG, shared="ALL")
    view = (await views(city, "anyue"))["大项目"]["id"]
    assert wrong(await city.act(city.anyue, "viewDelete", view=view)) == [(None, "NOT_ALLOWED")]
    await city.done(city.office, "viewSave", **BIG)
    assert wrong(await city.act(city.anyue, "viewDelete", view=view)) == [("view", "INVALID")]
    await city.done(city.office, "viewDelete", view=view)
    assert wrong(await city.act(city.office, "viewDelete", view=view)) == [("view", "INVALID")]


# ---------------------------------------------------------------- what is kept


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?stage=SIGNED&stage=REGISTERED",
        "group=advanced-manufacturing&reportedBy.kind=PLACE&investor.uscc=91512000MA62K0X12A",
        "amount.min=10亿&amount.max=&signedOn.since=2026-01-01&disputed=true&text=%E6%9F%A0",
        "view=board&order=-AMOUNT&columns=stage&columns=amount&first=50",
    ],
)
async def test_a_view_keeps_what_the_list_reads(city: City, query: str) -> None:
    await city.done(city.office, "viewSave", name="大项目", query=query)


@pytest.mark.parametrize(
    "query, named",
    [
        ("stage=SIGNED&colour=red", "colour"),
        ("after=eyJ&before=eyJ", "after、before"),
        ("amount.most=1", "amount.most"),
        ("and.stage=SIGNED", "and.stage"),
        ("next=//evil.example", "next"),
        ("stage=SIGNED&%3Cscript%3E=1", "<script>"),
    ],
)
async def test_what_it_does_not_read_is_named_and_nothing_is_saved(
    city: City, query: str, named: str
) -> None:
    payload = await city.act(city.office, "viewSave", name="大项目", query=query)
    assert wrong(payload) == [("query", "INVALID")]
    assert payload["userErrors"][0]["message"].endswith(f"：{named}")
    assert not await views(city, "office")


async def test_all_that_is_wrong_is_said_at_once(city: City) -> None:
    given = {"name": "", "query": "colour=red", "shared": "ALL"}
    payload = await city.act(city.anyue, "viewSave", **given)
    assert [field for field, _ in wrong(payload)] == ["name", "query", "shared"]


@pytest.mark.parametrize("page", ["project", "judgement", "../projects", ""])
async def test_only_lists_that_have_views_have_views(city: City, page: str) -> None:
    payload = await city.act(city.office, "viewSave", **BIG, page=page)
    assert wrong(payload) == [("page", "INVALID")]


def test_a_query_string_that_is_none_is_refused_with_an_example() -> None:
    with pytest.raises(RuleBroken, match="stage=SIGNED"):
        check_query("大项目", query_keys("projects") or ())


async def test_every_condition_that_the_page_offers_can_be_kept(city: City) -> None:
    """A condition added to the page and forgotten here would be lost from every view."""
    async with signed_in("office") as visitor:
        page = (await visitor.get("/projects?order=-AMOUNT")).text
    form = page[page.index('<form class="filters"') :].partition("</form>")[0]
    offered = set(re.findall(r'<(?:input|select)[^>]* name="([^"]+)"', form)) - {"q"}
    assert {"text", "stage", "amount.min", "reportedBy"} <= offered
    assert offered <= (query_keys("projects") or set())


# ---------------------------------------------------------------- on the page


async def test_the_page_saves_shares_and_withdraws(city: City) -> None:
    await city.report(city.yanjiang)
    address = "/projects?stage=REPORTED"
    async with signed_in("office") as office, signed_in("yanjiang") as yanjiang:
        offered = (await yanjiang.get(address)).text
        assert 'value="UNIT"' in offered and 'value="ALL"' not in offered
        assert 'value="ALL"' in (await office.get(address)).text
        sent = {"act": "ViewSave", "name": "待研判", "query": "stage=REPORTED", "shared": "ALL"}
        refused = await yanjiang.post(address, data=sent)
        assert refused.status_code == 422 and "由领导小组办公室保存" in refused.text
        assert 'value="待研判"' in refused.text
        assert (await office.post(address, data=sent)).status_code == 303

        shown = html.unescape((await yanjiang.get(address)).text)
        assert "“待研判”由李雷（领导小组办公室）于" in shown and "全市可用" in shown
        assert "撤下共享" not in shown and "删除视图" not in shown
        page = (await office.get(address)).text
        form = page[page.index("ViewWithdraw") :].partition("</form>")[0]
        (view,) = re.findall(r'name="view" value="([^"]+)"', form)
        sent = {"act": "ViewWithdraw", "view": view}
        blank: Any = await office.post(address, data=sent)
        assert blank.status_code == 422 and "请填写撤下的原因" in blank.text
        assert (await office.post(address, data=sent | {"reason": "口径已变"})).status_code == 303
        assert "待研判”由" not in (await yanjiang.get(address)).text
        assert "删除视图“待研判”" in (await office.get(address)).text


async def test_the_board_shows_its_own_views(city: City) -> None:
    await city.done(city.office, "viewSave", name="看板", query="view=board", shared="UNIT")
    async with signed_in("office") as visitor:
        page = (await visitor.get("/projects?view=board")).text
    assert "“看板”由李雷" in page and "撤下共享" in page
