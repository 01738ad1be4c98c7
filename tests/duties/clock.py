"""Jobs as the clock runs them, inside a test's own transaction, where a runner has no connection."""

from schema.context import Context
from schema.database.transactions import transaction
from schema.jobs import Declaration, Run
from schema.jobs.declare import CLOCK, ClockGate
from tests.world import City


async def run_by_the_clock(city: City, kind: Declaration) -> str:
    """The result of a job at the city's time, with its changes stored and journaled."""
    context = Context(viewer=CLOCK, now=city.now, file_store=city.files)
    gate = context.gate = ClockGate(kind.kind, context)
    async with transaction():
        words = await kind.effect(gate, Run(0, kind.kind, {}, city.now, city.now, 1, "", context))
        if gate.journal.changes:
            await gate.finish()
    return words
