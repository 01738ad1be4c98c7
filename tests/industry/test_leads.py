"""Article 2: what becomes of a target company's lead: who learns of it, what it rests on, the way back."""

from schema.duties.repair import compare
from schema.gate.operator import operating
from schema.linkage.tables import Inquiry
from schema.people.rules import Post
from tests.industry import scenes
from tests.industry.scenes import GROUP
from tests.industry.test_targets import PDF, faults, listed
from tests.linkage.test_notices import quota
from tests.world import City, Said, at, uscc, viewer

X = {"name": "深圳市精密齿轮有限公司", "uscc": uscc(901)}
CONTACT = {"happenedOn": "2026-11-17", "means": "VISIT", "withWhom": "总经理 周立"}


async def converted(city: City, by: str, target: Said, lead: Said, **more: object) -> Said:
    on = {"target": target["no"], "revision": target["revision"], "project": lead["no"]}
    return await city.act(city[by], "targetCompanyConvert", **on, **more)


async def lead_of(city: City, by: str, **given: object) -> Said:
    """A report of the group's about the company, with a first contact and its paper."""
    company = {"investorName": X["name"], "uscc": X["uscc"]}
    contact = {"place": "hightech", "evidence": [PDF]}
    return await city.report(city[by], **company | contact | given)


async def other_group(city: City) -> None:
    """Another group has made a lead of the company."""
    vars(city)["services"] = await city.group_office("modern-services")
    theirs = await listed(city, "services", group="modern-services")
    done = await converted(
        city, "services", theirs, await lead_of(city, "services", group="modern-services")
    )
    assert not done["userErrors"], done


async def asked_about(city: City) -> list[tuple[int, int]]:
    rows = await Inquiry.filter(road="CONVERSION", person_id=city.group.person)
    return [(row.asked, row.matched) for row in rows]


async def test_a_conversion_tells_of_anothers_lead_as_of_any_unseen_one(city: City) -> None:
    await other_group(city)
    own = await listed(city)
    bare = await lead_of(city, "group", evidence=None, place=None, contactOn=None)
    other = await lead_of(city, "group", investorName="成都另一家公司", uscc=uscc(903))
    ((field, words),) = faults(await converted(city, "group", own, other))
    assert field == "another" and "现代服务" not in words, "another's company is not asked about"
    assert await asked_about(city) == []
    lead = await lead_of(city, "group", name="精密齿轮西南基地")
    ((field, words),) = faults(await converted(city, "group", own, lead))
    assert field == "target" and "其他小组" in words and "现代服务" not in words
    assert await asked_about(city) == [(1, 1)], "counted, though refused"
    (seen,) = faults(await converted(city, "office", own, lead))
    assert seen == ("target", "现代服务业组已把这家企业转为线索")
    alone = await listed(city, name="无人知道的公司", uscc="")
    lonely = await lead_of(city, "group", investorName="无人知道的公司", uscc="", evidence=None)
    without = [
        faults(await converted(city, "group", target, lead))
        for target, lead in ((own, bare), (alone, lonely))
    ]
    assert without[0] == without[1] and "佐证" in without[0][0][1], "nothing is answered"


async def test_once_the_days_notices_are_used_up_a_conversion_waits_whatever_there_is(
    city: City,
) -> None:
    await other_group(city)
    await quota(0)
    known, unknown = await listed(city), await listed(city, name="无人知道的公司", uscc="")
    checked = {"uscc": "", "acknowledgeDuplicates": True}
    leads = [
        await lead_of(city, "group", name="甲", **checked),
        await lead_of(city, "group", name="乙", investorName="无人知道的公司", **checked),
    ]
    answers = [
        faults(await converted(city, "group", target, lead))
        for target, lead in zip((known, unknown), leads, strict=True)
    ]
    assert answers[0] == answers[1] and "已用完" in answers[0][0][1]


async def test_who_renames_a_company_asks_about_it_as_of_whatever_is_not_seen(city: City) -> None:
    vars(city)["services"] = await city.group_office("modern-services")
    await listed(city, "services", group="modern-services")
    own = await listed(city, name="无关公司", uscc="")

    async def renamed(name: str, by: str = "group", **more: object) -> list[tuple[str, str]]:
        asked = "query($no: String!) { targetCompany(no: $no) { revision } }"
        on = (await city.run(city.group, asked, no=own["no"]))["targetCompany"] | more
        payload = await city.act(city[by], "targetCompanyAmend", target=own["no"], name=name, **on)
        return faults(payload)

    assert await renamed("无关公司", why="配套") == [] and await asked_about(city) == []
    assert await renamed("另一无关公司") == [] and await asked_about(city) == [(1, 0)]
    assert await renamed(X["name"]) == [] and await asked_about(city) == [(2, 1)]
    await quota(0)
    answers = [await renamed(name) for name in ("无人知道的公司", "另一无关公司")]
    assert answers[0] == answers[1] and answers[0][0][0] == "name"
    assert "已用完" in answers[0][0][1]
    assert await renamed("无关公司", "office") == [], "whoever sees all asks nothing"


