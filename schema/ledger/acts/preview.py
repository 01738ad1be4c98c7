"""Preview: an uploaded ledger is parsed and validated, and stored as a batch to look at."""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from schema import database
from schema.bounded import has_macros
from schema.city.rules import RuleBroken
from schema.evidence.keeping import NAMED_BY, KeptFiles
from schema.gate.gate import Gate
from schema.gate.numbering import next_no
from schema.intake import Declared
from schema.ledger.acts.batches import CHUNK, check_kind, load, own_place, read_at, report_progress
from schema.ledger.acts.candidates import load_candidates
from schema.ledger.acts.investors import investor_in, load_investors
from schema.ledger.rules import Issue, LedgerRow, unpacked
from schema.ledger.rules.answers import parse_columns, parse_units
from schema.ledger.rules.columns import PROJECTS, list_catalogue
from schema.ledger.rules.investors import Investor
from schema.ledger.rules.issue import Severity
from schema.ledger.rules.mapping import FieldIssue
from schema.ledger.rules.matching import SAME_NO, Duplicate
from schema.ledger.rules.validation import Columns, JsonObject, issue_at, issue_to_json
from schema.ledger.rules.worker import validate
from schema.ledger.tables import LEDGER, Batch, BatchRow, BatchState, RowState
from schema.linkage.graph.notices import Subject, answer_unseen, sees_all
from schema.linkage.rules import VALIDITY, check_claim
from schema.linkage.tables import InquiryRoad
from schema.query.models import Record, document
from schema.scalars import File
from schema.sheet.reading import COMPOUND, FORMATS, ZIP

NAMED_BY.append("batch")

UNCHECKED = "今日查重提示次数已用完，企业信息暂不能核对，请明日再导，或请领导小组办公室导入"
UNCHECKED_NAME = "今日查重提示次数已用完，是否与库内项目重复由领导小组办公室核对后办理"
BATCHES_REMEMBERED = 60


FindKind: TypeAlias = Callable[[Gate, Any, Record | None], Declared | None]
"""The kind of list that an input means, by the batch that is replaced where one is; what is wrong is kept."""


@dataclass
class ParsedFile:
    """An uploaded ledger of a unit, parsed: the stored file, `summary` of the whole file, `lines` as JSON.

    By row number: `states`, the `issues` that the database shows, and `projects`, the id of the project
    that is there already. `beside` are investors of lines of the file that are not in question. Of a list
    of another kind `more_issues`, and `subjects` in place of `projects`.
    """

    file_name: str
    sha256: str
    summary: JsonObject
    lines: list[bytes]
    kind: str = LEDGER
    organization: int = 0
    states: dict[int, RowState] = field(default_factory=dict)
    issues: dict[int, JsonObject] = field(default_factory=dict)
    projects: dict[int, int] = field(default_factory=dict)
    beside: list[Investor] = field(default_factory=list)
    more_issues: dict[int, list[JsonObject]] = field(default_factory=dict)
    subjects: dict[int, int] = field(default_factory=dict)


async def read_file(gate: Gate, input: Any) -> ParsedFile:
    """Parse and validate an uploaded ledger. Runs before the transaction; see `parse_file`."""
    parsed = await parse_file(gate, input)
    await assign_states(gate, parsed)
    return parsed


