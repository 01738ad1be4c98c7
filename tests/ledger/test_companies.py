"""A company is its credit code, or where it has none its name: never taken over by another one."""

import pytest

from schema.ledger.tables import BatchRow
from schema.people.tables import Company
from schema.project.tables import Project
from tests.ledger.ledgers import code, imported, ledger_city, line, on, previewed, rows
from tests.world import City, Said, uscc

__all__ = ["ledger_city"]
RENAMED = "这个信用代码登记的企业名称与所填不一致，请按营业执照核对；企业更名的请联系办公室"
SEVERAL = "有几家企业叫这个名称，请填统一社会信用代码"


def error_of(row: Said) -> tuple[str, str, str, str]:
    """State, column and code and message of the only error of a line."""
    (issue,) = [each for each in row["issues"] if each["severity"] == "ERROR"]
    return row["state"], issue["column"], issue["code"], issue["message"]


async def test_a_line_with_the_code_of_another_company_is_wrong_at_the_name(
    ledger_city: City,
) -> None:
    """Whoever uploads it: the other company's name is not shown, seen or not."""
    city = ledger_city
    await city.report(investorName="成都口腔设备有限公司", uscc=code(1))
    for by in ("anyue", "office"):
        batch = await previewed(city, line(1, first="安岳县"), line(2, first="安岳县"), by=by)
        assert (batch["readyCount"], batch["wrongCount"]) == (1, 1)
        wrong, ready = await rows(city, batch, by)
        assert error_of(wrong) == ("WRONG", "B", "COMPANY", RENAMED)
        assert (ready["state"], ready["issues"]) == ("READY", [])
        payload = await city.done(city[by], "ledgerImport", **on(batch), onlyCorrect=True)
        assert payload["batch"]["importedCount"] == 1
        await city.done(city[by], "ledgerUndo", **on(payload["batch"]), reason="试一试")
    assert await Company.filter(uscc=code(1)).values_list("name", flat=True) == [
        "成都口腔设备有限公司"
    ]


async def test_the_same_company_is_known_by_its_code_however_its_form_is_written(
    ledger_city: City,
) -> None:
    city = ledger_city
    await city.report(investorName="深圳第1口腔装备股份公司", uscc=code(1))
    batch = await imported(city, line(1), line(2, uscc=code(1), investor="深圳第1口腔装备"))
    assert batch["importedCount"] == 2
    assert await Company.all().count() == 1


async def test_one_code_under_two_names_in_a_ledger_is_wrong_at_the_second(
    ledger_city: City,
) -> None:
    city = ledger_city
    batch = await previewed(city, line(1), line(2, uscc=code(1)), line(3, uscc=code(1)))
    first, *others = await rows(city, batch)
    assert first["state"] == "READY"
    assert {error_of(other) for other in others} == {
        ("WRONG", "B", "COMPANY", "与第 2 行的信用代码相同，投资方名称不同，请按营业执照核对")
    }


async def test_a_name_of_several_companies_needs_a_code(ledger_city: City) -> None:
    city = ledger_city
    for number in (1, 2):
        await city.report(investorName="华西牙科有限公司", uscc=uscc(900 + number))
    batch = await previewed(
        city,
        line(1, uscc="", investor="华西牙科"),
        line(2, uscc=uscc(902), investor="华西牙科"),
        line(3, uscc="", investor="华西牙科材料"),
    )
    lacking, coded, other = await rows(city, batch)
    assert error_of(lacking) == ("WRONG", "C", "COMPANY", SEVERAL)
    assert [coded["state"], other["state"]] == ["READY", "READY"]
    made = await city.done(city.office, "ledgerImport", **on(batch), onlyCorrect=True)
    assert made["batch"]["importedCount"] == 2
    (project,) = await Project.filter(name=coded["name"]).prefetch_related("investor")
    assert project.investor.uscc == uscc(902)


