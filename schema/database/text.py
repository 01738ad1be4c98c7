"""Text that both databases keep."""

import re
from typing import Any

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable(value: Any) -> Any:
    """The value; in text, what no database keeps (NUL, half a character) is replaced."""
    return _UNSTORABLE.sub("\ufffd", value) if isinstance(value, str) else value
