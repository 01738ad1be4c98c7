"""A rule is there to be broken by somebody: every refusal can be had over the graph."""

import ast
import inspect
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from schema.entries.tables import Entry
from schema.people.tables import Company
from schema.permissions import Viewer
from schema.project.tables import Project
from schema.query.models import global_id
from tests.entries.months import close
from tests.industry import scenes as industry
from tests.world import NOW, City, Said, at, of, on, uscc

SCHEMA = Path(__file__).parents[2] / "schema"
ELSEWHERE = {
    "city/rules/codes.py": "read with the input of a company: tests/city/test_rules_codes.py",
    "city/rules/days.py": "read as a scalar: tests/house/test_bad_input.py",
    "city/rules/money.py": "read as a scalar: tests/house/test_bad_input.py",
    "city/rules/text.py": "read as a text: tests/house/test_bad_input.py",
    "desk/rules.py": "tests/project/test_saved_views.py",
    "duties/rules.py": "tests/duties/test_reminders.py",
    "jobs/rules.py": "tests/jobs/test_operations.py",
    "linkage/rules/company_lines.py": "a fault of a line of a list: tests/linkage/test_company_lists.py",
    "ledger/rules": "what is wrong with a line is an issue of the line: tests/ledger",
    "messages/rules.py": "tests/jobs/test_messages.py",
    "people/rules.py": "by commands, not over the graph: tests/server/test_posts.py",
}
"""Rules whose refusals are had elsewhere: where."""
RULES = [
    path
    for path in sorted([*SCHEMA.glob("*/rules.py"), *SCHEMA.glob("*/rules/*.py")])
    if not any(path.relative_to(SCHEMA).as_posix().startswith(each) for each in ELSEWHERE)
]
TREES = {path: ast.parse(path.read_text()) for path in sorted(SCHEMA.rglob("*.py"))}
CHECKS = {
    node.name: path
    for path in RULES
    for node in TREES[path].body
    if isinstance(node, ast.FunctionDef) and node.name.startswith("check_")
}


# ---- every check is asked, with what the caller was given


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_is_given_values_and_no_constants(name: str) -> None:
    signature = inspect.signature(getattr(import_module(module_of(CHECKS[name])), name))
    assert all(each.default is each.empty for each in signature.parameters.values()), (
        "a value that nobody need give is a rule that nobody need keep"
    )
    calls = list(calls_of(name))
    assert calls, f"nobody asks {name}"
    constants = [ast.unparse(each) for given in calls for each in given if is_constant(each)]
    assert constants == []


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(SCHEMA.parent).with_suffix("").parts)


def calls_of(name: str) -> Iterator[list[ast.expr]]:
    """The arguments of each call of a check, also through `gate.check`; none where it is registered."""
    for tree in TREES.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                asked = [*node.args, *(each.value for each in node.keywords)]
                if names(node.func) == name:
                    yield asked
                elif asked and names(node.func) == "check" and names(asked[0]) == name:
                    yield asked[1:]
            elif name in registered(node):
                yield []


def registered(node: ast.AST) -> set[str | None]:
    """The checks that a table of them holds: `CHECKS[…] = check_share`, `{…: check_deadline}`."""
    values = node.values if isinstance(node, ast.Dict) else []
    return {*map(names, values), names(node.value) if isinstance(node, ast.Assign) else None}


def names(node: ast.expr | None) -> str | None:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def is_constant(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp):
        return is_constant(node.operand)
    return isinstance(node, ast.Constant)


# ---- every refusal can be had over the graph


def refusals() -> dict[str, re.Pattern[str]]:
    """Where a rule refuses, and what its message looks like."""
    found = {}
    for path in RULES:
        for node in ast.walk(TREES[path]):
            if isinstance(node, ast.Call) and names(node.func) == "RuleBroken":
                (message, *_) = node.args
                at = f"{path.relative_to(SCHEMA)}: {ast.unparse(message)}"
                found[at] = re.compile(looks(message, path), re.DOTALL)
    return found