async def test_a_name_that_stands_with_two_codes_in_a_ledger_needs_one_in_every_line(
    ledger_city: City,
) -> None:
    """In whatever order the lines stand: which company is meant does not hang on that."""
    city = ledger_city
    alike = [
        line(number, uscc=code, investor="华西牙科")
        for number, code in enumerate(("", uscc(901), uscc(902)), start=1)
    ]
    for lines in (alike, alike[::-1]):
        found = {row["name"]: row for row in await rows(city, await previewed(city, *lines))}
        assert error_of(found[alike[0]["name"]]) == ("WRONG", "C", "COMPANY", SEVERAL)
        assert [found[each["name"]]["state"] for each in alike[1:]] == ["READY", "READY"]


async def test_a_company_registered_since_the_preview_is_not_taken_over(
    ledger_city: City,
) -> None:
    """The import looks again, refuses the whole ledger, and says which lines; or takes the others."""
    city = ledger_city
    batch = await previewed(city, line(1), line(2), line(3))
    await city.report(investorName="成都口腔设备有限公司", uscc=code(2))
    payload = await city.act(city.office, "ledgerImport", **on(batch))
    (error,) = payload["userErrors"]
    assert (error["field"], error["code"]) == ("onlyCorrect", "RULE")
    assert "第 3 行" in error["message"] and "一行也没有导入" in error["message"]
    assert "成都" not in error["message"]
    assert await BatchRow.filter(state="READY").count() == 3

    made = (await city.done(city.office, "ledgerImport", **on(batch), onlyCorrect=True))["batch"]
    counts = ("importedCount", "wrongCount", "readyCount", "duplicateCount")
    assert [made[count] for count in counts] == [2, 1, 0, 0]
    _, wrong, _ = await rows(city, made)
    assert error_of(wrong)[3] == RENAMED
    assert not await Project.filter(name=wrong["name"]).exists()


async def test_a_duplicate_under_the_code_of_another_company_is_not_imported(
    ledger_city: City,
) -> None:
    city = ledger_city
    await city.report(
        name="口腔装备产业园第1期", investorName="深圳第1口腔装备有限公司", uscc=code(1)
    )
    await city.report(investorName="成都口腔设备有限公司", uscc=code(9))
    batch = await previewed(city, line(1, uscc=code(9)))
    (row,) = await rows(city, batch)
    assert (row["state"], batch["duplicateCount"]) == ("WRONG", 0)
    payload = await city.act(
        city.office, "ledgerImport", **on(batch), onlyCorrect=True, includeDuplicates=True
    )
    assert [each["field"] for each in payload["userErrors"]] == ["batch"]


# ---- the same for a report


async def test_a_report_without_a_code_names_one_company_alone(city: City) -> None:
    lead = {"investorName": "华西牙科有限公司", "amount": "1亿", "name": "口腔医院项目"}
    for number in (1, 2):
        await city.report(investorName="华西牙科有限公司", uscc=uscc(900 + number))
    payload = await city.act(city.office, "projectReport", **lead)
    (error,) = payload["userErrors"]
    assert (error["code"], error["field"]) == ("RULE", "uscc")
    assert error["message"] == f"{SEVERAL}；没有信用代码的，请写明原因"
    reported = await city.done(
        city.office, "projectReport", **lead, noCodeReason="香港企业，没有信用代码"
    )
    project = await Project.get(no=reported["project"]["no"]).prefetch_related("investor")
    assert (project.investor.uscc, project.investor.no_code_reason) == (
        None,
        "香港企业，没有信用代码",
    )
    again = await city.done(
        city.office,
        "projectReport",
        **(lead | {"name": "口腔医院二期"}),
        noCodeReason="香港企业，没有信用代码",
    )
    second = await Project.get(no=again["project"]["no"])
    assert second.investor_id == project.investor_id


@pytest.mark.parametrize("by", ["office", "anyue"])
async def test_a_report_with_the_code_of_another_company_is_refused(city: City, by: str) -> None:
    await city.report(investorName="成都口腔设备有限公司", uscc=code(1))
    payload = await city.act(
        city[by],
        "projectReport",
        name="口腔医院项目",
        investorName="重庆口腔设备有限公司",
        uscc=code(1),
        amount="1亿",
    )
    (error,) = payload["userErrors"]
    assert (error["code"], error["field"], error["message"]) == ("RULE", "investorName", RENAMED)
    assert await Project.all().count() == 1
