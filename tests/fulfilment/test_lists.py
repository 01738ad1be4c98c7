"""Article 6: a month's figures come in as a sheet; each is what a typed one is, claimed and verified like it."""

import asyncio
import base64
from typing import Any

from schema import database
from schema.database.statements import counting
from schema.duties.repair import compare
from schema.entries.checking import posting_faults
from schema.entries.tables import ClosedMonth, Credit, Entry, EntryFlag
from schema.intake import LISTS
from schema.ledger.tables import Batch
from schema.project.tables import Project
from schema.sheet import read
from tests.entries.months import close
from tests.fulfilment.figures import paid, previewed, sheet, taxed
from tests.ledger.ledgers import on, rows, sent
from tests.ledger.lists import files
from tests.ledger.test_pages import hidden, seen, words
from tests.server.doors import signed_in
from tests.world import City, Said, at

__all__ = ["files"]


def faults(payload: Said) -> list[tuple[str, str]]:
    return [(each["field"], each["message"]) for each in payload["userErrors"]]


async def issues(city: City, batch: Said, by: str = "hightech") -> dict[int, list[str]]:
    """By the number of each line its state, and behind it what is said of it."""
    found = await rows(city, batch, by)
    return {r["rowNo"]: [r["state"], *(i["message"] for i in r["issues"])] for r in found}


async def imported(city: City, *lines: Said, by: str = "hightech", **how: Any) -> Said:
    batch = await previewed(city, *lines, by=by)
    done: Said = (await city.done(city[by], "listImport", **on(batch), **how))["batch"]
    return done


OWN = {"id", "no", "entry_id", "project_id", "journal_id", "evidence_note", "undoes_id"}
OWN |= {"subject_id", "subject_no", "page"}


async def written(project: str) -> dict[str, list[dict[str, Any]]]:
    """What the tables hold of a project's figures, without what any two rows differ in."""
    (row,) = await database.fetch('SELECT * FROM "project" WHERE "no" = ?', [project])
    kept: dict[str, list[dict[str, Any]]] = {"project": [row]}
    of_project = ("entry", "entry_step", "entry_flag", "credit", "duty")
    for table in of_project:
        kept[table] = await database.fetch(
            f'SELECT * FROM "{table}" WHERE "project_id" = ? ORDER BY "id"', [row["id"]]
        )
    kept["duty"] = [each for each in kept["duty"] if each["subject_kind"] == "Entry"]
    sums = ("signed_fen", "paid_in_fen", "tax_fen", "revision", "stage", "updated_at")
    return {
        table: [
            {name: value for name, value in each.items() if name not in OWN}
            if table != "project"
            else {name: each[name] for name in sums}
            for each in found
        ]
        for table, found in kept.items()
    }


async def test_an_imported_figure_is_what_a_typed_one_is(files: City) -> None:
    """The same rows, duties, credits and totals, in the name of whoever imports; verified by another."""
    city = files
    typed, listed = await city.signed(), await city.signed()
    await city.pay(typed, "3200.05万", another="")
    await city.tax({"no": typed["no"], "revision": None}, "12万", another="")
    batch = await previewed(city, paid(listed, "3200.05"))
    assert (batch["kind"], batch["readyCount"], batch["wrongCount"]) == ("entries", 1, 0)
    assert not await Entry.filter(indicator="PAID_IN_FUNDS", project__no=listed["no"]).exists()
    done = (await city.done(city.hightech, "listImport", **on(batch)))["batch"]
    assert (done["state"], done["importedCount"]) == ("IMPORTED", 1)
    await imported(city, taxed(listed, "12"))
    one, other = await written(typed["no"]), await written(listed["no"])
    assert {each["task"] for each in one["duty"]} == {"fundsVerify", "taxVerify"}
    for table in one:
        assert one[table] == other[table], table
    assert len(one["credit"]) == 8 and {each["state"] for each in one["entry"][1:]} == {"CLAIMED"}
    notes = (
        await Entry.filter(project__no=listed["no"])
        .order_by("id")
        .values_list("evidence_note", flat=True)
    )
    assert notes[1] == f"银行回单 0312（导入 {batch['no']} 第 2 行）"
    asked = "query($no: String!) { entry(no: $no) { no revision claimedBy { slug } act } }"
    entry = await Entry.filter(project__no=listed["no"], indicator="PAID_IN_FUNDS").first()
    assert entry
    shown = (await city.run(city.finance, asked, no=entry.no))["entry"]
    assert shown["claimedBy"]["slug"] == "hightech" and shown["act"] == "fundsVerify"
    verdict = {"entry": entry.no, "revision": shown["revision"], "verified": True}
    assert (await city.act(city.hightech, "fundsVerify", **verdict))["userErrors"]
    await city.done(city.finance, "fundsVerify", **verdict)
    assert not await compare(city.context(city.office))
    assert await posting_faults() == []


