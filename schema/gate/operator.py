"""What the operator does by a command: through the gate and into the journal like every act.

No post permits it; whoever may run commands on the machine may do it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import NamedTuple

from schema import database
from schema.context import Context
from schema.gate.gate import Gate
from schema.gate.journal import FOUNDING, REPAIR
from schema.people.rules import HeldPost, Post, Viewer

OPERATOR = Viewer("系统管理员", None, (HeldPost(Post.PUBLIC, unit="命令行"),))
ACTS = {
    FOUNDING: "录入城市的起点",
    "rulesAdd": "补齐新版程序的规则参数",
    "beginningsAdd": "补齐新版程序起始的内容",
    "postGive": "任职",
    "postEnd": "免职",
    "unitAdd": "新增单位",
    "personAdd": "新增人员",
    "personDisable": "停用人员",
    "personEnable": "启用人员",
    "contactErase": "删去个人信息",
    "personalSeal": "办理记录中的个人信息改为散列值",
    "backupRestore": "按备份恢复后续办",
    REPAIR: "重写推算出来的内容",
}
"""Acts that are no mutation, and their words: the operator's, and those of the clock (`schema.jobs`)."""

POSTS = "posts"
"""Who holds which post: the operator's acts change it alone, whoever hands a duty over rests on it."""


class OperatorGate(Gate):
    """An act of the operator's on its way."""

    def __init__(self, act: str, context: Context) -> None:
        super().__init__(act, context)
        self.post = OPERATOR.main


@asynccontextmanager
async def operating(act: str, at: datetime) -> AsyncIterator[Gate]:
    """One act in a transaction of its own, written to the journal at its end."""
    gate = OperatorGate(act, Context(viewer=OPERATOR, now=at))
    async with database.transaction():
        await gate.alone(POSTS)
        yield gate
        gate.stop_if_wrong()
        await gate.finish()


class Beginning(NamedTuple):
    """What a mechanism begins with in a city: its words, whether a city lacks it, and adding it.

    Also what older rows lack: a migration adds columns, and this fills them by an act, for the journal
    must know what becomes of a row. In a city that is founded now there is nothing to fill.
    `ask` asks people for what is still lacking then; not where a history is put in behind the founding.
    """

    words: str
    lacks: Callable[[], Awaitable[bool]]
    add: Callable[[Gate], Awaitable[None]]
    ask: Callable[[Gate], Awaitable[None]] | None = None


BEGINNINGS: list[Beginning] = []
"""Of all mechanisms; a city of an earlier release is given what it lacks when it is migrated."""


def begins_with(beginning: Beginning) -> None:
    BEGINNINGS.append(beginning)
