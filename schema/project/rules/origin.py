"""Domestic or foreign capital, as the statistics count a project."""

from enum import StrEnum


class CapitalOrigin(StrEnum):
    """内资、外资."""

    DOMESTIC = "DOMESTIC"
    FOREIGN = "FOREIGN"
