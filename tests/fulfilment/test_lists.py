"""Article 6: a month's figures come in as a sheet; each is what a typed one is, claimed and verified like it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from schema import database
from schema.assessment.acts import close_month
from schema.database.statements import counting
from schema.duties.repair import compare
from schema.entries.checking import compare_credits
from schema.entries.tables import Entry, EntryFlag
from schema.ledger.tables import Batch
from schema.project.tables import Project
from schema.sheet import read
from server import settings
from server.files.store import FileStore
from server.people import context
from tests.fulfilment.figures import paid, previewed, sheet, taxed
from tests.ledger.ledgers import on, rows
from tests.ledger.test_pages import hidden, seen, words
from tests.server.doors import signed_in
from tests.world import NOW, City, Said


@pytest.fixture
def files(city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> City:
    """The city with a store for files."""
    city.files = FileStore(tmp_path / "files")  # type: ignore[assignment]
    monkeypatch.setattr(settings, "NOW", NOW)
    monkeypatch.setattr(context, "FILES", city.files)
    return city


def faults(payload: Said) -> list[tuple[str, str]]:
    return [(each["field"], each["message"]) for each in payload["userErrors"]]


async def issues(city: City, batch: Said, by: str = "hightech") -> dict[int, list[str]]:
    """By the number of each line its state, and behind it what is said of it."""
    found = await rows(city, batch, by)
    return {r["rowNo"]: [r["state"], *(i["message"] for i in r["issues"])] for r in found}


async def imported(city: City, *lines: Said, by: str = "hightech", **how: Any) -> Said:
    batch = await previewed(city, *lines, by=by)
    done: Said = (await city.done(city[by], "listImport", **on(batch), **how))["batch"]
    return done


OWN = {"id", "no", "entry_id", "project_id", "journal_id", "evidence_note", "undoes_id"}
OWN |= {"subject_id", "series", "project_no", "subject_no"}


async def written(project: str) -> dict[str, list[dict[str, Any]]]:
    """What the tables hold of a project's figures, without what any two rows differ in."""
    (row,) = await database.fetch('SELECT * FROM "project" WHERE "no" = ?', [project])
    kept: dict[str, list[dict[str, Any]]] = {"project": [row]}
    of_project = ("entry", "entry_step", "entry_flag", "credit", "duty")
    for table in of_project:
        kept[table] = await database.fetch(
            f'SELECT * FROM "{table}" WHERE "project_id" = ? ORDER BY "id"', [row["id"]]
        )
    sums = ("signed_fen", "paid_in_fen", "tax_fen", "revision", "stage", "updated_at")
    return {
        table: [
            {name: value for name, value in each.items() if name not in OWN}
            if table != "project"
            else {name: each[name] for name in sums}
            for each in found
        ]
        for table, found in kept.items()
    }


async def test_an_imported_figure_is_what_a_typed_one_is(files: City) -> None:
    """The same rows, duties, credits and totals, in the name of whoever imports; verified by another."""
    city = files
    typed, listed = await city.signed(), await city.signed()
    await city.pay(typed, "3200.05万", another="")
    await city.tax({"no": typed["no"], "revision": None}, "12万", another="")
    batch = await previewed(city, paid(listed, "3200.05"))
    assert (batch["kind"], batch["readyCount"], batch["wrongCount"]) == ("entries", 1, 0)
    assert not await Entry.filter(indicator="PAID_IN_FUNDS", project__no=listed["no"]).exists()
    done = (await city.done(city.hightech, "listImport", **on(batch)))["batch"]
    assert (done["state"], done["importedCount"]) == ("IMPORTED", 1)
    await imported(city, taxed(listed, "12"))
    one, other = await written(typed["no"]), await written(listed["no"])
    for table in one:
        assert one[table] == other[table], table
    assert len(one["credit"]) == 6 and {each["state"] for each in one["entry"][1:]} == {"CLAIMED"}
    assert {each["task"] for each in one["duty"]} >= {"fundsVerify", "taxVerify"}
    notes = await Entry.filter(project__no=listed["no"]).order_by("id").values_list(
        "evidence_note", flat=True
    )
    assert notes[1] == f"银行回单 0312（导入 {batch['no']} 第 2 行）"
    asked = "query($no: String!) { entry(no: $no) { no revision claimedBy { slug } act } }"
    entry = await Entry.filter(project__no=listed["no"], indicator="PAID_IN_FUNDS").first()
    assert entry
    shown = (await city.run(city.finance, asked, no=entry.no))["entry"]
    assert shown["claimedBy"]["slug"] == "hightech" and shown["act"] == "fundsVerify"
    verdict = {"entry": entry.no, "revision": shown["revision"], "verified": True}
    assert (await city.act(city.hightech, "fundsVerify", **verdict))["userErrors"]
    await city.done(city.finance, "fundsVerify", **verdict)
    assert not await compare(city.context(city.office))
    assert not [fault async for fault in found_wrong()]


async def found_wrong() -> Any:
    for each in await compare_credits():
        yield each
