"""Article 3: whether two reports are the same project, and with what certainty."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from schema.city.rules import half_up, normal_name
from schema.city.rules.personal import MASK
from schema.city.rules.pinyin import same_sound
from schema.city.rules.rulebook import Number
from schema.city.rules.text import half_width
from schema.city.rules.variants import folded_name, mistyped_as
from schema.project.rules.alike import Apart, Difference, core, difference, told_apart

SIMILAR_FROM = Number(
    "lead.similar_from", "查重：名称相似度不低于", "第三条", unit="%", least=50, most=99
)
AMOUNTS_WITHIN = Number(
    "lead.amounts_within", "查重：投资额相差不超过较大者的", "第三条", unit="%", most=100
)
ONE_CHARACTER_FROM = Number(
    "lead.one_character_from",
    "查重：名称仅差一字即提示的，名称不少于",
    "第三条",
    unit="字",
    least=4,
    most=30,
)
SHORTEST_PHONE = 7
SHORTEST_INVESTOR = 6
"""Names of companies shorter than this differ by a character as often as not."""


class Thresholds(NamedTuple):
    """The values of SIMILAR_FROM and AMOUNTS_WITHIN, in per cent, and of ONE_CHARACTER_FROM."""

    similar_from: int
    amounts_within: int
    one_character_from: int


class DuplicateGrade(StrEnum):
    """By certainty, the highest first: 同一代码、同名、近似、同一投资方同行业同规模、关联企业、仅差个别字、
    同一电话.
    """

    SAME_CODE = "SAME_CODE"
    SAME_NAME = "SAME_NAME"
    SIMILAR = "SIMILAR"
    SAME_PROFILE = "SAME_PROFILE"
    SAME_GROUP = "SAME_GROUP"
    ALIKE_NAME = "ALIKE_NAME"
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
    similarity, 80 for the same profile, 75 for one of the same group, 70 for a name that differs by a
    character, 60 for the same telephone. So matches are ordered by score alone.
    """

    grade: DuplicateGrade
    score: int
    reasons: tuple[str, ...]


def grade(a: Candidate, b: Candidate, thresholds: Thresholds, related: str = "") -> Match | None:
    """The match of two reports, in either order; None when no grade applies.

    `related` says why the investors belong to one group, to whoever may know.
    """
    return surest([code(a, b), *same_project(a, b, thresholds, related), phone(a, b)])


def same_project(
    a: Candidate, b: Candidate, thresholds: Thresholds, related: str = ""
) -> list[Match]:
    """The grades that speak for one project, the surest first: not the investor's code or telephone
    alone, for an investor has several.
    """
    found = (
        name(a, b),
        similar(a, b, thresholds),
        profile(a, b, thresholds),
        in_group(a, b, thresholds, related),
        alike(a, b, thresholds),
    )
    return [match for match in found if match]


def surest(matches: Iterable[Match | None]) -> Match | None:
    """The first of the matches there are, with the reasons of all."""
    found = [match for match in matches if match]
    if not found:
        return None
    reasons = tuple(reason for match in found for reason in match.reasons)
    return Match(found[0].grade, found[0].score, reasons)


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
    """The investor is the same, and the names are alike enough and do not say that they are two."""
    if a.normal == b.normal or not same_investor(a, b):
        return None
    if not (by := likeness_words(a, b, thresholds)):
        return None
    score = min(98, max(int(likeness(a, b)), thresholds.similar_from))
    return Match(DuplicateGrade.SIMILAR, score, (f"{by}，同一投资方",))


def in_group(a: Candidate, b: Candidate, thresholds: Thresholds, related: str) -> Match | None:
    """The investors belong to one group, and the names are alike, or the industry and the amount."""
    if not related or same_investor(a, b):
        return None
    by = likeness_words(a, b, thresholds) or same_scale(a, b, thresholds)
    return Match(DuplicateGrade.SAME_GROUP, 75, (f"{by}；{related}",)) if by else None


