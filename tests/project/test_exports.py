"""A list as a file: the rows on the screen, all of them, for a spreadsheet or a program."""

import csv
import io
import json
import logging
import zipfile
from collections.abc import AsyncIterator
from html import unescape
from typing import Any
from urllib.parse import unquote

import httpx2
import pytest
import pytest_asyncio

from schema.database.statements import counting
from schema.people.rules import Scope
from schema.people.tables import Person
from schema.sheet import read
from server import settings
from server.people.tokens import issue
from server.web import exports
from server.web.resources import documents
from tests.project.test_pages import listed
from tests.server.doors import browser, signed_in
from tests.world import NOW, City


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NOW", NOW)


@pytest_asyncio.fixture
async def office(city: City) -> AsyncIterator[httpx2.AsyncClient]:
    async with signed_in("office") as visitor:
        yield visitor


async def rows(visitor: httpx2.AsyncClient, path: str) -> list[dict[str, str]]:
    """A .csv as people's programs read it."""
    answer = await visitor.get(path)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


async def objects(visitor: httpx2.AsyncClient, path: str) -> list[dict[str, Any]]:
    answer = await visitor.get(path)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = json.loads(answer.content)
    return found


@pytest.mark.parametrize("batch", [1, 2, 5, 100])
async def test_a_file_holds_every_page_in_the_order_of_the_list(
    city: City, office: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(exports, "BATCH", batch)
    for amount in (5, 1, 4, 2, 3):
        await city.report(amount=f"{amount}亿")
    query = "?amount.min=2亿&order=-AMOUNT"
    shown = listed(unescape((await office.get(f"/projects{query}")).text))
    assert [row["项目编号"] for row in await rows(office, f"/projects.csv{query}")] == shown
    assert [each["no"] for each in await objects(office, f"/projects.json{query}")] == shown
    assert len(shown) == 4


async def test_a_workbook_has_the_graphs_headings_with_units(
    city: City, office: httpx2.AsyncClient
) -> None:
    project = await city.signed(name="口腔设备产业园", amount="12.5亿", landMu="1,120.50")
    await city.pay(project, "10000000.05")
    answer = await office.get("/projects.xlsx")
    assert answer.headers["content-type"] == exports.MEDIA["xlsx"]
    grid = read("projects.xlsx", answer.content)
    line = dict(zip(grid.rows[0], grid.rows[1], strict=False))
    assert line["项目名称"] == "口腔设备产业园"
    assert line["阶段"] == "已签约"
    assert line["计划总投资（万元）"] == 125_000
    assert line["累计到位资金（万元）"] == 1_000.000005
    assert line["拟用地面积（亩）"] == 1120.5
    assert line["投资方统一社会信用代码"] == "91512000MA0000015M"
    assert (line["首谈地"], line["注册落户地"]) == ("雁江区", "高新区")
    assert str(line["签约日期"]).startswith("2026-11-18")
    assert line["金额为估计数"] == "否"
    assert line["内资或外资"] == "内资"


async def test_delimited_text_opens_in_a_chinese_spreadsheet(
    city: City, office: httpx2.AsyncClient
) -> None:
    await city.report(name='柠檬"园", 一期')
    answer = await office.get("/projects.csv")
    assert answer.content.startswith(b"\xef\xbb\xbf") and answer.content.count(b"\r\n") == 2
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    (row,) = await rows(office, "/projects.csv")
    assert row["项目名称"] == '柠檬"园", 一期'
    assert row["报送时间"] == "2026-11-18 10:00"
    assert row["研判时限最迟办结时刻"] == "2026-11-20 17:30"


async def test_a_program_reads_the_graphs_own_values(
    city: City, office: httpx2.AsyncClient
) -> None:
    await city.judged("anyue", amount="3.2亿")
    (found,) = await objects(office, "/projects.json")
    assert found["amount"] == "320000000.00"
    assert found["stage"] == "JUDGED"
    assert found["firstContactPlace"] == "安岳县" and found["landingPlace"] == "安岳县"
    assert found["reportedAt"] == "2026-11-18T10:00:00+08:00"
    assert found["amountEstimated"] is False and found["signedOn"] is None


@pytest.mark.parametrize("name", ["=1+1", "+cmd|'/c calc'!A1", "@SUM(A1)", "-2+3", "＝1+1"])
async def test_no_text_becomes_a_formula(city: City, office: httpx2.AsyncClient, name: str) -> None:
    await city.report(name=name)
    (row,) = await rows(office, "/projects.csv")
    assert row["项目名称"] == f"'{name}"
    workbook = zipfile.ZipFile(io.BytesIO((await office.get("/projects.xlsx")).content))
    sheet = workbook.read("xl/worksheets/sheet1.xml").decode()
    assert f"<t>'{name}</t>" in unescape(sheet) and "<f>" not in sheet
    (found,) = await objects(office, "/projects.json")
    assert found["name"] == name


async def test_a_file_holds_only_what_its_reader_may_see(city: City) -> None:
    mine = await city.report(city.anyue, contactPhone="13800001234")
    await city.report(city.lezhi)
    signed = await city.signed(contactPhone="13900005678", name="口腔园")
    async with signed_in("anyue") as visitor:
        (row,) = await rows(visitor, "/projects.csv")
        assert (row["项目编号"], row["投资方联系电话"]) == (mine["no"], "13800001234")
    async with signed_in("partner") as visitor:
        assert await rows(visitor, "/projects.csv") == [], "nothing of it is published"
    person = await Person.get(username="partner")
    _, token = await issue(person, "对接", scopes=[Scope.SIGNED_PROJECTS])
    async with browser(headers={"Authorization": f"Bearer {token}"}) as program:
        answer = await program.get("/projects.csv")
        assert "13900005678" not in answer.text
        (row,) = await rows(program, "/projects.csv")
        assert (row["项目编号"], row["投资方联系电话"]) == (signed["no"], "")
    async with browser() as visitor:
        answer = await visitor.get("/projects.csv?stage=SIGNED")
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in?next=/projects.csv")


async def test_the_columns_on_the_screen_are_those_of_the_file(
    city: City, office: httpx2.AsyncClient
) -> None:
    await city.report()
    path = "/projects.csv?columns=investor&columns=linkage.clock&columns=tax"
    (row,) = await rows(office, path)
    assert list(row) == [
        "项目编号",
        "项目名称",
        "投资方",
        "投资方统一社会信用代码",
        "研判时限状态",
        "研判时限最迟办结时刻",
        "累计税收（万元）",
    ]


async def test_a_list_too_long_for_a_file_is_refused_with_its_number(
    city: City, office: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for amount in (1, 2, 3):
        await city.report(amount=f"{amount}亿")
    monkeypatch.setattr(exports, "MOST", 2)
    answer = await office.get("/projects.csv")
    assert answer.status_code == 400
    assert "共 3 项，一次最多导出 2 项，请加上筛选条件后再导出" in answer.text
    assert len(await rows(office, "/projects.csv?amount.min=2亿")) == 2


def test_the_menu_tells_the_limit_before_and_not_after() -> None:
    menu = '{% from "_list.html" import export_menu %}{{ export_menu("/projects", [], total) }}'
    template = exports.environment.from_string(menu)
    too_many = template.render(total=exports.MOST + 1)
    assert "共 20,001 项，一次最多导出 20,000 项，请先加上筛选条件" in too_many
    assert "/projects.xlsx" not in too_many
    assert "/projects.xlsx" in template.render(total=exports.MOST)


async def test_a_condition_that_cannot_be_read_gives_no_file(
    city: City, office: httpx2.AsyncClient
) -> None:
    answer = await office.get("/projects.xlsx?amount.min=很多")
    assert answer.status_code == 400
    assert "计划总投资 不低于：“很多”不是确切的金额" in unescape(answer.text)


async def test_a_file_is_named_for_the_list_and_the_day(
    city: City, office: httpx2.AsyncClient
) -> None:
    for form in exports.MEDIA:
        given = (await office.get(f"/projects.{form}")).headers["content-disposition"]
        assert f'filename="projects-2026-11-18.{form}"' in given
        assert unquote(given).endswith(f"filename*=UTF-8''项目库-2026-11-18.{form}")
    assert (await office.get("/projects.xls")).status_code == 404


async def test_the_menu_hands_over_the_conditions_and_not_the_page(
    city: City, office: httpx2.AsyncClient
) -> None:
    for _ in range(3):
        await city.report()
    address = "/projects?stage=REPORTED&order=-AMOUNT&columns=tax&first=2"
    page = unescape((await office.get(address)).text)
    assert 'href="/projects.csv?stage=REPORTED&order=-AMOUNT&columns=tax&first=2"' in page
    assert len(await rows(office, "/projects.csv?stage=REPORTED&first=2&after=x")) == 3


async def test_every_file_given_out_is_a_line_in_the_security_log(
    city: City, office: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    await city.report()
    with caplog.at_level(logging.INFO, "sixones.security"):
        await office.get("/projects.csv?stage=REPORTED&text=ko")
    (given,) = [
        json.loads(record.message)
        for record in caplog.records
        if record.name == "sixones.security" and "list_exported" in record.message
    ]
    assert given["person"] == city.office.person
    assert (given["list"], given["form"], given["rows"]) == ("project/list_export", "csv", 1)
    assert given["narrowed_by"] == ["stage", "text"]


async def test_the_ranking_is_given_out_too(city: City, office: httpx2.AsyncClient) -> None:
    project = await city.signed()
    await city.paid(project, "1000万元")
    found = await rows(office, "/assessment/ranking.csv?month=2026-11")
    assert [(row["地方"], row["到位资金（万元）"]) for row in found][:2] == [
        ("高新区", "700"),
        ("雁江区", "300"),
    ]
    assert len(found) == 5


async def test_a_batch_costs_the_same_however_many_rows_it_has(
    city: City, office: httpx2.AsyncClient
) -> None:
    await city.signed()
    with counting() as few:
        await rows(office, "/projects.csv")
    for _ in range(6):
        await city.judged("lezhi")
    with counting() as many:
        await rows(office, "/projects.csv")
    # Who asks, the rows with all they point at and their number, the rules as before.
    assert (len(few), len(many)) == (3, 3)


def test_a_document_that_does_not_ask_the_list_stops_the_start() -> None:
    query = documents["inbox"].query
    assert query is not None
    with pytest.raises(AssertionError, match="Inbox asks no projects"):
        exports.export_columns(query, "projects")
