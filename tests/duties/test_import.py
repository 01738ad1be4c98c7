"""An import evaluates each task once for all its rows, and an undone one leaves nothing to be done."""

import time

import pytest

from schema.database.statements import counting
from schema.duties import facts
from schema.duties.repair import compare
from schema.duties.tables import Duty, Outcome
from tests.ledger.dirty import dirty_ledger
from tests.ledger.ledgers import ledger_city, on, sent
from tests.world import City

__all__ = ["ledger_city"]


@pytest.mark.parametrize("rows", [120, pytest.param(5_000, marks=pytest.mark.soak)])
async def test_what_an_import_leaves_to_judge_is_written_by_few_statements(
    ledger_city: City, rows: int
) -> None:
    city = ledger_city
    dirty = dirty_ledger(12, rows, "merged")
    file = sent(dirty.data, dirty.name)
    batch = (await city.done(city.office, "ledgerPreview", file=file))["batch"]
    with counting() as sent_ones:
        began = time.perf_counter()
        done = await city.done(city.office, "ledgerImport", **on(batch), onlyCorrect=True)
        took = time.perf_counter() - began
    asked = [each for each in sent_ones if '"duty"' in each]
    opened = await Duty.all().count()
    print(
        f"{rows} lines: {opened} duties, {len(asked)} of {len(sent_ones)} statements, {took:.1f} s"
    )
    assert opened > 0
    assert len(asked) <= 2 * (1 + rows // facts.AT_ONCE)
    assert await compare(city.context(city.office)) == []

    await city.done(city.office, "ledgerUndo", **on(done["batch"]), reason="整批重来")
    assert await Duty.filter(closed_at=None).count() == 0
    assert set(await Duty.all().values_list("outcome", flat=True)) == {Outcome.ENDED}
    lines = await city.run(city.office, "{ workloads { open done } }")
    assert {tuple(line.values()) for line in lines["workloads"]} == {(0, 0)}
