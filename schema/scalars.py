"""The graph's scalars: how each is parsed, how Python writes it and how each database writes it.

A scalar of an act's input never raises for text: what cannot be parsed becomes `Unparsable`, and the
gate answers with a user error at its field. So a form and a partner get the same words at the same place.
"""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any, NewType
from zoneinfo import ZoneInfo

import strawberry
from graphql import GraphQLError

from schema.city.rules import RuleBroken, is_estimate, parse_day, parse_money, parse_month
from schema.city.rules.days import FIRST_YEAR, LAST_YEAR


@dataclass(frozen=True)
class Unparsable:
    """Text that is no value of its type, and the sentence that says what to write instead."""

    text: str
    message: str


@dataclass(frozen=True)
class File:
    """A file that somebody sent: its name as they call it and its bytes."""

    name: str
    content: bytes


class HashedBytes(bytes):
    """The content of a file of which only its hash is left: enough to tell what was sent before."""

    sha256: str

    def __new__(cls, sha256: str) -> "HashedBytes":
        made = super().__new__(cls)
        made.sha256 = sha256
        return made


SHANGHAI = ZoneInfo("Asia/Shanghai")
CITY_OFFSET = timezone(timedelta(hours=8))  # of every moment written, also of summers before 1992

Money = NewType("Money", int)
Month = NewType("Month", date)
Bytes = NewType("Bytes", bytes)


def unchanged(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class ScalarForm:
    """One scalar in its three forms: parsed from JSON, written by Python, written by a database.

    `postgres` and `sqlite` are SQL expressions of the JSON text, with `{0}` for a column that is not
    null; None where only Python writes it. GraphQL's own scalars have no `python` type here:
    graphql-core parses and serializes them.
    """

    name: str
    postgres: str | None = None
    sqlite: str | None = None
    python: Any = None
    description: str = ""
    parse: Callable[[Any], Any] = unchanged
    serialize: Callable[[Any], Any] = unchanged


def from_text(parse: Callable[[str], Any]) -> Callable[[Any], Any]:
    """A scalar's parser of a rule that parses text; what the rule refuses becomes `Unparsable`."""

    def parse_value(value: Any) -> Any:
        if not isinstance(value, str):
            raise GraphQLError("请以文本形式填写")
        try:
            return parse(value)
        except RuleBroken as broken:
            return Unparsable(value, str(broken))

    return parse_value


class Estimate(int):
    """An amount in fen that was written as an estimate, 约12.5亿: for the fields that keep it as one."""


def parse_money_value(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return from_text(read_money)(value)


def read_money(text: str) -> int:
    fen = parse_money(text, "元", estimate=True)
    return Estimate(fen) if is_estimate(text) else fen


def format_yuan(fen: int) -> str:
    """Fen as a decimal string in yuan with two places."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100}.{fen % 100:02d}"


def parse_bytes_value(value: Any) -> Any:
    return value if isinstance(value, bytes) else from_text(decode_base64)(value)


def decode_base64(text: str) -> bytes:
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError) as broken:
        raise RuleBroken("文件内容应为 Base64 编码", code="INVALID") from broken


def parse_date_value(value: Any) -> Any:
    return value if type(value) is date else from_text(parse_day)(value)


def parse_datetime_value(value: Any) -> Any:
    return value if isinstance(value, datetime) else from_text(parse_datetime)(value)


def parse_datetime(text: str) -> datetime:
    """An instant in ISO 8601, within the years of dates; one without an offset is the city's wall clock.

    Raises `RuleBroken` (`INVALID`).
    """
    try:
        if "\0" in text:  # fromisoformat takes one at the end
            raise ValueError
        at = datetime.fromisoformat(text)
    except ValueError as broken:
        raise RuleBroken("时刻请写成 2026-11-22T17:30:00+08:00", code="INVALID") from broken
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        message = f"{at.year} 年不在 {FIRST_YEAR} 到 {LAST_YEAR} 年之间，请核对年份"
        raise RuleBroken(message, code="INVALID")
    return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)


FORMS = (
    ScalarForm("String", postgres="to_json({0})::text", sqlite="json_quote({0})"),
    ScalarForm("Int", postgres="{0}::text", sqlite="{0}"),
    ScalarForm(
        "Boolean",
        postgres="CASE WHEN {0} THEN 'true' ELSE 'false' END",
        sqlite="CASE WHEN {0} THEN 'true' ELSE 'false' END",
    ),
    ScalarForm(
        "Money",
        postgres="CASE WHEN {0} < 0 THEN '\"-' ELSE '\"' END || abs({0}) / 100 || '.'"
        " || lpad((abs({0}) % 100)::text, 2, '0') || '\"'",
        sqlite="printf('\"%s%d.%02d\"', CASE WHEN {0} < 0 THEN '-' ELSE '' END,"
        " abs({0}) / 100, abs({0}) % 100)",
        python=Money,
        description=(
            '人民币金额，单位元，两位小数的十进制文本，如 "125000000.00"。'
            '输入时也可写 "12.5亿"、"125000万元"、"十二亿"；不带单位按元计。可以是估计数的栏目可写 "约12.5亿"。'
        ),
        parse=parse_money_value,
        serialize=format_yuan,
    ),
    ScalarForm(
        "Month",
        python=Month,
        description='月份，如 "2026-11"，在 1990 至 2100 年之间',
        parse=from_text(parse_month),
        serialize=lambda month: month.strftime("%Y-%m"),
    ),
    ScalarForm(
        "Bytes",
        python=Bytes,
        description="Base64 编码的文件内容",
        parse=parse_bytes_value,
        serialize=lambda content: base64.b64encode(content).decode(),
    ),
    ScalarForm(
        "Date",
        postgres="'\"' || {0}::text || '\"'",
        sqlite="'\"' || {0} || '\"'",
        python=date,
        description='日期，如 "2026-11-22"，在 1990 至 2100 年之间',
        parse=parse_date_value,
        serialize=date.isoformat,
    ),
    ScalarForm(
        "DateTime",
        postgres="to_char({0} AT TIME ZONE INTERVAL '8 hours',"
        ' \'"\\""YYYY-MM-DD"T"HH24:MI:SS"+08:00\\""\')',
        # Of its fraction strftime makes milliseconds, rounded: what is left of it is cut off before.
        sqlite="strftime('\"%Y-%m-%dT%H:%M:%S+08:00\"', substr({0}, 1, 19) || substr({0}, -6), '+8 hours')",
        python=datetime,
        description=(
            '时刻，如 "2026-11-22T17:30:00+08:00"，在 1990 至 2100 年之间。'
            "写出的一律是北京时间；输入时可用别的时区，不写时区的按北京时间。"
        ),
        parse=parse_datetime_value,
        serialize=lambda at: at.astimezone(CITY_OFFSET).isoformat(timespec="seconds"),
    ),
)

SCALARS = {
    form.python: strawberry.scalar(
        name=form.name,
        description=form.description,
        serialize=form.serialize,
        parse_value=form.parse,
    )
    for form in FORMS
    if form.python is not None
}

_BY_NAME = {form.name: form for form in FORMS}


def scalar_sql(name: str, dialect: str) -> str | None:
    """A scalar's SQL form, with `{0}` for the column; None where only Python writes it."""
    form = _BY_NAME.get(name)
    return (form.postgres if dialect == "postgres" else form.sqlite) if form else None
