"""People as the operator keeps them: who may sign in, and in which posts; each an act in the journal."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from schema.city.rules import RuleBroken, clean_text
from schema.database.transactions import transaction
from schema.gate.operator import operating
from schema.people.tables import Person, Session
from server.people import passwords
from server.people.appointments import appoint, get_unit, moment
from server.people.login import normalize_username
from server.people.security_log import noted


async def get_person(username: str) -> Person:
    """Raises RuleBroken for a name that is nobody's."""
    person = await Person.get_or_none(username=normalize_username(username))
    if person is None:
        raise RuleBroken(f"没有用户 {username}，请核对用户名", "username", "INVALID")
    return person


async def add_person(
    username: str, name: str, unit: str, password: str, phone: str = "", title: str = ""
) -> Person:
    """A new person with a main post in a unit, from today. Raises RuleBroken (INVALID)."""
    username, name = normalize_username(username), clean_text(name, 40, one_line=True)
    if not username or not name:
        raise RuleBroken("请写明用户名和姓名，例如 zhangsan、张三", "username", "INVALID")
    if await Person.exists(username=username):
        raise RuleBroken(
            f"用户名 {username} 已有人用，请换一个，例如 {username}2", "username", "INVALID"
        )
    organization = await get_unit(unit)
    given = {
        "username": username,
        "name": name,
        "phone": clean_text(phone, 40, one_line=True),
        "password_set_at": datetime.now(UTC),
    }
    passwords.check(password, Person(**given), passwords.policy())
    hashed = await passwords.hash_password(password)
    async with transaction():
        person = await create_person(given, hashed, datetime.now(UTC))
        await appoint(person, organization, title=title, main=True)
    noted("person_added", person=person.id, username=username)
    return person


async def create_person(given: Mapping[str, Any], password_hash: str, at: datetime) -> Person:
    """A new row, in the journal but for the password."""
    async with transaction():
        async with operating("personAdd", at) as gate:
            made = await gate.create(Person, **given, password_hash="")
            gate.concern(made)
        await Person.filter(id=made.id).update(password_hash=password_hash)
    return made


async def set_active(person: Person, active: bool) -> None:
    """Let a person in again, or end all that they have open; at once."""
    async with operating("personEnable" if active else "personDisable", moment()) as gate:
        (held,) = await gate.hold("Person", [person.id])
        gate.concern(held)
        await gate.change(held, active=active)
        await Person.filter(id=person.id).update(failures=0, locked_until=None)
        if not active:
            sessions = Session.filter(person_id=person.id, ended_at=None)
            await sessions.update(ended_at=datetime.now(UTC))
    noted("person_enabled" if active else "person_disabled", person=person.id)
