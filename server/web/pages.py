"""A page is a pair under templates/: NAME.graphql says what it needs, NAME.html how it looks.

GET runs the page's query and shows it. POST sends the act that the form names and goes on (303), or
shows the same page with what was typed and what to mend: 422, or 409 when somebody else was first.
"""

import asyncio
import io
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import orjson
from starlette.datastructures import URL, FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from schema.context import Context
from schema.gate.idempotency import KEY_USED
from schema.permissions import lists_of, visible
from schema.query.compiler import JsonText
from schema.relations import NOTHING
from schema.scalars import HashedBytes
from server.api.errors import unexpected_exception
from server.api.readings import load_readings, load_readings_soon
from server.files import held
from server.http.caching import conditional_response
from server.people.context import context_for, idempotency_key
from server.people.drafts import Draft, Typed, drafts_of, drop_sent
from server.settings import FILES_DIR, SECURE_COOKIES
from server.web import done, forms
from server.web.documents import Document, Operation
from server.web.entering import Refusal, set_session_cookie
from server.web.languages import CHINESE, set_language
from server.web.navigation import menu, of_viewer, start
from server.web.resources import documents, graph, templates
from server.web.resuming import SCRIPTED, USERNAME, resume, sign_in_form
from server.web.widgets import looks

LIMITS: Final = {"max_files": 20, "max_fields": 200, "max_part_size": 64 * 1024}
RESUMED = "已登录。填写的内容还在，请核对后再提交；文件请重新选择。"
SENT_BEFORE = "这张表刚才已经提交成功，这次的内容和那次不同。如要另办一件，请核对后再提交一次"
OTHER_SIGNED_IN = "这张表由{typed}填写，现在登录的是{now}，没有提交。请核对内容；再按一次提交，就以{now}的名义办理"
STEP, CHECK, EDIT, ASK = "step", "check", "edit", "ask"
ACKNOWLEDGED = "acknowledgeDuplicates"
"""What is ticked to report in spite of what is known; who asks for the claim instead does not report."""
"""What a form of two pages says: look it over first, or go back to it. Without it the act is done."""
SHELL = "shell"
NEXT = "next"
NAMED = ("initial", "project", "other", "subject")
FLASH = "flash"
DRAFT, EARLIER = "draft", "earlier"
RESTORING = (DRAFT, EARLIER)
"""The keys of an address that name the draft to be shown."""
WIDGET = "widget.html"
WIDGET_KEPT = "public, max-age=60"
PREFERENCES = {"theme": "auto", "size": "100", "density": "regular", "keys": "on"}


def page(
    path: str,
    name: str,
    *,
    then: str = "",
    layout: str = "layout.html",
    public: bool = False,
    prefilled: bool = False,
    views: Mapping[str, str] = MappingProxyType({}),
    of: str = "",
    listed: str = "",
) -> Route:
    """One line of the routes. `views` are other pairs for the same address, chosen by `?view=`.

    `of` is the table whose rows the page lists: for whoever is shown none of it the page does not exist;
    `listed` is the list of the menu that the page is, by its name in `LISTS`: it is there for whom that is.

    `then` is where an act leads, with the payload's fields, as `/projects/{project[no]}`; without
    it an act leads back to where it was done. With `prefilled`, a form of the page begins with what
    the address says of its fields, as another page that knows them leads here.
    """
    pairs = {"": documents[name]} | {view: documents[pair] for view, pair in views.items()}
    acts = any(document.mutations for document in pairs.values())

    async def endpoint(request: Request) -> Response:
        document = pairs.get(request.query_params.get("view", ""), pairs[""])
        context = await context_for(request)
        if not context.viewer.signed_in and not public:
            if request.method == "POST":
                return await sign_in_on_the_spot(request, document, layout)
            return sign_in_first(request)
        shown_rows_of(of, context)
        shown_list(listed, context)
        if request.method != "POST" and (tidy := without_blanks(request.url)):
            return RedirectResponse(tidy, 303)
        if request.method == "POST":
            return await submit(request, context, document, layout, then)
        return await render(request, context, document, layout, prefilled=prefilled)

    methods = ["GET", "POST"] if acts else ["GET"]
    return Route(path, endpoint, name=name, methods=methods)


def shown_rows_of(table: str, context: Context) -> None:
    """Raises HTTPException (404) where no row of a table is ever shown to this reader."""
    if table and visible(table, "t", context.viewer) == NOTHING:
        raise HTTPException(404)


