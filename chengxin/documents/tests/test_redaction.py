"""A version for publication: nothing personal is left in it, and it exists only after a second person has read it. Seeded canaries."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from chengxin.audit import queries as log
from chengxin.audit import verify
from chengxin.documents import actions, official, paper, queries, redacting, redactions
from chengxin.documents.errors import AlreadyDecided, MustStrike, RedactionWaiting, SamePerson
from chengxin.documents.models import Redaction
from chengxin.documents.redactions import Struck
from chengxin.documents.tests.people import ON, Desk, decision, desk
from chengxin.kernel.errors import NotFound

ID_NUMBER = "23049918901112031X"  # division 230499, born in 1890: nobody's; the check character is right
CANARIES = {
    "id_number": [ID_NUMBER, "230499 1890 1112 031X", "２３０４９９１８９０１１１２０３１Ｘ"],
    "phone": ["13800001111", "138-0000-1111", "+86 13800001111", "0468-3344556"],
    "card": ["6222020200112233445", "6222 0202 0011 2233 445"],
    "plate": ["黑H12345", "黑H·D12345"],
    "mail": ["li.si+1@mail.example"],
    "account": ["微信号：wx_lisi_77"],
}


@pytest.fixture
def cast(db) -> Desk:
    return desk()


def issue(cast: Desk, **changes):
    return actions.issue(cast.officer, "penalty_45", decision(**changes), department="SAMR", matter=cast.matter, on=ON)


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in CANARIES.items() for text in texts])
def test_the_detector_finds_each_canary_whole(kind, text):
    around = f"经查，当事人（{text}）于2026年3月1日发货312单。"
    found = redacting.find(around)
    assert [(around[start:end], said) for start, end, said in found] == [(text, kind)]


@pytest.mark.parametrize(
    "text",
    [
        "统一社会信用代码91230499MA00000775",
        "示市监处罚〔2026〕12号",
        "虚构交易312单，涉及金额1,234,567.89元",
        "证据EV23040020261120000015",
        "《中华人民共和国反不正当竞争法》第九条第一款",
        "2026年11月20日9时30分",
        "SHA-256：5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e",
    ],
)
def test_it_leaves_what_a_paper_must_say(text):
    assert redacting.find(text) == []


def test_names_of_the_papers_own_persons_are_found_in_its_free_text():
    assert redacting.find("证人钱多多称，钱多多见过货", ["钱多多"]) == [(2, 5, "name"), (7, 10, "name")]


def test_canaries_are_in_no_form_once_struck():
    """Every form, every blank: a canary in each personal field and one of each kind in each free text; the page holds none of them."""
    text = "，".join(one for texts in CANARIES.values() for one in texts)
    plain = [one for texts in CANARIES.values() for one in texts]
    for form in official.forms(ON):
        values = {
            name: _seed(field, text)
            for name, field in form.fields.items()
            if name != "party_uscc" and field.kind in ("text", "long", "list", "rows")
        }
        shown = repr(redacting.struck(form, values, ON, redacting.hits(form, values)))
        named = ["欧阳测试"] if redacting.names_in(form, values) else []  # a name that no blank holds is for the reader to find
        assert not [one for one in [*plain, *named, "春风里七号院"] if one in shown], form.id


def _seed(field: official.Field, text: str):
    if field.personal in ("person_name", "penalty_person"):
        return "欧阳测试"
    if field.personal == "person_address":
        return "示例市向阳区春风里七号院"
    if field.personal:
        return ID_NUMBER
    said = f"{text}，欧阳测试说。"
    return {"list": [said, said], "rows": [dict.fromkeys(field.columns, said)]}.get(field.kind, said)


def test_a_company_keeps_its_name_and_a_person_shows_as_mou():
    form = official.form("penalty_45", ON)
    company = redacting.burnt(
        form, {"party": "云岭山货有限公司", "party_uscc": "91230499MA00000775", "party_address": "示例市示例路18号"}, ON
    )
    assert (company["party"], company["party_address"]) == ("云岭山货有限公司", "示例市示例路18号")
    person = redacting.burnt(form, {"party": "欧阳测试", "party_address": "示例市向阳区春风里七号院", "party_id_number": ID_NUMBER}, ON)
    assert (person["party"], person["party_id_number"]) == ("欧阳某", "****")
    assert "春风里" not in person["party_address"]


def test_it_exists_only_once_another_person_has_read_it(cast):
    one = issue(cast, facts=f"当事人以{ID_NUMBER}登记，联系13800001111，仓库在黑H12345车上。")
    made = redactions.prepare(cast.officer, one.pk, Struck(words=("云岭仓库",)))
    assert redactions.public_file(one) is None
    with pytest.raises(SamePerson):
        redactions.confirm(cast.officer, made.pk)
    with pytest.raises(RedactionWaiting):
        redactions.prepare(cast.reviewer, one.pk)
    with pytest.raises(NotFound):
        redactions.confirm(cast.elsewhere, made.pk)
    done = redactions.confirm(cast.reviewer, made.pk)
    assert verify.verify(redactions.public_file(one), log.public_key()).code == "good"
    found = queries.check(done.code)
    assert (found.public_version, found.sha256, found.state) == (True, done.sha256, "genuine")
    with pytest.raises(AlreadyDecided):
        redactions.confirm(cast.reviewer, made.pk)


def test_the_public_page_is_set_from_struck_words_only(cast, monkeypatch):
    told = []
    pdf = paper.pdf
    one = issue(
        cast, facts=f"当事人以{ID_NUMBER}登记，云岭仓库，13800001111。", party_uscc=None, party="欧阳测试", statement="欧阳测试称不知情。"
    )
    made = redactions.prepare(cast.officer, one.pk, Struck(words=("云岭仓库",)))
    monkeypatch.setattr(paper, "pdf", lambda form, values, *more: told.append(repr(values)) or pdf(form, values, *more))
    redactions.confirm(cast.reviewer, made.pk)
    (said,) = told
    assert not [text for text in (ID_NUMBER, "13800001111", "云岭仓库", "欧阳测试") if text in said]
    assert "欧阳某" in said


def test_what_the_law_never_lets_out_cannot_be_left_in(cast):
    one = issue(cast, facts="联系13800001111，车牌黑H12345。")
    phone, plate = redacting.hits(*redactions.filled(one))
    assert (phone.kind, plate.kind) == ("phone", "plate")
    with pytest.raises(MustStrike):
        redactions.prepare(cast.officer, one.pk, Struck(left_in=(0,)))
    made = redactions.prepare(cast.officer, one.pk, Struck(left_in=(1,), reason="车牌为案件编号的一部分"))
    assert redactions.public_values(made)[1]["facts"] == "联系■■■，车牌黑H12345。"


def test_the_twin_the_database_refuses_one_person_as_both(cast):
    """With the check of the action off, the constraint still holds."""
    made = redactions.prepare(cast.officer, issue(cast).pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Redaction.objects.filter(pk=made.pk).update(decided_by=made.prepared_by)


def test_values_come_back_as_they_were_filled_in(cast):
    form, values = redactions.filled(issue(cast))
    assert values["notice_served_on"] == date(2026, 11, 5)
    assert values["fine"] == 8_000_000
    assert set(values) <= set(form.fields)
