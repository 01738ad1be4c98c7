"""Figures entered before that are like a new one: found by project, indicator, amount and day."""

from datetime import date, timedelta

from schema.entries.rules import ALIKE_WITHIN, STANDING, EntryState, Indicator, check_another
from schema.entries.tables import Entry
from schema.gate.gate import Gate
from schema.project.tables import Project
from schema.scalars import SHANGHAI


async def ask_whether_another(
    gate: Gate,
    project: Project,
    indicator: Indicator,
    amount_fen: int,
    occurred_on: date,
    another: bool,
    *,
    beside: int = 0,
) -> None:
    """Refuse a figure of a held project that is like one entered lately, unless it is given as another.

    One that was returned may be claimed again, so it counts as entered. `beside` is the id of the
    entry itself, where it is one that is claimed again. What the viewer does not see is not asked
    about. The rules have been rested on before.
    """
    days = gate.context.rule(ALIKE_WITHIN, gate.today).value
    since = gate.now - timedelta(days=days)
    like = Entry.filter(
        project_id=project.id,
        indicator=indicator,
        amount_fen=amount_fen,
        occurred_on=occurred_on,
        state__in=(*STANDING, EntryState.RETURNED),
        reverses_id=None,
        recorded_at__gt=since,
    )
    alike = await like.exclude(id=beside).order_by("id")
    seen = [each for each in alike if await gate.context.rows.one("Entry", each.id)]
    by = [await each.recorded_by for each in seen]
    earlier = [
        f"{'您' if person.id == gate.viewer.person else person.name}"
        f" {each.recorded_at.astimezone(SHANGHAI):%m月%d日 %H:%M} 以 {each.no} "
        for each, person in zip(seen, by, strict=True)
    ]
    gate.check(check_another, indicator, amount_fen, occurred_on, earlier, another)
