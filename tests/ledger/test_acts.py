"""The ledger previewed, imported and undone, through the API that partners and pages use."""

import asyncio
import base64
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from schema.city.rules import format_money, split
from schema.city.tables import Place
from schema.entries.tables import Credit, Entry
from schema.gate.tables import JournalEntry
from schema.ledger.acts.confirming import MigrationRun
from schema.ledger.tables import Batch, BatchRow
from schema.linkage.tables import Judgement, Transfer
from schema.people.tables import Company
from schema.project.tables import Migration, Project
from schema.sheet import read
from schema.signing.tables import Agreement
from server.files.store import FileStore
from tests.ledger.ledgers import (
    LEAD,
    PAPER,
    SIGNED,
    TALKED,
    brought_in,
    code,
    imported,
    ledger_city,
    line,
    on,
    previewed,
    rows,
    sent,
    states,
    text,
)
from tests.world import EVIDENCE, NOW, City, Said

__all__ = ["ledger_city"]
WAN, YI = 10**6, 10**10

RANKING = """
query Ranking($month: Month, $asOf: DateTime) {
  ranking(month: $month, asOf: $asOf) { rows { place { slug } signedFunds paidInFunds } }
}
"""
BATCHES = "{ batches { totalCount } }"


def errors_of(payload: Said) -> list[tuple[str, str | None]]:
    return [(error["code"], error["field"]) for error in payload["userErrors"]]


async def standings(city: City, **when: Any) -> dict[str, tuple[Decimal, Decimal]]:
    """Signed and paid-in funds in yuan by place."""
    found = await city.run(city.office, RANKING, **when)
    return {
        row["place"]["slug"]: (Decimal(row["signedFunds"]), Decimal(row["paidInFunds"]))
        for row in found["ranking"]["rows"]
    }


# ---------------------------------------------------------------- the preview


async def test_a_preview_says_of_every_line_what_will_become_of_it(ledger_city: City) -> None:
    city = ledger_city
    there = await city.report(name="口腔装备产业园第3期", investorName="深圳第3口腔装备有限公司")
    batch = await previewed(
        city,
        line(1),
        line(2, amount="面议"),
        line(3, uscc=""),
        {},
        {"name": "合计", "amount": "250000"},
    )
    counts = ("readyCount", "wrongCount", "duplicateCount", "skippedCount", "importedCount")
    assert [batch[count] for count in counts] == [1, 1, 1, 2, 0]
    assert (batch["state"], batch["no"], batch["fileName"]) == ("PREVIEW", "B2026-001", "台账.csv")
    ready, wrong, double = await rows(city, batch)
    assert (ready["rowNo"], ready["state"], ready["issues"]) == (2, "READY", [])
    (issue,) = [each for each in wrong["issues"] if each["severity"] == "ERROR"]
    assert (wrong["state"], issue["column"], issue["value"]) == ("WRONG", "E", "面议")
    assert issue["code"] == "MONEY"
    assert double["state"] == "DUPLICATE"
    assert double["issues"][-1]["code"] == "SAME_NAME"
    assert f"{there['no']}“{there['name']}”" in double["issues"][-1]["message"]
    assert await Project.all().count() == 1


async def test_a_line_is_shown_as_it_was_understood_and_a_bad_cell_as_it_was_typed(
    ledger_city: City,
) -> None:
    batch = await previewed(ledger_city, line(1, SIGNED, stage="不清楚"))
    found = await ledger_city.run(
        ledger_city.office,
        "query($no: String!, $fields: [String!]) { batch(no: $no) { rows(first: 1) { nodes {"
        " cells(fields: $fields) { field label value severity message } } } } }",
        no=batch["no"],
        fields=["agreed_investment", "landing_place", "signed_on", "stage", "paid_in_ytd"],
    )
    cells = found["batch"]["rows"]["nodes"][0]["cells"]
    assert [(cell["field"], cell["value"], cell["severity"]) for cell in cells] == [
        ("agreed_investment", "12.5 亿元", None),
        ("landing_place", "高新区", None),
        ("stage", "不清楚", "ERROR"),
        ("signed_on", "2026-05-10", None),
        ("paid_in_ytd", "1,000.05 万元", None),
    ]
    assert cells[2]["label"] == "项目状态"


async def test_an_estimate_comes_in_with_a_report_and_never_as_a_signed_or_paid_in_figure(
    ledger_city: City,
) -> None:
    city = ledger_city
    batch = await previewed(
        city,
        line(1, LEAD, amount="约12.5亿"),
        line(2, SIGNED, amount="约12.5亿"),
        line(3, SIGNED, paid="3000万左右"),
        line(4, SIGNED),
    )
    found = await rows(city, batch)
    assert [row["state"] for row in found] == ["READY", "WRONG", "WRONG", "AWAITING"]
    errors = [[e for e in row["issues"] if e["severity"] == "ERROR"] for row in found]
    assert [[e["column"] for e in each] for each in errors] == [[], ["E"], ["M"], []]
    assert "请填协议写明的确切金额" in errors[1][0]["message"]
    assert "请填实际到账的确切金额" in errors[2][0]["message"]


