"""What /healthz takes beside heavy work: sign-ins, uploads, downloads, lists as files, an import.

    python -m tests.bench.beside [--seconds 10] [--only uploads]

One process serves the demonstration city on SQLite, with its projects copied to 18,000. A second one
asks for /healthz every five milliseconds, while threads of this one keep the server at the work. The
figure is what those answers took: half of them, 99 of a hundred, the longest; in milliseconds.
"""

import argparse
import base64
import http.client
import json
import multiprocessing
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tests.bench.postgres import free_port

PROJECTS, PROMISED_MS = 18_000, 50
PDF = b"%PDF-1.7\n" + os.urandom(8 * 1024 * 1024)
LARGE_PDF = PDF + os.urandom(10 * 1024 * 1024)
NUMBERS, STARTED = count(1), time.time_ns()
REPORT = """mutation ($input: ProjectReportInput!) {
  projectReport(input: $input) { project { no } userErrors { field message } } }"""


@dataclass
class Client:
    """One kept connection to the server."""

    port: int
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, bytes, http.client.HTTPMessage]:
        sent = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, body, sent)
        answer = self.connection.getresponse()
        return answer.status, answer.read(), answer.headers


def form(fields: dict[str, str], file: bytes) -> tuple[bytes, str]:
    """A browser's form with one file."""
    boundary = "----sixones-bench"
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    head += (
        f'--{boundary}\r\nContent-Disposition: form-data; name="evidence"; filename="a.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    )
    body = head.encode() + file + f"\r\n--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"


class Work:
    """What the server is kept at."""

    def __init__(self, port: int, accounts: list[dict[str, str]]) -> None:
        self.port = port
        self.people = [each for each in accounts if each["password"]]
        self.office = next(each for each in accounts if each["username"] == "office")
        self.place = next(each for each in accounts if each["username"] == "yanjiang")

    def lead(self) -> dict[str, str]:
        number = f"{STARTED}-{next(NUMBERS)}"
        return {
            "name": f"压测产业园{number}号",
            "investorName": f"压测{number}有限公司",
            "amount": "12.5亿",
            "noCodeReason": "尚未注册",
            "contactOn": time.strftime("%Y-%m-%d"),
            "contactWith": "张总",
        }

    def session(self, account: dict[str, str]) -> Client:
        client = Client(self.port)
        entered = {"username": account["username"], "password": account["password"]}
        status, _, headers = client.ask(
            "POST",
            "/sign-in",
            urllib.parse.urlencode(entered).encode(),
            content_type="application/x-www-form-urlencoded",
        )
        assert status == 303, status
        client.headers["cookie"] = headers["set-cookie"].partition(";")[0]
        return client

    def token(self, account: dict[str, str]) -> Client:
        return Client(self.port, {"authorization": f"Bearer {account['token']}"})

    # each returns what is done again and again

    def sign_ins(self) -> Callable[[], None]:
        people = iter(self.people * 1000)

        def once() -> None:
            self.session(next(people)).connection.close()

        return once

    def uploads(self) -> Callable[[], None]:
        client, content = self.token(self.place), base64.b64encode(PDF).decode()

        def once() -> None:
            # Another file each time: what is stored already is not written again.
            fresh = base64.b64encode(PDF[:9] + os.urandom(24)).decode()[:-4] + content[44:]
            given = self.lead() | {"evidence": [{"name": "a.pdf", "content": fresh}]}
            body = json.dumps({"query": REPORT, "variables": {"input": given}}).encode()
            status, answer, _ = client.ask(
                "POST", "/graphql", body, content_type="application/json"
            )
            assert status == 200 and b'"userErrors":[]' in answer, answer[:300]

        return once

    def form_uploads(self) -> Callable[[], None]:
        client = self.session(self.place)

        def once() -> None:
            fields = {"act": "ProjectReport"} | self.lead()
            body, kind = form(fields, PDF[:9] + os.urandom(24) + LARGE_PDF[33:])
            status, answer, _ = client.ask("POST", "/projects/new", body, content_type=kind)
            assert status == 303, answer.partition(b"summary-wrong")[2][:600].decode()

        return once

    def downloads(self) -> Callable[[], None]:
        client = self.session(self.place)
        body, kind = form({"act": "ProjectReport"} | self.lead(), LARGE_PDF)
        status, _, headers = client.ask("POST", "/projects/new", body, content_type=kind)
        assert status == 303, status
        _, page, _ = client.ask("GET", headers["location"].replace("/receipt", ""))
        path = page.partition(b'href="/files/')[2].partition(b'"')[0].decode()

        def once() -> None:
            status, content, _ = client.ask("GET", f"/files/{path}")
            assert status == 200 and len(content) == len(LARGE_PDF)

        return once

    def exports(self, form: str) -> Callable[[], None]:
        client = self.session(self.office)

        def once() -> None:
            status, content, _ = client.ask("GET", f"/projects.{form}", accept_encoding="gzip")
            assert status == 200 and len(content) > 100_000, content[:500]

        return once


WORK: dict[str, tuple[int, Callable[[Work], Callable[[], None]]]] = {
    "nothing": (0, lambda work: lambda: None),
    "sign_ins": (4, Work.sign_ins),
    "uploads": (2, Work.uploads),
    "form_uploads": (2, Work.form_uploads),
    "downloads": (2, Work.downloads),
    "xlsx": (2, lambda work: work.exports("xlsx")),
    "csv": (2, lambda work: work.exports("csv")),
    "json": (2, lambda work: work.exports("json")),
}


def sample(port: int, seconds: float, out: "multiprocessing.Queue[list[float]]") -> None:
    """What /healthz takes, in milliseconds, asked every five."""
    client, took, end = Client(port), [], time.perf_counter() + seconds
    while (began := time.perf_counter()) < end:
        status, _, _ = client.ask("GET", "/healthz")
        assert status == 200
        took.append((time.perf_counter() - began) * 1000)
        time.sleep(0.005)
    out.put(took)


def measure(port: int, work: Work, name: str, seconds: float) -> tuple[list[float], int]:
    threads, make = WORK[name]
    enough, done = threading.Event(), [0] * threads
    chores = [make(work) for _ in range(threads)]

    def keep_at(index: int) -> None:
        while not enough.is_set():
            chores[index]()
            done[index] += 1

    workers = [threading.Thread(target=keep_at, args=(index,)) for index in range(threads)]
    for worker in workers:
        worker.start()
    time.sleep(0.5 if threads else 0)
    results: multiprocessing.Queue[list[float]] = multiprocessing.Queue()
    sampler = multiprocessing.Process(target=sample, args=(port, seconds, results))
    sampler.start()
    took = results.get(timeout=seconds + 120)
    sampler.join()
    enough.set()
    for worker in workers:
        worker.join()
    return sorted(took), sum(done)


def copy_projects(file: Path, most: int) -> None:
    """As many projects as there are to be, copies of those that there are."""
    with closing(sqlite3.connect(file)) as city, city:
        columns = [row[1] for row in city.execute('PRAGMA table_info("project")')]
        there, last = city.execute("SELECT count(*), max(id) FROM project").fetchone()
        kept = ", ".join(f'"{name}"' for name in columns if name not in ("id", "no"))
        for number in range(1, -(-most // there)):
            city.execute(
                f"INSERT INTO project (id, no, {kept}) SELECT id + {number * last},"
                f" 'C{number}-' || no, {kept} FROM project WHERE id <= {last} LIMIT ?",
                [max(0, most - number * there)],
            )


@contextmanager
def server(folder: Path) -> Iterator[tuple[int, list[dict[str, str]]]]:
    port, file = free_port(), folder / "city.sqlite3"
    environment = {
        **os.environ,
        "SIXONES_DATABASE_URL": f"sqlite://{file}",
        "SIXONES_FILES_DIR": str(folder / "files"),
        "SIXONES_SECRET_FILE": str(folder / "secret"),
        "SIXONES_RATE": "1000",
    }
    sixones = (sys.executable, "-m", "server")
    subprocess.run((*sixones, "demo"), env=environment, check=True, capture_output=True)
    listed = subprocess.run(
        (*sixones, "demo", "--accounts"), env=environment, check=True, capture_output=True
    )
    copy_projects(file, PROJECTS)
    serving = subprocess.Popen(
        (*sixones, "serve", "--port", str(port)), env=environment, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(200):
            try:
                if Client(port).ask("GET", "/healthz")[0] == 200:
                    break
            except ConnectionRefusedError:
                time.sleep(0.1)
        yield port, json.loads(listed.stdout)
    finally:
        serving.terminate()
        serving.wait(20)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--seconds", type=float, default=10)
    asked.add_argument("--only", choices=WORK, action="append")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="sixones-beside-") as folder:
        with server(Path(folder)) as (port, accounts):
            print(f"{'beside':<14}{'asked':>7}{'p50':>8}{'p99':>8}{'max':>8}{'done/s':>8}")
            for name in given.only or WORK:
                took, done = measure(port, Work(port, accounts), name, given.seconds)
                p50, p99 = (took[int(len(took) * part)] for part in (0.5, 0.99))
                late = "" if p99 <= PROMISED_MS else f"  more than {PROMISED_MS} ms"
                print(
                    f"{name:<14}{len(took):>7}{p50:>8.1f}{p99:>8.1f}{took[-1]:>8.1f}"
                    f"{done / given.seconds:>8.1f}{late}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
