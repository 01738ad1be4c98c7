"""Companies: who holds them, from when on and by which source; their names; what belongs to one group."""

import re
from typing import Any

import pytest

from schema import database, erasing
from schema.checks import UNRECORDED
from schema.city.rules import RuleBroken, normal_name
from schema.gate.replay import compare
from schema.gate.tables import JournalEntry
from schema.linkage.tables import Inquiry
from schema.people.tables import Company, CompanyHolder, CompanyName
from schema.project.tables import Project
from schema.query.models import global_id
from tests.ledger import ledgers
from tests.project.test_pages import main, seen, signed_in
from tests.world import City, Said, uscc

HOLDERS = {
    "legalRepresentative": "李柠",
    "controllers": f"川南控股集团有限公司 {uscc(900)}",
    "shareholders": f"川南控股集团有限公司 {uscc(900)} 66.5%\n李柠、33.5%",
    "holdersSource": "国家企业信用信息公示系统",
    "holdersOn": "2026-11-01",
}
READ = """query($id: ID!) { node(id: $id) { ... on Company { name revision legalRepresentative controllers
  shareholders holders { role name uscc share source asOf endedOn unit { slug } }
  formerNames { name until documentNo } } } }"""


async def reported(city: City, who: str = "yanjiang", **given: Any) -> tuple[Said, Company]:
    """A report, and the company that it is of."""
    project = await city.report(city[who], **given)
    row = await Project.get(no=project["no"])
    return project, await Company.get(id=row.investor_id)  # type: ignore[attr-defined]


async def read(city: City, who: str, company: Company) -> Said | None:
    found: Said | None = (await city.run(city[who], READ, id=global_id("Company", company.id)))[
        "node"
    ]
    return found


async def amend(city: City, company: Company, **given: Any) -> Said:
    """The payload of an amendment by the office, at the revision that the company has now."""
    revision = (await Company.get(id=company.id)).revision
    lead = {"company": global_id("Company", company.id), "revision": revision}
    return await city.act(city.office, "companyAmend", **lead | given)


async def test_a_report_says_who_holds_its_investor_with_source_and_day(city: City) -> None:
    _, company = await reported(city, **HOLDERS)
    found = await read(city, "office", company)
    assert found is not None
    assert found["legalRepresentative"] == "李柠"
    assert found["shareholders"] == f"川南控股集团有限公司 {uscc(900)} 66.5%\n李柠 33.5%"
    assert [(each["role"], each["share"]) for each in found["holders"]] == [
        ("LEGAL_REPRESENTATIVE", None),
        ("CONTROLLER", None),
        ("SHAREHOLDER", "66.5%"),
        ("SHAREHOLDER", "33.5%"),
    ]
    for each in found["holders"]:
        assert (each["source"], each["asOf"]) == ("国家企业信用信息公示系统", "2026-11-01")
        assert each["unit"]["slug"] == "yanjiang" and each["endedOn"] is None


async def test_a_unit_reads_what_it_has_entered_and_nothing_of_what_others_know(city: City) -> None:
    _, company = await reported(city, **HOLDERS)
    await city.done(
        city.office,
        "companyAmend",
        company=global_id("Company", company.id),
        revision=1,
        controllers="陈某某",
        source="信访件",
        asOf="2026-11-17",
    )
    mine = await read(city, "yanjiang", company)
    assert mine and "陈某某" not in str(mine) and len(mine["holders"]) == 4
    assert (await read(city, "lezhi", company)) is None
    for who in ("leader", "inspector"):
        assert "陈某某" in str(await read(city, who, company)), who
    group = await read(city, "group", company)
    assert group and group["holders"] == [], "it sees the company by its projects"


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"shareholders": "甲公司 60%\n乙公司 50%"}, "shareholders", "合计 110%"),
        ({"shareholders": "甲公司 0%"}, "shareholders", "第 1 个"),
        ({"shareholders": "甲公司\n51%"}, "shareholders", "第 2 个"),
        ({"shareholders": "甲公司 50%\n甲 公司 20%"}, "shareholders", "写了两次"),
        ({"controllers": "张三 51%"}, "controllers", "只有股东写持股比例"),
        ({"controllers": "甲公司 91512000MA62K0000X"}, "controllers", "第 1 个：统一社会信用代码"),
        ({"legalRepresentative": "张三\n李四"}, "legalRepresentative", "最多写 1 个"),
        ({"controllers": "张三", "holdersOn": "2027-01-01"}, "holdersOn", "不能晚于今天"),
    ],
)
async def test_what_is_wrong_with_holders_is_said_at_its_field_and_nothing_is_kept(
    city: City, given: Said, field: str, words: str
) -> None:
    lead = {"name": "柠檬基地", "investorName": "云岫食品", "uscc": uscc(70), "amount": "3亿"}
    answer = await city.act(city.branch, "projectReport", **lead | given)
    (error,) = answer["userErrors"]
    assert (error["field"], words in error["message"]) == (field, True), error
    assert not await Company.exists(uscc=uscc(70)) and not await CompanyHolder.exists()


