"""Commands that import ledgers and export lists."""

import sys
from pathlib import Path

import click

from server.commands.group import main
from server.commands.terminal import opened, progress_bar, run, run_writing, say


@main.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "username", metavar="USERNAME", help="以谁的名义，缺省为办公室的第一人。")
@click.option("--dry-run", is_flag=True, help="只预览，不导入。")
@click.option("--only-correct", is_flag=True, help="有错的行跳过；缺省是有一行错就都不导入。")
def import_(file: Path, username: str | None, dry_run: bool, only_correct: bool) -> None:
    """导入项目台账（.xlsx、.xlsm、.xls 或 .csv），先预览再导入，可在页面上撤销。

    每处问题列出行、列和改法；疑似重复的不导入。有错而未用 --only-correct 时
    一行也不导入，退出码 1。
    """
    from schema.scalars import File
    from server.commands import import_export

    sent = File(file.name, file.read_bytes())

    async def work() -> import_export.ImportOutcome:
        async with opened():
            with progress_bar("导入台账") as progress:
                return await import_export.import_ledger(
                    sent, username, dry_run=dry_run, only_correct=only_correct, progress=progress
                )

    outcome = run_writing(work)
    for line in outcome.faults:
        click.echo(line, err=True)
    say(outcome.sentence)
    if not outcome.done:
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
    from server.commands import import_export

    async def work() -> bytes:
        async with opened():
            with progress_bar("导出") as progress:
                return await import_export.export_list(form, username, progress=progress)

    content = run(work())
    if output:
        output.write_bytes(content)
        say(f"已写入 {output}，{len(content):,} 字节")
    else:
        sys.stdout.buffer.write(content)
