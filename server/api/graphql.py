"""GraphQL over HTTP, by the specification's draft of August 2026.

`POST /graphql`, `GET /graphql` for queries, the text of the schema, and the documents of public
widgets by name. Source: graphql/graphql-over-http, spec/GraphQLOverHTTP.md at 2026-08-06.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import orjson
from graphql import ExecutionResult, GraphQLError, OperationType
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from schema.database import Unavailable
from schema.query.compiler import JsonText
from server.api.cost import Bill
from server.api.errors import (
    MASKED,
    RETRY_LATER,
    RequestError,
    error,
    format_error,
    trouble_message,
    with_code,
)
from server.api.execution import Graph, Prepared
from server.api.file_variables import decode_files
from server.api.limits import Limit
from server.api.rate_limit import Allowance, Caller, RateLimiter, caller
from server.api.readings import load_readings
from server.api.request_parsing import (
    ANSWER,
    GraphQLRequest,
    answer_media_type,
    parse_get,
    parse_post,
)
from server.http.caching import conditional_response
from server.http.disconnect import WhileConnected
from server.http.headers import request_headers
from server.http.request_id import request_id

PARTIAL_SUCCESS = 294  # the draft's own, and only beside the draft's media type
STATUSES = {"SYNTAX": 400}
CODES = {401: "UNAUTHENTICATED", 403: "NOT_ALLOWED", 429: "RATE", 503: "UNAVAILABLE"}

ALWAYS = {"Cache-Control": "no-store", "Vary": "Accept"}

log = logging.getLogger(__name__)

Parse: TypeAlias = "Callable[[Call], Awaitable[tuple[Prepared, GraphQLRequest]]]"


class GraphQLEndpoint:
    """An ASGI application for `/graphql`, and endpoints for the two addresses below it.

    `context_for` says who asks, from session or token; it may raise HTTPException, as 401 for a
    token that is none. The context it gives has a `viewer`, and its `rate_limit` is set here.
    `documents` are the queries of widgets by name; a wrong one stops the start.
    """

    def __init__(
        self,
        graph: Graph,
        context_for: Callable[[Request], Awaitable[Any]],
        *,
        documents: Mapping[str, str] | None = None,
        rate_limiter: RateLimiter | None = None,
    ) -> None:
        self._graph, self._context_for = graph, context_for
        self._rate_limiter = rate_limiter or RateLimiter()
        self._documents = {name: self._prepared(text) for name, text in (documents or {}).items()}
        self._definition = graph.schema.as_str().encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._respond(Call(Request(scope, receive)), self._parse)
        await response(scope, receive, send)

    async def persisted(self, request: Request) -> Response:
        """`GET /graphql/d/{name}?variables=`: what a widget shows, to be kept for a minute."""
        call = Call(request)
        response = await self._respond(call, self._parse_persisted)
        if response.status_code == 200:
            public = call.caller is not None and not call.caller.known
            response.headers["Cache-Control"] = (
                "public, max-age=60" if public else "private, no-cache"
            )
            response.headers["Vary"] = "Accept, Authorization, Cookie"
        return conditional_response(request, response)

    async def definition(self, request: Request) -> Response:
        """`GET /graphql/schema.graphql`: the contract in its own language."""
        headers = {"Cache-Control": "public, max-age=300"}
        response = Response(self._definition, headers=headers, media_type="text/plain")
        return conditional_response(request, response)

    async def _parse(self, call: "Call") -> tuple[Prepared, GraphQLRequest]:
        if call.request.method == "POST":
            limit = Limit.UPLOAD if call.caller and call.caller.known else Limit.BODY
            parsed = await parse_post(call.request, limit)
        else:
            parsed = parse_get(call.request)
        return self._prepared(parsed.query), parsed

    async def _parse_persisted(self, call: "Call") -> tuple[Prepared, GraphQLRequest]:
        if prepared := self._documents.get(call.request.path_params["name"]):
            return prepared, parse_get(call.request, named=True)
        raise RequestError(
            404, error("PERSISTED_DOCUMENT_NOT_FOUND", "没有此名称的文档，请核对网址")
        )

    def _prepared(self, text: str) -> Prepared:
        prepared = self._graph.prepare(text)
        if isinstance(prepared, Prepared):
            return prepared
        raise RequestError(STATUSES.get((prepared[0].extensions or {})["code"], 422), *prepared)

    async def _respond(self, call: "Call", parse: Parse) -> Response:
        """Whatever goes wrong becomes an answer as well."""
        try:
            return call.answer(await self._run(call, parse))
        except RequestError as refused:
            return call.refuse(refused.status, *refused.errors, headers=refused.headers)
        except GraphQLError as refused:
            return call.refuse(422, refused)
        except HTTPException as refused:
            found = error(CODES.get(refused.status_code, "REFUSED"), refused.detail)
            return call.refuse(refused.status_code, found, headers=refused.headers)
        except TimeoutError:
            return call.refuse(503, Limit.SECONDS.exceeded())
        except Unavailable as trouble:
            log.warning("no answer %s: the database is unavailable: %s", call.number, trouble)
            return call.refuse(
                503,
                error("UNAVAILABLE", trouble_message(trouble, program=True)),
                headers=RETRY_LATER,
            )
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception:
            log.exception("fault %s", call.number)
            return call.refuse(500, error("FAULT", MASKED))

    async def _run(self, call: "Call", parse: Parse) -> ExecutionResult:
        """What the document asks for, run once all that may refuse it has been passed, the cheapest first."""
        method = call.request.method
        if method not in ("GET", "HEAD", "POST"):
            raise RequestError(
                405, error("METHOD", "请用 GET 或 POST"), headers={"Allow": "GET, HEAD, POST"}
            )
        call.media = answer_media_type(request_headers(call.request.scope).get("accept"))
        context = await self._context_for(call.request)
        call.caller = caller(call.request, context)
        self._charge(call, 1)
        prepared, (_, operation_name, variables) = await parse(call)
        kind = prepared.operation(operation_name).operation
        if kind is OperationType.SUBSCRIPTION:
            raise error("OPERATION", "图里没有订阅，请用查询或办理")
        if kind is OperationType.MUTATION and method != "POST":
            raise RequestError(405, error("METHOD", "办理事项请用 POST"), headers={"Allow": "POST"})
        if prepared.introspects and not call.caller.known:
            raise RequestError(
                403, error("INTROSPECTION", "查询图的定义请先登录，或带上 Bearer 令牌")
            )
        call.bill = prepared.cost(operation_name).bill(variables)
        context.rate_limit = self._charge(call, call.bill.points)
        if kind is OperationType.MUTATION:
            operation = prepared.operation(operation_name)
            await decode_files(prepared.schema, operation, variables)
            await load_readings()
        answer = self._graph.answer(prepared, operation_name, variables, context)
        if kind is not OperationType.QUERY:
            return await answer
        async with WhileConnected(call.request.receive):
            return await answer

    def _charge(self, call: "Call", points: int) -> Allowance:
        """Take `points` in all from the caller's minute; what the call has paid already counts."""
        assert call.caller
        paid = call.allowance.cost if call.allowance else 0
        call.allowance = taken = self._rate_limiter.take(call.caller, points, paid)
        if taken.granted:
            return taken
        raise RequestError(429, error("RATE", f"请求太频繁，请 {taken.wait} 秒后再试"))


