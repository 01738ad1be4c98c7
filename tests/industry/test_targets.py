"""Article 2: a group goes after companies, from the long list to a lead, each with a next contact."""

from schema.database.statements import counting
from schema.duties.repair import compare
from tests.world import EVIDENCE, City, Said, at, uscc

BOARD = """query($filter: TargetCompanyFilter) { targetCompanies(filter: $filter) {
    totalCount nodes { no name stage nextOn nextStep alsoPursuedBy project { no }
        leads { no } contacts { means outcome evidence { name } } } }
    targetFigures(filter: $filter) { stage count } }"""
PDF = {"name": "会谈纪要.pdf", "content": "JVBERi0xLjQKJSVFT0YK"}


async def listed(city: City, viewer: str = "group", **given: object) -> Said:
    company = {"name": "深圳市精密齿轮有限公司", "uscc": uscc(901), "why": "配套机车齿轮箱"}
    payload = await city.done(city[viewer], "targetCompanyAdd", **company | given)
    found: Said = payload["target"]
    return found


async def board(city: City, viewer: str, **filter: object) -> Said:
    return await city.run(city[viewer], BOARD, filter=filter or None)


def faults(payload: Said) -> list[tuple[str, str]]:
    return [(each["field"], each["message"]) for each in payload["userErrors"]]


async def test_a_company_goes_from_the_long_list_to_a_lead_with_its_contacts_as_evidence(
    city: City,
) -> None:
    target = await listed(city, nextOn="2026-11-20", nextStep="电话联系董秘")
    duty = """{ duties(filter: {task: ["targetCompanyContact"], open: true}, first: 9) {
        nodes { dueAt subjectNo unit { slug } } } }"""
    (planned,) = (await city.run(city.group, duty))["duties"]["nodes"]
    assert planned == {
        "dueAt": "2026-11-20T17:30:00+08:00",
        "subjectNo": target["no"],
        "unit": {"slug": "group-advanced-manufacturing"},
    }
    called = await city.done(
        city.group,
        "targetCompanyContact",
        target=target["no"],
        revision=target["revision"],
        happenedOn="2026-11-18",
        means="CALL",
        withWhom="董秘 何川",
        outcome="有意在西南设厂，约定寄送资料",
    )
    assert called["target"]["stage"] == "CONTACTED" and called["target"]["nextOn"] is None
    assert not (await city.run(city.group, duty))["duties"]["nodes"]
    met = await city.done(
        city.group,
        "targetCompanyContact",
        target=target["no"],
        happenedOn="2026-11-18",
        means="VISIT",
        withWhom="总经理 周立",
        outcome="看厂后愿意来考察",
        evidence=[PDF],
    )
    assert met["target"]["stage"] == "VISITING"
    lead = await city.report(
        city.group, name="精密齿轮西南基地", investorName="深圳市精密齿轮有限公司", uscc=uscc(901)
    )
    on = {"target": target["no"], "revision": met["target"]["revision"]}
    done = await city.done(city.group, "targetCompanyConvert", project=lead["no"], **on)
    assert (done["target"]["stage"], done["target"]["project"]["no"]) == ("CONVERTED", lead["no"])
    files = "query($no: String!) { project(no: $no) { attachments { name } } }"
    found = (await city.run(city.office, files, no=lead["no"]))["project"]
    assert {"name": "会谈纪要.pdf"} in found["attachments"]
    again = await city.act(
        city.group,
        "targetCompanyConvert",
        **on | {"revision": on["revision"] + 1},
        project=lead["no"],
    )
    assert "已转线索" in faults(again)[0][1]
    assert not await compare(city.context(city.office))


