"""Runs and findings. A run is a record: snapshot, parameters, versions, seed; the same inputs give the same findings, bit for bit."""

from __future__ import annotations

from django.db import models
from django.urls import reverse

from chengxin.kernel import ids


class Run(models.Model):
    """One pass of detectors over a frozen snapshot of the lake."""

    class State(models.TextChoices):
        RUNNING = "running", "进行中"
        DONE = "done", "完成"
        STOPPED = "stopped", "已中止"  # a volume assertion failed: nothing of it becomes a clue
        FAILED = "failed", "失败"

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    detectors = models.JSONField(help_text="{name: version}")
    parameters = models.JSONField(help_text="{name: parameters as used}")
    since = models.DateTimeField()
    until = models.DateTimeField()
    seed = models.BigIntegerField(default=1)
    snapshot = models.JSONField(help_text="the segments looked at: [[path, sha256], …]")
    snapshot_root = models.CharField(max_length=64)
    focus = models.JSONField(default=list, help_text="tokens of the shops it was narrowed to; empty: the whole city")
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    note_zh = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    findings_root = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    started_by = models.CharField(max_length=80)

    class Meta:
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["-started_at"])]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M} {', '.join(self.detectors)}"

    def get_absolute_url(self) -> str:
        return reverse("detection:run", args=[self.id])

    def summary(self) -> str:
        """One line for the command's user."""
        return f"run {self.id}: {self.state}, {self.found.count()} finding(s) from {', '.join(self.detectors)} {self.note_en}".rstrip()


class FoundRow(models.Model):
    """A finding, grouped: one ring or one shop. Immutable; a clue freezes it by its hash."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="found")
    detector = models.CharField(max_length=40)
    behaviour = models.CharField(max_length=4)
    key = models.CharField(max_length=32, help_text="the same ring or shop has the same key in a later run")
    shops = models.JSONField()
    accounts = models.JSONField()
    evidence = models.JSONField(help_text="{kind: [fact ids]}")
    reasons = models.JSONField(help_text="[{code, zh, en, numbers, weight}], strongest first")
    score = models.FloatField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    benign = models.JSONField(default=list)
    picture = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["-score", "key"]
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="finding_once_per_run")]
        indexes = [models.Index(fields=["key"])]

    def __str__(self) -> str:
        return f"{self.detector} {self.key[:8]} {self.score:.2f}"


class LiveAlert(models.Model):
    """A shop crossed a threshold of live/thresholds.yaml when a batch came in: an internal signal that calls a detector, never a clue.

    It names shops and counts, no consumer. `finding` and `clue` are what became of it, when anything did.
    """

    id = models.BigAutoField(primary_key=True)
    batch = models.UUIDField(help_text="the receipt of the batch that made it cross")
    shop = models.BigIntegerField()
    shops = models.JSONField(help_text="tokens of the shops its accounts are tied to, itself first")
    code = models.CharField(max_length=40)
    n = models.BigIntegerField()
    numbers = models.JSONField()
    detector = models.CharField(max_length=40, help_text="the detector it calls")
    at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True)
    finding = models.ForeignKey(FoundRow, null=True, on_delete=models.SET_NULL, related_name="alerts")
    clue = models.CharField(max_length=24, blank=True)
    department = models.CharField(max_length=24, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["batch", "shop", "code"], name="live_alert_once")]
        indexes = [
            models.Index(fields=["-at"], name="live_alert_newest"),
            models.Index(fields=["shop", "code"], name="live_alert_shop"),
            models.Index(fields=["id"], name="live_alert_waiting", condition=models.Q(looked_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.shop} {self.n}"

    @property
    def fate(self) -> str:
        """clue, nothing (no finding about the shop, or one known to be harmless) or waiting."""
        if self.clue:
            return "clue"
        return "nothing" if self.looked_at else "waiting"

    @property
    def clue_page(self) -> str:
        """The clue's page, for readers whose desk it is on (`at_my_desk` is annotated); others would meet a 404."""
        return reverse("supervision:clue", args=[self.clue]) if self.clue and getattr(self, "at_my_desk", False) else ""

    @property
    def said(self) -> dict[str, str]:
        """The reason in both languages."""
        from chengxin.detection.live.thresholds import said

        return said(self.code, self.numbers)


# The part of this room that learns from verdicts has its rows beside its rules; Django looks for them here.
from chengxin.detection.learning.models import LearnedModel, Measured, Opinion, Verdict  # noqa: E402
from chengxin.detection.local.models import HeldFinding, HeldRows, LocalPackage, SeededSet  # noqa: E402 - needs Run and FoundRow above

__all__ = [
    "FoundRow",
    "HeldFinding",
    "HeldRows",
    "LearnedModel",
    "LiveAlert",
    "LocalPackage",
    "Measured",
    "Opinion",
    "Run",
    "SeededSet",
    "Verdict",
]
