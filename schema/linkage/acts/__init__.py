"""Article 3: report, claim, opine, judge, return, dispute, merge, transfer, take up."""

from strawberry.tools import merge_types

from schema.linkage.acts import (
    claims,
    clearing,
    companies,
    company_lists,
    contacts,
    disputes,
    inquiries,
    judging,
    lamps,
    opinions,
    reporting,
    transfers,
)

__all__ = ["Mutation", "clearing", "company_lists", "inquiries", "lamps"]

Mutation = merge_types(
    "Mutation",
    (
        reporting.Mutation,
        claims.Mutation,
        companies.Mutation,
        contacts.Mutation,
        opinions.Mutation,
        judging.Mutation,
        disputes.Mutation,
        transfers.Mutation,
    ),
)
