"""Sending a notice, reading a message, answering a notice."""

from dataclasses import replace
from datetime import date
from typing import Any

import strawberry

from schema.city.rules import RuleBroken
from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import input_field
from schema.gate.numbering import next_no
from schema.gate.payloads import Payload, row_as
from schema.messages import rules, tables
from schema.messages.graph import Message, Notice
from schema.messages.sending import Recipient, sees, write_messages
from schema.people.viewers import viewers_of
from schema.permissions import Viewer, absent
from schema.query.models import Record, kind_numbered, read_global_id
from schema.scalars import Unparsable

LINKS = {
    "Project": "/projects/{no}",
    "Entry": "/verification/{no}",
    "Batch": "/ledger/imports/{no}",
    "RuleProposal": "/rules/proposals/{no}",
    "CalendarProposal": "/calendar/proposals/{no}",
    "TargetCompany": "/targets/{no}",
}
"""What a notice may be about, kinds that have a name or number and a page: the page of one, by its kind."""


@strawberry.input(description="发出通知")
class NoticeSendInput:
    text: str = input_field("内容", limit=1000)
    units: list[strawberry.ID] | None = input_field("发给单位（短名或全局编号）", None, needed=True)
    people: list[strawberry.ID] | None = input_field("发给个人（全局编号）", None)
    subject: strawberry.ID | None = input_field(
        "就哪个对象（项目、目标企业、台账等的编号，或全局编号）", None
    )
    unit: strawberry.ID | None = input_field(
        "以哪个单位的名义（短名）；只在一个单位任职的不必填", None, needed=True
    )
    answer_by: date | None = input_field("请于何日前答复；不填的不要求答复", None)


@strawberry.input(description="标为已读")
class MessageReadInput:
    message: strawberry.ID = input_field("消息")


@strawberry.input(description="答复通知")
class NoticeAnswerInput:
    message: strawberry.ID = input_field("消息")
    text: str = input_field("答复", limit=1000)


@strawberry.type(description="通知办理结果")
class NoticePayload(Payload):
    notice: Notice | None = strawberry.field(default=None, description="通知")


@strawberry.type(description="消息办理结果")
class MessagePayload(Payload):
    message: Message | None = strawberry.field(default=None, description="消息")


@strawberry.type
class Mutation:
    @act("发出通知")
    async def notice_send(gate: Gate, input: NoticeSendInput) -> NoticePayload:
        """One message to each person; whoever may not see the subject is refused at their field."""
        await gate.context.load_rules()
        await gate.speak_in_name_of("Organization", input.unit, "unit")
        gate.check(rules.check_recipients, input.units, input.people)
        if input.answer_by is not None:
            gate.check(rules.check_answer_by, input.answer_by, gate.today)
        subject = await _subject(gate, input.subject)
        speaking = replace(gate.viewer, posts=(gate.post,))
        if subject and not await _sees(speaking, subject):
            unseen = f"{gate.post.unit}看不到“{_name(subject)}”，请以看得到的单位的名义通知"
            gate.refuse(RuleBroken(unseen, "unit"))
        recipients = await _recipients(gate, input, subject)
        gate.stop_if_wrong()
        link = LINKS[subject.kind].format_map(subject) if subject else ""
        about = {"subject_kind": subject.kind, "subject_id": subject["id"]} if subject else {}
        notice = await gate.create(
            tables.Notice,
            no=await next_no(gate, "Notice"),
            text=input.text,
            subject_name=_name(subject),
            link=link,
            answer_by=input.answer_by,
            sent_by_id=gate.viewer.person,
            organization_id=gate.post.organization,
            sent_at=gate.now,
            **about,
        )
        await write_messages(
            gate,
            rules.OWN_WORDS,
            recipients,
            {"text": input.text},
            subject=(subject.kind, subject["id"]) if subject else None,
            link=f"/messages/notices/{notice.no}",
            notice=notice.id,
        )
        return NoticePayload(notice=row_as(Notice, notice))

    @act("标为已读")
    async def message_read(gate: Gate, input: MessageReadInput) -> MessagePayload:
        """The first time counts."""
        message: tables.Message = await gate.load("Message", input.message, field="message")
        if message.read_at is None:
            await gate.change(message, read_at=gate.now)
            gate.journal.concern(message)
        return MessagePayload(message=row_as(Message, message))

    @act("答复通知")
    async def notice_answer(gate: Gate, input: NoticeAnswerInput) -> MessagePayload:
        text = input.text
        found = gate.require(await gate.try_find("Message", input.message, "message"))
        notice = await gate.context.rows.one("Notice", found["notice_id"])
        gate.check(rules.check_answer, found["answered_at"], bool(notice and notice["answer_by"]))
        message: tables.Message = await gate.load("Message", input.message, field="message")
        rules.check_answer(message.answered_at, True)
        read_at = message.read_at or gate.now
        await gate.change(message, answer=text, answered_at=gate.now, read_at=read_at)
        gate.journal.concern(message)
        return MessagePayload(message=row_as(Message, message))


async def _subject(gate: Gate, reference: str | None) -> Record | None:
    """The row that a notice is about, by its number or its global ID."""
    if not reference or isinstance(reference, Unparsable):
        return None
    named = read_global_id(reference)
    kind = named[0] if named else kind_numbered(reference, LINKS) or "Project"
    if not gate.check(rules.check_subject, kind, frozenset(LINKS)):
        return None
    return await gate.try_find(kind, reference, "subject")


async def _recipients(
    gate: Gate, input: NoticeSendInput, subject: Record | None
) -> list[Recipient]:
    """Everybody named, each once, in the unit for which they are told."""
    found: list[Recipient] = []
    for index, reference in enumerate(_given(input.units)):
        field = f"units.{index}"
        unit = await gate.try_find("Organization", reference, field)
        if unit is None:
            continue
        theirs = await viewers_of(gate.today, units=[unit["id"]])
        if not theirs:
            gate.refuse(RuleBroken(f"{unit['short_name']}今天没有在任人员，请另选", field))
        blind = [v.name for v in theirs.values() if subject and not await _sees(v, subject)]
        if blind:
            gate.refuse(
                RuleBroken(
                    f"{unit['short_name']}的{'、'.join(blind)}看不到“{_name(subject)}”，不能就它通知",
                    field,
                )
            )
        found += [Recipient(person, unit["id"]) for person in theirs]
    for index, reference in enumerate(_given(input.people)):
        field = f"people.{index}"
        person = await gate.try_find("Person", reference, field)
        if person is None:
            continue
        viewer = (await viewers_of(gate.today, persons=[person["id"]])).get(person["id"])
        if viewer is None:
            gate.refuse(absent(field))
        elif subject and not await _sees(viewer, subject):
            gate.refuse(RuleBroken(f"{viewer.name}看不到“{_name(subject)}”，不能就它通知", field))
        else:
            found.append(Recipient(person["id"], viewer.organization))
    if len({each.person for each in found}) > rules.RECIPIENTS_MOST:
        most = rules.RECIPIENTS_MOST
        gate.refuse(RuleBroken(f"一次最多发给 {most} 人，请分几次", "units", "INVALID"))
    return found


def _given(references: Any) -> list[str]:
    """A list as it was given; none where it could not be read, which is refused already."""
    return [] if isinstance(references, Unparsable) else references or []


async def _sees(viewer: Viewer, subject: Record) -> bool:
    return await sees(viewer, subject.kind, subject["id"])


def _name(subject: Record | None) -> str:
    named = subject is not None and subject.kind in ("Project", "TargetCompany")
    return str(subject["name" if named else "no"]) if subject else ""
