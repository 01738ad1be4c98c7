"""Every package of the schema is held by the contracts: none is new and named in none of them."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"][
    "importlinter"
]["contracts"]
PACKAGES = sorted(path.parent.name for path in (ROOT / "schema").glob("*/__init__.py"))
ACTS = sorted(
    f"schema.{path.parent.name}.acts"
    for path in (ROOT / "schema").glob("*/acts*")
    if path.suffix in ("", ".py")
)


def contract(words: str) -> dict[str, Any]:
    (found,) = [each for each in CONTRACTS if words in each["name"]]
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_has_its_place_among_the_layers(package: str) -> None:
    layers = " | ".join(contract("nothing looks up")["layers"]).replace(":", "|").split("|")
    own = {each.strip() for each in layers}
    assert any(each == f"schema.{package}" or each.startswith(f"schema.{package}.") for each in own)


@pytest.mark.parametrize("acts", ACTS)
def test_acts_are_imported_by_no_other_acts(acts: str) -> None:
    assert acts in contract("another's acts")["modules"]
