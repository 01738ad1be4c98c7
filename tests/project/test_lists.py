"""The project list as the graph gives it: filters, figures by stage, search, saved views."""

from typing import Any

from tests.world import City

FUNNEL = "query($filter: ProjectFilter) { funnel(filter: $filter) { stage count amount } }"


async def test_a_filter_narrows_another(city: City) -> None:
    await city.report(amount="1亿")
    big = await city.report(amount="20亿")
    await city.judged("anyue", amount="30亿")
    document = """query($filter: ProjectFilter) {
        projects(filter: { stage: [REPORTED, RETURNED], and: $filter }) { totalCount nodes { no } }
    }"""
    both = await city.run(city.office, document, filter={"amount": {"min": "10亿"}})
    assert both["projects"] == {"totalCount": 1, "nodes": [{"no": big["no"]}]}
    alone = await city.run(city.office, document)
    assert alone["projects"]["totalCount"] == 2


async def test_filters_narrow_one_another_to_a_depth_and_no_further(city: City) -> None:
    document = "query($filter: ProjectFilter) { projects(filter: $filter) { totalCount } }"
    deep: dict[str, Any] = {"text": "x"}
    for _ in range(5):
        deep = {"and": deep}
    await city.run(city.office, document, filter=deep)
    refused = await city.ask(city.office, document, filter={"and": deep})
    assert refused.errors and "最多套 5 层" in refused.errors[0].message


async def test_the_funnel_counts_and_sums_what_the_viewer_sees(city: City) -> None:
    await city.report(city.yanjiang, amount="1亿")
    await city.report(city.yanjiang, amount="2.5亿")
    await city.judged("anyue", amount="4亿")
    asked = await city.run(city.office, FUNNEL)
    assert asked["funnel"] == [
        {"stage": "REPORTED", "count": 2, "amount": "350000000.00"},
        {"stage": "JUDGED", "count": 1, "amount": "400000000.00"},
    ]
    own = await city.run(city.anyue, FUNNEL)
    assert own["funnel"] == [{"stage": "JUDGED", "count": 1, "amount": "400000000.00"}]
    large = {"amount": {"min": "2亿"}, "stage": ["REPORTED"]}
    few = await city.run(city.office, FUNNEL, filter=large)
    assert few["funnel"] == [{"stage": "REPORTED", "count": 1, "amount": "250000000.00"}]
    assert (await city.run(city.public, FUNNEL))["funnel"] == []


async def test_a_search_says_how_many_there_are(city: City) -> None:
    for _ in range(3):
        await city.report(investorName="四川柠檬食品有限公司", uscc="", noCodeReason="正在办理")
    document = """query($text: String!) { search(text: $text) {
        projectTotal companyTotal projects { no } companies { name }
    } }"""
    found = (await city.run(city.office, document, text="ningmeng"))["search"]
    assert (found["projectTotal"], found["companyTotal"]) == (3, 1)
    assert (len(found["projects"]), len(found["companies"])) == (3, 1)
    nothing = (await city.run(city.office, document, text=" "))["search"]
    assert nothing == {"projectTotal": 0, "companyTotal": 0, "projects": [], "companies": []}
    foreign = (await city.run(city.lezhi, document, text="柠檬"))["search"]
    assert foreign["projectTotal"] == foreign["companyTotal"] == 0


VIEWS = "{ viewer { views { name query shared mine } } }"


async def test_a_view_is_saved_replaced_and_shared(city: City) -> None:
    await city.done(city.office, "viewSave", name="大项目", query="?amount.min=10亿")
    await city.done(city.office, "viewSave", name="大项目", query="?amount.min=20亿", shared="ALL")
    seen = await city.run(city.yanjiang, VIEWS)
    assert seen["viewer"]["views"] == [
        {"name": "大项目", "query": "amount.min=20亿", "shared": "ALL", "mine": False}
    ]
    await city.done(city.office, "viewSave", name="我的", query="stage=SIGNED")
    seen = await city.run(city.yanjiang, VIEWS)
    assert [view["name"] for view in seen["viewer"]["views"]] == ["大项目"]


async def test_only_its_owner_deletes_a_view(city: City) -> None:
    await city.done(city.office, "viewSave", name="大项目", query="amount.min=10亿", shared="ALL")
    document = "{ viewer { views { id } } }"
    (view,) = (await city.run(city.yanjiang, document))["viewer"]["views"]
    refused = await city.act(city.yanjiang, "viewDelete", view=view["id"])
    assert refused["userErrors"][0]["code"] == "NOT_ALLOWED"
    done = await city.done(city.office, "viewDelete", view=view["id"])
    assert done["name"] == "大项目"
    assert (await city.run(city.office, document))["viewer"]["views"] == []
