from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from schema.city.tables import PlaceKind, RuleStatus
from schema.entries.rules.figures import Indicator, SourceOfCapital
from schema.entries.rules.shares import CreditRole
from schema.ledger.tables import BatchState, RowState
from schema.linkage.tables import TransferState, Verdict
from schema.people.tables import OrganizationKind
from schema.project.rules.life import Stage
from schema.project.rules.origin import CapitalOrigin
from schema.signing.rules import AgreementKind


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="CalendarYear",
            fields=[
                ("year", fields.IntField(primary_key=True, unique=True, db_index=True)),
                ("source", fields.CharField(max_length=300)),
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
                        description="OFFICE: OFFICE\nGROUP: GROUP\nPLACE: PLACE\nDEPARTMENT: DEPARTMENT\nBRANCH: BRANCH\nAGENT: AGENT\nLEADER: LEADER\nINSPECTION: INSPECTION\nPARTNER: PARTNER",
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
                ("post", fields.CharField(max_length=20)),
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
                "table_description": "Somebody who signs in, with one post in one unit.",
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
                ("imported_count", fields.IntField(default=0)),
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
                ("unit", fields.CharField(max_length=40)),
                ("effective_on", fields.DateField()),
                ("clause", fields.CharField(max_length=300)),
                ("status", fields.CharEnumField(enum_type=RuleStatus, max_length=20)),
                ("note", fields.CharField(default="", max_length=300)),
                ("recorded_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
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
                        description="READY: READY\nWRONG: WRONG\nDUPLICATE: DUPLICATE\nIMPORTED: IMPORTED\nUNDONE: UNDONE",
                        enum_type=RowState,
                        max_length=10,
                    ),
                ),
                ("name", fields.CharField(max_length=200)),
                ("said", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("issues", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
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
                ("claimed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "claim",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "A place says it met the investor first, on a day, with evidence.",
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
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("recorded_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "entry",
                "app": "schema",
                "indexes": [
                    Index(fields=["project_id", "indicator", "id"], name="ix_entry_project"),
                    Index(fields=["occurred_on", "id"], name="ix_entry_occurred"),
                ],
                "pk_attr": "id",
                "table_description": "One figure of a project: signed, paid-in or tax, in fen. A wrong one is reversed, never edited.",
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
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("recorded_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
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
                ("series", fields.CharField(max_length=60)),
                ("running_fen", fields.BigIntField()),
                ("occurred_on", fields.DateField()),
                ("posted_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
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
            ],
            options={
                "table": "credit",
                "app": "schema",
                "indexes": [
                    Index(fields=["occurred_on", "place_id", "indicator"], name="ix_credit_month"),
                    Index(
                        fields=["project_id", "indicator", "series", "id"], name="ix_credit_series"
                    ),
                ],
                "pk_attr": "id",
                "table_description": "A place's part of one entry, in fen: posted with the entry by the rule of that day, never changed.",
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
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("judged_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "judgement",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "The office's finding within two working days, which names the first-contact place.",
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
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("recorded_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
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
            name="Repeat",
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
                "table": "repeat",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "An act already answered under an Idempotency-Key, kept for 24 hours.",
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
                "table_description": "A report sent back for completion. The clock stands still until it is resubmitted.",
            },
            bases=["Model"],
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
            ],
            options={
                "table": "saved_view",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "A name for a list's query string: mine, my unit's or everybody's.",
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
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
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
                (
                    "taken_up_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
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
    ]
