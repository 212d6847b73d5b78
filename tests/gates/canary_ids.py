"""What the canaries' crawl asks with: the keys and numbers of everything that has pages, and which room's keys a page takes."""

from __future__ import annotations

from typing import Any

from django.apps import apps

from chengxin.audit.models import Leaf
from chengxin.cases.models import Case
from chengxin.commitments.models import Breach, Commitment, Template
from chengxin.compensation.models import AdvanceClaim, Deposit, Fund, Statement
from chengxin.consumers.models import Complaint, Report
from chengxin.delivery.models import Ban, Incident, WorkerFact
from chengxin.detection.local.models import HeldFinding
from chengxin.documents.models import Document, Redaction
from chengxin.evaluation.models import RatingRule
from chengxin.exchange.models import Difference, ExchangeBatch, ExchangeRow, InboundRow, ShareRequest
from chengxin.facts.kinds import kinds
from chengxin.inspection.models import Draw, Plan, RiskWarning, Task
from chengxin.kernel import clock
from chengxin.marks.models import ImitationReport, Mark, MarkRequest
from chengxin.payments.models import Claim
from chengxin.persons.models import ErasureRequest
from chengxin.platforms.models import Measure
from chengxin.products.models import ChainFinding, Recall, RecallTask
from chengxin.records.models import CreditReport, Record
from chengxin.rules.models import Held
from chengxin.supervision.models import Clue
from tests.gates import (
    canary_campaigns,
    canary_complaint_exchange,
    canary_coordination,
    canary_products,
    canary_publicity,
    canary_traceability,
    samples_tour,
)
from tests.gates.canary_world import PLATFORM, SHOP, World


def own_of_rooms() -> dict[tuple[str, str], list[str]]:
    """The keys and numbers of each room's own rows, by room and "id" or "number"."""
    own: dict[tuple[str, str], list[str]] = {}
    for label in KEYED:
        own.setdefault((label.partition(".")[0], "id"), []).extend(_newest(label))
    for model in NUMBERED:
        own.setdefault((model._meta.app_label, "number"), []).extend(_numbers(model))
    return own


def _newest(label: str) -> list[str]:
    return [str(row.pk) for row in apps.get_model(label)._default_manager.order_by("-pk")[: KEYED[label]]]


