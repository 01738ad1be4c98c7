"""`sixones` as an operator types it, on either database."""

import asyncio
import csv
import json
import os
import signal
import socket
import sys
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import httpx2
import pytest
from click.testing import CliRunner, Result

from schema.people.tables import Organization, Person, Session, Token
from server import settings
from server.api import contract
from server.commands import main
from server.people import passwords
from server.people.tokens import hash_token
from server.settings import ROOT
from tests.world import City

PASSWORD = "Citron!under-lamp7"
JIA = ("--name", "甲", "--stdin")
COMMANDS = (
    "anchor", "backup", "check", "contact", "demo", "export", "import", "migrate", "password", "person", "rebuild",
    "rotate-key",
    "schema", "seed", "serve", "token", "worker",
)  # fmt: skip


class Ran(NamedTuple):
    code: int
    out: str
    err: str


class Operator:
    """Somebody at a terminal, with the settings of one database."""

    def __init__(self, url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.settings = {
            "DATABASE_URL": settings.database_url(url),
            "FILES_DIR": folder / "files",
            "SECRET_FILE": folder / "secret",
        }
        for name, value in self.settings.items():
            monkeypatch.setattr(settings, name, value)

    async def __call__(self, *words: str, typed: str = "") -> Ran:
        """Run a command in a thread, where it brings a loop and a connection of its own."""

        def work() -> Result:
            return CliRunner().invoke(main, words, input=typed, catch_exceptions=False)

        done = await asyncio.get_running_loop().run_in_executor(None, work)
        return Ran(done.exit_code, done.stdout, done.stderr)

    async def start(self, *words: str) -> asyncio.subprocess.Process:
        """Start a command in a process of its own."""
        pipe = asyncio.subprocess.PIPE
        environment = {f"SIXONES_{name}": str(value) for name, value in self.settings.items()}
        return await asyncio.create_subprocess_exec(
            sys.executable, "-W", "error", "-m", "server", *words,
            cwd=ROOT, env={**os.environ, **environment}, stdin=pipe, stdout=pipe, stderr=pipe,
        )  # fmt: skip


@pytest.fixture
def sixones(committed_db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Operator:
    return Operator(committed_db, tmp_path, monkeypatch)


@pytest.fixture
def seeded(sixones: Operator, stored_city: City) -> Operator:
    return sixones


# ---------------------------------------------------------------- the manual


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_in_chinese(command: str) -> None:
    ran = CliRunner().invoke(main, [command, "--help"])
    assert ran.exit_code == 0
    assert any("\u4e00" <= letter <= "\u9fff" for letter in ran.output)
    assert f"  {command} " in CliRunner().invoke(main, ["--help"]).output


def test_the_manual_names_every_command_and_the_exit_codes() -> None:
    assert tuple(sorted(main.commands)) == COMMANDS
    manual = CliRunner().invoke(main, ["--help"]).output
    assert "退出码：0 办成，1 没有办成" in manual and "SIXONES_" in manual


@pytest.mark.parametrize(
    "words",
    [
        ["frobnicate"],
        ["serve", "--port", "99999"],
        ["serve", "--workers", "0"],
        ["export", "--format", "pdf"],
        ["import", "no-such-file.xlsx"],
        ["token", "issue", "office"],
        ["person", "add", "zhangsan"],
        ["token", "end", "x"],
    ],
)
def test_a_command_typed_wrong_is_2(words: list[str]) -> None:
    assert CliRunner().invoke(main, words).exit_code == 2


# ---------------------------------------------------------------- from nothing to serving


async def test_an_empty_database_is_led_step_by_step_to_a_server(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sixones = Operator(empty_url, tmp_path, monkeypatch)
    refused = await sixones("serve")
    assert refused.code == 1 and "sixones migrate" in refused.err and not refused.out
    assert (await sixones("migrate")).code == 0
    assert "已是最新" in (await sixones("migrate")).err
    refused = await sixones("serve")
    assert refused.code == 1 and "sixones seed" in refused.err
    assert "已录入" in (await sixones("seed")).err
    assert "没有改动" in (await sixones("seed")).err
    words = ["person", "add", "ZhangSan", "--name", "张三", "--unit", "office", "--stdin"]
    added = await sixones(*words, typed=PASSWORD + "\n")
    assert added.code == 0 and "zhangsan（张三，office）" in added.err
    checked = await sixones("check", "--json")
    assert {each["what"]: each["right"] for each in json.loads(checked.out)}["人员"] is True


@pytest.mark.parametrize("command", [["migrate"], ["token", "list"], ["serve"]])
@pytest.mark.parametrize(
    "case, url, words",
    [
        ("nobody listens", "postgresql://city:hunter2@127.0.0.1:1/city", "SIXONES_DATABASE_URL"),
        pytest.param("a folder", "sqlite://{}", "SIXONES_DATABASE_URL", marks=pytest.mark.sqlite),
    ],
)
async def test_a_database_that_cannot_be_opened_is_reported(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
    case: str,
    url: str,
    words: str,
) -> None:
    sixones = Operator(url.format(tmp_path), tmp_path, monkeypatch)
    ran = await sixones(*command)
    assert ran.code == 1 and words in ran.err and "hunter2" not in ran.err


async def test_a_setting_that_makes_no_sense_is_reported(sixones: Operator) -> None:
    sixones.settings["DATABASE_URL"] = "mysql://city:hunter2@db/city"
    process = await sixones.start("migrate")
    _, err = await process.communicate()
    assert process.returncode == 1
    assert "设置有误" in err.decode() and "hunter2" not in err.decode()


async def test_a_server_starts_prints_its_address_and_stops_on_sigterm(seeded: Operator) -> None:
    port = free_port()
    process = await seeded.start("serve", "--port", str(port))
    try:
        answer = await answered(f"http://127.0.0.1:{port}/healthz", process)
        assert answer.json() == {"status": "ok"}
        assert "server" not in answer.headers
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as visitor:
            # Headers about addresses are believed only of proxies that were named.
            form = {"username": "nobody", "password": "x"}
            forged = {"x-forwarded-for": "203.0.113.9"}
            assert (await visitor.post("/sign-in", data=form, headers=forged)).status_code == 422
        process.send_signal(signal.SIGTERM)
        out, err = await asyncio.wait_for(process.communicate(), 15)
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode in (0, -signal.SIGTERM)
    lines = err.decode().splitlines()
    started = next(index for index, line in enumerate(lines) if "打开" in line)
    assert f"打开 http://127.0.0.1:{port}/" in lines[started]
    logged = [json.loads(line) for line in lines[started + 1 :]]
    (refused,) = [each for each in logged if each.get("event") == "sign_in_refused"]
    assert refused["address"] == "127.0.0.1" and not out


async def test_sqlite_is_served_by_one_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sixones = Operator(f"sqlite://{tmp_path}/city.sqlite3", tmp_path, monkeypatch)
    refused = await sixones("serve", "--workers", "2")
    assert refused.code == 2 and "PostgreSQL" in refused.err


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def answered(url: str, process: asyncio.subprocess.Process) -> httpx2.Response:
    """The first answer of a server that is starting."""
    async with httpx2.AsyncClient() as visitor:
        while True:
            assert process.returncode is None, await process.communicate()
            try:
                return await visitor.get(url)
            except httpx2.ConnectError:
                await asyncio.sleep(0.05)


# ---------------------------------------------------------------- people and tokens


async def test_a_reset_password_opens_and_ends_all_sessions(seeded: Operator) -> None:
    office = await Person.get(username="office")
    await Session.create(
        token_hash="x", person=office, address="", agent="",
        created_at=office.password_set_at, seen_at=office.password_set_at,
    )  # fmt: skip
    await Person.filter(id=office.id).update(failures=5, locked_until=office.password_set_at)
    ran = await seeded("password", "OFFICE", "--stdin", typed=PASSWORD + "\n")
    assert ran.code == 0 and PASSWORD not in ran.out + ran.err
    await office.refresh_from_db()
    assert await passwords.matches(office.password_hash, PASSWORD)
    assert (office.failures, office.locked_until) == (0, None)
    assert not await Session.exists(ended_at=None)


@pytest.mark.parametrize(
    "words, typed, reason",
    [
        (["password", "nobody", "--stdin"], PASSWORD, "没有用户 nobody"),
        (["password", "office", "--stdin"], "short", "至少 12 个字符"),
        (["person", "add", "office", *JIA, "--unit", "office"], PASSWORD, "已有人用"),
        (["person", "add", "jia", *JIA, "--unit", "moon"], PASSWORD, "没有单位 moon"),
        (["person", "add", "jia", *JIA, "--unit", "anyue"], "Jia-2026-Jia!", "容易猜到"),
        (["person", "add", " ", *JIA, "--unit", "anyue"], PASSWORD, "用户名和姓名"),
        (["person", "disable", "nobody"], "", "没有用户 nobody"),
        (["token", "issue", "nobody", "--name", "x"], "", "没有用户 nobody"),
        (["token", "issue", "partner", "--name", "x", "--days", "0"], "", "1 到 730"),
        (["token", "end", "999"], "", "没有有效的令牌 999"),
        (["export", "--as", "nobody"], "", "没有用户 nobody"),
    ],
)  # fmt: skip
async def test_what_cannot_be_done_is_explained_and_is_1(
    seeded: Operator, words: list[str], typed: str, reason: str
) -> None:
    before = await Person.all().count(), await Token.all().count()
    ran = await seeded(*words, typed=typed + "\n")
    assert ran.code == 1 and reason in ran.err and not ran.out
    assert (await Person.all().count(), await Token.all().count()) == before


async def test_a_person_can_be_shut_out_and_let_in_again(seeded: Operator) -> None:
    for command, active in (("disable", False), ("enable", True)):
        assert (await seeded("person", command, "agent")).code == 0
        assert (await Person.get(username="agent")).active is active


async def test_a_token_is_issued_listed_and_ended(seeded: Operator) -> None:
    issued = await seeded("token", "issue", "partner", "--name", "遂宁系统", "--days", "30")
    text = issued.out.strip()
    token = await Token.get(token_hash=hash_token(text))
    assert text not in issued.err and text.startswith("six1_")
    assert (token.expires_at - token.created_at).days == 30
    (listed,) = json.loads((await seeded("token", "list", "--json")).out)
    assert (listed["id"], listed["username"], listed["alive"]) == (token.id, "partner", True)
    table = (await seeded("token", "list", "partner")).out
    assert "遂宁系统" in table and text not in table
    assert (await seeded("token", "end", str(token.id))).code == 0
    (listed,) = json.loads((await seeded("token", "list", "--json")).out)
    assert listed["alive"] is False


# ---------------------------------------------------------------- the demonstration


ACCOUNT = {"role", "username", "name", "posts", "password", "token"}


def test_the_accounts_are_printed_as_json_and_nothing_else() -> None:
    ran = CliRunner().invoke(main, ["demo", "--accounts"])
    found = json.loads(ran.stdout)
    assert len(found) >= 40 and not ran.stderr
    assert all(set(each) == ACCOUNT for each in found)
    assert {"OFFICE", "PLACE", "EXPERT", "PARTNER"} <= {each["role"] for each in found}
    posts = {each["username"]: each["posts"] for each in found}
    assert [each["title"] for each in posts["office"]] == ["办公室主任", "局长"]
    assert posts["office-2"][1]["acting_for"] == "office"
    assert all(each["unit"] and each["title"] for held in posts.values() for each in held)


async def test_posts_are_given_listed_and_ended(seeded: Operator) -> None:
    given = ["--unit", "group-health-care", "--title", "副组长", "--document", "资招组〔2026〕3号"]
    ran = await seeded("person", "post", "office", *given)
    assert ran.code == 0 and "group-health-care" in ran.err
    again = await seeded("person", "post", "office", *given)
    assert again.code == 1 and "已有这个岗位" in again.err
    listed = json.loads((await seeded("person", "posts", "office", "--json")).out)
    assert [each["title"] for each in listed][-1] == "副组长" and listed[-1]["held"]
    key = str(listed[-1]["id"])
    assert (await seeded("person", "end", key)).code == 2, "without a document"
    ended = ("end", key, "--document", "资招组〔2026〕4号")
    assert (await seeded("person", *ended)).code == 0
    assert (await seeded("person", *ended)).code == 1, "once"
    assert json.loads((await seeded("person", "posts", "office", "--json")).out)[-1]["ends_on"]
    assert (await seeded("person", "end", "999", "--document", "x")).code == 1


async def test_a_city_at_work_is_not_overrun_by_the_demonstration(seeded: Operator) -> None:
    before = await Organization.all().count()
    ran = await seeded("demo")
    assert ran.code == 1 and "--fresh" in ran.err
    assert await Organization.all().count() == before
    asked = await seeded("demo", "--fresh", typed="n\n")
    assert asked.code == 1 and "所有数据" in asked.err
    assert await Person.exists(username="office")


# ---------------------------------------------------------------- lists


async def test_projects_are_exported_as_the_person_sees_them(
    seeded: Operator, stored_city: City
) -> None:
    mine = await stored_city.report(stored_city.yanjiang, amount="12.5亿")
    await stored_city.report(stored_city.anyue, amount="860.5万元")
    all_of_them = json.loads((await seeded("export", "--format", "json")).out)
    assert {each["amount"] for each in all_of_them} == {"1250000000.00", "8605000.00"}
    assert all_of_them[0]["stage"] == "REPORTED"
    ran = await seeded("export", "projects", "--format", "csv", "--as", "yanjiang")
    assert ran.out.startswith("\ufeff")
    head, *rows = csv.reader(StringIO(ran.out.removeprefix("\ufeff")))
    assert head[0] == "项目编号" and "计划总投资（万元）" in head
    assert [row[0] for row in rows] == [mine["no"]]


async def test_an_export_goes_into_a_file(seeded: Operator, tmp_path: Path) -> None:
    file = tmp_path / "项目.xlsx"
    ran = await seeded("export", "-o", str(file))
    assert ran.code == 0 and not ran.out and str(file) in ran.err
    assert file.read_bytes().startswith(b"PK")


LEDGER = """项目名称,投资方名称,总投资（万元）,首谈地,首次接洽日期
柠檬汁饮料灌装项目,四川峻澄饮品有限公司,30000,雁江区,2026-11-02
口腔种植体加工项目,成都某口腔材料有限公司,{},安岳县,2026-11-03
"""


def ledger(folder: Path, amount: str = "1.2亿") -> str:
    file = folder / "台账.csv"
    file.write_text(LEDGER.format(amount), "gb18030")
    return str(file)


async def test_a_ledger_is_previewed_and_imported(seeded: Operator, tmp_path: Path) -> None:
    looked = await seeded("import", ledger(tmp_path), "--dry-run")
    assert looked.code == 0 and "作为线索报送 2 行" in looked.err and "没有导入" in looked.err
    assert json.loads((await seeded("export", "--format", "json")).out) == []
    ran = await seeded("import", ledger(tmp_path))
    assert ran.code == 0 and "已报送 2 个项目" in ran.err, ran.err
    found = json.loads((await seeded("export", "--format", "json")).out)
    assert {each["amount"] for each in found} == {"300000000.00", "120000000.00"}


async def test_the_command_says_what_awaits_the_office(seeded: Operator, tmp_path: Path) -> None:
    file = tmp_path / "台账.csv"
    signed = (
        LEDGER.format("1.2亿").replace("\n", ",已签约\n").replace("日期,已签约", "日期,项目状态")
    )
    file.write_text(signed, "gb18030")
    ran = await seeded("import", str(file))
    assert ran.code == 0, ran.err
    assert "待办公室确认迁入 2 行" in ran.err
    assert "2 行待领导小组办公室另一人确认后迁入" in ran.err
    assert json.loads((await seeded("export", "--format", "json")).out) == []


async def test_a_ledger_with_a_fault_is_imported_only_with_the_option(
    seeded: Operator, tmp_path: Path
) -> None:
    file = ledger(tmp_path, amount="很多")
    refused = await seeded("import", file)
    assert refused.code == 1 and "第 3 行 C 列" in refused.err and "一行也没有导入" in refused.err
    assert json.loads((await seeded("export", "--format", "json")).out) == []
    ran = await seeded("import", file, "--only-correct")
    assert ran.code == 0 and "已报送 1 个项目" in ran.err


async def test_only_those_who_may_import(seeded: Operator, tmp_path: Path) -> None:
    refused = await seeded("import", ledger(tmp_path), "--as", "leader")
    assert refused.code == 1 and "岗位" in refused.err


async def test_a_file_that_is_no_ledger_is_refused(seeded: Operator, tmp_path: Path) -> None:
    file = tmp_path / "图.xlsx"
    file.write_bytes(b"\x89PNG\r\n\x1a\n")
    refused = await seeded("import", str(file))
    assert refused.code == 1 and not refused.out


# ---------------------------------------------------------------- the contract


def test_the_contract_is_printed_in_its_own_language() -> None:
    ran = CliRunner().invoke(main, ["schema", "print"])
    assert ran.stdout == contract.text() and "type Project implements Node" in ran.stdout


@pytest.mark.parametrize(
    "case, before, after, code, words",
    [
        ("nothing", "", "", 0, "与文件一致"),
        ("a field gone", "type Query {", "type Query {\n  moon: String", 1, "Query.moon"),
        ("a word new", "搜索项目、企业、目标企业和产业链环节", "搜索", 0, "sixones schema write"),
    ],
)
def test_a_change_that_breaks_partners_is_1(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    case: str,
    before: str,
    after: str,
    code: int,
    words: str,
) -> None:
    monkeypatch.setattr(contract, "FILE", tmp_path / "schema.graphql")
    contract.FILE.write_text(contract.text().replace(before, after, 1 if before else 0))
    ran = CliRunner().invoke(main, ["schema", "diff"])
    assert ran.exit_code == code and words in ran.output


def test_a_contract_is_written_before_it_is_compared(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(contract, "FILE", tmp_path / "schema.graphql")
    ran = CliRunner().invoke(main, ["schema", "diff"])
    assert ran.exit_code == 1 and "sixones schema write" in ran.stderr
    assert CliRunner().invoke(main, ["schema", "write"]).exit_code == 0
    assert CliRunner().invoke(main, ["schema", "diff"]).exit_code == 0


# ---------------------------------------------------------------- personal data


async def test_a_contact_is_erased_from_the_database_and_from_its_file(
    seeded: Operator, stored_city: City, committed_db: str
) -> None:
    contact = {"contactName": "欧阳敏", "contactPhone": "138-1234-5678"}
    project = await stored_city.report(**contact)
    refused = await seeded("contact", "erase", "2026-9999", "--document", "当事人申请")
    assert refused.code == 1 and "2026-9999" in refused.err
    ran = await seeded("contact", "erase", project["no"], "--document", "当事人申请")
    assert ran.code == 0 and "已删去 2 行" in ran.err, ran
    assert (
        f"项目 {project['no']}：报送信息 1 条，目标企业接触 0 条，首谈主张 1 条，台账行 0 条"
        in ran.err
    )
    checked = await seeded("check", "--json")
    found = {each["what"]: each["right"] for each in json.loads(checked.out)}
    assert found["数据与办理记录"] and found["办理记录"], found
    if committed_db.startswith("sqlite"):
        path = Path(committed_db.removeprefix("sqlite://"))
        stored = b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))
        assert len(stored) > 100_000
        for word in contact.values():
            assert word.encode() not in stored, word