async def test_the_office_amends_and_every_holder_ever_known_is_kept(city: City) -> None:
    _, company = await reported(city, **HOLDERS)
    payload = await amend(
        city,
        company,
        shareholders=f"川南控股集团有限公司 {uscc(900)} 66.5%\n王橙 33.5%",
        source="股权变更公告",
        asOf="2026-11-15",
    )
    assert payload["userErrors"] == []
    found = await read(city, "office", company)
    assert found is not None and found["revision"] == 2
    parts = [each for each in found["holders"] if each["role"] == "SHAREHOLDER"]
    assert [(each["name"], each["endedOn"], each["source"]) for each in parts] == [
        ("川南控股集团有限公司", None, "国家企业信用信息公示系统"),
        ("李柠", "2026-11-15", "国家企业信用信息公示系统"),
        ("川南控股集团有限公司", None, "股权变更公告"),
        ("王橙", None, "股权变更公告"),
    ], "who stays is known by the new source as well, and by the former one as it was"
    assert [each["asOf"] for each in parts] == ["2026-11-01"] * 2 + ["2026-11-15"] * 2
    assert found["shareholders"] == f"川南控股集团有限公司 {uscc(900)} 66.5%\n王橙 33.5%"
    unit = await read(city, "yanjiang", company)
    assert unit and "股权变更公告" not in str(unit)
    assert unit["shareholders"] == f"川南控股集团有限公司 {uscc(900)} 66.5%", "for its unit too"
    assert found["controllers"], "a role that is not given stays"
    gone = await amend(city, company, controllers="无", source="公告", asOf="2026-11-16")
    assert gone["userErrors"] == []
    assert (await read(city, "office", company) or {})["controllers"] == ""
    assert (await compare(UNRECORDED)).found == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"controllers": "张三", "asOf": "2026-11-15"}, "source"),
        ({"controllers": "张三", "source": "公告"}, "asOf"),
        ({"controllers": "张三", "source": "公告", "asOf": "2026-12-01"}, "asOf"),
        ({"name": "新名称有限公司", "asOf": "2026-11-15"}, "documentNo"),
        ({"name": "新名称有限公司", "documentNo": "通知书 12 号"}, "asOf"),
    ],
)
async def test_an_amendment_without_source_day_or_document_is_refused(
    city: City, given: Said, field: str
) -> None:
    _, company = await reported(city)
    answer = await amend(city, company, **given)
    assert [each["field"] for each in answer["userErrors"]] == [field]
    assert not await CompanyHolder.exists() and not await CompanyName.exists()


