"""The inbox tells the truth: by urgency, with counts of what its reader can do; where each role starts."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.database.statements import counting
from schema.duties.rules import bucket, bucket_bounds
from schema.permissions import HeldPost, Post, Viewer
from server import settings
from server.demo.people import accounts
from server.web.navigation import start
from tests.documents.papers import sentences
from tests.project.test_pages import main, seen
from tests.server.doors import signed_in
from tests.world import NOW, City, at, on

COUNTS = """{ viewer { counts { inbox judging transferring judgement transfers }
    urgencies { bucket count } inbox { bucket } } }"""


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NOW", NOW)


@given(st.integers(0, 60 * 24 * 14), st.integers(-60 * 24 * 8, 60 * 24 * 16))
def test_what_is_counted_as_urgent_is_what_is_shown_as_urgent(now: int, ahead: int) -> None:
    moment = NOW + timedelta(minutes=now)
    due = moment + timedelta(minutes=ahead)
    within = [
        name
        for name, (since, until) in bucket_bounds(moment).items()
        if (since is None or due >= since) and (until is None or due < until)
    ]
    assert within == [bucket(due, moment)]


async def test_the_strip_adds_up_to_the_badge_and_to_the_list(city: City) -> None:
    city.now = NOW.replace(day=11)
    await city.report(contactOn="2026-11-10")
    city.now = NOW.replace(day=16)
    await city.report()
    city.now = NOW
    project = await city.opined(await city.report())
    await city.dispute("anyue", (await city.judged_of_two())["project"])
    seen_by = (await city.run(city.office, COUNTS))["viewer"]
    strip = {each["bucket"]: each["count"] for each in seen_by["urgencies"]}
    assert strip == {"OVERDUE": 1, "TODAY": 1, "WEEK": 1, "LATER": 0, "UNSET": 1}
    assert sum(strip.values()) == seen_by["counts"]["inbox"] == len(seen_by["inbox"])
    async with signed_in("office") as visitor:
        page = main(await seen(visitor, "/inbox"))
        counts = re.findall(r'<a href="#(\w+)"[^>]*><b>(\d+)</b>', page)
        assert dict(counts) == {name.lower(): str(count) for name, count in strip.items()}
        assert project["name"] in page


async def test_what_has_no_date_says_how_long_it_waits(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    await city.dispute("anyue", (await city.judged_of_two())["project"])
    monkeypatch.setattr(settings, "NOW", at("2026-11-24 09:00"))
    async with signed_in("office") as visitor:
        page = main(await seen(visitor, "/inbox"))
    unset = page[page.index('aria-labelledby="unset"') :]
    assert "已等 4 个工作日" in unset and "裁定首谈地争议" in unset


@pytest.mark.parametrize(
    ("who", "judging", "transferring"),
    [("office", 1, 1), ("leader", 0, 0), ("group", 0, 0), ("hightech", 0, 0)],
)
async def test_a_badge_counts_only_what_its_reader_can_do(
    city: City, who: str, judging: int, transferring: int
) -> None:
    """A leader sees the office's queue, and is not asked to judge."""
    given = on(await city.judged())
    await city.done(
        city.yanjiang,
        "projectTransferRequest",
        **given,
        landingPlace="hightech",
        reason="用地不足",
    )
    await city.opined(await city.report())
    await city.report()
    found = (await city.run(city[who], COUNTS))["viewer"]["counts"]
    assert (found["judging"], found["transferring"]) == (judging, transferring)
    asked = 1 if who == "group" else 0  # for its opinion on the second report
    assert found["inbox"] == judging + transferring + asked
    async with signed_in(who) as visitor:
        page = await seen(visitor, "/inbox")
    rail = page[page.index('<nav class="rail"') : page.index("</nav>")]
    badges = dict(re.findall(r'href="(/[\w/]+)"(?:(?!</a>).)*?<b class="count">(\d+)', rail, re.S))
    assert badges.get("/judgement", "0") == str(judging)
    assert badges.get("/transfers", "0") == str(transferring)


