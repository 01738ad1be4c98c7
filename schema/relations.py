"""How a row belongs to whoever holds a post, by name: own report, landing place, of my group.

`MAY` and `SEES` of `permissions/policy.py` use the same names. Each relation says for each table what it
means there, once as a condition of SQL and once as a test in Python; the two are one and the same,
which a test compares on random rows on both databases.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
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
        )

    @property
    def needs(self) -> frozenset[str]:
        return self.clause.needs | {self.table}


@dataclass(frozen=True, eq=False)
class Relation:
    """A name, the words for it, and what it means on each table that it is asked of."""

    name: str
    words: str
    on: Mapping[str, Clause] = field(default_factory=dict)


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


# ---------------------------------------------------------------- by name

OWN_REPORT = Relation(
    "own report", "本单位报送", {"project": Own("reported_by_id", "organization")}
)
FIRST_CONTACT_PLACE = Relation(
    "first-contact place", "本地首谈", {"project": Own("first_contact_place_id", "place")}
)
_LANDED = Own("landing_place_id", "place")
LANDING_PLACE = Relation(
    "landing place",
    "本地承接、落户",
    {"project": _LANDED, "entry": Among("project_id", "project", _LANDED)},
)
_TO_VERIFY = Verified("indicator", waiting=("state", "CLAIMED"))
VERIFYING_UNIT = Relation(
    "verifying unit",
    "本单位核实",
    {"entry": _TO_VERIFY, "project": Referenced("entry", "project_id", _TO_VERIFY)},
)
_CLAIMED = Own("place_id", "place")


def _given_with(kind: str, table: str) -> Clause:
    """A file given with what a place has claimed or raised."""
    return All((Having("subject_kind", (kind,)), Among("subject_id", table, _CLAIMED)))


CLAIMANT_PLACE = Relation(
    "claimant place",
    "本地申报首谈",
    {
        "claim": _CLAIMED,
        "dispute": _CLAIMED,
        "judgement": Among("project_id", "claim", _CLAIMED, key="project_id"),
        "attachment": Either((_given_with("Claim", "claim"), _given_with("Dispute", "dispute"))),
    },
)
_COMING = All((Own("to_place_id", "place"), Having("state", ("APPROVED", "TAKEN_UP"))))
APPROVED_TRANSFERS_PLACE = Relation(
    "approved transfer's place",
    "已同意流转到本地",
    {"transfer": _COMING, "project": Referenced("transfer", "project_id", _COMING)},
)
_HELD = HeldBy()
NOT_BARRED = NotBarred("barred")
"""A duty that its viewer may do, as far as a second person must."""
MINE_TO_DO = Relation(
    "mine to do",
    "由本人承办：本单位待办，未交他人、不须回避的",
    {
        "duty": All(
            (
                Either((Own("person_id", "person"), Missing("person_id"))),
                NOT_BARRED,
                _HELD,
            )
        )
    },
)
WAITING_UNIT = Relation(
    "waiting unit", "本单位等待办理", {"duty": Own("waiting_id", "organization")}
)
HOLDER = Relation(
    "holder of a duty on it",
    "本单位待办",
    {
        "duty": _HELD,
        "project": Referenced("duty", "project_id", All((Missing("closed_at"), _HELD))),
    },
)
_GROUPS = Own("group_id", "group")
OF_MY_GROUP = Relation(
    "of my group",
    "本小组",
    {
        "project": _GROUPS,
        "one": _GROUPS,
        "one_item": Among("one_id", "one", _GROUPS),
        "chain_node": _GROUPS,
        "target_company": _GROUPS,
    },
)
_KEPT = Own("keeper_id", "organization")
KEEPER = Relation(
    "keeper of it", "本单位负责更新", {"one": _KEPT, "one_item": Among("one_id", "one", _KEPT)}
)
_LED = Own("lead_department_id", "organization")
_GROUPS_LED = Among("group_id", "industry_group", _LED)
OF_MY_DEPARTMENTS_GROUPS = Relation(
    "of my department's groups",
    "本部门牵头的小组",
    {"industry_group": _LED, "project": _GROUPS_LED, "target_company": _GROUPS_LED},
)
TO_LAND_HERE = Relation("to land here", "拟落地本地", {"target_company": Own("place_id", "place")})
OWN_UNIT = Relation(
    "own unit",
    "本单位",
    {
        "batch": Own("organization_id", "organization"),
        "company_holder": Own("unit_id", "organization"),
        "notice": Own("organization_id", "organization"),
        "saved_view": All((Having("shared", ("UNIT",)), Own("organization_id", "organization"))),
    },
)
OWN_PERSON = Relation(
    "own person",
    "本人",
    {
        "person": Own("id", "person"),
        "appointment": Own("person_id", "person"),
        "session": Own("person_id", "person"),
        "token": Own("person_id", "person"),
        "saved_view": Own("person_id", "person"),
        "claim": Own("claimed_by_id", "person"),
        "attachment": Own("added_by_id", "person"),
        "contact_reveal": Own("revealed_by_id", "person"),
        "journal_entry": Own("actor_id", "person"),
        "message": Own("person_id", "person"),
        "notice": Own("sent_by_id", "person"),
    },
)
RELATIONS = (
    OWN_REPORT,
    FIRST_CONTACT_PLACE,
    LANDING_PLACE,
    VERIFYING_UNIT,
    CLAIMANT_PLACE,
    APPROVED_TRANSFERS_PLACE,
    HOLDER,
    MINE_TO_DO,
    WAITING_UNIT,
    OF_MY_GROUP,
    KEEPER,
    OF_MY_DEPARTMENTS_GROUPS,
    TO_LAND_HERE,
    OWN_UNIT,
    OWN_PERSON,
)


def entries_about(kind: str, row: str, holds: Sql) -> Sql:
    """Entries of the journal, alias `row`, about a row of `kind` for which `holds`, of `ROW_about`."""
    near, (sql, values) = f"{row}_about", holds
    of = f"""{near}."entry_id" = {row}."id" AND {near}."kind" = '{kind}' AND {sql}"""
    return f'EXISTS (SELECT 1 FROM "journal_row" {near} WHERE {of})', values
