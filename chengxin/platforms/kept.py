"""The check of what this room keeps against the log: measures as they were sent, their states, results of checks. For `chengxin check`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from chengxin.audit.models import Leaf
from chengxin.platforms.actions.measures import content_of
from chengxin.platforms.actions.steps import digest_of
from chengxin.platforms.checking import digest_of_results
from chengxin.platforms.models import DutyCheck, Measure, Step


def check_platforms() -> list[str]:
    """What does not hold, a line each in both languages; empty when everything is as the log says."""
    return [*_measures(), *_results()]


def _said(action: str) -> dict[str, dict[str, Any]]:
    """Object → the data of its log entry of this action."""
    rows = Leaf.objects.filter(action=action).values_list("object", "body")
    return {name: json.loads(body)["data"] for name, body in rows}


def _measures() -> Iterator[str]:
    said = _said("platforms.measure.reported")
    last = {matter: after for matter, after in Step.objects.filter(of="measure").order_by("place").values_list("matter", "after")}
    for one in Measure.objects.select_related("shop").iterator():
        logged = said.pop(f"platforms.measure:{one.pk}", {})
        if not one.digest == digest_of(content_of(one)) == logged.get("digest"):
            yield f"{one.number}: 措施内容与日志不符 / the measure is not what the log says"
        if one.state != last.get(one.pk):
            yield f"{one.number}: 措施状态与办理经过不符 / the state is not where its history ends"
    yield from (f"{name}: 措施已不在登记中 / the measure is no longer on record" for name in said)


def _results() -> Iterator[str]:
    said = dict(Leaf.objects.filter(action="platforms.duties.checked").values_list("index", "body"))
    for leaf, rows in groupby(DutyCheck.objects.order_by("leaf").iterator(), key=lambda one: one.leaf):
        body = said.pop(leaf, None)
        if body is None or json.loads(body)["data"]["digest"] != digest_of_results(rows):
            yield f"{leaf}: 义务检查结果与日志不符 / results of a check are not what the log says"
    yield from (f"{leaf}: 义务检查结果已不在登记中 / results of a check are no longer on record" for leaf in said)
