"""Article 3: dispute a first-contact place, decide the dispute."""

import strawberry

from schema.city.rules import RuleBroken
from schema.evidence.inputs import FileInput
from schema.evidence.keeping import attach
from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import input_field
from schema.gate.payloads import Payload
from schema.linkage import rules, tables
from schema.linkage.acts.transfers import no_of
from schema.linkage.graph import Dispute
from schema.project.graph import Project
from schema.project.rules import Stage


@strawberry.input(description="对首谈地提出异议")
class ProjectDisputeInput:
    project: strawberry.ID = input_field("项目")
    grounds: str = input_field("异议理由", limit=1000)
    evidence: list[FileInput] | None = input_field("佐证材料", None)


@strawberry.input(description="裁定首谈地争议")
class DisputeDecideInput:
    dispute: strawberry.ID = input_field("争议")
    revision: int = input_field("项目版本")
    upheld: bool = input_field("异议是否成立")
    first_contact_place: strawberry.ID | None = input_field("首谈地", None)
    reason: str = input_field("裁定理由", limit=1000)


@strawberry.type(description="争议办理结果")
class DisputePayload(Payload):
    project: Project | None = strawberry.field(default=None, description="项目")
    dispute: Dispute | None = strawberry.field(default=None, description="争议")


@strawberry.type
class Mutation:
    @act("对首谈地提出异议")
    async def project_dispute(gate: Gate, input: ProjectDisputeInput) -> DisputePayload:
        row = await gate.find("Project", input.project, "project")
        rules.check_dispute(gate.viewer.place, row["first_contact_place_id"])
        project = await gate.load(row["no"], None)
        if await tables.Dispute.exists(
            project_id=project.id, place_id=gate.viewer.place, decided_at=None
        ):
            raise RuleBroken("贵地的异议正在处理，请等待裁定", "grounds")
        dispute = await gate.create(
            tables.Dispute,
            project_id=project.id,
            place_id=gate.viewer.place,
            grounds=input.grounds,
            raised_by_id=gate.viewer.person,
            raised_at=gate.now,
        )
        await attach(gate, project, dispute, input.evidence)
        gate.reason = input.grounds
        return DisputePayload(project=project, dispute=dispute)

    @act("裁定首谈地争议")
    async def dispute_decide(gate: Gate, input: DisputeDecideInput) -> DisputePayload:
        gate.reason = input.reason
        row = await gate.find("Dispute", input.dispute, "dispute")
        if row["decided_at"]:
            raise RuleBroken("此争议已裁定", "dispute")
        project = await gate.load(await no_of(row), input.revision, "dispute")
        dispute = await tables.Dispute.get(id=row["id"])
        await gate.change(
            dispute,
            upheld=input.upheld,
            decision=input.reason,
            decided_by_id=gate.viewer.person,
            decided_at=gate.now,
        )
        if input.upheld and project.stage == Stage.JUDGED:
            place = row["place_id"]
            if input.first_contact_place:
                place = (await gate.find("Place", input.first_contact_place, "firstContactPlace"))[
                    "id"
                ]
            if await tables.Transfer.exists(
                project_id=project.id, state=tables.TransferState.TAKEN_UP
            ):
                await gate.change(project, first_contact_place_id=place)
            else:
                await gate.change(project, first_contact_place_id=place, landing_place_id=place)
        return DisputePayload(project=project, dispute=dispute)
