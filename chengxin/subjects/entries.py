"""One shop's identity as a platform states it: parsed from a sheet row, an API body or a form, with every wrong field named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from chengxin.kernel import clock
from chengxin.kernel.errors import ChengxinError
from chengxin.law import law
from chengxin.subjects import identifiers, vocabulary
from chengxin.subjects.errors import ConsumerNotRegistrable, EntryRefused, FieldRefused

METHODS = ("register_match", "image_two_person", "id_service", "e_licence")
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
class Permit:
    """A licence as stated: kind code, number and term."""

    kind: str
    number: str
    expires_on: date | None = None
    issued_on: date | None = None
    issuer: str = ""
    scope: str = ""
    name: str = ""


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
                self.refuse(name, "missing", ("不能为空", "it is required"), ("请填写该项", "fill it in"))
            return empty
        try:
            return _READERS[column["kind"]](name, text, column)
        except ChengxinError as error:
            self.problems.append(problem_of(name, text, error))
            return empty

    def refuse(self, name: str, code: str, why: tuple[str, str], remedy: tuple[str, str]) -> None:
        self.problems.append(Problem(name, self.raw(name), code, _pair(why), _pair(remedy)))


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
        why = ("网址和进入路径至少填一项", "give the address or the path in words")
        reading.refuse("url", "no_way_in", why, ("没有网址的店铺请用文字说明进入路径", "describe the path when the shop has no address"))
    if values["kind"] == NATURAL:
        _check_exempt(reading, values)
    elif values["kind"]:
        _check_registered(reading, values)
    _check_dates(reading, values)
    _check_stated(reading, values)


def _check_registered(reading: _Reading, values: dict[str, Any]) -> None:
    if values["kind"] not in OPERATORS:
        reading.refuse(
            "kind", "not_an_operator", ("从业人员不能作为店铺主体", "a practitioner does not run a shop"), ("请填 1 至 5", "use 1 to 5")
        )
    if values["kind"] in ("1", "2", "3") and not reading.raw("uscc"):
        reading.refuse(
            "uscc",
            "missing",
            ("已登记的主体须填统一社会信用代码", "registered subjects have a code"),
            ("请按营业执照填写", "take it from the licence"),
        )
    if values["exemption"]:
        why = ("已登记的主体没有免登记情形", "a registered subject has no exemption")
        reading.refuse("exemption", "not_exempt", why, ("请留空，或把主体类别改为 5", "leave it empty, or use kind 5"))


def _check_exempt(reading: _Reading, values: dict[str, Any]) -> None:
    for name in ("id_doc_type", "id_doc_no", "exemption"):
        if not reading.raw(name):
            reading.refuse(name, "missing", ("自然人网店须填写", "a natural-person shop needs it"), ("请填写该项", "fill it in"))
    if reading.raw("uscc"):
        why = ("自然人网店没有统一社会信用代码", "a natural-person shop has no code")
        reading.refuse(
            "uscc", "not_registered", why, ("已登记请改主体类别，未登记请留空", "change the kind if it is registered, else leave it empty")
        )
    if values["id_doc_type"] == "11" and values["id_doc_no"]:
        try:
            values["id_doc_no"] = identifiers.resident_id(values["id_doc_no"])
        except ChengxinError as error:
            reading.problems.append(problem_of("id_doc_no", reading.raw("id_doc_no"), error))


def _check_dates(reading: _Reading, values: dict[str, Any]) -> None:
    issued, expires = values["licence_issued_on"], values["licence_expires_on"]
    if issued and expires and expires < issued:
        why = ("有效期早于发照日期", "it ends before it was issued")
        reading.refuse("licence_expires_on", "dates_reversed", why, ("请核对两个日期", "check both dates"))
    for name in ("licence_issued_on", "verified_on"):
        if values[name] and values[name] > clock.today():
            reading.refuse(name, "in_the_future", ("日期在今天之后", "the day is in the future"), ("请核对日期", "check the date"))


def _check_stated(reading: _Reading, values: dict[str, Any]) -> None:
    if not values["verify_method"]:
        return
    for name in ("verified_on", "verifier"):
        if not reading.raw(name):
            reading.refuse(
                name, "missing", ("填写核验方式时不能为空", "it is required with a way of verification"), ("请填写该项", "fill it in")
            )
    if values["verify_method"] == "image_two_person":
        if not reading.raw("evidence_hash"):
            reading.refuse(
                "evidence_hash", "missing", ("图片比对须有凭证摘要", "an image needs its hash"), ("请填 SHA-256", "give its SHA-256")
            )
        if values["second_verifier"] in ("", values["verifier"]):
            why = ("图片比对须由两名不同人员完成", "an image is compared by two different people")
            reading.refuse("second_verifier", "second_person_needed", why, ("请填写复核人员工号", "give the second person's staff number"))


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


def _pair(text: tuple[str, str]) -> dict[str, str]:
    return {"zh": text[0], "en": text[1]}


def _refused(name: str, reason: tuple[str, str], remedy: tuple[str, str]) -> FieldRefused:
    labels = vocabulary.shop_columns()[name]
    return FieldRefused(
        field=name,
        label_zh=labels["zh"],
        label_en=labels["en"],
        reason_zh=reason[0],
        reason_en=reason[1],
        remedy_zh=remedy[0],
        remedy_en=remedy[1],
    )


def _text(name: str, text: str, column: Mapping[str, Any]) -> str:
    if len(text) > column["most"]:
        reason = (f"超过 {column['most']} 个字符", f"longer than {column['most']} characters")
        raise _refused(name, reason, ("请缩短", "shorten it"))
    if any(ord(letter) < 32 for letter in text):
        raise _refused(name, ("含有换行或控制字符", "it holds a line break or control character"), ("请删除", "remove it"))
    return text


def _code(name: str, text: str, column: Mapping[str, Any]) -> str:
    codes = law.at(clock.today()).codes(column["codes"])
    by_name = {item["zh"]: code for code, item in codes.items()}
    code = by_name.get(text, text.upper())
    if code not in codes:
        allowed = "、".join(codes)
        raise _refused(
            name,
            (f"不在代码表内（{allowed}）", f"not in the code list ({allowed})"),
            ("请填代码或其中文名称", "use a code or its Chinese name"),
        )
    return code


def read_date(text: str) -> date | None:
    """A day written as 2026-06-30, 2026/6/30, 20260630 or 2026年6月30日, or a spreadsheet's day number; None when it is none of them."""
    if re.fullmatch(r"[0-9]{5}(\.0)?", text):
        return date(1899, 12, 30) + timedelta(days=int(float(text)))
    match = re.fullmatch(r"([0-9]{4})(?:[-/.年]?)([0-9]{1,2})(?:[-/.月]?)([0-9]{1,2})日?(?:[ T]00:00(?::00)?)?", text)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def _date(name: str, text: str, column: Mapping[str, Any]) -> date:
    day = read_date(text)
    if day is None:
        raise _refused(name, ("不是有效日期", "it is not a valid day"), ("请按 2026-06-30 填写", "write it as 2026-06-30"))
    return day


