"""Places, the calendar and the rules by date, as they can be read."""

from strawberry.tools import merge_types

from schema.city.graph import calendar, places, proposals, rulebook
from schema.city.graph.calendar import CalendarDay, CalendarYear, calendar_year
from schema.city.graph.effects import COMPARISONS, RuleEffect, RuleEffects, Trial
from schema.city.graph.explanations import Clause, ExplanationInput, rule_input
from schema.city.graph.places import Place, PlaceFilter
from schema.city.graph.proposals import CalendarProposal, RuleProposal
from schema.city.graph.rulebook import Rule
from schema.city.graph.values import (
    STATUS_WORDS,
    VALUES,
    RuleValue,
    rule_value,
    source_of,
    value_text,
)
from schema.city.graph.versions import (
    CHECKS_BESIDE,
    DONE_BY_UNITS,
    POSTED_UNTIL,
    SETTLED_BY,
    SETTLED_UNTIL,
)

__all__ = [
    "CHECKS_BESIDE",
    "COMPARISONS",
    "DONE_BY_UNITS",
    "POSTED_UNTIL",
    "SETTLED_BY",
    "SETTLED_UNTIL",
    "STATUS_WORDS",
    "VALUES",
    "CalendarDay",
    "CalendarProposal",
    "CalendarYear",
    "Clause",
    "ExplanationInput",
    "Place",
    "PlaceFilter",
    "Query",
    "Rule",
    "RuleEffect",
    "RuleEffects",
    "RuleProposal",
    "RuleValue",
    "Trial",
    "calendar_year",
    "rule_input",
    "rule_value",
    "source_of",
    "value_text",
]

Query = merge_types("Query", (places.Query, rulebook.Query, proposals.Query, calendar.Query))
