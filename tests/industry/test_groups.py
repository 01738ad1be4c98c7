"""Article 2: the six ones of a group are asked for, provided, checked, and known of every day."""

from datetime import date

from schema.duties.repair import compare
from schema.duties.tables import Duty
from schema.gate.tables import JournalEntry
from schema.industry.acts.standing import group_ones
from schema.industry.tables import One, OneItem, TargetRegion
from server.operations.seed import add_beginnings, seed
from tests.duties.clock import run_by_the_clock
from tests.world import City, Said

LEADER = "advanced-manufacturing-city-leader"
ZONE = "advanced-manufacturing-functional-zone"
DEPARTMENT = "advanced-manufacturing-lead-department"
PDF = {"name": "任命文件.pdf", "content": "JVBERi0xLjQKJSVFT0YK"}
ONES = """query($asOf: Date, $on: Date) { group(slug: "advanced-manufacturing", asOf: $asOf) {
    leadDepartment { slug }
    industry { ones { no kind state revision keeper { slug }
        standing(on: $on) { on state missing items { name startsOn endsOn documentNo } } }
      seats { role name endsOn } } } }"""


async def ones(city: City, **asked: str) -> dict[str, Said]:
    found = (await city.run(city.leader, ONES, **asked))["group"]["industry"]["ones"]
    return {each["no"].removeprefix("advanced-manufacturing-"): each for each in found}


async def revision(city: City, no: str) -> int:
    asked = "query($no: String!) { one(no: $no) { revision } }"
    found: int = (await city.run(city.office, asked, no=no))["one"]["revision"]
    return found


async def appoint(city: City, viewer: str = "office", **given: object) -> Said:
    leader = {
        "one": LEADER,
        "revision": await revision(city, LEADER),
        "role": "LEADER",
        "name": "韩山",
        "detail": "市委常委、副市长",
        "startsOn": "2026-01-01",
        "documentNo": "资委办〔2026〕1号",
        "documentOn": "2025-12-30",
        "evidence": [PDF],
    }
    return await city.act(city[viewer], "groupAppoint", **leader | given)


def faults(payload: Said) -> list[tuple[str, str]]:
    return [(each["field"], each["message"]) for each in payload["userErrors"]]


async def test_each_group_begins_with_six_ones_that_are_asked_of_their_keepers(city: City) -> None:
    found = await ones(city)
    assert list(found) == [
        "city-leader",
        "lead-department",
        "functional-zone",
        "team",
        "policy-set",
        "investment-map",
    ]
    states = {name: each["state"] for name, each in found.items()}
    assert states.pop("lead-department") == "PAPERS_MISSING"  # by its duties, without a document
    assert set(states.values()) == {"NOT_BEGUN"}
    assert all(each["keeper"] for each in found.values())
    for no in (LEADER, ZONE):
        given = {"one": no, "revision": await revision(city, no)}
        assert (await city.act(city.group, "oneAssign", **given))["userErrors"]
        await city.done(city.office, "oneAssign", **given)
    asked = """{ duties(filter: {task: ["groupAppoint", "oneUpdate"]}, first: 100) {
        totalCount nodes { unit { slug } label dueAt page } } }"""
    duties = (await city.run(city.office, asked))["duties"]
    assert {
        (each["unit"]["slug"], each["dueAt"][:16], each["page"]) for each in duties["nodes"]
    } == {
        ("office", "2026-12-02T17:30", f"/ones/{LEADER}"),
        ("group-advanced-manufacturing", "2026-12-02T17:30", f"/ones/{ZONE}"),
    }
    assert await run_by_the_clock(city, group_ones) == "40 项有变化", (
        "what nobody has asked for yet"
    )
    duties = (await city.run(city.office, asked))["duties"]
    assert duties["totalCount"] == 42
    units = {each["page"].removeprefix("/ones/"): each["unit"]["slug"] for each in duties["nodes"]}
    assert units[DEPARTMENT] == "office"
    assert units["advanced-manufacturing-policy-set"] == "industry-bureau"
    assert await run_by_the_clock(city, group_ones) == "0 项有变化"
    assert not await compare(city.context(city.office))


