"""By construction: what is alike reaches no date, state or result of any complaint, and nothing that decides can read it."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import transaction

import chengxin
from chengxin.consumers import actions
from chengxin.consumers.models import Answer, Complaint, ConsumerStep
from chengxin.consumers.tests import people
from chengxin.consumers.triage import looking
from chengxin.consumers.triage.labelled import TEMPLATES, own_words
from chengxin.consumers.triage.models import Alike, Group
from chengxin.documents import paper
from chengxin.documents.models import Document
from chengxin.documents.tests.people import BLANK
from chengxin.kernel import clock

ROOT = Path(chengxin.__file__).parent
START = datetime(2026, 4, 10, 9, tzinfo=clock.CITY)  # the law changes on the fifteenth
GENUINE = 6
RECORDED = (
    "state",
    "department",
    "rule",
    "received_at",
    "due_on",
    "accepted_on",
    "ground",
    "ended_on",
    "confirm_by",
    "word",
    "reopened",
    "closed_at",
)
STEPS = ("place", "action", "before", "after", "actor", "note", "due_on", "at")


def template(n: int) -> str:
    return TEMPLATES[0].format(day=f"{1 + n % 12}月{1 + n % 28}日", goods="坚果礼盒", n=n, order=f"E{n:09d}", sum=n)


def said(n: int) -> str:
    """What a genuine complainant says; two found the template a good way to say it, and of these one is never decided."""
    return template(900_000 + n) if n in (1, 5) else own_words(np.random.default_rng(n))


def world(mass: int, leak: bool = False) -> bytes:
    """The same town and genuine complaints through the real actions, with so many template complaints around them; then everything that
    is recorded of the genuine ones. Undone at the end."""
    with transaction.atomic():
        with clock.set_to(START - timedelta(days=1)):
            cast = people.town()
        made = []
        for n in range(GENUINE):
            _mass(cast, n, mass)
            with clock.set_to(START + timedelta(days=n)):
                given = people.form(cast, text=said(n), phone=f"1000000{n:04d}")
                made.append(actions.file(given))
        with clock.set_to(START + timedelta(days=GENUINE)):
            looking.look_at_all()
            if leak:
                _put_back()
        for n, one in enumerate(made):
            _handled(cast, n, one)
        found = [_recorded(one.complaint) for one in made]
        transaction.set_rollback(True)
    return json.dumps(found, default=str, ensure_ascii=False).encode()


def _mass(cast: people.Town, day: int, mass: int) -> None:
    share = range(day * mass // GENUINE, (day + 1) * mass // GENUINE)
    for n in share:
        with clock.set_to(START + timedelta(days=day, seconds=n % 40_000)):
            actions.file(people.form(cast, text=template(n), phone=f"1009{n:07d}"))


def _handled(cast: people.Town, n: int, one: actions.Filed) -> None:
    """Each another way: refused, agreed, ended, answered and settled, left alone."""
    number = one.complaint.number
    with clock.set_to(START + timedelta(days=GENUINE + 1 + n, hours=1)):
        if n == 0:
            actions.refuse(cast.officer, number, "R2", "法院已经受理同一争议")
        elif n < 5:
            actions.accept(cast.officer, number, people.DESK)
    with clock.set_to(START + timedelta(days=GENUINE + 9 + n, hours=2)):
        if n in (1, 2):
            actions.mediate(cast.officer, number)
        if n == 1:
            actions.agree(cast.officer, number, "三日内退款二百九十九元")
        elif n == 2:
            actions.end(cast.officer, number, "T3", "商家明确表示不同意")
        elif n == 3:
            actions.answer(cast.merchant, number, {"text": "同意退货退款，运费由我店承担。", "offer": "REFUND", "offer_fen": 29900})
            actions.say(one.filing, True)


def _recorded(complaint: Complaint) -> dict[str, Any]:
    """All that stands on record of it, but for the numbers, which count everything that came in that day."""
    now = Complaint.objects.get(pk=complaint.pk)
    return {
        "matter": [getattr(now, name) for name in RECORDED],
        "owner": now.owner_name,
        "steps": [list(row) for row in ConsumerStep.objects.filter(matter=now.pk).values_list(*STEPS[:4], "actor_name", *STEPS[5:])],
        "papers": sorted(Document.objects.filter(matter_id=now.pk).values_list("form", flat=True)),
        "answers": Answer.objects.filter(complaint=now).count(),
        "words": list(now.words.values_list("word", flat=True)),
    }


def _put_back() -> None:
    """The twin's fault: what stands in a group waits five days longer."""
    for one in Complaint.objects.filter(pk__in=Alike.objects.values("complaint")):
        Complaint.objects.filter(pk=one.pk).update(due_on=one.due_on + timedelta(days=5))