def shown_list(name: str, context: Context) -> None:
    """Raises HTTPException (404) where a list of the menu is not for this reader."""
    if name and name not in lists_of(context.viewer):
        raise HTTPException(404)


def without_blanks(url: URL) -> str | None:
    """The address as it should be shared, when a form sent it with fields left blank."""
    pairs = parse_qsl(url.query, keep_blank_values=True)
    if all(value.strip() for _, value in pairs):
        return None
    kept = urlencode([(name, value) for name, value in pairs if value.strip()], quote_via=quote)
    return f"{url.path}?{kept}" if kept else url.path


def widget(path: str, name: str) -> Route:
    """The same page for a frame on another site: no chrome, no cookie, seen as by the public."""
    return page(path, name, layout=WIDGET, public=True)


async def render(
    request: Request,
    context: Context,
    document: Document,
    layout: str,
    status: int = 200,
    submitted: FormData | None = None,
    sent: str | None = None,
    refused: tuple[list[dict[str, Any]], Mapping[str, Any] | None] | None = None,
    note: str = "",
    prefilled: bool = False,
) -> Response:
    """The page, with the form `sent` as it was filled in where it was refused."""
    data: dict[str, Any] = {}
    wrong: list[dict[str, str]] = []
    if document.query:
        given = await forms.variables(document.query, request.query_params, request.path_params)
        wrong = forms.drop_unreadable(document.query, given)
        if any(each["field"] in request.path_params for each in wrong):
            raise HTTPException(404)
        data = await execute(document.query, context, given)
        nothing = all(each is None for each in data.values())
        # A widget stands on another site and says itself that nothing is published.
        if data and (is_missing(data) or (nothing and layout != WIDGET)):
            raise HTTPException(404)
    if prefilled:
        data["initial"] = forms.of_address(document.mutations.values(), request.query_params) | (
            data.get("initial") or {}
        )
    shown: dict[str, forms.Form] = {}
    drafts = await own_drafts(request, context, document)
    restored = chosen_draft(request, drafts) if submitted is None else None
    if restored:
        sent = restored[0].act
        submitted = await with_held_files(forms.as_sent(restored[1].typed), context.viewer.person)
    waiting, lost = await hold_files(submitted, context.viewer.person)
    if lost and not restored:
        context.extra.pop("checking", None)
        status = 422 if status == 200 else status
    for name, operation in document.mutations.items():
        made = forms.build_form(
            operation, request.url.path, data, submitted if name == sent else None
        )
        made.prefix = f"{name}-" if shown else ""
        made.by = forms.signature(context.viewer.person, context.viewer.name)
        made.drafts = {each.name: each for each in drafts if each.act == name}
        made.restored = restored[1] if restored and name == sent else None
        if made.restored:
            made.follows = made.restored.version
        elif submitted is not None and name == sent:
            made.follows = " ".join(forms.rendering(submitted).answered)
        made.checking = name == sent and submitted is not None and not restored
        for field, files in waiting.items() if name == sent else ():
            if field in made.fields:
                made.fields[field]["held"] = files
        shown[name] = made
        if name == sent and lost:
            forms.with_errors(made, lost, None)
        if name == sent and refused:
            forms.with_errors(made, *refused)
    framed = await frame(request, context, layout)
    framed["flash"] += [
        {"level": "wrong", "text": f"{each['label']}：{each['message']}。这个条件没有用上。"}
        for each in wrong
    ]
    if note:
        framed["flash"].append({"level": "info", "text": note})
    # What htmx asks while somebody types cannot be read at every moment.
    if wrong and "hx-request" not in request.headers:
        status = 400
    given = {
        **data,
        **framed,
        "wrong": {each["field"]: each["message"] for each in wrong},
        "forms": shown,
        "form": next(iter(shown.values()), None),
        "page": document.name,
        "query": [each for each in request.query_params.multi_items() if each[0] not in RESTORING],
        "path_params": request.path_params,
    }
    response = templates.TemplateResponse(request, f"{document.name}.html", given, status)
    if layout == WIDGET:
        response.headers["Cache-Control"] = WIDGET_KEPT
        return conditional_response(request, response)
    response.headers["Vary"] = "Cookie"
    if FLASH in request.cookies:
        response.delete_cookie(FLASH)
    return response


async def own_drafts(request: Request, context: Context, document: Document) -> list[Draft]:
    """The viewer's drafts of a page's forms: of their own, in browsers alone."""
    person = context.viewer.person
    if not document.mutations or person is None or not request.state.session:
        return []
    return await drafts_of(person, request.state.session, list(document.mutations))


