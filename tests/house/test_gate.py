"""The gate: whoever is stale reads who was first, whoever repeats gets the same answer, all errors are answered."""

from datetime import timedelta

import pytest

from schema.database.transactions import transaction
from schema.gate import locks
from schema.gate.journal import Fault, chained, verify
from schema.gate.tables import IdempotencyRecord, JournalEntry
from schema.project.tables import Project
from server.operations import checks
from tests.world import City, at, on, uscc

LEAD = {"name": "柠檬深加工基地", "investorName": "杭州云岫食品有限公司", "amount": "3亿"}


async def test_whoever_is_stale_reads_who_changed_what_and_when(city: City) -> None:
    project = await city.report()
    city.now = at("2026-11-18 10:05")
    await city.done(city.office, "projectReturn", **on(project), reason="请补充营业执照")
    city.now = at("2026-11-18 10:12")
    late = await city.act(city.yanjiang, "projectWithdraw", **on(project), reason="投资方暂缓")
    assert late["userErrors"] == [
        {
            "code": "STALE",
            "message": "李雷（领导小组办公室）7 分钟前已先办理，请核对后再提交",
            "field": "revision",
        }
    ]
    conflict = late["conflict"]
    assert (conflict["revision"], conflict["changedBy"]) == (2, "李雷")
    assert (conflict["act"], conflict["unit"]) == ("projectReturn", "领导小组办公室")
    assert conflict["changedAt"] == "2026-11-18T10:05:00+08:00"
    stage = {"field": "stage", "label": "阶段", "before": "待研判", "after": "待补正"}
    assert stage in conflict["changes"]
    assert late["project"] is None
    assert (await Project.get(no=project["no"])).stage == "RETURNED"


async def test_what_was_changed_early_in_the_morning_was_changed_that_day(city: City) -> None:
    project = await city.report()
    city.now = at("2026-11-18 07:30")
    await city.done(city.office, "projectReturn", **on(project), reason="请补充营业执照")
    city.now = at("2026-11-18 11:00")
    late = await city.act(city.yanjiang, "projectWithdraw", **on(project), reason="投资方暂缓")
    assert "11月18日已先办理" in late["userErrors"][0]["message"]


async def test_a_repeated_act_answers_with_the_same_and_writes_once(city: City) -> None:
    first = await city.act(city.anyue, "projectReport", key="k1", **LEAD)
    again = [await city.act(city.anyue, "projectReport", key="k1", **LEAD) for _ in range(19)]
    assert {answer["project"]["no"] for answer in (first, *again)} == {"2026-0001"}
    assert await Project.all().count() == 1
    assert await JournalEntry.filter(act="projectReport").count() == 1


async def test_another_body_under_the_same_key_is_refused(city: City) -> None:
    await city.done(city.anyue, "projectReport", key="k1", **LEAD)
    other = await city.act(city.anyue, "projectReport", key="k1", **LEAD | {"amount": "4亿"})
    assert [error["code"] for error in other["userErrors"]] == ["INVALID"]
    assert "Idempotency-Key" in other["userErrors"][0]["message"]
    act = await city.act(city.anyue, "viewSave", key="k1", name="大项目")
    assert [error["code"] for error in act["userErrors"]] == ["INVALID"]
    assert await Project.all().count() == 1


async def test_a_key_is_its_senders_own(city: City) -> None:
    await city.done(city.anyue, "projectReport", key="k1", **LEAD)
    other = {"name": "蚕桑全产业链基地", "investorName": "苏州禾丝绸有限公司", "amount": "1亿"}
    theirs = await city.done(city.lezhi, "projectReport", key="k1", **other)
    assert theirs["project"]["no"] == "2026-0002"


async def test_a_refused_act_leaves_its_key_free(city: City) -> None:
    wrong = await city.act(city.anyue, "projectReport", key="k1", **LEAD | {"uscc": "123"})
    assert wrong["userErrors"]
    mended = await city.done(city.anyue, "projectReport", key="k1", **LEAD | {"uscc": uscc(1)})
    assert mended["project"]["no"] == "2026-0001"


async def test_a_key_is_kept_for_a_day(city: City) -> None:
    await city.done(city.anyue, "viewSave", key="k1", name="大项目")
    city.now += timedelta(hours=24, minutes=1)
    await city.done(city.anyue, "viewSave", key="k1", name="小项目")
    assert await IdempotencyRecord.all().count() == 1


async def test_the_same_file_sent_again_is_the_same_body(city: City) -> None:
    paper = {"name": "纪要.txt", "content": "5Lya6K6u57qq6KaB"}
    given = LEAD | {"contactOn": "2026-11-10", "contactWith": "张总", "evidence": [paper]}
    first = await city.done(city.anyue, "projectReport", key="k1", **given)
    again = await city.done(city.anyue, "projectReport", key="k1", **given)
    assert first["project"]["no"] == again["project"]["no"]
    other = given | {"evidence": [paper | {"content": "5Lya6K6u"}]}
    refused = await city.act(city.anyue, "projectReport", key="k1", **other)
    assert refused["userErrors"]


