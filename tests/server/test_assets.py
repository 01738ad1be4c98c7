"""Static files: addressed by content, kept for good, compressed once, and nothing beside them."""

import gzip
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from server.web.assets import Assets
from tests.server.toy import client

LAYERS, PAGE = b"@layer base, page;", b"@layer page { body { color: black } }" * 20
PIXEL = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    static = tmp_path / "static"
    for name, content in {
        "css/_app.txt": b"_layers.css\npage.css\n",
        "css/_layers.css": LAYERS,
        "css/page.css": PAGE,
        "js/menu.js": b"document.title\n" * 50,
        "vendor/htmx-4.0.1.min.js": b"htmx\n" * 50,
        "pixel.png": PIXEL,
        ".hidden": b"secret",
        "_draft.txt": b"secret",
    }.items():
        (static / name).parent.mkdir(parents=True, exist_ok=True)
        (static / name).write_bytes(content)
    (tmp_path / "secret.txt").write_bytes(b"secret")
    (static / "link.txt").symlink_to(tmp_path / "secret.txt")
    return static


async def get(assets: Assets, address: str, method: str = "GET", **headers: str) -> httpx2.Response:
    app = Starlette(routes=[Route("/static/{path:path}", assets)])
    sent: Mapping[str, str] = {"accept-encoding": "identity"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    async with client(app) as browser:
        return await browser.request(method, address, headers=sent)


async def test_a_file_is_addressed_by_the_hash_of_its_content_and_kept_for_good(
    folder: Path,
) -> None:
    assets = Assets(folder)
    address = assets.url("vendor/htmx-4.0.1.min.js")
    digest = hashlib.sha256(b"htmx\n" * 50).hexdigest()[:12]
    assert address == f"/static/vendor/htmx-4.0.1.min.{digest}.js"
    response = await get(assets, address)
    assert response.content == b"htmx\n" * 50
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"


async def test_the_stylesheets_are_one_in_their_order(folder: Path) -> None:
    assets = Assets(folder)
    response = await get(assets, assets.url("css/app.css"))
    assert response.content == LAYERS + b"\n" + PAGE
    assert response.headers["content-type"] == "text/css; charset=utf-8"


def test_another_content_has_another_address(folder: Path) -> None:
    before = Assets(folder).url("css/app.css")
    (folder / "css/page.css").write_bytes(PAGE + b" ")
    assert Assets(folder).url("css/app.css") != before


async def test_the_plain_address_is_asked_about_again_each_time(folder: Path) -> None:
    response = await get(Assets(folder), "/static/pixel.png")
    assert (response.content, response.headers["cache-control"]) == (PIXEL, "no-cache")


@pytest.mark.parametrize(
    "accepted, coding",
    [
        ("gzip", "gzip"),
        ("br, gzip;q=0.5", "gzip"),
        ("*", "gzip"),
        ("GZIP", "gzip"),
        ("gzip;q=0", None),
        ("gzip; q=0.0, br", None),
        ("br", None),
        ("", None),
    ],
)
async def test_text_goes_compressed_to_whoever_reads_it(
    folder: Path, accepted: str, coding: str | None
) -> None:
    assets = Assets(folder)
    response = await get(assets, assets.url("js/menu.js"), accept_encoding=accepted)
    assert response.headers.get("content-encoding") == coding
    assert response.headers["vary"] == "Accept-Encoding"
    assert response.content == b"document.title\n" * 50
    if coding:
        sent = int(response.headers["content-length"])
        assert sent == len(gzip.compress(b"document.title\n" * 50, mtime=0)) < 100


async def test_an_image_is_not_compressed_again(folder: Path) -> None:
    assets = Assets(folder)
    response = await get(assets, assets.url("pixel.png"), accept_encoding="gzip")
    assert "content-encoding" not in response.headers
    assert response.headers["content-type"] == "image/png"


@pytest.mark.parametrize("sent", ["{tag}", '"other", {tag}', "*", "{strong}"])
async def test_what_a_browser_has_is_not_sent_again(folder: Path, sent: str) -> None:
    assets = Assets(folder)
    address = "/static/js/menu.js"
    tag = (await get(assets, address)).headers["etag"]
    given = sent.format(tag=tag, strong=tag.removeprefix("W/"))
    again = await get(assets, address, if_none_match=given)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert (await get(assets, address, if_none_match='"other"')).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/static/",
        "/static/css",
        "/static/none.css",
        "/static/css/_app.txt",
        "/static/css/_layers.css",
        "/static/_draft.txt",
        "/static/.hidden",
        "/static/link.txt",
        "/static/../secret.txt",
        "/static/%2e%2e/secret.txt",
        "/static/..%2fsecret.txt",
        "/static/css/..%5c..%5csecret.txt",
        "/static//etc/passwd",
        "/static/%00",
        "/static/js/menu.000000000000.js",
    ],
)
async def test_there_is_nothing_else(folder: Path, address: str) -> None:
    response = await get(Assets(folder), address)
    assert (response.status_code, b"secret" in response.content) == (404, False)


@pytest.mark.parametrize("method, status", [("HEAD", 200), ("POST", 405), ("DELETE", 405)])
async def test_a_file_is_only_read(folder: Path, method: str, status: int) -> None:
    assert (await get(Assets(folder), "/static/pixel.png", method)).status_code == status


def test_a_wrong_name_in_a_template_is_an_error(folder: Path) -> None:
    with pytest.raises(LookupError, match=r"css/none\.css"):
        Assets(folder).url("css/none.css")


@pytest.mark.parametrize(
    "case, order",
    [
        ("one is missing", "_layers.css"),
        ("one is not there", "_layers.css page.css gone.css"),
        ("one comes twice", "_layers.css page.css page.css"),
    ],
)
def test_an_order_that_is_not_of_the_stylesheets_stops_the_start(
    folder: Path, case: str, order: str
) -> None:
    (folder / "css/_app.txt").write_text(order)
    with pytest.raises(ValueError, match=r"_app\.txt"):
        Assets(folder)


def test_the_city_has_its_styles_and_its_htmx() -> None:
    assets: Any = Assets(Path(__file__).parents[2] / "static")
    assert assets.url("css/app.css").startswith("/static/css/app.")
    assert assets.url("vendor/htmx-4.0.1.min.js").startswith("/static/vendor/htmx-4.0.1.min.")
