"""Messages: sent once, collected for a minute, never in quiet hours; notices read, answered, refused."""

import asyncio
from dataclasses import replace
from datetime import time, timedelta

import pytest

from schema import database
from schema.city.tables import RuleProposal
from schema.context import Context
from schema.duties.tables import Duty
from schema.entries.tables import Entry
from schema.gate.tables import JournalEntry
from schema.jobs.declare import CLOCK
from schema.jobs.runner import Runner
from schema.jobs.tables import Job
from schema.messages.rules import goes_out_at
from schema.messages.tables import Message, Notice
from schema.people.tables import Appointment, Person
from schema.query.models import global_id
from server.operations import jobs as operations
from tests.jobs.outbox import Outbox, outbox
from tests.rulebook import rule
from tests.server.doors import signed_in
from tests.world import EVIDENCE, City, Said, at, on

__all__ = ["outbox"]  # the fixture
MINE = "{ messages(filter: {mine: true}) { nodes { id text readAt answeredAt answerable notice { no subjectName } } } }"


def time_of(name: str) -> time:
    found: time = rule(name)
    return found


def runner(city: City) -> Runner:
    return Runner(lambda: Context(viewer=CLOCK, now=city.now, file_store=city.files))


async def minute_passes(city: City) -> None:
    city.now += timedelta(minutes=1)
    await runner(city).finish()


async def send(city: City, *units: str, by: str = "office", **given: object) -> Said:
    text = given.pop("text", "请报送本月进度")
    return await city.act(city[by], "noticeSend", text=text, units=list(units), **given)


async def received(city: City, name: str) -> list[Said]:
    found: list[Said] = (await city.run(city[name], MINE))["messages"]["nodes"]
    return found


# ------------------------------------------------------------ notices


async def test_a_notice_is_read_and_answered_and_its_sender_sees_when(city: City) -> None:
    project = await city.judged("anyue")
    sent = await send(city, "anyue", subject=project["no"], answerBy="2026-11-20")
    assert sent["userErrors"] == []
    (mine,) = await received(city, "anyue")
    assert mine["text"] == "请报送本月进度" and mine["answerable"]
    assert mine["notice"]["subjectName"] == project["name"]
    unread = "{ viewer { counts { messages } } }"
    assert (await city.run(city.anyue, unread))["viewer"]["counts"]["messages"] == 1
    await city.done(city.anyue, "messageRead", message=mine["id"])
    read_at = city.now
    assert (await city.run(city.anyue, unread))["viewer"]["counts"]["messages"] == 0
    city.now += timedelta(hours=1)
    await city.done(city.anyue, "messageRead", message=mine["id"])
    await city.done(city.anyue, "noticeAnswer", message=mine["id"], text="已报送")
    receipts = await city.run(
        city.office,
        "query($no: String!) { notice(no: $no) { sentAs { name unit title }"
        " messages { person { name } organization { shortName } readAt answeredAt answer } } }",
        no=mine["notice"]["no"],
    )
    (receipt,) = receipts["notice"]["messages"]
    assert receipt["person"]["name"] == "钱进" and receipt["organization"]["shortName"] == "安岳县"
    assert receipt["readAt"] == f"{read_at:%Y-%m-%dT%H:%M:%S+08:00}", "the first time counts"
    assert receipt["answeredAt"] == f"{city.now:%Y-%m-%dT%H:%M:%S+08:00}"
    assert (
        receipt["answer"] == "已报送" and receipts["notice"]["sentAs"]["unit"] == "领导小组办公室"
    )
    again = await city.act(city.anyue, "noticeAnswer", message=mine["id"], text="又报送")
    assert "已经答复过" in again["userErrors"][0]["message"]


async def test_all_that_is_wrong_with_a_notice_is_answered_at_once_and_nothing_is_sent(
    city: City, outbox: Outbox
) -> None:
    project = await city.judged("anyue")
    answer = await send(
        city, "anyue", "yanjiang", "nowhere", "beijing",
        subject=project["no"], answerBy="2026-11-17", people=["nobody"], text="字" * 1001,
    )  # fmt: skip
    errors = {each["field"]: each["message"] for each in answer["userErrors"]}
    assert set(errors) == {"text", "answerBy", "units.1", "units.2", "units.3", "people.0"}
    assert "王芳看不到" in errors["units.1"] and "冯京看不到" in errors["units.3"]
    assert not await Notice.exists() and not await Message.exists()
    assert not await Job.filter(kind="sendMessages").exists(), "a refused act leaves no job"


