"""The migration of posts keeps every row: each person keeps the post they had, and has it again on the way back."""

from schema.database.connections import open_database
from schema.database.statements import fetch, write
from schema.gate.journal import verify
from server.operations.migrate import LATEST, NONE, migrate
from server.settings import orm_config

UNIT = (
    'INSERT INTO "organization" ("slug", "name", "short_name", "kind", "contact_name",'
    " \"contact_phone\", \"position\") VALUES ('office', '办公室', '办公室', 'OFFICE', '', '', 0)"
)
PERSON = (
    'INSERT INTO "person" ("username", "name", "post", "organization_id", "phone", "password_hash",'
    ' "password_set_at", "active", "failures", "preferences") SELECT \'lilei\', \'李雷\', \'OFFICE\','
    " \"id\", '', 'x', '2026-11-17 18:30:00+00:00', TRUE, 0, '{}' FROM \"organization\""
)


async def test_a_person_keeps_the_post_that_they_had(empty_url: str) -> None:
    config = orm_config(empty_url)
    await migrate(config, "0005")
    async with open_database(config):
        for statement in (UNIT, PERSON):
            await write(statement, [[]])
    await migrate(config, LATEST)
    async with open_database(config):
        (held,) = await fetch('SELECT * FROM "appointment"')
        assert (held["post"], bool(held["main"]), held["ends_on"]) == ("OFFICE", True, None)
        assert str(held["starts_on"]) == "2026-11-18", "the city's day of the first that is known"
        assert await verify() is None
    await migrate(config, "0005")
    async with open_database(config):
        (person,) = await fetch('SELECT "name", "post", "organization_id" FROM "person"')
        assert (person["name"], person["post"]) == ("李雷", "OFFICE")
        assert person["organization_id"] is not None
    await migrate(config, NONE)
