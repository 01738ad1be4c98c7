"""Pages keep up: who sees a change learns that something moved, and nobody else learns anything."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from schema.context import Context
from schema.database.statements import counting
from schema.duties.tables import Duty
from schema.gate.journal import MOVED
from schema.gate.tables import JournalEntry
from schema.jobs.declare import CLOCK
from schema.jobs.runner import Runner as JobRunner
from schema.people.tables import Appointment, Person, Session
from schema.query.models import global_id
from server.live import events, hub, topics
from server.people.tokens import issue
from tests.live.listeners import listening, site, somebody
from tests.server.serving import serving
from tests.world import City, at, on


@pytest_asyncio.fixture
async def base(stored_city: City) -> AsyncIterator[str]:
    async with site() as address:
        yield address
    await hub.hub.close()


async def test_a_report_moves_the_inbox_and_the_queue_of_the_office(
    stored_city: City, base: str
) -> None:
    async with somebody(base, "office") as office, listening(office, "inbox", "queue") as stream:
        await stored_city.report()
        assert await stream.names(2) == {"inbox", "queue"}


async def test_who_looks_at_a_project_is_told_when_it_moves(stored_city: City, base: str) -> None:
    project, other = await stored_city.report(), await stored_city.report()
    name = f"project:{project['no']}"
    async with somebody(base, "yanjiang") as page, listening(page, name) as stream:
        await stored_city.done(stored_city.office, "projectReturn", **on(other), reason="营业执照")
        await stored_city.done(
            stored_city.office, "projectReturn", **on(project), reason="请补充营业执照"
        )
        assert await stream.names(1) == {name}


async def test_what_somebody_does_not_see_moves_nothing_for_them(
    stored_city: City, base: str
) -> None:
    """Anyue asks for Yanjiang's project by its number and for its own, and is notified of its own alone."""
    city = stored_city
    theirs, own = await city.report(), await city.report(city.anyue)
    names = [f"project:{each['no']}" for each in (theirs, own)]
    async with somebody(base, "anyue") as page, listening(page, *names, "project:9999-1") as stream:
        await city.done(city.office, "projectReturn", **on(theirs), reason="请补充营业执照")
        await city.done(city.office, "projectReturn", **on(own), reason="请补充营业执照")
        assert await stream.names(1) == {names[1]}
    start = await topics.journal_end()
    await city.report()
    moves = await topics.moves_since(start)
    wanted = dict.fromkeys(topics.LISTS)
    assert await topics.topics_moved(city.anyue, wanted, moves) == frozenset()
    assert await topics.topics_moved(city.office, wanted, moves) == {*topics.WORK, "counts"}
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
    assert await topics.topics_moved(city.anyue, wanted, moves) == {*topics.WORK, "counts"}


async def test_a_project_that_a_merge_takes_along_moves_too(stored_city: City) -> None:
    city = stored_city
    into, project = await city.report(), await city.report()
    start = await topics.journal_end()
    await city.done(city.office, "projectMerge", **on(project), into=into["no"], reason="同一项目")
    moves = await topics.moves_since(start)
    names = [f"project:{each['no']}" for each in (into, project)]
    wanted = await topics.wanted_topics(city.office, names)
    assert await topics.topics_moved(city.office, wanted, moves) == set(names)


async def moved_for(city: City, start: int) -> dict[str, set[str]]:
    """What moved after an entry of the journal, for each who was notified of anything."""
    wanted, moves = dict.fromkeys(topics.LISTS), await topics.moves_since(start)
    found = {}
    for name in ("office", "colleague", "yanjiang", "anyue", "lezhi", "leader", "partner"):
        if names := await topics.topics_moved(city[name], wanted, moves):
            found[name] = set(names)
    return found


async def test_a_message_moves_for_its_recipient_and_its_senders_unit_and_nobody_else(
    stored_city: City,
) -> None:
    city, expected = stored_city, {"messages", "counts"}
    start = await topics.journal_end()
    given = {"text": "请报送本月进度", "units": ["anyue"], "answerBy": "2026-11-20"}
    await city.done(city.yanjiang, "noticeSend", **given)
    assert await moved_for(city, start) == {"yanjiang": expected, "anyue": expected}
    mine = "{ messages(filter: {mine: true}) { nodes { id } } }"
    (message,) = (await city.run(city.anyue, mine))["messages"]["nodes"]
    for act, more in (("messageRead", {}), ("noticeAnswer", {"text": "已报送"})):
        start = await topics.journal_end()
        await city.done(city.anyue, act, message=message["id"], **more)
        assert await moved_for(city, start) == {"yanjiang": expected, "anyue": expected}, act


