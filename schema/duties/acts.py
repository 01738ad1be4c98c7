"""Hand a duty over within the unit that holds it, and remind whoever has it in hand."""

from typing import Any

import strawberry

from schema.city.rules import RuleBroken
from schema.duties import tables
from schema.duties.facts import AS_UNIT
from schema.duties.graph import Duty
from schema.duties.holders import colleagues, holders_of, in_hand
from schema.duties.keeping import keep
from schema.duties.reminding import day_began, subject_words, task_label
from schema.duties.rules import REMINDERS_PER_DAY, check_reminders
from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import input_field
from schema.gate.operator import POSTS
from schema.gate.payloads import Payload, row_as
from schema.messages.rules import template
from schema.messages.sending import write_messages
from schema.query.models import Record, as_record
from schema.relations import NOT_BARRED

REMINDED = template(
    "dutyReminded",
    "催办：{task}，{subject}。{words}（{unit} {name}）",
    "Reminder: {task}, {subject}. {words} ({unit} {name})",
)
BARRED = "这件事须由您以外的人办理，由谁办理也请他人转交"


@strawberry.input(description="转交待办事项")
class DutyHandOverInput:
    duty: strawberry.ID = input_field("待办事项")
    person: strawberry.ID = input_field("转交给；承办单位能办理此事项的人")
    reason: str = input_field("转交原因", limit=1000)


@strawberry.input(description="催办待办事项")
class DutyRemindInput:
    duty: strawberry.ID = input_field("待办事项")
    words: str = input_field("催办意见", limit=500)


@strawberry.type(description="待办事项办理结果")
class DutyPayload(Payload):
    duty: Duty | None = strawberry.field(default=None, description="现在的待办事项")


@strawberry.type
class Mutation:
    @act("转交待办事项")
    async def duty_hand_over(gate: Gate, input: DutyHandOverInput) -> DutyPayload:
        """It is another row of the table from then on, which is what the act answers with."""
        gate.reason = input.reason
        person = await gate.try_find("Person", input.person, "person")
        row = gate.require(await gate.try_find("Duty", input.duty, "duty"))
        gate.permit(row)
        await gate.share(POSTS)
        await gate.context.load_rules()
        duty = await hold_duty(gate, row, "这件事已了结或已转交，请刷新后核对")
        to = gate.require(person)
        if not NOT_BARRED.holds(duty, gate.viewer, {}):
            raise RuleBroken(BARRED, "duty", "NOT_ALLOWED")
        if to["id"] == duty["person_id"]:
            raise RuleBroken("这件事已经由此人承办", "person")
        if to["id"] not in {each["id"] for each in await colleagues(duty, gate.context)}:
            raise RuleBroken("请转交给承办单位其他能办理此事项的人", "person")
        await gate.create(
            tables.HandOver,
            **about(duty),
            from_person_id=duty["person_id"],
            to_person_id=to["id"],
            reason=input.reason,
            handed_by_id=gate.viewer.person,
            handed_at=gate.now,
        )
        await keep(gate)
        same = {name: duty[name] for name in AS_UNIT}
        return DutyPayload(duty=row_as(Duty, await tables.Duty.get(**same, closed_at=None)))

    @act("催办待办事项")
    async def duty_remind(gate: Gate, input: DutyRemindInput) -> DutyPayload:
        """Everybody who has it in hand gets a message, as often a day as the rulebook says: of what any
        of several units may do, the people of all of them, since whoever waits waits for one thing.
        """
        gate.reason = input.words
        row = gate.require(await gate.try_find("Duty", input.duty, "duty"))
        gate.permit(row)
        await gate.context.load_rules()
        duty = await hold_duty(gate, row, "这件事已了结或已转交，不用催办，请刷新后核对")
        if duty["paused_at"] is not None:
            raise RuleBroken("补正中，计时暂停，恢复计时后再催办", "duty")
        if in_hand(duty, gate.viewer):
            raise RuleBroken("这件事由您承办，不用催办", "duty")
        same = {name: duty[name] for name in AS_UNIT}
        today = tables.Reminder.filter(**same, reminded_at__gte=day_began(gate.today))
        times = await today.order_by("id").values_list("reminded_at", flat=True)
        check_reminders([*times], gate.context.rule(REMINDERS_PER_DAY).value)  # type: ignore[list-item]
        together = [duty, *await others_of(duty, gate)]
        found = [each for one in together for each in await holders_of(one, gate.context)]
        recipients = list({each.person: each for each in found}.values())
        if not recipients:
            raise RuleBroken("承办单位今天没有能办理此事项的在任人员，请联系办公室", "duty")
        reminders = [
            await gate.create(
                tables.Reminder,
                **about(one),
                person_id=one["person_id"],
                words=input.words,
                reminded_by_id=gate.viewer.person,
                reminded_at=gate.now,
            )
            for one in together
        ]
        await write_messages(
            gate,
            REMINDED,
            recipients,
            {
                "task": task_label(duty["task"]),
                "subject": await subject_words(duty, gate.context),
                "words": input.words,
                "unit": gate.post.unit,
                "name": gate.viewer.name,
            },
            subject=(duty["subject_kind"], duty["subject_id"]),
            link=duty["page"],
            key=f"reminder:{reminders[0].id}",
        )
        return DutyPayload(duty=row_as(Duty, await tables.Duty.get(id=duty["id"])))


async def hold_duty(gate: Gate, row: Record, ended: str) -> Record:
    """The duty as it stands, with what it stands on held: its project, else its subject.

    The act is in the history of that as well. Whoever opens, moves or ends a duty holds it, so the
    duty stays as it is. Raises `RuleBroken` (STALE) where it has ended meanwhile.
    """
    of_project = row["project_id"] is not None
    kind, key = (
        ("Project" if of_project else row["subject_kind"]),
        (row["project_id"] if of_project else row["subject_id"]),
    )
    (held,) = await gate.hold(kind, [key])
    gate.concern(held)
    duty = await tables.Duty.get(id=row["id"])
    if duty.closed_at is not None:
        raise RuleBroken(ended, "duty", "STALE")
    return as_record(duty)


async def others_of(duty: Record, gate: Gate) -> list[Record]:
    """The same thing to do as other units have it, without what the viewer has in hand."""
    same = tables.Duty.filter(
        task=duty["task"], subject_id=duty["subject_id"], closed_at=None, paused_at=None
    )
    found = [as_record(each) for each in await same.exclude(id=duty["id"]).order_by("id")]
    return [each for each in found if not in_hand(each, gate.viewer)]


def about(duty: Record) -> dict[str, Any]:
    """What a hand-over and a reminder keep of the duty that they are about."""
    return {name: duty[name] for name in (*AS_UNIT, "subject_kind", "project_id")}
