import chengxin.kernel.encryption
import chengxin.kernel.ids
import django.db.models.deletion
from django.db import migrations, models

from chengxin.audit import protection


KEPT = {f"evaluation_{name}": '"id"' for name in ("ratingrule", "snapshot", "treatment", "treatmentend", "reply")}


def protect(apps, schema_editor):
    """Rules, snapshots, treatments and replies are written once; the database refuses the rest."""
    protection.install_on(KEPT, schema_editor.execute, schema_editor.connection.vendor)


def unprotect(apps, schema_editor):
    protection.remove_from(KEPT, schema_editor.execute, schema_editor.connection.vendor)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("audit", "0001_initial"),
        ("subjects", "0002_joining"),
    ]

    operations = [
        migrations.CreateModel(
            name="RatingRule",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=24, unique=True)),
                ("content", models.JSONField(help_text="the terms, see rules/default.yaml")),
                ("reason", models.CharField(max_length=500)),
                ("effective_on", models.DateField()),
                ("proposed_by", models.CharField(max_length=80)),
                ("proposed_by_name", models.CharField(max_length=80)),
                ("published_by", models.CharField(max_length=80)),
                ("published_by_name", models.CharField(max_length=80)),
                ("published_at", models.DateTimeField()),
                ("leaf", models.BigIntegerField()),
            ],
            options={
                "ordering": ["-effective_on", "-number"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("proposed_by", models.F("published_by")), _negated=True), name="rating_rule_two_people"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleProposal",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("content", models.JSONField()),
                ("reason", models.CharField(max_length=500)),
                ("effective_on", models.DateField()),
                ("department", models.CharField(max_length=24)),
                ("state", models.CharField(default="WAITING", max_length=10)),
                ("proposed_by", models.CharField(max_length=80)),
                ("proposed_by_name", models.CharField(max_length=80)),
                ("proposed_at", models.DateTimeField()),
                ("decided_by", models.CharField(blank=True, default="", max_length=80)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-proposed_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("WAITING", "PUBLISHED", "REFUSED"))), name="rating_proposal_state"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("proposed_by", models.F("decided_by")), _negated=True), name="rating_proposal_two_people"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Treatment",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=24, unique=True)),
                ("review_no", models.CharField(max_length=64)),
                ("act", models.CharField(choices=[("mask", "Partly masked"), ("exclude", "Excluded from the score")], max_length=8)),
                (
                    "part",
                    models.CharField(
                        blank=True, help_text="which part is masked, in words; the original is kept by the platform", max_length=200
                    ),
                ),
                ("reason", models.CharField(max_length=20)),
                ("basis", models.CharField(max_length=300)),
                ("statement", models.CharField(max_length=500)),
                ("original_sha256", models.CharField(blank=True, help_text="of the original that the platform keeps", max_length=64)),
                ("decided_by", models.CharField(max_length=80)),
                ("decided_by_name", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                ("leaf", models.BigIntegerField()),
                ("shop", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="treatments", to="subjects.shop")),
            ],
            options={
                "ordering": ["-at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("act", "exclude"),
                            models.Q(models.Q(("part", ""), _negated=True), models.Q(("original_sha256", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="mask_names_part_and_original",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("review_no", models.CharField(max_length=64)),
                ("department", models.CharField(help_text="that decides, by the rule in force when it was raised", max_length=24)),
                ("statement", chengxin.kernel.encryption.EncryptedTextField(basis="pipl.46", purpose="评价异议处理", term="PIA_KEEP")),
                ("state", models.CharField(default="OPEN", max_length=10)),
                ("raised_by", models.CharField(max_length=80)),
                ("raised_by_name", models.CharField(max_length=80)),
                ("raised_at", models.DateTimeField()),
                (
                    "answer",
                    chengxin.kernel.encryption.EncryptedTextField(
                        basis="pipl.46", blank=True, default="", purpose="评价异议处理", term="PIA_KEEP"
                    ),
                ),
                ("decided_by", models.CharField(blank=True, default="", max_length=80)),
                ("decided_by_name", models.CharField(blank=True, default="", max_length=80)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "shop",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="review_objections", to="subjects.shop"),
                ),
                (
                    "treatment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections",
                        to="evaluation.treatment",
                    ),
                ),
            ],
            options={
                "ordering": ["raised_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("OPEN", "UPHELD", "REJECTED"))), name="review_objection_state"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "OPEN")), fields=("shop", "review_no"), name="one_open_objection_per_review"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "OPEN"),
                            models.Q(models.Q(("decided_by", ""), _negated=True), models.Q(("answer", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="review_objection_with_reasons",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TreatmentEnd",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("reason", models.CharField(max_length=500)),
                ("decided_by", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                ("leaf", models.BigIntegerField()),
                (
                    "treatment",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="end", to="evaluation.treatment"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Reply",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("review_no", models.CharField(max_length=64)),
                ("text", models.CharField(max_length=500)),
                ("written_by", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                ("leaf", models.BigIntegerField()),
                ("shop", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="replies", to="subjects.shop")),
            ],
            options={
                "ordering": ["-at"],
                "constraints": [models.UniqueConstraint(fields=("shop", "review_no"), name="one_reply_per_review")],
            },
        ),
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("day", models.DateField()),
                ("score", models.IntegerField()),
                ("low", models.IntegerField()),
                ("high", models.IntegerField()),
                ("ratings", models.IntegerField()),
                ("excluded", models.IntegerField()),
                ("effective_milli", models.BigIntegerField()),
                ("points", models.IntegerField()),
                ("level", models.SmallIntegerField()),
                ("good", models.IntegerField()),
                ("neutral", models.IntegerField()),
                ("bad", models.IntegerField()),
                ("recent", models.IntegerField()),
                ("drift_milli", models.IntegerField()),
                ("reported", models.IntegerField(help_text="buyers' reviews reported in all, also those that do not count")),
                ("missing", models.IntegerField(default=0)),
                ("passed", models.IntegerField(default=0)),
                ("facts", models.JSONField(default=dict)),
                ("digest", models.CharField(help_text="of the inputs; the same inputs need no new snapshot", max_length=64)),
                ("receipt", models.BinaryField()),
                ("reviews", models.BinaryField()),
                ("made_at", models.DateTimeField()),
                ("leaf", models.BigIntegerField()),
                ("rule", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="evaluation.ratingrule")),
                ("shop", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="snapshots", to="subjects.shop")),
            ],
            options={
                "ordering": ["-day"],
                "constraints": [models.UniqueConstraint(fields=("shop", "day"), name="one_snapshot_a_day")],
            },
        ),
        migrations.RunPython(protect, unprotect),
    ]
