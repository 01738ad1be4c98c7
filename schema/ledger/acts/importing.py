"""The lines of a batch become companies, projects, agreements, milestones, shared figures."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from schema import database
from schema.city.rules import RuleBroken, normal_name, search_key
from schema.city.tables import Place
from schema.entries.posting import Shares, shares
from schema.entries.rules import Indicator, SourceOfCapital
from schema.entries.tables import Credit, Entry
from schema.fulfilment.tables import Milestone
from schema.gate.gate import Gate
from schema.ledger.acts.batches import Line, in_chunks, load, own_place, report_progress
from schema.ledger.acts.bulk_insert import ids_of, plain, store_all
from schema.ledger.acts.candidates import register
from schema.ledger.acts.preview import doubled
from schema.ledger.rules import LedgerRow, unpacked, words
from schema.ledger.rules.mapping import Outcome, outcome
from schema.ledger.rules.matching import industry_of
from schema.ledger.rules.validation import as_kept
from schema.ledger.tables import Batch, BatchState, RowState
from schema.linkage.graph import report_clock
from schema.linkage.tables import Judgement, Transfer, TransferState, Verdict
from schema.people.tables import Company, Group, Organization
from schema.project.rules import CapitalOrigin, Stage
from schema.project.tables import Project
from schema.signing.rules import counts
from schema.signing.tables import Agreement

NO_CODE = "台账未填统一社会信用代码"
UNJUDGED = frozenset({Stage.REPORTED, Stage.WITHDRAWN})
LONGEST_TITLE = 200
SET_ASIDE = (
    'UPDATE "batch_row" SET "state" = \'DUPLICATE\', "issues" = ?, "project_id" = ? WHERE "id" = ?'
)
BECAME = 'UPDATE "batch_row" SET "state" = \'IMPORTED\', "project_id" = ? WHERE "id" = ?'


async def spell(gate: Gate, input: Any) -> dict[str, str]:
    """What the lines' names are searched by. Pinyin takes longer than storing a project."""
    row = await gate.find("Batch", input.batch, "batch")
    names: set[str] = set()
    async for chunk in in_chunks(row["id"], taken(input.include_duplicates)):
        for line in chunk:
            names |= {line.said["name"], line.said["investor_name"]}
    return await asyncio.to_thread(lambda: {name: search_key(name) for name in names})


async def bring_in(
    gate: Gate, said: str, revision: int, only_correct: bool, include_duplicates: bool
) -> Batch:
    batch = await load(gate, said, revision, BatchState.PREVIEW)
    if batch.wrong_count and not only_correct:
        raise RuleBroken(
            f"有 {batch.wrong_count} 行需要修改，一行也没有导入。"
            "请改好后重新上传，或者选择“只导入正确行”",
            "onlyCorrect",
        )
    work = BringingIn(gate, batch, taken(include_duplicates))
    await work.look_up()
    await work.companies()
    # From here nobody else imports or reports until this act has ended, one way or the other.
    await gate.numbers(f"project {gate.today.year}", 0)
    doubles = 0 if include_duplicates else await work.set_doubles_aside()
    await work.projects()
    if not work.nos:
        raise RuleBroken("没有可以导入的行。请改好后重新上传，或者把疑似重复的一并导入", "batch")
    await gate.change(
        batch,
        state=BatchState.IMPORTED,
        imported_at=gate.now,
        imported_count=len(work.nos),
        ready_count=0,
        duplicate_count=0 if include_duplicates else batch.duplicate_count + doubles,
    )
    gate.changes["Imported"] = {"no": [None, work.nos]}
    return batch


def taken(include_duplicates: bool) -> tuple[RowState, ...]:
    return (RowState.READY, RowState.DUPLICATE) if include_duplicates else (RowState.READY,)


@dataclass(slots=True)
class Brought:
    """A line on its way: what it says, what it becomes, the project's columns and then its id."""

    line: Line
    row: LedgerRow
    made: Outcome
    project: dict[str, Any]
    id: int = 0


@dataclass(slots=True)
class Posted:
    """An entry as far as its credits need it."""

    id: int
    project_id: int
    indicator: Indicator
    amount_fen: int
    occurred_on: date
    recorded_at: datetime


