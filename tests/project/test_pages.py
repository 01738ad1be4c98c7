"""The project list, the board, the search and the inbox as pages."""

import re
from collections.abc import AsyncIterator
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
import pytest_asyncio

from schema.database.statements import counting
from server import settings
from tests.server.doors import browser, signed_in
from tests.world import NOW, City, at, on, uscc


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NOW", NOW)


@pytest_asyncio.fixture
async def office(city: City) -> AsyncIterator[httpx2.AsyncClient]:
    async with signed_in("office") as visitor:
        yield visitor


async def seen(visitor: httpx2.AsyncClient, path: str, status: int = 200) -> str:
    answer = await visitor.get(path)
    assert answer.status_code == status, answer.text
    return unescape(answer.text)


def main(page: str) -> str:
    """The page without its frame."""
    return page[page.index("<main") : page.index("</main>")]


def listed(page: str) -> list[str]:
    """The numbers of the projects in the list, in order."""
    found = re.findall(r'href="/projects/(\d{4}-\d{4,})"', main(page))
    return list(dict.fromkeys(found))


def link(page: str, words: str) -> str:
    """Where the link leads that holds these words."""
    found = [
        href
        for href, text in re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', page, re.S)
        if words in text
    ]
    assert found, f"no link says {words}"
    return found[0]


def asked(address: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(address).query)


# ---------------------------------------------------------------- the list


async def test_the_list_shows_what_its_reader_may_see(
    city: City, office: httpx2.AsyncClient
) -> None:
    mine = await city.report(city.anyue, name="年产 5 万吨柠檬深加工项目", amount="3.2亿")
    other = await city.report(city.lezhi, name="桑蚕丝绸产业园", amount="8000万")
    page = await seen(office, "/projects")
    assert listed(page) == [other["no"], mine["no"]]
    assert "共 2 项，计划总投资 4 亿元" in page
    assert re.search(r">3\.20\s*<", page) and "剩 2 个工作日" in page
    async with signed_in("anyue") as visitor:
        page = await seen(visitor, "/projects")
        assert listed(page) == [mine["no"]]
        assert "桑蚕" not in page and "共 1 项" in page


async def test_a_guest_signs_in_first_and_comes_back_to_the_same_list(city: City) -> None:
    async with browser() as visitor:
        answer = await visitor.get("/projects?stage=SIGNED")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/projects%3Fstage%3DSIGNED"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("text=ningmeng", "lemon"),
        ("text=nmsjg", "lemon"),
        ("text=柠檬 深加工", "lemon"),
        ("stage=JUDGED", "judged"),
        ("stage=JUDGED&stage=REPORTED&text=sctm", "both"),
        ("group=modern-agriculture", "lemon"),
        ("firstContactPlace=anyue", "judged"),
        ("landingPlace=hightech", "moved"),
        ("amount.min=10亿", "moved"),
        ("amount.min=100000", "moved"),
        ("amount.max=3亿", "judged"),
        ("capitalOrigin=FOREIGN", "foreign"),
        ("reportedBy=anyue&stage=REPORTED", "lemon"),
        ("signedOn.since=2026-11-01&signedOn.until=2026-11-30", "moved"),
        ("transferred=true", "moved"),
        ("disputed=true", ""),
        ("investor=yatou", ""),
    ],
)
async def test_conditions_stand_in_the_address(
    city: City, office: httpx2.AsyncClient, query: str, found: str
) -> None:
    lemon = {
        "name": "柠檬深加工",
        "investorName": "四川甜蜜食品公司",
        "group": "modern-agriculture",
    }
    projects = {
        "lemon": await city.report(city.anyue, amount="4亿", **lemon),
        "judged": await city.judged(
            "anyue", name="冷链", amount="2亿", investorName="四川甜蜜物流公司"
        ),
        "moved": await city.signed(name="口腔园", amount="12.5亿"),
        "foreign": await city.report(
            name="影像", amount="5亿", capitalOrigin="FOREIGN", uscc="", noCodeReason="境外企业"
        ),
    }
    expected = {"": [], "both": ["judged", "lemon"]}.get(found, [found])
    page = await seen(office, f"/projects?{query}")
    assert listed(page) == [projects[name]["no"] for name in expected]


