"""Duties that several units hold, of which one is enough, and that a second person does."""

import re
from typing import Any

import pytest

from schema.database.statements import counting
from schema.duties.reminding import duty_holders
from schema.duties.repair import compare, rebuild, unattended
from schema.duties.tables import Duty
from schema.entries.tables import Entry
from schema.gate.journal import REPAIR
from schema.gate.operator import operating
from schema.people.rules import Post, Viewer
from schema.people.tables import Organization, Person
from schema.people.viewers import viewers_of
from schema.query.models import global_id
from tests.duties.clock import run_by_the_clock
from tests.duties.test_duties import duties
from tests.house.test_who_may import confirm_calendar
from tests.server.doors import signed_in
from tests.world import City, Said, at, held, of, on

MINE = """{ viewer { inbox { label page subjectNo project { no } }
    counts { inbox verification rulebook } } }"""
ACTS = "query ($no: String!) { project(no: $no) { acts { name open reason page awaited } } }"


@pytest.fixture(autouse=True)
async def the_table_is_what_the_declarations_say(city: City) -> Any:
    yield
    assert await compare(city.context(city.office)) == []


async def inbox(city: City, viewer: Viewer) -> tuple[list[Said], Said]:
    mine = (await city.run(viewer, MINE))["viewer"]
    return mine["inbox"], mine["counts"]


async def verifiers(city: City, project: Said) -> list[Any]:
    """Who had the verification on a project, and what became of it, the oldest first."""
    found = await duties(city, project, "task", "unit", "outcome")
    return [each[1:] for each in found if each[0] in ("fundsVerify", "taxVerify")]


async def test_paid_in_funds_wait_for_the_office_and_the_finance_bureau(city: City) -> None:
    paid = await city.pay(await city.signed(), "1000万")
    for viewer in (city.office, city.colleague, city.finance):
        listed, counts = await inbox(city, viewer)
        assert [each["subjectNo"] for each in listed] == [paid["entry"]["no"]], viewer.name
        assert (counts["inbox"], counts["verification"]) == (1, 1)
        assert listed[0]["page"] == f"/verification/{paid['entry']['no']}"
    for viewer in (city.revenue, city.department, city.hightech):
        assert (await inbox(city, viewer))[0] == [], viewer.name
    (due, *_) = await duties(city, paid["project"], "task", "waiting", "dueAt")
    found = await duties(city, paid["project"], "task", "waiting", "dueAt")
    assert due and found[-1] == ("fundsVerify", "高新区", "2026-11-25T17:30:00+08:00")


async def test_one_of_the_units_is_enough_and_the_other_has_no_more_to_do(city: City) -> None:
    paid = await city.pay(await city.signed(), "1000万")
    await city.verified(paid)
    found = await verifiers(city, paid["project"])
    assert sorted(found) == [("市财政局", "DONE"), ("领导小组办公室", "ENDED")]
    assert (await inbox(city, city.office))[0] == []
    lines = await city.run(city.office, "{ workloads { unit { shortName } open done } }")
    by_unit = {each["unit"]["shortName"]: each["done"] for each in lines["workloads"]}
    assert by_unit["市财政局"] == 1, "only whoever did it has it in the statistics"


async def test_what_was_returned_and_claimed_again_waits_from_then_on(city: City) -> None:
    paid = await city.pay(await city.signed(), "1000万")
    back = await city.verified(paid, verified=False, reason="回单日期不清")
    assert (await inbox(city, city.finance))[0] == []
    city.now = at("2026-11-24 09:00")
    given = {"entry": paid["entry"]["no"], "revision": back["entry"]["revision"]}
    await city.done(city.hightech, "entryResubmit", **given, amount="999万", note="按回单更正")
    found = await duties(city, paid["project"], "task", "openedAt", "dueAt", "outcome")
    assert found[-1] == (
        "fundsVerify",
        "2026-11-24T09:00:00+08:00",
        "2026-12-01T17:30:00+08:00",
        None,
    )


