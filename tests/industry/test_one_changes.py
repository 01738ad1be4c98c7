"""Article 2: what is checked changes by a document that a second person checks; mistakes, returns, limits."""

from typing import Any

import pytest

from schema.duties.repair import compare
from schema.industry.acts.standing import group_ones
from tests.duties.clock import run_by_the_clock
from tests.industry.scenes import PAPERS, TEAM
from tests.industry.test_groups import (
    DEPARTMENT,
    LEADER,
    ONES,
    PDF,
    ZONE,
    appoint,
    faults,
    ones,
    revision,
)
from tests.world import City, Said, at

OTHER = {"name": "更正.pdf", "content": "JVBERi0xLjUKJSVFT0YK"}
BARE: Said = {"documentNo": "", "documentOn": None, "evidence": None}
POLICIES = "advanced-manufacturing-policy-set"
END = {"documentNo": "资府函〔2026〕40号", "documentOn": "2026-11-17", "evidence": [PDF]}
SEEN = """query($no: String!) { one(no: $no) { state toCheck revision submittedAt returnedFor
    waiting { id title effect own } keeper { slug }
    standing { state missing items { name } } duty { dueAt overdueBy: status }
    items { id name startsOn endsOn documentNo endDocumentNo checkedAt returnedFor voidFor provisional
      detail amendments { id kind checkedAt returnedFor recordedAs { name } } } } }"""


async def one(city: City, no: str = LEADER) -> Said:
    found: Said = (await city.run(city.office, SEEN, no=no))["one"]
    return found


async def items(city: City, no: str = LEADER) -> dict[str, Said]:
    return {each["name"]: each for each in (await one(city, no))["items"]}


async def act(city: City, viewer: str, does: str, no: str = LEADER, /, **given: Any) -> Said:
    """An act on a one as it stands; an item by its name."""
    on: Said = {"one": no, "revision": await revision(city, no)}
    if "item" in given:
        given["item"] = (await items(city, no))[str(given["item"])]["id"]
    return await city.act(city[viewer], does, **on, **given)


async def checked(city: City, no: str = LEADER, by: str = "colleague") -> Said:
    payload = await act(city, by, "oneCheck", no, approve=True)
    assert payload["userErrors"] == [], payload["userErrors"]
    return payload


async def returned(city: City, why: str, no: str = LEADER, by: str = "colleague") -> None:
    payload = await act(city, by, "oneCheck", no, approve=False, reason=why)
    assert payload["userErrors"] == [], payload["userErrors"]


async def led(city: City, **given: Any) -> Said:
    """A leader whose appointment is checked."""
    made = await appoint(city, **given)
    assert made["userErrors"] == [], made["userErrors"]
    await checked(city)
    return made


async def leaders(city: City, *days: str) -> list[list[str]]:
    found = []
    for day in days:
        there = (await ones(city, on=day))["city-leader"]["standing"]["items"]
        found.append([each["name"] for each in there])
    return found


async def names_department(city: City, by: str, slug: str, **given: object) -> Said:
    (standing,) = [each for each in (await one(city, DEPARTMENT))["items"] if not each["endsOn"]]
    named: Said = {"name": slug, "unit": slug, "startsOn": "2026-11-01"}
    named |= {"replaces": standing["id"]}
    return await act(city, by, "oneUpdate", DEPARTMENT, **named | given)


async def leads(city: City, **asked: str) -> str:
    found: str = (await city.run(city.office, ONES, **asked))["group"]["leadDepartment"]["slug"]
    return found


# ---------------------------------------------------------------- rights follow a checked document


