"""Map a row of the ledger to a project: its stage, agreement, figures and milestones.

A ledger holds less than the acts record: stages without their days, totals without their months.
The choices are made here, and whatever is not taken as it stands becomes an issue.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from schema.city.rules import RuleBroken, parse_money
from schema.entries.rules import Indicator, SourceOfCapital, above_agreed_words
from schema.ledger.rules import words
from schema.ledger.rules.columns import FIELDS
from schema.ledger.rules.issue import Severity
from schema.ledger.rules.row import LedgerRow
from schema.project.rules import (
    AWAITS_RESUBMISSION,
    ENDS,
    SIGNED_ON,
    UNDER_JUDGEMENT,
    Stage,
)
from schema.project.rules.report import LIMITS
from schema.signing.rules import AgreementKind, counts

DATED = (
    (Stage.STARTED, "actual_start"),
    (Stage.COMPLETED, "actual_completion"),
    (Stage.OPERATING, "actual_operation"),
)
SOURCES = (
    (SourceOfCapital.OUT_OF_PROVINCE, ("agreed_out_of_province",)),
    (SourceOfCapital.OUT_OF_CITY, ("agreed_out_of_city",)),
    (SourceOfCapital.IN_CITY, ("agreed_in_city", "agreed_own")),
)
WHAT_TO_WRITE = "确切金额，去掉“约”“左右”等字，例如“12.5亿”或“125000万元”"
IN_A_REPORT = {
    "owner": "owner_name",
    "first_contact_person": "contact_by",
    "description": "summary",
}
LONGEST = {
    name: LIMITS[IN_A_REPORT.get(name, name)]
    for name in (
        *("investor_region", "contact_name", "contact_phone", "owner", "first_contact_person"),
        *("description",),
    )
}


@dataclass(frozen=True, slots=True)
class FieldIssue:
    """An error, or a choice that was made for the row: the field, and what to do."""

    field: str
    code: str
    message: str
    severity: Severity = Severity.WARNING


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure to post as an opening balance, in fen: what was before the system has no month here."""

    indicator: Indicator
    amount_fen: int
    occurred_on: date
    source: SourceOfCapital | None
    note: str


@dataclass(frozen=True, slots=True)
class MappedAgreement:
    """The agreement of a row. Amount in fen."""

    kind: AgreementKind
    signed_on: date
    amount_fen: int
    start_by: date | None
    complete_by: date | None
    operate_by: date | None


@dataclass(slots=True)
class MappedProject:
    """The project that a row becomes. Places by slug, "" where unknown."""

    stage: Stage
    first_contact_place: str
    landing_place: str
    agreement: MappedAgreement | None = None
    figures: list[Figure] = field(default_factory=list)
    milestones: list[tuple[Stage, date]] = field(default_factory=list)
    issues: list[FieldIssue] = field(default_factory=list)

    @property
    def is_report(self) -> bool:
        """Whether the row says no more than a report does: whatever does awaits the office."""
        at_home = self.first_contact_place in ("", self.landing_place)
        return self.stage in UNDER_JUDGEMENT and at_home

    @property
    def signed_on(self) -> date | None:
        """The day of the agreement if it counts as signed funds."""
        return self.agreement.signed_on if self.agreement and counts(self.agreement.kind) else None

    def total(self, indicator: Indicator) -> int:
        """The sum of the figures of an indicator, in fen."""
        return sum(each.amount_fen for each in self.figures if each.indicator == indicator)


def map_to_project(row: LedgerRow, today: date, own: str = "") -> MappedProject:
    """The project that a row parsed without error becomes, with the issues of mapping it.

    `own` is the slug of the uploading unit's place; "" for units that may import for all places.
    """
    landing = row.landing_place or row.first_contact_place or own
    mapped = MappedProject(_stage(row), row.first_contact_place, landing)
    mapped.issues += [
        *_text_too_long(row),
        *_about_stage(row, mapped.stage),
        *_about_places(row, mapped, own),
    ]
    if row.signed_on:
        _map_agreement(row, mapped, row.signed_on)
    if row.paid_in_total:
        _map_paid_in(row, mapped, row.paid_in_total, today)
    elif row.paid_in_ytd and row.paid_in_total is None:
        mapped.issues.append(_about_year_alone(row, mapped))
    signed = mapped.stage in SIGNED_ON
    reached = SIGNED_ON[: SIGNED_ON.index(mapped.stage) + 1] if signed else ()
    for stage, name in DATED:
        day = getattr(row, name)
        if day and stage in reached:
            mapped.milestones.append((stage, day))
        elif day:
            mapped.issues.append(_unused(row, mapped, name, f"“{FIELDS[name].label}”没有采用"))
    return mapped