def chosen_draft(request: Request, drafts: list[Draft]) -> tuple[Draft, Typed] | None:
    """The draft that the address asks for by `?draft=`, or with `&earlier=1` what it replaced."""
    asked = request.query_params.get(DRAFT)
    for each in drafts:
        if f"{each.id}" == asked:
            earlier = each.earlier if request.query_params.get(EARLIER) else None
            return each, earlier or each
    return None


def is_missing(data: Mapping[str, Any]) -> bool:
    """Whether what the address names is not there, or not there for this reader."""
    return any(name in data and data[name] is None for name in NAMED)


async def submit(
    request: Request, context: Context, document: Document, layout: str, then: str
) -> Response:
    """One act out of a form, whose files are closed behind it."""
    async with request.form(**LIMITS) as form:
        return await submit_form(form, request, context, document, layout, then)


async def sign_in_on_the_spot(request: Request, document: Document, layout: str) -> Response:
    """A form whose session has ended: name and password are asked for beside what was typed, and the
    form then comes back filled in, to be looked over and sent.
    """
    async with request.form(**LIMITS) as form:
        if SCRIPTED in request.headers:
            raise HTTPException(401, "登录已过期，请重新登录；填写的内容还在这一页")
        framed = await frame(request, await context_for(request), layout)
        token = await resume(request, form)
        if isinstance(token, Refusal):
            username = str(form.get(USERNAME, ""))
            return sign_in_form(request, framed, "", username, token, waiting=form)
        sent = form.get("act") or next(iter(document.mutations))
        context = await context_for(request)
        back = await with_held_files(form, context.viewer.person)
        response = await render(
            request, context, document, layout, submitted=back, sent=str(sent), note=RESUMED
        )
        set_session_cookie(response, token)
        return response


async def submit_form(
    form: FormData, request: Request, context: Context, document: Document, layout: str, then: str
) -> Response:
    named = form.get("act")
    operation = (
        document.mutations.get(str(named)) if named else next(iter(document.mutations.values()))
    )
    if operation is None:
        raise HTTPException(400, "表单不完整，请刷新页面后再试")
    form = await with_held_files(forms.picked(form), context.viewer.person)
    if other := forms.signed_by_another(form, context.viewer.person):
        message = OTHER_SIGNED_IN.format(typed=other, now=context.viewer.name)
        refused: list[dict[str, Any]] = [{"field": None, "message": message, "code": "INVALID"}]
        return await render(
            request, context, document, layout, 422, form, operation.name, (refused, None)
        )
    if key := form.get("key"):
        context.idempotency_key = idempotency_key({"idempotency-key": str(key)})
    step = str(form.get(STEP) or "")
    if step == EDIT:
        return await render(request, context, document, layout, 200, form, operation.name)
    if step == ASK:
        form = FormData([each for each in form.multi_items() if each[0] != ACKNOWLEDGED])
    gone = any(name.startswith(HELD) for name in form)
    await load_readings()
    payload = None
    if gone and step != CHECK:
        payload = await first_answer(form, operation, request, context)
    context.trial = payload is None and (
        step == CHECK or gone
    )  # what else is wrong is said at once
    if payload is None:
        given = await forms.variables(operation, form, request.path_params)
        (payload,) = (await run_act(operation, context, given)).values()
    errors, conflict = payload["userErrors"], payload.get("conflict")
    if not errors and context.trial:
        context.extra = {"payload": payload, "checking": True}
        if gone:
            context.forget()
        return await render(request, context, document, layout, 200, form, operation.name)
    if not errors:
        await drop_held_files(form, context.viewer.person)
        if (name := form.get(DRAFT)) and context.viewer.person:
            await drop_sent(context.viewer.person, str(name), forms.rendering(form))
        response = done_at(location_after(then, payload, request), request)
        response.set_cookie(
            FLASH,
            done.sealed(done.said_of(operation.act, payload), context),
            max_age=60,
            httponly=True,
            samesite="lax",
            secure=SECURE_COOKIES,
        )
        return response
    for error in errors:
        if error["message"] == KEY_USED:
            error["message"] = SENT_BEFORE
            form = FormData([each for each in form.multi_items() if not each[0].startswith(HELD)])
    context.extra = {"payload": payload}
    status = 409 if any(error["code"] == "STALE" for error in errors) else 422
    context.forget()
    return await render(
        request, context, document, layout, status, form, operation.name, (errors, conflict)
    )


