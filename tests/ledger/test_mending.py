"""Small things of a ledger are mended in its preview: checked at once, kept with who and when, never lost unsaid."""

import base64
from io import BytesIO
from typing import Any

import xlsxwriter

from schema.gate.tables import JournalEntry
from schema.ledger.tables import BatchRow
from schema.project.tables import Project
from schema.sheet import read
from tests.ledger.ledgers import (
    brought_in,
    code,
    ledger_city,
    line,
    on,
    previewed,
    rows,
    sent,
    states,
    text,
)
from tests.ledger.seen_books import HEAD, cells, xlsx
from tests.world import City, Said

__all__ = ["ledger_city"]

MENDS = """
query Mends($no: String!) {
  batch(no: $no) {
    issues { code message severity }
    rows(first: 100) { nodes {
      rowNo state
      mends { field column original value mendedBy mendedAt }
      cells { field value severity }
    } }
  }
}
"""


async def mended(
    city: City, batch: Said, row: int, cell: str, value: str, by: str = "office"
) -> Said:
    given = on(batch) | {"row": row, "cell": cell, "value": value}
    made: Said = (await city.done(city[by], "ledgerMend", **given))["batch"]
    return made


async def looked_at(city: City, batch: Said, by: str = "office") -> tuple[list[Said], list[Said]]:
    """The lines with what was changed in them, and the issues of the whole file."""
    found = (await city.run(city[by], MENDS, no=batch["no"]))["batch"]
    return found["rows"]["nodes"], found["issues"]


async def faults(city: City, given: Said, by: str = "office") -> list[Said]:
    found: list[Said] = (await city.act(city[by], "ledgerMend", **given))["userErrors"]
    return found


def cell_of(row: Said, name: str) -> Any:
    return next((each["value"] for each in row["cells"] if each["field"] == name), None)


async def test_a_wrong_cell_is_changed_in_the_preview_and_the_line_is_ready_at_once(
    ledger_city: City,
) -> None:
    batch = await previewed(ledger_city, line(1), line(2, amount="面议"))
    assert [batch["readyCount"], batch["wrongCount"]] == [1, 1]
    batch = await mended(ledger_city, batch, 3, "agreed_investment", "8000")
    assert [batch["readyCount"], batch["wrongCount"]] == [2, 0]
    (_, row), _ = await looked_at(ledger_city, batch)
    assert cell_of(row, "agreed_investment") == "8,000 万元"
    (mend,) = row["mends"]
    assert (mend["column"], mend["original"], mend["value"]) == ("E", "面议", "8000")
    assert mend["mendedBy"] == "李雷"
    assert mend["mendedAt"].startswith("2026-11-18")
    await brought_in(ledger_city, batch)
    assert await Project.filter(amount_fen=8000 * 10**6).count() == 1


async def test_a_change_that_is_no_better_is_refused_at_what_was_typed_and_nothing_is_kept(
    ledger_city: City,
) -> None:
    batch = await previewed(ledger_city, line(2, amount="面议"))
    given = on(batch) | {"row": 2, "cell": "agreed_investment"}
    for value, words in (("面谈", "不是确切的金额"), ("-5", "负数"), ("无", "没有填")):
        refused = await faults(ledger_city, given | {"value": value})
        assert [each["field"] for each in refused] == ["value"]
        assert words in refused[0]["message"]
    assert (await BatchRow.get()).mends == []
    unknown = given | {"row": 9, "cell": "first_talk_date", "value": "2026-03-05"}
    refused = await faults(ledger_city, unknown)
    assert [each["field"] for each in refused] == ["row", "cell"]


async def test_what_a_changed_cell_decides_for_other_lines_is_checked_again_too(
    ledger_city: City,
) -> None:
    """Two lines of one name and investor, and two that give one code to two companies."""
    same = line(1)
    batch = await previewed(
        ledger_city, same, same, line(3), line(4, uscc=code(3)), line(5, amount="面议")
    )
    assert await states(ledger_city, batch) == ["READY", "WRONG", "READY", "WRONG", "WRONG"]
    batch = await mended(ledger_city, batch, 2, "name", "口腔装备产业园第1期（北区）")
    assert await states(ledger_city, batch) == ["READY", "READY", "READY", "WRONG", "WRONG"]
    batch = await mended(ledger_city, batch, 4, "uscc", code(30))
    assert await states(ledger_city, batch) == ["READY", "READY", "READY", "READY", "WRONG"]


