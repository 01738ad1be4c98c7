"""Lists of any kind: previewed, mended, brought in, taken back; what is created is what a typed one is."""

import base64
from dataclasses import replace

import pytest

from schema.context import Context
from schema.database.statements import counting
from schema.duties.repair import compare
from schema.gate.tables import JournalEntry
from schema.industry.tables import TargetCompany
from schema.intake import LISTS
from schema.permissions import Viewer
from schema.sheet import read
from tests.ledger.ledgers import on, rows, sent
from tests.ledger.lists import company, files, previewed, sheet
from tests.ledger.test_pages import hidden, seen, words
from tests.server.doors import signed_in
from tests.world import City, Said, uscc

__all__ = ["files"]


def faults(payload: Said) -> list[tuple[str, str]]:
    return [(each["field"], each["message"]) for each in payload["userErrors"]]


TARGETS = """{ targetCompanies(first: 50) { nodes { no name uscc stage why nextOn nextStep
    group { slug } node { name } region { name } place { slug } owner { name } droppedFor
    addedAs { name unit } } } }"""


async def targets(city: City, by: str = "group") -> list[Said]:
    nodes: list[Said] = (await city.run(city[by], TARGETS))["targetCompanies"]["nodes"]
    return nodes


async def test_a_group_s_list_becomes_target_companies_as_if_each_were_typed(files: City) -> None:
    city = files
    made = await city.done(
        city.group,
        "targetCompanyAdd",
        name="苏州齿轮厂",
        uscc=uscc(650),
        why="配套",
        place="hightech",
        nextOn="2026-11-20",
        nextStep="电话联系董秘",
    )
    typed = made["target"]
    batch = await previewed(
        city,
        {"name": "常州齿轮厂", "uscc": uscc(651), "why": "配套", "place": "高新区"}
        | {"next_on": "2026-11-20", "next_step": "电话联系董秘"},
        company(1),
    )
    assert (batch["kind"], batch["readyCount"], batch["wrongCount"]) == ("targets", 2, 0)
    assert not [each for each in await targets(city) if each["name"] == "常州齿轮厂"]
    done = (await city.done(city.group, "listImport", **on(batch)))["batch"]
    assert (done["state"], done["importedCount"]) == ("IMPORTED", 2)
    found = {each["name"]: each for each in await targets(city)}
    one, other = found["苏州齿轮厂"], found["常州齿轮厂"]
    own = ("no", "name", "uscc")
    assert {k: v for k, v in one.items() if k not in own} == {
        k: v for k, v in other.items() if k not in own
    }
    stored = [await TargetCompany.get(no=each["no"]) for each in (typed, other)]
    same = set(TargetCompany._meta.db_fields) - {
        "id",
        "no",
        "name",
        "normal_name",
        "search",
        "uscc",
    }
    assert [getattr(stored[0], each) for each in same] == [
        getattr(stored[1], each) for each in same
    ]
    assert not await compare(city.context(city.office))


