"""Article 10: the month's ranking, from the same entries that the shares come from."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote

import httpx2
import pytest

from schema.entries.rules import Indicator
from schema.people.rules import Post, Scope
from schema.people.tables import Person
from schema.permissions import FIGURES
from server import settings
from server.people.tokens import issue
from tests.server.doors import browser, signed_in
from tests.world import City, Said, at, on

RANKING = """query($month: Month, $asOf: DateTime) { ranking(month: $month, asOf: $asOf) {
    month asOf past total rows {
        rank previousRank delta place { slug } paidInFunds signedFunds tax share trend
        explanation { formula inputs { name value source }
                      lines { label rule { value { text } } count whole amount }
                      entries(first: 50) { totalCount nodes { no amount } } }
    }
} }"""


async def ranking(city: City, month: str | None = None, as_of: str | None = None) -> Said:
    """The ranking with its rows by place."""
    answer = await city.run(city.leader, RANKING, month=month, asOf=as_of)
    found: Said = answer["ranking"]
    found["of"] = {row["place"]["slug"]: row for row in found["rows"]}
    return found


async def test_a_month_without_entries_ranks_all_five_first(city: City) -> None:
    empty = await ranking(city)
    assert (empty["month"], empty["total"]) == ("2026-11", "0.00")
    assert [row["place"]["slug"] for row in empty["rows"]] == [
        "yanjiang",
        "anyue",
        "lezhi",
        "hightech",
        "airport",
    ]
    assert {(row["rank"], row["share"]) for row in empty["rows"]} == {(1, None)}


async def test_places_rank_by_what_is_credited_to_them(city: City) -> None:
    """Of what comes into the high-tech zone, Yanjiang has three tenths: it talked of it first."""
    await city.paid(await city.signed("yanjiang", "hightech"), "1000万")
    await city.paid(await city.signed("anyue", "anyue"), "300万", "anyue")
    await city.paid(await city.signed("lezhi", "lezhi"), "500万", "lezhi")
    found = await ranking(city)
    assert found["total"] == "18000000.00"
    assert [(row["rank"], row["place"]["slug"], row["share"]) for row in found["rows"]] == [
        (1, "hightech", "38.89"),
        (2, "lezhi", "27.78"),
        (3, "yanjiang", "16.67"),
        (3, "anyue", "16.67"),
        (5, "airport", "0.00"),
    ]
    sums = [int(row["paidInFunds"].replace(".", "")) for row in found["rows"]]
    assert sum(sums) == int(found["total"].replace(".", ""))


async def test_a_figure_opens_down_to_its_entries(city: City) -> None:
    first = await city.paid(await city.signed("yanjiang", "hightech"), "1000万")
    second = await city.paid(first["project"], "500万")
    await city.paid(await city.signed("lezhi", "lezhi"), "900万", "lezhi")
    row = (await ranking(city))["of"]["yanjiang"]
    assert row["paidInFunds"] == "4500000.00"
    entries = {each["no"]: each["amount"] for each in row["explanation"]["entries"]["nodes"]}
    assert entries == {
        first["entry"]["no"]: "10000000.00",
        second["entry"]["no"]: "5000000.00",
    }
    inputs = {each["name"]: each["value"] for each in row["explanation"]["inputs"]}
    assert inputs["合计"] == "450 万元"
    (line,) = row["explanation"]["lines"]
    assert (line["label"], line["rule"]["value"]["text"]) == ("首谈地", "3∶7")
    assert (line["count"], line["whole"], line["amount"]) == (2, "15000000.00", "4500000.00")


async def test_other_figures_open_down_to_theirs(city: City) -> None:
    project = await city.signed("yanjiang", "hightech", amount="1亿")
    taxed = await city.verified(await city.tax(project, "100.05"))
    document = """{ ranking { rows { place { slug } signedFunds tax
        signed: explanation(indicator: SIGNED_FUNDS) { entries { nodes { amount } } }
        taxed: explanation(indicator: TAX) { rules { name } entries { nodes { no } } }
    } } }"""
    rows = (await city.run(city.leader, document))["ranking"]["rows"]
    (row,) = [row for row in rows if row["place"]["slug"] == "yanjiang"]
    assert (row["signedFunds"], row["tax"]) == ("30000000.00", "10.01")
    assert row["signed"]["entries"]["nodes"] == [{"amount": "100000000.00"}]
    assert row["taxed"]["entries"]["nodes"] == [{"no": taxed["entry"]["no"]}]
    assert [each["name"] for each in row["taxed"]["rules"]] == [
        "transfer.tax_share",
        "verification.counts",
    ]


async def test_an_entry_counts_in_the_month_in_which_it_occurred(city: City) -> None:
    project = await city.signed("anyue", "anyue")
    city.now = at("2026-12-03 10:00")
    paid = await city.paid(project, "100万", "anyue", occurredOn="2026-11-30")
    await city.paid(paid["project"], "200万", "anyue", occurredOn="2026-12-01")
    assert (await ranking(city, "2026-11"))["total"] == "1000000.00"
    december = await ranking(city, "2026-12")
    assert december["total"] == "2000000.00"
    assert december["of"]["anyue"]["trend"][-2:] == ["1000000.00", "2000000.00"]
    assert len(december["of"]["anyue"]["trend"]) == 6


async def test_ranks_rise_and_fall_from_month_to_month(city: City) -> None:
    anyue = await city.signed("anyue", "anyue")
    lezhi = await city.signed("lezhi", "lezhi")
    city.now = at("2026-12-20 10:00")
    anyue = (await city.paid(anyue, "100万", "anyue", occurredOn="2026-11-30"))["project"]
    lezhi = (await city.paid(lezhi, "50万", "lezhi", occurredOn="2026-11-30"))["project"]
    await city.paid(anyue, "10万", "anyue")
    await city.paid(lezhi, "20万", "lezhi")
    rows = (await ranking(city))["of"]
    ranks = {place: (row["previousRank"], row["rank"], row["delta"]) for place, row in rows.items()}
    assert (ranks["anyue"], ranks["lezhi"]) == ((1, 2, -1), (2, 1, 1))
    assert ranks["airport"] == (3, 3, 0)


async def test_a_reversal_changes_the_month_and_not_what_was_seen_before(city: City) -> None:
    city.now = at("2026-11-18 10:00")
    paid = await city.paid(await city.signed("yanjiang", "hightech"), "1000万")
    city.now = at("2026-12-05 09:00")
    await city.done(
        city.hightech,
        "fundsReverse",
        entry=paid["entry"]["no"],
        revision=paid["project"]["revision"],
        reason="金额多写一个 0",
    )
    now = await ranking(city, "2026-11")
    assert (now["total"], now["past"]) == ("0.00", False)
    assert now["of"]["hightech"]["explanation"]["entries"]["totalCount"] == 2
    then = await ranking(city, "2026-11", "2026-12-05T08:59:59+08:00")
    assert (then["total"], then["past"]) == ("10000000.00", True)
    assert then["of"]["hightech"]["explanation"]["entries"]["totalCount"] == 1
    before = await ranking(city, "2026-11", "2026-11-18T09:59:59+08:00")
    assert before["total"] == "0.00"
    at_once = await ranking(city, "2026-11", "2026-12-05T09:00:00+08:00")
    assert at_once["total"] == "0.00"


async def test_the_future_is_not_known(city: City) -> None:
    found = await ranking(city, "2026-11", "2030-01-01T00:00:00+08:00")
    assert (found["asOf"], found["past"]) == ("2026-11-18T10:00:00+08:00", False)


async def test_an_instant_is_the_same_in_every_zone(city: City) -> None:
    await city.paid(await city.signed("anyue", "anyue"), "100万", "anyue")
    city.now = at("2026-11-19 10:00")
    for moment in ("2026-11-18T10:00:00+08:00", "2026-11-18T02:00:00Z", "2026-11-18T10:00:00"):
        assert (await ranking(city, "2026-11", moment))["total"] == "1000000.00"


async def test_a_dispute_upheld_before_signing_moves_the_credit(city: City) -> None:
    """Shares go by who is the first-contact place when the entry is recorded."""
    project = await city.report()
    claimed = await city.done(
        city.office,
        "projectClaim",
        project=project["no"],
        place="anyue",
        contactOn="2026-10-30",
        contactWith="李总",
    )
    judged = await city.done(
        city.office,
        "projectJudge",
        **on(await city.opined(claimed["project"])),
        firstContactPlace="yanjiang",
        reason="佐证更全",
    )
    raised = await city.dispute("anyue", judged["project"])
    decided = await city.done(
        city.office,
        "disputeDecide",
        dispute=raised["dispute"]["id"],
        revision=raised["project"]["revision"],
        upheld=True,
        reason="会议纪要在先",
    )
    signed = await city.done(
        city.anyue,
        "agreementSign",
        **on(decided["project"]),
        kind="FORMAL",
        amount="1亿",
        signedOn="2026-11-18",
    )
    await city.paid(signed["project"], "100万", "anyue")
    rows = (await ranking(city))["of"]
    assert (rows["anyue"]["paidInFunds"], rows["yanjiang"]["paidInFunds"]) == ("1000000.00", "0.00")


# ---------------------------------------------------------------- who is shown which figures

OF_INSIDERS = """{ ranking(month: "2026-11") { waiting rows { tax waiting
    parts(indicator: TAX) { amount } explanation(indicator: TAX) { formula }
    credits(indicator: TAX) { totalCount } } } }"""
TAX = "100.05"


async def taxed(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anyue has paid-in funds of a million, and tax of 100.05 yuan that is verified."""
    monkeypatch.setattr(settings, "NOW", city.now)
    project = await city.signed("anyue", "anyue", amount="1亿")
    paid = await city.paid(project, "100万", "anyue")
    await city.verified(await city.tax(paid["project"], TAX, "anyue"))


