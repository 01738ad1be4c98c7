"""Pages keep up: who sees a change is told that something moved, and nobody else is told anything."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from schema.database.statements import counting
from schema.gate.journal import MOVED
from schema.gate.tables import JournalEntry
from schema.people.tables import Appointment, Person, Session
from server.live import events, hub, topics
from server.people.tokens import issue
from tests.live.listeners import listening, site, somebody
from tests.server.serving import serving
from tests.world import City, on


@pytest_asyncio.fixture
async def base(stored_city: City) -> AsyncIterator[str]:
    async with site() as address:
        yield address
    await hub.hub.close()


async def test_a_report_moves_the_inbox_and_the_queue_of_the_office(
    stored_city: City, base: str
) -> None:
    async with somebody(base, "office") as office, listening(office, "inbox", "queue") as heard:
        await stored_city.report()
        assert await heard.names(2) == {"inbox", "queue"}


async def test_who_looks_at_a_project_is_told_when_it_moves(stored_city: City, base: str) -> None:
    project, other = await stored_city.report(), await stored_city.report()
    name = f"project:{project['no']}"
    async with somebody(base, "yanjiang") as page, listening(page, name) as heard:
        await stored_city.done(stored_city.office, "projectReturn", **on(other), reason="营业执照")
        await stored_city.done(
            stored_city.office, "projectReturn", **on(project), reason="请补充营业执照"
        )
        assert await heard.names(1) == {name}


async def test_what_somebody_does_not_see_moves_nothing_for_them(
    stored_city: City, base: str
) -> None:
    """Anyue asks for Yanjiang's project by its number and for its own, and is told of its own alone."""
    city = stored_city
    theirs, own = await city.report(), await city.report(city.anyue)
    names = [f"project:{each['no']}" for each in (theirs, own)]
    async with somebody(base, "anyue") as page, listening(page, *names, "project:9999-1") as heard:
        await city.done(city.office, "projectReturn", **on(theirs), reason="请补充营业执照")
        await city.done(city.office, "projectReturn", **on(own), reason="请补充营业执照")
        assert await heard.names(1) == {names[1]}
    start = await topics.journal_end()
    await city.report()
    moves = await topics.moves_since(start)
    wanted = dict.fromkeys(topics.LISTS)
    assert await topics.topics_moved(city.anyue, wanted, moves) == frozenset()
    assert await topics.topics_moved(city.office, wanted, moves) == {"inbox", "queue"}
    assert await topics.topics_moved(city.partner, wanted, moves) == frozenset()


async def test_a_saved_view_moves_nothing_and_a_calendar_everybody(stored_city: City) -> None:
    city, wanted = stored_city, dict.fromkeys(topics.LISTS)
    start = await topics.journal_end()
    await city.done(city.office, "viewSave", name="大项目", query="amount.min=10亿")
    moves = await topics.moves_since(start)
    assert await topics.topics_moved(city.office, wanted, moves) == frozenset()
    days = [("2027-01-01", "元旦"), ("2027-05-01", "劳动节"), ("2027-10-01", "国庆节")]
    given = [{"day": day, "working": False, "name": name} for day, name in days]
    await city.publish(2027, days=given)
    moves = await topics.moves_since(moves.last)
    assert await topics.topics_moved(city.anyue, wanted, moves) == {"inbox", "queue"}


async def test_a_project_that_a_merge_takes_along_moves_too(stored_city: City) -> None:
    city = stored_city
    into, project = await city.report(), await city.report()
    start = await topics.journal_end()
    await city.done(city.office, "projectMerge", **on(project), into=into["no"], reason="同一项目")
    moves = await topics.moves_since(start)
    names = [f"project:{each['no']}" for each in (into, project)]
    wanted = await topics.wanted_topics(city.office, names)
    assert await topics.topics_moved(city.office, wanted, moves) == set(names)


# ---------------------------------------------------------------- who may listen, and for how long


async def test_a_stream_ends_within_a_second_when_its_session_does(
    stored_city: City, base: str
) -> None:
    async with somebody(base, "office") as office, listening(office, "inbox") as heard:
        await Session.filter(person__username="office").update(ended_at=datetime.now(UTC))
        started = time.perf_counter()
        await heard.ended()
        assert time.perf_counter() - started < 1
        assert (await office.get("/events?on=inbox")).status_code == 401


async def test_a_stream_ends_when_its_person_is_disabled_or_changes_posts(
    stored_city: City, base: str
) -> None:
    async with somebody(base, "anyue") as anyue, somebody(base, "lezhi") as lezhi:
        async with listening(anyue, "inbox") as one, listening(lezhi, "inbox") as other:
            await Person.filter(username="anyue").update(active=False)
            held = Appointment.filter(person__username="lezhi")
            await held.update(ends_on=date(2026, 1, 1))
            started = time.perf_counter()
            await one.ended()
            await other.ended()
            assert time.perf_counter() - started < 1.2


