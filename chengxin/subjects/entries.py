"""One shop's identity as a platform states it: parsed from a sheet row, an API body or a form, with every wrong field named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from chengxin.kernel import clock
from chengxin.kernel.errors import ChengxinError
from chengxin.subjects import identifiers, readers, vocabulary
from chengxin.subjects.errors import ConsumerNotRegistrable, EntryRefused
from chengxin.subjects.readers import Permit

NATURAL = "5"
OPERATORS = ("1", "2", "3", "4", NATURAL)


@dataclass(frozen=True)
class Problem:
    """One refused field: what was given, why it is refused, what to do."""

    field: str
    value: str
    code: str
    why: dict[str, str]
    remedy: dict[str, str]

    def as_data(self) -> dict[str, Any]:
        return {"field": self.field, "value": self.value, "code": self.code, "why": self.why, "remedy": self.remedy}


@dataclass(frozen=True)
class SubjectEntry:
    """Who stands behind a shop; the plain fields are of registered subjects, the person's fields of exempt ones."""

    kind: str
    name: str
    uscc: str | None = None
    id_doc_type: str = ""
    id_doc_no: str | None = None
    legal_rep: str = ""
    address: str = ""
    division: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Stated:
    """A verification that the platform says it made."""

    method: str
    verified_on: date
    verifier: str
    second_verifier: str = ""
    evidence_hash: str = ""


@dataclass(frozen=True)
class ShopEntry:
    """A whole row."""

    shop_id: str
    name: str
    subject: SubjectEntry
    address: str
    contact: str
    url: str = ""
    path_words: str = ""
    division: str = ""
    categories: tuple[str, ...] = ()
    exemption: str = ""
    permits: tuple[Permit, ...] = ()
    opened_on: date | None = None
    stated: Stated | None = None


@dataclass
class _Reading:
    """Reads columns of one row and collects what is wrong."""

    given: Mapping[str, Any]
    problems: list[Problem] = field(default_factory=list)

    def raw(self, name: str) -> str:
        value = self.given.get(name)
        return "" if value is None else str(value).strip()

    def value(self, name: str) -> Any:
        """The column's value in its kind, or its empty value."""
        column, text = vocabulary.shop_columns()[name], self.raw(name)
        empty = () if column["kind"] in ("categories", "permits") else None if column["kind"] == "date" else ""
        if not text:
            if column.get("required") == "all":
                self.refuse(name, "missing")
            return empty
        try:
            return readers.READERS[column["kind"]](name, text, column)
        except ChengxinError as error:
            self.problems.append(problem_of(name, text, error))
            return empty

    def refuse(self, name: str, code: str) -> None:
        said = vocabulary.refusal(code)
        self.problems.append(Problem(name, self.raw(name), code, said["why"], said["remedy"]))


def parse(given: Mapping[str, Any]) -> ShopEntry:
    """The entry of a flat row. Raises ConsumerNotRegistrable for kind 7 and EntryRefused with all problems otherwise."""
    if str(given.get("kind", "")).strip() == "7":
        raise ConsumerNotRegistrable()
    reading = _Reading(given)
    values = {name: reading.value(name) for name in vocabulary.shop_columns()}
    _check_together(reading, values)
    if reading.problems:
        raise refusal(reading.problems)
    return _entry(values)


def problem_of(name: str, value: str, error: ChengxinError) -> Problem:
    """An error of the family as a row's problem."""
    why = {lang: error.said(error.why, lang) or error.said(error.what, lang) for lang in ("zh", "en")}
    return Problem(name, value, error.code, why, {lang: error.said(error.next, lang) for lang in ("zh", "en")})


def refusal(problems: list[Problem]) -> EntryRefused:
    """The error that carries these problems."""
    first, labels = problems[0], vocabulary.shop_columns().get(problems[0].field, {})
    said = {lang: f"{labels.get(lang, first.field)}: {first.why[lang]}" for lang in ("zh", "en")}
    data = [problem.as_data() for problem in problems]
    return EntryRefused(count=len(problems), first_zh=said["zh"], first_en=said["en"], problems=data)