async def test_in_a_city_founded_now_every_one_is_asked_for_at_once(committed_db: str) -> None:
    assert await seed()
    duties = await Duty.filter(subject_kind="One", closed_at=None)
    asked = {each.asked_at for each in await One.all()}
    assert len(duties) == 42 and asked == {each.since for each in duties} != {None}


async def test_a_city_of_an_earlier_release_is_given_the_ones_once(city: City) -> None:
    """As `sixones migrate` does; what another group has already stays as it is."""
    assert (await appoint(city))["userErrors"] == []
    others = One.exclude(no__startswith="advanced-manufacturing-")
    gone = list(await others.values_list("id", flat=True))
    await OneItem.filter(one_id__in=gone).delete()
    await One.filter(id__in=gone).delete()
    await TargetRegion.all().delete()
    assert await add_beginnings(city.now) == ["“六个一”", "目标区域"]
    assert await One.all().count() == 42 and await TargetRegion.all().count() == 5
    assert (await ones(city))["city-leader"]["state"] == "TO_CHECK"
    asked = '{ one(no: "infrastructure-team") { duty { dueAt } } }'
    assert (await city.run(city.office, asked))["one"]["duty"]["dueAt"][:10] == "2026-12-02"
    entry = await JournalEntry.get(act="beginningsAdd")
    assert entry.actor_name == "系统管理员"
    assert await add_beginnings(city.now) == []
    assert await JournalEntry.filter(act="beginningsAdd").count() == 1


async def test_an_end_that_an_earlier_release_wrote_follows_from_the_successor_again(
    city: City,
) -> None:
    """As `sixones migrate` does; an end that was stated stays."""
    first = await appoint(city)
    follows = {"name": "罗刚", "replaces": first["item"]["id"], "startsOn": "2026-06-01"}
    await appoint(city, **follows)
    written = {"ends_on": date(2026, 5, 31), "end_document_no": "资委办〔2026〕1号"}
    await OneItem.filter(name="韩山").update(**written)
    assert await add_beginnings(city.now) == ["“六个一”的接替"]
    (item,) = await OneItem.filter(name="韩山")
    assert (item.ends_on, item.end_document_no) == (None, "")
    (shown,) = (await ones(city, on="2026-05-31"))["city-leader"]["standing"]["items"]
    assert (shown["name"], shown["endsOn"]) == ("韩山", "2026-05-31")
    assert await add_beginnings(city.now) == []


async def test_a_leader_is_appointed_by_document_and_checked_by_a_second_person(
    city: City,
) -> None:
    made = await appoint(city)
    assert made["userErrors"] == [] and made["one"]["state"] == "TO_CHECK"
    given = {"one": LEADER, "revision": made["one"]["revision"], "approve": True}
    (own,) = faults(await city.act(city.office, "oneCheck", **given))
    assert "须由办公室其他人员核对" in own[1]
    checked = await city.done(city.colleague, "oneCheck", **given)
    assert checked["one"]["state"] == "COMPLETE"
    assert (await ones(city))["city-leader"]["standing"]["items"][0]["name"] == "韩山"
    assert not await compare(city.context(city.office))


