"""Validate or annotate a ledger in a process of its own, a short text in a thread.

Thousands of rows take seconds. Meanwhile the server answers other requests, the memory is returned
when the process ends, and a file that needs too much of it harms nothing else.
"""

import asyncio
import json
import resource
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

from schema.city.rules import RuleBroken
from schema.ledger.rules.validation import annotate_workbook, validate_file
from schema.sheet.archive import unreadable_workbook
from schema.sheet.reading import COMPOUND, ZIP

HERE = Path(__file__).parents[3]
SECONDS = 120
MEMORY = 2**30
LONGEST_LINE = 2**22
SHORT_TEXT = 2 * 2**10
SHORT_LINES = 40
"""What takes some 40 ms to read at most, in a thread."""
AT_ONCE = asyncio.Semaphore(2)


async def validate(arguments: dict[str, Any], content: bytes) -> AsyncIterator[bytes]:
    """What `validation.validate_file` yields, each as a line of JSON, with `arguments` as JSON.

    Raises RuleBroken (INVALID) at `file`, `columns` or `units`, TimeoutError after SECONDS.
    """
    if is_short_text(content):
        for line in await asyncio.to_thread(lambda: list(validate_here(arguments, content))):
            yield line
        return
    async with _child("validate", arguments, content) as lines:
        async for line in lines:
            if line.startswith(b'{"refused"'):
                answer = json.loads(line)
                raise RuleBroken(answer["refused"], answer["field"], "INVALID")
            yield line


async def annotate(arguments: dict[str, Any], content: bytes) -> bytes:
    """The bytes that `validation.annotate_workbook` returns, with `arguments` as JSON."""
    async with _child("annotate", arguments, content) as lines:
        return await lines.read()


def is_short_text(content: bytes) -> bool:
    """Whether a file is read here in no time and needs no process of its own; never a workbook."""
    return (
        len(content) <= SHORT_TEXT
        and content.count(b"\n") + content.count(b"\r") <= SHORT_LINES
        and not content.startswith((ZIP, COMPOUND))
    )


def validate_here(arguments: dict[str, Any], content: bytes) -> Iterator[bytes]:
    """`validate` in this process."""
    given = arguments | {"day": date.fromisoformat(arguments["day"])}
    try:
        for each in validate_file(content=content, **given):
            yield json.dumps(each, ensure_ascii=False).encode() + b"\n"
    except RuleBroken as refused:
        raise RuleBroken(refused.message, _place(refused.field), "INVALID") from None


def _place(field: str | None) -> str:
    """The field of the act at which a file is refused."""
    return field if field in ("columns", "units") else "file"


@asynccontextmanager
async def _child(
    task: str, arguments: dict[str, Any], content: bytes
) -> AsyncIterator[asyncio.StreamReader]:
    """Start the worker with its input and yield its output. Raises RuntimeError if it fails."""
    async with AT_ONCE, asyncio.timeout(SECONDS):
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", __name__, task),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=HERE,
            limit=LONGEST_LINE,
        )
        assert child.stdin
        assert child.stdout
        try:
            child.stdin.write(json.dumps(arguments).encode() + b"\n")
            child.stdin.write(content)
            await child.stdin.drain()
            child.stdin.close()
            yield child.stdout
            if await child.wait():
                raise RuntimeError(f"{task} ended with {child.returncode}")
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()


def main(task: str) -> None:
    """The worker: reads a line of JSON and the file, writes lines of JSON or a workbook."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    out = sys.stdout.buffer
    arguments = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    if task == "annotate":
        arguments["imported"] = {
            int(number): result for number, result in arguments["imported"].items()
        }
        out.write(annotate_workbook(content=content, **arguments))
        return
    try:
        out.writelines(validate_here(arguments, content))
    except (RuleBroken, MemoryError) as refused:
        why = refused if isinstance(refused, RuleBroken) else unreadable_workbook(arguments["name"])
        answer = {"refused": why.message, "field": _place(why.field)}
        out.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")


if __name__ == "__main__":
    main(sys.argv[1])
