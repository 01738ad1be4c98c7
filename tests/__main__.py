"""Runs all tests on both databases side by side: `python -m tests`, with pytest's options.

SQLite's run is shown as it goes, PostgreSQL's whole once both have ended. The exit code is 0 if
both passed. An interrupt ends both, each with its own tidying up.
"""

import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from typing import IO


def main(options: Sequence[str]) -> int:
    # A make in the background has interrupts ignored, and so would its children.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.default_int_handler)
    with tempfile.TemporaryFile() as log:
        postgres = started("postgres", ("-m", "not browser", *options), log)
        sqlite = started("sqlite", options)
        codes = {"sqlite": ended(sqlite, postgres), "postgres": ended(postgres)}
        log.seek(0)
        shutil.copyfileobj(log, sys.stdout.buffer)
        sys.stdout.flush()
    failed = [name for name, code in codes.items() if code]
    if failed:
        print(f"failed on {' and '.join(failed)}", file=sys.stderr)
    return max(map(abs, codes.values()))


def started(
    database: str, options: Sequence[str], log: IO[bytes] | None = None
) -> "subprocess.Popen[bytes]":
    """pytest on one database, in a process group of its own: an interrupt reaches it through us."""
    color = ("--color=yes",) if sys.stdout.isatty() else ()
    cache = f"cache_dir=.pytest_cache/{database}"
    return subprocess.Popen(
        (sys.executable, "-m", "pytest", f"--db={database}", "-o", cache, *color, *options),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT if log else None,
        process_group=0,
    )


def ended(run: "subprocess.Popen[bytes]", *others: "subprocess.Popen[bytes]") -> int:
    """Wait for a run's exit code, handing every interrupt on to it and to the others."""
    while True:
        try:
            return run.wait()
        except KeyboardInterrupt:
            for each in (run, *others):
                if each.poll() is None:
                    each.send_signal(signal.SIGINT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