def ids_of(world: World) -> dict[str, list[str]]:
    """Every id there is, by the name of the parameter that takes it."""
    keys = [key for label in KEYED for key in _newest(label)]
    last = Leaf.objects.count()
    numbers = [number for model in NUMBERED for number in _numbers(model)]
    return {
        "id": keys,
        "pk": keys,
        "run_id": keys,
        "detector": ["brushing"],
        "model": ["1"],
        "held": [str(pk) for pk in HeldFinding.objects.values_list("pk", flat=True)],
        "number": [*numbers, *canary_traceability.numbers(), "1", *keys],
        "code": [
            "R001",
            PLATFORM,
            "GOODS_TRUE",
            *(
                code
                for model in (CreditReport, Document, Redaction, ImitationReport)
                for code in model._default_manager.values_list("code", flat=True)
            ),
            "gate-courier",
            *Fund.objects.values_list("code", flat=True),
            canary_products.LIFE,
            *canary_campaigns.IDS_CODE,
            canary_publicity.CODE,
            canary_coordination.INDICATOR,
        ],
        "name": [canary_traceability.NAME, *canary_publicity.NAMES, *(one.name for one in Draw.objects.select_related("plan"))],
        "matter": [one.matter for one in Document.objects.all()],
        "kind": list(kinds()),
        "action": ["suspend", "first_look", "propose", "retire"],
        "digest": [one.evidence_hash for one in world.shop.verifications.all()],
        "shape": ["registered", "unregistered"],
        "form": ["json", "csv", "xlsx", "svg"],
        "secret": ["no-secret"],
        "index": [str(number) for number in range(0, last, max(1, last // 20))],
        "shop_id": [SHOP],
        "review_no": ["V0"],
        "period": ["2026-07", "2026-Q3"],
        "department": ["SAMR"],
        "serial": [*Mark.objects.values_list("serial", flat=True), "TM0"],
        "duty": ["D08", "D24"],
        "waybill": ["CANARYW1"],
        "day": [clock.today().isoformat()],
        **canary_traceability.IDS,
        **canary_products.IDS,
        **canary_complaint_exchange.IDS,
        **samples_tour.IDS,
    }


KEYS = {"id": "id", "pk": "id", "run_id": "id"}  # parameters that are the key of some row
# Pages that take the keys of another room; all others take their own. (By night every page is asked with every key.)
AT_HOME_IN = {
    **canary_publicity.AT_HOME,
    "cases:from_clue": "supervision",
    "inspection:chain": "supervision",
    "campaigns:new_handover": "supervision",
    **dict.fromkeys(("lists:propose", "lists:repair_record"), "records"),
    **dict.fromkeys(("publicity:subject", "lists:nominate_self", "cases:new", "inspection:risk_class", "inspection:warn"), "subjects"),
    **dict.fromkeys(("marks:ask", "marks:my_rules", "marks:rules"), "subjects"),
    **dict.fromkeys(("records:file", "records:enter", "records:report", "records:own_report"), "subjects"),
    **{f"api:{name}": "subjects" for name in ("credit_file", "subject", "shop_score", "score_receipt", "shown_reviews", "review_chain")},
    **{
        f"evaluation:{page}": "subjects"
        for page in ("shop", "reviews", "chain", "receipt", "my_reviews", "reply", "object", "mask", "officer_shop", "treat")
    },
}
VERSIONS = ("rules:version", "rules:edit", "rules:try", "rules:step")  # their number is that of a version
NUMBERED: tuple[Any, ...] = (
    Clue,
    Held,
    Record,
    Case,
    Measure,
    Plan,
    Task,
    RiskWarning,
    MarkRequest,
    ImitationReport,
    Incident,
    Ban,
    WorkerFact,
    RatingRule,
    Claim,
    Complaint,
    Report,
    AdvanceClaim,
    Deposit,
    Statement,
    Breach,
    Commitment,
    Template,
    Recall,
    RecallTask,
    ChainFinding,
    *canary_campaigns.NUMBERED,
    ErasureRequest,
    ExchangeRow,
    ExchangeBatch,
    Difference,
    InboundRow,
    ShareRequest,
    *canary_coordination.NUMBERED,
)


def _numbers(model: Any) -> list[str]:
    """The newest numbers of a kind of matter."""
    return list(model._default_manager.order_by("-pk").values_list("number", flat=True)[:NEWEST])


NEWEST = 3
# The newest rows of what has pages of its own.
KEYED = {
    "notices.Notice": 1,
    "consumers.Promise": 1,
    "complaint_exchange.Batch": 2,
    "complaint_exchange.Conflict": 1,
    "subjects.Subject": 1,
    "publicity.Review": 1,
    "subjects.Joining": 1,
    "subjects.Shop": 1,
    "subjects.ImportRun": 1,
    "subjects.IdentityReportBatch": 1,
    "facts.Receipt": 3,
    "rules.DryRun": 1,
    "records.Objection": 1,
    "evaluation.Objection": 1,
    "evaluation.RuleProposal": 1,
    "lists.ListEntry": 1,
    "lists.RepairApplication": 1,
    "lists.PlatformListEntry": 1,
    "lists.RedEntry": 1,
    "records.Proposal": 1,
    "documents.Document": 6,
    "documents.Redaction": 1,
    "evidence.Exhibit": 1,
    "supervision.PlatformRequest": 1,
    "detection.Run": 1,
    "detection.LocalPackage": 1,
    "jobs.Job": 4,
    "accounts.User": 1,
    "accounts.PlatformClient": 1,
    "products.Batch": 1,
    "products.Certificate": 1,
}
