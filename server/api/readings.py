"""The dictionary of readings, by which names are compared and found by pinyin, loaded by a thread.

It takes half a second and 29 MB, once in a process. One that only answers programs' queries does
without it; an act waits for it, and whoever opens a page finds it loaded when they search.
"""

import asyncio
import threading

from schema.city.rules.pinyin import load_pypinyin

loading = threading.Lock()


def load() -> None:
    with loading:
        load_pypinyin()


def is_loaded() -> bool:
    return bool(load_pypinyin.cache_info().currsize)


async def load_readings() -> None:
    """Wait until it is there; others are answered meanwhile."""
    if not is_loaded():
        await asyncio.to_thread(load)


def load_readings_soon() -> None:
    """Begin, and wait for nothing."""
    if not is_loaded() and not loading.locked():
        asyncio.get_running_loop().run_in_executor(None, load)