async def test_papers_that_are_missing_are_named_and_provided_later(city: City) -> None:
    given = {"one": ZONE, "revision": await revision(city, ZONE), "startsOn": "2026-03-01"}
    made = await city.done(city.group, "oneUpdate", name="交通装备与电子信息功能区", **given)
    assert made["one"]["state"] == "PAPERS_MISSING"
    standing = (await ones(city))["functional-zone"]["standing"]
    assert standing["missing"] == ["交通装备与电子信息功能区：缺文号、文件日期、文件"]
    asked = "query($no: String!) { one(no: $no) { revision items { id } } }"
    one = (await city.run(city.group, asked, no=ZONE))["one"]
    papers = {"documentNo": "资府函〔2026〕9号", "documentOn": "2026-02-20", "evidence": [PDF]}
    item = {"one": ZONE, "item": one["items"][0]["id"], "revision": one["revision"]}
    refused = await city.act(city.yanjiang, "onePapers", **item, **papers)
    assert faults(refused)
    given_papers = await city.done(city.group, "onePapers", **item, **papers)
    assert given_papers["one"]["state"] == "TO_CHECK"
    returned = await city.done(
        city.office,
        "oneCheck",
        one=ZONE,
        revision=given_papers["one"]["revision"],
        approve=False,
        reason="文件不是批复",
    )
    assert returned["one"]["state"] == "PAPERS_MISSING"


async def test_a_group_has_one_leader_at_a_time_and_every_one_it_ever_had(city: City) -> None:
    first = await appoint(city)
    (two,) = faults(await appoint(city, name="罗刚", startsOn="2026-06-01"))
    assert two == ("replaces", "现由韩山担任，同一时间只有一名，请写明接替何人")
    follows = {"name": "罗刚", "replaces": first["item"]["id"]}
    (early,) = faults(await appoint(city, **follows, startsOn="2025-12-01"))
    assert early[0] == "startsOn" and "接任应晚于这一天" in early[1]
    assert (await appoint(city, **follows, startsOn="2026-06-01"))["userErrors"] == []
    for day, name in (("2026-03-01", "韩山"), ("2026-05-31", "韩山"), ("2026-06-01", "罗刚")):
        (item,) = (await ones(city, on=day))["city-leader"]["standing"]["items"]
        assert item["name"] == name
        (item,) = (await ones(city, asOf=day))["city-leader"]["standing"]["items"]
        assert item["name"] == name
    before = (await ones(city, asOf="2025-12-31"))["city-leader"]["standing"]
    assert (before["state"], before["items"]) == ("NOT_BEGUN", [])


async def test_two_who_appoint_at_once_leave_one_leader(city: City) -> None:
    stale = await revision(city, LEADER)
    await appoint(city)
    late = (await appoint(city, name="罗刚", revision=stale))["userErrors"]
    assert [each["code"] for each in late] == ["STALE"]
    there = (await ones(city))["city-leader"]["standing"]["items"]
    assert [each["name"] for each in there] == ["韩山"]


async def test_a_group_sees_what_waits_with_whom_and_what_counts_this_month(city: City) -> None:
    await city.report(city.yanjiang)
    project = await city.signed("yanjiang", "hightech")
    await city.paid(project, "1000万")
    await city.done(city.office, "oneAssign", one=ZONE, revision=await revision(city, ZONE))
    asked = """{ group(slug: "advanced-manufacturing") { industry {
        waits { unit { slug } count overdue tightest { label project { no } } }
        duties(filter: {open: true}, first: 9) { totalCount nodes { label } }
        figures { indicator amount count } } }
        other: group(slug: "infrastructure") { industry { waits { count } figures { amount } } } }"""
    found = await city.run(city.group, asked)
    work = found["group"]["industry"]
    waits = {each["unit"]["slug"]: each for each in work["waits"]}
    assert waits["office"]["tightest"]["label"] == "研判并明确首谈地"
    assert waits["group-advanced-manufacturing"]["count"] == 2, "a one, and the opinion on a report"
    assert work["duties"]["totalCount"] == sum(each["count"] for each in work["waits"])
    figures = {each["indicator"]: (each["amount"], each["count"]) for each in work["figures"]}
    assert figures["PAID_IN_FUNDS"] == ("10000000.00", 1)
    assert found["other"]["industry"] == {"waits": [], "figures": None}, "not theirs to sum up"
