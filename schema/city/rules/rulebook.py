"""The rulebook: every number of a rule is a parameter with a type, a unit and bounds, and has versions by date.

A parameter is declared once, beside the rule that uses it, and is then what code reads it by:

    VALIDITY = Number("first_contact.validity", "首谈的有效期", "第三条", unit="日", most=3650)
    context.rule(VALIDITY, day).value  # an int

Its first version is a row of `city/parameters.csv`. Fields, checks, words and the graph's type follow
from the kind of the declaration.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from schema.city.rules.errors import RuleBroken
from schema.city.rules.text import half_width, quote

T = TypeVar("T")

Reader = Callable[[Any], Any]
PARAMETERS: dict[str, "Parameter[Any]"] = {}
"""Every parameter by its name, in the order of their declaration."""

PARTS_MOST = 100
POLICY = "SEED"


@dataclass(frozen=True)
class Parameter(Generic[T]):
    """A number of a rule: `name` for code and partners, `title` for users, the article it serves.

    `inputs` names the fields in which a new value is given, each with what reads it; a reader raises
    `RuleBroken` (`INVALID`) at its field. `combine` makes the value of what they read. `store` and
    `load` lead to and from the JSON that is kept; `load` raises `ValueError` for what is none of it.
    """

    name: str
    title: str
    article: str

    def __post_init__(self) -> None:
        if self.name in PARAMETERS:
            raise ValueError(f"the parameter {self.name} is declared twice")
        PARAMETERS[self.name] = self

    @property
    def unit_words(self) -> str:
        """The unit in which the value is given; empty where it has none."""
        return ""

    @property
    def inputs(self) -> Mapping[str, Reader]:
        raise NotImplementedError

    def combine(self, **read: Any) -> T:
        (value,) = read.values()
        return value  # type: ignore[no-any-return]

    def store(self, value: T) -> Any:
        return value

    def load(self, stored: Any) -> T:
        raise NotImplementedError


@dataclass(frozen=True)
class Number(Parameter[int]):
    """A whole number of `unit` from `least` to `most`; `zero` is what 0 stands for, such as 不限."""

    unit: str = field(kw_only=True)
    least: int = field(kw_only=True, default=0)
    most: int = field(kw_only=True)
    zero: str = field(kw_only=True, default="")

    @property
    def unit_words(self) -> str:
        return self.unit

    @property
    def inputs(self) -> Mapping[str, Reader]:
        return {"number": self.read}

    def read(self, typed: str) -> int:
        return whole_number(typed, "number", self.least, self.most, self.unit)

    def load(self, stored: Any) -> int:
        if type(stored) is not int or not self.least <= stored <= self.most:
            raise ValueError(f"{self.name}: {stored!r}")
        return stored


@dataclass(frozen=True)
class TimeOfDay(Parameter[time]):
    """A time of the city's day, such as 17:30; kept as `[hour, minute]`."""

    @property
    def inputs(self) -> Mapping[str, Reader]:
        return {"time": read_time}

    def store(self, value: time) -> Any:
        return [value.hour, value.minute]

    def load(self, stored: Any) -> time:
        hour, minute = stored
        return time(hour, minute)


@dataclass(frozen=True)
class YesNo(Parameter[bool]):
    """Yes or no, given as `YES` or `NO`."""

    @property
    def inputs(self) -> Mapping[str, Reader]:
        return {"choices": self.read}

    def read(self, given: Iterable[str] | None) -> bool:
        return one_of(given, ("YES", "NO")) == "YES"

    def load(self, stored: Any) -> bool:
        if not isinstance(stored, bool):
            raise ValueError(f"{self.name}: {stored!r}")
        return stored


E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True)
class Choice(Parameter[E]):
    """One member of `among`; kept as a list of one."""

    among: type[E] = field(kw_only=True)

    @property
    def inputs(self) -> Mapping[str, Reader]:
        return {"choices": self.read}

    def read(self, given: Iterable[str] | None) -> E:
        return self.among(one_of(given, list(self.among)))

    def store(self, value: E) -> Any:
        return [value.value]

    def load(self, stored: Any) -> E:
        (value,) = stored
        return self.among(value)


