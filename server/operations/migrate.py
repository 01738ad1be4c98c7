"""Applies and undoes migrations without losing a row.

Work-rounds of Tortoise 1.1.9, which alters a SQLite table by copying it and dropping the old one,
and thereby deletes the rows of child tables and loses indexes, triggers, unique sets and the highest
id ever given out:

- foreign keys are off meanwhile and are checked before each commit;
- what a dropped table loses is restored;
- a migration and the record that it ran are one transaction;
- of two runners the second waits.

A test fails without each of these.
"""

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.connection import get_connection
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget, PlanStep
from tortoise.migrations.graph import MigrationKey
from tortoise.migrations.recorder import MigrationRecorder
from tortoise.migrations.schema_editor import BaseSchemaEditor, SqliteSchemaEditor

from schema.database.connections import open_database
from schema.database.statements import dialect, fetch
from schema.database.transactions import transaction
from server.settings import ROOT

APP = "schema"
LATEST = "__latest__"
NONE = "__first__"  # Tortoise's name for the state before the first migration
DAY = 24 * 60 * 60
LOCK = 6_111_111  # any number, as long as it is ours alone among PostgreSQL's advisory locks


class DatabaseIsNewer(Exception):
    """The database has migrations that this code does not know, and could be harmed by it."""

    def __init__(self, unknown: list[str]) -> None:
        super().__init__(
            f"The database is newer than this program, by {', '.join(unknown)}."
            " Start the newer release, or restore the backup made before its upgrade."
        )


async def migrate(
    config: dict[str, Any], target: str = LATEST, progress: Callable[[str], object] = str
) -> list[str]:
    """Apply or undo migrations until `target` is the last applied one; their names, in order.

    `target` is a name or its beginning, `LATEST` or `NONE`. `progress` is called with each name
    once its migration is stored. Raises `DatabaseIsNewer`, and then has changed nothing.
    """
    try:
        async with (
            open_database(_without_time_limit(config)) as context,
            _exclusive(context.db("default")) as client,
        ):
            return [name async for name in _Runner(client, config).run(target, progress)]
    finally:
        # Work-round of Tortoise: it caches INSERTs of a migration's tables under today's names.
        EXECUTOR_CACHE.clear()


async def pending(folder: Path = ROOT / "migrations") -> list[str]:
    """Migrations that the open database lacks: none when it fits this code.

    Raises `DatabaseIsNewer`.
    """
    known = sorted(module.name for module in iter_modules([str(folder)]))
    if not await _has_record():
        return known
    applied = await _applied()
    if unknown := sorted(applied - set(known)):
        raise DatabaseIsNewer(unknown)
    return [name for name in known if name not in applied]


class _Runner(MigrationExecutor):
    """Runs the plan that Tortoise makes."""

    def __init__(self, client: BaseDBAsyncClient, config: dict[str, Any]) -> None:
        super().__init__(client, config["apps"])

    async def run(self, target: str, progress: Callable[[str], object]) -> AsyncIterator[str]:
        await self.loader.build_graph()
        await self.recorder.ensure_schema(self._schema_editor(atomic=False))
        applied = {MigrationKey(APP, name) for name in await _applied()}
        if unknown := sorted(key.name for key in applied - set(self.loader.graph.nodes)):
            raise DatabaseIsNewer(unknown)
        for step in self._plan(target, applied):
            key = MigrationKey(APP, step.migration.name)
            if await self._apply_step(step, key, applied):
                progress(key.name)
                yield key.name
            applied ^= {key}

    def _plan(self, target: str, applied: set[MigrationKey]) -> list[PlanStep]:
        if target not in (LATEST, NONE):
            target = self._resolve_migration_key(APP, target).name
        return self._migration_plan([MigrationTarget(APP, target)], applied, self.loader.graph)

    async def _apply_step(
        self, step: PlanStep, key: MigrationKey, applied: set[MigrationKey]
    ) -> bool:
        """Apply one step, whole or not at all; False where another runner did so meanwhile."""
        state = await self._project_state(applied, upto=key if step.backward else None)
        move = step.migration.unapply if step.backward else step.migration.apply
        editor = self._schema_editor(atomic=step.migration.atomic)
        if not step.migration.atomic:
            await move(state, schema_editor=editor)
            await _record(step)
            return True
        async with transaction() as editor.client:
            if (key.name in await _applied()) != step.backward:
                return False
            await move(state, schema_editor=editor)
            await _record(step)
            await _check_references()
        return True

    def _schema_editor(self, atomic: bool = True, collect_sql: bool = False) -> BaseSchemaEditor:
        if dialect() == "sqlite":
            return SqliteEditor(self.connection, atomic=atomic, collect_sql=collect_sql)
        return super()._schema_editor(atomic=atomic, collect_sql=collect_sql)


