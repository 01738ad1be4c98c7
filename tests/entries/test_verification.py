"""What is claimed is verified by the unit that the rulebook names, or returned and claimed again."""

import re

import pytest

from schema import database
from schema.checks import UNRECORDED
from schema.entries.checking import posting_faults
from schema.entries.rebuilding import rebuild_postings
from schema.entries.tables import Credit, Entry
from schema.gate import journal
from schema.gate.replay import compare
from schema.gate.tables import JournalEntry
from tests.entries.months import close
from tests.ledger import ledgers
from tests.server.doors import signed_in
from tests.world import City, Said, at, on
from tests.world import of as proposed

RANKING = """query($month: Month, $asOf: DateTime) { ranking(month: $month, asOf: $asOf) {
    basis total waiting rows { place { slug } paidInFunds signedFunds waiting
    explanation { rules { id name status } inputs { key value } lines { whole amount } } } } }"""


async def of(city: City, place: str, month: str = "2026-11", **given: str) -> Said:
    found = (await city.run(city.leader, RANKING, month=month, **given))["ranking"]
    (row,) = [row for row in found["rows"] if row["place"]["slug"] == place]
    assert isinstance(row, dict)
    return row


async def test_only_what_is_verified_counts_and_the_page_says_how_much_waits(city: City) -> None:
    paid = await city.pay(await city.signed(), "1000万")
    row = await of(city, "hightech")
    assert (row["paidInFunds"], row["waiting"]) == ("0.00", "7000000.00")
    assert (await of(city, "yanjiang"))["waiting"] == "3000000.00"
    done = await city.verified(paid)
    assert done["entry"]["state"] == "VERIFIED"
    row = await of(city, "hightech")
    assert (row["paidInFunds"], row["waiting"]) == ("7000000.00", "0.00")


async def test_signed_funds_are_verified_by_signing_until_the_office_names_a_unit(
    city: City,
) -> None:
    await city.signed(amount="1亿")
    assert (await of(city, "hightech"))["signedFunds"] == "70000000.00"
    await city.set_rule("verifier.signed_funds", "2026-11-18", choices=["finance-bureau"])
    await city.signed(amount="1亿")
    assert (await of(city, "hightech"))["signedFunds"] == "70000000.00"


async def test_the_office_may_let_what_waits_count_as_well(city: City) -> None:
    """A dated rule: it holds for the months from its day, and changes none before."""
    await city.pay(await city.signed(), "1000万")
    await city.set_rule("verification.counts", "2026-12-01", choices=["CLAIMED"])
    city.now = at("2026-12-10 10:00")
    assert (await of(city, "hightech"))["paidInFunds"] == "0.00"
    (project,) = await Entry.filter(indicator="PAID_IN_FUNDS").values_list("project__no", flat=True)
    seen = await city.run(city.office, f'{{ project(no: "{project}") {{ no revision }} }}')
    await city.pay(seen["project"], "500万")
    assert (await of(city, "hightech", "2026-12"))["paidInFunds"] == "3500000.00"


JANUARY, FEBRUARY = "2027-01", "2027-02"


async def claimed_in_january(city: City) -> Said:
    """1000 yuan of Yanjiang's and the high-tech zone's, claimed on 20 January, as January is open."""
    city.now = at("2027-01-20 10:00")
    return await city.pay(await city.signed(contactOn="2027-01-12"), "1000")


async def both(city: City) -> dict[str, tuple[str, str]]:
    """What the high-tech zone is credited with in each month, and what waits for it."""
    found = {month: await of(city, "hightech", month) for month in (JANUARY, FEBRUARY)}
    return {month: (row["paidInFunds"], row["waiting"]) for month, row in found.items()}


async def test_a_claim_of_a_month_of_verified_figures_counts_verified_though_the_next_counts_claims(
    city: City,
) -> None:
    """January counts what is verified, and is closed; from February on claims count.

    The claim of January is verified in February: it counts there, once, as verified.
    """
    paid = await claimed_in_january(city)
    await city.set_rule("verification.counts", "2027-02-01", choices=["CLAIMED"])
    assert await both(city) == {JANUARY: ("0.00", "700.00"), FEBRUARY: ("0.00", "0.00")}
    city.now = at("2027-02-03 10:00")
    await close(JANUARY, city.now)
    assert await both(city) == {JANUARY: ("0.00", "0.00"), FEBRUARY: ("0.00", "700.00")}
    verified = await city.verified(paid)
    assert await both(city) == {JANUARY: ("0.00", "0.00"), FEBRUARY: ("700.00", "0.00")}
    await city.pay(verified["project"], "100")
    assert (await both(city))[FEBRUARY] == ("770.00", "0.00"), "a claim of February counts at once"
    inputs = (await of(city, "hightech", FEBRUARY))["explanation"]["inputs"]
    dated = {each["key"]: each["value"] for each in inputs if each["key"].startswith("counts")}
    assert dated == {"counts 2027-01": "核实", "counts 2027-02": "填报"}
    assert await counted(city) == ["70.00", "700.00"]
    assert await posting_faults() == []


