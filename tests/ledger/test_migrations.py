"""A place brings reports; whatever says more becomes fact by a decision of the office alone."""

from datetime import timedelta
from typing import Any

import pytest

from schema.city.rules.personal import SALT
from schema.duties.repair import compare
from schema.duties.tables import Duty, Outcome
from schema.entries.checking import posting_faults
from schema.entries.tables import Credit, Entry, EntryFlag, EntryStep
from schema.fulfilment.tables import Milestone
from schema.ledger.tables import Batch, BatchRow
from schema.linkage.tables import Claim, Judgement, Transfer
from schema.messages.tables import Message
from schema.permissions import MAY, Post
from schema.project.tables import Migration, Project
from schema.signing.tables import Agreement
from tests.ledger.ledgers import (
    BACK,
    PAPER,
    SIGNED,
    TALKED,
    brought_in,
    code,
    confirmed,
    imported,
    ledger_city,
    line,
    on,
    previewed,
    rows,
    states,
)
from tests.server.doors import signed_in
from tests.world import City, Said

__all__ = ["ledger_city"]
WAN, YI = 10**6, 10**10
HERE = {"first": "安岳县", "landing": "安岳县"}


def errors_of(payload: Said) -> list[tuple[str, str | None]]:
    return [(error["code"], error["field"]) for error in payload["userErrors"]]


async def awaiting(city: City, *lines: dict[str, str], by: str = "anyue") -> Said:
    """A batch that a place has imported, of which something awaits the office."""
    batch = await previewed(city, *lines, by=by)
    made: Said = (await city.done(city[by], "ledgerImport", **on(batch)))["batch"]
    return made


# ---------------------------------------------------------------- reports


async def test_a_place_brings_in_reports_and_everything_beyond_awaits_the_office(
    ledger_city: City,
) -> None:
    city = ledger_city
    lead = line(1, first="", stage="")
    others = [
        line(2, TALKED, first="安岳县"),
        line(3, SIGNED, **HERE),
        line(4, SIGNED, **HERE, stage="已开工", start="2026-08-01"),
        line(5, first="雁江区", landing="安岳县"),
    ]
    batch = await previewed(city, lead, *others, by="anyue")
    assert await states(city, batch, "anyue") == ["READY"] + ["AWAITING"] * 4
    assert (batch["readyCount"], batch["awaitingCount"]) == (1, 4)
    city.now += timedelta(hours=1)
    done = (await city.done(city.anyue, "ledgerImport", **on(batch)))["batch"]
    assert (done["importedCount"], done["awaitingCount"]) == (1, 4)
    assert await states(city, batch, "anyue") == ["IMPORTED"] + ["AWAITING"] * 4
    (project,) = await Project.all()
    assert (project.stage, project.first_contact_place_id, project.landing_place_id) == (
        "REPORTED", None, None,
    )  # fmt: skip
    assert (project.reported_by_id, project.reporter_id) == (
        city.anyue.organization,
        city.anyue.person,
    )
    assert project.judge_by
    for table in (Judgement, Transfer, Agreement, Entry, Milestone, Migration):
        assert not await table.exists()
    kept = await Batch.get()
    assert kept.organization_id == city.anyue.organization
    assert kept.uploaded_at == city.now - timedelta(hours=1)


async def test_a_line_s_report_and_claim_are_those_that_reporting_it_writes(
    ledger_city: City,
) -> None:
    city = ledger_city
    more = {"contact": "张总", "phone": "13800000000", "meets": "钱进", "met": "2026-11-12"}
    await awaiting(city, line(1, first="安岳县", **more))
    await city.report(
        city.anyue, name="口腔装备产业园第2期", investorName="深圳第2口腔装备有限公司", uscc=code(2),
        contactName="张总", contactPhone="13800000000", contactOn="2026-11-12",
        contactWith="张总", contactBy="钱进", investorRegion="广东省深圳市", group=None,
    )  # fmt: skip
    own = {"id", "no", "name", "normal_name", "name_head", "name_tail", "search", "investor_id"}
    own |= {"source", "revision", SALT}
    by_ledger, by_form = await Project.all().order_by("id").values()
    assert {k: v for k, v in by_ledger.items() if k not in own} == {
        k: v for k, v in by_form.items() if k not in own
    }
    first, second = await Claim.all().order_by("id").values()
    own = {"id", "project_id", "note", SALT}
    assert {k: v for k, v in first.items() if k not in own} == {
        k: v for k, v in second.items() if k not in own
    }
    duties = await Duty.filter(task="projectJudge").order_by("id").values("due_at", "waiting_id")
    assert duties[0] == duties[1]


