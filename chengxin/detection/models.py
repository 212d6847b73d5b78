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


class Verdict(models.Model):
    """What an officer decided about a finding's clue: found to be so, or harmless. The newest of a ring or shop counts."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    key = models.CharField(max_length=32, unique=True)
    finding = models.ForeignKey(FoundRow, on_delete=models.CASCADE, related_name="verdicts")
    case = models.CharField(max_length=24, help_text="the clue's number")
    confirmed = models.BooleanField()
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["case"]

    def __str__(self) -> str:
        return f"{self.case} {'+' if self.confirmed else '-'}"
