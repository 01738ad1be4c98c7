"""The ledger uploaded, previewed, imported and undone on pages."""

import base64
import re
from collections.abc import AsyncIterator
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import httpx2
import pytest
import pytest_asyncio

from schema.database.statements import counting
from schema.project.tables import Project
from schema.sheet import read
from server import settings
from server.app import BODY_MOST
from server.files.store import FileStore
from server.people import context
from tests.ledger.ledgers import LEAD, SIGNED, TALKED, line, text
from tests.ledger.seen_books import HEAD, Styled, Xml, cells, packed, unpacked, xlsx
from tests.server.doors import browser, signed_in
from tests.world import NOW, City

HERE = "/ledger/imports/B2026-001"


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings, "NOW", NOW)
    monkeypatch.setattr(context, "FILES", FileStore(tmp_path / "files"))


@pytest_asyncio.fixture
async def office(city: City) -> AsyncIterator[httpx2.AsyncClient]:
    async with signed_in("office") as visitor:
        yield visitor


async def seen(visitor: httpx2.AsyncClient, path: str, status: int = 200) -> str:
    answer = await visitor.get(path)
    assert answer.status_code == status, answer.text
    return main(answer)


def main(answer: httpx2.Response) -> str:
    """The main part of a page, with runs of blanks made one."""
    page = answer.text[answer.text.index("<main") : answer.text.index("</main>")]
    return " ".join(unescape(page).split())


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def hidden(page: str, act: str) -> dict[str, str]:
    """The hidden values of the form of an act."""
    forms = [form for form in re.findall(r"<form.*?</form>", page) if f'value="{act}"' in form]
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', forms[0])
    return dict(found)


async def send(
    visitor: httpx2.AsyncClient,
    *lines: dict[str, str],
    path: str = "/ledger/imports",
    **values: str,
) -> httpx2.Response:
    file = {"file": ("11月台账.csv", text(*lines), "text/csv")}
    return await visitor.post(path, data={"act": "LedgerPreview"} | values, files=file)


async def act(visitor: httpx2.AsyncClient, name: str, **values: str) -> httpx2.Response:
    page = await seen(visitor, HERE)
    return await visitor.post(HERE, data=hidden(page, name) | values)


# ---------------------------------------------------------------- sending


async def test_the_first_time_the_page_says_what_it_reads_and_offers_the_template(
    office: httpx2.AsyncClient,
) -> None:
    page = await seen(office, "/ledger/imports")
    assert "还没有导入过台账" in page
    assert 'href="/ledger/template.xlsx"' in page
    answer = await office.get("/ledger/template.xlsx")
    assert (
        "filename*=UTF-8''%E9%A1%B9%E7%9B%AE%E5%8F%B0%E8%B4%A6"
        in answer.headers["content-disposition"]
    )
    grid = read("模板.xlsx", answer.content)
    assert grid.template.startswith("ledger/")
    assert "项目名称" in [cell for row in grid.rows[:2] for cell in row]


async def test_a_sent_ledger_leads_to_its_preview_with_counts_and_bad_cells(
    office: httpx2.AsyncClient,
) -> None:
    answer = await send(office, line(1), line(2, amount="面议"), {}, {"name": "合计"})
    assert (answer.status_code, answer.headers["location"]) == (303, HERE)
    page = await seen(office, HERE)
    shown_text = words(page)
    for kind in (
        "作为线索报送 1 行",
        "需修改 1 行",
        "疑似重复 0 行",
        "已忽略 2 行 空行 1 · 合计 1",
    ):
        assert kind in shown_text
    assert re.search(r'<td data-label="协议总投资" class="num bad">面议</td>', page)
    assert "E 协议总投资（万元）" in shown_text
    assert "有 1 行要改；" in shown_text and "有要改的就一行也不导入" in shown_text
    listed = words(await seen(office, "/ledger/imports"))
    assert "11月台账.csv B2026-001 待导入 1 0 1 0 0 0 李雷" in listed


