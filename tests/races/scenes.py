"""What people do to one another at the same instant: each scene prepares, races, and looks who won."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from schema.gate.tables import JournalEntry
from schema.industry.tables import TargetCompany
from schema.ledger.tables import Batch
from schema.people.tables import Company
from schema.permissions import Viewer
from tests.ledger import ledgers, lists
from tests.races.racers import CLOSE, Answer, Attempt, Input, Race, codes
from tests.world import City, at, of, on

SPREAD = 0.006
"""Seconds by which an act may start later than the first: about the time that one takes."""


@dataclass
class Round:
    """One round of a scene: its number, its city, and the processes that race."""

    city: City
    race: Race
    number: int
    chance: Random = field(default_factory=Random)

    @property
    def alone(self) -> str:
        """A word that only this round uses, for names."""
        return f"第{self.number}回"

    def variant(self, *choices: Any) -> Any:
        """Of several ways to do it, those of this round, in turn."""
        return choices[self.number % len(choices)]

    async def run(self, *attempts: Attempt) -> list[Answer]:
        """Payloads of acts at once; in every other round each starts a little later than another."""
        if self.number // 2 % 2:
            attempts = tuple(
                replace(each, after=self.chance.uniform(0, SPREAD)) for each in attempts
            )
        return await self.race.run(self.city, *attempts)


Scene = Callable[[Round], Awaitable[None]]
SCENES: dict[str, Scene] = {}


def scene(words: str) -> Callable[[Scene], Scene]:
    def declare(function: Scene) -> Scene:
        SCENES[words] = function
        return function

    return declare


def wins(answers: Sequence[Answer], count: int = 1, *refusals: str) -> None:
    """Exactly `count` acts are done; each other one is refused with one of these codes."""
    reply = [codes(answer) for answer in answers]
    done = [each for each in reply if not each]
    assert len(done) == count, reply
    assert all(set(each) <= set(refusals) for each in reply), reply


def merge(viewer: Viewer, project: Input, into: Input) -> Attempt:
    given = on(project) | {"into": into["no"], "reason": "同一项目"}
    return Attempt(viewer, "projectMerge", given)


@scene("two projects are merged into each other")
async def merged_into_each_other(at_once: Round) -> None:
    office, city = at_once.city.office, at_once.city
    one, other = await city.report(), await city.judged()
    wins(
        await at_once.run(merge(office, one, other), merge(office, other, one)), 1, "RULE", "STALE"
    )


@scene("three projects are merged in a circle")
async def merged_in_a_circle(at_once: Round) -> None:
    office, city = at_once.city.office, at_once.city
    projects = [await city.report() for _ in range(3)]
    circle = zip(projects, projects[1:] + projects[:1], strict=True)
    wins(await at_once.run(*(merge(office, *pair) for pair in circle)), 1, "RULE", "STALE")


@scene("a project is merged into one that is withdrawn, declined or merged meanwhile")
async def merged_into_what_ends(at_once: Round) -> None:
    city = at_once.city
    into, project, third = [await city.opined(await city.report()) for _ in range(3)]
    decline = on(into) | {"verdict": "DECLINED", "reason": "产业方向不符"}
    end = at_once.variant(
        Attempt(city.yanjiang, "projectWithdraw", on(into) | {"reason": "投资方暂缓"}),
        Attempt(city.office, "projectJudge", decline),
        merge(city.office, into, third),
    )
    wins(await at_once.run(merge(city.office, project, into), end), 1, "RULE", "STALE")


@scene("a merge brings a claim to a project that is being judged")
async def judged_without_the_claim(at_once: Round) -> None:
    city = at_once.city
    into, project = await city.opined(await city.report()), await city.report(city.anyue)
    judge = on(into) | {"firstContactPlace": "yanjiang", "reason": "只见到一份主张"}
    answers = await at_once.run(
        merge(city.office, project, into), Attempt(city.office, "projectJudge", judge)
    )
    merged, judged = map(codes, answers)
    # Judged first, it is still there to be merged into; merged first, the office looks again.
    assert (merged, judged) in (([], []), ([], ["STALE"])), answers
    acts = await JournalEntry.all().order_by("-id").limit(2).values_list("act", flat=True)
    assert judged or list(acts) == ["projectMerge", "projectJudge"]


@scene("a project is merged into or out of a batch that is being undone")
async def merged_while_undone(at_once: Round) -> None:
    city = at_once.city
    lines = [line(at_once, number) for number in range(3)]
    batch = await ledgers.imported(city, *lines)
    rows = await ledgers.rows(city, batch)
    no = rows[1]["project"]["no"]
    seen, _ = await city.served(city.office, f'{{ project(no: "{no}") {{ no revision }} }}', {})
    one, other = seen["project"], await city.report()
    pair = at_once.variant((one, other), (other, one))
    undo = Attempt(city.office, "ledgerUndo", ledgers.on(batch) | {"reason": "重复导入"})
    wins(await at_once.run(merge(city.office, *pair), undo), 1, "RULE", "STALE", "INVALID")


@scene("four places report a project of one name")
async def reports_of_one_name(at_once: Round) -> None:
    city = at_once.city
    leads = {
        place: {
            "name": f"柠檬深加工基地{at_once.alone}",
            "investorName": f"杭州云岫食品{place}有限公司",
            "amount": "3亿",
        }
        for place in ("yanjiang", "anyue", "lezhi", "hightech")
    }
    answers = await at_once.run(
        *(Attempt(city[place], "projectReport", lead) for place, lead in leads.items())
    )
    wins(answers, 1, "DUPLICATE")
    assert all(answer["duplicates"] for answer in answers if answer["userErrors"])


@scene("a returned report comes back under a name that is being reported")
async def resubmitted_under_a_name(at_once: Round) -> None:
    city = at_once.city
    project = await city.report()
    back = await city.done(city.office, "projectReturn", **on(project), reason="补营业执照")
    name = f"柠檬深加工基地{at_once.alone}"
    lead = {"name": name, "investorName": "杭州云岫食品有限公司", "amount": "3亿"}
    renamed = on(back["project"]) | {"name": name}
    answers = await at_once.run(
        Attempt(city.yanjiang, "projectResubmit", renamed),
        Attempt(city.anyue, "projectReport", lead),
    )
    wins(answers, 1, "DUPLICATE")


@scene("a report, one that comes back under another name, and the rulebook at once")
async def resubmitted_beside_the_rulebook(at_once: Round) -> None:
    """Whoever reports rests on the rulebook before it holds the new projects alone, and so does whoever
    comes back: in another order each would wait for the next, with the rulebook's confirmation between.
    """
    city = at_once.city
    city.now = at("2026-12-31 16:00")
    project = await city.report(name=f"柠檬仓储项目{at_once.alone}")
    back = await city.done(city.office, "projectReturn", **on(project), reason="补营业执照")
    leads = [
        {
            "name": f"柠檬深加工基地{at_once.alone}{each}",
            "investorName": f"杭州云岫食品{at_once.alone}{each}有限公司",
            "amount": "3亿",
        }
        for each in ("甲", "乙")
    ]
    renamed = on(back["project"]) | {"name": f"柠檬冷链项目{at_once.alone}"}
    publish = {
        "year": 2027,
        "source": f"通知{at_once.alone}",
        "documentNo": "国办发明电〔2026〕7号",
        "days": [
            {"day": f"2027-{day}", "working": False, "name": name}
            for day, name in (("01-01", "元旦"), ("05-01", "劳动节"), ("10-01", "国庆节"))
        ],
    }
    proposed = await city.done(city.office, "calendarPublish", **publish)
    answers = await at_once.run(
        *(
            Attempt(city[place], "projectReport", lead)
            for place, lead in zip(("anyue", "lezhi"), leads, strict=True)
        ),
        Attempt(city.yanjiang, "projectResubmit", renamed),
        Attempt(city.colleague, "calendarConfirm", of(proposed["proposal"])),
    )
    wins(answers, 4)


@scene("two who see each other's reports report projects of one investor without a code")
async def one_investor_without_a_code(at_once: Round) -> None:
    """Both of the office: whoever comes second finds the first one's company."""
    city = at_once.city
    by = {"anyue": city.office, "lezhi": city.colleague}
    answers = await at_once.run(
        *(
            Attempt(viewer, "projectReport", without_a_code(at_once, place))
            for place, viewer in by.items()
        )
    )
    wins(answers, 2)
    assert len(investors(answers)) == 1


