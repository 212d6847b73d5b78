"""A platform's own list, under its contract and rules (order 117 art. 14): facts, reason, clause, term, appeal. Never an official list."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from chengxin.kernel import ids
from chengxin.kernel.encryption import EncryptedTextField
from chengxin.lists.models.official import DEFENCE
from chengxin.subjects.models import Platform, Shop

TOLD, APPEALED, KEPT, TAKEN_BACK = PLATFORM_STATES = ("TOLD", "APPEALED", "KEPT", "TAKEN_BACK")


class PlatformListEntry(models.Model):
    """A shop on a platform's list from `since` to `until`; told with facts, reason, clause and term before it began."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="list_entries")
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="platform_list_entries")
    state = models.CharField(max_length=10, default=TOLD)
    action = models.CharField(max_length=4, help_text="code list platform_action")
    facts = models.CharField(max_length=500)
    reason = models.CharField(max_length=500)
    clause = models.CharField(max_length=300, help_text="of the contract or the platform's rules")
    told_on = models.DateField()
    since = models.DateField()
    until = models.DateField()
    appeal_by = models.DateField()
    made_by = models.CharField(max_length=80)
    made_by_name = models.CharField(max_length=80)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PLATFORM_STATES), name="platform_entry_state"),
            models.CheckConstraint(condition=Q(told_on__lte=F("since"), until__gte=F("since")), name="platform_entry_told_and_ends"),
            models.CheckConstraint(condition=~Q(facts="") & ~Q(reason="") & ~Q(clause=""), name="platform_entry_says_why"),
            models.CheckConstraint(condition=Q(appeal_by__gte=F("told_on")), name="platform_entry_can_be_appealed"),
            models.UniqueConstraint(
                fields=["shop"], condition=~Q(state="TAKEN_BACK") & Q(ended_on__isnull=True), name="one_platform_entry_a_shop"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def in_force(self, day: date) -> bool:
        return self.since <= day <= self.until and self.state != TAKEN_BACK and (self.ended_on is None or day < self.ended_on)

    @property
    def page_url(self) -> str:
        return reverse("lists:platform_entry", args=[self.pk])


class PlatformAppeal(models.Model):
    """A shop appeals; another person of the platform reviews it and answers with reasons."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    entry = models.OneToOneField(PlatformListEntry, on_delete=models.PROTECT, related_name="appeal")
    text = EncryptedTextField(**DEFENCE)
    raised_by = models.CharField(max_length=80)
    raised_by_name = models.CharField(max_length=80)
    raised_at = models.DateTimeField()
    upheld = models.BooleanField(null=True, blank=True)
    answer = EncryptedTextField(blank=True, default="", **DEFENCE)
    made_by = models.CharField(max_length=80, help_text="who made the entry: never who reviews it")
    reviewed_by = models.CharField(max_length=80, blank=True, default="")
    reviewed_by_name = models.CharField(max_length=80, blank=True, default="")
    reviewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reviewed_by=F("made_by")), name="appeal_reviewed_by_another"),
            models.CheckConstraint(
                condition=Q(upheld__isnull=True) | (~Q(answer="") & ~Q(reviewed_by="")), name="platform_list_appeal_answered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}"
