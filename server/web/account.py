"""A person's own account: how pages look, where they are signed in, the password."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import wraps
from typing import Any, TypeAlias

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from schema.city.rules import RuleBroken
from schema.database.transactions import transaction
from schema.people.tables import Person, Session
from schema.permissions import Viewer
from server import settings
from server.http.addresses import network
from server.http.headers import request_headers
from server.people import login, passwords
from server.people.context import context_for, cookie_name, now
from server.people.security_log import address, noted
from server.people.sessions import open_sessions
from server.web.pages import PREFERENCES, execute, frame, preferences, sign_in_first
from server.web.resources import documents, templates

LOOKS = "looks"
LOOKS_SECONDS = 365 * 24 * 3600
CHOICES = {
    "theme": ("auto", "light", "dark"),
    "size": ("100", "115", "130"),
    "density": ("regular", "compact"),
    "keys": ("on", "off"),
}
FORM_MOST = 16 * 1024
TOKEN_REFUSED = "登录、密码和显示偏好只在浏览器中办理，不能用访问令牌"

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


# ---------------------------------------------------------------- how pages look


async def set_preferences(request: Request) -> Response:
    """`POST /preferences`: one choice or several; kept in a cookie, and for people in their row."""
    form = await short_form(request)
    submitted = {name: str(form[name]) for name in CHOICES if name in form}
    if not submitted or any(value not in CHOICES[name] for name, value in submitted.items()):
        raise HTTPException(400, "请用页面上的按钮选择主题、字号、行距或快捷键")
    chosen = PREFERENCES | preferences(request) | submitted
    viewer = (await context_for(request)).viewer
    if viewer.person:
        async with transaction():
            person = await Person.filter(id=viewer.person).select_for_update().get()
            person.preferences = {**person.preferences, **chosen}
            await person.save(update_fields=["preferences"])
    if "hx-request" in request.headers:
        response = Response(status_code=204)
    else:
        response = RedirectResponse(local_path(str(form.get("back", ""))), 303)
    set_looks_cookie(response, chosen)
    return response


def set_looks_cookie(response: Response, chosen: dict[str, Any]) -> None:
    """The cookie that `pages.preferences` reads; what is not on the list is as usual."""
    looks = ".".join(
        chosen[name] if chosen.get(name) in values else PREFERENCES[name]
        for name, values in CHOICES.items()
    )
    response.set_cookie(
        LOOKS,
        looks,
        max_age=LOOKS_SECONDS,
        httponly=True,
        samesite="lax",
        secure=settings.SECURE_COOKIES,
    )


def local_path(path: str) -> str:
    """A path of this site that somebody asked to go on to; the start page for anything else.

    >>> local_path("/projects?stage=SIGNED"), local_path("//evil.example"), local_path("/\\\\evil.example")
    ('/projects?stage=SIGNED', '/', '/')
    """
    plain = path.isprintable() and "\\" not in path and len(path) <= 2000
    return path if plain and path.startswith("/") and not path.startswith("//") else "/"


# ---------------------------------------------------------------- the posts that one holds


async def show_posts(request: Request) -> Response:
    """`GET /account`: the posts that this person holds, has held and will hold."""
    viewer = await session_viewer(request)
    if viewer is None:
        return sign_in_first(request)
    context = await context_for(request)
    given = await frame(request, context, "layout.html")
    query = documents["account/posts"].query
    assert query is not None
    given |= await execute(query, context, {})
    given["today"] = f"{context.today}"
    return templates.TemplateResponse(request, "account/posts.html", given)


# ---------------------------------------------------------------- where one is signed in


async def show_sessions(request: Request) -> Response:
    """`GET /account/sessions`: the browsers in which this person is signed in."""
    viewer = await session_viewer(request)
    if viewer is None:
        return sign_in_first(request)
    given = await frame(request, await context_for(request), "layout.html")
    given["sessions"] = await open_sessions(viewer, request.state.session)
    return templates.TemplateResponse(request, "account/sessions.html", given)


async def end_session(request: Request) -> Response:
    """`POST /account/sessions/{id}/end`: sign out a browser of one's own, from any other."""
    viewer = await session_viewer(request)
    if viewer is None:
        return sign_in_first(request)
    key = request.path_params["id"]
    own = Session.filter(id=key, person_id=viewer.person, ended_at=None)
    if key >= 2**63 or not await own.update(ended_at=datetime.now(UTC)):
        raise HTTPException(404, "没有找到这次登录，可能已经退出")
    noted("session_ended", request, person=viewer.person, session=key)
    return RedirectResponse("/account/sessions", 303)


