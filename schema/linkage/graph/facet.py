"""The facet `linkage` of a project: article 3."""

from datetime import datetime

import strawberry

from schema.city.rules import Pause, RuleBroken
from schema.city.tables import RuleStatus
from schema.context import Context
from schema.entries.graph import Credit, CreditFilter, Share, shares_of
from schema.entries.rules import Indicator, Ratio, Standing, ratio_on, ratios, share, shares
from schema.linkage import rules
from schema.linkage.graph.claimed import claim_contacts
from schema.linkage.graph.clock import Clock, judgement_clock
from schema.linkage.graph.contacts import RevealedContacts, may_reveal, revealed
from schema.linkage.graph.duplicates import Duplicate, seen_duplicates
from schema.linkage.graph.groups import AMEND, RelatedCompany, related_companies
from schema.linkage.graph.opinions import (
    JudgementBasis,
    Opinion,
    OpinionState,
    judgement_basis,
    opinion_due,
    opinion_state,
    standing_opinion,
)
from schema.linkage.graph.types import Claim, Dispute, Judgement, Return, Transfer
from schema.permissions import hidden, visible, weighs
from schema.project.rules import Candidate
from schema.query.fields import (
    Connection,
    Info,
    Parent,
    computed,
    connection,
    has_many,
    has_one,
    row_as,
)
from schema.query.models import Record
from schema.query.sql import text_sql
from schema.scalars import Money

CLOCK = ("stage", "stage_at", "reported_at", "judge_by", "judged_at", "migration_id")


@strawberry.type(description="流转后的分享测算：按现行规则，投资类指标以计划总投资测算")
class ShareForecast:
    indicators: list[Indicator] = strawberry.field(description="指标")
    first_parts: int = strawberry.field(description="首谈地份数")
    whole_parts: int = strawberry.field(description="总份数")
    first_contact: Money | None = strawberry.field(description="首谈地计入（元）；税收不测算")
    landing: Money | None = strawberry.field(description="注册落户地计入（元）；税收不测算")
    clause: str = strawberry.field(description="依据条款")
    rule_version: str = strawberry.field(description="规则版本")
    status: RuleStatus = strawberry.field(description="规则性质")


@strawberry.type(description="首谈主张在建议顺序中的位置")
class ProposedClaim:
    rank: int = strawberry.field(description="第几位")
    claim: Claim | None = strawberry.field(description="首谈主张")
    ground: str = strawberry.field(description="依据")
    proposed: bool = strawberry.field(description="建议认定为首谈地")


WEIGHED = ("id", "stage", "reported_at", "judged_at", "reported_by_id", "group_id")
OPINION = (
    "id",
    "group_id",
    "stage",
    "reported_by_id",
    "reported_at",
    "judge_by",
    "judged_at",
    "jointly_judged",
    "grouped_at",
)

CONTACTS = ("contact_name", "contact_phone")


