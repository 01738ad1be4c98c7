"""The journal as those who audit it read it: found by who, in which post and unit, did what, on which day and
project and of which amount; and whether what a document printed of it still stands in the chain.
"""

from datetime import timedelta
from typing import Any

import pytest

from schema.database import counting
from schema.gate.tables import JournalEntry
from schema.permissions import AUDITS, Post
from tests.house.test_who_may import undone
from tests.server.doors import signed_in
from tests.world import City, on

DOCUMENT = """
query Journal($filter: JournalFilter, $first: Int, $after: String) {
  journalEntries(filter: $filter, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { number act label actorName unitName postTitle reason summary projectNo projectName changes { label } }
  }
  journalActs { act label }
  journalHead { number short at }
}
"""
PROOF = """
query Proof($number: Int!, $code: String!) {
  journalProof(number: $number, code: $code) { found message entry { number label } }
}
"""


async def story(city: City) -> dict[str, Any]:
    """Yesterday a project was returned; today another was signed and paid for."""
    city.now -= timedelta(days=1)
    back = await city.report()
    await city.done(city.office, "projectReturn", **on(back), reason="请补充营业执照")
    city.now += timedelta(days=1)
    project = await city.signed()
    paid = await city.paid(project, "1000.05")
    return {"back": back, "signed": paid["project"]}


async def found(city: City, name: str = "inspector", **filter: Any) -> list[dict[str, Any]]:
    seen = await city.run(city[name], DOCUMENT, filter=filter, first=100)
    nodes: list[dict[str, Any]] = seen["journalEntries"]["nodes"]
    assert seen["journalEntries"]["totalCount"] == len(nodes)
    return nodes


async def acts(city: City, **filter: Any) -> list[str]:
    return [each["act"] for each in await found(city, **filter)]


async def test_the_journal_is_found_by_who_what_when_where_and_how_much(city: City) -> None:
    told = await story(city)
    everything = await found(city)
    assert len(everything) == await JournalEntry.all().count()
    assert (
        await found(city, "office")
        == everything
        == sorted(everything, key=lambda each: -each["number"])
    )
    (returned,) = await found(city, person="李雷", act=["projectReturn"])
    assert returned["projectNo"] == told["back"]["no"]
    assert returned["label"] and returned["reason"] == "请补充营业执照"
    (paid,) = await found(city, amount="1000.05", act=["fundsRecord"])
    assert paid["projectNo"] == told["signed"]["no"]
    assert set(await acts(city, amount="1000.05")) == {"fundsRecord", "fundsVerify"}
    assert await acts(city, amount="1000.06") == []

    days = {"since": "2026-11-17", "until": "2026-11-17"}
    assert await acts(city, day=days) == ["projectReturn", "projectReport"]
    both = await acts(city, day={"since": "2026-11-17"})
    assert both[-2:] == ["projectReturn", "projectReport"] and "fundsRecord" in both
    assert await acts(city, day={"since": "2026-11-19"}) == []
    assert "fundsRecord" not in await acts(city, day={"until": "2026-11-17"})

    about = await found(city, project=told["back"]["no"])
    assert [each["act"] for each in about] == ["projectReturn", "projectReport"]
    assert await acts(city, project="2026-9999") == []
    wrong = await city.ask(city.inspector, DOCUMENT, filter={"amount": "很多"})
    assert wrong.errors and wrong.errors[0].extensions == {
        "code": "BAD_INPUT",
        "argument": "amount",
    }
    by_places = await found(city, post=["PLACE"])
    assert {each["unitName"] for each in by_places} == {"雁江区", "高新区"}
    of_yanjiang = [each for each in by_places if each["unitName"] == "雁江区"]
    assert await found(city, unit=" 雁江区 ") == of_yanjiang
    assert await acts(city, unit="雁江") == [], "in full, as it was then"
    assert await acts(city, post=["PLACE"], day=days) == ["projectReport"]
    assert await acts(city, person="系统管理员", act=["cityFound"]) == ["cityFound"]


async def test_each_change_is_a_sentence_of_what_became_of_what(city: City) -> None:
    told = await story(city)
    (returned,) = await found(city, act=["projectReturn"])
    assert "阶段由“待研判”改为“待补正”" in returned["summary"]
    (reported, *_) = await found(city, act=["projectReport"], project=told["back"]["no"])
    assert f"项目名称：{told['back']['name']}" in reported["summary"]
    assert len(reported["summary"]) <= 13
    (founded,) = await found(city, act=["cityFound"])
    assert len(founded["summary"]) == 13 and "其余从略" in founded["summary"][-1]


