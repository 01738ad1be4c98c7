"""Personal data: found where it is declared, hashed in the journal, and gone when the law asks for it."""

import re
from pathlib import Path
from typing import Any

import pytest
from tortoise import Tortoise, fields

from schema import database, erasing
from schema.checks import CHECKS, UNRECORDED
from schema.city.rules import RuleBroken
from schema.city.rules.personal import SALT, is_sealed, personal_columns, seal
from schema.gate import keys, resealing
from schema.gate.journal import changes_of, verify
from schema.gate.replay import compare
from schema.gate.sealing import PURPOSE
from schema.gate.tables import IdempotencyRecord, JournalEntry
from schema.industry.tables import TargetCompany
from schema.ledger.tables import BatchRow
from schema.linkage.tables import Claim
from schema.project.tables import Project
from tests.industry.scenes import convert_target
from tests.ledger import ledgers
from tests.server.test_sealing import unseal
from tests.world import EVIDENCE, City, on

NAME, PHONE, WITH = "欧阳敏", "138-1234-5678", "诸葛总经理"
CONTACT = {"contactName": NAME, "contactPhone": PHONE, "contactWith": WITH}

OF_A_PERSON = re.compile(
    r"(contact|owner|holder|legal|person|actor|phone|mobile|mail|id_card|wechat)"
    r"|^(name|normal_name)$"
)
OFFICIAL = {
    "Organization": {
        "name": "a unit's",
        "contact_name": "the post that answers a unit's telephone",
        "contact_phone": "the post that answers a unit's telephone",
    },
    "FormDraft": {"name": "the form's"},
    "Person": {"name": "an official in a post", "phone": "an official in a post"},
    "JournalEntry": {"actor_name": "an official in a post"},
    "Project": {
        "name": "a project's",
        "normal_name": "a project's",
        "owner_name": "the official who follows a project",
    },
    "OneItem": {"name": "an official in a group, or a unit's, a policy's, a map's"},
    "Claim": {"contact_by": "the official who met the investor"},
    "CompanyName": {"name": "a company's", "normal_name": "a company's"},
    "Duty": {"holder_post": "a kind of post"},
    **{
        model: {"name": "no person's", "normal_name": "no person's"}
        for model in (
            *(
                "Company",
                "TargetCompany",
                "ChainNode",
                "ChainFirm",
                "TargetRegion",
                "Place",
                "Group",
                "BatchRow",
                "CalendarDay",
                "CalendarProposal",
                "JobSlot",
            ),
            *("RuleProposal", "Parameter", "SavedView", "Token", "Attachment", "Sequence"),
            "DocumentTemplate",
        )
    },
}
"""Columns that are called like a person's and hold none's, or an official's in a post: each with whose."""


def models() -> list[Any]:
    assert Tortoise.apps is not None
    return list(Tortoise.apps["schema"].values())


async def test_every_column_called_like_a_persons_is_declared_or_says_whose_it_is(db: None) -> None:
    undeclared = {
        f"{model.__name__}.{column}"
        for model in models()
        for name, column in model._meta.fields_db_projection.items()
        if isinstance(model._meta.fields_map[name], fields.CharField | fields.TextField)
        and OF_A_PERSON.search(column)
        and column not in (SALT, *personal_columns(model), *OFFICIAL.get(model.__name__, ()))
    }
    assert undeclared == set(), "declare it personal(...), or say in OFFICIAL whose it is"
    declared = {
        f"{model.__name__}.{name}" for model in models() for name in personal_columns(model)
    }
    assert {"Project.contact_name", "Project.contact_phone", "Claim.contact_with"} <= declared
    assert {
        "BatchRow.values",
        "BatchRow.issues",
        "BatchRow.mends",
        "CompanyHolder.name",
    } <= declared


