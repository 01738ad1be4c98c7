"""A form sent after its session had ended: signing in on the spot, with what was typed still there."""

from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from schema.people.tables import Person
from server.people.context import continue_as
from server.people.security_log import noted
from server.web.entering import Refusal, identify_person, open_session
from server.web.forms import signed_by_another
from server.web.resources import templates

USERNAME, PASSWORD = "resume.username", "resume.password"
"""The fields of signing in, beside those of the form that waits."""
ANOTHERS = (
    "这一页由{name}填写，只能由本人登录后接着办。换人办理请从登录页进入，这里填写的内容不会带过去"
)
SCRIPTED = "x-form"
"""The header of a form that its page sends by itself, and keeps until it is answered."""


def kept(form: FormData) -> list[tuple[str, str]]:
    """What was typed, without files: a browser gives those again only by hand."""
    return [
        (name, value)
        for name, value in form.multi_items()
        if isinstance(value, str) and name not in (USERNAME, PASSWORD)
    ]


async def resume(request: Request, form: FormData) -> str | Refusal:
    """The token of a session opened on the spot; the rest of the request is this person's.

    Refused until the form brings a name and a password beside what it had, and to anybody but whoever
    had it on their screen.
    """
    if USERNAME not in form:
        return Refusal(401, "")
    person = await identify_person(request, str(form[USERNAME]), str(form.get(PASSWORD, "")))
    if isinstance(person, Refusal):
        return person
    if refusal := refused_to_another(request, form, person):
        return refusal
    token = await open_session(request, person)
    await continue_as(request, token)
    return token


def refused_to_another(request: Request, form: FormData, person: Person) -> Refusal | None:
    """The refusal of whoever signs in on the spot at somebody else's form: it is never sent as theirs."""
    typed_by = signed_by_another(form, person.id)
    if typed_by is None:
        return None
    noted("sign_in_refused", request, person=person.id, reason="FORM_OF_ANOTHER")
    return Refusal(422, ANOTHERS.format(name=typed_by))


def sign_in_form(
    request: Request,
    framed: dict[str, Any],
    path: str,
    username: str = "",
    refusal: Refusal | None = None,
    waiting: FormData | None = None,
) -> Response:
    """The page that asks for name and password; `waiting` is the form that is gone on with."""
    message = refusal.message if refusal else ""
    given = framed | {
        "entered": {"username": username[:60]},
        "errors": [{"field": None, "message": message}] if message else [],
        "next": path,
        "waiting": None if waiting is None else kept(waiting),
        "files": waiting is not None and len(kept(waiting)) < len(waiting.multi_items()),
    }
    status = refusal.status if refusal else 200
    response = templates.TemplateResponse(request, "sign_in.html", given, status)
    response.headers["Cache-Control"] = "no-store"
    if refusal and refusal.wait is not None:
        response.headers["Retry-After"] = str(refusal.wait)
    return response
