"""Whatever is done in whatever order, the table of duties is what the declarations make of the facts."""

import asyncio
from datetime import timedelta
from random import Random

import pytest

from schema import database
from schema.database.transactions import transaction
from schema.duties import repair
from schema.duties.reminding import duty_holders, duty_reminders
from schema.duties.repair import Difference, compare
from schema.duties.tables import Duty, Outcome
from schema.entries.tables import Credit
from schema.gate.journal import plain
from schema.gate.operator import operating
from schema.gate.tables import JournalEntry
from schema.people.tables import Appointment, Person
from schema.project.tables import Project
from schema.query.models import global_id
from server import settings
from server.operations import checks
from server.people.appointments import end
from server.people.people import set_active
from tests.duties.clock import run_by_the_clock
from tests.duties.test_open_acts import ACTS, given
from tests.house.test_who_may import undone
from tests.reading.seed import SEED
from tests.world import NOW, City, Said, of, on

DOERS = (
    "office",
    *("yanjiang", "anyue", "lezhi", "hightech", "airport"),
    *("finance", "colleague", "group"),
)
PLACES = DOERS[1:6]


async def walk(city: City, chance: Random, steps: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Acts of whoever may do some, on one of the projects, or a new report: how many were done."""
    projects = [(await city.report(city[chance.choice(PLACES)]))["no"] for _ in range(2)]
    if chance.random() < 0.5:
        paid = await city.pay(await city.signed(), "1000.07")
        projects = [paid["project"]["no"], *projects[:1]]
    done, away = 0, None
    for _ in range(steps):
        day = city.now.date()
        city.now += timedelta(hours=chance.choice((1, 3, 20)))
        monkeypatch.setattr(settings, "NOW", city.now)
        if city.now.date() != day:
            await run_by_the_clock(city, duty_holders)
            await run_by_the_clock(city, duty_reminders)
        name, no = chance.choice(DOERS), chance.choice(projects)
        seen = (await city.run(city[name], ACTS, no=no))["project"]
        open_now = [act["name"] for act in seen["acts"] if act["open"]] if seen else []
        if chance.random() < 0.15:
            await hand_over(city, chance)
        elif chance.random() < 0.1:
            await remind(city, chance)
        elif chance.random() < 0.1:
            away = await leave_or_come_back(city, chance, away)
        elif chance.random() < 0.05:
            await name_other_verifiers(city, chance)
        elif not open_now or chance.random() < 0.1:
            projects.append((await city.report(city[chance.choice(PLACES)]))["no"])
        else:
            done += await act(city, chance, name, chance.choice(open_now), {"no": no} | seen)
        wrong = await compare(city.context(city.office))
        assert wrong == [], (name, no, open_now, wrong)
    return done


async def act(city: City, chance: Random, name: str, does: str, project: Said) -> bool:
    input = await given(city, name, does, project)
    for field in ("upheld", "approve", "verified"):
        if field in input:
            input[field] = chance.random() < 0.5
    if does == "projectJudge" and chance.random() < 0.2:
        input = {key: value for key, value in input.items() if key != "firstContactPlace"}
        input["verdict"] = "DECLINED"
    payload = await city.act(city[name], does, **input)
    return not payload["userErrors"]


async def hand_over(city: City, chance: Random) -> None:
    """Of the office one gives a duty to the other, in whoever's hand it is."""
    person, other = chance.choice([(city.office, city.colleague), (city.colleague, city.office)])
    mine = (await city.run(person, "{ viewer { inbox { id } } }"))["viewer"]["inbox"]
    if mine:
        await city.act(
            person,
            "dutyHandOver",
            duty=chance.choice(mine)["id"],
            person=global_id("Person", other.person or 0),
            reason="分工调整",
        )


async def remind(city: City, chance: Random) -> None:
    """Somebody who oversees, or who may not, asks for one of the open duties."""
    found = await city.run(city.leader, "{ duties(filter: {open: true}) { nodes { id } } }")
    if found["duties"]["nodes"]:
        duty = chance.choice(found["duties"]["nodes"])["id"]
        who = city[chance.choice(("leader", "inspector", "yanjiang"))]
        await city.act(who, "dutyRemind", duty=duty, words="请尽快办理")


async def leave_or_come_back(city: City, chance: Random, away: Person | None) -> Person | None:
    """Somebody of the office is disabled, or let in again, or leaves it for good: who is away now."""
    if away is not None:
        await set_active(away, True)
        return None
    name = chance.choice(("office", "colleague"))
    person = await Person.get(username=name)
    if chance.random() < 0.3:
        held = await Appointment.filter(person_id=person.id, ends_on=None).first()
        if held and await Appointment.filter(post="OFFICE", ends_on=None).count() > 1:
            await end(held.id, city.now.date() + timedelta(days=chance.choice((-1, 0, 1))))
            return None
    await set_active(person, False)
    return person


async def name_other_verifiers(city: City, chance: Random) -> None:
    """From today on, or from tomorrow on, others verify."""
    units = chance.sample(["office", "finance-bureau", "statistics-bureau"], 2)
    day = city.now.date() + timedelta(days=chance.choice((0, 1)))
    version = {"name": "verifier.paid_in_funds", "effectiveOn": str(day), "choices": units}
    document = {"clause": "办公室通知", "documentNo": "资经合〔2026〕5号"}
    proposed = await city.act(city.office, "ruleSet", **version, **document)
    if proposed["userErrors"]:  # nobody is left in a unit
        assert [each["field"] for each in proposed["userErrors"]] == ["choices"]
    else:
        await city.done(city.colleague, "ruleConfirm", **of(proposed["proposal"]))


@pytest.mark.parametrize("rounds", [1, pytest.param(200, marks=pytest.mark.soak)])
async def test_after_random_walks_the_table_is_what_the_declarations_say(
    city: City, rounds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    print(f"SIXONES_TEST_SEED={SEED}")
    chance = Random(SEED)
    done = 0
    for _ in range(rounds):
        async with undone():
            city.now = NOW
            done += await walk(city, chance, 14, monkeypatch)
    assert done >= rounds


HURT = ["projectOpine", "projectJudge"]
HURTS = {
    "the holder": {"holder_post": None, "holder_unit_id": None},
    "when it is due": {"due_at": None},
    "that it is open": {"closed_at": NOW, "outcome": Outcome.ENDED},
    "its unit": {"unit_id": None},
    "when it began": {"since": NOW - timedelta(days=9)},
    "that it is paused": {"paused_at": NOW},
}


@pytest.mark.parametrize("hurt", HURTS.values(), ids=HURTS)
async def test_a_row_changed_by_hand_is_found_and_repaired(city: City, hurt: Said) -> None:
    await city.report()
    await Duty.all().update(**hurt)
    found = await compare(city.context(city.office))
    assert [each.task for each in found] == HURT
    assert await rebuild(city) == found
    assert await compare(city.context(city.office)) == []


async def test_a_duty_that_nobody_has_any_more_is_found_and_ended(city: City) -> None:
    await city.report()
    await Duty.all().update(task="projectVanish")
    found = await rebuild(city)
    assert sorted(each.message for each in found) == [
        *["事项或对象已不存在"] * 2,
        *["应有待办事项而没有"] * 2,
    ]
    assert await compare(city.context(city.office)) == []
    standing = Duty.filter(closed_at=None).order_by("task")
    assert await standing.values_list("task", flat=True) == sorted(HURT)


async def test_a_deadline_of_the_lead_changed_by_hand_is_found(city: City) -> None:
    await city.report()
    await Project.all().update(judge_by=NOW)
    (found,) = await rebuild(city)
    assert "judge_by" in found.message
    assert await compare(city.context(city.office)) == []


async def test_nothing_is_written_anew_from_a_fact_that_was_changed_by_hand(city: City) -> None:
    """An amount of 1,000.05 made 99,000,000 in the steps must not come to count."""
    await city.verified(await city.pay(await city.signed(), "1000.05"))
    await database.write('UPDATE "entry_step" SET "amount_fen" = 9900000000', [[]])
    before = await JournalEntry.all().count()
    with pytest.raises(checks.FactsChanged, match="EntryStep"):
        await checks.rebuild()
    assert await JournalEntry.all().count() == before
    assert not await Credit.filter(entry_fen=9_900_000_000).exists()


async def rebuild(city: City) -> list[Difference]:
    async with operating("rebuildDerived", city.now) as gate:
        return await repair.rebuild(gate)


async def test_a_repair_is_an_act_in_the_journal(city: City) -> None:
    """It lists the due times that subjects keep; and the duties that it wrote."""
    project = await city.report()
    (right,) = await Project.all().values_list("judge_by", flat=True)
    await Project.all().update(judge_by=NOW)
    await Duty.all().update(unit_id=None)
    lines = await checks.rebuild()
    assert sorted(line.split("：")[1].split()[0] for line in lines) == [
        "judge_by",
        "unit_id",
        "unit_id",
    ]
    entry = await JournalEntry.all().order_by("-id").first()
    assert entry and (entry.act, entry.actor_name) == ("rebuildDerived", "系统管理员")
    assert entry.reason.startswith("待办事项 3 处；") and "judge_by" in entry.reason
    changed = {name.partition(":")[0]: columns for name, columns in entry.changes.items()}
    assert list(changed["Project"]) == ["judge_by"]
    assert changed["Project"]["judge_by"][1] == plain(right)
    assert list(changed["Duty"]) == ["unit_id"]
    assert await Project.filter(no=project["no"], judge_by=right).exists()
    before = await JournalEntry.all().count()
    assert await checks.rebuild() == [] and await JournalEntry.all().count() == before


WAITING = {
    "postgres": "SELECT 1 FROM pg_locks WHERE NOT granted",
    "sqlite": "SELECT 1",  # has one writer: whoever begins waits
}


async def test_a_repair_waits_for_acts_under_way_and_leaves_alone_what_they_put_right(
    stored_city: City,
) -> None:
    city = stored_city
    project = await city.report()
    await Duty.all().update(unit_id=None)
    begin = asyncio.Event()

    async def repaired() -> list[Difference]:
        await begin.wait()
        return await rebuild(city)

    other = asyncio.create_task(repaired())  # on a connection of its own
    async with transaction():
        await city.done(city.office, "projectReturn", **on(project), reason="请补充")
        begin.set()
        for _ in range(1000):
            if await database.fetch(WAITING[database.dialect()]):
                break
            await asyncio.sleep(0)
        assert not other.done()
    assert await other == [], "the act has written the duty anew"
    assert await compare(city.context(city.office)) == []
    assert await Duty.filter(closed_at=None, task="projectResubmit").count() == 1
