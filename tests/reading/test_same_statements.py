"""A question about what is not seen sends the same statements whatever there is, and writes the same rows.

What is compared is the text of every statement that the process sends, in its order.
"""

from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

import pytest

from schema import database
from schema.city.rules import normal_name
from schema.database.statements import counting
from schema.graph import schema
from schema.linkage.graph import ask_of_unseen
from schema.linkage.tables import Inquiry, InquiryRoad
from schema.people.tables import Company, CompanyName
from schema.project.rules import Candidate, Stage
from schema.project.tables import Project
from schema.query.models import global_id
from tests.house.test_who_may import undone
from tests.ledger import ledgers
from tests.ledger.ledgers import ledger_city as ledger_city
from tests.linkage.test_notices import quota
from tests.world import EVIDENCE, NOW, City, Said, on, uscc

SEARCH = "query($input: DuplicatesInput!) { duplicates(input: $input) { reasons contact ticket project { no } } }"
LEAD: Said = {"name": "隐名产业园", "investorName": "隐名装备有限公司", "uscc": uscc(700)}
UNKNOWN: Said = {"name": "无名产业园", "investorName": "无名装备有限公司", "uscc": uscc(7000)}
OTHER = {
    "amount_fen": 1,
    "industry_code": "1391",
    "contact_phone": "13000000000",
    "contact_name": "别人",
    "needs": "x",
    "landing_place_id": 3,
    "group_id": None,
    "signed_fen": 5,
    "paid_in_fen": 7,
}
STAGES = tuple(stage for stage in Stage if stage != Stage.REPORTED)

Ask = Callable[[], Awaitable[Any]]


