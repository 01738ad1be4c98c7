"""How many requests a second a server answers: wrk over kept connections, one thread."""

import http.client
import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from tempfile import NamedTemporaryFile

from tests.bench.servers import HERE


def provided() -> bool:
    """Whether wrk is here, installed from Debian's packages where that is possible."""
    if shutil.which("wrk"):
        return True
    if os.getuid() == 0 and shutil.which("apt-get"):
        subprocess.run(("apt-get", "install", "-y", "wrk"), capture_output=True)
    return shutil.which("wrk") is not None


def per_second(
    port: int,
    path: str,
    connections: int,
    seconds: float,
    *,
    headers: Mapping[str, str],
    bodies: Sequence[str] = (),
) -> float:
    """Answers a second. Raises SystemExit where one of them is no success.

    Without bodies, GET. For less than a second, which wrk cannot do, asked one after another by
    this process: enough to see that it works, and no figure.
    """
    if seconds < 1:
        return by_hand(port, path, seconds, headers=headers, bodies=bodies)
    with NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("".join(f"{body}\n" for body in bodies))
        file.flush()
        given = ("POST", file.name) if bodies else ("GET",)
        fields = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
        command = ("wrk", "-t1", f"-c{connections}", f"-d{round(seconds)}s", "--timeout",
                   "30s", "-s", str(HERE / "load.lua"), *fields)  # fmt: skip
        done = subprocess.run(
            (*command, f"http://127.0.0.1:{port}{path}", "--", *given),
            capture_output=True,
            text=True,
        )
    measured = [line.split()[1:] for line in done.stdout.splitlines() if line[:9] == "measured "]
    if not measured:
        raise SystemExit(f"wrk: {done.stdout}{done.stderr}")
    requests, microseconds, refused, lost = map(int, measured[0])
    if refused or lost or not requests:
        raise SystemExit(f"{path}: of {requests} answers {refused} refused, {lost} lost")
    return requests / (microseconds / 1e6)


def by_hand(
    port: int, path: str, seconds: float, *, headers: Mapping[str, str], bodies: Sequence[str]
) -> float:
    link, count, began = http.client.HTTPConnection("127.0.0.1", port), 0, time.perf_counter()
    while (passed := time.perf_counter() - began) < seconds:
        body = bodies[count % len(bodies)].encode() if bodies else None
        link.request("POST" if bodies else "GET", path, body, dict(headers))
        response = link.getresponse()
        response.read()
        if response.status != 200:
            raise SystemExit(f"{path}: {response.status}")
        count += 1
    link.close()
    return count / passed
