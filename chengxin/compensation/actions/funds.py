"""Open a fund, publish a version of its rule, book what goes in and out beside claims, and see that it is topped up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.audit import rows
from chengxin.compensation import ledger
from chengxin.compensation.actions.steps import check_amount, check_code, check_texts, in_days, manager, rule_of, wrong
from chengxin.compensation.errors import NoRule, StillOpen
from chengxin.compensation.ledger import Booking, Move
from chengxin.compensation.models import AdvanceClaim, Entry, Fund, FundRule, Recovery, TopUp
from chengxin.compensation.models.claims import ANSWERABLE, ENDED
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.subjects.models import Platform, Subject

AMOUNTS = ("floor_fen", "two_persons_over_fen", "cap_claim_fen", "cap_person_year_fen", "cap_shop_year_fen")
DAYS = ("ask_days", "appeal_days", "topup_days")
LONGEST = 366  # days of a term; more is a typing error


def open_fund(actor: Actor, code: str, name: str, department: str, platform: Platform | None = None) -> Fund:
    """Open a fund: by the department that will watch over it."""
    if department not in actor.departments_as("reviewer", "head"):
        raise NotFound
    check_texts({"名称/the name": name})
    with transaction.atomic():
        given = {"name": name.strip(), "department": department, "platform": platform, "opened_on": clock.today()}
        made = Fund.objects.create(code=code, kind="platform" if platform else "city", opened_by=str(actor), **given)
        audit.record("compensation.fund.opened", actor=str(actor), object=f"compensation.fund:{made.pk}", data={"code": code})
    return made


def publish_rule(actor: Actor, fund: Fund, content: Mapping[str, Any], valid_from: date, reason: str) -> FundRule:
    """Publish a version of the fund's rule, in force from a day that is not past: what was decided stays as it was.

    A reviewer or head of the department publishes. Raises NotFound, ContentWrong.
    """
    if not manager(actor, fund) & {"reviewer", "head"}:
        raise NotFound
    check_texts({"理由/the reason": reason})
    kept = _content(content, valid_from)
    with transaction.atomic(), ledger.held(fund):
        last = FundRule.objects.filter(fund=fund).first()
        if valid_from < clock.today() or (last and valid_from <= last.valid_from):
            wrong("施行日期不得早于今天，且须晚于上一版本", "it is in force from today or later, and after the version before")
        made = FundRule(fund=fund, version=last.version + 1 if last else 1, valid_from=valid_from, content=kept, reason=reason.strip())
        made.published_by, made.published_by_name, made.published_at = str(actor), actor.name, clock.now()
        data = {"fund": fund.code, "version": made.version, "valid_from": valid_from.isoformat()}
        rows.put(made, "compensation.rule.published", actor=str(actor), object=f"compensation.fund:{fund.pk}", data=data)
        watch_floor(fund)
        return made


def _content(given: Mapping[str, Any], day: date) -> dict[str, Any]:
    for code in given["bases"]:
        check_code("compensation_basis", code, day)
    for name in AMOUNTS:
        if int(given[name]) < 0 or (name.startswith("cap") and not int(given[name])):
            wrong("金额、上限不得为负，上限须大于零", "amounts are not negative and caps more than nothing")
    for name in DAYS:
        if not 1 <= int(given[name]) <= LONGEST:
            wrong("期限须为 1 至 366 天", "a term has 1 to 366 days")
    if not given["bases"]:
        wrong("须至少有一项赔付事由", "there is at least one reason to pay")
    numbers = {name: int(given[name]) for name in (*AMOUNTS, *DAYS)}
    return {"bases": sorted(given["bases"]), "deposit_first": bool(given["deposit_first"]), **numbers}


def contribute(actor: Actor, fund: Fund, subject: Subject, amount_fen: int, on: date, bank_ref: str) -> Entry:
    """Money of a contributor came in; the bank's reference is the key, so that the same receipt is booked once."""
    return _in(actor, fund, "contribution", bank_ref, on, amount_fen, ("BANK", None), ("CAPITAL", subject))


def book_interest(actor: Actor, fund: Fund, amount_fen: int, on: date, bank_ref: str, bank: str = "BANK") -> Entry:
    """The bank paid interest."""
    return _in(actor, fund, "interest", bank_ref, on, amount_fen, (bank, None), ("INTEREST", None))


def book_charge(actor: Actor, fund: Fund, amount_fen: int, on: date, bank_ref: str, bank: str = "BANK") -> Entry:
    """The bank took a charge."""
    return _in(actor, fund, "charge", bank_ref, on, amount_fen, ("CHARGES", None), (bank, None))


def book_unexplained(actor: Actor, fund: Fund, amount_fen: int, on: date, bank_ref: str, bank: str = "BANK") -> Entry:
    """Money came in and nobody knows from whom yet: it is owed, not owned."""
    return _in(actor, fund, "unexplained", bank_ref, on, amount_fen, (bank, None), ("UNEXPLAINED", None))