async def test_two_groups_after_one_company_see_that_and_not_each_others_notes(city: City) -> None:
    await listed(city, why="只有本组知道的判断")
    theirs = await listed(city, "office", group="modern-services", why="另一组的判断")
    (own,) = (await board(city, "group"))["targetCompanies"]["nodes"]
    assert own["alsoPursuedBy"] == ["现代服务业组"]
    assert theirs["alsoPursuedBy"] == ["先进制造组"]
    await refused_as_absent(city, theirs)
    absent = "query($no: String!) { targetCompany(no: $no) { why } }"
    assert (await city.run(city.group, absent, no=theirs["no"]))["targetCompany"] is None
    assert (await board(city, "office"))["targetCompanies"]["totalCount"] == 2


async def refused_as_absent(city: City, theirs: Said) -> None:
    """Every act of a group on another's company answers as on one that never was."""
    contact = {"happenedOn": "2026-11-18", "means": "CALL", "withWhom": "甲", "outcome": "乙"}
    acts: dict[str, Said] = {
        "targetCompanyAmend": {"revision": 1},
        "targetCompanyMove": {"revision": 1, "stage": "SHORT_LIST"},
        "targetCompanyContact": contact,
        "targetCompanyConvert": {"revision": 1, "project": "2026-9999"},
        "targetCompanyDrop": {"revision": 1, "reason": "丙"},
    }
    for act, more in acts.items():
        answers = [
            await city.act(city.group, act, target=no, **more)
            for no in (theirs["no"], theirs["id"], "MB2026-9999")
        ]
        assert answers[0] == answers[1] == answers[2], act
        assert answers[0]["userErrors"][0]["code"] == "INVALID", act


async def test_agents_branches_and_the_public_see_nothing_of_it_and_places_what_concerns_them(
    city: City,
) -> None:
    await listed(city, place="hightech")
    counts = {
        name: (await board(city, name))["targetCompanies"]["totalCount"]
        for name in ("office", "group", "department", "leader", "inspector", "hightech")
    }
    assert set(counts.values()) == {1}
    for name in ("yanjiang", "branch", "agent", "expert", "partner", "public"):
        assert (await board(city, name))["targetCompanies"]["totalCount"] == 0, name
        refused = await city.act(city[name], "targetCompanyAdd", name="某公司")
        assert refused["userErrors"][0]["code"] == "NOT_ALLOWED"


async def test_a_company_is_listed_once_by_a_group_and_asked_about_where_it_is_a_lead_already(
    city: City,
) -> None:
    first = await listed(city)
    (twice,) = faults(
        await city.act(city.group, "targetCompanyAdd", name="深圳精密", uscc=uscc(901))
    )
    assert twice == ("name", f"本小组已列入这家企业（{first['no']}）")
    lead = await city.report(city.group, investorName="成都齿轮有限公司", uscc=uscc(902))
    given = {"name": "成都齿轮有限公司", "uscc": uscc(902)}
    (asked,) = faults(await city.act(city.group, "targetCompanyAdd", **given))
    assert asked[0] == "another" and lead["no"] in asked[1]
    await city.done(city.group, "targetCompanyAdd", **given, another=True)


async def test_a_lead_belongs_to_one_company_of_one_group(city: City) -> None:
    first = await listed(city)
    second = await listed(city, "office", group="modern-services")
    met = {"place": "hightech", "evidence": EVIDENCE}
    lead = await city.report(city.group, investorName=first["name"], uscc=uscc(901), **met)
    on = {"target": second["no"], "revision": second["revision"], "project": lead["no"]}
    (foreign,) = faults(await city.act(city.office, "targetCompanyConvert", **on))
    assert foreign == ("project", "只能对应本小组报送的，或者分到本小组的项目")
    own = {"target": first["no"], "revision": first["revision"], "project": lead["no"]}
    await city.done(city.group, "targetCompanyConvert", **own)
    other = await listed(city, name="第三家公司", uscc="")
    on = {"target": other["no"], "revision": other["revision"], "project": lead["no"]}
    (taken,) = faults(await city.act(city.group, "targetCompanyConvert", **on))
    assert taken == ("project", f"这个项目已对应目标企业 {first['no']}")