async def test_each_condition_is_taken_off_by_itself(
    city: City, office: httpx2.AsyncClient
) -> None:
    await city.report()
    address = "/projects?stage=SIGNED&stage=REPORTED&amount.min=1亿&order=-AMOUNT&columns=tax"
    page = await seen(office, address)
    rest = [("amount.min", "1亿"), ("order", "-AMOUNT"), ("columns", "tax")]
    assert asked(link(page, "阶段：已签约")) == [("stage", "REPORTED"), *rest]
    assert asked(link(page, "计划总投资 ≥ 1亿")) == [
        ("stage", "SIGNED"),
        ("stage", "REPORTED"),
        *rest[1:],
    ]
    assert asked(link(page, "清除全部")) == rest[1:]


async def test_what_was_left_blank_does_not_stay_in_the_address(office: httpx2.AsyncClient) -> None:
    answer = await office.get("/projects?text=&stage=SIGNED&amount.min=+&amount.max=")
    assert (answer.status_code, answer.headers["location"]) == (303, "/projects?stage=SIGNED")
    answer = await office.get("/projects?text=")
    assert answer.headers["location"] == "/projects"


async def test_a_condition_that_cannot_be_read_is_told_and_left_out(
    city: City, office: httpx2.AsyncClient
) -> None:
    project = await city.report()
    page = await seen(office, "/projects?amount.min=十几亿&stage=WON&stage=REPORTED", 400)
    assert "计划总投资 不低于：“十几亿”不是确切的金额" in page
    assert "阶段：请从所列中选择" in page
    assert 'value="十几亿"' in page
    assert 'class="wrong-why"' in page
    assert listed(page) == [project["no"]]
    assert "十几亿" not in re.sub(r"“十几亿”|value=\"十几亿\"", "", page)


async def test_columns_order_the_list_by_their_headings(
    city: City, office: httpx2.AsyncClient
) -> None:
    small = await city.report(amount="1亿")
    large = await city.report(amount="20亿")
    middle = await city.report(amount="3亿")
    page = await seen(office, "/projects?order=-AMOUNT")
    assert listed(page) == [large["no"], middle["no"], small["no"]]
    heading = re.search(r'<th[^>]*aria-sort="descending"[^>]*>(.*?)</th>', page, re.S)
    assert heading and "计划总投资" in heading[1]
    assert asked(link(heading[1], "计划总投资")) == [("order", "AMOUNT")]
    page = await seen(office, "/projects?order=AMOUNT")
    assert listed(page) == [small["no"], middle["no"], large["no"]]


async def test_pages_follow_one_another_both_ways_and_leave_nothing_out(
    city: City, office: httpx2.AsyncClient
) -> None:
    numbers = [(await city.report(amount=f"{amount}亿"))["no"] for amount in (5, 1, 4, 2, 3)]
    by_amount = [numbers[place] for place in (0, 2, 4, 3, 1)]
    page = await seen(office, "/projects?order=-AMOUNT&first=2")
    forth = [listed(page)]
    assert "上一页" not in page
    while "下一页" in page:
        assert "共 5 项" in page
        page = await seen(office, "/projects" + link(page, "下一页"))
        forth.append(listed(page))
    assert forth == [by_amount[:2], by_amount[2:4], by_amount[4:]]
    page = await seen(office, "/projects" + link(page, "上一页"))
    assert listed(page) == by_amount[2:4]
    page = await seen(office, "/projects" + link(page, "上一页"))
    assert listed(page) == by_amount[:2]


async def test_a_page_of_another_order_is_refused_in_words(
    city: City, office: httpx2.AsyncClient
) -> None:
    for _ in range(3):
        await city.report()
    page = await seen(office, "/projects?order=-AMOUNT&first=2")
    cursor = dict(asked(link(page, "下一页")))["after"]
    assert "游标无效，请从第一页重新翻" in await seen(office, f"/projects?after={cursor}", 400)


