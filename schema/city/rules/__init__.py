"""Rules that every mechanism uses: working days, the clock, money, days, codes, names, text."""

from schema.city.rules.calendar import (
    Calendar,
    SpecialDay,
    check_year,
    is_calendar_year,
    read_special_days,
    read_special_lines,
    write_special_days,
)
from schema.city.rules.clock import Amber, Clock, Lamp, Pause, clock, due, standing
from schema.city.rules.codes import parse_uscc, read_uscc, uscc_fault
from schema.city.rules.days import CITY_TIME, parse_day, parse_month
from schema.city.rules.errors import CalendarPending, RuleBroken
from schema.city.rules.highlight import highlight
from schema.city.rules.life import Life, UnderWay
from schema.city.rules.money import (
    format_money,
    format_wan,
    half_up,
    in_unit,
    is_estimate,
    parse_money,
    split,
    without_estimate_words,
    yuan,
)
from schema.city.rules.names import normal_name, search_key, search_term
from schema.city.rules.parameters import AMBER_DAYS, AMBER_PERCENT, CLOSING_TIME
from schema.city.rules.proposals import CALENDAR_LIFE, RULE_LIFE, ProposalState
from schema.city.rules.rulebook import PARAMETERS, Parameter
from schema.city.rules.text import clean_text, is_blank

__all__ = [
    "AMBER_DAYS",
    "AMBER_PERCENT",
    "CALENDAR_LIFE",
    "CITY_TIME",
    "CLOSING_TIME",
    "PARAMETERS",
    "RULE_LIFE",
    "Amber",
    "Calendar",
    "CalendarPending",
    "Clock",
    "Lamp",
    "Life",
    "Parameter",
    "Pause",
    "ProposalState",
    "RuleBroken",
    "SpecialDay",
    "UnderWay",
    "check_year",
    "clean_text",
    "clock",
    "due",
    "format_money",
    "format_wan",
    "half_up",
    "highlight",
    "in_unit",
    "is_blank",
    "is_calendar_year",
    "is_estimate",
    "normal_name",
    "parse_day",
    "parse_money",
    "parse_month",
    "parse_uscc",
    "read_special_days",
    "read_special_lines",
    "read_uscc",
    "search_key",
    "search_term",
    "split",
    "standing",
    "uscc_fault",
    "without_estimate_words",
    "write_special_days",
    "yuan",
]
