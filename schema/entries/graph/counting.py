"""On which basis a claim counts: what the rulebook chose for the month that it was claimed to count in."""

from datetime import date

from schema.context import Context, RuleVersion
from schema.entries.rules import COUNTS, Basis


def basis_rule(
    context: Context, month: date, number: int | None = None
) -> RuleVersion[Basis] | None:
    """The version in force on a month's first day, by what was known at `number`; None before any."""
    try:
        return context.rule(COUNTS, month, number)
    except LookupError:
        return None


def basis_of(context: Context, month: date, number: int | None = None) -> Basis:
    """On which basis claims of a month count; as verified where no rule says otherwise."""
    rule = basis_rule(context, month, number)
    return rule.value if rule else Basis.VERIFIED


def chosen_basis(context: Context, credit: str, number: int | None = None) -> str:
    """The SQL of the basis on which the claim of a credit counts, by the credit's alias.

    By what was known at `number`, once the rules are loaded: the same that `basis_of` says of the
    month `claimed_in`. So of the credits of a claim those on one basis count, and no others ever.
    """
    versions = [
        each for each in context.rules if each.name == COUNTS.name and each.known_at(number)
    ]
    if not versions:
        return f"'{Basis.VERIFIED}'"
    cases = " ".join(
        f"WHEN {credit}.\"claimed_in\" >= '{each.effective_on}' THEN '{each.value.value}'"
        for each in reversed(versions)
    )
    return f"CASE {cases} ELSE '{Basis.VERIFIED}' END"


def counts(context: Context, credit: str, number: int | None = None) -> str:
    """The SQL condition that a credit, by its alias, is on the basis on which its claim counts."""
    return f'{credit}."basis" = {chosen_basis(context, credit, number)}'
