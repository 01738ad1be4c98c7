"""Confirm: the office migrates lines that say more than a report, by a document, or returns them.

What is migrated was judged, decided and recorded before the system. So it bears the decision and
nobody's name, runs on no clock, and its figures are opening balances, verified by the decision.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from schema.city.rules import RuleBroken
from schema.entries import posting
from schema.entries.rules import Indicator, Ratio, ratio_on, ratios
from schema.fulfilment.tables import Milestone
from schema.gate.gate import Gate
from schema.gate.numbering import next_no
from schema.ledger.acts.batches import (
    check_kind,
    counts,
    lines_in_chunks,
    load,
    own_place,
    read_at,
    report_progress,
)
from schema.ledger.acts.entering import EnteredProject, Entering, search_keys
from schema.ledger.acts.flagging import MigratedFlags
from schema.ledger.acts.rechecking import (
    disordered_lines,
    duplicated_lines,
    wrong_investors,
)
from schema.ledger.rules import LedgerRow, unpacked, words
from schema.ledger.rules.decisions import (
    check_before_rules,
    check_chosen,
    check_document,
    check_lines,
    check_lines_above_agreed,
    check_no_duplicate,
    check_second_person,
    rows_named,
)
from schema.ledger.rules.mapping import Figure, map_to_project
from schema.ledger.tables import Batch, BatchRow, BatchState, RowState
from schema.linkage.rules import Reporter
from schema.linkage.tables import Judgement, Transfer, TransferState, Verdict
from schema.messages.rules import template
from schema.messages.sending import Recipient, write_messages
from schema.people.tables import Organization
from schema.project.rules import UNJUDGED, MigrationDecision, Stage
from schema.project.tables import NEW_PROJECTS, Migration
from schema.signing.rules import counts as counts_as_signed
from schema.signing.tables import Agreement

LONGEST_TITLE = 200
AWAITING = (RowState.AWAITING,)
RETURNED = template(
    "ledgerReturned",
    "台账 {no} 第 {rows} 行未同意迁入：{reason}",
    "Ledger {no}: rows {rows} are not migrated: {reason}",
)


async def prepare_search_keys(gate: Gate, input: Any) -> dict[str, str]:
    """The search keys of the names in the chosen lines; before the transaction."""
    gate.check(check_document, input.decision, input.document_no)
    gate.check(check_lines, input.lines)
    if input.decision is MigrationDecision.RETURN:
        fields = (
            "document_no",
            "before_rules",
            "before_ratio",
            "acknowledge_duplicates",
            "above_agreed",
        )
        gate.unneeded(input, *fields)
    row = gate.require(await gate.try_find("Batch", input.batch, "batch", read_at(gate, input)))
    check_kind(gate, row["kind"])
    if input.decision is MigrationDecision.RETURN:
        return {}
    return await search_keys(row["id"], AWAITING, input.lines)


async def confirm_batch(gate: Gate, input: Any) -> tuple[Batch, Migration]:
    """Decide on lines of an imported batch, all in the act's transaction.

    Raises RuleBroken: at `batch` where the person uploaded or imported it or nothing awaits, at
    `lines` where one of them does not await, is wrong by now, has a day before what it follows, or
    duplicates a project and that is not acknowledged, at `aboveAgreed` where money above the agreement's
    is not explained, at `documentNo`, `beforeRules` and `beforeRatio`.
    """
    gate.reason, decision = input.reason, input.decision
    batch = await load(gate, input.batch, input.revision, BatchState.IMPORTED)
    check_second_person(gate.viewer.person, (batch.uploaded_by_id, batch.imported_by_id))
    await posting.rest_on_rules(gate)
    await gate.alone(NEW_PROJECTS)
    awaiting = [line.row async for chunk in lines_in_chunks(batch.id, AWAITING) for line in chunk]
    if not awaiting:
        raise RuleBroken("这一批没有待确认的行", "batch")
    check_chosen(input.lines, awaiting)
    lines = sorted(set(input.lines)) if input.lines else awaiting
    if decision is MigrationDecision.RETURN:
        migration = await decide(gate, batch, input, lines)
        await return_lines(gate, batch, migration, lines)
    else:
        chosen = frozenset(lines)
        if wrong := await wrong_investors(gate, batch, AWAITING, chosen):
            raise RuleBroken(
                f"第 {rows_named(wrong)} 行的投资方与上传以后登记的企业对不上，请退回后重新上传",
                "lines",
            )
        if wrong_days := await disordered_lines(batch, AWAITING, chosen):
            raise RuleBroken(
                f"第 {rows_named(wrong_days)} 行的日期先后不对：签约早于洽谈，或后一步早于前一步，"
                "请退回后更正",
                "lines",
            )
        same = await duplicated_lines(gate, batch, AWAITING, chosen)
        flags = MigratedFlags(input.reason, input.above_agreed, same)
        await flags.find(gate, batch, chosen)
        gate.check(check_no_duplicate, same, flags.alike, input.acknowledge_duplicates)
        gate.check(check_lines_above_agreed, flags.above, input.above_agreed)
        early = await lines_before_rules(gate, batch, chosen)
        parts = gate.check(check_before_rules, early, input.before_rules, input.before_ratio)
        gate.stop_if_wrong()
        migration = await decide(gate, batch, input, lines, parts)
        await MigrationRun.of(gate, batch, chosen, migration, flags).migrate()
    await gate.change(batch, **await counts(batch.id))
    return batch, migration


async def decide(
    gate: Gate,
    batch: Batch,
    input: Any,
    lines: Sequence[int],
    parts: tuple[int, int] | None = None,
) -> Migration:
    """Record the decision."""
    return await gate.create(
        Migration,
        no=await next_no(gate, "Migration"),
        batch_id=batch.id,
        document_no=input.document_no,
        decision=input.decision,
        reason=input.reason,
        lines=list(lines),
        before_rules=input.before_rules,
        first_parts=parts[0] if parts else 0,
        whole_parts=parts[1] if parts else 0,
        decided_by_id=gate.viewer.person,
        decided_at=gate.now,
    )


async def return_lines(
    gate: Gate, batch: Batch, migration: Migration, lines: Collection[int]
) -> None:
    """Mark lines returned, and tell whoever uploaded them."""
    async for chunk in lines_in_chunks(batch.id, AWAITING, frozenset(lines)):
        await gate.update_many(
            BatchRow,
            {
                line.id: {
                    "state": (line.state, RowState.RETURNED),
                    "migration_id": (None, migration.id),
                }
                for line in chunk
            },
        )
    await write_messages(
        gate,
        RETURNED,
        [Recipient(batch.uploaded_by_id, batch.organization_id)],
        {"no": batch.no, "rows": rows_named(lines), "reason": migration.reason},
        subject=("Batch", batch.id),
        link=f"/ledger/imports/{batch.no}?state={RowState.RETURNED}",
    )


async def lines_before_rules(gate: Gate, batch: Batch, chosen: Collection[int]) -> list[int]:
    """The rows with a figure to share between two places on whose day no rule was in force yet."""
    versions, own = ratios(gate.context.rules), await own_place(batch.organization_id)
    found = []
    async for chunk in lines_in_chunks(batch.id, AWAITING, chosen):
        for line in chunk:
            mapped = map_to_project(unpacked(line.values), gate.today, own)
            if mapped.first_contact_place in ("", mapped.landing_place):
                continue
            for figure in mapped.figures:
                try:
                    ratio_on(figure.occurred_on, figure.indicator, versions)
                except RuleBroken:
                    found.append(line.row)
                    break
    return found


@dataclass
class MigrationRun(Entering):
    """The migration of chosen lines of one batch, chunk by chunk."""

    document: str = ""
    decided: Ratio | None = None
    flags: MigratedFlags = field(default_factory=MigratedFlags)

    @classmethod
    def of(
        cls,
        gate: Gate,
        batch: Batch,
        chosen: Collection[int],
        migration: Migration,
        flags: MigratedFlags,
    ) -> "MigrationRun":
        run = cls(gate, batch, AWAITING, chosen, migration.id, flags=flags)
        run.document = migration.document_no
        if migration.whole_parts:
            parts = migration.first_parts, migration.whole_parts
            run.decided = Ratio.decided(migration.no, *parts)
        return run

    async def migrate(self) -> None:
        """Insert all lines with everything that belongs to them.

        One that is no more than a report, and awaited the office for a duplicate alone, becomes a
        report whose clock runs from now.
        """
        await self.load_reference_data()
        self.units = await Organization.all().order_by("position", "id")
        await self.insert_companies()
        batch = self.batch
        uploaded = Reporter(batch.organization_id, batch.uploaded_by_id, None, batch.uploaded_at)
        async for chunk in lines_in_chunks(batch.id, self.states, self.chosen):
            entered = await self.mapped(chunk)
            reports = [each for each in entered if each.mapped.is_report]
            await self.insert_reports(reports, uploaded)
            facts = [each for each in entered if not each.mapped.is_report]
            for each in facts:
                each.project = self._project(each, uploaded)
            await self.insert_projects(facts)
            await self.insert_claims(facts, uploaded, by_report=False)
            await self._insert_judgements(facts)
            await self._insert_agreements(facts, await self._insert_figures(facts))
            await self.mark(entered, RowState.MIGRATED)
            report_progress(self.gate, len(self.nos), len(self.chosen or ()))

    def _project(self, each: EnteredProject, uploaded: Reporter) -> dict[str, Any]:
        mapped, now = each.mapped, self.gate.now
        reporter = uploaded._replace(organization=self._unit(each.row))
        return self.columns(each, reporter) | {
            "stage": mapped.stage,
            "judged_at": None if mapped.stage in UNJUDGED else now,
            "first_contact_place_id": self.places.get(mapped.first_contact_place),
            "landing_place_id": self.places.get(mapped.landing_place),
            "signed_on": mapped.signed_on,
            "signed_fen": mapped.total(Indicator.SIGNED_FUNDS),
            "paid_in_fen": mapped.total(Indicator.PAID_IN_FUNDS),
            "migration_id": self.migration,
        }

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

    def _because(self, each: EnteredProject) -> str:
        return f"按迁入决定（{self.document}），台账 {self._source(each)}"

    async def _insert_judgements(self, entered: Sequence[EnteredProject]) -> None:
        now = self.gate.now
        judged = [each for each in entered if each.project["judged_at"]]
        await self.gate.insert_many(
            Judgement,
            [
                {
                    "project_id": each.id,
                    "verdict": verdict(each.mapped.stage),
                    "first_contact_place_id": each.project["first_contact_place_id"],
                    "reason": self._because(each),
                    "judged_at": now,
                    "migration_id": self.migration,
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
                    "reason": f"{self._because(each)}，此前已流转",
                    "requested_at": now,
                    "decided_at": now,
                    "taken_up_at": now,
                    "migration_id": self.migration,
                }
                for each in judged
                if each.mapped.first_contact_place not in ("", each.mapped.landing_place)
            ],
        )

    async def _insert_figures(self, entered: Sequence[EnteredProject]) -> dict[int, int]:
        """Insert the entries and their credits; the id of each project's first entry, by project id."""
        figures = [(each, figure) for each in entered for figure in each.mapped.figures]
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
                    opening=True,
                    early_reason=self._early(each, figure),
                    migration=self.migration,
                    decided=self.decided,
                )
                for each, figure in figures
            ],
        )
        entries = [(each.row.row, row) for (each, _), row in zip(figures, rows, strict=True)]
        await self.flags.keep(self.gate, entries, self.migration)
        first: dict[int, int] = {}
        for row in rows:
            first.setdefault(row["project_id"], row["id"])
        return first

    def _early(self, each: EnteredProject, figure: Figure) -> str:
        """Why money is the project's that no signing is known to come before."""
        if figure.indicator is Indicator.SIGNED_FUNDS or each.mapped.signed_on:
            return ""
        return f"台账没有正式协议的签约时间，按迁入决定（{self.document}）登记"

    async def _insert_agreements(
        self, entered: Sequence[EnteredProject], entries: Mapping[int, int]
    ) -> None:
        now = self.gate.now
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
                    "entry_id": entries[each.id] if counts_as_signed(agreed.kind) else None,
                    "recorded_at": now,
                    "migration_id": self.migration,
                }
                for each in entered
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
                    "note": self._because(each),
                    "recorded_at": now,
                    "migration_id": self.migration,
                }
                for each in entered
                for stage, day in each.mapped.milestones
            ],
        )


def verdict(stage: Stage) -> Verdict:
    return Verdict.DECLINED if stage == Stage.DECLINED else Verdict.ACCEPTED
