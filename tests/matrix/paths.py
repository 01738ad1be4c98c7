"""The paths by which something hidden could be learned: what a viewer asks on each, about a subject.

Each path is a list of probes; a probe is an awaited text, what the viewer is answered. Those of a path
are many, and a cell tries some of them, chosen by chance: the seed is printed and may be set.
"""

import json
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from random import Random
from typing import Any

import httpx2
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    Undefined,
    get_named_type,
    is_leaf_type,
)

from schema.permissions import MAY, Viewer, figures_of, may
from schema.query.fields import metadata_of
from schema.query.models import KINDS, global_id, read_global_id
from tests.house.test_who_may import undone
from tests.matrix.subjects import TWIN, Subject
from tests.reading.test_every_column import example
from tests.world import CORE, City, mutation

Ask = Callable[[], Awaitable[str]]
Probe = tuple[str, Ask]
MONEY = ("Entry", "EntryStep", "Credit", "Project", "Rule", "ClosedMonth", "JournalEntry")
"""Kinds of which the ranking is made: whoever is shown it reads their sums, as FIGURES says."""


GLOBAL_ID = re.compile(r'"((?:[0-9A-F]{2}){4,40})"')


@dataclass
class Asker:
    """Somebody with the ways to ask: the graph, and a browser or program of theirs."""

    city: City
    name: str
    visitor: httpx2.AsyncClient
    highest: dict[str, int]
    companies: dict[int, str]
    requests: int = 0

    @property
    def viewer(self) -> Viewer:
        return self.city[self.name]

    async def asked(self, document: str, **variables: Any) -> str:
        self.requests += 1
        data, errors = await self.city.served(self.viewer, document, variables)
        return json.dumps([data, errors], ensure_ascii=False, default=str)

    async def acted(self, act: str, input: dict[str, Any]) -> str:
        """What an act is answered; whatever it did is undone."""
        self.requests += 1
        async with undone():
            said = await self.city.served(self.viewer, mutation(act), {"input": input})
        return GLOBAL_ID.sub(self.unless_new, json.dumps(said, ensure_ascii=False, default=str))

    def unless_new(self, found: re.Match[str]) -> str:
        """An ID that was there before; of what the act itself made, no number: on SQLite the next one
        follows the highest there is.
        """
        kind, key = read_global_id(found[1]) or ("", 0)
        is_new = key > TWIN or self.highest.get(kind, TWIN) < key != TWIN
        return '"new"' if is_new else found[0]

    async def got(self, path: str) -> str:
        self.requests += 1
        answer = await self.visitor.get(path)
        number = answer.headers.get("x-request-id", "-")
        kept = {
            name: value
            for name, value in answer.headers.items()
            if name in ("etag", "content-length", "location", "content-disposition")
        }
        body = answer.content.decode("utf-8", "replace").replace(number, "")
        return json.dumps([answer.status_code, kept, body], ensure_ascii=False)


# ---------------------------------------------------------------- what is asked of a type


@cache
def whole(kind: str, depth: int = 1) -> str:
    """Every field of a type that takes no argument, with what its lists hold, to a depth."""
    shown = CORE.type_map[kind]
    assert isinstance(shown, GraphQLObjectType) or hasattr(shown, "fields")
    parts = []
    for name, each in shown.fields.items():
        if any(is_needed(argument) for argument in each.args.values()):
            continue
        far = get_named_type(each.type)
        if is_leaf_type(far):
            parts.append(name)
        elif far.name in KINDS:
            parts.append(f"{name} {{ id }}")
        elif far.name.endswith("Connection"):
            if depth:
                parts.append(f"{name}(first: 3) {{ totalCount nodes {{ id }} }}")
        elif depth and isinstance(far, GraphQLObjectType):
            parts.append(f"{name} {{ __typename {whole(far.name, depth - 1)} }}")
    return " ".join(parts) or "__typename"


def is_needed(argument: GraphQLArgument | GraphQLInputField) -> bool:
    return argument.default_value is Undefined and isinstance(argument.type, GraphQLNonNull)


