"""What a conversion rests on beside its own rows: leads that are not seen, and papers that go with it."""

from collections.abc import Mapping
from typing import Any

from schema.city.rules import RuleBroken
from schema.evidence.tables import Attachment
from schema.gate.gate import Gate
from schema.industry.graph.leads import (
    ASKED_OF_UNSEEN,
    GIVES_BACK_PAPERS,
    TAKES_PAPERS,
    others_leads,
    papers_of,
    pursued_unseen,
)
from schema.industry.rules import is_same_company
from schema.permissions import may
from schema.project.rules import ENDS
from schema.query.models import Record
from schema.scalars import Unparsable

CONVERTED_ELSEWHERE = "已有其他小组把这家企业转为线索，请向领导小组办公室了解"
WITHOUT_PAPERS = "还没有佐证材料：请先登记接触并附材料，或者对应报送时附了佐证材料的项目"
ASKED_ENOUGH = "今日查重提示次数已用完，请明天再办，或由领导小组办公室办理"


async def prepare_conversion(gate: Gate, input: Any) -> None:
    """Before a conversion's transaction its question about unseen leads is counted, for a refusal undoes
    what it wrote. Nothing is asked of what the act would refuse for another reason.
    """
    references = (input.target, input.project)
    if gate.errors or any(isinstance(each, Unparsable) for each in references):
        return
    try:
        target = await gate.find("TargetCompany", input.target, "target")
        project = await gate.find("Project", input.project, "project")
    except RuleBroken:
        return
    own = (
        project["reported_by_id"] == target["unit_id"] or project["group_id"] == target["group_id"]
    )
    free = target["lead_id"] is None and project["stage"] not in ENDS
    if not own or not free or not may(gate.viewer, gate.act, target):
        return
    if input.another or same_company(target, await investor_of(gate, project)):
        await check_elsewhere(gate, target, project, counted=True)


async def check_elsewhere(gate: Gate, target: Any, project: Record, *, counted: bool) -> None:
    """No other group has made a lead of the company. Raises `RuleBroken` at `target`, unless `counted`.

    What the viewer sees is named. Of what they do not see they learn as of any unseen lead: with
    evidence, in one sentence, counted against the day's quota. Without evidence no lead is made of a
    company, whether others have one or not: raises `RuleBroken` at `project`, unless `counted`.
    """
    group, uscc, normal = (column(target, each) for each in ("group_id", "uscc", "normal_name"))
    others = await others_leads(group, uscc, normal, gate.context)
    files = await Attachment.filter(project_id=project["id"]).exists()
    files = bool(await papers_of(column(target, "id"))) or files
    if seen := [each["short_name"] for each in others if each["seen"]]:
        raise RuleBroken(f"{seen[0]}已把这家企业转为线索", "target", "DUPLICATE")
    if not files and counted:
        return
    if not files:
        raise RuleBroken(WITHOUT_PAPERS, "project")
    matches = [("Project", each["project"]) for each in others]
    unit, asked_as = column(target, "unit_id"), f"{column(target, 'no')} {project['no']}"
    for ask in ASKED_OF_UNSEEN:
        answer = await ask(gate.context, matches, unit, asked_as, counted)
        if answer.known and not counted:
            raise RuleBroken(CONVERTED_ELSEWHERE, "target", "DUPLICATE")
        if answer.used_up and not counted:
            raise RuleBroken(ASKED_ENOUGH, "target")


async def ask_as_renamed(gate: Gate, target: Any, called: Mapping[str, Any]) -> None:
    """Who gives a company the name or code of another one learns whether other groups go after that: it
    counts as any question about what is not seen. Raises `RuleBroken` at `name` once the day's notices are
    used up.
    """
    uscc, normal = called["uscc"], called["normal_name"]
    if (uscc, normal) == (target.uscc, target.normal_name):
        return
    others = await pursued_unseen(target.group_id, uscc, normal, gate.context)
    matches = [("TargetCompany", each) for each in others]
    for ask in ASKED_OF_UNSEEN:
        asked_as = f"{target.no} {uscc} {normal}"
        answer = await ask(gate.context, matches, target.unit_id, asked_as, True)
        if answer.used_up:
            raise RuleBroken(ASKED_ENOUGH, "name")


async def investor_of(gate: Gate, project: Record) -> Record | None:
    return await gate.context.rows.one("Company", project["investor_id"])


def same_company(target: Any, investor: Mapping[str, Any] | None) -> bool:
    """Whether a project's investor is the company: by the codes where both have one, else by name."""
    uscc, normal = column(target, "uscc"), column(target, "normal_name")
    return investor is not None and is_same_company(
        uscc, normal, investor["uscc"] or "", investor["normal_name"]
    )


async def hand_over_papers(gate: Gate, target: int, project: Any) -> None:
    """The papers of a company's contacts become those of its lead: evidence of its first contact where it
    is claimed and not judged yet, else files of the project.
    """
    files = await papers_of(target)
    for take in TAKES_PAPERS:
        if await take(gate, project, files):
            return
    loose = {each.id: {"project_id": (None, project.id)} for each in files if not each.project_id}  # type: ignore[attr-defined]
    await gate.update_many(Attachment, loose)


async def take_back_papers(gate: Gate, target: int, project: Any) -> None:
    """The papers of a company's contacts leave a project that it is bound to no longer: the files
    themselves, and the evidence that was made of them.
    """
    files = await papers_of(target)
    for give in GIVES_BACK_PAPERS:
        await give(gate, project, files)
    there = await Attachment.filter(
        id__in=[each.id for each in files], project_id=project.id
    ).order_by("id")
    loose = {each.id: {"project_id": (project.id, None)} for each in there}
    await gate.update_many(Attachment, loose)


def column(row: Any, name: str) -> Any:
    """A column of a record or a table's row."""
    return row[name] if isinstance(row, Mapping) else getattr(row, name)
