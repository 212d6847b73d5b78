"""Which payment institutions the register knows as active: what `institution` of a payment may name."""

from __future__ import annotations

from chengxin.subjects.models import PaymentOrg


def names() -> list[str]:
    """Codes and names of the active ones; empty when the register has none yet, and then nothing is said of any payment."""
    pairs = PaymentOrg.objects.filter(status="active").values_list("code", "name")
    return sorted({name for pair in pairs for name in pair})