@scene("two places report projects of one investor without a code")
async def an_investor_of_each_without_a_code(at_once: Round) -> None:
    """Neither sees the other's report, and an unseen company is matched by its code alone: each
    place has a company of its own of that name, and finds it again for its next project.
    """
    city = at_once.city
    places = ("anyue", "lezhi")
    answers = await at_once.run(
        *(Attempt(city[each], "projectReport", without_a_code(at_once, each)) for each in places)
    )
    wins(answers, 2)
    assert len(investors(answers)) == 2
    for place, answer in zip(places, answers, strict=True):
        lead = without_a_code(at_once, place)
        again = await city.done(
            city[place], "projectReport", **lead | {"name": f"{lead['name']}二期"}
        )
        assert investors([again]) == investors([answer])


def without_a_code(at_once: Round, place: str) -> Input:
    return {
        "name": f"{place} 柠檬果胶项目{at_once.alone}",
        "investorName": f"Lemon Gold {at_once.alone} Ltd",
        "noCodeReason": "境外企业",
        "amount": "3亿",
    }


def investors(answers: Sequence[Answer]) -> set[str]:
    return {answer["project"]["investor"]["id"] for answer in answers}


@scene("a report is made, returned, resubmitted or judged while the calendar is published")
async def reported_beside_a_calendar(at_once: Round) -> None:
    """Due in a year whose days the act beside it publishes: none of the reports keeps an old deadline."""
    city = at_once.city
    city.now = at("2026-12-31 16:00")
    project = await city.opined(await city.report(name=f"柠檬仓储项目{at_once.alone}"))
    lead = {
        "name": f"柠檬深加工基地{at_once.alone}",
        "investorName": f"杭州云岫食品{at_once.alone}有限公司",
        "amount": "3亿",
    }
    office, paper = city.office, {"reason": "补营业执照"}
    judge = {"firstContactPlace": "yanjiang", "reason": "接洽在先"}
    step = at_once.number % 4
    if step == 2:
        back = await city.done(office, "projectReturn", **on(project), **paper)
        project = back["project"]
    act = (
        Attempt(city.anyue, "projectReport", lead),
        Attempt(office, "projectReturn", on(project) | paper),
        Attempt(city.yanjiang, "projectResubmit", on(project)),
        Attempt(office, "projectJudge", on(project) | judge, again=1),
    )[step]
    holidays = [("2027-01-01", "元旦"), ("2027-05-01", "劳动节"), ("2027-10-01", "国庆节")]
    holidays += [("2027-01-04", "元旦")] * (at_once.number % 2)
    publish = {
        "year": 2027,
        "source": f"通知{at_once.alone}",
        "documentNo": "国办发明电〔2026〕7号",
        "days": [{"day": day, "working": False, "name": name} for day, name in holidays],
    }
    proposed = await city.done(office, "calendarPublish", **publish)
    confirm = Attempt(city.colleague, "calendarConfirm", of(proposed["proposal"]))
    wins(await at_once.run(act, confirm), 2)