async def test_the_reader_chooses_the_columns(city: City, office: httpx2.AsyncClient) -> None:
    await city.report()
    page = await seen(office, "/projects?columns=tax&columns=linkage.clock&stage=REPORTED")
    heads = re.findall(r"<th scope=\"col\".*?</th>", page, re.S)
    words = [re.sub(r"<[^>]*>|\s", "", head) for head in heads]
    assert words == ["项目名称", "研判时限", "累计税收（万元）"]
    assert 'name="stage" value="REPORTED"' in page


async def test_empty_lists_say_what_to_do(city: City, office: httpx2.AsyncClient) -> None:
    assert "还没有您能看到的项目" in await seen(office, "/projects")
    assert "还没有您能看到的项目" in await seen(office, "/projects?view=board")
    await city.report()
    for view in ("", "&view=board"):
        page = await seen(office, f"/projects?stage=CLEARED{view}")
        assert "没有符合条件的项目" in page and "清除全部条件" in page


async def test_a_post_that_cannot_report_is_not_offered_to(city: City) -> None:
    for who, offered in (
        ("yanjiang", True),
        ("agent", True),
        ("leader", False),
        ("partner", False),
    ):
        async with signed_in(who) as visitor:
            assert ("报送项目" in main(await seen(visitor, "/projects"))) is offered


# ---------------------------------------------------------------- saved views


async def test_a_list_is_kept_under_a_name_and_left_again(
    city: City, office: httpx2.AsyncClient
) -> None:
    await city.report()
    address = "/projects?stage=REPORTED&amount.min=1%E4%BA%BF&order=-AMOUNT"
    page = await seen(office, address)
    here = re.search(r'name="query" value="([^"]*)"', page)
    assert here
    given = {
        "act": "ViewSave",
        "name": "待研判的大项目",
        "shared": "UNIT",
        "page": "projects",
        "query": here[1],
    }
    answer = await office.post(address, data=given)
    assert (answer.status_code, answer.headers["location"]) == (303, address)
    page = await seen(office, address)
    assert "已保存视图“待研判的大项目”" in page
    assert parse_qsl(urlsplit(link(page, "待研判的大项目")).query) == asked(address)
    assert re.search(r'aria-current="page">待研判的大项目', page)
    async with signed_in("yanjiang") as visitor:
        assert "待研判的大项目" not in await seen(visitor, "/projects")
    view = re.search(r'name="view" value="([^"]*)"', page)
    assert view and "删除视图“待研判的大项目”" in page
    answer = await office.post("/projects", data={"act": "ViewDelete", "view": view[1]})
    assert (answer.status_code, answer.headers["location"]) == (303, "/projects")
    page = await seen(office, "/projects")
    assert "已删除视图“待研判的大项目”" in page and page.count("待研判的大项目") == 1


async def test_a_view_without_a_name_is_refused_with_the_list_as_it_was(
    city: City, office: httpx2.AsyncClient
) -> None:
    project = await city.report()
    given = {
        "act": "ViewSave",
        "name": "",
        "shared": "ALL",
        "page": "projects",
        "query": "stage=REPORTED",
    }
    answer = await office.post("/projects?stage=REPORTED", data=given)
    assert answer.status_code == 422
    page = unescape(answer.text)
    assert "请填写名称" in page and listed(page) == [project["no"]]
    assert re.search(r'<option value="ALL" selected>全市', page)
    assert "阶段：已" not in page and "阶段：待研判" in page


async def test_a_view_of_somebody_else_cannot_be_deleted(city: City) -> None:
    await city.done(city.office, "viewSave", name="办公室的", query="stage=SIGNED", shared="ALL")
    (view,) = (await city.run(city.anyue, "{ viewer { views { id } } }"))["viewer"]["views"]
    async with signed_in("anyue") as anyue:
        answer = await anyue.post("/projects", data={"act": "ViewDelete", "view": view["id"]})
        assert answer.status_code == 422
        page = await seen(anyue, "/projects?stage=SIGNED")
    assert "办公室的" in page and "删除视图" not in page


