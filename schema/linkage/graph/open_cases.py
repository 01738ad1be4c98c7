"""What is under way on a project and keeps other acts waiting."""

from schema.city.rules import RuleBroken
from schema.linkage.tables import Dispute as DisputeRow
from schema.linkage.tables import Transfer as TransferRow
from schema.linkage.tables import TransferState
from schema.project.tables import Project as ProjectRow


async def no_open_dispute(project: ProjectRow) -> None:
    if await DisputeRow.exists(project_id=project.id, decided_at=None):
        raise RuleBroken("首谈地争议尚未裁定，裁定后再办理", "project")


async def no_open_transfer(project: ProjectRow) -> None:
    if await under_way(project):
        raise RuleBroken("这个项目有一件流转在办，请先办结流转再办理", "project")


async def under_way(project: ProjectRow) -> bool:
    """Whether a transfer was asked for that is not taken up yet."""
    open_states = (TransferState.REQUESTED, TransferState.APPROVED)
    return await TransferRow.exists(project_id=project.id, state__in=open_states)
