"""A report that comes of a target company: the papers of its contacts are evidence of the first contact."""

from collections.abc import Sequence
from typing import Any

from schema import database
from schema.city.rules import RuleBroken
from schema.evidence.keeping import copy_file
from schema.evidence.tables import Attachment
from schema.gate.gate import Gate
from schema.industry.graph.leads import GIVES_BACK_PAPERS, TAKES_PAPERS, papers_of
from schema.industry.rules import TARGET_LIFE, is_same_company
from schema.linkage.tables import Claim
from schema.people.tables import Company
from schema.permissions import may
from schema.project.rules import OPEN, UNDER_JUDGEMENT
from schema.project.tables import Project
from schema.query.models import Record

CONVERT = "targetCompanyConvert"


async def pursued_company(gate: Gate, reference: str | None) -> Record | None:
    """The target company that a report comes of, where the reporter may make a lead of it; what is wrong is
    kept at `target`.
    """
    row = await gate.try_find("TargetCompany", reference, "target")
    if row is None:
        return None
    if not may(gate.viewer, CONVERT, row):
        gate.refuse(RuleBroken("这家目标企业由其他小组跟进", "target", "NOT_ALLOWED"))
    elif CONVERT not in TARGET_LIFE.open_acts(row["stage"]):
        gate.refuse(RuleBroken("这家目标企业已转为线索，或者不再跟进", "target"))
    else:
        gate.prefer("group", row["group_id"])
    return row


async def note_report(gate: Gate, row: Record, project: Any, investor: Company, input: Any) -> None:
    """The company's papers go with the report, and its group is to bind the report to it, where that is
    its own. Raises `RuleBroken` at `another` where the investor is not the company, unless it is said to be.
    """
    (target,) = await gate.hold("TargetCompany", [row["id"]])
    if CONVERT not in TARGET_LIFE.open_acts(target.stage):
        raise RuleBroken("这家目标企业已转为线索，或者不再跟进", "target")
    same = is_same_company(
        target.uscc, target.normal_name, investor.uscc or "", investor.normal_name
    )
    if same:
        gate.unneeded(input, "another")
        gate.stop_if_wrong()
    elif not input.another:
        raise RuleBroken(
            f"投资方“{investor.name}”与目标企业“{target.name}”名称不同，确是同一家请打勾；"
            "不是的，请不要从这家目标企业报送",
            "another",
        )
    before = await Project.get_or_none(id=target.reported_id, stage__in=OPEN)
    if before is not None:
        raise RuleBroken(
            f"这家目标企业已报送项目 {before.no}，请先与它对应；这次报的是另一个项目的，请直接报送，不从目标企业报送",
            "target",
        )
    await take_papers(gate, project, await papers_of(target.id))
    if project.reported_by_id == target.unit_id:
        await gate.change(target, reported_id=project.id, reported_at=gate.now)
        await gate.touch(target)
    else:
        gate.concern(target)


async def take_papers(gate: Gate, project: Any, files: Sequence[Attachment]) -> bool:
    """Papers become evidence of the reporting unit's own claim, until it is judged; those that it has
    stay once. Whoever has read the project before they came is stale.
    """
    if project.stage not in UNDER_JUDGEMENT:
        return False
    claim = await own_claim(project)
    if claim is None:
        return False
    if await copy_files(gate, files, claim) and project.reported_at < gate.now:
        await gate.touch(project)
    return True


async def give_back_papers(gate: Gate, project: Any, files: Sequence[Attachment]) -> None:
    """The evidence made of a company's papers leaves the project's claims, until it is judged: what a
    judgement rests on stays. A file that was given with a claim itself stays, too.
    """
    made = {(each.sha256, each.added_at) for each in files}
    if project.stage not in UNDER_JUDGEMENT or not made:
        return
    kept = await Attachment.filter(project_id=project.id, subject_kind="Claim").order_by("id")
    copies = [each for each in kept if (each.sha256, each.added_at) in made]
    for copy in copies:
        await gate.remove(copy)
    if copies:
        await gate.touch(project)


async def own_claim(project: Any) -> Claim | None:
    """The claim that a report itself is, or else the first one that its unit has made after."""
    found = await database.fetch(
        'SELECT c."id" FROM "claim" c LEFT JOIN "appointment" a ON a."id" = c."claimed_post_id"'
        ' WHERE c."project_id" = ? AND (c."by_report" OR a."organization_id" = ?)'
        ' ORDER BY CASE WHEN c."by_report" THEN 0 ELSE 1 END, c."id" LIMIT 1',
        [project.id, project.reported_by_id],
    )
    return await Claim.get(id=found[0]["id"]) if found else None


async def copy_files(gate: Gate, files: Sequence[Attachment], to: Claim) -> int:
    """Copy files to a claim, on its project, but for those that it has; how many."""
    own = await Attachment.filter(subject_kind="Claim", subject_id=to.id).values("sha256")
    there = {each["sha256"] for each in own}
    had = len(there)
    for file in files:
        if file.sha256 in there:
            continue
        there.add(file.sha256)
        await copy_file(gate, file, to, to.project_id)  # type: ignore[attr-defined]
    return len(there) - had


TAKES_PAPERS.append(take_papers)
GIVES_BACK_PAPERS.append(give_back_papers)
