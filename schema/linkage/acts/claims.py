"""Article 3: claim first contact."""

from dataclasses import replace
from datetime import date
from typing import Any

import strawberry

from schema.city.rules import RuleBroken
from schema.duties.registry import act_page, hindered
from schema.evidence.inputs import FileInput
from schema.evidence.keeping import attach, keep_evidence
from schema.evidence.tables import Attachment
from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import input_field
from schema.gate.payloads import Payload, row_as
from schema.linkage import rules, tables
from schema.linkage.acts.proposed import contacts_on
from schema.linkage.acts.pursued import copy_files
from schema.linkage.graph import Claim
from schema.people.rules import Viewer
from schema.permissions import posts_for
from schema.project import tables as project_tables
from schema.project.graph import Project
from schema.relations import Sql

act_page("projectClaim", "/projects/{no}/claim")
act_page("claimAssess", "/projects/{no}/judgement#claims")
hindered(
    "claimAssess",
    "没有首谈主张",
    lambda viewer: ('NOT EXISTS (SELECT 1 FROM "claim" c WHERE c."project_id" = t."id")', []),
)


def all_claimed(viewer: Viewer) -> Sql:
    """Every place that the viewer may claim for has claimed."""
    claimed = 'SELECT 1 FROM "claim" c WHERE c."project_id" = t."id" AND c."place_id" = pl."id"'
    own = [held.place for held in posts_for(viewer, "projectClaim")]
    if None in own:  # a post of no place claims for any
        return f'NOT EXISTS (SELECT 1 FROM "place" pl WHERE NOT EXISTS ({claimed}))', []
    marks = ", ".join("?" * len(own))
    free = f'pl."id" IN ({marks}) AND NOT EXISTS ({claimed})'
    return f'NOT EXISTS (SELECT 1 FROM "place" pl WHERE {free})', own


hindered("projectClaim", "贵地已主张首谈", all_claimed)


@strawberry.input(description="主张首谈")
class ProjectClaimInput:
    project: strawberry.ID | None = input_field("项目", None)
    ticket: str = input_field("附佐证材料报送时得到的主张凭据，用于看不到的项目", "", 1000)
    place: strawberry.ID | None = input_field("主张首谈的地方", None, needed=True)
    contact_on: date = input_field("初次接洽日期；实际见面或通话的日期")
    contact_with: str = input_field("投资方接洽人；姓名和职务", limit=100)
    contact_by: str = input_field("本地接洽人", "", 100)
    note: str = input_field("接洽经过", "", 1000)
    evidence: list[FileInput] | None = input_field(
        "佐证材料；必填，例如会议纪要、往来函件", None, needed=True
    )


@strawberry.input(description="认定首谈主张的凭证")
class ClaimAssessInput:
    claim: strawberry.ID = input_field("首谈主张")
    revision: int = input_field("项目版本")
    assessment: tables.Assessment = input_field("凭证认定")
    reason: str = input_field("认定的理由；可逐份写明", limit=1000)


@strawberry.type(description="首谈主张办理结果")
class ClaimPayload(Payload):
    project: Project | None = strawberry.field(default=None, description="项目")
    claim: Claim | None = strawberry.field(default=None, description="首谈主张")


@strawberry.type
class Mutation:
    @act("主张首谈", before=keep_evidence)
    async def project_claim(gate: Gate, input: ProjectClaimInput) -> ClaimPayload:
        await check_contact_day(gate, input.contact_on)
        place = await place_of(gate, input.place)
        if place is None and not input.place:
            gate.refuse(RuleBroken("请选择主张首谈的地方", "place", "INVALID"))
        gate.check(rules.check_evidence, input.evidence or [])
        project = await project_to_claim(gate, input)
        if await tables.Claim.exists(project_id=project.id, place_id=place):
            raise RuleBroken("贵地已主张首谈，补充材料请联系办公室", "place")
        made = await claim(gate, project, gate.require(place), input, input.note, by_report=False)
        return ClaimPayload(project=row_as(Project, project), claim=row_as(Claim, made))

    @act("认定首谈主张的凭证")
    async def claim_assess(gate: Gate, input: ClaimAssessInput) -> ClaimPayload:
        """Of the evidence of a claim as a whole; it may be assessed anew until the project is judged."""
        gate.reason = input.reason
        row = gate.require(await gate.try_find("Claim", input.claim, "claim"))
        project = await gate.take("Project", row["project_id"], input.revision)
        (found,) = await gate.hold("Claim", [row["id"]])
        files = await Attachment.filter(subject_kind="Claim", subject_id=found.id).count()
        good = input.assessment == tables.Assessment.GOOD
        gate.check(rules.check_assessable, files, good)
        await gate.change(
            found,
            assessment=input.assessment,
            assessment_reason=input.reason,
            assessed_by_id=gate.viewer.person,
            assessed_at=gate.now,
        )
        return ClaimPayload(project=row_as(Project, project), claim=row_as(Claim, found))


