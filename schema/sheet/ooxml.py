"""Read .xlsx and .xlsm as events of their markup, in the bounded process (ISO/IEC 29500).

Transitional and strict files, of any program: names are taken by namespace, attributes in any order,
references may be missing, parts are found by their relations, whatever case and slashes their names
have. Document types and entities end the reading.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from functools import lru_cache

from schema.sheet.buffer import MOST_CONDITIONS, BrokenError, CellFormat, SheetBuffer, as_seen
from schema.sheet.formats import BUILT_IN, GENERAL
from schema.sheet.grid import Limits
from schema.sheet.package import Attributes, Handler, Package, Relation

MOST_ROWS, MOST_COLUMNS = 2**20, 2**14
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
NUMERAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?", re.ASCII)
"""A number as XML Schema has doubles, without its words: Python also takes 1_25 for one."""
NOT_OF_THE_SHEET = ("extLst", "Choice")
"""Elements with content for other versions of a program (ISO/IEC 29500-3), which is no cell of the sheet."""
REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
TRUE = ("1", "true", "on")
CRITERIA = {"filters", "customFilters", "top10", "dynamicFilter", "colorFilter", "iconFilter"}


class Strings(Handler):
    """Collects the shared strings, without the readings of Japanese and Chinese signs."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._parts: list[str] = []
        self._in_text = False
        self._phonetic = 0

    def start(self, name: str, attributes: Attributes) -> None:
        local = name.rpartition(" ")[2]
        if local == "si":
            self._parts = []
        elif local == "rPh":
            self._phonetic += 1
        elif local == "t":
            self._in_text = not self._phonetic

    def end(self, name: str) -> None:
        local = name.rpartition(" ")[2]
        if local == "si":
            self.found.append(unescaped("".join(self._parts)))
        elif local == "rPh":
            self._phonetic -= 1
        elif local == "t":
            self._in_text = False

    def text(self, text: str) -> None:
        if self._in_text:
            self._parts.append(text)


class Styles(Handler):
    """Collects the number formats of cells, by the index that cells name, and those of conditions.

    A format in `dxfs` is one of a condition alone, whatever number it has (18.8.30).
    """

    def __init__(self) -> None:
        self.ids: list[int] = []
        self.codes: dict[int, str] = dict(BUILT_IN)
        self.conditional: list[str] = []
        self._within = ""

    def start(self, name: str, attributes: Attributes) -> None:
        local = name.rpartition(" ")[2]
        match local, self._within:
            case (("numFmts" | "cellXfs" | "dxfs"), _):
                self._within = local
            case "numFmt", "numFmts":
                self.codes[number(attributes, "numFmtId")] = attributes.get("formatCode", GENERAL)
            case "xf", "cellXfs":
                self.ids.append(number(attributes, "numFmtId"))
            case "dxf", "dxfs":
                self.conditional.append("")
            case "numFmt", "dxfs" if self.conditional:
                self.conditional[-1] = attributes.get("formatCode", "")

    def end(self, name: str) -> None:
        if name.rpartition(" ")[2] == self._within:
            self._within = ""

    def formats_by_number(self) -> list[CellFormat]:
        known = {each: CellFormat.of(self.codes.get(each, GENERAL)) for each in set(self.ids)}
        return [known[each] for each in self.ids]