@scene("a ledger with a project is imported while the project is reported")
async def imported_beside_a_report(at_once: Round) -> None:
    """Of its name; and in every other round of the same investor, who has no code."""
    city = at_once.city
    same, other = line(at_once, 0, uscc=""), line(at_once, 1)
    lead = {
        "name": same["name"],
        "investorName": same["investor"],
        "amount": "12.5亿",
    }
    lines = at_once.variant((same,), (same, other))
    batch = await ledgers.previewed(city, *lines)
    answers = await at_once.run(
        Attempt(city.yanjiang, "projectReport", lead),
        Attempt(city.office, "ledgerImport", ledgers.on(batch)),
    )
    reported, imported = map(codes, answers)
    if len(lines) == 1:
        wins(answers, 1, "DUPLICATE", "RULE")
    else:
        # The other line is imported either way.
        assert imported == [] and reported in ([], ["DUPLICATE"]), answers
        states = await ledgers.states(city, batch)
        assert states == (["IMPORTED"] * 2 if reported else ["DUPLICATE", "IMPORTED"])


@scene("a batch is confirmed twice, or while it is undone")
async def confirmed_beside_itself(at_once: Round) -> None:
    """Once each line becomes a project, or none is left of the batch."""
    city = at_once.city
    lines = [line(at_once, 0), ledgers.line(at_once.number * 10 + 1, ledgers.SIGNED)]
    batch = await ledgers.previewed(city, *lines)
    batch = (await city.done(city.office, "ledgerImport", **ledgers.on(batch)))["batch"]
    confirm = Attempt(city.colleague, "ledgerConfirm", ledgers.on(batch) | ledgers.PAPER)
    undo = Attempt(city.office, "ledgerUndo", ledgers.on(batch) | {"reason": "重复导入"})
    other = at_once.variant(confirm, undo)
    answers = await at_once.run(confirm, other)
    wins(answers, 1, "STALE")
    undone = other is undo and not answers[1]["userErrors"]
    assert await ledgers.states(city, batch) == (
        ["UNDONE"] * 2 if undone else ["IMPORTED", "MIGRATED"]
    )


