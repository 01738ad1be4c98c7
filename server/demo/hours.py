"""When things happen: in office hours of working days, by the city's calendar."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from schema.city.rules import CITY_TIME, Calendar, due

ONE_DAY = timedelta(days=1)


class Limit(NamedTuple):
    """The limit of a judgement: so many working days, and the closing hour."""

    days: int
    closing: time


class Hours:
    """Instants drawn by chance, within office hours."""

    def __init__(
        self, calendar: Calendar, limit: Limit, now: datetime, chance: random.Random
    ) -> None:
        self.limit = limit
        # Only to make up a history: years without a notice are planned as if they had no holidays.
        self.calendar = replace(calendar, years=frozenset(range(2000, 2100)))
        self.now, self.chance = now.astimezone(CITY_TIME), chance

    @property
    def today(self) -> date:
        return self.now.date()

    def on(self, day: date) -> datetime:
        """Some moment in the office hours of this day, or of the next working day."""
        while not self.calendar.is_working_day(day):
            day += ONE_DAY
        minutes = self.chance.randrange(9 * 60, 17 * 60 + 15)
        clock = time(minutes // 60, minutes % 60, self.chance.randrange(60))
        return datetime.combine(day, clock, CITY_TIME)

    def after(self, moment: datetime, least: float, most: float) -> datetime:
        """Between `least` and `most` days later, and never before."""
        later = moment + timedelta(days=self.chance.uniform(least, most))
        found = self.on(later.date())
        return found if found > moment else self.on(moment.date() + ONE_DAY)

    def working_days_after(self, moment: datetime, days: int) -> datetime:
        found = self.on(self.calendar.after(moment.date(), days))
        return found if found > moment else moment + timedelta(minutes=self.chance.randrange(5, 50))

    def before(self, day: date, working_days: int) -> date:
        """The working day that lies `working_days` before `day`."""
        while working_days > 0 or not self.calendar.is_working_day(day):
            day -= ONE_DAY
            working_days -= self.calendar.is_working_day(day)
        return day

    def reported_when(self, due_on: Callable[[date], bool]) -> datetime:
        """The latest moment in office hours at which a report had the wanted last day."""
        day = self.today
        while True:
            day = self.before(day, 1)
            moment = self.on(day)
            last = due(moment, self.limit.days, self.calendar, self.limit.closing)
            if last is not None and due_on(last.date()):
                return moment
