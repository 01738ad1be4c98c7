"""Whatever is changed behind the gate's back is found by `sixones check`, and named."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import copy_context
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from schema import database
from schema.checks import CHECKS, UNRECORDED
from schema.context import Context
from schema.database.shares import turn_of
from schema.duties.repair import compare as compare_duties
from schema.entries.checking import posting_faults, read_facts
from schema.evidence.tables import Attachment
from schema.gate.journal import verify
from schema.gate.replay import Mismatch, compare
from schema.gate.tables import JournalEntry
from schema.project.tables import Project
from server.operations import checks
from tests.house.test_who_may import publish, save_view, send_notice, undone
from tests.ledger import ledgers
from tests.world import NOW, City, on

PAPER = {"name": "纪要.txt", "content": "5Lya6K6u57qq6KaB"}


async def lived_in(city: City) -> Project:
    """A city in which something of every kind was done: the project that most of it is about."""
    judged = await city.judged_of_two(evidence=[PAPER])
    raised = await city.dispute("anyue", judged["project"], evidence=[PAPER])
    await city.done(
        city.office,
        "disputeDecide",
        dispute=raised["dispute"]["id"],
        revision=raised["project"]["revision"],
        upheld=False,
        reason="材料不足",
    )
    back = await city.report()
    await city.done(city.office, "projectReturn", **on(back), reason="请补充")
    project = await city.signed()
    paid = await city.paid(project, "1000.05")
    paid = await city.paid(paid["project"], "2000.07")
    await city.tax(paid["project"], "300")
    await city.set_rule("lead.assessment_deadline", "2026-12-01", number="3")
    await city.publish(**await publish(city))
    await city.done(city.office, "viewSave", **await save_view(city))
    await city.done(city.yanjiang, "noticeSend", **await send_notice(city))
    return await Project.get(no=project["no"])


NEWEST = '(SELECT max("id") FROM "{0}")'
OF = '(SELECT max("id") FROM "entry" WHERE "indicator" = \'{0}\')'
FIFTH = '(SELECT "id" FROM "journal_entry" ORDER BY "id" LIMIT 1 OFFSET 4)'
THIRD = '(SELECT "id" FROM "journal_entry" ORDER BY "id" LIMIT 1 OFFSET 2)'
PAID, TAX = OF.format("PAID_IN_FUNDS"), OF.format("TAX")


def one(table: str, column: str, value: str, where: str = "") -> str:
    """A statement that changes one column of the newest row of a table, or of those named."""
    where = where or f'"id" = {NEWEST.format(table)}'
    return f'UPDATE "{table}" SET "{column}" = {value} WHERE {where}'


CLOSED = '(SELECT max("id") FROM "duty" WHERE "outcome" = \'DONE\')'
CLOSED_DUTY = f'UPDATE "duty" SET "{{}}" = {{}} WHERE "id" = {CLOSED}'


HURTS: dict[str, tuple[list[str], list[str]]] = {
    "a project's amount": ([one("project", "amount_fen", "1")], ["Project.amount_fen"]),
    "its name": ([one("project", "name", "'别的项目'")], ["Project.name"]),
    "its stage": ([one("project", "stage", "'JUDGED'")], ["Project.stage"]),
    "where it lands": ([one("project", "landing_place_id", "1")], ["Project.landing_place_id"]),
    "who was first": (
        [one("project", "first_contact_place_id", "2")],
        ["Project.first_contact_place_id"],
    ),
    "when it was reported": (
        [one("project", "reported_at", "'2026-11-01 00:00:00+00:00'")],
        ["Project.reported_at"],
    ),
    "a deadline that it keeps": ([one("project", "judge_by", "NULL")], ["Project.judge_by"]),
    "a total": ([one("project", "paid_in_fen", '"paid_in_fen" + 1')], ["Project.paid_in_fen"]),
    "a company's code": ([one("company", "uscc", "'91512000MA9999990X'")], ["Company.uscc"]),
    "an entry's amount": ([one("entry", "amount_fen", "7", f'"id" = {PAID}')], ["Entry.amount_fen"]),
    "its day": ([one("entry", "occurred_on", "'2026-11-01'")], ["Entry.occurred_on"]),
    "its state": ([one("entry", "state", "'VERIFIED'", f'"id" = {TAX}')], ["Entry.state"]),
    "a step": ([one("entry_step", "amount_fen", "7")], ["EntryStep.amount_fen"]),
    "when a step was known": ([one("entry_step", "journal_id", "3")], ["EntryStep.journal_id"]),
    "a credit": ([one("credit", "amount_fen", '"amount_fen" + 1')], ["Credit.amount_fen"]),
    "a credit's place": ([one("credit", "place_id", "3")], ["Credit.place_id"]),
    "a running total": ([one("credit", "running_fen", "7")], ["Credit.running_fen"]),
    "its basis": ([one("credit", "basis", "'VERIFIED'")], ["Credit.basis"]),
    "its rule": ([one("credit", "rule_id", "1")], ["Credit.rule_id"]),
    "its month": ([one("credit", "counts_in", "'2026-10-01'")], ["Credit.counts_in"]),
    "one amount in all four tables": (
        [
            one("entry", "amount_fen", '"amount_fen" + 100', f'"id" = {TAX}'),
            one("entry_step", "amount_fen", '"amount_fen" + 100', f'"entry_id" = {TAX}'),
            'UPDATE "credit" SET "amount_fen" = "amount_fen" + 50, "entry_fen" = "entry_fen" + 100,'
            f' "running_fen" = "running_fen" + 100 WHERE "entry_id" = {TAX}',
            one("project", "tax_fen", '"tax_fen" + 100', f'"id" = (SELECT "project_id" FROM "entry" WHERE "id" = {TAX})'),
        ],
        [
            *["Credit.amount_fen"] * 2, *["Credit.entry_fen"] * 2, *["Credit.running_fen"] * 2,
            "Entry.amount_fen", "EntryStep.amount_fen", "Project.tax_fen",
        ],
    ),
    "two amounts that changed places": (
        [
            'UPDATE "entry" SET "amount_fen" = CASE "amount_fen" WHEN 100005 THEN 200007'
            ' WHEN 200007 THEN 100005 ELSE "amount_fen" END',
        ],
        ["Entry.amount_fen", "Entry.amount_fen"],
    ),
    "a judgement's reason": ([one("judgement", "reason", "'改过'")], ["Judgement.reason"]),
    "who judged": ([one("judgement", "judged_by_id", "2")], ["Judgement.judged_by_id"]),
    "when a place met the investor": (
        [one("claim", "contact_on", "'2026-11-01'")],
        ["Claim.contact_on"],
    ),
    "what a return asks for": ([one("return", "reason", "'改过'")], ["Return.reason"]),
    "how a dispute ended": ([one("dispute", "upheld", "TRUE")], ["Dispute.upheld"]),
    "a transfer's state": ([one("transfer", "state", "'REFUSED'")], ["Transfer.state"]),
    "the amount of an agreement": ([one("agreement", "amount_fen", "7")], ["Agreement.amount_fen"]),
    "a post's first day": (
        [one("appointment", "starts_on", "'2026-11-01'")],
        ["Appointment.starts_on"],
    ),
    "a post's kind": ([one("appointment", "post", "'OFFICE'")], ["Appointment.post"]),
    "somebody's name": ([one("person", "name", "'别人'")], ["Person.name"]),
    "somebody let in again": (
        [one("person", "active", "FALSE", "\"username\" = 'expert'")],
        ["Person.active"],
    ),
    "the place of a unit": ([one("organization", "place_id", "1")], ["Organization.place_id"]),
    "a group's lead": (
        [one("industry_group", "lead_department_id", "1")],
        ["Group.lead_department_id"],
    ),
    "a rule that was confirmed": (
        [one("parameter", "value", "'9'")],
        ["Rule.value"],
    ),
    "a rule of the beginning": ([one("parameter", "value", "'9'", '"id" = 1')], ["Rule.value"]),
    "from when a rule is known": ([one("parameter", "journal_id", "NULL")], ["Rule.journal_id"]),
    "a holiday": (
        [one("calendar_day", "working", "TRUE")],
        ["CalendarDay.working"],
    ),
    "a file's hash": ([one("attachment", "sha256", f"'{'0' * 64}'")], ["Attachment.sha256"]),
    "the words of a message": ([one("notice", "text", "'改过'")], ["Notice.text"]),
    "a shared view": ([one("saved_view", "query", "''")], ["SavedView.query"]),
    "a file's row removed": (['DELETE FROM "attachment"'], ["Attachment"] * 3),
    "an agreement removed": (['DELETE FROM "agreement"'], ["Agreement"]),
    "a credit removed": ([f'DELETE FROM "credit" WHERE "id" = {NEWEST.format("credit")}'], ["Credit"]),
    "a return put in": (
        [
            'INSERT INTO "return" ("project_id", "reason", "returned_by_id", "returned_at")'
            f" VALUES ({NEWEST.format('project')}, '补', 1, '2026-11-18 00:00:00+00:00')"
        ],
        ["Return"],
    ),
    "a person put in": (
        [
            'INSERT INTO "person" ("username", "name", "phone", "password_hash", "password_set_at",'
            ' "active", "failures", "preferences") VALUES'
            " ('ghost', '无名', '', '!', '2026-11-18 00:00:00+00:00', TRUE, 0, '{}')"
        ],
        ["Person"],
    ),
    "a duty": (
        [one("duty", "page", "'/elsewhere'", '"closed_at" IS NULL')],
        ["Duty.page"] * 5,
    ),
    "how a closed duty ended": ([CLOSED_DUTY.format("outcome", "'ENDED'")], ["Duty.outcome"]),
    "who closed it": ([CLOSED_DUTY.format("closed_by_id", "NULL")], ["Duty.closed_by_id"]),
    "when": ([CLOSED_DUTY.format("closed_at", "'2026-01-01 00:00:00+00:00'")], ["Duty.closed_at"]),
    "from when somebody had it": (
        [CLOSED_DUTY.format("opened_at", "'2026-01-01 00:00:00+00:00'")],
        ["Duty.opened_at"],
    ),
    "a closed duty removed": ([f'DELETE FROM "duty" WHERE "id" = {CLOSED}'], ["Duty"]),
    "the history of an object": (
        [f'DELETE FROM "journal_row" WHERE "entry_id" = {THIRD}'],
        ["办理记录索引"],
    ),
    "a line put into it": (
        [
            'INSERT INTO "journal_row" ("entry_id", "kind", "row_id")'
            f" VALUES ({THIRD}, 'Project', 99)"
        ],
        ["办理记录索引"],
    ),
    "the numbers of projects": (
        ['UPDATE "sequence" SET "value" = 0 WHERE "name" = \'project 2026\''],
        ["编号"],
    ),
    "those of entries, forgotten": (
        ['DELETE FROM "sequence" WHERE "name" = \'entry 2026\''],
        ["编号"],
    ),
    "an entry of the journal": ([one("journal_entry", "reason", "'改过'")], ["内容被改动"]),
    "an entry removed": ([f'DELETE FROM "journal_entry" WHERE "id" = {FIFTH}'], ["前一条被删去、插入或调换"]),
    "the journal's end": (
        [f'DELETE FROM "journal_entry" WHERE "id" = {NEWEST.format("journal_entry")}'],
        ["末尾的记录被删去"],
    ),
}  # fmt: skip
POSTED = (
    *("a total", "an entry's amount", "its state", "a credit", "a credit's place"),
    *("a running total", "its basis", "its rule", "its month", "a credit removed"),
)
"""What the postings do not follow from, as well: `posting_faults` finds it by itself."""


async def test_each_row_changed_by_hand_is_found_and_named(city: City) -> None:
    await lived_in(city)
    assert await named() == []
    assert len(HURTS) >= 30
    found = {}
    for name, (statements, _) in HURTS.items():
        async with undone():
            for sql in statements:
                await database.write(sql, [[]])
            found[name] = await named()
            if name in POSTED:
                assert await posting_faults() != [], name
    assert found == {name: expected for name, (_, expected) in HURTS.items()}
    assert await named() == []


async def named() -> list[str]:
    """What is found: where the journal was changed, else rows that are not what it says, else duties."""
    if fault := await verify():
        return [fault.message]
    result = await compare(UNRECORDED)
    assert result.count == len(result.found)
    rows = sorted(f"{each.kind}.{each.column}".rstrip(".") for each in result.found)
    wrong = await compare_duties(Context(now=NOW))
    kept = [name for name, find in CHECKS if find is not posting_faults and await find()]
    return rows or kept or [f"{each.task}: {each.message.split()[0]}" for each in wrong]


async def test_what_is_found_says_what_is_stored_what_the_journal_says_and_where(
    city: City,
) -> None:
    project = await lived_in(city)
    await database.write(one("project", "paid_in_fen", "1"), [[]])
    (found,) = (await compare(UNRECORDED)).found
    last = await JournalEntry.filter(act="fundsRecord").order_by("-id").first()
    assert last and isinstance(found, Mismatch)
    assert (found.kind, found.number, found.column) == ("Project", project.no, "paid_in_fen")
    assert (found.stored, found.recorded, found.entry) == (1, 300012, last.id)
    words = f"Project {project.no} paid_in_fen：库中为 1，第 {last.id} 条办理记录为 300012"
    assert str(found) == words
    check = await checks.recorded()
    assert not check.right and words in check.found and "有 1 处" in check.found


async def test_what_an_act_began_from_is_what_the_one_before_left(city: City) -> None:
    """A row changed by hand and then by an act looks right at the end: the act shows it."""
    project = await city.report()
    await database.write(one("project", "stage_at", "'2026-11-01 00:00:00+00:00'"), [[]])
    city.now += timedelta(hours=1)
    await city.done(city.office, "projectReturn", **on(project), reason="请补充")
    (found,) = (await compare(UNRECORDED)).found
    assert (found.kind, found.number, found.column) == ("Project", project["no"], "stage_at")
    assert "改前值为 2026-11-01" in found.message


async def test_rows_that_come_and_go_through_the_gate_are_no_faults(city: City) -> None:
    """An import of hundreds of lines, undone; a view removed; a queue that runs by itself."""
    lines = ledgers.text(*(ledgers.line(number, ledgers.SIGNED) for number in range(1, 180)))
    batch = await city.done(city.office, "ledgerPreview", file=ledgers.sent(lines))
    batch = await city.done(city.office, "ledgerImport", **ledgers.on(batch["batch"]))
    assert await named() == []
    line = 'UPDATE "batch_row" SET "values" = \'{}\' WHERE "id" = ' + NEWEST.format("batch_row")
    async with undone():
        await database.write(line, [[]])
        assert await named() == ["BatchRow.values"]
    await city.done(city.office, "ledgerUndo", **ledgers.on(batch["batch"]), reason="重复导入")
    await city.done(city.office, "viewSave", **await save_view(city))
    seen = await city.run(city.office, "{ viewer { views { id } } }")
    await city.done(city.office, "viewDelete", view=seen["viewer"]["views"][0]["id"])
    assert await named() == []


async def compared() -> list[Mismatch]:
    return (await compare(UNRECORDED)).found


async def journal_fault() -> list[str]:
    fault = await verify()
    return [fault.message] if fault else []


async def duties_wrong() -> list[Any]:
    return await compare_duties(Context(now=NOW))


@pytest.mark.parametrize("check", [posting_faults, duties_wrong, compared, journal_fault])
async def test_acts_go_on_between_the_statements_of_a_check_without_a_false_alarm(
    stored_city: City, monkeypatch: pytest.MonkeyPatch, check: Callable[[], Awaitable[list[Any]]]
) -> None:
    """Figures are recorded and verified after its first statement and before its last ones."""
    city, outside = stored_city, copy_context()
    signed = await city.signed()
    checking, sent, last, waiting = asyncio.current_task(), 0, 0, list[Any]()

    async def verify_and_record() -> None:
        if waiting:
            await city.verified(waiting[-1])
        signed["revision"] = (await Project.get(no=signed["no"])).revision
        waiting.append(await city.pay(signed, "0.05"))

    @asynccontextmanager
    async def beside(client: Any) -> AsyncIterator[None]:
        nonlocal sent
        async with turn_of(client):
            yield
        if asyncio.current_task() is checking:
            sent += 1
            if sent == last - 1 or (last > 4 and sent in (1, last - 3)):
                await asyncio.create_task(verify_and_record(), context=outside.copy())

    monkeypatch.setattr(database.statements, "turn_of", beside)
    assert await check() == []
    sent, last = 0, sent
    assert await check() == []
    assert waiting


async def test_histories_and_numbers_changed_by_hand_are_written_anew(city: City) -> None:
    project = await lived_in(city)
    index = 'SELECT "entry_id", "kind", "row_id", "revision" FROM "journal_row" ORDER BY 1, 2, 3'
    before = await database.fetch(index)
    for name in ("the history of an object", "a line put into it", "the numbers of projects"):
        for sql in HURTS[name][0]:
            await database.write(sql, [[]])
    assert await named() == ["办理记录索引", "编号"]
    lines = await checks.rebuild()
    assert any("project 2026 已编到" in line for line in lines)
    assert await named() == []
    assert [row for row in await database.fetch(index) if row in before] == before
    assert (await city.report())["no"] > project.no, "the next number, not one in use"
    assert await checks.rebuild() == []


async def test_a_file_that_is_not_what_it_was_given_as_is_found(city: City) -> None:
    await city.report(evidence=[{"name": "纪要.txt", "content": "6K+B5o2u"}])
    (kept,) = await Attachment.all()
    path = city.files.path(kept.sha256)
    whole = path.read_bytes()
    assert (await checks.files()).right
    try:
        path.write_bytes(b"others")
        assert (
            f"attachment {kept.id} 的文件内容与 SHA-256 校验值不符" in (await checks.files()).found
        )
        path.unlink()
        assert f"attachment {kept.id} 的文件不在附件目录中" in (await checks.files()).found
    finally:
        path.write_bytes(whole)
    assert (await checks.files()).right


async def test_the_operators_check_goes_on_where_rows_contradict_each_other(city: City) -> None:
    """Steps of an entry that is nowhere: named, and everything else is checked all the same."""

    async def lost() -> list[str]:
        raise KeyError(7)

    check = await checks.found_by("台账与分享", partial(checks.derived, "台账与分享", lost))
    assert (check.right, "不能核对（KeyError：7）" in check.found) == (False, True)


async def test_figures_of_which_the_entry_is_nowhere_are_found_and_the_others_compared(
    city: City,
) -> None:
    await lived_in(city)
    facts = await read_facts()
    entries = dict(facts.entries)
    key, _ = entries.popitem()
    left = replace(facts, entries=entries)
    assert list(left.faults()) == [f"台账（{key}）：库中没有这一笔，却有它的记录"]
    assert {each.table for each in left.differences()} == {"project"}


async def test_no_journal_has_a_password(city: City) -> None:
    texts = json.dumps(await JournalEntry.all().values_list("changes", flat=True))
    assert "argon2" not in texts and "personAdd" in await JournalEntry.all().values_list(
        "act", flat=True
    )


async def test_a_column_that_is_younger_than_a_row_has_what_its_migration_gave_it(
    city: City,
) -> None:
    """The journal of an older release says nothing of it: neither a fault, nor where the next act begins."""
    project = await lived_in(city)
    for entry in await JournalEntry.all():
        for columns in entry.changes.values():
            if isinstance(columns, dict):
                columns.pop("without_claim", None)
                columns.pop("jointly_judged", None)
        await entry.save(update_fields=["changes"])
    await Project.all().update(jointly_judged=False)
    found = [
        each for each in await compared() if each.column in ("without_claim", "jointly_judged")
    ]
    assert found == []
    await Project.filter(id=project.id).update(jointly_judged=True)
    assert [each.column for each in await compared() if each.column == "jointly_judged"]
