"""Article 3, 会同: in which order claims are proposed, what the group's office gives, how the office judges."""

from typing import Any

import pytest

from schema.database.statements import counting
from schema.duties.repair import compare
from schema.duties.tables import Duty
from schema.evidence.tables import Attachment
from schema.gate.tables import JournalEntry
from schema.linkage.tables import Claim, Judgement, Opinion
from schema.people.rules import Post, Viewer
from schema.people.tables import Group, Organization
from schema.project.tables import Project
from tests.documents.papers import sentences
from tests.ledger import ledgers
from tests.linkage.test_acts import PAPER
from tests.project.test_pages import main, seen
from tests.project.test_pages import standing_clock as standing_clock
from tests.server.doors import signed_in
from tests.world import City, Said, at, held, on, operating, uscc
from tests.world import viewer as new_viewer

LINKAGE = """query($no: String!) { project(no: $no) { revision linkage {
    opinionState opinionDueAt
    opinion { stance late reason place { slug } group { slug } givenAs { name unit } }
    opinions { group { slug } }
    proposedClaims { rank ground proposed claim { byReport assessment assessmentReason
        assessedAs { name unit title } place { slug } } }
    judgementBasis { proposedPlace { slug } proposedGround departure withoutClaim opinionWords
        formerOpinions { stance } formerWords
        explanation { rules { name } inputs { key value } } }
} } }"""


async def linkage(city: City, project: Said, who: str = "office") -> Said:
    found: Said = (await city.run(city[who], LINKAGE, no=project["no"]))["project"]["linkage"]
    return found


async def order(city: City, project: Said) -> list[tuple[str, str, bool]]:
    claims = (await linkage(city, project))["proposedClaims"]
    return [(each["claim"]["place"]["slug"], each["ground"], each["proposed"]) for each in claims]


async def claimed(city: City, project: Said, place: str, day: str, **given: Any) -> Said:
    """The project after another place's claim, which the office records."""
    claim = {"project": project["no"], "place": place, "contactOn": day, "contactWith": "李总"}
    claim |= {"evidence": [PAPER]}
    made = await city.done(city.office, "projectClaim", **claim | given)
    found: Said = made["project"]
    return found


async def brought(city: City, project: Said, place: str, day: str) -> Said:
    """The project after another place's report of it, which had no evidence and waited for completion,
    was merged into it: a claim by its own word alone.
    """
    other = await city.report(city[place], contactOn=day)
    back = await city.done(city.office, "projectReturn", **on(other), reason="补营业执照")
    merged = {"into": project["no"], "reason": "同一项目"}
    await city.done(city.office, "projectMerge", **on(back["project"]), **merged)
    return await city.read(project)


async def assessed(city: City, project: Said, place: str, good: bool = True) -> Said:
    done = await city.done(
        city.office,
        "claimAssess",
        claim=await city.claim_of(place, project),
        revision=project["revision"],
        assessment="GOOD" if good else "NOT_SUFFICIENT",
        reason="签到表与往来函件相符" if good else "会议纪要没有日期",
    )
    found: Said = done["project"]
    return found


def judging(project: Said, place: str = "yanjiang", **given: Any) -> Said:
    return on(project) | {"firstContactPlace": place, "reason": "经会同研判"} | given


def fields(payload: Said) -> list[str]:
    return [each["field"] for each in payload["userErrors"]]


async def refusal(city: City, **given: Any) -> dict[str, str]:
    payload = await city.act(city.office, "projectJudge", **given)
    return {each["field"]: each["message"] for each in payload["userErrors"]}


# ---------------------------------------------------------------- a report is a claim


async def test_a_report_of_a_place_is_its_claim_with_its_time_whether_it_has_met_anybody_or_not(
    city: City,
) -> None:
    city.now = at("2026-11-17 09:30")
    project = await city.report(contactOn=None)
    (claim,) = await Claim.filter(project__no=project["no"])
    own = await Project.get(no=project["no"])
    assert (claim.by_report, claim.claimed_at) == (True, own.reported_at)
    assert (f"{claim.contact_on}", claim.note) == ("2026-11-17", "未填初次接洽日期，以报送日计")
    assert await order(city, project) == [("yanjiang", "2026-11-17 上报在先", True)]
    await city.opined(project)
    path, missing = f"/projects/{project['no']}", "未填，以报送日计"
    async with signed_in("yanjiang") as visitor:
        page = main(await seen(visitor, f"{path}/receipt"))
        assert f"初次接洽日期{missing}，佐证 0 份" in page and "接洽，佐证" not in page
        paper = (await visitor.get(f"{path}/receipt.docx")).content
        assert any(missing in each for each in sentences(paper))
        assert missing in main(await seen(visitor, "/claims"))
        assert missing in main(await seen(visitor, f"{path}/judgement"))
    async with signed_in("office") as visitor:
        page = main(await seen(visitor, "/journal?act=projectReport"))
    assert f"初次接洽日期：{missing}" in page and "初次接洽日期：2026" not in page


async def test_what_was_met_needs_its_day_and_a_report_without_it_is_a_claim_still(
    city: City,
) -> None:
    lead = {"name": "柠檬园", "investorName": "四川某公司", "uscc": uscc(7), "amount": "3亿"}
    refused = await city.act(city.yanjiang, "projectReport", **lead, contactWith="张总")
    (wrong,) = refused["userErrors"]
    assert (wrong["field"], wrong["message"]) == (
        "contactOn",
        "请填初次接洽日期；尚未接洽的，主张首谈的地方和接洽情况请留空",
    )
    dated = await city.report(contactOn="2026-11-12")
    async with signed_in("yanjiang") as visitor:
        page = main(await seen(visitor, f"/projects/{dated['no']}/receipt"))
    assert "11月12日 接洽，佐证 0 份" in page


