"""What a person has tried in the demo city."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from chengxin.accounts.models import User
from chengxin.kernel import clock


class TourMark(models.Model):
    """A step of the tour that somebody has done, or (`hidden-<door>`) a tour put away. In the demo only."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=40)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["person", "step"], name="tried_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.step}"
