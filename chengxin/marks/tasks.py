"""The room's clocks: hosts and identities of marks are looked at each day, official links of permits each week."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from django.db.models import Q

from chengxin.jobs.run import JobRun
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.marks import actions, queries
from chengxin.marks.models import Mark, PermitLink
from chengxin.marks.models.marks import REVOKED


def check_marks(job: JobRun | None = None) -> str:
    """Look at every mark that is not revoked or over."""
    living = queries.with_state(Mark.objects.filter(expires_at__gt=clock.now())).exclude(state=REVOKED)
    found = Counter(actions.recheck(mark) for mark in living.select_related("request", "shop").iterator(chunk_size=100))
    return ", ".join(f"{count} {state}" for state, count in sorted(found.items())) or "0"


def check_links(job: JobRun | None = None) -> str:
    """Look at the links that have not been looked at for the interval of the law's day."""
    before = clock.now() - timedelta(days=int(law.at(clock.today()).value("permit_check_days")))
    due = PermitLink.objects.filter(Q(checked_at__isnull=True) | Q(checked_at__lt=before), removed_at__isnull=True)
    found = Counter(actions.check_link(link).state for link in due.iterator(chunk_size=100))
    return ", ".join(f"{count} {state}" for state, count in sorted(found.items())) or "0"
