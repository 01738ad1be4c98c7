"""Article 2: since when what the policy has stands, as far as the city has said so."""

from datetime import date

FIRST_DAY = date(2020, 1, 1)
"""The first day of what is shipped with a city: no day that anybody has named."""


def known_since(starts_on: date) -> date | None:
    """Since when something stands, where that is known; None for what was shipped."""
    return starts_on if starts_on != FIRST_DAY else None
