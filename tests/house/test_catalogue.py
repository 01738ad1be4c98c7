"""The migrations build what the tables say: the same columns, references and indexes, and guards."""

import ast
import inspect
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from importlib import import_module
from pkgutil import iter_modules

import pytest
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
VERB = re.compile(
    r"(?<!\bON )(?<!\bFOR )\b(?:UPDATE|INSERT|REPLACE\s+INTO|DELETE|MERGE|TRUNCATE)\b"
    r"(?!\s+(?:ON|OF|OR\s+(?:UPDATE|INSERT|DELETE))\b)",
    re.IGNORECASE,
)
"""Where a statement writes; not the event of a trigger, nor what follows ON DELETE."""
WRITES = re.compile(
    r'(?:UPDATE|INSERT INTO|DELETE FROM)(?:\s+ONLY\b)?\s+"?(\w+)"?(?=\s|;|$|\()(?:\s+SET\b(.*?)(?:\bWHERE\b|;|$))?',
    re.IGNORECASE | re.DOTALL,
)
SET = re.compile(r"""\s*"(\w+)"\s*=\s*(?:\?|\$\d+|-?\d+|'[^']*'|NULL|TRUE|FALSE)\s*(?:,|$)""")
"""One column given a value that stands there, or comes with the statement."""
PURE = re.compile(r"typing|collections\.abc|datetime|schema(?:\.\w+)*\.rules(?:\.\w+)*")
RUNNER = {
    "tortoise": {"fields", "migrations"},
    "tortoise.indexes": {"Index"},
    "tortoise.migrations": {"operations"},
    "tortoise.migrations.constraints": {"CheckConstraint", "UniqueConstraint"},
    "schema": {"database"},
}
"""What a migration that runs Python may import beside pure functions."""


def column_names(changes: str) -> set[str] | None:
    """The columns that SET gives plain values; None where anything else stands there."""
    found, at = set(), 0
    while at < len(changes.rstrip()):
        each = SET.match(changes, at)
        if not each:
            return None
        found.add(each[1])
        at = each.end()
    return found


def written(sql: str, recorded: Mapping[str, AbstractSet[str]]) -> list[str]:
    """The recorded tables of which a text writes a column that the journal knows; all of what cannot be read."""
    found = []
    for verb in VERB.finditer(sql):
        statement = WRITES.match(sql, verb.start())
        if not statement:
            found.append(sql[verb.start() :][:40])
        elif (table := statement[1]) in recorded:
            columns = column_names(statement[2]) if statement[2] else None
            if not columns or not columns <= recorded[table]:
                found.append(table)
    return found


def texts_of(tree: ast.AST) -> Iterator[str]:
    """Every text of a module but its docstrings, whole where it is written in pieces; a hole is `{}`."""
    inside = {
        id(part)
        for each in ast.walk(tree)
        if isinstance(each, ast.JoinedStr)
        for part in each.values
    }
    words = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    for each in ast.walk(tree):
        if isinstance(each, ast.JoinedStr):
            yield "".join(
                str(getattr(part, "value", "{}")) if isinstance(part, ast.Constant) else "{}"
                for part in each.values
            )
        elif (
            isinstance(each, ast.Constant)
            and isinstance(each.value, str)
            and id(each) not in inside | words
        ):
            yield each.value


def unseen(tree: ast.Module) -> list[str]:
    """What a module's Python may write without a statement that is a constant of the module."""
    found = []
    constants = {
        name.id
        for each in tree.body
        if isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant)
        for name in each.targets
        if isinstance(name, ast.Name)
    }
    asked = set()
    for each in ast.walk(tree):
        match each:
            case ast.Import(names=names):
                found += [name.name for name in names]
            case ast.ImportFrom(module=str(module), names=names):
                allowed = RUNNER.get(module, set())
                if not PURE.fullmatch(module):
                    found += [
                        each.name
                        for each in names
                        if each.name not in allowed or (each.asname and module == "schema")
                    ]
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                given = {argument.arg for argument in each.args.args}
                used = {name.id for name in ast.walk(each) if isinstance(name, ast.Name)}
                found += sorted(given & used)
            case ast.Call(func=ast.Attribute(value=ast.Name(id="database") as name, attr=verb)):
                first = each.args[0] if each.args else None
                if (
                    verb in ("fetch", "write")
                    and isinstance(first, ast.Name)
                    and first.id in constants
                ):
                    asked.add(id(name))
    found += [
        f"database in line {each.lineno}"
        for each in ast.walk(tree)
        if isinstance(each, ast.Name) and each.id == "database" and id(each) not in asked
    ]
    return found


