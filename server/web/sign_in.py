"""Signing in and out."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from schema.people.tables import Person
from server.people.context import context_for
from server.people.security_log import noted
from server.people.sessions import end_session
from server.web import account
from server.web.account import (
    delete_session_cookie,
    local_path,
    route,
    set_looks_cookie,
    short_form,
)
from server.web.entering import (
    REFUSED,
    Refusal,
    identify_person,
    must_change_password,
    open_session,
    set_session_cookie,
)
from server.web.pages import frame
from server.web.resuming import refused_to_another, sign_in_form

__all__ = ["REFUSED", "routes"]


async def show_sign_in(request: Request) -> Response:
    """`GET /sign-in?next=`: the form, or onward for those who are signed in."""
    path = local_path(request.query_params.get("next", ""))
    if (await context_for(request)).viewer.signed_in:
        return RedirectResponse(path, 303)
    return await sign_in_page(request, path)


async def sign_in(request: Request) -> Response:
    """`POST /sign-in`: a new session under a new id, whatever the browser brought with it."""
    form = await short_form(request)
    entered = {name: str(form.get(name, "")) for name in ("username", "password", "next")}
    path = local_path(entered["next"])
    person = await identify_person(request, entered["username"], entered["password"])
    refusal = person if isinstance(person, Refusal) else refused_to_another(request, form, person)
    if isinstance(person, Refusal) or refusal:
        return await sign_in_page(request, path, entered["username"], refusal)
    return await begin_session(request, person, path)


async def sign_out(request: Request) -> Response:
    """`POST /sign-out`: the session ends at the server, and the browser forgets it."""
    viewer = (await context_for(request)).viewer
    if key := request.state.session:
        await end_session(key)
        noted("sign_out", request, person=viewer.person, session=key)
    response = RedirectResponse("/sign-in", 303)
    delete_session_cookie(response)
    return response


async def begin_session(request: Request, person: Person, path: str) -> Response:
    token = await open_session(request, person)
    due = must_change_password(person)
    response = RedirectResponse("/account/password" if due else path, 303)
    set_session_cookie(response, token)
    if person.preferences:
        set_looks_cookie(response, person.preferences)
    return response


async def sign_in_page(
    request: Request, path: str, username: str = "", refusal: Refusal | None = None
) -> Response:
    given = await frame(request, await context_for(request), "layout.html")
    return sign_in_form(request, given, path, username, refusal)


routes = [
    route("/sign-in", show_sign_in),
    route("/sign-in", sign_in, "POST"),
    route("/sign-out", sign_out, "POST"),
    *account.routes,
]
