from django.db import migrations

from chengxin.cases import guards


def protect(apps, schema_editor):
    """No case without the steps that led to its state; the database refuses the rest."""
    guards.install(schema_editor.execute, schema_editor.connection.vendor)


def unprotect(apps, schema_editor):
    guards.remove(schema_editor.execute, schema_editor.connection.vendor)


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [migrations.RunPython(protect, unprotect)]
