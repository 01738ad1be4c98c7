"""An act stands in the history of every object that it changes, and its entry says what a reader sees."""

import pytest

from tests.house.test_journal_complete import publish_again
from tests.house.test_who_may import confirm_calendar
from tests.ledger import ledgers
from tests.world import City, Said, on

JOURNAL = """query($no: String!) { project(no: $no) { id journal(first: 9) {
  totalCount nodes { label reason changes { field label before after } } } } }"""
BY_ID = "query($id: ID!) { journal(subject: $id, first: 9) { totalCount nodes { label } } }"


async def history(city: City, no: str, viewer: str = "office") -> list[Said]:
    """The entries of a project's history, the newest first; both ways to ask for it agree."""
    found = (await city.run(city[viewer], JOURNAL, no=no))["project"]
    entries: list[Said] = found["journal"]["nodes"]
    assert found["journal"]["totalCount"] == len(entries)
    again = (await city.run(city[viewer], BY_ID, id=found["id"]))["journal"]
    assert [each["label"] for each in again["nodes"]] == [each["label"] for each in entries]
    return entries


@pytest.mark.parametrize("viewer", ["office", "yanjiang"])
async def test_a_merge_stands_in_the_history_of_both_projects(city: City, viewer: str) -> None:
    """Yanjiang owns the project that stays and never saw the report that was merged into it."""
    stays = await city.judged("yanjiang")
    merged = await city.report(city.anyue)
    given = {"into": stays["no"], "reason": "同一投资方、同一选址"}
    await city.done(city.office, "projectMerge", **on(merged), **given)
    newest, *_ = await history(city, stays["no"], viewer)
    assert newest["label"] == "并入已有项目" and newest["reason"] == "同一投资方、同一选址"
    claimed = {each["label"]: each["after"] for each in newest["changes"]}
    assert claimed["主张首谈的地方"] == "安岳县", "the claim that came along"
    assert ("并入的项目" in claimed) is (viewer == "office"), "what is not seen is not shown"
    (own, *_) = await history(city, merged["no"])
    assert own["label"] == "并入已有项目"


async def test_a_calendar_that_moves_a_deadline_stands_in_the_projects_history(city: City) -> None:
    given = await publish_again(city)
    await city.done(city.office, "calendarConfirm", **given)
    newest, *_ = await history(city, "2026-0001")
    assert newest["label"] == "确认一年的工作日历"


async def test_a_calendar_that_moves_nothing_does_not(city: City) -> None:
    project = await city.report()
    await city.done(city.office, "calendarConfirm", **await confirm_calendar(city))
    assert [each["label"] for each in await history(city, project["no"])] == ["报送项目信息"]


async def test_an_import_and_its_undoing_stand_in_the_history_of_every_project(city: City) -> None:
    sheet = ledgers.sent(ledgers.text(*(ledgers.line(n, ledgers.SIGNED) for n in range(1, 4))))
    batch = (await city.done(city.office, "ledgerPreview", file=sheet))["batch"]
    batch = await ledgers.brought_in(city, batch)
    await city.done(city.office, "ledgerUndo", **ledgers.on(batch), reason="重复导入")
    for no in ("2026-0001", "2026-0003"):
        assert [each["label"] for each in await history(city, no)] == [
            "撤销整批导入",
            "确认台账迁入",
        ]


async def test_an_entry_lists_what_a_reader_sees_and_not_who_and_when_again(city: City) -> None:
    project = await city.judged()
    judged, reported = await history(city, project["no"])
    assert [(each["label"], each["after"]) for each in judged["changes"]] == [
        ("结论", "受理并明确首谈地"),
        ("首谈地", "雁江区"),
        ("研判意见", "接洽最早，佐证齐全"),
        ("最迟办结时刻", "2026年11月20日 17:30"),
        ("阶段", "在谈"),
        ("注册落户地", "雁江区"),
    ]
    labels = [each["label"] for each in reported["changes"]]
    assert not {"登记人", "登记时间", "报送时间", "金额为估计数", "项目"} & set(labels)
    assert {"项目名称", "计划总投资（元）", "主张首谈的地方"} <= set(labels)
