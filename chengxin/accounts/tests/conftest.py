"""People and departments of a small town."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from chengxin.accounts import access, actions, actor
from chengxin.accounts.actions import Scope
from chengxin.accounts.beginning import install_grant
from chengxin.accounts.models import User

PASSWORD = "a long enough pass phrase"
MakePerson = Callable[..., User]


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    """The real hash takes half a second each, by design."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def departments(db: None) -> None:
    actions.load_departments()


@pytest.fixture
def make_person(departments: None) -> MakePerson:
    def make(name: str, role: str = "", *, department: str = "", platform: str = "", subject: uuid.UUID | None = None) -> User:
        user = User.objects.create_user(name, PASSWORD, display_name=name)
        if role:
            install_grant(user, role, Scope(department, platform, subject))
        return user

    return make


@pytest.fixture
def secadmin(make_person: MakePerson) -> access.Actor:
    return actor.of_user(make_person("sec", "secadmin"))


@pytest.fixture
def second(make_person: MakePerson) -> access.Actor:
    return actor.of_user(make_person("sec2", "secadmin"))


@pytest.fixture
def browser() -> Callable[[User], Client]:
    def open_browser(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return open_browser


@pytest.fixture
def make_client(db: None) -> Callable[..., Any]:
    from chengxin.accounts import clients
    from chengxin.accounts.beginning import INSTALLER

    def make(platform: str, *scopes: str, **limits: Any) -> clients.Credentials:
        return clients.create_client(platform, "nightly", scopes or ("facts:write",), by=INSTALLER, **limits)

    return make
