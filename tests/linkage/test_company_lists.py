"""Lists of companies: their codes, controllers and shareholders, brought in as if each were typed, and taken back."""

import base64
from typing import Any

import pytest

from schema import database, erasing
from schema.checks import UNRECORDED
from schema.duties.repair import compare as compare_duties
from schema.gate.replay import compare
from schema.gate.tables import JournalEntry
from schema.linkage.tables import Inquiry
from schema.people.rules import Post
from schema.people.tables import Company, CompanyHolder
from schema.permissions import MAY, SEES, visible
from schema.query.models import read_global_id
from schema.relations import EVERYTHING
from schema.sheet import read
from tests.ledger.ledgers import on, rows, sent
from tests.ledger.lists import files
from tests.ledger.test_pages import hidden, seen, words
from tests.linkage.company_lists import SOURCE, investor, of, previewed, sheet
from tests.server.doors import signed_in
from tests.world import City, Said, uscc

__all__ = ["files"]
pytestmark = pytest.mark.usefixtures("files")


READ = """query($id: ID!) { node(id: $id) { ... on Company { name uscc region noCodeReason revision
  legalRepresentative controllers shareholders
  holders { role name uscc share source asOf endedOn unit { slug } recordedBy { name } } } } }"""


async def known(city: City, company: Said) -> Said:
    found: Said = (await city.run(city.office, READ, id=company["id"]))["node"]
    return found


async def brought(city: City, *lines: Said, **how: Any) -> Said:
    batch = await previewed(city, *lines)
    made: Said = (await city.done(city.office, "listImport", **on(batch), **how))["batch"]
    return made


async def amended(city: City, company: Said, by: str = "office", **given: Any) -> Said:
    revision = (await known(city, company))["revision"]
    lead = {"company": company["id"], "revision": revision}
    return await city.act(city[by], "companyAmend", **lead | given)


def faults(payload: Said) -> list[tuple[str, str]]:
    return [(each["field"], each["message"]) for each in payload["userErrors"]]


def messages_of(row: Said) -> str:
    return "；".join(each["message"] for each in row["issues"])


async def stored(company: Said) -> tuple[Said, list[Said]]:
    """What the tables hold of a company, without what names it and without its revision."""
    key = read_global_id(company["id"])
    assert key
    (row,) = await Company.filter(id=key[1]).values()
    own = ("id", "company_id", "personal_salt", "uscc", "name", "normal_name", "search")
    held = await CompanyHolder.filter(company_id=key[1]).order_by("id").values()
    return (
        {name: value for name, value in row.items() if name not in own},
        [
            {name: value for name, value in each.items() if name not in own}
            | {"name": each["name"], "uscc": each["uscc"]}
            for each in held
        ],
    )


# ---------------------------------------------------------------- brought in


async def test_a_line_records_what_the_act_would_row_by_row(city: City) -> None:
    typed, listed = await investor(city, 1), await investor(city, 2)
    given = {
        "legalRepresentative": "李柠",
        "controllers": f"川南控股 {uscc(900)}",
        "shareholders": f"川南控股 {uscc(900)} 66.5%\n李柠 33.5%",
        "region": "四川省成都市",
    }
    for company in (typed, listed):
        earlier = {"shareholders": "李柠 100%", "source": "报送单位填报", "asOf": "2026-11-01"}
        assert not faults(await amended(city, company, **earlier))
    source = {"source": SOURCE["source"], "asOf": SOURCE["as_of"]}
    assert not faults(await amended(city, typed, **given, **source))
    line = {
        "legal_representative": "李柠",
        "controllers": f"川南控股 {uscc(900)}",
        "shareholders": f"川南控股 {uscc(900)} 66.5%；李柠 33.5%",
        "region": "四川省成都市",
    }
    batch = await previewed(city, of(listed, **line, **SOURCE))
    assert (batch["readyCount"], batch["wrongCount"]) == (1, 0)
    (row,) = await rows(city, batch)
    assert messages_of(row) == "现登记为“李柠 100%”"  # who stays with another part holds no less
    assert (await known(city, listed))["legalRepresentative"] == ""
    batch = (await city.done(city.office, "listImport", **on(batch)))["batch"]
    assert (batch["state"], batch["importedCount"]) == ("IMPORTED", 1)
    assert await stored(typed) == await stored(listed)
    assert (await compare(UNRECORDED)).found == []
    assert not await compare_duties(city.context(city.office))


