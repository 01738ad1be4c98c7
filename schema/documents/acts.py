"""The office replaces the template of a document, or goes back to the one that is built in."""

from datetime import date

import strawberry

from schema.city.rules import RuleBroken
from schema.documents import rules
from schema.documents.graph import DocumentTemplate, last_versions
from schema.documents.making import check_template
from schema.documents.tables import DocumentTemplate as TemplateRow
from schema.evidence.inputs import FileInput
from schema.evidence.keeping import NAMED_BY, KeptFiles
from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import input_field
from schema.gate.payloads import Payload, row_as
from schema.scalars import File, Unparsable


@strawberry.input(description="更换文书模板")
class DocumentTemplateSetInput:
    document: str = input_field("文书", limit=40)
    file: FileInput | None = input_field("模板文件；.docx，最多 5 MB", None, needed=True)
    built_in: bool = input_field("恢复内置模板", False)
    effective_on: date = input_field("启用日期")
    document_number: str = input_field("文号；如资经合办〔2026〕7号", limit=80)
    reason: str = input_field("更换原因", limit=300)
    revision: int = input_field("已读到的最后一版；没有换过的为 0")


@strawberry.type(description="文书模板办理结果")
class DocumentTemplatePayload(Payload):
    template: DocumentTemplate | None = strawberry.field(default=None, description="模板")


NAMED_BY.append("document_template")


async def keep_template(gate: Gate, input: DocumentTemplateSetInput) -> tuple[str, int, str]:
    """Name, size and SHA-256 of the file, once its sample was rendered; blanks for the built-in one.

    Runs before the transaction. Raises `InputRefused` with all that is wrong.
    """
    document = gate.check(rules.check_document, input.document)
    gate.check(rules.check_template_day, input.effective_on, gate.today)
    gate.check(rules.check_source, input.built_in, input.file is not None)
    given = input.file
    readable = given and not isinstance(given, Unparsable) and not input.built_in
    if document is not None and given is not None and readable:
        try:
            await check_template(document, given.name, given.content)
        except RuleBroken as broken:
            gate.refuse(broken)
    if document is not None and gate.errors:
        version = (await last_versions()).get(input.document, 0)
        gate.check(rules.check_version_read, version, input.revision)
    gate.stop_if_wrong()
    if given is None:
        return "", 0, ""
    kept = KeptFiles(gate.context.file_store)
    gate.endings.append(kept.settle)
    try:
        stored = await kept.keep(File(given.name, given.content))
    except RuleBroken as broken:
        raise RuleBroken(str(broken), "file", broken.code) from broken
    return stored.name, stored.size, stored.sha256


@strawberry.type
class Mutation:
    @act("更换文书模板", before=keep_template)
    async def document_template_set(
        gate: Gate, input: DocumentTemplateSetInput
    ) -> DocumentTemplatePayload:
        name, size, sha256 = gate.prepared
        await gate.alone(f"template of {input.document}")
        version = (await last_versions()).get(input.document, 0)
        gate.check(rules.check_version_read, version, input.revision)
        gate.check(rules.check_template_day, input.effective_on, gate.today)
        gate.check(rules.check_source, input.built_in, input.file is not None)
        row = await gate.create(
            TemplateRow,
            document=input.document,
            version=version + 1,
            name=name,
            size=size,
            sha256=sha256,
            effective_on=input.effective_on,
            document_number=input.document_number,
            reason=input.reason,
            recorded_at=gate.now,
            recorded_by_id=gate.viewer.person,
        )
        gate.reason = input.reason
        return DocumentTemplatePayload(template=row_as(DocumentTemplate, row))
