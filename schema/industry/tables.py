"""Article 2: the six ones of each group and what stood in them, chain nodes, target companies."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from schema.city.rules.personal import Form, personal
from schema.database.columns import foreign_key
from schema.industry.rules import (
    ChangeKind,
    Means,
    OneKind,
    OneState,
    Position,
    SeatRole,
    TargetStage,
)


class One(Model):
    """One of the six ones of a group: its state, and the unit that keeps it up to date.

    `no` is its name in addresses, `modern-services-team`; `asked_at` when its keeper was asked for it or
    it first lacked something, until it is complete; `submitted_at` since when something of it waits, or
    last waited, to be checked; `returned_at` when something was last returned. `to_check` is whether
    something waits. `asks` is since when each unit that was asked before the present one was asked,
    until the one is complete.
    """

    group_id: int
    keeper_id: int

    id = fields.BigIntField(primary_key=True)
    no = fields.CharField(max_length=60, unique=True)
    group = foreign_key("Group")
    kind = fields.CharEnumField(OneKind, max_length=20)
    keeper = foreign_key("Organization")
    state = fields.CharEnumField(OneState, max_length=15)
    asked_at = fields.DatetimeField(null=True)
    asks: fields.JSONField[dict[str, str] | None] = fields.JSONField(null=True)
    submitted_at = fields.DatetimeField(null=True)
    returned_for = fields.CharField(max_length=500, default="")
    returned_at = fields.DatetimeField(null=True)
    to_check = fields.BooleanField(default=False, db_default=False)
    revision = fields.IntField(default=1)
    updated_at = fields.DatetimeField()

    class Meta:
        table = "one"
        unique_together = (("group", "kind"),)


class OneItem(Model):
    """Who or what stands in a one from a day to a day (both included; None is open), by which document.

    People have a `role`; without a leader the one is not begun, whoever else there is. A row is proposed
    until somebody else of the office has checked it; from then on it is changed by a checked `OneChange`
    alone. `ends_on` is what a document says of it; whoever is followed (`follows`) ends without a word
    of its own (`rules.ends_of`). What is void never stood.
    """

    one_id: int
    follows_id: int | None
    recorded_by_id: int | None

    id = fields.BigIntField(primary_key=True)
    one = foreign_key("One")
    role = fields.CharEnumField(SeatRole, max_length=20, null=True)
    name = fields.CharField(max_length=100)
    detail = fields.CharField(max_length=1000, default="")
    organization = foreign_key("Organization", null=True)
    person = foreign_key("Person", null=True)
    starts_on = fields.DateField()
    ends_on = fields.DateField(null=True)
    document_no = fields.CharField(max_length=80, default="")
    document_on = fields.DateField(null=True)
    recorded_by = foreign_key("Person", null=True)
    recorded_post_id = fields.BigIntField(null=True)
    recorded_at = fields.DatetimeField()
    checked_by = foreign_key("Person", null=True)
    checked_post_id = fields.BigIntField(null=True)
    checked_at = fields.DatetimeField(null=True)
    end_document_no = fields.CharField(max_length=80, default="")
    follows = foreign_key("OneItem", null=True)
    returned_for = fields.CharField(max_length=500, default="", db_default="")
    void_at = fields.DatetimeField(null=True)
    void_for = fields.CharField(max_length=500, default="", db_default="")

    class Meta:
        table = "one_item"
        constraints = [
            CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", "ck_one_item_days")
        ]


class OneChange(Model):
    """What somebody provides or proposes on an item: papers, an end, or that it is void, with the reason.

    On what is settled it takes effect when somebody else of the office checks it, and never where it
    is returned or withdrawn; on what is itself still proposed it is part of it, and is checked with it.
    """

    one_id: int
    item_id: int
    recorded_by_id: int

    id = fields.BigIntField(primary_key=True)
    one = foreign_key("One")
    item = foreign_key("OneItem")
    kind = fields.CharEnumField(ChangeKind, max_length=10)
    ends_on = fields.DateField(null=True)
    document_no = fields.CharField(max_length=80, default="")
    document_on = fields.DateField(null=True)
    reason = fields.CharField(max_length=500, default="")
    recorded_by = foreign_key("Person")
    recorded_post_id = fields.BigIntField(null=True)
    recorded_at = fields.DatetimeField()
    checked_by = foreign_key("Person", null=True)
    checked_post_id = fields.BigIntField(null=True)
    checked_at = fields.DatetimeField(null=True)
    returned_for = fields.CharField(max_length=500, default="")
    withdrawn_at = fields.DatetimeField(null=True)

    class Meta:
        table = "one_change"


class ChainNode(Model):
    """A node of a group's chain. `classes` are GB/T 4754-2017 codes parted by blanks.

    `basis` says where the node comes from. A gap has a reason and a wish.
    """

    group_id: int

    id = fields.BigIntField(primary_key=True)
    no = fields.CharField(max_length=20, unique=True)
    group = foreign_key("Group")
    chain = fields.CharField(max_length=60)
    position = fields.CharEnumField(Position, max_length=12)
    name = fields.CharField(max_length=80)
    classes = fields.CharField(max_length=80)
    typical = fields.CharField(max_length=200, default="")
    source = fields.CharField(max_length=300, default="")
    gap = fields.BooleanField(default=False)
    gap_reason = fields.CharField(max_length=500, default="")
    wish = fields.CharField(max_length=500, default="")
    retired_at = fields.DatetimeField(null=True)
    revision = fields.IntField(default=1)
    updated_at = fields.DatetimeField()

    class Meta:
        table = "chain_node"


class ChainFirm(Model):
    """A firm of the city that a group counts to a node, with the source it knows it from."""

    id = fields.BigIntField(primary_key=True)
    node = foreign_key("ChainNode")
    name = fields.CharField(max_length=120)
    place = foreign_key("Place", null=True)
    source = fields.CharField(max_length=300)
    added_by = foreign_key("Person")
    added_post_id = fields.BigIntField(null=True)
    added_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    ended_for = fields.CharField(max_length=300, default="")

    class Meta:
        table = "chain_firm"


class TargetRegion(Model):
    """Where a group looks for companies: 长三角, 珠三角, 京津冀, 成渝, 欧美日韩 and what the office adds."""

    id = fields.BigIntField(primary_key=True)
    slug = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=40, unique=True)
    position = fields.IntField(default=0)
    retired = fields.BooleanField(default=False)
    revision = fields.IntField(default=1)
    updated_at = fields.DatetimeField()

    class Meta:
        table = "target_region"


class TargetCompany(Model):
    """A company that a group goes after. `next_on` with `next_step` is its next contact, due at closing
    time (`next_due_at`), by whoever of the group has the duty in hand; `next_set_at` since when.
    `first_agreed_on` is the day that was agreed first and not kept, where it has been put off since,
    `put_off` times, or the company was given up.
    `reported` is the group's report that was made from it last, `lead` the one that it is bound to.
    `undone_at` is set where the list that brought it in was taken back: the company was never listed.
    """

    group_id: int
    unit_id: int
    node_id: int | None
    region_id: int | None

    id = fields.BigIntField(primary_key=True)
    no = fields.CharField(max_length=20, unique=True)
    group = foreign_key("Group")
    unit = foreign_key("Organization")
    name = fields.CharField(max_length=200)
    normal_name = fields.CharField(max_length=200, db_index=True)
    search = fields.TextField()
    uscc = fields.CharField(max_length=18, default="", db_index=True)
    node = foreign_key("ChainNode", null=True)
    region = foreign_key("TargetRegion", null=True)
    place = foreign_key("Place", null=True)
    why = fields.CharField(max_length=1000, default="")
    owner = foreign_key("Person", null=True)
    stage = fields.CharEnumField(TargetStage, max_length=12)
    stage_at = fields.DatetimeField()
    next_on = fields.DateField(null=True)
    next_step = fields.CharField(max_length=200, default="")
    next_due_at = fields.DatetimeField(null=True)
    next_set_at = fields.DatetimeField(null=True)
    put_off = fields.IntField(default=0, db_default=0)
    first_agreed_on = fields.DateField(null=True)
    contacted_on = fields.DateField(null=True)
    reported = foreign_key("Project", null=True)
    reported_at = fields.DatetimeField(null=True)
    lead = foreign_key("Project", null=True)
    dropped_for = fields.CharField(max_length=300, default="")
    undone_at = fields.DatetimeField(null=True)
    added_by = foreign_key("Person")
    added_post_id = fields.BigIntField(null=True)
    added_at = fields.DatetimeField()
    revision = fields.IntField(default=1)
    updated_at = fields.DatetimeField()

    class Meta:
        table = "target_company"
        indexes = [
            Index(fields=("group_id", "stage", "next_on"), name="ix_target_board"),
            Index(fields=("updated_at", "id"), name="ix_target_updated"),
        ]


class TargetContact(Model):
    """A contact with a target company: when, with whom, by what means, and what came of it."""

    id = fields.BigIntField(primary_key=True)
    target = foreign_key("TargetCompany")
    happened_on = fields.DateField()
    means = fields.CharEnumField(Means, max_length=10)
    with_whom = personal(Form.NAME, fields.CharField(max_length=100))
    personal_salt = fields.CharField(max_length=32, default="", db_default="")
    outcome = fields.CharField(max_length=1000)
    recorded_by = foreign_key("Person")
    recorded_post_id = fields.BigIntField(null=True)
    recorded_at = fields.DatetimeField()

    class Meta:
        table = "target_contact"
