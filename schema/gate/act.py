"""An act is a mutation with one `input` that goes through the gate."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import strawberry
from strawberry.extensions import FieldExtension

from schema import database
from schema.city.rules import RuleBroken
from schema.gate.gate import Gate
from schema.gate.idempotency import reload, replayed, selected_fields, store_answer
from schema.gate.inputs import camel, validate_input
from schema.gate.payloads import ErrorCode, UserError
from schema.permissions import may

Preparation = Callable[[Gate, Any], Awaitable[Any]]


class ActExtension(FieldExtension):
    """Puts an act through the gate and answers with what came of it, or with what to mend."""

    def __init__(self, before: Preparation | None) -> None:
        self.before = before

    async def resolve_async(
        self, next_: Callable[..., Any], source: Any, info: Any, **given: Any
    ) -> Any:
        context, said = info.context, given["input"]
        answer, prepared = PAYLOADS[info.field_name], None

        async def attempt() -> Any:
            gate = context.gate = Gate(info.field_name, context)
            gate.prepared = prepared
            context.forget()
            async with database.transaction():
                payload = await replayed(gate, said, answer)
                if payload is None:
                    payload = await next_(source, info, **given)
                    await gate.journal()
                    await store_answer(gate, payload)
            return payload

        try:
            if not may(context.viewer, info.field_name):
                raise RuleBroken("您的岗位不能办理此事项", None, "NOT_ALLOWED")
            if wrong := validate_input(said):
                return answer(user_errors=wrong)
            if self.before:
                prepared = await self.before(Gate(info.field_name, context), said)
            payload = await database.with_retry(attempt)
        except RuleBroken as broken:
            error = UserError(code=ErrorCode(broken.code), message=str(broken), field=broken.field)
            return answer(user_errors=[error], **getattr(broken, "answer", {}))
        context.forget()
        return await reload(payload, context, selected_fields(info))


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
