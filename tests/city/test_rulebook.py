"""The rulebook over the graph: one person proposes, what moves is shown, another person confirms."""

import asyncio
from datetime import date
from typing import Any

import pytest

from schema.city.tables import CalendarProposal, CalendarYear, Parameter, RuleProposal
from schema.entries.tables import Credit
from schema.gate.tables import JournalEntry
from schema.project.tables import Project
from server.operations.seed import add_rules
from tests.world import City, Said, at, of

DEADLINE = "lead.assessment_deadline"
IN_FORCE = """query($name: String!, $on: Date) { rule(name: $name, on: $on) {
    value { text __typename ... on NumberValue { number unit least most }
        ... on ShareValue { firstParts landingParts indicators { label } } ... on TimeValue { time }
        ... on ChoiceValue { one chosen } }
    status clause documentNo recordedBy { name } confirmedBy { name } } }"""


async def in_force(city: City, name: str = DEADLINE, on: str | None = None) -> Said:
    found: Said = (await city.run(city.office, IN_FORCE, name=name, on=on))["rule"]
    return found


async def codes(city: City, who: str, act: str, **input: Any) -> list[tuple[str, str | None]]:
    payload = await city.act(city[who], act, **input)
    return [(each["code"], each["field"]) for each in payload["userErrors"]]


# ---------------------------------------------------------------- proposed by one, confirmed by another


async def test_a_version_holds_when_a_second_person_has_confirmed_it(city: City) -> None:
    proposal = await city.propose_rule(DEADLINE, "2026-11-18", number="３")
    assert (await in_force(city))["value"]["text"] == "2 个工作日"
    assert proposal["state"] == "WAITING" and proposal["no"] == "R2026-001"
    await city.done(city.colleague, "ruleConfirm", **of(proposal))
    held = await in_force(city)
    assert held["value"] == {
        "__typename": "NumberValue",
        "text": "3 个工作日",
        "number": 3,
        "unit": "个工作日",
        "least": 1,
        "most": 250,
    }
    assert held["documentNo"] == "资经合〔2026〕5号"
    assert (held["recordedBy"], held["confirmedBy"]) == ({"name": "李雷"}, {"name": "何佳"})
    assert (await in_force(city, on="2026-11-17"))["value"]["text"] == "2 个工作日"


async def test_nobody_confirms_what_they_have_proposed(city: City) -> None:
    proposal = await city.propose_rule(DEADLINE, "2026-11-18", number="3")
    assert await codes(city, "office", "ruleConfirm", **of(proposal)) == [("RULE", None)]
    published = await city.done(city.office, "calendarPublish", **YEAR)
    assert await codes(city, "office", "calendarConfirm", **of(published["proposal"])) == [
        ("RULE", None)
    ]
    assert not await CalendarYear.exists(year=2027)
    assert (await RuleProposal.get(no=proposal["no"])).state == "WAITING", "nothing half done"


async def test_what_is_declined_or_withdrawn_is_not_confirmed(city: City) -> None:
    declined = await city.propose_rule(DEADLINE, "2026-11-18", number="3")
    assert await codes(city, "colleague", "ruleDecline", **of(declined), reason=" ") == [
        ("INVALID", "reason")
    ]
    await city.done(city.colleague, "ruleDecline", **of(declined), reason="依据不足")
    assert await codes(city, "colleague", "ruleConfirm", **of(declined)) == [("STALE", "revision")]
    own = await city.propose_rule(DEADLINE, "2026-11-18", number="4")
    await city.done(city.office, "ruleDecline", **of(own), reason="填错")
    again = {"proposal": own["no"], "revision": 2}
    assert await codes(city, "colleague", "ruleConfirm", **again) == [("RULE", None)]
    assert await Parameter.filter(name=DEADLINE).count() == 1


async def test_of_two_confirmations_at_once_one_is_done(stored_city: City) -> None:
    city = stored_city
    proposal = await city.propose_rule(DEADLINE, "2026-11-18", number="3")
    answers = await asyncio.gather(
        *(codes(city, "colleague", "ruleConfirm", **of(proposal)) for _ in range(2))
    )
    assert sorted(answers) == [[], [("STALE", "revision")]]
    assert await Parameter.filter(name=DEADLINE).count() == 2


async def test_a_proposal_whose_day_has_passed_is_proposed_again(city: City) -> None:
    proposal = await city.propose_rule(DEADLINE, "2026-11-18", number="3")
    city.now = at("2026-11-19 09:00")
    assert await codes(city, "colleague", "ruleConfirm", **of(proposal)) == [
        ("RULE", "effectiveOn")
    ]


