"""What a proxy says of the request that it passes on: whose it is, by which scheme, for which host.

Believed from the networks of SIXONES_TRUSTED_PROXIES alone; from anybody else these headers change
nothing. Read once, before all else, so that addresses in limits and logs, the comparison of origins,
cookies, redirects and links are those that the browser has.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)
from typing import TypeAlias

from starlette.types import ASGIApp, Receive, Scope, Send

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

HOST = re.compile(r"(?:[A-Za-z0-9_.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?")
SCHEMES = {
    "http": {"http": "http", "https": "https"},
    "websocket": {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"},
}


class TrustedProxies:
    """Outermost: rewrites the scope of a request that a trusted proxy passes on."""

    def __init__(self, app: ASGIApp, *, trusted: Sequence[Network]) -> None:
        self._app, self._trusted = app, tuple(trusted)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in SCHEMES and (peer := scope.get("client")):
            address = parse_address(peer[0])
            if address and is_trusted(address, self._trusted):
                scope = forwarded(scope, address, self._trusted)
        await self._app(scope, receive, send)


def forwarded(scope: Scope, peer: Address, trusted: tuple[Network, ...]) -> Scope:
    """The scope as the outermost trusted proxy saw the request. What cannot be read is left alone.

    X-Forwarded-For is read from its end, since whoever sends a request may write its beginning. As
    many of its addresses as are trusted proxies, so many values may have been appended to the others.
    """
    client, hops = peer, 1
    for text in reversed(values(scope, b"x-forwarded-for")):
        address = parse_address(text)
        if address is None:
            break
        client = address
        if not is_trusted(address, trusted):
            break
        hops += 1
    changed: Scope = {**scope}
    if client is not peer:
        changed["client"] = (str(client), 0)
    scheme = written_by(hops, values(scope, b"x-forwarded-proto")).lower()
    if scheme in SCHEMES[scope["type"]]:
        changed["scheme"] = SCHEMES[scope["type"]][scheme]
    host = written_by(hops, values(scope, b"x-forwarded-host"))
    if HOST.fullmatch(host):
        others = [pair for pair in scope["headers"] if pair[0] != b"host"]
        changed["headers"] = [(b"host", host.encode("ascii")), *others]
    return changed


def values(scope: Scope, name: bytes) -> list[str]:
    """The values of a header in their order, however many lines it has."""
    lines: Iterable[bytes] = (value for key, value in scope["headers"] if key == name)
    parts = b",".join(lines).decode("latin-1").split(",")
    return [part.strip() for part in parts if part.strip()]


def written_by(hops: int, found: Sequence[str]) -> str:
    """Of the values that the nearest `hops` proxies wrote, the outermost's: each may append or replace."""
    return found[-min(hops, len(found))] if found else ""


@lru_cache(maxsize=4096)
def parse_address(text: str) -> Address | None:
    """An address with or without its port; an IPv4 address in IPv6's clothes as itself.

    >>> parse_address("192.0.2.7:4711"), parse_address("[2001:db8::1]:80"), parse_address("unknown")
    (IPv4Address('192.0.2.7'), IPv6Address('2001:db8::1'), None)
    """
    plain = text.removeprefix("[").partition("]")[0] if text.startswith("[") else text
    if plain.count(":") == 1:
        plain = plain.partition(":")[0]
    try:
        address = ip_address(plain)
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


@lru_cache(maxsize=4096)
def is_trusted(address: Address, trusted: tuple[Network, ...]) -> bool:
    return any(address in network for network in trusted)