def _division(name: str, text: str, column: Mapping[str, Any]) -> str:
    if not re.fullmatch(r"[0-9]{6}|[0-9]{9}|[0-9]{12}", text):
        raise _refused(
            name,
            ("应为 6、9 或 12 位数字", "it has 6, 9 or 12 digits"),
            ("请填行政区划代码，如 230402", "use a division code such as 230402"),
        )
    return text


def _categories(name: str, text: str, column: Mapping[str, Any]) -> tuple[str, ...]:
    known = vocabulary.categories()
    by_name = {item["zh"]: code for code, item in known.items()}
    found = [by_name.get(part, part.lower()) for part in (piece.strip() for piece in re.split(r"[;；,，、]", text)) if part]
    for code in found:
        if code not in known:
            raise _refused(
                name,
                (f"没有类目“{code}”", f"there is no category “{code}”"),
                ("请用模板说明页中的类目", "use the categories of the template"),
            )
    return tuple(dict.fromkeys(found))


def _permits(name: str, text: str, column: Mapping[str, Any]) -> tuple[Permit, ...]:
    return tuple(_permit(name, piece.strip()) for piece in re.split(r"[;；]", text) if piece.strip())


def _permit(name: str, piece: str) -> Permit:
    parts = [part.strip() for part in re.split(r"[:：]", piece)]
    if len(parts) not in (2, 3) or parts[0].upper() not in vocabulary.licence_kinds() or not parts[1] or len(parts[1]) > 80:
        raise _refused(
            name,
            (f"“{piece}”不是“类别:编号:有效期至”", f"“{piece}” is not kind:number:until"),
            ("例如 FB:JY123:2027-06-30", "e.g. FB:JY123:2027-06-30"),
        )
    expires = read_date(parts[2]) if len(parts) == 3 and parts[2] else None
    if len(parts) == 3 and parts[2] and expires is None:
        raise _refused(
            name, (f"“{parts[2]}”不是有效日期", f"“{parts[2]}” is not a valid day"), ("请按 2026-06-30 填写", "write it as 2026-06-30")
        )
    return Permit(parts[0].upper(), parts[1], expires)


def _method(name: str, text: str, column: Mapping[str, Any]) -> str:
    if text not in METHODS:
        allowed = ", ".join(METHODS)
        raise _refused(name, (f"应为 {allowed} 之一", f"it is one of {allowed}"), ("请更正", "correct it"))
    return text


def _hash(name: str, text: str, column: Mapping[str, Any]) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise _refused(
            name,
            ("应为 64 位十六进制", "it has 64 hexadecimal characters"),
            ("请填凭证文件的 SHA-256", "give the SHA-256 of the evidence file"),
        )
    return text.lower()


def _identity_number(name: str, text: str, column: Mapping[str, Any]) -> str:
    number = identifiers.compact(text)
    if not re.fullmatch(r"[0-9A-Z()]{5,30}", number):
        raise _refused(
            name, ("应为 5 至 30 位字母和数字", "it has 5 to 30 letters and digits"), ("请对照证件填写", "take it from the document")
        )
    return number


_READERS = {
    "text": _text,
    "code": _code,
    "date": _date,
    "division": _division,
    "categories": _categories,
    "permits": _permits,
    "method": _method,
    "hash": _hash,
    "id": _identity_number,
    "uscc": lambda name, text, column: identifiers.uscc(text),
    "phone": lambda name, text, column: identifiers.phone(text),
    "url": lambda name, text, column: identifiers.web_address(_text(name, text, column)),
}
