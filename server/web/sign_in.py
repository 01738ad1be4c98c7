"""Signing in and out."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from schema.people.tables import Person
from server import settings
from server.http.addresses import network
from server.people import login, passwords
from server.people.context import context_for, cookie_name, now
from server.people.security_log import address, noted
from server.people.sessions import end_session, start_session
from server.web import account
from server.web.account import (
    delete_session_cookie,
    local_path,
    route,
    set_looks_cookie,
    short_form,
)
from server.web.pages import frame
from server.web.resources import templates

REFUSED = "用户名或密码不对，或账号已锁定"


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
    if not entered["username"].strip() or not entered["password"]:
        return await sign_in_page(request, path, entered["username"], 422, "请填写用户名和密码")
    try:
        person = await login.authenticate(
            entered["username"], entered["password"], network(address(request))
        )
    except login.LoginRefused as refused:
        noted("sign_in_refused", request, person=refused.person, reason=refused.reason)
        return await sign_in_page(request, path, entered["username"], 422, REFUSED)
    except login.TooManyAttempts as many:
        noted("sign_in_refused", request, reason="ADDRESS")
        response = await sign_in_page(request, path, entered["username"], 429, many.words)
        response.headers["Retry-After"] = str(many.wait)
        return response
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
    await context_for(request)
    if before := request.state.session:
        await end_session(before)
    session, token = await start_session(request, person)
    noted("sign_in", request, person=person.id, username=person.username, session=session.id)
    due = passwords.is_due(person, now())
    response = RedirectResponse("/account/password" if due else path, 303)
    response.set_cookie(
        cookie_name(), token, httponly=True, samesite="lax", secure=settings.SECURE_COOKIES
    )
    if person.preferences:
        set_looks_cookie(response, person.preferences)
    return response


async def sign_in_page(
    request: Request, path: str, username: str = "", status: int = 200, message: str = ""
) -> Response:
    given = await frame(request, await context_for(request), "layout.html")
    given |= {
        "entered": {"username": username[:60]},
        "errors": [{"field": None, "message": message}] if message else [],
        "next": path,
    }
    response = templates.TemplateResponse(request, "sign_in.html", given, status)
    response.headers["Cache-Control"] = "no-store"
    return response


routes = [
    route("/sign-in", show_sign_in),
    route("/sign-in", sign_in, "POST"),
    route("/sign-out", sign_out, "POST"),
    *account.routes,
]
