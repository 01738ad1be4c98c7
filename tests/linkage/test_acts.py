"""Article 3 through its acts: report, claim, judge, return, dispute, merge, transfer, take up."""

import base64
from collections.abc import Callable

import pytest

from schema.evidence.tables import Attachment
from schema.linkage.tables import Claim
from schema.people.tables import Company
from schema.permissions import SEES
from schema.project.tables import Project
from tests.world import City, Said, at, on, uscc

CLOCK = """query($no: String!) { project(no: $no) { linkage { clock {
    lamp label dueAt workingDaysLeft pausedSince finishedAt pendingYear
} } } }"""
PAPER = {"name": "会议纪要.txt", "content": base64.b64encode("会议纪要".encode()).decode()}


async def clock(city: City, project: Said) -> Said:
    seen = await city.run(city.office, CLOCK, no=project["no"])
    found: Said = seen["project"]["linkage"]["clock"]
    return found


# ---------------------------------------------------------------- report


@pytest.mark.parametrize(
    "amount", ["12.5亿", "125000万元", "1250000000", "１２．５亿元", "12亿5000万"]
)
async def test_an_amount_is_read_as_people_type_it(city: City, amount: str) -> None:
    project = await city.report(amount=amount)
    assert project["amount"] == "1250000000.00"


async def test_an_amount_that_is_an_estimate_is_kept_as_one_until_it_is_fixed(city: City) -> None:
    reported = await city.report(amount="约十二亿")
    row = await Project.get(no=reported["no"])
    assert (row.amount_fen, row.amount_estimated) == (12 * 10**10, True)
    back = await city.done(city.office, "projectReturn", **on(reported), reason="补正")
    await city.done(city.office, "projectResubmit", **on(back["project"]), amount="12.3亿")
    row = await Project.get(no=reported["no"])
    assert (row.amount_fen, row.amount_estimated) == (123 * 10**9, False)


async def test_a_place_reports_its_own_first_contact(city: City) -> None:
    project = await city.report(city.anyue, contactBy="招商一科", evidence=[PAPER])
    (claim,) = await Claim.all()
    assert (claim.contact_with, claim.contact_by) == ("张总", "招商一科")
    seen = await city.run(
        city.anyue,
        f"""{{ project(no: "{project["no"]}") {{ linkage {{ claims {{
            place {{ slug }} contactOn evidence {{ name size sha256 mediaType }} }} }} }} }}""",
    )
    (shown,) = seen["project"]["linkage"]["claims"]
    assert (shown["place"]["slug"], shown["contactOn"]) == ("anyue", "2026-11-12")
    assert shown["evidence"][0]["name"] == "会议纪要.txt"
    assert city.files.path(shown["evidence"][0]["sha256"]).read_bytes() == "会议纪要".encode()


async def test_a_branch_reports_for_the_place_that_it_names(city: City) -> None:
    project = await city.report(city.branch, place="lezhi")
    assert project["reportedBy"]["slug"] == "beijing"
    assert [claim.place_id for claim in await Claim.all()] == [city.lezhi.place]
    without = await city.report(city.branch)
    assert without["stage"] == "REPORTED"
    assert await Claim.all().count() == 1, "no place is guessed"


async def test_a_file_name_is_kept_without_what_a_path_could_use(city: City) -> None:
    await city.report(evidence=[PAPER | {"name": "..\\..\\windows\\纪要<1>.txt"}])
    assert [each.name for each in await Attachment.all()] == ["纪要_1_.txt"]


async def test_investors_of_one_code_are_one(city: City) -> None:
    await city.report(uscc="9111 0000-600037341l", investorName="深圳禾岸口腔装备有限公司")
    await city.report(
        uscc="９１１１００００６００037341L", investorName="深圳 禾岸口腔装备有限公司"
    )
    (company,) = await Company.all()
    assert (company.uscc, company.name) == ("91110000600037341L", "深圳禾岸口腔装备有限公司")


