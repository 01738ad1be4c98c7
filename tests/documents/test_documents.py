"""The receipt of a report and the brief of a project: what they say, to whom, and always the same bytes."""

import asyncio
import json
import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document

from schema.documents import making
from schema.documents.making import Making, make_pdf
from schema.documents.rules import DOCUMENTS
from schema.gate.tables import JournalEntry
from server import settings
from server.developers.word_templates import BUILT_IN
from server.operations import checks
from server.web import issuing
from server.web.pages import execute
from server.web.resources import documents
from tests.documents.papers import FOLDER, sentences
from tests.server.doors import browser, signed_in
from tests.world import City, Said, at, on


@pytest.fixture
def moment(city: City, monkeypatch: pytest.MonkeyPatch) -> City:
    """The server's clock stands where the city's does."""
    monkeypatch.setattr(settings, "NOW", city.now)
    return city


async def judged(city: City) -> Said:
    project = await city.report(contactOn="2026-11-10", contactWith="张总")
    city.now = at("2026-11-19 09:30")
    given = {"firstContactPlace": "yanjiang", "reason": "接洽在先，佐证充分"}
    done = await city.done(city.office, "projectJudge", **on(project), **given)
    found: Said = done["project"]
    return found


async def test_a_receipt_says_number_day_limit_and_who_judged(moment: City) -> None:
    project = await judged(moment)
    async with signed_in("yanjiang") as visitor:
        answer = await visitor.get(f"/projects/{project['no']}/receipt.docx")
    assert answer.status_code == 200, answer.text
    assert "attachment" in answer.headers["content-disposition"]
    text = "\n".join(sentences(answer.content))
    assert f"编号：{project['no']}" in text
    assert "招商引资项目信息报送回执" in text
    assert "你单位2026年11月18日报送的“口腔设备产业园1号”项目信息收悉" in text
    assert "研判时限 | 2 个工作日（政策 · 第三条：" in text
    assert "最迟办结 | 2026年11月20日（周五）17:30:00" in text
    assert "雁江区 | 2026年11月10日 | 张总 | 0 份" in text
    assert "首谈地 | 雁江区" in text
    assert "研判意见 | 接洽在先，佐证充分" in text
    assert "署名 | 领导小组办公室 主任 李雷　2026年11月19日" in text
    assert "{{" not in text and "{%" not in text
    last = await JournalEntry.all().order_by("-id").first()
    assert last and f"办理记录第 {last.id} 条　校验码 {last.hash[:12]}" in text


async def test_a_report_that_waits_has_a_receipt_without_a_judgement(moment: City) -> None:
    project = await moment.report()
    async with signed_in("yanjiang") as visitor:
        answer = await visitor.get(f"/projects/{project['no']}/receipt.docx")
    text = "\n".join(sentences(answer.content))
    assert "办理状态 | 待研判" in text
    assert "研判结果" not in text


async def test_a_brief_gives_funds_shares_and_the_status_of_their_rule(moment: City) -> None:
    project = await moment.signed()
    await moment.pay(project, "1000万")
    async with signed_in("office") as visitor:
        answer = await visitor.get(f"/projects/{project['no']}/brief.docx")
    text = "\n".join(sentences(answer.content))
    assert "首谈地 | 雁江区 | 注册落户地 | 高新区" in text
    assert "2026年11月18日 | 12.5 亿元 | 1,000 万元 | 1%" in text
    assert "到位资金 | 3∶7 | 300 万元 | 700 万元" in text
    assert "到位资金，政策 · " in text
    assert "近期办理" in text


async def test_a_document_holds_what_its_reader_sees_and_nothing_else(moment: City) -> None:
    """Yanjiang has the first contact and sees the funds; the partner system sees neither tax nor journal."""
    project = await moment.signed()
    await moment.pay(project, "1000万")
    path = f"/projects/{project['no']}/brief.docx"
    async with signed_in("partner") as visitor:
        shown = "\n".join(sentences((await visitor.get(path)).content))
    assert "口腔设备产业园1号" in shown
    assert "近期办理" not in shown and "指标和税收分享" not in shown
    assert "校验码" not in shown, "the journal's head is for those inside"
    async with signed_in("anyue") as visitor:
        missing = await visitor.get(path)
        nothing = await visitor.get("/projects/2026-9999/brief.docx")
    assert missing.status_code == nothing.status_code == 404


async def test_somebody_unknown_signs_in_first(moment: City) -> None:
    async with browser() as visitor:
        answer = await visitor.get("/projects/2026-0001/receipt.docx")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


async def test_the_same_project_on_the_same_day_makes_the_same_bytes(moment: City) -> None:
    project = await judged(moment)
    async with signed_in("office") as visitor:
        for form in ("docx", "pdf"):
            path = f"/projects/{project['no']}/receipt.{form}"
            one, other = await visitor.get(path), await visitor.get(path)
            assert one.content == other.content
        about = Document(BytesIO((await visitor.get(path.replace("pdf", "docx"))).content))
    assert f"{about.core_properties.created:%Y-%m-%d}" == "2026-11-18"
    assert about.core_properties.author == "领导小组办公室（市经济合作和外事局）"


