"""Settings from the environment, read once when the process starts.

Each name has the prefix `SIXONES_`, as in `SIXONES_PORT=8080`.

DATABASE_URL       sqlite://var/sixones.sqlite3, or postgresql://user:password@host/name
POOL_MAX           connections that read, for each process: twice the processors, and 1, at most 16.
                   On PostgreSQL half as many more, and at least 2, write; on SQLite one
LOCK_WAIT          seconds that an act waits for others that write, before it is refused with 503: 20
HOST, PORT         where to listen: 127.0.0.1, 8000
FILES_DIR          where attachments lie: var/files
FONT_DIR           a folder with more fonts for PDF, such as 仿宋_GB2312 and 方正小标宋: none
SECRET_FILE        32 random bytes shared by all processes, made when missing: var/secret
KEY_FILE           the keys under which the journal is sealed and personal data hashed, made by `sixones migrate`
                   for a new installation. Keep a copy apart from the database and its backups: who has both
                   can write the journal anew, and without it nobody can verify it: var/keys
ANCHORS            a file, or a folder that exists, outside the database and best on another machine, to which the
                   head of the journal's chain is added each hour (server/operations/anchors.py): none
SECURE_COOKIES     true wherever people come by https: false
SECURITY_PROFILE   dengbao (GB/T 22239, level 3) or asvs (OWASP ASVS 5.0): dengbao
SESSION_IDLE       minutes after which an unused session has ended: 30
SESSION_AGE        hours after which a session has ended however much it is used: 12
TRUSTED_PROXIES    addresses or networks, as 127.0.0.1,10.0.0.0/8, whose X-Forwarded-For, -Proto and -Host
                   are believed (server/http/proxy.py): none
CORS_ORIGINS       sites, as https://app.example, whose pages may read the graph and files by a token
                   (server/http/cors.py): none
RATE               how many times the usual points of a minute every caller has (server/api/rate_limit.py): 1
WIDGET_ANCESTORS   pages that may frame a widget, written as in a CSP: *
JOBS_IN_SERVER     whether a server on PostgreSQL runs jobs as well (sixones worker does, any number of them);
                   on SQLite the server always does: false
JOB_LEASE          seconds after which a job is taken up by another process, when the one that runs it is
                   gone; whoever lives puts that off: 60
BACKUP_DIR         where the weekly backups of SQLite lie: var/backups
BACKUPS_KEPT       how many of them are kept: 8
IDEMPOTENCY_DAYS   days after which an answered Idempotency-Key is cleared away; it counts for 24 hours: 7
JOBS_KEPT_DAYS     days after which a job that is done or skipped is cleared away: 90
SESSIONS_KEPT_DAYS days after which an ended session is cleared away, six months as the Cybersecurity Law
                   (article 21) has logs of a network kept: 183
NOW                an instant with its offset at which the clock stands, for demonstrations and
                   tests only: none
DEBUG              traces on error pages, for developers only: false

Paths are taken from the working directory.
"""

import os
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from starlette.config import Config
from tortoise.backends.base.config_generator import expand_db_url

ROOT = Path(__file__).resolve().parent.parent
TIME_ZONE = ZoneInfo("Asia/Shanghai")
CONNECT_SECONDS = 5  # to connect to PostgreSQL
READ_SECONDS = 30  # after which PostgreSQL ends a read by itself; callers end theirs sooner


class SecurityProfile(StrEnum):
    DENGBAO = "dengbao"
    ASVS = "asvs"


def absolute(path: str) -> Path:
    return Path(path).absolute()


def absolute_or_none(path: str) -> Path | None:
    return absolute(path) if path else None


def instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("the offset is missing, as +08:00")
    return moment


def networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """
    >>> networks("127.0.0.1, 10.0.0.0/8")
    (IPv4Network('127.0.0.1/32'), IPv4Network('10.0.0.0/8'))
    """
    return tuple(ip_network(each.strip()) for each in text.split(",") if each.strip())


