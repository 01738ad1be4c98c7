"""A proposal that another one overtook says so by its state."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("schema", "0009_entries")]

    operations = [
        ops.RemoveField("RuleProposal", "confirmed_before"),
        ops.RemoveField("CalendarProposal", "confirmed_before"),
    ]
