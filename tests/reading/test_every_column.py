"""For every kind, every column and every viewer: what is shown is what the permissions declare.

The plan and graphql-core are asked alike; a filter, an order or a sum of a hidden column is refused
alike, whatever stands in the column.
"""

from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    Undefined,
    get_named_type,
    is_leaf_type,
)

from schema import database
from schema.graph import schema
from schema.permissions import HIDES, OUTSIDERS, SCOPES, SEES, Post, Viewer, hidden, visible
from schema.query.fields import metadata_of
from schema.query.models import KINDS, global_id
from tests.reading.test_claimant import LEAD
from tests.world import EVIDENCE, City, on

CORE = schema._schema
VIEWERS = (
    *("office", "yanjiang", "anyue", "lezhi", "hightech", "group", "department", "branch", "agent"),
    *("leader", "inspector", "expert", "partner", "scoped", "public"),
)


async def everything(city: City) -> None:
    """A city in which most kinds have a row: claimed, disputed, moved, signed, paid, saved, merged."""
    project = await city.report(
        **LEAD, currency="USD", foreignAmount="1088773467", rate="7.1429", rateDate="2026-11-17"
    )
    claim = {"contactOn": "2026-11-10", "contactWith": "李总", "place": "anyue"}
    claim |= {"evidence": EVIDENCE}
    await city.done(city.office, "projectClaim", project=project["no"], **claim)
    await city.dispute("anyue", project)
    agents = await city.report(city.agent, place="yanjiang", contactPhone="13900000000")
    returned = await city.done(city.office, "projectReturn", **on(agents), reason="请补充")
    await city.done(
        city.office, "projectMerge", **on(returned["project"]), into=project["no"], reason="同一"
    )
    signed = await city.signed(contactName="张总")
    paid = await city.pay(signed, "1000万")
    await city.tax(paid["project"], "100万")
    await city.done(city.office, "viewSave", name="大", query="stage=SIGNED", shared="ALL")
    await city.done(city.yanjiang, "viewSave", name="小", query="stage=SIGNED", shared="UNIT")


def declared(kind: str) -> dict[str, str]:
    """The plain columns of a kind that the graph shows, by field."""
    shown = CORE.type_map[kind]
    assert isinstance(shown, GraphQLObjectType)
    return {
        name: metadata_of(field)["column"] or field.extensions["strawberry-definition"].python_name
        for name, field in shown.fields.items()
        if "column" in metadata_of(field) and is_leaf_type(get_named_type(field.type))
    }


def should_hide(table: str, viewer: Viewer) -> set[str]:
    """Told anew from the tables of permissions, for a viewer of one post."""
    post = viewer.posts[0].post if viewer.posts else Post.PUBLIC
    hides = {column for column, posts in HIDES.get(table, {}).items() if post in posts}
    if post in OUTSIDERS:
        shown = SCOPES.get(table, {}).get(post, "")
        kind = next(kind for kind in KINDS.values() if kind.table == table)
        hides |= set(kind.columns) - {"id", *shown.split()}
    return hides


GRAPHED = sorted(
    name
    for name in KINDS
    if isinstance(CORE.type_map.get(name), GraphQLObjectType) and declared(name)
)


async def test_every_column_is_shown_to_whom_the_permissions_show_it(city: City) -> None:
    """Rows by `visible`, columns by SCOPES and HIDES: by the plan, by graphql-core and by id."""
    await everything(city)
    compared = hidden_ones = 0
    for kind in GRAPHED:
        table, fields = KINDS[kind].table, declared(kind)
        ids = [row["id"] for row in await database.fetch(f'SELECT "id" FROM "{table}" LIMIT 6')]
        if not ids:
            continue
        stored = {row["id"]: row for row in await database.fetch(f'SELECT * FROM "{table}"')}
        document = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {kind} {{ {' '.join(fields)} }} }} }}"
        for name in VIEWERS:
            viewer = city[name]
            sql, values = visible(table, "t", viewer)
            seen = {
                row["id"]
                for row in await database.fetch(
                    f'SELECT t."id" FROM "{table}" t WHERE {sql}', values
                )
            }
            hides = should_hide(table, viewer) if table in SEES and seen else set()
            if seen:
                assert hides == set(hidden(table, viewer)), (kind, name)
            given = [global_id(kind, each) for each in ids]
            found = (await city.run(viewer, document, ids=given))["nodes"]
            for key, row in zip(ids, found, strict=True):
                assert (row is not None) == (key in seen), (kind, name, key)
                for field, column in fields.items() if row else ():
                    compared += 1
                    if column in hides:
                        hidden_ones += 1
                        assert row[field] is None, (kind, name, field)
                    else:
                        empty = stored[key][column] is None
                        assert (row[field] is None) == empty, (kind, name, field)
    assert compared > 2000 and hidden_ones > 20, (compared, hidden_ones)


LISTED = {
    name: (get_named_type(field.type), field)
    for name, field in CORE.query_type.fields.items()  # type: ignore[union-attr]
    if "connection" in metadata_of(field)
}


