"""The administrators' pages of platforms' machines."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from chengxin.accounts import access, forms
from chengxin.accounts import clients as machines
from chengxin.accounts.models import ClientKey, PlatformClient
from chengxin.accounts.roles import Role


@access.open_to(Role.SECADMIN, Role.SYSADMIN)
def clients(request: HttpRequest) -> HttpResponse:
    """All clients."""
    found = access.all(access.actor_of(request), PlatformClient).select_related("application")
    return render(request, "accounts/clients.html", {"clients": found, "may": access.actor_of(request).has(Role.SECADMIN)})


@access.open_to(Role.SECADMIN)
@never_cache
def new_client(request: HttpRequest) -> HttpResponse:
    """A new client; its secret is on the answer and nowhere else."""
    form = forms.ClientForm(request.POST or None)
    made: list[machines.Credentials] = []
    if request.method == "POST" and form.is_valid():
        actor, given = access.actor_of(request), dict(form.cleaned_data)
        code, name, scopes = given.pop("platform_code"), given.pop("name"), given.pop("scopes")
        if forms.done(form, lambda: made.append(machines.create_client(code, name, scopes, by=actor, **given))):
            return render(request, "accounts/credentials.html", {"credentials": made[0]})
    return render(request, "accounts/new_client.html", {"form": form}, status=422 if form.errors else 200)


@access.open_to(Role.SECADMIN, Role.SYSADMIN)
def client(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """One client: limits, keys, secret."""
    actor = access.actor_of(request)
    found = access.get(actor, PlatformClient, pk=id)
    changing = request.method == "POST" and actor.has(Role.SECADMIN)
    form = forms.ClientLimitsForm(request.POST if changing else None, initial=_limits(found))
    if changing and form.is_valid() and forms.done(form, lambda: machines.change_client(found, by=actor, **form.cleaned_data)):
        messages.success(request, _("Saved."))
        return redirect("accounts:client", id=id)
    return _client_page(request, found, form, forms.KeyForm())


@access.open_to(Role.SECADMIN)
@require_POST
@never_cache
def rotate(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """A new secret, shown once."""
    actor = access.actor_of(request)
    credentials = machines.rotate_secret(access.get(actor, PlatformClient, pk=id), by=actor)
    return render(request, "accounts/credentials.html", {"credentials": credentials})


@access.open_to(Role.SECADMIN)
@require_POST
def retire(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """End a client."""
    actor = access.actor_of(request)
    machines.retire_client(access.get(actor, PlatformClient, pk=id), by=actor, why=forms.why_of(request))
    return redirect("accounts:client", id=id)


@access.open_to(Role.SECADMIN)
@require_POST
def add_key(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Register a public key."""
    actor = access.actor_of(request)
    found = access.get(actor, PlatformClient, pk=id)
    form = forms.KeyForm(request.POST)
    if form.is_valid() and forms.done(
        form, lambda: machines.add_key(found, form.cleaned_data["key_id"], form.cleaned_data["public_key"], by=actor)
    ):
        messages.success(request, _("The key is registered."))
        return redirect("accounts:client", id=id)
    return _client_page(request, found, forms.ClientLimitsForm(initial=_limits(found)), form)


@access.open_to(Role.SECADMIN)
@require_POST
def end_key(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """The key holds no longer."""
    actor = access.actor_of(request)
    found = access.get(actor, ClientKey, pk=id)
    machines.end_key(found, by=actor)
    return redirect("accounts:client", id=found.client_id)


def _limits(found: PlatformClient) -> dict[str, Any]:
    return {"scopes": found.scopes, "rate": found.rate, "signing": found.signing, "networks": " ".join(found.networks)}


def _client_page(request: HttpRequest, found: PlatformClient, limits: forms.ClientLimitsForm, key: forms.KeyForm) -> HttpResponse:
    shown = {
        "client": found,
        "scopes": [forms.scope_name(one) for one in found.scopes],
        "form": limits,
        "key_form": key,
        "keys": found.keys.all(),
        "why": forms.ReasonForm(),
        "may": access.actor_of(request).has(Role.SECADMIN) and found.retired_at is None,
    }
    return render(request, "accounts/client.html", shown, status=422 if limits.errors or key.errors else 200)