async def test_an_older_extract_ends_nothing_of_a_newer_one(city: City) -> None:
    """Of each role by itself, and of a name; also where the newer one said that there is none."""
    _, company = await reported(city)
    first: Said = {"controllers": "张三", "source": "公告", "asOf": "2026-11-01"}
    assert (await amend(city, company, **first))["userErrors"] == []
    late = await amend(city, company, controllers="李四", source="旧报告", asOf="2020-01-01")
    (error,) = late["userErrors"]
    assert error["field"] == "asOf" and "实际控制人已登记到 2026-11-01" in error["message"]
    (held,) = await CompanyHolder.filter(company_id=company.id)
    assert (held.name, held.ended_on) == ("张三", None)
    other: Said = {"shareholders": "王橙 100%", "source": "旧报告", "asOf": "2020-01-01"}
    assert (await amend(city, company, **other))["userErrors"] == [], "another role"
    none = {"controllers": "无", "source": "公告", "asOf": "2026-11-10"}
    assert (await amend(city, company, **none))["userErrors"] == []
    late = await amend(city, company, controllers="李四", source="旧报告", asOf="2026-11-05")
    assert [each["field"] for each in late["userErrors"]] == ["asOf"]
    name: Said = {"documentNo": "通知书 12 号", "asOf": "2026-11-15"}
    assert (await amend(city, company, name="新名称有限公司", **name))["userErrors"] == []
    name["asOf"] = "2026-11-14"
    late = await amend(city, company, name="更早名称有限公司", **name)
    assert [each["field"] for each in late["userErrors"]] == ["asOf"]
    assert (await Company.get(id=company.id)).name == "新名称有限公司"


async def test_an_amendment_that_amends_nothing_is_refused_and_leaves_no_entry(city: City) -> None:
    _, company = await reported(city)
    given: Said = {"controllers": "张三", "source": "公告", "asOf": "2026-11-15"}
    assert (await amend(city, company, **given))["userErrors"] == []
    row = await Company.get(id=company.id)
    same = {"name": row.name, "asOf": "2026-11-15"}
    for nothing in ({}, {"asOf": "2026-11-15"}, {"region": row.region}, same, given):
        answer = await amend(city, company, **nothing)
        (error,) = answer["userErrors"]
        assert "没有要登记的内容" in error["message"], nothing
    assert (await Company.get(id=company.id)).revision == row.revision == 2
    assert await JournalEntry.filter(act="companyAmend").count() == 1


async def test_of_two_who_amend_at_once_the_second_reads_who_was_first(city: City) -> None:
    _, company = await reported(city)
    given = {"company": global_id("Company", company.id), "revision": 1}
    given |= {"controllers": "张三", "source": "公告", "asOf": "2026-11-15"}
    await city.done(city.colleague, "companyAmend", **given)
    late = await city.act(city.office, "companyAmend", **given)
    assert [each["code"] for each in late["userErrors"]] == ["STALE"]
    assert late["conflict"]["changedBy"] == "何佳"


# ---------------------------------------------------------------- the name behind a code


async def renamed(city: City) -> Company:
    """A company that the office has renamed."""
    _, company = await reported(city, investorName="资阳旧名称有限公司")
    answer = await amend(
        city,
        company,
        name="资阳新名称有限公司",
        documentNo="准予变更登记通知书〔2026〕第 12 号",
        asOf="2026-11-15",
    )
    assert answer["userErrors"] == []
    return await Company.get(id=company.id)


async def test_a_company_is_renamed_by_a_document_and_known_by_its_former_name(city: City) -> None:
    company = await renamed(city)
    assert company.name == "资阳新名称有限公司" and company.uscc
    found = await read(city, "office", company)
    assert found and found["formerNames"] == [
        {
            "name": "资阳旧名称有限公司",
            "until": "2026-11-15",
            "documentNo": "准予变更登记通知书〔2026〕第 12 号",
        }
    ]
    search = """query($t: String!) { companies(filter: { text: $t }) { nodes { name } }
      projects(filter: { text: $t }) { totalCount } }"""
    for text in ("新名称", "xinmingcheng", "旧名称", "zyjmc"):
        answer = await city.run(city.office, search, t=text)
        assert [each["name"] for each in answer["companies"]["nodes"]] == [company.name], text
        assert answer["projects"]["totalCount"] == 1, text
    assert (await compare(UNRECORDED)).found == []


