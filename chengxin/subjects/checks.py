"""The checks of a shop's identity in the order of the plan's measure (三): numbers, register, licences, scope, person, exemption.

Each is a pure look at the register; nothing here decides. `fail` stops a verification, `hint` is shown to whoever verifies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from chengxin.kernel.encryption import blind_index
from chengxin.kernel.errors import ChengxinError
from chengxin.law import law
from chengxin.subjects import identifiers, vocabulary
from chengxin.subjects.models import Licence, Shop, Subject

REGISTER_METHODS = ("register_match", "e_licence", "image_two_person")
PERSON_METHODS = ("id_service", "image_two_person")
# The first two characters of a code say who registered it and as what (GB 32100, 5.1; from memory, so only a hint).
KIND_PREFIX = {"1": "91", "2": "92", "3": "93"}


@dataclass(frozen=True)
class Check:
    """One check: result is pass, hint, fail or none (does not apply)."""

    code: str
    result: str
    zh: str
    en: str

    def as_data(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True)
class Looked:
    """What the verifier brings: how the identity was compared, and the hash of what was looked at."""

    method: str
    evidence_hash: str = ""
    differences: tuple[str, ...] = ()


def run(shop: Shop, looked: Looked, day: date) -> list[Check]:
    """All six checks, in order."""
    subject = shop.subject
    if subject is None:
        return [Check("number", "fail", "店铺没有关联主体", "The shop has no subject")]
    licences = list(subject.licences.all())
    return [check for one in _CHECKS for check in one(shop, subject, licences, looked, day)]


def facts_of(shop: Shop) -> dict[str, Any]:
    """What a verification vouches for; personal values only as blind indexes."""
    subject = shop.subject
    person = {"phone": shop.contact or "", "person_address": shop.person_address or ""}
    return {
        "subject": str(shop.subject_id),
        "name": subject.name if subject else "",
        "person_name": subject.person_name_index if subject else "",
        "uscc": subject.uscc if subject else None,
        "legal_rep": subject.legal_rep if subject else "",
        "shop_name": shop.name,
        "url": shop.url or shop.path_words,
        "address": shop.operating_address,
        "categories": list(shop.categories),
        "exemption": shop.exemption,
        **{name: blind_index(value, f"subjects.facts.{name}") if value else "" for name, value in person.items()},
        "licences": sorted(f"{one.kind} {one.number}" for one in subject.licences.all()) if subject else [],
    }


def difference(before: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """Field → [was, is] of what changed between two `facts_of`; for blind indexes only that it changed."""
    hidden = ("person_name", "phone", "person_address")
    return {
        name: [None, None] if name in hidden else [before.get(name), value]
        for name, value in now.items()
        if before and before.get(name) != value
    }


Found = Iterator[Check]


def _number(shop: Shop, subject: Subject, licences: list[Licence], looked: Looked, day: date) -> Found:
    try:
        if subject.uscc:
            identifiers.uscc(subject.uscc)
            for doubt in identifiers.uscc_doubts(subject.uscc):
                yield Check(doubt.code, "hint", doubt.zh, doubt.en)
        elif subject.id_doc_type == "11" and subject.id_doc_no:
            identifiers.resident_id(subject.id_doc_no)
    except ChengxinError as error:
        yield Check("number", "fail", error.said(error.why, "zh"), error.said(error.why, "en"))
        return
    prefix = KIND_PREFIX.get(subject.kind)
    if subject.uscc and prefix and not subject.uscc.startswith(prefix):
        zh = f"代码以 {subject.uscc[:2]} 开头，与主体类别通常的 {prefix} 不同，请核对主体类别"
        yield Check("kind_prefix", "hint", zh, f"The code begins with {subject.uscc[:2]}, this kind usually with {prefix}; check the kind")
    yield Check("number", "pass", "号码校验通过", "The number's check character is right")


def _register(shop: Shop, subject: Subject, licences: list[Licence], looked: Looked, day: date) -> Found:
    if subject.is_natural:
        yield Check("register", "none", "自然人网店不比对登记信息", "A natural-person shop is not on the enterprise register")
    elif subject.status != "active":
        yield Check("register", "fail", f"登记状态为 {subject.status}", f"The registered status is {subject.status}")
    elif looked.differences:
        fields = "、".join(looked.differences)
        yield Check("register", "fail", f"与登记信息不一致：{fields}", f"It differs from the register: {fields}")
    elif looked.method not in REGISTER_METHODS:
        yield Check("register", "fail", "该方式不能核对登记信息", "This way does not compare with the register")
    elif looked.method != "register_match" and not looked.evidence_hash:
        yield Check("register", "fail", "没有执照图片或电子执照的摘要", "The hash of the licence image or e-licence is missing")
    else:
        yield Check("register", "pass", "名称、代码、负责人与登记信息一致", "Name, code and representative match the register")


def _licences(shop: Shop, subject: Subject, licences: list[Licence], looked: Looked, day: date) -> Found:
    from chengxin.subjects.actions.licences import expired_needs

    if subject.is_natural and not licences:
        yield Check("licence", "none", "没有需要核验的许可证", "There is no licence to check")
        return
    expired = expired_needs(shop, licences, day)
    for one in expired:
        zh = f"{vocabulary.licence_kinds()[one.kind]['zh']} {one.number} 已于 {one.expires_on} 到期或失效"
        yield Check("licence", "fail", zh, f"{vocabulary.licence_kinds()[one.kind]['en']} {one.number} ended on {one.expires_on}")
    if not expired:
        yield Check("licence", "pass", "证照号码、范围、期限齐全有效", "Licence numbers, scope and terms are in order")


def _scope(shop: Shop, subject: Subject, licences: list[Licence], looked: Looked, day: date) -> Found:
    from chengxin.subjects.actions.licences import valid_kinds

    valid, missing = valid_kinds(licences, day), []
    for code in shop.categories:
        category = vocabulary.categories()[code]
        if category["any_of"] and not valid & set(category["any_of"]):
            missing.append((category, [vocabulary.licence_kinds()[kind] for kind in category["any_of"]]))
    for category, kinds in missing:
        zh, en = "或".join(kind["zh"] for kind in kinds), " or ".join(kind["en"] for kind in kinds)
        yield Check("scope", "fail", f"经营{category['zh']}需要{zh}", f"Selling {category['en'].lower()} needs: {en}")
    if not missing:
        yield Check("scope", "pass", "经营类目在许可范围内", "The categories are within the licences")


def _person(shop: Shop, subject: Subject, licences: list[Licence], looked: Looked, day: date) -> Found:
    if not subject.is_natural:
        yield Check("person", "none", "不是自然人网店", "Not a natural-person shop")
    elif looked.method not in PERSON_METHODS:
        yield Check(
            "person", "fail", "自然人须经授权的身份核验服务或两人比对证件", "A person is matched by an authorised service or by two people"
        )
    elif not looked.evidence_hash:
        yield Check("person", "fail", "没有身份核验凭证的摘要", "The hash of the evidence is missing")
    elif looked.differences:
        yield Check("person", "fail", "姓名与登记不一致", "The name differs from the register")
    else:
        yield Check("person", "pass", "姓名与证件号码一致", "Name and document number match")


def _exempt(shop: Shop, subject: Subject, licences: list[Licence], looked: Looked, day: date) -> Found:
    if not shop.exemption:
        yield Check("exemption", "none", "不属于免登记", "Not exempt")
        return
    allowed = vocabulary.exempt_categories(shop.exemption)
    outside = [code for code in shop.categories if allowed is not None and code not in allowed]
    text = law.at(day).declarations()[shop.exemption]["text"]
    if outside:
        words = "、".join(vocabulary.categories()[code]["zh"] for code in outside)
        yield Check(
            "exemption", "fail", f"{words}不属于所选免登记情形", f"{', '.join(outside)} is not covered by exemption {shop.exemption}"
        )
    elif not shop.declarations.filter(withdrawn_at=None, text=text).exists():
        yield Check("exemption", "fail", "没有逐字公示的自我声明", "The self-declaration in the law's words is missing")
    elif shop.over_100k and shop.exemption == "E4":
        yield Check("exemption", "fail", "年交易额已超过十万元，应当办理登记", "Turnover is over 100,000 yuan a year: it has to register")
    else:
        yield Check("exemption", "pass", "自我声明与类目相符", "The declaration fits the categories")


_CHECKS: tuple[Callable[[Shop, Subject, list[Licence], Looked, date], Found], ...] = (
    _number,
    _register,
    _licences,
    _scope,
    _person,
    _exempt,
)
