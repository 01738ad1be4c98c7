"""Contacts that are masked: shown for a reason that is noted, for a while, and to nobody else."""

from datetime import timedelta

from schema.gate.tables import JournalEntry
from schema.linkage.tables import ContactReveal
from tests.documents.papers import sentences
from tests.project.test_pages import main, seen, signed_in
from tests.world import City, Said

NAME, PHONE, WITH = "欧阳敏", "13812345678", "诸葛总经理"
CONTACT = {"contactName": NAME, "contactPhone": PHONE, "contactWith": WITH}
WHY = "协调用地，需与投资方联系"
READ = """query($no: String!) { project(no: $no) { contactName linkage { contactsMasked
  revealedContacts { until reason contacts { label value } } } } }"""


async def linkage(city: City, who: str, no: str) -> Said:
    found: Said = (await city.run(city[who], READ, no=no))["project"]["linkage"]
    return found


async def test_a_leader_has_contacts_shown_for_a_reason_and_half_an_hour(city: City) -> None:
    project = await city.report(city.anyue, **CONTACT)
    before = await linkage(city, "leader", project["no"])
    assert before == {"contactsMasked": True, "revealedContacts": None}
    refused = await city.act(city.leader, "contactReveal", project=project["no"], reason=" ")
    assert [each["field"] for each in refused["userErrors"]] == ["reason"]
    await city.done(city.leader, "contactReveal", project=project["no"], reason=WHY)
    found = (await linkage(city, "leader", project["no"]))["revealedContacts"]
    assert (found["until"], found["reason"]) == ("2026-11-18T10:30:00+08:00", WHY)
    assert [(each["label"], each["value"]) for each in found["contacts"]] == [
        ("投资方联系人", NAME),
        ("投资方联系电话", PHONE),
        ("安岳县的投资方接洽人", WITH),
    ]
    for who in ("inspector", "group", "anyue", "office"):
        assert (await linkage(city, who, project["no"]))["revealedContacts"] is None, who
    city.now += timedelta(minutes=30)
    assert (await linkage(city, "leader", project["no"]))["revealedContacts"] is None


async def test_who_reads_it_plain_or_has_no_business_with_it_reveals_nothing(city: City) -> None:
    project = await city.report(city.anyue, **CONTACT)
    for who in ("office", "anyue", "lezhi", "finance", "agent", "partner"):
        answer = await city.act(city[who], "contactReveal", project=project["no"], reason=WHY)
        assert answer["userErrors"], who
    assert not await ContactReveal.exists()
    nothing = await city.report(city.anyue, contactOn=None)
    answer = await city.act(city.leader, "contactReveal", project=nothing["no"], reason=WHY)
    assert [each["code"] for each in answer["userErrors"]] == ["NOT_ALLOWED"]


async def test_each_time_stands_in_the_journal_and_in_a_list_that_the_office_exports(
    city: City,
) -> None:
    project = await city.report(city.anyue, **CONTACT)
    await city.done(city.inspector, "contactReveal", project=project["no"], reason=WHY)
    entry = await JournalEntry.all().order_by("-id").first()
    assert entry is not None and (entry.act, entry.reason) == ("contactReveal", WHY)
    assert NAME not in str(entry.changes) and PHONE not in str(entry.changes)
    history = (
        "query($no: String!) { project(no: $no) { journal { nodes { label actorName reason } } } }"
    )
    found = (await city.run(city.anyue, history, no=project["no"]))["project"]["journal"]["nodes"]
    assert found[0] == {"label": "查看投资方联系方式", "actorName": "杨明", "reason": WHY}
    async with signed_in("office") as visitor:
        assert 'href="/reveals"' in (await visitor.get("/inbox")).text
        noted = main(await seen(visitor, "/journal?act=contactReveal"))
        assert f'href="/projects/{project["no"]}"' in noted
        page = main(await seen(visitor, "/reveals?person=杨明"))
        assert WHY in page and project["no"] in page and "杨明" in page
        assert WHY not in main(await seen(visitor, "/reveals?person=李雷"))
        file = (await visitor.get("/reveals.csv")).text
        assert WHY in file and "杨明" in file and project["no"] in file and PHONE not in file
    async with signed_in("anyue") as visitor:
        assert 'href="/reveals"' not in (await visitor.get("/inbox")).text
        assert WHY not in (await visitor.get("/reveals.csv")).text


async def test_the_button_with_its_reason_stands_beside_what_is_masked(city: City) -> None:
    project = await city.report(city.anyue, **CONTACT)
    path = f"/projects/{project['no']}"
    async with signed_in("leader") as visitor:
        page = main(await seen(visitor, path))
        assert "欧**" in page and "138****5678" in page and "诸**" in page
        assert PHONE not in page and f'action="{path}/contacts"' in page
        refused = await visitor.post(f"{path}/contacts", data={"project": project["no"]})
        assert refused.status_code == 422 and PHONE not in refused.text
        given = {"project": project["no"], "reason": WHY}
        done = await visitor.post(f"{path}/contacts", data=given)
        assert (done.status_code, done.headers["location"]) == (303, path)
        page = main(await seen(visitor, path))
        assert PHONE in page and NAME in page and WITH in page and WHY in page
        assert 'name="reason"' not in page
    async with signed_in("anyue") as visitor:
        page = main(await seen(visitor, path))
        assert PHONE in page and "/contacts" not in page


async def test_files_and_documents_have_the_same_mask(city: City) -> None:
    """The list's file and the claims' file; a receipt names who was met."""
    project = await city.report(city.anyue, **CONTACT)
    for who, plain in (("office", True), ("leader", False), ("group", False)):
        async with signed_in(who) as visitor:
            for path in ("/projects.csv", "/projects.json", "/claims.csv"):
                file = (await visitor.get(path)).text
                assert (PHONE in file or WITH in file) is plain, (who, path)
                assert ("138****5678" in file or "诸**" in file) is not plain, (who, path)
            paper = await visitor.get(f"/projects/{project['no']}/receipt.docx")
            assert any(WITH in each for each in sentences(paper.content)) is plain, who
