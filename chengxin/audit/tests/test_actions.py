"""Writing the log: in the caller's transaction or not at all, for good, and never with a person inside a leaf."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chengxin.audit import actions, merkle, note, queries, tree, witness
from chengxin.audit.errors import LogUnwritable, NoSuchLeaf, NoSuchSize, NotCanonical, NotWitnessed
from chengxin.audit.models import Leaf, PersonalPart, SignedHead, Tip
from chengxin.kernel import clock, encryption

Write = Callable[[int], None]
ENTRY = {"actor": "user:1", "object": "audit.test:1", "data": {"n": 1}}


def test_a_leaf_is_the_hash_of_its_canonical_body(write: Write) -> None:
    with transaction.atomic():
        leaf = actions.record("audit.test.written", actor="user:1", object="audit.test:1", data={"b": 2, "a": "诚"})
    body = json.loads(leaf.body)
    assert leaf.index == 0
    assert body["data"] == {"a": "诚", "b": 2}
    assert list(body) == ["action", "actor", "at", "data", "object", "personal_commitment"]
    assert bytes(leaf.hash) == hashlib.sha256(b"\0" + leaf.body.encode()).digest()
    assert queries.head().root == bytes(leaf.hash)


def test_outside_a_transaction_nothing_is_recorded(transactional_db: None) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        actions.record("audit.test.written", **ENTRY)


def test_a_rolled_back_transaction_leaves_no_leaf(write: Write) -> None:
    write(2)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.record("audit.test.written", **ENTRY)
        raise ZeroDivisionError
    write(1)
    assert queries.size() == 3
    assert queries.self_check() == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 40), min_size=1, max_size=4), st.data())
def test_the_stored_tree_gives_the_roots_and_proofs_of_the_whole_tree(write: Write, batches: list[int], data: st.DataObject) -> None:
    with transaction.atomic():
        for number in batches:
            actions.record_many([actions.Entry("audit.test.written", "user:1", "audit.test:1", {"n": at}) for at in range(number)])
        size = queries.size()
        edge = merkle.Edge()
        for leaf in Leaf.objects.order_by("index"):
            edge.append(bytes(leaf.hash))
        assert queries.head().root == edge.root() == queries.root_at(size)
        index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
        assert merkle.inclusion_holds(index, size, bytes(queries.leaf(index).hash), queries.proof(index).hashes, edge.root())
        assert merkle.consistency_holds(old, size, queries.root_at(old), edge.root(), queries.consistency(old, size))
        assert queries.self_check() == []
        transaction.set_rollback(True)


def test_what_is_not_json_is_refused_and_the_transaction_with_it(write: Write) -> None:
    for value in (float("nan"), {1, 2}, b"x", "\ud800"):
        with pytest.raises(NotCanonical), transaction.atomic():
            actions.record("audit.test.written", actor="user:1", object="audit.test:1", data={"x": value})
    assert queries.size() == 0


@pytest.mark.parametrize("wrong", [{"action": "Nonsense"}, {"actor": "zhang"}, {"object": "x" * 200 + ":1"}])
def test_names_that_nobody_could_find_are_refused(write: Write, wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="is not"), transaction.atomic():
        actions.record(**{"action": "audit.test.written", **ENTRY, **wrong})


def test_the_database_itself_refuses_to_change_the_log(write: Write) -> None:
    write(3)
    actions.sign_head()
    for sql in (
        "UPDATE audit_leaf SET actor = 'user:2'",
        "DELETE FROM audit_leaf",
        "UPDATE audit_node SET hash = hash",
        "DELETE FROM audit_node",
        "DELETE FROM audit_signedhead",
        "UPDATE audit_tip SET size = 1",
        "DELETE FROM audit_tip",
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_insert_or_replace_does_not_get_round_the_triggers(write: Write) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite only")
    write(3)
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute('INSERT OR REPLACE INTO audit_leaf SELECT * FROM audit_leaf WHERE "index" = 1')


def test_a_forged_tip_is_never_signed_on(write: Write) -> None:
    """Twin of the append: whoever rewrites everything in the database must not get the log to sign it."""
    write(5)
    from chengxin.audit import protection

    tip = Tip.objects.get()
    with protection.lifted():
        Tip.objects.update(note=tip.note.replace("\n5\n", "\n4\n"), size=4)
    with pytest.raises(LogUnwritable), transaction.atomic():
        actions.record("audit.test.written", **ENTRY)


def test_a_personal_part_is_outside_the_leaf_and_can_be_erased(write: Write) -> None:
    write(3)
    with transaction.atomic():
        leaf = actions.record("audit.test.filed", **ENTRY, personal={"name": "王某", "phone": "13900000000"})
    write(3)
    part = PersonalPart.objects.get()
    assert "王某" not in leaf.body
    assert queries.personal_of(leaf.index) == {"name": "王某", "phone": "13900000000"}
    before = queries.head()
    actions.forget(part.id, actor="user:1", reason="withdrawn")
    actions.forget(part.id, actor="user:1", reason="withdrawn")
    assert queries.personal_of(leaf.index) is None
    assert queries.self_check() == []
    now = queries.head()
    assert merkle.inclusion_holds(leaf.index, now.size, bytes(leaf.hash), queries.proof(leaf.index).hashes, now.root)
    assert merkle.consistency_holds(before.size, now.size, before.root, now.root, queries.consistency(before.size, now.size))
    assert not PersonalPart.objects.exists()


def test_the_personal_part_is_encrypted_at_rest(write: Write) -> None:
    with transaction.atomic():
        actions.record("audit.test.filed", **ENTRY, personal={"name": "王某"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM audit_personalpart")
        assert "王某" not in cursor.fetchone()[0]


def test_a_personal_part_that_vanishes_without_a_record_is_found(write: Write) -> None:
    with transaction.atomic():
        leaf = actions.record("audit.test.filed", **ENTRY, personal={"name": "王某"})
    PersonalPart.objects.all().delete()
    assert queries.self_check()[0].startswith(f"personal [{leaf.index}]")


def test_a_page_that_only_reads_needs_no_transaction_of_its_own(transactional_db: None) -> None:
    actions.record_read("user:7", "subjects.person:1", ["phone"], "complaint 12")
    assert len(queries.reads_of("subjects.person:1")) == 1


def test_the_subject_reads_who_has_read(write: Write) -> None:
    with transaction.atomic():
        actions.record_read("user:7", "subjects.person:1", ["phone", "name"], "complaint 12")
        actions.record_read("user:8", "subjects.person:2", ["name"], "other")
    read = queries.reads_of("subjects.person:1")
    assert [(one.actor, one.fields, one.purpose) for one in read] == [("user:7", ["name", "phone"], "complaint 12")]


def test_sm3_leaves_and_sha256_leaves_live_in_one_log(write: Write, settings: object) -> None:
    write(3)
    settings.LOG_HASH = "sm3"
    write(4)
    assert list(Leaf.objects.order_by("index").values_list("hash_name", flat=True)) == ["sha-256"] * 3 + ["sm3"] * 4
    assert queries.self_check() == []


def test_a_head_is_kept_once_and_its_signature_holds(write: Write, django_capture_on_commit_callbacks: Callable[..., object]) -> None:
    write(5)
    with django_capture_on_commit_callbacks(execute=True):
        first, second = actions.sign_head(), actions.sign_head()
    assert first.id == second.id
    assert note.signed_by_log(first.note, tree.log_keys())
    assert not note.signed_by_log(first.note.replace("\n5\n", "\n6\n"), tree.log_keys())
    from chengxin.audit import outside

    assert outside.kept() == [first.note]


def test_a_head_that_did_not_reach_the_file_is_written_by_the_next_call(
    write: Write, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    from chengxin.audit import outside

    write(3)
    first = actions.sign_head()  # the process dies after the commit: no callback runs
    assert outside.kept() == []
    with django_capture_on_commit_callbacks(execute=True):
        actions.sign_head()
    assert outside.kept() == [first.note]


def test_a_rolled_back_head_is_not_kept_outside(write: Write, django_capture_on_commit_callbacks: Callable[..., object]) -> None:
    from chengxin.audit import outside

    write(5)
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.sign_head()
        raise ZeroDivisionError
    assert outside.kept() == []


def test_a_witness_signs_what_continues_and_keeps_the_evidence_of_what_does_not(write: Write) -> None:
    key = Ed25519PrivateKey.generate()
    log_key = tree.log_keys()[0]
    watch = witness.Watch("witness.example/1", key, log_key)
    write(3)
    first = actions.sign_head()
    line = watch.observe(first.note, [], clock.now())
    actions.register_witness(watch.name, note.raw(key.public_key()), actor="user:1")
    actions.add_cosignature(3, line)
    write(5)
    second = actions.sign_head()
    assert watch.observe(second.note, queries.consistency(3, second.size), clock.now())
    forged = tree.signed(second.size, b"\1" * 32, clock.now())
    with pytest.raises(witness.Contradiction) as caught:
        watch.observe(forged.note, [], clock.now())
    assert caught.value.seen == second.note
    assert queries.self_check() == []
    with pytest.raises(NotWitnessed):
        actions.add_cosignature(second.size, line)
    with pytest.raises(NotWitnessed):
        actions.register_witness(watch.name, b"\0" * 32, actor="user:1")
    assert SignedHead.objects.get(size=3).cosignatures.count() == 1


def test_an_old_key_still_proves_its_heads_after_a_change_of_key(write: Write, settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    write(3)
    actions.sign_head()
    old = encryption.public_key_hex("log")
    new = Ed25519PrivateKey.generate()
    monkeypatch.setattr(encryption, "signing_key", lambda name: new)
    assert any(fault.startswith(("tip", "head")) for fault in queries.self_check())
    settings.LOG_OLD_KEYS = [old]
    write(2)
    assert queries.self_check() == []


def test_questions_outside_the_log_have_a_clear_answer(write: Write) -> None:
    write(2)
    for index in (-1, 2, 1 << 60):
        with pytest.raises(NoSuchLeaf):
            queries.proof(index)
        with pytest.raises(NoSuchLeaf):
            queries.leaf(index)
    for old, new in ((0, 1), (2, 3), (2, 1)):
        with pytest.raises(NoSuchSize):
            queries.consistency(old, new)
