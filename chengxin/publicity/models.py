"""Editions of the open data, reviews of items, and who watches what: a code and a subject, no person.

Editions and steps are written once; the database refuses to change them (migration 0001, chengxin.audit.protection).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from chengxin.audit import protection, rows
from chengxin.kernel import ids
from chengxin.subjects.models import Subject

PUBLISHED, CANDIDATE, SUSPENDED, SECRECY_REVIEW, WITHDRAWN = STATES = (
    "PUBLISHED",
    "CANDIDATE",
    "SUSPENDED",
    "SECRECY_REVIEW",
    "WITHDRAWN",
)
OUT, STOPPED = OUTCOMES = ("out", "stopped")


class Edition(models.Model):
    """One attempt to publish the open data: out with its manifest, or stopped with what was wrong.

    manifest: chengxin-opendata/1; receipt: the same as chengxin-receipt/1, verifiable offline; gone: set → keys that the edition before
    had and this one has not.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    day = models.DateField()
    outcome = models.CharField(max_length=8)
    manifest = models.JSONField(default=dict)
    receipt = models.JSONField(default=dict)
    gone = models.JSONField(default=dict)
    faults = models.JSONField(default=list)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=OUTCOMES), name="edition_outcome"),
            models.CheckConstraint(condition=Q(outcome=STOPPED) | Q(faults=[]), name="edition_out_without_faults"),
        ]

    def __str__(self) -> str:
        return self.number


class Review(models.Model):
    """An item that the redaction check or a person stopped. `key` is the item's number in its set; see item.workflow.yaml."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    dataset = models.CharField(max_length=16)
    key = models.CharField(max_length=40)
    department = models.CharField(max_length=24)
    state = models.CharField(max_length=16, default=PUBLISHED)
    reason = models.CharField(max_length=500, blank=True, default="")
    held_by = models.CharField(max_length=80)
    held_by_name = models.CharField(max_length=80)
    taken_by = models.CharField(max_length=80, blank=True, default="")
    taken_by_name = models.CharField(max_length=80, blank=True, default="")
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="review_state"),
            models.UniqueConstraint(fields=["dataset", "key"], name="one_review_an_item"),
            models.CheckConstraint(
                condition=Q(decided_by="") | (~Q(decided_by=models.F("held_by")) & ~Q(decided_by=models.F("taken_by"))),
                name="review_decided_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dataset} {self.key}"

    @property
    def page_url(self) -> str:
        return reverse("publicity:review", args=[self.pk])


class ReviewStep(models.Model):
    """A step of a review, never edited."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="steps")
    action = models.CharField(max_length=20)
    before = models.CharField(max_length=16)
    after = models.CharField(max_length=16)
    actor = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=80)
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.review_id} {self.action}"


class Watch(models.Model):
    """Somebody reads the changes of a subject by a code. Who, from where and how often is not kept; of the code only its hash."""

    code_hash = models.CharField(max_length=64, primary_key=True)
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="watches")
    since = models.DateField()

    def __str__(self) -> str:
        return str(self.subject_id)


class Change(models.Model):
    """A fact of a watched subject that came or went with an edition. Of one that went only the set is kept."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="+")
    dataset = models.CharField(max_length=16)
    key = models.CharField(max_length=40, blank=True, help_text="of a fact that came; empty for one that went")
    day = models.DateField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["subject", "day"], name="change_of_subject")]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.dataset}"


class Touch(models.Model):
    """Something that may be public has changed: written by triggers only (publicity.touched), and read for the last number alone."""

    id = models.BigAutoField(primary_key=True)

    def __str__(self) -> str:
        return str(self.pk)


WRITTEN_ONCE = (Edition, ReviewStep)
rows.bind(*WRITTEN_ONCE)
protection.keep(publicity_edition='"id"', publicity_reviewstep='"id"')
