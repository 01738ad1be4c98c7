"""Article 6: milestones."""

from tortoise import fields
from tortoise.models import Model

from schema.database.columns import foreign_key
from schema.project.rules import Stage


class Milestone(Model):
    """A step of the timetable that was reached, from registration to full output."""

    id = fields.BigIntField(primary_key=True)
    project = foreign_key("Project")
    stage = fields.CharEnumField(Stage, max_length=20)
    reached_on = fields.DateField()
    note = fields.CharField(max_length=500, default="")
    recorded_by = foreign_key("Person", null=True)
    recorded_at = fields.DatetimeField()
    migration = foreign_key("Migration", null=True)