async def test_whoever_claimed_an_entry_does_not_have_it_to_verify(city: City) -> None:
    """The office may record what its second person then verifies."""
    project = await city.signed()
    given = {"amount": "1000万", "occurredOn": "2026-11-18", "evidenceNote": "回单 1"}
    source = {"sourceOfCapital": "OUT_OF_PROVINCE"}
    paid = await city.done(city.office, "fundsRecord", **on(project), **given, **source)
    listed, counts = await inbox(city, city.office)
    assert (listed, counts["verification"]) == ([], 0)
    assert len((await inbox(city, city.colleague))[0]) == 1
    for viewer, is_open in ((city.office, False), (city.colleague, True), (city.finance, True)):
        acts = (await city.run(viewer, ACTS, no=project["no"]))["project"]["acts"]
        (act,) = [each for each in acts if each["name"] == "fundsVerify"]
        verdict = {"entry": paid["entry"]["no"], "revision": 1, "verified": True}
        assert act["open"] is is_open and act["awaited"]
        assert act["page"] == f"/verification/{paid['entry']['no']}"
        assert (act["reason"] is None) is is_open
    refused = await city.act(city.office, "fundsVerify", **verdict)
    assert [each["message"] for each in refused["userErrors"]] == ["本人填报的由其他人员核实"]


async def test_a_unit_hands_the_verification_to_one_of_its_own_and_the_other_keeps_it(
    city: City,
) -> None:
    paid = await city.pay(await city.signed(), "1000万")
    found = await city.run(city.office, "{ viewer { inbox { id } } }")
    (duty,) = found["viewer"]["inbox"]
    given = {"duty": duty["id"], "person": global_id("Person", city.colleague.person or 0)}
    await city.done(city.office, "dutyHandOver", **given, reason="李雷出差")
    assert (await inbox(city, city.office))[0] == []
    for viewer in (city.colleague, city.finance):
        assert len((await inbox(city, viewer))[0]) == 1
    assert len(await verifiers(city, paid["project"])) == 3


async def test_a_rule_that_names_another_unit_moves_what_is_open_to_it(city: City) -> None:
    paid = await city.pay(await city.signed(), "1000万")
    await staffed(city, "statistics-bureau")
    choices = ["statistics-bureau", "finance-bureau"]
    await city.set_rule("verifier.paid_in_funds", "2026-11-18", choices=choices)
    assert sorted(await verifiers(city, paid["project"]), key=str) == [
        ("市统计局", None),
        ("市财政局", None),
        ("领导小组办公室", "HANDED_OVER"),
    ]
    opened = {
        each[1]: each[2] for each in await duties(city, paid["project"], "task", "unit", "openedAt")
    }
    assert opened["市统计局"] == "2026-11-18T10:00:00+08:00"


async def test_a_rule_of_a_later_day_moves_it_on_that_day(city: City) -> None:
    paid = await city.pay(await city.signed(), "1000万")
    await staffed(city, "statistics-bureau")
    await city.set_rule("verifier.paid_in_funds", "2026-11-19", choices=["statistics-bureau"])
    open_ones = [each[0] for each in await verifiers(city, paid["project"]) if each[1] is None]
    assert sorted(open_ones) == ["市财政局", "领导小组办公室"]
    city.now = at("2026-11-19 00:01")
    assert await run_by_the_clock(city, duty_holders) == "变动 3 件"
    open_ones = [each[0] for each in await verifiers(city, paid["project"]) if each[1] is None]
    assert open_ones == ["市统计局"]


async def test_a_row_of_a_unit_that_never_was_to_verify_is_found_and_ended(city: City) -> None:
    await city.pay(await city.signed(), "1000万")
    row = await Duty.filter(task="fundsVerify", closed_at=None).order_by("id").first()
    assert row is not None
    await Duty.filter(id=row.id).update(holder_unit_id=city.yanjiang.organization)
    async with operating(REPAIR, city.now) as gate:
        found = await rebuild(gate)
    assert [each.message for each in found] == ["应有待办事项而没有", "事项或对象已不存在"]


async def test_whoever_waits_reads_one_row_for_what_either_unit_may_verify(city: City) -> None:
    await city.pay(await city.signed(), "1000万")
    async with signed_in("hightech") as visitor:
        page = (await visitor.get("/inbox")).text
    waiting = page[page.index('id="others"') :]
    assert waiting.count("核实资金") == 1 and "1 件" in waiting
    assert re.search("<b>(市财政局或领导小组办公室|领导小组办公室或市财政局)</b>", waiting)


async def test_an_inbox_is_one_statement_whoever_verifies(city: City) -> None:
    counts = []
    for _ in range(2):
        await city.pay(await city.signed(), "1000万")
        with counting() as sent:
            await city.served(city.finance, MINE.replace("project { no }", ""), {})
        counts.append(len([each for each in sent if '"duty"' in each]))
    assert counts[0] == counts[1] <= 2, counts


# ---------------------------------------------------------------- somebody always can


async def staffed(city: City, slug: str) -> None:
    """Somebody of the industry bureau holds a post in another as well."""
    assert city.department.person is not None
    await held(city.department.person, Post.DEPARTMENT, await Organization.get(slug=slug))


