"""What a viewer may not see does not exist: not in lists, counts, searches, filters or errors."""

import json

import pytest

from schema.city.tables import Parameter, RuleStatus
from schema.duties.tables import Duty
from schema.people.tables import Person
from schema.permissions import HIDES, Post
from schema.query.models import KINDS, global_id
from tests.ledger import ledgers
from tests.world import EVIDENCE, NOW, City, Said, at, on, uscc

COUNTED = "{ projects { totalCount nodes { no } } }"


async def test_a_project_is_seen_by_those_it_concerns(city: City) -> None:
    """Reported in Yanjiang for the advanced-manufacturing group, and still being talked about."""
    project = await city.judged()
    seen = []
    for name in [
        "office",
        "yanjiang",
        "anyue",
        "lezhi",
        "hightech",
        "airport",
        "group",
        "department",
        "branch",
        "agent",
        "leader",
        "inspector",
        "expert",
        "partner",
        "public",
    ]:
        found = await city.run(city[name], COUNTED)
        assert found["projects"]["totalCount"] == len(found["projects"]["nodes"])
        if found["projects"]["totalCount"]:
            assert found["projects"]["nodes"] == [{"no": project["no"]}]
            seen.append(name)
    assert seen == ["office", "yanjiang", "group", "department", "leader", "inspector"]


async def test_whoever_lands_it_sees_it_once_the_office_agrees(city: City) -> None:
    project = await city.judged()
    asked = await city.done(
        city.yanjiang,
        "projectTransferRequest",
        **on(project),
        landingPlace="hightech",
        reason="用地不足",
    )
    assert (await city.run(city.hightech, COUNTED))["projects"]["totalCount"] == 0
    await city.done(
        city.office,
        "projectTransferDecide",
        transfer=asked["transfer"]["id"],
        revision=asked["project"]["revision"],
        approve=True,
        assessment="同意",
    )
    assert (await city.run(city.hightech, COUNTED))["projects"]["totalCount"] == 1
    assert (await city.run(city.anyue, COUNTED))["projects"]["totalCount"] == 0


async def test_a_partners_token_opens_what_is_signed_without_whom_to_call(city: City) -> None:
    """By its scope alone: without it nothing that is not published."""
    talked = await city.judged()
    signed = await city.signed(contactName="张总", contactPhone="13900000000", needs="双回路供电")
    await city.pay(signed, "1000万")
    document = """query($no: String!) { project(no: $no) {
        name stage contactName contactPhone needs source ownerName
        entries { nodes { no evidenceNote reason } } attachments { name }
        tax signing { agreements { amount } }
        linkage { claims { contactWith } transfers { reason } credits { nodes { amount } } }
        journal(first: 1) { totalCount edges { cursor } pageInfo { hasNextPage startCursor endCursor } }
        back: journal(last: 1) { edges { cursor } pageInfo { hasPreviousPage startCursor } }
    } }"""
    for project in (talked, signed):
        assert (await city.run(city.partner, document, no=project["no"]))["project"] is None
    assert (await city.run(city.scoped, document, no=talked["no"]))["project"] is None
    seen = (await city.run(city.scoped, document, no=signed["no"]))["project"]
    assert (seen["name"], seen["stage"]) == (signed["name"], "SIGNED")
    hidden = ("contactName", "contactPhone", "needs", "source", "ownerName")
    assert [seen[field] for field in hidden] == [None] * 5
    assert seen["tax"] is None and seen["signing"]["agreements"] == []
    assert seen["entries"]["nodes"] == seen["linkage"]["credits"]["nodes"] == []
    assert seen["linkage"]["claims"] == seen["linkage"]["transfers"] == seen["attachments"] == []
    nothing = {"startCursor": None, "endCursor": None}
    assert seen["journal"] == {
        "totalCount": 0,
        "edges": [],
        "pageInfo": {"hasNextPage": False} | nothing,
    }
    assert seen["back"]["pageInfo"] == {"hasPreviousPage": False, "startCursor": None}
    theirs = (await city.run(city.hightech, document, no=signed["no"]))["project"]
    assert (theirs["contactName"], theirs["needs"]) == ("张总", "双回路供电")


LISTS = """query($place: String, $text: String!, $uscc: String!) {
    project: projects { totalCount }
    queue: judgementQueue(state: DONE) { totalCount }
    transfers { totalCount }
    credits { totalCount }
    ofPlace: credits(place: $place) { totalCount }
    agreements { totalCount }
    companies { totalCount }
    company(uscc: $uscc) { name }
    search(text: $text) { projectTotal companyTotal projects { no } companies { name } }
    funnel { stage }
    ranking(month: "2026-11") { rows { explanation { entries { totalCount nodes { no } } } } }
}"""


