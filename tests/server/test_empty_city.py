"""Before the city is founded: what the public reaches is there, and says that there is nothing."""

import pytest

from schema.database import open_database
from server.settings import orm_config
from tests.server.doors import browser


@pytest.mark.parametrize("path", ["/widgets/ranking", "/embed/ranking?lang=en", "/sign-in", "/healthz",
                                  "/graphql/d/ranking", "/graphql?query={places{name}}"])  # fmt: skip
async def test_what_the_public_reaches_is_there_before_there_is_a_place(
    migrated_url: str, path: str
) -> None:
    async with open_database(orm_config(migrated_url)), browser() as visitor:
        assert (await visitor.get(path)).status_code == 200
