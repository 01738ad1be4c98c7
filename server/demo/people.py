"""The units and people of the demonstration, and how they sign in.

FOR DEMONSTRATIONS ONLY: passwords and tokens follow from the account's name, so that they can be
printed at any time. Nobody else's ever do.
"""

import asyncio
import base64
import hashlib
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from schema.city.rules import CITY_TIME
from schema.context import Context
from schema.gate.gate import Gate
from schema.gate.operator import operating
from schema.people.tables import Organization, Person, Token
from server.demo.leads import table
from server.operations.seed import DEPARTMENTS, GROUPS, OTHERS, PLACES
from server.people import passwords, tokens
from server.people.appointments import appoint
from server.people.people import create_person

SALT = "six ones, for demonstrations only"


def accounts() -> list[dict[str, Any]]:
    """Every account of the demonstration: how it signs in, and its posts, the main one first.

    `role` is the kind of the main post.
    """
    known, posts = units(), dict[str, list[dict[str, str]]]()
    for each in table("posts"):
        kind, unit = known[each["organization"]]
        held = {
            "post": kind,
            "title": each["title"],
            "unit": unit,
            "acting_for": each["acting_for"],
        }
        posts.setdefault(each["username"], []).append(held)
    return [
        {
            "role": posts[each["username"]][0]["post"],
            "username": each["username"],
            "name": each["name"],
            "posts": posts[each["username"]],
            "password": password(each["username"]),
            "token": token(each["username"]),
        }
        for each in table("people")
    ]


def units() -> dict[str, tuple[str, str]]:
    """The kind and the short name of all units, by slug: the city's own and the demonstration's."""
    known = {slug: (kind, short) for slug, short, kind in OTHERS}
    known |= {slug: ("PLACE", name) for slug, name, *_ in PLACES}
    known |= {slug: ("DEPARTMENT", short) for slug, _, short in DEPARTMENTS}
    known |= {f"group-{slug}": ("GROUP", short) for slug, _, short, _ in GROUPS}
    return known | {each["slug"]: (each["kind"], each["short_name"]) for each in table("units")}


def password(username: str) -> str:
    """Seventeen characters of all four kinds, as 等保 wants them; differs for every account."""
    letters = derived("password", username)
    return f"{letters[:5].lower()}-{letters[5:10]}-{derived('digit', username)[:4].lower()}7"


def token(username: str) -> str:
    return tokens.PREFIX + "demo" + (derived("token", username) + derived("more", username)).lower()


def derived(use: str, username: str) -> str:
    """Sixteen letters and digits without look-alikes."""
    digest = hashlib.sha256(f"{SALT}/{use}/{username}".encode()).digest()
    return base64.b32encode(digest[:10]).decode().translate(str.maketrans("OIL", "934"))


async def open_units(at: datetime) -> None:
    """Branches, open, moved and closed, agents and the partner; the others are the city's own."""
    async with operating("unitAdd", at) as gate:
        await create_units(gate)


async def create_units(gate: Gate) -> None:
    for position, each in enumerate(table("units")):
        await gate.create(
            Organization,
            slug=each["slug"],
            name=each["name"],
            short_name=each["short_name"],
            kind=each["kind"],
            opened_on=day(each["opened_on"], date.min),
            closed_on=day(each["closed_on"], date.min),
            contact_name=each["contact_name"],
            contact_phone=each["contact_phone"],
            position=60 + position,
        )


async def settle(now: datetime) -> None:
    """The people with a password and a token each, and the posts that they hold or have held."""
    rows, at = table("people"), datetime.now(UTC)
    hashes = await asyncio.gather(*(passwords.hash_password(password(p["username"])) for p in rows))
    people = {}
    for number, (each, password_hash) in enumerate(zip(rows, hashes, strict=True), start=1):
        secret = token(each["username"])
        given = {"username": each["username"], "name": each["name"], "password_set_at": at}
        given |= {"phone": f"028-5550-1{number:03d}"}
        person = people[each["username"]] = await create_person(given, password_hash, since(now))
        await Token.create(
            name="演示令牌",
            prefix=secret[: tokens.SHOWN],
            token_hash=tokens.hash_token(secret),
            person=person,
            created_at=at,
        )
    await give_posts(people, Context.day_of(now), since(now))


def since(now: datetime) -> datetime:
    """The beginning of the history: the first day of the earliest post."""
    today = Context.day_of(now)
    first = min(day(each["starts_on"], today) or today for each in table("posts"))
    return datetime.combine(first, time(), CITY_TIME)


async def give_posts(people: dict[str, Person], today: date, began: datetime) -> None:
    """Each from its day, when it was recorded; days may be so many before or after `today`."""
    units: dict[str, Any] = {each.slug: each for each in await Organization.all()}
    main: dict[str, int] = {}
    for each in table("posts"):
        starts_on = day(each["starts_on"], today) or today
        made = await appoint(
            people[each["username"]],
            units[each["organization"]],
            title=each["title"],
            main=bool(each["main"]),
            starts_on=starts_on,
            ends_on=day(each["ends_on"], today),
            document_no=each["document_no"],
            document_on=day(each["document_on"], today),
            acting_for=main[each["acting_for"]] if each["acting_for"] else None,
            recorded_at=datetime.combine(starts_on, time(), CITY_TIME),
            at=began,
        )
        if made.main:
            main[each["username"]] = made.id


def day(text: str, today: date) -> date | None:
    """A day as written, or `-3` and `+11` days from today."""
    if text[:1] in ("-", "+"):
        return today + timedelta(days=int(text))
    return date.fromisoformat(text) if text else None
