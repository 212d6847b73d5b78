"""What is decided about reviews: two people for a rule, a statement for a masking, nobody decides on what they did, nothing is deleted."""

from __future__ import annotations

from typing import Any

import pytest

from chengxin.audit import rows
from chengxin.evaluation import actions, queries
from chengxin.evaluation.errors import AlreadyDecided, AlreadyThere, ReviewUnknown, RuleWrong, SamePerson
from chengxin.evaluation.models import Treatment
from chengxin.evaluation.rule import DEFAULT, read
from chengxin.evaluation.tests import people
from chengxin.kernel import clock
from chengxin.kernel.errors import Forbidden, NotFound

pytestmark = pytest.mark.django_db
ORIGINAL = "5e" * 32


@pytest.fixture
def cast() -> people.Town:
    made = people.town()
    people.publish(made)
    for place, shop in enumerate(made.shops, 1):
        people.snapshot_of(shop, [5, 1, 4], f"V{place}")
    return made


def given(act: str, review_no: str = "V11", **more: Any) -> dict[str, Any]:
    said = {"reason": "personal", "basis": "电子商务法第三十九条", "statement": "含他人手机号码"}
    return {"act": act, "review_no": review_no, "part": "第二句", "original_sha256": ORIGINAL, **said, **more}


def test_a_rule_takes_two_people_and_is_published_once(cast):
    text = DEFAULT.read_text(encoding="utf-8")
    made = actions.propose_rule(cast.officer, "SAMR", text, "改进", clock.today())
    with pytest.raises(SamePerson):
        actions.publish_rule(cast.officer, made.pk)
    actions.publish_rule(cast.reviewer, made.pk)
    with pytest.raises(AlreadyDecided):
        actions.refuse_rule(cast.reviewer, made.pk)
    with pytest.raises(Forbidden):
        actions.propose_rule(cast.staff, "SAMR", text, "改进", clock.today())


@pytest.mark.parametrize("change", ["half_life_days: 0", "pair_cap: many", "good_from: 2", "desk: NOBODY", "more: 1", "levels: []x"])
def test_a_rule_that_is_none_is_refused(change):
    name = change.partition(":")[0]
    lines = [line for line in DEFAULT.read_text(encoding="utf-8").splitlines() if not line.startswith(f"{name}:")]
    with pytest.raises(RuleWrong):
        read("\n".join([*lines, change]))


def test_a_platform_masks_but_only_an_officer_excludes_and_strangers_see_no_shop(cast):
    shop = cast.shops[0]
    made = actions.treat(cast.staff, shop.pk, given("mask"))
    with pytest.raises(AlreadyThere):
        actions.treat(cast.staff, shop.pk, given("mask"))
    with pytest.raises(Forbidden):
        actions.treat(cast.staff, shop.pk, given("exclude"))
    with pytest.raises(ReviewUnknown):
        actions.treat(cast.officer, shop.pk, given("exclude", "V99"))
    with pytest.raises(NotFound):
        actions.reply(cast.merchant, cast.shops[1].pk, "V20", "谢谢您")
    shown = {row["review_no"]: row["treatments"] for row in queries.reviews(queries.shown(shop.pk))}
    assert [one.number for one in shown["V11"]] == [made.number] and len(shown) == 3
    assert rows.check_rows() == []


def test_an_upheld_objection_excludes_by_a_number_and_is_decided_once(cast):
    shop = cast.shops[0]
    raised = actions.object_to(cast.merchant, shop.pk, "V11", "不是本店商品")
    with pytest.raises(AlreadyThere):
        actions.object_to(cast.merchant, shop.pk, "V11", "再次提出")
    actions.decide_objection(cast.reviewer, raised.pk, True, "经核对成立", "电子商务法第三十九条")
    with pytest.raises(AlreadyDecided):
        actions.decide_objection(cast.officer, raised.pk, False, "不成立", "同上")
    assert Treatment.objects.get(act="exclude").review_no == "V11"


def test_an_objection_against_a_treatment_ends_it_and_who_decided_it_does_not_decide_again(cast):
    shop = cast.shops[0]
    actions.treat(cast.officer, shop.pk, given("exclude"))
    raised = actions.object_to(cast.merchant, shop.pk, "V11", "应当恢复计分")
    with pytest.raises(SamePerson):
        actions.decide_objection(cast.officer, raised.pk, True, "恢复", "同上")
    actions.decide_objection(cast.reviewer, raised.pk, True, "恢复计分", "同上")
    assert queries.reviews(queries.shown(shop.pk))[1]["treatments"] == []
