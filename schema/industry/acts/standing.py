"""What stands in a one, as acts and nights move it: proposals, checked changes, who leads the group."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from schema.city.rules import RuleBroken
from schema.evidence.keeping import copy_file
from schema.evidence.tables import Attachment
from schema.gate.gate import Gate
from schema.industry import rules, tables
from schema.industry.graph.ones import in_force
from schema.industry.graph.standings import (
    Line,
    ends_of,
    is_open,
    is_provisional,
    is_settled,
    lines_of,
    link_of,
    needs_a_check,
    returned_changes,
    standing_with,
)
from schema.industry.rules import ChangeKind, OneKind, OneState, SeatRole
from schema.jobs import Daily, Run, job
from schema.query.models import Record, as_record

LACKING = (OneState.NOT_BEGUN, OneState.PAPERS_MISSING)


class Contents(NamedTuple):
    """All that was ever put into a one, what was provided or proposed on it, and how many files each
    item has.
    """

    kind: OneKind
    everything: list[tables.OneItem]
    changes: list[tables.OneChange]
    files: dict[int, int]

    @property
    def items(self) -> list[tables.OneItem]:
        """Those that are not void."""
        return [each for each in self.everything if each.void_at is None]

    def rows(self) -> list[Record]:
        """All items as reads have them."""
        return [as_record(each) for each in self.everything]

    def proposals(self) -> list[Record]:
        """The changes as reads have them."""
        return [as_record(each) for each in self.changes]

    def standings(self) -> list[rules.Standing]:
        """The items as the rules take them."""
        ends = ends_of(self.rows())
        return [
            standing_with(as_record(each), self.files[each.id], ends[each.id])
            for each in self.items
        ]

    def lines(self) -> list[Line]:
        """What the office can check."""
        return lines_of(self.rows(), self.proposals(), self.files)

    def pending(self) -> list[tables.OneChange]:
        """The changes that take effect when they are checked: of what is settled, and not returned."""
        keys = {each.change["id"] for each in self.lines() if each.change}
        return [each for each in self.changes if each.id in keys]

    def ends(self) -> dict[int, rules.End]:
        """When each item ends, as it is settled now."""
        return ends_of(self.rows())

    def links(self) -> list[rules.Link]:
        """The items as they follow each other once all that is proposed is checked."""
        pending = self.pending()
        ends = {each.item_id: each.ends_on for each in pending if each.kind is ChangeKind.END}
        void = {each.item_id for each in pending if each.kind is ChangeKind.VOID}
        found = []
        for link in map(link_of, self.rows()):
            end = min(filter(None, (link.end.on, ends.get(link.key))), default=None)
            found.append(
                link._replace(
                    end=rules.End(end, ""), settled=True, void=link.void or link.key in void
                )
            )
        return found

    def spans(self, role: SeatRole | None) -> list[rules.Span]:
        """Who has a place from when to when, once all that is proposed is checked."""
        links = self.links()
        valid, ends = {each.key for each in links if not each.void}, rules.ends_of(links)
        found = []
        for each in self.items:
            last = ends[each.id].on
            if each.role is role and each.id in valid and (last is None or last >= each.starts_on):
                waits = is_provisional(as_record(each))
                found.append(rules.Span(each.id, each.name, each.starts_on, last, waits))
        return found

    def settled_spans(self) -> list[rules.Span]:
        """What is settled and has its place alone, from when to when."""
        ends = self.ends()
        found = []
        for each in self.items:
            last = ends[each.id].on
            alone = is_settled(as_record(each)) and rules.is_single(self.kind, each.role)
            if alone and (last is None or last >= each.starts_on):
                found.append(rules.Span(each.id, each.name, each.starts_on, last, role=each.role))
        return found

    def proposed_end(self, key: int) -> date | None:
        """When an item ends once all that is proposed is checked."""
        return rules.ends_of(self.links())[key].on

    def who_stands_for(self, key: int) -> int | None:
        """Whose place is taken by whoever replaces an item: another's, where it is to be void."""
        links = {each.key: each for each in self.links()}
        if not links[key].void:
            return key
        before = rules.before_of(links[key], links)
        return before.key if before else None


async def contents_of(one: tables.One) -> Contents:
    items = await tables.OneItem.filter(one_id=one.id).order_by("id")
    changes = await tables.OneChange.filter(one_id=one.id).order_by("id")
    files = {each.id: 0 for each in items}
    for each in await Attachment.filter(subject_kind="OneItem", subject_id__in=list(files)):
        files[each.subject_id] += 1
    return Contents(one.kind, items, changes, files)


# ---------------------------------------------------------------- what a check brings about


