"""When a message goes out, what it says in two languages, and what may be sent."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from schema.city.rules import CITY_TIME, RuleBroken
from schema.city.rules.rulebook import TimeOfDay


class NotSent(StrEnum):
    """Why a message did not go outside when its moment had come."""

    DISABLED = "DISABLED"
    LEFT = "LEFT"
    UNSEEN = "UNSEEN"


QUIET_FROM = TimeOfDay("message.quiet_from", "不向外发送消息的时段自", "其他")
QUIET_UNTIL = TimeOfDay("message.quiet_until", "不向外发送消息的时段至", "其他")
COLLECTED = timedelta(minutes=1)
RECIPIENTS_MOST = 300

OWN_WORDS = "notice"
"""The template of a notice: what its sender wrote."""

WITHHELD = ("所涉对象已不在您的查看范围", "You no longer see what this is about")

TEMPLATES: dict[str, tuple[str, str]] = {OWN_WORDS: ("{text}", "{text}")}
"""The words of messages by name, in Chinese and in English, with `{name}` where a value stands."""


def template(name: str, chinese: str, english: str) -> str:
    """Declare the words of a kind of message; its name."""
    TEMPLATES[name] = (chinese, english)
    return name


def words(name: str, values: dict[str, Any], language: int = 0) -> str:
    """What a message says: language 0 is Chinese, 1 English. A template that is gone says its values."""
    text = TEMPLATES.get(name, ("", ""))[language]
    return text.format_map(values) if text else "；".join(map(str, values.values()))


def goes_out_at(written: datetime, quiet_from: time, quiet_until: time) -> datetime:
    """When a message leaves for channels outside: at the end of its minute, never in quiet hours.

    Those may pass midnight. Where both times are the same there are none.
    """
    due = written.astimezone(CITY_TIME).replace(second=0, microsecond=0) + COLLECTED
    at = due.time()
    over_midnight = quiet_from > quiet_until
    quiet = (
        at >= quiet_from or at < quiet_until if over_midnight else quiet_from <= at < quiet_until
    )
    if not quiet:
        return due
    day = due.date() + timedelta(days=1 if over_midnight and at >= quiet_from else 0)
    return datetime.combine(day, quiet_until, CITY_TIME)


def kept_in(active: bool, holds: bool, sees: bool) -> NotSent | None:
    """Why a message stays in the system; None where it goes outside.

    `active` is whether its person is, `holds` whether they still hold a post in the unit for which
    they get it, `sees` whether they see now what it is about.
    """
    if not active:
        return NotSent.DISABLED
    if not holds:
        return NotSent.LEFT
    return None if sees else NotSent.UNSEEN


def check_answer_by(answer_by: date, today: date) -> None:
    """An answer is asked for by today or later. Raises `RuleBroken` at `answerBy`."""
    if answer_by < today:
        raise RuleBroken(f"答复期限不能早于今天（{today}）", "answerBy")


def check_recipients(units: Any, people: Any) -> None:
    """Somebody must be named, and a blank names nobody. Raises `RuleBroken` (INVALID) at `units`."""
    if not any((*(units or ()), *(people or ()))):
        raise RuleBroken("请选择至少一个单位或一个人", "units", "INVALID")


def check_subject(kind: str, kinds: frozenset[str]) -> bool:
    """A notice is about something that has a name and a page: True, of these kinds.

    Raises `RuleBroken` (INVALID) at `subject`.
    """
    if kind not in kinds:
        words = "不能就这类对象发通知，请选择项目、台账的一笔、导入的台账，或规则、工作日历的变更"
        raise RuleBroken(words, "subject", "INVALID")
    return True


def check_answer(answered_at: datetime | None, asked: bool) -> None:
    """A notice is answered once, where an answer is asked for. Raises `RuleBroken` at `message`."""
    if not asked:
        raise RuleBroken("这条消息不要求答复", "message")
    if answered_at is not None:
        raise RuleBroken("您已经答复过，不用再次答复", "message")