async def test_the_lines_of_one_kind_are_shown_alone_and_a_line_with_all_its_cells(
    office: httpx2.AsyncClient,
) -> None:
    await send(office, line(1), line(2, SIGNED, amount="面议"))
    page = await seen(office, f"{HERE}?state=WRONG")
    assert "第2期" in page
    assert "第1期" not in page
    assert f'href="{HERE}/rows/3"' in page
    row = await seen(office, f"{HERE}/rows/3")
    assert '<b class="alarm">面议</b>' in row
    assert "2026-05-10" in row
    assert "这一行不是项目" in await seen(office, f"{HERE}/rows/99")
    empty = await seen(office, f"{HERE}?state=DUPLICATE")
    assert "没有这样的行" in empty


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("合同.pdf", b"%PDF-1.7 contract", "不是表格"),
        ("台账.csv", "项目名称,金额\n甲,1\n".encode(), "台账"),
    ],
)
async def test_what_is_no_ledger_comes_back_at_the_file(
    office: httpx2.AsyncClient, name: str, content: bytes, message: str
) -> None:
    file = {"file": (name, content, "application/octet-stream")}
    answer = await office.post("/ledger/imports", data={"act": "LedgerPreview"}, files=file)
    assert answer.status_code == 422
    page = main(answer)
    assert re.search(rf'class="wrong-why" id="f-file-wrong">[^<]*{message}', page)
    assert "还没有导入过台账" in page


async def test_a_form_without_a_file_asks_for_one(office: httpx2.AsyncClient) -> None:
    answer = await office.post("/ledger/imports", data={"act": "LedgerPreview"})
    assert answer.status_code == 422
    assert "请选择台账文件（.xlsx、.xlsm、.xls 或 .csv）" in answer.text


async def test_a_hundred_megabytes_are_refused_before_they_are_read(
    office: httpx2.AsyncClient,
) -> None:
    taken = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal taken
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        for _ in range(100):
            taken += 1
            yield b"\0" * 2**20

    headers = {"content-type": "multipart/form-data; boundary=x", "accept": "text/html"}
    answer = await office.post("/ledger/imports", content=body(), headers=headers)
    assert answer.status_code == 413
    assert "内容太大" in answer.text
    assert "25 MB" in answer.text
    assert taken <= BODY_MOST / 2**20 + 2
    page = await seen(office, "/ledger/imports")
    assert "还没有导入过台账" in page


async def test_a_column_is_named_on_the_page_and_the_file_read_again(
    office: httpx2.AsyncClient,
) -> None:
    content = text(line(1)).replace("投资方名称".encode(), "谁出钱".encode())
    file = {"file": ("台账.csv", content, "text/csv")}
    await office.post("/ledger/imports", data={"act": "LedgerPreview"}, files=file)
    page = await seen(office, HERE)
    assert "需修改 1 行" in words(page)
    assert '<option value="B=investor_name">' in page
    answer = await act(office, "LedgerPreview", columns="B=investor_name")
    assert answer.headers["location"] == HERE
    assert "作为线索报送 1 行" in words(await seen(office, HERE))


async def test_hidden_rows_other_sheets_and_formats_are_said_and_the_choice_is_made_on_the_page(
    office: httpx2.AsyncClient,
) -> None:
    lines = [HEAD, cells("甲项目", D=Styled(12.5, '0.00"亿元"')), cells("乙项目")]
    content = xlsx(("台账", lines), ("续表", [cells("丙项目")]), rows={3: 'hidden="1"'})
    file = {"file": ("台账.xlsx", content, "application/octet-stream")}
    await office.post("/ledger/imports", data={"act": "LedgerPreview"}, files=file)
    page = await seen(office, HERE)
    said = words(page)
    assert "有 1 个项目在隐藏的行里（第 3 行）" in said
    assert "工作表“续表”没有读取：有 1 行像是台账的续页" in said
    assert "单元格显示为“12.50亿元”" in said
    assert "需修改 1 行" in said
    for choice in ("READ", "LEAVE"):
        assert f'name="hidden" value="{choice}"' in page
    answer = await act(office, "LedgerPreview", hidden="LEAVE")
    assert answer.headers["location"].partition("#")[0] == HERE
    page = await seen(office, HERE)
    assert "隐藏 1" in words(page)
    assert "需修改 0 行" in words(page)
    assert 'name="hidden" value="LEAVE" checked' in page


async def post_choices(
    visitor: httpx2.AsyncClient, path: str, choices: dict[str, str]
) -> httpx2.Response:
    """The form of columns and units as a browser sends it, with some of its choices changed."""
    page = await seen(visitor, path)
    form = next(each for each in re.findall(r"<form.*?</form>", page) if "按指定的重新读取" in each)
    hidden_ones = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
    sent: dict[str, list[str]] = {name: [value] for name, value in hidden_ones}
    for which, name, options in re.findall(
        r'<select class="input" id="([\w-]+)" name="(\w+)">(.*?)</select>', form
    ):
        values = re.findall(r'<option value="([^"]*)"( selected)?>([^<]*)', options)
        chosen = next((value for value, mark, _ in values if mark), values[0][0])
        if which in choices:
            chosen = next(value for value, _, words_of in values if words_of == choices[which])
        sent.setdefault(name, []).append(chosen)
    return await visitor.post(path, data=sent)


