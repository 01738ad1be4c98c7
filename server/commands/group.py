"""The group of all commands. `sixones --help` reads as a manual."""

import click

from server.commands.terminal import Failed

EPILOG = """
\b
第一次使用（正式）：
  sixones migrate                      建表
  sixones seed                         录入单位、产业小组、工作日历和规则参数
  sixones person add zhangsan --name 张三 --unit office
  sixones serve                        启动，浏览器打开 http://127.0.0.1:8000
\b
先看看（演示）：
  sixones serve --demo
\b
SQLite 同时只由一个进程写入：服务运行时，写库的命令不执行，并说明是哪个进程。
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