def _check_together(reading: _Reading, values: dict[str, Any]) -> None:
    if not values["url"] and not values["path_words"] and not reading.raw("url"):
        reading.refuse("url", "no_way_in")
    if values["kind"] == NATURAL:
        _check_exempt(reading, values)
    elif values["kind"]:
        _check_registered(reading, values)
    _check_dates(reading, values)
    _check_stated(reading, values)


def _check_registered(reading: _Reading, values: dict[str, Any]) -> None:
    if values["kind"] not in OPERATORS:
        reading.refuse("kind", "not_an_operator")
    if values["kind"] in ("1", "2", "3") and not reading.raw("uscc"):
        reading.refuse("uscc", "uscc_needed")
    if values["exemption"]:
        reading.refuse("exemption", "not_exempt")


def _check_exempt(reading: _Reading, values: dict[str, Any]) -> None:
    for name in ("id_doc_type", "id_doc_no", "exemption"):
        if not reading.raw(name):
            reading.refuse(name, "person_needs")
    if reading.raw("uscc"):
        reading.refuse("uscc", "person_has_no_uscc")
    if values["id_doc_type"] == "11" and values["id_doc_no"]:
        try:
            values["id_doc_no"] = identifiers.resident_id(values["id_doc_no"])
        except ChengxinError as error:
            reading.problems.append(problem_of("id_doc_no", reading.raw("id_doc_no"), error))


def _check_dates(reading: _Reading, values: dict[str, Any]) -> None:
    issued, expires = values["licence_issued_on"], values["licence_expires_on"]
    if issued and expires and expires < issued:
        reading.refuse("licence_expires_on", "dates_reversed")
    for name in ("licence_issued_on", "verified_on"):
        if values[name] and values[name] > clock.today():
            reading.refuse(name, "in_the_future")


def _check_stated(reading: _Reading, values: dict[str, Any]) -> None:
    if not values["verify_method"]:
        return
    for name in ("verified_on", "verifier"):
        if not reading.raw(name):
            reading.refuse(name, "verification_needs")
    if values["verify_method"] == "image_two_person":
        if not reading.raw("evidence_hash"):
            reading.refuse("evidence_hash", "image_needs_hash")
        if values["second_verifier"] in ("", values["verifier"]):
            reading.refuse("second_verifier", "second_person_needed")


def _entry(values: dict[str, Any]) -> ShopEntry:
    natural = values["kind"] == NATURAL
    subject = SubjectEntry(
        kind=values["kind"],
        name=values["subject_name"],
        uscc=values["uscc"] or None,
        id_doc_type=values["id_doc_type"] if natural else "",
        id_doc_no=values["id_doc_no"] if natural else None,
        legal_rep="" if natural else values["legal_rep"],
        address=values["address"],
        division=values["division"],
        phone=values["phone"],
    )
    return ShopEntry(
        shop_id=values["shop_id"],
        name=values["shop_name"],
        subject=subject,
        address=values["address"],
        contact=values["phone"],
        url=values["url"],
        path_words=values["path_words"],
        division=values["division"],
        categories=values["categories"],
        exemption=values["exemption"],
        permits=_permits_of(values),
        opened_on=values["opened_on"],
        stated=_stated_of(values),
    )


def _permits_of(values: dict[str, Any]) -> tuple[Permit, ...]:
    business = values["licence_no"] or (values["uscc"] if values["licence_expires_on"] or values["licence_scope"] else "")
    if not business:
        return tuple(values["permits"])
    licence = Permit(
        "BL",
        business,
        values["licence_expires_on"],
        values["licence_issued_on"],
        values["licence_issuer"],
        values["licence_scope"],
        values["subject_name"],
    )
    return (licence, *values["permits"])


def _stated_of(values: dict[str, Any]) -> Stated | None:
    if not values["verify_method"]:
        return None
    return Stated(values["verify_method"], values["verified_on"], values["verifier"], values["second_verifier"], values["evidence_hash"])
