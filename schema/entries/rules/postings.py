"""What was posted of an entry on one basis at once: its credits, one for each place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from schema.entries.rules.shares import CreditRole

Row = Mapping[str, Any]


@dataclass(eq=False)
class Posting:
    """The credits of one step of an entry on one basis; `undoes` is the posting that they take back."""

    credits: list[Row] = field(default_factory=list)
    undoes: "Posting | None" = None

    @property
    def one(self) -> Row:
        """Any of its credits, for what all of them share."""
        return self.credits[0]

    @property
    def takes_back(self) -> bool:
        return self.undoes is not None or self.one["undoes_id"] is not None

    @property
    def whole_fen(self) -> int:
        """The whole of which the credits are the parts, in fen."""
        return int(self.one["entry_fen"])

    @property
    def first_fen(self) -> int:
        """The first-contact place's part of what is shared, in fen."""
        return sum(
            each["amount_fen"] for each in self.credits if each["role"] == CreditRole.FIRST_CONTACT
        )

    @property
    def places(self) -> tuple[int, int]:
        """The first-contact and the landing place of its account."""
        return places_of(self.one["series"])


def postings(credits: Iterable[Row]) -> list[Posting]:
    """Stored credits, in the order of their ids, as what was posted at once, in the order of posting.

    At once was posted what one entry of the journal knows of an entry on one basis; what takes
    something back stands by itself.
    """
    found: dict[tuple[Any, ...], Posting] = {}
    of_credit: dict[int, Posting] = {}
    for credit in credits:
        undone = credit["undoes_id"]
        undoes = of_credit.get(undone) if undone is not None else None
        key = (
            credit["entry_id"],
            str(credit["basis"]),
            credit["journal_id"],
            undone is not None,
            id(undoes),
        )
        posting = found.setdefault(key, Posting(undoes=undoes))
        posting.credits.append(credit)
        of_credit[credit["id"]] = posting
    return list(found.values())


def series_of(version: str, first: int, landing: int) -> str:
    """The account of a version of a share, or of none, between two places."""
    return f"{version}:{first}:{landing}"


def places_of(series: str) -> tuple[int, int]:
    """The first-contact and the landing place of an account."""
    _, first, landing = series.split(":")
    return int(first), int(landing)
