import django.db.models.deletion
from django.db import migrations, models

from chengxin.cases import guards


def protect(apps, schema_editor):
    """No case without the steps that led to its state; the database refuses the rest."""
    guards.install(schema_editor.execute, schema_editor.connection.vendor)


def unprotect(apps, schema_editor):
    guards.remove(schema_editor.execute, schema_editor.connection.vendor)


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="lead",
            field=models.ForeignKey(
                blank=True,
                help_text="the first file of a matter of several parties",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="others",
                to="cases.case",
            ),
        ),
        migrations.RunPython(protect, unprotect),
    ]
