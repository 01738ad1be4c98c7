"""Commands for the posts that people hold in units."""

from datetime import datetime
from typing import Any

import click

from server.commands.people import person
from server.commands.terminal import opened, run, run_writing, say, show

DAY = click.DateTime(["%Y-%m-%d"])


@person.command("post")
@click.argument("username")
@click.option("--unit", required=True, metavar="SLUG", help="单位短名，例如 office、yanjiang。")
@click.option("--title", default="", help="职务，例如 主任、副组长。")
@click.option("--from", "starts_on", type=DAY, help="任职起始日期，缺省为今日。")
@click.option("--to", "ends_on", type=DAY, help="任职截止日期（含当日），缺省为在任。")
@click.option("--main", is_flag=True, help="作为主要岗位；缺省为兼任。")
@click.option("--document", required=True, metavar="NO", help="任职文号。")
@click.option("--document-date", type=DAY, help="任职文件日期。")
@click.option("--acting-for", type=int, metavar="ID", help="代理哪一任职（A/B 角），须写明 --to。")
def person_post(
    username: str,
    unit: str,
    title: str,
    starts_on: datetime | None,
    ends_on: datetime | None,
    main: bool,
    document: str,
    document_date: datetime | None,
    acting_for: int | None,
) -> None:
    """任职：一人可在几个单位任职，权限为在任各岗位之和。

    \b
    sixones person post zhangsan --unit group-health-care --title 副组长 --document 资办〔2026〕12号
    """
    from server.people import appointments, people

    async def work() -> Any:
        async with opened():
            return await appointments.appoint(
                await people.get_person(username),
                await appointments.get_unit(unit),
                title=title,
                main=main,
                starts_on=starts_on.date() if starts_on else None,
                ends_on=ends_on.date() if ends_on else None,
                document_no=document,
                document_on=document_date.date() if document_date else None,
                acting_for=acting_for,
            )

    made = run_writing(work)
    say(f"已登记 {username} 在 {unit} 的任职，编号 {made.id}，自 {made.starts_on} 起")


@person.command("end")
@click.argument("appointment", metavar="ID", type=int)
@click.option("--on", "ends_on", type=DAY, help="最后一日，缺省为今日；早于今日的立即失去权限。")
@click.option("--document", required=True, metavar="NO", help="免职文号。")
def person_end(appointment: int, ends_on: datetime | None, document: str) -> None:
    """免职：任职的编号见 sixones person posts。此前以该岗位办理的事项不变。"""
    from server.people import appointments

    async def work() -> Any:
        async with opened():
            last = ends_on.date() if ends_on else None
            return await appointments.end(appointment, last, document_no=document)

    say(f"任职 {appointment} 到 {run_writing(work).ends_on} 为止")


@person.command("posts")
@click.argument("username")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def person_posts(username: str, as_json: bool) -> None:
    """列出历次任职。"""
    from server.people import appointments, people

    async def work() -> list[dict[str, Any]]:
        async with opened():
            return await appointments.posts_of(await people.get_person(username))

    show(run(work()), as_json)