async def test_a_lead_department_has_its_rights_once_its_document_is_checked(city: City) -> None:
    project = await city.report(city.yanjiang, contactName="王总", contactPhone="13812345678")
    reads = "{ projects(first: 9) { totalCount } }"

    async def sees(viewer: str) -> int:
        found: int = (await city.run(city[viewer], reads))["projects"]["totalCount"]
        return found

    before = await sees("finance"), await sees("department")
    assert before == (0, 1)
    assert (await names_department(city, "group", "finance-bureau"))["userErrors"] == []
    assert (await sees("finance"), await sees("department")) == before
    asked = await city.act(
        city.finance, "contactReveal", project=project["no"], reason="了解联系人"
    )
    assert asked["userErrors"]
    assert await leads(city) == "industry-bureau"
    await act(city, "group", "onePapers", DEPARTMENT, item="finance-bureau", **PAPERS)
    assert await leads(city) == "industry-bureau", "papers alone give no rights"
    await checked(city, DEPARTMENT)
    assert (await sees("finance"), await sees("department")) == (1, 0)
    assert await leads(city) == "finance-bureau"
    assert await leads(city, asOf="2026-06-01") == "industry-bureau", "it led then"
    whole = """query($asOf: Date) { group(slug: "advanced-manufacturing", asOf: $asOf) {
        leadDepartment { slug } industry { whole figures { amount } } } }"""
    for day, led in (("2026-06-01", "industry-bureau"), (None, "finance-bureau")):
        for viewer in ("department", "finance"):
            read = (await city.run(city[viewer], whole, asOf=day))["group"]
            leading = viewer == "finance"
            assert read["leadDepartment"]["slug"] == led
            assert read["industry"]["whole"] is leading, "who reads of a past day reads as today"
            assert bool(read["industry"]["figures"]) is leading, (viewer, day)
    assert not await compare(city.context(city.office))


@pytest.mark.parametrize("slug", ["yanjiang", "jinjiang"])
async def test_only_a_department_of_the_city_leads(city: City, slug: str) -> None:
    refused = await names_department(city, "group", slug)
    assert faults(refused) == [("unit", "牵头部门应为市级部门")]


async def test_the_set_of_policies_goes_with_the_lead_department(city: City) -> None:
    await names_department(city, "group", "reform-commission", **PAPERS)
    assert (await one(city, POLICIES))["keeper"] == {"slug": "industry-bureau"}
    await checked(city, DEPARTMENT)
    assert (await one(city, POLICIES))["keeper"] == {"slug": "reform-commission"}
    given = {"name": "支持政策", "startsOn": "2026-11-01"}
    assert (await act(city, "department", "oneUpdate", POLICIES, **given))["userErrors"]


# ---------------------------------------------------------------- one at a time


async def test_no_two_lead_on_one_day_whoever_ended_before(city: City) -> None:
    await led(city)
    await act(city, "office", "oneEnd", item="韩山", endsOn="2027-03-31", **END)
    await checked(city)
    late = await appoint(city, name="罗刚", startsOn="2026-06-01")
    assert faults(late) == [("startsOn", "韩山任职自 2026-01-01 至 2027-03-31，同一时间只有一名")]
    early = await appoint(city, name="丙", startsOn="2025-01-01")
    assert faults(early) == faults(late), "whoever has no last day would still be there"
    assert await leaders(city, "2025-06-01", "2026-03-01", "2026-07-01") == [[], ["韩山"], ["韩山"]]
    former = {"name": "丙", "startsOn": "2025-01-01", "endsOn": "2025-12-31"}
    assert (await appoint(city, **former))["userErrors"] == []
    assert await leaders(city, "2025-06-01", "2026-01-01") == [["丙"], ["韩山"]]


async def test_a_group_has_one_lead_department_and_one_zone_at_a_time(city: City) -> None:
    refused = await names_department(city, "group", "finance-bureau", replaces=None)
    assert [field for field, _ in faults(refused)] == ["replaces"]
    for name in ("甲功能区", "乙功能区"):
        made = await act(city, "group", "oneUpdate", ZONE, name=name, startsOn="2026-11-01")
    assert faults(made) == [("replaces", "现由甲功能区担任，同一时间只有一名，请写明接替何人")]


# ---------------------------------------------------------------- a second person


