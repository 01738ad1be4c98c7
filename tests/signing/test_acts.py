"""Article 5 through its acts: what is signed, what counts as signed funds, and for whom."""

import pytest

from schema.entries.tables import Entry
from schema.project.tables import Project
from tests.world import City, Said, at, on

SIGNED = {"signedOn": "2026-11-18"}
SHARES = """query($no: String!) { project(no: $no) { stage signedOn signedFunds linkage { shares {
    indicator total firstContact landing ratio
} } } }"""


async def sign(city: City, project: Said, kind: str, amount: str, **given: str) -> Said:
    payload = await city.done(
        city.hightech,
        "agreementSign",
        **on(project),
        **{"kind": kind, "amount": amount} | SIGNED | given,
    )
    signed: Said = payload["project"]
    return signed


@pytest.mark.parametrize("kind", ["INTENT", "FRAMEWORK"])
async def test_a_letter_of_intent_moves_nothing_and_counts_nothing(city: City, kind: str) -> None:
    project = await sign(city, await city.transferred(), kind, "12.5亿")
    assert (project["stage"], project["signedFunds"], project["signedOn"]) == (
        "JUDGED",
        "0.00",
        None,
    )
    assert await Entry.all().count() == 0
    seen = await city.run(city.office, "{ agreements { totalCount nodes { kind amount } } }")
    assert seen["agreements"]["nodes"] == [{"kind": kind, "amount": "1250000000.00"}]


async def test_a_formal_agreement_signs_the_project_and_counts(city: City) -> None:
    project = await city.transferred()
    city.now = at("2026-11-25 10:00")
    project = await sign(city, project, "FORMAL", "12.5亿", signedOn="2026-11-18")
    assert (project["stage"], project["signedOn"]) == ("SIGNED", "2026-11-18")
    seen = (await city.run(city.yanjiang, SHARES, no=project["no"]))["project"]
    assert seen["linkage"]["shares"] == [
        {
            "indicator": "SIGNED_FUNDS",
            "total": "1250000000.00",
            "firstContact": "375000000.00",
            "landing": "875000000.00",
            "ratio": "3∶7",
        }
    ]


async def test_a_project_counts_once_and_an_increase_only_the_increase(city: City) -> None:
    project = await sign(city, await city.transferred(), "FORMAL", "10亿")
    city.now = at("2026-12-18 10:00")
    second = await city.act(
        city.hightech, "agreementSign", **on(project), kind="FORMAL", amount="12亿", **SIGNED
    )
    assert second["userErrors"][0]["field"] == "kind"
    project = await sign(city, project, "SUPPLEMENTARY", "2亿", signedOn="2026-12-01")
    assert (project["signedFunds"], project["signedOn"]) == ("1200000000.00", "2026-11-18")


async def test_a_formal_agreement_is_signed_on_or_after_the_day_of_the_report(city: City) -> None:
    """Reported on 18 November: signed the day before is refused at the day, a letter of intent is not."""
    project = await city.transferred()
    refused = await city.act(
        city.hightech,
        "agreementSign",
        **on(project),
        kind="FORMAL",
        amount="1亿",
        signedOn="2026-11-17",
    )
    (error,) = refused["userErrors"]
    assert (error["code"], error["field"]) == ("RULE", "signedOn")
    assert "签约时间（2026-11-17）早于报送时间（2026-11-18）" in error["message"]
    project = await sign(city, project, "INTENT", "1亿", signedOn="2026-11-17")
    assert (await sign(city, project, "FORMAL", "1亿"))["signedOn"] == "2026-11-18"


async def test_a_supplement_is_signed_on_or_after_the_formal_agreement(city: City) -> None:
    project = await city.transferred()
    city.now = at("2026-12-18 10:00")
    project = await sign(city, project, "FORMAL", "10亿", signedOn="2026-12-01")
    more = {"kind": "SUPPLEMENTARY", "amount": "1亿"}
    early = await city.act(
        city.hightech, "agreementSign", **on(project), **more, signedOn="2026-11-30"
    )
    (error,) = early["userErrors"]
    assert (error["field"], "早于正式协议的签约时间（2026-12-01）" in error["message"]) == (
        "signedOn",
        True,
    )
    await sign(city, project, "SUPPLEMENTARY", "1亿", signedOn="2026-12-01")


