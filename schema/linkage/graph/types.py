"""Article 3 as it can be read: claims, judgements, returns, disputes, transfers."""

from datetime import date, datetime
from typing import Any, Optional

import strawberry

from schema.city.graph import Place
from schema.city.rules import UnderWay
from schema.evidence.graph import Attachment, evidence_of
from schema.gate.changes import stands_for
from schema.linkage import rules, tables
from schema.linkage.tables import TRANSFER_UNDER_WAY, Assessment, TransferState, Verdict
from schema.people.graph import Person, Signature, signed
from schema.permissions import post_for, posts_for
from schema.project.graph import Migration, Project
from schema.project.rules import EXCLUDES, Stage, open_acts
from schema.query.fields import (
    Info,
    Node,
    Parent,
    beside,
    column,
    computed,
    describe_enum,
    node,
    row_as,
    to_one,
)
from schema.query.models import Record

describe_enum(Assessment, "凭证认定", GOOD="认可", NOT_SUFFICIENT="不足")
describe_enum(Verdict, "研判结论", ACCEPTED="受理并明确首谈地", DECLINED="不予受理")

describe_enum(
    TransferState,
    "流转进展",
    REQUESTED="待评估",
    APPROVED="同意流转，待承接",
    REFUSED="不同意流转",
    TAKEN_UP="已承接",
)


DISPUTE = "projectDispute"
stands_for(
    "Claim", "contact_on", lambda columns: rules.day_missing(columns.get("note", ("", ""))[1])
)


@node(tables.Claim, "首谈主张")
class Claim(Node):
    place: Place | None = to_one("Place", "主张首谈的地方")
    contact_on: date = column("初次接洽日期")

    @computed("未填初次接洽日期的，以哪一日计；填了的为空", columns=("note",))
    def contact_missing(row: Parent) -> str:
        return rules.day_missing(row["note"])

    contact_with: str = column("投资方接洽人")
    contact_by: str = column("本地接洽人")
    note: str = column("接洽经过")
    claimed_by: Person | None = to_one("Person", "登记人")
    claimed_at: datetime = column("登记时间")
    claimed_as: Signature | None = signed(
        "登记人署名", "projectReport", "claimed_by_id", "claimed_at"
    )
    by_report: bool | None = column("随上报一并申报；早先登记的没有")
    assessment: Assessment | None = column("办公室对凭证的认定；没有认定的没有")
    assessment_reason: str | None = column("认定的理由")
    assessed_by: Person | None = to_one("Person", "认定人")
    assessed_at: datetime | None = column("认定时间")
    assessed_as: Signature | None = signed(
        "认定人署名", "claimAssess", "assessed_by_id", "assessed_at"
    )

    evidence: list[Attachment] = evidence_of("Claim", "佐证材料")
    project: Project | None = to_one("Project", "项目；不属于您可见范围时没有")
    project_no: str | None = beside("Project", "no", "项目编号", via="project_id")
    stage: Stage | None = beside("Project", "stage", "项目的阶段", via="project_id")
    first_contact_place: Place | None = beside(
        "Project", "first_contact_place_id", "办公室认定的首谈地", via="project_id", of="Place"
    )

    @computed("研判；还没有研判、或不属于您可见范围时没有", columns=("project_id",))
    async def judgement(row: Parent, info: Info) -> Optional["Judgement"]:
        found = await info.context.rows.where("Judgement", "project_id", row["project_id"])
        return row_as(Judgement, found[0]) if found else None

    @computed("主张的地方就此提出的异议", columns=("project_id", "place_id"))
    async def disputes(row: Parent, info: Info) -> list["Dispute"]:
        return await disputes_of(row, info)

    @computed("您可以就此对首谈地提出异议", columns=("project_id", "place_id"))
    async def disputable(row: Parent, info: Info) -> bool:
        viewer = info.context.viewer
        if not any(held.place == row["place_id"] for held in posts_for(viewer, DISPUTE)):
            return False
        far = await info.context.rows.beside("Claim", "Project", row["project_id"])
        return bool(
            far
            and DISPUTE in open_acts(far["stage"])
            and far["first_contact_place_id"] != row["place_id"]
            and all(each["decided_at"] for each in await disputes_of(row, info))
        )


async def disputes_of(claim: Record, info: Info) -> list[Any]:
    """The disputes that the place of a claim has raised on its project, as far as they are seen."""
    raised = await info.context.rows.where("Dispute", "project_id", claim["project_id"])
    return [each for each in raised if each["place_id"] == claim["place_id"]]


@node(tables.Judgement, "研判")
class Judgement(Node):
    verdict: Verdict = column("结论")
    first_contact_place: Place | None = to_one("Place", "首谈地")
    reason: str | None = column("研判意见；不对外")
    due_at: datetime | None = column("最迟办结时刻")
    judged_by: Person | None = to_one("Person", "研判人；按迁入决定的没有")
    judged_at: datetime = column("研判时间")
    judged_as: Signature | None = signed("研判人署名", "projectJudge", "judged_by_id", "judged_at")
    migration: Migration | None = to_one("Migration", "迁入决定；经研判的没有")


