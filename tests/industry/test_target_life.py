"""Article 2: a company's next contact is kept, a conversion can be taken back, a company stands once."""

import pytest

from schema.duties.repair import compare
from tests.industry.scenes import GEARS, GROUP
from tests.industry.test_target_pages import send
from tests.industry.test_targets import PDF, board, faults, listed
from tests.project.test_pages import main, seen, signed_in
from tests.world import EVIDENCE, NOW, City, Said, at, on, uscc

CALLED = {"happenedOn": "2026-11-18", "means": "CALL", "withWhom": "何川", "outcome": "有意"}
READ = """query($no: String!) { targetCompany(no: $no) { name uscc stage nextOn putOff firstAgreedOn acts
    alsoPursuedBy revision project { no } convertible { no } contacts { outcome }
    duty { dueAt } journal(first: 1) { nodes { reason } } } }"""


async def read(city: City, target: Said, by: str = "group") -> Said:
    found: Said = (await city.run(city[by], READ, no=target["no"]))["targetCompany"]
    return found


async def act(city: City, name: str, target: Said, by: str = "group", /, **given: object) -> Said:
    revision = (await read(city, target, by))["revision"]
    return await city.act(city[by], name, target=target["no"], revision=revision, **given)


async def done(city: City, name: str, target: Said, by: str = "group", /, **given: object) -> Said:
    payload = await act(city, name, target, by, **given)
    assert payload["userErrors"] == [], payload["userErrors"]
    found: Said = payload["target"]
    return found


async def reason(city: City, target: Said) -> str:
    """The reason of what was done last, as inspection reads it."""
    (entry,) = (await read(city, target, "inspector"))["journal"]["nodes"]
    found: str = entry["reason"]
    return found


async def lead_of(city: City, target: Said, by: str = "group", **given: object) -> Said:
    given = {"evidence": EVIDENCE} | ({} if city[by].place else {"place": "hightech"}) | given
    return await city.report(city[by], investorName=target["name"], uscc=uscc(901), **given)


# ---------------------------------------------------------------- what was agreed


async def test_what_is_put_off_says_why_and_is_counted_until_the_company_is_contacted(
    city: City,
) -> None:
    target = await listed(city, nextOn="2026-11-19", nextStep="回访")
    city.now = at("2026-12-10 09:00")
    later = {"stage": "LONG_LIST", "nextOn": "2026-12-20", "nextStep": "再约"}
    (why,) = faults(await act(city, "targetCompanyMove", target, **later))
    assert why[0] == "reason" and "2026-11-19" in why[1]
    assert (await board(city, "group", overdue=True))["targetCompanies"]["totalCount"] == 1
    await done(city, "targetCompanyMove", target, **later, reason="对方董事会改期")
    sooner = later | {"nextOn": "2026-12-15"}
    unneeded = await act(city, "targetCompanyMove", target, **sooner, reason="提前")
    assert faults(unneeded)[0][0] == "reason"
    await done(city, "targetCompanyMove", target, **sooner)
    again = later | {"nextOn": "2026-12-30"}
    await done(city, "targetCompanyMove", target, **again, reason="对方出差")
    found = await read(city, target)
    assert (found["putOff"], found["firstAgreedOn"]) == (2, "2026-11-19")
    assert (await reason(city, target)) == "对方出差"
    facets = "{ targetFacets { overdue putOff } }"
    counted = (await city.run(city.leader, facets))["targetFacets"]
    assert counted == {"overdue": 0, "putOff": 1}
    assert (await board(city, "leader", putOff=True))["targetCompanies"]["totalCount"] == 1
    city.now = at("2026-12-11 09:00")
    await done(city, "targetCompanyContact", target, **CALLED | {"happenedOn": "2026-12-10"})
    found = await read(city, target)
    assert (found["putOff"], found["firstAgreedOn"], found["nextOn"]) == (0, None, None)
    assert (await city.run(city.leader, facets))["targetFacets"]["putOff"] == 0


