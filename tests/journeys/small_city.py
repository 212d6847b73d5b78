"""A city small enough for a test: the demo's own road with 24 000 events, then what people do in it before pictures are taken."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chengxin import demo
from chengxin.accounts import actions as accounts
from chengxin.accounts import clients as machines
from chengxin.accounts.actions import Scope
from chengxin.accounts.actor import of_user
from chengxin.accounts.models import User
from chengxin.city import sizes
from chengxin.detection.local.tests import sent
from chengxin.facts.actions import accept_batch
from chengxin.jobs import actions as jobs
from chengxin.jobs.outbox import deliver_all
from chengxin.jobs.run import JobRun
from chengxin.kernel import clock
from chengxin.subjects.models import Platform, Shop
from chengxin.supervision import actions as desk
from chengxin.supervision.models import Clue

TODAY = datetime(2026, 11, 25, 9, 30, tzinfo=clock.CITY)
DAYS = 60
SIZE = "handbook"
# The seed is one whose small city holds a ring, empty parcels and a price trick.
RECIPE = {"seed": 1, "prevalence": 0.2, "days": DAYS, "start": TODAY.date() - timedelta(days=DAYS)}


def stop_the_clock(patch: pytest.MonkeyPatch, days: int = 0) -> None:
    """The city's day is the same in every thread and every year, or some days later; the time of day goes on."""
    begun = datetime.now(UTC)

    class Moved(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return (TODAY + timedelta(days=days) + (datetime.now(UTC) - begun)).astimezone(tz)

    patch.setattr(clock, "datetime", Moved)


def open_city(patch: pytest.MonkeyPatch) -> None:
    """People, platforms, register, reports, detectors, clues: as `chengxin demo` does it, the job run here."""
    patch.setitem(sizes.SIZES, SIZE, 24_000)
    patch.setitem(sizes.CHUNKS, SIZE, 1)
    patch.setattr(demo, "SEED", RECIPE["seed"])
    patch.setattr(demo, "recipe", lambda size: sizes.Recipe.of(size, **RECIPE))
    accounts.load_departments()
    demo.open_city(SIZE)
    row = jobs.claim("handbook")
    assert row is not None
    jobs.finish(row, demo.load(SIZE, JobRun(row)))
    deliver_all()


def clue_of(behaviour: str) -> Clue:
    """The strongest clue of a behaviour."""
    found = Clue.objects.filter(behaviour=behaviour).order_by("-score").first()
    assert found is not None, f"the small city of seed {RECIPE['seed']} holds no clue of {behaviour} any more; choose another seed"
    return found


def person(name: str) -> User:
    return User.objects.get(username=name)


def handler_of(clue: Clue) -> str:
    """The officer whose department has the clue."""
    return f"officer.{clue.department.lower()}"


def some_verdicts(*shown: Clue) -> None:
    """Officers judged what the pictures do not show: the figures of detectors are not empty."""
    for clue in Clue.objects.exclude(pk__in=[one.pk for one in shown]).order_by("number"):
        officer = of_user(person(handler_of(clue)))
        desk.start_check(officer, clue.id)
        wrong = [clue.reasons.last().code] if clue.behaviour == "B07" else []  # type: ignore[union-attr]
        desk.judge(officer, clue.id, "confirmed", wrong, "已核对订单与发货记录")
    deliver_all()


def ask_a_platform(clue: Clue) -> Any:
    """An officer takes the clue up and asks the platform of its first shop."""
    officer = of_user(person(handler_of(clue)))
    platform = clue.members.order_by("token").first().platform
    desk.start_check(officer, clue.id)
    return desk.ask_platform(officer, clue.id, platform, "请提供该店铺的开户人、收款账户，以及涉及订单的发货底单。", 5)


def report_with_errors(platform: str) -> Any:
    """A small sheet of orders of which two rows are wrong; its receipt."""
    shop = Shop.objects.filter(platform__code=platform).order_by("shop_id")[0].shop_id
    rows = [_order(shop, n) for n in range(1, 9)]
    rows[2]["paid"] = "12.345"
    rows[5] |= {"qty": 0, "ordered_at": "2026-13-40"}
    body = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
    return accept_batch(platform, "order", body, "ndjson", of_user(person(f"staff.{platform}")).id)


TEMPLATE = "在该店购买的木耳与页面图片严重不符，实物发黄有异味，联系客服不予退货，要求退一赔三并依法处理。订单尾号{n:03d}。"


def complaints_alike(platform: str) -> None:
    """Five complaints from one template."""
    shop = Shop.objects.filter(platform__code=platform).order_by("shop_id")[0].shop_id
    at = TODAY - timedelta(days=3)
    rows = [
        {"complaint_no": f"HC{n}", "shop_id": shop, "complainant": f"U{n}", "reason": "fake", "text": TEMPLATE.format(n=n),
         "filed_at": (at + timedelta(hours=n)).isoformat()}
        for n in range(1, 6)
    ]  # fmt: skip
    body = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
    receipt = accept_batch(platform, "complaint", body, "ndjson", of_user(person(f"staff.{platform}")).id)
    assert receipt.accepted == len(rows), receipt.reasons


def found_at_the_platform(platform: str) -> None:
    """A package of one finding that the platform made on its own files."""
    shop = Shop.objects.filter(platform__code=platform).order_by("shop_id")[1].shop_id
    sent.arrive(Platform.objects.get(code=platform), sent.body([sent.finding(shops=[shop])], platform=platform))


def _order(shop: str, n: int) -> dict[str, Any]:
    at = TODAY - timedelta(days=1, minutes=37 * n)
    order = {"order_no": f"HB{n:04d}", "shop_id": shop, "buyer": f"U{n}", "sku": "K1", "title": "东北黑木耳 250 克"}
    return {**order, "qty": 1, "paid": "58.00", "ordered_at": at.isoformat()}


def a_grant_to_confirm() -> None:
    """The first security administrator names an officer; another person must confirm."""
    by = of_user(person("secadmin"))
    newcomer = accounts.add_person("lin.xia", "林夏", by=by, officer_number="2304000117")
    accounts.grant(newcomer, "officer", by=by, scope=Scope(department="SAMR"), valid_to=date(2027, 11, 24), reason="新入职，网监科")


def a_client(platform: str) -> Any:
    """A platform's machine with its key."""
    scopes = ["facts:write", "shops:write"]
    return machines.create_client(platform, "报送接口", scopes, by=of_user(person("secadmin"))).client


def a_running_job(owner: str) -> Any:
    """A detection run that an officer asked for, half-way."""
    title = {"zh": "监测", "en": "Detection run"}
    asked = jobs.enqueue("chengxin.detection.tasks:run", title=title, owner=of_user(person(owner)).id, names=["price_fraud"])
    while (row := jobs.claim("handbook")) is not None and row.id != asked.id:
        pass
    assert row is not None
    JobRun(row).progress(2, 5, "price_fraud")
    return asked
