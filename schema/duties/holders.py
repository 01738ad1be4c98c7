"""Who has a duty in hand, and to whom it may be handed: people who hold a post that does its act."""

from schema.context import Context
from schema.database.statements import marks
from schema.duties.facts import may_act_in
from schema.messages.sending import Recipient
from schema.people.viewers import viewers_of
from schema.permissions import MAY, Post, Viewer, may
from schema.query.models import KINDS, Record
from schema.query.sql import Read, Sql
from schema.relations import MINE_TO_DO


def in_hand(duty: Record, viewer: Viewer) -> bool:
    """Whether somebody has a duty in their inbox, and a post that does it."""
    if not MINE_TO_DO.on["duty"].holds(duty, viewer, {}):
        return False
    return duty["task"] in MAY and may(viewer, duty["task"])


async def holders_of(duty: Record, context: Context) -> list[Recipient]:
    """Everybody who has a duty in hand today, in its unit."""
    if duty["person_id"] is not None:
        found = await viewers_of(context.today, persons=[duty["person_id"]])
    elif duty["holder_post"] is not None:
        found = await viewers_of(context.today, posts=[Post(duty["holder_post"])])
    else:
        found = await viewers_of(context.today, units=[duty["unit_id"]])
    return [
        Recipient(person, duty["unit_id"])
        for person, viewer in found.items()
        if in_hand(duty, viewer)
    ]


async def colleagues(duty: Record, context: Context) -> list[Record]:
    """Who holds today, in the unit of a duty, a post that does its act, and may do it.

    Without whoever has it now: the person to whom it was handed, else the viewer, who has it with
    the whole unit.
    """
    if duty["task"] not in MAY:
        return []
    able, values = may_act_in(duty["task"], 't."id"', "?", context.today)
    has_it = duty["person_id"] or context.viewer.person or 0
    out = [has_it, *(int(each) for each in duty["barred"].split(",") if each)]
    where: Sql = (
        f't."id" NOT IN ({marks(out)}) AND {able}',
        [*out, duty["unit_id"], *values],
    )
    return await context.rows.all(Read(KINDS["Person"], (where,)))