async def test_a_claim_of_a_month_of_claims_counts_claimed_though_the_next_counts_verified_figures(
    city: City,
) -> None:
    """January counts claims, and is closed; from February on what is verified counts.

    The claim of January has counted there: verified in February, it does not count again.
    """
    city.now = at("2027-01-01 09:00")
    await city.set_rule("verification.counts", "2027-01-01", choices=["CLAIMED"])
    paid = await claimed_in_january(city)
    await city.set_rule("verification.counts", "2027-02-01", choices=["VERIFIED"])
    assert await both(city) == {JANUARY: ("700.00", "0.00"), FEBRUARY: ("0.00", "0.00")}
    city.now = at("2027-02-03 10:00")
    await close(JANUARY, city.now)
    verified = await city.verified(paid)
    assert await both(city) == {JANUARY: ("700.00", "0.00"), FEBRUARY: ("0.00", "0.00")}
    await city.pay(verified["project"], "100")
    assert (await both(city))[FEBRUARY] == ("0.00", "70.00"), "a claim of February waits"
    assert await counted(city) == ["700.00"]
    assert await posting_faults() == []


async def counted(city: City) -> list[str]:
    """The amounts of the high-tech zone's paid-in funds in the list of what counts, and its file."""
    asked = """{ credits(place: "hightech", indicator: PAID_IN_FUNDS) { nodes { amount } }
        creditTotals(place: "hightech", indicator: PAID_IN_FUNDS) { count amount } }"""
    seen = await city.run(city.office, asked)
    found = sorted((each["amount"] for each in seen["credits"]["nodes"]), key=float)
    (total,) = seen["creditTotals"]
    assert total["count"] == len(found) and float(total["amount"]) == sum(map(float, found))
    return found


async def test_what_counts_is_not_changed_in_or_behind_a_closed_month(city: City) -> None:
    """Nor who verifies, how places share and what ranks: a version begins after the last closed month."""
    await city.pay(await city.signed(), "1000")
    city.now = at("2026-11-30 16:00")
    share = {"firstParts": "5", "landingParts": "5", "choices": ["SIGNED_FUNDS", "PAID_IN_FUNDS"]}
    given: dict[str, dict[str, object]] = {
        "verification.counts": {"choices": ["CLAIMED"]},
        "verifier.paid_in_funds": {"choices": ["office"]},
        "transfer.indicator_share": share,
        "assessment.ranking_indicator": {"choices": ["SIGNED_FUNDS"]},
    }
    early = [await city.propose_rule(name, "2026-11-30", **each) for name, each in given.items()]
    await close("2026-11", city.now)
    for proposal, (name, each) in zip(early, given.items(), strict=True):
        document = {
            "clause": "试行",
            "documentNo": "资经合〔2026〕5号",
            "effectiveOn": "2026-11-30",
        }
        refused = await city.act(city.office, "ruleSet", name=name, **document, **each)
        late = await city.act(city.colleague, "ruleConfirm", **proposed(proposal))
        for answer, field in ((refused, "effectiveOn"), (late, "effectiveOn")):
            (error,) = answer["userErrors"]
            assert error["field"] == field and "2026 年 11 月已关账" in error["message"]
        await city.set_rule(name, "2026-12-01", **each)


async def test_what_counts_is_not_chosen_anew_for_a_month_in_which_something_was_claimed(
    city: City,
) -> None:
    city.now = at("2026-12-01 09:00")
    await city.pay(await city.signed(), "1000", occurredOn="2026-12-01")
    given = {"choices": ["CLAIMED"], "clause": "试行", "documentNo": "资经合〔2026〕5号"}
    version = {"name": "verification.counts", "effectiveOn": "2026-12-01"} | given
    (error,) = (await city.act(city.office, "ruleSet", **version))["userErrors"]
    assert error["field"] == "effectiveOn" and "已按原版本计入" in error["message"]
    await city.set_rule("verification.counts", "2027-01-01", choices=["CLAIMED"])


