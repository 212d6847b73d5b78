"""Keeps the name index in step with the register, called by the actions in their transaction; and the blind indexes of persons."""

from __future__ import annotations

from collections.abc import Iterable

from chengxin.kernel import search
from chengxin.kernel.encryption import blind_index
from chengxin.subjects.models import IndexedName, NameChange, Shop, Subject, SubjectIdentifier

MOST = 250


def index_subject(subject: Subject) -> None:
    """Put a subject's public names (present, earlier, brand) into the index. Natural persons have only their masked name: not indexed."""
    _index_subject(subject)
    if not subject.is_natural:
        NameChange.objects.create(subject=subject)


def _index_subject(subject: Subject) -> None:
    names = [] if subject.is_natural else [subject.name, subject.legal_rep]
    others = SubjectIdentifier.objects.filter(subject=subject, kind__in=["old_name", "brand"]).values_list("value", flat=True)
    IndexedName.objects.filter(subject=subject).delete()
    IndexedName.objects.bulk_create(IndexedName(subject=subject, text=text, tokens=tokens) for text, tokens in _entries([*names, *others]))


def index_shop(shop: Shop) -> None:
    """Put a shop's name into the index."""
    _index_shop(shop)
    if shop.subject and not shop.subject.is_natural:
        NameChange.objects.create(subject=shop.subject)


def _index_shop(shop: Shop) -> None:
    IndexedName.objects.filter(shop=shop).delete()
    IndexedName.objects.bulk_create(IndexedName(shop=shop, text=text, tokens=tokens) for text, tokens in _entries([shop.name]))


def index_all() -> int:
    """Make the whole index anew, after a bulk load; returns how many names it holds."""
    IndexedName.objects.all().delete()
    for subject in Subject.objects.iterator():
        _index_subject(subject)
    for shop in Shop.objects.exclude(name="").iterator():
        _index_shop(shop)
    forget_changes()
    return IndexedName.objects.count()


def forget_changes() -> int:
    """Drop all marks of changed names but one of now: every process builds its index of names anew at its next look-up."""
    gone, _each = NameChange.objects.all().delete()
    NameChange.objects.create()
    return gone


def _entries(names: Iterable[str]) -> list[tuple[str, str]]:
    texts = dict.fromkeys(search.normal(name)[:MOST] for name in names if name.strip())
    return [(text, search.bigrams(text)) for text in texts]


def id_index(doc_type: str, number: str) -> str:
    """The blind index under which a document number is found."""
    return blind_index(f"{doc_type}:{number}", "subjects.id_doc")


def name_index(name: str) -> str:
    """The blind index under which a natural person's whole name is found."""
    return blind_index("".join(name.split()), "subjects.person_name")