def looks(message: ast.expr, path: Path) -> str:
    """The pattern of a message that stands where it is raised, or is a constant of that module."""
    if isinstance(message, ast.Name):
        return re.escape(getattr(import_module(module_of(path)), message.id))
    if isinstance(message, ast.Constant):
        return re.escape(str(message.value))
    assert isinstance(message, ast.JoinedStr)
    return "".join(
        re.escape(str(each.value)) if isinstance(each, ast.Constant) else ".+"
        for each in message.values
    )


RULE = {"effectiveOn": "2027-01-01", "clause": "通知", "documentNo": "资经合〔2026〕5号"}
YEAR = {"year": 2027, "source": "国务院办公厅通知", "documentNo": "国办发明电〔2026〕7号"}
FIXED = "2027-01-01,休,元旦\n2027-05-01,休,劳动节\n2027-10-01,休,国庆节"
AGREEMENT = {"kind": "FORMAL", "amount": "12.5亿", "signedOn": "2026-11-18"}
MONEY = {"occurredOn": "2026-11-18", "sourceOfCapital": "FOREIGN", "evidenceNote": "回单"}


async def broken(city: City) -> set[str]:
    """What the acts answer to whoever breaks the rules."""
    fields: set[str] = set()

    async def ask(who: str | Viewer, act: str, **input: object) -> None:
        by = city[who] if isinstance(who, str) else who
        payload = await city.act(by, act, **input)
        assert payload["userErrors"], f"{act} lets this pass: {input}"
        fields.update(error["message"] for error in payload["userErrors"])

    share = {"firstParts": "3", "landingParts": "7", "choices": ["TAX"]}
    wrong: dict[str, list[Said]] = {
        "lead.assessment_deadline": [{"number": "0"}],
        "lead.closing_time": [{"time": "25:00"}],
        "transfer.tax_share": [
            share | {"firstParts": "130"},
            share | {"firstParts": "0", "landingParts": "0"},
            share | {"choices": []},
            share | {"choices": ["GDP"]},
        ],
        "assessment.ranking_indicator": [{"choices": ["TAX", "PAID_IN_FUNDS"]}],
        "verification.counts": [{"choices": []}, {"choices": ["CLAIMED", "VERIFIED"]}],
        "verification.deadline": [{"number": "0"}],
        "verifier.signed_funds": [{"choices": ["industry-bureau"]}],
        "verifier.paid_in_funds": [{"choices": []}, {"choices": ["statistics-bureau"]}],
    }
    for name, inputs in wrong.items():
        for given in inputs:
            await ask("office", "ruleSet", **RULE, name=name, **given)
    past = RULE | {"effectiveOn": "2026-11-17"}
    await ask("office", "ruleSet", **past, name="lead.assessment_deadline", number="3")
    deadline = {"name": "lead.assessment_deadline", "number": "3"}
    await ask("office", "ruleSet", **RULE, **deadline, status="SEED")
    await ask("office", "ruleSet", **(RULE | {"documentNo": "无"}), **deadline)
    await ask("office", "ruleSet", **RULE, name="transfer.indicator_share", **share)
    proposal = await city.propose_rule("lead.assessment_deadline", "2027-01-01", number="3")
    overtaken = await city.propose_rule("lead.assessment_deadline", "2027-01-01", number="4")
    await ask("office", "ruleConfirm", **of(proposal))
    await city.done(city.colleague, "ruleConfirm", **of(proposal))
    await ask("colleague", "ruleConfirm", **of(overtaken))
    await ask("colleague", "ruleConfirm", proposal=overtaken["no"], revision=2)
    await ask("colleague", "ruleConfirm", proposal=proposal["no"], revision=2)
    for text in (
        "元旦",
        "2027-13-40,休,元旦",
        "2027-01-01,休,元旦",
        f"{FIXED}\n{FIXED}",
        f"{FIXED}\n2027-11-19,班,x",
    ):
        await ask("office", "calendarPublish", **YEAR, text=text)
    await ask("office", "calendarPublish", **YEAR, text=f"{FIXED}\n2026-01-01,休,元旦")
    await ask("office", "calendarPublish", **(YEAR | {"year": 1989}), text=FIXED)

    template: Said = {
        "document": "brief",
        "effectiveOn": "2026-11-18",
        "documentNumber": "资经合办〔2026〕7号",
        "reason": "抬头",
        "revision": 1,
    }
    await ask("office", "documentTemplateSet", **template)
    await ask("office", "documentTemplateSet", **template | {"document": "bulletin"})
    await ask("office", "documentTemplateSet", **template | {"effectiveOn": "2026-11-17"})
    await ask("office", "documentTemplateSet", **template, builtIn=True)
    file = {"name": "简报.docx", "content": ""}
    await ask("office", "documentTemplateSet", **template, builtIn=True, file=file)

    for _ in range(2):
        await city.report(investorName="华西牙科有限公司")
    lead: Said = {"name": "口腔医院", "investorName": "华西牙科", "amount": "1亿"}
    await ask("office", "projectReport", **lead)
    other = lead | {"investorName": "成都牙科", "uscc": uscc(city.reports)}
    await ask("office", "projectReport", **other)

    held: Said = {"controllers": "张三", "source": "公告", "asOf": "2026-11-18"}
    investor = await Company.get(uscc=uscc(city.reports))
    company = {"company": global_id("Company", investor.id), "revision": 1}
    await ask("office", "companyAmend", **company)
    await ask("office", "companyAmend", **company, **(held | {"source": "", "asOf": None}))
    await ask("office", "companyAmend", **company, **(held | {"asOf": "2026-11-19"}))
    await ask("office", "companyAmend", **company, name="华西口腔有限公司", asOf="2026-11-18")
    await city.done(city.office, "companyAmend", **company, **held)
    older = held | {"asOf": "2026-11-17", "revision": 2}
    await ask("office", "companyAmend", **company | older)
    code = {"revision": 2, "uscc": uscc(city.reports - 1)}
    await ask("office", "companyAmend", **company | code)
    await city.report(investorName="境外牙科", uscc="", noCodeReason="境外企业")
    abroad_row = await Company.get(uscc=None)
    no_code = {"company": global_id("Company", abroad_row.id), "revision": 1}
    await ask("office", "companyAmend", **code | no_code)
    await ask("office", "projectReport", **lead, controllers="张三", holdersOn="2026-11-19")

    unreal: Said = {"amount": "0", "industryCode": "9999", "landMu": "很多", "contactPhone": "张总"}
    await ask("office", "projectReport", **(lead | unreal), foreignAmount="x", currency="XXX")
    abroad: Said = {"foreignAmount": "1", "currency": "USD", "rateDate": "2026-11-18"}
    await ask("office", "projectReport", **lead, **abroad, rate="7.1", landMu="100000.01")
    await ask("office", "projectReport", **lead, contactPhone="138****5678")
    foreign: Said = {"foreignAmount": "1", "currency": "USD", "rate": "x", "rateDate": "2026-11-19"}
    await ask("office", "projectReport", **lead, **foreign, fixedAssets="2亿")

    report = await city.report(contactOn=None)
    claim: Said = {"contactWith": "张总", "project": report["no"]}
    await ask("yanjiang", "projectClaim", **claim, contactOn="2026-11-19")  # and without evidence
    await city.set_rule("first_contact.validity", "2026-11-18", number="180")
    await ask("yanjiang", "projectClaim", **claim, contactOn="2026-05-21")
    await ask("anyue", "projectClaim", contactOn="2026-11-18", contactWith="张总", ticket="7.3.x")
    await ask("office", "projectJudge", **on(report), reason="属实")
    await ask("office", "projectMerge", **on(report), into=report["no"], reason="同一")
    judge: Said = {"reason": "属实", "firstContactPlace": "lezhi"}
    await ask("office", "projectJudge", **on(report), **judge)
    bare = await city.report(group=None)
    await ask("office", "projectJudge", **on(bare), **judge)
    await ask("group", "projectOpine", **on(report), stance="ANOTHER", reason="更近")
    same = {"group": "advanced-manufacturing", "reason": "更正"}
    await ask("office", "projectAmend", **on(report), **same)
    opined = await city.opined(report)
    await ask("group", "projectOpine", **on(opined), stance="AGREE", reason="同意")
    both = Viewer("吴钢", city.group.person, (*city.group.posts, *city.office.posts))
    await ask(both, "projectJudge", **on(opined), firstContactPlace="yanjiang", reason="属实")
    reported = await city.report(city.group)
    await ask("group", "projectOpine", **on(reported), stance="AGREE", reason="同意")
    first = {"stance": "ANOTHER", "place": "yanjiang", "reason": "更近"}
    await ask("group", "projectOpine", **on(await city.report()), **first)
    ticket = await city.ticket(city.anyue, opined)
    other = [{"name": "另一份.txt", "content": "5Lya6K6u5Lya"}]
    met = {"contactOn": "2026-11-18", "contactWith": "张总"}
    await ask("anyue", "projectClaim", **met, ticket=ticket, evidence=other)
    own = {"claim": await city.claim_of("yanjiang", opined), "revision": opined["revision"]}
    await ask("office", "claimAssess", **own, assessment="GOOD", reason="属实")
    city.now = at("2025-12-31 10:00")
    old = await city.report(contactOn="2025-12-30")
    await ask("group", "projectOpine", **on(old), stance="AGREE", reason="同意")
    city.now = at("2026-12-31 10:00")
    late = await city.report()
    await ask("office", "projectJudge", **on(late), **judge)
    city.now = NOW
    report = opined
    gone = await city.report()
    await city.done(city.yanjiang, "projectWithdraw", **on(gone), reason="重复")
    await ask("office", "projectMerge", **on(report), into=gone["no"], reason="同一")

    judged = await city.judged("yanjiang")
    await ask("office", "projectReturn", **on(judged), reason="补正")
    await ask("yanjiang", "projectDispute", project=judged["no"], grounds="更早")
    await ask(
        "office", "projectTransferRequest", **on(judged), landingPlace="yanjiang", reason="用地"
    )
    later = AGREEMENT | {"signedOn": "2026-11-19"}
    await ask("yanjiang", "agreementSign", **on(judged), **later)
    await ask("yanjiang", "agreementSign", **on(judged), **(AGREEMENT | {"kind": "SUPPLEMENTARY"}))
    await ask("yanjiang", "agreementSign", **on(judged), **(AGREEMENT | {"amount": "0"}))
    await ask("yanjiang", "agreementSign", **on(judged), **AGREEMENT, startBy="2026-11-17")
    before_report = AGREEMENT | {"signedOn": "2026-11-17"}
    await ask("yanjiang", "agreementSign", **on(judged), **before_report)

    signed = await city.signed()
    await ask("hightech", "agreementSign", **on(signed), **AGREEMENT)
    before_formal = before_report | {"kind": "SUPPLEMENTARY"}
    await ask("hightech", "agreementSign", **on(signed), **before_formal)
    step: Said = {**on(signed), "stage": "REGISTERED"}
    await ask("hightech", "milestoneReach", **step, reachedOn="2026-11-19")
    await ask("hightech", "milestoneReach", **step, reachedOn="2026-11-17")
    await ask("hightech", "fundsRecord", **on(signed), **MONEY, amount="0")
    tomorrow = MONEY | {"occurredOn": "2026-11-19"}
    await ask("hightech", "fundsRecord", **on(signed), **tomorrow, amount="1万")
    slip = [{"name": "回单.txt", "content": "5Zue5Y2V"}]
    paid = await city.pay(signed, "1万", evidence=slip)
    await ask("hightech", "fundsRecord", **on(paid["project"]), **MONEY, amount="1万")
    await ask("hightech", "fundsRecord", **on(signed), **MONEY, amount="2万", evidence=slip)
    await ask("hightech", "fundsRecord", **on(signed), **MONEY, amount="12.5亿")
    lost = {"sameVoucher": "一张回单两笔"}
    await ask("hightech", "fundsRecord", **on(signed), **MONEY, **lost, amount="2万")
    entry: Said = {"entry": paid["entry"]["no"], "reason": "记错"}
    posted = RULE | {"effectiveOn": "2026-11-18"}
    await ask("office", "ruleSet", **posted, name="transfer.tax_share", **share)
    back = await city.done(
        city.hightech, "fundsReverse", **entry, revision=paid["project"]["revision"]
    )
    early = MONEY | {"occurredOn": "2026-11-17"}
    await ask("hightech", "fundsRecord", **on(back["project"]), **early, amount="1万")
    late = MONEY | {"earlyReason": "保证金"}
    await ask("hightech", "fundsRecord", **on(back["project"]), **late, amount="1万")
    ancient = MONEY | {"occurredOn": "2019-12-31", "earlyReason": "土地保证金"}
    await ask("hightech", "fundsRecord", **on(back["project"]), **ancient, amount="1万")
    await verification(city, ask)
    revision = back["project"]["revision"]
    await ask("hightech", "fundsReverse", **entry, revision=revision)
    again = {"entry": back["entry"]["no"], "reason": "记错"}
    await ask("hightech", "fundsReverse", **again, revision=revision)
    return fields