def _stage(row: LedgerRow) -> Stage:
    """The stage given, or else the one the days show; REPORTED without any, or without a
    first-contact place: nobody has been judged who does not say so.
    """
    stated = row.stage
    if stated is None:
        reached = [stage for stage, name in DATED if getattr(row, name)]
        signed = Stage.SIGNED if row.signed_on else Stage.REPORTED
        stated = reached[-1] if reached else signed
    no_contact = stated == Stage.JUDGED and not row.first_contact_place
    return Stage.REPORTED if no_contact or stated in AWAITS_RESUBMISSION else stated


def _about_stage(row: LedgerRow, stage: Stage) -> Iterator[FieldIssue]:
    if stage == Stage.MERGED:
        message = "已并入其他项目的不用导入，请删去这一行"
        yield FieldIssue("stage", "STAGE", message, Severity.ERROR)
    elif row.stage is None:
        undated = stage in SIGNED_ON and not row.signed_on
        without = "；没有签约时间，签约资金不能入账" if undated else ""
        yield FieldIssue("stage", "STAGE", f"没有填项目状态，按“{stage.word}”导入{without}")
    elif row.stage in AWAITS_RESUBMISSION:
        yield FieldIssue("stage", "STAGE", "待补正的按“待研判”导入，由办公室重新研判")
    elif row.stage != stage:
        message = "没有填首谈地，按“待研判”导入，由办公室研判后明确首谈地"
        yield FieldIssue("first_contact_place", "FIRST_CONTACT", message)


def _about_places(row: LedgerRow, mapped: MappedProject, own: str) -> Iterator[FieldIssue]:
    if own and mapped.landing_place != own:
        name = "landing_place" if row.landing_place else "first_contact_place"
        there, here = _place(mapped.landing_place), _place(own)
        yield FieldIssue(
            name,
            "OTHER_PLACE",
            f"{FIELDS[name].title.partition('（')[0]}是{there}，{here}只能导入本地的项目。"
            f"请删去这一行，由{there}或领导小组办公室导入",
            Severity.ERROR,
        )
    if mapped.stage in SIGNED_ON and not mapped.landing_place:
        message = "没有填首谈地，也没有填落户地，签约和到位资金不知道计入哪里。请至少填一个"
        yield FieldIssue("landing_place", "PLACE", message, Severity.ERROR)
    elif mapped.stage in SIGNED_ON and not row.first_contact_place:
        message = f"没有填首谈地，成绩全部计入{_place(mapped.landing_place)}"
        yield FieldIssue("first_contact_place", "FIRST_CONTACT", message)


def _map_agreement(row: LedgerRow, mapped: MappedProject, signed_on: date) -> None:
    """Map the agreement and its signed funds; a supplementary one is taken as formal."""
    if mapped.stage not in SIGNED_ON:
        mapped.issues.append(
            _unused(row, mapped, "signed_on", "签约时间没有采用，签约资金没有入账")
        )
        return
    kind = row.agreement_kind or AgreementKind.FORMAL
    if kind == AgreementKind.SUPPLEMENTARY:
        kind = AgreementKind.FORMAL
        message = "补充协议没有单列增资额，按正式合同以协议总投资登记"
        mapped.issues.append(FieldIssue("agreement_kind", "AGREEMENT", message))
    amount = row.agreed_investment or 0
    mapped.agreement = MappedAgreement(
        kind, signed_on, amount, row.agreed_start, row.agreed_completion, row.agreed_operation
    )
    if not counts(kind):
        message = f"{_agreement(kind)}协议不计入签约资金；已签正式合同的请改合同类型和签约时间"
        mapped.issues.append(FieldIssue("agreement_kind", "AGREEMENT", message))
        return
    mapped.issues += _not_exact(row, "agreed_investment", f"请填协议写明的{WHAT_TO_WRITE}")
    parts = _by_source(row)
    if parts and sum(parts.values()) != amount:
        message = "省外、市外、本市出资之和与协议总投资不相等，签约资金没有按来源分开"
        mapped.issues.append(FieldIssue("agreed_investment", "SOURCES", message))
        parts = {}
    mapped.figures += [
        Figure(Indicator.SIGNED_FUNDS, fen, signed_on, source, "台账：协议总投资")
        for source, fen in (parts or {row.source_of_capital: amount}).items()
        if fen
    ]


