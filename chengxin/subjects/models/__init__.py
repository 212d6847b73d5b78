"""The register: parties, shops, papers (licences and verifications), reports."""

from chengxin.subjects.models.papers import IdentityVerification, Licence, LicenceVerification, Reminder, SelfDeclaration
from chengxin.subjects.models.parties import (
    CourierFirm,
    CourierOutlet,
    PaymentOrg,
    Platform,
    Subject,
    SubjectIdentifier,
    SubjectRelation,
    SubjectVersion,
)
from chengxin.subjects.models.reports import IdentityReportBatch, IdentityReportRow, ShopTurnover
from chengxin.subjects.models.same import Joining
from chengxin.subjects.models.search import IndexedName, NameChange
from chengxin.subjects.models.shops import ImportRun, Shop

__all__ = [
    "CourierFirm",
    "CourierOutlet",
    "IdentityReportBatch",
    "IdentityReportRow",
    "IdentityVerification",
    "ImportRun",
    "IndexedName",
    "Joining",
    "Licence",
    "LicenceVerification",
    "NameChange",
    "PaymentOrg",
    "Platform",
    "Reminder",
    "SelfDeclaration",
    "Shop",
    "ShopTurnover",
    "Subject",
    "SubjectIdentifier",
    "SubjectRelation",
    "SubjectVersion",
]
