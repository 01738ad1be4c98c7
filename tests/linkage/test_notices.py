"""Who asks for what they do not see is answered within a quota of the day, whichever way they ask."""

import asyncio
import json
from datetime import timedelta

import pytest

from schema.city.tables import Parameter, RuleStatus
from schema.context import Context
from schema.gate.tables import JournalEntry
from schema.jobs.declare import CLOCK
from schema.jobs.rules import JobState
from schema.jobs.runner import Runner
from schema.jobs.tables import Job
from schema.linkage.tables import Inquiry
from schema.people.tables import Company
from schema.permissions import Viewer
from tests.ledger import ledgers
from tests.ledger.ledgers import ledger_city as ledger_city
from tests.rulebook import rule
from tests.world import NOW, City, Said, at, uscc

QUOTA = 3
RENAMED = "这个信用代码登记的企业名称与所填不一致"


async def quota(value: int = QUOTA) -> None:
    await Parameter.create(
        name="lead.unseen_duplicates_per_day",
        value=value,
        effective_on="2026-11-01",
        clause="办公室通知",
        status=RuleStatus.PROPOSAL,
        recorded_at=NOW,
    )


async def guess(city: City, who: Viewer, code: str, **given: object) -> Said:
    lead: Said = {"name": "试探项目", "investorName": "乱写的公司", "amount": "1亿", "uscc": code}
    return await city.act(who, "projectReport", **lead | given)


def errors(payload: Said) -> list[tuple[str, str]]:
    return [(each["field"], each["message"]) for each in payload["userErrors"]]


async def test_a_code_with_a_wrong_name_counts_as_a_notice_and_is_noted(
    city: City, caplog: pytest.LogCaptureFixture
) -> None:
    """Though the report is refused, and all that it wrote undone."""
    await quota()
    for _ in range(QUOTA + 2):
        await city.report()
    caplog.set_level("INFO", "sixones.security")
    for number in (1, 2, 3, 1):
        ((field, message),) = errors(await guess(city, city.agent, uscc(number)))
        assert field == "investorName" and message.startswith(RENAMED)
    noted = [record.security for record in caplog.records if hasattr(record, "security")]
    assert [each["person"] for each in noted] == [city.agent.person] * QUOTA
    assert all("company" in each for each in noted)
    kept = await Inquiry.get(person_id=city.agent.person)
    assert [kind for kind, _ in kept.shown] == ["Company"] * QUOTA
    assert (kept.road, kept.asked, kept.matched, kept.withheld) == ("REPORT", 4, 4, 0)
    ((_, again),) = errors(await guess(city, city.agent, uscc(2)))
    assert again.startswith(RENAMED), "answered before"
    ((_, other),) = errors(await guess(city, city.branch, uscc(4)))
    assert other.startswith(RENAMED), "each person has their own"
    city.now = at("2026-11-19 09:00")
    ((_, tomorrow),) = errors(await guess(city, city.agent, uscc(4)))
    assert tomorrow.startswith(RENAMED), "tomorrow there are more"


async def test_once_used_up_a_known_code_is_answered_as_an_unknown_one(city: City) -> None:
    """With the right name as well: the report goes on, its code kept for the office to check."""
    await quota()
    projects = [await city.report() for _ in range(QUOTA + 2)]
    for number in range(1, QUOTA + 1):
        await guess(city, city.agent, uscc(number))
    known, right = uscc(QUOTA + 1), {"investorName": projects[QUOTA + 1]["investor"]["name"]}
    asked = [(known, {}), (uscc(QUOTA + 2), right), (uscc(8000), {})]
    before = {json.dumps(await guess(city, city.agent, code, **given)) for code, given in asked}
    assert len(before) == 1 and "次数已用完" in json.loads(before.pop())["userErrors"][0]["message"]
    for code, given in asked:
        made = await guess(city, city.agent, code, **given, acknowledgeDuplicates=True)
        assert errors(made) == [] and made["project"]["investor"]["uscc"] is None
        company = await Company.filter(no_code_reason__contains=code).get()
        assert "待办公室核对" in company.no_code_reason
    seen = await guess(city, city.yanjiang, known, acknowledgeDuplicates=True)
    assert errors(seen)[0][1].startswith(RENAMED), "whoever sees the company is answered as ever"
    official = await guess(city, city.office, known, acknowledgeDuplicates=True)
    assert errors(official)[0][1].startswith(RENAMED)


async def test_a_search_a_report_and_a_ledger_share_one_quota(city: City) -> None:
    await quota()
    projects = [await city.report() for _ in range(QUOTA + 1)]
    document = "query($name: String!) { duplicates(input: { name: $name }) { reasons } }"
    for project in projects[:2]:
        await city.run(city.anyue, document, name=project["name"])
    await guess(city, city.anyue, uscc(3))
    found = await city.run(city.anyue, document, name=projects[3]["name"])
    assert "次数已用完" in found["duplicates"][0]["reasons"][0]


async def test_searches_of_one_document_are_counted_one_after_the_other(city: City) -> None:
    await quota()
    names = [(await city.report())["name"] for _ in range(QUOTA + 2)]
    fields = " ".join(
        f'a{at}: duplicates(input: {{ name: "{name}" }}) {{ reasons }}'
        for at, name in enumerate(names)
    )
    answer, wrong = await city.served(city.anyue, f"{{ {fields} }}", {})
    assert not wrong
    told = [each for each in answer.values() if "次数已用完" not in each[0]["reasons"][0]]
    assert len(told) == QUOTA
    kept = await Inquiry.get(person_id=city.anyue.person)
    assert (kept.asked, kept.matched, kept.withheld) == (QUOTA + 2, QUOTA, 2)


