"""The road: every event and its handlers, in the order a fact travels. Rooms import only rooms below; what happens above is told here.

Handlers are named by import path, run by the worker in their own transaction, at least once, and their effect once.
"""

from __future__ import annotations

ROAD: dict[str, list[str]] = {
    # 1 a platform's report is accepted → look at it at once and again soon, and check it against the other sources
    "chengxin.facts.events:BatchAccepted": [
        "chengxin.detection.live.tasks:take_batch",
        "chengxin.detection.tasks:look_at_batch",
        "chengxin.facts.tasks:cross_check_batch",
        "chengxin.facts.turnover:watch_batch",
    ],
    # 2 detectors made findings → clues with frozen evidence
    "chengxin.detection.events:FindingsMade": ["chengxin.supervision.tasks:open_clues", "chengxin.detection.learning.tasks:think_of"],
    # 3 an officer's verdict → the detectors' figures, and what a model may learn from
    "chengxin.supervision.events:ClueJudged": ["chengxin.supervision.actions.judging:tell_verdict"],
    "chengxin.supervision.events:ClueDismissed": ["chengxin.supervision.actions.judging:tell_dismissal"],
    # 4 an inspection found something, an interview was of no use → the source of a case
    "chengxin.inspection.events:ProblemFound": ["chengxin.cases.tasks:register_source"],
    "chengxin.platforms.events:NotRectified": ["chengxin.cases.tasks:register_source_of_interview"],
    # 5 a penalty is served, or revoked, or its case is closed → lists
    "chengxin.cases.events:PenaltyDecided": [],
    "chengxin.cases.events:DecisionRevoked": [],
    "chengxin.cases.events:CaseClosed": [],
    # 6 a decision is on the credit file, or off it → lists, joint measures and publicity elsewhere will hear of it here
    "chengxin.records.events:RecordConfirmed": [],
    "chengxin.records.events:RecordWithdrawn": [],
    "chengxin.records.events:ObjectionRaised": [],
    "chengxin.records.events:ObjectionDecided": [],
    # an inspection found something that is to be dealt with → the source of a case; a warning stands on its subject's page
    "chengxin.inspection.events:ProblemFound": [],
    "chengxin.inspection.events:WarningNotified": [],
    # what platforms do and what is asked of them → the case desk hears of what was not put right after an interview
    "chengxin.platforms.events:ClueReported": [],
    "chengxin.platforms.events:MeasurePublished": [],
    "chengxin.platforms.events:NotRectified": [],
}

# Jobs that somebody waits for within seconds. The worker keeps a thread for them, so that none stands behind a run of minutes.
QUICK: tuple[str, ...] = ("chengxin.detection.live.tasks:focus", "chengxin.detection.live.tasks:begin")