async def test_an_older_proposal_does_not_replace_what_was_confirmed_meanwhile(city: City) -> None:
    first = await city.propose_rule(DEADLINE, "2026-12-01", number="3")
    second = await city.propose_rule(DEADLINE, "2026-12-01", number="4")
    await city.done(city.colleague, "ruleConfirm", **of(second))
    assert await codes(city, "colleague", "ruleConfirm", **of(first)) == [("STALE", "revision")]
    seen = await city.run(
        city.colleague, "{ ruleProposals { no state revision } viewer { counts { rulebook } } }"
    )
    (one, *_) = seen["ruleProposals"]
    assert (one["no"], one["state"]) == (first["no"], "SUPERSEDED")
    assert seen["viewer"]["counts"]["rulebook"] == 0, "nobody is asked to confirm it"
    refused = await city.act(city.colleague, "ruleConfirm", **of(one))
    assert "现在是“已被取代”" in refused["userErrors"][0]["message"]
    await city.done(city.office, "ruleDecline", **of(one), reason="以另一项为准")
    assert (await in_force(city, on="2026-12-01"))["value"]["number"] == 4
    again = await city.propose_rule(DEADLINE, "2026-12-01", number="3")
    await city.done(city.colleague, "ruleConfirm", **of(again))
    assert (await in_force(city, on="2026-12-01"))["value"]["number"] == 3


async def test_an_older_calendar_does_not_replace_what_was_confirmed_meanwhile(city: City) -> None:
    new_year = {"day": "2027-01-01", "working": False, "name": "元旦"}
    others = [
        {"day": day, "working": False, "name": name}
        for day, name in (("2027-05-01", "劳动节"), ("2027-10-01", "国庆节"))
    ]
    document = {"source": "国务院办公厅通知", "documentNo": "国办发明电〔2026〕7号"}
    given = {"year": 2027, "days": [new_year, *others]} | document
    first = await city.done(city.office, "calendarPublish", **given)
    await city.publish(2027, days=given["days"])
    (one, _) = (await city.run(city.office, "{ calendarProposals { no state revision } }"))[
        "calendarProposals"
    ]
    assert (one["no"], one["state"]) == (first["proposal"]["no"], "SUPERSEDED")
    refused = await city.act(city.colleague, "calendarConfirm", **of(one))
    assert "现在是“已被取代”" in refused["userErrors"][0]["message"]
    declined = await city.done(city.office, "calendarDecline", **of(one), reason="以另一项为准")
    assert declined["proposal"]["state"] == "DECLINED"


async def test_proposals_for_two_days_are_both_confirmed(city: City) -> None:
    later = await city.propose_rule(DEADLINE, "2027-01-01", number="4")
    sooner = await city.propose_rule(DEADLINE, "2026-12-01", number="3")
    for each in (sooner, later):
        await city.done(city.colleague, "ruleConfirm", **of(each))
    assert (await in_force(city, on="2026-12-31"))["value"]["number"] == 3
    assert (await in_force(city, on="2027-01-01"))["value"]["number"] == 4


async def test_whoever_may_confirm_sees_what_waits(city: City) -> None:
    await city.propose_rule(DEADLINE, "2026-11-18", number="3")
    waiting = "{ ruleProposals { no mine state } viewer { counts { rulebook } } }"
    for who, count, proposals in (("office", 0, 1), ("colleague", 1, 1), ("yanjiang", 0, 0)):
        seen = await city.run(city[who], waiting)
        assert seen["viewer"]["counts"]["rulebook"] == count, who
        assert len(seen["ruleProposals"]) == proposals, who


# ---------------------------------------------------------------- the policy's own, and what was posted


async def test_only_the_policys_own_value_is_called_policy(city: City) -> None:
    await city.set_rule(DEADLINE, "2026-11-18", number="3")
    wrong = {"name": DEADLINE, "effectiveOn": "2026-12-01", "number": "5", "status": "SEED"}
    papers = {"clause": "第三条", "documentNo": "资经合〔2026〕6号"}
    assert await codes(city, "office", "ruleSet", **wrong, **papers) == [("RULE", "status")]
    await city.set_rule(DEADLINE, "2026-12-01", number="2", status="SEED")
    validity = wrong | {"name": "first_contact.validity", "number": "180"}
    assert await codes(city, "office", "ruleSet", **validity, **papers) == [("RULE", "status")]


async def test_an_indicator_stands_in_one_share_rule_at_a_time(city: City) -> None:
    tax = {"firstParts": "2", "landingParts": "8", "choices": ["TAX", "PAID_IN_FUNDS"]}
    papers = {"clause": "省级政策", "documentNo": "川府发〔2026〕9号"}
    new = {"name": "transfer.tax_share", "effectiveOn": "2026-12-01"} | papers
    assert await codes(city, "office", "ruleSet", **new, **tax) == [("RULE", "choices")]
    await city.set_rule(
        "transfer.indicator_share",
        "2026-12-01",
        firstParts="3",
        landingParts="7",
        choices=["SIGNED_FUNDS"],
    )
    await city.set_rule("transfer.tax_share", "2026-12-01", **tax)
    early = new | {"effectiveOn": "2026-11-30"}
    assert await codes(city, "office", "ruleSet", **early, **tax) == [("RULE", "choices")]