async def parse_file(gate: Gate, input: Any, find_kind: FindKind | None = None) -> ParsedFile:
    """Parse and validate the uploaded file, or that of a batch again with other columns or units.

    What is given of columns and units is remembered for the unit and the form of the sheet; where nothing
    is given, that holds. What was chosen of a file's hidden rows stays until it is chosen again. `find_kind`
    tells which kind of list it is where it is not the ledger. Raises InputRefused: at `file` when there is
    no file or it is no ledger, at `columns` and `units` when one is malformed, at `batch` and `revision`.
    """
    units = gate.check(parse_units, input.units or [])
    hidden = input.hidden or ""
    if input.batch:
        gate.unneeded(input, "unit")
    else:
        await gate.speak_in_name_of("Organization", input.unit, "unit")
    organization, day = gate.post.organization, gate.today
    batch = await gate.try_find("Batch", input.batch, "batch", read_at(gate, input))
    if input.batch and input.revision is None:
        gate.refuse(RuleBroken("请写明所替换一批的版本", "revision", "INVALID"))
    if not input.batch:
        gate.unneeded(input, "revision")
        if not input.file:
            message = f"请选择{'名单' if find_kind else '台账'}文件（{FORMATS}）"
            gate.refuse(RuleBroken(message, "file", "INVALID"))
    declared = find_kind(gate, input, batch) if find_kind else None
    catalogue = declared.catalogue(await declared.bringing.choices()) if declared else None
    meant = list_catalogue(**catalogue) if catalogue else PROJECTS
    columns = (
        gate.check(parse_columns, input.columns or [], meant) if declared or not find_kind else {}
    )
    gate.stop_if_wrong()
    if batch:
        check_kind(gate, batch["kind"])
    sheet = input.sheet
    if batch:
        organization = batch["organization_id"]
    if batch and not input.file:
        hidden = hidden or batch["notes"].get("hidden", "")
    if input.file:
        name, content = input.file.name, input.file.content
    elif batch:
        name, day = batch["file_name"], gate.context.day_of(batch["uploaded_at"])
        path = gate.context.file_store.path(batch["sha256"])
        content = await asyncio.to_thread(path.read_bytes)
        sheet = sheet or batch["notes"]["sheet"]
    answered = input.columns is not None or input.units is not None
    arguments = {
        "name": name,
        "sheet": sheet,
        "answers": {"columns": columns or {}, "units": units or {}} if answered else None,
        "remembered": [] if answered else await remembered(organization, kind_of(declared)),
        "day": day.isoformat(),
        "own": await own_place(organization),
        "hidden": hidden,
        "mends": await mends_of(batch) if batch else [],
        "kind": catalogue,
    }
    summary, lines = await read_lines(arguments, content)
    stored = await store_file(gate, name, content)
    return ParsedFile(
        stored.name, stored.sha256, summary, lines, kind_of(declared), organization or 0
    )


async def read_lines(arguments: JsonObject, content: bytes) -> tuple[JsonObject, list[bytes]]:
    """The summary and the lines of `validate`."""
    summary: JsonObject = {}
    lines: list[bytes] = []
    async for line in validate(arguments, content):
        if summary:
            lines.append(line)
        else:
            summary = json.loads(line)
    return summary, lines


async def mends_of(batch: Mapping[str, Any]) -> list[JsonObject]:
    """The cells of a batch that were changed in its preview, each with its row and sheet."""
    rows = await database.fetch(
        'SELECT "row_no", "mends" FROM "batch_row" WHERE "batch_id" = ? AND CAST("mends" AS TEXT) <> \'[]\''
        ' ORDER BY "row_no"',
        [batch["id"]],
    )
    return [
        {**each, "row": row["row_no"], "sheet": batch["notes"]["sheet"]}
        for row in rows
        for each in document(row["mends"])
    ]


def kind_of(declared: Declared | None) -> str:
    return declared.name if declared else LEDGER


async def remembered(organization: int | None, kind: str) -> list[JsonObject]:
    """What was last given of the columns and units of each form of sheet that a unit has sent as a kind."""
    rows = await database.fetch(
        'SELECT "no", "notes" FROM "batch" WHERE "organization_id" = ? AND "kind" = ?'
        f' ORDER BY "id" DESC LIMIT {BATCHES_REMEMBERED}',
        [organization, kind],
    )
    found: dict[str, JsonObject] = {}
    for row in rows:
        notes = document(row["notes"])
        if form := notes.get("form"):
            answers = {"columns": notes["assigned"], "units": notes["units"]}
            found.setdefault(form, {"no": row["no"], "form": form, **answers})
    return [each for each in found.values() if each["columns"] or each["units"]]


async def store_preview(gate: Gate, batch_id: str | None, revision: int | None) -> Batch:
    """Store the parsed ledger as a new batch, or instead of a batch that is not imported yet."""
    parsed: ParsedFile = gate.prepared
    count = list(parsed.states.values()).count
    values = {
        "file_name": parsed.file_name,
        "sha256": parsed.sha256,
        "uploaded_by_id": gate.viewer.person,
        "uploaded_at": gate.now,
        "ready_count": count(RowState.READY),
        "wrong_count": count(RowState.WRONG),
        "duplicate_count": count(RowState.DUPLICATE),
        "awaiting_count": count(RowState.AWAITING),
        "skipped_count": sum(parsed.summary["skipped"].values()),
        "notes": parsed.summary,
    }
    if batch_id:
        batch = await load(gate, batch_id, revision, BatchState.PREVIEW)
        await gate.remove_many(BatchRow, "batch_id", batch.id)
        await gate.change(batch, **values)
    else:
        batch = await gate.create(
            Batch,
            no=await next_no(gate, "Batch"),
            kind=parsed.kind,
            state=BatchState.PREVIEW,
            organization_id=gate.post.organization,
            **values,
        )
    await insert_rows(gate, batch, parsed)
    return batch


