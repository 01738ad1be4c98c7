"""Every act, tried by everybody: those whom the policy names may do it, all others change nothing."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from schema.database.transactions import transaction
from schema.duties.tables import Duty
from schema.gate.tables import JournalEntry
from schema.jobs.tables import Job
from schema.people.tables import Company
from schema.permissions import MAY
from schema.project.tables import Project
from schema.query.models import global_id, read_global_id
from tests.documents import papers
from tests.industry import scenes as industry
from tests.world import EVIDENCE, City, Said, of, on, uscc

EVERYBODY = [
    "office",
    "yanjiang",
    "anyue",
    "lezhi",
    "hightech",
    "airport",
    "group",
    "department",
    "finance",
    "revenue",
    "branch",
    "agent",
    "leader",
    "inspector",
    "expert",
    "partner",
    "public",
]
PLACES = "yanjiang anyue lezhi hightech airport"

# Who may do the act in its scene, below. All scenes are Yanjiang's; transfers lead to hightech.
MAY_DO = {
    "projectReport": f"office group department finance revenue branch agent {PLACES}",
    "projectResubmit": "office yanjiang",
    "projectWithdraw": "office yanjiang",
    "projectClaim": "office anyue",
    "projectDispute": "anyue",
    "claimAssess": "office",
    "projectAmend": "office",
    "projectOpine": "group",
    "projectJudge": "office",
    "projectReturn": "office",
    "projectMerge": "office",
    "disputeDecide": "office",
    "projectTransferRequest": "office yanjiang",
    "projectTransferDecide": "office",
    "projectTakeUp": "office hightech",
    "agreementSign": "office hightech",
    "milestoneReach": "office hightech",
    "fundsRecord": "office hightech",
    "fundsReverse": "office hightech",
    "taxRecord": "office hightech",
    "fundsVerify": "office finance",
    "taxVerify": "finance revenue",
    "entryResubmit": "office hightech",
    "dutyHandOver": "office",
    "dutyRemind": "office leader inspector",
    "calendarPublish": "office",
    "calendarConfirm": "office",
    "calendarDecline": "office",
    "ruleSet": "office",
    "ruleConfirm": "office",
    "ruleDecline": "office",
    "documentTemplateSet": "office",
    "viewSave": f"office group department finance revenue branch agent leader inspector {PLACES}",
    "viewDelete": "office",
    "viewWithdraw": "office",
    "jobRetry": "office",
    "noticeSend": f"office group department finance revenue leader inspector {PLACES}",
    "contactReveal": "group department leader inspector",
    "companyAmend": "office",
    "messageRead": "anyue",
    "noticeAnswer": "anyue",
    **industry.MAY_DO,
}


async def report(city: City) -> Said:
    lead = {"name": "柠檬深加工基地", "investorName": "杭州云岫食品有限公司", "uscc": uscc(77)}
    return lead | {"amount": "3亿"}


async def resubmit(city: City) -> Said:
    returned = await city.done(
        city.office, "projectReturn", **on(await city.report()), reason="请补充营业执照"
    )
    return on(returned["project"])


async def withdraw(city: City) -> Said:
    return on(await city.report()) | {"reason": "投资方暂缓"}


async def claim(city: City) -> Said:
    """Anyue knows of the project by its own report, and holds a ticket."""
    project = await city.report()
    ticket = await city.ticket(city.anyue, project)
    given = {"contactOn": "2026-11-10", "contactWith": "张总", "place": "anyue"}
    given |= {"evidence": EVIDENCE}
    return given | {"ticket": ticket, "project": project["no"]}


async def dispute(city: City) -> Said:
    """Anyue has claimed the project, which the office then gave to Yanjiang."""
    judged = await city.judged_of_two()
    claim = await city.claim_of("anyue", judged["project"])
    return {"claim": claim, "grounds": "我县 11 月 10 日已会见投资方"}


async def decide_dispute(city: City) -> Said:
    raised = await city.done(city.anyue, "projectDispute", **await dispute(city))
    project = await city.read({"no": raised["dispute"]["projectNo"]})
    return {
        "dispute": raised["dispute"]["id"],
        "revision": project["revision"],
        "upheld": True,
        "reason": "会议纪要在先",
    }


async def judge(city: City) -> Said:
    project = await city.opined(await city.report())
    return on(project) | {"firstContactPlace": "yanjiang", "reason": "接洽在先"}


async def opine(city: City) -> Said:
    return on(await city.report()) | {"stance": "AGREE", "reason": "符合产业方向"}


async def amend(city: City) -> Said:
    return on(await city.report()) | {"group": "health-care", "reason": "属医疗康养"}


async def assess(city: City) -> Said:
    project = await city.report()
    found = {"assessment": "NOT_SUFFICIENT", "reason": "没有书面材料"}
    claim = await city.claim_of("yanjiang", project)
    return {"claim": claim, "revision": project["revision"]} | found


async def send_back(city: City) -> Said:
    return on(await city.report()) | {"reason": "请补充营业执照"}


async def merge(city: City) -> Said:
    into, project = await city.report(), await city.report()
    return on(project) | {"into": into["no"], "reason": "同一项目"}


async def request(city: City) -> Said:
    return on(await city.judged()) | {"landingPlace": "hightech", "reason": "用地不足"}


async def decide_transfer(city: City) -> Said:
    asked = await city.done(city.yanjiang, "projectTransferRequest", **await request(city))
    return {
        "transfer": asked["transfer"]["id"],
        "revision": asked["project"]["revision"],
        "approve": True,
        "assessment": "同意",
    }


async def take_up(city: City) -> Said:
    decided = await city.done(city.office, "projectTransferDecide", **await decide_transfer(city))
    return {"transfer": decided["transfer"]["id"], "revision": decided["project"]["revision"]}


async def sign(city: City) -> Said:
    given = {"kind": "FORMAL", "amount": "12.5亿", "signedOn": "2026-11-18"}
    return on(await city.transferred()) | given


async def reach(city: City) -> Said:
    return on(await city.signed()) | {"stage": "REGISTERED", "reachedOn": "2026-11-18"}


async def record_funds(city: City) -> Said:
    given = {"amount": "1000万", "occurredOn": "2026-11-18", "evidenceNote": "银行回单 0312"}
    return on(await city.signed()) | given | {"sourceOfCapital": "OUT_OF_PROVINCE"}


async def record_tax(city: City) -> Said:
    given = {"amount": "100.05", "occurredOn": "2026-11-18", "evidenceNote": "完税证明 0312"}
    return on(await city.signed()) | given


async def verify_funds(city: City) -> Said:
    paid = await city.pay(await city.signed(), "1000万")
    return {"entry": paid["entry"]["no"], "revision": 1, "verified": True}


async def verify_tax(city: City) -> Said:
    taxed = await city.tax(await city.signed(group="modern-agriculture"), "100.05")
    return {"entry": taxed["entry"]["no"], "revision": 1, "verified": True}


async def resubmit_entry(city: City) -> Said:
    paid = await city.pay(await city.signed(), "1000万")
    back = await city.verified(paid, verified=False, reason="回单日期不清")
    given = {"amount": "999万", "note": "按回单更正"}
    return {"entry": paid["entry"]["no"], "revision": back["entry"]["revision"]} | given


async def reverse(city: City) -> Said:
    paid = await city.pay(await city.signed(), "1000万")
    return {
        "entry": paid["entry"]["no"],
        "revision": paid["project"]["revision"],
        "reason": "金额多写一个 0",
    }


async def publish(city: City) -> Said:
    days = [("2027-01-01", "元旦"), ("2027-05-01", "劳动节"), ("2027-10-01", "国庆节")]
    given = [{"day": day, "working": False, "name": name} for day, name in days]
    document = {"source": "国务院办公厅通知", "documentNo": "国办发明电〔2026〕7号"}
    return {"year": 2027, "days": given} | document


async def confirm_calendar(city: City) -> Said:
    payload = await city.done(city.colleague, "calendarPublish", **await publish(city))
    return of(payload["proposal"])


async def decline_calendar(city: City) -> Said:
    return await confirm_calendar(city) | {"reason": "日期有误"}


async def set_rule(city: City) -> Said:
    return {
        "name": "lead.assessment_deadline",
        "number": "3",
        "effectiveOn": "2027-01-01",
        "clause": "办公室通知",
        "documentNo": "资经合〔2026〕5号",
    }


async def confirm_rule(city: City) -> Said:
    """A colleague of the office has proposed that three working days hold from today on."""
    given = await set_rule(city) | {"effectiveOn": "2026-11-18"}
    await city.report()
    return of((await city.done(city.colleague, "ruleSet", **given))["proposal"])


async def decline_rule(city: City) -> Said:
    return await confirm_rule(city) | {"reason": "依据不足"}


async def set_template(city: City) -> Said:
    return {
        "document": "brief",
        "file": papers.sent(papers.word("{{ 编号 }}")),
        "effectiveOn": "2026-11-18",
        "documentNumber": "资经合办〔2026〕7号",
        "reason": "改用本办抬头",
        "revision": 0,
    }


async def hand_over(city: City) -> Said:
    """To the other officer of the office."""
    document = "query ($no: String!) { project(no: $no) { duties { nodes { id task } } } }"
    found = await city.run(city.office, document, no=(await city.report())["no"])
    nodes = found["project"]["duties"]["nodes"]
    (duty,) = [each for each in nodes if each["task"] == "projectJudge"]
    officer = global_id("Person", city.colleague.person or 0)
    return {"duty": duty["id"], "person": officer, "reason": "李雷休假"}


async def remind(city: City) -> Said:
    """Of the landing place, which has to take a transfer up."""
    given = await take_up(city)
    key = read_global_id(given["transfer"])
    assert key
    duty = await Duty.get(task="projectTakeUp", subject_id=key[1], closed_at=None)
    return {"duty": global_id("Duty", duty.id), "words": "请尽快承接"}


async def save_view(city: City) -> Said:
    return {"name": "大项目", "query": "amount.min=10亿"}


async def delete_view(city: City) -> Said:
    await city.done(city.office, "viewSave", **await save_view(city), shared="ALL")
    seen = await city.run(city.office, "{ viewer { views { id } } }")
    return {"view": seen["viewer"]["views"][0]["id"]}


async def withdraw_view(city: City) -> Said:
    return {**await delete_view(city), "reason": "口径已变"}


async def retry_job(city: City) -> Said:
    failed = await Job.create(
        kind="lamps", args={}, created_at=city.now, due_at=city.now, state="FAILED", tries=5,
        ended_at=city.now, error="没有应答",
    )  # fmt: skip
    return {"job": global_id("Job", failed.id)}


async def send_notice(city: City) -> Said:
    return {"text": "请报送本月进度", "units": ["anyue"], "answerBy": "2026-11-20"}


async def read_message(city: City) -> Said:
    """Sent by Yanjiang, so that nobody else stands behind it."""
    await city.done(city.yanjiang, "noticeSend", **await send_notice(city))
    sent = await city.run(city.anyue, "{ messages { nodes { id } } }")
    return {"message": sent["messages"]["nodes"][0]["id"]}


async def answer_notice(city: City) -> Said:
    return {**await read_message(city), "text": "已报送"}


async def reveal_contact(city: City) -> Said:
    """Yanjiang and the office read it plain, and need not have it shown."""
    project = await city.report(contactName="欧阳敏", contactPhone="13812345678")
    return {"project": project["no"], "reason": "协调用地，需与投资方联系"}


async def amend_company(city: City) -> Said:
    await city.report()
    company = await Company.all().order_by("-id").first()
    assert company is not None
    given = {"company": global_id("Company", company.id), "revision": 1}
    holders = {"controllers": "李柠", "shareholders": "李柠 66.5%\n王橙 33.5%"}
    source = {"source": "国家企业信用信息公示系统", "asOf": "2026-11-15"}
    name = {"name": "资阳新名称有限公司", "documentNo": "通知书 12 号", "region": "资阳市"}
    return given | holders | source | name


SCENES: dict[str, Callable[[City], Awaitable[Said]]] = {
    "projectReport": report,
    "projectResubmit": resubmit,
    "projectWithdraw": withdraw,
    "projectClaim": claim,
    "projectDispute": dispute,
    "claimAssess": assess,
    "projectAmend": amend,
    "projectOpine": opine,
    "projectJudge": judge,
    "projectReturn": send_back,
    "projectMerge": merge,
    "disputeDecide": decide_dispute,
    "projectTransferRequest": request,
    "projectTransferDecide": decide_transfer,
    "projectTakeUp": take_up,
    "agreementSign": sign,
    "milestoneReach": reach,
    "fundsRecord": record_funds,
    "fundsReverse": reverse,
    "taxRecord": record_tax,
    "fundsVerify": verify_funds,
    "taxVerify": verify_tax,
    "entryResubmit": resubmit_entry,
    "dutyHandOver": hand_over,
    "dutyRemind": remind,
    "calendarPublish": publish,
    "calendarConfirm": confirm_calendar,
    "calendarDecline": decline_calendar,
    "ruleSet": set_rule,
    "ruleConfirm": confirm_rule,
    "ruleDecline": decline_rule,
    "documentTemplateSet": set_template,
    "viewSave": save_view,
    "viewDelete": delete_view,
    "viewWithdraw": withdraw_view,
    "jobRetry": retry_job,
    "noticeSend": send_notice,
    "contactReveal": reveal_contact,
    "companyAmend": amend_company,
    "messageRead": read_message,
    "noticeAnswer": answer_notice,
    **industry.SCENES,
}
# Yanjiang has claimed already.
HAS_NO_CAUSE = {("projectClaim", "yanjiang")}
OF_LISTS = {"listPreview", "listImport", "listUndo"}
OF_THE_LEDGER = {
    "ledgerPreview",
    "ledgerMend",
    "ledgerImport",
    "ledgerConfirm",
    "ledgerUndo",
    *OF_LISTS,
}  # tests/ledger


@pytest.mark.parametrize("act", SCENES)
async def test_those_may_whom_the_policy_names_and_nobody_else(city: City, act: str) -> None:
    given = await SCENES[act](city)
    allowed = []
    for name in EVERYBODY:
        async with undone():
            before = await written()
            payload = await city.act(city[name], act, **mine(name, act, given))
            if payload["userErrors"]:
                codes = {error["code"] for error in payload["userErrors"]}
                refusals = {"RULE"} if (act, name) in HAS_NO_CAUSE else {"NOT_ALLOWED", "INVALID"}
                assert codes <= refusals, (name, payload["userErrors"])
                assert await written() == before, f"{name} was refused and wrote"
            else:
                assert await written() == before + 1
                allowed.append(name)
    assert sorted(allowed) == sorted(MAY_DO[act].split())


def mine(name: str, act: str, given: Said) -> Said:
    """A ticket speaks for those it was given to; the office names project and place itself."""
    if act != "projectClaim":
        return given
    without = {"project" if name == "anyue" else "ticket", "" if name == "office" else "place"}
    return {key: value for key, value in given.items() if key not in without}


async def test_an_act_without_permission_is_refused_before_anything_is_looked_up(
    city: City,
) -> None:
    project = await city.report()
    known = await city.act(
        city.branch, "projectJudge", **on(project) | {"reason": "x", "firstContactPlace": "anyue"}
    )
    unknown = await city.act(
        city.branch, "projectJudge", project="2026-9999", revision=1, reason="x"
    )
    assert known["userErrors"] == unknown["userErrors"]
    assert known["userErrors"][0]["code"] == "NOT_ALLOWED"
    assert (await Project.get(no=project["no"])).revision == 1


def test_every_act_has_a_scene() -> None:
    assert set(SCENES) | OF_THE_LEDGER == set(MAY)


class _Undo(Exception):
    pass


@asynccontextmanager
async def undone() -> AsyncIterator[None]:
    with suppress(_Undo):
        async with transaction():
            yield
            raise _Undo


async def written() -> int:
    return await JournalEntry.all().count()
