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
    """A value, its bytes, what stands on it, and what it stands on itself."""

    value: Any
    size: int
    scope: "CacheScope | None"
    within: "CacheScope | None"


class BoundedCache:
    """Values by key, at most `most` bytes of them; the least recently used ones go first.

    A value that has a scope takes all with it that is kept there.
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

    def put(
        self,
        key: Hashable,
        value: Any,
        size: int,
        *,
        scope: "CacheScope | None" = None,
        within: "CacheScope | None" = None,
    ) -> None:
        """Keep `value`, which takes `size` bytes. One larger than all the room is not kept."""
        self.drop(key)
        entry = Entry(value, size + ENTRY_BYTES, scope, within)
        if entry.size > self.most:
            return
        self._entries[key] = entry
        self.bytes += entry.size
        if within is not None:
            within.keys.add(key)
        while self.bytes > self.most:
            self.drop(next(iter(self._entries)))

    def drop(self, key: Hashable) -> None:
        """Forget a value and all that stands on it."""
        entry = self._entries.pop(key, None)
        if entry is None:
            return
        self.bytes -= entry.size
        if entry.within is not None:
            entry.within.keys.discard(key)
        if entry.scope is not None:
            for each in tuple(entry.scope.keys):
                self.drop(each)

    def clear(self) -> None:
        for key in tuple(self._entries):
            self.drop(key)


@dataclass(eq=False, slots=True)
class CacheScope:
    """What is kept in a cache on the ground of one value."""

    cache: BoundedCache
    keys: set[Hashable] = field(default_factory=set)

    def get(self, *name: Hashable) -> Any:
        return self.cache.get((self, name))

    def put(
        self, *name: Hashable, value: Any, size: int, scope: "CacheScope | None" = None
    ) -> None:
        self.cache.put((self, name), value, size, scope=scope, within=self)


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