@strawberry.type(description="信息联动")
class Linkage:
    claims: list[Claim] = has_many("Claim", "project_id", "首谈主张")
    returns: list[Return] = has_many("Return", "project_id", "退回补正记录")
    disputes: list[Dispute] = has_many("Dispute", "project_id", "首谈地争议")
    transfers: list[Transfer] = has_many("Transfer", "project_id", "流转")
    judgement: Judgement | None = has_one("Judgement", "project_id", "研判")
    credits: Connection[Credit] = connection(
        "Credit", "分享明细", via="project_id", filter=CreditFilter
    )

    @computed(
        "研判时限：报送后按规则所定的工作日计，退回补正期间暂停；看不到研判时间的没有",
        columns=CLOCK,
        uses_rules=True,
    )
    def clock(row: Parent, info: Info) -> Clock | None:
        if hidden("project", info.context.viewer).intersection(CLOCK):
            return None
        return judgement_clock(row, info.context)

    opinions: list[Opinion] = has_many("Opinion", "project_id", "会同意见；前后各小组的都在")

    @computed(
        "首谈主张按建议的先后：上报在先，其次凭证经认可，仅自报日期的不据以定序；研判前只供研判、会同的单位",
        columns=WEIGHED,
        tables=("claim.assessment",),
    )
    async def proposed_claims(row: Parent, info: Info) -> list[ProposedClaim]:
        if not await is_weighed_by_viewer(row, info.context):
            return []
        return await proposed_claims(row, info.context)

    @computed(
        "按顺序建议的首谈地和依据；没有可据以建议的、研判前不研判不会同的没有",
        columns=WEIGHED,
        tables=("claim.assessment",),
    )
    async def proposed(row: Parent, info: Info) -> str | None:
        if not await is_weighed_by_viewer(row, info.context):
            return None
        first = rules.first_proposed(await order_of(row, info.context))
        place = await info.context.rows.one("Place", first.contact.place) if first else None
        return f"{place['name']}（{first.ground}）" if first and place else None

    @computed("现在小组的会同意见", columns=OPINION)
    async def opinion(row: Parent, info: Info) -> Opinion | None:
        given = await info.context.rows.where("Opinion", "project_id", row["id"])
        return row_as(Opinion, standing_opinion(row, given))

    @computed("会同意见的进展；研判前不研判不会同的没有", columns=OPINION, tables=("opinion",))
    async def opinion_state(row: Parent, info: Info) -> OpinionState | None:
        unseen = hidden("project", info.context.viewer).intersection(OPINION)
        if unseen or not await is_weighed_by_viewer(row, info.context):
            return None
        given = await info.context.rows.where("Opinion", "project_id", row["id"])
        due_at = await opinion_due_of(row, info.context)
        standing = standing_opinion(row, given) is not None
        return opinion_state(row, standing, due_at, info.context.now)

    @computed("会同意见的时限；不需要的、暂停计时的没有", columns=OPINION)
    async def opinion_due_at(row: Parent, info: Info) -> datetime | None:
        return await opinion_due_of(row, info.context)

    @computed("研判的依据；还没有研判的没有", columns=("id", *OPINION))
    async def judgement_basis(row: Parent, info: Info) -> JudgementBasis | None:
        return await judgement_basis(row, info.context)

    @computed("并入的原因", columns=("id", "merged_into_id"), tables=("merge",))
    async def merge_reason(row: Parent, info: Info) -> str | None:
        if row["merged_into_id"] is None:
            return None
        seen, values = visible("merge", "m", info.context.viewer)
        reason, bound = text_sql("merge", "m", "reason", info.context.viewer)
        merge = f'SELECT {reason} AS "reason" FROM "merge" m WHERE m."project_id" = ? AND {seen}'
        found = await info.context.rows.fetch((merge, [*bound, row["id"], *values]))
        return found[0]["reason"] if found else None

    @computed(
        "疑似重复的项目，限于您可见的",
        columns=("id", "name", "investor_id", "industry_code", "amount_fen", "contact_phone"),
    )
    async def duplicates(row: Parent, info: Info) -> list[Duplicate]:
        investor = await info.context.rows.one("Company", row["investor_id"])
        candidate = Candidate(
            name=row["name"],
            investor_name=investor["name"] if investor else "",
            uscc=(investor["uscc"] if investor else None) or "",
            industry_code=row["industry_code"],
            amount_fen=row["amount_fen"],
            phone=row["contact_phone"] or "",
        )
        return await seen_duplicates(candidate, info.context, row["id"])

    @computed(
        "投资方的关联企业和它们的项目：同一控制人，或一家控制另一家；只供办公室核对",
        columns=("id", "investor_id"),
        act=AMEND,
    )
    async def related_companies(row: Parent, info: Info) -> list[RelatedCompany]:
        return await related_companies(row["id"], row["investor_id"], info.context)

    @computed(
        "投资方联系方式隐去了一部分，可由您写明原因后查看",
        columns=("id", *CONTACTS),
    )
    async def contacts_masked(row: Parent, info: Info) -> bool | None:
        if hidden("project", info.context.viewer).intersection(CONTACTS):
            return None
        return await may_reveal(row, info.context)

    @computed(
        "您写明原因后看到的联系方式；没有或已过时间的为空",
        columns=("id",),
        tables=("contact_reveal",),
    )
    async def revealed_contacts(row: Parent, info: Info) -> RevealedContacts | None:
        return await revealed(row["id"], info.context)

    @computed(
        "分享：各笔按其发生日的规则，每个账户一行",
        columns=("id", "first_contact_place_id", "landing_place_id"),
        tables=("credit",),
    )
    async def shares(row: Parent, info: Info) -> list[Share]:
        return await shares_of(row, info)

    @computed("流转后的分享测算", columns=("amount_fen",), uses_rules=True)
    def forecast(row: Parent, info: Info) -> list[ShareForecast]:
        return forecast(row["amount_fen"], info.context)