async def test_a_code_and_a_name_of_different_companies_are_refused(city: City) -> None:
    """Else a report of anybody's name would hang on the company that has the code."""
    project = await city.report(investorName="深圳禾岸口腔装备有限公司")
    lead = {"name": "另一个项目", "investorName": "成都另一家有限公司", "amount": "3亿"}
    refused = await city.act(city.anyue, "projectReport", **lead, uscc=uscc(1))
    (error,) = refused["userErrors"]
    assert (error["code"], error["field"]) == ("RULE", "investorName")
    assert "禾岸" not in error["message"]
    assert await Project.all().count() == 1 and project["no"]


async def test_a_foreign_amount_is_kept_with_its_day_of_rate(city: City) -> None:
    project = await city.report(
        uscc="",
        noCodeReason="境外企业",
        foreignAmount="175,000,000.5",
        rate="7.1429",
        currency="USD",
        rateDate="2026-11-17",
        capitalOrigin="FOREIGN",
    )
    seen = await city.run(
        city.office,
        f"""{{ project(no: "{project["no"]}") {{ capitalOrigin
            foreignAmount {{ amount currency cny rate rateDate }} }} }}""",
    )
    assert seen["project"] == {
        "capitalOrigin": "FOREIGN",
        "foreignAmount": {
            "amount": "175000000.50",
            "currency": "USD",
            "cny": "1250000000.00",
            "rate": "7.1429",
            "rateDate": "2026-11-17",
        },
    }


async def test_projects_are_numbered_by_the_year_in_the_city(city: City) -> None:
    city.now = at("2026-01-01 00:30")  # still 2025 in UTC
    first = await city.report(contactOn=None)
    city.now = at("2025-12-31 23:59")
    assert first["no"] == "2026-0001"
    assert (await city.report(contactOn=None))["no"] == "2025-0001"


# ---------------------------------------------------------------- duplicates

GRADES: list[tuple[str, Said, str]] = [
    ("the same code", {"name": "全新项目", "uscc": uscc(501)}, "SAME_CODE"),
    (
        "the same name but for blanks and forms",
        {"name": "禾岸 种植体（基地）有限公司"},
        "SAME_NAME",
    ),
    ("a name alike of the same investor", {"name": "禾岸种植体大基地", "same": True}, "SIMILAR"),
    ("its industry and size", {"name": "扩建", "amount": "11亿", "same": True}, "SAME_PROFILE"),
    (
        "the same telephone",
        {"name": "另一个项目", "contactPhone": "+86 139 0000 0000"},
        "SAME_PHONE",
    ),
]


@pytest.mark.parametrize(
    ("given", "grade"), [case[1:] for case in GRADES], ids=[c[0] for c in GRADES]
)
async def test_a_likely_duplicate_is_found_and_graded(city: City, given: Said, grade: str) -> None:
    known = await city.report(
        name="禾岸种植体基地",
        investorName="深圳禾岸口腔装备有限公司",
        uscc=uscc(501),
        amount="12.5亿",
        industryCode="358",
        contactPhone="13900000000",
    )
    given = dict(given)
    investor = "深圳禾岸口腔装备公司" if given.pop("same", False) else "苏州锦程医疗有限公司"
    asked = {"industryCode": "3582", "amount": "1亿", "investorName": investor} | given
    document = """query($input: DuplicatesInput!) { duplicates(input: $input) {
        grade score reasons project { no } contact
    } }"""
    (found,) = (await city.run(city.office, document, input=asked))["duplicates"]
    assert (found["grade"], found["project"]) == (grade, {"no": known["no"]})
    assert found["reasons"] and found["contact"] is None


async def test_a_report_of_a_known_name_wants_to_be_acknowledged(city: City) -> None:
    """Also under another code, since a project company is often founded for it."""
    known = await city.report(name="禾岸种植体基地")
    given = {
        "name": "禾岸种植体基地",
        "investorName": "苏州锦程医疗有限公司",
        "uscc": uscc(502),
        "amount": "1亿",
    }
    refused = await city.act(city.yanjiang, "projectReport", **given)
    assert [(error["code"], error["field"]) for error in refused["userErrors"]] == [
        ("DUPLICATE", "name")
    ]
    assert refused["duplicates"][0]["grade"] == "SAME_NAME"
    assert await Project.all().count() == 1
    taken = await city.done(city.yanjiang, "projectReport", **given, acknowledgeDuplicates=True)
    assert taken["project"]["no"] != known["no"]


