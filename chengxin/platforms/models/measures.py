"""What platforms do to shops, with facts, reason, basis and an end; what shops answer; what platforms report to the authorities."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from chengxin.kernel import clock, ids
from chengxin.kernel.encryption import EncryptedTextField
from chengxin.subjects.models import Platform, Shop

PROPOSED, NOTICED, IN_FORCE, PUBLISHED, REPORTED, APPEALED, HUMAN_REVIEW, KEPT, LIFTED, ENDED = STATES = (
    "PROPOSED",
    "NOTICED",
    "IN_FORCE",
    "PUBLISHED",
    "REPORTED",
    "APPEALED",
    "HUMAN_REVIEW",
    "KEPT",
    "LIFTED",
    "ENDED",
)
OVER = (LIFTED, ENDED)
WORKING = (IN_FORCE, PUBLISHED, REPORTED, APPEALED, HUMAN_REVIEW, KEPT)
APPEALABLE = (NOTICED, IN_FORCE, PUBLISHED, REPORTED)
SENT, RECEIVED, FOLLOWED, NOT_FOLLOWED = CLUE_STATES = ("SENT", "RECEIVED", "FOLLOWED", "NOT_FOLLOWED")
MOST_TEXT = 2000
ANSWER = {"purpose": "处置措施申诉复核", "basis": "order116.19", "term": "RETAIN_TRADE"}


class Measure(models.Model):
    """One measure of a platform against one shop. Its content is written once; `digest` is the SHA-256 of it as the platform sent it.

    `publish_due_on` and `report_due_on` are the law's last days by the day of decision; no report is due where no unlawful conduct
    (`behaviour`) is named. `until` is the last day it works, both ends included; a measure without an end cannot be stored.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="measures")
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="measures")
    measure_no = models.CharField(max_length=64, help_text="the platform's own number: the same one again is the same measure")
    action = models.CharField(max_length=4)
    behaviour = models.CharField(max_length=4, blank=True)
    facts = models.TextField(max_length=MOST_TEXT)
    reason = models.TextField(max_length=MOST_TEXT)
    basis = models.CharField(max_length=500, help_text="the clause of the platform's rule or of the law")
    automated = models.BooleanField()
    appeal_way = models.CharField(max_length=300)
    decided_at = models.DateTimeField()
    since = models.DateField()
    until = models.DateField()
    state = models.CharField(max_length=12, default=PROPOSED)
    noticed_at = models.DateTimeField(null=True, blank=True)
    publish_due_on = models.DateField()
    published_at = models.DateTimeField(null=True, blank=True)
    report_due_on = models.DateField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    digest = models.CharField(max_length=64)
    made_by = models.CharField(max_length=80)
    made_by_name = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-decided_at", "-number"]
        indexes = [
            models.Index(fields=["platform", "state"], name="measure_state"),
            models.Index(fields=["published_at"], name="measure_published"),
            models.Index(fields=["shop", "-decided_at"], name="measure_of_shop"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["platform", "measure_no"], name="one_measure_per_number"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="measure_state_known"),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="measure_has_an_end"),
            models.CheckConstraint(condition=~Q(facts="") & ~Q(reason="") & ~Q(basis="") & ~Q(appeal_way=""), name="measure_with_reasons"),
            models.CheckConstraint(condition=Q(state=PROPOSED) | Q(noticed_at__isnull=False), name="measure_works_after_notice_only"),
            models.CheckConstraint(condition=~Q(state__in=[PUBLISHED]) | Q(published_at__isnull=False), name="measure_published_has_time"),
            models.CheckConstraint(condition=~Q(state__in=OVER) | Q(ended_on__isnull=False), name="measure_ended_has_day"),
        ]

    def __str__(self) -> str:
        return self.number

    def works_on(self, day: date) -> bool:
        """Whether it is in force on a day; the day after its last it is not, whether or not the nightly job has run."""
        return self.state in WORKING and self.since <= day <= self.until

    @property
    def page_url(self) -> str:
        return reverse("platforms:measure", args=[self.number])

    @property
    def officer_url(self) -> str:
        return reverse("platforms:officer_measure", args=[self.number])

    @property
    def merchant_url(self) -> str:
        return reverse("platforms:my_measure", args=[self.number])

    @property
    def public_url(self) -> str:
        return reverse("platforms:statement", args=[self.number])

    @property
    def is_public(self) -> bool:
        """Shown to everybody: published, and still working today."""
        return self.published_at is not None and self.works_on(clock.today())


class Appeal(models.Model):
    """A shop appeals; a named person of the platform who did not make the measure takes it up and answers with reasons."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="appeals")
    statement = EncryptedTextField(**ANSWER)
    made_by = models.CharField(max_length=80)
    made_by_name = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    due_on = models.DateField()
    measure_made_by = models.CharField(max_length=80)
    reviewer = models.CharField(max_length=80, blank=True, default="")
    reviewer_name = models.CharField(max_length=80, blank=True, default="")
    result = models.CharField(max_length=6, blank=True, default="")
    answer = EncryptedTextField(blank=True, default="", **ANSWER)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["made_at"]
        constraints = [
            models.UniqueConstraint(fields=["measure"], condition=Q(result=""), name="one_open_appeal_per_measure"),
            models.CheckConstraint(condition=Q(result__in=["", KEPT, LIFTED]), name="appeal_result"),
            models.CheckConstraint(condition=~Q(reviewer=F("measure_made_by")), name="appeal_two_people"),
            models.CheckConstraint(condition=Q(reviewer="") | Q(reviewer__startswith="user:"), name="appeal_answered_by_a_person"),
            models.CheckConstraint(condition=Q(result="") | (~Q(reviewer="") & ~Q(answer="")), name="appeal_answered_with_reasons"),
        ]

    def __str__(self) -> str:
        return f"{self.measure_id} {self.result}"


class ClueReport(models.Model):
    """Unlawful conduct that a platform reports to the authorities, routed to the department in charge of it."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="clue_reports")
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="clue_reports")
    measure = models.OneToOneField(Measure, null=True, blank=True, on_delete=models.PROTECT, related_name="clue_report")
    report_no = models.CharField(max_length=64)
    behaviour = models.CharField(max_length=4)
    facts = models.TextField(max_length=4000)
    department = models.CharField(max_length=24)
    state = models.CharField(max_length=14, default=SENT)
    late = models.BooleanField(default=False)
    digest = models.CharField(max_length=64)
    made_by = models.CharField(max_length=80)
    made_by_name = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    due_on = models.DateField(help_text="by when the department checks it")
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    answer = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        ordering = ["due_on", "number"]
        constraints = [
            models.UniqueConstraint(fields=["platform", "report_no"], name="one_clue_report_per_number"),
            models.CheckConstraint(condition=Q(state__in=CLUE_STATES), name="clue_report_state"),
            models.CheckConstraint(
                condition=~Q(state__in=[FOLLOWED, NOT_FOLLOWED]) | (~Q(decided_by="") & ~Q(answer="")),
                name="clue_report_answered_with_reasons",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("platforms:clue_report", args=[self.number])