async def test_a_unit_that_is_not_written_is_chosen_on_the_page_and_next_time_known(
    office: httpx2.AsyncClient,
) -> None:
    def file(number: int) -> dict[str, tuple[str, bytes, str]]:
        content = text(line(number, amount="12.5")).replace("（万元）".encode(), b"")
        return {"file": ("台账.csv", content, "text/csv")}

    await office.post("/ledger/imports", data={"act": "LedgerPreview"}, files=file(1))
    page = await seen(office, HERE)
    assert "E 列“协议总投资”没有写明单位，1 格只有数字，没有读" in words(page)
    assert "金额的单位 请选择 元 千元 万元 百万元 千万元 亿元 表中没有写明：协议总投资" in words(
        page
    )
    assert re.search(r'<td data-label="协议总投资" class="num bad">12.5</td>', page)
    answer = await post_choices(office, HERE, {"unit-1": "亿元"})
    assert (answer.status_code, answer.headers["location"]) == (303, HERE)
    page = await seen(office, HERE)
    assert "作为线索报送 1 行" in words(page)
    assert "12.5 亿元" in words(page)
    assert "按选定的“亿元”读取" in words(page)
    await office.post("/ledger/imports", data={"act": "LedgerPreview"}, files=file(2))
    page = await seen(office, "/ledger/imports/B2026-002")
    assert "12.5 亿元" in words(page)
    assert "沿用 B2026-001 的指定" in words(page)


async def test_every_column_can_be_changed_on_the_page_whether_it_was_recognised_or_not(
    office: httpx2.AsyncClient,
) -> None:
    content = text(line(1, amount="125000")).replace("投资方名称".encode(), "备注".encode())
    file = {"file": ("台账.csv", content, "text/csv")}
    await office.post("/ledger/imports", data={"act": "LedgerPreview"}, files=file)
    page = await seen(office, HERE)
    assert 'id="column-A"' not in page and f'href="{HERE}?every=1#columns"' in page
    page = await seen(office, f"{HERE}?every=1")
    for letter in "ABCDEFGHIJKLMN":
        assert f'id="column-{letter}" name="columns"' in page
    assert "按表头认：备注" in page
    choices = {"column-B": "投资方（合作企业）名称", "column-D": "不导入", "unit-E": "百万元"}
    answer = await post_choices(office, f"{HERE}?every=1", choices)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HERE}?every=1")
    page = await seen(office, HERE)
    assert 'id="column-A"' not in page
    assert "作为线索报送 1 行" in words(page)
    assert "1,250 亿元" in words(page)
    assert '<option value="D=-" selected>' in page
    assert '<option value="E=百万元" selected>' in page
    back = {"column-B": "按表头认", "column-D": "按表头认", "unit-E": "按表头"}
    answer = await post_choices(office, HERE, back)
    assert answer.status_code == 303
    assert "需修改 1 行" in words(await seen(office, HERE))


async def test_columns_of_a_sheet_that_is_not_recognised_are_said_with_the_upload(
    office: httpx2.AsyncClient,
) -> None:
    content = "事项,客户,盘子\n口腔产业园,深圳甲公司,1.2亿\n".encode()
    file = {"file": ("台账.csv", content, "text/csv")}
    answer = await office.post("/ledger/imports", data={"act": "LedgerPreview"}, files=file)
    assert answer.status_code == 422
    assert "上传时写明哪一列是什么，例如 B=项目名称、C=投资方名称" in main(answer)
    data = {"act": "LedgerPreview", "columns": "A=项目名称、B=没有这栏"}
    answer = await office.post("/ledger/imports", data=data, files=file)
    assert answer.status_code == 422
    assert "没有“没有这栏”这一栏" in main(answer)
    assert 'value="A=项目名称、B=没有这栏"' in main(answer)
    data["columns"] = "A=项目名称、B=投资方名称、C=协议总投资"
    answer = await office.post("/ledger/imports", data=data, files=file)
    assert (answer.status_code, answer.headers["location"]) == (303, HERE)
    assert "作为线索报送 1 行" in words(await seen(office, HERE))


