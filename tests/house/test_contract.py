"""The contract that partners read is the one that is served."""

from pathlib import Path

from graphql import build_schema
from graphql.utilities import find_breaking_changes

from schema.graph import schema

COMMITTED = Path(__file__).parent.parent.parent / "schema/schema.graphql"


def test_the_written_contract_is_the_schemas_own() -> None:
    assert COMMITTED.read_text().strip() == schema.as_str().strip(), "run: sixones schema write"


def test_a_field_taken_away_would_be_told() -> None:
    written = COMMITTED.read_text()
    less = written.replace('  """短名"""\n  slug: String!\n', "", 1)
    assert less != written
    assert find_breaking_changes(build_schema(written), build_schema(less))