async def test_every_fault_of_a_line_is_said_at_its_cell_and_in_the_file(files: City) -> None:
    city = files
    signed = await city.signed(name="电池产业园", amount="1亿")
    mine = await city.transferred("yanjiang", "hightech", name="还没有签约的项目")
    twin = await city.report(city.hightech, name="名称相同的另一个项目")
    await Project.filter(no=twin["no"]).update(normal_name="还没有签约的项目")
    others = await city.report(city.anyue, name="安岳的项目")
    named = {"name": "电池产业园", "no": ""}
    batch = await previewed(
        city,
        paid(signed, "1000"),
        paid(signed, "2000", **named),
        paid(mine, "3000"),
        paid(signed, "1001", no="2026-9999"),
        paid(others, "1002"),
        paid(mine, "1003", no="", name="还没有签约的项目"),
        paid(signed, "1004", name="另一个名称"),
        paid(signed, "1005", day="2026-11-19", source="", indicator="签约资金"),
        paid(signed, "1006", source="", note="", day="2026-10-18"),
        taxed(signed, "-3", source="省外"),
        taxed(signed, "7", no=""),
        paid(signed, "9000"),
        paid(signed, "9001", above="含增资"),
        paid(signed, "1000", **named, above="含增资"),
    )
    found = await issues(city, batch)
    assert found[2] == ["READY"] and found[3] == ["READY"]
    assert found[4][0] == "WRONG" and "不能办理此事项" in found[4][1]
    # Of a project that is not seen no more is said than of a number that there is not.
    assert found[5] == found[6] == ["WRONG", "没有找到这个项目，请核对编号和名称"]
    assert found[7] == ["WRONG", "有几个项目是这个名称，请填项目编号"]
    assert "与名称不符" in found[8][1]
    assert "“签约资金”不在名单内" in found[9][1] and "还没有到" in found[9][2]
    assert found[10][0] == "WRONG" and len(found[10]) == 4
    for message in ("“凭据说明”没有填", "请在此写明原因", "到位资金请填资金来源"):
        assert any(message in each for each in found[10]), message
    assert any("只有到位资金填写资金来源" in each for each in found[11])
    assert "金额不能是负数" in found[11][1]
    assert found[12] == ["WRONG", "请填项目编号或项目名称"]
    assert found[13][0] == "WRONG" and "累计到位资金 12,000 万元" in found[13][1]
    assert found[14] == ["READY"]
    assert found[15][0] == "DUPLICATE" and "与第 2 行的项目、金额、日期相同" in found[15][1]
    ((field, message),) = faults(await city.act(city.hightech, "listImport", **on(batch)))
    assert field == "onlyCorrect" and "一行也没有导入" in message
    assert not await Entry.filter(indicator="PAID_IN_FUNDS").exists()
    asked = "query($no: String!) { batch(no: $no) { result { name content } } }"
    made = (await city.run(city.hightech, asked, no=batch["no"]))["batch"]["result"]
    grid = read(made["name"], base64.b64decode(made["content"]))
    assert "累计到位资金" in str(grid.rows[12][-1]) and grid.rows[1][-1] == "可导入"
    done = await city.done(city.hightech, "listImport", **on(batch), onlyCorrect=True)
    assert done["batch"]["importedCount"] == 3
    assert (await Project.get(no=signed["no"])).paid_in_fen == (1000 + 2000 + 9001) * 10**6


