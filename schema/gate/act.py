"""An act is a mutation with one `input` that goes through the gate."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import strawberry
from strawberry.extensions import FieldExtension

from schema import database
from schema.city.rules import RuleBroken
from schema.gate.gate import Gate
from schema.gate.idempotency import reload, replayed, selected_fields, store_answer
from schema.gate.inputs import GivenInput, camel, validate_input
from schema.gate.journal import MOVED
from schema.gate.payloads import ErrorCode, InputRefused, UserError
from schema.permissions import may

Preparation = Callable[[Gate, Any], Awaitable[Any]]


class ActExtension(FieldExtension):
    """Puts an act through the gate and answers with what came of it, or with what to mend."""

    def __init__(self, before: Preparation | None) -> None:
        self.before = before

    async def resolve_async(
        self, next_: Callable[..., Any], source: Any, info: Any, **given: Any
    ) -> Any:
        context, input = info.context, given["input"]
        answer, name = PAYLOADS[info.field_name], info.field_name
        prepared: Any = None
        context.gate = None

        async def attempt() -> Any:
            gate = context.gate = Gate(name, context)
            gate.prepared, gate.errors = prepared, list(wrong)
            context.forget()
            async with database.transaction():
                payload = await replayed(gate, input, answer)
                if payload is None:
                    payload = await next_(source, info, input=looked_at)
                    gate.stop_if_wrong()
                    gate.errors = looked_at.unused()
                    gate.stop_if_wrong()
                    await gate.finish()
                    await store_answer(gate, payload)
            return payload

        try:
            if not may(context.viewer, name):
                raise RuleBroken("您的岗位不能办理此事项", None, "NOT_ALLOWED")
            wrong, looked_at = validate_input(input), GivenInput(input)
            if self.before and not wrong:
                prepared = await self.before(Gate(name, context), looked_at)
            payload = await database.with_retry(attempt)
        except InputRefused as refused:
            return answer(user_errors=refused.errors, **refused.answer)
        except RuleBroken as broken:
            known = context.gate.errors if isinstance(context.gate, Gate) else []
            error = UserError(code=ErrorCode(broken.code), message=str(broken), field=broken.field)
            return answer(user_errors=[*known, error], **getattr(broken, "answer", {}))
        for tell in MOVED:
            tell()
        context.forget()
        try:
            return await reload(payload, context, selected_fields(info))
        except database.Unavailable as trouble:  # after the act is stored
            raise database.Unavailable(trouble.reason, uncertain=True) from trouble


PAYLOADS: dict[str, Any] = {}


def act(description: str, before: Preparation | None = None) -> Callable[[Any], Any]:
    """A mutation `async def noun_verb(gate, input) -> SomePayload` that goes through the gate.

    `before` is for what takes long and writes nothing, such as reading a file: while a transaction
    is open, others wait. What it returns is `gate.prepared`; what it read may have changed since.
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
