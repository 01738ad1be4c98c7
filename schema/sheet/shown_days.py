"""What a person sees of a day under a number format: 3-12 for the 12th of March under m-d."""

import re
from datetime import date
from functools import lru_cache

from schema.sheet.formats import tokens_of

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
RUN = re.compile(r"(.)\1*")
STANDING = frozenset({"literal", "point", "comma", "yen", "foreign"})


@lru_cache(maxsize=4096)
def shown_day(day: date, code: str) -> str:
    """A day as its format shows it; "" for a format with a time of day, a weekday or an era."""
    out: list[str] = []
    for kind, text in tokens_of(code):
        if kind in STANDING:
            out.append(text)
        elif kind == "date":
            for run in RUN.finditer(text.lower()):
                out.append(_part(day, run[0]))
        if out and out[-1] == "\0":
            return ""
    return "".join(out).strip()


@lru_cache(maxsize=1024)
def says_another_day(code: str) -> bool:
    """Whether a format of days has digits of its own, so that another day is seen: "2027-"mm-dd."""
    return any(kind == "literal" and re.search(r"\d", text) for kind, text in tokens_of(code))


@lru_cache(maxsize=1024)
def hides_part(code: str) -> bool:
    """Whether a format of days shows other than year, month and day."""
    letters = {each for kind, text in tokens_of(code) if kind == "date" for each in text.lower()}
    return says_another_day(code) or not {"m", "d"} <= letters or not letters & {"y", "e"}


def _part(day: date, run: str) -> str:
    match run:
        case "y" | "yy":
            return f"{day.year % 100:02}"
        case "yyy" | "yyyy" | "e":
            return str(day.year)
        case "m" | "d":
            return str(day.month if run == "m" else day.day)
        case "mm" | "dd":
            return f"{day.month if run == 'mm' else day.day:02}"
        case "mmm":
            return MONTHS[day.month - 1]
    return "\0"