async def test_another_place_is_another_one_than_the_proposed(city: City) -> None:
    project = await city.report()
    given = {"stance": "ANOTHER", "reason": "更近"}
    refused = await city.act(city.group, "projectOpine", **on(project), **given, place="yanjiang")
    (wrong,) = refused["userErrors"]
    assert wrong["field"] == "place" and "雁江区就是按顺序建议的首谈地" in wrong["message"]
    assert not await Opinion.exists()
    done = await city.act(city.yanjiang, "projectOpine", **on(project), **given, place="anyue")
    assert [each["code"] for each in done["userErrors"]] == ["NOT_ALLOWED"]
    await city.done(city.group, "projectOpine", **on(project), **given, place="anyue")


async def test_a_line_of_a_ledger_is_its_uploaders_claim(city: City) -> None:
    await ledgers.imported(city, ledgers.line(1))
    claims = await Claim.all()
    assert claims and all(each.by_report for each in claims)


async def test_a_report_merged_brings_its_time_along_unless_it_waited_for_completion(
    city: City,
) -> None:
    """What was sent back as incomplete was not accepted: its claim stands as one without a report."""
    city.now = at("2026-11-16 10:00")
    early, incomplete = await city.report(city.anyue), await city.report(city.lezhi)
    back = await city.done(city.office, "projectReturn", **on(incomplete), reason="补营业执照")
    city.now = at("2026-11-17 10:00")
    project = await city.report()
    for each in (early, back["project"]):
        merged = {"into": project["no"], "reason": "同一项目"}
        await city.done(city.office, "projectMerge", **on(each), **merged)
    assert await order(city, project) == [
        ("anyue", "2026-11-16 上报在先", True),
        ("yanjiang", "2026-11-17 上报", False),
        ("lezhi", "仅自报日期，不据以定序", False),
    ]


@pytest.mark.parametrize("claimed_by", ["a ticket", "the office"])
async def test_a_merged_report_is_its_reporters_claim_also_where_they_had_claimed_already(
    city: City, claimed_by: str
) -> None:
    """Their claim takes the report's time, and keeps the better evidence of the two."""
    city.now = at("2026-11-16 09:00")
    project = await city.report(city.branch)
    if claimed_by == "a ticket":
        claim = {"contactOn": "2026-11-10"}
        claim |= {"ticket": await city.ticket(city.anyue, project, evidence=[PAPER])}
        claim |= {"contactWith": "李总", "evidence": [PAPER]}
        await city.done(city.anyue, "projectClaim", **claim)
        project = await city.read(project)
    else:
        project = await claimed(city, project, "anyue", "2026-11-10")
    project = await assessed(city, project, "anyue")
    city.now = at("2026-11-16 10:00")
    first = await city.report(city.anyue, contactOn=None)
    city.now = at("2026-11-17 10:00")
    second = await city.report(city.lezhi)
    for each in (second, first):
        merged = {"into": project["no"], "reason": "同一项目"}
        await city.done(city.office, "projectMerge", **on(each), **merged)
    assert await order(city, project) == [
        ("anyue", "2026-11-16 上报在先，凭证经办公室认可", True),
        ("lezhi", "2026-11-17 上报", False),
    ]
    (kept,) = await Claim.filter(project__no=project["no"], place__slug="anyue")
    assert (f"{kept.contact_on}", kept.contact_with) == ("2026-11-10", "李总")
    assert kept.claimed_at == at("2026-11-16 10:00") and kept.by_report
    reporter = await Project.get(no=first["no"])
    assert kept.claimed_by_id == reporter.reporter_id  # type: ignore[attr-defined]


async def test_the_better_evidence_of_a_merged_report_joins_the_claim_that_stands(
    city: City,
) -> None:
    """A report that was sent back gives its evidence, and not its time."""
    project = await city.report(city.branch)
    project = await brought(city, project, "anyue", "2026-11-12")
    other = await city.report(city.anyue, contactOn="2026-11-05", evidence=[PAPER])
    other = await assessed(city, other, "anyue")
    back = await city.done(city.office, "projectReturn", **on(other), reason="补营业执照")
    merged = {"into": project["no"], "reason": "同一项目"}
    await city.done(city.office, "projectMerge", **on(back["project"]), **merged)
    words = "凭证经办公室认可，2026-11-05 接洽"
    assert await order(city, project) == [("anyue", words, True)]
    files = await Attachment.filter(project__no=project["no"], subject_kind="Claim")
    assert [each.name for each in files] == ["会议纪要.txt"]


async def test_of_claims_from_before_it_was_kept_the_time_tells_which_is_the_reports_own(
    city: City,
) -> None:
    city.now = at("2026-11-16 10:00")
    project = await city.report()
    city.now = at("2026-11-16 11:00")
    await claimed(city, project, "anyue", "2026-10-01")
    await Claim.all().update(by_report=None)
    assert [place for place, *_ in await order(city, project)] == ["yanjiang", "anyue"]
    assert (await order(city, project))[0][1] == "2026-11-16 上报在先"


# ---------------------------------------------------------------- evidence is assessed


