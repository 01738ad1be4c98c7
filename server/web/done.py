"""What is said after an act: its outcome in one line, the act that takes it back, and what comes next.

The line is made of the act's answer when it was done, and brought to the next page by a cookie that
is signed for its reader: nobody else's words are shown as the system's.
"""

import base64
import hmac
from collections.abc import Mapping
from html import unescape
from typing import Any

import orjson

from schema.context import Context
from schema.duties.registry import TASKS
from server.web.resources import environment

LINE = "_done.html"
MOST = 200
"""Characters of the line: what is longer is cut off."""
AT_THE_DESK = ("projectJudge", "projectReturn", "projectMerge")
VERIFYING = ("fundsVerify", "taxVerify")


def said_of(act: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """`{act, text, undo: {href, label} | None, onward: …}` of an act that was done; `onward` is what comes next
    of the same thing.
    """
    line = environment.get_template(LINE).module
    text = unescape(str(line.done(act, payload))).strip()  # type: ignore[attr-defined]
    ways = {}
    for name in ("undo", "onward"):
        href, _, label = unescape(str(getattr(line, name)(act, payload))).strip().partition("|")
        ways[name] = {"href": href, "label": label} if href else None
    shown = text if len(text) <= MOST else f"{text[: MOST - 1]}…"
    return {"act": act, "text": shown, **ways}


def sealed(said: Mapping[str, Any], context: Context) -> str:
    """What was said as a cookie for its reader."""
    body = base64.urlsafe_b64encode(orjson.dumps(said)).decode()
    return f"{body}.{signature(body, context)}"


def unsealed(cookie: str, context: Context) -> dict[str, Any] | None:
    """What a cookie brings; None where it is not the system's to this reader."""
    body, _, signed = cookie.partition(".")
    if not hmac.compare_digest(signature(body, context).encode(), signed.encode()):
        return None
    found: dict[str, Any] = orjson.loads(base64.urlsafe_b64decode(body))
    return found


def signature(body: str, context: Context) -> str:
    text = f"done:{context.viewer.person}:{body}"
    return hmac.new(context.secret, text.encode(), "sha256").hexdigest()


def tasks_after(act: str) -> list[str]:
    """The tasks whose next duty is the next one under the hand of whoever has done an act."""
    if act in AT_THE_DESK:
        return ["projectJudge"]
    if act in VERIFYING:
        return [*VERIFYING]
    return [act] if act in TASKS else []