async def test_every_fault_of_a_list_is_said_at_its_cell_and_in_the_file(files: City) -> None:
    city = files
    await city.done(city.group, "targetCompanyAdd", **company(1))
    lead = await city.report(city.office, investorName="成都阀门有限公司", uscc=uscc(660))
    batch = await previewed(
        city,
        company(1),
        company(2, node="没有的环节", next_on="2026-11-20", region="火星"),
        company(3, uscc="91510000000000000X", next_on="2026-11-20"),
        {"name": "成都阀门有限公司", "uscc": uscc(660)},
        company(4, next_on="2026-11-01", next_step="上门"),
        company(5),
        company(5, uscc=""),
        company(6, group="现代服务业", owner="查无此人"),
        {"name": "", "uscc": uscc(670), "why": "名称漏填"},
        {"name": "13800001234", "why": "电话错填"},
        {"name": "合计2家"},
    )
    found = {
        row["rowNo"]: (
            row["state"],
            [(each["column"], each["message"]) for each in row["issues"]],
        )
        for row in await rows(city, batch, "group")
    }
    assert found[2][0] == "DUPLICATE" and "本小组已列入这家企业" in found[2][1][0][1]
    assert found[3][0] == "WRONG" and [each[0] for each in found[3][1]] == ["D", "E", "I"]
    assert "没有这个环节" in found[3][1][0][1] and "请写明下次联系做什么" in found[3][1][2][1]
    assert found[4][0] == "WRONG" and [each[0] for each in found[4][1]] == ["B", "I"]
    assert found[5][0] == "DUPLICATE" and lead["no"] in found[5][1][0][1]
    assert found[6][0] == "WRONG" and "不能早于今天" in found[6][1][0][1]
    assert found[7] == ("READY", []) and "与第 7 行是同一家企业" in found[8][1][0][1]
    assert "只能列入本小组的名单" in found[9][1][0][1]
    assert found[10][0] == "WRONG" and found[10][1][0] == ("A", "“企业名称”没有填，请补上")
    assert found[11] == ("WRONG", [("A", "“13800001234”不是企业名称，请写全称")])
    assert 12 not in found and batch["skippedCount"] == 1, "a count of companies is none"
    ((field, message),) = faults(await city.act(city.group, "listImport", **on(batch)))
    assert field == "onlyCorrect" and "一行也没有导入" in message

    asked = "query($no: String!) { batch(no: $no) { result { name content } } }"
    made = (await city.run(city.group, asked, no=batch["no"]))["batch"]["result"]
    grid = read(made["name"], base64.b64decode(made["content"]))
    results = [str(row[-1]) for row in grid.rows]
    assert results[0] == "校验结果" and results[6] == "可导入"
    assert "本小组没有这个环节" in results[2] and "请写明下次联系做什么" in results[2]
    assert results[1].startswith("疑似重复：本小组已列入")

    done = await city.done(
        city.group, "listImport", **on(batch), onlyCorrect=True, includeDuplicates=True
    )
    assert done["batch"]["importedCount"] == 2  # what is ready, and what may be listed all the same
    names = {each["name"] for each in await targets(city)}
    assert "成都阀门有限公司" in names and company(5)["name"] in names
    assert company(2)["name"] not in names


async def test_what_came_since_the_preview_is_found_at_the_import(files: City) -> None:
    city = files
    batch = await previewed(city, company(1), company(2))
    await city.done(city.group, "targetCompanyAdd", **company(1))
    done = (await city.done(city.group, "listImport", **on(batch)))["batch"]
    assert (done["importedCount"], done["duplicateCount"]) == (1, 1)
    again = await city.act(city.group, "listImport", **on(done))
    assert "已经导入" in faults(again)[0][1]
    only = await previewed(city, company(1))
    assert faults(await city.act(city.group, "listImport", **on(only)))[0][0] == "batch"