@node(tables.Return, "退回补正")
class Return(Node):
    reason: str = column("需补正的内容")
    returned_by: Person | None = to_one("Person", "退回人")
    returned_at: datetime = column("退回时间")
    returned_as: Signature | None = signed(
        "退回人署名", "projectReturn", "returned_by_id", "returned_at"
    )
    resubmitted_at: datetime | None = column("重新报送时间")


@strawberry.type(description="改定首谈地所依据的：建议的首谈地，不按建议的理由")
class DisputeBasis:
    proposed_place: Place | None = strawberry.field(description="按顺序建议的首谈地")
    proposed_ground: str = strawberry.field(description="建议的依据")
    departure: str = strawberry.field(description="不按建议认定的理由")
    without_claim: bool = strawberry.field(description="改定的首谈地没有申报首谈")


@node(
    tables.Dispute,
    "首谈地争议",
    under_way=UnderWay(
        subject="Project",
        via="project_id",
        where='x."decided_at" IS NULL',
        message="首谈地争议尚未裁定，裁定后再办理",
        excludes=EXCLUDES["Dispute"],
    ),
)
class Dispute(Node):
    project: Project | None = to_one("Project", "项目；不属于您可见范围时没有")
    project_no: str | None = beside("Project", "no", "项目编号", via="project_id")
    stage: Stage | None = beside("Project", "stage", "项目的阶段", via="project_id")
    place: Place | None = to_one("Place", "提出异议的地方")
    grounds: str = column("异议理由")
    raised_by: Person | None = to_one("Person", "提出人")
    raised_at: datetime = column("提出时间")
    raised_as: Signature | None = signed(
        "提出人署名", "projectDispute", "raised_by_id", "raised_at"
    )
    upheld: bool | None = column("异议是否成立")
    decision: str = column("裁定理由")
    decided_by: Person | None = to_one("Person", "裁定人")
    decided_at: datetime | None = column("裁定时间")
    decided_as: Signature | None = signed(
        "裁定人署名", "disputeDecide", "decided_by_id", "decided_at"
    )

    evidence: list[Attachment] = evidence_of("Dispute", "佐证材料")

    @computed(
        "改定为第三地所依据的；没有改定为第三地的、看不到项目的没有",
        columns=(
            "project_id",
            "proposed_place_id",
            "proposed_ground",
            "departure",
            "without_claim",
        ),
    )
    async def basis(row: Parent, info: Info) -> DisputeBasis | None:
        rows = info.context.rows
        project = await rows.one("Project", row["project_id"])
        place = await rows.one("Place", row["proposed_place_id"])
        if project is None or not (place or row["without_claim"]):
            return None
        return DisputeBasis(
            proposed_place=row_as(Place, place),
            proposed_ground=row["proposed_ground"],
            departure=row["departure"],
            without_claim=row["without_claim"],
        )


DECIDE = "projectTransferDecide"
NEXT = {TransferState.REQUESTED: DECIDE, TransferState.APPROVED: "projectTakeUp"}


@node(
    tables.Transfer,
    "流转",
    life=tables.TRANSFER_LIFE,
    under_way=UnderWay(
        subject="Project",
        via="project_id",
        where=f'x."state" IN ({", ".join(f"{each.value!r}" for each in TRANSFER_UNDER_WAY)})',
        message="这个项目有一件流转在办，请先办结流转再办理",
        excludes=EXCLUDES["Transfer"],
    ),
)
class Transfer(Node):
    project: Project | None = to_one("Project", "项目")
    from_place: Place | None = to_one("Place", "首谈地")
    to_place: Place | None = to_one("Place", "流转到")
    state: TransferState = column("进展")
    reason: str = column("不能落地的原因")
    requested_by: Person | None = to_one("Person", "申请人")
    requested_at: datetime = column("申请时间")
    requested_as: Signature | None = signed(
        "申请人署名", "projectTransferRequest", "requested_by_id", "requested_at"
    )
    assessment: str = column("评估意见")
    decided_by: Person | None = to_one("Person", "决定人")
    decided_at: datetime | None = column("决定时间")
    decided_as: Signature | None = signed(
        "决定人署名", "projectTransferDecide", "decided_by_id", "decided_at"
    )
    taken_up_by: Person | None = to_one("Person", "承接人")
    taken_up_at: datetime | None = column("承接时间")
    taken_up_as: Signature | None = signed(
        "承接人署名", "projectTakeUp", "taken_up_by_id", "taken_up_at"
    )
    migration: Migration | None = to_one("Migration", "迁入决定；在系统中流转的没有")

    @computed("是否轮到您办理：评估，或由贵地承接", columns=("state", "to_place_id"))
    def mine(row: Parent, info: Info) -> bool:
        act = NEXT.get(row["state"])
        held = post_for(info.context.viewer, act, row) if act else None
        return held is not None and (act == DECIDE or held.place == row["to_place_id"])
