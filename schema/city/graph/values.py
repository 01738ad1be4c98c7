"""The values of parameters, typed: a number with its unit, a ratio, choices, a time of day, yes or no."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Protocol

import strawberry

from schema.city.rules.rulebook import (
    Choice,
    Choices,
    Number,
    Parameter,
    ShareOf,
    TimeOfDay,
    YesNo,
)
from schema.city.tables import RuleStatus
from schema.context import RuleVersion
from schema.query.fields import describe_enum, worded

describe_enum(
    RuleStatus,
    "规则参数的性质",
    SEED="政策",
    ZIYANG="本市规定",
    NATIONAL="国家规定",
    OTHER_CITY="他市做法",
    PROPOSAL="建议，待确认",
)

STATUS_WORDS = worded(RuleStatus)


@strawberry.type(description="可选的一项")
class RuleChoice:
    value: str = strawberry.field(description="代码")
    label: str = strawberry.field(description="名称")


@strawberry.interface(description="规则参数的数值")
class RuleValue:
    text: str = strawberry.field(description="数值的文字，含单位")


@strawberry.type(description="带单位的整数")
class NumberValue(RuleValue):
    number: int = strawberry.field(description="数")
    unit: str = strawberry.field(description="单位")
    least: int = strawberry.field(description="最小")
    most: int = strawberry.field(description="最大")


@strawberry.type(description="首谈地与注册落户地的分享比例，和按此分享的指标")
class ShareValue(RuleValue):
    first_parts: int = strawberry.field(description="首谈地份数")
    landing_parts: int = strawberry.field(description="注册落户地份数")
    chosen: list[str] = strawberry.field(description="指标代码")
    indicators: list[RuleChoice] = strawberry.field(description="指标")


@strawberry.type(description="时刻")
class TimeValue(RuleValue):
    time: str = strawberry.field(description="时:分")


@strawberry.type(description="从所列中选择的一项或几项")
class ChoiceValue(RuleValue):
    one: bool = strawberry.field(description="是否只能选一项")
    none: str = strawberry.field(description="一项也不选的含义；须选的为空")
    chosen: list[str] = strawberry.field(description="所选代码")


@strawberry.type(description="是或否")
class YesNoValue(RuleValue):
    yes: bool = strawberry.field(description="是")
    chosen: list[str] = strawberry.field(description="YES 或 NO")


VALUES = (NumberValue, ShareValue, TimeValue, ChoiceValue, YesNoValue)
YES_NO = {"YES": "是", "NO": "否"}


def rule_value(parameter: Parameter[Any], value: Any) -> RuleValue:
    """A parameter's value as the graph has it."""
    match parameter:
        case Number():
            joined = "" if parameter.unit == "%" else " "
            text = f"{value}{joined}{parameter.unit}"
            return NumberValue(
                text=parameter.zero if parameter.zero and not value else text,
                number=value,
                unit=parameter.unit,
                least=parameter.least,
                most=parameter.most,
            )
        case TimeOfDay():
            return TimeValue(text=f"{value:%H:%M}", time=f"{value:%H:%M}")
        case ShareOf():
            indicators = choices_of(value.indicators)
            return ShareValue(
                text=value.ratio,
                first_parts=value.first,
                landing_parts=value.whole - value.first,
                chosen=[each.value for each in value.indicators],
                indicators=indicators,
            )
        case YesNo():
            chosen = "YES" if value else "NO"
            return YesNoValue(text=YES_NO[chosen], yes=value, chosen=[chosen])
        case Choice() | Choices():
            kept = [value] if isinstance(parameter, Choice) else list(value)
            none = parameter.none if isinstance(parameter, Choices) else ""
            return ChoiceValue(
                text="、".join(each.label for each in choices_of(kept)) or none,
                one=isinstance(parameter, Choice),
                none=none,
                chosen=[each.value for each in kept],
            )
    raise TypeError(type(parameter))


def choices_of(members: Iterable[StrEnum] | type[StrEnum]) -> list[RuleChoice]:
    """Members of an enum with their words."""
    return [RuleChoice(value=each.value, label=worded(type(each))[each]) for each in members]


def options_of(parameter: Parameter[Any]) -> list[RuleChoice]:
    """What a parameter's value may be chosen from; nothing where it is typed."""
    if isinstance(parameter, YesNo):
        return [RuleChoice(value=value, label=label) for value, label in YES_NO.items()]
    if isinstance(parameter, Choice | Choices | ShareOf):
        return choices_of(parameter.among)
    return []


def value_text(version: RuleVersion[Any]) -> str:
    """A version's value in words, such as 2 个工作日, 3∶7 or 17:30."""
    return rule_value(version.parameter, version.value).text


class Sourced(Protocol):
    """What a rule says of itself."""

    @property
    def status(self) -> str: ...
    @property
    def clause(self) -> str: ...


def source_of(version: Sourced) -> str:
    """How firm a version is and where it comes from, such as 政策 · 第三条：…"""
    return f"{STATUS_WORDS[version.status]} · {version.clause}"
