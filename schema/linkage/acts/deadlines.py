"""Article 3: when a report must be judged."""

from datetime import datetime

from schema.city.acts import AFTER_RULEBOOK
from schema.city.rules import Pause
from schema.gate.gate import Gate
from schema.linkage.graph import report_clock
from schema.linkage.tables import Return
from schema.project.rules import AWAITS_JUDGEMENT
from schema.project.tables import Project


async def due(gate: Gate, project: Project) -> datetime | None:
    """When a report must be judged, its returns counted as pauses.

    None while it is returned, and while the calendar of a year in between is not published.
    """
    returns = await Return.filter(project_id=project.id).order_by("id")
    pauses = [Pause(each.returned_at, each.resubmitted_at) for each in returns]
    return (await report_clock(gate.context, project.reported_at, pauses)).due_at


async def recompute(gate: Gate) -> None:
    """Compute the deadlines of all reports that wait for judgement again, by what is in force now."""
    waiting = await Project.filter(stage__in=AWAITS_JUDGEMENT).values_list("id")
    moved = {}
    for project in await gate.hold("Project", [key for (key,) in waiting]):
        if (
            project.stage not in AWAITS_JUDGEMENT
        ):  # judged, returned or withdrawn before it was held
            continue
        judge_by = await due(gate, project)
        if judge_by != project.judge_by:
            moved[project.id] = {"judge_by": (project.judge_by, judge_by)}
    await gate.update_many(Project, moved)


AFTER_RULEBOOK.append(recompute)
