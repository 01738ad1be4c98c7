"""Tables, kinds, permissions and the migrated database say the same."""

import re

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
)
from tortoise import Tortoise

from schema import database
from schema.graph import schema
from schema.permissions import SEES, HeldPost, Viewer, hidden
from schema.query.models import KINDS, columns_of

CORE = schema._schema
OWN = [kind for name, kind in CORE.type_map.items() if not name.startswith("__")]
CHINESE = re.compile("[\u4e00-\u9fff]")
# Never read as rows of the graph: the gate, sign-in and sequences keep them for themselves.
UNREAD = {
    "form_draft",
    "idempotency_record",
    "job_slot",
    "journal_part",
    "journal_row",
    "sequence",
    "merge",
    "session",
    "token",
    "unseen_notice",
}


def test_every_kind_is_seen_by_rule() -> None:
    assert {kind.table for kind in KINDS.values()} <= set(SEES)


async def test_every_table_is_seen_by_rule_or_never_read(db: None) -> None:
    assert Tortoise.apps is not None
    tables = {model._meta.db_table for model in Tortoise.apps["schema"].values()}
    assert tables - set(SEES) <= UNREAD, "give it a row in SEES"
    assert set(SEES) <= tables


async def test_every_column_of_a_table_is_in_the_migrated_database(db: None) -> None:
    assert Tortoise.apps is not None
    for model in Tortoise.apps["schema"].values():
        table = model._meta.db_table
        if database.dialect() == "sqlite":
            found = await database.fetch(f'PRAGMA table_info("{table}")')
            stored = {row["name"] for row in found}
        else:
            sql = "SELECT column_name AS name FROM information_schema.columns WHERE table_name = ?"
            stored = {row["name"] for row in await database.fetch(sql, [table])}
        assert stored == set(columns_of(model)), table


@pytest.mark.parametrize(
    "index", ["uq_transfer_open", "uq_dispute_open", "uq_claim_place", "uq_idempotency_key"]
)
async def test_what_must_be_single_is_single_in_the_database(db: None, index: str) -> None:
    sql = (
        "SELECT name FROM sqlite_master WHERE type = 'index' AND name = ?"
        if database.dialect() == "sqlite"
        else "SELECT indexname AS name FROM pg_indexes WHERE indexname = ?"
    )
    assert await database.fetch(sql, [index])


def test_a_hidden_column_may_be_null_in_the_graph() -> None:
    """For whoever sees rows of the table at all."""
    silent = set()
    for kind in KINDS.values():
        of = CORE.type_map[kind.name]
        assert isinstance(of, GraphQLObjectType)
        hides: set[str] = set()
        for post in SEES[kind.table]:
            hides |= hidden(kind.table, Viewer(person=1, posts=(HeldPost(post),)))
        for name, field in of.fields.items():
            given = field.extensions["strawberry-definition"]
            if "column" not in given.metadata or not isinstance(field.type, GraphQLNonNull):
                continue
            if (given.metadata["column"] or given.python_name) in hides:
                silent.add(f"{kind.name}.{name}")
    assert silent == set()


def test_everything_in_the_graph_has_its_chinese_words() -> None:
    silent = []
    for kind in OWN:
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for name, field in kind.fields.items():
                if not CHINESE.search(field.description or ""):
                    silent.append(f"{kind.name}.{name}")
                silent += [
                    f"{kind.name}.{name}({each}:)"
                    for each, argument in field.args.items()
                    if not CHINESE.search(argument.description or "")
                ]
        elif isinstance(kind, GraphQLInputObjectType):
            silent += [
                f"{kind.name}.{name}"
                for name, field in kind.fields.items()
                if not CHINESE.search(field.description or "")
            ]
        elif isinstance(kind, GraphQLEnumType):
            silent += [
                f"{kind.name}.{name}"
                for name, value in kind.values.items()
                if not CHINESE.search(value.description or "")
            ]
    assert silent == []
