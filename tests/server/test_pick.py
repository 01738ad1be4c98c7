"""What a combobox offers while one types, and amounts read back."""

import re
from html import unescape

import httpx2
import pytest

from schema.database.statements import counting
from schema.people.tables import Organization
from server.web import autocomplete
from tests.server.doors import browser, signed_in
from tests.world import City, uscc


async def offered(visitor: httpx2.AsyncClient, path: str) -> list[tuple[str, str]]:
    """The radio buttons of an answer: value and label; a chosen one's label ends with a star."""
    answer = await visitor.get(path)
    assert answer.status_code == 200, answer.text
    return [
        (value, label.strip() + ("*" if "checked" in rest else ""))
        for value, rest, label in re.findall(
            r'<input type="radio" name="[^"]*" value="([^"]*)"([^>]*)>\s*([^<]*)',
            unescape(answer.text),
        )
    ]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("", ["yanjiang", "anyue", "lezhi", "hightech", "airport"]),
        ("安岳", ["anyue"]),
        ("anyue", ["anyue"]),
        ("ayx", ["anyue"]),
        ("LZ", ["lezhi"]),
        ("区", ["yanjiang", "hightech", "airport"]),
        ("gaoxin qu", ["hightech"]),
        ("上海", []),
    ],
)
async def test_places_are_found_by_characters_pinyin_and_initials(
    city: City, given: str, found: list[str]
) -> None:
    async with signed_in("yanjiang") as visitor:
        options = await offered(visitor, f"/pick/place?field=landingPlace&q={given}")
    assert [value for value, _ in options] == found


async def test_nothing_found_says_what_to_try(city: City) -> None:
    async with signed_in("yanjiang") as visitor:
        answer = await visitor.get("/pick/place?field=landingPlace&q=上海")
        assert "没有找到，换个写法试试" in answer.text


async def test_the_choice_made_before_stays_and_is_not_repeated(city: City) -> None:
    async with signed_in("office") as visitor:
        path = "/pick/place?field=landingPlace&landingPlace=lezhi&q="
        assert await offered(visitor, path + "ayx") == [("lezhi", "乐至县*"), ("anyue", "安岳县")]
        assert await offered(visitor, path + "lz") == [("lezhi", "乐至县*")]


async def test_units_are_found_by_their_short_names_however_many_there_are(city: City) -> None:
    for number in range(120):
        await Organization.create(
            slug=f"unit-{number}",
            name=f"第{number}招商服务中心",
            short_name=f"柠檬{number}",
            kind="AGENT",
            position=100 + number,
        )
    async with signed_in("office") as visitor:
        path = "/pick/organization?field=reportedBy&q="
        assert [value for value, _ in await offered(visitor, path + "nm117")] == ["unit-117"]
        assert ("office", "领导小组办公室（市经济合作和外事局）") in await offered(
            visitor, path + "ldxz"
        )
        answer = await visitor.get(path + "ningmeng")
        assert len(await offered(visitor, path + "ningmeng")) == autocomplete.SHOWN
        assert "还有更多，请再多输几个字" in answer.text


async def test_groups_are_offered_in_the_order_of_the_document(city: City) -> None:
    async with signed_in("agent") as visitor:
        options = await offered(visitor, "/pick/group?field=group&q=")
        assert len(options) == 7 and options[0][0] == "advanced-manufacturing"
        assert [value for value, _ in await offered(visitor, "/pick/group?field=group&q=xdny")] == [
            "modern-agriculture"
        ]


async def test_companies_and_projects_are_only_those_seen(city: City) -> None:
    project = await city.report(city.anyue, name="柠檬深加工", investorName="四川甜蜜食品有限公司")
    for number in range(22):
        await city.report(city.lezhi, name=f"桑蚕产业园{number}区")
    async with signed_in("anyue") as visitor:
        path = "/pick/company?field=uscc&q="
        assert await offered(visitor, path + "tianmi") == [(uscc(1), "四川甜蜜食品有限公司")]
        assert await offered(visitor, "/pick/project?field=into&q=nmsjg") == [
            (project["no"], "柠檬深加工")
        ]
        assert await offered(visitor, "/pick/project?field=into&q=桑蚕") == []
    async with signed_in("lezhi") as visitor:
        assert await offered(visitor, path + "tianmi") == []
        chosen = f"/pick/project?field=into&into={project['no']}&q=sangcan"
        options = await offered(visitor, chosen)
        assert project["no"] not in [value for value, _ in options]
        assert len(options) == autocomplete.SHOWN
    async with signed_in("office") as visitor:
        assert (await offered(visitor, chosen))[0] == (project["no"], "柠檬深加工*")


