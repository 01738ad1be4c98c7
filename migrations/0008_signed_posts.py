"""Who signs a judgement, a transfer or an agreement signs it in a post, and it stays that post."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

SIGNED = {
    "Claim": ("claimed",),
    "Judgement": ("judged",),
    "Return": ("returned",),
    "Dispute": ("raised", "decided"),
    "Transfer": ("requested", "decided", "taken_up"),
    "Agreement": ("recorded",),
}


class Migration(migrations.Migration):
    dependencies = [("schema", "0007_shared_views")]

    operations = [
        ops.AddField(table, f"{what}_post_id", fields.BigIntField(null=True))
        for table, acts in SIGNED.items()
        for what in acts
    ]
