"""The journal as those who audit it read it: found by who, in which post and unit, did what, when, on
which project and of which amount; and whether what was printed of it stands in the chain.
"""

from datetime import datetime, time, timedelta
from typing import Annotated, Any

import strawberry

from schema import database
from schema.context import Context
from schema.gate.graph import JournalEntry, act_label
from schema.gate.journal import FEN, chained
from schema.gate.keys import KeysMissing
from schema.gate.operator import ACTS
from schema.gate.tables import JournalEntry as Entry
from schema.people.rules import Post
from schema.permissions import audits, is_inside
from schema.query.fields import Connection, Info, listing, resolver, row_as
from schema.query.filters import conditions, filter_for, in_list, test
from schema.query.models import KINDS, moment
from schema.query.ranges import DateRange
from schema.query.sql import Order, Read, Sql, bindable
from schema.scalars import SHANGHAI, Money

SHORT = 12
"""How many hex digits of a hash are printed: 48 bits, which nobody hits by trying acts."""
HEAD = 'SELECT "id", "at", "hash" FROM "journal_entry" ORDER BY "id" DESC LIMIT 1'
FIRST_AT = (
    'COALESCE((SELECT e."id" FROM "journal_entry" e WHERE e."at" >= ? ORDER BY e."at", e."id" LIMIT 1),'
    " 4611686018427387904)"
)
"""The number of the first entry since a moment, or one that there will never be."""
NUMBER_MOST = 2**31
NOTHING: Sql = ("1=0", [])


def exactly(description: str, column: str) -> Any:
    """The column is this text, whatever stands around it."""

    def sql(row: str, value: str, context: Context) -> Sql:
        return f'{row}."{column}" = ?', [value.strip()]

    return test(description, sql, column)


def in_post(description: str) -> Any:
    """Done in a post of one of these kinds. By ids, which SQLite takes in their order: of a rare kind it
    would look at every entry.
    """

    def sql(row: str, value: list[Post], context: Context) -> Sql:
        if not value:
            return "1=1", []
        marks = database.marks(value)
        return (
            f'{row}."id" IN (SELECT e."id" FROM "journal_entry" e WHERE e."post_id" IN'
            f' (SELECT a."id" FROM "appointment" a WHERE a."post" IN ({marks})))',
            [each.value for each in value],
        )

    return test(description, sql, "post_id")


def on_days(description: str) -> Any:
    """On days of the city. Entries are stamped in their order, so days are a span of numbers."""

    def sql(row: str, value: DateRange, context: Context) -> Sql:
        parts, values = [], []
        end = value.until and value.until + timedelta(days=1)
        for sign, day in ((">=", value.since), ("<", end)):
            if day is not None:
                parts.append(f'{row}."id" {sign} {FIRST_AT}')
                values.append(bindable(datetime.combine(day, time(), SHANGHAI), context.dialect))
        return " AND ".join(parts) or "1=1", values

    return test(description, sql, "at")


def about_project(description: str) -> Any:
    """In the history of the project with this number."""

    def sql(row: str, value: str, context: Context) -> Sql:
        return (
            f'{row}."id" IN (SELECT r."entry_id" FROM "journal_row" r WHERE r."kind" = \'Project\''
            ' AND r."row_id" = (SELECT p."id" FROM "project" p WHERE p."no" = ?))',
            [value.strip().upper()],
        )

    return test(description, sql)


def of_amount(description: str) -> Any:
    """Some amount was changed from or to this one, to the fen."""

    def sql(row: str, value: int, context: Context) -> Sql:
        return (
            f'{row}."id" IN (SELECT r."entry_id" FROM "journal_row" r WHERE r."kind" = \'{FEN}\''
            ' AND r."row_id" = ?)',
            [value],
        )

    return test(description, sql)


@filter_for("JournalEntry", "办理记录的筛选")
class JournalFilter:
    person: str | None = exactly("办理人姓名", "actor_name")
    post: list[Post] | None = in_post("以何种岗位办理")
    unit: str | None = exactly("单位名称", "unit_name")
    act: list[str] | None = in_list("事项（即变更名）", "act")
    day: DateRange | None = on_days("办理日期")
    project: str | None = about_project("项目编号")
    amount: Money | None = of_amount("改前或改后的金额（元）")


