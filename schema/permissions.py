"""Who may do what, who sees which rows, and which columns are hidden from whom. The only file that says so.

`MAY` names for each act the posts that may do it and where: anywhere, or only on a project of their own.
`SEES` names for each table the rows of each post. A table without an entry cannot be read.
`HIDES` names columns that are null for a post. What is not seen does not exist: pages, graph, widgets,
exports, search, counts and errors all read through `visible` and `hidden`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias


class Post(StrEnum):
    OFFICE = "OFFICE"  # 领导小组办公室
    GROUP = "GROUP"  # 产业招商小组
    PLACE = "PLACE"  # 县(区)、高新区、临空经济区
    DEPARTMENT = "DEPARTMENT"  # 市级部门
    BRANCH = "BRANCH"  # 驻外分局、投资促进中心
    AGENT = "AGENT"  # 委托招商机构
    LEADER = "LEADER"  # 市领导
    INSPECTION = "INSPECTION"  # 督查室、目标绩效办
    PARTNER = "PARTNER"  # 合作机构、邻市系统
    PUBLIC = "PUBLIC"  # 未登录的公众


@dataclass(frozen=True)
class Viewer:
    """Who asks: a person with one post in one unit, or the public."""

    post: Post
    name: str = ""
    person: int | None = None
    organization: int | None = None
    unit: str = ""
    place: int | None = None
    group: int | None = None


PUBLIC = Viewer(Post.PUBLIC)

# ---------------------------------------------------------------- MAY: act → post → where

O, G, P, D = Post.OFFICE, Post.GROUP, Post.PLACE, Post.DEPARTMENT
B, A, L, I, N = Post.BRANCH, Post.AGENT, Post.LEADER, Post.INSPECTION, Post.PARTNER

ANYWHERE = ""
REPORTED = "reported_by_id"
FIRST_CONTACT = "first_contact_place_id"
LANDING = "landing_place_id"

Where: TypeAlias = str | tuple[str, ...]

MAY: dict[str, Mapping[Post, Where]] = {
    "projectReport": dict.fromkeys((O, G, P, D, B, A), ANYWHERE),
    "projectResubmit": {O: ANYWHERE} | dict.fromkeys((G, P, D, B, A), REPORTED),
    "projectWithdraw": {O: ANYWHERE} | dict.fromkeys((G, P, D, B, A), REPORTED),
    "projectClaim": {O: ANYWHERE, P: ANYWHERE},
    "projectDispute": {P: ANYWHERE},
    "projectJudge": {O: ANYWHERE},
    "projectReturn": {O: ANYWHERE},
    "projectMerge": {O: ANYWHERE},
    "disputeDecide": {O: ANYWHERE},
    "projectTransferRequest": {O: ANYWHERE, P: FIRST_CONTACT},
    "projectTransferDecide": {O: ANYWHERE},
    "projectTakeUp": {O: ANYWHERE, P: ANYWHERE},
    "agreementSign": {O: ANYWHERE, P: LANDING},
    "milestoneReach": {O: ANYWHERE, P: LANDING},
    "fundsRecord": {O: ANYWHERE, P: LANDING},
    "fundsReverse": {O: ANYWHERE, P: LANDING},
    "taxRecord": {O: ANYWHERE, P: LANDING},
    "ledgerPreview": {O: ANYWHERE, P: ANYWHERE},
    "ledgerImport": {O: ANYWHERE, P: ANYWHERE},
    "ledgerUndo": {O: ANYWHERE, P: ANYWHERE},
    "calendarPublish": {O: ANYWHERE},
    "ruleSet": {O: ANYWHERE},
    "viewSave": dict.fromkeys((O, G, P, D, B, A, L, I), ANYWHERE),
    "viewDelete": dict.fromkeys((O, G, P, D, B, A, L, I), ANYWHERE),
    "viewWithdraw": {O: ANYWHERE},
}

OWN = {REPORTED: "organization", FIRST_CONTACT: "place", LANDING: "place"}


def may(viewer: Viewer, act: str, project: Mapping[str, Any] | None = None) -> bool:
    """Whether `viewer` may do `act`; with a project's columns, whether on that project."""
    if viewer.post not in MAY[act]:
        return False
    where = MAY[act][viewer.post]
    if where == ANYWHERE or project is None:
        return True
    columns = (where,) if isinstance(where, str) else where
    mine = {column: getattr(viewer, OWN[column]) for column in columns}
    return any(value is not None and project[column] == value for column, value in mine.items())


# ---------------------------------------------------------------- SEES: table → post → rows

Condition: TypeAlias = Callable[[str, Viewer], tuple[str, list[Any]]]
"""Given the alias of a row and the viewer, SQL that holds for the rows seen, and its values."""


def everything(row: str, viewer: Viewer) -> tuple[str, list[Any]]:
    return "1=1", []


def nothing(row: str, viewer: Viewer) -> tuple[str, list[Any]]:
    return "1=0", []


def mine(column: str, whose: str) -> Condition:
    """Rows whose column is the viewer's own person, organization, place or group."""

    def condition(row: str, viewer: Viewer) -> tuple[str, list[Any]]:
        value = getattr(viewer, whose)
        return ("1=0", []) if value is None else (f'{row}."{column}" = ?', [value])

    return condition


def having(column: str, *values: str) -> Condition:
    """Rows whose column has one of these values."""
    marks = ", ".join("?" * len(values))
    return lambda row, viewer: (f'{row}."{column}" IN ({marks})', list(values))


def either(*conditions: Condition) -> Condition:
    def condition(row: str, viewer: Viewer) -> tuple[str, list[Any]]:
        parts = [part(row, viewer) for part in conditions]
        return "(" + " OR ".join(sql for sql, _ in parts) + ")", [v for _, vs in parts for v in vs]

    return condition


