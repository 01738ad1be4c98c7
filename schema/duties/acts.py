"""Hand a duty to one person of the unit that holds it; both see who has it from then on."""

import strawberry

from schema.city.rules import RuleBroken
from schema.duties import tables
from schema.duties.graph import Duty, colleagues
from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import input_field
from schema.gate.payloads import Payload, row_as


@strawberry.input(description="转交待办事项")
class DutyHandOverInput:
    duty: strawberry.ID = input_field("待办事项")
    person: strawberry.ID = input_field("转交给；本单位能办理此事项的人")
    reason: str = input_field("转交原因", limit=1000)


@strawberry.type(description="转交结果")
class DutyPayload(Payload):
    duty: Duty | None = strawberry.field(default=None, description="待办事项")


@strawberry.type
class Mutation:
    @act("转交待办事项")
    async def duty_hand_over(gate: Gate, input: DutyHandOverInput) -> DutyPayload:
        gate.reason = input.reason
        person = await gate.try_find("Person", input.person, "person")
        row = gate.require(await gate.try_find("Duty", input.duty, "duty"))
        gate.permit(row)
        await gate.context.load_rules()
        # Whoever opens, moves or ends a duty holds what it stands on, so this keeps it as it is.
        under = ("Duty", row["id"]) if row["project_id"] is None else ("Project", row["project_id"])
        await gate.hold(under[0], [under[1]])
        duty = await tables.Duty.get(id=row["id"])
        check_open(duty)
        to = gate.require(person)
        if to["id"] == duty.person_id:
            raise RuleBroken("这件事已经由此人承办", "person")
        if to["id"] not in {each["id"] for each in await colleagues(row, gate.context)}:
            raise RuleBroken("请转交给本单位能办理此事项的人", "person")
        await gate.create(
            tables.HandOver,
            task=duty.task,
            subject_kind=duty.subject_kind,
            subject_id=duty.subject_id,
            project_id=duty.project_id,
            unit_id=duty.unit_id,
            from_person_id=duty.person_id,
            to_person_id=to["id"],
            reason=input.reason,
            handed_by_id=gate.viewer.person,
            handed_at=gate.now,
        )
        return DutyPayload(duty=row_as(Duty, duty))


def check_open(duty: tables.Duty) -> None:
    """A duty that is done, or was handed over meanwhile, is not handed over. Raises `RuleBroken`."""
    if duty.closed_at is not None:
        raise RuleBroken("这件事已了结或已转交，请刷新后核对", "duty", "STALE")
