"""What a bounded child process runs first: it limits itself, then becomes the program.

Arguments: the program's file, bytes of memory, seconds, then the program's own.
"""

import resource
import runpy
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
"""The tree of this code: the program imports from it, and not from where it is called."""


def main(program: str, memory: int, seconds: int) -> None:
    """Limit this process for good and run the program in it."""
    limits = {resource.RLIMIT_CPU: seconds, resource.RLIMIT_AS: memory, resource.RLIMIT_FSIZE: 0}
    for kind, most in limits.items():
        resource.setrlimit(kind, (most, most))
    sys.path.insert(0, str(ROOT))
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    sys.argv, (own, memory, seconds) = [sys.argv[1], *sys.argv[4:]], sys.argv[1:4]
    main(own, int(memory), int(seconds))
