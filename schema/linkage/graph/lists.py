"""Article 3 in lists: the judgement queue and the transfers."""

from enum import Enum
from typing import Annotated, Any

import strawberry

from schema.city.graph import PlaceFilter
from schema.context import Context
from schema.linkage.graph.types import Claim, Transfer
from schema.linkage.tables import TransferState
from schema.permissions import beside
from schema.project.graph import Project, ProjectFilter, at_stage
from schema.project.rules import AWAITS_JUDGEMENT, AWAITS_RESUBMISSION, DISPUTABLE, Stage
from schema.query.errors import bad_input
from schema.query.fields import Connection, Info, connection, describe_enum, listing, resolver
from schema.query.filters import between, conditions, filter_for, in_list, related, test
from schema.query.models import KINDS, read_global_id
from schema.query.ranges import DateRange
from schema.query.sql import Order, Read, Sql
from schema.relations import CLAIMANT_PLACE


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


def in_own_name(description: str) -> Any:
    """True: claims of a place that the viewer has a post in; false: those of others."""

    def sql(row: str, value: bool, context: Context) -> Sql:
        own, values = CLAIMANT_PLACE.on["claim"].sql(row, context.viewer)
        return (own if value else f"NOT {own}"), values

    return test(description, sql, "place_id")


def at_stages(description: str) -> Any:
    """The project stands at one of these stages: what `BESIDE` shows with every claim that is seen."""

    def sql(row: str, value: list[Stage], context: Context) -> Sql:
        if not value:
            return "1=1", []
        if "stage" not in beside("claim", "project", context.viewer):
            raise bad_input("不能按此字段筛选", "stage")
        marks = ", ".join("?" * len(value))
        far = f'SELECT p."id" FROM "project" p WHERE p."stage" IN ({marks})'
        return f'{row}."project_id" IN ({far})', list(value)

    return test(description, sql, "project_id")


@filter_for("Claim", "首谈主张的筛选")
class ClaimFilter:
    own: bool | None = in_own_name("本地的主张")
    place: PlaceFilter | None = related("Place", "主张首谈的地方", "place_id")
    stage: list[Stage] | None = at_stages("项目的阶段")
    contact_on: DateRange | None = between("初次接洽日期", "contact_on")


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

    @resolver("凭全局编号取一件首谈主张；看不到的即不存在")
    async def claim(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="全局编号")]
    ) -> Claim | None:
        key = read_global_id(id)
        found: Any = None
        if key and key[0] == "Claim":
            found = await info.context.rows.one(*key)
        return found  # type: ignore[no-any-return]

    claims: Connection[Claim] = connection("Claim", "首谈主张，新登记的在前", filter=ClaimFilter)

    transfers: Connection[Transfer] = connection(
        "Transfer", "流转", filter=TransferFilter, default=Order("requested_at", descending=True)
    )
