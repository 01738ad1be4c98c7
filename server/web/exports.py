"""A list as a file: exactly the rows of a page's list, all its pages, in its order.

`NAME_export.graphql` beside a page's pair takes the page's variables and says which columns. It
runs through the same graph, so the file holds what its reader may see and nothing else. Headings
are the graph's words. A list longer than `MOST` is refused with its number, never cut off.
"""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    SelectionSetNode,
    get_named_type,
)
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from schema.context import Context
from schema.sheet import Column
from server.people.context import context_for
from server.people.security_log import noted
from server.web import forms
from server.web.documents import Operation
from server.web.export_writer import ExportColumn, ExportWriter
from server.web.pages import execute, shown_list, shown_rows_of, sign_in_first
from server.web.resources import documents, environment, graph, words

MOST = 20_000
BATCH = 100
NAMED = ("name", "shortName")
UNIT = re.compile(r"（([^\x00-\x7f]{1,2})）")
MEASURES = ("亩",)
"""The units of decimals, which are text in the graph and numbers in a sheet."""
MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}

environment.globals["export_most"] = MOST


def export(
    path: str,
    name: str,
    node: str,
    *,
    title: str,
    always: Sequence[str] = (),
    of: str = "",
    listed: str = "",
) -> list[Route]:
    """The routes `path.xlsx`, `.csv` and `.json` of the list at `node` in the document `name`.

    `node` is a connection (`projects`) or a plain list (`ranking.rows`). `?columns=` chooses among
    the columns by their keys; those in `always` are never left out. `of` and `listed` as of `page`.
    """
    operation = documents[name].query
    assert operation is not None
    drawn = export_columns(operation, node)

    async def endpoint(request: Request) -> Response:
        context = await context_for(request)
        if not context.viewer.signed_in:
            return sign_in_first(request)
        shown_rows_of(of, context)
        shown_list(listed, context)
        form = request.url.path.rpartition(".")[2]
        variables = await forms.variables(operation, request.query_params, request.path_params)
        if wrong := forms.drop_unreadable(operation, variables):
            raise HTTPException(
                400, "；".join(f"{each['label']}：{each['message']}" for each in wrong)
            )
        kept = select_columns(drawn, request.query_params.getlist("columns"), always)
        count = 0
        async with ExportWriter(form, kept) as writer:
            async for row in iterate_rows(operation, variables, node, context):
                await writer.add(row)
                count += 1
            made = await writer.finish()
        noted(
            "list_exported",
            request,
            person=context.viewer.person,
            list=name,
            form=form,
            rows=count,
            narrowed_by=sorted({*request.query_params} - {"columns", "order"}) or None,
        )
        return Response(
            made, media_type=MEDIA[form], headers=attachment_headers(path, title, form, context)
        )

    return [Route(f"{path}.{form}", endpoint, name=f"{name}.{form}") for form in MEDIA]


async def iterate_rows(
    operation: Operation, variables: Mapping[str, Any], node: str, context: Context
) -> AsyncIterator[Mapping[str, Any]]:
    """Every row of the list, in batches by cursor. Raises HTTPException when there are too many."""
    takes = {each.name for each in operation.variables}
    paging = {"first": BATCH, "last": None, "before": None, "after": None}
    given = {**variables, **{name: value for name, value in paging.items() if name in takes}}
    count = "count" in takes
    while True:
        found: Any = await execute(operation, context, {**given, "count": True} if count else given)
        for step in node.split("."):
            if found[step] is None:
                raise HTTPException(404)
            found = found[step]
        if not isinstance(found, Mapping):
            for row in found:
                yield row
            return
        if count and found["totalCount"] > MOST:
            raise HTTPException(
                400,
                f"共 {found['totalCount']:,} 项，一次最多导出 {MOST:,} 项，请加上筛选条件后再导出",
            )
        for row in found["nodes"]:
            yield row
        if not found["pageInfo"]["hasNextPage"]:
            return
        given["after"], count = found["pageInfo"]["endCursor"], False


# ---------------------------------------------------------------- columns


def export_columns(operation: Operation, node: str) -> list[ExportColumn]:
    """The leaves of what the document asks of each row, in its order."""
    kind: Any = graph.core.query_type
    selected = operation.node.selection_set
    for step in (*node.split("."), "nodes"):
        field = next(
            (each for each in selected_field_nodes(selected) if response_key(each) == step), None
        )
        if field is None and step == "nodes":
            break
        assert field is not None and field.selection_set, f"{operation.name} asks no {step}"
        kind = get_named_type(kind.fields[field.name.value].type)
        selected = field.selection_set
    return list(leaf_columns(kind, selected, (), ""))


def leaf_columns(
    kind: Any, selected: SelectionSetNode, path: tuple[str, ...], of: str
) -> list[ExportColumn]:
    found: list[ExportColumn] = []
    assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
    for field in selected_field_nodes(selected):
        name = field.name.value
        far, at = get_named_type(kind.fields[name].type), (*path, response_key(field))
        title = words.title(kind.name, name)
        if field.selection_set:
            found += leaf_columns(far, field.selection_set, at, title)
        else:
            column = sheet_column(kind, name, at, of, far)
            # A decimal is text in the graph; one that its label measures, 面积（亩）, is a number in a sheet.
            measure = far.name == "String" and column.unit in MEASURES
            found.append(
                ExportColumn(at, "Measure" if measure else far.name, column, enum_words(far))
            )
    return found


def sheet_column(
    kind: Any, name: str, path: tuple[str, ...], of: str, far: GraphQLNamedType
) -> Column:
    """首谈地 for a place's name, 投资方统一社会信用代码 for another leaf; the unit in brackets."""
    named = bool(of) and name in NAMED
    measured = UNIT.search(words.label(kind.name, name))
    unit = "万元" if far.name == "Money" else measured[1] if measured else ""
    title = of if named else of + words.title(kind.name, name)
    return Column(title, key=".".join(path[:-1] if named else path), unit=unit)


def select_columns(
    drawn: list[ExportColumn], keys: Sequence[str], always: Sequence[str]
) -> list[ExportColumn]:
    def taken(key: str) -> bool:
        return any(key == each or key.startswith(f"{each}.") for each in (*keys, *always))

    return [each for each in drawn if taken(each.column.key)] if keys else drawn


def selected_field_nodes(selected: SelectionSetNode) -> list[FieldNode]:
    return [each for each in selected.selections if isinstance(each, FieldNode)]


def response_key(field: FieldNode) -> str:
    return (field.alias or field.name).value


def enum_words(kind: GraphQLNamedType) -> dict[str, str]:
    if not isinstance(kind, GraphQLEnumType):
        return {}
    return {value: words.of(kind.name, value) for value in kind.values}


def attachment_headers(path: str, title: str, form: str, context: Context) -> dict[str, str]:
    day = context.today.isoformat()
    plain_name = f"{path.rpartition('/')[2]}-{day}.{form}"
    return {
        "Content-Disposition": f'attachment; filename="{plain_name}";'
        f" filename*=UTF-8''{quote(f'{title}-{day}.{form}')}",
        "Cache-Control": "no-store",
    }
