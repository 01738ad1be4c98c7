"""Migrations keep every row and every promise, forwards, backwards and again.

Each test writes a few migrations of its own into a folder of its own.
"""

import asyncio
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tortoise import fields
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.exceptions import IntegrityError
from tortoise.migrations.executor import MigrationExecutor
from tortoise.models import Model

from schema.database.connections import open_database
from schema.database.statements import dialect, fetch
from schema.database.transactions import transaction
from server.operations import migrate as runner
from server.operations.migrate import NONE, DatabaseIsNewer, migrate, pending
from server.settings import connections, database_url

Write = Callable[..., None]


class Place(Model):
    """The table as today's code has it."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=20, unique=True)
    slogan = fields.CharField(max_length=40, default="")


HEAD = """
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

def table(model, /, together=(), **columns):
    options = {"table": model.lower(), "app": "schema", "pk_attr": "id"}
    options["unique_together"] = together
    id = ("id", fields.IntField(primary_key=True, generated=True))
    return ops.CreateModel(model, [id, *columns.items()], options=options, bases=["Model"])

def text(**options):
    return fields.CharField(max_length=20, **options)

def to(model, column, kind=fields.ForeignKeyField, on_delete=OnDelete.RESTRICT, **options):
    options |= {"source_field": column, "related_name": False, "on_delete": on_delete}
    return kind("schema." + model, **options)

async def watch(apps, editor):
    for name, table, act in (
        ("lead_noted", "lead", "INSERT INTO remark (text) VALUES ('a lead; at last');"),
        ("visit_counted", "visit", "UPDATE lead SET visits = visits + 1 WHERE id = NEW.lead_id;"),
    ):
        trigger = f"CREATE TRIGGER {name} AFTER INSERT ON {table} "
        if editor.DIALECT == "sqlite":
            await editor.client.execute_query(f"{trigger} BEGIN {act} END")
        else:
            body = f"$$ BEGIN {act} RETURN NULL; END $$ LANGUAGE plpgsql"
            await editor.client.execute_query(f"CREATE FUNCTION {name}() RETURNS trigger AS {body}")
            await editor.client.execute_query(f"{trigger} FOR EACH ROW EXECUTE FUNCTION {name}()")

"""

LEADS = """
    table("Place", name=text(unique=True)),
    table("Remark", text=text()),
    table(
        "Lead",
        no=text(),
        year=fields.IntField(),
        title=text(),
        note=text(null=True),
        amount=fields.BigIntField(),
        visits=fields.IntField(db_default=0),
        place=to("Place", "place_id", db_index=True),
        partner=to("Place", "partner_id", null=True, db_index=True),
        twin=to("Lead", "twin_id", fields.OneToOneField, null=True),
        together=[("no", "year")],
    ),
    table("Visit", lead=to("Lead", "lead_id", on_delete=OnDelete.CASCADE)),
    ops.AddConstraint("Lead", CheckConstraint(check="amount > 0", name="ck_lead_amount")),
    ops.AddConstraint("Lead", CheckConstraint(check="year < 3000", name="ck_lead_year")),
    ops.AddIndex("Lead", Index(fields=["year", "id"], name="ix_lead_year")),
    ops.RunSQL("CREATE UNIQUE INDEX ux_lead_title ON lead (title) WHERE amount > 1000"),
    ops.RunSQL("CREATE VIEW lead_of_the_year AS SELECT id FROM lead WHERE year = 2026"),
    ops.RunPython(watch),
