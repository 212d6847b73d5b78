"""What is captured is kept without loss, once, in the log; what is not right is named event by event."""

from __future__ import annotations

import copy
import json

import msgspec
import pytest
from django.db import DatabaseError, transaction

from chengxin.audit import protection
from chengxin.audit.models import Leaf
from chengxin.kernel import vault
from chengxin.traceability import actions, documents, queries
from chengxin.traceability.errors import Conflicting, NotAllowed, NotValid
from chengxin.traceability.models import CaptureJob, TraceEvent, TraceField, TraceItem, TraceParty
from chengxin.traceability.tests.people import CONTEXT, FARM, FUNGUS, MALL, document, examples, needs_official, officer, platform, seen

pytestmark = pytest.mark.django_db


def sent(said, behaviour="rollback", media="application/ld+json", by=None):
    """A document through the job, as the worker runs it."""
    body = said if isinstance(said, bytes) else msgspec.json.encode(said)
    return actions.run(actions.accept(by or platform(), body, media, behaviour))


@needs_official
def test_every_official_example_is_stored_without_loss_and_comes_back_equal():
    stored = 0
    for path in examples():
        with transaction.atomic():  # some examples have the event ID of another, so each meets an empty repository
            job = sent(path.read_bytes())
            assert (job.success, job.errors) == (True, []), path.name
            assert queries.document(job) == json.loads(path.read_bytes()), path.name
            events, context = queries.contents(list(job.stored.all()))
            assert documents.query_document(events, context, "")["@context"] == json.loads(path.read_bytes())["@context"]
            stored += job.accepted
            transaction.set_rollback(True)
    assert stored >= 32


def test_an_event_is_taken_apart_for_queries():
    event = seen(
        sourceList=[{"type": "https://ref.gs1.org/cbv/SDT-owning_party", "source": FARM}],
        destinationList=[{"type": "possessing_party", "destination": MALL}],
        **{"ex:grade": "A"},
    )
    job = actions.capture([event], platform(), context=CONTEXT)
    row = job.stored.get()
    assert (row.kind, row.biz_step, row.event_offset) == ("object", "shipping", "+08:00")
    assert row.event_time.isoformat() == "2026-09-01T00:00:00+00:00"
    item = row.items.get()
    assert (item.role, item.key, item.gtin, item.lot, item.quantity, item.unit) == (
        "quantity", FUNGUS, "09521234000105", "HE260901", 12.5, "KGM")  # fmt: skip
    assert {(one.side, one.type) for one in row.parties.all()} == {
        ("read_point", ""), ("source", "owning_party"), ("destination", "possessing_party")}  # fmt: skip
    assert row.fields.get().path == "https://ns.example/trace/grade"


def test_the_same_event_again_is_one_event_and_another_content_is_refused():
    first = actions.capture([seen()], platform())
    again = actions.capture([seen(eventTime="2026-09-01T00:00:00Z")], platform("mall-b"))
    assert (first.accepted, again.accepted, again.repeated) == (1, 0, 1)
    with pytest.raises(Conflicting):
        actions.capture([seen(disposition="damaged")], platform())
    nameless = actions.capture([seen(eventID=None), seen(eventID=None)], platform())
    assert (nameless.accepted, nameless.repeated) == (1, 1)
    assert nameless.stored.get().event_id == f"ni:///sha-256;{nameless.stored.get().event_hash}?ver=CBV2.0"


def test_rollback_takes_nothing_and_proceed_takes_what_is_right():
    events = [seen(), seen(eventID="urn:x:2", action="SEEN"), "no event", seen(eventID="urn:x:3")]
    job = sent(document(*events))
    assert (job.success, job.accepted, [one["event"] for one in job.errors]) == (False, 0, [1, 2])
    assert {one["type"] for one in job.errors} == {"epcisException:ValidationException"}
    job = sent(document(*events), "proceed")
    assert (job.success, job.accepted, len(job.errors)) == (False, 2, 2)
    with pytest.raises(NotValid, match="event 0"):
        actions.capture([seen(eventID="urn:x:4", action="SEEN")], platform())


