"""GraphQL over HTTP to the letter of the draft of August 2026, and no body that makes a fault."""

import json
import logging
from typing import Any

import pytest
import strawberry
from graphql import get_introspection_query
from hypothesis import given, settings
from hypothesis import strategies as st
from strawberry.extensions import MaskErrors

from schema.database.bounded import BoundedCache
from server.api.errors import RequestError
from server.api.execution import Graph, Prepared
from server.api.graphql import GraphQLEndpoint
from server.api.rate_limit import RateLimiter
from tests.server.toy import (
    OFFICER,
    PROJECTS,
    SCHEMA,
    SECRET,
    Context,
    Stage,
    application,
    client,
    context_for,
)

ANSWER = "application/graphql-response+json"
JSON = "application/json"
BOTH = f"{ANSWER}, {JSON};q=0.9"
TOKEN = {"authorization": "Bearer right"}


async def post(
    query: Any, *, accept: str | None = ANSWER, headers: dict[str, str] | None = None, **more: Any
) -> Any:
    fields = {"accept": accept, **(headers or {})} if accept else headers
    async with client() as browser:
        return await browser.post("/graphql", json={"query": query, **more}, headers=fields)


async def get(headers: dict[str, str] | None = None, **parameters: str) -> Any:
    async with client() as browser:
        return await browser.get(
            "/graphql", params=parameters, headers={"accept": ANSWER} | (headers or {})
        )


def codes(response: Any) -> list[str]:
    return [each["extensions"]["code"] for each in response.json()["errors"]]


# ---------------------------------------------------------------- a request that succeeds


@pytest.mark.parametrize(
    "case, accept, media",
    [
        ("the draft's own type", ANSWER, ANSWER),
        ("both, the draft's first", BOTH, ANSWER),
        ("both alike", f"{JSON}, {ANSWER}", ANSWER),
        ("an old client", JSON, JSON),
        ("an old client that names a charset", f"{JSON}; charset=utf-8", JSON),
        ("json rather", f"{ANSWER};q=0.5, {JSON}", JSON),
        ("json never", f"*/*, {JSON};q=0", ANSWER),
        ("anything", "*/*", JSON),
        ("any application", "application/*", JSON),
        ("a browser", "text/html,application/xhtml+xml,*/*;q=0.8", JSON),
        ("unreadable weight", f"{JSON};q=much, {ANSWER};q=0.1", ANSWER),
    ],
)
async def test_the_answer_comes_in_the_media_type_that_is_asked_for(
    case: str, accept: str, media: str
) -> None:
    response = await post("{ viewer }", accept=accept)
    assert (response.status_code, response.headers["content-type"]) == (
        200,
        f"{media}; charset=utf-8",
    )
    assert response.json()["data"] == {"viewer": "公众"}


@pytest.mark.parametrize("accept", ["text/html", "image/*", f"{JSON};q=0, {ANSWER};q=0", "*/*;q=0"])
async def test_a_client_that_accepts_neither_type_is_told_which_there_are(accept: str) -> None:
    response = await post("{ viewer }", accept=accept)
    assert (response.status_code, codes(response)) == (406, ["NOT_ACCEPTABLE"])
    assert ANSWER in response.json()["errors"][0]["message"]


async def test_variables_and_the_operation_name_choose_what_is_run() -> None:
    document = "query A { viewer } query B($no: String!) { project(no: $no) { name } }"
    response = await post(document, operationName="B", variables={"no": "2"}, extensions={"a": 1})
    assert response.json()["data"] == {"project": {"name": "医药"}}


async def test_null_and_unknown_parameters_count_as_absent() -> None:
    response = await post("{ viewer }", operationName=None, variables=None, extensions=None, more=1)
    assert response.status_code == 200


async def test_a_query_may_come_by_get() -> None:
    document = "query A { viewer } query B($no: String!) { project(no: $no) { name } }"
    response = await get(
        query=document, operationName="B", variables='{"no": "1"}', extensions="{}"
    )
    assert (response.status_code, response.json()["data"]) == (200, {"project": {"name": "锂电池"}})