async def test_a_company_stands_on_one_line_or_on_one_for_each_shareholder(city: City) -> None:
    one, several = await investor(city, 1), await investor(city, 2)
    code = f"川南控股 {uscc(900)}"
    batch = await brought(
        city,
        of(one, controllers="李柠", shareholders=f"{code} 60%；李柠 40%", **SOURCE),
        of(several, controllers="李柠", shareholders=code, share="60%", **SOURCE),
        {"name": several["name"], "shareholders": "李柠", "share": "40.00%"},
    )
    assert batch["importedCount"] == 3
    assert await stored(one) == await stored(several)
    assert (await known(city, several))["shareholders"] == f"{code} 60%\n李柠 40%"


async def test_lines_of_one_company_come_in_together_or_not_at_all(city: City) -> None:
    """Half of the shareholders would end the others."""
    names = [await investor(city, number) for number in (1, 2, 3, 4)]
    batch = await previewed(
        city,
        of(names[0], shareholders="甲公司", share="60%", **SOURCE),
        of(names[0], shareholders="李柠", share="六成"),
        of(names[1], shareholders="甲公司", share="60%", **SOURCE),
        {"name": "", "shareholders": "李柠", "share": "40%"},
        of(names[2], shareholders="甲公司", share="60%", **SOURCE),
        of(names[2], shareholders="李柠", share="60%"),
        of(names[3], shareholders="李柠", share="100%", **SOURCE),
    )
    found = {row["rowNo"]: row for row in await rows(city, batch)}
    assert [found[at]["state"] for at in range(2, 9)] == ["WRONG"] * 6 + ["READY"]
    assert "第 3 行要一并导入" in messages_of(found[2]) and "六成" in messages_of(found[3])
    assert "第 5 行要一并导入" in messages_of(found[4]) and "没有填" in messages_of(found[5])
    assert "超过 100%" in messages_of(found[6])
    await city.done(city.office, "listImport", **on(batch), onlyCorrect=True)
    assert [(await known(city, each))["shareholders"] for each in names] == [
        *("", "", ""),
        "李柠 100%",
    ]


async def test_every_fault_of_a_line_is_said_at_its_cell_and_in_the_file(city: City) -> None:
    one, other, third = [await investor(city, number) for number in (1, 2, 3)]
    assert not faults(
        await amended(city, third, controllers="李柠", source="公告", asOf="2026-11-16")
    )
    batch = await previewed(
        city,
        {"name": "从无此名有限公司", "uscc": uscc(799)},
        of(one, uscc=other["uscc"], controllers="李柠", **SOURCE),
        of(one, uscc=uscc(798), region="成都市"),
        of(one, uscc="", controllers="李柠"),
        of(third, controllers="王橙", legal_representative="李柠", **SOURCE),
        of(other, controllers="李柠", region="成都市", **SOURCE),
        of(other, region="资阳市"),
        {"name": "成都 第3食品有限公司", "controllers": "王橙", **SOURCE, "as_of": "2026-11-18"},
    )
    found = {row["rowNo"]: row for row in await rows(city, batch)}
    assert [found[at]["state"] for at in range(2, 10)] == ["WRONG"] * 8
    assert "库内没有这家企业" in messages_of(found[2])
    assert f"信用代码登记的是“{other['name']}”" in messages_of(found[3])
    assert "这一格写的不同" in messages_of(found[4])
    assert "实际控制人已登记到 2026-11-16" in messages_of(found[6])
    assert "这一格写的不同" in messages_of(found[8])
    ((field, message),) = faults(await city.act(city.office, "listImport", **on(batch)))
    assert field == "onlyCorrect" and "一行也没有导入" in message
    asked = "query($no: String!) { batch(no: $no) { result { name content } } }"
    made = (await city.run(city.office, asked, no=batch["no"]))["batch"]["result"]
    grid = read(made["name"], base64.b64decode(made["content"]))
    assert "库内没有这家企业" in str(grid.rows[1][-1]) and "需修改" in str(grid.rows[1][-1])


