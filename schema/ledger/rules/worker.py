"""A ledger judged, or told what became of it, in a process of its own.

It is seconds of work for thousands of lines. Meanwhile the server answers others; the memory goes
back when the process ends, and a file that takes too much of it harms nobody.
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
from schema.ledger.rules.validation import judged, told_again
from schema.sheet.archive import broken
from schema.sheet.reading import COMPOUND, ZIP

HERE = Path(__file__).parents[3]
SECONDS = 120
MEMORY = 2**30
LONGEST_LINE = 2**22
SHORT_TEXT = 32 * 2**10
AT_ONCE = asyncio.Semaphore(2)


async def judge(said: dict[str, Any], content: bytes) -> AsyncIterator[bytes]:
    """What `judging.judged` yields, each as a line of JSON. Raises RuleBroken as it does."""
    if is_short_text(content):
        for line in lines_of(said, content):
            yield line
        return
    async with _child("judge", said, content) as lines:
        async for line in lines:
            if line.startswith(b'{"refused"'):
                raise RuleBroken(json.loads(line)["refused"], "file", "INVALID")
            yield line


async def tell_again(said: dict[str, Any], content: bytes) -> bytes:
    """What `judging.told_again` gives."""
    async with _child("tell_again", said, content) as lines:
        return await lines.read()


def is_short_text(content: bytes) -> bool:
    """Whether starting a process takes longer than reading this. A workbook may hold any amount."""
    return len(content) < SHORT_TEXT and not content.startswith((ZIP, COMPOUND))


def lines_of(said: dict[str, Any], content: bytes) -> Iterator[bytes]:
    given = said | {"day": date.fromisoformat(said["day"])}
    try:
        for each in judged(content=content, **given):
            yield json.dumps(each, ensure_ascii=False).encode() + b"\n"
    except RuleBroken as refused:
        raise RuleBroken(refused.message, "file", "INVALID") from None


@asynccontextmanager
async def _child(
    task: str, said: dict[str, Any], content: bytes
) -> AsyncIterator[asyncio.StreamReader]:
    """Hand the work over and yield what comes back. A child that does not end well is a fault."""
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
            child.stdin.write(json.dumps(said).encode() + b"\n")
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
    """The child: a line of JSON and the file come in, lines of JSON or a workbook go out."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    out = sys.stdout.buffer
    said = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    if task == "tell_again":
        said["became"] = {int(number): verdict for number, verdict in said["became"].items()}
        out.write(told_again(content=content, **said))
        return
    try:
        out.writelines(lines_of(said, content))
    except (RuleBroken, MemoryError) as refused:
        why = refused if isinstance(refused, RuleBroken) else broken(said["name"])
        out.write(json.dumps({"refused": why.message}, ensure_ascii=False).encode() + b"\n")


if __name__ == "__main__":
    main(sys.argv[1])
