"""One-time links: the only way in. The link's secret is shown once and only its hash is kept."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from chengxin.accounts import errors
from chengxin.accounts.actions import check_administers
from chengxin.accounts.actor import Actor
from chengxin.accounts.models import Invitation, RoleGrant, User
from chengxin.accounts.roles import OF_A_SUBJECT, Role, estate_of
from chengxin.audit import actions as audit
from chengxin.kernel import clock
from chengxin.kernel.errors import Forbidden, Invalid
from chengxin.kernel.locks import locked

HOLDS = timedelta(days=7)


@transaction.atomic
def invite(user: User, *, by: Actor) -> str:
    """A link for a person who has no password yet, or lost it. Returns its secret; earlier open links of the person die."""
    check_administers(by)
    if by.user == user:
        raise errors.SamePerson
    kind = Invitation.Kind.RESET if user.has_usable_password() else Invitation.Kind.JOIN
    Invitation.objects.filter(user=user, used_at=None).update(expires_at=clock.now())
    return _make(by, kind=kind, user=user)


@transaction.atomic
def invite_business(subject: uuid.UUID, *, by: Actor, role: str = Role.MERCHANT) -> str:
    """A link with which somebody of a market subject claims its account. Returns its secret.

    By the security administrator, or an officer who has checked who asks; the claim gives the role for this one subject only.
    """
    if role not in OF_A_SUBJECT:
        raise errors.BadScope(reason_zh="该角色不属于经营主体。", reason_en="The role is not one of a business.")
    if not (by.is_system or by.has(Role.SECADMIN, Role.OFFICER, Role.HEAD)):
        raise Forbidden
    return _make(by, kind=Invitation.Kind.CLAIM, subject_id=subject, role=role)


def open_invitation(secret: str) -> Invitation:
    """The living invitation of a link, or InvitationSpent."""
    found = Invitation.objects.filter(token_hash=_hash(secret), used_at=None, expires_at__gt=clock.now()).select_related("user").first()
    if found is None:
        raise errors.InvitationSpent
    return found


@transaction.atomic
def join(secret: str, password: str, *, username: str = "", display_name: str = "") -> User:
    """Use a link: set the password, and for a claim make the person with the one grant. Raises InvitationSpent, Invalid, NameTaken."""
    with locked("accounts.invitations"):
        invitation = open_invitation(secret)
        user = invitation.user or _claimant(username, display_name)
        check_password(password, user)
        user.set_password(password)
        user.save()
        _spend(invitation, user)
        audit.record("accounts.invitation.used", actor=user.actor, object=f"accounts.user:{user.pk}", data={"kind": invitation.kind})
    return user


def check_password(password: str, user: User) -> None:
    """Invalid with the validators' own words."""
    try:
        validate_password(password, user)
    except ValidationError as cause:
        reason = " ".join(cause.messages)
        raise Invalid(reason_zh=reason, reason_en=reason) from cause


def _claimant(username: str, display_name: str) -> User:
    if not username or User.objects.filter(username=username.lower()).exists():
        raise errors.NameTaken
    return User(username=username.lower(), display_name=display_name or username)


def _spend(invitation: Invitation, user: User) -> None:
    invitation.used_at = clock.now()
    invitation.user = user
    invitation.save(update_fields=["used_at", "user"])
    if invitation.kind == Invitation.Kind.CLAIM:
        RoleGrant.objects.create(
            user=user,
            role=invitation.role,
            estate=estate_of(invitation.role),
            subject_id=invitation.subject_id,
            granted_by=invitation.made_by,
            reason="claim",
        )


def _make(by: Actor, *, kind: str, user: User | None = None, subject_id: uuid.UUID | None = None, role: str = "") -> str:
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        kind=kind,
        token_hash=_hash(secret),
        user=user,
        subject_id=subject_id,
        role=role,
        made_by=by.user,
        expires_at=clock.now() + HOLDS,
    )
    object = f"accounts.user:{user.pk}" if user else f"subjects.subject:{subject_id}"
    audit.record("accounts.invitation.made", actor=str(by), object=object, data={"kind": kind, "invitation": str(invitation.pk)})
    return secret


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
