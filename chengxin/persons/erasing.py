"""What of a person may go and what has to stay, and doing it. The plan is a dry run of the same code: it counts and changes nothing."""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache as memory
from django.db import models, transaction

from chengxin.audit import actions as audit
from chengxin.audit import forgetting
from chengxin.cases.models import Case
from chengxin.facts import erasing as lake
from chengxin.insiders.models import Mailbox
from chengxin.kernel.encryption import TOKEN_MASK
from chengxin.persons import emptying, finding, holding
from chengxin.persons.finding import Found, Hit
from chengxin.persons.models import PERSON, Forgotten
from chengxin.persons.person import Person, dresses, masked
from chengxin.persons.stores import HERE, MARK, Store, matters, stores
from chengxin.records.models import Record
from chengxin.subjects.models import IndexedName

ASKED = "a person asked for erasure"
SKIP: tuple[str, ...] = ()  # tests leave a store out to show that the search for leftovers sees it


@dataclass
class Plan:
    """What goes, and what stays with its ground. `weak`: rows where only the name stands, left unless the officer takes them."""

    go: list[Hit] = field(default_factory=list)
    stay: list[tuple[Hit, Mapping[str, str]]] = field(default_factory=list)
    weak: list[Hit] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    facts: list[lake.Place] = field(default_factory=list)
    facts_stay: list[lake.Place] = field(default_factory=list)
    sessions: list[str] = field(default_factory=list)
    mailboxes: list[Any] = field(default_factory=list)
    in_log: int = 0

    def counts(self) -> dict[str, int]:
        """Table or place -> how many go."""
        found = Counter(hit.label for hit in self.go)
        more = {"files": len(self.files), "facts": sum(one.rows for one in self.facts), "sessions": len(self.sessions)}
        return {**found, **{name: many for name, many in {**more, "insiders": len(self.mailboxes)}.items() if many}}

    def kept(self) -> list[dict[str, Any]]:
        """What stays: table, number of rows, provision and words."""
        found: Counter[tuple[str, str]] = Counter()
        said: dict[tuple[str, str], Mapping[str, str]] = {}
        more = [(one.kind, _ground("frozen")) for one in self.facts_stay] + ([("audit.Leaf", _ground("log"))] if self.in_log else [])
        for label, ground in [*((hit.label, ground) for hit, ground in self.stay), *more]:
            found[label, ground["zh"]] += 1
            said[label, ground["zh"]] = ground
        return [{"store": label, "rows": many, **said[label, zh]} for (label, zh), many in sorted(found.items())]


def plan(person: Person, *, with_names: bool = False) -> Plan:
    """Sort every place of a person into what goes and what stays."""
    found = finding.find(person)
    loose = [one for one in found.files if _is_ours(one)]
    made = Plan(files=loose, sessions=found.sessions, mailboxes=found.mailboxes, in_log=found.in_log)
    for hit in found.rows.values():
        ground = why_kept(hit)
        if ground is not None:
            made.stay.append((hit, ground))
        elif hit.sure or hit.whole or with_names:
            made.go.append(hit)
        else:
            made.weak.append(hit)
    _sort_lake(found, made)
    return made


def _is_ours(path: Path) -> bool:
    """Whether a file goes by itself: a waiting sheet, an exchanged file, an image; exhibits go with their rows."""
    return path.parent != Path(settings.FILES_DIR) / "evidence" or len(path.name) == hashlib.sha256().digest_size * 2


def _sort_lake(found: Found, made: Plan) -> None:
    """Segments that an open clue or case rests on stay; those that only a past run of detectors read are written anew."""
    for place in found.lake:
        evidence = [one for one in place.held_by if not one.startswith("detection.")]
        (made.facts_stay if evidence else made.facts).append(place)


# ---- what stays


def _ground(name: str) -> Mapping[str, str]:
    """A ground of kept.yaml by its name."""
    return next({word: one[word] for word in ("provision", "zh", "en")} for one in _kept_tables() if one.get("name") == name)


