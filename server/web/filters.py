"""How values look on a page: amounts, days, moments, words. Templates take what the graph gives."""

import json
import re
import secrets
from calendar import Calendar
from collections.abc import Iterable
from copy import copy
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from graphql import GraphQLEnumType, GraphQLSchema
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from schema.city.rules import format_money, highlight, is_calendar_year, yuan
from schema.project.rules import (
    IN_PRODUCTION,
    LANES,
    ON_THE_WAY,
    OPEN,
    STEPS,
    UNDER_JUDGEMENT,
    Stage,
    step,
)
from server import settings
from server.settings import TIME_ZONE
from server.web.chain_map import draw


def money(yuan: str | int | None) -> str:
    """`"1250000000.00"` → `12.5 亿元`; fen as an integer are taken too."""
    if yuan is None:
        return "—"
    return format_money(fen(yuan) if isinstance(yuan, str) else yuan)


def fen(yuan: str) -> int:
    whole, _, part = yuan.lstrip("-").partition(".")
    amount = int(whole) * 100 + int(part.ljust(2, "0")[:2])
    return -amount if yuan.startswith("-") else amount


def yi(yuan: str | None) -> str:
    """An amount for a column headed 亿元: `12.50`."""
    if yuan is None:
        return "—"
    hundredths = (abs(fen(yuan)) + 50_000_000) // 100_000_000
    return f"{'-' if yuan.startswith('-') else ''}{hundredths // 100:,}.{hundredths % 100:02d}"


def wan(yuan: str | None, places: int | None = None) -> str:
    """An amount for a column headed 万元: `125,000` or `3,200.5`; with `places`, rounded to them."""
    if yuan is None:
        return "—"
    if places is not None:
        return (
            f"{Decimal(fen(yuan)).scaleb(-6).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,}"
        )
    whole, rest = divmod(abs(fen(yuan)), 1_000_000)
    part = f"{rest:06d}".rstrip("0")
    return f"{'-' if yuan.startswith('-') else ''}{whole:,}{'.' + part if part else ''}"


def wan2(yuan: str | None) -> str:
    """An amount in 万元 with two places, half-up: `304.20`."""
    if yuan is None:
        return "—"
    hundredths = (abs(fen(yuan)) + 5_000) // 10_000
    return f"{'-' if yuan.startswith('-') else ''}{hundredths // 100:,}.{hundredths % 100:02d}"


def day(value: str | date | None) -> str:
    """`11月22日`, with the year when it is not this one of the city's clock."""
    if not value:
        return "—"
    at = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    standing: datetime | None = settings.NOW
    this_year = (standing or datetime.now(TIME_ZONE)).astimezone(TIME_ZONE).year
    return (
        f"{at.month}月{at.day}日" if at.year == this_year else f"{at.year}年{at.month}月{at.day}日"
    )


def month_day(value: str) -> str:
    """`1月3日`, on a page that says its year."""
    at = date.fromisoformat(value)
    return f"{at.month}月{at.day}日"


def weekday(value: str) -> int:
    """The day of the week, Monday is 0."""
    return date.fromisoformat(value).weekday()


def moment(value: str | datetime | None) -> str:
    """`11月22日 17:30`, in the city's time."""
    if not value:
        return "—"
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    at = at.astimezone(TIME_ZONE)
    return f"{day(at.date())} {at:%H:%M}"


def instant(value: str | datetime | None) -> str:
    """`2026年11月22日（周日）17:30:05`, for a receipt: in full, whatever the year."""
    if not value:
        return "—"
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    at = at.astimezone(TIME_ZONE)
    return f"{at.year}年{at.month}月{at.day}日（周{'一二三四五六日'[at.weekday()]}）{at:%H:%M:%S}"


def full_day(value: str | date | datetime | None) -> str:
    """`2026年11月22日`, for a document: whatever the year."""
    if not value:
        return "—"
    if isinstance(value, datetime):
        value = value.astimezone(TIME_ZONE).date()
    at = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return f"{at.year}年{at.month}月{at.day}日"


