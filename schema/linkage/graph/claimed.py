"""Claims as the rule that orders them knows them."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from schema.linkage.rules import Contact
from schema.linkage.tables import Assessment


def claim_contacts(
    claims: Sequence[Any], papers: Sequence[Any], reported_at: datetime | None
) -> list[Contact]:
    """Claims of one project with its attachments, all as records, and the time of its report.

    Of a claim from before it was kept, its time tells whether it is the report's own.
    """
    given = Counter(each["subject_id"] for each in papers if each["subject_kind"] == "Claim")
    return [
        Contact(
            place=each["place_id"],
            contact_on=each["contact_on"],
            claimed_at=each["claimed_at"],
            by_report=each["claimed_at"] == reported_at
            if each["by_report"] is None
            else bool(each["by_report"]),
            evidence=given[each["id"]],
            good=None if each["assessment"] is None else each["assessment"] == Assessment.GOOD,
        )
        for each in claims
    ]
