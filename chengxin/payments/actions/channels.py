"""Licences by dated list, channels as platforms report them, the look at where money goes. A program raises a flag, a person decides it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from chengxin.accounts.access import Actor, system
from chengxin.audit import actions as audit
from chengxin.kernel import clock, jail, locks
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.payments import licensing, reconciling
from chengxin.payments.actions.steps import NUMBERS, SYSTEM, check_code, check_texts, desk_roles, held, moved, named, next_numbers, wrong
from chengxin.payments.errors import AlreadyDone, NumberTaken, WrongList
from chengxin.payments.models import ChannelFlag, OrgLicence, PaymentChannel
from chengxin.payments.models.channels import OPEN
from chengxin.subjects.models import PaymentOrg, Platform

LOOK = system("payments.channels")
COLUMNS = ("code", "number", "business", "scope", "valid_from", "valid_to")
HEADINGS = {
    "code": ["机构代码"],
    "number": ["许可证编号"],
    "business": ["业务类型"],
    "scope": ["业务范围"],
    "valid_from": ["有效期起"],
    "valid_to": ["有效期止"],
}
MOST_BYTES = 5 * 1024 * 1024


def import_licences(actor: Actor, content: bytes, listed_on: date, source: str) -> int:
    """Take in a list of licences as it stood on a day (xlsx or csv); the same list again changes nothing. Returns the rows added.

    Raises NotFound for who is no officer, WrongList with the row when anything is wrong: then no row is taken in.
    """
    if not desk_roles(actor):
        raise NotFound
    check_texts({"source": source})
    if len(content) > MOST_BYTES or listed_on > clock.today():
        wrong("文件不得超过 5 MB，名单日期不得晚于今天", "a list has at most 5 MB and is of no later day than today")
    table = jail.run("chengxin.subjects.sheets:read_rows", content, titles=HEADINGS_BY_TITLE)
    rows = [_licence(int(row["_row"]), row) for row in table["rows"]]
    by, name = named(actor)
    with transaction.atomic(), locks.locked("payments.licences"):
        added = 0
        for row in rows:
            one = {"org": row.pop("org"), "number": row.pop("number"), "business": row.pop("business"), "listed_on": listed_on}
            given = {**row, "source": source.strip(), "entered_by": by, "entered_by_name": name, "entered_at": clock.now()}
            added += OrgLicence.objects.get_or_create(**one, defaults=given)[1]
        data = {"listed_on": listed_on.isoformat(), "rows": len(rows), "added": added}
        audit.record("payments.licences.imported", actor=by, object=f"payments.licences:{listed_on}", data=data)
    return added


HEADINGS_BY_TITLE = {title: name for name in COLUMNS for title in (name, *HEADINGS[name])}


def _licence(place: int, row: Mapping[str, str]) -> dict[str, Any]:
    """A row of the list as values; row: 1-based number in the sheet."""
    said = {name: str(row.get(name) or "").strip() for name in COLUMNS}
    org = PaymentOrg.objects.filter(code=said["code"]).first()
    if org is None:
        raise WrongList(
            row=place, why_zh=f"登记簿没有代码为 {said['code'][:40]} 的机构", why_en=f"the register has no institution {said['code'][:40]}"
        )
    if not re.fullmatch(licensing.form_of(org.kind), said["number"]):
        raise WrongList(row=place, why_zh="许可证编号不合规则", why_en="the licence number has not the right form")
    if said["business"] not in law.at(clock.today()).codes("payment_business"):
        raise WrongList(row=place, why_zh="业务类型不在代码表内", why_en="the type of business is not on the list")
    try:
        days = {name: date.fromisoformat(said[name][:10]) if said[name] else None for name in ("valid_from", "valid_to")}
    except ValueError:
        raise WrongList(row=place, why_zh="日期应写作 2026-01-31", why_en="a day is written 2026-01-31") from None
    if days["valid_from"] is None or (days["valid_to"] and days["valid_to"] < days["valid_from"]):
        raise WrongList(row=place, why_zh="有效期缺失或者止早于起", why_en="the first day is missing, or the last is before it")
    return {"org": org, "number": said["number"], "business": said["business"], "scope": said["scope"][:200], **days}


def report_channel(actor: Actor, platform: Platform, given: Mapping[str, Any]) -> PaymentChannel:
    """Report a way of taking money, or its end: channel_no, institution, contract_no, mode, since, until.

    The same channel_no with the same content is the same channel; only an end may be added. Raises ContentWrong, NumberTaken.
    """
    if platform.code not in actor.platforms:
        raise NotFound
    texts = {name: str(given.get(name) or "").strip() for name in ("channel_no", "institution", "contract_no", "mode")}
    check_texts({name: texts[name] for name in ("channel_no", "institution", "contract_no")}, 1)
    check_code("payment_mode", texts["mode"])
    since, until = given["since"], given.get("until")
    if until and until < since:
        wrong("止日不得早于起日", "the last day may not be before the first")
    with transaction.atomic(), locks.locked(f"payments.channels:{platform.pk}"):
        known = PaymentChannel.objects.filter(platform=platform, channel_no=texts["channel_no"]).first()
        if known:
            return _ended(actor, known, texts, since, until)
        by, name = named(actor)
        made = PaymentChannel(platform=platform, org=licensing.org_named(texts["institution"]), since=since, until=until, **texts)
        made.reported_by, made.reported_by_name, made.reported_at = by, name, clock.now()
        made.save(force_insert=True)
        _note(made, "reported", actor)
        _raise_flags(platform, licensing.of_channel(made, clock.today()), made.institution, made, {"since": since.isoformat()})
        return made


def _ended(actor: Actor, known: PaymentChannel, texts: Mapping[str, str], since: date, until: date | None) -> PaymentChannel:
    if any(getattr(known, name) != text for name, text in texts.items()) or known.since != since or (known.until and known.until != until):
        raise NumberTaken(number=known.channel_no)
    if until and known.until is None:
        known.until = until
        known.save()
        _note(known, "ended", actor)
    return known


def _note(channel: PaymentChannel, what: str, actor: Actor) -> None:
    data = {"platform": channel.platform.code, "channel_no": channel.channel_no, "institution": channel.institution, "mode": channel.mode}
    audit.record(f"payments.channel.{what}", actor=str(actor), object=f"payments.channel:{channel.pk}", data=data)


def look_at_channels(since: datetime, until: datetime) -> int:
    """Each night: channels against the licences of today, payments of the window against the channels. Returns the flags raised."""
    raised, today = 0, clock.today()
    used = Q(until__isnull=True) | Q(until__gte=clock.city_day(since))
    declared: dict[str, set[str]] = {}
    for channel in PaymentChannel.objects.filter(used, since__lte=today).select_related("platform", "org"):
        declared.setdefault(channel.platform.code, set()).update(licensing.names_of(channel))
        if channel.until is None or channel.until >= today:
            evidence = {"since": channel.since.isoformat()}
            raised += _raise_flags(channel.platform, licensing.of_channel(channel, today), channel.institution, channel, evidence)
    platforms = {one.code: one for one in Platform.objects.all()}
    for flow in reconciling.flows(reconciling.Window(since, until, until)):
        if flow.platform in platforms:
            kinds = licensing.of_flow(flow, declared.get(flow.platform, set()), today)
            raised += _raise_flags(platforms[flow.platform], kinds, flow.institution, None, _told(flow))
    return raised


def _told(flow: reconciling.Flow) -> dict[str, Any]:
    days = {"first_at": flow.first_at.isoformat(), "last_at": flow.last_at.isoformat()}
    return {"payments": flow.payments, "amount_fen": flow.amount, **days, "facts": flow.facts}


def _raise_flags(
    platform: Platform, kinds: Sequence[str], institution: str, channel: PaymentChannel | None, evidence: dict[str, Any]
) -> int:
    """One open flag of a kind per platform and institution; what a person decided comes back only with another channel."""
    raised = 0
    with transaction.atomic(), locks.locked(NUMBERS):
        for kind in kinds:
            known = ChannelFlag.objects.filter(platform=platform, kind=kind, institution=institution)
            if known.filter(Q(state=OPEN) | Q(channel=channel)).exists():
                continue
            number = next_numbers(ChannelFlag, "QF", clock.today())[0]
            made = ChannelFlag(number=number, platform=platform, kind=kind, institution=institution, channel=channel)
            made.evidence, made.raised_at = evidence, clock.now()
            moved("flag", made, "raise", SYSTEM, LOOK, before="NONE")
            made.save(force_insert=True)
            raised += 1
    return raised


def dismiss_flag(actor: Actor, number: str, reason: str) -> ChannelFlag:
    """A person finds nothing wrong, and says why."""
    return _decide(actor, number, "dismiss", reason)


def confirm_flag(actor: Actor, number: str, reason: str) -> ChannelFlag:
    """A person confirms it; who follows it up hears of it."""
    return _decide(actor, number, "confirm", reason)


def _decide(actor: Actor, number: str, action: str, reason: str) -> ChannelFlag:
    check_texts({"reason": reason})
    with transaction.atomic():
        flag = held(actor, ChannelFlag, number)
        if flag.state != OPEN:
            raise AlreadyDone
        moved("flag", flag, action, desk_roles(actor), actor, {"reason": reason.strip()})
        flag.decided_by, flag.decided_by_name = named(actor)
        flag.decided_at, flag.reason = clock.now(), reason.strip()[:1000]
        flag.save()
        return flag