async def test_the_office_marks_the_evidence_of_a_claim_and_may_change_its_mind_before_judgement(
    city: City,
) -> None:
    """A branch has brought the lead; two places say that they met the investor first."""
    project = await city.report(city.branch)
    project = await brought(city, project, "anyue", "2026-10-01")
    project = await claimed(city, project, "lezhi", "2026-10-20")
    assert await order(city, project) == [
        ("anyue", "仅自报日期，不据以定序", False),
        ("lezhi", "凭证待办公室认定，暂不据以定序", False),
    ], "a self-declared day is proposed to nobody"
    project = await assessed(city, project, "lezhi")
    assert await order(city, project) == [
        ("lezhi", "凭证经办公室认可，2026-10-20 接洽", True),
        ("anyue", "仅自报日期，不据以定序", False),
    ]
    project = await assessed(city, project, "lezhi", good=False)
    assert (await order(city, project))[1] == ("lezhi", "凭证经办公室认定不足，不据以定序", False)
    (mine,) = [
        each["claim"]
        for each in (await linkage(city, project))["proposedClaims"]
        if each["claim"]["place"]["slug"] == "lezhi"
    ]
    assert mine["assessedAs"] == {"name": "李雷", "unit": "领导小组办公室", "title": "主任"}
    entry = await JournalEntry.filter(act="claimAssess").order_by("-id").first()
    assert entry and entry.reason == "会议纪要没有日期"
    (found,) = [each for key, each in entry.changes.items() if key.startswith("Claim:")]
    assert found["assessment"] == ["GOOD", "NOT_SUFFICIENT"]


async def test_what_was_not_given_is_not_found_good_and_what_is_judged_is_not_assessed(
    city: City,
) -> None:
    project = await brought(city, await city.report(), "anyue", "2026-10-01")
    claim = await city.claim_of("anyue", project)
    good = {"claim": claim, "assessment": "GOOD", "reason": "口头说明"}
    refused = await city.act(city.office, "claimAssess", **good, revision=project["revision"])
    assert refused["userErrors"][0]["message"] == "这件申报没有佐证材料，不能认定为凭证充分"
    assert fields(refused) == ["assessment"]
    project = await city.opined(project)
    done = await city.done(city.office, "projectJudge", **judging(project))
    late = await city.act(city.office, "claimAssess", **good, revision=done["project"]["revision"])
    assert "项目现在是“在谈”" in late["userErrors"][0]["message"]


async def test_only_the_office_assesses_and_a_place_reads_what_was_found_of_its_own(
    city: City,
) -> None:
    project = await claimed(city, await city.report(), "anyue", "2026-10-01")
    given = {"claim": await city.claim_of("anyue", project), "revision": project["revision"]}
    tried = given | {"assessment": "GOOD", "reason": "属实"}
    for who in ("anyue", "group", "leader", "agent"):
        assert (await city.act(city[who], "claimAssess", **tried))["userErrors"], who
    await assessed(city, project, "anyue")
    read = "{ claims { nodes { assessment assessmentReason } } }"
    (own,) = (await city.run(city.anyue, read))["claims"]["nodes"]
    assert own == {"assessment": "GOOD", "assessmentReason": "签到表与往来函件相符"}


# ---------------------------------------------------------------- the office judges


async def test_judging_for_another_than_the_first_proposed_asks_for_a_reason_that_names_it(
    city: City,
) -> None:
    project = await claimed(city, await city.report(), "anyue", "2026-10-01")
    project = await city.opined(await assessed(city, project, "anyue"))
    asked = await refusal(city, **judging(project, "anyue"))
    assert list(asked) == ["departure"]
    assert "雁江区（2026-11-18 上报在先）" in asked["departure"]
    vague = await refusal(city, **judging(project, "anyue", departure="对方更早"))
    assert list(vague) == ["departure"]
    why = "雁江区上报时投资方已与安岳县签会谈备忘"
    await city.done(city.office, "projectJudge", **judging(project, "anyue", departure=why))
    basis = (await linkage(city, project))["judgementBasis"]
    assert (basis["proposedPlace"]["slug"], basis["departure"]) == ("yanjiang", why)
    assert basis["proposedGround"] == "2026-11-18 上报在先"
    named = {each["key"]: each["value"] for each in basis["explanation"]["inputs"]}
    assert named["proposed"] == "雁江区" and named["departure"] == why
    assert named["opinion"] == basis["opinionWords"]


async def test_a_reason_for_departing_is_of_no_use_where_nobody_departs(city: City) -> None:
    project = await city.opined(await city.report())
    given = judging(project, departure="雁江区在先", withoutClaim=True)
    assert sorted(await refusal(city, **given)) == ["departure", "withoutClaim"]


async def test_judging_for_a_place_without_a_claim_asks_again_and_the_record_says_so(
    city: City,
) -> None:
    project = await city.opined(await city.report())
    asked = await refusal(city, **judging(project, "lezhi"))
    assert sorted(asked) == ["departure", "withoutClaim"], "all at once"
    assert asked["withoutClaim"].startswith("乐至县没有申报首谈")
    given = judging(project, "lezhi", departure="雁江区主动让出", withoutClaim=True)
    await city.done(city.office, "projectJudge", **given)
    basis = (await linkage(city, project))["judgementBasis"]
    assert basis["withoutClaim"] is True
    words = [each["value"] for each in basis["explanation"]["inputs"]]
    assert "认定的首谈地没有申报首谈" in words


# ---------------------------------------------------------------- 会同


async def test_the_office_does_not_judge_before_the_groups_limit_without_its_opinion(
    city: City,
) -> None:
    project = await city.report()  # Wednesday 10:00
    refused = await refusal(city, **judging(project))
    words = "先进制造组的会同意见尚未提出，2026-11-19 17:30 以后可不待意见研判"
    assert refused == {"project": words}
    declined = on(project) | {"verdict": "DECLINED", "reason": "不属实"}
    assert await refusal(city, **declined) == {"project": words}
    city.now = at("2026-11-19 17:30")
    assert await refusal(city, **judging(project)) == {"project": words}, "to the minute"
    assert (await Project.get(no=project["no"])).stage == "REPORTED"
    assert not await Judgement.exists()


