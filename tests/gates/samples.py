"""Ids for the access matrix, room by room: an object of tenant a, one of tenant b, and which roles see both.

To add a room's routes: make the two objects from the city's people, departments, platforms and subjects, and name the routes.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chengxin.accounts import clients, invitations
from chengxin.accounts.actor import of_user
from chengxin.accounts.beginning import INSTALLER
from tests.gates.matrix import City, Sample, sample

# ---- accounts

EVERYBODY_THERE = {"secadmin": "all", "sysadmin": "all", "auditadmin": "all"}


@sample(
    "accounts:person", "accounts:grant", "accounts:invite", "accounts:deactivate", "accounts:reset_second_factor", "accounts:end_sessions"
)
def people(city: City) -> Sample:
    return Sample({"id": city.person("officer", 0).pk}, {"id": city.person("officer", 1).pk}, EVERYBODY_THERE)


@sample("accounts:revoke")
def grants(city: City) -> Sample:
    return Sample(
        {"id": city.person("officer", 0).grants.get(role="officer").pk},
        {"id": city.person("officer", 1).grants.get(role="officer").pk},
        EVERYBODY_THERE,
    )


@sample("accounts:confirm")
def waiting_grants(city: City) -> Sample:
    """Given by tenant b's security administrator, so that a's administrators, and the head of a's department, may confirm."""
    from chengxin.accounts import actions

    by = of_user(city.person("secadmin", 1))
    a, b = (
        actions.grant(city.person("officer", side), "reviewer", by=by, scope=actions.Scope(department=city.departments[side]))
        for side in (0, 1)
    )
    return Sample({"id": a.pk}, {"id": b.pk}, EVERYBODY_THERE)


@sample("accounts:client", "accounts:rotate", "accounts:retire", "accounts:add_key")
def platform_clients(city: City) -> Sample:
    a, b = (city.clients["platform_client", side].client for side in (0, 1))
    return Sample({"id": a.pk}, {"id": b.pk}, EVERYBODY_THERE)


@sample("accounts:end_key")
def keys(city: City) -> Sample:
    pem = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    a, b = (clients.add_key(city.clients["platform_client", side].client, "k1", pem, by=INSTALLER) for side in (0, 1))
    return Sample({"id": a.pk}, {"id": b.pk}, EVERYBODY_THERE)


@sample("accounts:join")
def invitation_links(city: City) -> Sample:
    """Whoever holds the link is the one it is for."""
    a, b = (invitations.invite_business(city.subjects[side], by=INSTALLER) for side in (0, 1))
    return Sample({"secret": a}, {"secret": b}, {"*": "all"})


# Routes with an id for which nothing can be made that is somebody's: name -> why. Everything else needs a sample.
WITHOUT: dict[str, str] = {}
