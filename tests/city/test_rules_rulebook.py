"""The kinds of parameters: what each takes in its fields, keeps, and refuses at which field."""

from collections.abc import Iterator
from datetime import date, time
from enum import StrEnum

import pytest

from schema.city.rules import PARAMETERS, RuleBroken
from schema.city.rules.rulebook import (
    Choice,
    Choices,
    Number,
    Parameter,
    SharedBy,
    ShareOf,
    TimeOfDay,
    YesNo,
)
from tests.rulebook import RULEBOOK


class Fruit(StrEnum):
    LEMON = "LEMON"
    PEAR = "PEAR"
    PLUM = "PLUM"


@pytest.fixture
def kinds() -> Iterator[dict[str, Parameter[object]]]:
    """One parameter of every kind, declared for a test alone."""
    before = dict(PARAMETERS)
    yield {
        "number": Number("t.number", "数", "", unit="日", least=1, most=250),
        "time": TimeOfDay("t.time", "时刻", ""),
        "yes": YesNo("t.yes", "是否", ""),
        "one": Choice("t.one", "其一", "", among=Fruit),
        "some": Choices("t.some", "几项", "", among=Fruit),
        "share": ShareOf("t.share", "分享", "", among=Fruit),
    }
    PARAMETERS.clear()
    PARAMETERS.update(before)


def given(parameter: Parameter[object], **typed: object) -> object:
    return parameter.combine(
        **{name: read(typed.get(name)) for name, read in parameter.inputs.items()}
    )


PARTS = {"first_parts": "3", "landing_parts": "7", "choices": ["PEAR", "LEMON"]}


@pytest.mark.parametrize(
    ("kind", "typed", "value", "stored"),
    [
        ("number", {"number": "2"}, 2, 2),
        ("number", {"number": " ２５０ "}, 250, 250),
        ("time", {"time": "17:30"}, time(17, 30), [17, 30]),
        ("time", {"time": "9：05"}, time(9, 5), [9, 5]),
        ("yes", {"choices": ["NO"]}, False, False),
        ("one", {"choices": ["PEAR"]}, Fruit.PEAR, ["PEAR"]),
        ("some", {"choices": ["PLUM", "LEMON"]}, (Fruit.LEMON, Fruit.PLUM), ["LEMON", "PLUM"]),
        (
            "share",
            PARTS,
            SharedBy(3, 10, (Fruit.LEMON, Fruit.PEAR)),
            {"first": 3, "whole": 10, "indicators": ["LEMON", "PEAR"]},
        ),
    ],
)
def test_a_value_is_typed_into_its_fields_and_kept(
    kinds: dict[str, Parameter[object]],
    kind: str,
    typed: dict[str, object],
    value: object,
    stored: object,
) -> None:
    parameter = kinds[kind]
    assert given(parameter, **typed) == value
    assert parameter.store(value) == stored
    assert parameter.load(stored) == value


@pytest.mark.parametrize(
    ("kind", "typed", "field"),
    [
        *(
            ("number", {"number": text}, "number")
            for text in ("", "0", "251", "2.5", "-1", "两", "1" + "0" * 21, "NaN")
        ),
        *(
            ("time", {"time": text}, "time")
            for text in ("", "25:00", "24:00", "17:60", "17", "17:3", "-1:30", "[17, 30]")
        ),
        ("yes", {"choices": []}, "choices"),
        ("yes", {"choices": ["YES", "NO"]}, "choices"),
        ("one", {"choices": ["LEMON", "PEAR"]}, "choices"),
        ("one", {"choices": ["APPLE"]}, "choices"),
        ("some", {"choices": None}, "choices"),
        ("some", {"choices": ["LEMON", "APPLE"]}, "choices"),
        ("share", PARTS | {"first_parts": "130"}, "firstParts"),
        ("share", PARTS | {"landing_parts": "-30"}, "landingParts"),
        ("share", PARTS | {"first_parts": "0", "landing_parts": "0"}, "landingParts"),
        ("share", PARTS | {"first_parts": "100", "landing_parts": "30"}, "landingParts"),
        ("share", PARTS | {"choices": ["APPLE"]}, "choices"),
    ],
)
def test_what_is_none_of_its_kind_is_refused_at_its_field(
    kinds: dict[str, Parameter[object]], kind: str, typed: dict[str, object], field: str
) -> None:
    with pytest.raises(RuleBroken) as broken:
        given(kinds[kind], **typed)
    assert (broken.value.field, broken.value.code) == (field, "INVALID")


@pytest.mark.parametrize(
    ("kind", "stored"),
    [
        ("number", True),
        ("number", 251),
        ("number", "2"),
        ("time", [25, 0]),
        ("yes", 1),
        ("one", ["APPLE"]),
        ("some", ["APPLE"]),
        ("share", {"first": 11, "whole": 10, "indicators": ["LEMON"]}),
    ],
)
def test_what_was_kept_wrongly_is_not_taken_for_a_value(
    kinds: dict[str, Parameter[object]], kind: str, stored: object
) -> None:
    with pytest.raises(ValueError):
        kinds[kind].load(stored)


def test_a_name_is_declared_once(kinds: dict[str, Parameter[object]]) -> None:
    with pytest.raises(ValueError, match="twice"):
        TimeOfDay("t.time", "时刻", "")


def test_every_parameter_has_a_first_version_and_every_first_version_a_parameter() -> None:
    assert sorted(each.name for each in RULEBOOK) == sorted(PARAMETERS)
    for each in RULEBOOK:
        assert each.parameter.load(each.parameter.store(each.value)) == each.value
        since = date(2026, 1, 1) if each.name == "lead.opinion_deadline" else date(2020, 1, 1)
        assert each.effective_on == since and each.clause and each.status
