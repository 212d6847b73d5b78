"""What the city keeps of packages that platforms send: the very bytes, what became of each finding, and rows handed over on demand."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.urls import reverse

from chengxin.accounts.models import SignatureRecord
from chengxin.detection.models import FoundRow, Run
from chengxin.kernel import encryption, ids
from chengxin.kernel.encryption import EncryptedTextField

SEALED = "detection.seededset.sealed"


class LocalPackage(models.Model):
    """One package of findings made inside a platform. `body` is what was signed; `document` the receipt, byte for byte."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    platform = models.CharField(max_length=40, db_index=True)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the body")
    body = models.TextField()
    signature = models.ForeignKey(SignatureRecord, on_delete=models.PROTECT, related_name="+")
    actor = models.CharField(max_length=120)
    received_at = models.DateTimeField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    root = models.CharField(max_length=64)
    rows = models.BigIntegerField(help_text="rows of the files that were read")
    same_code = models.BooleanField(help_text="whether the digests of the detectors' code are the city's own")
    quarantined = models.JSONField(default=list, help_text="[{place, why}]")
    run = models.OneToOneField(Run, null=True, on_delete=models.SET_NULL, related_name="package")
    leaf = models.BigIntegerField()
    document = models.TextField()

    class Meta:
        ordering = ["-received_at"]

    def __str__(self) -> str:
        return f"{self.platform} {self.received_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("detection:package", args=[self.id])


class HeldFinding(models.Model):
    """A finding whose rows the platform holds; the city has their root. `found` is empty when the finding is about a seeded case."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    package = models.ForeignKey(LocalPackage, on_delete=models.CASCADE, related_name="findings")
    place = models.PositiveIntegerField()
    detector = models.CharField(max_length=60)
    shops = models.JSONField(help_text="the platform's own shop numbers")
    rows = models.JSONField(help_text="{kind: how many}")
    digests = models.JSONField(help_text="sorted SHA-256 of the salted rows")
    root = models.CharField(max_length=64, db_index=True)
    found = models.OneToOneField(FoundRow, null=True, on_delete=models.SET_NULL, related_name="held")

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["package", "place"], name="held_finding_once")]

    def __str__(self) -> str:
        return f"{self.detector} {self.root[:12]}"

    @property
    def count(self) -> int:
        """How many rows it rests on."""
        return len(self.digests)


class HeldRows(models.Model):
    """Rows that a platform handed over because an officer asked, and how many of them are the ones promised."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    finding = models.OneToOneField(HeldFinding, on_delete=models.CASCADE, related_name="answer")
    request = models.UUIDField(help_text="the officer's request")
    received_at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    verified = models.PositiveIntegerField()
    failed = models.PositiveIntegerField()
    missing = models.PositiveIntegerField()
    rows = EncryptedTextField(purpose="evidence of a clue", basis="电子商务法 第二十五条", term="RETAIN_TRADE")

    def __str__(self) -> str:
        return f"{self.verified}/{self.verified + self.missing}"

    @property
    def whole(self) -> bool:
        """Whether every promised row came and no other."""
        return not self.failed and not self.missing

    def told(self) -> dict[str, Any]:
        """What the platform's program is answered."""
        return {"verified": self.verified, "failed": self.failed, "missing": self.missing}


class SeededSet(models.Model):
    """Cases that the city planted in a platform's period. `plan` is secret until revealed; its hash was in the log before.

    It is sealed at rest like a personal field but holds nobody: whoever reads a backup must not learn the cases.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    platform = models.CharField(max_length=40, db_index=True)
    since = models.DateField()
    until = models.DateField()
    count = models.PositiveIntegerField()
    commitment = models.CharField(max_length=64)
    sealed = models.TextField(help_text="the plan, encrypted")
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    revealed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.platform} {self.since} – {self.until}"

    def get_absolute_url(self) -> str:
        return reverse("detection:seeded", args=[self.id])

    @property
    def plan(self) -> str:
        """The text whose hash was promised."""
        return encryption.decrypt(self.sealed, SEALED)
