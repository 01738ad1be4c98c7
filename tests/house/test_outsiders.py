"""What outsiders read is what the policy declares: type by type, field by field, no more and no less.

Every row of every kind is asked for by its ID, with every field that its type has, by somebody of each
outsider's post. What ever comes back filled is compared with what `SEES`, `SCOPES` and `BESIDE` name.
"""

from typing import Any

from graphql import GraphQLField, GraphQLObjectType, Undefined, get_named_type, is_leaf_type

from schema import database
from schema.city.tables import Place
from schema.duties.tables import Duty
from schema.graph import schema
from schema.messages.tables import Message
from schema.people.rules import Scope
from schema.people.tables import Appointment, Company, Group, Organization
from schema.permissions import OUTSIDERS, Viewer
from schema.query.models import KINDS, global_id
from server.developers.access import ACCESS, fields_of, readings
from tests.house.test_who_may import undone
from tests.linkage.test_companies import HOLDERS, amend
from tests.reading.test_every_column import everything
from tests.world import EVIDENCE, NOW, City, Said, on

CORE = schema._schema
AGREEMENT = {"kind": "FORMAL", "amount": "1亿", "signedOn": "2026-11-18"}


def selected(field: GraphQLField, name: str, depth: int = 2) -> str | None:
    """The field with all plain fields of what it leads to; None where it must be given something."""
    if any(
        each.default_value is Undefined and str(each.type)[-1] == "!"
        for each in field.args.values()
    ):
        return None
    far = get_named_type(field.type)
    if is_leaf_type(far):
        return name
    if far.name in KINDS:
        return f"{name} {{ id }}"
    if far.name.endswith("Connection"):
        return f"{name} {{ nodes {{ id }} }}"
    if not depth or not isinstance(far, GraphQLObjectType):
        return f"{name} {{ __typename }}"
    inner = [selected(each, key, depth - 1) for key, each in far.fields.items()]
    return f"{name} {{ {' '.join(each for each in inner if each)} }}"


def is_filled(value: Any) -> bool:
    """Whether an answer holds data: an object does where any of its fields does."""
    if isinstance(value, dict):
        return any(map(is_filled, value.values()))
    if isinstance(value, list):
        return any(map(is_filled, value))
    return value is not None


async def lived_in(city: City) -> None:
    """A city in which an agent's reports have met whatever can become of one, and people are written to."""
    await everything(city)
    given = {
        "place": "yanjiang",
        "source": "商会",
        "needs": "用地",
        "fixedAssets": "1亿",
        "landMu": "10",
    }
    given |= {"ownerName": "陈诺", "contactName": "张总", "contactPhone": "13900000001"}
    foreign = {
        "currency": "USD",
        "foreignAmount": "175000000",
        "rate": "7.1429",
        "rateDate": "2026-11-17",
    }
    paper = [{"name": "委托书.txt", "content": "5Lya6K6u"}]
    reported = await city.report(city.agent, **given, **foreign, **HOLDERS, evidence=paper)
    await holders_end(city)
    report = await city.opined(reported)
    decided = {"firstContactPlace": "yanjiang", "reason": "接洽在先"}
    judged = await city.done(city.office, "projectJudge", **on(report), **decided)
    signed = await city.done(city.yanjiang, "agreementSign", **on(judged["project"]), **AGREEMENT)
    paid = await city.pay(signed["project"], "100万", "yanjiang")
    await city.pay(paid["project"], "100万", "yanjiang", another="同日两笔，回单各一")
    await city.report(city.agent, name=report["name"], acknowledgeDuplicates=True)
    back = await city.report(city.agent)
    returned = await city.done(city.office, "projectReturn", **on(back), reason="请补充营业执照")
    sent = await city.done(city.agent, "projectResubmit", **on(returned["project"]), summary="补充")
    await city.done(
        city.office, "projectMerge", **on(sent["project"]), into=report["no"], reason="同一项目"
    )
    await city.report(city.agent)
    await city.done(city.agent, "viewSave", name="本所", query="stage=REPORTED", shared="UNIT")
    for number in range(2):
        notice = {
            "text": f"请答复 {number}",
            "answerBy": "2026-11-30",
            "units": ["jinjiang", "experts"],
        }
        await city.done(city.office, "noticeSend", **notice)
    for who in (city.agent, city.expert):
        asked = "{ messages(filter: { unanswered: true }) { nodes { id } } }"
        message = (await city.run(who, asked))["messages"]["nodes"][0]["id"]
        await city.done(who, "noticeAnswer", message=message, text="收到")
        await city.done(who, "messageRead", message=message)