async def verification(city: City, ask: Callable[..., Awaitable[None]]) -> None:
    """What is refused around verification, of an entry in each of its states."""
    paid = await city.pay(await city.signed(), "1万")
    taxed = await city.tax(paid["project"], "1万")
    given: Said = {"entry": paid["entry"]["no"], "revision": 1, "verified": True}
    tax = given | {"entry": taxed["entry"]["no"]}
    await ask("finance", "taxVerify", **given)
    await ask("finance", "fundsVerify", **tax)
    await ask("finance", "fundsVerify", **given | {"verified": False})
    again: Said = {"entry": paid["entry"]["no"], "note": "更正"}
    await ask("hightech", "entryResubmit", **again, revision=1)
    back = await city.verified(paid, verified=False, reason="印章不清")
    await ask("finance", "fundsVerify", **given | {"revision": 2})
    claimed = await city.done(city.hightech, "entryResubmit", **again, revision=2)
    verified = await city.verified(claimed)
    await ask("finance", "fundsVerify", **given | {"revision": 4})
    await ask("hightech", "entryResubmit", **again, revision=4)
    assert back["entry"]["state"] == "RETURNED"
    reversal = {"entry": paid["entry"]["no"], "reason": "记错"}
    await city.done(
        city.hightech, "fundsReverse", **reversal, revision=verified["project"]["revision"]
    )
    await ask("finance", "fundsVerify", **given | {"revision": 5})
    await ask("hightech", "entryResubmit", **again, revision=5)
    by_office = await city.done(
        city.office,
        "fundsRecord",
        **on(await city.signed()),
        **MONEY,
        amount="1万",
    )
    own = given | {"entry": by_office["entry"]["no"]}
    await ask("office", "fundsVerify", **own)
    await city.set_rule("verifier.signed_funds", "2026-11-18", choices=["finance-bureau"])
    signed = await city.signed()
    (agreed,) = await Entry.filter(project_id=(await Project.get(no=signed["no"])).id)
    finance = Viewer(
        city.finance.name,
        city.finance.person,
        tuple(replace(held, verifies=("SIGNED_FUNDS",)) for held in city.finance.posts),
    )
    taxed_back = await city.verified(taxed, verified=False, reason="凭证不清")
    more = {"sourceOfCapital": "FOREIGN", "evidenceNote": "", "note": "更正"}
    again = {"entry": taxed_back["entry"]["no"], "revision": taxed_back["entry"]["revision"]}
    await ask("hightech", "entryResubmit", **again, **more)
    refused = given | {"entry": agreed.no, "verified": False, "reason": "金额不符"}
    await city.done(finance, "fundsVerify", **refused)
    again = {"entry": agreed.no, "note": "更正", "revision": 2}
    await ask("hightech", "entryResubmit", **again, amount="1万")
    await ask("hightech", "entryResubmit", **again, occurredOn="2026-11-17")
    await groups_work(city, ask)
    await close("2026-11", city.now)
    today = RULE | {"effectiveOn": "2026-11-18", "name": "verification.counts"}
    await ask("office", "ruleSet", **today, choices=["CLAIMED"])


