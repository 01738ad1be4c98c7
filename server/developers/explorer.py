"""A page to try a document on: a form goes in, the answer comes back as text.

It runs as whoever is signed in and counts against their minute as any call; an act runs only where
that was ticked.
"""

import time
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    OperationType,
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_required_input_field,
    parse,
    print_ast,
)
from starlette.requests import Request
from starlette.responses import Response

from schema.query.compiler import JsonText
from server.api.errors import error, format_error, with_code
from server.api.execution import Prepared
from server.api.limits import Limit
from server.api.rate_limit import Allowance, caller
from server.http.request_id import request_id
from server.people.context import context_for
from server.web import forms
from server.web.documents import Document
from server.web.pages import frame, sign_in_first
from server.web.resources import documents, graph, rate_limiter, templates

FIRST = """# 本月排名和最近报送的项目
query First {
  ranking { month rows { rank place { name } paidInFunds } }
  projects(first: 5) { totalCount nodes { no name stage amount } }
}
"""
EXAMPLES = (
    "project/list",
    "project/show",
    "linkage/queue",
    "linkage/credits",
    "assessment/ranking",
    "city/rules",
)
LONGEST = 64 * 1024
WRITES = "这是办理事项，会真的写入；确认要办请勾选“允许办理”"


@dataclass
class Draft:
    """What the form holds."""

    document: str = FIRST
    variables: str = "{}"
    acts: bool = False
    operation_name: str = ""


@dataclass
class Answer:
    """What came back: the text of an answer, or what is wrong with the question, and its cost."""

    text: str | None = None
    errors: list[dict[str, Any]] = field(default_factory=list)
    faults: int = 0
    took: int = 0
    bill: Any = None
    allowance: Allowance | None = None
    formatted: bool = False


async def explorer(request: Request) -> Response:
    """GET shows a document, a page's own by `?document=`; POST runs or formats what the form holds."""
    context = await context_for(request)
    if not context.viewer.signed_in:
        return sign_in_first(request)
    known = documents.get(request.query_params.get("document", ""))
    draft, answer = await initial_draft(request, known), Answer()
    if request.method == "POST":
        async with request.form(max_files=0, max_fields=10, max_part_size=LONGEST) as form:
            wanted = form.get("act")
            draft = Draft(
                str(form.get("document", "")),
                str(form.get("variables", "")).strip() or "{}",
                bool(form.get("acts")),
                str(form.get("operationName", "")).strip(),
            )
        answer = (
            format_draft(draft)
            if wanted == "format"
            else await try_document(request, context, draft)
        )
    given = await frame(request, context, "layout.html")
    given |= {
        "draft": draft,
        "answer": answer,
        "lines": draft.document.splitlines(),
        "page": None,
        "known": known.name if known else None,
        "parts": operations_of(known),
        "part": request.query_params.get("act", ""),
        "examples": EXAMPLES,
    }
    status = 422 if answer.errors else 200
    return templates.TemplateResponse(request, "developers/explorer.html", given, status)


async def initial_draft(request: Request, known: Document | None) -> Draft:
    """A page's own document, with the variables that its address gives."""
    if known is None:
        return Draft()
    operation = known.mutations.get(request.query_params.get("act", "")) or known.query
    operation = operation or next(iter(known.mutations.values()))
    if operation is known.query:
        variables = await forms.variables(operation, request.query_params, {})
    else:
        variables = {each.name: empty_value(each.type) for each in operation.variables}
    return Draft(operation.source, orjson.dumps(variables, option=orjson.OPT_INDENT_2).decode())


def empty_value(kind: Any) -> Any:
    """A value to fill in: an input with the fields that it asks for, each empty."""
    kind = get_nullable_type(kind)
    if is_list_type(kind):
        return []
    named = get_named_type(kind)
    if isinstance(named, GraphQLInputObjectType):
        asked = {name: each for name, each in named.fields.items() if is_required_input_field(each)}
        return {name: empty_value(each.type) for name, each in asked.items()}
    if isinstance(named, GraphQLEnumType):
        return next(iter(named.values))
    return {"Int": 0, "Boolean": False}.get(named.name, "")


async def try_document(request: Request, context: Any, draft: Draft) -> Answer:
    """What the graph answers, or what is wrong and at which line."""
    number = request_id(request.scope)
    prepared = graph.prepare(draft.document)
    if isinstance(prepared, list):
        return Answer(errors=[format_error(each, number) for each in prepared])
    try:
        return await run(request, context, draft, prepared)
    except GraphQLError as wrong:
        return Answer(errors=[format_error(with_code(wrong, "INVALID"), number)])
    except TimeoutError:
        return Answer(errors=[format_error(Limit.SECONDS.exceeded(), number)])


async def run(request: Request, context: Any, draft: Draft, prepared: Prepared) -> Answer:
    """Raises GraphQLError for what is refused before anything is executed."""
    variables, name = parse_variables(draft.variables), draft.operation_name or None
    if prepared.operation(name).operation is not OperationType.QUERY and not draft.acts:
        raise error("NOT_CONFIRMED", WRITES)
    bill = prepared.cost(name).bill(variables)
    allowance = rate_limiter.take(caller(request, context), bill.points)
    if not allowance.granted:
        raise error("RATE", f"请求太频繁，请 {allowance.wait} 秒后再试")
    context.rate_limit = allowance
    started = time.perf_counter()
    result = await graph.answer(prepared, name, variables, context)
    took = round((time.perf_counter() - started) * 1000)
    context.forget()  # the frame around the answer tells of what an act has changed
    number = request_id(request.scope)
    if result.data is None and all(each.path is None for each in result.errors or ()):
        return Answer(
            errors=[
                format_error(with_code(each, "VARIABLES"), number) for each in result.errors or ()
            ]
        )
    data: Any = result.data
    body = {"data": orjson.loads(data.text) if isinstance(data, JsonText) else data}
    if result.errors:
        body["errors"] = [format_error(each, number) for each in result.errors]
    text = orjson.dumps(body, option=orjson.OPT_INDENT_2).decode()
    return Answer(text, faults=len(result.errors or ()), took=took, bill=bill, allowance=allowance)


def parse_variables(text: str) -> dict[str, Any]:
    """The variables. Raises GraphQLError for what is no JSON object."""
    try:
        variables = orjson.loads(text)
    except ValueError:
        variables = None
    if not isinstance(variables, dict):
        raise error("JSON", '变量请写成 JSON 对象，例如 {"no": "2026-0001"}')
    return variables


def format_draft(draft: Draft) -> Answer:
    """Lay out the document and the variables; comments are lost on the way."""
    try:
        draft.document = print_ast(parse(draft.document, max_tokens=Limit.TOKENS.most))
        draft.variables = orjson.dumps(
            parse_variables(draft.variables), option=orjson.OPT_INDENT_2
        ).decode()
    except GraphQLError as wrong:
        return Answer(errors=[format_error(with_code(wrong, "SYNTAX"), "")])
    return Answer(formatted=True)


def operations_of(known: Document | None) -> list[dict[str, str]]:
    """The operations of a page's document: its query, then the act of each form."""
    if known is None:
        return []
    query = [{"act": "", "label": ""}] if known.query else []
    return query + [
        {"act": name, "label": forms.act_label(operation)}
        for name, operation in known.mutations.items()
    ]
