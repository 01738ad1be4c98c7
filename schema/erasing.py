"""Erasing the personal data of a contact: what the columns marked `personal` hold, and the salts of their hashes.

After it the journal has hashes of which nobody can tell any more what they were of. What people
wrote into free text, and files that were handed in, only people can judge: it is said where the
erased words still occur.
"""

import secrets
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple

from tortoise import Tortoise, fields
from tortoise.models import Model

from schema import database
from schema.city.rules import RuleBroken, clean_text
from schema.city.rules.personal import SALT, Form, personal_columns, without
from schema.evidence.tables import Attachment
from schema.gate.gate import Gate
from schema.gate.operator import operating
from schema.gate.tables import IdempotencyRecord
from schema.industry.tables import TargetContact
from schema.ledger.tables import Batch, BatchRow
from schema.linkage.tables import Claim
from schema.people.tables import Company, CompanyHolder
from schema.project.tables import Project

ACT = "contactErase"
SHORTEST = 2
"""Characters of a text that is looked for elsewhere: a single one stands everywhere."""


class Erased(NamedTuple):
    """What was erased: how many rows, where its words still occur, and the files that may hold them."""

    rows: int
    elsewhere: list[str]
    files: list[str]


async def erase_contacts(numbers: Sequence[str], document_no: str) -> Erased:
    """Erase the contacts of projects: of their reports, claims and the ledger lines that they came from,
    and of whom a group met at the target company that became the project.

    Raises RuleBroken (INVALID) for a number that is no project's, or without a document.
    """
    projects = {row.no: row for row in await Project.filter(no__in=list(numbers))}
    if missing := [no for no in numbers if no not in projects]:
        raise RuleBroken(f"没有项目 {'、'.join(missing)}，请核对项目编号", "no", "INVALID")
    keys = sorted(row.id for row in projects.values())
    async with erasing(document_no) as gate:
        held: list[Model] = await gate.hold("Project", keys)
        claims = ids_of(await Claim.filter(project_id__in=keys))
        met = ids_of(await TargetContact.filter(target__lead_id__in=keys))
        held += await gate.hold("TargetContact", met) if met else []
        held += await gate.hold("Claim", claims) if claims else []
        lines = ids_of(await BatchRow.filter(project_id__in=keys))
        rows = await gate.hold("BatchRow", lines) if lines else []
        words = words_of(held) | {
            text
            for row in rows
            for text in (row.values.get("contact_name"), row.values.get("contact_phone"))
            if text
        }
        for row in held:
            await erase_row(gate, row)
        for row in rows:
            await erase_line(gate, row, words)
        for project in projects.values():
            gate.concern(project)
    batches = {row.batch_id for row in rows}
    await forget_answers(
        {"Project": keys, "TargetContact": met, "Claim": claims, "Batch": list(batches)}
    )
    return Erased(len(held) + len(rows), await occurrences(words), await files_of(keys, batches))


async def erase_holder(uscc: str, name: str, document_no: str) -> Erased:
    """Erase a person from what is kept of who holds a company. Raises RuleBroken (INVALID)."""
    company = await Company.get_or_none(uscc=uscc.strip().upper())
    found = await CompanyHolder.filter(company_id=company.id, name=name) if company else []
    if not found:
        raise RuleBroken(
            "没有这家企业，或没有叫这个名字的股东、控制人、法定代表人", "name", "INVALID"
        )
    async with erasing(document_no) as gate:
        held = await gate.hold("CompanyHolder", [row.id for row in found])
        for row in held:
            await erase_row(gate, row)
    return Erased(len(held), await occurrences({name}), [])


@asynccontextmanager
async def erasing(document_no: str) -> AsyncIterator[Gate]:
    """The act, with the document that asks for it as its reason. Raises RuleBroken (INVALID)."""
    reason = clean_text(document_no, 200, one_line=True)
    if not reason:
        raise RuleBroken("请写明删除的依据，例如 当事人申请 2026-11-28", "document", "INVALID")
    async with operating(ACT, datetime.now(UTC)) as gate:
        gate.reason = reason
        yield gate


async def erase_row(gate: Gate, row: Model) -> None:
    """Empty the personal columns of a row, and its salt."""
    empty = dict.fromkeys(personal_columns(type(row)), "")
    if any(getattr(row, name) for name in (*empty, SALT)):
        await gate.change(row, **empty, **{SALT: ""})


async def erase_line(gate: Gate, row: Any, words: Collection[str]) -> None:
    """Take the contact out of a ledger's line. What is left of the line is hashed with another salt."""
    values = {k: v for k, v in row.values.items() if k not in ("contact_name", "contact_phone")}
    wanted = [word for word in words if len(word) >= SHORTEST]
    await gate.change(
        row,
        values=without(values, wanted),
        issues=without(row.issues, wanted),
        **{SALT: secrets.token_hex(16)},
    )


def words_of(rows: Iterable[Model]) -> set[str]:
    """What the personal columns of rows hold."""
    return {
        text
        for row in rows
        for name, form in personal_columns(type(row)).items()
        if form is not Form.OPAQUE and (text := getattr(row, name))
    }


async def forget_answers(rows: dict[str, list[int]]) -> None:
    """Forget what was answered under an Idempotency-Key about these rows: it has a hash of what was sent."""
    gone = []
    for record in await IdempotencyRecord.all():
        if any(key in rows.get(kind, ()) for kind, key in record.answer.values()):
            gone.append(record.id)
    await IdempotencyRecord.filter(id__in=gone).delete()


async def occurrences(words: Collection[str]) -> list[str]:
    """Where words still occur in text of the database, as `table.column: rows`."""
    found = []
    wanted = [word for word in words if len(word) >= SHORTEST]
    for table, column in text_columns():
        condition = " OR ".join([f'{position()}(CAST("{column}" AS TEXT), ?) > 0'] * len(wanted))
        if not condition:
            continue
        (row,) = await database.fetch(
            f'SELECT count(*) AS "n" FROM "{table}" WHERE {condition}', wanted
        )
        if row["n"]:
            found.append(f"{table}.{column}：{row['n']} 行")
    return found


def position() -> str:
    return "strpos" if database.dialect() == "postgres" else "instr"


def text_columns() -> Iterator[tuple[str, str]]:
    """Every column of text or JSON of every table."""
    assert Tortoise.apps is not None
    for model in Tortoise.apps["schema"].values():
        for name, column in model._meta.fields_db_projection.items():
            if isinstance(
                model._meta.fields_map[name], fields.CharField | fields.TextField | fields.JSONField
            ):
                yield model._meta.db_table, column


async def files_of(projects: Sequence[int], batches: Collection[int]) -> list[str]:
    """The files that were handed in with these projects, which may name their contacts."""
    papers = await Attachment.filter(project_id__in=projects)
    ledgers = await Batch.filter(id__in=list(batches))
    return sorted({each.name for each in papers} | {each.file_name for each in ledgers})


def ids_of(rows: Iterable[Model]) -> list[int]:
    return [row.pk for row in rows]
