"""Commands for people, passwords and tokens."""

import sys
from datetime import UTC, datetime
from typing import Any

import click

from schema.people.rules import Scope
from server.commands.group import main
from server.commands.terminal import Failed, cell, opened, run, run_writing, say, show


@main.group()
def person() -> None:
    """人员：新增、停用、启用。"""


@person.command("add")
@click.argument("username")
@click.option("--name", required=True, help="姓名。")
@click.option("--unit", required=True, metavar="SLUG", help="单位短名，例如 office、yanjiang。")
@click.option("--title", default="", help="职务，例如 主任、副组长。")
@click.option("--phone", default="", help="电话。")
@click.option("--stdin", is_flag=True, help="从标准输入读密码，不询问。")
def person_add(username: str, name: str, unit: str, title: str, phone: str, stdin: bool) -> None:
    """新增人员，自今日起任该单位的岗位。用户名不分大小写和全角半角。兼任见 person post。"""
    from server.people import people

    password = read_password(stdin)

    async def work() -> str:
        async with opened():
            made = await people.add_person(username, name, unit, password, phone, title)
            return f"{made.username}（{made.name}，{unit}）"

    say(f"已新增 {run_writing(work)}")


@person.command("disable")
@click.argument("username")
def person_disable(username: str) -> None:
    """停用：立即退出所有登录，令牌同时失效。"""
    set_active(username, False)
    say(f"已停用 {username}")


@person.command("enable")
@click.argument("username")
def person_enable(username: str) -> None:
    """启用，并解除锁定。"""
    set_active(username, True)
    say(f"已启用 {username}")


@main.command("password")
@click.argument("username")
@click.option("--stdin", is_flag=True, help="从标准输入读密码，不询问。")
def reset(username: str, stdin: bool) -> None:
    """重设密码：解除锁定，并立即退出此人的所有登录。"""
    from server.people import passwords, people

    text = read_password(stdin)

    async def work() -> None:
        async with opened():
            await passwords.change(await people.get_person(username), text)

    run_writing(work)
    say(f"已重设 {username} 的密码")


@main.group()
def token() -> None:
    """访问令牌：合作机构的程序凭它调用接口。"""


@token.command("issue")
@click.argument("username")
@click.option("--name", required=True, help="给谁用，例如：遂宁投资促进系统。")
@click.option("--days", type=int, default=365, show_default=True, help="有效天数，最多 730。")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([each.value for each in Scope]),
    help="合作机构的令牌在已公布的内容以外可看的范围；可写几次，不写的只看已公布的。",
)
def token_issue(username: str, name: str, days: int, scopes: tuple[str, ...]) -> None:
    """签发令牌，以 USERNAME 的身份访问。令牌只显示这一次，在标准输出。"""
    from server.people import people, tokens

    async def work() -> tuple[Any, str]:
        async with opened():
            return await tokens.issue(
                await people.get_person(username), name, days, map(Scope, scopes)
            )

    made, text = run_writing(work)
    say(f"令牌 {made.id}（{made.name}）有效至 {cell(made.expires_at)}，请立即保存：")
    click.echo(text)


@token.command("list")
@click.argument("username", required=False)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def token_list(username: str | None, as_json: bool) -> None:
    """列出令牌，新的在前。只有开头几个字符，看不到全文。"""
    from server.people import people, tokens

    async def work() -> list[dict[str, Any]]:
        async with opened():
            owner = await people.get_person(username) if username else None
            now = datetime.now(UTC)
            return [tokens.describe_token(each, now) for each in await tokens.issued(owner)]

    show(run(work()), as_json)


@token.command("end")
@click.argument("token_id", metavar="ID", type=int)
def token_end(token_id: int) -> None:
    """停用令牌，立即生效。编号见 sixones token list。"""
    from server.people import tokens

    async def work() -> bool:
        async with opened():
            return await tokens.end(token_id)

    if not run_writing(work):
        raise Failed(f"没有有效的令牌 {token_id}，请用 sixones token list 核对编号")
    say(f"已停用令牌 {token_id}")


def set_active(username: str, active: bool) -> None:
    from server.people import people

    async def work() -> None:
        async with opened():
            await people.set_active(await people.get_person(username), active)

    run_writing(work)


def read_password(stdin: bool) -> str:
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    password: str = click.prompt(
        "新密码", hide_input=True, confirmation_prompt="再输一次", err=True
    )
    return password