async def assign_states(gate: Gate, parsed: ParsedFile) -> None:
    """Set the state of every line: WRONG with an error, DUPLICATE of a project, AWAITING where it says
    more than a report does, else READY.
    """
    await check_investors(gate, parsed)
    await gate.context.load_rules()
    validity = gate.context.rule(VALIDITY, gate.today).value
    for start in range(0, len(parsed.lines), CHUNK):
        chunk = [json.loads(line) for line in parsed.lines[start : start + CHUNK]]
        parsed.states |= {line["row"]: RowState.WRONG for line in chunk if line["wrong"]}
        right = [line for line in chunk if line["row"] not in parsed.states]
        compared = [unpacked(line["values"]) for line in chunk if not line["wrong"]]
        rows = []
        for line in right:
            row = unpacked(line["values"])
            if fault := None if line["beyond"] else contact_fault(row, gate, validity):
                parsed.states[row.row] = RowState.WRONG
                issue = issue_at(row.row, fault, parsed.summary["columns"])
                parsed.issues[row.row] = issue_to_json(issue)
            else:
                rows.append(row)
        beyond = {line["row"] for line in right if line["beyond"]}
        index = await load_candidates(compared, gate.context)  # as much for a line that is wrong
        likely = {row.row: duplicate for row in rows if (duplicate := index.find_duplicate(row))}
        parsed.states |= {
            row.row: RowState.AWAITING if row.row in beyond else RowState.READY for row in rows
        }
        duplicates = await withhold(gate, parsed, rows, likely)
        issues = await duplicate_issues(gate, duplicates, parsed.summary["columns"])
        for issue, (row, duplicate) in zip(issues, duplicates, strict=True):
            parsed.states[row.row] = RowState.DUPLICATE
            parsed.issues[row.row] = issue_to_json(issue)
            parsed.projects[row.row] = duplicate.id
        report_progress(gate, start + len(chunk), 2 * len(parsed.lines))
    note_foreign_numbers(parsed.summary, map(json.loads, parsed.lines), parsed.states)


def note_foreign_numbers(
    summary: JsonObject, lines: Iterable[JsonObject], states: Mapping[int, RowState]
) -> None:
    """Note how many of the lines that come in have a number of another numbering."""
    came = (RowState.READY, RowState.AWAITING)
    foreign = sum(1 for line in lines if states[line["row"]] in came and line["values"].get("no"))
    if foreign:
        message = f"有 {foreign} 行的项目编号不是本系统的，导入后另编新号"
        renumbered = FieldIssue("no", "NO", message)
        summary["issues"].append(issue_to_json(issue_at(0, renumbered, summary["columns"])))


def contact_fault(row: LedgerRow, gate: Gate, validity: int) -> FieldIssue | None:
    """Why a report's contact cannot be claimed, by its day."""
    if row.first_talk_date is None:
        return None
    try:
        check_claim(row.first_talk_date, gate.today, validity)
    except RuleBroken as broken:
        return FieldIssue("first_talk_date", "CONTACT", broken.message, Severity.ERROR)
    return None


async def withhold(
    gate: Gate, parsed: ParsedFile, rows: Sequence[LedgerRow], likely: Mapping[int, Duplicate]
) -> list[tuple[LedgerRow, Duplicate]]:
    """The lines whose duplicate is answered. Duplicates that are not seen count against the day's
    notices; once those are used up, every further line of no seen duplicate is to be confirmed.
    """
    answered = [(row, likely[row.row]) for row in rows if row.row in likely]
    if sees_all(gate.context, "project"):
        return answered
    asked = [row for row in rows if row.row not in likely or not likely[row.row].no]
    questions: list[list[Subject]] = [
        [("Project", likely[row.row].id)] if row.row in likely else [] for row in asked
    ]
    unit = gate.post.organization
    answers = await answer_unseen(gate.context, InquiryRoad.LEDGER, questions, organization=unit)
    silent = set()
    for row, withheld in zip(asked, answers.withheld, strict=True):
        if withheld:
            silent.add(row.row)
            issue = FieldIssue("name", "DUPLICATE", UNCHECKED_NAME)
            parsed.states[row.row] = RowState.DUPLICATE
            parsed.issues[row.row] = issue_to_json(
                issue_at(row.row, issue, parsed.summary["columns"])
            )
    return [(row, duplicate) for row, duplicate in answered if row.row not in silent]


