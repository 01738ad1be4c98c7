"""Who may do what, who sees which rows, and which columns are hidden from whom. The only file that says so.

`MAY` names for each act the posts that may do it, and on which rows: any, or those of a relation.
`SEES` names for each table the rows of each post, by the same relations. A table without an entry
cannot be read. `SCOPES` names all that outsiders are shown of a table; `HIDES` names columns that are
null for further posts. `LISTS` says in whose menu a list stands.

A person may hold several posts. Rights are their union: what any of the posts may do or sees; hidden
is only what is hidden from each of them. What is not seen does not exist: pages, graph, widgets,
exports, search, counts and errors all read through `visible` and `hidden`, and an act on it answers
with `absent`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from schema.city.rules import RuleBroken
from schema.people.rules import NO_POST, PUBLIC, HeldPost, Post, Viewer
from schema.project.rules import SIGNED_ON
from schema.relations import (
    APPROVED_TRANSFERS_PLACE,
    CLAIMANT_PLACE,
    EVERYTHING,
    FIRST_CONTACT_PLACE,
    HOLDER,
    LANDING_PLACE,
    OF_MY_DEPARTMENTS_GROUPS,
    OF_MY_GROUP,
    OWN_PERSON,
    OWN_REPORT,
    OWN_UNIT,
    VERIFYING_UNIT,
    Columns,
    Near,
    Relation,
    Sql,
    any_of,
    entries_about,
)

__all__ = [
    "BESIDE",
    "HIDES",
    "LISTS",
    "MAY",
    "NO_POST",
    "PUBLIC",
    "SCOPES",
    "SEES",
    "HeldPost",
    "Post",
    "Viewer",
    "absent",
    "beside",
    "hidden",
    "lists_of",
    "may",
    "needs",
    "post_for",
    "posts_for",
    "rows_of",
    "visible",
]

O, G, P, D = Post.OFFICE, Post.GROUP, Post.PLACE, Post.DEPARTMENT
B, A, L, I = Post.BRANCH, Post.AGENT, Post.LEADER, Post.INSPECTION
E, N = Post.EXPERT, Post.PARTNER

STAFF = (O, G, P, D, B, A, L, I)
EVERYBODY = tuple(Post)
OUTSIDERS = (A, E, N, Post.PUBLIC)

# ---------------------------------------------------------------- MAY: act → post → on which rows

ANYWHERE: tuple[Relation, ...] = ()
Where: TypeAlias = tuple[Relation, ...]

MAY: dict[str, Mapping[Post, Where]] = {
    "projectReport": dict.fromkeys((O, G, P, D, B, A), ANYWHERE),
    "projectResubmit": {O: ANYWHERE} | dict.fromkeys((G, P, D, B, A), (OWN_REPORT,)),
    "projectWithdraw": {O: ANYWHERE} | dict.fromkeys((G, P, D, B, A), (OWN_REPORT,)),
    "projectClaim": {O: ANYWHERE, P: ANYWHERE},
    "projectDispute": {P: ANYWHERE},
    "projectJudge": {O: ANYWHERE},
    "projectReturn": {O: ANYWHERE},
    "projectMerge": {O: ANYWHERE},
    "disputeDecide": {O: ANYWHERE},
    "projectTransferRequest": {O: ANYWHERE, P: (FIRST_CONTACT_PLACE,)},
    "projectTransferDecide": {O: ANYWHERE},
    "projectTakeUp": {O: ANYWHERE, P: (APPROVED_TRANSFERS_PLACE,)},
    "agreementSign": {O: ANYWHERE, P: (LANDING_PLACE,)},
    "milestoneReach": {O: ANYWHERE, P: (LANDING_PLACE,)},
    "fundsRecord": {O: ANYWHERE, P: (LANDING_PLACE,)},
    "fundsReverse": {O: ANYWHERE, P: (LANDING_PLACE,)},
    "taxRecord": {O: ANYWHERE, P: (LANDING_PLACE,)},
    "fundsVerify": dict.fromkeys((O, D), (VERIFYING_UNIT,)),
    "taxVerify": dict.fromkeys((O, D), (VERIFYING_UNIT,)),
    "entryResubmit": {O: ANYWHERE, P: (LANDING_PLACE,)},
    "ledgerPreview": {O: ANYWHERE, P: ANYWHERE},
    "ledgerImport": {O: ANYWHERE, P: ANYWHERE},
    "ledgerConfirm": {O: ANYWHERE},
    "ledgerUndo": {O: ANYWHERE, P: ANYWHERE},
    "dutyHandOver": dict.fromkeys((O, G, P, D, B, A), (HOLDER,)),
    "calendarPublish": {O: ANYWHERE},
    "calendarConfirm": {O: ANYWHERE},
    "calendarDecline": {O: ANYWHERE},
    "ruleSet": {O: ANYWHERE},
    "ruleConfirm": {O: ANYWHERE},
    "ruleDecline": {O: ANYWHERE},
    "documentTemplateSet": {O: ANYWHERE},
    "viewSave": dict.fromkeys(STAFF, ANYWHERE),
    "viewDelete": dict.fromkeys(STAFF, (OWN_PERSON,)),
    "viewWithdraw": {O: ANYWHERE},
    "jobRetry": {O: ANYWHERE},
    "noticeSend": dict.fromkeys((O, G, P, D, L, I), ANYWHERE),
    "noticeAnswer": dict.fromkeys((*STAFF, E), (OWN_PERSON,)),
    "messageRead": dict.fromkeys((*STAFF, E), (OWN_PERSON,)),
}


def may(viewer: Viewer, act: str, row: Columns | None = None, near: Near | None = None) -> bool:
    """Whether `viewer` may do `act`; with a row, whether on that row."""
    return post_for(viewer, act, row, near) is not None


def post_for(
    viewer: Viewer, act: str, row: Columns | None = None, near: Near | None = None
) -> HeldPost | None:
    """The post in which `viewer` may do `act`, the main one first; None where no post may.

    With a row: the first post of which a relation holds on that row. `near` are the rows of other
    tables that `needs` names. A relation that needs them is not told by the row alone: without them
    the answer is that for the act in general, and the act asks again with the row that tells, as a
    transfer does for the place that takes a project up.
    """
    posts = MAY[act]
    for held in viewer.posts:
        if held.post in posts and _holds(posts[held.post], viewer, held, row, near):
            return held
    return None


def posts_for(viewer: Viewer, act: str) -> list[HeldPost]:
    """The viewer's posts that may do an act, the main one first; of an act that is none, none."""
    return [held for held in viewer.posts if held.post in MAY.get(act, ())]


