"""What must hold in every stored city, whoever acted at the same time."""

from collections import Counter, defaultdict

from schema import database
from schema.city.rules import Pause
from schema.context import Context
from schema.entries.checking import posting_faults
from schema.gate.tables import JournalEntry
from schema.linkage.graph import report_clock
from schema.linkage.tables import Return
from schema.permissions import Post
from schema.project.rules import ENDS, EXCLUDES, LIFE, REFUSED, Stage
from schema.project.tables import Project
from tests.snapshots import Replay, Row
from tests.world import NOW

UNDER_WAY = {
    "Dispute": lambda row: row.get("decided_at") is None,
    "Transfer": lambda row: row["state"] in ("REQUESTED", "APPROVED"),
}
GONE = ("MERGED", "WITHDRAWN")
MAKERS = (
    'SELECT r."row_id", e."unit_name", a."post" FROM "journal_row" r'
    ' JOIN "journal_entry" e ON e."id" = r."entry_id"'
    ' LEFT JOIN "appointment" a ON a."id" = e."post_id"'
    ' WHERE r."kind" = \'Company\' ORDER BY r."entry_id", r."row_id"'
)
"""Whose entries name a company: the first is of who made it."""


async def wrong(city: Replay) -> list[str]:
    """All that is wrong with the stored city; `city` is the replay of its journal so far."""
    found = []
    for entry in await city.entries():
        found += out_of_turn(city, entry)
        await city.apply(entry)
    # Months are closed by the tests themselves, whose hand the journal does not know.
    found += [each for each in await city.differences() if not each.startswith("ClosedMonth:")]
    rows = kinds(city)
    found += projects(rows) + transfers(rows) + views(rows) + money(rows)
    found += await namesakes(rows)
    return found + await posting_faults() + await deadlines()


def kinds(city: Replay) -> dict[str, dict[int, Row]]:
    found: dict[str, dict[int, Row]] = defaultdict(dict)
    for name, row in city.rows.items():
        kind, _, key = name.partition(":")
        found[kind][int(key)] = row
    return found


def out_of_turn(city: Replay, entry: JournalEntry) -> list[str]:
    """Whether an act came at a stage that is none for it, or while something excluded it."""
    project = city.rows.get(f"Project:{entry.project_id}")
    if project is None or entry.act not in LIFE:
        return []
    found = []
    stage, before = Stage(project["stage"]), {*LIFE[entry.act], *REFUSED.get(entry.act, ())}
    if stage not in before:
        found.append(f"entry {entry.id}: {entry.act} of a project that was {stage}")
    for name, row in city.rows.items():
        kind = name.partition(":")[0]
        excluded = kind in UNDER_WAY and entry.act in EXCLUDES[kind]
        if excluded and row["project_id"] == project["id"] and UNDER_WAY[kind](row):
            found.append(f"entry {entry.id}: {entry.act} while {name} is under way")
    if entry.act == "projectMerge":
        changes = entry.changes[f"Project:{entry.project_id}"]
        into = city.rows[f"Project:{changes['merged_into_id'][1]}"]
        if Stage(into["stage"]) in ENDS:
            found.append(f"entry {entry.id}: merged into a project that was {into['stage']}")
    return found


def projects(rows: dict[str, dict[int, Row]]) -> list[str]:
    """No two of one name, none merged into one that has ended or into itself by a detour."""
    all_projects = rows["Project"]
    named = Counter(
        each["normal_name"] for each in all_projects.values() if each["stage"] not in GONE
    )
    found = [f"{count} projects are called {name}" for name, count in named.items() if count > 1]
    for key, each in all_projects.items():
        if each["stage"] == "MERGED":
            into = all_projects[each["merged_into_id"]]
            if Stage(into["stage"]) in ENDS:
                found.append(f"project {key} is merged into {into['no']}, which is {into['stage']}")
        seen = set()
        while key not in seen and all_projects[key].get("merged_into_id"):
            seen.add(key)
            key = all_projects[key]["merged_into_id"]
        if key in seen:
            found.append(f"project {key} is merged into itself")
    return found


