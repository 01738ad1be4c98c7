"""For partners' programmers: what the graph is, its definition in words, its limits and changes,
a page to try a document on (explorer.py), and widgets for other sites (web/widgets.py).
"""

import json
import re
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from graphql import GraphQLObjectType, get_named_type
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from server.api.cost import COST_OF_A_POINT
from server.api.limits import Limit
from server.api.rate_limit import PER_MINUTE
from server.developers import reference
from server.developers.access import ACCESS, Access, acts, noun, readings
from server.developers.examples import Example, examples_of
from server.developers.explorer import explorer
from server.people.context import context_for
from server.settings import DEBUG, ROOT
from server.web import widgets
from server.web.pages import frame
from server.web.resources import graph, templates, words

CHANGES = ROOT / "schema/CHANGES.md"


class Change(NamedTuple):
    """What changed on a day: paragraphs and points, as CHANGES.md says them."""

    day: str
    points: tuple[str, ...]


async def index(request: Request) -> Response:
    return await render(
        request,
        "developers/index.html",
        limits=list(Limit),
        rates=PER_MINUTE,
        fields_of_a_point=COST_OF_A_POINT,
    )


async def tokens(request: Request) -> Response:
    """`GET /developers/tokens`: what each kind of token reads and does, with examples that are run."""
    origin = f"{request.url.scheme}://{request.url.netloc}"
    return await render(
        request, "developers/tokens.html", kinds=[token_kind(each, origin) for each in ACCESS]
    )


def token_kind(access: Access, origin: str) -> dict[str, Any]:
    """A kind of token as its page shows it."""
    named = "".join(f" --scope {each}" for each in access.scopes)
    return {
        "key": access.key,
        "scopes": named,
        "person": access.person,
        "points": PER_MINUTE["token" if access.person else "address"],
        "readings": [
            {
                "title": noun(graph.core, each.kind),
                "rows": each.rows,
                "fields": [(key, words.title(*of(each.kind, key))) for key in each.fields],
            }
            for each in readings(graph.core, access)
        ],
        "acts": acts(access),
        "examples": [example_shown(each, origin, access) for each in examples_of(access.key)],
    }


def of(kind: str, key: str) -> tuple[str, str]:
    """The type and field of a kind's field, or of one of its facets': `linkage.claims`."""
    facet, _, field = key.rpartition(".")
    return (get_named_type(fields(kind)[facet].type).name if facet else kind), field


def fields(kind: str) -> dict[str, Any]:
    shown = graph.core.type_map[kind]
    assert isinstance(shown, GraphQLObjectType)
    return dict(shown.fields)


def example_shown(example: Example, origin: str, access: Access) -> dict[str, str]:
    headers = ["Content-Type: application/json"]
    if access.person:
        headers.insert(0, "Authorization: Bearer six1_…")
    if example.key:
        headers.append(f"Idempotency-Key: {example.key}")
    given = "".join(f' \\\n  -H "{each}"' for each in headers)
    variables = json.dumps(example.variables, ensure_ascii=False, indent=2)
    return {
        "name": example.name,
        "curl": f"curl {origin}/graphql{given} \\\n  -d '{example.body}'",
        "document": example.document,
        "variables": variables if example.variables else "",
        "answer": example.answer,
    }


async def definition(request: Request) -> Response:
    """`GET /developers/reference?q=`: every type and field in its own words, or those with a text."""
    text = request.query_params.get("q", "")
    return await render(
        request,
        "developers/reference.html",
        chapters=reference.search(all_chapters(), text),
        q=text,
    )


async def embed(request: Request) -> Response:
    """`GET /developers/embed`: a widget as another site would have it, and the tag for that."""
    asked = {
        name: request.query_params.get(name, "").strip() for name in ("theme", "lang", "accent")
    }
    looks = widgets.looks(asked)
    unusual = {
        name: value for name, value in looks.items() if value and value != widgets.looks({})[name]
    }
    shades = (
        {
            "light": widgets.readable(looks["accent"], widgets.LIGHT),
            "dark": widgets.readable(looks["accent"], widgets.DARK),
        }
        if looks["accent"]
        else {}
    )
    return await render(
        request,
        "developers/embed.html",
        looks=looks,
        unusual=unusual,
        words=urlencode(unusual),
        unreadable=bool(asked["accent"]) and not looks["accent"],
        asked=asked["accent"],
        shades=shades,
    )


async def changes(request: Request) -> Response:
    """`GET /developers/changes`: schema/CHANGES.md."""
    lead, days = read_changes(CHANGES.read_text(encoding="utf-8"))
    return await render(request, "developers/changes.html", lead=lead, changes=days)


async def style(request: Request) -> Response:
    """`GET /style`, while debugging: every part of the look on one page."""
    return await render(request, "style/guide.html")


async def render(request: Request, template: str, **given: Any) -> Response:
    framed = await frame(request, await context_for(request), "layout.html")
    origin = f"{request.url.scheme}://{request.url.netloc}"
    return templates.TemplateResponse(
        request, template, {**framed, "page": None, "origin": origin, **given}
    )


@cache
def all_chapters() -> list[reference.Chapter]:
    return reference.chapters(graph.core)


def read_changes(text: str) -> tuple[list[str], list[Change]]:
    """The paragraphs before the first day, and the days: headings of the second level, with points.

    >>> read_changes("# Title\\n\\nLead.\\n\\n## 2026-11-23\\n\\n- One\\n  line.\\n- Two")
    (['Lead.'], [Change(day='2026-11-23', points=('One line.', 'Two'))])
    """
    head, *sections = re.split(r"^## ", text, flags=re.M)
    lead = [one_line(each) for each in head.split("\n\n") if each.strip() and each[:1] != "#"]
    days = []
    for section in sections:
        day, _, rest = section.partition("\n")
        points = re.split(r"^- ", rest, flags=re.M)
        days.append(Change(day.strip(), tuple(one_line(each) for each in points if each.strip())))
    return lead, days


def one_line(lines: str) -> str:
    return " ".join(lines.split())


routes: list[BaseRoute] = [
    Route("/developers", index),
    Route("/developers/tokens", tokens),
    Route("/developers/reference", definition),
    Route("/developers/explorer", explorer, methods=["GET", "POST"]),
    Route("/developers/embed", embed),
    Route("/developers/changes", changes),
    *([Route("/style", style)] if DEBUG else ()),
]
