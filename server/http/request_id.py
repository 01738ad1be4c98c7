"""The number of a request, in every answer, error and line of the log."""

import secrets

from starlette.types import Scope


def request_id(scope: Scope) -> str:
    """The number of this request, in every answer, error and line of the log."""
    state = scope.setdefault("state", {})
    if "request_id" not in state:
        state["request_id"] = secrets.token_hex(8)
    number: str = state["request_id"]
    return number