async def test_the_office_s_ledger_claims_for_the_first_contact_place_of_each_line(
    ledger_city: City,
) -> None:
    city = ledger_city
    await imported(city, line(1, first="雁江区"), line(2, first=""), line(3, first="乐至县"))
    claims = await Claim.all().order_by("id")
    assert [claim.place_id for claim in claims] == [city.yanjiang.place, city.lezhi.place]
    assert {claim.claimed_by_id for claim in claims} == {city.office.person}
    assert {f"{claim.contact_on}" for claim in claims} == {f"{city.now:%Y-%m-%d}"}
    assert all("未填初次洽谈时间" in claim.note for claim in claims)


async def test_a_contact_that_has_lapsed_is_to_be_mended_and_not_claimed(ledger_city: City) -> None:
    city = ledger_city
    await city.set_rule("first_contact.validity", "2026-11-18", number="30")
    batch = await previewed(
        city,
        line(1, met="2026-11-10"),
        line(2, met="2026-03-01"),
        line(3, SIGNED, met="2026-03-01"),
    )
    assert await states(city, batch) == ["READY", "WRONG", "AWAITING"]


async def test_a_place_never_overrides_a_duplicate_that_it_does_not_see(ledger_city: City) -> None:
    city = ledger_city
    await city.report(
        city.lezhi, name="口腔装备产业园第1期", uscc=code(1), investorName="深圳第1口腔装备有限公司"
    )
    mine = await city.report(
        city.anyue, name="口腔装备产业园第2期", uscc=code(2), investorName="深圳第2口腔装备有限公司"
    )
    batch = await previewed(city, *(line(n, first="安岳县") for n in (1, 2, 3)), by="anyue")
    assert await states(city, batch, "anyue") == ["DUPLICATE", "DUPLICATE", "READY"]
    # Reported after the preview, and not seen either.
    await city.report(
        city.lezhi, name="口腔装备产业园第3期", uscc=code(3), investorName="深圳第3口腔装备有限公司"
    )
    done = await city.done(city.anyue, "ledgerImport", **on(batch), includeDuplicates=True)
    assert await states(city, batch, "anyue") == ["AWAITING", "IMPORTED", "AWAITING"]
    hidden, _, _ = await rows(city, batch, "anyue")
    assert hidden["project"] is None
    seen, _, late = await rows(city, batch)
    assert seen["project"]["no"] != mine["no"] and late["project"]
    # The office sees them: it says that they are none, and they are reports from then on.
    asked = await city.act(city.office, "ledgerConfirm", **on(done["batch"]), **PAPER)
    assert errors_of(asked) == [("DUPLICATE", "lines")]
    assert "第 2、4 行" in asked["userErrors"][0]["message"]
    await confirmed(city, done["batch"], "office", acknowledgeDuplicates=True)
    released = await Project.filter(reported_by_id=city.anyue.organization).order_by("id")
    assert [(p.stage, p.migration_id) for p in released] == [("REPORTED", None)] * 4
    assert await Duty.filter(task="projectJudge", closed_at=None).count() == 6


# ---------------------------------------------------------------- the decision


@pytest.mark.parametrize("who", ["anyue", "group", "department", "leader", "agent"])
async def test_nobody_but_the_office_confirms(ledger_city: City, who: str) -> None:
    city = ledger_city
    batch = await awaiting(city, line(1, SIGNED, **HERE))
    refused = await city.act(city[who], "ledgerConfirm", **on(batch), **PAPER)
    assert errors_of(refused) == [("NOT_ALLOWED", None)]
    assert await confirmed(city, batch, "office")


