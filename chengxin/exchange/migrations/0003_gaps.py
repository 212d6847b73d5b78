"""Rows that correct or withdraw what the upper platform has already."""

from django.db import migrations, models
from django.db.models import Exists, OuterRef

from chengxin.exchange import view


def mark(apps, schema_editor):
    """What is there already: withdrawals, and versions after one that was sent."""
    rows = apps.get_model("exchange", "ExchangeRow").objects
    before = rows.filter(fact=OuterRef("fact"), version__lt=OuterRef("version"), sent_at__isnull=False)
    rows.filter(Exists(before)).update(again=True)
    rows.filter(act="withdraw").update(again=True)


def away(apps, schema_editor):
    """SQLite makes the table anew, and a view on it would stand in the way; PostgreSQL's stays, with what was granted on it."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP VIEW IF EXISTS exchange_shared")


def back(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(view.create_sql("sqlite"))


class Migration(migrations.Migration):
    dependencies = [("exchange", "0002_notices")]

    operations = [
        migrations.RunPython(away, back),
        migrations.AddField(
            model_name="exchangerow",
            name="again",
            field=models.BooleanField(
                default=False, help_text="something of the fact was out already: it corrects or withdraws what they have"
            ),
        ),
        migrations.RunPython(back, away),
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
