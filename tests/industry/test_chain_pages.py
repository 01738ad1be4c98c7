"""The pages of a chain: who sees them and who keeps it, what each number opens, forms, files, statements."""

import re
from html import unescape
from urllib.parse import urlencode

import httpx2
import pytest

from schema.database.statements import counting
from schema.people.tables import Appointment, Organization
from server import settings
from tests.industry.scenes import GEARS, GROUP
from tests.industry.test_chain import node
from tests.server.doors import signed_in
from tests.world import NOW, City, Said

CHAIN = f"/groups/{GROUP}/chain"
NEW = f"{CHAIN}/new"
GAP = {"gap": True, "gapReason": "全部外购", "wish": "一家年产 10 万套的齿轮厂"}
OUTSIDERS = ("agent", "partner", "expert")


@pytest.fixture(autouse=True)
def the_citys_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NOW", NOW)


async def shown(name: str, path: str) -> str:
    async with signed_in(name) as visitor:
        answer = await visitor.get(path)
    assert answer.status_code == 200, (name, path, answer.status_code)
    return unescape(answer.text)


async def typed(visitor: httpx2.AsyncClient, page: str, act: str, **given: str) -> httpx2.Response:
    key = "-".join(each.encode().hex() for each in given.values())[-60:]
    return await visitor.post(page, data={"act": act, "key": key, **given})


def table_of(text: str) -> list[str]:
    """The first words of the rows of the page's tables."""
    bodies = "".join(re.findall(r"(?s)<tbody>(.*?)</tbody>", text))
    return re.findall(r'<th scope="row"><a [^>]*>([^<]+)', bodies)


def tiles_of(text: str) -> list[tuple[str, str]]:
    """The tiles of the picture: their classes, and what they are called."""
    return re.findall(r'class="node ([^"]+)" aria-label="([^：]+)', text)


async def furnished(city: City) -> dict[str, Said]:
    """Four nodes of one chain, one of each kind, and one of another chain."""
    made = {
        "gears": await node(city),
        "engines": await node(city, name="发动机", classes="3412"),
        "gap": await node(city, name="机车整车", position="MIDSTREAM", classes="3711", **GAP),
        "repair": await node(city, name="车辆维修", position="DOWNSTREAM", classes="8111"),
        "lemons": await node(city, name="柠檬加工", chain="食品饮料", classes="1373"),
    }
    given = {"node": made["gears"]["no"], "name": "资阳齿轮厂", "source": "高新区企业名录"}
    await city.done(city.group, "chainFirmAdd", **given)
    await city.report(city.group, industryCode="3412", amount="2亿", name="发动机项目")
    company = {"name": "某机车公司", "node": made["gap"]["no"]}
    await city.done(city.group, "targetCompanyAdd", **company)
    return made


async def test_a_gap_is_a_hole_and_the_rest_is_solid_or_hatched(city: City) -> None:
    made = await furnished(city)
    text = await shown("group", CHAIN)
    assert tiles_of(text) == [
        ("have l1", "轴承齿轮"),
        ("talks", "发动机"),
        ("gap", "机车整车"),
        ("none", "车辆维修"),
    ]
    assert text.count('class="edge broken"') == 3 and 'class="edge"' not in text
    assert re.search(r'<text class="n"[^>]*>缺</text>', text)
    gap = text.partition('<ol class="gaps">')[2].partition("</ol>")[0]
    for said in ("全部外购", "一家年产 10 万套的齿轮厂", f"/targets?node.no={made['gap']['no']}"):
        assert said in gap
    assert "柠檬加工" not in text and "食品饮料" in text


async def test_a_gap_shows_what_there_is_all_the_same(city: City) -> None:
    made = await furnished(city)
    firm = {"node": made["gap"]["no"], "name": "资阳机车厂", "source": "高新区企业名录"}
    await city.done(city.group, "chainFirmAdd", **firm)
    assert re.search(r'<text class="what"[^>]*>已有 1</text>', await shown("group", CHAIN))
    await city.report(city.group, industryCode="3711", amount="2亿", name="机车项目")
    text = await shown("group", CHAIN)
    assert re.search(r'<text class="what"[^>]*>已有 1，在谈、在建 1 项</text>', text)
    gap = text.partition('<ol class="gaps">')[2].partition("</ol>")[0]
    assert f'/chain/{made["gap"]["no"]}#have"><b>1</b>' in gap


