"""Numbers of private persons in free text, as whoever may not read the contacts is shown it.

What has the shape of a mobile telephone, of a resident's identity number or of an e-mail address is
masked as the fields that are made for it are: 138****5678. Both databases and Python do it by `SHAPES`
alone. Source of the shapes: GB 11643-1999 (citizen identification number), the mobile numbering plan.
"""

import re

_DIGIT, _NONE_BEFORE, _NONE_BEHIND = "[0-9０-９]", "(?<![0-9０-９])", "(?![0-9０-９])"
SHAPES: tuple[tuple[str, str], ...] = (
    (
        f"{_NONE_BEFORE}([1-9]{_DIGIT}{{2}}){_DIGIT}{{3}}[12１２][90９０]{_DIGIT}{{2}}[01０１]{_DIGIT}"
        f"[0-3０-３]{_DIGIT}({_DIGIT}{{3}}[0-9０-９Xx])(?![0-9０-９A-Za-z])",
        r"\1***********\2",
    ),
    (
        f"{_NONE_BEFORE}((?:[+]?86[- ]?)?[1１][3-9３-９]{_DIGIT})[- ]?{_DIGIT}{{4}}[- ]?"
        f"({_DIGIT}{{4}}){_NONE_BEHIND}",
        r"\1****\2",
    ),
    (r"([A-Za-z0-9])[A-Za-z0-9._%+-]*@([A-Za-z0-9-]+[.][A-Za-z0-9.-]*[A-Za-z0-9])", r"\1***@\2"),
)
"""Regular expressions that Python and PostgreSQL read alike, each with what stands for what it finds."""
_READ = tuple((re.compile(pattern), instead) for pattern, instead in SHAPES)
FUNCTION = "mask_numbers"
"""The name of `mask_numbers` in SQLite, which has no regular expressions."""


def mask_numbers(text: str | None) -> str | None:
    """A text in which what has the shape of a private person's number is masked.

    >>> mask_numbers("张总 138 1234 5678，身份证 511023198001011234，a.li@lemon.cn；回单 0313")
    '张总 138****5678，身份证 511***********1234，a***@lemon.cn；回单 0313'
    >>> mask_numbers("订单 2026112800138123456789，91512000MA62K00001")
    '订单 2026112800138123456789，91512000MA62K00001'
    """
    for pattern, instead in _READ if text else ():
        text = pattern.sub(instead, text or "")
    return text


def mask_sql(name: str, dialect: str) -> str:
    """The same in SQL, of the expression `name`."""
    if dialect == "sqlite":
        return f"{FUNCTION}({name})"
    for pattern, instead in SHAPES:
        name = f"regexp_replace({name}, '{pattern}', '{instead}', 'g')"
    return name
