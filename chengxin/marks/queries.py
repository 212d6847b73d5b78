"""What may be asked of marks: how they stand, what they say, the status lists, what waits for whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery

from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.marks import credential
from chengxin.marks.models import DomainCheck, ImitationReport, Mark, MarkRequest, MarkStep, PermitLink
from chengxin.marks.models.imitation import CONFIRMED
from chengxin.marks.models.imitation import OPEN as UNDECIDED
from chengxin.marks.models.marks import LAPSED, PROVEN, REVOKED, SUSPENDED, VALID
from chengxin.marks.models.permits import CHANGED, DEAD
from chengxin.subjects.models import Shop
from chengxin.subjects.queries.card import is_current

NONE, EXPIRED = "NONE", "EXPIRED"
STATUS = {VALID: 0, REVOKED: 1, LAPSED: 2, SUSPENDED: 2}
GOOD, WORDS = "good", {EXPIRED: "expired", LAPSED: "suspended", SUSPENDED: "suspended", REVOKED: "revoked"}


def with_state(marks: QuerySet[Mark] | None = None) -> QuerySet[Any]:
    """Marks with `state`: what their last step left them in (an annotation, which the type of Mark does not have)."""
    last = MarkStep.objects.filter(mark=OuterRef("pk")).order_by("-number").values("after")[:1]
    return (Mark.objects.all() if marks is None else marks).annotate(state=Subquery(last))


def state_of(mark: Mark) -> str:
    """The state of one mark by its last step; NONE before the first."""
    return MarkStep.objects.filter(mark=mark).order_by("-number").values_list("after", flat=True).first() or NONE


@dataclass(frozen=True)
class Standing:
    """How a mark stands at one moment. code: good | suspended | revoked | expired; reason: of the last step, when it does not hold."""

    mark: Mark
    code: str
    state: str
    reason: str
    since: datetime
    checked_at: datetime
    domain_at: datetime | None
    current: bool

    @property
    def good(self) -> bool:
        return self.code == GOOD


def standing(mark: Mark) -> Standing:
    """How a mark stands now. Identity is looked at anew, whatever the nightly check has got to."""
    last = MarkStep.objects.filter(mark=mark).order_by("-number")[0]
    current = is_current(mark.shop, clock.today())
    code = WORDS.get(last.after, GOOD)
    if code != "revoked" and mark.expires_at <= clock.now():
        code = "expired"
    if code == GOOD and not current:
        code = "suspended"
    seen = DomainCheck.objects.filter(request=mark.request_id, ok=True).values_list("at", flat=True).first()
    return Standing(mark, code, last.after, last.reason if last.after != VALID else "", last.at, clock.now(), seen, current)


def by_serial(serial: str) -> Mark:
    """A mark by the number printed on it. Raises NotFound."""
    found = Mark.objects.filter(serial=serial.strip().upper()[:24]).select_related("shop__platform", "subject", "request").first()
    if found is None:
        raise NotFound
    return found


def serial_on(shop: Shop, host: str) -> str:
    """The serial of a shop's mark on a host that is not revoked, which a new one replaces; empty when there is none."""
    found = with_state(Mark.objects.filter(shop=shop, host=host)).exclude(state=REVOKED).first()
    return found.serial if found else ""


def failing_since(mark: Mark) -> datetime | None:
    """Since when every check of the host has failed; None when the last one was good."""
    checks = DomainCheck.objects.filter(request=mark.request_id)
    good = checks.filter(ok=True).values_list("pk", flat=True).first()
    failed = checks.filter(ok=False, **({"pk__gt": good} if good else {}))  # ids sort by birth
    return failed.order_by("pk").values_list("at", flat=True).first()


# ---- what a mark says


def claims(mark: Mark) -> dict[str, Any]:
    """The claims of the credential: who, where, how long. Identity facts that are public anyway; never a grade."""
    card = identity(mark)
    return {
        "iss": settings.PUBLIC_ORIGIN,
        "iat": int(mark.issued_at.timestamp()),
        "nbf": int(mark.issued_at.timestamp()),
        "exp": int(mark.expires_at.timestamp()),
        "serial": mark.serial,
        "host": mark.host,
        "status": credential.place_of(mark.place),
        **card,
    }


def identity(mark: Mark) -> dict[str, str]:
    """What is disclosed of the business: register facts; of a natural person the masked name only, as everywhere in public."""
    subject, shop = mark.subject, mark.shop
    return {
        "name": subject.name,
        "uscc": subject.uscc or "",
        "shop": shop.name or shop.shop_id,
        "platform": shop.platform.name,
        "division": subject.division,
    }


