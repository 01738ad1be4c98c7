"""Article 3 in lists: the judgement queue and the transfers."""

from enum import Enum
from typing import Annotated

import strawberry

from schema.city.graph import PlaceFilter
from schema.context import Context
from schema.linkage.graph.types import Transfer
from schema.linkage.tables import TransferState
from schema.project.graph import Project, ProjectFilter, at_stage
from schema.project.rules import AWAITS_JUDGEMENT, AWAITS_RESUBMISSION, DISPUTABLE
from schema.query.fields import Connection, connection, describe_enum, listing
from schema.query.filters import conditions, filter_for, in_list, related
from schema.query.models import KINDS
from schema.query.sql import Order, Read, Sql


class QueueState(Enum):
    """The tabs of the judgement queue."""

    PENDING = "PENDING"
    RETURNED = "RETURNED"
    DISPUTED = "DISPUTED"
    DONE = "DONE"


describe_enum(
    QueueState,
    "研判台的分栏",
    PENDING="待研判",
    RETURNED="待补正",
    DISPUTED="有争议",
    DONE="已研判",
)

QUEUES: dict[str, Sql] = {
    "PENDING": (at_stage("t", AWAITS_JUDGEMENT), []),
    "RETURNED": (at_stage("t", AWAITS_RESUBMISSION), []),
    "DISPUTED": (
        f"{at_stage('t', DISPUTABLE)} AND "
        'EXISTS (SELECT 1 FROM "dispute" d WHERE d."project_id" = t."id" AND d."decided_at" IS NULL)',
        [],
    ),
    "DONE": ('EXISTS (SELECT 1 FROM "judgement" j WHERE j."project_id" = t."id")', []),
}


@filter_for("Transfer", "流转的筛选")
class TransferFilter:
    state: list[TransferState] | None = in_list("进展", "state")
    from_place: PlaceFilter | None = related("Place", "首谈地", "from_place_id")
    to_place: PlaceFilter | None = related("Place", "流转到", "to_place_id")
    project: ProjectFilter | None = related("Project", "项目", "project_id")


def queue_read(
    context: Context,
    state: Annotated[QueueState, strawberry.argument(description="分栏")] = QueueState.PENDING,
    filter: Annotated[ProjectFilter | None, strawberry.argument(description="筛选")] = None,
) -> Read:
    """The projects of one tab: the first due first, judged ones by the latest judgement."""
    where = (QUEUES[state.value], *conditions(filter, "t", context))
    by = "stage_at" if state.value == "DONE" else "judge_by"
    order = Order(by, descending=state.value == "DONE", nullable=by == "judge_by")
    return Read(KINDS["Project"], where, order)


@strawberry.type
class Query:
    judgement_queue: Connection[Project] = listing(
        "Project", "研判台：待研判的在前，按剩余时间排序"
    )(queue_read)

    transfers: Connection[Transfer] = connection(
        "Transfer", "流转", filter=TransferFilter, default=Order("requested_at", descending=True)
    )