async def test_holders_without_source_or_day_are_asked_for_them(city: City) -> None:
    one = await investor(city, 1)
    batch = await previewed(city, of(one, controllers="李柠"))
    (row,) = await rows(city, batch)
    assert (
        row["state"] == "WRONG"
        and "截至日期" in messages_of(row)
        and "请写明来源" in messages_of(row)
    )


async def test_a_company_that_has_no_code_is_given_one_and_no_other(city: City) -> None:
    abroad = {"uscc": "", "noCodeReason": "代码待核", "investorName": "云岫食品有限公司"}
    one, other = await investor(city, 1, **abroad), await investor(city, 2)
    refused = await amended(city, one, uscc=other["uscc"])
    ((field, message),) = faults(refused)
    assert (field, other["name"] in message) == ("uscc", True)
    batch = await brought(city, {"name": one["name"], "uscc": uscc(750)})
    assert batch["importedCount"] == 1
    found = await known(city, one)
    assert (found["uscc"], found["noCodeReason"]) == (uscc(750), "")
    assert faults(await amended(city, one, uscc=uscc(751)))[0][0] == "uscc"
    twice = await investor(city, 3, **abroad | {"investorName": "云上食品有限公司"})
    third = await investor(city, 4, **abroad | {"investorName": "云下食品有限公司"})
    lines = [{"name": each["name"], "uscc": uscc(752)} for each in (twice, third)]
    assert [row["state"] for row in await rows(city, await previewed(city, *lines))] == [
        "READY",
        "WRONG",
    ]


async def test_who_will_hold_a_company_no_more_is_shown_before_it_is_recorded(city: City) -> None:
    one, other = await investor(city, 1), await investor(city, 2)
    held = {"controllers": "李柠\n王橙", "shareholders": "Tesla, Inc. 60%\nA、B合伙企业；李柠"}
    for company in (one, other):
        assert not faults(await amended(city, company, **held, source="公告", asOf="2026-11-01"))
    assert (await known(city, one))["shareholders"] == "Tesla, Inc. 60%\nA、B合伙企业\n李柠"
    batch = await previewed(
        city,
        of(one, shareholders="Tesla, Inc. 60%；陈果 40%", **SOURCE),
        of(other, controllers="无", shareholders="", **SOURCE),
    )
    found = {row["rowNo"]: row for row in await rows(city, batch)}
    assert [found[at]["state"] for at in (2, 3)] == ["READY", "READY"]
    assert messages_of(found[2]).endswith("将登记为不再持股：A、B合伙企业、李柠")
    assert messages_of(found[3]) == "现登记为“李柠；王橙”，将登记为不再是实际控制人：李柠、王橙"
    await city.done(city.office, "listImport", **on(batch))
    assert (await known(city, one))["shareholders"] == "Tesla, Inc. 60%\n陈果 40%"
    # 无 ends those of its own column, as the act does; a blank says nothing.
    after = await known(city, other)
    assert after["controllers"] == "" and after["shareholders"].startswith("Tesla, Inc. 60%")
    third = await investor(city, 3)
    assert not faults(await amended(city, third, **held, source="公告", asOf="2026-11-01"))
    source = {"source": SOURCE["source"], "asOf": SOURCE["as_of"]}
    assert not faults(await amended(city, third, controllers="无", **source))
    assert await stored(third) == await stored(other)
    # Where there is none, 无 is nothing new.
    batch = await previewed(city, of(other, controllers="无", **SOURCE))
    (row,) = await rows(city, batch)
    assert (row["state"], "没有要登记的内容" in messages_of(row)) == ("DUPLICATE", True)


# ---------------------------------------------------------------- round trip