async def test_another_project_of_a_known_investor_is_taken_and_the_likeness_told(
    city: City,
) -> None:
    await city.report(uscc=uscc(501))
    second = await city.done(
        city.yanjiang,
        "projectReport",
        name="柠檬深加工基地",
        investorName="四川省第1口腔装备有限公司",
        uscc=uscc(501),
        amount="1亿",
    )
    assert [each["grade"] for each in second["duplicates"]] == ["SAME_CODE"]


async def test_what_was_withdrawn_is_no_duplicate_to_whoever_sees_that(city: City) -> None:
    """Whoever does not see the project is asked as before, or they would learn of the withdrawal."""
    lead: Said = {"name": "禾岸种植体基地", "investorName": "禾岸医疗", "amount": "1亿"}
    project = await city.report(name=lead["name"])
    before = await city.act(city.anyue, "projectReport", **lead)
    await city.done(city.yanjiang, "projectWithdraw", **on(project), reason="投资方暂缓")
    again = await city.report(name=lead["name"])
    await city.done(city.yanjiang, "projectWithdraw", **on(again), reason="投资方暂缓")
    assert await city.act(city.anyue, "projectReport", **lead) == before
    known = await city.done(city.anyue, "projectReport", **lead, acknowledgeDuplicates=True)
    assert known["project"]["stage"] == "REPORTED"


# ---------------------------------------------------------------- the clock of two working days

CLOCKS = [
    ("2026-11-18 10:00", "2026-11-18 10:00", "2026-11-20T17:30", "剩 2 个工作日", "GREEN"),
    ("2026-11-18 10:00", "2026-11-19 10:00", "2026-11-20T17:30", "剩 1 个工作日", "AMBER"),
    ("2026-11-18 10:00", "2026-11-20 17:30", "2026-11-20T17:30", "今天 17:30 到期", "AMBER"),
    ("2026-11-18 10:00", "2026-11-23 09:00", "2026-11-20T17:30", "逾期 1 个工作日", "RED"),
    ("2026-11-18 17:30", "2026-11-18 17:30", "2026-11-20T17:30", "剩 2 个工作日", "GREEN"),
    ("2026-11-18 17:31", "2026-11-18 17:31", "2026-11-23T17:30", "剩 3 个工作日", "GREEN"),
    # Saturday 14 February is a make-up working day before the Spring Festival of 15–23 February.
    ("2026-02-12 10:00", "2026-02-12 10:00", "2026-02-14T17:30", "剩 2 个工作日", "GREEN"),
    ("2026-02-13 10:00", "2026-02-13 10:00", "2026-02-24T17:30", "剩 2 个工作日", "GREEN"),
    ("2026-09-30 10:00", "2026-09-30 10:00", "2026-10-09T17:30", "剩 2 个工作日", "GREEN"),
]


@pytest.mark.parametrize(("reported", "now", "due", "label", "lamp"), CLOCKS)
async def test_the_office_has_two_working_days(
    city: City, reported: str, now: str, due: str, label: str, lamp: str
) -> None:
    city.now = at(reported)
    project = await city.report(contactOn=None)
    city.now = at(now)
    seen = await clock(city, project)
    assert (seen["dueAt"], seen["label"], seen["lamp"]) == (f"{due}:00+08:00", label, lamp)


