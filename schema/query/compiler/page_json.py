"""The JSON text of what a page has: its nodes, edges, total and place."""

from collections.abc import Mapping
from typing import Any

import orjson

from schema.query.compiler.root_fields import PagePart


def part_json(
    part: PagePart,
    texts: Mapping[int, list[bytes]],
    cursors: list[str],
    page_info: Mapping[str, Any],
    total: Any,
) -> bytes:
    """The JSON text of a part of a page."""
    content = part.content
    if part.name == "nodes":
        return b"[%b]" % b",".join(texts[content])
    if part.name == "totalCount":
        return b"%d" % total
    if part.name == "__typename":
        return orjson.dumps(content)
    if part.name == "pageInfo":
        info = {key: of if name == "__typename" else page_info[name] for key, name, of in content}
        return orjson.dumps(info)

    def edge(index: int) -> bytes:
        plain = {"cursor": cursors[index]}
        members = [
            json_member(
                key, texts[of][index] if name == "node" else orjson.dumps(plain.get(name, of))
            )
            for key, name, of in content
        ]
        return b"{%b}" % b",".join(members)

    return b"[%b]" % b",".join(map(edge, range(len(cursors))))


def json_member(key: str, text: bytes) -> bytes:
    """A member of a JSON object; response keys are ASCII."""
    return b'"%b":%b' % (key.encode(), text)
