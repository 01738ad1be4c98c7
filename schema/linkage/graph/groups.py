"""Companies of one group, for the office's desk alone: what one lead under another name looks like."""

import strawberry

from schema.context import Context
from schema.people.graph import Company
from schema.people.parties import parties_near
from schema.people.rules import same_group
from schema.permissions import may
from schema.project.graph import Project
from schema.query.fields import row_as, rows_as

AMEND = "companyAmend"
"""Whoever keeps what is known of companies is told what follows from it; nobody else."""


@strawberry.type(description="关联企业和它的项目")
class RelatedCompany:
    company: Company | None = strawberry.field(description="企业")
    reason: str = strawberry.field(description="怎样关联")
    projects: list[Project] = strawberry.field(description="它的项目")


async def related_companies(
    project: int, investor: int | None, context: Context
) -> list[RelatedCompany]:
    """The companies of the group of a project's investor with their projects."""
    if investor is None or not may(context.viewer, AMEND):
        return []
    own, near = await parties_near(investor, context.today)
    found = []
    for each in near:
        if reason := same_group(own, each):
            projects = await context.rows.where("Project", "investor_id", each.id)
            found.append(
                RelatedCompany(
                    company=row_as(Company, await context.rows.one("Company", each.id)),
                    reason=reason,
                    projects=rows_as(Project, [row for row in projects if row["id"] != project]),
                )
            )
    return found
