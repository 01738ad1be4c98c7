"""What the database itself refuses, by name: compared with what the migrations and the tables say."""

from importlib import import_module

from tortoise import Tortoise
from tortoise.migrations.constraints import CheckConstraint

from schema import database

NAMES = {
    "sqlite": 'SELECT "name", "sql" FROM sqlite_master',
    "postgres": "SELECT indexname AS name, '' AS sql FROM pg_indexes WHERE schemaname = current_schema()"
    " UNION ALL SELECT conname, '' FROM pg_constraint",
}
"""The names of indexes and constraints. SQLite keeps those of checks in the text of their table."""


def expected_guards() -> list[str]:
    """The unique indexes of `0002_guards`, and the checks of every table."""
    assert Tortoise.apps is not None
    found = set(import_module("migrations.0002_guards").UNIQUE)
    for table in Tortoise.apps["schema"].values():
        for each in getattr(table._meta, "constraints", ()):
            if isinstance(each, CheckConstraint):
                found.add(each.name)
    return sorted(found)


async def missing_guards() -> list[str]:
    """The guards that the open database has lost."""
    rows = await database.fetch(NAMES[database.dialect()])
    names = {row["name"] for row in rows}
    texts = "\n".join(row["sql"] or "" for row in rows)
    return [each for each in expected_guards() if each not in names and f'"{each}"' not in texts]
