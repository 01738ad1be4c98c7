"""What the journal's last entries change, by the names under which pages listen, for each viewer.

`inbox`, `queue` and `duties` move where a project changes that the viewer sees, where a duty opens,
ends or is handed over that they see or held, or where what everybody sees changes, such as a calendar;
`messages` where a message is written, read, answered or sent out that they see; `counts` where any of
these does; `project:NO` where that project changes. Of what somebody does not see they are sent nothing,
not even that something moved.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from schema import database
from schema.permissions import SEES, Viewer, everything, table_name, visible

WORK = frozenset(("inbox", "queue", "duties"))
MESSAGES = "messages"
COUNTS = "counts"
LISTS = (*sorted(WORK), MESSAGES, COUNTS)
PROJECT = re.compile(r"project:([0-9A-Za-z-]{1,40})")
AT_ONCE = 500
LAST = 'SELECT COALESCE(max("id"), 0) AS "id" FROM "journal_entry"'
NEW = (
    'SELECT "id", "subject_kind", "project_id" FROM "journal_entry"'
    f' WHERE "id" > ? ORDER BY "id" LIMIT {AT_ONCE}'
)
FOLLOWED = ("Duty", "Message")
"""Kinds whose rows concern single people, so that they are asked for by their ids."""

TOUCHED = (
    'SELECT DISTINCT t."kind", CASE WHEN t."kind" IN (\'Duty\', \'Message\') THEN t."row_id" END AS "row_id",'
    ' CASE WHEN t."kind" = \'Project\' THEN t."row_id" ELSE d."project_id" END AS "project_id"'
    ' FROM "journal_row" t LEFT JOIN "duty" d ON t."kind" = \'Duty\' AND d."id" = t."row_id"'
    ' WHERE t."entry_id" > ? AND t."entry_id" <= ? AND t."kind" <> \'Fen\''
)


@dataclass
class Moves:
    """What entries of the journal changed: projects, duties and messages by id, and tables."""

    last: int
    projects: set[int] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)
    rows: dict[str, set[int]] = field(default_factory=lambda: {kind: set() for kind in FOLLOWED})


async def journal_end() -> int:
    """The number of the journal's last entry."""
    (row,) = await database.fetch(LAST)
    return int(row["id"])


async def moves_since(number: int) -> Moves:
    """What changed after entry `number`. Entries commit in the order of their numbers."""
    rows = await database.fetch(NEW, [number])
    if not rows:
        return Moves(number)
    moves = Moves(rows[-1]["id"])
    moves.projects = {row["project_id"] for row in rows if row["project_id"] is not None}
    touched = await database.fetch(TOUCHED, [number, moves.last])
    moves.projects |= {row["project_id"] for row in touched if row["project_id"] is not None}
    moves.tables = {table_name(row["subject_kind"]) for row in rows if row["project_id"] is None}
    moves.tables |= {table_name(row["kind"]) for row in touched if row["project_id"] is None}
    for row in touched:
        if row["row_id"] is not None:
            moves.rows[row["kind"]].add(row["row_id"])
    return moves


async def wanted_topics(viewer: Viewer, names: Iterable[str]) -> dict[str, int | None]:
    """The names a viewer may listen to, with the id of a project; what they do not see is left out."""
    found: dict[str, int | None] = {}
    for name in names:
        if name in LISTS:
            found[name] = None
        elif (match := PROJECT.fullmatch(name)) and (key := await project_key(viewer, match[1])):
            found[name] = key
    return found


async def project_key(viewer: Viewer, no: str) -> int | None:
    condition, values = visible("project", "p", viewer)
    sql = f'SELECT p."id" FROM "project" p WHERE p."no" = ? AND {condition}'
    rows = await database.fetch(sql, [no, *values])
    return int(rows[0]["id"]) if rows else None


async def topics_moved(
    viewer: Viewer, wanted: dict[str, int | None], moves: Moves
) -> frozenset[str]:
    """Which of the wanted names moved, as far as the viewer sees what did."""
    own = {key for key in wanted.values() if key is not None} & moves.projects
    seen = await seen_among(viewer, "project", own)
    found = {name for name, key in wanted.items() if key in seen and key is not None}
    moved = set[str]()
    if wanted.keys() & {*WORK, COUNTS} and (
        seen
        or any(sees_whole(viewer, table) for table in moves.tables)
        or await seen_among(viewer, "project", moves.projects - own)
        or await seen_among(viewer, "duty", moves.rows["Duty"])
    ):
        moved |= {*WORK, COUNTS}
    if wanted.keys() & {MESSAGES, COUNTS} and (
        await seen_among(viewer, "message", moves.rows["Message"])
    ):
        moved |= {MESSAGES, COUNTS}
    return frozenset(found | moved & wanted.keys())


def sees_whole(viewer: Viewer, table: str) -> bool:
    """Whether a viewer sees every row of a table, so that a change of any is theirs to know."""
    sees = SEES.get(table, {})
    return any(everything in sees.get(held.post, ()) for held in viewer.posts)


async def seen_among(viewer: Viewer, table: str, keys: Collection[int]) -> set[int]:
    """Some of a table's rows that the viewer sees: all among few, at least one where there is any."""
    condition, values = visible(table, "t", viewer)
    known = sorted(keys)
    for start in range(0, len(known), AT_ONCE):
        some = known[start : start + AT_ONCE]
        marks = ", ".join("?" * len(some))
        sql = f'SELECT t."id" FROM "{table}" t WHERE t."id" IN ({marks}) AND {condition}'
        if rows := await database.fetch(sql, [*some, *values]):
            return {int(row["id"]) for row in rows}
    return set()