async def test_whoever_uploaded_or_imported_a_batch_does_not_confirm_it(ledger_city: City) -> None:
    city = ledger_city
    uploaded = await previewed(city, line(1, SIGNED))
    batch = (await city.done(city.colleague, "ledgerImport", **on(uploaded)))["batch"]
    for who in (city.office, city.colleague):
        refused = await city.act(who, "ledgerConfirm", **on(batch), **PAPER)
        assert errors_of(refused) == [("RULE", "batch")]
    assert not await Project.exists()


async def test_a_decision_names_a_document_and_lines_that_await_it(ledger_city: City) -> None:
    city = ledger_city
    batch = await awaiting(city, line(1, SIGNED, **HERE), line(2, first="安岳县"))
    for given, wrong in (
        ({"documentNo": ""}, ("INVALID", "documentNo")),
        ({"reason": " "}, ("INVALID", "reason")),
        ({"lines": [2, 3]}, ("RULE", "lines")),
        ({"lines": []}, ("INVALID", "lines")),
        ({"beforeRules": "LANDING"}, ("RULE", "beforeRules")),
        ({"decision": "RETURN"}, ("INVALID", "documentNo")),
    ):
        refused = await city.act(city.office, "ledgerConfirm", **on(batch), **PAPER | given)
        assert errors_of(refused) == [wrong], given
    done = await confirmed(city, batch, "office", lines=[2])
    late = await city.act(city.office, "ledgerConfirm", **on(done), **PAPER)
    assert errors_of(late) == [("RULE", "batch")]


async def test_what_is_migrated_bears_the_decision_and_nobody_s_name(ledger_city: City) -> None:
    city = ledger_city
    uploaded = city.now
    batch = await awaiting(
        city, line(1, SIGNED, first="雁江区", landing="安岳县", stage="已开工", start="2026-08-01")
    )
    city.now += timedelta(days=1)
    await confirmed(city, batch)
    decision = await Migration.get()
    assert (decision.no, decision.document_no, decision.lines) == (
        "QR2026-001", "资经合〔2026〕9号", [2],
    )  # fmt: skip
    assert (decision.decided_by_id, decision.decided_post_id) == (
        city.colleague.person, city.colleague.posts[0].id,
    )  # fmt: skip
    project = await Project.get()
    assert (project.stage, project.judge_by, project.reported_at) == ("STARTED", None, uploaded)
    named = {
        Judgement: ["judged_by_id", "judged_post_id"],
        Transfer: ["requested_by_id", "decided_by_id", "taken_up_by_id"],
        Agreement: ["recorded_by_id", "recorded_post_id"],
        Milestone: ["recorded_by_id"],
        Entry: ["recorded_by_id"],
    }
    for table, columns in named.items():
        for row in await table.all().values():
            assert row["migration_id"] == decision.id
            assert {row[column] for column in columns} == {None}, table
    assert {step.taken_by_id for step in await EntryStep.all()} == {None}
    assert {(e.state, e.opening) for e in await Entry.all()} == {("VERIFIED", True)}
    assert {credit.counts_in for credit in await Credit.all()} == {None}
    claim = await Claim.get()
    assert (claim.place_id, claim.claimed_at) == (city.anyue.place, uploaded)
    found = await city.run(
        city.office,
        "query($no: String!) { project(no: $no) { migration { documentNo decidedAs { name } }"
        " linkage { clock { label dueAt } judgement { judgedAs { name } migration { documentNo } } }"
        " entries { nodes { recordedBy { name } migration { documentNo } } } } }",
        no=project.no,
    )
    shown = found["project"]
    paper = {"documentNo": "资经合〔2026〕9号"}
    assert shown["migration"] == paper | {"decidedAs": {"name": "何佳"}}
    assert shown["linkage"]["clock"] == {"label": "按迁入决定，不计时限", "dueAt": None}
    assert shown["linkage"]["judgement"] == {"judgedAs": None, "migration": paper}
    assert shown["entries"]["nodes"][0] == {"recordedBy": None, "migration": paper}
    assert not await Duty.filter(project_id=project.id).exists()
    assert await posting_faults() == []