async def refused_ones(city: City, ask: Callable[..., Awaitable[None]]) -> None:
    """What is refused of the six ones: of their dates, their papers, their checks, their keepers."""
    no, department = industry.LEADER, f"{industry.GROUP}-lead-department"
    end = {"endsOn": "2026-10-01"}

    async def on(one: str = no) -> Said:
        return await industry.opened(city, one)

    async def check(approve: bool) -> None:
        given = {"approve": approve} | ({} if approve else {"reason": "不符"})
        await city.done(city.colleague, "oneCheck", **await on(), **given)

    appoint = await industry.appoint(city)
    await ask("office", "groupAppoint", **appoint | {"documentOn": "2026-11-19"})
    await ask("office", "groupAppoint", **appoint | {"endsOn": "2025-12-31"})
    await ask("office", "oneAssign", **await on(), keeper="yanjiang")
    first = await city.done(city.office, "groupAppoint", **appoint)
    item = {"item": first["item"]["id"]}
    await ask("colleague", "oneCheck", **await on(), approve=True, lines=["没有"])
    await ask("office", "onePapers", **await on(), **item, documentNo=appoint["documentNo"])
    papers = await city.done(city.office, "onePapers", **await on(), **item, documentNo="补1号")
    gone = item | {"reason": "撤回", "change": papers["change"]["id"]}
    await ask("office", "oneVoid", **await on(), **gone)
    member = {"role": "MEMBER", "name": "张三"}
    theirs = await city.done(city.colleague, "groupAppoint", **appoint | member | await on())
    await ask("office", "oneCheck", **await on(), approve=True)
    gone = {"item": theirs["item"]["id"], "reason": "登错"}
    await city.done(city.office, "oneVoid", **await on(), **gone)
    follows = {"replaces": item["item"], "startsOn": "2025-12-31"}
    await ask("office", "groupAppoint", **appoint | await on())
    await ask("office", "groupAppoint", **appoint | follows | await on())
    await ask("office", "oneCheck", **await on(), approve=True)
    await ask("office", "oneAssign", **await on(), keeper=f"group-{industry.GROUP}")
    await ask("office", "oneEnd", **await on(), **item, documentNo="资委办〔2026〕9号", **end)
    await ask("office", "oneEnd", **await on(), **item, **industry.PAPERS, endsOn="2025-12-31")
    await check(True)
    await city.done(city.office, "oneVoid", **await on(), **item, reason="登错")
    instead = {"name": "丁", "replaces": item["item"]}
    made = await city.done(city.office, "groupAppoint", **appoint | instead | await on())
    lines = [made["item"]["id"]]
    await ask("colleague", "oneCheck", **await on(), approve=True, lines=lines)
    await city.done(city.office, "oneVoid", **await on(), item=lines[0], reason="登错")
    await check(False)
    await city.done(city.office, "oneEnd", **await on(), **item, **industry.PAPERS, **end)
    await ask("office", "oneVoid", **await on(), **item, reason="登错")
    second = {"role": "LEADER", "name": "罗刚", "startsOn": "2026-10-02"}
    made = await city.done(city.office, "groupAppoint", **await on(), **second)
    await check(False)
    papers = {"item": made["item"]["id"]} | industry.PAPERS
    await city.done(city.office, "onePapers", **await on(), **papers)
    await ask("colleague", "oneCheck", **await on(), approve=True)
    gone = {"item": made["item"]["id"], "reason": "登错"}
    await city.done(city.office, "oneVoid", **await on(), **gone)
    await ask("office", "oneVoid", **await on(), **gone)
    await city.done(city.office, "oneEnd", **await on(), **item, **industry.PAPERS, **end)
    await check(True)
    await ask("office", "oneEnd", **await on(), **item, **industry.PAPERS, **end)
    await ask("office", "groupAppoint", **appoint | await on() | {"name": "丙"})
    county = {"name": "雁江区", "unit": "yanjiang", "startsOn": "2026-11-01"}
    await ask("office", "oneUpdate", **await on(department), **county)
    await city.done(city.office, "oneAssign", **await on(industry.ZONE))
    await ask("office", "oneAssign", **await on(industry.ZONE))


