"""Gate 6: a database superuser changes the log in every way we could think of, and each time it is found.

The superuser may drop triggers, write any row, and has kept every head the log ever signed. Not in reach: the signing key and the heads
kept outside the database (the file beside it, a witness).
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction

from chengxin.audit import actions, merkle, note, outside, protection, queries, tree, witness
from chengxin.audit.models import Cosignature, Leaf, Node, PersonalPart, SignedHead, Tip
from chengxin.kernel import clock

ROUNDS, NIGHTLY_ROUNDS = 80, 10_000
Chance = random.Random


class City:
    """A log with personal parts, kept heads, a witness and a file of heads; and all the tips the superuser has seen."""

    def __init__(self) -> None:
        self.tips: list[tuple[int, bytes, str]] = []
        self.watch = witness.Watch("witness.example/1", Ed25519PrivateKey.generate(), tree.log_keys()[0])
        actions.register_witness(self.watch.name, note.raw(self.watch.key.public_key()), actor="user:1")
        for number in range(12):
            self.write(number)
            self.keep_head(number % 4 == 3)

    def write(self, number: int) -> None:
        with transaction.atomic():
            entries = [actions.Entry("facts.batch.accepted", f"user:{at}", f"facts.batch:{number}", {"n": at}) for at in range(1, 4)]
            actions.record_many(entries)
            actions.record(
                "consumers.complaint.filed", actor="user:9", object=f"complaint:{number}", data={}, personal={"name": f"王{number}"}
            )
        self.tips.append(Tip.objects.values_list("size", "peaks", "note").get())

    def keep_head(self, witnessed: bool) -> None:
        head = actions.sign_head()
        outside.keep(head.note)  # as after the commit
        if witnessed:
            old = note.read(self.watch.seen).size if self.watch.seen else 0
            proof = queries.consistency(old, head.size) if old else []
            actions.add_cosignature(head.size, self.watch.observe(head.note, proof, clock.now()))


@pytest.fixture
def city(db: None) -> Iterator[City]:
    outside.path().unlink(missing_ok=True)
    tree._known_good[0] = ""
    with transaction.atomic():
        made = City()
        with connection.cursor() as cursor:
            protection.remove(cursor.execute, connection.vendor)
        yield made
        transaction.set_rollback(True)
    outside.path().unlink(missing_ok=True)


def bodies() -> list[str]:
    return list(Leaf.objects.order_by("index").values_list("body", flat=True))


def forged(chance: Chance) -> str:
    said = {"action": "lists.entry.removed", "actor": "user:1", "at": clock.now().isoformat(timespec="microseconds")}
    return json.dumps({**said, "data": {"n": chance.random()}, "object": "lists.entry:1", "personal_commitment": None}, sort_keys=True)


def leaf_of(index: int, body: str) -> Leaf:
    said = json.loads(body)
    at = datetime.fromisoformat(said["at"])
    return Leaf(
        index=index,
        action=said["action"],
        actor=said["actor"],
        object=said["object"],
        at=at,
        body=body,
        hash_name="sha-256",
        hash=merkle.leaf_hash(body.encode()),
    )


def rewrite(all_bodies: list[str]) -> None:
    """Make leaves, nodes, tip and kept heads fit these bodies; only the signature cannot be made."""
    old_parts = [(part.leaf.body, part.salt, part.content) for part in PersonalPart.objects.select_related("leaf")]
    for model in (Cosignature, SignedHead, PersonalPart, Node, Leaf):
        model.objects.all().delete()
    edge, nodes, leaves = merkle.Edge(), [], []
    for index, body in enumerate(all_bodies):
        leaves.append(leaf_of(index, body))
        nodes += [Node(id=level << tree.LEVEL_BITS | at, hash=made) for level, at, made in edge.append(bytes(leaves[-1].hash))]
    Leaf.objects.bulk_create(leaves)
    Node.objects.bulk_create(nodes)
    where = {leaf.body: leaf.index for leaf in leaves}
    PersonalPart.objects.bulk_create(
        PersonalPart(leaf_id=where[body], salt=salt, content=content) for body, salt, content in old_parts if body in where
    )
    forger = Ed25519PrivateKey.generate()
    head = note.sign(tree.origin(), edge.size, edge.root(), clock.now(), forger)
    Tip.objects.update(size=edge.size, peaks=b"".join(edge.peaks), note=head.note)


def any_leaf(chance: Chance) -> Leaf:
    return chance.choice(list(Leaf.objects.all()))


# ---- the attacks


def edits_a_body(chance: Chance, city: City) -> None:
    leaf = any_leaf(chance)
    Leaf.objects.filter(index=leaf.index).update(body=leaf.body.replace('"data":{', '"data":{"x":1,', 1))


def edits_a_column(chance: Chance, city: City) -> None:
    column = chance.choice(["action", "actor", "object"])
    Leaf.objects.filter(index=any_leaf(chance).index).update(**{column: "other:thing"})


def edits_a_time(chance: Chance, city: City) -> None:
    leaf = any_leaf(chance)
    Leaf.objects.filter(index=leaf.index).update(at=leaf.at + timedelta(days=1))


def edits_a_body_and_its_hash(chance: Chance, city: City) -> None:
    index, body = any_leaf(chance).index, forged(chance)
    fake = leaf_of(index, body)
    Leaf.objects.filter(index=index).update(body=body, hash=fake.hash, action=fake.action, actor=fake.actor, object=fake.object, at=fake.at)


def edits_a_stored_hash(chance: Chance, city: City) -> None:
    Leaf.objects.filter(index=any_leaf(chance).index).update(hash=chance.randbytes(32))


def edits_a_hash_name(chance: Chance, city: City) -> None:
    Leaf.objects.filter(index=any_leaf(chance).index).update(hash_name=chance.choice(["sm3", "md5"]))


def deletes_a_leaf(chance: Chance, city: City) -> None:
    index = any_leaf(chance).index
    PersonalPart.objects.filter(leaf_id=index).delete()
    Leaf.objects.filter(index=index).delete()


def swaps_two_leaves(chance: Chance, city: City) -> None:
    one, other = chance.sample(list(Leaf.objects.all()), 2)
    for leaf, body in ((one, other.body), (other, one.body)):
        fake = leaf_of(leaf.index, body)
        fields = {name: getattr(fake, name) for name in ("action", "actor", "object", "at", "body", "hash")}
        Leaf.objects.filter(index=leaf.index).update(**fields)


def inserts_a_leaf_at_the_end(chance: Chance, city: City) -> None:
    leaf_of(queries.size(), forged(chance)).save(force_insert=True)


def rewrites_everything_with_an_edit(chance: Chance, city: City) -> None:
    changed = bodies()
    changed[chance.randrange(len(changed))] = forged(chance)
    rewrite(changed)


def rewrites_everything_without_a_leaf(chance: Chance, city: City) -> None:
    changed = bodies()
    del changed[chance.randrange(len(changed))]
    rewrite(changed)


def rewrites_everything_with_an_insertion(chance: Chance, city: City) -> None:
    changed = bodies()
    changed.insert(chance.randrange(len(changed) + 1), forged(chance))
    rewrite(changed)


def rewrites_everything_with_a_swap(chance: Chance, city: City) -> None:
    changed = bodies()
    one, other = chance.sample(range(len(changed)), 2)
    changed[one], changed[other] = changed[other], changed[one]
    rewrite(changed)


def rolls_back(size: int, packed: bytes, text: str) -> None:
    rewrite(bodies()[:size])
    Tip.objects.update(size=size, peaks=packed, note=text)


def truncates_to_a_tip_the_log_really_signed(chance: Chance, city: City) -> None:
    rolls_back(*chance.choice(city.tips[:-1]))


def truncates_everything(chance: Chance, city: City) -> None:
    for model in (Cosignature, SignedHead, PersonalPart, Node, Leaf, Tip):
        model.objects.all().delete()


def rolls_back_and_lets_the_log_sign_another_history(chance: Chance, city: City) -> None:
    """Two heads: the one kept outside, and one that the log itself signs on a rolled-back database."""
    rolls_back(*chance.choice(city.tips[:-1]))
    tree._known_good[0] = ""
    while queries.size() < city.tips[-1][0]:
        with transaction.atomic():
            actions.record("lists.entry.removed", actor="user:1", object="lists.entry:1", data={"n": chance.random()})


def edits_a_node(chance: Chance, city: City) -> None:
    Node.objects.filter(id=chance.choice(list(Node.objects.all())).id).update(hash=chance.randbytes(32))


def deletes_a_node(chance: Chance, city: City) -> None:
    chance.choice(list(Node.objects.all())).delete()


def inserts_a_node(chance: Chance, city: City) -> None:
    Node.objects.create(id=chance.choice([1, 1 << 48 | 900, 9 << 48 | 1, 60 << 48]), hash=chance.randbytes(32))


def edits_the_tip(chance: Chance, city: City) -> None:
    tip = Tip.objects.get()
    if chance.random() < 0.5:
        Tip.objects.update(peaks=chance.randbytes(32) + bytes(tip.peaks)[32:])
    else:
        Tip.objects.update(note=tip.note.replace("2026", "2025").replace("\n48\n", "\n47\n"), size=tip.size - chance.randint(0, 1))


def edits_a_personal_part(chance: Chance, city: City) -> None:
    part = chance.choice(list(PersonalPart.objects.all()))
    part.content = '{"name":"somebody else"}'
    part.save()


def removes_a_personal_part_without_a_record(chance: Chance, city: City) -> None:
    chance.choice(list(PersonalPart.objects.all())).delete()


def moves_a_personal_part(chance: Chance, city: City) -> None:
    one, other = chance.sample(list(PersonalPart.objects.all()), 2)
    PersonalPart.objects.filter(id=one.id).update(salt=other.salt)


def edits_a_kept_head(chance: Chance, city: City) -> None:
    head = chance.choice(list(SignedHead.objects.all()))
    if chance.random() < 0.5:
        SignedHead.objects.filter(id=head.id).update(root=chance.randbytes(32))
    else:
        SignedHead.objects.filter(id=head.id).update(note=head.note.replace(f"\n{head.size}\n", f"\n{head.size + 1}\n"))


def edits_a_cosignature(chance: Chance, city: City) -> None:
    seal = chance.choice(list(Cosignature.objects.all()))
    Cosignature.objects.filter(id=seal.id).update(line=seal.line.replace(seal.line[-8:-4], "AAAA"))


ATTACKS: list[Callable[[Chance, City], None]] = [
    edits_a_body,
    edits_a_column,
    edits_a_time,
    edits_a_body_and_its_hash,
    edits_a_stored_hash,
    edits_a_hash_name,
    deletes_a_leaf,
    swaps_two_leaves,
    inserts_a_leaf_at_the_end,
    rewrites_everything_with_an_edit,
    rewrites_everything_without_a_leaf,
    rewrites_everything_with_an_insertion,
    rewrites_everything_with_a_swap,
    truncates_to_a_tip_the_log_really_signed,
    truncates_everything,
    rolls_back_and_lets_the_log_sign_another_history,
    edits_a_node,
    deletes_a_node,
    inserts_a_node,
    edits_the_tip,
    edits_a_personal_part,
    removes_a_personal_part_without_a_record,
    moves_a_personal_part,
    edits_a_kept_head,
    edits_a_cosignature,
]


def found_after(attack: Callable[[Chance, City], None], chance: Chance, city: City) -> list[str]:
    """What the self-check says after an attack; the attack is undone."""
    point = transaction.savepoint()
    try:
        attack(chance, city)
        tree._known_good[0] = ""
        return queries.self_check()
    finally:
        transaction.savepoint_rollback(point)
        tree._known_good[0] = ""


def test_an_untouched_log_has_no_fault(city: City) -> None:
    """The control: the gate would be worthless if the check always cried."""
    assert queries.self_check() == []


def test_every_tampering_is_found(city: City, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> None:
    rounds = NIGHTLY_ROUNDS if request.config.getoption("--nightly") else ROUNDS
    missed, began = [], time.perf_counter()
    for number in range(rounds):
        attack = ATTACKS[number % len(ATTACKS)]
        if not found_after(attack, Chance(number), city):
            missed.append(f"{attack.__name__} {number}")
    with capsys.disabled():
        seconds = time.perf_counter() - began
        print(f"\ngate 6 tamper: {rounds - len(missed)} of {rounds} found, {len(ATTACKS)} kinds, {seconds:.0f} s")
    assert missed == []


def test_the_first_bad_leaf_is_named(city: City) -> None:
    leaf = Leaf.objects.get(index=17)
    Leaf.objects.filter(index=17).update(body=leaf.body.replace('"data":{', '"data":{"x":1,', 1))
    assert queries.self_check()[0].startswith("leaf [17]")


def test_two_heads_are_evidence_at_the_witness(city: City) -> None:
    seen = note.read(city.watch.seen)
    rolls_back_and_lets_the_log_sign_another_history(Chance(1), city)
    shown = queries.head()
    with pytest.raises(witness.Contradiction) as caught:
        city.watch.observe(shown.note, queries.consistency(min(seen.size, shown.size), shown.size), clock.now())
    assert note.signed_by_log(caught.value.seen, tree.log_keys())
    assert note.signed_by_log(caught.value.shown, tree.log_keys())


# ---- the twins: each protection off, the attack it stops goes through


def test_without_signatures_a_rewritten_log_is_not_found(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    def attack(chance: Chance, city: City) -> None:
        changed = bodies()
        changed[5] = forged(chance)
        rewrite(changed)

    assert found_after(attack, Chance(1), city)
    monkeypatch.setattr(note, "signed_by_log", lambda text, keys: True)
    monkeypatch.setattr(outside, "kept", lambda: [])
    assert found_after(attack, Chance(1), city) == []


def test_without_heads_outside_the_database_a_rollback_is_not_found(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found_after(truncates_to_a_tip_the_log_really_signed, Chance(3), city)
    monkeypatch.setattr(outside, "kept", lambda: [])
    assert found_after(truncates_to_a_tip_the_log_really_signed, Chance(3), city) == []


def test_without_commitments_a_changed_personal_part_is_not_found(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    from chengxin.audit import selfcheck

    assert found_after(edits_a_personal_part, Chance(1), city)
    monkeypatch.setattr(selfcheck, "_personal", lambda walk: None)
    assert found_after(edits_a_personal_part, Chance(1), city) == []


def test_without_triggers_anybody_with_sql_edits_the_log(city: City) -> None:
    """What the triggers add: the fixture removed them, and an UPDATE goes through (the log's own tests show the refusal)."""
    changed = Leaf.objects.filter(index=1).update(actor="user:2")
    assert changed == 1
