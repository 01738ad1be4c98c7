"""What each kind of token reads and does, out of the permissions themselves: `SEES`, `SCOPES`, `MAY`.

The page of tokens shows it, the README names it, and a test compares it, field by field, with what
the graph answers; so it cannot say what does not hold.
"""

from collections.abc import Iterator
from typing import NamedTuple

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, get_named_type

from schema.people.rules import Scope
from schema.permissions import BESIDE, MAY, SCOPES, SEES, Post, everything
from schema.query.fields import metadata_of
from schema.query.models import KINDS
from schema.relations import Relation


class Access(NamedTuple):
    """A kind of token: of a post, with the scopes that were given to it; or none at all."""

    key: str
    post: Post
    scopes: tuple[Scope, ...] = ()
    person: bool = True


ACCESS = (
    Access("agent", Post.AGENT),
    Access("partner", Post.PARTNER),
    Access("scoped", Post.PARTNER, (Scope.SIGNED_PROJECTS,)),
    Access("expert", Post.EXPERT),
    Access("postless", Post.PUBLIC),
    Access("public", Post.PUBLIC, person=False),
)


class Reading(NamedTuple):
    """What is read of a kind: which rows, in words, and the fields, those of facets as `linkage.claims`."""

    kind: str
    rows: tuple[str, ...]
    fields: tuple[str, ...]


def readings(core: GraphQLSchema, access: Access) -> list[Reading]:
    """Everything that an access reads of rows: first what it sees some of, then what it sees whole, in
    the order in which the policy names the tables.
    """
    by_table = {kind.table: name for name, kind in KINDS.items()}
    found = []
    for table in SEES:
        name = by_table.get(table)
        if name is None or not is_seen(table, access):
            continue
        fields = fields_of(core, name)
        shown = tuple(key for key in fields if is_shown(name, key, fields[key], access))
        found.append(Reading(name, tuple(rows_in_words(core, table, access)), shown))
    return sorted(found, key=lambda each: everything.words in each.rows)


def acts(access: Access) -> list[str]:
    """The acts that an access may do, on whatever rows."""
    return [act for act, posts in MAY.items() if access.person and access.post in posts]


def is_seen(table: str, access: Access) -> bool:
    """Whether an access sees any row of a table: by a relation of its own, or as its scopes open it."""
    return any(True for _ in conditions(table, access))


def conditions(table: str, access: Access) -> Iterator[str]:
    """In words, each of the conditions by which an access sees rows of a table."""
    for each in SEES[table].get(access.post, ()):
        if isinstance(each, Relation):
            if access.person:
                yield each.words
        elif each.scope in (None, *access.scopes) and (not each.far or is_seen(each.far, access)):
            yield each.words.format(far="{" + each.far + "}")


def rows_in_words(core: GraphQLSchema, table: str, access: Access) -> Iterator[str]:
    nouns = {kind.table: noun(core, name) for name, kind in KINDS.items()}
    for words in conditions(table, access):
        yield words.format_map(nouns)


def noun(core: GraphQLSchema, kind: str) -> str:
    """What the graph calls a kind, without what it explains: 招商项目, 任职."""
    shown = core.type_map.get(kind)
    words = shown.description if isinstance(shown, GraphQLObjectType) else None
    return (words or kind).partition("：")[0]


def fields_of(core: GraphQLSchema, kind: str) -> dict[str, GraphQLField]:
    """The fields of a kind, those of its facets as `linkage.claims`."""
    shown, found = core.type_map.get(kind), dict[str, GraphQLField]()
    for name, each in shown.fields.items() if isinstance(shown, GraphQLObjectType) else ():
        far = get_named_type(each.type)
        if "facet" in metadata_of(each):
            assert isinstance(far, GraphQLObjectType)
            found |= {f"{name}.{key}": field for key, field in far.fields.items()}
        else:
            found[name] = each
    return found


def is_shown(kind: str, key: str, field: GraphQLField, access: Access) -> bool:
    """Whether a field of a kind is shown: the columns that it reads, and the rows that it leads to."""
    table, about = KINDS[kind].table, metadata_of(field)
    if not is_seen(table, access):
        return False
    shown, far = columns(table, access), get_named_type(field.type).name
    if "beside" in about:
        beside = KINDS[about["beside"]].table
        named = {*BESIDE[table][beside].split()} & columns(beside, access)
        return about["via"] in shown and about["far"] in named
    if far in KINDS and not is_seen(KINDS[far].table, access):
        return False
    if "connection" in about:
        return is_seen(KINDS[about["connection"]].table, access)
    if "columns" in about:
        seen = all(is_read(each, access) for each in about["tables"])
        done = not about["act"] or about["act"] in acts(access)
        return seen and done and set(about["columns"]) <= shown
    name = snake(key.rpartition(".")[2])
    if "to_one" in about:
        return (about["of"] or f"{name}_id") in shown
    if "column" in about:
        return (about["column"] or name) in shown
    return True


def is_read(source: str, access: Access) -> bool:
    """Whether an access sees rows of a table, and of `claim.assessment` that column of them."""
    table, _, column = source.partition(".")
    return is_seen(table, access) and (not column or column in columns(table, access))


def columns(table: str, access: Access) -> set[str]:
    return {"id", *SCOPES.get(table, {}).get(access.post, "").split()}


def snake(key: str) -> str:
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in key)
