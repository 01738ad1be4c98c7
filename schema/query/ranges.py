"""Ranges of amounts and days, for filters."""

from datetime import date
from typing import Any

import strawberry

from schema.scalars import Money


@strawberry.input(description="金额范围（元）")
class MoneyRange:
    min: Money | None = strawberry.field(default=None, description="不低于")
    max: Money | None = strawberry.field(default=None, description="不高于")

    def low(self) -> Any:
        return self.min

    def high(self) -> Any:
        return self.max


@strawberry.input(description="日期范围")
class DateRange:
    since: date | None = strawberry.field(default=None, description="从")
    until: date | None = strawberry.field(default=None, description="到")

    def low(self) -> Any:
        return self.since

    def high(self) -> Any:
        return self.until
