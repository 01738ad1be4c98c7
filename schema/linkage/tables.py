"""Article 3: claims, opinions, judgements, returns, disputes, transfers, merges."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from schema.city.rules import Life
from schema.city.rules.personal import Form, personal
from schema.database.columns import foreign_key
from schema.project.tables import Project


class Verdict(StrEnum):
    """受理、不予受理: the answer of a judgement."""

    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"


class Assessment(StrEnum):
    """认可、不足: what the office finds of the evidence of a claim."""

    GOOD = "GOOD"
    NOT_SUFFICIENT = "NOT_SUFFICIENT"


class Stance(StrEnum):
    """同意、建议另定、不同意: the opinion of the group's office on a report under judgement."""

    AGREE = "AGREE"
    ANOTHER = "ANOTHER"
    OBJECT = "OBJECT"


class TransferState(StrEnum):
    """待评估、待承接、不同意、已承接: how far a transfer has come."""

    REQUESTED = "REQUESTED"
    APPROVED = "APPROVED"
    REFUSED = "REFUSED"
    TAKEN_UP = "TAKEN_UP"


TRANSFER_UNDER_WAY = (TransferState.REQUESTED, TransferState.APPROVED)
TRANSFER_LIFE: Life[TransferState] = Life(
    "流转",
    {
        "projectTransferDecide": {TransferState.REQUESTED: TransferState.APPROVED},
        "projectTakeUp": {TransferState.APPROVED: TransferState.TAKEN_UP},
    },
    {
        TransferState.REQUESTED: "待评估",
        TransferState.APPROVED: "同意流转，待承接",
        TransferState.REFUSED: "不同意流转",
        TransferState.TAKEN_UP: "已承接",
    },
    {"projectTransferDecide": {TransferState.REQUESTED: TransferState.REFUSED}},
    column="state",
)


class Claim(Model):
    """A place claims to have met the investor first, on a day, with evidence.

    `by_report` is true of the claim that a report itself is, which has the report's time. It is null of
    claims from before that was kept: there the times of both tell.
    """

    place_id: int
    claimed_by_id: int
    assessed_by_id: int | None

    id = fields.BigIntField(primary_key=True)
    project = foreign_key("Project")
    place = foreign_key("Place")
    contact_on = fields.DateField()
    contact_with = personal(Form.NAME, fields.CharField(max_length=100))
    personal_salt = fields.CharField(max_length=32, default="", db_default="")
    contact_by = fields.CharField(max_length=100, default="")
    note = fields.CharField(max_length=1000, default="")
    claimed_by = foreign_key("Person")
    claimed_post_id = fields.BigIntField(null=True)
    claimed_at = fields.DatetimeField()
    by_report = fields.BooleanField(null=True)
    assessment = fields.CharEnumField(Assessment, max_length=20, null=True)
    assessment_reason = fields.CharField(max_length=1000, null=True)
    assessed_by = foreign_key("Person", null=True)
    assessed_post_id = fields.BigIntField(null=True)
    assessed_at = fields.DatetimeField(null=True)


class Opinion(Model):
    """会同: the opinion of a group's office on a report, one of each group that has had the report,
    and another each time that it was asked anew (`Project.grouped_at`) or corrected what it had given
    before the judgement: the last one counts.

    `due_at` is the group's own limit as it stood when the opinion was given.
    """

    id = fields.BigIntField(primary_key=True)
    project = foreign_key("Project")
    group = foreign_key("Group")
    stance = fields.CharEnumField(Stance, max_length=10)
    place = foreign_key("Place", null=True)
    reason = fields.CharField(max_length=1000)
    due_at = fields.DatetimeField(null=True)
    given_by = foreign_key("Person")
    given_post_id = fields.BigIntField(null=True)
    given_at = fields.DatetimeField()

    class Meta:
        unique_together = (("project_id", "group_id", "given_at"),)
        constraints = [
            CheckConstraint("(stance = 'ANOTHER') = (place_id IS NOT NULL)", "ck_opinion_place")
        ]


class Judgement(Model):
    """The office's decision within two working days, which names the first-contact place.

    `proposed_place` is the place that the order of claims proposed, on `proposed_ground`, and
    `departure` why another was named; `without_claim`, that the named place had claimed nothing.
    `opinion` is what the group's office gave; without one, `opinion_due_at` is the limit that had
    passed, and both are null where none was asked for.
    """

    id = fields.BigIntField(primary_key=True)
    project: fields.OneToOneRelation[Project] = fields.OneToOneField(
        "schema.Project", related_name=False, on_delete=fields.RESTRICT
    )
    verdict = fields.CharEnumField(Verdict, max_length=10)
    first_contact_place = foreign_key("Place", null=True)
    reason = fields.CharField(max_length=1000)
    due_at = fields.DatetimeField(null=True)
    proposed_place = foreign_key("Place", null=True)
    proposed_ground = fields.CharField(max_length=200, default="", db_default="")
    departure = fields.CharField(max_length=1000, default="", db_default="")
    without_claim = fields.BooleanField(default=False, db_default=False)
    opinion = foreign_key("Opinion", null=True)
    opinion_due_at = fields.DatetimeField(null=True)
    judged_by = foreign_key("Person", null=True)
    judged_post_id = fields.BigIntField(null=True)
    judged_at = fields.DatetimeField()
    migration = foreign_key("Migration", null=True)