async def test_nobody_checks_an_appointment_of_which_they_provided_a_part(city: City) -> None:
    await appoint(city, "office", evidence=None)
    given = await act(city, "group", "onePapers", item="韩山", evidence=[PDF])
    assert given["one"]["state"] == "TO_CHECK"
    (own,) = faults(await act(city, "office", "oneCheck", approve=True))
    assert "须由办公室其他人员核对" in own[1]
    mine = '{ inbox: duties(filter: {task: ["oneCheck"], mine: true}, first: 9) { totalCount } }'
    counts = [(await city.run(city[each], mine))["inbox"] for each in ("office", "colleague")]
    assert [each["totalCount"] for each in counts] == [0, 1]
    await checked(city)
    assert not await compare(city.context(city.office))


# ---------------------------------------------------------------- what is checked


async def test_a_checked_leader_ends_by_a_checked_document(city: City) -> None:
    await led(city)
    bare = {"endsOn": "2026-01-01", "documentNo": "口头"}
    assert faults(await act(city, "group", "oneEnd", item="韩山", **bare)) == [
        ("documentOn", "请填写免去、终止的文件日期"),
        ("evidence", "请附免去、终止的文件"),
    ]
    proposed = await act(city, "group", "oneEnd", item="韩山", **END | bare)
    assert (proposed["one"]["state"], proposed["one"]["toCheck"]) == ("COMPLETE", True)
    assert proposed["item"]["endsOn"] is None
    again = await act(city, "group", "oneEnd", item="韩山", **END | bare)
    assert faults(again) == [("item", "韩山有待核对的变动，请待办公室核对")]
    await returned(city, "没有免职文件")
    (end,) = (await items(city))["韩山"]["amendments"]
    assert (end["checkedAt"], end["returnedFor"]) == (None, "没有免职文件")
    assert (await one(city))["state"] == "COMPLETE" and not (await one(city))["toCheck"]
    await act(city, "group", "oneEnd", item="韩山", **END | {"endsOn": "2026-11-10"})
    await checked(city)
    ended = (await items(city))["韩山"]
    assert (ended["endsOn"], ended["endDocumentNo"]) == ("2026-11-10", "资府函〔2026〕40号")
    assert await leaders(city, "2026-03-01", "2026-11-11") == [["韩山"], []]


async def test_papers_for_a_checked_leader_change_nothing_until_they_are_checked(
    city: City,
) -> None:
    await led(city)
    await led(city, name="罗刚", startsOn="2026-06-01", replaces=(await items(city))["韩山"]["id"])
    assert await leaders(city, "2026-05-31", "2026-06-01") == [["韩山"], ["罗刚"]]
    await act(city, "group", "onePapers", item="韩山", documentNo="资委办〔2026〕11号")
    former = (await items(city))["韩山"]
    assert former["documentNo"] == "资委办〔2026〕1号" and former["checkedAt"]
    assert (await one(city))["toCheck"]
    await checked(city)
    former = (await items(city))["韩山"]
    assert (former["documentNo"], former["provisional"]) == ("资委办〔2026〕11号", False)
    assert former["amendments"][0]["recordedAs"]["name"] == city.group.name


async def test_a_successor_takes_the_place_of_a_checked_leader_when_checked(city: City) -> None:
    await led(city)
    follows = {"startsOn": "2026-06-01", "replaces": (await items(city))["韩山"]["id"]}
    await appoint(city, "group", name="罗刚", **follows, documentNo="", evidence=None)
    assert await leaders(city, "2026-07-01") == [["韩山"]], "proposed"
    third = await appoint(city, "group", name="丙", **follows)
    assert faults(third)[0][0] == "replaces", "two do not follow one"
    await act(
        city, "group", "onePapers", item="罗刚", documentNo="资委办〔2026〕7号", evidence=[PDF]
    )
    await checked(city)
    assert await leaders(city, "2026-05-31", "2026-07-01") == [["韩山"], ["罗刚"]]
    assert (await items(city))["韩山"]["endDocumentNo"] == "资委办〔2026〕7号"


async def test_whoever_is_followed_ends_by_the_number_that_comes_later(city: City) -> None:
    first = await appoint(city)
    follows = {"startsOn": "2026-06-01", "replaces": first["item"]["id"]}
    await appoint(city, name="罗刚", **follows, documentNo="", evidence=None)
    assert (await items(city))["韩山"]["endDocumentNo"] == ""
    await act(city, "office", "onePapers", item="罗刚", documentNo="资委办〔2026〕7号")
    assert (await items(city))["韩山"]["endDocumentNo"] == "资委办〔2026〕7号"


