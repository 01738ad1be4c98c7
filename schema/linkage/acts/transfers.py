"""Article 3: request a transfer, decide it, take up the project (申请、评估、承接)."""

import strawberry

from schema.duties.registry import act_page, task
from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import input_field
from schema.gate.payloads import Payload, row_as
from schema.linkage import rules, tables
from schema.linkage.graph import Transfer
from schema.people.rules import Post
from schema.project import tables as project_tables
from schema.project.graph import Project
from schema.relations import APPROVED_TRANSFERS_PLACE, Own

task(
    "projectTransferDecide",
    "评估流转",
    on="Transfer",
    whose=Post.OFFICE,
    waits=Own("from_place_id", "place"),
    since="requested_at",
    page="/projects/{no}/transfer",
    missing="没有待评估的流转",
)
task(
    "projectTakeUp",
    "承接流转项目",
    on="Transfer",
    whose=APPROVED_TRANSFERS_PLACE,
    waits=Post.OFFICE,
    since="decided_at",
    page="/projects/{no}/transfer",
    missing="没有待承接的流转",
)
for each in ("projectTransferRequest", "projectTransferDecide", "projectTakeUp"):
    act_page(each, "/projects/{no}/transfer")


@strawberry.input(description="申请流转")
class ProjectTransferRequestInput:
    project: strawberry.ID = input_field("项目")
    revision: int = input_field("版本")
    landing_place: strawberry.ID = input_field("流转到")
    reason: str = input_field("不能落地的原因", limit=1000)


@strawberry.input(description="评估并决定流转")
class ProjectTransferDecideInput:
    transfer: strawberry.ID = input_field("流转")
    revision: int = input_field("项目版本")
    approve: bool = input_field(
        "同意流转", yes_no=("同意流转；由拟落户地承接", "不同意；仍由原地落户")
    )
    landing_place: strawberry.ID | None = input_field("改为流转到", None)
    assessment: str = input_field("评估意见", limit=1000)


@strawberry.input(description="承接流转项目")
class ProjectTakeUpInput:
    transfer: strawberry.ID = input_field("流转")
    revision: int = input_field("项目版本")
    owner_name: str = input_field("跟进人", "", 60)


@strawberry.type(description="流转办理结果")
class TransferPayload(Payload):
    project: Project | None = strawberry.field(default=None, description="项目")
    transfer: Transfer | None = strawberry.field(default=None, description="流转")


@strawberry.type
class Mutation:
    @act("申请流转")
    async def project_transfer_request(
        gate: Gate, input: ProjectTransferRequestInput
    ) -> TransferPayload:
        gate.reason = input.reason
        landing = await gate.try_find("Place", input.landing_place, "landingPlace")
        project = await gate.load("Project", input.project, input.revision)
        to = gate.require(landing)
        rules.check_transfer(project.landing_place_id, to["id"])
        transfer = await gate.create(
            tables.Transfer,
            project_id=project.id,
            from_place_id=project.landing_place_id,
            to_place_id=to["id"],
            state=tables.TransferState.REQUESTED,
            reason=input.reason,
            requested_by_id=gate.viewer.person,
            requested_at=gate.now,
        )
        return TransferPayload(project=project, transfer=row_as(Transfer, transfer))

    @act("评估并决定流转")
    async def project_transfer_decide(
        gate: Gate, input: ProjectTransferDecideInput
    ) -> TransferPayload:
        gate.reason = input.assessment
        elsewhere = await gate.try_find("Place", input.landing_place, "landingPlace")
        if input.approve is False:
            gate.unneeded(input, "landing_place")
        project, transfer = await load_transfer(
            gate, input.transfer, input.revision, refused=not input.approve
        )
        if elsewhere:
            rules.check_transfer(transfer.from_place_id, elsewhere["id"])
        await gate.change(
            transfer,
            to_place_id=elsewhere["id"] if elsewhere else transfer.to_place_id,
            assessment=input.assessment,
            decided_by_id=gate.viewer.person,
            decided_at=gate.now,
        )
        return TransferPayload(
            project=row_as(Project, project), transfer=row_as(Transfer, transfer)
        )

    @act("承接流转项目")
    async def project_take_up(gate: Gate, input: ProjectTakeUpInput) -> TransferPayload:
        project, transfer = await load_transfer(gate, input.transfer, input.revision)
        await gate.change(
            transfer,
            taken_up_by_id=gate.viewer.person,
            taken_up_at=gate.now,
        )
        await gate.change(
            project,
            landing_place_id=transfer.to_place_id,
            owner_name=input.owner_name or project.owner_name,
        )
        return TransferPayload(
            project=row_as(Project, project), transfer=row_as(Transfer, transfer)
        )


async def load_transfer(
    gate: Gate, reference: str, revision: int, *, refused: bool = False
) -> tuple[project_tables.Project, tables.Transfer]:
    """A transfer and its project, held and moved on; `revision` is the project's."""
    on = ("Project", "project_id")
    row = gate.require(await gate.try_find("Transfer", reference, "transfer", revision, on=on))
    project = await gate.take("Project", row["project_id"], revision)
    return project, await gate.take("Transfer", row["id"], refused=refused)