async def place_of(gate: Gate, reference: str | None) -> int | None:
    """The id of the place that a claim is for; None where it is not given.

    A place always claims for itself: of several that somebody has a post in, the one that is named.
    Everybody else names a place by `reference`.
    """
    named = await gate.try_find("Place", reference, "place")
    spoken = gate.prefer("place", named["id"]) if named else False
    own: int | None = gate.post.place
    if own is not None and reference is None:
        gate.speak_as("place", None, "place")
        own = gate.post.place
    place: int | None = named["id"] if named else own
    if own is not None and not spoken and place != own:
        gate.refuse(RuleBroken("只能以本地的名义主张首谈", "place", "NOT_ALLOWED"))
    return place


async def check_contact_day(gate: Gate, contact_on: date) -> None:
    """Keep what is wrong with the day of a contact, by the validity in force today."""
    await gate.context.load_rules()
    validity = gate.context.rule(rules.VALIDITY, gate.today)
    gate.check(rules.check_claim, contact_on, gate.today, validity.value)


async def claim(
    gate: Gate,
    project: project_tables.Project,
    place: int,
    input: Any,
    note: str,
    *,
    by_report: bool,
) -> tables.Claim:
    """Record a claim with its evidence; `input` has the fields `contact_*` and `evidence`.

    A report without a contact counts from its own day.
    """
    columns = rules.claim_columns(
        reporter_of(gate),
        project=project.id,
        place=place,
        contact_on=input.contact_on or gate.today,
        contact_with=input.contact_with,
        contact_by=input.contact_by,
        note=note,
        by_report=by_report,
    )
    made = await gate.create(tables.Claim, **columns)
    await attach(gate, project, made)
    return made


def reporter_of(gate: Gate) -> rules.Reporter:
    """Whoever reports or claims in this act, in the post in which they speak."""
    return rules.Reporter(
        gate.post.organization or 0, gate.viewer.person or 0, gate.post.id, gate.now
    )


async def project_to_claim(gate: Gate, input: ProjectClaimInput) -> project_tables.Project:
    """The project to claim: a visible one by its id, a hidden one by the ticket that a report with evidence was given."""
    project: project_tables.Project
    if input.project is not None:
        gate.unneeded(input, "ticket")
        project = await gate.load("Project", input.project)
        return project
    if not input.ticket:
        gate.refuse(RuleBroken("请选择项目", "project", "INVALID"))
    else:
        units = [held.organization for held in posts_for(gate.viewer, gate.act)]
        person = gate.viewer.person
        known = gate.check(rules.read_ticket, input.ticket, gate.context.secret, units, person)
        if known and input.evidence:
            given = [each.sha256 for each in gate.prepared.files]
            gate.check(rules.check_reported_evidence, known[1], given)
    gate.stop_if_wrong()
    key, _ = gate.require(known)
    try:
        project = await gate.take("Project", key)
    except RuleBroken as broken:
        raise rules.invalid_ticket() from broken
    return project


CLAIMED = ("claimed_by_id", "claimed_post_id", "claimed_at")
CONTACT = ("contact_on", "contact_with", "contact_by", "note")
ASSESSED = (
    "assessment",
    "assessment_reason",
    "assessed_by_id",
    "assessed_post_id",
    "assessed_at",
)


async def merge_claims(
    gate: Gate, project: project_tables.Project, into: project_tables.Project, accepted: bool
) -> None:
    """Bring the claims of a merged report to the project that it is part of.

    A place has one claim on a project: where it has claimed there already, that claim takes the
    report's time, where that is the earlier, and the better evidence of the two. `accepted` is false
    of a report that waited for completion: its own claim stands as one without a report.
    """
    known = await claims_of(into)
    merged = await claims_of(project)
    held = {each.id: each for each in await gate.hold("Claim", [key for key, _ in known.values()])}
    for place, (key, contact) in merged.items():
        contact = replace(contact, by_report=contact.by_report and accepted)
        original = await tables.Claim.get(id=key)
        if place not in known:
            columns = {name: getattr(original, name) for name in (*CLAIMED, *CONTACT, *ASSESSED)}
            claim = await gate.create(
                tables.Claim,
                project_id=into.id,
                place_id=place,
                by_report=contact.by_report,
                **columns,
            )
        else:
            key, standing = known[place]
            claim = held[key]
            earlier, better = rules.joined(standing, contact)
            names = (CLAIMED if earlier else ()) + ((*CONTACT, *ASSESSED) if better else ())
            columns = {name: getattr(original, name) for name in names}
            if earlier:
                columns["by_report"] = contact.by_report
            if columns:
                await gate.change(claim, **columns)
        files = await Attachment.filter(subject_kind="Claim", subject_id=original.id).order_by("id")
        await copy_files(gate, files, claim)


async def claims_of(project: project_tables.Project) -> dict[int, tuple[int, rules.Contact]]:
    """The claims on a project by place: the id of each, and what the rule of their order knows of it."""
    return {each["place_id"]: (each["id"], contact) for each, contact in await contacts_on(project)}
