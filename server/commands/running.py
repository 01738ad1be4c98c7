"""Commands that start, migrate, seed and check an installation."""

import json
from pathlib import Path
from typing import Any

import click

from server.commands.group import main
from server.commands.terminal import (
    Failed,
    only_writer,
    opened,
    progress_bar,
    reached,
    run,
    run_writing,
    say,
    show,
)


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

    from server import settings
    from server.operations import checks, logs

    if workers > 1 and settings.DATABASE_URL.startswith("sqlite"):
        raise click.UsageError("SQLite 只能用一个进程，请去掉 --workers，或改用 PostgreSQL")
    host, port = host or settings.HOST, settings.PORT if port is None else port
    with only_writer(serves=True):
        if demo:
            run(run_migrations())
            run(load_demo())
            show_accounts()
        run(check_ready())
        if settings.DATABASE_URL.startswith("sqlite"):
            say(f"SQLite {checks.sqlite_version()}")
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
            proxy_headers=False,  # the application reads them itself (server/http/proxy.py)
            timeout_graceful_shutdown=10,
        )


@main.command()
@click.option(
    "--at-once", type=click.IntRange(1, 64), default=4, show_default=True, help="同时运行的任务数。"
)
def worker(at_once: int) -> None:
    """运行定时任务和后台任务，可以启动任意个；只用于 PostgreSQL。

    SQLite 的任务在 sixones serve 的进程中运行。停止时（Ctrl+C 或 SIGTERM）最多等 5 秒，没有办完的
    任务交还，由其他进程接着办。
    """
    import logging.config

    from server import settings
    from server.operations import logs
    from server.operations.worker import work_until_stopped

    if settings.DATABASE_URL.startswith("sqlite"):
        raise Failed("SQLite 的任务在 sixones serve 的进程中运行，不用另外启动")
    logging.config.dictConfig(logs.config())

    async def work() -> None:
        await check_ready()
        async with opened():
            say("正在运行任务（Ctrl+C 停止）")
            await work_until_stopped(at_once)

    run(work())


@main.command()
@click.option("--to", "target", metavar="NAME", help="迁移到此为止（名称或其开头）；缺省为最新。")
def migrate(target: str | None) -> None:
    """把数据库升级到本程序的版本，不丢一行。

    升级前请先备份。一次迁移要么全部完成，要么完全不做；多个进程同时运行时后来的会等待。
    本版新增的规则参数按建议值补入规则库，新增的起始内容（如各小组的“六个一”）补入库中，已有的不变。
    """
    done = run_writing(lambda: run_migrations(target))
    say(f"已完成 {len(done)} 个迁移" if done else "数据库已是最新")
    rules, added = run_writing(add_new) if target is None else ([], [])
    if rules:
        say(f"已补齐 {len(rules)} 个规则参数：{'、'.join(rules)}")
    if added:
        say(f"已补齐起始的内容：{'、'.join(added)}")


@main.command()
def seed() -> None:
    """录入城市的起点：承接地、产业小组、单位、工作日历、规则参数。只用于空库。"""
    from server.operations import seed as city

    async def work() -> bool:
        async with opened():
            return await city.seed()

    say("已录入单位、产业小组、工作日历和规则参数" if run_writing(work) else "已经录入过，没有改动")


@main.command()
@click.option("--accounts", is_flag=True, help="只输出演示账号（JSON），不载入数据。")
@click.option("--fresh", is_flag=True, help="先清空数据库。所有数据都会丢失。")
@click.option("--yes", is_flag=True, help="配合 --fresh：不再询问。")
def demo(accounts: bool, fresh: bool, yes: bool) -> None:
    """载入演示数据：五个承接地、七个小组、五十余人、三百个项目，全部虚构。

    \b
    sixones demo --accounts | jq -r '.[0] | .username, .password'
    """
    if accounts:
        from server.demo import accounts as demo_accounts

        click.echo(json.dumps(demo_accounts(), ensure_ascii=False, indent=1))
        return
    with only_writer():
        if fresh:
            from server import settings
            from server.operations.migrate import NONE

            if not yes:
                where = settings.DATABASE_URL.rpartition("@")[2]
                click.confirm(
                    f"将清空 {where} 中的所有数据，不能恢复。继续？", abort=True, err=True
                )
            run(run_migrations(NONE))
        run(run_migrations())
        if not run(load_demo()):
            raise Failed("库中已有人员，没有改动。要重新载入请用 sixones demo --fresh")
    say("演示数据已载入；账号见 sixones demo --accounts")


@main.command()
@click.argument("folder", required=False, type=click.Path(file_okay=False))
def backup(folder: str | None) -> None:
    """备份 SQLite 数据库到 FOLDER（默认 SIXONES_BACKUP_DIR），服务运行时也可以。

    备份后在副本上核对：文件完整，办理记录的校验链完整；不符的不留。PostgreSQL 请用 pg_dump 或物理备份。
    """
    from datetime import UTC, datetime

    from server import settings
    from server.operations.backup import BadBackup, make_backup

    url = settings.DATABASE_URL
    if not url.startswith("sqlite"):
        raise Failed("这个命令只备份 SQLite；PostgreSQL 请用 pg_dump 或物理备份")
    source = Path(url.removeprefix("sqlite://").partition("?")[0])
    where = Path(folder).absolute() if folder else settings.BACKUP_DIR
    try:
        made = run(make_backup(source, where, datetime.now(UTC), settings.BACKUPS_KEPT))
    except (BadBackup, OSError) as fault:
        raise Failed(f"备份没有做成：{fault}") from None
    click.echo(str(made.file))
    say(f"{made.size / 1024**2:.1f} MB，办理记录 {made.entries} 条，校验无误")