async def test_what_is_returned_is_part_of_nothing_until_it_is_claimed_again(city: City) -> None:
    paid = await city.pay(await city.signed(), "1000万")
    back = await city.verified(paid, verified=False, reason="回单日期不清")
    assert back["entry"]["state"] == "RETURNED"
    assert back["project"]["paidInFunds"] == "0.00"
    assert (await of(city, "hightech"))["waiting"] == "0.00"
    again = await city.done(
        city.hightech,
        "entryResubmit",
        entry=paid["entry"]["no"],
        revision=back["entry"]["revision"],
        amount="999.99万",
        note="按回单更正",
    )
    assert again["project"]["paidInFunds"] == "9999900.00"
    await city.verified(again)
    assert (await of(city, "hightech"))["paidInFunds"] == "6999930.00"
    asked = f"""{{ entry(no: "{paid["entry"]["no"]}") {{ steps {{ state amount reason
        takenAs {{ unit name }} }} }} }}"""
    steps = (await city.run(city.office, asked))["entry"]["steps"]
    assert [(each["state"], each["amount"], each["reason"]) for each in steps] == [
        ("CLAIMED", "10000000.00", ""),
        ("RETURNED", "10000000.00", "回单日期不清"),
        ("CLAIMED", "9999900.00", ""),
        ("VERIFIED", "9999900.00", ""),
    ]
    assert steps[1]["takenAs"] == {"unit": "市财政局", "name": "卫算"}
    assert await posting_faults() == []


async def test_what_is_claimed_again_is_checked_as_what_is_recorded_all_at_once(
    city: City,
) -> None:
    """Nothing that is given is ignored: a source of capital for tax and a blank document are refused."""
    paid = await city.pay(await city.signed(), "1000万")
    taxed = await city.tax(paid["project"], "10万")
    wrong = {"amount": "0", "occurredOn": "2026-11-19", "evidenceNote": "", "earlyReason": "保证金"}
    fields = {"amount", "occurredOn", "evidenceNote", "earlyReason"}
    for claim, more in ((paid, set[str]()), (taxed, {"sourceOfCapital"})):
        back = await city.verified(claim, verified=False, reason="回单不清")
        again = {
            "entry": back["entry"]["no"],
            "revision": back["entry"]["revision"],
            "note": "更正",
        }
        given = wrong | (dict.fromkeys(more, "FOREIGN"))
        refused = await city.act(city.hightech, "entryResubmit", **again, **given)
        assert {each["field"] for each in refused["userErrors"]} == fields | more
        assert refused["entry"] is None
    record = {"sourceOfCapital": "FOREIGN"} | wrong | {"evidenceNote": "回单 0312"}
    refused = await city.act(city.hightech, "fundsRecord", **on(back["project"]), **record)
    assert {each["field"] for each in refused["userErrors"]} == fields - {"evidenceNote"}


async def test_an_entry_from_before_the_signing_is_claimed_again_for_a_later_day(
    city: City,
) -> None:
    """The reason why it was early goes with the early day, and is not asked for again."""
    early = {"occurredOn": "2026-11-17", "earlyReason": "土地保证金"}
    paid = await city.pay(await city.signed(), "1000万", **early)
    back = await city.verified(paid, verified=False, reason="日期有误")
    again = {"entry": back["entry"]["no"], "revision": back["entry"]["revision"], "note": "更正"}
    await city.done(city.hightech, "entryResubmit", **again, occurredOn="2026-11-18")
    entry = await Entry.get(no=again["entry"])
    assert (f"{entry.occurred_on}", entry.early_reason) == ("2026-11-18", "")


async def test_the_queue_is_theirs_whom_the_rulebook_names(city: City) -> None:
    """Funds: the office or the finance bureau; tax: the tax or the finance bureau. From a day on."""
    project = await city.signed(group="modern-agriculture")
    paid = await city.pay(project, "1000万")
    await city.tax(paid["project"], "100")
    queue = """{ entries(filter: { state: [CLAIMED] }) { nodes { indicator act
        verifiers } } viewer { counts { verification } } }"""
    acts = {}
    for name in ("office", "finance", "revenue", "hightech", "department"):
        seen = await city.run(city[name], queue)
        acts[name] = [(each["indicator"], each["act"]) for each in seen["entries"]["nodes"]]
        mine = sum(act is not None for _, act in acts[name])
        assert seen["viewer"]["counts"]["verification"] == mine
    funds, tax = ("PAID_IN_FUNDS", "fundsVerify"), ("TAX", "taxVerify")
    assert acts["finance"] == [funds, tax]
    assert acts["office"] == [funds, ("TAX", None)]
    assert acts["revenue"] == [("PAID_IN_FUNDS", None), tax]
    assert acts["hightech"] == [("PAID_IN_FUNDS", None), ("TAX", None)]
    assert acts["department"] == [], "it leads another group and verifies nothing"


