"""Kinds of documents, their fields and the versions of their templates, as they can be read."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated

import strawberry

from schema.documents import rules, tables
from schema.documents.making import pdf_available
from schema.people.graph import Person, Signature, signed
from schema.query.fields import (
    Info,
    Node,
    Parent,
    column,
    computed,
    list_all,
    node,
    resolver,
    row_as,
    to_one,
)

IN_FORCE = ("-effective_on", "-version")


@node(tables.DocumentTemplate, "文书模板的一个版本")
class DocumentTemplate(Node):
    document: str = column("文书")
    version: int = column("第几版")
    name: str = column("文件名；内置模板没有")
    size: int = column("大小（字节）")
    sha256: str = column("校验值（SHA-256）；内置模板没有")
    effective_on: date = column("启用日期")
    document_number: str = column("文号")
    reason: str = column("更换原因")
    recorded_at: datetime = column("登记时间")
    recorded_by: Person | None = to_one("Person", "登记人")
    recorded_as: Signature | None = signed(
        "登记人署名", "documentTemplateSet", "recorded_by_id", "recorded_at"
    )

    @computed("是否恢复内置模板", columns=("sha256",))
    def built_in(row: Parent) -> bool:
        return not row["sha256"]


@strawberry.type(description="文书的一个栏目")
class DocumentField:
    name: str = strawberry.field(description="栏目名；模板中写在双花括号里")
    list: str = strawberry.field(description="所属的列表；单独的栏目没有")
    many: bool = strawberry.field(description="是否列表，逐行列出")
    sample: str = strawberry.field(description="样例")
    note: str = strawberry.field(description="说明")


@strawberry.type(description="一种文书")
class DocumentKind:
    name: str = strawberry.field(description="文书")
    title: str = strawberry.field(description="名称")
    fields: list[DocumentField] = strawberry.field(description="栏目")
    pdf: bool = strawberry.field(description="本机能否出具 PDF")
    version: int = strawberry.field(description="已登记的最后一版；没有换过的为 0")

    @resolver("使用的模板；按日期，默认今天；内置模板时没有")
    async def template(
        self,
        info: Info,
        on: Annotated[date | None, strawberry.argument(description="日期")] = None,
    ) -> DocumentTemplate | None:
        found = await template_on(self.name, on or info.context.today)
        return (
            row_as(DocumentTemplate, await info.context.rows.one("DocumentTemplate", found.id))
            if found
            else None
        )


@strawberry.type
class Query:
    @resolver("各种文书")
    async def documents(self, info: Info) -> list[DocumentKind]:
        last = await last_versions()
        return [document_kind(each, last) for each in rules.DOCUMENTS.values()]

    @resolver("一种文书")
    async def document(
        self, info: Info, name: Annotated[str, strawberry.argument(description="文书")]
    ) -> DocumentKind | None:
        found = rules.DOCUMENTS.get(name)
        return document_kind(found, await last_versions()) if found else None

    document_templates: list[DocumentTemplate] = list_all(
        "DocumentTemplate", "id", "文书模板的全部版本，先登记的在前"
    )


def document_kind(document: rules.Document, last: Mapping[str, int]) -> DocumentKind:
    """The graph's kind of a document; `last` are the numbers of the last versions of templates."""
    return DocumentKind(
        name=document.name,
        title=document.title,
        fields=[
            DocumentField(
                name=part.name,
                list=part.of,
                many=part.many,
                sample=part.sample,
                note=part.note,
            )
            for part in document.fields
        ],
        pdf=pdf_available(),
        version=last.get(document.name, 0),
    )


async def template_on(document: str, day: date) -> tables.DocumentTemplate | None:
    """The version of a document's template in force on a day; None before the first."""
    return await (
        tables.DocumentTemplate.filter(document=document, effective_on__lte=day)
        .order_by(*IN_FORCE)
        .first()
    )


async def last_versions() -> dict[str, int]:
    """The number of the last version of each document that has one."""
    found: dict[str, int] = {}
    for row in await tables.DocumentTemplate.all().only("document", "version"):
        found[row.document] = max(row.version, found.get(row.document, 0))
    return found
