"""The servers that are measured: one process each, on 127.0.0.1, over the same PostgreSQL.

Peers are installed by name into a cache folder outside the repository, once.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.postgres import free_port

HERE = Path(__file__).resolve().parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sixones-bench"
SIXONES = (sys.executable, "-m", "server")
PASSWORD = "Ziyang-2026-lemon"
TICKS = os.sysconf("SC_CLK_TCK")
UVICORN = ("--host", "127.0.0.1", "--log-level", "error", "--no-access-log",
           "--loop", "uvloop", "--http", "httptools")  # fmt: skip

POSTGRAPHILE = (
    "postgraphile@5",
    "node@22",
)  # the server needs a Node that has Promise.withResolvers
DJANGO = (
    "strawberry-graphql-django",
    "django",
    "psycopg[binary]",
    "uvicorn",
    "uvloop",
    "httptools",
)


class CannotBeHad(Exception):
    """A peer that is not here and could not be installed; the message says why."""


@dataclass
class Server:
    name: str
    pid: int
    port: int
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def rss_mb(self) -> float:
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024

    @property
    def cpu_seconds(self) -> float:
        after_name = Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(after_name[11]) + int(after_name[12])) / TICKS

    def path(self, document: str) -> str:
        """The limit has a path for each workload, the others one for all."""
        return f"/{document}" if self.name == "limit" else "/graphql"

    def body(self, document: str, variables: Mapping[str, Any]) -> str:
        given = {"variables": variables}
        return json.dumps(given if self.name == "limit" else {"query": document, **given})

    def ask(self, document: str, variables: Mapping[str, Any] | None = None) -> Any:
        """The `data` of an answer. Raises SystemExit with the errors where there are any."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{self.path(document)}",
            self.body(document, variables or {}).encode(),
            {"Content-Type": "application/json", **self.headers},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                answer = json.load(response)
        except urllib.error.HTTPError as refused:
            raise SystemExit(f"{self.name}: {refused.read().decode()[:2000]}") from None
        if answer.get("errors"):
            raise SystemExit(f"{self.name}: {answer['errors']}")
        return answer["data"]


@contextmanager
def running(
    name: str,
    command: tuple[str, ...],
    env: Mapping[str, str],
    port: int,
    headers: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """A server, once it listens; ended by its own pid."""
    with tempfile.TemporaryFile() as reply:
        child = subprocess.Popen(
            command,
            env=os.environ | env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=reply,
        )
        try:
            if not listens(child, port):
                reply.seek(0)
                raise SystemExit(f"{name} does not answer\n{reply.read()[-4000:].decode()}")
            yield Server(name, child.pid, port, headers or {})
        finally:
            child.terminate()
            try:
                child.wait(15)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def listens(child: "subprocess.Popen[bytes]", port: int, seconds: float = 60) -> bool:
    until = time.monotonic() + seconds
    while child.poll() is None and time.monotonic() < until:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
            return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            time.sleep(0.1)
    return False


# ---------------------------------------------------------------- ours


def environment(url: str, folder: Path) -> dict[str, str]:
    """What our program gets: this database, and no limit on how much one caller may ask."""
    return {
        "SIXONES_DATABASE_URL": url,
        "SIXONES_FILES_DIR": f"{folder}/files",
        "SIXONES_SECRET_FILE": f"{folder}/secret",
        "SIXONES_NOW": "2026-11-22T10:00:00+08:00",
        "SIXONES_RATE": "1000000",
    }


def founded(env: Mapping[str, str]) -> str:
    """Migrate and found the database, add somebody of the Leading Group Office; their token."""
    sixones(env, "migrate")
    sixones(env, "seed")
    sixones(env, "person", "add", "bench", "--name", "测试员", "--unit", "office", "--stdin")
    return sixones(env, "token", "issue", "bench", "--name", "bench").strip().splitlines()[-1]


def sixones(env: Mapping[str, str], *command: str) -> str:
    return python_says(env, "-m", "server", *command, reply=f"{PASSWORD}\n")


def python_says(env: Mapping[str, str], *command: str, reply: str = "") -> str:
    """What a process of our Python writes."""
    done = subprocess.run(
        (sys.executable, *command),
        env=os.environ | env,
        input=reply,
        text=True,
        capture_output=True,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stderr[-4000:]}")
    return done.stdout


@contextmanager
def ours(env: Mapping[str, str], token: str) -> Iterator[Server]:
    port = free_port()
    command = (*SIXONES, "serve", "--port", str(port))
    with running("ours", command, env, port, {"Authorization": f"Bearer {token}"}) as server:
        yield server


# ---------------------------------------------------------------- the limit and the peers


@contextmanager
def limit(url: str) -> Iterator[Server]:
    port = free_port()
    command = (sys.executable, "-m", "uvicorn", "tests.bench.limit:app", "--port", str(port))
    env = {"BENCH_DATABASE_URL": url}
    with running("limit", (*command, *UVICORN), env, port) as server:
        yield server


@contextmanager
def postgraphile(url: str) -> Iterator[Server]:
    """Also makes the function in the database that stands in for its plugin of aggregates."""
    folder, port = CACHE / "postgraphile", free_port()
    node = folder / "node_modules/.bin/node"
    if not node.exists():
        installed(folder, "npm", "init", "--yes")
        installed(folder, "npm", "install", "--no-audit", "--no-fund", *POSTGRAPHILE)
    # Node looks for packages beside the script.
    script = shutil.copy(HERE / "peers/postgraphile.mjs", folder)
    env = {"NODE_ENV": "production", "GRAPHILE_ENV": "production"}
    command = (str(node), str(script), url, str(port))
    with running("postgraphile", command, env, port) as server:
        yield server


@contextmanager
def django(url: str) -> Iterator[Server]:
    folder, port = CACHE / "django", free_port()
    python = folder / "bin/python"
    if not (folder / "bin/uvicorn").exists():
        installed(CACHE, sys.executable, "-m", "venv", str(folder))
        installed(folder, str(python), "-m", "pip", "install", "--quiet", *DJANGO)
    command = (str(python), "-m", "uvicorn", "django_app:app", "--app-dir", str(HERE / "peers"))
    env = {"BENCH_DATABASE_URL": url, "PYTHONDONTWRITEBYTECODE": "1"}
    with running("django", (*command, "--port", str(port), *UVICORN), env, port) as server:
        yield server


def installed(folder: Path, *command: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    try:
        done = subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=300,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotBeHad(str(error)) from None
    if done.returncode:
        raise CannotBeHad(f"{' '.join(command)}: {done.stderr[-500:]}")


# ---------------------------------------------------------------- versions

PYTHON_VERSIONS = """
import importlib.metadata as m, json, sys
print(json.dumps({name: m.version(name) for name in sys.argv[1:]}))
"""


def versions() -> dict[str, str]:
    """Of everything that has a say in the figures, as far as it is here."""
    own = ("uvicorn", "starlette", "strawberry-graphql", "graphql-core", "tortoise-orm", "asyncpg")
    found = {"python": sys.version.split()[0], **of_python(sys.executable, *own)}
    if (python := CACHE / "django/bin/python").exists():
        found |= of_python(str(python), "django", "strawberry-graphql-django", "psycopg")
    for name in ("postgraphile", "node"):
        package = CACHE / f"postgraphile/node_modules/{name}/package.json"
        if package.exists():
            found[name] = json.loads(package.read_text())["version"]
    return found


def of_python(python: str, *names: str) -> dict[str, str]:
    done = subprocess.run(
        (python, "-c", PYTHON_VERSIONS, *names), capture_output=True, text=True, check=True
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found
