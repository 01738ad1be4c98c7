"""The list of companies with their codes, controllers and shareholders, as credit platforms give it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from schema.city.rules import RuleBroken, normal_name
from schema.context import Context
from schema.gate.gate import Gate
from schema.gate.many import move_many
from schema.intake import (
    Bringing,
    Fault,
    ListKind,
    ListLine,
    Restoring,
    as_column,
    columns_in,
    declare_list,
)
from schema.linkage import rules
from schema.linkage.acts.amending import (
    amend_companies,
    companies_called,
    companies_listed,
    read_standing,
    reported_by_code,
)
from schema.linkage.rules import Amendment, OfOne, Standing
from schema.project.tables import NEW_PROJECTS
from schema.query.models import Record

ONE = ("uscc", "region", "source", "as_of")
"""The columns that say one thing of a company, on however many lines it stands."""


@dataclass(frozen=True)
class Known:
    """The companies that the viewer sees, of those that lines name: by code, and by each of their names."""

    by_code: Mapping[str, Record]
    by_name: Mapping[str, Sequence[Record]]
    standing: Mapping[int, Standing]

    def company(self, one: OfOne) -> Record:
        """The company that lines are of. Raises `RuleBroken` at the column that does not fit."""
        name, code = one.value("name"), one.value("uscc")
        named = self.by_name.get(normal_name(name), ())
        if found := self.by_code.get(code or ""):
            if found not in named:
                message = f"这个信用代码登记的是“{found['name']}”，请核对；更名在企业页面凭依据办理"
                raise RuleBroken(message, "name")
            return found
        fitting = [each for each in named if not (code and each["uscc"])]
        if len(fitting) > 1:
            raise RuleBroken(f"有 {len(fitting)} 家企业叫这个名称，请写明信用代码", "uscc")
        if fitting:
            return fitting[0]
        if named:
            rules.check_code_once(code, named[0]["uscc"])
        message = "库内没有这家企业，或名称不同。企业随项目报送登记，请核对后改正或删去这一行"
        raise RuleBroken(message, "name")

    def read(self, gate: Gate, one: OfOne) -> tuple[int, Amendment, list[Fault]]:
        """The company of lines, what is to be recorded, and what is wrong or will be otherwise."""
        company = self.company(one)
        before = self.standing[company["id"]]
        given, broken, others = rules.read_amendment(one, before, gate.today)
        faults = [Fault(as_column(each.field), each.message) for each in broken]
        if not faults and rules.says_nothing_new(given, before):
            message = "与已登记的相同，没有要登记的内容"
            faults = [Fault("name", message, True, subject=company["id"])]
        faults += [Fault(at, f"现登记为“{words}”", notice=True) for at, words in others.items()]
        return company["id"], given, faults


class Read(NamedTuple):
    """The lines of one company, the company's id, what is to be recorded, the faults by line."""

    one: OfOne
    company: int
    given: Amendment | None
    faults: Mapping[int, list[Fault]]


async def read_lines(gate: Gate, lines: Sequence[ListLine]) -> list[Read]:
    """Lines by their companies; no company and no code stands under two names."""
    groups = rules.by_company([(line.row, line.values) for line in lines])
    known = await read_known(gate.context, groups)
    read, first = list[Read](), dict[int | str, int]()
    for one in groups:
        faults, company, given = dict[int, list[Fault]](), 0, None
        for row, column, message in rules.differing(one, ONE):
            faults.setdefault(row, []).append(Fault(column, message))
        try:
            company, given, more = known.read(gate, one)
        except RuleBroken as broken:
            more = [Fault(as_column(broken.field), broken.message)]
        for key in {company, *one.cells("uscc")} - {0}:
            if (row := first.setdefault(key, one.first)) != one.first:
                more.append(Fault("name", f"与第 {row} 行是同一家企业，名称不同，请核对"))
                break
        faults.setdefault(one.first, []).extend(more)
        read.append(Read(one, company, given, faults))
    return read


async def read_known(context: Context, groups: Sequence[OfOne]) -> Known:
    """What is recorded of the companies that lines name, of those that the viewer sees."""
    names = {normal_name(one.value("name")) for one in groups}
    codes = {code for one in groups for code in one.cells("uscc")}
    by_code, by_name = await companies_called(context, names, codes)
    found = {each["id"]: each for same in by_name.values() for each in same}
    return Known(by_code, by_name, await read_standing([*found.values()]))


async def check_lines(
    gate: Gate, unit: int, lines: Sequence[ListLine]
) -> Mapping[int, list[Fault]]:
    return {
        row: each for read in await read_lines(gate, lines) for row, each in read.faults.items()
    }


async def write_lines(gate: Gate, unit: int, lines: Sequence[ListLine]) -> list[int]:
    read = await read_lines(gate, lines)
    given = {each.company: each.given for each in read if each.given}
    rows = await gate.hold("Company", given)
    await move_many(gate, rows)
    await amend_companies(gate, [(row, given[row.id]) for row in rows])
    company = {row: each.company for each in read for row, _ in each.one.lines}
    return [company[line.row] for line in lines]


declare_list(
    ListKind("companies", "企业名单", "企业", "companyAmend", "Company", "/companies", "uscc"),
    columns_in("schema.linkage.rules", "company_list.csv"),
    Bringing(
        check_lines,
        write_lines,
        Restoring({"Company": "id", "CompanyHolder": "company_id"}, reported_by_code),
        NEW_PROJECTS,
        together=lambda line: normal_name(line.values.get("name", "")),
        current=companies_listed,
    ),
)
