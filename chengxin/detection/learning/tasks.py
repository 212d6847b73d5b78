"""Jobs: learn weekly or on demand, say what the model in use thinks of new findings."""

from __future__ import annotations

from chengxin.detection.events import FindingsMade
from chengxin.detection.learning import actions
from chengxin.jobs.actions import enqueue
from chengxin.jobs.run import JobRun
from chengxin.kernel.errors import ChengxinError

TRAINING = {"zh": "训练模型", "en": "Train a model"}
OPINIONS = {"zh": "模型第二意见", "en": "Second opinions"}


def train(actor: str = "system:cron", job: JobRun | None = None) -> str:
    """Train on all verdicts that count. Too few, or no library: nothing is made, and the job's result says so."""
    try:
        made = actions.train(actor)
    except ChengxinError as error:
        return str(error)
    return f"{made}: {made.verdicts} / {made.report['auc']}"


def think_of(event: FindingsMade) -> None:
    """A run's findings stand: when a model is in use, a job says what it thinks of them."""
    if actions.in_use() is not None:
        target = "chengxin.detection.learning.tasks:give_opinions"
        enqueue(target, title=OPINIONS, key=f"detection.opinions.{event.run_id}", owner="system:detection", run_id=event.run_id)


def give_opinions(run_id: str, job: JobRun | None = None) -> str:
    """Opinions on a run's findings; a model whose file changed is not used."""
    try:
        return str(actions.give_opinions(run_id))
    except ChengxinError as error:
        return str(error)
