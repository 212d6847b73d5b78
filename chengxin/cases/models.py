"""Cases: who works on one, its steps and their papers, clocks and pauses, penalties, arguments, the decision, payments, the archive.

What was written in a case stands in its steps; a step, a decision and the archive's list are written once, and the database refuses to
change or delete them (migration 0001, chengxin.audit.protection).
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chengxin.accounts.models import User
from chengxin.audit import protection, rows
from chengxin.kernel import ids
from chengxin.kernel.encryption import EncryptedTextField
from chengxin.records.models import Proposal
from chengxin.subjects.models import Subject

HANDLER, SUPPORT = CAPACITIES = ("handler", "support")
ASKED, GRANTED, REFUSED = RECUSALS = ("ASKED", "GRANTED", "REFUSED")
PROPOSED, NOTIFIED, DECIDED = STAGES = ("proposed", "notified", "decided")


class Certificate(models.Model):
    """An enforcement certificate on the register of officers; expired, it opens nothing. `legal`: may do legal reviews (apl.58)."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="certificates")
    department = models.CharField(max_length=24)
    number = models.CharField(max_length=40, unique=True)
    valid_from = models.DateField()
    valid_until = models.DateField()
    legal = models.BooleanField(default=False)
    entered_by = models.CharField(max_length=80)
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["department", "number"]
        constraints = [models.CheckConstraint(condition=Q(valid_until__gte=F("valid_from")), name="certificate_dates")]

    def __str__(self) -> str:
        return self.number

    def holds(self, day: date) -> bool:
        return self.valid_from <= day <= self.valid_until


class Relation(models.Model):
    """Somebody declared a relation to a subject: that person takes no step in a case of that subject."""

    person = models.CharField(max_length=80)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "subject"], name="relation_once")]

    def __str__(self) -> str:
        return f"{self.person} {self.subject_id}"


class Case(models.Model):
    """One matter against one subject, in the lead of one department. `source` is a code of the list case_source; `source_ref` names what it
    came from ("supervision.clue:<id>"), once at most in a department. `filed_on` starts the period of decision."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=32, unique=True)
    department = models.CharField(max_length=24)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="cases")
    title = models.CharField(max_length=200)
    behaviour = models.CharField(max_length=4, blank=True)
    source = models.CharField(max_length=2)
    source_ref = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=20)
    received_on = models.DateField()
    filed_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True, help_text="the nearest last day of its running clocks")
    extended_on = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True, help_text="the last day by collective extension")
    major = models.BooleanField(default=False)
    waived = models.BooleanField(default=False, help_text="the party gave up statement and hearing in writing")
    chair = models.CharField(max_length=80, blank=True, help_text="who leads the hearing")
    hearing_on = models.DateField(null=True, blank=True)
    pay_until = models.DateField(null=True, blank=True)
    public_text = models.CharField(max_length=500, blank=True)
    public_by = models.CharField(max_length=80, blank=True)
    public_cleared_by = models.CharField(max_length=80, blank=True)
    revoked_by = models.CharField(max_length=80, blank=True, help_text="who entered that it was revoked; another person withdraws")
    proposal = models.ForeignKey(Proposal, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    lead = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="others",
        help_text="the first file of a matter of several parties",
    )
    previous = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = [F("due_on").asc(nulls_last=True), "number"]
        indexes = [models.Index(fields=["department", "due_on"], name="case_desk")]
        constraints = [
            models.UniqueConstraint(fields=["department", "source_ref"], condition=~Q(source_ref=""), name="one_case_per_source"),
            models.CheckConstraint(
                condition=Q(public_cleared_by="") | ~Q(public_by=F("public_cleared_by")), name="case_publicity_two_people"
            ),
            models.CheckConstraint(condition=Q(public_cleared_by="") | ~Q(public_text=""), name="case_publicity_text"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("cases:case", args=[self.number])

    @property
    def record(self) -> UUID | None:
        """The record on the credit file; none while the proposal waits for a second person."""
        return self.proposal.made_id if self.proposal else None

    @property
    def matter(self) -> str:
        """The name under which its documents and exhibits are kept."""
        return f"cases.case:{self.pk}"


class Member(models.Model):
    """A person who works or worked on a case. `recusal` says whether stepping back was asked and granted; granted is for good."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="members")
    person = models.CharField(max_length=80)
    name = models.CharField(max_length=80)
    department = models.CharField(max_length=24)
    certificate = models.CharField(max_length=40)
    capacity = models.CharField(max_length=8, choices=[(HANDLER, _("Case officer")), (SUPPORT, _("Supporting officer"))])
    declared = models.BooleanField(default=False, help_text="said to have no relation to the party")
    recusal = models.CharField(max_length=8, blank=True)
    since = models.DateField()
    left_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "person"], name="case_member_once"),
            models.CheckConstraint(condition=Q(capacity__in=CAPACITIES), name="member_capacity"),
            models.CheckConstraint(condition=Q(recusal__in=("", *RECUSALS)), name="member_recusal"),
            models.CheckConstraint(condition=~Q(recusal=GRANTED) | Q(left_on__isnull=False), name="member_recused_has_left"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.name}"

    @property
    def active(self) -> bool:
        return self.left_on is None


