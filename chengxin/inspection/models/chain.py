"""The five steps of a clue: 风险监测 → 网上抽查 → 源头追溯 → 属地查处 → 信用管理. The first and the last are read elsewhere."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chengxin.evidence.models import Exhibit
from chengxin.kernel import ids
from chengxin.supervision.models import Clue

CHECKED, SOURCED, PLACED = CHAIN = ("online_check", "source", "jurisdiction")


class ChainStep(models.Model):
    """What an officer entered for one step of a clue's chain; a later entry of the same step stands beside the earlier one."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    clue = models.ForeignKey(Clue, on_delete=models.PROTECT, related_name="chain")
    step = models.CharField(max_length=12)
    department = models.CharField(max_length=24)
    division = models.CharField(max_length=12, blank=True, default="")
    said = models.CharField(max_length=1000)
    url = models.CharField(max_length=500, blank=True, default="")
    exhibit = models.ForeignKey(Exhibit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.CheckConstraint(condition=Q(step__in=CHAIN), name="chain_step_known")]

    def __str__(self) -> str:
        return f"{self.clue_id} {self.step}"
