"""Sessions in browsers: started, listed, ended. They live in the database and can be ended there at any moment."""

from datetime import UTC, datetime
from typing import NamedTuple

from starlette.requests import Request

from schema.people.tables import Person, Session
from schema.permissions import Viewer
from server import settings
from server.people.security_log import address
from server.people.tokens import hash_token, new_token

BROWSERS = (
    ("MicroMessenger", "微信"),
    ("DingTalk", "钉钉"),
    ("Edg/", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


class OpenSession(NamedTuple):
    """A browser in which somebody is signed in; `current` is the one that asks."""

    id: int
    address: str
    browser: str
    created_at: datetime
    seen_at: datetime
    current: bool


async def open_sessions(viewer: Viewer, current: int | None) -> list[OpenSession]:
    """The sessions of a person that have not ended, the last used first."""
    at = datetime.now(UTC)
    found = await Session.filter(
        person_id=viewer.person,
        ended_at=None,
        created_at__gt=at - settings.SESSION_AGE,
        seen_at__gt=at - settings.SESSION_IDLE,
    ).order_by("-seen_at")
    return [
        OpenSession(
            each.id,
            each.address,
            describe_browser(each.agent),
            each.created_at,
            each.seen_at,
            each.id == current,
        )
        for each in found
    ]


def describe_browser(agent: str) -> str:
    """A browser and a system in words that people know, out of what a browser calls itself.

    >>> describe_browser("Mozilla/5.0 (Windows NT 10.0; Win64; x64) … Chrome/130.0.0.0 Safari/537.36")
    'Chrome，Windows'
    """
    found = [
        next((word for mark, word in each if mark in agent), "") for each in (BROWSERS, SYSTEMS)
    ]
    return "，".join(filter(None, found)) or agent[:40] or "未说明"


async def start_session(request: Request, person: Person) -> tuple[Session, str]:
    """A new session, and the token that only its browser knows."""
    token, at = new_token(), datetime.now(UTC)
    session = await Session.create(
        token_hash=hash_token(token),
        person_id=person.id,
        address=address(request),
        agent=agent(request),
        created_at=at,
        seen_at=at,
    )
    return session, token


async def end_session(session: int) -> None:
    await Session.filter(id=session, ended_at=None).update(ended_at=datetime.now(UTC))


def agent(request: Request) -> str:
    """What the browser calls itself, as far as it can be read."""
    text = request.headers.get("user-agent", "")
    return "".join(each for each in text if each.isprintable())[:200]
