"""How many projects each stage has, and their amount, without reading a project."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("schema", "0002_guards")]

    operations = [
        ops.AddIndex("Project", Index(fields=["stage", "amount_fen"], name="ix_project_figures")),
    ]