async def test_a_list_shows_by_a_plan_what_a_row_shows(city: City) -> None:
    """The lists of the root: their rows and columns as `node` has them, for every viewer."""
    await everything(city)
    for name, (_, field) in LISTED.items():
        kind = metadata_of(field)["connection"]
        if any(
            each.default_value is None and "!" in str(each.type) for each in field.args.values()
        ):
            continue
        fields = " ".join(declared(kind))
        listed = f"{{ {name}(first: 100) {{ totalCount nodes {{ id {fields} }} }} }}"
        alone = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {kind} {{ id {fields} }} }} }}"
        for who in ("yanjiang", "anyue", "agent", "partner", "branch"):
            page = (await city.run(city[who], listed))[name]
            assert page["totalCount"] == len(page["nodes"]), (name, who)
            ids = [each["id"] for each in page["nodes"]]
            assert (await city.run(city[who], alone, ids=ids))["nodes"] == page["nodes"]


def guesses() -> list[tuple[str, str, str, str]]:
    """Every way to filter or order a root list by a column: list, kind's table, column, argument."""
    found = []
    for name, (_, field) in LISTED.items():
        table = KINDS[metadata_of(field)["connection"]].table
        for argument, kind in ((a, get_named_type(v.type)) for a, v in field.args.items()):
            if argument == "filter" and isinstance(kind, GraphQLInputObjectType):
                for key, member in kind.fields.items():
                    column = metadata_of(member).get("column")
                    if column and (text := example(member.type)):
                        found.append((name, table, column, f"filter: {{ {key}: {text} }}"))
            elif argument == "orderBy" and isinstance(kind, GraphQLInputObjectType):
                by = get_named_type(kind.fields["field"].type)
                assert isinstance(by, GraphQLEnumType)
                for value, each in by.values.items():
                    column = getattr(each.value, "value", each.value)
                    found.append((name, table, str(column), f"orderBy: {{ field: {value} }}"))
    return found


def example(kind: Any) -> str | None:
    """Some value of a filter's type."""
    named = get_named_type(kind)
    many = "[" in str(kind)
    if isinstance(named, GraphQLEnumType):
        text = next(iter(named.values))
    elif isinstance(named, GraphQLInputObjectType):
        bounds = {"MoneyRange": '{ min: "0.01" }', "DateRange": '{ since: "2020-01-01" }'}
        text = bounds.get(named.name, "{}")
    elif named.name == "Boolean":
        text = "true"
    elif named.name in ("String", "ID"):
        text = '"1"'
    else:
        return None
    return f"[{text}]" if many else text


async def test_no_filter_order_or_sum_of_a_hidden_column_changes_an_answer(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each column hidden in its turn from places and agents: refused, before anything is read."""
    await everything(city)
    ways, refused = guesses(), 0
    assert len(ways) > 25, ways
    for name, table, column, argument in ways:
        monkeypatch.setitem(HIDES, table, {column: (Post.PLACE, Post.AGENT)})
        document = (
            f"{{ {name}({argument}, first: 5) {{ totalCount nodes {{ id }} edges {{ cursor }} }} }}"
        )
        for who in ("yanjiang", "agent"):
            answer = await city.ask(city[who], document)
            if column not in hidden(table, city[who]):
                assert city[who].main.post not in SEES[table], "nothing of it is seen at all"
                assert answer.data and answer.data[name]["totalCount"] == 0
                continue
            refused += 1
            assert answer.data is None and answer.errors, (name, argument, who)
            assert answer.errors[0].extensions is not None
            assert answer.errors[0].extensions["code"] == "BAD_INPUT"
        monkeypatch.undo()
    assert refused > len(ways), refused
    monkeypatch.setitem(HIDES, "project", {"amount_fen": (Post.PLACE,)})
    summed = await city.ask(city.yanjiang, "{ funnel { stage count amount } }")
    assert summed.data is None and summed.errors


def asked_of(shown: GraphQLObjectType, depth: int) -> str:
    """Every leaf of a type that takes no argument, and those of what it is one with."""
    parts = []
    for name, field in shown.fields.items():
        if any(each.default_value is Undefined for each in field.args.values()):
            continue
        far = get_named_type(field.type)
        if is_leaf_type(far):
            parts.append(name)
        elif depth and isinstance(far, GraphQLObjectType) and far.name not in KINDS:
            parts.append(f"{name} {{ __typename {asked_of(far, depth - 1)} }}")
    return " ".join(parts)


async def test_whatever_is_shown_of_a_row_has_nothing_for_what_is_hidden(city: City) -> None:
    """A project's own fields and those of its summaries, as everybody: hidden is null and no fault."""
    await everything(city)
    shown = CORE.type_map["Project"]
    assert isinstance(shown, GraphQLObjectType)
    document = f"{{ projects {{ nodes {{ {asked_of(shown, 1)} }} }} }}"
    assert "fulfilment" in document and "tax" in document
    for name in VIEWERS:
        answer = await schema.execute(document, context_value=city.context(city[name]))
        assert answer.errors is None, (name, answer.errors)
