"""The gate serves any kind: all that is wrong at once, nothing ignored, each row's own history."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schema.city.rules import RuleBroken
from schema.context import RULEBOOK
from schema.gate.gate import Gate
from schema.gate.journal import number_at
from schema.gate.locks import Order
from schema.gate.tables import JournalEntry, JournalPart
from schema.linkage.tables import Claim, Transfer
from schema.people.rules import Scope
from schema.permissions import Viewer
from schema.project.tables import NEW_PROJECTS, Project
from schema.query.models import KINDS
from tests.world import City, at, on


async def test_all_that_is_wrong_with_a_report_is_answered_at_once(city: City) -> None:
    wrong = await city.act(
        city.yanjiang,
        "projectReport",
        name=" ",
        investorName="四川口腔装备有限公司",
        amount="十几左右",
        uscc="123",
        group="no-such-group",
        foreignAmount="12,0x",
        contactOn="2027-01-01",
        contactWith="张总",
    )
    fields = [error["field"] for error in wrong["userErrors"]]
    foreign = ["currency", "foreignAmount", "rate", "rateDate"]
    assert sorted(fields) == sorted([*foreign, "amount", "contactOn", "group", "name", "uscc"])
    assert await Project.all().count() == 0
    assert await JournalEntry.filter(act="projectReport").count() == 0


async def test_an_entry_tells_its_amount_its_day_and_its_voucher_at_once(city: City) -> None:
    project = await city.signed()
    wrong = await city.act(
        city.hightech,
        "fundsRecord",
        **on(project),
        amount="0",
        occurredOn="2027-01-01",
        sourceOfCapital="OUT_OF_PROVINCE",
        evidenceNote="",
    )
    fields = {error["field"] for error in wrong["userErrors"]}
    assert fields == {"amount", "occurredOn", "evidenceNote"}


GIVEN_FOR_NOTHING = {
    "a currency without an amount in it": ("currency", {"currency": "USD"}),
    "a day of a rate that is for nothing": ("rateDate", {"rateDate": "2026-11-17"}),
    "a rate that is for nothing": ("rate", {"rate": "7.1"}),
    "a reason for no code beside a code": ("noCodeReason", {"noCodeReason": "境外企业"}),
}


@pytest.mark.parametrize(("field", "given"), GIVEN_FOR_NOTHING.values(), ids=GIVEN_FOR_NOTHING)
async def test_what_is_given_is_used_or_refused_at_its_field(
    city: City, field: str, given: dict[str, str]
) -> None:
    lead = {"name": "柠檬深加工基地", "investorName": "杭州云岫食品有限公司", "amount": "3亿"}
    refused = await city.act(
        city.yanjiang, "projectReport", **lead, uscc="91110000600037341L", **given
    )
    assert [error["field"] for error in refused["userErrors"]] == [field]
    assert "用不上" in refused["userErrors"][0]["message"]
    assert await Project.all().count() == 0


async def test_a_refusal_names_no_other_place_that_nobody_will_use(city: City) -> None:
    """A refused transfer goes nowhere: another place named beside it is refused."""
    project = await city.judged()
    asked = await city.done(
        city.yanjiang,
        "projectTransferRequest",
        **on(project),
        landingPlace="hightech",
        reason="用地不足",
    )
    refused = await city.act(
        city.office,
        "projectTransferDecide",
        transfer=asked["transfer"]["id"],
        revision=asked["project"]["revision"],
        approve=False,
        landingPlace="airport",
        assessment="可就地落户",
    )
    assert [error["field"] for error in refused["userErrors"]] == ["landingPlace"]
    assert (await Transfer.get()).state == "REQUESTED"


async def test_whoever_is_stale_reads_the_history_of_that_row_and_of_no_other(city: City) -> None:
    """A report merged into this one makes it another, with a claim more; its own columns stay."""
    kept, merged = await city.report(), await city.report()
    city.now += timedelta(minutes=5)
    back = await city.done(city.office, "projectReturn", **on(kept), reason="请补充营业执照")
    judge = {"reason": "x", "firstContactPlace": "anyue"}
    late = await city.act(city.office, "projectJudge", **on(kept), **judge)
    assert late["conflict"]["act"] == "projectReturn"
    assert {change["field"] for change in late["conflict"]["changes"]} <= {"stage", "judge_by"}
    city.now += timedelta(minutes=5)
    await city.done(city.office, "projectMerge", **on(merged), into=kept["no"], reason="同一项目")
    late = await city.act(city.office, "projectJudge", **on(back["project"]), **judge)
    assert late["conflict"]["act"] == "projectMerge"
    assert late["conflict"]["changes"] == []


async def test_a_batch_has_a_history_of_its_own_as_a_project_has(city: City) -> None:
    assert {kind.name for kind in KINDS.values() if "revision" in kind.columns} >= {
        "Project",
        "Batch",
    }


async def test_a_dispute_upheld_ends_the_transfer_under_way(city: City) -> None:
    """Else the project would land where a place sent it that had no right to."""
    project = await city.judged()
    asked = await city.done(
        city.yanjiang,
        "projectTransferRequest",
        **on(project),
        landingPlace="hightech",
        reason="用地不足",
    )
    await claim_for_anyue(city, project["no"])
    raised = await city.dispute("anyue", project)
    transfer = asked["transfer"]["id"]
    waits = await city.act(
        city.office,
        "projectTransferDecide",
        transfer=transfer,
        revision=raised["project"]["revision"],
        approve=True,
        assessment="同意",
    )
    assert waits["userErrors"][0]["message"] == "首谈地争议尚未裁定，裁定后再办理"
    decided = await city.done(
        city.office,
        "disputeDecide",
        dispute=raised["dispute"]["id"],
        revision=raised["project"]["revision"],
        upheld=True,
        reason="会议纪要在先",
    )
    ended = await Transfer.get()
    assert (ended.state, ended.decided_at) == ("REFUSED", city.now)
    assert "首谈地争议裁定成立" in ended.assessment
    assert decided["project"]["firstContactPlace"]["slug"] == "anyue"
    assert decided["project"]["landingPlace"]["slug"] == "anyue"


async def claim_for_anyue(city: City, no: str) -> None:
    """Anyue sees the project: it has claimed it before the judgement, stated here by its row."""
    project = await Project.get(no=no)
    await Claim.create(
        project_id=project.id,
        place_id=city.anyue.place,
        contact_on=city.now.date(),
        contact_with="张总",
        claimed_by_id=city.anyue.person,
        claimed_at=city.now,
    )


async def test_the_journal_is_stamped_in_the_order_of_its_entries(city: City) -> None:
    """A clock that was put back does not put an entry before the one that it follows."""
    await city.report()
    city.now = at("2026-11-18 09:00")
    await city.report()
    moments = await JournalEntry.all().order_by("id").values_list("at", flat=True)
    assert moments == sorted(moments) and moments[1] == moments[0]


async def test_what_was_known_at_a_moment_is_a_number_of_the_journal(city: City) -> None:
    founded = await number_at(city.now)
    await city.report()
    first = await number_at(city.now)
    assert first > founded
    city.now = at("2026-11-19 10:00")
    await city.report()
    assert (await number_at(at("2026-11-18 23:59")), await number_at(city.now)) == (
        first,
        first + 1,
    )


async def test_a_view_taken_away_is_in_the_journal_with_all_that_it_was(city: City) -> None:
    await city.done(city.office, "viewSave", name="大项目", query="stage=SIGNED")
    views = await city.run(city.office, "{ viewer { views { id } } }")
    await city.done(city.office, "viewDelete", view=views["viewer"]["views"][0]["id"])
    last = await JournalEntry.all().order_by("-id").first()
    assert last is not None
    ((subject, columns),) = last.changes.items()
    assert subject.startswith("SavedView:")
    assert columns["query"] == ["stage=SIGNED", None]


async def test_rows_are_held_in_one_order_and_another_is_a_fault() -> None:
    order = Order()
    order.enter(KINDS["Project"], [3, 5])
    order.enter(KINDS["Project"], [5])
    order.enter(KINDS["Transfer"], [1])
    with pytest.raises(RuntimeError):
        order.enter(KINDS["Project"], [9])


async def test_what_is_shared_is_held_before_rows() -> None:
    """Whoever publishes a calendar waits for the rows that hang on it; who holds one cannot wait too."""
    order = Order()
    order.enter(KINDS["Batch"], [7])
    order.enter_shared(RULEBOOK)
    order.enter(KINDS["Project"], [3])
    order.enter_shared(RULEBOOK)
    with pytest.raises(RuntimeError):
        order.enter_shared(NEW_PROJECTS)


async def test_an_act_rests_on_rows_that_are_there(city: City) -> None:
    gate = Gate("projectWithdraw", city.context(city.office))
    with pytest.raises(RuleBroken, match="没有找到"):
        await gate.hold("Project", [1_000_000])
    with pytest.raises(RuleBroken, match="没有找到"):
        await gate.load("Project", "2026-9999", 1)
    with pytest.raises(RuleBroken, match="刚被他人删去"):
        await gate.take("Project", 1_000_000)  # found, and taken away before it was held


async def test_small_acts_need_no_parts(city: City) -> None:
    await city.pay(await city.signed(), "1000万")
    assert await JournalPart.all().count() == 0


async def test_before_a_judgement_an_upheld_dispute_names_no_place(city: City) -> None:
    """The judgement that follows names it: a place given here would bind nobody, and is refused."""
    project = await city.report()
    await claim_for_anyue(city, project["no"])
    raised = await city.dispute("anyue", project)
    given = {"dispute": raised["dispute"]["id"], "revision": raised["project"]["revision"]}
    given |= {"upheld": True, "reason": "会议纪要在先"}
    refused = await city.act(city.office, "disputeDecide", **given, firstContactPlace="airport")
    assert [error["field"] for error in refused["userErrors"]] == ["firstContactPlace"]
    await city.done(city.office, "disputeDecide", **given)


async def test_an_entry_is_confirmed_by_the_unit_of_the_post_in_which_it_is_recorded(
    city: City,
) -> None:
    """Who is of Yanjiang first and of the high-tech zone second records there for the zone."""
    project = await city.signed("yanjiang", "hightech")
    both = Viewer("王芳", city.yanjiang.person, (city.yanjiang.main, city.hightech.main))
    paid = await city.done(
        both,
        "fundsRecord",
        **on(project),
        amount="100万",
        occurredOn="2026-11-18",
        sourceOfCapital="OUT_OF_PROVINCE",
        evidenceNote="银行回单 0312",
    )
    assert paid["entry"]["claimedBy"]["slug"] == "hightech"


async def test_who_holds_posts_in_two_places_speaks_for_the_one_that_is_named(city: City) -> None:
    both = Viewer("王芳", city.yanjiang.person, (city.yanjiang.main, city.anyue.main))
    lead = {"name": "柠檬深加工基地", "investorName": "杭州云岫食品有限公司", "amount": "3亿"}
    contact = {"contactOn": "2026-11-12", "contactWith": "张总"}
    reported = await city.done(both, "projectReport", **lead, **contact, place="anyue")
    assert reported["project"]["reportedBy"]["slug"] == "anyue"
    (claim,) = await Claim.all()
    assert claim.place_id == city.anyue.main.place


async def test_a_place_that_is_named_claims_from_a_day_or_is_refused(city: City) -> None:
    lead = {"name": "柠檬深加工基地", "investorName": "杭州云岫食品有限公司", "amount": "3亿"}
    refused = await city.act(city.branch, "projectReport", **lead, place="yanjiang")
    assert [error["field"] for error in refused["userErrors"]] == ["contactOn"]


async def test_one_post_shows_no_columns_of_rows_that_are_anothers(city: City) -> None:
    """An agent sees contacts of its own reports alone, a partner every signed project without."""
    await city.signed(contactName="机密人", contactPhone="13800001234")
    partner = replace(city.partner.main, scopes=(Scope.SIGNED_PROJECTS,))
    both = Viewer("陈诺", city.agent.person, (city.agent.main, partner))
    found = await city.run(both, "{ projects { nodes { name contactName contactPhone } } }")
    assert [each["contactName"] for each in found["projects"]["nodes"]] == [None]


async def test_a_view_that_is_saved_again_is_shared_with_the_unit_of_today(city: City) -> None:
    await city.done(city.yanjiang, "viewSave", name="大项目")
    moved = Viewer("王芳", city.yanjiang.person, (city.anyue.main,))
    await city.done(moved, "viewSave", name="大项目", shared="UNIT")
    document = "{ viewer { views { name } } }"
    assert (await city.run(city.anyue, document))["viewer"]["views"] == [{"name": "大项目"}]
    assert (await city.run(city.lezhi, document))["viewer"]["views"] == []
