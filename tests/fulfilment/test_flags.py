"""Article 6: what is doubtful about a figure is asked before it is recorded, and stays with it in words."""

import asyncio
import base64
import csv
from io import StringIO
from typing import Any

import pytest

from schema.city.rules import RuleBroken
from schema.database.statements import counting
from schema.entries.rules import check_above_agreed, is_above_agreed
from schema.entries.tables import Entry, EntryFlag
from schema.people.tables import Person
from schema.permissions import Viewer
from tests.server.doors import signed_in
from tests.world import City, Said, at

YI, WAN = 10**10, 10**6
RECEIPT = {
    "occurredOn": "2026-11-18",
    "sourceOfCapital": "OUT_OF_PROVINCE",
    "evidenceNote": "银行回单 0313",
}
FLAGS = """query($no: String!) { entry(no: $no) { flagText earlyReason
    flags { kind words other { no } asked answer flaggedAs { name unit } text }
    flaggedBy { kind entry { no } } } }"""


def slip(text: str = "银行回单 0313") -> list[Said]:
    return [{"name": "回单.txt", "content": base64.b64encode(text.encode()).decode()}]


def asked(payload: Said) -> list[tuple[str, str]]:
    return [(each["code"], each["field"]) for each in payload["userErrors"]]


async def pay(city: City, who: str, project: Said, amount: str, **given: Any) -> Said:
    more = RECEIPT | given
    return await city.done(city[who], "fundsRecord", project=project["no"], amount=amount, **more)


async def flags_of(city: City, who: str, payload: Said) -> Said:
    found: Said = (await city.run(city[who], FLAGS, no=payload["entry"]["no"]))["entry"]
    return found


# ---------------------------------------------------------------- before the signing


async def test_money_from_before_the_signing_is_marked_with_its_reason_for_whoever_verifies(
    city: City,
) -> None:
    """The form asks for the reason once the day is early; page, list, file and explanation give it."""
    project = await city.signed()
    path = f"/projects/{project['no']}/funds"
    form = {"act": "FundsRecord", "project": project["no"], "amount": "3000", **RECEIPT}
    async with signed_in("hightech") as visitor:
        shown = await visitor.get(path)
        refused = await visitor.post(path, data=form | {"occurredOn": "2026-11-02"})
        early = form | {"occurredOn": "2026-11-02", "earlyReason": "土地竞买保证金"}
        done = await visitor.post(path, data=early)
        detail = await visitor.get(f"/projects/{project['no']}")
    assert 'name="earlyReason"' not in shown.text, "nothing is asked before"
    assert refused.status_code == 422 and 'name="earlyReason"' in refused.text
    assert "日期早于签约日期（2026-11-18）" in refused.text
    assert done.status_code == 303
    entry = await Entry.get(indicator="PAID_IN_FUNDS")
    mark = "签约前发生：土地竞买保证金"
    assert mark in detail.text
    async with signed_in("finance") as visitor:
        listed = await visitor.get("/verification?flagged=true")
        page = await visitor.get(f"/verification/{entry.no}")
        file = await visitor.get("/verification.csv?state=CLAIMED")
    assert mark in listed.text and "土地竞买保证金" in page.text
    assert mark in columns(file.text)["提示的全文"]
    assert mark in await explained(city, project)
    found = await city.run(
        city.finance,
        "{ early: entries(filter: { early: true }) { nodes { no } }"
        " late: entries(filter: { early: false, indicator: [PAID_IN_FUNDS] }) { totalCount } }",
    )
    assert found["early"]["nodes"] == [{"no": entry.no}] and not found["late"]["totalCount"]


def columns(text: str) -> dict[str, str]:
    """The first line of a file, by the titles of its columns."""
    head, first, *_ = csv.reader(StringIO(text.lstrip("\ufeff")))
    return dict(zip(head, first, strict=True))


async def explained(city: City, project: Said) -> str:
    """All that the explanations of a project's shares and credits compute with."""
    document = """query($no: String!) { project(no: $no) { linkage {
        shares { explanation { inputs { name value source } } }
        credits { nodes { explanation { inputs { name value source } } } } } } }"""
    return str(await city.run(city.office, document, no=project["no"]))


