"""The claims on a held project, and which of them is proposed for first contact, while an act is done."""

from typing import Any

from schema.evidence.tables import Attachment
from schema.linkage import rules
from schema.linkage.graph import claim_contacts
from schema.linkage.rules import Proposed
from schema.linkage.tables import Claim
from schema.project import tables as project_tables


async def proposed_on(project: project_tables.Project) -> Proposed | None:
    """The claim that is proposed on a held project; None where nothing but words speaks for any."""
    contacts = [contact for _, contact in await contacts_on(project)]
    return rules.first_proposed(rules.proposed_order(contacts))


async def contacts_on(
    project: project_tables.Project,
) -> list[tuple[dict[str, Any], rules.Contact]]:
    """The claims on a project, the first one first, each with what the rule of their order knows of it."""
    claims = await Claim.filter(project_id=project.id).order_by("id").values()
    papers = await Attachment.filter(project_id=project.id).values("subject_kind", "subject_id")
    return list(zip(claims, claim_contacts(claims, papers, project.reported_at), strict=True))
