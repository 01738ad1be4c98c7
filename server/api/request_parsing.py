"""What a request over HTTP asks for: the media type, the document, its operation and variables.

Source: graphql/graphql-over-http, spec/GraphQLOverHTTP.md at 2026-08-06. Nothing that is sent here
may become a fault: what is not JSON or not UTF-8 is 400, what is not a well-formed request is 422.
"""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import orjson
from starlette.requests import ClientDisconnect, Request

from server.api.errors import RequestError, error
from server.api.limits import Limit
from server.http.headers import request_headers

ANSWER = "application/graphql-response+json"
JSON = "application/json"
PARAMETERS_MOST = 50
LARGE = 256 * 1024  # bytes: a larger body is read by a thread, which lets others have their turn
STRIDE = 64 * 1024  # a text of twice as much is found for certain
BASE64 = [
    bytes([each]) for each in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
]
# Clients compare this text, whatever the language: then they send the whole document.
APQ_NOT_SUPPORTED = "PersistedQueryNotSupported"


class GraphQLRequest(NamedTuple):
    query: str
    operation_name: str | None
    variables: dict[str, Any]


def answer_media_type(accept: str | None) -> str:
    """The media type of the answer, by RFC 9110 section 12.5.1.

    >>> answer_media_type("application/graphql-response+json, application/json;q=0.9")
    'application/graphql-response+json'
    >>> answer_media_type("*/*")
    'application/json'
    """
    if accept is None or not accept.strip():
        return JSON
    weights = dict(media_weight(each) for each in accept.split(","))
    either = weights.get("application/*", weights.get("*/*", 0.0))
    answer, json = weights.get(ANSWER, 0.0), weights.get(JSON, either)
    if answer > 0 and answer >= json:
        return ANSWER
    if json > 0:
        return JSON
    if ANSWER not in weights and either > 0:
        return ANSWER
    raise RequestError(406, error("NOT_ACCEPTABLE", f"Accept 请包含 {ANSWER} 或 {JSON}"))


def media_weight(part: str) -> tuple[str, float]:
    kind, *parameters = (each.strip().lower() for each in part.split(";"))
    weight = next((each[2:] for each in parameters if each.startswith("q=")), "1")
    try:
        return kind, float(weight)
    except ValueError:
        return kind, 0.0


def parse_get(request: Request, *, named: bool = False) -> GraphQLRequest:
    """Of the query string; the document of a `named` request is known already."""
    try:
        sent = request.scope["query_string"].decode("ascii")
        pairs = parse_qsl(
            sent, keep_blank_values=True, errors="strict", max_num_fields=PARAMETERS_MOST
        )
    except ValueError:
        raise malformed("网址参数请按 UTF-8 编码") from None
    given = dict(pairs)
    if len(given) < len(pairs):
        raise malformed("网址参数不能重复")
    for name in ("variables", "extensions"):
        try:
            given[name] = orjson.loads(given[name]) if given.get(name) else None
        except orjson.JSONDecodeError:
            raise malformed(f'{name} 请写成 JSON 对象，例如 {{"no": "2026-0001"}}') from None
    if named:
        given |= {"query": "", "extensions": None}
    return validate_request(given)


async def parse_post(request: Request, limit: Limit) -> GraphQLRequest:
    """Of a JSON body no longer than the limit."""
    headers = request_headers(request.scope)
    kind, *parameters = (
        each.strip().lower() for each in headers.get("content-type", "").split(";")
    )
    charsets = {each[8:].strip('"') for each in parameters if each.startswith("charset=")}
    coding = headers.get("content-encoding", "identity").lower()
    if kind != JSON or charsets - {"utf-8", "utf8"} or coding != "identity":
        raise RequestError(
            415, error("MEDIA_TYPE", f"Content-Type 请用 {JSON}，UTF-8 编码，不压缩")
        )
    chunks = await read_body(request, limit)
    if sum(map(len, chunks)) < LARGE:
        return parse_body(chunks)
    return await asyncio.to_thread(parse_body, chunks)


