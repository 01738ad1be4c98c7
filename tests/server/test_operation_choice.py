"""Which operation a request means: by its name, by none, by a hash that only some servers know."""

import html
import json
from hashlib import sha256
from typing import Any

import pytest

from tests.server.doors import signed_in
from tests.server.test_graphql_http import codes, get, post
from tests.server.toy import client
from tests.world import City

VIEWER = "{ viewer }"
HASH = {"persistedQuery": {"version": 1, "sha256Hash": sha256(VIEWER.encode()).hexdigest()}}


# ---------------------------------------------------------------- automatic persisted queries


@pytest.mark.parametrize(
    "body",
    [
        {"extensions": HASH},
        {"extensions": HASH, "operationName": "A", "variables": {"no": "1"}},
        {"extensions": HASH, "query": None},
        {"extensions": HASH, "query": ""},
    ],
)
async def test_a_hash_in_place_of_a_document_is_answered_as_apollos_clients_expect(
    body: dict[str, Any],
) -> None:
    """They look for this very code or message, and then send the whole document."""
    async with client() as browser:
        response = await browser.post("/graphql", json=body)
    assert (response.status_code, codes(response)) == (422, ["PERSISTED_QUERY_NOT_SUPPORTED"])
    assert response.json()["errors"][0]["message"] == "PersistedQueryNotSupported"
    assert response.headers["cache-control"] == "no-store"


async def test_a_hash_by_get_is_answered_alike() -> None:
    response = await get(extensions=json.dumps(HASH))
    assert (response.status_code, codes(response)) == (422, ["PERSISTED_QUERY_NOT_SUPPORTED"])


async def test_a_document_that_comes_with_its_hash_is_run() -> None:
    assert (await post(VIEWER, extensions=HASH)).json()["data"] == {"viewer": "公众"}
    response = await get(query=VIEWER, extensions=json.dumps(HASH))
    assert response.json()["data"] == {"viewer": "公众"}


@pytest.mark.parametrize("extensions", [{}, {"persistedQuery": 1}, {"persistedQuery": {}}, None])
async def test_neither_document_nor_hash_is_malformed(extensions: Any) -> None:
    async with client() as browser:
        response = await browser.post("/graphql", json={"extensions": extensions})
    assert (response.status_code, codes(response)) == (422, ["MALFORMED"])


async def test_a_widgets_document_needs_no_hash_and_minds_none() -> None:
    async with client() as browser:
        address = "/graphql/d/assessment/ranking"
        response = await browser.get(address, params={"extensions": json.dumps(HASH)})
    assert response.status_code == 200


# ---------------------------------------------------------------- an empty name is no name


async def test_an_empty_operation_name_means_that_none_is_given() -> None:
    for sent in (await post(VIEWER, operationName=""), await get(query=VIEWER, operationName="")):
        assert (sent.status_code, sent.json()["data"]) == (200, {"viewer": "公众"})


async def test_the_explorer_runs_the_operation_that_is_named(city: City) -> None:
    document = "query A { viewer { name } } query B { places { slug } }"
    for name, status, words in (("B", 200, "yanjiang"), ("", 422, "A、B"), ("C", 422, "A、B")):
        form = {"document": document, "variables": "{}", "operationName": name}
        async with signed_in("office") as visitor:
            page = await visitor.post("/developers/explorer", data=form)
        assert page.status_code == status and words in html.unescape(page.text)
        assert f'name="operationName" value="{name}"' in page.text


async def test_the_explorer_takes_an_empty_name_for_none(city: City) -> None:
    form = {"document": "query A { viewer { name } }", "variables": "{}", "operationName": " "}
    async with signed_in("office") as visitor:
        page = await visitor.post("/developers/explorer", data=form)
    assert page.status_code == 200