async def test_a_changed_name_is_searched_among_the_projects_as_an_uploaded_one_is(
    ledger_city: City,
) -> None:
    city = ledger_city
    there = await city.report(name="口腔装备产业园第3期", investorName="深圳第3口腔装备有限公司")
    batch = await previewed(city, line(3, name="口腔装备产业园第3期"), line(7))
    assert await states(city, batch) == ["DUPLICATE", "READY"]
    batch = await mended(city, batch, 2, "name", "牙科材料检测中心")
    assert [batch["readyCount"], batch["duplicateCount"]] == [2, 0]
    batch = await mended(city, batch, 2, "name", there["name"])
    double, _ = await rows(city, batch)
    assert (double["state"], double["project"]) == ("DUPLICATE", {"no": there["no"]})


async def test_left_blank_the_cell_is_what_the_file_has_again(ledger_city: City) -> None:
    batch = await previewed(ledger_city, line(2, amount="面议", region="无锡"))
    batch = await mended(ledger_city, batch, 2, "agreed_investment", "12.5亿")
    batch = await mended(ledger_city, batch, 2, "investor_region", "无")
    (row,), _ = await looked_at(ledger_city, batch)
    assert cell_of(row, "investor_region") is None
    for cell in ("agreed_investment", "investor_region"):
        batch = await mended(ledger_city, batch, 2, cell, "")
    (row,), _ = await looked_at(ledger_city, batch)
    assert (row["state"], row["mends"]) == ("WRONG", [])
    assert (cell_of(row, "agreed_investment"), cell_of(row, "investor_region")) == ("面议", "无锡")


async def test_a_file_read_again_keeps_what_was_changed(ledger_city: City) -> None:
    batch = await previewed(ledger_city, line(1), line(2, amount="面议"))
    batch = await mended(ledger_city, batch, 3, "agreed_investment", "12.5亿")
    done = await ledger_city.done(ledger_city.office, "ledgerPreview", **on(batch), columns=["D=-"])
    (_, row), issues = await looked_at(ledger_city, done["batch"])
    assert cell_of(row, "agreed_investment") == "12.5 亿元"
    assert [each["value"] for each in row["mends"]] == ["12.5亿"]
    assert [each for each in issues if each["code"] == "MENDED"] == []


async def test_another_file_keeps_a_change_of_the_same_line_and_says_of_every_other_that_it_is_gone(
    ledger_city: City,
) -> None:
    batch = await previewed(
        ledger_city, line(1, amount="面议"), line(2, amount="面议"), line(3, amount="面议")
    )
    for row in (2, 3, 4):
        batch = await mended(ledger_city, batch, row, "agreed_investment", f"{row}亿")
    # The first as it was, another amount in the second, another project in the third's place.
    file = sent(text(line(1, amount="面议"), line(2, amount="9亿"), line(8, amount="面议")))
    done = await ledger_city.done(ledger_city.office, "ledgerPreview", **on(batch), file=file)
    (first, second, third), issues = await looked_at(ledger_city, done["batch"])
    assert [cell_of(each, "agreed_investment") for each in (first, second, third)] == [
        "2 亿元",
        "9 亿元",
        "面议",
    ]
    gone = [each["message"] for each in issues if each["code"] == "MENDED"]
    assert len(gone) == 2
    assert "第 3 行 E 列" in gone[0]
    assert "“面议”改为“3亿”" in gone[0]
    assert "现在的文件里这一格是“9亿”" in gone[0]
    assert "第 4 行 E 列" in gone[1]


async def test_a_change_in_a_line_that_is_read_as_no_project_any_more_is_said(
    ledger_city: City,
) -> None:
    lines = [HEAD, cells("甲园"), cells("乙园", D="面议")]
    file = sent(xlsx(("台账", lines), rows={3: 'hidden="true"'}), "台账.xlsx")
    done = await ledger_city.done(ledger_city.office, "ledgerPreview", file=file, hidden="READ")
    batch = await mended(ledger_city, done["batch"], 3, "agreed_investment", "5亿")
    assert batch["wrongCount"] == 0
    done = await ledger_city.done(ledger_city.office, "ledgerPreview", **on(batch), hidden="LEAVE")
    assert len((await looked_at(ledger_city, done["batch"]))[0]) == 1
    _, issues = await looked_at(ledger_city, done["batch"])
    (gone,) = [each["message"] for each in issues if each["code"] == "MENDED"]
    assert "第 3 行" in gone
    assert "这一行现在没有当作项目读取" in gone


