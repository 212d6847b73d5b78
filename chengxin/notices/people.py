"""Who is behind a department, a subject, a platform: today's grants, read once for a round."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.db.models import Model, Q

from chengxin.accounts.access import Actor
from chengxin.accounts.actor import with_predecessors
from chengxin.accounts.models import RoleGrant
from chengxin.accounts.roles import ADMINISTRATORS, Role
from chengxin.notices.catalogue import Matter, To, lookup, value
from chengxin.subjects.queries import family

HEADS = (str(Role.HEAD),)


@dataclass
class Book:
    """User ids by what they are bound to, with their role."""

    departments: dict[str, dict[str, set[UUID]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    subjects: dict[UUID, dict[str, set[UUID]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    platforms: dict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    roles: dict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))

    def of(self, row: Model, to: To) -> set[UUID]:
        """Whom one line of the table names for this row."""
        if any(value(row, path) != wanted for path, wanted in to.only.items()):
            return set()
        if to.department:
            return self._with(self.departments.get(value(row, to.department), {}), to.roles)
        if to.measure or to.departments:
            return set().union(*(self._with(self.departments.get(one, {}), to.roles) for one in to.named))
        if to.subject:
            return self._of_subject(value(row, to.subject), to.roles)
        return set(self.platforms.get(value(row, to.platform), ())) if to.platform else set(self.roles.get(to.everyone, ()))

    def _of_subject(self, subject: UUID | None, roles: tuple[str, ...]) -> set[UUID]:
        if subject is None:
            return set()
        return set().union(*(self._with(self.subjects.get(one, {}), roles) for one in family(subject)))

    @staticmethod
    def _with(held: dict[str, set[UUID]], roles: tuple[str, ...]) -> set[UUID]:
        return set().union(*(held.get(role, set()) for role in roles))

    def addressees(self, row: Model, matter: Matter) -> Iterator[tuple[UUID, str]]:
        """(person, address) of everybody a matter waits for. With a named handler: the handler, and heads."""
        owner = str(value(row, matter.owner) or "") if matter.owner else ""
        past = str(value(row, matter.not_by) or "") if matter.not_by else ""
        for to in matter.to:
            found = self.of(row, to)
            if owner:
                found = {one for one in found if f"user:{one}" == owner} | (found & self.of(row, _heads(to)))
            for one in found:
                if f"user:{one}" != past:
                    yield one, to.page_of(row)


def _heads(to: To) -> To:
    return replace(to, roles=HEADS)


def book() -> Book:
    """Everybody's grants in force today. Whoever administers the house holds no business."""
    made = Book()
    grants = RoleGrant.objects.filter(user__is_active=True).in_force()
    rows = list(grants.values_list("user", "role", "department", "platform_code", "subject_id"))
    administrators = {user for user, role, *_rest in rows if role in ADMINISTRATORS}
    before = with_predecessors({department for _user, _role, department, *_rest in rows if department})
    for user, role, department, platform, subject in rows:
        if user in administrators:
            continue
        made.roles[role].add(user)
        for code in before.get(department or "", ()):
            made.departments[code][role].add(user)
        if platform:
            made.platforms[platform].add(user)
        if subject:
            made.subjects[subject][role].add(user)
    return made


def condition(actor: Actor, to: To) -> Q | None:
    """The rows that this line puts before an actor, or None when it is not for them."""
    if to.department:
        here = actor.departments_as(*to.roles)
        found = Q(**{f"{lookup(to.department)}__in": here}) if here else None
    elif to.measure or to.departments:
        found = Q() if actor.departments_as(*to.roles) & to.named else None
    elif to.subject:
        found = Q(**{f"{lookup(to.subject)}__in": family(*actor.subjects)}) if actor.has(*to.roles) and actor.subjects else None
    else:
        found = Q(**{f"{lookup(to.platform)}__in": actor.platforms}) if to.platform and actor.platforms else None
    only = {lookup(path): wanted for path, wanted in to.only.items()}
    return found & Q(**only) if found is not None and only else found
