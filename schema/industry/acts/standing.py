"""What stands in a one, as acts and nights move it: proposals, checked changes, who leads the group."""

from datetime import date
from typing import Any, NamedTuple

from schema.city.rules import RuleBroken
from schema.evidence.tables import Attachment
from schema.gate.gate import Gate
from schema.industry import rules, tables
from schema.industry.graph.ones import in_force, is_provisional, is_settled, standing_with
from schema.industry.rules import ChangeKind, OneKind, OneState, SeatRole
from schema.jobs import Daily, Run, job
from schema.query.models import KINDS, Record

LACKING = (OneState.NOT_BEGUN, OneState.PAPERS_MISSING)


class Contents(NamedTuple):
    """All that was ever put into a one and is not void, what was provided or proposed on it, and how
    many files each item has.
    """

    kind: OneKind
    items: list[tables.OneItem]
    changes: list[tables.OneChange]
    files: dict[int, int]

    def standings(self) -> list[rules.Standing]:
        """The items as the rules take them."""
        return [standing_with(as_record(each), self.files[each.id]) for each in self.items]

    def waiting(self) -> list[tables.OneItem]:
        """The items that the office can check."""
        ready = {each.key for each in self.standings() if each.can_be_checked}
        return [each for each in self.items if each.id in ready]

    def pending(self) -> list[tables.OneChange]:
        """The changes that take effect when they are checked: of what is settled, and not returned."""
        items = {each.id: each for each in self.items}
        return [
            each
            for each in self.changes
            if each.checked_at is None
            and not each.returned_for
            and each.item_id in items
            and needs_a_check(items[each.item_id], each.kind)
        ]

    def spans(self, role: SeatRole | None) -> list[rules.Span]:
        """Who has a place from when to when, once all that is proposed is checked."""
        ends = {
            each.item_id: each.ends_on for each in self.pending() if each.kind is ChangeKind.END
        }
        void = {each.item_id for each in self.pending() if each.kind is ChangeKind.VOID}
        found = []
        for each in self.items:
            if each.role is not role or each.id in void:
                continue
            days = [
                rules.day_before(next.starts_on)
                for next in self.items
                if next.follows_id == each.id
            ]
            last = min(filter(None, (each.ends_on, ends.get(each.id), *days)), default=None)
            if last is None or last >= each.starts_on:
                span = rules.Span(each.id, each.name, each.starts_on, last, provisional(each))
                found.append(span)
        return found


def as_record(item: tables.OneItem) -> Record:
    """A loaded row as reads have it."""
    return Record("OneItem", {name: getattr(item, name) for name in KINDS["OneItem"].columns})


def provisional(item: tables.OneItem) -> bool:
    return is_provisional(as_record(item))


def needs_a_check(item: tables.OneItem, kind: ChangeKind) -> bool:
    """Whether a change waits to be checked by itself; on what is proposed it is checked with the item.

    What the system began with stands, and yet waits for its papers as a proposal does.
    """
    return item.checked_at is not None or (provisional(item) and kind is not ChangeKind.PAPERS)


async def contents_of(one: tables.One) -> Contents:
    items = await tables.OneItem.filter(one_id=one.id, void_at=None).order_by("id")
    changes = await tables.OneChange.filter(one_id=one.id).order_by("id")
    files = {each.id: 0 for each in items}
    for each in await Attachment.filter(subject_kind="OneItem", subject_id__in=list(files)):
        files[each.subject_id] += 1
    return Contents(one.kind, items, changes, files)


# ---------------------------------------------------------------- what a check brings about


