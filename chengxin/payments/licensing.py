"""Whether an institution is licensed on a day, and what that says of a channel or of money that was seen. Reasons, never a verdict."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from django.db.models import Max, Q

from chengxin.law import law
from chengxin.payments.models.channels import (
    EXPIRED,
    NUMBER_FORM,
    OWN,
    OWN_SETTLEMENT,
    UNDECLARED,
    UNLICENSED,
    UNNAMED,
    OrgLicence,
    PaymentChannel,
)
from chengxin.payments.reconciling import Flow
from chengxin.subjects.models import PaymentOrg


def form_of(kind: str, day: date | None = None) -> str:
    """The regular expression that licence numbers of banks or other institutions have."""
    from chengxin.kernel import clock

    forms: dict[str, str] = law.at(day or clock.today()).value("payment_licence_form")
    return forms[kind]


def org_named(name: str) -> PaymentOrg | None:
    """The active institution of this code or name; the register knows it or not."""
    return PaymentOrg.objects.filter(Q(code=name) | Q(name=name), status="active").order_by("code").first()


def licences_of(org: PaymentOrg, day: date) -> list[OrgLicence]:
    """Its licences on the newest list that names it and is not of a later day."""
    newest = org.licences.filter(listed_on__lte=day).aggregate(day=Max("listed_on"))["day"]
    return list(org.licences.filter(listed_on=newest)) if newest else []


def of_org(org: PaymentOrg | None, day: date) -> list[str]:
    """What is missing: unlicensed, expired, number_form; empty when a licence holds on the day."""
    known = licences_of(org, day) if org else []
    if org is None or not known:
        return [UNLICENSED]
    holding = [one for one in known if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to)]
    if not holding:
        return [EXPIRED]
    return [] if any(re.fullmatch(form_of(org.kind, day), one.number) for one in holding) else [NUMBER_FORM]


def of_channel(channel: PaymentChannel, day: date) -> list[str]:
    """What a channel lacks on a day; a platform that collects itself and passes on is told apart from the institution behind it."""
    own = [OWN_SETTLEMENT] if channel.mode == OWN else []
    return own + of_org(channel.org or org_named(channel.institution), day)


def names_of(channel: PaymentChannel) -> set[str]:
    """What payments may call the channel's institution."""
    org = channel.org or org_named(channel.institution)
    return {channel.institution, *((org.code, org.name) if org else ())}


def of_flow(flow: Flow, declared: Collection[str], day: date) -> list[str]:
    """What money that was seen points to: nobody named, no licence, or no channel declared for it."""
    if not flow.institution:
        return [UNNAMED]
    if flow.institution in declared:
        return []  # the channel itself was looked at
    return [UNDECLARED, *of_org(org_named(flow.institution), day)]
