"""W7, the list of projects as an HTML page: what it costs beyond its query and its template.

    python -m tests.bench.page TIMES    milliseconds of CPU to render the template once, alone

Rendered in a process of its own with the data that one real page was given; the database is the
one of SIXONES_DATABASE_URL, where somebody is named `bench`.
"""

import asyncio
import http.client
import sys
import time
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

from tests.bench.servers import PASSWORD, Server, python_says

PATH = "/projects"


def signed_in(server: Server) -> dict[str, str]:
    """The header with the session's cookie, as a browser has it after the form."""
    link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    form = urlencode({"username": "bench", "password": PASSWORD, "next": PATH})
    link.request("POST", "/sign-in", form, {"Content-Type": "application/x-www-form-urlencoded"})
    response = link.getresponse()
    response.read()
    if response.status != 303:
        raise SystemExit(f"signing in: {response.status}")
    cookies = [fields.split(";")[0] for fields in response.headers.get_all("Set-Cookie") or ()]
    link.close()
    return {"Cookie": "; ".join(cookies)}


def template_alone(env: dict[str, str], token: str, times: int) -> float:
    """Milliseconds of CPU for each page."""
    return float(python_says(env, "-m", "tests.bench.page", str(times), token))


async def rendered_alone(times: int, token: str) -> float:
    from schema.database.connections import open_database
    from server.app import create_app
    from server.settings import orm_config
    from server.web.resources import templates

    made: list[Any] = []
    usual = templates.TemplateResponse

    def kept(*given: Any, **named: Any) -> Any:
        made.append(usual(*given, **named))
        return made[-1]

    async with open_database(orm_config()):
        with patch.object(templates, "TemplateResponse", kept):
            await asked(create_app(own_database=False), token)
    response = made[-1]
    assert response.template.name == "project/list.html", response.template.name
    response.template.render(response.context)
    began = time.process_time()
    for _ in range(times):
        response.template.render(response.context)
    return (time.process_time() - began) / times * 1000


async def asked(app: Any, token: str) -> None:
    """One GET of the page, as a server would pass it on."""
    headers = [(b"host", b"127.0.0.1"), (b"authorization", f"Bearer {token}".encode())]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
        "scheme": "http", "path": PATH, "raw_path": PATH.encode(), "root_path": "",
        "query_string": b"", "headers": headers, "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80), "state": {},
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            assert message["status"] == 200, message

    await app(scope, receive, send)


if __name__ == "__main__":
    print(asyncio.run(rendered_alone(int(sys.argv[1]), sys.argv[2])))
