"""Which unit verifies which figures: the rulebook's table, one parameter for each indicator."""

from collections.abc import Iterable, Mapping, Sequence
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
    return indicators(unit, {name: units[-1] for name, units in begun(versions, day).items()})


def left_with(unit: str, versions: Iterable[Version], day: date) -> tuple[str, ...]:
    """The indicators of which a unit verifies what still waits on a day, in alphabetical order.

    Those that no unit is to verify any more: an entry claimed while some was stays with the units
    that were named last, so that somebody can always verify or return it.
    """
    found = begun(versions, day)
    return indicators(
        unit, {name: last_named(units) for name, units in found.items() if not units[-1]}
    )


def last_named(values: Sequence[Any]) -> Any:
    """The last value that names any unit, of those of one parameter in the order of their effect."""
    return next((each for each in reversed(values) if each), ())


def begun(versions: Iterable[Version], day: date) -> dict[str, list[Any]]:
    """The values of each parameter `verifier.…` that have begun on a day, the one in force last."""
    found: dict[str, list[Any]] = {}
    for each in versions:
        if each.name.startswith(PREFIX) and each.effective_on <= day:
            found.setdefault(each.name, []).append(each.value)
    return found


def indicators(unit: str, units: Mapping[str, Any]) -> tuple[str, ...]:
    """Those whose parameter names a unit."""
    found = (name.removeprefix(PREFIX).upper() for name, named in units.items() if unit in named)
    return tuple(sorted(found))
