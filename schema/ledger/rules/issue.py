"""Something wrong or doubtful in a ledger, told so that it can be found and mended."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error keeps its line out until it is mended; a warning only wants to be looked at."""

    ERROR = "ERROR"
    WARNING = "WARNING"


@dataclass(frozen=True, slots=True)
class Issue:
    """One cell and what to do about it. `row` as the sheet numbers it, `column` its letters."""

    row: int
    column: str
    title: str
    value: str
    code: str
    message: str
    severity: Severity = Severity.ERROR

    @property
    def where(self) -> str:
        return f"{self.column} 列“{self.title}”"
