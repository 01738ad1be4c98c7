"""The program that checks and renders a Word template in a bounded process: `word` starts it.

A template is somebody's: a loop of loops takes for ever, a power of ten fills the memory, and what
reaches for classes runs code. Here Jinja is sandboxed, knows the document's fields and nothing
else, and whatever it still costs ends this process alone.

Standard input: a line of JSON `{"check", "values", "lists", "title", "author", "day"}`, then the
template. Standard output: a line of JSON, `{}` and then the document, or `{"refused": CODE, …}`:
UNKNOWN and UNSAFE with `names`, SYNTAX with `near`, BROKEN.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docxtpl import DocxTemplate  # type: ignore[import-untyped]
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml.etree import LxmlError  # type: ignore[import-untyped]

PACKED_AT = (1980, 1, 1, 0, 0, 0)
NOTHING = "—"
LOOP = {
    "index", "index0", "revindex", "revindex0", "first", "last", "length", "depth",
    "previtem", "nextitem",
}  # fmt: skip
FORBIDDEN = (nodes.Call, nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends, nodes.Pow)
NEAR = 40


class Refused(Exception):
    """Why a template is not rendered: a code and what it is about."""

    def __init__(self, code: str, **about: Any) -> None:
        super().__init__(code)
        self.answer = {"refused": code, **about}


def main() -> None:
    """Check or render standard input."""
    asked, data = json.loads(sys.stdin.buffer.readline()), sys.stdin.buffer.read()
    try:
        template = DocxTemplate(BytesIO(data))
        template.init_docx()
        if asked["check"]:
            check(
                template,
                set(asked["values"]),
                {name: set(of) for name, of in asked["lists"].items()},
            )
        answer, made = {}, render(template, asked)
        Document(BytesIO(made))
    except Refused as refused:
        answer, made = refused.answer, b""
    except TemplateSyntaxError as error:
        answer, made = {"refused": "SYNTAX", "near": near(error)}, b""
    except SecurityError as error:
        answer, made = {"refused": "UNSAFE", "names": [str(error)[:NEAR]]}, b""
    except UndefinedError as error:
        answer, made = (
            {"refused": "UNKNOWN", "names": re.findall("'([^']*)'", str(error))[-1:]},
            b"",
        )
    except TemplateError:
        answer, made = {"refused": "SYNTAX", "near": ""}, b""
    except (
        LxmlError,
        LookupError,
        ValueError,
        TypeError,
        AttributeError,
        ArithmeticError,
        OSError,
    ):
        answer, made = {"refused": "BROKEN"}, b""
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n" + made)


def sandbox() -> ImmutableSandboxedEnvironment:
    """Jinja without functions, whose tests and filters cannot reach beyond the values."""
    made = ImmutableSandboxedEnvironment(
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: NOTHING if value is None or value == "" else value,
    )
    made.globals.clear()
    return made


def render(template: DocxTemplate, asked: dict[str, Any]) -> bytes:
    """The document, the same bytes for the same values: it carries no time but its own day."""
    template.render(asked["values"], sandbox(), autoescape=True)
    day = datetime.fromisoformat(asked["day"]).replace(tzinfo=UTC)
    about = template.docx.core_properties
    about.title, about.author, about.last_modified_by = (
        asked["title"],
        asked["author"],
        asked["author"],
    )
    about.created = about.modified = day
    about.revision, about.language, about.comments = 1, "zh-CN", ""
    made = BytesIO()
    template.save(made)
    return repacked(made.getvalue())


def repacked(archive: bytes) -> bytes:
    """The archive with the same parts, none of them dated."""
    made = BytesIO()
    with ZipFile(BytesIO(archive)) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(ZipInfo(name, PACKED_AT), old.read(name), ZIP_DEFLATED)
    return made.getvalue()


# ---------------------------------------------------------------- checking


def check(template: DocxTemplate, fields: set[str], lists: dict[str, set[str]]) -> None:
    """Refuse what the sandbox would, and every field that the document does not have, at once.

    Raises Refused, or TemplateSyntaxError of Jinja.
    """
    parts = LOOP.union(*lists.values())
    unknown: dict[str, None] = {}
    unsafe: dict[str, None] = {}
    environment = sandbox()
    for text in texts(template):
        tree = environment.parse(text)
        unknown |= dict.fromkeys(unknown_names(tree, fields, parts))
        unsafe |= dict.fromkeys(unsafe_names(tree))
    if unsafe:
        raise Refused("UNSAFE", names=list(unsafe))
    if unknown:
        raise Refused("UNKNOWN", names=list(unknown))


def texts(template: DocxTemplate) -> Iterator[str]:
    """Every text that is rendered: the body, headers, footers, footnotes, properties."""
    yield template.patch_xml(template.get_xml())
    for uri in (template.HEADER_URI, template.FOOTER_URI):
        for _, part in template.get_headers_footers(uri):
            yield template.patch_xml(template.get_part_xml(part))
    for part in template.docx.part.package.iter_parts():
        if part.partname.endswith("/footnotes.xml"):
            yield template.patch_xml(part.blob.decode("utf-8"))
    about = template.docx.core_properties
    for name in ("author", "title", "subject", "comments", "category", "keywords"):
        yield getattr(about, name) or ""


def unknown_names(tree: nodes.Template, fields: set[str], parts: set[str]) -> Iterable[str]:
    bound = {each.name for each in tree.find_all(nodes.Name) if each.ctx != "load"}
    for name in tree.find_all(nodes.Name):
        if name.ctx == "load" and name.name not in bound | fields | {"loop"}:
            yield name.name
    for each in tree.find_all(nodes.Getattr):
        if each.attr not in parts and not each.attr.startswith("_"):
            yield f"{dotted_name(each.node)}.{each.attr}"
    for item in tree.find_all(nodes.Getitem):
        key = item.arg.value if isinstance(item.arg, nodes.Const) else None
        if isinstance(key, str) and key not in parts and not key.startswith("_"):
            yield f"{dotted_name(item.node)}.{key}"


def unsafe_names(tree: nodes.Template) -> Iterable[str]:
    for each in tree.find_all(nodes.Getattr):
        if each.attr.startswith("_"):
            yield each.attr
    for item in tree.find_all(nodes.Getitem):
        if isinstance(item.arg, nodes.Const) and str(item.arg.value).startswith("_"):
            yield str(item.arg.value)
    for node in tree.find_all(FORBIDDEN):
        yield (
            f"{dotted_name(node.node)}()"
            if isinstance(node, nodes.Call)
            else type(node).__name__.lower()
        )
    for used in tree.find_all(nodes.Filter):
        if used.name in ("attr", "map", "xmlattr"):
            yield f"|{used.name}"


def dotted_name(node: nodes.Node) -> str:
    """What an expression is called, as far as it is a name."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{dotted_name(node.node)}.{node.attr}"
    return ""


def near(error: TemplateSyntaxError) -> str:
    """The text around what Jinja could not read, without markup."""
    lines = (error.source or "").splitlines()
    line = lines[error.lineno - 1] if 0 < error.lineno <= len(lines) else ""
    tag = re.search(r"{[{%#].*?[}%#]}", line)
    return re.sub("<[^>]*>", "", tag[0] if tag else line)[:NEAR]


if __name__ == "__main__":
    main()
