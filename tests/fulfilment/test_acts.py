"""Article 6 through its acts: money, tax and steps; what each brings to whom, and its way back."""

from decimal import Decimal

import pytest

from schema.entries.tables import Credit, Entry
from tests.world import City, Said, at, on

SHARES = """query($no: String!) { project(no: $no) { paidInFunds tax linkage { shares {
    indicator total firstContact landing ratio
} } } }"""


async def share(city: City, project: Said, indicator: str) -> tuple[str, str, str]:
    """Total, first-contact and landing place's part, as the project page shows them."""
    seen = (await city.run(city.office, SHARES, no=project["no"]))["project"]
    found = [each for each in seen["linkage"]["shares"] if each["indicator"] == indicator]
    of = [
        sum(Decimal(each[name]) for each in found) for name in ("total", "firstContact", "landing")
    ]
    return str(of[0]), str(of[1]), str(of[2])


AMOUNTS = [
    # 3:7 half-up to the fen, the landing place takes what remains.
    ("fundsRecord", "1000万", "3000000.00", "7000000.00"),
    ("fundsRecord", "12345.67", "3703.70", "8641.97"),
    ("fundsRecord", "0.01", "0.00", "0.01"),
    ("fundsRecord", "0.05", "0.02", "0.03"),
    # 1:9
    ("taxRecord", "100.05", "10.01", "90.04"),
    ("taxRecord", "0.05", "0.01", "0.04"),
    ("taxRecord", "0.04", "0.00", "0.04"),
]


@pytest.mark.parametrize(("act", "amount", "first", "landing"), AMOUNTS)
async def test_an_entry_is_shared_half_up_to_the_fen(
    city: City, act: str, amount: str, first: str, landing: str
) -> None:
    project = await city.signed()
    record = city.pay if act == "fundsRecord" else city.tax
    await record(project, amount)
    indicator = "PAID_IN_FUNDS" if act == "fundsRecord" else "TAX"
    assert (await share(city, project, indicator))[1:] == (first, landing)


async def test_small_entries_do_not_drift(city: City) -> None:
    """Ten times 0.05 yuan of tax: the first-contact place has a tenth of the sum, not 0.10 yuan."""
    project = await city.signed()
    for _ in range(10):
        project = (await city.tax(project, "0.05"))["project"]
    assert await share(city, project, "TAX") == ("0.50", "0.05", "0.45")
    for entry in await Entry.filter(indicator="TAX"):
        parts = await Credit.filter(entry_id=entry.id).values_list("amount_fen", flat=True)
        assert sum(parts) == entry.amount_fen


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0)])
async def test_what_is_reversed_takes_back_what_it_brought(
    city: City, order: tuple[int, ...]
) -> None:
    """In whatever order: nothing is left of any place's credit."""
    project = await city.signed()
    numbers = []
    for amount in ("0.05", "1000000.05", "3333.33"):
        payload = await city.pay(project, amount)
        project = payload["project"]
        numbers.append(payload["entry"]["no"])
    for index in order:
        payload = await city.done(
            city.hightech,
            "fundsReverse",
            entry=numbers[index],
            revision=project["revision"],
            reason="金额多写一个 0",
        )
        project = payload["project"]
    assert project["paidInFunds"] == "0.00"
    assert await share(city, project, "PAID_IN_FUNDS") == ("0.00", "0.00", "0.00")
    credits = await Credit.filter(indicator="PAID_IN_FUNDS")
    for place in {credit.place_id for credit in credits}:
        assert sum(each.amount_fen for each in credits if each.place_id == place) == 0


async def test_a_reversal_says_what_it_reverses_and_why(city: City) -> None:
    paid = await city.pay(await city.signed(), "1000万")
    given = {"entry": paid["entry"]["no"], "reason": "金额多写一个 0"}
    back = await city.done(
        city.hightech, "fundsReverse", **given, revision=paid["project"]["revision"]
    )
    entry = back["entry"]
    assert (entry["amount"], entry["reason"]) == ("-10000000.00", "金额多写一个 0")
    assert entry["reverses"]["no"] == paid["entry"]["no"]
    assert entry["occurredOn"] == paid["entry"]["occurredOn"]
    seen = await city.run(
        city.office,
        f"""{{ project(no: "{paid["project"]["no"]}") {{ entries(last: 9) {{ nodes {{
            indicator amount reversed }} }} }} }}""",
    )
    assert [(each["amount"], each["reversed"]) for each in seen["project"]["entries"]["nodes"]] == [
        ("-10000000.00", False),
        ("10000000.00", True),
        ("1250000000.00", False),
    ]