async def test_tax_from_before_the_signing_is_asked_about_as_funds_are(city: City) -> None:
    project = await city.signed()
    tax = {"project": project["no"], "amount": "5万", "evidenceNote": "完税证明 0313"}
    early = tax | {"occurredOn": "2026-11-17"}
    assert asked(await city.act(city.hightech, "taxRecord", **early)) == [("RULE", "earlyReason")]
    done = await city.done(city.hightech, "taxRecord", **early, earlyReason="并购前已在本市纳税")
    assert done["entry"]["earlyReason"] == "并购前已在本市纳税"
    late = tax | {"occurredOn": "2026-11-18", "earlyReason": "保证金"}
    assert asked(await city.act(city.hightech, "taxRecord", **late)) == [("RULE", "earlyReason")]


# ---------------------------------------------------------------- no rule in force on the day


@pytest.mark.parametrize("landing", ["yanjiang", "hightech"], ids=["one place", "two places"])
@pytest.mark.parametrize("act", ["fundsRecord", "taxRecord", "entryResubmit"])
async def test_a_new_figure_of_a_day_without_a_rule_is_refused_at_the_day(
    city: City, act: str, landing: str
) -> None:
    """Also where one place has all: what was before the first rule is migrated by the office, or nothing."""
    project = await city.signed("yanjiang", landing)
    given = {"occurredOn": "2019-12-31", "earlyReason": "土地保证金"}
    if act == "entryResubmit":
        paid = await city.pay(project, "1万", landing)
        back = (await city.verified(paid, verified=False, reason="日期不清"))["entry"]
        given |= {"entry": back["no"], "revision": back["revision"], "note": "更正"}
    else:
        given |= {"project": project["no"], "amount": "1万", "evidenceNote": "回单"}
        given |= {"sourceOfCapital": "IN_CITY"} if act == "fundsRecord" else {}
    refused = await city.act(city[landing], act, **given)
    assert asked(refused) == [("RULE", "occurredOn")]
    assert "尚无生效的分享规则" in refused["userErrors"][0]["message"]
    assert not await Entry.filter(occurred_on="2019-12-31").exists()


# ---------------------------------------------------------------- the same voucher


async def test_a_voucher_used_before_is_asked_about_by_name_and_stays_flagged(city: City) -> None:
    first_project, project = await city.signed(), await city.signed()
    first = await pay(city, "hightech", first_project, "30万", evidence=slip())
    given = {"project": project["no"], "amount": "31万", **RECEIPT, "evidence": slip()}
    refused = await city.act(city.hightech, "fundsRecord", **given)
    assert asked(refused) == [("DUPLICATE", "sameVoucher")]
    message = refused["userErrors"][0]["message"]
    for part in ("回单.txt", first["entry"]["no"], first_project["name"], "您 11月18日 10:00"):
        assert part in message
    assert await Entry.filter(indicator="PAID_IN_FUNDS").count() == 1, "nothing is half written"
    second = await city.done(
        city.hightech, "fundsRecord", **given, sameVoucher="一张回单汇入两个项目公司"
    )
    (flag,) = (await flags_of(city, "finance", second))["flags"]
    assert (flag["kind"], flag["asked"], flag["other"]["no"]) == (
        "SAME_VOUCHER", True, first["entry"]["no"],
    )  # fmt: skip
    assert flag["answer"] == "一张回单汇入两个项目公司"
    assert flag["flaggedAs"] == {"name": "赵越", "unit": "高新区"}
    seen = await flags_of(city, "finance", first)
    assert seen["flags"] == [] and seen["flaggedBy"] == [
        {"kind": "SAME_VOUCHER", "entry": {"no": second["entry"]["no"]}}
    ]
    # Whatever becomes of either: the flag stays.
    await city.done(city.hightech, "fundsReverse", entry=first["entry"]["no"], reason="记错")
    assert first["entry"]["no"] in (await flags_of(city, "finance", second))["flagText"]
    # The voucher of what was reversed proves nothing any more, but that of the second one does.
    third = await city.act(city.hightech, "fundsRecord", **given | {"amount": "32万"})
    assert first["entry"]["no"] not in third["userErrors"][0]["message"]
    assert second["entry"]["no"] in third["userErrors"][0]["message"]


