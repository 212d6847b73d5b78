"""Importing a sheet of shops: good rows are registered, each bad field comes back with row, value, reason and remedy."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.jobs import actions as jobs
from chengxin.jobs.models import Job
from chengxin.kernel import clock, jail
from chengxin.kernel.encryption import decrypt, encrypt
from chengxin.kernel.errors import ChengxinError
from chengxin.kernel.locks import locked
from chengxin.subjects import entries, sheets, vocabulary
from chengxin.subjects.actions.shops import upsert_shop
from chengxin.subjects.errors import EntryRefused, TooLarge, WrongSheet
from chengxin.subjects.models import ImportRun, Platform
from chengxin.subjects.vocabulary import shop_columns

Progress = Callable[[int, int], None]
MOST_BYTES = 20 * 1024 * 1024  # 50,000 rows of this table are about 12 MB as CSV
TOGETHER = 100  # rows in one transaction: 3 s at the measured 33 ms for a shop with its verification
AT_ONCE = 200  # rows that a person waits for at the page; more become a job
HELD = "subjects.held_sheet"


def import_shops(platform: Platform, file_name: str, content: bytes, actor: Actor | str, progress: Progress | None = None) -> ImportRun:
    """Import a sheet (xlsx, csv in UTF-8 or GB 18030). The same file again gives the first run and changes nothing.

    Each row stands alone: a bad one is refused whole, the others go in. Rows commit in hundreds, so that a long import does not hold the
    database; one that was killed is simply sent again, the rows that are in then count as unchanged. Raises TooLarge, FileTooHard,
    NotASheet, or WrongSheet when required columns are missing.
    """
    digest = hashlib.sha256(content).hexdigest()
    known = ImportRun.objects.filter(platform=platform, sha256=digest).first()
    return known or _import(_Sheet(platform, actor, progress), file_name, digest, _rows_of(content))


def import_or_queue(platform: Platform, file_name: str, content: bytes, actor: Actor | str) -> ImportRun | Job:
    """Import a small sheet at once; a larger one waits, encrypted, for the worker. The same sheet again is the same job."""
    digest = hashlib.sha256(content).hexdigest()
    known = ImportRun.objects.filter(platform=platform, sha256=digest).first()
    if known is not None:
        return known
    rows = _rows_of(content)
    if len(rows) <= AT_ONCE:
        return _import(_Sheet(platform, actor), file_name, digest, rows)
    path = held(digest)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_text(encrypt(base64.b64encode(content).decode(), HELD))
    return jobs.enqueue(
        "chengxin.subjects.tasks:import_held",
        title={"zh": f"导入网店：{file_name}", "en": f"Import shops: {file_name}"},
        owner=str(actor),
        key=f"subjects.import:{platform.code}:{digest}",
        platform=platform.code,
        file_name=file_name,
        digest=digest,
        actor=str(actor),
    )


def import_held(platform: Platform, file_name: str, digest: str, actor: str, progress: Progress | None = None) -> ImportRun:
    """Import what `import_or_queue` kept, then delete it."""
    path = held(digest)
    if not path.exists():
        return ImportRun.objects.get(platform=platform, sha256=digest)
    content = base64.b64decode(decrypt(path.read_text(), HELD))
    run = import_shops(platform, file_name, content, actor, progress)
    path.unlink(missing_ok=True)
    return run


def held(digest: str) -> Path:
    """Where a waiting sheet lies."""
    return Path(settings.FILES_DIR) / "shop-sheets" / digest


def _rows_of(content: bytes) -> list[dict[str, str]]:
    if len(content) > MOST_BYTES:
        raise TooLarge(most=MOST_BYTES // 1024 // 1024)
    table = jail.run("chengxin.subjects.sheets:read_rows", content, titles=sheets.heading_names())
    _check_columns(table["columns"])
    rows: list[dict[str, str]] = table["rows"]
    return rows


def import_rows(platform: Platform, rows: Sequence[Mapping[str, Any]], actor: Actor | str) -> ImportRun:
    """Import a batch that came by API, like a sheet; rows are numbered from 1. The same batch again gives the first run."""
    plain = [{name: "" if value is None else str(value) for name, value in row.items()} for row in rows]
    digest = hashlib.sha256(json.dumps(plain, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    numbered = [{"_row": str(number), **row} for number, row in enumerate(plain, start=1)]
    known = ImportRun.objects.filter(platform=platform, sha256=digest).first()
    return known or _import(_Sheet(platform, actor), "API", digest, numbered)


def _import(sheet: _Sheet, file_name: str, digest: str, rows: Sequence[Mapping[str, str]]) -> ImportRun:
    for start in range(0, len(rows), TOGETHER):
        with transaction.atomic():
            for row in rows[start : start + TOGETHER]:
                sheet.take(row)
        if sheet.progress:
            sheet.progress(min(start + TOGETHER, len(rows)), len(rows))
    with transaction.atomic(), locked(f"subjects.import:{sheet.platform.code}:{digest}"):
        known = ImportRun.objects.filter(platform=sheet.platform, sha256=digest).first()
        return known or sheet.close(file_name, digest)


def _check_columns(columns: Sequence[str]) -> None:
    missing = [column["zh"] for name, column in shop_columns().items() if column.get("required") and name not in columns]
    if missing:
        raise WrongSheet(reason_zh=f"缺少必填列：{'、'.join(missing)}", reason_en=f"required columns are missing: {', '.join(missing)}")


@dataclass
class _Sheet:
    """One import under way: what its rows came to, and the ids it has seen."""

    platform: Platform
    actor: Actor | str
    progress: Progress | None = None
    outcomes: Counter[str] = field(default_factory=Counter)
    problems: list[dict[str, Any]] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)

    def take(self, row: Mapping[str, str]) -> None:
        """Register one row in its own savepoint, or note why it is refused."""
        try:
            entry = entries.parse({name: value for name, value in row.items() if name != "_row"})
            self._not_twice(entry.shop_id, row["_row"])
            with transaction.atomic():
                self.outcomes[upsert_shop(self.platform, entry, self.actor).outcome] += 1
        except EntryRefused as error:
            self._refuse(row, error.data["problems"])
        except ChengxinError as error:
            if error.status >= 500:
                raise
            name = str(error.data.get("field") or _FIELD_OF.get(error.code, "shop_id"))
            self._refuse(row, [entries.problem_of(name, row.get(name, ""), error).as_data()])

    def _refuse(self, row: Mapping[str, str], problems: Sequence[Mapping[str, Any]]) -> None:
        self.outcomes["refused"] += 1
        self.problems += [{"row": int(row["_row"]), **problem} for problem in problems]

    def _not_twice(self, shop_id: str, row: str) -> None:
        first = self.seen.setdefault(shop_id, row)
        if first != row:
            said = vocabulary.refusal("row_twice")
            why = {lang: text.format(row=first) for lang, text in said["why"].items()}
            raise entries.refusal([entries.Problem("shop_id", shop_id, "row_twice", why, said["remedy"])])

    def close(self, file_name: str, digest: str) -> ImportRun:
        """Keep the run and its log entry."""
        run = ImportRun.objects.create(
            platform=self.platform,
            file_name=file_name[:200],
            sha256=digest,
            rows=self.outcomes.total(),
            accepted=self.outcomes["created"] + self.outcomes["changed"],
            unchanged=self.outcomes["unchanged"],
            refused=self.outcomes["refused"],
            row_errors=json.dumps(self.problems, ensure_ascii=False) if self.problems else "",
            made_at=clock.now(),
            made_by=str(self.actor),
        )
        data = {"import": str(run.pk), "sha256": digest, "rows": run.rows, "accepted": run.accepted, "refused": run.refused}
        audit.record("subjects.shops.imported", actor=str(self.actor), object=f"subjects.platform:{self.platform.code}", data=data)
        return run


# Refusals of the whole row are shown at the column a person has to look at.
_FIELD_OF = {
    "consumer_not_registrable": "kind",
    "identity_checks_failed": "verify_method",
    "second_person_needed": "second_verifier",
    "licence_of_another": "licence_no",
}


def error_sheet(run: ImportRun) -> bytes:
    """The refused fields of a run as xlsx: row, column, value, reason, remedy."""
    from chengxin.kernel.language import pick

    labels = shop_columns()
    heads = [pick(one) for one in _HEADS]
    rows = [
        [
            problem["row"],
            pick(labels[problem["field"]]) if problem["field"] in labels else problem["field"],
            problem["value"],
            pick(problem["why"]),
            pick(problem["remedy"]),
            problem["code"],
        ]
        for problem in problems_of(run)
    ]
    return sheets.write({pick({"zh": "差错", "en": "Errors"}): (heads, rows)})


def problems_of(run: ImportRun) -> list[dict[str, Any]]:
    """The refused fields of a run: row, field, value, code, why, remedy."""
    found: list[dict[str, Any]] = json.loads(run.row_errors) if run.row_errors else []
    return found


_HEADS = (
    {"zh": "行号", "en": "Row"},
    {"zh": "列", "en": "Column"},
    {"zh": "填写的值", "en": "Value"},
    {"zh": "原因", "en": "Reason"},
    {"zh": "如何更正", "en": "Remedy"},
    {"zh": "差错代码", "en": "Code"},
)
