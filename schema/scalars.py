"""The graph's own scalars, and what a person wrote that cannot be read.

A scalar of an act's input never raises for text: what cannot be read becomes `Unparsable`, and the gate
answers with a user error at its field. So a form and a partner get the same words at the same place.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NewType
from zoneinfo import ZoneInfo

import strawberry
from graphql import GraphQLError

from schema.city.rules import RuleBroken, parse_day, parse_money, parse_month


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


SHANGHAI = ZoneInfo("Asia/Shanghai")

Money = NewType("Money", int)
Month = NewType("Month", date)
Bytes = NewType("Bytes", bytes)


def said(read: Any) -> Any:
    def parse(value: Any) -> Any:
        if not isinstance(value, str):
            raise GraphQLError("请以文本形式填写")
        try:
            return read(value)
        except RuleBroken as broken:
            return Unparsable(value, str(broken))

    return parse


def yuan(fen: int) -> str:
    """Fen as a decimal string in yuan with two places."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100}.{fen % 100:02d}"


def read_bytes(text: str) -> bytes:
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError) as broken:
        raise RuleBroken("文件内容应为 Base64 编码", code="INVALID") from broken


def read_moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as broken:
        raise RuleBroken("时刻请写成 2026-11-22T17:30:00+08:00", code="INVALID") from broken
    return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)


def parse_moment(value: Any) -> Any:
    return value if isinstance(value, datetime) else said(read_moment)(value)


def parse_bytes(value: Any) -> Any:
    return value if isinstance(value, bytes) else said(read_bytes)(value)


def parse_date(value: Any) -> Any:
    return value if type(value) is date else said(parse_day)(value)


def parse_yuan(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return said(lambda text: parse_money(text, "元"))(str(value))
    return said(lambda text: parse_money(text, "元"))(value)


SCALARS = {
    Money: strawberry.scalar(
        name="Money",
        description=(
            '人民币金额，单位元，两位小数的十进制文本，如 "125000000.00"。'
            '输入时也可写 "12.5亿"、"125000万元"；不带单位按元计。'
        ),
        serialize=yuan,
        parse_value=parse_yuan,
    ),
    Month: strawberry.scalar(
        name="Month",
        description='月份，如 "2026-11"',
        serialize=lambda month: month.strftime("%Y-%m"),
        parse_value=said(parse_month),
    ),
    Bytes: strawberry.scalar(
        name="Bytes",
        description="Base64 编码的文件内容",
        serialize=lambda content: base64.b64encode(content).decode(),
        parse_value=parse_bytes,
    ),
    date: strawberry.scalar(
        name="Date",
        description='日期，如 "2026-11-22"',
        serialize=date.isoformat,
        parse_value=parse_date,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description='带时区的时刻，如 "2026-11-22T17:30:00+08:00"',
        serialize=lambda at: at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        parse_value=parse_moment,
    ),
}
