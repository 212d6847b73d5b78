"""What a visit leaves behind: photos and drawn signatures as exhibits, and the record of the inspection as an official paper."""

from __future__ import annotations

from django.db import transaction
from django.utils import translation

from chengxin.accounts.access import Actor
from chengxin.documents import actions as documents
from chengxin.documents.models import Document
from chengxin.evidence import actions as evidence
from chengxin.evidence.models import Exhibit
from chengxin.inspection import catalogue, queries
from chengxin.inspection.errors import AlreadyDone, ReportWrong
from chengxin.inspection.models import Member, Photo, Task
from chengxin.inspection.models.visits import ASSIGNED, REPORTED
from chengxin.kernel import clock
from chengxin.supervision.queries import provision_name

PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
MOST_SIGNATURE = 200_000  # bytes; a signature drawn on a canvas of 600 × 200 points is 5 to 20 kB
PICTURE, RECORD = "3", "8"  # evidence_kind: audio-visual material; record of an inspection
SAID = {"yes": "符合", "no": "不符合", "na": "不适用"}


def matter(task: Task) -> str:
    """Whose evidence and papers these are."""
    return f"inspection.task:{task.pk}"


def keep_photo(actor: Actor, task: Task, member: Member, data: bytes, shows: str) -> Photo:
    """A photo of the visit, as it came from the telephone, under its hash. Raises ReportWrong for another kind of file."""
    if task.state not in (ASSIGNED, REPORTED):
        raise AlreadyDone
    kind = "image/png" if data.startswith(PNG) else "image/jpeg" if data.startswith(JPEG) else ""
    if not kind:
        raise ReportWrong(why_zh="照片须为 JPEG 或者 PNG 格式。", why_en="A photo is a JPEG or a PNG.")
    about = {"place": task.place or task.subject.address, "shows": shows, "inspector": member.inspector.certificate}
    title = f"检查照片 {task.number}" + (f" {shows}" if shows else "")
    with transaction.atomic():
        kept = evidence.keep(actor, matter(task), member.inspector.department, PICTURE, title, data, content_type=kind, about=about)
        return Photo.objects.create(task=task, exhibit=kept, shows=shows, at=clock.now())


def keep_signature(actor: Actor, task: Task, member: Member, data: bytes) -> Exhibit:
    """A drawn signature under this version of the report."""
    if not data.startswith(PNG) or len(data) > MOST_SIGNATURE:
        raise ReportWrong(why_zh="请在签名框内手写签名。", why_en="Draw your signature in the box.")
    about = {"version": task.version, "inspector": member.inspector.certificate, "method": "手写电子签名"}
    title = f"检查人员签名 {task.number}"
    return evidence.keep(actor, matter(task), member.inspector.department, RECORD, title, data, content_type="image/png", about=about)


def issue_record(actor: Actor, task: Task, department: str) -> Document:
    """The record of the inspection (检查记录表), filled from the report when all have signed."""
    team = [one.inspector for one in queries.team(task)]
    values = {
        "plan": task.plan.title,
        "matter_number": task.number,
        "party": task.subject.name,
        "party_uscc": task.subject.uscc or "",
        "legal_representative": task.subject.legal_rep,
        "party_address": task.place or task.subject.address or "／",
        "inspected_on": task.ended_on,
        "officers": [str(one.user) for one in team],
        "certificates": [one.certificate for one in team],
        "items": _rows(task),
        "conclusion": f"{catalogue.outcomes()[task.outcome]['zh']}。{task.summary}",
    }
    return documents.issue(actor, "inspection_record", values, department=department, matter=matter(task), on=clock.today())


def basis_of(item: catalogue.Item) -> str:
    """The articles an item stands on, as an official paper cites them."""
    with translation.override("zh-hans"):
        return "；".join(provision_name(one) for one in item.basis)


def _rows(task: Task) -> list[dict[str, str]]:
    rows = []
    for code in task.plan.items:
        item = catalogue.item(code, clock.city_day(task.plan.proposed_at))
        said = task.answers.get(code, {})
        rows += [
            {"item": one["zh"], "basis": basis_of(item), "result": SAID.get(said.get(one["code"], ""), "未检查")} for one in item.checklist
        ]
    return rows