async def test_what_is_exported_comes_back_as_nothing_new_and_what_was_edited_as_that(
    city: City,
) -> None:
    one, other = await investor(city, 1), await investor(city, 2)
    for company in (one, other):
        given = {"controllers": f"李柠\n川南控股 {uscc(900)}", "shareholders": "李柠 33.33%\n王橙"}
        assert not faults(
            await amended(city, company, **given, source="公告", asOf="2026-11-10", region="成都市")
        )
    asked = '{ listTemplate(kind: "companies", filled: true) { name content } }'
    made = (await city.run(city.office, asked))["listTemplate"]
    content = base64.b64decode(made["content"])
    blank = '{ listTemplate(kind: "companies") { name content } }'
    empty = base64.b64decode((await city.run(city.office, blank))["listTemplate"]["content"])
    grid = read(made["name"], content)
    assert grid.rows[0] == read("模板.xlsx", empty).rows[0]
    given = {"kind": "companies", "file": sent(content, "企业名单.xlsx")}
    batch = (await city.done(city.office, "listPreview", **given))["batch"]
    assert (batch["readyCount"], batch["wrongCount"], batch["duplicateCount"]) == (0, 0, 2)
    async with signed_in("office") as visitor:
        listed = (await visitor.get("/companies.xlsx")).content
    given = {"kind": "companies", "file": sent(listed, "企业.xlsx")}
    batch = (await city.done(city.office, "listPreview", **given))["batch"]
    assert (batch["readyCount"], batch["wrongCount"], batch["duplicateCount"]) == (0, 0, 2), (
        await rows(city, batch)
    )
    heads = [str(each).split("\n")[0] for each in grid.rows[0]]
    at = {name: next(i for i, head in enumerate(heads) if name in head) for name in (
        "股东", "股权信息的来源", "截至日期")}  # fmt: skip
    padded = [[*row, *[None] * (len(heads) - len(row))] for row in grid.rows]
    text = [[str(each) if each is not None else "" for each in row] for row in padded]
    line = next(row for row in text if one["name"] in row)
    line[at["股东"]] = "李柠 66.67%；王橙 33.33%"
    line[at["股权信息的来源"]], line[at["截至日期"]] = "股权变更公告", "2026-11-15"
    edited = "\n".join(",".join(f'"{each}"' for each in row) for row in text)
    given = {"kind": "companies", "file": sent(edited.encode(), "企业名单.csv")}
    batch = (await city.done(city.office, "listPreview", **given))["batch"]
    assert (batch["readyCount"], batch["wrongCount"], batch["duplicateCount"]) == (1, 0, 1)
    await city.done(city.office, "listImport", **on(batch))
    assert (await known(city, one))["shareholders"] == "李柠 66.67%\n王橙 33.33%"
    assert (await known(city, other))["shareholders"] == "李柠 33.33%\n王橙"


# ---------------------------------------------------------------- who may, and what is not seen


async def test_whoever_may_amend_a_company_brings_a_list_and_sees_every_company(city: City) -> None:
    """So no line of theirs can tell of a company that they do not see, and nobody else has any answer."""
    one = await investor(city, 1)
    for post in MAY["companyAmend"]:
        assert SEES["company"][post] == SEES["company_holder"][post] == SEES["company"][Post.OFFICE]
    assert visible("company", "c", city.office)[0] == EVERYTHING[0]
    line = of(one, controllers="李柠", **SOURCE)
    for name in ("group", "yanjiang", "department", "branch", "agent", "leader", "inspector"):
        before = await JournalEntry.all().count(), await Inquiry.all().count()
        answers = [
            await city.act(city[name], "listPreview", kind="companies", file=sheet(each))
            for each in (line, line | {"name": "从无此名有限公司", "uscc": uscc(799)})
        ]
        assert answers[0] == answers[1] and answers[0]["userErrors"][0]["code"] == "NOT_ALLOWED"
        assert (await JournalEntry.all().count(), await Inquiry.all().count()) == before
        asked = '{ listKind(kind: "companies") { name } listTemplate(kind: "companies", filled: true) { name } }'
        assert await city.run(city[name], asked) == {"listKind": None, "listTemplate": None}
    batch = await previewed(city, line)
    refused = await city.act(city.group, "listImport", **on(batch))
    assert refused["userErrors"][0]["code"] == "INVALID"
    made = (await city.done(city.colleague, "listImport", **on(batch)))["batch"]
    assert (await city.act(city.group, "listUndo", **on(made), reason="传错"))["userErrors"]
    # A unit that entered nothing reads nothing of what the list has brought.
    own = (await city.run(city.yanjiang, READ, id=one["id"]))["node"]
    assert own["controllers"] == "" and own["holders"] == []


