"""Who is on the register: one Subject per legal or natural person, and what makes it a platform, a courier or a payment firm."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from chengxin.kernel import ids
from chengxin.kernel.encryption import EncryptedTextField

REAL_NAME = "实名登记核验"
ORDER_37_24 = "order37.24"
KEPT = "RETAIN_ID"
ENTERPRISE, GETIHU, COOPERATIVE, OTHER, EXEMPT_PERSON, PRACTITIONER, CONSUMER = "1234567"
REGISTERED_KINDS = (ENTERPRISE, GETIHU, COOPERATIVE, OTHER)
NATURAL_KINDS = (EXEMPT_PERSON, PRACTITIONER)


class Subject(models.Model):
    """A legal or natural person the city keeps a credit file on. `kind` is the code list subject_kind.

    For natural persons `name` holds the masked name (王**) and the real one is `person_name`, encrypted, so that no query of the public
    side can reach it. Consumers (kind 7) cannot be here: a database constraint, hence no table that points to Subject can score one.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    kind = models.CharField(max_length=1)
    name = models.CharField(max_length=200)
    uscc = models.CharField(max_length=18, null=True, blank=True, unique=True)
    legal_rep = models.CharField(max_length=100, blank=True)
    address = models.CharField(max_length=300, blank=True)
    division = models.CharField(max_length=12, blank=True)
    status = models.CharField(max_length=10, default="active")
    person_name = EncryptedTextField(blank=True, default="", purpose=REAL_NAME, basis=ORDER_37_24, term=KEPT)
    person_name_index = models.CharField(max_length=32, blank=True, default="", db_index=True)
    id_doc_type = models.CharField(max_length=2, blank=True, default="")
    id_doc_no = EncryptedTextField(blank=True, default="", purpose=REAL_NAME, basis=ORDER_37_24, term=KEPT)
    id_doc_index = models.CharField(max_length=32, null=True, blank=True, unique=True)
    person_address = EncryptedTextField(blank=True, default="", purpose=REAL_NAME, basis=ORDER_37_24, term=KEPT)
    phone = EncryptedTextField(blank=True, default="", purpose=REAL_NAME, basis=ORDER_37_24, term=KEPT)
    phone_index = models.CharField(max_length=32, blank=True, default="", db_index=True)
    source = models.CharField(max_length=60, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=80)
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["name"], name="subject_name"), models.Index(fields=["division", "kind"], name="subject_place")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[*REGISTERED_KINDS, *NATURAL_KINDS]), name="subject_is_never_a_consumer"),
            models.CheckConstraint(condition=Q(status__in=["active", "abnormal", "revoked", "cancelled"]), name="subject_status"),
            models.CheckConstraint(
                condition=~Q(kind__in=[ENTERPRISE, GETIHU, COOPERATIVE]) | Q(uscc__isnull=False), name="subject_registered_has_uscc"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=NATURAL_KINDS) | Q(uscc__isnull=True, address="", legal_rep=""),
                name="subject_person_has_no_plain_data",
            ),
            models.CheckConstraint(
                condition=~Q(kind=EXEMPT_PERSON) | (Q(id_doc_index__isnull=False) & ~Q(id_doc_no="")),
                name="subject_person_has_document",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_natural(self) -> bool:
        return self.kind in NATURAL_KINDS

    @property
    def own_name(self) -> str:
        """The name as the subject itself knows it: a natural person's real one. Only for whoever the subject is."""
        return self.person_name or self.name

    @property
    def officer_page(self) -> str:
        """Its page at the officer's door."""
        return reverse("subjects:subject", args=[self.pk])


class SubjectVersion(models.Model):
    """What a subject looked like before each change; `sealed` keeps the personal part, encrypted, as JSON."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    values = models.JSONField()
    sealed = EncryptedTextField(blank=True, default="", purpose=REAL_NAME, basis=ORDER_37_24, term=KEPT)
    changed = models.JSONField(default=list)
    reason = models.CharField(max_length=300)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=80)

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["subject", "version"], name="one_subject_version")]

    def __str__(self) -> str:
        return f"{self.subject_id} v{self.version}"


class SubjectIdentifier(models.Model):
    """A secondary number of a subject: old registration number, organisation code, tax number, earlier name."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="identifiers")
    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=200)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["kind", "value"]
        indexes = [models.Index(fields=["value"], name="identifier_value")]
        constraints = [
            models.UniqueConstraint(fields=["subject", "kind", "value"], name="one_identifier"),
            models.CheckConstraint(
                condition=Q(kind__in=["old_registration", "organisation_code", "tax_number", "old_name", "brand"]), name="identifier_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class SubjectRelation(models.Model):
    """A dated relation between two subjects, e.g. branch of, controls."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    from_subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="relations_out")
    to_subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="relations_in")
    kind = models.CharField(max_length=20)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["legal_rep_of", "controls", "branch_of", "operates_shop_of", "successor_of"]), name="relation_kind"
            ),
            models.CheckConstraint(condition=~Q(from_subject=F("to_subject")), name="relation_not_to_itself"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__isnull=True) | Q(until__gte=F("since")), name="relation_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_subject_id} {self.kind} {self.to_subject_id}"


class Platform(models.Model):
    """An operator's platform, own site, social or live service; `code` is the slug it reports under."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, null=True, blank=True, related_name="platforms")
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)
    kind = models.CharField(max_length=10, default="platform")
    url = models.URLField(max_length=300, blank=True)
    app_path = models.CharField(max_length=200, blank=True)
    icp_no = models.CharField(max_length=60, blank=True)
    division = models.CharField(max_length=12, blank=True)
    regulator = models.CharField(max_length=100, blank=True)
    contact_officer = EncryptedTextField(blank=True, default="", purpose="监管联系", basis="order37.25", term=KEPT)
    contact_phone = EncryptedTextField(blank=True, default="", purpose="监管联系", basis="order37.25", term=KEPT)
    webhook_url = models.URLField(max_length=300, blank=True)
    status = models.CharField(max_length=10, default="active")
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["platform", "own_site", "social", "live"]), name="platform_kind"),
            models.CheckConstraint(condition=Q(status__in=["active", "closed"]), name="platform_status"),
        ]

    def __str__(self) -> str:
        return self.name