def json_fragment(data: Any) -> Any:
    """Data for orjson: what is JSON text already is not written again."""
    return orjson.Fragment(data.text) if isinstance(data, JsonText) else data


class RawResponse(Response):
    """A response that takes its headers as they are: Starlette's way costs as much as all the rest."""

    def __init__(self, body: bytes, status: int, headers: Mapping[str, str]) -> None:
        self.status_code, self.background, self.body = status, None, body
        fields = {**headers, "Content-Length": str(len(body))}
        self.raw_headers = [
            (name.lower().encode(), value.encode()) for name, value in fields.items()
        ]


@dataclass
class Call:
    """One request on its way, and how it is answered."""

    request: Request
    media: str = ANSWER
    caller: Caller | None = None
    allowance: Allowance | None = None
    bill: Bill = field(default_factory=Bill)

    @property
    def number(self) -> str:
        return request_id(self.request.scope)

    def answer(self, result: ExecutionResult) -> Response:
        errors = result.errors or []
        if result.data is None and all(each.path is None for each in errors):
            return self.refuse(422, *(with_code(each, "VARIABLES") for each in errors))
        partial = bool(errors) and self.media == ANSWER
        return self._response(
            PARTIAL_SUCCESS if partial else 200,
            self.media,
            {"data": json_fragment(result.data)},
            errors,
        )

    def refuse(
        self, status: int, *errors: GraphQLError, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Only a success may come as plain JSON: so the draft lets old clients tell them apart."""
        return self._response(status, ANSWER, {}, errors, headers)

    def _response(
        self,
        status: int,
        media: str,
        body: dict[str, Any],
        errors: Sequence[GraphQLError],
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        if errors:
            body["errors"] = [format_error(each, self.number) for each in errors]
        body["extensions"] = {"cost": self._cost()}
        fields = {"Content-Type": f"{media}; charset=utf-8", **ALWAYS}
        if self.allowance:
            fields |= self.allowance.headers
        return RawResponse(orjson.dumps(body), status, {**fields, **(headers or {})})

    def _cost(self) -> dict[str, int]:
        return {
            "requested": self.bill.cost,
            "limit": Limit.COST.most,
            "nodes": self.bill.nodes,
            "nodesLimit": Limit.NODES.most,
            "points": self.bill.points,
        }
