"""A list's rows on their way into a file, built where the event loop is not held up.

A short list is written by a thread. A long one takes seconds of pure Python, which a thread would take
from the loop: it is written by a process of its own, which gets the rows as they are read and ends
with the file. This module is that process's program as well.

Its standard input: a pickle of `(form, columns)`, then lines of JSON, each a list of rows. Its standard
output: the file.
"""

import asyncio
import os
import pickle
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson

from schema.sheet import Column, write_csv, write_json, write_xlsx

ROOT = Path(__file__).resolve().parents[2]  # not by the settings, which the process would load
SHORT = 1_000  # rows
AT_ONCE = 100
AT_A_TIME = 2  # processes
YUAN_IN_WAN = 10_000

Row = Mapping[str, Any]

WRITE: dict[str, Callable[..., bytes]] = {"xlsx": write_xlsx, "csv": write_csv, "json": write_json}
READ: dict[str, Callable[[str], Any]] = {
    "Money": lambda yuan: (Decimal(yuan) / YUAN_IN_WAN).normalize(),
    "Measure": Decimal,
    "Date": date.fromisoformat,
    "DateTime": datetime.fromisoformat,
}


@dataclass(frozen=True)
class ExportColumn:
    """A column of a file: where its value stands in a row, of which type of the graph, its heading.

    `words` are those of an enum, by its values.
    """

    path: tuple[str, ...]
    kind: str
    column: Column
    words: Mapping[str, str] = field(default_factory=dict)

    def value(self, row: Row, form: str) -> Any:
        found: Any = row
        for step in self.path:
            found = found[step] if found is not None else None
        return found if form == "json" else self.cell(found)

    def cell(self, value: Any) -> Any:
        """A value for a sheet: an enum's words, an amount as a number of 万元, to the fen."""
        if isinstance(value, list):
            return "、".join(str(self.cell(each)) for each in value)
        read = READ.get(self.kind)
        if value is not None and read:
            return read(value)
        return self.words.get(value, value) if value and self.words else value


def make_file(form: str, columns: Sequence[ExportColumn], rows: Sequence[Row]) -> bytes:
    """The file with all rows."""
    cells = [[each.value(row, form) for each in columns] for row in rows]
    return WRITE[form]([each.column for each in columns], cells)


class ExportWriter:
    """An asynchronous context in which rows are added and the file is made."""

    def __init__(self, form: str, columns: Sequence[ExportColumn]) -> None:
        self._form, self._columns = form, list(columns)
        self._rows: list[Row] = []
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> "ExportWriter":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._process is None:
            return
        if self._process.returncode is None:
            self._process.kill()
        await self._process.communicate()
        waiting.release()

    async def add(self, row: Row) -> None:
        self._rows.append(row)
        if self._process is None and len(self._rows) > SHORT:
            await self._start()
        if self._process is not None and len(self._rows) >= AT_ONCE:
            await self._send_rows()

    async def finish(self) -> bytes:
        """The file."""
        if self._process is None:
            return await asyncio.to_thread(make_file, self._form, self._columns, self._rows)
        await self._send_rows()
        assert self._process.stdin
        self._process.stdin.close()
        made, _ = await self._process.communicate()
        if self._process.returncode:
            raise RuntimeError(f"the file's process ended with {self._process.returncode}")
        return made

    async def _start(self) -> None:
        await waiting.acquire()
        try:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", __name__,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )  # fmt: skip
        except BaseException:
            waiting.release()
            raise
        await self._send(pickle.dumps((self._form, self._columns)))

    async def _send_rows(self) -> None:
        rows, self._rows = self._rows, []
        for start in range(0, len(rows), AT_ONCE):
            await self._send(orjson.dumps(rows[start : start + AT_ONCE]) + b"\n")
            await asyncio.sleep(0)  # let others have a turn before the next hundred

    async def _send(self, part: bytes) -> None:
        assert self._process and self._process.stdin
        self._process.stdin.write(part)
        await self._process.stdin.drain()


waiting = asyncio.Semaphore(AT_A_TIME)


def main() -> None:
    os.nice(10)  # those who ask for a page go first
    source = sys.stdin.buffer
    form, columns = pickle.load(source)
    rows = [row for line in source for row in orjson.loads(line)]
    sys.stdout.buffer.write(make_file(form, columns, rows))


if __name__ == "__main__":
    main()