async def test_the_form_asks_about_a_voucher_and_wants_it_chosen_again(city: City) -> None:
    """A reason without the file that it is about is no answer: nothing would be flagged."""
    await pay(city, "hightech", await city.signed(), "30万", evidence=slip())
    project = await city.signed()
    path = f"/projects/{project['no']}/funds"
    form = {"act": "FundsRecord", "project": project["no"], "amount": "3100", **RECEIPT}
    answer = form | {"sameVoucher": "一张回单两个项目公司"}
    file = {"evidence": ("回单.txt", "银行回单 0313".encode(), "text/plain")}
    async with signed_in("hightech") as visitor:
        shown = await visitor.get(path)
        asked_first = await visitor.post(path, data=form, files=file)
        lost = await visitor.post(path, data=answer)
        done = await visitor.post(path, data=answer, files=file)
    assert 'name="sameVoucher"' not in shown.text, "nothing is asked before"
    for refused in (asked_first, lost):
        assert refused.status_code == 422 and 'name="sameVoucher"' in refused.text
    assert "请重新选择文件" in lost.text
    assert done.status_code == 303
    assert (await EntryFlag.get()).answer == "一张回单两个项目公司"


async def test_a_voucher_of_an_entry_that_the_recorder_does_not_see_reveals_nothing(
    city: City,
) -> None:
    """Recorded as if it were the first; whoever verifies both reads that it is not, and nobody else."""
    hidden = await pay(city, "anyue", await city.signed("anyue", "anyue"), "30万", evidence=slip())
    plain = await city.signed()
    given = {"amount": "31万", **RECEIPT}
    alone = await city.act(
        city.hightech, "fundsRecord", project=plain["no"], **given, evidence=slip("另一张")
    )
    project = await city.signed()
    doubled = await city.act(
        city.hightech, "fundsRecord", project=project["no"], **given, evidence=slip()
    )
    assert doubled["userErrors"] == alone["userErrors"] == []
    assert shape(doubled) == shape(alone), "no field says more than of one without a double"
    for who in ("hightech", "yanjiang", "anyue"):
        if who != "anyue":
            found = await flags_of(city, who, doubled)
            assert (found["flags"], found["flaggedBy"], found["flagText"]) == ([], [], "")
            changes = await city.run(
                city[who],
                f'{{ project(no: "{project["no"]}") {{ journal {{ nodes {{ changes {{'
                " label after } } } } }",
            )
            assert "凭证“" not in str(changes) and hidden["entry"]["no"] not in str(changes)
        listed = await city.run(city[who], "{ entries(filter: { flagged: true }) { totalCount } }")
        assert listed["entries"]["totalCount"] == 0
    assert (await flags_of(city, "anyue", hidden))["flaggedBy"] == []
    for who in ("finance", "office", "leader"):
        (flag,) = (await flags_of(city, who, doubled))["flags"]
        assert (flag["asked"], flag["answer"], flag["flaggedAs"]) == (False, "", None)
        assert flag["other"]["no"] == hidden["entry"]["no"]
        assert "没有询问" in flag["text"]
    async with signed_in("finance") as visitor:
        listed = await visitor.get("/verification?flagged=true")
        page = await visitor.get(f"/verification/{doubled['entry']['no']}")
    assert doubled["entry"]["no"] in listed.text and alone["entry"]["no"] not in listed.text
    assert hidden["entry"]["no"] in page.text and "没有询问" in page.text
    async with signed_in("hightech") as visitor:
        page = await visitor.get(f"/verification/{doubled['entry']['no']}")
        file = await visitor.get("/verification.csv?state=CLAIMED")
    assert hidden["entry"]["no"] not in page.text and "同一凭证" not in page.text + file.text