async def test_the_clock_stands_still_while_a_report_is_completed(city: City) -> None:
    project = await city.report()  # Wednesday 10:00, due on Friday
    city.now = at("2026-11-19 16:00")
    returned = await city.done(city.office, "projectReturn", **on(project), reason="请补充营业执照")
    seen = await clock(city, project)
    assert (seen["lamp"], seen["label"], seen["dueAt"]) == ("GREY", "补正中，计时暂停", None)
    assert seen["pausedSince"] == "2026-11-19T16:00:00+08:00"
    city.now = at("2026-11-24 11:00")  # Thursday's and Monday's closing passed meanwhile
    back = await city.done(
        city.yanjiang,
        "projectResubmit",
        **on(returned["project"]),
        amount="13亿",
        note="已补充",
        evidence=[PAPER],
    )
    assert (back["project"]["stage"], back["project"]["amount"]) == ("REPORTED", "1300000000.00")
    assert (await clock(city, project))["dueAt"] == "2026-11-25T17:30:00+08:00"
    back["project"] = await city.opined(back["project"])  # of other facts, anew
    city.now = at("2026-11-25 17:00")
    await city.done(
        city.office,
        "projectJudge",
        **on(back["project"]),
        firstContactPlace="yanjiang",
        reason="齐全",
    )
    seen = await clock(city, project)
    assert (seen["lamp"], seen["label"]) == ("BLUE", "按期办结")


async def test_a_report_that_comes_back_under_a_known_name_acknowledges_it(city: City) -> None:
    """Known or not to the reporter; under its own name it comes back without a question."""
    other = await city.report(city.anyue)
    project = await city.report()
    back = await city.done(city.office, "projectReturn", **on(project), reason="请补充营业执照")
    renamed = on(back["project"]) | {"name": other["name"]}
    refused = await city.act(city.yanjiang, "projectResubmit", **renamed)
    assert [error["code"] for error in refused["userErrors"]] == ["DUPLICATE"]
    assert refused["userErrors"][0]["field"] == "name"
    assert refused["duplicates"][0]["reasons"] == ["库内已有疑似相同的项目"]
    own = on(back["project"]) | {"name": project["name"]}
    done = await city.done(city.yanjiang, "projectResubmit", **own)
    back = await city.done(city.office, "projectReturn", **on(done["project"]), reason="再补")
    renamed = on(back["project"]) | {"name": other["name"], "acknowledgeDuplicates": True}
    done = await city.done(city.yanjiang, "projectResubmit", **renamed)
    assert done["project"]["name"] == other["name"]


async def test_a_judgement_after_the_limit_is_late_for_ever(city: City) -> None:
    project = await city.report()
    city.now = at("2026-11-20 17:31")
    await city.done(
        city.office, "projectJudge", **on(project), firstContactPlace="yanjiang", reason="补办"
    )
    city.now = at("2026-12-24 10:00")
    assert (await clock(city, project))["label"] == "逾期办结"


async def test_a_year_without_calendar_is_pending_until_the_office_publishes_it(
    city: City,
) -> None:
    city.now = at("2026-12-31 10:00")
    project = await city.report(contactOn=None)
    seen = await clock(city, project)
    assert (seen["lamp"], seen["label"], seen["dueAt"]) == ("GREY", "2027 年日历待公布", None)
    assert seen["pendingYear"] == 2027
    published = await city.publish(
        2027,
        source="国务院办公厅关于 2027 年部分节假日安排的通知",
        text="2027-01-01,休,元旦\n2027-01-02,班,元旦\n2027-05-01,休,劳动节\n2027-10-01,休,国庆节",
    )
    assert published["calendar"]["published"] and published["calendar"]["workingDays"] == 260
    seen = await clock(city, project)
    assert (seen["dueAt"], seen["label"]) == ("2027-01-04T17:30:00+08:00", "剩 2 个工作日")
    queue = await city.run(
        city.office, "{ projects(orderBy: { field: DUE_AT, direction: ASC }) { nodes { no } } }"
    )
    assert queue["projects"]["nodes"] == [{"no": project["no"]}]
    assert (await Project.get(no=project["no"])).judge_by == at("2027-01-04 17:30")


async def test_a_calendar_published_again_moves_what_is_due(city: City) -> None:
    """The notice was amended: the office's Friday became a holiday."""
    project = await city.report()
    fixed = "2026-01-01,休,元旦\n2026-05-01,休,劳动节\n2026-10-01,休,国庆节"
    await city.publish(
        2026,
        source="补充通知",
        text=f"{fixed}\n2026-11-20,休,临时",
    )
    assert (await clock(city, project))["dueAt"] == "2026-11-23T17:30:00+08:00"


