"""What a relation can mean on a table: each clause once as a condition of SQL and once as a test in Python."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from schema.people.rules import Post, Viewer

Sql = tuple[str, list[Any]]
Columns = Mapping[str, Any]
Near = Mapping[str, Sequence[Columns]]
"""Rows of other tables, by table: those that a test needs beside the row itself."""

EVERYTHING: Sql = ("1=1", [])
NOTHING: Sql = ("1=0", [])


class Clause(Protocol):
    """What a relation means on one table. `viewer` has only the posts that are asked about."""

    def sql(self, row: str, viewer: Viewer) -> Sql:
        """The condition on the alias `row`, and its values."""

    def holds(self, row: Columns, viewer: Viewer, near: Near) -> bool:
        """Whether it holds for the columns of a row."""

    @property
    def needs(self) -> frozenset[str]:
        """The tables whose rows the test needs beside the row."""


@dataclass(frozen=True)
class Own:
    """The row's column is the viewer's person, or a post's organization, place or group."""

    column: str
    whose: str

    def sql(self, row: str, viewer: Viewer) -> Sql:
        values = self.values(viewer)
        if not values:
            return NOTHING
        marks = ", ".join("?" * len(values))
        test = f"= {marks}" if len(values) == 1 else f"IN ({marks})"
        return f'{row}."{self.column}" {test}', values

    def holds(self, row: Columns, viewer: Viewer, near: Near) -> bool:
        return row[self.column] in self.values(viewer)

    def values(self, viewer: Viewer) -> list[Any]:
        """None of them None: two who have no place are not of the same place."""
        owners = [viewer] if self.whose == "person" else viewer.posts
        found = [getattr(owner, self.whose) for owner in owners]
        return list(dict.fromkeys(value for value in found if value is not None))

    @property
    def needs(self) -> frozenset[str]:
        return frozenset()


@dataclass(frozen=True)
class Verified:
    """The row's column is an indicator that the rulebook of the day has a post's unit verify, or, while
    the row is in the state `waiting`, one of which what still waits is left to it.
    """

    column: str
    waiting: tuple[str, str]

    def sql(self, row: str, viewer: Viewer) -> Sql:
        column, state = self.waiting
        waits = f"""{row}."{column}" = '{state}'"""
        left = [(waits, []), self.among(row, self.left_over(viewer))]
        return any_of([self.among(row, self.values(viewer)), all_of(left)])

    def among(self, row: str, values: list[str]) -> Sql:
        if not values:
            return NOTHING
        # The values are the rulebook's, and a plan is made for those that it names.
        return f'{row}."{self.column}" IN ({", ".join(f"{each!r}" for each in values)})', []

    def holds(self, row: Columns, viewer: Viewer, near: Near) -> bool:
        column, state = self.waiting
        left = row[column] == state and row[self.column] in self.left_over(viewer)
        return left or row[self.column] in self.values(viewer)

    @staticmethod
    def values(viewer: Viewer) -> list[str]:
        return sorted({str(each) for held in viewer.posts for each in held.verifies})

    @staticmethod
    def left_over(viewer: Viewer) -> list[str]:
        return sorted({str(each) for held in viewer.posts for each in held.left_over})

    @property
    def needs(self) -> frozenset[str]:
        return frozenset()


@dataclass(frozen=True)
class Having:
    """The row's column has one of these values."""

    column: str
    values: tuple[str, ...]

    def sql(self, row: str, viewer: Viewer) -> Sql:
        return f'{row}."{self.column}" IN ({", ".join("?" * len(self.values))})', [*self.values]

    def holds(self, row: Columns, viewer: Viewer, near: Near) -> bool:
        return row[self.column] in self.values

    @property
    def needs(self) -> frozenset[str]:
        return frozenset()


@dataclass(frozen=True)
class Missing:
    """The row's column is empty."""

    column: str

    def sql(self, row: str, viewer: Viewer) -> Sql:
        return f'{row}."{self.column}" IS NULL', []

    def holds(self, row: Columns, viewer: Viewer, near: Near) -> bool:
        return row[self.column] is None

    @property
    def needs(self) -> frozenset[str]:
        return frozenset()


@dataclass(frozen=True)
class HeldBy:
    """The duty is held by a post, unit or place of the viewer's, whoever of it has it in hand.

    A post that does nothing on projects holds no duty.
    """

    def sql(self, row: str, viewer: Viewer) -> Sql:
        return any_of([each.sql(row, working(viewer)) for each in self.among(viewer)])

    def holds(self, row: Columns, viewer: Viewer, near: Near) -> bool:
        return any(each.holds(row, working(viewer), near) for each in self.among(viewer))

    def among(self, viewer: Viewer) -> tuple[Clause, ...]:
        posts = tuple(dict.fromkeys(held.post.value for held in working(viewer).posts))
        return (
            *((Having("holder_post", posts),) if posts else ()),
            Own("holder_unit_id", "organization"),
            Own("holder_place_id", "place"),
        )

    @property
    def needs(self) -> frozenset[str]:
        return frozenset()