HELD = "held."
"""Before a field's name: its files that wait for a form which is looked over (`held.Held.sent`)."""


async def with_held_files(form: FormData, person: int | None) -> FormData:
    """What was sent, with the files that were chosen on an earlier page of the form in their fields.

    One that waits no longer stays as it was sent: `hold_files` says so at its field.
    """
    pairs: list[tuple[str, Any]] = []
    seen: set[str] = set()
    for name, value in form.multi_items():
        if person is None or not name.startswith(HELD):
            pairs.append((name, value))
            continue
        token = held.parse(str(value)).token
        if token in seen:
            continue
        seen.add(token)
        found = await asyncio.to_thread(held.read, FILES_DIR, person, token)
        if found is None:
            pairs.append((name, value))
            continue
        file = UploadFile(io.BytesIO(found[1]), filename=found[0], size=len(found[1]))
        file.held = held.Held(token, found[0])  # type: ignore[attr-defined]
        pairs.append((name.removeprefix(HELD), file))
    return FormData(pairs)


async def first_answer(
    form: FormData, operation: Operation, request: Request, context: Context
) -> Any:
    """The payload that a form was answered with when it was sent as it is now; None where it was not.

    Of the files that waited for it and went with it, their hashes are left.
    """
    if not context.idempotency_key:
        return None
    known: list[tuple[str, Any]] = []
    for name, value in form.multi_items():
        if not name.startswith(HELD):
            known.append((name, value))
            continue
        one = held.parse(str(value))
        if one.sha256 is None:
            return None
        file = UploadFile(io.BytesIO(), filename=one.name)
        file.left = HashedBytes(one.sha256)  # type: ignore[attr-defined]
        known.append((name.removeprefix(HELD), file))
    given = await forms.variables(operation, FormData(known), request.path_params)
    context.answered_only = True
    (payload,) = (await run_act(operation, context, given)).values()
    context.answered_only = False
    context.forget()
    return None if payload["userErrors"] else payload


async def hold_files(
    form: FormData | None, person: int | None
) -> tuple[dict[str, list[held.Held]], list[dict[str, Any]]]:
    """By field the files of a form that its next page asks for, those that wait and those chosen now;
    and an error for each field with files that must be chosen again.
    """
    waiting: dict[str, list[held.Held]] = {}
    missing: dict[tuple[str, str], list[str]] = {}
    if form is None or person is None:
        return waiting, []
    fresh: list[tuple[str, UploadFile]] = []
    for name, value in form.multi_items():
        if name.startswith(HELD):
            why = (name.removeprefix(HELD), held.GONE)
            missing.setdefault(why, []).append(held.parse(str(value)).name)
        elif known := getattr(value, "held", None):
            waiting.setdefault(name, []).append(known)
        elif STEP in form and isinstance(value, UploadFile) and value.filename:
            fresh.append((name, value))
    for name, file in fresh:
        chosen = file.filename or ""
        await file.seek(0)
        keep = {each.token for files in waiting.values() for each in files}
        content = await file.read()
        try:
            one = await asyncio.to_thread(held.hold, FILES_DIR, person, chosen, content, keep)
        except held.NoRoom:
            missing.setdefault((name, held.FULL), []).append(chosen)
            continue
        waiting.setdefault(name, []).append(one)
    return waiting, [
        {"field": field, "message": words.format(names="、".join(names)), "code": "INVALID"}
        for (field, words), names in missing.items()
    ]


async def drop_held_files(form: FormData, person: int | None) -> None:
    for _, value in form.multi_items():
        if person is not None and (known := getattr(value, "held", None)):
            await asyncio.to_thread(held.drop, FILES_DIR, person, known.token)


def done_at(location: str, request: Request) -> Response:
    """Where an act leads: a browser goes there by 303; a page that sends its form itself gets the address."""
    if SCRIPTED in request.headers:
        return Response(status_code=201, headers={"Location": location})
    return RedirectResponse(location, 303)


PLACED = re.compile(r"{(\w+)(?:\[(\w+)])?}")


def location_after(then: str, payload: Mapping[str, Any], request: Request) -> str:
    if then:
        return PLACED.sub(lambda found: placed(found, payload, request), then)
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path


def placed(found: re.Match[str], payload: Mapping[str, Any], request: Request) -> str:
    """`{no}` is of the address at which the act was done, `{project[no]}` of its payload."""
    name, part = found.groups()
    return str(payload[name][part] if part else request.path_params[name])