async def approve(gate: Gate, found: Contents, lines: Sequence[Line]) -> None:
    """Some of what waits takes effect: first the changes of what is settled, then what is new.

    Raises `RuleBroken` at `one` where two would then stand in one place at a time.
    """
    checked = {"checked_by_id": gate.viewer.person, "checked_at": gate.now}
    items = {each.id: each for each in found.everything}
    changes = {each.id: each for each in found.changes}
    before = found.settled_spans()
    proposed = [changes[each.change["id"]] for each in lines if each.change]
    for change in sorted(proposed, key=lambda each: KINDS_OF_CHANGE.index(each.kind), reverse=True):
        await take_effect(gate, items[change.item_id], change)
        await gate.change(change, **checked)
        if change.kind is ChangeKind.VOID:
            await give_back_place(gate, found, items[change.item_id])
    new = [items[each.item["id"]] for each in lines if each.change is None]
    for item in sorted(new, key=lambda each: each.starts_on):
        with_it = [
            each
            for each in found.changes
            if each.item_id == item.id
            and is_open(as_record(each))
            and not needs_a_check(as_record(item), each.kind)
        ]
        await gate.change(item, **checked)
        if item.detail == rules.PROVISIONAL:
            await gate.change(item, detail="")
        await take_place(gate, found, item)
        for change in with_it:
            await gate.change(change, **checked)
    after = found.settled_spans()
    rules.check_apart(after, {each.key for each in after if each not in before})


KINDS_OF_CHANGE = list(ChangeKind)


async def take_place(gate: Gate, found: Contents, item: tables.OneItem) -> None:
    """An item that is settled now has the place of whom it follows.

    What waited for its document and began on a day of nobody's never stood, where the document is earlier.
    """
    links = {each.id: link_of(as_record(each)) for each in found.everything}
    link = rules.before_of(links[item.id], links)
    if link is None or item.starts_on > link.starts_on:
        return
    (before,) = [each for each in found.everything if each.id == link.key]
    if not is_provisional(as_record(before)):
        rules.check_follows(before.name, before.starts_on, item.starts_on)
    await gate.change(before, void_at=gate.now, void_for=f"{item.name}自 {item.starts_on} 起")


async def give_back_place(gate: Gate, found: Contents, item: tables.OneItem) -> None:
    """What the system began with stands again where whoever took its place from the first day on never
    stood, and nobody else settled has that place.
    """
    voids = [each for each in found.changes if each.kind is ChangeKind.VOID]
    made_void = {each.item_id for each in voids if each.checked_at is not None}
    for before in found.everything:
        taken = before.void_at is not None and before.id not in made_void
        if before.id != item.follows_id or not taken or not is_provisional(as_record(before)):
            continue
        others = [each for each in found.items if is_settled(as_record(each))]
        if not any(each.starts_on <= before.starts_on for each in others):
            await gate.change(before, void_at=None, void_for="")


async def take_effect(gate: Gate, item: tables.OneItem, change: tables.OneChange) -> None:
    """Do to an item what was proposed of it, and to no other: who follows it, or whom it has followed,
    ends by what the two say (`rules.ends_of`).
    """
    if change.kind is ChangeKind.VOID:
        await gate.change(item, void_at=gate.now, void_for=change.reason)
    elif change.kind is ChangeKind.END:
        await gate.change(item, ends_on=change.ends_on, end_document_no=change.document_no)
    else:
        given = {
            "document_no": change.document_no or item.document_no,
            "document_on": change.document_on or item.document_on,
        }
        await gate.change(item, **given)
        for file in await Attachment.filter(subject_kind="OneChange", subject_id=change.id):
            await copy_file(gate, file, item, None)


# ---------------------------------------------------------------- how far it is


async def refresh(gate: Gate, one: tables.One) -> bool:
    """Bring a one's state up to what stands in it today; whether that changed anything.

    It is asked for from when it first lacks something until it is complete, whatever is put in and
    returned meanwhile; it waits to be checked from when the first of it could be.
    """
    found = await contents_of(one)
    state = rules.state_on(found.standings(), gate.today)
    waits = bool(found.lines())
    open_returns = returned_changes(found.rows(), found.proposals())
    returned = [each.returned_for for each in found.items if each.returned_for]
    returned += [each["returned_for"] for each in open_returns]
    values: dict[str, Any] = {
        "state": state,
        "to_check": waits,
        "returned_for": returned[-1] if returned else "",
    }
    if waits and not one.to_check:
        values["submitted_at"] = gate.now
    if state is OneState.COMPLETE:
        values |= {"asked_at": None, "asks": None}
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
    there = in_force(found.kind, found.rows(), today)
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
    """Ask another unit for a one; where something is lacking, its limit begins, or runs on for a unit
    that was asked before for what still lacks.
    """
    again: dict[str, Any] = {}
    if one.state in LACKING:
        asks = dict(one.asks or {})
        if one.asked_at is not None and keeper != one.keeper_id:
            asks[str(one.keeper_id)] = one.asked_at.isoformat()
        known = asks.pop(str(keeper), None)
        again = {"asked_at": datetime.fromisoformat(known) if known else gate.now}
        again["asks"] = asks or None
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
