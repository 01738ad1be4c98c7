"""What must hold whoever writes: the database itself refuses it, on both of them."""

from typing import Any

import pytest
from tortoise.exceptions import IntegrityError

from schema.city.tables import Place
from schema.database.transactions import transaction
from schema.desk.tables import SavedView
from schema.entries.tables import Credit, Entry
from schema.gate.tables import IdempotencyRecord
from schema.linkage.tables import Claim, Dispute, Return, Transfer
from schema.project.tables import Project
from tests.world import NOW, City, on

WRONG = {
    "an amount below nothing": (Project, {"amount_fen": -1}),
    "a revision that is none": (Project, {"revision": 0}),
    "an entry of nothing": (Entry, {"amount_fen": 0}),
    "more parts than the whole": (Credit, {"first_parts": 11, "whole_parts": 10}),
    "no whole": (Credit, {"first_parts": 0, "whole_parts": 0}),
    "less than no part": (Credit, {"first_parts": -1}),
}


@pytest.mark.parametrize(("table", "values"), WRONG.values(), ids=WRONG)
async def test_a_number_that_cannot_be_is_refused(
    city: City, table: Any, values: dict[str, int]
) -> None:
    await city.pay(await city.signed(), "1000万")
    with pytest.raises(IntegrityError):
        async with transaction():
            await table.all().update(**values)


async def test_there_is_one_of_what_there_can_be_only_one(city: City) -> None:
    """A second open transfer, return or dispute, a second claim, name of a view or key."""
    asked = await city.done(
        city.yanjiang,
        "projectTransferRequest",
        **on(await city.judged()),
        landingPlace="hightech",
        reason="用地不足",
    )
    (project,) = await Project.filter(no=asked["project"]["no"])
    place, person = city.anyue.place, city.office.person
    returned = {"project_id": project.id, "reason": "x", "returned_by_id": person}
    await Return.create(**returned, returned_at=NOW)
    objection = {"project_id": project.id, "place_id": place, "grounds": "x"}
    await Dispute.create(**objection, raised_by_id=person, raised_at=NOW)
    view = {"person_id": person, "organization_id": city.office.organization, "page": "projects"}
    view |= {"name": "大项目", "shared": "ME", "query": ""}
    await SavedView.create(**view, created_at=NOW)
    await IdempotencyRecord.create(
        person_id=person, key="k", act="x", body_hash="", answer={}, at=NOW
    )

    claim = (await Claim.all().values())[0]
    transfer = (await Transfer.all().values())[0]
    seconds: list[tuple[Any, dict[str, Any]]] = [
        (Claim, claim | {"id": 10_001}),
        (Transfer, transfer | {"id": 10_001}),
        (Return, returned | {"returned_at": NOW}),
        (Dispute, objection | {"raised_by_id": person, "raised_at": NOW}),
        (SavedView, view | {"created_at": NOW}),
        (IdempotencyRecord, {"person_id": person, "key": "k", "act": "y", "body_hash": "", "answer": {}, "at": NOW}),
    ]  # fmt: skip
    for table, values in seconds:
        with pytest.raises(IntegrityError):
            async with transaction():
                await table.create(**values)


async def test_what_ended_makes_room_for_the_next(city: City) -> None:
    project = await Project.get(no=(await city.report())["no"])
    given = {"project_id": project.id, "reason": "x", "returned_by_id": city.office.person}
    await Return.create(**given, returned_at=NOW, resubmitted_at=NOW)
    await Return.create(**given, returned_at=NOW)
    assert await Return.all().count() == 2


async def test_nothing_is_removed_that_something_else_rests_on(city: City) -> None:
    await city.pay(await city.signed(), "1000万")
    for table in (Place, Project, Entry):
        with pytest.raises(IntegrityError):
            async with transaction():
                await table.all().delete()
