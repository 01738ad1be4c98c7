"""Who stands where in a group, who follows a company up and who else does: what midnight and others change."""

import pytest

from schema.context import Context
from schema.jobs import JOBS
from schema.jobs.declare import CLOCK
from schema.jobs.runner import Runner
from tests.industry.scenes import opened
from tests.industry.test_groups import appoint, faults, ones
from tests.industry.test_targets import board, listed
from tests.world import EVIDENCE, City, Said, at, uscc

FOLLOWED = "深圳市精密齿轮有限公司"


async def converted(city: City, target: Said, lead: Said) -> Said:
    on = {"target": target["no"], "revision": target["revision"], "project": lead["no"]}
    return await city.act(city.office, "targetCompanyConvert", **on)


async def two_groups(city: City) -> tuple[Said, Said]:
    """One company on the lists of two groups."""
    return await listed(city), await listed(city, "office", group="modern-services")


async def pursuers(city: City) -> list[str]:
    (own,) = (await board(city, "group"))["targetCompanies"]["nodes"]
    found: list[str] = own["alsoPursuedBy"]
    return found


async def test_of_two_groups_after_one_company_one_makes_a_lead_of_it(city: City) -> None:
    own, theirs = await two_groups(city)
    investor = {"investorName": FOLLOWED, "uscc": uscc(901), "acknowledgeDuplicates": True}
    investor |= {"place": "hightech", "evidence": EVIDENCE}
    lead = await city.report(city.group, name="精密齿轮西南基地", **investor)
    services = await city.group_office("modern-services")
    second = await city.report(
        services, name="精密齿轮服务中心", **investor, group="modern-services"
    )
    assert (await converted(city, own, lead))["userErrors"] == []
    refused = faults(await converted(city, theirs, second))
    assert refused == [("target", "先进制造组已把这家企业转为线索")]


async def test_who_has_given_a_company_up_goes_after_it_no_more(city: City) -> None:
    _, theirs = await two_groups(city)
    assert await pursuers(city) == ["现代服务业组"]
    on = {"target": theirs["no"], "revision": theirs["revision"]}
    await city.done(city.office, "targetCompanyDrop", **on, reason="已在外地签约")
    assert await pursuers(city) == []


async def test_a_company_is_followed_up_by_somebody_of_the_groups_office(city: City) -> None:
    other = await city.group_office("modern-services")
    people = """{ group(slug: "modern-services") { industry { people { id } } }
        own: group(slug: "advanced-manufacturing") { industry { people { id } } } }"""
    found = await city.run(city.office, people)
    stranger = found["group"]["industry"]["people"][0]["id"]
    given = {"name": FOLLOWED, "owner": stranger}
    ((field, message),) = faults(await city.act(city.group, "targetCompanyAdd", **given))
    assert field == "owner" and f"{other.name}今天不在小组办公室任职" == message
    target = await listed(city)
    on = {"target": target["no"], "revision": target["revision"], "owner": stranger}
    ((field, _),) = faults(await city.act(city.group, "targetCompanyAmend", **on))
    assert field == "owner"
    own = found["own"]["industry"]["people"][0]["id"]
    await city.done(city.group, "targetCompanyAmend", **on | {"owner": own})


async def test_whoever_follows_in_a_seat_follows_one_of_that_seat(city: City) -> None:
    leader = (await appoint(city))["item"]["id"]
    deputy = {"role": "DEPUTY_SECRETARY", "name": "罗刚", "startsOn": "2026-06-01"}
    (other_role,) = faults(await appoint(city, **deputy, replaces=leader))
    assert other_role == ("replaces", "接替的不是同一职务、同一项")
    on = await opened(city, "health-care-city-leader")
    (other_one,) = faults(await appoint(city, **on, startsOn="2026-06-01", replaces=leader))
    assert other_one == ("replaces", "接替的不是同一职务、同一项")


async def test_midnight_brings_in_whoever_begins_that_day(
    stored_city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = stored_city
    for kind in set(JOBS) - {"groupOnes"}:
        monkeypatch.delitem(JOBS, kind)
    jobs = Runner(lambda: Context(viewer=CLOCK, now=city.now))
    await jobs.finish()
    await appoint(city, startsOn="2026-11-20")
    assert (await ones(city))["city-leader"]["state"] == "NOT_BEGUN"
    city.now = at("2026-11-20 00:15")
    await jobs.finish()
    assert (await ones(city))["city-leader"]["state"] != "NOT_BEGUN"


async def test_what_waits_is_overdue_from_the_moment_that_it_is_late(city: City) -> None:
    await city.report(city.yanjiang)
    city.now = at("2026-11-20 17:00")
    assert await late_with_the_office(city) == [0]
    city.now = at("2026-11-20 17:31")
    assert await late_with_the_office(city) == [1]


async def late_with_the_office(city: City) -> list[int]:
    asked = """{ group(slug: "advanced-manufacturing") { industry {
        waits { unit { slug } overdue } } } }"""
    waits = (await city.run(city.group, asked))["group"]["industry"]["waits"]
    return [each["overdue"] for each in waits if each["unit"]["slug"] == "office"]