async def test_the_file_with_results_carries_what_was_changed_and_what_it_was(
    ledger_city: City,
) -> None:
    batch = await previewed(ledger_city, line(1), line(2, amount="面议"))
    batch = await mended(ledger_city, batch, 3, "agreed_investment", "12.5亿")
    document = "query($no: String!) { batch(no: $no) { result { content } } }"
    found = await ledger_city.run(ledger_city.office, document, no=batch["no"])
    made = base64.b64decode(found["batch"]["result"]["content"])
    grid = read("r.xlsx", made)
    assert grid.cell(2, 4) == "12.5亿"
    verdict = str(grid.cell(2, grid.width - 1))
    assert verdict.startswith("可导入")
    assert "E 列“协议总投资（万元）”原为“面议”（李雷 2026-11-18 改）" in verdict
    assert "原为" not in str(grid.cell(1, grid.width - 1))
    file = sent(made, "结果.xlsx")
    done = await ledger_city.done(ledger_city.office, "ledgerPreview", **on(batch), file=file)
    assert [done["batch"]["readyCount"], done["batch"]["wrongCount"]] == [2, 0]
    _, issues = await looked_at(ledger_city, done["batch"])
    assert [each for each in issues if each["code"] == "MENDED"] == []


async def test_a_cell_of_a_merged_area_is_changed_for_its_own_line_alone(
    ledger_city: City,
) -> None:
    out = BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("台账")
        for number, each in enumerate([HEAD, cells("甲园"), cells("乙园"), cells("丙园")]):
            sheet.write_row(number, 0, each)
        sheet.merge_range("D2:D4", "12.5亿")
    file = sent(out.getvalue(), "台账.xlsx")
    done = await ledger_city.done(ledger_city.office, "ledgerPreview", file=file)
    assert await states(ledger_city, done["batch"]) == ["AWAITING", "WRONG", "WRONG"]
    batch = await mended(ledger_city, done["batch"], 4, "agreed_investment", "3亿")
    first, second, third = (await looked_at(ledger_city, batch))[0]
    assert [each["state"] for each in (first, second, third)] == ["AWAITING", "WRONG", "AWAITING"]
    assert cell_of(third, "agreed_investment") == "3 亿元"


async def test_who_may_upload_may_change_and_for_others_the_batch_does_not_exist(
    ledger_city: City,
) -> None:
    city = ledger_city
    batch = await previewed(city, line(2, first="安岳县", amount="面议"), by="anyue")
    given = on(batch) | {"row": 2, "cell": "agreed_investment", "value": "12.5亿"}
    assert "没有找到" in (await faults(city, given, "lezhi"))[0]["message"]
    assert (await faults(city, given, "leader"))[0]["code"] == "NOT_ALLOWED"
    assert (await BatchRow.get()).mends == []
    made = await mended(city, batch, 2, "agreed_investment", "12.5亿", "anyue")
    assert made["readyCount"] == 1
    (error,) = await faults(city, given, "office")
    assert error["code"] == "STALE"
    await city.done(city.anyue, "ledgerImport", **on(made))
    imported = await city.run(
        city.office, "query($no: String!) { batch(no: $no) { revision } }", no=batch["no"]
    )
    late = given | {"revision": imported["batch"]["revision"]}
    (error,) = await faults(city, late, "anyue")
    assert "已经导入" in error["message"]


async def test_the_journal_names_who_changed_a_cell_and_keeps_no_value_of_it(
    ledger_city: City,
) -> None:
    batch = await previewed(ledger_city, line(1, contact="王强", phone="1380000"))
    await mended(ledger_city, batch, 2, "contact_phone", "13912345678")
    entry = await JournalEntry.filter(act="ledgerMend").get()
    row = await BatchRow.get()
    assert entry.actor_id == ledger_city.office.person  # type: ignore[attr-defined]
    assert "hmac" in str(entry.changes[f"BatchRow:{row.id}"]["mends"])
    assert "13912345678" not in str(entry.changes)
