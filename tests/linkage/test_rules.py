from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema.city.rules import CITY_TIME, RuleBroken
from schema.city.rules.rulebook import SharedBy
from schema.entries.rules import (
    INDICATOR_SHARE,
    TAX_SHARE,
    CreditRole,
    Indicator,
    Part,
    Ratio,
    Standing,
    parts,
    ratio_on,
    ratios,
    share,
    shares,
)
from schema.linkage.rules import (
    Contact,
    check_claim,
    check_dispute,
    check_merge,
    check_reported_evidence,
    check_transfer,
    check_verdict,
    first_proposed,
    proposed_order,
    read_ticket,
    ticket,
)
from schema.linkage.tables import TRANSFER_LIFE, TransferState
from schema.project.rules import Stage
from tests.rulebook import RATIOS, ratio, rule

FUNDS, TAX = ratio(INDICATOR_SHARE), ratio(TAX_SHARE)
YANJIANG, ANYUE, LEZHI, HIGHTECH = 1, 2, 3, 4
TODAY = date(2026, 11, 20)

AMOUNTS = st.integers(-(10**13), 10**13)
ANY_RATIO = st.tuples(st.integers(0, 20), st.integers(1, 20)).map(
    lambda made: replace(FUNDS, first=made[0], whole=made[0] + made[1])
)


# ---- shares


@pytest.mark.parametrize(
    ("case", "amount", "ratio", "first", "landing"),
    [
        ("12345.67 at 3:7", 1_234_567, FUNDS, 370_370, 864_197),
        ("100.05 at 1:9", 10_005, TAX, 1_001, 9_004),
        ("10 million yuan at 3:7", 1_000_000_000, FUNDS, 300_000_000, 700_000_000),
        ("one fen at 3:7", 1, FUNDS, 0, 1),
        ("five fen at 1:9", 5, TAX, 1, 4),
    ],
)
def test_the_landing_place_takes_what_half_up_leaves(
    case: str, amount: int, ratio: Ratio, first: int, landing: int
) -> None:
    assert share(Standing(), amount, ratio) == (first, landing)


def test_ten_arrivals_of_five_fen_at_1_9_give_the_first_contact_place_five_fen() -> None:
    assert posted([5] * 10, TAX) == (5, 45)


def test_what_a_reversal_left_over_is_put_right_by_the_next_entry() -> None:
    """0.05 yuan twice at 3:7 give 0.02 and 0.01; without the first, 0.01 of 0.05 stands, 0.02 is due."""
    assert share(Standing(), 5, FUNDS) == (2, 3)
    assert share(Standing(5, 2), 5, FUNDS) == (1, 4)
    assert share(Standing(5, 1), 5, FUNDS) == (2, 3)


