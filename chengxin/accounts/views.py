"""Pages of people and rights: coming in, stating a purpose, and the administrators' desks."""

from __future__ import annotations

import uuid

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from chengxin.accounts import access, actions, forms, invitations, purposes, queries
from chengxin.accounts.forms import done, why_of
from chengxin.accounts.models import Department, Invitation, RoleGrant, User
from chengxin.accounts.roles import ADMINISTRATORS, Role

SECADMIN = (Role.SECADMIN,)
CONFIRMERS = (Role.SECADMIN, Role.SYSADMIN, Role.HEAD)
SIGN_IN_DATA = {"email", "phone"}  # one signs in with an address, and both help to prove who one is
ALL_ADMINISTRATORS = tuple(sorted(ADMINISTRATORS))


# ---- coming in


@access.open_to_all
@never_cache
@sensitive_post_parameters()
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """Use a one-time link: set a password, or claim the account of a business."""
    invitation = invitations.open_invitation(secret)
    kind = forms.ClaimForm if invitation.kind == Invitation.Kind.CLAIM else forms.JoinForm
    form = kind(request.POST or None)
    if request.method == "POST" and form.is_valid() and _joined(secret, form):
        messages.success(request, _("Your password is set. Sign in now."))
        return redirect("account_login")
    return render(request, "accounts/join.html", {"form": form, "invitation": invitation}, status=422 if form.errors else 200)


def _joined(secret: str, form: forms.JoinForm) -> bool:
    given = form.cleaned_data
    return done(
        form,
        lambda: invitations.join(secret, given["password"], username=given.get("username", ""), display_name=given.get("display_name", "")),
    )


@access.open_to_signed_in
def purpose(request: HttpRequest) -> HttpResponse:
    """State why personal data are needed; holds for 30 minutes."""
    target = request.POST.get("next") or request.GET.get("next") or "/"
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        target = "/"
    form = forms.PurposeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        purposes.state(request, form.cleaned_data["text"], form.cleaned_data["case_number"])
        return redirect(target)
    return render(request, "accounts/purpose.html", {"form": form, "next": target}, status=422 if form.errors else 200)


@access.open_to_signed_in
def profile(request: HttpRequest) -> HttpResponse:
    """One's own name, contact and rights."""
    actor, me = _oneself(request)
    form = forms.ProfileForm(request.POST or None, initial=_initial(me))
    if request.method == "POST" and form.is_valid() and SIGN_IN_DATA & set(form.changed_data):
        raise_if_reauthentication_required(request, app="")
    if request.method == "POST" and form.is_valid() and done(form, lambda: actions.change_person(me, by=actor, **form.cleaned_data)):
        messages.success(request, _("Saved."))
        return redirect("accounts:profile")
    shown = {"form": form, "grants": access.all(actor, RoleGrant).filter(user=me), "me": me}
    return render(request, "accounts/profile.html", shown, status=422 if form.errors else 200)


# ---- people


@access.open_to(*ALL_ADMINISTRATORS)
def people(request: HttpRequest) -> HttpResponse:
    """Everybody with their roles, filtered by name and role."""
    found = access.all(access.actor_of(request), User).prefetch_related("grants__department")
    page = Paginator(_filtered(found, request), 50).get_page(request.GET.get("page"))
    return render(request, "accounts/people.html", {"page": page, "roles": Role.choices, "q": request.GET.get("q", "")})


def _filtered(found: QuerySet[User], request: HttpRequest) -> QuerySet[User]:
    q, role = request.GET.get("q", "").strip(), request.GET.get("role", "")
    if q:
        found = found.filter(Q(username__icontains=q) | Q(display_name__icontains=q) | Q(officer_number=q))
    if role in Role.values:
        found = found.filter(pk__in=RoleGrant.objects.in_force().filter(role=role).values("user"))
    return found


@access.open_to(*SECADMIN)
def new_person(request: HttpRequest) -> HttpResponse:
    """A new person, and the link to let them in."""
    form = forms.PersonForm(request.POST or None, initial={"language": "zh-hans"})
    if request.method == "POST" and form.is_valid():
        made: list[User] = []
        if done(form, lambda: made.append(actions.add_person(by=access.actor_of(request), **form.cleaned_data))):
            return redirect("accounts:person", id=made[0].pk)
    return render(request, "accounts/new_person.html", {"form": form}, status=422 if form.errors else 200)


