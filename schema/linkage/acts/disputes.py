"""Article 3: dispute a first-contact place, decide the dispute."""

from collections.abc import Callable

import strawberry

from schema.city.rules import RuleBroken
from schema.duties.registry import act_page, hindered, task
from schema.evidence.inputs import FileInput
from schema.evidence.keeping import attach, keep_evidence
from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import input_field
from schema.gate.payloads import Payload, row_as
from schema.linkage import rules, tables
from schema.linkage.acts.judging import check_place
from schema.linkage.graph import Dispute
from schema.people.rules import Post, Viewer
from schema.permissions import posts_for
from schema.project import tables as project_tables
from schema.project.graph import Project
from schema.project.rules import UNDER_JUDGEMENT
from schema.relations import CLAIMANT_PLACE, Sql

task(
    "disputeDecide",
    "裁定首谈地争议",
    on="Dispute",
    whose=Post.OFFICE,
    waits=CLAIMANT_PLACE,
    since="raised_at",
    open='x."decided_at" IS NULL',
    page="/judgement?state=DISPUTED&no={no}",
    missing="没有待裁定的异议",
)
act_page("projectDispute", "/projects/{no}/dispute")


def every_place(condition: str) -> Callable[[Viewer], Sql]:
    """The condition, of `{place}`, for each place in whose name the viewer may dispute: what one of
    their posts may still do is open.
    """

    def where(viewer: Viewer) -> Sql:
        held = posts_for(viewer, "projectDispute")
        places = sorted({each.place for each in held if each.place is not None})
        asked = f"({condition.format(place='?')})"
        values = [place for place in places for _ in range(asked.count("?"))]
        return " AND ".join([asked] * len(places)) or "1=0", values

    return where


FIRST = 't."first_contact_place_id" = {place}'
UNDECIDED = (
    'EXISTS (SELECT 1 FROM "dispute" d WHERE d."project_id" = t."id" AND d."place_id" = {place}'
    ' AND d."decided_at" IS NULL)'
)
hindered("projectDispute", "首谈地已认定为本地，不需要提出异议", every_place(FIRST))
hindered("projectDispute", "贵地的异议正在处理，请等待裁定", every_place(UNDECIDED))
hindered(
    "projectDispute",
    "贵地的异议正在处理，或首谈地已认定为贵地",
    every_place(f"({FIRST}) OR {UNDECIDED}"),
)


@strawberry.input(description="对首谈地提出异议")
class ProjectDisputeInput:
    project: strawberry.ID | None = input_field("项目；看不到的项目改填首谈主张", None)
    claim: strawberry.ID | None = input_field("据以提出异议的首谈主张；用于看不到的项目", None)
    place: strawberry.ID | None = input_field(
        "提出异议的地方；在几个地方任职的须填", None, needed=True
    )
    grounds: str = input_field("异议理由", limit=1000)
    evidence: list[FileInput] | None = input_field("佐证材料", None)


@strawberry.input(description="裁定首谈地争议")
class DisputeDecideInput:
    dispute: strawberry.ID = input_field("争议")
    revision: int = input_field("项目版本")
    upheld: bool = input_field(
        "异议是否成立", yes_no=("异议成立；改定首谈地", "异议不成立；维持原定")
    )
    first_contact_place: strawberry.ID | None = input_field("首谈地", None)
    departure: str = input_field(
        "不按建议认定的理由；写出建议的首谈地，说明为何不予认定", "", 1000, asked=True
    )
    without_claim: bool = input_field("该地未申报首谈，仍予认定", False, asked=True)
    reason: str = input_field("裁定理由", limit=1000)


@strawberry.type(description="争议办理结果")
class DisputePayload(Payload):
    project: Project | None = strawberry.field(default=None, description="项目")
    dispute: Dispute | None = strawberry.field(default=None, description="争议")