async def test_an_entry_is_reversed_once_and_a_reversal_never(city: City) -> None:
    paid = await city.pay(await city.signed(), "1000万")
    given = {"entry": paid["entry"]["no"], "reason": "记错"}
    back = await city.done(
        city.hightech, "fundsReverse", **given, revision=paid["project"]["revision"]
    )
    revision = back["project"]["revision"]
    again = await city.act(city.hightech, "fundsReverse", **given, revision=revision)
    assert "已经冲销过" in again["userErrors"][0]["message"]
    never = await city.act(
        city.hightech, "fundsReverse", entry=back["entry"]["no"], reason="x", revision=revision
    )
    assert "不能再冲销" in never["userErrors"][0]["message"]
    blank = await city.act(
        city.hightech, "fundsReverse", entry=paid["entry"]["no"], reason=" ", revision=revision
    )
    assert [error["field"] for error in blank["userErrors"]] == ["reason"]


async def test_the_rule_of_an_entrys_date_shares_it(city: City) -> None:
    """The province's tax sharing arrives: from 1 December the first-contact place has two parts."""
    project = await city.signed()
    project = (await city.tax(project, "100"))["project"]
    await city.set_rule(
        "transfer.tax_share",
        "2026-12-01",
        firstParts="2",
        landingParts="8",
        choices=["TAX"],
        clause="成德眉资税收分享政策",
    )
    city.now = at("2026-12-10 10:00")
    before = await city.tax(project, "10", occurredOn="2026-11-30")
    after = await city.tax(before["project"], "10", occurredOn="2026-12-01")
    assert await share(city, project, "TAX") == ("120.00", "13.00", "107.00")
    credits = await city.run(
        city.office,
        f"""{{ project(no: "{project["no"]}") {{ linkage {{ credits(first: 9, filter: {{ basis: [CLAIMED] }}) {{ nodes {{
            role amount firstParts wholeParts entry {{ no }}
            explanation {{ ruleVersion clause {{ title }} rules {{ status clause }} }} }} }} }} }} }}""",
    )
    of_first = {
        each["entry"]["no"]: each
        for each in credits["project"]["linkage"]["credits"]["nodes"]
        if each["role"] == "FIRST_CONTACT"
    }
    old, new = of_first[before["entry"]["no"]], of_first[after["entry"]["no"]]
    assert (old["amount"], old["firstParts"], old["wholeParts"]) == ("1.00", 1, 10)
    assert (new["amount"], new["firstParts"], new["wholeParts"]) == ("2.00", 2, 10)
    assert "@2020-01-01#" in old["explanation"]["ruleVersion"]
    assert "@2026-12-01#" in new["explanation"]["ruleVersion"]
    assert old["explanation"]["clause"]["title"].startswith("税收由首谈地与注册落户地按 1∶9")
    assert new["explanation"]["clause"] is None, "what the city set later is not the policy's"
    assert new["explanation"]["rules"] == [{"status": "ZIYANG", "clause": "成德眉资税收分享政策"}]


async def test_what_was_shared_by_an_old_rule_is_taken_back_by_it(city: City) -> None:
    """A version recorded later changes nothing that was posted before."""
    project = await city.signed()
    old = await city.tax(project, "100.05")
    await city.set_rule(
        "transfer.tax_share",
        "2026-11-19",
        firstParts="5",
        landingParts="5",
        choices=["TAX"],
        clause="成德眉资税收分享政策",
    )
    assert await share(city, project, "TAX") == ("100.05", "10.01", "90.04")
    city.now = at("2026-11-19 10:00")
    new = await city.tax(old["project"], "100.05")
    assert await share(city, project, "TAX") == ("200.10", "60.04", "140.06")
    back = await city.done(
        city.hightech,
        "fundsReverse",
        entry=old["entry"]["no"],
        revision=new["project"]["revision"],
        reason="记错",
    )
    assert await share(city, back["project"], "TAX") == ("100.05", "50.03", "50.02")


async def test_an_indicator_that_is_shared_no_more_goes_to_the_landing_place(city: City) -> None:
    """The list of indicators is a parameter; where it leaves one out, that one is not shared."""
    await city.set_rule(
        "transfer.indicator_share",
        "2026-11-18",
        firstParts="3",
        landingParts="7",
        choices=["SIGNED_FUNDS"],
        clause="办公室通知",
    )
    project = await city.signed()
    paid = await city.pay(project, "1000万")
    assert await share(city, project, "PAID_IN_FUNDS") == ("10000000.00", "0.00", "10000000.00")
    assert (await share(city, project, "SIGNED_FUNDS"))[1] == "375000000.00"
    back = await city.done(
        city.hightech,
        "fundsReverse",
        entry=paid["entry"]["no"],
        revision=paid["project"]["revision"],
        reason="记错",
    )
    assert await share(city, back["project"], "PAID_IN_FUNDS") == ("0.00", "0.00", "0.00")