def why_kept(hit: Hit) -> Mapping[str, str] | None:
    """The ground on which a row stays, None when it may go."""
    store = stores().get(hit.label)
    if store is not None and holding.is_held(store, hit.key):
        return _ground("hand")
    if store is not None and hit.whole:
        return _why_store(store, hit)
    for line in _kept_tables():
        if any(hit.label == name or (name.endswith(".") and hit.label.startswith(name)) for name in line.get("of", ())):
            return {name: line[name] for name in ("provision", "zh", "en")}
    return store.keep if store is not None else None


def _why_store(store: Store, hit: Hit) -> Mapping[str, str] | None:
    if store.keep is not None:
        return store.keep
    row = store.table._base_manager.get(pk=hit.key)
    if store.root is not None and store.root.endswith("matter"):
        return _why_matter(store, row)
    if hit.label.startswith("subjects.") or store.subject:
        subject = row.pk if hit.label == "subjects.Subject" else _at(row, store.subject)
        if subject is not None and hit.label.startswith("subjects."):
            return _why_subject(subject)
    return _ground("open") if _is_open(store, row) else None


def _why_matter(store: Store, row: Any) -> Mapping[str, str] | None:
    """Papers and exhibits: those of a penalty stay; those of an open complaint stay until it is closed."""
    named = row if store.root == "matter" else _at(row, str(store.root).removesuffix("__matter"))
    matter = matters().get(named.matter_kind)
    if matter is None or matter.keep:
        return _ground("file")
    ended = apps.get_model(matter.model)._base_manager.filter(pk=named.matter_id).values_list(matter.ended, flat=True).first()
    return None if ended else _ground("open")


def _why_subject(subject: Any) -> Mapping[str, str] | None:
    key = getattr(subject, "pk", subject)
    if Case.objects.filter(subject=key, ended_at__isnull=True).exists():
        return _ground("open")
    return _ground("penalty") if Record.objects.filter(subject=key).exists() or Case.objects.filter(subject=key).exists() else None


def _is_open(store: Store, row: models.Model) -> bool:
    """Whether the matter goes on: its end is not written anywhere."""
    if store.since in ("account", "leaf", "subject"):
        return False
    if any(getattr(row, column) not in wanted for column, wanted in store.done.items()):
        return True
    return bool(store.root is not None) and not store.done and all(_at(row, path) is None for path in store.since.split("|"))


def _at(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name, None)
    return row