@main.command()
@click.option(
    "--restored",
    metavar="REASON",
    help="说明刚按备份恢复过：此后只以库中现有的办理记录为准，原因记入办理记录和锚定记录。",
)
def anchor(restored: str | None) -> None:
    """锚定：把办理记录最后一条的校验值追加到 SIXONES_ANCHORS。定时任务每小时做一次。"""
    from datetime import UTC, datetime

    from server import settings
    from server.operations import anchors

    if restored is not None and not restored.strip():
        raise Failed("请写明按哪一份备份恢复、为什么")
    place = settings.ANCHORS
    if place is None:
        raise Failed("请先用 SIXONES_ANCHORS 指明锚定处：库外的一个文件，或已有的目录")

    async def work() -> tuple[Path, anchors.Anchor] | None:
        async with opened():
            now = datetime.now(UTC)
            try:
                if restored:
                    return await anchors.restore(place, restored, now)
                head = await anchors.head(now=now)
                return (anchors.append(place, head), head) if head else None
            except OSError as fault:
                raise Failed(f"写不进 {place}：{fault.strerror}") from None

    done = run_writing(work) if restored else run(work())
    if done is None:
        raise Failed("还没有加封的办理记录")
    file, head = done
    click.echo(f"{head.number} {head.hash}")
    say(f"已写入 {file}")


@main.command("rotate-key")
def rotate_key() -> None:
    """更换办理记录的密钥：此后用新密钥加封，旧密钥留着校验以前的。多台机器请先都停下，再分发文件。"""
    from server.operations.sealing import change_key

    async def work() -> Any:
        async with opened():
            return await change_key()

    made = run_writing(work)
    say(f"第 {made.since} 条之后用密钥 {made.id} 加封，请立即备份密钥文件")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def check(as_json: bool) -> None:
    """检查运行条件：数据库、迁移、工作日历、文件目录、密钥、时区。有一项不行，退出码 1。"""
    from server.operations import checks

    found = run(checks.run_checks())
    show([each._asdict() for each in found], as_json)
    if not all(each.right for each in found):
        raise SystemExit(1)


@main.command()
def rebuild() -> None:
    """按办理情况重写推算出来的内容（待办事项、台账的状态、项目合计、分享、查重键），并说明改了什么。

    服务运行时 SQLite 上不执行。
    """
    changed = run_writing(rewritten)
    for line in changed:
        say(line)
    say(f"改了 {len(changed)} 处" if changed else "没有不符之处")


async def rewritten() -> list[str]:
    from server.operations.checks import FactsChanged
    from server.operations.checks import rebuild as write_anew

    async with opened():
        try:
            return await write_anew()
        except FactsChanged as changed:
            raise Failed(
                "数据与办理记录不一致，没有改写。请先查明并从备份取回：" + "；".join(changed.lines)
            ) from None


async def run_migrations(target: str | None = None) -> list[str]:
    import schema.graph  # noqa: F401  (the kinds, in whose histories the entries stand)
    from server import settings
    from server.operations.migrate import LATEST, migrate
    from server.operations.sealing import make_keys

    database = settings.orm_config(settings.DATABASE_URL)
    with progress_bar("迁移数据库") as advance:
        names: list[str] = []

        def applied(name: str) -> None:
            names.append(name)
            advance(len(names), len(names))

        async with reached():
            pass
        done = await migrate(database, target or LATEST, progress=applied)
        if target is None:
            async with opened():
                await make_keys()
        return done


async def add_new() -> tuple[list[str], list[str]]:
    """The rules that this release brings and what its mechanisms begin with, in a city that is founded."""
    from server.operations.seed import add_news

    async with opened():
        return await add_news()


async def load_demo() -> bool:
    from server.demo import load

    async with opened():
        with progress_bar("载入演示数据") as advance:
            return await load(advance)


async def check_ready() -> None:
    """Raise Failed where the server cannot work on this database."""
    from schema.city.tables import Place
    from server.operations.sealing import missing_key

    async with opened():
        if problem := await missing_key():
            raise Failed(problem)
        if not await Place.exists():
            raise Failed(
                "数据库还是空的：正式使用请先运行 sixones seed，先看看请用 sixones serve --demo"
            )


def show_accounts() -> None:
    """Print all accounts with their posts, for whoever starts the demonstration."""
    from server.demo import accounts

    def words(post: dict[str, str]) -> str:
        return f"{post['unit']} {post['title']}{'（代理）' if post['acting_for'] else ''}"

    show(
        [
            {
                "name": each["name"],
                "posts": "；".join(map(words, each["posts"])),
                "username": each["username"],
                "password": each["password"],
            }
            for each in accounts()
        ]
    )
    say("演示账号的令牌：sixones demo --accounts")
