"""Commands for the graph's contract: print, write, compare."""

import click

from server.commands.group import main
from server.commands.terminal import Failed, say


@main.group()
def schema() -> None:
    """接口定义（GraphQL schema）：输出、写入文件、与文件比较。"""


@schema.command("print")
def schema_print() -> None:
    """输出现在的接口定义。"""
    from server.api import contract

    click.echo(contract.text(), nl=False)


@schema.command("write")
def schema_write() -> None:
    """写入 schema/schema.graphql。"""
    from server.api import contract

    contract.write()
    say(f"已写入 {contract.FILE}")


@schema.command("diff")
def schema_diff() -> None:
    """与 schema/schema.graphql 比较；会破坏合作机构程序的改动，退出码 1。"""
    from server.api import contract

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
