"""What importing and confirming share: lines become companies and reports, chunk by chunk."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tortoise.models import Model

from schema import database
from schema.city.rules import RuleBroken, normal_name, search_key
from schema.city.tables import Place
from schema.entries.rules import SourceOfCapital
from schema.gate.gate import Gate
from schema.ledger.acts.batches import BatchLine, lines_in_chunks, own_place
from schema.ledger.acts.investors import seen_of_name
from schema.ledger.rules import LedgerRow, unpacked
from schema.ledger.rules.mapping import MappedProject, map_to_project
from schema.ledger.rules.matching import industry_of
from schema.ledger.tables import Batch, BatchRow, RowState
from schema.linkage.graph import jointly_judged, report_clock
from schema.linkage.rules import (
    NO_DAY_IN_LEDGER,
    VALIDITY,
    Reporter,
    check_claim,
    claim_columns,
    report_columns,
)
from schema.linkage.tables import Claim
from schema.people.tables import Company, Group
from schema.project.rules import CapitalOrigin
from schema.project.tables import Project

NO_CODE = "台账未填统一社会信用代码"


async def search_keys(
    batch: int, states: Collection[RowState], chosen: Collection[int] | None = None
) -> dict[str, str]:
    """The search key of every name in these lines, by name.

    Asked for before the transaction and in a thread: pinyin takes longer than inserting the project.
    """
    names: set[str] = set()
    async for chunk in lines_in_chunks(batch, states, chosen):
        for line in chunk:
            names |= {line.values["name"], line.values["investor_name"]}
    return await asyncio.to_thread(lambda: {name: search_key(name) for name in names})


@dataclass(slots=True)
class EnteredProject:
    """A line being entered: its row, what that maps to, the project's columns, its id once inserted."""

    line: BatchLine
    row: LedgerRow
    mapped: MappedProject
    project: dict[str, Any]
    id: int = 0


