"""Every act, run once: what changed in the tables is what its journal entry says, and nothing else."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeAlias

import pytest

from schema.gate.journal import verify
from schema.gate.tables import JournalEntry, JournalPart
from tests.house.test_who_may import MAY_DO, SCENES, mine, publish, save_view
from tests.ledger import ledgers
from tests.snapshots import Replay, snapshot
from tests.world import City, at, of, on

Given: TypeAlias = dict[str, Any]
PAPER = {"name": "纪要.txt", "content": "5Lya6K6u57qq6KaB"}


@pytest.mark.parametrize("act", SCENES)
async def test_the_journal_says_all_that_an_act_changed(city: City, act: str) -> None:
    given = await SCENES[act](city)
    doer = MAY_DO[act].split()[0]
    await done_and_journaled(city, doer, act, **mine(doer, act, given))


async def report_of_a_claim(city: City) -> Given:
    """A report with everything that one may say, evidence among it."""
    return {
        "name": "柠檬深加工基地",
        "investorName": "Lemon Gold Ltd",
        "noCodeReason": "境外企业",
        "investorRegion": "新加坡",
        "capitalOrigin": "FOREIGN",
        "amount": "3亿",
        "fixedAssets": "2亿",
        "foreignAmount": "42000000.50",
        "rate": "7.142857",
        "currency": "USD",
        "rateDate": "2026-11-17",
        "industryCode": "1521",
        "group": "advanced-manufacturing",
        "landMu": "120.5",
        "contactName": "陈总",
        "contactPhone": "+65 6123 4567",
        "summary": "柠檬果胶与精油",
        "needs": "冷库用地",
        "source": "侨商会引荐",
        "ownerName": "王芳",
        "place": "anyue",
        "contactOn": "2026-11-10",
        "contactWith": "陈总",
        "contactBy": "王芳",
        "contactNote": "在安岳座谈",
        "evidence": [PAPER],
    }


async def merge_of_a_claim(city: City) -> Given:
    """Merged with a claim that goes along, with its evidence, to the project that stays."""
    into = await city.report()
    project = await city.report(city.anyue, evidence=[PAPER])
    return on(project) | {"into": into["no"], "reason": "同一项目"}


async def decline(city: City) -> Given:
    project = await city.opined(await city.report(), stance="OBJECT")
    return on(project) | {"verdict": "DECLINED", "reason": "产业方向不符"}


async def judge_for_another(city: City) -> Given:
    """Not for the proposed place, for one that has claimed nothing, without the group's opinion."""
    project = await city.report()
    city.now += timedelta(days=2)
    departs = {"departure": "雁江区让出", "withoutClaim": True}
    return on(project) | departs | {"firstContactPlace": "lezhi", "reason": "在先"}


async def opine_with_all(city: City) -> Given:
    given = {"stance": "ANOTHER", "place": "lezhi", "reason": "距离更近", "evidence": [PAPER]}
    return on(await city.report()) | given


async def resubmit_with_all(city: City) -> Given:
    """A returned report whose name, amount and contact are others when it comes back."""
    project = await city.report(landMu="20")
    city.now += timedelta(hours=1)
    back = await city.done(city.office, "projectReturn", **on(project), reason="请补充营业执照")
    mended = {"name": "口腔装备产业园（一期）", "amount": "13亿", "landMu": "21", "needs": "用电"}
    return on(back["project"]) | mended | {"note": "已补营业执照", "evidence": [PAPER]}


async def uphold_beside_a_transfer(city: City) -> Given:
    """A dispute upheld while a transfer is open: the transfer ends with it."""
    judged = await city.judged_of_two()
    asked = await city.done(
        city.yanjiang,
        "projectTransferRequest",
        **on(judged["project"]),
        landingPlace="hightech",
        reason="用地不足",
    )
    raised = await city.dispute("anyue", asked["project"], evidence=[PAPER])
    return {
        "dispute": raised["dispute"]["id"],
        "revision": raised["project"]["revision"],
        "upheld": True,
        "firstContactPlace": "lezhi",
        "withoutClaim": True,
        "departure": "会议纪要载明先于雁江区接触",
        "reason": "会议纪要在先",
    }


async def refuse_transfer(city: City) -> Given:
    given = await SCENES["projectTransferDecide"](city)
    return given | {"approve": False, "assessment": "暂缓"}


async def sign_with_evidence(city: City) -> Given:
    given = await SCENES["agreementSign"](city)
    days = {"startBy": "2027-03-01", "completeBy": "2028-03-01", "operateBy": "2028-09-01"}
    return given | days | {"title": "投资协议", "evidence": [PAPER]}


async def sign_a_framework(city: City) -> Given:
    """A framework agreement counts nothing and leads nowhere."""
    return await SCENES["agreementSign"](city) | {"kind": "FRAMEWORK"}


async def pay_odd_fen(city: City) -> Given:
    """A share that does not divide: what is left over goes to one of the two places."""
    return await SCENES["fundsRecord"](city) | {"amount": "0.07", "evidence": [PAPER]}


