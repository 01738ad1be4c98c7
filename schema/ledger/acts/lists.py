"""Lists of any kind (`schema.intake`): previewed, brought in, taken back, as the ledger is.

Whoever may do the act of one line may bring in a list of them; what a line creates is written by the bulk
writer of its mechanism. Lines await nobody: what is created has the life that it would have if typed.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import strawberry

from schema.city.rules import RuleBroken
from schema.database.statements import in_chunks
from schema.evidence.inputs import FileInput
from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import input_field
from schema.gate.payloads import Payload, row_as
from schema.intake import LISTS, Declared, Fault, ListLine
from schema.ledger.acts.batches import (
    CHUNK,
    BatchLine,
    counts,
    lines_in_chunks,
    load,
    report_progress,
)
from schema.ledger.acts.preview import ParsedFile, parse_file, store_preview
from schema.ledger.acts.taking_back import hold, take_back
from schema.ledger.graph import Batch as BatchType
from schema.ledger.rules.hidden import HiddenParts
from schema.ledger.rules.issue import Issue, Severity
from schema.ledger.rules.validation import JsonObject, issue_to_json
from schema.ledger.tables import Batch, BatchRow, BatchState, RowState
from schema.permissions import may
from schema.query.models import Record
from schema.sheet import FORMATS

WRONG = RowState.WRONG
TAKEN = (RowState.READY, RowState.DUPLICATE)
ROWS_NAMED = 10
OTHER_PROJECT = (
    "按这一行现在找到的项目与预览时的不是同一个，没有导入。请填上项目编号后重新上传，核对是哪个项目"
)


@strawberry.input(description="上传名单")
class ListPreviewInput:
    kind: str = input_field("哪一种名单，如 targets；替换一批的不写", "", 20)
    file: FileInput | None = input_field(
        f"名单文件；{FORMATS}，最多 20 MB、10,000 行", None, needed=True
    )
    batch: strawberry.ID | None = input_field("替换哪一批；不写即新的一批", None)
    revision: int | None = input_field("所替换一批的版本", None)
    sheet: str = input_field("工作表；有几张名单时写明", "", 60)
    unit: strawberry.ID | None = input_field(
        "哪个单位的名单；在几个单位任职的须填", None, needed=True
    )
    columns: list[str] | None = input_field(
        "指定的列，如 B=企业名称；B=- 为不导入，其余按表头认。不写即沿用本单位同样表头的上次指定",
        None,
    )
    units: list[str] | None = input_field(
        "指定的单位，如 D=元；没有写明单位的各列一并指定的，如 金额=元、面积=亩", None
    )
    hidden: HiddenParts | None = input_field(
        "隐藏的行和列；工作表里有隐藏或筛选隐去的行时选择", None, needed=True
    )


@strawberry.input(description="导入一批名单")
class ListImportInput:
    batch: strawberry.ID = input_field("批次")
    revision: int = input_field("版本")
    only_correct: bool = input_field(
        "只导入正确行",
        False,
        needed=True,
        yes_no=("只导入正确行；要改的留着", "全部正确才导入；有要改的就一行也不导入"),
    )
    include_duplicates: bool = input_field("疑似重复的也导入；限于可以再列入的目标企业", False)


@strawberry.input(description="撤销整批导入的名单")
class ListUndoInput:
    batch: strawberry.ID = input_field("批次")
    revision: int = input_field("版本")
    reason: str = input_field("撤销原因", limit=200)


@strawberry.type(description="名单导入办理结果")
class ListPayload(Payload):
    batch: BatchType | None = strawberry.field(default=None, description="批次")


def kind_named(gate: Gate, name: str, field: str) -> Declared:
    """The kind of list that is named. Raises RuleBroken at `field`: where there is none, and where the
    viewer may not do what its lines do.
    """
    if name not in LISTS:
        known = "、".join(each for each in LISTS if may(gate.viewer, LISTS[each].act))
        raise RuleBroken(f"没有这种名单。可以导入的有：{known}", field, "INVALID")
    found = LISTS[name]
    if not may(gate.viewer, found.act):
        raise RuleBroken(f"您的岗位不能导入{found.title}", field, "NOT_ALLOWED")
    if not may(replace(gate.viewer, posts=(gate.post,)), found.act):
        message = f"这个单位不办理{found.title}，请选择办理的单位"
        raise RuleBroken(message, "unit" if field == "kind" else field, "NOT_ALLOWED")
    return found


def kind_meant(gate: Gate, input: Any, batch: Record | None) -> Declared | None:
    """The kind of list that is sent: as it says, and that of the batch which it replaces."""
    if not input.batch:
        return gate.check(kind_named, gate, input.kind, "kind")
    if batch is None or batch["kind"] not in LISTS:
        return None
    if input.kind not in ("", batch["kind"]):
        gate.refuse(RuleBroken("所替换的一批是另一种名单", "kind", "INVALID"))
    gate.prefer("organization", batch["organization_id"])
    return gate.check(kind_named, gate, batch["kind"], "batch")


async def read_list(gate: Gate, input: Any) -> ParsedFile:
    """Parse an uploaded list and check its lines. Runs before the transaction.

    Raises InputRefused as `parse_file`, and at `kind`.
    """
    parsed = await parse_file(gate, input, kind_meant)
    declared = LISTS[parsed.kind]
    lines = [json.loads(line) for line in parsed.lines]
    parsed.states |= {
        line["row"]: RowState.WRONG if line["wrong"] else RowState.READY for line in lines
    }
    # Of a line with a cell that cannot be read all else is checked, and nothing that follows from the cell.
    nameless = not any(each.name == "name" and each.must for each in declared.columns)
    named = [
        ListLine(line["row"], line["values"], unread=line["wrong"])
        for line in lines
        if line["name"] or nameless
    ]
    bad = {
        line["row"]: {each["column"] for each in line["issues"] if each["severity"] == "ERROR"}
        for line in lines
        if line["wrong"]
    }
    below, above = dict[int, int](), 0
    for line in lines:
        if line["name"]:
            above = line["row"]
        elif above:
            below[line["row"]] = above
    found = await faults_of(gate, declared, parsed.organization, named, bad, below)
    if declared.bringing.projects:
        parsed.projects |= await declared.bringing.projects(gate, named)
    for row, faults in found.items():
        issues = [issue_of(row, each, declared, parsed.summary) for each in faults]
        new = [each for each in issues if each["column"] not in bad.get(row, ())]
        parsed.more_issues[row] = new
        if row not in bad:
            parsed.states[row] = state_of(faults)
        if subject := next((each.subject for each in faults if each.subject), None):
            parsed.subjects[row] = subject
    return parsed


async def import_list(
    gate: Gate, batch_id: str, revision: int, only_correct: bool, include_duplicates: bool
) -> Batch:
    """Bring in the correct lines of a list, all in the act's transaction, and return the batch.

    `include_duplicates` takes those that are asked about. Raises RuleBroken at `includeDuplicates` where
    the kind asks about none, at `onlyCorrect` when lines have errors and `only_correct` is not set, at
    `batch` when no line is left.
    """
    batch = await load(gate, batch_id, revision, BatchState.PREVIEW)
    declared = kind_named(gate, batch.kind, "batch")
    if include_duplicates and not declared.bringing.asks:
        message = "疑似重复的行不能一并选择导入，请按每一行的提示改好后重新上传"
        raise RuleBroken(message, "includeDuplicates", "INVALID")
    taken = [line async for chunk in lines_in_chunks(batch.id, TAKEN) for line in chunk]
    lines = [ListLine(line.row, line.values, batch.no) for line in taken]
    await hold(gate, declared, lines, ())
    other = await meant_otherwise(gate, declared, taken, lines)
    lines = [replace(each, unread=each.row in other) for each in lines]
    faults = await faults_of(gate, declared, batch.organization_id, lines)
    for row in other:
        faults[row] = [Fault("name", OTHER_PROJECT), *faults.get(row, ())]
    wrong = [row for row in faults if state_of(faults[row]) is RowState.WRONG]
    if (wrong or batch.wrong_count) and not only_correct:
        named = f"（第 {'、'.join(map(str, wrong[:ROWS_NAMED]))} 行与上传以后的变动对不上）"
        raise RuleBroken(
            f"有 {batch.wrong_count + len(wrong)} 行需要修改{named if wrong else ''}，一行也没有导入。"
            "请改好后重新上传，或者选择“只导入正确行”",
            "onlyCorrect",
        )
    chosen = [
        (line, given)
        for line, given in zip(taken, lines, strict=True)
        if all(each.asked and include_duplicates for each in grave(faults.get(line.row, ())))
    ]
    if not chosen:
        raise RuleBroken("没有可以导入的行。请改好后重新上传", "batch")
    await keep_faults(gate, batch, declared, taken, faults, {line.id for line, _ in chosen})
    written = await declared.bringing.write(
        gate, batch.organization_id, [each for _, each in chosen]
    )
    imported, done = zip([line for line, _ in chosen], written, strict=True), 0
    for part in in_chunks(imported, CHUNK):
        await gate.update_many(
            BatchRow,
            {
                line.id: {
                    "state": (line.state, RowState.IMPORTED),
                    "subject_id": (line.subject, key),
                }
                for line, key in part
            },
        )
        done += len(part)
        report_progress(gate, done, len(chosen))
    signed = {"imported_at": gate.now, "imported_by_id": gate.viewer.person}
    await gate.change(batch, state=BatchState.IMPORTED, **signed, **await counts(batch.id))
    return batch


async def meant_otherwise(
    gate: Gate, declared: Declared, taken: Sequence[BatchLine], lines: Sequence[ListLine]
) -> set[int]:
    """The numbers of the lines that are about another project by now than the preview has shown beside them."""
    if not declared.bringing.projects:
        return set()
    now = await declared.bringing.projects(gate, lines)
    return {each.row for each in taken if now.get(each.row, each.project) != each.project}


async def keep_faults(
    gate: Gate,
    batch: Batch,
    declared: Declared,
    lines: Sequence[BatchLine],
    faults: Mapping[int, Sequence[Fault]],
    chosen: set[int],
) -> None:
    """Note on the lines that stay behind what is wrong with them by now."""
    updates: dict[int, dict[str, tuple[Any, Any]]] = {}
    for line in lines:
        if line.id in chosen or line.row not in faults:
            continue
        known = {each["message"] for each in line.issues}
        new = [issue_of(line.row, each, declared, batch.notes) for each in faults[line.row]]
        issues = [*line.issues, *(each for each in new if each["message"] not in known)]
        subject = next((each.subject for each in faults[line.row] if each.subject), line.subject)
        updates[line.id] = {
            "state": (line.state, state_of(faults[line.row])),
            "issues": (line.issues, issues),
            "subject_id": (line.subject, subject),
        }
    await gate.update_many(BatchRow, updates)


async def faults_of(
    gate: Gate,
    declared: Declared,
    unit: int,
    lines: Sequence[ListLine],
    bad: Collection[int] = (),
    below: Mapping[int, int] = MappingProxyType({}),
) -> dict[int, list[Fault]]:
    """The faults of lines by their number: their own, and those of the lines with which they come in.

    `bad` are lines in which a cell cannot be read, `below` lines without a name, each with the one above it,
    to which it may belong.
    """
    faults = {
        row: [*each] for row, each in (await declared.bringing.check(gate, unit, lines)).items()
    }
    together: dict[str, list[int]] = {}
    if name_of := declared.bringing.together:
        names = {line.row: name_of(line) for line in lines}
        names |= {row: names[above] for row, above in below.items() if above in names}
        for row, name in names.items():
            together.setdefault(name, []).append(row)
    for rows in together.values():
        states = {row: WRONG if row in bad else state_of(faults.get(row, ())) for row in rows}
        wrong = [row for row in rows if states[row] is WRONG]
        there = [row for row in rows if states[row] is RowState.DUPLICATE]
        message = f"与第 {'、'.join(map(str, wrong[:ROWS_NAMED]))} 行要一并导入，请先把那一行改好"
        given = [Fault("name", message)] if wrong else faults[there[0]] if there else []
        for row in rows:
            if given and states[row] is not state_of(given):
                faults[row] = [*faults.get(row, ()), *given]
    return faults


def grave(faults: Sequence[Fault]) -> list[Fault]:
    """Those that keep a line from being brought in, or are asked about."""
    return [each for each in faults if not each.notice]


def state_of(faults: Sequence[Fault]) -> RowState:
    found = grave(faults)
    if not found:
        return RowState.READY
    return RowState.DUPLICATE if all(each.duplicate for each in found) else WRONG


def issue_of(row: int, fault: Fault, declared: Declared, notes: Mapping[str, Any]) -> JsonObject:
    """A fault as an issue of the line's cell. What is there already is named, and is no error of the cell."""
    title = next(each.title for each in declared.columns if each.name == fault.field)
    letter, title = notes["columns"].get(fault.field, ("", title))
    severity = Severity.WARNING if fault.duplicate or fault.notice else Severity.ERROR
    code = "DUPLICATE" if fault.duplicate else "NOTICE" if fault.notice else "LIST"
    return issue_to_json(Issue(row, letter, title, "", code, fault.message, severity))


@strawberry.type
class ListMutation:
    @act("上传名单并预览", before=read_list)
    async def list_preview(gate: Gate, input: ListPreviewInput) -> ListPayload:
        if not input.batch:
            await gate.speak_in_name_of("Organization", input.unit, "unit")
            gate.stop_if_wrong()
        batch = await store_preview(gate, input.batch, input.revision)
        return ListPayload(batch=row_as(BatchType, batch))

    @act("导入名单")
    async def list_import(gate: Gate, input: ListImportInput) -> ListPayload:
        batch = await import_list(
            gate, input.batch, input.revision, input.only_correct, input.include_duplicates
        )
        return ListPayload(batch=row_as(BatchType, batch))

    @act("撤销整批导入的名单")
    async def list_undo(gate: Gate, input: ListUndoInput) -> ListPayload:
        gate.reason = input.reason
        batch = await load(gate, input.batch, input.revision, BatchState.IMPORTED)
        await take_back(gate, batch, kind_named(gate, batch.kind, "batch"))
        return ListPayload(batch=row_as(BatchType, batch))