@dataclass(frozen=True)
class Choices(Parameter[tuple[E, ...]]):
    """Members of `among`, in its order; `none` is what having none stands for, else there is one."""

    among: type[E] = field(kw_only=True)
    none: str = field(kw_only=True, default="")

    @property
    def inputs(self) -> Mapping[str, Reader]:
        return {"choices": self.read}

    def read(self, given: Iterable[str] | None) -> tuple[E, ...]:
        wanted = [each for each in given or () if each]
        return some_of(wanted, self.among) if wanted or not self.none else ()

    def load(self, stored: Any) -> tuple[E, ...]:
        return tuple(map(self.among, stored))

    def store(self, value: tuple[E, ...]) -> Any:
        return [each.value for each in value]


@dataclass(frozen=True)
class SharedBy(Generic[E]):
    """The first-contact place has `first` of `whole` parts of each of `indicators`."""

    first: int
    whole: int
    indicators: tuple[E, ...]

    @property
    def ratio(self) -> str:
        """First-contact to landing place, such as 3∶7."""
        return f"{self.first}∶{self.whole - self.first}"


@dataclass(frozen=True)
class ShareOf(Parameter[SharedBy[E]]):
    """How indicators of `among` are shared between two places, and which."""

    among: type[E] = field(kw_only=True)

    @property
    def inputs(self) -> Mapping[str, Reader]:
        return {
            "first_parts": lambda typed: whole_number(typed, "firstParts", 0, PARTS_MOST, "份"),
            "landing_parts": lambda typed: whole_number(typed, "landingParts", 0, PARTS_MOST, "份"),
            "choices": lambda given: some_of(given, self.among),
        }

    def combine(self, **read: Any) -> SharedBy[E]:
        first, landing = read["first_parts"], read["landing_parts"]
        if not 0 < first + landing <= PARTS_MOST:
            raise RuleBroken(
                f"两地份数合计应为 1 到 {PARTS_MOST}，例如 3∶7 或 30∶70", "landingParts", "INVALID"
            )
        return SharedBy(first, first + landing, read["choices"])

    def store(self, value: SharedBy[E]) -> Any:
        indicators = [each.value for each in value.indicators]
        return {"first": value.first, "whole": value.whole, "indicators": indicators}

    def load(self, stored: Any) -> SharedBy[E]:
        first, whole = stored["first"], stored["whole"]
        if type(first) is not int or type(whole) is not int or not 0 <= first <= whole > 0:
            raise ValueError(f"{self.name}: {stored!r}")
        return SharedBy(first, whole, tuple(map(self.among, stored["indicators"])))


# ---------------------------------------------------------------- what is typed into the fields


def whole_number(typed: str | None, at: str, least: int, most: int, unit: str) -> int:
    """A whole number within its bounds. Raises `RuleBroken` (`INVALID`) at the field."""
    text = half_width(typed or "").strip()
    if not text.isdecimal() or len(text) > len(str(most)) or not least <= int(text) <= most:
        raise RuleBroken(f"请填 {least} 到 {most} 的整数，单位为{unit}", at, "INVALID")
    return int(text)


def read_time(typed: str | None) -> time:
    """A time such as 17:30. Raises `RuleBroken` (`INVALID`) at `time`."""
    hour, colon, minute = half_width(typed or "").strip().partition(":")
    numbers = colon and hour.isdecimal() and minute.isdecimal() and len(minute) == 2
    if not numbers or len(hour) > 2 or int(hour) > 23 or int(minute) > 59:
        raise RuleBroken("时刻请填 00:00 到 23:59，例如 17:30", "time", "INVALID")
    return time(int(hour), int(minute))


