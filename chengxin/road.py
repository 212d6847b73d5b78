"""The road: every event and its handlers, in the order a fact travels. Rooms import only rooms below; what happens above is told here.

Handlers are named by import path, run by the worker in their own transaction, at least once, and their effect once.
"""

from __future__ import annotations

TELL = "chengxin.notices.tasks:tell"  # people are told: whom and with which sentence stands in notices/events.yaml

ROAD: dict[str, list[str]] = {
    # 1 a platform's report is accepted → look at it at once and again soon, and check it against the other sources
    "chengxin.facts.events:BatchAccepted": [
        "chengxin.detection.live.tasks:take_batch",
        "chengxin.detection.tasks:look_at_batch",
        "chengxin.facts.tasks:cross_check_batch",
        "chengxin.facts.turnover:watch_batch",
        TELL,
    ],
    # 2 detectors made findings → clues with frozen evidence
    "chengxin.detection.events:FindingsMade": ["chengxin.supervision.tasks:open_clues", "chengxin.detection.learning.tasks:think_of"],
    # 3 an officer's verdict → the detectors' figures, and what a model may learn from
    "chengxin.supervision.events:ClueJudged": ["chengxin.supervision.actions.judging:tell_verdict"],
    "chengxin.supervision.events:ClueDismissed": ["chengxin.supervision.actions.judging:tell_dismissal"],
    # 4 what platforms do and what is asked of them; an inspection found something, an interview was of no use → the source of a case
    "chengxin.platforms.events:MeasurePublished": [TELL],
    "chengxin.platforms.events:ClueReported": [TELL],
    "chengxin.platforms.events:NotRectified": ["chengxin.cases.tasks:register_source_of_interview", TELL],
    "chengxin.inspection.events:WarningNotified": [TELL],
    "chengxin.inspection.events:ProblemFound": ["chengxin.cases.tasks:register_source"],
    # 5 a penalty is served, or revoked, or its case is closed; what it puts on the credit file or takes off it goes on from there
    "chengxin.cases.events:PenaltyDecided": [TELL],
    "chengxin.cases.events:DecisionRevoked": [TELL],
    "chengxin.cases.events:CaseClosed": [TELL],
    # 6 a decision is on the credit file, or off it → red lists end at once, what rests on it is revoked and undone
    "chengxin.records.events:RecordConfirmed": [
        "chengxin.lists.tasks:take_record",
        "chengxin.commitments.tasks:take_record",
        "chengxin.delivery.tasks:take_record",
        "chengxin.campaigns.tasks:file_changed",
        "chengxin.publicity.tasks:fact_ended",
        "chengxin.exchange.tasks:take_record",
        TELL,
    ],
    "chengxin.records.events:RecordWithdrawn": [
        "chengxin.lists.tasks:lose_record",
        "chengxin.commitments.tasks:lose_record",
        "chengxin.delivery.tasks:lose_record",
        "chengxin.campaigns.tasks:file_changed",
        "chengxin.publicity.tasks:fact_ended",
        "chengxin.exchange.tasks:lose_record",
        TELL,
    ],
    "chengxin.records.events:ObjectionRaised": [TELL],
    "chengxin.records.events:ObjectionDecided": [TELL],
    # 7 on an official list, off it, repaired → off every red list; publicity elsewhere will hear of it here
    "chengxin.lists.events:Listed": [
        "chengxin.lists.tasks:take_listing",
        "chengxin.commitments.tasks:remember_listing",
        "chengxin.delivery.tasks:take_listing",
        TELL,
    ],
    "chengxin.lists.events:Removed": [
        "chengxin.commitments.tasks:forget_listing",
        "chengxin.delivery.tasks:lose_listing",
        "chengxin.publicity.tasks:fact_ended",
        TELL,
    ],
    "chengxin.lists.events:RepairGranted": [
        "chengxin.campaigns.tasks:file_changed",
        "chengxin.publicity.tasks:fact_ended",
        "chengxin.exchange.tasks:take_repair",
        TELL,
    ],
    # a mark is issued or ends, an imitation is confirmed
    "chengxin.marks.events:MarkIssued": [TELL],
    "chengxin.marks.events:MarkEnded": ["chengxin.publicity.tasks:fact_ended", TELL],
    "chengxin.marks.events:ImitationConfirmed": [TELL],
    # a person confirmed that order, payment and parcel do not fit
    "chengxin.payments.events:MismatchConfirmed": [TELL],
    # a commitment ended; a breach is on the credit file
    "chengxin.commitments.events:CommitmentEnded": ["chengxin.publicity.tasks:fact_ended", TELL],
    "chengxin.commitments.events:BreachFound": [TELL],
    # couriers: an incident is on record or unlawful, a firm is barred from platforms, or admitted again → platforms ask by API
    "chengxin.delivery.events:IncidentRecorded": [TELL],
    "chengxin.delivery.events:IncidentHandedOver": [TELL],
    "chengxin.delivery.events:BanInForce": [TELL],
    "chengxin.delivery.events:BanEnded": [TELL],
    # complaints and reports: a report to be filed, a violation that came up in a complaint → the source of a case; closed, solved or not
    "chengxin.consumers.events:ReportFiled": ["chengxin.cases.tasks:register_source_of_report"],
    "chengxin.consumers.events:ViolationFound": ["chengxin.cases.tasks:register_source_of_violation"],
    "chengxin.consumers.events:ComplaintClosed": [TELL],
    # a handler of the insiders' channel wrote down what is to be looked into → the source of a case
    "chengxin.insiders.events:ReportWritten": ["chengxin.cases.tasks:register_source_of_insider"],
    # products: a recall is issued or done → platforms ask by API, the public reads the list
    "chengxin.products.events:RecallIssued": [TELL],
    "chengxin.products.events:RecallClosed": [TELL],
    # nothing is sent to a subscriber of traceability events any more → its platform resumes it
    "chengxin.traceability.events:SubscriptionBroken": [TELL],
    # a typical case is public no longer
    "chengxin.campaigns.events:StoryTakenDown": [TELL],
    # a certificate of a course or a reported training counts no longer
    "chengxin.campaigns.events:CompletionRevoked": [TELL],
    # the upper platform answered a whole file → the desk reads it
    "chengxin.exchange.events:BatchAnswered": [TELL],
    # a clue goes to another department, a platform is asked; a shop is to be verified again, lost its display, or sells more than exempt
    "chengxin.supervision.events:ClueHandedOver": [TELL],
    "chengxin.supervision.events:PlatformAsked": [TELL],
    "chengxin.subjects.events:ReverificationDue": [TELL],
    "chengxin.subjects.events:ShopLapsed": [TELL],
    "chengxin.subjects.events:ExemptionExceeded": [TELL],
}

# Jobs that somebody waits for within seconds. The worker keeps a thread for them, so that none stands behind a run of minutes.
QUICK: tuple[str, ...] = ("chengxin.detection.live.tasks:focus", "chengxin.detection.live.tasks:begin")
