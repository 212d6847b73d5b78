"""Platforms' machines: made, given a new secret, limited, given keys, retired. A secret is shown once and kept hashed."""

from __future__ import annotations

import base64
import ipaddress
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from django.db import transaction
from oauth2_provider.models import get_access_token_model, get_application_model

from chengxin.accounts import errors
from chengxin.accounts.actor import Actor
from chengxin.accounts.models import ClientKey, PlatformClient
from chengxin.accounts.roles import Role
from chengxin.accounts.scopes import SCOPES
from chengxin.audit import actions as audit
from chengxin.kernel import clock
from chengxin.kernel.errors import Forbidden, Invalid


@dataclass(frozen=True)
class Credentials:
    """What the platform needs, readable this once."""

    client: PlatformClient
    client_id: str
    client_secret: str


def check_administers(by: Actor) -> None:
    """Clients are made by a security administrator, or by the house at set-up."""
    if not (by.is_system or by.has(Role.SECADMIN)):
        raise Forbidden


@transaction.atomic
def create_client(
    platform_code: str,
    name: str,
    scopes: Iterable[str],
    *,
    by: Actor,
    rate: str = PlatformClient.Rate.NORMAL,
    networks: Iterable[str] = (),
    signing: str = PlatformClient.Signing.OPTIONAL,
) -> Credentials:
    """A client of one platform. Raises Forbidden, or Invalid for an unknown scope or network."""
    check_administers(by)
    application_model = get_application_model()
    secret = secrets.token_urlsafe(36)
    application = application_model(
        name=f"{platform_code} {name}",
        client_type=application_model.CLIENT_CONFIDENTIAL,
        authorization_grant_type=application_model.GRANT_CLIENT_CREDENTIALS,
        client_secret=secret,
        hash_client_secret=True,
    )
    application.save()
    client = PlatformClient.objects.create(
        application=application,
        name=name,
        platform_code=platform_code,
        scopes=checked_scopes(scopes),
        rate=rate,
        networks=checked_networks(networks),
        signing=signing,
        created_by=by.user,
    )
    _record("accounts.client.created", client, by, {"scopes": client.scopes, "signing": signing, "networks": client.networks})
    return Credentials(client, application.client_id, secret)


@transaction.atomic
def rotate_secret(client: PlatformClient, *, by: Actor) -> Credentials:
    """A new secret; the old one and all living tokens end now."""
    check_administers(by)
    secret = secrets.token_urlsafe(36)
    client.application.client_secret = secret
    client.application.save()
    _end_tokens(client)
    _record("accounts.client.secret_rotated", client, by, {})
    return Credentials(client, client.application.client_id, secret)


@transaction.atomic
def change_client(
    client: PlatformClient, *, by: Actor, scopes: Iterable[str], rate: str, networks: Iterable[str], signing: str
) -> PlatformClient:
    """New limits; a scope taken away ends in living tokens too."""
    check_administers(by)
    client.scopes, client.rate = checked_scopes(scopes), rate
    client.networks, client.signing = checked_networks(networks), signing
    client.save()
    _record("accounts.client.changed", client, by, {"scopes": client.scopes, "signing": signing, "networks": client.networks})
    return client


@transaction.atomic
def retire_client(client: PlatformClient, *, by: Actor, why: str) -> None:
    """No token is given or accepted any more. The client and its signatures stay on record."""
    check_administers(by)
    client.retired_at = clock.now()
    client.save(update_fields=["retired_at"])
    _end_tokens(client)
    _record("accounts.client.retired", client, by, {"why": why})


@transaction.atomic
def add_key(client: PlatformClient, key_id: str, text: str, *, by: Actor) -> ClientKey:
    """Register an Ed25519 public key given as PEM or JWK. Raises BadKey."""
    check_administers(by)
    if client.keys.filter(key_id=key_id).exists():
        raise errors.BadKey(reason_zh="该密钥编号已登记，请使用新的编号。", reason_en="The key id is registered; use a new one.")
    key = ClientKey.objects.create(client=client, key_id=key_id, public_key=public_key_hex(text), added_by=by.user)
    _record("accounts.client.key_added", client, by, {"key": key_id, "public_key": key.public_key})
    return key


@transaction.atomic
def end_key(key: ClientKey, *, by: Actor) -> None:
    """The key holds no longer for new reports; signatures made with it stay verifiable."""
    check_administers(by)
    key.valid_to = clock.now()
    key.save(update_fields=["valid_to"])
    _record("accounts.client.key_ended", key.client, by, {"key": key.key_id})


def public_key_hex(text: str) -> str:
    """The 32 raw bytes of an Ed25519 public key from PEM (SubjectPublicKeyInfo) or JWK (RFC 8037), in hex. Raises BadKey."""
    text = text.strip()
    try:
        return _of_jwk(text) if text.startswith("{") else _of_pem(text)
    except (ValueError, TypeError, UnsupportedAlgorithm) as cause:
        raise errors.BadKey(
            reason_zh="需要 PEM 或 JWK 格式的 Ed25519 公钥。", reason_en="An Ed25519 public key in PEM or JWK is needed."
        ) from cause


def _of_pem(text: str) -> str:
    key = load_pem_public_key(text.encode())
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("another kind of key")
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def _of_jwk(text: str) -> str:
    given = json.loads(text)
    if given.get("kty") != "OKP" or given.get("crv") != "Ed25519" or "d" in given:
        raise ValueError("not a public Ed25519 key")
    raw = base64.urlsafe_b64decode(str(given.get("x", "")) + "==")
    return Ed25519PublicKey.from_public_bytes(raw).public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def checked_scopes(scopes: Iterable[str]) -> list[str]:
    """Sorted and known, or Invalid."""
    wanted = sorted(set(scopes))
    unknown = [scope for scope in wanted if scope not in SCOPES]
    if unknown:
        raise Invalid(reason_zh=f"未知的权限范围：{unknown}", reason_en=f"Unknown scopes: {unknown}")
    return wanted


def checked_networks(networks: Iterable[str]) -> list[str]:
    """CIDR texts, or Invalid."""
    try:
        return [str(ipaddress.ip_network(network, strict=False)) for network in networks]
    except ValueError as cause:
        raise Invalid(reason_zh=f"网段写法有误：{cause}", reason_en=f"Not a network: {cause}") from cause


def _end_tokens(client: PlatformClient) -> None:
    get_access_token_model().objects.filter(application=client.application).delete()


def _record(action: str, client: PlatformClient, by: Actor, data: dict[str, object]) -> None:
    told = {"platform": client.platform_code, **data}
    audit.record(action, actor=str(by), object=f"accounts.client:{client.pk}", data=told)