@pytest.mark.parametrize("who", ["yanjiang", "lezhi", "agent"])
async def test_another_name_for_a_known_code_is_asked_about_and_never_kept(
    city: City, who: str
) -> None:
    """By whoever reports, whether they see the company or not."""
    _, company = await reported(city, investorName="资阳旧名称有限公司")
    lead = {"name": "另一个项目", "uscc": company.uscc, "amount": "3亿"}
    answer = await city.act(city[who], "projectReport", **lead, investorName="冒名有限公司")
    assert [each["field"] for each in answer["userErrors"]] == ["investorName"]
    assert (await Company.get(id=company.id)).name == "资阳旧名称有限公司"
    assert await Company.all().count() == 1


async def test_a_report_by_a_former_name_is_of_the_same_company(city: City) -> None:
    company = await renamed(city)
    lead = {"amount": "3亿", "investorName": "资阳旧名称有限公司"}
    await city.done(city.branch, "projectReport", **lead, name="二期项目", uscc=company.uscc)
    await city.done(city.branch, "projectReport", **lead, name="三期项目")
    assert await Company.all().count() == 1
    assert (await Company.get(id=company.id)).name == "资阳新名称有限公司"


async def test_a_ledger_asks_about_another_name_and_takes_a_former_one(city: City) -> None:
    company = await renamed(city)
    lines = [
        ledgers.line(1, uscc=company.uscc or "", investor="资阳旧名称有限公司"),
        ledgers.line(2, uscc=company.uscc or "", investor="冒名有限公司"),
        ledgers.line(3, uscc="", investor="资阳旧名称有限公司"),
        ledgers.line(4, ledgers.SIGNED, uscc=company.uscc or "", investor="资阳旧名称有限公司"),
    ]
    sheet = ledgers.sent(ledgers.text(*lines))
    batch = (await city.done(city.office, "ledgerPreview", file=sheet))["batch"]
    document = """query($no: String!) { batch(no: $no) { rows { nodes { rowNo state
      issues { severity message } } } } }"""
    rows = (await city.run(city.office, document, no=batch["no"]))["batch"]["rows"]["nodes"]
    assert {each["rowNo"]: each["state"] for each in rows}[3] == "WRONG"
    assert "企业名称与所填不一致" in str(rows[1]["issues"])
    given = ledgers.on(batch) | {"onlyCorrect": True, "includeDuplicates": True}
    batch = (await city.done(city.office, "ledgerImport", **given))["batch"]
    await city.done(city.colleague, "ledgerConfirm", **ledgers.on(batch), **ledgers.PAPER)
    assert await Company.all().count() == 1
    assert (await Company.get(id=company.id)).name == "资阳新名称有限公司"


async def asked(city: City, who: str) -> list[tuple[str, int, int, list[list[Any]]]]:
    """What a person has asked of what they do not see, and the rows that they were notified of."""
    rows = await Inquiry.filter(person_id=city[who].person).order_by("id")
    return [(row.road, row.asked, row.matched, row.shown) for row in rows]


async def test_an_unseen_company_is_known_by_a_former_name_with_its_code_alone(city: City) -> None:
    """A report with the former name and no code is of another company, and tells of none."""
    company = await renamed(city)
    lead = {"amount": "3亿", "investorName": "资阳旧名称有限公司"}
    await city.done(city.anyue, "projectReport", **lead, name="二期项目", noCodeReason="境外企业")
    (other,) = await Company.filter(uscc=None)
    assert other.name == "资阳旧名称有限公司"
    assert await asked(city, "anyue") == [("REPORT", 1, 0, [])]
    wrong = await city.act(
        city.lezhi,
        "projectReport",
        **lead | {"investorName": "冒名有限公司"},
        name="三期项目",
        uscc=company.uscc,
    )
    assert [each["field"] for each in wrong["userErrors"]] == ["investorName"]
    assert await asked(city, "lezhi") == [("REPORT", 1, 1, [["Company", company.id]])]
    made = await city.done(
        city.agent,
        "projectReport",
        **lead,
        name="四期项目",
        uscc=company.uscc,
        acknowledgeDuplicates=True,
    )
    assert made["project"]["investor"]["uscc"] == company.uscc
    assert await Company.all().count() == 2
    seen = await city.done(city.agent, "projectReport", **lead, name="五期项目")
    assert seen["project"]["investor"]["uscc"] == company.uscc, "now they see it"