async def test_a_table_with_personal_columns_has_a_salt_and_no_null_in_them(db: None) -> None:
    for model in models():
        columns = model._meta.fields_map
        assert bool(personal_columns(model)) == (SALT in columns), model.__name__
        assert not any(columns[name].null for name in personal_columns(model))
    assert SALT in UNRECORDED.columns["*"]


def test_a_hash_differs_by_key_salt_and_column_and_says_nothing_of_nothing() -> None:
    one = seal(b"k", "s", "Project.contact_name", NAME)
    assert is_sealed(one) and len(one["hmac"]) == 64
    assert one == seal(b"k", "s", "Project.contact_name", NAME)
    others = [
        seal(b"l", "s", "Project.contact_name", NAME),
        seal(b"k", "t", "Project.contact_name", NAME),
        seal(b"k", "s", "Claim.contact_with", NAME),
        seal(b"k", "s", "Project.contact_name", f"{NAME}一"),
    ]
    assert one not in others
    assert seal(b"k", "s", "Project.contact_name", "") == ""
    assert seal(b"k", "s", "Project.contact_name", None) is None


async def places_of(*words: str) -> set[str]:
    """Where these words stand: `table.column` of every column of every table, whatever its type."""
    found = set()
    for model in models():
        table = model._meta.db_table
        for row in await database.fetch(f'SELECT * FROM "{table}"'):
            found |= {f"{table}.{name}" for name, value in row.items() if mentions(value, words)}
    return found