def _holds(
    where: Where, viewer: Viewer, held: HeldPost, row: Columns | None, near: Near | None
) -> bool:
    if not where or row is None:
        return True
    table = table_of(row)
    alone = viewer if len(viewer.posts) == 1 else replace(viewer, posts=(held,))
    for relation in where:
        clause = relation.on[table]
        if (near is None and clause.needs) or clause.holds(row, alone, near or {}):
            return True
    return False


def needs(viewer: Viewer, act: str, table: str = "project") -> frozenset[str]:
    """The tables whose rows `may` needs beside a row of `table`, for this viewer."""
    found = [MAY[act].get(held.post, ()) for held in viewer.posts]
    if any(held.post in MAY[act] and not MAY[act][held.post] for held in viewer.posts):
        return frozenset()
    clauses = [relation.on[table] for where in found for relation in where]
    return frozenset[str]().union(*(clause.needs for clause in clauses))


def rows_of(viewer: Viewer, act: str, table: str, row: str, *, own: bool = False) -> Sql:
    """The condition on alias `row` of `table` that leaves the rows on which `viewer` may do `act`;
    with `own` only those of a relation, not those of a post that may do it anywhere.
    """
    parts: list[Sql] = []
    for held in viewer.posts:
        where = MAY[act].get(held.post)
        if where == ANYWHERE and not own:
            return EVERYTHING
        alone = replace(viewer, posts=(held,))
        parts += [relation.on[table].sql(row, alone) for relation in where or ()]
    return any_of(parts)


def table_of(row: Columns) -> str:
    """The table of a row of the graph; plain columns are a project's."""
    return table_name(getattr(row, "kind", "Project"))


def table_name(kind: str) -> str:
    """The table of a kind of the graph: `saved_view` of `SavedView`."""
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in kind).lstrip("_")


def absent(field: str | None) -> RuleBroken:
    """What an act answers on whatever its viewer does not see: the same to the byte whether it
    exists or not, at whatever stage and revision, alive or ended, and whatever else the input says.
    """
    return RuleBroken("没有找到，请核对后重选", field, "INVALID")


# ---------------------------------------------------------------- SEES: table → post → rows

Condition: TypeAlias = Callable[[str, Viewer], Sql]
"""Given the alias of a row and a viewer with the posts in question, SQL that holds for rows seen."""

Rows: TypeAlias = tuple[Relation | Condition, ...]
"""Rows for which any of these holds."""


