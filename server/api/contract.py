"""The graph's contract: schema/schema.graphql, and what a change of the code would break."""

from typing import NamedTuple

from graphql import build_schema
from graphql.utilities import find_breaking_changes, find_dangerous_changes

from schema.graph import schema
from server.settings import ROOT

FILE = ROOT / "schema/schema.graphql"


class Changes(NamedTuple):
    """What differs between the committed contract and the code, in graphql-core's words."""

    breaking: list[str]
    dangerous: list[str]
    stale: bool


def text() -> str:
    """The contract as the code has it now."""
    return schema.as_str().rstrip() + "\n"


def write() -> None:
    FILE.write_text(text())


def changes() -> Changes:
    """Raises FileNotFoundError where no contract has been written."""
    committed = FILE.read_text()
    before, after = build_schema(committed), build_schema(text())
    return Changes(
        [each.description for each in find_breaking_changes(before, after)],
        [each.description for each in find_dangerous_changes(before, after)],
        committed != text(),
    )
