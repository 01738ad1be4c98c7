"""Article 3: judge, return, merge."""

from typing import Any

import strawberry

from schema.city.tables import Place
from schema.duties.registry import Limit, Pauses, act_page, hindered, task
from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import input_field
from schema.linkage import rules
from schema.linkage.acts.claims import merge_claims
from schema.linkage.acts.opinions import check_joint
from schema.linkage.acts.payloads import ProjectPayload
from schema.linkage.acts.proposed import proposed_on
from schema.linkage.tables import Claim, Judgement, Merge, Return, Verdict
from schema.people.rules import Post
from schema.project import tables as project_tables
from schema.project.graph import at_stage
from schema.project.rules import AWAITS_RESUBMISSION
from schema.project.rules import OPEN as MERGE_INTO
from schema.query.models import Record
from schema.relations import OWN_REPORT

task(
    "projectJudge",
    "研判并明确首谈地",
    on="Project",
    whose=Post.OFFICE,
    waits=OWN_REPORT,
    since="reported_at",
    due=Limit(
        rules.ASSESSMENT_DEADLINE,
        Pauses("return", "project_id", "returned_at", "resubmitted_at"),
        keeps="judge_by",
    ),
    barred='SELECT n."given_by_id" AS person FROM "opinion" n WHERE n."project_id" = x."id"',
    carried={"Opinion": "project_id"},
    paused=(at_stage("x", AWAITS_RESUBMISSION), "stage_at"),
    page="/judgement?no={no}",
)
act_page("projectJudge", "/projects/{no}/judgement")
act_page("projectMerge", "/projects/{no}/judgement")
hindered(
    "projectMerge",
    "没有别的在办项目可以并入",
    lambda viewer: (
        'NOT EXISTS (SELECT 1 FROM "project" o WHERE o."id" <> t."id"'
        f" AND {at_stage('o', MERGE_INTO)})",
        [],
    ),
)


@strawberry.input(description="研判")
class ProjectJudgeInput:
    project: strawberry.ID = input_field("项目")
    revision: int = input_field("版本")
    verdict: Verdict = input_field("结论", Verdict.ACCEPTED)
    first_contact_place: strawberry.ID | None = input_field("首谈地", None, needed=True)
    departure: str = input_field(
        "不按建议认定的理由；写出建议的首谈地，说明为何不予认定", "", 1000, asked=True
    )
    without_claim: bool = input_field("该地未申报首谈，仍予认定", False, asked=True)
    reason: str = input_field("研判意见", limit=1000)


@strawberry.input(description="退回补正")
class ProjectReturnInput:
    project: strawberry.ID = input_field("项目")
    revision: int = input_field("版本")
    reason: str = input_field("需补正的内容", limit=1000)


@strawberry.input(description="并入已有项目")
class ProjectMergeInput:
    project: strawberry.ID = input_field("项目")
    revision: int = input_field("版本")
    into: strawberry.ID = input_field("并入的项目")
    reason: str = input_field("理由", limit=1000)


@strawberry.type
class Mutation:
    @act("研判项目信息，明确首谈地")
    async def project_judge(gate: Gate, input: ProjectJudgeInput) -> ProjectPayload:
        gate.reason = input.reason
        declined = input.verdict == Verdict.DECLINED
        place = None
        if not declined:
            gate.check(rules.check_verdict, input.first_contact_place)
            place = await gate.try_find("Place", input.first_contact_place, "firstContactPlace")
        else:
            gate.unneeded(input, "first_contact_place", "departure", "without_claim")
        await gate.context.load_rules()
        project = await gate.load("Project", input.project, input.revision, refused=declined)
        basis = await check_joint(gate, project)
        if place:
            basis |= await check_place(gate, project, place, input)
        named = place["id"] if place else None
        await gate.create(
            Judgement,
            project_id=project.id,
            verdict=input.verdict,
            first_contact_place_id=named,
            reason=input.reason,
            due_at=project.judge_by,
            judged_by_id=gate.viewer.person,
            judged_at=gate.now,
            **basis,
        )
        await gate.change(
            project, first_contact_place_id=named, landing_place_id=named, judged_at=gate.now
        )
        return ProjectPayload(project=project)

    @act("退回补正")
    async def project_return(gate: Gate, input: ProjectReturnInput) -> ProjectPayload:
        gate.reason = input.reason
        await gate.context.load_rules()
        project = await gate.load("Project", input.project, input.revision)
        await gate.create(
            Return,
            project_id=project.id,
            reason=input.reason,
            returned_by_id=gate.viewer.person,
            returned_at=gate.now,
        )
        return ProjectPayload(project=project)

    @act("并入已有项目")
    async def project_merge(gate: Gate, input: ProjectMergeInput) -> ProjectPayload:
        gate.reason = input.reason
        target = await gate.try_find("Project", input.into, "into")
        found = await gate.try_find("Project", input.project, "project", input.revision)
        row = gate.require(found)
        into = gate.require(target)
        rules.check_merge(row["id"], into["id"], into["stage"])
        held = {each.id: each for each in await gate.hold("Project", [row["id"], into["id"]])}
        rules.check_merge(row["id"], into["id"], held[into["id"]].stage)
        accepted = held[row["id"]].stage not in AWAITS_RESUBMISSION
        project = await gate.take("Project", row["id"], input.revision)
        await gate.create(
            Merge,
            project_id=project.id,
            into_id=into["id"],
            reason=input.reason,
            merged_by_id=gate.viewer.person,
            merged_at=gate.now,
        )
        await gate.change(project, merged_into_id=into["id"])
        await merge_claims(gate, project, held[into["id"]], accepted)
        await gate.touch(held[into["id"]])
        return ProjectPayload(project=project)


async def check_place(
    gate: Gate, project: project_tables.Project, place: Record, input: Any
) -> dict[str, Any]:
    """The columns of a judgement, or of a dispute's decision, that say how the named place stands to the
    order of the claims.

    Keeps what is asked for: a reason for another place than the proposed one, and whether a place is
    meant that has claimed nothing.
    """
    proposed = await proposed_on(project)
    chosen = place["name"]
    claimed = await Claim.exists(project_id=project.id, place_id=place["id"])
    columns: dict[str, Any] = {"without_claim": not claimed}
    gate.check(rules.check_claimed, chosen, claimed, input.without_claim)
    if claimed:
        gate.unneeded(input, "without_claim")
    if proposed is None or proposed.contact.place == place["id"]:
        gate.unneeded(input, "departure")
    if proposed is None:
        return columns
    first = await Place.get(id=proposed.contact.place)
    columns |= {"proposed_place_id": first.id, "proposed_ground": proposed.ground}
    if first.id != place["id"]:
        gate.check(rules.check_departure, chosen, first.name, proposed.ground, input.departure)
        columns["departure"] = input.departure
    return columns
