"""What is settled beforehand: which projects wait for somebody today, and how the others fare."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta

from schema.city.rules import CITY_TIME
from server.demo.hours import Hours
from server.demo.leads import Lead, leads
from server.demo.lives import AWAY, PLACES, Plan, Story

PROJECTS, TWINS = 300, 8
DAYS = 730
SEED = "六个一"


def stories(hours: Hours, projects: int = PROJECTS) -> list[Story]:
    """All lives. Each has a chance of its own, so that one does not change another's."""
    chance = random.Random(SEED)
    brought = leads(chance)
    made: list[Story] = []

    def add(plan: Plan) -> Story:
        mine = random.Random(f"{SEED}/{len(made)}")
        made.append(Story(plan, Hours(hours.calendar, hours.limit, hours.now, mine), mine))
        return made[-1]

    for plan in (*judgement_queue(brought, hours), *open_matters(brought, chance, hours)):
        add(plan)
    while len(made) < projects - TWINS:
        add(usual(next(brought), chance, hours))
    originals = [each for each in made if is_plain(each.plan) and each.plan.lead.uscc]
    for original in originals[:TWINS]:
        add(twin(original, chance))
    return made


def judgement_queue(brought: Iterator[Lead], hours: Hours) -> Iterator[Plan]:
    """Overdue, due today, due next, just reported, paused, resumed, reported after closing."""
    today = hours.before(hours.today, 0)
    yesterday, tomorrow = hours.before(today, 1), hours.calendar.after(hours.today, 1)

    def waits(begins: datetime, **more: object) -> Plan:
        plan = Plan(next(brought), min(begins, hours.now - timedelta(minutes=7)))
        return replace(plan, **{"stops_after": "projectReport", **more})  # type: ignore[arg-type]

    opinions = ("LATE", "MISSING", "", "MISSING", "")
    for late, opinion in zip((3, 2, 2, 1, 1), opinions, strict=True):
        missed = hours.before(today, late)
        plan = waits(hours.reported_when(missed.__eq__), opinion=opinion)
        yield replace(plan, reporter=plan.lead.places[0]) if opinion else plan
    for count in (0, 0, 1, 0):
        yield rivalled(waits(hours.reported_when(lambda due: due <= hours.today)), count)
    for count in (0, 2, 0):
        yield rivalled(waits(hours.reported_when(tomorrow.__eq__)), count)
    yield waits(datetime.combine(yesterday, time(18, 5), CITY_TIME), ungrouped="GIVEN")
    for minutes, ungrouped in ((12, ""), (35, "WAITS"), (55, "")):
        yield waits(hours.now - timedelta(minutes=minutes), ungrouped=ungrouped)
    for days in (2, 3, 9):
        begins = hours.on(hours.before(today, days))
        yield waits(begins, stops_after="projectReturn", returned=True)
    for days in (6, 7):
        begins = hours.on(hours.before(today, days))
        yield waits(begins, stops_after="projectResubmit", returned=True)


def rivalled(plan: Plan, count: int) -> Plan:
    """So many other places claim it too."""
    others = [place for place in PLACES if place != plan.lead.places[0]]
    return replace(plan, rivals=tuple(others[:count]))


def open_matters(brought: Iterator[Lead], chance: random.Random, hours: Hours) -> Iterator[Plan]:
    """Disputes to be decided, and transfers in each state."""

    def begun(days: int, **more: object) -> Plan:
        lead, begins = next(brought), hours.on(hours.today - timedelta(days=days))
        return replace(Plan(lead, begins, pace=0.3), **more)  # type: ignore[arg-type]

    for days in (9, 12, 16):
        plan = begun(days)
        rival = elsewhere(plan.lead, chance)
        yield replace(plan, rivals=(rival,), disputed=rival, stops_after="projectDispute")
    for upheld in (True, False, False, True, False):
        plan = begun(chance.randrange(60, 600))
        rival = elsewhere(plan.lead, chance)
        yield replace(plan, rivals=(rival,), disputed=rival, upheld=upheld)
    for act in ("projectTransferRequest", "projectTransferDecide"):
        for days in (26, 30, 34):
            plan = begun(days)
            yield replace(plan, transferred=elsewhere(plan.lead, chance), stops_after=act)


def usual(lead: Lead, chance: random.Random, hours: Hours) -> Plan:
    """A project of the two years; some go fast, and a quarter is still being talked about."""
    begins = hours.on(hours.today - timedelta(days=chance.randrange(8, DAYS)))
    fate = chance.random()
    return Plan(
        lead,
        begins,
        returned=chance.random() < 0.1,
        declined=fate < 0.04,
        withdrawn=0.04 <= fate < 0.07,
        transferred=elsewhere(lead, chance) if chance.random() < 0.22 else "",
        stops_after="agreementSign" if fate > 0.82 else "",
        pace=chance.uniform(0.6, 1.9),
        late=chance.random() < 0.06,
    )


def twin(original: Story, chance: random.Random) -> Plan:
    """The same project, brought once more under another name by somebody far away."""
    lead = original.plan.lead
    again = replace(lead, name=f"{lead.name}（二次报送）", phone=lead.phone)
    begins = original.hours.working_days_after(original.plan.begins, 1)
    return Plan(again, begins, reporter=chance.choice(AWAY), twin=original)


def is_plain(plan: Plan) -> bool:
    """One that goes on, without other places in it."""
    ends = plan.declined or plan.withdrawn or plan.returned
    return not (ends or plan.rivals or plan.stops_after)


def elsewhere(lead: Lead, chance: random.Random) -> str:
    """A place where it could land instead."""
    fits = list(lead.places[1:]) or [p for p in PLACES if p != lead.places[0]]
    return chance.choice(fits)
