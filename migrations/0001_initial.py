"""The tables. Generated; a primary key that is given says so, which the generator leaves out."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from schema.city.rules.proposals import ProposalState
from schema.city.tables import PlaceKind, RuleStatus
from schema.duties.tables import Outcome
from schema.entries.rules.figures import Indicator, SourceOfCapital
from schema.entries.rules.life import Basis, EntryState
from schema.entries.rules.shares import CreditRole
from schema.jobs.rules import JobState
from schema.ledger.tables import BatchState, RowState
from schema.linkage.tables import TransferState, Verdict
from schema.messages.rules import NotSent
from schema.people.rules import Post
from schema.people.tables import OrganizationKind
from schema.project.rules.life import Stage
from schema.project.rules.migration import BeforeRules, MigrationDecision
from schema.project.rules.origin import CapitalOrigin
from schema.signing.rules import AgreementKind


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="CalendarYear",
            fields=[
                (
                    "year",
                    fields.IntField(generated=False, primary_key=True, unique=True, db_index=True),
                ),
                ("source", fields.CharField(max_length=300)),
                ("document_no", fields.CharField(default="", max_length=100)),
                ("published_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "calendar_year",
                "app": "schema",
                "pk_attr": "year",
                "table_description": "A year whose working days are published. A year without a row has no deadline in it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CalendarDay",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "year",
                    fields.ForeignKeyField(
                        "schema.CalendarYear",
                        source_field="year_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="year",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("day", fields.DateField(unique=True)),
                ("working", fields.BooleanField()),
                ("name", fields.CharField(max_length=60)),
            ],
            options={
                "table": "calendar_day",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "A day that differs from its weekday: a holiday on a weekday or a make-up working day.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Company",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("uscc", fields.CharField(null=True, unique=True, max_length=18)),
                ("no_code_reason", fields.CharField(default="", max_length=200)),
                ("name", fields.CharField(max_length=200)),
                ("normal_name", fields.CharField(db_index=True, max_length=200)),
                ("search", fields.TextField(unique=False)),
                ("region", fields.CharField(default="", max_length=60)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "company",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "An investor. One without a Chinese credit code says why in `no_code_reason`.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("kind", fields.CharField(max_length=40)),
                ("args", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("key", fields.CharField(null=True, unique=True, max_length=120)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("due_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("slot_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "state",
                    fields.CharEnumField(
                        default=JobState.WAITING,
                        description="WAITING: WAITING\nRUNNING: RUNNING\nDONE: DONE\nFAILED: FAILED\nSKIPPED: SKIPPED",
                        enum_type=JobState,
                        max_length=10,
                    ),
                ),
                ("tries", fields.IntField(default=0)),
                ("token", fields.CharField(null=True, unique=True, max_length=32)),
                (
                    "lease_until",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("started_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "ended_at",
                    fields.DatetimeField(
                        null=True, db_index=True, auto_now=False, auto_now_add=False
                    ),
                ),
                ("result", fields.TextField(default="", unique=False)),
                ("error", fields.TextField(default="", unique=False)),
            ],
            options={
                "table": "job",
                "app": "schema",
                "indexes": [Index(fields=["state", "due_at", "id"], name="ix_job_due")],
                "pk_attr": "id",
                "table_description": "Something to be done once, not before `due_at`. `key` is what it may stand in the queue for once.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="JobSlot",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("kind", fields.CharField(max_length=40)),
                ("slot_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("skipped", fields.BooleanField(default=False)),
                ("job_id", fields.BigIntField(null=True)),
                ("noted_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "job_slot",
                "app": "schema",
                "unique_together": (("kind", "slot_at"),),
                "pk_attr": "id",
                "table_description": "A period of a repeating job: written once and kept for ever, so that none runs twice.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="JournalPart",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("sha256", fields.CharField(db_index=True, max_length=64)),
                ("changes", fields.TextField(unique=False)),
            ],
            options={
                "table": "journal_part",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "Some of the rows that one act on thousands of them changed; its entry carries the hash.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="JournalRow",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("entry_id", fields.BigIntField()),
                ("kind", fields.CharField(max_length=30)),
                ("row_id", fields.BigIntField()),
                ("revision", fields.IntField(null=True)),
            ],
            options={
                "table": "journal_row",
                "app": "schema",
                "indexes": [
                    Index(fields=["kind", "row_id", "entry_id"], name="ix_journal_row"),
                    Index(fields=["entry_id"], name="ix_journal_row_entry"),
                ],
                "pk_attr": "id",
                "table_description": "A row that an entry of the journal is about, as each row with a revision is: its history.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("username", fields.CharField(unique=True, max_length=60)),
                ("name", fields.CharField(max_length=40)),
                ("phone", fields.CharField(default="", max_length=40)),
                ("password_hash", fields.CharField(max_length=200)),
                ("password_set_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("active", fields.BooleanField(default=True)),
                ("failures", fields.IntField(default=0)),
                (
                    "locked_until",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("preferences", fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={
                "table": "person",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "Somebody who signs in. What they may do follows from the posts that they hold.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CalendarProposal",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("no", fields.CharField(unique=True, max_length=20)),
                ("document_no", fields.CharField(max_length=100)),
                (
                    "state",
                    fields.CharEnumField(
                        default=ProposalState.WAITING,
                        description="WAITING: WAITING\nCONFIRMED: CONFIRMED\nSUPERSEDED: SUPERSEDED\nDECLINED: DECLINED",
                        enum_type=ProposalState,
                        max_length=20,
                    ),
                ),
                (
                    "proposed_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="proposed_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("proposed_post_id", fields.BigIntField(null=True)),
                ("proposed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "decided_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="decided_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("decided_post_id", fields.BigIntField(null=True)),
                ("decided_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("reason", fields.CharField(default="", max_length=300)),
                ("revision", fields.IntField(default=1)),
                ("year", fields.IntField()),
                ("source", fields.CharField(max_length=300)),
                ("days", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={
                "table": "calendar_proposal",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "A year's calendar that is proposed: its special days as `[day, working, name]`.",
            },
            bases=["Proposal", "Model"],
        ),
        ops.CreateModel(
            name="ClosedMonth",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("month", fields.DateField(unique=True)),
                ("closed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "closed_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="closed_by_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("journal_id", fields.BigIntField(null=True, db_index=True)),
            ],
            options={
                "table": "closed_month",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "A month whose figures are settled: whoever posts afterwards posts to the next open one.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DocumentTemplate",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("document", fields.CharField(max_length=40)),
                ("version", fields.IntField()),
                ("name", fields.CharField(default="", max_length=200)),
                ("size", fields.BigIntField(default=0)),
                ("sha256", fields.CharField(default="", max_length=64)),
                ("effective_on", fields.DateField()),
                ("document_number", fields.CharField(max_length=80)),
                ("reason", fields.CharField(max_length=300)),
                ("recorded_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "recorded_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="recorded_by_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("recorded_post_id", fields.BigIntField(null=True)),
            ],
            options={
                "table": "document_template",
                "app": "schema",
                "unique_together": [("document", "version")],
                "pk_attr": "id",
                "table_description": "One version of a document's template. Rows are added and never changed.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="IdempotencyRecord",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="person_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("key", fields.CharField(max_length=120)),
                ("act", fields.CharField(max_length=40)),
                ("body_hash", fields.CharField(max_length=64)),
                ("answer", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("at", fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "idempotency_record",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "An act already answered under an Idempotency-Key, kept for 24 hours.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Parameter",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("name", fields.CharField(max_length=80)),
                ("value", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("effective_on", fields.DateField()),
                ("clause", fields.CharField(max_length=300)),
                (
                    "status",
                    fields.CharEnumField(
                        description="SEED: SEED\nZIYANG: ZIYANG\nNATIONAL: NATIONAL\nOTHER_CITY: OTHER_CITY\nPROPOSAL: PROPOSAL",
                        enum_type=RuleStatus,
                        max_length=20,
                    ),
                ),
                ("note", fields.CharField(default="", max_length=300)),
                ("document_no", fields.CharField(default="", max_length=100)),
                ("recorded_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("journal_id", fields.BigIntField(null=True, db_index=True)),
                (
                    "recorded_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="recorded_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "confirmed_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="confirmed_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "parameter",
                "app": "schema",
                "indexes": [Index(fields=["name", "effective_on"])],
                "pk_attr": "id",
                "table_description": "One version of a rule's number. Rows are added and never changed.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Place",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("slug", fields.CharField(unique=True, max_length=40)),
                ("name", fields.CharField(unique=True, max_length=60)),
                (
                    "kind",
                    fields.CharEnumField(
                        description="COUNTY: COUNTY\nHIGH_TECH_ZONE: HIGH_TECH_ZONE\nAIRPORT_ZONE: AIRPORT_ZONE",
                        enum_type=PlaceKind,
                        max_length=20,
                    ),
                ),
                ("code", fields.CharField(null=True, max_length=6)),
                ("position", fields.IntField()),
            ],
            options={
                "table": "place",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "A carrier: a county, the high-tech zone or the airport zone. Zones have no GB/T 2260 code.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Organization",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("slug", fields.CharField(unique=True, max_length=40)),
                ("name", fields.CharField(unique=True, max_length=80)),
                ("short_name", fields.CharField(max_length=40)),
                (
                    "kind",
                    fields.CharEnumField(
                        description="OFFICE: OFFICE\nGROUP: GROUP\nPLACE: PLACE\nDEPARTMENT: DEPARTMENT\nBRANCH: BRANCH\nAGENT: AGENT\nLEADER: LEADER\nINSPECTION: INSPECTION\nEXPERT: EXPERT\nPARTNER: PARTNER",
                        enum_type=OrganizationKind,
                        max_length=20,
                    ),
                ),
                (
                    "place",
                    fields.ForeignKeyField(
                        "schema.Place",
                        source_field="place_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("contact_name", fields.CharField(default="", max_length=40)),
                ("contact_phone", fields.CharField(default="", max_length=40)),
                ("opened_on", fields.DateField(null=True)),
                ("closed_on", fields.DateField(null=True)),
                ("position", fields.IntField(default=0)),
            ],
            options={
                "table": "organization",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "A unit that people belong to, from the Leading Group Office to a commissioned agent.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Appointment",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="person_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "organization",
                    fields.ForeignKeyField(
                        "schema.Organization",
                        source_field="organization_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "post",
                    fields.CharEnumField(
                        description="OFFICE: OFFICE\nGROUP: GROUP\nPLACE: PLACE\nDEPARTMENT: DEPARTMENT\nBRANCH: BRANCH\nAGENT: AGENT\nLEADER: LEADER\nINSPECTION: INSPECTION\nEXPERT: EXPERT\nPARTNER: PARTNER\nPUBLIC: PUBLIC",
                        enum_type=Post,
                        max_length=20,
                    ),
                ),
                ("title", fields.CharField(default="", max_length=40)),
                ("main", fields.BooleanField(default=False)),
                ("starts_on", fields.DateField()),
                ("ends_on", fields.DateField(null=True)),
                ("document_no", fields.CharField(default="", max_length=60)),
                ("document_on", fields.DateField(null=True)),
                (
                    "acting_for",
                    fields.ForeignKeyField(
                        "schema.Appointment",
                        source_field="acting_for_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "recorded_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="recorded_by_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("recorded_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("end_document_no", fields.CharField(default="", max_length=60)),
                (
                    "ended_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="ended_by_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "appointment",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "A post of a person in a unit, from a day to a day (both included; None is open), with its document.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Batch",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("no", fields.CharField(unique=True, max_length=20)),
                ("file_name", fields.CharField(max_length=200)),
                ("sha256", fields.CharField(max_length=64)),
                (
                    "state",
                    fields.CharEnumField(
                        description="PREVIEW: PREVIEW\nIMPORTED: IMPORTED\nUNDONE: UNDONE",
                        enum_type=BatchState,
                        max_length=10,
                    ),
                ),
                (
                    "organization",
                    fields.ForeignKeyField(
                        "schema.Organization",
                        source_field="organization_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "uploaded_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="uploaded_by_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("uploaded_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ready_count", fields.IntField()),
                ("wrong_count", fields.IntField()),
                ("duplicate_count", fields.IntField()),
                ("skipped_count", fields.IntField()),
                ("notes", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("awaiting_count", fields.IntField(default=0)),
                ("imported_count", fields.IntField(default=0)),
                ("migrated_count", fields.IntField(default=0)),
                ("returned_count", fields.IntField(default=0)),
                (
                    "imported_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="imported_by_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "imported_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("undone_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("revision", fields.IntField(default=1)),
            ],
            options={
                "table": "batch",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "One uploaded ledger: previewed, imported whole or only where correct, perhaps undone.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Group",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("slug", fields.CharField(unique=True, max_length=40)),
                ("name", fields.CharField(unique=True, max_length=60)),
                ("short_name", fields.CharField(max_length=30)),
                (
                    "office",
                    fields.OneToOneField(
                        "schema.Organization",
                        source_field="office_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "lead_department",
                    fields.ForeignKeyField(
                        "schema.Organization",
                        source_field="lead_department_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("position", fields.IntField()),
            ],
            options={
                "table": "industry_group",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "One of the seven industry groups of article 2, with its office and its lead department.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Migration",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("no", fields.CharField(unique=True, max_length=20)),
                (
                    "batch",
                    fields.ForeignKeyField(
                        "schema.Batch",
                        source_field="batch_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("document_no", fields.CharField(default="", max_length=80)),
                (
                    "decision",
                    fields.CharEnumField(
                        description="MIGRATE: MIGRATE\nRETURN: RETURN",
                        enum_type=MigrationDecision,
                        max_length=10,
                    ),
                ),
                ("reason", fields.CharField(max_length=500)),
                ("lines", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                (
                    "before_rules",
                    fields.CharEnumField(
                        null=True,
                        description="LANDING: LANDING\nSHARED: SHARED",
                        enum_type=BeforeRules,
                        max_length=10,
                    ),
                ),
                ("first_parts", fields.IntField(default=0)),
                ("whole_parts", fields.IntField(default=0)),
                (
                    "decided_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="decided_by_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("decided_post_id", fields.BigIntField(null=True)),
                ("decided_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "migration",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "The office's decision on lines of a ledger that say more than a report: migrated, or returned.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("no", fields.CharField(unique=True, max_length=20)),
                ("text", fields.CharField(max_length=1000)),
                ("subject_kind", fields.CharField(default="", max_length=30)),
                ("subject_id", fields.BigIntField(null=True)),
                ("subject_name", fields.CharField(default="", max_length=200)),
                ("link", fields.CharField(default="", max_length=200)),
                ("answer_by", fields.DateField(null=True)),
                (
                    "sent_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="sent_by_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("sent_post_id", fields.BigIntField(null=True)),
                (
                    "organization",
                    fields.ForeignKeyField(
                        "schema.Organization",
                        source_field="organization_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("sent_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "notice",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "What somebody sent to persons and units, about a subject; an answer is asked for by `answer_by`.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="person_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "organization",
                    fields.ForeignKeyField(
                        "schema.Organization",
                        source_field="organization_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "notice",
                    fields.ForeignKeyField(
                        "schema.Notice",
                        source_field="notice_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("template", fields.CharField(max_length=40)),
                ("given", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("subject_kind", fields.CharField(default="", max_length=30)),
                ("subject_id", fields.BigIntField(null=True)),
                ("link", fields.CharField(default="", max_length=200)),
                ("key", fields.CharField(null=True, unique=True, max_length=120)),
                ("job_id", fields.BigIntField(null=True, db_index=True)),
                ("written_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("sent_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "not_sent",
                    fields.CharEnumField(
                        null=True,
                        description="DISABLED: DISABLED\nLEFT: LEFT\nUNSEEN: UNSEEN",
                        enum_type=NotSent,
                        max_length=10,
                    ),
                ),
                ("read_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "answered_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("answer", fields.CharField(default="", max_length=1000)),
            ],
            options={
                "table": "message",
                "app": "schema",
                "indexes": [Index(fields=["person_id", "read_at"], name="ix_message_unread")],
                "pk_attr": "id",
                "table_description": "To whom and in which unit, about what, in which words, when written, sent out, read, answered.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Project",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("no", fields.CharField(unique=True, max_length=20)),
                ("name", fields.CharField(max_length=200)),
                ("normal_name", fields.CharField(db_index=True, max_length=200)),
                ("search", fields.TextField(unique=False)),
                ("summary", fields.TextField(default="", unique=False)),
                (
                    "investor",
                    fields.ForeignKeyField(
                        "schema.Company",
                        source_field="investor_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("amount_fen", fields.BigIntField()),
                ("amount_estimated", fields.BooleanField(default=False)),
                ("currency", fields.CharField(default="CNY", max_length=3)),
                ("foreign_cents", fields.BigIntField(null=True)),
                ("rate_on", fields.DateField(null=True)),
                ("fixed_assets_fen", fields.BigIntField(null=True)),
                ("industry_code", fields.CharField(default="", max_length=4)),
                (
                    "group",
                    fields.ForeignKeyField(
                        "schema.Group",
                        source_field="group_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "capital_origin",
                    fields.CharEnumField(
                        description="DOMESTIC: DOMESTIC\nFOREIGN: FOREIGN",
                        enum_type=CapitalOrigin,
                        max_length=10,
                    ),
                ),
                ("land_mu", fields.CharField(null=True, max_length=12)),
                ("contact_name", fields.CharField(default="", max_length=60)),
                ("contact_phone", fields.CharField(default="", max_length=40)),
                ("source", fields.CharField(default="", max_length=200)),
                ("needs", fields.TextField(default="", unique=False)),
                (
                    "stage",
                    fields.CharEnumField(
                        description="REPORTED: REPORTED\nRETURNED: RETURNED\nJUDGED: JUDGED\nSIGNED: SIGNED\nREGISTERED: REGISTERED\nSTARTED: STARTED\nCOMPLETED: COMPLETED\nOPERATING: OPERATING\nFULL_OUTPUT: FULL_OUTPUT\nDECLINED: DECLINED\nWITHDRAWN: WITHDRAWN\nMERGED: MERGED\nTERMINATED: TERMINATED\nCLEARED: CLEARED",
                        enum_type=Stage,
                        max_length=20,
                    ),
                ),
                ("stage_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "reported_by",
                    fields.ForeignKeyField(
                        "schema.Organization",
                        source_field="reported_by_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "reporter",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="reporter_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("reported_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("judge_by", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("judged_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "first_contact_place",
                    fields.ForeignKeyField(
                        "schema.Place",
                        source_field="first_contact_place_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "landing_place",
                    fields.ForeignKeyField(
                        "schema.Place",
                        source_field="landing_place_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "merged_into",
                    fields.ForeignKeyField(
                        "schema.Project",
                        source_field="merged_into_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "migration",
                    fields.ForeignKeyField(
                        "schema.Migration",
                        source_field="migration_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("owner_name", fields.CharField(default="", max_length=60)),
                ("signed_on", fields.DateField(null=True)),
                ("signed_fen", fields.BigIntField(default=0)),
                ("paid_in_fen", fields.BigIntField(default=0)),
                ("tax_fen", fields.BigIntField(default=0)),
                ("revision", fields.IntField(default=1)),
                ("updated_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "project",
                "app": "schema",
                "indexes": [
                    Index(fields=["reported_at", "id"], name="ix_project_reported"),
                    Index(fields=["amount_fen", "id"], name="ix_project_amount"),
                    Index(fields=["updated_at", "id"], name="ix_project_updated"),
                    Index(fields=["paid_in_fen", "id"], name="ix_project_paid_in"),
                    Index(fields=["signed_on", "id"], name="ix_project_signed"),
                    Index(fields=["stage", "judge_by", "id"], name="ix_project_queue"),
                    Index(fields=["stage", "amount_fen"], name="ix_project_figures"),
                ],
                "pk_attr": "id",
                "table_description": "An investment project, from the first report to full output or clearance. Amounts in fen.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "project",
                    fields.ForeignKeyField(
                        "schema.Project",
                        source_field="project_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("subject_kind", fields.CharField(max_length=30)),
                ("subject_id", fields.BigIntField()),
                ("name", fields.CharField(max_length=200)),
                ("media_type", fields.CharField(max_length=100)),
                ("size", fields.BigIntField()),
                ("sha256", fields.CharField(max_length=64)),
                (
                    "added_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="added_by_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("added_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "attachment",
                "app": "schema",
                "indexes": [
                    Index(fields=["subject_kind", "subject_id", "id"], name="ix_attachment_subject")
                ],
                "pk_attr": "id",
                "table_description": "A file given as evidence. The bytes lie in the file store under their SHA-256.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="BatchRow",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "batch",
                    fields.ForeignKeyField(
                        "schema.Batch",
                        source_field="batch_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("row_no", fields.IntField()),
                (
                    "state",
                    fields.CharEnumField(
                        description="READY: READY\nWRONG: WRONG\nDUPLICATE: DUPLICATE\nAWAITING: AWAITING\nIMPORTED: IMPORTED\nMIGRATED: MIGRATED\nRETURNED: RETURNED\nUNDONE: UNDONE",
                        enum_type=RowState,
                        max_length=10,
                    ),
                ),
                ("name", fields.CharField(max_length=200)),
                ("values", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("issues", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("beyond", fields.BooleanField(default=False)),
                (
                    "project",
                    fields.ForeignKeyField(
                        "schema.Project",
                        source_field="project_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "migration",
                    fields.ForeignKeyField(
                        "schema.Migration",
                        source_field="migration_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "batch_row",
                "app": "schema",
                "indexes": [Index(fields=["batch_id", "row_no"], name="ix_batch_row")],
                "pk_attr": "id",
                "table_description": "One line of the ledger with what it says, what is wrong with it and what became of it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Claim",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "project",
                    fields.ForeignKeyField(
                        "schema.Project",
                        source_field="project_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "place",
                    fields.ForeignKeyField(
                        "schema.Place",
                        source_field="place_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("contact_on", fields.DateField()),
                ("contact_with", fields.CharField(max_length=100)),
                ("contact_by", fields.CharField(default="", max_length=100)),
                ("note", fields.CharField(default="", max_length=1000)),
                (
                    "claimed_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="claimed_by_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("claimed_post_id", fields.BigIntField(null=True)),
                ("claimed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "claim",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "A place claims to have met the investor first, on a day, with evidence.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Dispute",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "project",
                    fields.ForeignKeyField(
                        "schema.Project",
                        source_field="project_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "place",
                    fields.ForeignKeyField(
                        "schema.Place",
                        source_field="place_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("grounds", fields.CharField(max_length=1000)),
                (
                    "raised_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="raised_by_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("raised_post_id", fields.BigIntField(null=True)),
                ("raised_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("upheld", fields.BooleanField(null=True)),
                ("decision", fields.CharField(default="", max_length=1000)),
                (
                    "decided_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="decided_by_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("decided_post_id", fields.BigIntField(null=True)),
                ("decided_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "dispute",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "A place objects to the first-contact place. The office decides with a written reason.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Duty",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("task", fields.CharField(max_length=40)),
                ("subject_kind", fields.CharField(max_length=30)),
                ("subject_id", fields.BigIntField()),
                ("subject_no", fields.CharField(default="", max_length=40)),
                (
                    "project",
                    fields.ForeignKeyField(
                        "schema.Project",
                        source_field="project_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "holder_post",
                    fields.CharEnumField(
                        null=True,
                        description="OFFICE: OFFICE\nGROUP: GROUP\nPLACE: PLACE\nDEPARTMENT: DEPARTMENT\nBRANCH: BRANCH\nAGENT: AGENT\nLEADER: LEADER\nINSPECTION: INSPECTION\nEXPERT: EXPERT\nPARTNER: PARTNER\nPUBLIC: PUBLIC",
                        enum_type=Post,
                        max_length=20,
                    ),
                ),
                (
                    "holder_unit",
                    fields.ForeignKeyField(
                        "schema.Organization",
                        source_field="holder_unit_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "holder_place",
                    fields.ForeignKeyField(
                        "schema.Place",
                        source_field="holder_place_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="person_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("barred", fields.CharField(default="", max_length=200)),
                (
                    "unit",
                    fields.ForeignKeyField(
                        "schema.Organization",
                        source_field="unit_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "waiting",
                    fields.ForeignKeyField(
                        "schema.Organization",
                        source_field="waiting_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("page", fields.CharField(max_length=200)),
                ("since", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("opened_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("due_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("paused_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "reminded_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("closed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "closed_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="closed_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "outcome",
                    fields.CharEnumField(
                        null=True,
                        description="DONE: DONE\nENDED: ENDED\nHANDED_OVER: HANDED_OVER",
                        enum_type=Outcome,
                        max_length=15,
                    ),
                ),
                ("level", fields.IntField(default=0)),
            ],
            options={
                "table": "duty",
                "app": "schema",
                "indexes": [
                    Index(fields=["task", "subject_id", "id"], name="ix_duty_subject"),
                    Index(fields=["holder_post", "closed_at", "due_at"], name="ix_duty_post"),
                    Index(fields=["closed_at", "due_at", "id"], name="ix_duty_due"),
                ],
                "pk_attr": "id",
                "table_description": "Somebody must do an act on a subject: from when, by when, and who has it now.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("no", fields.CharField(unique=True, max_length=20)),
                (
                    "project",
                    fields.ForeignKeyField(
                        "schema.Project",
                        source_field="project_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "indicator",
                    fields.CharEnumField(
                        description="SIGNED_FUNDS: SIGNED_FUNDS\nPAID_IN_FUNDS: PAID_IN_FUNDS\nTAX: TAX",
                        enum_type=Indicator,
                        max_length=20,
                    ),
                ),
                ("amount_fen", fields.BigIntField()),
                ("occurred_on", fields.DateField()),
                ("opening", fields.BooleanField(default=False)),
                ("early_reason", fields.CharField(default="", max_length=300)),
                (
                    "source_of_capital",
                    fields.CharEnumField(
                        null=True,
                        description="OUT_OF_PROVINCE: OUT_OF_PROVINCE\nOUT_OF_CITY: OUT_OF_CITY\nIN_CITY: IN_CITY\nFOREIGN: FOREIGN",
                        enum_type=SourceOfCapital,
                        max_length=20,
                    ),
                ),
                ("evidence_note", fields.CharField(default="", max_length=300)),
                (
                    "confirmed_by",
                    fields.ForeignKeyField(
                        "schema.Organization",
                        source_field="confirmed_by_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "state",
                    fields.CharEnumField(
                        description="CLAIMED: CLAIMED\nVERIFIED: VERIFIED\nRETURNED: RETURNED\nREVERSED: REVERSED",
                        enum_type=EntryState,
                        max_length=10,
                    ),
                ),
                (
                    "reverses",
                    fields.OneToOneField(
                        "schema.Entry",
                        source_field="reverses_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("reason", fields.CharField(default="", max_length=500)),
                (
                    "recorded_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="recorded_by_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("recorded_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "migration",
                    fields.ForeignKeyField(
                        "schema.Migration",
                        source_field="migration_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("revision", fields.IntField(default=1)),
                ("journal_id", fields.BigIntField(null=True, db_index=True)),
            ],
            options={
                "table": "entry",
                "app": "schema",
                "indexes": [
                    Index(fields=["project_id", "indicator", "id"], name="ix_entry_project"),
                    Index(fields=["occurred_on", "id"], name="ix_entry_occurred"),
                    Index(fields=["state", "indicator", "id"], name="ix_entry_state"),
                ],
                "pk_attr": "id",
                "table_description": "One figure of a project: signed, paid-in or tax, in fen. A verified one is never edited.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Agreement",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "project",
                    fields.ForeignKeyField(
                        "schema.Project",
                        source_field="project_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "kind",
                    fields.CharEnumField(
                        description="INTENT: INTENT\nFRAMEWORK: FRAMEWORK\nFORMAL: FORMAL\nSUPPLEMENTARY: SUPPLEMENTARY",
                        enum_type=AgreementKind,
                        max_length=15,
                    ),
                ),
                ("title", fields.CharField(max_length=200)),
                ("amount_fen", fields.BigIntField()),
                ("signed_on", fields.DateField()),
                ("start_by", fields.DateField(null=True)),
                ("complete_by", fields.DateField(null=True)),
                ("operate_by", fields.DateField(null=True)),
                (
                    "entry",
                    fields.ForeignKeyField(
                        "schema.Entry",
                        source_field="entry_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "recorded_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="recorded_by_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("recorded_post_id", fields.BigIntField(null=True)),
                ("recorded_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "migration",
                    fields.ForeignKeyField(
                        "schema.Migration",
                        source_field="migration_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "agreement",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "A signed agreement. Only a formal or supplementary one counts as signed funds.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Credit",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "entry",
                    fields.ForeignKeyField(
                        "schema.Entry",
                        source_field="entry_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "project",
                    fields.ForeignKeyField(
                        "schema.Project",
                        source_field="project_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "place",
                    fields.ForeignKeyField(
                        "schema.Place",
                        source_field="place_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "basis",
                    fields.CharEnumField(
                        description="CLAIMED: CLAIMED\nVERIFIED: VERIFIED",
                        enum_type=Basis,
                        max_length=10,
                    ),
                ),
                (
                    "role",
                    fields.CharEnumField(
                        description="WHOLE: WHOLE\nFIRST_CONTACT: FIRST_CONTACT\nLANDING: LANDING",
                        enum_type=CreditRole,
                        max_length=20,
                    ),
                ),
                (
                    "indicator",
                    fields.CharEnumField(
                        description="SIGNED_FUNDS: SIGNED_FUNDS\nPAID_IN_FUNDS: PAID_IN_FUNDS\nTAX: TAX",
                        enum_type=Indicator,
                        max_length=20,
                    ),
                ),
                ("amount_fen", fields.BigIntField()),
                ("entry_fen", fields.BigIntField()),
                ("series", fields.CharField(max_length=60)),
                ("running_fen", fields.BigIntField()),
                ("first_fen", fields.BigIntField()),
                ("occurred_on", fields.DateField()),
                ("counts_in", fields.DateField(null=True)),
                ("claimed_in", fields.DateField(null=True)),
                ("posted_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("journal_id", fields.BigIntField(null=True, db_index=True)),
                (
                    "rule",
                    fields.ForeignKeyField(
                        "schema.Parameter",
                        source_field="rule_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("first_parts", fields.IntField()),
                ("whole_parts", fields.IntField()),
                (
                    "undoes",
                    fields.OneToOneField(
                        "schema.Credit",
                        source_field="undoes_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "credit",
                "app": "schema",
                "indexes": [
                    Index(
                        fields=["counts_in", "basis", "place_id", "indicator"],
                        name="ix_credit_month",
                    ),
                    Index(
                        fields=["project_id", "indicator", "series", "id"], name="ix_credit_series"
                    ),
                ],
                "pk_attr": "id",
                "table_description": "A place's part of an entry on one basis, in fen; posted, or taken back, and never changed.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="EntryStep",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "entry",
                    fields.ForeignKeyField(
                        "schema.Entry",
                        source_field="entry_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "project",
                    fields.ForeignKeyField(
                        "schema.Project",
                        source_field="project_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "state",
                    fields.CharEnumField(
                        description="CLAIMED: CLAIMED\nVERIFIED: VERIFIED\nRETURNED: RETURNED\nREVERSED: REVERSED",
                        enum_type=EntryState,
                        max_length=10,
                    ),
                ),
                ("amount_fen", fields.BigIntField()),
                ("occurred_on", fields.DateField()),
                (
                    "first_place",
                    fields.ForeignKeyField(
                        "schema.Place",
                        source_field="first_place_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "landing_place",
                    fields.ForeignKeyField(
                        "schema.Place",
                        source_field="landing_place_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("reason", fields.CharField(default="", max_length=500)),
                (
                    "taken_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="taken_by_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("taken_post_id", fields.BigIntField(null=True)),
                ("taken_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("journal_id", fields.BigIntField(null=True, db_index=True)),
            ],
            options={
                "table": "entry_step",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "A step in an entry's life: claimed, verified, returned or reversed, with what it then said.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="HandOver",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("task", fields.CharField(max_length=40)),
                ("subject_kind", fields.CharField(max_length=30)),
                ("subject_id", fields.BigIntField()),
                (
                    "project",
                    fields.ForeignKeyField(
                        "schema.Project",
                        source_field="project_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "unit",
                    fields.ForeignKeyField(
                        "schema.Organization",
                        source_field="unit_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "from_person",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="from_person_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "to_person",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="to_person_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("reason", fields.CharField(max_length=1000)),
                (
                    "handed_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="handed_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("handed_post_id", fields.BigIntField(null=True)),
                ("handed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "hand_over",
                "app": "schema",
                "indexes": [
                    Index(fields=["task", "subject_id", "id"], name="ix_hand_over_subject")
                ],
                "pk_attr": "id",
                "table_description": "A duty is given to one person of the unit that holds it, with a reason.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="JournalEntry",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("at", fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                (
                    "actor",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="actor_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("actor_name", fields.CharField(max_length=40)),
                ("unit_name", fields.CharField(max_length=80)),
                (
                    "post",
                    fields.ForeignKeyField(
                        "schema.Appointment",
                        source_field="post_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("post_title", fields.CharField(default="", max_length=40)),
                ("act", fields.CharField(db_index=True, max_length=40)),
                ("subject_kind", fields.CharField(max_length=30)),
                ("subject_id", fields.BigIntField()),
                (
                    "project",
                    fields.ForeignKeyField(
                        "schema.Project",
                        source_field="project_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("reason", fields.TextField(default="", unique=False)),
                ("changes", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("prior_hash", fields.CharField(max_length=64)),
                ("hash", fields.CharField(unique=True, max_length=64)),
            ],
            options={
                "table": "journal_entry",
                "app": "schema",
                "indexes": [
                    Index(fields=["subject_kind", "subject_id", "id"], name="ix_journal_subject")
                ],
                "pk_attr": "id",
                "table_description": "Who did which act, when, before and after: written by the gate, chained by hash, never changed.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Judgement",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "project",
                    fields.OneToOneField(
                        "schema.Project",
                        source_field="project_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "verdict",
                    fields.CharEnumField(
                        description="ACCEPTED: ACCEPTED\nDECLINED: DECLINED",
                        enum_type=Verdict,
                        max_length=10,
                    ),
                ),
                (
                    "first_contact_place",
                    fields.ForeignKeyField(
                        "schema.Place",
                        source_field="first_contact_place_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("reason", fields.CharField(max_length=1000)),
                ("due_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "judged_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="judged_by_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("judged_post_id", fields.BigIntField(null=True)),
                ("judged_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "migration",
                    fields.ForeignKeyField(
                        "schema.Migration",
                        source_field="migration_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "judgement",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "The office's decision within two working days, which names the first-contact place.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Merge",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "project",
                    fields.OneToOneField(
                        "schema.Project",
                        source_field="project_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "into",
                    fields.ForeignKeyField(
                        "schema.Project",
                        source_field="into_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("reason", fields.CharField(max_length=1000)),
                (
                    "merged_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="merged_by_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("merged_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "merge",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "A report found to be a project that the city already knows.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Milestone",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "project",
                    fields.ForeignKeyField(
                        "schema.Project",
                        source_field="project_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "stage",
                    fields.CharEnumField(
                        description="REPORTED: REPORTED\nRETURNED: RETURNED\nJUDGED: JUDGED\nSIGNED: SIGNED\nREGISTERED: REGISTERED\nSTARTED: STARTED\nCOMPLETED: COMPLETED\nOPERATING: OPERATING\nFULL_OUTPUT: FULL_OUTPUT\nDECLINED: DECLINED\nWITHDRAWN: WITHDRAWN\nMERGED: MERGED\nTERMINATED: TERMINATED\nCLEARED: CLEARED",
                        enum_type=Stage,
                        max_length=20,
                    ),
                ),
                ("reached_on", fields.DateField()),
                ("note", fields.CharField(default="", max_length=500)),
                (
                    "recorded_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="recorded_by_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("recorded_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "migration",
                    fields.ForeignKeyField(
                        "schema.Migration",
                        source_field="migration_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "milestone",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "A step of the timetable that was reached, from registration to full output.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Reminder",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("task", fields.CharField(max_length=40)),
                ("subject_kind", fields.CharField(max_length=30)),
                ("subject_id", fields.BigIntField()),
                (
                    "project",
                    fields.ForeignKeyField(
                        "schema.Project",
                        source_field="project_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "unit",
                    fields.ForeignKeyField(
                        "schema.Organization",
                        source_field="unit_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="person_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("words", fields.CharField(max_length=500)),
                (
                    "reminded_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="reminded_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("reminded_post_id", fields.BigIntField(null=True)),
                ("reminded_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "reminder",
                "app": "schema",
                "indexes": [Index(fields=["task", "subject_id", "id"], name="ix_reminder_subject")],
                "pk_attr": "id",
                "table_description": "Somebody who waits for a duty, or oversees it, asks whoever holds it to do it (催办).",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Return",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "project",
                    fields.ForeignKeyField(
                        "schema.Project",
                        source_field="project_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("reason", fields.CharField(max_length=1000)),
                (
                    "returned_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="returned_by_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("returned_post_id", fields.BigIntField(null=True)),
                ("returned_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "resubmitted_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
            ],
            options={
                "table": "return",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "A report returned for completion. Its clock is paused until it is resubmitted.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="RuleProposal",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("no", fields.CharField(unique=True, max_length=20)),
                ("document_no", fields.CharField(max_length=100)),
                (
                    "state",
                    fields.CharEnumField(
                        default=ProposalState.WAITING,
                        description="WAITING: WAITING\nCONFIRMED: CONFIRMED\nSUPERSEDED: SUPERSEDED\nDECLINED: DECLINED",
                        enum_type=ProposalState,
                        max_length=20,
                    ),
                ),
                (
                    "proposed_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="proposed_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("proposed_post_id", fields.BigIntField(null=True)),
                ("proposed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "decided_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="decided_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("decided_post_id", fields.BigIntField(null=True)),
                ("decided_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("reason", fields.CharField(default="", max_length=300)),
                ("revision", fields.IntField(default=1)),
                ("name", fields.CharField(max_length=80)),
                ("value", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("effective_on", fields.DateField()),
                ("clause", fields.CharField(max_length=300)),
                (
                    "status",
                    fields.CharEnumField(
                        description="SEED: SEED\nZIYANG: ZIYANG\nNATIONAL: NATIONAL\nOTHER_CITY: OTHER_CITY\nPROPOSAL: PROPOSAL",
                        enum_type=RuleStatus,
                        max_length=20,
                    ),
                ),
                ("note", fields.CharField(default="", max_length=300)),
                (
                    "rule",
                    fields.ForeignKeyField(
                        "schema.Parameter",
                        source_field="rule_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "rule_proposal",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "A version of a parameter that is proposed; `rule` is what became of it.",
            },
            bases=["Proposal", "Model"],
        ),
        ops.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="person_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "organization",
                    fields.ForeignKeyField(
                        "schema.Organization",
                        source_field="organization_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("shared", fields.CharField(max_length=10)),
                ("page", fields.CharField(max_length=40)),
                ("name", fields.CharField(max_length=40)),
                ("query", fields.CharField(max_length=1000)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("shared_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "saved_view",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "A name for a list's query string; `shared` is an `Audience`, since `shared_at` if not ME.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Sequence",
            fields=[
                (
                    "name",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=40),
                ),
                ("value", fields.IntField()),
            ],
            options={
                "table": "sequence",
                "app": "schema",
                "pk_attr": "name",
                "table_description": "The last number given out under a name, such as the projects of a year.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Session",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("token_hash", fields.CharField(unique=True, max_length=64)),
                (
                    "person",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="person_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("address", fields.CharField(max_length=60)),
                ("agent", fields.CharField(max_length=200)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("seen_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "session",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "A browser that has signed in. The cookie holds the token, the row only its SHA-256.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Token",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("name", fields.CharField(max_length=60)),
                ("prefix", fields.CharField(max_length=16)),
                ("token_hash", fields.CharField(unique=True, max_length=64)),
                (
                    "person",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="person_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "token",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "A bearer token: a partner's program acts as the person it was issued to.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Transfer",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "project",
                    fields.ForeignKeyField(
                        "schema.Project",
                        source_field="project_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "from_place",
                    fields.ForeignKeyField(
                        "schema.Place",
                        source_field="from_place_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "to_place",
                    fields.ForeignKeyField(
                        "schema.Place",
                        source_field="to_place_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "state",
                    fields.CharEnumField(
                        description="REQUESTED: REQUESTED\nAPPROVED: APPROVED\nREFUSED: REFUSED\nTAKEN_UP: TAKEN_UP",
                        enum_type=TransferState,
                        max_length=10,
                    ),
                ),
                ("reason", fields.CharField(max_length=1000)),
                (
                    "requested_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="requested_by_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("requested_post_id", fields.BigIntField(null=True)),
                ("requested_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("assessment", fields.CharField(default="", max_length=1000)),
                (
                    "decided_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="decided_by_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("decided_post_id", fields.BigIntField(null=True)),
                ("decided_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "taken_up_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="taken_up_by_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("taken_up_post_id", fields.BigIntField(null=True)),
                (
                    "taken_up_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                (
                    "migration",
                    fields.ForeignKeyField(
                        "schema.Migration",
                        source_field="migration_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "transfer",
                "app": "schema",
                "indexes": [Index(fields=["requested_at", "id"], name="ix_transfer_requested")],
                "pk_attr": "id",
                "table_description": "A project moves from its first-contact place, which cannot land it, to where it will land.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="UnseenNotice",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="person_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("day", fields.DateField()),
                ("kind", fields.CharField(max_length=30)),
                ("row_id", fields.BigIntField()),
                ("noted_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "unseen_notice",
                "app": "schema",
                "unique_together": (("person", "day", "kind", "row_id"),),
                "pk_attr": "id",
                "table_description": "A person was notified on a day that a row exists which they do not see.",
            },
            bases=["Model"],
        ),
    ]