def transfers(rows: dict[str, dict[int, Row]]) -> list[str]:
    """At most one is open, it starts where the project is, and nothing is landed but by one."""
    found = []
    open_ones = [row for row in rows["Transfer"].values() if UNDER_WAY["Transfer"](row)]
    for key, count in Counter(row["project_id"] for row in open_ones).items():
        if count > 1:
            found.append(f"project {key} has {count} open transfers")
    for row in open_ones:
        project = rows["Project"][row["project_id"]]
        if row["from_place_id"] != project.get("landing_place_id"):
            found.append(f"project {project['id']} is not where its open transfer starts")
    taken = {row["project_id"] for row in rows["Transfer"].values() if row["state"] == "TAKEN_UP"}
    for key, project in rows["Project"].items():
        first, landing = project.get("first_contact_place_id"), project.get("landing_place_id")
        if first not in (None, landing) and key not in taken:
            found.append(f"project {key} has landed elsewhere and no transfer was taken up")
    for table in ("Claim", "Dispute"):
        pairs = [
            (row["project_id"], row["place_id"])
            for row in rows[table].values()
            if table == "Claim" or UNDER_WAY[table](row)
        ]
        found += [f"{table} twice: {pair}" for pair, count in Counter(pairs).items() if count > 1]
    return found


async def namesakes(rows: dict[str, dict[int, Row]]) -> list[str]:
    """None without a code beside one of its name that who made it saw: of their own unit's making, or
    any where they are of the office. Of what places do not see of one another, each has its own.
    """
    makers: dict[int, tuple[str, str]] = {}
    for row in await database.fetch(MAKERS):
        makers.setdefault(row["row_id"], (row["unit_name"], row["post"]))
    found, before = [], defaultdict(list)
    for key, (unit, post) in makers.items():
        company = rows["Company"].get(key)
        if company is None or company.get("uscc") is not None:
            continue
        name = company["normal_name"]
        if before[name] and (post == Post.OFFICE or unit in before[name]):
            found.append(f"company {key} is made beside one called {name}, which its maker saw")
        before[name].append(unit)
    return found


def views(rows: dict[str, dict[int, Row]]) -> list[str]:
    """Of a person's saved views one of a name."""
    named = Counter(
        (row["person_id"], row["page"], row["name"]) for row in rows["SavedView"].values()
    )
    return [f"{count} views are called {view}" for view, count in named.items() if count > 1]


def money(rows: dict[str, dict[int, Row]]) -> list[str]:
    """Nothing is reversed twice; what is posted is compared by the check of what is derived."""
    reversed_ones = Counter(
        row["reverses_id"] for row in rows["Entry"].values() if row.get("reverses_id")
    )
    return [f"entry {key} is reversed {n} times" for key, n in reversed_ones.items() if n > 1]


async def deadlines() -> list[str]:
    """Every report that waits for judgement has the deadline that the calendar gives it today.

    Once it is judged, its deadline stays as it was.
    """
    found, context = [], Context(now=NOW)
    pauses: dict[int, list[Pause]] = defaultdict(list)
    for each in await Return.all().order_by("id"):
        pauses[each.project_id].append(Pause(each.returned_at, each.resubmitted_at))
    for project in await Project.filter(stage=Stage.REPORTED):
        clock = await report_clock(context, project.reported_at, pauses[project.id])
        if project.judge_by != clock.due_at:
            found.append(f"project {project.id}: due {project.judge_by}, should be {clock.due_at}")
    moved = await database.fetch(
        'SELECT p."no" FROM "project" p JOIN "judgement" j ON j."project_id" = p."id"'
        ' WHERE p."judge_by" <> j."due_at" OR (p."judge_by" IS NULL) <> (j."due_at" IS NULL)'
    )
    found += [f"the deadline of {row['no']} moved after its judgement" for row in moved]
    numbers = await database.fetch('SELECT "no", count(*) AS n FROM "project" GROUP BY "no"')
    return found + [f"number {row['no']} twice" for row in numbers if row["n"] > 1]


async def deadlocks() -> int:
    """How many the database has had to end so far; those who waited have closed their connections."""
    if database.dialect() == "sqlite":
        return 0
    (row,) = await database.fetch(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    )
    return int(row["deadlocks"])
