"""What is not seen does not exist: every act answers on it as on what never was, to the byte."""

import json
from typing import Any

import pytest

from schema.desk.tables import SavedView
from schema.permissions import MAY, may
from schema.query.models import KINDS, global_id, read_global_id
from tests.house.test_who_may import EVERYBODY, SCENES, mine, undone, written
from tests.industry import scenes as industry
from tests.world import EVIDENCE, City, Said, on

SUBJECTS = {
    "project": "Project",
    "transfer": "Transfer",
    "dispute": "Dispute",
    "claim": "Claim",
    "entry": "Entry",
    "view": "SavedView",
    "duty": "Duty",
    "message": "Message",
}
NEVER = {"Project": "2026-9998", "Entry": "Z2026-09999"}
# Acts on a row that somebody may do without seeing every row of its kind.
BLIND = {act for act, posts in MAY.items() if act in SCENES and set(posts) - {"OFFICE"}} - {
    "projectReport",  # on no row
    "viewSave",
    "noticeSend",  # may name a subject: see tests/jobs/test_messages.py
    *industry.SCENES,  # all who may see ones and nodes; of companies: tests/industry/test_targets.py
}


async def known_as(kind: str, given: str) -> tuple[int, list[str]]:
    """The id of the subject that an input names, and all its names."""
    key = read_global_id(given)
    human = KINDS[kind].key
    row = await KINDS[kind].model.get(**({"id": key[1]} if key else {human or "id": given}))
    return row.pk, [global_id(kind, row.pk), *([getattr(row, human)] if human else [])]


async def ended(city: City) -> list[str]:
    """Projects that have come to an end: withdrawn, and declined."""
    withdrawn = await city.report()
    await city.done(city.yanjiang, "projectWithdraw", **on(withdrawn), reason="投资方暂缓")
    declined = await city.opined(await city.report())
    refusal = {"verdict": "DECLINED", "reason": "不符合产业政策"}
    await city.done(city.office, "projectJudge", **on(declined), **refusal)
    return [withdrawn["no"], declined["no"]]


@pytest.mark.parametrize("act", sorted(BLIND))
async def test_an_act_on_what_is_not_seen_answers_as_on_what_never_was(
    city: City, act: str
) -> None:
    given = await SCENES[act](city)
    await SavedView.all().update(shared="ME")
    named = [(field, kind) for field, kind in SUBJECTS.items() if field in given]
    assert named, f"{act} is done on a kind that SUBJECTS does not name: {sorted(given)}"
    field, kind = named[0]
    key, names = await known_as(kind, given[field])
    names += await ended(city) if kind == "Project" else []
    never = [global_id(kind, 999_999), NEVER.get(kind, "nonsense")]
    tried = set()
    everybody = {name: city[name] for name in EVERYBODY}
    everybody["another group"] = await city.group_office("health-care")
    for name, viewer in everybody.items():
        if viewer.post in tried or not may(viewer, act):
            continue
        if await city.context(viewer).rows.one(kind, key):
            continue
        input = {**mine(name, act, given), field: ""}
        input.pop("ticket", None)
        answers, before = set(), await written()
        for reference in (*names, *never):
            for revision in revisions(given):
                async with undone():
                    answer = await city.act(viewer, act, **input | {field: reference} | revision)
                    answers.add(json.dumps(answer, ensure_ascii=False))
        assert len(answers) == 1, (name, answers)
        errors = json.loads(answers.pop())["userErrors"]
        assert field in {each["field"] for each in errors}, "beside what else is not seen"
        assert {each["code"] for each in errors} == {"INVALID"}
        assert all("没有找到" in each["message"] for each in errors) and await written() == before
        tried.add(viewer.post)
    assert tried, "nobody was tried who does not see it"


def revisions(given: Said) -> list[dict[str, Any]]:
    """The right one and one that never was, where the act takes one."""
    if "revision" not in given:
        return [{}]
    return [{"revision": each} for each in (given["revision"], 99)]


async def test_a_ticket_is_invalid_in_one_way_whatever_is_wrong(city: City) -> None:
    """Nobody's, another unit's, one of a project that cannot be claimed any more."""
    tickets = {}
    projects = [await city.report() for _ in range(2)]
    for project in projects:
        for name in ("anyue", "lezhi"):
            tickets[name, project["no"]] = await city.ticket(city[name], project)
    await city.done(city.yanjiang, "projectWithdraw", **on(projects[0]), reason="暂缓")
    given = {"contactOn": "2026-11-10", "contactWith": "张总", "evidence": EVIDENCE}
    gone, others = tickets["anyue", projects[0]["no"]], tickets["lezhi", projects[1]["no"]]
    answers = set()
    for ticket in (gone, others, "nonsense", others[:-1] + "x", f"{gone.partition('.')[0]}.1.2"):
        answer = await city.act(city.anyue, "projectClaim", ticket=ticket, **given)
        answers.add(json.dumps(answer, ensure_ascii=False))
    assert len(answers) == 1 and "凭据无效" in answers.pop()