async def test_a_notice_is_about_something_that_has_a_name_and_a_page(city: City) -> None:
    """A project, an entry, a proposal; no duty, message or line of the journal."""
    paid = await city.pay(await city.signed(), "1000万")
    await send(city, "office", by="hightech")
    duty = await Duty.filter(task="fundsVerify").order_by("id").first()
    message, line = (
        await Message.all().order_by("id").first(),
        await JournalEntry.all().order_by("id").first(),
    )
    assert duty and message and line
    for kind, key in (("Duty", duty.id), ("Message", message.id), ("JournalEntry", line.id)):
        refused = await send(city, "office", subject=global_id(kind, key))
        (error,) = refused["userErrors"]
        assert (error["field"], error["code"]) == ("subject", "INVALID"), kind
        assert "不能就这类对象发通知" in error["message"]
    no = paid["entry"]["no"]
    entry = await Entry.get(no=no)
    proposal = await city.propose_rule("lead.assessment_deadline", "2027-01-01", number="3")
    rule = await RuleProposal.get(no=proposal["no"])
    for kind, key, name, page in (
        ("Entry", entry.id, no, f"/verification/{no}"),
        ("RuleProposal", rule.id, rule.no, f"/rules/proposals/{rule.no}"),
    ):
        sent = await send(city, "office", subject=global_id(kind, key))
        assert sent["userErrors"] == []
        notice = await Notice.get(no=sent["notice"]["no"])
        assert (notice.subject_name, notice.link) == (name, page)
        async with signed_in("office") as visitor:
            assert (await visitor.get(page)).status_code == 200


async def test_nobody_sends_about_what_they_do_not_see_nor_to_nobody(city: City) -> None:
    project = await city.judged("anyue")
    unseen = await send(city, "anyue", by="yanjiang", subject=project["no"])
    never = await send(city, "anyue", by="yanjiang", subject="2026-9998")
    assert unseen == never and unseen["userErrors"][0]["field"] == "subject"
    nobody = await send(city, "emergency-bureau")
    assert "没有在任人员" in nobody["userErrors"][0]["message"]
    blank = await city.act(city.office, "noticeSend", text="请报送")
    assert [error["field"] for error in blank["userErrors"]] == ["units"]
    assert not await Notice.exists()


async def test_a_message_is_its_persons_and_its_senders_units_and_nobody_elses(city: City) -> None:
    await send(city, "anyue", by="lezhi")
    assert len(await received(city, "anyue")) == 1
    every = "{ messages { nodes { text } } notices { nodes { no } } }"
    for name in ("yanjiang", "office", "leader", "agent", "expert"):
        assert await city.run(city[name], every) == {
            "messages": {"nodes": []},
            "notices": {"nodes": []},
        }
    seen = await city.run(city.lezhi, every)
    assert len(seen["messages"]["nodes"]) == len(seen["notices"]["nodes"]) == 1
    message = (await city.run(city.lezhi, "{ messages { nodes { id } } }"))["messages"]["nodes"][0]
    refused = await city.act(city.lezhi, "messageRead", message=message["id"])
    assert refused["userErrors"][0]["code"] == "NOT_ALLOWED", "its sender does not read it for them"


async def test_whoever_holds_posts_in_two_units_says_in_whose_name(city: City) -> None:
    posts = (*city.office.posts, *city.department.posts)
    both = replace(city.office, posts=posts)
    asked = await city.act(both, "noticeSend", text="请报送", units=["anyue"])
    assert [error["field"] for error in asked["userErrors"]] == ["unit"]
    await city.done(both, "noticeSend", text="请报送", units=["anyue"], unit="industry-bureau")
    assert (await Notice.get()).organization_id == city.department.organization


