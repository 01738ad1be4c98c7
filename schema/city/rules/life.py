"""The life of a kind of thing: which act may be done at which stage, and where it leads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from schema.city.rules.errors import RuleBroken

LOOK_AGAIN = "，请刷新后核对"
"""What a page says behind a refusal of what it still shows; a line of a file has nothing to reload."""
S = TypeVar("S", bound=StrEnum)
Steps = Mapping[S, S]


@dataclass(frozen=True)
class Life(Generic[S]):
    """A stage machine as a table: act → stage that it may start from → stage that it leads to.

    `refused` holds the same acts when their answer is no. `words` are the stages as pages call
    them, `noun` is what users call the thing. `column` is where a row keeps its stage, `since`
    where it keeps the moment at which it entered it.
    """

    noun: str
    moves: Mapping[str, Steps[S]]
    words: Mapping[S, str]
    refused: Mapping[str, Steps[S]] = field(default_factory=dict)
    column: str = "stage"
    since: str | None = None

    def advance(self, stage: S, act: str, *, refused: bool = False) -> S:
        """Where `act` leads from `stage`; `refused` when its answer is no (不予受理).

        Raises `RuleBroken` when the stage is not one for the act, and `KeyError` for an act
        without a row in the table.
        """
        self.check_open(stage, act)
        return (self.refused if refused else self.moves)[act][stage]

    def check_open(self, stage: S, act: str) -> None:
        """Raises `RuleBroken`, naming the stages it takes, when `act` is not open at `stage`."""
        if stage not in self.moves[act]:
            needed = "、".join(f"“{self.words[start]}”" for start in self.moves[act])
            raise RuleBroken(
                f"{self.noun}现在是“{self.words[stage]}”，不能办理此事项；"
                f"它限{needed}阶段办理{LOOK_AGAIN}"
            )

    def open_acts(self, stage: S) -> list[str]:
        """The acts that may be done at `stage`, in the order of the table."""
        return [act for act, steps in self.moves.items() if stage in steps]


@dataclass(frozen=True)
class UnderWay:
    """When a row is something under way on its subject, which keeps other acts on it waiting.

    `where` is a condition in SQL on the row, whose alias is `x`; `subject` names the kind that
    the column `via` points at; `message` is what the waiting acts answer.
    """

    subject: str
    via: str
    where: str
    message: str
    excludes: frozenset[str]