def origins(text: str) -> frozenset[str]:
    """Origins as browsers write them: scheme, host, and the port where it is not the usual one.

    >>> sorted(origins("https://app.example, http://localhost:5173"))
    ['http://localhost:5173', 'https://app.example']
    """
    found = frozenset(each.strip() for each in text.split(",") if each.strip())
    for each in found:
        parts = urlsplit(each)
        usual = {"http": 80, "https": 443}.get(parts.scheme, parts.port)
        host = parts.hostname or ""
        if each != f"{parts.scheme}://{parts.netloc}" or "@" in each or "*" in each:
            raise ValueError(f"not an origin: {each}")
        if parts.scheme not in ("http", "https") or not host or parts.port == usual:
            raise ValueError(f"not an origin as browsers write it: {each}")
        if not each.isascii() or each != each.lower():
            raise ValueError(f"not an origin as browsers write it: {each}")
    return found


def database_url(url: str) -> str:
    """The address with its file made absolute, or with the scheme that names our driver.

    >>> database_url("postgres://city@db.example/sixones")
    'asyncpg://city@db.example/sixones'
    """
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite" and rest and not rest.startswith(":memory:"):
        return f"sqlite://{Path(rest).absolute()}"
    if scheme in ("postgres", "postgresql", "asyncpg"):
        return f"asyncpg://{rest}"
    raise ValueError(
        "SIXONES_DATABASE_URL names a SQLite file, as sqlite://var/sixones.sqlite3,"
        " or a PostgreSQL database, as postgresql://user:password@host/name"
    )


read = Config(env_prefix="SIXONES_")

# Not a cast, since Starlette's error would repeat the address and its password.
DATABASE_URL = database_url(read("DATABASE_URL", default="sqlite://var/sixones.sqlite3"))
POOL_MAX = read("POOL_MAX", cast=int, default=min(2 * (os.cpu_count() or 2) + 1, 16))
LOCK_WAIT = read("LOCK_WAIT", cast=float, default=20)
HOST = read("HOST", default="127.0.0.1")
PORT = read("PORT", cast=int, default=8000)
FILES_DIR = read("FILES_DIR", cast=absolute, default="var/files")
FONT_DIR = read("FONT_DIR", default="")
SECRET_FILE = read("SECRET_FILE", cast=absolute, default="var/secret")
KEY_FILE = read("KEY_FILE", cast=absolute, default="var/keys")  # read by schema.gate.keys
ANCHORS = read("ANCHORS", cast=absolute_or_none, default="")
SECURE_COOKIES = read("SECURE_COOKIES", cast=bool, default=False)
SECURITY_PROFILE = read("SECURITY_PROFILE", cast=SecurityProfile, default="dengbao")
SESSION_IDLE = timedelta(minutes=read("SESSION_IDLE", cast=int, default=30))
SESSION_AGE = timedelta(hours=read("SESSION_AGE", cast=int, default=12))
TRUSTED_PROXIES = read("TRUSTED_PROXIES", cast=networks, default="")
CORS_ORIGINS = read("CORS_ORIGINS", cast=origins, default="")
RATE = read("RATE", cast=int, default=1)
WIDGET_ANCESTORS = read("WIDGET_ANCESTORS", default="*")
JOBS_IN_SERVER = read("JOBS_IN_SERVER", cast=bool, default=False)
JOB_LEASE = timedelta(seconds=read("JOB_LEASE", cast=float, default=60))
BACKUP_DIR = read("BACKUP_DIR", cast=absolute, default="var/backups")
BACKUPS_KEPT = read("BACKUPS_KEPT", cast=int, default=8)
IDEMPOTENCY_DAYS = read("IDEMPOTENCY_DAYS", cast=int, default=7)
JOBS_KEPT_DAYS = read("JOBS_KEPT_DAYS", cast=int, default=90)
SESSIONS_KEPT_DAYS = read("SESSIONS_KEPT_DAYS", cast=int, default=183)
NOW = read("NOW", cast=instant, default=None)
DEBUG = read("DEBUG", cast=bool, default=False)


