"""`sixones check`: the conditions under which the system works here."""

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

from schema import database
from schema.checks import (
    CHECKS,
    NAMING_FILES,
    REBUILDS,
    UNOWNED_AFTER,
    UNRECORDED,
    is_derived,
    naming_rows,
)
from schema.city.tables import CalendarYear, Place
from schema.context import Context
from schema.database.connections import open_database
from schema.documents.making import pdf_available
from schema.gate import keys
from schema.gate.journal import REPAIR, verify
from schema.gate.operator import operating
from schema.jobs.rules import JobState
from schema.jobs.tables import Job
from schema.people.tables import Person
from server import settings
from server.files.store import FileStore
from server.operations import anchors
from server.operations.guards import missing_guards
from server.operations.migrate import DatabaseIsNewer, pending

OTHERS = 0o077
SHOWN = 3
NAMED = 20
"""Differences from the journal that are named; more are counted."""
AT_ONCE = 500
SIZED = {"attachment": '"size"', "document_template": 'NULLIF("size", 0) AS "size"'}
"""Of the tables that name files, those that say how long each is."""
LISTED = 200
"""Lines of a repair that its journal entry lists."""
RECORDED = "数据与办理记录"
ANCHORED = "办理记录锚定"

log = logging.getLogger(__name__)


class Check(NamedTuple):
    """One condition: whether it holds, its name, what was found or is to be done."""

    right: bool
    what: str
    found: str


async def run_checks() -> list[Check]:
    return [
        folder(),
        secret(),
        sealing_keys(),
        clock(),
        cookies(),
        fonts(),
        *[each async for each in database_checks()],
    ]


def folder() -> Check:
    where = settings.FILES_DIR
    try:
        where.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=where):
            return Check(True, "附件目录", str(where))
    except OSError as fault:
        return Check(False, "附件目录", f"不能写入 {where}：{fault.strerror}，请检查权限")


def secret() -> Check:
    where: Path = settings.SECRET_FILE
    try:
        long_enough = len(settings.secret(where)) >= 32
        private = os.name == "nt" or not where.stat().st_mode & OTHERS
    except OSError as fault:
        return Check(False, "密钥文件", f"不能读写 {where}：{fault.strerror}，请检查权限")
    if not long_enough:
        return Check(False, "密钥文件", f"{where} 不足 32 字节，请删去后重试，会自动生成")
    return Check(
        private, "密钥文件", str(where) if private else f"别人能读，请运行 chmod 600 {where}"
    )


def sealing_keys() -> Check:
    """The file of keys: without it no entry of the journal can be verified or written."""
    try:
        known, private = keys.ring(), keys.is_private()
    except (keys.KeysMissing, OSError) as missing:
        return Check(False, "办理记录密钥", str(missing))
    where = keys.file()
    if not private:
        return Check(False, "办理记录密钥", f"别人能读，请运行 chmod 600 {where}")
    return Check(True, "办理记录密钥", f"{where}，现用 {known[-1].id}，请与数据库分开备份")


def clock() -> Check:
    now = datetime.now(settings.TIME_ZONE)
    if settings.NOW is not None:
        return Check(False, "时钟", f"SIXONES_NOW 使时钟停在 {settings.NOW}，只可用于演示")
    return Check(True, "时钟", f"{now:%Y-%m-%d %H:%M}（北京时间）")


def cookies() -> Check:
    if settings.SECURE_COOKIES or settings.HOST in ("127.0.0.1", "::1", "localhost"):
        return Check(True, "登录 Cookie", "https" if settings.SECURE_COOKIES else "只在本机")
    return Check(False, "登录 Cookie", "对外服务请经 https，并设 SIXONES_SECURE_COOKIES=true")


FONTS = {
    "仿宋": ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "STFangsong"),
    "小标宋": ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "STZhongsong"),
    "黑体": ("SimHei", "STHeiti"),
    "楷体": ("KaiTi_GB2312", "KaiTi", "STKaiti"),
}
STAND_INS = ("Noto Serif CJK SC", "Source Han Serif SC", "Noto Sans CJK SC", "Source Han Sans SC")


