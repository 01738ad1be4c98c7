"""The headers of a request, looked through once however many ask for one."""

from collections.abc import Mapping

from starlette.types import Scope


def heard(scope: Scope) -> Mapping[str, str]:
    """Its headers by their names in small letters; of several alike, the last."""
    state = scope.setdefault("state", {})
    if "heard" not in state:
        state["heard"] = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
    found: Mapping[str, str] = state["heard"]
    return found
