"""A request's context: the viewer, the time, and the rows already read for them."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar

from schema import database
from schema.city.rules import PARAMETERS, Calendar, Parameter
from schema.permissions import PUBLIC, Viewer
from schema.query.loaders import Rows
from schema.query.models import day, document, moment
from schema.scalars import SHANGHAI

T = TypeVar("T")
Known = int | datetime | None
"""By what was known at a number of the journal or at a moment; None for all that is known."""

RULEBOOK = "rulebook"
RULES_VERSION_COLUMNS = (
    '(SELECT max("id") FROM "parameter") AS rule, (SELECT count(*) FROM "parameter") AS rules,'
    ' (SELECT max("id") FROM "calendar_day") AS day, (SELECT count(*) FROM "calendar_day") AS days,'
    ' (SELECT count(*) FROM "calendar_year") AS years'
)
"""What another statement selects to know the version of the rules as well."""
RULES_VERSION = f"SELECT {RULES_VERSION_COLUMNS}"


@dataclass(frozen=True)
class RuleVersion(Generic[T]):
    """One dated version of a parameter: its typed value, clause, status, document and source.

    `journal_id` is the number of the journal entry that put it in force, at which it was known; None
    where the city began with it.
    """

    id: int
    name: str
    value: T
    effective_on: date
    clause: str
    status: str
    note: str
    document_no: str
    recorded_at: datetime
    journal_id: int | None = None

    @property
    def parameter(self) -> Parameter[T]:
        return PARAMETERS[self.name]

    def known_at(self, known: Known) -> bool:
        """Whether the version was known at a number of the journal, or at a moment."""
        if known is None or self.journal_id is None:
            return True
        if isinstance(known, datetime):
            return self.recorded_at <= known
        return self.journal_id <= known

    @property
    def begins_at(self) -> datetime:
        """Since when the version has been both in force and known."""
        midnight = datetime.combine(self.effective_on, time(), SHANGHAI)
        return midnight if self.journal_id is None else max(midnight, self.recorded_at)

    @property
    def version(self) -> str:
        return f"{self.name}@{self.effective_on:%Y-%m-%d}#{self.id}"


@dataclass
class Context:
    """All that the graph knows about a request."""

    viewer: Viewer = PUBLIC
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    running_clock: Callable[[], datetime] | None = None
    idempotency_key: str | None = None
    request_id: str = ""
    secret: bytes = b""
    file_store: Any = None
    gate: Any = None
    unreadable: dict[str, dict[str, str]] = field(default_factory=dict)  # of acts' variables
    extra: dict[str, Any] = field(default_factory=dict)
    rate_limit: Any = None
    trial: bool = (
        False  # an act is tried out: all that is wrong with it is said, and nothing is written
    )
    answered_only: bool = (
        False  # the answer that the act's key was given, or a refusal; nothing is done
    )
    progress: Callable[[int, int], None] | None = None  # called with how much of a long act is done
    _calendar: Calendar | None = None
    _rules: list[RuleVersion[Any]] | None = None
    _in_force: dict[tuple[str, date, Known], RuleVersion[Any]] = field(default_factory=dict)

    @cached_property
    def rows(self) -> Rows:
        """The rows of tables, read once for this request."""
        return Rows(self.viewer)

    @cached_property
    def dialect(self) -> Literal["sqlite", "postgres"]:
        return database.dialect()

    @cached_property
    def asking(self) -> asyncio.Lock:
        """One question about what is not seen after the other, of those of one document too."""
        return asyncio.Lock()

    @cached_property
    def _loading(self) -> asyncio.Lock:
        return asyncio.Lock()

    def clock(self) -> datetime:
        """The moment now: that of the request, or later where a clock runs."""
        return max(self.now, self.running_clock()) if self.running_clock else self.now

    @property
    def today(self) -> date:
        return self.day_of(self.now)

    @staticmethod
    def day_of(at: datetime) -> date:
        """The day in the city on which an instant falls."""
        return at.astimezone(SHANGHAI).date()

    def forget(self) -> None:
        """After an act: read again whatever it may have changed."""
        self.rows.forget()
        self._calendar = self._rules = None
        self._in_force.clear()

    @property
    def calendar(self) -> Calendar:
        """The working days of all published years, once `load_rules` has read them."""
        assert self._calendar is not None, "await context.load_rules() first"
        return self._calendar

    @property
    def rules(self) -> list[RuleVersion[Any]]:
        """Every version of every rule, in the order in which they take effect, once `load_rules` has read them."""
        assert self._rules is not None, "await context.load_rules() first"
        return self._rules

    def rule(
        self, parameter: Parameter[T], on: date | None = None, known: Known = None
    ) -> RuleVersion[T]:
        """The version of a parameter in force on a day (today by default), the latest recorded winning.

        With `known`, as it was known at that number of the journal or at that moment: a version that
        is set later on the same day changes nothing of it. Raises LookupError where none is in force.
        """
        name, on = parameter.name, on or self.today
        if (name, on, known) not in self._in_force:
            versions = [
                each
                for each in self.rules
                if each.name == name and each.effective_on <= on and each.known_at(known)
            ]
            if not versions:
                raise LookupError(f"no version of the rule {name} is in force on {on}")
            self._in_force[name, on, known] = versions[-1]
        return self._in_force[name, on, known]

    def rule_from(
        self, parameter: Parameter[T], since: datetime
    ) -> tuple[RuleVersion[T], datetime]:
        """The version of a limit that counts for what began at `since`, and from when its days count.

        That of the day, as known at that moment, from then on. Where a release has brought the rule
        since, or it took effect later, the first one that was both known and in force, from when it
        was: nobody is late by a rule that did not exist. Raises LookupError where the rule has none.
        """
        begun = [each.begins_at for each in self.rules if each.name == parameter.name]
        start = max(since, min(begun, default=since))
        return self.rule(parameter, self.day_of(start), start), start

    def assume(
        self, rules: list[RuleVersion[Any]] | None = None, calendar: Calendar | None = None
    ) -> None:
        """Compute by these rules and this calendar instead of those in force: for a preview."""
        self._rules, self._calendar = rules or self._rules, calendar or self._calendar
        self._in_force.clear()

    async def load_rules(self) -> None:
        """Read the calendar and the rules, which computed fields use.

        However many fields need them at once, they are read once; and not again while no day is
        published and no rule is set. An act that rests on them keeps them from changing until it ends.
        """
        async with self._loading:
            if self._calendar is None or self._rules is None:
                if self.gate is not None and database.in_transaction():
                    await self.gate.share(RULEBOOK)
                version = await database.cached("rules and days", read_version)
                self._calendar = await database.cached_by_version(
                    "calendar", version, read_calendar
                )
                self._rules = await database.cached_by_version("rules", version, read_rules)


async def rulebook(row: Mapping[str, Any] | None = None) -> list[RuleVersion[Any]]:
    """Every version of every rule; `row` of a statement that has selected their version already."""
    names = ("rule", "rules", "day", "days", "years")
    version = tuple(row[name] for name in names) if row else await read_version()
    return await database.cached_by_version("rules", version, read_rules)


async def read_version() -> tuple[int, ...]:
    """A value that changes whenever a rule is set or days are published."""
    (row,) = await database.fetch(RULES_VERSION)
    return tuple(row.values())


async def read_calendar() -> Calendar:
    rows = await database.fetch(
        'SELECT y."year", d."day", d."working" FROM "calendar_year" y'
        ' LEFT JOIN "calendar_day" d ON d."year_id" = y."year"'
    )
    days = [(day(row["day"]), bool(row["working"])) for row in rows if row["day"]]
    return Calendar(
        years=frozenset(row["year"] for row in rows),
        off=frozenset(each for each, working in days if not working),
        on=frozenset(each for each, working in days if working),
    )


async def read_rules() -> list[RuleVersion[Any]]:
    """Every version of every declared parameter, in the order in which they take effect."""
    rows = await database.fetch(
        'SELECT "id", "name", "value", "effective_on", "clause", "status", "note", "document_no",'
        ' "recorded_at", "journal_id" FROM "parameter"'
    )
    rules = [
        RuleVersion(
            **{
                **row,
                "value": PARAMETERS[row["name"]].load(document(row["value"])),
                "effective_on": day(row["effective_on"]),
                "recorded_at": moment(row["recorded_at"]),
            }
        )
        for row in rows
        if row["name"] in PARAMETERS
    ]
    return sorted(rules, key=lambda rule: (rule.name, rule.effective_on, rule.id))
