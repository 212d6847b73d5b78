"""Whatever anybody tries in whatever order and on whatever day: no path reaches decided, served or published without each step, nothing is
heavier after a defence, nothing is public past its end, and what was revoked is neither on file nor public."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from chengxin import workflow
from chengxin.audit import rows
from chengxin.cases import actions
from chengxin.cases.actions.taking import TABLE
from chengxin.cases.guards import AFTER_DECISION, AFTER_PUBLICATION, AFTER_SERVICE
from chengxin.cases.models import DECIDED, NOTIFIED, Case, CaseStep, Certificate, Penalty
from chengxin.cases.tests import people
from chengxin.documents import paper
from chengxin.documents.models import Document
from chengxin.documents.tests.people import BLANK
from chengxin.kernel import clock
from chengxin.kernel.errors import ChengxinError
from chengxin.law import law
from chengxin.records import queries as file
from chengxin.records.models import Record, RecordEnd
from chengxin.subjects.models import Subject

pytestmark = pytest.mark.django_db
PEOPLE = ("first", "second", "third", "reviewer", "head", "post", "posthead", "merchant")
BY_DAY, BY_NIGHT = (4, 20), (400, 50)  # examples, steps of each
FINES = [
    people.FINE,
    [{"kind": "21", "amount_fen": 1_500_000}],
    [{"kind": "21", "amount_fen": 2_500_000}],
    [{"kind": "11"}],
    people.BIG,
    [{"kind": "33"}],
]
ACTIONS = sorted({step.action for step in workflow.load(TABLE).steps})
# The lawful next step of each state, in the order in which they are tried, with who takes it.
NEXT: dict[str, list[tuple[str, str]]] = {
    "SOURCE_REGISTERED": [("first", "finish_check")],
    "CHECKED": [("head", "file_case")],
    "FILED": [("first", "declare"), ("second", "declare"), ("first", "contact")],
    "INVESTIGATING": [("first", "declare"), ("second", "declare"), ("first", "add_evidence"), ("first", "end_investigation")],
    "INVESTIGATION_ENDED": [("reviewer", "review")],
    "REVIEWED": [("first", "notify")],
    "NOTICED": [("first", "answer_argument"), ("head", "confer"), ("first", "waive"), ("head", "decide")],
    "HEARING": [("head", "call_hearing"), ("third", "hold_hearing")],
    "HEARD": [("second", "answer_argument"), ("head", "confer"), ("head", "decide")],
    "DECIDED": [("first", "draft_publicity"), ("reviewer", "clear_publicity"), ("second", "serve")],
    "SERVED": [("first", "publish_double"), ("first", "publish_file")],
    "PUBLISHED": [("first", "pay"), ("first", "perform")],
    "PERFORMED": [("head", "close")],
    "CLOSED": [("first", "archive")],
}
FORGED: list[dict[str, Any]] = [
    {"state": "DECIDED"},
    {"state": "SERVED"},
    {"state": "PUBLISHED"},
    {"state": "CLOSED"},
    {"public_text": "摘要", "public_cleared_by": "user:forger"},
]


def named(states: str) -> list[str]:
    """The states of a guard's list."""
    return states.strip("()").replace("'", "").split(", ")


