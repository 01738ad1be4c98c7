"""A believable Ziyang to look at: its units, some fifty people, 300 projects in two years.

For demonstrations only: every name, code and figure is invented, the accounts' passwords are known.
"""

import random
from datetime import UTC, datetime

from schema.context import read_calendar, read_rules
from schema.database.transactions import transaction
from schema.people.tables import Person
from server import settings
from server.demo.doubts import record_doubts
from server.demo.history import History, Progress
from server.demo.hours import Hours, Limit
from server.demo.ledger import bring_ledger
from server.demo.messages import leave_jobs, send_notices
from server.demo.people import accounts, open_units, settle, since
from server.demo.plans import PROJECTS, SEED
from server.files.store import FileStore
from server.operations.seed import seed

__all__ = ["accounts", "load"]


async def load(progress: Progress | None = None, projects: int = PROJECTS) -> bool:
    """Fill an empty database, whole or not at all; False where somebody lives already.

    The same on every run for the same present, which is SIXONES_NOW or this moment. `progress` is
    called with how many projects and groups have reached the present, of how many.
    """
    standing: datetime | None = settings.NOW
    now = standing or datetime.now(UTC)
    began = since(now)
    await seed(began)
    async with transaction():
        if await Person.exists():
            return False
        await open_units(began)
        await settle(now)
        in_force = {each.name: each.value for each in await read_rules()}
        limit = Limit(in_force["lead.assessment_deadline"], in_force["lead.closing_time"])
        hours = Hours(await read_calendar(), limit, now, random.Random(SEED))
        history = History(hours, FileStore(settings.FILES_DIR))
        await history.tell(progress, projects)
        await history.save_views()
        await history.propose()
        await bring_ledger(history)
        await record_doubts(history)
        await send_notices(history)
        await leave_jobs(history)
    return True