def to(posts: Iterable[Post], *rows: Relation | Condition) -> dict[Post, Rows]:
    """Each of the posts sees rows for which any of these holds."""
    return dict.fromkeys(posts, rows)


def everything(row: str, viewer: Viewer) -> Sql:
    return EVERYTHING


def having(column: str, *values: str) -> Condition:
    """Rows whose column has one of these values."""
    marks = ", ".join("?" * len(values))
    return lambda row, viewer: (f'{row}."{column}" IN ({marks})', list(values))


def through(column: str, table: str, rows: "Rows | None" = None) -> Condition:
    """Rows that point at a row of `table` which the viewer sees, or that is one of `rows`."""

    def condition(row: str, viewer: Viewer) -> Sql:
        far = f"{row}_{table}"
        if rows is None:
            sql, values = visible(table, far, viewer)
        else:
            sql, values = _condition(rows, table, far, viewer)
        if sql in ("1=1", "1=0"):
            return sql, []
        pointed = f'{far}."id" = {row}."{column}" AND {sql}'
        return f'EXISTS (SELECT 1 FROM "{table}" {far} WHERE {pointed})', values

    return condition


def behind(table: str, column: str) -> Condition:
    """Rows that some row of `table` which the viewer sees points at by `column`."""

    def condition(row: str, viewer: Viewer) -> Sql:
        near = f"{row}_{table}"
        sql, values = visible(table, near, viewer)
        pointing = f'{near}."{column}" = {row}."id" AND {sql}'
        return f'EXISTS (SELECT 1 FROM "{table}" {near} WHERE {pointing})', values

    return condition


OF_MY_PLACE: Rows = (
    OWN_REPORT,
    FIRST_CONTACT_PLACE,
    LANDING_PLACE,
    APPROVED_TRANSFERS_PLACE,
    HOLDER,
)


def about(kind: str, holds: Condition) -> Condition:
    """Entries of the journal about a row of `kind` for which a condition on `row_id` holds."""
    return lambda row, viewer: entries_about(kind, row, holds(f"{row}_about", viewer))


about_me = about("Person", lambda row, viewer: (f'{row}."row_id" = ?', [viewer.person]))
of_seen_project = through("project_id", "project")
of_my_places_project = through("project_id", "project", OF_MY_PLACE)
INSIDE = (O, G, P, D, B, L, I)
INSIDE_BUT_PLACES = (O, G, D, B, L, I)

