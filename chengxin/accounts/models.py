"""Departments with validity, people, what they may do and since when, and the ways in: invitations."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chengxin.accounts.roles import CONFIRMED_BY_ANOTHER, OF_A_DEPARTMENT, OF_A_SUBJECT, Estate, Role
from chengxin.kernel import clock, ids
from chengxin.kernel.encryption import EncryptedTextField, blind_index

LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]


class Department(models.Model):
    """A government department under the name of its time. 2017 names stay and point to their successor."""

    code = models.CharField(primary_key=True, max_length=24)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    division = models.CharField(max_length=12)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    successor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors")

    class Meta:
        ordering = ["code"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="department_ends_after_it_begins", condition=Q(valid_to=None) | Q(valid_from=None) | Q(valid_to__gte=F("valid_from"))
            ),
            models.CheckConstraint(name="department_does_not_succeed_itself", condition=Q(successor=None) | ~Q(successor=F("code"))),
        ]

    def __str__(self) -> str:
        return self.name_zh

    @property
    def zh(self) -> str:
        return self.name_zh

    @property
    def en(self) -> str:
        return self.name_en

    def is_valid_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class People(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=(username or "").lower())

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """A person who can sign in; without a password only after an invitation is claimed."""
        user = self.model(username=username.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def with_email(self, email: str) -> models.QuerySet[User]:
        return self.filter(email_index=email_index(email))


def email_index(email: str) -> str:
    """The blind index under which an e-mail address is found; empty for none."""
    return blind_index(email.strip().lower(), "accounts.user.email") if email.strip() else ""


class User(AbstractBaseUser):
    """A person who signs in. Contact data are encrypted; the address is found by its blind index."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    username = models.CharField(_("User name"), max_length=64, unique=True, validators=[RegexValidator(r"^[a-z0-9][a-z0-9._-]{2,63}$")])
    display_name = models.CharField(_("Name"), max_length=64)
    language = models.CharField(_("Language"), max_length=8, choices=LANGUAGES, default="zh-hans")
    email = EncryptedTextField(
        _("E-mail"), blank=True, default="", purpose="sign-in and notices", basis="个人信息保护法13(1)(3)", term="while the account exists"
    )
    email_index = models.CharField(max_length=32, blank=True, default="", editable=False)
    phone = EncryptedTextField(
        _("Phone"),
        blank=True,
        default="",
        purpose="contact about the account",
        basis="个人信息保护法13(1)(3)",
        term="while the account exists",
    )
    officer_number = models.CharField(_("Officer certificate number"), max_length=32, blank=True, default="")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    created_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]
    objects: ClassVar[People] = People()

    class Meta:
        ordering = ["username"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["email_index"], condition=~Q(email_index=""), name="one_person_an_email"),
            models.UniqueConstraint(fields=["officer_number"], condition=~Q(officer_number=""), name="one_person_an_officer_number"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email_index = email_index(self.email)
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        return self.display_name

    @property
    def actor(self) -> str:
        """The name under which the audit log knows this person."""
        return f"user:{self.pk}"

    # Django's model permissions are not used here: what a person may do is in RoleGrant and access.py. These answer the parts
    # of Django and third parties that ask, and the answer is no.
    def has_perm(self, perm: str, obj: object = None) -> bool:
        return False

    def has_perms(self, perms: Any, obj: object = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False

    @property
    def is_staff(self) -> bool:
        return False

    @property
    def is_superuser(self) -> bool:
        return False


class Grants(models.QuerySet["RoleGrant"]):
    def in_force(self, day: date | None = None) -> Self:
        """Not revoked, inside its days, and confirmed where the role needs a second person."""
        day = day or clock.today()
        return (
            self.filter(revoked_at=None)
            .filter(valid_from__lte=day)
            .filter(Q(valid_to=None) | Q(valid_to__gte=day))
            .exclude(role__in=CONFIRMED_BY_ANOTHER, confirmed_at=None)
        )

    def waiting(self) -> Self:
        return self.filter(revoked_at=None, confirmed_at=None, role__in=CONFIRMED_BY_ANOTHER)


def _bound_to(roles: frozenset[Role], **scope: Q) -> Q:
    return ~Q(role__in=sorted(roles)) | scope["to"]


class RoleGrant(models.Model):
    """What a person may do, where, from when to when, and who said so. Never deleted: an end is a revocation."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(_("Role"), max_length=16, choices=Role.choices)
    estate = models.CharField(max_length=12, choices=Estate.choices, editable=False)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT, related_name="grants")
    platform_code = models.CharField(_("Platform code"), max_length=64, blank=True, default="")
    subject_id = models.UUIDField(_("Subject"), null=True, blank=True)
    valid_from = models.DateField(_("From"), default=clock.today)
    valid_to = models.DateField(_("Until"), null=True, blank=True)
    reason = models.CharField(_("Reason"), max_length=200, blank=True, default="")
    granted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(default=clock.now, editable=False)
    confirmed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, editable=False)
    revoked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, editable=False)
    revoked_why = models.CharField(max_length=200, blank=True, default="")

    objects = Grants.as_manager()

    class Meta:
        ordering = ["-granted_at"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(revoked_at=None) & ~Q(estate="business"), name="one_administration_a_person"
            ),
            models.CheckConstraint(
                name="estate_follows_role",
                condition=Q(role=F("estate")) | (Q(estate="business") & ~Q(role__in=["auditadmin", "secadmin", "sysadmin"])),
            ),
            models.CheckConstraint(
                name="maker_is_not_checker", condition=Q(granted_by=None) | Q(confirmed_by=None) | ~Q(confirmed_by=F("granted_by"))
            ),
            models.CheckConstraint(name="nobody_grants_to_himself", condition=Q(granted_by=None) | ~Q(granted_by=F("user"))),
            models.CheckConstraint(name="nobody_confirms_himself", condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("user"))),
            models.CheckConstraint(name="grant_ends_after_it_begins", condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from"))),
            models.CheckConstraint(name="department_roles_have_one", condition=_bound_to(OF_A_DEPARTMENT, to=Q(department__isnull=False))),
            models.CheckConstraint(name="subject_roles_have_one", condition=_bound_to(OF_A_SUBJECT, to=Q(subject_id__isnull=False))),
            models.CheckConstraint(
                name="platform_roles_have_one", condition=_bound_to(frozenset({Role.PLATFORM_STAFF}), to=~Q(platform_code=""))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.scope}".strip()

    @property
    def scope(self) -> str:
        """What the grant is bound to, as one text: department code, platform code or subject id."""
        return self.department_id or self.platform_code or (str(self.subject_id) if self.subject_id else "")

    @property
    def is_waiting(self) -> bool:
        return self.revoked_at is None and self.confirmed_at is None and self.role in CONFIRMED_BY_ANOTHER


class Invitation(models.Model):
    """A one-time link: to set the first password, to set a new one, or for a merchant to claim the account of a subject."""

    class Kind(models.TextChoices):
        JOIN = "join", _("First sign-in")
        RESET = "reset", _("New password")
        CLAIM = "claim", _("Claim a merchant account")

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="invitations")
    subject_id = models.UUIDField(null=True)
    role = models.CharField(max_length=16, choices=Role.choices, blank=True, default="")
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="invitation_has_person_or_subject",
                condition=(Q(kind="claim") & Q(subject_id__isnull=False)) | (~Q(kind="claim") & Q(user__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


def subject_key(value: str | uuid.UUID) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(value)


class PlatformClient(models.Model):
    """A platform's machine: an OAuth 2.0 client (RFC 6749 4.4) bound to one platform code, with scopes, a rate class and public keys."""

    class Signing(models.TextChoices):
        OPTIONAL = "optional", _("Checked when present")
        REQUIRED = "required", _("Required")

    class Rate(models.TextChoices):
        SMALL = "small", _("Small")
        NORMAL = "normal", _("Normal")
        LARGE = "large", _("Large")

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    application = models.OneToOneField("oauth2_provider.Application", on_delete=models.PROTECT, related_name="platform_client")
    name = models.CharField(_("Name"), max_length=80)
    platform_code = models.CharField(_("Platform code"), max_length=64, db_index=True)
    scopes = models.JSONField(_("Scopes"), default=list)
    rate = models.CharField(_("Rate class"), max_length=8, choices=Rate.choices, default=Rate.NORMAL)
    networks = models.JSONField(_("Allowed networks"), default=list, blank=True)  # CIDR texts; empty = from anywhere
    signing = models.CharField(_("Signed reports"), max_length=8, choices=Signing.choices, default=Signing.OPTIONAL)
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["platform_code", "name"]

    def __str__(self) -> str:
        return f"{self.platform_code} {self.name}"

    @property
    def actor(self) -> str:
        return f"client:{self.pk}"


class ClientKey(models.Model):
    """An Ed25519 public key (RFC 8032) a platform signs its reports with, and the days it holds."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    client = models.ForeignKey(PlatformClient, on_delete=models.PROTECT, related_name="keys")
    key_id = models.CharField(_("Key id"), max_length=64)
    public_key = models.CharField(max_length=64)  # 32 raw bytes, hex
    valid_from = models.DateTimeField(default=clock.now)
    valid_to = models.DateTimeField(null=True, blank=True)
    added_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-valid_from"]
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["client", "key_id"], name="one_key_an_id_and_client")]

    def __str__(self) -> str:
        return self.key_id


class SignatureRecord(models.Model):
    """A verified RFC 9421 signature with all that is needed to verify it again: the platform cannot deny the report."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    client = models.ForeignKey(PlatformClient, on_delete=models.PROTECT, related_name="signatures")
    key = models.ForeignKey(ClientKey, on_delete=models.PROTECT, related_name="signatures")
    public_key = models.CharField(max_length=64)
    signed_text = models.TextField()  # the signature base, RFC 9421 2.5
    signature = models.CharField(max_length=128)  # hex
    content_digest = models.CharField(max_length=64, db_index=True)  # SHA-256 of the body, hex
    signed_at = models.DateTimeField()
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["key", "signature"], name="a_signature_is_kept_once")]

    def __str__(self) -> str:
        return f"{self.key_id} {self.signed_at:%Y-%m-%dT%H:%M:%SZ}"