async def test_the_same_place_on_both_sides_keeps_all(city: City) -> None:
    project = await city.signed("anyue", "anyue")
    paid = await city.pay(project, "1000万", "anyue")
    await city.tax(paid["project"], "100.05", "anyue")
    roles = await Credit.all().values_list("role", "place_id")
    assert set(roles) == {("WHOLE", city.anyue.place)}


async def test_an_entry_names_its_source_its_evidence_and_who_claims_it(city: City) -> None:
    paid = await city.pay(
        await city.signed(),
        "3217.65万元",
        sourceOfCapital="FOREIGN",
        occurredOn="2026-11-11",
        earlyReason="签约前汇入的履约保证金",
        evidence=[{"name": "回单.txt", "content": "5Zue5Y2V"}],
    )
    entry = paid["entry"]
    assert (entry["amount"], entry["occurredOn"]) == ("32176500.00", "2026-11-11")
    assert (entry["sourceOfCapital"], entry["claimedBy"]["slug"]) == ("FOREIGN", "hightech")
    assert entry["earlyReason"] == "签约前汇入的履约保证金"
    seen = await city.run(
        city.office, f'{{ entry(no: "{entry["no"]}") {{ evidence {{ name }} }} }}'
    )
    assert seen["entry"]["evidence"] == [{"name": "回单.txt"}]


async def test_steps_are_reached_in_their_order_and_not_before_the_last(city: City) -> None:
    project = await city.signed()
    early = await city.act(
        city.hightech, "milestoneReach", **on(project), stage="STARTED", reachedOn="2026-11-18"
    )
    assert early["userErrors"][0]["message"] == "下一步是“已注册”，请按顺序登记"
    before = await city.act(
        city.hightech, "milestoneReach", **on(project), stage="REGISTERED", reachedOn="2026-11-17"
    )
    assert before["userErrors"][0]["field"] == "reachedOn"
    city.now = at("2026-12-20 10:00")
    days = ("2026-11-20", "2026-12-01", "2026-12-05", "2026-12-05", "2026-12-20")
    for stage, day in zip(
        ("REGISTERED", "STARTED", "COMPLETED", "OPERATING", "FULL_OUTPUT"), days, strict=True
    ):
        payload = await city.done(
            city.hightech, "milestoneReach", **on(project), stage=stage, reachedOn=day
        )
        project = payload["project"]
    assert project["stage"] == "FULL_OUTPUT"
    seen = await city.run(
        city.leader,
        f"""{{ project(no: "{project["no"]}") {{
            steps {{ label done current }} fulfilment {{ milestones {{ stage reachedOn }} }} }} }}""",
    )
    steps = seen["project"]["steps"]
    assert [step["label"] for step in steps if step["current"]] == ["达产"]
    assert sum(step["done"] for step in steps) == 7
    assert [each["reachedOn"] for each in seen["project"]["fulfilment"]["milestones"]] == list(days)
    beyond = await city.act(
        city.hightech, "milestoneReach", **on(project), stage="FULL_OUTPUT", reachedOn="2026-12-20"
    )
    assert beyond["userErrors"]


async def test_nothing_is_recorded_before_signing(city: City) -> None:
    project = await city.judged()
    refused = await city.act(
        city.yanjiang,
        "fundsRecord",
        **on(project),
        amount="1万",
        occurredOn="2026-11-18",
        sourceOfCapital="IN_CITY",
        evidenceNote="回单",
    )
    assert "“在谈”" in refused["userErrors"][0]["message"]
    assert await Entry.all().count() == 0


# ---------------------------------------------------------------- two who record at once

RECEIPT = {
    "occurredOn": "2026-11-18",
    "sourceOfCapital": "OUT_OF_PROVINCE",
    "evidenceNote": "银行回单 0313",
}


async def test_two_officers_who_opened_the_same_page_record_two_receipts(city: City) -> None:
    opened = await city.signed()
    await city.done(city.hightech, "fundsRecord", **on(opened), amount="30万", **RECEIPT)
    await city.done(city.office, "fundsRecord", **on(opened), amount="40万", **RECEIPT)
    tax = {"amount": "5万", "occurredOn": "2026-11-18", "evidenceNote": "完税证明 0313"}
    await city.done(city.office, "taxRecord", project=opened["no"], **tax)
    assert (await share(city, opened, "PAID_IN_FUNDS"))[0] == "700000.00"
    assert await Entry.filter(project__no=opened["no"], indicator="TAX").count() == 1