HELD = """query($mine: Boolean) { duties(filter: { mine: true, open: true, running: true,
    task: ["projectJudge"], waitsForOthers: $mine }, first: 30) {
    nodes { project { no } hindrance first { label page } dueAt } } }"""


async def test_what_waits_for_an_opinion_is_not_counted_and_a_lead_without_group_asks_for_one(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its clock runs on, it stands beside what waits for others, and once the limit of the opinion
    has passed it can be done.
    """
    waiting, bare = await city.report(), await city.report(group=None)
    held = (await city.run(city.office, HELD, mine=True))["duties"]["nodes"]
    assert [each["project"]["no"] for each in held] == [waiting["no"]]
    assert "会同意见尚未提出" in held[0]["hindrance"] and held[0]["first"] is None
    assert held[0]["dueAt"] == "2026-11-20T17:30:00+08:00"
    amendment = f"/projects/{bare['no']}/amendment"
    (now,) = (await city.run(city.office, HELD, mine=False))["duties"]["nodes"]
    assert now["project"]["no"] == bare["no"]
    assert now["first"] == {"label": "明确产业招商小组", "page": amendment}
    found = (await city.run(city.office, COUNTS))["viewer"]
    assert (found["counts"]["judging"], found["counts"]["inbox"], len(found["inbox"])) == (1, 1, 1)
    async with signed_in("office") as visitor:
        page = main(await seen(visitor, "/inbox"))
        mine, others = page.split('aria-labelledby="others"')
        assert waiting["name"] not in mine and waiting["name"] in others
        assert "会同意见尚未提出" in others
        assert f'href="{amendment}"' in mine and "明确产业招商小组" in mine
        city.now = at("2026-11-19 17:31")
        monkeypatch.setattr(settings, "NOW", city.now)
        page = main(await seen(visitor, "/inbox"))
        assert f"/judgement?no={waiting['no']}" in page.split('aria-labelledby="others"')[0]
    assert (await city.run(city.office, COUNTS))["viewer"]["counts"]["judging"] == 2


async def test_whoever_waits_for_a_duty_is_led_to_its_project_and_not_to_anothers_desk(
    city: City,
) -> None:
    project = await city.report()
    asked = '{ duties(filter: { task: ["projectJudge"] }, first: 5) { nodes { page } } }'
    for who, page in (
        ("yanjiang", f"/projects/{project['no']}"),
        ("office", f"/judgement?no={project['no']}"),
    ):
        found = (await city.run(city[who], asked))["duties"]["nodes"]
        assert [each["page"] for each in found] == [page]
        async with signed_in(who) as visitor:
            await seen(visitor, page)


async def test_the_inbox_asks_as_much_for_many_duties_as_for_few(city: City) -> None:
    counted = []
    asked = "{ viewer { inbox { hindrance first { label page } project { name } } urgencies { count } } }"
    for number in (1, 4):
        for _ in range(number):
            await city.report()
            await city.report(group=None)
        with counting() as sent:
            await city.run(city.office, asked)
        counted.append(len(sent))
    assert counted[0] == counted[1], counted


async def test_a_closed_duty_leads_nowhere_once_its_project_is_out_of_sight(city: City) -> None:
    """High-tech was to take a project up; the decision on a dispute ended that, and it sees it no more."""
    project = (await city.judged_of_two())["project"]
    no = project["no"]
    asked = await city.done(
        city.yanjiang,
        "projectTransferRequest",
        **on(await city.read(project)),
        landingPlace="hightech",
        reason="用地不足",
    )
    given = {"transfer": asked["transfer"]["id"], "revision": asked["project"]["revision"]}
    await city.done(city.office, "projectTransferDecide", **given, approve=True, assessment="同意")
    taken = '{ duties(filter: { task: ["projectTakeUp"] }, first: 5) { nodes { page project { no } } } }'
    before = (await city.run(city.hightech, taken))["duties"]["nodes"]
    assert before == [{"page": f"/projects/{no}/transfer", "project": {"no": no}}]
    raised = await city.dispute("anyue", project)
    await city.done(
        city.office,
        "disputeDecide",
        dispute=raised["dispute"]["id"],
        revision=(await city.read(project))["revision"],
        upheld=True,
        reason="纪要在先",
    )
    after = (await city.run(city.hightech, taken))["duties"]["nodes"]
    assert after == [{"page": None, "project": None}]
    async with signed_in("hightech") as visitor:
        page = main(await seen(visitor, "/duties"))
        assert "承接流转项目" in page and no not in page
        for href in set(re.findall(r'href="(/projects/[^"]+)"', page)):
            await seen(visitor, href)


STARTS = {
    Post.OFFICE: "/judgement",
    Post.LEADER: "/assessment/ranking",
    Post.INSPECTION: "/assessment/ranking",
    Post.AGENT: "/projects",
    Post.EXPERT: "/developers",
    Post.PARTNER: "/developers",
}


@pytest.mark.parametrize("account", accounts(), ids=lambda each: each["username"])
def test_each_account_of_the_demonstration_starts_where_its_work_is(
    account: dict[str, str],
) -> None:
    held = tuple(HeldPost(Post(each["post"])) for each in account["posts"])  # type: ignore[index]
    begins = start(Viewer(person=1, posts=held))
    assert begins == STARTS.get(held[0].post, "/inbox")


LISTED = {
    "/operations/jobs": {Post.OFFICE},
    "/rules/proposals": {Post.OFFICE, Post.LEADER, Post.INSPECTION},
    "/ledger/imports": {Post.OFFICE, Post.PLACE},
    "/judgement": {Post.OFFICE, Post.GROUP, Post.LEADER, Post.INSPECTION},
    "/companies": {Post.OFFICE, Post.LEADER, Post.INSPECTION},
    "/inquiries": {Post.OFFICE, Post.INSPECTION},
    "/reveals": {Post.OFFICE, Post.INSPECTION},
    "/verification": set(Post) - {Post.AGENT, Post.EXPERT, Post.PARTNER, Post.PUBLIC},
    "/credits": set(Post) - {Post.AGENT, Post.EXPERT, Post.PARTNER, Post.PUBLIC},
}


@pytest.mark.parametrize("path", LISTED)
async def test_a_list_of_which_nothing_is_ever_shown_does_not_exist(city: City, path: str) -> None:
    for who in ("office", "yanjiang", "group", "agent", "leader", "partner"):
        post = city[who].main.post
        async with signed_in(who) as visitor:
            found = {(await visitor.get(path)).status_code}
            found.add((await visitor.get(f"{path}.csv")).status_code)
        assert found == ({200} if post in LISTED[path] else {404}), (who, path)


async def test_an_amount_that_is_an_estimate_says_so_wherever_the_lead_is_decided(
    city: City,
) -> None:
    project = await city.report(amount="约12.5亿")
    exact = await city.report(group=None)
    paths = ("receipt", "judgement", "amendment")
    async with signed_in("office") as visitor:
        for path in (*(f"/projects/{project['no']}/{each}" for each in paths), "/judgement"):
            assert re.search(r"约\s+12\.5 亿元", main(await seen(visitor, path))), path
        page = main(await seen(visitor, f"/projects/{exact['no']}/receipt"))
        assert "约" not in page.partition("</section>")[0]
        assert re.search(
            r"约\s+12\.5 亿元", main(await seen(visitor, f"/projects/{project['no']}"))
        )
    async with signed_in("yanjiang") as visitor:
        paper = (await visitor.get(f"/projects/{project['no']}/receipt.docx")).content
    assert any("约 12.5 亿元" in each for each in sentences(paper))
