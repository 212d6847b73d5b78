"""One pass of the road in small, for faults at every step: a batch comes in, a run finds, a clue opens, an officer keeps an exhibit and
dismisses. Says each acknowledgement the moment it has it; sent again it finds what is done and does the rest.

What a pass needs before it is made once by `prepare` and copied. The files `tracing.py` (one process under strace), `syscall_faults.py`
and `power_cut.py` walk it.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.gates import tracing

Say = Callable[[str], None]
ACTOR = "system:fault"
EXHIBIT = b"price tag, photographed " * 400
KINDS = ("order", "price")
PLATFORM = "yangliyun"  # the smallest platform: its prices are what the pass reports
DETECTORS = ["price_fraud"]


def prepare() -> None:
    """The city with every report but the last one, in the data directory, whose tables are there."""
    from django.conf import settings
    from django.db import transaction

    from chengxin import city
    from chengxin.accounts import actions as accounts
    from chengxin.city.sizes import Recipe
    from chengxin.facts import actions as facts
    from chengxin.jobs import outbox
    from chengxin.subjects import actions as subjects
    from chengxin.supervision.tests import town

    accounts.load_departments()
    with transaction.atomic():
        town.person("officer", "officer", department="SAMR")
    folder = Path(settings.DATA_DIR) / "city"
    recipe = Recipe(events=1_500, seed=3, prevalence=0.2, levels=(0, 1), start=date(2026, 3, 1), days=60, chunks=1)
    city.write(folder, recipe=recipe)
    for path in city.batches(folder):
        subjects.register_platform(path.parent.name, path.parent.name, ACTOR)
    wanted = [path for path in city.batches(folder) if path.stem in KINDS]
    (last,) = [path for path in wanted if (path.parent.name, path.stem) == (PLATFORM, "price")]
    for path in wanted:
        if path != last:
            facts.accept_batch(path.parent.name, path.stem, path, "parquet", ACTOR)
    outbox.deliver_all()
    (Path(settings.DATA_DIR) / "last.arrow").write_bytes(_arrow(last))


def make_base(data: Path) -> None:
    """`prepare` once, in a process of its own, and a copy beside the folder to begin from."""
    base = data.with_name(data.name + ".base")
    if base.exists():
        return
    said, _ = tracing.child(lambda say: prepare())
    assert not said, said
    shutil.rmtree(data / "city", ignore_errors=True)
    shutil.copytree(data, base)


def _arrow(path: Path) -> bytes:
    """The batch as the road takes it: Arrow needs no parser of its own process, which would only be waited for."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    out = io.BytesIO()
    with pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue()


def preload() -> None:
    """Import, without using, what a pass needs."""
    rooms = ("facts.actions", "facts.intake", "facts.recovery", "detection.actions", "detection.tasks", "supervision.tasks")
    for module in (*rooms, "supervision.actions", "evidence.actions", "audit.queries", "detectors.price_fraud.detector"):
        import_module(f"chengxin.{module}")


def modules(say: Say) -> None:
    """Says which modules a pass imports on its way, so that a parent that never walks can hold them ready for its children."""
    before = set(sys.modules)
    walk(lambda line: None)
    broken_promises([])
    for name in sorted(set(sys.modules) - before):
        say(name)


def preload_all() -> None:
    """`preload`, and what a pass imports on its way."""
    for name in tracing.child(modules)[0]:
        with suppress(ImportError):
            import_module(name)


def walk(say: Say) -> None:
    """The pass. Every step is safe to send again."""
    from django.conf import settings

    from chengxin.accounts import actor as actors
    from chengxin.accounts.models import User
    from chengxin.detection import actions as detection
    from chengxin.facts import actions as facts
    from chengxin.jobs import outbox
    from chengxin.supervision import actions as desk
    from chengxin.supervision.models import Clue

    source = (Path(settings.DATA_DIR) / "last.arrow").read_bytes()
    receipt = facts.accept_batch(PLATFORM, "price", source, "arrow", ACTOR)
    say(f"receipt {receipt.id}")
    outbox.deliver_all()
    run = detection.run(DETECTORS, detection.window_of(), ACTOR)
    say(f"run {run.id}")
    outbox.deliver_all()
    officer = actors.of_user(User.objects.get(username="officer"))
    clue = Clue.objects.filter(department="SAMR").order_by("number").first()
    if clue is None:
        raise LookupError("the pass opened no clue")
    say(f"clue {clue.id}")
    _keep_exhibit(officer, clue, say)
    if clue.state == "OPENED":
        clue = desk.start_check(officer, clue.id)
        say(f"step {clue.id} start_check")
    if clue.state == "CHECKING":
        desk.dismiss(officer, clue.id, "other", "核对票据后为正常促销")
        say(f"step {clue.id} dismiss")
    outbox.deliver_all()


