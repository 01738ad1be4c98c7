"""Documents for Word and as PDF: made from what their reader sees, by the template in force.

A document is `templates/documents/NAME.graphql`, which runs as the reader, the table of its fields
beside the mechanism that declares it, the built-in template `NAME.docx` and the layout `NAME.typ`.
"""

import asyncio
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from jinja2 import ChainableUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from schema.city.rules import RuleBroken
from schema.context import Context
from schema.documents.graph import template_on
from schema.documents.making import (
    PDF,
    WORD,
    Busy,
    Making,
    make_pdf,
    make_word,
    pdf_available,
)
from schema.documents.rules import DOCUMENTS, Document
from server.files.names import content_disposition
from server.people.context import context_for
from server.people.security_log import noted
from server.settings import FONT_DIR, ROOT
from server.web import forms
from server.web.pages import execute, is_missing, shown_rows_of, sign_in_first
from server.web.resources import documents, environment

FOLDER = ROOT / "templates/documents"
NO_PDF = "本机没有安装 PDF 组件，请下载 Word 文书，或请管理员运行 pip install '.[pdf]'"
LOST = "模板的文件不在存储中，请联系管理员从备份恢复"
COME_AGAIN = {"Retry-After": "10"}

lenient = environment.overlay(undefined=ChainableUndefined)
environment.globals["pdf_available"] = pdf_available


def issued(path: str, name: str, of: str = "") -> list[Route]:
    """The routes `path.docx` and `path.pdf` of a document. `?builtin=1` leaves the office's template out.

    `of` is the table whose rows it tells of: for whoever is shown none of it there is no document.
    """
    document, operation = DOCUMENTS[name], documents[f"documents/{name}"].query
    assert operation is not None
    read = reader(document)

    async def endpoint(request: Request) -> Response:
        context = await context_for(request)
        if not context.viewer.signed_in:
            return sign_in_first(request)
        shown_rows_of(of, context)
        form = request.url.path.rpartition(".")[2]
        if form == "pdf" and not pdf_available():
            raise HTTPException(404, NO_PDF)
        given = await forms.variables(operation, request.query_params, request.path_params)
        data = await execute(operation, context, given)
        if is_missing(data):
            raise HTTPException(404)
        values, about = read({**data, "now": context.now})
        try:
            if form == "pdf":
                made = await make_pdf(FOLDER / f"{name}.typ", FONT_DIR, values, about)
            else:
                own = (
                    None if "builtin" in request.query_params else await own_template(name, context)
                )
                made = await make_word(own or await built_in(name), document, values, about)
        except Busy as busy:
            raise HTTPException(503, str(busy), COME_AGAIN) from busy
        except RuleBroken as broken:
            raise HTTPException(409, str(broken)) from broken
        noted("document_issued", request, person=context.viewer.person, document=name, form=form)
        file = document.file.format(**values)
        return download(made, f"{file}.{form}", PDF if form == "pdf" else WORD)

    return [Route(f"{path}.{form}", endpoint, name=f"{name}.{form}") for form in ("docx", "pdf")]


def reader(document: Document) -> Callable[[Mapping[str, Any]], tuple[dict[str, Any], Making]]:
    """What reads the values of a document's fields, and what it says of itself, out of its data."""
    plain = {each.name: expression(each.value) for each in document.plain}
    many = {each.name: expression(each.value) for each in document.fields if each.many}
    lines = {
        name: {part.name: expression(part.value) for part in parts}
        for name, parts in document.lists.items()
    }
    day, author = expression(document.day), expression(document.author)

    def read(data: Mapping[str, Any]) -> tuple[dict[str, Any], Making]:
        values: dict[str, Any] = {name: text(value(**data)) for name, value in plain.items()}
        for name, rows in many.items():
            values[name] = [
                {part: text(value(**data, item=item)) for part, value in lines[name].items()}
                for item in rows(**data) or ()
            ]
        return values, Making(document.title, text(author(**data)), iso_day(day(**data)))

    return read


def expression(source: str) -> Callable[..., Any]:
    """An expression of templates; what is not there, or not for this reader, is None."""
    return lenient.compile_expression(source)


def text(value: Any) -> str:
    return "" if value is None or value == "—" else str(value)


def iso_day(value: Any) -> str:
    at = expression("value|local")(value=value if isinstance(value, str) else value.isoformat())
    return str(at)[:10]


async def own_template(name: str, context: Context) -> bytes | None:
    """The office's template in force today; None where it is the built-in one."""
    row = await template_on(name, context.today)
    return await stored(row.sha256, context) if row and row.sha256 else None


async def stored(sha256: str, context: Context) -> bytes:
    try:
        content: bytes = await asyncio.to_thread(context.file_store.path(sha256).read_bytes)
    except OSError as fault:
        raise HTTPException(500, LOST) from fault
    return content


async def built_in(name: str) -> bytes:
    return await asyncio.to_thread(read_built_in, name)


@cache
def read_built_in(name: str) -> bytes:
    return (FOLDER / f"{name}.docx").read_bytes()


def download(content: bytes, name: str, media_type: str) -> Response:
    headers = {
        "Content-Disposition": content_disposition(name, inline=False),
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=media_type, headers=headers)


# ---------------------------------------------------------------- templates to start from


async def send_built_in(request: Request) -> Response:
    context = await context_for(request)
    if not context.viewer.signed_in:
        return sign_in_first(request)
    document = DOCUMENTS.get(request.path_params["document"])
    if document is None:
        raise HTTPException(404)
    return download(await built_in(document.name), f"{document.title}内置模板.docx", WORD)


async def send_version(request: Request) -> Response:
    """A version of the office's template, for those who see its row."""
    context = await context_for(request)
    if not context.viewer.signed_in:
        return sign_in_first(request)
    given = request.path_params
    rows = await context.rows.where("DocumentTemplate", "version", given["version"])
    row = next((each for each in rows if each["document"] == given["document"]), None)
    if row is None or not row["sha256"]:
        raise HTTPException(404)
    return download(await stored(row["sha256"], context), row["name"], WORD)


routes = [
    Route("/documents/{document}/builtin.docx", send_built_in),
    Route("/documents/{document}/versions/{version:int}.docx", send_version),
]
