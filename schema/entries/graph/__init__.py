"""Figures as they can be read: entries, credits, shares, and the explanation of each figure."""

from strawberry.tools import merge_types

from schema.entries.graph import credits, entry
from schema.entries.graph.counting import basis_of, basis_rule, chosen_basis, counts
from schema.entries.graph.credits import Credit, CreditFilter, Share, shares_of
from schema.entries.graph.entry import ClosedMonth, Entry, EntryFlag, EntryStep
from schema.entries.graph.explanation import (
    Explanation,
    ExplanationLine,
    RuleUsed,
    money,
    policy_clause,
    rule_input_on,
    rule_used,
    rules_used,
)

__all__ = [
    "ClosedMonth",
    "Credit",
    "CreditFilter",
    "Entry",
    "EntryFlag",
    "EntryStep",
    "Explanation",
    "ExplanationLine",
    "Query",
    "RuleUsed",
    "Share",
    "basis_of",
    "basis_rule",
    "chosen_basis",
    "counts",
    "money",
    "policy_clause",
    "rule_input_on",
    "rule_used",
    "rules_used",
    "shares_of",
]

Query = merge_types("Query", (entry.Query, credits.Query))