async def test_a_line_with_its_number_alone_is_shown_with_its_project_and_linked_by_its_name(
    files: City,
) -> None:
    city = files
    project = await city.signed(name="电池产业园")
    bare = {"name": "", "source": "省外"}
    full_width = project["no"].translate(str.maketrans("0123456789-", "０１２３４５６７８９－"))
    lines = (
        paid(project, "12.345678", **bare),
        paid(project, "13", no=full_width, **bare),
        paid(project, "14", no=project["no"].replace("-", ""), **bare),
        paid(project, "约15", **bare),
        paid(project, "16", indicator="产值", source=""),
        taxed(project, "17", indicator="税收收入"),
        {"no": "合计", "amount": "87"},
    )
    batch = await previewed(city, *lines)
    found = await issues(city, batch)
    assert [found[row][0] for row in range(2, 8)] == ["READY"] * 3 + ["WRONG"] * 2 + ["READY"]
    assert "这里要填确切金额" in found[5][1] and len(found[5]) == 2
    assert len(found[6]) == 2 and "“产值”不在名单内" in found[6][1], found[6]
    assert 8 not in found and batch["skippedCount"] == 1, "a total is neither a line nor an error"
    of_line = "{ no name landingPlace { slug } }"
    asked = f"""query($no: String!) {{ batch(no: $no) {{ rows(first: 9) {{ nodes {{
        project {of_line} cells(fields: ["amount"]) {{ value }} }} }} }} }}"""
    nodes = (await city.run(city.hightech, asked, no=batch["no"]))["batch"]["rows"]["nodes"]
    same = {"no": project["no"], "name": "电池产业园", "landingPlace": {"slug": "hightech"}}
    assert [each["project"] for each in nodes] == [same] * 6
    assert nodes[0]["cells"][0]["value"] == "12.345678 万元"
    async with signed_in("hightech") as visitor:
        here = f"/imports/entries/{batch['no']}"
        shown = f"{project['no']} 电池产业园（高新区）"
        assert shown in words(await seen(visitor, here))
        await city.done(city.hightech, "listImport", **on(batch), onlyCorrect=True)
        entry = await Entry.filter(indicator="PAID_IN_FUNDS").order_by("id").first()
        assert entry
        page = await seen(visitor, here)
        assert f'<a href="/verification/{entry.no}">电池产业园</a>' in page


async def test_a_figure_like_another_one_is_asked_about_and_keeps_the_answer(files: City) -> None:
    city = files
    project = await city.signed()
    typed = await city.pay(project, "30万")
    lines = (
        paid(project, "30"),
        paid(project, "30", another="两台设备"),
        paid(project, "40"),
        paid(project, "40"),
    )
    batch = await previewed(city, *lines)
    found = await issues(city, batch)
    assert found[2][0] == "DUPLICATE" and typed["entry"]["no"] in found[2][1]
    assert "是不是同一笔" in found[2][1] and found[3] == found[4] == ["READY"]
    assert found[5][0] == "DUPLICATE"
    asked = """query($no: String!) { batch(no: $no) { rows(first: 9) { nodes {
        listed { no name page } } } } }"""
    nodes = (await city.run(city.hightech, asked, no=batch["no"]))["batch"]["rows"]["nodes"]
    assert nodes[0]["listed"]["page"] == f"/verification/{typed['entry']['no']}"
    # No tick answers for lines: each gives its own reason, as the act of one figure demands it.
    ticked = await city.act(city.hightech, "listImport", **on(batch), includeDuplicates=True)
    assert [field for field, _ in faults(ticked)] == ["includeDuplicates"]
    assert await Entry.filter(indicator="PAID_IN_FUNDS").count() == 1
    done = (await city.done(city.hightech, "listImport", **on(batch)))["batch"]
    assert (done["importedCount"], done["duplicateCount"]) == (2, 2)
    entries = await Entry.filter(indicator="PAID_IN_FUNDS").order_by("id")
    assert len(entries) == 3
    flags = [
        (each.entry_id, each.other_id, each.answer, each.asked)
        for each in await EntryFlag.all().order_by("id")
    ]
    first, two, _ = (each.id for each in entries)
    assert flags == [(two, first, "两台设备", True)]
    assert {each.flagged_by_id for each in await EntryFlag.all()} == {city.hightech.person}  # type: ignore[attr-defined]
    # What came since the preview is found at the import.
    late = await previewed(city, paid(project, "50"), paid(project, "60"))
    await city.pay(project, "50万")
    done = (await city.done(city.hightech, "listImport", **on(late)))["batch"]
    assert (done["importedCount"], done["duplicateCount"]) == (1, 1)


