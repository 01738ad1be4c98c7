"""For partners' programmers: what the graph is, its limits, and a page to try a document on.

The explorer is a form: a document and its variables go in, the answer comes back as text. It runs as
whoever is signed in; an act runs only when that was ticked.
"""

import time
from typing import Any

import orjson
from graphql import GraphQLError, OperationType, parse, print_ast
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from schema.permissions import Post
from schema.reading.run import JsonText
from server.context import context_for
from server.limits import Limit
from server.origin import request_id
from server.pages import frame, sign_in_first
from server.resources import documents, graph, templates
from server.telling import told

FIRST = """# 本月排名和最近报送的项目
query First {
  ranking { month rows { rank place { name } paidInFunds } }
  projects(first: 5) { totalCount nodes { no name stage amount } }
}
"""
LONGEST = 64 * 1024


async def index(request: Request) -> Response:
    given = await frame(request, await context_for(request), "layout.html")
    limits = [
        {"words": each.words, "most": f"{each.most:,}", "unit": each.unit, "advice": each.advice}
        for each in Limit
    ]
    origin = f"{request.url.scheme}://{request.url.netloc}"
    given |= {"limits": limits, "origin": origin, "page": None}
    return templates.TemplateResponse(request, "developers/index.html", given)


async def explorer(request: Request) -> Response:
    """GET shows a document, a page's own by `?document=`; POST runs what the form holds."""
    context = await context_for(request)
    if context.viewer.post == Post.PUBLIC:
        return sign_in_first(request)
    given = await frame(request, context, "layout.html")
    known = documents.get(request.query_params.get("document", ""))
    said: dict[str, Any] = {"document": FIRST, "variables": "{}", "acts": False}
    if known and known.query:
        said["document"] = known.query.source
    answer: dict[str, Any] = {"text": None, "errors": [], "took": None}
    if request.method == "POST":
        async with request.form(max_files=0, max_fields=10, max_part_size=LONGEST) as form:
            wanted = form.get("act")
            said = {
                "document": str(form.get("document", "")),
                "variables": str(form.get("variables", "")) or "{}",
                "acts": bool(form.get("acts")),
            }
        if wanted == "format":
            said["document"] = formatted(said["document"])
        else:
            answer = await tried(request, context, said)
    given |= {"said": said, "answer": answer, "page": None}
    status = 422 if answer["errors"] else 200
    return templates.TemplateResponse(request, "developers/explorer.html", given, status)


async def tried(request: Request, context: Any, said: dict[str, Any]) -> dict[str, Any]:
    """What the graph answers, or what is wrong and at which line."""
    number = request_id(request.scope)
    try:
        variables = orjson.loads(said["variables"])
        if not isinstance(variables, dict):
            raise ValueError
    except ValueError:
        return {
            "text": None,
            "errors": ['变量请写成 JSON 对象，例如 {"no": "2026-0001"}'],
            "took": None,
        }
    prepared = graph.prepare(said["document"])
    if isinstance(prepared, list):
        return {"text": None, "errors": [located(each) for each in prepared], "took": None}
    started = time.perf_counter()
    try:
        if prepared.operation(None).operation is not OperationType.QUERY and not said["acts"]:
            raise GraphQLError("这是办理事项，会真的写入；确认要办请勾选“允许办理”")
        bill = prepared.price(None).bill(variables)
        result = await graph.answer(prepared, None, variables, context)
    except (GraphQLError, TimeoutError) as error:
        return {
            "text": None,
            "errors": [str(getattr(error, "message", "") or "用时太久，请缩小范围")],
            "took": None,
        }
    data: Any = result.data
    body = {"data": orjson.loads(data.text) if isinstance(data, JsonText) else data}
    if result.errors:
        body["errors"] = [told(each, number) for each in result.errors]
    text = orjson.dumps(body, option=orjson.OPT_INDENT_2).decode()
    took = round((time.perf_counter() - started) * 1000)
    return {"text": text, "errors": [], "took": took, "cost": bill.cost}


def located(error: GraphQLError) -> str:
    lines = "、".join(str(each.line) for each in error.locations or ())
    return f"第 {lines} 行：{error.message}" if lines else error.message


def formatted(document: str) -> str:
    try:
        return print_ast(parse(document))
    except GraphQLError as error:
        raise HTTPException(422, f"查询文档的语法有误：{located(error)}") from error


routes = [
    Route("/developers", index),
    Route("/developers/explorer", explorer, methods=["GET", "POST"]),
]
