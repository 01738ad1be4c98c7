"""Having an investor's contacts shown: by whom, and why, is noted."""

from datetime import timedelta

import strawberry

from schema.city.rules import RuleBroken
from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import input_field
from schema.gate.many import NOT_YOURS
from schema.gate.payloads import Payload, row_as
from schema.linkage import tables
from schema.linkage.graph.contacts import ContactReveal, may_reveal
from schema.linkage.rules import REVEALED_FOR
from schema.project.graph import Project


@strawberry.input(description="查看投资方联系方式")
class ContactRevealInput:
    project: strawberry.ID = input_field("项目")
    reason: str = input_field("查看原因；记录在案，例如 协调用地，需与投资方联系", limit=500)


@strawberry.type(description="查看结果；联系方式在项目的 linkage.revealedContacts")
class ContactRevealPayload(Payload):
    reveal: ContactReveal | None = strawberry.field(default=None, description="查看记录")
    project: Project | None = strawberry.field(default=None, description="项目")


@strawberry.type
class Mutation:
    @act("查看投资方联系方式")
    async def contact_reveal(gate: Gate, input: ContactRevealInput) -> ContactRevealPayload:
        """It stands in the project's history. Who may not, or reads them plain, is refused."""
        gate.reason = input.reason
        project = gate.require(await gate.try_find("Project", input.project, "project"))
        gate.permit(project)
        if not await may_reveal(project, gate.context):
            raise RuleBroken(NOT_YOURS, None, "NOT_ALLOWED")
        await gate.context.load_rules()
        minutes = gate.context.rule(REVEALED_FOR).value
        (held,) = await gate.hold("Project", [project["id"]])
        reveal = await gate.create(
            tables.ContactReveal,
            project_id=held.id,
            unit_id=gate.post.organization,
            reason=input.reason,
            revealed_by_id=gate.viewer.person,
            revealed_at=gate.now,
            revealed_until=gate.now + timedelta(minutes=minutes),
        )
        gate.concern(held)
        return ContactRevealPayload(
            reveal=row_as(ContactReveal, reveal), project=row_as(Project, held)
        )
