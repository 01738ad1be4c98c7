"""What people save for themselves."""

from typing import Any

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


class FormDraft(Model):
    """What a person has typed into a form and not sent. Nobody else reads it, and it is in no journal.

    `typed` are the names and texts as the form would send them, `files` the names of the fields in
    which files were chosen, `form_key` the key of the rendering that typed last, `session` where.
    `earlier` is what a rendering elsewhere had kept before: {typed, files, browser, session, saved_at}.
    """

    id = fields.BigIntField(primary_key=True)
    person: Any = fields.ForeignKeyField(
        "schema.Person", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    name = fields.CharField(max_length=200)
    act = fields.CharField(max_length=60)
    page = fields.CharField(max_length=1000)
    typed: fields.JSONField[list[list[str]]] = fields.JSONField(default=list)
    files: fields.JSONField[list[str]] = fields.JSONField(default=list)
    form_key = fields.CharField(max_length=100)
    browser = fields.CharField(max_length=80)
    session = fields.BigIntField()
    saved_at = fields.DatetimeField(db_index=True)
    earlier: fields.JSONField[dict[str, Any] | None] = fields.JSONField(null=True)

    class Meta:
        table = "form_draft"
        unique_together = (("person", "name"),)
