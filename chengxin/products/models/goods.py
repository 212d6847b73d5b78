"""Products and their batches, what is certified of them, the codes printed on them, and the links their codes lead to."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from chengxin.kernel import ids
from chengxin.subjects.models import Subject


class Product(models.Model):
    """A product of a subject, by its GTIN of 14 digits. net_*: what one piece holds, so that pieces and kilograms can be compared;
    yield_thousandths: what may be made of 1,000 parts of its ingredients (bread takes up water, dried mushrooms lose it)."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="products")
    gtin = models.CharField(max_length=14, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True, default="")
    brand = models.CharField(max_length=80, blank=True, default="")
    spec = models.CharField(max_length=80, blank=True, default="")
    category = models.CharField(max_length=20, help_text="code of trace_category")
    standard_no = models.CharField(max_length=60, blank=True, default="")
    licence_no = models.CharField(max_length=60, blank=True, default="")
    net_quantity = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    net_unit = models.CharField(max_length=3, blank=True, default="", help_text="code of trace_unit")
    yield_thousandths = models.PositiveIntegerField(default=1000)
    made_by = models.CharField(max_length=80)
    made_by_name = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "gtin"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(gtin__regex=r"^[0-9]{14}$"), name="product_gtin_digits"),
            models.CheckConstraint(condition=Q(yield_thousandths__gt=0), name="product_yield"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def mine_url(self) -> str:
        return reverse("products:my_product", args=[self.gtin])

    @property
    def page_url(self) -> str:
        return reverse("products:product", args=[self.gtin])


class Batch(models.Model):
    """A batch of a product. origin: place as it is shown to buyers, down to the city; division: its code."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="batches")
    lot = models.CharField(max_length=20)
    made_at = models.DateField(null=True, blank=True)
    expires_at = models.DateField(null=True, blank=True)
    quantity = models.DecimalField(max_digits=16, decimal_places=3, null=True, blank=True)
    unit = models.CharField(max_length=3, blank=True, default="")
    origin = models.CharField(max_length=80, blank=True, default="")
    division = models.CharField(max_length=12, blank=True, default="")
    entered_by = models.CharField(max_length=80)
    entered_by_name = models.CharField(max_length=80)
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["-entered_at"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["product", "lot"], name="one_lot_a_product"),
            models.CheckConstraint(condition=Q(expires_at=None) | Q(made_at=None) | Q(expires_at__gte=F("made_at")), name="batch_days"),
        ]

    def __str__(self) -> str:
        return f"{self.product.name} {self.lot}"

    @property
    def mine_url(self) -> str:
        return reverse("products:my_batch", args=[self.pk])


class Certificate(models.Model):
    """What somebody certified of a batch: a certificate of conformity made here, or a report whose scan is kept. Written once."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="certificates")
    kind = models.CharField(max_length=12, help_text="code of product_certificate")
    number = models.CharField(max_length=60)
    issuer = models.CharField(max_length=120)
    issued_on = models.DateField()
    result = models.CharField(max_length=200, blank=True, default="")
    weight = models.CharField(max_length=40, blank=True, default="")
    origin = models.CharField(max_length=80, blank=True, default="")
    exhibit = models.UUIDField(null=True, blank=True, help_text="id of the exhibit that holds the scan")
    made_by = models.CharField(max_length=80)
    made_by_name = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["-issued_on", "number"]
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["batch", "kind", "number"], name="one_certificate_a_number")]

    def __str__(self) -> str:
        return self.number


class TraceCode(models.Model):
    """A code on one thing or one pack: which batch it belongs to. key: GS1 Digital Link path, or the national code as given."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="codes")
    key = models.CharField(max_length=200, unique=True)
    serial = models.CharField(max_length=20, blank=True, default="")
    national = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key


class ProductLink(models.Model):
    """Where a code of the product leads, by kind of link (GS1 web vocabulary). A change is a new version; the newest of a kind and
    language holds, and an empty target takes the link away. Written once."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="links")
    relation = models.CharField(max_length=40)
    language = models.CharField(max_length=2)
    version = models.PositiveIntegerField()
    target = models.CharField(max_length=500, blank=True, default="")
    title = models.CharField(max_length=100, blank=True, default="")
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["product", "relation", "language", "-version"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["product", "relation", "language", "version"], name="one_link_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.relation} {self.version}"