def _by_source(row: LedgerRow) -> dict[SourceOfCapital | None, int]:
    """The agreed investment by source of capital, in fen; an impossible sum if unparseable."""
    parts: dict[SourceOfCapital | None, int] = {}
    for source, names in SOURCES:
        for name in names:
            if stated := row.more.get(name):
                try:
                    parts[source] = parts.get(source, 0) + parse_money(stated, FIELDS[name].unit)
                except RuleBroken:
                    return {None: -1}  # equal to no total
    return parts


def _map_paid_in(row: LedgerRow, mapped: MappedProject, total: int, today: date) -> None:
    """Map paid-in funds: each year's part is dated the earliest day on which it can have come.

    A total has no months: the sums of years are right, and no month's contest gets what was paid in
    before.
    """
    if mapped.stage not in SIGNED_ON:
        mapped.issues.append(_unused(row, mapped, "paid_in_total", "到位资金没有入账"))
        return
    until_known = f"请填实际到账的{WHAT_TO_WRITE}；还不确切的先不填，核实后逐笔登记"
    for name in ("paid_in_total", "paid_in_ytd"):
        mapped.issues += _not_exact(row, name, until_known)
    signed = row.signed_on or date.min
    new_year = max(date(today.year, 1, 1), signed)
    earlier = max(date(today.year - 1, 12, 31), signed)
    this_year = min(total, row.paid_in_ytd or 0)
    if row.paid_in_ytd is None and signed < new_year:
        message = f"没有填本年累计到位资金，累计到位资金全部记在 {earlier}"
        mapped.issues.append(FieldIssue("paid_in_total", "YEAR", message))
    if row.source_of_capital is None:
        message = "看不出资金来自省外、省内市外、本市还是境外，到位资金的来源先空着"
        mapped.issues.append(FieldIssue("investor_region", "SOURCE", message))
    if mapped.signed_on is None:
        message = "没有正式协议的签约时间，到位资金迁入时注明“签约前发生”"
        mapped.issues.append(FieldIssue("paid_in_total", "EARLY", message))
    elif total > (agreed := mapped.total(Indicator.SIGNED_FUNDS)):
        message = f"{above_agreed_words(total, agreed)}，请核对；迁入时须写明理由"
        mapped.issues.append(FieldIssue("paid_in_total", "ABOVE_AGREED", message))
    mapped.figures += [
        Figure(Indicator.PAID_IN_FUNDS, fen, day, row.source_of_capital, f"台账：{note}到位资金")
        for fen, day, note in (
            (total - this_year, earlier, "以前年度累计"),
            (this_year, new_year, "本年累计"),
        )
        if fen
    ]


def _not_exact(row: LedgerRow, name: str, instead: str) -> Iterator[FieldIssue]:
    """The error of an estimate that would become an entry: what is entered is exact."""
    if name in row.estimates and getattr(row, name):
        message = f"“{FIELDS[name].label}”是估计数，已签约的按它入账。{instead}"
        yield FieldIssue(name, "ESTIMATE", message, Severity.ERROR)


def _about_year_alone(row: LedgerRow, mapped: MappedProject) -> FieldIssue:
    """Of money of this year without a total nobody knows what came before: it is asked."""
    if mapped.stage not in SIGNED_ON:
        return _unused(row, mapped, "paid_in_ytd", "到位资金没有入账")
    message = (
        "填了本年累计到位资金，没有填累计到位资金，不知道以前年度到位多少。"
        "请补上累计到位资金；以前年度没有到位的，两栏填同一个数"
    )
    return FieldIssue("paid_in_ytd", "YEAR", message, Severity.ERROR)


def _text_too_long(row: LedgerRow) -> Iterator[FieldIssue]:
    for name, most in LONGEST.items():
        if (size := len(getattr(row, name))) > most:
            message = (
                f"“{FIELDS[name].label}”最多 {most} 个字，现在是 {size} 个。请写短，其余写进备注"
            )
            yield FieldIssue(name, "TEXT", message, Severity.ERROR)


def _unused(row: LedgerRow, mapped: MappedProject, name: str, what: str) -> FieldIssue:
    instead = "" if mapped.stage in ENDS else "。已经做到的请改项目状态"
    return FieldIssue(name, "STAGE", f"项目状态是“{mapped.stage.word}”，{what}{instead}")


def _place(slug: str) -> str:
    return words.word_for(words.PLACES, slug)


def _agreement(kind: AgreementKind) -> str:
    return words.word_for(words.AGREEMENTS, kind)
