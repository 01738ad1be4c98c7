"""Article 2: a group's chain, what the city has of each node, what it negotiates and lacks."""

from schema.database.statements import counting
from schema.project.rules.classes import class_names
from server.settings import ROOT
from tests.world import City, Said

CHAIN = """query($group: String!) { chain(group: $group) { name nodes {
    node { no name position classes { code name } gap gapReason wish } firms { name source }
    inCity producing negotiating amount targets stages { stage count } } } }"""
GEARS = {
    "chain": "轨道交通与商用车",
    "position": "UPSTREAM",
    "name": "轴承齿轮",
    "classes": "3451、3453",
}


async def chain(city: City, viewer: str = "group") -> list[Said]:
    found = await city.run(city[viewer], CHAIN, group="advanced-manufacturing")
    chains: list[Said] = found["chain"]
    return chains


async def node(city: City, **given: object) -> Said:
    made: Said = (await city.done(city.group, "chainNodeSet", **GEARS | given))["node"]
    return made


def faults(payload: Said) -> list[tuple[str, str]]:
    return [(each["field"], each["message"]) for each in payload["userErrors"]]


async def test_a_node_counts_what_the_city_has_and_negotiates_in_its_classes(city: City) -> None:
    made = await node(city)
    await node(city, name="商用车整车", position="MIDSTREAM", classes="3611")
    await city.report(city.group, industryCode="3451", amount="2亿")
    await city.report(city.yanjiang, industryCode="3453", amount="1亿")
    await city.report(city.yanjiang, industryCode="8211", amount="9亿")
    added = {"node": made["no"], "name": "资阳齿轮厂", "source": "高新区企业名录"}
    await city.done(city.group, "chainFirmAdd", **added)
    await city.done(city.group, "targetCompanyAdd", name="某齿轮公司", node=made["no"])
    (one,) = await chain(city)
    gears, vehicles = one["nodes"]
    assert gears["node"]["classes"][0] == {"code": "3451", "name": "滚动轴承制造"}
    assert (gears["inCity"], gears["negotiating"], gears["targets"]) == (1, 2, 1)
    assert gears["amount"] == "300000000.00"
    assert gears["stages"] == [{"stage": "REPORTED", "count": 2}]
    assert (vehicles["inCity"], vehicles["negotiating"]) == (0, 0)


async def test_a_gap_says_why_and_what_is_wished_for(city: City) -> None:
    refused = await city.act(city.group, "chainNodeSet", **GEARS, gap=True)
    assert {field for field, _ in faults(refused)} == {"gapReason", "wish"}
    made = await node(city, gap=True, gapReason="全部外购", wish="一家年产 10 万套的齿轮厂")
    on = {"node": made["no"], "revision": made["revision"], "gap": False}
    closed = await city.act(city.group, "chainNodeSet", **GEARS, **on, wish="x")
    assert faults(closed)[0][0] == "wish"
    await city.done(city.group, "chainNodeSet", **GEARS, **on)
    stale = await city.act(
        city.office, "chainNodeSet", **GEARS, node=made["no"], revision=made["revision"]
    )
    assert stale["userErrors"][0]["code"] == "STALE"


async def test_a_class_that_the_standard_does_not_have_is_refused(city: City) -> None:
    (unknown,) = faults(
        await city.act(city.group, "chainNodeSet", **GEARS | {"classes": "3451 9999"})
    )
    assert unknown[0] == "classes" and "9999" in unknown[1]


def test_the_classes_of_the_standard_stand_in_one_file() -> None:
    """What a report may say of its industry and what a node may be of cannot come apart."""
    files = [each for kind in ("csv", "txt") for each in (ROOT / "schema").rglob(f"*.{kind}")]
    have = {each.name: set(each.read_text().replace(",", " ").split()) for each in files}
    whole = [name for name, words in have.items() if len(words & class_names().keys()) > 1000]
    assert whole == ["classes.csv"] and len(class_names()) == 1380


async def test_a_firm_is_counted_once_and_leaves_with_a_reason(city: City) -> None:
    made = await node(city)
    given = {"node": made["no"], "name": "资阳齿轮厂", "source": "企业名录"}
    firm = (await city.done(city.group, "chainFirmAdd", **given))["firm"]
    (twice,) = faults(await city.act(city.group, "chainFirmAdd", **given))
    assert twice[0] == "name"
    for name in ("资阳 齿轮厂", "（资阳）齿轮厂有限公司"):
        refused = faults(await city.act(city.group, "chainFirmAdd", **given | {"name": name}))
        assert refused == [("name", "“资阳齿轮厂”已计入这个环节")], name
    await city.done(city.group, "chainFirmEnd", firm=firm["id"], reason="已搬离")
    back = (await city.done(city.group, "chainFirmAdd", **given))["firm"]
    await city.done(city.group, "chainFirmEnd", firm=back["id"], reason="再次搬离")
    (one,) = await chain(city)
    assert one["nodes"][0]["inCity"] == 0


async def test_only_the_group_and_the_office_keep_the_chain_and_outsiders_see_none(
    city: City,
) -> None:
    made = await node(city)
    for name in ("yanjiang", "department", "branch", "agent", "leader", "partner"):
        refused = await city.act(city[name], "chainNodeSet", **GEARS)
        assert refused["userErrors"][0]["code"] == "NOT_ALLOWED", name
    assert await chain(city, "yanjiang")
    for name in ("agent", "partner", "expert", "public"):
        assert await chain(city, name) == [], name
    change = {"node": made["no"], "revision": made["revision"], "retired": True}
    await city.done(city.office, "chainNodeSet", **GEARS, **change)
    assert await chain(city) == []


async def test_how_many_nodes_stand_is_read_by_as_many_statements_as_how_one_does(
    city: City,
) -> None:
    await node(city)
    asked = """{ chainNodes(group: "advanced-manufacturing") { node { name
        standing { inCity negotiating targets } } } }"""

    async def taken() -> int:
        with counting() as statements:
            found = await city.run(city.group, asked)
        assert found["chainNodes"][0]["node"]["standing"]["negotiating"] == 1
        return len(statements)

    await city.report(city.group, industryCode="3451")
    one = await taken()
    for name in ("商用车整车", "车桥", "车身"):
        await node(city, name=name, classes="3611")
    assert await taken() == one
