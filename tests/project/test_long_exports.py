"""A long list is written by a process of its own: the same file, whoever writes it."""

import asyncio
import sys
from typing import Any

import pytest

from schema.sheet import Column
from server.web import export_writer, exports
from server.web.export_writer import ExportColumn, ExportWriter, make_file
from server.web.resources import documents
from tests.server.doors import signed_in
from tests.world import City

COLUMNS = [
    ExportColumn(("name",), "String", Column("名称", "name")),
    ExportColumn(("place", "name"), "String", Column("地方", "place")),
    ExportColumn(("amount",), "Money", Column("金额", "amount", "万元")),
    ExportColumn(("stage",), "Stage", Column("阶段", "stage"), {"SIGNED": "已签约"}),
    ExportColumn(("on",), "Date", Column("日期", "on")),
    ExportColumn(("at",), "DateTime", Column("时间", "at")),
]
ROWS: list[dict[str, Any]] = [
    {
        "name": f"=柠檬{number}\n“A,B”",
        "place": {"name": "雁江区"} if number % 3 else None,
        "amount": f"{number}.00" if number % 5 else None,
        "stage": "SIGNED",
        "on": "2026-11-20",
        "at": "2026-11-20T17:30:00+08:00",
    }
    for number in range(1_234)
]


async def written(form: str, rows: list[dict[str, Any]]) -> bytes:
    async with ExportWriter(form, COLUMNS) as writer:
        for row in rows:
            await writer.add(row)
        return await writer.finish()


@pytest.mark.parametrize("form", ["csv", "json"])
async def test_the_process_writes_what_a_thread_would(form: str) -> None:
    assert len(ROWS) > export_writer.SHORT
    assert await written(form, ROWS) == make_file(form, COLUMNS, ROWS)


async def test_a_workbook_too(monkeypatch: pytest.MonkeyPatch) -> None:
    made = await written("xlsx", ROWS)
    assert (
        made[:4] == b"PK\x03\x04" and abs(len(made) - len(make_file("xlsx", COLUMNS, ROWS))) < 100
    )


async def test_the_page_gives_the_same_file_by_either_way(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        await city.report(city.yanjiang)
    monkeypatch.setattr(exports, "BATCH", 2)
    async with signed_in("office") as visitor:
        for form in ("csv", "json"):
            short = await visitor.get(f"/projects.{form}")
            with monkeypatch.context() as long:
                long.setattr(export_writer, "SHORT", 1)
                assert (await visitor.get(f"/projects.{form}")).content == short.content


async def test_more_at_once_than_there_may_be_processes_wait_their_turn() -> None:
    files = await asyncio.gather(*(written("csv", ROWS) for _ in range(4)))
    assert len(set(files)) == 1


async def test_nothing_is_left_of_a_file_that_nobody_waits_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[asyncio.subprocess.Process] = []
    begun = asyncio.Event()

    async def abandoned() -> None:
        async with ExportWriter("csv", COLUMNS) as writer:
            for row in ROWS:
                await writer.add(row)
            assert writer._process
            seen.append(writer._process)
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(abandoned())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert seen[0].returncode is not None
    # The place that it had is free again.
    assert await written("csv", ROWS) == make_file("csv", COLUMNS, ROWS)


async def test_a_process_that_fails_is_a_fault_and_no_half_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises((RuntimeError, ConnectionError)):
        await written("csv", ROWS)


def test_the_words_of_enums_go_with_their_columns() -> None:
    query = documents["project/list_export"].query
    assert query
    by_path = {each.path: each for each in exports.export_columns(query, "projects")}
    assert by_path["stage",].words["SIGNED"] == "已签约"
    assert by_path["amount",].cell("12500000.00") == 1250
