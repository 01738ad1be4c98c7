"""Text as people type and paste it: cleaned for storing, normalized for comparing."""

import re
import unicodedata

from schema.city.rules.errors import RuleBroken

INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
UNSEEN = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
    + "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
)
"""Letters and marks that are drawn as nothing (Unicode's Default_Ignorable_Code_Point that are no
format characters, and the empty Braille pattern).
"""
LINE_ENDS = re.compile("\r\n?|[\u0085\u2028\u2029]")
FULL_STOP_IN_NUMBER = re.compile(r"(?<=\d)。(?=\d)")


def clean_text(text: str, limit: int, *, one_line: bool = False) -> str:
    """Typed text in NFC, trimmed, at most `limit` characters, no invisible marks.

    Line ends become `\\n`; with `one_line` every run of blanks becomes one space. Raises
    `RuleBroken` (`INVALID`) for control characters, NUL and broken surrogates among them, and for
    text that is too long.
    """
    cleaned = INVISIBLE.sub("", LINE_ENDS.sub("\n", unicodedata.normalize("NFC", text)))
    if one_line:
        cleaned = re.sub(r"\s+", " ", cleaned)
    cleaned = cleaned.strip()
    if any(is_control(character) for character in cleaned):
        raise RuleBroken(
            "文字里有看不见的控制字符，请删去这一段后重新输入，或先粘贴到记事本再复制过来",
            code="INVALID",
        )
    if len(cleaned) > limit:
        raise RuleBroken(
            f"最多 {limit} 个字，现在是 {len(cleaned)} 个，请删减 {len(cleaned) - limit} 个字",
            code="INVALID",
        )
    return cleaned


def is_control(character: str) -> bool:
    """Whether a character is a control character or a lone surrogate; line feeds and tabs are not."""
    return unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\t"


def is_blank(text: str) -> bool:
    """Whether nothing of a text can be seen: it has blanks, line ends and marks of no width alone.

    >>> is_blank(""), is_blank("\u3000\u2028"), is_blank("\u3164"), is_blank("甲\u200b")
    (True, True, True, False)
    """
    return all(
        character.isspace()
        or character in UNSEEN
        or unicodedata.category(character) in {"Zs", "Zl", "Zp", "Cf"}
        for character in text
    )


def has_unusual_digits(text: str) -> bool:
    """Whether a text has digits that are marks rather than numbers: ①, ², ⒈, ½. 一 and full-width 1 are none.

    >>> has_unusual_digits("①2"), has_unusual_digits("12²"), has_unusual_digits("１２亿"), has_unusual_digits("㎡")
    (True, True, False, False)
    """
    return any(
        not character.isdecimal()
        and unicodedata.numeric(character, None) is not None
        and unicodedata.normalize("NFKC", character) != character
        for character in text
        if character > "\x7f"
    )


def half_width(text: str) -> str:
    """Text with full-width letters, digits and marks made half-width, and 1。5 made 1.5."""
    return FULL_STOP_IN_NUMBER.sub(
        ".", unicodedata.normalize("NFKC", INVISIBLE.sub("", text))
    ).strip()


def quote(text: str) -> str:
    """Typed text in quotation marks for an error: one line, at most 20 characters."""
    line = " ".join(text.split())
    return f"“{line[:20]}…”" if len(line) > 20 else f"“{line}”"
