"""An act sent twice under one Idempotency-Key is answered twice and done once."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from graphql import FieldNode, FragmentSpreadNode
from tortoise.exceptions import IntegrityError
from tortoise.models import Model

from schema import database
from schema.city.rules import RuleBroken
from schema.context import Context
from schema.gate.gate import Gate
from schema.gate.inputs import camel
from schema.gate.journal import fingerprint
from schema.gate.tables import IdempotencyRecord
from schema.query.models import name_of

REPEAT_HOURS = 24
KEY_USED = "此 Idempotency-Key 已用于另一次提交，请换一个"


async def replayed(gate: Gate, input: Any, answer: Any) -> Any:
    """The answer already given under this Idempotency-Key; another body under the same key is refused.

    The key is taken at once, so whoever sends it meanwhile waits for the answer.
    """
    key, person = gate.context.idempotency_key, gate.viewer.person
    if not key:
        return None
    since = gate.now - timedelta(hours=REPEAT_HOURS)
    await IdempotencyRecord.filter(person_id=person, key=key, at__lt=since).delete()
    body_hash = await asyncio.to_thread(fingerprint, input)  # files in it take their time
    mine: dict[str, Any] = {"act": gate.act, "body_hash": body_hash}
    try:
        async with database.transaction():
            await IdempotencyRecord.create(
                person_id=person, key=key, at=gate.now, answer={}, **mine
            )
        return None
    except IntegrityError:
        before = await IdempotencyRecord.get(person_id=person, key=key)
    if {"act": before.act, "body_hash": before.body_hash} != mine:
        raise RuleBroken(KEY_USED, None, "INVALID")
    return answer(**read_answer(before.answer))


async def store_answer(gate: Gate, payload: Any) -> None:
    if key := gate.context.idempotency_key:
        await IdempotencyRecord.filter(person_id=gate.viewer.person, key=key).update(
            answer=written_answer({**row_refs(payload), **texts(payload)})
        )


async def forget_answers(rows: Mapping[str, Collection[int]], words: Collection[str] = ()) -> int:
    """Forget what is kept of acts on these rows, given by kind, or has one of these words; how many.

    A kept answer has a hash of what was sent, which tells it to whoever guesses it.
    """
    gone = [
        record.id
        for record in await IdempotencyRecord.all()
        for values in [read_answer(record.answer).values()]
        if any(
            each.pk in rows.get(each.kind, ())
            if isinstance(each, RowRef)
            else any(word in each for word in words)
            for each in values
        )
    ]
    await IdempotencyRecord.filter(id__in=gone).delete()
    return len(gone)


def texts(payload: Any) -> dict[str, str]:
    """What a payload says itself, beside its rows: a name."""
    found = {field.name: getattr(payload, field.name) for field in fields(payload)}
    return {name: value for name, value in found.items() if type(value) is str}


@dataclass(frozen=True)
class RowRef:
    """A row by kind and id, to be read again."""

    kind: str
    pk: int


Kept = RowRef | str
"""What a kept answer has under a name: a row, or a text."""


def written_answer(values: Mapping[str, Kept]) -> dict[str, Any]:
    """An answer as `IdempotencyRecord.answer` keeps it: of a row its kind and id, of a text itself."""
    return {
        name: [each.kind, each.pk] if isinstance(each, RowRef) else each
        for name, each in values.items()
    }


def read_answer(kept: Mapping[str, Any]) -> dict[str, Kept]:
    """What `written_answer` wrote."""
    return {name: each if isinstance(each, str) else RowRef(*each) for name, each in kept.items()}


def row_refs(payload: Any) -> dict[str, RowRef]:
    found = {field.name: getattr(payload, field.name) for field in fields(payload)}
    return {
        name: value if isinstance(value, RowRef) else RowRef(name_of(type(value)), value.pk)
        for name, value in found.items()
        if isinstance(value, Model | RowRef)
    }


async def reload(payload: Any, context: Context, wanted: set[str]) -> Any:
    """The payload's rows as the viewer now sees them, those that are asked for."""
    for name, row in row_refs(payload).items():
        if camel(name) in wanted:
            setattr(payload, name, await context.rows.one(row.kind, row.pk))
    return payload


def selected_fields(info: Any) -> set[str]:
    """The fields of the payload that are asked for, directly or by fragments."""
    names: set[str] = set()
    rest = [each for node in info._raw_info.field_nodes for each in selections_of(node)]
    while rest:
        each = rest.pop()
        if isinstance(each, FieldNode):
            names.add(each.name.value)
        elif isinstance(each, FragmentSpreadNode):
            rest += selections_of(info._raw_info.fragments[each.name.value])
        else:
            rest += selections_of(each)
    return names


def selections_of(node: Any) -> list[Any]:
    """What a field or a fragment selects."""
    return list(node.selection_set.selections) if node.selection_set else []
