"""Who acts: a person, a platform's machine, the house itself, or nobody; with the rights in force today."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from chengxin.accounts.models import Department, PlatformClient, RoleGrant, User
from chengxin.accounts.roles import ADMINISTRATORS, Role


@dataclass(frozen=True)
class Actor:
    """The one who asks. `str(actor)` and `.id` are the audit log's name ("user:<uuid>"); `.name` is what people read.

    roles: role codes in force today; departments: codes, with the predecessors whose work they inherited; platforms: platform codes;
    subjects: ids of own market subjects; scopes: of an API client's token; inherited: each own department with its predecessors.
    """

    id: str
    name: str = ""
    roles: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()
    platforms: frozenset[str] = frozenset()
    subjects: frozenset[uuid.UUID] = frozenset()
    scopes: frozenset[str] = frozenset()
    user: User | None = None
    client: PlatformClient | None = None
    grants: tuple[RoleGrant, ...] = field(default=(), repr=False)
    inherited: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)

    def __str__(self) -> str:
        return self.id

    @property
    def kind(self) -> str:
        """user, client, system or anonymous."""
        return self.id.split(":", 1)[0]

    @property
    def is_anonymous(self) -> bool:
        return self.kind == "anonymous"

    @property
    def is_system(self) -> bool:
        return self.kind == "system"

    @property
    def is_administrator(self) -> bool:
        return bool(self.roles & ADMINISTRATORS)

    def has(self, *roles: str) -> bool:
        """Whether the actor holds one of the roles."""
        return bool(self.roles.intersection(roles))

    def departments_as(self, *roles: str) -> frozenset[str]:
        """The departments in which the actor holds one of the roles (with their predecessors)."""
        held = {grant.department_id for grant in self.grants if grant.role in roles and grant.department_id}
        return frozenset().union(*(self.inherited[code] for code in held))


ANONYMOUS = Actor(id="anonymous:nobody")


def system(job: str) -> Actor:
    """The house itself, running a named job; sees every row."""
    return Actor(id=f"system:{job}", name=job)


def of_user(user: User) -> Actor:
    """A person with the grants in force today. Whoever holds an administration holds nothing else, whatever the rows say."""
    grants = tuple(RoleGrant.objects.filter(user=user).in_force())
    administration = {grant.role for grant in grants} & ADMINISTRATORS
    if administration:
        only = frozenset(administration) if len(administration) == 1 else frozenset()
        return Actor(id=user.actor, name=str(user), roles=frozenset(map(str, only)), user=user)
    inherited = with_predecessors({grant.department_id for grant in grants if grant.department_id})
    return Actor(
        id=user.actor,
        name=str(user),
        roles=frozenset(str(grant.role) for grant in grants),
        departments=frozenset().union(*inherited.values()),
        platforms=frozenset(grant.platform_code for grant in grants if grant.role == Role.PLATFORM_STAFF),
        subjects=frozenset(grant.subject_id for grant in grants if grant.subject_id),
        user=user,
        grants=grants,
        inherited=inherited,
    )


def of_client(client: PlatformClient, scopes: frozenset[str]) -> Actor:
    """A platform's machine with the scopes of its token."""
    return Actor(
        id=client.actor,
        name=client.name,
        roles=frozenset({"platform_client"}),
        platforms=frozenset({client.platform_code}),
        scopes=scopes,
        client=client,
    )


def with_predecessors(codes: set[str]) -> dict[str, frozenset[str]]:
    """Each department with all whose work it took over: today's bureau opens the files of 2017."""
    if not codes:
        return {}
    before: dict[str, set[str]] = {}
    for code, successor in Department.objects.exclude(successor=None).values_list("code", "successor_id"):
        before.setdefault(str(successor), set()).add(code)
    return {code: _reached(code, before) for code in codes}


def _reached(code: str, before: Mapping[str, set[str]]) -> frozenset[str]:
    reached = fresh = {code}
    while fresh:
        fresh = set().union(*(before.get(each, set()) for each in fresh)) - reached
        reached = reached | fresh
    return frozenset(reached)