def signed_by(signed: dict[str, Any] | None) -> str:
    """`领导小组办公室 主任 李雷`: unit, post and name, as of the day of the signature."""
    if not signed:
        return ""
    acting = "（代）" if signed["acting"] else ""
    return " ".join(filter(None, (signed["unit"], signed["title"] + acting, signed["name"])))


def month(value: str | None) -> str:
    """`2026-11` → `2026年11月`."""
    return f"{int(value[:4])}年{int(value[5:7])}月" if value else "—"


def local(value: str) -> str:
    """An instant as a browser's own field takes it, in the city's time: `2026-11-22T17:30:00`."""
    return datetime.fromisoformat(value).astimezone(TIME_ZONE).replace(tzinfo=None).isoformat()


def months_on(month: str, steps: int) -> str:
    """`months_on("2026-12", 1)` → `2027-01`."""
    index = int(month[:4]) * 12 + int(month[5:7]) - 1 + steps
    return f"{index // 12}-{index % 12 + 1:02d}"


def months_of(year: int, days: list[dict[str, Any]]) -> list[list[list[dict[str, Any] | None]]]:
    """Twelve months of weeks of seven days, Monday first, each with its number, mark and holiday."""
    special = {each["day"]: each for each in days}

    def cell(at: date, month: int) -> dict[str, Any] | None:
        if at.month != month:
            return None
        exception = special.get(at.isoformat())
        mark = (
            ("on" if exception["working"] else "off")
            if exception
            else "weekend"
            if at.weekday() > 4
            else ""
        )
        return {"number": at.day, "mark": mark, "name": exception["name"] if exception else ""}

    weeks = Calendar(firstweekday=0)
    return [
        [[cell(at, month) for at in week] for week in weeks.monthdatescalendar(year, month)]
        for month in range(1, 13)
    ]


def mask(phone: str | None) -> str:
    """`13800001234` → `138****1234`."""
    if not phone:
        return "—"
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "****"


def total(amounts: Iterable[str]) -> str:
    """The exact sum of amounts as the graph gives them."""
    return yuan(sum(map(fen, amounts)))


def mark_matches(text: str | None, term: str) -> Markup:
    """The text with what a search found in it marked."""
    if not text:
        return Markup("—")
    return Markup("").join(
        Markup("<mark>{}</mark>").format(piece) if hit else escape(piece)
        for piece, hit in highlight(text, term)
    )


def code(text: str) -> Markup:
    """A sentence with what stands between backticks marked as code."""
    pieces = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if odd % 2 else escape(piece)
        for odd, piece in enumerate(pieces)
    )


class Words:
    """The graph's own words: of an enum's value, a type's field, an argument."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema

    def of(self, enum: str, value: Any) -> str:
        """`words.of("Stage", "SIGNED")` → 已签约."""
        kind = self.schema.type_map.get(enum)
        known = kind.values.get(value) if isinstance(kind, GraphQLEnumType) else None
        return (known.description or str(value)) if known else str(value or "—")

    def label(self, kind: str, field: str) -> str:
        """`words.label("Project", "amount")` → 计划总投资（元）."""
        return self.schema.type_map[kind].fields[field].description or field  # type: ignore[attr-defined]

    def act(self, name: str) -> str:
        """`words.act("taxRecord")` → 登记税收; what is no act of people is named as it is."""
        known = self.schema.mutation_type and self.schema.mutation_type.fields.get(name)
        return (known.description if known else None) or name

    def title(self, kind: str, field: str) -> str:
        """The label without its unit and its explanation: 计划总投资."""
        return short_label(self.label(kind, field))

    def all(self, enum: str) -> list[dict[str, str]]:
        """Every value of an enum with its words, in order."""
        kind = self.schema.type_map[enum]
        assert isinstance(kind, GraphQLEnumType)
        return [
            {"value": key, "label": each.description or key} for key, each in kind.values.items()
        ]


def short_label(label: str) -> str:
    """A column's words without its unit and its explanation: 计划总投资."""
    return re.split("[（：；，]", label)[0]


