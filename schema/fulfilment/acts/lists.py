"""Article 6: a month's figures of projects that are signed here, as a unit has them in a file.

Each line is claimed as the act of one figure claims it, and verified like any other.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from schema.city.rules import normal_name
from schema.city.rules.life import LOOK_AGAIN
from schema.clauses import any_of
from schema.database.statements import in_chunks
from schema.entries.flagging import Answers, ask_about_many
from schema.entries.posting import closed_months, rest_on_rules
from schema.entries.rules import Indicator, SourceOfCapital, counting_month
from schema.fulfilment.acts import figures
from schema.fulfilment.rules import GivenFigure, as_number
from schema.gate.gate import Gate
from schema.gate.many import hindrances
from schema.intake import Bringing, Fault, ListKind, ListLine, as_column, columns_in, declare_list
from schema.query.loaders import in_values
from schema.query.models import KINDS, Record
from schema.query.sql import Read

ACTS = {Indicator.PAID_IN_FUNDS: "fundsRecord", Indicator.TAX: "taxRecord"}
LOOKED_AT = "导入时已核对，确是另一笔"
LISTED = 20
Meant: TypeAlias = dict[int, tuple[Record | None, list[Fault]]]
"""By the number of a line the project that it means, and why it may not be entered for that."""


def figure_of(line: ListLine) -> GivenFigure:
    given, source = line.values, line.values.get("source_of_capital")
    note = given.get("evidence_note")
    return GivenFigure(
        Indicator(given.get("indicator", Indicator.PAID_IN_FUNDS)),
        given.get("amount"),
        line.day("occurred_on"),
        given.get("early_reason", ""),
        SourceOfCapital(source) if source else None,
        f"{note}（导入 {line.batch} 第 {line.row} 行）" if note and line.batch else note,
    )


def number_typed(line: ListLine) -> str:
    return as_number(line.values.get("project_no", ""))


def answers_of(line: ListLine, another: str = "") -> Answers:
    """What a line answers; `another` where it does not say that it is another figure."""
    return Answers(line.values.get("another", another), "", line.values.get("above_agreed", ""))


async def projects_meant(gate: Gate, lines: Sequence[ListLine]) -> Meant:
    """The projects of lines among those that the viewer sees: what is not seen is not found."""
    by_no: dict[str, Record] = {}
    for some in in_chunks([each.values for each in lines]):
        nos = sorted({as_number(each["project_no"]) for each in some if "project_no" in each})
        names = sorted({normal_name(each["name"]) for each in some if "name" in each})
        parts = [in_values(*e) for e in (("no", nos), ("normal_name", names)) if e[1]]
        read = Read(KINDS["Project"], (any_of(parts),))
        by_no |= {row["no"]: row for row in await gate.context.rows.all(read)}
    by_name: dict[str, list[Record]] = {}
    for row in by_no.values():
        by_name.setdefault(row["normal_name"], []).append(row)
    kept = {act: await hindrances(gate, "Project", by_no.values(), act) for act in ACTS.values()}
    found: Meant = {}
    for line in lines:
        no, name = number_typed(line), normal_name(line.values.get("name", ""))
        # Of a line that does not say what it is no act is asked whether it may be done.
        hindered = kept[ACTS[figure_of(line).indicator]] if "indicator" in line.values else {}
        named = by_name.get(name, []) if name else []
        rows = [each for each in named if each["id"] not in hindered] or named
        if no:
            rows = [by_no[no]] if no in by_no else []
        message = ""
        if not no and not name:
            message = "请填项目编号或项目名称"
        elif not rows:
            message = "没有找到这个项目，请核对编号和名称"
        elif len(rows) > 1:
            message = "有几个项目是这个名称，请填项目编号"
        elif name and rows[0]["normal_name"] != name:
            message = f"{no} 是“{rows[0]['name']}”，与名称不符，请核对"
        elif rows[0]["id"] in hindered:
            message = hindered[rows[0]["id"]].message.removesuffix(LOOK_AGAIN)
        fault = [Fault("name" if name and not no else "project_no", message)] if message else []
        found[line.row] = (rows[0] if len(rows) == 1 else None, fault)
    return found


async def check_lines(
    gate: Gate, unit: int, lines: Sequence[ListLine]
) -> Mapping[int, list[Fault]]:
    """The faults of lines: of its project, of its figure, then what the act of one figure would ask."""
    await gate.context.load_rules()
    meant, closed = await projects_meant(gate, lines), await closed_months()
    faults: dict[int, list[Fault]] = {}
    right: list[ListLine] = []
    for line in lines:
        figure, (project, wrong) = figure_of(line), meant[line.row]
        broken = figures.faults_of(gate, figure, None if wrong else project)
        faults[line.row] = [*wrong, *(Fault(as_column(e.field), e.message) for e in broken)]
        is_paid_in = line.values.get("indicator") == Indicator.PAID_IN_FUNDS
        if is_paid_in and not figure.source_of_capital:
            faults[line.row].append(Fault("source_of_capital", "到位资金请填资金来源"))
        if figure.amount_fen is None or figure.occurred_on is None or faults[line.row]:
            continue
        right.append(line)
        month = counting_month(figure.occurred_on, closed)
        if month != figure.occurred_on.replace(day=1):
            message = f"{figure.occurred_on:%Y年%m月}已关账，计入 {month:%Y年%m月}"
            faults[line.row].append(Fault("occurred_on", message, notice=True))
    asked = [
        figures.question(figures.given(meant[line.row][0]), figure_of(line), answers_of(line))
        for line in right
    ]
    here = figures.alike_here(gate, [each.key for each in asked])
    for line, answer, before in zip(right, await ask_about_many(gate, asked), here, strict=True):
        for each in answer.faults:
            same = each.field == "another"
            subject = answer.others[0] if same else None
            faults[line.row] += [Fault(as_column(each.field), each.message, same, same, subject)]
        if before and not line.values.get("another"):
            message = f"与第 {right[before[0]].row} 行的项目、金额、日期相同，是不是同一笔？"
            faults[line.row].append(Fault("another", message, True, asked=True))
    return {row: found for row, found in faults.items() if found}


async def projects_of_lines(gate: Gate, lines: Sequence[ListLine]) -> Mapping[int, int]:
    meant = await projects_meant(gate, lines)
    return {row: project["id"] for row, (project, _) in meant.items() if project}


async def hold_projects(gate: Gate, lines: Sequence[ListLine], rows: Sequence[int]) -> None:
    """Hold the projects of lines, or of entries: these only where each may be reversed by the viewer."""
    await rest_on_rules(gate)
    keys = {each["id"] for each, _ in (await projects_meant(gate, lines)).values() if each}
    await gate.hold("Project", keys | await figures.projects_of(rows))
    gate.context.rows.forget()
    await figures.check_reversible(gate, rows)


async def write_lines(gate: Gate, unit: int, lines: Sequence[ListLine]) -> list[int]:
    meant = await projects_meant(gate, lines)
    return await figures.record_many(
        gate,
        [
            (figures.given(meant[each.row][0])["id"], figure_of(each), answers_of(each, LOOKED_AT))
            for each in lines
        ],
    )


declare_list(
    ListKind("entries", "到位资金和税收", "记录", "fundsRecord", "Entry", "/verification"),
    columns_in("schema.fulfilment", "entry_list.csv"),
    Bringing(
        check_lines,
        write_lines,
        figures.reverse_many,
        "",
        hold=hold_projects,
        projects=projects_of_lines,
    ),
)