async def test_a_duplicate_that_is_not_theirs_to_see_is_masked(ledger_city: City) -> None:
    city = ledger_city
    await city.report(
        city.lezhi, name="口腔装备产业园第3期", investorName="深圳第3口腔装备有限公司"
    )
    batch = await previewed(city, line(3, first="安岳县"), by="anyue")
    (row,) = await rows(city, batch, "anyue")
    assert row["state"] == "DUPLICATE"
    message = row["issues"][-1]["message"]
    assert "领导小组办公室" in message
    assert "产业园" not in message
    assert "2026-" not in message


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("合同.pdf", b"%PDF-1.7 contract", "不是表格"),
        ("台账.xlsx", b"PK\x03\x04 cut off", "读不出来"),
        ("台账.csv", b"", "空文件"),
        ("台账.csv", "你好\n再见\n".encode(), "没有找到项目台账的表头"),
        ("台账.csv", b"\x00\x01\x02\x03" * 50, "另存为 .xlsx"),
    ],
)
async def test_what_is_no_ledger_is_refused_at_the_file_and_nothing_is_kept(
    ledger_city: City, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    payload = await ledger_city.act(ledger_city.office, "ledgerPreview", file=sent(content, name))
    assert errors_of(payload) == [("INVALID", "file")]
    assert words in payload["userErrors"][0]["message"]
    assert (await ledger_city.run(ledger_city.office, BATCHES))["batches"]["totalCount"] == 0
    assert not (tmp_path / "files").exists()
    assert await JournalEntry.filter(act="ledgerPreview").count() == 0


async def test_without_a_file_one_is_asked_for(ledger_city: City) -> None:
    payload = await ledger_city.act(ledger_city.office, "ledgerPreview")
    assert errors_of(payload) == [("INVALID", "file")]


async def test_text_in_gbk_is_read(ledger_city: City) -> None:
    content = text(line(1), encoding="gb18030")
    payload = await ledger_city.done(ledger_city.office, "ledgerPreview", file=sent(content))
    assert payload["batch"]["readyCount"] == 1


async def test_a_workbook_under_a_wrong_name_is_read_for_what_it_is(ledger_city: City) -> None:
    payload = await ledger_city.done(
        ledger_city.office, "ledgerPreview", file=sent(workbook(line(1)), "台账.xls")
    )
    assert payload["batch"]["fileName"] == "台账.xlsx"
    assert payload["batch"]["readyCount"] == 1


async def test_a_column_that_was_not_recognised_can_be_named(ledger_city: City) -> None:
    city = ledger_city
    content = text(line(1)).replace("投资方名称".encode(), "谁出钱".encode())
    batch = (await city.done(city.office, "ledgerPreview", file=sent(content)))["batch"]
    assert batch["wrongCount"] == 1
    found = await city.run(
        city.office,
        "query($no: String!) { batch(no: $no) {"
        " issues { code severity } unknownColumns { letter title } freeFields { name label } } }",
        no=batch["no"],
    )
    assert found["batch"]["unknownColumns"] == [{"letter": "B", "title": "谁出钱"}]
    assert {"code": "MISSING_COLUMN", "severity": "ERROR"} in found["batch"]["issues"]
    free = {"name": "investor_name", "label": "投资方（合作企业）名称"}
    assert free in found["batch"]["freeFields"]
    again = await city.done(city.office, "ledgerPreview", **on(batch), columns=["B=investor_name"])
    assert again["batch"]["no"] == batch["no"]
    assert (again["batch"]["readyCount"], again["batch"]["wrongCount"]) == (1, 0)
    wrong = await city.act(city.office, "ledgerPreview", **on(batch), columns=["B=investor_name"])
    assert errors_of(wrong) == [("STALE", "revision")]
    bad = await city.act(city.office, "ledgerPreview", **on(again["batch"]), columns=["B=anything"])
    assert errors_of(bad) == [("INVALID", "columns")]


SAID = """
query Said($no: String!) {
  batch(no: $no) {
    answeredIn
    issues { column title code severity }
    unitQuestions { name titles chosen units }
    columns { letter title field assigned unit unitAsked unitChosen }
  }
}
"""
AMOUNT = "协议总投资（万元）"


def ledger_of(*numbers: int, heading: str = "协议总投资", **cells: str) -> bytes:
    """Lines of 12.5 under a heading of one's own."""
    lines = [line(number, **{"amount": "12.5"} | cells) for number in numbers]
    return text(*lines).replace(AMOUNT.encode(), heading.encode())


async def said_of(city: City, batch: Said, by: str = "office") -> Said:
    found: Said = (await city.run(city[by], SAID, no=batch["no"]))["batch"]
    return found


async def amounts(city: City, batch: Said, by: str = "office") -> list[str]:
    found = await city.run(
        city[by],
        "query($no: String!) { batch(no: $no) { rows(first: 9) { nodes {"
        ' cells(fields: ["agreed_investment"]) { value } } } } }',
        no=batch["no"],
    )
    return [row["cells"][0]["value"] for row in found["batch"]["rows"]["nodes"]]


async def test_a_unit_that_is_not_written_is_asked_once_and_remembered_for_the_unit_and_the_form(
    ledger_city: City,
) -> None:
    city = ledger_city
    first = await city.done(city.anyue, "ledgerPreview", file=sent(ledger_of(1, 2, first="安岳县")))
    batch = first["batch"]
    assert (batch["readyCount"], batch["wrongCount"]) == (0, 2)
    said = await said_of(city, batch, "anyue")
    asked = [issue for issue in said["issues"] if issue["severity"] == "ERROR"]
    assert asked == [{"column": "", "title": "金额", "code": "UNIT", "severity": "ERROR"}]
    (question,) = said["unitQuestions"]
    assert (question["titles"], question["chosen"]) == (["协议总投资"], None)
    refused = await city.act(city.anyue, "ledgerImport", **on(batch))
    assert errors_of(refused) == [("RULE", "onlyCorrect")]

    answered = await city.done(city.anyue, "ledgerPreview", **on(batch), units=["金额=亿元"])
    assert (answered["batch"]["no"], answered["batch"]["readyCount"]) == (batch["no"], 2)
    assert await amounts(city, batch, "anyue") == ["12.5 亿元", "12.5 亿元"]
    assert (await said_of(city, batch, "anyue"))["unitQuestions"][0]["chosen"] == "亿元"

    # The next ledger of the same form needs no answer; another form, or another unit, does.
    later = await city.done(city.anyue, "ledgerPreview", file=sent(ledger_of(3, first="安岳县")))
    assert later["batch"]["readyCount"] == 1
    assert (await said_of(city, later["batch"], "anyue"))["answeredIn"] == batch["no"]
    other = ledger_of(4, heading="投资额（不含税）", first="安岳县")
    assert (await city.done(city.anyue, "ledgerPreview", file=sent(other)))["batch"][
        "wrongCount"
    ] == 1
    office = await city.done(city.office, "ledgerPreview", file=sent(ledger_of(5)))
    assert office["batch"]["wrongCount"] == 1

    # What is said last counts, also that nothing is said.
    cleared = await city.done(city.anyue, "ledgerPreview", **on(later["batch"]), units=["金额="])
    assert cleared["batch"]["wrongCount"] == 1
    again = await city.done(city.anyue, "ledgerPreview", file=sent(ledger_of(6, first="安岳县")))
    assert again["batch"]["wrongCount"] == 1


async def test_a_unit_that_is_not_understood_is_chosen_for_its_column(ledger_city: City) -> None:
    city = ledger_city
    content = ledger_of(1, heading="协议总投资（亿元或万元）")
    batch = (await city.done(city.office, "ledgerPreview", file=sent(content)))["batch"]
    said = await said_of(city, batch)
    asked = [issue for issue in said["issues"] if issue["severity"] == "ERROR"]
    assert [(issue["column"], issue["code"]) for issue in asked] == [("E", "UNIT")]
    column = next(each for each in said["columns"] if each["letter"] == "E")
    assert (column["field"], column["unit"], column["unitAsked"]) == ("agreed_investment", "", True)
    assert said["unitQuestions"] == []
    for wrong, field in (("E=亩", "units"), ("B=亿元", "units"), ("ZZ=亿元", "units")):
        payload = await city.act(city.office, "ledgerPreview", **on(batch), units=[wrong])
        assert errors_of(payload) == [("INVALID", field)], wrong
    done = await city.done(city.office, "ledgerPreview", **on(batch), units=["E=亿元"])
    assert done["batch"]["readyCount"] == 1
    assert await amounts(city, batch) == ["12.5 亿元"]


async def test_any_column_can_be_said_by_hand_and_that_is_remembered(ledger_city: City) -> None:
    city = ledger_city

    def content(number: int) -> bytes:
        head, cells = text(line(number, amount="9999")).decode().splitlines()
        head = head.replace("项目名称", "承载体").replace("投资方名称", "项目名称")
        return f"{head},新口径（万元）\n{cells},125000\n".encode()

    batch = (await city.done(city.office, "ledgerPreview", file=sent(content(1))))["batch"]
    assert batch["wrongCount"] == 1
    letters = {each["title"]: each["letter"] for each in (await said_of(city, batch))["columns"]}
    new = letters["新口径（万元）"]
    said = ["A=项目名称", "B=投资方名称", f"{new}=协议总投资", f"{letters[AMOUNT]}=-"]
    done = await city.done(city.office, "ledgerPreview", **on(batch), columns=said)
    assert done["batch"]["readyCount"] == 1
    assert await amounts(city, batch) == ["12.5 亿元"]
    columns = {each["letter"]: each for each in (await said_of(city, batch))["columns"]}
    assert [columns[each]["field"] for each in ("A", "B", new)] == [
        "name",
        "investor_name",
        "agreed_investment",
    ]
    assert (columns["E"]["field"], columns["E"]["assigned"]) == (None, "-")
    result = await city.run(
        city.office,
        "query($no: String!) { batch(no: $no) { result { content } } }",
        no=batch["no"],
    )
    grid = read("结果.xlsx", base64.b64decode(result["batch"]["result"]["content"]))
    assert str(grid.cell(1, grid.width - 1)).startswith("可导入")
    later = (await city.done(city.office, "ledgerPreview", file=sent(content(2))))["batch"]
    assert later["readyCount"] == 1
    # A corrected file in place of the batch is read in the same way.
    mended = await city.done(city.office, "ledgerPreview", **on(later), file=sent(content(3)))
    assert mended["batch"]["readyCount"] == 1
    for wrong in ("ZZ=name", "A=没有这栏"):
        payload = await city.act(
            city.office, "ledgerPreview", **on(mended["batch"]), columns=[wrong]
        )
        assert errors_of(payload) == [("INVALID", "columns")]


async def test_a_sheet_of_unknown_headings_is_read_once_its_columns_are_said(
    ledger_city: City,
) -> None:
    city = ledger_city

    def content(number: int) -> bytes:
        return f"2026年\n事项,客户,盘子\n口腔产业园{number}期,深圳甲公司,1.2亿\n".encode()

    payload = await city.act(city.office, "ledgerPreview", file=sent(content(1)))
    assert errors_of(payload) == [("INVALID", "file")]
    assert "例如 B=项目名称" in payload["userErrors"][0]["message"]
    said = ["A=项目名称、B=投资方名称、C=协议总投资"]
    done = await city.done(city.office, "ledgerPreview", file=sent(content(1)), columns=said)
    assert done["batch"]["readyCount"] == 1
    assert await amounts(city, done["batch"]) == ["1.2 亿元"]
    later = await city.done(city.office, "ledgerPreview", file=sent(content(2)))
    assert later["batch"]["readyCount"] == 1
    assert (await said_of(city, later["batch"]))["answeredIn"] == done["batch"]["no"]


async def test_a_refused_column_is_said_at_its_field_by_the_process_of_its_own_too(
    ledger_city: City,
) -> None:
    city = ledger_city
    book = sent(workbook(line(1)), "台账.xlsx")
    for field, wrong in (("columns", "ZZ=name"), ("units", "ZZ=亿元"), ("units", "E=公顷")):
        payload = await city.act(city.office, "ledgerPreview", file=book, **{field: [wrong]})
        assert errors_of(payload) == [("INVALID", field)]


# ---------------------------------------------------------------- bringing in


async def test_with_a_line_to_mend_nothing_is_imported_unless_only_the_correct_ones_are_wanted(
    ledger_city: City,
) -> None:
    city = ledger_city
    batch = await previewed(city, line(1), line(2, amount="面议"), line(3))
    payload = await city.act(city.office, "ledgerImport", **on(batch))
    assert errors_of(payload) == [("RULE", "onlyCorrect")]
    assert "有 1 行需要修改" in payload["userErrors"][0]["message"]
    assert await Project.all().count() == 0
    assert await states(city, batch) == ["READY", "WRONG", "READY"]
    done = await city.done(city.office, "ledgerImport", **on(batch), onlyCorrect=True)
    assert done["batch"]["state"] == "IMPORTED"
    assert (done["batch"]["importedCount"], done["batch"]["wrongCount"]) == (2, 1)
    assert await states(city, batch) == ["IMPORTED", "WRONG", "IMPORTED"]
    names = await Project.all().order_by("no").values_list("no", "name")
    assert names == [("2026-0001", "口腔装备产业园第1期"), ("2026-0002", "口腔装备产业园第3期")]


async def test_a_signed_line_becomes_a_project_with_its_agreement_and_shared_figures(
    ledger_city: City,
) -> None:
    city = ledger_city
    batch = await imported(
        city, line(1, SIGNED, stage="已开工", start="2026-08-01", unit="雁江区经外局 钱七")
    )
    project = await Project.get().prefetch_related(
        "investor", "reported_by", "first_contact_place", "landing_place"
    )
    assert (project.no, project.stage, project.revision) == ("2026-0001", "STARTED", 1)
    assert project.investor.uscc == code(1)
    assert project.investor.region == "广东省深圳市"
    assert project.reported_by.slug == "yanjiang"
    assert (project.first_contact_place.slug, project.landing_place.slug) == (
        "yanjiang",
        "hightech",
    )
    assert project.source == f"台账导入 {batch['no']} 第 2 行"
    assert "kqzbcyy" in project.search
    assert f"{project.signed_on}" == "2026-05-10"
    judgement, transfer = await Judgement.get(), await Transfer.get()
    assert judgement.first_contact_place_id == project.first_contact_place_id
    assert (transfer.to_place_id, transfer.state) == (project.landing_place_id, "TAKEN_UP")
    agreement = await Agreement.get()
    assert (agreement.kind, agreement.amount_fen) == ("FORMAL", 125 * YI // 10)
    entries = await Entry.all().order_by("id")
    assert agreement.entry_id == entries[0].id
    assert [(e.no, e.indicator, e.amount_fen, f"{e.occurred_on}") for e in entries] == [
        ("Z2026-00001", "SIGNED_FUNDS", 125 * YI // 10, "2026-05-10"),
        ("Z2026-00002", "PAID_IN_FUNDS", 2000 * WAN - 50_000, "2026-05-10"),
        ("Z2026-00003", "PAID_IN_FUNDS", 1000 * WAN + 50_000, "2026-05-10"),
    ]
    assert (project.signed_fen, project.paid_in_fen) == (125 * YI // 10, 3000 * WAN)
    sums = await sums_by_place()
    first, landing = project.first_contact_place_id, project.landing_place_id
    assert sums["SIGNED_FUNDS"] == {first: 375 * YI // 100, landing: 875 * YI // 100}
    assert sums["PAID_IN_FUNDS"] == {first: 900 * WAN, landing: 2100 * WAN}
    found = await city.run(
        city.hightech,
        '{ project(no: "2026-0001") { fulfilment { milestones { stage reachedOn } } } }',
    )
    assert found["project"]["fulfilment"]["milestones"] == [
        {"stage": "STARTED", "reachedOn": "2026-08-01"}
    ]


@pytest.mark.parametrize(("first", "landing"), [("yanjiang", "hightech"), ("anyue", "anyue")])
async def test_the_ledger_s_figures_are_credited_as_the_acts_would_credit_them(
    ledger_city: City, first: str, landing: str
) -> None:
    city = ledger_city
    by_act = await city.signed(first, landing, "12.5亿")
    paid = await city.paid(by_act, "2000.0001万", landing)
    await city.paid(paid["project"], "1000.0002万", landing)
    day = f"{NOW:%Y-%m-%d}"
    words = {"yanjiang": "雁江区", "hightech": "高新区", "anyue": "安岳县"}
    places = {"first": words[first], "landing": words[landing], "signed": day}
    batch = await imported(city, line(9, SIGNED, **places, paid="3000.0003", year="1000.0002"))
    (row,) = await rows(city, batch)
    assert await credits_of(row["project"]["no"]) == await credits_of(by_act["no"])


async def credits_of(no: str) -> list[tuple[Any, ...]]:
    """The credits of a project, but for who posted them and when."""
    project = await Project.get(no=no)
    found = Credit.filter(project_id=project.id).order_by("id")
    return list(
        await found.values_list(
            "place_id", "role", "indicator", "amount_fen", "series", "running_fen",
            "occurred_on", "rule_id", "first_parts", "whole_parts",
        )
    )  # fmt: skip


async def sums_by_place() -> dict[str, dict[int, int]]:
    sums: dict[str, dict[int, int]] = {}
    for credit in await Credit.filter(basis="CLAIMED"):
        of = sums.setdefault(credit.indicator, {})
        of[credit.place_id] = of.get(credit.place_id, 0) + credit.amount_fen
    return sums


async def test_an_investor_is_one_company_however_often_the_ledger_names_it(
    ledger_city: City,
) -> None:
    city = ledger_city
    await city.report(name="另一个项目", investorName="深圳第1口腔装备有限公司", uscc=code(1))
    await imported(
        city,
        line(1),
        line(2, uscc=code(1), investor="深圳第1口腔装备股份公司"),
        line(3, uscc="", investor="香港牙科集团"),
        line(4, uscc="", investor="香港 牙科（集团）"),
    )
    companies = await Company.all().order_by("id").values_list("name", "uscc", "no_code_reason")
    assert companies == [
        ("深圳第1口腔装备有限公司", code(1), ""),
        ("香港牙科集团", None, "台账未填统一社会信用代码"),
    ]


async def test_a_lead_of_the_ledger_waits_for_judgement_with_its_clock(ledger_city: City) -> None:
    city = ledger_city
    await imported(city, line(1, stage="线索"))
    found = await city.run(
        city.office,
        "{ judgementQueue { nodes { no linkage { clock { label } judgement { reason } } } } }",
    )
    (lead,) = found["judgementQueue"]["nodes"]
    assert lead["linkage"] == {"clock": {"label": "剩 2 个工作日"}, "judgement": None}


async def test_what_came_meanwhile_is_set_aside_and_never_doubled(ledger_city: City) -> None:
    city = ledger_city
    first = await previewed(city, line(1), line(2))
    second = await previewed(city, line(2), line(3))
    await city.done(city.office, "ledgerImport", **on(first))
    done = await city.done(city.office, "ledgerImport", **on(second))
    assert (done["batch"]["importedCount"], done["batch"]["duplicateCount"]) == (1, 1)
    assert await states(city, second) == ["DUPLICATE", "IMPORTED"]
    assert await Project.all().count() == 3


async def test_duplicates_come_in_when_somebody_says_that_they_are_none(ledger_city: City) -> None:
    city = ledger_city
    await imported(city, line(1))
    batch = await previewed(city, line(1))
    payload = await city.act(city.office, "ledgerImport", **on(batch))
    assert errors_of(payload) == [("RULE", "batch")]
    done = await city.done(city.office, "ledgerImport", **on(batch), includeDuplicates=True)
    assert (done["batch"]["importedCount"], done["batch"]["duplicateCount"]) == (1, 0)


async def test_the_journal_names_every_project_that_came_in(ledger_city: City) -> None:
    city = ledger_city
    batch = await imported(city, line(1), line(2, amount="面议"), line(3), onlyCorrect=True)
    entry = await JournalEntry.all().order_by("-id").first()
    assert entry
    assert (entry.act, entry.subject_kind) == ("ledgerImport", "Batch")
    numbers = {row["no"][1] for key, row in entry.changes.items() if key.startswith("Project:")}
    assert numbers == {"2026-0001", "2026-0002"}
    key = (await Batch.get(no=batch["no"])).id
    assert entry.changes[f"Batch:{key}"]["imported_count"] == [0, 2]


async def test_the_same_key_imports_once(ledger_city: City) -> None:
    city = ledger_city
    batch = await previewed(city, line(1))
    first = await city.act(city.office, "ledgerImport", key="k1", **on(batch))
    again = await city.act(city.office, "ledgerImport", key="k1", **on(batch))
    assert first["userErrors"] == again["userErrors"] == []
    assert again["batch"]["no"] == batch["no"]
    assert await Project.all().count() == 1


async def test_a_fault_in_the_middle_leaves_nothing_behind(
    ledger_city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = ledger_city
    batch = await previewed(city, line(1, SIGNED), line(2, TALKED))
    batch = (await city.done(city.office, "ledgerImport", **on(batch)))["batch"]

    async def fail(*_: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(MigrationRun, "_insert_agreements", fail)
    with pytest.raises(RuntimeError, match="the disk is full"):
        await city.act(city.colleague, "ledgerConfirm", **on(batch), **PAPER)
    for table in (Project, Company, Entry, Credit, Judgement, Migration):
        assert await table.all().count() == 0
    assert await states(city, batch) == ["AWAITING", "AWAITING"]
    assert (await Batch.get()).revision == batch["revision"]


# ---------------------------------------------------------------- who


async def test_a_place_brings_in_its_own_projects_alone(ledger_city: City) -> None:
    city = ledger_city
    batch = await previewed(
        city,
        line(1, SIGNED, first="雁江区", landing="安岳县"),
        line(2, first="", stage="线索"),
        line(3, first="安岳县", landing="乐至县"),
        by="anyue",
    )
    assert await states(city, batch, "anyue") == ["AWAITING", "READY", "WRONG"]
    foreign = (await rows(city, batch, "anyue"))[2]["issues"][-1]
    assert (foreign["code"], foreign["column"]) == ("OTHER_PLACE", "G")
    assert "落户地是乐至县，安岳县只能导入本地的项目" in foreign["message"]
    batch = await brought_in(city, batch, "anyue", onlyCorrect=True)
    lead, signed = (
        await Project.all().order_by("id").prefetch_related("reported_by", "landing_place")
    )
    assert (lead.reported_by.slug, signed.reported_by.slug) == ("anyue", "anyue")
    assert (lead.landing_place, signed.landing_place.slug) == (None, "anyue")


async def test_of_a_place_that_cannot_be_read_nothing_more_is_said(ledger_city: City) -> None:
    batch = await previewed(ledger_city, line(1, first="乐至县", landing="9"), by="anyue")
    (row,) = await rows(ledger_city, batch, "anyue")
    errors = [each for each in row["issues"] if each["severity"] == "ERROR"]
    assert [(each["column"], each["value"]) for each in errors] == [("G", "9")]


async def test_another_unit_s_batch_does_not_exist(ledger_city: City) -> None:
    city = ledger_city
    batch = await previewed(city, line(1, first="安岳县"), by="anyue")
    for other in (city.lezhi, city.group, city.leader, city.public):
        found = await city.run(
            other, "query($no: String!) { batch(no: $no) { no } }", no=batch["no"]
        )
        assert found == {"batch": None}
    payload = await city.act(city.lezhi, "ledgerImport", **on(batch))
    assert errors_of(payload) == [("INVALID", "batch")]
    done = await city.done(city.office, "ledgerImport", **on(batch))
    assert done["batch"]["importedCount"] == 1


@pytest.mark.parametrize("who", ["group", "department", "branch", "agent", "leader", "partner"])
async def test_nobody_else_sends_ledgers(ledger_city: City, who: str) -> None:
    city = ledger_city
    payload = await city.act(city[who], "ledgerPreview", file=sent(text(line(1))))
    assert errors_of(payload) == [("NOT_ALLOWED", None)]
    batch = await previewed(city, line(1))
    for act, more in (("ledgerImport", {}), ("ledgerUndo", {"reason": "试试"})):
        payload = await city.act(city[who], act, **on(batch), **more)
        assert errors_of(payload) == [("NOT_ALLOWED", None)]


async def test_of_two_importing_a_batch_at_once_exactly_one_wins(
    stored_city: City, tmp_path: Path
) -> None:
    city = stored_city
    city.files = FileStore(tmp_path / "files")  # type: ignore[assignment]
    batch = await previewed(city, line(1), line(2))
    payloads = await asyncio.gather(
        *(city.act(city.office, "ledgerImport", **on(batch)) for _ in range(3))
    )
    refused = [errors_of(payload) for payload in payloads if payload["userErrors"]]
    assert refused == [[("STALE", "revision")]] * 2
    assert await Project.all().count() == 2
    (conflict,) = {
        (p["conflict"]["changedBy"], p["conflict"]["act"]) for p in payloads if p["conflict"]
    }
    assert conflict == ("李雷", "ledgerImport")


async def test_two_batches_at_once_number_their_projects_one_after_the_other(
    stored_city: City, tmp_path: Path
) -> None:
    city = stored_city
    city.files = FileStore(tmp_path / "files")  # type: ignore[assignment]
    one = await previewed(city, *(line(number) for number in range(1, 6)))
    two = await previewed(city, *(line(number) for number in range(4, 9)))
    await asyncio.gather(
        city.done(city.office, "ledgerImport", **on(one)),
        city.done(city.office, "ledgerImport", **on(two)),
        city.report(name="同时报送的项目"),
    )
    nos = await Project.all().order_by("no").values_list("no", flat=True)
    assert nos == [f"2026-{number:04}" for number in range(1, 10)]


# ---------------------------------------------------------------- the file with our verdicts


def workbook(*lines: dict[str, str]) -> bytes:
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("台账")
    for number, values in enumerate(read("台账.csv", text(*lines)).rows):
        sheet.write_row(number, 0, values)
    book.close()
    return out.getvalue()


async def result(city: City, batch: Said) -> bytes:
    found = await city.run(
        city.office,
        "query($no: String!) { batch(no: $no) { result { name mediaType content } } }",
        no=batch["no"],
    )
    return base64.b64decode(found["batch"]["result"]["content"])


async def test_the_result_says_of_every_line_what_became_of_it_and_can_be_mended_and_sent_again(
    ledger_city: City,
) -> None:
    city = ledger_city
    await imported(city, line(4))
    content = workbook(line(1), line(2, amount="面议"), line(4))
    batch = (await city.done(city.office, "ledgerPreview", file=sent(content, "台账.xlsx")))[
        "batch"
    ]
    await city.done(city.office, "ledgerImport", **on(batch), onlyCorrect=True)
    grid = read("结果.xlsx", await result(city, batch))
    assert grid.cell(0, 14) == "校验结果"
    results = [str(grid.cell(number, 14)) for number in (1, 2, 3)]
    assert results[0] == "已报送 2026-0002"
    assert results[1].startswith("需修改：E 列“协议总投资（万元）”")
    assert results[2].startswith("疑似重复：与库内项目 2026-0001")
    corrected = text(line(1), line(2, amount="8000"), line(4))
    again = (await city.done(city.office, "ledgerPreview", file=sent(corrected)))["batch"]
    assert await states(city, again) == ["DUPLICATE", "READY", "DUPLICATE"]
    done = await city.done(city.office, "ledgerImport", **on(again))
    assert done["batch"]["importedCount"] == 1
    assert await Project.filter(name="口腔装备产业园第2期").exists()


async def test_a_mended_file_takes_the_place_of_the_first_until_it_is_imported(
    ledger_city: City,
) -> None:
    city = ledger_city
    batch = await previewed(city, line(1), line(2, amount="面议"))
    corrected = sent(text(line(1), line(2)), "改好的台账.csv")
    again = (await city.done(city.office, "ledgerPreview", **on(batch), file=corrected))["batch"]
    assert (again["no"], again["fileName"]) == (batch["no"], "改好的台账.csv")
    assert await states(city, again) == ["READY", "READY"]
    assert await BatchRow.all().count() == 2
    done = (await city.done(city.office, "ledgerImport", **on(again)))["batch"]
    late = await city.act(city.office, "ledgerPreview", **on(done), file=corrected)
    assert errors_of(late) == [("RULE", "batch")]


# ---------------------------------------------------------------- taking back


async def opening_sums(city: City) -> dict[str, int]:
    """Verified signed funds of no month in fen, by place."""
    slugs = dict(await Place.all().values_list("id", "slug"))
    sums: dict[str, int] = {}
    for credit in await Credit.filter(basis="VERIFIED", indicator="SIGNED_FUNDS"):
        assert credit.counts_in is None
        slug = slugs[credit.place_id]
        sums[slug] = sums.get(slug, 0) + credit.amount_fen
    return sums


async def test_taking_back_reverses_every_figure_and_no_contest_had_it(
    ledger_city: City,
) -> None:
    city = ledger_city
    start = city.now
    city.now = start + timedelta(hours=1)
    batch = await imported(city, line(1, SIGNED), line(2, SIGNED, landing=""), line(3))
    city.now = start + timedelta(hours=2)
    may = {"month": "2026-05"}
    full = await standings(city, **may)
    # What was signed and paid in before is an opening balance, which belongs to no month's contest.
    assert full == dict.fromkeys(full, (Decimal(0), Decimal(0)))
    assert await opening_sums(city) == {"yanjiang": 1625 * WAN * 100, "hightech": 875 * WAN * 100}
    done = await city.done(city.office, "ledgerUndo", **on(batch), reason="发错了文件")
    assert done["batch"]["state"] == "UNDONE"
    assert await standings(city, **may) == full
    assert await opening_sums(city) == {"yanjiang": 0, "hightech": 0}
    projects = await Project.all()
    assert {(p.stage, p.signed_fen, p.paid_in_fen, p.signed_on) for p in projects} == {
        ("WITHDRAWN", 0, 0, None)
    }
    reversals = await Entry.filter(reverses_id__not_isnull=True)
    assert len(reversals) == 6
    assert {entry.reason for entry in reversals} == {"发错了文件"}
    assert await states(city, batch) == ["UNDONE"] * 3
    entry = await JournalEntry.all().order_by("-id").first()
    assert entry
    assert (entry.act, entry.reason) == ("ledgerUndo", "发错了文件")
    stages = [row["stage"] for key, row in entry.changes.items() if key.startswith("Project:")]
    assert [after for _, after in stages] == ["WITHDRAWN"] * 3


async def test_what_was_taken_back_can_be_brought_in_again(ledger_city: City) -> None:
    city = ledger_city
    batch = await imported(city, line(1, SIGNED))
    await city.done(city.office, "ledgerUndo", **on(batch), reason="金额有误")
    again = await imported(city, line(1, SIGNED, amount="10亿"))
    assert again["migratedCount"] == 1
    project = await Project.get(no="2026-0002")
    assert project.signed_fen == 10 * YI
    total = sum(
        [
            credit.amount_fen
            for credit in await Credit.filter(indicator="SIGNED_FUNDS", basis="VERIFIED")
        ]
    )
    assert total == 10 * YI


async def worked_on(city: City, how: str) -> None:
    project = {"no": "2026-0001", "revision": 1}
    key = {"project": "2026-0001", "revision": 1}
    if how == "paid":
        await city.pay(project, "500万")
    elif how == "disputed":
        await city.done(city.office, "projectWithdraw", **key, reason="投资方放弃")
    elif how == "claimed":
        await city.done(
            city.office, "projectClaim", project="2026-0001", place="anyue",
            contactOn="2026-11-01", contactWith="张总", evidence=EVIDENCE,
        )  # fmt: skip
    else:
        other = await city.report(name="同一个项目")
        await city.done(
            city.office, "projectMerge", project=other["no"], revision=1, into="2026-0001",
            reason="同一个项目",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ("paid", SIGNED),
        ("disputed", LEAD | {"stage": "线索"}),
        ("claimed", LEAD | {"stage": "线索"}),
        ("merged", LEAD),
    ],
)
async def test_once_somebody_has_worked_on_a_project_nothing_of_the_batch_is_taken_back(
    ledger_city: City, how: str, kind: dict[str, str]
) -> None:
    city = ledger_city
    batch = await imported(city, line(1, kind), line(2, SIGNED))
    await worked_on(city, how)
    before = await Entry.all().count()
    answer = await city.ask(
        city.office,
        "mutation($input: LedgerUndoInput!) { ledgerUndo(input: $input) {"
        " batch { no } touched { no name } userErrors { code message field } } }",
        input={**on(batch), "reason": "发错了文件"},
    )
    assert answer.data
    payload = answer.data["ledgerUndo"]
    assert errors_of(payload) == [("RULE", "batch")]
    assert "有 1 个项目导入后又办理过" in payload["userErrors"][0]["message"]
    assert payload["touched"] == [{"no": "2026-0001", "name": "口腔装备产业园第1期"}]
    assert await Entry.all().count() == before
    first = "MIGRATED" if kind is SIGNED else "IMPORTED"
    assert await states(city, batch) == [first, "MIGRATED"]
    assert (await Project.get(no="2026-0002")).stage == "SIGNED"


async def test_only_what_was_imported_can_be_taken_back_and_only_once(ledger_city: City) -> None:
    city = ledger_city
    batch = await previewed(city, line(1))
    payload = await city.act(city.office, "ledgerUndo", **on(batch), reason="试试")
    assert errors_of(payload) == [("RULE", "batch")]
    done = (await city.done(city.office, "ledgerImport", **on(batch)))["batch"]
    blank = await city.act(city.office, "ledgerUndo", **on(done), reason=" ")
    assert errors_of(blank) == [("INVALID", "reason")]
    undone = (await city.done(city.office, "ledgerUndo", **on(done), reason="发错了"))["batch"]
    for act, more in (("ledgerUndo", {"reason": "再来"}), ("ledgerImport", {})):
        late = await city.act(city.office, act, **on(undone), **more)
        assert errors_of(late) == [("RULE", "batch")]
        stale = await city.act(city.office, act, **on(done), **more)
        assert errors_of(stale) == [("STALE", "revision")]


def test_the_split_of_a_million_is_what_the_tests_above_say() -> None:
    assert split(3000 * WAN, 3, 10) == (900 * WAN, 2100 * WAN)
    assert format_money(125 * YI // 10) == "12.5 亿元"