async def test_an_undone_import_takes_back_what_was_never_shared(city: City) -> None:
    """Signed funds that the rule leaves out go to the landing place whole, and come back whole."""
    share = {"firstParts": "3", "landingParts": "7", "choices": ["PAID_IN_FUNDS"]}
    await city.set_rule("transfer.indicator_share", "2026-01-01", **share)
    batch = await ledgers.imported(city, ledgers.line(1, ledgers.SIGNED))
    credits = Credit.filter(indicator="SIGNED_FUNDS", basis="VERIFIED", undoes_id=None)
    assert await credits.values_list("place_id", "amount_fen") == [
        (city.hightech.place, 125_000_000_000)
    ]
    await city.done(city.office, "ledgerUndo", **ledgers.on(batch), reason="重复导入")
    amounts = await Credit.filter(indicator="SIGNED_FUNDS").values_list("amount_fen", flat=True)
    assert sorted(amounts) == [-125_000_000_000] * 2 + [125_000_000_000] * 2
    assert await posting_faults() == []


async def test_a_closed_month_passes_what_comes_late_to_the_open_one(city: City) -> None:
    """Claimed in November, verified after November is closed: it counts in December."""
    first = await city.pay(await city.signed(), "1000万")
    await city.verified(first)
    late = await city.pay(
        (
            await city.run(
                city.office, f'{{ project(no: "{first["project"]["no"]}") {{ no revision }} }}'
            )
        )["project"],
        "10万",
    )
    city.now = at("2026-12-05 09:00")
    await close("2026-11", city.now)
    settled = (await of(city, "hightech"))["paidInFunds"]
    done = await city.verified(late)
    assert (await of(city, "hightech"))["paidInFunds"] == settled == "7000000.00"
    assert (await of(city, "hightech", "2026-12"))["paidInFunds"] == "70000.00"
    await city.done(
        city.hightech,
        "fundsReverse",
        entry=first["entry"]["no"],
        revision=done["project"]["revision"],
        reason="记错",
    )
    assert (await of(city, "hightech"))["paidInFunds"] == settled, "what is settled stays"
    assert (await of(city, "hightech", "2026-12"))["paidInFunds"] == "-6930000.00"
    (credit,) = await Credit.filter(undoes_id__not_isnull=True, role="LANDING", basis="VERIFIED")
    assert (f"{credit.occurred_on}", f"{credit.counts_in}") == ("2026-11-18", "2026-12-01")
    assert credit.journal_id is not None and await posting_faults() == []


async def test_a_rule_set_today_does_not_change_this_mornings_explanation(city: City) -> None:
    project = await city.signed()
    await city.verified(await city.pay(project, "1000万"))
    report = await city.judged()
    document = """query($no: String!, $of: String!) {
        project(no: $no) { linkage { shares { explanation { rules { id status } formula
            inputs { key value source } lines { whole amount } } } } }
        report: project(no: $of) { linkage { clock { explanation { rules { name id status }
            inputs { key value source } } } } } }"""
    given = {"no": project["no"], "of": report["no"]}
    before = await city.run(city.office, document, **given)
    morning = await of(city, "hightech", asOf="2026-11-18T10:00:00+08:00")
    city.now = at("2026-11-18 16:00")
    share = {"firstParts": "5", "landingParts": "5", "choices": ["PAID_IN_FUNDS"]}
    await city.set_rule("transfer.indicator_share", "2026-11-19", **share)
    await city.set_rule("lead.assessment_deadline", "2026-11-18", number="4")
    await city.set_rule("lead.closing_time", "2026-11-18", time="18:00")
    await city.set_rule("verification.counts", "2026-11-18", choices=["CLAIMED"])
    await city.set_rule("verification.deadline", "2026-11-18", number="1")
    assert await city.run(city.office, document, **given) == before
    assert await of(city, "hightech", asOf="2026-11-18T10:00:00+08:00") == morning
    clock = before["report"]["linkage"]["clock"]["explanation"]
    assert [(each["name"], each["status"]) for each in clock["rules"]] == [
        ("lead.assessment_deadline", "SEED"),
        ("lead.closing_time", "PROPOSAL"),
    ]


