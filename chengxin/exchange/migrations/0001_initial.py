import chengxin.kernel.ids
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from chengxin.audit import protection
from chengxin.exchange import view


KEPT = {"exchange_exchangestep": '"id"', "exchange_assessment": '"id"', "exchange_shareuse": '"id"'}


def protect(apps, schema_editor):
    """Steps, assessments and uses are written once; what is shared is read through a view."""
    vendor = schema_editor.connection.vendor
    protection.install_on(KEPT, schema_editor.execute, vendor)
    schema_editor.execute(view.create_sql(vendor))


def unprotect(apps, schema_editor):
    schema_editor.execute("DROP VIEW exchange_shared")
    protection.remove_from(KEPT, schema_editor.execute, schema_editor.connection.vendor)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("audit", "0001_initial"),
        ("subjects", "0003_namechange"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reconciliation",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=24, unique=True)),
                ("at", models.DateTimeField()),
                ("file", models.CharField(max_length=120)),
                ("sha256", models.CharField(max_length=64)),
                ("sent", models.PositiveIntegerField()),
                ("accepted", models.PositiveIntegerField()),
                ("standing", models.PositiveIntegerField(help_text="of the accepted: not withdrawn and not replaced")),
                ("published", models.PositiveIntegerField()),
                ("found", models.PositiveIntegerField()),
                ("by", models.CharField(max_length=80)),
            ],
            options={
                "ordering": ["-at"],
            },
        ),
        migrations.CreateModel(
            name="CatalogueEntry",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=24, unique=True)),
                ("resource", models.CharField(max_length=20)),
                ("title", models.CharField(max_length=100)),
                ("department", models.CharField(max_length=24)),
                ("sharing", models.CharField(max_length=12)),
                ("condition", models.CharField(blank=True, default="", max_length=300)),
                ("fields", models.JSONField()),
                ("state", models.CharField(default="DRAFT", max_length=8)),
                ("made_by", models.CharField(max_length=80)),
                ("made_by_name", models.CharField(max_length=80)),
                ("made_at", models.DateTimeField()),
                ("listed_by", models.CharField(blank=True, default="", max_length=80)),
                ("listed_by_name", models.CharField(blank=True, default="", max_length=80)),
                ("listed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["department", "title"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("DRAFT", "ASSESSED", "LISTED", "ENDED")), ("sharing__in", ("open", "conditional", "never"))
                        ),
                        name="catalogue_entry_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sharing", "conditional"), _negated=True), models.Q(("condition", ""), _negated=True), _connector="OR"
                        ),
                        name="catalogue_entry_names_its_condition",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "LISTED"), _negated=True),
                            models.Q(
                                models.Q(("listed_by", ""), _negated=True), models.Q(("listed_by", models.F("made_by")), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="catalogue_entry_two_people",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Assessment",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("lawful", models.CharField(help_text="purpose and manner: lawful, just, necessary", max_length=500)),
                ("impact", models.CharField(help_text="effect on persons and the risk", max_length=500)),
                ("measures", models.CharField(help_text="safeguards, and that they fit the risk", max_length=500)),
                ("personal_fields", models.JSONField()),
                ("keep_until", models.DateField()),
                ("by", models.CharField(max_length=80)),
                ("by_name", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                ("leaf", models.BigIntegerField()),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="assessment", to="exchange.catalogueentry"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ExchangeBatch",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=24, unique=True)),
                ("kind", models.CharField(max_length=10)),
                ("map_version", models.CharField(max_length=12)),
                ("department", models.CharField(max_length=24)),
                ("format", models.CharField(default="xml", max_length=4)),
                ("state", models.CharField(max_length=10)),
                ("round", models.PositiveIntegerField(default=0)),
                ("collected_by", models.CharField(max_length=80)),
                ("collected_by_name", models.CharField(max_length=80)),
                ("collected_at", models.DateTimeField()),
                ("approved_by", models.CharField(blank=True, default="", max_length=80)),
                ("approved_by_name", models.CharField(blank=True, default="", max_length=80)),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-collected_at", "-number"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ("COLLECTED", "VALIDATED", "APPROVED", "PACKED", "SENT", "REJECTED", "FIXED", "RESENT", "ACKED", "DROPPED"),
                            ),
                            ("format__in", ["xml", "csv", "xlsx"]),
                        ),
                        name="exchange_batch_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("collected_by", models.F("approved_by")), _negated=True), name="exchange_batch_two_people"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["COLLECTED", "VALIDATED", "DROPPED"]),
                            models.Q(("approved_by", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="exchange_batch_sent_is_approved",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExchangeRow",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=24, unique=True)),
                ("kind", models.CharField(max_length=10)),
                ("map_version", models.CharField(max_length=12)),
                ("fact", models.CharField(max_length=60)),
                ("source", models.CharField(help_text="number of the record or licence this version was made from", max_length=24)),
                ("version", models.PositiveIntegerField()),
                ("act", models.CharField(default="put", max_length=8)),
                ("department", models.CharField(max_length=24)),
                ("content", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                ("event_on", models.DateField(help_text="day of the decision or of the withdrawal: the clock counts from it")),
                ("due_on", models.DateField()),
                ("shown_until", models.DateField(blank=True, null=True)),
                ("state", models.CharField(default="WAITING", max_length=8)),
                ("errors", models.JSONField(default=list, help_text="what is wrong: [{field, code, zh, en}]")),
                ("made_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("receipt", models.CharField(blank=True, default="", help_text="the upper platform's number of acceptance", max_length=64)),
                ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="subjects.subject")),
            ],
            options={
                "ordering": ["due_on", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("fact", "version"), name="one_exchange_row_a_version"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("WAITING", "FAULTY", "PACKED", "SENT", "ACCEPTED", "REJECTED", "REPLACED")),
                            ("act__in", ("put", "withdraw")),
                        ),
                        name="exchange_row_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("state", "ACCEPTED"), _negated=True), ("accepted_at__isnull", False), _connector="OR"),
                        name="exchange_row_accepted_at",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["state", "department", "kind"], name="exchange_row_waits"),
                    models.Index(fields=["fact", "version"], name="exchange_row_fact"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BatchRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("round", models.PositiveIntegerField()),
                ("place", models.PositiveIntegerField()),
                ("answer", models.CharField(blank=True, default="", max_length=8)),
                ("code", models.CharField(blank=True, default="", max_length=40)),
                ("text", models.CharField(blank=True, default="", max_length=300)),
                (
                    "batch",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="exchange.exchangebatch"),
                ),
                ("row", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="exchange.exchangerow")),
            ],
            options={
                "ordering": ["round", "place"],
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "round", "row"), name="one_exchange_line"),
                    models.CheckConstraint(condition=models.Q(("answer__in", ["", "accepted", "rejected"])), name="exchange_line_answer"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExchangeStep",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("of", models.CharField(max_length=10)),
                ("matter", models.UUIDField(db_index=True)),
                ("place", models.PositiveIntegerField()),
                ("action", models.CharField(max_length=20)),
                ("before", models.CharField(max_length=10)),
                ("after", models.CharField(max_length=10)),
                ("actor", models.CharField(max_length=80)),
                ("actor_name", models.CharField(max_length=80)),
                ("reason", models.CharField(blank=True, default="", max_length=500)),
                ("at", models.DateTimeField()),
                ("leaf", models.BigIntegerField()),
            ],
            options={
                "ordering": ["matter", "place"],
                "constraints": [models.UniqueConstraint(fields=("matter", "place"), name="one_exchange_step_a_place")],
            },
        ),
        migrations.CreateModel(
            name="FactNotice",
            fields=[
                ("sequence", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=16)),
                ("number", models.CharField(max_length=24)),
                ("on", models.DateField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["sequence"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("kind__in", ("fact.published", "fact.withdrawn"))), name="fact_notice_kind"),
                    models.UniqueConstraint(fields=("kind", "number"), name="one_fact_notice"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Hook",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=24, unique=True)),
                ("client_code", models.CharField(max_length=64)),
                ("url", models.CharField(max_length=500)),
                ("turn", models.PositiveIntegerField(default=1)),
                ("since", models.PositiveBigIntegerField(default=0, help_text="notices after this number are delivered")),
                ("made_by", models.CharField(max_length=80)),
                ("made_at", models.DateTimeField()),
                ("stopped_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["made_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("stopped_at__isnull", True)), fields=("client_code", "url"), name="one_hook_an_address"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HookDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(default="WAITING", max_length=8)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("next_at", models.DateTimeField()),
                ("status", models.PositiveIntegerField(default=0)),
                ("error", models.CharField(blank=True, default="", max_length=200)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("hook", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="exchange.hook")),
                ("notice", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="exchange.factnotice")),
            ],
            options={
                "ordering": ["hook", "notice"],
                "constraints": [
                    models.UniqueConstraint(fields=("hook", "notice"), name="one_delivery_a_notice"),
                    models.CheckConstraint(condition=models.Q(("state__in", ("WAITING", "DONE", "DEAD"))), name="hook_delivery_state"),
                ],
            },
        ),
        migrations.CreateModel(
            name="InboundFile",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120)),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("kind", models.CharField(max_length=10)),
                ("rows", models.PositiveIntegerField(default=0)),
                ("fresh", models.PositiveIntegerField(default=0)),
                ("known", models.PositiveIntegerField(default=0)),
                ("wrong", models.PositiveIntegerField(default=0)),
                ("errors", models.JSONField(default=list, help_text="the first rows that were refused: [{row, field, zh, en}]")),
                ("failed", models.CharField(blank=True, default="", max_length=300)),
                ("taken_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-taken_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "rows",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(models.F("fresh"), "+", models.F("known")),
                                    "+",
                                    models.F("wrong"),
                                ),
                            )
                        ),
                        name="inbound_file_adds_up",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InboundRow",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=24, unique=True)),
                ("kind", models.CharField(max_length=10)),
                ("authority", models.CharField(max_length=200)),
                ("reference", models.CharField(help_text="the decision's number", max_length=128)),
                ("party", models.CharField(max_length=200)),
                ("uscc", models.CharField(blank=True, max_length=18)),
                ("decided_on", models.DateField()),
                ("content", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                ("state", models.CharField(max_length=10)),
                ("decided_by", models.CharField(blank=True, default="", max_length=80)),
                ("decided_by_name", models.CharField(blank=True, default="", max_length=80)),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
                ("file", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="exchange.inboundfile")),
                (
                    "subject",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="subjects.subject"
                    ),
                ),
            ],
            options={
                "ordering": ["-decided_on", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "authority", "reference", "digest"), name="one_inbound_row_a_version"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("MATCHED", "UNMATCHED", "NOT_OURS"))), name="inbound_row_state"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("state", "MATCHED"), _negated=True), ("subject__isnull", False), _connector="OR"),
                        name="inbound_row_matched_to_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Difference",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=24, unique=True)),
                ("kind", models.CharField(max_length=10)),
                ("row_number", models.CharField(max_length=40)),
                ("department", models.CharField(blank=True, max_length=24)),
                ("detail", models.CharField(blank=True, max_length=200)),
                ("state", models.CharField(default="OPEN", max_length=8)),
                ("acted_by", models.CharField(blank=True, default="", max_length=80)),
                ("acted_by_name", models.CharField(blank=True, default="", max_length=80)),
                ("acted_at", models.DateTimeField(blank=True, null=True)),
                ("action", models.CharField(blank=True, default="", max_length=10)),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
                (
                    "first",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="began", to="exchange.reconciliation"),
                ),
                (
                    "last",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="stand", to="exchange.reconciliation"),
                ),
            ],
            options={
                "ordering": ["state", "kind", "row_number"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "GONE"), _negated=True), fields=("kind", "row_number"), name="one_open_difference"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ("LOST", "DUPLICATE", "ALTERED", "STALE", "TAKEN_DOWN", "UNKNOWN", "UNANSWERED")),
                            ("state__in", ("OPEN", "ACTED", "GONE")),
                        ),
                        name="difference_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ACTED"), _negated=True),
                            models.Q(models.Q(("acted_by", ""), _negated=True), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="difference_acted_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShareRequest",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=24, unique=True)),
                ("department", models.CharField(help_text="who asks", max_length=24)),
                ("supplier", models.CharField(help_text="who answers", max_length=24)),
                ("purpose", models.CharField(max_length=300)),
                ("fields", models.JSONField()),
                ("until", models.DateField()),
                ("state", models.CharField(default="FILED", max_length=10)),
                ("clock", models.CharField(blank=True, default="", max_length=24)),
                ("due_on", models.DateField(blank=True, null=True)),
                ("filed_by", models.CharField(max_length=80)),
                ("filed_by_name", models.CharField(max_length=80)),
                ("filed_at", models.DateTimeField()),
                ("decided_by", models.CharField(blank=True, default="", max_length=80)),
                ("decided_by_name", models.CharField(blank=True, default="", max_length=80)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=500)),
                (
                    "entry",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="requests", to="exchange.catalogueentry"),
                ),
            ],
            options={
                "ordering": ["due_on", "filed_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("FILED", "GRANTED", "DELIVERED", "REFUSED", "RETURNED"))),
                        name="share_request_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("filed_by", models.F("decided_by")), _negated=True), name="share_request_two_people"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "FILED"), models.Q(("decided_by", ""), _negated=True), _connector="OR"),
                        name="share_request_decided_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShareUse",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("fields", models.JSONField()),
                ("rows", models.PositiveIntegerField()),
                ("refused", models.CharField(blank=True, default="", max_length=20)),
                ("actor", models.CharField(max_length=80)),
                ("actor_name", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                ("leaf", models.BigIntegerField()),
                (
                    "request",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="exchange.sharerequest"),
                ),
            ],
            options={
                "ordering": ["-at"],
            },
        ),
        migrations.CreateModel(
            name="Transmission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("round", models.PositiveIntegerField()),
                ("file", models.CharField(max_length=60, unique=True)),
                ("sha256", models.CharField(max_length=64)),
                ("rows", models.PositiveIntegerField()),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("last_at", models.DateTimeField(blank=True, null=True)),
                ("next_at", models.DateTimeField(blank=True, null=True)),
                ("given_up", models.BooleanField(default=False)),
                ("receipt", models.CharField(blank=True, default="", max_length=64)),
                ("received_at", models.DateTimeField(blank=True, null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="transmissions", to="exchange.exchangebatch"
                    ),
                ),
            ],
            options={
                "ordering": ["batch", "round"],
                "constraints": [models.UniqueConstraint(fields=("batch", "round"), name="one_transmission_a_round")],
            },
        ),
        migrations.RunPython(protect, unprotect),
    ]
