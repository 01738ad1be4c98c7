"""What a plan is made of: pieces of JSON text, spelled in SQL or worked out in Python."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from graphql import (
    FieldNode,
    GraphQLObjectType,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

from schema.permissions import HeldPost, Viewer
from schema.query.compiler.json_sql import quoted
from schema.query.compiler.serializers import Completer
from schema.query.models import Kind

Values = tuple[Any, ...]
OF_A_POST = ("organization", "place", "group")


class NotCompilable(Exception):
    """The document is left to graphql-core; the message names the field and why."""


@dataclass(frozen=True)
class ViewerParam:
    """A value that is the viewer's own, or that of the post at an index: bound when the statement runs."""

    whose: str
    index: int | None = None

    def of(self, viewer: Viewer) -> Any:
        return getattr(viewer if self.index is None else viewer.posts[self.index], self.whose)


def viewer_kind(viewer: Viewer) -> tuple[Any, ...]:
    """What viewers have in common who share a plan: their posts in order, and which values these have."""
    posts = (
        (held.post, *(getattr(held, whose) is None for whose in OF_A_POST)) for held in viewer.posts
    )
    return (viewer.person is None, *posts)


def symbolic(viewer: Viewer) -> Viewer:
    """A viewer of the same kind whose own values are parameters: what a plan is made for.

    Nothing that differs between viewers of one kind is left in it, so no plan can hold one's value.
    """

    def held(index: int, post: HeldPost) -> HeldPost:
        own: dict[str, Any] = {
            whose: ViewerParam(whose, index)
            for whose in OF_A_POST
            if getattr(post, whose) is not None
        }
        return HeldPost(post.post, **own)

    person: Any = None if viewer.person is None else ViewerParam("person")
    posts = (held(index, post) for index, post in enumerate(viewer.posts))
    return Viewer(person=person, posts=tuple(posts))


@dataclass(frozen=True)
class Sql:
    """An SQL expression of JSON text, with its values."""

    text: str
    values: Values = ()


@dataclass(frozen=True)
class Python:
    """A field worked out from the row in Python, written by `complete`."""

    function: Callable[[Mapping[str, Any], Any], Any]
    complete: Completer
    needs: tuple[str, ...]
    warm: bool


Piece = str | Sql | Python


@dataclass
class Row:
    """A row being selected from: its alias, its kind, and what is joined to it."""

    kind: Kind
    alias: str
    joins: list[Sql] = field(default_factory=list)

    @property
    def source(self) -> Sql:
        """Its table and what is joined to it, once all is selected that will be."""
        text = "".join(f" {join.text}" for join in self.joins)
        bound = tuple(value for join in self.joins for value in join.values)
        return Sql(f'"{self.kind.table}" {self.alias}{text}', bound)


@dataclass(frozen=True)
class Selection:
    """What a statement selects for each row: JSON text, cut where Python has its say."""

    pieces: tuple[Piece, ...]

    @cached_property
    def columns(self) -> list[Sql]:
        """The runs of text between computed fields, each one column of the statement."""
        return [run for run in self.runs if isinstance(run, Sql)]

    @cached_property
    def computed(self) -> list[Python]:
        return [piece for piece in self.pieces if isinstance(piece, Python)]

    @cached_property
    def runs(self) -> list[Sql | Python]:
        found: list[Sql | Python] = []
        gathered: list[str | Sql] = []
        for piece in self.pieces:
            if isinstance(piece, Python):
                found += [concatenated(gathered), piece]
                gathered = []
            else:
                gathered.append(piece)
        return [*found, concatenated(gathered)]


def concatenated(pieces: list[Any]) -> Sql:
    """Literal text and SQL, joined into one expression with as few literals as can be."""
    parts: list[str] = []
    values: list[Any] = []
    literal = ""
    for piece in pieces:
        if isinstance(piece, str):
            literal += piece
            continue
        if literal:
            parts.append(quoted(literal))
            literal = ""
        parts.append(piece.text)
        values += piece.values
    if literal or not parts:
        parts.append(quoted(literal))
    return Sql(" || ".join(parts), tuple(values))


def metadata(declared: Any) -> Mapping[str, Any]:
    known = declared.extensions.get("strawberry-definition")
    return known.metadata if known is not None else {}


def python_name(declared: Any) -> str:
    name: str = declared.extensions["strawberry-definition"].python_name
    return name


def inner(nodes: Iterable[FieldNode]) -> list[SelectionSetNode]:
    """What is asked below a field that stands in one place several times."""
    return [node.selection_set for node in nodes if node.selection_set]


def node_type(connection: GraphQLObjectType) -> GraphQLObjectType:
    """What a connection lists."""
    nodes = connection.fields["nodes"].type
    found = get_named_type(nodes)
    assert is_list_type(get_nullable_type(nodes)) and isinstance(found, GraphQLObjectType)
    return found
