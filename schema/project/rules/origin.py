"""Domestic or foreign: what kind of project the statistics count it as."""

from enum import StrEnum


class CapitalOrigin(StrEnum):
    """内资、外资: what kind of project the statistics count it as."""

    DOMESTIC = "DOMESTIC"
    FOREIGN = "FOREIGN"
