"""One form and its code; the complaint and the report made from it; who they are, sealed; what was said, promised and done.

Steps, answers, ratings, words and assignments are written once and bound to the log; the database refuses to change them.
"""

from chengxin.audit import protection, rows
from chengxin.consumers.models.complaints import Complaint, Filing, Member, Pause
from chengxin.consumers.models.identities import Handler, Identity
from chengxin.consumers.models.reports import Report
from chengxin.consumers.models.said import Answer, Assignment, ConsumerStep, Promise, Rating, Word

__all__ = [
    "Answer",
    "Assignment",
    "Complaint",
    "ConsumerStep",
    "Filing",
    "Handler",
    "Identity",
    "Member",
    "Pause",
    "Promise",
    "Rating",
    "Report",
    "Word",
]

BOUND = (Answer, Assignment, ConsumerStep, Rating, Word)  # put in by audit.rows.put and by nothing else
KEPT = {model._meta.db_table: '"id"' for model in BOUND}
rows.bind(*BOUND)
protection.keep(**KEPT)
