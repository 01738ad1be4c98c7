"""Every field of every act's input: what checks it, and that all wrong ones are answered at once.

`CHECKED` is the table of what an act checks of a field beyond its type. Types check by themselves:
texts their length and control characters, amounts, dates and whole numbers what can be read, ids
whether the row is there and seen, choices whether they are among those there are.
"""

import json
from typing import Any, TypeAlias

import pytest
from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    get_named_type,
    is_list_type,
    is_required_input_field,
)

from schema.gate.tables import IdempotencyRecord, JournalEntry
from schema.graph import schema
from tests.house.test_who_may import MAY_DO, SCENES, mine
from tests.server.doors import signed_in
from tests.snapshots import snapshot
from tests.world import City, mutation

Fields: TypeAlias = dict[str, GraphQLInputField]
LEDGER = ["ledgerPreview", "ledgerMend", "ledgerImport", "ledgerConfirm", "ledgerUndo"]
LEDGER += ["listPreview", "listImport", "listUndo"]
ACTS = [*SCENES, *LEDGER]

# Field → a value of its type that is refused by a rule, and what the rule is.
CHECKED: dict[str, dict[str, tuple[Any, str]]] = {
    "projectReport": {
        "amount": ("0", "above 0"),
        "fixedAssets": (
            "13亿",
            "at most the amount, which is 0 here: see the test of resubmissions",
        ),
        "uscc": ("91110000600037341X", "GB 32100 check digit"),
        "foreignAmount": ("一千万", "a number above 0"),
        "currency": ("XXX", "one of five"),
        "rate": ("七块", "a rate above 0"),
        "rateDate": ("2100-01-01", "not after today"),
        "industryCode": ("9999", "a code of GB/T 4754"),
        "landMu": ("很多", "a number"),
        "contactPhone": ("请问张总", "a telephone number"),
        "contactOn": ("2100-01-01", "not after today"),
        "evidence": ([{"name": "纪要.exe", "content": "TVo="}], "a kind that is accepted"),
        "noCodeReason": ("境外企业", "not beside a code"),
    },
    "projectResubmit": {
        "amount": ("0", "above 0"),
        "fixedAssets": ("13亿", "at most the amount"),
        "industryCode": ("9999", "a code of GB/T 4754"),
        "landMu": ("很多", "a number"),
        "contactPhone": ("12", "a telephone number"),
        "evidence": ([{"name": "纪要.exe", "content": "TVo="}], "a kind that is accepted"),
    },
    "projectClaim": {
        "contactOn": ("2100-01-01", "not after today"),
        "evidence": ([{"name": "纪要.exe", "content": "TVo="}], "a kind that is accepted"),
    },
    "projectDispute": {
        "evidence": ([{"name": "纪要.exe", "content": "TVo="}], "a kind that is accepted"),
    },
    "agreementSign": {
        "amount": ("0", "a formal one has an amount"),
        "signedOn": ("2099-01-01", "not after today"),
        "startBy": ("2098-01-01", "not before signing"),
        "completeBy": ("2097-01-01", "not before the start"),
        "operateBy": ("2096-01-01", "not before completion"),
        "evidence": ([{"name": "纪要.exe", "content": "TVo="}], "a kind that is accepted"),
    },
    "milestoneReach": {
        "reachedOn": ("2100-01-01", "not after today"),
        "evidence": ([{"name": "纪要.exe", "content": "TVo="}], "a kind that is accepted"),
    },
    "fundsRecord": {
        "amount": ("0", "above 0"),
        "occurredOn": ("2100-01-01", "not after today"),
        "evidence": ([{"name": "回单.exe", "content": "TVo="}], "a kind that is accepted"),
    },
    "taxRecord": {
        "amount": ("0", "above 0"),
        "occurredOn": ("2100-01-01", "not after today"),
        "evidence": ([{"name": "回单.exe", "content": "TVo="}], "a kind that is accepted"),
    },
    "calendarPublish": {"year": (1989, "1990 to 2100")},
    "ruleSet": {
        "name": ("no.such.rule", "a parameter that there is"),
        "effectiveOn": ("2000-01-01", "not before today"),
    },
    "viewSave": {"page": ("nowhere", "a list that there is")},
    "listPreview": {"kind": ("nothing", "a kind that there is"), "units": (["F=斤"], "a unit")},
    "ledgerPreview": {
        "columns": (["F=?"], "a field by its column"),
        "units": (["F=斤"], "a unit that can be chosen"),
    },
}