SEES: dict[str, dict[Post, Rows]] = {
    "place": to(EVERYBODY, everything),
    "industry_group": to(EVERYBODY, everything),
    "organization": to((*STAFF, E, N), everything),
    "person": to(STAFF, everything) | to((E, N), OWN_PERSON),
    "appointment": to(INSIDE, everything) | to(OUTSIDERS, OWN_PERSON),
    "calendar_year": to(EVERYBODY, everything),
    "calendar_day": to(EVERYBODY, everything),
    "parameter": to((*STAFF, E, N), everything),
    "rule_proposal": to((O, L, I), everything),
    "calendar_proposal": to((O, L, I), everything),
    "closed_month": to(STAFF, everything),
    "company": to((O, L, I), everything) | to((G, P, D, B, A, N), behind("project", "investor_id")),
    "project": {
        **to((O, L, I), everything),
        G: (OF_MY_GROUP, OWN_REPORT, HOLDER),
        P: OF_MY_PLACE,
        D: (OWN_REPORT, OF_MY_DEPARTMENTS_GROUPS, HOLDER, VERIFYING_UNIT),
        **to((B, A), OWN_REPORT, HOLDER),
        N: (OWN_REPORT, having("stage", *SIGNED_ON)),
    },
    # A place that has only claimed a project does not see it: it sees its claim, what BESIDE shows
    # with it, its own dispute, and the judgement, whose reason is written for the claimants.
    "entry": to(INSIDE_BUT_PLACES, of_seen_project) | to((P,), of_my_places_project),
    "entry_step": to(INSIDE_BUT_PLACES, of_seen_project) | to((P,), of_my_places_project),
    "attachment": to(INSIDE_BUT_PLACES, of_seen_project)
    | to((P,), of_my_places_project, CLAIMANT_PLACE, OWN_PERSON)
    | to((A,), OWN_PERSON),
    "claim": to(INSIDE_BUT_PLACES, of_seen_project)
    | to((P,), of_my_places_project, CLAIMANT_PLACE)
    | to((A,), OWN_PERSON),
    "judgement": to((*INSIDE_BUT_PLACES, A), of_seen_project)
    | to((P,), of_seen_project, CLAIMANT_PLACE),
    "return": to((*INSIDE_BUT_PLACES, A), of_seen_project) | to((P,), of_my_places_project),
    "dispute": to(INSIDE_BUT_PLACES, of_seen_project)
    | to((P,), of_my_places_project, CLAIMANT_PLACE),
    "transfer": to(INSIDE_BUT_PLACES, of_seen_project) | to((P,), of_my_places_project),
    "merge": to((*INSIDE_BUT_PLACES, A), of_seen_project) | to((P,), of_my_places_project),
    "credit": to(INSIDE_BUT_PLACES, of_seen_project) | to((P,), of_my_places_project),
    "agreement": to((*INSIDE_BUT_PLACES, A, N), of_seen_project) | to((P,), of_my_places_project),
    "milestone": to((*INSIDE_BUT_PLACES, A, N), of_seen_project) | to((P,), of_my_places_project),
    "journal_entry": to((O, I), everything)
    | to((G, D, B, L), about("Project", through("row_id", "project")), about_me)
    | to((P,), about("Project", through("row_id", "project", OF_MY_PLACE)), OWN_PERSON, about_me)
    | to((A,), OWN_PERSON),
    "duty": to((O, L, I), everything)
    | to((G, D, B), of_seen_project, HOLDER)
    | to((P,), of_my_places_project, HOLDER)
    | to((A,), HOLDER),
    "hand_over": to(INSIDE_BUT_PLACES, of_seen_project) | to((P,), of_my_places_project),
    "batch": to((O,), everything) | to((P,), OWN_UNIT),
    "batch_row": to((O, P), through("batch_id", "batch")),
    "migration": to((O, L, I), everything)
    | to((G, D, B), behind("project", "migration_id"))
    | to((P,), behind("project", "migration_id"), through("batch_id", "batch")),
    "job": to((O,), everything),
    "notice": to((*STAFF, E), OWN_PERSON, OWN_UNIT, behind("message", "notice_id")),
    "message": to((*STAFF, E), OWN_PERSON, through("notice_id", "notice", (OWN_PERSON, OWN_UNIT))),
    "document_template": to(INSIDE, everything),
    "saved_view": to(STAFF, OWN_PERSON, OWN_UNIT, having("shared", "ALL"))
    | to((O,), OWN_PERSON, having("shared", "UNIT", "ALL")),
    "token": to((*STAFF, E, N), OWN_PERSON),
    "session": to((*STAFF, E, N), OWN_PERSON),
}


BESIDE: dict[str, dict[str, str]] = {
    "claim": {"project": "no stage first_contact_place_id"},
    "dispute": {"project": "no stage"},
}
"""The columns of a far table that are shown with a row of a table to whoever sees that row, the far
row itself seen or not: table → far table → columns. Nothing else of an unseen row is shown.
"""


def beside(table: str, far: str, viewer: Viewer) -> frozenset[str]:
    """The columns of `far` that are shown beside a row of `table` which the viewer sees."""
    return frozenset(BESIDE.get(table, {}).get(far, "").split()) - hidden(far, viewer)


def visible(table: str, row: str, viewer: Viewer) -> Sql:
    """The condition on alias `row` that leaves only what `viewer` may see of `table`."""
    sees = SEES[table]
    if len(viewer.posts) == 1:
        return _condition(sees.get(viewer.posts[0].post), table, row, viewer)
    alike: dict[int, tuple[Rows, list[HeldPost]]] = {}
    for held in viewer.posts:
        if held.post in sees:
            rows = sees[held.post]
            alike.setdefault(id(rows), (rows, []))[1].append(held)
    return any_of(
        [
            _condition(rows, table, row, replace(viewer, posts=tuple(posts)))
            for rows, posts in alike.values()
        ]
    )


def _condition(rows: Rows | None, table: str, row: str, viewer: Viewer) -> Sql:
    return any_of(
        [
            each.on[table].sql(row, viewer) if isinstance(each, Relation) else each(row, viewer)
            for each in rows or ()
        ]
    )


# ---------------------------------------------------------------- SCOPES, HIDES: table → column → posts

WHOLE = None
"""All columns of a table, those that it does not have yet as well."""

OF_A_PROJECT = (
    "no name normal_name search summary investor_id amount_fen amount_estimated currency"
    " foreign_cents rate_on fixed_assets_fen industry_code group_id capital_origin land_mu stage"
    " stage_at reported_by_id reporter_id reported_at judge_by judged_at first_contact_place_id"
    " landing_place_id merged_into_id signed_on signed_fen paid_in_fen revision updated_at"
)
OF_A_UNIT = "slug name short_name kind place_id opened_on closed_on position"