def shape(value: Any) -> Any:
    """An answer without its values: which fields, how many of each, what is empty."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value]
    return bool(value)


async def test_the_text_of_an_agreement_proves_one_signing(city: City) -> None:
    agreed = slip("投资协议")
    first = await city.transferred()
    formal = {"kind": "FORMAL", "amount": "12.5亿", "signedOn": "2026-11-18", "evidence": agreed}
    await city.done(city.hightech, "agreementSign", project=first["no"], **formal)
    other = await city.transferred()
    given = formal | {"project": other["no"], "amount": "3亿"}
    assert asked(await city.act(city.hightech, "agreementSign", **given)) == [
        ("DUPLICATE", "sameVoucher")
    ]
    await city.done(city.hightech, "agreementSign", **given, sameVoucher="一份总协议含两个项目")
    (flag,) = await EntryFlag.all()
    entry = await Entry.get(id=flag.entry_id)
    assert (flag.kind, entry.indicator, entry.amount_fen) == (
        "SAME_VOUCHER", "SIGNED_FUNDS", 3 * YI,
    )  # fmt: skip
    # And the agreement is no receipt of money that came in.
    project = {"project": other["no"], "amount": "1亿", **RECEIPT, "evidence": agreed}
    assert asked(await city.act(city.hightech, "fundsRecord", **project)) == [
        ("DUPLICATE", "sameVoucher")
    ]


# ---------------------------------------------------------------- the same figure twice


async def test_a_figure_like_another_stays_flagged_when_the_other_is_reversed(city: City) -> None:
    """Months later as well: a day, an amount and a project do not come twice by themselves."""
    project = await city.signed()
    first = await pay(city, "hightech", project, "30万")
    city.now = at("2027-03-01 10:00")
    given = {"project": project["no"], "amount": "30万", **RECEIPT}
    assert asked(await city.act(city.office, "fundsRecord", **given)) == [("DUPLICATE", "another")]
    second = await city.done(city.office, "fundsRecord", **given, another="同日两台设备")
    await city.done(city.hightech, "fundsReverse", entry=first["entry"]["no"], reason="记错")
    text = (await flags_of(city, "finance", second))["flagText"]
    assert text == (
        f"同日同额：本项目同一天已登记过相同金额的一笔（{first['entry']['no']}）；登记人答复：同日两台设备"
    )
    assert text in await explained(city, project)


async def test_what_is_like_a_migrated_figure_is_asked_about_and_names_the_decision(
    city: City,
) -> None:
    """It has no recorder who could be named."""
    project = await city.signed()
    first = await pay(city, "hightech", project, "30万")
    await Entry.filter(no=first["entry"]["no"]).update(recorded_by_id=None)
    given = {"project": project["no"], "amount": "30万", **RECEIPT}
    refused = await city.act(city.hightech, "fundsRecord", **given)
    assert asked(refused) == [("DUPLICATE", "another")]
    assert "迁入决定 11月18日" in refused["userErrors"][0]["message"]


# ---------------------------------------------------------------- above the agreement


def test_money_is_above_the_agreements_by_more_than_the_rule_allows() -> None:
    assert not is_above_agreed(100, 100, 0)
    assert is_above_agreed(101, 100, 0)
    assert not is_above_agreed(110, 100, 10)
    assert is_above_agreed(111, 100, 10)
    check_above_agreed(101, 100, 0, "汇率变动")
    with pytest.raises(RuleBroken, match="超出") as broken:
        check_above_agreed(2 * YI, YI, 0, "")
    assert broken.value.field == "aboveAgreed"


async def test_money_above_the_agreements_in_force_is_recorded_with_a_reason(city: City) -> None:
    """12.5亿 agreed, 12亿 in: 5000万 more pass, 5000.01万 are asked about; a supplement makes room."""
    project = await city.signed()
    await pay(city, "hightech", project, "12亿")
    given = {"project": project["no"], **RECEIPT, "amount": "5000.01万"}
    refused = await city.act(city.hightech, "fundsRecord", **given)
    assert asked(refused) == [("RULE", "aboveAgreed")]
    message = refused["userErrors"][0]["message"]
    assert "累计到位资金 125,000.01 万元" in message and "超出 0.01 万元" in message
    over = await city.done(city.hightech, "fundsRecord", **given, aboveAgreed="含外方垫付利息")
    (flag,) = (await flags_of(city, "office", over))["flags"]
    assert (flag["kind"], flag["answer"]) == ("ABOVE_AGREED", "含外方垫付利息")
    await city.done(city.hightech, "fundsReverse", entry=over["entry"]["no"], reason="记错")
    await pay(city, "hightech", project, "5000万")
    more = {"kind": "SUPPLEMENTARY", "amount": "1亿", "signedOn": "2026-11-18"}
    await city.done(city.hightech, "agreementSign", project=project["no"], **more)
    await pay(city, "hightech", project, "1亿")
    await city.tax(await city.read(project), "20亿")  # tax has no agreement that it could exceed


async def test_how_far_above_is_asked_about_is_a_rule_of_the_city(city: City) -> None:
    await city.set_rule("entry.above_agreed_by", "2026-11-18", number="10")
    project = await city.signed(amount="1亿")
    await pay(city, "hightech", project, "1.1亿")
    given = {"project": project["no"], **RECEIPT, "amount": "0.01"}
    assert asked(await city.act(city.hightech, "fundsRecord", **given)) == [("RULE", "aboveAgreed")]


async def test_what_is_claimed_again_is_asked_about_all_of_it(city: City) -> None:
    project, other = await city.signed(), await city.signed()
    paid = await pay(city, "hightech", project, "30万", evidence=slip())
    back = (await city.verified(paid, verified=False, reason="不清"))["entry"]
    await pay(city, "hightech", other, "9万", evidence=slip(), sameVoucher="两个项目共用回单")
    again = {"entry": back["no"], "revision": back["revision"], "note": "更正", "amount": "13亿"}
    refused = await city.act(city.hightech, "entryResubmit", **again)
    assert asked(refused) == [("DUPLICATE", "sameVoucher"), ("RULE", "aboveAgreed")]
    assert (await Entry.get(no=back["no"])).state == "RETURNED"
    answers = {"sameVoucher": "两个项目共用回单", "aboveAgreed": "增资协议待签"}
    done = await city.done(city.hightech, "entryResubmit", **again, **answers)
    kinds = [each["kind"] for each in (await flags_of(city, "finance", done))["flags"]]
    assert kinds == ["SAME_VOUCHER", "ABOVE_AGREED"]
    # What was answered is not asked again.
    back = (await city.verified(done, verified=False, reason="印章不清"))["entry"]
    again |= {"revision": back["revision"], "amount": "20万"}
    await city.done(city.hightech, "entryResubmit", **again)


# ---------------------------------------------------------------- two at once


async def test_two_who_record_one_figure_at_once_do_not_both_slip_past_the_question(
    stored_city: City,
) -> None:
    city = stored_city
    project = await city.signed()
    given = {"project": project["no"], "amount": "30万", **RECEIPT}
    answers = await asyncio.gather(
        *(city.act(who, "fundsRecord", **given) for who in (city.hightech, city.office) * 2)
    )
    assert sorted(asked(each) for each in answers) == [[]] + [[("DUPLICATE", "another")]] * 3
    assert await Entry.filter(indicator="PAID_IN_FUNDS").count() == 1


async def test_two_who_record_one_voucher_at_once_on_two_projects_do_not_both_slip_past(
    stored_city: City,
) -> None:
    """The projects are held apart, so the voucher is held as well."""
    city = stored_city
    projects = [await city.signed() for _ in range(4)]
    answers = await asyncio.gather(
        *(
            city.act(
                city.hightech,
                "fundsRecord",
                project=each["no"],
                amount=f"{number + 1}万",
                **RECEIPT,
                evidence=slip(),
            )
            for number, each in enumerate(projects)
        )
    )
    assert sorted(asked(each) for each in answers) == [[]] + [[("DUPLICATE", "sameVoucher")]] * 3


async def test_two_whose_money_is_above_the_agreement_together_are_not_both_unasked(
    stored_city: City,
) -> None:
    city = stored_city
    project = await city.signed(amount="1亿")
    answers = await asyncio.gather(
        *(
            city.act(city.hightech, "fundsRecord", project=project["no"], amount=amount, **RECEIPT)
            for amount in ("6000万", "7000万")
        )
    )
    assert sorted(asked(each) for each in answers) == [[], [("RULE", "aboveAgreed")]]


# ---------------------------------------------------------------- who says that it was verified


VERIFIED = """query($no: String!) { entry(no: $no) { state claimedBy { slug }
    verifiedAs { name unit } steps { state takenBy { name } } } }"""


async def test_who_verified_is_the_unit_whose_post_did_and_nobody_for_what_is_verified_by_signing(
    city: City,
) -> None:
    project = await city.signed()
    paid = await city.pay(project, "1万")
    no = paid["entry"]["no"]
    seen = (await city.run(city.office, VERIFIED, no=no))["entry"]
    assert (seen["claimedBy"]["slug"], seen["verifiedAs"]) == ("hightech", None)
    await city.verified(paid)
    seen = (await city.run(city.office, VERIFIED, no=no))["entry"]
    assert seen["verifiedAs"] == {"name": "卫算", "unit": "市财政局"}
    signed = await Entry.get(indicator="SIGNED_FUNDS")
    seen = (await city.run(city.office, VERIFIED, no=signed.no))["entry"]
    assert (seen["state"], seen["verifiedAs"]) == ("VERIFIED", None)
    assert [each["takenBy"] for each in seen["steps"]] == [{"name": "赵越"}, None]
    async with signed_in("office") as visitor:
        pages = [(await visitor.get(f"/verification/{each}")).text for each in (no, signed.no)]
        file = await visitor.get("/verification.csv?state=VERIFIED&indicator=PAID_IN_FUNDS")
    assert "市财政局" in pages[0] and "签订即核实" not in pages[0]
    assert "签订即核实" in pages[1] and "市财政局" not in pages[1]
    assert "市财政局" in columns(file.text).values()


async def test_a_returned_figure_is_claimed_by_the_unit_that_claims_it_again(city: City) -> None:
    paid = await city.pay(await city.signed(), "1万")
    back = (await city.verified(paid, verified=False, reason="不清"))["entry"]
    again = {"entry": back["no"], "revision": back["revision"], "note": "更正"}
    done = await city.done(city.office, "entryResubmit", **again)
    assert done["entry"]["claimedBy"]["slug"] == "office"


async def test_nobody_names_the_unit_that_confirms(city: City) -> None:
    """Neither act has a field for it: a place cannot say that the finance bureau confirmed."""
    fields = await city.run(
        city.office,
        '{ funds: __type(name: "FundsRecordInput") { inputFields { name } }'
        ' tax: __type(name: "TaxRecordInput") { inputFields { name } } }',
    )
    names = {each["name"] for of in fields.values() for each in of["inputFields"]}
    assert "confirmingOffice" not in names and {"sameVoucher", "another"} <= names


async def test_who_answered_is_named_in_the_post_in_which_it_was_answered(city: City) -> None:
    project = await city.signed("yanjiang", "hightech")
    both = Viewer("王芳", city.yanjiang.person, (city.yanjiang.main, city.hightech.main))
    given = {"project": project["no"], "amount": "30万", **RECEIPT}
    await city.done(both, "fundsRecord", **given)
    await city.done(both, "fundsRecord", **given, another="两台设备")
    flag = await EntryFlag.get()
    assert flag.flagged_post_id == city.hightech.main.id
    assert await Person.get(id=flag.flagged_by_id) == await Person.get(id=city.yanjiang.person)


async def test_a_list_of_flagged_figures_asks_as_much_for_many_as_for_few(city: City) -> None:
    document = """{ entries(first: 100, filter: { flagged: true }) { totalCount nodes { no flagText
        verifiedAs { name } flags { text other { no } } flaggedBy { entry { no } } } } }"""
    project = await city.signed()
    counts = []
    for more in (3, 3):
        for _ in range(more):
            await pay(city, "hightech", project, "30万", another="又一台设备")
        with counting() as sent:
            await city.served(city.office, document, {})
        counts.append(len(sent))
    found = (await city.run(city.office, document))["entries"]
    assert found["totalCount"] == 5, "each but the first is like those before it"
    assert len(found["nodes"][-1]["flags"]) == 5
    assert counts[0] == counts[1] <= 8
