"""Article 5: agreements."""

from tortoise import fields
from tortoise.models import Model

from schema.database.columns import foreign_key
from schema.signing.rules import AgreementKind


class Agreement(Model):
    """A signed agreement. Only a formal or supplementary one counts as signed funds."""

    id = fields.BigIntField(primary_key=True)
    project = foreign_key("Project")
    kind = fields.CharEnumField(AgreementKind, max_length=15)
    title = fields.CharField(max_length=200)
    amount_fen = fields.BigIntField()
    signed_on = fields.DateField()
    start_by = fields.DateField(null=True)
    complete_by = fields.DateField(null=True)
    operate_by = fields.DateField(null=True)
    entry = foreign_key("Entry", null=True)
    recorded_by = foreign_key("Person", null=True)
    recorded_post_id = fields.BigIntField(null=True)
    recorded_at = fields.DatetimeField()
    migration = foreign_key("Migration", null=True)