async def test_a_ledger_knows_an_unseen_company_by_a_former_name_with_its_code_alone(
    city: City,
) -> None:
    """Nor does one of its lines tell, by the code of another one, what else the company was called."""
    company = await renamed(city)
    former, known = "资阳旧名称有限公司", company.uscc or ""

    async def states(*lines: Said) -> list[str]:
        given = [each | {"first": "安岳县"} for each in lines]
        batch = await ledgers.previewed(city, *given, by="anyue")
        return [row["state"] for row in await ledgers.rows(city, batch, "anyue")]

    assert await states(
        ledgers.line(1, uscc=known, investor=former),
        ledgers.line(2, uscc=known, investor="冒名有限公司"),
    ) == ["READY", "WRONG"]
    for name in (former, "从无此名有限公司"):
        lines = [
            ledgers.line(3, uscc=known, investor=company.name),
            ledgers.line(4, uscc="", investor=name),
            ledgers.line(5, investor=name),
        ]
        assert await states(*lines) == ["READY"] * 3, name
    batch = await ledgers.previewed(
        city, ledgers.line(6, uscc="", investor=former, first="安岳县"), by="anyue"
    )
    await city.done(city.anyue, "ledgerImport", **ledgers.on(batch))
    assert await Company.filter(normal_name=normal_name(former), uscc=None).count() == 1


# ---------------------------------------------------------------- one group

RELATED = """query($no: String!) { project(no: $no) { linkage { relatedCompanies { reason
  company { name } projects { no } } } } }"""


async def related(city: City, who: str, no: str) -> list[tuple[str, list[str]]]:
    project = (await city.run(city[who], RELATED, no=no))["project"]
    return [
        (each["reason"], [other["no"] for other in each["projects"]])
        for each in project["linkage"]["relatedCompanies"]
    ]


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (f"川南控股 {uscc(900)}", f"川南控股集团 {uscc(900)}", "同一控制人：川南控股"),
        ("李柠", "李 柠", "控制人同名：李柠，请核对是否同一人"),
        ("李柠", "王橙", None),
    ],
)
async def test_two_companies_under_one_controller_are_said_so_at_the_offices_desk(
    city: City, one: str, other: str, reason: str | None
) -> None:
    mine, _ = await reported(city, "anyue", controllers=one)
    rival, _ = await reported(city, "yanjiang", controllers=other)
    known = [(reason, [rival["no"]])] if reason else []
    assert await related(city, "office", mine["no"]) == known
    for who in ("anyue", "group", "leader"):
        assert await related(city, who, mine["no"]) == [], who


async def test_a_company_and_the_one_that_holds_most_of_it_are_one_group(city: City) -> None:
    parent, company = await reported(city, "anyue")
    child, _ = await reported(
        city, "yanjiang", shareholders=f"{company.name} {company.uscc} 50.01%\n李柠 49.99%"
    )
    (found,) = await related(city, "office", child["no"])
    assert "控制" in found[0] and found[1] == [parent["no"]]
    assert len(await related(city, "office", parent["no"])) == 1
    half, _ = await reported(city, "lezhi", shareholders=f"{company.name} {company.uscc} 50%")
    assert await related(city, "office", half["no"]) == []


async def test_who_controlled_a_company_until_yesterday_makes_no_group_today(city: City) -> None:
    mine, company = await reported(city, "anyue", controllers="李柠")
    await reported(city, "yanjiang", controllers="李柠")
    assert len(await related(city, "office", mine["no"])) == 1
    given = {"controllers": "王橙", "source": "公告", "asOf": "2026-11-18"}
    assert (await amend(city, company, **given))["userErrors"] == []
    assert await related(city, "office", mine["no"]) == []


async def test_a_holder_is_erased_from_a_company_and_the_journal_holds(city: City) -> None:
    _, company = await reported(city, **HOLDERS)
    done = await erasing.erase_holder(company.uscc or "", "李柠", "当事人申请")
    assert done.rows == 2 and done.elsewhere == []
    found = await read(city, "office", company)
    assert found and "李柠" not in str(found) and len(found["holders"]) == 4
    assert (await compare(UNRECORDED)).found == []


