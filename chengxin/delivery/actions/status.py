"""May this firm be admitted? What a platform asks before it lets a courier firm in: a signed answer with its time, and a row of it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.audit import rows
from chengxin.delivery.models import Ban, StatusAnswer
from chengxin.delivery.models.bans import IN_FORCE
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.subjects.models import CourierFirm

KIND = "delivery.firm_status"


def ban_of(firm: CourierFirm) -> Ban | None:
    """The ban that keeps the firm off platforms today."""
    today = clock.today()
    return Ban.objects.filter(firm=firm, state=IN_FORCE, since__lte=today, until__gte=today).select_related("record").first()


def tell_status(actor: Actor, platform: str, firm_code: str) -> tuple[StatusAnswer, dict[str, Any]]:
    """(the row, the signed answer) for a platform that asks about a firm. The answer holds for the instant it names. Raises NotFound."""
    if platform not in actor.platforms:
        raise NotFound
    firm = CourierFirm.objects.filter(code=firm_code[:40]).first()
    if firm is None:
        raise NotFound
    ban, now = ban_of(firm), clock.now()
    admit = ban is None and firm.status == "active"
    with transaction.atomic():
        answer = StatusAnswer(firm=firm, platform=platform, admit=admit, ban=ban.number if ban else "", by=str(actor), at=now)
        data = {"platform": platform, "firm": firm.code, "admit": admit}
        rows.put(answer, "delivery.status.told", actor=str(actor), object=f"subjects.courier:{firm.code}", data=data)
        signed = audit.sign_document(KIND, _body(answer, firm, ban), actor=str(actor), object=f"{KIND}:{answer.pk}")
    return answer, signed


def _body(answer: StatusAnswer, firm: CourierFirm, ban: Ban | None) -> dict[str, Any]:
    barred = {
        "number": ban.number,
        "since": ban.since.isoformat() if ban.since else "",
        "until": ban.until.isoformat() if ban.until else "",
        "document_number": ban.record.document_number,
    }  if ban else None  # fmt: skip
    return {
        "firm": {"code": firm.code, "name": firm.name, "permit_no": firm.permit_no, "status": firm.status},
        "platform": answer.platform,
        "at": answer.at.isoformat(timespec="seconds"),
        "admit": answer.admit,
        "ban": barred,
    }
