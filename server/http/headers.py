"""The headers of a request, decoded once however many parts of the server read them."""

from collections.abc import Mapping

from starlette.types import Scope


def request_headers(scope: Scope) -> Mapping[str, str]:
    """The headers by lower-case name; of several with one name, the last."""
    state = scope.setdefault("state", {})
    if "request_headers" not in state:
        state["request_headers"] = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
    found: Mapping[str, str] = state["request_headers"]
    return found