class Cases(RuleBasedStateMachine):
    """Two sources of one subject, everybody who has or has no part, five years; one officer's certificate ends with the first."""

    who: ClassVar[people.Town]
    done: ClassVar[Counter[str]] = Counter()

    @initialize(stage=st.integers(0, 24), fine=st.sampled_from(FINES))
    def begin(self, stage: int, fine: list[dict[str, Any]]) -> None:
        """Some runs begin in the middle, after `stage` lawful steps."""
        self.block = transaction.atomic()
        self.block.__enter__()
        self.now, self.fine = people.START, fine
        with clock.set_to(self.now):
            made = {"created_at": self.now, "updated_at": self.now, "created_by": "system:test"}
            self.other = Subject.objects.create(kind="4", name="岭南刷单工作室", division="230499", **made)
            for n in (1, 2):
                actions.register_source(self.who.first, self.who.subject.pk, "SAMR", "1", f"来源{n}", behaviour="B01", facts="互相下单")
        for _ in range(stage):
            self.go_on(0)
            self.now += timedelta(minutes=1)

    def teardown(self) -> None:
        if hasattr(self, "block"):
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    def attempt(self, what: str, act: Callable[[], Any]) -> bool:
        """Try; a refusal leaves everything as it was."""
        try:
            with clock.set_to(self.now), transaction.atomic():
                act()
        except (ChengxinError, DatabaseError, AssertionError):
            self.done["refused"] += 1
            return False
        self.done[what] += 1
        return True

    def case(self, pick: int) -> Case:
        """One of the two, or of the files of further parties."""
        found = list(Case.objects.order_by("number"))
        return found[pick % len(found)]

    def given(self, action: str, fine: list[dict[str, Any]], yes: bool) -> dict[str, Any]:
        """What a step asks for, as one would fill it in today."""
        who, today, now = self.who, self.now.astimezone(clock.CITY).date(), self.now
        days = dict.fromkeys(("told_on", "asked_on", "served_on", "published_on", "paid_on", "since", "urged_on", "revoked_on"), today)
        words = ("result", "rights_notice", "opinion", "minutes", "report", "education", "plan", "proof", "waiver", "record", "facts")
        given: dict[str, Any] = {
            **days, **dict.fromkeys(words, "已核对属实"), **people.PROOF, "began_at": now, "ended_at": now, "reason": "理由写明",
            "proposal": "file" if yes else "not_file", "officer_a": str(who.first), "officer_b": str(who.second), "relation": "none",
            "contact_phone": "0468-0000000", "whom": "张经理", "id_number": "230499190001010011", "role": "店长", "origin": "后台导出",
            "evidence_kind": "4", "title": "订单明细", "provisions": "反不正当竞争法第九条", "basis": "反不正当竞争法第二十条", 
            "weighing": "一般",
            "discretion": "ordinary", "outcome": "penalty" if yes else "none", "penalties": fine if yes or action == "decide" else [],
            "receiver": "张经理", "arguments": "订单真实\n罚款过重" if yes else "订单真实", "argument": 1, "person": str(who.third),
            "held_at": now + timedelta(days=20), "publicly": "open", "chair": str(who.third), "present": "三位局领导",
            "party": str(self.other.pk), "public_text": "当事人虚构交易，被处罚款", "manner": "direct", "both": yes, "amount": 500_000, 
            "until": today + timedelta(days=9), "varied_on": today,
            "forum": "review", "court": "示例市人民法院", "paper": "复议1号", "by": "review", "department": "POST", 
            "police": "示例市公安局",
            "capacity": "handler" if yes else "support", "asked_by": "party", "cause": "testing",
        }  # fmt: skip
        verdicts = {"clear_publicity": ("clear", "back"), "answer_argument": ("adopted", "not"), "decide_recusal": ("refused", "granted")}
        return {**given, "verdict": verdicts.get(action, ("", ""))[not yes]}

    # ---- anybody tries anything

    @rule(
        actor=st.sampled_from(PEOPLE),
        pick=st.integers(0, 3),
        action=st.sampled_from(ACTIONS),
        fine=st.sampled_from(FINES),
        yes=st.booleans(),
    )
    def somebody(self, actor: str, pick: int, action: str, fine: list[dict[str, Any]], yes: bool) -> None:
        self.attempt(action, lambda: actions.take(getattr(self.who, actor), self.case(pick).pk, action, self.given(action, fine, yes)))

    @rule(
        pick=st.integers(0, 3),
        actor=st.sampled_from(("first", "second", "third", "reviewer", "head")),
        place=st.integers(0, 20),
        fine=st.sampled_from(FINES),
        yes=st.booleans(),
    )
    def something_possible(self, pick: int, actor: str, place: int, fine: list[dict[str, Any]], yes: bool) -> None:
        """A step that the table has in the case's state."""
        one = self.case(pick)
        steps = workflow.load(TABLE).steps_from(one.state)
        if steps:
            action = steps[place % len(steps)].action
            self.attempt(action, lambda: actions.take(getattr(self.who, actor), one.pk, action, self.given(action, fine, yes)))

    @rule(pick=st.integers(0, 3), forged=st.sampled_from(FORGED))
    def forge(self, pick: int, forged: dict[str, Any]) -> None:
        """Straight into the table, past every action."""
        self.attempt("forged", lambda: Case.objects.filter(pk=self.case(pick).pk).update(**forged))

    # ---- the lawful next step, so that runs get far

    @rule(pick=st.integers(0, 3))
    def go_on(self, pick: int) -> None:
        one = self.case(pick)
        taken = set(one.steps.values_list("action", "person"))
        for person, action in NEXT.get(one.state, []):
            actor = getattr(self.who, person)
            if (
                action in ("declare", "draft_publicity", "clear_publicity", "add_evidence", "waive", "confer")
                and (action, str(actor)) in taken
            ):
                continue
            given = self.given(action, self.fine, True)
            if action == "answer_argument":
                waiting = one.arguments.filter(answered=None).first()
                given["argument"] = waiting.number if waiting else 0
            if action == "hold_hearing" and one.hearing_on and self.now.astimezone(clock.CITY).date() < one.hearing_on:
                self.now = people.at(one.hearing_on)
                given = self.given(action, self.fine, True)
            if action == "pay":
                given["amount"] = max(1, sum(row.amount_fen or 0 for row in one.penalties.filter(stage=DECIDED)))
            if self.attempt(f"on: {action}", lambda action=action, actor=actor, given=given: actions.take(actor, one.pk, action, given)):
                return

    @rule(pick=st.integers(0, 3), then=st.sampled_from(("hear_statement", "ask_hearing", "reopen")), fine=st.sampled_from(FINES))
    def after_the_notice(self, pick: int, then: str, fine: list[dict[str, Any]]) -> None:
        """The party speaks, or the head sends the matter back, where runs would seldom come by chance."""
        actor = self.who.head if then == "reopen" else self.who.first
        self.fine = fine
        self.attempt(f"then: {then}", lambda: actions.take(actor, self.case(pick).pk, then, self.given(then, fine, True)))

    @rule(pick=st.integers(0, 3), reporter=st.sampled_from(("first", "head")), withdrawer=st.sampled_from(("head", "reviewer")))
    def revoked(self, pick: int, reporter: str, withdrawer: str) -> None:
        def act() -> None:
            for actor, action in ((reporter, "report_revocation"), (withdrawer, "revoke")):
                actions.take(getattr(self.who, actor), self.case(pick).pk, action, self.given(action, self.fine, True))

        self.attempt("revoked", act)

    @rule(pick=st.integers(0, 3), head=st.sampled_from(("head", "reviewer")), fine=st.sampled_from(FINES))
    def varied(self, pick: int, head: str, fine: list[dict[str, Any]]) -> None:
        def act() -> None:
            for actor, action in (("first", "report_variation"), (head, "vary")):
                actions.take(getattr(self.who, actor), self.case(pick).pk, action, self.given(action, fine, True))

        self.attempt("varied", act)

    @rule(pick=st.integers(0, 3), actor=st.sampled_from(("head", "first")))
    def another_party(self, pick: int, actor: str) -> None:
        self.attempt(
            "another party",
            lambda: actions.take(getattr(self.who, actor), self.case(pick).pk, "add_party", self.given("add_party", FINES[0], True)),
        )

    @rule(days=st.sampled_from((1, 1, 6, 30, 120, 400)))
    def later(self, days: int) -> None:
        self.now += timedelta(days=days)

    # ---- what always holds

    @property
    def today(self) -> date:
        return self.now.astimezone(clock.CITY).date()

    @invariant()
    def the_log_knows_every_row(self) -> None:
        assert rows.check_rows() == []

    @invariant()
    def two_certified_officers_take_each_step_of_the_work(self) -> None:
        for step in CaseStep.objects.exclude(certificate=""):
            held = Certificate.objects.get(number=step.certificate)
            assert held.valid_from <= day_of(step.at) <= held.valid_until
            assert str(step.person) == f"user:{held.person_id}"

    @invariant()
    def decided_only_by_each_step(self) -> None:
        for one in Case.objects.filter(state__in=named(AFTER_DECISION)):
            last: dict[str, CaseStep] = {step.action: step for step in one.steps.all()}  # the newest of each
            path = [last[name] for name in ("file_case", "contact", "end_investigation", "review", "notify", "decide")]
            assert [step.place for step in path] == sorted(step.place for step in path)
            handlers = {one.steps.filter(action="file_case").get().data[field] for field in ("officer_a", "officer_b")}
            assert len(handlers) == 2
            assert one.steps.filter(action="declare", place__lt=last["contact"].place).values("person").distinct().count() >= 2
            investigated = set(one.members.values_list("person", flat=True))
            assert last["review"].person != last["decide"].person
            assert not {last["review"].person, last["decide"].person} & investigated
            self.heard(one, last)

    def heard(self, one: Case, last: dict[str, CaseStep]) -> None:
        """The party had its period or gave it up, every argument its answer before the decision, a hearing that was asked for was held; and
        the decision is in no part heavier than what was notified."""
        notice, decide = last["notify"], last["decide"]
        for argument in one.arguments.all():
            assert argument.answered
            assert argument.answered.place < decide.place
        asked = one.steps.filter(action="ask_hearing", place__gt=notice.place).exists()
        held = one.steps.filter(action="hold_hearing", place__gt=notice.place, place__lt=decide.place).exists()
        waived = one.steps.filter(action="waive", place__gt=notice.place, place__lt=decide.place).exists()
        assert held or not asked
        statement = law.at(day_of(notice.at)).due("PENALTY_STATEMENT", date.fromisoformat(notice.data["told_on"]))
        assert held or waived or day_of(decide.at) > statement
        told, decided = (amounts(one, stage) for stage in (NOTIFIED, DECIDED))
        for kind, amount in decided.items():
            assert amount <= told.get(kind, 0) or (kind not in told and kind in ("11", "21") and "33" in told) or (kind == "11" and told)
        if one.major:
            assert one.steps.filter(action="confer", place__gt=notice.place, place__lt=decide.place).exists()

    @invariant()
    def served_with_both_letters_and_published_by_two(self) -> None:
        for one in Case.objects.filter(state__in=named(AFTER_SERVICE)):
            forms = set(Document.objects.filter(matter_kind="cases.case", matter_id=one.pk).values_list("form", flat=True))
            assert {"penalty_37", "penalty_45", "penalty_50", "publicity_notice"} <= forms
            assert one.public_cleared_by
            assert one.public_by != one.public_cleared_by
            assert one.service.served_on >= one.decision.decided_on
        for one in Case.objects.filter(state__in=named(AFTER_PUBLICATION)):
            assert {"publish_double", "publish_file"} <= set(one.steps.values_list("action", flat=True))

    @invariant()
    def on_file_only_from_a_served_case_and_by_two(self) -> None:
        served = set(Case.objects.filter(state__in=[*named(AFTER_SERVICE), "ARCHIVED"]).values_list("proposal__made", flat=True))
        superseded = set(Record.objects.exclude(supersedes=None).values_list("supersedes", flat=True))
        for record in Record.objects.all():
            assert record.pk in served | superseded
            assert record.pk not in superseded or RecordEnd.objects.filter(record=record).exists()
            assert record.entered_by != record.confirmed_by

    @invariant()
    def nothing_public_past_its_end_or_after_a_revocation(self) -> None:
        with clock.set_to(self.now):
            shown = [line.record for subject in (self.who.subject, self.other) for line in file.public_of(subject)]
        for record in shown:
            term = law.at(record.decided_on).publicity(record.term)
            assert term.publish
            assert record.published_on
            assert term.max_clock
            assert record.published_on <= self.today <= law.at(record.decided_on).due(term.max_clock, record.published_on)
            assert not RecordEnd.objects.filter(record=record).exists()
        for one in Case.objects.filter(steps__action="revoke"):
            assert one.record is None or RecordEnd.objects.filter(record=one.record).exists()
            assert one.record not in {record.pk for record in shown}


def day_of(instant: datetime) -> date:
    return instant.astimezone(clock.CITY).date()


def amounts(one: Case, stage: str) -> dict[str, int]:
    """The newest list of a stage: kind -> fen."""
    found: list[Penalty] = list(one.penalties.filter(stage=stage).order_by("-step__place"))
    return {row.kind: row.amount_fen or 0 for row in found if row.step_id == found[0].step_id}


def test_no_path_leads_round_the_steps(
    cast: people.Town, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paper, "pdf", lambda *given: BLANK)
    examples, steps = BY_NIGHT if request.config.getoption("--nightly") else BY_DAY
    Certificate.objects.exclude(person=cast.users["second"]).update(valid_until=date(2031, 12, 31))
    Cases.who, Cases.done = cast, Counter()
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    shape = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=True, database=None, suppress_health_check=checks
    )
    run_state_machine_as_test(Cases, settings=shape)
    with capsys.disabled():
        print(f"\ncases: {sum(Cases.done.values())} steps, {dict(Cases.done.most_common())}")
