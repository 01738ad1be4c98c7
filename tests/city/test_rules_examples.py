import doctest
from importlib import import_module

import pytest


@pytest.mark.parametrize("module", ["calendar", "money", "names"])
def test_the_examples_in_the_rules_hold(module: str) -> None:
    failed, tried = doctest.testmod(import_module(f"schema.city.rules.{module}"))
    assert (failed, tried > 0) == (0, True)
