"""What the terms of personal columns and their bases are called for people."""

from __future__ import annotations

from django.utils.translation import ngettext

from chengxin.kernel import clock, language
from chengxin.kernel.errors import ChengxinError
from chengxin.law import law
from chengxin.persons import queries

# Terms and bases that columns declare in words of their own, not by a clock or a provision of the law book.
WRITTEN: dict[str, dict[str, str]] = {
    "as long as the archive of the matter": {"zh": "与案卷同期保存", "en": "as long as the file of the matter"},
    "while the account exists": {"zh": "账户存续期间", "en": "while the account exists"},
    "as long as the record it belongs to; erased by audit.forget": {
        "zh": "与所属日志记录同期，依法删除时一并清除",
        "en": "as long as its entry of the log; goes when the person is erased",
    },
    "电子商务法 第二十五条": {"zh": "《电子商务法》第25条", "en": "E-Commerce Law, art. 25"},
    "行政处罚法第四十七条（全过程记录）": {
        "zh": "《行政处罚法》第47条（全过程记录）",
        "en": "Administrative Penalty Law, art. 47 (whole record)",
    },
    "个人信息保护法13(1)(3)": {"zh": "《个人信息保护法》第13条第1款第3项", "en": "Personal Information Protection Law, art. 13 (1)(3)"},
    "个人信息保护法 第五十一条、第五十四条": {
        "zh": "《个人信息保护法》第51条、第54条",
        "en": "Personal Information Protection Law, arts. 51 and 54",
    },
}


def term_name(term: str) -> str:
    """How long, and by which provision."""
    if term in WRITTEN:
        return language.pick(WRITTEN[term])
    try:
        book = law.at(clock.today())
        rule = book.clock(term)
    except ChengxinError:
        return term
    years = rule.n or 0
    length = ngettext("%(n)d year", "%(n)d years", years) % {"n": years} if rule.unit == "year" else language.pick(rule)
    return f"{length} · {language.pick(book.cited(rule.provision))}"


def basis_name(basis: str) -> str:
    """The provision's name; a basis written out in its words."""
    if basis in WRITTEN:
        return language.pick(WRITTEN[basis])
    try:
        return queries.cited(basis)
    except (LookupError, ChengxinError):
        return basis
