"""Which claim is proposed for first contact while an act is done."""

from schema.evidence.tables import Attachment
from schema.linkage import rules
from schema.linkage.graph import claim_contacts
from schema.linkage.rules import Proposed
from schema.linkage.tables import Claim
from schema.project import tables as project_tables


async def proposed_on(project: project_tables.Project) -> Proposed | None:
    """The claim that is proposed on a held project; None where nothing but words speaks for any."""
    claims = await Claim.filter(project_id=project.id).values()
    papers = await Attachment.filter(project_id=project.id).values("subject_kind", "subject_id")
    contacts = claim_contacts(claims, papers, project.reported_at)
    return rules.first_proposed(rules.proposed_order(contacts))