async def test_the_journal_tells_who_did_what_from_what_to_what(city: City) -> None:
    project = await city.judged(amount="3亿")
    reply = await city.run(
        city.office,
        f"""{{ project(no: "{project["no"]}") {{ journal(first: 1) {{ nodes {{
            at actorName unitName act label reason changes {{ field label before after }}
        }} }} }} }}""",
    )
    (entry,) = reply["project"]["journal"]["nodes"]
    assert (entry["actorName"], entry["unitName"]) == ("李雷", "领导小组办公室")
    assert (entry["act"], entry["label"]) == ("projectJudge", "研判项目信息，明确首谈地")
    assert entry["reason"] == "接洽最早，佐证齐全"
    changes = {change["label"]: (change["before"], change["after"]) for change in entry["changes"]}
    assert changes["阶段"] == ("待研判", "在谈")
    assert changes["首谈地"] == (None, "雁江区")
    assert changes["结论"] == (None, "受理并明确首谈地")
    assert "研判时间" not in changes, "the entry's own"
    assert entry["at"] == "2026-11-18T10:00:00+08:00"


async def test_a_journal_that_nobody_touched_is_whole(city: City) -> None:
    assert await verify() is None
    await city.pay(await city.signed(), "3217.65万元")
    await city.done(city.office, "viewSave", name="大项目")
    await city.set_rule(
        "transfer.tax_share",
        "2027-01-01",
        firstParts="2",
        landingParts="8",
        choices=["TAX"],
        clause="省级税收分享政策",
    )
    assert await verify() is None


TAMPERED = {
    "changed": ("UPDATE {j} SET \"reason\" = '改过' WHERE \"id\" = {third}", "third", "内容被改动"),
    "an actor changed": (
        "UPDATE {j} SET \"actor_name\" = '别人' WHERE \"id\" = {third}", "third", "内容被改动"
    ),
    "removed": ('DELETE FROM {j} WHERE "id" = {third}', "fourth", "前一条"),
    "the first removed": ('DELETE FROM {j} WHERE "id" = {first}', "second", "前一条"),
    "the end cut off": ('DELETE FROM {j} WHERE "id" > {third}', None, "末尾"),
    "all removed": ("DELETE FROM {j}", None, "末尾"),
}  # fmt: skip


@pytest.mark.parametrize(("sql", "where", "words"), TAMPERED.values(), ids=TAMPERED)
async def test_a_journal_that_was_tampered_with_says_where(
    city: City, sql: str, where: str | None, words: str
) -> None:
    await city.transferred()
    ids = await JournalEntry.all().order_by("id").values_list("id", flat=True)
    names = dict(zip(("first", "second", "third", "fourth"), ids, strict=False))
    await execute(sql.format(j='"journal_entry"', **names))
    fault = await verify()
    assert fault is not None
    assert (fault.entry, words in fault.message) == (names[where] if where else None, True)


async def test_entries_that_changed_places_are_found(city: City) -> None:
    await city.transferred()
    second, third = (await JournalEntry.all().order_by("id"))[1:3]
    for old, new in ((second.id, 10_000), (third.id, second.id), (10_000, third.id)):
        await execute(f'UPDATE "journal_entry" SET "id" = {new} WHERE "id" = {old}')
    assert await verify() == Fault(second.id, "前一条被删去、插入或调换")


async def test_an_entry_rewritten_with_its_hash_breaks_the_next(city: City) -> None:
    await city.transferred()
    second, third = (await JournalEntry.all().order_by("id"))[1:3]
    second.reason = "改过"
    second.hash = chained(second)
    await second.save()
    fault = await verify()
    assert fault is not None and fault.entry == third.id


async def execute(sql: str) -> None:
    async with transaction() as connection:
        await connection.execute_query(sql)


async def test_the_operators_check_tells_of_a_broken_journal(city: City) -> None:
    await city.report()
    whole = await checks.journal()
    assert (whole.right, whole.found) == (True, "校验链完整，写入后没有改动")
    await execute('UPDATE "journal_entry" SET "reason" = \'改过\'')
    broken = await checks.journal()
    assert not broken.right and "内容被改动，请与备份核对" in broken.found


async def test_what_acts_share_is_held_in_one_order_by_all() -> None:
    """Against it two acts and a confirmation of the rulebook could wait for each other for ever."""
    order = locks.Order()
    for name in ("posts", "rulebook", "months", "new projects", "voucher 1", "voucher 2"):
        order.enter_shared(name)
    order.enter_shared("rulebook")  # it is held already
    for first, second in (
        ("new projects", "rulebook"),
        ("rulebook", "posts"),
        ("new projects", "months"),
        ("voucher 2", "voucher 1"),
    ):
        other = locks.Order()
        other.enter_shared(first)
        with pytest.raises(RuntimeError, match=f"{second} is held after {first}"):
            other.enter_shared(second)
    with pytest.raises(LookupError, match="has no place"):
        locks.Order().enter_shared("anything else")


async def test_a_report_that_comes_back_renamed_rests_on_the_rulebook_first(city: City) -> None:
    project = await city.report()
    back = await city.done(city.office, "projectReturn", **on(project), reason="补营业执照")
    done = await city.done(
        city.yanjiang, "projectResubmit", **on(back["project"]), name="柠檬冷链物流园"
    )
    assert done["project"]["no"] == project["no"]
