"""The first three administrators of a house, made by whoever installs it; after them, only a security administrator grants."""

from __future__ import annotations

from django.db import transaction

from chengxin.accounts import access, actions, errors, invitations
from chengxin.accounts.models import RoleGrant, User
from chengxin.accounts.roles import Role, estate_of
from chengxin.audit import actions as audit
from chengxin.kernel import clock
from chengxin.kernel.locks import locked

INSTALLER = access.system("installation")
REASON = "系统安装 / installation"


@transaction.atomic
def begin(names: dict[Role, str]) -> dict[str, str]:
    """Three (or more) persons in the three administrations: role -> user name in, user name -> secret of the invitation out.

    Raises EstatesMixed when one name has two offices, and AlreadyBegun when a security administrator exists.
    """
    if len(set(names.values())) < len(names):
        raise errors.EstatesMixed
    with locked("accounts.administrators"):
        if RoleGrant.objects.in_force().filter(role=Role.SECADMIN).exists():
            raise errors.AlreadyBegun
        return {name: _install(role, name) for role, name in names.items()}


def _install(role: Role, name: str) -> str:
    user = actions.add_person(name, name, by=INSTALLER)
    install_grant(user, role)
    return invitations.invite(user, by=INSTALLER)


def install_grant(user: User, role: str, scope: actions.Scope = actions.NOWHERE) -> RoleGrant:
    """A grant that needs no second person, because the house itself gives it: at installation and for the demo."""
    actions.check_scope(role, scope)
    actions.check_estate(user, role)
    given = RoleGrant.objects.create(
        user=user,
        role=role,
        estate=estate_of(role),
        department_id=scope.department or None,
        platform_code=scope.platform,
        subject_id=scope.subject,
        confirmed_at=clock.now(),
        reason=REASON,
    )
    audit.record("accounts.grant.made", actor=str(INSTALLER), object=f"accounts.user:{user.pk}", data={"role": role, "scope": given.scope})
    return given