@scene("a batch is confirmed while a project of one of its companies is reported")
async def confirmed_beside_a_report(at_once: Round) -> None:
    """The company is one, and of one project of one name whoever comes second is asked."""
    city = at_once.city
    number = at_once.number * 10
    same = ledgers.line(number, ledgers.SIGNED)
    batch = await ledgers.previewed(city, same)
    batch = (await city.done(city.office, "ledgerImport", **ledgers.on(batch)))["batch"]
    lead = {
        "name": at_once.variant(same["name"], f"{same['name']}以外的扩建"),
        "investorName": same["investor"],
        "uscc": same["uscc"],
        "amount": "3亿",
    }
    answers = await at_once.run(
        Attempt(city.colleague, "ledgerConfirm", ledgers.on(batch) | ledgers.PAPER),
        Attempt(city.office, "projectReport", lead),
    )
    wins(answers, 1 if lead["name"] == same["name"] else 2, "DUPLICATE")
    assert await Company.filter(uscc=same["uscc"]).count() == 1


@scene("a first-contact place is disputed beside a transfer")
async def disputed_beside_a_transfer(at_once: Round) -> None:
    """The dispute is raised or upheld while the transfer is requested, decided or taken up."""
    city = at_once.city
    judged = await city.judged_of_two()
    project = judged["project"]
    step = at_once.number // 2 % 3
    transfer: Input = {}
    if step > 0:
        asked = await city.done(city.yanjiang, "projectTransferRequest", **request(project))
        project, transfer = asked["project"], asked["transfer"]
    if step > 1:
        agreed = decide(transfer, project)
        decided = await city.done(city.office, "projectTransferDecide", **agreed)
        project, transfer = decided["project"], decided["transfer"]
    claim = await city.claim_of("anyue", project)
    dispute = {"claim": claim, "grounds": "我县 11 月 10 日已会见投资方"}
    raised = at_once.number % 2
    first = Attempt(city.anyue, "projectDispute", dispute)
    if raised:
        seen = await city.done(city.anyue, "projectDispute", **dispute)
        project = await city.read(project)
        uphold = {"upheld": True, "reason": "会议纪要在先", "revision": project["revision"]}
        uphold["dispute"] = seen["dispute"]["id"]
        first = Attempt(city.office, "disputeDecide", uphold, again=2)
    taken = {"transfer": transfer.get("id"), "revision": project["revision"]}
    second = (
        Attempt(city.yanjiang, "projectTransferRequest", request(project), again=2),
        Attempt(city.office, "projectTransferDecide", decide(transfer, project), again=2),
        Attempt(city.hightech, "projectTakeUp", taken, again=2),
    )[step]
    disputed, moved = map(codes, await at_once.run(first, second))
    assert disputed == [] or (step == 2 and raised == 0 and disputed == ["RULE"]), disputed
    # Once the dispute is upheld, whoever asked or would take up may not do it, or sees it no more.
    assert moved in ([], ["RULE"], ["STALE"], ["NOT_ALLOWED"], ["INVALID"]), moved