# ---------------------------------------------------------------- the board


async def test_the_board_has_a_lane_for_each_step(city: City, office: httpx2.AsyncClient) -> None:
    waiting = [await city.report(amount="1亿"), await city.report(amount="2.5亿")]
    talking = await city.judged("anyue", amount="4亿")
    gone = await city.opined(await city.report())
    declined = {"verdict": "DECLINED", "reason": "不符合产业方向"}
    await city.done(city.office, "projectJudge", **on(gone), **declined)
    page = await seen(office, "/projects?view=board")
    lanes = re.findall(r'<section aria-labelledby="lane-.*?</section>', page, re.S)
    words = [re.sub(r"<[^>]*>|\s", "", lane) for lane in lanes]
    assert words[0].startswith("待研判／待补正23.5亿元")
    assert words[1].startswith("在谈14亿元")
    assert len(lanes) == 8
    assert set(listed_in(lanes[0])) == {project["no"] for project in waiting}
    assert listed_in(lanes[1]) == [talking["no"]]
    assert asked(link(page, "不予受理 1")) == [("stage", "DECLINED")]
    page = await seen(office, "/projects?view=board&amount.min=3亿")
    assert listed(page) == [talking["no"]] and "计划总投资 ≥ 3亿" in page


async def test_a_card_has_place_amount_who_has_it_and_the_acts_that_lead_on(city: City) -> None:
    waiting = await city.report(amount="2.5亿")
    talking = await city.judged("anyue", amount="4亿")
    await city.done(city.office, "projectReturn", **on(waiting), reason="缺佐证")
    async with signed_in("group") as visitor:
        cards = cards_of(await seen(visitor, "/projects?view=board"))
    assert "2.5 亿元" in cards[waiting["no"]] and "待补正" in cards[waiting["no"]]
    assert "4 亿元" in cards[talking["no"]] and "安岳县" in cards[talking["no"]]
    assert re.search(r"待[^：]+：补正", re.sub(r"<[^>]+>", "", cards[waiting["no"]]))
    assert (
        'data-closed="SIGNED"' in cards[talking["no"]] and "由负责单位办理" in cards[talking["no"]]
    )
    for doer in ("anyue", "office"):
        async with signed_in(doer) as visitor:
            card = cards_of(await seen(visitor, "/projects?view=board"))[talking["no"]]
        assert f'href="/projects/{talking["no"]}/agreement" data-to="SIGNED"' in card
        assert 'draggable="true"' in card and "data-closed" not in card, doer
    for reader in ("leader", "inspector"):
        async with signed_in(reader) as visitor:
            card = cards_of(await seen(visitor, "/projects?view=board"))[talking["no"]]
        assert "data-to" not in card and "draggable" not in card, reader