async def test_two_proposals_that_do_not_go_together_are_not_both_confirmed(city: City) -> None:
    """Each goes with what holds; the second no more, once the first is confirmed."""
    ratio = {"firstParts": "3", "landingParts": "7"}
    await city.set_rule("transfer.indicator_share", "2026-12-01", **ratio, choices=["SIGNED_FUNDS"])
    again = {"choices": ["SIGNED_FUNDS", "PAID_IN_FUNDS"]}
    one = await city.propose_rule("transfer.indicator_share", "2026-12-01", **ratio, **again)
    tax = {"choices": ["TAX", "PAID_IN_FUNDS"]}
    other = await city.propose_rule("transfer.tax_share", "2026-12-01", **ratio, **tax)
    await city.done(city.colleague, "ruleConfirm", **of(one))
    assert await codes(city, "colleague", "ruleConfirm", **of(other)) == [("RULE", "choices")]


async def test_a_share_reaches_back_no_further_than_what_is_posted(city: City) -> None:
    """A sharing policy that arrives late begins after the last day that something was posted for."""
    share = {"firstParts": "2", "landingParts": "8", "choices": ["TAX"]}
    papers = {"clause": "成德眉资税收分享政策", "documentNo": "川府发〔2026〕9号"}
    new = {"name": "transfer.tax_share"} | share | papers
    proposal = await city.propose_rule("transfer.tax_share", "2026-11-01", **share)
    await city.signed()
    assert await codes(city, "colleague", "ruleConfirm", **of(proposal)) == [
        ("RULE", "effectiveOn")
    ]
    assert await codes(city, "office", "ruleSet", **new, effectiveOn="2026-11-18") == [
        ("RULE", "effectiveOn")
    ]
    await city.set_rule("transfer.tax_share", "2026-11-19", **share)
    assert await Credit.filter(rule__effective_on="2026-11-19").count() == 0


# ---------------------------------------------------------------- what moves


async def test_a_rule_of_today_moves_what_is_due_of_todays_reports(city: City) -> None:
    project = await city.report()
    before = (await Project.get(no=project["no"])).judge_by
    await city.set_rule(DEADLINE, "2026-11-18", number="3")
    after = (await Project.get(no=project["no"])).judge_by
    assert (before, after) == (at("2026-11-20 17:30"), at("2026-11-23 17:30"))


PREVIEW = """query($name: String!, $number: String! = "", $first: String! = "", $landing: String! = "",
    $choices: [String!]) { rulePreview(name: $name, number: $number, firstParts: $first,
    landingParts: $landing, choices: $choices) { problem value { text } effects {
    since until compared changed items { what subject project before after } } } }"""


async def preview(city: City, **given: Any) -> Said:
    found: Said = (await city.run(city.office, PREVIEW, **given))["rulePreview"]
    return found


@pytest.mark.parametrize("name", ["yanjiang", "leader", "partner", "public"])
async def test_a_preview_is_for_those_who_may_propose(city: City, name: str) -> None:
    """It computes the city's figures by any ratio: whoever may vary it could solve for one project's."""
    given = {"name": "transfer.tax_share", "first": "9", "landing": "1", "choices": ["TAX"]}
    assert (await city.run(city[name], PREVIEW, **given))["rulePreview"] is None
    assert (await preview(city, **given))["effects"] is not None


async def test_a_preview_says_which_due_times_of_last_month_would_differ(city: City) -> None:
    city.now = at("2026-10-20 10:00")
    project = await city.report(contactOn=None)
    city.now = at("2026-11-18 10:00")
    seen = await preview(city, name=DEADLINE, number="3")
    assert (seen["effects"]["since"], seen["effects"]["until"]) == ("2026-10-01", "2026-10-31")
    assert seen["effects"]["items"] == [
        {
            "what": "最迟办结时刻",
            "subject": project["name"],
            "project": project["no"],
            "before": "2026-10-22 17:30",
            "after": "2026-10-23 17:30",
        }
    ]
    assert (await preview(city, name=DEADLINE, number="2"))["effects"]["changed"] == 0
    assert "1 到 250" in (await preview(city, name=DEADLINE, number="0"))["problem"]
    assert (await in_force(city))["value"]["number"] == 2, "a preview changes nothing"