# ---------------------------------------------------------------- claims, judgement, disputes


async def test_claims_stand_side_by_side_and_a_place_claims_once(city: City) -> None:
    project = await city.report()
    given = {"project": project["no"], "contactWith": "李总"}
    await city.done(
        city.office,
        "projectClaim",
        **given,
        place="anyue",
        contactOn="2026-10-30",
        evidence=[PAPER],
    )
    ticket = {"contactWith": "李总"}
    ticket |= {"ticket": await city.ticket(city.anyue, project, evidence=[PAPER])}
    ticket |= {"evidence": [PAPER]}
    again = await city.act(city.anyue, "projectClaim", **ticket, contactOn="2026-10-01")
    assert again["userErrors"][0]["message"].startswith("贵地已主张首谈")
    seen = await city.run(
        city.office,
        f"""{{ project(no: "{project["no"]}") {{ linkage {{ claims {{
            place {{ slug }} contactOn evidence {{ name }} }} }} }} }}""",
    )
    claims = [
        (claim["place"]["slug"], claim["contactOn"], len(claim["evidence"]))
        for claim in seen["project"]["linkage"]["claims"]
    ]
    assert claims == [("yanjiang", "2026-11-12", 0), ("anyue", "2026-10-30", 1)]


async def test_a_report_is_declined_with_a_reason(city: City) -> None:
    project = await city.opined(await city.report())
    declined = await city.done(
        city.office, "projectJudge", **on(project), verdict="DECLINED", reason="本市企业原址技改"
    )
    assert declined["project"]["stage"] == "DECLINED"
    assert declined["project"]["firstContactPlace"] is None


async def test_a_judgement_names_the_first_contact_place(city: City) -> None:
    project = await city.report()
    refused = await city.act(city.office, "projectJudge", **on(project), reason="同意")
    assert [error["field"] for error in refused["userErrors"]] == ["firstContactPlace"]
    assert (await Project.get(no=project["no"])).stage == "REPORTED"


async def disputed(city: City) -> tuple[Said, str]:
    """Anyue claims too, Yanjiang is found for, and Anyue objects: the project and the dispute."""
    project = await city.report()
    claimed = await city.done(
        city.office,
        "projectClaim",
        project=project["no"],
        place="anyue",
        contactOn="2026-10-30",
        contactWith="李总",
        evidence=[PAPER],
    )
    await city.done(
        city.office,
        "projectJudge",
        **on(await city.opined(claimed["project"])),
        firstContactPlace="yanjiang",
        reason="佐证更全",
    )
    raised = await city.dispute("anyue", project)
    return raised["project"], raised["dispute"]["id"]


@pytest.mark.parametrize(("upheld", "place"), [(True, "anyue"), (False, "yanjiang")])
async def test_the_office_decides_a_dispute_with_a_reason(
    city: City, upheld: bool, place: str
) -> None:
    project, dispute = await disputed(city)
    inbox = await city.run(city.office, "{ viewer { inbox { label } counts { disputed } } }")
    assert inbox["viewer"]["counts"]["disputed"] == 1
    assert "裁定首谈地争议" in [item["label"] for item in inbox["viewer"]["inbox"]]
    decided = await city.done(
        city.office,
        "disputeDecide",
        dispute=dispute,
        revision=project["revision"],
        upheld=upheld,
        reason="以有佐证的首次会见为准",
    )
    assert decided["project"]["firstContactPlace"]["slug"] == place
    assert decided["project"]["landingPlace"]["slug"] == place
    assert decided["dispute"]["decision"] == "以有佐证的首次会见为准"
    again = await city.act(
        city.office,
        "disputeDecide",
        dispute=dispute,
        revision=decided["project"]["revision"],
        upheld=True,
        reason="再裁",
    )
    assert again["userErrors"][0]["message"] == "此争议已裁定"