FILTERS = {
    "short_label": short_label,
    "money": money,
    "fen": fen,
    "yi": yi,
    "wan": wan,
    "wan2": wan2,
    "day": day,
    "month_day": month_day,
    "weekday": weekday,
    "moment": moment,
    "instant": instant,
    "full_day": full_day,
    "signed_by": signed_by,
    "month": month,
    "local": local,
    "mask": mask,
    "json": json.loads,
    "total": total,
    "mark_matches": mark_matches,
    "code": code,
}


def for_subject(form: Any, subject: dict[str, Any]) -> Any:
    """A form with the project that it is about, on a page that shows one of many."""
    form.hidden.setdefault("project", subject["no"])
    form.hidden.setdefault("revision", subject["revision"])
    return form


def for_row(form: Any, name: str, value: str) -> Any:
    """One of a list's forms, for the row whose hidden field `name` holds `value`: with ids of its own, and
    with what was typed and what is wrong only where it is the one that was sent.
    """
    own = copy(form)
    own.prefix = f"{form.prefix}{value}-"
    if form.fields[name]["value"] != value:
        own.errors, own.summary, own.conflict = [], None, None
        own.restored, own.checking = None, False
        own.fields = {
            key: {**each, "error": None, "value": None} for key, each in form.fields.items()
        }
    return own


def with_picked(options: list[dict[str, Any]], value: Any) -> list[dict[str, Any]]:
    """A picker's options, with what was found by typing and picked before, so that it stays picked."""
    if value in (None, "") or any(str(each["value"]) == str(value) for each in options):
        return options
    return [{"value": value, "label": str(value)}, *options]


def fresh_key() -> str:
    """An Idempotency-Key for one rendering of a form: sent twice, the form is one act."""
    return secrets.token_urlsafe(12)


def read_back(field: dict[str, Any]) -> dict[str, str]:
    """The attributes by which a field's text is read back beside it while one types."""
    more = "&estimate=1" if field["estimate"] else ""
    return {
        "hx-get": f"/pick/{field['kind']}?field={field['name']}{more}",
        "hx-trigger": "input changed delay:300ms",
        "hx-target": f"#{field['id']}-echo",
    }


def step_of(stage: str) -> int:
    """The number of the step of STEPS that a project has taken, from 1; 0 at an end."""
    taken = step(Stage(stage))
    return 0 if taken is None else taken + 1


def lane_name(lane: tuple[Stage, ...]) -> str:
    """The field of the board's query that holds a lane's cards: that of its first stage.

    >>> lane_name((Stage.FULL_OUTPUT,))
    'fullOutput'
    """
    head, *tail = lane[0].lower().split("_")
    return head + "".join(map(str.title, tail))


@pass_context
def board_lanes(context: Context) -> list[dict[str, Any]]:
    """The lanes of the board with the cards that its query has found for each."""
    return [{"stages": [*lane], "cards": context[lane_name(lane)]} for lane in LANES]


GLOBALS = {
    "fresh_key": fresh_key,
    "read_back": read_back,
    "with_picked": with_picked,
    "board_lanes": board_lanes,
    "step_of": step_of,
    "step_count": len(STEPS),
    "under_judgement": lambda stage: stage in UNDER_JUDGEMENT,
    "for_subject": for_subject,
    "for_row": for_row,
    "chain_map": draw,
    "in_production": IN_PRODUCTION,
    "on_the_way": ON_THE_WAY,
    "open_stages": OPEN,
    "previous_month": lambda month: months_on(month, -1),
    "next_month": lambda month: months_on(month, 1),
    "months_of": months_of,
    "is_calendar_year": is_calendar_year,
}
