"""Article 6: a month's figures of projects that are signed here, as a unit has them in a file.

Each line is claimed as the act of one figure claims it, and verified like any other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from schema.entries.flagging import Answers, Question, alike, ask_above_agreed
from schema.entries.posting import closed_months, rest_on_rules
from schema.entries.rules import Indicator, SourceOfCapital, counting_month
from schema.fulfilment.acts import figures, meant
from schema.fulfilment.acts.meant import Meant
from schema.fulfilment.rules import GivenFigure
from schema.gate.gate import Gate
from schema.intake import Bringing, Fault, ListKind, ListLine, as_column, columns_in, declare_list

ACTS = {Indicator.PAID_IN_FUNDS: "fundsRecord", Indicator.TAX: "taxRecord"}
SAY_ANOTHER = "确是另一笔的，请在这一格写明理由"


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


def act_of(line: ListLine) -> str:
    """The act that would enter a line; "" of one that does not say what it is."""
    return ACTS[figure_of(line).indicator] if "indicator" in line.values else ""


def answers_of(line: ListLine) -> Answers:
    return Answers(line.values.get("another", ""), "", line.values.get("above_agreed", ""))


async def projects_meant(gate: Gate, lines: Sequence[ListLine]) -> Meant:
    return await meant.projects_meant(gate, lines, act_of, ACTS.values())


async def check_lines(
    gate: Gate, unit: int, lines: Sequence[ListLine]
) -> Mapping[int, list[Fault]]:
    """The faults of lines: of its project, of its figure, then what the act of one figure would ask."""
    await gate.context.load_rules()
    project_of, closed = await projects_meant(gate, lines), await closed_months()
    faults: dict[int, list[Fault]] = {}
    right: list[ListLine] = []
    for line in lines:
        figure, (project, wrong) = figure_of(line), project_of[line.row]
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
        replace(
            figures.question(
                figures.given(project_of[line.row][0]), figure_of(line), answers_of(line)
            ),
            counted=not line.unread,
        )
        for line in right
    ]
    found, same = await alike(gate, asked), same_before(gate, right, asked)
    for line, answer in zip(right, found, strict=True):
        subject = answer.others[0] if answer.faults else None
        faults[line.row] += [
            Fault("another", e.message, True, subject=subject) for e in answer.faults
        ]
        if line.row in same:
            message = f"与第 {same[line.row]} 行的项目、金额、日期相同，是不是同一笔？{SAY_ANOTHER}"
            faults[line.row].append(Fault("another", message, True))
    # What is there already comes in with its own reason alone, and counts for nothing until it has one.
    new = [at for at, line in enumerate(right) if not (found[at].faults or line.row in same)]
    ask_above_agreed(gate, [asked[at] for at in new], [found[at] for at in new])
    for at in new:
        faults[right[at].row] += [Fault(as_column(e.field), e.message) for e in found[at].faults]
    return {row: found for row, found in faults.items() if found}


def same_before(gate: Gate, lines: Sequence[ListLine], asked: Sequence[Question]) -> dict[int, int]:
    """By its number a line that is like one before it and does not say why it is another: that one's number."""
    here = figures.alike_here(gate, [each.key for each in asked])
    found: dict[int, int] = {}
    for line, before in zip(lines, here, strict=True):
        rows = [lines[at].row for at in before if not lines[at].unread]
        if rows and not line.values.get("another"):
            found[line.row] = rows[0]
    return found


async def projects_of_lines(gate: Gate, lines: Sequence[ListLine]) -> Mapping[int, int]:
    found = await projects_meant(gate, lines)
    return {row: project["id"] for row, (project, _) in found.items() if project}


async def hold_projects(gate: Gate, lines: Sequence[ListLine], rows: Sequence[int]) -> None:
    """Hold the projects of lines, or of entries: these only where each may be reversed by the viewer."""
    await rest_on_rules(gate)
    keys = {each["id"] for each, _ in (await projects_meant(gate, lines)).values() if each}
    await gate.hold("Project", keys | await figures.projects_of(rows))
    gate.context.rows.forget()
    await figures.check_reversible(gate, rows)


async def write_lines(gate: Gate, unit: int, lines: Sequence[ListLine]) -> list[int]:
    project_of = await projects_meant(gate, lines)
    return await figures.record_many(
        gate,
        [
            (figures.given(project_of[each.row][0])["id"], figure_of(each), answers_of(each))
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