def mentions(value: Any, words: tuple[str, ...]) -> bool:
    """Whether a stored value has one of the words, as text, JSON (escaped or not) or bytes."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return any(word in text or word.encode("unicode_escape").decode() in text for word in words)


async def with_contacts(city: City) -> Project:
    """A project whose contact stands in its report, two claims and the line of a ledger."""
    line = ledgers.line(
        1, contact=NAME, phone=PHONE, met="2026-11-10", meets="钱进", first="安岳县"
    )
    wrong = ledgers.line(2, amount="面议", contact=WITH, first="安岳县")
    sheet = ledgers.sent(ledgers.text(line, wrong))
    batch = (await city.done(city.anyue, "ledgerPreview", file=sheet))["batch"]
    given = ledgers.on(batch) | {"onlyCorrect": True}
    await city.done(city.anyue, "ledgerImport", **given)
    project = await Project.get(name=line["name"])
    await city.done(
        city.office,
        "projectClaim",
        project=project.no,
        place="lezhi",
        contactOn="2026-11-09",
        contactWith=WITH,
        evidence=EVIDENCE,
    )
    return project


async def test_the_journal_has_a_hash_of_a_contact_and_no_contact(city: City) -> None:
    project = await with_contacts(city)
    reported = await city.report(city.anyue, **CONTACT)
    await city.done(city.office, "projectReturn", **on(reported), reason="请补充")
    back = await city.read(reported)
    await city.done(city.anyue, "projectResubmit", **on(back), contactPhone="13987654321")
    assert await places_of(NAME, PHONE, WITH, "13987654321") == {
        "project.contact_name",
        "project.contact_phone",
        "claim.contact_with",
        "batch_row.values",
    }
    sealed = set()
    for entry in await JournalEntry.all():
        async for changes in changes_of(entry.changes):
            for subject, columns in changes.items():
                kind = subject.partition(":")[0]
                sealed |= {f"{kind}.{n}" for n, pair in columns.items() if is_sealed(pair[1])}
    assert sealed == {
        "Project.contact_name",
        "Project.contact_phone",
        "Claim.contact_with",
        "BatchRow.values",
        "BatchRow.issues",
        "BatchRow.mends",
    }
    assert (await compare(UNRECORDED)).found == []
    assert project.personal_salt != (await Claim.filter(project_id=project.id)).pop().personal_salt


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [("project", "contact_phone", "13900000000"), ("claim", "contact_with", "别人"),
     ("project", SALT, "0" * 32)],
)  # fmt: skip
async def test_a_contact_changed_behind_the_journals_back_is_found(
    city: City, table: str, column: str, value: str
) -> None:
    project = await city.report(city.anyue, **CONTACT)
    assert (await compare(UNRECORDED)).found == []
    key = (await Project.get(no=project["no"])).id
    which = "id" if table == "project" else "project_id"
    await database.write(f'UPDATE "{table}" SET "{column}" = ? WHERE "{which}" = ?', [[value, key]])
    (first, *_) = (await compare(UNRECORDED)).found
    assert (first.kind.lower(), first.column.startswith("contact_")) == (table, True)
    assert value not in str(first) or column == SALT, "not even the check says it"


async def test_what_is_erased_is_in_no_table_and_the_journal_still_holds(city: City) -> None:
    """Report, claims and ledger line are emptied; a second report of the same contact is another matter."""
    project = await with_contacts(city)
    await city.done(
        city.office,
        "projectReturn",
        project=project.no,
        revision=(await Project.get(id=project.id)).revision,
        reason="请补充",
    )
    back = await city.read({"no": project.no})
    given = on(back) | {"contactPhone": "13987654321"}
    await city.act(city.anyue, "projectResubmit", key="k1", **given)
    assert await IdempotencyRecord.all().count() == 1
    done = await erasing.erase_contacts([project.no], "当事人申请 2026-11-28")
    assert (done.rows, done.files) == (4, ["会议纪要.txt", "台账.csv"])
    assert done.elsewhere == ["batch_row.values：1 行"], "the other line's own contact"
    words = NAME, PHONE, "13812345678", WITH, "13987654321"
    assert await places_of(*words) == {"batch_row.values"}, "the other line's own contact"
    others = await BatchRow.filter(project_id=None)
    assert [WITH in str(each.values) for each in others] == [True]
    row = await Project.get(id=project.id)
    assert (row.contact_name, row.contact_phone, row.personal_salt) == ("", "", "")
    assert {each.contact_with for each in await Claim.filter(project_id=row.id)} == {""}
    line = await BatchRow.get(project_id=project.id)
    assert not {"contact_name", "contact_phone"} & line.values.keys()
    assert line.values["name"] == row.name, "what is no person's stays"
    assert not await IdempotencyRecord.exists()
    assert await verify() is None
    assert (await compare(UNRECORDED)).found == []
    assert [fault for _, check in CHECKS for fault in await check()] == []
    entry = await JournalEntry.all().order_by("-id").first()
    assert entry is not None and (entry.act, entry.reason) == (
        "contactErase",
        "当事人申请 2026-11-28",
    )


async def test_an_erasure_is_not_stopped_by_what_is_kept_of_other_acts(city: City) -> None:
    """A kept answer has texts beside its rows, such as a view's name: of two letters, or with the contact."""
    reported = await city.report(city.anyue, **CONTACT)
    view = {"query": "amount.min=10亿"}
    for key, name in (("k1", "大项"), ("k2", "十亿以上的项目"), ("k3", f"{NAME}的项目")):
        payload = await city.act(city.office, "viewSave", key=key, name=name, **view)
        assert payload["userErrors"] == []
    await city.act(city.office, "projectReturn", key="k4", **on(reported), reason="补正")
    told: list[erasing.Remains] = []
    done = await erasing.erase_contacts([reported["no"]], "当事人申请", told.append)
    assert sorted(await IdempotencyRecord.all().values_list("key", flat=True)) == ["k1", "k2"]
    again = await city.act(city.office, "viewSave", key="k1", name="大项", **view)
    assert again["userErrors"] == [] and again["name"] == "大项"
    assert told == [done.remains] and "saved_view.name：1 行" in done.elsewhere


async def test_what_remains_is_said_before_anything_is_erased(city: City) -> None:
    """Whoever is stopped on the way knows it, and may do it again: the words are there still."""
    reported = await city.report(city.anyue, **CONTACT, summary=f"由{NAME}联系")

    def stop(remains: erasing.Remains) -> None:
        raise OSError(str(remains.elsewhere))

    for _ in range(2):
        with pytest.raises(OSError, match=r"project\.summary：1 行"):
            await erasing.erase_contacts([reported["no"]], "当事人申请", stop)
    assert (await Project.get(no=reported["no"])).contact_name == NAME


