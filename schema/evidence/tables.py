"""Files given as evidence."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from schema.database.columns import foreign_key


class Attachment(Model):
    """A file given as evidence, of a project where its subject is of one. The bytes lie in the file
    store under their SHA-256.
    """

    added_by_id: int

    id = fields.BigIntField(primary_key=True)
    project = foreign_key("Project", null=True)
    subject_kind = fields.CharField(max_length=30)
    subject_id = fields.BigIntField()
    name = fields.CharField(max_length=200)
    media_type = fields.CharField(max_length=100)
    size = fields.BigIntField()
    sha256 = fields.CharField(max_length=64)
    added_by = foreign_key("Person")
    added_at = fields.DatetimeField()

    class Meta:
        indexes = [
            Index(fields=("subject_kind", "subject_id", "id"), name="ix_attachment_subject"),
            Index(fields=("sha256",), name="ix_attachment_sha256"),
        ]
