"""Commands for the personal data of contacts."""

import sqlite3
from typing import Any

import click

from server.commands.group import main
from server.commands.terminal import Failed, opened, run_writing, say


@main.group()
def contact() -> None:
    """联系人：依法删除个人信息。"""


@contact.command("erase")
@click.argument("numbers", metavar="NO...", nargs=-1, required=True)
@click.option("--document", required=True, help="删除的依据，例如 当事人申请 2026-11-28。")
def contact_erase(numbers: tuple[str, ...], document: str) -> None:
    """删去项目投资方联系人的姓名和电话，首谈主张和台账行里的一并删去，并入时抄送到别的项目的主张也删去；不能恢复。

    办理记录里只有散列值，随盐值一起删去后无从还原；校验不受影响。备份和上传的文件请另行处理。
    """
    from schema import erasing

    report(lambda tell: erasing.erase_contacts(numbers, document, tell))


@contact.command("erase-holder")
@click.argument("company", metavar="企业")
@click.argument("name", metavar="姓名")
@click.option("--document", required=True, help="删除的依据，例如 当事人申请 2026-11-28。")
def contact_erase_holder(company: str, name: str, document: str) -> None:
    """从企业的股东、实际控制人、法定代表人中删去一个人的姓名；不能恢复。

    企业写信用代码；没有信用代码的，写它的项目编号或者企业名称。
    """
    from schema import erasing

    report(lambda tell: erasing.erase_holder(company, name, document, tell))


def report(erase: Any) -> None:
    """Say what will be left for people to judge, erase, and say what was erased of each project."""
    import schema.graph  # noqa: F401  (the kinds that are held and changed)
    from server import settings
    from server.operations.erasing import overwrite_free_pages
    from server.people.security_log import noted

    async def work() -> Any:
        async with opened():
            done = await erase(tell_remains)
            noted("personal_data_erased", rows=done.rows)
            say(f"已删去 {done.rows} 行里的个人信息")
            for each in done.projects:
                why = "（并入的项目，抄送的主张）" if each.merged else ""
                say(
                    f"项目 {each.no}{why}：报送信息 {each.reports} 条，"
                    f"目标企业接触 {each.meetings} 条，"
                    f"首谈主张 {each.claims} 条，台账行 {each.lines} 条"
                )

    run_writing(work)
    try:
        overwrite_free_pages(settings.DATABASE_URL)
    except (sqlite3.Error, OSError) as error:
        raise Failed(
            f"个人信息已经删去，但数据库文件的空闲页没有覆盖（{error}）；请排除原因后再运行一次本命令"
        ) from error


def tell_remains(remains: Any) -> None:
    """Say what will be left, before the erasing: afterwards nobody can look for the words."""
    for where in remains.elsewhere:
        say(f"文字里仍有，请核对：{where}")
    for name in remains.files:
        say(f"上传的文件可能含有，请核对：{name}")
