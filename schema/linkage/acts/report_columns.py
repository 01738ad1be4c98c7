"""The columns that a report and a resubmission give a project."""

from typing import Any

from schema.city.rules import search_key
from schema.gate.gate import Gate
from schema.linkage.acts.claims import reporter_of
from schema.linkage.graph import jointly_judged, report_clock
from schema.linkage.rules import report_columns
from schema.people.tables import Company
from schema.project.rules import Candidate, name_columns, report
from schema.project.tables import Project
from schema.scalars import Estimate


def candidate_of(input: Any, uscc: str | None) -> Candidate:
    """A report's input as the duplicate search compares it."""
    return Candidate(
        name=input.name,
        investor_name=input.investor_name,
        uscc=uscc,
        industry_code=input.industry_code,
        amount_fen=input.amount,
        phone=input.contact_phone,
    )


async def new_project_columns(
    gate: Gate, input: Any, number: int, investor: Company
) -> dict[str, Any]:
    """The columns of a newly reported project, its deadline among them."""
    clock = await report_clock(gate.context, gate.now, [])
    no = f"{gate.today.year}-{number:04d}"
    return report_columns(
        reporter_of(gate),
        no=no,
        name=input.name,
        search=f"{no} {search_key(input.name)} {search_key(input.investor_name)}",
        investor=investor.id,
        amount_fen=input.amount,
        amount_estimated=isinstance(input.amount, Estimate),
        fixed_assets_fen=input.fixed_assets,
        capital_origin=input.capital_origin,
        judge_by=clock.due_at,
        jointly_judged=jointly_judged(gate.context),
        now=gate.now,
        summary=input.summary,
        contact_name=input.contact_name,
        contact_phone=report.phone_of(input.contact_phone),
        source=input.source,
        needs=input.needs,
        owner_name=input.owner_name,
    )


def reported_columns(gate: Gate, input: Any) -> dict[str, Any]:
    """The columns of a report or a resubmission that have a form of their own, where they are given."""
    gate.check(report.check_fixed_assets, input.fixed_assets, input.amount)
    read: dict[str, Any] = {}
    if input.industry_code is not None:
        read["industry_code"] = gate.check(report.check_industry, input.industry_code)
    if input.land_mu is not None:
        read["land_mu"] = gate.check(report.check_land, input.land_mu) or None
    if input.contact_phone:
        read["contact_phone"] = gate.check(report.phone_of, input.contact_phone)
    return read


def foreign_amount_columns(gate: Gate, input: Any) -> dict[str, Any]:
    """The columns of the original amount: currency, hundredths of it, the rate in millionths, its day.

    Empty when no foreign amount is given; then there is no use for a currency, a rate and a day. The rulebook is loaded.
    """
    if not input.foreign_amount:
        gate.unneeded(input, "currency", "rate", "rate_date")
        return {}
    cents = gate.check(report.parse_foreign_amount, input.foreign_amount)
    currency = gate.check(report.check_currency, input.currency)
    gate.check(report.check_rate_date, input.rate_date, gate.today)
    rate = gate.check(report.parse_rate, input.rate)
    if cents and rate and input.amount:
        percent = gate.context.rule(report.RATE_TOLERANCE, gate.today).value
        gate.check(report.check_converted, input.amount, cents, rate, percent)
    columns = {"foreign_cents": cents, "currency": currency, "rate_micro": rate}
    return columns | {"rate_on": input.rate_date}


def check_still_converted(gate: Gate, project: Project, fen: int) -> None:
    """The amount of a project, in fen, still agrees with its original amount, where it has one with a rate."""
    if project.foreign_cents and project.rate_micro:
        percent = gate.context.rule(report.RATE_TOLERANCE, gate.today).value
        gate.check(report.check_converted, fen, project.foreign_cents, project.rate_micro, percent)


def changed_columns(input: Any) -> dict[str, Any]:
    """The columns that a resubmission changes; a field that is None stays as it is."""
    given = {
        "amount_fen": input.amount,
        "amount_estimated": None if input.amount is None else isinstance(input.amount, Estimate),
        "fixed_assets_fen": input.fixed_assets,
        "name": input.name or None,
        "contact_name": input.contact_name,
        "contact_phone": input.contact_phone,
        "summary": input.summary,
        "needs": input.needs,
    }
    return {column: value for column, value in given.items() if value is not None}


def renamed_columns(project: Project, name: str | None) -> dict[str, Any]:
    """What follows from another name: how it is compared, and how it is found."""
    if not name:
        return {}
    search = project.search.replace(search_key(project.name), search_key(name))
    return {**name_columns(name), "search": search}