@dataclass
class Entering:
    """Lines of one batch, those `chosen` or all, on their way into the database.

    `nos` are the numbers of the projects inserted so far; `by_code` and `by_name` give the ids of
    companies by credit code and by normal name. `migration` is the decision that the lines bear.
    """

    gate: Gate
    batch: Batch
    states: Sequence[RowState]
    chosen: Collection[int] | None = None
    migration: int | None = None
    nos: list[str] = field(default_factory=list)
    by_code: dict[str, int] = field(default_factory=dict)
    by_name: dict[str, int] = field(default_factory=dict)

    async def load_reference_data(self) -> None:
        """Load what all lines share: places, groups, the judgement's deadline, who reports."""
        gate, batch = self.gate, self.batch
        self.own = await own_place(batch.organization_id)
        self.places: dict[str, int] = dict(await Place.all().values_list("slug", "id"))
        self.groups: dict[str, int] = dict(await Group.all().values_list("slug", "id"))
        self.due = (await report_clock(gate.context, gate.now, [])).due_at
        self.jointly = jointly_judged(gate.context)
        self.validity = gate.context.rule(VALIDITY, gate.today).value
        # Whoever imports another unit's batch does not report in its name: the uploader does.
        own_batch = gate.post.organization == batch.organization_id and not self.migration
        person = gate.viewer.person if own_batch else batch.uploaded_by_id
        post = gate.post.id if own_batch else None
        self.reporter = Reporter(batch.organization_id, person or 0, post, gate.now)

    async def insert_companies(self) -> None:
        """Find the investor of every line by its code, or without one by its name among the companies that
        the importer sees, or insert it.
        """
        async for chunk in lines_in_chunks(self.batch.id, self.states, self.chosen):
            lines = [line.values for line in chunk]
            await self._load_companies(lines)
            new: list[dict[str, Any]] = []
            names: set[str] = set()
            for each in lines:
                code, name = each.get("uscc"), normal_name(each["investor_name"])
                if code in self.by_code if code else name in self.by_name or name in names:
                    continue
                new.append(self._company(each))
                names.add(name)
                if code:
                    self.by_code[code] = 0
            ids = await self.gate.insert_many(Company, new)
            for row, key in zip(new, ids, strict=True):
                self.by_name.setdefault(row["normal_name"], key)
                if row["uscc"]:
                    self.by_code[row["uscc"]] = key

    async def mapped(self, chunk: Sequence[BatchLine]) -> list[EnteredProject]:
        """What the lines map to, each with the number of its project, still without columns."""
        year = self.gate.today.year
        numbers = await self.gate.numbers(f"project {year}", len(chunk))
        found = []
        for line, number in zip(chunk, numbers, strict=True):
            row = unpacked(line.values)
            mapped = map_to_project(row, self.gate.today, self.own)
            found.append(EnteredProject(line, row, mapped, {"no": f"{year}-{number:04d}"}))
        return found

    async def insert_reports(self, entered: Sequence[EnteredProject], claimed: Reporter) -> None:
        """Insert what is reported and waits for judgement, with the claim of `claimed`."""
        for each in entered:
            each.project = self.columns(each, self.reporter) | {
                "judge_by": self.due,
                "jointly_judged": self.jointly,
            }
        await self.insert_projects(entered)
        await self.insert_claims(entered, claimed, by_report=True)

    async def insert_projects(self, entered: Sequence[EnteredProject]) -> None:
        """Insert projects with their columns, and note their ids."""
        ids = await self.gate.insert_many(Project, [each.project for each in entered])
        for each, key in zip(entered, ids, strict=True):
            each.id = key

    async def insert_claims(
        self, entered: Sequence[EnteredProject], claimed: Reporter, *, by_report: bool
    ) -> None:
        """Insert the claim of the uploading place, or of the line's first-contact place.

        Raises RuleBroken at `batch` where a contact can no longer be claimed.
        """
        uploaded = self.gate.context.day_of(self.batch.uploaded_at)
        claims = []
        for each in entered:
            place = self.places.get(self.own or each.row.first_contact_place)
            if place is None:
                continue
            day = each.row.first_talk_date
            if day and not self.migration:
                self.check_contact(each.row)
            note = f"台账 {self._source(each)}" + ("" if day else f"；{NO_DAY_IN_LEDGER}")
            claims.append(
                claim_columns(
                    claimed,
                    project=each.id,
                    place=place,
                    contact_on=day or uploaded,
                    contact_with=each.row.contact_name,
                    contact_by=each.row.first_contact_person,
                    note=note,
                    by_report=by_report,
                )
            )
        await self.gate.insert_many(Claim, claims)

    def check_contact(self, row: LedgerRow) -> None:
        """Check the day of a contact as a claim does."""
        try:
            check_claim(row.first_talk_date or self.gate.today, self.gate.today, self.validity)
        except RuleBroken as broken:
            raise RuleBroken(f"第 {row.row} 行：{broken.message}", "batch") from None

    async def mark(self, entered: Sequence[EnteredProject], state: RowState) -> None:
        """Note on the lines what became of them."""
        await self.gate.update_many(
            BatchRow,
            {
                each.line.id: {
                    "state": (each.line.state, state),
                    "project_id": (each.line.project, each.id),
                    "migration_id": (None, self.migration),
                }
                for each in entered
            },
        )
        self.nos += [each.project["no"] for each in entered]

    def columns(self, each: EnteredProject, reporter: Reporter) -> dict[str, Any]:
        """The columns of the project of a line, as a report has them."""
        row, no, search = each.row, each.project["no"], self._search_key
        foreign = row.source_of_capital == SourceOfCapital.FOREIGN
        origin = CapitalOrigin.FOREIGN if foreign else CapitalOrigin.DOMESTIC
        return report_columns(
            reporter,
            no=no,
            name=row.name,
            search=f"{no} {search(row.name)} {search(row.investor_name)}",
            investor=self._investor(row),
            amount_fen=row.agreed_investment or 0,
            fixed_assets_fen=row.agreed_fixed_assets,
            capital_origin=row.capital_origin or origin,
            judge_by=None,
            jointly_judged=False,
            now=self.gate.now,
            summary=row.description,
            amount_estimated="agreed_investment" in row.estimates,
            industry_code=industry_of(row),
            group_id=self.groups.get(row.group),
            land_mu=None if row.land_mu is None else str(row.land_mu),
            contact_name=row.contact_name,
            contact_phone=row.contact_phone,
            source=f"台账导入 {self._source(each)}",
            needs="",
            owner_name=row.owner,
        )

    def _company(self, line: Mapping[str, Any]) -> dict[str, Any]:
        name, code = line["investor_name"], line.get("uscc")
        return {
            "uscc": code,
            "no_code_reason": "" if code else NO_CODE,
            "name": name,
            "normal_name": normal_name(name),
            "search": self._search_key(name),
            "region": line.get("investor_region", ""),
            "created_at": self.gate.now,
        }

    def _investor(self, row: LedgerRow) -> int:
        name = normal_name(row.investor_name)
        return self.by_code[row.uscc] if row.uscc else self.by_name[name]

    def _search_key(self, name: str) -> str:
        keys: Mapping[str, str] = self.gate.prepared
        return keys.get(name) or search_key(name)

    def _source(self, each: EnteredProject) -> str:
        return f"{self.batch.no} 第 {each.row.row} 行"

    async def _load_companies(self, lines: Sequence[Mapping[str, Any]]) -> None:
        codes = [each["uscc"] for each in lines if "uscc" in each]
        self.by_code |= await ids_by(Company, "uscc", codes)
        names = {normal_name(each["investor_name"]) for each in lines} - set(self.by_name)
        named = sorted(await seen_of_name(names, self.gate.context))
        for company in named:  # of several with one name the oldest wins, before who had it once
            self.by_name.setdefault(company.name, company.id)
        for company in named:
            for name in company.former & names:
                self.by_name.setdefault(name, company.id)


async def ids_by(table: type[Model], column: str, values: Sequence[str]) -> dict[str, int]:
    """The id of each row whose unique `column` is among `values`, by that value."""
    if not values:
        return {}
    marks = ", ".join("?" * len(values))
    rows = await database.fetch(
        f'SELECT "id", "{column}" FROM "{table._meta.db_table}" WHERE "{column}" IN ({marks})',
        values,
    )
    return {row[column]: row["id"] for row in rows}