async def test_once_the_limit_has_passed_the_office_judges_without_it_and_the_record_says_so(
    city: City,
) -> None:
    project = await city.report()
    city.now = at("2026-11-19 17:31")
    assert (await linkage(city, project))["opinionState"] == "OVERDUE"
    await city.done(city.office, "projectJudge", **judging(project))
    found = await linkage(city, project)
    assert found["opinionState"] == "MISSED"
    basis = found["judgementBasis"]
    assert basis["opinionWords"] == "未收到先进制造组会同意见，已逾 2026-11-19 17:30 的时限"
    assert [each["name"] for each in basis["explanation"]["rules"]] == ["lead.opinion_deadline"]
    duty = await Duty.get(task="projectOpine")
    assert duty.outcome == "ENDED", "nobody has done it"
    async with signed_in("office") as visitor:
        page = main(await seen(visitor, f"/projects/{project['no']}"))
        assert "未收到先进制造组会同意见，已逾 2026-11-19 17:30 的时限" in page


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"stance": "AGREE"}, "同意。符合产业方向"),
        ({"stance": "ANOTHER", "place": "anyue"}, "建议首谈地为安岳县。符合产业方向"),
        ({"stance": "OBJECT"}, "不同意受理。符合产业方向"),
    ],
)
async def test_the_groups_office_gives_its_opinion_and_the_judgement_rests_on_it(
    city: City, given: Said, words: str
) -> None:
    project = await city.report()
    project = await city.opined(project, **given, reason="符合产业方向", evidence=[PAPER])
    found = await linkage(city, project)
    assert found["opinionState"] == "GIVEN" and found["opinion"]["late"] is False
    assert found["opinion"]["givenAs"] == {"name": "吴钢", "unit": "先进制造组"}
    await city.done(city.office, "projectJudge", **judging(project))
    basis = (await linkage(city, project))["judgementBasis"]
    assert basis["opinionWords"] == f"先进制造组会同意见（2026-11-18 10:00 提出）：{words}"
    async with signed_in("yanjiang") as visitor:
        page = main(await seen(visitor, f"/projects/{project['no']}"))
        assert basis["opinionWords"] in page


async def test_an_opinion_after_the_limit_is_taken_and_marked_as_late(city: City) -> None:
    project = await city.report()
    city.now = at("2026-11-20 09:00")
    project = await city.opined(project)
    assert (await linkage(city, project))["opinion"]["late"] is True
    duty = await Duty.get(task="projectOpine")
    assert duty.outcome == "DONE" and duty.closed_at and duty.due_at
    assert duty.closed_at > duty.due_at
    await city.done(city.office, "projectJudge", **judging(project))
    basis = (await linkage(city, project))["judgementBasis"]
    assert "（2026-11-20 09:00 逾期提出）" in basis["opinionWords"]


async def test_an_opinion_names_another_place_where_it_proposes_one_and_is_given_once(
    city: City,
) -> None:
    project = await city.report()
    nowhere = await city.act(
        city.group, "projectOpine", **on(project), stance="ANOTHER", reason="安岳更近"
    )
    assert fields(nowhere) == ["place"]
    needless = await city.act(
        city.group, "projectOpine", **on(project), stance="AGREE", place="anyue", reason="同意"
    )
    assert fields(needless) == ["place"]
    project = await city.opined(project)
    again = await city.act(
        city.group, "projectOpine", **on(project), stance="OBJECT", reason="改变主意"
    )
    assert fields(again) == ["replace"]
    assert again["userErrors"][0]["message"].startswith("贵组已提出会同意见；要更正的请打勾")
    assert await Opinion.all().count() == 1


async def test_a_group_corrects_its_opinion_until_the_judgement_and_both_are_kept(
    city: City,
) -> None:
    """By the page that gives it, asked once; the desk shows the last one, the judgement rests on it."""
    project = await city.report()
    first = {"stance": "AGREE", "reason": "同意"}
    needless = await city.act(city.group, "projectOpine", **on(project), **first, replace=True)
    assert fields(needless) == ["replace"], "there is nothing to correct"
    project = await city.opined(project, stance="OBJECT", reason="不合产业方向")
    path = f"/projects/{project['no']}/opinion"
    form = {"act": "ProjectOpine", **on(project), "stance": "AGREE", "reason": "核对后符合方向"}
    acts = "query($no: String!) { project(no: $no) { acts { name open } } }"
    for who, is_open in (("group", True), ("office", False), ("yanjiang", False)):
        found = (await city.run(city[who], acts, no=project["no"]))["project"]["acts"]
        opine = [each["open"] for each in found if each["name"] == "projectOpine"]
        assert opine in ([is_open], [] if not is_open else None), who
    other = await city.act(city.department, "projectOpine", **on(project), **first, replace=True)
    assert [each["code"] for each in other["userErrors"]] == ["NOT_ALLOWED"]
    city.now = at("2026-11-18 15:00")
    async with signed_in("group") as visitor:
        assert "更正会同意见" in main(await seen(visitor, f"/projects/{project['no']}"))
        asked = await visitor.post(path, data=form)
        assert asked.status_code == 422 and 'name="replace"' in asked.text
        assert (await visitor.post(path, data=form | {"replace": "true"})).status_code == 303
    assert (await Duty.get(task="projectOpine")).outcome == "DONE"
    given = await Opinion.all().order_by("id")
    assert [each.stance for each in given] == ["OBJECT", "AGREE"]
    assert given[1].given_at > given[0].given_at
    entries = await JournalEntry.filter(act="projectOpine").order_by("id")
    assert [each.reason for each in entries] == ["不合产业方向", "核对后符合方向"]
    found = await linkage(city, project)
    assert found["opinion"]["stance"] == "AGREE" and len(found["opinions"]) == 2
    async with signed_in("office") as visitor:
        desk = main(await seen(visitor, f"/projects/{project['no']}/judgement"))
    assert (
        desk.index("核对后符合方向") < desk.index("此前的意见，供参考") < desk.index("不合产业方向")
    )
    project = await city.read(project)
    done = await city.done(city.office, "projectJudge", **judging(project))
    basis = (await linkage(city, project))["judgementBasis"]
    assert basis["opinionWords"].endswith("同意。核对后符合方向")
    (former,) = basis["formerWords"]
    assert "其后由该组更正" in former and former.endswith("不同意受理。不合产业方向")
    late = await city.act(city.group, "projectOpine", **on(done["project"]), **first, replace=True)
    assert "项目现在是“在谈”" in late["userErrors"][0]["message"]