class SheetReader(Handler):
    """Reads a worksheet into `SheetBuffer`. The names of its elements have the namespace of its root."""

    def __init__(
        self,
        found: SheetBuffer,
        strings: list[str],
        formats_by_number: list[CellFormat],
        conditional: Sequence[str] = (),
    ) -> None:
        self.found = found
        self._strings = strings
        self._formats = formats_by_number
        self._conditional = conditional
        self._areas = ""
        self._sqref: list[str] = []
        self._codes: list[str] = []
        self._row = self._column = -1
        self._style = 0
        self._kind = "n"
        self._value: list[str] | None = None
        self._formula: list[str] | None = None
        self._into: list[str] | None = None
        self._phonetic = self._apart = 0
        self._filter: tuple[int, int] | None = None
        self.cell = self.v = self.f = self.row = self.t = ""
        self._others: dict[str, Callable[[Attributes], None]] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        if self._apart or name.endswith(NOT_OF_THE_SHEET):
            self._begin_apart(name, attributes)
        elif name == self.cell:
            self._begin_cell(attributes)
        elif name == self.v:
            self._value = self._into = []
        elif name == self.row:
            self._begin_row(attributes)
        elif name == self.f:
            self._formula = self._into = []
        elif name == self.t:
            if not self._phonetic:
                self._value = self._into = self._value or []
        elif not self.cell:
            self._begin_sheet(name)
        elif (local := name.rpartition(" ")[2]) in self._others:
            self._others[local](attributes)

    def end(self, name: str) -> None:
        self._apart -= 1 if self._apart else 0
        if name == self.cell and not self._apart:
            self._end_cell()
        elif name in (self.v, self.f, self.t):
            self._into = None
        elif name.endswith(" conditionalFormatting"):
            areas = self._areas.split(maxsplit=MOST_CONDITIONS + 1)[: MOST_CONDITIONS + 1]
            if any(self._codes):
                self.found.format_by_condition([*map(area, areas)], self._codes)
        elif name.endswith(" sqref"):
            self._areas, self._into = "".join(self._sqref), None
        elif name.endswith(" rPh"):
            self._phonetic -= 1

    def text(self, text: str) -> None:
        if self._into is not None:
            self._into.append(text)

    def _begin_sheet(self, name: str) -> None:
        prefix, local = name.rpartition(" ")[:2], name.rpartition(" ")[2]
        if local != "worksheet":
            raise BrokenError
        space = "".join(prefix)
        self.cell, self.v, self.f = f"{space}c", f"{space}v", f"{space}f"
        self.row, self.t = f"{space}row", f"{space}t"
        self._others = {
            "col": self._column_format,
            "mergeCell": self._merge,
            "autoFilter": self._begin_filter,
            "sheetPr": self._properties,
            "rPh": self._begin_phonetic,
            "conditionalFormatting": self._begin_conditions,
            "cfRule": self._condition,
            "numFmt": self._condition_format,
            **dict.fromkeys(CRITERIA, self._criterion),
        }

    def _begin_apart(self, name: str, attributes: Attributes) -> None:
        """An element of an extension: of those only filters and conditions count."""
        self._apart += 1
        local = name.rpartition(" ")[2]
        if local == "sqref":
            self._sqref = self._into = []
        elif local in self._others and local not in ("col", "mergeCell", "rPh"):
            self._others[local](attributes)

    def _begin_row(self, attributes: Attributes) -> None:
        before = self._row
        self._row = number(attributes, "r", before + 2) - 1
        self._column = -1
        if not before < self._row < MOST_ROWS:
            raise BrokenError
        flat = attributes.get("ht") in ("0", "0.0") and attributes.get("customHeight") in TRUE
        if attributes.get("hidden") in TRUE or flat:
            self.found.hide_row(self._row)

    def _begin_cell(self, attributes: Attributes) -> None:
        reference = attributes.get("r")
        if reference:
            row, self._column = place(reference)
            if row != self._row:
                raise BrokenError
        else:
            self._column += 1
        self._kind = attributes.get("t", "n")
        self._style = number(attributes, "s")
        self._value = self._formula = self._into = None

    def _end_cell(self) -> None:
        value = self._cell_value()
        if self._formula is not None:
            if value is None and self._kind == "str" and self._value is not None:
                value = ""
            formula = "".join(self._formula)
            self.found.put_formula(self._row, self._column, value, formula)
        elif value is not None:
            self.found.put(self._row, self._column, value)

    def _cell_value(self) -> object:
        """The value of the cell that ends; None where it has none."""
        if not self._value:
            return None
        text = "".join(self._value)
        match self._kind:
            case "str" | "inlineStr":
                return unescaped(text) or None
            case "s":
                if not text.strip().isdecimal():
                    raise BrokenError
                return self._strings[int(text)] or None
        text = text.strip()
        match self._kind:
            case _ if not text:
                return None
            case "e":
                return text
            case "b":
                return text in TRUE
        cell_format = self._formats[self._style] if self._style < len(self._formats) else None
        if self._kind == "d":
            kept = moment(text)
            found = as_seen(kept, cell_format) if isinstance(kept, date) else kept
        elif NUMERAL.fullmatch(text):
            found = self.found.number(float(text), cell_format)
        else:
            return text
        self.found.keep_format(self._row, self._column, found, cell_format)
        return found

    def _column_format(self, attributes: Attributes) -> None:
        flat = attributes.get("width") in ("0", "0.0")
        if attributes.get("hidden") in TRUE or flat:
            first, last = number(attributes, "min", 1), number(attributes, "max", 1)
            self.found.hide_columns(first - 1, last - 1)

    def _merge(self, attributes: Attributes) -> None:
        top, left, bottom, right = area(attributes.get("ref", ""))
        if len(self.found.merged) < self.found.limits.rows:
            self.found.merged.append([top, left, bottom, right])

    def _begin_filter(self, attributes: Attributes) -> None:
        top, _, bottom, _ = area(attributes.get("ref", ""))
        self._filter = top, bottom

    def _criterion(self, attributes: Attributes) -> None:
        if self._filter:
            self.found.filter_rows(*self._filter)

    def _properties(self, attributes: Attributes) -> None:
        if attributes.get("filterMode") in TRUE:
            self.found.filter_rows(0, MOST_ROWS)

    def _begin_conditions(self, attributes: Attributes) -> None:
        self._areas, self._codes = attributes.get("sqref", ""), []

    def _condition(self, attributes: Attributes) -> None:
        index = number(attributes, "dxfId", -1)
        if 0 <= index < len(self._conditional):
            self._codes.append(self._conditional[index])

    def _condition_format(self, attributes: Attributes) -> None:
        """The format in a condition of an extension ([MS-XLSX] 2.6.10), which has no number in the styles."""
        self._codes.append(attributes.get("formatCode", ""))

    def _begin_phonetic(self, attributes: Attributes) -> None:
        self._phonetic += 1


