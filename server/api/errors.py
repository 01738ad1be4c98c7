"""Errors as a caller sees them: a code and the request's number, nothing about the inside."""

import logging
import re
from typing import Any

from graphql import GraphQLError

from schema.city.rules import RuleBroken
from schema.database import RETRY_AFTER, Reason, Unavailable

MASKED = "服务出错，请凭编号联系管理员"
MESSAGE_MOST = 500
OPENINGS = {
    "SYNTAX": "查询文档的语法有误：",
    "VALIDATION": "查询文档与图的定义不符：",
    "VARIABLES": "变量与定义不符：",
}
TROUBLES = {
    Reason.BUSY: "系统正忙，内容没有改动，请稍候再试",
    Reason.SLOW: "查询用时太久，请缩小范围后再试",
    Reason.FULL: "存储空间已满，内容没有改动，请联系管理员",
    Reason.AWAY: "数据库暂时没有应答，内容没有改动，请稍候再试",
}
UNCERTAIN = "结果未知：没有收到数据库的确认，可能已经办理。"
AGAIN_BY_FORM = "请返回原页面，不改内容再提交一次，系统不会重复办理"
AGAIN_BY_KEY = "请用同一 Idempotency-Key 重试，系统不会重复办理；没有带的，请先查询核对"
RETRY_LATER = {"Retry-After": str(RETRY_AFTER)}
GUESSES = re.compile(r"^Syntax Error: |\s*Did you mean .*", re.DOTALL)

log = logging.getLogger(__name__)


class RequestError(Exception):
    """A request that is not run: its status, the errors, and headers that the status asks for."""

    def __init__(
        self, status: int, *errors: GraphQLError, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(f"{status}: {'; '.join(each.message for each in errors)}")
        self.status, self.errors, self.headers = status, errors, headers


def error(code: str, message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": code})


def trouble_message(trouble: Unavailable, *, program: bool = False) -> str:
    """What a user reads of a database that cannot do it now; a program may repeat by its key."""
    if trouble.uncertain:
        return UNCERTAIN + (AGAIN_BY_KEY if program else AGAIN_BY_FORM)
    return TROUBLES[trouble.reason]


def with_code(found: GraphQLError, code: str) -> GraphQLError:
    """The error with this code, unless it has one of its own."""
    found.extensions = {"code": code, **(found.extensions or {})}
    return found


def format_error(found: GraphQLError, number: str) -> dict[str, Any]:
    """An error as the specification formats it, with `extensions{code requestId}`.

    What a resolver did not mean to say is masked, and logged under the request's number.
    """
    message, extensions = found.message, dict(found.extensions or {})
    if isinstance(cause := original_exception(found), Unavailable):
        message, extensions = trouble_message(cause, program=True), {"code": "UNAVAILABLE"}
    elif cause := unexpected_exception(found):
        log.error("fault %s", number, exc_info=cause)
        message, extensions = MASKED, {"code": "FAULT"}
    elif isinstance(cause := original_exception(found), RuleBroken):
        extensions = {"code": cause.code}
    code = extensions.setdefault("code", "INVALID")
    formatted: dict[str, Any] = {
        "message": OPENINGS.get(code, "") + shorten(GUESSES.sub("", message))
    }
    if found.locations:
        formatted["locations"] = [each.formatted for each in found.locations]
    if found.path is not None:
        formatted["path"] = found.path
    return {**formatted, "extensions": {**extensions, "requestId": number}}


def shorten(message: str) -> str:
    """graphql-core repeats the value that it refuses, however long somebody made it."""
    return message if len(message) <= MESSAGE_MOST else f"{message[:MESSAGE_MOST]}…"


def unexpected_exception(found: GraphQLError) -> Exception | None:
    """What a resolver raised without meaning it to be read; None for what a caller may read.

    A request that was not run, known by having no path, keeps graphql-core's words.
    """
    cause = original_exception(found)
    return None if found.path is None or isinstance(cause, RuleBroken) else cause


def original_exception(found: GraphQLError) -> Exception | None:
    """The exception that graphql-core wrapped; None if that was a GraphQLError itself."""
    cause = found.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause
