"""One step of any matter of this room, in order, written once: who did what, why, and what changed."""

from __future__ import annotations

from django.db import models

from chengxin.kernel import ids


class CampaignStep(models.Model):
    """`of` names the workflow, `matter` the row; `data`: what a change changed, from and to."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    of = models.CharField(max_length=12)
    matter = models.UUIDField(db_index=True)
    place = models.PositiveIntegerField()
    action = models.CharField(max_length=20)
    before = models.CharField(max_length=12)
    after = models.CharField(max_length=12)
    actor = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=80)
    reason = models.CharField(max_length=500, blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["matter", "place"], name="one_campaign_step_per_place")]

    def __str__(self) -> str:
        return f"{self.of} {self.action}"
