"""What is claimed is verified by the unit that the rulebook names, or returned and claimed again."""

import re

import pytest

from schema import database
from schema.entries.checking import posting_faults
from schema.entries.tables import Credit, Entry
from tests.entries.months import close
from tests.ledger import ledgers
from tests.server.doors import signed_in
from tests.world import City, Said, at

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


async def test_the_page_shows_the_fen_keeps_the_choice_and_leads_back_to_the_entry(
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
    assert refused.status_code == 422 and re.search(r'value="false"[^>]* checked', refused.text)
    assert done.status_code == 303 and done.headers["location"].split("?")[0] == path
    assert after.status_code == 200


CHANGES = {
    "an amount": 'UPDATE "credit" SET "amount_fen" = "amount_fen" + 1 WHERE "id" = {credit}',
    "a running total": 'UPDATE "credit" SET "running_fen" = 7 WHERE "id" = {credit}',
    "a place": 'UPDATE "credit" SET "place_id" = 3 WHERE "id" = {credit}',
    "a month": 'UPDATE "credit" SET "counts_in" = \'2026-10-01\' WHERE "id" = {credit}',
    "a basis": 'UPDATE "credit" SET "basis" = \'VERIFIED\' WHERE "basis" = \'CLAIMED\'',
    "a rule": 'UPDATE "credit" SET "rule_id" = 1 WHERE "id" = {credit}',
    "a credit gone": 'DELETE FROM "credit" WHERE "id" = {credit}',
    "a state": 'UPDATE "entry" SET "state" = \'RETURNED\' WHERE "id" = {entry}',
    "an entry's amount": 'UPDATE "entry" SET "amount_fen" = 1 WHERE "id" = {entry}',
    "a project's total": 'UPDATE "project" SET "paid_in_fen" = "paid_in_fen" + 1',
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_a_row_that_was_changed_by_hand_is_found(city: City, change: str) -> None:
    paid = await city.verified(await city.pay(await city.signed(), "1000.05"))
    assert await posting_faults() == []
    entry = await Entry.get(no=paid["entry"]["no"])
    credit = await Credit.filter(entry_id=entry.id, basis="VERIFIED").order_by("-id").first()
    assert credit is not None
    await database.write(change.format(credit=credit.id, entry=entry.id), [[]])
    assert await posting_faults() != []


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