async def approve(gate: Gate, found: Contents) -> None:
    """All that waits takes effect: first the changes of what is settled, then what is new.

    Raises `RuleBroken` at `one` where two would then stand in one place at a time.
    """
    checked = {"checked_by_id": gate.viewer.person, "checked_at": gate.now}
    waiting, pending = found.waiting(), found.pending()
    items = {each.id: each for each in found.items}
    for change in sorted(pending, key=lambda each: list(ChangeKind).index(each.kind), reverse=True):
        await take_effect(gate, found, items[change.item_id], change)
    for item in sorted(waiting, key=lambda each: each.starts_on):
        await gate.change(item, **checked)
        if item.detail == rules.PROVISIONAL:
            await gate.change(item, detail="")
        if item.follows_id in items and items[item.follows_id].void_at is None:
            await follow(gate, items[item.follows_id], item)
    new = {each.id for each in waiting}
    for change in found.changes:
        if change in pending or (change.item_id in new and change.checked_at is None):
            await gate.change(change, **checked)
    touched = new | {each.item_id for each in pending}
    valid = [each for each in found.items if each.void_at is None]
    rules.check_apart([span_of(each) for each in valid if is_apart(found.kind, each)], touched)


def is_apart(kind: OneKind, item: tables.OneItem) -> bool:
    """Whether what is settled in an item has its place alone."""
    return is_settled(as_record(item)) and rules.is_single(kind, item.role)


def span_of(item: tables.OneItem) -> rules.Span:
    return rules.Span(item.id, item.name, item.starts_on, item.ends_on, role=item.role)


async def take_effect(
    gate: Gate, found: Contents, item: tables.OneItem, change: tables.OneChange
) -> None:
    """Do to an item what was proposed of it."""
    if change.kind is ChangeKind.VOID:
        await make_void(gate, found, item, change.reason)
    elif change.kind is ChangeKind.END:
        await gate.change(item, ends_on=change.ends_on, end_document_no=change.document_no)
    else:
        given = {
            "document_no": change.document_no or item.document_no,
            "document_on": change.document_on or item.document_on,
        }
        await gate.change(item, **given)
        await name_end_document(gate, found, item)
        for file in await Attachment.filter(subject_kind="OneChange", subject_id=change.id):
            same = ("name", "media_type", "size", "sha256", "added_by_id", "added_at")
            await gate.create(
                Attachment,
                project_id=None,
                subject_kind="OneItem",
                subject_id=item.id,
                **{name: getattr(file, name) for name in same},
            )


async def follow(gate: Gate, before: tables.OneItem, item: tables.OneItem) -> None:
    """Whoever is followed ends on the day before, by the document of whoever comes.

    What waited for its document and began on a day of nobody's never stood, where the document is earlier.
    """
    last = rules.day_before(item.starts_on)
    if last < before.starts_on:
        await gate.change(before, void_at=gate.now, void_for=f"{item.name}自 {item.starts_on} 起")
    elif before.ends_on is None or before.ends_on > last:
        await gate.change(before, ends_on=last, end_document_no=item.document_no)


async def name_end_document(gate: Gate, found: Contents, item: tables.OneItem) -> None:
    """Whoever an item has followed ended by its document, whenever its number came."""
    for each in found.items:
        followed = each.id == item.follows_id and each.ends_on == rules.day_before(item.starts_on)
        if followed and each.end_document_no != item.document_no:
            await gate.change(each, end_document_no=item.document_no)


async def make_void(gate: Gate, found: Contents, item: tables.OneItem, reason: str) -> None:
    """An item never stood: whoever it has followed goes on to where it ended, followed by its followers."""
    await gate.change(item, void_at=gate.now, void_for=reason)
    for each in found.items:
        if each.id == item.follows_id and each.ends_on == rules.day_before(item.starts_on):
            ended = {"ends_on": item.ends_on, "end_document_no": item.end_document_no}
            await gate.change(each, **ended)
        if each.follows_id == item.id:
            await gate.change(each, follows_id=item.follows_id)


def authors(found: Contents) -> set[int | None]:
    """Whoever provided any part of what waits to be checked."""
    waiting = {each.id: each.recorded_by_id for each in found.waiting()}
    with_it = [each for each in found.changes if each.item_id in waiting]
    pending = [*found.pending(), *(each for each in with_it if each.checked_at is None)]
    return {*waiting.values(), *(each.recorded_by_id for each in pending)}


# ---------------------------------------------------------------- how far it is