class SqliteEditor(SqliteSchemaEditor):
    """Tortoise's editor, except that a copied table keeps its indexes, triggers and unique sets."""

    async def _run_sql(self, sql: str) -> None:
        for statement in _statements(sql):
            await self.client.execute_query(statement)

    async def remove_field(self, model: Any, field: Any) -> None:
        # Work-round of Tortoise: of a reference's two fields, `place` and `place_id`, it keeps one.
        columns = model._meta.fields_map
        twins = {name: each for name, each in columns.items() if _reference(each) is field}
        for name in twins:
            del columns[name]
        try:
            await super().remove_field(model, field)
        finally:
            columns.update(twins)

    async def remove_constraint(self, model: Any, constraint: Any) -> None:
        # SQLite drops no unique set that a table was created with; a copied table has it as an index.
        if isinstance(constraint, UniqueConstraint):
            await self._remake_table(model)
        await super().remove_constraint(model, constraint)

    async def _remake_table(
        self, model: Any, create_field: Any = None, delete_field: Any = None, alter_fields: Any = ()
    ) -> None:
        altered = list(alter_fields or ())
        for old, new in altered:
            if _column(old) != _column(new):
                raise NotImplementedError(
                    f"{model.__name__}.{_column(old)} cannot be renamed and altered at once:"
                    " indexes and triggers would miss it. Rename it first, in its own operation."
                )
        before = await self._extras(model._meta.db_table)
        # Without this, SQLite refuses to drop a table that triggers and views name.
        await self.client.execute_query("PRAGMA legacy_alter_table = ON")
        await super()._remake_table(model, create_field, delete_field, altered)
        await self.client.execute_query("PRAGMA legacy_alter_table = OFF")
        dropped = {_column(old) for old, new in altered if not new.unique}
        await self._restore(model, before, dropped)

    async def _restore(self, model: Any, before: "_TableExtras", dropped: set[str]) -> None:
        table = model._meta.db_table
        now = await self._extras(table)
        for columns in before.unique - now.unique - {(column,) for column in dropped}:
            if now.columns.issuperset(columns):
                name = self._get_unique_constraint_name(model, list(columns))
                listed = ", ".join(map(self.quote, columns))
                await self.client.execute_query(
                    f'CREATE UNIQUE INDEX "{name}" ON "{table}" ({listed})'
                )
        for definition, columns in before.definitions:
            # As on PostgreSQL, an index goes with its column.
            if now.columns.issuperset(columns):
                await self.client.execute_query(definition)
        if before.highest_id:
            await self.client.execute_query("DELETE FROM sqlite_sequence WHERE name = ?", [table])
            await self.client.execute_query(
                "INSERT INTO sqlite_sequence VALUES (?, ?)", [table, before.highest_id]
            )

    async def _extras(self, table: str) -> "_TableExtras":
        query = self.client.execute_query_dict
        indexes = {}
        unique = set()
        for index in await query("SELECT * FROM pragma_index_list(?)", [table]):
            rows = await query("SELECT name FROM pragma_index_info(?)", [index["name"]])
            # An expression has no name.
            indexes[index["name"]] = columns = tuple(row["name"] for row in rows if row["name"])
            if index["origin"] == "u":
                unique.add(columns)
        definitions = await query(
            "SELECT name, sql FROM sqlite_master"
            " WHERE tbl_name = ? AND type IN ('index', 'trigger') AND sql IS NOT NULL",
            [table],
        )
        info = await query("SELECT name FROM pragma_table_info(?)", [table])
        return _TableExtras(
            columns={column["name"] for column in info},
            unique=unique,
            definitions=[(each["sql"], indexes.get(each["name"], ())) for each in definitions],
            highest_id=await self._highest_id(table),
        )

    async def _highest_id(self, table: str) -> int | None:
        query = self.client.execute_query_dict
        if not await query("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'"):
            return None
        rows = await query("SELECT seq FROM sqlite_sequence WHERE name = ?", [table])
        return rows[0]["seq"] if rows else None


@dataclass(frozen=True)
class _TableExtras:
    """What SQLite drops together with a table, and Tortoise does not create again."""

    columns: set[str]
    unique: set[tuple[str, ...]]
    definitions: list[tuple[str, tuple[str, ...]]]  # indexes with their columns, and triggers
    highest_id: int | None


@asynccontextmanager
async def _exclusive(client: BaseDBAsyncClient) -> AsyncIterator[BaseDBAsyncClient]:
    """Keep a second runner out, and SQLite from following references while tables are copied.

    On SQLite the transaction of each step keeps the other runner out.
    """
    if dialect() == "sqlite":
        await client.execute_query("PRAGMA foreign_keys = OFF")
        yield client
        return
    async with client.acquire_connection() as own:
        await own.execute(f"SELECT pg_advisory_lock({LOCK})")
        try:
            yield client
        finally:
            await own.execute(f"SELECT pg_advisory_unlock({LOCK})")


def _without_time_limit(config: dict[str, Any]) -> dict[str, Any]:
    """The same database without limits of time: the index of a large table may take long."""
    patient = deepcopy(config)
    options = patient["connections"]["default"]["credentials"]
    options["lock_wait"] = DAY
    options.pop("command_timeout", None)
    options.get("server_settings", {}).pop("lock_timeout", None)
    return patient


async def _record(step: PlanStep) -> None:
    recorder = MigrationRecorder(get_connection("default"))
    note = recorder.record_unapplied if step.backward else recorder.record_applied
    await note(APP, step.migration.name)


async def _applied() -> set[str]:
    rows = await fetch("SELECT name FROM tortoise_migrations WHERE app = ?", [APP])
    return {row["name"] for row in rows}


async def _has_record() -> bool:
    if dialect() == "postgres":
        return bool(await fetch("SELECT 1 WHERE to_regclass('tortoise_migrations') IS NOT NULL"))
    return bool(await fetch("SELECT 1 FROM sqlite_master WHERE name = 'tortoise_migrations'"))


async def _check_references() -> None:
    if dialect() == "sqlite" and (orphans := await fetch("PRAGMA foreign_key_check")):
        raise RuntimeError(f"Rows would be left without the row they refer to: {orphans[:5]}")


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, split where SQLite ends them: not inside text or a trigger."""
    statement = ""
    for part in script.split(";"):
        statement += part + ";"
        if sqlite3.complete_statement(statement):
            if statement.strip(" \n;"):
                yield statement
            statement = ""
    if statement.strip(" \n;"):
        yield statement


def _column(field: Any) -> str:
    return str(field.source_field or field.model_field_name)


def _reference(field: Any) -> Any:
    return getattr(field, "reference", None)