@cache
def roots() -> dict[str, GraphQLField]:
    """The fields of a query that can be asked without being given anything."""
    assert CORE.query_type
    return {
        name: each
        for name, each in CORE.query_type.fields.items()
        if not any(is_needed(argument) for argument in each.args.values()) and name != "rateLimit"
    }


@cache
def lists() -> dict[str, str]:
    """The lists of the root that are paged: name → kind."""
    return {
        name: metadata_of(each)["connection"]
        for name, each in roots().items()
        if "connection" in metadata_of(each)
    }


@cache
def listed(name: str) -> str:
    field = roots()[name]
    far = get_named_type(field.type)
    if name in lists():
        kind = lists()[name]
        return (
            f"{{ {name}(first: 100) {{ totalCount nodes {{ {whole(kind)} }}"
            " edges { cursor } pageInfo { hasNextPage endCursor } } }"
        )
    if is_leaf_type(far):
        return f"{{ {name} }}"
    return f"{{ {name} {{ {whole(far.name)} }} }}"


def tells_sums(name: str, asker: Asker, subject: Subject) -> bool:
    """The ranking's sums are shown to whom FIGURES names, of rows that they may not see one by one."""
    return name == "ranking" and bool(figures_of(asker.viewer)) and subject.kind in MONEY


# ---------------------------------------------------------------- the paths


def list_path(asker: Asker, subject: Subject, chance: Random) -> Iterator[Probe]:
    for name in shuffled(roots(), chance):
        if not tells_sums(name, asker, subject):
            yield name, partial(asker.asked, listed(name))


def node_path(asker: Asker, subject: Subject, chance: Random) -> Iterator[Probe]:
    kind = subject.kind
    keys = sorted({*subject.keys[:20], subject.key, TWIN})
    if kind not in CORE.type_map:
        return
    document = (
        f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ id ... on {kind} {{ {whole(kind)} }} }} }}"
    )
    ids = [global_id(kind, key) for key in keys]
    yield "nodes", partial(asker.asked, document, ids=ids)
    one = f"query($id: ID!) {{ node(id: $id) {{ id ... on {kind} {{ {whole(kind, 0)} }} }} }}"
    for key in keys[:2] + keys[-1:]:
        yield f"node {key}", partial(asker.asked, one, id=global_id(kind, key))
    human = KINDS[kind].key
    if human:
        for name, field in CORE.query_type.fields.items():  # type: ignore[union-attr]
            about = metadata_of(field)
            if about.get("get_by") == kind:
                for value in texts(subject, human):
                    asked = f"query($key: String!) {{ {name}({about['key']}: $key) {{ {whole(kind, 0)} }} }}"
                    yield f"{name} {value}", partial(asker.asked, asked, key=value)


def filter_path(asker: Asker, subject: Subject, chance: Random) -> Iterator[Probe]:
    for name, kind in shuffled(lists().items(), chance):
        for argument in shuffled(roots()[name].args, chance):
            given = roots()[name].args[argument].type
            shown = get_named_type(given)
            if argument == "orderBy" or argument in ("first", "last", "after", "before"):
                continue
            values = (
                filters(shown, subject, 2)
                if isinstance(shown, GraphQLInputObjectType)
                else [text for text in (literal(given, None),) if text]
            )
            for text in shuffled(values, chance)[:3]:
                document = (
                    f"{{ {name}({argument}: {text}, first: 20) {{ totalCount nodes {{ id }} }} }}"
                )
                yield f"{name} {text}", partial(asker.asked, document)
                if kind == "Project" and argument == "filter":
                    sums = f"{{ funnel(filter: {text}) {{ stage count amount }} }}"
                    yield f"funnel {text}", partial(asker.asked, sums)


def order_path(asker: Asker, subject: Subject, chance: Random) -> Iterator[Probe]:
    for name in shuffled(lists(), chance):
        order = roots()[name].args.get("orderBy")
        kind = get_named_type(order.type) if order else None
        if not isinstance(kind, GraphQLInputObjectType):
            continue
        by = get_named_type(kind.fields["field"].type)
        assert isinstance(by, GraphQLEnumType)
        for value in shuffled(by.values, chance):
            for way in ("ASC", "DESC"):
                asked = f"orderBy: {{ field: {value}, direction: {way} }}, first: 10"
                document = (
                    f"{{ {name}({asked}) {{ nodes {{ id }} edges {{ cursor }}"
                    " pageInfo { hasNextPage endCursor } } }"
                )
                yield f"{name} {value} {way}", partial(asker.asked, document)