class CourierFirm(models.Model):
    """A courier brand of a subject; `code` is what parcel facts name in `courier`."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, null=True, blank=True, related_name="courier_firms")
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    permit_no = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=10, default="active")

    class Meta:
        ordering = ["code"]
        constraints = [models.CheckConstraint(condition=Q(status__in=["active", "closed"]), name="courier_status")]

    def __str__(self) -> str:
        return self.name


class CourierOutlet(models.Model):
    """An outlet of a courier firm; `code` is what scan facts name in `outlet`."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    firm = models.ForeignKey(CourierFirm, on_delete=models.PROTECT, related_name="outlets")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    address = models.CharField(max_length=300, blank=True)
    division = models.CharField(max_length=12, blank=True)
    status = models.CharField(max_length=10, default="active")

    class Meta:
        ordering = ["firm", "code"]
        constraints = [
            models.UniqueConstraint(fields=["firm", "code"], name="one_outlet"),
            models.CheckConstraint(condition=Q(status__in=["active", "closed"]), name="outlet_status"),
        ]

    def __str__(self) -> str:
        return self.name


class PaymentOrg(models.Model):
    """A bank or non-bank payment institution; `code` is what payment facts name in `institution`."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, null=True, blank=True, related_name="payment_orgs")
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, default="nonbank")
    permit_no = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=10, default="active")

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["bank", "nonbank"]), name="payment_org_kind"),
            models.CheckConstraint(condition=Q(status__in=["active", "closed"]), name="payment_org_status"),
        ]

    def __str__(self) -> str:
        return self.name
