"""Many people at the same moment: one wins, the others read who was first, nothing is lost."""

import asyncio
from collections import Counter

import pytest

from schema.entries.tables import Entry
from schema.fulfilment.tables import Milestone
from schema.gate.journal import verify
from schema.gate.tables import JournalEntry
from schema.linkage.tables import Judgement
from schema.project.tables import Project
from tests.world import City, Said, at, on, uscc

AT_ONCE = 16


async def test_of_sixteen_who_judge_at_once_exactly_one_wins(stored_city: City) -> None:
    city = stored_city
    project = await city.report()
    answers = await asyncio.gather(
        *(
            city.act(
                city.office,
                "projectJudge",
                **on(project),
                firstContactPlace=("yanjiang", "anyue")[number % 2],
                reason=f"第 {number} 份意见",
            )
            for number in range(AT_ONCE)
        )
    )
    assert Counter(codes(answer) for answer in answers) == {(): 1, ("STALE",): AT_ONCE - 1}
    (winner,) = [answer["project"] for answer in answers if not answer["userErrors"]]
    stored = await Project.get(no=project["no"]).values(
        "stage", "revision", "first_contact_place_id"
    )
    assert (stored["stage"], stored["revision"]) == ("JUDGED", 2)
    assert await Judgement.all().count() == 1
    assert await JournalEntry.filter(act="projectJudge").count() == 1
    for answer in answers:
        if answer["userErrors"]:
            assert "您本人刚刚办过这一项" in answer["userErrors"][0]["message"]
            conflict = answer["conflict"]
            assert (conflict["revision"], conflict["act"]) == (2, "projectJudge")
            now = {change["field"]: change["after"] for change in conflict["changes"]}
            assert now["first_contact_place_id"] == winner["firstContactPlace"]["name"]


@pytest.mark.parametrize("rounds", [4, pytest.param(200, marks=pytest.mark.soak)])
async def test_of_a_judgement_and_a_withdrawal_at_once_one_wins(
    stored_city: City, rounds: int
) -> None:
    city = stored_city
    for _ in range(rounds):
        project = await city.report()
        answers = await asyncio.gather(
            city.act(
                city.office,
                "projectJudge",
                **on(project),
                firstContactPlace="yanjiang",
                reason="接洽在先",
            ),
            city.act(city.yanjiang, "projectWithdraw", **on(project), reason="投资方暂缓"),
        )
        assert sorted(map(codes, answers)) == [(), ("STALE",)]


async def test_entries_recorded_at_once_on_many_projects_are_all_counted(stored_city: City) -> None:
    city = stored_city
    projects = [await city.signed() for _ in range(4)]
    answers = await asyncio.gather(*(city.pay(project, "0.05") for project in projects))
    numbers = {answer["entry"]["no"] for answer in answers}
    assert numbers == {f"Z2026-{number:05d}" for number in range(5, 9)}
    assert await verify() is None


async def test_a_step_is_reached_once_however_many_say_so(stored_city: City) -> None:
    city = stored_city
    project = await city.signed()
    answers = await asyncio.gather(
        *(
            city.act(
                city.hightech,
                "milestoneReach",
                **on(project),
                stage="REGISTERED",
                reachedOn="2026-11-18",
            )
            for _ in range(AT_ONCE)
        )
    )
    assert Counter(codes(answer) for answer in answers) == {(): 1, ("STALE",): AT_ONCE - 1}
    assert await Milestone.all().count() == 1


async def test_reports_at_once_by_everybody_get_numbers_without_gap(stored_city: City) -> None:
    """The very first of a year, of one investor that nobody knew: all of it is new at once."""
    city = stored_city
    places = (city.yanjiang, city.anyue, city.lezhi, city.hightech)
    answers = await asyncio.gather(
        *(
            city.done(
                places[number % 4],
                "projectReport",
                name=f"柠檬加工厂{number}期",
                investorName="杭州云岫食品有限公司",
                uscc=uscc(1),
                amount="1亿",
            )
            for number in range(AT_ONCE)
        )
    )
    numbers = sorted(answer["project"]["no"] for answer in answers)
    assert numbers == [f"2026-{number:04d}" for number in range(1, AT_ONCE + 1)]
    assert len({answer["project"]["investor"]["id"] for answer in answers}) == 1
    assert await verify() is None


