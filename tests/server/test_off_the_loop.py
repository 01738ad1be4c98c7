"""What takes long is done off the event loop: others are answered meanwhile.

A ticker asks for its turn every millisecond while the work runs. Done on the loop, the work would be
one long gap between two ticks; so the longest gap is compared with what the work itself takes, on
whatever machine this is.
"""

import asyncio
import base64
import hashlib
import os
import threading
import time
from collections.abc import Awaitable
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from schema.context import Context
from schema.evidence.inputs import FileInput
from schema.evidence.keeping import keep_evidence
from schema.gate.gate import Gate
from schema.scalars import Bytes
from server.api import file_variables, readings
from server.files import store
from server.files.store import FileStore
from server.people import passwords
from server.web import export_writer
from server.web.export_writer import ExportWriter
from tests.project.test_long_exports import COLUMNS, ROWS
from tests.server.doors import signed_in
from tests.server.test_files import PDF, attached
from tests.world import City

MEGABYTES = 1024 * 1024
REPORT = """mutation ($input: ProjectReportInput!) { projectReport(input: $input) {
  project { linkage { claims { evidence { size sha256 } } } } userErrors { field message } } }"""


def report_with(text: str) -> dict[str, Any]:
    """A report whose evidence is this Base64."""
    lead = {
        "name": "柠檬精深加工基地",
        "investorName": "四川某食品有限公司",
        "amount": "2亿",
        "noCodeReason": "尚未注册",
        "contactOn": "2026-11-12",
        "contactWith": "张总",
        "evidence": [{"name": "回单.pdf", "content": text}],
    }
    return {"query": REPORT, "variables": {"input": lead}}


async def longest_gap(work: Awaitable[Any]) -> tuple[float, float]:
    """The longest time for which nothing else had a turn, and how long the work took, in seconds."""
    gaps, done = [0.0], asyncio.Event()

    async def ticker() -> None:
        last = time.perf_counter()
        while not done.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(done.wait(), 0.001)
            now = time.perf_counter()
            gaps.append(now - last)
            last = now

    ticking = asyncio.create_task(ticker())
    await asyncio.sleep(0)  # it has ticked once
    began = time.perf_counter()
    try:
        await work
    finally:
        took = time.perf_counter() - began
        done.set()
        await ticking
    return max(gaps), took


# ---------------------------------------------------------------- the ticker itself


async def test_the_ticker_sees_work_that_is_done_on_the_loop() -> None:
    async def on_the_loop() -> None:
        hashlib.pbkdf2_hmac("sha256", b"", b"", 400_000)

    gap, took = await longest_gap(on_the_loop())
    assert gap > took / 2


# ---------------------------------------------------------------- passwords


async def test_twenty_passwords_are_hashed_beside_the_loop() -> None:
    gap, took = await longest_gap(
        asyncio.gather(*(passwords.hash_password(f"lemon {number}") for number in range(20)))
    )
    # Two at a time: on the loop they would be one gap of all twenty.
    assert gap < took / 5, (gap, took)


async def test_so_are_those_that_are_checked() -> None:
    known = await passwords.hash_password("lemon")
    gap, took = await longest_gap(
        asyncio.gather(*(passwords.matches(known, f"lemon {number}") for number in range(20)))
    )
    assert gap < took / 5, (gap, took)


# ---------------------------------------------------------------- files