async def test_a_preview_says_whose_credit_and_rank_of_last_month_would_differ(city: City) -> None:
    """1,000万 to hightech and Yanjiang 3∶7; by 8∶2 Yanjiang, the first-contact place, leads."""
    city.now = at("2026-10-20 10:00")
    await city.paid(await city.signed(contactOn="2026-10-12"), "1000万")
    city.now = at("2026-11-18 10:00")
    share = {"choices": ["SIGNED_FUNDS", "PAID_IN_FUNDS"], "first": "8", "landing": "2"}
    seen = await preview(city, name="transfer.indicator_share", **share)
    found = {
        (each["what"], each["subject"]): (each["before"], each["after"])
        for each in seen["effects"]["items"]
    }
    assert found["到位资金", "雁江区"] == ("300 万元", "800 万元")
    assert found["到位资金", "高新区"] == ("700 万元", "200 万元")
    assert found["名次", "雁江区"] == ("2", "1")
    assert found["名次", "高新区"] == ("1", "2")


# ---------------------------------------------------------------- the calendar

DAYS = "2027-01-01,休,元旦\n2027-05-01,休,劳动节\n2027-10-01,休,国庆节"
YEAR = {
    "year": 2027,
    "source": "国务院办公厅关于 2027 年部分节假日安排的通知",
    "documentNo": "国办发明电〔2026〕7号",
    "text": DAYS,
}


async def test_a_calendar_shows_what_it_would_move_and_holds_once_confirmed(city: City) -> None:
    city.now = at("2026-12-31 10:00")
    project = await city.report()
    proposal = (await city.done(city.office, "calendarPublish", **YEAR))["proposal"]
    assert (await Project.get(no=project["no"])).judge_by is None
    document = """query($no: String!) { calendarProposal(no: $no) { effects { items { before after } } } }"""
    seen = await city.run(city.colleague, document, no=proposal["no"])
    moved = {"before": "2027 年日历待公布", "after": "2027-01-05 17:30"}
    assert seen["calendarProposal"]["effects"]["items"] == [moved]
    done = await city.done(city.colleague, "calendarConfirm", **of(proposal))
    assert done["calendar"]["documentNo"] == "国办发明电〔2026〕7号"
    assert (await Project.get(no=project["no"])).judge_by == at("2027-01-05 17:30")
    assert (await CalendarProposal.get(no=proposal["no"])).state == "CONFIRMED"


# ---------------------------------------------------------------- what a figure says of its rules


async def test_a_deadline_names_every_rule_that_it_was_computed_by(city: City) -> None:
    await city.set_rule("lead.closing_time", "2026-11-18", time="17:00")
    project = await city.report()
    document = """query($no: String!) { project(no: $no) { linkage { clock { dueAt explanation {
        inputs { name value source ruleVersion } } } } } }"""
    seen = await city.run(city.office, document, no=project["no"])
    used = {
        each["name"]: each
        for each in seen["project"]["linkage"]["clock"]["explanation"]["inputs"]
        if each["ruleVersion"]
    }
    assert used["研判时限"]["value"] == "2 个工作日" and "政策" in used["研判时限"]["source"]
    assert used["下班时刻"]["value"] == "17:00" and "本市规定" in used["下班时刻"]["source"]
    assert used["下班时刻"]["ruleVersion"].startswith("lead.closing_time@2026-11-18#")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lead.closing_time", {"__typename": "TimeValue", "text": "17:30", "time": "17:30"}),
        ("first_contact.validity", None),
        (
            "transfer.indicator_share",
            {
                "__typename": "ShareValue",
                "text": "3∶7",
                "firstParts": 3,
                "landingParts": 7,
                "indicators": [{"label": "签约资金"}, {"label": "到位资金"}],
            },
        ),
        (
            "assessment.ranking_indicator",
            {
                "__typename": "ChoiceValue",
                "text": "到位资金",
                "one": True,
                "chosen": ["PAID_IN_FUNDS"],
            },
        ),
    ],
)
async def test_partners_read_typed_values(city: City, name: str, value: Said | None) -> None:
    seen = (await city.run(city.partner, IN_FORCE, name=name, on=None))["rule"]["value"]
    assert seen == value if value else seen["text"] == "不限"


async def test_a_release_brings_its_new_rules_into_a_city_that_is_founded(city: City) -> None:
    """What the city knows stays as the city has set it; a second time nothing is added."""
    await city.set_rule("entry.alike_within", "2026-11-18", number="7")
    await Parameter.filter(name="entry.above_agreed_by").delete()
    before = await Parameter.all().count()
    assert await add_rules(city.now) == ["entry.above_agreed_by"]
    (added,) = await Parameter.filter(name="entry.above_agreed_by")
    assert (added.value, added.status, added.effective_on) == (0, "PROPOSAL", date(2020, 1, 1))
    assert await Parameter.all().count() == before + 1
    assert await JournalEntry.filter(act="rulesAdd").count() == 1
    assert await add_rules(city.now) == []
    await city.pay(await city.signed(), "1万")