def request(project: Input, to: str = "hightech") -> Input:
    return on(project) | {"landingPlace": to, "reason": "用地不足"}


def decide(transfer: Input, project: Input) -> Input:
    given = {"transfer": transfer.get("id"), "revision": project["revision"]}
    return given | {"approve": True, "assessment": "同意"}


@scene("two transfers of one project are requested")
async def two_transfers(at_once: Round) -> None:
    city = at_once.city
    project = await city.judged()
    answers = await at_once.run(
        *(
            Attempt(
                city[who], "projectTransferRequest", request(project, to), again=at_once.number % 2
            )
            for who, to in (("yanjiang", "hightech"), ("office", "airport"))
        )
    )
    wins(answers, 1, "STALE", "RULE")


@scene("funds are recorded while the first are reversed")
async def recorded_beside_a_reversal(at_once: Round) -> None:
    """Odd fen, on a shared account: nothing drifts, whoever is first."""
    city = at_once.city
    paid = await city.pay(await city.signed(), f"{at_once.chance.randint(1, 999)}.07")
    project = paid["project"]
    more = on(project) | {
        "amount": "0.05",
        "occurredOn": "2026-11-18",
        "sourceOfCapital": "OUT_OF_PROVINCE",
        "evidenceNote": "银行回单 0313",
    }
    reverse = {"entry": paid["entry"]["no"], "revision": project["revision"], "reason": "记错"}
    tax = on(project) | {"amount": "0.03", "occurredOn": "2026-11-18", "evidenceNote": "完税证明"}
    again = 4 * (at_once.number % 2)
    answers = await at_once.run(
        Attempt(city.hightech, "fundsRecord", more, again),
        Attempt(city.office, "fundsReverse", reverse, again),
        Attempt(city.hightech, "taxRecord", tax, again),
    )
    wins(answers, 3)  # what adds is no edit: neither is stale by the other


@scene("an agreement is signed while a transfer is requested")
async def signed_beside_a_request(at_once: Round) -> None:
    city = at_once.city
    project = await city.judged()
    sign = on(project) | {"kind": "FORMAL", "amount": "12.5亿", "signedOn": "2026-11-18"}
    again = at_once.number % 2
    answers = await at_once.run(
        Attempt(city.yanjiang, "agreementSign", sign, again),
        Attempt(city.yanjiang, "projectTransferRequest", request(project), again),
    )
    wins(answers, 1, "STALE", "RULE")


@scene("an entry is verified, returned and reversed at once")
async def verified_and_returned(at_once: Round) -> None:
    """One of the two verdicts stands; the reversal comes before or after, or reads who was first."""
    city = at_once.city
    paid = await city.pay(await city.signed(), f"{at_once.chance.randint(1, 999)}.05")
    given = {"entry": paid["entry"]["no"], "revision": 1}
    reverse = {"entry": paid["entry"]["no"], "reason": "记错"}
    answers = await at_once.run(
        Attempt(city.finance, "fundsVerify", given | {"verified": True}),
        Attempt(city.office, "fundsVerify", given | {"verified": False, "reason": "印章不清"}),
        Attempt(
            city.hightech,
            "fundsReverse",
            reverse | {"revision": paid["project"]["revision"]},
            at_once.number % 2,
        ),
    )
    verified, returned, reversed_ = map(codes, answers)
    assert [verified, returned].count([]) <= 1, answers
    assert all(set(each) <= {"STALE", "RULE"} for each in (verified, returned, reversed_)), answers
    assert [] in (verified, returned, reversed_), answers