@pytest.mark.parametrize(
    ("how", "parts"),
    [
        ({"beforeRules": "LANDING"}, {"yanjiang": 0, "anyue": 100}),
        ({"beforeRules": "SHARED", "beforeRatio": "2∶3"}, {"yanjiang": 40, "anyue": 60}),
    ],
)
async def test_figures_from_before_the_first_rule_are_posted_as_the_decision_says(
    ledger_city: City, how: dict[str, str], parts: dict[str, int]
) -> None:
    """And a reversal copies that, whatever rule is set meanwhile."""
    city = ledger_city
    old = line(
        1,
        SIGNED,
        first="雁江区",
        landing="安岳县",
        signed="2018-05-10",
        amount="100万元",
        paid="",
        year="",
    )
    batch = await awaiting(
        city, old, line(2, SIGNED, **HERE, signed="2018-05-10", paid="", year="")
    )
    asked = await city.act(city.office, "ledgerConfirm", **on(batch), **PAPER)
    assert errors_of(asked) == [("INVALID", "beforeRules")]
    assert "第 2 行" in asked["userErrors"][0]["message"]
    for bad in ("", "3", "0:7", "3:0"):
        more = PAPER | {"beforeRules": "SHARED", "beforeRatio": bad}
        refused = await city.act(city.office, "ledgerConfirm", **on(batch), **more)
        assert errors_of(refused) == [("INVALID", "beforeRatio")]
    batch = await confirmed(city, batch, "office", **how)
    project = await Project.get(name=old["name"])
    assert await shares(city, project.id) == parts
    found = await city.run(
        city.office,
        "query($no: String!) { project(no: $no) { linkage { shares { ratio"
        " explanation { formula inputs { key value source } } }"
        " credits { nodes { explanation { formula inputs { key source } } } } } } }",
        no=project.no,
    )
    assert "迁入决定" in str(found["project"]["linkage"])
    assert await posting_faults() == []
    (entry,) = await Entry.filter(project_id=project.id)
    await city.done(
        city.anyue, "fundsReverse", entry=entry.no, revision=project.revision, reason="重复登记"
    )
    assert await shares(city, project.id) == dict.fromkeys(parts, 0)
    assert await posting_faults() == []


async def shares(city: City, project: int) -> dict[str, int]:
    """What is verified for the two places, in 万元."""
    found = {"yanjiang": 0, "anyue": 0}
    for credit in await Credit.filter(project_id=project, basis="VERIFIED"):
        for slug in found:
            if credit.place_id == city[slug].place:
                found[slug] += credit.amount_fen // WAN
    return found


async def test_what_is_returned_says_why_to_whoever_uploaded_it(ledger_city: City) -> None:
    city = ledger_city
    batch = await awaiting(city, line(1, SIGNED, **HERE), line(2, TALKED, first="安岳县"))
    done = (await city.done(city.office, "ledgerConfirm", **on(batch), **BACK, lines=[2]))["batch"]
    assert (done["returnedCount"], done["awaitingCount"], done["migratedCount"]) == (1, 1, 0)
    assert await states(city, batch, "anyue") == ["RETURNED", "AWAITING"]
    found = await city.run(
        city.anyue,
        "query($no: String!) { batch(no: $no) { migrations { decision reason lines }"
        " rows(first: 1) { nodes { migration { reason } } } } messages { nodes { text link } } }",
        no=batch["no"],
    )
    decision = {"decision": "RETURN", "reason": "请附协议", "lines": [2]}
    assert found["batch"]["migrations"] == [decision]
    assert found["batch"]["rows"]["nodes"][0]["migration"] == {"reason": "请附协议"}
    (message,) = found["messages"]["nodes"]
    assert message["text"] == f"台账 {batch['no']} 第 2 行未同意迁入：请附协议"
    assert {m.person_id for m in await Message.all()} == {city.anyue.person}
    assert not await Project.exists()


async def test_lines_that_await_it_are_a_duty_of_the_office_until_the_last_is_decided(
    ledger_city: City,
) -> None:
    city = ledger_city
    batch = await awaiting(city, line(1, SIGNED, **HERE), line(2, TALKED, first="安岳县"))
    duty = await Duty.get(task="ledgerConfirm")
    assert (duty.holder_post, duty.waiting_id, duty.closed_at) == (
        Post.OFFICE, city.anyue.organization, None,
    )  # fmt: skip
    assert duty.page == f"/ledger/imports/{batch['no']}?state=AWAITING"
    assert duty.barred == f",{city.anyue.person},"
    batch = await confirmed(city, batch, "office", lines=[3])
    assert (await Duty.get(task="ledgerConfirm")).closed_at is None
    await confirmed(city, batch, "office")
    assert (await Duty.get(task="ledgerConfirm")).outcome == Outcome.DONE
    assert await compare(city.context(city.office)) == []