def fonts(families: Collection[str] | None = None) -> Check:
    """The fonts of official papers (GB/T 9704-2012) for PDF, and what stands in for those missing.

    Word documents name the same fonts; there the reader's machine has them or not.
    """
    if families is None:
        if not pdf_available():
            return Check(
                True, "PDF 文书", "没有安装 PDF 组件，只出具 Word 文书；pip install '.[pdf]'"
            )
        families = font_families(settings.FONT_DIR)
    missing = [name for name, known in FONTS.items() if not set(known) & set(families)]
    other = next((each for each in STAND_INS if each in families), None)
    if not missing:
        return Check(True, "PDF 字体", "仿宋、小标宋、黑体、楷体齐全")
    where = f"缺{'、'.join(missing)}；放入 SIXONES_FONT_DIR 所指的目录即可"
    if other:
        return Check(True, "PDF 字体", f"{where}，暂用 {other}")
    complete = len(missing) < len(FONTS)
    return Check(complete, "PDF 字体", f"{where}，又没有思源或 Noto 中文字体可代替，PDF 里会缺字")


def font_families(folder: str) -> list[str]:
    import typst  # an extra

    return list(typst.Fonts(font_paths=[folder] if folder else []).families())


async def database_checks() -> AsyncIterator[Check]:
    try:
        async with open_database(settings.orm_config(settings.DATABASE_URL)):
            async for each in open_database_checks():
                yield each
    except DatabaseIsNewer:
        yield Check(False, "迁移", "数据库比程序新，请启动新版程序")
    except Exception as fault:
        yield Check(
            False, "数据库", f"没有应答（{type(fault).__name__}），请检查 SIXONES_DATABASE_URL"
        )


async def open_database_checks() -> AsyncIterator[Check]:
    """What is to be checked of the database that is open."""
    yield Check(True, "数据库", database.dialect())
    if database.dialect() == "sqlite":
        yield Check(True, "SQLite", sqlite_version())
    missing = await pending()
    if missing:
        yield Check(False, "迁移", f"还缺 {len(missing)} 个，请运行 sixones migrate")
        return
    yield Check(True, "迁移", "最新")
    yield await seeded()
    whole = await journal()
    yield whole
    yield await found_by(ANCHORED, anchored)
    if whole.right:
        yield await found_by(RECORDED, recorded)
    yield await found_by("附件内容", files)
    yield await found_by("数据库约束", guards)
    for what, find in CHECKS:
        yield await found_by(what, partial(derived, what, find))
    yield await found_by("待办事项", duties)
    yield await found_by("待办人员", attended)
    for year in (this_year(), this_year() + 1):
        yield await calendar(year)
    yield await jobs()


async def jobs() -> Check:
    """Whether a job has failed for good."""
    failed = await Job.filter(state=JobState.FAILED).count()
    words = f"{failed} 项没有办成，请在“定时任务”中查看并重试" if failed else "没有办不成的"
    return Check(not failed, "定时任务", words)


def sqlite_version(version: tuple[int, ...] = database.SQLITE_VERSION) -> str:
    """The version of the SQLite library, and what follows from it."""
    number = ".".join(map(str, version))
    if not database.has_wal_reset_bug(version):
        return f"{number}，同时只由一个进程写入"
    return (
        f"{number}，早于 3.51.3：两个进程同时写入可能损坏数据文件，所以同时只由一个进程写入，"
        "服务运行时写库的命令不执行；也不要用别的程序写此文件。可用 pip install '.[sqlite]' 换用较新的库"
    )


async def seeded() -> Check:
    if not await Place.exists():
        return Check(False, "城市", "还没有单位，请运行 sixones seed")
    people = await Person.filter(active=True).count()
    return Check(bool(people), "人员", f"{people} 人" if people else "请用 sixones person add 新增")


async def journal() -> Check:
    fault = await verify()
    if fault is None:
        return Check(True, "办理记录", "校验链完整，写入后没有改动")
    return Check(False, "办理记录", f"{fault}，请与备份核对")