async def test_listening_does_not_keep_a_session_open(stored_city: City, base: str) -> None:
    async with somebody(base, "office") as office:
        long_ago = datetime.now(UTC) - timedelta(minutes=10)
        await Session.filter(person__username="office").update(seen_at=long_ago)
        async with listening(office, "inbox"):
            answer = await office.get("/inbox", headers={"X-Live": "1"})
            assert answer.status_code == 200
        kept = await Session.get(person__username="office")
        assert kept.seen_at == long_ago


async def test_streams_are_bounded_and_for_our_own_pages(
    stored_city: City, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "PER_PERSON", 3)
    person = await Person.get(username="partner")
    _, token = await issue(person, "对接")
    async with somebody(base, "office") as office, AsyncExitStack() as open_:
        for _ in range(3):
            await open_.enter_async_context(listening(office, "inbox"))
        refused = await office.get("/events?on=inbox")
        assert refused.status_code == 429 and refused.headers["retry-after"] == "30"
        async with somebody(base, "anyue") as anyue, listening(anyue, "inbox"):
            monkeypatch.setattr(hub, "PER_PROCESS", 4)
            assert (await anyue.get("/events?on=inbox")).status_code == 503
        office.cookies.clear()
        assert (await office.get("/events?on=inbox")).status_code == 401
        bearer = {"Authorization": f"Bearer {token}"}
        assert (await office.get("/events?on=inbox", headers=bearer)).status_code == 403


async def test_a_stream_beats_and_carries_nothing_but_names(
    stored_city: City, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "HEARTBEAT", 0.02)
    async with somebody(base, "office") as office, listening(office, "inbox") as heard:
        assert heard.answer.headers["content-type"].startswith("text/event-stream")
        assert heard.answer.headers["cache-control"] == "no-store"
        assert "connect-src 'self';" in heard.answer.headers["content-security-policy"]
        assert await heard.line() == ":"


async def test_many_pages_of_one_kind_cost_one_look(stored_city: City, base: str) -> None:
    async with somebody(base, "office") as office, AsyncExitStack() as open_:
        heard = [await open_.enter_async_context(listening(office, "inbox")) for _ in range(5)]
        await stored_city.report()
        for each in heard:
            await each.names(1)
        start = (await JournalEntry.all().order_by("-id").first()).id  # type: ignore[union-attr]
        with counting() as sent:
            moves = await topics.moves_since(start - 1)
            await hub.hub._tell_moves(moves)
        assert len(sent) == 3, sent


# ---------------------------------------------------------------- processes


async def test_what_one_process_changes_another_announces(
    stored_city: City, committed_db: str, tmp_path: Path
) -> None:
    """On PostgreSQL by a notice, well before the next reading of the journal."""
    if committed_db.startswith("sqlite"):
        pytest.skip("on SQLite one process serves")
    _, token = await issue(await Person.get(username="yanjiang"), "报送")
    document = (
        "mutation($input: ProjectReportInput!) { projectReport(input: $input)"
        " { project { no } userErrors { message } } }"
    )
    lead = {"name": "柠檬深加工基地", "investorName": "杭州云岫食品有限公司", "amount": "3亿"}
    async with (
        serving(committed_db, tmp_path) as one,
        serving(committed_db, tmp_path) as other,
        somebody(str(other.base_url), "office") as office,
        listening(office, "queue") as heard,
    ):
        started = time.perf_counter()
        answer = await one.post(
            "/graphql",
            json={"query": document, "variables": {"input": lead}},
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.json()["data"]["projectReport"]["userErrors"] == []
        assert await heard.names(1) == {"queue"}
        assert time.perf_counter() - started < hub.POLL_EVERY["notices"] / 2


async def test_without_notices_the_journal_is_polled(
    stored_city: City, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a pooler keeps LISTEN from us, and another process acts."""

    async def nothing(_: object) -> None:
        return None

    monkeypatch.setattr(hub, "listen", nothing)
    monkeypatch.setattr(hub, "POLL_EVERY", {"notices": 0.2, "polling": 0.2})
    async with somebody(base, "office") as office, listening(office, "queue") as heard:
        told, MOVED[:] = MOVED[:], []
        try:
            await stored_city.report()
        finally:
            MOVED[:] = told
        assert await heard.names(1) == {"queue"}


async def test_a_server_that_stops_lets_its_streams_go(
    stored_city: City, committed_db: str, tmp_path: Path
) -> None:
    async with AsyncExitStack() as server:
        client = await server.enter_async_context(serving(committed_db, tmp_path))
        async with (
            somebody(str(client.base_url), "office") as office,
            listening(office, "inbox") as heard,
        ):
            started = time.perf_counter()
            stopping = asyncio.create_task(server.aclose())
            await heard.ended()
            await stopping
            assert time.perf_counter() - started < 5
