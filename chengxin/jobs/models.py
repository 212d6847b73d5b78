"""Work for later, as rows: the outbox of events, what became of each, jobs, their steps, and the ticks of the cron table."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chengxin.kernel import clock, ids, language


class Outbox(models.Model):
    """An event on its way to its handlers. Written in the transaction of what happened, so neither exists without the other."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")
        DEAD = "dead", _("Given up")

    id = models.BigAutoField(primary_key=True)
    event = models.CharField(_("event"), max_length=200)
    payload = models.TextField(_("content"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    next_at = models.DateTimeField(_("next attempt"), default=clock.now)
    emitted_at = models.DateTimeField(_("time"), default=clock.now)

    class Meta:
        verbose_name = _("outbox event")
        verbose_name_plural = _("outbox events")
        indexes = [models.Index(fields=["next_at", "id"], name="outbox_due", condition=models.Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.id} {self.event}"


class Delivered(models.Model):
    """A handler has dealt with an event: written in the handler's transaction, so that its effect happens once."""

    id = models.BigAutoField(primary_key=True)
    outbox = models.ForeignKey(Outbox, on_delete=models.CASCADE, related_name="delivered", verbose_name=_("outbox event"))
    handler = models.CharField(_("handler"), max_length=200)
    at = models.DateTimeField(_("time"), default=clock.now)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [models.UniqueConstraint(fields=["outbox", "handler"], name="delivered_once")]

    def __str__(self) -> str:
        return f"{self.outbox_id} → {self.handler}"


class Failure(models.Model):
    """A handler that could not deal with an event yet; `dead` after the last attempt: a dead letter for the system administrator."""

    id = models.BigAutoField(primary_key=True)
    outbox = models.ForeignKey(Outbox, on_delete=models.CASCADE, related_name="failures", verbose_name=_("outbox event"))
    handler = models.CharField(_("handler"), max_length=200)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt"))
    error = models.TextField(_("error"))
    dead = models.BooleanField(_("given up"), default=False)

    class Meta:
        verbose_name = _("failed delivery")
        verbose_name_plural = _("failed deliveries")
        constraints = [models.UniqueConstraint(fields=["outbox", "handler"], name="failure_once")]

    def __str__(self) -> str:
        return f"{self.outbox_id} → {self.handler}: {self.attempts}"


class Job(models.Model):
    """A piece of work that a worker does later, at least once; its effects happen once when done inside `JobRun.once`."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    target = models.CharField(_("target"), max_length=200)
    kwargs = models.JSONField(_("arguments"), default=dict)
    title_zh = models.CharField(_("title"), max_length=200)
    title_en = models.CharField(_("title"), max_length=200)
    owner = models.CharField(_("owner"), max_length=120, db_index=True)
    key = models.CharField(_("key"), max_length=200, null=True, unique=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    most_attempts = models.PositiveSmallIntegerField(_("attempts at most"), default=5)
    run_at = models.DateTimeField(_("not before"), default=clock.now)
    created_at = models.DateTimeField(_("asked for at"), default=clock.now)
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    worker = models.CharField(_("worker"), max_length=120, default="")
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True)
    done = models.BigIntegerField(_("done"), default=0)
    total = models.BigIntegerField(_("total"), default=0)
    note = models.CharField(_("note"), max_length=300, default="")
    result: models.JSONField[Any, Any] = models.JSONField(_("result"), null=True)
    error = models.TextField(_("error"), default="")

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [
            models.Index(fields=["run_at", "id"], name="job_due", condition=models.Q(state="waiting")),
            models.Index(fields=["heartbeat_at"], name="job_alive", condition=models.Q(state="running")),
        ]

    def __str__(self) -> str:
        return f"{self.target} ({self.state})"

    @property
    def title(self) -> str:
        return language.pick({"zh": self.title_zh, "en": self.title_en})

    @property
    def percent(self) -> int:
        """0 to 100; 0 while the total is unknown."""
        if self.state == self.State.DONE:
            return 100
        return min(100, self.done * 100 // self.total) if self.total else 0

    @property
    def page(self) -> str:
        """The URL of its page."""
        return reverse("jobs:job", args=[self.id])

    @property
    def finished(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED)


class Step(models.Model):
    """An effect of a job that has happened: written in the effect's own transaction."""

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="steps", verbose_name=_("job"))
    name = models.CharField(_("step"), max_length=120)
    at = models.DateTimeField(_("time"), default=clock.now)

    class Meta:
        verbose_name = _("job step")
        verbose_name_plural = _("job steps")
        constraints = [models.UniqueConstraint(fields=["job", "name"], name="step_once")]

    def __str__(self) -> str:
        return f"{self.job_id}: {self.name}"


class Worker(models.Model):
    """A worker's last sign of life, so that it is seen when nobody works. Rows of workers that are gone are removed by the living."""

    name = models.CharField(_("name"), max_length=120, primary_key=True)
    seen_at = models.DateTimeField(_("last sign of life"))

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")

    def __str__(self) -> str:
        return self.name


class Tick(models.Model):
    """The last time an entry of the cron table was due and asked for."""

    name = models.CharField(_("name"), max_length=120, primary_key=True)
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("cron tick")
        verbose_name_plural = _("cron ticks")

    def __str__(self) -> str:
        return f"{self.name} at {self.at}"
