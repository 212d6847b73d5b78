"""The interface from outside: capture, job, query, pages, forms, named queries, and errors by the standard's names."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from oauth2_provider.models import get_access_token_model

from chengxin.accounts import clients
from chengxin.accounts.beginning import INSTALLER
from chengxin.kernel import clock
from chengxin.traceability import actions
from chengxin.traceability.models import CaptureJob
from chengxin.traceability.tests.people import CONTEXT, FIELD, FUNGUS, document, seen
from chengxin.traceability.tests.test_xml import OLD

pytestmark = pytest.mark.django_db
HOME = "/api/epcis/v2"
LD = "application/ld+json"


@pytest.fixture
def caller(db, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return caller_of("mall-a")


def caller_of(code):
    made = clients.create_client(code, "trace", ["trace:write", "trace:read"], by=INSTALLER)
    expires = clock.now().replace(year=clock.now().year + 1)
    kept = get_access_token_model()(
        application=made.client.application, expires=expires, scope="trace:write trace:read", token=f"token-{code}"
    )
    kept._raw_token = f"token-{code}"
    kept.save()
    return Client(headers={"Authorization": f"Bearer token-{code}"})


def captured(caller, said, media=LD, **headers):
    """Capture, let the worker run, and read the job."""
    body = said if isinstance(said, bytes) else json.dumps(said)
    answer = caller.post(f"{HOME}/capture", body, content_type=media, headers=headers)
    assert answer.status_code == 202, answer.content
    where = answer.headers["Location"]
    assert caller.get(where).json()["running"] is True
    actions.run(CaptureJob.objects.get(number=where.rpartition("/")[2]))
    return caller.get(where).json()


def events_of(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]


def test_a_document_is_captured_and_asked_for(caller):
    event = seen(**{"ex:grade": "A"})
    job = captured(caller, document(event))
    assert (job["success"], job["accepted"], job["errors"]) == (True, 1, [])
    answer = caller.get(
        f"{HOME}/events", {"EQ_bizStep": "shipping", "EQ_ex:grade": "A"}, headers={"GS1-Extensions": "ex=https://ns.example/trace/"}
    )
    assert events_of(answer) == [event] and answer.json()["@context"] == CONTEXT
    assert answer.headers["GS1-EPCIS-Version"] == answer.headers["GS1-CBV-Version"] == "2.0.0"
    one = caller.get(f"{HOME}/events/{event['eventID']}")
    assert one.json() == {"@context": CONTEXT, **event}
    assert len(caller.get(f"{HOME}/capture").json()) == 1


def test_one_event_is_captured_at_once_and_read_at_its_address(caller):
    event = {"@context": CONTEXT, **seen(eventID=None)}
    for _ in range(2):
        answer = caller.post(f"{HOME}/events", json.dumps(event), content_type=LD)
        assert answer.status_code == 201
    assert caller.get(answer.headers["Location"]).json() == event
    other = {**event, "eventID": answer.headers["Location"].partition("/events/")[2], "disposition": "damaged"}
    refused = caller.post(f"{HOME}/events", json.dumps(other), content_type=LD)
    assert (refused.status_code, refused.json()["type"]) == (409, "epcisException:ResourceAlreadyExistsException")


def test_xml_comes_in_and_goes_out(caller):
    assert captured(caller, OLD, "application/xml")["accepted"] == 3
    answer = caller.get(f"{HOME}/events", headers={"Accept": "application/xml", "GS1-CBV-XML-Format": "Always_URN"})
    assert answer.headers["Content-Type"] == "application/xml" and b"urn:epcglobal:cbv:bizstep:commissioning" in answer.content


def test_errors_of_a_document_are_listed_event_by_event(caller):
    said = document(seen(), seen(eventID="urn:x:2", action="SEEN"))
    assert captured(caller, said)["accepted"] == 0
    job = captured(caller, said, **{"GS1-Capture-Error-Behaviour": "proceed"})
    assert (job["accepted"], job["success"], job["errors"][0]["event"]) == (1, False, 1)
    assert job["errors"][0]["type"] == "epcisException:ValidationException"


def test_paths_lead_to_the_events_of_an_item_a_step_a_place_and_a_type(caller):
    captured(caller, document(seen()))
    for path in (f"epcs/{FUNGUS}/events", "epcs/urn:epc:class:lgtin:9521234.000010.HE260901/events", "bizSteps/shipping/events",
                 f"readPoints/{FIELD}/events", "eventTypes/ObjectEvent/events"):  # fmt: skip
        assert len(events_of(caller.get(f"{HOME}/{path}"))) == 1, path
    assert events_of(caller.get(f"{HOME}/bizSteps/shipping/events", {"EQ_action": "ADD"})) == []
    assert caller.get(f"{HOME}/bizSteps/packing/events").json()["type"] == "epcisException:NoSuchResourceException"
    assert caller.get(f"{HOME}/bizSteps").json()["member"] == ["shipping"]
    assert caller.get(f"{HOME}/epcs").json()["member"] == [FUNGUS]
    assert "events" in caller.get(f"{HOME}/").json()["member"]


def test_identifiers_come_in_the_form_asked_for(caller):
    captured(caller, document(seen(readPoint={"id": FIELD})))
    (event,) = events_of(caller.get(f"{HOME}/events", headers={"GS1-EPC-Format": "Always_GS1_Digital_Link"}))
    assert event["readPoint"]["id"] == "https://id.gs1.org/414/9521234100003"


def test_a_page_leads_to_the_next_and_a_named_query_is_polled(caller):
    captured(caller, document(*(seen(eventID=f"urn:x:{place}") for place in range(3))))
    first = caller.get(f"{HOME}/events", {"perPage": "2"})
    where = first.headers["Link"].partition("<")[2].partition(">")[0]
    assert len(events_of(first)) == 2 and len(events_of(caller.get(where))) == 1 and "Link" not in caller.get(where).headers
    said = json.dumps({"name": "sent", "query": {"EQ_bizStep": ["shipping"]}})
    assert caller.post(f"{HOME}/queries", said, content_type="application/json").status_code == 201
    assert caller.post(f"{HOME}/queries", said, content_type="application/json").json()["type"] == "epcisException:DuplicateNameException"
    answer = caller.get(f"{HOME}/queries/sent/events")
    poll = answer.headers["Link"].partition("<")[2].partition(">")[0]
    assert len(events_of(answer)) == 3 and events_of(caller.get(poll)) == []
    captured(caller, document(seen(eventID="urn:x:late")))
    assert [one["eventID"] for one in events_of(caller.get(poll))] == ["urn:x:late"]
    assert caller_of("mall-b").get(f"{HOME}/queries/sent").json()["type"] == "epcisException:NoSuchNameException"
    assert caller.delete(f"{HOME}/queries/sent").status_code == 204


def test_errors_have_the_standards_names(caller):
    captured(caller, document(seen(), seen(eventID="urn:x:2")))
    asked = [
        ({"EQ_nothing": "x"}, 400, "QueryParameterException"),
        ({"GE_eventTime": "soon"}, 400, "QueryParameterException"),
        ({"maxEventCount": "1"}, 413, "QueryTooLargeException"),
    ]
    for given, status, name in asked:
        answer = caller.get(f"{HOME}/events", given)
        assert (answer.status_code, answer.json()["type"], answer.headers["Content-Type"]) == (
            status, f"epcisException:{name}", "application/problem+json")  # fmt: skip
    assert Client().get(f"{HOME}/events").json()["type"] == "epcisException:SecurityException"
    assert caller.get(f"{HOME}/events/urn:x:none").json()["type"] == "epcisException:NoSuchResourceException"
    assert caller.get(f"{HOME}/nothing").status_code == 404
    broken = caller.post(f"{HOME}/capture", "{", content_type=LD)
    assert (broken.status_code, broken.json()["type"]) == (400, "epcisException:ValidationException")
    assert caller.post(f"{HOME}/capture", "x", content_type="text/plain").status_code == 415


def test_options_say_what_is_offered():
    answer = Client().options(f"{HOME}/events")
    assert answer.status_code == 204 and answer.headers["GS1-EPCIS-Version"] == "2.0.0"
    assert Client().options(f"{HOME}/capture").headers["GS1-EPCIS-Capture-Limit"] == str(actions.MOST_EVENTS)


def test_a_client_subscribes_reads_its_subscriptions_and_unsubscribes(caller):
    caller.post(f"{HOME}/queries", json.dumps({"name": "sent", "query": {}}), content_type="application/json")
    where = f"{HOME}/queries/sent/subscriptions"
    said = {"dest": "https://93.184.216.34/events", "signatureToken": "a secret of the client", "schedule": {"hour": "1", "minute": "5"}}
    made = caller.post(where, json.dumps(said), content_type="application/json", headers={"GS1-EPC-Format": "Always_EPC_URN"})
    assert made.status_code == 201, made.content
    one = made.headers["Location"]
    assert one == f"{where}/{made.json()['subscriptionID']}" and caller.get(one).json() == made.json()
    assert made.json()["epcFormat"] == "Always_EPC_URN" and "a secret" not in made.content.decode()
    stream = {**said, "stream": True}
    del stream["schedule"]
    assert caller.post(where, json.dumps(stream), content_type="application/json").status_code == 201
    first = caller.get(where, {"perPage": "1"})
    rest = caller.get(first.headers["Link"].partition("<")[2].partition(">")[0])
    assert [len(first.json()), len(rest.json())] == [1, 1] and rest.json()[0]["stream"] is True
    stranger = caller_of("mall-b")
    assert [stranger.get(path).status_code for path in (where, one)] == [404, 404]
    assert stranger.delete(one).status_code == 404 and stranger.post(where, json.dumps(said), content_type=LD).status_code == 404
    assert (caller.delete(one).status_code, caller.get(one).json()["type"]) == (204, "epcisException:NoSuchResourceException")
    refused = caller.post(where, json.dumps({**said, "dest": "https://10.0.0.1/"}), content_type="application/json")
    assert (refused.status_code, refused.json()["type"]) == (400, "epcisException:SubscriptionControlsException")


def test_a_websocket_is_not_offered_and_says_what_is(caller):
    caller.post(f"{HOME}/queries", json.dumps({"name": "sent", "query": {}}), content_type="application/json")
    for path in ("events", "queries/sent/events", "queries/sent/subscriptions"):
        answer = caller.get(f"{HOME}/{path}", headers={"Upgrade": "websocket", "Connection": "Upgrade", "Accept-Language": "en"})
        assert (answer.status_code, answer.json()["type"]) == (501, "epcisException:NotImplementedException")
        assert "webhook" in answer.json()["next"]
