"""The migrations build what the tables say: the same columns, references and indexes, and guards."""

import inspect
import re
from collections.abc import Awaitable, Callable
from importlib import import_module
from pkgutil import iter_modules

from tortoise.fields.relational import RelationalField
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.operations import AddField, RunPython

import migrations
from schema import database
from schema.checks import UNRECORDED
from schema.database.connections import open_database
from server.settings import orm_config

Catalogue = set[tuple[object, ...]]


async def test_a_migrated_database_is_what_the_tables_say(
    empty_url: str, template_url: str
) -> None:
    async with open_database(orm_config(empty_url)) as context:
        await context.generate_schemas()
        given = await catalogue()
    async with open_database(orm_config(template_url)):
        migrated = await catalogue()
    assert given, "the tables say something"
    assert given - migrated == set(), "written in the tables, and in no migration"
    more = {fact[:2] for fact in migrated - given}
    assert more <= {("index", "unique"), ("check", "check")}, more


async def test_a_new_migration_is_generated_from_the_tables_and_there_is_none_to_write(
    template_url: str,
) -> None:
    """`tortoise makemigrations` writes what a table was given, and nothing that is there already."""
    config = orm_config(template_url)
    async with open_database(config) as context:
        assert await MigrationAutodetector(context.apps, config["apps"]).changes() == []


async def catalogue() -> Catalogue:
    read: Callable[[], Awaitable[Catalogue]] = (
        of_sqlite if database.dialect() == "sqlite" else of_postgres
    )
    return await read()


async def of_sqlite() -> Catalogue:
    found: Catalogue = set()
    tables = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    for table in await database.fetch(tables):
        name = table["name"]
        if "migration" in name and name != "migration":
            continue  # what the runner keeps for itself
        for each in await database.fetch(f'PRAGMA table_info("{name}")'):
            type_ = re.sub(r"^INT$", "INTEGER", each["type"])
            found.add(("column", name, each["name"], type_, each["notnull"], each["pk"] > 0))
        for each in await database.fetch(f'PRAGMA foreign_key_list("{name}")'):
            found.add(("reference", name, each["from"], each["table"], each["on_delete"]))
        for index in await database.fetch(f'PRAGMA index_list("{name}")'):
            if index["origin"] == "pk":
                continue  # a key that is the rowid has no index of its own
            columns = await database.fetch(f'PRAGMA index_info("{index["name"]}")')
            unique = "unique" if index["unique"] else "plain"
            order = tuple(each["name"] for each in columns)
            found.add(("index", unique, name, order, index["partial"]))
    return found


async def of_postgres() -> Catalogue:
    found: Catalogue = set()
    columns = """SELECT table_name, column_name, data_type, character_maximum_length, is_nullable
        FROM information_schema.columns WHERE table_schema = 'public'"""
    for each in await database.fetch(columns):
        found.add(("column", *each.values()))
    constraints = """SELECT contype::text AS kind, conrelid::regclass::text AS of,
        pg_get_constraintdef(oid) AS definition FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype IN ('f', 'c')"""
    for each in await database.fetch(constraints):
        kind = "reference" if each["kind"] == "f" else "check"
        found.add(
            (kind, "check" if kind == "check" else each["of"], each["of"], each["definition"])
        )
    indexes = "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    for each in await database.fetch(indexes):
        unique = "unique" if each["indexdef"].startswith("CREATE UNIQUE") else "plain"
        without_name = re.sub(r"INDEX \S+ ON", "INDEX ON", each["indexdef"])
        found.add(("index", unique, each["tablename"], without_name))
    return {fact for fact in found if "migration" not in str(fact[1:3])}


def test_what_a_later_migration_adds_to_rows_that_are_there_has_a_value() -> None:
    """A column that is never empty comes with a default in the database, or no older city could be migrated."""
    lacking = []
    for module in iter_modules(migrations.__path__):
        made = import_module(f"migrations.{module.name}")
        for each in made.Migration.operations:
            if isinstance(each, AddField) and not isinstance(each.field, RelationalField):
                if not each.field.null and not each.field.has_db_default():
                    lacking.append(f"{module.name}: {each.model_name}.{each.name}")
            elif isinstance(each, AddField) and not each.field.null:
                lacking.append(f"{module.name}: {each.model_name}.{each.name}")
    assert lacking == []


RELEASED = "0011_joint_rounds"
"""The last migration of a release that is out; those stay as they are."""
WRITES = re.compile(
    r'\b(?:UPDATE|INSERT INTO|DELETE FROM)\s+\\?"?(\w+)\\?"?(?:\s+SET\b(.*?)(?:\bWHERE\b|;|$))?',
    re.IGNORECASE | re.MULTILINE,
)
SET = re.compile(r'(\w+)\\?"?\s*=')
UNSEEN = re.compile(
    r"\bapps\.|\.(?:create|save|update|delete|bulk_\w+)\(|database\.\w+\(\s*(?![A-Z]+\b)\w"
)
"""In a migration's Python: what writes otherwise than by a statement that is a constant of its module."""


async def test_no_later_migration_writes_rows_that_the_journal_knows(template_url: str) -> None:
    """`sixones check` would call them changed by hand: what rows lack is a `Beginning`, an act. Columns
    that the journal does not know may be filled.
    """
    async with open_database(orm_config(template_url)):
        recorded = {
            table._meta.db_table: UNRECORDED.of(table) for table in UNRECORDED.recorded_tables()
        }
    assert {"one", "one_item", "project", "duty"} <= recorded.keys()

    def known(source: str) -> list[str]:
        return [
            table
            for table, changes in WRITES.findall(source)
            if table in recorded and not (changes and {*SET.findall(changes)} <= recorded[table])
        ]

    written = (
        'UPDATE "one" SET; insert into duty; DELETE FROM \\"x\\"',
        'UPDATE "project" SET "name_head" = ?, "name_tail" = ? WHERE "id" = ?',
        'UPDATE "project" SET "name_head" = ?, "name" = ? WHERE "id" = ?',
        'DELETE FROM \\"project\\"',
    )
    assert [known(each) for each in written] == [["one", "duty"], [], ["project"], ["project"]]
    assert UNSEEN.search("await database.write(made(), [])")
    assert not UNSEEN.search("await database.write(KEYS, [])")
    found = []
    for module in iter_modules(migrations.__path__):
        if module.name <= RELEASED:
            continue
        made = import_module(f"migrations.{module.name}")
        source = inspect.getsource(made)
        found += [f"{module.name}: {table}" for table in sorted(known(source))]
        if any(isinstance(each, RunPython) for each in made.Migration.operations):
            found += [f"{module.name}: {each} is not to be seen" for each in UNSEEN.findall(source)]
    assert found == []
