"""A page's form carries a key: sent twice, by an impatient hand or after an outage, it is one act."""

import asyncio
import re
import sys
from typing import Any

import httpx2
import pytest

from schema.database import Reason, Unavailable
from schema.project.tables import Project
from tests.server.doors import browser, enter, signed_in
from tests.world import PASSWORD, City

LEAD = {
    "act": "ProjectReport",
    "name": "柠檬精深加工基地",
    "investorName": "四川某食品有限公司",
    "amount": "2亿",
    "noCodeReason": "尚未注册",
    "contactOn": "2026-11-12",
    "contactWith": "张总",
}


async def key_on(visitor: httpx2.AsyncClient, path: str = "/projects/new") -> str:
    (key, *_) = re.findall(r'name="key" value="([^"]+)"', (await visitor.get(path)).text)
    return str(key)


async def test_a_form_sent_many_times_at_once_is_one_act_with_one_answer(
    stored_city: City,
) -> None:
    async with signed_in("yanjiang") as visitor:
        form = LEAD | {"key": await key_on(visitor)}
        sent = [visitor.post("/projects/new", data=form) for _ in range(5)]
        answers = await asyncio.gather(*sent)
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert await Project.all().count() == 1


async def test_a_refused_report_keeps_every_amount_as_it_was_typed(city: City) -> None:
    typed = {"amount": "12.5亿", "fixedAssets": "3000", "foreignAmount": "1200万"}
    async with signed_in("yanjiang") as visitor:
        form = LEAD | typed | {"name": "", "key": await key_on(visitor)}
        refused = await visitor.post("/projects/new", data=form)
    assert refused.status_code == 422
    for name, value in typed.items():
        assert re.search(rf'<input[^>]* name="{name}" value="{value}"', refused.text), name


async def test_every_form_has_a_key_of_its_own(city: City) -> None:
    async with signed_in("yanjiang") as visitor:
        assert await key_on(visitor) != await key_on(visitor)


async def test_a_form_that_was_refused_comes_back_with_a_key_that_is_free(city: City) -> None:
    async with signed_in("yanjiang") as visitor:
        key = await key_on(visitor)
        assert (await visitor.post("/projects/new", data=LEAD | {"key": key})).status_code == 303
        # Back, another lead on the same form: asked once more instead of lost or done unseen.
        other = LEAD | {"key": key, "name": "口腔器械产业园", "investorName": "四川某器械有限公司"}
        refused = await visitor.post("/projects/new", data=other)
        assert refused.status_code == 422 and "再提交一次" in refused.text
        assert 'value="口腔器械产业园"' in refused.text
        (fresh,) = re.findall(r'name="key" value="([^"]+)"', refused.text)
        assert (await visitor.post("/projects/new", data=other | {"key": fresh})).status_code == 303
    assert await Project.all().count() == 2


async def test_after_an_answer_that_was_lost_the_same_form_may_be_sent_again(
    stored_city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise Unavailable(Reason.AWAY)

    async with signed_in("yanjiang") as visitor:
        form = LEAD | {"key": await key_on(visitor)}
        with monkeypatch.context() as outage:
            outage.setattr(sys.modules["schema.gate.act"], "reload", away)
            lost = await visitor.post("/projects/new", data=form)
        assert lost.status_code == 503 and lost.headers["retry-after"]
        assert "结果未知" in lost.text and "不会重复办理" in lost.text
        again = await visitor.post("/projects/new", data=form)
        assert again.status_code == 303
    assert await Project.all().count() == 1


@pytest.mark.parametrize("key", ["\0", "a" * 101, "中", "a\nb"])
async def test_a_key_that_is_none_is_refused(city: City, key: Any) -> None:
    async with signed_in("yanjiang") as visitor:
        answer = await visitor.post("/projects/new", data=LEAD | {"key": key})
    assert answer.status_code == 400 and "Idempotency-Key" in answer.text
    assert not await Project.exists()


async def test_a_form_sent_by_its_page_is_told_where_to_go_and_when_to_sign_in(city: City) -> None:
    by_page = {"X-Form": "1", "Accept": "text/html"}
    async with signed_in("yanjiang") as visitor:
        form = LEAD | {"key": await key_on(visitor)}
        for _ in range(2):
            done = await visitor.post("/projects/new", data=form, headers=by_page)
            assert done.status_code == 201 and done.headers["location"].endswith("/receipt")
        assert await Project.all().count() == 1
        refused = await visitor.post("/projects/new", data=LEAD | {"name": ""}, headers=by_page)
        assert refused.status_code == 422 and "请填写" in refused.text
        await visitor.post("/sign-out")
        assert (await visitor.post("/projects/new", data=form, headers=by_page)).status_code == 401


async def test_a_form_is_never_sent_as_somebody_else_who_has_signed_in_meanwhile(
    city: City,
) -> None:
    """In the same browser, in another tab: it is said who typed it, and asked; then it is theirs."""
    async with signed_in("yanjiang") as visitor:
        (by,) = re.findall(r'name="by" value="([^"]+)"', (await visitor.get("/projects/new")).text)
        form = LEAD | {"by": by, "key": await key_on(visitor)}
        await enter(visitor, "office")
        refused = await visitor.post("/projects/new", data=form | {"place": "yanjiang"})
        assert refused.status_code == 422 and await Project.all().count() == 0
        asked = f"这张表由{city.yanjiang.name}填写，现在登录的是{city.office.name}，没有提交。"
        assert asked in refused.text and 'value="柠檬精深加工基地"' in refused.text
        theirs = {
            name: re.findall(f'name="{name}" value="([^"]+)"', refused.text)[0]
            for name in ("key", "by")
        }
        done = await visitor.post("/projects/new", data=form | theirs | {"place": "yanjiang"})
        assert done.status_code == 303
    assert (await Project.get()).reporter_id == city.office.person  # type: ignore[attr-defined]


@pytest.mark.parametrize("script", [True, False], ids=["by its page", "without script"])
async def test_only_whoever_typed_a_form_signs_in_on_the_spot_to_send_it(
    city: City, script: bool
) -> None:
    async with signed_in("yanjiang") as visitor:
        (by,) = re.findall(r'name="by" value="([^"]+)"', (await visitor.get("/projects/new")).text)
    words = f"这一页由{city.yanjiang.name}填写，只能由本人登录后接着办"
    for username, comes_in in (("office", False), ("yanjiang", True)):
        async with browser() as visitor:
            if script:
                answer = await enter(visitor, username, given={"by": by})
            else:
                given = {"resume.username": username, "resume.password": PASSWORD}
                answer = await visitor.post("/projects/new", data=LEAD | {"by": by} | given)
            assert (words in answer.text) is not comes_in
            assert ("sixones" in visitor.cookies) is comes_in
    assert await Project.all().count() == 0
