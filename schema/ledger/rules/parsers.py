"""The parser of each kind of field; `fields.csv` names the kinds."""

from collections.abc import Callable, Mapping
from typing import Any

from schema.ledger.rules import amounts, days, texts, words
from schema.ledger.rules.cell import Column, Parsed, Parser, cell_text, unclear
from schema.sheet import Cell


def word(meaning: Callable[[str], object | None], known: Mapping[str, Any]) -> Parser:
    """A parser of words with a meaning; it refuses others with the list to choose from."""
    choices = "、".join(words.offered(known))

    def parse(cell: Cell, column: Column) -> Parsed:
        found = meaning(cell_text(cell))
        if found is None:
            text = " ".join(cell_text(cell).split())[:20]
            raise unclear(f"“{text}”不在名单内。请填其中一个：{choices}")
        return Parsed(found)

    return parse


PARSERS: Mapping[str, Parser] = {
    "serial": texts.line,
    "line": texts.line,
    "person": texts.person,
    "text": texts.text,
    "more": texts.text,
    "code": texts.code,
    "uscc": texts.uscc,
    "industry": texts.industry,
    "tags": texts.tags,
    "company": texts.company,
    "contact": texts.contact,
    "phone": texts.phone,
    "money": amounts.money,
    "land": amounts.land,
    "plan": days.plan,
    "past": days.past,
    "by_month": days.by_month,
    "coming_day": days.coming_day,
    "past_day": days.past_day,
    "plans": days.plans,
    "pasts": days.pasts,
    "place": word(words.place, words.PLACES),
    "stage": word(words.stage, words.STAGES),
    "group": word(words.group, words.GROUPS),
    "origin": word(words.origin, words.ORIGINS),
    "agreement": word(words.agreement, words.AGREEMENTS),
    "indicator": word(words.indicator, words.INDICATORS),
    "source": word(words.source, words.SOURCES),
}

CODES: Mapping[str, str] = {
    **{kind: kind.upper() for kind in PARSERS},
    **dict.fromkeys(
        ("plan", "past", "by_month", "coming_day", "past_day", "plans", "pasts"), "DAY"
    ),
    **dict.fromkeys(("serial", "line", "person", "text", "more", "code", "tags"), "TEXT"),
    "company": "TEXT",
    "phone": "CONTACT",
    "land": "NUMBER",
}
"""The issue's code when a cell of a kind cannot be parsed."""
