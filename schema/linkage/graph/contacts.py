"""Contacts of investors: who had them shown unmasked, why, and for how long."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import strawberry

from schema.city.rules.personal import MASK
from schema.context import Context
from schema.linkage import tables
from schema.people.graph import Organization, OrganizationFilter, Person, Signature, signed
from schema.permissions import may, rows_of
from schema.project.graph import Project, ProjectFilter
from schema.query.fields import Connection, Node, column, connection, node, to_one
from schema.query.filters import filter_for, related, test
from schema.query.sql import Sql

REVEAL = "contactReveal"


@node(tables.ContactReveal, "查看联系方式的记录：何人为何原因看过一个项目投资方联系人的姓名和电话")
class ContactReveal(Node):
    project: Project | None = to_one("Project", "项目")
    revealed_by: Person | None = to_one("Person", "查看人")
    unit: Organization | None = to_one("Organization", "单位")
    revealed_as: Signature | None = signed(
        "查看人署名", REVEAL, "revealed_by_id", "revealed_at", "unit_id"
    )
    reason: str = column("查看原因")
    revealed_at: datetime = column("查看时间")
    revealed_until: datetime = column("可见截止时间")


@strawberry.type(description="一项联系方式")
class Contact:
    label: str = strawberry.field(description="名称")
    value: str = strawberry.field(description="内容")


@strawberry.type(description="您写明原因后看到的联系方式")
class RevealedContacts:
    until: datetime = strawberry.field(description="可见截止时间")
    reason: str = strawberry.field(description="您写的原因")
    contacts: list[Contact] = strawberry.field(description="各项")


async def may_reveal(project: Mapping[str, Any], context: Context) -> bool:
    """Whether the viewer may have the contacts of a project shown that they are shown masked."""
    if not may(context.viewer, REVEAL):
        return False
    where, values = rows_of(context.viewer, REVEAL, "project", "p")
    allowed = f'SELECT 1 AS "one" FROM "project" p WHERE p."id" = ? AND {where}'
    if not await context.rows.fetch((allowed, [project["id"], *values])):
        return False
    claims = await context.rows.where("Claim", "project_id", project["id"])
    given = [project["contact_name"], project["contact_phone"]]
    given += [each["contact_with"] for each in claims]
    return any(MASK in (each or "") for each in given)


async def revealed(project: int, context: Context) -> RevealedContacts | None:
    """The contacts of a project that the viewer sees, as long as they have had them revealed."""
    mine = [
        each
        for each in await context.rows.where("ContactReveal", "project_id", project)
        if each["revealed_by_id"] == context.viewer.person
        and each["revealed_at"] <= context.now < each["revealed_until"]
    ]
    if not mine:
        return None
    last = mine[-1]
    own: Sql = (
        'SELECT "contact_name", "contact_phone" FROM "project" WHERE "id" = ?',
        [project],
    )
    (stored,) = await context.rows.fetch(own)
    contacts = [
        Contact(label="投资方联系人", value=stored["contact_name"]),
        Contact(label="投资方联系电话", value=stored["contact_phone"]),
    ]
    seen = [each["id"] for each in await context.rows.where("Claim", "project_id", project)]
    if seen:
        marks = ", ".join("?" * len(seen))
        claims: Sql = (
            'SELECT c."contact_with", p."name" FROM "claim" c JOIN "place" p ON p."id" = c."place_id"'
            f' WHERE c."id" IN ({marks}) ORDER BY c."id"',
            [*seen],
        )
        contacts += [
            Contact(label=f"{each['name']}的投资方接洽人", value=each["contact_with"])
            for each in await context.rows.fetch(claims)
        ]
    return RevealedContacts(
        until=last["revealed_until"],
        reason=last["reason"],
        contacts=[each for each in contacts if each.value],
    )


def by_person(row: str, value: str, context: Context) -> Sql:
    """Of whoever has this name."""
    named = 'SELECT n."id" FROM "person" n WHERE n."name" = ?'
    return f'{row}."revealed_by_id" IN ({named})', [value.strip()]


@filter_for("ContactReveal", "查看联系方式记录的筛选")
class ContactRevealFilter:
    person: str | None = test("查看人姓名", by_person, "revealed_by_id")
    unit: OrganizationFilter | None = related("Organization", "单位", "unit_id")
    project: ProjectFilter | None = related("Project", "项目", "project_id")


@strawberry.type
class Query:
    contact_reveals: Connection[ContactReveal] = connection(
        "ContactReveal", "查看联系方式的记录，新的在前", filter=ContactRevealFilter
    )