async def test_empty_parameters_of_a_get_count_as_absent() -> None:
    response = await get(query="{ viewer }", operationName="", variables="", extensions="")
    assert response.status_code == 200


async def test_text_goes_and_comes_back_exactly() -> None:
    text = "资阳\t“六个一” <&>\r\n𠮷 e\u0301 \u2028 \x7f" + "长" * 5000
    response = await post("query ($text: String!) { echo(text: $text) }", variables={"text": text})
    assert response.json()["data"]["echo"] == text


async def test_scalars_and_enums_are_json_outside() -> None:
    response = await post('{ project(no: "1") { amount stage reportedOn } on(stage: REPORTED) }')
    assert response.json()["data"] == {
        "project": {"amount": "12500.00", "stage": "SIGNED", "reportedOn": "2026-11-20"},
        "on": "REPORTED",
    }


async def test_an_act_passes_its_field_extension() -> None:
    response = await post('mutation { projectReport(name: "锂电池") }')
    assert response.json()["data"] == {"projectReport": "锂电池 via ['projectReport']"}


async def test_an_answer_says_what_it_cost_and_is_not_kept() -> None:
    response = await post(
        "{ projects(first: 50) { nodes { name } totalCount } allowance { cost } }"
    )
    assert response.json()["extensions"]["cost"] == {
        "requested": 55,
        "limit": 50_000,
        "nodes": 50,
        "nodesLimit": 5_000,
        "points": 1,
    }
    assert response.headers["cache-control"] == "no-store"


# ---------------------------------------------------------------- statuses


@pytest.mark.parametrize(
    "case, body, status, code",
    [
        ("no JSON", b"NONSENSE", 400, "JSON"),
        ("half of it", b'{"query":', 400, "JSON"),
        ("nothing", b"", 400, "JSON"),
        ("not UTF-8", b'{"query": "{ echo(text: \\"\xff\\") }"}', 400, "JSON"),
        ("UTF-16", '{"query": "{viewer}"}'.encode("utf-16"), 400, "JSON"),
        ("half a surrogate", b'{"query": "{viewer}", "variables": {"a": "\\ud800"}}', 400, "JSON"),
        ("a number of 4,300 digits", b'{"query": 1' + b"0" * 4300 + b"}", 400, "JSON"),
        ("nested 50,000 deep", b"[" * 50_000 + b"]" * 50_000, 400, "JSON"),
        ("a string", b'"{ viewer }"', 422, "MALFORMED"),
        ("a number", b"1", 422, "MALFORMED"),
        ("null", b"null", 422, "MALFORMED"),
        ("a batch", b'[{"query": "{ viewer }"}]', 422, "MALFORMED"),
        ("a misspelt name", b'{"qeury": "{ viewer }"}', 422, "MALFORMED"),
        ("a query that is no text", b'{"query": ["{ viewer }"]}', 422, "MALFORMED"),
        (
            "a name that is no text",
            b'{"query": "{ viewer }", "operationName": 1}',
            422,
            "MALFORMED",
        ),
        ("variables in a list", b'{"query": "{ viewer }", "variables": [7]}', 422, "MALFORMED"),
        ("extensions in a text", b'{"query": "{ viewer }", "extensions": "{}"}', 422, "MALFORMED"),
        (
            "NUL in a variable",
            b'{"query": "{ viewer }", "variables": {"a": ["\\u0000"]}}',
            422,
            "MALFORMED",
        ),
        (
            "NUL in a name",
            b'{"query": "{ viewer }", "variables": {"a": {"\\u0000": 1}}}',
            422,
            "MALFORMED",
        ),
        ("NUL in the document", b'{"query": "{ viewer }\\u0000"}', 400, "SYNTAX"),
        ("an open brace", b'{"query": "{"}', 400, "SYNTAX"),
        ("an empty document", b'{"query": ""}', 400, "SYNTAX"),
        ("a fragment alone", b'{"query": "fragment F on Query { viewer }"}', 422, "VALIDATION"),
        ("an unknown field", b'{"query": "{ veiwer }"}', 422, "VALIDATION"),
        ("a schema", b'{"query": "type Query { a: Int }"}', 422, "VALIDATION"),
        (
            "two operations, no name",
            b'{"query": "query A {viewer} query B {viewer}"}',
            422,
            "OPERATION",
        ),
        (
            "an unknown operation",
            b'{"query": "query A {viewer}", "operationName": "B"}',
            422,
            "OPERATION",
        ),
        (
            "two operations, an empty name",
            b'{"query": "query A {viewer} query B {viewer}", "operationName": ""}',
            422,
            "OPERATION",
        ),
        ("a subscription", b'{"query": "subscription { changed }"}', 422, "OPERATION"),
        (
            "a variable missing",
            b'{"query": "query ($a: String!) { echo(text: $a) }"}',
            422,
            "VARIABLES",
        ),
        (
            "a variable of another type",
            b'{"query": "query ($a: String!) { echo(text: $a) }", "variables": {"a": 1}}',
            422,
            "VARIABLES",
        ),
        (
            "a number beyond Int",
            b'{"query": "query ($n: Int) { projects(first: $n) { totalCount } }",'
            b' "variables": {"n": -99999999999}}',
            422,
            "VARIABLES",
        ),
        ("an unknown enum value", b'{"query": "{ on(stage: SIGNE) }"}', 422, "VALIDATION"),
        ("NUL in a literal", b'{"query": "{ echo(text: \\"\\\\u0000\\") }"}', 422, "MALFORMED"),
        (
            "an Int of 5,000 digits",
            b'{"query": "{ projects(first: 1' + b"0" * 5000 + b') { totalCount } }"}',
            422,
            "VALIDATION",
        ),
    ],
)
async def test_a_body_that_cannot_be_run_is_refused_with_its_status(
    case: str, body: bytes, status: int, code: str
) -> None:
    async with client() as browser:
        for accept in (ANSWER, JSON):
            headers = {"content-type": JSON, "accept": accept}
            response = await browser.post("/graphql", content=body, headers=headers)
            assert (response.status_code, codes(response)) == (status, [code])
            assert response.headers["content-type"] == f"{ANSWER}; charset=utf-8"
            fields = response.json()
            assert "data" not in fields
            assert fields["extensions"]["cost"]["limit"] == 50_000
            assert (
                fields["errors"][0]["extensions"]["requestId"] == response.headers["x-request-id"]
            )


