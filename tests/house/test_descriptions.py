"""What the schema says of its fields is true over the graph; what holds in a form, the form says."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLNamedType,
    get_named_type,
)

from schema.graph import schema
from server.web.forms import MONEY_HELP, field_of, parse_scalar
from tests.world import City, on

KINDS = {name: kind for name, kind in schema._schema.type_map.items() if name[:2] != "__"}
INPUTS = {name: kind for name, kind in KINDS.items() if isinstance(kind, GraphQLInputObjectType)}
OF_A_FORM = re.compile(
    r"表单|页面|点击|单击|勾选|按钮|菜单|[上下]方|[左右]侧|^或|只写数字|不写单位"
)
BARE_UNIT = re.compile(r"(?<![\d亿])(万元|亿元)")


def descriptions() -> Iterator[tuple[str, str]]:
    """Where each description of the schema stands, and what it says."""
    Described = GraphQLNamedType | GraphQLField | GraphQLInputField | GraphQLEnumValue

    def of(name: str, thing: Described | GraphQLArgument) -> tuple[str, str]:
        return name, thing.description or ""

    for name, kind in KINDS.items():
        yield of(name, kind)
        members: dict[str, Any] = getattr(kind, "fields", None) or getattr(kind, "values", {})
        for member, field in members.items():
            yield of(f"{name}.{member}", field)
            for argument, each in getattr(field, "args", {}).items():
                yield of(f"{name}.{member}({argument}:)", each)


def test_no_description_speaks_of_a_form() -> None:
    assert [each for each in descriptions() if OF_A_FORM.search(each[1])] == []


def test_a_unit_stands_behind_a_number_or_is_yuan() -> None:
    """“单位为万元” is true of a form alone; “125000万元” is an example of what can be written."""
    assert [each for each in descriptions() if BARE_UNIT.search(each[1])] == []


MONEY = sorted(
    (name, field)
    for name, kind in INPUTS.items()
    for field, member in kind.fields.items()
    if get_named_type(member.type).name == "Money"
)


@pytest.mark.parametrize(("input", "field"), MONEY)
def test_a_bare_number_is_yuan_over_the_graph_and_ten_thousand_in_a_form(
    input: str, field: str
) -> None:
    member = INPUTS[input].fields[field]
    money: Any = get_named_type(member.type)
    assert money.coerce_input_value("3200") == money.coerce_input_value(3200) == 3200_00
    assert money.coerce_input_value(parse_scalar(money, "3200")) == 3200_0000_00
    help = field_of(field, member, None, None, [])["help"]
    assert help.endswith(MONEY_HELP) and "，，" not in help


async def test_the_acts_take_a_bare_number_for_yuan(city: City) -> None:
    project = await city.report(amount="3200", fixedAssets="3200")
    assert (project["amount"], project["fixedAssets"]) == ("3200.00", "3200.00")
    back = await city.done(city.office, "projectReturn", **on(project), reason="请补充")
    again = await city.done(
        city.yanjiang, "projectResubmit", **on(back["project"]), amount="4200", fixedAssets="42"
    )
    assert (again["project"]["amount"], again["project"]["fixedAssets"]) == ("4200.00", "42.00")
    signed = await city.signed(amount="5200")
    assert signed["signedFunds"] == "5200.00"
    paid = await city.pay(signed, "62")
    assert paid["entry"]["amount"] == "62.00"
    taxed = await city.tax(paid["project"], "72")
    assert taxed["entry"]["amount"] == "72.00"
