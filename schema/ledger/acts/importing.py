"""Import: the lines of a batch become companies, projects, agreements, entries and milestones."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tortoise.models import Model

from schema import database
from schema.city.rules import RuleBroken, normal_name, search_key
from schema.city.tables import Place
from schema.entries import posting
from schema.entries.rules import Indicator, SourceOfCapital
from schema.fulfilment.tables import Milestone
from schema.gate.gate import Gate
from schema.ledger.acts.batches import BatchLine, lines_in_chunks, load, own_place, report_progress
from schema.ledger.acts.rechecking import mark_new_duplicates, mark_wrong_investors
from schema.ledger.rules import LedgerRow, unpacked, words
from schema.ledger.rules.mapping import MappedProject, map_to_project
from schema.ledger.rules.matching import industry_of
from schema.ledger.tables import Batch, BatchRow, BatchState, RowState
from schema.linkage.graph import report_clock
from schema.linkage.tables import Judgement, Transfer, TransferState, Verdict
from schema.people.tables import Company, Group, Organization
from schema.project.rules import UNJUDGED, CapitalOrigin, Stage
from schema.project.tables import NEW_PROJECTS, Project
from schema.signing.rules import counts
from schema.signing.tables import Agreement

NO_CODE = "台账未填统一社会信用代码"
LONGEST_TITLE = 200
ROWS_NAMED = 10


async def prepare_search_keys(gate: Gate, input: Any) -> dict[str, str]:
    """The search key of every name in the batch, by name.

    Runs before the transaction and in a thread: pinyin takes longer than inserting the project.
    """
    row = gate.require(await gate.try_find("Batch", input.batch, "batch"))
    names: set[str] = set()
    async for chunk in lines_in_chunks(row["id"], importable_states(input.include_duplicates)):
        for line in chunk:
            names |= {line.values["name"], line.values["investor_name"]}
    return await asyncio.to_thread(lambda: {name: search_key(name) for name in names})


async def import_batch(
    gate: Gate, batch_id: str, revision: int, only_correct: bool, include_duplicates: bool
) -> Batch:
    """Import the correct lines of a batch, all in the act's transaction, and return the batch.

    Raises RuleBroken at `onlyCorrect` when lines have errors and `only_correct` is not set, at
    `batch` when no line is left to import.
    """
    batch = await load(gate, batch_id, revision, BatchState.PREVIEW)
    if batch.wrong_count and not only_correct:
        raise RuleBroken(
            f"有 {batch.wrong_count} 行需要修改，一行也没有导入。"
            "请改好后重新上传，或者选择“只导入正确行”",
            "onlyCorrect",
        )
    run = ImportRun(gate, batch, importable_states(include_duplicates))
    await run.load_reference_data()
    await gate.alone(NEW_PROJECTS)
    wrong = await mark_wrong_investors(gate, batch, run.states)
    if wrong and not only_correct:
        raise RuleBroken(
            f"第 {'、'.join(map(str, wrong[:ROWS_NAMED]))} 行的投资方与上传以后登记的企业对不上，"
            "一行也没有导入。请重新上传核对，或者选择“只导入正确行”",
            "onlyCorrect",
        )
    await run.insert_companies()
    duplicates = 0 if include_duplicates else await mark_new_duplicates(gate, batch, run.states)
    await run.insert_projects()
    if not run.nos:
        raise RuleBroken("没有可以导入的行。请改好后重新上传，或者把疑似重复的一并导入", "batch")
    await gate.change(
        batch,
        state=BatchState.IMPORTED,
        imported_at=gate.now,
        imported_count=len(run.nos),
        ready_count=0,
        wrong_count=batch.wrong_count + len(wrong),
        duplicate_count=0 if include_duplicates else batch.duplicate_count + duplicates,
    )
    return batch


def importable_states(include_duplicates: bool) -> tuple[RowState, ...]:
    """The states of the lines that an import takes."""
    return (RowState.READY, RowState.DUPLICATE) if include_duplicates else (RowState.READY,)


@dataclass(slots=True)
class ImportedProject:
    """A line being imported: its row, what that maps to, the project's columns, its id once inserted."""

    line: BatchLine
    row: LedgerRow
    mapped: MappedProject
    project: dict[str, Any]
    id: int = 0


