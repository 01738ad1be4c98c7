"""What a report and a claim write, whether they come by a form or by a ledger."""

from datetime import date, datetime
from typing import Any, NamedTuple

from schema.project.rules import CapitalOrigin, Stage, name_columns

NO_DAY_IN_REPORT = "未填初次接洽日期，以报送日计"
NO_DAY_IN_LEDGER = "台账未填初次洽谈时间，以上传日计"
"""What the note of a claim says whose day of contact nobody has declared."""


def day_missing(note: str | None) -> str:
    """What stands in the place of a day of contact that was not declared, by the claim's note; empty
    where it was: the day that the record keeps is then the claim's own.
    """
    if note == NO_DAY_IN_REPORT:
        return "未填，以报送日计"
    return "未填，以上传日计" if (note or "").endswith(NO_DAY_IN_LEDGER) else ""


class Reporter(NamedTuple):
    """Who reports, for which unit, in which post, and when; ids of rows."""

    organization: int
    person: int
    post: int | None
    at: datetime


def report_columns(
    reporter: Reporter,
    *,
    no: str,
    name: str,
    search: str,
    investor: int,
    amount_fen: int,
    fixed_assets_fen: int | None,
    capital_origin: CapitalOrigin,
    judge_by: datetime | None,
    jointly_judged: bool,
    now: datetime,
    **more: Any,
) -> dict[str, Any]:
    """The columns of a project that is newly reported and waits for judgement.

    `more` are those that a report need not have: contact, summary, source, needs, follower.
    """
    return {
        "no": no,
        "name": name,
        **name_columns(name),
        "search": search,
        "investor_id": investor,
        "amount_fen": amount_fen,
        "fixed_assets_fen": fixed_assets_fen,
        "capital_origin": capital_origin,
        "stage": Stage.REPORTED,
        "stage_at": now,
        "reported_by_id": reporter.organization,
        "reporter_id": reporter.person,
        "reported_at": reporter.at,
        "judge_by": judge_by,
        "jointly_judged": jointly_judged,
        "updated_at": now,
        **more,
    }


def claim_columns(
    reporter: Reporter,
    *,
    project: int,
    place: int,
    contact_on: date,
    contact_with: str,
    contact_by: str,
    note: str,
    by_report: bool,
) -> dict[str, Any]:
    """The columns of a place's claim to have met the investor first.

    `by_report` where the claim is the report itself, whose time it has: `reporter.at` of both.
    """
    return {
        "project_id": project,
        "place_id": place,
        "contact_on": contact_on,
        "contact_with": contact_with,
        "contact_by": contact_by,
        "note": note,
        "claimed_by_id": reporter.person,
        "claimed_post_id": reporter.post,
        "claimed_at": reporter.at,
        "by_report": by_report,
    }