@settings(database=None)
@given(AMOUNTS, AMOUNTS, ANY_RATIO)
def test_the_parts_of_an_entry_add_up_to_it(before: int, amount: int, ratio: Ratio) -> None:
    assert sum(share(Standing(before, before // 3), amount, ratio)) == amount


@settings(database=None)
@given(AMOUNTS, AMOUNTS, ANY_RATIO)
def test_an_account_in_the_red_mirrors_one_in_the_black(
    before: int, amount: int, ratio: Ratio
) -> None:
    first, landing = share(Standing(before, before // 2), amount, ratio)
    assert share(Standing(-before, -(before // 2)), -amount, ratio) == (-first, -landing)


def posted(amounts: list[int], ratio: Ratio) -> tuple[int, int]:
    """What both places have after these entries of one account."""
    standing = Standing()
    for amount in amounts:
        of_first, _ = share(standing, amount, ratio)
        standing = Standing(standing.total + amount, standing.first + of_first)
    return standing.first, standing.total - standing.first


@settings(database=None)
@given(st.lists(AMOUNTS, max_size=12), ANY_RATIO, st.randoms(use_true_random=False))
def test_the_order_of_entries_and_reversals_changes_nothing_in_the_end(
    amounts: list[int], ratio: Ratio, random: object
) -> None:
    shuffled = amounts.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert (
        posted(amounts, ratio) == posted(shuffled, ratio) == share(Standing(), sum(amounts), ratio)
    )


@settings(database=None)
@given(st.lists(AMOUNTS, max_size=12), ANY_RATIO, st.randoms(use_true_random=False))
def test_when_all_is_reversed_both_places_have_nothing(
    amounts: list[int], ratio: Ratio, random: object
) -> None:
    back = [-amount for amount in amounts]
    random.shuffle(back)  # type: ignore[attr-defined]
    assert posted(amounts + back, ratio) == (0, 0)


@settings(database=None)
@given(st.lists(AMOUNTS, max_size=12), ANY_RATIO)
def test_no_place_is_ever_a_fen_away_from_its_exact_share(amounts: list[int], ratio: Ratio) -> None:
    first, _ = posted(amounts, ratio)
    assert abs(2 * (first * ratio.whole - sum(amounts) * ratio.first)) <= ratio.whole


# ---- who is credited


def test_a_transferred_project_is_credited_to_both_places() -> None:
    assert parts(Standing(), 1_000, FUNDS, YANJIANG, ANYUE) == (
        Part(YANJIANG, CreditRole.FIRST_CONTACT, 300),
        Part(ANYUE, CreditRole.LANDING, 700),
    )


def test_the_same_place_on_both_sides_keeps_all() -> None:
    assert parts(Standing(5, 2), 1_001, TAX, ANYUE, ANYUE) == (
        Part(ANYUE, CreditRole.WHOLE, 1_001),
    )


def test_the_landing_place_keeps_all_of_what_is_not_shared() -> None:
    assert parts(Standing(), 1_001, None, YANJIANG, ANYUE) == (
        Part(ANYUE, CreditRole.WHOLE, 1_001),
    )


@settings(database=None)
@given(AMOUNTS, AMOUNTS, st.none() | ANY_RATIO, st.integers(1, 3), st.integers(1, 3))
def test_whoever_is_credited_the_city_has_the_entry_once(
    before: int, amount: int, ratio: Ratio | None, first: int, landing: int
) -> None:
    found = parts(Standing(before, before // 3), amount, ratio, first, landing)
    assert sum(part.amount_fen for part in found) == amount
    assert max(Counter(part.place for part in found).values()) == 1


# ---- the version in force


@dataclass(frozen=True)
class Version:
    """A version of a parameter, as the office has set it."""

    name: str
    value: Any
    effective_on: date = date(2026, 7, 1)
    clause: str = "修订"
    status: str = "ZIYANG"
    version: str = "修订#7"
    id: int = 7


def version(day: str, first: int, *indicators: str, name: str = INDICATOR_SHARE.name) -> Ratio:
    value = SharedBy(first, 10, tuple(map(Indicator, indicators)))
    return Ratio.of(Version(name, value, date.fromisoformat(day)))


def words(ratio: Ratio | None) -> str:
    """A ratio as the policy writes it: 3∶7."""
    return f"{ratio.first}∶{ratio.whole - ratio.first}" if ratio else "—"


@pytest.mark.parametrize(
    ("indicator", "shared"),
    [(Indicator.SIGNED_FUNDS, "3∶7"), (Indicator.PAID_IN_FUNDS, "3∶7"), (Indicator.TAX, "1∶9")],
)
def test_the_policy_shares_signed_and_paid_in_funds_3_7_and_tax_1_9(
    indicator: Indicator, shared: str
) -> None:
    found = ratio_on(TODAY, indicator, RATIOS)
    assert words(found) == shared
    assert (found.status, found.effective_from) == ("SEED", date(2020, 1, 1))
    assert shared in found.clause


def test_a_new_version_holds_from_its_day_and_leaves_the_past() -> None:
    versions = [*RATIOS, version("2026-07-01", 4, "SIGNED_FUNDS", "PAID_IN_FUNDS")]
    before = ratio_on(date(2026, 6, 30), Indicator.PAID_IN_FUNDS, versions)
    after = ratio_on(date(2026, 7, 1), Indicator.PAID_IN_FUNDS, versions)
    assert [words(before), words(after)] == ["3∶7", "4∶6"]


def test_a_version_of_one_rule_leaves_the_other_rule_alone() -> None:
    versions = [*RATIOS, version("2026-07-01", 2, "TAX", name=TAX_SHARE.name)]
    assert words(ratio_on(TODAY, Indicator.SIGNED_FUNDS, versions)) == "3∶7"


def test_an_indicator_that_a_version_leaves_out_is_shared_no_more() -> None:
    versions = [*RATIOS, version("2026-07-01", 3, "PAID_IN_FUNDS")]
    now = ratio_on(date(2026, 7, 1), Indicator.SIGNED_FUNDS, versions)
    assert now is versions[-1] and not shares(now, Indicator.SIGNED_FUNDS)
    assert ratio_on(date(2026, 6, 30), Indicator.SIGNED_FUNDS, versions) is FUNDS


def test_of_two_versions_of_a_day_the_one_recorded_last_is_in_force() -> None:
    versions = [version("2026-07-01", 4, "TAX"), version("2026-07-01", 5, "TAX")]
    assert ratio_on(TODAY, Indicator.TAX, versions) is versions[1]


def test_where_no_version_is_in_force_yet_nobody_gets_the_whole_in_silence() -> None:
    with pytest.raises(RuleBroken, match="2019-12-31 尚无生效的分享规则") as broken:
        ratio_on(date(2019, 12, 31), Indicator.TAX, RATIOS)
    assert broken.value.field == "occurredOn"


def test_only_shares_are_read_among_the_citys_parameters() -> None:
    kept = [
        Version("lead.assessment_deadline", 2),
        Version(TAX_SHARE.name, SharedBy(2, 10, (Indicator.TAX,))),
    ]
    assert [(words(ratio), ratio.rule) for ratio in ratios(kept)] == [("2∶8", TAX_SHARE.name)]


# ---- first contact, transfer


def claim(place: int, contact: str, claimed: str = "2026-11-20T09:00", **given: Any) -> Contact:
    at = datetime.fromisoformat(claimed).replace(tzinfo=CITY_TIME)
    return Contact(place, date.fromisoformat(contact), at, **given)


def report(place: int, contact: str, claimed: str = "2026-11-20T09:00", **given: Any) -> Contact:
    return claim(place, contact, claimed, by_report=True, **given)


GOOD, POOR = {"evidence": 1, "good": True}, {"evidence": 1, "good": False}


@pytest.mark.parametrize(
    ("case", "claims", "order"),
    [
        (
            "a report before an earlier contact whose evidence is good",
            [claim(ANYUE, "2026-10-01", **GOOD), report(YANJIANG, "2026-11-12")],
            [
                (YANJIANG, "2026-11-20 上报在先"),
                (ANYUE, "凭证经办公室认可，2026-10-01 接洽"),
            ],
        ),
        (
            "of two reports the earlier one, whatever their contacts",
            [
                report(YANJIANG, "2026-10-01", "2026-03-05T09:00", **GOOD),
                report(ANYUE, "2026-10-02", "2026-03-02T18:00"),
            ],
            [
                (ANYUE, "2026-03-02 上报在先"),
                (YANJIANG, "2026-03-05 上报，凭证经办公室认可"),
            ],
        ),
        (
            "of good evidence the earlier contact, whenever it was claimed",
            [
                claim(YANJIANG, "2026-10-02", "2026-11-20T09:00", **GOOD),
                claim(ANYUE, "2026-10-01", "2026-11-21T09:00", **GOOD),
            ],
            [
                (ANYUE, "凭证经办公室认可，2026-10-01 接洽"),
                (YANJIANG, "凭证经办公室认可，2026-10-02 接洽"),
            ],
        ),
        (
            "a self-declared day before nobody: evidence that is good, then by when it was claimed",
            [
                claim(LEZHI, "2020-01-01", "2026-11-20T10:00"),
                claim(YANJIANG, "2021-01-01", "2026-11-20T09:30", **POOR),
                claim(HIGHTECH, "2022-01-01", "2026-11-20T09:00", evidence=2),
                claim(ANYUE, "2026-10-01", "2026-11-20T11:00", **GOOD),
            ],
            [
                (ANYUE, "凭证经办公室认可，2026-10-01 接洽"),
                (HIGHTECH, "凭证待办公室认定，暂不据以定序"),
                (YANJIANG, "凭证经办公室认定不足，不据以定序"),
                (LEZHI, "仅自报日期，不据以定序"),
            ],
        ),
    ],
)
def test_the_order_in_which_claims_are_proposed(
    case: str, claims: list[Contact], order: list[tuple[int, str]]
) -> None:
    found = proposed_order(claims)
    assert [(each.contact.place, each.ground) for each in found] == order
    assert proposed_order(reversed(claims)) == found
    assert first_proposed(found) is found[0]


@given(st.permutations([YANJIANG, ANYUE, LEZHI]), st.lists(st.dates(), min_size=3, max_size=3))
def test_a_self_declared_day_alone_changes_no_order_and_is_not_proposed(
    places: list[int], days: list[date]
) -> None:
    made = [
        claim(place, f"{day}", f"2026-11-20T0{hour}:00")
        for hour, (place, day) in enumerate(zip(places, days, strict=True))
    ]
    found = proposed_order(reversed(made))
    assert [each.contact.place for each in found] == places
    assert first_proposed(found) is None


def test_without_a_claim_none_is_proposed() -> None:
    assert first_proposed(proposed_order([])) is None


def test_first_contact_has_happened() -> None:
    validity = rule("first_contact.validity")
    check_claim(TODAY, TODAY, validity)
    with pytest.raises(RuleBroken, match="不能晚于今天") as broken:
        check_claim(TODAY + timedelta(days=1), TODAY, validity)
    assert broken.value.field == "contactOn"


def test_first_contact_lapses_only_where_the_city_says_so() -> None:
    check_claim(date(2000, 1, 1), TODAY, rule("first_contact.validity"))
    check_claim(TODAY - timedelta(days=180), TODAY, 180)
    with pytest.raises(RuleBroken, match="超过 180 天"):
        check_claim(TODAY - timedelta(days=181), TODAY, 180)


def test_the_first_contact_place_has_nothing_to_dispute() -> None:
    check_dispute(ANYUE, YANJIANG)
    check_dispute(ANYUE, None)
    with pytest.raises(RuleBroken, match="不需要提出异议"):
        check_dispute(YANJIANG, YANJIANG)


def test_a_project_is_transferred_away_from_where_it_is() -> None:
    check_transfer(YANJIANG, ANYUE)
    with pytest.raises(RuleBroken, match="不需要流转") as broken:
        check_transfer(YANJIANG, YANJIANG)
    assert broken.value.field == "landingPlace"


def test_a_transfer_is_decided_once() -> None:
    requested, approved = TransferState.REQUESTED, TransferState.APPROVED
    assert TRANSFER_LIFE.advance(requested, "projectTransferDecide") is approved
    with pytest.raises(RuleBroken, match=r"流转现在是“同意流转，待承接”.*请刷新"):
        TRANSFER_LIFE.advance(approved, "projectTransferDecide")


def test_whoever_accepts_a_report_names_its_first_contact_place() -> None:
    check_verdict("yanjiang")
    with pytest.raises(RuleBroken, match="请明确首谈地") as broken:
        check_verdict(None)
    assert broken.value.field == "firstContactPlace"


def test_a_report_is_merged_into_another_that_is_on_its_road() -> None:
    check_merge(7, 8, Stage.SIGNED)
    with pytest.raises(RuleBroken, match="不能并入自己"):
        check_merge(7, 7, Stage.SIGNED)
    with pytest.raises(RuleBroken, match="已是“已撤回”"):
        check_merge(7, 8, Stage.WITHDRAWN)


# ---- tickets

SECRET = b"a secret of thirty-two bytes ...."


FILES = ("a" * 64, "b" * 64)


def test_a_ticket_opens_its_project_to_its_holder_with_what_was_reported() -> None:
    given = ticket(SECRET, 7, 3, 9, FILES)
    assert read_ticket(given, SECRET, [5, 3], 9) == (7, frozenset({"a" * 16, "b" * 16}))


def test_a_claim_by_ticket_brings_the_papers_of_the_report_and_maybe_more() -> None:
    _, reported = read_ticket(ticket(SECRET, 7, 3, 9, FILES), SECRET, [3], 9)
    check_reported_evidence(reported, [*FILES, "c" * 64])
    for fewer in (FILES[:1], ("c" * 64,), ()):
        with pytest.raises(RuleBroken, match="报送时所附的全部佐证材料") as broken:
            check_reported_evidence(reported, fewer)
        assert broken.value.field == "evidence"


@pytest.mark.parametrize(
    ("case", "fields"),
    [
        ("another project", ticket(SECRET, 7, 3, 9, FILES).replace("7.3.", "8.3.")),
        ("another unit's", ticket(SECRET, 7, 4, 9, FILES)),
        ("another person's", ticket(SECRET, 7, 3, 8, FILES)),
        ("without evidence", ticket(SECRET, 7, 3, 9, ())),
        ("with other evidence", ticket(SECRET, 7, 3, 9, FILES).replace("b" * 16, "c" * 16)),
        ("of another secret", ticket(b"x", 7, 3, 9, FILES)),
        ("nothing", ""),
        ("no number", "甲.3.00"),
        ("Chinese for a signature", "7.3.签名"),
        ("shortened", ticket(SECRET, 7, 3, 9, FILES)[:-1]),
    ],
)
def test_any_other_text_is_no_ticket(case: str, fields: str) -> None:
    with pytest.raises(RuleBroken, match="凭据无效") as broken:
        read_ticket(fields, SECRET, [3], 9)
    assert (broken.value.field, broken.value.code) == ("ticket", "INVALID")
