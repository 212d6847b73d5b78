"""The papers of a case, in order: each step as it was written; and the archive as one file with its list."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from chengxin import workflow
from chengxin.accounts.access import Actor
from chengxin.cases.models import Case, CaseStep
from chengxin.documents import actions as documents
from chengxin.documents.models import Document
from chengxin.evidence import actions as exhibits
from chengxin.evidence.models import Exhibit
from chengxin.kernel import money
from chengxin.kernel.errors import ChengxinError

LINES, WIDTH = 40, 40  # of a page of plain text: A4 in the size official papers are printed in
# A file of an archive has one time of its own, so that the same archive is the same file.
LIST = "penalty_55"
EPOCH = (1980, 1, 1, 0, 0, 0)


class ArchiveChanged(ChengxinError):
    code = "case_archive_changed"
    status = 500
    what = {"zh": "卷宗内容与归档目录不一致。", "en": "A paper differs from the archive's list."}
    why = {"zh": "第{place}份材料的摘要不符。", "en": "The hash of paper {place} does not agree."}
    next = {"zh": "请联系审计管理员核查。", "en": "Tell the audit administrator."}


@dataclass(frozen=True)
class Paper:
    """One paper: its name, number, bytes, pages; `step` is the step that made it."""

    title: dict[str, str]
    number: str
    content: bytes
    pages: int
    suffix: str
    step: CaseStep | None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def of(case: Case, table: workflow.Workflow, actor: Actor) -> Iterator[Paper]:
    """The issued papers first, then what each step says, then the exhibits; each part in its order. What came after the archive was closed
    is not in it."""
    closed = case.steps.filter(action="archive").last()
    why = f"案件 {case.number} 归档"
    for document in documents_of(case).exclude(form=LIST):
        if closed is None or document.made_at <= closed.at:
            content = documents.read(actor, document.pk, why)[1]
            name = {"zh": document.title, "en": document.title}
            yield Paper(name, document.number, content, pages_of(content), "pdf", None)
    for step in case.steps.exclude(action="archive"):
        yield _of_step(step, table)
    for exhibit in exhibits_of(case):
        if closed is None or exhibit.kept_at <= closed.at:
            name = {"zh": exhibit.title, "en": exhibit.title}
            yield Paper(name, exhibit.number, exhibits.read(actor, exhibit.pk, why)[1], 1, "bin", None)


def documents_of(case: Case) -> QuerySet[Document]:
    """The case's official papers, oldest first."""
    return Document.objects.filter(matter_kind="cases.case", matter_id=case.pk).order_by("made_at", "id")


def newest(case: Case, form: str) -> Document | None:
    """The newest paper of a form."""
    return Document.objects.filter(matter_kind="cases.case", matter_id=case.pk, form=form).order_by("made_at", "id").last()


def exhibits_of(case: Case) -> Iterator[Exhibit]:
    """The exhibits of the case and of the matter's first file, oldest first."""
    matter = [case.pk, case.lead_id] if case.lead_id else [case.pk]
    yield from Exhibit.objects.filter(matter_kind="cases.case", matter_id__in=matter).order_by("kept_at", "id")


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF has: the greatest count of its page tree."""
    return max((int(count) for count in re.findall(rb"/Count (\d+)", pdf)), default=1)


def last(case: Case, action: str) -> CaseStep | None:
    """The newest step of an action."""
    return case.steps.filter(action=action).last()


def day_of(step: CaseStep, field: str) -> date:
    return date.fromisoformat(step.data[field])


def yuan(fen: int) -> str:
    return money.yuan_for_people(fen)


def _of_step(step: CaseStep, table: workflow.Workflow) -> Paper:
    name = title(step, table)
    pages = list(_pages(_lines(step, name, table)))
    return Paper(name, f"{step.place}", "\f".join(pages).encode(), len(pages), "txt", step)


def title(step: CaseStep, table: workflow.Workflow) -> dict[str, str]:
    known = table.step(step.action)
    return {"zh": known.zh, "en": known.en} if known else {"zh": "案件来源登记", "en": "Registration of the source"}


def _lines(step: CaseStep, name: dict[str, str], table: workflow.Workflow) -> Iterator[str]:
    yield f"{step.case.number} · {step.place} · {name['zh']}"
    yield f"{step.at.isoformat()} {step.name} {step.department} {step.certificate}".rstrip()
    labels = field_labels(step, table)
    for field, value in {**step.data, **step.texts}.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
        yield f"{labels.get(field, {}).get('zh', field)}："
        yield from text.splitlines()
    yield f"SHA-256 {step.sha256}"


def field_labels(step: CaseStep, table: workflow.Workflow) -> dict[str, dict[str, str]]:
    """The names of a step's fields in both languages."""
    known = next((one for one in table.steps if one.action == step.action), None)
    return {one.name: {"zh": one.zh, "en": one.en} for one in workflow.form_fields(known)} if known else {}


def _pages(lines: Iterator[str]) -> Iterator[str]:
    """Lines broken at the width, so many to a page."""
    broken = [line[at : at + WIDTH] for line in lines for at in range(0, max(1, len(line)), WIDTH)]
    for at in range(0, max(1, len(broken)), LINES):
        yield "\n".join(broken[at : at + LINES])


def archive_file(case: Case, table: workflow.Workflow, actor: Actor) -> bytes:
    """The archive as one zip: the list (目录.json) and every paper. Raises ArchiveChanged when one is not as it was listed."""
    listed = {one.place: one for one in case.archive.all()}
    told: list[dict[str, Any]] = []
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for place, paper in enumerate(of(case, table, actor), start=1):
            row = listed.get(place)
            if row is None or row.sha256 != paper.sha256:
                raise ArchiveChanged(place=place)
            name = f"{place:03d}-{row.title_zh}.{paper.suffix}"
            told.append(
                {"place": place, "title": row.title_zh, "pages": [row.first_page, row.last_page], "sha256": row.sha256, "file": name}
            )
            file.writestr(zipfile.ZipInfo(name, EPOCH), paper.content)
        if len(told) != len(listed):
            raise ArchiveChanged(place=len(told) + 1)
        inside = newest(case, LIST)
        if inside:
            file.writestr(zipfile.ZipInfo("000-卷内文件目录.pdf", EPOCH), documents.read(actor, inside.pk, f"案件 {case.number} 归档")[1])
        head = {"case": case.number, "papers": told}
        file.writestr(zipfile.ZipInfo("目录.json", EPOCH), json.dumps(head, ensure_ascii=False, indent=1))
    return made.getvalue()