async def test_a_chain_is_chosen_all_are_listed_and_a_state_narrows(city: City) -> None:
    await furnished(city)
    names = ["轴承齿轮", "发动机", "机车整车", "车辆维修"]
    assert table_of(await shown("group", CHAIN)) == names
    assert table_of(await shown("group", f"{CHAIN}?{urlencode({'chain': '食品饮料'})}")) == [
        "柠檬加工"
    ]
    whole = await shown("group", f"{CHAIN}?chain=*")
    assert table_of(whole) == [*names, "柠檬加工"] and "chain-map" not in whole
    narrowed = await shown("group", f"{CHAIN}?state=GAP")
    assert table_of(narrowed) == ["机车整车"]
    assert [kind for kind, _ in tiles_of(narrowed)].count("gap") == 1
    assert len(tiles_of(narrowed)) == 4 and "talks off" in narrowed
    assert table_of(await shown("group", f"{CHAIN}?state=PURPLE&chain=无")) == names


async def test_each_number_opens_its_list(city: City) -> None:
    made = await furnished(city)
    await city.report(city.group, industryCode="3451", name="不是发动机")
    async with signed_in("group") as visitor:
        page = unescape((await visitor.get(CHAIN)).text)
        (row,) = re.findall(r"(?s)<tr[^>]*><th[^>]*><a [^>]*>发动机</a>.*?</tr>", page)
        href, count = re.findall(r'href="(/projects[^"]+)">(\d+)<', row)[0]
        assert count == "1" and "industryCode=3412" in href
        listed = await visitor.get(href)
    assert listed.status_code == 200
    assert "发动机项目" in listed.text and "不是发动机" not in listed.text
    assert f'/chain/{made["gears"]["no"]}#firms">1<' in page
    assert f'/targets?node.no={made["gap"]["no"]}">1<' in page


async def test_projects_are_filtered_by_class_and_agents_by_none_they_do_not_see(
    city: City,
) -> None:
    await city.report(city.group, industryCode="3412", name="发动机项目")
    await city.report(city.group, industryCode="3451", name="轴承项目")
    asked = (
        "query($codes: [String!]) { projects(filter: {industryCode: $codes}) { nodes { name } } }"
    )
    found = await city.run(city.group, asked, codes=["3412"])
    assert [each["name"] for each in found["projects"]["nodes"]] == ["发动机项目"]
    found = await city.run(city.group, asked, codes=["3412", "3451"])
    assert len(found["projects"]["nodes"]) == 2
    assert "行业类别：3412" in await shown("group", "/projects?industryCode=3412")


async def test_the_group_and_the_office_keep_the_chain_and_others_read_it(city: City) -> None:
    made = await furnished(city)
    unit = await Organization.get(slug="group-biomedicine-food")
    await Appointment.filter(person_id=city.department.person).update(
        post="GROUP", organization_id=unit.id
    )
    place = f"/chain/{made['gears']['no']}"
    for name in ("group", "office"):
        assert f'href="{NEW}' in await shown(name, CHAIN), name
        text = await shown(name, place)
        assert f'href="{place}/edit"' in text and 'value="ChainFirmAdd"' in text
        assert 'value="ChainFirmEnd"' in text, name
        assert 'value="ChainNodeSet"' in await shown(name, NEW)
    for name in ("department", "yanjiang", "leader", "branch"):  # department: of another group now
        assert f'href="{NEW}' not in await shown(name, CHAIN), name
        text = await shown(name, place)
        assert "资阳齿轮厂" in text and 'name="act"' not in text.partition("<main")[2], name
        assert f'href="{place}/edit"' not in text
        assert "由本小组和办公室登记" in await shown(name, NEW)
        assert "由本小组和办公室登记" in await shown(name, f"{place}/edit")


async def test_outsiders_find_no_chain(city: City) -> None:
    made = await node(city)
    for name in OUTSIDERS:
        async with signed_in(name) as visitor:
            for path in (CHAIN, NEW, f"/chain/{made['no']}", f"/chain/{made['no']}/edit"):
                assert (await visitor.get(path)).status_code == 404, (name, path)
            assert (await visitor.get(f"{CHAIN}.csv")).status_code == 404, name
    async with signed_in("group") as visitor:
        for path in ("/groups/nobody/chain", "/groups/nobody/chain/new", "/chain/G9-99"):
            assert (await visitor.get(path)).status_code == 404, path