class CaseStep(models.Model):
    """One step: who did what on which day, with which certificate. `data`: days, codes, amounts; `said`: what was written, as JSON;
    `sha256`: of both, as the log has it."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    place = models.PositiveIntegerField()
    action = models.CharField(max_length=24)
    before = models.CharField(max_length=20, blank=True)
    after = models.CharField(max_length=20)
    person = models.CharField(max_length=80)
    name = models.CharField(max_length=80, blank=True)
    department = models.CharField(max_length=24)
    certificate = models.CharField(max_length=40, blank=True)
    data = models.JSONField(default=dict)
    said = EncryptedTextField(blank=True, default="", purpose="办理行政处罚案件", basis="apl.42", term="PIA_KEEP")
    sha256 = models.CharField(max_length=64)
    leaf = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["case", "place"], name="case_step_place")]

    def __str__(self) -> str:
        return f"{self.place} {self.action}"

    @property
    def texts(self) -> dict[str, str]:
        """What was written in it, by field."""
        found: dict[str, str] = json.loads(self.said) if self.said else {}
        return found


class CaseClock(models.Model):
    """A period that runs or ran in a case, by its id in the law."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks")
    clock = models.CharField(max_length=24)
    started_on = models.DateField()
    due_on = models.DateField()
    due_at = models.DateTimeField(null=True, blank=True, help_text="the instant, for periods in hours")
    stopped_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "clock"], condition=Q(stopped_on__isnull=True), name="one_running_clock_of_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.clock} {self.due_on}"


class CasePause(models.Model):
    """Days that the period of decision leaves out, and why (`cause`: a pause of law/clocks.yaml)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="pauses")
    cause = models.CharField(max_length=20)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["since"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(until__isnull=True), name="one_running_pause"),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="pause_dates"),
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.since}"


class Penalty(models.Model):
    """One penalty of a case as it was proposed, notified or decided; a new round of a stage replaces nothing (`step` tells them apart)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="penalties")
    step = models.ForeignKey(CaseStep, on_delete=models.PROTECT, related_name="penalties")
    stage = models.CharField(max_length=8, choices=[(PROPOSED, _("As proposed")), (NOTIFIED, _("As notified")), (DECIDED, _("As decided"))])
    kind = models.CharField(max_length=2)
    amount_fen = models.BigIntegerField(null=True, blank=True)
    detail = models.CharField(max_length=200, blank=True)
    perform_by = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=STAGES), name="penalty_stage"),
            models.CheckConstraint(condition=Q(amount_fen__isnull=True) | Q(amount_fen__gt=0), name="penalty_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.stage} {self.kind} {self.amount_fen}"


class Argument(models.Model):
    """One argument of the party's defence; its words stand in the step that raised it, the answer in the step that answered it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="arguments")
    number = models.PositiveSmallIntegerField()
    raised = models.ForeignKey(CaseStep, on_delete=models.PROTECT, related_name="raised")
    line = models.PositiveSmallIntegerField(help_text="which line of what was said")
    answered = models.OneToOneField(CaseStep, null=True, blank=True, on_delete=models.PROTECT, related_name="answers")
    adopted = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="argument_number"),
            models.CheckConstraint(
                condition=Q(answered__isnull=True, adopted__isnull=True) | Q(answered__isnull=False, adopted__isnull=False),
                name="argument_answered_either_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.number}"


class Decision(models.Model):
    """The penalty decision: drafted by a case officer, reviewed by another, decided by a third. Written once."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="decision")
    number = models.CharField(max_length=60, unique=True)
    decided_on = models.DateField()
    basis = models.CharField(max_length=300)
    drafted_by = models.CharField(max_length=80)
    reviewed_by = models.CharField(max_length=80)
    decided_by = models.CharField(max_length=80)
    decided_by_name = models.CharField(max_length=80)
    collective = models.BooleanField()
    sha256 = models.CharField(max_length=64)
    leaf = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(drafted_by=F("reviewed_by")) & ~Q(drafted_by=F("decided_by")) & ~Q(reviewed_by=F("decided_by")),
                name="decision_three_people",
            )
        ]

    def __str__(self) -> str:
        return self.number


class Service(models.Model):
    """When the decision reached the party, once; with it the letter on publicity and repair."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="service")
    served_on = models.DateField()
    manner = models.CharField(max_length=16)
    step = models.ForeignKey(CaseStep, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.case_id} {self.served_on}"


class Payment(models.Model):
    """Money the party paid."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="payments")
    step = models.OneToOneField(CaseStep, on_delete=models.PROTECT, related_name="+")
    amount_fen = models.BigIntegerField()
    paid_on = models.DateField()

    class Meta:
        ordering = ["paid_on", "id"]
        constraints = [models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payment_amount")]

    def __str__(self) -> str:
        return f"{self.amount_fen} {self.paid_on}"


class Appeal(models.Model):
    """A review or litigation: while it runs, no late fee is counted (apl.73)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="appeals")
    forum = models.CharField(max_length=8, choices=[("review", _("Administrative review")), ("court", _("Litigation"))])
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["since"]
        constraints = [models.UniqueConstraint(fields=["case"], condition=Q(until__isnull=True), name="one_running_appeal")]

    def __str__(self) -> str:
        return f"{self.forum} {self.since}"


class ArchivedPaper(models.Model):
    """One line of the archive's list: a paper with its pages and hash. Written once."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="archive")
    place = models.PositiveIntegerField()
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    number = models.CharField(max_length=60, blank=True)
    first_page = models.PositiveIntegerField()
    pages = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    step = models.ForeignKey(CaseStep, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["case", "place"], name="archive_place")]

    def __str__(self) -> str:
        return f"{self.place} {self.title_zh}"

    @property
    def zh(self) -> str:
        return self.title_zh

    @property
    def en(self) -> str:
        return self.title_en

    @property
    def last_page(self) -> int:
        return self.first_page + self.pages - 1


KEPT: dict[str, Any] = {
    "cases_casestep": '"id"',
    "cases_penalty": '"id"',
    "cases_decision": '"id"',
    "cases_service": '"id"',
    "cases_payment": '"id"',
    "cases_archivedpaper": '"id"',
}
rows.bind(CaseStep)
rows.bind_keyed(Penalty, Decision, Service, Payment, ArchivedPaper)
protection.keep(**KEPT)