# ---------------------------------------------------------------- the password


async def show_password(request: Request) -> Response:
    """`GET /account/password`."""
    viewer = await session_viewer(request)
    return await password_page(request, viewer) if viewer else sign_in_first(request)


async def change_password(request: Request) -> Response:
    """`POST /account/password`: the present one, the new one twice; ends every session."""
    viewer = await session_viewer(request)
    if viewer is None:
        return sign_in_first(request)
    form = await short_form(request)
    present, new, again = (str(form.get(name, "")) for name in ("present", "password", "again"))
    person = await Person.get(id=viewer.person)
    errors, status = [], 422
    try:
        await login.authenticate(person.username, present, network(address(request)))
    except login.LoginRefused as refused:
        noted("password_refused", request, person=viewer.person, reason=refused.reason)
        errors.append(field_error("present", "现在的密码不对，或账号已锁定"))
    except login.TooManyAttempts as many:
        errors, status = [field_error("present", many.words)], 429
    try:
        passwords.check(new, person, passwords.policy())
    except RuleBroken as broken:
        errors.append(field_error(broken.field, broken.message))
    if new != again:
        errors.append(field_error("again", "两次输入的新密码不一样，请重新输入"))
    if not errors:
        try:
            await passwords.change(person, new)
        except RuleBroken as broken:
            errors.append(field_error(broken.field, broken.message))
    if errors:
        return await password_page(request, viewer, status, errors)
    response = RedirectResponse("/sign-in", 303)
    delete_session_cookie(response)
    return response


def field_error(field: str | None, message: str) -> dict[str, str | None]:
    return {"field": field, "message": message}


async def password_page(
    request: Request,
    viewer: Viewer,
    status: int = 200,
    errors: Sequence[Mapping[str, str | None]] = (),
) -> Response:
    """The form, with all that is wrong with what was sent."""
    person = await Person.get(id=viewer.person)
    given = await frame(request, await context_for(request), "layout.html")
    given |= {
        "errors": list(errors),
        "username": person.username,
        "policy": passwords.policy().words,
        "due": passwords.is_due(person, now()),
    }
    return templates.TemplateResponse(request, "account/password.html", given, status)


# ---------------------------------------------------------------- of all of them


def for_browsers(endpoint: Endpoint) -> Endpoint:
    """An endpoint about sessions and looks: a request with a token is 403, be it valid or not.

    Whoever holds a token may act by it, but not sign in, stay signed in or change the password.
    """

    @wraps(endpoint)
    async def guarded(request: Request) -> Response:
        if "authorization" in request_headers(request.scope):
            raise HTTPException(403, TOKEN_REFUSED)
        return await endpoint(request)

    return guarded


async def session_viewer(request: Request) -> Viewer | None:
    """Who is signed in with a browser."""
    viewer = (await context_for(request)).viewer
    return viewer if request.state.session else None


async def short_form(request: Request) -> FormData:
    """A form without files. What is no form is 400."""
    return await request.form(max_files=0, max_fields=20, max_part_size=FORM_MOST)


def delete_session_cookie(response: Response) -> None:
    response.delete_cookie(
        cookie_name(), secure=settings.SECURE_COOKIES, httponly=True, samesite="lax"
    )


def route(path: str, endpoint: Endpoint, method: str = "GET") -> Route:
    """A route for browsers alone. What it takes is a short form."""
    most = None if method == "GET" else FORM_MOST
    return Route(path, for_browsers(endpoint), methods=[method], max_body_size=most)


routes = [
    route("/preferences", set_preferences, "POST"),
    route("/account", show_posts),
    route("/account/sessions", show_sessions),
    route("/account/sessions/{id:int}/end", end_session, "POST"),
    route("/account/password", show_password),
    route("/account/password", change_password, "POST"),
]