def count_path(asker: Asker, subject: Subject, chance: Random) -> Iterator[Probe]:
    totals = " ".join(f"{name} {{ totalCount }}" for name in lists())
    yield "totals", partial(asker.asked, f"{{ {totals} }}")
    yield "sums", partial(asker.asked, "{ funnel { stage count amount } }")
    yield "viewer", partial(asker.asked, f"{{ viewer {{ counts {{ {whole('Counts')} }} acts }} }}")
    yield "work", partial(asker.asked, f"{{ workloads {{ {whole('Workload')} }} }}")


def search_path(asker: Asker, subject: Subject, chance: Random) -> Iterator[Probe]:
    document = """query($text: String!) { search(text: $text) { projectTotal companyTotal
        projects { id no name } companies { id name } } }"""
    for text in shuffled(texts(subject), chance):
        yield text, partial(asker.asked, document, text=text[:90])
        kinds = shuffled(PICKED, chance)[:1]
        for kind in kinds:
            yield (
                f"pick {kind} {text}",
                partial(
                    asker.got,
                    str(httpx2.URL(f"/pick/{kind}", params={"q": text[:90], "field": "x"})),
                ),
            )


def export_path(asker: Asker, subject: Subject, chance: Random) -> Iterator[Probe]:
    for path in shuffled(EXPORTED, chance):
        if path == "/assessment/ranking" and tells_sums("ranking", asker, subject):
            continue
        form = chance.choice(("json", "csv"))
        yield f"{path}.{form}", partial(asker.got, f"{path}.{form}")


def file_path(asker: Asker, subject: Subject, chance: Random) -> Iterator[Probe]:
    keys = [TWIN, subject.key, *subject.keys[:3]] if subject.kind == "Attachment" else [TWIN, 1, 2]
    for key in dict.fromkeys(keys):
        yield f"file {key}", partial(asker.got, f"/files/{key}")
    no = next(iter(texts(subject, "no")), "2026-0001")
    for paper in ("receipt.pdf", "brief.docx"):
        yield f"{paper} {no}", partial(asker.got, f"/projects/{no}/{paper}")


def duplicate_path(asker: Asker, subject: Subject, chance: Random) -> Iterator[Probe]:
    """A report that is alike in all but name and credit code, by which alone an unseen one is known."""
    if not may(asker.viewer, "projectReport"):
        return
    lead = alike(subject)
    yield "report", partial(asker.acted, "projectReport", lead | {"investorName": "隐丙有限公司"})
    yield (
        "report again",
        partial(
            asker.acted,
            "projectReport",
            {**lead, "investorName": "隐丙有限公司", "acknowledgeDuplicates": True},
        ),
    )


def grade_path(asker: Asker, subject: Subject, chance: Random) -> Iterator[Probe]:
    document = """query($input: DuplicatesInput!) { duplicates(input: $input) {
        grade score reasons project { no } contact ticket } }"""
    row, lead = subject.shown, alike(subject)
    investor = row.get("name") if subject.kind == "Company" else None
    lead["investorName"] = investor or asker.companies.get(
        row.get("investor_id") or 0, "隐丙有限公司"
    )
    if row.get("industry_code"):
        lead["industryCode"] = row["industry_code"]
    for amount in (lead["amount"], "1", "999亿"):
        yield f"at {amount}", partial(asker.asked, document, input=lead | {"amount": amount})


def alike(subject: Subject) -> dict[str, Any]:
    """A lead that has of the hidden row whatever it could have, but its name and code."""
    row = subject.shown
    name = f"{row.get('name') or '隐甲'}二期"
    lead: dict[str, Any] = {
        "name": name[:60],
        "amount": f"{abs(row.get('amount_fen') or 12345) / 100:.2f}",
    }
    if str(row.get("contact_phone") or "").isdigit():
        lead["contactPhone"] = row["contact_phone"]
    return lead