async def test_the_page_shows_the_fen_keeps_the_choice_and_leads_on_to_the_queue(
    city: City,
) -> None:
    paid = await city.pay(await city.signed(), "148896.16元")
    path = f"/verification/{paid['entry']['no']}"
    async with signed_in("finance") as visitor:
        shown = await visitor.get(path)
        hidden = {"act": "FundsVerify", "entry": paid["entry"]["no"]}
        form = hidden | {"revision": str(paid["entry"]["revision"])}
        refused = await visitor.post(path, data=form | {"verified": "false"})
        done = await visitor.post(path, data=form | {"verified": "true"})
        after = await visitor.get(done.headers["location"])
    assert "14.889616 万元" in shown.text
    assert ">核实期限<" in shown.text and "不待核实的没有" not in shown.text
    reason = re.search(r'<label for="f-reason">(.*?)</label>', shown.text)
    assert reason and reason[1].strip() == "核实意见", "the help says when it must be filled in"
    assert refused.status_code == 422 and re.search(r'value="false"[^>]* checked', refused.text)
    assert done.status_code == 303 and done.headers["location"] == "/verification"
    assert after.status_code == 200 and f"已核实 {paid['entry']['no']}：" in after.text


async def test_the_page_asks_whether_what_is_claimed_again_is_another(city: City) -> None:
    first = await city.pay(await city.signed(), "30万")
    back = (await city.verified(first, verified=False, reason="印章不清"))["entry"]
    await city.pay(first["project"], "30万")
    path = f"/verification/{back['no']}"
    form = {"act": "EntryResubmit", "entry": back["no"], "note": "已更正"}
    form |= {"revision": str(back["revision"])}
    async with signed_in("hightech") as visitor:
        shown = await visitor.get(path)
        asked = await visitor.post(path, data=form)
        done = await visitor.post(path, data=form | {"another": "两台设备同日同价付款"})
    assert 'name="another"' not in shown.text, "nothing is asked before"
    assert asked.status_code == 422 and 'name="another"' in asked.text
    assert done.status_code == 303


