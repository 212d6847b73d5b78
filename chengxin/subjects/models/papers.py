"""Papers: licences with their checks, declarations of exempt persons, verifications of identity, reminders sent."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from chengxin.kernel import ids
from chengxin.subjects.models.parties import Subject
from chengxin.subjects.models.shops import EXEMPTIONS, Shop

METHODS = ("register_match", "image_two_person", "id_service", "e_licence", "unmatched")  # unmatched: a refusal
RESULTS = ("half", "pass", "fail")  # half: the first of two people has looked


class Licence(models.Model):
    """A licence or permit of a subject; `kind` is a code of subjects/licences.yaml. `expires_on` empty means without term."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="licences")
    kind = models.CharField(max_length=4)
    number = models.CharField(max_length=80)
    name = models.CharField(max_length=200, blank=True)
    scope = models.TextField(blank=True)
    scope_codes = models.JSONField(default=list, blank=True)
    issuer = models.CharField(max_length=200, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=10, default="valid")
    official_query_url = models.CharField(max_length=500, blank=True)
    last_checked_at = models.DateTimeField(null=True, blank=True)
    last_check_result = models.CharField(max_length=10, blank=True)
    image_hash = models.CharField(max_length=64, blank=True, db_index=True)
    image_file = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=80)

    class Meta:
        ordering = ["kind", "number"]
        indexes = [models.Index(fields=["expires_on"], name="licence_expiry")]
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="one_licence"),
            models.CheckConstraint(
                condition=Q(status__in=["valid", "expired", "suspended", "revoked", "cancelled"]), name="licence_status"
            ),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(issued_on__isnull=True) | Q(expires_on__gte=F("issued_on")), name="licence_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class LicenceVerification(models.Model):
    """One look at a licence: against the issuer's register, or by two persons at its image."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    licence = models.ForeignKey(Licence, on_delete=models.CASCADE, related_name="checks")
    method = models.CharField(max_length=16)
    result = models.CharField(max_length=10)
    verifier = models.CharField(max_length=80)
    evidence_hash = models.CharField(max_length=64, blank=True)
    note = models.CharField(max_length=300, blank=True)
    checked_at = models.DateTimeField()

    class Meta:
        ordering = ["-checked_at"]
        constraints = [models.CheckConstraint(condition=Q(result__in=["pass", "fail", "unreached"]), name="licence_check_result")]

    def __str__(self) -> str:
        return f"{self.licence_id} {self.result}"


class SelfDeclaration(models.Model):
    """The text an exempt person shows, word for word one of the four of order 37 art. 12 (subjects/declarations.yaml)."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="declarations")
    exemption = models.CharField(max_length=2)
    text = models.CharField(max_length=100)
    declared_at = models.DateTimeField()
    declared_by = models.CharField(max_length=80)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-declared_at"]
        constraints = [
            models.CheckConstraint(condition=Q(exemption__in=EXEMPTIONS), name="declaration_exemption"),
            models.UniqueConstraint(fields=["shop"], condition=Q(withdrawn_at__isnull=True), name="one_declaration_in_force"),
        ]

    def __str__(self) -> str:
        return self.text


class IdentityVerification(models.Model):
    """One verification of a shop's identity with its checks in order, and what changed since the last one.

    `image_two_person` needs two different people: a database constraint. `facts` is what was verified (plain fields as they were, personal
    ones as blind indexes), `diff` what differs from the verification before. No face image is kept, only the hash of the evidence.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="verifications")
    method = models.CharField(max_length=16)
    result = models.CharField(max_length=4)
    checks = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    evidence_hash = models.CharField(max_length=64, blank=True)
    verifier = models.CharField(max_length=80)
    second_verifier = models.CharField(max_length=80, blank=True, default="")
    diff = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True)
    verified_at = models.DateTimeField()
    next_due_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-verified_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(method__in=METHODS), name="verification_method"),
            models.CheckConstraint(condition=Q(result__in=RESULTS), name="verification_result"),
            models.CheckConstraint(
                condition=~Q(method="image_two_person", result="pass") | (~Q(second_verifier="") & ~Q(second_verifier=F("verifier"))),
                name="verification_by_image_has_two_people",
            ),
            models.CheckConstraint(condition=~Q(result="pass") | Q(next_due_on__isnull=False), name="verification_passed_has_due_date"),
        ]

    def __str__(self) -> str:
        return f"{self.shop_id} {self.result}"


class Reminder(models.Model):
    """A reminder that was due and sent once: re-verification, licence expiry, or turnover over the exemption's limit."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=12)
    due_on = models.DateField()
    days_before = models.IntegerField()
    fen = models.BigIntegerField(null=True, blank=True)
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["-sent_at"]
        constraints = [
            models.UniqueConstraint(fields=["shop", "kind", "due_on", "days_before"], name="one_reminder"),
            models.CheckConstraint(condition=Q(kind__in=["reverify", "licence", "over_100k"]), name="reminder_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.due_on}"