async def test_lines_that_do_not_come_in_are_not_counted_in_what_is_paid_in(files: City) -> None:
    """Agreed are 1 亿: what is there already and what is wrong leaves room for what is new."""
    city = files
    project = await city.signed(amount="1亿")
    first = paid(project, "6000")
    await imported(city, first)
    batch = await previewed(city, first, paid(project, "3000"))
    found = await issues(city, batch)
    assert found[2][0] == "DUPLICATE" and not any("累计" in each for each in found[2])
    assert found[3] == ["READY"]
    assert (await city.done(city.hightech, "listImport", **on(batch)))["batch"][
        "importedCount"
    ] == 1
    other = await city.signed(amount="1亿", name="同一份里重复的项目")
    twice = [paid(other, "4000"), paid(other, "4000"), paid(other, "3000")]
    wrong = [paid(other, "9000"), paid(other, "2900", early="早" * 301), paid(other, "2500")]
    found = await issues(city, await previewed(city, *twice, *wrong))
    assert [found[row][0] for row in range(2, 8)] == [
        *("READY", "DUPLICATE", "READY"),
        *("WRONG", "WRONG", "READY"),
    ]
    assert "累计到位资金 16,000 万元" in found[5][1]
    # A reason brings a line in, and then it counts.
    twice[1] |= {"another": "第二批设备"}
    found = await issues(city, await previewed(city, *twice))
    assert found[3] == ["READY"]
    assert found[4][0] == "WRONG" and "累计到位资金 11,000 万元" in found[4][1]
    # What was typed since the preview is there already at the import.
    third = await city.signed(amount="1亿", name="预览以后登记的项目")
    batch = await previewed(city, paid(third, "6000"), paid(third, "3000"))
    await city.pay(third, "6000万")
    done = (await city.done(city.hightech, "listImport", **on(batch)))["batch"]
    assert (done["importedCount"], done["duplicateCount"], done["wrongCount"]) == (1, 1, 0)
    assert (await Project.get(no=third["no"])).paid_in_fen == 9000 * 10**6
    assert await posting_faults() == []


async def test_a_line_is_entered_on_the_project_that_the_preview_has_shown_or_not_at_all(
    files: City,
) -> None:
    """Of two projects of one name a line without a number means the one that its unit may record on."""
    city = files
    one, other = await city.signed(name="同名的项目"), await city.signed(name="同名的项目二期")
    away = Project.filter(no=other["no"])
    here = (await Project.get(no=one["no"])).landing_place_id  # type: ignore[attr-defined]
    there = (await away.get()).first_contact_place_id  # type: ignore[attr-defined]
    name = (await Project.get(no=one["no"])).normal_name
    await away.update(normal_name=name, landing_place_id=there)
    line = paid(one, "100", no="", name="同名的项目")
    batch = await previewed(city, line, paid(one, "200"))
    assert (await issues(city, batch))[2] == ["READY"]
    await Project.filter(no=one["no"]).update(normal_name="另一个名称")
    await away.update(landing_place_id=here)
    ((field, _),) = faults(await city.act(city.hightech, "listImport", **on(batch)))
    assert field == "onlyCorrect"
    done = (await city.done(city.hightech, "listImport", **on(batch), onlyCorrect=True))["batch"]
    assert (done["importedCount"], done["wrongCount"]) == (1, 1)
    found = await issues(city, batch)
    assert found[2][0] == "WRONG" and "与预览时的不是同一个" in found[2][1]
    assert (await away.get()).paid_in_fen == 0
    # Sent again it is shown with the project that it means now.
    again = await imported(city, line)
    assert again["importedCount"] == 1 and (await away.get()).paid_in_fen == 100 * 10**6