def statement(mark: Mark, nonce: str = "") -> str:
    """The plain form: how the mark stands at this moment, signed, good for some minutes."""
    now = standing(mark)
    minutes = int(law.at(clock.today()).value("mark_statement_minutes"))
    until = min(now.checked_at + timedelta(minutes=minutes), mark.expires_at) if now.good else now.checked_at + timedelta(minutes=minutes)
    said = {**claims(mark), "iat": int(now.checked_at.timestamp()), "nbf": int(now.checked_at.timestamp()), "exp": int(until.timestamp())}
    said |= {"standing": now.code, "mark_exp": int(mark.expires_at.timestamp())}
    return credential.statement({**said, "nonce": nonce} if nonce else said, mark.algorithm)


# ---- the status lists


def status_list(number: int) -> str:
    """A status list, signed now. NotFound for one that has no mark yet, but for the first."""
    low = number * credential.LIST_SIZE
    if number and not Mark.objects.filter(place__gte=low).exists():
        raise NotFound
    inside = with_state(Mark.objects.filter(place__gte=low, place__lt=low + credential.LIST_SIZE))
    ended = list(inside.exclude(state=VALID).order_by("place").values_list("place", "state"))
    places = np.array([place - low for place, _ in ended], dtype=np.int64)
    statuses = np.array([STATUS[state] for _, state in ended], dtype=np.uint8)
    now = int(clock.now().timestamp())
    hours = int(law.at(clock.today()).value("mark_list_hours"))
    until = now + int(timedelta(hours=hours).total_seconds())
    return credential.status_list(number, places, statuses, now, until, str(settings.MARK_ALGORITHM))


def revoked() -> list[dict[str, Any]]:
    """Every mark that does not hold, for everybody: serial, host, state, since, reason."""
    found = with_state(Mark.objects.select_related("subject")).exclude(state=VALID).order_by("serial")
    last = {step.mark_id: step for step in MarkStep.objects.filter(mark__in=found.values("pk")).order_by("number")}
    return [
        {
            "serial": mark.serial,
            "host": mark.host,
            "status": WORDS[mark.state],
            "since": last[mark.pk].at.isoformat(timespec="seconds"),
            "reason": last[mark.pk].reason,
        }
        for mark in found
    ]


# ---- lists


def public_marks() -> QuerySet[Any]:
    """All marks for everybody, with state."""
    return with_state(Mark.objects.select_related("subject", "shop__platform"))


def of_subjects(entries: Iterable[UUID]) -> list[Standing]:
    """How the marks of some subjects stand, without those revoked."""
    found = with_state(Mark.objects.filter(subject__in=list(entries)).select_related("shop__platform", "subject")).exclude(state=REVOKED)
    return [standing(mark) for mark in found]


def links_of(entries: Iterable[UUID]) -> QuerySet[PermitLink]:
    """The official links of the licences of some subjects."""
    return PermitLink.objects.filter(licence__subject__in=list(entries), removed_at__isnull=True).select_related("licence")


def failing() -> list[dict[str, Any]]:
    """Marks whose host did not show the token when last looked at, oldest failure first."""
    last = DomainCheck.objects.filter(request=OuterRef("request")).order_by("-at", "-id").values("ok")[:1]
    found = with_state().annotate(ok=Subquery(last)).filter(ok=False).exclude(state=REVOKED).select_related("subject", "shop")
    rows = [{"mark": mark, "since": failing_since(mark), "state": mark.state} for mark in found]
    return sorted(rows, key=lambda row: row["since"])


def expiring() -> QuerySet[Any]:
    """Marks in force that end soon, soonest first."""
    days = int(law.at(clock.today()).value("mark_expiry_days"))
    soon = clock.now() + timedelta(days=days)
    found = with_state(Mark.objects.filter(expires_at__lte=soon, expires_at__gt=clock.now()))
    return found.exclude(state=REVOKED).select_related("subject", "shop").order_by("expires_at")


def waiting() -> QuerySet[MarkRequest]:
    """Requests whose host is proven, oldest first."""
    return MarkRequest.objects.filter(state=PROVEN).select_related("shop__subject", "shop__platform").order_by("proven_at")


def open_reports(reports: QuerySet[ImitationReport]) -> QuerySet[ImitationReport]:
    """Those not decided, oldest first."""
    return reports.filter(state=UNDECIDED).order_by("reported_at")


def bad_links() -> QuerySet[PermitLink]:
    """Official links that do not open, or no longer show the licence."""
    found = PermitLink.objects.filter(state__in=(DEAD, CHANGED), removed_at__isnull=True)
    return found.select_related("licence__subject").order_by("failing_since")


def public_imitations() -> QuerySet[ImitationReport]:
    """Confirmed imitations whose term runs."""
    found = ImitationReport.objects.filter(state=CONFIRMED, public_until__gte=clock.today())
    return found.select_related("imitated").order_by("-decided_at")