def test_a_job_runs_once_and_keeps_no_body():
    job = sent(document(seen()))
    assert actions.run(job).accepted == 1 and TraceEvent.objects.count() == 1
    late = CaptureJob(pk=job.pk, number=job.number, running=True)  # as a second worker read it before the first was done
    vault.keep(actions.ROOM, job.number, msgspec.json.encode(document(seen())))
    assert (actions.run(late).accepted, Leaf.objects.filter(action="traceability.captured").count()) == (1, 1)
    assert not vault.path_of(actions.ROOM, job.number).exists()
    broken = sent({"type": "EPCISDocument"})
    assert (broken.success, broken.errors[0]["event"]) == (False, -1)


def test_an_error_declaration_supersedes_and_the_first_stays():
    actions.capture([seen()], platform())
    declared = seen(
        errorDeclaration={"declarationTime": "2026-09-02T00:00:00Z", "reason": "incorrect_data", "correctiveEventIDs": ["urn:x:2"]}
    )
    with pytest.raises(NotAllowed):
        actions.capture([declared], platform("mall-b"))
    assert actions.capture([declared], platform()).accepted == 1
    assert actions.capture([declared], platform()).repeated == 1
    assert TraceEvent.objects.count() == 2
    (standing,) = queries.standing(officer())
    assert standing.declared_reason == "incorrect_data"


def test_the_database_refuses_a_change_and_the_log_knows_every_document():
    job = actions.capture([seen()], platform())
    assert list(queries.check_stored()) == []
    assert json.loads(Leaf.objects.get(action="traceability.captured").body)["data"]["root"] == job.root
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        TraceEvent.objects.update(document="{}")
    assert len(list(queries.check_stored())) == 0
    CaptureJob.objects.update(number="another")
    assert len(list(queries.check_stored())) == 2


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (TraceEvent, {"document": "{}"}),
        (TraceEvent, {"biz_location": "urn:x:elsewhere"}),
        (TraceEvent, {"declared_reason": "did_not_occur"}),
        (TraceItem, {"quantity": 99}),
        (TraceItem, {"lot": "L2"}),
        (TraceParty, {"value": "urn:x:elsewhere"}),
        (TraceField, {"text": "B"}),
    ],
)
def test_what_somebody_changed_past_the_triggers_is_found(model, change):
    actions.capture([seen(**{"ex:grade": "A"}), seen(eventID="urn:x:2")], platform(), context=CONTEXT)
    with protection.lifted():
        model.objects.filter(pk=model.objects.first().pk).update(**change)
    assert list(queries.check_stored())


def test_what_is_stored_goes_with_the_log_entry_or_not_at_all(monkeypatch):
    def broken(*given, **more):
        raise RuntimeError("the log cannot be written")

    monkeypatch.setattr(actions.audit, "record", broken)
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.capture([seen()], platform())
    assert not any(model.objects.exists() for model in (TraceEvent, TraceItem, TraceParty, TraceField, CaptureJob))


def test_a_text_that_a_database_does_not_take_is_refused_and_big_numbers_are_kept():
    assert sent(document(seen(**{"ex:note": "a\x00b"}))).success is False
    job = sent(document(seen(**{"ex:big": 12345678901234567890123, "ex:deep": [[[{"ex:a": [1, None, True]}]]]})))
    assert job.success and json.loads(job.stored.get().document)["ex:big"] == 12345678901234567890123


def test_an_event_of_a_kind_of_its_own_is_kept_too():
    own = {"type": "ex:Blessing", "eventTime": "2026-09-01T08:00:00Z", "eventTimeZoneOffset": "+08:00", "epcList": 7, "action": {"a": 1}}
    job = actions.capture([copy.deepcopy(own)], platform())
    assert json.loads(job.stored.get().document) == own and job.stored.get().kind == "extended"
