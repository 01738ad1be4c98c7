"""Who holds posts in two units says for which one an act is done; the first is never taken silently."""

import pytest

from schema.desk.tables import SavedView
from schema.gate.tables import JournalEntry
from schema.ledger.tables import Batch
from schema.linkage.tables import Dispute
from schema.people.tables import Organization
from schema.permissions import Viewer
from tests.ledger import ledgers
from tests.ledger.ledgers import ledger_city as ledger_city
from tests.server.doors import signed_in
from tests.world import City, Said, held, on


def both(city: City) -> Viewer:
    """Head of Anyue's bureau first, of Lezhi's second."""
    return Viewer("钱进", city.anyue.person, (city.anyue.main, city.lezhi.main))


def fields(payload: Said) -> list[tuple[str, str]]:
    return [(error["field"], error["code"]) for error in payload["userErrors"]]


FOR_YANJIANG: Said = {
    "firstContactPlace": "yanjiang",
    "reason": "在先",
    "departure": "安岳县让出",
    "withoutClaim": True,
}


async def last_post() -> int | None:
    entry = await JournalEntry.all().order_by("-id").first()
    return entry.post_id if entry else None


async def claimed(city: City) -> Said:
    """Yanjiang's project, which the office has claimed for Anyue and for Lezhi."""
    project = await city.report()
    for place in ("anyue", "lezhi"):
        given = {"contactOn": "2026-11-10", "contactWith": "李总", "place": place}
        await city.done(city.office, "projectClaim", project=project["no"], **given)
    return project


async def test_a_dispute_is_the_places_by_whose_claim_it_is_raised(city: City) -> None:
    project = await claimed(city)
    claim = await city.claim_of("lezhi", project)
    await city.done(both(city), "projectDispute", claim=claim, grounds="在先")
    (dispute,) = await Dispute.all()
    assert dispute.place_id == city.lezhi.place and await last_post() == city.lezhi.main.id


async def test_a_dispute_on_a_project_that_is_seen_names_its_place(city: City) -> None:
    project = await city.opined(await city.report(city.anyue))
    await city.done(city.office, "projectJudge", **on(project), **FOR_YANJIANG)
    given = {"project": project["no"], "grounds": "在先"}
    assert fields(await city.act(both(city), "projectDispute", **given)) == [("place", "INVALID")]
    foreign = await city.act(both(city), "projectDispute", **given, place="hightech")
    assert fields(foreign) == [("place", "NOT_ALLOWED")]
    await city.done(both(city), "projectDispute", **given, place="lezhi")
    (dispute,) = await Dispute.all()
    assert dispute.place_id == city.lezhi.place and await last_post() == city.lezhi.main.id
    await city.done(city.anyue, "projectDispute", **given)  # one place need not be named


@pytest.mark.parametrize("named, place", [(None, ""), ("lezhi", "lezhi")])
async def test_a_report_names_the_place_of_its_first_contact(
    city: City, named: str | None, place: str
) -> None:
    lead: Said = {"name": "柠檬基地", "investorName": "柠檬有限公司", "amount": "1亿"}
    lead |= {"contactOn": "2026-11-10", "contactWith": "李总"} | ({"place": named} if named else {})
    payload = await city.act(both(city), "projectReport", **lead)
    assert fields(payload) == ([] if named else [("place", "INVALID")])
    if place:
        assert payload["project"]["reportedBy"]["slug"] == place


async def test_a_ticket_is_good_in_whichever_post_its_holder_claims(city: City) -> None:
    project = await city.report()
    document = "query($name: String!) { duplicates(input: { name: $name }) { ticket } }"
    found = await city.run(both(city), document, name=project["name"])
    given = {"contactOn": "2026-11-10", "contactWith": "李总", "place": "lezhi"}
    made = await city.done(
        both(city), "projectClaim", ticket=found["duplicates"][0]["ticket"], **given
    )
    assert made["claim"]["place"]["slug"] == "lezhi" and await last_post() == city.lezhi.main.id


async def test_a_transfer_is_asked_and_taken_up_in_the_post_of_the_place_that_it_concerns(
    city: City,
) -> None:
    project = await city.judged("lezhi")
    asked = await city.done(
        both(city), "projectTransferRequest", **on(project), landingPlace="anyue", reason="用地不足"
    )
    assert await last_post() == city.lezhi.main.id
    decided = await city.done(
        city.office,
        "projectTransferDecide",
        transfer=asked["transfer"]["id"],
        revision=asked["project"]["revision"],
        approve=True,
        assessment="同意",
    )
    mirrored = Viewer("钱进", city.anyue.person, (city.lezhi.main, city.anyue.main))
    given = {"transfer": asked["transfer"]["id"], "revision": decided["project"]["revision"]}
    await city.done(mirrored, "projectTakeUp", **given)
    assert await last_post() == city.anyue.main.id


async def test_a_ledger_is_the_units_that_is_named(ledger_city: City) -> None:
    city = ledger_city
    file = ledgers.sent(ledgers.text(ledgers.line(1, first="乐至县")))
    assert fields(await city.act(both(city), "ledgerPreview", file=file)) == [("unit", "INVALID")]
    foreign = await city.act(both(city), "ledgerPreview", file=file, unit="hightech")
    assert fields(foreign) == [("unit", "NOT_ALLOWED")]
    made = await city.done(both(city), "ledgerPreview", file=file, unit="lezhi")
    assert (await Batch.get()).organization_id == city.lezhi.organization
    await city.done(both(city), "ledgerImport", **ledgers.on(made["batch"]))
    assert await last_post() == city.lezhi.main.id


async def test_a_view_is_shared_with_the_unit_that_is_named(city: City) -> None:
    view = {"name": "大项目", "query": "amount.min=10亿"}
    await city.done(both(city), "viewSave", **view)  # for oneself: no unit is asked
    asked = await city.act(both(city), "viewSave", **view, shared="UNIT")
    assert fields(asked) == [("unit", "INVALID")]
    await city.done(both(city), "viewSave", **view, shared="UNIT", unit="lezhi")
    assert (await SavedView.get()).organization_id == city.lezhi.organization
    useless = await city.act(both(city), "viewSave", **view, unit="lezhi")
    assert fields(useless) == [("unit", "INVALID")]


async def test_pages_ask_for_whom_somebody_of_two_places_acts(city: City) -> None:
    """And do not ask who has one."""
    project = await city.opined(await city.report(city.anyue))
    await city.done(city.office, "projectJudge", **on(project), **FOR_YANJIANG)
    pages = {
        "/projects?stage=JUDGED": "unit",
        "/ledger/imports": "unit",
        "/projects/new": "place",
        f"/projects/{project['no']}/dispute": "place",
    }
    shown: list[dict[str, bool]] = []
    for second in (False, True):
        if second:
            unit = await city_unit(city)
            await held(city.anyue.person or 0, city.lezhi.main.post, unit)
        async with signed_in("anyue") as visitor:
            texts = {path: (await visitor.get(path)).text for path in pages}
        shown.append({path: f'name="{pages[path]}"' in text for path, text in texts.items()})
    assert shown == [dict.fromkeys(pages, False), dict.fromkeys(pages, True)]


async def city_unit(city: City) -> Organization:
    return await Organization.get(id=city.lezhi.organization)