@dataclass(frozen=True)
class NotBarred:
    """The row's column names the viewer's person not among those who may not do it: `,3,17,`."""

    column: str

    def sql(self, row: str, viewer: Viewer) -> Sql:
        if viewer.person is None:
            return EVERYTHING
        return f'{row}."{self.column}" NOT LIKE ?', [f"%,{viewer.person},%"]

    def holds(self, row: Columns, viewer: Viewer, near: Near) -> bool:
        return f",{viewer.person}," not in row[self.column]

    @property
    def needs(self) -> frozenset[str]:
        return frozenset()


WORKING = (Post.OFFICE, Post.GROUP, Post.PLACE, Post.DEPARTMENT, Post.BRANCH, Post.AGENT)


def working(viewer: Viewer) -> Viewer:
    """The viewer with those of their posts that do acts on projects."""
    return replace(viewer, posts=tuple(held for held in viewer.posts if held.post in WORKING))


@dataclass(frozen=True)
class All:
    """Every one of these holds."""

    clauses: tuple[Clause, ...]

    def sql(self, row: str, viewer: Viewer) -> Sql:
        return all_of([clause.sql(row, viewer) for clause in self.clauses])

    def holds(self, row: Columns, viewer: Viewer, near: Near) -> bool:
        return all(clause.holds(row, viewer, near) for clause in self.clauses)

    @property
    def needs(self) -> frozenset[str]:
        return frozenset[str]().union(*(clause.needs for clause in self.clauses))


@dataclass(frozen=True)
class Either:
    """Some one of these holds."""

    clauses: tuple[Clause, ...]

    def sql(self, row: str, viewer: Viewer) -> Sql:
        return any_of([clause.sql(row, viewer) for clause in self.clauses])

    def holds(self, row: Columns, viewer: Viewer, near: Near) -> bool:
        return any(clause.holds(row, viewer, near) for clause in self.clauses)

    @property
    def needs(self) -> frozenset[str]:
        return frozenset[str]().union(*(clause.needs for clause in self.clauses))


@dataclass(frozen=True)
class Referenced:
    """Some row of `table` whose `column` points here is one for which `clause` holds."""

    table: str
    column: str
    clause: Clause

    def sql(self, row: str, viewer: Viewer) -> Sql:
        near = f"{row}_{self.table}"
        sql, values = self.clause.sql(near, viewer)
        if sql == "1=0":
            return NOTHING
        pointing = f'{near}."{self.column}" = {row}."id" AND {sql}'
        return f'EXISTS (SELECT 1 FROM "{self.table}" {near} WHERE {pointing})', values

    def holds(self, row: Columns, viewer: Viewer, near: Near) -> bool:
        return any(
            each[self.column] == row["id"] and self.clause.holds(each, viewer, near)
            for each in near[self.table]
        )

    @property
    def needs(self) -> frozenset[str]:
        return self.clause.needs | {self.table}


@dataclass(frozen=True)
class Among:
    """The row of `table` whose `key` is the row's `column` is one for which `clause` holds.

    Its rows are few, so they are found first and compared by their keys.
    """

    column: str
    table: str
    clause: Clause
    key: str = "id"

    def sql(self, row: str, viewer: Viewer) -> Sql:
        far = f"{row}_{self.table}"
        sql, values = self.clause.sql(far, viewer)
        if sql == "1=0":
            return NOTHING
        return (
            f'{row}."{self.column}" IN'
            f' (SELECT {far}."{self.key}" FROM "{self.table}" {far} WHERE {sql})',
            values,
        )

    def holds(self, row: Columns, viewer: Viewer, near: Near) -> bool:
        return any(
            each[self.key] == row[self.column] and self.clause.holds(each, viewer, near)
            for each in near[self.table]
            if each[self.key] is not None
        )

    @property
    def needs(self) -> frozenset[str]:
        return self.clause.needs | {self.table}


def any_of(parts: Sequence[Sql]) -> Sql:
    """One condition for any of these, as short as it can be."""
    if any(sql == "1=1" for sql, _ in parts):
        return EVERYTHING
    found: list[Sql] = []
    for part in parts:
        if part[0] != "1=0" and part not in found:
            found.append(part)
    if not found:
        return NOTHING
    if len(found) == 1:
        return found[0]
    return f"({' OR '.join(sql for sql, _ in found)})", [v for _, vs in found for v in vs]


def all_of(parts: Sequence[Sql]) -> Sql:
    """One condition for all of these."""
    if any(sql == "1=0" for sql, _ in parts):
        return NOTHING
    found = [part for part in parts if part[0] != "1=1"]
    if not found:
        return EVERYTHING
    return " AND ".join(sql for sql, _ in found), [v for _, vs in found for v in vs]