async def test_a_card_says_once_that_its_project_is_overdue(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = await city.opined(await city.report(city.yanjiang))
    late = at("2026-12-09 09:00")
    monkeypatch.setattr(settings, "NOW", late)
    city.now = late
    async with signed_in("office") as visitor:
        card = cards_of(await seen(visitor, "/projects?view=board"))[waiting["no"]]
    assert len(re.findall(r"逾期 \d+ 个工作日", card)) == 1, card


async def test_a_card_says_why_an_act_of_its_reader_does_not_lead_on_now(city: City) -> None:
    talking = await city.judged("anyue")
    await city.done(
        city.anyue, "projectTransferRequest", **on(talking), landingPlace="lezhi", reason="用地不足"
    )
    async with signed_in("anyue") as visitor:
        card = cards_of(await seen(visitor, "/projects?view=board"))[talking["no"]]
    reason = "query ($no: String!) { project(no: $no) { acts { name reason } } }"
    acts = (await city.run(city.anyue, reason, no=talking["no"]))["project"]["acts"]
    (why,) = [each["reason"] for each in acts if each["name"] == "agreementSign"]
    assert why and why in card and 'data-closed="SIGNED"' in card and "data-to" not in card


def cards_of(page: str) -> dict[str, str]:
    """The cards of a board by the numbers of their projects."""
    found = re.findall(r'(?s)<article class="queue-item".*?</article>', page)
    return {listed_in(card)[0]: unescape(card) for card in found}


async def test_a_full_lane_leads_to_the_rest_of_it(city: City, office: httpx2.AsyncClient) -> None:
    for number in range(10):
        await city.report(name=f"柠檬园{number}区")
    page = await seen(office, "/projects?view=board&text=ningmeng")
    assert len(listed(page)) == 8
    rest = link(page, "还有 2 项")
    assert asked(rest) == [("text", "ningmeng"), ("stage", "REPORTED"), ("stage", "RETURNED")]
    assert len(listed(await seen(office, rest))) == 10


def listed_in(part: str) -> list[str]:
    return re.findall(r'href="/projects/(\d{4}-\d{4,})"', part)


# ---------------------------------------------------------------- finding


async def test_a_search_groups_what_it_finds_and_marks_where(
    city: City, office: httpx2.AsyncClient
) -> None:
    project = await city.report(
        name="年产 5 万吨柠檬深加工项目", investorName="四川甜蜜柠檬食品公司"
    )
    page = await seen(office, "/search?q=nm")
    assert listed(page) == [project["no"]]
    assert "年产 5 万吨<mark>柠檬</mark>深加工项目" in page
    assert "四川甜蜜<mark>柠檬</mark>食品公司" in page
    assert "项目 1 项，企业 1 家" in page
    assert asked(link(page, "<mark>柠檬</mark>食品公司")) == [("investor.uscc", uscc(1))]
    assert listed(await seen(office, link(page, "<mark>柠檬</mark>食品公司"))) == [project["no"]]


async def test_a_search_finds_a_number_and_a_credit_code(
    city: City, office: httpx2.AsyncClient
) -> None:
    project = await city.report()
    await city.report()
    page = await seen(office, f"/search?q={project['no']}")
    assert listed(page) == [project["no"]] and f"<mark>{project['no']}</mark>" in page
    page = await seen(office, f"/search?q={uscc(1).lower()}")
    assert listed(page) == [project["no"]] and f"<mark>{uscc(1)}</mark>" in page


async def test_a_search_tells_nothing_of_what_is_not_seen(city: City) -> None:
    await city.report(city.anyue, name="柠檬园", investorName="四川甜蜜柠檬公司")
    async with signed_in("lezhi") as visitor:
        for given in ("柠檬", "ningmeng", uscc(1)):
            page = await seen(visitor, f"/search?q={given}")
            assert "没有找到" in page and not listed(page)


async def test_an_empty_search_says_what_can_be_found(office: httpx2.AsyncClient) -> None:
    assert "要找什么" in await seen(office, "/search")
    page = await seen(office, "/search?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "没有找到" in page
    raw = (await office.get("/search?q=%3Cscript%3Ealert(1)%3C/script%3E")).text
    assert "<script>alert" not in raw


# ---------------------------------------------------------------- what waits


async def test_the_inbox_puts_the_most_urgent_first(city: City, office: httpx2.AsyncClient) -> None:
    city.now = NOW.replace(day=11)
    late = await city.opined(await city.report(name="逾期项目", contactOn="2026-11-10"))
    city.now = NOW.replace(day=16)
    today = await city.opined(await city.report(name="今天到期项目"))
    city.now = NOW
    later = await city.opined(await city.report(name="刚报送项目"))
    page = main(await seen(office, "/inbox"))
    assert "共 3 件，其中逾期 1 件" in page
    order = ["逾期", late["name"], "今天", today["name"], "本周", later["name"]]
    places = [
        page.index(f">{word}", page.index("<section"))
        if word in ("逾期", "今天", "本周")
        else page.index(word, page.index("<section"))
        for word in order
    ]
    assert places == sorted(places)
    assert f'href="/judgement?no={late["no"]}"' in page
    assert "等待单位：雁江区" in page and "逾期 3 个工作日" in page and "今天 17:30 到期" in page


async def test_an_empty_inbox_says_so_and_names_the_next_deadline(
    city: City, office: httpx2.AsyncClient
) -> None:
    assert "暂无待办事项" in await seen(office, "/inbox")
    project = await city.opined(await city.report())
    page = await seen(office, "/inbox")
    assert "今天没有到期的待办事项" in page
    assert f"下一个期限是 11月20日 17:30：研判并明确首谈地，{project['name']}" in page


async def test_each_inbox_holds_what_its_reader_can_do(city: City) -> None:
    project = await city.report(city.anyue, name="柠檬园")
    await city.done(city.office, "projectReturn", **on(project), reason="补合同")
    async with signed_in("anyue") as visitor:
        page = await seen(visitor, "/inbox")
        assert "补正后重新报送" in page and f"/projects/{project['no']}/resubmission" in page
    async with signed_in("lezhi") as visitor:
        assert "柠檬园" not in await seen(visitor, "/inbox")


async def test_a_report_that_comes_back_under_a_known_name_is_asked_about_it(
    city: City, office: httpx2.AsyncClient
) -> None:
    other, project = await city.report(), await city.report()
    back = await city.done(city.office, "projectReturn", **on(project), reason="请补充营业执照")
    path, given = f"/projects/{project['no']}/resubmission", on(back["project"])
    given |= {"name": other["name"]}
    answer = await office.post(path, data=given)
    page = main(unescape(answer.text))
    assert answer.status_code == 422 and "库内已有名称相同的项目" in page
    assert f'href="/projects/{other["no"]}"' in page and 'name="acknowledgeDuplicates"' in page
    answer = await office.post(path, data=given | {"acknowledgeDuplicates": "true"})
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("who", "start"),
    [
        ("office", "/judgement"),
        ("leader", "/assessment/ranking"),
        ("agent", "/projects"),
        ("anyue", "/inbox"),
        ("partner", "/developers"),
    ],
)
async def test_each_post_starts_its_day_where_its_work_is(city: City, who: str, start: str) -> None:
    async with signed_in(who) as visitor:
        answer = await visitor.get("/")
        assert (answer.status_code, answer.headers["location"]) == (303, start)
    async with browser() as visitor:
        assert (await visitor.get("/")).headers["location"] == "/sign-in"


# ---------------------------------------------------------------- what it costs

FRAME = 1 + 2
"""Who asks; the unit, and all the counts beside the menu at once."""


@pytest.mark.parametrize(
    ("path", "own", "why"),
    [
        (
            "/projects",
            7,
            "others' views, drafts, funnel, the lists to choose from at once, the page with its total, rules as before",
        ),
        (
            "/projects?view=board",
            19,
            "views, others' views, drafts, funnel, lists, 8 lanes; for all lanes at once investors, places, "
            "claims, units, what waits and what stands in the way; rules as before",
        ),
        (
            "/search?q=kouqiang",
            9,
            "4 lists, 3 totals, places, rules as before; investors are among the companies found",
        ),
        (
            "/inbox",
            9,
            "what is theirs, how urgent all of it is, what they wait for, with totals, rules as before",
        ),
    ],
)
async def test_a_page_asks_as_much_of_the_database_for_many_as_for_few(
    city: City, office: httpx2.AsyncClient, path: str, own: int, why: str
) -> None:
    await city.signed()
    await city.report()
    await seen(office, path)
    with counting() as few:
        await seen(office, path)
    for _ in range(4):
        await city.report(city.anyue)
        await city.judged("lezhi")
    with counting() as many:
        await seen(office, path)
    assert (len(few), len(many)) == (FRAME + own, FRAME + own), why


async def test_a_number_that_is_not_found_in_the_queue_shows_no_other_project(
    city: City,
) -> None:
    shown = await city.report()
    async with signed_in("office") as visitor:
        first = (await visitor.get("/judgement")).text
        page = (await visitor.get("/judgement?no=2026-9999")).text
    desk = page[page.index('id="detail"') :]
    assert shown["name"] in first[first.index('id="detail"') :]
    assert "没有找到项目 2026-9999" in desk and shown["name"] not in desk