async def refresh(gate: Gate, one: tables.One) -> bool:
    """Bring a one's state up to what stands in it today; whether that changed anything.

    It is asked for from when it first lacks something until it is complete, whatever is put in and
    returned meanwhile; it waits to be checked from when the first of it could be.
    """
    found = await contents_of(one)
    state = rules.state_on(found.standings(), gate.today)
    waits = bool(found.waiting() or found.pending())
    returned = [each.returned_for for each in found.items if each.returned_for]
    values: dict[str, Any] = {
        "state": state,
        "to_check": waits,
        "returned_for": returned[-1] if returned else "",
    }
    if waits and not one.to_check:
        values["submitted_at"] = gate.now
    if state is OneState.COMPLETE:
        values["asked_at"] = None
    elif state in LACKING and one.asked_at is None:
        values["asked_at"] = gate.now
    values = {name: value for name, value in values.items() if getattr(one, name) != value}
    if values:
        await gate.change(one, **values)
    if one.kind is OneKind.LEAD_DEPARTMENT:
        await name_lead_department(gate, one, leading(found, gate.today))
    return bool(values)


def leading(found: Contents, today: date) -> int | None:
    """The department that leads today: a settled one, and never what is only proposed."""
    there = in_force(found.kind, map(as_record, found.items), today)
    departments = [each["organization_id"] for each in there if is_settled(each)]
    return departments[-1] if departments else None


async def name_lead_department(gate: Gate, one: tables.One, department: int | None) -> None:
    """The group's lead department is the one that stands in it today; the set of policies goes with it."""
    (group,) = await gate.hold("Group", [one.group_id])
    before = group.lead_department_id
    if before == department:
        return
    await gate.change(group, lead_department_id=department)
    for policies in await policies_of(gate, one):
        if policies.keeper_id == (before or group.office_id):
            await ask(gate, policies, department or group.office_id)


async def ask(gate: Gate, one: tables.One, keeper: int | None) -> None:
    """Ask another unit for a one; where something is lacking, its limit begins."""
    again = {"asked_at": gate.now} if one.state in LACKING else {}
    await gate.change(one, keeper_id=keeper, **again)


async def policies_of(gate: Gate, one: tables.One) -> list[tables.One]:
    """The set of policies of the same group, held."""
    found = await tables.One.filter(group_id=one.group_id, kind=OneKind.POLICY_SET)
    return await gate.hold("One", [each.id for each in found])


async def load_one(gate: Gate, reference: str, revision: int) -> tables.One:
    """A one, held and moved on; with its group and what goes with its lead department."""
    found = None
    if not gate.errors:
        found = await gate.find("One", reference, "one")
        await gate.context.load_rules()
        if found["kind"] is OneKind.LEAD_DEPARTMENT:
            await gate.hold("Group", [found["group_id"]])
    one: tables.One = await gate.load("One", reference, revision, field="one")
    if one.kind is OneKind.LEAD_DEPARTMENT:
        await policies_of(gate, one)
    return one


async def load_item(gate: Gate, input: Any) -> tuple[tables.One, tables.OneItem]:
    """A one and an item that stands in it, both held."""
    found = await gate.try_find("One", input.one, "one")
    row = await gate.try_find("OneItem", input.item, "item")
    if found is not None and row is not None and row["one_id"] != found["id"]:
        gate.refuse(RuleBroken("不在这一项中，请重选", "item"))
    one = await load_one(gate, input.one, input.revision)
    (item,) = await gate.hold("OneItem", [gate.require(row)["id"]])
    rules.check_standing(item.name, item.void_at is not None)
    return one, item


@job("groupOnes", "六个一到期、到任", every=Daily(0, 10))
async def group_ones(gate: Gate, run: Run) -> str:
    """Every midnight: what ended yesterday or begins today moves how far a one is."""
    await gate.context.load_rules()
    ones = await tables.One.all().order_by("id")
    await gate.hold("Group", [each.group_id for each in ones])
    moved = 0
    for one in await gate.hold("One", [each.id for each in ones]):
        moved += await refresh(gate, one)
    return f"{moved} 项有变化"