@scene("an entry is recorded, verified and reversed in one account")
async def one_account(at_once: Round) -> None:
    """Parts of a fen that do not divide, posted and taken back in whichever order."""
    city = at_once.city
    first = await city.pay(await city.signed(), "0.05")
    second = await city.pay(first["project"], "0.05")
    entry = {"sourceOfCapital": "FOREIGN", "evidenceNote": "回单", "occurredOn": "2026-11-18"}
    answers = await at_once.run(
        Attempt(
            city.hightech,
            "fundsRecord",
            on(second["project"]) | entry | {"amount": "0.05", "another": "另一笔"},
            2,
        ),
        Attempt(
            city.office,
            "fundsReverse",
            {"entry": first["entry"]["no"], "reason": "记错"}
            | {"revision": second["project"]["revision"]},
            2,
        ),
        Attempt(
            city.finance,
            "fundsVerify",
            {"entry": second["entry"]["no"], "revision": 1, "verified": True},
        ),
    )
    wins(answers, 3)


@scene("figures are posted while their month is closed")
async def posted_while_closed(at_once: Round) -> None:
    """Each counts in its month or in the next one, by which was first in the journal."""
    city = at_once.city
    month = f"{2020 + at_once.number // 12}-{at_once.number % 12 + 1:02d}"
    given = {"sourceOfCapital": "FOREIGN", "evidenceNote": "回单", "earlyReason": "历史台账"}
    attempts = [
        Attempt(
            city.anyue,
            "fundsRecord",
            on(await city.signed("anyue", "anyue"))
            | given
            | {"occurredOn": f"{month}-05"}
            | {"amount": "1万"},
        )
        for _ in range(3)
    ]
    close = Attempt(city.office, CLOSE, {"month": month}, after=at_once.chance.uniform(0, SPREAD))
    wins(await at_once.run(*attempts[:2], close, attempts[2]), 4)


@scene("a list of target companies is imported while one of them is added")
async def list_beside_a_company(at_once: Round) -> None:
    """By its code, and in every other round by a name without one: it stands once in the group's list."""
    city, number = at_once.city, at_once.number * 10
    same, other = lists.company(number), lists.company(number + 1)
    if at_once.number % 2:
        same["uscc"] = ""
    lines = at_once.variant((same,), (same,), (same, other), (same, other))
    batch = await lists.previewed(city, *lines)
    answers = await at_once.run(
        Attempt(city.group, "targetCompanyAdd", {"name": same["name"], "uscc": same["uscc"]}),
        Attempt(city.group, "listImport", ledgers.on(batch)),
    )
    added, imported = map(codes, answers)
    if len(lines) == 1:
        wins(answers, 1, "DUPLICATE", "RULE")
    else:
        # The other line is imported either way.
        assert imported == [] and added in ([], ["DUPLICATE"]), answers
    assert await TargetCompany.filter(name=same["name"]).count() == 1
    by_list = 0 if imported else len(lines) - (not added)
    standing = await Batch.get(no=batch["no"])
    assert standing.imported_count == by_list


@scene("sixteen act on one project")
async def sixteen(at_once: Round) -> None:
    """One is done; the others read who was first and what they did."""
    city = at_once.city
    project = await city.opined(await city.report())
    judge = on(project) | {"firstContactPlace": "yanjiang", "reason": "接洽在先"}
    acts = [
        Attempt(city.office, "projectJudge", judge),
        Attempt(city.office, "projectReturn", on(project) | {"reason": "补营业执照"}),
        Attempt(city.yanjiang, "projectWithdraw", on(project) | {"reason": "投资方暂缓"}),
        merge(city.office, project, await city.report()),
    ]
    answers = await at_once.run(*acts * 4)
    wins(answers, 1, "STALE")
    (winner,) = [index for index, answer in enumerate(answers) if not codes(answer)]
    act = acts[winner % 4]
    for index, answer in enumerate(answers):
        if codes(answer):
            conflict = answer["conflict"]
            assert (conflict["act"], conflict["changedBy"]) == (act.act, act.viewer.name)
            assert conflict["revision"] == project["revision"] + 1
            oneself = acts[index % 4].viewer.person == act.viewer.person
            first = "您本人" if oneself else act.viewer.name
            assert first in answer["userErrors"][0]["message"]
            stages = [change for change in conflict["changes"] if change["field"] == "stage"]
            assert [change["before"] for change in stages] == ["待研判"]


def line(at_once: Round, number: int, **cells: str) -> dict[str, str]:
    """A line of the ledger that no other round has."""
    return ledgers.line(at_once.number * 10 + number, **cells)
