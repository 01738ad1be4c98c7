"""Ledgers as offices really send them, made up and deliberately dirty, with their true content.

Everything follows from a seed. What is expected is written down while the dirt is made, never
read back, so that a test can compare to the last field: `dirty_ledger(7).rows` are the projects,
`.issues` every error and warning as (line, column, code, severity), `.skipped` the other lines.
"""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter

from schema.city.rules.codes import body_check, check
from schema.entries.rules import SourceOfCapital
from schema.ledger.rules import LedgerRow, Severity, Skipped
from schema.project.rules import CapitalOrigin, Stage
from schema.sheet import Cell, column_letter
from tests.ledger.layouts import LAYOUTS, UNSAID_UNIT, Layout, Spec
from tests.ledger.typists import (
    AGREEMENT_WORDS,
    GROUP_WORDS,
    PLACE_WORDS,
    STAGE_WORDS,
    TYPISTS,
    WRONG,
    Written,
    text,
)

TODAY = date(2026, 11, 22)
BLANK = 0.06
BLANKS = (None, "", "  ", "/", "—", "无", "待定", "\u00a0", "－－")

Expected = tuple[int, str, str, Severity]


@dataclass(frozen=True)
class Dirty:
    """A file and the truth about it."""

    name: str
    data: bytes
    rows: list[LedgerRow]
    issues: set[Expected]
    skipped: Skipped
    unknown_columns: list[tuple[str, str]]


REGIONS = {
    "广东省深圳市": SourceOfCapital.OUT_OF_PROVINCE,
    "重庆": SourceOfCapital.OUT_OF_PROVINCE,
    "四川省成都市": SourceOfCapital.OUT_OF_CITY,
    "资阳市": SourceOfCapital.IN_CITY,
    "中国香港": SourceOfCapital.FOREIGN,
}
REQUIRED_BY_OFFICE = frozenset(
    {
        "no", "investor_region", "contact", "contact_name", "contact_phone", "description",
        "industry_code", "group", "capital_origin", "first_contact_place", "first_contact_person",
        "first_talk_date", "owner", "responsible_unit", "stage", "progress",
    }
)  # fmt: skip
AFTER_SIGNING = frozenset({Stage.SIGNED, Stage.STARTED, Stage.OPERATING, Stage.FULL_OUTPUT})
PRODUCTS = (
    "柠檬深加工",
    "口腔器械",
    "轨道交通装备",
    "预制菜",
    "汽车零部件",
    "康养小镇",
    "冷链物流",
)


def dirty_ledger(
    seed: int, projects: int = 200, layout: str = "merged", encoding: str = "xlsx"
) -> Dirty:
    """A ledger of `projects` lines in one of LAYOUTS, as "xlsx" or text in a Python encoding."""
    return _Ledger(random.Random(f"{seed}/{layout}"), LAYOUTS[layout], layout, encoding).made(
        projects
    )