async def test_kept_answers_are_forgotten_with_the_erasure_or_not_at_all(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported = await city.report(city.anyue, **CONTACT)

    async def fails(*given: Any) -> int:
        raise OSError("no space")

    monkeypatch.setattr(erasing, "forget_answers", fails)
    with pytest.raises(OSError, match="no space"):
        await erasing.erase_contacts([reported["no"]], "当事人申请")
    assert (await Project.get(no=reported["no"])).contact_name == NAME
    assert not await JournalEntry.filter(act="contactErase").exists()


@pytest.mark.parametrize("asked", [0, 1, 2])
async def test_a_merged_projects_claim_is_erased_wherever_merges_have_copied_it(
    city: City, asked: int
) -> None:
    """From the report, through two merges; another place's claim on the same project stays as it is."""
    first = await city.report(city.anyue, **CONTACT)
    second = await city.report(city.yanjiang, contactWith="司徒")
    last = await city.report(city.lezhi, contactWith="令狐")
    other = await city.report(city.anyue, contactWith=WITH)
    merge = {"reason": "同一项目"}
    await city.done(city.office, "projectMerge", **on(first), into=second["no"], **merge)
    second = await city.read(second)
    await city.done(city.office, "projectMerge", **on(second), into=last["no"], **merge)
    numbers = [each["no"] for each in (first, second, last)]
    done = await erasing.erase_contacts([numbers[asked]], "当事人申请")
    left = await Claim.filter(contact_with=WITH).prefetch_related("project")
    assert [each.project.no for each in left] == [other["no"]], "no copy, though alike"
    claims = {0: (1, 1, 1), 1: (1, 2, 2), 2: (1, 2, 3)}[asked]
    assert {each.no: (each.merged, each.claims) for each in done.projects} == {
        no: (n != asked, claims[n]) for n, no in enumerate(numbers)
    }
    assert done.rows == sum(claims) + (asked == 0)
    kept = set(await Claim.all().values_list("contact_with", flat=True))
    assert kept == {WITH, "", "司徒", "令狐"} - ({"司徒"} if asked else set()) - (
        {"令狐"} if asked == 2 else set()
    )
    assert await verify() is None and (await compare(UNRECORDED)).found == []


async def test_whom_a_group_met_before_the_lead_is_erased_with_it(city: City) -> None:
    lead = await convert_target(city)
    met = {"happenedOn": "2026-11-18", "means": "CALL", "withWhom": WITH, "outcome": "有意"}
    await city.done(city.group, "targetCompanyContact", target=lead["target"], **met)
    target = await TargetCompany.get(no=lead["target"])
    await city.done(city.group, "targetCompanyConvert", **lead | {"revision": target.revision})
    done = await erasing.erase_contacts([lead["project"]], "当事人申请")
    assert [(each.no, each.meetings) for each in done.projects] == [(lead["project"], 1)]
    assert await places_of(WITH) == set()
    assert await verify() is None and (await compare(UNRECORDED)).found == []


async def test_an_erasures_document_does_not_name_whom_it_erases(city: City) -> None:
    """It stands in the journal, from which nothing can be taken."""
    reported = await city.report(city.anyue, **CONTACT)
    with pytest.raises(RuleBroken, match="不要写要删去的姓名"):
        await erasing.erase_contacts([reported["no"]], f"{NAME}申请")
    assert (await Project.get(no=reported["no"])).contact_name == NAME


async def test_no_erased_value_can_be_guessed_from_its_hash_without_the_salt(city: City) -> None:
    """With the key and every telephone there is: the hash is of a salt that is nowhere any more."""
    reported = await city.report(city.anyue, **CONTACT)
    row = await Project.get(no=reported["no"])
    kept = seal(keys.key(PURPOSE), row.personal_salt, "Project.contact_phone", PHONE)
    entry = await JournalEntry.filter(act="projectReport").order_by("-id").first()
    assert entry is not None
    assert entry.changes[f"Project:{row.id}"]["contact_phone"] == [None, kept]
    salt = row.personal_salt
    await erasing.erase_contacts([row.no], "当事人申请")
    assert salt not in str(
        [await database.fetch(f'SELECT * FROM "{m._meta.db_table}"') for m in models()]
    )


async def test_a_contact_given_again_after_an_erasure_has_another_salt(city: City) -> None:
    reported = await city.report(city.anyue, **CONTACT)
    await city.done(city.office, "projectReturn", **on(reported), reason="请补充")
    before = (await Project.get(no=reported["no"])).personal_salt
    await erasing.erase_contacts([reported["no"]], "当事人申请")
    back = await city.read(reported)
    await city.done(city.anyue, "projectResubmit", **on(back), contactName="上官云")
    row = await Project.get(no=reported["no"])
    assert row.contact_name == "上官云" and row.personal_salt not in ("", before)
    assert (await compare(UNRECORDED)).found == []


async def test_an_older_database_has_its_journal_hashed_once_and_holds(
    city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Acts as the former program wrote them, with the values themselves; parts and rows that are gone too."""
    with monkeypatch.context() as former:
        former.setattr("schema.gate.journal.sealed", lambda table, column, salt, value: value)
        former.setattr("schema.gate.gate.with_salt", lambda table, values: dict(values))
        former.setattr("schema.gate.journal.KEPT_IN_ENTRY", 2)
        project = await with_contacts(city)
        lines = [ledgers.line(n, contact=NAME, phone=PHONE, first="安岳县") for n in range(5, 9)]
        sheet = ledgers.sent(ledgers.text(*lines))
        batch = (await city.done(city.anyue, "ledgerPreview", file=sheet))["batch"]
        await city.done(city.anyue, "ledgerPreview", **ledgers.on(batch), file=sheet)
    own = {"project.contact_name", "project.contact_phone", "claim.contact_with",
           "batch_row.values", "batch_row.issues"}  # fmt: skip
    where = await places_of(NAME, PHONE, WITH)
    assert {"journal_entry.changes", "journal_part.changes"} <= where
    await unseal()
    monkeypatch.setenv(keys.SETTING, str(tmp_path / "keys"))
    assert (await resealing.seal_existing(city.now) or 0) > 3
    assert await places_of(NAME, PHONE, WITH) <= own
    assert await verify() is None
    assert (await compare(UNRECORDED)).found == []
    assert [fault for _, check in CHECKS for fault in await check()] == []
    last = await JournalEntry.all().order_by("-id").first()
    assert last is not None and last.act == "personalSeal" and "此前末条为" in last.reason
    assert await resealing.seal_existing(city.now) is None
    await erasing.erase_contacts([project.no], "当事人申请")
    assert await resealing.seal_existing(city.now) is None, "nor after an erasure"


async def test_words_that_are_left_in_free_text_are_named_for_people_to_judge(city: City) -> None:
    reported = await city.report(city.anyue, **CONTACT, summary=f"由{NAME}联系")
    done = await erasing.erase_contacts([reported["no"]], "当事人申请")
    assert sorted(done.elsewhere) == ["journal_entry.changes：1 行", "project.summary：1 行"]


async def test_an_erasure_needs_a_document_and_a_project_that_is_there(city: City) -> None:
    reported = await city.report(city.anyue, **CONTACT)
    with pytest.raises(RuleBroken, match="依据"):
        await erasing.erase_contacts([reported["no"]], " ")
    with pytest.raises(RuleBroken, match="2026-9999"):
        await erasing.erase_contacts([reported["no"], "2026-9999"], "当事人申请")
    assert (await Project.get(no=reported["no"])).contact_name == NAME
