"""Each relation by name is one thing, written as SQL and in Python: compared on random rows."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from schema import database
from schema.city.tables import Place
from schema.desk.tables import SavedView
from schema.duties.tables import Duty
from schema.entries.rules import EntryState, Indicator
from schema.entries.tables import Entry
from schema.industry.rules import Position, TargetStage
from schema.industry.tables import ChainNode, One, OneItem, TargetCompany
from schema.linkage.tables import Claim, Dispute, Transfer, TransferState
from schema.people.tables import Company, Group, Organization, Person
from schema.permissions import MAY, SEES, HeldPost, Post, Viewer
from schema.project.rules import CapitalOrigin, Stage
from schema.project.tables import Project
from schema.query.models import KINDS
from schema.relations import MINE_TO_DO, RELATIONS, Relation
from tests.world import NOW, City, held

PROJECTS = 40
NEAR = (
    *("appointment", "claim", "dispute", "transfer", "industry_group", "project", "entry", "duty"),
    "one",
)
FILLED = {
    "appointment", "chain_node", "claim", "dispute", "duty", "entry", "one", "one_item", "organization",
    "person", "project", "saved_view", "target_company", "transfer",
}  # fmt: skip


async def random_rows(city: City, chance: Random) -> None:
    """Projects anywhere, claimed, disputed and moved at random; nothing of it need make sense."""
    places = [*await Place.all().values_list("id", flat=True), None]
    units = await Organization.all().values_list("id", flat=True)
    groups = [*await Group.all().values_list("id", flat=True), None]
    people = await Person.all().values_list("id", flat=True)
    other = Random("duties")
    investor = await Company.create(name="甲", normal_name="甲", search="", created_at=NOW)
    await random_groups_work(Random("groups"), places, units, groups[:-1], people)
    for number in range(PROJECTS):
        project = await Project.create(
            no=f"R{number}",
            name="乙",
            normal_name="乙",
            search="",
            investor=investor,
            amount_fen=1,
            capital_origin=CapitalOrigin.DOMESTIC,
            stage=chance.choice(list(Stage)),
            stage_at=NOW,
            reported_by_id=chance.choice(units),
            reporter_id=chance.choice(people),
            reported_at=NOW,
            group_id=chance.choice(groups),
            first_contact_place_id=chance.choice(places),
            landing_place_id=chance.choice(places),
            updated_at=NOW,
        )
        somewhere = chance.choice(places[:-1])
        by = {"project_id": project.id, "place_id": somewhere}
        if chance.random() < 0.5:
            await Claim.create(
                **by,
                contact_on=NOW.date(),
                contact_with="丙",
                claimed_by_id=chance.choice(people),
                claimed_at=NOW,
            )
        if chance.random() < 0.3:
            who = chance.choice(people)
            await Dispute.create(**by, grounds="丁", raised_by_id=who, raised_at=NOW)
        if chance.random() < 0.5:
            await Transfer.create(
                project_id=project.id,
                from_place_id=somewhere,
                to_place_id=chance.choice(places[:-1]),
                state=chance.choice(list(TransferState)),
                reason="戊",
                requested_by_id=chance.choice(people),
                requested_at=NOW,
            )
        if chance.random() < 0.4:
            await Entry.create(
                no=f"Z{number}",
                project_id=project.id,
                indicator=chance.choice(list(Indicator)),
                amount_fen=1,
                occurred_on=NOW.date(),
                state=chance.choice(list(EntryState)),
                recorded_by_id=chance.choice(people),
                recorded_at=NOW,
            )
        holder = other.choice(("holder_post", "holder_unit_id", "holder_place_id"))
        holders: dict[str, list[Any]] = {
            "holder_post": list(Post),
            "holder_unit_id": units,
            "holder_place_id": places[:-1],
        }
        await Duty.create(
            task="projectJudge",
            subject_kind="Project",
            subject_id=project.id,
            project_id=project.id,
            **{holder: other.choice(holders[holder])},
            person_id=other.choice([None, None, other.choice(people)]),
            barred=other.choice(["", "", f",{other.choice(people)},"]),
            waiting_id=other.choice([None, other.choice(units)]),
            page="/",
            since=NOW,
            opened_at=NOW,
            closed_at=other.choice([None, None, NOW]),
        )
        await SavedView.create(
            person_id=chance.choice(people),
            organization_id=chance.choice(units),
            shared=chance.choice(["ME", "UNIT", "ALL"]),
            page="projects",
            name=f"{number}",
            query="",
            created_at=NOW,
        )


async def random_groups_work(
    chance: Random, places: list[Any], units: list[Any], groups: list[Any], people: list[Any]
) -> None:
    """Ones kept by anybody, nodes and companies of any group."""
    for one in await One.all():
        one.keeper_id = chance.choice(units)
        await one.save()
        await OneItem.create(one=one, name="己", starts_on=NOW.date(), recorded_at=NOW)
    for number in range(PROJECTS):
        group = {"group_id": chance.choice(groups), "updated_at": NOW}
        await ChainNode.create(
            no=f"N{number}", chain="庚", position=Position.UPSTREAM, name="辛", classes="", **group
        )
        await TargetCompany.create(
            no=f"M{number}",
            unit_id=chance.choice(units),
            name="壬",
            normal_name="壬",
            search="",
            place_id=chance.choice(places),
            stage=TargetStage.LONG_LIST,
            stage_at=NOW,
            added_by_id=chance.choice(people),
            added_at=NOW,
            **group,
        )


async def viewers(city: City, chance: Random) -> list[Viewer]:
    """Everybody, and people with two or three posts, some of one kind."""
    known = [
        city[name]
        for name in ("office", "yanjiang", "anyue", "group", "department", "revenue", "agent")
    ]
    posts = [each.main for each in known]
    for number in range(6):
        some = chance.sample(posts, chance.choice((2, 3)))
        known.append(Viewer(f"兼任{number}", chance.choice(known).person, tuple(some)))
    left = replace(city.department.main, left_over=("PAID_IN_FUNDS", "SIGNED_FUNDS"))
    known.append(Viewer("善后", city.department.person, (left,)))
    return [*known, Viewer(), Viewer("无岗", city.office.person)]


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda each: each.name)
async def test_a_relation_says_the_same_in_sql_and_in_python(
    city: City, relation: Relation
) -> None:
    chance = Random(relation.name)
    await random_rows(city, chance)
    near: dict[str, Any] = {table: await rows(table) for table in NEAR}
    found = 0
    for table, clause in relation.on.items():
        stored = await rows(table)
        assert stored or table not in FILLED
        for viewer in await viewers(city, chance):
            sql, values = clause.sql("t", viewer)
            selected = await database.fetch(f'SELECT t."id" FROM "{table}" t WHERE {sql}', values)
            held_by = {row["id"] for row in stored if clause.holds(row, viewer, near)}
            assert {row["id"] for row in selected} == held_by, (table, viewer)
            assert clause.needs <= set(NEAR)
            found += len(held_by)
    assert found or not FILLED & set(relation.on), "nothing was compared"


async def rows(table: str) -> list[dict[str, Any]]:
    return await database.fetch(f'SELECT * FROM "{table}" ORDER BY "id"')


def test_may_and_sees_use_relations_that_have_a_name() -> None:
    used = {relation for posts in MAY.values() for where in posts.values() for relation in where}
    for posts in SEES.values():
        used |= {each for part in posts.values() for each in part if isinstance(each, Relation)}
    assert used <= set(RELATIONS)
    assert len({each.name for each in RELATIONS}) == len(RELATIONS)
    tables = {kind.table for kind in KINDS.values()} | {"session", "token"}
    assert {table for each in RELATIONS for table in each.on} <= tables


async def test_a_second_post_of_the_same_kind_adds_its_unit(city: City) -> None:
    """The investment bureau of one county is lent to another: both counties' projects are seen."""
    mine, theirs = await city.report(), await city.report(city.anyue)
    unit = await Organization.get(slug="anyue")
    assert city.yanjiang.person is not None
    second: HeldPost = await held(city.yanjiang.person, Post.PLACE, unit)
    both = Viewer("王芳", city.yanjiang.person, (city.yanjiang.main, second))
    seen = (await city.run(both, "{ projects { totalCount nodes { no } } }"))["projects"]
    assert {each["no"] for each in seen["nodes"]} == {mine["no"], theirs["no"]}
    assert seen["totalCount"] == 2


async def test_whoever_has_left_the_unit_holds_nothing_that_was_handed_to_them(city: City) -> None:
    """Handed to somebody of the landing place, who has no post but in Yanjiang today."""
    held = MINE_TO_DO.on["duty"]
    duty = dict.fromkeys(("holder_post", "holder_unit_id", "holder_place_id")) | {"barred": ""}
    duty |= {"person_id": city.yanjiang.person, "holder_unit_id": city.hightech.organization}
    assert not held.holds(duty, city.yanjiang, {})
    assert not held.holds(duty, city.hightech, {}), "it was handed to one person"
    assert held.holds(duty | {"holder_unit_id": city.yanjiang.organization}, city.yanjiang, {})
