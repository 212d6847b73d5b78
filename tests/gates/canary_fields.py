"""Which personal fields there are, the shape of each one's canary, and who may see it. A field that is missing here is red."""

from __future__ import annotations

from chengxin.facts.kinds import kinds
from tests.gates.canary import canary, fact_columns, free_columns

# The shape of each encrypted field's canary. A new personal field that is missing here is red.
PLATFORM, OTHER = "mall-a", "mall-b"
SHOP = "S0001"

ENCRYPTED = {
    "subjects.Subject.person_name": "name",
    "subjects.Subject.id_doc_no": "resident",
    "subjects.Subject.person_address": "address",
    "subjects.Subject.phone": "phone",
    "subjects.SubjectVersion.sealed": "phone",
    "subjects.Platform.contact_officer": "name",
    "subjects.Platform.contact_phone": "phone",
    "subjects.Shop.person_address": "address",
    "subjects.Shop.contact": "phone",
    "subjects.ImportRun.row_errors": "text",
    "subjects.IdentityReportRow.fields": "phone",
    "accounts.User.email": "email",
    "accounts.User.phone": "phone",
    "audit.PersonalPart.content": "ip",
    "records.Objection.statement": "text",
    "records.Objection.answer": "text",
    "platforms.Appeal.statement": "text",
    "platforms.Appeal.answer": "text",
    "detection.HeldRows.rows": "text",
    "documents.Document.values": "text",
    "documents.Redaction.content": "text",
    "evidence.Exhibit.about": "text",
    "cases.CaseStep.said": "text",
    "lists.Argument.text": "text",
    "lists.Argument.answer": "text",
    "lists.RepairApplication.statement": "text",
    "lists.PlatformAppeal.text": "text",
    "lists.PlatformAppeal.answer": "text",
    "marks.ImitationReport.statement": "text",
    "marks.ImitationReport.contact": "phone",
    "commitments.Breach.statement": "text",
    "commitments.Breach.reasons": "text",
    "commitments.Breach.repair": "text",
    "delivery.Incident.text": "text",
    "delivery.Incident.reply": "text",
    "delivery.WorkerAppeal.statement": "text",
    "delivery.WorkerAppeal.answer": "text",
    "delivery.Ban.statement": "text",
    "delivery.Ban.answer": "text",
    "compensation.AdvanceClaim.name": "name",
    "compensation.AdvanceClaim.phone": "phone",
    "compensation.AdvanceClaim.text": "text",
    "compensation.AdvanceClaim.seller_answer": "text",
    "compensation.AdvanceClaim.reason": "text",
    "compensation.AdvanceClaim.appeal": "text",
    "compensation.AdvanceClaim.answer": "text",
    "compensation.BankLine.text": "text",
    "payments.Claim.name": "name",
    "payments.Claim.phone": "phone",
    "payments.Claim.facts": "text",
    "payments.Claim.finding": "text",
    "payments.Claim.reason": "text",
    "evaluation.Objection.statement": "text",
    "evaluation.Objection.answer": "text",
    "consumers.Complaint.text": "text",
    "consumers.Complaint.request": "text",
    "consumers.Complaint.order_ref": "text",
    "consumers.Complaint.reason": "text",
    "consumers.Complaint.agreement": "text",
    "consumers.Member.name": "name",
    "consumers.Member.phone": "phone",
    "consumers.Identity.name": "name",
    "consumers.Identity.phone": "phone",
    "consumers.Identity.address": "address",
    "consumers.Identity.id_number": "text",
    "consumers.Report.text": "text",
    "consumers.Report.reason": "text",
    "consumers.Answer.text": "text",
    "consumers.Promise.text": "text",
    "consumers.Promise.reason": "text",
    "consumers.Word.text": "text",
    "insiders.WrittenReport.text": "text",
    "complaint_exchange.BadRow.content": "text",
    "complaint_exchange.Conflict.content": "text",
    "campaigns.Story.draft": "text",
    "persons.ErasureRequest.about": "text",
    "campaigns.Streamer.account": "text",
    "traceability.Subscription.token": "text",
}
SHAPES = {"person": "word", "device": "word", "ip": "ip", "address": "address"}
# Not fields of the database, but personal all the same.
OTHERS = {"image of a certificate": "word", "a wrong row": "word", "a file that cannot be read": "word", "answer of a platform": "text"}
FREE = {f"free {name}": "text" for name in free_columns()}

# One personal column may be named in several kinds: each has its own canary, so that a hit tells which.
FACTS = {name: SHAPES[kinds()[name.split(".")[0]].by_name[name.split(".")[1]].type] for name in fact_columns()}
EVERY = {place: canary(place, shape) for place, shape in {**ENCRYPTED, **FACTS, **OTHERS, **FREE}.items()}
# Free text stays readable in the lake and on the desk of the officer who handles it: that is what it was reported for.
OF_THE_LAKE = frozenset(FREE)
OF_THE_DATABASE = frozenset({*FREE, "answer of a platform"})
# What a subject says against a record, and the answer, are for the desk that decides; the read is logged. Rows are demanded for those who
# handle the clue. What is filled in on papers, and where evidence comes from, is for those whose matter it is; each reading is logged.
OF_PAPERS = {"documents.Document.values", "documents.Redaction.content", "evidence.Exhibit.about", "cases.CaseStep.said"}
# What somebody wrote who reported an imitation is for the desks that decide; each reading is logged.
OF_MARKS = {"marks.ImitationReport.statement", "marks.ImitationReport.contact"}
# What a maker says against an alleged breach or for its repair, and the reasons of the finding.
OF_COMMITMENTS = {"commitments.Breach.statement", "commitments.Breach.reasons", "commitments.Breach.repair"}
# What was reported of a parcel and answered, what a worker and a firm say for themselves: for the postal desk and the firm.
OF_DELIVERY = {name for name in ENCRYPTED if name.startswith("delivery.")}
# What a shop says against the treatment of a review, against a listing or for a repair, and the answers.
OF_EVALUATION = {"evaluation.Objection.statement", "evaluation.Objection.answer"}
OF_LISTS = {"lists.Argument.text", "lists.Argument.answer", "lists.RepairApplication.statement"}
# Who claims and what a bank says of a line: for the desk that manages the fund; each reading of a claim is logged.
OF_COMPENSATION = {name for name in ENCRYPTED if name.startswith("compensation.")}
OF_THE_DESK = (
    OF_THE_DATABASE
    | {"records.Objection.statement", "records.Objection.answer", "detection.HeldRows.rows"}
    | OF_PAPERS
    | OF_LISTS
    | OF_MARKS
    | OF_COMMITMENTS
    | OF_DELIVERY
    | OF_EVALUATION
    | OF_COMPENSATION
    | {"insiders.WrittenReport.text"}
    | {"persons.ErasureRequest.about"}  # for the department that decides; each reading is logged
    | {"campaigns.Story.draft"}  # what a story was written from, before its redaction
)


def value(place: str) -> str:
    return EVERY[place].value