async def test_what_is_typed_is_text_and_nothing_else(city: City) -> None:
    async with signed_in("office") as visitor:
        answer = await visitor.get('/pick/place?field="><script>x</script>&q=<b>%25_\\')
        assert "<script>" not in answer.text and "<b>" not in answer.text
        assert (await visitor.get(f"/pick/company?q={'长' * 300}")).status_code == 200
        assert await offered(visitor, "/pick/company?field=x&q=%25") == []


async def test_a_picker_is_for_those_who_are_signed_in(city: City) -> None:
    async with browser() as visitor:
        for path in ("/pick/place?q=", "/pick/money?field=amount&amount=1"):
            assert (await visitor.get(path)).status_code == 401
    async with signed_in("office") as visitor:
        assert (await visitor.get("/pick/person?q=")).status_code == 404
        assert (await visitor.post("/pick/place")).status_code == 405


@pytest.mark.parametrize(
    ("given", "echo"),
    [
        ("12.5亿", "= 12.5 亿元 = 125,000 万元"),
        ("125000", "= 12.5 亿元 = 125,000 万元"),
        ("１２５０００万元", "= 12.5 亿元 = 125,000 万元"),
        ("3200.5", "= 3,200.5 万元"),
        ("32005.55万", "= 3.2 亿元 ≈ 32,005.55 万元"),
        ("860元", "= 860 元 = 0.086 万元"),
        ("", ""),
        ("  ", ""),
        (
            "12亿左右",
            "“12亿左右”是估计数，去掉“约”“左右”等字，填确切金额，请写成“12.5亿”或“125000万元”",
        ),
        ("3-5亿", "“3-5亿”是一个范围，不是一个金额，请写成“12.5亿”或“125000万元”"),
        ("很多", "“很多”不是确切的金额，请写成“12.5亿”或“125000万元”"),
    ],
)
async def test_an_amount_is_read_back_or_told_how_to_write(
    city: City, given: str, echo: str
) -> None:
    async with signed_in("agent") as visitor:
        answer = await visitor.get(
            "/pick/money", params={"field": "amount.min", "amount.min": given}
        )
    assert (answer.status_code, unescape(answer.text).strip()) == (200, echo)


@pytest.mark.parametrize(
    ("path", "echo"),
    [
        ("/pick/money?field=a&estimate=1&a=约十二亿", "≈ 12 亿元 = 120,000 万元，记为估计数"),
        ("/pick/money?field=a&estimate=1&a=约1200", "≈ 1,200 万元，记为估计数"),
        ("/pick/money?field=a&a=１，２００万元", "= 1,200 万元"),
        ("/pick/date?field=a&a=2026年11月12日", "= 2026年11月12日 周四"),
        (
            "/pick/date?field=a&a=去年",
            "“去年”看不出是哪一天，请写成“2026-03-05”“2026.3.5”或“2026年3月”",
        ),
        ("/pick/tel?field=a&a=13800000000", "= 138 0000 0000"),
        ("/pick/tel?field=a&a=０２８－26110000", "= 028-26110000"),
        (
            "/pick/tel?field=a&a=微信同号",
            "联系电话请写号码，例如“13800000000”“028-26110000”或“+65 6123 4567”",
        ),
    ],
)
async def test_what_is_typed_is_read_back_as_it_will_be_taken(
    city: City, path: str, echo: str
) -> None:
    async with signed_in("yanjiang") as visitor:
        answer = await visitor.get(path)
    assert (answer.status_code, unescape(answer.text).strip()) == (200, echo)


async def test_a_keystroke_costs_two_statements(city: City) -> None:
    async with signed_in("office") as visitor:
        await visitor.get("/pick/place?q=a")
        for path, cost in (
            ("/pick/place?q=a", 2),  # who asks, the places
            ("/pick/organization?q=a", 2),
            ("/pick/company?field=x&x=&q=a", 3),  # and the one chosen before
            ("/pick/money?field=a&a=1", 1),
        ):
            with counting() as sent:
                await visitor.get(path)
            assert len(sent) == cost, path
