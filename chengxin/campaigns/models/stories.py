"""Typical cases. A bad example rests on a published record, shown while it is public; a good one on the subject's consent."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from chengxin.kernel import ids
from chengxin.kernel.encryption import EncryptedTextField
from chengxin.records.models import Record
from chengxin.subjects.models import Subject

GOOD, BAD = KINDS = ("GOOD", "BAD")
DRAFT, FACT_CHECK, REDACTED, APPROVED, PUBLISHED, TAKEN_DOWN, DROPPED = STORY_STATES = (
    "DRAFT",
    "FACT_CHECK",
    "REDACTED",
    "APPROVED",
    "PUBLISHED",
    "TAKEN_DOWN",
    "DROPPED",
)
OPEN = (DRAFT, FACT_CHECK, REDACTED, APPROVED)
UNASKED, ASKED, GIVEN, DECLINED, WITHDRAWN = CONSENTS = ("", "asked", "given", "declined", "withdrawn")
WHY = {"purpose": "编写诚信建设典型案例", "basis": "plan2017.19", "term": "RETAIN_TRADE"}


class Story(models.Model):
    """`draft` is filled from the record and may still hold what must not be public; `text` is what the redaction left and anybody reads."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=4)
    department = models.CharField(max_length=24)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="stories")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, null=True, blank=True, related_name="stories")
    title = models.CharField(max_length=100)
    draft = EncryptedTextField(**WHY)
    text = models.CharField(max_length=2000, blank=True, default="")
    state = models.CharField(max_length=10, default=DRAFT)
    author = models.CharField(max_length=80)
    author_name = models.CharField(max_length=80)
    approved_by = models.CharField(max_length=80, blank=True, default="")
    approved_by_name = models.CharField(max_length=80, blank=True, default="")
    consent = models.CharField(max_length=10, blank=True, default=UNASKED)
    consent_by_name = models.CharField(max_length=80, blank=True, default="")
    consent_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    down_at = models.DateTimeField(null=True, blank=True)
    down_why = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["-published_at", "-number"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STORY_STATES) & Q(kind__in=KINDS) & Q(consent__in=CONSENTS), name="story_words"),
            models.CheckConstraint(condition=~Q(kind=BAD) | Q(record__isnull=False), name="story_bad_rests_on_a_record"),
            models.CheckConstraint(condition=~Q(author=F("approved_by")), name="story_two_people"),
            models.CheckConstraint(
                condition=~Q(state__in=[APPROVED, PUBLISHED]) | (~Q(approved_by="") & ~Q(text="")), name="story_public_by_somebody"
            ),
            models.CheckConstraint(condition=~Q(kind=GOOD, state=PUBLISHED) | Q(consent=GIVEN), name="story_good_has_consent"),
            models.UniqueConstraint(
                fields=["record"], condition=Q(kind=BAD) & ~Q(state__in=[TAKEN_DOWN, DROPPED]), name="one_story_a_record"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("campaigns:story", args=[self.number])

    @property
    def public_url(self) -> str:
        return reverse("campaigns:public_story", args=[self.number])

    @property
    def my_url(self) -> str:
        return reverse("campaigns:my_story", args=[self.number])
