"""Drafts: kept while one types, listed, dropped. Each is its owner's alone.

A form sends what it would send, without its files, to `POST /drafts`; the answer is a line of words
for the page. Sending the form erases what it typed (`pages.submit_form`), the job `clearDrafts` the rest.
"""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from schema.context import Context
from server.people.context import context_for
from server.people.drafts import FULL, MOST, drafts_of, drop_draft, keep_draft
from server.people.sessions import agent, describe_browser
from server.web.account import for_browsers, local_path
from server.web.forms import DRAFT_NAME_LONGEST, KERNEL, act_label, rendering, signed_by_another
from server.web.pages import LIMITS, RESTORING, frame, sign_in_first
from server.web.resources import documents, templates

DRAFT_MOST = 96 * 1024
"""Bytes of one draft as it is sent."""
PAGE, FILE, AT = "draft.page", "draft.file", "draft.at"
"""What a page says of a draft: where it is filled in, the fields with files, when it was typed."""
OWN = (PAGE, FILE, AT, *KERNEL)
EXPIRED = "登录已过期，草稿没有保存；填写的内容还在这一页"
OTHERS = "现在登录的是另一位用户，草稿没有保存"


async def keep(request: Request) -> Response:
    """`POST /drafts`: what stands in a form; answers a line that says when it was kept, or why not."""
    context = await context_for(request)
    person, session = context.viewer.person, request.state.session
    if person is None or not session:
        raise HTTPException(401, EXPIRED)
    async with request.form(**{**LIMITS, "max_files": 0}) as form:
        if signed_by_another(form, person):
            raise HTTPException(409, OTHERS)
        name, key = str(form.get("draft") or ""), str(form.get("key") or "")
        act = name.partition(" ")[0]
        known = any(act in document.mutations for document in documents.values())
        if not known or not key or max(len(key), len(name) // 2) > DRAFT_NAME_LONGEST // 2:
            raise HTTPException(400, "表单不完整，请刷新页面后再试")
        kept = await keep_draft(
            person,
            session,
            name=name,
            rendering=rendering(form),
            at=typed_at(form, context),
            act=act,
            page=(page := page_of(form)),
            typed=[
                [each, value]
                for each, value in form.multi_items()
                if isinstance(value, str) and each not in OWN
            ],
            files=[str(each) for each in dict.fromkeys(form.getlist(FILE))],
            browser=describe_browser(agent(request))[:80],
        )
    given = {"refused": kept.refused, "most": MOST, "at": context.now, "replaced": kept.replaced}
    return line(
        request, {**given, "id": kept.id, "page": page}, 409 if kept.refused == FULL else 200
    )


def page_of(form: FormData) -> str:
    """The address of the page that a form is filled in on, without a draft that it was opened with."""
    path, _, query = local_path(str(form.get(PAGE, "")))[:1000].partition("?")
    kept = [(name, value) for name, value in parse_qsl(query) if name not in RESTORING]
    return f"{path}?{urlencode(kept)}" if kept else path


def typed_at(form: FormData, context: Context) -> datetime:
    """When it was typed: now, or as long ago as a page says that could not send it before."""
    try:
        waited = int(str(form.get(AT) or 0))
        typed = datetime.fromtimestamp(waited / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return context.now
    return min(typed, context.now) if waited else context.now


def line(request: Request, given: dict[str, Any], status: int = 200) -> Response:
    response = templates.TemplateResponse(request, "_draft.html", given, status)
    response.headers["Cache-Control"] = "no-store"
    return response


async def show(request: Request) -> Response:
    """`GET /account/drafts`: one's own drafts, the last typed first."""
    context = await context_for(request)
    if context.viewer.person is None or not request.state.session:
        return sign_in_first(request)
    given = await frame(request, context, "layout.html")
    operations = {
        name: each for document in documents.values() for name, each in document.mutations.items()
    }
    found = await drafts_of(context.viewer.person, request.state.session)
    given["drafts"] = [
        (each, act_label(operations[each.act])) for each in found if each.act in operations
    ]
    return templates.TemplateResponse(request, "account/drafts.html", given)


async def drop(request: Request) -> Response:
    """`POST /drafts/{id}/drop`: a draft of one's own is erased."""
    context = await context_for(request)
    if context.viewer.person is None or not request.state.session:
        return sign_in_first(request)
    async with request.form(max_files=0, max_fields=5) as form:
        back = local_path(str(form.get("back") or "/account/drafts"))
    key = request.path_params["id"]
    if key >= 2**63 or not await drop_draft(context.viewer.person, key):
        raise HTTPException(404, "没有找到这份草稿，可能已经提交或不用了")
    return RedirectResponse(back, 303)


routes = [
    Route("/drafts", for_browsers(keep), methods=["POST"], max_body_size=DRAFT_MOST),
    Route("/drafts/{id:int}/drop", for_browsers(drop), methods=["POST"], max_body_size=4096),
    Route("/account/drafts", for_browsers(show)),
]