def both(*conditions: Condition) -> Condition:
    def condition(row: str, viewer: Viewer) -> tuple[str, list[Any]]:
        parts = [part(row, viewer) for part in conditions]
        return "(" + " AND ".join(sql for sql, _ in parts) + ")", [v for _, vs in parts for v in vs]

    return condition


def when_any(table: str, column: str, then: Condition) -> Condition:
    """Rows that some row of `table` points at by `column`, where `then` holds for that row."""

    def condition(row: str, viewer: Viewer) -> tuple[str, list[Any]]:
        near = f"{row}_{table}"
        sql, values = then(near, viewer)
        return (
            f'EXISTS (SELECT 1 FROM "{table}" {near} WHERE {near}."{column}" = {row}."id" AND {sql})',
            values,
        )

    return condition


def through(column: str, table: str) -> Condition:
    """Rows that point at a row of `table` which the viewer sees."""

    def condition(row: str, viewer: Viewer) -> tuple[str, list[Any]]:
        far = f"{row}_{table}"
        sql, values = visible(table, far, viewer)
        if sql == "1=1" or sql == "1=0":
            return sql, []
        return (
            f'EXISTS (SELECT 1 FROM "{table}" {far} WHERE {far}."id" = {row}."{column}" AND {sql})',
            values,
        )

    return condition


SIGNED_STAGES = ("SIGNED", "REGISTERED", "STARTED", "COMPLETED", "OPERATING", "FULL_OUTPUT")

reported_here = mine("reported_by_id", "organization")
of_my_place = either(
    reported_here,
    mine("first_contact_place_id", "place"),
    mine("landing_place_id", "place"),
    when_any("claim", "project_id", mine("place_id", "place")),
    when_any(
        "transfer",
        "project_id",
        both(mine("to_place_id", "place"), having("state", "APPROVED", "TAKEN_UP")),
    ),
)
STAFF = (O, G, P, D, B, A, L, I)
EVERYBODY = tuple(Post)
of_seen_project: dict[Post, Condition] = dict.fromkeys(EVERYBODY, through("project_id", "project"))

SEES: dict[str, dict[Post, Condition]] = {
    "place": dict.fromkeys(EVERYBODY, everything),
    "industry_group": dict.fromkeys(EVERYBODY, everything),
    "organization": dict.fromkeys((*STAFF, N), everything),
    "person": dict.fromkeys(STAFF, everything) | {N: mine("id", "person")},
    "calendar_year": dict.fromkeys(EVERYBODY, everything),
    "calendar_day": dict.fromkeys(EVERYBODY, everything),
    "parameter": dict.fromkeys((*STAFF, N), everything),
    "company": dict.fromkeys((O, L, I), everything)
    | dict.fromkeys(
        (G, P, D, B, A, N),
        when_any("project", "investor_id", lambda r, v: visible("project", r, v)),
    ),
    "project": {
        O: everything,
        L: everything,
        I: everything,
        G: either(mine("group_id", "group"), reported_here),
        P: of_my_place,
        D: either(
            reported_here,
            lambda row, viewer: (
                f'{row}."group_id" IN (SELECT "id" FROM "industry_group" WHERE "lead_department_id" = ?)',
                [viewer.organization],
            ),
        ),
        B: reported_here,
        A: reported_here,
        N: either(reported_here, having("stage", *SIGNED_STAGES)),
    },
    "entry": of_seen_project,
    "attachment": dict.fromkeys(STAFF, through("project_id", "project")),
    "claim": dict.fromkeys(STAFF, through("project_id", "project")),
    "judgement": of_seen_project,
    "return": dict.fromkeys(STAFF, through("project_id", "project")),
    "dispute": dict.fromkeys(STAFF, through("project_id", "project")),
    "transfer": of_seen_project,
    "merge": dict.fromkeys(STAFF, through("project_id", "project")),
    "credit": of_seen_project,
    "agreement": of_seen_project,
    "milestone": of_seen_project,
    "journal_entry": dict.fromkeys((O, I), everything)
    | dict.fromkeys((G, P, D, B, A, L), through("project_id", "project")),
    "batch": {O: everything, P: mine("organization_id", "organization")},
    "batch_row": dict.fromkeys((O, P), through("batch_id", "batch")),
    "saved_view": dict.fromkeys(
        STAFF,
        either(
            mine("person_id", "person"),
            both(having("shared", "UNIT"), mine("organization_id", "organization")),
            having("shared", "ALL"),
        ),
    ),
    "token": dict.fromkeys((*STAFF, N), mine("person_id", "person")),
    "session": dict.fromkeys((*STAFF, N), mine("person_id", "person")),
}

# ---------------------------------------------------------------- HIDES: table → column → posts

HIDES: dict[str, dict[str, tuple[Post, ...]]] = {
    "project": {
        "contact_name": (N, Post.PUBLIC),
        "contact_phone": (N, Post.PUBLIC),
        "needs": (N, Post.PUBLIC),
        "source": (N, Post.PUBLIC),
        "owner_name": (N, Post.PUBLIC),
    },
    "organization": {"contact_name": (N,), "contact_phone": (N,)},
    "person": {"phone": (A, B, N)},
    "entry": {"evidence_note": (N,), "reason": (N,)},
}


def visible(table: str, row: str, viewer: Viewer) -> tuple[str, list[Any]]:
    """The condition on alias `row` that leaves only what `viewer` may see of `table`."""
    return SEES[table].get(viewer.post, nothing)(row, viewer)


def hidden(table: str, viewer: Viewer) -> frozenset[str]:
    """The columns of `table` that are null for `viewer`, and may not be filtered or ordered by."""
    return frozenset(c for c, posts in HIDES.get(table, {}).items() if viewer.post in posts)
