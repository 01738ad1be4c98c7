"""The one error for a database that cannot do now what it is asked."""

from enum import Enum

RETRY_AFTER = 5  # seconds after which it is worth asking again


class Reason(Enum):
    """Why the database cannot do it."""

    BUSY = "others hold the lock or the connections for longer than anybody waits"
    SLOW = "the statement takes longer than statements may"
    FULL = "the disk is full"
    AWAY = "no database answers"


class Unavailable(Exception):
    """The database cannot do this now; it may be asked again after RETRY_AFTER seconds.

    Nothing that was asked for is stored, unless it is `uncertain`: then the connection was lost
    where the answer to a COMMIT was awaited, or after it.
    """

    def __init__(self, reason: Reason, *, uncertain: bool = False) -> None:
        super().__init__(reason.value)
        self.reason, self.uncertain = reason, uncertain