@pytest.mark.parametrize("moved", ["stage", "agreement"])
async def test_a_receipt_is_refused_where_what_it_rests_on_has_moved_since(
    city: City, moved: str
) -> None:
    opened = await city.signed()
    if moved == "stage":
        step = {"stage": "REGISTERED", "reachedOn": "2026-11-18"}
        await city.done(city.office, "milestoneReach", **on(opened), **step)
    else:
        more = {"kind": "SUPPLEMENTARY", "amount": "1亿", "signedOn": "2026-11-18"}
        await city.done(city.office, "agreementSign", **on(opened), **more)
    now = await city.pay(await city.read(opened), "20万")  # by itself it would refuse nothing
    refused = await city.act(city.hightech, "fundsRecord", **on(opened), amount="30万", **RECEIPT)
    assert [each["code"] for each in refused["userErrors"]] == ["STALE"]
    assert refused["conflict"]["revision"] == now["project"]["revision"]
    if moved == "stage":
        changes = {
            each["field"]: (each["before"], each["after"])
            for each in refused["conflict"]["changes"]
        }
        assert changes["stage"] == ("已签约", "已注册"), "what the first of several acts did, too"
    await city.done(city.hightech, "fundsRecord", project=opened["no"], amount="30万", **RECEIPT)


async def test_a_figure_like_one_recorded_lately_is_recorded_by_who_says_it_is_another(
    city: City,
) -> None:
    project = await city.signed()
    first = await city.done(
        city.hightech, "fundsRecord", project=project["no"], amount="30万", **RECEIPT
    )
    for somebody, who in (("hightech", "您"), ("office", "赵越")):
        given = {"project": project["no"], "amount": "30万", **RECEIPT}
        asked = (await city.act(city[somebody], "fundsRecord", **given))["userErrors"]
        assert [(each["code"], each["field"]) for each in asked] == [("DUPLICATE", "another")]
        assert who in asked[0]["message"] and first["entry"]["no"] in asked[0]["message"]
        assert "是不是同一笔" in asked[0]["message"]
    await city.done(city.office, "fundsRecord", **given, another="另一笔")
    # Another amount, or a rule that asks for nothing.
    await city.done(city.office, "fundsRecord", **given | {"amount": "31万"})
    await city.set_rule("entry.alike_within", "2026-11-18", number="0")
    await city.done(city.office, "fundsRecord", **given)
    assert await Entry.all().count() == 5


@pytest.mark.parametrize("amount", [{}, {"amount": "31万"}], ids=["as it was", "corrected"])
async def test_a_figure_claimed_again_is_asked_about_as_one_recorded(
    city: City, amount: Said
) -> None:
    """30万 returned, and what it would be once claimed again recorded meanwhile: one counts, or both
    where somebody says that they are two.
    """
    project = await city.signed()
    given = {"project": project["no"], "amount": "30万", **RECEIPT}
    first = await city.done(city.hightech, "fundsRecord", **given)
    back = await city.verified(first, verified=False, reason="印章不清")
    asked = await city.act(city.hightech, "fundsRecord", **given)
    assert [each["field"] for each in asked["userErrors"]] == ["another"], "it may be claimed again"
    await city.done(city.hightech, "fundsRecord", **given | amount, another="另一笔")
    again = {"entry": back["entry"]["no"], "revision": back["entry"]["revision"], "note": "已更正"}
    asked = await city.act(city.hightech, "entryResubmit", **again, **amount)
    assert [(each["code"], each["field"]) for each in asked["userErrors"]] == [
        ("DUPLICATE", "another")
    ]
    assert (await Entry.get(no=back["entry"]["no"])).state == "RETURNED"
    await city.done(city.hightech, "entryResubmit", **again, **amount, another="另一笔")


async def test_a_figure_claimed_again_alone_is_asked_about_nothing(city: City) -> None:
    project = await city.signed()
    first = await city.done(
        city.hightech, "fundsRecord", project=project["no"], amount="30万", **RECEIPT
    )
    back = await city.verified(first, verified=False, reason="印章不清")
    again = {"entry": back["entry"]["no"], "revision": back["entry"]["revision"], "note": "已更正"}
    await city.done(city.hightech, "entryResubmit", **again)


async def test_a_supplementary_agreement_like_one_signed_lately_is_asked_about(city: City) -> None:
    project = await city.signed()
    more = {"kind": "SUPPLEMENTARY", "amount": "1亿", "signedOn": "2026-11-18"}
    await city.done(city.hightech, "agreementSign", project=project["no"], **more)
    asked = await city.act(city.hightech, "agreementSign", project=project["no"], **more)
    assert [each["field"] for each in asked["userErrors"]] == ["another"]
    await city.done(city.hightech, "agreementSign", project=project["no"], **more, another="另一笔")
