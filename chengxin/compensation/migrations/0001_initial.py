import chengxin.kernel.encryption
import chengxin.kernel.ids
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from chengxin.audit import protection
from chengxin.compensation import guards


KEPT = {
    f"compensation_{name}": '"id"' for name in ("fundrule", "entry", "posting", "fundpayment", "compensationstep", "statement", "bankline")
}


def protect(apps, schema_editor):
    """Official rows are written once, and only a posting moves an account; the database refuses the rest."""
    vendor = schema_editor.connection.vendor
    protection.install_on(KEPT, schema_editor.execute, vendor)
    guards.install(schema_editor.execute, vendor)


def unprotect(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    guards.remove(schema_editor.execute, vendor)
    protection.remove_from(KEPT, schema_editor.execute, vendor)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("audit", "0001_initial"),
        ("subjects", "0003_namechange"),
    ]

    operations = [
        migrations.CreateModel(
            name="CompensationStep",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("of", models.CharField(max_length=10)),
                ("matter", models.UUIDField(db_index=True)),
                ("place", models.PositiveIntegerField()),
                ("action", models.CharField(max_length=20)),
                ("before", models.CharField(max_length=20)),
                ("after", models.CharField(max_length=20)),
                ("amount_fen", models.BigIntegerField(default=0)),
                ("actor", models.CharField(max_length=80)),
                ("actor_name", models.CharField(max_length=80)),
                ("reason", models.CharField(blank=True, default="", max_length=1000)),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "compensation step",
                "ordering": ["matter", "place"],
                "constraints": [models.UniqueConstraint(fields=("matter", "place"), name="one_compensation_step_a_place")],
            },
        ),
        migrations.CreateModel(
            name="Fund",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("code", models.SlugField(max_length=24, unique=True)),
                ("name", models.CharField(max_length=100)),
                ("kind", models.CharField(max_length=10)),
                ("department", models.CharField(max_length=24)),
                ("opened_on", models.DateField()),
                ("closed_on", models.DateField(blank=True, null=True)),
                ("opened_by", models.CharField(max_length=80)),
                (
                    "platform",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="compensation_funds",
                        to="subjects.platform",
                    ),
                ),
            ],
            options={
                "ordering": ["kind", "code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "city"), ("platform__isnull", True)),
                            models.Q(("kind", "platform"), ("platform__isnull", False)),
                            _connector="OR",
                        ),
                        name="fund_kind_and_platform",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_on__isnull", True)), fields=("platform",), name="one_open_fund_a_platform"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=100)),
                ("kind", models.CharField(max_length=20)),
                ("on", models.DateField()),
                ("bank_ref", models.CharField(blank=True, default="", max_length=64)),
                ("memo", models.CharField(blank=True, default="", max_length=300)),
                ("by", models.CharField(max_length=80)),
                ("by_name", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                ("leaf", models.BigIntegerField()),
                ("fund", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="compensation.fund")),
            ],
            options={
                "verbose_name": "entry",
                "ordering": ["-on", "-at"],
                "constraints": [models.UniqueConstraint(fields=("fund", "key"), name="booked_once")],
                "indexes": [models.Index(fields=["fund", "on"], name="entry_fund_day")],
            },
        ),
        migrations.CreateModel(
            name="Deposit",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=24, unique=True)),
                ("amount_fen", models.BigIntegerField()),
                ("management", models.CharField(max_length=500)),
                ("use", models.CharField(max_length=500)),
                ("refund", models.CharField(max_length=500)),
                ("refund_days", models.PositiveIntegerField()),
                ("deduct", models.BooleanField(default=False)),
                ("state", models.CharField(default="OFFERED", max_length=10)),
                ("offered_by", models.CharField(max_length=80)),
                ("offered_at", models.DateTimeField()),
                ("agreed_by", models.CharField(blank=True, default="", max_length=80)),
                ("agreed_at", models.DateTimeField(blank=True, null=True)),
                ("due_on", models.DateField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="deposits", to="subjects.subject")),
                ("fund", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="deposits", to="compensation.fund")),
            ],
            options={
                "ordering": ["-offered_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("OFFERED", "AGREED", "LEAVING", "REFUNDED", "DECLINED"))), name="deposit_state"
                    ),
                    models.CheckConstraint(condition=models.Q(("amount_fen__gt", 0)), name="deposit_amount"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("management", ""), _negated=True),
                            models.Q(("use", ""), _negated=True),
                            models.Q(("refund", ""), _negated=True),
                        ),
                        name="deposit_is_agreed_in_full",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["AGREED", "LEAVING", "REFUNDED"]), _negated=True),
                            models.Q(("agreed_by", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="deposit_agreed_by_somebody",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["OFFERED", "AGREED", "LEAVING"])),
                        fields=("fund", "subject"),
                        name="one_standing_deposit",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(help_text="code of chart.yaml", max_length=16)),
                ("holder", models.CharField(blank=True, default="", max_length=40)),
                ("side", models.CharField(max_length=6)),
                ("floor", models.BooleanField()),
                ("debited_fen", models.BigIntegerField(default=0)),
                ("credited_fen", models.BigIntegerField(default=0)),
                ("last", models.UUIDField(blank=True, null=True)),
                (
                    "subject",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="compensation_accounts",
                        to="subjects.subject",
                    ),
                ),
                ("fund", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="accounts", to="compensation.fund")),
            ],
            options={
                "ordering": ["fund", "kind", "holder"],
                "constraints": [
                    models.UniqueConstraint(fields=("fund", "kind", "holder"), name="one_account_a_holder"),
                    models.CheckConstraint(condition=models.Q(("side__in", ["debit", "credit"])), name="account_side"),
                    models.CheckConstraint(condition=models.Q(("credited_fen__gte", 0), ("debited_fen__gte", 0)), name="account_sums"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("floor", False),
                            models.Q(("debited_fen__gte", models.F("credited_fen")), ("side", "debit")),
                            models.Q(("credited_fen__gte", models.F("debited_fen")), ("side", "credit")),
                            _connector="OR",
                        ),
                        name="account_never_below_nothing",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FundRule",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField()),
                ("valid_from", models.DateField()),
                ("content", models.JSONField()),
                ("reason", models.CharField(max_length=1000)),
                ("published_by", models.CharField(max_length=80)),
                ("published_by_name", models.CharField(max_length=80)),
                ("published_at", models.DateTimeField()),
                ("leaf", models.BigIntegerField()),
                ("fund", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="rules", to="compensation.fund")),
            ],
            options={
                "verbose_name": "fund rule",
                "ordering": ["fund", "-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("fund", "version"), name="one_fund_rule_a_version"),
                    models.UniqueConstraint(fields=("fund", "valid_from"), name="one_fund_rule_a_day"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AdvanceClaim",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=24, unique=True)),
                ("code_index", models.CharField(max_length=32, unique=True)),
                ("basis", models.CharField(help_text="code of compensation_basis", max_length=16)),
                ("order_no", models.CharField(max_length=64)),
                ("payment_no", models.CharField(blank=True, default="", max_length=64)),
                ("ordered_on", models.DateField()),
                ("complaint_no", models.CharField(blank=True, default="", max_length=24)),
                ("amount_fen", models.BigIntegerField()),
                ("name", chengxin.kernel.encryption.EncryptedTextField(basis="cpl.44", purpose="办理先行赔付", term="RETAIN_TRADE")),
                ("phone", chengxin.kernel.encryption.EncryptedTextField(basis="cpl.44", purpose="办理先行赔付", term="RETAIN_TRADE")),
                ("person_index", models.CharField(max_length=32)),
                ("text", chengxin.kernel.encryption.EncryptedTextField(basis="cpl.44", purpose="办理先行赔付", term="RETAIN_TRADE")),
                ("evidence", models.JSONField(blank=True, default=list, help_text="ids and names of exhibits")),
                ("facts", models.JSONField(blank=True, default=dict)),
                ("state", models.CharField(default="FILED", max_length=20)),
                ("filed_at", models.DateTimeField()),
                ("due_on", models.DateField(blank=True, null=True)),
                (
                    "seller_answer",
                    chengxin.kernel.encryption.EncryptedTextField(
                        basis="cpl.44", blank=True, default="", purpose="办理先行赔付", term="RETAIN_TRADE"
                    ),
                ),
                ("seller_ref", models.CharField(blank=True, default="", max_length=64)),
                ("approved_fen", models.BigIntegerField(default=0)),
                ("needs_two", models.BooleanField(default=False)),
                ("approved_by", models.CharField(blank=True, default="", max_length=80)),
                ("approved_by_name", models.CharField(blank=True, default="", max_length=80)),
                ("second_by", models.CharField(blank=True, default="", max_length=80)),
                ("second_by_name", models.CharField(blank=True, default="", max_length=80)),
                (
                    "reason",
                    chengxin.kernel.encryption.EncryptedTextField(
                        basis="cpl.44", blank=True, default="", purpose="办理先行赔付", term="RETAIN_TRADE"
                    ),
                ),
                ("rejected_by", models.CharField(blank=True, default="", max_length=80)),
                (
                    "appeal",
                    chengxin.kernel.encryption.EncryptedTextField(
                        basis="cpl.44", blank=True, default="", purpose="办理先行赔付", term="RETAIN_TRADE"
                    ),
                ),
                ("appeal_by", models.CharField(blank=True, default="", max_length=80)),
                (
                    "answer",
                    chengxin.kernel.encryption.EncryptedTextField(
                        basis="cpl.44", blank=True, default="", purpose="办理先行赔付", term="RETAIN_TRADE"
                    ),
                ),
                (
                    "platform",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="compensation_claims", to="subjects.platform"
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="compensation_claims",
                        to="subjects.shop",
                    ),
                ),
                ("fund", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="claims", to="compensation.fund")),
                ("rule", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="claims", to="compensation.fundrule")),
            ],
            options={
                "ordering": ["due_on", "filed_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                (
                                    "FILED",
                                    "SELLER_ASKED",
                                    "SELLER_PAID",
                                    "REFUSED",
                                    "NO_REPLY",
                                    "FIRST_APPROVED",
                                    "ADVANCE_APPROVED",
                                    "PAID",
                                    "RECOVERY_OPEN",
                                    "WRITE_OFF_PROPOSED",
                                    "RECOVERED",
                                    "WRITTEN_OFF",
                                    "REJECTED",
                                    "APPEALED",
                                    "REJECTED_FINAL",
                                ),
                            )
                        ),
                        name="advance_claim_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_fen__gt", 0), ("approved_fen__gte", 0), ("approved_fen__lte", models.F("amount_fen"))),
                        name="advance_claim_amounts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "state__in",
                                    ("ADVANCE_APPROVED", "PAID", "RECOVERY_OPEN", "WRITE_OFF_PROPOSED", "RECOVERED", "WRITTEN_OFF"),
                                ),
                                _negated=True,
                            ),
                            models.Q(
                                ("approved_fen__gt", 0),
                                models.Q(("approved_by", ""), _negated=True),
                                models.Q(("needs_two", False), models.Q(("second_by", ""), _negated=True), _connector="OR"),
                            ),
                            _connector="OR",
                        ),
                        name="advance_claim_is_approved",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("second_by", ""), models.Q(("second_by", models.F("approved_by")), _negated=True), _connector="OR"
                        ),
                        name="advance_claim_two_persons",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("appeal_by", ""), models.Q(("appeal_by", models.F("rejected_by")), _negated=True), _connector="OR"
                        ),
                        name="advance_claim_appeal_to_another",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["fund", "state"], name="claim_fund_state"),
                    models.Index(fields=["fund", "person_index"], name="claim_fund_person"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("amount_fen", models.BigIntegerField()),
                (
                    "credit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="credits", to="compensation.account"),
                ),
                ("debit", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="debits", to="compensation.account")),
                ("entry", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="postings", to="compensation.entry")),
            ],
            options={
                "verbose_name": "posting",
                "ordering": ["entry", "id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount_fen__gt", 0)), name="posting_amount"),
                    models.CheckConstraint(condition=models.Q(("debit", models.F("credit")), _negated=True), name="posting_two_accounts"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Recovery",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("amount_fen", models.BigIntegerField()),
                ("recovered_fen", models.BigIntegerField(default=0)),
                ("written_off_fen", models.BigIntegerField(default=0)),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("proposed_by", models.CharField(blank=True, default="", max_length=80)),
                ("proposed_by_name", models.CharField(blank=True, default="", max_length=80)),
                ("reason", models.CharField(blank=True, default="", max_length=1000)),
                ("confirmed_by", models.CharField(blank=True, default="", max_length=80)),
                ("confirmed_by_name", models.CharField(blank=True, default="", max_length=80)),
                (
                    "claim",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="recovery", to="compensation.advanceclaim"
                    ),
                ),
            ],
            options={
                "ordering": ["opened_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_fen__gt", 0),
                            ("recovered_fen__gte", 0),
                            ("written_off_fen__gte", 0),
                            (
                                "recovered_fen__lte",
                                django.db.models.expressions.CombinedExpression(models.F("amount_fen"), "-", models.F("written_off_fen")),
                            ),
                        ),
                        name="recovery_amounts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_at__isnull", True),
                            (
                                "recovered_fen",
                                django.db.models.expressions.CombinedExpression(models.F("amount_fen"), "-", models.F("written_off_fen")),
                            ),
                            _connector="OR",
                        ),
                        name="recovery_ends_at_nothing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("written_off_fen", 0),
                            models.Q(
                                models.Q(("proposed_by", ""), _negated=True),
                                models.Q(("confirmed_by", ""), _negated=True),
                                models.Q(("proposed_by", models.F("confirmed_by")), _negated=True),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="written_off_by_two_persons",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FundPayment",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("order_key", models.CharField(help_text="platform and order: an order is compensated once", max_length=100, unique=True)),
                ("amount_fen", models.BigIntegerField()),
                ("balance_after_fen", models.BigIntegerField()),
                ("bank_ref", models.CharField(max_length=64)),
                ("by", models.CharField(max_length=80)),
                ("by_name", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                ("leaf", models.BigIntegerField()),
                (
                    "claim",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payment", to="compensation.advanceclaim"
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="payment", to="compensation.entry"),
                ),
                (
                    "recovery",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="payment", to="compensation.recovery"),
                ),
            ],
            options={
                "verbose_name": "fund payment",
                "ordering": ["-at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_fen__gt", 0), ("balance_after_fen__gte", 0)), name="fund_payment_amounts"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Statement",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=24, unique=True)),
                ("sha256", models.CharField(max_length=64)),
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("opening_fen", models.BigIntegerField()),
                ("closing_fen", models.BigIntegerField()),
                ("lines_count", models.PositiveIntegerField()),
                ("by", models.CharField(max_length=80)),
                ("by_name", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                ("leaf", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="statements", to="compensation.account"),
                ),
                ("fund", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="statements", to="compensation.fund")),
            ],
            options={
                "verbose_name": "bank statement",
                "ordering": ["-until"],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "sha256"), name="one_statement_a_file"),
                    models.CheckConstraint(condition=models.Q(("until__gte", models.F("since"))), name="statement_days"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TopUp",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("floor_fen", models.BigIntegerField()),
                ("balance_fen", models.BigIntegerField()),
                ("opened_at", models.DateTimeField()),
                ("due_on", models.DateField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("fund", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="topups", to="compensation.fund")),
            ],
            options={
                "ordering": ["closed_at", "due_on"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True)), fields=("fund",), name="one_open_top_up_a_fund"
                    ),
                    models.CheckConstraint(condition=models.Q(("balance_fen__lt", models.F("floor_fen"))), name="top_up_under_the_floor"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BankLine",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("place", models.PositiveIntegerField()),
                ("on", models.DateField()),
                ("amount_fen", models.BigIntegerField()),
                ("ref", models.CharField(blank=True, default="", max_length=64)),
                (
                    "text",
                    chengxin.kernel.encryption.EncryptedTextField(
                        basis="ecl.58", blank=True, default="", purpose="核对先行赔付资金", term="RETAIN_TRADE"
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="compensation.statement"),
                ),
            ],
            options={
                "ordering": ["statement", "place"],
                "constraints": [
                    models.UniqueConstraint(fields=("statement", "place"), name="one_bank_line_a_place"),
                    models.CheckConstraint(condition=models.Q(("amount_fen", 0), _negated=True), name="bank_line_amount"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LineTask",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("owner", models.CharField(max_length=80)),
                ("owner_name", models.CharField(max_length=80)),
                ("taken_at", models.DateTimeField()),
                ("note", models.CharField(blank=True, default="", max_length=300)),
                (
                    "line",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="task", to="compensation.bankline"),
                ),
            ],
            options={
                "ordering": ["taken_at"],
            },
        ),
        migrations.CreateModel(
            name="Match",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("how", models.CharField(max_length=8)),
                ("by", models.CharField(max_length=80)),
                ("by_name", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                ("undone_by", models.CharField(blank=True, default="", max_length=80)),
                ("undone_by_name", models.CharField(blank=True, default="", max_length=80)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
                (
                    "line",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="matches", to="compensation.bankline"),
                ),
                (
                    "posting",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="matches", to="compensation.posting"),
                ),
            ],
            options={
                "ordering": ["at"],
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(("undone_at__isnull", True)), fields=("line",), name="one_match_a_line"),
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at__isnull", True)), fields=("posting",), name="one_match_a_posting"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("undone_at__isnull", True),
                            models.Q(models.Q(("undone_by", ""), _negated=True), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="undone_by_somebody",
                    ),
                ],
            },
        ),
        migrations.RunPython(protect, unprotect),
    ]
