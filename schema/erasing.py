"""Erasing the personal data of a contact: what the columns marked `personal` hold, and the salts of their hashes.

After it the journal has hashes of which nobody can tell any more what they were of. What people
wrote into free text, and files that were handed in, only people can judge: it is said where the
erased words still occur.
"""

import re
import secrets
from collections import Counter
from collections.abc import (
    AsyncIterator,
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple

from tortoise import Tortoise, fields
from tortoise.expressions import Q
from tortoise.models import Model

from schema import database
from schema.city.rules import RuleBroken, clean_text, normal_name
from schema.city.rules.personal import SALT, Form, personal_columns, without
from schema.evidence.tables import Attachment
from schema.gate.gate import Gate
from schema.gate.idempotency import forget_answers
from schema.gate.operator import operating
from schema.gate.tables import IdempotencyRecord
from schema.industry.tables import TargetContact
from schema.ledger.tables import LEDGER, Batch, BatchRow
from schema.linkage.tables import Claim, Merge
from schema.people.tables import Company, CompanyHolder, CompanyName
from schema.project.tables import Project

ACT = "contactErase"
USCC_LENGTH = 18
LIST_OF_COMPANIES = "companies"
PROJECT_NO = re.compile(r"\d{4}-\d{4,6}")
SHORTEST = 2
"""Characters of a text that is looked for elsewhere: a single one stands everywhere."""


class Remains(NamedTuple):
    """What an erasure leaves for people to judge: columns with the words, and files that may hold them."""

    elsewhere: list[str]
    files: list[str]


class Emptied(NamedTuple):
    """How many rows of one project were emptied; `merged`: it has claims of one that was asked for."""

    no: str
    merged: bool
    reports: int
    meetings: int
    claims: int
    lines: int


class Erased(NamedTuple):
    """What was erased: how many rows, of which projects; and what remains."""

    rows: int
    remains: Remains
    projects: list[Emptied]

    @property
    def elsewhere(self) -> list[str]:
        return self.remains.elsewhere

    @property
    def files(self) -> list[str]:
        return self.remains.files


Tell = Callable[[Remains], None]
"""Called with what will remain, before anything is erased: afterwards nobody knows the words."""


class Concerned(NamedTuple):
    """The rows of an erasure, and all words of them: projects asked for, meetings with the target companies
    that became them, claims with their copies, lines of ledgers.
    """

    projects: list[Project]
    meetings: list[Any]
    claims: list[Any]
    lines: list[Any]

    @property
    def words(self) -> set[str]:
        return words_of([*self.projects, *self.meetings, *self.claims]) | {
            text
            for row in self.lines
            for text in (row.values.get("contact_name"), row.values.get("contact_phone"))
            if text
        }

    @property
    def emptied(self) -> dict[str, list[int]]:
        """The ids of the rows whose personal columns will have none of the words, by table."""
        return {
            "project": ids_of(self.projects),
            "target_contact": ids_of(self.meetings),
            "claim": ids_of(self.claims),
            "batch_row": ids_of(self.lines),
        }


async def erase_contacts(
    numbers: Sequence[str], document_no: str, tell: Tell = lambda remains: None
) -> Erased:
    """Erase the contacts of projects: of their reports, claims and the ledger lines that they came from,
    and of whom a group met at the target company that became the project.

    A claim that a merge has copied is erased with its copies, and with what it is a copy of.

    Raises RuleBroken (INVALID) for a number that is no project's, or without a document.
    """
    asked = {row.no: row for row in await Project.filter(no__in=list(numbers))}
    if missing := [no for no in numbers if no not in asked]:
        raise RuleBroken(f"没有项目 {'、'.join(missing)}，请核对项目编号", "no", "INVALID")
    keys = sorted(row.id for row in asked.values())
    found = await concerned_by(keys)
    check_document(document_no, found.words)
    batches = {row.batch_id for row in found.lines}
    holders = sorted({*keys, *(row.project_id for row in found.claims)})
    remains = Remains(
        await occurrences(found.words, found.emptied), await files_of(holders, batches)
    )
    tell(remains)
    async with erasing(document_no) as gate:
        held = {row.id: row for row in await gate.hold("Project", holders)}
        met, claims, lines = map(ids_of, (found.meetings, found.claims, found.lines))
        rows = Concerned(
            [held[key] for key in keys],
            await gate.hold("TargetContact", met) if met else [],
            await gate.hold("Claim", claims) if claims else [],
            await gate.hold("BatchRow", lines) if lines else [],
        )
        if rows.words != found.words or (await concerned_by(keys)).emptied != found.emptied:
            raise RuleBroken("联系人刚刚有变动，没有删去任何内容，请再办理一次", None, "STALE")
        done = Counter[tuple[int, str]]()
        for project in rows.projects:
            done[project.id, "reports"] += await erase_row(gate, project)
        leads = dict(await TargetContact.filter(id__in=met).values_list("id", "target__lead_id"))
        for meeting in rows.meetings:
            done[leads[meeting.id], "meetings"] += await erase_row(gate, meeting)
        for claim in rows.claims:
            done[claim.project_id, "claims"] += await erase_row(gate, claim)
        for line in rows.lines:
            done[line.project_id, "lines"] += await erase_line(gate, line, found.words)
        for project in held.values():
            gate.concern(project)
        await forget_answers(
            {"Project": holders, "TargetContact": met, "Claim": claims, "Batch": batches},
            searched(found.words),
        )
    emptied = [
        Emptied(row.no, row.id not in keys, *(done[row.id, what] for what in Emptied._fields[2:]))
        for row in sorted(held.values(), key=lambda each: (each.id not in keys, each.id))
    ]
    return Erased(done.total(), remains, emptied)


async def concerned_by(keys: Sequence[int]) -> Concerned:
    """The rows in which the contacts of projects stand, each kind in the order of its ids."""
    own: list[Any] = await Claim.filter(project_id__in=keys)
    family = await merged_with(keys)
    others: list[Any] = (
        await Claim.filter(project_id__in=family - {*keys}).order_by("id") if own else []
    )
    copies = [each for each in others if any(is_copy(each, claim) for claim in own)]
    return Concerned(
        await Project.filter(id__in=keys).order_by("id"),
        await TargetContact.filter(target__lead_id__in=keys).order_by("id"),
        sorted([*own, *copies], key=lambda row: row.id),
        await BatchRow.filter(project_id__in=keys, batch__kind=LEDGER).order_by("id"),
    )


async def merged_with(keys: Iterable[int]) -> set[int]:
    """Projects, and those that were merged into them or they into, over any number of merges."""
    found: set[int] = set()
    fresh = {*keys}
    while fresh:
        found |= fresh
        ends = await Merge.filter(Q(project_id__in=fresh) | Q(into_id__in=fresh)).values_list(
            "project_id", "into_id"
        )
        fresh = {key for pair in ends for key in pair} - found
    return found


def is_copy(one: Any, other: Any) -> bool:
    """Whether two claims of merged projects are one: alike, the contact too where it is not erased yet.

    A claim that was erased has no salt any more.
    """
    same = ("place_id", "claimed_by_id", "claimed_at", "contact_on", "contact_by", "note")
    return all(getattr(one, name) == getattr(other, name) for name in same) and (
        one.contact_with == other.contact_with or "" in (one.personal_salt, other.personal_salt)
    )


async def erase_holder(
    company_named: str, name: str, document_no: str, tell: Tell = lambda remains: None
) -> Erased:
    """Erase a person from what is kept of who holds a company, and from the lines of lists that said so:
    `company_of` says how it is named.

    Raises RuleBroken (INVALID).
    """
    company = await company_of(company_named)
    found = await CompanyHolder.filter(company_id=company.id, name=name)
    if not found:
        raise RuleBroken("这家企业没有叫这个名字的股东、控制人、法定代表人", "name", "INVALID")
    check_document(document_no, {name})
    listed: list[Any] = await BatchRow.filter(
        subject_id=company.id, batch__kind=LIST_OF_COMPANIES
    ).order_by("id")
    emptied = {"company_holder": ids_of(found), "batch_row": ids_of(listed)}
    batches = {row.batch_id for row in listed}
    remains = Remains(await occurrences({name}, emptied), await files_of([], batches))
    tell(remains)
    async with erasing(document_no) as gate:
        held = await gate.hold("CompanyHolder", ids_of(found))
        rows = sum([await erase_row(gate, row) for row in held])
        for line in await gate.hold("BatchRow", ids_of(listed)) if listed else []:
            rows += await erase_line(gate, line, {name})
        reports = [row.project_id for row in held if row.project_id]
        await forget_answers(
            {"Company": [company.id], "Project": reports, "Batch": batches}, searched({name})
        )
    return Erased(rows, remains, [])


async def company_of(named: str) -> Company:
    """A company by its credit code, by the number of a project of which it is the investor, or by a
    name that it has or has had: so one without a code is named, too.

    Raises RuleBroken (INVALID) at `company`: of none, and of several of one name, each then with a
    project that names it alone.
    """
    text = named.strip()
    found: list[Company] = []
    if len(text) == USCC_LENGTH:
        found = await Company.filter(uscc=text.upper())
    elif PROJECT_NO.fullmatch(text):
        of_project = Project.filter(no=text).values_list("investor_id", flat=True)
        found = await Company.filter(id__in=await of_project)
    if not found:
        normal = normal_name(text)
        former = await CompanyName.filter(normal_name=normal).values_list("company_id", flat=True)
        same = Q(normal_name=normal) | Q(id__in=list(former))
        found = await Company.filter(same).order_by("id") if normal else []
    if not found:
        raise RuleBroken(
            "没有这家企业：请写信用代码；没有信用代码的，写它的项目编号或者企业名称",
            "company",
            "INVALID",
        )
    if len(found) > 1:
        each = [await named_alone(company) for company in found]
        raise RuleBroken(
            f"有 {len(found)} 家企业叫这个名字，请改写其中一家的：{'、'.join(each)}",
            "company",
            "INVALID",
        )
    return found[0]


async def named_alone(company: Company) -> str:
    """What names a company and no other: its credit code, or else the number of a project of its own."""
    project = await Project.filter(investor_id=company.id).order_by("id").first()
    known = company.uscc or (project.no if project else "")
    return f"{company.name}（{known or '没有项目'}）"


def check_document(document_no: str, words: Collection[str]) -> None:
    """An erasure names the document that asks for it, in words that it does not erase.

    What it says stays in the journal. Raises RuleBroken (INVALID) at `document`.
    """
    if not clean_text(document_no, 200, one_line=True):
        raise RuleBroken("请写明删除的依据，例如 当事人申请 2026-11-28", "document", "INVALID")
    if any(word in document_no for word in searched(words)):
        raise RuleBroken(
            "依据会留在办理记录里，请不要写要删去的姓名、电话，例如 当事人申请 2026-11-28",
            "document",
            "INVALID",
        )


@asynccontextmanager
async def erasing(document_no: str) -> AsyncIterator[Gate]:
    """The act, with the document that asks for it as its reason."""
    async with operating(ACT, datetime.now(UTC)) as gate:
        gate.reason = clean_text(document_no, 200, one_line=True)
        yield gate


async def erase_row(gate: Gate, row: Model) -> bool:
    """Empty the personal columns of a row, and its salt. Return whether they held anything."""
    empty = dict.fromkeys(personal_columns(type(row)), "")
    held = any(getattr(row, name) for name in empty)
    if held or getattr(row, SALT):
        await gate.change(row, **empty, **{SALT: ""})
    return held


async def erase_line(gate: Gate, row: Any, words: Collection[str]) -> bool:
    """Take the contact out of a ledger's line. Return whether it had any.

    What is left of the line is hashed with another salt.
    """
    values = {k: v for k, v in row.values.items() if k not in ("contact_name", "contact_phone")}
    wanted = searched(words)
    mends = [each for each in row.mends if not each["field"].startswith("contact")]
    left = {
        "values": without(values, wanted),
        "issues": without(row.issues, wanted),
        "mends": without(mends, wanted),
    }
    held: bool = left != {"values": row.values, "issues": row.issues, "mends": row.mends}
    await gate.change(row, **left, **{SALT: secrets.token_hex(16)})
    return held


def words_of(rows: Iterable[Model]) -> set[str]:
    """What the personal columns of rows hold."""
    return {
        text
        for row in rows
        for name, form in personal_columns(type(row)).items()
        if form is not Form.OPAQUE and (text := getattr(row, name))
    }


def searched(words: Collection[str]) -> list[str]:
    return sorted(word for word in words if len(word) >= SHORTEST)


async def occurrences(words: Collection[str], emptied: Mapping[str, list[int]]) -> list[str]:
    """Where words occur in text of the database, as `table.column: rows`.

    Not counted are the personal columns of the rows that are `emptied`, ids by table, and kept
    answers: those that have a word are forgotten.
    """
    found = []
    wanted = searched(words)
    for table, column, personal in text_columns() if wanted else ():
        gone = emptied.get(table, []) if personal else []
        has = " OR ".join([f'{position()}(CAST("{column}" AS TEXT), ?) > 0'] * len(wanted))
        rest = f' AND "id" NOT IN ({", ".join(map(str, gone))})' if gone else ""
        (row,) = await database.fetch(
            f'SELECT count(*) AS "n" FROM "{table}" WHERE ({has}){rest}', wanted
        )
        if row["n"]:
            found.append(f"{table}.{column}：{row['n']} 行")
    return found


def position() -> str:
    return "strpos" if database.dialect() == "postgres" else "instr"


def text_columns() -> Iterator[tuple[str, str, bool]]:
    """Every column of text or JSON of every table but that of kept answers, and whether it is personal."""
    assert Tortoise.apps is not None
    for model in Tortoise.apps["schema"].values():
        if model is IdempotencyRecord:
            continue
        for name, column in model._meta.fields_db_projection.items():
            if isinstance(
                model._meta.fields_map[name], fields.CharField | fields.TextField | fields.JSONField
            ):
                yield model._meta.db_table, column, name in personal_columns(model)


async def files_of(projects: Sequence[int], batches: Collection[int]) -> list[str]:
    """The files that were handed in with these projects, which may name their contacts."""
    papers = await Attachment.filter(project_id__in=projects)
    ledgers = await Batch.filter(id__in=list(batches))
    return sorted({each.name for each in papers} | {each.file_name for each in ledgers})


def ids_of(rows: Iterable[Model]) -> list[int]:
    return [row.pk for row in rows]
