from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client, RequestFactory
from django.utils import timezone
from ninja import NinjaAPI
from oauth2_provider.models import get_access_token_model

from chengxin.accounts import access, actor, clients, errors
from chengxin.accounts.api_auth import ClientAuth, RoleAuth
from chengxin.accounts.beginning import INSTALLER
from chengxin.kernel.errors import Forbidden, Invalid


def token_of(credentials, scope="facts:write"):
    answer = Client().post(
        "/oauth/token/",
        {
            "grant_type": "client_credentials",
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
            "scope": scope,
        },
    )
    return answer.status_code, answer.json().get("access_token", "")


def bearing(token, **extra):
    return RequestFactory().post("/api/v1/x", HTTP_AUTHORIZATION=f"Bearer {token}", **extra)


def test_a_client_gets_a_token_for_its_scopes_only(make_client):
    credentials = make_client("mall", "facts:write", "receipts:read")
    status, token = token_of(credentials)
    assert status == 200
    me = ClientAuth("facts:write")(bearing(token))
    assert me.platforms == {"mall"}
    assert str(me) == f"client:{credentials.client.pk}"
    assert token_of(credentials, "shops:write")[0] == 400


def test_a_token_without_the_scope_is_refused(make_client):
    _, token = token_of(make_client("mall", "facts:write", "receipts:read"), "receipts:read")
    with pytest.raises(errors.WrongScope):
        ClientAuth("facts:write")(bearing(token))


def test_the_database_keeps_no_usable_token_or_secret(make_client):
    credentials = make_client("mall")
    _, token = token_of(credentials)
    kept = get_access_token_model().objects.get()
    assert token not in (kept.token, kept.token_checksum)
    assert credentials.client_secret != credentials.client.application.client_secret


@pytest.mark.parametrize("token", ["", "nonsense", "x" * 5000])
def test_a_bad_token_opens_nothing(db, token):
    assert ClientAuth("facts:write")(bearing(token)) is None


def test_an_old_token_opens_nothing(make_client):
    _, token = token_of(make_client("mall"))
    get_access_token_model().objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert ClientAuth("facts:write")(bearing(token)) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda client: get_access_token_model().objects.update(expires=timezone.now() - timedelta(seconds=1)),
        lambda client: get_access_token_model().objects.all().delete(),
        lambda client: type(client).objects.update(retired_at=timezone.now()),
    ],
    ids=["expired", "revoked", "retired"],
)
def test_a_token_that_was_good_a_moment_ago_ends_with_its_row(make_client, change):
    credentials = make_client("mall")
    _, token = token_of(credentials)
    assert ClientAuth("facts:write")(bearing(token)) is not None
    change(credentials.client)
    assert ClientAuth("facts:write")(bearing(token)) is None


def test_a_scope_a_network_and_a_rate_hold_from_the_next_request_on(make_client):
    credentials = make_client("mall", "facts:write", "receipts:read")
    _, token = token_of(credentials, "facts:write receipts:read")
    assert ClientAuth("receipts:read")(bearing(token)).client.rate == "normal"
    type(credentials.client).objects.update(rate="small", networks=["10.1.0.0/16"], scopes=["facts:write"])
    with pytest.raises(errors.WrongNetwork):
        ClientAuth("facts:write")(bearing(token, REMOTE_ADDR="10.2.2.3"))
    assert ClientAuth("facts:write")(bearing(token, REMOTE_ADDR="10.1.2.3")).client.rate == "small"
    with pytest.raises(errors.WrongScope):
        ClientAuth("receipts:read")(bearing(token, REMOTE_ADDR="10.1.2.3"))


def test_a_new_secret_ends_the_old_one_and_its_tokens(make_client):
    credentials = make_client("mall")
    _, token = token_of(credentials)
    fresh = clients.rotate_secret(credentials.client, by=INSTALLER)
    assert ClientAuth("facts:write")(bearing(token)) is None
    assert token_of(credentials)[0] == 401
    assert token_of(fresh)[0] == 200