@pytest.mark.parametrize("by", ["its name", "a project of its own"])
async def test_a_holder_is_erased_from_a_company_without_a_credit_code(city: City, by: str) -> None:
    """Named by its name, or where another one has that name, too, by the number of its project."""
    abroad = {"uscc": "", "noCodeReason": "境外企业", "investorName": "Citron Holdings Ltd."}
    project, company = await reported(city, **abroad, **HOLDERS)
    assert company.uscc is None
    named = company.name
    if by == "a project of its own":
        other, same = await reported(city, "lezhi", **abroad, legalRepresentative="李柠")
        assert same.id != company.id
        with pytest.raises(RuleBroken) as refused:
            await erasing.erase_holder(company.name, "李柠", "当事人申请")
        assert "2 家" in str(refused.value)
        assert {project["no"], other["no"]} <= set(re.findall(r"2026-\d+", str(refused.value)))
        named = project["no"]
    done = await erasing.erase_holder(named, "李柠", "当事人申请")
    assert done.rows == 2
    found = await read(city, "office", company)
    assert found and "李柠" not in str(found) and len(found["holders"]) == 4
    if by == "a project of its own":
        assert "李柠" in str(await read(city, "office", same)), "the other company's stays"
    assert (await compare(UNRECORDED)).found == []
    for wrong, field in (("没有的公司", "company"), ("", "company"), (named, "name")):
        with pytest.raises(RuleBroken) as refused:
            await erasing.erase_holder(wrong, "没有的人", "当事人申请")
        assert refused.value.field == field


# ---------------------------------------------------------------- pages


async def test_the_office_finds_a_company_by_pinyin_amends_it_and_exports_the_list(
    city: City,
) -> None:
    project, company = await reported(city, investorName="四川柠檬集团有限公司", **HOLDERS)
    path = f"/companies/{global_id('Company', company.id)}"
    async with signed_in("office") as visitor:
        assert 'href="/companies"' in (await visitor.get("/inbox")).text
        page = main(await seen(visitor, "/companies?text=scnm"))
        assert path in page and "四川柠檬集团有限公司" in page and "李柠" in page
        assert path in main(await seen(visitor, f"/projects/{project['no']}"))
        page = main(await seen(visitor, path))
        assert "66.5%" in page and "国家企业信用信息公示系统" in page and project["no"] in page
        form = {"company": global_id("Company", company.id), "revision": "1"}
        refused = await visitor.post(path, data=form | {"controllers": "张三 10%", "asOf": ""})
        assert refused.status_code == 422 and "只有股东写持股比例" in refused.text
        given = {"controllers": "张三", "source": "公告", "asOf": "2026-11-15"}
        done = await visitor.post(path, data=form | given)
        assert done.status_code == 303, done.text
        assert "张三" in main(await seen(visitor, path))
        file = (await visitor.get("/companies.csv?text=scnm")).text
        assert "四川柠檬集团有限公司" in file and "张三" in file


async def test_the_list_asks_as_much_of_ten_companies_as_of_two(city: City) -> None:
    """So does a project's desk, however many companies there are."""
    mine, _ = await reported(city, **HOLDERS)
    await reported(city, **HOLDERS)
    asked = []
    async with signed_in("office") as visitor:
        for more in range(2):
            for path in ("/companies", f"/projects/{mine['no']}/judgement"):
                await visitor.get(path)
                with database.counting() as statements:
                    await seen(visitor, path)
                asked.append((path, len(statements)))
            for _ in range(8 * (not more)):
                await reported(city, controllers="别人")
    assert asked[:2] == asked[2:], asked


async def test_whoever_does_not_keep_companies_has_no_form_there(city: City) -> None:
    _, company = await reported(city, "yanjiang", **HOLDERS)
    path = f"/companies/{global_id('Company', company.id)}"
    async with signed_in("yanjiang") as visitor:
        page = main(await seen(visitor, path))
        assert "李柠" in page and 'name="controllers"' not in page
        assert 'href="/companies"' not in (await visitor.get("/inbox")).text
    async with signed_in("lezhi") as visitor:
        assert (await visitor.get(path)).status_code == 404
