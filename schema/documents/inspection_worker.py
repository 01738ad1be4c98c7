"""The program that reads every part of a Word file in a bounded process: `inspection` starts it.

What Word would fetch, start or run is written in more ways than a list of forbidden words knows, so
the XML is parsed, and content types, relationships and fields pass by what is allowed of them.

Standard input: a line of JSON `{"body", "paragraphs"}`, then the archive. Standard output: a line of
JSON, `{}` or `{"refused": CODE, "what": str}`: MARKUP, MACRO, FORMAT, PART, EMBEDDED, OUTSIDE, FIELD,
PARAGRAPHS.
"""

import json
import re
import sys
from collections.abc import Set
from dataclasses import dataclass, field
from io import BytesIO
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

TYPES = "[Content_Types].xml"
MARKUP = (".xml", ".rels", ".vml")
RELS = ".rels"
DATA = "customxml/"
NAME = re.compile(r"(?:[A-Za-z0-9_.\-~ ]+/)*[A-Za-z0-9_.\-~ ]+")
SPACE = b" \t\r\n\xef\xbb\xbf"

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/"
MICROSOFT = "http://schemas.microsoft.com/office/"
RELATIONS = {
    *(
        OFFICE + each
        for each in (
            "officeDocument", "styles", "settings", "webSettings", "fontTable", "numbering", "theme",
            "header", "footer", "footnotes", "endnotes", "comments", "glossaryDocument", "image",
            "hyperlink", "font", "extended-properties", "custom-properties", "customXml",
            "customXmlProps", "diagramData", "diagramLayout", "diagramQuickStyle", "diagramColors",
        )
    ),
    PACKAGE + "core-properties",
    PACKAGE + "thumbnail",
    MICROSOFT + "2007/relationships/stylesWithEffects",
    MICROSOFT + "2007/relationships/diagramDrawing",
    MICROSOFT + "2011/relationships/commentsExtended",
    MICROSOFT + "2011/relationships/people",
    MICROSOFT + "2016/09/relationships/commentsIds",
    MICROSOFT + "2018/08/relationships/commentsExtensible",
    MICROSOFT + "2020/02/relationships/classificationlabels",
}  # fmt: skip
EMBEDDED = {
    "oleobject", "package", "control", "activexcontrolbinary", "afchunk", "vbaproject",
    "subdocument", "chart", "chartex", "webextension", "webextensiontaskpanes", "video", "audio",
    "media", "slide",
}  # fmt: skip

W = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
IN_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
IN_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
KNOWN = (
    "http://schemas.openxmlformats.org/", "http://purl.oclc.org/ooxml/", "http://schemas.microsoft.com/",
    "urn:schemas-microsoft-com:", "http://www.w3.org/", "http://www.wps.cn/",
)  # fmt: skip
"""How the namespaces begin that programs for Word read; what stands in others they may pass over."""
JUDGED = {
    "instr", "fldCharType", "style", "src", "href", "Target", "TargetMode", "Type", "Id",
    "PartName", "Extension", "ContentType",
}  # fmt: skip

MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."
XML_TYPES = {
    MAIN,
    "application/xml",
    "application/vnd.openxmlformats-package.relationships+xml",
    "application/vnd.openxmlformats-package.core-properties+xml",
    "application/vnd.ms-word.stylesWithEffects+xml",
    "application/vnd.ms-office.classificationlabels+xml",
    "application/vnd.ms-office.drawingml.diagramDrawing+xml",
    *(
        f"application/vnd.openxmlformats-officedocument.{each}+xml"
        for each in (
            "theme", "extended-properties", "custom-properties", "customXmlProperties",
            "drawingml.diagramData", "drawingml.diagramLayout", "drawingml.diagramStyle",
            "drawingml.diagramColors",
        )
    ),
    *(
        f"{WORD}{each}+xml"
        for each in (
            "document.glossary", "styles", "settings", "webSettings", "fontTable", "numbering",
            "header", "footer", "footnotes", "endnotes", "comments", "commentsExtended",
            "commentsIds", "commentsExtensible", "people",
        )
    ),
}  # fmt: skip
OTHER_TYPES = {
    "image/png", "image/jpeg", "image/jpg", "image/gif", "image/bmp", "image/tiff", "image/x-emf",
    "image/emf", "image/x-wmf", "image/wmf",
    "application/vnd.openxmlformats-officedocument.obfuscatedfont",
    f"{WORD}printersettings",
}  # fmt: skip
XML_NAMES = {each.lower() for each in XML_TYPES}

