"""What is asked: the same rows and fields of every server, in each one's own words.

Peers' fields are renamed to ours in the document, so that answers can be compared value by value.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.bench.limit import GROUP

Json = Any
Variables = dict[str, Any]


@dataclass(frozen=True)
class Workload:
    """`documents` by server. `against` is the workload whose peers' figures it is measured by."""

    name: str
    what: str
    documents: Mapping[str, str]
    ordered: bool = True
    against: str = ""


# ---------------------------------------------------------------- fields, in three languages

SCALARS = (
    "no name summary stage amount amountEstimated industryCode capitalOrigin signedFunds reportedAt"
)
MORE = (
    "fixedAssets landMu contactName contactPhone source needs stageAt ownerName signedOn"
    " paidInFunds tax revision updatedAt"
)
TO_ONES = (
    "investor { name region } group { name shortName }"
    " firstContactPlace { name slug } landingPlace { name slug }"
)
ENTRY, MILESTONE = "no indicator amount occurredOn", "stage reachedOn"
COMPUTED = "linkage { clock { lamp label } } steps { label done current } fulfilment { paidInRate }"

STORED_AS = {
    "amount": "amountFen",
    "signedFunds": "signedFen",
    "fixedAssets": "fixedAssetsFen",
    "paidInFunds": "paidInFen",
    "tax": "taxFen",
    "investor": "companyByInvestorId",
    "group": "industryGroupByGroupId",
    "firstContactPlace": "placeByFirstContactPlaceId",
    "landingPlace": "placeByLandingPlaceId",
}


def renamed(fields: str, *, relations: bool) -> str:
    """Our fields as the tables call them: `amount` is asked as `amount: amountFen`."""
    return re.sub(
        r"\w+",
        lambda word: (
            f"{word[0]}: {stored}"
            if (stored := STORED_AS.get(word[0])) and (relations or stored.endswith("Fen"))
            else word[0]
        ),
        fields,
    )


def in_postgraphile(fields: str) -> str:
    return renamed(fields, relations=True)


def in_django(fields: str) -> str:
    return renamed(fields, relations=False)


# ---------------------------------------------------------------- documents

NEWEST = "orderBy: [REPORTED_AT_DESC, ROW_ID_DESC]"
NODES = "nodes {{ {} }}"


def ours_page(fields: str) -> str:
    return f"query ($after: String) {{ projects(first: 50, after: $after) {{ nodes {{ {fields} }} }} }}"


def postgraphile_page(fields: str) -> str:
    return (
        f"query ($after: Cursor) {{ allProjects(first: 50, after: $after, {NEWEST})"
        f" {{ nodes {{ {in_postgraphile(fields)} }} }} }}"
    )


def postgraphile_entries(first: int, total: str = "") -> str:
    return (
        f"entries: entriesByProjectId(first: {first}, orderBy: ROW_ID_DESC)"
        f" {{ {total} nodes {{ {in_postgraphile(ENTRY)} }} }}"
    )


def django_entries(first: int, total: str = "") -> str:
    return (
        f"entries(pagination: {{ limit: {first} }}) {{ {total} results {{ {in_django(ENTRY)} }} }}"
    )


OURS_MILESTONES = f"fulfilment {{ milestones {{ {MILESTONE} }} }}"
POSTGRAPHILE_MILESTONES = f"milestones: milestonesByProjectId {{ nodes {{ {MILESTONE} }} }}"
DJANGO_MILESTONES = f"milestones {{ {MILESTONE} }}"
LIST = f"{SCALARS} {TO_ONES}"
DETAIL = f"{SCALARS} {MORE} {TO_ONES}"

