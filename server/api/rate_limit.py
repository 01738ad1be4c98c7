"""How much each caller may ask in a minute: a bucket of points that fills again by itself.

The buckets live in this process, so with several processes a caller has that many buckets.
"""

import hashlib
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from starlette.requests import Request

from server.http.addresses import network
from server.http.headers import request_headers
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

    The address is the client's: the connection's own, or what a trusted proxy says of it.
    """
    viewer = context.viewer
    if not viewer.signed_in:
        return Caller("address", network(request.client.host if request.client else ""))
    if token := request_headers(request.scope).get("authorization"):
        return Caller("token", hashlib.sha256(token.encode()).hexdigest())
    return Caller("person", str(viewer.person))


class Allowance(NamedTuple):
    """What a call took and what is left: `cost`, `limit` and `held` in points."""

    granted: bool
    cost: int
    limit: int
    held: float
    lacking: float = 0

    @property
    def remaining(self) -> int:
        return int(self.held)

    @property
    def seconds(self) -> float:
        """Until the bucket is full again."""
        return (self.limit - self.held) * 60 / self.limit

    @property
    def reset_at(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.seconds)

    @property
    def wait(self) -> int:
        """Seconds until as much flows in as was lacking."""
        return max(1, math.ceil(self.lacking * 60 / self.limit))

    @property
    def headers(self) -> dict[str, str]:
        """The fields of draft-ietf-httpapi-ratelimit-headers-10, and the X- ones before it."""
        limit, left = str(self.limit), str(self.remaining)
        fields = {
            "RateLimit-Policy": f'"points";q={limit};w=60',
            "RateLimit": f'"points";r={left};t={math.ceil(self.seconds)}',
            "X-RateLimit-Limit": limit,
            "X-RateLimit-Remaining": left,
            "X-RateLimit-Reset": str(math.ceil(time.time() + self.seconds)),
        }
        return fields if self.granted else {"Retry-After": str(self.wait), **fields}


class RateLimiter:
    """`per_minute` is both the size of a bucket and what flows into it in a minute."""

    def __init__(
        self,
        per_minute: Mapping[str, int] = PER_MINUTE,
        clock: Callable[[], float] = time.monotonic,
        remembered: int = REMEMBERED,
    ) -> None:
        self._per_minute, self._clock, self._remembered = per_minute, clock, remembered
        self._buckets: OrderedDict[Caller, tuple[float, float]] = OrderedDict()

    def take(self, caller: Caller, points: int, paid: int = 0) -> Allowance:
        """Take points from the caller's bucket, less what the call has `paid` already; or nothing
        when it holds fewer.
        """
        limit, now, due = self._per_minute[caller.kind], self._clock(), points - paid
        held, since = self._buckets.pop(caller, (limit, now))
        held = min(limit, held + (now - since) * limit / 60)
        granted = due <= held
        left = held - due if granted else held
        self._buckets[caller] = left, now
        if len(self._buckets) > self._remembered:
            self._buckets.popitem(last=False)
        return Allowance(granted, points, limit, left, due - left)
