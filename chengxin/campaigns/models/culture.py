"""Activities of the calendar, streamers that platforms name, and who completed which course. A course is passed or not, never scored."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from chengxin.kernel import ids
from chengxin.kernel.encryption import EncryptedTextField
from chengxin.subjects.models import Platform, Subject

PLANNED, DONE, CANCELLED, WITHDRAWN = ACTIVITY_STATES = ("PLANNED", "DONE", "CANCELLED", "WITHDRAWN")
OURS, PLATFORMS_OWN = SOURCES = ("course", "platform")
TRAINING = {"purpose": "直播营销人员年度培训", "basis": "order117.10", "term": "RETAIN_TRADE"}


class Activity(models.Model):
    """Something that departments do for an occasion of the calendar, with its plan and its result."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    occasion = models.CharField(max_length=30, help_text="code of calendar.yaml")
    title = models.CharField(max_length=100)
    department = models.CharField(max_length=24)
    members = models.JSONField(default=list)
    on = models.DateField()
    place = models.CharField(max_length=100, blank=True, default="")
    plan = models.CharField(max_length=1000)
    state = models.CharField(max_length=10, default=PLANNED)
    result = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        ordering = ["on", "number"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ACTIVITY_STATES), name="activity_state"),
            models.CheckConstraint(condition=Q(state__in=[PLANNED, WITHDRAWN]) | ~Q(result=""), name="activity_done_says_what"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("campaigns:activity", args=[self.number])


class Streamer(models.Model):
    """A streamer by the platform's own account name. `due_on`: the last day for the next training, set by the law's clock.

    `code_index`: blind index of the code with which the streamer's completion of a public course is told apart; the platform passes it on.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="streamers")
    account = EncryptedTextField(**TRAINING)
    account_index = models.CharField(max_length=32)
    code_index = models.CharField(max_length=32, unique=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    trained_on = models.DateField(null=True, blank=True)
    due_on = models.DateField()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [models.UniqueConstraint(fields=["platform", "account_index"], name="one_streamer_an_account")]
        indexes = [models.Index(fields=["platform", "due_on"], name="streamer_due")]

    def __str__(self) -> str:
        return str(self.pk)


class Completion(models.Model):
    """A course passed here by a business or a streamer, or a training that a platform held for a streamer and reported. Written once.

    A business holds one certificate of a version (`actions.courses` under its lock); after a revocation it may pass the course again.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    source = models.CharField(max_length=8)
    course = models.CharField(max_length=40, help_text="code of the course, or the platform's title of its training")
    version = models.CharField(max_length=20, blank=True)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, null=True, blank=True, related_name="completions")
    streamer = models.ForeignKey(Streamer, on_delete=models.PROTECT, null=True, blank=True, related_name="completions")
    right = models.PositiveSmallIntegerField(null=True, blank=True)
    questions = models.PositiveSmallIntegerField(null=True, blank=True)
    on = models.DateField()
    proof = models.CharField(max_length=100, blank=True)
    paper = models.UUIDField(null=True, blank=True)
    paper_number = models.CharField(max_length=100, blank=True)
    code = models.CharField(max_length=19, blank=True, help_text="verify code printed on the certificate")
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["-on", "-at"]
        constraints = [
            models.CheckConstraint(condition=Q(source__in=SOURCES), name="completion_source"),
            models.CheckConstraint(
                condition=Q(subject__isnull=True, streamer__isnull=False) | Q(subject__isnull=False, streamer__isnull=True),
                name="completion_of_one",
            ),
            models.CheckConstraint(
                condition=Q(source=PLATFORMS_OWN, streamer__isnull=False) | Q(source=OURS, paper__isnull=False),
                name="completion_has_a_paper",
            ),
            models.UniqueConstraint(fields=["streamer", "course", "on"], condition=Q(streamer__isnull=False), name="one_training_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.course} {self.on}"

    @property
    def page_url(self) -> str:
        return reverse("campaigns:completion", args=[self.pk])


class Revocation(models.Model):
    """A completed course or a reported training that counts no longer; the certificate's own end stands with the paper. Written once."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    completion = models.OneToOneField(Completion, on_delete=models.PROTECT, related_name="revocation")
    reason = models.CharField(max_length=500)
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="revocation_says_why")]

    def __str__(self) -> str:
        return str(self.completion_id)