async def test_no_later_migration_writes_rows_that_the_journal_knows(template_url: str) -> None:
    """`sixones check` would call them changed by hand: what rows lack is a `Beginning`, an act. Columns
    that the journal does not know may be filled, each with a value that stands there or comes with the statement.
    """
    async with open_database(orm_config(template_url)):
        known = {
            table._meta.db_table: UNRECORDED.of(table) for table in UNRECORDED.recorded_tables()
        }
    assert {"one", "one_item", "project", "duty"} <= known.keys()
    found = []
    for module in iter_modules(migrations.__path__):
        if module.name <= RELEASED:
            continue
        made = import_module(f"migrations.{module.name}")
        tree = ast.parse(inspect.getsource(made))
        found += [
            f"{module.name}: {each}" for text in texts_of(tree) for each in written(text, known)
        ]
        if any(isinstance(each, RunPython) for each in made.Migration.operations):
            found += [f"{module.name}: {each} is not to be seen" for each in unseen(tree)]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        """KEYS = 'UPDATE "project" SET "name" = ? WHERE "id" = ?'""",
        """KEYS = 'UPDATE "project" SET "name_head" = ?, "name" = ? WHERE "id" = ?'""",
        """KEYS = 'UPDATE "project" SET "name_head" = ?,' ' "name" = ? WHERE "id" = ?'""",
        """KEYS = '''UPDATE "project" SET "name_head" = ?,\n "name" = ?'''""",
        """KEYS = 'UPDATE "project" SET ("name_head", "name") = (?, ?)'""",
        """KEYS = 'UPDATE "project" SET "name_head" = (DELETE FROM "duty" RETURNING "id")'""",
        """KEYS = 'UPDATE project AS p SET "name_head" = ?'""",
        """KEYS = 'update only "project" set "name" = ?'""",
        """KEYS = 'WITH x AS (SELECT 1) DELETE FROM "project"'""",
        """KEYS = 'INSERT OR REPLACE INTO "project" VALUES (1)'""",
        """KEYS = 'insert into duty ("id") VALUES (1)'""",
        """KEYS = 'TRUNCATE "project"'""",
        """KEYS = f'UPDATE "{TABLE}" SET "name_head" = ?'""",
        """KEYS = 'UPDATE ' + TABLE""",
    ],
)
def test_a_statement_that_writes_what_the_journal_knows_is_found_however_it_is_written(
    source: str,
) -> None:
    recorded = {"project": {"name_head", "name_tail"}, "duty": set[str]()}
    assert [each for text in texts_of(ast.parse(source)) for each in written(text, recorded)]


@pytest.mark.parametrize(
    "source",
    [
        """KEYS = 'UPDATE "project" SET "name_head" = ?, "name_tail" = \\'\\' WHERE "id" = ?'""",
        """KEYS = 'UPDATE "sequence" SET "last" = "last" + 1; DELETE FROM "inquiry"'""",
        """KEYS = 'CREATE TRIGGER x BEFORE UPDATE ON "project" FOR EACH ROW EXECUTE FUNCTION f()'""",
        """KEYS = 'REFERENCES "project" ("id") ON DELETE CASCADE'""",
        """'''Update the rows.'''""",
    ],
)
def test_a_statement_that_writes_what_the_journal_does_not_know_is_none(source: str) -> None:
    recorded = {"project": {"name_head", "name_tail"}, "duty": set[str]()}
    assert not [each for text in texts_of(ast.parse(source)) for each in written(text, recorded)]


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        (
            "from schema import database\nK = 'SELECT 1'\nasync def f(_a, _e): await database.write(K, [])",
            True,
        ),
        ("from schema.project.rules import name_columns\nname_columns('x')", True),
        (
            "from schema import database\nasync def f(_a, _e): await database.write(made(), [])",
            False,
        ),
        (
            "from schema import database\nK = made()\nasync def f(_a, _e): await database.write(K, [])",
            False,
        ),
        ("from schema import database as d\nK = 'x'\nawait_ = d.write(K, [])", False),
        ("from schema import database\nwrite = database.write", False),
        ("from schema.database import write\nwrite('x', [])", False),
        ("async def f(apps, editor): await editor.client.execute_query('x')", False),
        (
            "async def f(_apps, _editor): await _apps.get_model('Project').all().update(name='')",
            False,
        ),
        ("from schema.project.tables import Project\nProject.all().update(name='')", False),
        ("import sqlite3", False),
    ],
)
def test_python_that_may_write_otherwise_is_found(source: str, seen: bool) -> None:
    assert (unseen(ast.parse(source)) == []) == seen