async def test_only_the_leads_own_group_gives_it_and_who_does_not_see_the_lead_sees_no_opinion(
    city: City,
) -> None:
    project = await city.report()
    for who in ("office", "yanjiang", "department", "leader"):
        refused = await city.act(
            city[who], "projectOpine", **on(project), stance="AGREE", reason="同意"
        )
        assert [each["code"] for each in refused["userErrors"]] == ["NOT_ALLOWED"], who
    other = await city.report(group="health-care")
    refused = await city.act(city.group, "projectOpine", **on(other), stance="AGREE", reason="同意")
    assert fields(refused) == ["project"], "it does not exist for another group"
    project = await claimed(city, await city.opined(project), "anyue", "2026-10-01")
    opinion = await Opinion.get()
    node = "query($id: ID!) { node(id: $id) { id } }"
    key = f"Opinion:{opinion.id}".encode().hex().upper()
    for who, sees in (("office", True), ("yanjiang", False), ("anyue", False), ("agent", False)):
        found = (await city.run(city[who], node, id=key))["node"]
        assert (found is not None) == sees, who


async def test_the_groups_clock_stands_still_with_the_offices_and_its_duty_says_the_same(
    city: City,
) -> None:
    project = await city.report()
    city.now = at("2026-11-19 10:00")
    back = await city.done(city.office, "projectReturn", **on(project), reason="补营业执照")
    waits = await linkage(city, project)
    assert (waits["opinionState"], waits["opinionDueAt"]) == ("WAITING", None)
    refused = await city.act(
        city.group, "projectOpine", **on(back["project"]), stance="AGREE", reason="同意"
    )
    assert "待补正" in refused["userErrors"][0]["message"]
    city.now = at("2026-11-24 10:00")
    await city.done(city.yanjiang, "projectResubmit", **on(back["project"]), note="已补")
    found = await linkage(city, project)
    assert found["opinionDueAt"] == "2026-11-24T17:30:00+08:00"
    assert (await Duty.get(task="projectOpine")).due_at == at("2026-11-24 17:30")
    assert await compare(city.context(city.office)) == []


async def test_a_limit_of_the_groups_never_outlasts_the_two_days(city: City) -> None:
    await city.set_rule("lead.opinion_deadline", "2026-11-18", number="5")
    city.now = at("2026-11-18 11:00")
    project = await city.report()
    assert (await linkage(city, project))["opinionDueAt"] == "2026-11-20T17:30:00+08:00"
    assert (await Duty.get(task="projectOpine")).due_at == at("2026-11-20 17:30")


async def test_what_was_reported_before_the_first_day_of_the_rule_is_judged_as_before(
    city: City,
) -> None:
    city.now = at("2025-12-31 10:00")
    project = await city.report(group=None, contactOn="2025-12-30")
    city.now = at("2026-01-05 10:00")
    assert not await Duty.filter(task="projectOpine").exists()
    assert (await linkage(city, project))["opinionState"] == "NOT_ASKED"
    await city.done(city.office, "projectJudge", **judging(project))
    basis = (await linkage(city, project))["judgementBasis"]
    assert basis["opinionWords"] == "" and basis["explanation"]["rules"] == []
    earlier = await city.report(contactOn="2026-01-04")
    assert (await linkage(city, earlier))["opinionState"] == "WAITING"


async def test_of_an_old_lead_no_opinion_is_asked_and_none_is_taken(city: City) -> None:
    city.now = at("2025-12-31 10:00")
    project = await city.report(contactOn="2025-12-30")
    refused = await city.act(
        city.group, "projectOpine", **on(project), stance="AGREE", reason="同意"
    )
    words = "这条信息按报送时的规则研判，不需要会同意见"
    assert refused["userErrors"][0]["message"] == words


# ---------------------------------------------------------------- the group


async def test_a_lead_without_a_group_is_given_one_before_it_is_judged(city: City) -> None:
    project = await city.report(group=None)
    assert (await linkage(city, project))["opinionState"] == "NO_GROUP"
    refused = await refusal(city, **judging(project))
    assert refused == {"project": "这条信息还没有产业招商小组，请先明确小组，由小组提出会同意见"}
    city.now = at("2026-11-19 11:00")
    amended = await city.done(
        city.office,
        "projectAmend",
        **on(project),
        group="advanced-manufacturing",
        reason="属装备制造",
    )
    due = (await linkage(city, project))["opinionDueAt"]
    assert due == "2026-11-20T17:30:00+08:00", "its own working day, whole"
    duty = await Duty.get(task="projectOpine")
    assert (duty.since, duty.due_at) == (city.now, at("2026-11-20 17:30"))
    project = await city.opined(amended["project"])
    await city.done(city.office, "projectJudge", **judging(project))
    assert await compare(city.context(city.office)) == []


