"""Checks beyond a single cell: contradictions in a row, duplicate rows, missing columns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from schema.city.rules import RuleBroken, normal_name
from schema.city.rules.money import NO_ESTIMATE
from schema.city.rules.variants import folded_name
from schema.ledger.rules.answers import UNITS
from schema.ledger.rules.columns import Catalogue, Field
from schema.ledger.rules.header import Header
from schema.ledger.rules.headings import Heading
from schema.ledger.rules.issue import Issue, Severity
from schema.ledger.rules.row import LedgerRow
from schema.ledger.rules.units import UnitFrom, is_foreign
from schema.project.rules import SIGNED_ON, core, report, told_apart
from schema.signing.rules import counts

MISSING_COLUMN = "MISSING_COLUMN"
UNIT = "UNIT"
OTHER = "COLUMNS"
MEASURES = {"money": "金额", "land": "面积"}

IN_ORDER = (
    ("first_talk_date", "signed_on", "签约时间早于初次洽谈时间"),
    ("agreed_start", "agreed_completion", "约定竣工时间早于约定开工时间"),
    ("agreed_completion", "agreed_operation", "约定投产时间早于约定竣工时间"),
)
"""Days that may be plans, or of a paper that comes before the contact: doubtful."""
REACHED = (
    ("signed_on", "签约时间"),
    ("actual_start", "实际开工时间"),
    ("actual_completion", "实际竣工时间"),
    ("actual_operation", "实际投产时间"),
)
"""What has been reached, in the order of the road: no step before the one that it follows."""
WITHIN = (("paid_in_ytd", "paid_in_total", "本年累计到位资金大于累计到位资金"),)


def check_exact(row: LedgerRow) -> None:
    """Raises RuleBroken where fixed assets are an estimate, which a project does not keep."""
    if "agreed_fixed_assets" in row.estimates:
        raise RuleBroken(NO_ESTIMATE, code="INVALID")
    report.check_fixed_assets(row.agreed_fixed_assets, row.agreed_investment)


def check_amount(row: LedgerRow) -> None:
    """Raises RuleBroken where an amount is given that no report may have."""
    if row.agreed_investment is not None:
        report.check_amount(row.agreed_investment)


REPORTED = {"agreed_investment": check_amount, "agreed_fixed_assets": check_exact}
"""What a report is refused for, by the field at which the refusal stands."""


def contradictions(row: LedgerRow) -> Iterator[tuple[str, Severity, str]]:
    """The contradictions in a row, each as field, severity, message."""
    for field, check in REPORTED.items():
        try:
            check(row)
        except RuleBroken as broken:
            yield field, Severity.ERROR, broken.message
    for part, whole, message in WITHIN:
        smaller, larger = getattr(row, part), getattr(row, whole)
        if smaller is not None and larger is not None and smaller > larger:
            yield part, Severity.WARNING, f"{message}，请核对两个数和它们的单位"
    wrong = dict(order_faults(row))
    for name, message in wrong.items():
        yield name, Severity.ERROR, message
    for first, then, message in IN_ORDER:
        earlier, later = getattr(row, first), getattr(row, then)
        if earlier and later and earlier > later and then not in wrong:
            yield then, Severity.WARNING, f"{message}，请核对"
    if row.stage in SIGNED_ON and not row.signed_on:
        yield "stage", Severity.WARNING, "项目已签约，但没有签约时间。请补上，否则签约资金不能入账"


def order_faults(row: LedgerRow) -> Iterator[tuple[str, str]]:
    """The days in a row that stand before what they follow, each as field and message.

    What counts as signed is signed on or after the first contact, as which a line says when it was
    reported; a step is reached on or after the one before it, of those whose days are given.
    """
    formal = row.agreement_kind is None or counts(row.agreement_kind)
    if formal and row.signed_on and row.first_talk_date and row.signed_on < row.first_talk_date:
        yield (
            "signed_on",
            f"签约时间（{row.signed_on}）早于初次洽谈时间（{row.first_talk_date}），请核对后改正",
        )
    days = [(name, words, getattr(row, name)) for name, words in REACHED if getattr(row, name)]
    for (_, before, earlier), (name, words, later) in pairwise(days):
        if later < earlier:
            yield name, f"{words}（{later}）早于{before}（{earlier}），请核对后改正"


def duplicates(rows: Sequence[LedgerRow], header: Header) -> Iterator[Issue]:
    """An issue for each row that repeats an earlier one: the same number, or the same investor and
    name once blanks, brackets and legal forms are left out (`normal_name`); and a doubt where both are
    the same but for how they are typed, and for stock words (`core`).
    """
    by_no: dict[str, int] = {}
    by_core: dict[tuple[str, str], LedgerRow] = {}
    by_name: dict[tuple[str, str], int] = {}
    for row in rows:
        if row.no and (first := by_no.setdefault(row.no, row.row)) != row.row:
            message = f"项目编号与第 {first} 行相同。请删去重复的一行，或改正编号"
            yield _duplicate(row, header, "no", row.no, "DUPLICATE_NO", message)
            continue
        key = normal_name(row.name), normal_name(row.investor_name)
        if all(key) and (first := by_name.setdefault(key, row.row)) != row.row:
            message = (
                f"与第 {first} 行是同一项目（名称和投资方相同）。请删去一行；"
                "分期的项目请在名称里写明几期"
            )
            yield _duplicate(row, header, "name", row.name, "DUPLICATE_NAME", message)
            continue
        typed = core(row.name).text, folded_name(row.investor_name)
        known = by_core.setdefault(typed, row)
        if all(typed) and known is not row and not told_apart(known.name, row.name):
            message = (
                f"与第 {known.row} 行疑似同一项目：投资方相同，名称除地名、“项目”“基地”等字样和写法外相同。"
                "请核对，是同一项目的删去一行"
            )
            doubt = _duplicate(row, header, "name", row.name, "DUPLICATE_LIKE", message)
            yield replace(doubt, severity=Severity.WARNING)


def column_issues(
    header: Header, blanks: Mapping[int, int], unitless: Mapping[int, int]
) -> Iterator[Issue]:
    """The issues of whole columns, each once, at the last line of the header.

    By zero-based column, `blanks` counts the blank cells and `unitless` those that mean nothing because
    their unit is not known.
    """
    for name, field in header.catalogue.fields.items():
        if field.must and name not in header.fields:
            message = f"缺少“{field.title}”列。请补上这一列，或在预览里指定哪一列是它"
            yield Issue(header.lines.stop, "", field.title, "", MISSING_COLUMN, message)
    yield from _unit_issues(header, unitless)
    for heading in header.headings:
        if heading.field and heading.other:
            message = (
                f"表头写着“{heading.other}”，不能当作“{heading.field.label}”，这一列没有读。"
                "请在预览里指定这一列是什么，或选择不导入"
            )
            place = header.lines.stop, heading.letter, heading.title, ""
            yield Issue(*place, OTHER, message)
        if heading.field and (doubt := _doubt(heading, heading.field, blanks, header.catalogue)):
            place = header.lines.stop, heading.letter, heading.title, ""
            yield Issue(*place, *doubt, Severity.WARNING)


def _doubt(
    heading: Heading, field: Field, blanks: Mapping[int, int], catalogue: Catalogue
) -> tuple[str, str] | None:
    """Code and message of the doubt about a whole column, if there is one."""
    count = blanks.get(heading.column, 0)
    if heading.unit_from is UnitFrom.CHOSEN:
        return UNIT, f"表头没有写清单位，按选定的“{heading.unit}”读取"
    if count and field.name == "no":
        return "BLANKS", f"有 {count} 行没有项目编号，将作为新项目导入"
    if count and field.column in catalogue.required and not field.must and field.kind != "more":
        return "BLANKS", f"有 {count} 行没有填，导入后请补上"
    return None


def _unit_issues(header: Header, unitless: Mapping[int, int]) -> Iterator[Issue]:
    """A unit that is written and not understood, for each column; one that is not written, once for all
    columns of a kind.
    """
    without_unit: dict[str, list[Heading]] = {}
    for heading in header.headings:
        count = unitless.get(heading.column, 0)
        if not count or not heading.field:
            continue
        choices = "、".join(UNITS[heading.field.measure])
        place = header.lines.stop, heading.letter, heading.title, "", UNIT
        if heading.unit_from is UnitFrom.ABSENT:
            without_unit.setdefault(heading.field.measure, []).append(heading)
        elif heading.unit_from is UnitFrom.UNCLEAR:
            message = (
                f"表头的单位“{heading.unclear}”不能确定，{count} 格没有读。请选择单位：{choices}"
            )
            yield Issue(*place, message)
        elif is_foreign(heading.unit):
            message = (
                f"单位是{heading.unit}，金额只记人民币，{count} 格没有读。请另列人民币金额；"
                f"表头写错的，请选择单位：{choices}"
            )
            yield Issue(*place, message)
    for kind, headings in without_unit.items():
        names = "、".join(f"{each.letter} 列“{each.title}”" for each in headings)
        count = sum(unitless[each.column] for each in headings)
        message = (
            f"{names}没有写明单位，{count} 格只有数字，没有读。请选择单位：{'、'.join(UNITS[kind])}"
        )
        yield Issue(header.lines.stop, "", MEASURES[kind], "", UNIT, message)


def missing_required(header: Header) -> list[str]:
    """The titles of the office's required columns that the header lacks."""
    there = {header.catalogue.fields[name].column for name in header.fields}
    return [
        title for identifier, title in header.catalogue.required.items() if identifier not in there
    ]


def _duplicate(
    row: LedgerRow, header: Header, name: str, value: str, code: str, message: str
) -> Issue:
    heading = next(h for h in header.headings if h.field and h.field.name == name)
    return Issue(row.row, heading.letter, heading.title, value, code, message)