async def test_nothing_is_transferred_or_signed_over_an_open_dispute(city: City) -> None:
    project, _ = await disputed(city)
    for act, given in (
        ("projectTransferRequest", {"landingPlace": "hightech", "reason": "用地不足"}),
        ("agreementSign", {"kind": "FORMAL", "amount": "1亿", "signedOn": "2026-11-18"}),
    ):
        refused = await city.act(city.yanjiang, act, **on(project), **given)
        assert "争议尚未裁定" in refused["userErrors"][0]["message"]


async def test_a_place_has_one_dispute_open_at_a_time(city: City) -> None:
    project, _ = await disputed(city)
    claim = await city.claim_of("anyue", project)
    again = await city.act(city.anyue, "projectDispute", claim=claim, grounds="再提")
    assert "等待裁定" in again["userErrors"][0]["message"]


async def test_a_project_that_ends_leaves_no_dispute_waiting(city: City) -> None:
    """Merged or declined, it has no first contact any more that could be decided."""
    project, _ = await disputed(city)
    into = await city.opined(await city.report())
    await city.done(city.office, "projectMerge", **on(project), into=into["no"], reason="同一项目")
    seen = await city.run(
        city.office,
        """{ judgementQueue(state: DISPUTED) { totalCount }
             viewer { counts { disputed } inbox { label } } }""",
    )
    assert seen["judgementQueue"]["totalCount"] == seen["viewer"]["counts"]["disputed"] == 0
    assert [item["label"] for item in seen["viewer"]["inbox"]] == ["研判并明确首谈地"]


# ---------------------------------------------------------------- merge


async def test_a_merged_report_carries_its_claim_and_evidence_along(city: City) -> None:
    into = await city.report(city.yanjiang)
    twin = await city.report(city.anyue, evidence=[PAPER])
    merged = await city.done(
        city.office, "projectMerge", **on(twin), into=into["no"], reason="同一投资方、同一内容"
    )
    assert (merged["project"]["stage"], merged["project"]["mergedInto"]["no"]) == (
        "MERGED",
        into["no"],
    )
    document = "{ claims { nodes { projectNo place { slug } evidence { name } } } }"
    claims = {}
    for name in ("office", "anyue"):
        seen = await city.run(city[name], document)
        claims[name] = {
            claim["place"]["slug"]: [file["name"] for file in claim["evidence"]]
            for claim in seen["claims"]["nodes"]
            if claim["projectNo"] == into["no"]
        }
    assert claims["office"] == {"yanjiang": [], "anyue": ["会议纪要.txt"]}
    assert claims["anyue"] == {"anyue": ["会议纪要.txt"]}, "a claimant sees its own claim"
    foreign = f'{{ project(no: "{into["no"]}") {{ no }} }}'
    assert (await city.run(city.anyue, foreign))["project"] is None