async def groups_work(city: City, ask: Callable[..., Awaitable[None]]) -> None:
    """What is refused of the six ones, the chain and the target companies."""
    scenes = industry.SCENES
    await refused_ones(city, ask)
    for wrong in (
        {"classes": "9999"},
        {"classes": "、"},
        {"gap": True, "wish": "一家齿轮厂"},
        {"gap": True, "gapReason": "外购"},
        {"wish": "一家齿轮厂"},
    ):
        await ask("group", "chainNodeSet", **industry.GEARS | wrong)
    firm = await scenes["chainFirmAdd"](city)
    await city.done(city.group, "chainFirmAdd", **firm)
    await ask("group", "chainFirmAdd", **firm | {"name": "资阳 齿轮厂"})
    listed = await scenes["targetCompanyAdd"](city)
    await ask("group", "targetCompanyAdd", **listed | {"name": "13800001234"})
    target = await scenes["targetCompanyMove"](city)
    await ask("group", "targetCompanyMove", **target | {"stage": "CONVERTED"})
    contact = await scenes["targetCompanyContact"](city)
    for early in (
        {"happenedOn": "2026-11-19"},
        {"nextOn": "2026-11-17", "nextStep": "回访"},
        {"nextOn": "2026-11-20"},
        {"nextStep": "回访"},
        {"nextOn": "2027-12-31", "nextStep": "回访"},
    ):
        await ask("group", "targetCompanyContact", **contact | early)
    await ask("group", "targetCompanyMove", **target | {"stage": "CONTACTED"})
    plan = {"stage": "LONG_LIST", "nextOn": "2026-11-20", "nextStep": "回访"}
    on = {"target": target["target"]}
    await city.done(city.group, "targetCompanyMove", **target | plan)
    later = plan | {"revision": 2, "nextOn": "2026-11-30"}
    await ask("group", "targetCompanyMove", **on | later)
    before = contact | on | {"happenedOn": "2026-11-01", "nextOn": "2026-11-30"}
    await ask("group", "targetCompanyContact", **before, nextStep="回访")
    of_today = before | {"happenedOn": "2026-11-18"}
    await ask("group", "targetCompanyContact", **of_today, nextStep="回访")
    await city.done(city.group, "targetCompanyContact", **contact | on)
    await ask("group", "targetCompanyMove", **on | {"revision": 3, "stage": "SHORT_LIST"})
    await ask("office", "targetRegionSet", name="东盟", position=-1)


async def test_every_refusal_of_a_rule_can_be_had_over_the_graph(city: City) -> None:
    fields = await broken(city)
    assert [
        at for at, pattern in refusals().items() if not any(map(pattern.fullmatch, fields))
    ] == []
