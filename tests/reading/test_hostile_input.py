"""Whatever a caller sends, a read answers or names what to correct; no text reaches the database raw."""

import pytest

from tests.world import City, Said

ODD = [
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "'; DROP TABLE project; --",
    '"',
    "%",
    "_",
    "\\",
    "🍋" * 300,
]
READS = """query($text: String!, $id: ID!) {
    project(no: $text) { no }
    projects(filter: { no: [$text] }) { totalCount }
    far: projects(filter: { investor: { uscc: [$text] } }) { totalCount }
    place(slug: $text) { slug }
    group(slug: $text) { slug }
    organization(slug: $text) { slug }
    company(uscc: $text) { name }
    entry(no: $text) { no }
    credits(place: $text) { totalCount }
    node(id: $id) { id }
    nodes(ids: [$id]) { id }
    duplicates(input: { name: $text, investorName: $text, uscc: $text, contactPhone: $text }) {
        grade
    }
}"""


@pytest.mark.parametrize("text", ODD)
async def test_odd_text_names_nothing(city: City, text: str) -> None:
    await city.report()
    seen = await city.run(city.office, READS, text=text, id=text)
    assert seen["projects"]["totalCount"] == seen["far"]["totalCount"] == 0
    names = ("project", "place", "group", "organization", "company", "entry", "node")
    assert {seen[name] for name in names} == {None}
    assert seen["nodes"] == [None] and seen["duplicates"] == []


@pytest.mark.parametrize("text", ODD)
async def test_odd_text_is_searched_for_as_it_stands(city: City, text: str) -> None:
    """A per cent sign finds per cent signs; what can be in no name is refused with an argument."""
    await city.report(name="增资100%控股项目")
    document = """query($text: String!) {
        search(text: $text) { projectTotal }
        projects(filter: { text: $text }) { totalCount }
    }"""
    answer = await city.ask(city.office, document, text=text)
    if answer.errors:
        assert "\0" in text or len(text) > 100
        assert {error.extensions["code"] for error in answer.errors if error.extensions} == {
            "BAD_INPUT"
        }
        return
    assert answer.data is not None
    found = answer.data["projects"]["totalCount"]
    assert found == (1 if text.strip() in ("", "%") else 0)
    assert answer.data["search"]["projectTotal"] == (1 if text == "%" else 0)


WRONG: list[tuple[str, Said, str]] = [
    ("query($v: Month) { credits(period: $v) { totalCount } }", {"v": "去年"}, "period"),
    ("query($v: Date) { rules(on: $v) { name } }", {"v": "明天"}, "on"),
    ("query($v: Month) { ranking(month: $v) { total } }", {"v": "13月"}, "month"),
    ("query($v: DateTime) { ranking(asOf: $v) { total } }", {"v": "昨天"}, "asOf"),
    (
        "query($v: Money) { projects(filter: { amount: { min: $v } }) { totalCount } }",
        {"v": "很多"},
        "amount",
    ),
    (
        "query($v: Date) { projects(filter: { signedOn: { until: $v } }) { totalCount } }",
        {"v": "2026-02-30"},
        "signedOn",
    ),
    (
        "query($v: [ID!]!) { nodes(ids: $v) { id } }",
        {"v": ["UHJvamVjdDox"] * 101},
        "ids",
    ),
    (
        "query($v: [String!]) { projects(filter: { no: $v }) { totalCount } }",
        {"v": [f"2026-{number}" for number in range(70_000)]},
        "no",
    ),
]


@pytest.mark.parametrize(("document", "variables", "argument"), WRONG)
async def test_an_argument_that_cannot_be_used_is_named(
    city: City, document: str, variables: Said, argument: str
) -> None:
    answer = await city.ask(city.office, document, **variables)
    assert answer.errors is not None
    (error,) = answer.errors
    assert error.extensions == {"code": "BAD_INPUT", "argument": argument}
    assert any("\u4e00" <= each <= "\u9fff" for each in error.message)


@pytest.mark.parametrize("month", ["1990-01", "2019-12", "2020-01", "2027-03", "2100-12"])
async def test_a_month_without_figures_has_a_ranking_that_can_be_explained(
    city: City, month: str
) -> None:
    """Also one before the policy, and one to come."""
    document = """query($month: Month) { ranking(month: $month) { month total rows {
        rank explanation { ruleVersion formula inputs { name value } entries { totalCount } }
    } } }"""
    ranking = (await city.run(city.office, document, month=month))["ranking"]
    assert (ranking["month"], ranking["total"]) == (month, "0.00")
    assert [row["rank"] for row in ranking["rows"]] == [1] * 5


@pytest.mark.parametrize("year", [-1, 0, 1, 1900, 1989, 2027, 2100, 2101, 9999, 2_147_483_647])
async def test_a_year_that_is_not_published_says_so_and_one_that_cannot_be_is_absent(
    city: City, year: int
) -> None:
    document = (
        "query($year: Int!) { calendar(year: $year) { year published workingDays days { day } } }"
    )
    calendar = (await city.run(city.office, document, year=year))["calendar"]
    pending = {"year": year, "published": False, "workingDays": None, "days": []}
    assert calendar == (pending if 1990 <= year <= 2100 else None)


async def test_an_empty_choice_is_no_filter(city: City) -> None:
    await city.report()
    for choice in ({"stage": []}, {"no": []}, {"stage": None}, {"group": {"slug": []}}, {}):
        document = "query($f: ProjectFilter) { projects(filter: $f) { totalCount } }"
        assert (await city.run(city.office, document, f=choice))["projects"]["totalCount"] == 1
