"""The history of every matter of this room: one row a step, never edited."""

from __future__ import annotations

from django.db import models

from chengxin.kernel import ids


class PaymentStep(models.Model):
    """A step that somebody took: `of` is flag, mismatch, event or claim. Personal texts are not here but encrypted with their matter."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    of = models.CharField(max_length=10)
    matter = models.UUIDField(db_index=True)
    place = models.PositiveIntegerField()
    action = models.CharField(max_length=20)
    before = models.CharField(max_length=20)
    after = models.CharField(max_length=20)
    actor = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=80)
    reason = models.CharField(max_length=2000, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        ordering = ["matter", "place"]
        constraints = [models.UniqueConstraint(fields=["matter", "place"], name="one_payment_step_a_place")]

    def __str__(self) -> str:
        return f"{self.of} {self.action}"
