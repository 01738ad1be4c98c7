"""What a number says of the row that it names, and what the search box finds of a chain."""

from schema import database
from schema.gate.upkeep import sequence_faults
from schema.query.models import KINDS, Numbers, kind_numbered
from tests.industry.test_chain import node
from tests.industry.test_targets import faults, listed
from tests.project.test_pages import main, seen
from tests.server.doors import signed_in
from tests.world import City

NOT_BY_THE_YEAR = {"One", "ChainNode"}


def test_every_kind_with_a_number_says_how_it_is_numbered() -> None:
    """By these letters a number says what it names, and `check` compares the last one given out."""
    without = {name for name, kind in KINDS.items() if kind.key == "no" and not kind.numbers}
    assert without == NOT_BY_THE_YEAR
    letters = [kind.numbers.letters for kind in KINDS.values() if kind.numbers]
    assert len(letters) == len(set(letters))
    assert Numbers("QR", "migration {}", 3).written(2026, 7) == "QR2026-007"
    for number, kind in (
        ("MB2026-0001", "TargetCompany"),
        ("2026-0001", "Project"),
        ("MB-1", None),
    ):
        assert kind_numbered(number, KINDS) == kind


async def test_a_notice_is_about_what_its_number_names(city: City) -> None:
    project = await city.signed()
    own = await listed(city, place="yanjiang")
    asked = "query($no: String!) { project(no: $no) { entries(first: 1) { nodes { no } } } }"
    (entry,) = (await city.run(city.office, asked, no=project["no"]))["project"]["entries"]["nodes"]
    notice = "{ notices(first: 9) { nodes { subjectName link } } }"
    for no in (own["no"], project["no"], entry["no"]):
        sent = {"units": ["yanjiang"], "text": "请核对", "subject": no}
        await city.done(city.office, "noticeSend", **sent)
    found = (await city.run(city.office, notice))["notices"]["nodes"]
    links = [f"/targets/{own['no']}", f"/projects/{project['no']}", f"/verification/{entry['no']}"]
    assert sorted(each["link"] for each in found) == sorted(links)
    for no in ("MB2026-0999", "Z2026-00999", "2026-0999", "MB"):
        refused = await city.act(
            city.office, "noticeSend", units=["yanjiang"], text="请核对", subject=no
        )
        assert [field for field, _ in faults(refused)] == ["subject"], no


async def test_check_finds_that_a_number_of_a_target_company_would_be_given_again(
    city: City,
) -> None:
    assert (await listed(city))["no"] == "MB2026-0001"
    assert await sequence_faults() == []
    await database.write('DELETE FROM "sequence" WHERE "name" = \'target-2026\'', [[]])
    assert await sequence_faults() == ["target-2026 已编到 1，所记为 0，再编会重号"]


async def test_the_search_box_finds_a_node_of_a_chain(city: City) -> None:
    made = await node(city)
    gone = await node(city, name="轴承座")
    on = {"node": gone["no"], "revision": gone["revision"], "retired": True}
    given = {
        "chain": "轨道交通与商用车",
        "position": "UPSTREAM",
        "name": "轴承座",
        "classes": "3451",
    }
    await city.done(city.group, "chainNodeSet", **on, **given)
    for text in ("轴承", "zccl", "zhoucheng", made["no"], made["no"].lower()):
        for name in ("group", "yanjiang", "office"):
            async with signed_in(name) as visitor:
                page = main(await seen(visitor, f"/search?q={text}"))
            assert f'href="/chain/{made["no"]}"' in page, (text, name)
            assert f'href="/chain/{gone["no"]}"' not in page, (text, name)
            assert "产业链环节 1 个" in page, (text, name)
    async with signed_in("agent") as visitor:
        page = main(await seen(visitor, "/search?q=zccl"))
    assert "/chain/" not in page and "没有找到" in page
