"""A program in a child process with limits of memory, processor time and real time."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import IO

START = Path(__file__).with_name("start.py")


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of address space; seconds of processor time, and twice as many of real time."""

    memory: int
    seconds: int


@contextmanager
def bounded_process(
    program: Path, data: bytes, limits: Limits, *arguments: object
) -> Iterator[tuple[IO[bytes], Callable[[], int]]]:
    """Run a program on `data`, its standard input; yield its output and its `wait`.

    The program sees no environment, writes no file and imports nothing of the working directory.
    It is killed when the block ends.
    """
    command = [sys.executable, "-I", str(START), str(program)]
    command += map(str, (limits.memory, limits.seconds, *arguments))
    pipe, null = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=null, env={}) as child:
        assert child.stdin
        assert child.stdout
        watch = Timer(2 * limits.seconds, child.kill)
        watch.start()
        try:
            with suppress(BrokenPipeError):
                child.stdin.write(data)
                child.stdin.close()
            yield child.stdout, child.wait
        finally:
            watch.cancel()
            child.kill()