def error_path(asker: Asker, subject: Subject, chance: Random) -> Iterator[Probe]:
    """What cannot be read, beside what names the hidden: all that is wrong is answered at once."""
    for act in shuffled(MAY, chance)[:1]:
        yield act, partial(asker.acted, act, input_of(act, subject, wrong=True))
    for reference in shuffled(references(subject), chance):
        document = (
            "query($key: String!) { project(no: $key) { id } organization(slug: $key) { id } }"
        )
        yield f"as a key {reference}", partial(asker.asked, document, key=reference)
        cursor = f'{{ projects(after: "{reference}") {{ totalCount }} }}'
        yield f"as a cursor {reference}", partial(asker.asked, cursor)
    for act in shuffled(MAY, chance):
        yield act, partial(asker.acted, act, input_of(act, subject, wrong=True))


def refusal_path(asker: Asker, subject: Subject, chance: Random) -> Iterator[Probe]:
    """Every act, done on the hidden wherever an act names something."""
    for act in shuffled(MAY, chance):
        yield act, partial(asker.acted, act, input_of(act, subject))


def time_path(asker: Asker, subject: Subject, chance: Random) -> Iterator[Probe]:
    for at in ("2026-11-18T01:00:00Z", "2026-11-18T02:00:00Z", "2027-01-01T00:00:00Z"):
        if not tells_sums("ranking", asker, subject):
            document = f'{{ ranking(month: "2026-11", asOf: "{at}") {{ {whole("Ranking")} }} }}'
            yield f"ranking {at}", partial(asker.asked, document)
    for day in ("2026-01-01", "2026-11-18", "2027-06-01"):
        document = f'{{ rules(on: "{day}") {{ {whole("Rule", 0)} }} }}'
        yield f"rules {day}", partial(asker.asked, document)
    yield "calendar", partial(asker.asked, "{ calendar(year: 2026) { year } closedMonths { id } }")


def journal_path(asker: Asker, subject: Subject, chance: Random) -> Iterator[Probe]:
    document = f"""query($id: ID!) {{ journal(subject: $id) {{ totalCount edges {{ cursor }}
        nodes {{ {whole("JournalEntry")} }} pageInfo {{ hasNextPage startCursor }} }} }}"""
    for key in dict.fromkeys((TWIN, subject.key)):
        id = global_id(subject.kind, key)
        yield f"of {subject.kind} {key}", partial(asker.asked, document, id=id)
    yield (
        "of projects",
        partial(
            asker.asked,
            f"""{{ projects(first: 30) {{ nodes {{ journal(first: 30) {{ totalCount
        nodes {{ {whole("JournalEntry")} }} }} }} }} }}""",
        ),
    )
    yield (
        "of oneself",
        partial(
            asker.asked, f"{{ viewer {{ appointmentHistory {{ {whole('JournalEntry')} }} }} }}"
        ),
    )


def message_path(asker: Asker, subject: Subject, chance: Random) -> Iterator[Probe]:
    yield "messages", partial(asker.asked, listed("messages"))
    yield "notices", partial(asker.asked, listed("notices"))
    unread = "{ viewer { counts { messages } } messages(filter: { unread: true }) { totalCount } }"
    yield "unread", partial(asker.asked, unread)
    one = f"query($id: ID!) {{ message(id: $id) {{ {whole('Message')} }} }}"
    yield "message", partial(asker.asked, one, id=global_id("Message", TWIN))
    for reference in references(subject)[:2]:
        notice = {"text": "请核实", "units": ["yanjiang"], "subject": reference}
        yield f"notice about {reference}", partial(asker.acted, "noticeSend", notice)


PATHS: dict[str, Callable[[Asker, Subject, Random], Iterator[Probe]]] = {
    "list": list_path,
    "node": node_path,
    "filter": filter_path,
    "order": order_path,
    "count": count_path,
    "search": search_path,
    "export": export_path,
    "file": file_path,
    "duplicate": duplicate_path,
    "error": error_path,
    "refusal": refusal_path,
    "grade": grade_path,
    "time": time_path,
    "journal": journal_path,
    "message": message_path,
}
PICKED = ("company", "group", "organization", "place", "project")
EXPORTED = (
    *("/duties", "/messages", "/messages/notices", "/operations/jobs", "/projects", "/judgement"),
    *("/claims", "/transfers", "/credits", "/verification", "/ledger/imports", "/rules"),
    *("/assessment/ranking", "/rules/proposals", "/calendar/proposals"),
)


