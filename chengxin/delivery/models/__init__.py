"""Courier and logistics credit: incidents and liability traces, worker facts, three kinds of ratings, bans and what platforms were told.

What is decided or rated is written once; the database refuses to change it (migration 0001, guards.py).
"""

from chengxin.audit import protection, rows
from chengxin.delivery import guards
from chengxin.delivery.models.bans import Ban, BanReceipt, Listing, StatusAnswer
from chengxin.delivery.models.incidents import Incident, Step, Trace
from chengxin.delivery.models.ratings import ConsumerRating, MerchantRating, RegulatorRating
from chengxin.delivery.models.workers import WorkerAppeal, WorkerFact, WorkerFactEnd

__all__ = [
    "Ban",
    "BanReceipt",
    "ConsumerRating",
    "Incident",
    "Listing",
    "MerchantRating",
    "RegulatorRating",
    "StatusAnswer",
    "Step",
    "Trace",
    "WorkerAppeal",
    "WorkerFact",
    "WorkerFactEnd",
]

# Rows that are written once and that the log knows.
WRITTEN_ONCE = (BanReceipt, StatusAnswer, Step, Trace, RegulatorRating, MerchantRating, ConsumerRating, WorkerFact, WorkerFactEnd)
rows.bind(*WRITTEN_ONCE)
protection.keep(**guards.KEPT)
