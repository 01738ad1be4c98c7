"""The viewer, with their inbox, counts and saved views, and the search."""

from strawberry.tools import merge_types

from schema.desk.graph import search, viewer

__all__ = ["Query"]

Query = merge_types("Query", (search.Query, viewer.Query))