async def test_a_duty_handed_over_moves_for_both_and_for_who_sees_it(stored_city: City) -> None:
    """Yanjiang reported the project and sees for whom it waits; Anyue knows nothing of it."""
    city, expected = stored_city, {*topics.WORK, "counts"}
    project = await city.opined(await city.report())
    (duty,) = (await city.run(city.office, "{ viewer { inbox { id } } }"))["viewer"]["inbox"]
    start = await topics.journal_end()
    person = global_id("Person", city.colleague.person or 0)
    given = {"duty": duty["id"], "person": person, "reason": "休假"}
    await city.done(city.office, "dutyHandOver", **given)
    seeing = ("office", "colleague", "yanjiang", "leader")
    assert await moved_for(city, start) == dict.fromkeys(seeing, expected)
    name = f"project:{project['no']}"
    wanted = await topics.wanted_topics(city.yanjiang, [name])
    moves = await topics.moves_since(start)
    assert await topics.topics_moved(city.yanjiang, wanted, moves) == {name}


async def test_whoever_had_a_duty_is_told_that_it_ended_though_the_project_is_theirs_no_more(
    stored_city: City,
) -> None:
    """Anyue was to take a project up; the office takes it up for it, and it leaves Anyue's inbox."""
    city = stored_city
    project = await city.report()
    start = await topics.journal_end()
    await Duty.filter(project__no=project["no"]).update(
        holder_post=None, holder_place_id=city.anyue.place
    )
    await city.done(city.office, "projectReturn", **on(project), reason="请补充营业执照")
    assert (await moved_for(city, start))["anyue"] == {*topics.WORK, "counts"}