async def test_nobody_else_finds_anything_or_is_shown_the_page(city: City) -> None:
    await story(city)
    assert set(AUDITS) == {Post.OFFICE, Post.INSPECTION}
    for name in (
        "yanjiang",
        "leader",
        "group",
        "department",
        "branch",
        "agent",
        "expert",
        "partner",
        "public",
    ):
        seen = await city.run(city[name], DOCUMENT, filter={}, first=100)
        assert seen["journalEntries"]["nodes"] == [] and seen["journalEntries"]["totalCount"] == 0
        assert seen["journalActs"] is None
        inside = name in ("yanjiang", "leader", "group", "department", "branch")
        assert (seen["journalHead"] is not None) == inside
        proof = await city.run(city[name], PROOF, number=1, code="0" * 12)
        assert proof == {"journalProof": None}
    async with signed_in("yanjiang") as browser:
        assert "/journal" not in (await browser.get("/inbox")).text
        for path in ("/journal", "/journal/proof", "/journal/proof?number=1&code=00000000"):
            assert (await browser.get(path)).status_code == 404
        assert "projectReturn" not in (await browser.get("/journal.csv")).text


async def test_a_printed_head_is_found_until_the_journal_is_changed(city: City) -> None:
    await city.report()
    head = (await city.run(city.yanjiang, DOCUMENT))["journalHead"]
    printed = {"number": head["number"], "code": head["short"]}
    await city.report()

    async def proof(**given: Any) -> dict[str, Any]:
        found = await city.run(city.inspector, PROOF, **printed | given)
        answer: dict[str, Any] = found["journalProof"]
        return answer

    answer = await proof()
    assert answer["found"] and "内容没有改动" in answer["message"]
    assert answer["entry"]["number"] == head["number"]
    assert (await proof(code=f" {head['short'].upper()} "))["found"]
    for given, words in (
        ({"number": head["number"] - 1}, "条号填错，或办理记录被改写"),
        ({"number": head["number"] + 500}, "印出之后被删去，或库被倒回"),
        ({"number": -1}, "印出之后被删去，或库被倒回"),
        ({"code": "abc"}, "8 到 64 位"),
        ({"code": "zzzzzzzzzzzz"}, "8 到 64 位"),
    ):
        wrong = await proof(**given)
        assert not wrong["found"] and words in wrong["message"]
    async with undone():
        await JournalEntry.filter(id=head["number"]).update(reason="改过")
        assert "内容被改动" in (await proof())["message"]
    async with undone():
        await JournalEntry.filter(id=head["number"]).update(hash="0" * 64)
        assert "办理记录被改写" in (await proof())["message"]


@pytest.mark.parametrize("entries", [4, 12])
async def test_a_page_of_the_journal_takes_as_many_statements_however_long(
    city: City, entries: int
) -> None:
    for _ in range(entries):
        await city.report()
    with counting() as statements:
        await city.served(
            city.inspector, DOCUMENT, {"filter": {"act": ["projectReport"]}, "first": 30}
        )
    assert len(statements) <= 13, statements


async def test_the_journal_has_its_page_its_export_and_its_way_in(city: City) -> None:
    told = await story(city)
    async with signed_in("inspector") as browser:
        assert 'href="/journal"' in (await browser.get("/inbox")).text
        page = (await browser.get("/journal?act=projectReturn&day.since=2026-11-01")).text
        assert "阶段由“待研判”改为“待补正”" in page and told["back"]["no"] in page
        assert "1,000.05" not in page
        assert "自2026年11月1日起" in page, "what it is narrowed to"
        exact = (await browser.get("/journal?amount=1000.05元&act=fundsRecord")).text
        assert told["signed"]["no"] in exact
        wrong = await browser.get("/journal?amount=很多")
        assert wrong.status_code == 400 and 'aria-invalid="true"' in wrong.text
        nothing = (await browser.get("/journal?person=无此人")).text
        assert "没有这样的办理记录" in nothing
        file = (await browser.get("/journal.csv?act=projectReturn")).text
        assert "阶段由“待研判”改为“待补正”" in file and file.count("projectReturn") == 1
        first = await JournalEntry.get(act="projectReturn")
        proof = await browser.get(f"/journal/proof?number={first.id}&code={first.hash[:12]}")
        assert "内容没有改动" in proof.text
        wrong = await browser.get(f"/journal/proof?number={first.id}&code=00000000")
        assert "条号填错，或办理记录被改写" in wrong.text
    async with signed_in("office") as browser:
        assert (await browser.get("/journal")).status_code == 200


async def test_pages_of_the_journal_follow_each_other_without_a_gap(city: City) -> None:
    await story(city)
    numbers: list[int] = []
    after = None
    while True:
        seen = (await city.run(city.inspector, DOCUMENT, first=3, after=after))["journalEntries"]
        numbers += [each["number"] for each in seen["nodes"]]
        if not seen["pageInfo"]["hasNextPage"]:
            break
        after = seen["pageInfo"]["endCursor"]
    assert numbers == sorted(await JournalEntry.all().values_list("id", flat=True), reverse=True)  # type: ignore[type-var]
