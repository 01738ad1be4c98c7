"""Which cells of the lines were computed by a formula, kept with a batch as runs of rows by column."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence

from schema.ledger.rules.header import Header
from schema.sheet import Grid

Runs = Mapping[str, Sequence[Sequence[int]]]
"""By the letter of a column the first and the last row of each run of lines with a formula, as in the sheet."""


def formula_runs(grid: Grid, header: Header, rows: Iterable[int]) -> Runs:
    """The cells of `rows` (numbers as in the sheet) with a formula, in the columns that have a field.

    A cell that was changed in the preview is none any more.
    """
    letters = {each.column: each.letter for each in header.headings if each.field}
    runs: dict[str, list[list[int]]] = {}
    before: Mapping[str, list[int]] = {}
    for row in rows:
        now: dict[str, list[int]] = {}
        for column in grid.formulas.get(row - 1, ()):
            letter = letters.get(column)
            if letter is None or letter in now or (row - 1, column) in grid.mended:
                continue
            run = before.get(letter)
            if run is None:
                run = [row, row]
                runs.setdefault(letter, []).append(run)
            run[1] = row
            now[letter] = run
        before = now
    return runs


def is_computed(runs: Runs, letter: str, row: int) -> bool:
    """Whether the cell of a line has a formula. `row` must be the number of a line."""
    of_column = runs.get(letter, ())
    at = bisect_right(of_column, row, key=lambda run: run[0])
    return at > 0 and row <= of_column[at - 1][1]
