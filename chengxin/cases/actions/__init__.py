"""What may be done in a case; each step is one transaction with its log entry. Importing this registers the rules of all steps."""

from chengxin.cases.actions import (  # noqa: F401 - their rules
    closing,
    deciding,
    defending,
    investigating,
    issuing,
    parties,
    people,
    performing,
    serving,
    varying,
)
from chengxin.cases.actions.certifying import certify
from chengxin.cases.actions.sources import register_source
from chengxin.cases.actions.taking import Upload, take

__all__ = ["Upload", "certify", "register_source", "take"]