# ---------------------------------------------------------------- by one person alone


async def test_a_checked_end_is_not_undone_by_what_one_person_does_to_a_proposal(
    city: City,
) -> None:
    """The lead department that has ended sees nothing, whatever becomes of the one proposed after it."""
    project = await city.report(city.yanjiang, contactName="王总", contactPhone="13812345678")
    await names_department(city, "group", "finance-bureau", startsOn="2026-10-01", **PAPERS)
    await checked(city, DEPARTMENT)
    follows: Said = {"name": "商务局", "unit": "commerce-bureau", "startsOn": "2026-11-11"}
    follows["replaces"] = (await items(city, DEPARTMENT))["finance-bureau"]["id"]
    assert faults(await act(city, "group", "oneUpdate", DEPARTMENT, **follows)) == []
    end = END | {"endsOn": "2026-11-10", "documentNo": "免字1号"}
    assert (
        faults(await act(city, "group", "oneEnd", DEPARTMENT, item="finance-bureau", **end)) == []
    )
    await checked(city, DEPARTMENT)

    async def ended() -> bool:
        item = (await items(city, DEPARTMENT))["finance-bureau"]
        nobody = (await city.run(city.office, ONES))["group"]["leadDepartment"] is None
        return nobody and (item["endsOn"], item["endDocumentNo"]) == ("2026-11-10", "免字1号")

    assert await ended()
    given = {"item": "商务局", "documentNo": "随便1号"}
    await act(city, "group", "onePapers", DEPARTMENT, **given)
    assert await ended()
    await act(city, "group", "oneEnd", DEPARTMENT, item="商务局", **END | {"endsOn": "2026-11-30"})
    assert (
        faults(await act(city, "group", "oneVoid", DEPARTMENT, item="商务局", reason="登错")) == []
    )
    assert await ended() and not (await one(city, DEPARTMENT))["toCheck"]
    asked = {"project": project["no"], "reason": "了解联系人"}
    assert (await city.act(city.finance, "contactReveal", **asked))["userErrors"]
    assert not await compare(city.context(city.office))


async def test_whoever_is_checked_does_not_end_by_a_proposal_without_papers(city: City) -> None:
    await appoint(city, "group")
    follows = {"startsOn": "2026-06-01", "replaces": (await items(city))["韩山"]["id"]}
    assert faults(await appoint(city, "group", name="罗刚", **follows, **BARE)) == []
    assert await leaders(city, "2026-05-31", "2026-07-01") == [["韩山"], ["罗刚"]], "both proposed"
    await checked(city)
    there = (await items(city))["韩山"]
    assert there["checkedAt"] and there["endsOn"] is None
    assert await leaders(city, "2026-07-01") == [["韩山"]], "no document says that he has ended"
    await act(city, "group", "oneVoid", item="罗刚", reason="登错")
    assert (await items(city))["韩山"] == there


async def test_a_successor_made_void_leaves_a_checked_end_as_it_is(city: City) -> None:
    await led(city)
    follows = {"startsOn": "2026-06-01", "replaces": (await items(city))["韩山"]["id"]}
    await appoint(city, "group", name="罗刚", **follows)
    end = END | {"endsOn": "2026-05-31", "documentNo": "免字1号"}
    await act(city, "group", "oneEnd", item="韩山", **end)
    await checked(city)
    await act(city, "group", "oneVoid", item="罗刚", reason="登错")
    await checked(city)
    ended = (await items(city))["韩山"]
    assert (ended["endsOn"], ended["endDocumentNo"]) == ("2026-05-31", "免字1号")
    assert await leaders(city, "2026-07-01") == [[]]


# ---------------------------------------------------------------- mistakes


