"""An error or doubt in a ledger, with its position and what to do."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error keeps its row from being imported; a warning does not."""

    ERROR = "ERROR"
    WARNING = "WARNING"


@dataclass(frozen=True, slots=True)
class Issue:
    """One cell and what to do about it. `row` is the sheet's number, `column` its letters."""

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