@strawberry.type(description="一种事项")
class JournalAct:
    act: str = strawberry.field(description="变更名")
    label: str = strawberry.field(description="事项名称")


@strawberry.type(description="办理记录的最后一条：出具文书时印在文书上，供日后核对")
class JournalHead:
    number: int = strawberry.field(description="第几条")
    short: str = strawberry.field(description=f"校验码：校验值的前 {SHORT} 位")
    at: datetime = strawberry.field(description="时间")


@strawberry.type(description="印出的校验码是否在办理记录的校验链上")
class JournalProof:
    found: bool = strawberry.field(description="相符")
    message: str = strawberry.field(description="结论")
    entry: JournalEntry | None = strawberry.field(description="这一条办理记录")


def all_entries(
    context: Context,
    filter: Annotated[JournalFilter | None, strawberry.argument(description="筛选")] = None,
) -> Read:
    only = () if audits(context.viewer) else (NOTHING,)
    where = (*conditions(filter, "t", context), *only)
    return Read(KINDS["JournalEntry"], where, Order("id", descending=True))


Number = Annotated[int, strawberry.argument(description="印出的条号")]
Code = Annotated[str, strawberry.argument(description="印出的校验码，至少 8 位")]


@strawberry.type
class Query:
    journal_entries: Connection[JournalEntry] = listing(
        "JournalEntry", "全部办理记录，新的在前；供检查监督，其他岗位没有"
    )(all_entries)

    @resolver("办理记录中的事项种类；供检查监督，其他岗位没有")
    async def journal_acts(self, info: Info) -> list[JournalAct] | None:
        if not audits(info.context.viewer):
            return None
        mutation = info.schema._schema.mutation_type
        known = {*(mutation.fields if mutation else ()), *ACTS}
        words = [(act_label(info, each), each) for each in known]
        return [JournalAct(act=act, label=label) for label, act in sorted(words)]

    @resolver("办理记录的最后一条；政府以外的没有")
    async def journal_head(self, info: Info) -> JournalHead | None:
        if not is_inside(info.context.viewer):
            return None
        for last in await database.fetch(HEAD):
            return JournalHead(number=last["id"], short=last["hash"][:SHORT], at=moment(last["at"]))
        return None

    @resolver("核对印出的条号和校验码；供检查监督，其他岗位没有")
    async def journal_proof(self, info: Info, number: Number, code: Code) -> JournalProof | None:
        if not audits(info.context.viewer):
            return None
        return await prove(info.context, number, code)


async def prove(context: Context, number: int, code: str) -> JournalProof:
    """Whether entry `number` has the hash that begins with `code`, and is what its hash was taken of."""

    def answer(found: bool, message: str, row: Any = None) -> JournalProof:
        return JournalProof(found=found, message=message, entry=row_as(JournalEntry, row))

    text = "".join(code.split()).lower()
    if len(text) < 8 or len(text) > 64 or not set(text) <= set("0123456789abcdef"):
        return answer(False, "校验码是 8 到 64 位的数字和字母 a–f，请照印出的填写")
    entry = await Entry.get_or_none(id=number) if 0 < number <= NUMBER_MOST else None
    if entry is None:
        return answer(False, f"办理记录中没有第 {number} 条：印出之后被删去，或库被倒回")
    row = await context.rows.one("JournalEntry", number)
    if not entry.hash.startswith(text):
        return answer(False, f"第 {number} 条的校验码不是 {text}：条号填错，或办理记录被改写", row)
    try:
        whole = entry.hash == chained(entry)
    except KeysMissing as missing:
        return answer(False, f"不能核对：{missing}", row)
    if not whole:
        return answer(False, f"第 {number} 条的内容被改动，与校验值不符", row)
    if not entry.key_id:
        return answer(True, f"第 {number} 条在校验链上，内容没有改动；它早于密钥加封", row)
    return answer(True, f"第 {number} 条在校验链上，由密钥 {entry.key_id} 加封，内容没有改动", row)
