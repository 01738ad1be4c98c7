"""Documents made in bounded processes: for Word out of a template, as PDF out of a layout.

A process makes two at a time, whoever asks; a few more wait, others are answered that they come
again. The event loop only waits.
"""

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from schema.bounded import Limits, bounded_process
from schema.city.rules import RuleBroken
from schema.documents.inspection import inspect_made, inspect_template, refused
from schema.documents.rules import Document, Values

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
WORD_WORKER = Path(__file__).with_name("word_worker.py")
PAPER_WORKER = Path(__file__).with_name("paper_worker.py")
WORD_LIMITS = Limits(memory=400 * 2**20, seconds=4)
PAPER_LIMITS = Limits(memory=4 * 2**30, seconds=10)
MADE_MOST = 20 * 2**20
AT_ONCE, WAITING = 2, 16
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
NAMED = 8
TROUBLE = "这份文书没有做成：模板用不了了。请在网址后加 ?builtin=1 下载内置样式的文书，并告知领导小组办公室更换模板"


@dataclass(frozen=True, slots=True)
class Making:
    """What a document says of itself beside its fields: its title, its issuer, its day (ISO 8601)."""

    title: str
    author: str
    day: str


class NotMade(Exception):
    """Why a worker made nothing: its answer, or code LIMIT where it came to its limits."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__(answer["refused"])
        self.answer = answer


class Busy(RuleBroken):
    """Too many documents are being made already."""

    def __init__(self) -> None:
        super().__init__("正在出具的文书较多，请过一会儿再试", None, "RULE")


def pdf_available() -> bool:
    """Whether PDF can be made here: the extra `[pdf]` is installed."""
    return find_spec("typst") is not None


_waiting = 0
_turns: tuple[asyncio.AbstractEventLoop, asyncio.Semaphore] | None = None


async def in_turn(work: Callable[[], bytes]) -> bytes:
    """Run `work` in a thread when it is its turn. Raises Busy where too many wait already."""
    global _waiting, _turns
    loop = asyncio.get_running_loop()
    if _turns is None or _turns[0] is not loop:
        _turns = loop, asyncio.Semaphore(AT_ONCE)
    if _waiting >= WAITING:
        raise Busy
    _waiting += 1
    try:
        async with _turns[1]:
            return await asyncio.to_thread(work)
    finally:
        _waiting -= 1


async def check_template(document: Document, name: str, data: bytes) -> None:
    """Accept a Word template only after its sample was rendered.

    Raises RuleBroken (INVALID) at `file`: fields that the document does not have by name, and
    whatever else is to be mended.
    """
    about = Making(document.title, document.author, "2026-01-01")
    values = document.sample

    def work() -> bytes:
        inspect_template(name, data)
        made = _word(data, document, values, about, check=True)
        inspect_made(made)
        return made

    try:
        await in_turn(work)
    except NotMade as error:
        raise refused(template_message(error.answer, document)) from None


async def make_word(template: bytes, document: Document, values: Values, about: Making) -> bytes:
    """The document for Word, inspected as templates are.

    Raises RuleBroken where its template fails on these values, or carries what Word would fetch or start.
    """

    def work() -> bytes:
        made = _word(template, document, values, about, check=False)
        try:
            inspect_made(made)
        except RuleBroken as broken:
            raise NotMade({"refused": "UNFIT", "message": broken.message}) from broken
        return made

    try:
        return await in_turn(work)
    except NotMade:
        raise RuleBroken(TROUBLE) from None


async def make_pdf(layout: Path, fonts: str, values: Values, about: Making) -> bytes:
    """The document as PDF/A-3a and PDF/UA-1. Raises RuntimeError where the layout is at fault."""
    asked = {**_asked(values, about), "main": str(layout), "fonts": fonts}
    try:
        return await in_turn(lambda: _made(PAPER_WORKER, asked, b"", PAPER_LIMITS))
    except NotMade as error:
        raise RuntimeError(f"{layout.name} makes no PDF: {error.answer}") from error


def _word(data: bytes, document: Document, values: Values, about: Making, *, check: bool) -> bytes:
    lists = {name: [part.name for part in parts] for name, parts in document.lists.items()}
    asked = {**_asked(values, about), "check": check, "lists": lists}
    return _made(WORD_WORKER, asked, data, WORD_LIMITS)


def _asked(values: Values, about: Making) -> dict[str, Any]:
    return {
        "values": _clean(values),
        "title": about.title,
        "author": about.author,
        "day": about.day,
    }


def _clean(value: Any) -> Any:
    """Texts as XML can hold them."""
    match value:
        case str():
            return CONTROL.sub("", value.replace("\r\n", "\n")).replace("\t", " ")
        case dict():
            return {name: _clean(each) for name, each in value.items()}
        case list() | tuple():
            return [_clean(each) for each in value]
    return value


def _made(worker: Path, asked: dict[str, Any], data: bytes, limits: Limits) -> bytes:
    """What a worker makes. Raises NotMade."""
    head = json.dumps(asked, ensure_ascii=False).encode() + b"\n"
    with bounded_process(worker, head + data, limits) as (output, ended):
        first = output.readline(2**16)
        made = output.read(MADE_MOST + 1)
        if len(made) > MADE_MOST or not first.endswith(b"\n") or ended():
            raise NotMade({"refused": "LIMIT"})
    answer = json.loads(first)
    if answer:
        raise NotMade(answer)
    return made


def template_message(answer: dict[str, Any], document: Document) -> str:
    """What is to be mended in a template, in the words of whoever wrote it."""
    names = "、".join(f"“{name}”" for name in answer.get("names", ())[:NAMED])
    match answer["refused"]:
        case "UNKNOWN":
            return f"模板里有{document.title}没有的栏目：{names}。请对照栏目表改正后再上传"
        case "UNSAFE":
            return f"模板里有不允许的写法：{names}。只能用栏目表中的栏目、判断和逐行列出"
        case "SYNTAX":
            where = f"“{answer['near']}”" if answer["near"] else "某处"
            return f"模板里{where}的写法不完整。请检查花括号是否成对，每个 if、for 是否都有 endif、endfor"
        case "LIMIT":
            return "用样例试做时超过了时间或内存的限度。请检查模板里有没有层层嵌套的循环"
    return "用样例试做时没有成功。请在 Word 或 WPS 中打开模板，另存为新的 .docx 后再上传"
