"""Five thousand dirty lines, against what the generator knows to be true, to the fen."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

import pytest

from schema.city.rules import normal_name
from schema.city.tables import Place
from schema.entries.rules import Indicator
from schema.entries.tables import Credit, Entry
from schema.ledger.rules import LedgerRow, Severity
from schema.people.tables import Company
from schema.project.rules import UNDER_JUDGEMENT, Stage
from schema.project.tables import Project
from schema.sheet import read
from schema.signing.rules import AgreementKind
from server.people import context
from tests.ledger.dirty import dirty_ledger
from tests.ledger.ledgers import brought_in, ledger_city, on, sent
from tests.server.doors import signed_in
from tests.world import City

__all__ = ["ledger_city"]
SIZES = (1_000, pytest.param(5_000, marks=pytest.mark.soak))
"""Lines: some for every day, all of them where time is no matter."""
SIGNED = {Stage.SIGNED, Stage.STARTED, Stage.OPERATING, Stage.FULL_OUTPUT}


def stage(row: LedgerRow) -> Stage:
    """Where the project stands; the generator gives signed ones a day and started ones another."""
    if row.stage:
        return row.stage
    if row.actual_start:
        return Stage.STARTED
    return Stage.SIGNED if row.signed_on else Stage.REPORTED


def beyond(row: LedgerRow) -> bool:
    """Whether the line says more than a report: judged, signed, ended, or landing elsewhere."""
    first, landing = row.first_contact_place, row.landing_place or row.first_contact_place
    waits = stage(row) in UNDER_JUDGEMENT or (stage(row) == Stage.JUDGED and not first)
    return not waits or first not in ("", landing)


def places(row: LedgerRow) -> tuple[str, str]:
    """The first-contact and the landing place, each standing in for the other."""
    landing = row.landing_place or row.first_contact_place
    return row.first_contact_place or landing, landing


def signed_fen(row: LedgerRow) -> int:
    formal = row.agreement_kind in (None, AgreementKind.FORMAL)
    counts = stage(row) in SIGNED and row.signed_on and formal
    return (row.agreed_investment or 0) if counts else 0


def paid_in_fen(row: LedgerRow) -> int:
    return (row.paid_in_total or 0) if stage(row) in SIGNED else 0


def yearly(row: LedgerRow) -> bool:
    """Whether a signed project gives what was paid in this year, and not what was paid in altogether."""
    return stage(row) in SIGNED and bool(row.paid_in_ytd) and row.paid_in_total is None


def estimated(row: LedgerRow) -> bool:
    """Whether an amount that would be an entry is written as an estimate."""
    entered = {
        "agreed_investment": signed_fen(row),
        "paid_in_total": paid_in_fen(row),
        "paid_in_ytd": paid_in_fen(row) and row.paid_in_ytd,
    }
    return any(entered[name] for name in row.estimates & entered.keys())


def shared(amounts: Iterable[tuple[LedgerRow, int]]) -> Counter[str]:
    """3:7 between first-contact and landing place, half a fen up, the rest to the landing place."""
    sums: Counter[str] = Counter()
    for row, fen in amounts:
        first, landing = places(row)
        part = 0 if first == landing else (fen * 3 * 2 + 10) // 20
        sums[first] += part
        sums[landing] += fen - part
    return sums


async def credited(indicator: Indicator) -> Counter[str]:
    slugs = dict(await Place.all().values_list("id", "slug"))
    sums: Counter[str] = Counter()
    for place, fen in await Credit.filter(indicator=indicator, basis="CLAIMED").values_list(
        "place_id", "amount_fen"
    ):
        sums[slugs[place]] += fen
    return sums


@pytest.mark.parametrize("rows", SIZES)
async def test_what_is_imported_is_what_the_ledger_truly_says(
    ledger_city: City, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    city = ledger_city
    monkeypatch.setattr(context, "FILES", city.files)
    dirty = dirty_ledger(11, rows, "provincial")
    file = sent(dirty.data, dirty.name)
    batch = (await city.done(city.office, "ledgerPreview", file=file))["batch"]
    wrong = {number for number, _, _, severity in dirty.issues if severity == Severity.ERROR}
    homeless = {row.row for row in dirty.rows if stage(row) in SIGNED and not places(row)[1]}
    of_one_year = {row.row for row in dirty.rows if yearly(row)}
    assert of_one_year
    guessed = {row.row for row in dirty.rows if estimated(row)}
    assert guessed
    good = [row for row in dirty.rows if row.row not in wrong | homeless | of_one_year | guessed]
    assert len(good) > rows * 0.8
    ready = batch["readyCount"] + batch["awaitingCount"]
    assert (ready, batch["wrongCount"]) == (len(good), rows - len(good))
    assert batch["skippedCount"] == sum(
        (dirty.skipped.blank, dirty.skipped.total, dirty.skipped.note, dirty.skipped.head)
    )

    refused = await city.act(city.office, "ledgerImport", **on(batch))
    assert refused["userErrors"]
    assert not await Project.exists()

    batch = await brought_in(city, batch, onlyCorrect=True)
    assert batch["importedCount"] + batch["migratedCount"] == len(good)
    reports = {row.row for row in good if not beyond(row)}
    assert batch["importedCount"] == len(reports) > 0
    # Reports are imported first; the rest becomes projects by the decision.
    good = [row for row in good if row.row in reports] + [
        row for row in good if row.row not in reports
    ]
    projects = await Project.all().order_by("id").prefetch_related("first_contact_place")
    for project, row in zip(projects, good, strict=True):
        assert (project.name, project.amount_fen) == (row.name, row.agreed_investment)
        first = project.first_contact_place.slug if project.first_contact_place else ""
        assert first == ("" if row.row in reports else row.first_contact_place)
        no_contact = stage(row) == Stage.JUDGED and not first
        assert project.stage == (Stage.REPORTED if no_contact else stage(row))
        assert (project.migration_id is None) == (row.row in reports)
        assert (project.signed_fen, project.paid_in_fen) == (signed_fen(row), paid_in_fen(row))
    assert await Company.all().count() == len(
        {row.uscc or normal_name(row.investor_name) for row in good}
    )
    assert await credited(Indicator.SIGNED_FUNDS) == shared((row, signed_fen(row)) for row in good)
    assert await credited(Indicator.PAID_IN_FUNDS) == shared(
        (row, paid_in_fen(row)) for row in good
    )

    payload = await city.done(city.office, "ledgerUndo", **on(batch), reason="整批重来")
    assert payload["batch"]["state"] == "UNDONE"
    for indicator in (Indicator.SIGNED_FUNDS, Indicator.PAID_IN_FUNDS):
        assert set((await credited(indicator)).values()) <= {0}
    entries = await Entry.all().values_list("amount_fen", "reverses_id")
    assert sum(fen for fen, _ in entries) == 0
    assert sum(1 for _, reverses in entries if reverses) * 2 == len(entries)
    assert set(await Project.all().values_list("stage", flat=True)) == {Stage.WITHDRAWN}

    async with signed_in("office") as visitor:
        answer = await visitor.get(f"/ledger/imports/{batch['no']}.xlsx")
    grid = read("结果.xlsx", answer.content)
    verdicts = Counter(str(row[-1])[:3] for row in grid.rows if len(row) == grid.width)
    assert verdicts["已撤销"] == len(good)
    assert verdicts["需修改"] == rows - len(good)


async def test_the_months_of_the_contest_get_nothing_from_before(
    ledger_city: City,
) -> None:
    """Totals have no month: what came in before is an opening balance, and counts in none."""
    city = ledger_city
    dirty = dirty_ledger(12, 300, "merged")
    batch = (await city.done(city.office, "ledgerPreview", file=sent(dirty.data, dirty.name)))[
        "batch"
    ]
    await brought_in(city, batch, onlyCorrect=True)
    paid = await Entry.filter(indicator=Indicator.PAID_IN_FUNDS)
    assert paid
    assert not [entry for entry in paid if entry.occurred_on >= date(2026, 11, 1)]
    assert {entry.opening for entry in await Entry.all()} == {True}
    assert set(await Credit.all().values_list("counts_in", flat=True)) == {None}
