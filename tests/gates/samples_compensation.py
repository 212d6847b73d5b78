"""Ids and lists of compensation for the access matrix; see samples.py and listings.py."""

from __future__ import annotations

from typing import Any

from chengxin.accounts.access import Actor
from chengxin.accounts.actor import of_user
from chengxin.compensation.actions import bank, claims, deposits, funds
from chengxin.compensation.models import AdvanceClaim, Deposit, Fund, Statement
from chengxin.compensation.tests.people import rule
from chengxin.kernel import clock
from tests.gates.listings import EXPORTS, Listing, listing
from tests.gates.matrix import City, Sample, sample
from tests.gates.samples_payments import mismatches_of
from tests.gates.samples_subjects import platforms_of, shops_of, subjects_of

EVERYBODY = {"*": "all"}
TERMS = {"management": "专户存放", "use": "向消费者赔付", "refund": "退出后退还", "amount_fen": 1000, "refund_days": 30, "deduct": False}


def _of(city: City, role: str, side: int) -> Actor:
    return of_user(city.person(role, side))


def funds_of(city: City) -> list[Fund]:
    """The fund of each platform, watched over by each department, with a rule."""
    made = []
    for side, platform in enumerate(platforms_of(city)):
        head = _of(city, "head", side)
        one = funds.open_fund(head, f"gate-{'ab'[side]}", f"门赔付金{'甲乙'[side]}", city.departments[side], platform)
        funds.publish_rule(head, one, rule(), clock.today(), "首次公布")
        made.append(one)
    return made


def claims_of(city: City) -> list[AdvanceClaim]:
    """A claim at the shop of each merchant; the seller is asked."""
    city.once(mismatches_of)  # gives the shops to the merchants
    made = []
    for side, fund in enumerate(city.once(funds_of)):
        shop = city.once(shops_of)[side]
        found, _code = claims.file({**asked_of(fund), "order_no": f"GX{'AB'[side]}01"})
        AdvanceClaim.objects.filter(pk=found.pk).update(shop=shop)
        made.append(claims.ask_seller(_of(city, "officer", side), found.number))
    return made


def asked_of(fund: Fund) -> dict[str, Any]:
    person = {"name": "王示例", "phone": "10012345678", "text": "付款后未发货。", "payment_no": "", "complaint_no": ""}
    return {**person, "platform": fund.platform, "ordered_on": clock.today(), "basis": "FAKE", "amount_fen": 100}


def deposits_of(city: City) -> list[Deposit]:
    subjects = subjects_of(city)
    return [deposits.offer(_of(city, "officer", side), fund, subjects[side], TERMS) for side, fund in enumerate(city.once(funds_of))]


def statements_of(city: City) -> list[Statement]:
    made = []
    for side, fund in enumerate(city.once(funds_of)):
        content = f"交易日期,收入金额,流水号\n{clock.today()},1.00,GATE{side}".encode()
        made.append(bank.import_statement(_of(city, "officer", side), fund, "BANK", content, 0))
    return made


def _numbers(rows: list[Any]) -> Sample:
    a, b = rows
    return Sample({"number": a.number}, {"number": b.number}, {})


@sample("compensation:claim", "compensation:my_claim", "api:compensation_claim")
def own_claims(city: City) -> Sample:
    return _numbers(city.once(claims_of))


@sample("compensation:deposit", "compensation:my_deposit")
def own_deposits(city: City) -> Sample:
    return _numbers(city.once(deposits_of))


@sample("compensation:statement")
def own_statements(city: City) -> Sample:
    return _numbers(city.once(statements_of))


def _codes(city: City, sees: dict[str, str]) -> Sample:
    a, b = city.once(funds_of)
    return Sample({"code": a.code}, {"code": b.code}, sees)


@sample(
    "compensation:fund",
    "compensation:new_rule",
    "compensation:close_fund",
    "compensation:contribute",
    "compensation:new_deposit",
    "compensation:new_statement",
)
def own_funds(city: City) -> Sample:
    return _codes(city, {})


@sample("compensation:public_fund")
def public_funds(city: City) -> Sample:
    return _codes(city, EVERYBODY)


@listing("compensation:public", "api:compensation_funds")
def all_funds(city: City) -> Listing:
    a, b = city.once(funds_of)
    return Listing(a.code, b.code, EVERYBODY)


@listing("compensation:desk")
def desks(city: City) -> Listing:
    city.once(claims_of)
    a, b = city.once(funds_of)
    return Listing(a.name, b.name)


@listing("compensation:my_claims", "api:compensation_claims", "api:book_contribution")
def listed_claims(city: City) -> Listing:
    a, b = city.once(claims_of)
    return Listing(a.number, b.number)


@listing("compensation:deposits")
def listed_deposits(city: City) -> Listing:
    a, b = city.once(deposits_of)
    return Listing(a.number, b.number, queries=(*EXPORTS, "state=OFFERED"))
