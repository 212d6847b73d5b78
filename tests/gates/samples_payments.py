"""Ids of payment flags, mismatches, risk events and claims for the access matrix; see samples.py."""

from __future__ import annotations

from typing import Any

from chengxin.accounts.actor import of_user
from chengxin.kernel import clock
from chengxin.payments import actions
from chengxin.payments.models import ChannelFlag, Claim, Mismatch, Reconciliation, RiskEvent
from chengxin.payments.tests.people import channel, lost, risk
from chengxin.subjects.models import PaymentOrg
from tests.gates.matrix import City, Sample, sample
from tests.gates.samples_subjects import platforms_of, shops_of, subjects_of

DESK = {"officer": "all", "reviewer": "all", "head": "all"}


def orgs_of(city: City) -> list[PaymentOrg]:
    """An institution of each subject; its code is the one that the side's machine is bound to."""
    subjects_of(city)
    made = []
    for code, subject in zip(city.platforms, city.subjects, strict=True):
        given = {"name": f"门支付{code}", "subject_id": subject}
        made.append(PaymentOrg.objects.get_or_create(code=code, defaults=given)[0])
    return made


def flags_of(city: City) -> list[ChannelFlag]:
    for side, platform in enumerate(platforms_of(city)):
        given = channel(channel_no=f"GQ{'AB'[side]}001", institution=f"门机构{'甲乙'[side]}", mode="OWN")
        actions.report_channel(of_user(city.person("platform_staff", side)), platform, given)
    return [ChannelFlag.objects.get(platform=one, kind="own_settlement") for one in platforms_of(city)]


def mismatches_of(city: City) -> list[Mismatch]:
    """One at the shop of each merchant."""
    subjects_of(city)
    now = clock.now()
    run = Reconciliation.objects.create(since=now, until=now, as_of=now, root="0" * 64, by="system:gate", at=now)
    made = []
    for side, shop in enumerate(city.once(shops_of)):
        shop.subject_id = city.subjects[side]
        shop.save()
        given = {
            "kind": "amount",
            "key": f"GT{'甲乙'[side]}01",
            "happened_at": now,
            "placed_at": now,
            "expected_fen": 1000,
            "found_fen": 999,
        }
        made.append(Mismatch.objects.create(number=f"DZGATE{'AB'[side]}", run=run, platform=shop.platform, shop=shop, **given))
    return made


def events_of(city: City) -> list[RiskEvent]:
    """One of each department about each institution, shared."""
    made = []
    for side, org in enumerate(city.once(orgs_of)):
        officer = of_user(city.person("officer", side))
        given = risk(summary=f"门{'甲乙'[side]}的风险", source_ref=f"G{side}", department=city.departments[side])
        one = actions.signal(officer, org, given)
        actions.triage(officer, one.number, "研判属实")
        made.append(actions.share(officer, one.number))
    return made


def claims_of(city: City) -> list[Claim]:
    made = []
    for side, org in enumerate(city.once(orgs_of)):
        given = lost(payment_no=f"P{side}0000", facts=f"门{'甲乙'[side]}的经过")
        made.append(actions.claim(org, given, of=city.departments[side])[0])
    return made


def _numbers(rows: list[Any], sees: dict[str, str] | None = None) -> Sample:
    a, b = rows
    return Sample({"number": a.number}, {"number": b.number}, sees or {})


@sample("payments:flag")
def flags(city: City) -> Sample:
    """Every desk reads every platform's flags."""
    return _numbers(city.once(flags_of), DESK)


@sample("payments:mismatch")
def mismatches_for_officers(city: City) -> Sample:
    return _numbers(city.once(mismatches_of), DESK)


@sample("payments:my_mismatch", "api:explain_mismatch")
def own_mismatches(city: City) -> Sample:
    return _numbers(city.once(mismatches_of))


@sample("payments:event", "payments:my_event", "api:report_risk_action")
def events(city: City) -> Sample:
    return _numbers(city.once(events_of))


@sample("payments:claim", "payments:my_claim", "api:stop_claim")
def claims(city: City) -> Sample:
    return _numbers(city.once(claims_of))