async def test_a_list_of_many_is_checked_and_brought_in_by_as_many_statements_as_one_of_few(
    city: City,
) -> None:
    companies = [await investor(city, number) for number in range(12)]
    counts = []
    for part in (companies[:2], companies[2:]):
        lines = [of(each, shareholders="李柠 60%；王橙 40%", **SOURCE) for each in part]
        with database.counting() as statements:
            batch = await previewed(city, *lines)
        looked = len(statements)
        with database.counting() as statements:
            await city.done(city.office, "listImport", **on(batch))
        counts.append((looked, len(statements)))
    assert counts[0] == counts[1]


# ---------------------------------------------------------------- taken back


async def test_a_list_is_taken_back_whole_and_all_is_as_it_was(city: City) -> None:
    abroad = {"uscc": "", "noCodeReason": "代码待核", "investorName": "云岫食品有限公司"}
    one, other = await investor(city, 1), await investor(city, 2, **abroad)
    first = {"controllers": "李柠", "shareholders": "李柠 60%\n王橙 40%"}
    assert not faults(await amended(city, one, **first, source="公告", asOf="2026-11-01"))
    before = [await known(city, each) for each in (one, other)]
    batch = await brought(
        city,
        of(one, controllers="王橙", shareholders="王橙 100%", region="资阳市", **SOURCE),
        {"name": other["name"], "uscc": uscc(750), "legal_representative": "陈果", **SOURCE},
    )
    assert [await known(city, each) for each in (one, other)] != before
    back = (await city.done(city.office, "listUndo", **on(batch), reason="传错了文件"))["batch"]
    assert back["state"] == "UNDONE"
    after = [await known(city, each) for each in (one, other)]
    assert [each["revision"] for each in after] == [each["revision"] + 2 for each in before]
    assert [each | {"revision": 0} for each in after] == [each | {"revision": 0} for each in before]
    assert (await compare(UNRECORDED)).found == []
    # The same file comes in again.
    again = await previewed(city, of(one, controllers="王橙", **SOURCE))
    assert again["readyCount"] == 1


async def test_what_somebody_has_acted_on_since_is_named_and_nothing_is_taken_back(
    city: City,
) -> None:
    companies = [await investor(city, number) for number in (1, 2, 3)]
    batch = await brought(city, *(of(each, controllers="李柠", **SOURCE) for each in companies))
    later = {"shareholders": "王橙 100%", "source": "公告", "asOf": "2026-11-16"}
    assert not faults(await amended(city, companies[1], "colleague", **later))
    held = await CompanyHolder.all().count()
    ((field, message),) = faults(
        await city.act(city.office, "listUndo", **on(batch), reason="传错了文件")
    )
    assert field == "batch" and "1 行导入后又有变动" in message and "整批没有撤销" in message
    assert f"第 3 行{companies[1]['name']}（{city.colleague.name} 2026-11-18 又办理过）" in message
    assert await CompanyHolder.all().count() == held
    assert [(await known(city, each))["controllers"] for each in companies] == ["李柠"] * 3


async def test_a_list_that_was_taken_back_meanwhile_is_nothing(city: City) -> None:
    one = await investor(city, 1)
    batch = await brought(city, of(one, controllers="李柠", **SOURCE))
    newer = await brought(city, of(one, controllers="王橙", **SOURCE | {"as_of": "2026-11-16"}))
    refused = await city.act(city.office, "listUndo", **on(batch), reason="传错了文件")
    assert faults(refused)[0][0] == "batch"
    await city.done(city.office, "listUndo", **on(newer), reason="传错了文件")
    assert (await known(city, one))["controllers"] == "李柠"
    await city.done(city.office, "listUndo", **on(batch), reason="传错了文件")
    found = await known(city, one)
    assert (found["controllers"], found["holders"]) == ("", [])
    assert (await compare(UNRECORDED)).found == []