async def test_nothing_tells_of_a_foreign_project(city: City) -> None:
    project = await city.signed()
    await city.paid(project, "1000万")
    asked = {"place": "hightech", "text": "口腔", "uscc": project["investor"]["uscc"]}
    mine = await city.run(city.hightech, LISTS, **asked)
    assert [mine[name]["totalCount"] for name in TOTALS] == [1, 1, 1, 4, 2, 1, 1]
    assert (mine["search"]["projectTotal"], mine["search"]["companyTotal"]) == (1, 1)
    for name in ("anyue", "branch", "agent", "expert", "public"):
        foreign = await city.run(city[name], LISTS, **asked)
        assert [foreign[total]["totalCount"] for total in TOTALS] == [0] * 7, name
        assert foreign["company"] is None and foreign["funnel"] == []
        assert foreign["search"] == {
            "projectTotal": 0,
            "companyTotal": 0,
            "projects": [],
            "companies": [],
        }
        if name in ("agent", "expert", "public"):
            assert foreign["ranking"] is None
        else:
            nothing = {"entries": {"totalCount": 0, "nodes": []}}
            assert {str(row["explanation"]) for row in foreign["ranking"]["rows"]} == {str(nothing)}


TOTALS = ("project", "queue", "transfers", "credits", "ofPlace", "agreements", "companies")

GUESSES = (
    '{ investor: { text: "口腔" } }',
    '{ investor: { uscc: ["%(uscc)s"] } }',
    '{ firstContactPlace: { slug: ["yanjiang"] } }',
    '{ landingPlace: { slug: ["hightech"] } }',
    '{ reportedBy: { slug: ["yanjiang"], kind: [PLACE] } }',
    '{ group: { slug: ["advanced-manufacturing"] } }',
    '{ no: ["%(no)s"] }',
    '{ stage: [SIGNED], and: { amount: { min: "1亿" } } }',
    "{ transferred: true }",
    "{ disputed: false }",
)


@pytest.mark.parametrize("guess", GUESSES)
async def test_a_filter_finds_nothing_that_is_not_seen(city: City, guess: str) -> None:
    project = await city.signed()
    await city.report(city.anyue)
    filter_text = guess % {"uscc": project["investor"]["uscc"], "no": project["no"]}
    document = f"{{ projects(filter: {filter_text}) {{ totalCount nodes {{ no }} }} }}"
    found = await city.run(city.office, document)
    assert {"no": project["no"]} in found["projects"]["nodes"], "the guess is right"
    found = await city.run(city.anyue, document)
    assert {"no": project["no"]} not in found["projects"]["nodes"]
    assert found["projects"]["totalCount"] == len(found["projects"]["nodes"]) <= 1


async def test_a_filter_through_what_is_hidden_finds_nothing(city: City) -> None:
    """The public sees no unit at all: asking by the unit tells nothing of signed projects either.
    Of a partner's token the column itself is hidden, and the question is refused.
    """
    await city.signed()
    document = '{ projects(filter: { reportedBy: { slug: ["yanjiang"] } }) { totalCount } }'
    assert (await city.run(city.branch, document))["projects"]["totalCount"] == 0
    assert (await city.run(city.public, document))["projects"]["totalCount"] == 0
    refused = await city.ask(city.scoped, document)
    assert refused.errors and refused.errors[0].extensions
    assert refused.errors[0].extensions["argument"] == "reportedBy"


NODES = (
    "Project",
    "Claim",
    "Judgement",
    "Transfer",
    "Credit",
    "Entry",
    "Agreement",
    "JournalEntry",
)


@pytest.mark.parametrize("kind", NODES)
async def test_a_global_id_of_something_foreign_is_that_of_nothing(city: City, kind: str) -> None:
    await city.pay(await city.signed(), "1000万")
    document = "query($id: ID!, $ids: [ID!]!) { node(id: $id) { id } nodes(ids: $ids) { id } }"
    of_project = {"project_id__isnull": False} if kind == "JournalEntry" else {}
    row = await KINDS[kind].model.filter(**of_project).first()
    assert row is not None
    known, unknown = global_id(kind, row.pk), global_id(kind, 999_999)
    seen = await city.run(city.office, document, id=known, ids=[known, unknown])
    assert seen == {"node": {"id": known}, "nodes": [{"id": known}, None]}
    foreign = await city.run(city.anyue, document, id=known, ids=[known, unknown])
    assert foreign == {"node": None, "nodes": [None, None]}


