"""The cells of an imported line, read as values, have the name that the field uses for them."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("schema", "0003_figures")]

    operations = [ops.RenameField("BatchRow", "said", "values")]