async def test_files_are_hashed_and_written_by_threads(
    city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    write = store.write_whole

    def noted(path: Path, content: bytes) -> None:
        written.append(threading.get_ident())
        write(path, content)

    monkeypatch.setattr(store, "write_whole", noted)
    gate = Gate("projectReport", Context(viewer=city.yanjiang, file_store=FileStore(tmp_path)))
    files = [await a_file(number) for number in range(4)]
    gap, took = await longest_gap(keep_evidence(gate, SimpleNamespace(evidence=files)))
    assert len(written) == 4 and threading.get_ident() not in written
    assert gap < took / 2, (gap, took)


async def a_file(number: int) -> Any:
    content = PDF + os.urandom(4 * MEGABYTES)
    return FileInput(name=f"回单{number}.pdf", content=Bytes(content))


async def test_a_file_in_a_variable_is_decoded_by_a_thread(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[int] = []
    decode = file_variables.decode

    def noted(text: str) -> bytes | None:
        decoded.append(threading.get_ident())
        return decode(text)

    monkeypatch.setattr(file_variables, "decode", noted)
    content = PDF + os.urandom(MEGABYTES)
    text = base64.b64encode(content).decode()
    async with signed_in("yanjiang") as visitor:
        answer = await visitor.post("/graphql", json=report_with(text))
    payload = answer.json()["data"]["projectReport"]
    assert payload["userErrors"] == []
    (claim,) = payload["project"]["linkage"]["claims"]
    assert claim["evidence"] == [
        {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    ]
    assert decoded and threading.get_ident() not in decoded


@pytest.mark.parametrize(
    "text", ["柠檬" * 50_000, "A" * 100_001, "QQ==" * 30_000, "A" * 99_999 + "\n"]
)
async def test_a_long_text_that_is_no_file_is_refused_at_its_field(city: City, text: str) -> None:
    async with signed_in("yanjiang") as visitor:
        answer = await visitor.post("/graphql", json=report_with(text))
    (wrong,) = answer.json()["data"]["projectReport"]["userErrors"]
    assert wrong["field"].startswith("evidence") and "Base64" in wrong["message"]


async def test_a_file_is_looked_for_and_read_by_threads(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await attached(city, content=PDF + os.urandom(MEGABYTES))
    looked: list[int] = []
    is_file = Path.is_file

    def noted(path: Path) -> bool:
        looked.append(threading.get_ident())
        return is_file(path)

    monkeypatch.setattr(Path, "is_file", noted)
    async with signed_in("office") as visitor:
        answer = await visitor.get(f"/files/{key}")
    assert len(answer.content) > MEGABYTES
    assert looked and threading.get_ident() not in looked


# ---------------------------------------------------------------- lists as files


async def test_a_long_list_is_written_by_another_process() -> None:
    rows = ROWS * 6

    async def write() -> None:
        async with ExportWriter("xlsx", COLUMNS) as writer:
            for row in rows:
                await writer.add(row)
            assert await writer.finish()

    gap, took = await longest_gap(write())
    assert gap < took / 5, (gap, took)


async def test_a_short_list_is_written_by_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    make_file = export_writer.make_file

    def noted(*given: Any) -> bytes:
        made.append(threading.get_ident())
        return make_file(*given)

    monkeypatch.setattr(export_writer, "make_file", noted)
    async with ExportWriter("csv", COLUMNS) as writer:
        await writer.add(ROWS[0])
        assert await writer.finish()
    assert made and threading.get_ident() not in made


# ---------------------------------------------------------------- the dictionary of readings


async def test_the_dictionary_of_readings_is_loaded_by_a_thread_before_an_act(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first report of a process does not stop all others for as long as that takes."""
    loaded: list[int] = []
    load = readings.load

    def noted() -> None:
        loaded.append(threading.get_ident())
        load()

    monkeypatch.setattr(readings, "load", noted)
    readings.load_pypinyin.cache_clear()
    async with signed_in("yanjiang") as visitor:
        assert not loaded
        await visitor.post("/graphql", json=report_with("QQ=="))
    assert loaded and threading.get_ident() not in loaded
    assert readings.is_loaded()


async def test_whoever_opens_a_page_begins_to_load_it(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()
    monkeypatch.setattr(readings, "load", begun.set)
    monkeypatch.setattr(readings, "is_loaded", lambda: False)
    async with signed_in("office") as visitor:
        await visitor.get("/rules")
    assert await asyncio.to_thread(begun.wait, 5)
