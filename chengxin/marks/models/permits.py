"""Official links of permits (产品许可官方网站信息链接): where an authority itself shows a licence or a product's approval."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chengxin.kernel import ids
from chengxin.subjects.models import Licence

UNKNOWN, ALIVE, CHANGED, DEAD = LINK_STATES = ("UNKNOWN", "ALIVE", "CHANGED", "DEAD")


class PermitLink(models.Model):
    """One link of a licence, for one product or (empty) for the licence itself. The last good snapshot stays when the link dies.

    `good_*`: when the page last showed the licence's number, the SHA-256 of its bytes and its readable text. CHANGED: it opens, but the
    number is not on it.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="links")
    product = models.CharField(max_length=200, blank=True, default="")
    url = models.CharField(max_length=1000)
    state = models.CharField(max_length=8, default=UNKNOWN)
    checked_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    good_at = models.DateTimeField(null=True, blank=True)
    good_sha256 = models.CharField(max_length=64, blank=True, default="")
    good_text = models.TextField(blank=True, default="")
    added_by = models.CharField(max_length=80)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["licence", "product", "url"]
        indexes = [models.Index(fields=["state", "checked_at"], name="permit_link_state")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=LINK_STATES), name="permit_link_state_known"),
            models.CheckConstraint(condition=~Q(state=ALIVE) | Q(good_at__isnull=False), name="permit_link_alive_has_snapshot"),
            models.UniqueConstraint(fields=["licence", "product", "url"], condition=Q(removed_at__isnull=True), name="one_permit_link"),
        ]

    def __str__(self) -> str:
        return self.url


class PermitCheck(models.Model):
    """One look at a link: HTTP status (0: none), why it failed, the SHA-256 of what came."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    link = models.ForeignKey(PermitLink, on_delete=models.PROTECT, related_name="checks")
    state = models.CharField(max_length=8)
    status = models.PositiveIntegerField()
    error = models.CharField(max_length=20, blank=True, default="")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.CheckConstraint(condition=Q(state__in=LINK_STATES), name="permit_check_state")]

    def __str__(self) -> str:
        return f"{self.link_id} {self.state}"
