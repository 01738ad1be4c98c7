"""Text that a spreadsheet would take for a formula, made inert and made whole again.

ASVS 5.0, 1.2.10: a leading ' before = + - @ TAB NUL CR, in .xlsx and delimited text alike.
The full-width forms are guarded too: East Asian editions of Excel take them for the plain ones.
"""

import re

FORMULA = re.compile(r"'*(?:[\t\r\n\0]|\s*[=+\-@＝＋－＠])")


def guarded(text: str) -> str:
    """Text with a ' before it when a spreadsheet could take it for a formula.

    >>> guarded("=1+1"), guarded(" @SUM(A1)"), guarded("柠檬深加工"), guarded("'=1+1")
    ("'=1+1", "' @SUM(A1)", '柠檬深加工', "''=1+1")
    """
    return f"'{text}" if FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """Text as it was before it was guarded, so that what we wrote comes back.

    >>> unguarded("'=1+1"), unguarded("'78年建厂")
    ('=1+1', "'78年建厂")
    """
    return text[1:] if text.startswith("'") and FORMULA.match(text[1:]) else text
