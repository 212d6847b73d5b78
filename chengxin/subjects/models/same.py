"""That two entries of the register are one subject. Nothing moves from one to the other, so that taking it back gives both back whole."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from chengxin.kernel import ids
from chengxin.subjects.models.parties import Subject

WAITING, JOINED, REFUSED, SPLITTING, SPLIT = SAME_STATES = ("WAITING", "JOINED", "REFUSED", "SPLITTING", "SPLIT")
ONE = (JOINED, SPLITTING)  # until a split is confirmed they are one
LIVE = (WAITING, *ONE)


class Joining(models.Model):
    """`other` is the same as `kept`, under whose page and name both are shown. Two people join them, two people split them again."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    kept = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="joined")
    other = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="joined_to")
    state = models.CharField(max_length=10, default=WAITING)
    reason = models.CharField(max_length=500)
    proposed_by = models.CharField(max_length=80)
    proposed_by_name = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=500, blank=True, default="")
    split_reason = models.CharField(max_length=500, blank=True, default="")
    split_asked_by = models.CharField(max_length=80, blank=True, default="")
    split_asked_by_name = models.CharField(max_length=80, blank=True, default="")
    split_by = models.CharField(max_length=80, blank=True, default="")
    split_by_name = models.CharField(max_length=80, blank=True, default="")
    split_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-proposed_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=SAME_STATES), name="same_state"),
            models.CheckConstraint(condition=~Q(kept=F("other")), name="same_is_two_entries"),
            models.CheckConstraint(condition=~Q(proposed_by=F("decided_by")), name="same_two_people"),
            models.CheckConstraint(condition=Q(split_by="") | ~Q(split_by=F("split_asked_by")), name="split_two_people"),
            models.CheckConstraint(condition=Q(state=WAITING) | ~Q(decided_by=""), name="same_decided_by_somebody"),
            models.CheckConstraint(condition=~Q(state=SPLIT) | ~Q(split_by=""), name="split_decided_by_somebody"),
            models.UniqueConstraint(fields=["other"], condition=Q(state__in=LIVE), name="one_live_judgement_per_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.other_id} = {self.kept_id} {self.state}"

    @property
    def page_url(self) -> str:
        return reverse("subjects:same", args=[self.pk])