def _keep_exhibit(officer: object, clue: object, say: Say) -> None:
    from chengxin.evidence import actions as evidence
    from chengxin.evidence.models import Exhibit

    matter = f"supervision.clue:{clue.id}"  # type: ignore[attr-defined]
    if Exhibit.objects.exists():
        return
    about = {"how": "extracted"}
    made = evidence.keep(officer, matter, "SAMR", "4", "价签照片", EXHIBIT, content_type="text/plain", about=about)  # type: ignore[arg-type]
    say(f"exhibit {made.pk}")


def broken_promises(acknowledged: Sequence[str]) -> list[str]:
    """What does not hold after recovery: each line of what was acknowledged, the files of the lake, single clues and facts, the log."""
    from chengxin.detection.models import Run
    from chengxin.facts import queries as facts
    from chengxin.facts import recovery
    from chengxin.facts.models import Receipt
    from chengxin.supervision.models import Clue

    recovery.recover()
    broken = []
    models: dict[str, Any] = {"receipt": Receipt, "run": Run, "clue": Clue}
    for line in acknowledged:
        word, number, *rest = line.split()
        if word in models and not models[word].objects.filter(pk=number).exists():
            broken.append(f"{word} {number} is lost")
        if word == "step":
            broken += _lost_step(number, rest[0])
        if word == "exhibit":
            broken += _lost_exhibit(number)
    return broken + [f"lake: {line}" for line in facts.check_lake()] + _files() + _singles() + _log()


def _lost_step(clue: str, action: str) -> list[str]:
    from chengxin.audit.models import Leaf
    from chengxin.supervision.models import ClueStep

    done = {"start_check": "check_started", "dismiss": "dismissed"}[action]
    rows = ClueStep.objects.filter(clue_id=clue, action=action).count()
    leaves = Leaf.objects.filter(object=f"supervision.clue:{clue}", action=f"supervision.clue.{done}").count()
    return [] if rows == leaves == 1 else [f"step {action} is there {rows} times with {leaves} entries of the log"]


def _lost_exhibit(number: str) -> list[str]:
    from chengxin.kernel import vault
    from chengxin.kernel.errors import ChengxinError

    try:
        kept = vault.read("evidence", number)
    except ChengxinError:
        return [f"exhibit {number} is lost"]
    return [] if hashlib.sha256(kept).digest() == hashlib.sha256(EXHIBIT).digest() else [f"exhibit {number} is another file"]


def _files() -> list[str]:
    from django.conf import settings

    from chengxin.facts.models import Segment

    lake = Path(settings.LAKE_DIR)
    owned = {lake / path for path in Segment.objects.filter(replaced_at=None).values_list("path", flat=True)}
    found = {path for path in lake.rglob("*.parquet") if not {"temp", "quarantine"} & set(path.parts)}
    return [f"file {path.name} belongs to nobody" for path in found - owned]


def _singles() -> list[str]:
    from chengxin.evidence.models import Exhibit
    from chengxin.facts import lake, queries
    from chengxin.facts.models import Receipt
    from chengxin.supervision.models import Clue, ClueStep

    broken = []
    with lake.connect(queries.snapshot(list(KINDS)), memory_mb=256, threads=1) as connection:
        for kind in KINDS:
            rows, single = connection.execute(f'SELECT count(*), count(DISTINCT fact) FROM "{kind}"').fetchone() or (0, 0)
            broken += [f"{rows - single} {kind} facts are doubled"] if rows != single else []
    rows_of = {
        "clues": Clue.objects.values_list("key", flat=True),
        "receipts": Receipt.objects.values_list("identity", flat=True),
        "steps": ClueStep.objects.exclude(action="see_again").values_list("clue", "action"),
        "exhibits": Exhibit.objects.values_list("matter_id", flat=True),
    }
    for name, values in rows_of.items():
        listed = list(values)
        broken += [f"{name} are doubled"] if len(listed) != len(set(listed)) else []
    return broken


def _log() -> list[str]:
    from chengxin.audit import queries as audit

    return audit.self_check()


def tally() -> dict[str, int]:
    """How much there is of what may be neither lost nor doubled."""
    from chengxin.evidence.models import Exhibit
    from chengxin.facts.models import Receipt, Segment
    from chengxin.supervision.models import Clue, ClueStep

    counted = {"receipts": Receipt, "segments": Segment, "clues": Clue, "exhibits": Exhibit}
    steps = ClueStep.objects.exclude(action="see_again").count()  # a later run that finds the same again says so each time
    return {**{name: model.objects.count() for name, model in counted.items()}, "steps": steps}  # type: ignore[attr-defined]
