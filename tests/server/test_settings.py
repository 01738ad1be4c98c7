"""The environment decides, and says so clearly when it cannot."""

import runpy
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from server import settings
from server.settings import connections, database_url, orm_config, secret


def read(monkeypatch: pytest.MonkeyPatch, **environment: str) -> dict[str, Any]:
    """The settings as a new process would read them."""
    for name in ("DATABASE_URL", "FILES_DIR", "SECRET_FILE"):
        monkeypatch.delenv(f"SIXONES_{name}", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(f"SIXONES_{name}", value)
    return runpy.run_path(settings.__file__)


def test_all_lies_under_the_working_directory_by_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    found = read(monkeypatch)
    assert found["DATABASE_URL"] == f"sqlite://{tmp_path}/var/sixones.sqlite3"
    assert found["FILES_DIR"] == tmp_path / "var" / "files"
    assert (found["HOST"], found["PORT"]) == ("127.0.0.1", 8000)
    assert (found["DEBUG"], found["SECURE_COOKIES"], found["NOW"]) == (False, False, None)
    assert found["SECURITY_PROFILE"] == "dengbao"
    assert found["WIDGET_ANCESTORS"] == "*"


def test_the_environment_overrides_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(
        monkeypatch,
        DATABASE_URL="postgresql://city:word@db.example/sixones",
        PORT="8080",
        SECURE_COOKIES="true",
        SECURITY_PROFILE="asvs",
        NOW="2026-11-20T09:00:00+08:00",
        POOL_MAX="4",
    )
    assert found["PORT"] == 8080
    assert found["SECURE_COOKIES"] is True
    assert found["SECURITY_PROFILE"] == "asvs"
    assert found["NOW"] == datetime(2026, 11, 20, 1, tzinfo=UTC)
    assert found["TORTOISE_ORM"]["connections"]["read"]["credentials"]["maxsize"] == 4


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("SECURE_COOKIES", "perhaps"),
        ("SECURITY_PROFILE", "none"),
        ("NOW", "2026-11-20T09:00:00"),
        ("NOW", "yesterday"),
        ("POOL_MAX", "many"),
        ("TRUSTED_PROXIES", "proxy.example"),
        ("TRUSTED_PROXIES", "10.0.0.1/8"),
        ("CORS_ORIGINS", "app.example"),
        ("CORS_ORIGINS", "https://app.example/"),
        ("CORS_ORIGINS", "null"),
    ],
)
def test_a_value_that_makes_no_sense_stops_the_start_and_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with pytest.raises(ValueError, match=f"SIXONES_{name}.*{value}"):
        read(monkeypatch, **{name: value})


def test_a_wrong_database_address_is_refused_without_showing_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(ValueError, match="SIXONES_DATABASE_URL names a SQLite file") as refusal:
        read(monkeypatch, DATABASE_URL="mysql://city:open-sesame@db.example/sixones")
    assert "open-sesame" not in str(refusal.value)


@pytest.mark.parametrize(
    ("case", "url", "expected"),
    [
        ("postgres", "postgres://city@db/sixones", "asyncpg://city@db/sixones"),
        ("postgresql", "postgresql://city@db/sixones", "asyncpg://city@db/sixones"),
        ("asyncpg", "asyncpg://city@db/sixones?maxsize=3", "asyncpg://city@db/sixones?maxsize=3"),
        ("a whole path", "sqlite:///srv/资阳/six ones.db", "sqlite:///srv/资阳/six ones.db"),
    ],
)
def test_an_address_names_our_driver(case: str, url: str, expected: str) -> None:
    assert database_url(url) == expected
    assert database_url(expected) == expected


@pytest.mark.parametrize(
    "url", ["", "sqlite://", "sqlite://:memory:", "var/sixones.db", "http://db"]
)
def test_an_address_of_no_database_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="SIXONES_DATABASE_URL"):
        database_url(url)


def test_a_file_has_a_writer_and_readers_and_takes_pragmas() -> None:
    both = connections("sqlite:///srv/资阳/six%20ones.db?synchronous=NORMAL&maxsize=3")
    writer, reader = (both[name]["credentials"] for name in ("default", "read"))
    assert writer["file_path"] == reader["file_path"] == "/srv/资阳/six%20ones.db"
    assert (writer["journal_mode"], writer["synchronous"]) == ("WAL", "NORMAL")
    assert (reader["query_only"], reader["maxsize"]) == ("ON", 3)
    assert not {"query_only", "maxsize"} & set(writer)


def test_transactions_have_a_pool_of_their_own_with_room_for_a_migration_and_its_lock() -> None:
    both = connections("asyncpg://city:w%40rd@db:5433/sixones?maxsize=1&sslmode=require")
    for options in (both["default"]["credentials"], both["read"]["credentials"]):
        assert (options["user"], options["password"]) == ("city", "w@rd")
        assert (options["host"], options["port"], options["database"]) == ("db", 5433, "sixones")
        assert (options["ssl"], options["command_timeout"], options["timeout"]) == (
            "require",
            60,
            5,
        )
        assert "sslmode" not in options
    assert both["default"]["credentials"]["maxsize"] == 2
    assert both["read"]["credentials"]["maxsize"] == 1


def test_reads_end_by_themselves_and_transactions_do_not_wait_for_ever() -> None:
    both = connections("asyncpg://city@db/sixones")
    reads, writes = (both[name]["credentials"]["server_settings"] for name in ("read", "default"))
    assert (reads["statement_timeout"], reads["default_transaction_read_only"]) == ("30s", "on")
    assert writes["lock_timeout"] == "20000ms" and "statement_timeout" not in writes


def test_a_pool_takes_its_limits_from_the_address() -> None:
    pools = connections("asyncpg://city@db/sixones?maxsize=30&command_timeout=5")
    found = [
        (each["credentials"]["maxsize"], each["credentials"]["command_timeout"])
        for each in (pools["default"], pools["read"])
    ]
    assert found == [(15, 5), (30, 5)]


def test_every_folder_with_tables_is_found() -> None:
    config = orm_config("sqlite:///srv/sixones.db")
    found = config["apps"]["schema"]["models"]
    assert found == sorted(found)
    assert {"schema.city.tables", "schema.project.tables", "schema.linkage.tables"} <= set(found)


def test_the_secret_is_made_once_by_whoever_comes_first_and_for_the_owner_only(
    tmp_path: Path,
) -> None:
    file = tmp_path / "var" / "secret"
    with ThreadPoolExecutor(8) as pool:
        seen = {made.result() for made in [pool.submit(secret, file) for _ in range(32)]}
    assert len(seen) == 1
    assert len(seen.pop()) == 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]