async def holders_end(city: City) -> None:
    """Those whom the newest company's report has named, as the office finds out and records."""
    company = await Company.all().order_by("-id").first()
    assert company
    register = {"source": "国家企业信用信息公示系统", "asOf": "2026-11-16"}
    renamed = {"name": "四川新口腔装备有限公司", "documentNo": "准予变更登记通知书 12 号"}
    payload = await amend(city, company, controllers="王橙", **register, **renamed)
    assert payload["userErrors"] == []


async def filled(viewer: Viewer) -> None:
    """What no act of the story fills in: posts that end, reminders, messages sent out."""
    unit, place = viewer.organization, await Place.all().first()
    assert place
    held = Appointment.filter(person_id=viewer.person)
    ended = {"ends_on": "2030-01-01", "ended_at": NOW, "document_on": NOW.date()}
    first = await held.first()
    assert first
    await held.update(**ended, acting_for_id=first.id)
    if unit is None:
        return
    await Organization.filter(id=unit).update(place_id=place.id)
    await Group.filter(slug="advanced-manufacturing").update(
        office_id=unit, lead_department_id=unit
    )
    waiting = Duty.filter(waiting_id=unit, closed_at=None)
    await waiting.update(person_id=viewer.person, reminded_at=NOW)
    own = await Message.filter(person_id=viewer.person).order_by("id")
    for message, sent in zip(own, ({"sent_at": NOW}, {"not_sent": "LEFT"}), strict=False):
        await Message.filter(id=message.id).update(**sent)


async def read_by(city: City, name: str, kind: str) -> set[str]:
    """The fields of a kind that are filled for somebody in any row that there is."""
    asked = []
    for key, each in fields_of(CORE, kind).items():
        facet, _, field = key.rpartition(".")
        if text := selected(each, field):
            asked.append(f"{facet} {{ {text} }}" if facet else text)
    keys = [row["id"] for row in await database.fetch(f'SELECT "id" FROM "{KINDS[kind].table}"')]
    document = (
        f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {kind} {{ {' '.join(asked)} }} }} }}"
    )
    found: list[Said | None] = []
    for start in range(0, len(keys), 50):
        ids = [global_id(kind, key) for key in keys[start : start + 50]]
        found += (await city.run(city[name], document, ids=ids))["nodes"]
    return {
        key
        for row in found
        if row
        for key in fields_of(CORE, kind)
        if is_filled(value_at(row, key))
    }


def value_at(row: Said, key: str) -> Any:
    """The value of a field, or of one of a facet's as `linkage.claims`."""
    facet, _, field = key.rpartition(".")
    return (row[facet] if facet else row).get(field)


async def test_an_outsider_reads_exactly_what_the_policy_declares(city: City) -> None:
    await lived_in(city)
    differ = {}
    for access in ACCESS:
        declared = {each.kind: set(each.fields) for each in readings(CORE, access)}
        async with undone():
            if access.person:
                await filled(city[access.key])
            for kind in sorted(KINDS):
                fields = fields_of(CORE, kind)
                read = await read_by(city, access.key, kind) if fields else set()
                known = declared.get(kind, set()) if fields else set()
                if read != known:
                    differ[access.key, kind] = {"more": read - known, "less": known - read}
    assert not differ


DESK = """query($no: String!) { project(no: $no) { stage linkage { claims { place { slug } } proposed
  proposedClaims { ground } opinionState contactsMasked relatedCompanies { reason }
  revealedContacts { reason } } } }"""


async def test_an_agent_reads_its_report_and_claim_and_nothing_of_how_the_office_weighs_them(
    city: City,
) -> None:
    given = {"place": "yanjiang", "evidence": EVIDENCE}
    report = await city.report(city.agent, **HOLDERS, **given)
    await city.report(controllers=HOLDERS["controllers"], name="柠檬冷链园")
    office = (await city.run(city.office, DESK, no=report["no"]))["project"]["linkage"]
    assert office["opinionState"] == "WAITING" and len(office["proposedClaims"]) == 1
    assert office["proposed"] and office["relatedCompanies"]
    assert (await city.run(city.agent, DESK, no=report["no"]))["project"] == {
        "stage": "REPORTED",
        "linkage": {
            "claims": [{"place": {"slug": "yanjiang"}}],
            "proposed": None,
            "proposedClaims": [],
            "opinionState": None,
            "contactsMasked": False,
            "relatedCompanies": [],
            "revealedContacts": None,
        },
    }


def test_every_outsider_of_the_policy_is_tried() -> None:
    assert {access.post for access in ACCESS} == set(OUTSIDERS)
    assert {scope for access in ACCESS for scope in access.scopes} == set(Scope)
