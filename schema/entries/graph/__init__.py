"""Figures as they can be read: entries, credits, shares, and the explanation of each figure."""

from strawberry.tools import merge_types

from schema.entries.graph import credits, entry
from schema.entries.graph.credits import Credit, Share, shares_of
from schema.entries.graph.entry import Entry
from schema.entries.graph.explanation import STATUS_WORDS, Explanation

__all__ = ["STATUS_WORDS", "Credit", "Entry", "Explanation", "Query", "Share", "shares_of"]

Query = merge_types("Query", (entry.Query, credits.Query))
