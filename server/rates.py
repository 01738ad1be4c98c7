"""How much each caller may ask in a minute: a bucket of points that fills again by itself.

The buckets live in this process, so with several processes a caller has that many buckets.
"""

import hashlib
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Any, NamedTuple

from starlette.requests import Request

from schema.permissions import Post
from server.settings import RATE

USUAL = {"address": 600, "person": 3_000, "token": 6_000}
PER_MINUTE = {kind: points * RATE for kind, points in USUAL.items()}
REMEMBERED = 20_000


class Caller(NamedTuple):
    """Whom a call counts against: `kind` is a key of PER_MINUTE, `key` says which one."""

    kind: str
    key: str

    @property
    def known(self) -> bool:
        return self.kind != "address"


def caller(request: Request, context: Any) -> Caller:
    """The token that was sent, or the person signed in, or else the address it comes from.

    The address is the connection's own: headers about it are for uvicorn, which knows its proxies.
    """
    viewer = context.viewer
    if viewer.post is Post.PUBLIC:
        return Caller("address", network(request.client.host if request.client else ""))
    if token := request.headers.get("authorization"):
        return Caller("token", hashlib.sha256(token.encode()).hexdigest())
    return Caller("person", str(viewer.person))


def network(host: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 address, which is what one subscriber has.

    >>> network("2001:db8::1:2")
    '2001:db8::/64'
    """
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        return f"{IPv6Address(int(address) >> 64 << 64)}/64"
    return host


@dataclass(frozen=True)
class Allowance:
    """What a call took and what is left: `cost`, `limit` and `remaining` in points."""

    granted: bool
    cost: int
    limit: int
    remaining: int
    reset_at: datetime
    wait: int

    @property
    def headers(self) -> dict[str, str]:
        """The fields of draft-ietf-httpapi-ratelimit-headers-10, and the X- ones before it."""
        until = max(0, math.ceil((self.reset_at - datetime.now(UTC)).total_seconds()))
        said = {
            "RateLimit-Policy": f'"points";q={self.limit};w=60',
            "RateLimit": f'"points";r={self.remaining};t={until}',
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(math.ceil(self.reset_at.timestamp())),
        }
        return said if self.granted else {"Retry-After": str(self.wait), **said}


class Rates:
    """`per_minute` is both the size of a bucket and what flows into it in a minute."""

    def __init__(
        self,
        per_minute: Mapping[str, int] = PER_MINUTE,
        clock: Callable[[], float] = time.monotonic,
        remembered: int = REMEMBERED,
    ) -> None:
        self._per_minute, self._clock, self._remembered = per_minute, clock, remembered
        self._buckets: OrderedDict[Caller, tuple[float, float]] = OrderedDict()

    def take(self, caller: Caller, points: int) -> Allowance:
        """Take points from the caller's bucket, or nothing when it holds fewer."""
        limit, now = self._per_minute[caller.kind], self._clock()
        held, since = self._buckets.pop(caller, (float(limit), now))
        held = min(float(limit), held + (now - since) * limit / 60)
        granted = points <= held
        if granted:
            held -= points
        self._buckets[caller] = held, now
        if len(self._buckets) > self._remembered:
            self._buckets.popitem(last=False)
        return Allowance(
            granted=granted,
            cost=points,
            limit=limit,
            remaining=int(held),
            reset_at=datetime.now(UTC) + timedelta(seconds=(limit - held) * 60 / limit),
            wait=max(1, math.ceil((points - held) * 60 / limit)),
        )