class TableFilter(Handler):
    """The filter of a table in a sheet."""

    def __init__(self, found: SheetBuffer) -> None:
        self.found = found
        self._rows: tuple[int, int] | None = None

    def start(self, name: str, attributes: Attributes) -> None:
        local = name.rpartition(" ")[2]
        if local == "autoFilter":
            top, _, bottom, _ = area(attributes.get("ref", ""))
            self._rows = top, bottom
        elif local in CRITERIA and self._rows:
            self.found.filter_rows(*self._rows)


def read_ooxml(data: bytes, limits: Limits) -> Iterator[SheetBuffer]:
    """The worksheets of a workbook, hidden ones included. Raises BrokenError."""
    package = Package(data)
    book = workbook_part(package)
    relations = package.relations(book)
    strings, styles = Strings(), Styles()
    for relation in relations.values():
        if relation.kind == "sharedStrings" and relation.target in package:
            package.parse(relation.target, strings)
        elif relation.kind == "styles" and relation.target in package:
            package.parse(relation.target, styles)
    elements = package.elements(book)
    about = {name: attributes for name, attributes in elements if name != "sheet"}
    date1904 = about.get("workbookPr", {}).get("date1904") in TRUE
    recalculates = about.get("calcPr", {}).get("fullCalcOnLoad") in TRUE
    formats = styles.formats_by_number()
    for name, attributes in elements:
        if name != "sheet":
            continue
        relation = relations.get(attributes.get("id", ""), Relation("", ""))
        if relation.kind != "worksheet":
            continue
        hidden = attributes.get("state", "visible") != "visible"
        found = SheetBuffer(attributes.get("name", ""), hidden, limits, date1904, recalculates)
        reader = SheetReader(found, strings.found, formats, styles.conditional)
        package.parse(relation.target, reader)
        for table in package.relations(relation.target).values():
            if table.kind == "table" and table.target in package:
                package.parse(table.target, TableFilter(found))
        yield found


def workbook_part(package: Package) -> str:
    """The name of the workbook's own part."""
    for relation in package.relations("").values():
        if relation.kind == "officeDocument" and relation.target in package:
            return relation.target
    return "xl/workbook.xml"


def number(attributes: Attributes, name: str, missing: int = 0) -> int:
    """A whole number in an attribute."""
    given = attributes.get(name)
    return int(given) if given else missing


def place(reference: str) -> tuple[int, int]:
    """The zero-based row and column of a reference such as `B3`."""
    match = REFERENCE.fullmatch(reference)
    if not match:
        raise BrokenError
    row = int(match[2])
    if not 1 <= row <= MOST_ROWS:
        raise BrokenError
    return row - 1, column_number(match[1])


@lru_cache(maxsize=1024)
def column_number(letters: str) -> int:
    """The zero-based number of a column, from its letters."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    if number > MOST_COLUMNS:
        raise BrokenError
    return number - 1


def area(reference: str) -> tuple[int, int, int, int]:
    """The zero-based corners of a reference such as `A1:C4`."""
    first, _, last = reference.partition(":")
    return *place(first), *place(last or first)


def moment(text: str) -> object:
    """A day or moment by ISO 8601, as strict files keep it; another text as it stands."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    return found.date() if found.time() == time() else found


def unescaped(text: str) -> str:
    """A text with its `_x000D_` as signs."""
    if "_x" not in text:
        return text
    return ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
