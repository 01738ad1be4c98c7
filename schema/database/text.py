"""Text that both databases keep: what neither does is replaced wherever a value is bound or becomes JSON."""

import re
from typing import Any

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable(value: Any) -> Any:
    """The value; in text, what no database keeps (NUL, half a character) is replaced.

    So it is in the texts of lists and of what JSON is made of.
    """
    if isinstance(value, str):
        # A str that is more than one, such as an enum's member, stays what it is.
        return _UNSTORABLE.sub("\ufffd", value) if type(value) is str else value
    if isinstance(value, list | tuple):
        return [storable(each) for each in value]
    if isinstance(value, dict):
        return {storable(name): storable(each) for name, each in value.items()}
    return value