async def test_foreign_money_is_answered_with_what_the_list_has_and_a_heading_may_say_yuan(
    files: City,
) -> None:
    city = files
    project = await city.signed()
    content = (
        "项目编号,类别,到位金额（万元人民币）,发生日期,资金来源,凭据说明\n"
        f"{project['no']},到位,120.5,2026-11-18,省外,银行回单 7\n"
        f"{project['no']},到位,300万美元,2026-11-18,省外,银行回单 8\n"
        f"{project['no']},到位,$300,2026-11-18,省外,银行回单 9\n"
    ).encode()
    given = {"kind": "entries", "file": sent(content, "11月.csv")}
    batch = (await city.done(city.hightech, "listPreview", **given))["batch"]
    found = await issues(city, batch)
    assert found[2] == ["READY"]
    for row in (3, 4):
        assert found[row][0] == "WRONG" and "请折成人民币" in found[row][1]
        assert not any("外币金额" in each or "币种" in each for each in found[row])
    await city.done(city.hightech, "listImport", **on(batch), onlyCorrect=True)
    assert (await Project.get(no=project["no"])).paid_in_fen == 1205 * 10**5


async def test_a_month_alone_is_its_last_day_and_a_closed_one_counts_in_the_next(
    files: City,
) -> None:
    city = files
    city.now = at("2026-10-12 10:00")
    project = await city.signed(contactOn="2026-09-20")
    city.now = at("2026-11-18 10:00")
    await close("2026-10", city.now)
    batch = await previewed(
        city,
        paid(project, "100", day="2026年10月"),
        paid(project, "200", day="2026年11月"),
        paid(project, "300", day="2026年10月底"),
        paid(project, "400", day="2026年10月下旬"),
    )
    found = await issues(city, batch)
    assert [found[row][0] for row in (2, 3, 4, 5)] == ["READY", "WRONG", "READY", "WRONG"]
    assert "按 2026-10-31 读取" in found[2][1] and "已关账，计入 2026年11月" in found[2][2]
    assert found[3][1:] == ["“2026年11月”还没有过完，请写明哪一天，例如“2026-11-18”"]
    assert "“2026年10月下旬”看不出是哪一天" in found[5][1]
    await city.done(city.hightech, "listImport", **on(batch), onlyCorrect=True)
    entries = await Entry.filter(indicator="PAID_IN_FUNDS").order_by("id")
    assert [f"{each.occurred_on}" for each in entries] == ["2026-10-31", "2026-10-31"]
    months = await Credit.filter(entry_id=entries[0].id).values_list("counts_in", flat=True)
    assert {f"{each}" for each in months} == {"2026-11-01"}


async def test_a_batch_is_taken_back_whole_as_reversals_or_not_at_all(files: City) -> None:
    city = files
    one, other = await city.signed(), await city.signed()
    lines = (paid(one, "100"), taxed(one, "5"), paid(other, "200"))
    batch = await imported(city, *lines)
    undo = {"reason": "传错了文件"}
    for by in ("anyue", "finance"):
        assert (await city.act(city[by], "listUndo", **on(batch), **undo))["userErrors"], by
    back = (await city.done(city.hightech, "listUndo", **on(batch), **undo))["batch"]
    assert back["state"] == "UNDONE"
    typed = await city.pay(one, "7万")
    await city.done(city.hightech, "fundsReverse", entry=typed["entry"]["no"], reason="记错")
    why = f"撤销导入 {batch['no']}：传错了文件"
    reversals = await Entry.filter(reverses_id__not_isnull=True).order_by("id")
    assert [each.reason for each in reversals] == [why] * 3 + ["记错"]
    assert {each.confirmed_by_id for each in reversals} == {reversals[3].confirmed_by_id}  # type: ignore[attr-defined]
    states = await Entry.exclude(indicator="SIGNED_FUNDS").values_list("state", "revision")
    assert sorted(states) == sorted([("REVERSED", 2), ("REVERSED", 1)] * 4)
    sums = await Project.all().values_list("paid_in_fen", "tax_fen")
    assert set(sums) == {(0, 0)}
    waiting = '{ duties(filter: {task: ["fundsVerify", "taxVerify"], open: true}) { totalCount } }'
    assert (await city.run(city.office, waiting))["duties"]["totalCount"] == 0
    assert await posting_faults() == [] and not await compare(city.context(city.office))
    # They are reversed: the same file comes in again without a question.
    again = await imported(city, *lines)
    assert again["importedCount"] == 3
    first = await Entry.filter(state="CLAIMED", indicator="TAX").get()
    verdict = {"entry": first.no, "revision": first.revision, "verified": True}
    await city.done(city.finance, "taxVerify", **verdict)
    ((field, message),) = faults(await city.act(city.hightech, "listUndo", **on(again), **undo))
    assert field == "batch" and first.no in message and "整批没有撤销" in message
    assert await Entry.filter(reverses_id__not_isnull=True).count() == 4