async def test_a_misspelt_successor_is_corrected_whomever_the_right_one_replaces(
    city: City,
) -> None:
    await led(city, name="钟伯庸", startsOn="2025-01-01")
    follows = {"startsOn": "2026-01-12", "replaces": (await items(city))["钟伯庸"]["id"]}
    await led(city, name="陶望山", **follows)
    await act(city, "group", "oneVoid", item="陶望山", reason="姓名登错")
    bare = await appoint(city, "group", name="陶望川", startsOn="2026-01-12")
    assert faults(bare) == [("replaces", "现由钟伯庸担任，同一时间只有一名，请写明接替何人")]
    assert faults(await appoint(city, "group", name="陶望川", **follows)) == []
    assert [(each["title"], each["effect"]) for each in (await one(city))["waiting"]] == [
        ("新登记：陶望川（组长）", "陶望川自 2026-01-12 起任组长，钟伯庸止于 2026-01-11"),
        ("作废：陶望山（组长）", "陶望山视为从未登记，钟伯庸仍为现任、现行"),
    ]
    await checked(city)
    assert await leaders(city, "2026-01-11", "2026-01-12") == [["钟伯庸"], ["陶望川"]]
    await act(city, "group", "oneVoid", item="陶望川", reason="又错")
    wrong = (await items(city))["陶望川"]["id"]
    again = {"startsOn": "2026-01-12", "replaces": wrong}
    assert faults(await appoint(city, "group", name="陶忘川", **again)) == []
    await checked(city)
    assert await leaders(city, "2026-01-11", "2026-01-12") == [["钟伯庸"], ["陶忘川"]]


async def test_what_would_leave_two_at_a_time_is_not_approved_by_itself(city: City) -> None:
    await led(city, name="错名")
    await act(city, "group", "oneVoid", item="错名", reason="姓名登错")
    replaced = {"replaces": (await items(city))["错名"]["id"]}
    for name, given in (("副本", {}), ("正名", replaced)):
        if name == "正名":
            await act(city, "group", "oneVoid", item="副本", reason="重了")
        assert faults(await appoint(city, "group", name=name, **given)) == []
        new, void = (await one(city))["waiting"]
        alone = await act(city, "colleague", "oneCheck", lines=[new["id"]], approve=True)
        assert [field for field, _ in faults(alone)] == ["one"]
    assert (await items(city))["正名"]["checkedAt"] is None
    both = {"lines": [new["id"], void["id"]], "approve": True}
    assert faults(await act(city, "colleague", "oneCheck", **both)) == []
    assert await leaders(city, "2026-03-01") == [["正名"]]


async def test_a_mistake_is_made_void_with_a_reason_and_never_stood(city: City) -> None:
    await led(city, name="错人")
    proposed = await act(city, "group", "oneVoid", item="错人", reason="姓名登错")
    assert proposed["item"]["voidAt"] is None and await leaders(city, "2026-03-01") == [["错人"]]
    assert (await appoint(city, name="对的人"))["userErrors"] == []
    await checked(city)
    assert await leaders(city, "2026-03-01") == [["对的人"]]
    assert (await items(city))["错人"]["voidFor"] == "姓名登错"
    assert faults(await act(city, "group", "oneVoid", item="错人", reason="再来")) == [
        ("item", "错人已作废")
    ]


async def test_a_successor_who_is_void_gives_the_place_back(city: City) -> None:
    await led(city)
    follows = {"startsOn": "2027-06-01", "replaces": (await items(city))["韩山"]["id"]}
    await led(city, name="未来", **follows)
    assert (await items(city))["韩山"]["endsOn"] == "2027-05-31"
    await act(city, "office", "oneVoid", item="未来", reason="日期登错")
    await checked(city)
    assert (await items(city))["韩山"]["endsOn"] is None
    await led(city, name="未来", **follows | {"startsOn": "2026-12-01"})
    assert (await items(city))["韩山"]["endsOn"] == "2026-11-30"


async def test_what_is_only_proposed_is_void_at_once(city: City) -> None:
    await appoint(city, "group")
    done = await act(city, "group", "oneVoid", item="韩山", reason="登错")
    assert (done["one"]["state"], done["one"]["toCheck"]) == ("NOT_BEGUN", False)
    assert (await one(city))["items"][0]["voidFor"] == "登错"


# ---------------------------------------------------------------- each by itself


