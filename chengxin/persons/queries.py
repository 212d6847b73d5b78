"""What may be asked of the room."""

from __future__ import annotations

from typing import Any

from chengxin.kernel import clock, language
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.persons.actions import code_index
from chengxin.persons.models import ErasureRequest
from chengxin.persons.stores import grounds, store_name

ANSWER = "pipl.50"  # the provision under which a request is answered (law value erasure_answer_days)


def by_code(code: str) -> ErasureRequest:
    """The request of a code. Raises NotFound, the same for every wrong one."""
    found = ErasureRequest.objects.filter(code_index=code_index(code[:64])).first()
    if found is None:
        raise NotFound
    return found


def cited(provision: str) -> str:
    """Law and article in the reader's language."""
    return language.pick(law.at(clock.today()).cited(provision))


def ground_of(request: ErasureRequest) -> dict[str, str]:
    """The ground of a decision: its words and its provision; empty before one."""
    for some in grounds().values():
        if request.ground in some:
            one = some[request.ground]
            return {"words": language.pick(one), "provision": cited(one["provision"])}
    return {}


def kept_of(request: ErasureRequest) -> list[dict[str, Any]]:
    """What stays, with the words and the provision."""
    return [_said(one) for one in request.outcome.get("kept", ())]


def _said(one: dict[str, Any]) -> dict[str, Any]:
    return {"rows": one["rows"], "store": store_name(one["store"]), "words": language.pick(one), "provision": cited(one["provision"])}


def said_of_plan(kept: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same for a plan that was not carried out."""
    return [_said(one) for one in kept]