async def test_a_reminder_that_a_job_writes_moves_at_once(
    stored_city: City, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Well before the journal is read again without a notification."""
    city = stored_city
    await city.report()
    city.now = at("2026-12-20 10:00")
    await JobRunner(lambda: Context(viewer=CLOCK, now=city.now, file_store=city.files)).finish()
    city.now = at("2026-12-21 00:06")
    monkeypatch.setattr(hub, "POLL_EVERY", {"notices": 600.0, "polling": 600.0})
    async with somebody(base, "office") as office, listening(office, "messages") as stream:
        await JobRunner(lambda: Context(viewer=CLOCK, now=city.now, file_store=city.files)).finish()
        assert await stream.names(1) == {"messages"}


@pytest.mark.parametrize(
    ("path", "part", "topic"),
    [
        ("/inbox", "inbox-part", "inbox"),
        ("/duties", "duties-part", "duties"),
        ("/verification", "verification-part", "duties"),
        ("/messages", "messages-part", "messages"),
        ("/messages/notices", "notices-part", "messages"),
    ],
)
async def test_a_page_and_the_badges_beside_it_ask_for_themselves_again(
    stored_city: City, base: str, path: str, part: str, topic: str
) -> None:
    async with somebody(base, "office") as office:
        page = (await office.get(path)).text
    for name, moves in ((part, topic), ("rail", "counts")):
        assert f'id="{name}" data-live="{moves}" hx-get="{path}"' in page
    assert 'hx-select-oob="#bar-inbox,#tab-inbox"' in page
    assert page.count('id="bar-inbox"') == page.count('id="tab-inbox"') == 1


# ---------------------------------------------------------------- who may listen, and for how long


async def test_a_stream_ends_within_a_second_when_its_session_does(
    stored_city: City, base: str
) -> None:
    async with somebody(base, "office") as office, listening(office, "inbox") as stream:
        await Session.filter(person__username="office").update(ended_at=datetime.now(UTC))
        started = time.perf_counter()
        await stream.ended()
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


async def test_forty_who_ask_at_once_are_let_in_up_to_the_bounds(
    stored_city: City, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bound of a person first, then, from two people, that of the process.

    They ask for a project, which is looked up before they are let in.
    """
    path = f"/events?on=inbox&on=project:{(await stored_city.report())['no']}"
    async with somebody(base, "office") as office, somebody(base, "anyue") as anyue:
        assert await let_in(path, [office] * 40) == {200: hub.PER_PERSON, 429: 40 - hub.PER_PERSON}
        assert hub.hub.streams == set() and not hub.hub.people
        monkeypatch.setattr(hub, "PER_PROCESS", 15)
        assert await let_in(path, [office, anyue] * 20) == {200: 15, 503: 25}
        assert hub.hub.streams == set() and not hub.hub.people


async def let_in(path: str, visitors: list[httpx2.AsyncClient]) -> Counter[int]:
    """How many of those who ask for a stream at once get which answer; those let in stay until all have one."""
    answered, found = asyncio.Event(), Counter[int]()

    async def ask(visitor: httpx2.AsyncClient) -> None:
        async with visitor.stream("GET", path) as answer:
            found[answer.status_code] += 1
            if found.total() == len(visitors):
                answered.set()
            await answered.wait()

    await asyncio.gather(*(ask(visitor) for visitor in visitors))
    async with asyncio.timeout(5):
        while hub.hub.streams:  # noqa: ASYNC110 (a server sees in its own time that a reader went)
            await asyncio.sleep(0.01)
    return found


async def test_a_stream_beats_and_carries_nothing_but_names(
    stored_city: City, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "HEARTBEAT", 0.02)
    async with somebody(base, "office") as office, listening(office, "inbox") as stream:
        assert stream.answer.headers["content-type"].startswith("text/event-stream")
        assert stream.answer.headers["cache-control"] == "no-store"
        assert "connect-src 'self';" in stream.answer.headers["content-security-policy"]
        assert await stream.line() == ":"


async def test_many_pages_of_one_kind_cost_one_look(stored_city: City, base: str) -> None:
    async with somebody(base, "office") as office, AsyncExitStack() as open_:
        stream = [await open_.enter_async_context(listening(office, "inbox")) for _ in range(5)]
        await stored_city.report()
        for each in stream:
            await each.names(1)
        start = (await JournalEntry.all().order_by("-id").first()).id  # type: ignore[union-attr]
        with counting() as sent:
            moves = await topics.moves_since(start - 1)
            await hub.hub._tell_moves(moves)
        assert len(sent) == 2, "whoever sees every company need not be asked about the project"


# ---------------------------------------------------------------- processes


async def test_what_one_process_changes_another_announces(
    stored_city: City, committed_db: str, tmp_path: Path
) -> None:
    """On PostgreSQL by a notice, well before the next reading of the journal."""
    if committed_db.startswith("sqlite"):
        pytest.skip("on SQLite one process serves")
    _, token = await issue(await Person.get(username="yanjiang"), "报送")
    notice = (
        "mutation($input: NoticeSendInput!) { noticeSend(input: $input)"
        " { notice { no } userErrors { message } } }"
    )
    document = (
        "mutation($input: ProjectReportInput!) { projectReport(input: $input)"
        " { project { no } userErrors { message } } }"
    )
    lead = {"name": "柠檬深加工基地", "investorName": "杭州云岫食品有限公司", "amount": "3亿"}
    async with (
        serving(committed_db, tmp_path) as one,
        serving(committed_db, tmp_path) as other,
        somebody(str(other.base_url), "office") as office,
        listening(office, "queue") as stream,
        somebody(str(other.base_url), "anyue") as anyue,
        listening(anyue, "messages", "counts") as beside,
    ):
        started = time.perf_counter()
        answer = await one.post(
            "/graphql",
            json={"query": document, "variables": {"input": lead}},
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.json()["data"]["projectReport"]["userErrors"] == []
        assert await stream.names(1) == {"queue"}
        assert time.perf_counter() - started < hub.POLL_EVERY["notices"] / 2
        started = time.perf_counter()
        given = {"text": "请报送本月进度", "units": ["anyue"]}
        answer = await one.post(
            "/graphql",
            json={"query": notice, "variables": {"input": given}},
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.json()["data"]["noticeSend"]["userErrors"] == []
        assert await beside.names(2) == {"messages", "counts"}
        assert time.perf_counter() - started < hub.POLL_EVERY["notices"] / 2


async def test_without_notices_the_journal_is_polled(
    stored_city: City, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a pooler keeps LISTEN from us, and another process acts."""

    async def nothing(_: object) -> None:
        return None

    monkeypatch.setattr(hub, "listen", nothing)
    monkeypatch.setattr(hub, "POLL_EVERY", {"notices": 0.2, "polling": 0.2})
    async with somebody(base, "office") as office, listening(office, "queue") as stream:
        announced, MOVED[:] = MOVED[:], []
        try:
            await stored_city.report()
        finally:
            MOVED[:] = announced
        assert await stream.names(1) == {"queue"}


async def test_a_server_that_stops_lets_its_streams_go(
    stored_city: City, committed_db: str, tmp_path: Path
) -> None:
    async with AsyncExitStack() as server:
        client = await server.enter_async_context(serving(committed_db, tmp_path))
        async with (
            somebody(str(client.base_url), "office") as office,
            listening(office, "inbox") as stream,
        ):
            started = time.perf_counter()
            stopping = asyncio.create_task(server.aclose())
            await stream.ended()
            await stopping
            assert time.perf_counter() - started < 5
