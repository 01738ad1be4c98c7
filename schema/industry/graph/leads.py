"""The lead that comes of a target company: what later mechanisms are asked of it, and what they keep of it."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from schema import database
from schema.context import Context
from schema.evidence.tables import Attachment
from schema.industry import tables
from schema.industry.graph.pursuit import PURSUED
from schema.industry.graph.targets import LEAD_OPEN, SAME
from schema.permissions import visible

Subject = tuple[str, int]
"""A kind and an id: `("Project", 7)`."""


class Answer(Protocol):
    """How a question about unseen rows is answered: whether one is known, or today's notices are used up."""

    @property
    def known(self) -> bool: ...

    @property
    def used_up(self) -> bool: ...


class Asking(Protocol):
    """Counts a question about rows that the viewer does not see, as every road to them does."""

    async def __call__(
        self, context: Context, matches: Sequence[Subject], unit: int, asked_as: str, counted: bool
    ) -> Answer: ...


ASKED_OF_UNSEEN: list[Asking] = []
"""Filled by the mechanism that answers of unseen leads."""

TAKES_PAPERS: list[Callable[[Any, Any, Sequence[Attachment]], Any]] = []
"""`(gate, project, files) → whether they were taken`: who keeps papers of a project's first contact."""
GIVES_BACK_PAPERS: list[Callable[[Any, Any, Sequence[Attachment]], Any]] = []
"""`(gate, project, files)`: takes them from a project that the company they were given for leaves."""


async def others_leads(
    group: int, uscc: str, normal_name: str, context: Context
) -> list[dict[str, Any]]:
    """The leads that other groups have made of a company and go on with: `project`, the group's `short_name`, and whether
    the viewer sees the other's company (`seen`).
    """
    seen, values = visible("target_company", "o", context.viewer)
    return await database.fetch(
        f'SELECT o."lead_id" AS project, g."short_name", CASE WHEN {seen} THEN 1 ELSE 0 END AS seen'
        ' FROM "target_company" o JOIN "industry_group" g ON g."id" = o."group_id"'
        f' WHERE o."group_id" <> ? AND {LEAD_OPEN}'
        f' AND {SAME.format("?", "?")} ORDER BY o."id"',
        [*values, group, uscc, uscc, normal_name],
    )


async def pursued_unseen(group: int, uscc: str, normal_name: str, context: Context) -> list[int]:
    """The ids of the rows by which other groups go after a company, or have made a lead of it, and which
    the viewer does not see.
    """
    seen, values = visible("target_company", "o", context.viewer)
    found = await database.fetch(
        'SELECT o."id" FROM "target_company" o WHERE o."group_id" <> ?'
        f' AND o."stage" IN ({PURSUED}) AND {SAME.format("?", "?")} AND NOT ({seen})'
        ' ORDER BY o."id"',
        [group, uscc, uscc, normal_name, *values],
    )
    return [row["id"] for row in found]


async def papers_of(target: int) -> list[Attachment]:
    """The files given with the contacts of a company, the first one first."""
    contacts = await tables.TargetContact.filter(target_id=target).values_list("id", flat=True)
    return await Attachment.filter(
        subject_kind="TargetContact", subject_id__in=list(contacts)
    ).order_by("id")
