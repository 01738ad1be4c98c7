"""What is wrong with an act's input: gathered while the act looks, so that all of it is answered at once."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from schema.city.rules import RuleBroken
from schema.gate.inputs import GivenInput, NotReadable
from schema.gate.payloads import ErrorCode, InputRefused, UserError
from schema.scalars import Unparsable

T = TypeVar("T")


class Findings:
    """What an act has found wrong so far, and what its answer says beside that."""

    def __init__(self, act: str) -> None:
        self.act = act
        self.errors: list[UserError] = []
        self.answer: dict[str, Any] = {}

    def check(self, rule: Callable[..., T], *values: Any, **named: Any) -> T | None:
        """What a rule answers; what it refuses is kept, so that all that is wrong is answered at once.

        A value that could not be read is already refused at its field and is not checked.
        """
        if any(isinstance(value, Unparsable) for value in (*values, *named.values())):
            return None
        given = (v.readable() if isinstance(v, GivenInput) else v for v in values)
        try:
            return rule(*given, **named)
        except NotReadable:
            return None
        except RuleBroken as broken:
            self.refuse(broken)
            return None

    def check_all(self, rule: Callable[..., Iterable[RuleBroken]], *values: Any) -> None:
        """All that a rule finds wrong. A value that could not be read is None for the rule."""
        for broken in rule(*(None if isinstance(v, Unparsable) else v for v in values)):
            self.refuse(broken)

    def unneeded(self, input: Any, *fields: str) -> None:
        """Refuse what was filled in of these fields, for which there is no use beside the rest."""
        self.errors += input.unneeded(*fields)

    def require(self, value: T | None) -> T:
        """What `check` or `try_find` answered, once nothing is wrong. Raises `InputRefused`.

        LookupError where nothing is wrong and there is no value: the input need not have given one.
        """
        self.stop_if_wrong()
        if value is None:
            raise LookupError(f"{self.act} goes on without a value that it needs")
        return value

    def refuse(self, broken: RuleBroken) -> None:
        """Keep one thing that is wrong, for the answer."""
        self.answer |= getattr(broken, "answer", {})
        self.errors.append(
            UserError(code=ErrorCode(broken.code), message=str(broken), field=broken.field)
        )

    def stop_if_wrong(self) -> None:
        """Raises `InputRefused` with all that was found wrong so far; loads and writes do so too."""
        if self.errors:
            raise InputRefused(self.errors, self.answer)