@dataclass
class _Ledger:
    rng: random.Random
    layout: Layout
    name: str
    encoding: str
    lines: list[list[Cell]] = field(default_factory=list)
    rows: list[LedgerRow] = field(default_factory=list)
    issues: set[Expected] = field(default_factory=set)
    skipped: Counter[str] = field(default_factory=Counter)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    top: int = 0
    bottom: int = 0
    blank_columns: set[int] = field(default_factory=set)

    @property
    def typed(self) -> bool:
        return self.encoding == "xlsx"

    def made(self, projects: int) -> Dirty:
        self.lines += [list(line) for line in self.layout.above]
        self._head()
        while len(self.rows) < projects:
            self._other_line()
            self._project()
        self._tail()
        self._said_of_columns()
        data = self._workbook() if self.typed else self._text()
        extension = "xlsx" if self.typed else "csv"
        unknown = [
            (column_letter(column), "·".join("".join(head.split()) for head in spec.heads))
            for column, spec in enumerate(self.layout.columns)
            if spec.name is None
        ]
        counts = Skipped(
            **{kind: self.skipped[kind] for kind in ("blank", "total", "note", "head")}
        )
        return Dirty(f"台账.{extension}", data, self.rows, self.issues, counts, unknown)

    # Lines that are no projects

    def _head(self) -> None:
        columns = self.layout.columns
        depth = max(len(spec.heads) for spec in columns)
        self.top = len(self.lines)
        for level in range(depth):
            line: list[Cell] = []
            for column, spec in enumerate(columns):
                heads = spec.heads[: level + 1]
                before = columns[column - 1].heads[: level + 1] if column else ()
                is_new = len(spec.heads) > level and (
                    before != heads or level == len(spec.heads) - 1
                )
                line.append(spec.heads[level] if is_new else None)
            self.lines.append(line)
        self.bottom = len(self.lines)
        if self.typed and depth > 1:
            self._merge_head(depth)
        if self.layout.numbered_columns:
            self.lines.append([n + 1 for n in range(len(columns))])
            self.skipped["head"] += 1

    def _merge_head(self, depth: int) -> None:
        columns = self.layout.columns
        for column, spec in enumerate(columns):
            last = len(spec.heads) - 1
            if last < depth - 1:
                self.merged.append((self.top + last, column, self.bottom - 1, column))
            for level in range(last):
                heads = spec.heads[: level + 1]
                if column and columns[column - 1].heads[: level + 1] == heads:
                    continue
                end = column
                while end + 1 < len(columns) and columns[end + 1].heads[: level + 1] == heads:
                    end += 1
                if end > column:
                    self.merged.append((self.top + level, column, self.top + level, end))

    def _other_line(self) -> None:
        width = len(self.layout.columns)
        chance = self.rng.random()
        name = next(c for c, spec in enumerate(self.layout.columns) if spec.name == "name")
        if chance < 0.01:
            self._line("blank", [self.rng.choice((None, "", " ")) for _ in range(width)])
        elif chance < 0.015 and name:
            self._line("blank", [len(self.rows) + 1])
        elif chance < 0.02:
            words = self.rng.choice(("小  计", "雁江区小计", "小计：", "小　计", "本页合计"))
            self._line("total", [words, *[None] * (width - 2), 12345.6])
        elif chance < 0.024:
            self._line(
                "note", [self.rng.choice(("一、先进制造产业", "（二）在谈项目", "【续表】"))]
            )
        elif chance < 0.027:
            self._line("head", [spec.heads[-1] for spec in self.layout.columns])

    def _tail(self) -> None:
        self._line("blank", [])
        self._line("total", ["合  计", *[None] * (len(self.layout.columns) - 2), 999999])
        self._line("blank", [None, " "])
        for note in self.layout.notes:
            self._line("note", [note])

    def _line(self, kind: str, cells: list[Cell]) -> None:
        self.lines.append(cells)
        self.skipped[kind] += 1

    def _said_of_columns(self) -> None:
        for column, spec in enumerate(self.layout.columns):
            place = self.bottom, column_letter(column)
            if spec.name in UNSAID_UNIT.get(self.name, ()):
                self.issues.add((*place, "UNIT", Severity.WARNING))
            elif column in self.blank_columns and spec.name in REQUIRED_BY_OFFICE:
                self.issues.add((*place, "BLANKS", Severity.WARNING))

    # Projects

    def _project(self) -> None:
        truth = self._truth()
        line: list[Cell] = []
        values: dict[str, Any] = {}
        number = len(self.lines) + 1
        estimates = set()
        for column, spec in enumerate(self.layout.columns):
            written = self._written(spec, truth)
            line.append(written.cell if self.typed else _untyped(written.cell))
            if written.issue:
                self.issues.add((number, column_letter(column), written.issue, written.severity))
                if written.issue == "ESTIMATE":
                    estimates.add(spec.name)
            if spec.name and written.value is None and written.issue in ("", "REQUIRED"):
                self.blank_columns.add(column)
            if spec.name and written.value is not None:
                values |= _spread(spec.name, written.value)
        self.lines.append(line)
        region, origin = values.get("investor_region", ""), values.get("capital_origin")
        values["source_of_capital"] = (
            SourceOfCapital.FOREIGN if origin == CapitalOrigin.FOREIGN else REGIONS.get(region)
        )
        self.rows.append(LedgerRow(row=number, estimates=frozenset(estimates), **values))
        self._expect_contradiction(self.rows[-1])
        self._merge_downwards()
        self._repeat()

    def _expect_contradiction(self, row: LedgerRow) -> None:
        if row.stage in AFTER_SIGNING and not row.signed_on:
            column = self._column("stage")
            self.issues.add((row.row, column_letter(column), "CONTRADICTION", Severity.WARNING))

    def _merge_downwards(self) -> None:
        """The unit responsible for two projects is often written once, over both lines."""
        if not (self.typed and self.layout.merged_cells) or self.rng.random() > 0.04:
            return
        if len(self.rows) < 2 or self.rows[-2].row != self.rows[-1].row - 1:
            return
        above, below = self.rows[-2:]
        column = self._column("responsible_unit")
        inside = any(m[2] >= above.row - 1 and m[1] == column for m in self.merged)
        if inside or not above.responsible_unit:
            return
        self.merged.append((above.row - 1, column, below.row - 1, column))
        self.lines[-1][column] = None
        values = {name: getattr(below, name) for name in LedgerRow.__dataclass_fields__}
        self.rows[-1] = LedgerRow(**values | {"responsible_unit": above.responsible_unit})

    def _repeat(self) -> None:
        """Now and then a project is in the ledger twice, written a little differently."""
        if self.rng.random() > 0.003 or len(self.rows) < 20:
            return
        row = self.rows[self.rng.randrange(10)]
        wrong = {number for number, _, _, severity in self.issues if severity == Severity.ERROR}
        if row.row in wrong or not row.name or not row.investor_name:
            return
        column, again = self._column("name"), f" （{row.name[:2]}）{row.name[2:]} "
        investor = self._column("investor_name")
        line = list(self.lines[row.row - 1])
        line[column], line[investor] = again, row.investor_name.replace("有限公司", "有限责任公司")
        if "no" in {spec.name for spec in self.layout.columns}:
            line[self._column("no")] = None
            self.blank_columns.add(self._column("no"))
        self._copy(row, line, again.strip(), str(line[investor]))

    def _copy(self, row: LedgerRow, line: list[Cell], name: str, investor: str) -> None:
        number = len(self.lines) + 1
        self.lines.append(line)
        values = {each: getattr(row, each) for each in LedgerRow.__dataclass_fields__}
        values |= {"row": number, "no": "", "name": name, "investor_name": investor}
        unit = next(
            (c for c, s in enumerate(self.layout.columns) if s.name == "responsible_unit"), None
        )
        if unit is not None and line[unit] is None:
            values["responsible_unit"] = ""
        self.rows.append(LedgerRow(**values))
        self.issues |= {
            (number, column, code, severity)
            for line_number, column, code, severity in self.issues
            if line_number == row.row
        }
        letter = column_letter(self._column("name"))
        self.issues.add((number, letter, "DUPLICATE_NAME", Severity.ERROR))

    def _column(self, name: str) -> int:
        return next(c for c, spec in enumerate(self.layout.columns) if spec.name == name)

    def _truth(self) -> dict[str, Any]:
        rng, number = self.rng, len(self.rows) + 1
        stage = rng.choice(list(STAGE_WORDS))
        agreed = rng.choice((rng.randrange(500, 40_000) * 10**8, rng.randrange(10**9, 10**12)))
        fixed = agreed * rng.randrange(3, 10) // 10
        paid = agreed * rng.randrange(1, 9) // 10
        talked = date(2024, 2, 1) + timedelta(days=rng.randrange(300))
        signed = talked + timedelta(days=rng.randrange(20, 200))
        start = _month(signed + timedelta(days=rng.randrange(40, 200)))
        completion = _month(start + timedelta(days=rng.randrange(200, 500)))
        operation = _month(completion + timedelta(days=rng.randrange(40, 200)))
        origin = rng.choice((CapitalOrigin.DOMESTIC,) * 5 + (CapitalOrigin.FOREIGN,))
        region = "中国香港" if origin == CapitalOrigin.FOREIGN else rng.choice(list(REGIONS)[:4])
        return {
            "serial": number,
            "no": f"2026-{number:04}",
            "name": f"{rng.choice(PRODUCTS)}产业园{number:05}号项目",
            "approval_code": f"2606-512002-04-01-{number:06}",
            "investor_name": f"四川{rng.choice('甲乙丙丁戊')}{number:05}科技有限公司",
            "uscc": _credit_code(number),
            "investor_region": region,
            "investor_tags": rng.choice(((), ("上市公司",), ("民营500强", "独角兽"))),
            "contact": (rng.choice(("张三", "李四", "欧阳五")), f"138{number:08}"),
            "description": f"建设生产线{rng.randrange(1, 9)}条，\n年产{number}吨",
            "industry_code": rng.choice(("C358", "C3582", "C371", "C1371", "A014", "I65", "R89")),
            "group": rng.choice(list(GROUP_WORDS)),
            "capital_origin": origin,
            "agreed_investment": agreed,
            "agreed_fixed_assets": fixed,
            "land_mu": Decimal(rng.randrange(10, 9000)) / 10,
            "first_contact_place": rng.choice(list(PLACE_WORDS)),
            "first_contact_person": "王五 028-26110000",
            "first_talk_date": talked,
            "landing_place": rng.choice(list(PLACE_WORDS)),
            "owner": "投资促进一科 赵六",
            "responsible_unit": rng.choice(("雁江区经外局 钱七", "乐至县经外局", "临空区投促局")),
            "stage": stage,
            "progress": rng.choice(("正在开展土地平整", "已完成三轮磋商", "1. 立项\n2. 环评")),
            "next_step": "加快办理手续",
            "signed_on": signed if stage in AFTER_SIGNING else None,
            "agreement_kind": rng.choice(list(AGREEMENT_WORDS)),
            "agreed_start": start,
            "agreed_completion": completion,
            "agreed_operation": operation,
            "actual_start": min(start, TODAY) if stage in AFTER_SIGNING else None,
            "actual_completion": None,
            "paid_in_total": paid,
            "paid_in_ytd": paid // 2,
            "remark": rng.choice((None, "领导关注", "=HYPERLINK(1)")),
        }

    def _written(self, spec: Spec, truth: dict[str, Any]) -> Written:
        """One cell: clean, dirty, blank or wrong."""
        rng = self.rng
        if spec.name is None:
            return Written(rng.choice((None, "同意", 12.5)))
        value = _gathered(spec.name, truth)
        must = spec.name in ("name", "investor_name", "agreed_investment")
        if value is None or rng.random() < (WRONG if must else BLANK):
            blank = rng.choice(BLANKS)
            return Written(blank, None, "REQUIRED" if must else "")
        if spec.name == "serial":
            return Written(value)
        return TYPISTS.get(spec.name, text)(rng, value, spec)

    # Files

    def _workbook(self) -> bytes:
        out = BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        book = xlsxwriter.Workbook(out, options)
        sheet = book.add_worksheet("台账")
        day = book.add_format({"num_format": "yyyy/m/d"})
        for number, line in enumerate(self.lines):
            for column, cell in enumerate(line):
                if isinstance(cell, date):
                    sheet.write_datetime(number, column, cell, day)
                elif isinstance(cell, str) and cell:
                    sheet.write_string(number, column, cell)
                elif cell not in (None, ""):
                    sheet.write(number, column, cell)
        for top, left, bottom, right in self.merged:
            first = self.lines[top][left]
            sheet.merge_range(top, left, bottom, right, first or "")
        book.close()
        return out.getvalue()

    def _text(self) -> bytes:
        lines = (",".join(map(_quoted, line)) + "\r\n" for line in self.lines)
        return "".join(lines).encode(self.encoding)