"""

LEAD = "INSERT INTO lead (no, year, title, amount, place_id, twin_id) VALUES "

ROWS = [
    "INSERT INTO place (name) VALUES ('雁江'), ('安岳')",
    LEAD + "('1', 2026, 'silk', 7, 1, NULL), ('2', 2026, 'salt', 2000, 2, 1)",
    LEAD + "('3', 2026, 'tea', 9, 2, NULL)",
    "DELETE FROM lead WHERE no = '3'",
    "INSERT INTO visit (lead_id) VALUES (1), (1), (2)",
]

CHANGES = [
    ("a text may be left out", 'ops.AlterField("Lead", "title", text(null=True))'),
    ("a text goes", 'ops.RemoveField("Lead", "note")'),
    ("a text comes", 'ops.AddField("Lead", "source", text(null=True))'),
    (
        "a unique text of the parent may be left out",
        'ops.AlterField("Place", "name", text(null=True, unique=True))',
    ),
    ("a check comes", 'ops.AddConstraint("Lead", CheckConstraint("year > 2000", "ck_old"))'),
    ("a check goes", 'ops.RemoveConstraint("Lead", name="ck_lead_year")'),
    (
        "a reference may be empty",
        'ops.AlterField("Lead", "place", to("Place", "place_id", null=True))',
    ),
    ("a reference goes", 'ops.RemoveField("Lead", "partner")'),
    ("a unique text comes", 'ops.AddField("Lead", "code", text(null=True, unique=True))'),
]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / f"steps_{uuid.uuid4().hex}"
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    return folder


@pytest.fixture
def write(package: Path) -> Write:
    """Write a migration: its name, its operations."""
    names: list[str] = []

    def write(name: str, operations: str, before: str = "") -> None:
        after = [("schema", earlier) for earlier in names[-1:]]
        body = f"{before}\n    dependencies = {after}\n    operations = [{operations}]\n"
        (package / f"{name}.py").write_text(f"{HEAD}class Migration(migrations.Migration):\n{body}")
        names.append(name)

    return write


@pytest.fixture
def config(empty_url: str, package: Path) -> dict[str, Any]:
    app = {
        "models": [__name__],
        "default_connection": "default",
        "migrations": package.name,
    }
    return {
        "connections": connections(database_url(empty_url)),
        "apps": {"schema": app},
        "use_tz": True,
        "timezone": "UTC",
    }


async def run(*statements: str) -> None:
    async with transaction() as tx:
        for statement in statements:
            await tx.execute_query(statement)


async def refused(statement: str) -> bool:
    try:
        async with transaction() as tx:
            await tx.execute_query(statement)
    except IntegrityError:
        return True
    return False


async def indexes(table: str) -> set[str]:
    if dialect() == "postgres":
        sql = "SELECT indexname AS name FROM pg_indexes WHERE tablename = ?"
    else:
        sql = "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ?"
    return {row["name"] for row in await fetch(sql, [table])}


async def check_that_all_is_there() -> None:
    leads = await fetch("SELECT no, title, amount, visits, place_id, twin_id FROM lead ORDER BY id")
    assert [tuple(lead.values()) for lead in leads] == [
        ("1", "silk", 7, 2, 1, None),
        ("2", "salt", 2000, 1, 2, 1),
    ]
    assert await fetch("SELECT lead_id FROM visit ORDER BY id") == [
        {"lead_id": 1},
        {"lead_id": 1},
        {"lead_id": 2},
    ]
    assert len(await fetch("SELECT text FROM remark")) == 3
    assert len(await fetch("SELECT id FROM lead_of_the_year")) == 2
    assert await indexes("lead") >= {"ix_lead_year", "ux_lead_title"}
    assert await refused(LEAD + "('1', 2026, 'oil', 7, 1, NULL)"), "number and year together"
    assert await refused(LEAD + "('4', 2026, 'oil', 7, 1, 1)"), "one twin each"
    assert await refused(LEAD + "('4', 2026, 'oil', 0, 1, NULL)"), "an amount"
    assert await refused(LEAD + "('4', 2026, 'salt', 2000, 1, NULL)"), "one great title"
    assert await refused(LEAD + "('4', 2026, 'oil', 7, 99, NULL)"), "a place that exists"
    assert await refused("INSERT INTO place (name) VALUES ('雁江')"), "one place of a name"
    assert await refused("DELETE FROM place WHERE id = 1"), "a place that is referred to stays"
    with pytest.raises(ZeroDivisionError):
        async with transaction() as tx:
            await tx.execute_query(LEAD + "('4', 2026, 'oil', 7, 1, NULL)")
            assert (await fetch("SELECT max(id) AS id FROM lead"))[0]["id"] > 3, "no id twice"
            await tx.execute_query("INSERT INTO visit (lead_id) VALUES (2)")
            assert len(await fetch("SELECT text FROM remark")) == 4
            assert (await fetch("SELECT visits FROM lead WHERE id = 2")) == [{"visits": 2}]
            await tx.execute_query("DELETE FROM lead WHERE id = 2")
            assert len(await fetch("SELECT id FROM visit")) == 2, "visits go with their lead"
            raise ZeroDivisionError


@pytest.mark.parametrize(("case", "change"), CHANGES)
async def test_a_change_keeps_rows_indexes_uniques_checks_and_triggers(
    case: str, change: str, config: dict[str, Any], write: Write
) -> None:
    write("0001_leads", LEADS)
    write("0002_change", change)
    assert await migrate(config, "0001") == ["0001_leads"]
    async with open_database(config):
        await run(*ROWS)
        await check_that_all_is_there()
    for target in ("0002", "0001", "0002"):
        assert await migrate(config, target) == ["0002_change"]
        async with open_database(config):
            await check_that_all_is_there()


async def test_tortoise_alone_still_loses_rows_and_indexes(
    config: dict[str, Any], write: Write
) -> None:
    """When this fails a release has mended it, and `SqliteEditor` may go."""
    if config["connections"]["default"]["engine"] != "schema.database.sqlite":
        return
    write(
        "0001_leads",
        'table("Lead", no=text(), year=fields.IntField(), together=[("no", "year")]),'
        'table("Visit", lead=to("Lead", "lead_id", on_delete=OnDelete.CASCADE)),'
        'ops.AddIndex("Lead", Index(fields=["year", "id"], name="ix_lead_year")),',
    )
    write("0002_long", 'ops.AlterField("Lead", "no", fields.CharField(max_length=40))')
    lead = "INSERT INTO lead (no, year) VALUES ('1', 2026)"
    for migrate_by, kept in ((migrate, True), (migrate_by_tortoise, False)):
        await migrate(config, "0001")
        async with open_database(config):
            await run("DELETE FROM visit", "DELETE FROM lead")
            await run(lead, "INSERT INTO visit (lead_id) SELECT id FROM lead")
        await migrate_by(config)
        async with open_database(config):
            assert bool(await fetch("SELECT id FROM visit")) == kept
            assert ("ix_lead_year" in await indexes("lead")) == kept
            assert await refused(lead) == kept


async def migrate_by_tortoise(config: dict[str, Any]) -> None:
    async with open_database(config) as context:
        await MigrationExecutor(context.db("default"), config["apps"]).migrate()


async def test_all_can_be_undone_and_done_again(config: dict[str, Any], write: Write) -> None:
    write("0001_leads", LEADS)
    write("0002_source", 'ops.AddField("Lead", "source", text(null=True))')
    reported: list[str] = []
    assert await migrate(config, progress=reported.append) == ["0001_leads", "0002_source"]
    assert reported == ["0001_leads", "0002_source"]
    assert await migrate(config) == []
    assert await migrate(config, "0001_leads") == ["0002_source"]
    assert await migrate(config, "0002") == ["0002_source"]


async def test_nothing_remains_when_all_is_undone(config: dict[str, Any], write: Write) -> None:
    write("0001_place", 'table("Place", name=text(unique=True))')
    write("0002_slogan", 'ops.AddField("Place", "slogan", text(db_default=""))')
    await migrate(config)
    assert await migrate(config, NONE) == ["0002_slogan", "0001_place"]
    async with open_database(config), transaction() as tx:
        await tx.execute_query("CREATE TABLE place (id INT)")


async def test_a_migration_that_fails_halfway_changes_nothing(
    config: dict[str, Any], write: Write
) -> None:
    write("0001_place", 'table("Place", name=text(unique=True)), ops.RunSQL("nonsense")')
    with pytest.raises(Exception, match="nonsense"):
        await migrate(config)
    async with open_database(config), transaction() as tx:
        await tx.execute_query("CREATE TABLE place (id INT)")
        assert await fetch("SELECT name FROM tortoise_migrations") == []


async def test_a_migration_whose_record_fails_changes_nothing(
    config: dict[str, Any], write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would be tried again on tables that it has changed already."""

    async def fail(step: object) -> None:
        raise ZeroDivisionError

    write("0001_place", 'table("Place", name=text(unique=True))')
    with monkeypatch.context() as patch, pytest.raises(ZeroDivisionError):
        patch.setattr(runner, "_record", fail)
        await migrate(config)
    assert await migrate(config) == ["0001_place"]