@access.open_to(*ALL_ADMINISTRATORS)
def person(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """One person: data, grants and what may be done."""
    found = access.get(access.actor_of(request), User, pk=id)
    return _person_page(request, found, forms.GrantForm())


@access.open_to(*SECADMIN)
@require_POST
def grant(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Give a role."""
    actor = access.actor_of(request)
    found = access.get(actor, User, pk=id)
    form = forms.GrantForm(request.POST)
    if form.is_valid() and done(form, lambda: _grant(found, actor, form)):
        messages.success(request, _("Granted. Roles that need a second person wait for confirmation."))
        return redirect("accounts:person", id=id)
    return _person_page(request, found, form)


def _grant(found: User, actor: access.Actor, form: forms.GrantForm) -> RoleGrant:
    given = form.cleaned_data
    scope = actions.Scope(given["department"], given["platform"], given["subject"])
    days = {"valid_from": given["valid_from"], "valid_to": given["valid_to"]}
    return actions.grant(found, given["role"], by=actor, scope=scope, reason=given["reason"], **days)


@access.open_to(*SECADMIN)
@require_POST
@never_cache
def invite(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """A one-time link, shown once."""
    actor = access.actor_of(request)
    found = access.get(actor, User, pk=id)
    secret = invitations.invite(found, by=actor)
    link = request.build_absolute_uri(reverse("accounts:join", args=[secret]))
    return render(request, "accounts/invited.html", {"person": found, "link": link})


@access.open_to(*SECADMIN)
@require_POST
def deactivate(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """End a person's access."""
    actor = access.actor_of(request)
    found = access.get(actor, User, pk=id)
    actions.deactivate(found, by=actor, why=why_of(request))
    return redirect("accounts:person", id=id)


@access.open_to(*SECADMIN)
@require_POST
def reset_second_factor(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Forget a lost authenticator."""
    actor = access.actor_of(request)
    found = access.get(actor, User, pk=id)
    actions.reset_second_factor(found, by=actor, why=why_of(request))
    messages.success(request, _("The second factor is forgotten; the person enrols a new one at the next sign-in."))
    return redirect("accounts:person", id=id)


# ---- grants


@access.open_to(*CONFIRMERS)
def waiting(request: HttpRequest) -> HttpResponse:
    """Grants that wait for a second person."""
    actor = access.actor_of(request)
    found = access.all(actor, RoleGrant).waiting().select_related("user", "department", "granted_by")  # type: ignore[attr-defined]
    rows = [{"grant": each, "mine": actions.may_confirm(each, actor) and _other_hand(each, actor)} for each in found]
    return render(request, "accounts/waiting.html", {"rows": rows})


def _other_hand(given: RoleGrant, actor: access.Actor) -> bool:
    return actor.user is not None and actor.user.pk not in (given.granted_by_id, given.user_id)


@access.open_to(*CONFIRMERS)
@require_POST
def confirm(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """The second person's yes."""
    actor = access.actor_of(request)
    actions.confirm(access.get(actor, RoleGrant, pk=id), by=actor)
    messages.success(request, _("Confirmed; the role is in force."))
    return redirect("accounts:waiting")


@access.open_to(*SECADMIN)
@require_POST
def revoke(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """End a grant."""
    actor = access.actor_of(request)
    found = access.get(actor, RoleGrant, pk=id)
    actions.revoke(found, by=actor, why=why_of(request))
    messages.success(request, _("Revoked."))
    return redirect("accounts:person", id=found.user_id)


@access.open_to(*ALL_ADMINISTRATORS)
def departments(request: HttpRequest) -> HttpResponse:
    """Departments with their days and successors."""
    found = Department.objects.select_related("successor")
    today = {each.code for each in queries.departments()}
    return render(request, "accounts/departments.html", {"departments": found, "today": today})


# ---- shared by the pages


def _person_page(request: HttpRequest, found: User, form: forms.GrantForm) -> HttpResponse:
    actor = access.actor_of(request)
    grants = access.all(actor, RoleGrant).filter(user=found).select_related("department", "granted_by", "confirmed_by", "revoked_by")
    shown = {"person": found, "grants": grants, "form": form, "why": forms.ReasonForm(), "may": actor.has(Role.SECADMIN)}
    return render(request, "accounts/person.html", shown, status=422 if form.errors else 200)


def _oneself(request: HttpRequest) -> tuple[access.Actor, User]:
    actor = access.actor_of(request)
    assert actor.user is not None  # open_to_signed_in
    return actor, actor.user


def _initial(user: User) -> dict[str, str]:
    return {"display_name": user.display_name, "email": user.email, "phone": user.phone, "language": user.language}
