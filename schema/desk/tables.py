"""What people save for themselves."""

from tortoise import fields
from tortoise.models import Model

from schema.database.columns import foreign_key


class SavedView(Model):
    """A name for a list's query string; `shared` is an `Audience`, since `shared_at` if not ME."""

    id = fields.BigIntField(primary_key=True)
    person = foreign_key("Person")
    organization = foreign_key("Organization")
    shared = fields.CharField(max_length=10)
    page = fields.CharField(max_length=40)
    name = fields.CharField(max_length=40)
    query = fields.CharField(max_length=1000)
    created_at = fields.DatetimeField()
    shared_at = fields.DatetimeField(null=True)

    class Meta:
        table = "saved_view"