async def run_act(operation: Operation, context: Context, given: dict[str, Any]) -> dict[str, Any]:
    return await execute(operation, context, given)


async def execute(
    operation: Operation,
    context: Context,
    given: dict[str, Any],
    *,
    raw: bool = False,
    patient: bool = False,
) -> dict[str, Any]:
    """The data of an answer; what the reader can mend is 400 with the reason, a fault is raised."""
    try:
        if raw:
            result = await graph.run(
                operation.prepared, operation.name, given, context, raw=True, patient=patient
            )
        else:
            result = await graph.answer(operation.prepared, operation.name, given, context)
    except TimeoutError as late:
        raise HTTPException(503, "查询用时太久，请缩小范围后再试") from late
    for error in result.errors or ():
        if cause := unexpected_exception(error):
            raise cause
        raise HTTPException(400, error.message)
    data: Any = result.data
    return orjson.loads(data.text) if isinstance(data, JsonText) else data  # type: ignore[no-any-return]


async def frame(request: Request, context: Context, layout: str) -> dict[str, Any]:
    """What every page has around it: who looks, the menu, what was just done."""
    given: dict[str, Any] = {
        "layout": layout,
        "path": request.url.path,
        "on_screen_of": forms.signature(context.viewer.person, context.viewer.name),
        "viewer": None,
        "nav": [],
        "prefs": PREFERENCES | preferences(request),
        "flash": [],
        "now": context.now,
        "extra": context.extra,
        "search": request.query_params.get("q", "") if request.url.path == "/search" else "",
    }
    if layout == WIDGET:
        given |= looks(request.query_params)
    set_language(given.get("lang", CHINESE))
    if layout == WIDGET or not context.viewer.signed_in:
        return given
    load_readings_soon()
    shell = documents[SHELL].query
    assert shell is not None
    viewer = (await execute(shell, context, {}))["viewer"]
    counts = viewer["counts"]
    given["viewer"] = {**viewer, "inboxCount": counts["inbox"]}
    given["nav"] = menu(context.viewer, counts, request.url.path)
    given["home"] = start(context.viewer)
    brought = request.cookies.get(FLASH, "") if request.method == "GET" else ""
    if answer := brought and done.unsealed(brought, context):
        step = answer.get("onward") or await next_step(answer, request, context)
        given["flash"] = [{"level": "done", **answer, "next": step}]
    return given


async def next_step(
    answer: Mapping[str, Any], request: Request, context: Context
) -> dict[str, str]:
    """What comes next for whoever has done an act: their next duty of the same kind, else the first of
    all, else the way back to where they start, or to the first list of their menu.
    """
    operation = documents[NEXT].query
    assert operation is not None
    found = await execute(operation, context, {"task": done.tasks_after(answer["act"])})
    for duty in (*found["same"]["nodes"], *found["any"]["nodes"]):
        duty |= duty["first"] or {}
        if not duty["page"] or urlsplit(duty["page"]).path == request.url.path != "/judgement":
            continue
        named = duty["subjectNo"] if duty["project"] else duty["subjectName"] or duty["subjectNo"]
        about = duty["project"]["name"] if duty["project"] else ""
        label = " ".join(filter(None, (duty["label"], named, about)))
        return {"href": duty["page"], "label": label}
    labels = {item.href: item.label for _, items in of_viewer(context.viewer) for item in items}
    first = start(context.viewer)
    labels.setdefault(first, labels.get(f"/{first.split('/')[1]}", ""))
    ways = (each for each in (first, *labels) if labels[each] and each != request.url.path)
    back = next(ways, "/account")
    return {"href": back, "label": "", "back": labels.get(back, "")}


def preferences(request: Request) -> dict[str, str]:
    """Looks chosen on this browser: `theme.size.density.keys`, each from its own list."""
    chosen = request.cookies.get("looks", "").split(".")
    allowed = {
        "theme": ("auto", "light", "dark"),
        "size": ("100", "115", "130"),
        "density": ("regular", "compact"),
        "keys": ("on", "off"),
    }
    return {
        name: value
        for (name, values), value in zip(allowed.items(), chosen, strict=False)
        if value in values
    }


def sign_in_first(request: Request) -> Response:
    if request.method == "GET":
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/sign-in?next={quote(asked)}", 303)
    raise HTTPException(401, "登录已过期，请重新登录后再提交")
