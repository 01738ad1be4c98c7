"""Work on files of strangers: archives inspected before they are opened, programs with limits.

Whatever parses, renders or lays out what somebody sent runs in a process of its own (`process`) with
limited memory and time, which may fail, hang or grow harmlessly.
"""

from schema.bounded.archive import ArchiveError, ArchiveLimits, inspect_archive, part_name
from schema.bounded.macros import archive_has_macros, compound_streams, has_macros
from schema.bounded.process import Limits, bounded_process

__all__ = [
    "ArchiveError",
    "ArchiveLimits",
    "Limits",
    "archive_has_macros",
    "bounded_process",
    "compound_streams",
    "has_macros",
    "inspect_archive",
    "part_name",
]
