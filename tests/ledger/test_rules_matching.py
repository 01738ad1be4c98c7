"""Which projects a row of the ledger duplicates, and which it does not."""

from typing import Any

import pytest

from schema.ledger.rules import LedgerRow
from schema.ledger.rules.matching import ExistingProject, ProjectIndex, industry_of
from schema.project.rules import Candidate
from tests.rulebook import thresholds
from tests.world import uscc

THERE = ExistingProject(
    7,
    "2026-0007",
    Candidate("柠檬深加工产业园", "四川云岫食品有限公司", uscc(1), "137", 30_000_000_000),
)
SAME = {"name": "柠檬深加工产业园", "investor_name": "四川云岫食品有限公司", "uscc": uscc(1)}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (SAME, "SAME_NAME"),
        ({"name": "（柠檬）深加工 产业园", "investor_name": "云岫食品集团"}, "SAME_NAME"),
        (SAME | {"name": "柠檬深加工产业园区"}, "SIMILAR"),
        (
            SAME | {"name": "果汁饮料生产线", "industry_code": "C137", "agreed_investment": 25 * 10**9},
            "SAME_PROFILE",
        ),
        ({"name": "柠檬深加工产业园区", "investor_name": "甲公司"}, "ALIKE_NAME"),
        ({"name": "檸檬深加工產業園基地。", "investor_name": "甲公司"}, "ALIKE_NAME"),
        ({"name": "宁檬深加工产业园建设项目", "investor_name": "甲公司"}, "ALIKE_NAME"),
        (SAME | {"no": "2026-0007", "name": "改了名的项目"}, "SAME_NO"),
        ({"no": "2026-0007", "name": "柠檬深加工产业园区", "investor_name": "甲公司"}, "SAME_NO"),
    ],
)  # fmt: skip
def test_a_line_is_a_known_project(values: dict[str, Any], code: str) -> None:
    duplicate = ProjectIndex([THERE], thresholds()).find_duplicate(LedgerRow(row=2, **values))
    assert duplicate
    assert (duplicate.id, duplicate.no, duplicate.code) == (7, "2026-0007", code)
    assert duplicate.reasons


@pytest.mark.parametrize(
    "values",
    [
        SAME | {"name": "果汁饮料生产线"},
        SAME | {"name": "果汁饮料生产线", "industry_code": "C137", "agreed_investment": 10**9},
        {"name": "柠檬深加工产业园二区", "investor_name": "甲公司"},
        {"name": "苹檬深加工产业园", "investor_name": "甲公司", "uscc": uscc(2)},
        {"no": "2026-0007", "name": "另一个名字", "investor_name": "甲公司"},
        {"no": "2026-0008", "name": "另一个名字", "investor_name": "甲公司"},
    ],
)
def test_another_project_of_the_same_investor_or_of_a_like_name_is_not(
    values: dict[str, Any],
) -> None:
    assert ProjectIndex([THERE], thresholds()).find_duplicate(LedgerRow(row=2, **values)) is None


def test_of_several_the_surest_is_named() -> None:
    alike = ExistingProject(8, "2026-0008", Candidate("柠檬深加工产业园区", "四川云岫食品有限公司"))
    duplicate = ProjectIndex([alike, THERE], thresholds()).find_duplicate(LedgerRow(row=2, **SAME))
    assert duplicate
    assert duplicate.no == "2026-0007"


@pytest.mark.parametrize(("code", "stored"), [("C358", "358"), ("A014", "014"), ("R89", "89"), ("", "")])  # fmt: skip
def test_the_industry_is_stored_without_its_section(code: str, stored: str) -> None:
    assert industry_of(LedgerRow(row=2, industry_code=code)) == stored