@strawberry.type
class Mutation:
    @act("对首谈地提出异议", before=keep_evidence)
    async def project_dispute(gate: Gate, input: ProjectDisputeInput) -> DisputePayload:
        gate.reason = input.grounds
        project, place = await project_to_dispute(gate, input)
        rules.check_dispute(place, project.first_contact_place_id)
        if await tables.Dispute.exists(project_id=project.id, place_id=place, decided_at=None):
            raise RuleBroken("贵地的异议正在处理，请等待裁定", "grounds")
        dispute = await gate.create(
            tables.Dispute,
            project_id=project.id,
            place_id=place,
            grounds=input.grounds,
            raised_by_id=gate.viewer.person,
            raised_at=gate.now,
        )
        await attach(gate, project, dispute)
        return DisputePayload(project=row_as(Project, project), dispute=row_as(Dispute, dispute))

    @act("裁定首谈地争议")
    async def dispute_decide(gate: Gate, input: DisputeDecideInput) -> DisputePayload:
        gate.reason = input.reason
        instead = await gate.try_find("Place", input.first_contact_place, "firstContactPlace")
        if input.upheld is False:
            gate.unneeded(input, "first_contact_place", "departure", "without_claim")
        found = await gate.try_find(
            "Dispute", input.dispute, "dispute", input.revision, on=("Project", "project_id")
        )
        row = gate.require(found)
        await gate.context.load_rules()  # before rows: its page shows by which ones was judged
        project = await gate.take("Project", row["project_id"], input.revision)
        (dispute,) = await gate.hold("Dispute", [row["id"]])
        if dispute.decided_at:
            raise RuleBroken("此争议已裁定", "dispute")
        if project.stage in UNDER_JUDGEMENT:  # the judgement that follows names it
            gate.unneeded(input, "first_contact_place", "departure", "without_claim")
        basis = {}
        if input.upheld and project.stage not in UNDER_JUDGEMENT:
            if instead and instead["id"] != dispute.place_id:
                basis = await check_place(gate, project, instead, input)
            else:  # its grounds and the decision's reason speak for the place that disputes
                gate.unneeded(input, "departure", "without_claim")
        await gate.change(
            dispute,
            **basis,
            upheld=input.upheld,
            decision=input.reason,
            decided_by_id=gate.viewer.person,
            decided_at=gate.now,
        )
        if input.upheld and project.stage not in UNDER_JUDGEMENT:
            place = instead["id"] if instead else dispute.place_id
            moved = await end_transfers(gate, project.id, input.reason)
            landing = project.landing_place_id if moved else place
            await gate.change(project, first_contact_place_id=place, landing_place_id=landing)
        return DisputePayload(project=project, dispute=dispute)


async def project_to_dispute(
    gate: Gate, input: ProjectDisputeInput
) -> tuple[project_tables.Project, int]:
    """The project and the place that disputes: a project that is seen, or that of the place's own claim,
    by which a claimant who does not see the project disputes it.
    """
    project: project_tables.Project
    gate.unneeded(input, "place" if input.project is None else "claim")
    if input.project is None:
        if input.claim is None:
            gate.refuse(RuleBroken("请选择项目，或据以提出异议的首谈主张", "project", "INVALID"))
        own = await gate.try_find("Claim", input.claim, "claim")
        if own and not gate.prefer("place", own["place_id"]):
            gate.refuse(RuleBroken("只能以本地的首谈主张提出异议", "claim", "NOT_ALLOWED"))
        own = gate.require(own)
        project = await gate.take("Project", own["project_id"])
        return project, own["place_id"]
    await gate.speak_in_name_of("Place", input.place, "place")
    project = await gate.load("Project", input.project)
    return project, gate.require(gate.post.place)


async def end_transfers(gate: Gate, project: int, reason: str) -> bool:
    """End the transfer under way: its first-contact place may be another one now.

    Whether one was taken up before, so that the project has landed elsewhere, which stays so.
    """
    states = dict(await tables.Transfer.filter(project_id=project).values_list("id", "state"))
    for transfer in await gate.hold("Transfer", states):
        if transfer.state in tables.TRANSFER_UNDER_WAY:
            await gate.change(
                transfer,
                state=tables.TransferState.REFUSED,
                assessment=f"首谈地争议裁定成立，流转终止：{reason}"[:1000],
                decided_by_id=gate.viewer.person,
                decided_at=gate.now,
            )
    return tables.TransferState.TAKEN_UP in states.values()