def alike(a: Candidate, b: Candidate, thresholds: Thresholds) -> Match | None:
    """The names differ by stock words or a character, whoever invests.

    One character in the place of another tells two projects apart (红茶, 绿茶) as often as it is a slip:
    it counts where both sound the same, or where more speaks for it.
    """
    if a.normal == b.normal or same_investor(a, b):
        return None
    found = difference(a.name, b.name)
    if found is None or not long_enough(a, b, found, thresholds):
        return None
    if found.apart is Apart.ONE_OTHER and not is_slip(a, b, found, thresholds):
        return None
    return Match(DuplicateGrade.ALIKE_NAME, 70, (difference_words(a, b, found),))


def likeness_words(a: Candidate, b: Candidate, thresholds: Thresholds) -> str:
    """How the names are alike, in words; empty where they are not, or say that they are two."""
    if not a.normal or not b.normal or told_apart(a.name, b.name):
        return ""
    like = likeness(a, b)
    if like >= thresholds.similar_from:
        return f"名称相似度 {min(98, int(like))}%"
    found = difference(a.name, b.name)
    if found and long_enough(a, b, found, thresholds):
        return difference_words(a, b, found)
    return ""


def difference_words(a: Candidate, b: Candidate, found: Difference) -> str:
    if folded_name(a.name) == folded_name(b.name):
        return "名称仅字形、标点不同"
    if found.apart is Apart.STOCK_WORDS:
        return "名称除地名和“项目”“基地”等字样外相同"
    return "名称仅差一字"


def long_enough(a: Candidate, b: Candidate, found: Difference, thresholds: Thresholds) -> bool:
    """Whether names that differ by a character are long enough for it to be a slip."""
    shorter = min(len(core(each.name).text) for each in (a, b))
    return found.apart is Apart.STOCK_WORDS or shorter >= thresholds.one_character_from


def is_slip(a: Candidate, b: Candidate, found: Difference, thresholds: Thresholds) -> bool:
    """Whether one character stands for another by a slip: they sound alike, no investor says that there
    are two, or investor, telephone, or industry and amount say that there is one.
    """
    if not a.investor_name or not b.investor_name:
        return not (a.uscc and b.uscc)
    if phone(a, b) or same_scale(a, b, thresholds):
        return True
    investors = difference(a.investor_name, b.investor_name)
    names = (normal_name(a.investor_name), normal_name(b.investor_name))
    if investors and min(map(len, names)) >= SHORTEST_INVESTOR:
        return True
    return same_sound(mistyped_as(found.ours), mistyped_as(found.theirs))


def likeness(a: Candidate, b: Candidate) -> float:
    """How much of the two names is the same, in per cent (normalised indel distance)."""
    from rapidfuzz import fuzz  # 5 MB that a process which only reads never needs

    return fuzz.ratio(a.normal, b.normal)


def profile(a: Candidate, b: Candidate, thresholds: Thresholds) -> Match | None:
    """The same investor and industry, and amounts that differ by at most a part of the larger."""
    if not same_investor(a, b) or not (by := same_scale(a, b, thresholds)):
        return None
    return Match(DuplicateGrade.SAME_PROFILE, 80, (f"同一投资方、{by}",))


def same_scale(a: Candidate, b: Candidate, thresholds: Thresholds) -> str:
    """How the industry is the same and the amounts are like, in words; empty where they are not."""
    if not a.amount_fen or not b.amount_fen or not same_industry(a, b):
        return ""
    apart, larger = abs(a.amount_fen - b.amount_fen), max(a.amount_fen, b.amount_fen)
    if apart * 100 > larger * thresholds.amounts_within:
        return ""
    return "同一行业，" + (f"投资额相差 {half_up(apart * 100, larger)}%" if apart else "投资额相同")


def phone(a: Candidate, b: Candidate) -> Match | None:
    """The investors' contacts have the same telephone."""
    if not a.digits or a.digits != b.digits:
        return None
    return Match(DuplicateGrade.SAME_PHONE, 60, ("联系电话相同",))


def same_investor(a: Candidate, b: Candidate) -> bool:
    """The same credit code, or the same name, however it was typed."""
    if a.uscc and a.uscc == b.uscc:
        return True
    investor = folded_name(a.investor_name)
    return bool(investor) and investor == folded_name(b.investor_name)


def same_industry(a: Candidate, b: Candidate) -> bool:
    """The same class of GB/T 4754, or one given as the division or group that the other lies in."""
    short, long = sorted((a.industry_code, b.industry_code), key=len)
    return len(short) >= 2 and long.startswith(short)
