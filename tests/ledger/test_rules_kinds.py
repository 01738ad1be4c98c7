"""The kinds of fields, one and all: whatever holds of a kind is tried of every kind of the table."""

from datetime import date

import pytest

from schema.city.rules import RuleBroken
from schema.intake import LISTS
from schema.ledger.rules import Reading, read_ledger
from schema.ledger.rules.answers import Answers
from schema.ledger.rules.cell import Column
from schema.ledger.rules.columns import FIELDS, PROJECTS, Catalogue, list_catalogue
from schema.ledger.rules.parsers import KINDS
from schema.sheet import Cell, Grid, Number, read
from tests.ledger.seen_books import xlsx
from tests.world import uscc

TODAY = date(2026, 11, 28)
DAY = date(2026, 3, 5)
SERIAL_1904 = 44624
"""2026-03-05 as a workbook counts it that begins in 1904; from 1900 it is 2022-03-04."""

TWO: dict[str, tuple[Cell, Cell]] = {
    "uscc": (uscc(901), uscc(902)),
    "industry": ("C358", "C271"),
    "money": (125, 3),
    "percent": ("60%", "40%"),
    "exact_money": (125, 3),
    "land": (100, 20),
    "plan": ("2026-12-05", "2026-12-06"),
    "past": ("2026-03-05", "2026-03-06"),
    "by_month": ("2026-03-05", "2026-03"),
    "coming_day": ("2026-12-05", "2026-12-06"),
    "past_day": ("2026-03-05", "2026-03-06"),
    "plans": ("开工2026-12-05", "开工2026-12-06"),
    "pasts": ("开工2026-03-05", "开工2026-03-06"),
    "place": ("雁江区", "安岳县"),
    "stage": ("已签约", "在谈"),
    "group": ("先进制造", "现代服务业"),
    "origin": ("内资", "外资"),
    "agreement": ("正式协议", "框架协议"),
    "indicator": ("到位资金", "税收"),
    "source": ("省外", "外资"),
}
"""Two cells that say different things, of every kind of which a line has one true value."""
FREE = {
    "serial", "line", "person", "text", "more", "code", "tags", "company", "contact", "phone",
}  # fmt: skip
"""The kinds of which any words will do: the first column of a field is taken."""


def of_kind(kind: str) -> Catalogue:
    """A list with a name and one field of a kind, which has two headings."""
    fields = [
        {"name": "name", "title": "企业名称", "kind": "line", "must": True, "aliases": []},
        {"name": "given", "title": "所填", "kind": kind, "must": False, "aliases": ["另填"]},
    ]
    unit = {"money": "万元", "exact_money": "万元", "land": "亩"}.get(kind, "")
    plain = {"unit": unit, "limit": 200, "width": 12, "hint": "", "to": "", "choices": []}
    return list_catalogue("tried", "试读名单", "企业", [plain | each for each in fields])


def line_of(kind: str, *cells: Cell, date1904: bool = False) -> Reading:
    """One line with its cells under the two headings of a field."""
    unit = {"money": "（万元）", "exact_money": "（万元）", "land": "（亩）"}.get(kind, "")
    head = ["企业名称", f"所填{unit}", f"另填{unit}"][: len(cells) + 1]
    grid = Grid("名单", [head, ["资阳某某公司", *cells]], date1904=date1904)
    return read_ledger(grid, TODAY, Answers(catalogue=of_kind(kind)))


def reads_days(kind: str) -> bool:
    """Whether the parser of a kind makes a day of a day."""
    try:
        value = KINDS[kind].parser(DAY, Column("", "", 200, TODAY)).value
    except RuleBroken:
        return False
    return value == DAY or (isinstance(value, tuple) and DAY in value)


def test_every_field_of_every_list_is_of_a_kind_and_every_kind_has_a_field() -> None:
    lists = {column.kind for declared in LISTS.values() for column in declared.columns}
    assert {field.kind for field in FIELDS.values()} | lists == KINDS.keys()
    assert PROJECTS.fields == FIELDS


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("styled", [False, True])
def test_a_serial_of_a_1904_workbook_is_its_day_in_every_kind_that_reads_days(
    kind: str, styled: bool
) -> None:
    assert reads_days(kind) == KINDS[kind].is_day
    if not reads_days(kind):
        return
    cell = Number(SERIAL_1904, "0_ ") if styled else SERIAL_1904
    [row] = line_of(kind, cell, date1904=True).rows
    [row_1900] = line_of(kind, SERIAL_1904 + 1462).rows
    assert DAY in row.values.values()
    assert row.values == row_1900.values


@pytest.mark.parametrize("kind", KINDS)
def test_two_visible_columns_that_differ_are_asked_about_in_every_kind_with_one_true_value(
    kind: str,
) -> None:
    assert (kind in FREE) != (kind in TWO)
    first, second = TWO.get(kind, ("13800000000", "13900000000"))
    found = [each for each in line_of(kind, first, second).issues if each.code == "COLUMNS"]
    of_sheet = [each for each in found if "另填" in each.title]
    assert len(of_sheet) == (kind in TWO), "the sheet asks which column it is"
    asked = [each for each in found if each not in of_sheet]
    assert len(asked) == (kind in TWO)
    assert all(f"“{each.value}”" in each.message for each in asked)
    same = line_of(kind, first, first)
    assert not [each for each in same.issues if each.code in ("COLUMNS", KINDS[kind].code)]


def test_a_list_in_a_1904_workbook_has_the_days_that_its_sender_sees() -> None:
    head, line = ["企业名称", "所填"], ["资阳某某公司", SERIAL_1904]
    data = xlsx(("名单", [head, line]), book='<workbookPr date1904="1"/>')
    reading = read_ledger(read("名单.xlsx", data), TODAY, Answers(catalogue=of_kind("by_month")))
    assert [row.values["given"] for row in reading.rows] == [DAY]  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_kind_cannot_read_is_an_error_of_its_own_code(kind: str) -> None:
    wrong = "很" * 5000 if kind in FREE else "看不懂的话"
    codes = {each.code for each in line_of(kind, wrong).issues}
    assert codes == {KINDS[kind].code}
