"""Two shops with orders, reviews from both sides, follow-ups and parcels; the people of a department, a platform and a merchant."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.db import transaction

from chengxin.accounts import actor as actors
from chengxin.accounts.access import Actor
from chengxin.accounts.actions import Scope, load_departments
from chengxin.accounts.beginning import install_grant
from chengxin.accounts.models import User
from chengxin.evaluation import actions, figures, nightly
from chengxin.evaluation.models import RatingRule, Snapshot
from chengxin.evaluation.rule import DEFAULT, in_force
from chengxin.facts.actions import accept_batch
from chengxin.kernel import clock
from chengxin.kernel.encryption import keyed_token
from chengxin.subjects.models import Platform, Shop, Subject
from chengxin.subjects.tests import samples

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PASSWORD = "a long enough pass phrase"
# Stars of the buyers' reviews, oldest first, a week apart; shop 1 has a bad one.
STARS = {1: [5, 5, 4, 5, 1, 5, 3, 5], 2: [4, 2, 5, 3, 5, 2]}


@dataclass
class Town:
    """The cast: `officer` and `reviewer` of one department, the platform's person, the owner of shop 1."""

    platform: Platform
    shops: list[Shop]
    officer: Actor
    reviewer: Actor
    staff: Actor
    merchant: Actor


def town() -> Town:
    """People, shops and reports; no rule and no snapshot yet."""
    load_departments()
    platform = Platform.objects.get_or_create(code="shanhuo", defaults={"name": "山货集市"})[0]
    shops = [shop(platform, number) for number in STARS]
    people = {}
    for name, role, scope in (
        ("officer", "officer", Scope(department="SAMR")),
        ("reviewer", "reviewer", Scope(department="SAMR")),
        ("staff", "platform_staff", Scope(platform=platform.code)),
        ("merchant", "merchant", Scope(subject=shops[0].subject_id)),
    ):
        user = User.objects.create_user(name, PASSWORD, display_name=name)
        install_grant(user, role, scope)
        people[name] = actors.of_user(user)
    return Town(platform, shops, **people)


def shop(platform: Platform, number: int) -> Shop:
    made = {"created_at": clock.now(), "updated_at": clock.now(), "created_by": "system:test"}
    subject = Subject.objects.create(
        kind="1", name=f"云岭山货{number}号有限公司", uscc=samples.uscc(number, "91"), division="230499", **made
    )
    shop_id = f"S{number:04d}"
    return Shop.objects.create(
        platform=platform,
        shop_id=shop_id,
        token=keyed_token("shop", f"{platform.code}/{shop_id}"),
        subject=subject,
        name=f"云岭山货{number}号",
        state="VERIFIED",
        displayed=True,
        verified_at=clock.now() - timedelta(days=40),
        next_due_on=clock.today() + timedelta(days=140),
        state_since=clock.now(),
        **made,
    )


def publish(cast: Town) -> RatingRule:
    """The shipped rule, written by one person and published by another."""
    return publish_by(cast.officer, cast.reviewer)


def publish_by(officer: Actor, reviewer: Actor, department: str = "SAMR") -> RatingRule:
    text = DEFAULT.read_text(encoding="utf-8")
    made = actions.propose_rule(officer, department, text, "首个规则版本", clock.today())
    return actions.publish_rule(reviewer, made.pk)


def report(platform: Platform, kind: str, rows: list[dict[str, Any]]) -> None:
    body = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
    receipt = accept_batch(platform, kind, body, "ndjson", "system:test")
    assert receipt.quarantined == 0, receipt.reasons


