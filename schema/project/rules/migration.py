"""Facts from before the system become the city's by a decision of the office: the migration."""

from enum import StrEnum


class MigrationDecision(StrEnum):
    """确认迁入、退回: what the office decides on lines of a ledger that await it."""

    MIGRATE = "MIGRATE"
    RETURN = "RETURN"


class BeforeRules(StrEnum):
    """全部计入注册落户地、按比例分享: how figures are posted for whose day no rule of sharing was in force."""

    LANDING = "LANDING"
    SHARED = "SHARED"