async def test_a_node_is_begun_and_errors_stand_at_their_fields(city: City) -> None:
    given = {"group": GROUP, "chain": "轨道交通", "position": "UPSTREAM", "name": "轴承齿轮"}
    async with signed_in("group") as visitor:
        assert 'value="轨道交通"' in unescape((await visitor.get(f"{NEW}?chain=轨道交通")).text)
        refused = await typed(
            visitor, NEW, "ChainNodeSet", **given, classes="3451、9999", gap="true"
        )
        assert refused.status_code == 422
        text = unescape(refused.text)
        assert "没有小类“9999”" in text.partition('id="f-classes-wrong"')[2][:200]
        assert 'id="f-gapReason-wrong"' in text and 'id="f-wish-wrong"' in text
        assert 'value="3451、9999"' in text and f'name="group" value="{GROUP}"' in text
        done = await typed(visitor, NEW, "ChainNodeSet", **given, classes="3451、3453")
        assert done.status_code == 303
        assert (await visitor.get(done.headers["location"])).status_code == 200
    assert re.fullmatch(r"/chain/G\d+-01", done.headers["location"])


async def test_a_node_is_changed_retired_and_taken_up_again_with_its_history(city: City) -> None:
    made = await node(city, **GAP)
    page = f"/chain/{made['no']}"
    async with signed_in("group") as visitor:
        form = unescape((await visitor.get(f"{page}/edit")).text)
        assert 'value="3451 3453"' in form and re.search(r'name="gap" value="true" checked', form)
        assert not re.search(r'name="retired" value="true" checked', form)
        unticked = {"was": '{"gap": true}', "gapReason": "", "wish": ""}
        same = {**GEARS, "revision": str(made["revision"]), **unticked}
        done = await typed(visitor, f"{page}/edit", "ChainNodeSet", **same, retired="true")
        assert done.status_code == 303 and done.headers["location"] == page
        stale = await typed(visitor, f"{page}/edit", "ChainNodeSet", **same, typical="齿轮厂")
        assert stale.status_code == 409
        text = unescape((await visitor.get(page)).text)
        assert "起停用" in text and "登记或修改产业链环节" in text and "是否缺口：" in text
        form = unescape((await visitor.get(f"{page}/edit")).text)
        assert re.search(r'name="retired" value="true" checked', form)
        assert not re.search(r'name="gap" value="true" checked', form)
        assert "尚未登记产业链" in (await visitor.get(CHAIN)).text


async def test_a_firm_is_counted_in_and_out_by_the_form_beside_it(city: City) -> None:
    made = await node(city)
    page = f"/chain/{made['no']}"
    given = {"name": "资阳齿轮厂", "source": "企业名录", "place": "hightech"}
    async with signed_in("group") as visitor:
        assert (await typed(visitor, page, "ChainFirmAdd", **given)).status_code == 303
        other = given | {"name": "资阳轴承厂"}
        assert (await typed(visitor, page, "ChainFirmAdd", **other)).status_code == 303
        twice = await typed(visitor, page, "ChainFirmAdd", **given | {"source": "另一份名录"})
        assert twice.status_code == 422 and "已计入这个环节" in twice.text
        ids = re.findall(r'name="firm" value="([^"]+)"', (await visitor.get(page)).text)
        assert len(ids) == 2
        wrong = unescape((await typed(visitor, page, "ChainFirmEnd", firm=ids[1])).text)
        assert re.findall(r'id="(f-[^"]+-wrong)"', wrong) == [
            f"f-ChainFirmEnd-{ids[1]}-reason-wrong"
        ]
        fields = re.findall(r'id="(f-[^"]+)"', wrong)
        assert len(fields) == len(set(fields))
        gone = await typed(visitor, page, "ChainFirmEnd", firm=ids[1], reason="已搬离")
        assert gone.status_code == 303
        text = unescape((await visitor.get(page)).text)
    assert "已移出 1 家" in text and "本市已有 1<" in text and "高新区" in text
    assert (
        "<b>把企业移出产业链环节</b>" in text and text.count("<b>把本地企业计入产业链环节</b>") == 2
    )