async def sent_by(ask: Ask) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The statements that a question sends, and the rows in which questions are counted; all of it
    undone.
    """
    database.forget_all()
    async with undone():
        with counting() as sent:
            await ask()
        rows = await Inquiry.all().order_by("id").values_list("person_id", "day", "road", "asked")
    return sent, rows


async def search(city: City, **input: Any) -> list[Said]:
    answer = await schema.execute(
        SEARCH, variable_values={"input": input}, context_value=city.context(city.anyue)
    )
    assert answer.errors is None and answer.data
    found: list[Said] = answer.data["duplicates"]
    return found


def lead(known: Said, **given: Any) -> Said:
    """What Anyue reports with these names and code; with the evidence of its own."""
    contact = {"contactOn": "2026-11-10", "contactWith": "李总", "evidence": EVIDENCE}
    return known | {"amount": "1亿"} | contact | given


async def asks(city: City, known: Said) -> dict[str, Ask]:
    """Every road by which a name and a code are asked about."""
    own = await city.report(city.anyue)
    returned = await city.done(city.office, "projectReturn", **on(own), reason="请补充")
    back = on(returned["project"])
    other = uscc(7001)

    def report(**given: Any) -> Ask:
        return lambda: city.act(city.anyue, "projectReport", **lead(known, **given))

    def preview(**cells: str) -> Ask:
        line = ledgers.line(3, first="安岳县", **cells)
        return lambda: ledgers.previewed(city, line, by="anyue")

    async def previewed_and_imported() -> None:
        line = ledgers.line(3, first="安岳县", name=known["name"])
        batch = await ledgers.previewed(city, line, by="anyue")
        await city.act(city.anyue, "ledgerImport", **ledgers.on(batch))

    return {
        "search by name": lambda: search(city, name=known["name"]),
        "search by code": lambda: search(city, uscc=known["uscc"]),
        "search by both, and more": lambda: search(
            city, **known, amount="1亿", industryCode="3585", contactPhone="13900000000"
        ),
        "a report": report(uscc=other, investorName="安岳装备有限公司"),
        "a report that goes on": report(
            uscc=other, investorName="安岳装备有限公司", acknowledgeDuplicates=True
        ),
        "a code with a wrong name": report(investorName="乱写的公司"),
        "a report by a name without code": report(uscc="", noCodeReason="境外企业"),
        "a report by a former name": report(
            name="另一产业园", uscc="", noCodeReason="境外企业", investorName=former(known)
        ),
        "a resubmission": lambda: city.act(
            city.anyue, "projectResubmit", **back, name=known["name"]
        ),
        "a resubmission that goes on": lambda: city.act(
            city.anyue, "projectResubmit", **back, name=known["name"], acknowledgeDuplicates=True
        ),
        "a ledger by name": preview(name=known["name"]),
        "a ledger by code": preview(uscc=known["uscc"], investor="乱写的公司"),
        "a ledger by a former name": preview(uscc="", investor=former(known)),
        "an import": previewed_and_imported,
    }


def former(known: Said) -> str:
    """What the investor was called before."""
    return f"原{known['investorName']}"


async def hidden(city: City) -> Said:
    project = await city.report(
        **LEAD, amount="77.77亿", contactPhone="13900000000", industryCode="3585"
    )
    company = await Company.get(uscc=LEAD["uscc"])
    await CompanyName.create(
        company_id=company.id,
        name=former(LEAD),
        normal_name=normal_name(former(LEAD)),
        until="2026-11-01",
        document_no="通知书 12 号",
        recorded_by_id=city.office.person,
        recorded_at=NOW,
    )
    return project


@pytest.mark.parametrize(
    "stages", [(Stage.WITHDRAWN,), pytest.param(STAGES, marks=pytest.mark.soak)]
)
async def test_the_statements_do_not_move_with_the_unseen_project(
    ledger_city: City, stages: tuple[Stage, ...]
) -> None:
    """By every road, whatever its stage, amount, industry, telephone, and all else that may change."""
    city = ledger_city
    project = await hidden(city)
    roads = await asks(city, LEAD)
    before = {name: await sent_by(ask) for name, ask in roads.items()}
    for stage in stages:
        await Project.filter(no=project["no"]).update(stage=stage, **OTHER)
        for name, ask in roads.items():
            assert await sent_by(ask) == before[name], (name, stage)
    claim = {"contactOn": "2026-11-10", "contactWith": "李总", "evidence": EVIDENCE}
    for reference, never in (
        (project["no"], "2026-9998"),
        (project["id"], global_id("Project", 999_999)),
    ):
        hit = await sent_by(
            lambda of=reference: city.act(city.anyue, "projectClaim", project=of, **claim)
        )
        miss = await sent_by(
            lambda of=never: city.act(city.anyue, "projectClaim", project=of, **claim)
        )
        assert hit == miss, "a claim by number or ID"


@pytest.mark.parametrize("stage", STAGES)
async def test_the_statements_of_a_search_are_the_same_at_every_stage(
    city: City, stage: Stage
) -> None:
    project = await hidden(city)
    answer = await search(city, **LEAD)
    before = await sent_by(lambda: search(city, **LEAD))
    await Project.filter(no=project["no"]).update(stage=stage)
    assert await sent_by(lambda: search(city, **LEAD)) == before
    assert await search(city, **LEAD) == answer != []


SAME_EITHER_WAY = (
    "search by name",
    "search by code",
    "search by both, and more",
    "a report that goes on",
    "a report by a former name",
    "a resubmission that goes on",
    "a ledger by name",
    "a ledger by code",
    "a ledger by a former name",
)


async def test_a_match_and_no_match_send_the_same_statements(ledger_city: City) -> None:
    """Wherever the rest of what is done is the same; an answer that asks back writes no report."""
    city = ledger_city
    await hidden(city)
    known, unknown = await asks(city, LEAD), await asks(city, UNKNOWN)
    for name in SAME_EITHER_WAY:
        hit, miss = await sent_by(known[name]), await sent_by(unknown[name])
        assert hit[0] == miss[0], name
        assert hit[1] == miss[1] != [], name
    assert len(await search(city, **LEAD)) == 1 and await search(city, **UNKNOWN) == []


async def test_once_the_quota_is_used_up_every_road_sends_the_same_statements(
    ledger_city: City,
) -> None:
    city = ledger_city
    await quota(1)
    other = await city.report()
    await hidden(city)
    known, unknown = await asks(city, LEAD), await asks(city, UNKNOWN)
    await search(city, name=other["name"])
    for name, ask in known.items():
        if name in ("a ledger by code", "an import"):  # see the ledger by name
            continue
        hit, miss = await sent_by(ask), await sent_by(unknown[name])
        assert hit[0] == miss[0] and hit[1] == miss[1] != [], name


@pytest.mark.parametrize("stage", [Stage.SIGNED, Stage.WITHDRAWN])
async def test_a_ticket_for_what_cannot_be_claimed_any_more_tells_not_why(
    city: City, stage: Stage
) -> None:
    project = await hidden(city)
    ticket = await city.ticket(city.anyue, project)
    claim = {"contactOn": "2026-11-10", "contactWith": "李总", "evidence": EVIDENCE}
    sent, answers = [], []
    for each in (Stage.DECLINED, stage):
        await Project.filter(no=project["no"]).update(stage=each)
        sent.append(
            await sent_by(lambda: city.act(city.anyue, "projectClaim", ticket=ticket, **claim))
        )
        answers.append(await city.act(city.anyue, "projectClaim", ticket=ticket, **claim))
    assert sent[0] == sent[1] and answers[0] == answers[1]
    assert "凭据无效" in answers[0]["userErrors"][0]["message"]


# ---------------------------------------------------------------- measured


def told_apart(one: list[float], other: list[float]) -> float:
    """How well a guess by the time alone tells the two apart: the area under the curve (Mann and
    Whitney), from 0.5, which is chance, to 1.
    """
    ranked = sorted([(each, True) for each in one] + [(each, False) for each in other])
    ranks = sum(at for at, (_, first) in enumerate(ranked, 1) if first)
    area = (ranks - len(one) * (len(one) + 1) / 2) / (len(one) * len(other))
    return max(area, 1 - area)


@pytest.mark.soak
@pytest.mark.parametrize("road", ["search by name", "a report", "search, used up"])
async def test_the_time_does_not_tell_a_match_from_none(stored_city: City, road: str) -> None:
    """400 questions each, one after the other in turn, of a stored database; the bound is 0.6, and two
    groups of the same kind show the noise of the run.
    """
    city = stored_city
    known = [await city.report() for _ in range(400)] if road == "search by name" else []
    await quota(1 if road == "search, used up" else 1000)
    await hidden(city)
    if road == "search, used up":
        await search(city, name=(await city.report())["name"])
    times: dict[str, list[float]] = {"hit": [], "miss": [], "another miss": []}

    def input_of(kind: str, number: int) -> Said:
        if kind == "hit":
            return {"name": known[number]["name"]} if known else LEAD
        return {"name": f"无名产业园{kind}第{number}", "uscc": "" if known else UNKNOWN["uscc"]}

    for number in range(400):
        kinds = list(times)
        for kind in kinds[number % 3 :] + kinds[: number % 3]:
            input = input_of(kind, number)
            started = perf_counter()
            if road == "a report":
                await prepared(city, input)
            else:
                await search(city, **input)
            times[kind].append(perf_counter() - started)
    noise = told_apart(times["miss"], times["another miss"])
    found = told_apart(times["hit"], times["miss"])
    print(f"{road}: told apart {found:.3f}, noise {noise:.3f}")
    assert found <= 0.6, (found, noise)


async def prepared(city: City, input: Said) -> None:
    """What a report asks before it is written."""
    context = city.context(city.anyue)
    candidate = Candidate(input["name"], uscc=input.get("uscc") or None)
    await ask_of_unseen(candidate, context, InquiryRoad.REPORT)
