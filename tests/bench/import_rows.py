"""How long `sixones import` takes for a dirty ledger, and how much memory.

    python -m tests.bench.import_rows [ROWS] [postgresql://…an empty database]

Without an address on a new SQLite file. The command runs in a process of its own; its memory is the
peak of the largest process, the one that parses the workbook included.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIXONES = (sys.executable, "-m", "server")


def main(rows: int, url: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | {
            "SIXONES_DATABASE_URL": url or f"sqlite://{folder}/bench.sqlite3",
            "SIXONES_FILES_DIR": f"{folder}/files",
            "SIXONES_SECRET_FILE": f"{folder}/secret",
            "SIXONES_NOW": "2026-11-22T10:00:00+08:00",
        }
        ledger = made(rows, Path(folder))
        person = ("person", "add", "bench", "--name", "测试员", "--unit", "office", "--stdin")
        for command in (("migrate",), ("seed",), person):
            fields = "Ziyang-2026-lemon\n"
            subprocess.run((*SIXONES, *command), env=env, input=fields, text=True, check=True)
        command = ("import", str(ledger), "--as", "bench", "--only-correct")
        seconds, megabytes, fields = measured((*SIXONES, *command), env)
        database = "PostgreSQL" if url else "SQLite"
        print(f"{fields}\n{database}: {rows} rows in {seconds:.1f} s, at most {megabytes:.0f} MB")


def made(rows: int, folder: Path) -> Path:
    """A dirty ledger, in the widest of the layouts."""
    from tests.ledger.dirty import dirty_ledger

    dirty = dirty_ledger(7, rows, "provincial")
    file = folder / dirty.name
    file.write_bytes(dirty.data)
    return file


def measured(command: tuple[str, ...], env: dict[str, str]) -> tuple[float, float, str]:
    """Seconds, megabytes at the peak, and the last line that the command printed."""
    began = time.perf_counter()
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) as child:
        assert child.stderr
        fields = child.stderr.read()
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(fields)
    return time.perf_counter() - began, used.ru_maxrss / 1024, fields.strip().splitlines()[-1]


if __name__ == "__main__":
    given = [*sys.argv[1:], "", ""]
    main(int(given[0] or 5000), given[1])
