"""Personal data of contacts: who is shown it plain, who masked, who nothing; and that what is masked
cannot be searched, filtered, ordered or compared by.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, get_named_type

from schema.checks import UNRECORDED
from schema.gate.journal import verify
from schema.gate.replay import compare
from schema.permissions import PERSONAL, PLAIN, SEES, Post
from schema.permissions import decisions as deciding
from schema.query.models import KINDS
from schema.query.sql import MASKS
from tests.reading.test_every_column import LISTED, everything, guesses
from tests.server.doors import signed_in
from tests.world import EVIDENCE, City, Said, on

NAME, PHONE, WITH = "欧阳敏", "138-1234-5678", "诸葛总经理"
CONTACT = {"contactName": NAME, "contactPhone": PHONE, "contactWith": WITH}
READ = """query($no: String!) { project(no: $no) { contactName contactPhone
  linkage { claims { place { slug } contactWith } } } }"""

PLAINLY, MASKED = (NAME, PHONE, WITH), ("欧**", "138****5678", "诸**")


async def shown(city: City, who: str, no: str) -> tuple[Any, ...] | None:
    """What somebody is shown of the contacts; None where they do not see the project."""
    found = (await city.run(city[who], READ, no=no))["project"]
    if found is None:
        return None
    claims = [each["contactWith"] for each in found["linkage"]["claims"]]
    return (found["contactName"], found["contactPhone"], *claims)


async def test_the_reporter_and_the_office_read_it_plain_and_others_masked(city: City) -> None:
    """Anyue reports, Yanjiang is judged to be first, the high-tech zone takes the project up."""
    project = await city.report(city.anyue, **CONTACT)
    assert await shown(city, "anyue", project["no"]) == PLAINLY
    assert await shown(city, "office", project["no"]) == PLAINLY
    for who in ("leader", "inspector", "group", "department"):
        assert await shown(city, who, project["no"]) == MASKED, who
    for who in ("yanjiang", "hightech", "branch", "agent", "partner"):
        assert await shown(city, who, project["no"]) is None, who
    project = await city.opined(project)
    given = {"firstContactPlace": "yanjiang", "reason": "接洽最早", **on(project)}
    given |= {"departure": "建议首谈地为安岳县，雁江区接洽更早", "withoutClaim": True}
    judged = (await city.done(city.office, "projectJudge", **given))["project"]
    assert await shown(city, "yanjiang", project["no"]) == PLAINLY
    asked = await city.done(
        city.yanjiang,
        "projectTransferRequest",
        **on(judged),
        landingPlace="hightech",
        reason="用地不足",
    )
    decided = await city.done(
        city.office,
        "projectTransferDecide",
        transfer=asked["transfer"]["id"],
        revision=asked["project"]["revision"],
        approve=True,
        assessment="同意",
    )
    assert await shown(city, "hightech", project["no"]) == MASKED, "it has not taken it up yet"
    await city.done(
        city.hightech,
        "projectTakeUp",
        transfer=asked["transfer"]["id"],
        revision=decided["project"]["revision"],
    )
    assert await shown(city, "hightech", project["no"]) == PLAINLY


async def test_a_place_is_shown_its_own_claims_contact_and_an_agent_its_own_reports(
    city: City,
) -> None:
    project = await city.report(city.anyue, **CONTACT)
    claim = {"project": project["no"], "place": "lezhi", "contactOn": "2026-11-10"}
    await city.done(city.office, "projectClaim", **claim, contactWith="司马总", evidence=EVIDENCE)
    (own,) = (await city.run(city.lezhi, "{ claims { nodes { contactWith } } }"))["claims"]["nodes"]
    assert own["contactWith"] == "司马总"
    read = (await city.run(city.anyue, READ, no=project["no"]))["project"]["linkage"]["claims"]
    by_place = {each["place"]["slug"]: each["contactWith"] for each in read}
    assert by_place == {"anyue": WITH}, "what a rival claims waits for the decision"
    agents = await city.report(city.agent, contactName=NAME, contactPhone=PHONE)
    assert await shown(city, "agent", agents["no"]) == (NAME, PHONE)
    assert await shown(city, "leader", agents["no"]) == MASKED[:2]


@pytest.mark.parametrize(
    ("phone", "mask"),
    [("", ""), ("0288888", "****"), ("26110000", "****"), ("+65 6123 4567", "+65****4567")],
)
async def test_a_short_number_shows_nothing_of_itself(city: City, phone: str, mask: str) -> None:
    project = await city.report(contactName="", contactPhone=phone)
    found = await shown(city, "leader", project["no"])
    assert found and found[:2] == ("", mask)


async def test_whoever_holds_two_posts_reads_plain_what_one_of_them_reads_plain(
    city: City,
) -> None:
    """The leader's post sees every project, Yanjiang's only its own: plain are Yanjiang's alone."""
    own, other = await city.report(**CONTACT), await city.report(city.anyue, **CONTACT)
    both = replace(city.leader, posts=(*city.leader.posts, *city.yanjiang.posts))
    for project, names in ((own, PLAINLY), (other, MASKED)):
        read = (await city.run(both, READ, no=project["no"]))["project"]
        assert read["contactName"] == names[0]
        assert read["contactPhone"] == names[1]


