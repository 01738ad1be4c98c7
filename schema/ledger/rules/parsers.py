"""The kinds of fields, each with its parser and what else is known of it; `fields.csv` names the kinds."""

from collections.abc import Callable, Mapping
from typing import Any

from schema.ledger.rules import amounts, days, texts, words
from schema.ledger.rules.cell import Column, FieldKind, Parsed, Parser, cell_text, unclear
from schema.sheet import Cell


def nothing_asked(text: str) -> str:
    return ""


def word(
    meaning: Callable[[str], object | None],
    known: Mapping[str, Any],
    asked: Callable[[str], str] = nothing_asked,
) -> Parser:
    """A parser of words with a meaning; it refuses others with the list to choose from, and before that
    with what is `asked` of them.
    """
    choices = "、".join(words.offered(known))

    def parse(cell: Cell, column: Column) -> Parsed:
        found = meaning(cell_text(cell))
        if found is None:
            if message := asked(cell_text(cell)):
                raise unclear(message)
            text = " ".join(cell_text(cell).split())[:20]
            raise unclear(f"“{text}”不在名单内。请填其中一个：{choices}")
        return Parsed(found)

    return parse


def of_words(
    code: str,
    meaning: Callable[[str], object | None],
    known: Mapping[str, Any],
    asked: Callable[[str], str] = nothing_asked,
) -> FieldKind:
    """A kind of field in which one of the words of `words.csv` stands."""
    return FieldKind(word(meaning, known, asked), code, choices=known)


KINDS: Mapping[str, FieldKind] = {
    "serial": FieldKind(texts.line, "TEXT", is_free=True),
    "line": FieldKind(texts.line, "TEXT", is_free=True),
    "percent": FieldKind(texts.percent, "NUMBER"),
    "person": FieldKind(texts.person, "TEXT", is_free=True, is_phone=True),
    "text": FieldKind(texts.text, "TEXT", is_free=True),
    "more": FieldKind(texts.text, "TEXT", is_free=True),
    "code": FieldKind(texts.code, "TEXT", is_free=True, has_letters=True),
    "uscc": FieldKind(texts.uscc, "USCC", takes_numbers=True),
    "industry": FieldKind(texts.industry, "INDUSTRY", has_letters=True),
    "tags": FieldKind(texts.tags, "TEXT", is_free=True),
    "company": FieldKind(texts.company, "TEXT", is_free=True),
    "contact": FieldKind(texts.contact, "CONTACT", is_free=True, is_phone=True),
    "phone": FieldKind(texts.phone, "CONTACT", is_free=True, is_phone=True),
    "money": FieldKind(amounts.money, "MONEY", is_amount=True),
    "exact_money": FieldKind(amounts.exact_money, "MONEY", is_amount=True),
    "land": FieldKind(amounts.land, "NUMBER", is_amount=True),
    "plan": FieldKind(days.plan, "DAY", is_day=True),
    "past": FieldKind(days.past, "DAY", is_day=True),
    "by_month": FieldKind(days.by_month, "DAY", is_day=True),
    "coming_day": FieldKind(days.coming_day, "DAY", is_day=True),
    "past_day": FieldKind(days.past_day, "DAY", is_day=True),
    "plans": FieldKind(days.plans, "DAY", is_day=True),
    "pasts": FieldKind(days.pasts, "DAY", is_day=True),
    "place": of_words("PLACE", words.place, words.PLACES),
    "stage": of_words("STAGE", words.stage, words.STAGES),
    "group": of_words("GROUP", words.group, words.GROUPS),
    "origin": of_words("ORIGIN", words.origin, words.ORIGINS),
    "agreement": of_words("AGREEMENT", words.agreement, words.AGREEMENTS),
    "indicator": of_words("INDICATOR", words.indicator, words.INDICATORS, words.indicator_asked),
    "source": of_words("SOURCE", words.source, words.SOURCES),
}
