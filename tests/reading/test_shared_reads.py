"""What many wait for in one request is read once, and by whoever still waits."""

import asyncio
from typing import Any

import pytest

from schema.query.loaders import SharedLoader


@pytest.mark.asyncio
async def test_whoever_is_cancelled_leaves_the_others_waiting() -> None:
    begun, let = asyncio.Event(), asyncio.Event()
    read: list[list[int]] = []

    async def batch(keys: list[int]) -> list[int]:
        read.append(keys)
        begun.set()
        await let.wait()
        return [key * 10 for key in keys]

    loader = SharedLoader(batch)

    async def wait(key: int) -> Any:
        return await loader.load(key)

    first, second = asyncio.create_task(wait(1)), asyncio.create_task(wait(1))
    many = asyncio.ensure_future(loader.load_many([1, 2]))
    await begun.wait()
    first.cancel()
    many.cancel()
    ended = await asyncio.gather(first, many, return_exceptions=True)
    assert all(isinstance(each, asyncio.CancelledError) for each in ended)
    let.set()
    assert await second == 10 and read == [[1, 2]]


@pytest.mark.asyncio
async def test_the_last_one_to_leave_ends_the_read() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def batch(keys: list[int]) -> list[int]:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return keys

    loader = SharedLoader(batch)

    async def wait() -> Any:
        return await loader.load(1)

    waiting = [asyncio.create_task(wait()) for _ in range(2)]
    await begun.wait()
    for each in waiting:
        each.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    await asyncio.wait_for(ended.wait(), 5)