def parse_body(chunks: Sequence[bytes]) -> GraphQLRequest:
    """Of a body as it came. Raises RequestError where it is no request, or says too much."""
    body, texts = take_long_texts(b"".join(chunks))
    if (values := body.count(b",")) > Limit.VALUES.most:
        raise RequestError(413, Limit.VALUES.exceeded(values))
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError:
        example = '{"query": "{ viewer { name } }"}'
        raise RequestError(
            400, error("JSON", f"请求体不是 UTF-8 编码的 JSON，例如 {example}")
        ) from None
    if not isinstance(sent, dict):
        raise malformed("请求体应为 JSON 对象，一次一个请求")
    return validate_request(with_texts(sent, texts) if texts else sent)


async def read_body(request: Request, limit: Limit) -> list[bytes]:
    announced = request_headers(request.scope).get("content-length", "")
    # A number with that many digits is too long whatever it is; int() would refuse it as a fault.
    if len(announced) > 12 or (announced.isdecimal() and int(announced) > limit.most):
        raise RequestError(413, limit.exceeded())
    chunks, size, more = [], 0, True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > limit.most:
            raise RequestError(413, limit.exceeded())
        more = message.get("more_body", False)
    return chunks


def take_long_texts(body: bytes) -> tuple[bytes, dict[str, str]]:
    """A JSON body with a mark in the place of each long text, and the texts by their marks.

    A file in Base64 takes ten milliseconds to be read as JSON, in one piece, and has nothing in it
    that JSON would change. Only where a text begins like one and has no escape; what cannot be told
    apart stays where it is.
    """
    texts: dict[str, str] = {}
    pieces: list[bytes] = []
    done, at = 0, 0
    while at + STRIDE <= len(body):
        if body.find(b'"', at, at + STRIDE) >= 0:
            at += STRIDE
            continue
        start, end = body.rfind(b'"', done, at), body.find(b'"', at + STRIDE)
        if start < 0 or end < 0:
            break
        at = end + 1
        # After the end of a text JSON has a blank or a sign, and none of them is of Base64.
        begins = body[start + 1 : start + 2] in BASE64 and body[start - 1 : start] != b"\\"
        if not begins or body.find(b"\\", start, end) >= 0:
            continue
        try:
            text = body[start + 1 : end].decode("ascii")
        except UnicodeDecodeError:
            continue
        mark = secrets.token_hex(16)
        texts[mark] = text
        pieces += [body[done : start + 1], mark.encode()]
        done = end
    return (b"".join([*pieces, body[done:]]) if texts else body), texts


def with_texts(value: Any, texts: Mapping[str, str]) -> Any:
    """A JSON value with its long texts in the place of their marks."""
    if isinstance(value, str):
        return texts.get(value, value)
    if isinstance(value, list):
        return [with_texts(each, texts) for each in value]
    if isinstance(value, dict):
        return {texts.get(name, name): with_texts(each, texts) for name, each in value.items()}
    return value


def validate_request(sent: Mapping[str, Any]) -> GraphQLRequest:
    """The parameters by name, each of its own type. An empty operation name counts as none."""
    query, name = sent.get("query"), sent.get("operationName")
    variables, extensions = sent.get("variables"), sent.get("extensions")
    if not query and is_automatic_persisted_query(extensions):
        raise RequestError(422, error("PERSISTED_QUERY_NOT_SUPPORTED", APQ_NOT_SUPPORTED))
    if not isinstance(query, str):
        raise malformed("请用 query 写出查询文档（文本）")
    if not isinstance(name, str | None):
        raise malformed("operationName 应为文本")
    if not isinstance(variables, dict | None):
        raise malformed('variables 应为对象，例如 {"no": "2026-0001"}')
    if not isinstance(extensions, dict | None):
        raise malformed("extensions 应为对象")
    if contains_nul(variables):
        raise malformed("变量中不能有空字符（U+0000），请删去后再试")
    return GraphQLRequest(query, name or None, variables or {})


def is_automatic_persisted_query(extensions: Any) -> bool:
    """Whether a client sends a document's hash in place of the document, as Apollo's clients do."""
    sent = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    return isinstance(sent, dict) and isinstance(sent.get("sha256Hash"), str)


def contains_nul(value: Any) -> bool:
    """No database of ours stores it; PostgreSQL would answer with a fault."""
    found = [value]
    while found:
        each = found.pop()
        if isinstance(each, str) and "\0" in each:
            return True
        if isinstance(each, dict):
            found += each
            found += each.values()
        elif isinstance(each, list):
            found += each
    return False


def malformed(message: str) -> RequestError:
    return RequestError(422, error("MALFORMED", message))