async def is_weighed_by_viewer(project: Record, context: Context) -> bool:
    """Whether the viewer is shown all claims and opinions of a project, not their own alone."""
    if project["judged_at"] is not None:
        return weighs(context.viewer, project, None)
    group = await context.rows.one("Group", project["group_id"])
    return weighs(context.viewer, project, group)


async def opinion_due_of(project: Record, context: Context) -> datetime | None:
    """When the opinion on a project is due; None where none is asked for."""
    if not project["jointly_judged"]:
        return None
    returns = await context.rows.where("Return", "project_id", project["id"])
    await context.load_rules()  # last: what is read before it is read for all rows at once
    pauses = [Pause(each["returned_at"], each["resubmitted_at"]) for each in returns]
    return opinion_due(project, pauses, context)


async def order_of(project: Record, context: Context) -> list[rules.Proposed]:
    """The order in which the claims that the viewer sees are proposed; none to whom it is hidden how
    the office has assessed them, on which the order rests.
    """
    if "assessment" in hidden("claim", context.viewer):
        return []
    claims = await context.rows.where("Claim", "project_id", project["id"])
    papers = await context.rows.where("Attachment", "project_id", project["id"])
    return rules.proposed_order(claim_contacts(claims, papers, project["reported_at"]))


async def proposed_claims(project: Record, context: Context) -> list[ProposedClaim]:
    """The claims that the viewer sees in the order in which they are proposed."""
    claims = await context.rows.where("Claim", "project_id", project["id"])
    order = await order_of(project, context)
    first = rules.first_proposed(order)
    by_place = {each["place_id"]: each for each in claims}
    return [
        ProposedClaim(
            rank=rank,
            claim=row_as(Claim, by_place[each.contact.place]),
            ground=each.ground,
            proposed=each is first,
        )
        for rank, each in enumerate(order, 1)
    ]


def forecast(amount: int, context: Context) -> list[ShareForecast]:
    """What a transfer would credit to each place, by the planned investment in fen.

    One line for each ratio in force today.
    """
    versions = ratios(context.rules)
    shared: dict[str, tuple[Ratio, list[Indicator]]] = {}
    for indicator in Indicator:
        try:
            ratio = ratio_on(context.today, indicator, versions)
        except RuleBroken:
            continue
        if shares(ratio, indicator):
            shared.setdefault(ratio.version, (ratio, []))[1].append(indicator)
    lines = []
    for ratio, indicators in shared.values():
        first = landing = None
        if Indicator.TAX not in indicators:
            first, landing = (Money(part) for part in share(Standing(), amount, ratio))
        lines.append(
            ShareForecast(
                indicators=indicators,
                first_parts=ratio.first,
                whole_parts=ratio.whole,
                first_contact=first,
                landing=landing,
                clause=ratio.clause,
                rule_version=ratio.version,
                status=RuleStatus(ratio.status),
            )
        )
    return lines
