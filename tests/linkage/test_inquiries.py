"""Who asks how often about what they do not see is counted, and shown to the office alone."""

import csv
import io
from dataclasses import replace
from html import unescape

import pytest

from schema.context import Context
from schema.jobs.declare import CLOCK
from schema.jobs.rules import JobState
from schema.jobs.runner import Runner
from schema.jobs.tables import Job
from schema.linkage.tables import Claim, Inquiry
from schema.messages.tables import Message
from schema.project.tables import Project
from server import settings
from tests.house.test_who_may import EVERYBODY
from tests.ledger import ledgers
from tests.ledger.ledgers import ledger_city as ledger_city
from tests.linkage.test_notices import errors, guess, quota
from tests.rulebook import rule
from tests.server.doors import signed_in
from tests.world import EVIDENCE, NOW, City, Said, on

SEARCH = "query($input: DuplicatesInput!) { duplicates(input: $input) { reasons ticket } }"
LISTED = """query($filter: InquiryFilter) { inquiries(filter: $filter) { totalCount nodes {
    day person { name } organization { slug } road asked matched withheld shownCount projects { no } } } }"""
CONTACT: Said = {"contactOn": "2026-11-10", "contactWith": "李总"}


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NOW", NOW)


async def search(city: City, who: str, name: str) -> list[Said]:
    """One search, asked once: what `city.run` asks twice is counted twice."""
    answer, wrong = await city.served(city[who], SEARCH, {"input": {"name": name}})
    assert not wrong
    found: list[Said] = answer["duplicates"]
    return found


async def counted(city: City, who: str = "anyue") -> dict[str, tuple[int, int, int]]:
    """By road what was asked, matched and withheld, of one person."""
    rows = await Inquiry.filter(person_id=city[who].person)
    return {row.road: (row.asked, row.matched, row.withheld) for row in rows}


# ---------------------------------------------------------------- tickets


async def test_a_ticket_comes_with_a_report_of_ones_own_and_evidence_alone(city: City) -> None:
    project = await city.report()
    lead: Said = {"name": project["name"], "investorName": "安岳的投资方", "amount": "1亿"}
    ((found),) = await search(city, "anyue", project["name"])
    assert found == {"reasons": ["库内已有疑似相同的项目"], "ticket": None}
    for more, given in (({}, False), (CONTACT, False), (CONTACT | {"evidence": EVIDENCE}, True)):
        asked = await city.act(city.anyue, "projectReport", **lead, **more)
        assert [field for field, _ in errors(asked)] == ["name"]
        assert bool(asked["duplicates"][0]["ticket"]) is given
    agents = await city.act(
        city.agent, "projectReport", **lead, **CONTACT, evidence=EVIDENCE, place="anyue"
    )
    assert agents["duplicates"][0]["ticket"] is None, "only a place claims first contact"


async def test_a_ticket_is_kept_on_record_for_the_office_and_needs_the_papers_of_the_report(
    city: City,
) -> None:
    """A place that tries names with any file: each ticket is counted with its project and its file, and
    a claim stands on that file, by the person who reported.
    """
    first, second = await city.report(), await city.report()
    ticket = await city.ticket(city.anyue, first, evidence=EVIDENCE)
    await city.ticket(city.anyue, second, evidence=EVIDENCE)
    await city.ticket(city.anyue, second, evidence=EVIDENCE)
    asked = """{ inquiries(filter: { organization: { slug: ["anyue"] } }) { nodes {
        road tickets shownCount projects { no } } } }"""
    (kept,) = (await city.run(city.office, asked))["inquiries"]["nodes"]
    assert (kept["road"], kept["tickets"], kept["shownCount"]) == ("REPORT", 2, 2)
    assert {each["no"] for each in kept["projects"]} == {first["no"], second["no"]}
    row = await Inquiry.get(person_id=city.anyue.person)
    papers = [key for kind, key in row.shown if kind == "Ticket"]
    assert all(len(files) == 1 and len(files[0]) == 64 for _, *files in papers)
    other = {"name": "另一份.txt", "content": "5Lya6K6u5Lya"}
    claim = {"ticket": ticket, **CONTACT}
    refused = await city.act(city.anyue, "projectClaim", **claim, evidence=[other])
    assert [field for field, _ in errors(refused)] == ["evidence"]
    colleague = replace(city.anyue, person=city.lezhi.person)
    refused = await city.act(colleague, "projectClaim", **claim, evidence=EVIDENCE)
    assert [field for field, _ in errors(refused)] == ["ticket"]
    assert await Claim.filter(place_id=city.anyue.place).count() == 0
    await city.done(city.anyue, "projectClaim", **claim, evidence=[*EVIDENCE, other])