def test_every_table_with_personal_data_says_who_reads_it_plain() -> None:
    """A table that is seen by somebody and says nothing is masked for all, which nobody wants."""
    seen = {table for table in PERSONAL if SEES.get(table)}
    assert seen == set(PLAIN) and len(seen) >= 4
    assert {"project", "claim", "batch_row", "company_holder"} <= seen
    for table in seen:
        kind = next(kind for kind in KINDS.values() if kind.table == table)
        assert set(PLAIN[table]) <= set(SEES[table]), table
        assert all(form in MASKS for form in kind.personal.values())


async def test_no_filter_order_or_sum_reads_a_column_that_is_masked(
    city: City, policy_changed: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every column that a list is filtered or ordered by, made personal in its turn: whoever does not
    see all of it plain is refused, as for a hidden one.
    """
    await everything(city)
    ways, refused = guesses(), 0
    for name, table, column, argument in ways:
        kind = next(kind for kind in KINDS.values() if kind.table == table)
        if column == "id" or column not in kind.columns:
            continue
        monkeypatch.setitem(deciding.PERSONAL, table, frozenset({column}))
        monkeypatch.setitem(PLAIN, table, {Post.OFFICE: PLAIN["project"][Post.OFFICE]})
        policy_changed()
        document = f"{{ {name}({argument}, first: 5) {{ totalCount edges {{ cursor }} }} }}"
        for who in ("leader", "agent"):
            viewer = city[who]
            answer = await city.ask(viewer, document)
            if not any(held.post in SEES[table] for held in viewer.posts):
                assert answer.data is None or answer.data[name]["totalCount"] == 0
                continue
            refused += 1
            assert answer.data is None and answer.errors, (name, argument, who)
            assert answer.errors[0].extensions["code"] == "BAD_INPUT"  # type: ignore[index]
        monkeypatch.undo()
    policy_changed()
    assert refused > len(ways), refused
    monkeypatch.setitem(deciding.PERSONAL, "project", frozenset({"amount_fen"}))
    summed = await city.ask(city.leader, "{ funnel { stage count amount } }")
    assert summed.data is None and summed.errors


def texts_of(kind: GraphQLInputObjectType, prefix: str = "", depth: int = 1) -> list[str]:
    """Every way to put a text into a filter, as `{{ a: {{ b: VALUE }} }}` with the value left open."""
    found = []
    for name, member in kind.fields.items():
        far, many = get_named_type(member.type), "[" in str(member.type)
        if isinstance(far, GraphQLInputObjectType) and depth and name != "and":
            found += [f"{{ {name}: {way} }}" for way in texts_of(far, depth=depth - 1)]
        elif str(far) in ("String", "ID"):
            found.append(f"{{ {name}: {'[%s]' if many else '%s'} }}")
    return found


async def test_no_text_that_is_asked_finds_a_contact_of_whom_the_mask_is_shown(
    city: City,
) -> None:
    """Name, telephone, its digits, its mask, in every filter, search and duplicate search, by everybody
    who is not shown it plain: answered as a text that stands nowhere.
    """
    await city.report(city.anyue, **CONTACT)
    values = (NAME, "13812345678", WITH, "138****5678")
    documents = []
    for name, (_, field) in LISTED.items():
        given = field.args.get("filter")
        kind = get_named_type(given.type) if given else None
        if isinstance(kind, GraphQLInputObjectType):
            documents += [f"{name}(filter: {way}) {{ totalCount }}" for way in texts_of(kind)]
    documents += [
        "duplicates(input: { name: %s }) { reasons }",
        "search(text: %s) { projectTotal companyTotal }",
        'duplicates(input: { name: "别的项目", contactPhone: %s }) { reasons score }',
        'duplicates(input: { name: "别的项目", investorName: %s }) { reasons }',
    ]
    assert len(documents) > 20, documents
    asked = 0
    for who in ("agent", "leader"):
        known = []
        for some in batched(documents):
            whole = await answered(city, who, some, "不存在的词")
            known += (
                some
                if whole
                else [each for each in some if await answered(city, who, [each], "不存在的词")]
            )
        for some in batched(known):
            nothing = await answered(city, who, some, "不存在的词")
            for value in values:
                assert await answered(city, who, some, value) == nothing, (who, value)
                asked += len(some)
    assert asked > 150, asked


def batched(fields: list[str]) -> list[list[str]]:
    """As many as one document may ask."""
    return [fields[at : at + 15] for at in range(0, len(fields), 15)]


async def answered(city: City, who: str, fields: list[str], value: str) -> Said | None:
    """What several fields answer with a text in each of them; None where one of them is refused."""
    asked = " ".join(f"a{at}: {each}" for at, each in enumerate(fields))
    answer = await city.ask(city[who], f"{{ {asked} }}".replace("%s", f'"{value}"'))
    return answer.data


async def test_the_office_finds_a_report_by_its_telephone_and_the_leaders_group_does_not(
    city: City,
) -> None:
    """The grade 联系电话相同 is for those who are shown both numbers."""
    await city.report(city.anyue, **CONTACT)
    again = await city.report(city.branch, contactPhone="13812345678")
    document = "query($no: String!) { project(no: $no) { linkage { duplicates { grade project { no } } } } }"
    for who, known in (("office", ["SAME_PHONE"]), ("leader", []), ("group", [])):
        found = (await city.run(city[who], document, no=again["no"]))["project"]
        assert [each["grade"] for each in found["linkage"]["duplicates"]] == known, who


async def test_histories_say_that_a_contact_changed_and_not_to_what(city: City) -> None:
    project = await city.report(city.anyue, **CONTACT)
    returned = await city.done(city.office, "projectReturn", **on(project), reason="请核对电话")
    await city.done(
        city.anyue, "projectResubmit", **on(returned["project"]), contactPhone="13987654321"
    )
    document = """query($no: String!) { project(no: $no) { journal { nodes { actorName at
      changes { field before after } } } } }"""
    for who in ("office", "anyue", "leader"):
        found = (await city.run(city[who], document, no=project["no"]))["project"]["journal"]
        lines: list[Said] = [
            each
            for entry in found["nodes"]
            for each in entry["changes"]
            if each["field"].startswith("contact_") and each["field"] != "contact_on"
        ]
        changed = [(each["field"], each["before"], each["after"]) for each in lines]
        assert changed.count(("contact_phone", "已登记", "已更改")) == 1, (who, changed)
        assert changed.count(("contact_phone", None, "已更改")) == 1
        assert not any(value in str(found) for value in (NAME, PHONE, WITH, "13987654321"))


# ---------------------------------------------------------------- in free text

NUMBERS = (
    "找诸葛总，138 1234 5678，身份证 511023198001011234，zhuge@lemon.cn；回单 20261128001380013800"
)
HIDDEN = (
    "找诸葛总，138****5678，身份证 511***********1234，z***@lemon.cn；回单 20261128001380013800"
)
TEXTS = """query($no: String!) { project(no: $no) { summary needs
  journal(first: 20) { nodes { reason changes { label before after } } }
  linkage { claims { note } judgement { reason } } } }"""


async def test_numbers_of_people_in_free_text_are_masked_for_whom_the_contact_is(
    city: City,
) -> None:
    """In columns, in reasons of the journal and in what it says of changes; the journal stays whole."""
    project = await city.report(
        city.anyue, **CONTACT, summary=NUMBERS, needs=NUMBERS, contactNote=NUMBERS
    )
    back = await city.done(city.office, "projectReturn", **on(project), reason=NUMBERS)
    again = await city.done(
        city.anyue,
        "projectResubmit",
        **on(back["project"]),
        summary=f"{NUMBERS}，已补",
        note=NUMBERS,
    )
    project = await city.opined(again["project"])
    given = {"firstContactPlace": "anyue", "reason": NUMBERS}
    await city.done(city.office, "projectJudge", **on(project), **given)
    for who, shown in (
        ("office", NUMBERS),
        ("anyue", NUMBERS),
        ("leader", HIDDEN),
        ("inspector", HIDDEN),
        ("group", HIDDEN),
    ):
        found = (await city.run(city[who], TEXTS, no=project["no"]))["project"]
        assert found["needs"] == shown and found["summary"] == f"{shown}，已补", who
        assert found["linkage"]["judgement"]["reason"] == shown, who
        assert [each["note"] for each in found["linkage"]["claims"]] == [shown], who
        entries = found["journal"]["nodes"]
        assert {each["reason"] for each in entries} >= {shown}, who
        told = {
            text
            for each in entries
            for change in each["changes"]
            for text in (change["before"], change["after"])
            if text and "诸葛总" in text
        }
        assert shown in told, who
        other = NUMBERS if shown == HIDDEN else HIDDEN
        assert other not in str(found), who
    assert await verify() is None and (await compare(UNRECORDED)).found == []


async def test_why_a_report_was_merged_is_shown_with_the_same_mask(city: City) -> None:
    """Which is read by a statement of its own."""
    project, into = await city.report(city.anyue), await city.report(city.anyue)
    await city.done(city.office, "projectMerge", **on(project), into=into["no"], reason=NUMBERS)
    read = "query($no: String!) { project(no: $no) { linkage { mergeReason } } }"
    for who, shown in (("office", NUMBERS), ("anyue", NUMBERS), ("leader", HIDDEN)):
        found = (await city.run(city[who], read, no=project["no"]))["project"]
        assert found["linkage"]["mergeReason"] == shown, who


async def test_files_of_lists_have_the_same_mask(city: City) -> None:
    project = await city.report(city.anyue, **CONTACT)
    back = await city.done(city.office, "projectReturn", **on(project), reason=NUMBERS)
    assert back["project"]["no"] == project["no"]
    for who, shown in (("inspector", HIDDEN), ("office", NUMBERS)):
        async with signed_in(who) as visitor:
            listed = (await visitor.get("/journal.csv")).text
            page = (await visitor.get(f"/projects/{project['no']}")).text
        for text in (listed, page):
            if who == "inspector":
                assert "138 1234 5678" not in text and "198001011234" not in text
        assert shown in listed or who == "office", who
