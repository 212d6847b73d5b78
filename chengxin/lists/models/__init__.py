"""Official lists and what follows from them; red lists; platform lists, which never share a table with the official ones."""

from chengxin.lists.models.measures import Change, Delivery, RemovalNotice, Subscription, Task
from chengxin.lists.models.official import Argument, ListEntry, Step
from chengxin.lists.models.platform import PlatformAppeal, PlatformListEntry
from chengxin.lists.models.red import BenefitUse, FinanceConsent, RedEntry
from chengxin.lists.models.repair import RepairApplication

__all__ = [
    "Argument",
    "BenefitUse",
    "Change",
    "Delivery",
    "FinanceConsent",
    "ListEntry",
    "PlatformAppeal",
    "PlatformListEntry",
    "RedEntry",
    "RemovalNotice",
    "RepairApplication",
    "Step",
    "Subscription",
    "Task",
]
