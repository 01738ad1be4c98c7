"""The parts of an .xlsx, by their relations, and the events of their markup (ISO/IEC 29500-2)."""

from collections.abc import Mapping
from io import BytesIO
from posixpath import dirname, join, normpath
from typing import NamedTuple
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from schema.bounded import part_name
from schema.sheet.buffer import BrokenError

Attributes = Mapping[str, str]


class Relation(NamedTuple):
    """A part that another refers to: the last word of the kind, and the part's name."""

    kind: str
    target: str


class Package:
    """The parts of a workbook by name."""

    def __init__(self, data: bytes) -> None:
        try:
            self._archive = ZipFile(BytesIO(data))
        except BadZipFile:
            raise BrokenError from None
        self._names = {part_name(name): name for name in self._archive.namelist()}

    def __contains__(self, name: str) -> bool:
        return part_name(name) in self._names

    def parse(self, name: str, handler: "Handler") -> None:
        """Hand a part's events to a handler."""
        key = part_name(name)
        if key not in self._names:
            raise BrokenError
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.buffer_size = 2**16
        parser.StartElementHandler = handler.start
        parser.EndElementHandler = handler.end
        parser.CharacterDataHandler = handler.text
        parser.StartDoctypeDeclHandler = refuse
        parser.EntityDeclHandler = refuse
        with self._archive.open(self._names[key]) as part:
            try:
                parser.ParseFile(part)
            except expat.ExpatError:
                raise BrokenError from None

    def relations(self, name: str) -> dict[str, Relation]:
        """The parts that a part refers to, by identifier."""
        folder, _, file = name.rpartition("/")
        part = f"{folder}/_rels/{file}.rels".lstrip("/")
        found: dict[str, Relation] = {}
        if part not in self:
            return found
        for element, attributes in self.elements(part):
            if element == "Relationship" and attributes.get("TargetMode") != "External":
                target = attributes.get("Target", "").replace("\\", "/")
                path = target if target.startswith("/") else join(dirname(name), target)
                kind = attributes.get("Type", "").rpartition("/")[2]
                found[attributes.get("Id", "")] = Relation(kind, normpath(path).lstrip("/"))
        return found

    def elements(self, name: str) -> list[tuple[str, Attributes]]:
        """The elements of a small part, by local name, with their attributes by local name."""
        handler = Elements()
        self.parse(name, handler)
        return handler.found


class Handler:
    """What is done at the events of a part."""

    def start(self, name: str, attributes: Attributes) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


class Elements(Handler):
    """Collects elements by local name."""

    def __init__(self) -> None:
        self.found: list[tuple[str, Attributes]] = []

    def start(self, name: str, attributes: Attributes) -> None:
        local = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        self.found.append((name.rpartition(" ")[2], local))


def refuse(*about: object) -> None:
    """End the reading of markup that declares a document type or an entity."""
    raise BrokenError