# ---------------------------------------------------------------- importing and taking back


async def test_all_or_only_the_correct_lines_are_imported_as_chosen(
    office: httpx2.AsyncClient,
) -> None:
    await send(office, line(1), line(2, amount="面议"))
    answer = await act(office, "LedgerImport", onlyCorrect="false")
    assert answer.status_code == 422
    assert "有 1 行需要修改，一行也没有导入" in main(answer)
    assert not await Project.exists()
    answer = await act(office, "LedgerImport", onlyCorrect="true")
    assert (answer.status_code, answer.headers["location"]) == (303, HERE)
    answer = await office.get(HERE)
    assert re.search(r"已导入 B2026-001 [^<]*：报送线索 1 项，待确认迁入 0 行", answer.text)
    shown_text = words(main(answer))
    assert "已报送 1 行 已成为线索，等待研判" in shown_text
    assert "需修改 1 行" in shown_text
    assert 'href="/projects/2026-0001"' in answer.text
    assert hidden(main(answer), "LedgerUndo")["revision"] == "2"
    assert "口腔装备产业园第1期" in await seen(office, "/projects/2026-0001")


async def test_what_says_more_than_a_report_is_confirmed_on_the_page_by_a_second_person(
    office: httpx2.AsyncClient,
) -> None:
    await send(office, line(1, SIGNED), line(2, TALKED), line(3))
    page = await seen(office, HERE)
    assert "作为线索报送 1 行" in words(page)
    assert "待办公室确认迁入 2 行" in words(page)
    answer = await act(office, "LedgerImport", onlyCorrect="false")
    assert answer.status_code == 303
    page = await seen(office, HERE)
    assert 'value="LedgerConfirm"' not in page, "who imported it does not confirm it"
    assert "2 行待领导小组办公室另一人确认后迁入" in words(page)
    async with signed_in("colleague") as other:
        todo = words(await seen(other, "/inbox"))
        assert "确认台账迁入" in todo
        page = await seen(other, f"{HERE}?state=AWAITING")
        assert page.count('name="lines"') == 2
        empty = {"decision": "MIGRATE", "reason": "与原台账核对一致", "lines": "2"}
        answer = await other.post(HERE, data=hidden(page, "LedgerConfirm") | empty)
        assert answer.status_code == 422
        assert "请填写同意迁入的文号" in main(answer)
        whole = empty | {"documentNo": "资经合〔2026〕9号"}
        answer = await other.post(HERE, data=hidden(page, "LedgerConfirm") | whole)
        assert (answer.status_code, answer.headers["location"]) == (303, HERE)
        page = words(await seen(other, HERE))
        assert "已迁入 1 行" in page
        assert "确认迁入 资经合〔2026〕9号 · 领导小组办公室 主任 何佳" in page
        project = words(await seen(other, "/projects/2026-0002"))
        assert project.count("按迁入决定（资经合〔2026〕9号）") >= 3
        assert "不计时限，金额为期初数" in project
    listed = words(await seen(office, "/ledger/imports?awaiting=true"))
    assert "待办公室确认迁入 1" in listed
    answer = await office.get("/ledger/imports.csv?awaiting=true")
    assert answer.status_code == 200
    assert "B2026-001" in answer.text


async def test_who_comes_second_reads_who_was_first(office: httpx2.AsyncClient) -> None:
    await send(office, line(1))
    page, colleagues = await seen(office, HERE), await seen(office, HERE)
    first = await office.post(HERE, data=hidden(page, "LedgerImport"))
    assert first.status_code == 303
    again = await office.post(HERE, data=hidden(page, "LedgerImport"))
    assert again.headers["location"] == first.headers["location"], "pressed twice, done once"
    second = await office.post(HERE, data=hidden(colleagues, "LedgerImport"))
    assert second.status_code == 409
    assert "您本人刚刚办过这一项" in main(second), "the page of another tab of theirs"


async def test_the_file_comes_back_with_its_verdicts(office: httpx2.AsyncClient) -> None:
    await send(office, line(1), line(2, amount="面议"))
    answer = await office.get(f"{HERE}.xlsx")
    assert answer.status_code == 200
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    grid = read("结果.xlsx", answer.content)
    assert grid.cell(0, 14) == "校验结果"
    assert grid.cell(1, 14) == "可导入"
    assert str(grid.cell(2, 14)).startswith("需修改：E 列")