@pytest.fixture
def quick_papers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "pdf", lambda *given: BLANK)


@pytest.mark.django_db
def test_template_complaints_change_no_date_state_or_result_of_a_genuine_one(quick_papers: None, request: Any) -> None:
    mass = 10_000 if request.config.getoption("--nightly") else 18
    without = world(0)
    assert world(mass) == without
    states = {row["matter"][0] for row in json.loads(without)}
    assert {"REFUSED", "AGREED", "ENDED", "CLOSED", "ACCEPTED", "RECEIVED"} <= states, "the genuine ones went every way"


@pytest.mark.django_db
def test_the_twin_a_group_that_moves_a_date_is_seen(quick_papers: None) -> None:
    assert world(18, leak=True) != world(0, leak=True)


@pytest.mark.django_db
def test_genuine_complaints_do_stand_in_groups_with_the_mass(quick_papers: None) -> None:
    """Else the test above would show nothing."""
    cast = people.town()
    genuine = [actions.file(people.form(cast, text=said(n), phone=f"1000000{n:04d}")).complaint for n in (1, 5)]
    for n in range(4):
        actions.file(people.form(cast, text=template(n), phone=f"1009{n:07d}"))
    looking.look("SAMR")
    assert Group.objects.get().n == 6
    assert Alike.objects.filter(complaint__in=genuine).count() == 2


# ---- and nothing that decides may read it


def readers(sources: Iterable[tuple[str, str]]) -> set[str]:
    """Modules (name, source) that name anything of the triage, by an import or in a text."""
    found = set()
    for name, source in sources:
        for node in ast.walk(ast.parse(source)) if "triage" in source else ():
            taken: list[str] = []
            if isinstance(node, ast.Import):
                taken = [one.name for one in node.names]
            elif isinstance(node, ast.ImportFrom):
                taken = [f"{node.module}.{one.name}" for one in node.names] + [node.module or ""]
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                taken = [node.value.replace(":", ".")]
            if any(("consumers.triage" in one and "\n" not in one) or one.startswith("triage.") for one in taken):
                found.add(name)
    return found


def own_sources() -> list[tuple[str, str]]:
    files = [path for path in ROOT.rglob("*.py") if "tests" not in path.parts and "triage" not in path.parts]
    return [(".".join(path.relative_to(ROOT.parent).with_suffix("").parts), path.read_text(encoding="utf-8")) for path in files]


def test_nothing_outside_its_own_pages_reads_what_is_alike() -> None:
    """Settings and the table of routes name it, the demo fills it."""
    assert readers(own_sources()) <= {"chengxin.settings", "chengxin.urls", "chengxin.demo"}


@pytest.mark.parametrize(
    "source",
    [
        "from chengxin.consumers.triage.models import Group",
        "from chengxin.consumers import triage",
        "def late():\n    import chengxin.consumers.triage.queries as q",
        "ROAD = {'x': ['chengxin.consumers.triage.looking:look']}",
        "model = apps.get_model('triage.Group')",
    ],
)
def test_the_check_sees_whoever_reads_it(source: str) -> None:
    assert readers([("chengxin.consumers.actions.handling", source), ("chengxin.kernel.ids", "import uuid")]) == {
        "chengxin.consumers.actions.handling"
    }


def test_no_row_of_a_complaint_points_to_a_group() -> None:
    pointed = {field.related_model._meta.app_label for field in Complaint._meta.concrete_fields if field.related_model}
    assert "triage" not in pointed
    assert not [one for one in Complaint._meta.related_objects if one.related_model._meta.app_label == "triage" and one.get_accessor_name()]