# ---------------------------------------------------------------- doubtful days and figures


@pytest.mark.parametrize(
    "days",
    [
        {"met": "2026-05-11", "signed": "2026-05-10"},
        {"stage": "已开工", "start": "2026-05-09"},
        {"stage": "已投产", "start": "2026-06-01", "done": "2026-08-01", "runs": "2026-07-01"},
    ],
    ids=["signed before the first contact", "started before signed", "ran before it was built"],
)
async def test_a_line_whose_days_are_out_of_order_is_never_migrated(
    ledger_city: City, days: dict[str, str]
) -> None:
    """To be mended where it is read; of a batch read before the rule was kept, by the office too."""
    city = ledger_city
    bad = line(1, SIGNED, **HERE | days)
    batch = await previewed(city, bad, line(2, SIGNED, **HERE), by="anyue")
    assert await states(city, batch, "anyue") == ["WRONG", "AWAITING"]
    done = await city.done(city.anyue, "ledgerImport", **on(batch), onlyCorrect=True)
    await BatchRow.filter(row_no=2).update(state="AWAITING")
    await Batch.all().update(awaiting_count=2)
    refused = await city.act(city.office, "ledgerConfirm", **on(done["batch"]), **PAPER)
    assert errors_of(refused) == [("RULE", "lines")]
    assert "第 2 行的日期先后不对" in refused["userErrors"][0]["message"]
    await confirmed(city, done["batch"], "office", lines=[3])
    assert await Project.all().count() == 1


FLAG_OF = """query($no: String!) { entry(no: $no) { earlyReason flagText verifiedAs { name }
    claimedBy { slug } flags { kind asked other { no } flaggedAs { name } migration { documentNo } } } }"""


async def test_money_above_the_agreement_is_shown_before_the_decision_and_flagged_by_it(
    ledger_city: City,
) -> None:
    city = ledger_city
    over = line(1, SIGNED, **HERE, amount="1亿", paid="10001", year="1")
    batch = await awaiting(city, over, line(2, SIGNED, **HERE))
    seen, _ = await rows(city, batch)
    warned = [each["message"] for each in seen["issues"] if each["code"] == "ABOVE_AGREED"]
    assert warned == [
        "累计到位资金 10,001 万元，协议金额合计 10,000 万元，超出 1 万元，请核对；迁入时须写明理由"
    ]
    asked = await city.act(city.office, "ledgerConfirm", **on(batch), **PAPER)
    assert errors_of(asked) == [("RULE", "aboveAgreed")]
    assert "第 2 行" in asked["userErrors"][0]["message"]
    await confirmed(city, batch, "office", aboveAgreed="外方利息计入到位")
    (flag,) = await EntryFlag.all()
    entry = await Entry.get(id=flag.entry_id)
    assert (entry.indicator, flag.migration_id) == ("PAID_IN_FUNDS", entry.migration_id)
    found = (await city.run(city.anyue, FLAG_OF, no=entry.no))["entry"]
    assert found["claimedBy"] is None and found["verifiedAs"] is None
    paper = {"documentNo": "资经合〔2026〕9号"}
    assert found["flags"] == [
        {
            "kind": "ABOVE_AGREED",
            "asked": True,
            "other": None,
            "flaggedAs": None,
            "migration": paper,
        }
    ]
    assert found["flagText"].endswith("；迁入决定：外方利息计入到位")