@dataclass
class ImportRun:
    """The import of one batch, chunk by chunk.

    `nos` are the numbers of the projects inserted so far; `by_code` and `by_name` give the ids of
    companies by credit code and by normal name.
    """

    gate: Gate
    batch: Batch
    states: Sequence[RowState]
    nos: list[str] = field(default_factory=list)
    by_code: dict[str, int] = field(default_factory=dict)
    by_name: dict[str, int] = field(default_factory=dict)

    async def load_reference_data(self) -> None:
        """Load what all lines share: places, groups, units, judgement deadline, shares."""
        self.own = await own_place(self.batch.organization_id)
        self.places: dict[str, int] = dict(await Place.all().values_list("slug", "id"))
        self.groups: dict[str, int] = dict(await Group.all().values_list("slug", "id"))
        self.units = await Organization.all().order_by("position", "id")
        await posting.rest_on_rules(self.gate)
        self.due = (await report_clock(self.gate.context, self.gate.now, [])).due_at

    async def insert_companies(self) -> None:
        """Find the investor of every line by its code, or without one by its name, or insert it."""
        async for chunk in lines_in_chunks(self.batch.id, self.states):
            lines = [line.values for line in chunk]
            await self._load_companies(lines)
            new: list[dict[str, Any]] = []
            for each in lines:
                code, name = each.get("uscc"), normal_name(each["investor_name"])
                if code in self.by_code if code else name in self.by_name:
                    continue
                new.append(self._company(each))
                self.by_name.setdefault(name, 0)
                if code:
                    self.by_code[code] = 0
            await self.gate.insert_many(Company, new)
            await self._load_companies(lines)

    async def insert_projects(self) -> None:
        """Insert the projects of all lines with everything that belongs to them."""
        total = self.batch.ready_count + self.batch.duplicate_count
        year = self.gate.today.year
        async for chunk in lines_in_chunks(self.batch.id, self.states):
            numbers = await self.gate.numbers(f"project {year}", len(chunk))
            imported = [
                self._map_line(line, f"{year}-{number:04d}")
                for line, number in zip(chunk, numbers, strict=True)
            ]
            await self._insert_projects(imported)
            await self._insert_judgements(imported)
            entries = await self._insert_figures(imported)
            await self._insert_agreements(imported, entries)
            await self.gate.update_many(
                BatchRow,
                {
                    each.line.id: {
                        "state": (each.line.state, RowState.IMPORTED),
                        "project_id": (each.line.project, each.id),
                    }
                    for each in imported
                },
            )
            self.nos += [each.project["no"] for each in imported]
            report_progress(self.gate, len(self.nos), total)

    def _map_line(self, line: BatchLine, no: str) -> ImportedProject:
        row = unpacked(line.values)
        mapped = map_to_project(row, self.gate.today, self.own)
        return ImportedProject(line, row, mapped, self._project(row, mapped, no))

    def _project(self, row: LedgerRow, mapped: MappedProject, no: str) -> dict[str, Any]:
        now, search = self.gate.now, self._search_key
        foreign = row.source_of_capital == SourceOfCapital.FOREIGN
        origin = CapitalOrigin.FOREIGN if foreign else CapitalOrigin.DOMESTIC
        return {
            "no": no,
            "name": row.name,
            "normal_name": normal_name(row.name),
            "search": f"{no} {search(row.name)} {search(row.investor_name)}",
            "summary": row.description,
            "investor_id": self._investor(row),
            "amount_fen": row.agreed_investment,
            "amount_estimated": "agreed_investment" in row.estimates,
            "fixed_assets_fen": row.agreed_fixed_assets,
            "industry_code": industry_of(row),
            "group_id": self.groups.get(row.group),
            "capital_origin": row.capital_origin or origin,
            "land_mu": None if row.land_mu is None else str(row.land_mu),
            "contact_name": row.contact_name,
            "contact_phone": row.contact_phone,
            "source": f"台账导入 {self.batch.no} 第 {row.row} 行",
            "needs": "",
            "stage": mapped.stage,
            "stage_at": now,
            "reported_by_id": self._unit(row),
            "reporter_id": self.gate.viewer.person,
            "reported_at": now,
            "judge_by": self.due,
            "judged_at": None if mapped.stage in UNJUDGED else now,
            "first_contact_place_id": self.places.get(mapped.first_contact_place),
            "landing_place_id": self.places.get(mapped.landing_place),
            "owner_name": row.owner,
            "signed_on": mapped.signed_on,
            "signed_fen": mapped.total(Indicator.SIGNED_FUNDS),
            "paid_in_fen": mapped.total(Indicator.PAID_IN_FUNDS),
            "updated_at": now,
        }

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

    def _unit(self, row: LedgerRow) -> int:
        """The id of the responsible unit, by its name or its place's; else of the uploading unit."""
        name = row.responsible_unit
        if self.own or not name:
            return self.batch.organization_id
        slug = words.place(name)
        for unit in self.units:
            if name.startswith((unit.name, unit.short_name)) or unit.slug == slug:
                key: int = unit.id
                return key
        return self.batch.organization_id

    def _search_key(self, name: str) -> str:
        keys: Mapping[str, str] = self.gate.prepared
        return keys.get(name) or search_key(name)

    def _source(self, each: ImportedProject) -> str:
        return f"{self.batch.no} 第 {each.row.row} 行"

    async def _load_companies(self, lines: Sequence[Mapping[str, Any]]) -> None:
        codes = [each["uscc"] for each in lines if "uscc" in each]
        self.by_code |= await ids_by(Company, "uscc", codes)
        names = [normal_name(each["investor_name"]) for each in lines]
        # Of several with one name the oldest wins: it comes last here.
        named = Company.filter(normal_name__in=names).order_by("-id")
        self.by_name |= dict(await named.values_list("normal_name", "id"))

    async def _insert_projects(self, imported: Sequence[ImportedProject]) -> None:
        ids = await self.gate.insert_many(Project, [each.project for each in imported])
        for each, key in zip(imported, ids, strict=True):
            each.id = key

    async def _insert_judgements(self, imported: Sequence[ImportedProject]) -> None:
        now, person = self.gate.now, self.gate.viewer.person
        judged = [each for each in imported if each.project["judged_at"]]
        await self.gate.insert_many(
            Judgement,
            [
                {
                    "project_id": each.id,
                    "verdict": verdict(each.mapped.stage),
                    "first_contact_place_id": each.project["first_contact_place_id"],
                    "reason": f"按台账导入（{self._source(each)}）",
                    "due_at": self.due,
                    "judged_by_id": person,
                    "judged_at": now,
                }
                for each in judged
            ],
        )
        await self.gate.insert_many(
            Transfer,
            [
                {
                    "project_id": each.id,
                    "from_place_id": each.project["first_contact_place_id"],
                    "to_place_id": each.project["landing_place_id"],
                    "state": TransferState.TAKEN_UP,
                    "reason": f"按台账导入（{self._source(each)}），导入前已流转",
                    "requested_by_id": person,
                    "requested_at": now,
                    "decided_by_id": person,
                    "decided_at": now,
                    "taken_up_by_id": person,
                    "taken_up_at": now,
                }
                for each in judged
                if each.mapped.first_contact_place not in ("", each.mapped.landing_place)
            ],
        )

    async def _insert_figures(self, imported: Sequence[ImportedProject]) -> dict[int, int]:
        """Insert the entries and their credits; the id of each project's first entry, by project id."""
        figures = [(each, figure) for each in imported for figure in each.mapped.figures]
        try:
            rows = await posting.record_entries(
                self.gate,
                [
                    posting.Figure(
                        each.id,
                        each.project["first_contact_place_id"],
                        each.project["landing_place_id"],
                        figure.indicator,
                        figure.amount_fen,
                        figure.occurred_on,
                        figure.source,
                        f"{figure.note}（{self._source(each)}）",
                        self.gate.post.organization,
                        figure.opening,
                    )
                    for each, figure in figures
                ],
            )
        except RuleBroken as broken:
            raise RuleBroken(f"整批没有导入：{broken.message}", "batch") from None
        first: dict[int, int] = {}
        for row in rows:
            first.setdefault(row["project_id"], row["id"])
        return first

    async def _insert_agreements(
        self, imported: Sequence[ImportedProject], entries: Mapping[int, int]
    ) -> None:
        now, person = self.gate.now, self.gate.viewer.person
        await self.gate.insert_many(
            Agreement,
            [
                {
                    "project_id": each.id,
                    "kind": agreed.kind,
                    "title": f"{each.row.name[: LONGEST_TITLE - 4]}投资协议",
                    "amount_fen": agreed.amount_fen,
                    "signed_on": agreed.signed_on,
                    "start_by": agreed.start_by,
                    "complete_by": agreed.complete_by,
                    "operate_by": agreed.operate_by,
                    "entry_id": entries[each.id] if counts(agreed.kind) else None,
                    "recorded_by_id": person,
                    "recorded_at": now,
                }
                for each in imported
                if (agreed := each.mapped.agreement)
            ],
        )
        await self.gate.insert_many(
            Milestone,
            [
                {
                    "project_id": each.id,
                    "stage": stage,
                    "reached_on": day,
                    "note": "台账导入",
                    "recorded_by_id": person,
                    "recorded_at": now,
                }
                for each in imported
                for stage, day in each.mapped.milestones
            ],
        )


def verdict(stage: Stage) -> Verdict:
    return Verdict.DECLINED if stage == Stage.DECLINED else Verdict.ACCEPTED


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