async def test_why_a_report_was_merged_is_told_to_those_who_may_read_of_it(
    city: City, policy_changed: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    into, twin = await city.report(city.yanjiang), await city.report(city.anyue)
    await city.done(city.office, "projectMerge", **on(twin), into=into["no"], reason="同一投资方")
    document = f'{{ project(no: "{twin["no"]}") {{ linkage {{ mergeReason }} }} }}'
    for who in (city.office, city.anyue):
        seen = await city.run(who, document)
        assert seen["project"]["linkage"] == {"mergeReason": "同一投资方"}
    other = await city.run(city.office, document.replace(twin["no"], into["no"]))
    assert other["project"]["linkage"] == {"mergeReason": None}
    monkeypatch.setitem(SEES, "merge", {})
    policy_changed()
    seen = await city.run(city.anyue, document)
    assert seen["project"]["linkage"] == {"mergeReason": None}


async def test_a_report_is_merged_into_another_that_goes_on(city: City) -> None:
    project = await city.report()
    itself = await city.act(
        city.office, "projectMerge", **on(project), into=project["no"], reason="x"
    )
    assert itself["userErrors"][0]["field"] == "into"
    ended = await city.report()
    await city.done(city.yanjiang, "projectWithdraw", **on(ended), reason="暂缓")
    refused = await city.act(
        city.office, "projectMerge", **on(project), into=ended["no"], reason="x"
    )
    assert "已撤回" in refused["userErrors"][0]["message"]


# ---------------------------------------------------------------- transfer


async def requested(city: City, project: Said, place: str = "hightech") -> Said:
    return await city.done(
        city.yanjiang,
        "projectTransferRequest",
        **on(project),
        landingPlace=place,
        reason="用地不足",
    )


async def test_a_transfer_leads_elsewhere_and_one_at_a_time(city: City) -> None:
    project = await city.judged()
    here = await city.act(
        city.yanjiang,
        "projectTransferRequest",
        **on(project),
        landingPlace="yanjiang",
        reason="用地不足",
    )
    assert here["userErrors"][0]["field"] == "landingPlace"
    asked = await requested(city, project)
    again = await city.act(
        city.yanjiang,
        "projectTransferRequest",
        **on(asked["project"]),
        landingPlace="airport",
        reason="用地不足",
    )
    assert "有一件流转在办" in again["userErrors"][0]["message"]


async def test_the_office_may_send_it_to_another_place_than_was_asked(city: City) -> None:
    asked = await requested(city, await city.judged())
    decided = await city.done(
        city.office,
        "projectTransferDecide",
        transfer=asked["transfer"]["id"],
        revision=asked["project"]["revision"],
        approve=True,
        landingPlace="airport",
        assessment="临近口岸更合适",
    )
    assert decided["transfer"]["toPlace"]["slug"] == "airport"
    given = {"transfer": asked["transfer"]["id"], "revision": decided["project"]["revision"]}
    assert (await city.act(city.hightech, "projectTakeUp", **given))["userErrors"]
    taken = await city.done(city.airport, "projectTakeUp", **given, ownerName="周翔")
    assert taken["project"]["landingPlace"]["slug"] == "airport"
    assert taken["project"]["ownerName"] == "周翔"


async def test_a_refused_transfer_leaves_it_where_it_was(city: City) -> None:
    asked = await requested(city, await city.judged())
    given = {"transfer": asked["transfer"]["id"]}
    decided = await city.done(
        city.office,
        "projectTransferDecide",
        **given,
        revision=asked["project"]["revision"],
        approve=False,
        assessment="可就地落户",
    )
    assert decided["transfer"]["state"] == "REFUSED"
    assert decided["project"]["landingPlace"]["slug"] == "yanjiang"
    late = await city.act(
        city.office, "projectTakeUp", **given, revision=decided["project"]["revision"]
    )
    assert "流转现在是“不同意流转”" in late["userErrors"][0]["message"]
    assert (await requested(city, decided["project"], "airport"))["transfer"][
        "state"
    ] == "REQUESTED"


async def test_nothing_is_signed_or_merged_while_a_transfer_is_under_way(city: City) -> None:
    """Else the transfer would wait for ever, and the wrong place would have signed."""
    asked = await requested(city, await city.judged())
    into = await city.report()
    sign = {"kind": "FORMAL", "amount": "1亿", "signedOn": "2026-11-18"}
    for viewer, act, given in (
        (city.yanjiang, "agreementSign", sign),
        (city.office, "projectMerge", {"into": into["no"], "reason": "同一项目"}),
    ):
        refused = await city.act(viewer, act, **on(asked["project"]), **given)
        assert "流转" in refused["userErrors"][0]["message"]


# ---------------------------------------------------------------- what people are offered


async def test_the_acts_offered_are_those_that_succeed(city: City) -> None:
    project = await city.judged()
    await city.report()  # something to be merged into
    document = f'{{ project(no: "{project["no"]}") {{ acts {{ name label open reason }} }} }}'
    offered = {}
    for name in ("office", "yanjiang", "leader"):
        acts = (await city.run(city[name], document))["project"]["acts"]
        offered[name] = [act["name"] for act in acts if act["open"]]
        assert all(act["reason"] for act in acts if not act["open"])
    assert offered["leader"] == []
    assert "projectTransferRequest" in offered["yanjiang"]
    assert "projectMerge" not in offered["yanjiang"] and "projectMerge" in offered["office"]
    assert "projectJudge" not in offered["office"], "it is judged"
