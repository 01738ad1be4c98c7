"""Export of lists and import of ledgers for commands, by the documents that pages use.

A command acts in the name of a person, with that person's sight and rights.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, NamedTuple

from graphql import GraphQLError
from starlette.exceptions import HTTPException

from schema.city.rules import RuleBroken
from schema.context import Context
from schema.permissions import Post
from schema.scalars import File
from server.people.appointments import first_holder
from server.people.context import FILES, named, now, signing_secret
from server.web import exports
from server.web.export_writer import make_file
from server.web.resources import documents, graph

Progress = Callable[[int, int], None]

LIST = "project/list_export"
TOTAL = "query Total { projects { totalCount } }"

PREVIEW = """
mutation Preview($input: LedgerPreviewInput!) {
  ledgerPreview(input: $input) {
    userErrors { message }
    batch {
      id no revision readyCount awaitingCount wrongCount duplicateCount skippedCount missingColumns
      issues { row column title message }
    }
  }
}
"""
IMPORT = """
mutation Import($input: LedgerImportInput!) {
  ledgerImport(input: $input) { userErrors { message } batch { importedCount awaitingCount } }
}
"""
FAULTS = """
query Faults($no: String!, $after: String) {
  batch(no: $no) {
    rows(first: 100, after: $after, filter: {state: [WRONG, DUPLICATE]}) {
      pageInfo { hasNextPage endCursor }
      nodes { name issues { row column title message } }
    }
  }
}
"""


class ImportOutcome(NamedTuple):
    """The result of an import: a sentence, and one line for each fault."""

    done: bool
    sentence: str
    faults: list[str]


async def export_list(form: str, username: str | None, progress: Progress) -> bytes:
    """All projects that this person sees, as the file that the page offers."""
    context = await context_of(username)
    operation = documents[LIST].query
    assert operation is not None
    columns = exports.export_columns(operation, "projects")
    total = (await execute(TOTAL, {}, context))["projects"]["totalCount"]
    rows: list[Mapping[str, Any]] = []
    try:
        async for row in exports.iterate_rows(operation, {}, "projects", context):
            rows.append(row)
            progress(len(rows), total)
    except HTTPException as refused:
        raise RuleBroken(refused.detail) from None
    return make_file(form, columns, rows)


async def import_ledger(
    file: File, username: str | None, *, dry_run: bool, only_correct: bool, progress: Progress
) -> ImportOutcome:
    """Preview a ledger and, unless only a preview was wanted, import it. Raises RuleBroken."""
    context = await context_of(username)
    context.progress = progress
    values = {"file": {"name": file.name, "content": file.content}}
    batch = await run_act(PREVIEW, values, context)
    faults = [fault_line(each) for each in batch["issues"]]
    faults += [fault_line(each) async for each in faults_of(batch["no"], context)]
    counts = (
        f"批次 {batch['no']}：作为线索报送 {batch['readyCount']} 行，"
        f"待办公室确认迁入 {batch['awaitingCount']} 行，需修改 {batch['wrongCount']} 行，"
        f"疑似重复 {batch['duplicateCount']} 行，忽略 {batch['skippedCount']} 行"
    )
    if batch["missingColumns"]:
        counts += f"；没有这些列：{'、'.join(batch['missingColumns'])}"
    if dry_run:
        return ImportOutcome(not batch["wrongCount"], f"{counts}。没有导入", faults)
    chosen = {"batch": batch["id"], "revision": batch["revision"], "onlyCorrect": only_correct}
    try:
        made = await run_act(IMPORT, chosen, context)
    except RuleBroken as broken:
        return ImportOutcome(False, f"{counts}。{broken.message}", faults)
    sentence = f"{counts}。已报送 {made['importedCount']} 个项目"
    if made["awaitingCount"]:
        sentence += f"；{made['awaitingCount']} 行待领导小组办公室另一人确认后迁入"
    return ImportOutcome(True, sentence, faults)


async def faults_of(no: str, context: Context) -> AsyncIterator[Mapping[str, Any]]:
    after = None
    while True:
        rows = (await execute(FAULTS, {"no": no, "after": after}, context))["batch"]["rows"]
        for row in rows["nodes"]:
            for issue in row["issues"]:
                yield issue
        if not rows["pageInfo"]["hasNextPage"]:
            return
        after = rows["pageInfo"]["endCursor"]


def fault_line(issue: Mapping[str, Any]) -> str:
    """One fault, located as in a spreadsheet: row, column, heading, what to do."""
    where = f"第 {issue['row']} 行" if issue["row"] else "整份文件"
    column = f" {issue['column']} 列" if issue["column"] else ""
    return f"{where}{column} {issue['title']}：{issue['message']}"


# ---------------------------------------------------------------- acting for a person


async def context_of(username: str | None) -> Context:
    """The context of a person, by default the office's first. Raises RuleBroken for nobody."""
    if username is None:
        first = await first_holder(Post.OFFICE)
        if first is None:
            raise RuleBroken("领导小组办公室还没有人员，请用 --as 写明以谁的名义")
        username = first
    viewer = await named(username)
    if viewer is None:
        raise RuleBroken(f"没有用户 {username}，或已停用，请核对用户名")
    return Context(viewer=viewer, now=now(), secret=signing_secret(), file_store=FILES)


async def run_act(document: str, values: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """The batch in an act's payload. Raises RuleBroken where the act refuses."""
    (payload,) = (await execute(document, {"input": values}, context)).values()
    if errors := payload["userErrors"]:
        raise RuleBroken("；".join(each["message"] for each in errors))
    batch: dict[str, Any] = payload["batch"]
    return batch


async def execute(document: str, variables: Mapping[str, Any], context: Context) -> dict[str, Any]:
    prepared = graph.prepare(document, trusted=True)
    if isinstance(prepared, list):
        raise prepared[0]
    result = await graph.run(prepared, None, variables, context)
    for error in result.errors or ():
        cause = error.original_error
        raise error if cause is None or isinstance(cause, GraphQLError) else cause
    assert result.data is not None
    return result.data
