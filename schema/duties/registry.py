"""Tasks: what somebody must do, declared beside the act that does it.

    task("projectTakeUp", "承接流转项目", on="Transfer", whose=APPROVED_TRANSFERS_PLACE,
         since="decided_at", page="/projects/{no}/transfer", waits=Post.OFFICE)

A task is open on a subject while the act's row in the life of the subject, and in that of its
project, allows the act and the condition `open` holds. The ground floor names no mechanism: the
mechanisms fill this registry when they are imported.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

from schema.city.rules.rulebook import Number
from schema.people.rules import Post, Viewer
from schema.query.models import KINDS, Kind
from schema.relations import All, Own, Relation, Sql, Verified

QUOTED = re.compile(r'"(\w+)"')
VERIFIERS = "verifiers"


class Pauses(NamedTuple):
    """The rows whose spans pause a clock: a table, its column that points at the subject, from, until."""

    table: str
    column: str
    since: str
    until: str


class Whole(NamedTuple):
    """The longer limit within which another one runs: its number of days, and the column of the subject,
    or the SQL, with the moment at which it began; null where it does not hold.
    """

    parameter: Number
    since: str


class Limit(NamedTuple):
    """By when: a number of the rulebook, in working or calendar days, as of the day on which the clock began.

    `keeps` is the column of the subject that keeps the due time as well, for lists ordered by it. With
    `within` it is never later than that longer limit, which has the same pauses.
    """

    parameter: Number
    pauses: Pauses | None = None
    keeps: str | None = None
    within: Whole | None = None


class Holder(NamedTuple):
    """Who holds a duty, or waits for it: everybody in a kind of post, whom a column points at, or the
    units that the rulebook of the day names for the indicator in `column`.
    """

    whose: str
    column: str = ""
    post: Post | None = None

    @property
    def several(self) -> bool:
        """Whether several units hold it, of which one is enough: each has a row of its own, and the
        unit of a row is `u`."""
        return self.whose == VERIFIERS

    def value(self, row: str = "x") -> str:
        """The SQL of the id of the unit, place or person; of none where it is a kind of post. A group's
        duty is its office's.
        """
        if self.several:
            return 'u."id"'
        if self.whose == "group":
            group = (
                f'SELECT g."office_id" FROM "industry_group" g WHERE g."id" = {row}."{self.column}"'
            )
            return f"({group})"
        return f'CAST({row}."{self.column}" AS BIGINT)' if self.column else "CAST(NULL AS BIGINT)"

    def unit(self, row: str = "x") -> str:
        """The SQL of the id of the unit whose work it is."""
        if self.whose in ("organization", "group") or self.several:
            return self.value(row)
        found = f"o.\"kind\" = '{self.post}'" if self.post else ""
        if self.whose == "place":
            found = f'o."place_id" = {row}."{self.column}" AND o."kind" = \'PLACE\''
        order = 'ORDER BY o."position", o."id" LIMIT 1'
        return f'(SELECT o."id" FROM "organization" o WHERE {found} {order})'


Whose: TypeAlias = Relation | Own | Post
"""A named relation, a column that points at a unit, a place or a group, or a kind of post."""


def holder_of(whose: Whose, kind: Kind) -> Holder:
    """Who a relation or a kind of post makes the holder of a duty on a row of `kind`."""
    if isinstance(whose, Post):
        return Holder("post", post=whose)
    clause = whose.on[kind.table] if isinstance(whose, Relation) else whose
    if isinstance(clause, Verified):
        return Holder(VERIFIERS, clause.column)
    parts = clause.clauses if isinstance(clause, All) else (clause,)
    (own,) = [each for each in parts if isinstance(each, Own)]
    return Holder(own.whose, own.column)


@dataclass(frozen=True)
class Task:
    """One declared task; see `task`. In SQL its subject is `x`, the subject's project `p`."""

    act: str
    label: str
    kind_name: str
    whose: Whose
    since: str
    page: str
    waits: Whose
    open: str
    paused: str
    paused_since: str
    due: Limit | None
    agreed: str
    carried: Mapping[str, str]
    pointed: Mapping[str, str]
    barred: str
    missing: str
    again: bool

    @cached_property
    def kind(self) -> Kind:
        return KINDS[self.kind_name]

    @cached_property
    def holder(self) -> Holder:
        return holder_of(self.whose, self.kind)

    @cached_property
    def awaited(self) -> Holder:
        """Who waits for it."""
        return holder_of(self.waits, self.kind)

    @cached_property
    def began(self) -> str:
        """The SQL of the moment at which its clock began."""
        return f'x."{self.since}"' if self.since.isidentifier() else self.since

    @cached_property
    def whole_began(self) -> str:
        """The SQL of the moment at which the longer limit began, within which its own runs."""
        if self.due is None or self.due.within is None:
            return "CAST(NULL AS TIMESTAMPTZ)"
        since = self.due.within.since
        return f'x."{since}"' if since.isidentifier() else since

    @cached_property
    def has_project(self) -> bool:
        return self.kind_name == "Project" or "project_id" in self.kind.columns

    @cached_property
    def project(self) -> str:
        """The alias of the subject's project."""
        return "x" if self.kind_name == "Project" else "p"

    @cached_property
    def project_id(self) -> str:
        """The SQL of the id of the subject's project, of none where it has none."""
        return f'{self.project}."id"' if self.has_project else "CAST(NULL AS BIGINT)"

    @cached_property
    def tables(self) -> str:
        """The SQL of the subject `x`, joined with its project `p` where it is none itself."""
        joined = self.has_project and self.project == "p"
        project = ' JOIN "project" p ON p."id" = x."project_id"' if joined else ""
        return f'"{self.kind.table}" x{project}'

    @cached_property
    def condition(self) -> str:
        """The SQL under which the act must be done now."""
        parts = [self.open] if self.open else []
        for kind, row in {"Project": self.project, self.kind_name: "x"}.items():
            life = KINDS[kind].life if kind == self.kind_name or self.has_project else None
            if life and self.act in life.moves:
                stages = ", ".join(f"'{stage}'" for stage in life.moves[self.act])
                parts.append(f'{row}."{life.column}" IN ({stages})')
        return " AND ".join(f"({part})" for part in parts) or "1=1"

    @cached_property
    def stands(self) -> str:
        """The SQL under which the duty is open, whether its clock runs or is paused."""
        return f"(({self.condition}) OR ({self.paused}))" if self.paused else f"({self.condition})"

    @cached_property
    def watched(self) -> frozenset[str]:
        """The columns, of the subject or its project, a change of which may open, close or move it."""
        kept = {self.due.keeps} if self.due and self.due.keeps else set()
        kept |= {self.agreed} if self.agreed else set()
        named = QUOTED.findall(
            f'{self.condition} {self.paused} "{self.paused_since}" {self.began} {self.barred}'
            f" {self.whole_began}"
        )
        return frozenset({*named, *kept, self.holder.column, self.awaited.column, "id"} - {""})


