"""The demo's doubles: an entry that is another one in other characters, one that only resembles another, and a proposal that waits."""

from __future__ import annotations

from chengxin.accounts.access import Actor
from chengxin.subjects import actions
from chengxin.subjects.entries import SubjectEntry
from chengxin.subjects.identifiers import uscc_check_character
from chengxin.subjects.models import Joining, Subject

# (name, kind, legal representative, address) of an entry with a code, then of one without: entered as an organisation of another kind.
SAME = (
    ("示例云岭山货有限公司", "1", "示例周岭", "示例市示例路21号"),
    ("示例雲嶺山貨有限責任公司", "4", "示例周岭", "示例市示例路21号"),
)
ALIKE = (
    ("示例青松家具有限公司", "1", "示例于松", "示例市示例路35号"),
    ("示例青松家具店", "4", "示例何青", "示例市演示镇2号"),
)
WAITING = (
    ("示例北坡木耳农民专业合作社", "3", "示例葛坡", "示例市演示镇8号"),
    ("示例北坡木耳种植专业合作社", "4", "示例葛坡", "示例市演示镇8号"),
)
REASON = "法定代表人、住所相同，原手工台账登记时写错名称"
CLASSES = {"1": "91", "3": "93"}

Said = tuple[str, str, str, str]


def fill(registrar: Actor, officer: Actor) -> None:
    """Three pairs; for the last the officer has proposed that they are one. A second call adds nothing."""
    if Joining.objects.exists():
        return
    for number, (kept, other) in enumerate((SAME, ALIKE, WAITING)):
        pair = _entry(kept, registrar, number), _entry(other, registrar)
        if kept is WAITING[0]:
            actions.propose_same(officer, pair[0].pk, pair[1].pk, REASON)


def _entry(said: Said, registrar: Actor, number: int | None = None) -> Subject:
    name, kind, legal_rep, address = said
    body = None if number is None else f"{CLASSES[kind]}230499MA8{number:06d}"
    entry = SubjectEntry(
        kind=kind,
        name=name,
        uscc=body + uscc_check_character(body) if body else None,
        legal_rep=legal_rep,
        address=address,
        division="230499",
    )
    return actions.register_subject(entry, registrar)