async def test_what_waits_is_approved_and_returned_line_by_line(city: City) -> None:
    await led(city)
    await act(city, "group", "oneEnd", item="韩山", **END | {"endsOn": "2026-11-10"})
    await appoint(city, "group", role="MEMBER", name="张三")
    member, end = (await one(city))["waiting"]
    assert end["effect"] == "韩山止于 2026-11-10（资府函〔2026〕40号）"
    given = {"lines": [member["id"]], "approve": False, "reason": "张三文件不清"}
    assert faults(await act(city, "colleague", "oneCheck", **given)) == []
    there = await items(city)
    assert there["张三"]["returnedFor"] == "张三文件不清"
    assert there["韩山"]["amendments"][0]["returnedFor"] == ""
    gone = await act(city, "colleague", "oneCheck", **given)
    assert faults(gone) == [("lines", "所选的不在待核对之列，请重选")]
    await act(city, "colleague", "oneCheck", lines=[end["id"]], approve=True)
    assert (await items(city))["韩山"]["endsOn"] == "2026-11-10"


async def test_whoever_provided_one_line_approves_the_others_and_returns_any(city: City) -> None:
    await appoint(city, "office")
    await appoint(city, "colleague", role="MEMBER", name="张三")
    leader, member = (await one(city))["waiting"]
    assert (leader["own"], member["own"]) == (True, False)
    (own,) = faults(await act(city, "office", "oneCheck", approve=True))
    assert own[0] == "lines" and own[1].startswith("韩山的材料由您登记")
    mine = '{ inbox: duties(filter: {task: ["oneCheck"], mine: true}, first: 9) { totalCount } }'
    for viewer in (city.office, city.colleague):
        assert (await city.run(viewer, mine))["inbox"]["totalCount"] == 1
    await act(city, "office", "oneCheck", lines=[member["id"]], approve=True)
    assert (await items(city))["张三"]["checkedAt"]
    assert (await city.run(city.office, mine))["inbox"]["totalCount"] == 0, "only his own is left"
    await returned(city, "我登错了", by="office")
    assert (await items(city))["韩山"]["returnedFor"] == "我登错了"
    assert not await compare(city.context(city.office))


async def test_a_pending_change_is_withdrawn(city: City) -> None:
    await led(city)
    await act(city, "group", "oneEnd", item="韩山", **END | {"endsOn": "2026-11-10"})
    (end,) = (await items(city))["韩山"]["amendments"]
    back = {"item": "韩山", "change": end["id"], "reason": "文件有误"}
    assert faults(await act(city, "yanjiang", "oneVoid", **back))
    assert faults(await act(city, "group", "oneVoid", **back)) == []
    shown = await one(city)
    assert (shown["toCheck"], shown["state"], shown["items"][0]["endsOn"]) == (
        False,
        "COMPLETE",
        None,
    )
    assert faults(await act(city, "group", "oneVoid", **back)) == [
        ("change", "没有这一项待核对或退回的变动")
    ]
    assert (
        faults(await act(city, "group", "oneEnd", item="韩山", **END | {"endsOn": "2026-11-11"}))
        == []
    )


# ---------------------------------------------------------------- returns


async def test_the_return_of_a_change_is_a_duty_until_it_is_answered(city: City) -> None:
    await led(city)
    mend = (
        '{ duties(filter: {task: ["onePapers"], mine: true, open: true}, first: 9) { totalCount } }'
    )

    async def is_asked() -> tuple[str, list[str], int]:
        shown = await one(city)
        count = (await city.run(city.office, mend))["duties"]["totalCount"]
        return shown["returnedFor"], shown["standing"]["missing"], count

    asked = ("不是免职文件", ["韩山：免去、终止已退回，不是免职文件"], 1)
    for _ in range(2):
        await act(city, "group", "oneEnd", item="韩山", **END | {"endsOn": "2026-11-10"})
        assert await is_asked() == ("", [], 0)
        await returned(city, "不是免职文件")
        assert await is_asked() == asked
    last = (await items(city))["韩山"]["amendments"][-1]
    await act(city, "group", "oneVoid", item="韩山", change=last["id"], reason="不免了")
    assert await is_asked() == ("", [], 0)
    assert not await compare(city.context(city.office))


