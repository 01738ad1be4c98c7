"""The units and forty people of the demonstration, and how they sign in.

FOR DEMONSTRATIONS ONLY: passwords and tokens follow from the account's name, so that they can be
printed at any time. Nobody else's ever do.
"""

import asyncio
import base64
import hashlib
from datetime import UTC, date, datetime
from typing import Any

from schema.people.tables import Group, Organization, Person, Token
from schema.permissions import Post, Viewer
from server.demo.leads import table
from server.people import passwords, tokens

SALT = "six ones, for demonstrations only"


def accounts() -> list[dict[str, str]]:
    """Every account of the demonstration: role, username, password, token."""
    return [
        {
            "role": each["post"],
            "username": each["username"],
            "password": password(each["username"]),
            "token": token(each["username"]),
        }
        for each in table("people")
    ]


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


async def open_units() -> None:
    """Branches, open, moved and closed, agents and the partner; the others are the city's own."""
    for position, each in enumerate(table("units")):
        await Organization.create(
            slug=each["slug"],
            name=each["name"],
            short_name=each["short_name"],
            kind=each["kind"],
            opened_on=day(each["opened_on"]),
            closed_on=day(each["closed_on"]),
            contact_name=each["contact_name"],
            contact_phone=each["contact_phone"],
            position=60 + position,
        )


async def settle() -> dict[str, Viewer]:
    """The people in their posts, with a password and a token each; by username."""
    rows, now = table("people"), datetime.now(UTC)
    hashes = await asyncio.gather(*(passwords.hash_password(password(p["username"])) for p in rows))
    units: dict[str, Any] = {each.slug: each for each in await Organization.all()}
    offices: dict[int, Any] = {each.office_id: each.id for each in await Group.all()}  # type: ignore[attr-defined]
    viewers = {}
    for number, (each, password_hash) in enumerate(zip(rows, hashes, strict=True), start=1):
        unit, secret = units[each["organization"]], token(each["username"])
        person = await Person.create(
            username=each["username"],
            name=each["name"],
            post=each["post"],
            organization=unit,
            phone=f"028-5550-1{number:03d}",
            password_hash=password_hash,
            password_set_at=now,
        )
        await Token.create(
            name="演示令牌",
            prefix=secret[: tokens.SHOWN],
            token_hash=tokens.hash_token(secret),
            person=person,
            created_at=now,
        )
        viewers[each["username"]] = Viewer(
            post=Post(each["post"]),
            name=each["name"],
            person=person.id,
            organization=unit.id,
            unit=unit.short_name,
            place=unit.place_id,
            group=offices.get(unit.id),
        )
    return viewers


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