async def test_of_searches_at_once_no_more_is_told_than_the_quota(stored_city: City) -> None:
    """Counted in the database under a lock of the person's: in however many processes they ask."""
    city = stored_city
    await quota()
    names = [(await city.report())["name"] for _ in range(8)]
    document = "query($name: String!) { duplicates(input: { name: $name }) { reasons } }"

    async def search(name: str) -> bool:
        answer, _ = await city.served(city.anyue, document, {"name": name})
        return "次数已用完" not in answer["duplicates"][0]["reasons"][0]

    notified = await asyncio.gather(*map(search, names))
    kept = await Inquiry.get(person_id=city.anyue.person)
    assert sum(notified) == QUOTA == len(kept.shown)
    assert (kept.asked, kept.matched, kept.withheld) == (8, QUOTA, 8 - QUOTA)


async def test_a_ledger_tells_no_more_of_companies_than_the_quota(ledger_city: City) -> None:
    """Lines behind the last that is answered are answered alike: known code or unknown code."""
    city = ledger_city
    await quota()
    for _ in range(QUOTA + 2):
        await city.report()
    lines = [
        ledgers.line(number, uscc=uscc(code), investor="乱写的公司", first="安岳县")
        for number, code in enumerate((8001, 1, 2, 3, 4, 8002, 5), 3)
    ]
    batch = await ledgers.previewed(city, *lines, by="anyue")
    found = await ledgers.rows(city, batch, by="anyue")
    messages = [[issue["message"] for issue in row["issues"]] for row in found]
    assert messages[0] == [] or "次数已用完" in messages[0][0], (
        "clean, and its name to be confirmed"
    )
    assert [each[0].startswith(RENAMED) for each in messages[1:4]] == [True] * QUOTA
    assert {tuple(each) for each in messages[4:]} == {tuple(messages[4])}
    assert "次数已用完" in messages[4][0] and {row["state"] for row in found[4:]} == {"WRONG"}
    official = await ledgers.previewed(city, *lines)
    assert official["wrongCount"] == 5


async def test_a_ledger_tells_no_more_of_projects_than_the_quota(ledger_city: City) -> None:
    """Behind the last that is answered every line of a name is to be confirmed, known or not."""
    city = ledger_city
    await quota()
    names = [(await city.report())["name"] for _ in range(QUOTA + 1)]
    lines = [
        ledgers.line(number, name=name, first="安岳县")
        for number, name in enumerate(["新项目甲", *names, "新项目乙"], 3)
    ]
    batch = await ledgers.previewed(city, *lines, by="anyue")
    found = await ledgers.rows(city, batch, by="anyue")
    by_name = {row["name"]: row for row in found}
    found = [by_name[name] for name in ("新项目甲", *names, "新项目乙")]
    messages = [[issue["message"] for issue in row["issues"]] for row in found]
    assert messages[0] == [] and all("您看不到它" in each[0] for each in messages[1 : QUOTA + 1])
    assert messages[QUOTA + 1] == messages[QUOTA + 2] and "次数已用完" in messages[QUOTA + 1][0]
    assert {row["state"] for row in found[QUOTA + 1 :]} == {"DUPLICATE"}


async def test_a_ledger_compares_an_unseen_project_by_name_and_code_alone(
    ledger_city: City,
) -> None:
    """A line without a number is not like every project whose number is not seen."""
    city = ledger_city
    await city.report(name="口腔设备产业园1号")
    line = ledgers.line(3, name="口腔设备产业园2号", first="安岳县")
    batch = await ledgers.previewed(city, line, by="anyue")
    (row,) = await ledgers.rows(city, batch, by="anyue")
    assert (row["state"], row["issues"]) == ("READY", [])


async def test_notes_are_cleared_away_when_the_rulebooks_time_for_them_is_over(city: City) -> None:
    """And those of today stay whatever it says, or the quota could be used again."""
    kept = rule("lead.unseen_notices_kept")
    for number, days in enumerate((0, kept, kept + 1)):
        await Inquiry.create(
            person_id=city.agent.person,
            organization_id=city.agent.organization,
            day=(NOW - timedelta(days=days)).date(),
            road="SEARCH",
            asked=number + 1,
            matched=1,
            withheld=0,
            shown=[["Company", 7]],
            first_at=NOW,
            last_at=NOW,
        )
    for expected in (1, 0):
        await Job.create(
            kind="clearNotices", args={}, created_at=NOW, due_at=NOW, state=JobState.WAITING
        )
        await Runner(lambda: Context(viewer=CLOCK, now=city.now)).finish()
        done = await Job.filter(kind="clearNotices", slot_at=None).order_by("-id").first()
        assert done and done.result.startswith("清理 2026-05-19 以前的查重提示记录 ")
        assert f"记录 {expected} 条（保存 183 日）" in done.result
    assert await Inquiry.all().order_by("id").values_list("asked", flat=True) == [1, 2]
    entry = await JournalEntry.get(act="clearNotices")
    assert "1 条" in entry.reason and entry.actor_name == "时钟"