async def test_a_return_stays_until_that_very_item_is_mended(city: City) -> None:
    await appoint(city, "group")
    await returned(city, "文件不符")
    shown = await one(city)
    assert (shown["state"], shown["standing"]["state"]) == ("PAPERS_MISSING", "PAPERS_MISSING")
    assert shown["standing"]["missing"] == ["韩山：已退回，文件不符"]
    await appoint(city, "group", role="MEMBER", name="张三")
    assert (await one(city))["returnedFor"] == "文件不符"
    await checked(city)
    there = await items(city)
    assert there["张三"]["checkedAt"] and not there["韩山"]["checkedAt"]
    same = await act(
        city, "group", "onePapers", item="韩山", documentNo="资委办〔2026〕1号", evidence=[PDF]
    )
    assert faults(same) == [("documentNo", "与已登记的相同，没有补充什么")]
    await act(city, "group", "onePapers", item="韩山", evidence=[OTHER])
    assert (await one(city))["state"] == "TO_CHECK" and (await one(city))["returnedFor"] == ""
    await checked(city)
    assert (await one(city))["state"] == "COMPLETE"


async def test_those_beside_the_leader_have_their_documents_too(city: City) -> None:
    await appoint(city, role="DEPUTY_SECRETARY", name="副甲", **BARE)
    await appoint(city)
    assert (await one(city))["state"] == "PAPERS_MISSING"
    assert "副甲：缺文号、文件日期、文件" in (await one(city))["standing"]["missing"]
    await checked(city)
    there = await items(city)
    assert there["韩山"]["checkedAt"] and not there["副甲"]["checkedAt"]


# ---------------------------------------------------------------- awaiting confirmation


async def test_a_lead_department_waits_for_confirmation_until_its_document_is_checked(
    city: City,
) -> None:
    asked = '{ group(slug: "advanced-manufacturing") { industry { leadUnconfirmed } } }'

    async def waits() -> bool:
        found: bool = (await city.run(city.leader, asked))["group"]["industry"]["leadUnconfirmed"]
        return found

    (began,) = (await one(city, DEPARTMENT))["items"]
    assert began["provisional"] and "待确认" in began["detail"] and await waits()
    named = began["name"]
    early = PAPERS | {"documentOn": "2019-05-01"}
    await act(city, "office", "onePapers", DEPARTMENT, item=named, **early)
    assert await waits(), "not checked yet"
    await checked(city, DEPARTMENT)
    (known,) = (await one(city, DEPARTMENT))["items"]
    assert (known["provisional"], known["detail"], await waits()) == (False, "", False)
    assert (await one(city, DEPARTMENT))["state"] == "COMPLETE"


async def test_a_document_may_name_the_department_of_a_day_before_the_first_one_kept(
    city: City,
) -> None:
    await names_department(city, "office", "reform-commission", startsOn="2019-05-01", **PAPERS)
    await checked(city, DEPARTMENT)
    first, named = (await one(city, DEPARTMENT))["items"]
    assert first["voidFor"] and (named["startsOn"], named["endsOn"]) == ("2019-05-01", None)
    assert await leads(city, asOf="2019-06-01") == "reform-commission" == await leads(city)


async def test_a_department_that_is_void_gives_back_the_place_of_the_one_of_the_founding(
    city: City,
) -> None:
    began = await leads(city)
    await names_department(city, "office", "reform-commission", startsOn="2019-05-01", **PAPERS)
    await checked(city, DEPARTMENT)
    named = (await one(city, DEPARTMENT))["items"][1]["name"]
    await act(city, "office", "oneVoid", DEPARTMENT, item=named, reason="登错了部门")
    assert await leads(city) == "reform-commission", "not checked yet"
    await checked(city, DEPARTMENT)
    first, wrong = (await one(city, DEPARTMENT))["items"]
    assert (first["voidFor"], wrong["voidFor"]) == ("", "登错了部门")
    assert await leads(city) == began


# ---------------------------------------------------------------- limits


