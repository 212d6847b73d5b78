"""Trusted marks: the request with its proof of domain control, the mark as issued, and every step of its life."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from chengxin.kernel import ids
from chengxin.subjects.models import Shop, Subject

ASKED, PROVEN, ISSUED, REFUSED, WITHDRAWN = REQUEST_STATES = ("ASKED", "PROVEN", "ISSUED", "REFUSED", "WITHDRAWN")
OPEN = (ASKED, PROVEN)
VALID, LAPSED, SUSPENDED, REVOKED = MARK_STATES = ("VALID", "LAPSED", "SUSPENDED", "REVOKED")
DNS, WELL_KNOWN = METHODS = ("dns", "well_known")
BY_PERSON, BY_CLOCK = ("issue", "suspend", "resume", "revoke"), ("lapse", "recover")


class MarkRequest(models.Model):
    """A business asks for a mark for one of its shops on one exact host. `token` is the public text that the host has to show.

    `holder` is a public key (JWK) of the shop, by which it can answer for itself (key binding); none is none.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="mark_requests")
    host = models.CharField(max_length=253, help_text="exact host as it goes over the wire (IDNA), without port")
    token = models.CharField(max_length=64, unique=True)
    holder = models.JSONField(null=True, blank=True)
    renews = models.CharField(max_length=24, blank=True, default="", help_text="serial of the mark that the new one replaces")
    state = models.CharField(max_length=10, default=ASKED)
    asked_by = models.CharField(max_length=80)
    asked_by_name = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    method = models.CharField(max_length=10, blank=True, default="")
    proven_at = models.DateTimeField(null=True, blank=True)
    department = models.CharField(max_length=24, blank=True, default="")
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["asked_at"]
        indexes = [models.Index(fields=["state", "asked_at"], name="mark_request_state")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=REQUEST_STATES), name="mark_request_state_known"),
            models.CheckConstraint(condition=Q(method__in=["", *METHODS]), name="mark_request_method"),
            models.CheckConstraint(
                condition=~Q(state__in=[PROVEN, ISSUED]) | (Q(proven_at__isnull=False) & ~Q(method="")), name="mark_request_proven"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ISSUED, REFUSED]) | (Q(decided_by__startswith="user:") & ~Q(department="")),
                name="mark_request_decided_by_a_person",
            ),
            models.UniqueConstraint(fields=["shop", "host"], condition=Q(state__in=OPEN), name="one_open_mark_request"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def own_page(self) -> str:
        """Its page at the business's door."""
        return reverse("marks:my_request", args=[self.number])

    @property
    def officer_page(self) -> str:
        return reverse("marks:request", args=[self.number])


class Mark(models.Model):
    """A mark as it was issued; never edited. What it is now is its last step. `place` is its place in the status list, `credential` the
    SD-JWT VC with all disclosures: identity facts that are public anyway, no grade."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    serial = models.CharField(max_length=24, unique=True)
    request = models.OneToOneField(MarkRequest, on_delete=models.PROTECT, related_name="mark")
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="marks")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="marks")
    host = models.CharField(max_length=253, db_index=True)
    place = models.PositiveIntegerField(unique=True)
    algorithm = models.CharField(max_length=5)
    credential = models.TextField()
    department = models.CharField(max_length=24)
    issued_by = models.CharField(max_length=80)
    issued_by_name = models.CharField(max_length=80)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["-issued_at", "-serial"]
        constraints = [
            models.CheckConstraint(condition=Q(issued_by__startswith="user:"), name="mark_issued_by_a_person"),
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("issued_at")), name="mark_dates"),
        ]

    def __str__(self) -> str:
        return self.serial

    @property
    def public_page(self) -> str:
        """Its page for everybody, which the badge links to."""
        return reverse("marks:mark", args=[self.serial])

    @property
    def officer_page(self) -> str:
        return reverse("marks:officer_mark", args=[self.serial])


class MarkStep(models.Model):
    """One step of a mark with who took it and why. The clock may only let a mark lapse and recover; all else is a person's."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    mark = models.ForeignKey(Mark, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveIntegerField()
    act = models.CharField(max_length=8)
    after = models.CharField(max_length=10)
    reason = models.CharField(max_length=500)
    actor = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["mark", "number"]
        constraints = [
            models.UniqueConstraint(fields=["mark", "number"], name="one_mark_step_a_place"),
            models.CheckConstraint(condition=Q(after__in=MARK_STATES), name="mark_step_state"),
            models.CheckConstraint(
                condition=Q(act__in=BY_PERSON, actor__startswith="user:") | Q(act__in=BY_CLOCK, actor__startswith="system:"),
                name="mark_step_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mark_id} {self.act}"


class DomainCheck(models.Model):
    """One look at whether a host still shows its token. `error` is a code of the room's texts, empty when it does."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    request = models.ForeignKey(MarkRequest, on_delete=models.PROTECT, related_name="checks")
    method = models.CharField(max_length=10)
    ok = models.BooleanField()
    error = models.CharField(max_length=20, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["request", "-at"], name="domain_check_of_request")]
        constraints = [
            models.CheckConstraint(condition=Q(ok=True, error="") | (Q(ok=False) & ~Q(error="")), name="domain_check_error"),
            models.CheckConstraint(condition=Q(method__in=METHODS), name="domain_check_method"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.ok}"
