"""A package arrives: what becomes of each finding, and rows that are compared with what was promised."""

from __future__ import annotations

from typing import Any

import pytest

from chengxin.audit import verify
from chengxin.audit.models import Leaf
from chengxin.detection.errors import BadPackage
from chengxin.detection.local import package, rows
from chengxin.detection.local.models import HeldRows, LocalPackage
from chengxin.detection.local.tests.sent import ROWS, SALT, arrive, body, finding
from chengxin.detection.models import FoundRow, Run
from chengxin.kernel import ids
from chengxin.subjects.actions import register_platform
from chengxin.subjects.models import Platform
from chengxin.subjects.queries import shop_token


@pytest.fixture
def platform(db: None) -> Platform:
    register_platform("shanhuo", "山货集市", "system:test")
    return Platform.objects.get(code="shanhuo")


def reasons(code: str, **numbers: Any) -> list[dict[str, Any]]:
    return [{"code": code, "weight": 0.9, "numbers": numbers}]


def test_a_finding_becomes_one_of_a_run_in_the_citys_own_words_and_tokens(platform: Platform):
    given = reasons("above_lowest_deal", sku=None, start="2026-11-20", struck="129.00", lowest="80.00", deals=4, excess=61.2)
    kept = arrive(platform, body([finding(reasons=given)]))
    found = FoundRow.objects.get(run=Run.objects.get(package=kept))
    assert found.shops == [shop_token(platform, "S1")]
    assert found.reasons[0]["zh"].startswith("商品 〔…〕：2026-11-20 起划线价 129.00 元")
    assert (found.accounts, found.evidence) == ([], {})
    assert verify.verify(kept.document.encode()).good
    assert Leaf.objects.get(pk=kept.leaf).action == "detection.package.accepted"


def test_the_same_package_again_gives_the_first_receipt(platform: Platform):
    first = arrive(platform, body([finding()]))
    assert arrive(platform, body([finding()])).document == first.document
    assert (LocalPackage.objects.count(), FoundRow.objects.count()) == (1, 1)


def test_bad_findings_are_set_aside_with_reasons_and_the_others_go_on(platform: Platform):
    sent = [
        finding(),
        finding(buyer="U1"),
        finding(detector="brushing"),
        finding(shops=[]),
        finding(reasons=reasons("no_such_reason")),
        finding(reasons=reasons("raised_then_cut", sku=1)),
    ]
    kept = arrive(platform, body(sent))
    aside = [(one["place"], one["why"]) for one in kept.quarantined]
    assert aside == [(1, "buyer"), (2, "detector"), (3, "shops"), (4, "reasons"), (5, "reasons")]
    assert FoundRow.objects.count() == 1


def test_another_platforms_package_and_a_period_that_ends_before_it_begins_are_refused(platform: Platform):
    for sent in (body([finding()], platform="beiling"), body([finding()], until="2026-10-01T00:00:00+00:00")):
        with pytest.raises(BadPackage):
            arrive(platform, sent)
    assert not LocalPackage.objects.exists()


def test_each_row_handed_over_is_compared_with_its_digest(platform: Platform):
    held = arrive(platform, body([finding()])).findings.get()
    promised = [(row, SALT.hex()) for row in ROWS]
    altered = [promised[0], (ROWS[1].replace("8000", "9000"), SALT.hex()), (ROWS[2], "ff" * 32)]
    first = rows.take(held, ids.new_id(), altered, "client:test")
    assert first.told() == {"verified": 1, "failed": 2, "missing": 2}
    assert [one["good"] for one in rows.shown(first, 10)] == [True, False, False]
    whole = rows.take(held, ids.new_id(), promised, "client:test")
    assert whole.whole
    assert rows.take(held, ids.new_id(), altered, "client:test") == whole, "rows that were whole are not replaced"
    assert HeldRows.objects.get().told() == {"verified": 3, "failed": 0, "missing": 0}
    assert package.rows_root(held.digests) == held.root


def test_a_row_sent_twice_counts_once(platform: Platform):
    held = arrive(platform, body([finding()])).findings.get()
    assert rows.take(held, ids.new_id(), [(ROWS[0], SALT.hex())] * 3, "client:test").told() == {"verified": 1, "failed": 0, "missing": 2}
