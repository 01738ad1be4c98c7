"""A city that an older release has left is brought to this one: nothing is lost, and all is said.

`city_0011.json.gz` has every row of a small one, as the release wrote them whose last migration was
`0011_joint_rounds`: one of its six ones waits to be checked, one was returned, one is complete. Beside
them stands the file of keys that its journal is sealed with.
"""

import gzip
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from tortoise.exceptions import IntegrityError

from schema import database
from schema.database.connections import open_database
from schema.database.transactions import transaction
from schema.duties.tables import Duty
from schema.gate import keys
from schema.gate.tables import JournalEntry
from schema.industry.tables import One, OneItem
from schema.people.viewers import viewers_of
from server.operations import checks
from server.operations.migrate import migrate
from server.operations.seed import add_news
from server.settings import orm_config
from tests.conftest import copied
from tests.world import PEOPLE, City, Said

LEFT = Path(__file__).with_name("city_0011.json.gz")
UPGRADED = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
LEADER, ZONE, TEAM = (
    f"advanced-manufacturing-{name}" for name in ("city-leader", "functional-zone", "team")
)
SURROUNDINGS = {"附件内容", "办理记录锚定", "工作日历", "定时任务"}
PDF = {"name": "批复.pdf", "content": "JVBERi0xLjQKJSVFT0YK"}


@pytest_asyncio.fixture(scope="module")
async def brought(
    template_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[str, Path]]:
    """The city with the migrations of this release and what it brings, a week later; and its keys."""
    folder = tmp_path_factory.mktemp("left")
    left = json.loads(gzip.decompress(LEFT.read_bytes()))
    ring = folder / "keys"
    ring.write_text(left["keys"])
    ring.chmod(0o600)
    async with copied(template_url, folder) as url:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(keys.SETTING, str(ring))
            assert "0012_checked_changes" in await migrate(orm_config(url), "0011")
            async with open_database(orm_config(url)):
                await put_in(left["tables"])
            await migrate(orm_config(url))
            async with open_database(orm_config(url)):
                rules, beginnings = await add_news(UPGRADED)
        assert "group.one_check_deadline" in rules
        assert beginnings == ["“六个一”中待核对和已退回的情况"]
        yield url, ring


@pytest_asyncio.fixture
async def upgraded(
    brought: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[City]:
    url, ring = brought
    monkeypatch.setenv(keys.SETTING, str(ring))
    async with copied(url, tmp_path) as copy, open_database(orm_config(copy)):
        found = await viewers_of(UPGRADED.date(), persons=range(1, len(PEOPLE) + 1))
        city = City(**{username: found[key] for key, (username, *_) in enumerate(PEOPLE, 1)})
        city.now = UPGRADED
        yield city


async def put_in(tables: dict[str, list[Said]]) -> None:
    """All rows as they were; a table whose rows refer to others comes after these."""
    while tables:
        waiting = {}
        for table, rows in tables.items():
            try:
                async with transaction() as tx:
                    for sql, values in writing(table, rows):
                        await tx.execute_query(sql, values)
            except IntegrityError:
                waiting[table] = rows
        assert len(waiting) < len(tables), list(waiting)
        tables = waiting


def writing(table: str, rows: list[Said]) -> list[tuple[str, list[Any]]]:
    if database.dialect() == "sqlite":
        names = ", ".join(f'"{name}"' for name in rows[0])
        marks = ", ".join("?" * len(rows[0]))
        put = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'
        return [
            (put, [plain(value, f"{table}.{name}") for name, value in row.items()]) for row in rows
        ]
    made = f'INSERT INTO "{table}" SELECT * FROM json_populate_recordset(NULL::"{table}", $1)'
    if "id" not in rows[0]:
        return [(made, [json.dumps(rows)])]
    last = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
    return [(made, [json.dumps(rows)]), (last, [])]


def plain(value: Any, column: str) -> Any:
    """JSON is text in SQLite."""
    if isinstance(value, dict) or column == "parameter.value":
        return json.dumps(value, ensure_ascii=False)
    return value


async def wrong() -> list[str]:
    """What `sixones check` says is wrong with the data."""
    found = [each async for each in checks.open_database_checks()]
    assert len(found) > 12
    surroundings = tuple(SURROUNDINGS)
    return [
        str(each) for each in found if not each.right and not each.what.startswith(surroundings)
    ]


async def duty(task: str, no: str) -> Duty:
    return await Duty.get(task=task, subject_no=no, closed_at=None)


async def test_nothing_is_wrong_with_a_city_that_is_brought_to_this_release(
    upgraded: City,
) -> None:
    assert await wrong() == []
    assert await add_news(UPGRADED) == ([], [])
    added = JournalEntry.filter(actor_name="系统管理员", at__gte=UPGRADED).order_by("id")
    assert [each.act for each in await added] == ["rulesAdd", "beginningsAdd"]


async def test_what_waited_to_be_checked_waits_and_is_not_late_by_a_limit_of_this_release(
    upgraded: City,
) -> None:
    """It was submitted on 11-18; five working days, which nobody knew of, would have ended on 11-25."""
    one = await One.get(no=LEADER)
    assert one.to_check and one.submitted_at == datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
    waits = await duty("oneCheck", LEADER)
    assert (waits.id, waits.since, waits.opened_at) == (3, one.submitted_at, one.submitted_at)
    assert waits.due_at == datetime(2026, 12, 3, 9, 30, tzinfo=UTC)
    asked = "{ duties { nodes { task subjectNo closedAt dueAt lamp status } } }"
    read = (await upgraded.run(upgraded.office, asked))["duties"]["nodes"]
    (open_,) = (each for each in read if each["task"] == "oneCheck" and not each["closedAt"])
    assert (open_["lamp"], open_["status"]) == ("GREEN", "剩 5 个工作日")
    closed = {
        each["subjectNo"]: (each["dueAt"], each["lamp"], each["status"])
        for each in read
        if each["task"] == "oneCheck" and each["closedAt"]
    }
    assert closed == dict.fromkeys((ZONE, TEAM), (None, "BLUE", "已办结")), "without a limit then"


async def test_what_was_returned_stays_returned_until_it_is_mended(upgraded: City) -> None:
    one = await One.get(no=ZONE)
    (item,) = await OneItem.filter(one_id=one.id)
    assert item.returned_for == one.returned_for == "文件不是批复" and not one.to_check
    assert one.returned_at == datetime(2026, 11, 18, 2, 0, tzinfo=UTC), "when, not when it was read"
    assert (await duty("onePapers", ZONE)).due_at == datetime(2026, 12, 3, 9, 30, tzinfo=UTC)
    assert not await Duty.exists(task="oneUpdate", subject_no=ZONE, closed_at=None)
    asked = f'{{ one(no: "{ZONE}") {{ revision duty {{ label status }} items {{ id }} }} }}'
    read = (await upgraded.run(upgraded.group, asked))["one"]
    assert read["duty"] == {"label": "补正“六个一”退回的材料", "status": "剩 5 个工作日"}
    await upgraded.done(
        upgraded.group,
        "onePapers",
        one=ZONE,
        revision=read["revision"],
        item=read["items"][0]["id"],
        documentNo="资府函〔2026〕10号",
        evidence=[PDF],
    )
    assert (await One.get(no=ZONE)).to_check
    assert (await duty("oneCheck", ZONE)).since == UPGRADED
    assert await wrong() == []
