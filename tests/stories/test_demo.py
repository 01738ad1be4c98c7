"""The demonstration: a smaller Ziyang, made by the acts, on whichever database."""

import random
from collections import Counter
from dataclasses import replace

import pytest

from schema.checks import UNRECORDED
from schema.city.rules import Calendar
from schema.entries.checking import posting_faults
from schema.entries.rules import Basis, EntryState, Indicator
from schema.entries.tables import Credit, Entry, EntryFlag, EntryStep
from schema.evidence.tables import Attachment
from schema.gate.journal import verify
from schema.gate.replay import compare
from schema.gate.tables import JournalEntry
from schema.industry.tables import TargetCompany
from schema.people.tables import Appointment, Organization, Person, Token
from schema.project.rules import Stage
from schema.project.tables import Project
from server import settings
from server.demo import accounts, load
from server.demo.hours import Hours, Limit
from server.demo.plans import stories
from server.people import passwords, tokens
from server.people.context import named
from tests.entries.explained import recomputed
from tests.rulebook import closing, rule
from tests.world import CHEAP_HASHER, NOW, PEOPLE, City, at

PROJECTS = 70
BROUGHT = 4
"""Of the place's ledger: two reports, and two that the office migrated."""
CONVERTED = 1
"""Of a group's target companies."""
LIMIT = Limit(rule("lead.assessment_deadline"), closing())


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' present; forty accounts are hashed as cheaply as the tests' own people."""
    monkeypatch.setattr(settings, "NOW", NOW)
    monkeypatch.setattr(passwords, "HASHER", CHEAP_HASHER)


async def test_a_city_is_told_that_holds_together(committed_db: str, now: None) -> None:
    answer: list[tuple[int, int]] = []
    assert await load(lambda done, of: answer.append((done, of)), PROJECTS)
    done, of = answer[-1]
    assert done == of > PROJECTS, "the projects, and the years of the groups"
    assert not await load(projects=PROJECTS), "once is enough"

    assert await verify() is None
    assert (await compare(UNRECORDED)).found == []
    assert await Project.all().count() == PROJECTS + BROUGHT + CONVERTED
    target = await TargetCompany.get(lead_id__not_isnull=True)
    lead = await Project.get(id=target.lead_id)
    assert lead.stage == Stage.REPORTED
    assert await Attachment.filter(project_id=lead.id).values_list("name", flat=True) == [
        "会谈纪要.pdf"
    ]
    flagged = Entry.filter(id__in=await EntryFlag.all().values_list("entry_id", flat=True))
    assert {each.state for each in await flagged} == {EntryState.CLAIMED}, "for whoever verifies"
    assert await Entry.exclude(early_reason="").filter(state=EntryState.CLAIMED).exists()
    stages = Counter(await Project.all().values_list("stage", flat=True))
    assert stages[Stage.REPORTED] > 10 and stages[Stage.RETURNED] == 3 and stages[Stage.MERGED] > 4
    assert await Project.filter(reported_at__gt=NOW).count() == 0
    for project in await Project.all():
        entries = await Entry.filter(project_id=project.id)
        sums = {
            indicator: sum(
                each.amount_fen
                for each in entries
                if each.indicator == indicator and each.state != EntryState.RETURNED
            )
            for indicator in Indicator
        }
        assert list(sums.values()) == [project.signed_fen, project.paid_in_fen, project.tax_fen]
    await check_entries()
    closed = await Organization.filter(closed_on__not_isnull=True).values_list("slug", flat=True)
    assert set(closed) == {"guangzhou", "xiamen"}

    office = await named("office")
    assert office is not None
    figures = await recomputed(
        City(**{name: office for name, *_ in PEOPLE}), ["2026-11", "2026-10", "2026-09"]
    )
    assert figures["credits"] > 200 and figures["shares"] > 20 and figures["standings"] == 15

    # What waits for the office this morning, a Wednesday.
    asks = await named("office")
    assert asks is not None
    city = City(**{name: asks for name, *_ in PEOPLE})
    seen = await city.run(
        city.office,
        """{ judgementQueue(first: 100) { nodes { reportedAt linkage {
               clock { label lamp } opinionState opinion { late } claims { place { slug } evidence { name } } } } }
             returned: judgementQueue(state: RETURNED) { nodes { linkage { clock { label } } } }
             disputed: judgementQueue(state: DISPUTED) { totalCount }
             transfers(filter: { state: [REQUESTED, APPROVED] }) { nodes { state } }
             viewer { inbox { bucket } } }""",
    )
    queue = seen["judgementQueue"]["nodes"]
    labels = Counter(node["linkage"]["clock"]["label"] for node in queue)
    assert labels["今天 17:30 到期"] >= 3
    assert labels["逾期 1 个工作日"] >= 2 and labels["逾期 3 个工作日"] >= 1
    assert labels["剩 1 个工作日"] >= 3 and labels["剩 2 个工作日"] >= 3
    assert any(node["reportedAt"] == "2026-11-17T18:05:00+08:00" for node in queue)
    assert any(len(node["linkage"]["claims"]) == 3 for node in queue)
    opinions = Counter(node["linkage"]["opinionState"] for node in queue)
    assert opinions["GIVEN"] >= 4 and opinions["WAITING"] >= 1, opinions
    assert opinions["NO_GROUP"] >= 1 and opinions["OVERDUE"] >= 2, opinions
    late = [node for node in queue if (node["linkage"]["opinion"] or {}).get("late")]
    assert len(late) == 1
    paused = {node["linkage"]["clock"]["label"] for node in seen["returned"]["nodes"]}
    assert paused == {"补正中，计时暂停"}
    assert seen["disputed"]["totalCount"] == 3
    states = Counter(node["state"] for node in seen["transfers"]["nodes"])
    assert states == {"REQUESTED": 3, "APPROVED": 3}

    for account in accounts()[::10]:
        person = await Person.get(username=account["username"])
        assert await passwords.matches(person.password_hash, account["password"])
        token = await Token.get(token_hash=tokens.hash_token(account["token"]))
        assert token.person_id == person.id  # type: ignore[attr-defined]
        held = await Appointment.filter(person_id=person.id).order_by("id").first()
        assert held is not None and held.main and held.title == account["posts"][0]["title"]


async def check_entries() -> None:
    """Most are verified, some wait, some were returned; what stands on each basis is the entry."""
    states = Counter(await Entry.all().values_list("state", flat=True))
    assert states[EntryState.VERIFIED] > 20 and states[EntryState.CLAIMED] >= 2, states
    assert await EntryStep.filter(state=EntryState.RETURNED).count() >= 3
    assert await posting_faults() == []
    for entry in await Entry.filter(reverses_id=None):
        for basis, standing in (
            (Basis.CLAIMED, (EntryState.CLAIMED, EntryState.VERIFIED)),
            (Basis.VERIFIED, (EntryState.VERIFIED,)),
        ):
            of = await Credit.filter(entry_id=entry.id, basis=basis, undoes_id=None).values(
                "id", "amount_fen"
            )
            undone = await Credit.filter(undoes_id__in=[each["id"] for each in of])
            left = sum(e["amount_fen"] for e in of) + sum(e.amount_fen for e in undone)
            assert left == (entry.amount_fen if entry.state in standing else 0), entry.no


async def test_nothing_is_left_of_a_city_that_could_not_be_told(
    committed_db: str, now: None
) -> None:
    class Tired(Exception):
        pass

    def tire(done: int, of: int) -> None:
        if done > 3:
            raise Tired

    with pytest.raises(Tired):
        await load(tire, PROJECTS)
    assert await Person.all().count() == await Project.all().count() == 0
    assert await JournalEntry.all().values_list("act", flat=True) == ["cityFound"]


def test_the_same_present_has_the_same_history() -> None:
    hours = [
        Hours(Calendar(frozenset({2024, 2025, 2026})), LIMIT, NOW, random.Random(1)) for _ in "ab"
    ]
    first, second = ([replace(story.plan, twin=None) for story in stories(each)] for each in hours)
    assert first == second
    assert len(first) == 300


@pytest.mark.parametrize("moment", ["2027-02-06 23:00", "2026-10-01 03:00", "2026-11-23 07:50"])
def test_there_is_a_history_for_every_present(moment: str) -> None:
    """On a holiday, in a year without calendar, before the office opens."""
    hours = Hours(Calendar(frozenset({2024, 2025, 2026})), LIMIT, at(moment), random.Random(1))
    answer = stories(hours)
    assert len(answer) == 300
    assert all(story.plan.begins <= at(moment) for story in answer if not story.plan.twin)


def test_every_account_is_another_and_satisfies_both_profiles() -> None:
    found = accounts()
    assert len(found) == 53
    for name in ("username", "password", "token"):
        assert len({account[name] for account in found}) == 53
    named = {account["username"] for account in found}
    assert named >= {
        "office", "yanjiang", "anyue", "lezhi", "hightech", "airport", "group", "department",
        "branch", "agent", "leader", "inspection", "partner",
    }  # fmt: skip
    for account in found:
        person = Person(username=account["username"], name="李雷")
        for policy in passwords.POLICIES.values():
            passwords.check(account["password"], person, policy)