async def test_a_line_with_a_figure_of_the_project_that_it_may_be_is_flagged_with_that_one(
    ledger_city: City,
) -> None:
    """The same amount on the same day in what may be the same project: named at the question, and kept."""
    city = ledger_city
    one = line(1, SIGNED, **HERE, paid="", year="")
    await confirmed(city, await awaiting(city, one), "office")
    first = await Entry.get()
    batch = await previewed(city, one, line(2, SIGNED, **HERE))
    made = await city.done(city.office, "ledgerImport", **on(batch), includeDuplicates=True)
    asked = await city.act(city.colleague, "ledgerConfirm", **on(made["batch"]), **PAPER)
    assert errors_of(asked) == [("DUPLICATE", "lines")]
    assert "其中第 2 行的金额、日期与其台账中的一笔相同" in asked["userErrors"][0]["message"]
    await confirmed(city, made["batch"], acknowledgeDuplicates=True)
    (flag,) = await EntryFlag.filter(kind="ALIKE")
    assert (flag.other_id, flag.answer) == (first.id, "与原台账核对一致")
    assert flag.entry_id != first.id


async def test_migrated_money_without_a_day_of_signing_is_marked_before_signing(
    ledger_city: City,
) -> None:
    city = ledger_city
    batch = await awaiting(city, line(1, SIGNED, **HERE, signed=""))
    (seen,) = await rows(city, batch)
    assert "注明“签约前发生”" in str(seen["issues"])
    await confirmed(city, batch, "office")
    for entry in await Entry.filter(indicator="PAID_IN_FUNDS"):
        assert entry.early_reason == (
            "台账没有正式协议的签约时间，按迁入决定（资经合〔2026〕9号）登记"
        )
    # Until the agreement is recorded, what comes in is asked about too; a step has its lower bound.
    project = await Project.get()
    money = {
        "project": project.no, "amount": "1万", "occurredOn": "2026-11-18",
        "sourceOfCapital": "IN_CITY", "evidenceNote": "回单", "aboveAgreed": "协议待补登",
    }  # fmt: skip
    asked = await city.act(city.anyue, "fundsRecord", **money)
    assert errors_of(asked) == [("RULE", "earlyReason")]
    formal = {"kind": "FORMAL", "amount": "12.5亿", "signedOn": "2026-05-10"}
    await city.done(city.anyue, "agreementSign", project=project.no, **formal)
    money.pop("aboveAgreed")
    await city.done(city.anyue, "fundsRecord", **money)


async def test_a_migrated_project_is_signed_on_or_after_the_first_contact_of_its_ledger(
    ledger_city: City,
) -> None:
    city = ledger_city
    await confirmed(
        city, await awaiting(city, line(1, TALKED, first="安岳县", met="2026-03-01")), "office"
    )
    project = await Project.get()
    formal = {"project": project.no, "kind": "FORMAL", "amount": "1亿"}
    early = await city.act(city.anyue, "agreementSign", **formal, signedOn="2026-02-28")
    assert errors_of(early) == [("RULE", "signedOn")]
    assert "早于报送时间（2026-03-01）" in early["userErrors"][0]["message"]
    await city.done(city.anyue, "agreementSign", **formal, signedOn="2026-03-01")


async def test_the_page_of_a_decision_shows_and_asks_about_money_above_the_agreement(
    ledger_city: City,
) -> None:
    city = ledger_city
    batch = await awaiting(city, line(1, SIGNED, **HERE, amount="1亿", paid="20000", year="1"))
    path = f"/ledger/imports/{batch['no']}"
    form = {"act": "LedgerConfirm", "batch": batch["no"], "revision": str(batch["revision"])}
    form |= PAPER
    async with signed_in("office") as visitor:
        shown = await visitor.get(f"{path}/rows/2")
        listed = await visitor.get(path)
        asked = await visitor.post(path, data=form)
        done = await visitor.post(path, data=form | {"aboveAgreed": "增资协议待补"})
    assert "超出 10,000 万元" in shown.text
    assert 'name="aboveAgreed"' not in listed.text, "nothing is asked before"
    assert asked.status_code == 422 and 'name="aboveAgreed"' in asked.text
    assert done.status_code == 303
    assert (await EntryFlag.get()).answer == "增资协议待补"


# ---------------------------------------------------------------- undone