async def test_what_its_unit_may_no_longer_reverse_keeps_its_batch_from_being_taken_back(
    files: City,
) -> None:
    city = files
    project = await city.signed()
    batch = await imported(city, paid(project, "100"))
    row = await Project.get(no=project["no"])
    await Project.filter(id=row.id).update(landing_place_id=row.first_contact_place_id)  # type: ignore[attr-defined]
    entry = await Entry.get(indicator="PAID_IN_FUNDS")
    tried = await city.act(city.hightech, "listUndo", **on(batch), reason="传错了文件")
    ((field, message),) = faults(tried)
    assert field == "batch" and entry.no in message and "整批没有撤销" in message
    await entry.refresh_from_db()
    assert (entry.state, entry.revision) == ("CLAIMED", 1)


async def test_whoever_may_record_a_figure_may_bring_in_a_sheet_and_nobody_else(
    files: City,
) -> None:
    city = files
    project = await city.signed()
    given = {"kind": "entries", "file": sheet(paid(project, "1"))}
    kinds = "{ listKinds { name } }"
    refused = ("group", "department", "finance", "revenue", "branch", "agent", "leader")
    for name in (*refused, "inspector", "expert"):
        before = await Batch.all().count()
        answer = await city.act(city[name], "listPreview", **given)
        assert answer["userErrors"][0]["code"] == "NOT_ALLOWED", name
        assert await Batch.all().count() == before
        listed = (await city.run(city[name], kinds))["listKinds"]
        assert {"name": "entries"} not in listed, name
    assert (await city.run(city.hightech, kinds))["listKinds"] == [{"name": "entries"}]
    # Where it was first talked of sees the project, and records nothing on it.
    batch = await previewed(city, paid(project, "1"), by="yanjiang")
    assert (await issues(city, batch, "yanjiang"))[2] == [
        "WRONG",
        "此事项由负责单位办理，您的单位不能代办",
    ]
    assert (await city.act(city.anyue, "listImport", **on(batch)))["userErrors"]
    # The office records on any project, in its own name; and brings in what a unit has sent.
    await imported(city, paid(project, "2"), by="office")
    sent = await previewed(city, paid(project, "3"))
    await city.done(city.office, "listImport", **on(sent))
    asked = "{ entries(filter: {indicator: [PAID_IN_FUNDS]}) { nodes { claimedBy { slug } recordedBy { name } } } }"
    nodes = (await city.run(city.office, asked))["entries"]["nodes"]
    assert {each["claimedBy"]["slug"] for each in nodes} == {"office"}
    assert {each["recordedBy"]["name"] for each in nodes} == {city.office.name}