async def test_a_pdf_says_the_same(moment: City, tmp_path: Path) -> None:
    project = await judged(moment)
    async with signed_in("office") as visitor:
        answer = await visitor.get(f"/projects/{project['no']}/receipt.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    if shutil.which("pdftotext"):
        text = await asyncio.to_thread(read_pdf, answer.content, tmp_path)
        assert project["no"] in text and "接洽在先，佐证充分" in text and "李雷" in text
        last = await JournalEntry.all().order_by("-id").first()
        assert last and last.hash[:12] in text, "in the foot of each page"


def read_pdf(pdf: bytes, folder: Path) -> str:
    """What a PDF says, and that it carries the same in its attachment."""
    file = folder / "receipt.pdf"
    file.write_bytes(pdf)
    subprocess.run(["pdfdetach", "-saveall", "-o", folder, file], check=True, capture_output=True)
    assert json.loads((folder / "fields.json").read_text())["研判意见"] == "接洽在先，佐证充分"
    asked = ["pdftotext", "-layout", file, "-"]
    return subprocess.run(asked, check=True, capture_output=True).stdout.decode()


async def test_without_the_extra_pages_offer_word_alone_and_say_so(
    moment: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "find_spec", lambda name: None)
    project = await moment.report()
    async with signed_in("yanjiang") as visitor:
        page = (await visitor.get(f"/projects/{project['no']}/receipt")).text
        refused = await visitor.get(f"/projects/{project['no']}/receipt.pdf")
    assert "receipt.docx" in page and "receipt.pdf" not in page
    assert "本机没有安装 PDF 组件" in page
    assert refused.status_code == 404 and "PDF 组件" in refused.text


async def test_the_pages_lead_to_their_documents(moment: City) -> None:
    project = await moment.report()
    async with signed_in("office") as visitor:
        shown = (await visitor.get(f"/projects/{project['no']}")).text
        receipt = (await visitor.get(f"/projects/{project['no']}/receipt")).text
        listed = (await visitor.get("/documents")).text
    assert f"/projects/{project['no']}/brief.docx" in shown
    assert f"/projects/{project['no']}/receipt.docx" in receipt
    assert 'href="/documents"' in shown and "项目简报" in listed and "报送回执" in listed


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_built_in_template_is_what_its_program_writes(name: str) -> None:
    assert (FOLDER / f"{name}.docx").read_bytes() == BUILT_IN[name]()


def test_every_document_has_its_query_its_template_and_its_layout() -> None:
    for name in DOCUMENTS:
        assert name in BUILT_IN
        for ending in ("graphql", "docx", "typ"):
            assert (FOLDER / f"{name}.{ending}").exists()


def test_the_check_names_the_fonts_that_are_missing_and_what_stands_in() -> None:
    given = checks.fonts(["FangSong_GB2312", "SimHei", "Noto Serif CJK SC"])
    assert (
        given.right and "缺小标宋、楷体" in given.found and "暂用 Noto Serif CJK SC" in given.found
    )
    none = checks.fonts(["DejaVu Sans"])
    assert not none.right and "缺仿宋、小标宋、黑体、楷体" in none.found and "缺字" in none.found
    whole = checks.fonts(["FangSong", "STZhongsong", "SimHei", "KaiTi"])
    assert whole.right and "齐全" in whole.found


async def test_every_expression_of_a_receipt_finds_what_it_names(moment: City) -> None:
    """A project of which all is known leaves no field of its receipt blank but what it was returned for."""
    project = await judged(moment)
    document = documents["documents/receipt"].query
    assert document is not None
    context = moment.context(moment.office)
    data = await execute(document, context, {"no": project["no"]})
    values, _ = issuing.reader(DOCUMENTS["receipt"])({**data, "now": context.now})
    blank = {name for name, value in values.items() if not value}
    assert blank == {"退回补正"}


async def test_the_fullest_brief_is_one_page() -> None:
    brief = DOCUMENTS["brief"]
    values = dict(brief.sample)
    values |= {"项目概况": "建" * 120, "需要协调": "请" * 60}
    values |= {"投资方": "四川省口腔装备材料产业投资发展集团有限公司", "项目名称": "产业园" * 9}
    rule = "建议，待确认 · 第三条：签约资金、到位资金首谈地与承接地按三比七分享，首谈地为先"
    values["分享"] = [values["分享"][0] | {"依据": rule}] * 3
    values["进度"], values["近期办理"] = values["进度"][:1] * 5, values["近期办理"][:1] * 3
    about = Making(brief.title, "领导小组办公室", "2026-11-18")
    made = await make_pdf(FOLDER / "brief.typ", "", values, about)
    assert b"/Count 1" in made and b"/Count 2" not in made