async def test_a_signing_of_a_day_without_a_rule_is_refused_at_the_day(city: City) -> None:
    """One place lands what it talked of first: no rule shares it, and yet one has to be in force."""
    city.now = at("2026-11-18 10:00")
    project = await city.judged("anyue")
    await Project.filter(no=project["no"]).update(reported_at=at("2019-12-01 10:00"))
    refused = await city.act(
        city.anyue,
        "agreementSign",
        **on(project),
        kind="FORMAL",
        amount="1亿",
        signedOn="2019-12-31",
    )
    (error,) = refused["userErrors"]
    assert error["field"] == "signedOn" and "尚无生效的分享规则" in error["message"]
    assert not await Entry.exists()


async def test_a_supplement_without_increase_is_kept_and_counts_nothing(city: City) -> None:
    project = await sign(city, await city.transferred(), "FORMAL", "10亿")
    project = await sign(city, project, "SUPPLEMENTARY", "0", title="变更投产时间")
    assert project["signedFunds"] == "1000000000.00"
    assert await Entry.all().count() == 1
    seen = await city.run(city.office, "{ agreements { nodes { title amount entry { no } } } }")
    assert {"title": "变更投产时间", "amount": "0.00", "entry": None} in seen["agreements"]["nodes"]


async def test_a_supplement_is_signed_at_any_time_after(city: City) -> None:
    project = await city.signed()
    reached = await city.done(
        city.hightech,
        "milestoneReach",
        **on(project),
        stage="REGISTERED",
        reachedOn="2026-11-18",
    )
    project = await sign(city, reached["project"], "SUPPLEMENTARY", "1亿")
    assert (project["stage"], project["signedFunds"]) == ("REGISTERED", "1350000000.00")


async def test_the_landing_place_signs_and_not_the_first_contact_place(city: City) -> None:
    project = await city.transferred()
    refused = await city.act(
        city.yanjiang, "agreementSign", **on(project), kind="FORMAL", amount="1亿", **SIGNED
    )
    assert [error["code"] for error in refused["userErrors"]] == ["NOT_ALLOWED"]


async def test_whoever_lands_what_it_talked_of_first_keeps_all(city: City) -> None:
    project = await city.signed("anyue", "anyue", amount="3亿")
    seen = (await city.run(city.anyue, SHARES, no=project["no"]))["project"]
    (share,) = seen["linkage"]["shares"]
    assert (share["total"], share["firstContact"], share["landing"]) == (
        "300000000.00",
        "0.00",
        "300000000.00",
    )
    credits = await city.run(city.office, "{ credits { nodes { place { slug } role amount } } }")
    assert credits["credits"]["nodes"] == [
        {"place": {"slug": "anyue"}, "role": "WHOLE", "amount": "300000000.00"}
    ]


async def test_an_agreement_carries_its_timetable_and_papers(city: City) -> None:
    city.now = at("2026-11-18 15:00")
    await city.done(
        city.hightech,
        "agreementSign",
        **on(await city.transferred()),
        kind="FORMAL",
        amount="12.5亿",
        **SIGNED,
        startBy="2027-03-01",
        completeBy="2028-03-01",
        operateBy="2028-06-01",
        evidence=[{"name": "协议.txt", "content": "5Y2P6K6u"}],
    )
    seen = await city.run(
        city.leader,
        "{ agreements { nodes { startBy completeBy operateBy evidence { name } entry { amount } } } }",
    )
    assert seen["agreements"]["nodes"] == [
        {
            "startBy": "2027-03-01",
            "completeBy": "2028-03-01",
            "operateBy": "2028-06-01",
            "evidence": [{"name": "协议.txt"}],
            "entry": {"amount": "1250000000.00"},
        }
    ]
