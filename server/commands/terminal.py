"""What commands share: results go to standard output, everything else to standard error.

Here and in the commands, the product is imported inside functions, so that `--help` answers at once.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

CITY_TIME = ZoneInfo("Asia/Shanghai")

Result = TypeVar("Result")
Advance = Callable[[int, int], None]
"""Called with the number done and the number in all."""

TITLES = {
    "posts": "单位和职务",
    "unit": "单位",
    "post": "岗位类别",
    "title": "职务",
    "main": "主要岗位",
    "starts_on": "自",
    "ends_on": "至",
    "document_no": "文号",
    "acting_for": "代理",
    "held": "在任",
    "username": "用户名",
    "password": "密码",
    "id": "编号",
    "name": "名称",
    "prefix": "开头",
    "expires_at": "有效至",
    "used_at": "最近使用",
    "alive": "有效",
    "right": "正常",
    "what": "检查",
    "found": "情况",
}


class Failed(click.ClickException):
    """The command did not succeed: a sentence on standard error and exit code 1."""

    def show(self, file: Any = None) -> None:
        click.echo(f"没有办成：{self.format_message()}", err=True)


def run_writing(work: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """As `run`, for work that writes: on SQLite by one process at a time."""
    with only_writer():
        return run(work())


@contextmanager
def only_writer(*, serves: bool = False) -> Iterator[None]:
    """Be the one process that writes. Raises Failed where another serves the database."""
    from server import settings
    from server.operations import one_writer

    def wait(holder: one_writer.Holder) -> None:
        say(f"正在等待另一个命令（进程 {holder.pid}）写完……")

    config = settings.orm_config(settings.DATABASE_URL)
    with ExitStack() as stack:
        try:
            stack.enter_context(one_writer.only_writer(config, serves=serves, on_wait=wait))
        except one_writer.InUse as other:
            pid = other.holder.pid
            raise Failed(
                f"进程 {pid} 正在用这个 SQLite 数据库提供服务，不能由另一个进程写入。请先停止服务"
                f"（在其终端按 Ctrl+C，或 kill {pid}），办完后再启动；要同时使用，请改用 PostgreSQL"
            ) from None
        except OSError as fault:
            raise unopened(fault) from None
        yield


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """The result of `work`. Errors that an operator can mend become `Failed`."""
    from schema.city.rules import RuleBroken
    from schema.database import Unavailable
    from schema.gate.keys import KeysMissing
    from schema.gate.resealing import JournalBroken
    from server.api.errors import trouble_message
    from server.operations.migrate import DatabaseIsNewer

    try:
        return asyncio.run(work)
    except RuleBroken as broken:
        raise Failed(broken.message) from None
    except (KeysMissing, JournalBroken) as missing:
        raise Failed(str(missing)) from None
    except Unavailable as trouble:
        raise Failed(trouble_message(trouble)) from None
    except DatabaseIsNewer:
        raise Failed("数据库比程序新，请启动新版程序，或恢复升级前的备份") from None


@asynccontextmanager
async def opened() -> AsyncIterator[None]:
    """The database, open. Raises Failed where migrations are pending."""
    from server.operations.migrate import pending

    async with reached():
        if missing := await pending():
            raise Failed(f"数据库还缺 {len(missing)} 个迁移，请先备份，再运行 sixones migrate")
        yield


@asynccontextmanager
async def reached() -> AsyncIterator[None]:
    """The database, open, whatever its tables. Raises Failed where it cannot be opened."""
    from asyncpg import InterfaceError, PostgresError
    from tortoise.exceptions import BaseORMException

    from schema.database import Unavailable, open_database
    from server import settings

    config = settings.orm_config(settings.DATABASE_URL)
    faults = (Unavailable, OSError, BaseORMException, PostgresError, InterfaceError)
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(open_database(config))
        except faults as fault:
            raise unopened(fault) from None
        yield


def unopened(fault: Exception) -> Failed:
    reason = fault.__cause__ or fault
    return Failed(f"数据库打不开，请检查 SIXONES_DATABASE_URL 和权限：{reason}")


def say(sentence: str) -> None:
    click.echo(sentence, err=True)


def show(rows: Sequence[dict[str, Any]], as_json: bool = False) -> None:
    """Print rows as a table for people, or as JSON for programs."""
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1, default=str))
        return
    if not rows:
        say("没有内容")
        return
    table = Table(*(TITLES.get(name, name) for name in rows[0]), box=None, pad_edge=False)
    for row in rows:
        table.add_row(*map(cell, row.values()))
    Console(soft_wrap=True).print(table)


def cell(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{value.astimezone(CITY_TIME):%Y-%m-%d %H:%M}"
    return "" if value is None else escape(str(value))


@contextmanager
def progress_bar(title: str) -> Iterator[Advance]:
    """A progress bar on standard error; none where that is no terminal."""
    console = Console(stderr=True)
    columns = TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(title, total=None)

        def advance(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        yield advance
