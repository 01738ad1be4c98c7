"""What the rows of a one say: what is settled, who ends when whom follows, and what waits to be checked."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from schema.context import Context
from schema.industry import rules
from schema.industry.rules import ChangeKind, OneKind
from schema.query.models import Record, global_id


def is_settled(row: Record) -> bool:
    """Whether somebody has checked an item, or the system began with it."""
    return row["checked_at"] is not None or row["recorded_by_id"] is None


def is_provisional(row: Record) -> bool:
    """Whether the system began with an item for which nobody has checked a document yet."""
    return row["checked_at"] is None and row["recorded_by_id"] is None


def needs_a_check(item: Record, kind: ChangeKind) -> bool:
    """Whether a change waits to be checked by itself; on what is proposed it is checked with the item.

    What the system began with stands, and yet waits for its papers as a proposal does.
    """
    by_itself = is_provisional(item) and kind is not ChangeKind.PAPERS
    return item["checked_at"] is not None or by_itself


def link_of(row: Record) -> rules.Link:
    """An item among those that follow each other."""
    return rules.Link(
        key=row["id"],
        follows=row["follows_id"],
        starts_on=row["starts_on"],
        end=rules.End(row["ends_on"], row["end_document_no"]),
        document_no=row["document_no"],
        settled=is_settled(row),
        void=row["void_at"] is not None,
    )


def ends_of(items: Iterable[Record]) -> dict[int, rules.End]:
    """The end of each item of a one, whether it has one of its own or is followed; of all its rows."""
    return rules.ends_of([link_of(each) for each in items])


def standing_with(row: Record, files: int, end: rules.End, returned: str = "") -> rules.Standing:
    """An item as the rules take it, where it is known how many files it has and when it ends."""
    checked = row["checked_at"]
    return rules.Standing(
        key=row["id"],
        role=row["role"],
        name=row["name"],
        starts_on=row["starts_on"],
        ends_on=end.on,
        document_no=row["document_no"],
        document_on=row["document_on"],
        files=files,
        checked_on=Context.day_of(checked) if checked else None,
        settled=is_settled(row),
        returned_for=row["returned_for"],
        change_returned=returned,
    )


class Line(NamedTuple):
    """One of those that wait to be checked: an item that is new, or a change of what is settled; who
    provided any part of it.
    """

    item: Record
    change: Record | None
    authors: frozenset[int | None]

    @property
    def id(self) -> str:
        """The global ID of what is checked."""
        if self.change is None:
            return global_id("OneItem", self.item["id"])
        return global_id("OneChange", self.change["id"])


def is_open(change: Record) -> bool:
    """Whether a change was neither checked nor withdrawn."""
    return change["checked_at"] is None and change["withdrawn_at"] is None


def lines_of(
    items: Sequence[Record], changes: Sequence[Record], files: Mapping[int, int]
) -> list[Line]:
    """What of a one the office can check, of all its rows: what is new, then what changes."""
    valid = {each["id"]: each for each in items if each["void_at"] is None}
    ends = ends_of(items)
    found = []
    for key, item in valid.items():
        if standing_with(item, files[key], ends[key]).can_be_checked:
            parts = {
                each["recorded_by_id"]
                for each in changes
                if each["item_id"] == key and is_open(each)
                if not needs_a_check(item, each["kind"])
            }
            found.append(Line(item, None, frozenset({item["recorded_by_id"], *parts})))
    for each in changes:
        waits = is_open(each) and not each["returned_for"] and each["item_id"] in valid
        if waits and needs_a_check(valid[each["item_id"]], each["kind"]):
            found.append(Line(valid[each["item_id"]], each, frozenset({each["recorded_by_id"]})))
    return found


def returned_changes(items: Sequence[Record], changes: Sequence[Record]) -> list[Record]:
    """The changes whose return nobody has answered: by another one of the kind, or by withdrawing it."""
    valid = {each["id"]: each for each in items if each["void_at"] is None}
    last = {(each["item_id"], each["kind"]): each for each in changes}
    return [
        each
        for each in last.values()
        if each["returned_for"] and is_open(each) and each["item_id"] in valid
    ]


def returned_of(item: Record, returned: Collection[Record]) -> str:
    """What was returned of the changes of an item, in words."""
    of = [each for each in returned if each["item_id"] == item["id"]]
    return "；".join(
        f"{rules.CHANGE_WORDS[each['kind']]}已退回，{each['returned_for']}" for each in of
    )


def effect_of(kind: OneKind, line: Line, items: Sequence[Record]) -> str:
    """What approving a line does, in words."""
    return rules.effect_of(
        rules.Proposed(
            kind=line.change["kind"] if line.change else None,
            key=line.item["id"],
            name=line.item["name"],
            role=line.item["role"],
            ends_on=line.change["ends_on"] if line.change else line.item["ends_on"],
            document_no=(line.change or line.item)["document_no"],
        ),
        [link_of(each) for each in items],
        {each["id"]: each["name"] for each in items},
    )
