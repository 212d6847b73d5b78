"""Train, propose, put in use, retire; and let the model in use say what it thinks of a run's findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Max

from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.detection.errors import ModelNotThere, ModelNotWaiting, NotBetter, SamePersonForModel
from chengxin.detection.learning import booster, features, store, training
from chengxin.detection.learning.models import LearnedModel, Opinion
from chengxin.detection.models import FoundRow
from chengxin.kernel import clock, locks

State = LearnedModel.State
LOCK = "detection.models"


def train(actor: str) -> LearnedModel:
    """A new model of all verdicts that count, or the present one when it comes out the same. TooFewVerdicts, LearningExtraMissing."""
    given = training.lesson()
    made = training.make(given)
    store.keep(made.model)
    with transaction.atomic(), locks.locked(LOCK):
        same = LearnedModel.objects.filter(sha256=made.sha256, training_root=given.root).exclude(state=State.RETIRED).first()
        return same or _record(given, made, actor)


def _record(given: training.Lesson, made: training.Made, actor: str) -> LearnedModel:
    number = (LearnedModel.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    record = LearnedModel.objects.create(
        number=number,
        sha256=made.sha256,
        training_root=given.root,
        verdicts=len(given.labels),
        confirmed=int(given.labels.sum()),
        features=list(given.names),
        features_version=features.version(),
        parameters={**features.tuning()["trees"], "seed": features.tuning()["seed"], "library": booster.release()},
        report=made.report,
        trained_at=clock.now(),
        trained_by=actor,
    )
    _log("trained", record, actor, training=given.root, verdicts=record.verdicts)
    return record


def propose(actor: Actor, number: int) -> LearnedModel:
    """The first person says that the model should be used. Raises NotBetter, ModelNotWaiting."""
    with transaction.atomic(), locks.locked(LOCK):
        record = _locked(number, State.TRAINED)
        if not training.is_better(record.report):
            raise NotBetter(model=str(record))
        record.state, record.proposed_by, record.proposed_at = State.PROPOSED, str(actor), clock.now()
        record.save()
        _log("proposed", record, str(actor))
        return record


def put_in_use(actor: Actor, number: int) -> LearnedModel:
    """The second person agrees; the model used so far is retired. Raises SamePersonForModel, ModelNotWaiting, ModelFileChanged."""
    with transaction.atomic(), locks.locked(LOCK):
        record = _locked(number, State.PROPOSED)
        if record.proposed_by == str(actor):
            raise SamePersonForModel
        store.read(record)
        for old in LearnedModel.objects.select_for_update().filter(state=State.IN_USE):
            _retire(old, actor)
        record.state, record.accepted_by, record.accepted_at = State.IN_USE, str(actor), clock.now()
        record.save()
        _log("put_in_use", record, str(actor))
        return record


def retire(actor: Actor, number: int) -> LearnedModel:
    """Use it no more, or drop the proposal. One person may: without a model the order is the detectors'."""
    with transaction.atomic(), locks.locked(LOCK):
        record = _locked(number, State.PROPOSED, State.IN_USE)
        _retire(record, actor)
        return record


def _retire(record: LearnedModel, actor: Actor) -> None:
    record.state, record.retired_by, record.retired_at = State.RETIRED, str(actor), clock.now()
    record.save()
    _log("retired", record, str(actor))


def _locked(number: int, *states: str) -> LearnedModel:
    record = LearnedModel.objects.select_for_update().filter(number=number).first()
    if record is None:
        raise ModelNotThere
    if record.state not in states:
        raise ModelNotWaiting(state_zh=_said(record, "zh"), state_en=_said(record, "en"))
    return record


SAID = {
    State.TRAINED: {"zh": "已训练", "en": "trained"},
    State.PROPOSED: {"zh": "已提请启用", "en": "proposed"},
    State.IN_USE: {"zh": "使用中", "en": "in use"},
    State.RETIRED: {"zh": "已停用", "en": "retired"},
}


def _said(record: LearnedModel, language: str) -> str:
    return SAID[State(record.state)][language]


def _log(what: str, record: LearnedModel, actor: str, **more: Any) -> None:
    audit.record(
        f"detection.model.{what}",
        actor=actor,
        object=f"detection.model:{record.id}",
        data={"number": record.number, "sha256": record.sha256, **more},
    )


def in_use() -> LearnedModel | None:
    """The model that orders the work now."""
    return LearnedModel.objects.filter(state=State.IN_USE).first()


def give_opinions(run_id: str) -> int:
    """What the model in use says of a run's findings, with both places of each; returns how many are new. 0 without a model in use."""
    record = in_use()
    found = list(FoundRow.objects.select_related("run").filter(run_id=run_id).order_by("-score", "key"))
    if record is None or not found or not booster.available():
        return 0
    values = features.ensure(found)
    said, parts = booster.predict(store.read(record), features.matrix([values[str(row.id)] for row in found], record.features))
    order = np.lexsort((np.arange(len(found)), -said))
    place = np.empty(len(found), dtype=int)
    place[order] = np.arange(1, len(found) + 1)
    rows = [
        Opinion(
            model=record,
            finding_id=row.id,
            probability=float(said[at]),
            contributions=_strongest(record.features, values[str(row.id)], parts[at]),
            place=int(place[at]),
            place_before=at + 1,
            at=clock.now(),
        )
        for at, row in enumerate(found)
    ]
    before = record.opinions.count()
    Opinion.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return record.opinions.count() - before


def _strongest(names: Sequence[str], values: features.Values, parts: Any) -> list[list[Any]]:
    order = np.argsort(-np.abs(parts), kind="stable")[: features.tuning()["reasons_told"]]
    return [[names[at], values.get(names[at]), round(float(parts[at]), 4)] for at in order if abs(parts[at]) > 1e-4]