async def test_a_report_that_is_tried_out_is_given_no_ticket(city: City) -> None:
    """On the check page: it says what the sending will do, and the sending gives the way to the claim,
    whatever has been ticked, and makes no second project.
    """
    project = await city.report()
    lead = {"name": project["name"], "investorName": "安岳的投资方", "amount": "1亿", **CONTACT}
    given = {
        "files": {"evidence": ("纪要.txt", "会议".encode(), "text/plain")},
        "headers": {"Origin": "http://sixones.test"},
    }
    own = city.anyue.person
    async with signed_in("anyue") as visitor:
        tried = await visitor.post("/projects/new", data=lead | {"step": "check"}, **given)
        assert tried.status_code == 422 and "ticket=" not in tried.text
        assert 'name="step" value="ask"' in tried.text and "将记录在案" in tried.text
        assert [key for key in (await Inquiry.get(person_id=own)).shown if key[0] == "Ticket"] == []
        ticked = lead | {"step": "ask", "acknowledgeDuplicates": "true"}
        sent = await visitor.post("/projects/new", data=ticked, **given)
        assert sent.status_code == 422 and "/claims/new?ticket=" in sent.text
    assert await Project.all().count() == 1
    assert len([key for key in (await Inquiry.get(person_id=own)).shown if key[0] == "Ticket"]) == 1


async def test_a_resubmission_with_evidence_is_given_a_ticket(city: City) -> None:
    project = await city.report()
    for evidence, given in ((None, False), (EVIDENCE, True)):
        own = await city.report(city.anyue, evidence=evidence)
        back = await city.done(city.office, "projectReturn", **on(own), reason="请补充")
        asked = await city.act(
            city.anyue, "projectResubmit", **on(back["project"]), name=project["name"]
        )
        assert [error["code"] for error in asked["userErrors"]] == ["DUPLICATE"]
        assert bool(asked["duplicates"][0]["ticket"]) is given


async def test_a_claim_without_evidence_is_refused_at_the_field(city: City) -> None:
    project = await city.report()
    ticket = await city.ticket(city.anyue, project)
    bare = await city.act(city.anyue, "projectClaim", ticket=ticket, **CONTACT)
    assert errors(bare) == [
        ("evidence", "请附首次接洽的佐证材料，例如会议纪要、往来函件、考察照片")
    ]
    assert await Claim.filter(place_id=city.anyue.place).count() == 0
    official = await city.act(
        city.office, "projectClaim", project=project["no"], place="anyue", **CONTACT
    )
    assert [field for field, _ in errors(official)] == ["evidence"]
    await city.done(city.anyue, "projectClaim", ticket=ticket, **CONTACT, evidence=EVIDENCE)


async def test_who_reports_with_evidence_is_led_to_the_claim(city: City) -> None:
    """On the page: the sentence and what to bring without evidence, with it the way to the claim."""
    project = await city.report()
    lead = {"name": project["name"], "investorName": "安岳的投资方", "amount": "1亿", **CONTACT}
    lead |= {"contactBy": "杨明", "contactNote": "在成都 & 展会见面"}
    async with signed_in("anyue") as visitor:
        bare = await visitor.get("/projects/new/duplicates", params={"name": project["name"]})
        assert "附佐证材料后提交" in bare.text and "/claims/new?ticket=" not in bare.text
        refused = await visitor.post(
            "/projects/new",
            data=lead,
            files={"evidence": ("纪要.txt", "会议".encode(), "text/plain")},
            headers={"Origin": "http://sixones.test"},
        )
        assert "不报送，改为主张首谈" in refused.text
        path = refused.text.partition('href="/claims/new?ticket=')[2].partition('"')[0]
        page = await visitor.get(f"/claims/new?ticket={unescape(path)}")
        assert page.status_code == 200 and "佐证材料须重新选择" in page.text
        for said in (CONTACT["contactOn"], CONTACT["contactWith"], "杨明"):
            assert f'value="{said}"' in page.text, said
        assert "在成都 &amp; 展会见面</textarea>" in page.text


