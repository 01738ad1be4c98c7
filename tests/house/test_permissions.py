"""The three tables of permissions are complete: for every act, every table, every hidden column."""

import pytest
from graphql import GraphQLNonNull, GraphQLObjectType
from tortoise import Tortoise

from schema import database
from schema.gate.act import PAYLOADS
from schema.graph import schema
from schema.permissions import HIDES, MAY, OWN, SEES, Post, Viewer, hidden, may, visible
from schema.project.rules import BEGINNING, LIFE, REFUSED
from schema.query.models import KINDS, columns_of

CORE = schema._schema
MUTATION = CORE.mutation_type
assert MUTATION is not None
ACTS = set(MUTATION.fields)


def test_every_act_is_allowed_to_somebody_and_every_permission_is_for_an_act() -> None:
    assert set(MAY) == ACTS == set(PAYLOADS)
    assert all(MAY.values())


def test_every_act_in_the_life_of_a_project_is_a_mutation() -> None:
    assert {*LIFE, *REFUSED, BEGINNING[0]} <= ACTS


@pytest.mark.parametrize("act", sorted(ACTS))
def test_an_act_takes_one_input_and_answers_with_what_to_mend(act: str) -> None:
    assert MUTATION is not None
    field = MUTATION.fields[act]
    assert list(field.args) == ["input"]
    assert isinstance(field.args["input"].type, GraphQLNonNull)
    payload = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
    assert isinstance(payload, GraphQLObjectType)
    assert {"userErrors", "conflict"} <= set(payload.fields)


def test_the_public_may_nothing_and_a_partner_only_reads() -> None:
    for act, posts in MAY.items():
        assert not {Post.PUBLIC, Post.PARTNER} & set(posts), act


def test_where_an_act_is_allowed_names_columns_of_a_project() -> None:
    columns = set(columns_of(KINDS["Project"].model))
    for posts in MAY.values():
        for where in posts.values():
            named = {where} - {""} if isinstance(where, str) else set(where)
            assert named <= columns & set(OWN)


def test_a_viewer_without_unit_owns_nothing() -> None:
    """Two who have no place are not of the same place."""
    project = {"reported_by_id": None, "first_contact_place_id": None, "landing_place_id": None}
    for act, posts in MAY.items():
        for post, where in posts.items():
            if where:
                assert not may(Viewer(post), act, project)


async def test_every_rule_of_sight_holds_for_every_viewer(orm: None) -> None:
    """Each is asked of the database: as SQL, and with values for all its marks."""
    assert Tortoise.apps is not None
    for table in SEES:
        for post in Post:
            for own in (None, 1):
                viewer = Viewer(post, person=own, organization=own, place=own, group=own)
                sql, values = visible(table, "t", viewer)
                assert sql.count("?") == len(values)
                await database.fetch(f'SELECT 1 FROM "{table}" t WHERE {sql} LIMIT 1', values)


@pytest.mark.parametrize("table", sorted(HIDES))
def test_what_is_hidden_are_columns_of_the_table(table: str) -> None:
    (kind,) = [kind for kind in KINDS.values() if kind.table == table]
    assert set(HIDES[table]) <= set(columns_of(kind.model))
    for column, posts in HIDES[table].items():
        for post in posts:
            assert column in hidden(table, Viewer(post))
        assert column not in hidden(table, Viewer(Post.OFFICE))


def test_a_post_unknown_to_a_table_sees_none_of_it() -> None:
    for table, posts in SEES.items():
        for post in set(Post) - set(posts):
            assert visible(table, "t", Viewer(post)) == ("1=0", [])
