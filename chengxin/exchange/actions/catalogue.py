"""The catalogue: draft, assessment, listing by another person, end; requests with their clocks; use of a grant, each one logged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.audit import rows
from chengxin.exchange import fieldmaps
from chengxin.exchange.access import DESK
from chengxin.exchange.errors import AlreadyDone, NotAssessed, SamePerson, UseRefused
from chengxin.exchange.models import Assessment, CatalogueEntry, ExchangeRow, ShareRequest, ShareUse
from chengxin.exchange.models.catalogue import ASSESSED, CONDITIONAL, DRAFT, ENDED, LISTED, NEVER, OPEN_SHARING, SHARING
from chengxin.exchange.models.outbound import ACCEPTED, PUT
from chengxin.exchange.steps import NUMBERS, check_text, moved, named, next_number, roles_in, wrong
from chengxin.kernel import clock, locks
from chengxin.law import law

KEEP = "PIA_KEEP"
CLOCKED = {OPEN_SHARING: "file_uncond", CONDITIONAL: "file"}
PAGE = 1000


@cache
def resources() -> dict[str, dict[str, Any]]:
    """What may stand in the catalogue, by code; see resources.yaml."""
    path = Path(__file__).parent.parent / "resources.yaml"
    found: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))["resources"]
    return found


def offered(resource: str) -> list[fieldmaps.Field]:
    """The fields of a resource that may be shared at all."""
    one = resources()[resource]
    return [field for field in fieldmaps.versions(one["kind"])[-1].fields if field.code not in one["never"]]


def check_fields(chosen: Iterable[str], allowed: Iterable[str]) -> list[str]:
    """The chosen fields in the order of the form. Raises ContentWrong for none, or one that is not allowed."""
    allowed, wanted = list(allowed), set(chosen)
    if not wanted or wanted - set(allowed):
        wrong("字段缺失或者超出目录范围", "no field is chosen, or one that is not offered")
    return [code for code in allowed if code in wanted]


# ---- entries


@transaction.atomic
def draft(actor: Actor, department: str, given: Mapping[str, Any]) -> CatalogueEntry:
    """Enter a resource for the catalogue: {resource, title, sharing, condition, fields}."""
    roles_in(actor, department, DESK)
    if given["resource"] not in resources() or given["sharing"] not in SHARING:
        wrong("数据资源或者共享类型有误", "the resource or the type of sharing is unknown")
    fields = check_fields(given["fields"], [one.code for one in offered(given["resource"])])
    condition = given.get("condition", "").strip()
    if given["sharing"] == CONDITIONAL:
        condition = check_text(condition, "共享条件", "the condition")
    by, name = named(actor)
    with locks.locked(NUMBERS):
        entry = CatalogueEntry.objects.create(
            number=next_number(CatalogueEntry, "ML"),
            resource=given["resource"],
            title=check_text(given["title"], "名称", "the title"),
            department=department,
            sharing=given["sharing"],
            condition=condition,
            fields=fields,
            made_by=by,
            made_by_name=name,
            made_at=clock.now(),
        )
    _note(entry, "drafted", by)
    return entry


def _note(entry: CatalogueEntry, what: str, by: str) -> None:
    data = {"number": entry.number, "resource": entry.resource, "sharing": entry.sharing, "fields": entry.fields}
    audit.record(f"exchange.entry.{what}", actor=by, object=f"exchange.entry:{entry.pk}", data=data)


def _entry(actor: Actor, number: str) -> CatalogueEntry:
    found = access.get(actor, CatalogueEntry, number=number)
    roles_in(actor, found.department, DESK)
    with locks.locked(f"exchange.entry:{found.pk}"):
        return CatalogueEntry.objects.select_for_update().get(pk=found.pk)


@transaction.atomic
def assess(actor: Actor, number: str, lawful: str, impact: str, measures: str) -> CatalogueEntry:
    """The assessment of the impact on personal information, in its three parts (PIPL art. 56); written once."""
    entry = _entry(actor, number)
    if entry.state != DRAFT:
        raise AlreadyDone
    form = fieldmaps.versions(resources()[entry.resource]["kind"])[-1]
    by, name = named(actor)
    made = Assessment(
        entry=entry,
        lawful=check_text(lawful, "合法正当必要性", "the lawfulness"),
        impact=check_text(impact, "影响及风险", "the impact"),
        measures=check_text(measures, "保护措施", "the safeguards"),
        personal_fields=[code for code in entry.fields if form.field(code).personal],
        keep_until=law.due(KEEP, clock.today()),
        by=by,
        by_name=name,
        at=clock.now(),
    )
    rows.put(made, "exchange.entry.assessed", actor=by, object=f"exchange.entry:{entry.pk}", data={"number": number})
    entry.state = ASSESSED
    entry.save()
    return entry


@transaction.atomic
def publish(actor: Actor, number: str) -> CatalogueEntry:
    """List an entry, by another person than the one who drafted it, after its assessment. Raises NotAssessed, SamePerson."""
    entry = _entry(actor, number)
    if entry.state == DRAFT:
        raise NotAssessed
    if entry.state != ASSESSED:
        raise AlreadyDone
    if entry.made_by == str(actor):
        raise SamePerson
    entry.state, entry.listed_at = LISTED, clock.now()
    entry.listed_by, entry.listed_by_name = named(actor)
    entry.save()
    _note(entry, "listed", str(actor))
    return entry


@transaction.atomic
def end(actor: Actor, number: str) -> CatalogueEntry:
    """Take an entry off the catalogue; grants that rest on it may not be used any more."""
    entry = _entry(actor, number)
    if entry.state != LISTED:
        raise AlreadyDone
    entry.state = ENDED
    entry.save()
    _note(entry, "ended", str(actor))
    return entry


# ---- requests


@transaction.atomic
def ask(actor: Actor, number: str, department: str, purpose: str, fields: Sequence[str], until: date) -> ShareRequest:
    """File a request for fields of a listed entry; the clock is that of its type of sharing."""
    entry = access.get(actor, CatalogueEntry, number=number, state=LISTED)
    roles = roles_in(actor, department, DESK)
    if entry.sharing == NEVER:
        wrong("该目录不予共享", "this entry is not shared")
    if until <= clock.today():
        wrong("使用期限须在今天之后", "the term ends after today")
    by, name = named(actor)
    with locks.locked(NUMBERS):
        made = ShareRequest(
            number=next_number(ShareRequest, "GX"),
            entry=entry,
            department=department,
            supplier=entry.department,
            purpose=check_text(purpose, "用途", "the purpose"),
            fields=check_fields(fields, entry.fields),
            until=until,
            state="NONE",
            filed_by=by,
            filed_by_name=name,
            filed_at=clock.now(),
        )
        outcome = moved(made, "request", CLOCKED[entry.sharing], roles, (by, name))
        made.clock, made.due_on = outcome.clock or "", outcome.due
        made.save()
    return made


def _request(actor: Actor, number: str) -> ShareRequest:
    found = access.get(actor, ShareRequest, number=number)
    with locks.locked(f"exchange.request:{found.pk}"):
        return ShareRequest.objects.select_for_update().get(pk=found.pk)


@transaction.atomic
def answer(actor: Actor, number: str, granted: bool, reason: str = "") -> ShareRequest:
    """Grant as asked, or refuse with the reason: a reviewer or head of the supplying department."""
    one = _request(actor, number)
    roles = roles_in(actor, one.supplier, DESK)
    if one.filed_by == str(actor):
        raise SamePerson
    reason = reason.strip() if granted else check_text(reason, "理由", "the reason")
    outcome = moved(one, "request", "grant" if granted else "refuse", roles, named(actor), reason)
    one.clock, one.due_on, one.reason = outcome.clock or "", outcome.due, reason
    one.decided_by, one.decided_by_name = named(actor)
    one.decided_at = clock.now()
    one.save()
    return one


@transaction.atomic
def deliver(actor: Actor, number: str) -> ShareRequest:
    """The supplier opens the data: from now on they may be used within the grant."""
    one = _request(actor, number)
    moved(one, "request", "deliver", roles_in(actor, one.supplier, DESK), named(actor))
    one.clock, one.due_on = "", None
    one.save()
    return one


@transaction.atomic
def give_back(actor: Actor, number: str, reason: str) -> ShareRequest:
    """End the use before its term, by either side."""
    one = _request(actor, number)
    mine = one.department if one.department in actor.departments_as(*DESK) else one.supplier
    moved(one, "request", "return", roles_in(actor, mine, DESK), named(actor), check_text(reason, "理由", "the reason"))
    one.save()
    return one


# ---- use

Refusal = tuple[str, str, str]


def use(actor: Actor, number: str, fields: Sequence[str] = (), offset: int = 0) -> list[dict[str, str]]:
    """Read shared rows within a grant: at most 1,000 from `offset`, the granted fields or some of them, only for the asking department.

    Every use is logged, a refused one too, in a transaction of its own. Raises UseRefused.
    """
    request = access.get(actor, ShareRequest, number=number)
    wanted = list(fields) or list(request.fields)
    refused = _refusal(actor, request, wanted)
    found = [] if refused else _shared(request, wanted, offset)
    by, name = named(actor)
    with transaction.atomic():
        made = ShareUse(request=request, fields=wanted[:100], rows=len(found), refused=refused[0] if refused else "", at=clock.now())
        made.actor, made.actor_name = by, name
        data = {"number": number, "rows": len(found), "refused": made.refused, "fields": wanted[:100]}
        rows.put(made, "exchange.grant.used", actor=by, object=f"exchange.request:{request.pk}", data=data)
    if refused:
        raise UseRefused(why_zh=refused[1], why_en=refused[2])
    return found


def _refusal(actor: Actor, request: ShareRequest, wanted: list[str]) -> Refusal | None:
    code = actor.client.platform_code if actor.client else ""
    if request.department not in actor.departments_as(*DESK) | {code}:
        return "stranger", "只有申请部门可以使用", "only the department that asked may use it"
    if request.state != "DELIVERED" or request.entry.state != LISTED:
        return "state", "数据尚未提供或者共享已经终止", "it is not delivered yet, or has ended"
    if clock.today() > request.until:
        return "expired", f"使用期限已于 {request.until} 届满", f"its term ended on {request.until}"
    if set(wanted) - set(request.fields):
        beyond = "、".join(sorted(set(wanted) - set(request.fields)))[:200]
        return "fields", f"超出批准的字段：{beyond}", f"these fields were not granted: {beyond}"
    return None


def _shared(request: ShareRequest, wanted: list[str], offset: int) -> list[dict[str, str]]:
    kind = resources()[request.entry.resource]["kind"]
    standing = ExchangeRow.objects.filter(kind=kind, department=request.supplier, act=PUT, state=ACCEPTED)
    standing = standing.exclude(shown_until__lt=clock.today()).order_by("number")
    return [
        {"number": number, **{code: content.get(code, "") for code in wanted}}
        for number, content in standing.values_list("number", "content")[offset : offset + PAGE]
    ]
