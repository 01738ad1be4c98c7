from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from schema.industry.rules.chain import Position
from schema.industry.rules.ones import OneKind, OneState, SeatRole
from schema.industry.rules.targets import Means, TargetStage


class Migration(migrations.Migration):
    dependencies = [("schema", "0009_inquiries")]

    initial = False

    operations = [
        ops.CreateModel(
            name="ChainNode",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("no", fields.CharField(unique=True, max_length=20)),
                (
                    "group",
                    fields.ForeignKeyField(
                        "schema.Group",
                        source_field="group_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("chain", fields.CharField(max_length=60)),
                (
                    "position",
                    fields.CharEnumField(
                        description="UPSTREAM: UPSTREAM\nMIDSTREAM: MIDSTREAM\nDOWNSTREAM: DOWNSTREAM\nSUPPORT: SUPPORT",
                        enum_type=Position,
                        max_length=12,
                    ),
                ),
                ("name", fields.CharField(max_length=80)),
                ("classes", fields.CharField(max_length=80)),
                ("typical", fields.CharField(default="", max_length=200)),
                ("source", fields.CharField(default="", max_length=300)),
                ("gap", fields.BooleanField(default=False)),
                ("gap_reason", fields.CharField(default="", max_length=500)),
                ("wish", fields.CharField(default="", max_length=500)),
                ("retired_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("revision", fields.IntField(default=1)),
                ("updated_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "chain_node",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "A node of a group's chain. `classes` are GB/T 4754-2017 codes parted by blanks.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ChainFirm",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "node",
                    fields.ForeignKeyField(
                        "schema.ChainNode",
                        source_field="node_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("name", fields.CharField(max_length=120)),
                (
                    "place",
                    fields.ForeignKeyField(
                        "schema.Place",
                        source_field="place_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("source", fields.CharField(max_length=300)),
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
                ("added_post_id", fields.BigIntField(null=True)),
                ("added_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("ended_for", fields.CharField(default="", max_length=300)),
            ],
            options={
                "table": "chain_firm",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "A firm of the city that a group counts to a node, with the source it knows it from.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="One",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("no", fields.CharField(unique=True, max_length=60)),
                (
                    "group",
                    fields.ForeignKeyField(
                        "schema.Group",
                        source_field="group_id",
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
                        description="CITY_LEADER: CITY_LEADER\nLEAD_DEPARTMENT: LEAD_DEPARTMENT\nFUNCTIONAL_ZONE: FUNCTIONAL_ZONE\nTEAM: TEAM\nPOLICY_SET: POLICY_SET\nINVESTMENT_MAP: INVESTMENT_MAP",
                        enum_type=OneKind,
                        max_length=20,
                    ),
                ),
                (
                    "keeper",
                    fields.ForeignKeyField(
                        "schema.Organization",
                        source_field="keeper_id",
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
                        description="NOT_BEGUN: NOT_BEGUN\nPAPERS_MISSING: PAPERS_MISSING\nTO_CHECK: TO_CHECK\nCOMPLETE: COMPLETE",
                        enum_type=OneState,
                        max_length=15,
                    ),
                ),
                ("asked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "submitted_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("returned_for", fields.CharField(default="", max_length=500)),
                ("revision", fields.IntField(default=1)),
                ("updated_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "one",
                "app": "schema",
                "unique_together": (("group", "kind"),),
                "pk_attr": "id",
                "table_description": "One of the six ones of a group: its state, and the unit that keeps it up to date.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="OneItem",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "one",
                    fields.ForeignKeyField(
                        "schema.One",
                        source_field="one_id",
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
                        null=True,
                        description="LEADER: LEADER\nDEPUTY_SECRETARY: DEPUTY_SECRETARY\nOFFICE_DIRECTOR: OFFICE_DIRECTOR\nMEMBER: MEMBER",
                        enum_type=SeatRole,
                        max_length=20,
                    ),
                ),
                ("name", fields.CharField(max_length=100)),
                ("detail", fields.CharField(default="", max_length=1000)),
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
                ("starts_on", fields.DateField()),
                ("ends_on", fields.DateField(null=True)),
                ("document_no", fields.CharField(default="", max_length=80)),
                ("document_on", fields.DateField(null=True)),
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
                    "checked_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="checked_by_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("checked_post_id", fields.BigIntField(null=True)),
                ("checked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("end_document_no", fields.CharField(default="", max_length=80)),
            ],
            options={
                "table": "one_item",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "Who or what stands in a one from a day to a day (both included; None is open), by which document.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="TargetRegion",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("slug", fields.CharField(unique=True, max_length=40)),
                ("name", fields.CharField(unique=True, max_length=40)),
                ("position", fields.IntField(default=0)),
                ("retired", fields.BooleanField(default=False)),
                ("revision", fields.IntField(default=1)),
                ("updated_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "target_region",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "Where a group looks for companies: 长三角, 珠三角, 京津冀, 成渝, 欧美日韩 and what the office adds.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="TargetCompany",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("no", fields.CharField(unique=True, max_length=20)),
                (
                    "group",
                    fields.ForeignKeyField(
                        "schema.Group",
                        source_field="group_id",
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
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("name", fields.CharField(max_length=200)),
                ("normal_name", fields.CharField(db_index=True, max_length=200)),
                ("search", fields.TextField(unique=False)),
                ("uscc", fields.CharField(default="", db_index=True, max_length=18)),
                (
                    "node",
                    fields.ForeignKeyField(
                        "schema.ChainNode",
                        source_field="node_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "region",
                    fields.ForeignKeyField(
                        "schema.TargetRegion",
                        source_field="region_id",
                        null=True,
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
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("why", fields.CharField(default="", max_length=1000)),
                (
                    "owner",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="owner_id",
                        null=True,
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
                        description="LONG_LIST: LONG_LIST\nSHORT_LIST: SHORT_LIST\nCONTACTED: CONTACTED\nVISITING: VISITING\nCONVERTED: CONVERTED\nDROPPED: DROPPED",
                        enum_type=TargetStage,
                        max_length=12,
                    ),
                ),
                ("stage_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("next_on", fields.DateField(null=True)),
                ("next_step", fields.CharField(default="", max_length=200)),
                (
                    "next_due_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                (
                    "next_set_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("contacted_on", fields.DateField(null=True)),
                (
                    "lead",
                    fields.ForeignKeyField(
                        "schema.Project",
                        source_field="lead_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("dropped_for", fields.CharField(default="", max_length=300)),
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
                ("added_post_id", fields.BigIntField(null=True)),
                ("added_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("revision", fields.IntField(default=1)),
                ("updated_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "target_company",
                "app": "schema",
                "indexes": [
                    Index(fields=["group_id", "stage", "next_on"], name="ix_target_board"),
                    Index(fields=["updated_at", "id"], name="ix_target_updated"),
                ],
                "pk_attr": "id",
                "table_description": "A company that a group goes after. `next_on` with `next_step` is its next contact, due at closing",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="TargetContact",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "target",
                    fields.ForeignKeyField(
                        "schema.TargetCompany",
                        source_field="target_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("happened_on", fields.DateField()),
                (
                    "means",
                    fields.CharEnumField(
                        description="CALL: CALL\nLETTER: LETTER\nRECEPTION: RECEPTION\nVISIT: VISIT\nEVENT: EVENT",
                        enum_type=Means,
                        max_length=10,
                    ),
                ),
                ("with_whom", fields.CharField(max_length=100)),
                ("personal_salt", fields.CharField(default="", db_default="", max_length=32)),
                ("outcome", fields.CharField(max_length=1000)),
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
                ("recorded_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "target_contact",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "A contact with a target company: when, with whom, by what means, and what came of it.",
            },
            bases=["Model"],
        ),
        ops.AlterModelOptions(
            name="Attachment",
            options={
                "table": "attachment",
                "app": "schema",
                "indexes": [
                    Index(
                        fields=["subject_kind", "subject_id", "id"], name="ix_attachment_subject"
                    ),
                    Index(fields=["sha256"], name="ix_attachment_sha256"),
                ],
                "pk_attr": "id",
                "table_description": "A file given as evidence, of a project where its subject is of one. The bytes lie in the file",
            },
        ),
        ops.AlterField(
            model_name="Attachment",
            name="project",
            field=fields.ForeignKeyField(
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
        ops.AddConstraint(
            "OneItem",
            CheckConstraint(
                check="ends_on IS NULL OR ends_on >= starts_on", name="ck_one_item_days"
            ),
        ),
    ]