async def test_a_mended_file_takes_the_place_of_the_first(office: httpx2.AsyncClient) -> None:
    await send(office, line(1), line(2, amount="面议"))
    given = hidden(await seen(office, HERE), "LedgerPreview")
    answer = await send(office, line(1), line(2), path=HERE, **given)
    assert (answer.status_code, answer.headers["location"]) == (303, HERE)
    assert "作为线索报送 2 行" in words(await seen(office, HERE))


async def test_a_batch_is_taken_back_whole_with_a_reason(office: httpx2.AsyncClient) -> None:
    await send(office, line(1), line(2))
    await act(office, "LedgerImport")
    blank = await act(office, "LedgerUndo", reason="")
    assert blank.status_code == 422
    assert "请填写撤销原因" in main(blank)
    answer = await act(office, "LedgerUndo", reason="传错了文件")
    assert answer.status_code == 303
    page = await seen(office, HERE)
    assert "已撤销 2 行" in words(page)
    assert "LedgerUndo" not in page


async def test_a_batch_that_was_worked_on_is_not_taken_back_and_says_where(
    city: City, office: httpx2.AsyncClient
) -> None:
    await send(office, line(1, LEAD | {"stage": "线索"}), line(2))
    await act(office, "LedgerImport")
    await city.done(
        city.office, "projectWithdraw", project="2026-0001", revision=1, reason="投资方放弃"
    )
    answer = await act(office, "LedgerUndo", reason="传错了文件")
    assert answer.status_code == 422
    page = main(answer)
    assert "有 1 个项目导入后又办理过，整批没有撤销" in page
    assert '<a href="/projects/2026-0001">2026-0001 口腔装备产业园第1期</a>' in page
    assert '<details class="card" id="undo" open>' in page
    assert ">传错了文件</textarea>" in page


async def test_a_blank_an_error_and_a_formula_without_a_value_are_three_things_and_a_formula_is_marked(
    office: httpx2.AsyncClient,
) -> None:
    """Each says what is to be done; a cell with a value says that a formula gave it, until it is changed."""
    computed = Xml('<c r="{r}"><f>D2/10</f><v>1000</v></c>')
    lines = (
        cells("甲项目", I=computed),
        cells("乙项目", I=Xml('<c r="{r}" t="e"><f>D3/0</f><v>#DIV/0!</v></c>')),
        cells("丙项目", I=Xml('<c r="{r}"><f>D4/10</f></c>')),
        cells("丁项目", B=None),
    )
    file = {"file": ("公式.xlsx", xlsx(("台账", [HEAD, *lines])), "application/octet-stream")}
    answer = await office.post("/ledger/imports", data={"act": "LedgerPreview"}, files=file)
    assert answer.status_code == 303, main(answer)
    page = await seen(office, f"{HERE}/rows/2")
    assert 'title="由公式算出，读取的是保存的结果"' in page
    assert "1,000 万元 ƒ 由公式算出" in words(page)
    assert words(page).count("由公式算出") == 1
    for row, said in (
        (3, "I 累计到位资金（万元） ：单元格是公式错误 #DIV/0!。请改正公式，或直接填写数值"),
        (4, "I 累计到位资金（万元） ：公式没有保存的数值。请在 Excel 或 WPS 中打开、保存后再上传"),
        (5, "B 项目名称 ：“项目名称”没有填，请补上"),
    ):
        assert said in words(await seen(office, f"{HERE}?state=WRONG")), row
    given = hidden(await seen(office, f"{HERE}/rows/2?cell=paid_in_total"), "LedgerMend")
    done = await office.post(f"{HERE}/rows/2", data=given | {"value": "900"})
    assert done.status_code == 303, words(main(done))
    page = words(await seen(office, f"{HERE}/rows/2"))
    assert "900 万元 原来是“1000”" in page
    assert "由公式算出" not in page