# ---------------------------------------------------------------- counting


async def test_every_road_is_counted_once_by_person_unit_and_day(ledger_city: City) -> None:
    city = ledger_city
    await quota(2)
    projects = [await city.report() for _ in range(3)]
    await search(city, "anyue", "没有这个项目")
    await search(city, "anyue", projects[0]["name"])
    await guess(city, city.anyue, projects[1]["investor"]["uscc"])
    own = await city.report(city.anyue, acknowledgeDuplicates=True)
    back = await city.done(city.office, "projectReturn", **on(own), reason="请补充")
    await city.act(city.anyue, "projectResubmit", **on(back["project"]), name=projects[2]["name"])
    line = ledgers.line(3, name=projects[0]["name"], first="安岳县")
    await ledgers.previewed(city, line, ledgers.line(4, first="安岳县"), by="anyue")
    assert await counted(city) == {
        "SEARCH": (2, 1, 0),
        "REPORT": (2, 1, 1),
        "RESUBMISSION": (1, 0, 1),
        "LEDGER": (2, 0, 2),
    }
    assert await counted(city, "office") == {}, "whoever sees every project asks of nothing unseen"


async def test_what_comes_between_preview_and_import_counts_a_line_once(
    ledger_city: City,
) -> None:
    city = ledger_city
    known = await city.report()
    lines = [
        ledgers.line(3, name=known["name"], first="安岳县"),
        *(ledgers.line(number, first="安岳县") for number in (4, 5)),
    ]
    batch = await ledgers.previewed(city, *lines, by="anyue")
    assert await counted(city) == {"LEDGER": (3, 1, 0)}
    late = await city.report(name=lines[1]["name"])
    made = await city.done(city.anyue, "ledgerImport", **ledgers.on(batch))
    assert (made["batch"]["importedCount"], made["batch"]["awaitingCount"]) == (1, 2)
    row = await Inquiry.get(person_id=city.anyue.person)
    assert (row.asked, row.matched, row.withheld) == (4, 2, 0)
    shown = await Project.filter(id__in=[key for _, key in row.shown]).values_list("no", flat=True)
    assert sorted(shown) == [known["no"], late["no"]]


async def test_an_import_tells_nothing_once_the_quota_is_used_up(ledger_city: City) -> None:
    """Whether something has come since the preview or not: refused alike, and tomorrow it goes on."""
    city = ledger_city
    await quota(1)
    known = await city.report()
    batches = [
        await ledgers.previewed(city, ledgers.line(number, first="安岳县"), by="anyue")
        for number in (3, 4)
    ]
    await search(city, "anyue", known["name"])
    await city.report(name=ledgers.line(3)["name"])
    refused = [await city.act(city.anyue, "ledgerImport", **ledgers.on(each)) for each in batches]
    assert refused[0] == refused[1]
    ((field, message),) = errors(refused[0])
    assert field == "batch" and "次数已用完" in message and await Project.all().count() == 2
    city.now = NOW.replace(day=19)
    made = [
        await city.done(city.anyue, "ledgerImport", **ledgers.on(each)) for each in batches[::-1]
    ]
    assert [each["batch"]["awaitingCount"] for each in made] == [0, 1]


# ---------------------------------------------------------------- what the office sees