async def test_a_company_that_is_given_up_and_resumed_has_put_off_what_was_agreed(
    city: City,
) -> None:
    target = await listed(city, nextOn="2026-11-19", nextStep="回访")
    city.now = at("2026-12-10 09:00")
    await done(city, "targetCompanyDrop", target, reason="误")
    found = await read(city, target)
    assert (found["nextOn"], found["putOff"], found["firstAgreedOn"]) == (None, 0, "2026-11-19")
    later = {"nextOn": "2026-12-30", "nextStep": "再约"}
    await done(city, "targetCompanyResume", target, reason="又有意向", **later)
    found = await read(city, target)
    assert (found["putOff"], found["firstAgreedOn"]) == (1, "2026-11-19")
    facets = "{ targetFacets { putOff } }"
    assert (await city.run(city.leader, facets))["targetFacets"]["putOff"] == 1
    lead = await lead_of(city, target)
    await done(city, "targetCompanyConvert", target, project=lead["no"])
    assert (await city.run(city.leader, facets))["targetFacets"]["putOff"] == 0, "nobody waits"
    await done(city, "targetCompanyResume", target, reason="对应错了")
    assert (await read(city, target))["nextOn"] is None
    plan = later | {"stage": "SHORT_LIST"}
    (why,) = faults(await act(city, "targetCompanyMove", target, **plan))
    assert why[0] == "reason" and "2026-11-19" in why[1], "nor is it forgotten without a day"
    await done(city, "targetCompanyMove", target, **plan, reason="对方出差")
    assert (await read(city, target))["putOff"] == 2
    await done(city, "targetCompanyContact", target, **CALLED | {"happenedOn": "2026-12-10"})
    found = await read(city, target)
    assert (found["putOff"], found["firstAgreedOn"]) == (0, None)


async def test_a_contact_of_before_is_recorded_and_what_was_agreed_since_stays(city: City) -> None:
    target = await listed(city, nextOn="2026-11-20", nextStep="回访")
    old = CALLED | {"happenedOn": "1999-01-01"}
    planned = {"nextOn": "2026-11-30", "nextStep": "再说"}
    (wrong,) = faults(await act(city, "targetCompanyContact", target, **old, **planned))
    assert wrong[0] == "nextOn" and "改约" in wrong[1]
    await done(city, "targetCompanyContact", target, **old)
    found = await read(city, target)
    assert (found["stage"], found["nextOn"]) == ("CONTACTED", "2026-11-20") and found["duty"]
    await done(city, "targetCompanyContact", target, **CALLED, **planned)
    assert (await read(city, target))["nextOn"] == "2026-11-30"
    assert not await compare(city.context(city.office))


async def test_nobody_is_contacted_without_a_contact_and_no_day_lies_beyond_what_the_rule_says(
    city: City,
) -> None:
    target = await listed(city)
    for stage in ("CONTACTED", "VISITING"):
        (wrong,) = faults(await act(city, "targetCompanyMove", target, stage=stage))
        assert wrong[0] == "stage" and "还没有接触记录" in wrong[1]
    await done(city, "targetCompanyMove", target, stage="SHORT_LIST")
    far = {"nextOn": "2027-02-17", "nextStep": "回访"}
    for given in (
        await act(city, "targetCompanyMove", target, stage="SHORT_LIST", **far),
        await act(city, "targetCompanyContact", target, **CALLED, **far),
        await city.act(city.group, "targetCompanyAdd", name="上海齿轮厂", **far),
    ):
        assert [field for field, _ in faults(given)] == ["nextOn"]
        assert "2027-02-16" in faults(given)[0][1], "ninety days from 18 November"
    await done(city, "targetCompanyContact", target, **CALLED, **far | {"nextOn": "2027-02-16"})
    for stage in ("LONG_LIST", "SHORT_LIST"):
        (wrong,) = faults(await act(city, "targetCompanyMove", target, stage=stage))
        assert wrong[0] == "stage" and "已有接触记录" in wrong[1]
    await done(city, "targetCompanyMove", target, stage="VISITING")
    await done(city, "targetCompanyMove", target, stage="CONTACTED")