async def today(city: City, viewer: Viewer) -> Viewer:
    """Somebody as the rulebook of this day has them."""
    assert viewer.person is not None
    return (await viewers_of(city.now.date(), persons=[viewer.person]))[viewer.person]


async def test_what_waits_when_no_unit_verifies_any_more_stays_with_those_who_did(
    city: City,
) -> None:
    """Signed funds wait for the finance bureau; then they are verified by being signed."""
    await city.set_rule("verifier.signed_funds", "2026-11-18", choices=["finance-bureau"])
    first, second = await city.signed(amount="1亿"), await city.signed(amount="1亿")
    entry, other = await Entry.filter(indicator="SIGNED_FUNDS").order_by("id")
    finance = await today(city, city.finance)
    verdict = {"revision": 1, "verified": False, "reason": "协议缺页"}
    back = await city.done(finance, "fundsVerify", entry=other.no, **verdict)
    await city.set_rule("verifier.signed_funds", "2026-11-18", choices=[])
    finance = await today(city, city.finance)
    assert [each["subjectNo"] for each in (await inbox(city, finance))[0]] == [entry.no]
    asked = "query($no: String!) { entry(no: $no) { verifiers } }"
    assert (await city.run(city.office, asked, no=entry.no))["entry"]["verifiers"] == ["市财政局"]
    verdict = {"entry": entry.no, "revision": 1, "verified": True}
    refused = await city.act(await today(city, city.office), "fundsVerify", **verdict)
    assert refused["userErrors"], "it is not the office's"
    await city.done(finance, "fundsVerify", **verdict)
    assert await verifiers(city, first) == [("市财政局", "DONE")]
    assert (await city.run(city.office, asked, no=entry.no))["entry"]["verifiers"] == []
    given = {"entry": other.no, "revision": back["entry"]["revision"]}
    again = await city.done(city.hightech, "entryResubmit", **given, note="补齐")
    verdict = {"entry": other.no, "revision": again["entry"]["revision"], "verified": True}
    await city.done(finance, "fundsVerify", **verdict)
    assert (await verifiers(city, second))[-1] == ("市财政局", "DONE")
    await city.signed(amount="1亿")
    states = await Entry.filter(indicator="SIGNED_FUNDS").values_list("state", flat=True)
    assert set(states) == {"VERIFIED"}, "the third was verified by being signed"


async def test_a_unit_in_which_nobody_may_verify_is_not_named(city: City) -> None:
    name, choices = "verifier.paid_in_funds", ["statistics-bureau", "finance-bureau"]
    version = {"name": name, "effectiveOn": "2026-11-19", "choices": choices}
    document = {"clause": "办公室通知", "documentNo": "资经合〔2026〕5号"}
    refused = await city.act(city.office, "ruleSet", **version, **document)
    (error,) = refused["userErrors"]
    assert error["field"] == "choices" and "市统计局届时没有" in error["message"]
    proposal = await city.propose_rule(name, "2026-11-19", choices=["finance-bureau"])
    await Person.filter(id=city.finance.person).update(active=False)
    refused = await city.act(city.colleague, "ruleConfirm", **of(proposal))
    (error,) = refused["userErrors"]
    assert error["field"] == "choices" and "市财政局届时没有" in error["message"]
    await Person.filter(id=city.finance.person).update(active=True)
    await city.done(city.colleague, "ruleConfirm", **of(proposal))


async def test_only_the_claim_that_stands_bars_whoever_made_it(city: City) -> None:
    """The office alone verifies: one claims, the other returns it and claims it anew."""
    await city.set_rule("verifier.paid_in_funds", "2026-11-18", choices=["office"])
    given = {"amount": "1000万", "occurredOn": "2026-11-18", "evidenceNote": "回单 1"}
    source = {"sourceOfCapital": "OUT_OF_PROVINCE"}
    project = on(await city.signed())
    paid = await city.done(city.office, "fundsRecord", **project, **given, **source)
    entry = {"entry": paid["entry"]["no"]}
    verdict = {"revision": paid["entry"]["revision"], "verified": False, "reason": "回单不清"}
    back = await city.done(city.colleague, "fundsVerify", **entry, **verdict)
    verdict = {"revision": back["entry"]["revision"], "note": "按回单更正"}
    again = await city.done(city.colleague, "entryResubmit", **entry, **verdict)
    assert (await inbox(city, city.colleague))[0] == []
    assert [each["subjectNo"] for each in (await inbox(city, city.office))[0]] == [entry["entry"]]
    verdict = {"revision": again["entry"]["revision"], "verified": True}
    refused = await city.act(city.colleague, "fundsVerify", **entry, **verdict)
    assert [each["message"] for each in refused["userErrors"]] == ["本人填报的由其他人员核实"]
    asked = "query($no: String!) { entry(no: $no) { act } }"
    for viewer, act in ((city.colleague, None), (city.office, "fundsVerify")):
        assert (await city.run(viewer, asked, no=entry["entry"]))["entry"]["act"] == act
    await city.done(city.office, "fundsVerify", **entry, **verdict)


