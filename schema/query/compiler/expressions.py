"""The parts of a plan: pieces of JSON text, selected in SQL or computed in Python."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from schema.permissions import NO_POST, HeldPost, Viewer
from schema.query.compiler.json_sql import literal
from schema.query.models import Kind

Values = tuple[Any, ...]
OF_A_POST = ("organization", "place", "group")
Serializer = Callable[[Any], Any]


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
    """What viewers have in common who share a plan: their posts in order, which values these have,
    what the rulebook has their units verify, and what their tokens open.
    """
    posts = (
        (
            *(held.post, held.verifies, held.left_over, held.scopes),
            *(getattr(held, whose) is None for whose in OF_A_POST),
        )
        for held in viewer.posts
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
        named = replace(NO_POST, post=post.post, scopes=post.scopes)
        return replace(named, verifies=post.verifies, left_over=post.left_over, **own)

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
    """A field computed from the row's `columns` in Python, made plain JSON by `serialize`; `texts` are
    those of them that are masked in part, as they are selected.
    """

    function: Callable[[Mapping[str, Any], Any], Any]
    serialize: Serializer
    columns: tuple[str, ...]
    uses_rules: bool
    texts: tuple[tuple[str, Sql], ...] = ()


Piece = str | Sql | Python


@dataclass
class SelectedRow:
    """A row being selected from: its alias, its kind, and what is joined to it."""

    kind: Kind
    alias: str
    joins: list[Sql] = field(default_factory=list)

    @property
    def source(self) -> Sql:
        """Its table and all that is joined to it, once the selection is complete."""
        text = "".join(f" {join.text}" for join in self.joins)
        bound = tuple(value for join in self.joins for value in join.values)
        return Sql(f'"{self.kind.table}" {self.alias}{text}', bound)


@dataclass(frozen=True)
class Selection:
    """What a statement selects for each row: runs of JSON text, each one column of the statement, and
    the fields computed in Python between them.
    """

    runs: tuple[Sql | Python, ...]

    @classmethod
    def of(cls, pieces: Iterable[Piece]) -> "Selection":
        runs: list[Sql | Python] = []
        gathered: list[str | Sql] = []
        for piece in pieces:
            if isinstance(piece, Python):
                runs += [concatenated(gathered), piece]
                gathered = []
            else:
                gathered.append(piece)
        return cls((*runs, concatenated(gathered)))

    @cached_property
    def columns(self) -> list[Sql]:
        return [run for run in self.runs if isinstance(run, Sql)]

    @cached_property
    def computed(self) -> list[Python]:
        return [run for run in self.runs if isinstance(run, Python)]


def concatenated(pieces: list[Any]) -> Sql:
    """Literal text and SQL, joined into one expression with as few literals as can be."""
    parts: list[str] = []
    values: list[Any] = []
    text = ""
    for piece in pieces:
        if isinstance(piece, str):
            text += piece
            continue
        if text:
            parts.append(literal(text))
            text = ""
        parts.append(piece.text)
        values += piece.values
    if text or not parts:
        parts.append(literal(text))
    return Sql(" || ".join(parts), tuple(values))