async def test_who_puts_off_and_who_resumes_do_it_on_the_page(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.settings.NOW", NOW)
    target = await listed(city, nextOn="2026-11-19", nextStep="回访")
    page, plan = f"/targets/{target['no']}", {"stage": "LONG_LIST", "nextStep": "再约"}
    async with signed_in("group") as visitor:
        assert 'name="reason" rows="4"' not in await seen(visitor, page)
        later = plan | {"nextOn": "2026-11-25"}
        asks = await send(visitor, page, "TargetCompanyPlan", status=422, **later)
        assert "请写明原因" in asks.text and "reason-wrong" in asks.text
        await send(visitor, page, "TargetCompanyPlan", **later, reason="对方改期")
        assert "推后 1 次，最初约定 11月19日" in main(await seen(visitor, page))
        narrowed = main(await seen(visitor, "/targets?putOff=true&view=table"))
        assert target["name"] in narrowed and "推后 1 次" in narrowed
        await send(visitor, page, "TargetCompanyDrop", reason="已在外地签约")
        assert "恢复跟进目标企业" in main(await seen(visitor, page))
        await send(visitor, page, "TargetCompanyResume", reason="又有意向")
        text = main(await seen(visitor, page))
        assert "短名单" in text and 'id="resume"' not in text
        amended = {"name": "深圳市精密传动有限公司", "uscc": uscc(903)}
        await send(visitor, page, "TargetCompanyAmend", **amended)
        text = main(await seen(visitor, page))
        assert amended["name"] in text and uscc(903) in text
        board_page = await seen(visitor, "/targets")
        assert f'href="{page}#contact"' in board_page, "the arrow leads to the contact first"


# ---------------------------------------------------------------- the way back


async def test_a_conversion_is_taken_back_with_its_papers_for_a_reason(city: City) -> None:
    target = await listed(city)
    await done(city, "targetCompanyContact", target, **CALLED, evidence=[PDF])
    wrong = await city.report(city.group, name="别的项目", investorName="成都齿轮有限公司")
    await done(city, "targetCompanyConvert", target, project=wrong["no"], another=True)
    files = "query($no: String!) { project(no: $no) { attachments { name } } }"
    (paper,) = (await city.run(city.office, files, no=wrong["no"]))["project"]["attachments"]
    assert paper["name"] == PDF["name"] and (await read(city, target))["acts"] == [
        "targetCompanyResume"
    ]
    refused = await act(city, "targetCompanyResume", target, "department", reason="误")
    assert refused["userErrors"][0]["code"] == "NOT_ALLOWED"
    await done(city, "targetCompanyResume", target, reason="对应错了项目")
    found = await read(city, target)
    assert (found["stage"], found["project"]) == ("CONTACTED", None)
    assert (await reason(city, target)) == "对应错了项目"
    assert not (await city.run(city.office, files, no=wrong["no"]))["project"]["attachments"]
    lead = await lead_of(city, target)
    await done(city, "targetCompanyConvert", target, project=lead["no"])
    assert (await read(city, target))["project"]["no"] == lead["no"]


async def test_a_lead_that_has_ended_holds_nobody_and_none_is_made_of_one(city: City) -> None:
    target = await listed(city)
    withdrawn = await lead_of(city, target)
    await city.done(city.group, "projectWithdraw", **on(withdrawn), reason="误报")
    (ended,) = faults(await act(city, "targetCompanyConvert", target, project=withdrawn["no"]))
    assert ended == ("project", "这个项目现在是“已撤回”，不能对应")
    lead = await lead_of(city, target)
    assert [each["no"] for each in (await read(city, target))["convertible"]] == [lead["no"]]
    await done(city, "targetCompanyConvert", target, project=lead["no"])
    other = "modern-services"
    theirs = await listed(city, "office", group=other, another=True)
    services = await city.group_office(other)
    own = await city.report(
        services,
        name="第二个",
        group=other,
        investorName=target["name"],
        uscc=uscc(901),
        place="hightech",
        evidence=EVIDENCE,
        acknowledgeDuplicates=True,
    )
    given = {"target": theirs["no"], "revision": theirs["revision"], "project": own["no"]}
    held = await city.act(services, "targetCompanyConvert", **given)
    assert [field for field, _ in faults(held)] == ["target"]
    await city.done(city.group, "projectWithdraw", **on(await city.read(lead)), reason="误报")
    await city.done(services, "targetCompanyConvert", **given)
    await done(city, "targetCompanyResume", target, reason="项目已撤回")
    assert (await read(city, target))["stage"] == "SHORT_LIST"


async def test_a_countys_report_of_the_company_is_the_groups_lead_and_its_papers_stay_with_the_group(
    city: City,
) -> None:
    target = await listed(city, place="yanjiang")
    await done(city, "targetCompanyContact", target, **CALLED, evidence=[PDF])
    theirs = await lead_of(city, target, "yanjiang")
    assert [each["no"] for each in (await read(city, target))["convertible"]] == [theirs["no"]]
    foreign = await city.report(
        city.yanjiang, name="另一组的", group="modern-services", investorName="成都齿轮有限公司"
    )
    given = {"target": target["no"], "revision": (await read(city, target))["revision"]}
    refused = await city.act(
        city.office, "targetCompanyConvert", **given, project=foreign["no"], another=True
    )
    assert faults(refused) == [("project", "只能对应本小组报送的，或者分到本小组的项目")]
    await done(city, "targetCompanyConvert", target, project=theirs["no"])
    files = "query($no: String!) { project(no: $no) { attachments { name } } }"
    found = (await city.run(city.office, files, no=theirs["no"]))["project"]
    assert {"name": PDF["name"]} not in found["attachments"], "not the report's own"


# ---------------------------------------------------------------- which company


async def test_two_credit_codes_are_two_companies_whatever_they_are_called(city: City) -> None:
    target = await listed(city)
    lead = await city.report(city.group, investorName=target["name"], uscc=uscc(902))
    (asked,) = faults(await act(city, "targetCompanyConvert", target, project=lead["no"]))
    assert asked[0] == "another"


async def test_another_group_still_reads_that_a_company_is_pursued_once_it_is_a_lead(
    city: City,
) -> None:
    target = await listed(city)
    lead = await lead_of(city, target)
    theirs = await listed(city, "office", group="modern-services", another=True)
    await done(city, "targetCompanyConvert", target, project=lead["no"])
    assert (await read(city, theirs, "office"))["alsoPursuedBy"] == ["先进制造组"]
    await done(city, "targetCompanyResume", target, reason="误")
    await done(city, "targetCompanyDrop", target, reason="已在外地签约")
    assert (await read(city, theirs, "office"))["alsoPursuedBy"] == []


async def test_a_company_that_was_given_up_is_resumed_and_not_listed_anew(city: City) -> None:
    target = await listed(city)
    met = CALLED | {"means": "VISIT"}
    await done(city, "targetCompanyContact", target, **met)
    await done(city, "targetCompanyDrop", target, reason="已在外地签约")
    (again,) = faults(
        await city.act(city.group, "targetCompanyAdd", name=target["name"], uscc=uscc(901))
    )
    assert again[0] == "name" and target["no"] in again[1] and "恢复跟进" in again[1]
    await done(
        city, "targetCompanyResume", target, reason="又有意向", nextOn="2026-11-20", nextStep="回访"
    )
    found = await read(city, target)
    assert (found["stage"], len(found["contacts"])) == ("VISITING", 1) and found["duty"]


async def test_a_companys_name_and_code_are_mended_and_it_still_stands_once(city: City) -> None:
    target = await listed(city)
    other = await listed(city, name="上海齿轮有限公司", uscc="")
    taken = {"name": "深圳市精密齿轮有限公司", "uscc": uscc(901)}
    (twice,) = faults(await act(city, "targetCompanyAmend", other, **taken))
    assert twice == ("name", f"本小组已列入这家企业（{target['no']}）")
    (code,) = faults(await act(city, "targetCompanyAmend", other, uscc="91510100"))
    assert code[0] == "uscc"
    await done(city, "targetCompanyAmend", other, name="上海传动有限公司", uscc=uscc(904))
    await done(city, "targetCompanyAmend", other, why="配套")
    found = await read(city, other)
    assert (found["name"], found["uscc"]) == ("上海传动有限公司", uscc(904))
    assert (await board(city, "group", text="shcd"))["targetCompanies"]["totalCount"] == 1
    await done(city, "targetCompanyAmend", other, uscc="")
    assert (await read(city, other))["uscc"] == ""


# ---------------------------------------------------------------- where it points


async def test_a_company_points_at_what_its_group_uses(city: City) -> None:
    theirs = await city.done(city.office, "chainNodeSet", **GEARS, group="modern-services")
    own = (await city.done(city.office, "chainNodeSet", **GEARS, group=GROUP))["node"]
    region = (await city.done(city.office, "targetRegionSet", name="东盟", position=5))["region"]
    named = {"node": own["no"], "region": region["slug"]}
    target = await listed(city, **named)
    retired = {"node": own["no"], "revision": own["revision"], "retired": True}
    await city.done(city.group, "chainNodeSet", **GEARS, **retired)
    on = {"region": region["slug"], "revision": region["revision"], "name": "东盟"}
    await city.done(city.office, "targetRegionSet", **on, retired=True)
    wrong = {"name": "上海齿轮有限公司", "node": theirs["node"]["no"], "region": region["slug"]}
    at_fields = dict(faults(await city.act(city.group, "targetCompanyAdd", **wrong)))
    assert at_fields.keys() == {"node", "region"} and "其他小组" in at_fields["node"]
    stale = await city.act(city.group, "targetCompanyAdd", **wrong | {"node": own["no"]})
    assert "已停用" in dict(faults(stale))["node"]
    await done(city, "targetCompanyAmend", target, **named, why="原来就在这里")
    firm = {"node": own["no"], "name": "资阳齿轮厂", "source": "名录"}
    assert faults(await city.act(city.group, "chainFirmAdd", **firm))[0][0] == "node"


async def test_a_chain_has_a_node_once_and_a_node_a_firm_once_however_they_are_written(
    city: City,
) -> None:
    first = (await city.done(city.group, "chainNodeSet", **GEARS))["node"]
    (twice,) = faults(await city.act(city.group, "chainNodeSet", **GEARS | {"name": "轴承 齿轮"}))
    assert twice[0] == "name" and first["no"] in twice[1]
    second = (await city.done(city.group, "chainNodeSet", **GEARS | {"name": "车轴"}))["node"]
    on = {"node": second["no"], "revision": second["revision"]}
    assert faults(await city.act(city.group, "chainNodeSet", **GEARS, **on))[0][0] == "name"
    await city.done(city.office, "chainNodeSet", **GEARS, group="modern-services")
    firm = {"node": first["no"], "source": "名录"}
    await city.done(city.group, "chainFirmAdd", **firm, name="资阳齿轮厂")
    for name in ("资阳 齿轮厂", "资阳齿轮厂（有限公司）"):
        (again,) = faults(await city.act(city.group, "chainFirmAdd", **firm, name=name))
        assert again == ("name", "“资阳齿轮厂”已计入这个环节")
