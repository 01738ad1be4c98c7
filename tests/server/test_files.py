"""Evidence is kept once, under its hash, if it is of a kind that offices use; and sent inert."""

import hashlib
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from schema.city.rules import RuleBroken
from schema.evidence.tables import Attachment
from schema.project.tables import Project
from schema.scalars import File
from server.files.kinds import BY_MEDIA_TYPE, OFFICE, kind_of
from server.files.names import clean_name, content_disposition
from server.files.store import FileStore, StoredFile
from server.people import context
from tests.server.doors import browser, signed_in
from tests.world import City

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
TYPES = '<Types><Override ContentType="application/{}.main+xml"/></Types>'


def archive(*names: str, types: str = "sheet", **more: bytes) -> bytes:
    """A zip with these entries; `types` is written to [Content_Types].xml unless empty."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(name, more.get(name, b"<x/>"))
        if types:
            made.writestr("[Content_Types].xml", TYPES.format(types))
    return out.getvalue()


def compound(*streams: str) -> bytes:
    """A compound file whose directory names these streams."""
    return OLE + b"".join(
        (each.encode("utf-16-le") + b"\0\0").ljust(128, b"\0") for each in ("Root Entry", *streams)
    )


DOCX = archive("word/document.xml")
XLSX = archive("xl/workbook.xml")


def keep(folder: Path, name: str, content: bytes) -> StoredFile:
    return FileStore(folder).keep(File(name, content))


def files_in(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file()]


@pytest.mark.parametrize(
    "name, content, media_type",
    [
        ("协议.pdf", PDF, "application/pdf"),
        ("现场.png", PNG, "image/png"),
        ("现场.jpg", JPEG, "image/jpeg"),
        ("现场.JPEG", JPEG, "image/jpeg"),
        ("图.gif", b"GIF89a\1\0\1\0", "image/gif"),
        ("图.webp", b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        ("方案.docx", DOCX, f"{OFFICE}.wordprocessingml.document"),
        ("台账.xlsx", XLSX, f"{OFFICE}.spreadsheetml.sheet"),
        ("汇报.pptx", archive("ppt/presentation.xml"), f"{OFFICE}.presentationml.presentation"),
        ("公文.ofd", archive("OFD.xml", types=""), "application/ofd"),
        ("旧文.doc", compound("WordDocument"), "application/msword"),
        ("旧文.wps", compound("WordDocument"), "application/msword"),
        ("旧表.xls", compound("Workbook"), "application/vnd.ms-excel"),
        ("说明.txt", "项目说明".encode(), "text/plain"),
        ("说明.txt", "项目说明".encode("gb18030"), "text/plain"),
        ("名单.csv", "\ufeff项目,金额\r\n".encode(), "text/csv"),
        ("名单.csv", "项目\t金额\n".encode("utf-16"), "text/csv"),
    ],
)
def test_the_kinds_that_offices_use_are_kept(
    tmp_path: Path, name: str, content: bytes, media_type: str
) -> None:
    kept = keep(tmp_path, name, content)
    assert kept.sha256 == hashlib.sha256(content).hexdigest()
    assert (kept.size, kept.media_type, kept.name) == (len(content), media_type, clean_name(name))
    assert FileStore(tmp_path).path(kept.sha256).read_bytes() == content


@pytest.mark.parametrize(
    "case, name, content, words",
    [
        ("nothing", "空.pdf", b"", "文件是空的"),
        ("20 MB and a byte", "大.pdf", PDF.ljust(20 * 1024**2 + 1), "20.0 MB，最多 20 MB"),
        ("a page", "页.html", b"<!doctype html><script>alert(1)</script>", "不收这种文件"),
        ("a page called text", "页.txt", b" <html><script>alert(1)</script>", "不收这种文件"),
        ("a drawing that runs script", "图.svg", b"<svg onload='alert(1)'/>", "不收这种文件"),
        ("a drawing called png", "图.png", b"<svg onload='alert(1)'/>", "不收这种文件"),
        ("a program", "安装.exe", b"MZ\x90\0", "不收程序和脚本"),
        ("a program called pdf", "合同.pdf", b"MZ\x90\0", "不收程序和脚本"),
        ("a program of Linux", "a", b"\x7fELF\2\1", "不收程序和脚本"),
        ("a script", "a.txt", b"#!/bin/sh\nrm -rf /\n", "不收程序和脚本"),
        ("a script by its ending", "a.js", b"alert(1)", "不收这种文件"),
        ("a batch", "a.bat", b"del *.*", "不收这种文件"),
        ("two endings", "合同.pdf.exe", PDF, "以 .exe 结尾，内容却是PDF 文档"),
        ("a picture called pdf", "合同.pdf", PNG, "以 .pdf 结尾，内容却是PNG 图片"),
        ("a picture called page", "合同.html", PNG, "请把结尾改成 .png"),
        ("any zip", "包.zip", archive("a.txt", types=""), "不收这种文件"),
        ("a zip called docx", "包.docx", archive("a.txt"), "不收这种文件"),
        ("a program in a package", "包.jar", archive("META-INF/MANIFEST.MF"), "不收这种文件"),
        ("a macro", "表.xlsm", archive("xl/workbook.xml", "xl/vbaProject.bin"), "有宏"),
        ("a macro called xlsx", "表.xlsx", archive("xl/workbook.xml", "xl/VBAProject.bin"), "有宏"),
        (
            "a document for macros",
            "文.docx",
            archive("word/document.xml", types="vnd.ms-word.document.macroEnabled"),
            "有宏",
        ),
        ("an old macro", "表.xls", compound("Workbook", "_VBA_PROJECT_CUR"), "有宏"),
        ("an old document's macro", "文.doc", compound("WordDocument", "Macros"), "有宏"),
        ("an installer", "装.msi", compound("Installer"), "不收这种文件"),
        ("a password", "密.docx", compound("EncryptedPackage"), "去掉密码"),
        ("half a workbook", "表.xlsx", XLSX[: len(XLSX) // 2], "文件不完整"),
        ("bytes called text", "a.txt", bytes(range(256)), "不收这种文件"),
        ("NUL in text", "a.csv", b"a,b\0c", "不收这种文件"),
    ],
)
def test_what_could_run_or_is_not_known_is_refused(
    tmp_path: Path, case: str, name: str, content: bytes, words: str
) -> None:
    with pytest.raises(RuleBroken, match=words) as broken:
        keep(tmp_path, name, content)
    assert (broken.value.field, broken.value.code) == ("files", "INVALID")
    assert not files_in(tmp_path)


@pytest.mark.parametrize(
    "name, content, word",
    [
        ("表.xlsm", archive("xl/workbook.xml", "xl/vbaProject.bin"), "带宏的 Excel 工作簿"),
        ("表.xls", compound("Workbook", "_VBA_PROJECT_CUR"), "带宏的 Excel 97 工作簿"),
    ],
)
def test_a_workbook_with_macros_is_accepted_only_by_who_reads_it_and_hands_it_to_nobody(
    tmp_path: Path, name: str, content: bytes, word: str
) -> None:
    assert kind_of(name, content, macros=True).word == word
    stored = FileStore(tmp_path).examine(File(name, content), macros=True)
    assert stored.name == name
    with pytest.raises(RuleBroken, match="有宏"):
        FileStore(tmp_path).examine(File(name, content))
    for other in (
        archive("word/document.xml", "word/vbaProject.bin"),
        compound("WordDocument", "Macros"),
        compound("Installer", "VBA"),
    ):
        with pytest.raises(RuleBroken, match="有宏"):
            FileStore(tmp_path).examine(File(name, other), macros=True)


def test_a_bomb_is_refused_by_what_it_says_of_itself(tmp_path: Path) -> None:
    bomb = archive("xl/workbook.xml", "xl/a", **{"xl/a": b"\0" * (64 * 1024**2)})
    nine = bomb.replace((64 * 1024**2).to_bytes(4, "little"), (2**31 - 1).to_bytes(4, "little"))
    with pytest.raises(RuleBroken, match="解压后太大"):
        keep(tmp_path, "表.xlsx", nine)


def test_an_encrypted_archive_is_refused(tmp_path: Path) -> None:
    content = bytearray(XLSX)
    at = content.index(b"PK\1\2") + 8
    content[at] |= 1
    with pytest.raises(RuleBroken, match="去掉密码"):
        keep(tmp_path, "表.xlsx", bytes(content))


@pytest.mark.parametrize(
    "name, clean",
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\李雷\\回单.pdf", "回单.pdf"),
        ("回\r\nSet-Cookie: a=b\0.pdf", "回Set-Cookie_ a=b.pdf"),
        ("\u202efdp.exe", "fdp.exe"),
        ("...", "附件"),
        ("", "附件"),
        ("a" * 300 + ".pdf", "a" * 116 + ".pdf"),
        ('x"<y>|z?.pdf', "x__y__z_.pdf"),
        ("e\u0301.pdf", "é.pdf"),
        (".pdf", "pdf"),
    ],
)
def test_a_name_is_made_harmless(name: str, clean: str) -> None:
    assert clean_name(name) == clean
    assert len(clean) <= 120


def test_a_name_without_an_ending_gets_the_usual_one(tmp_path: Path) -> None:
    assert keep(tmp_path, "回单", PDF).name == "回单.pdf"


def test_the_same_file_is_kept_once(tmp_path: Path) -> None:
    one, two = keep(tmp_path, "回单.pdf", PDF), keep(tmp_path, "副本.pdf", PDF)
    assert one.sha256 == two.sha256 and len(files_in(tmp_path)) == 1
    assert FileStore(tmp_path).path(one.sha256).stat().st_mode & 0o777 == 0o600


def test_a_file_that_was_cut_off_is_made_whole(tmp_path: Path) -> None:
    path = FileStore(tmp_path).path(keep(tmp_path, "回单.pdf", PDF).sha256)
    path.write_bytes(PDF[:10])
    keep(tmp_path, "回单.pdf", PDF)
    assert path.read_bytes() == PDF


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    sha256 = hashlib.sha256(PDF).hexdigest()
    FileStore(tmp_path).path(sha256).mkdir(parents=True)
    with pytest.raises(OSError):
        keep(tmp_path, "回单.pdf", PDF)
    assert not files_in(tmp_path)


@pytest.mark.parametrize("sha256", ["", "../secret", "A" * 64, "0" * 63])
def test_only_a_hash_is_looked_up(tmp_path: Path, sha256: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        FileStore(tmp_path).path(sha256)


# ---------------------------------------------------------------- sending


async def attached(
    city: City, name: str = "银行回单.pdf", content: bytes = PDF, media_type: str | None = None
) -> int:
    """The id of an attachment of a project that Yanjiang reported."""
    project = await Project.get(no=(await city.report(city.yanjiang))["no"])
    kept = context.FILES.keep(File(name, content))
    made = await Attachment.create(
        project_id=project.id,
        subject_kind="Project",
        subject_id=project.id,
        name=name,
        media_type=media_type or kept.media_type,
        size=kept.size,
        sha256=kept.sha256,
        added_by_id=city.yanjiang.person,
        added_at=datetime.now(UTC),
    )
    return made.id


async def test_evidence_is_sent_to_those_who_see_the_project(city: City) -> None:
    key = await attached(city)
    for username in ("yanjiang", "office", "leader"):
        async with signed_in(username) as visitor:
            answer = await visitor.get(f"/files/{key}")
        assert (answer.status_code, answer.content) == (200, PDF)


async def test_for_everybody_else_it_does_not_exist(city: City) -> None:
    key = await attached(city)
    bodies = set()
    for username in ("anyue", "partner", "agent", None):
        async with signed_in(username) if username else browser() as visitor:
            for path in (f"/files/{key}", "/files/999999"):
                answer = await visitor.get(path, headers={"accept": "application/json"})
                assert answer.status_code == 404
                bodies.add(answer.json()["errors"][0]["message"])
    assert len(bodies) == 1


@pytest.mark.parametrize(
    "key", ["0", str(2**63), str(2**200), "1.pdf", "..%2f..%2fetc%2fpasswd", "-1"]
)
async def test_an_id_that_is_none_is_not_found(city: City, key: str) -> None:
    async with signed_in("office") as visitor:
        assert (await visitor.get(f"/files/{key}")).status_code == 404


async def test_a_file_opens_where_it_can_do_no_harm(city: City) -> None:
    key = await attached(city)
    async with signed_in("office") as visitor:
        answer = await visitor.get(f"/files/{key}")
    headers = answer.headers
    assert headers["content-type"] == "application/pdf"
    assert headers["content-security-policy"].split("; ")[:2] == ["default-src 'none'", "sandbox"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "private, no-store"
    assert headers["content-disposition"] == (
        "inline; filename=\"____.pdf\"; filename*=UTF-8''%E9%93%B6%E8%A1%8C%E5%9B%9E%E5%8D%95.pdf"
    )


@pytest.mark.parametrize(
    "case, name, content, media_type, sent",
    [
        ("a workbook", "表.xlsx", XLSX, None, f"{OFFICE}.spreadsheetml.sheet"),
        ("text", "注.txt", "<b>".encode("utf-16"), "text/plain", "text/plain; charset=utf-8"),
        (
            "a kind that is no longer allowed",
            "页.pdf",
            PDF,
            "text/html",
            "application/octet-stream",
        ),
    ],
)
async def test_only_pictures_and_pdf_are_shown_all_else_is_saved(
    city: City, case: str, name: str, content: bytes, media_type: str | None, sent: str
) -> None:
    if case == "text":
        content = "柠檬".encode("utf-16")
    key = await attached(city, name, content, media_type)
    async with signed_in("office") as visitor:
        answer = await visitor.get(f"/files/{key}")
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["content-type"] == sent


def test_only_what_browsers_draw_without_script_is_inline() -> None:
    inline = {kind.media_type for kind in BY_MEDIA_TYPE.values() if kind.inline}
    assert inline == {"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"}


@pytest.mark.parametrize(
    "name", ['a"; filename=b.exe', "a\r\nx: y.pdf", "%22.pdf", "银行 回单;.pdf", 'a\\b".pdf']
)
def test_a_name_cannot_leave_its_header(name: str) -> None:
    given = content_disposition(name, inline=False)
    assert given.isascii() and given.isprintable()
    assert given.count('"') == 2 and given.count(";") == 2


async def test_a_file_missing_in_the_store_is_said(
    city: City, caplog: pytest.LogCaptureFixture
) -> None:
    key = await attached(city, content=PDF + b"% lost\n")
    row = await Attachment.get(id=key)
    context.FILES.path(row.sha256).unlink()
    async with signed_in("office") as visitor:
        answer = await visitor.get(f"/files/{key}", headers={"accept": "text/html"})
    assert answer.status_code == 404 and "备份" in answer.text
    assert f"attachment {key}" in caplog.text