async def test_a_wrong_group_is_corrected_and_the_former_ones_opinion_counts_no_more(
    city: City,
) -> None:
    """The duty is the new group's, from now; what the former group has given is kept as it is."""
    project = await city.opined(await city.report(), stance="OBJECT", reason="不属本组")
    city.now = at("2026-11-18 15:00")
    given = {"group": "health-care", "reason": "口腔器械归医疗康养"}
    amended = await city.done(city.office, "projectAmend", **on(project), **given)
    project = amended["project"]
    found = await linkage(city, project)
    assert (found["opinionState"], found["opinion"]) == ("WAITING", None)
    assert [each["group"]["slug"] for each in found["opinions"]] == ["advanced-manufacturing"]
    assert "project" in await refusal(city, **judging(project))
    again = await city.act(city.office, "projectAmend", **on(project), **given)
    assert again["userErrors"][0]["message"] == "这条信息已由该小组办理，请选另一个小组"
    city.now = at("2026-11-20 10:00")
    await city.done(city.office, "projectJudge", **judging(project))
    basis = (await linkage(city, project))["judgementBasis"]
    assert basis["opinionWords"] == "未收到医疗康养组会同意见，已逾 2026-11-19 17:30 的时限"
    assert [each["stance"] for each in basis["formerOpinions"]] == ["OBJECT"]
    former = "此前先进制造组的意见（2026-11-18 10:00 提出，其后更正小组或补正，不再作为会同意见）：不同意受理。不属本组"
    assert basis["formerWords"] == [former]
    named = {each["key"]: each["value"] for each in basis["explanation"]["inputs"]}
    assert named["former1"] == former and named["since"] == "2026-11-18 15:00"
    assert "cap" not in named, "its limit is its own"
    async with signed_in("office") as visitor:
        assert former in main(await seen(visitor, f"/projects/{project['no']}"))


@pytest.mark.parametrize(
    ("group", "amended", "too_soon", "due"),
    [
        ("advanced-manufacturing", "2026-11-23 09:00", "2026-11-24 17:30", "2026-11-24 17:30"),
        (None, "2026-11-20 17:29", "2026-11-20 17:31", "2026-11-23 17:30"),
    ],
)
async def test_whichever_way_a_group_comes_late_it_has_its_whole_limit(
    city: City, group: str | None, amended: str, too_soon: str, due: str
) -> None:
    """Nobody answers for a limit that had passed, or all but passed, before they had the report."""
    project = await city.report(group=group)
    city.now = at(amended)
    given = {"group": "health-care", "reason": "口腔器械归医疗康养"}
    project = (await city.done(city.office, "projectAmend", **on(project), **given))["project"]
    words = f"医疗康养组的会同意见尚未提出，{due} 以后可不待意见研判"
    assert await refusal(city, **judging(project)) == {"project": words}, "in the same minute"
    city.now = at(too_soon)
    assert await refusal(city, **judging(project)) == {"project": words}
    duty = await Duty.get(task="projectOpine", closed_at=None)
    assert (duty.since, duty.due_at) == (at(amended), at(due))
    assert await compare(city.context(city.office)) == []
    city.now = at("2026-11-25 09:00")
    await city.done(city.office, "projectJudge", **judging(project))
    basis = (await linkage(city, project))["judgementBasis"]
    assert basis["opinionWords"] == f"未收到医疗康养组会同意见，已逾 {due} 的时限"
    named = {each["key"]: each["value"] for each in basis["explanation"]["inputs"]}
    assert named["since"] == amended


async def test_other_facts_or_a_group_that_comes_back_ask_for_the_opinion_anew(city: City) -> None:
    """What was given before rests on what the report no longer says, or counted no more already."""
    project = await city.opined(await city.report(), reason="三亿项目符合方向")
    city.now = at("2026-11-18 11:00")
    back = await city.done(city.office, "projectReturn", **on(project), reason="补营业执照")
    city.now = at("2026-11-18 12:00")
    same = await city.done(
        city.yanjiang, "projectResubmit", **on(back["project"]), amount="12.5亿", note="已补"
    )
    assert (await linkage(city, project))["opinionState"] == "GIVEN", "the facts are the same"
    back = await city.done(city.office, "projectReturn", **on(same["project"]), reason="核金额")
    city.now = at("2026-11-19 10:00")
    other = await city.done(
        city.yanjiang, "projectResubmit", **on(back["project"]), amount="3亿", note="核减"
    )
    found = await linkage(city, project)
    assert (found["opinionState"], found["opinion"]) == ("WAITING", None)
    assert found["opinionDueAt"] == "2026-11-20T17:30:00+08:00"
    assert "project" in await refusal(city, **judging(other["project"]))
    city.now = at("2026-11-19 11:00")
    project = await city.opined(other["project"], stance="OBJECT", reason="规模不足")
    for hour, group in ((12, "health-care"), (13, "advanced-manufacturing")):
        city.now = at(f"2026-11-19 {hour}:00")
        given = {"group": group, "reason": "更正"}
        project = (await city.done(city.office, "projectAmend", **on(project), **given))["project"]
    assert (await linkage(city, project))["opinionState"] == "WAITING"
    assert await compare(city.context(city.office)) == []
    city.now = at("2026-11-19 14:00")
    project = await city.opined(project, reason="规模虽小，符合方向")
    await city.done(city.office, "projectJudge", **judging(project))
    basis = (await linkage(city, project))["judgementBasis"]
    assert basis["opinionWords"].endswith("同意。规模虽小，符合方向")
    assert [each["stance"] for each in basis["formerOpinions"]] == ["AGREE", "OBJECT"]


