"""Escape text that a spreadsheet would take for a formula, and undo that.

ASVS 5.0, 1.2.10: a leading ' before = + - @ TAB NUL CR, in .xlsx and delimited text alike. The
full-width forms are escaped too: East Asian editions of Excel take them for the plain ones.
"""

import re

FORMULA = re.compile(r"'*(?:[\t\r\n\0]|\s*[=+\-@＝＋－＠])")


def escape_formula(text: str) -> str:
    """Text with a ' before it when a spreadsheet could take it for a formula.

    >>> [escape_formula(text) for text in ("=1+1", " @SUM(A1)", "柠檬深加工", "'=1+1")]
    ["'=1+1", "' @SUM(A1)", '柠檬深加工', "''=1+1"]
    """
    return f"'{text}" if FORMULA.match(text) else text


def unescape_formula(text: str) -> str:
    """The text that `escape_formula` was given, from what it returned.

    >>> unescape_formula("'=1+1"), unescape_formula("'78年建厂")
    ('=1+1', "'78年建厂")
    """
    return text[1:] if text.startswith("'") and FORMULA.match(text[1:]) else text