def test_a_scope_taken_away_is_gone_from_living_tokens(make_client):
    credentials = make_client("mall", "facts:write", "receipts:read")
    _, token = token_of(credentials)
    clients.change_client(credentials.client, by=INSTALLER, scopes=["receipts:read"], rate="normal", networks=[], signing="optional")
    with pytest.raises(errors.WrongScope):
        ClientAuth("facts:write")(bearing(token))


def test_a_retired_client_opens_nothing(make_client):
    credentials = make_client("mall")
    _, token = token_of(credentials)
    clients.retire_client(credentials.client, by=INSTALLER, why="contract ended")
    assert ClientAuth("facts:write")(bearing(token)) is None
    assert token_of(credentials)[0] == 400


def test_a_client_may_be_bound_to_its_networks(make_client):
    _, token = token_of(make_client("mall", networks=["10.1.0.0/16"]))
    assert ClientAuth("facts:write")(bearing(token, REMOTE_ADDR="10.1.2.3")) is not None
    with pytest.raises(errors.WrongNetwork):
        ClientAuth("facts:write")(bearing(token, REMOTE_ADDR="10.2.2.3"))


def test_only_a_security_administrator_makes_clients(make_person):
    with pytest.raises(Forbidden):
        clients.create_client("mall", "x", ["facts:write"], by=actor.of_user(make_person("sys", "sysadmin")))


@pytest.mark.parametrize("limits", [{"scopes": ["all"]}, {"networks": ["10.0.0.0/99"]}])
def test_unknown_scopes_and_networks_are_invalid(db, limits):
    with pytest.raises(Invalid):
        clients.create_client("mall", "x", limits.pop("scopes", ["facts:write"]), by=INSTALLER, **limits)


def test_a_key_is_read_from_pem_and_from_jwk():
    public = Ed25519PrivateKey.generate().public_key()
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    jwk = json.dumps({"kty": "OKP", "crv": "Ed25519", "x": base64.urlsafe_b64encode(raw).decode().rstrip("=")})
    assert clients.public_key_hex(pem) == clients.public_key_hex(jwk) == raw.hex()


@pytest.mark.parametrize("text", ["", "{", "{}", "[]", '{"kty":"OKP","crv":"Ed25519","x":"AA"}', '{"kty":"OKP","crv":"Ed25519","x":"!!"}'])
def test_anything_else_is_no_key(text):
    with pytest.raises(errors.BadKey):
        clients.public_key_hex(text)


def test_a_private_jwk_and_another_curve_are_no_key():
    raw = base64.urlsafe_b64encode(bytes(32)).decode()
    with pytest.raises(errors.BadKey):
        clients.public_key_hex(json.dumps({"kty": "OKP", "crv": "Ed25519", "x": raw, "d": raw}))
    other = X25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(errors.BadKey):
        clients.public_key_hex(other.decode())


def test_a_key_id_is_used_once(make_client):
    client = make_client("mall").client
    pem = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    clients.add_key(client, "k1", pem, by=INSTALLER)
    with pytest.raises(errors.BadKey):
        clients.add_key(client, "k1", pem, by=INSTALLER)


def test_a_session_opens_an_operation_for_its_role_with_the_csrf_token(make_person):
    from django.middleware.csrf import get_token

    door = RoleAuth(frozenset({"leader"}))
    request = RequestFactory().get("/")
    request.user = make_person("li", "leader")
    assert door(request).has("leader")
    request = RequestFactory().get("/")
    request.user = make_person("wang", "officer", department="SAMR")
    with pytest.raises(Forbidden):
        door(request)
    unsafe = RequestFactory(enforce_csrf_checks=True).post("/")
    unsafe.user = make_person("zhao", "leader")
    with pytest.raises(Exception, match="CSRF"):
        door(unsafe)
    assert get_token(unsafe)


def test_nobody_passes_on_to_the_next_door(db):
    request = RequestFactory().post("/")
    request.user = None
    assert RoleAuth(frozenset({"leader"}))(request) is None


def test_the_openapi_document_names_both_doors():
    api = NinjaAPI(urls_namespace="doors")

    @api.get("/x", auth=[access.client_auth("facts:read"), access.session_auth(["officer"])])
    def x(request):
        return {}

    schemes = api.get_openapi_schema(path_prefix="")["components"]["securitySchemes"]
    assert {one["type"] for one in schemes.values()} == {"http", "apiKey"}
