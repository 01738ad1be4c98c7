"""What rows of the ledger become, and the issues of what is not taken as it stands."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from schema.entries.rules import Indicator, SourceOfCapital
from schema.ledger.rules import LedgerRow, Severity
from schema.ledger.rules.mapping import Figure, MappedProject, map_to_project
from schema.project.rules import Stage
from schema.signing.rules import AgreementKind

TODAY = date(2026, 11, 18)
WAN = 10**6
YI = 10**10
SIGNED = LedgerRow(
    row=2,
    name="口腔设备产业园",
    investor_name="四川口腔装备有限公司",
    source_of_capital=SourceOfCapital.OUT_OF_PROVINCE,
    agreed_investment=10 * YI,
    first_contact_place="yanjiang",
    landing_place="hightech",
    stage=Stage.SIGNED,
    signed_on=date(2026, 5, 10),
)


def issues_of(mapped: MappedProject) -> list[tuple[str, str, Severity]]:
    return [(issue.field, issue.code, issue.severity) for issue in mapped.issues]


def row(**values: Any) -> LedgerRow:
    return replace(SIGNED, **values)


# ---------------------------------------------------------------- stages


@pytest.mark.parametrize(
    ("values", "stage"),
    [
        ({"stage": Stage.JUDGED}, Stage.JUDGED),
        ({"stage": Stage.JUDGED, "first_contact_place": ""}, Stage.REPORTED),
        ({"stage": Stage.RETURNED}, Stage.REPORTED),
        ({"stage": None}, Stage.SIGNED),
        ({"stage": None, "signed_on": None}, Stage.REPORTED),
        ({"stage": None, "signed_on": None, "first_contact_place": ""}, Stage.REPORTED),
        ({"stage": None, "actual_start": date(2026, 8, 1)}, Stage.STARTED),
        (
            {
                "stage": None,
                "actual_start": date(2026, 8, 1),
                "actual_operation": date(2026, 11, 1),
            },
            Stage.OPERATING,
        ),
        ({"stage": Stage.TERMINATED}, Stage.TERMINATED),
    ],
)
def test_a_line_stands_at_its_stage_or_at_what_its_days_show(
    values: dict[str, Any], stage: Stage
) -> None:
    mapped = map_to_project(row(**values), TODAY)
    assert mapped.stage == stage
    has_issue = any("导入" in issue.message for issue in mapped.issues)
    assert has_issue == (values["stage"] != stage)


def test_a_merged_project_is_not_imported() -> None:
    mapped = map_to_project(row(stage=Stage.MERGED, signed_on=None), TODAY)
    assert issues_of(mapped) == [("stage", "STAGE", Severity.ERROR)]


@pytest.mark.parametrize("stage", [Stage.JUDGED, Stage.REPORTED, Stage.TERMINATED])
def test_nothing_is_signed_or_paid_in_before_the_signing_or_after_the_end(stage: Stage) -> None:
    mapped = map_to_project(row(stage=stage, paid_in_total=YI, paid_in_ytd=YI), TODAY)
    assert mapped.figures == []
    assert mapped.agreement is None
    assert ("signed_on", "STAGE", Severity.WARNING) in issues_of(mapped)
    assert ("paid_in_total", "STAGE", Severity.WARNING) in issues_of(mapped)


def test_steps_beyond_the_stage_are_left_out_with_an_issue() -> None:
    days = {"actual_start": date(2026, 8, 1), "actual_completion": date(2026, 10, 1)}
    mapped = map_to_project(row(stage=Stage.STARTED, **days), TODAY)
    assert mapped.milestones == [(Stage.STARTED, date(2026, 8, 1))]
    assert issues_of(mapped) == [("actual_completion", "STAGE", Severity.WARNING)]
    mapped = map_to_project(row(stage=Stage.COMPLETED, **days), TODAY)
    assert mapped.milestones == [
        (Stage.STARTED, date(2026, 8, 1)),
        (Stage.COMPLETED, date(2026, 10, 1)),
    ]
    assert issues_of(mapped) == []


# ---------------------------------------------------------------- places


@pytest.mark.parametrize(
    ("first", "landing", "own", "lands"),
    [
        ("yanjiang", "hightech", "", "hightech"),
        ("yanjiang", "", "", "yanjiang"),
        ("", "hightech", "", "hightech"),
        ("", "", "anyue", "anyue"),
        ("yanjiang", "anyue", "anyue", "anyue"),
    ],
)
def test_a_project_lands_where_it_says_or_where_it_was_met_first_or_with_its_sender(
    first: str, landing: str, own: str, lands: str
) -> None:
    mapped = map_to_project(row(first_contact_place=first, landing_place=landing), TODAY, own)
    assert (mapped.first_contact_place, mapped.landing_place) == (first, lands)
    assert not [issue for issue in mapped.issues if issue.severity == Severity.ERROR]


@pytest.mark.parametrize(
    ("first", "landing", "at"),
    [("anyue", "lezhi", "landing_place"), ("lezhi", "", "first_contact_place")],
)
def test_a_place_imports_its_own_projects_alone(first: str, landing: str, at: str) -> None:
    mapped = map_to_project(row(first_contact_place=first, landing_place=landing), TODAY, "anyue")
    (issue,) = [issue for issue in mapped.issues if issue.severity == Severity.ERROR]
    assert (issue.field, issue.code) == (at, "OTHER_PLACE")
    assert "是乐至县，安岳县只能导入本地的项目" in issue.message


def test_signed_funds_without_any_place_have_nowhere_to_go() -> None:
    mapped = map_to_project(row(first_contact_place="", landing_place=""), TODAY)
    assert issues_of(mapped) == [("landing_place", "PLACE", Severity.ERROR)]


# ---------------------------------------------------------------- signed funds


@pytest.mark.parametrize("kind", [None, AgreementKind.FORMAL, AgreementKind.SUPPLEMENTARY])
def test_a_formal_agreement_counts_with_the_agreed_investment(kind: AgreementKind | None) -> None:
    mapped = map_to_project(row(agreement_kind=kind, agreed_start=date(2026, 12, 1)), TODAY)
    assert mapped.figures == [
        Figure(
            Indicator.SIGNED_FUNDS,
            10 * YI,
            date(2026, 5, 10),
            SourceOfCapital.OUT_OF_PROVINCE,
            "台账：协议总投资",
        )
    ]
    assert mapped.agreement
    assert mapped.agreement.kind == AgreementKind.FORMAL
    assert mapped.agreement.start_by == date(2026, 12, 1)
    assert mapped.signed_on == date(2026, 5, 10)
    supplementary = kind == AgreementKind.SUPPLEMENTARY
    assert bool(mapped.issues) == supplementary


@pytest.mark.parametrize("kind", [AgreementKind.INTENT, AgreementKind.FRAMEWORK])
def test_an_intent_or_framework_is_kept_and_does_not_count(kind: AgreementKind) -> None:
    mapped = map_to_project(row(agreement_kind=kind), TODAY)
    assert mapped.agreement
    assert mapped.agreement.kind == kind
    assert mapped.signed_on is None
    assert mapped.figures == []
    assert issues_of(mapped) == [("agreement_kind", "AGREEMENT", Severity.WARNING)]


def test_the_agreed_investment_is_parted_by_source_when_the_parts_add_up() -> None:
    more = {
        "agreed_out_of_province": "60000万元",
        "agreed_out_of_city": "3亿元",
        "agreed_in_city": "8000万元",
        "agreed_own": "2000万元",
    }
    mapped = map_to_project(row(more=more), TODAY)
    assert [(figure.source, figure.amount_fen) for figure in mapped.figures] == [
        (SourceOfCapital.OUT_OF_PROVINCE, 6 * YI),
        (SourceOfCapital.OUT_OF_CITY, 3 * YI),
        (SourceOfCapital.IN_CITY, 1 * YI),
    ]
    assert mapped.total(Indicator.SIGNED_FUNDS) == 10 * YI
    assert mapped.issues == []


@pytest.mark.parametrize(
    "more",
    [
        {"agreed_out_of_province": "60000万元", "agreed_in_city": "8000万元"},
        {"agreed_out_of_province": "大部分"},
    ],
)
def test_parts_that_do_not_add_up_are_not_used_and_become_an_issue(more: dict[str, str]) -> None:
    mapped = map_to_project(row(more=more), TODAY)
    assert [figure.amount_fen for figure in mapped.figures] == [10 * YI]
    assert issues_of(mapped) == [("agreed_investment", "SOURCES", Severity.WARNING)]


# ---------------------------------------------------------------- paid-in funds


@pytest.mark.parametrize(
    ("signed_on", "total", "this_year", "figures"),
    [
        # Signed in an earlier year: what came before on its last day, this year's on its first.
        (
            date(2024, 3, 1),
            500 * WAN,
            200 * WAN,
            [(300 * WAN, date(2025, 12, 31)), (200 * WAN, date(2026, 1, 1))],
        ),
        # Signed this year: nothing can have come before.
        (
            date(2026, 5, 10),
            500 * WAN,
            200 * WAN,
            [(300 * WAN, date(2026, 5, 10)), (200 * WAN, date(2026, 5, 10))],
        ),
        (date(2024, 3, 1), 500 * WAN, 0, [(500 * WAN, date(2025, 12, 31))]),
        (date(2024, 3, 1), 500 * WAN, 500 * WAN, [(500 * WAN, date(2026, 1, 1))]),
        (date(2024, 3, 1), 500 * WAN, 700 * WAN, [(500 * WAN, date(2026, 1, 1))]),
        (None, 500 * WAN, 200 * WAN, [(300 * WAN, date(2025, 12, 31)), (200 * WAN, date(2026, 1, 1))]),
    ],
)  # fmt: skip
def test_each_year_s_part_is_dated_the_earliest_day_on_which_it_can_have_come(
    signed_on: date | None, total: int, this_year: int, figures: list[tuple[int, date]]
) -> None:
    mapped = map_to_project(
        row(signed_on=signed_on, paid_in_total=total, paid_in_ytd=this_year), TODAY
    )
    paid = [each for each in mapped.figures if each.indicator == Indicator.PAID_IN_FUNDS]
    assert [(each.amount_fen, each.occurred_on) for each in paid] == figures
    assert {each.source for each in paid} == {SourceOfCapital.OUT_OF_PROVINCE}
    assert mapped.total(Indicator.PAID_IN_FUNDS) == total


def test_a_total_without_this_year_s_part_is_an_earlier_year_s_with_an_issue() -> None:
    mapped = map_to_project(row(signed_on=date(2024, 3, 1), paid_in_total=500 * WAN), TODAY)
    assert mapped.figures[-1].occurred_on == date(2025, 12, 31)
    assert issues_of(mapped) == [("paid_in_total", "YEAR", Severity.WARNING)]


@pytest.mark.parametrize(
    ("stage", "severity"), [(Stage.SIGNED, Severity.ERROR), (Stage.REPORTED, Severity.WARNING)]
)
def test_money_of_this_year_alone_asks_for_the_total(stage: Stage, severity: Severity) -> None:
    """It was dropped without a word: neither an entry nor an issue."""
    mapped = map_to_project(
        row(stage=stage, signed_on=date(2024, 3, 1), paid_in_ytd=5 * WAN, paid_in_total=None), TODAY
    )
    assert (
        "paid_in_ytd",
        "YEAR" if severity is Severity.ERROR else "STAGE",
        severity,
    ) in issues_of(mapped)
    assert not mapped.total(Indicator.PAID_IN_FUNDS)


def test_money_of_an_unknown_source_is_taken_with_an_issue() -> None:
    mapped = map_to_project(
        row(source_of_capital=None, paid_in_total=5 * WAN, paid_in_ytd=5 * WAN), TODAY
    )
    assert mapped.figures[-1].source is None
    assert issues_of(mapped) == [("investor_region", "SOURCE", Severity.WARNING)]


def test_no_money_is_no_figure() -> None:
    mapped = map_to_project(row(paid_in_total=0, paid_in_ytd=0), TODAY)
    assert [figure.indicator for figure in mapped.figures] == [Indicator.SIGNED_FUNDS]


# ---------------------------------------------------------------- what does not fit


@pytest.mark.parametrize(
    ("field", "most"),
    [("owner", 60), ("contact_name", 60), ("contact_phone", 40), ("investor_region", 60)],
)
def test_a_text_that_a_project_cannot_hold_is_refused_and_never_cut(field: str, most: int) -> None:
    assert map_to_project(row(**{field: "长" * most}), TODAY).issues == []
    (issue,) = map_to_project(row(**{field: "长" * (most + 1)}), TODAY).issues
    assert (issue.field, issue.severity) == (field, Severity.ERROR)
    assert f"最多 {most} 个字，现在是 {most + 1} 个" in issue.message


# ---------------------------------------------------------------- estimates


@pytest.mark.parametrize("name", ["agreed_investment", "paid_in_total", "paid_in_ytd"])
def test_a_figure_of_a_signed_project_is_no_estimate(name: str) -> None:
    """What is entered counts in the month's contest; a report keeps its estimate."""
    figures = {"paid_in_total": 2 * YI, "paid_in_ytd": YI}
    estimated = row(**figures, estimates=frozenset({name}))
    (fault,) = [each for each in map_to_project(estimated, TODAY).issues if each.code == "ESTIMATE"]
    assert (fault.field, fault.severity) == (name, Severity.ERROR)
    assert "是估计数" in fault.message and "例如“12.5亿”" in fault.message
    for unentered in (
        replace(estimated, stage=Stage.REPORTED),
        replace(estimated, estimates=frozenset({"agreed_fixed_assets"})),
        row(**{name: 0}, estimates=frozenset({name})),
    ):
        found = issues_of(map_to_project(unentered, TODAY))
        assert not [each for each in found if each[1] == "ESTIMATE"]


def test_an_agreement_that_signs_no_funds_may_say_an_estimate() -> None:
    framework = row(
        agreement_kind=AgreementKind.FRAMEWORK, estimates=frozenset({"agreed_investment"})
    )
    assert not [e for e in map_to_project(framework, TODAY).issues if e.code == "ESTIMATE"]
