"""What an explanation of a figure is made of."""

from typing import Any

import strawberry

from schema.city.graph.values import source_of, value_text
from schema.context import RuleVersion


@strawberry.type(description="依据条款")
class Clause:
    article: str = strawberry.field(description="条")
    title: str = strawberry.field(description="内容")


@strawberry.type(description="计算所用的一个数")
class ExplanationInput:
    key: str = strawberry.field(description="代号")
    name: str = strawberry.field(description="名称")
    value: str = strawberry.field(description="数值")
    source: str = strawberry.field(description="来源")
    rule_version: str | None = strawberry.field(
        default=None, description="所用规则的版本；不是规则参数的没有"
    )


def rule_input(key: str, version: RuleVersion[Any]) -> ExplanationInput:
    """A rule that a figure is computed by: its value, how firm it is, its version."""
    return ExplanationInput(
        key=key,
        name=version.parameter.title,
        value=value_text(version),
        source=source_of(version),
        rule_version=version.version,
    )