async def test_twenty_submissions_under_one_key_are_one_report(stored_city: City) -> None:
    city = stored_city
    lead = {
        "name": "柠檬加工厂",
        "investorName": "杭州云岫食品有限公司",
        "uscc": uscc(1),
        "amount": "1亿",
    }
    answers = await asyncio.gather(
        *(city.act(city.anyue, "projectReport", key="7c9e6679", **lead) for _ in range(20))
    )
    assert {answer["project"]["no"] for answer in answers} == {"2026-0001"}
    assert [codes(answer) for answer in answers] == [()] * 20
    assert await Project.all().count() == 1
    assert await JournalEntry.filter(act="projectReport").count() == 1


async def test_two_claims_of_one_place_at_once_are_one(stored_city: City) -> None:
    city = stored_city
    project = await city.report()
    given = await ticketed(city, project)
    answers = await asyncio.gather(
        *(city.act(city.anyue, "projectClaim", **given) for _ in range(AT_ONCE))
    )
    assert Counter(codes(answer) for answer in answers) == {(): 1, ("RULE",): AT_ONCE - 1}


async def test_a_judgement_does_not_pass_over_a_claim_made_meanwhile(stored_city: City) -> None:
    """The office read one claim; a second came, from a place that held a ticket; it looks again."""
    city = stored_city
    project = await city.report()
    await city.done(city.anyue, "projectClaim", **await ticketed(city, project))
    assert (await city.read(project))["revision"] == project["revision"] + 1
    city.now = at("2026-11-18 10:20")
    late = await city.act(
        city.office,
        "projectJudge",
        **on(project),
        firstContactPlace="yanjiang",
        reason="只见到一份主张",
    )
    assert codes(late) == ("STALE",)
    assert "20 分钟前" in late["userErrors"][0]["message"]


async def test_entries_of_one_project_at_once_neither_drift_nor_double(stored_city: City) -> None:
    """Whoever is stale reads again and repeats: what is stored is what was given, to the fen."""
    city = stored_city
    project = await city.signed()

    async def record(number: int) -> None:
        while True:
            # Asked once: between two answers another may have recorded something.
            given, _ = await city.served(
                city.hightech, f'{{ project(no: "{project["no"]}") {{ no revision }} }}', {}
            )
            answer = await city.act(
                city.hightech,
                "fundsRecord",
                **on(given["project"]),
                amount="0.05",
                occurredOn="2026-11-18",
                sourceOfCapital="OUT_OF_PROVINCE",
                evidenceNote=f"银行回单 {number}",
                another="另一笔",
            )
            if not answer["userErrors"]:
                return

    await asyncio.gather(*(record(number) for number in range(8)))
    entries = await Entry.filter(indicator="PAID_IN_FUNDS")
    assert [entry.amount_fen for entry in entries] == [5] * 8
    shares = await city.run(
        city.hightech,
        f"""{{ project(no: "{project["no"]}") {{ paidInFunds linkage {{ shares {{
            indicator firstContact landing }} }} }} }}""",
    )
    assert shares["project"]["paidInFunds"] == "0.40"
    assert shares["project"]["linkage"]["shares"][1] == {
        "indicator": "PAID_IN_FUNDS",
        "firstContact": "0.12",
        "landing": "0.28",
    }


async def ticketed(city: City, project: Said) -> Said:
    """What Anyue says to claim a project that a search for duplicates showed it."""
    reply = await city.run(
        city.anyue,
        "query($input: DuplicatesInput!) { duplicates(input: $input) { ticket } }",
        input={"name": project["name"]},
    )
    ticket = reply["duplicates"][0]["ticket"]
    return {"ticket": ticket, "contactOn": "2026-11-10", "contactWith": "张总"}


def codes(answer: Said) -> tuple[str, ...]:
    return tuple(error["code"] for error in answer["userErrors"])