async def test_each_field_of_a_sheet_goes_where_it_says(files: City) -> None:
    """Lines that differ from a full one in one field; what stands in the tables of each is compared."""
    city = files
    project = await city.signed(name="电池产业园", amount="20万")
    early = {"occurredOn": "2026-11-10", "earlyReason": "预付", "aboveAgreed": "含增资"}
    await city.pay(project, "30万", **early)
    full = paid(project, "30", day="2026-11-10", name="电池产业园", early="预付")
    full |= {"another": "两台设备", "above": "含增资"}
    otherwise: dict[str, Said] = {
        "name": {"name": ""},
        "project_no": {"no": ""},
        "indicator": {"indicator": "税收", "source": "", "above": ""},
        "amount": {"amount": "31"},
        "occurred_on": {"day": "2026-11-11"},
        "source_of_capital": {"source": "本市"},
        "evidence_note": {"note": "银行回单 9"},
        "early_reason": {"early": "设备先到"},
        "another": {"another": "三台设备"},
        "above_agreed": {"above": "另有协议"},
    }
    columns = {each.name: each for each in LISTS["entries"].columns}
    assert otherwise.keys() == columns.keys()
    batch = await imported(city, full, *(full | each for each in otherwise.values()))
    assert batch["importedCount"] == 1 + len(otherwise)
    found = []
    own = ("id", "no", "journal_id")
    for entry in await Entry.filter(evidence_note__contains="（导入").order_by("id").values():
        flags = await EntryFlag.filter(entry_id=entry["id"]).values_list("kind", "answer")
        entry["evidence_note"] = entry["evidence_note"].partition("（导入")[0]
        kept = [(name, value) for name, value in entry.items() if name not in own]
        found.append({*kept, *(("flag", kind, answer) for kind, answer in flags)})
    for name, each in zip(otherwise, found[1:], strict=True):
        finds = columns[name].to.startswith("用来找到项目")
        assert bool(found[0] ^ each) != finds, (name, found[0] ^ each)


async def test_a_long_sheet_takes_as_many_statements_as_a_short_one(files: City) -> None:
    city = files
    projects = [await city.signed() for _ in range(2)]
    counts = []
    for many in (3, 30):
        lines = [paid(projects[at % 2], str(100 * many + at), source="本市") for at in range(many)]
        with counting() as preview:
            batch = await previewed(city, *lines)
        assert batch["readyCount"] == many
        with counting() as into:
            batch = (await city.done(city.hightech, "listImport", **on(batch)))["batch"]
        with counting() as back:
            await city.done(city.hightech, "listUndo", **on(batch), reason="传错了文件")
        # What the journal says of an act's rows is written by hundreds.
        counts.append(
            [sum('"journal_' not in sql for sql in each) for each in (preview, into, back)]
        )
    assert counts[0] == counts[1]


async def test_a_sheet_is_sent_looked_at_brought_in_and_taken_back_on_pages(files: City) -> None:
    city = files
    project = await city.signed(name="电池产业园")
    await city.pay(project, "30万")
    async with signed_in("hightech") as visitor:
        for way in ("/ledger/imports", "/verification", f"/projects/{project['no']}/funds"):
            assert 'href="/imports/entries"' in await seen(visitor, way), way
        assert 'href="/imports/targets"' not in await seen(visitor, "/ledger/imports")
        first = words(await seen(visitor, "/imports/entries"))
        assert "还没有导入过" in first and "台账·凭证说明" in first
        template = await visitor.get("/imports/entries/template.xlsx")
        grid = read("模板.xlsx", template.content)
        assert grid.template == "entries/2026.1" and "资金来源" in grid.rows[0]
        content = (
            "项目,类别,金额（万元）,月份,来源,凭证\n"
            "电池产业园,到位,120.5,2026-11-18,省外,银行回单 7\n"
            "电池产业园,到位,30,2026-11-18,省外,银行回单 8\n"
            "电池产业园,税收,9,2026-11-18,,\n"
        ).encode()
        sent_as = {"file": ("11月.csv", content, "text/csv")}
        answer = await visitor.post("/imports/entries", data={"act": "ListPreview"}, files=sent_as)
        here = answer.headers["location"]
        assert (answer.status_code, here) == (303, "/imports/entries/B2026-001")
        page = await seen(visitor, here)
        text = words(page)
        assert "可导入 1 行" in text
        assert "金额：120.5 万元" in text and "金额 → 台账·金额" in text
        assert "没有读取" not in text, "the sheet that was read is passed over by nobody"
        assert "“凭据说明”没有填" in text and "是不是同一笔" in text
        assert "includeDuplicates" not in page and "改好后再传" in text
        mended = content.replace("凭证\n".encode(), "凭证,另一笔的理由\n".encode())
        mended = mended.replace("银行回单 8\n".encode(), "银行回单 8,第二批设备\n".encode())
        sent_as = {"file": ("11月.csv", mended, "text/csv")}
        answer = await visitor.post(here, data=hidden(page, "ListPreview"), files=sent_as)
        assert answer.status_code == 303
        page = await seen(visitor, here)
        given = hidden(page, "ListImport") | {"onlyCorrect": "true"}
        assert (await visitor.post(here, data=given)).status_code == 303
        page = await seen(visitor, here)
        assert 'href="/verification/Z2026-00003"' in page
        result = read("结果.xlsx", (await visitor.get(f"{here}.xlsx")).content)
        assert [row[-1] for row in result.rows[1:3]] == ["已导入", "已导入"]
        shown = words(await seen(visitor, f"/projects/{project['no']}"))
        assert "银行回单 7（导入 B2026-001 第 2 行）" in shown
        given = hidden(page, "ListUndo") | {"reason": "传错了文件"}
        assert (await visitor.post(here, data=given)).status_code == 303
        assert "已撤销" in words(await seen(visitor, here))
        listed = await visitor.get("/imports/entries.csv")
        assert "B2026-001" in listed.text and "已撤销" in listed.text
    async with signed_in("department") as visitor:
        assert (await visitor.get("/imports/entries")).status_code == 404
        assert (await visitor.get("/imports/entries/B2026-001")).status_code == 404
        assert 'href="/imports/entries"' not in await seen(visitor, "/verification")


