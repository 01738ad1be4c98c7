"""What is written for the type checker holds when the program runs."""

import inspect
import types
from typing import Any, get_args

import pytest
from tortoise.models import Model

import schema.graph  # noqa: F401
from schema.city.rules import RuleBroken
from schema.context import Context
from schema.gate.gate import Gate
from schema.gate.payloads import InputRefused
from schema.query.models import KINDS, columns_of

TABLES = sorted({kind.model for kind in KINDS.values()}, key=lambda table: table.__name__)
DECLARED = [
    (table, name, kind)
    for table in TABLES
    for name, kind in inspect.get_annotations(table, eval_str=True).items()
    if name not in table._meta.fields_map
]


def test_tables_declare_the_ids_that_code_reads() -> None:
    assert len(DECLARED) >= 9


@pytest.mark.parametrize(
    ("table", "name", "kind"),
    DECLARED,
    ids=[f"{table.__name__}.{name}" for table, name, _ in DECLARED],
)
def test_a_declared_id_is_a_column_of_its_table_and_none_where_the_column_may_be(
    table: type[Model], name: str, kind: Any
) -> None:
    column = columns_of(table)[name]
    assert (type(None) in get_args(kind)) == column.null
    assert kind is int or isinstance(kind, types.UnionType)


def test_what_an_act_requires_is_answered_once_nothing_is_wrong() -> None:
    gate = Gate("projectReport", Context())
    assert gate.require({"id": 1}) == {"id": 1}
    gate.refuse(RuleBroken("请选择项目", "project", "INVALID"))
    gate.refuse(RuleBroken("请选择地方", "place", "INVALID"))
    with pytest.raises(InputRefused) as refused:
        gate.require(None)
    assert [error.field for error in refused.value.errors] == ["project", "place"]


def test_what_an_act_requires_and_nobody_refused_is_a_fault_of_the_act() -> None:
    with pytest.raises(LookupError):
        Gate("projectReport", Context()).require(None)
