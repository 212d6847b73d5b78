"""Products for the canary crawl: they hold no personal field, so what is looked for is that none comes out of their pages."""

from __future__ import annotations

from chengxin.accounts.actor import of_user
from chengxin.kernel import clock
from chengxin.products import actions
from chengxin.products.models import ChainFinding, ChainRun, RecallTask
from chengxin.subjects.models import Platform, Shop, Subject
from chengxin.traceability import actions as traces
from tests.gates import matrix
from tests.gates.canary_fields import PLATFORM

GTIN = "09520000002220"
ORDER = "CANARYO1"
LIFE = f"01/{GTIN}/10/L1"
IDS = {"gtin": [GTIN], "rest": [f"{GTIN}/10/L1"]}


def a_recall(city: matrix.City, subject: Subject, shop: Shop) -> None:
    """The merchant's product was sold in an order and is called back; a chain does not close."""
    merchant, officer, head = (of_user(city.person(role)) for role in ("merchant", "officer", "head"))
    product = actions.register(merchant, subject.pk, {"gtin": GTIN, "name": "示例木耳", "category": "AGRI"})
    batch = actions.enter(merchant, subject.pk, {"gtin": GTIN, "lot": "L1", "quantity": "5"})
    actions.certify(merchant, batch.pk, {"kind": "CONFORMITY", "issuer": "示例合作社"})
    actions.make_codes(merchant, batch.pk, 1)
    now = clock.now().isoformat(timespec="milliseconds")
    sold = {"type": "ObjectEvent", "action": "OBSERVE", "bizStep": "retail_selling", "eventTime": now, "eventTimeZoneOffset": "+08:00"}
    sold["bizTransactionList"] = [{"type": "po", "bizTransaction": f"urn:chengxin:order:{PLATFORM}:{ORDER}"}]  # type: ignore[assignment]
    sold["quantityList"] = [{"epcClass": f"https://id.gs1.org/01/{product.gtin}/10/L1", "quantity": 1, "uom": "KGM"}]  # type: ignore[assignment]
    traces.capture([sold], officer)
    recall = actions.issue_recall(head, actions.draft_recall(officer, batch.pk, 1, "抽检不合格", "停止食用，退货").number)
    given = {"number": "ZTCANARY", "recall": recall, "orders": [ORDER], "buyers": 1, "due_on": clock.today()}
    if not recall.tasks.exists():
        RecallTask.objects.create(platform=Platform.objects.get(code=PLATFORM), **given)
    run = ChainRun.objects.create(as_of=clock.now(), rows=1, unplaced=1, not_comparable=0, found=1, by="system:gate", at=clock.now())
    of = {"kind": "hole", "item": f"https://id.gs1.org/01/{GTIN}/10/L1", "amount": 1, "happened_at": clock.now()}
    ChainFinding.objects.create(number="ZSCANARY", run=run, key="c" * 64, **of)
