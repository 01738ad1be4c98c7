"""The words in which the policy says which rows are seen: what has a value, what points at a row seen.

A condition is given the alias of a row, a viewer with the posts in question, and `seen`, which answers
what the viewer sees of another table; so that a table of conditions needs nothing of what reads it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from schema.people.rules import HeldPost, Post, Scope, Viewer
from schema.relations import EVERYTHING, NOTHING, Relation, Sql, all_of, any_of, entries_about


class Seen(Protocol):
    """The condition on alias `row` of `table` for what the viewer sees, or for these `rows` of it."""

    def __call__(self, table: str, row: str, viewer: Viewer, rows: "Rows | None" = None) -> Sql: ...


@dataclass(frozen=True, eq=False)
class Condition:
    """What holds of rows, as SQL and in words. `far` is the table whose rows decide, so that whoever
    sees none of those sees none of these; `scope` is what a token must have.
    """

    sql: Callable[[str, Viewer, Seen], Sql]
    words: str
    far: str = ""
    scope: Scope | None = None

    def __call__(self, row: str, viewer: Viewer, seen: Seen) -> Sql:
        return self.sql(row, viewer, seen)


Rows: TypeAlias = tuple[Relation | Condition, ...]
"""Rows for which any of these holds."""

Standing: TypeAlias = Callable[[HeldPost], bool]
"""Whether something is there for a post as it is held on the day."""


def to(posts: Iterable[Post], *rows: Relation | Condition) -> dict[Post, Rows]:
    """Each of the posts sees rows for which any of these holds."""
    return dict.fromkeys(posts, rows)


everything = Condition(lambda row, viewer, seen: EVERYTHING, "全部")


def having(column: str, *values: str, words: str) -> Condition:
    """Rows whose column has one of these values."""
    marks = ", ".join("?" * len(values))
    return Condition(
        lambda row, viewer, seen: (f'{row}."{column}" IN ({marks})', list(values)), words
    )


def lacking(column: str, *values: str, words: str) -> Condition:
    """Rows whose column has none of these values."""
    marks = ", ".join("?" * len(values))
    return Condition(
        lambda row, viewer, seen: (f'{row}."{column}" NOT IN ({marks})', list(values)), words
    )


def given(column: str, words: str) -> Condition:
    """Rows whose column is not empty."""
    return Condition(lambda row, viewer, seen: (f'{row}."{column}" IS NOT NULL', []), words)


def through(
    column: str, table: str, rows: Rows | None = None, only: Condition | None = None
) -> Condition:
    """Rows that point at a row of `table` which the viewer sees, or that is one of `rows`; of these
    with `only` those for which it holds.
    """

    def condition(row: str, viewer: Viewer, seen: Seen) -> Sql:
        far = f"{row}_{table}"
        sql, values = seen(table, far, viewer, rows)
        if only is not None:
            sql, values = all_of([(sql, values), only(far, viewer, seen)])
        if sql in ("1=1", "1=0"):
            return sql, []
        pointed = f'{far}."id" = {row}."{column}" AND {sql}'
        return f'EXISTS (SELECT 1 FROM "{table}" {far} WHERE {pointed})', values

    return Condition(condition, f"看得到的{only.words if only else ''}{{far}}的", table)


def given_with(kind: str, table: str, rows: Rows | None = None) -> Condition:
    """Files given with a row of `kind`, or duties on one, in `table`, that the viewer sees, or that is
    one of `rows`.
    """
    seen_there = through("subject_id", table, rows)

    def condition(row: str, viewer: Viewer, seen: Seen) -> Sql:
        sql, values = seen_there(row, viewer, seen)
        return (
            ("1=0", [])
            if sql == "1=0"
            else (f"{row}.\"subject_kind\" = '{kind}' AND {sql}", values)
        )

    return Condition(condition, seen_there.words, seen_there.far)


def both(first: Condition, *others: Condition) -> Condition:
    """Rows for which each of these holds; the first one says whose they are."""
    return Condition(
        lambda row, viewer, seen: all_of([each(row, viewer, seen) for each in (first, *others)]),
        first.words,
        first.far,
    )


def through_any(column: str, table: str) -> Condition:
    """Rows that point at no row of `table`, or at one which the viewer sees."""
    pointing = through(column, table)
    return Condition(
        lambda row, viewer, seen: any_of(
            [(f'{row}."{column}" IS NULL', []), pointing(row, viewer, seen)]
        ),
        pointing.words,
        pointing.far,
    )


def behind(table: str, column: str) -> Condition:
    """Rows that some row of `table` which the viewer sees points at by `column`."""

    def condition(row: str, viewer: Viewer, seen: Seen) -> Sql:
        near = f"{row}_{table}"
        sql, values = seen(table, near, viewer)
        pointing = f'{near}."{column}" = {row}."id" AND {sql}'
        return f'EXISTS (SELECT 1 FROM "{table}" {near} WHERE {pointing})', values

    return Condition(condition, "看得到的{far}所涉的", table)


def opened(scope: Scope, holds: Condition) -> Condition:
    """Rows for which a condition holds, to whoever comes with a token of this scope."""

    def condition(row: str, viewer: Viewer, seen: Seen) -> Sql:
        if not any(scope in held.scopes for held in viewer.posts):
            return NOTHING
        return holds(row, viewer, seen)

    return Condition(condition, holds.words, holds.far, scope)


def about(kind: str, holds: Condition) -> Condition:
    """Entries of the journal about a row of `kind` for which a condition on `row_id` holds."""
    return Condition(
        lambda row, viewer, seen: entries_about(kind, row, holds(f"{row}_about", viewer, seen)),
        holds.words,
        holds.far,
    )


def about_oneself(kind: str) -> Condition:
    """Entries of the journal about the viewer's own row of `kind`."""
    own = Condition(
        lambda row, viewer, seen: (f'{row}."row_id" = ?', [viewer.person]), "关于本人的"
    )
    return about(kind, own)


def menu(posts: Iterable[Post]) -> dict[Post, Standing]:
    """It stands in the menu of each of the posts."""
    return dict.fromkeys(posts, lambda held: True)


def that_verifies(held: HeldPost) -> bool:
    """The rulebook of the day has the post's unit verify some figure, or what is left of some."""
    return bool(held.verifies or held.left_over)


def that_opens(scope: Scope) -> Standing:
    """The token with which the post is used has this scope."""
    return lambda held: scope in held.scopes
