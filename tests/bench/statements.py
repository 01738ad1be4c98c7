"""Our real statements: what the product asks of the database for a document, with its values."""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, NamedTuple

from tests.bench.workloads import Workload

NOW = datetime.fromisoformat("2026-11-22T10:00:00+08:00")
MIDDLE = "SELECT id, reported_at FROM project ORDER BY reported_at DESC, id DESC OFFSET $1 LIMIT 1"


class Statement(NamedTuple):
    sql: str
    values: list[Any]


class Kept(logging.Handler):
    """Tortoise tells its log each statement before it is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.statements: list[Statement] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg == "%s: %s" and isinstance(record.args, tuple):
            sql, values = record.args
            self.statements.append(Statement(str(sql), list(values or [])))


class Product:
    """The product's own graph in this process, asked as the Leading Group Office."""

    def __init__(self, viewer: Any) -> None:
        self.viewer = viewer

    async def statements(self, workload: Workload, variables: Mapping[str, Any]) -> list[Statement]:
        from tortoise.log import db_client_logger

        from schema.context import Context
        from server.web.resources import graph

        prepared = graph.prepare(workload.documents["ours"])
        assert not isinstance(prepared, list), prepared
        kept, level = Kept(), db_client_logger.level
        db_client_logger.addHandler(kept)
        db_client_logger.setLevel(logging.DEBUG)
        try:
            context = Context(viewer=self.viewer, now=NOW)
            answer = await graph.answer(prepared, None, variables, context)
        finally:
            db_client_logger.removeHandler(kept)
            db_client_logger.setLevel(level)
        assert not answer.errors, answer.errors
        return kept.statements


@asynccontextmanager
async def product(url: str) -> AsyncIterator[Product]:
    from schema.database.connections import open_database
    from server.people.context import named
    from server.settings import orm_config

    async with open_database(orm_config(url)):
        yield Product(await named("bench"))


async def variables_of(workload: Workload, db: Any, projects: int) -> dict[str, Any]:
    """Of a project and of a page in the middle of the table, as the product itself marks it."""
    if workload.name == "W3":
        return {"no": f"B{projects // 2:07d}"}
    if workload.name == "W5":
        from schema.query.loaders import write_cursor
        from schema.query.sql import Order, Seek

        row = await db.fetchrow(MIDDLE, projects // 2 - 1)
        place = Seek(row["reported_at"], row["id"])
        order = Order("reported_at", descending=True)
        return {"after": write_cursor("Query.projects", order, place)}
    return {}
