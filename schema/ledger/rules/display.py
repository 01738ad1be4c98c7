"""The fields of a line as people read them."""

from datetime import date
from decimal import Decimal

from schema.city.rules import format_money
from schema.ledger.rules import words
from schema.ledger.rules.columns import FIELDS
from schema.ledger.rules.parsers import KINDS
from schema.ledger.rules.row import LedgerRow


def field_text(row: LedgerRow, name: str) -> str:
    """A field as text for people: amounts with their unit, places and stages by their words."""
    value = getattr(row, name, None)
    about = "约 " if name in row.estimates else ""
    match value:
        case None:
            return row.more.get(name, "")
        case date():
            return f"{about}{value.isoformat()}"
        case Decimal():
            return f"{about}{value} 亩"
        case int():
            return f"{about}{format_money(value)}"
        case tuple():
            return "、".join(value)
    known = KINDS[FIELDS[name].kind].choices
    return words.word_for(known, value) if known and value else str(value)
