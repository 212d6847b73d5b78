"""Red lists: nominated, checked against every negative record, open to objection, listed for a term; benefits; consents for banks."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from chengxin.audit import protection, rows
from chengxin.kernel import ids
from chengxin.lists.models.official import different
from chengxin.subjects.models import Subject

NOMINATED, OUT, NOTICE, RED_LISTED, RED_REMOVED = RED_STATES = ("NOMINATED", "OUT", "NOTICE", "LISTED", "REMOVED")
NOMINATORS = ("self", "department", "association", "platform")


class RedEntry(models.Model):
    """A subject in a red-list programme. Public notice from `notice_from` to `notice_until`, on the list from `listed_on` to `until`."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    programme = models.CharField(max_length=24)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="red_entries")
    department = models.CharField(max_length=24)
    nominator = models.CharField(max_length=12)
    nominated_by = models.CharField(max_length=80)
    nominated_by_name = models.CharField(max_length=80)
    nominated_at = models.DateTimeField()
    merits = models.CharField(max_length=500)
    state = models.CharField(max_length=10, default=NOMINATED)
    checks = models.JSONField(default=list, help_text="each check with what was found, no names of third persons")
    checked_by = models.CharField(max_length=80, blank=True, default="")
    notice_from = models.DateField(null=True, blank=True)
    notice_until = models.DateField(null=True, blank=True)
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    listed_on = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    renews = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="renewal")
    ended_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RED_STATES) & Q(nominator__in=NOMINATORS), name="red_state"),
            models.CheckConstraint(condition=different("checked_by", "decided_by"), name="red_checked_and_decided_by_two"),
            models.CheckConstraint(condition=different("nominated_by", "decided_by"), name="red_nominated_and_decided_by_two"),
            models.CheckConstraint(
                condition=~Q(state="LISTED")
                | (
                    Q(notice_until__isnull=False, listed_on__gt=F("notice_until"), until__isnull=False)
                    & ~Q(decided_by="")
                    & ~Q(checked_by="")
                ),
                name="red_listed_after_its_notice",
            ),
            models.CheckConstraint(condition=~Q(state__in=["OUT", "REMOVED"]) | ~Q(reason=""), name="red_out_with_a_reason"),
            models.UniqueConstraint(
                fields=["programme", "subject"], condition=Q(state__in=["NOMINATED", "NOTICE"]), name="one_nomination_a_programme"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def public_on(self, day: date) -> bool:
        """On the list on a day, by its dates."""
        if self.listed_on is None or self.until is None:
            return False
        return self.listed_on <= day <= self.until and (self.ended_on is None or day < self.ended_on)

    @property
    def page_url(self) -> str:
        return reverse("lists:red", args=[self.pk])


class BenefitUse(models.Model):
    """Who gave what to a listed subject when. Written once."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    red = models.ForeignKey(RedEntry, on_delete=models.PROTECT, related_name="uses")
    benefit = models.CharField(max_length=16)
    giver = models.CharField(max_length=64)
    given_by = models.CharField(max_length=80)
    given_by_name = models.CharField(max_length=80)
    given_on = models.DateField()
    note = models.CharField(max_length=300)
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["-given_on", "-id"]

    def __str__(self) -> str:
        return f"{self.red_id} {self.benefit}"


class FinanceConsent(models.Model):
    """A subject lets one bank ask about it, for one purpose, for a time; until it is over or taken back."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="finance_consents")
    bank = models.CharField(max_length=64)
    purpose = models.CharField(max_length=200)
    form = models.CharField(max_length=8)
    document_hash = models.CharField(max_length=64, blank=True, default="")
    valid_from = models.DateField()
    until = models.DateField()
    signed_by = models.CharField(max_length=80)
    signed_by_name = models.CharField(max_length=80)
    signed_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    receipt = models.JSONField()

    class Meta:
        ordering = ["-signed_at"]
        constraints = [
            models.CheckConstraint(condition=Q(form="signed") | (Q(form="written") & ~Q(document_hash="")), name="consent_form"),
            models.CheckConstraint(condition=Q(until__gte=F("valid_from")) & ~Q(purpose=""), name="consent_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.bank}"

    def holds(self, day: date) -> bool:
        return self.revoked_at is None and self.valid_from <= day <= self.until


rows.bind_keyed(BenefitUse)
protection.keep(lists_benefituse='"id"')
