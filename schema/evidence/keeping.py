"""Storing evidence under its hash, with a row that names what it proves."""

import asyncio
from typing import Any

from tortoise.models import Model

from schema.city.rules import RuleBroken
from schema.evidence.inputs import FileInput
from schema.evidence.tables import Attachment
from schema.gate.gate import Gate
from schema.scalars import File


async def attach(gate: Gate, project: Model, subject: Any, files: list[FileInput] | None) -> None:
    """Store files as evidence of `subject`, a row of `project`.

    A file of a kind that is not accepted, or whose content is not what its name says, is refused at
    `evidence.INDEX`, each of them. Hashing and writing them is a thread's work, not the event loop's.
    """
    stored = []
    for index, each in enumerate(files or ()):
        keep = gate.context.file_store.keep
        try:
            stored.append(await asyncio.to_thread(keep, File(each.name, each.content)))
        except RuleBroken as broken:
            gate.refuse(RuleBroken(str(broken), f"evidence.{index}", broken.code))
    gate.stop_if_wrong()
    for kept in stored:
        await gate.create(
            Attachment,
            project_id=project.pk,
            subject_kind=type(subject).__name__,
            subject_id=subject.id,
            name=kept.name,
            media_type=kept.media_type,
            size=kept.size,
            sha256=kept.sha256,
            added_by_id=gate.viewer.person,
            added_at=gate.now,
        )
