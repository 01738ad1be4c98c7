"""Who may do what, who sees what: `policy.py` has the tables, `conditions.py` their words, `decisions.py` answers."""

from schema.people.rules import NO_POST, PUBLIC, HeldPost, Post, Viewer
from schema.permissions.conditions import everything
from schema.permissions.decisions import (
    COLUMNS,
    absent,
    audits,
    beside,
    figures_of,
    hidden,
    is_inside,
    lists_of,
    may,
    needs,
    post_for,
    posts_for,
    rows_of,
    table_name,
    visible,
)
from schema.permissions.policy import BESIDE, FIGURES, HIDES, LISTS, MAY, OUTSIDERS, SCOPES, SEES

__all__ = [
    "BESIDE",
    "COLUMNS",
    "FIGURES",
    "HIDES",
    "LISTS",
    "MAY",
    "NO_POST",
    "OUTSIDERS",
    "PUBLIC",
    "SCOPES",
    "SEES",
    "HeldPost",
    "Post",
    "Viewer",
    "absent",
    "audits",
    "beside",
    "everything",
    "figures_of",
    "hidden",
    "is_inside",
    "lists_of",
    "may",
    "needs",
    "post_for",
    "posts_for",
    "rows_of",
    "table_name",
    "visible",
]