TASKS: dict[str, Task] = {}

GROUPED: list[str] = []
"""The kinds of subjects that are an industry group's own, beside projects, each with a column `group_id`;
filled in by `grouped`."""


def grouped(kind: str) -> None:
    """Declare that duties on rows of `kind` are those of the group in the row's `group_id`."""
    GROUPED.append(kind)


def task(
    act: str,
    label: str,
    *,
    on: str,
    whose: Whose,
    since: str,
    page: str,
    waits: Whose,
    open: str = "",
    paused: tuple[str, str] = ("", ""),
    due: Limit | None = None,
    agreed: str = "",
    carried: Mapping[str, str] | None = None,
    pointed: Mapping[str, str] | None = None,
    barred: str = "",
    missing: str = "现在没有要办的事",
    again: bool = False,
) -> None:
    """Declare that `act` must be done on rows of the kind `on`, and by whom.

    `whose` is a kind of post, or the relation that makes a unit, a place or several units the holder;
    `waits` who waits for it. `since` is the column, or the SQL, of the moment at which its clock begins.
    `page` leads there: `{no}` is the project's number, `{id}` the subject's global ID, `{key}` its own
    number. `barred` is the SQL of the persons who may not do it though their post may, as one column:
    it is a second person's. `open` is SQL beyond the lives of subject and
    project; `due` is its limit by the rulebook, or `agreed` the column of the moment by which somebody
    agreed to do it; `paused` is SQL under which the clock stands still, and the column that says since when.
    `carried` are further kinds a change of which may move it, with their column that points at the
    subject; `pointed` those that the subject points at, with its column, where what is changed of them is
    a column that the task reads. `missing` is the reason why the act is not open where there is no such
    duty; one that may be done `again` is open all the same, to whoever may do it.
    """
    if act in TASKS:
        raise LookupError(f"{act} is declared twice")
    TASKS[act] = Task(
        act,
        label,
        on,
        whose,
        since,
        page,
        waits,
        open,
        *paused,
        due,
        agreed,
        carried or {},
        pointed or {},
        barred,
        missing,
        again,
    )


class First(NamedTuple):
    """What is to be done before a duty can be: an act of a project and its words."""

    act: str
    label: str


@dataclass(frozen=True)
class Hindrance:
    """Why an act that life and permission open would be refused on a row `t`, for a viewer."""

    act: str
    reason: str
    where: Callable[[Viewer], Sql] = field(compare=False)
    first: First | None = None


HINDRANCES: dict[str, list[Hindrance]] = {}
NOW = object()
"""Stands among the values of a hindrance for the moment of the request."""


def hindered(
    act: str, reason: str, where: Callable[[Viewer], Sql], first: First | None = None
) -> None:
    """Declare that `act` is refused, and why, on the rows `t` for which a condition holds.

    `first` is what whoever may do `act` does to lift it; without it others must act, or time must pass.
    """
    HINDRANCES.setdefault(act, []).append(Hindrance(act, reason, where, first))


SUBJECT_NAMES: dict[str, Callable[[Mapping[str, Any]], str]] = {}


SUBJECT_GROUPS: dict[str, str] = {}
"""Kinds of subjects of which each group has one that is called the same → their column with the group."""


def subject_name(kind: str, name: Callable[[Mapping[str, Any]], str], group: str = "") -> None:
    """Declare what a subject of this kind is called where its number alone says little to people; after the
    name of the group in its column `group`, where every group has one of this name.
    """
    SUBJECT_NAMES[kind] = name
    if group:
        SUBJECT_GROUPS[kind] = group


PAGES: dict[str, str] = {}


def act_page(act: str, page: str) -> None:
    """Declare where an act of a project is done; `{no}` is the project's number."""
    PAGES[act] = page


def limited() -> list[Task]:
    """The tasks whose due time follows from the rulebook."""
    return [each for each in TASKS.values() if each.due]