async def test_a_migration_that_would_orphan_rows_is_refused(
    config: dict[str, Any], write: Write
) -> None:
    write("0001_leads", LEADS)
    write("0002_sweep", 'ops.RunSQL("DELETE FROM place")')
    await migrate(config, "0001")
    async with open_database(config):
        await run(*ROWS)
    with pytest.raises((RuntimeError, IntegrityError)):
        await migrate(config)
    async with open_database(config):
        await check_that_all_is_there()
        assert await fetch("SELECT name FROM tortoise_migrations") == [{"name": "0001_leads"}]


async def test_runners_at_the_same_time_take_each_step_once(
    config: dict[str, Any], write: Write
) -> None:
    write("0001_leads", LEADS)
    steps = [f"{number:04}_more" for number in range(2, 12)]
    for name in steps:
        write(name, f'ops.AddField("Lead", "more{name[:4]}", text(null=True))')
    taken = await asyncio.gather(*(migrate(config) for _ in range(3)))
    assert sorted(name for names in taken for name in names) == ["0001_leads", *steps]


async def test_a_newer_database_is_left_alone(
    config: dict[str, Any], write: Write, package: Path
) -> None:
    write("0001_place", 'table("Place", name=text(unique=True))')
    write("0002_slogan", 'ops.AddField("Place", "slogan", text(null=True))')
    await migrate(config)
    (package / "0002_slogan.py").unlink()
    write("0003_motto", 'ops.AddField("Place", "motto", text(null=True))')
    (package / "0003_motto.py").write_text(
        (package / "0003_motto.py").read_text().replace("0002_slogan", "0001_place")
    )
    with pytest.raises(DatabaseIsNewer, match="0002_slogan"):
        await migrate(config)
    async with open_database(config):
        with pytest.raises(DatabaseIsNewer, match="0002_slogan"):
            await pending(package)
        assert len(await fetch("SELECT name FROM tortoise_migrations")) == 2