def secret(file: Path = SECRET_FILE) -> bytes:
    """The key of signatures; its file is readable by the server's user only."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    if not file.exists():
        try:
            draft.touch(mode=0o600, exist_ok=False)
            draft.write_bytes(secrets.token_bytes(32))
            file.hardlink_to(draft)  # atomic, and never over another process's
        except FileExistsError:
            pass
        finally:
            draft.unlink(missing_ok=True)
    return file.read_bytes()


def orm_config(url: str = DATABASE_URL) -> dict[str, Any]:
    """Tortoise's configuration for one database: all tables, and our migrations."""
    tables = sorted(f"schema.{file.parent.name}.tables" for file in ROOT.glob("schema/*/tables.py"))
    app = {"models": tables, "default_connection": "default", "migrations": "migrations"}
    return {
        "connections": connections(database_url(url)),
        "apps": {"schema": app},
        "use_tz": True,
        "timezone": "UTC",
    }


def connections(url: str) -> dict[str, Any]:
    """Connections that write ("default") and connections that only read ("read").

    What follows `?` are pragmas on SQLite, and asyncpg's arguments (with libpq's `sslmode`) on
    PostgreSQL. `maxsize` is the number of connections that read, for `SIXONES_POOL_MAX`.
    """
    return sqlite_connections(url) if url.startswith("sqlite:") else postgres_connections(url)


def sqlite_connections(url: str) -> dict[str, Any]:
    path, _, pragmas = url.partition("?")
    options = expand_db_url(f"sqlite://file?{pragmas}")["credentials"]
    options |= {"file_path": path.removeprefix("sqlite://"), "lock_wait": LOCK_WAIT}
    most = max(1, int(options.pop("maxsize", POOL_MAX)))
    engine = "schema.database.sqlite"
    return {
        "default": {"engine": engine, "credentials": options},
        "read": {"engine": engine, "credentials": {**options, "query_only": "ON", "maxsize": most}},
    }


def postgres_connections(url: str) -> dict[str, Any]:
    options = expand_db_url(url)["credentials"]
    if "sslmode" in options:
        options["ssl"] = options.pop("sslmode")
    most = max(1, int(options.get("maxsize", POOL_MAX)))
    options |= {
        "lock_wait": LOCK_WAIT,
        "reset": leave_as_is,
        "timeout": float(options.get("timeout", CONNECT_SECONDS)),
        # A transaction sees its steps to their end, so a dead connection must not hold it for ever.
        "command_timeout": float(options.get("command_timeout", 60)),
    }
    # PostgreSQL would compile what it takes for dear, which takes longer than any of our reads.
    both = {"jit": "off"}
    reads = {"default_transaction_read_only": "on", "statement_timeout": f"{READ_SECONDS}s"}
    writes = {"lock_timeout": f"{max(1, round(LOCK_WAIT * 1000))}ms"}
    engine = "schema.database.postgres"
    return {
        "default": {
            "engine": engine,
            # A migration runs on one while another holds the lock that keeps the second runner out.
            "credentials": {
                **options,
                "maxsize": max(2, most // 2),
                "server_settings": both | writes,
            },
        },
        "read": {
            "engine": engine,
            "credentials": {
                **options,
                "minsize": 0,
                "maxsize": most,
                "server_settings": both | reads,
            },
        },
    }


async def leave_as_is(_connection: object) -> None:
    """Spare asyncpg's clean-up between requests, a tenth of a small one's time.

    asyncpg still rolls back an open transaction. So nothing that belongs to a session may be set
    on a connection of the pool: LISTEN, SET and advisory locks want a connection of their own.
    """


TORTOISE_ORM = orm_config()