async def test_what_is_wrong_with_a_contact_is_said_at_each_field(city: City) -> None:
    target = await listed(city)
    refused = await city.act(
        city.group,
        "targetCompanyContact",
        target=target["no"],
        happenedOn="2026-11-19",
        means="CALL",
        withWhom="何川",
        outcome="已联系",
        nextOn="2026-11-01",
    )
    assert {field for field, _ in faults(refused)} == {"happenedOn", "nextOn", "nextStep"}
    moved = await city.act(
        city.group,
        "targetCompanyMove",
        target=target["no"],
        revision=target["revision"],
        stage="CONVERTED",
    )
    assert faults(moved)[0][0] == "stage"


async def test_a_contact_leaves_a_plan_that_was_made_after_it(city: City) -> None:
    target = await listed(city)
    on = {"target": target["no"], "revision": target["revision"]}
    plan = {"stage": "LONG_LIST", "nextOn": "2026-12-05", "nextStep": "上门"}
    await city.done(city.group, "targetCompanyMove", **on, **plan)
    october = {"happenedOn": "2026-10-01", "means": "CALL", "withWhom": "何川", "outcome": "已联系"}
    stale = await city.act(city.group, "targetCompanyContact", **on, **october)
    assert stale["userErrors"][0]["code"] == "STALE"
    assert stale["conflict"]["changedBy"] == city.group.name
    unread = {"target": target["no"]}
    late = await city.done(city.group, "targetCompanyContact", **unread, **october)
    assert (late["target"]["nextOn"], late["target"]["nextStep"]) == ("2026-12-05", "上门")
    duty = '{ duties(filter: {task: ["targetCompanyContact"], open: true}) { totalCount } }'
    assert (await city.run(city.group, duty))["duties"]["totalCount"] == 1
    today = october | {"happenedOn": "2026-11-18"}
    left = await city.done(city.group, "targetCompanyContact", **unread, **today)
    assert left["target"]["nextOn"] == "2026-12-05", "another may have planned it since it was read"
    later = {"nextOn": "2026-12-06", "nextStep": "再说"}
    (unseen,) = faults(
        await city.act(city.group, "targetCompanyContact", **unread, **today, **later)
    )
    assert unseen[0] == "revision" and "2026-11-18" in unseen[1]
    on["revision"] = left["target"]["revision"]
    done = await city.done(city.group, "targetCompanyContact", **on, **today)
    assert done["target"]["nextOn"] is None
    assert (await city.run(city.group, duty))["duties"]["totalCount"] == 0


async def test_a_contact_that_is_not_made_by_its_day_is_overdue(city: City) -> None:
    await listed(city, nextOn="2026-11-19", nextStep="回访")
    city.now = at("2026-11-19 17:00")
    asked = (
        '{ duties(filter: {task: ["targetCompanyContact"]}, first: 9) { nodes { lamp status } } }'
    )
    (today,) = (await city.run(city.group, asked))["duties"]["nodes"]
    evening = "{ targetFacets { overdue } targetCompanies(filter: {overdue: %s}) { totalCount } }"
    for moment, late_ones in (("17:29", 0), ("17:31", 1)):
        city.now = at(f"2026-11-19 {moment}")
        (duty,) = (await city.run(city.group, asked))["duties"]["nodes"]
        for value, count in (("true", late_ones), ("false", 1 - late_ones)):
            found = await city.run(city.group, evening % value)
            assert found["targetFacets"]["overdue"] == late_ones, moment
            assert found["targetCompanies"]["totalCount"] == count, (moment, value)
        assert (duty["lamp"] == "RED") == bool(late_ones), moment
    city.now = at("2026-11-20 09:00")
    (late,) = (await city.run(city.group, asked))["duties"]["nodes"]
    assert (today["lamp"], late["lamp"]) == ("AMBER", "RED")
    assert (await board(city, "group", overdue=True))["targetCompanies"]["totalCount"] == 1


