"""GB/T 4754—2017: the classes of the national economy, in `classes.csv`, which everything reads."""

import csv
from functools import cache
from pathlib import Path

LAST_DIVISION = {
    5: "A", 12: "B", 43: "C", 46: "D", 50: "E", 52: "F", 60: "G", 62: "H", 65: "I", 69: "J",
    70: "K", 72: "L", 75: "M", 79: "N", 82: "O", 83: "P", 85: "Q", 90: "R", 96: "S", 97: "T",
}  # fmt: skip
"""The last division of each section of GB/T 4754—2017."""


def section_of(code: str) -> str:
    """The letter of the section in which a code lies, "" for one of no section.

    >>> section_of("3582"), section_of("0111"), section_of("99")
    ('C', 'A', '')
    """
    division = int(code[:2])
    return next((sign for last, sign in LAST_DIVISION.items() if 0 < division <= last), "")


@cache
def class_names() -> dict[str, str]:
    """The classes of GB/T 4754—2017: four digits and their name."""
    path = Path(__file__).with_name("classes.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}


@cache
def industries() -> frozenset[str]:
    """The codes of GB/T 4754—2017: every class, and the divisions and groups that they lie in.

    >>> industries() >= {"35", "358", "3582"}
    True
    """
    return frozenset(code[:length] for code in class_names() for length in (2, 3, 4))