# ---------------------------------------------------------------- two at once


async def of_funds() -> list[str]:
    return (
        await Entry.filter(indicator="PAID_IN_FUNDS").order_by("id").values_list("state", flat=True)
    )  # type: ignore[return-value]


async def test_one_sheet_that_two_bring_in_at_once_comes_in_once(stored_city: City) -> None:
    city = stored_city
    projects = [await city.signed() for _ in range(2)]
    lines = [paid(each, "100") for each in projects]
    batches = [await previewed(city, *lines), await previewed(city, *reversed(lines))]
    answers = await asyncio.gather(
        *(city.act(city.hightech, "listImport", **on(each)) for each in batches)
    )
    assert sorted(len(each["userErrors"]) for each in answers) == [0, 1]
    assert sorted(each["field"] for a in answers for each in a["userErrors"]) == ["batch"]
    assert await of_funds() == ["CLAIMED"] * 2
    assert await posting_faults() == []


async def test_a_figure_that_is_typed_while_its_sheet_comes_in_is_not_entered_twice(
    stored_city: City,
) -> None:
    city = stored_city
    project = await city.signed()
    batch = await previewed(city, paid(project, "100"), paid(project, "200"))
    given = {"project": project["no"], "amount": "100万", "occurredOn": "2026-11-18"}
    given |= {"sourceOfCapital": "OUT_OF_PROVINCE", "evidenceNote": "银行回单 0312"}
    brought, typed = await asyncio.gather(
        city.act(city.hightech, "listImport", **on(batch)),
        city.act(city.office, "fundsRecord", **given),
    )
    assert not brought["userErrors"]
    if typed["userErrors"]:
        assert [each["field"] for each in typed["userErrors"]] == ["another"]
        assert brought["batch"]["importedCount"] == 2
    else:
        assert brought["batch"]["importedCount"] == 1
    assert await of_funds() == ["CLAIMED"] * 2
    assert (await Project.get(no=project["no"])).paid_in_fen == 300 * 10**6
    assert await posting_faults() == []


async def test_a_month_that_is_closed_while_a_sheet_comes_in_takes_all_of_it_or_nothing(
    stored_city: City,
) -> None:
    city = stored_city
    projects = [await city.signed() for _ in range(2)]
    batch = await previewed(city, *(paid(each, "100") for each in projects))
    answer, _ = await asyncio.gather(
        city.act(city.hightech, "listImport", **on(batch)), close("2026-11", city.now)
    )
    assert not answer["userErrors"]
    credits = await Credit.filter(indicator="PAID_IN_FUNDS").values_list("counts_in", "journal_id")
    assert len({f"{month}" for month, _ in credits}) == 1
    (closed,) = await ClosedMonth.all()
    month, entered = credits[0]
    settled = f"{month}" == "2026-11-01"
    assert (entered < closed.journal_id) == settled
    assert await posting_faults() == []