async def test_a_notice_goes_out_in_the_name_of_a_unit_that_sees_its_subject(city: City) -> None:
    """Its colleagues read what the unit sent: so a project that another post shows is not for them."""
    project = await city.report()
    both = replace(city.office, posts=(*city.office.posts, *city.anyue.posts))
    given = {"text": "请报送本月进度", "units": ["yanjiang"], "subject": project["no"]}
    refused = await city.act(both, "noticeSend", **given, unit="anyue")
    assert [error["field"] for error in refused["userErrors"]] == ["unit"]
    await city.done(both, "noticeSend", **given, unit="office")


async def test_who_loses_sight_of_a_subject_keeps_the_words_and_not_its_name_or_address(
    city: City,
) -> None:
    """Anyue was the first contact; by a dispute that is upheld Yanjiang is."""
    project = await city.opined(await city.report())
    claim = {"place": "anyue", "contactOn": "2026-10-30", "contactWith": "李总"}
    claim |= {"evidence": EVIDENCE}
    claimed = await city.done(city.office, "projectClaim", project=project["no"], **claim)
    verdict = {"firstContactPlace": "anyue", "reason": "佐证更全", "departure": "雁江区让出"}
    judged = await city.done(city.office, "projectJudge", **on(claimed["project"]), **verdict)
    text, reminded = "请报送本月进度", {"name": project["name"], "today": 1, "late": 0}
    await send(city, "anyue", subject=project["no"], text=text, by="anyue")
    notice = await Notice.get()
    await Message.create(
        person_id=city.anyue.person, template="lampsDue", given=reminded, subject_kind="Project",
        subject_id=notice.subject_id, link=f"/projects/{project['no']}", written_at=city.now,
    )  # fmt: skip
    document = """{ notices { nodes { text subjectName link } }
        messages(filter: {mine: true}) { nodes { text english link notice { subjectName link } } } }"""
    before = await city.run(city.anyue, document)
    about = {"subjectName": project["name"], "link": f"/projects/{project['no']}"}
    assert before["notices"]["nodes"] == [{"text": text, **about}]
    reminder, own = before["messages"]["nodes"]
    assert reminder["text"].startswith("信息研判") and reminder["link"] == about["link"]
    assert (own["text"], own["notice"]) == (text, about)

    raised = await city.dispute("yanjiang", judged["project"])
    upheld = {"upheld": True, "reason": "会议纪要在先"}
    about_it = {"dispute": raised["dispute"]["id"], "revision": raised["project"]["revision"]}
    await city.done(city.office, "disputeDecide", **about_it, **upheld)
    after = await city.run(city.anyue, document)
    gone = {"subjectName": "", "link": ""}
    assert after["notices"]["nodes"] == [{"text": text, **gone}]
    reminder, own = after["messages"]["nodes"]
    assert reminder["text"] == "所涉对象已不在您的查看范围" and reminder["link"] == ""
    assert "no longer" in reminder["english"]
    assert (own["text"], own["notice"]) == (text, gone) and own["link"].endswith(notice.no)
    async with signed_in("anyue") as visitor:
        message = (await received(city, "anyue"))[-1]["id"]
        for path in ("/messages", f"/messages/{message}", "/messages.csv", "/messages/notices",
                     f"/messages/notices/{notice.no}", "/messages/notices.csv"):  # fmt: skip
            answer = await visitor.get(path)
            assert answer.status_code == 200 and text in answer.text
            assert project["name"] not in answer.text and about["link"] not in answer.text, path


# ------------------------------------------------------------ sent outside


async def test_what_a_person_gets_in_a_minute_goes_out_as_one(
    stored_city: City, outbox: Outbox
) -> None:
    city = stored_city
    await send(city, "anyue", text="一")
    city.now += timedelta(seconds=40)
    await send(city, "anyue", "yanjiang", text="二")
    assert len(await received(city, "anyue")) == 2, "here at once"
    await runner(city).finish()
    assert outbox.sent == [], "not before the minute is over"
    await minute_passes(city)
    assert sorted((person, texts) for _, person, texts in outbox.sent) == [
        (city.yanjiang.person, ["二"]),
        (city.anyue.person, ["一", "二"]),
    ]
    await minute_passes(city)
    assert len(outbox.sent) == 2 and not await Message.filter(sent_at=None).exists()