async def test_a_ledger_with_macros_is_read_and_the_file_itself_goes_to_nobody(
    city: City, office: httpx2.AsyncClient
) -> None:
    """What is handed out is a workbook made anew; as evidence such a file is refused as ever."""
    plain = xlsx(("台账", [HEAD, cells("甲项目"), cells("乙项目", D="面议")]))
    program = "Sub Workbook_Open()"
    macros = packed(unpacked(plain) | {"xl/vbaProject.bin": program})
    file = {"file": ("11月台账.xlsm", macros, "application/octet-stream")}
    answer = await office.post("/ledger/imports", data={"act": "LedgerPreview"}, files=file)
    assert answer.status_code == 303, main(answer)
    page = words(await seen(office, HERE))
    assert "11月台账.xlsm" in (await office.get(HERE)).text
    assert "宏不运行，只读取单元格" in page
    given = hidden(await seen(office, f"{HERE}/rows/3"), "LedgerMend")
    done = await office.post(f"{HERE}/rows/3", data=given | {"value": "8000"})
    assert done.status_code == 303, words(main(done))
    page = await seen(office, HERE)
    assert "宏不运行，只读取单元格" in words(page)
    made = await office.get(f"{HERE}.xlsx")
    with ZipFile(BytesIO(made.content)) as archive:
        assert not [name for name in archive.namelist() if "vba" in name.lower()]
    assert read("结果.xlsx", made.content).rows[1][1] == "甲项目"
    links = set(re.findall(r'href="(/[^"#?]*)', page))
    assert program.encode() not in b"".join([(await office.get(each)).content for each in links])
    evidence = [{"name": "11月台账.xlsm", "content": base64.b64encode(macros).decode()}]
    report = {"name": "甲项目", "investorName": "四川甲有限公司", "amount": "12.5亿"}
    city.files = context.FILES  # type: ignore[assignment]
    refused = await city.act(city["yanjiang"], "projectReport", **report, evidence=evidence)
    [fault] = [each for each in refused["userErrors"] if each["field"] == "evidence.0"]
    assert "有宏" in fault["message"]


# ---------------------------------------------------------------- who, and what it costs


async def test_a_place_sees_its_own_batches_and_what_it_may_not_bring_in(city: City) -> None:
    async with signed_in("anyue") as visitor:
        await send(visitor, line(1, first="安岳县"), line(2, first="乐至县"))
        page = await seen(visitor, HERE)
        assert "首谈地是乐至县，安岳县只能导入本地的项目" in page
    async with signed_in("lezhi") as visitor:
        for path in (HERE, f"{HERE}.xlsx", f"{HERE}/rows/2"):
            assert (await visitor.get(path)).status_code == 404
        assert "还没有导入过台账" in await seen(visitor, "/ledger/imports")


@pytest.mark.parametrize("path", ["/ledger/imports", "/ledger/template.xlsx", HERE])
async def test_a_guest_signs_in_first(city: City, path: str) -> None:
    async with browser() as visitor:
        answer = await visitor.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=/ledger/")


async def test_for_others_there_are_no_ledgers(city: City) -> None:
    async with signed_in("group") as visitor:
        assert "/ledger/imports" not in (await visitor.get("/inbox")).text
        assert (await send(visitor, line(1))).status_code == 404


async def test_the_preview_costs_a_few_statements_however_many_lines_it_shows(
    office: httpx2.AsyncClient,
) -> None:
    async def cost(numbers: Any) -> int:
        await send(office, *(line(number) for number in numbers))
        last = await seen(office, "/ledger/imports")
        no = re.findall(r"/ledger/imports/(B\d{4}-\d{3})", last)[0]
        with counting() as sent:
            await seen(office, f"/ledger/imports/{no}")
        return len(sent)

    few = await cost(range(1, 3))
    assert await cost(range(10, 40)) == few


async def test_a_wrong_cell_is_changed_on_the_page_of_its_line(
    office: httpx2.AsyncClient,
) -> None:
    await send(office, line(1), line(2, amount="面议", region="无锡"))
    page = await seen(office, HERE)
    assert f'href="{HERE}/rows/3#mend"' in page
    place = f"{HERE}/rows/3"
    page = await seen(office, place)
    assert "把“协议总投资”改成" in words(page)
    assert 'name="value"' in page
    assert "面议" in page
    refused = await office.post(place, data=hidden(page, "LedgerMend") | {"value": "面谈"})
    assert "不是确切的金额" in words(main(refused))
    assert "面谈" in main(refused)
    page = await seen(office, place)
    done = await office.post(place, data=hidden(page, "LedgerMend") | {"value": "8000"})
    assert done.status_code == 303, words(main(done))
    page = words(await seen(office, place))
    assert "8,000 万元 原来是“面议”，李雷 11月18日 10:00改" in page
    assert "把“" not in page
    other = await seen(office, f"{place}?cell=investor_region")
    assert "把“投资方所在地/投资来源地归属”改成" in words(other)
    assert 'value="无锡"' in other
    assert "E 协议总投资（万元）：原来是“面议”，李雷" in words(await seen(office, HERE))