async def test_pending_names_what_the_database_lacks(
    config: dict[str, Any], write: Write, package: Path
) -> None:
    write("0001_place", 'table("Place", name=text(unique=True))')
    write("0002_slogan", 'ops.AddField("Place", "slogan", text(null=True))')
    async with open_database(config):
        assert await pending(package) == ["0001_place", "0002_slogan"]
    await migrate(config, "0001")
    async with open_database(config):
        assert await pending(package) == ["0002_slogan"]
    await migrate(config)
    async with open_database(config):
        assert await pending(package) == []


async def test_a_data_migration_does_not_spoil_todays_table(
    config: dict[str, Any], write: Write
) -> None:
    """Tortoise would go on inserting into `place` without the column that came later."""
    fill = 'await apps.get_model("schema.Place").create(name="雁江")'
    write("0001_place", 'table("Place", name=text(unique=True))')
    write("0002_fill", "ops.RunPython(fill)", f"    async def fill(apps, editor): {fill}")
    write("0003_slogan", 'ops.AddField("Place", "slogan", text(db_default=""))')
    await migrate(config)
    assert not EXECUTOR_CACHE
    async with open_database(config):
        await Place.create(name="安岳", slogan="lemons")
        rows = await fetch("SELECT name, slogan FROM place ORDER BY id")
    assert [tuple(row.values()) for row in rows] == [("雁江", ""), ("安岳", "lemons")]


async def test_sql_is_cut_at_the_end_of_statements_only(
    config: dict[str, Any], write: Write
) -> None:
    trigger = "CREATE TRIGGER shout AFTER INSERT ON place BEGIN UPDATE place SET name = 'a;b'; END;"
    script = f"INSERT INTO place (name) VALUES ('x;y'); {trigger}"
    if config["connections"]["default"]["engine"] != "schema.database.sqlite":
        script = "INSERT INTO place (name) VALUES ('x;y'); UPDATE place SET name = 'a;b';"
    write("0001_place", f'table("Place", name=text(unique=True)), ops.RunSQL("{script}")')
    await migrate(config)
    async with open_database(config):
        await run("DELETE FROM place", "INSERT INTO place (name) VALUES ('z')")
        expected = "a;b" if dialect() == "sqlite" else "z"
        assert await fetch("SELECT name FROM place") == [{"name": expected}]


async def test_a_column_is_not_renamed_and_altered_at_once(
    config: dict[str, Any], write: Write
) -> None:
    write("0001_place", 'table("Place", name=text(unique=True))')
    write("0002_title", 'ops.AlterField("Place", "name", text(source_field="title", null=True))')
    if config["connections"]["default"]["engine"] == "tortoise.backends.sqlite":
        with pytest.raises(NotImplementedError, match="cannot be renamed and altered at once"):
            await migrate(config)


async def test_renaming_a_table_or_a_column_keeps_what_refers_to_it(
    config: dict[str, Any], write: Write
) -> None:
    write("0001_leads", LEADS)
    write(
        "0002_words", 'ops.RenameField("Lead", "no", "number"), ops.RenameModel("Lead", "Prospect")'
    )
    await migrate(config, "0001")
    async with open_database(config):
        await run(*ROWS)
    await migrate(config)
    await migrate(config, "0001")
    async with open_database(config):
        await check_that_all_is_there()
