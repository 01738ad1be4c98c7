"""The office's ledger: found in a sheet, parsed without guessing, validated, and written back."""

from schema.ledger.rules.columns import FIELDS, RESULT, TEMPLATE, Field
from schema.ledger.rules.files import (
    ledger_template,
    ledger_text,
    ledger_workbook,
    result_workbook,
)
from schema.ledger.rules.header import Header
from schema.ledger.rules.headings import Heading
from schema.ledger.rules.issue import Issue, Severity
from schema.ledger.rules.reading import Reading, Skipped, read_ledger, the_ledger
from schema.ledger.rules.row import LedgerRow, packed, unpacked

__all__ = [
    "FIELDS",
    "RESULT",
    "TEMPLATE",
    "Field",
    "Header",
    "Heading",
    "Issue",
    "LedgerRow",
    "Reading",
    "Severity",
    "Skipped",
    "ledger_template",
    "ledger_text",
    "ledger_workbook",
    "packed",
    "read_ledger",
    "result_workbook",
    "the_ledger",
    "unpacked",
]