async def test_nobody_is_both_sides_of_a_joint_judgement(city: City) -> None:
    """Who reported gives no opinion, who gave one does not judge, in whichever post; others do."""
    office = await Organization.get(slug="office")
    both = Viewer(
        "吴钢",
        city.group.person,
        (*city.group.posts, await held(city.group.person or 0, Post.OFFICE, office)),
    )
    project = await city.opined(await city.report())
    refused = await city.act(both, "projectJudge", **judging(project))
    words = "您对这条信息提出过会同意见，请由办公室其他人员研判"
    assert [each["message"] for each in refused["userErrors"]] == [words]
    own = await city.report(city.group)
    opinion = {"stance": "AGREE", "reason": "同意"}
    refused = await city.act(city.group, "projectOpine", **on(own), **opinion)
    words = "这条信息由您报送，会同意见请由小组的其他人员提出"
    assert [each["message"] for each in refused["userErrors"]] == [words]
    asked = "query($no: String!) { project(no: $no) { acts { name open } } }"
    for viewer, act, lead in ((both, "projectJudge", project), (city.group, "projectOpine", own)):
        acts = (await city.run(viewer, asked, no=lead["no"]))["project"]["acts"]
        assert {"name": act, "open": False} in acts
    assert (await city.run(city.group, "{ viewer { inbox { page } } }"))["viewer"]["inbox"] == []
    async with operating("personAdd", city.now) as gate:
        unit = await Organization.get(id=city.group.posts[0].organization)
        other = await new_viewer(gate, "second-of-group", "许康", Post.GROUP, unit.slug)
    await city.done(other, "projectOpine", **on(own), **opinion)
    await city.done(city.office, "projectJudge", **judging(project))
    alone = await city.report(city.group)
    city.now = at("2026-11-19 17:31")
    claim = judging(alone, withoutClaim=True)
    await city.done(city.office, "projectJudge", **claim)


async def test_a_dispute_decided_for_a_third_place_is_asked_what_judging_asks(city: City) -> None:
    project = await claimed(city, await city.report(), "anyue", "2026-10-01")
    project = await city.opined(project)
    project = (await city.done(city.office, "projectJudge", **judging(project)))["project"]
    raised = await city.dispute("anyue", project)
    given = {"dispute": raised["dispute"]["id"], "upheld": True, "reason": "另查明"}
    given |= {"revision": raised["project"]["revision"], "firstContactPlace": "lezhi"}
    async with signed_in("office") as visitor:
        path = f"/projects/{project['no']}/disputes/{raised['dispute']['id']}"
        sent = await visitor.post(path, data=given | {"upheld": "true"})
        assert sent.status_code == 422
        assert "按顺序建议的首谈地是雁江区（2026-11-18 上报在先）" in sent.text
        label = sent.text[sent.text.index("不按建议认定的理由</label>") - 80 :][:400]
        assert "选填" not in label, "what was asked for is not optional"
    refused = await city.act(city.office, "disputeDecide", **given)
    assert sorted(fields(refused)) == ["departure", "withoutClaim"]
    why = {"departure": "雁江区并未接洽", "withoutClaim": True}
    needless = await city.act(
        city.office, "disputeDecide", **given | why | {"firstContactPlace": "anyue"}
    )
    assert sorted(fields(needless)) == ["departure", "withoutClaim"]
    await city.done(city.office, "disputeDecide", **given, **why)
    async with signed_in("office") as visitor:
        for page in (f"/projects/{project['no']}", f"/projects/{project['no']}/judgement"):
            shown = main(await seen(visitor, page))
            assert "雁江区并未接洽" in shown and "认定的首谈地没有申报首谈" in shown
            assert "按顺序建议 雁江区" in shown, "of the judgement as well"
    asked = "{ claims { nodes { disputes { decision basis { proposedGround } } } } }"
    (own,) = (await city.run(city.anyue, asked))["claims"]["nodes"]
    assert own["disputes"] == [{"decision": "另查明", "basis": None}], (
        "the lead is not theirs to see"
    )


async def test_the_check_page_says_that_a_places_report_is_its_claim(city: City) -> None:
    async with signed_in("yanjiang") as visitor:
        lead = {"name": "柠檬深加工", "investorName": "四川柠檬集团", "amount": "3亿"}
        lead |= {"noCodeReason": "尚未注册", "step": "check"}
        page = await visitor.post("/projects/new", data=lead)
        assert "上报即为雁江区的首谈主张；没有填接洽日期，以报送日计" in page.text
        assert "不主张首谈" not in page.text


async def test_an_open_duty_goes_over_to_the_new_group(city: City) -> None:
    project = await city.report(group="health-care")
    office = (await Group.get(slug="advanced-manufacturing")).office_id  # type: ignore[attr-defined]
    await city.done(
        city.office, "projectAmend", **on(project), group="advanced-manufacturing", reason="更正"
    )
    found = (
        await Duty.filter(task="projectOpine")
        .order_by("id")
        .values_list("outcome", "holder_unit_id")
    )
    assert [outcome for outcome, _ in found] == ["HANDED_OVER", None]
    assert found[1][1] == office
    mine = await city.run(city.group, "{ viewer { inbox { label page } } }")
    assert mine["viewer"]["inbox"] == [
        {"label": "对项目信息提出会同意见", "page": f"/projects/{project['no']}/opinion"}
    ]