async def anchored() -> Check:
    """Whether the chain has every head that was noted outside the database."""
    place = settings.ANCHORS
    if place is None:
        words = "没有设置。请用 SIXONES_ANCHORS 指明库外一处（最好在另一台机器上，只能追加）"
        return Check(True, ANCHORED, words)
    try:
        found = await anchors.compare(place)
    except FileNotFoundError:
        found = anchors.Comparison(0, None, [])
    except OSError as fault:
        return Check(False, ANCHORED, f"不能读取 {place}：{fault.strerror}，请检查")
    if found.faults:
        first = "；".join(found.faults[:NAMED])
        return Check(False, ANCHORED, f"{len(found.faults)} 处不符，请与备份核对：{first}")
    if problem := anchors.unreachable(place):
        return Check(False, ANCHORED, f"不能写入：{problem}；办理不受影响，请尽快恢复")
    if await anchors.overdue(found.newest):
        words = "最近一次锚定之后" if found.newest else "还没有锚定过，"
        return Check(False, ANCHORED, f"{words}已有一天多的办理记录没有锚定，或锚定记录被删去")
    return Check(True, ANCHORED, f"{place}，{found.anchors} 次，与校验链一致")


async def found_by(what: str, check: Callable[[], Awaitable[Check]]) -> Check:
    """What one comparison finds; rows between which it cannot find its way are a fault as well."""
    try:
        return await check()
    except database.Unavailable:
        raise
    except Exception as fault:
        log.exception("%s cannot be checked", what)
        return Check(False, what, f"数据前后不符，不能核对（{type(fault).__name__}：{fault}）")


async def recorded() -> Check:
    """Whether every row is what the journal says became of it; the journal is whole."""
    import schema.graph  # noqa: F401  (the names of kinds)
    from schema.gate.replay import compare

    result = await compare(UNRECORDED)
    size = f"办理记录 {result.entries} 条，数据 {result.rows} 行"
    if not result.count:
        return Check(True, RECORDED, f"{size}，逐项一致")
    first = "；".join(map(str, result.found[:NAMED]))
    more = f"；等 {result.count} 处" if result.count > NAMED else ""
    return Check(False, RECORDED, f"{size}，有 {result.count} 处不是经办理改动的：{first}{more}")


async def files() -> Check:
    """Whether each file that a row names is there, with the content that it was given with, and no other."""
    import schema.graph  # noqa: F401  (the mechanisms declare which tables name files)

    store, wrong, count = FileStore(settings.FILES_DIR), list[str](), 0
    for table in NAMING_FILES:
        last, sized = 0, SIZED.get(table, 'NULL AS "size"')
        while rows := await database.fetch(
            f'SELECT "id", "sha256", {sized} FROM "{table}"'
            f' WHERE "id" > ? ORDER BY "id" LIMIT {AT_ONCE}',
            [last],
        ):
            for row in rows:
                if not row["sha256"]:
                    continue
                if fault := await asyncio.to_thread(store.fault_of, row["sha256"], row["size"]):
                    wrong.append(f"{table} {row['id']} {fault}")
            count, last = count + len(rows), rows[-1]["id"]
    wrong += [f"{name} 没有归属，库中没有哪一行用它" async for name in unowned(store)]
    if not wrong:
        return Check(True, "附件内容", f"{count} 份，与 SHA-256 校验值一致")
    first = "；".join(wrong[:NAMED])
    return Check(False, "附件内容", f"{len(wrong)} 份不符，请与备份核对：{first}")


async def unowned(store: FileStore) -> AsyncIterator[str]:
    """What lies among the files though no row names it and no act under way has claimed it.

    Portion by portion: the folder, then who claims, then the rows. An act that ends meanwhile has
    given up its claim after its rows were stored.
    """
    portions = store.portions(time.time() - UNOWNED_AFTER)
    while (found := await asyncio.to_thread(next, portions, None)) is not None:
        claimed = await asyncio.to_thread(store.claimed)
        for start in range(0, len(found), AT_ONCE):
            part = found[start : start + AT_ONCE]
            named = await naming_rows([each.name for each in part])
            for each in part:
                if each.name not in named | claimed or store.folder / each.name[:2] != each.parent:
                    yield str(each.relative_to(store.folder))


