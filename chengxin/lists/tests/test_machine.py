"""Whatever anybody tries in whatever order and on whatever day: no path reaches listed or published without each step, nothing is public
past its end, and nothing stands once a removal is closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from chengxin.accounts.models import RoleGrant
from chengxin.audit import rows
from chengxin.jobs.outbox import deliver_all
from chengxin.kernel import clock
from chengxin.kernel.errors import ChengxinError
from chengxin.lists import queries
from chengxin.lists.actions import listing, pushing, repairing, unwinding
from chengxin.lists.models import Change, ListEntry, RemovalNotice, RepairApplication, Task
from chengxin.lists.models.official import BEFORE, DECIDED, STANDING
from chengxin.lists.tests import cast as c
from chengxin.records import actions as records
from chengxin.records.models import RecordEnd
from chengxin.subjects import actions as register
from chengxin.subjects import queries as queries_of_subjects
from chengxin.subjects.models import Joining, Subject
from chengxin.subjects.models.same import ONE

pytestmark = pytest.mark.django_db
PEOPLE = ("officer", "reviewer", "head", "deputy", "upper", "commerce", "merchant", "staff")
BY_DAY, BY_NIGHT = (10, 20), (400, 50)  # examples, steps of each
FORGED = [
    {"state": "LISTED"},
    {"state": "PUBLISHED"},
    {"state": "CLOSED"},
    {"decided_by": "user:forger"},
    {"published_on": c.at(2026, 3, 10).date()},
]


class Lists(RuleBasedStateMachine):
    """Two penalties of one subject, everybody who has or has no part, four years."""

    who: ClassVar[c.Cast]
    done: ClassVar[Counter[str]] = Counter()

    @initialize(stage=st.integers(0, 8))
    def begin(self, stage: int) -> None:
        """Some runs begin in the middle: at the end of `stage` lawful steps, from the eighth on with consumers that have the entry."""
        self.block = transaction.atomic()
        self.block.__enter__()
        self.now = c.at(2026, 3, 10)
        with clock.set_to(self.now):
            made = {"created_at": self.now, "updated_at": self.now, "created_by": "system:test"}
            self.doubles = [Subject.objects.create(kind="4", name=f"云岭山货{n}店", division="230499", **made) for n in (1, 2)]
            self.penalties = [c.penalty(self.who, document_number=f"{n}号", behaviour=code) for n, code in enumerate(("B01", "B13"))]
        if stage:
            self.propose("officer", 0)
        for _ in range(min(stage, 7) - 1):
            self.go_on(0)
        if stage > 7:
            self.fetch(c.PROVINCE)

    def teardown(self) -> None:
        if hasattr(self, "block"):
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    def attempt(self, what: str, act: Callable[[], Any]) -> None:
        """Try; a refusal leaves everything as it was."""
        try:
            with clock.set_to(self.now), transaction.atomic():
                act()
        except (ChengxinError, DatabaseError, AssertionError):
            self.done["refused"] += 1
        else:
            self.done[what] += 1

    def entry(self, pick: int) -> ListEntry:
        found = list(ListEntry.objects.order_by("pk"))
        if not found:
            raise AssertionError("nothing yet")
        return found[pick % len(found)]

    # ---- anybody tries anything

    @rule(
        actor=st.sampled_from(PEOPLE),
        pick=st.integers(0, 3),
        step=st.sampled_from(("notice", "answer", "consent", "decide", "publish", "drop")),
    )
    def somebody(self, actor: str, pick: int, step: str) -> None:
        person = getattr(self.who, actor)
        acts: dict[str, Callable[[Any], Any]] = {
            "notice": lambda key: listing.notice(person, key, c.PHONE),
            "answer": lambda key: listing.answer(person, key, {n: (True, "予以采纳核减") for n in range(1, 4)}),
            "consent": lambda key: listing.consent(person, key, True, "同意列入名单"),
            "decide": lambda key: listing.decide(person, key, "决定列入名单"),
            "publish": lambda key: listing.publish(person, key),
            "drop": lambda key: listing.drop(person, key, "不予列入名单"),
        }
        self.attempt(step, lambda: acts[step](self.entry(pick).pk))

    @rule(actor=st.sampled_from(("officer", "head", "upper")), pick=st.integers(0, 1))
    def propose(self, actor: str, pick: int) -> None:
        given = c.proposal(measures=["M_KEY", "M_SHOP"])
        self.attempt("propose", lambda: listing.propose(getattr(self.who, actor), self.penalties[pick].pk, given))

    @rule(pick=st.integers(0, 3), arguments=st.integers(0, 2))
    def defend(self, pick: int, arguments: int) -> None:
        self.attempt("defend", lambda: listing.defend(self.who.merchant, self.entry(pick).pk, ["理由之一"] * arguments))

    @rule(pick=st.integers(0, 3), forged=st.sampled_from(FORGED))
    def forge(self, pick: int, forged: dict[str, Any]) -> None:
        """Straight into the table, past every action."""
        self.attempt("forged", lambda: ListEntry.objects.filter(pk=self.entry(pick).pk).update(**forged))

    # ---- the lawful next step, so that runs get far

    @rule(pick=st.integers(0, 3))
    def go_on(self, pick: int) -> None:
        who, states = self.who, {
            "PROPOSED": lambda key: listing.notice(who.officer, key, c.PHONE),
            "NOTICED": lambda key: listing.defend(who.merchant, key, ["理由之一"]),
            "DEFENDED": lambda key: listing.answer(who.officer, key, {1: (False, "理由不成立")}),
            "ANSWERED": lambda key: listing.consent(who.upper, key, True, "同意列入名单"),
            "CONSENTED": lambda key: listing.decide(who.deputy, key, "决定列入名单"),
            "LISTED": lambda key: listing.publish(who.reviewer, key),
        }  # fmt: skip

        def act() -> None:
            one = self.entry(pick)
            assert one.state in states
            states[one.state](one.pk)

        self.attempt("went on", act)

    # ---- after it

    @rule(pick=st.integers(0, 3), actor=st.sampled_from(("head", "deputy")), grant=st.booleans())
    def repair(self, pick: int, actor: str, grant: bool) -> None:
        def act() -> None:
            one = repairing.apply(self.who.merchant, self.entry(pick), "已履行义务并整改", True)
            repairing.accept(self.who.head, one.pk, True)
            repairing.decide(getattr(self.who, actor), one.pk, grant, "经审查作出决定")

        self.attempt("repaired", act)

    @rule(finder=st.sampled_from(("officer", "head")), confirmer=st.sampled_from(("head", "deputy")))
    def fraud(self, finder: str, confirmer: str) -> None:
        def act() -> None:
            one = RepairApplication.objects.filter(state="GRANTED").first()
            assert one
            repairing.report_fraud(getattr(self.who, finder), one.pk, "凭证系伪造")
            repairing.confirm_fraud(getattr(self.who, confirmer), one.pk, "认定弄虚作假")

        self.attempt("fraud", act)

    @rule(pick=st.integers(0, 1), now=st.integers(0, 5))
    def withdraw(self, pick: int, now: int) -> None:
        def act() -> None:
            assert now == 3  # rarely: it ends the matter
            made = records.propose_withdrawal(self.who.officer, self.penalties[pick].pk, "复议撤销处罚", "复议1号")
            records.confirm(self.who.reviewer, made.pk)
            deliver_all()

        self.attempt("withdrawn", act)

    @rule(code=st.sampled_from((c.BANK, c.PROVINCE)))
    def fetch(self, code: str) -> None:
        self.attempt("fetched", lambda: pushing.changes_for(self.who.machines[code].client, 0))

    @rule(signed=st.booleans(), pick=st.integers(0, 9))
    def receipt(self, signed: bool, pick: int) -> None:
        """The next receipts of whoever owes one."""

        def act() -> None:
            owed = [
                *Task.objects.filter(state="LIFT_ASKED"),
                *RemovalNotice.objects.filter(confirmed_at=None).select_related("subscription__client"),
            ]
            one = owed[pick % len(owed)] if owed else None
            assert one
            if isinstance(one, Task):
                unwinding.lift(self.who.staff if one.executor == c.PLATFORM else self.who.officer, one.pk)
            else:
                machine = self.who.machines[one.subscription.client.platform_code]
                unwinding.confirm_removal(machine, one.pk, c.signature(machine) if signed else None)

        self.attempt("receipt", act)

    @rule(days=st.sampled_from((1, 8, 120, 400)))
    def later(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule()
    def night(self) -> None:
        self.attempt("night", unwinding.expire_due)

    # ---- the same business twice, and what it says against a record

    @rule(
        actor=st.sampled_from(("officer", "reviewer", "head", "merchant")),
        act=st.sampled_from(("propose", "confirm", "ask", "split", "keep")),
        kept=st.integers(0, 1),
        other=st.integers(1, 2),
    )
    def same(self, actor: str, act: str, kept: int, other: int) -> None:
        person, entries = getattr(self.who, actor), [self.who.subject, *self.doubles]

        def step() -> None:
            if act == "propose":
                register.propose_same(person, entries[kept].pk, entries[other].pk, "名称和地址相同")
                return
            one = Joining.objects.order_by("pk").last()
            assert one
            acts: dict[str, Callable[[], Any]] = {
                "confirm": lambda: register.decide_same(person, one.pk, True),
                "ask": lambda: register.ask_split(person, one.pk, "并非同一经营者"),
                "split": lambda: register.decide_split(person, one.pk, True),
                "keep": lambda: register.decide_split(person, one.pk, False, "核查后维持认定"),
            }
            acts[act]()

        self.attempt(f"same: {act}", step)

    @rule(actor=st.sampled_from(PEOPLE), pick=st.integers(0, 1), decide=st.booleans(), uphold=st.booleans())
    def objection(self, actor: str, pick: int, decide: bool, uphold: bool) -> None:
        def act() -> None:
            if not decide:
                records.raise_objection(self.who.merchant, self.penalties[pick].pk, "事实认定有误")
                return
            one = self.penalties[pick].objections.last()
            assert one
            records.decide_objection(getattr(self.who, actor), one.pk, uphold, "经核查作出决定")
            deliver_all()

        self.attempt("objected" if not decide else "objection decided", act)

    # ---- what always holds

    @invariant()
    def one_business_is_judged_by_two_people_and_in_no_ring(self) -> None:
        for one in Joining.objects.filter(state__in=ONE):
            assert one.proposed_by != one.decided_by
            assert queries_of_subjects.kept_of(one.other_id) != one.other_id
            assert one.other_id in queries_of_subjects.family(one.kept_id)

    @invariant()
    def a_record_off_the_file_holds_nobody_on_a_list(self) -> None:
        for one in queries.public(self.now.astimezone(clock.CITY).date()):
            assert not RecordEnd.objects.filter(record=one.record).exists()

    @invariant()
    def the_log_knows_every_row(self) -> None:
        assert rows.check_rows() == []

    @invariant()
    def listed_only_by_each_step(self) -> None:
        for one in ListEntry.objects.filter(state__in=DECIDED):
            acts = set(one.steps.values_list("act", flat=True))
            assert {"propose", "notice", "consent", "decide"} <= acts
            assert not one.arguments.filter(adopted=None).exists()
            parts = [one.proposed_by, one.consented_by, one.decided_by]
            assert len(set(parts)) == 3
            assert one.published_on is None or ("publish" in acts and one.published_by != one.proposed_by)

    @invariant()
    def nothing_public_past_its_end(self) -> None:
        today = self.now.astimezone(clock.CITY).date()
        for one in queries.public(today):
            assert one.state in STANDING
            assert one.published_on <= today <= one.until
            assert one.removed_on is None

    @invariant()
    def nothing_stands_after_a_closed_removal(self) -> None:
        for one in ListEntry.objects.filter(state="CLOSED"):
            assert queries.removal_of(one).outstanding == 0
            assert not one.tasks.exclude(state="LIFTED").exists()
            assert not one.removal_notices.filter(confirmed_at=None).exists()

    @invariant()
    def one_living_entry(self) -> None:
        assert ListEntry.objects.filter(state__in=[*BEFORE, *STANDING]).count() <= 1

    @invariant()
    def who_received_an_entry_is_asked_when_it_goes(self) -> None:
        for change in Change.objects.filter(what="removed").select_related("entry"):
            had = set(change.entry.changes.get(what="added", round=change.round).deliveries.values_list("subscription", flat=True))
            asked = set(change.entry.removal_notices.filter(round=change.round).values_list("subscription", flat=True))
            assert had == asked


def test_no_path_leads_round_the_steps(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> None:
    examples, steps = BY_NIGHT if request.config.getoption("--nightly") else BY_DAY
    Lists.who = c.cast()
    RoleGrant.objects.update(valid_from=c.at(2026, 1, 1).date())
    Lists.done = Counter()
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    shape = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=True, database=None, suppress_health_check=checks
    )
    run_state_machine_as_test(Lists, settings=shape)
    with capsys.disabled():
        print(f"\nlists: {sum(Lists.done.values())} steps, {dict(Lists.done.most_common())}")