async def test_the_office_and_inspection_read_who_asked_and_nobody_else(city: City) -> None:
    project = await city.report()
    await search(city, "anyue", project["name"])
    await search(city, "lezhi", "没有这个项目")
    shown = {}
    for name in EVERYBODY:
        shown[name] = (await city.run(city[name], LISTED))["inquiries"]["totalCount"]
    assert {name: count for name, count in shown.items() if count} == {"office": 3, "inspector": 3}
    (one,) = (await city.run(city.office, LISTED, filter={"organization": {"slug": ["anyue"]}}))[
        "inquiries"
    ]["nodes"]
    assert one == {
        "day": "2026-11-18",
        "person": {"name": "钱进"},
        "organization": {"slug": "anyue"},
        "road": "SEARCH",
        "asked": 1,
        "matched": 1,
        "withheld": 0,
        "shownCount": 1,
        "projects": [{"no": project["no"]}],
    }
    for filter, count in (
        ({"day": {"since": "2026-11-18", "until": "2026-11-18"}}, 3),
        ({"day": {"since": "2026-11-19"}}, 0),
        ({"road": ["REPORT"]}, 1),
        ({"withheld": True}, 0),
        ({"person": ["nonsense"]}, 0),
    ):
        assert (await city.run(city.office, LISTED, filter=filter))["inquiries"][
            "totalCount"
        ] == count


async def test_the_page_is_reached_from_the_menu_filtered_and_exported(city: City) -> None:
    project = await city.report()
    await search(city, "anyue", project["name"])
    async with signed_in("office") as visitor:
        assert 'href="/inquiries"' in (await visitor.get("/inbox")).text
        page = (await visitor.get("/inquiries?organization.slug=anyue&day.since=2026-11-18")).text
        assert "钱进" in page and project["name"] in page and "王芳" not in page
        none = await visitor.get("/inquiries?organization.slug=lezhi")
        assert "没有符合条件的查重记录" in none.text
        table = (await visitor.get("/inquiries.csv?organization.slug=anyue")).text
    lines = list(csv.reader(io.StringIO(table.lstrip("\ufeff"))))
    assert len(lines) == 2 and "钱进" in lines[1] and "查重" in lines[1]
    async with signed_in("anyue") as visitor:
        assert 'href="/inquiries"' not in (await visitor.get("/inbox")).text
        assert (await visitor.get("/inquiries")).status_code == 404


async def reminded(city: City) -> str:
    await Job.create(kind="inquiries", args={}, created_at=NOW, due_at=NOW, state=JobState.WAITING)
    await Runner(lambda: Context(viewer=CLOCK, now=city.now)).finish()
    done = await Job.filter(kind="inquiries", slot_at=None).order_by("-id").first()
    assert done
    return str(done.result)


async def test_the_office_is_written_to_once_where_the_notices_are_used_up(city: City) -> None:
    await quota(2)
    projects = [await city.report() for _ in range(3)]
    await search(city, "anyue", projects[0]["name"])
    assert await reminded(city) == "提醒 0 条"
    for project in projects[1:]:
        await search(city, "anyue", project["name"])
    assert await reminded(city) == "提醒 2 条", "two people of the office"
    assert await reminded(city) == "提醒 0 条", "once for a person and a day"
    message = await Message.filter(person_id=city.office.person).get()
    assert message.template == "inquiriesExhausted"
    assert message.given | {"unit": "", "person": ""} == {
        "unit": "", "person": "", "day": "2026-11-18", "asked": 3, "matched": 2, "withheld": 1, "shown": 2,
    }  # fmt: skip
    async with signed_in("office") as visitor:
        page = (await visitor.get(message.link)).text
    assert "钱进" in page and "王芳" not in page
    assert (
        await Message.exclude(person_id__in=[city.office.person, city.colleague.person]).count()
        == 0
    )


async def test_the_office_is_written_to_where_somebody_asks_as_often_as_the_rulebook_names(
    city: City,
) -> None:
    often = rule("lead.inquiries_shown_from")
    for _ in range(3):
        await search(city, "anyue", "没有这个项目")
    await Inquiry.filter(person_id=city.anyue.person).update(asked=often - 1)
    assert await reminded(city) == "提醒 0 条"
    await search(city, "anyue", "没有这个项目")
    assert await reminded(city) == "提醒 2 条"
    assert (await Message.filter(person_id=city.office.person).get()).given["asked"] == often
