"""How long the reading process takes for a dirty ledger, and how much memory: as much for a preview as for one changed cell.

    python -m tests.bench.preview_rows [ROWS]

Time is that of the processor, of the reading process and of the one that parses the workbook for it. Memory is
the peak of both together, were they there at once.
"""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

from schema.ledger.rules.worker import HERE
from schema.sheet.workbook import PARSE_WORKER
from tests.ledger.dirty import dirty_ledger

WORKER = (sys.executable, "-m", "schema.ledger.rules.worker", "validate")
KILOBYTES = 1024
LOOKED_AT_EACH = 250


def measured(rows: int) -> tuple[float, float, int]:
    """Seconds of the processor, megabytes, and the lines that were read."""
    dirty = dirty_ledger(7, rows, "provincial")
    arguments = {
        "name": dirty.name,
        "sheet": "",
        "answers": {"columns": {}, "units": {"money": "万元"}},
        "remembered": [],
        "day": date(2026, 11, 18).isoformat(),
        "own": "",
    }
    parser = (sys.executable, str(PARSE_WORKER), "20000", "200")
    _, _, parsing = run(parser, dirty.data)
    lines, seconds, reading = run(WORKER, json.dumps(arguments).encode() + b"\n" + dirty.data)
    return seconds, (parsing + reading) / KILOBYTES, lines - 1


def run(command: tuple[str, ...], given: bytes) -> tuple[int, float, int]:
    """The lines that a command writes, seconds of it and of what it started, kilobytes at its own peak."""
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=HERE,
        env=os.environ | {"PYTHONPATH": str(HERE)},
    ) as child:
        assert child.stdin
        assert child.stdout
        child.stdin.write(given)
        child.stdin.close()
        lines = peak = 0
        for lines, _ in enumerate(child.stdout, 1):
            if lines % LOOKED_AT_EACH == 1:
                peak = peak_of(child.pid) or peak
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    return lines, used.ru_utime + used.ru_stime, peak


def peak_of(pid: int) -> int:
    """The most kilobytes that a program has had since it was started; of a process before that says ru_maxrss."""
    with Path(f"/proc/{pid}/status").open() as status:
        return next((int(line.split()[1]) for line in status if line.startswith("VmHWM")), 0)


if __name__ == "__main__":
    seconds, megabytes, count = measured(int(sys.argv[1]) if sys.argv[1:] else 5000)
    print(f"{count} rows in {seconds:.1f} s of the processor, at most {megabytes:.0f} MB")
