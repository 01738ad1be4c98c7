"""Companies of one group, for the office's desk alone: what one lead under another name looks like."""

from collections.abc import Sequence
from datetime import date

import strawberry

from schema.city.rules import normal_name
from schema.context import Context
from schema.people.graph import Company
from schema.people.parties import parties_near, parties_near_all
from schema.people.rules import Party, same_group
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


async def groups_of(companies: Sequence[int], day: date) -> dict[int, dict[int, str]]:
    """By company, the others of its group by id, each with why, among these companies and all others."""
    own, others = await parties_near_all(companies, day)
    parties = [*own.values(), *others]
    by_key: dict[str, list[Party]] = {}
    for party in parties:
        for key in keys_of(party):
            by_key.setdefault(key, []).append(party)
    found: dict[int, dict[int, str]] = {}
    for party in own.values():
        near = {each.id: each for key in keys_of(party) for each in by_key[key]}
        reasons = {key: same_group(party, near[key]) for key in sorted(near)}
        found[party.id] = {key: reason for key, reason in reasons.items() if reason}
    return found


def keys_of(party: Party) -> set[str]:
    """What a company and others of its group have in common one of: itself, or who controls it."""
    own = {party.uscc or "", normal_name(party.name)} - {""}
    return own | party.controllers().keys()


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