ON_FOREIGN_AND_UNKNOWN = {
    "projectResubmit": {},
    "projectWithdraw": {"reason": "x"},
    "projectDispute": {"grounds": "x"},
    "projectTransferRequest": {"landingPlace": "anyue", "reason": "x"},
    "agreementSign": {"kind": "FORMAL", "amount": "1亿", "signedOn": "2026-11-18"},
    "milestoneReach": {"stage": "REGISTERED", "reachedOn": "2026-11-18"},
    "taxRecord": {"amount": "1亿", "occurredOn": "2026-11-18", "evidenceNote": "x"},
}


@pytest.mark.parametrize("act", ON_FOREIGN_AND_UNKNOWN)
async def test_the_answer_on_a_foreign_project_is_that_on_an_unknown_one(
    city: City, act: str
) -> None:
    """To the byte, by number and by global id, whatever the revision."""
    project = await city.signed()
    unknown = {"no": "2026-9998", "id": "UHJvamVjdDo5OTk4"}
    for key in ("no", "id"):
        answers = []
        for name in (project[key], unknown[key]):
            for revision in (project["revision"], 1):
                input = {"project": name, "revision": revision} | ON_FOREIGN_AND_UNKNOWN[act]
                if act == "projectDispute":
                    del input["revision"]
                answers.append(json.dumps(await city.act(city.anyue, act, **input)))
        assert len(set(answers)) == 1
        assert "没有找到" in json.loads(answers[0])["userErrors"][0]["message"]


async def test_the_answer_on_a_foreign_transfer_or_entry_is_that_on_an_unknown_one(
    city: City,
) -> None:
    project = await city.signed()
    paid = await city.pay(project, "1000万")
    rest = {"revision": paid["project"]["revision"], "reason": "x"}
    entries = [paid["entry"]["no"], paid["entry"]["id"], "Z2026-09999", "RW50cnk6OTk5OQ"]
    answers = {
        json.dumps(await city.act(city.anyue, "fundsReverse", entry=entry, **rest))
        for entry in entries
    }
    assert len(answers) == 1
    transfers = await city.run(city.office, "{ transfers { nodes { id } } }")
    known = transfers["transfers"]["nodes"][0]["id"]
    answers = {
        json.dumps(await city.act(city.anyue, "projectTakeUp", transfer=each, revision=1))
        for each in (known, "VHJhbnNmZXI6OTk5OQ", "nonsense")
    }
    assert len(answers) == 1


DUPLICATES = """query($input: DuplicatesInput!) { duplicates(input: $input) {
    grade score reasons project { no } contact ticket
} }"""


async def duplicates(city: City, who: str, **asked: str) -> list[Said]:
    found: list[Said] = (await city.run(city[who], DUPLICATES, input=asked))["duplicates"]
    return found


async def test_a_foreign_duplicate_is_masked_and_tells_whom_to_ask(city: City) -> None:
    project = await city.report(contactPhone="13900000000")
    asked = {"name": project["name"], "contactPhone": "139-0000-0000"}
    (own,) = await duplicates(city, "yanjiang", **asked)
    assert own["project"] == {"no": project["no"]} and own["contact"] is None
    assert own["grade"] == "SAME_NAME" and own["score"] == 99
    (masked,) = await duplicates(city, "anyue", **asked)
    assert masked["project"] is masked["grade"] is masked["score"] is None
    assert masked["reasons"] == ["库内已有疑似相同的项目"]
    assert masked["contact"] == "领导小组办公室（市经济合作和外事局） 028-2600-0001"
    assert masked["ticket"] is None, "only a report of one's own with evidence is given a ticket"
    text = json.dumps(masked, ensure_ascii=False)
    assert project["no"] not in text and "雁江" not in text
    (agents,) = await duplicates(city, "agent", **asked)
    assert agents["ticket"] is None, "only a place can claim first contact"
    for name in ("partner", "leader", "expert", "public"):
        assert await duplicates(city, name, **asked) == []


