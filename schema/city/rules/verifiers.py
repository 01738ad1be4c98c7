"""Which unit verifies which figures: the rulebook's table, one parameter for each indicator."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Protocol

PREFIX = "verifier."


class Version(Protocol):
    """What is read of a parameter's version; `value` is the list of units by their short keys."""

    @property
    def name(self) -> str: ...
    @property
    def effective_on(self) -> date: ...
    @property
    def value(self) -> Any: ...


def verified_by(unit: str, versions: Iterable[Version], day: date) -> tuple[str, ...]:
    """The indicators that a unit verifies on a day, in alphabetical order.

    `versions` come in the order in which they take effect: of each parameter `verifier.…` the last
    one that has begun names the units, of which one is enough.
    """
    in_force = {
        each.name: each.value
        for each in versions
        if each.name.startswith(PREFIX) and each.effective_on <= day
    }
    found = (name.removeprefix(PREFIX).upper() for name, units in in_force.items() if unit in units)
    return tuple(sorted(found))