def book_sent_back(actor: Actor, fund: Fund, amount_fen: int, on: date, bank_ref: str, bank: str = "BANK") -> Entry:
    """What was not explained is sent back to where it came from."""
    return _in(actor, fund, "sent_back", bank_ref, on, amount_fen, ("UNEXPLAINED", None), (bank, None))


def give_back(actor: Actor, fund: Fund, subject: Subject, amount_fen: int, on: date, bank_ref: str) -> Entry:
    """Money goes back to a contributor: first what it contributed, then of the interest. A reviewer or head; the fund is wound up so."""
    if not manager(actor, fund) & {"reviewer", "head"}:
        raise NotFound
    check_amount(amount_fen)
    check_texts({"银行流水号/the bank's reference": bank_ref}, 1)
    if on > clock.today():
        wrong("日期不得晚于今天", "the day is not later than today")
    with transaction.atomic(), ledger.held(fund):
        bank, own = ledger.account(fund, "BANK"), ledger.account(fund, "CAPITAL", subject=subject)
        interest = ledger.account(fund, "INTEREST")
        contributed = min(amount_fen, own.balance_fen)
        if amount_fen - contributed > max(0, interest.balance_fen):
            wrong("超过该出资方的出资和利息", "it is more than this contributor put in and the interest")
        moves = [Move(own, bank, contributed)] if contributed else []
        moves += [Move(interest, bank, amount_fen - contributed)] if amount_fen > contributed else []
        return ledger.book(actor, fund, Booking(f"given_back:{bank_ref.strip()}", "given_back", on, bank_ref.strip()), moves)


def in_the_way(fund: Fund) -> list[str]:
    """What keeps a fund open: claims in which somebody may still do something, recoveries, deposits, money on its accounts."""
    open_ones = AdvanceClaim.objects.filter(fund=fund).exclude(state__in=ENDED).exclude(state__in=ANSWERABLE, due_on__lt=clock.today())
    found = ["claims"] if open_ones.exists() else []
    found += ["recoveries"] if Recovery.objects.filter(claim__fund=fund, closed_at=None).exists() else []
    found += ["deposits"] if ledger.balance(fund, "DEPOSIT_BANK") else []
    return found + (["money"] if ledger.balance(fund, "BANK") or ledger.balance(fund, "UNEXPLAINED") else [])


def close_fund(actor: Actor, fund: Fund, reason: str) -> Fund:
    """Close a fund in which nothing is open and that holds nothing. It takes no more claims; its books stay. Raises NotFound, StillOpen."""
    if not manager(actor, fund) & {"reviewer", "head"}:
        raise NotFound
    check_texts({"理由/the reason": reason})
    with transaction.atomic(), ledger.held(fund):
        found = Fund.objects.select_for_update(of=("self",)).get(pk=fund.pk)
        if found.closed_on is not None or in_the_way(found):
            raise StillOpen
        found.closed_on = clock.today()
        found.save(update_fields=["closed_on"])
        TopUp.objects.filter(fund=found, closed_at=None).update(closed_at=clock.now())
        data = {"fund": found.code, "reason": reason.strip()[:300]}
        audit.record("compensation.fund.closed", actor=str(actor), object=f"compensation.fund:{found.pk}", data=data)
        return found


Side = tuple[str, Subject | None]


def _in(actor: Actor, fund: Fund, kind: str, bank_ref: str, on: date, amount_fen: int, debit: Side, credit: Side) -> Entry:
    manager(actor, fund)
    check_amount(amount_fen)
    check_texts({"银行流水号/the bank's reference": bank_ref}, 1)
    if on > clock.today() or fund.closed_on is not None:
        wrong("日期不得晚于今天，已关闭的基金不再记账", "the day is not later than today, and a closed fund books no more")
    with transaction.atomic():
        with ledger.held(fund):
            sides = [ledger.account(fund, code, subject=subject) for code, subject in (debit, credit)]
        what = Booking(f"{kind}:{bank_ref.strip()}", kind, on, bank_ref.strip())
        made = ledger.book(actor, fund, what, [Move(sides[0], sides[1], amount_fen)])
        watch_floor(fund)
        return made


def watch_floor(fund: Fund) -> TopUp | None:
    """Under the floor of today's rule the duty to top up begins, with the rule's term; at or over it the duty ends. The fund is held."""
    try:
        rule = rule_of(fund, clock.today())
    except NoRule:
        return None
    floor, now = int(rule.content["floor_fen"]), ledger.balance(fund, "BANK")
    standing = TopUp.objects.filter(fund=fund, closed_at=None).first()
    if now >= floor:
        TopUp.objects.filter(fund=fund, closed_at=None).update(closed_at=clock.now())
        return None
    if standing is not None:
        return standing
    due = in_days(int(rule.content["topup_days"]))
    made = TopUp.objects.create(fund=fund, floor_fen=floor, balance_fen=now, opened_at=clock.now(), due_on=due)
    data = {"fund": fund.code, "missing_fen": made.missing_fen, "due_on": due.isoformat()}
    audit.record("compensation.fund.under_floor", actor="system:compensation", object=f"compensation.fund:{fund.pk}", data=data)
    return made
