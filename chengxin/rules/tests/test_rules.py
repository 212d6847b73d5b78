"""Writing, trying, signing and retiring a rule; nobody signs alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from chengxin.audit.models import Leaf
from chengxin.kernel import clock
from chengxin.kernel.errors import ChengxinError, Forbidden
from chengxin.rules import actions, book, errors, reasons, starting, trying
from chengxin.rules.deciding import desk
from chengxin.rules.models import RuleVersion
from chengxin.rules.tests.test_deciding import ask, order, report
from chengxin.subjects.models import Platform

pytestmark = pytest.mark.django_db


def content(people, **changes):
    return {
        **starting.rules()[0],
        "effective_from": clock.today(),
        "handler": people.officer.user.pk,
        "conditions": [["device_buyers_1h", ">=", "2"]],
    } | changes


def tried(actor, version, days=1):
    asked = actions.ask_dry_run(actor, version.pk, clock.today() - timedelta(days=days), clock.today() + timedelta(days=1))
    return trying.run(asked.pk)


def proposed(people, **changes):
    draft = actions.draft_rule(people.officer, content(people, **changes))
    tried(people.officer, draft)
    return actions.propose(people.officer, draft.pk)


def test_a_rule_is_in_force_only_after_another_person_signed(people):
    version = proposed(people)
    assert ask([order(1), order(2)])[1].outcome == "pass"
    signed = actions.sign(people.head, version.pk)
    desk.forget_book()
    assert signed.state == "SIGNED"
    assert ask([order(3)])[0].outcome == "review"
    said = list(Leaf.objects.filter(action__startswith="rules.version").order_by("index").values_list("action", flat=True))
    assert said == ["rules.version.drafted", "rules.version.proposed", "rules.version.signed"]


def test_nobody_signs_the_own_rule(people):
    draft = actions.draft_rule(people.head, content(people))
    tried(people.head, draft)
    actions.propose(people.head, draft.pk)
    with pytest.raises(errors.OwnRule):
        actions.sign(people.head, draft.pk)
    with pytest.raises(ChengxinError, match=r"审核人员|reviewer"):
        actions.sign(people.officer, draft.pk)


def test_the_twin_the_database_refuses_it_when_the_check_is_gone(people):
    version = proposed(people)
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleVersion.objects.filter(pk=version.pk).update(state="SIGNED", signed_by=version.drafted_by)
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleVersion.objects.filter(pk=version.pk).update(state="SIGNED", signed_by="")


def test_what_is_proposed_was_tried_as_it_is(people):
    draft = actions.draft_rule(people.officer, content(people))
    with pytest.raises(errors.DryRunNeeded):
        actions.propose(people.officer, draft.pk)
    tried(people.officer, draft)
    actions.edit(people.officer, draft.pk, content(people, conditions=[["device_buyers_1h", ">=", "3"]]))
    with pytest.raises(errors.DryRunNeeded):
        actions.propose(people.officer, draft.pk)


def test_a_signed_version_is_not_edited_and_its_successor_ends_it(people):
    first = actions.sign(people.head, proposed(people).pk)
    with pytest.raises(ChengxinError):
        actions.edit(people.officer, first.pk, content(people))
    second = actions.draft_version(people.officer, first.rule.code, content(people, conditions=[["device_buyers_1h", ">=", "5"]]))
    with pytest.raises(errors.OpenVersion):
        actions.draft_version(people.officer, first.rule.code, content(people))
    tried(people.officer, second)
    actions.propose(people.officer, second.pk)
    actions.sign(people.reviewer, second.pk)
    assert [one.number for one in book.in_force(clock.today()).versions] == [2]


def test_a_retired_rule_stops_deciding(people):
    version = actions.sign(people.head, proposed(people).pk)
    actions.retire(people.head, version.pk, "大促期间暂停使用")
    desk.forget_book()
    assert ask([order(1), order(2), order(3)])[2].outcome == "pass"


@pytest.mark.parametrize("wrong", [["weight", ">=", "1"], ["device_buyers_1h", "!=", "1"], ["device_buyers_1h", ">=", "many"]])
def test_a_condition_that_does_not_fit_is_refused(people, wrong):
    with pytest.raises(errors.ConditionWrong):
        actions.draft_rule(people.officer, content(people, conditions=[wrong]))


def test_a_stranger_writes_nothing(people):
    from chengxin.accounts.access import ANONYMOUS

    with pytest.raises(Forbidden):
        actions.draft_rule(ANONYMOUS, content(people))


def test_the_sentence_says_what_the_rule_does(people):
    version = actions.draft_rule(people.officer, content(people))
    assert reasons.in_words(version) == {
        "zh": "订单：如果同一设备 1 小时内的下单账户数不低于 2，则先复核。",
        "en": "For an order: if accounts that ordered from the same device in the last hour is at least 2, then it is reviewed first.",
    }


def test_every_starting_rule_holds_together(people):
    made = starting.put_in_force(people.officer, people.head, 1)
    assert len(made) == len(starting.rules()) >= 8
    assert [one.rule.code for one in book.in_force(clock.today()).versions] == [one.rule.code for one in made]
    assert starting.put_in_force(people.officer, people.head, 1) == []


def test_a_dry_run_shows_whom_a_change_would_hit(people):
    """Three shops on one device yesterday: at 2 accounts two of them are hit now, at 3 accounts one no longer."""
    platform = Platform.objects.create(code="beiling", name="北岭商城")
    yesterday = clock.now() - timedelta(days=1)
    rest = {"sku": "K1", "qty": 1, "dest_division": "230405"}
    with clock.set_to(yesterday.replace(minute=59)):
        lines = [{**order(number, shop_id=f"S{number}"), **rest} for number in range(1, 5)]
    report(platform, "order", lines)
    first = actions.sign(people.head, proposed(people).pk)
    second = actions.draft_version(people.officer, first.rule.code, content(people, conditions=[["device_buyers_1h", ">=", "3"]]))
    result = tried(people.officer, second, days=2)
    assert (result["events"], result["hits_now"], result["hits_then"], result["still"]) == (4, 2, 1, 1)
    assert [line["shop_id"] for line in result["no_longer"]] == ["S3"]
    assert result["newly"] == []
    assert result["outcomes"]["review>pass"] == 1
    assert result["by_size"] == [{"size": "small", "newly": 0, "no_longer": 1}]
