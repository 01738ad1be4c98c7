"""Many rows of one kind on which an act of one row is done: what keeps it from them, and moving them on.

An act that does at once what another does to one row asks and moves here in that one's name, so that posts,
stages and what is under way say the same of thousands as of one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from schema import database
from schema.city.rules import RuleBroken
from schema.database.statements import in_chunks, marks
from schema.gate import rows
from schema.permissions import post_for
from schema.query.models import KINDS, Kind, Record

if TYPE_CHECKING:
    from schema.gate.gate import Gate

NOT_YOURS = "此事项由负责单位办理，您的单位不能代办"


async def hindrances(
    gate: "Gate", kind: str, found: Iterable[Mapping[str, Any]], act: str
) -> dict[int, RuleBroken]:
    """Why `act` is not done on rows of a kind, by their ids, in the post that the gate speaks in: it is
    another unit's, the row is at another stage, or something under way keeps it waiting.

    `Gate.load` asks the same of one row. Rows are neither looked for nor held here, and their revisions
    are not compared: whoever asks has read them, and holds them where it writes.
    """
    shape, refused = KINDS[kind], dict[int, RuleBroken]()
    spoken = replace(gate.viewer, posts=(gate.post,))
    columns = {row["id"]: {name: row[name] for name in shape.columns} for row in found}
    waiting = await under_way(shape, sorted(columns), act)
    for key, row in columns.items():
        if post_for(spoken, act, Record(kind, row)) is None:
            refused[key] = RuleBroken(NOT_YOURS, None, "NOT_ALLOWED")
            continue
        try:
            if shape.life and act in shape.life.moves:
                shape.life.check_open(row[shape.life.column], act)
        except RuleBroken as broken:
            refused[key] = broken
            continue
        if key in waiting:
            refused[key] = waiting[key]
    return refused


async def under_way(kind: Kind, keys: Sequence[int], act: str) -> dict[int, RuleBroken]:
    """Of rows those on which something is under way that excludes an act, with what it answers."""
    found: dict[int, RuleBroken] = {}
    field = kind.name[:1].lower() + kind.name[1:]
    for other in KINDS.values():
        case = other.under_way
        if case is None or case.subject != kind.name or act not in case.excludes:
            continue
        for some in in_chunks(keys):
            for row in await database.fetch(
                f'SELECT DISTINCT x."{case.via}" AS "key" FROM "{other.table}" x'
                f' WHERE x."{case.via}" IN ({marks(some)}) AND {case.where}',
                some,
            ):
                found.setdefault(row["key"], RuleBroken(case.message, field))
    return found


async def move_many(gate: "Gate", held: Sequence[Any]) -> None:
    """Raise the revision of held rows of one kind, as an act that leaves their stage does."""
    gate.stop_if_wrong()
    if not held:
        return
    table = type(held[0])
    stamped = "updated_at" in table._meta.fields_map
    changes = {row.pk: {"revision": (row.revision, row.revision + 1)} for row in held}
    if stamped:
        for row in held:
            changes[row.pk]["updated_at"] = (row.updated_at, gate.now)
    await rows.update_rows(table, changes)
    for row in held:
        row.update_from_dict({name: after for name, (_, after) in changes[row.pk].items()})
        await gate.journal.note(row, {})


def as_moved(row: Any) -> dict[str, tuple[int, int]]:
    """The revision of a row that the act has moved on already, among the columns of `Gate.update_many`.

    An act raises a revision once. Where it then changes more of the row, the journal still has to learn
    at which revision the row now stands: it takes that from these columns, and keeps none without them.
    """
    return {"revision": (row.revision, row.revision)}
