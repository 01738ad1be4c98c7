from datetime import date
from typing import Any

import pytest

from schema.city.rules import RuleBroken
from schema.signing.rules import AgreementKind, agreement_faults, check_kind, counts

TODAY = date(2026, 11, 20)
RIGHT = {
    "kind": AgreementKind.FORMAL,
    "amount_fen": 125_000_000_000,
    "signed_on": TODAY,
    "today": TODAY,
    "formal_before": False,
    "start_by": date(2027, 3, 1),
    "complete_by": date(2028, 3, 1),
    "operate_by": date(2028, 6, 1),
}


def test_formal_and_supplementary_agreements_are_signed_funds() -> None:
    assert {kind for kind in AgreementKind if counts(kind)} == {"FORMAL", "SUPPLEMENTARY"}


@pytest.mark.parametrize(
    ("case", "changed"),
    [
        ("a formal one signed today", {}),
        ("an increase", {"kind": AgreementKind.SUPPLEMENTARY, "formal_before": True}),
        (
            "a change without an increase",
            {"kind": AgreementKind.SUPPLEMENTARY, "formal_before": True, "amount_fen": 0},
        ),
        ("an intent without an amount", {"kind": AgreementKind.INTENT, "amount_fen": 0}),
        (
            "a framework after a formal one",
            {"kind": AgreementKind.FRAMEWORK, "formal_before": True},
        ),
        ("no timetable", {"start_by": None, "complete_by": None, "operate_by": None}),
        ("production without an agreed completion", {"complete_by": None}),
        ("all on one day", dict.fromkeys(("start_by", "complete_by", "operate_by"), TODAY)),
    ],
)
def test_an_agreement_can_be_recorded(case: str, changed: dict[str, object]) -> None:
    assert faults(changed) == []


@pytest.mark.parametrize(
    ("case", "changed", "field"),
    [
        ("tomorrow", {"signed_on": date(2026, 11, 21)}, "signedOn"),
        ("a second formal one", {"formal_before": True}, "kind"),
        ("a supplement to nothing", {"kind": AgreementKind.SUPPLEMENTARY}, "kind"),
        ("a formal one of nothing", {"amount_fen": 0}, "amount"),
        ("a start before signing", {"start_by": date(2026, 11, 19)}, "startBy"),
        ("completion before the start", {"complete_by": date(2027, 2, 28)}, "completeBy"),
        ("production before completion", {"operate_by": date(2028, 2, 28)}, "operateBy"),
        (
            "production before the start, completion open",
            {"complete_by": None, "operate_by": date(2027, 2, 28)},
            "operateBy",
        ),
    ],
)
def test_an_agreement_that_cannot_be_is_refused_at_its_field(
    case: str, changed: dict[str, object], field: str
) -> None:
    assert faults(changed) == [field]


def test_all_that_is_wrong_with_an_agreement_is_found_at_once() -> None:
    wrong = {"signed_on": date(2026, 11, 21), "amount_fen": 0, "start_by": date(2026, 11, 20)}
    wrong |= {"complete_by": date(2026, 11, 19), "operate_by": date(2026, 11, 18)}
    assert faults(wrong) == ["signedOn", "amount", "startBy", "completeBy", "operateBy"]


def faults(changed: dict[str, object]) -> list[str | None]:
    """The fields at which an agreement is refused."""
    given: dict[str, Any] = RIGHT | changed
    before = given.pop("formal_before")
    found = [broken.field for broken in agreement_faults(**given)]
    try:
        check_kind(given["kind"], before)
    except RuleBroken as broken:
        found.append(broken.field)
    return found