@pytest.mark.parametrize(
    "case, query, status, code",
    [
        ("no document", "", 422, "MALFORMED"),
        ("variables that are no JSON", "query={viewer}&variables={", 422, "MALFORMED"),
        ("variables that are no object", "query={viewer}&variables=[1]", 422, "MALFORMED"),
        ("extensions that are no object", "query={viewer}&extensions=1", 422, "MALFORMED"),
        ("not UTF-8", "query=%ff", 422, "MALFORMED"),
        ("the document twice", "query={viewer}&query={viewer}", 422, "MALFORMED"),
        ("a hundred parameters", "&".join(f"a{i}=1" for i in range(100)), 422, "MALFORMED"),
        ("a syntax error", "query={", 400, "SYNTAX"),
        ("an act", 'query=mutation{projectReport(name:"a")}', 405, "METHOD"),
    ],
)
async def test_a_get_that_cannot_be_run_is_refused_with_its_status(
    case: str, query: str, status: int, code: str
) -> None:
    async with client() as browser:
        response = await browser.get(f"/graphql?{query}", headers={"accept": ANSWER})
    assert (response.status_code, codes(response)) == (status, [code])


async def test_an_act_by_get_is_told_to_come_by_post() -> None:
    response = await get(query='mutation { projectReport(name: "a") }')
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_other_methods_are_told_which_there_are(method: str) -> None:
    async with client() as browser:
        response = await browser.request(method, "/graphql")
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD, POST")


@pytest.mark.parametrize(
    "kind",
    [
        None,
        "text/plain",
        "text/plain, application/json",
        "application/jsonx",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=",
        "application/json; charset=gbk",
        "application/json; charset=utf-16",
    ],
)
async def test_a_body_of_another_type_is_not_read(kind: str | None) -> None:
    async with client() as browser:
        headers = {"content-type": kind} if kind else {}
        response = await browser.post(
            "/graphql", content=b'{"query": "{ viewer }"}', headers=headers
        )
    assert (response.status_code, codes(response)) == (415, ["MEDIA_TYPE"])


