"""Publicity for the canary crawl: an edition of everything that is public, a held item, a watch. No canary may come out of any of them."""

from __future__ import annotations

import hashlib

from chengxin.accounts.actor import of_user
from chengxin.kernel import clock
from chengxin.publicity import editions, files, reviews
from chengxin.publicity.datasets import catalogue
from chengxin.publicity.models import OUT, Watch
from chengxin.records.models import Record
from chengxin.subjects.models import Subject
from tests.gates import matrix

CODE = "canary-watch"
NAMES = [*(f"{code}.{form}" for code in catalogue() for form in files.FORMATS), files.ENTITIES, files.PROOFS, files.LICENCE]
AT_HOME = {
    f"publicity:{page}": "subjects" for page in ("shown", "watch", "evidence", "officer_shown", "badge", "badge_picture")
}  # pages that take keys of subjects and shops


def an_edition(city: matrix.City, subject: Subject) -> None:
    """One record is held back by an officer of the desk; all else goes out."""
    Watch.objects.create(code_hash=hashlib.sha256(CODE.encode()).hexdigest(), subject=subject, since=clock.today())
    officer = of_user(city.person("officer"))
    for record in Record.objects.filter(department__in=officer.departments_as("officer"))[:1]:
        reviews.hold(officer, "records", record.number, "疑涉商业秘密")
    made = editions.publish()
    assert made.outcome == OUT, made.faults
