"""Revoked completions, withdrawn activities. A business may pass a course again after a revocation, so that index goes."""

import django.db.models.deletion
from django.db import migrations, models

import chengxin.kernel.ids
from chengxin.audit import protection

REVOCATION = {"campaigns_revocation": '"id"'}


def protect(apps, schema_editor):
    protection.install_on(REVOCATION, schema_editor.execute, schema_editor.connection.vendor)


def unprotect(apps, schema_editor):
    protection.remove_from(REVOCATION, schema_editor.execute, schema_editor.connection.vendor)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="activity", name="activity_state"),
        migrations.RemoveConstraint(model_name="activity", name="activity_done_says_what"),
        migrations.AddConstraint(
            model_name="activity",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("PLANNED", "DONE", "CANCELLED", "WITHDRAWN"))), name="activity_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="activity",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["PLANNED", "WITHDRAWN"]), models.Q(("result", ""), _negated=True), _connector="OR"),
                name="activity_done_says_what",
            ),
        ),
        migrations.RemoveConstraint(model_name="completion", name="one_completion_a_version"),
        migrations.CreateModel(
            name="Revocation",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("reason", models.CharField(max_length=500)),
                ("by", models.CharField(max_length=80)),
                ("by_name", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                ("leaf", models.BigIntegerField()),
                (
                    "completion",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="revocation", to="campaigns.completion"),
                ),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="revocation_says_why")]
            },
        ),
        migrations.RunPython(protect, unprotect),
    ]