DESK = """query($no: String!) { project(no: $no) { no
    linkage { claims { id evidence { name } assessment } }
    attachments { name } } }"""


async def contacted(city: City, **given: object) -> Said:
    target = await listed(city, **given)
    on = {"target": target["no"], "outcome": "愿意来考察", "evidence": [PDF]}
    done = await city.done(city.group, "targetCompanyContact", **CONTACT, **on)
    read: Said = done["target"]
    return read


def other_company(key: int) -> Said:
    return {"investorName": f"成都齿轮第{key}有限公司", "uscc": uscc(key)}


async def read(city: City, target: Said) -> Said:
    asked = "query($no: String!) { targetCompany(no: $no) { no revision reported { no } } }"
    found: Said = (await city.run(city.group, asked, no=target["no"]))["targetCompany"]
    return found


async def resumed(city: City, target: Said) -> Said:
    """The company is bound to its project no longer."""
    on = {"target": target["no"], "revision": (await read(city, target))["revision"]}
    await city.done(city.group, "targetCompanyResume", **on, reason="对应错了项目")
    return await read(city, target)


async def papers(city: City, lead: Said) -> list[list[str]]:
    found = (await city.run(city.office, DESK, no=lead["no"]))["project"]
    return [[file["name"] for file in each["evidence"]] for each in found["linkage"]["claims"]]


async def test_the_papers_of_contacts_are_evidence_of_the_first_contact_before_it_is_judged(
    city: City,
) -> None:
    target = await contacted(city)
    lead = await lead_of(city, "group", target=target["no"], evidence=None)
    assert await papers(city, lead) == [[PDF["name"]]], "at the report"
    duty = """{ duties(filter: {task: ["targetCompanyConvert"], open: true}, first: 9) {
        nodes { subjectNo unit { slug } } } }"""
    (open_duty,) = (await city.run(city.group, duty))["duties"]["nodes"]
    unit = {"slug": "group-advanced-manufacturing"}
    assert open_duty == {"subjectNo": target["no"], "unit": unit}
    back = "query($no: String!) { targetCompany(no: $no) { revision reported { no } } }"
    read = (await city.run(city.group, back, no=target["no"]))["targetCompany"]
    assert read == {"revision": target["revision"] + 1, "reported": {"no": lead["no"]}}
    done = await converted(city, "group", target | read, lead)
    assert not done["userErrors"]
    assert await papers(city, lead) == [[PDF["name"]]], "once, not twice"
    assert not (await city.run(city.group, duty))["duties"]["nodes"]
    history = """query($no: String!) { project(no: $no) {
        journal(first: 9) { nodes { act changes { label after } } } } }"""
    entries = (await city.run(city.office, history, no=lead["no"]))["project"]["journal"]["nodes"]
    assert any(PDF["name"] in str(each["changes"]) for each in entries), entries


async def test_a_report_that_is_bound_later_gets_them_then_until_it_is_judged(city: City) -> None:
    target = await contacted(city)
    lead = await lead_of(city, "group", evidence=None)
    assert await papers(city, lead) == [[]]
    assert not (await converted(city, "group", target, lead))["userErrors"]
    assert await papers(city, lead) == [[PDF["name"]]]


async def test_only_whoever_may_make_a_lead_of_a_company_reports_from_it(city: City) -> None:
    target = await contacted(city, place="hightech")
    lead: Said = {"name": "甲", "investorName": X["name"], "uscc": X["uscc"], "amount": "1亿"}
    contact = {"contactOn": "2026-11-17", "contactWith": "周立"}
    place = await city.act(city.hightech, "projectReport", **lead, **contact, target=target["no"])
    assert faults(place)[0][0] == "target"
    unseen = await city.act(city.branch, "projectReport", **lead, target=target["no"])
    absent = await city.act(city.branch, "projectReport", **lead, target="MB2026-9999")
    assert unseen == absent and faults(unseen)[0][0] == "target"


async def test_whoever_sees_a_company_or_a_one_reads_what_was_done_on_it(city: City) -> None:
    target = await contacted(city, place="hightech")
    vars(city)["services"] = await city.group_office("modern-services")
    of_target = (
        "query($no: String!) { targetCompany(no: $no) { journal(first: 9) { nodes { act } } } }"
    )
    of_one = "query($no: String!) { one(no: $no) { journal(first: 9) { nodes { act } } } }"
    both = ["targetCompanyContact", "targetCompanyAdd"]

    async def read(by: str, query: str, no: str) -> list[str] | None:
        (found,) = (await city.run(city[by], query, no=no)).values()
        return found and [each["act"] for each in found["journal"]["nodes"]]

    for by in ("office", "group", "leader", "inspector", "hightech"):
        assert await read(by, of_target, target["no"]) == both, by
    for by in ("services", "anyue", "branch"):
        assert await read(by, of_target, target["no"]) is None, by
        entries = f'{{ journal(subject: "{target["id"]}", first: 9) {{ totalCount }} }}'
        assert (await city.run(city[by], entries))["journal"]["totalCount"] == 0, by
    await city.done(city.group, "oneUpdate", **await scenes.update(city))
    for by in ("office", "group", "services", "leader", "department", "hightech", "branch"):
        assert await read(by, of_one, scenes.ZONE) == ["oneUpdate", "cityFound"], by
    lead = await lead_of(city, "group", target=target["no"], place="yanjiang", group=None)
    assert await read("group", of_target, target["no"]) == ["projectReport", *both]
    assert await read("hightech", of_target, target["no"]) == both, "the report with its project"
    assert lead["no"]


