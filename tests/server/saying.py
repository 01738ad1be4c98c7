"""What a page says after an act: number, name and outcome in words, and what comes next."""

import re
from html import unescape

import httpx2

from schema.project.tables import Project
from tests.server.forms import Door

VISITED: set[tuple[str, str]] = set()
"""Where links have led so far, after which act and with what pattern of address: each is followed once."""
NAMELESS = {"projectClaim", "projectDispute", "messageRead", "noticeAnswer", "noticeSend"}
"""Done by whoever may not see the project, or on none: they are named by number or by their words."""


def banner(page: str) -> tuple[str, dict[str, str]]:
    """The line that says what was done, and the links beside it, by their words."""
    (found,) = re.findall(
        r'(?s)<div class="note done">(.*?)</div>\n', page.partition("</header>")[2]
    )[:1]
    links = {
        unescape(re.sub(r"<[^>]+>", "", words)).strip(): unescape(href)
        for href, words in re.findall(r'(?s)<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', found)
    }
    line = unescape(re.sub(r"<[^>]+>", "", found.partition("</div>")[0])).strip()
    return line, links


async def said_after(visitor: httpx2.AsyncClient, door: Door, answer: httpx2.Response) -> None:
    """The page to which an act leads says what came of it, and leads on or back."""
    shown = await visitor.get(answer.headers["location"])
    assert shown.status_code == 200, answer.headers["location"]
    line, links = banner(shown.text)
    named = [each for each in await Project.all() if each.no in line]
    if door.act not in NAMELESS and (named or "{no}" in door.path or "{entry}" in door.path):
        assert [each for each in named if each.name in line], line
    assert re.search(r"\d|“", line), "a number, or a name"
    assert not re.search(r"None|[A-Z_]{4,}", line), line
    assert links, "a next step, or the way back"
    for href in links.values():
        kind = (door.act, re.sub(r"[\w-]*\d[\w-]*", "N", href))
        if kind not in VISITED:
            VISITED.add(kind)
            assert (await visitor.get(href)).status_code == 200, href