SCOPES: dict[str, dict[Post, str | None]] = {
    "place": dict.fromkeys(OUTSIDERS, WHOLE),
    "industry_group": dict.fromkeys(OUTSIDERS, WHOLE),
    "calendar_year": dict.fromkeys(OUTSIDERS, WHOLE),
    "calendar_day": dict.fromkeys(OUTSIDERS, WHOLE),
    "parameter": dict.fromkeys((A, E, N), WHOLE),
    "closed_month": {A: WHOLE},
    "organization": {
        A: f"{OF_A_UNIT} contact_name contact_phone",
        E: f"{OF_A_UNIT} contact_name contact_phone",
        N: OF_A_UNIT,
    },
    "person": dict.fromkeys((A, E, N), "name"),
    "appointment": dict.fromkeys(OUTSIDERS, WHOLE),
    "company": dict.fromkeys(
        (A, N), "uscc no_code_reason name normal_name search region created_at"
    ),
    "project": {
        A: f"{OF_A_PROJECT} contact_name contact_phone source needs owner_name",
        N: OF_A_PROJECT,
    },
    "attachment": {A: WHOLE},
    "claim": {A: WHOLE},
    "judgement": {A: WHOLE},
    "return": {A: WHOLE},
    "merge": {A: WHOLE},
    "agreement": dict.fromkeys(
        (A, N),
        "project_id kind title amount_fen signed_on start_by complete_by operate_by recorded_at",
    ),
    "milestone": dict.fromkeys((A, N), "project_id stage reached_on recorded_at"),
    "duty": {A: WHOLE},
    "journal_entry": {A: WHOLE},
    "saved_view": {A: WHOLE},
    "notice": dict.fromkeys((A, E), WHOLE),
    "message": dict.fromkeys((A, E), WHOLE),
    "token": dict.fromkeys((A, E, N), WHOLE),
    "session": dict.fromkeys((A, E, N), WHOLE),
}
"""All that outsiders are shown of each table beside its id. A column that is not named is null."""

HIDES: dict[str, dict[str, tuple[Post, ...]]] = {"person": {"phone": (B,)}}
"""Columns that are null for further posts."""

COLUMNS: dict[str, frozenset[str]] = {}
"""The columns of each table, filled in where tables become kinds of the graph."""


def hidden(table: str, viewer: Viewer) -> frozenset[str]:
    """The columns of `table` that are null for `viewer`, and may not be filtered or ordered by.

    Only posts that see rows of it at all have a say. A post that sees every row shows its columns of
    all; posts that see some rows show a column only where none of them hides it, for one post must
    not show the columns of rows that are another's.
    """
    sees = SEES[table]
    posts = [held.post for held in viewer.posts if held.post in sees]
    whole = [_hidden(table, post) for post in posts if sees[post] == (everything,)]
    if whole:
        return whole[0].intersection(*whole[1:])
    return frozenset[str]().union(*(_hidden(table, post) for post in posts))


def _hidden(table: str, post: Post) -> frozenset[str]:
    named = frozenset(c for c, posts in HIDES.get(table, {}).items() if post in posts)
    if post not in OUTSIDERS:
        return named
    shown = SCOPES.get(table, {}).get(post, "")
    return (
        named
        if shown is WHOLE
        else named | COLUMNS.get(table, frozenset()) - {"id", *shown.split()}
    )


# ---------------------------------------------------------------- LISTS: list → in whose menu

LISTS: dict[str, tuple[Post, ...]] = {
    "inbox": STAFF,
    "duties": STAFF,
    "judgement": (O, G, L, I),
    "projects": (*STAFF, N),
    "transfers": (O, P, L, I, G),
    "verification": (O, P, L, I, D),
    "claims": (O, P, L, I, G),
    "ranking": (*STAFF, N),
    "calendar": STAFF,
    "rules": (*STAFF, E, N),
    "documents": (O, L, I),
    "developers": (*STAFF, E, N),
    "messages": (*STAFF, E),
    "jobs": (O,),
}
"""What a list shows is `SEES`'; this only says who works with it."""


def lists_of(viewer: Viewer) -> frozenset[str]:
    """The lists that stand in the menu of any of the viewer's posts.

    The queue of verification stands in that of the departments which the rulebook names.
    """
    return frozenset(
        name
        for name, posts in LISTS.items()
        if any(
            held.post in posts
            and (name != "verification" or held.post is not D or bool(held.verifies))
            for held in viewer.posts
        )
    )