async def test_progress_of_bringing_in_and_taking_back_ends_with_all_lines(
    files: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    city, reached = files, list[tuple[int, int]]()
    batch = await previewed(city, company(1), company(2))

    def watched(viewer: Viewer, key: str | None = None) -> Context:
        return replace(City.context(city, viewer, key), progress=lambda *at: reached.append(at))

    monkeypatch.setattr(city, "context", watched)
    batch = (await city.done(city.group, "listImport", **on(batch)))["batch"]
    assert reached[-1] == (2, 2)
    reached.clear()
    await city.done(city.group, "listUndo", **on(batch), reason="传错了文件")
    assert reached[-1] == (2, 2)


async def test_a_list_is_taken_back_whole_until_somebody_has_gone_on_with_it(files: City) -> None:
    city = files
    plan = {"next_on": "2026-11-20", "next_step": "寄资料"}
    batch = await previewed(city, company(1, **plan), company(2))
    batch = (await city.done(city.group, "listImport", **on(batch)))["batch"]
    duties = '{ duties(filter: {task: ["targetCompanyContact"], open: true}) { totalCount } }'
    assert (await city.run(city.group, duties))["duties"]["totalCount"] == 1
    back = (await city.done(city.group, "listUndo", **on(batch), reason="传错了文件"))["batch"]
    assert back["state"] == "UNDONE"
    assert (await city.run(city.group, duties))["duties"]["totalCount"] == 0
    assert {(each["stage"], each["droppedFor"]) for each in await targets(city)} == {
        ("DROPPED", f"撤销导入 {batch['no']}：传错了文件")
    }
    # They were never listed: the same file comes in again, and so does one that is typed.
    again = await previewed(city, company(1), company(2))
    assert again["readyCount"] == 2
    again = (await city.done(city.group, "listImport", **on(again)))["batch"]
    one = next(each for each in await targets(city) if each["stage"] == "LONG_LIST")
    await city.done(
        city.group,
        "targetCompanyContact",
        target=one["no"],
        happenedOn="2026-11-18",
        means="CALL",
        withWhom="董秘",
        outcome="有意",
    )
    ((field, message),) = faults(
        await city.act(city.group, "listUndo", **on(again), reason="传错了文件")
    )
    assert field == "batch" and one["no"] in message and "整批没有撤销" in message
    assert not await compare(city.context(city.office))


async def test_whoever_may_list_a_company_may_bring_a_list_and_nobody_else(files: City) -> None:
    city = files
    given = {"kind": "targets", "file": sheet(company(1))}
    for name in ("yanjiang", "department", "branch", "agent", "leader", "inspector", "expert"):
        before = await JournalEntry.all().count()
        refused = await city.act(city[name], "listPreview", **given)
        assert refused["userErrors"][0]["code"] == "NOT_ALLOWED", name
        assert await JournalEntry.all().count() == before
    # The office lists for any group, and says for which.
    batch = await previewed(city, company(1), company(2, group="先进制造产业组"), by="office")
    assert (batch["readyCount"], batch["wrongCount"]) == (1, 1)
    # A group sees its own lists alone, and its companies are no other group's.
    asked = "query($no: String!) { batch(no: $no) { no rows { totalCount } } }"
    assert (await city.run(city.group, asked, no=batch["no"]))["batch"] is None
    refused = await city.act(city.group, "listImport", **on(batch))
    assert refused["userErrors"][0]["code"] == "INVALID"
    await city.done(city.office, "listImport", **on(batch), onlyCorrect=True)
    own = await previewed(city, company(3))
    for name in ("yanjiang", "leader"):
        assert (await city.act(city[name], "listImport", **on(own)))["userErrors"]
        refused = await city.act(city[name], "listUndo", **on(own), reason="不该由我撤")
        assert refused["userErrors"]


async def test_the_acts_of_the_ledger_are_for_the_ledger_and_those_of_lists_for_lists(
    files: City,
) -> None:
    city = files
    batch = await previewed(city, company(1), by="office")
    for act, given in (
        ("ledgerImport", {}),
        ("ledgerPreview", {"units": ["金额=万元"]}),
        ("ledgerMend", {"row": 2, "cell": "name", "value": "深圳市某某精密齿轮有限公司"}),
        ("ledgerUndo", {"reason": "传错了"}),
    ):
        ((field, message),) = faults(await city.act(city.office, act, **on(batch), **given))
        assert (field, "目标企业名单" in message) == ("batch", True), act
    unknown = await city.act(city.office, "listPreview", kind="nothing", file=sheet(company(1)))
    assert faults(unknown)[0][0] == "kind"
    ((field, message),) = faults(await city.act(city.group, "listPreview", kind="targets"))
    assert (field, message) == ("file", "请选择名单文件（.xlsx、.xlsm、.xls 或 .csv）")
    listed = "{ batches { totalCount } listBatches { nodes { no } } }"
    found = await city.run(city.office, listed)
    assert found["batches"]["totalCount"] == 0
    assert found["listBatches"]["nodes"] == [{"no": batch["no"]}]


async def test_a_list_is_read_as_people_say_and_that_is_remembered_for_its_kind(
    files: City,
) -> None:
    city = files
    text = "甲,乙,企业名称\n深圳齿轮,配套机车,轴承\n".encode()
    given = {"kind": "targets", "file": sent(text, "名单.csv")}
    batch = (await city.done(city.group, "listPreview", **given))["batch"]
    said = ["A=企业名称", "B=为什么是它", "C=-"]
    batch = (await city.done(city.group, "listPreview", **on(batch), columns=said))["batch"]
    assert [row["name"] for row in await rows(city, batch, "group")] == ["深圳齿轮"]
    later = (await city.done(city.group, "listPreview", **given))["batch"]
    assert [row["name"] for row in await rows(city, later, "group")] == ["深圳齿轮"]
    wrong = await city.act(city.group, "listPreview", **on(later), columns=["A=协议总投资"])
    assert faults(wrong)[0][0] == "columns"


@pytest.mark.parametrize("kind", sorted(LISTS))
async def test_every_field_of_a_list_says_where_it_goes(files: City, kind: str) -> None:
    asked = "query($kind: String!) { listKind(kind: $kind) { fields { name goesTo } } }"
    found = (await files.run(files.office, asked, kind=kind))["listKind"]["fields"]
    assert [each["name"] for each in found] == [each.name for each in LISTS[kind].columns]
    assert all(each["goesTo"] for each in found)


async def test_a_list_is_sent_looked_at_brought_in_and_taken_back_on_pages(files: City) -> None:
    async with signed_in("group") as visitor:
        assert 'href="/imports/targets"' in await seen(visitor, "/targets")
        first = words(await seen(visitor, "/imports/targets"))
        assert "还没有导入过" in first and "下次联系 目标企业·下次联系，并列入待办" in first
        template = await visitor.get("/imports/targets/template.xlsx")
        grid = read("模板.xlsx", template.content)
        assert grid.template == "targets/2026.1" and "企业名称" in grid.rows[0]
        content = (
            "企业名称,为什么是它,拟落地\n苏州齿轮厂,配套机车,高新区\n无锡齿轮厂,,月球\n".encode()
        )
        sent_as = {"file": ("名单.csv", content, "text/csv")}
        answer = await visitor.post("/imports/targets", data={"act": "ListPreview"}, files=sent_as)
        assert answer.status_code == 303, words(answer.text)[-3000:]
        here = answer.headers["location"]
        assert (answer.status_code, here) == (303, "/imports/targets/B2026-001")
        page = await seen(visitor, here)
        assert "为什么是它：配套机车 → 目标企业·为什么是它" in words(page)
        assert "“月球”不在名单内" in words(page) and "可导入 1 行" in words(page)
        refused = await visitor.post(here, data=hidden(page, "ListImport"))
        assert "一行也没有导入" in refused.text
        given = hidden(page, "ListImport") | {"onlyCorrect": "true"}
        assert (await visitor.post(here, data=given)).status_code == 303
        page = await seen(visitor, here)
        assert "苏州齿轮厂 MB2026-0001" in words(page)
        result = read("结果.xlsx", (await visitor.get(f"{here}.xlsx")).content)
        assert result.rows[1][-1] == "已导入" and "月球" in str(result.rows[2][-1])
        given = hidden(page, "ListUndo") | {"reason": "传错了文件"}
        assert (await visitor.post(here, data=given)).status_code == 303
        assert "已撤销" in words(await seen(visitor, here))
        listed = await visitor.get("/imports/targets.csv")
        assert "B2026-001" in listed.text and "已撤销" in listed.text
        journal = words(await seen(visitor, "/targets/MB2026-0001"))
        assert "撤销整批导入的名单" in journal and "导入名单" in journal
        assert (await visitor.get("/imports/nothing")).status_code == 404
    async with signed_in("yanjiang") as visitor:
        assert (await visitor.get("/imports/targets")).status_code == 404
        assert (await visitor.get("/imports/targets/template.xlsx")).status_code == 404
        assert (await visitor.get("/imports/targets/B2026-001")).status_code == 404


async def test_a_page_of_a_long_list_takes_as_many_statements_as_one_of_a_short_one(
    files: City,
) -> None:
    asked = """query($no: String!) { batch(no: $no) { rows(first: 50) { nodes {
        state listed { no name page } issues { message } cells { value goesTo } } } } }"""
    counts = []
    for numbers in (range(10, 13), range(20, 60)):
        batch = await previewed(files, *(company(number) for number in numbers))
        await files.done(files.group, "listImport", **on(batch))
        with counting() as statements:
            found = await files.run(files.group, asked, no=batch["no"])
        assert all(each["listed"] for each in found["batch"]["rows"]["nodes"])
        counts.append(len(statements))
    assert counts[0] == counts[1]