OUTSIDE = ("agent", "partner", "scoped", "expert", "public")


async def test_staff_are_shown_every_figure_and_outsiders_no_ranking(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    await taxed(city, monkeypatch)
    for name in ("office", "yanjiang", "group", "department", "branch", "leader", "inspector"):
        found = (await city.run(city[name], OF_INSIDERS))["ranking"]
        assert TAX in {row["tax"] for row in found["rows"]}, name
        assert all(row["explanation"] and row["waiting"] for row in found["rows"]), name
    for name in OUTSIDE:
        for asked in ("", '(month: "2026-11")', '(month: "2026-11", asOf: "2026-11-18T01:00:00Z")'):
            found = await city.run(
                city[name], f"{{ ranking{asked} {{ month rows {{ amount }} }} }}"
            )
            assert found["ranking"] is None, name


async def test_a_rank_of_the_month_before_is_by_what_that_month_was_ranked_by(city: City) -> None:
    """Anyue led November by paid-in funds; Lezhi leads December, which is ranked by tax."""
    lezhi = await city.signed("lezhi", "lezhi")
    await city.paid(lezhi, "100万", "lezhi")
    await city.paid(await city.signed("anyue", "anyue"), "900万", "anyue")
    await city.verified(await city.tax(lezhi, "9万", "lezhi"))
    await city.set_rule("assessment.ranking_indicator", "2026-12-01", choices=["TAX"])
    city.now = at("2026-12-03 10:00")
    await city.verified(await city.tax(lezhi, "5万", "lezhi", occurredOn="2026-12-02"))
    december = (await ranking(city, "2026-12"))["of"]["lezhi"]
    assert (december["rank"], december["previousRank"], december["delta"]) == (1, 2, 1)


async def test_whoever_is_shown_some_figures_is_shown_no_month_ranked_by_another(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were the policy to show branches the funds alone: no tax, nothing of what sums are made of."""
    await taxed(city, monkeypatch)
    for figure in ("TAX", "ACCOUNTS"):
        posts = tuple(each for each in FIGURES[figure] if each != Post.BRANCH)
        monkeypatch.setitem(FIGURES, figure, posts)
    found = (await city.run(city.branch, OF_INSIDERS))["ranking"]
    nothing = dict.fromkeys(("tax", "waiting", "parts", "explanation"))
    assert found == {"waiting": None, "rows": [nothing | {"credits": {"totalCount": 0}}] * 5}
    shown = await city.run(city.branch, '{ ranking(month: "2026-11") { rows { amount } } }')
    assert shown["ranking"]["rows"][0] == {"amount": "1000000.00"}
    await city.set_rule("assessment.ranking_indicator", "2026-12-01", choices=["TAX"])
    city.now = at("2026-12-03 10:00")
    document = """{ december: ranking(month: "2026-12") { indicator }
        november: ranking(month: "2026-11") { indicator } }"""
    found = await city.run(city.branch, document)
    assert found["december"] is None and found["november"] is not None


async def test_nothing_of_the_ranking_moves_for_outsiders_before_it_is_published(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page, files, widget, embedded page, documents by name: the same to the byte while money comes
    in, with the same ETag; and no insider's ETag is answered by "not modified".
    """
    monkeypatch.setattr(settings, "NOW", city.now)
    before = {name: await answers_of(name) for name in OUTSIDE}
    await taxed(city, monkeypatch)
    insiders = await answers_of("office")
    for name in OUTSIDE:
        after = await answers_of(name)
        assert after == before[name], name
        for path, (status, etag, body) in after.items():
            assert status == (200 if name in ("public",) or not path.startswith("/assess") else 404)
            assert "安岳县" not in body and "1000000.00" not in body and "税收" not in body, path
            if etag:
                assert insiders[path][1] != etag or insiders[path][2] == body, path
                assert await status_of(name, path, etag) == 304
                if insiders[path][2] != body:
                    assert await status_of(name, path, insiders[path][1]) == 200
    assert "安岳县" in insiders[PATHS[0]][2] and "税收" in insiders[PATHS[0]][2]
    assert any(etag for _, etag, _ in insiders.values())


QUERY = "?month=2026-11&place=anyue&indicator=TAX"
VARIABLES = json.dumps({"month": "2026-11", "place": "anyue", "indicator": "TAX"})
PATHS = (
    *(f"/assessment/ranking{suffix}{QUERY}" for suffix in ("", ".json", ".csv", ".xlsx")),
    f"/widgets/ranking{QUERY}",
    f"/embed/ranking{QUERY}",
    f"/graphql/d/ranking?variables={VARIABLES}",
    "/graphql/d/ranking",
)


@asynccontextmanager
async def visiting(name: str) -> AsyncIterator[httpx2.AsyncClient]:
    """Outsiders by a token where they have one, everybody else as they sign in."""
    if name == "public":
        async with browser() as visitor:
            yield visitor
    elif name in ("partner", "scoped"):
        scopes = [*Scope] if name == "scoped" else []
        _, token = await issue(await Person.get(username="partner"), "对接", scopes=scopes)
        async with browser(headers={"Authorization": f"Bearer {token}"}) as program:
            yield program
    else:
        async with signed_in(name) as visitor:
            yield visitor


async def answers_of(name: str) -> dict[str, tuple[int, str, str]]:
    """Status, ETag and body of every address of the ranking; a request's number is left out."""
    found = {}
    async with visiting(name) as visitor:
        for path in PATHS:
            answer = await visitor.get(path, follow_redirects=True)
            number = answer.headers["x-request-id"]
            body = answer.text.replace(number, "").replace(quote(number), "")
            found[path] = (answer.status_code, answer.headers.get("etag", ""), body)
    return found


async def status_of(name: str, path: str, etag: str) -> int:
    async with visiting(name) as visitor:
        return (await visitor.get(path, headers={"If-None-Match": etag})).status_code


def test_every_figure_of_the_ranking_is_shown_to_whom_the_policy_names() -> None:
    assert set(FIGURES) == {*Indicator, "ACCOUNTS"}
