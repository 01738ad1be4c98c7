"""What `sixones check` compares with the facts: the tables with the journal, and what is derived and kept."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from schema.duties.facts import COMPARED
from schema.entries.checking import CONFIRMED_BY_STEP, posting_faults
from schema.entries.posting import TOTALS
from schema.entries.rebuilding import rebuild_postings
from schema.evidence.keeping import ABANDONED_SECONDS, NAMED_BY, named_files
from schema.gate.replay import Mismatch, Unrecorded
from schema.gate.upkeep import (
    index_faults,
    rebuild_index,
    rebuild_sequences,
    sequence_faults,
)
from schema.project.checking import name_key_faults, rebuild_name_keys

CHECKS: tuple[tuple[str, Callable[[], Awaitable[list[str]]]], ...] = (
    ("台账与分享", posting_faults),
    ("办理记录索引", index_faults),
    ("编号", sequence_faults),
    ("项目查重键", name_key_faults),
)
"""The name of each, and what finds where it is not what it follows from."""

REBUILDS: tuple[Callable[[datetime], Awaitable[list[str]]], ...] = (
    rebuild_index,
    rebuild_sequences,
    rebuild_postings,
    rebuild_name_keys,
)
"""What writes it anew for `sixones rebuild`, at a moment, and answers what it changed."""

NAMING_FILES = NAMED_BY
"""The tables whose column `sha256` names a file of the store."""

naming_rows = named_files
"""Of some files, by their hashes, those that a row names."""
UNOWNED_AFTER = ABANDONED_SECONDS
"""How many seconds after it was written a file that no row names belongs to no act under way."""

SIGNING_IN = "signing in writes it, in whatever act or none; the security log says when"
RUN = "the runner of jobs writes it as it goes; what a job did is an entry of its own"

UNRECORDED = Unrecorded(
    tables={
        "JournalEntry": "the journal itself, which `verify` checks by its chain",
        "JournalPart": "the journal itself: its entry has the hash",
        "JournalRow": "an index over the journal: `gate.upkeep.index_faults` compares it with every entry",
        "IdempotencyRecord": "the gate keeps the answer of an act beside its entry",
        "Sequence": "the last number given out: `sequence_faults` compares it with those that rows carry, `verify`"
        " that of the journal with its entries",
        "Inquiry": "counted whether the act is done or refused, and noted in the security log",
        "Session": "compared with nothing: " + SIGNING_IN,
        "Token": "compared with nothing: issued and ended by command, and noted in the security log",
        "JobSlot": RUN,
        "FormDraft": "what is typed is no act until it is sent, and is erased when it is sent or old",
    },
    columns={
        "*": {
            "revision": "counts the acts on a row",
            "updated_at": "when the row was last acted on, which the entry says",
            "personal_salt": "erased with the value whose hash it is in: in the journal it would stay for ever",
            "journal_id": "the number of the entry that made the row: compared with it",
        },
        "Project": dict.fromkeys(
            ("name_head", "name_tail"),
            "follow from the name, which is recorded: `name_key_faults` compares them with the rule",
        ),
        "Person": {
            "password_hash": "a secret is nowhere else",
            "password_set_at": SIGNING_IN,
            "failures": SIGNING_IN,
            "locked_until": SIGNING_IN,
            "preferences": "how somebody likes their own pages",
        },
        "Job": dict.fromkeys(
            (
                *("state", "due_at", "tries", "token", "lease_until", "started_at", "ended_at"),
                *("result", "error"),
            ),
            RUN,
        ),
    },
    queues={"Job": "repeating ones are planned by the clock, and cleared away when they are old"},
)
"""What the journal does not record, each with the reason."""

DERIVED: dict[str, frozenset[str] | None] = {
    "Credit": None,
    "Entry": frozenset(CONFIRMED_BY_STEP),
    "Duty": frozenset({"", *COMPARED}),  # "" is a row that is missing or one too many
    "Project": frozenset({*TOTALS.values(), "judge_by"}),
}
"""Kind → the columns that `sixones rebuild` writes anew; None: all of them, and whole rows."""


def is_derived(found: Mismatch) -> bool:
    """Whether what differs from the journal is itself written anew from the facts, and is none of them."""
    columns = DERIVED.get(found.kind, frozenset())
    return columns is None or found.column in columns
