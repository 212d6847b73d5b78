"""When the term of a row is over, and what keeps the row although it is: law's longer terms, an open matter, an open case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db.models import Max, Q

from chengxin.cases.models import Case
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.law.terms import add_months
from chengxin.persons import holding
from chengxin.persons.models import Forgotten
from chengxin.persons.stores import Store, matters
from chengxin.subjects.models import Shop

OPEN, CASE, HAND, YEAR = "open", "case", "hand", 12
SIGN_IN = "accounts.sign_in."
FORGOTTEN = "-forgotten"  # beside the columns of a row: what it is about is empty by now


@dataclass(frozen=True)
class Row:
    """A row with personal data and what is known of its end. `until`: the last day of its term, None while the matter is open.

    held: "" or why it stays ("open": the matter is not over; "case": a case against the business is open; "hand": an officer holds it).
    """

    key: Any
    until: date | None
    held: str


def rows(store: Store, today: date) -> Iterator[Row]:
    """Every row of a store that still holds something, with its last day."""
    gone = set(Forgotten.objects.filter(store=store.model).values_list("row", flat=True))
    cases = set(Case.objects.filter(ended_at__isnull=True).values_list("subject_id", flat=True))
    by_hand = holding.standing(today)
    paths = sorted({*_paths(store), *holding.paths(store)} - {"pk"})
    table = store.table._base_manager
    longer = law.at(today).value("keep_longer_years")
    about = _objects_forgotten() if store.since == "leaf" else set()
    for found in table.order_by("pk").values("pk", *paths).iterator(chunk_size=2000):
        if str(found["pk"]) in gone:
            continue
        found[FORGOTTEN] = found.get("leaf__object") in about
        began = _began(store, found)
        until = _until(store, found, began, longer) if began else None
        held = OPEN if began is None else CASE if store.subject and found.get(store.subject) in cases else ""
        held = held or (HAND if by_hand.holds(store, found) else "")
        yield Row(found["pk"], until, held)


def _objects_forgotten() -> set[str]:
    """What the log calls the rows that are empty by now: "<room>.<table>:<key>"."""
    return {f"{label.lower()}:{row}" for label, row in Forgotten.objects.values_list("store", "row")}


def over(store: Store, today: date) -> list[Row]:
    """The rows whose term is over, held ones too."""
    return [row for row in rows(store, today) if row.until is not None and row.until < today]


def _paths(store: Store) -> list[str]:
    """The columns that say when a row's term began and what may hold it."""
    special = {
        "archive": _archive_paths(store),
        "subject": ["pk" if store.model == "subjects.Subject" else "subject_id"],
        "account": ["is_active", "last_login", "created_at"],
        "leaf": ["leaf__action", "leaf__object", "leaf__at"],
    }
    paths = list(special.get(store.since, store.since.split("|")))
    names = {field.name for field in store.table._meta.concrete_fields}
    more = [store.subject] * bool(store.subject) + ["department"] * ("department" in names)
    return sorted({*paths, *store.done, *more} - {"pk"})


def _archive_paths(store: Store) -> list[str]:
    way = "" if store.root == "matter" else str(store.root).removesuffix("matter")
    return [f"{way}matter_kind", f"{way}matter_id"]


def _began(store: Store, found: Mapping[str, Any]) -> date | None:
    """The day from which the term runs; None while it does not."""
    if store.since in _BEGAN:
        return _BEGAN[store.since](store, found)
    if any(found[column] not in wanted for column, wanted in store.done.items()):
        return None
    return next((_day(found[path]) for path in store.since.split("|") if found[path] is not None), None)


def _day(value: date | datetime) -> date:
    return clock.city_day(value) if isinstance(value, datetime) else value


def _archive_began(store: Store, found: Mapping[str, Any]) -> date | None:
    kind, key = (found[path] for path in _archive_paths(store))
    matter = matters().get(kind)
    if matter is None:
        return None
    ended = apps.get_model(matter.model)._base_manager.filter(pk=key).values_list(matter.ended, flat=True).first()
    return _day(ended) if ended else None


def _subject_began(store: Store, found: Mapping[str, Any]) -> date | None:
    """The day the last shop of the business left; a business that never had one stays."""
    key = found["pk"] if store.model == "subjects.Subject" else found["subject_id"]
    shops = Shop.objects.filter(subject=key)
    if not shops.exists() or shops.filter(~Q(state="EXITED")).exists():
        return None
    last: date | None = shops.aggregate(last=Max("closed_on"))["last"]
    return last


def _account_began(store: Store, found: Mapping[str, Any]) -> date | None:
    return None if found["is_active"] else _day(found["last_login"] or found["created_at"])


def _leaf_began(store: Store, found: Mapping[str, Any]) -> date | None:
    """What the log says of a person goes with the row it is about; the address of a sign-in has a term of its own."""
    over = found["leaf__action"].startswith(SIGN_IN) or found[FORGOTTEN]
    return _day(found["leaf__at"]) if over else None


_BEGAN = {"archive": _archive_began, "subject": _subject_began, "account": _account_began, "leaf": _leaf_began}


def _until(store: Store, found: Mapping[str, Any], began: date, longer: Mapping[str, int]) -> date:
    """The last day: of the declared clock, or of the longer one of another law."""
    last = _declared(store, found, began)
    own = longer.get(f"{store.model}@{found.get('department', '')}") or longer.get(store.model)
    return max(last, add_months(began, int(own) * YEAR)) if own else last


def _declared(store: Store, found: Mapping[str, Any], began: date) -> date:
    if store.since == "archive":
        years = law.at(clock.today()).value("archive_keep_years")
        kind = found[_archive_paths(store)[0]]
        return add_months(began, int(years.get(kind, years["default"])) * YEAR)
    if store.since == "leaf":
        signed = str(found["leaf__action"]).startswith(SIGN_IN)
        return add_months(began, int(law.at(clock.today()).value("sign_in_keep_months"))) if signed else began
    if store.since == "account":
        return began
    return law.due(store.term, began)