async def test_a_check_is_late_from_when_the_papers_were_there(city: City) -> None:
    await appoint(city)
    since = (await one(city))["submittedAt"]
    entries = f'{{ one(no: "{LEADER}") {{ journal(first: 50) {{ totalCount }} }} }}'
    before = await city.run(city.office, entries)
    assert await run_by_the_clock(city, group_ones) == "41 项有变化", "asked for, but this one"
    for day in ("2026-11-19 00:10", "2026-11-20 00:10"):
        city.now = at(day)
        assert await run_by_the_clock(city, group_ones) == "0 项有变化"
    assert await city.run(city.office, entries) == before, "nothing to journal"
    city.now = at("2026-11-24 10:00")
    await appoint(city, role="MEMBER", name="李四")
    assert (await one(city))["submittedAt"] == since
    assert (await one(city))["duty"]["dueAt"][:10] == "2026-11-25", "five working days"
    city.now = at("2026-12-10 09:00")
    late = '{ duties(filter: {task: ["oneCheck"], overdue: true}, first: 9) { totalCount } }'
    assert (await city.run(city.office, late))["duties"]["totalCount"] == 1


async def test_being_asked_again_or_putting_in_junk_begins_no_limit_anew(city: City) -> None:
    await act(city, "office", "oneAssign", ZONE, keeper="hightech")
    due = (await one(city, ZONE))["duty"]["dueAt"]
    assert due[:16] == "2026-12-02T17:30"
    city.now = at("2026-12-10 09:00")
    same = await act(city, "office", "oneAssign", ZONE)
    assert faults(same) == [("keeper", "已请高新区补齐，期限照旧；催促请用“催办”")]
    assert (await one(city, ZONE))["duty"]["dueAt"] == due
    zone = {"name": "空", "startsOn": "2026-11-01", **PAPERS}
    await act(city, "group", "oneUpdate", ZONE, **zone)
    await act(city, "group", "oneVoid", ZONE, item="空", reason="登错")
    assert (await one(city, ZONE))["duty"]["dueAt"] == due, "still the first limit"
    await act(city, "group", "oneUpdate", ZONE, **zone)
    await returned(city, "空文件", ZONE)
    mend = (await one(city, ZONE))["duty"]
    assert mend["dueAt"][:10] == "2026-12-17", "five working days to mend, and not ten"
    await act(city, "office", "oneAssign", ZONE, keeper="yanjiang")
    assert (await one(city, ZONE))["keeper"] == {"slug": "yanjiang"}
    await act(city, "office", "oneAssign", ZONE, keeper="hightech")
    assert (await one(city, ZONE))["duty"]["dueAt"] == mend["dueAt"], (
        "from the return, and not anew"
    )
    assert not await compare(city.context(city.office))


async def test_a_unit_that_is_asked_again_after_another_is_as_late_as_it_was(city: City) -> None:
    await act(city, "office", "oneAssign", ZONE, keeper="hightech")
    due = (await one(city, ZONE))["duty"]["dueAt"]
    city.now = at("2026-12-10 09:00")
    await act(city, "office", "oneAssign", ZONE, keeper="yanjiang")
    assert (await one(city, ZONE))["duty"]["dueAt"][:10] == "2026-12-24", "its own ten days"
    await act(city, "office", "oneAssign", ZONE, keeper="hightech")
    assert (await one(city, ZONE))["duty"]["dueAt"] == due
    assert not await compare(city.context(city.office))


async def test_a_one_is_asked_of_a_unit_that_may_put_it_in(city: City) -> None:
    for no, keeper in ((ZONE, "jinjiang"), (LEADER, "yanjiang"), (LEADER, "industry-bureau")):
        refused = await act(city, "office", "oneAssign", no, keeper=keeper)
        assert [field for field, _ in faults(refused)] == ["keeper"], (no, keeper)
    given = {"keeper": "group-advanced-manufacturing"}
    assert (await act(city, "office", "oneAssign", LEADER, **given))["userErrors"] == []
    assert (await act(city, "office", "oneAssign", TEAM, keeper="hightech"))["userErrors"] == []
