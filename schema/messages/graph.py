"""Messages and notices as they can be read: mine, and what became of those that were sent."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from schema.context import Context
from schema.messages import tables
from schema.messages.rules import OWN_WORDS, WITHHELD, NotSent, words
from schema.people.graph import Organization, Person, Signature, signed
from schema.permissions import may
from schema.query.fields import (
    Connection,
    Info,
    Node,
    Parent,
    column,
    computed,
    connection,
    describe_enum,
    get_by,
    has_many,
    node,
    resolver,
    row_as,
    to_one,
)
from schema.query.filters import filter_for, test
from schema.query.models import read_global_id
from schema.query.sql import Order, Sql

describe_enum(
    NotSent,
    "未经外部渠道发出的原因",
    DISABLED="收件人已停用",
    LEFT="收件人已不在该单位任职",
    UNSEEN="收件人已看不到所涉对象",
)

ABOUT = ("subject_kind", "subject_id")


async def subject_seen(row: Parent, info: Info) -> bool:
    """Whether the viewer sees now what a notice or message is about, where it is about anything."""
    if not row["subject_kind"]:
        return True
    return await info.context.rows.one(row["subject_kind"], row["subject_id"]) is not None


async def words_for(row: Parent, info: Info, language: int = 0) -> str:
    """What a message says: a sender's own words as they were sent; a template's, which are made from
    the subject's columns, to whoever sees the subject.
    """
    if row["template"] != OWN_WORDS and not await subject_seen(row, info):
        return WITHHELD[language]
    return words(row["template"], row["given"], language)


@node(
    tables.Notice,
    "通知：发给单位和个人，就某一对象，可要求答复",
    key="no",
    numbers=("TZ", "notice-{}"),
)
class Notice(Node):
    no: str = column("编号")
    text: str = column("内容")
    answer_by: date | None = column("答复期限；不要求答复的没有")
    sent_at: datetime = column("发出时间")
    sent_by: Person | None = to_one("Person", "发出人")
    organization: Organization | None = to_one("Organization", "发出单位")
    sent_as: Signature | None = signed("发出署名", "noticeSend", "sent_by_id", "sent_at")
    messages: "list[Message]" = has_many(
        "Message", "notice_id", "各收件人的阅读和答复（您能看到的）"
    )

    @computed("所涉对象；您现在看不到的为空", columns=(*ABOUT, "subject_name"))
    async def subject_name(row: Parent, info: Info) -> str:
        return row["subject_name"] if await subject_seen(row, info) else ""

    @computed("所涉对象的地址；您现在看不到的为空", columns=(*ABOUT, "link"))
    async def link(row: Parent, info: Info) -> str:
        return row["link"] if await subject_seen(row, info) else ""


@node(tables.Message, "消息：发给一个人")
class Message(Node):
    person: Person | None = to_one("Person", "收件人")
    organization: Organization | None = to_one("Organization", "因在哪个单位任职而收到")
    notice: Notice | None = to_one("Notice", "所属的通知")
    written_at: datetime = column("写出时间")
    sent_at: datetime | None = column("经外部渠道发出的时间；本系统内写出即可见")
    not_sent: NotSent | None = column("未经外部渠道发出的原因；发出时已不能看的不向外发")
    read_at: datetime | None = column("阅读时间")
    answered_at: datetime | None = column("答复时间")
    answer: str = column("答复")

    @computed("内容", columns=(*ABOUT, "template", "given"))
    async def text(row: Parent, info: Info) -> str:
        return await words_for(row, info)

    @computed("内容（英文）", columns=(*ABOUT, "template", "given"))
    async def english(row: Parent, info: Info) -> str:
        return await words_for(row, info, 1)

    @computed("去办理的地址；所涉对象您现在看不到的为空", columns=(*ABOUT, "template", "link"))
    async def link(row: Parent, info: Info) -> str:
        own = row["template"] == OWN_WORDS
        return row["link"] if own or await subject_seen(row, info) else ""

    @computed("是否发给本人", columns=("person_id",))
    def mine(row: Parent, info: Info) -> bool:
        return bool(row["person_id"] == info.context.viewer.person)

    @computed("您现在可以答复", columns=("person_id", "notice_id", "answered_at"))
    async def answerable(row: Parent, info: Info) -> bool:
        if row["answered_at"] or not may(info.context.viewer, "noticeAnswer", row):
            return False
        notice = await info.context.rows.one("Notice", row["notice_id"])
        return bool(notice and notice["answer_by"])


def _of_viewer(row: str, value: bool, context: Context) -> Sql:
    person = context.viewer.person
    return f'{row}."person_id" {"=" if value else "<>"} ?', [person or 0]


def _unread(row: str, value: bool, context: Context | None) -> Sql:
    return f'{row}."read_at" IS {"" if value else "NOT "}NULL', []


def _unanswered(row: str, value: bool, context: Context | None) -> Sql:
    asked = f'EXISTS (SELECT 1 FROM "notice" n WHERE n."id" = {row}."notice_id" AND n."answer_by" IS NOT NULL)'
    return f'{row}."answered_at" IS {"" if value else "NOT "}NULL AND {asked}', []


@filter_for("Message", "消息的筛选")
class MessageFilter:
    mine: bool | None = test("发给本人", _of_viewer)
    unread: bool | None = test("未读", _unread)
    unanswered: bool | None = test("要求答复而未答复", _unanswered)


@filter_for("Notice", "通知的筛选")
class NoticeFilter:
    mine: bool | None = test(
        "本人发出",
        lambda row, value, context: (
            f'{row}."sent_by_id" {"=" if value else "<>"} ?',
            [context.viewer.person or 0],
        ),
    )


@strawberry.type
class Query:
    messages: Connection[Message] = connection(
        "Message",
        "消息：发给您的，和您、您的单位发出的通知的",
        filter=MessageFilter,
        default=Order("id", descending=True),
    )
    notices: Connection[Notice] = connection(
        "Notice",
        "通知：您、您的单位发出的，和您收到的",
        filter=NoticeFilter,
        default=Order("id", descending=True),
    )
    notice: Notice | None = get_by("Notice", "no", "一份通知", "编号")

    @resolver("一条消息")
    async def message(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="全局编号")]
    ) -> Message | None:
        kind, key = read_global_id(id) or ("", 0)
        return (
            row_as(Message, await info.context.rows.one("Message", key))
            if kind == "Message"
            else None
        )