FIELDS = {
    "PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "DATE", "TIME", "CREATEDATE", "SAVEDATE",
    "PRINTDATE", "EDITTIME", "AUTHOR", "LASTSAVEDBY", "TITLE", "SUBJECT", "KEYWORDS", "COMMENTS",
    "DOCPROPERTY", "FILENAME", "NUMWORDS", "NUMCHARS", "REVNUM", "TOC", "TC", "XE", "INDEX", "REF",
    "PAGEREF", "NOTEREF", "STYLEREF", "SEQ", "EQ", "SYMBOL", "HYPERLINK", "FORMTEXT",
    "FORMCHECKBOX", "FORMDROPDOWN",
}  # fmt: skip
FIELD_MOST = 2_000
LINKED = re.compile(r"HYPERLINK\s+(?:\\[a-z]\s+)*[\"“]?\s*(?:https?://|mailto:|#)", re.IGNORECASE)
WITHIN = re.compile(r"HYPERLINK\s+\\l\s", re.IGNORECASE)
WORDS = re.compile(r"[\"“]([^\"”]*)|(\S+)")
CODES = {"instrText", "delInstrText", "t", "delText"}
"""The elements of which a field's code may be made."""
LINKS = {"hyperlink", "hlinkClick", "hlinkHover", "hlinkMouseOver"}

STARTS = {
    "OLEObject", "oleObj", "control", "altChunk", "subDoc", "webVideoPr", "externalData",
    "videoFile", "audioFile", "wavAudioFile", "quickTimeFile", "webextension", "script",
}  # fmt: skip
FETCHES = {"mailMerge", "dataSource", "attachedTemplate", "saveThroughXslt", "sourceFileName"}
WEB = re.compile(r"(?:https?://|mailto:|#)", re.IGNORECASE)
ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.\-]*:|[/\\]{2})", re.IGNORECASE)
REACHES = re.compile(
    r"(?:[a-z][a-z0-9+.\-]*://|[/\\]{2}|[a-z]:\\|(?:file|mhtml|data|javascript|ftp):)",
    re.IGNORECASE,
)
TEXTS = {"val", "descr", "title", "name", "tooltip", "alt", "uri", "ns", "namespaceuri", "contains"}
"""Attributes that hold what people write, or the name of a namespace; nothing is fetched by them."""


class Refused(Exception):
    """Why a file is refused: a code and what it is about."""

    def __init__(self, code: str, what: str = "") -> None:
        super().__init__(code)
        self.answer = {"refused": code, "what": "".join(filter(str.isprintable, what))[:60]}


@dataclass
class Field:
    """A field whose end is still to come: its code as far as it was read, in pieces with the element
    that each stands in; `ended` once it was.
    """

    code: list[tuple[str, str]] = field(default_factory=list)
    ended: bool = False

    @property
    def whole(self) -> str:
        return "".join(text for _, text in self.code)

    def check(self) -> None:
        """Raises Refused for a code that is not allowed, whichever of its elements a program joins."""
        check_code(self.whole)
        for beside in ("", "t", "delInstrText"):
            some = "".join(text for tag, text in self.code if tag in ("instrText", beside))
            if some.strip():
                check_code(some)