W1 = Workload(
    "W1",
    "list of 50, 10 scalars and 4 to-ones",
    {
        "ours": ours_page(LIST),
        "limit": "W1",
        "postgraphile": postgraphile_page(LIST),
        "django": f"{{ projects(pagination: {{ limit: 50 }}) {{ results {{ {in_django(LIST)} }} }} }}",
    },
)
W2 = Workload(
    "W2",
    "25 projects with 5 entries, their total and all milestones",
    {
        "ours": "{ projects(first: 25) { nodes { no name"
        f" entries(first: 5) {{ totalCount nodes {{ {ENTRY} }} }} {OURS_MILESTONES} }} }} }}",
        "limit": "W2",
        "postgraphile": f"{{ allProjects(first: 25, {NEWEST}) {{ nodes {{ no name"
        f" {postgraphile_entries(5, 'totalCount')} {POSTGRAPHILE_MILESTONES} }} }} }}",
        "django": "{ projects(pagination: { limit: 25 }) { results { no name"
        f" {django_entries(5, 'totalCount')} {DJANGO_MILESTONES} }} }} }}",
    },
)
W3 = Workload(
    "W3",
    "one project: 23 scalars, 4 to-ones, milestones, 10 entries",
    {
        "ours": f"query ($no: String!) {{ project(no: $no) {{ {DETAIL} {OURS_MILESTONES}"
        f" entries(first: 10) {{ nodes {{ {ENTRY} }} }} }} }}",
        "limit": "W3",
        "postgraphile": f"query ($no: String!) {{ projectByNo(no: $no) {{ {in_postgraphile(DETAIL)}"
        f" {POSTGRAPHILE_MILESTONES} {postgraphile_entries(10)} }} }}",
        "django": f"query ($no: String!) {{ project(no: $no) {{ {in_django(DETAIL)}"
        f" {DJANGO_MILESTONES} {django_entries(10)} }} }}",
    },
)
FIGURES = "stage count amount"
W4 = Workload(
    "W4",
    "count and amount by stage, of all projects and of one group",
    {
        "ours": f"{{ all: funnel {{ {FIGURES} }}"
        f' group: funnel(filter: {{ group: {{ slug: ["{GROUP}"] }} }}) {{ {FIGURES} }} }}',
        "limit": "W4",
        "postgraphile": f"{{ all: benchStageFigures {{ nodes {{ {FIGURES} }} }}"
        f' group: benchStageFigures(ofGroup: "{GROUP}") {{ nodes {{ {FIGURES} }} }} }}',
        "django": f"{{ all: stageFigures {{ {FIGURES} }}"
        f' group: stageFigures(group: "{GROUP}") {{ {FIGURES} }} }}',
    },
    ordered=False,
)
W5 = Workload(
    "W5",
    "the page of W1 in the middle of the table, by cursor",
    {
        "ours": ours_page(LIST),
        "limit": "W5",
        "postgraphile": postgraphile_page(LIST),
        "django": "query ($after: String) { allProjects(first: 50, after: $after)"
        f" {{ edges {{ node {{ {in_django(LIST)} }} }} }} }}",
    },
)
W6 = Workload(
    "W6",
    "W1 with three computed fields of ours, against W1 without",
    {"ours": ours_page(f"{LIST} {COMPUTED}")},
    against="W1",
)
WORKLOADS = (W1, W2, W3, W4, W5, W6)

# Documents that find the cursor behind which W5 begins.
WALK = """
query ($after: String, $size: Int) {
  projects(first: $size, after: $after) { pageInfo { endCursor } }
}
"""
POSTGRAPHILE_CURSOR = f"""
query ($offset: Int) {{
  allProjects(offset: $offset, first: 1, {NEWEST}) {{ pageInfo {{ endCursor }} }}
}}
"""
DJANGO_CURSOR = """
query ($after: String, $size: Int) {
  allProjects(first: $size, after: $after) { pageInfo { endCursor } }
}
"""


# ---------------------------------------------------------------- whether answers agree

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT")
NUMBER = re.compile(r"-?\d+(\.\d\d)?")


def facts(workload: Workload, answer: Json) -> list[tuple[str, Any]]:
    """Every value of an answer with its name, whatever lists and pages it is wrapped in."""
    if workload.ordered:
        return list(values(answer))
    return sorted(values(answer), key=str)


def values(answer: Json, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(answer, dict):
        for key, value in answer.items():
            yield from values(value, key)
    elif isinstance(answer, list):
        for each in answer:
            yield from values(each, name)
    else:
        yield name, plain(answer)


def plain(value: Any) -> Any:
    """Fen for an amount, seconds for a moment, however a server writes it."""
    if isinstance(value, bool) or value is None:
        return value
    given = str(value)
    if NUMBER.fullmatch(given):
        return int(given.replace(".", ""))
    if MOMENT.match(given):
        return int(datetime.fromisoformat(given).astimezone(UTC).timestamp())
    return given
