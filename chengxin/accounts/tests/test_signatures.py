from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import RequestFactory
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver
from http_message_signatures.algorithms import ED25519

from chengxin.accounts import clients
from chengxin.accounts.beginning import INSTALLER
from chengxin.accounts.errors import SignatureRefused
from chengxin.accounts.models import SignatureRecord
from chengxin.accounts.signatures import verify_again, verify_signed_request

BODY = b'{"order_no":"1"}\n'
PATH = "/api/v1/facts/order?day=2026-01-01"


class Signing(HTTPSignatureKeyResolver):
    def __init__(self, key):
        self.key = key

    def resolve_private_key(self, key_id):
        return self.key

    def resolve_public_key(self, key_id):
        raise NotImplementedError


@pytest.fixture
def key():
    return Ed25519PrivateKey.generate()


@pytest.fixture
def client(make_client, key):
    client = make_client("mall", signing="required").client
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    clients.add_key(client, "k1", pem, by=INSTALLER)
    return client


def signed(key, body=BODY, *, sent=None, path=PATH, sent_path=None, aside=timedelta(0), key_id="k1", covers=("@method", "@target-uri")):
    message = SimpleNamespace(method="POST", url=f"http://testserver{path}", headers={"Content-Type": "application/x-ndjson"})
    signer = HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=Signing(key))
    signer.sign(message, key_id=key_id, created=datetime.now(UTC) + aside, covered_component_ids=covers, body=body)
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in message.headers.items() if name != "Content-Type"}
    return RequestFactory().post(sent_path or path, body if sent is None else sent, content_type="application/x-ndjson", **headers)


@pytest.fixture(autouse=True)
def _hosts(settings):
    settings.ALLOWED_HOSTS = ["testserver"]


def test_a_good_signature_is_kept_and_holds_again_later(client, key):
    record = verify_signed_request(signed(key), client)
    assert record.client == client
    assert verify_again(record, BODY)
    assert not verify_again(record, BODY + b"x")


def test_a_record_that_was_altered_does_not_hold(client, key):
    record = verify_signed_request(signed(key), client)
    record.signed_text = record.signed_text.replace("POST", "PUT")
    assert not verify_again(record, BODY)


def test_the_same_signature_again_gives_the_first_record(client, key):
    request = signed(key)
    assert verify_signed_request(request, client) == verify_signed_request(request, client)
    assert SignatureRecord.objects.count() == 1


def test_the_public_origin_may_differ_from_what_the_proxy_sends(client, key, settings):
    settings.PUBLIC_ORIGIN = "http://testserver"
    settings.ALLOWED_HOSTS = ["inner"]
    request = signed(key)
    request.META["SERVER_NAME"] = "inner"
    assert verify_signed_request(request, client) is not None


@pytest.mark.parametrize(
    "change",
    [
        {"sent": b'{"order_no":"2"}\n'},
        {"sent_path": "/api/v1/facts/payment"},
        {"aside": timedelta(minutes=-10)},
        {"aside": timedelta(minutes=10)},
        {"key_id": "k2"},
        {"covers": ("@method",)},
        {"covers": ("@target-uri",)},
    ],
    ids=["another body", "another address", "too old", "from the future", "unknown key", "address not covered", "method not covered"],
)
def test_a_signature_that_does_not_hold_is_refused(client, key, change):
    with pytest.raises(SignatureRefused):
        verify_signed_request(signed(key, **change), client)
    assert not SignatureRecord.objects.exists()


def test_another_clients_key_does_not_sign_for_this_one(client, make_client, key):
    other = make_client("bazaar").client
    with pytest.raises(SignatureRefused):
        verify_signed_request(signed(key), other)


def test_another_private_key_is_refused(client):
    with pytest.raises(SignatureRefused):
        verify_signed_request(signed(Ed25519PrivateKey.generate()), client)


def test_an_ended_key_signs_nothing_new_but_old_reports_stay_proven(client, key):
    record = verify_signed_request(signed(key), client)
    clients.end_key(client.keys.get(), by=INSTALLER)
    with pytest.raises(SignatureRefused):
        verify_signed_request(signed(key, body=b"new"), client)
    assert verify_again(record, BODY)


def test_an_unsigned_report_is_refused_only_where_signing_is_required(client, make_client):
    bare = RequestFactory().post(PATH, BODY, content_type="application/x-ndjson")
    with pytest.raises(SignatureRefused):
        verify_signed_request(bare, client)
    assert verify_signed_request(bare, make_client("bazaar").client) is None


def test_half_a_signature_is_refused_even_where_signing_is_optional(make_client):
    request = RequestFactory().post(PATH, BODY, content_type="application/x-ndjson", HTTP_SIGNATURE="a=:AA==:")
    with pytest.raises(SignatureRefused):
        verify_signed_request(request, make_client("bazaar").client)