# ---------------------------------------------------------------- what is given


def shuffled(values: Any, chance: Random) -> list[Any]:
    found = list(values)
    chance.shuffle(found)
    return found


def texts(subject: Subject, *columns: str) -> list[str]:
    """The texts of the hidden row, before and after, as somebody might guess them."""
    rows = (dict(subject.row), dict(subject.given))
    found = [
        str(row[name])
        for row in rows
        for name in (columns or row)
        if isinstance(row.get(name), str) and 1 < len(row[name]) < 200
    ]
    return list(dict.fromkeys(found)) or ["隐"]


def references(subject: Subject) -> list[str]:
    """The names of the hidden: its IDs, and its human key."""
    human = KINDS[subject.kind].key
    keys = [global_id(subject.kind, key) for key in dict.fromkeys((TWIN, subject.key))]
    return keys + (texts(subject, human) if human else [])


def filters(kind: GraphQLInputObjectType, subject: Subject, depth: int) -> list[str]:
    """A filter by each field of its type, with what the hidden row has where it is of that kind."""
    found = []
    for name, member in kind.fields.items():
        shown = get_named_type(member.type)
        column = metadata_of(member).get("column") if member.extensions else None  # type: ignore[arg-type]
        if isinstance(shown, GraphQLInputObjectType) and not shown.name.endswith("Range"):
            if depth and shown is not kind:
                found += [f"{{ {name}: {text} }}" for text in filters(shown, subject, depth - 1)]
            continue
        value = subject.shown.get(column) if column else None
        text = literal(member.type, value)
        if text:
            found.append(f"{{ {name}: {text} }}")
    return found


def literal(kind: Any, value: Any) -> str | None:
    """A value as a document writes it: that of the hidden row, where the type can have it."""
    named, many = get_named_type(kind), isinstance(nullable(kind), GraphQLList)
    text = None
    if isinstance(named, GraphQLEnumType) and value in named.values:
        text = str(value)
    elif named.name == "String" and isinstance(value, str) and value:
        text = json.dumps(value[:40], ensure_ascii=False)
    elif named.name == "MoneyRange" and isinstance(value, int):
        yuan = f"{value / 100:.2f}"
        text = f'{{ min: "{yuan}", max: "{yuan}" }}'
    if text is None:
        return example(kind)
    return f"[{text}]" if many else text


def nullable(kind: Any) -> Any:
    return kind.of_type if isinstance(kind, GraphQLNonNull) else kind


def input_of(act: str, subject: Subject, *, wrong: bool = False) -> dict[str, Any]:
    """An input of an act that names the hidden wherever it names anything; with `wrong`, what else it
    says cannot be read or breaks a rule.
    """
    assert CORE.mutation_type
    shown = get_named_type(CORE.mutation_type.fields[act].args["input"].type)
    assert isinstance(shown, GraphQLInputObjectType)
    names = references(subject)
    input: dict[str, Any] = {}
    for name, member in shown.fields.items():
        named = get_named_type(member.type)
        if named.name == "ID":
            value: Any = names[0] if len(names) < 3 else names[-1]
        elif not is_needed(member) and name not in ("revision",):
            continue
        elif isinstance(named, GraphQLEnumType):
            value = next(iter(named.values))
        elif named.name == "Boolean":
            value = True
        elif named.name == "Int":
            value = -1 if wrong else 1
        elif named.name == "Money":
            value = "三" if wrong else "100.00"
        elif named.name == "Date":
            value = "昨天" if wrong else "2026-11-18"
        elif isinstance(named, GraphQLInputObjectType):
            value = {"name": "x.txt", "content": "?" if wrong else "5Lya6K6u"}
        else:
            value = "" if wrong else "隐"
        many = isinstance(nullable(member.type), GraphQLList)
        input[name] = [value] if many else value
    return input