async def test_papers_leave_a_project_that_was_the_wrong_one_until_it_is_judged(
    city: City,
) -> None:
    target = await contacted(city)
    wrong = await lead_of(city, "group", investorName="成都齿轮有限公司", uscc="", evidence=None)
    city.now = at("2026-11-19 09:00")
    own = await lead_of(city, "group", name="别的项目", evidence=[PDF], **other_company(903))
    for lead, there in ((wrong, []), (own, [PDF["name"]])):
        assert not faults(
            await converted(city, "group", await read(city, target), lead, another=True)
        )
        assert await papers(city, lead) == [[PDF["name"]]]
        await resumed(city, target)
        assert await papers(city, lead) == [there], "only what was copied is taken back"
        on = {"project": lead["no"], "revision": lead["revision"]}
        stale = await city.act(city.group, "projectWithdraw", **on, reason="误报")
        assert (stale["userErrors"] != []) == (lead is wrong), "whoever read it before is stale"
    judged = await lead_of(city, "group", name="西南基地", target=target["no"], evidence=None)
    assert not faults(await converted(city, "group", await read(city, target), judged))
    async with operating("personAdd", city.now) as gate:
        post = (Post.GROUP, "group-advanced-manufacturing")
        city.groups[GROUP] = await viewer(gate, "opiner", "许康", *post)
    ready = await city.opined(await city.read(judged))
    on = {"project": ready["no"], "revision": ready["revision"]}
    contact = {"firstContactPlace": "hightech", "reason": "佐证齐全"}
    await city.done(city.office, "projectJudge", **on, **contact)
    await resumed(city, target)
    assert await papers(city, judged) == [[PDF["name"]]], "the judgement rests on it"


async def test_a_report_of_another_company_takes_no_papers_unless_it_is_said_to_be_the_same(
    city: City,
) -> None:
    target = await contacted(city)
    report: Said = {"name": "齿轮项目", "investorName": "成都齿轮有限公司", "amount": "1亿"}
    report |= {"place": "hightech", "contactOn": "2026-11-17", "contactWith": "周立"}
    given = report | {"target": target["no"]}
    (asked,) = faults(await city.act(city.group, "projectReport", **given))
    assert asked[0] == "another" and target["name"] in asked[1] and "成都齿轮" in asked[1]
    for same in (given | {"investorName": X["name"], "uscc": X["uscc"]}, report):
        (unneeded,) = faults(await city.act(city.group, "projectReport", **same, another=True))
        assert unneeded[0] == "another"
    made = await city.done(city.group, "projectReport", **given, another=True)
    assert await papers(city, made["project"]) == [[PDF["name"]]]


OWED = """{ duties(filter: {task: ["targetCompanyConvert"], open: true}, first: 9) {
    nodes { subjectNo } } }"""


async def owed(city: City) -> list[str]:
    """The companies that are to be bound to what was reported from them."""
    found = (await city.run(city.group, OWED))["duties"]["nodes"]
    assert not await compare(city.context(city.office))
    return [each["subjectNo"] for each in found]


async def test_nothing_is_bound_to_a_report_that_has_ended_and_one_is_bound_before_the_next(
    city: City,
) -> None:
    target = await contacted(city)
    first = await lead_of(city, "group", target=target["no"], evidence=None)
    assert await owed(city) == [target["no"]]
    again: Said = {"name": "二期", "amount": "1亿", "acknowledgeDuplicates": True}
    again |= {"investorName": X["name"], "uscc": X["uscc"], "place": "hightech"}
    again |= {"contactOn": "2026-11-17", "contactWith": "周立", "target": target["no"]}
    (refused,) = faults(await city.act(city.group, "projectReport", **again))
    assert refused[0] == "target" and first["no"] in refused[1]
    on = {"project": first["no"], "revision": first["revision"]}
    await city.done(city.group, "projectWithdraw", **on, reason="误报")
    assert await owed(city) == []
    assert (await read(city, target))["reported"] is None
    second = (await city.done(city.group, "projectReport", **again))["project"]
    assert await owed(city) == [target["no"]]
    sister = await listed(city, name="深圳精密齿轮集团", uscc="")
    assert not faults(await converted(city, "group", sister, second, another=True))
    assert await owed(city) == [] and (await read(city, target))["reported"] is None