async def test_what_is_sent_again_has_the_same_key_and_words(
    stored_city: City, outbox: Outbox
) -> None:
    """A message that comes while its minute's job is being tried again goes with another."""
    city = stored_city
    outbox.broken = True
    await send(city, "anyue", text="一")
    await minute_passes(city)
    city.now -= timedelta(minutes=1)
    await send(city, "anyue", text="二")
    outbox.broken = False
    city.now += timedelta(minutes=5)
    await runner(city).finish()
    first, again, other = sorted(outbox.sent)
    assert first == again and first[2] == ["一"]
    assert other[0] != first[0] and other[2] == ["二"]


async def test_quiet_hours_are_the_rulebooks_and_the_night_goes_out_as_one(
    stored_city: City, outbox: Outbox
) -> None:
    city = stored_city
    begin, end = time_of("message.quiet_from"), time_of("message.quiet_until")
    assert (f"{begin:%H:%M}", f"{end:%H:%M}") == ("21:30", "07:30"), "as proposed"
    city.now = at("2026-11-18 22:00")
    await send(city, "anyue", text="夜里")
    city.now = at("2026-11-19 06:00")
    await send(city, "anyue", text="清晨")
    await runner(city).finish()
    assert outbox.sent == [] and len(await received(city, "anyue")) == 2
    city.now = at("2026-11-19 07:30")
    await runner(city).finish()
    assert [texts for _, _, texts in outbox.sent] == [["夜里", "清晨"]]


async def test_what_may_not_be_seen_when_its_moment_comes_does_not_go_outside(
    stored_city: City, outbox: Outbox
) -> None:
    """Written in the night; by morning a rule has taken the sight, a person is disabled, a post ended."""
    city = stored_city
    project = await city.signed("yanjiang", "yanjiang")
    paid = await city.pay(project, "1000万", place="yanjiang")
    city.now = at("2026-11-18 22:00")
    no = paid["project"]["no"]
    for units in (["finance-bureau"], ["yanjiang"], ["anyue"], ["lezhi"]):
        about = {"subject": no} if units[0] in ("finance-bureau", "yanjiang") else {}
        answer = await send(city, *units, text=f"{units[0]}：夜里", **about)
        assert answer["userErrors"] == []
    await city.set_rule("verifier.paid_in_funds", "2026-11-18", choices=["office"])
    await city.set_rule("verifier.tax", "2026-11-18", choices=["tax-bureau"])
    await Person.filter(id=city.anyue.person).update(active=False)
    ended = city.now.date() - timedelta(days=1)
    await Appointment.filter(person_id=city.lezhi.person).update(ends_on=ended)
    city.now = at("2026-11-19 07:30")
    await runner(city).finish()
    assert [each[1:] for each in outbox.sent] == [(city.yanjiang.person, ["yanjiang：夜里"])]
    kept = {each.person_id: each for each in await Message.filter(template="notice")}
    assert {key: (bool(each.sent_at), each.not_sent) for key, each in kept.items()} == {
        city.yanjiang.person: (True, None),
        city.finance.person: (False, "UNSEEN"),
        city.anyue.person: (False, "DISABLED"),
        city.lezhi.person: (False, "LEFT"),
    }
    notice = await Notice.get(text="finance-bureau：夜里")
    async with signed_in("office") as visitor:
        page = await visitor.get(f"/messages/notices/{notice.no}")
        export = await visitor.get(f"/messages/notices/{notice.no}/receipts.csv")
    for answer in (page, export):
        assert "收件人已看不到所涉对象" in answer.text
    results = await Job.filter(kind="sendMessages").values_list("result", flat=True)
    assert sorted(results) == ["0 条合为一次，1 条未发出"] * 3 + ["1 条合为一次"]