async def test_a_guessed_amount_moves_nothing_that_is_said_of_an_unseen_duplicate(
    city: City,
) -> None:
    """By name and code alone: amounts, industries, telephones and names of investors find nothing."""
    project = await city.report(
        amount="12.5亿", industryCode="3585", contactPhone="13900000000", name="口腔设备产业园"
    )
    investor = project["investor"]
    known = {"name": "口腔设备产业园", "uscc": investor["uscc"], "industryCode": "3585"}
    answers = {
        json.dumps(await duplicates(city, "agent", **known, amount=amount))
        for amount in ("1", "10亿", "12.49亿", "12.5亿", "13亿")
    }
    assert len(answers) == 1
    alike = {"name": "口腔设备产业园二期", "investorName": investor["name"], "industryCode": "3585"}
    for amount in ("10亿", "12.5亿"):
        assert await duplicates(city, "agent", **alike, amount=amount) == []
    phone = {"name": "别的项目", "contactPhone": "13900000000"}
    assert await duplicates(city, "agent", **phone) == []
    (seen,) = await duplicates(city, "yanjiang", **alike, amount="12.5亿")
    assert seen["grade"] == "SIMILAR", "whoever sees the project reads all of it"


async def test_what_one_is_told_of_unseen_projects_is_bounded_by_the_day(
    city: City, caplog: pytest.LogCaptureFixture
) -> None:
    """A dated parameter, a proposal: 3 here. Once used up, an answer is the same whatever is asked."""
    await Parameter.create(
        name="lead.unseen_duplicates_per_day",
        value=3,
        effective_on="2026-11-01",
        clause="办公室通知",
        status=RuleStatus.PROPOSAL,
        recorded_at=NOW,
    )
    projects = [await city.report() for _ in range(5)]
    caplog.set_level("INFO", "sixones.security")
    for project in projects[:3] * 2:
        (notice,) = await duplicates(city, "agent", name=project["name"])
        assert notice["reasons"] == ["库内已有疑似相同的项目"]
    noted = [record.security for record in caplog.records if hasattr(record, "security")]
    assert {each["event"] for each in noted} == {"unseen_duplicate"}
    assert {each["person"] for each in noted} == {city.agent.person}
    answers = {
        json.dumps(await duplicates(city, "agent", name=name))
        for name in (projects[3]["name"], projects[4]["name"], "没有这个项目")
    }
    assert len(answers) == 1 and "次数已用完" in json.loads(answers.pop())[0]["reasons"][0]
    (notice,) = await duplicates(city, "agent", name=projects[0]["name"])
    assert notice["reasons"] == ["库内已有疑似相同的项目"], "noticed before"
    (other,) = await duplicates(city, "branch", name=projects[3]["name"])
    assert other["reasons"] == ["库内已有疑似相同的项目"], "each person has their own"
    city.now = at("2026-11-19 09:00")
    (notice,) = await duplicates(city, "agent", name=projects[3]["name"])
    assert notice["reasons"] == ["库内已有疑似相同的项目"], "tomorrow there are more"


async def test_a_name_that_is_known_is_found_among_however_many_alike(city: City) -> None:
    """Ten that one sees do not hide an eleventh of the same name, nor do hundreds of one investor."""
    own = {"investorName": "四川柠檬食品有限公司", "amount": "1亿"}
    for number in range(1, 13):
        await city.report(name=f"柠檬深加工基地{number}期", **own, uscc=uscc(9000))
    await city.report(city.anyue, name="柠檬深加工基地13期")
    lead = own | {"name": "柠檬深加工基地13期", "uscc": uscc(9000)}
    refused = await city.act(city.yanjiang, "projectReport", **lead)
    assert [error["code"] for error in refused["userErrors"]] == ["DUPLICATE"]
    assert refused["duplicates"][0]["reasons"] == ["库内已有疑似相同的项目"]
    investor = {"investor": own["investorName"], "uscc": uscc(9000)}
    lines = [ledgers.line(number, **investor) for number in range(1, 212)]
    await ledgers.imported(city, *lines, includeDuplicates=True)
    last = lead | {"name": lines[-1]["name"]}
    refused = await city.act(city.office, "projectReport", **last)
    assert [error["code"] for error in refused["userErrors"]] == ["DUPLICATE"]


async def test_whoever_has_used_up_the_day_acknowledges_every_report(city: City) -> None:
    """Of a known name or not: the refusal tells nothing, and no second project of a name slips in."""
    await Parameter.create(
        name="lead.unseen_duplicates_per_day",
        value=1,
        effective_on="2026-11-01",
        clause="办公室通知",
        status=RuleStatus.PROPOSAL,
        recorded_at=NOW,
    )
    first, second = await city.report(), await city.report()
    lead = {"investorName": "成都新桑科技有限公司", "amount": "1亿"}
    assert await duplicates(city, "agent", name=first["name"])
    for name in (second["name"], "没有这个项目"):
        refused = await city.act(city.agent, "projectReport", name=name, **lead)
        (error,) = refused["userErrors"]
        assert (error["code"], error["field"]) == ("DUPLICATE", "name")
        assert "次数已用完" in error["message"]
    known = await city.act(city.agent, "projectReport", name=first["name"], **lead)
    assert "库内已有名称相同的项目" in known["userErrors"][0]["message"], "noticed before"
    await city.done(
        city.agent, "projectReport", name="没有这个项目", acknowledgeDuplicates=True, **lead
    )


