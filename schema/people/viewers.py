"""Who somebody is on a day: their posts, read for many at once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from schema import database
from schema.city.rules.verifiers import left_with, verified_by
from schema.context import RULES_VERSION_COLUMNS, rulebook
from schema.people.rules import NO_POST, HeldPost, Post, Viewer

PERSON = (
    'p."id" AS "person", p."name", a."id" AS "appointment", a."post", a."title",'
    ' a."organization_id" AS "organization", o."short_name" AS "unit", o."slug", o."place_id" AS "place",'
    ' g."id" AS "group", g."slug" AS "group_slug", f."name" AS "acting_for",'
    f" {RULES_VERSION_COLUMNS}"
)
HELD = '{a}."starts_on" <= ? AND ({a}."ends_on" IS NULL OR {a}."ends_on" >= ?)'


def held_on(a: str) -> str:
    """The SQL condition that the appointment of an alias is held on a day, which it takes four times.

    Who stands in for a post holds it as long as it is held.
    """
    return (
        f'{HELD.format(a=a)} AND ({a}."acting_for_id" IS NULL OR EXISTS (SELECT 1 FROM "appointment" x'
        f' WHERE x."id" = {a}."acting_for_id" AND {HELD.format(a="x")}))'
    )


POSTED = (
    # The posts held on a day: four times that day.
    f'LEFT JOIN "appointment" a ON a."person_id" = p."id" AND {held_on("a")}'
    ' LEFT JOIN "organization" o ON o."id" = a."organization_id"'
    ' LEFT JOIN "industry_group" g ON g."office_id" = o."id"'
    ' LEFT JOIN "appointment" y ON y."id" = a."acting_for_id"'
    ' LEFT JOIN "person" f ON f."id" = y."person_id"'
    ' WHERE p."active" = ?'
)
BY_PERSON = 'ORDER BY p."id",'
FIRST = ' ORDER BY a."main" DESC, y."id" IS NOT NULL, a."id"'


async def verifying(found: Sequence[Mapping[str, Any]], day: date) -> list[dict[str, Any]]:
    """Rows of people, each with `verifies` and `left_over`: what the day's rulebook has its unit verify."""
    rules = await rulebook(found[0]) if found else []
    return [
        {
            **row,
            "verifies": verified_by(row["slug"] or "", rules, day),
            "left_over": left_with(row["slug"] or "", rules, day),
        }
        for row in found
    ]


def viewer(found: Sequence[Mapping[str, Any]]) -> Viewer:
    """Of a person's rows, one for each post held, the main one first; one without a post if none is."""
    posts = tuple(
        HeldPost(
            post=Post(each["post"]),
            id=each["appointment"],
            title=each["title"],
            organization=each["organization"],
            unit=each["unit"],
            place=each["place"],
            group=each["group"],
            group_slug=each["group_slug"] or "",
            acting_for=each["acting_for"] or "",
            verifies=each["verifies"],
            left_over=each["left_over"],
        )
        for each in found
        if each["appointment"] is not None
    )
    return Viewer(found[0]["name"], found[0]["person"], posts or (NO_POST,))


async def viewers_of(
    day: date, *, persons: Iterable[int] = (), units: Iterable[int] = (), posts: Iterable[Post] = ()
) -> dict[int, Viewer]:
    """The active people of these ids, and those who hold a post in these units, or one of these
    posts, on a day: by their ids.
    """
    parts, values = ["1=0"], list[Any]()
    for column, given in (
        ('p."id"', list(persons)),
        ('h."organization_id"', list(units)),
        ('h."post"', [each.value for each in posts]),
    ):
        if not given:
            continue
        among = f"{column} IN ({', '.join('?' * len(given))})"
        if column.startswith("h."):
            held = HELD.format(a="h")
            among = f'EXISTS (SELECT 1 FROM "appointment" h WHERE h."person_id" = p."id" AND {held} AND {among})'
            values += [day, day]
        parts.append(among)
        values += given
    rows = await database.fetch(
        f'SELECT {PERSON} FROM "person" p {POSTED} AND ({" OR ".join(parts)})'
        f"{FIRST.replace('ORDER BY', BY_PERSON)}",
        [day, day, day, day, True, *values],
    )
    by_person: dict[int, list[Mapping[str, Any]]] = {}
    for row in await verifying(rows, day):
        by_person.setdefault(row["person"], []).append(row)
    return {person: viewer(theirs) for person, theirs in by_person.items()}
