"""One project through the policy: reported, claimed, judged, transferred, signed, paid in, ranked."""

from tests.world import EVIDENCE, City, Said, at, on

SHARES = """query($no: String!) { project(no: $no) {
    stage paidInFunds tax steps { label done current }
    linkage { shares {
        indicator total firstContact landing ratio
        firstContactPlace { name } landingPlace { name }
        explanation {
            clause { article title } ruleVersion formula
            inputs { name value }
            entries { totalCount nodes { no amount } }
        }
    } }
} }"""
RANKING = """query($month: Month, $asOf: DateTime) { ranking(month: $month, asOf: $asOf) {
    month past total
    rows { rank place { name } paidInFunds signedFunds tax share
           explanation { inputs { name value } entries { nodes { no amount } } } }
} }"""


async def test_a_lead_becomes_shared_money_in_the_months_ranking(city: City) -> None:
    # 1. Yanjiang's officer reports a lead.
    reported = await city.done(
        city.yanjiang,
        "projectReport",
        name="高端口腔设备产业园",
        investorName="深圳禾岸口腔装备有限公司",
        uscc="91110000600037341L",
        amount="12.5亿",
        contactOn="2026-11-12",
        contactWith="张总",
        group="advanced-manufacturing",
    )
    project = reported["project"]
    assert (project["stage"], project["amount"]) == ("REPORTED", "1250000000.00")
    assert project["no"] == "2026-0001"

    # 2. The high-tech zone met the investor too: it is notified, and claims.
    again = await city.act(
        city.hightech,
        "projectReport",
        name="高端口腔设备产业园",
        investorName="深圳禾岸口腔装备有限公司",
        uscc="91110000600037341L",
        amount="125000万元",
        contactOn="2026-11-16",
        contactWith="李总",
        evidence=EVIDENCE,
    )
    assert [error["code"] for error in again["userErrors"]] == ["DUPLICATE"]
    (twin,) = again["duplicates"]
    assert twin["grade"] is None and twin["contact"].startswith("领导小组办公室")
    claimed = await city.done(
        city.hightech,
        "projectClaim",
        ticket=twin["ticket"],
        contactOn="2026-11-16",
        contactWith="李总",
        evidence=EVIDENCE,
    )
    assert claimed["project"] is None, "it sees its claim and the stage"
    project = await city.read(project)

    # 3. The office sees both claims beside each other, and the clock.
    queue = await city.run(
        city.office,
        """{ judgementQueue { nodes { no linkage {
            clock { lamp label dueAt }
            claims { place { name } contactOn evidence { name } }
        } } } viewer { inbox { label bucket } counts { judgement } } }""",
    )
    (waiting,) = queue["judgementQueue"]["nodes"]
    assert waiting["linkage"]["clock"] == {
        "lamp": "GREEN",
        "label": "剩 2 个工作日",
        "dueAt": "2026-11-20T17:30:00+08:00",
    }
    assert [claim["place"]["name"] for claim in waiting["linkage"]["claims"]] == [
        "雁江区",
        "高新区",
    ]
    assert queue["viewer"]["counts"]["judgement"] == 1
    assert queue["viewer"]["inbox"] == [], "the group's office is asked first"

    # The group's office agrees, within its working day; then it is the office's turn.
    opinion = {"stance": "AGREE", "reason": "符合口腔装备产业方向"}
    opined = await city.done(city.group, "projectOpine", **on(project), **opinion)
    project = opined["project"]
    inbox = (await city.run(city.office, "{ viewer { inbox { label } } }"))["viewer"]["inbox"]
    assert [item["label"] for item in inbox] == ["研判并明确首谈地"]

    # 4. It finds for Yanjiang, whose land will not do: the project moves to the high-tech zone.
    city.now = at("2026-11-19 09:00")
    judged = await city.done(
        city.office,
        "projectJudge",
        **on(project),
        firstContactPlace="yanjiang",
        reason="雁江区接洽在先",
    )
    project = judged["project"]
    assert (project["stage"], project["firstContactPlace"]["slug"]) == ("JUDGED", "yanjiang")
    asked = await city.done(
        city.yanjiang,
        "projectTransferRequest",
        **on(project),
        landingPlace="hightech",
        reason="规划用地不足",
    )
    decided = await city.done(
        city.office,
        "projectTransferDecide",
        transfer=asked["transfer"]["id"],
        revision=asked["project"]["revision"],
        approve=True,
        assessment="产业方向相符",
    )
    taken = await city.done(
        city.hightech,
        "projectTakeUp",
        transfer=asked["transfer"]["id"],
        revision=decided["project"]["revision"],
        ownerName="赵越",
    )
    project = taken["project"]
    assert project["landingPlace"]["slug"] == "hightech"
    assert project["firstContactPlace"]["slug"] == "yanjiang"

    # 5. It is signed, registered and started; money and tax come in.
    city.now = at("2026-11-27 15:00")
    signed = await city.done(
        city.hightech,
        "agreementSign",
        **on(project),
        kind="FORMAL",
        amount="12.5亿",
        signedOn="2026-11-26",
    )
    project = signed["project"]
    for stage, day in (("REGISTERED", "2026-11-26"), ("STARTED", "2026-11-27")):
        reached = await city.done(
            city.hightech, "milestoneReach", **on(project), stage=stage, reachedOn=day
        )
        project = reached["project"]
    paid = await city.pay(project, "1000万")
    taxed = await city.tax(paid["project"], "100.05")
    paid = await city.verified(paid)
    taxed = await city.verified(taxed)
    assert taxed["project"]["stage"] == "STARTED"

    # 6. Signed and paid-in funds are shared 3:7, tax 1:9; each share opens down to its entry.
    seen = (await city.run(city.yanjiang, SHARES, no="2026-0001"))["project"]
    assert [step["label"] for step in seen["steps"] if step["current"]] == ["开工"]
    shares: dict[str, Said] = {each["indicator"]: each for each in seen["linkage"]["shares"]}
    figures = {name: (each["firstContact"], each["landing"]) for name, each in shares.items()}
    assert figures == {
        "SIGNED_FUNDS": ("375000000.00", "875000000.00"),
        "PAID_IN_FUNDS": ("3000000.00", "7000000.00"),
        "TAX": ("10.01", "90.04"),
    }
    assert [each["ratio"] for each in shares.values()] == ["3∶7", "3∶7", "1∶9"]
    tax = shares["TAX"]["explanation"]
    assert tax["clause"]["article"] == "第三条" and "1∶9" in tax["clause"]["title"]
    assert tax["ruleVersion"].startswith("transfer.tax_share@2020-01-01#")
    assert tax["entries"]["nodes"] == [{"no": taxed["entry"]["no"], "amount": "100.05"}]

    # 7. The month's ranking is the same money, and opens down to the same entry.
    ranking = (await city.run(city.leader, RANKING, month="2026-11"))["ranking"]
    assert ranking["total"] == "10000000.00"
    rows = {row["place"]["name"]: row for row in ranking["rows"]}
    assert [(row["rank"], row["place"]["name"]) for row in ranking["rows"][:3]] == [
        (1, "高新区"),
        (2, "雁江区"),
        (3, "安岳县"),
    ]
    assert (rows["高新区"]["paidInFunds"], rows["高新区"]["share"]) == ("7000000.00", "70.00")
    assert (rows["雁江区"]["signedFunds"], rows["雁江区"]["tax"]) == ("375000000.00", "10.01")
    behind = rows["雁江区"]["explanation"]["entries"]["nodes"]
    assert behind == [{"no": paid["entry"]["no"], "amount": "10000000.00"}]

    # 8. The slip was wrong: it is reversed, never edited, and the credits go with it.
    before = city.now
    city.now = at("2026-11-28 09:00")
    reversed_ = await city.done(
        city.hightech,
        "fundsReverse",
        entry=paid["entry"]["no"],
        revision=taxed["project"]["revision"],
        reason="金额多写一个 0",
    )
    assert reversed_["entry"]["amount"] == "-10000000.00"
    assert reversed_["project"]["paidInFunds"] == "0.00"
    after = (await city.run(city.leader, RANKING, month="2026-11"))["ranking"]
    assert after["total"] == "0.00" and not after["past"]
    then = await city.run(city.leader, RANKING, month="2026-11", asOf=before.isoformat())
    assert then["ranking"]["total"] == "10000000.00" and then["ranking"]["past"]

    # 9. The journal tells it all, in order.
    answer = await city.run(
        city.inspector,
        """{ project(no: "2026-0001") { journal(last: 50) { nodes { act actorName unitName } } } }""",
    )
    acts = [entry["act"] for entry in reversed(answer["project"]["journal"]["nodes"])]
    assert acts == [
        "projectReport",
        "projectClaim",
        "projectOpine",
        "projectJudge",
        "projectTransferRequest",
        "projectTransferDecide",
        "projectTakeUp",
        "agreementSign",
        "milestoneReach",
        "milestoneReach",
        "fundsRecord",
        "taxRecord",
        "fundsVerify",
        "taxVerify",
        "fundsReverse",
    ]
