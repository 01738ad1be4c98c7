"""Conditions on target companies that several reads share: those gone after, those whose next contact is late."""

from schema.context import Context
from schema.industry import rules
from schema.query.sql import Sql, bindable

IN_LANES = ", ".join(f"'{lane}'" for lane in rules.LANES)
"""The stages in which a company is gone after, as SQL lists them."""
PURSUED = f"{IN_LANES}, '{rules.TargetStage.CONVERTED}'"
"""These, and where a lead has been made of it."""


def is_late(row: str, context: Context) -> Sql:
    """Whether the next contact of a company is late: as its duty, from the moment that its day has closed."""
    due = f'{row}."next_due_at"'
    return f"({due} IS NOT NULL AND {due} < ?)", [bindable(context.now, context.dialect)]
