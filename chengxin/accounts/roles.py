"""The roles of the house, what each is bound to, and which may never meet in one person."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    OFFICER = "officer", _("Officer")
    REVIEWER = "reviewer", _("Reviewer")
    HEAD = "head", _("Head of department")
    LEADER = "leader", _("Leading group")
    PLATFORM_STAFF = "platform_staff", _("Platform staff")
    MERCHANT = "merchant", _("Merchant")
    COURIER_STAFF = "courier_staff", _("Courier firm staff")
    PAYMENT_STAFF = "payment_staff", _("Payment firm staff")
    SYSADMIN = "sysadmin", _("System administrator")
    SECADMIN = "secadmin", _("Security administrator")
    AUDITADMIN = "auditadmin", _("Audit administrator")


class Estate(models.TextChoices):
    """A person lives in one estate at a time: the city's business, or one of three administrations (GB/T 22239-2019 8.1.5)."""

    BUSINESS = "business", _("Business")
    SYSADMIN = "sysadmin", _("System administration")
    SECADMIN = "secadmin", _("Security administration")
    AUDITADMIN = "auditadmin", _("Audit administration")


ADMINISTRATORS = frozenset({Role.SYSADMIN, Role.SECADMIN, Role.AUDITADMIN})
OF_A_DEPARTMENT = frozenset({Role.OFFICER, Role.REVIEWER, Role.HEAD})
OF_A_SUBJECT = frozenset({Role.MERCHANT, Role.COURIER_STAFF, Role.PAYMENT_STAFF})
BUSINESS = frozenset(Role) - ADMINISTRATORS

# A grant of these has no effect until a second person confirms it.
CONFIRMED_BY_ANOTHER = OF_A_DEPARTMENT | ADMINISTRATORS | {Role.LEADER}

# These must have a second factor before they see any page; others may have one.
SECOND_FACTOR = OF_A_DEPARTMENT | ADMINISTRATORS | {Role.LEADER}

ANYONE = "anyone"
SIGNED_IN = "signed_in"


def estate_of(role: str) -> str:
    """The estate a role belongs to."""
    return Estate(role) if role in ADMINISTRATORS else Estate.BUSINESS
