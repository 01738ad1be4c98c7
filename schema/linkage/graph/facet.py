"""The facet `linkage` of a project: article 3."""

from collections import Counter

import strawberry

from schema.city.rules import RuleBroken
from schema.city.tables import RuleStatus
from schema.context import Context
from schema.entries.graph import Credit, CreditFilter, Share, shares_of
from schema.entries.rules import Indicator, Ratio, Standing, ratio_on, ratios, share, shares
from schema.linkage.graph.clock import Clock, judgement_clock
from schema.linkage.graph.contacts import RevealedContacts, may_reveal, revealed
from schema.linkage.graph.duplicates import Duplicate, duplicates_of
from schema.linkage.graph.groups import RelatedCompany, related_companies
from schema.linkage.graph.types import Claim, Dispute, Judgement, Return, Transfer
from schema.linkage.rules import Contact, earliest
from schema.permissions import visible
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
from schema.scalars import Money


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
        "研判时限：报送后按规则所定的工作日计，退回补正期间暂停",
        columns=("stage", "stage_at", "reported_at", "judge_by", "judged_at", "migration_id"),
        uses_rules=True,
    )
    def clock(row: Parent, info: Info) -> Clock:
        return judgement_clock(row, info.context)

    @computed("最有力的首谈主张：先看有无佐证，再看谁接洽最早；仅供参考", columns=("id",))
    async def strongest_claim(row: Parent, info: Info) -> Claim | None:
        return row_as(Claim, await strongest(row["id"], info.context))

    @computed("并入的原因", columns=("id", "merged_into_id"))
    async def merge_reason(row: Parent, info: Info) -> str | None:
        if row["merged_into_id"] is None:
            return None
        seen, values = visible("merge", "m", info.context.viewer)
        merge = f'SELECT m."reason" FROM "merge" m WHERE m."project_id" = ? AND {seen}'
        found = await info.context.rows.fetch((merge, [row["id"], *values]))
        return found[0]["reason"] if found else None

    @computed(
        "疑似重复的项目",
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
        return await duplicates_of(candidate, info.context, but=row["id"])

    @computed(
        "投资方的关联企业和它们的项目：同一控制人，或一家控制另一家；只供办公室核对",
        columns=("id", "investor_id"),
    )
    async def related_companies(row: Parent, info: Info) -> list[RelatedCompany]:
        return await related_companies(row["id"], row["investor_id"], info.context)

    @computed(
        "投资方联系方式隐去了一部分，可由您写明原因后查看",
        columns=("id", "contact_name", "contact_phone"),
    )
    async def contacts_masked(row: Parent, info: Info) -> bool:
        return await may_reveal(row, info.context)

    @computed("您写明原因后看到的联系方式；没有或已过时间的为空", columns=("id",))
    async def revealed_contacts(row: Parent, info: Info) -> RevealedContacts | None:
        return await revealed(row["id"], info.context)

    @computed(
        "分享：各笔按其发生日的规则，每个账户一行",
        columns=("id", "first_contact_place_id", "landing_place_id"),
    )
    async def shares(row: Parent, info: Info) -> list[Share]:
        return await shares_of(row, info)

    @computed("流转后的分享测算", columns=("amount_fen",), uses_rules=True)
    def forecast(row: Parent, info: Info) -> list[ShareForecast]:
        return forecast(row["amount_fen"], info.context)


async def strongest(project: int, context: Context) -> Record | None:
    """The strongest claim among those that the viewer sees; None without any."""
    claims = await context.rows.where("Claim", "project_id", project)
    papers = await context.rows.where("Attachment", "project_id", project)
    given = Counter(each["subject_id"] for each in papers if each["subject_kind"] == "Claim")
    found = earliest(
        Contact(each["place_id"], each["contact_on"], each["claimed_at"], given[each["id"]])
        for each in claims
    )
    return next((each for each in claims if found and each["place_id"] == found.place), None)


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