async def test_classes_are_found_by_code_and_name_and_added_to_the_field(city: City) -> None:
    async with signed_in("group") as visitor:
        for asked in ("3451", "滚动轴承", "gdzc"):
            found = await visitor.get(f"/pick/class?field=classes&q={asked}")
            assert "<b>3451</b> 滚动轴承制造" in found.text, asked
        many = await visitor.get("/pick/class?field=classes&q=34")
        assert many.text.count("pick-class") == 20 and "还有更多" in many.text
        assert "没有这样的小类" in (await visitor.get("/pick/class?field=classes&q=飞船票")).text
        added = await visitor.get("/pick/class?field=classes&add=3453&classes=3451")
        assert 'name="classes" value="3451、3453"' in added.text
    asked = "query($text: String) { industryClasses(text: $text, first: 2) { code name } }"
    found = (await city.run(city.group, asked, text="345"))["industryClasses"]
    assert found[0] == {"code": "3451", "name": "滚动轴承制造"} and len(found) == 2


async def test_the_table_is_taken_as_a_file_as_it_is_narrowed(city: City) -> None:
    await furnished(city)
    async with signed_in("group") as visitor:
        page = unescape((await visitor.get(f"{CHAIN}?state=GAP")).text)
        (href,) = re.findall(r'href="([^"]+\.csv[^"]*)"', page)
        file = (await visitor.get(href)).text
        whole = (await visitor.get(f"{CHAIN}.csv?chain=*")).text
        assert (await visitor.get(f"{CHAIN}.csv?state=PURPLE")).status_code == 400
    head, row, *more = file.strip().splitlines()
    assert more == [] and "机车整车" in row and "全部外购" in row and "缺口" in row
    assert "环节" in head and "情形" in head
    assert len(whole.strip().splitlines()) == 6


async def test_the_statements_of_a_chain_do_not_grow_with_its_nodes(city: City) -> None:
    await furnished(city)
    async with signed_in("group") as visitor:
        await visitor.get(CHAIN)
        with counting() as few:
            await visitor.get(CHAIN)
        for no in range(12):
            made = await node(city, name=f"环节{no}", classes="3411")
            given = {"node": made["no"], "name": "资阳厂", "source": "企业名录"}
            await city.done(city.group, "chainFirmAdd", **given)
        await visitor.get(CHAIN)
        with counting() as many:
            text = (await visitor.get(CHAIN)).text
    assert len(tiles_of(text)) == 16
    assert len(many) == len(few) <= 14, many


async def test_who_sees_a_part_of_the_groups_work_is_told_of_no_state_that_may_be_false(
    city: City,
) -> None:
    made = await furnished(city)
    await city.report(city.yanjiang, industryCode="8111", amount="1亿", name="维修项目")
    asked = f"""{{ chainNodes(group: "{GROUP}") {{ state negotiating }}
        chain(group: "{GROUP}") {{ nodes {{ node {{ standing {{ state }} }} }} }} }}"""
    found = {name: await city.run(city[name], asked) for name in ("office", "yanjiang", "branch")}
    states = {name: [each["state"] for each in read["chainNodes"]] for name, read in found.items()}
    assert states["office"] == ["HAVE", "TALKS", "GAP", "TALKS", "NONE"]
    assert states["yanjiang"] == states["branch"] == ["HAVE", None, "GAP", None, None]
    assert found["yanjiang"]["chainNodes"][3]["negotiating"] == 1, "its own is counted"
    of_chain = [each for one in found["branch"]["chain"] for each in one["nodes"]]
    assert [each["node"]["standing"]["state"] for each in of_chain] == states["branch"]
    text = await shown("yanjiang", CHAIN)
    tiles = [("have l1", "轴承齿轮"), ("unknown", "发动机"), ("gap", "机车整车")]
    assert tiles_of(text) == [*tiles, ("unknown", "车辆维修")]
    for words in ("没有已有的", "暂无", "在谈补位"):
        assert words not in text, words
    assert "不能判断" in text and "金额和环节的情形只是您能看到的" in text
    page = await shown("branch", f"/chain/{made['engines']['no']}")
    assert "不能判断" in page and "情形只是您能看到的" in page and "没有您能看到的在谈" in page
    assert "不能判断" not in await shown("group", CHAIN)
