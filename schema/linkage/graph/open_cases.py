"""Open disputes and transfers, which other acts on the project must wait for."""

from schema.city.rules import RuleBroken
from schema.linkage.tables import Dispute, Transfer, TransferState
from schema.project.tables import Project


async def no_open_dispute(project: Project) -> None:
    """Raises `RuleBroken` at `project` while a dispute is undecided."""
    if await Dispute.exists(project_id=project.id, decided_at=None):
        raise RuleBroken("首谈地争议尚未裁定，裁定后再办理", "project")


async def no_open_transfer(project: Project) -> None:
    """Raises `RuleBroken` while a transfer is open."""
    if await under_way(project):
        raise RuleBroken("这个项目有一件流转在办，请先办结流转再办理", "project")


async def under_way(project: Project) -> bool:
    """Whether a transfer is open: requested or approved, and the project not yet taken up."""
    open_states = (TransferState.REQUESTED, TransferState.APPROVED)
    return await Transfer.exists(project_id=project.id, state__in=open_states)
