"""Article 3: report, claim, judge, return, dispute, merge, transfer, take up."""

from strawberry.tools import merge_types

from schema.linkage.acts import (
    claims,
    clearing,
    companies,
    contacts,
    disputes,
    judging,
    lamps,
    reporting,
    transfers,
)

__all__ = ["Mutation", "clearing", "lamps"]

Mutation = merge_types(
    "Mutation",
    (
        reporting.Mutation,
        claims.Mutation,
        companies.Mutation,
        contacts.Mutation,
        judging.Mutation,
        disputes.Mutation,
        transfers.Mutation,
    ),
)
