"""A row of the ledger as parsed, and its JSON form in the database until it is imported."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any

from schema.entries.rules import SourceOfCapital
from schema.project.rules import CapitalOrigin, Stage
from schema.signing.rules import AgreementKind

Plain = str | int | list[str] | dict[str, str] | None


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One project of the ledger. Amounts in fen, land in mu; "" and None where nothing is given.

    `row` is the number in the sheet, `estimates` names the fields given as estimates, `more` holds
    texts that are stored without being interpreted, by column identifier.
    """

    row: int
    no: str = ""
    name: str = ""
    approval_code: str = ""
    investor_name: str = ""
    uscc: str = ""
    investor_region: str = ""
    investor_tags: tuple[str, ...] = ()
    contact_name: str = ""
    contact_phone: str = ""
    description: str = ""
    industry_code: str = ""
    group: str = ""
    capital_origin: CapitalOrigin | None = None
    source_of_capital: SourceOfCapital | None = None
    agreed_investment: int | None = None
    agreed_fixed_assets: int | None = None
    land_mu: Decimal | None = None
    first_contact_place: str = ""
    first_contact_person: str = ""
    first_talk_date: date | None = None
    landing_place: str = ""
    owner: str = ""
    responsible_unit: str = ""
    stage: Stage | None = None
    progress: str = ""
    problems: str = ""
    next_step: str = ""
    signed_on: date | None = None
    agreement_kind: AgreementKind | None = None
    project_company: str = ""
    agreed_start: date | None = None
    agreed_completion: date | None = None
    agreed_operation: date | None = None
    actual_start: date | None = None
    actual_completion: date | None = None
    actual_operation: date | None = None
    paid_in_total: int | None = None
    paid_in_ytd: int | None = None
    remark: str = ""
    estimates: frozenset[str] = frozenset()
    more: Mapping[str, str] = field(default_factory=dict)


SAMPLES = "samples"
"""Beside the fields of a stored line: some of its cells as they stand in the file, by column."""


@dataclass(frozen=True, slots=True)
class ListRow:
    """One line of a list of another kind: its number in the sheet, and what its fields give."""

    row: int
    values: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.values.get("name", ""))


DECODERS: Mapping[str, Any] = {
    each.name: date.fromisoformat for each in fields(LedgerRow) if each.type == date | None
} | {
    "investor_tags": tuple,
    "capital_origin": CapitalOrigin,
    "source_of_capital": SourceOfCapital,
    "land_mu": Decimal,
    "stage": Stage,
    "agreement_kind": AgreementKind,
    "estimates": frozenset,
}


def packed(row: LedgerRow | ListRow) -> dict[str, Plain]:
    """A row as JSON: only the fields that are given, dates by ISO 8601, land as text."""
    if isinstance(row, ListRow):
        return {name: _packed(value) for name, value in row.values.items()}
    return {
        each.name: _packed(value)
        for each in fields(LedgerRow)
        if (value := getattr(row, each.name)) not in ("", None, (), frozenset(), {})
    }


def unpacked(values: Mapping[str, Any]) -> LedgerRow:
    """The row that `packed` stored."""
    return LedgerRow(
        **{
            name: DECODERS[name](value) if name in DECODERS else value
            for name, value in values.items()
            if name != SAMPLES
        }
    )


def _packed(value: Any) -> Plain:
    match value:
        case date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case tuple():
            return list(value)
        case frozenset():
            return sorted(value)
        case dict() | int():
            return value
    return str(value)
