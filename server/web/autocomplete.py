"""What a combobox offers while one types, and amounts, days and telephones read back before they are sent.

`/pick/KIND?field=NAME&q=…` runs `templates/pick/KIND.graphql` and answers with radio buttons.
Short lists come whole and are matched here; long ones are searched by the graph. Either way a name
is found by its characters, its full pinyin or its initials, and the choice made before stays.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from schema.city.rules import (
    RuleBroken,
    format_money,
    format_wan,
    is_estimate,
    parse_day,
    parse_money,
    search_key,
    search_term,
)
from schema.context import Context
from schema.project.rules.report import format_phones
from server.people.context import context_for
from server.web.documents import Operation
from server.web.exports import iterate_rows
from server.web.pages import execute
from server.web.resources import documents, templates

FOLDER = "pick/"
SHOWN = 20
FIELD_MOST = 60
LONGEST = 100

Option = Mapping[str, Any]


async def autocomplete(request: Request) -> Response:
    """Options for a field, as HTML for htmx. An unknown kind is 404, a guest's request 401."""
    kind, asked = request.path_params["kind"], request.query_params
    document = documents.get(f"{FOLDER}{kind}")
    if document is None or document.query is None:
        raise HTTPException(404)
    context = await context_for(request)
    if not context.viewer.signed_in:
        raise HTTPException(401)
    field = asked.get("field", kind)[:FIELD_MOST]
    value, term = asked.get(field, "").strip(), asked.get("q", "").strip()[:LONGEST]
    found, chosen = await find_options(document.query, term, value, context)
    known = [each["value"] for each in found[:SHOWN]]
    options = [chosen] if chosen and chosen["value"] not in known else []
    options += found[:SHOWN]
    given = {"field": field, "options": options, "value": value, "more": len(found) > SHOWN}
    return templates.TemplateResponse(request, "_pick.html", given, headers=PRIVATE)


async def find_options(
    operation: Operation, term: str, value: str, context: Context
) -> tuple[list[Option], Option | None]:
    """The options that fit, and the one chosen before. A long list is searched by the graph."""
    takes = {each.name for each in operation.variables}
    if "q" not in takes:
        options = [each async for each in iterate_rows(operation, {}, "options", context)]
        chosen = next((each for each in options if each["value"] == value), None)
        return [each for each in options if matches(each, term)], chosen
    data = await execute(operation, context, {"q": term or None, "chosen": value})
    return [each for each in data["options"]["nodes"] if each["value"]], data["chosen"]


def matches(option: Option, term: str) -> bool:
    """Whether every word that was typed is in the option's name or short name."""
    key = " ".join(search_key(option[name]) for name in ("label", "note") if option.get(name))
    return all(search_term(word) in key for word in term.split())


async def reading(request: Request) -> Response:
    """What somebody types into a field, read back: `12.5亿` → = 12.5 亿元 = 125,000 万元, or what to write."""
    if not (await context_for(request)).viewer.signed_in:
        raise HTTPException(401)
    asked = request.query_params
    read = READINGS[request.url.path.rpartition("/")[2]]
    text = asked.get(asked.get("field", "")[:FIELD_MOST], "")
    try:
        echo = read(text, "estimate" in asked) if text.strip() else ""
    except RuleBroken as broken:
        echo = str(broken)
    return templates.TemplateResponse(request, "_pick.html", {"echo": echo}, headers=PRIVATE)


async def classes(request: Request) -> Response:
    """Classes of GB/T 4754 by the digits of their code or by name, as buttons that add theirs to a field;
    with `add`, the field with that code in it.
    """
    context, asked = await context_for(request), request.query_params
    if not context.viewer.signed_in:
        raise HTTPException(401)
    field = asked.get("field", "classes")[:FIELD_MOST]
    given: dict[str, Any] = {"field": field}
    if add := asked.get("add", "").strip()[:4]:
        given["added"] = with_code(asked.get(field, "")[:LONGEST], add)
    else:
        document = documents[f"{FOLDER}industryClass"].query
        assert document is not None
        term = asked.get("q", "").strip()[:LONGEST]
        found = (await execute(document, context, {"q": term}))["options"] if term else []
        given |= {"classes": found[:SHOWN], "more": len(found) > SHOWN, "asked": bool(term)}
    return templates.TemplateResponse(request, "_pick_class.html", given, headers=PRIVATE)


def with_code(text: str, code: str) -> str:
    """
    >>> with_code("", "3451"), with_code("3451、", "3453"), with_code("3451 3453", "3451")
    ('3451', '3451、3453', '3451、3453')
    """
    codes = [each for each in re.split(r"[\s,，;；、]+", text) if each]
    return "、".join(dict.fromkeys([*codes, code]))


def read_money(text: str, estimate: bool) -> str:
    """
    >>> read_money("12.5亿", False), read_money("3200", False), read_money("约十二亿", True)
    ('= 12.5 亿元 = 125,000 万元', '= 3,200 万元', '≈ 12 亿元 = 120,000 万元，记为估计数')
    """
    fen = parse_money(text, estimate=estimate)
    short, exact = format_money(fen), format_wan(fen)
    more = f" {'=' if parse_money(short) == fen else '≈'} {exact}" if short != exact else ""
    return f"≈ {short}{more}，记为估计数" if is_estimate(text) else f"= {short}{more}"


def read_day(text: str, _: bool) -> str:
    """
    >>> read_day("2026.11.12", False)
    '= 2026年11月12日 周四'
    """
    day = parse_day(text)
    return f"= {day.year}年{day.month}月{day.day}日 周{'一二三四五六日'[day.weekday()]}"


def read_phone(text: str, _: bool) -> str:
    return f"= {format_phones(text)}"


READINGS: Mapping[str, Callable[[str, bool], str]] = {
    "money": read_money,
    "date": read_day,
    "tel": read_phone,
}
"""By the kind of a field, how its text is read back; whether it may be an estimate."""


PRIVATE = {"Cache-Control": "no-store"}

routes = [
    *(Route(f"/pick/{kind}", reading) for kind in READINGS),
    Route("/pick/class", classes),
    Route("/pick/{kind}", autocomplete),
]
