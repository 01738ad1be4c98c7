"""/healthz tells a supervisor whether this process can serve, and nothing else to anybody."""

import asyncio
from functools import partial
from pathlib import Path

import pytest

from schema.database.connections import open_database
from schema.database.statements import counting
from server.operations import health
from server.operations.migrate import NONE, migrate, pending
from server.settings import orm_config
from tests.server.doors import browser


async def test_a_server_whose_database_fits_is_well(db: None) -> None:
    async with browser() as visitor:
        with counting() as statements:
            answer = await visitor.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer.headers["cache-control"] == "no-store"
    assert len(statements) <= 2, statements


async def test_a_database_without_tables_is_not_served(empty_url: str) -> None:
    async with open_database(orm_config(empty_url)), browser() as visitor:
        answer = await visitor.get("/healthz")
    assert answer.status_code == 503
    assert "sixones migrate" in answer.json()["reason"]


async def test_a_database_that_lags_behind_is_not_served(migrated_url: str) -> None:
    await migrate(orm_config(migrated_url), NONE)
    async with open_database(orm_config(migrated_url)), browser() as visitor:
        assert (await visitor.get("/healthz")).status_code == 503


async def test_a_database_that_is_newer_is_not_served(
    db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code_without_migrations = partial(pending, tmp_path)
    monkeypatch.setattr(health, "pending", code_without_migrations)
    async with browser() as visitor:
        answer = await visitor.get("/healthz")
    assert answer.status_code == 503 and "比程序新" in answer.json()["reason"]


async def test_a_database_that_does_not_answer_is_said_without_details(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def broken() -> list[str]:
        raise OSError("connection refused: postgresql://user:hunter2@10.0.0.5")

    async def hanging() -> list[str]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(health, "SECONDS", 0.05)
    for trouble in (broken, hanging):
        monkeypatch.setattr(health, "pending", trouble)
        async with browser() as visitor:
            answer = await visitor.get("/healthz")
        assert answer.status_code == 503
        assert answer.json() == {"status": "unavailable", "reason": "数据库没有应答"}
