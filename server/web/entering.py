"""Who comes in: a name and a password tried, a session opened. Both ways of signing in stand on it."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from schema.people.tables import Person
from server import settings
from server.http.addresses import network
from server.people import login, passwords
from server.people.context import context_for, cookie_name, now
from server.people.security_log import address, noted
from server.people.sessions import end_session, start_session

REFUSED = "用户名或密码不对，或账号已锁定"
BLANK = "请填写用户名和密码"


@dataclass(frozen=True)
class Refusal:
    """Why nobody comes in: the status, the words, and the seconds until the next try."""

    status: int
    message: str
    wait: int | None = None


async def identify_person(request: Request, username: str, password: str) -> Person | Refusal:
    """The person whose name and password these are. What is refused is noted in the security log."""
    if not username.strip() or not password:
        return Refusal(422, BLANK)
    try:
        return await login.authenticate(username, password, network(address(request)))
    except login.LoginRefused as refused:
        noted("sign_in_refused", request, person=refused.person, reason=refused.reason)
        return Refusal(422, REFUSED)
    except login.TooManyAttempts as many:
        noted("sign_in_refused", request, reason="ADDRESS")
        return Refusal(429, many.words, many.wait)


async def open_session(request: Request, person: Person) -> str:
    """The token of a new session, whatever session the browser brought with it; that one ends."""
    await context_for(request)
    if before := request.state.session:
        await end_session(before)
    session, token = await start_session(request, person)
    noted("sign_in", request, person=person.id, username=person.username, session=session.id)
    return token


def must_change_password(person: Person) -> bool:
    return passwords.is_due(person, now())


def set_session_cookie(response: Response, token: str) -> None:
    response.set_cookie(
        cookie_name(), token, httponly=True, samesite="lax", secure=settings.SECURE_COOKIES
    )