async def test_a_code_by_which_a_project_was_reported_is_not_taken_back(city: City) -> None:
    abroad = {"uscc": "", "noCodeReason": "代码待核", "investorName": "云岫食品有限公司"}
    one = await investor(city, 1, **abroad)
    batch = await brought(city, {"name": one["name"], "uscc": uscc(750)})
    own = {"investorName": one["name"], "uscc": uscc(750)}
    project = await city.report(city.yanjiang, name="云岫二期", **own)
    ((field, message),) = faults(
        await city.act(city.office, "listUndo", **on(batch), reason="传错了文件")
    )
    assert field == "batch" and project["no"] in message
    assert (await known(city, one))["uscc"] == uscc(750)


async def test_a_holder_is_erased_from_the_lines_of_lists_as_well(city: City) -> None:
    one = await investor(city, 1)
    batch = await brought(
        city, of(one, controllers="李小柠", shareholders="李小柠 60%；王橙 40%", **SOURCE)
    )
    done = await erasing.erase_holder(one["uscc"], "李小柠", "当事人申请")
    assert not [each for each in done.elsewhere if each.startswith("batch_row")]
    cells = "query($no: String!) { batch(no: $no) { rows { nodes { cells { value } issues { message } } } } }"
    assert "李小柠" not in str(await city.run(city.office, cells, no=batch["no"]))
    assert (await compare(UNRECORDED)).found == []
    # What is left can still be taken back.
    await city.done(city.office, "listUndo", **on(batch), reason="传错了文件")
    assert not await CompanyHolder.exists()


# ---------------------------------------------------------------- pages


async def test_the_office_brings_a_list_in_from_the_page_of_companies(city: City) -> None:
    one = await investor(city, 1)
    async with signed_in("office") as visitor:
        assert 'href="/imports/companies"' in await seen(visitor, "/companies")
        page = await seen(visitor, "/imports/companies")
        assert "实际控制人 企业·实际控制人，自截至日期起" in words(page)
        assert 'href="/imports/companies/current.xlsx"' in page
        template = await visitor.get("/imports/companies/template.xlsx")
        assert read("模板.xlsx", template.content).template == "companies/2026.1"
        current = read("企业.xlsx", (await visitor.get("/imports/companies/current.xlsx")).content)
        assert one["name"] in str(current.rows)
        content = (
            f"企业名称,实际控制人,数据来源,截至日期\n{one['name']},李柠,公告,2026-11-15\n"
            "从无此名有限公司,李柠,公告,2026-11-15\n"
        ).encode()
        answer = await visitor.post(
            "/imports/companies",
            data={"act": "ListPreview"},
            files={"file": ("名单.csv", content, "text/csv")},
        )
        assert answer.status_code == 303, words(answer.text)[-2000:]
        here = answer.headers["location"]
        page = await seen(visitor, here)
        assert "实际控制人 → 企业·实际控制人，自截至日期起" in words(page)
        assert "库内没有这家企业" in words(page)
        assert "没有读取" not in words(page), "there is one sheet, and it is read"
        given = hidden(page, "ListImport") | {"onlyCorrect": "true"}
        assert (await visitor.post(here, data=given)).status_code == 303
        page = await seen(visitor, here)
        assert f'href="/companies/{one["id"]}"' in page
        assert "导入名单" in words(await seen(visitor, f"/companies/{one['id']}"))
        given = hidden(page, "ListUndo") | {"reason": "传错了文件"}
        assert (await visitor.post(here, data=given)).status_code == 303
        assert "已撤销" in words(await seen(visitor, here))
    async with signed_in("group") as visitor:
        assert (await visitor.get("/imports/companies")).status_code == 404
        assert (await visitor.get("/imports/companies/current.xlsx")).status_code == 404