async def test_the_office_names_the_regions(city: City) -> None:
    names = "{ targetRegions { slug name retired } }"
    found = (await city.run(city.group, names))["targetRegions"]
    assert [each["name"] for each in found] == ["长三角", "珠三角", "京津冀", "成渝", "欧美日韩"]
    made = await city.done(city.office, "targetRegionSet", name="东盟", position=5)
    (taken,) = faults(await city.act(city.office, "targetRegionSet", name="长三角"))
    assert taken[0] == "name"
    region = {"region": made["region"]["slug"], "revision": made["region"]["revision"]}
    await city.done(city.office, "targetRegionSet", **region, name="东盟", retired=True)
    refused = await city.act(city.group, "targetRegionSet", name="中东")
    assert refused["userErrors"][0]["code"] == "NOT_ALLOWED"


async def test_the_projects_of_companies_are_read_by_as_many_statements_as_those_of_one(
    city: City,
) -> None:
    await listed(city)
    lead = await city.report(city.group, investorName="深圳市精密齿轮有限公司", uscc=uscc(901))
    asked = """{ targetCompanies(orderBy: { field: ADDED_AT }) { nodes {
        leads { no } convertible { no } } } }"""

    async def taken() -> tuple[int, list[Said]]:
        with counting() as statements:
            found = await city.run(city.group, asked)
        return len(statements), found["targetCompanies"]["nodes"]

    one, (first,) = await taken()
    assert first == {"leads": [{"no": lead["no"]}], "convertible": [{"no": lead["no"]}]}
    third = await city.report(city.group, investorName="第三家公司", uscc="")
    await city.report(city.yanjiang, investorName="无人跟进的公司", uscc="")
    for name in ("第二家公司", "第三家公司"):
        await listed(city, name=name, uscc="", another=name == "第三家公司")
    more, (_, none, of_third) = await taken()
    assert more == one
    assert none["leads"] == [] and of_third["leads"] == [{"no": third["no"]}]


async def test_a_wrong_credit_code_is_said_at_its_field(city: City) -> None:
    given = {"name": "深圳市精密齿轮有限公司", "uscc": "91110000600037341X"}
    ((field, words),) = faults(await city.act(city.group, "targetCompanyAdd", **given))
    assert field == "uscc" and words


async def test_what_an_amendment_leaves_out_stays_and_what_is_empty_goes(city: City) -> None:
    target = await listed(city, place="hightech", region="pearl-delta")
    on = {"target": target["no"], "revision": target["revision"]}
    amended = await city.done(city.group, "targetCompanyAmend", **on, why="配套商用车")
    asked = """query($no: String!) { targetCompany(no: $no) { why revision
        place { slug } region { slug } } }"""
    kept = {"place": {"slug": "hightech"}, "region": {"slug": "pearl-delta"}}
    found = (await city.run(city.hightech, asked, no=target["no"]))["targetCompany"]
    assert found == kept | {"why": "配套商用车", "revision": amended["target"]["revision"]}
    on["revision"] = found["revision"]
    await city.done(city.group, "targetCompanyAmend", **on, region=None, why="")
    found = (await city.run(city.group, asked, no=target["no"]))["targetCompany"]
    assert (found["why"], found["region"], found["place"]) == ("", None, kept["place"])


async def test_numbers_in_what_a_group_writes_of_a_company_are_masked_for_all_but_it_and_the_office(
    city: City,
) -> None:
    await listed(city, why="找诸葛总 138 1234 5678")
    read = "{ targetCompanies { nodes { why } } }"
    for who, shown in (("group", "138 1234 5678"), ("office", "138 1234 5678"), ("leader", "138****5678")):  # fmt: skip
        (found,) = (await city.run(city[who], read))["targetCompanies"]["nodes"]
        assert found["why"] == f"找诸葛总 {shown}", who