def _gathered(name: str, truth: dict[str, Any]) -> Any:
    match name:
        case "contact_name":
            return truth["contact"][0]
        case "contact_phone":
            return truth["contact"][1]
        case "agreed_milestones":
            return truth["agreed_start"], truth["agreed_completion"], truth["agreed_operation"]
    return truth[name]


def _spread(name: str, value: Any) -> dict[str, Any]:
    """The fields that a column fills."""
    match name:
        case "serial":
            return {}
        case "contact":
            return {"contact_name": value[0], "contact_phone": value[1]}
        case "agreed_milestones":
            names = ("agreed_start", "agreed_completion", "agreed_operation")
            return dict(zip(names, value, strict=True))
    return {name: value}


def _credit_code(number: int) -> str:
    body = f"MA{number:06}"
    code = f"91512002{body}{body_check(body)}"
    return code + check(code)


def _month(day: date) -> date:
    return day.replace(day=1)


def _untyped(cell: Cell) -> Cell:
    """What is left of a cell in a text file saved by Excel."""
    match cell:
        case None | bool() | str():
            return cell if not isinstance(cell, bool) else str(cell).upper()
        case date():
            return f"{cell.year}/{cell.month}/{cell.day}"
        case float() if abs(cell) >= 1e11:
            return f"{cell:.5E}"
    return str(cell)


def _quoted(cell: Cell) -> str:
    text = "" if cell is None else str(cell)
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\r\n') else text