async def test_only_the_office_amends_a_group_and_not_after_judgement(city: City) -> None:
    project = await city.report()
    given = {"group": "health-care", "reason": "更正"}
    for who in ("yanjiang", "group"):
        refused = await city.act(city[who], "projectAmend", **on(project), **given)
        assert [each["code"] for each in refused["userErrors"]] == ["NOT_ALLOWED"]
    judged = await city.judged()
    late = await city.act(city.office, "projectAmend", **on(judged), **given)
    assert "项目现在是“在谈”" in late["userErrors"][0]["message"]


# ---------------------------------------------------------------- on pages


async def test_the_desk_says_who_is_proposed_and_what_it_waits_for_and_leads_there(
    city: City,
) -> None:
    waiting, bare = await city.report(), await city.report(group=None)
    async with signed_in("office") as visitor:
        page = main(await seen(visitor, f"/judgement?no={waiting['no']}"))
        assert "待会同意见" in page and "待明确小组" in page, "the queue"
        assert "建议雁江区（2026-11-18 上报在先）" in page
        assert "等待先进制造组提出会同意见" in page
        assert "2026-11-18 上报在先" in page and "第 1 位" in page
        assert "小组会同意见尚未提出，时限届满后可不待意见研判" in page
        assert "确认首谈地" not in page and f"/projects/{waiting['no']}/amendment" in page
        page = main(await seen(visitor, f"/judgement?no={bare['no']}"))
        link = f"/projects/{bare['no']}/amendment"
        assert link in page and "还没有产业招商小组" in page
        sent = on(bare) | {"group": "advanced-manufacturing", "reason": "属装备制造"}
        given = await visitor.post(link, data=sent)
        assert given.headers["location"] == f"/judgement?no={bare['no']}"
    async with signed_in("group") as visitor:
        path = f"/projects/{waiting['no']}/opinion"
        assert path in await seen(visitor, "/inbox")
        assert path in main(await seen(visitor, f"/judgement?no={waiting['no']}"))
        form = main(await seen(visitor, path))
        assert "2026-11-18 上报在先" in form and "建议另定首谈地" in form
        wrong = await visitor.post(path, data=on(waiting) | {"stance": "ANOTHER", "reason": "近"})
        assert wrong.status_code == 422 and "请选择建议的地方" in wrong.text
        sent = on(waiting) | {"stance": "AGREE", "reason": "符合产业方向"}
        assert (await visitor.post(path, data=sent)).status_code == 303
    async with signed_in("office") as visitor:
        page = main(await seen(visitor, f"/judgement?no={waiting['no']}"))
        assert "先进制造组：同意" in page and "确认首谈地" in page
        assert 'data-hotkey="e"' in page


async def test_the_office_assesses_on_the_claims_page_and_departs_on_the_desk(city: City) -> None:
    project = await city.opined(await city.report())
    project = await claimed(city, project, "anyue", "2026-10-01")
    claim = await city.claim_of("anyue", project)
    async with signed_in("office") as visitor:
        desk = main(await seen(visitor, f"/judgement?no={project['no']}"))
        path = f"/projects/{project['no']}/claims/{claim}/assessment"
        assert path in desk and "凭证待办公室认定" in desk
        assert "不按建议认定的理由" not in desk, "it is asked for where it is needed"
        found = {"assessment": "GOOD", "reason": "签到表属实", "claim": claim}
        done = await visitor.post(path, data=found | {"revision": project["revision"]})
        assert done.headers["location"] == f"/judgement?no={project['no']}"
        project = await city.read(project)
        path = f"/projects/{project['no']}/judgement"
        sent = judging(project, "anyue") | {"verdict": "ACCEPTED"}
        asked = await visitor.post(path, data=sent)
        assert asked.status_code == 422
        assert "按顺序建议的首谈地是雁江区" in asked.text and "不按建议认定的理由" in asked.text
        sent["departure"] = "雁江区自愿让出"
        assert (await visitor.post(path, data=sent)).status_code == 303
        page = main(await seen(visitor, f"/projects/{project['no']}"))
        assert "按顺序建议 雁江区" in page and "雁江区自愿让出" in page


async def test_claims_stand_in_the_proposed_order_where_two_projects_are_compared(
    city: City,
) -> None:
    other = await city.report(city.anyue)
    project = await brought(city, await city.report(), "lezhi", "2020-01-01")
    async with signed_in("office") as visitor:
        page = main(await seen(visitor, f"/projects/{project['no']}/compare/{other['no']}"))
    assert page.index("上报在先") < page.index("仅自报日期，不据以定序")


async def test_the_desk_asks_as_much_for_many_leads_as_for_few(city: City) -> None:
    counts = []
    for number in (2, 8):
        for _ in range(number):
            await claimed(city, await city.report(), "anyue", "2026-10-01")
        asked = """{ judgementQueue(first: 30) { nodes { linkage { opinionState opinionDueAt
            opinion { reason } proposed proposedClaims { ground claim { place { name } } } } } } }"""
        with counting() as sent:
            await city.run(city.office, asked)
        counts.append(len(sent))
    assert counts[0] == counts[1], counts


async def test_another_groups_office_opines_on_its_own(city: City) -> None:
    """Whoever holds the post in the office of that group."""
    health = await city.group_office("health-care")
    project = await city.report(group="health-care")
    done = await city.done(
        health, "projectOpine", **on(project), stance="AGREE", reason="属医疗康养"
    )
    assert done["opinion"]["group"]["slug"] == "health-care"
