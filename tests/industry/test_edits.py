"""What an edit leaves out stays as it is, and what it says is empty is emptied: over the graph and in forms."""

import html
import json
import re

import httpx2

from schema.gate.journal import fingerprint
from schema.industry.acts.targets import TargetCompanyAmendInput
from tests.industry.scenes import GEARS, GROUP
from tests.server.doors import signed_in
from tests.world import City, Said

GAP = {"gap": True, "gapReason": "全部外购", "wish": "一家年产 10 万套的齿轮厂"}
TARGET = """query($no: String!) { targetCompany(no: $no) {
    revision why node { no } region { slug } place { slug } owner { id } } }"""
NODE = """query($no: String!) { chainNode(no: $no) {
    revision name typical source gap gapReason wish retiredAt } }"""


async def target(city: City, no: str) -> Said:
    found: Said = (await city.run(city.group, TARGET, no=no))["targetCompany"]
    return found


async def node(city: City, no: str) -> Said:
    found: Said = (await city.run(city.group, NODE, no=no))["chainNode"]
    return found


async def with_node(city: City) -> str:
    given = GEARS | GAP | {"typical": "资阳齿轮厂", "source": "产业链图谱"}
    no: str = (await city.done(city.group, "chainNodeSet", **given))["node"]["no"]
    return no


async def test_amending_a_company_changes_what_is_given_and_null_empties(city: City) -> None:
    people = "query($slug: String!) { group(slug: $slug) { industry { people { id } } } }"
    of_group = (await city.run(city.group, people, slug=GROUP))["group"]["industry"]["people"]
    pointed = {"node": await with_node(city), "region": "pearl-delta", "place": "hightech"}
    listed = {"name": "某齿轮公司", "why": "配套", "owner": of_group[0]["id"]} | pointed
    no = (await city.done(city.group, "targetCompanyAdd", **listed))["target"]["no"]
    before = await target(city, no)
    assert before["owner"] and before["node"] and before["region"] and before["place"]
    on = {"target": no, "revision": before["revision"]}
    await city.done(city.group, "targetCompanyAmend", **on, why="配套机车齿轮箱")
    after = await target(city, no)
    assert after == before | {"why": "配套机车齿轮箱", "revision": before["revision"] + 1}
    on["revision"] = after["revision"]
    await city.done(city.group, "targetCompanyAmend", **on, node=None, why=None)
    emptied = await target(city, no)
    assert (emptied["node"], emptied["why"]) == (None, "")
    assert emptied["region"] and emptied["owner"]


async def test_a_node_keeps_what_its_document_leaves_out(city: City) -> None:
    no = await with_node(city)
    before = await node(city, no)
    on = {"node": no, "revision": before["revision"]}
    await city.done(city.group, "chainNodeSet", **GEARS | {"name": "轴承和齿轮"}, **on)
    after = await node(city, no)
    assert after == before | {"name": "轴承和齿轮", "revision": before["revision"] + 1}
    on["revision"] = after["revision"]
    refused = await city.act(city.group, "chainNodeSet", **GEARS, **on, wish=None)
    assert [each["field"] for each in refused["userErrors"]] == ["wish"]
    await city.done(city.group, "chainNodeSet", **GEARS, **on, gap=False)
    closed = await node(city, no)
    assert (closed["gap"], closed["gapReason"], closed["wish"]) == (False, "", "")
    assert closed["typical"] == "资阳齿轮厂"


async def test_a_region_renamed_keeps_its_place_and_stays_retired(city: City) -> None:
    made = (await city.done(city.office, "targetRegionSet", name="东盟", position=9))["region"]
    on = {"region": made["slug"], "revision": made["revision"]}
    await city.done(city.office, "targetRegionSet", **on, name="东盟", retired=True)
    on["revision"] += 1
    await city.done(city.office, "targetRegionSet", **on, name="东盟十国")
    regions = (await city.run(city.office, "{ targetRegions { slug name retired } }"))[
        "targetRegions"
    ]
    assert regions[-1] == {"slug": made["slug"], "name": "东盟十国", "retired": True}


def test_two_edits_differ_in_what_one_empties_and_the_other_leaves_out() -> None:
    on = {"target": "MB2026-0001", "revision": 1}
    left_out, emptied = (
        TargetCompanyAmendInput(**on, why="一"),
        TargetCompanyAmendInput(**on, why="一", node=None),
    )
    assert fingerprint(left_out) != fingerprint(emptied)


async def test_a_form_empties_what_it_shows_blank_and_unticks_what_was_ticked(city: City) -> None:
    no = await with_node(city)
    async with signed_in("group") as visitor:
        path = f"/chain/{no}/edit"
        page = (await visitor.get(path)).text
        was = html.unescape(re.findall(r'name="was" value="([^"]*)"', page)[0])
        assert json.loads(was)["gap"] is True
        sent = {**GEARS, "was": was, "revision": "1", "gapReason": "", "wish": "", "typical": ""}
        answer = await post(visitor, path, sent)
        assert answer.status_code == 303, answer.text[-2000:]
    after = await node(city, no)
    assert (after["gap"], after["gapReason"], after["typical"]) == (False, "", "")
    assert (after["source"], after["retiredAt"]) == ("产业链图谱", None)


async def post(visitor: httpx2.AsyncClient, path: str, sent: dict[str, str]) -> httpx2.Response:
    return await visitor.post(path, data={"act": "ChainNodeSet", "key": "edit-1", **sent})
