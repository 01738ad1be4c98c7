"""Workbooks that are drawn: what is written is read, or refused; nothing is read as something else.

Each has amounts under formats of all kinds, days in formats of all kinds, a heading in one unit, and is
written as .xlsx, as strict .xlsx or as .xls, counting days from 1900 or from 1904.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest

from schema.ledger.rules import read_ledger, the_ledger
from schema.sheet import read_all
from tests.ledger.seen_books import HEAD, Styled, cells, xls, xlsx

TODAY = date(2026, 11, 28)
YUAN = {"元": 1, "千元": 10**3, "万元": 10**4, "百万元": 10**6, "亿元": 10**8}
PLAIN = (
    "General", "0.00", "#,##0.00_);(#,##0.00)", '"¥"#,##0.00', "[$¥-804]#,##0.0000",
    '_ "¥"* #,##0.00_ ;_ "¥"* \\-#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ ',
)  # fmt: skip
"""Formats that say nothing of the unit: the number is in that of the heading."""
WITH_UNIT = {
    '0.00"亿元"': "亿元", '0.0000"亿"': "亿元", '#,##0.00"万元"': "万元", '#,##0"元"': "元",
    '0.00##"万"': "万元", 'General"亿元"': "亿元", '[>=1]0.00"亿元";0.0000"亿元"': "亿元",
    '[Red]0.00"亿元"': "亿元", '0.0"亿元";[Red]-0.0"亿元";"—"': "亿元",
}  # fmt: skip
SCALED = {
    '0\\.0000"亿元"': ("亿元", 10**4), '0!.0000"亿元"': ("亿元", 10**4), '0\\.0,"万元"': ("万元", 10**4),
    '#,##0.00,"千元"': ("千元", 10**3), '0.00,,"百万元"': ("百万元", 10**6),
}  # fmt: skip
"""Formats that show a number smaller, with the unit of what is shown and by how much."""
REFUSED = (
    "#,##0,", "0.0,,", "0%", "0.00%", "[$$-409]#,##0.00", "[$€-2]0.0", ";;;", '0.0"套"', "0000-00-00",
    "[$¥-411]0",
)  # fmt: skip
DAYS = (
    "yyyy-mm-dd", 'yyyy"年"m"月"d"日"', "m/d/yyyy", '[$-804]yyyy"年"m"月"d"日";@', "d-mmm-yy",
    "yyyy.mm.dd", "General", "0", '[DBNum1][$-804]yyyy"年"m"月"d"日"',
)  # fmt: skip
WRITERS = {
    "xlsx": lambda rows, later: xlsx(("台账", rows), book=f'<workbookPr date1904="{later:d}"/>'),
    "strict": lambda rows, later: xlsx(
        ("台账", rows), book=f'<workbookPr date1904="{later:d}"/>', strict=True
    ),
    "xls": lambda rows, later: xls(("台账", rows), date1904=later),
}


class Drawn(NamedTuple):
    """A line: what its amount is in fen, None where it must be refused; its day; the format; the cells."""

    fen: int | None
    signed_on: date
    code: str
    cells: list[object]


def drawn(chance: random.Random, heading: str, later: bool) -> Iterator[Drawn]:
    for number in range(6):
        fen = chance.choice((12_500_000_000, chance.randrange(10**7, 10**13)))
        code = chance.choice((*PLAIN, *WITH_UNIT, *SCALED, *REFUSED))
        unit, factor = SCALED.get(code, (WITH_UNIT.get(code, heading), 1))
        value: float = float(Decimal(fen) / 100 / YUAN[unit] * factor)
        day = date(2026, 1, 1) + timedelta(chance.randrange(300))
        serial = (day - (date(1904, 1, 1) if later else date(1899, 12, 30))).days
        line = cells(
            f"第{number}号项目",
            D=Styled(int(value) if value == int(value) else value, code),
            G=Styled(serial, chance.choice(DAYS)),
        )
        yield Drawn(None if code in REFUSED else fen, day, code, line)


@pytest.mark.parametrize("books", [10, pytest.param(80, marks=pytest.mark.soak)])
@pytest.mark.parametrize("writer", WRITERS)
def test_what_is_drawn_is_read_or_refused_and_never_read_as_something_else(
    writer: str, books: int
) -> None:
    chance, found, refused = random.Random(f"{books} {writer}"), 0, 0
    for _ in range(books):
        heading, later = chance.choice(("万元", "亿元", "元")), chance.random() < 0.3
        lines = [*drawn(chance, heading, later)]
        head = [each.replace("万元", heading) if "总投资" in each else each for each in HEAD]
        book = WRITERS[writer]([head, *(each.cells for each in lines)], later)
        name = f"台账.{'xls' if writer == 'xls' else 'xlsx'}"
        reading = read_ledger(the_ledger(read_all(name, book)), TODAY)
        assert len(reading.rows) == len(lines)
        for row, line in zip(reading.rows, lines, strict=True):
            if row.row in reading.wrong:
                assert line.fen is None, (line.code, reading.issues)
                refused += 1
                continue
            assert row.signed_on == line.signed_on, line
            assert line.fen is not None and row.agreed_investment is not None, line
            # A cell has 15 digits or so: what it cannot hold is no reading's fault.
            assert abs(row.agreed_investment - line.fen) <= max(1, line.fen // 10**14), line
            found += 1
    assert found > 3 * books and refused > books // 2
