"""The tables of this room, by noun."""

from chengxin.exchange.models.catalogue import Assessment, CatalogueEntry, ShareRequest, ShareUse
from chengxin.exchange.models.hooks import FactNotice, Hook, HookDelivery
from chengxin.exchange.models.inbound import InboundFile, InboundRow
from chengxin.exchange.models.outbound import BatchRow, ExchangeBatch, ExchangeRow, ExchangeStep, Transmission
from chengxin.exchange.models.reconciling import Difference, Reconciliation

__all__ = [
    "Assessment",
    "BatchRow",
    "CatalogueEntry",
    "Difference",
    "ExchangeBatch",
    "ExchangeRow",
    "ExchangeStep",
    "FactNotice",
    "Hook",
    "HookDelivery",
    "InboundFile",
    "InboundRow",
    "Reconciliation",
    "ShareRequest",
    "ShareUse",
    "Transmission",
]
