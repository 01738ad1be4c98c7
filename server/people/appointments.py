"""Posts that people hold in units: given, ended, listed. A post is never changed, only ended.

Both are done under a lock on the person, so that no two posts of one kind in one unit overlap.
"""

from datetime import UTC, date, datetime
from typing import Any

import schema.graph  # noqa: F401 - declares what the gate holds, and what follows from posts
from schema import database
from schema.city.rules import RuleBroken, clean_text
from schema.context import Context
from schema.gate.operator import operating
from schema.people.rules import check_appointment, check_end, overlap
from schema.people.tables import Appointment, Organization, Person
from schema.permissions import Post
from server import settings
from server.people.security_log import noted

HOLDER = (
    'SELECT p."username" FROM "appointment" a JOIN "person" p ON p."id" = a."person_id"'
    ' WHERE a."post" = ? AND p."active" = ? AND a."starts_on" <= ?'
    ' AND (a."ends_on" IS NULL OR a."ends_on" >= ?) ORDER BY a."id" LIMIT 1'
)


def moment() -> datetime:
    """Now, or as the demonstration's clock stands."""
    standing: datetime | None = settings.NOW
    return standing or datetime.now(UTC)


def today() -> date:
    """The city's day."""
    return Context.day_of(moment())


async def get_unit(slug: str) -> Organization:
    """Raises RuleBroken that lists the units there are."""
    unit = await Organization.get_or_none(slug=slug)
    if unit is None:
        slugs = await Organization.all().order_by("position", "id").values_list("slug", flat=True)
        listed = "、".join(map(str, slugs))
        raise RuleBroken(
            f"没有单位 {slug}，可用的短名：{listed or '无，请先运行 sixones seed'}", "unit"
        )
    return unit


async def appoint(
    person: Person,
    unit: Organization,
    post: Post | None = None,
    *,
    title: str = "",
    main: bool = False,
    starts_on: date | None = None,
    ends_on: date | None = None,
    document_no: str = "",
    document_on: date | None = None,
    acting_for: int | None = None,
    recorded_at: datetime | None = None,
    at: datetime | None = None,
) -> Appointment:
    """A post for a person in a unit, whose kind is the post unless another is named; from today.

    `acting_for` is the appointment of another person that this one stands in for. It is written to
    the journal now or, where a history is put in, `at` a moment, and counts since `recorded_at`.
    Raises RuleBroken (INVALID) at its field.
    """
    at = at or moment()
    starts_on = starts_on or today()
    post = post or Post(unit.kind.value)
    async with operating("postGive", at) as gate:
        (person,) = await gate.hold("Person", [person.id])
        stood_in = await stood_in_for(acting_for, person, unit, post)
        check_appointment(
            starts_on, ends_on, (stood_in.starts_on, stood_in.ends_on) if stood_in else None
        )
        for each in await Appointment.filter(
            person_id=person.id, organization_id=unit.id, post=post, acting_for_id=acting_for
        ):
            if overlap((each.starts_on, each.ends_on), (starts_on, ends_on)):
                raise RuleBroken(
                    f"此人在{unit.short_name}已有这个岗位（{span(each)}），请先结束再任",
                    "startsOn",
                    "INVALID",
                )
        for each in await Appointment.filter(person_id=person.id, main=True) if main else ():
            if overlap((each.starts_on, each.ends_on), (starts_on, ends_on)):
                raise RuleBroken(
                    "已有一个主要岗位，请先结束它，或把这一个作为兼任", "main", "INVALID"
                )
        made = await gate.create(
            Appointment,
            person_id=person.id,
            organization_id=unit.id,
            post=post,
            title=clean_text(title, 40, one_line=True),
            main=main,
            starts_on=starts_on,
            ends_on=ends_on,
            document_no=clean_text(document_no, 60, one_line=True),
            document_on=document_on,
            acting_for_id=acting_for,
            recorded_at=recorded_at or at,
        )
        gate.concern(person)
        gate.reason = made.document_no
    noted(
        "post_given",
        person=person.id,
        appointment=made.id,
        post=post.value,
        unit=unit.slug,
        starts_on=str(starts_on),
        acting_for=acting_for,
    )
    return made


async def stood_in_for(
    key: int | None, person: Person, unit: Organization, post: Post
) -> Appointment | None:
    if key is None:
        return None
    found = await Appointment.get_or_none(id=key)
    if found is None or found.acting_for_id is not None:  # type: ignore[attr-defined]
        raise RuleBroken("没有这个被代理的任职，请核对编号", "actingFor", "INVALID")
    if (found.organization_id, found.post) != (unit.id, post):  # type: ignore[attr-defined]
        raise RuleBroken("代理的单位和岗位要与被代理人的相同", "actingFor", "INVALID")
    if found.person_id == person.id:  # type: ignore[attr-defined]
        raise RuleBroken("不能代理自己", "actingFor", "INVALID")
    return found


async def end(key: int, ends_on: date | None = None, *, document_no: str = "") -> Appointment:
    """End a post after `ends_on`, its last day; today by default, an earlier day ends it at once.

    Whoever stands in for it holds it no longer than it is held. What was done in it stays done in
    it. A post is ended once: what it was ended by stays as it is. Raises RuleBroken (INVALID).
    """
    last, at = ends_on or today(), moment()
    number = clean_text(document_no, 60, one_line=True)
    async with operating("postEnd", at) as gate:
        known = await Appointment.get_or_none(id=key)
        if known is None:
            raise RuleBroken(f"没有任职 {key}，请用 sixones person posts 核对编号", "id", "INVALID")
        (person,) = await gate.hold("Person", [known.person_id])  # type: ignore[attr-defined]
        (made,) = await gate.hold("Appointment", [key])
        check_end(made.starts_on, made.ends_on, made.ended_at is not None, last, today())
        await gate.change(made, ends_on=last, end_document_no=number, ended_at=at)
        gate.concern(person)
        gate.reason = number
    noted("post_ended", appointment=key, ends_on=str(last))
    ended: Appointment = made
    return ended


async def posts_of(person: Person) -> list[dict[str, Any]]:
    """All posts that somebody held, holds or will hold, for people to read."""
    found = await Appointment.filter(person_id=person.id).order_by("id")
    units = {each.id: each for each in await Organization.all()}
    now = today()
    return [
        {
            "id": each.id,
            "unit": units[each.organization_id].name,  # type: ignore[attr-defined]
            "post": each.post.value,
            "title": each.title,
            "main": each.main,
            "starts_on": each.starts_on,
            "ends_on": each.ends_on,
            "document_no": each.document_no,
            "acting_for": each.acting_for_id,  # type: ignore[attr-defined]
            "held": each.starts_on <= now and (each.ends_on is None or now <= each.ends_on),
        }
        for each in found
    ]


async def first_holder(post: Post) -> str | None:
    """The user name of whoever has held a kind of post longest."""
    found = await database.fetch(HOLDER, [post.value, True, today(), today()])
    return found[0]["username"] if found else None


def span(each: Appointment) -> str:
    return f"{each.starts_on} 至 {each.ends_on or '今'}"
