"""A liability trace (责任倒查): a person decides from the computed chain who answers for an incident and by which share; a signed paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from chengxin.accounts.access import Actor
from chengxin.audit import rows
from chengxin.delivery import timeline
from chengxin.delivery.actions.incidents import locked_incident
from chengxin.delivery.actions.steps import NUMBERS, checked, desk_roles, moved, named, next_number, wrong
from chengxin.delivery.errors import SharesWrong
from chengxin.delivery.models import Incident, Trace
from chengxin.delivery.models.incidents import WHOLE
from chengxin.delivery.timeline import Parcel
from chengxin.documents import actions as documents
from chengxin.documents.models import Document
from chengxin.kernel import clock, ids, locks
from chengxin.law import law
from chengxin.subjects.models import CourierOutlet

BASIS = "so697.29"
# Papers are in Chinese, whoever issues them.
KINDS = {"lost": "丢失", "damaged": "损毁", "late": "延误", "false_sign": "虚假签收", "privacy": "泄露用户信息", "attitude": "服务行为"}
FAULTS = Path(__file__).parents[1] / "faults.yaml"
MOST_NODES = 8


@cache
def faults() -> Mapping[str, dict[str, str]]:
    """What an outlet or a worker may answer for."""
    return dict(yaml.safe_load(FAULTS.read_text(encoding="utf-8")))


def make_trace(actor: Actor, number: str, nodes: Sequence[Mapping[str, Any]], conclusion: str) -> Trace:
    """Decide who answers for a verified incident. nodes: {outlet, staff_no, event, fault, share}; shares are whole percent, 100 in all.

    The chain of custody is computed again now and kept with the trace; every outlet has to be in it. A staff number that none of the scans
    bears is taken, and marked as the officer's own finding. Raises SharesWrong, ContentWrong, WrongState.
    """
    with transaction.atomic(), locks.locked(NUMBERS):
        incident = locked_incident(actor, number)
        roles = desk_roles(actor, incident.department)
        found = timeline.parcel(incident.waybill_no)
        kept = _checked(nodes, found)
        said = checked(conclusion, "责任认定结论", "the conclusion")
        moved("incident", incident, "trace", roles, actor, {"nodes": kept, "reason": said}, said=said)
        incident.outlet = max(kept, key=lambda one: int(one["share"]))["outlet"]
        trace = _made(actor, incident, found, kept, said)
        incident.save()
    return trace


def _made(actor: Actor, incident: Incident, found: Parcel, nodes: list[dict[str, Any]], conclusion: str) -> Trace:
    by, name = named(actor)
    trace = Trace(
        id=ids.new_id(),
        number=next_number(Trace, "DT", clock.today()),
        incident=incident,
        chain=timeline.as_data(found),
        root=found.root,
        nodes=nodes,
        shares=sum(one["share"] for one in nodes),
        conclusion=conclusion,
        by=by,
        by_name=name,
        at=clock.now(),
    )
    paper = _paper(actor, trace, found)
    trace.paper, trace.paper_number = paper.pk, paper.number
    data = {"number": trace.number, "incident": incident.number, "root": trace.root}
    return rows.put(trace, "delivery.trace.made", actor=by, object=f"delivery.trace:{trace.pk}", data=data)


def _checked(nodes: Sequence[Mapping[str, Any]], found: Parcel) -> list[dict[str, Any]]:
    if not 0 < len(nodes) <= MOST_NODES:
        wrong(f"责任节点应为1至{MOST_NODES}个", f"a trace has from 1 to {MOST_NODES} nodes")
    outlets = {one.outlet for one in found.holdings}
    kept = []
    for node in nodes:
        if node["outlet"] not in outlets:
            wrong("责任网点不在该快件的交接链中", "an outlet is not in the parcel's chain of custody")
        if node["fault"] not in faults():
            wrong("过错类型不对", "the fault is unknown")
        staff_no = str(node.get("staff_no", "")).strip()[:64]
        kept.append({
            "outlet": node["outlet"],
            "staff_no": staff_no,
            "event": str(node.get("event", ""))[:100],
            "fault": node["fault"],
            "share": node["share"],
            "seen": timeline.operator_seen(found, staff_no),
        })  # fmt: skip
    whole = all(isinstance(one["share"], int) and 0 < one["share"] <= WHOLE for one in kept)
    total = sum(one["share"] for one in kept) if whole else 0
    if total != WHOLE:
        raise SharesWrong(sum=total)
    return kept


def _paper(actor: Actor, trace: Trace, found: Parcel) -> Document:
    """The signed paper: the chain as computed, then what a person made of it."""
    incident = trace.incident
    names = dict(CourierOutlet.objects.filter(firm=incident.firm).values_list("code", "name"))
    subject = incident.firm.subject
    values = {
        "party": subject.name if subject else incident.firm.name,
        "party_uscc": (subject.uscc or "") if subject else "",
        "matter_number": incident.number,
        "about": f"运单 {incident.waybill_no}：{KINDS[incident.kind]}",
        "custody_lines": [_custody_line(one, names) for one in found.holdings],
        "liability_lines": [_liability_line(one, names) for one in trace.nodes],
        "trace_conclusion": trace.conclusion,
        "basis": law.at(clock.today()).cited(BASIS)["zh"],
    }
    given = {name: value for name, value in values.items() if value}
    matter = f"delivery.incident:{incident.pk}"
    return documents.issue(actor, "liability_trace", given, department=incident.department, matter=matter, on=clock.today())


def _custody_line(one: timeline.Holding, names: Mapping[str, str]) -> dict[str, str]:
    said = {"gap": "长时间无扫描", "too_fast": "用时异常", "overlap": "交出后又出现", "after_end": "签收后仍有扫描"}
    return {
        "outlet": f"{names.get(one.outlet, '')} {one.outlet or '未注明网点'}".strip(),
        "since": one.since.astimezone(clock.CITY).strftime("%Y-%m-%d %H:%M"),
        "until": one.until.astimezone(clock.CITY).strftime("%Y-%m-%d %H:%M") if one.until else "未交出",
        "operators": "、".join(one.signs),
        "remarks": "；".join(said[flag] for flag in one.flags),
    }


def _liability_line(one: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    return {
        "outlet": f"{names.get(one['outlet'], '')} {one['outlet']}".strip(),
        "staff": one["staff_no"],
        "fault": faults()[one["fault"]]["zh"],
        "event": one["event"],
        "share": f"{one['share']}%",
    }
