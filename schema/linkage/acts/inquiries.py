"""Who asks often about what they do not see: the office is written to, once for a person and a day."""

from datetime import timedelta
from typing import Any

from schema import database
from schema.gate.gate import Gate
from schema.jobs import Hourly, Run, job
from schema.linkage.graph.notices import TICKET
from schema.linkage.rules import INQUIRIES_SHOWN_FROM, UNSEEN_PER_DAY
from schema.linkage.tables import InquiryRoad
from schema.messages.rules import template
from schema.messages.sending import holders, write_messages
from schema.people.rules import Post
from schema.query.models import document, global_id
from schema.query.sql import bindable

OFTEN = template(
    "inquiriesOften",
    "查重频繁：{unit}{person} {day} 查重 {asked} 次，提示 {matched} 次",
    "Frequent duplicate searches: {person} ({unit}) asked {asked} times on {day}, {matched} matched",
)
EXHAUSTED = template(
    "inquiriesExhausted",
    "查重提示次数用完：{unit}{person} {day} 已提示看不到的项目或企业 {shown} 个，此后又查 {withheld} 次",
    "Notices used up: {person} ({unit}) was notified of {shown} unseen rows on {day}, then asked {withheld} times",
)


@job("inquiries", "提醒办公室查重异常", every=Hourly(25))
async def inquiries(gate: Gate, run: Run) -> str:
    """Of today and yesterday: who has used the day's notices up, and who asked as often as the rulebook
    names. The lines of ledgers do not count as asking often.
    """
    await gate.context.load_rules()
    written = 0
    recipients = await holders(gate, Post.OFFICE)
    for day in (gate.today - timedelta(days=1), gate.today):
        often = gate.context.rule(INQUIRIES_SHOWN_FROM, day).value
        quota = gate.context.rule(UNSEEN_PER_DAY, day).value
        sql = (
            'SELECT i."person_id", i."road", i."asked", i."matched", i."withheld", i."shown",'
            ' p."name" AS "person", o."short_name" AS "unit"'
            ' FROM "inquiry" i JOIN "person" p ON p."id" = i."person_id"'
            ' JOIN "organization" o ON o."id" = i."organization_id"'
            ' WHERE i."day" = ? ORDER BY i."person_id", i."id"'
        )
        asking: dict[int, dict[str, Any]] = {}
        for row in await database.fetch(sql, [bindable(day, database.dialect())]):
            found = asking.setdefault(
                row["person_id"],
                {"unit": row["unit"], "person": row["person"], "day": f"{day}"}
                | dict.fromkeys(("asked", "matched", "withheld", "shown"), 0),
            )
            found["asked"] += 0 if row["road"] == InquiryRoad.LEDGER else row["asked"]
            found["matched"] += row["matched"]
            found["withheld"] += row["withheld"]
            found["shown"] += sum(kind != TICKET for kind, _ in document(row["shown"]))
        for person, found in asking.items():
            link = (
                f"/inquiries?person={global_id('Person', person)}&day.since={day}&day.until={day}"
            )
            for words, due in (
                (EXHAUSTED, found["shown"] >= quota),
                (OFTEN, found["asked"] >= often),
            ):
                if due:
                    written += await write_messages(
                        gate, words, recipients, found, link=link, key=f"{words}:{person}:{day}"
                    )
    return f"提醒 {written} 条"