async def test_a_place_undoes_its_reports_and_the_office_alone_what_was_migrated(
    ledger_city: City,
) -> None:
    city = ledger_city
    own = await awaiting(city, line(1, first="安岳县"), line(2, SIGNED, **HERE))
    undone = await city.done(city.anyue, "ledgerUndo", **on(own), reason="传错了文件")
    assert await states(city, own, "anyue") == ["UNDONE", "UNDONE"]
    assert undone["batch"]["awaitingCount"] == 0
    assert (await Duty.get(task="ledgerConfirm")).outcome == Outcome.ENDED
    batch = await awaiting(city, line(1, first="安岳县"), line(2, SIGNED, **HERE))
    batch = await confirmed(city, batch, "office")
    refused = await city.act(city.anyue, "ledgerUndo", **on(batch), reason="传错了文件")
    assert errors_of(refused) == [("NOT_ALLOWED", "batch")]
    await city.done(city.colleague, "ledgerUndo", **on(batch), reason="迁入有误")
    reversals = await Entry.filter(reverses_id__not_isnull=True)
    assert {entry.recorded_by_id for entry in reversals} == {city.colleague.person}
    assert {entry.confirmed_by_id for entry in reversals} == {city.colleague.organization}
    assert await posting_faults() == []


SIGNS = {
    ("judgement", "judged_by_id"): "projectJudge",
    ("transfer", "requested_by_id"): "projectTransferRequest",
    ("transfer", "decided_by_id"): "projectTransferDecide",
    ("transfer", "taken_up_by_id"): "projectTakeUp",
    ("agreement", "recorded_by_id"): "agreementSign",
    ("milestone", "recorded_by_id"): "milestoneReach",
    ("entry", "recorded_by_id"): "fundsReverse",
    ("entry_flag", "flagged_by_id"): "fundsRecord",
    ("claim", "claimed_by_id"): "projectClaim",
    ("migration", "decided_by_id"): "ledgerConfirm",
    ("batch", "uploaded_by_id"): "ledgerPreview",
    ("batch", "imported_by_id"): "ledgerImport",
    ("project", "reporter_id"): "projectReport",
    ("duty", "closed_by_id"): "ledgerConfirm",
}
"""The act by which somebody's name comes into a column."""


@pytest.mark.parametrize("who", ["anyue", "office"])
async def test_no_name_stands_under_what_somebody_may_not_give(ledger_city: City, who: str) -> None:
    city = ledger_city
    lines = [
        line(1, first="安岳县"),
        line(2, SIGNED, **HERE, stage="已开工", start="2026-08-01"),
        line(3, SIGNED, first="雁江区", landing="安岳县"),
        line(4, TALKED, first="安岳县"),
    ]
    batch = await previewed(city, *lines, by=who)
    held = {viewer.person: viewer.posts[0] for viewer in (city.anyue, city.office, city.colleague)}
    batch = await brought_in(city, batch, who)
    await check_names(held)
    undoer = city.colleague
    await city.done(undoer, "ledgerUndo", **on(batch), reason="迁入有误")
    await check_names(held)
    assert {step.taken_by_id for step in await EntryStep.filter(state="REVERSED")} == {
        undoer.person
    }


async def check_names(held: dict[Any, Any]) -> None:
    """Every `*_by_id` and `*_post_id` of the tables that bear facts is somebody's who may give it."""
    tables = [
        Project,
        Claim,
        Judgement,
        Transfer,
        Agreement,
        Milestone,
        Entry,
        EntryStep,
        EntryFlag,
        Migration,
    ]
    checked = 0
    for model in (*tables, Batch, BatchRow, Duty):
        table = model._meta.db_table
        for row in await model.all().values():
            for column, value in row.items():
                if value is None or not column.endswith(("_by_id", "_post_id", "reporter_id")):
                    continue
                if column in ("reported_by_id", "confirmed_by_id"):
                    continue  # units
                if column.endswith("_post_id"):
                    person = row[column.replace("_post_id", "_by_id")]
                    assert held[person].id == value, (table, column)
                    continue
                if table == "entry_step":
                    assert row["state"] == "REVERSED", row
                    act = "fundsReverse"
                else:
                    act = SIGNS[table, column]
                assert held[value].post in MAY[act], (table, column)
                checked += 1
    assert checked > 3
    for entry in await Entry.all():
        claimed = {held[entry.recorded_by_id].organization} if entry.recorded_by_id else {None}
        assert {entry.confirmed_by_id} == claimed, "a migrated figure is said by the decision alone"
