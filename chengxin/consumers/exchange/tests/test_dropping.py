"""A row that can never be mended is dropped by an officer with a reason, kept, counted apart, and may be taken back."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from chengxin.audit import rows
from chengxin.consumers.exchange import actions, dialects, queries
from chengxin.consumers.exchange.errors import NotWaiting
from chengxin.consumers.exchange.models import BadRow, Batch, RowStep
from chengxin.consumers.exchange.tests.test_exchange import cast, peer, row, sheet, taken  # noqa: F401
from chengxin.consumers.tests.conftest import blank_papers  # noqa: F401
from chengxin.consumers.tests.people import Town
from chengxin.kernel.errors import NotFound

pytestmark = pytest.mark.django_db
WHY = "对方确认该件登记错误，已在其系统作废"


def open_of(batch: Batch) -> tuple[int, int]:
    one = queries.with_open(Batch.objects.all()).get(pk=batch.pk)
    return one.open, one.dropped  # type: ignore[attr-defined]


def test_a_dropped_row_ends_its_batch_and_is_counted_apart(cast: Town, peer: dialects.Peer) -> None:  # noqa: F811
    batch = taken(cast, peer, sheet(row("A1"), row("B1", 分送时间="昨天")))
    bad = BadRow.objects.get()
    assert open_of(batch) == (1, 0)
    actions.state_numbers(cast.officer, peer, batch.at.date(), batch.at.date(), ["B1"], "api")
    with pytest.raises(NotFound):
        actions.drop_row(cast.merchant, bad.pk, WHY)
    actions.drop_row(cast.officer, bad.pk, WHY)
    with pytest.raises(NotWaiting):
        actions.drop_row(cast.officer, bad.pk, WHY)
    assert open_of(batch) == (0, 1) and not queries.to_mend(peer.code).exists()
    kinds = [one.kind for one in queries.differences(peer.code) if one.number == "B1"]
    assert kinds == ["dropped"]  # neither waiting nor lost
    actions.take_row_back(cast.officer, bad.pk, "对方恢复了该件")
    assert open_of(batch) == (1, 0) and [one.action for one in RowStep.objects.all()] == ["dropped", "taken_back"]
    assert BadRow.objects.get().content and not rows.check_rows()


def test_what_was_dropped_and_comes_mended_after_all_has_arrived(cast: Town, peer: dialects.Peer) -> None:  # noqa: F811
    batch = taken(cast, peer, sheet(row("B1", 分送时间="昨天")))
    bad = BadRow.objects.get()
    actions.drop_row(cast.officer, bad.pk, WHY)
    assert taken(cast, peer, sheet(row("B1"))).taken == 1
    bad.refresh_from_db()
    assert (bad.dropped, bad.content) == (False, "") and open_of(batch) == (0, 0)
    with pytest.raises(NotWaiting):
        actions.take_row_back(cast.officer, bad.pk, WHY)


def test_the_database_keeps_the_reason(cast: Town, peer: dialects.Peer) -> None:  # noqa: F811
    taken(cast, peer, sheet(row("B1", 分送时间="昨天")))
    made = actions.drop_row(cast.officer, BadRow.objects.get().pk, WHY)
    with pytest.raises(DatabaseError), transaction.atomic():
        RowStep.objects.filter(pk=made.pk).delete()


def test_the_page_of_a_row(cast: Town, peer: dialects.Peer) -> None:  # noqa: F811
    batch = taken(cast, peer, sheet(row("A1"), row("B1", 分送时间="昨天")))
    bad, officer = BadRow.objects.get(), Client()
    officer.force_login(cast.users["officer"], backend="django.contrib.auth.backends.ModelBackend")
    assert bad.page_url in officer.get(batch.page_url).content.decode()
    assert officer.post(bad.page_url, {"act": "drop", "reason": "短"}).status_code == 422
    assert officer.post(bad.page_url, {"act": "drop", "reason": WHY}).status_code == 302
    assert WHY in officer.get(bad.page_url).content.decode()
    assert "本批已了结" in officer.get(batch.page_url).content.decode()
    assert officer.get("/officer/complaint-exchange/").status_code == 200
    assert officer.get("/officer/complaint-exchange/?sort=-open").status_code == 200
    assert officer.post(bad.page_url, {"act": "take_back", "reason": WHY}).status_code == 302
    assert not BadRow.objects.get().dropped
