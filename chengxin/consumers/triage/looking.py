"""Looks at the complaints that wait for a decision and writes down which are alike. It reads complaints and writes its own tables only."""

from __future__ import annotations

import numpy as np
from django.db import transaction

from chengxin.consumers.models import Complaint
from chengxin.consumers.models.complaints import WAITING
from chengxin.consumers.triage.grouping import Columns, groups
from chengxin.consumers.triage.models import Alike, Apart, Group, Look
from chengxin.jobs.run import JobRun
from chengxin.kernel import clock, locks

MOST = 20_000  # complaints of a department compared, the newest: a few seconds of processor time (bench/triage)
CHUNK = 1_000
READ = ("pk", "text", "respondent_id", "shop_id", "respondent_name", "phone_hash", "address_hash", "received_at")


def look(department: str) -> Look:
    """A new look at a department's complaints; the one before goes."""
    apart = Apart.objects.values("complaint")
    waiting = Complaint.objects.filter(department=department, state__in=WAITING).exclude(pk__in=apart)
    rows = list(waiting.order_by("-received_at", "number").values_list(*READ)[:MOST])
    found = groups(
        Columns(
            text=[row[1] for row in rows],
            business=[str(row[2] or row[3] or row[4]) for row in rows],
            phone=[row[5] for row in rows],
            address=[row[6] for row in rows],
            at=np.array([int(row[7].timestamp()) for row in rows], np.int64),
        )
    )
    with transaction.atomic(), locks.locked(f"triage.look:{department}"):
        Look.objects.filter(department=department).delete()
        made = Look.objects.create(department=department, at=clock.now(), complaints=len(rows))
        for one in found:
            group = Group.objects.create(
                look=made, pattern_id=rows[one.pattern][0], n=len(one.places), wordings=one.wordings, businesses=one.businesses,
                contacts=one.contacts, wave=one.wave, first_at=rows[one.places[0]][7], last_at=rows[one.places[-1]][7],
            )  # fmt: skip
            alike = [Alike(group=group, complaint_id=rows[row][0], place=place) for place, row in enumerate(one.places)]
            Alike.objects.bulk_create(alike, batch_size=CHUNK)
        return made


def look_at_all(job: JobRun | None = None) -> str:
    """Every department with complaints that wait."""
    codes = Complaint.objects.filter(state__in=WAITING).order_by("department").values_list("department", flat=True).distinct()
    looks = [look(code) for code in codes]
    Look.objects.exclude(department__in=[one.department for one in looks]).delete()
    return f"{sum(one.groups.count() for one in looks)} groups"
