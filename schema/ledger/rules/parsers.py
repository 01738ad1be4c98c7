"""How each kind of field is read from a cell; `fields.csv` names the kinds."""

from collections.abc import Callable, Mapping
from typing import Any

from schema.ledger.rules import amounts, days, texts, words
from schema.ledger.rules.cell import Column, Reader, Said, shown, unclear
from schema.sheet import Cell


def word(meaning: Callable[[str], object | None], known: Mapping[str, Any]) -> Reader:
    """A reader of words that have a meaning; others are refused with the list to choose from."""
    choices = "、".join(words.offered(known))

    def read(cell: Cell, column: Column) -> Said:
        found = meaning(shown(cell))
        if found is None:
            said = " ".join(shown(cell).split())[:20]
            raise unclear(f"“{said}”不在名单内。请填其中一个：{choices}")
        return Said(found)

    return read


READERS: Mapping[str, Reader] = {
    "serial": texts.line,
    "line": texts.line,
    "text": texts.text,
    "more": texts.text,
    "code": texts.code,
    "uscc": texts.uscc,
    "industry": texts.industry,
    "tags": texts.tags,
    "company": texts.company,
    "contact": texts.contact,
    "money": amounts.money,
    "land": amounts.land,
    "plan": days.plan,
    "past": days.past,
    "plans": days.plans,
    "pasts": days.pasts,
    "place": word(words.place, words.PLACES),
    "stage": word(words.stage, words.STAGES),
    "group": word(words.group, words.GROUPS),
    "origin": word(words.origin, words.ORIGINS),
    "agreement": word(words.agreement, words.AGREEMENTS),
}

CODES: Mapping[str, str] = {
    **{kind: kind.upper() for kind in READERS},
    **dict.fromkeys(("plan", "past", "plans", "pasts"), "DAY"),
    **dict.fromkeys(("serial", "line", "text", "more", "code", "tags"), "TEXT"),
    "company": "TEXT",
    "land": "NUMBER",
}
"""The code of the issue when a cell of a kind cannot be read."""
