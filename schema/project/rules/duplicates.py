"""Article 3: whether two reports are the same project, and with what certainty."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from schema.city.rules import half_up, normal_name
from schema.city.rules.personal import MASK
from schema.city.rules.rulebook import Number
from schema.city.rules.text import half_width

SIMILAR_FROM = Number(
    "lead.similar_from", "查重：名称相似度不低于", "第三条", unit="%", least=50, most=99
)
AMOUNTS_WITHIN = Number(
    "lead.amounts_within", "查重：投资额相差不超过较大者的", "第三条", unit="%", most=100
)
SHORTEST_PHONE = 7


class Thresholds(NamedTuple):
    """The values of SIMILAR_FROM and AMOUNTS_WITHIN, in per cent."""

    similar_from: int
    amounts_within: int


class DuplicateGrade(StrEnum):
    """By certainty, the highest first: 同一代码、同名、近似、同一投资方同行业同规模、同一电话."""

    SAME_CODE = "SAME_CODE"
    SAME_NAME = "SAME_NAME"
    SIMILAR = "SIMILAR"
    SAME_PROFILE = "SAME_PROFILE"
    SAME_PHONE = "SAME_PHONE"


@dataclass(frozen=True)
class Candidate:
    """The fields of a report that are compared. Empty text and None are unknown and match nothing."""

    name: str
    investor_name: str = ""
    uscc: str | None = None
    industry_code: str = ""
    amount_fen: int | None = None
    phone: str = ""

    @cached_property
    def normal(self) -> str:
        return normal_name(self.name)

    @cached_property
    def digits(self) -> str:
        """The telephone's digits without the country's code; empty when too few, or masked."""
        if MASK in self.phone:
            return ""
        digits = "".join(filter(str.isdigit, half_width(self.phone))).removeprefix("0086")
        digits = digits[2:] if len(digits) == 13 and digits.startswith("86") else digits
        return digits if len(digits) >= SHORTEST_PHONE else ""


@dataclass(frozen=True)
class Match:
    """The highest grade that applies, its score out of 100, and the reasons of all grades.

    Scores follow the grades: 100 and 99 for the same code and name, up to 98 the per cent of
    similarity, 80 and 60 for the same profile and telephone. So matches are ordered by score alone.
    """

    grade: DuplicateGrade
    score: int
    reasons: tuple[str, ...]


def grade(a: Candidate, b: Candidate, thresholds: Thresholds) -> Match | None:
    """The match of two reports, in either order; None when no grade applies."""
    found = [
        match
        for match in (
            code(a, b),
            name(a, b),
            similar(a, b, thresholds),
            profile(a, b, thresholds),
            phone(a, b),
        )
        if match
    ]
    if not found:
        return None
    return Match(
        found[0].grade, found[0].score, tuple(reason for match in found for reason in match.reasons)
    )


def code(a: Candidate, b: Candidate) -> Match | None:
    """The investors have the same unified social credit code."""
    if not a.uscc or a.uscc != b.uscc:
        return None
    return Match(DuplicateGrade.SAME_CODE, 100, ("统一社会信用代码相同",))


def name(a: Candidate, b: Candidate) -> Match | None:
    """The projects have the same name but for blanks, brackets and legal forms."""
    if not a.normal or a.normal != b.normal:
        return None
    return Match(DuplicateGrade.SAME_NAME, 99, ("项目名称去除空格、括号和公司后缀后相同",))


def similar(a: Candidate, b: Candidate, thresholds: Thresholds) -> Match | None:
    """The names are alike enough and the investor is the same."""
    if a.normal == b.normal or not same_investor(a, b):
        return None
    alike = likeness(a, b)
    if alike < thresholds.similar_from:
        return None
    score = min(98, int(alike))
    return Match(DuplicateGrade.SIMILAR, score, (f"名称相似度 {score}%，同一投资方",))


def likeness(a: Candidate, b: Candidate) -> float:
    """How much of the two names is the same, in per cent (normalised indel distance)."""
    from rapidfuzz import fuzz  # 5 MB that a process which only reads never needs

    return fuzz.ratio(a.normal, b.normal)


def profile(a: Candidate, b: Candidate, thresholds: Thresholds) -> Match | None:
    """The same investor and industry, and amounts that differ by at most a part of the larger."""
    if not a.amount_fen or not b.amount_fen or not same_industry(a, b) or not same_investor(a, b):
        return None
    apart, larger = abs(a.amount_fen - b.amount_fen), max(a.amount_fen, b.amount_fen)
    if apart * 100 > larger * thresholds.amounts_within:
        return None
    by = f"投资额相差 {half_up(apart * 100, larger)}%" if apart else "投资额相同"
    return Match(DuplicateGrade.SAME_PROFILE, 80, (f"同一投资方、同一行业，{by}",))


def phone(a: Candidate, b: Candidate) -> Match | None:
    """The investors' contacts have the same telephone."""
    if not a.digits or a.digits != b.digits:
        return None
    return Match(DuplicateGrade.SAME_PHONE, 60, ("联系电话相同",))


def same_investor(a: Candidate, b: Candidate) -> bool:
    """The same credit code, or the same name but for blanks, brackets and legal forms."""
    if a.uscc and a.uscc == b.uscc:
        return True
    investor = normal_name(a.investor_name)
    return bool(investor) and investor == normal_name(b.investor_name)


def same_industry(a: Candidate, b: Candidate) -> bool:
    """The same class of GB/T 4754, or one given as the division or group that the other lies in."""
    short, long = sorted((a.industry_code, b.industry_code), key=len)
    return len(short) >= 2 and long.startswith(short)
