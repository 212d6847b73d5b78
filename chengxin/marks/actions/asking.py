"""A business asks for a mark and proves that it controls the host."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.kernel import clock, locks
from chengxin.kernel.errors import NotFound
from chengxin.marks import domains, queries
from chengxin.marks.actions.steps import MERCHANT, NUMBERS, next_number
from chengxin.marks.errors import HolderKeyWrong, HostWrong, RequestOpen
from chengxin.marks.models import DomainCheck, MarkRequest
from chengxin.marks.models.marks import METHODS, OPEN, WITHDRAWN
from chengxin.marks.verify_mark import host_of
from chengxin.subjects.models import Platform, Shop
from chengxin.subjects.queries import family

TABLE = "marks/request"
TOKEN_BYTES = 24  # nobody guesses it; and it fits a TXT record


def ask(actor: Actor, shop_id: object, address: str, holder: Mapping[str, Any] | None = None) -> MarkRequest:
    """Ask for a mark of one of the actor's shops on the exact host of an address. A mark that stands there already is renewed.

    holder: the shop's public key as JWK, by which it may answer for itself. Raises HostWrong, HolderKeyWrong, RequestOpen, NotFound.
    """
    with transaction.atomic(), locks.locked(NUMBERS):
        shop = access.get(actor, Shop, pk=shop_id)
        if shop.subject_id not in family(*actor.subjects):
            raise NotFound
        host = _checked_host(shop, address)
        known = MarkRequest.objects.filter(shop=shop, host=host, state__in=OPEN).first()
        if known:
            raise RequestOpen(number=known.number)
        outcome = workflow.take(workflow.load(TABLE), "NONE", "ask", MERCHANT & actor.roles, {}, clock.today())
        made = MarkRequest.objects.create(
            number=next_number(MarkRequest, "number", "MQ", clock.today()),
            shop=shop,
            host=host,
            token=secrets.token_urlsafe(TOKEN_BYTES),
            holder=_checked_holder(holder) if holder else None,
            renews=queries.serial_on(shop, host),
            state=outcome.state,
            asked_by=str(actor),
            asked_by_name=actor.name,
            asked_at=clock.now(),
        )
        note(made, "asked", str(actor))
        return made


def _checked_host(shop: Shop, address: str) -> str:
    """The host to be proven; not one on which other businesses stand: whoever proves it would speak for all of them."""
    host = domains.checked_host(address)
    if not host:
        raise HostWrong(why_zh="这不是一个域名", why_en="it is no host name")
    others = Shop.objects.filter(url_key__startswith=host.removeprefix("www.")).exclude(subject=shop.subject).values_list("url", flat=True)
    platforms = Platform.objects.exclude(url="").exclude(subject=shop.subject).values_list("url", flat=True)
    if any(host_of(url) == host for url in [*others, *platforms]):
        raise HostWrong(why_zh="该域名属于平台或者另有其他经营者的店铺", why_en="it is a platform's, or another business has a shop on it")
    return host


def _checked_holder(jwk: Mapping[str, Any]) -> dict[str, str]:
    key = {name: str(jwk.get(name, "")) for name in ("kty", "crv", "x")}
    if key["kty"] != "OKP" or key["crv"] != "Ed25519" or "d" in jwk or len(key["x"]) != 43:
        raise HolderKeyWrong
    return key


def prove(actor: Actor, number: str, method: str) -> DomainCheck:
    """Look whether the host shows the token now. Called outside a transaction: a slow site may take half a minute."""
    found = _own(actor, number)
    if method not in METHODS:
        raise NotFound
    return do_prove(found, actor, method, domains.look(found.host, found.token, method))


def do_prove(found: MarkRequest, actor: Actor, method: str, error: str) -> DomainCheck:
    """Write down what a look at the host found; error: a code of domains.ERRORS, empty when it showed the token."""
    with transaction.atomic(), locks.locked(f"marks.request:{found.pk}"):
        found = MarkRequest.objects.select_for_update().get(pk=found.pk)
        check = DomainCheck.objects.create(request=found, method=method, ok=not error, error=error, at=clock.now())
        if not error:
            outcome = workflow.take(workflow.load(TABLE), found.state, "prove", MERCHANT & actor.roles, {}, clock.today())
            found.state, found.method, found.proven_at = outcome.state, method, check.at
            found.save(update_fields=["state", "method", "proven_at"])
            note(found, "proven", str(actor), method=method)
        return check


def withdraw(actor: Actor, number: str) -> MarkRequest:
    """Take a request back before it is decided."""
    with transaction.atomic(), locks.locked(f"marks.request:{_own(actor, number).pk}"):
        found = MarkRequest.objects.select_for_update().get(number=number)
        workflow.take(workflow.load(TABLE), found.state, "withdraw", MERCHANT & actor.roles, {}, clock.today())
        found.state = WITHDRAWN
        found.save(update_fields=["state"])
        note(found, "withdrawn", str(actor))
        return found


def _own(actor: Actor, number: str) -> MarkRequest:
    """A request of the actor's own business: a desk reads all of them, but it does not ask in another's name."""
    found = access.get(actor, MarkRequest, number=number)
    if found.shop.subject_id not in family(*actor.subjects):
        raise NotFound
    return found


def note(found: MarkRequest, what: str, actor: str, **more: Any) -> None:
    """The log entry of a step of a request."""
    data = {"number": found.number, "host": found.host, "shop": str(found.shop_id), **more}
    audit.record(f"marks.request.{what}", actor=actor, object=f"marks.request:{found.pk}", data=data)
