"""The numbers by which people call rows, as their kinds say (`models.Numbers`)."""

from schema.gate.gate import Gate
from schema.query.models import KINDS, Numbers


async def next_no(gate: Gate, kind: str) -> str:
    """The number of a new row of a kind whose rows are numbered by the year: `MB2026-0007`.

    Without gaps among acts that succeed; acts that want one of the same year wait for each other.
    """
    return (await next_nos(gate, kind, 1))[0]


async def next_nos(gate: Gate, kind: str, count: int) -> list[str]:
    """As `next_no`, of so many new rows."""
    numbers, year = numbers_of(kind), gate.today.year
    given = await gate.numbers(numbers.sequence.format(year), count)
    return [numbers.written(year, number) for number in given]


def numbers_of(kind: str) -> Numbers:
    """How a kind's rows are numbered. LookupError where they are not, by the year."""
    if (numbers := KINDS[kind].numbers) is None:
        raise LookupError(f"{kind} is not numbered by the year")
    return numbers