@pytest.mark.parametrize("kind", ["application/json", 'Application/JSON; Charset="UTF-8"'])
async def test_json_is_utf8_with_or_without_saying_so(kind: str) -> None:
    body = '{"query": "{ echo(text: \\"雁江\\") }"}'.encode()
    async with client() as browser:
        response = await browser.post("/graphql", content=body, headers={"content-type": kind})
    assert response.json()["data"] == {"echo": "雁江"}


async def test_a_compressed_body_is_refused() -> None:
    headers = {"content-type": JSON, "content-encoding": "gzip"}
    async with client() as browser:
        response = await browser.post("/graphql", content=b"\x1f\x8b", headers=headers)
    assert response.status_code == 415


async def test_head_is_answered_as_get() -> None:
    async with client() as browser:
        response = await browser.head("/graphql", params={"query": "{ viewer }"})
    assert response.status_code == 200


WORDS = (
    *("{", "}", "(", ")", "[", "]", ":", "!", "=", "|", "&", "@", "$", "...", "$a", '"', '"""'),
    *(
        "query",
        "mutation",
        "fragment",
        "on",
        "F",
        "...F",
        "Query",
        "Place",
        "Project",
        "null",
        "true",
    ),
    *(
        "places",
        "projects",
        "nodes",
        "name",
        "first",
        "last",
        "ids",
        "stage",
        "SIGNED",
        "__typename",
    ),
    *(
        "1",
        "-1",
        "1e400",
        "99999999999",
        '"1"',
        "@skip(if: true)",
        "@include(if: $a)",
        "\\",
        "#",
        "长",
    ),
)
DOCUMENTS = st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)

UNHURRIED = application(rate_limiter=RateLimiter({"address": 10**9}))


@given(
    body=st.binary(max_size=200)
    | VALUES.map(json.dumps).map(str.encode)
    | st.fixed_dictionaries(
        {"query": DOCUMENTS},
        optional={
            "variables": st.dictionaries(st.sampled_from("abc"), VALUES) | VALUES,
            "operationName": VALUES,
        },
    )
    .map(json.dumps)
    .map(str.encode)
)
@settings(max_examples=300, deadline=None)
async def test_whatever_is_sent_is_answered_and_never_by_a_fault(body: bytes) -> None:
    async with client(UNHURRIED) as browser:
        headers = {"content-type": JSON, "accept": ANSWER}
        response = await browser.post("/graphql", content=body, headers=headers)
    fields = response.json()
    assert response.status_code in (200, 294, 400, 403, 413, 422)
    assert ("data" in fields) == (response.status_code < 300)
    assert "requested" in fields["extensions"]["cost"]


# ---------------------------------------------------------------- errors of a run


async def test_data_with_errors_is_a_partial_success_only_in_the_drafts_own_type() -> None:
    for accept, status in ((ANSWER, 294), (JSON, 200), ("*/*", 200)):
        response = await post("{ viewer fault }", accept=accept)
        assert response.status_code == status
        assert response.json()["data"] == {"viewer": "公众", "fault": None}


async def test_no_data_with_errors_of_a_run_is_a_partial_success_too() -> None:
    response = await post('{ project(no: "1") { owner } endless: echo(text: "a") }')
    assert (response.status_code, response.json()["data"]) == (
        294,
        {"project": None, "endless": "a"},
    )