def test_quiet_hours_may_pass_midnight_or_not_be() -> None:
    late, early = time_of("message.quiet_from"), time_of("message.quiet_until")
    assert goes_out_at(at("2026-11-18 21:28"), late, early) == at("2026-11-18 21:29")
    assert goes_out_at(at("2026-11-18 21:29"), late, early) == at("2026-11-19 07:30")
    assert goes_out_at(at("2026-11-19 07:29"), late, early) == at("2026-11-19 07:30")
    noon = goes_out_at(at("2026-11-18 12:10"), early.replace(hour=12), early.replace(hour=14))
    assert noon == at("2026-11-18 12:11"), "12:30 to 14:30"
    assert goes_out_at(at("2026-11-18 23:00"), late, late) == at("2026-11-18 23:01")


async def test_two_notices_at_once_reach_everybody_once(stored_city: City, outbox: Outbox) -> None:
    city = stored_city
    everywhere = ("anyue", "yanjiang", "lezhi", "hightech")
    answers = await asyncio.gather(
        *(send(city, *(everywhere if n % 2 else everywhere[::-1]), text=str(n)) for n in range(6))
    )
    assert [each["userErrors"] for each in answers] == [[]] * 6
    assert len({each["notice"]["no"] for each in answers}) == 6
    await minute_passes(city)
    assert len(outbox.sent) == len(everywhere)
    assert all(sorted(texts) == [str(n) for n in range(6)] for _, _, texts in outbox.sent)


async def test_where_there_is_no_channel_outside_a_message_is_here_and_leaves_no_job(
    city: City,
) -> None:
    await send(city, "anyue")
    assert len(await received(city, "anyue")) == 1
    assert not await Job.all().exists() and (await Message.get()).sent_at is None


async def test_the_menus_numbers_are_one_statement_with_the_unread_messages(city: City) -> None:
    document = "{ viewer { counts { inbox judgement messages } } }"
    await send(city, "office", by="anyue")
    with database.counting() as sent:
        await city.served(city.office, document, {})
    assert len([each for each in sent if "message" in each]) == 1 and len(sent) <= 2


# ------------------------------------------------------------ jobs that tell


async def test_the_lamps_of_a_night_are_kept_and_the_office_is_told_once(stored_city: City) -> None:
    """Two working days from Wednesday 18 November: due on Friday at half past five."""
    city = stored_city
    await city.report()
    await runner(city).finish()
    for day, result in (
        ("2026-11-20", "今天到期 1 件，已逾期 0 件"),
        ("2026-11-21", "今天到期 0 件，已逾期 1 件"),
    ):
        city.now = at(f"{day} 00:05")
        await asyncio.gather(*(runner(city).finish() for _ in range(3)))
        ran = await Job.filter(kind="lamps", state="DONE").order_by("-slot_at").first()
        assert ran and result in ran.result
    texts = [each["text"] for each in await received(city, "office")]
    sent = [each for each in texts if each.startswith("信息研判")]
    assert sent == ["信息研判：今天到期 0 件，已逾期 1 件", "信息研判：今天到期 1 件，已逾期 0 件"]


async def test_what_the_nightly_check_finds_is_kept_and_told(stored_city: City) -> None:
    city = stored_city
    await city.report()
    await runner(city).finish()
    await database.write('UPDATE "journal_entry" SET "reason" = ? WHERE "id" = 1', [["改过"]])
    city.now = at("2026-11-19 02:30")
    await runner(city).finish()
    ran = await Job.get(kind="nightlyCheck", state="DONE")
    assert "不正常 办理记录：第 1 条：内容被改动" in ran.result and "正常 迁移：最新" in ran.result
    (sent, *_) = await received(city, "office")
    assert "办理记录" in sent["text"] and operations.FOUND == "checkFailed"


@pytest.mark.parametrize(
    "nobody", [{"units": [""]}, {"people": ["", ""]}, {"units": [], "people": [""]}]
)
async def test_a_notice_to_blanks_is_a_notice_to_nobody(city: City, nobody: Said) -> None:
    refused = await city.act(city.yanjiang, "noticeSend", text="请报送", **nobody)
    assert [each["field"] for each in refused["userErrors"]] == ["units"]
    assert await Notice.all().count() == 0