def some_of(given: Iterable[str] | None, among: Iterable[E]) -> tuple[E, ...]:
    """One or more of the choices, in their order. Raises `RuleBroken` (`INVALID`) at `choices`."""
    wanted, known = list(given or ()), list(among)
    if not wanted:
        raise RuleBroken("请至少选一项", "choices", "INVALID")
    if unknown := [each for each in wanted if each not in known]:
        raise RuleBroken(f"{quote(unknown[0])}不在所列之中，请从所列中选择", "choices", "INVALID")
    return tuple(each for each in known if each in wanted)


def one_of(given: Iterable[str] | None, among: Iterable[str]) -> str:
    """One of the choices. Raises `RuleBroken` (`INVALID`) at `choices`."""
    wanted, known = list(given or ()), list(among)
    if len(wanted) != 1 or wanted[0] not in known:
        raise RuleBroken("请从所列中选择一项", "choices", "INVALID")
    return wanted[0]


# ---------------------------------------------------------------- a new version among the others


class Version(Protocol):
    """What rules read of a version of a parameter."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def value(self) -> Any: ...
    @property
    def effective_on(self) -> date: ...
    @property
    def status(self) -> str: ...


def in_force(versions: Iterable[Version], name: str, on: date) -> Version | None:
    """The version of a parameter in force on a day, the latest recorded winning; None before the first."""
    begun = [each for each in versions if each.name == name and each.effective_on <= on]
    return max(begun, key=lambda each: (each.effective_on, each.id), default=None)


def check_effective(
    effective_on: date, today: date, behind: date | None, settled: date | None
) -> None:
    """A version begins after everything that was done by the one before, and behind no settled day.

    `behind` is the last day that something was posted for, where the parameter is read by the day of
    what is posted; None for a parameter that acts read on the day itself. `settled` is the last day
    of the last closed month, where figures of months rest on the parameter; None where they do not,
    or none is closed. Raises `RuleBroken` at `effectiveOn`.
    """
    if settled is not None and effective_on <= settled:
        raise RuleBroken(
            f"{settled.year} 年 {settled.month} 月已关账，其各项数据不再改变，"
            f"生效日期应晚于 {settled}",
            "effectiveOn",
        )
    if behind is None and effective_on < today:
        raise RuleBroken(
            f"生效日期不能早于今天（{today}），已按原版本办理的不能改变", "effectiveOn"
        )
    if behind is not None and effective_on <= behind:
        raise RuleBroken(
            f"{behind} 的台账已按原版本计入，新版本不能追溯，生效日期应晚于这一天", "effectiveOn"
        )


def check_status(status: str, value: Any, versions: Iterable[Version]) -> None:
    """Only the policy's own value is called policy. Raises `RuleBroken` at `status`.

    `versions` are those of the parameter; the ones that the policy gives are among them from the
    beginning.
    """
    own = [each.value for each in versions if each.status == POLICY]
    if status == POLICY and value not in own:
        raise RuleBroken(
            "这不是政策原文的数值，性质不能写“政策”，请按来源选择本市规定、国家规定、他市做法或建议",
            "status",
        )


def check_staffed(without: Sequence[str]) -> None:
    """Whoever a version names must have somebody who can do it. Raises `RuleBroken` at `choices`.

    `without` are the units, by their short names, in which nobody may on the day it begins.
    """
    if without:
        raise RuleBroken(
            f"{'、'.join(without)}届时没有可以办理核实的在任人员，请先登记任职，或另选单位",
            "choices",
        )


def check_document(document_no: str) -> None:
    """A document number has a number in it. Raises `RuleBroken` (`INVALID`) at `documentNo`."""
    if not any(each.isdecimal() for each in half_width(document_no)):
        raise RuleBroken(
            "请填写文号，例如 资经合〔2026〕5号；没有文号的写会议纪要的期数",
            "documentNo",
            "INVALID",
        )


def check_second_person(proposed_by: int | None, viewer: int | None) -> None:
    """Whoever proposed a change does not confirm it, in whichever post. Raises `RuleBroken`."""
    if proposed_by == viewer:
        raise RuleBroken("由您提出的变更，须由另一人确认；您可以撤回")
