"""What a document is: its fields, where their values come from, and what a template may say.

The fields of a document stand in a table beside the mechanism that declares it, one line each:
`name` as templates write it, `value` as an expression over what the document's query answers,
`sample` and `note`. `列表.栏目` is a field of each line of a list; the list itself has a line whose
value is the list.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from schema.city.rules import RuleBroken

SAMPLE_LINES = 2

Values = Mapping[str, Any]
"""Texts by the names of fields; of a list, its lines, each texts by the names of their fields."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its name, the expression of its value, a sample of it, and a note for whoever writes
    templates. `of` is the list whose lines have it, "" for a field of the document itself.
    """

    name: str
    value: str
    sample: str = ""
    note: str = ""
    of: str = ""
    many: bool = False


@dataclass(frozen=True)
class Document:
    """A kind of document: its name in addresses, its title, its fields, its file's name.

    `file` is a pattern with names of fields. `day` and `author` are expressions: the day of the
    document, on which its metadata are dated, and the unit that issues it.
    """

    name: str
    title: str
    fields: tuple[Field, ...]
    file: str
    day: str
    author: str

    @cached_property
    def plain(self) -> tuple[Field, ...]:
        return tuple(each for each in self.fields if not each.of and not each.many)

    @cached_property
    def lists(self) -> dict[str, tuple[Field, ...]]:
        """The fields of the lines of each list, by the list's name."""
        return {
            each.name: tuple(part for part in self.fields if part.of == each.name)
            for each in self.fields
            if each.many
        }

    @cached_property
    def sample(self) -> dict[str, Any]:
        """Values of every field, for trying a template."""
        lines = {
            name: [{part.name: part.sample for part in parts}] * SAMPLE_LINES
            for name, parts in self.lists.items()
        }
        return {each.name: each.sample for each in self.plain} | lines


DOCUMENTS: dict[str, Document] = {}
"""Every kind of document by its name, in the order in which mechanisms declare them."""


def declare_document(
    name: str, title: str, table: Path, *, file: str, day: str, author: str
) -> Document:
    """A kind of document whose fields stand in `table`, CSV with a header."""
    with table.open(encoding="utf-8", newline="") as lines:
        fields = tuple(read_field(line) for line in csv.DictReader(lines))
    made = Document(name, title, fields, file, day, author)
    known = {each.of for each in fields if each.of}
    if known != set(made.lists):
        raise LookupError(f"{table}: lists and their fields differ by {known ^ set(made.lists)}")
    DOCUMENTS[name] = made
    return made


def read_field(line: Mapping[str, str]) -> Field:
    of, dot, name = line["name"].rpartition(".")
    many = line["name"].endswith("[]")
    plain = line["name"].removesuffix("[]")
    return Field(
        name if dot else plain, line["value"], line["sample"], line["note"], of, many and not dot
    )


def check_document(name: str) -> Document:
    """The kind of document of a name. Raises `RuleBroken` (`INVALID`) at `document`."""
    if name not in DOCUMENTS:
        raise RuleBroken("没有这种文书，请从文书模板页选择", "document", "INVALID")
    return DOCUMENTS[name]


def check_template_day(effective_on: date, today: date) -> None:
    """A template holds from today or later. Raises `RuleBroken` at `effectiveOn`."""
    if effective_on < today:
        raise RuleBroken(
            f"启用日期不能早于今天（{today}），已出具的文书不能改变", "effectiveOn", "INVALID"
        )


def check_source(built_in: bool, given: bool) -> None:
    """A new version is a file or the built-in template. Raises `RuleBroken` (`INVALID`)."""
    if built_in and given:
        raise RuleBroken("恢复内置模板时不用选文件，请去掉其中一项", "builtIn", "INVALID")
    if not built_in and not given:
        raise RuleBroken("请选择改好的模板（.docx）", "file", "INVALID")


def check_version_read(version: int, read: int) -> None:
    """Whoever replaces a template has read the last version. Raises `RuleBroken` (`STALE`)."""
    if version != read:
        raise RuleBroken(
            f"此文书的模板刚由他人更换为第 {version} 版，请核对后再提交", "revision", "STALE"
        )
