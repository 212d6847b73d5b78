"""Shops on platforms, and the imports that brought them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from chengxin.kernel import ids
from chengxin.kernel.encryption import EncryptedTextField
from chengxin.subjects.models.parties import KEPT, ORDER_37_24, REAL_NAME, Platform, Subject

SEEN, DRAFT, SUBMITTED, CHECKING, VERIFIED, DUE, NEEDS_FIX, REJECTED, SUSPENDED, EXITED = STATES = (
    "SEEN",
    "DRAFT",
    "SUBMITTED",
    "CHECKING",
    "VERIFIED",
    "DUE_REVERIFY",
    "NEEDS_FIX",
    "REJECTED",
    "SUSPENDED",
    "EXITED",
)
OPEN_STATES = (SEEN, DRAFT, SUBMITTED, CHECKING, VERIFIED, DUE, NEEDS_FIX, SUSPENDED)
EXEMPTIONS = ("E1", "E2", "E3", "E4")


class Shop(models.Model):
    """A shop of a platform. `shop_id` is the platform's own account id, `token` what facts carry instead of it.

    `state` is of the workflow subjects/shop_identity; SEEN is a shop that reports named and the platform never registered.
    `displayed` false lowers the display: the public card then says that the identity is not current.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="shops")
    shop_id = models.CharField(max_length=100)
    token = models.BigIntegerField(unique=True)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, null=True, blank=True, related_name="shops")
    name = models.CharField(max_length=200, blank=True)
    url = models.CharField(max_length=500, blank=True)
    url_key = models.CharField(max_length=500, blank=True, db_index=True)
    path_words = models.CharField(max_length=300, blank=True)
    division = models.CharField(max_length=12, blank=True)
    operating_address = models.CharField(max_length=300, blank=True)
    person_address = EncryptedTextField(blank=True, default="", purpose=REAL_NAME, basis=ORDER_37_24, term=KEPT)
    contact = EncryptedTextField(blank=True, default="", purpose=REAL_NAME, basis=ORDER_37_24, term=KEPT)
    categories = models.JSONField(default=list, blank=True)
    registered = models.BooleanField(default=True)
    exemption = models.CharField(max_length=2, blank=True, default="")
    over_100k = models.BooleanField(default=False)
    over_100k_since = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=14, default=DRAFT)
    state_since = models.DateTimeField()
    state_reason = models.CharField(max_length=500, blank=True)
    displayed = models.BooleanField(default=False)
    verified_at = models.DateTimeField(null=True, blank=True)
    next_due_on = models.DateField(null=True, blank=True)
    licence_expires_on = models.DateField(null=True, blank=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=80)
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["platform", "shop_id"]
        indexes = [
            models.Index(fields=["platform", "state"], name="shop_state"),
            models.Index(fields=["next_due_on"], name="shop_due"),
            models.Index(fields=["licence_expires_on"], name="shop_licence_expiry"),
            models.Index(fields=["name"], name="shop_name"),
            models.Index(fields=["shop_id"], name="shop_account"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["platform", "shop_id"], name="one_shop_per_account"),
            models.CheckConstraint(condition=Q(token__gte=0), name="shop_token"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="shop_state_known"),
            models.CheckConstraint(condition=Q(exemption__in=["", *EXEMPTIONS]), name="shop_exemption"),
            models.CheckConstraint(condition=Q(registered=False) | Q(exemption="", over_100k=False), name="shop_exempt_only_unregistered"),
            models.CheckConstraint(condition=Q(registered=True) | Q(operating_address=""), name="shop_person_has_no_plain_address"),
            models.CheckConstraint(
                condition=~Q(state__in=[VERIFIED, DUE]) | Q(subject__isnull=False, verified_at__isnull=False, next_due_on__isnull=False),
                name="shop_verified_has_identity_and_due_date",
            ),
            models.CheckConstraint(condition=~Q(state=EXITED) | Q(closed_on__isnull=False), name="shop_exited_has_date"),
            models.CheckConstraint(condition=Q(displayed=False) | Q(state=VERIFIED), name="shop_displayed_is_verified"),
            models.CheckConstraint(condition=Q(over_100k=False) | Q(over_100k_since__isnull=False), name="shop_over_100k_has_date"),
        ]

    def __str__(self) -> str:
        return self.name or self.shop_id

    @property
    def platform_page(self) -> str:
        """Its page at the platform's door."""
        return reverse("subjects:shop", args=[self.pk])

    @property
    def officer_page(self) -> str:
        """Its page at the officer's door."""
        return reverse("subjects:officer_shop", args=[self.pk])


class ImportRun(models.Model):
    """One sheet or API batch of shops: its hash makes the same file give the same answer; refused rows go back as an error sheet."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="imports")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField()
    unchanged = models.PositiveIntegerField(default=0)
    row_errors = EncryptedTextField(blank=True, default="", purpose="导入差错反馈", basis=ORDER_37_24, term=KEPT)
    refused = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(fields=["platform", "sha256"], name="one_import_per_file"),
            models.CheckConstraint(condition=Q(rows__gte=0), name="import_rows"),
        ]

    def __str__(self) -> str:
        return self.file_name
