"""Evidence is on disk before the act's transaction, and gone again where the act is not done."""

import asyncio
import base64
import os
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from schema import database
from schema.evidence.keeping import ABANDONED_SECONDS, remove_abandoned
from schema.evidence.tables import Attachment
from schema.gate.gate import Gate
from schema.scalars import File
from server.files import store
from server.files.store import FileStore
from tests.ledger import ledgers
from tests.server.doors import signed_in
from tests.server.test_form_sent_twice import LEAD
from tests.world import City, on


def paper(name: str = "纪要.txt", text: str = "会议纪要") -> dict[str, str]:
    return {"name": name, "content": base64.b64encode(text.encode()).decode()}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return tmp_path / "files"


def kept_in(folder: Path) -> list[str]:
    """The files of a store, and what acts have claimed of them."""
    found = (each for each in folder.rglob("*") if each.is_file() and each.name != ".lock")
    return sorted(str(each.relative_to(folder)) for each in found)


async def test_bytes_are_written_before_the_transaction_and_rows_in_it(
    city: City, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city.files = FileStore(files)
    seen: list[str] = []
    write, begun = store.write_whole, database.transaction

    def noted(path: Path, content: bytes) -> None:
        seen.append("bytes")
        write(path, content)

    def transaction() -> Any:
        seen.append("transaction")
        return begun()

    monkeypatch.setattr(store, "write_whole", noted)
    monkeypatch.setattr(database, "transaction", transaction)
    await city.report(evidence=[paper(), paper("回单.txt", "银行回单")])
    assert seen[:3] == ["bytes", "bytes", "transaction"] and seen.count("bytes") == 2
    assert len(kept_in(files)) == await Attachment.all().count() == 2


REFUSED: dict[str, dict[str, Any]] = {
    "wrong in a field of its own": {"amount": "面议"},
    "wrong by a rule before a row is held": {"contactOn": "2027-01-01"},
    "another file is of no kind": {"evidence": [paper(), paper("程序.exe", "MZ")]},
}


@pytest.mark.parametrize("case", REFUSED)
async def test_an_act_that_is_refused_leaves_no_file(city: City, files: Path, case: str) -> None:
    city.files = FileStore(files)
    lead = {"name": "柠檬基地", "investorName": "云岫食品", "amount": "3亿", "contactWith": "张总"}
    given = lead | {"contactOn": "2026-11-10", "evidence": [paper()]} | REFUSED[case]
    payload = await city.act(city.yanjiang, "projectReport", **given)
    assert payload["userErrors"] and kept_in(files) == []


async def test_an_act_that_comes_too_late_leaves_no_file_either(city: City, files: Path) -> None:
    city.files = FileStore(files)
    project = await city.signed()
    given = {"kind": "SUPPLEMENTARY", "amount": "1亿", "signedOn": "2026-11-18"}
    stale = on(project) | {"revision": 1}
    late = await city.act(city.hightech, "agreementSign", **stale, **given, evidence=[paper()])
    assert late["userErrors"][0]["code"] == "STALE" and kept_in(files) == []


async def test_a_fault_in_an_act_leaves_no_file(
    city: City, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city.files = FileStore(files)
    project = await city.report()

    async def broken(self: Gate) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Gate, "finish", broken)
    claim = {"project": project["no"], "place": "anyue", "contactOn": "2026-11-10"}
    with pytest.raises(ZeroDivisionError):
        await city.act(city.office, "projectClaim", **claim, contactWith="张总", evidence=[paper()])
    assert kept_in(files) == []


async def test_a_file_that_another_row_names_stays(city: City, files: Path) -> None:
    city.files = FileStore(files)
    await city.report(evidence=[paper()])
    before = kept_in(files)
    lead = {"name": "柠檬基地", "investorName": "云岫食品", "amount": "0", "contactWith": "张总"}
    given = lead | {"contactOn": "2026-11-10", "evidence": [paper("另名.txt")]}
    assert (await city.act(city.yanjiang, "projectReport", **given))["userErrors"]
    assert kept_in(files) == before and len(before) == 1


async def test_a_file_that_another_act_is_about_to_name_stays(files: Path, city: City) -> None:
    """Two acts with one file at once: the one fails, the other finds its file."""
    shelf = FileStore(files)
    content = "会议纪要".encode()
    stored = shelf.examine(File("纪要.txt", content))
    shelf.claim("0" * 16, stored)
    shelf.put(stored, content)
    city.files = shelf
    given = {"name": "柠檬基地", "investorName": "云岫食品", "amount": "0", "contactWith": "张总"}
    given |= {"contactOn": "2026-11-10"}
    await city.act(city.yanjiang, "projectReport", **given, evidence=[paper()])
    assert shelf.path(stored.sha256).read_bytes() == content
    shelf.release("0" * 16)


async def test_what_a_process_leaves_behind_that_dies_is_removed_at_a_later_start(
    city: City, files: Path
) -> None:
    shelf = city.files = FileStore(files)
    await city.report(evidence=[paper()])
    (named,) = kept_in(files)
    for token, text in (("a" * 16, "会议纪要"), ("b" * 16, "无人认领")):
        content = text.encode()
        stored = shelf.examine(File("纪要.txt", content))
        shelf.claim(token, stored)
        shelf.put(stored, content)
    await remove_abandoned(shelf)
    assert len(kept_in(files)) == 4, "whoever began just now may still be at it"
    old = time.time() - ABANDONED_SECONDS - 1
    for token in ("a" * 16, "b" * 16):
        os.utime(files / "claims" / token, (old, old))
    await remove_abandoned(shelf)
    assert kept_in(files) == [named]


async def test_acts_refused_at_once_leave_no_thread_waiting_for_another(
    stored_city: City, files: Path
) -> None:
    """Eight at once with two threads: whoever clears away its files gets one to go on with."""
    city = stored_city
    city.files = FileStore(files)
    lead = {"name": "柠檬基地", "investorName": "云岫食品", "amount": "0", "contactWith": "张总"}
    given = lead | {"contactOn": "2026-11-10"}
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(2) as few:
        before, loop._default_executor = loop._default_executor, few  # type: ignore[attr-defined]
        try:
            async with asyncio.timeout(30):
                answers = await asyncio.gather(
                    *(
                        city.act(
                            city.yanjiang,
                            "projectReport",
                            **given,
                            evidence=[paper(text=f"纪要{number}")],
                        )
                        for number in range(8)
                    )
                )
        finally:
            loop._default_executor = before  # type: ignore[attr-defined]
    assert all(each["userErrors"] for each in answers) and kept_in(files) == []


async def test_a_ledger_that_cannot_take_the_place_of_another_leaves_no_file(
    city: City, files: Path
) -> None:
    city.files = FileStore(files)
    first = ledgers.sent(ledgers.text(ledgers.line(1, ledgers.SIGNED)))
    batch = (await city.done(city.office, "ledgerPreview", file=first))["batch"]
    (kept,) = kept_in(files)
    other = ledgers.sent(ledgers.text(ledgers.line(2, ledgers.SIGNED)))
    late = await city.act(
        city.office, "ledgerPreview", batch=batch["no"], revision=batch["revision"] + 1, file=other
    )
    assert late["userErrors"] and kept_in(files) == [kept]


# ---------------------------------------------------------------- a form with all kinds of wrong


@pytest.fixture
def wrong_form() -> Iterator[dict[str, str]]:
    blank = {"investorName": "", "amount": " "}
    yield (
        LEAD
        | blank
        | {"uscc": "123", "landMu": "很多", "capitalOrigin": "MARS", "contactOn": "去年"}
    )


async def test_a_form_shows_what_is_blank_and_what_is_wrong_together(
    city: City, wrong_form: dict[str, str]
) -> None:
    async with signed_in("yanjiang") as visitor:
        answer = await visitor.post("/projects/new", data=wrong_form)
    assert answer.status_code == 422
    page = re.sub(r"\s+", " ", answer.text)
    for words in (
        "请填写投资方名称",
        "请填写计划总投资",
        "应为 18 位",
        "拟用地面积请只写",
        "请从所列中选择",
        "看不出是哪一天",
    ):
        assert words in page, words
    assert 'value="柠檬精深加工基地"' in page, "what was right is kept"


def test_what_acts_have_claimed_is_read_while_others_end(files: Path) -> None:
    """An act takes its claims away without waiting for whoever lists them."""
    shelf = FileStore(files)
    stored = [shelf.examine(File("纪要.txt", f"纪要{each}".encode())) for each in range(20)]
    shelf.claim("f" * 16, stored[0])
    over, seen = threading.Event(), 0

    def others() -> None:
        for number in range(300):
            for each in stored:
                shelf.claim(f"{number:016x}", each)
            shelf.release(f"{number:016x}")
        over.set()

    with ThreadPoolExecutor(1) as beside:
        done = beside.submit(others)
        while not over.is_set() or not seen:
            seen += len(shelf.unclaimed("f" * 16)) >= 0
            assert "f" * 16 in shelf.abandoned(time.time() + 1)
        done.result()
    assert shelf.unclaimed("f" * 16) == [stored[0].sha256]
