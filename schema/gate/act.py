"""An act is a mutation with one `input` that goes through the gate."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

import strawberry
from graphql import VariableNode
from strawberry.extensions import FieldExtension

from schema import database
from schema.city.rules import RuleBroken
from schema.gate.gate import Gate
from schema.gate.idempotency import reload, replayed, row_refs, selected_fields, store_answer
from schema.gate.inputs import GivenInput, camel, validate_input
from schema.gate.journal import announce
from schema.gate.payloads import ErrorCode, InputRefused, UserError
from schema.permissions import may

NOT_ANSWERED = "这张表还没有提交成功"

Preparation = Callable[[Gate, Any], Awaitable[Any]]


class TriedOut(Exception):
    """An act that was tried out has reached its end; what it wrote is taken back."""

    def __init__(self, payload: Any) -> None:
        self.payload = payload


class ActExtension(FieldExtension):
    """Puts an act through the gate and answers with what came of it, or with what to mend."""

    def __init__(self, before: Preparation | None) -> None:
        self.before = before

    async def resolve_async(
        self, next_: Callable[..., Any], source: Any, info: Any, **given: Any
    ) -> Any:
        context, input = info.context, given["input"]
        answer, name = PAYLOADS[info.field_name], info.field_name
        first: Gate | None = None
        context.gate = None

        async def attempt() -> Any:
            assert first
            gate = context.gate = Gate(name, context)
            gate.prepared, gate.errors = first.prepared, list(first.errors)
            context.forget()
            async with database.transaction():
                payload = await replayed(gate, input, answer)
                if payload is None and context.answered_only:
                    raise RuleBroken(NOT_ANSWERED, None, "INVALID")
                if payload is None:
                    payload = await next_(source, info, input=looked_at)
                    gate.stop_if_wrong()
                    gate.errors = looked_at.unused()
                    gate.stop_if_wrong()
                    await gate.finish()
                    if context.trial:
                        raise TriedOut(payload)
                    await store_answer(gate, payload)
            return payload

        done = False
        try:
            if not may(context.viewer, name):
                raise RuleBroken("您的岗位不能办理此事项", None, "NOT_ALLOWED")
            first = Gate(name, context)
            first.errors = validate_input(input, unreadable=unreadable_in(info))
            looked_at = GivenInput(input)
            if self.before and not context.answered_only:
                first.prepared = await self.before(first, looked_at)
            payload = await database.with_retry(attempt)
            done = True
        except TriedOut as tried:
            context.forget()
            for reference in row_refs(tried.payload):
                setattr(tried.payload, reference, None)
            return tried.payload
        except InputRefused as refused:
            return answer(user_errors=refused.errors, **refused.answer)
        except RuleBroken as broken:
            gate: Gate | None = context.gate or first
            known = [] if gate is None else gate.errors
            error = UserError(code=ErrorCode(broken.code), message=str(broken), field=broken.field)
            return answer(user_errors=[*known, error], **getattr(broken, "answer", {}))
        finally:
            for ending in () if first is None else first.endings:
                await ending(done)
        announce()
        context.gate = None  # what is read from here on rests on nothing
        context.forget()
        try:
            return await reload(payload, context, selected_fields(info))
        except database.Unavailable as trouble:  # after the act is stored
            raise database.Unavailable(trouble.reason, uncertain=True) from trouble


PAYLOADS: dict[str, Any] = {}

AT_START: list[Callable[[Any], Awaitable[None]]] = []
"""Called with the file store when a process begins to serve: takes back what acts left unfinished."""


def unreadable_in(info: Any) -> Mapping[str, str]:
    """What the variable that holds the act's input had that is of no type: by path, what to write."""
    for argument in info._raw_info.field_nodes[0].arguments:
        if argument.name.value == "input" and isinstance(argument.value, VariableNode):
            found: Mapping[str, str] = info.context.unreadable.get(argument.value.name.value, {})
            return found
    return {}


def act(description: str, before: Preparation | None = None) -> Callable[[Any], Any]:
    """A mutation `async def noun_verb(gate, input) -> SomePayload` that goes through the gate.

    `before` is for what takes long and writes no row, such as reading a file: while a transaction
    is open, others wait. What it returns is `gate.prepared`; what it read may have changed since. It
    is called whatever is wrong with the input, may refuse more of it, and what it leaves outside of
    the database it takes back in one of `gate.endings`.
    """

    def declare(function: Any) -> Any:
        async def resolve(info: Any, input: Any) -> Any:
            return await function(info.context.gate, input)

        resolve.__name__ = function.__name__
        words = strawberry.argument(description=description)
        resolve.__annotations__ = {
            "info": strawberry.Info,
            "input": Annotated[function.__annotations__["input"], words],
            "return": function.__annotations__["return"],
        }
        PAYLOADS[camel(function.__name__)] = function.__annotations__["return"]
        return strawberry.mutation(
            resolver=resolve, description=description, extensions=[ActExtension(before)]
        )

    return declare
