"""Carriers' events become one timeline, whatever the format; the chain of custody is computed and points out what does not fit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chengxin.accounts.access import Actor
from chengxin.delivery import actions, carriers, timeline
from chengxin.delivery.errors import ContentWrong, FormatUnknown, ParcelUnknown
from chengxin.delivery.tests import cast as people
from chengxin.delivery.tests.cast import ORDER, WAYBILL
from chengxin.kernel import clock

pytestmark = pytest.mark.django_db

MACHINE = Actor(id="client:carrier", platforms=frozenset({"pingtai"}))


def test_the_chain_says_who_held_the_parcel_when_and_where_scans_are_missing():
    cast = people.town()
    found = timeline.parcel(WAYBILL, ORDER)
    assert [one.outlet for one in found.holdings] == ["N101", "N205"]
    first, last = found.holdings
    assert last.since - first.since == timedelta(hours=38) and first.until == last.since
    assert last.flags == ("gap",) and first.flags == ()
    assert found.last_holder == "N205" and len(last.signs) == 1
    assert timeline.operator_seen(found, "W771") and not timeline.operator_seen(found, "W999")
    assert found.delivered_at == cast.start + timedelta(hours=47)


@pytest.mark.parametrize("numbers", [(WAYBILL, "T999"), ("SL0", ORDER), (WAYBILL, "")])
def test_nobody_without_both_numbers_learns_anything(numbers):
    people.town()
    with pytest.raises(ParcelUnknown):
        timeline.parcel(*numbers)


def test_overlaps_speeds_and_scans_after_the_end_are_pointed_out():
    cast = people.town()
    way = (
        ("PICKED", 0, "230402", "N101", "W1"),
        ("ARRIVED", 1.0, "110101", "N300", "W2"),
        ("ARRIVED", 5, "110101", "N101", "W1"),
        ("SIGNED", 6, "110101", "N300", "W2"),
        ("OUT", 7, "110101", "N300", "W2"),
    )
    people.carry(cast, "SL2", "T2", way)
    flags = [one.flags for one in timeline.parcel("SL2", "T2").scans]
    assert flags == [(), ("too_fast",), ("overlap",), ("overlap",), ("after_end",)]


EVENTS = {
    "shilisudi_v2": [
        {"mailNo": "SL9", "id": 1, "opCode": 50, "acceptTime": "{0}", "acceptAreaCode": "230402", "deptCode": "N1", "empNo": "E1"},
        {"mailNo": "SL9", "id": 2, "opCode": "80", "acceptTime": "{1}", "acceptAreaCode": "230421", "deptCode": "N2", "empNo": "E2"},
    ],
    "yanshikuaiyun_trace": [
        {"billCode": "SL9", "scanType": "收件", "scanDate": "{0}", "scanSite": {"code": "N1", "county": "230402"}, "operateUserCode": "E1"},
        {"billCode": "SL9", "scanType": "签收", "scanDate": "{1}", "scanSite": {"code": "N2", "county": "230421"}, "operateUserCode": "E2"},
    ],
    "yangliwuliu_edi": [
        {"CNI": "SL9", "SEQ": 1, "STS": "PU", "DTM": "{0}", "LOC": "HEG1", "NAD": "N1", "CTA": "E1"},
        {"CNI": "SL9", "SEQ": 2, "STS": "DL", "DTM": "{1}", "LOC": "LUB", "NAD": "N2", "CTA": "E2"},
    ],
    "numeric": [
        {"waybillNo": "SL9", "statusCode": "10", "time": "{0}", "divisionCode": "230402", "siteCode": "N1", "staffNo": "E1"},
        {"waybillNo": "SL9", "statusCode": "40", "time": "{1}", "divisionCode": "230421", "siteCode": "N2", "staffNo": "E2"},
    ],
    "plain": [
        {"waybill_no": "SL9", "seq": 1, "status": "PICKED", "at": "{0}", "division": "230402", "outlet": "N1", "operator": "E1"},
        {"waybill_no": "SL9", "seq": 2, "status": "SIGNED", "at": "{1}", "division": "230421", "outlet": "N2", "operator": "E2"},
    ],
}


def _sent(code: str, times: list) -> list[dict]:
    """The format's two events at two instants, written as the format writes times."""
    form = carriers.of(code)
    if form.time == "epoch_ms":
        texts = [int(at.timestamp() * 1000) for at in times]
    elif form.time == "iso":
        texts = [at.isoformat() for at in times]
    else:
        texts = [at.astimezone(clock.CITY).strftime(form.time) for at in times]
    field = form.fields["at"]
    return [{**event, field: text} for event, text in zip(EVENTS[code], texts, strict=True)]


def test_every_format_comes_to_the_same_timeline():
    cast = people.town()
    times = [cast.start + timedelta(hours=1), cast.start + timedelta(hours=20)]
    for code in EVENTS:
        number, field = f"SL9{code}", carriers.of(code).fields["waybill_no"]
        sent = [{**event, field: number} for event in _sent(code, times)]
        receipt = actions.push_events(MACHINE, cast.platform, code, sent, number)
        assert receipt.accepted == 2, receipt.document
        assert actions.push_events(MACHINE, cast.platform, code, sent, number).pk == receipt.pk
        scans = [one for one, _n in timeline._scans(number, cast.start, None)[0]]
        said = [(one.status, one.at, one.outlet, one.division) for one in scans]
        assert said == [("PICKED", times[0], "N1", "230402"), ("SIGNED", times[1], "N2", "230421")], code
        assert all(one.operator for one in scans)


def test_every_format_has_a_sample_here():
    assert set(EVENTS) == set(carriers.formats())


def test_a_code_nobody_listed_is_refused_not_guessed():
    cast = people.town()
    events = _sent("shilisudi_v2", [cast.start, cast.start + timedelta(hours=1)])
    events[1]["opCode"] = "777"
    receipt = actions.push_events(MACHINE, cast.platform, "shilisudi_v2", events)
    assert (receipt.accepted, receipt.quarantined) == (1, 1)


def test_a_push_for_one_waybill_takes_no_other():
    cast = people.town()
    events = _sent("numeric", [cast.start, cast.start + timedelta(hours=1)])
    with pytest.raises(ContentWrong):
        actions.push_events(MACHINE, cast.platform, "numeric", events, "SL8")
    with pytest.raises(FormatUnknown):
        actions.push_events(MACHINE, cast.platform, "nobody", events)


def test_outlets_are_counted_by_who_held_the_parcel_last():
    cast = people.town()
    people.carry(cast, "SL3", "T3", (("PICKED", 0, "230402", "N101", "W1"), ("SIGNED", 5, "230402", "N101", "W1")))
    until = clock.now()
    rows = {row["outlet"]: row for row in timeline.outlet_figures(cast.start - timedelta(hours=1), until, [WAYBILL])}
    assert {name: rows["N205"][name] for name in ("parcels", "delivered", "on_time", "lost", "complained")} == {
        "parcels": 1,
        "delivered": 1,
        "on_time": 0,
        "lost": 0,
        "complained": 1,
    }
    assert (rows["N101"]["on_time"], rows["N101"]["complained"]) == (1, 0)