async def guards() -> Check:
    """Whether the database still refuses what can never be: its checks and unique indexes are there."""
    missing = await missing_guards()
    if not missing:
        return Check(True, "数据库约束", "齐全")
    return Check(False, "数据库约束", f"被删去：{'、'.join(missing)}。请查明并从备份取回")


async def derived(what: str, find: Callable[[], Awaitable[list[str]]]) -> Check:
    """Whether what is derived is what it follows from: how much is not, and the first of it."""
    faults = await find()
    if not faults:
        return Check(True, what, "与登记的事实一致")
    first = "；".join(faults[:SHOWN])
    return Check(False, what, f"{len(faults)} 处与登记的事实不一致：{first}")


async def duties() -> Check:
    """Whether the table of duties is what the declared tasks make of the facts."""
    import schema.graph  # noqa: F401  (the mechanisms declare their tasks)
    from schema.duties.repair import compare

    found = await compare(Context(now=datetime.now(settings.TIME_ZONE)))
    if not found:
        return Check(True, "待办事项", "与办理情况一致")
    first = found[0]
    where = f"{first.task} {first.subject}：{first.message}"
    return Check(False, "待办事项", f"{len(found)} 处不符，请运行 sixones rebuild；例如 {where}")


async def attended() -> Check:
    """Whether somebody can do each open duty: a fault is mended by an appointment or a rule."""
    import schema.graph  # noqa: F401  (the mechanisms declare their tasks)
    from schema.duties.repair import NOBODY, unattended

    found = await unattended(Context(now=datetime.now(settings.TIME_ZONE)))
    if not found:
        return Check(True, "待办人员", "每项待办都有人可以办理")
    named = "；".join(f"{each.task} {each.subject}" for each in found[:NAMED])
    words = f"{len(found)} 项{NOBODY}，请登记任职、恢复人员或改定核实单位：{named}"
    return Check(False, "待办人员", words)


class FactsChanged(Exception):
    """Facts are not what the journal says: `lines` names them."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("；".join(lines[:SHOWN]))
        self.lines = lines


async def rebuild() -> list[str]:
    """Write anew what is derived from the facts, as an act of the operator's that waits for those
    under way; what that changed, one line each.

    Raises FactsChanged, and writes nothing, where the journal is not whole or a fact is not what it
    says: what a fact changed by hand makes of figures must not come to count.
    """
    import schema.graph  # noqa: F401
    from schema.duties import repair
    from schema.gate.replay import compare

    if fault := await verify():
        raise FactsChanged([f"办理记录第 {fault.entry or '末'} 条{fault.message}"])
    differing = await compare(UNRECORDED)
    facts = [str(each) for each in differing.found if not is_derived(each)]
    if facts or differing.count > len(differing.found):
        raise FactsChanged(facts)
    now = datetime.now(settings.TIME_ZONE)
    posted = [line for write_anew in REBUILDS for line in await write_anew(now)]
    if not await repair.compare(Context(now=now)):
        return posted
    async with operating(REPAIR, now) as gate:
        found = await repair.rebuild(gate)
        lines = [f"{each.task} {each.subject}：{each.message}" for each in found]
        gate.reason = "；".join([f"待办事项 {len(lines)} 处", *lines[:LISTED]])
    return posted + lines


async def calendar(year: int) -> Check:
    """Whether a year's calendar is published: required of this year, expected of next in autumn."""
    if await CalendarYear.exists(year=year):
        return Check(True, f"{year} 年工作日历", "已公布")
    late = year == this_year()
    words = "请在“工作日历”中录入" if late else "尚未录入，公布后请在“工作日历”中录入"
    return Check(not late, f"{year} 年工作日历", words)


def this_year() -> int:
    return datetime.now(settings.TIME_ZONE).year
