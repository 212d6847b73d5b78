"""Gate 5: while the log cannot be written, no state changes and no personal data is read; not even when the caller swallows the error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from chengxin.audit import actions, protection, queries, tree
from chengxin.audit.models import Leaf, Tip
from chengxin.jobs import outbox
from chengxin.jobs.models import Job, Outbox
from chengxin.jobs.tests import roads
from chengxin.kernel import clock, encryption

pytestmark = pytest.mark.django_db(transaction=True)


def change() -> None:
    """A small official act: a row, an event and the leaf, in one transaction."""
    with transaction.atomic():
        row()
        outbox.emit(roads.Followed(1))
        actions.record("audit.gate.changed", actor="user:1", object="audit.gate:1", data={})


def change_logged_first() -> None:
    """The same with the leaf before the change."""
    with transaction.atomic():
        actions.record("audit.gate.changed", actor="user:1", object="audit.gate:1", data={})
        row()


def change_and_swallow() -> None:
    """A careless caller that goes on when the log fails."""
    with transaction.atomic():
        row()
        try:
            actions.record("audit.gate.changed", actor="user:1", object="audit.gate:1", data={})
        except Exception:
            return


def read() -> str:
    """A read of personal data: the trace first, then the data."""
    with transaction.atomic():
        actions.record_read("user:1", "subjects.person:1", ["phone"], "gate")
        return "13900000000"


def row() -> None:
    Job.objects.create(target="gate:1", title_zh="门", title_en="Gate", owner="user:1", run_at=clock.now() + timedelta(days=9))


@contextmanager
def no_insert(table: str = "audit_leaf") -> Iterator[None]:
    """The database refuses new rows of a table."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"CREATE TRIGGER gate BEFORE INSERT OR UPDATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()")
        else:
            for act in ("INSERT", "UPDATE"):
                cursor.execute(f"CREATE TRIGGER gate_{act} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            names = ["gate"] if connection.vendor == "postgresql" else ["gate_INSERT", "gate_UPDATE"]
            for name in names:
                cursor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))


@contextmanager
def no_key() -> Iterator[None]:
    """The signing key cannot be read."""

    def gone(name: str) -> Any:
        raise PermissionError("keys/sign_log.key")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encryption, "signing_key", gone)
        yield


@contextmanager
def forged_tip() -> Iterator[None]:
    """Somebody wrote another end of the log."""
    kept = Tip.objects.get()
    with protection.lifted():
        Tip.objects.update(note=kept.note.replace("\n1\n", "\n2\n"), size=2)
    yield
    with protection.lifted():
        Tip.objects.update(note=kept.note, size=kept.size)


@contextmanager
def no_table() -> Iterator[None]:
    """The log's table is gone."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_leaf RENAME TO audit_away")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_away RENAME TO audit_leaf")


BREAKS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "leaves cannot be written": no_insert,
    "nodes cannot be written": lambda: no_insert("audit_node"),
    "the tip cannot be written": lambda: no_insert("audit_tip"),
    "the key is gone": no_key,
    "the tip is forged": forged_tip,
    "the table is gone": no_table,
}
ACTS = [change, change_logged_first, change_and_swallow, read]


@pytest.fixture(autouse=True)
def one_leaf() -> None:
    tree._known_good[0] = ""
    with transaction.atomic():
        actions.record("audit.gate.began", actor="user:1", object="audit.gate:0", data={})


def passed(act: Callable[[], Any]) -> bool:
    """Whether an act got through: it changed a row, emitted, or gave data out."""
    try:
        with transaction.atomic():
            answer = act()
    except Exception:
        answer = None
    return bool(answer) or Job.objects.exists() or Outbox.objects.exists()


def test_nothing_passes_while_the_log_is_unwritable(capsys: pytest.CaptureFixture[str]) -> None:
    through, tried = [], 0
    for name, broken in BREAKS.items():
        for act in ACTS:
            with broken():
                tried += 1
                if passed(act):
                    through.append(f"{act.__name__} while {name}")
    with capsys.disabled():
        print(f"\ngate 5 audit fails closed: {len(through)} of {tried} acts passed")
    assert through == []
    assert queries.self_check() == []


def test_it_heals_by_itself_when_the_log_can_be_written_again() -> None:
    with no_insert():
        assert not passed(change)
    for act in ACTS:
        assert passed(act)
        Job.objects.all().delete()
        Outbox.objects.all().delete()
    assert Leaf.objects.count() == 5
    assert queries.self_check() == []


def test_without_the_rollback_mark_a_careless_caller_gets_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: what `set_rollback` in the log's writer is for."""
    with no_key():
        assert not passed(change_and_swallow)
        monkeypatch.setattr(actions.transaction, "set_rollback", lambda value: None)
        assert passed(change_and_swallow)


def test_an_act_that_forgets_the_log_gets_through() -> None:
    """The twin of the gate itself: it can tell an act that passes."""
    with no_insert():
        assert passed(row)