async def test_a_fault_is_masked_and_found_again_in_the_log_by_its_number(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        response = await post("{ fault }")
    (error,) = response.json()["errors"]
    assert error["message"] == "服务出错，请凭编号联系管理员"
    assert error["path"] == ["fault"]
    assert error["extensions"] == {"code": "FAULT", "requestId": response.headers["x-request-id"]}
    assert SECRET not in response.text
    assert response.headers["x-request-id"] in caplog.text and SECRET in caplog.text


@pytest.mark.parametrize(
    "case, query, headers",
    [
        ("in telling who asks", "{ viewer }", {"authorization": "Bearer faulty"}),
        ("in writing the answer", "{ surrogate }", {}),
    ],
)
async def test_a_fault_of_our_own_is_masked_as_well(
    case: str, query: str, headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    response = await post(query, headers=headers)
    assert (response.status_code, codes(response)) == (500, ["FAULT"])
    assert SECRET not in response.text and "surrogate" not in response.text
    assert response.headers["x-request-id"] in caplog.text


async def test_what_a_rule_or_a_read_says_is_passed_on() -> None:
    response = await post("{ rule badCursor }")
    fields = {
        each["path"][0]: (each["message"], each["extensions"]) for each in response.json()["errors"]
    }
    number = response.headers["x-request-id"]
    assert fields == {
        "rule": ("2027 年工作日历尚未公布", {"code": "RULE", "requestId": number}),
        "badCursor": ("游标无效", {"code": "BAD_INPUT", "argument": "after", "requestId": number}),
    }


@pytest.mark.parametrize(
    "document, variables",
    [
        ("{ veiwer }", {}),
        ("{ projects(frist: 1) { totalCount } }", {}),
        ("fragment F on Projec { no } { viewer ...F }", {}),
        ("query ($a: Strin) { viewer }", {}),
        ("{ on(stage: SIGNE) }", {}),
        ("query ($s: Stage!) { on(stage: $s) }", {"s": "SIGNE"}),
        ("{ viewer @skp(if: true) }", {}),
        ('{ project(no: "1") }', {}),
    ],
)
async def test_no_message_guesses_a_name(document: str, variables: dict[str, Any]) -> None:
    response = await post(document, variables=variables)
    assert response.status_code == 422
    assert "Did you mean" not in response.text


async def test_at_most_a_screenful_of_errors_is_told() -> None:
    response = await post("{" + " ".join(f"x{i}" for i in range(400)) + "}")
    assert len(response.json()["errors"]) == 21


async def test_a_refused_value_is_not_sent_back_whole() -> None:
    response = await post("query ($s: Stage!) { on(stage: $s) }", variables={"s": "A" * 100_000})
    assert (response.status_code, codes(response)) == (422, ["VARIABLES"])
    assert len(response.content) < 2_000


async def test_a_token_that_is_none_is_refused_as_the_context_says() -> None:
    response = await post("{ viewer }", headers={"authorization": "Bearer wrong"})
    assert (response.status_code, codes(response)) == (401, ["UNAUTHENTICATED"])
    assert response.headers["www-authenticate"] == "Bearer"


async def test_a_query_that_takes_too_long_is_stopped() -> None:
    async with client(application(Graph(SCHEMA, seconds=0.01))) as browser:
        response = await browser.post("/graphql", json={"query": "{ endless }"})
    assert (response.status_code, codes(response)) == (503, ["LIMIT"])
    assert "10 秒" in response.json()["errors"][0]["message"]


# ---------------------------------------------------------------- the definition, asked and as tex


@pytest.mark.parametrize(
    "document",
    [
        get_introspection_query(),
        "{ __schema { queryType { name } } }",
        '{ __type(name: "Project") { name fields { name } } }',
        '{ __type(name: "Project") { ...T } } fragment T on __Type { name }',
        "{ ...F } fragment F on Query { viewer ... { __schema { queryType { name } } } }",
    ],
)
async def test_only_those_we_know_may_ask_for_the_definition(document: str) -> None:
    response = await post(document)
    assert (response.status_code, codes(response)) == (403, ["INTROSPECTION"])
    for headers in (TOKEN, {"cookie": "session=1"}):
        assert (await post(document, headers=headers)).status_code == 200


async def test_the_name_of_a_type_is_no_secret() -> None:
    response = await post('{ __typename __type(name: "Project") { name kind } }')
    assert response.json()["data"] == {
        "__typename": "Query",
        "__type": {"name": "Project", "kind": "OBJECT"},
    }


async def test_the_schema_is_there_as_text_and_sent_once() -> None:
    async with client() as browser:
        first = await browser.get("/graphql/schema.graphql")
        again = await browser.get(
            "/graphql/schema.graphql", headers={"if-none-match": first.headers["etag"]}
        )
    assert first.text == SCHEMA.as_str()
    assert (again.status_code, again.content) == (304, b"")


# ---------------------------------------------------------------- documents by name


async def test_a_widgets_document_is_run_by_name_and_may_be_kept() -> None:
    async with client() as browser:
        address = "/graphql/d/assessment/ranking"
        first = await browser.get(address, params={"variables": '{"first": 2}'})
        again = await browser.get(
            address,
            params={"variables": '{"first": 2}'},
            headers={"if-none-match": f'"other", {first.headers["etag"]}'},
        )
    assert first.json()["data"]["projects"]["nodes"][0] == {"no": "1", "name": "锂电池"}
    assert first.headers["cache-control"] == "public, max-age=60"
    assert first.headers["vary"] == "Accept, Authorization, Cookie"
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


async def test_what_somebody_known_is_shown_is_kept_by_nobody_else() -> None:
    async with client() as browser:
        response = await browser.get("/graphql/d/assessment/ranking", headers=TOKEN)
    assert response.headers["cache-control"] == "private, no-cache"


async def test_a_name_that_is_not_there_is_refused() -> None:
    async with client() as browser:
        response = await browser.get("/graphql/d/assessment/secret", headers={"accept": ANSWER})
    assert (response.status_code, codes(response)) == (404, ["PERSISTED_DOCUMENT_NOT_FOUND"])
    assert response.headers["cache-control"] == "no-store"


async def test_a_document_by_name_keeps_the_same_limits() -> None:
    async with client() as browser:
        response = await browser.get(
            "/graphql/d/assessment/ranking", params={"variables": '{"first": 101}'}
        )
    assert (response.status_code, codes(response)) == (422, ["LIMIT"])


# ---------------------------------------------------------------- prepared documents, for pages


async def test_a_page_gets_python_values_where_json_has_none() -> None:
    graph = Graph(SCHEMA)
    prepared = graph.prepare('{ project(no: "1") { no amount stage reportedOn } }', trusted=True)
    assert isinstance(prepared, Prepared)
    result = await graph.run(prepared, None, None, Context(OFFICER), raw=True)
    project = PROJECTS[0]
    assert result.data == {
        "project": {
            "no": "1",
            "amount": project.amount,
            "stage": Stage.SIGNED,
            "reportedOn": project.reported_on,
        }
    }


async def test_a_document_is_parsed_and_validated_once() -> None:
    graph = Graph(SCHEMA)
    first, again = graph.prepare("{ viewer }"), graph.prepare("{ viewer }")
    assert first is again


@pytest.mark.parametrize(
    "case, filling",
    [
        ("many tokens", "nodes(ids: [" + '"1" ' * 900 + "]) { no }"),
        ("long comments", "viewer #" + "a" * 32_000 + "\n"),
    ],
)
async def test_kept_documents_make_room_for_new_ones(case: str, filling: str) -> None:
    graph = Graph(SCHEMA, cache=BoundedCache(600_000))
    first = graph.prepare("{ viewer }")
    assert graph.prepare("{ viewer }") is first
    for i in range(20):
        assert isinstance(graph.prepare(f"query Q{i} {{ {filling} }}"), Prepared)
    assert graph.prepare("{ viewer }") is not first


def test_a_page_may_ask_more_than_a_stranger() -> None:
    document = "{ nodes(ids: [" + '"1" ' * 2_000 + "]) { no } }"
    assert isinstance(Graph(SCHEMA).prepare(document, trusted=True), Prepared)
    assert isinstance(Graph(SCHEMA).prepare(document), list)


def test_a_schema_whose_extensions_would_not_run_is_refused() -> None:
    @strawberry.type
    class Query:
        name: str = "a"

    with pytest.raises(TypeError):
        Graph(strawberry.Schema(Query, extensions=[MaskErrors]))


def test_a_widget_whose_document_is_wrong_stops_the_start() -> None:
    with pytest.raises(RequestError, match="veiwer"):
        GraphQLEndpoint(Graph(SCHEMA), context_for, documents={"wrong": "{ veiwer }"})
