"""Templates that the office gave, by version."""

from tortoise import fields
from tortoise.models import Model

from schema.database.columns import foreign_key


class DocumentTemplate(Model):
    """One version of a document's template. Rows are added and never changed.

    The bytes lie in the file store under their SHA-256; "" is the template that is built in.
    """

    recorded_by_id: int

    id = fields.BigIntField(primary_key=True)
    document = fields.CharField(max_length=40)
    version = fields.IntField()
    name = fields.CharField(max_length=200, default="")
    size = fields.BigIntField(default=0)
    sha256 = fields.CharField(max_length=64, default="")
    effective_on = fields.DateField()
    document_number = fields.CharField(max_length=80)
    reason = fields.CharField(max_length=300)
    recorded_at = fields.DatetimeField()
    recorded_by = foreign_key("Person")
    recorded_post_id = fields.BigIntField(null=True)

    class Meta:
        table = "document_template"
        unique_together = [("document", "version")]
