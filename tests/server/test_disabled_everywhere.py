"""Whoever is disabled is out within a second, in every process and by every way in.

Sessions are looked up at each request. A token's owner is remembered for a second, also by processes
that do not hear of the change: what is asked later than that is refused.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx2
import pytest

from schema.people.tables import Person
from server.people import people, tokens
from tests.server.doors import browser, enter, post_of, signed_in
from tests.server.serving import execute_outside, serving
from tests.world import City

SECOND = 1.0
ASK = {"query": "{ viewer { name } }"}


async def token_of(username: str) -> dict[str, str]:
    _, text = await tokens.issue(await people.get_person(username), "遂宁系统")
    return {"authorization": f"Bearer {text}"}


async def last_let_in(ask: Callable[[], Awaitable[bool]], most: float = 5) -> float:
    """Ask again and again until refused: when the last request that was let in began."""
    end, last = time.monotonic() + most, 0.0
    while time.monotonic() < end:
        began = time.monotonic()
        if not await ask():
            return last
        last = began
        await asyncio.sleep(0.01)
    raise AssertionError("never refused")


async def test_a_token_whose_owner_another_process_disables_is_out_within_a_second(
    stored_city: City, committed_db: str
) -> None:
    headers = await token_of("partner")
    async with browser() as program:
        assert await post_of(program, **headers) == "PARTNER"
        # Another process writes: this one's memory does not know.
        await execute_outside(
            committed_db, "UPDATE person SET active = false WHERE username = 'partner'"
        )
        disabled = time.monotonic()

        async def ask() -> bool:
            return (await program.get("/who", headers=headers)).status_code == 200

        assert await last_let_in(ask) - disabled < SECOND


async def test_two_processes_let_nobody_in_who_was_disabled_in_one(
    stored_city: City, committed_db: str, tmp_path: Path
) -> None:
    if committed_db.startswith("sqlite"):
        pytest.skip("one process serves SQLite")
    headers = await token_of("partner")
    async with serving(committed_db, tmp_path) as there, signed_in("office") as here:
        assert (await enter(there, "office")).status_code == 303

        async def by_token() -> bool:
            return (await there.post("/graphql", json=ASK, headers=headers)).status_code == 200

        async def by_session(visitor: httpx2.AsyncClient = there) -> bool:
            answer = await visitor.post("/graphql", json=ASK)
            return bool(answer.json()["data"]["viewer"])

        assert await by_token() and await by_session() and await by_session(here)
        assert (await here.post("/graphql", json=ASK, headers=headers)).status_code == 200
        for username in ("partner", "office"):
            await people.set_active(await Person.get(username=username), False)
        disabled = time.monotonic()
        # Sessions, and the token in the process that did it: at once.
        assert not await by_session() and not await by_session(here)
        assert (await here.post("/graphql", json=ASK, headers=headers)).status_code == 401
        # The token in the other process: within the second that it remembers.
        assert await last_let_in(by_token) - disabled < SECOND
