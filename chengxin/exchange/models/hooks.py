"""Signed webhooks: what happened to public facts in one numbered row of notices, and each client's deliveries in that order."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chengxin.jobs.attempts import DEAD, DONE, STATES, WAITS, Attempted
from chengxin.kernel import ids

PUBLISHED, WITHDRAWN = ("fact.published", "fact.withdrawn")
WAITING, FALLS_DUE = ("matter.waiting", "matter.due")  # to one client only: its own matters
NOTICES = (PUBLISHED, WITHDRAWN, WAITING, FALLS_DUE)
__all__ = ["DEAD", "DONE", "NOTICES", "PUBLISHED", "WAITS", "WITHDRAWN", "FactNotice", "Hook", "HookDelivery"]


class FactNotice(models.Model):
    """A fact became public or is public no longer, or a matter waits for one client: its number and day, nothing else. `sequence` never
    skips and never repeats; a hook gets those of everybody (`client_code` empty) and its client's own."""

    sequence = models.PositiveBigIntegerField(primary_key=True)
    kind = models.CharField(max_length=16)
    number = models.CharField(max_length=64)
    client_code = models.CharField(max_length=64, blank=True, default="")
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["sequence"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=NOTICES), name="fact_notice_kind"),
            models.UniqueConstraint(fields=["kind", "number", "client_code"], name="one_fact_notice"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.kind}"


class Hook(models.Model):
    """Where a client's machine wants to be told. The secret is derived from the house's key and `turn`; it is never stored."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    client_code = models.CharField(max_length=64)
    url = models.CharField(max_length=500)
    turn = models.PositiveIntegerField(default=1)
    since = models.PositiveBigIntegerField(default=0, help_text="notices after this number are delivered")
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["made_at"]
        constraints = [
            models.UniqueConstraint(fields=["client_code", "url"], condition=Q(stopped_at__isnull=True), name="one_hook_an_address")
        ]

    def __str__(self) -> str:
        return self.number


class HookDelivery(Attempted):
    """A notice for a hook: tried until it is taken, in order; given up after the attempts of the table and shown as such."""

    hook = models.ForeignKey(Hook, on_delete=models.PROTECT, related_name="deliveries")
    notice = models.ForeignKey(FactNotice, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["hook", "notice"]
        constraints = [
            models.UniqueConstraint(fields=["hook", "notice"], name="one_delivery_a_notice"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="hook_delivery_state"),
        ]

    def __str__(self) -> str:
        return f"{self.hook_id} {self.notice_id}"
