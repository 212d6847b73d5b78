"""Licences and channels; what does not reconcile; risk events; claims; the steps of all of them."""

from chengxin.audit import protection
from chengxin.payments.models.channels import ChannelFlag, OrgLicence, PaymentChannel
from chengxin.payments.models.claims import Claim
from chengxin.payments.models.events import RiskEvent
from chengxin.payments.models.mismatches import Mismatch, Reconciliation
from chengxin.payments.models.steps import PaymentStep

__all__ = ["ChannelFlag", "Claim", "Mismatch", "OrgLicence", "PaymentChannel", "PaymentStep", "Reconciliation", "RiskEvent"]

KEPT = {"payments_orglicence": '"id"', "payments_paymentstep": '"id"'}  # written once: what a list said, what somebody did
protection.keep(**KEPT)