async def test_an_open_duty_that_nobody_can_do_is_found(city: City) -> None:
    """One of the units is enough; a second person of the only unit is barred."""
    paid = await city.pay(await city.signed(), "1000万")
    context = city.context(city.office)
    before = await unattended(context)
    await Person.filter(id=city.finance.person).update(active=False)
    assert await unattended(context) == before, "the office still can"
    await Person.filter(id__in=[city.office.person, city.colleague.person]).update(active=False)
    found = {(each.task, each.subject) for each in await unattended(context)}
    entry = await Entry.get(no=paid["entry"]["no"])
    assert ("fundsVerify", f"Entry:{entry.id}") in found
    await Person.filter(id=city.colleague.person).update(active=True)
    claimed = f",{city.hightech.person},"
    await Duty.filter(task="fundsVerify").update(barred=f"{claimed}{city.colleague.person},")
    assert ("fundsVerify", f"Entry:{entry.id}") in {
        (each.task, each.subject) for each in await unattended(context)
    }
    await Duty.filter(task="fundsVerify").update(barred=claimed)
    assert await unattended(context) == before


# ---------------------------------------------------------------- proposals


async def test_a_rule_proposal_is_the_offices_to_confirm_but_not_the_proposers(city: City) -> None:
    proposal = await city.propose_rule("lead.assessment_deadline", "2027-01-01", number="3")
    listed, counts = await inbox(city, city.office)
    assert (listed, counts["inbox"], counts["rulebook"]) == ([], 0, 0)
    listed, counts = await inbox(city, city.colleague)
    assert [(each["label"], each["subjectNo"]) for each in listed] == [
        ("确认规则参数变更", proposal["no"])
    ]
    assert (counts["inbox"], counts["rulebook"]) == (1, 1)
    assert listed[0]["page"] == f"/rules/proposals/{proposal['no']}"
    refused = await city.act(city.office, "ruleConfirm", **of(proposal))
    assert refused["userErrors"]
    duty = global_id("Duty", (await Duty.get(task="ruleConfirm")).id)
    chosen = {"duty": duty, "person": global_id("Person", city.colleague.person)}
    refused = await city.act(city.office, "dutyHandOver", **chosen, reason="请其确认")
    assert [each["field"] for each in refused["userErrors"]] == ["duty"], "nor chosen by them"
    await city.done(city.colleague, "ruleConfirm", **of(proposal))
    assert (await inbox(city, city.colleague))[0] == []
    assert (await Duty.get(task="ruleConfirm")).outcome == "DONE"


async def test_what_another_proposal_supersedes_was_not_done_by_confirming_that_one(
    city: City,
) -> None:
    name = "lead.assessment_deadline"
    first = await city.propose_rule(name, "2027-01-01", number="3")
    second = await city.propose_rule(name, "2027-01-01", number="4")
    await city.done(city.colleague, "ruleConfirm", **of(second))
    ended = dict(await Duty.filter(task="ruleConfirm").values_list("subject_no", "outcome"))
    assert ended == {first["no"]: "ENDED", second["no"]: "DONE"}


async def test_a_calendar_proposal_that_is_taken_back_is_nobodys_any_more(city: City) -> None:
    proposal = await confirm_calendar(city)
    listed, _ = await inbox(city, city.office)
    assert [each["label"] for each in listed] == ["确认工作日历变更"]
    assert (await inbox(city, city.colleague))[0] == []
    await city.done(city.colleague, "calendarDecline", **proposal, reason="日期有误")
    assert (await inbox(city, city.office))[0] == []
    assert (await Duty.get(task="calendarConfirm")).outcome == "ENDED"


async def test_a_proposal_is_handed_to_nobody_who_made_it(city: City) -> None:
    await confirm_calendar(city)
    (duty,) = (await city.run(city.office, "{ viewer { inbox { id } } }"))["viewer"]["inbox"]
    given = {"duty": duty["id"], "person": global_id("Person", city.colleague.person or 0)}
    refused = await city.act(city.office, "dutyHandOver", **given, reason="请何佳确认")
    assert [each["field"] for each in refused["userErrors"]] == ["person"]
