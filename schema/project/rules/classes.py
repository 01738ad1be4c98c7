"""GB/T 4754—2017: the classes of the national economy, in `classes.csv`, which everything reads."""

import csv
from functools import cache
from pathlib import Path


@cache
def class_names() -> dict[str, str]:
    """The classes of GB/T 4754—2017: four digits and their name."""
    path = Path(__file__).with_name("classes.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}


@cache
def industries() -> frozenset[str]:
    """The codes of GB/T 4754—2017: every class, and the divisions and groups that they lie in.

    >>> industries() >= {"35", "358", "3582"}
    True
    """
    return frozenset(code[:length] for code in class_names() for length in (2, 3, 4))
