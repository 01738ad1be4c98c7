"""What stands in the way of a duty now: others must act first, or its holder must do another act first.

The clock of a hindered duty runs on. What hinders an act is declared beside it (`registry.hindered`),
as a condition on the project; here it is asked of the duties on projects, for all of them at once.
"""

from collections.abc import Sequence

from schema.context import Context
from schema.database.statements import marks
from schema.duties.registry import HINDRANCES, NOW, TASKS, Hindrance
from schema.query.sql import Sql
from schema.relations import any_of

NOTHING: Sql = ("1=0", [])


def hindrances() -> list[Hindrance]:
    """What may stand in the way of a declared duty whose subject is the project itself."""
    of_projects = (act for act, task in TASKS.items() if task.kind_name == "Project")
    return [each for act in of_projects for each in HINDRANCES.get(act, ())]


def holds_on(hindrance: Hindrance, row: str, context: Context) -> Sql:
    """The condition that this stands in the way of a duty, alias `row`."""
    sql, values = hindrance.where(context.viewer)
    life = TASKS[hindrance.act].kind.life
    stages = sorted(life.moves.get(hindrance.act, ())) if life else []
    at_stage = f't."{life.column}" IN ({marks(stages)}) AND ' if life and stages else ""
    return (
        f'{row}."task" = ? AND {row}."subject_id" IN (SELECT t."id" FROM "project" t'
        f" WHERE {at_stage}({sql}))",
        [
            hindrance.act,
            *(str(each) for each in stages),
            *(context.now if value is NOW else value for value in values),
        ],
    )


def waits_for_others(row: str, context: Context) -> Sql:
    """The condition that a duty, alias `row`, cannot be done before others have acted."""
    found = [holds_on(each, row, context) for each in hindrances() if not each.first]
    return any_of(found) if found else NOTHING


def can_be_done(row: str, context: Context) -> Sql:
    """The condition that nothing which others must do stands in the way of a duty, alias `row`."""
    sql, values = waits_for_others(row, context)
    return f"NOT ({sql})", values


async def standing_in_the_way(keys: Sequence[int], context: Context) -> list[Hindrance | None]:
    """What stands first in the way of each of these duties, by one statement."""
    declared = hindrances()
    parts = []
    for number, each in enumerate(declared):
        sql, values = holds_on(each, "d", context)
        chosen = f'd."closed_at" IS NULL AND d."id" IN ({marks(keys)}) AND {sql}'
        parts.append(
            (f'SELECT d."id", {number} AS "number" FROM "duty" d WHERE {chosen}', [*keys, *values])
        )
    found: dict[int, int] = {}
    if parts:
        union = " UNION ALL ".join(sql for sql, _ in parts)
        bound = [value for _, values in parts for value in values]
        for row in await context.rows.fetch((union, bound)):
            found[row["id"]] = min(row["number"], found.get(row["id"], len(declared)))
    return [declared[found[key]] if key in found else None for key in keys]