async def publish_again(city: City) -> Given:
    """Other days for a year that reports wait for: rows go, rows come, a deadline moves."""
    given = await publish(city)
    await city.publish(**given)
    city.now = at("2026-12-31 16:00")
    await city.report()
    await city.report()
    longer = {"day": "2027-01-04", "working": False, "name": "元旦"}
    again = given | {"source": "更正通知", "days": [*given["days"], longer]}
    return of((await city.done(city.colleague, "calendarPublish", **again))["proposal"])


async def save_view_again(city: City) -> Given:
    given = await save_view(city)
    await city.done(city.office, "viewSave", **given)
    return given | {"query": "stage=JUDGED", "shared": "UNIT"}


RICHER: dict[tuple[str, str], Callable[[City], Awaitable[Given]]] = {
    ("projectReport", "anyue"): report_of_a_claim,
    ("projectMerge", "office"): merge_of_a_claim,
    ("projectJudge", "office"): decline,
    ("projectJudge", "colleague"): judge_for_another,
    ("projectOpine", "group"): opine_with_all,
    ("projectResubmit", "yanjiang"): resubmit_with_all,
    ("disputeDecide", "office"): uphold_beside_a_transfer,
    ("projectTransferDecide", "office"): refuse_transfer,
    ("agreementSign", "hightech"): sign_with_evidence,
    ("agreementSign", "office"): sign_a_framework,
    ("fundsRecord", "hightech"): pay_odd_fen,
    ("calendarConfirm", "office"): publish_again,
    ("viewSave", "office"): save_view_again,
}


@pytest.mark.parametrize("case", RICHER, ids=[scene.__name__ for scene in RICHER.values()])
async def test_the_journal_says_what_changed_besides_the_acts_own_row(
    city: City, case: tuple[str, str]
) -> None:
    act, doer = case
    await done_and_journaled(city, doer, act, **await RICHER[case](city))


async def test_the_journal_says_all_that_a_ledger_of_hundreds_of_lines_changed(city: City) -> None:
    """600 lines are more than an entry lists: it carries the hashes of parts, which are as exact."""
    lines = [ledgers.line(number, ledgers.SIGNED) for number in range(1, 550)]
    lines += [ledgers.line(number, uscc="", first="安岳县") for number in range(550, 600)]
    await city.report(name=lines[7]["name"], investorName=lines[7]["investor"])
    sheet = ledgers.sent(ledgers.text(*lines))
    batch = await done_and_journaled(city, "office", "ledgerPreview", file=sheet)
    wrong = ledgers.sent(ledgers.text(*lines, ledgers.line(600, amount="面议")))
    seen = ledgers.on(batch["batch"])
    batch = await done_and_journaled(city, "office", "ledgerPreview", **seen, file=wrong)
    # Another report of a name in the ledger, after the preview: the import finds it.
    await city.report(name=lines[9]["name"], investorName=lines[9]["investor"])
    seen = ledgers.on(batch["batch"]) | {"onlyCorrect": True}
    batch = await done_and_journaled(city, "office", "ledgerImport", **seen)
    papers = ledgers.PAPER | {"acknowledgeDuplicates": True}
    back = ledgers.BACK | {"lines": [2, 3]}
    seen = ledgers.on(batch["batch"])
    batch = await done_and_journaled(city, "colleague", "ledgerConfirm", **seen, **back)
    seen = ledgers.on(batch["batch"])
    batch = await done_and_journaled(city, "colleague", "ledgerConfirm", **seen, **papers)
    seen = ledgers.on(batch["batch"]) | {"reason": "重复导入"}
    await done_and_journaled(city, "office", "ledgerUndo", **seen)
    assert await JournalPart.all().count() > 3 * 600 // 400


async def test_a_change_that_passes_the_journal_by_is_found(city: City) -> None:
    """The comparison itself: rows that changed, came or went behind the journal's back."""
    project = await city.judged()
    before = await Replay.start()
    assert await before.differences() == []
    key = next(key for key, row in (await snapshot()).items() if row.get("no") == project["no"])
    before.rows[key] = before.rows[key] | {"amount_fen": 1}
    before.rows["Claim:999"] = {"id": 999}
    gone = next(key for key in before.rows if key.startswith("Judgement:"))
    del before.rows[gone]
    assert await before.differences() == [
        "Claim:999 is in the journal, not stored",
        f"{gone} is stored, not in the journal",
        f"{key}.amount_fen is 125000000000, the journal says 1",
    ]


async def done_and_journaled(city: City, doer: str, act: str, **given: Any) -> Given:
    """The payload of an act that must succeed; its one journal entry is compared with all tables."""
    before = await Replay.start()
    city.now += timedelta(minutes=7)
    payload = await city.done(city[doer], act, **given)
    assert await JournalEntry.filter(id__gt=before.last).count() == 1
    assert await before.differences() == []
    assert await verify() is None
    return payload