CHANGES = {
    "an amount": 'UPDATE "credit" SET "amount_fen" = "amount_fen" + 1 WHERE "id" = {credit}',
    "a running total": 'UPDATE "credit" SET "running_fen" = 7 WHERE "id" = {credit}',
    "a place": 'UPDATE "credit" SET "place_id" = 3 WHERE "id" = {credit}',
    "a month": 'UPDATE "credit" SET "counts_in" = \'2026-10-01\' WHERE "id" = {credit}',
    "a basis": 'UPDATE "credit" SET "basis" = \'VERIFIED\' WHERE "basis" = \'CLAIMED\'',
    "a rule": 'UPDATE "credit" SET "rule_id" = 1 WHERE "id" = {credit}',
    "a month claimed for": 'UPDATE "credit" SET "claimed_in" = \'2026-10-01\' WHERE "id" = {credit}',
    "what it takes back": 'UPDATE "credit" SET "undoes_id" = NULL',
    "a credit gone": 'DELETE FROM "credit" WHERE "id" = {credit}',
    "a state": 'UPDATE "entry" SET "state" = \'RETURNED\' WHERE "id" = {entry}',
    "an entry's amount": 'UPDATE "entry" SET "amount_fen" = 1 WHERE "id" = {entry}',
    "a project's total": 'UPDATE "project" SET "paid_in_fen" = "paid_in_fen" + 1',
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_a_row_that_was_changed_by_hand_is_found_and_written_anew(
    city: City, change: str
) -> None:
    """One act of the operator's in the journal, with before and after; a second time nothing differs."""
    entry, credit = await two_entries_of_which_one_is_returned(city)
    before = await credits_stored()
    await database.write(change.format(credit=credit.id, entry=entry.id), [[]])
    assert await posting_faults() != []
    lines = await rebuild_postings(city.now)
    assert lines and await posting_faults() == [], lines
    assert (await compare(UNRECORDED)).found == [], "the journal knows of the repair"
    assert await credits_stored() == before, "each row is again what it was"
    acts = await JournalEntry.filter(act="rebuildDerived").all()
    assert [each.actor_name for each in acts] == ["系统管理员"] and acts[0].changes
    assert await rebuild_postings(city.now) == []
    assert await JournalEntry.filter(act="rebuildDerived").count() == 1


async def test_a_credit_of_an_act_on_thousands_of_rows_is_written_anew_as_the_row_it_was(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its journal entry lists the rows in parts; here one of a few rows does."""
    monkeypatch.setattr(journal, "KEPT_IN_ENTRY", 1)
    entry, _ = await two_entries_of_which_one_is_returned(city)
    before = await credits_stored()
    await database.write('DELETE FROM "credit" WHERE "entry_id" = ?', [[entry.id]])
    assert await rebuild_postings(city.now) and await posting_faults() == []
    assert await credits_stored() == before
    assert (await compare(UNRECORDED)).found == []


async def two_entries_of_which_one_is_returned(city: City) -> tuple[Entry, Credit]:
    """1000.05 yuan verified, 7 yuan returned and claimed again: the first, and a credit of it."""
    first = await city.verified(await city.pay(await city.signed(), "1000.05"))
    back = await city.verified(await city.pay(first["project"], "7"), verified=False, reason="不清")
    await city.done(
        city.hightech,
        "entryResubmit",
        entry=back["entry"]["no"],
        revision=back["entry"]["revision"],
        note="已更正",
    )
    assert await posting_faults() == []
    entry = await Entry.get(no=first["entry"]["no"])
    credit = await Credit.filter(entry_id=entry.id, basis="VERIFIED").order_by("-id").first()
    assert credit is not None
    return entry, credit


async def credits_stored() -> list[Said]:
    return list(await Credit.all().order_by("id").values())


async def test_what_a_closed_month_was_announced_with_is_reported_and_not_rewritten(
    city: City,
) -> None:
    """The project's total is written anew; its credits are not, for one of them counts in November."""
    entry, credit = await two_entries_of_which_one_is_returned(city)
    city.now = at("2026-12-02 10:00")
    await close("2026-11", city.now)
    for change in ("an amount", "a project's total"):
        await database.write(CHANGES[change].format(credit=credit.id, entry=entry.id), [[]])
    found = await rebuild_postings(city.now)
    assert [("没有改写" in line, line.split()[0]) for line in found] == [
        (True, "分享台账"),
        (False, "项目"),
    ]
    assert [line.split()[0] for line in await posting_faults()] == ["分享台账"]
    (act,) = await JournalEntry.filter(act="rebuildDerived").all()
    assert [name.partition(":")[0] for name in act.changes] == ["Project"]


async def test_a_preview_of_what_counts_and_how_it_is_shared_is_by_the_accounts(city: City) -> None:
    """Of October: 100 yuan verified, 0.05 twice in one account of which one is taken back, 7 that wait."""
    city.now = at("2026-10-20 10:00")
    days = {"occurredOn": "2026-10-20"}
    project = await city.signed(contactOn="2026-10-12")
    first = await city.paid(project, "0.05", **days)
    second = await city.paid(first["project"], "0.05", **days)
    back = await city.done(
        city.hightech,
        "fundsReverse",
        entry=first["entry"]["no"],
        revision=second["project"]["revision"],
        reason="记错",
    )
    third = await city.paid(back["project"], "100", **days)
    await city.pay(third["project"], "7", **days)
    city.now = at("2026-11-18 10:00")
    share = {"choices": ["SIGNED_FUNDS", "PAID_IN_FUNDS"], "firstParts": "5", "landingParts": "5"}
    proposal = await city.propose_rule("transfer.indicator_share", "2026-12-01", **share)
    assert (await moved(city, proposal))["到位资金", "雁江区"] == ("30.02 元", "50.03 元")
    counts = await city.propose_rule("verification.counts", "2026-12-01", choices=["CLAIMED"])
    assert (await moved(city, counts))["到位资金", "高新区"] == ("70.03 元", "74.93 元")


async def moved(city: City, proposal: Said) -> dict[tuple[str, str], tuple[str, str]]:
    """What a proposal would have changed last month: what and whose, before and after."""
    asked = """query($no: String!) { ruleProposal(no: $no) { effects { items {
        what subject before after } } } }"""
    seen = await city.run(city.colleague, asked, no=proposal["no"])
    return {
        (each["what"], each["subject"]): (each["before"], each["after"])
        for each in seen["ruleProposal"]["effects"]["items"]
    }
