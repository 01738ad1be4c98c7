"""A city in which every kind has a row, those of one's own beside those of others."""

from schema import database
from schema.documents.tables import DocumentTemplate
from schema.entries.tables import ClosedMonth
from schema.query.models import KINDS
from tests.house import test_who_may as scenes
from tests.house.test_outsiders import lived_in
from tests.industry import scenes as industry
from tests.ledger import ledgers
from tests.world import NOW, City

ALSO = (
    *("dutyHandOver", "dutyRemind", "milestoneReach", "ruleSet", "ruleConfirm", "calendarPublish"),
    *("projectTransferRequest", "projectWithdraw", "noticeSend", "jobRetry"),
)
"""Acts done in their scenes so that their kinds have rows."""


async def full(city: City) -> City:
    await lived_in(city)
    for act in ALSO:
        given = await scenes.SCENES[act](city)
        await city.done(city.office, act, **given)
    revealed = await scenes.SCENES["contactReveal"](city)
    await city.done(city.group, "contactReveal", **revealed)
    for act in ("chainFirmAdd", "targetCompanyContact", "oneUpdate", "onePapers"):
        await city.done(city.office, act, **await industry.SCENES[act](city))
    await ledgers.imported(city, ledgers.line(1), ledgers.line(2, ledgers.SIGNED))
    await ledgers.previewed(city, ledgers.line(3), by="anyue")
    await city.done(city.anyue, "viewSave", name="只本人", query="stage=REPORTED", shared="ME")
    await ClosedMonth.create(
        month="2026-09-01", closed_at=NOW, closed_by_id=city.office.person, journal_id=1
    )
    await DocumentTemplate.create(
        document="receipt",
        version=1,
        name="回执.docx",
        size=1,
        sha256="0" * 64,
        effective_on="2026-11-18",
        document_number="资经合〔2026〕3号",
        reason="样式",
        recorded_at=NOW,
        recorded_by_id=city.office.person,
    )
    return city


async def empty_kinds() -> list[str]:
    """Kinds of which the city has no row."""
    found = []
    for name, kind in KINDS.items():
        if not await database.fetch(f'SELECT 1 FROM "{kind.table}" LIMIT 1'):
            found.append(name)
    return found
