"""`sixones`: everything that is done without a browser. `sixones --help` reads as a manual."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from server.terminal import Failed, bar, opened, reached, run, say, show, shown

EPILOG = """
\b
第一次使用（正式）：
  sixones migrate                      建表
  sixones found                        录入单位、产业小组、工作日历和规则参数
  sixones person add zhangsan --name 张三 --unit office
  sixones serve                        启动，浏览器打开 http://127.0.0.1:8000
\b
先看看（演示）：
  sixones serve --demo
\b
设置都是 SIXONES_ 开头的环境变量，例如 SIXONES_DATABASE_URL；说明见 server/settings.py。
退出码：0 办成，1 没有办成（原因在标准错误），2 命令写错。
"""


@click.group(
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="sixones", prog_name="sixones", message="%(prog)s %(version)s")
def main() -> None:
    """六个一：招商引资全过程协同系统，从线索报送到项目达产。"""
    try:
        import server.settings  # noqa: F401
    except ValueError as wrong:
        raise Failed(f"设置有误，请更正环境变量：{wrong}") from None


# ---------------------------------------------------------------- running it


@main.command()
@click.option("--demo", is_flag=True, help="演示：自动建表，空库时载入演示数据，并列出演示账号。")
@click.option("--host", help="监听地址，默认 SIXONES_HOST，即 127.0.0.1。")
@click.option("--port", type=click.IntRange(0, 65535), help="端口，默认 SIXONES_PORT，即 8000。")
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="进程数。"
)
def serve(demo: bool, host: str | None, port: int | None, workers: int) -> None:
    """启动服务。

    数据库落后于程序时不启动，请先运行 sixones migrate。SQLite 只用一个进程；要多进程请用
    PostgreSQL。停止时（Ctrl+C 或 SIGTERM）最多等 10 秒，让正在办理的事项办完。
    """
    import uvicorn

    from server import logs, settings

    if workers > 1 and settings.DATABASE_URL.startswith("sqlite"):
        raise click.UsageError("SQLite 只能用一个进程，请去掉 --workers，或改用 PostgreSQL")
    host, port = host or settings.HOST, settings.PORT if port is None else port
    if demo:
        run(migrated())
        run(demonstrated())
        show_accounts()
    run(ready())
    say(f"打开 http://{host}:{port}/ （Ctrl+C 停止）")
    uvicorn.run(
        "server.app:app",
        host=host,
        port=port,
        workers=workers,
        http="httptools",
        ws="none",  # 2.5 MB of each process, for what no page and no partner can ask yet
        log_config=logs.config(),
        access_log=False,
        server_header=False,
        # Whom to believe about addresses is said, not guessed: by default nobody.
        proxy_headers=bool(settings.TRUSTED_PROXIES),
        forwarded_allow_ips=settings.TRUSTED_PROXIES or None,
        timeout_graceful_shutdown=10,
    )


@main.command()
@click.option("--to", "target", metavar="NAME", help="迁移到此为止（名称或其开头）；缺省为最新。")
def migrate(target: str | None) -> None:
    """把数据库升级到本程序的版本，不丢一行。

    升级前请先备份。一次迁移要么全部完成，要么完全不做；多个进程同时运行时后来的会等待。
    """
    done = run(migrated(target))
    say(f"已完成 {len(done)} 个迁移" if done else "数据库已是最新")


@main.command()
def found() -> None:
    """录入城市的起点：承接地、产业小组、单位、工作日历、规则参数。只用于空库。"""
    from server.founding import found

    async def work() -> bool:
        async with opened():
            return await found()

    say("已录入单位、产业小组、工作日历和规则参数" if run(work()) else "已经录入过，没有改动")


@main.command()
@click.option("--accounts", is_flag=True, help="只输出演示账号（JSON），不载入数据。")
@click.option("--fresh", is_flag=True, help="先清空数据库。所有数据都会丢失。")
@click.option("--yes", is_flag=True, help="配合 --fresh：不再询问。")
def demo(accounts: bool, fresh: bool, yes: bool) -> None:
    """载入演示数据：五个承接地、七个小组、四十人、三百个项目，全部虚构。

    \b
    sixones demo --accounts | jq -r '.[0] | .username, .password'
    """
    if accounts:
        from server.demo import accounts as known

        click.echo(json.dumps(known(), ensure_ascii=False, indent=1))
        return
    if fresh:
        from server import settings

        if not yes:
            where = settings.DATABASE_URL.rpartition("@")[2]
            click.confirm(f"将清空 {where} 中的所有数据，不能恢复。继续？", abort=True, err=True)
        from server.migrate import NONE

        run(migrated(NONE))
    run(migrated())
    if not run(demonstrated()):
        raise Failed("库中已有人员，没有改动。要重新载入请用 sixones demo --fresh")
    say("演示数据已载入；账号见 sixones demo --accounts")


# ---------------------------------------------------------------- people and tokens


@main.group()
def person() -> None:
    """人员：新增、停用、启用。"""


@person.command("add")
@click.argument("username")
@click.option("--name", required=True, help="姓名。")
@click.option("--unit", required=True, metavar="SLUG", help="单位短名，例如 office、yanjiang。")
@click.option("--phone", default="", help="电话。")
@click.option("--stdin", is_flag=True, help="从标准输入读密码，不询问。")
def person_add(username: str, name: str, unit: str, phone: str, stdin: bool) -> None:
    """新增人员，岗位随单位。用户名不分大小写和全角半角。"""
    from server import people

    password = typed_password(stdin)

    async def work() -> str:
        async with opened():
            made = await people.add(username, name, unit, password, phone)
            return f"{made.username}（{made.name}，{made.post}）"

    say(f"已新增 {run(work())}")


@person.command("disable")
@click.argument("username")
def person_disable(username: str) -> None:
    """停用：立即退出所有登录，令牌同时失效。"""
    able(username, False)
    say(f"已停用 {username}")


@person.command("enable")
@click.argument("username")
def person_enable(username: str) -> None:
    """启用，并解除锁定。"""
    able(username, True)
    say(f"已启用 {username}")


@main.command("password")
@click.argument("username")
@click.option("--stdin", is_flag=True, help="从标准输入读密码，不询问。")
def reset(username: str, stdin: bool) -> None:
    """重设密码：解除锁定，并立即退出此人的所有登录。"""
    from server import passwords, people

    text = typed_password(stdin)

    async def work() -> None:
        async with opened():
            await passwords.change(await people.known(username), text)

    run(work())
    say(f"已重设 {username} 的密码")


@main.group()
def token() -> None:
    """访问令牌：合作机构的程序凭它调用接口。"""


@token.command("issue")
@click.argument("username")
@click.option("--name", required=True, help="给谁用，例如：遂宁投资促进系统。")
@click.option("--days", type=int, default=365, show_default=True, help="有效天数，最多 730。")
def token_issue(username: str, name: str, days: int) -> None:
    """签发令牌，以 USERNAME 的身份访问。令牌只显示这一次，在标准输出。"""
    from server import people, tokens

    async def work() -> tuple[Any, str]:
        async with opened():
            return await tokens.issue(await people.known(username), name, days)

    made, text = run(work())
    say(f"令牌 {made.id}（{made.name}）有效至 {shown(made.expires_at)}，请立即保存：")
    click.echo(text)


@token.command("list")
@click.argument("username", required=False)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def token_list(username: str | None, as_json: bool) -> None:
    """列出令牌，新的在前。只有开头几个字符，看不到全文。"""
    from server import people, tokens

    async def work() -> list[dict[str, Any]]:
        async with opened():
            owner = await people.known(username) if username else None
            now = datetime.now(UTC)
            return [tokens.told(each, now) for each in await tokens.issued(owner)]

    show(run(work()), as_json)


@token.command("end")
@click.argument("token_id", metavar="ID", type=int)
def token_end(token_id: int) -> None:
    """停用令牌，立即生效。编号见 sixones token list。"""
    from server import tokens

    async def work() -> bool:
        async with opened():
            return await tokens.end(token_id)

    if not run(work()):
        raise Failed(f"没有有效的令牌 {token_id}，请用 sixones token list 核对编号")
    say(f"已停用令牌 {token_id}")


# ---------------------------------------------------------------- lists in and out


@main.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "username", metavar="USERNAME", help="以谁的名义，缺省为办公室的第一人。")
@click.option("--dry-run", is_flag=True, help="只预览，不导入。")
@click.option("--only-correct", is_flag=True, help="有错的行跳过；缺省是有一行错就都不导入。")
def import_(file: Path, username: str | None, dry_run: bool, only_correct: bool) -> None:
    """导入项目台账（.xlsx、.xls 或 .csv），先预览再导入，可在页面上撤销。

    每处问题列出行、列和改法；疑似重复的不导入。有错而未用 --only-correct 时
    一行也不导入，退出码 1。
    """
    from schema.scalars import File
    from server import exchange

    sent = File(file.name, file.read_bytes())

    async def work() -> exchange.Taken:
        async with opened():
            with bar("导入台账") as told:
                return await exchange.take_in(
                    sent, username, dry_run=dry_run, only_correct=only_correct, told=told
                )

    taken = run(work())
    for line in taken.faults:
        click.echo(line, err=True)
    say(taken.sentence)
    if not taken.done:
        raise SystemExit(1)


@main.command()
@click.argument("what", type=click.Choice(["projects"]), default="projects")
@click.option(
    "--format",
    "form",
    type=click.Choice(["xlsx", "csv", "json"]),
    default="xlsx",
    show_default=True,
    help="文件格式。",
)
@click.option("--as", "username", metavar="USERNAME", help="以谁的眼光，缺省为办公室的第一人。")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="缺省为标准输出。"
)
def export(what: str, form: str, username: str | None, output: Path | None) -> None:
    """导出项目清单，只含此人看得到的项目和栏目。

    \b
    sixones export projects --format csv -o projects.csv
    """
    from server import exchange

    async def work() -> bytes:
        async with opened():
            with bar("导出") as told:
                return await exchange.give_out(form, username, told=told)

    content = run(work())
    if output:
        output.write_bytes(content)
        say(f"已写入 {output}，{len(content):,} 字节")
    else:
        sys.stdout.buffer.write(content)


# ---------------------------------------------------------------- the contract, the state


@main.group()
def schema() -> None:
    """接口定义（GraphQL schema）：输出、写入文件、与文件比较。"""


@schema.command("print")
def schema_print() -> None:
    """输出现在的接口定义。"""
    from server import contract

    click.echo(contract.text(), nl=False)


@schema.command("write")
def schema_write() -> None:
    """写入 schema/schema.graphql。"""
    from server import contract

    contract.write()
    say(f"已写入 {contract.FILE}")


@schema.command("diff")
def schema_diff() -> None:
    """与 schema/schema.graphql 比较；会破坏合作机构程序的改动，退出码 1。"""
    from server import contract

    try:
        found = contract.changes()
    except FileNotFoundError:
        raise Failed("还没有接口文件，请先运行 sixones schema write") from None
    for each in found.breaking:
        click.echo(f"破坏：{each}")
    for each in found.dangerous:
        click.echo(f"当心：{each}")
    if found.breaking:
        raise Failed(f"有 {len(found.breaking)} 处改动会破坏合作机构的程序")
    say("有新的内容，请运行 sixones schema write" if found.stale else "与文件一致")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def check(as_json: bool) -> None:
    """检查运行条件：数据库、迁移、工作日历、文件目录、密钥、时区。有一项不行，退出码 1。"""
    from server import checks

    found = run(checks.all_of_them())
    show([each._asdict() for each in found], as_json)
    if not all(each.right for each in found):
        raise SystemExit(1)


# ---------------------------------------------------------------- what several commands do


async def migrated(target: str | None = None) -> list[str]:
    from server import settings
    from server.migrate import LATEST, migrate

    database = settings.orm_config(settings.DATABASE_URL)
    with bar("迁移数据库") as told:
        names: list[str] = []

        def one(name: str) -> None:
            names.append(name)
            told(len(names), len(names))

        async with reached():
            pass
        return await migrate(database, target or LATEST, progress=one)


async def demonstrated() -> bool:
    from server.demo import load

    async with opened():
        with bar("载入演示数据") as told:
            return await load(told)


async def ready() -> None:
    """Raises Failed where the server could not work on this database."""
    from schema.city.tables import Place

    async with opened():
        if not await Place.exists():
            raise Failed(
                "数据库还是空的：正式使用请先运行 sixones found，先看看请用 sixones serve --demo"
            )


def show_accounts() -> None:
    """One account of each post, for somebody who has just started the demonstration."""
    from server.demo import accounts

    first = {each["role"]: each for each in reversed(accounts())}
    columns = ("role", "username", "password")
    show([{name: each[name] for name in columns} for each in reversed(first.values())])
    say("全部演示账号和令牌：sixones demo --accounts")


def able(username: str, active: bool) -> None:
    from server import people

    async def work() -> None:
        async with opened():
            await people.able(await people.known(username), active)

    run(work())


def typed_password(stdin: bool) -> str:
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    said: str = click.prompt("新密码", hide_input=True, confirmation_prompt="再输一次", err=True)
    return said
