"""What a process keeps of documents and statements, bounded by the bytes that it takes in memory.

One cache holds prepared documents, their plans, and the texts of their statements: whoever sends ever new
documents, or one document in ever new shapes, makes the least recently used ones go.
"""

import sys
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from types import CodeType, FunctionType
from typing import Any

COMPILED_BYTES = 32 * 1024 * 1024
ENTRY_BYTES = 500  # measured: an entry, its key's tuple, its place in both dictionaries


@dataclass(slots=True)
class Entry:
    value: Any
    size: int
    parent: Hashable
    children: set[Hashable] = field(default_factory=set)


class BoundedCache:
    """Values by key, at most `most` bytes of them; the least recently used ones go first.

    A value may be put under a parent, a key in the cache on which it stands, and goes with it.
    """

    def __init__(self, most: int) -> None:
        self.most, self.bytes = most, 0
        self._entries: OrderedDict[Hashable, Entry] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Hashable) -> Any:
        """The value, or None."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        self._entries.move_to_end(key)
        return entry.value

    def put(self, key: Hashable, value: Any, size: int, parent: Hashable = None) -> None:
        """Keep `value`, which takes `size` bytes. One larger than all the room is not kept."""
        self.drop(key)
        entry = Entry(value, size + ENTRY_BYTES, parent)
        if entry.size > self.most:
            return
        self._entries[key] = entry
        self.bytes += entry.size
        if above := self._entries.get(parent):
            above.children.add(key)
        while self.bytes > self.most:
            self.drop(next(iter(self._entries)))

    def drop(self, key: Hashable) -> None:
        """Forget a value and all that stands on it."""
        entry = self._entries.pop(key, None)
        if entry is None:
            return
        self.bytes -= entry.size
        if above := self._entries.get(entry.parent):
            above.children.discard(key)
        for child in entry.children:
            self.drop(child)

    def clear(self) -> None:
        self._entries.clear()
        self.bytes = 0


@dataclass(frozen=True)
class CacheScope:
    """What is kept on the ground of one entry, under names of its own."""

    cache: BoundedCache
    entry: Hashable
    names: tuple[Hashable, ...] = ()

    def key(self, name: tuple[Hashable, ...]) -> Hashable:
        return self.entry, self.names + name

    def get(self, *name: Hashable) -> Any:
        return self.cache.get(self.key(name))

    def put(self, *name: Hashable, value: Any, size: int) -> None:
        self.cache.put(self.key(name), value, size, parent=self.entry)

    def part(self, *name: Hashable) -> "CacheScope":
        """The same ground, under longer names."""
        return CacheScope(self.cache, self.entry, self.names + name)

    def on(self, *name: Hashable) -> "CacheScope":
        """The ground of one of its own values."""
        return CacheScope(self.cache, self.key(name))


compiled = BoundedCache(COMPILED_BYTES)


def deep_size(value: Any, shared: tuple[type, ...] = ()) -> int:
    """About how many bytes a value takes with all that it refers to: collections, functions written for
    it, objects with attributes; but no classes or modules, and nothing of the `shared` types.
    """
    seen: set[int] = set()
    waiting, size = [value], 0
    while waiting:
        each = waiting.pop()
        if id(each) in seen or isinstance(each, (type, type(sys), *shared)):
            continue
        seen.add(id(each))
        size += sys.getsizeof(each)
        if isinstance(each, dict):
            waiting += [*each.keys(), *each.values()]
        elif isinstance(each, (list, tuple, set, frozenset)):
            waiting += each
        elif isinstance(each, FunctionType):
            if each.__name__ == "<lambda>":
                waiting += [each.__code__, *(cell.cell_contents for cell in each.__closure__ or ())]
        elif isinstance(each, CodeType):
            size += len(each.co_code)
            waiting += [each.co_consts, each.co_names, each.co_varnames]
        elif hasattr(each, "__dict__"):
            waiting.append(vars(each))
    return size