@dataclass
class BringingIn:
    """One batch becoming projects, some hundred lines at a time."""

    gate: Gate
    batch: Batch
    states: Sequence[RowState]
    nos: list[str] = field(default_factory=list)
    by_code: dict[str, int] = field(default_factory=dict)
    by_name: dict[str, int] = field(default_factory=dict)

    async def look_up(self) -> None:
        """What all lines need to know of the city."""
        self.own = await own_place(self.batch.organization_id)
        self.places: dict[str, int] = dict(await Place.all().values_list("slug", "id"))
        self.groups: dict[str, int] = dict(await Group.all().values_list("slug", "id"))
        self.units = await Organization.all().order_by("position", "id")
        self.due = (await report_clock(self.gate.context, self.gate.now, [])).due_at
        self.shares: Shares = await shares(self.gate.context)

    async def companies(self) -> None:
        """Every line's investor: known by code, or without one by name; else made."""
        async for chunk in in_chunks(self.batch.id, self.states):
            said = [line.said for line in chunk]
            await self._know_companies(said)
            new: list[dict[str, Any]] = []
            for each in said:
                code, name = each.get("uscc"), normal_name(each["investor_name"])
                if code in self.by_code if code else name in self.by_name:
                    continue
                new.append(self._company(each))
                self.by_name.setdefault(name, 0)
                if code:
                    self.by_code[code] = 0
            # Somebody may report the same company at this moment: then it is theirs that is taken.
            await store_all(Company, new, or_ignore=True)
            await self._know_companies(said)

    async def set_doubles_aside(self) -> int:
        """Lines that have become projects since the preview, as by the same file sent twice."""
        count = 0
        async for chunk in in_chunks(self.batch.id, self.states):
            rows = [unpacked(line.said) for line in chunk]
            there = await register(rows)
            twins = [(row, twin) for row in rows if (twin := there.twin(row))]
            lines = {row.row: line for row, line in zip(rows, chunk, strict=True)}
            aside = []
            for issue, (row, twin) in zip(await doubled(self.gate, twins, {}), twins, strict=True):
                line = lines[row.row]
                aside.append([plain([*line.issues, as_kept(issue)]), twin.id, line.id])
            await database.write(SET_ASIDE, aside)
            count += len(aside)
        return count

    async def projects(self) -> None:
        total = self.batch.ready_count + self.batch.duplicate_count
        year = self.gate.today.year
        async for chunk in in_chunks(self.batch.id, self.states):
            numbers = await self.gate.numbers(f"project {year}", len(chunk))
            brought = [
                self._brought(line, f"{year}-{number:04d}")
                for line, number in zip(chunk, numbers, strict=True)
            ]
            await self._store_projects(brought)
            await self._store_judgements(brought)
            entries = await self._store_figures(brought)
            await self._store_agreements(brought, entries)
            await database.write(BECAME, [[each.id, each.line.id] for each in brought])
            self.nos += [each.project["no"] for each in brought]
            report_progress(self.gate, len(self.nos), total)

    # ------------------------------------------------------------ one line

    def _brought(self, line: Line, no: str) -> Brought:
        row = unpacked(line.said)
        made = outcome(row, self.gate.today, self.own)
        return Brought(line, row, made, self._project(row, made, no))

    def _project(self, row: LedgerRow, made: Outcome, no: str) -> dict[str, Any]:
        now, spelled = self.gate.now, self._spelled
        foreign = row.source_of_capital == SourceOfCapital.FOREIGN
        origin = CapitalOrigin.FOREIGN if foreign else CapitalOrigin.DOMESTIC
        return {
            "no": no,
            "name": row.name,
            "normal_name": normal_name(row.name),
            "search": f"{no} {spelled(row.name)} {spelled(row.investor_name)}",
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
            "stage": made.stage,
            "stage_at": now,
            "reported_by_id": self._unit(row),
            "reporter_id": self.gate.viewer.person,
            "reported_at": now,
            "judge_by": self.due,
            "judged_at": None if made.stage in UNJUDGED else now,
            "first_contact_place_id": self.places.get(made.first_contact_place),
            "landing_place_id": self.places.get(made.landing_place),
            "owner_name": row.owner,
            "signed_on": made.signed_on,
            "signed_fen": made.total(Indicator.SIGNED_FUNDS),
            "paid_in_fen": made.total(Indicator.PAID_IN_FUNDS),
            "updated_at": now,
        }

    def _company(self, said: Mapping[str, Any]) -> dict[str, Any]:
        name, code = said["investor_name"], said.get("uscc")
        return {
            "uscc": code,
            "no_code_reason": "" if code else NO_CODE,
            "name": name,
            "normal_name": normal_name(name),
            "search": self._spelled(name),
            "region": said.get("investor_region", ""),
            "created_at": self.gate.now,
        }

    def _investor(self, row: LedgerRow) -> int:
        name = normal_name(row.investor_name)
        return self.by_code[row.uscc] if row.uscc else self.by_name[name]

    def _unit(self, row: LedgerRow) -> int:
        """The unit responsible, by its name or its place's; else the one that sent the ledger."""
        said = row.responsible_unit
        if self.own or not said:
            return self.batch.organization_id
        slug = words.place(said)
        for unit in self.units:
            if said.startswith((unit.name, unit.short_name)) or unit.slug == slug:
                return unit.id
        return self.batch.organization_id

    def _spelled(self, name: str) -> str:
        spelled: Mapping[str, str] = self.gate.prepared
        return spelled.get(name) or search_key(name)

    def _line(self, each: Brought) -> str:
        return f"{self.batch.no} 第 {each.row.row} 行"

    # ------------------------------------------------------------ storing

    async def _know_companies(self, said: Sequence[Mapping[str, Any]]) -> None:
        codes = [each["uscc"] for each in said if "uscc" in each]
        self.by_code |= await ids_of(Company, "uscc", codes)
        names = [normal_name(each["investor_name"]) for each in said]
        # Of several of one name the oldest, which comes last here.
        named = Company.filter(normal_name__in=names).order_by("-id")
        self.by_name |= dict(await named.values_list("normal_name", "id"))

    async def _store_projects(self, brought: Sequence[Brought]) -> None:
        await store_all(Project, [each.project for each in brought])
        ids = await ids_of(Project, "no", [each.project["no"] for each in brought])
        for each in brought:
            each.id = ids[each.project["no"]]

    async def _store_judgements(self, brought: Sequence[Brought]) -> None:
        now, person = self.gate.now, self.gate.viewer.person
        judged = [each for each in brought if each.project["judged_at"]]
        await store_all(
            Judgement,
            [
                {
                    "project_id": each.id,
                    "verdict": verdict(each.made.stage),
                    "first_contact_place_id": each.project["first_contact_place_id"],
                    "reason": f"按台账导入（{self._line(each)}）",
                    "due_at": self.due,
                    "judged_by_id": person,
                    "judged_at": now,
                }
                for each in judged
            ],
        )
        await store_all(
            Transfer,
            [
                {
                    "project_id": each.id,
                    "from_place_id": each.project["first_contact_place_id"],
                    "to_place_id": each.project["landing_place_id"],
                    "state": TransferState.TAKEN_UP,
                    "reason": f"按台账导入（{self._line(each)}），导入前已流转",
                    "requested_by_id": person,
                    "requested_at": now,
                    "decided_by_id": person,
                    "decided_at": now,
                    "taken_up_by_id": person,
                    "taken_up_at": now,
                }
                for each in judged
                if each.made.first_contact_place not in ("", each.made.landing_place)
            ],
        )

    async def _store_figures(self, brought: Sequence[Brought]) -> dict[int, int]:
        """The entries with their credits; the first entry of each project, by the project."""
        year, now, viewer = self.gate.today.year, self.gate.now, self.gate.viewer
        figures = [(each, figure) for each in brought for figure in each.made.figures]
        numbers = await self.gate.numbers(f"entry {year}", len(figures))
        nos = [f"Z{year}-{number:05d}" for number in numbers]
        await store_all(
            Entry,
            [
                {
                    "no": no,
                    "project_id": each.id,
                    "indicator": figure.indicator,
                    "amount_fen": figure.amount_fen,
                    "occurred_on": figure.occurred_on,
                    "source_of_capital": figure.source,
                    "evidence_note": f"{figure.note}（{self._line(each)}）",
                    "confirmed_by_id": viewer.organization,
                    "recorded_by_id": viewer.person,
                    "recorded_at": now,
                }
                for (each, figure), no in zip(figures, nos, strict=True)
            ],
        )
        ids = await ids_of(Entry, "no", nos)
        credits: list[dict[str, Any]] = []
        running: dict[tuple[int, str, str], int] = {}
        first: dict[int, int] = {}
        for (each, figure), no in zip(figures, nos, strict=True):
            account = self.shares.account(
                figure.indicator,
                figure.occurred_on,
                each.project["first_contact_place_id"],
                each.project["landing_place_id"],
            )
            entry = Posted(
                ids[no], each.id, figure.indicator, figure.amount_fen, figure.occurred_on, now
            )
            key = each.id, figure.indicator, account.series
            credits += self.shares.credits(entry, account, running.get(key, 0))
            running[key] = running.get(key, 0) + figure.amount_fen
            first.setdefault(each.id, entry.id)
        await store_all(Credit, credits)
        return first

    async def _store_agreements(
        self, brought: Sequence[Brought], entries: Mapping[int, int]
    ) -> None:
        now, person = self.gate.now, self.gate.viewer.person
        await store_all(
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
                for each in brought
                if (agreed := each.made.agreement)
            ],
        )
        await store_all(
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
                for each in brought
                for stage, day in each.made.milestones
            ],
        )


def verdict(stage: Stage) -> Verdict:
    return Verdict.DECLINED if stage == Stage.DECLINED else Verdict.ACCEPTED
