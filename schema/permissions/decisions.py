"""What the policy answers: `may`, `visible`, `hidden` and what is asked of them. Its tables are in `policy.py`.

What is not seen does not exist: pages, graph, widgets, exports, search, counts and errors all read
through `visible` and `hidden`, and an act on it answers with `absent`.
"""

from dataclasses import replace
from functools import lru_cache

from schema.city.rules import RuleBroken
from schema.people.rules import HeldPost, Post, Viewer
from schema.permissions.conditions import Rows, everything, through
from schema.permissions.policy import (
    ANYWHERE,
    AUDITS,
    BESIDE,
    FIGURES,
    HIDES,
    INSIDE,
    LISTS,
    MAY,
    OUTSIDERS,
    PLAIN,
    SCOPES,
    SEES,
    TEXTS,
    WEIGHS,
    WHOLE,
    Where,
)
from schema.permissions.weighing import WEIGHED
from schema.relations import EVERYTHING, Columns, Near, Relation, Sql, any_of

COLUMNS: dict[str, frozenset[str]] = {}
"""The columns of each table, filled in where tables become kinds of the graph."""
PERSONAL: dict[str, frozenset[str]] = {}
"""The personal columns of the tables that have any, filled in likewise."""

POLICY_KEPT = (
    1024  # conditions of the policy that are kept, of a few hundred bytes to some kilobytes
)


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
    row, table = of_today(row), table_of(row)
    alone = viewer if len(viewer.posts) == 1 else replace(viewer, posts=(held,))
    for relation in where:
        clause = relation.on[table]
        if (near is None and clause.needs) or clause.holds(row, alone, near or {}):
            return True
    return False


def weighs(viewer: Viewer, project: Columns, group: Columns | None) -> bool:
    """Whether `viewer` reads what every place claims on a project and its group holds of it: once it is
    judged whoever is inside and sees it, before that whoever weighs it. `group` is the project's.
    """
    if project["judged_at"] is not None:
        return is_inside(viewer)
    near: Near = {"industry_group": [group] if group else []}
    return any(
        held.post in WEIGHS and _holds(WEIGHS[held.post], viewer, held, project, near)
        for held in viewer.posts
    )


def sees_whole(viewer: Viewer, group: Columns) -> bool:
    """Whether `viewer` sees all the work of an industry group, and not only what is theirs of it."""
    return any(
        not WHOLE[held.post]
        or any(
            relation.on["industry_group"].holds(of_today(group), replace(viewer, posts=(held,)), {})
            for relation in WHOLE[held.post] or ()
        )
        for held in viewer.posts
        if held.post in WHOLE
    )


def is_weighing(act: str) -> bool:
    """Whether an act weighs a report, so that before the judgement its reporter is not shown it."""
    return act in WEIGHED


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


def of_today(row: Columns) -> Columns:
    """The row as it is, where it was read as of a day: nobody has rights today by what was then."""
    found: Columns = getattr(row, "today", row)
    return found


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


def beside(table: str, far: str, viewer: Viewer) -> frozenset[str]:
    """The columns of `far` that are shown beside a row of `table` which the viewer sees."""
    return frozenset(BESIDE.get(table, {}).get(far, "").split()) - hidden(far, viewer)


def visible(table: str, row: str, viewer: Viewer) -> Sql:
    """The condition on alias `row` that leaves only what `viewer` may see of `table`."""
    sql, values = _visible(table, row, viewer)
    return sql, [*values]


@lru_cache(maxsize=POLICY_KEPT)
def _visible(table: str, row: str, viewer: Viewer) -> Sql:
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


def seen_of(table: str, row: str, viewer: Viewer, rows: Rows | None = None) -> Sql:
    """The condition on alias `row` for what the viewer sees of `table`, or for these `rows` of it."""
    return visible(table, row, viewer) if rows is None else _condition(rows, table, row, viewer)


def _condition(rows: Rows | None, table: str, row: str, viewer: Viewer) -> Sql:
    return any_of(
        [
            each.on[table].sql(row, viewer)
            if isinstance(each, Relation)
            else each(row, viewer, seen_of)
            for each in rows or ()
        ]
    )


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
    return named | COLUMNS.get(table, frozenset()) - {"id", *shown.split()}


def plain(table: str, row: str, viewer: Viewer) -> Sql:
    """The condition on alias `row` for what `viewer` is shown unmasked of the personal columns of `table`."""
    sql, values = _plain(table, row, viewer)
    return sql, [*values]


@lru_cache(maxsize=POLICY_KEPT)
def _plain(table: str, row: str, viewer: Viewer) -> Sql:
    rows = PLAIN.get(table, {})
    return any_of(
        [
            _condition(rows[held.post], table, row, replace(viewer, posts=(held,)))
            for held in viewer.posts
            if held.post in rows
        ]
    )


def plain_texts(table: str, row: str, viewer: Viewer) -> Sql:
    """The condition on alias `row` for the rows of `table` in whose texts `viewer` reads the numbers of
    private persons: as its contacts, or else as those of the project that it is of.
    """
    if table in PLAIN:
        return plain(table, row, viewer)
    own, project = TEXTS.get(table), PLAIN["project"]
    return any_of(
        [
            _condition(
                own.get(held.post)
                if own is not None
                else (through("project_id", "project", project[held.post]),)
                if held.post in project and project[held.post] != (everything,)
                else project.get(held.post),
                table,
                row,
                replace(viewer, posts=(held,)),
            )
            for held in viewer.posts
        ]
    )


def reads_texts(viewer: Viewer, project: Columns | None) -> bool:
    """The same of a project's row; None where there is no project."""
    return any(
        each is everything
        or (
            isinstance(each, Relation)
            and project is not None
            and each.on["project"].holds(project, replace(viewer, posts=(held,)), {})
        )
        for held in viewer.posts
        for each in PLAIN["project"].get(held.post, ())
    )


def masked(table: str, viewer: Viewer) -> frozenset[str]:
    """The personal columns of `table` that are masked for `viewer` in some row, and may then not be
    filtered, ordered or summed by in any.
    """
    columns = PERSONAL.get(table, frozenset())
    return columns if columns and plain(table, "t", viewer) != EVERYTHING else frozenset()


def figures_of(viewer: Viewer) -> frozenset[str]:
    """The figures of the ranking that any of the viewer's posts is shown."""
    held = {each.post for each in viewer.posts}
    return frozenset(name for name, posts in FIGURES.items() if held & set(posts))


def audits(viewer: Viewer) -> bool:
    """Whether `viewer` reads the journal as a whole."""
    return any(held.post in AUDITS for held in viewer.posts)


def is_inside(viewer: Viewer) -> bool:
    """Whether `viewer` holds a post in the administration: neither an outsider nor the public."""
    return any(held.post in INSIDE for held in viewer.posts)


def lists_of(viewer: Viewer) -> frozenset[str]:
    """The lists that stand in the menu of any of the viewer's posts."""
    return frozenset(
        name
        for name, posts in LISTS.items()
        if any(held.post in posts and posts[held.post](held) for held in viewer.posts)
    )


def forget_policy() -> None:
    """Called by tests alone, which change the policy's tables: what was put together from them is not kept."""
    _visible.cache_clear()
    _plain.cache_clear()