def report_trade(cast: Town, without: tuple[str, ...] = ()) -> None:
    """Orders, buyers' reviews in a closed chain, sellers' answers, a follow-up, parcels. `without`: reviews the platform keeps back."""
    orders, reviews, parcels = [], [], []
    for number, stars in STARS.items():
        before = ""
        for place, given in enumerate(stars):
            at = clock.now() - timedelta(days=7 * (len(stars) - place) + 20)
            name, order = f"V{number}{place:03d}", f"T{number}{place:03d}"
            link = hashlib.sha256(f"{before}shanhuo/{name}".encode()).hexdigest()
            orders.append(_order(order, number, place, at))
            parcels.append(_parcel(order, number, at))
            reviews.append(
                {"review_no": name, "order_no": order, "shop_id": f"S{number:04d}", "sku": "K1", "rater": f"U{number}{place % 5}",
                 "rater_role": "buyer", "stars": given, "reviewed_at": (at + timedelta(days=4)).isoformat(), "hash": link,
                 **({"prev_hash": before} if before else {})}
            )  # fmt: skip
            before = link
    report(cast.platform, "order", orders)
    report(cast.platform, "parcel", parcels)
    report(cast.platform, "review", [one for one in reviews if one["review_no"] not in without])
    later = {"review_no": "V1004", "seq": 1, "shop_id": "S0001", "rater": "U14", "stars": 2}
    report(cast.platform, "followup", [{**later, "reviewed_at": (clock.now() - timedelta(days=2)).isoformat()}])


def _order(order: str, shop_number: int, place: int, at: datetime) -> dict[str, Any]:
    return {
        "order_no": order,
        "shop_id": f"S{shop_number:04d}",
        "buyer": f"U{shop_number}{place % 5}",
        "sku": "K1",
        "qty": 1,
        "paid": "18.50",
        "ordered_at": at.isoformat(),
        "paid_at": (at + timedelta(minutes=1)).isoformat(),
        "closed_at": (at + timedelta(days=3)).isoformat(),
    }


def _parcel(order: str, shop_number: int, at: datetime) -> dict[str, Any]:
    return {
        "waybill_no": f"W{order}",
        "order_no": order,
        "shop_id": f"S{shop_number:04d}",
        "courier": "kuaiyun",
        "weight_g": 500,
        "origin_division": "230405",
        "dest_division": "230405",
        "sender": f"S{shop_number:04d}",
        "address": f"A{order}",
        "collected_at": (at + timedelta(hours=5)).isoformat(),
        "signed_at": (at + timedelta(days=2)).isoformat(),
    }


def snapshot_of(shop: Shop, stars: list[int], number: str = "V") -> Snapshot:
    """A sealed snapshot of reviews that are made up here, without a lake: numbers V0, V1 …, of as many buyers."""
    rule, today = in_force(clock.today()), nightly.number(clock.today())
    n = len(stars)
    each = np.arange(n)
    rows = figures.Rows(np.full(n, shop.token), each, each, np.array(stars), today - 40 - each[::-1], np.zeros(n, bool))
    found, weight = figures.filter_rows(rows, today, rule.content)
    city = {"middle": found.middle, "prior": found.prior, "shift": found.shift, "spread": found.spread}
    _, (result,) = figures.figures(rows, weight, city, today, rule.content)
    signs = [f"{place:032x}" for place in range(n)]
    part = {"id": signs, "stars": stars, "day": rows.day.tolist(), "pair": signs, "decision": [""] * n, "review": [0] * n}
    part |= {"review_no": [f"{number}{place}" for place in range(n)], "weight": weight.tolist()}
    others: dict[str, Any] = {"partners": {}, "followups": {}, "gaps": {}, "reported": {shop.token: n}}
    night = nightly.Night(clock.today(), rule, city, "", others)
    draft = nightly.draft(night, shop, result, part)
    assert draft
    with transaction.atomic():
        nightly.seal(draft)
    return draft


def one_of_each(officer: Actor, reviewer: Actor, merchant: Actor, subject: Subject) -> None:
    """A published rule, a reply, a masking, and an exclusion that was taken back: a row of every kind that the log binds."""
    publish_by(officer, reviewer)
    one = shop(Platform.objects.get_or_create(code="shanhuo", defaults={"name": "山货集市"})[0], 9)
    one.subject = subject
    one.save()
    snapshot_of(one, [5, 1])
    actions.reply(merchant, one.pk, "V1", "已为您换货")
    said = {"review_no": "V1", "reason": "personal", "basis": "电子商务法第三十九条", "statement": "含他人手机号码"}
    actions.treat(officer, one.pk, {**said, "act": "mask", "part": "第二句", "original_sha256": "5e" * 32})
    actions.treat(officer, one.pk, {**said, "act": "exclude"})
    raised = actions.object_to(merchant, one.pk, "V1", "应当恢复计分")
    actions.decide_objection(reviewer, raised.pk, True, "恢复计分", "同上")
