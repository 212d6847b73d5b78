"""Backups that were tried, so that their age and their failures can be seen."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chengxin.kernel import clock, ids


class Backup(models.Model):
    """One attempt. A row stays running when its process was killed; only `done` counts. A backup knows of earlier ones only."""

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.RUNNING)
    started_at = models.DateTimeField(_("started at"), default=clock.now, db_index=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    generation = models.CharField(_("generation"), max_length=120, default="")
    size = models.BigIntegerField(_("log entries"), default=0)
    bytes = models.BigIntegerField(_("bytes"), default=0)
    copied = models.BigIntegerField(_("bytes copied"), default=0)
    error = models.TextField(_("error"), default="")
    verified_at = models.DateTimeField(_("checked at"), null=True)
    fault = models.TextField(_("fault"), default="")

    class Meta:
        verbose_name = _("backup")
        verbose_name_plural = _("backups")

    def __str__(self) -> str:
        return self.generation or f"{self.state} {self.started_at}"
