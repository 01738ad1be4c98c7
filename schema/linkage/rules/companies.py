"""What an office writes down of a company: its holders by source and day, its code, its name by document."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from schema.city.rules import RuleBroken
from schema.people.rules import HOLDER_WORDS, Holder, HolderRole


@dataclass(frozen=True)
class Amendment:
    """What is to be recorded of a company: by role all who hold it from the day `on` by `source`, a credit
    code, a region. A role that is left out, and None, stay as they are.
    """

    holders: Mapping[HolderRole, Sequence[Holder]]
    source: str = ""
    on: date | None = None
    uscc: str | None = None
    region: str | None = None


class Held(NamedTuple):
    """A row of somebody who holds a role now: its id, by which source as of which day, which unit's."""

    id: int
    holder: Holder
    source: str
    as_of: date
    unit: int


@dataclass(frozen=True)
class Standing:
    """What is recorded of a company: who holds it now, and by role the last day that anybody has spoken of."""

    uscc: str | None
    region: str
    held: Sequence[Held]
    known_until: Mapping[HolderRole, date]

    def of(self, role: HolderRole) -> list[Held]:
        return [each for each in self.held if each.holder.role is role]


def same_holders(held: Sequence[Held], given: Iterable[Holder]) -> bool:
    """Whether these are who holds a role already, each with the same part."""
    return {(each.holder.key, each.holder.share) for each in held} == {
        (each.key, each.share) for each in given
    }


def replaced(
    held: Sequence[Held], given: Sequence[Holder], statement: tuple[str, date, int]
) -> tuple[list[int], list[Holder]]:
    """The ids of the rows of one role that end where `given` hold it, and who is recorded anew.

    `statement` is the source, its day and the unit: who stays is recorded by it as well, once.
    """
    wanted = {(each.key, each.share): each for each in given}
    keys = {each.id: (each.holder.key, each.holder.share) for each in held}
    listed = {keys[each.id] for each in held if (each.source, each.as_of, each.unit) == statement}
    ended = [each.id for each in held if keys[each.id] not in wanted]
    return ended, [each for key, each in wanted.items() if key not in listed]


def amendment_faults(given: Amendment, known: Standing, today: date) -> Iterator[RuleBroken]:
    """What is wrong with recording it, each at its field of `companyAmend`."""
    checks: list[tuple[Callable[..., None], tuple[Any, ...]]] = [
        (check_as_of, (bool(given.holders), given.on, today)),
        (check_code_once, (given.uscc, known.uscc)),
    ]
    if given.holders:
        checks.append((check_holder_source, (given.source,)))
    for role in given.holders:
        until = known.known_until.get(role)
        checks.append((check_newest, (HOLDER_WORDS[role], given.on or today, until)))
    for check, arguments in checks:
        try:
            check(*arguments)
        except RuleBroken as broken:
            yield broken


def check_code_once(given: str | None, known: str | None) -> None:
    """A company that has a credit code keeps it. Raises `RuleBroken` at `uscc`."""
    if given and known and given != known:
        raise RuleBroken(f"这家企业已登记信用代码 {known}，不能改成另一个，请核对", "uscc")


def check_code_free(taken: str | None) -> None:
    """No two companies have one credit code; `taken` is the name of the one that has it. Raises
    `RuleBroken` (`DUPLICATE`) at `uscc`.
    """
    if taken is not None:
        raise RuleBroken(f"这个信用代码已登记为“{taken}”，请核对", "uscc", "DUPLICATE")


def check_as_of(needed: bool, on: date | None, today: date) -> None:
    """A change has a day, which has come. Raises `RuleBroken` (`INVALID`) at `asOf`."""
    if needed and on is None:
        raise RuleBroken("请填截至日期；更名的填更名日期", "asOf", "INVALID")
    if on is not None and on > today:
        raise RuleBroken(f"截至日期不能晚于今天（{today}）", "asOf", "INVALID")


def check_newest(what: str, on: date, known: date | None) -> None:
    """An older extract ends nothing that is known of a later day, `known`. Raises `RuleBroken` at `asOf`.

    `what` is the role or the name, in words.
    """
    if known is not None and on < known:
        raise RuleBroken(
            f"{what}已登记到 {known}，截至日期不能早于这一天；请按最新的来源登记", "asOf", "INVALID"
        )


def check_holder_source(source: str) -> None:
    """What is said of holders says where it was read. Raises `RuleBroken` (`INVALID`) at `source`."""
    if not source:
        raise RuleBroken("请写明来源，例如 国家企业信用信息公示系统", "source", "INVALID")


def check_rename_document(document_no: str) -> None:
    """A name is changed by a document alone. Raises `RuleBroken` (`INVALID`) at `documentNo`."""
    if not document_no:
        raise RuleBroken(
            "企业更名请写明依据，例如 准予变更登记通知书的文号", "documentNo", "INVALID"
        )


def check_amends(changed: bool) -> None:
    """An amendment amends. Raises `RuleBroken` (`INVALID`)."""
    if not changed:
        raise RuleBroken("没有要登记的内容：所填的与已登记的相同，或都没有填", None, "INVALID")


def check_holders_on(on: date, today: date) -> None:
    """Holders are known as of a day that has come. Raises `RuleBroken` (`INVALID`) at `holdersOn`."""
    if on > today:
        raise RuleBroken(f"截至日期不能晚于今天（{today}）", "holdersOn", "INVALID")
