"""Whether the investors of a ledger's lines are one company each, of the city's and of the ledger's."""

from collections.abc import Iterable
from typing import NamedTuple

from schema.ledger.rules.issue import Severity
from schema.ledger.rules.mapping import FieldIssue
from schema.project.rules.investor import RENAMED, SEVERAL

CODE = "COMPANY"


class Investor(NamedTuple):
    """The investor of a line: the line's number, its credit code or "", its normal name."""

    row: int
    uscc: str
    name: str


class Company(NamedTuple):
    """A company that is registered: its id, its credit code or None, its normal name."""

    id: int
    uscc: str | None
    name: str
    former: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """The normal names by which it is known: its own, and those that it had before."""
        return self.former | {self.name}


class InvestorIndex:
    """The companies that the lines of a ledger may mean, by code and by name."""

    def __init__(self, lines: Iterable[Investor], companies: Iterable[Company]) -> None:
        self._registered: dict[str, Company] = {}
        self._namesakes: dict[str, list[int]] = {}
        self._written: dict[str, Investor] = {}
        self._named: dict[str, set[str]] = {}
        for each in companies:
            for name in each.names:
                self._named.setdefault(name, set()).add(each.uscc or f"#{each.id}")
                self._namesakes.setdefault(name, []).append(each.id)
            if each.uscc:
                self._registered[each.uscc] = each
        for line in lines:
            if line.uscc and line.uscc not in self._registered:
                first = self._written.setdefault(line.uscc, line)
                self._named.setdefault(first.name, set()).add(line.uscc)

    def registered(self, line: Investor) -> list[int]:
        """The registered companies that the answer on a line rests on, by id: of its code, or of its
        name where it has no code.
        """
        if line.uscc:
            known = self._registered.get(line.uscc)
            return [known.id] if known else []
        return sorted(self._namesakes.get(line.name, []))

    def fault(self, line: Investor) -> FieldIssue | None:
        """What keeps a line from being the project of one company; it names none."""
        if not line.uscc:
            if len(self._named.get(line.name, ())) > 1:
                return FieldIssue("uscc", CODE, SEVERAL, Severity.ERROR)
            return None
        if line.uscc in self._registered:
            if line.name not in self._registered[line.uscc].names:
                return FieldIssue("investor_name", CODE, RENAMED, Severity.ERROR)
            return None
        first = self._written[line.uscc]
        if first.name == line.name:
            return None
        message = f"与第 {first.row} 行的信用代码相同，投资方名称不同，请按营业执照核对"
        return FieldIssue("investor_name", CODE, message, Severity.ERROR)