class Part:
    """One part, read by its elements, its attributes and the codes of its fields."""

    def __init__(self, name: str, content_type: str, outward: Set[str] = frozenset()) -> None:
        self.data = content_type == "application/xml" and name.lower().startswith(DATA)
        self.outward = outward
        self.links: set[str] = set()
        self.paragraphs = 0
        self.fields: list[Field] = []
        self.within: list[tuple[str, str]] = []
        self.listing = name == TYPES
        self.rels = name.lower().endswith(RELS)
        self.types: list[tuple[str, dict[str, str]]] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.XmlDeclHandler = self.declaration
        self.parser.StartDoctypeDeclHandler = self.forbidden
        self.parser.EntityDeclHandler = self.forbidden
        self.parser.ProcessingInstructionHandler = self.forbidden
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text

    def read(self, data: bytes) -> None:
        """Raises Refused, and MARKUP for what is no XML in UTF-8."""
        try:
            data.decode("utf-8")
            self.parser.Parse(data, True)
        except (expat.ExpatError, UnicodeDecodeError):
            raise Refused("MARKUP") from None
        for each in self.fields:
            each.check()

    def forbidden(self, *_: object) -> None:
        raise Refused("MARKUP")

    def declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.lower() not in ("utf-8", "utf8"):
            raise Refused("MARKUP")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Judge an element. An attribute counts by its namespace, and every one of a judged name, of
        whatever namespace, must pass: programs differ in which of two they read.
        """
        space, tag = split(name)
        around = self.within[-1] if self.within else ("", "")
        self.within.append((space, tag))
        given = [(*split(each), value) for each, value in attributes.items()]
        if self.rels or (tag == "Relationship" and not self.data):
            self.relation(space, tag, attributes)
            return
        if self.listing and tag in ("Default", "Override"):
            if space != IN_TYPES or any(of for of, _, _ in given):
                raise Refused("MARKUP")
            self.types.append((tag, attributes))
        if self.data:
            return
        for of, each, _ in given:
            if each in JUDGED and of not in ("", space) and not of.startswith(KNOWN):
                raise Refused("FIELD" if each in ("instr", "fldCharType") else "OUTSIDE", each)
        self.in_code(space, tag, around)
        if tag in STARTS:
            raise Refused("EMBEDDED")
        if tag in FETCHES:
            raise Refused("OUTSIDE", tag)
        links = tag in LINKS and space.startswith(KNOWN)
        if not links and not self.outward.isdisjoint(attributes.values()):
            raise Refused("OUTSIDE", tag)
        for _, each, value in given:
            if each == "style" and "url(" in value.lower():
                raise Refused("OUTSIDE", each)
            if each.lower() not in TEXTS and REACHES.match(value.strip()):
                raise Refused("OUTSIDE", each)
        if tag == "p":
            self.paragraphs += 1
        elif tag == "fldChar":
            kinds = {value for _, each, value in given if each == "fldCharType"}
            self.mark(kinds.pop() if len(kinds) == 1 and space in W else "")
        elif tag == "fldSimple":
            for code in [value for _, each, value in given if each == "instr"] or [""]:
                check_code(code)

    def relation(self, space: str, tag: str, attributes: dict[str, str]) -> None:
        """Read an element of a part of relationships, in which nothing else may stand."""
        if space != IN_RELS or tag not in ("Relationship", "Relationships"):
            raise Refused("PART", tag)
        if tag == "Relationship" and check_relation(attributes):
            self.links.add(attributes.get("Id", ""))

    def in_code(self, space: str, tag: str, around: tuple[str, str]) -> None:
        """Raises Refused for what a program for Word may pass over, or choose of, where a code is read."""
        text = tag in CODES
        reading = bool(self.fields) and not self.fields[-1].ended
        if around[1].endswith("nstrText") or (text and tag != "t" and space not in W):
            raise Refused("FIELD", tag)
        if not reading:
            return
        if text and (space not in W or around not in [(each, "r") for each in W]):
            raise Refused("FIELD", tag)
        styled = any(each == (of, "rPr") for each in self.within[:-1] for of in W)
        if around[1] in CODES or (space not in W and not styled):
            raise Refused("FIELD", tag)

    def mark(self, kind: str) -> None:
        """The beginning, middle or end of a field. Raises Refused for a code that another field makes."""
        if kind == "begin":
            if self.fields and not self.fields[-1].ended:
                raise Refused("FIELD", self.fields[-1].whole + "{…}")
            self.fields.append(Field())
        elif kind in ("separate", "end") and self.fields:
            last = self.fields[-1]
            if not last.ended:
                last.check()
            last.ended = True
            if kind == "end":
                self.fields.pop()
        else:
            raise Refused("FIELD", kind)

    def text(self, data: str) -> None:
        tag = self.within[-1][1]
        if tag in CODES and not self.data and not self.rels:
            if self.fields and not self.fields[-1].ended:
                self.fields[-1].code.append((tag, data))
            elif tag.endswith("nstrText") and data.strip():
                raise Refused("FIELD", data)

    def end(self, _: str) -> None:
        self.within.pop()


def split(name: str) -> tuple[str, str]:
    """The namespace of an element or attribute, empty for none, and its name."""
    space, _, tag = name.rpartition(" ")
    return space, tag


def check_code(code: str) -> None:
    """Raises Refused for a field that is not among those allowed, or a link that is none of the web."""
    words = code.split(maxsplit=1)
    keyword = words[0].upper() if words else ""
    if keyword not in FIELDS or len(code) > FIELD_MOST:
        raise Refused("FIELD", keyword or "{ }")
    if keyword == "HYPERLINK":
        given = ["".join(pair).strip() for pair in WORDS.findall(code)]
        reached = [each for each in given if REACHES.match(each) and not WEB.match(each)]
        if reached or not (LINKED.match(code.strip()) or WITHIN.match(code.strip())):
            raise Refused("OUTSIDE", "".join(reached[:1]) or keyword)


def check_relation(given: dict[str, str]) -> bool:
    """Whether a relationship leads outside: a link to the web. Raises Refused for any other that does."""
    kind, target = given.get("Type", ""), given.get("Target", "").strip()
    if kind.rpartition("/")[2].lower() in EMBEDDED:
        raise Refused("EMBEDDED")
    mode = given.get("TargetMode", "Internal")
    if given.keys() - {"Id", "Type", "Target", "TargetMode"}:
        raise Refused("PART", " ".join(given))
    if mode == "Internal":
        if ADDRESS.match(target) or "\\" in target or "%" in target:
            raise Refused("OUTSIDE", target)
        if DATA in target.lower() and not kind.startswith(OFFICE + "customXml"):
            raise Refused("PART", target)
    elif mode != "External" or kind != OFFICE + "hyperlink" or not WEB.match(target):
        raise Refused("OUTSIDE", target)
    if kind not in RELATIONS:
        raise Refused("PART", kind.rpartition("/")[2])
    return mode == "External"


def content_types(data: bytes) -> tuple[dict[str, str], dict[str, str]]:
    """The types of endings and of parts, all in small letters."""
    read = Part(TYPES, "")
    read.read(data)
    named = [each.get("PartName", each.get("Extension", "")).lower() for _, each in read.types]
    if len(set(named)) < len(named):
        raise Refused("MARKUP")
    defaults = {
        each.get("Extension", "").lower(): each.get("ContentType", "").lower()
        for tag, each in read.types
        if tag == "Default"
    }
    overrides = {
        each.get("PartName", "").removeprefix("/").lower(): each.get("ContentType", "").lower()
        for tag, each in read.types
        if tag == "Override"
    }
    return defaults, overrides


def inspect(data: bytes, body: str, most: int) -> None:
    """Raises Refused for the first thing that is not allowed, BadZipFile for what is no archive."""
    with ZipFile(BytesIO(data)) as archive:
        names = [each.filename for each in archive.infolist() if not each.is_dir()]
        filled = any(each.is_dir() and each.file_size for each in archive.infolist())
        if len({name.lower() for name in names}) < len(names) or TYPES not in names or filled:
            raise Refused("MARKUP")
        defaults, overrides = content_types(archive.read(TYPES))
        kinds = {*defaults.values(), *overrides.values()}
        if any("macroenabled" in each or "vba" in each for each in kinds):
            raise Refused("MACRO")
        if overrides.get(body) != MAIN:
            raise Refused("FORMAT")
        paragraphs = 0
        links: dict[str, set[str]] = {}
        for name in sorted(names, key=lambda each: not each.lower().endswith(RELS)):
            if name == TYPES:
                continue
            if not NAME.fullmatch(name) or ".." in name:
                raise Refused("PART", name)
            ending = name.rpartition(".")[2].lower()
            kind = overrides.get(name.lower(), defaults.get(ending, ""))
            part = archive.read(name)
            if kind in XML_NAMES or name.lower().endswith(MARKUP):
                if kind not in XML_NAMES:
                    raise Refused("EMBEDDED" if "chart" in kind else "PART", name)
                read = Part(name, kind, links.get(name.lower(), set()))
                read.read(part)
                if name.lower().endswith(RELS):
                    links[source_of(name.lower())] = read.links
                paragraphs += read.paragraphs
            elif kind not in OTHER_TYPES or part[:64].lstrip(SPACE).startswith(b"<"):
                raise Refused("EMBEDDED" if "oleobject" in kind else "PART", name)
        if most and paragraphs > most:
            raise Refused("PARAGRAPHS", str(paragraphs))


def source_of(name: str) -> str:
    """The part whose relationships a part holds: word/document.xml for word/_rels/document.xml.rels."""
    folder, _, file = name.rpartition("/")
    return folder.removesuffix("_rels") + file.removesuffix(RELS)


def main() -> None:
    """Inspect standard input."""
    asked, data = json.loads(sys.stdin.buffer.readline()), sys.stdin.buffer.read()
    try:
        inspect(data, asked["body"], asked["paragraphs"])
        answer = {}
    except Refused as refused:
        answer = refused.answer
    except (BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        answer = {"refused": "MARKUP", "what": ""}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")


if __name__ == "__main__":
    main()