async def test_a_ticket_is_good_for_the_unit_it_was_given_to(city: City) -> None:
    project = await city.report()
    ticket = await city.ticket(city.anyue, project)
    claim: Said = {"contactOn": "2026-11-10", "contactWith": "张总", "evidence": EVIDENCE}
    for stolen in (ticket, ticket[:-1] + "0", "1.2.3", "\0", "9" * 199):
        answer = await city.act(city.lezhi, "projectClaim", ticket=stolen, **claim)
        assert [error["field"] for error in answer["userErrors"]] == ["ticket"]
    claimed = await city.done(city.anyue, "projectClaim", ticket=ticket, **claim)
    assert claimed["project"] is None, "whoever has claimed sees the claim and the stage"
    assert (claimed["claim"]["projectNo"], claimed["claim"]["stage"]) == (project["no"], "REPORTED")


async def test_the_journal_is_read_by_those_who_see_the_project(city: City) -> None:
    project = await city.judged()
    document = (
        f'{{ project(no: "{project["no"]}") {{ journal {{ totalCount nodes {{ act }} }} }} }}'
    )
    for name in ("office", "yanjiang", "group", "inspector", "leader"):
        seen = (await city.run(city[name], document))["project"]["journal"]
        acts = [entry["act"] for entry in seen["nodes"]]
        assert acts == ["projectJudge", "projectOpine", "projectReport"]
    assert (await city.run(city.anyue, document))["project"] is None


HIDDEN_AMOUNT = {"amount_fen": (Post.PARTNER,)}


@pytest.mark.parametrize(
    ("asked", "argument"),
    [
        ("orderBy: { field: AMOUNT }", "orderBy"),
        ('filter: { amount: { min: "1亿" } }', "amount"),
        ('filter: { and: { amount: { max: "1亿" } } }', "amount"),
    ],
)
async def test_a_hidden_column_neither_orders_nor_filters(
    city: City, monkeypatch: pytest.MonkeyPatch, asked: str, argument: str
) -> None:
    """Else an amount could be guessed by asking often enough."""
    monkeypatch.setitem(HIDES, "project", HIDES.get("project", {}) | HIDDEN_AMOUNT)
    await city.signed()
    document = f"{{ projects({asked}) {{ totalCount nodes {{ no }} }} }}"
    assert (await city.run(city.office, document))["projects"]["totalCount"] in (0, 1)
    refused = await city.ask(city.scoped, document)
    assert refused.errors is not None and refused.data is None
    assert refused.errors[0].extensions == {"code": "BAD_INPUT", "argument": argument}


async def test_a_hidden_amount_is_in_no_funnel(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(HIDES, "project", HIDES.get("project", {}) | HIDDEN_AMOUNT)
    await city.signed(amount="12.5亿")
    answer = await city.ask(city.scoped, "{ funnel { stage count amount } }")
    assert "1250000000" not in json.dumps(answer.data)


async def test_people_are_not_shown_with_their_telephones_to_agents(city: City) -> None:
    """And of people an agent is shown none but its own and who has its reports in hand."""
    await Person.filter(id=city.office.person).update(phone="028-2600-0002")
    project = await city.report(city.agent, place="yanjiang")
    asked = f'{{ project(no: "{project["no"]}") {{ linkage {{ claims {{ claimedBy {{ name }} }} }} }} }}'
    assert (await city.run(city.agent, asked))["project"]["linkage"]["claims"]
    document = "query($id: ID!) { node(id: $id) { ... on Person { name phone } } }"
    assert city.office.person is not None
    key = global_id("Person", city.office.person)
    seen: dict[str, Said] = {
        name: (await city.run(city[name], document, id=key))["node"]
        for name in ("yanjiang", "agent", "branch")
    }
    assert seen["yanjiang"]["phone"] == "028-2600-0002"
    assert seen["agent"] is seen["branch"]["phone"] is None
    await Duty.filter(project__no=project["no"]).update(person_id=city.office.person)
    in_hand = (await city.run(city.agent, document, id=key))["node"]
    assert in_hand == {"name": "李雷", "phone": None}
    for name in ("partner", "public"):
        assert (await city.run(city[name], document, id=key))["node"] is None