class Return(Model):
    """A report returned for completion. Its clock is paused until it is resubmitted."""

    id = fields.BigIntField(primary_key=True)
    project = foreign_key("Project")
    reason = fields.CharField(max_length=1000)
    returned_by = foreign_key("Person")
    returned_post_id = fields.BigIntField(null=True)
    returned_at = fields.DatetimeField()
    resubmitted_at = fields.DatetimeField(null=True)


class Dispute(Model):
    """A place objects to the first-contact place. The office decides with a written reason.

    Where it names a third place, `proposed_place`, `proposed_ground`, `departure` and `without_claim` say
    of it what a judgement says of the place that it names.
    """

    id = fields.BigIntField(primary_key=True)
    project = foreign_key("Project")
    place = foreign_key("Place")
    grounds = fields.CharField(max_length=1000)
    raised_by = foreign_key("Person")
    raised_post_id = fields.BigIntField(null=True)
    raised_at = fields.DatetimeField()
    upheld = fields.BooleanField(null=True)
    decision = fields.CharField(max_length=1000, default="")
    proposed_place = foreign_key("Place", null=True)
    proposed_ground = fields.CharField(max_length=200, default="", db_default="")
    departure = fields.CharField(max_length=1000, default="", db_default="")
    without_claim = fields.BooleanField(default=False, db_default=False)
    decided_by = foreign_key("Person", null=True)
    decided_post_id = fields.BigIntField(null=True)
    decided_at = fields.DatetimeField(null=True)


class Transfer(Model):
    """A project moves from its first-contact place, which cannot land it, to where it will land."""

    from_place_id: int
    to_place_id: int

    id = fields.BigIntField(primary_key=True)
    project = foreign_key("Project")
    from_place = foreign_key("Place")
    to_place = foreign_key("Place")
    state = fields.CharEnumField(TransferState, max_length=10)
    reason = fields.CharField(max_length=1000)
    requested_by = foreign_key("Person", null=True)
    requested_post_id = fields.BigIntField(null=True)
    requested_at = fields.DatetimeField()
    assessment = fields.CharField(max_length=1000, default="")
    decided_by = foreign_key("Person", null=True)
    decided_post_id = fields.BigIntField(null=True)
    decided_at = fields.DatetimeField(null=True)
    taken_up_by = foreign_key("Person", null=True)
    taken_up_post_id = fields.BigIntField(null=True)
    taken_up_at = fields.DatetimeField(null=True)
    migration = foreign_key("Migration", null=True)

    class Meta:
        indexes = [Index(fields=("requested_at", "id"), name="ix_transfer_requested")]


class ContactReveal(Model):
    """Somebody had a project's contacts shown unmasked, for a reason, until a moment."""

    id = fields.BigIntField(primary_key=True)
    project = foreign_key("Project")
    unit = foreign_key("Organization", null=True)
    reason = fields.CharField(max_length=500)
    revealed_by = foreign_key("Person")
    revealed_post_id = fields.BigIntField(null=True)
    revealed_at = fields.DatetimeField()
    revealed_until = fields.DatetimeField()

    class Meta:
        table = "contact_reveal"


class InquiryRoad(StrEnum):
    """查重、报送、补正、台账、目标企业转为线索和改名: the way by which somebody asked for what they do not see."""

    SEARCH = "SEARCH"
    REPORT = "REPORT"
    RESUBMISSION = "RESUBMISSION"
    LEDGER = "LEDGER"
    CONVERSION = "CONVERSION"
    EARLIER = "EARLIER"


class Inquiry(Model):
    """How often a person, for a unit, asked on a day by one road whether something unseen is known.

    Of the questions `asked`, `matched` were answered that it is, and `withheld` that the day's
    notices are used up. `shown` are the rows of which the person was notified, `[kind, id]` each, and
    the tickets given for reports with evidence, `["Ticket", [project, SHA-256 of a file, …]]` each.
    `tried` is the digest of the last question, where it was tried out before it is sent.
    One row is written however a question is answered.
    """

    id = fields.BigIntField(primary_key=True)
    person = foreign_key("Person")
    organization = foreign_key("Organization")
    day = fields.DateField()
    road = fields.CharEnumField(InquiryRoad, max_length=12)
    asked = fields.IntField()
    matched = fields.IntField()
    withheld = fields.IntField()
    shown: fields.JSONField[list[list[Any]]] = fields.JSONField()
    tried = fields.CharField(max_length=64, default="", db_default="")
    first_at = fields.DatetimeField()
    last_at = fields.DatetimeField()

    class Meta:
        unique_together = (("person", "day", "organization", "road"),)
        indexes = [Index(fields=("day", "id"), name="ix_inquiry_day")]


class Merge(Model):
    """A report found to be a project that the city already knows."""

    id = fields.BigIntField(primary_key=True)
    project: fields.OneToOneRelation[Project] = fields.OneToOneField(
        "schema.Project", related_name=False, on_delete=fields.RESTRICT
    )
    into = foreign_key("Project")
    reason = fields.CharField(max_length=1000)
    merged_by = foreign_key("Person")
    merged_at = fields.DatetimeField()