@cache
def _kept_tables() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.load((HERE / "kept.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return found


# ---- doing it


def carry_out(made: Plan, person: Person, *, actor: str, number: str) -> dict[str, Any]:
    """Do a plan, one transaction for all rows, then files and the lake. Returns what the request's outcome says."""
    reason = f"{ASKED}: {number}"
    with transaction.atomic():
        _rows(made, person, actor, reason)
        _others(made)
        data = {"request": number, "gone": made.counts(), "kept": len(made.stay) + len(made.facts_stay)}
        audit.record("persons.person.erased", actor=actor, object=f"persons.request:{number}", data=data)
    _files(made, actor, reason)
    if made.facts and "lake" not in SKIP:
        lake.erase(made.facts, person.wanted, actor=actor, reason=reason)
        emptying.remember_now([{"facts": list(one.facts), "kind": one.kind, "why": PERSON} for one in made.facts])
    memory.clear()
    return {"gone": made.counts(), "kept": made.kept(), "left": len(made.weak), "in_log": made.in_log}


def _rows(made: Plan, person: Person, actor: str, reason: str) -> None:
    worn, tokens = dresses(person), _other_tokens(person)
    whole: dict[str, list[Any]] = {}
    for hit in made.go:
        if hit.label in SKIP:
            continue
        if hit.whole or hit.label == "audit.PersonalPart":
            whole.setdefault(hit.label, []).append(hit.key)
        else:
            _mask(hit, worn, tokens, actor, reason)
    for label, keys in whole.items():
        emptying.empty(stores()[label], keys, why=PERSON, actor=actor, reason=reason)
    for hit in made.go:  # the plain words of whole rows too: a name in a title
        if hit.whole and hit.label not in SKIP and hit.label != "audit.PersonalPart":
            _mask(hit, worn, tokens, actor, reason)


def _mask(hit: Hit, worn: list[Any], tokens: Mapping[int, int], actor: str, reason: str) -> None:
    """Take the person's words out of the columns of one row."""
    row = hit.model._base_manager.filter(pk=hit.key).first()
    if row is None or isinstance(row, IndexedName):  # made from the register, made anew with it
        return
    before = {name: getattr(row, name) for name in sorted(hit.columns)}
    after = {name: _mask_text(value, worn, tokens) for name, value in before.items()}
    changed = {name: value for name, value in after.items() if value != before[name]}
    if changed:
        forgetting.rewrite(row, changed, actor=actor, reason=reason)
        emptying.index_again(row)
        emptying.remember([{"store": hit.label, "row": str(hit.key), "columns": sorted(changed), "why": PERSON}])


def _mask_text(value: Any, worn: list[Any], tokens: Mapping[int, int]) -> Any:
    value = masked(value, worn, tokens)
    if isinstance(value, str):  # a pseudonym in a payload of JSON text
        for one, other in tokens.items():
            value = value.replace(str(one), str(other))
    return value


def _other_tokens(person: Person) -> dict[int, int]:
    """Each pseudonym of the person and a random one of as many digits."""
    found = {}
    for one in {token for some in person.wanted.tokens.values() for token in some}:
        low = 10 ** (len(str(one)) - 1)
        found[one] = min(low + secrets.randbelow(9 * low), TOKEN_MASK)
    return found


def _others(made: Plan) -> None:
    if "sessions" not in SKIP:
        Session.objects.filter(pk__in=made.sessions).delete()
    if "insiders" not in SKIP:
        for mailbox in Mailbox.objects.filter(pk__in=made.mailboxes):
            mailbox.delete()


def _files(made: Plan, actor: str, reason: str) -> None:
    """Remove loose files, each with its hash in the log."""
    if "files" in SKIP:
        return
    for path in made.files:
        data = path.read_bytes()
        with transaction.atomic():
            forgetting.note_file(path.parent.name, path.name, hashlib.sha256(data).hexdigest(), len(data), actor=actor, reason=reason)
        path.unlink(missing_ok=True)


def replay_after_restore() -> int:
    """Forget again what an older backup brought back, by the list outside the database (emptying.path). Call it after every restore,
    before the house is served, with the newest list in place. Returns how many rows were emptied.

    Columns in which only words were masked are emptied whole: the list does not hold the words.
    """
    done = 0
    facts: dict[str, set[int]] = {}
    for line in emptying.remembered():
        if "facts" in line:
            facts.setdefault(line["kind"], set()).update(line["facts"])
        else:
            with transaction.atomic():
                done += _again(line)
    wanted = lake.Wanted(facts={kind: frozenset(some) for kind, some in facts.items()})
    places = lake.find(wanted)
    if places:
        lake.erase(places, wanted, actor="system:persons", reason="replay after restore")
    emptying.mend_list()
    return done + sum(place.rows for place in places)


def _again(line: Mapping[str, Any]) -> int:
    """Empty one row of the list, unless it is empty."""
    store, why = stores().get(line["store"]), str(line["why"])
    if "columns" not in line:
        known = Forgotten.objects.filter(store=line["store"], row=line["row"]).exists()
        if store is None or known:
            return 0
        return emptying.empty(store, [line["row"]], why=why, actor="system:persons", reason="replay after restore").rows
    row = apps.get_model(line["store"])._base_manager.filter(pk=line["row"]).first()
    if row is None:
        return 0
    texts = {name: str(getattr(row, name)) for name in line["columns"]}
    blank = {name: _blank(row, name) for name, text in texts.items() if MARK not in text and "＊" not in text}
    if blank:
        forgetting.rewrite(row, blank, actor="system:persons", reason="replay after restore")
        emptying.index_again(row)
    return bool(blank)


def _blank(row: models.Model, name: str) -> Any:
    value = getattr(row, name)
    return type(value)() if isinstance(value, dict | list) else "＊" * len(str(value))