def inputs(act: str) -> Fields:
    root = schema._schema.mutation_type
    assert root is not None
    kind = get_named_type(root.fields[act].args["input"].type)
    assert isinstance(kind, GraphQLInputObjectType)
    return kind.fields


# ---------------------------------------------------------------- values that no field can have


def of_another_type(kind: Any) -> Any:
    """A value that the type cannot read at all."""
    if of_files(kind):
        return ["no file"] if is_list_type(kind) else "no file"
    if is_list_type(kind):
        return [{"nothing": 1}]
    return ["a list"] if get_named_type(kind).name == "Boolean" else {"an": "object"}


def too_long(kind: Any) -> Any:
    far = get_named_type(kind)
    if far.name in ("String", "ID"):
        return ["长" * 20_000] if is_list_type(kind) else "长" * 20_000
    return None


def control(kind: Any) -> Any:
    far = get_named_type(kind)
    if far.name in ("String", "ID"):
        return ["柠\x07檬"] if is_list_type(kind) else "柠\x07檬"
    return "\x07" if far.name in ("Money", "Date") else None


def negative(kind: Any) -> Any:
    far = get_named_type(kind)
    return {"Money": "-3亿", "Int": -7, "Date": "-2026-01-01"}.get(far.name)


def far_off(kind: Any) -> Any:
    far = get_named_type(kind)
    return {"Money": "20000亿", "Int": 2**40, "Date": "9999-12-31"}.get(far.name)


def unknown(kind: Any) -> Any:
    far = get_named_type(kind)
    if isinstance(far, GraphQLEnumType):
        return "NO_SUCH_CHOICE"
    return {GraphQLInt: "三", GraphQLBoolean: "也许"}.get(far)


def of_files(kind: Any) -> bool:
    return isinstance(get_named_type(kind), GraphQLInputObjectType)


WAYS = (of_another_type, too_long, control, negative, far_off, unknown)


@pytest.mark.parametrize("act", ACTS)
async def test_every_field_that_is_wrong_is_named_in_one_answer(city: City, act: str) -> None:
    """In each way in which a value can be wrong: every field that can be so, all at once; and each text
    that is too long by itself, so that what is right beside it carries the act further.
    """
    given = await (SCENES[act](city) if act in SCENES else nothing(city))
    doer, fields = MAY_DO.get(act, "office").split()[0], inputs(act)
    given = dict(mine(doer, act, given))
    async with signed_in(doer) as visitor:
        before = await stored()
        for way in WAYS:
            values = {name: way(each.type) for name, each in fields.items()}
            wrong = {name: value for name, value in values.items() if value is not None}
            if wrong:
                await refused_at(visitor, act, given | wrong, set(wrong))
        for name, each in fields.items():
            if (text := too_long(each.type)) is not None:
                await refused_at(visitor, act, given | {name: text}, {name})
        required = {name for name, each in fields.items() if is_required_input_field(each)}
        if required:
            without = {name: each for name, each in given.items() if name not in required}
            found = await refused_at(visitor, act, without, required)
            assert {each["message"][:3] for each in found if each["field"] in required} == {
                "请填写"
            }
        checked = {name: value for name, (value, _) in CHECKED.get(act, {}).items()}
        if checked:
            await refused_at(visitor, act, given | checked, set(checked))
        ids = {
            name: "no-such-row"
            for name, each in fields.items()
            if get_named_type(each.type).name == "ID" and name not in ("view",)
        }
        if ids:
            await refused_at(visitor, act, given | ids, set(ids))
        assert await stored() == before


async def refused_at(visitor: Any, act: str, input: dict[str, Any], fields: set[str]) -> list[Any]:
    body = {"query": mutation(act), "variables": {"input": input}}
    answer = await visitor.post("/graphql", content=json.dumps(body), headers=JSON)
    assert answer.json().get("data"), answer.text
    found: list[Any] = answer.json()["data"][act]["userErrors"]
    named = {(each["field"] or "").partition(".")[0] for each in found}
    assert named >= fields, (act, fields - named, found)
    assert all(any("\u4e00" <= c <= "\u9fff" for c in each["message"]) for each in found)
    return found


JSON = {"Content-Type": "application/json"}


async def nothing(city: City) -> dict[str, Any]:
    return {}


async def stored() -> Any:
    return [
        await snapshot(),
        await JournalEntry.all().count(),
        await IdempotencyRecord.all().count(),
    ]
