"""Lists out of the system and ledgers into it, for commands: by the same documents as anybody's.

Whoever a command acts for sees and may do here what they see and may do in a browser.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

from graphql import GraphQLEnumType, GraphQLObjectType, get_named_type

from schema.city.rules import RuleBroken
from schema.city.tables import Person
from schema.graph import schema
from schema.permissions import Post
from schema.reading.context import Context
from schema.sheet import Column, write_csv, write_json, write_xlsx
from server.context import FILES, named, now, signing_secret
from server.execution import Graph

Told = Callable[[int, int], None]

PROJECTS = """
query Projects($after: String) {
  projects(first: 100, after: $after, orderBy: {field: REPORTED_AT, direction: ASC}) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      no name investor { name uscc } amount industryCode group { shortName } capitalOrigin stage
      reportedBy { shortName } reportedAt firstContactPlace { name } landingPlace { name }
      signedOn signedFunds paidInFunds tax contactName contactPhone updatedAt
    }
  }
}
"""
COLUMNS = (
    "no", "name", "investor.name", "investor.uscc", "amount", "industryCode", "group.shortName",
    "capitalOrigin", "stage", "reportedBy.shortName", "reportedAt", "firstContactPlace.name",
    "landingPlace.name", "signedOn", "signedFunds", "paidInFunds", "tax", "contactName",
    "contactPhone", "updatedAt",
)  # fmt: skip
FEN_IN_WAN = 1_000_000
WRITERS = {"xlsx": write_xlsx, "csv": write_csv, "json": write_json}


class Taken(NamedTuple):
    """What became of a ledger: one line for each fault, and a sentence."""

    done: bool
    sentence: str
    faults: list[str]


async def give_out(form: str, username: str | None, told: Told) -> bytes:
    """All projects that this person sees, as a file. Amounts are in 万元, exactly."""
    context = await acting(username)
    columns = [titled(path) for path in COLUMNS]
    rows: list[list[Any]] = []
    after = None
    while True:
        page = (await answered(PROJECTS, {"after": after}, context))["projects"]
        rows += [[said(node, path) for path in COLUMNS] for node in page["nodes"]]
        told(len(rows), page["totalCount"])
        if not page["pageInfo"]["hasNextPage"]:
            return WRITERS[form](columns, rows)
        after = page["pageInfo"]["endCursor"]


async def take_in(
    file: Path, username: str | None, *, dry_run: bool, only_correct: bool, told: Told
) -> Taken:
    raise RuleBroken("导入台账的接口尚未装好，请在页面“导入”中办理")


async def acting(username: str | None) -> Context:
    """The context of a person, by default the office's first. Raises RuleBroken for nobody."""
    if username is None:
        office = Person.filter(post=Post.OFFICE.value, active=True).order_by("id")
        first = await office.first()
        if first is None:
            raise RuleBroken("领导小组办公室还没有人员，请用 --as 写明以谁的名义")
        username = first.username
    viewer = await named(username)
    if viewer is None:
        raise RuleBroken(f"没有用户 {username}，或已停用，请核对用户名")
    return Context(viewer=viewer, now=now(), secret=signing_secret(), file_store=FILES)


async def answered(document: str, variables: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """The data as Python values. What is wrong with our own documents is raised as it is."""
    prepared = graph.prepare(document, trusted=True)
    if isinstance(prepared, list):
        raise prepared[0]
    result = await graph.run(prepared, None, variables, context, raw=True)
    for error in result.errors or ():
        raise error.original_error or error
    assert result.data is not None
    return result.data


def titled(path: str) -> Column:
    """The column's words are the graph's own."""
    field = PROJECT.fields[path.partition(".")[0]]
    title = (field.description or path).partition("（")[0]
    if path == "investor.uscc":
        title = "统一社会信用代码"
    unit = "万元" if get_named_type(field.type).name == "Money" else ""
    return Column(title, key=path, unit=unit)


def said(node: Mapping[str, Any], path: str) -> Any:
    value: Any = node
    for name in path.split("."):
        value = value[name] if value is not None else None
    kind = get_named_type(PROJECT.fields[path.partition(".")[0]].type)
    if value is not None and kind.name == "Money":
        return Decimal(value) / FEN_IN_WAN
    if isinstance(value, Enum) and isinstance(kind, GraphQLEnumType):
        return kind.values[value.name].description
    return value


def type_of_projects() -> GraphQLObjectType:
    found = graph.core.type_map["Project"]
    assert isinstance(found, GraphQLObjectType)
    return found


graph = Graph(schema)
PROJECT = type_of_projects()