async def check_investors(gate: Gate, parsed: ParsedFile) -> None:
    """Set the lines WRONG whose investor is not one company, with the issue that says so.

    A fault that tells of a company which is not seen counts against the day's notices; once those
    are used up, every line whose company is not seen is WRONG alike.
    """
    lines = [
        investor_in(line["row"], line["values"])
        for line in map(json.loads, parsed.lines)
        if not line["wrong"]
    ]
    investors = await load_investors(sorted([*lines, *parsed.beside]), gate.context)
    faults = {line.row: investors.index.fault(line) for line in lines}
    if not sees_all(gate.context, "company"):
        asked = [line for line in lines if not investors.wholly_seen(line)]
        answers = await answer_unseen(
            gate.context,
            InquiryRoad.LEDGER,
            [investors.question(line) for line in asked],
            organization=gate.post.organization,
            count="answered",
        )
        for line, withheld in zip(asked, answers.withheld, strict=True):
            if withheld:
                faults[line.row] = FieldIssue("investor_name", "COMPANY", UNCHECKED, Severity.ERROR)
    for row, fault in faults.items():
        if fault:
            parsed.states[row] = RowState.WRONG
            parsed.issues[row] = issue_to_json(issue_at(row, fault, parsed.summary["columns"]))


async def duplicate_issues(
    gate: Gate, duplicates: Sequence[tuple[LedgerRow, Duplicate]], columns: Columns
) -> list[Issue]:
    """The issue of each line that duplicates a project, in the order of `duplicates`.

    It names the project only to a viewer who sees it. `columns` as in the summary of the file.
    """
    loads = [
        gate.context.rows.one("Project", duplicate.id if duplicate.no else None)
        for _, duplicate in duplicates
    ]
    issues = []
    for (row, duplicate), seen in zip(duplicates, await asyncio.gather(*loads), strict=True):
        message = "库内已有疑似相同的项目，您看不到它。这一行由领导小组办公室核对后办理"
        if seen:
            message = (
                f"与库内项目 {seen['no']}“{seen['name']}”疑似重复：{'；'.join(duplicate.reasons)}。"
                "请核对，确实是两个项目的可选择一并导入"
            )
        at = "no" if duplicate.code == SAME_NO else "name"
        code = duplicate.code if seen else "DUPLICATE"
        issues.append(issue_at(row.row, FieldIssue(at, code, message), columns))
    return issues


async def insert_rows(gate: Gate, batch: Batch, parsed: ParsedFile) -> None:
    """Insert the lines of a batch."""
    for start in range(0, len(parsed.lines), CHUNK):
        chunk = [json.loads(line) for line in parsed.lines[start : start + CHUNK]]
        rows = []
        for line in chunk:
            more = parsed.more_issues.get(line["row"], [])
            issue = parsed.issues.get(line["row"])
            rows.append(
                {
                    "batch_id": batch.id,
                    "row_no": line["row"],
                    "state": parsed.states[line["row"]],
                    "name": line["name"],
                    "values": line["values"],
                    "issues": [*line["issues"], *([issue] if issue else []), *more],
                    "beyond": line["beyond"],
                    "project_id": parsed.projects.get(line["row"]),
                    "mends": line["mends"],
                    "subject_id": parsed.subjects.get(line["row"]),
                }
            )
        await gate.insert_many(BatchRow, rows)
        report_progress(gate, len(parsed.lines) + start + len(chunk), 2 * len(parsed.lines))


async def store_file(gate: Gate, name: str, content: bytes) -> Any:
    """Store the file unchanged for the result file, with the extension of what it really is.

    It may have macros: the cells are read, nothing is run, and the file itself is handed out to nobody. Raises
    RuleBroken (INVALID) at `file`.
    """
    stem, ending = name.rpartition(".")[0] or name, "csv"
    if content.startswith(ZIP):
        ending = "xlsm" if has_macros(content) else "xlsx"
    elif content.startswith(COMPOUND):
        ending = "xls"
    kept = KeptFiles(gate.context.file_store)
    gate.endings.append(kept.settle)
    file = File(f"{stem}.{ending}", content)
    try:
        return await kept.keep(file, await asyncio.to_thread(kept.store.examine, file, macros=True))
    except RuleBroken as error:
        raise RuleBroken(error.message, "file", "INVALID") from None
