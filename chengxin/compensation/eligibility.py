"""What speaks for and against a claim, check by check with its article, from the order's facts. It is shown; a named person decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from chengxin.compensation.models import AdvanceClaim
from chengxin.kernel import clock
from chengxin.law import law

YES, NO, UNKNOWN = "yes", "no", "unknown"


@dataclass(frozen=True)
class Check:
    """One question with its answer (yes, no, unknown), what the answer rests on in both languages, and the provisions."""

    zh: str
    en: str
    answer: str
    found_zh: str
    found_en: str
    provisions: tuple[str, ...] = ()

    @property
    def found(self) -> dict[str, str]:
        return {"zh": self.found_zh, "en": self.found_en}

    @property
    def cited(self) -> dict[str, str]:
        """The provisions as people cite them."""
        return law.at(clock.today()).cited(*self.provisions)


def checks(claim: AdvanceClaim) -> list[Check]:
    """Every check of a claim: those of all claims first, then those of its basis."""
    facts = claim.facts
    rows = {kind: facts.get(kind, []) for kind in ("order", "payment", "refund", "parcel")}
    day = clock.city_day(claim.filed_at)
    found = [_basis(claim, day), _known(rows), _payment(claim, rows), _amount(claim, rows)]
    return [*found, *OF_BASIS.get(claim.basis, _nothing)(claim, rows, day)]


def _basis(claim: AdvanceClaim, day: date) -> Check:
    named = law.at(day).codes("compensation_basis").get(claim.basis, {"zh": claim.basis, "en": claim.basis, "provisions": ()})
    holds = claim.basis in claim.rule.content["bases"] and bool(named["provisions"])
    found = (f"{named['zh']}，规则第 {claim.rule.version} 版", f"{named['en']}, version {claim.rule.version} of the rule")
    return Check("属于基金规则的赔付事由", "The fund's rule pays for this", _said(holds), *found, tuple(named["provisions"]))


def _known(rows: dict[str, list[Any]]) -> Check:
    n = len(rows["order"])
    found = (f"平台报送的订单行 {n} 行", f"{n} lines of the order reported")
    return Check("订单在平台报送的数据中", "The order is among what the platform reported", YES if n else UNKNOWN, *found)


def _payment(claim: AdvanceClaim, rows: dict[str, list[Any]]) -> Check:
    if not claim.payment_no or not rows["payment"]:
        return Check("支付单号相符", "The payment's number fits", UNKNOWN, "未填写或者未报送", "Not given or not reported")
    fits = claim.payment_no in {row["payment_no"] for row in rows["payment"]}
    return Check("支付单号相符", "The payment's number fits", _said(fits), claim.payment_no, claim.payment_no)


def _amount(claim: AdvanceClaim, rows: dict[str, list[Any]]) -> Check:
    """Paid less refunded is at least what is asked for."""
    name = ("申请金额不超过实付减已退款", "Not more than was paid less what was refunded")
    if not rows["order"]:
        return Check(*name, UNKNOWN, "订单未报送", "The order was not reported")
    paid = sum(row["paid"] for row in rows["order"])
    back = sum(row["amount"] for row in rows["refund"] if row["refunded_at"])
    found = f"{paid / 100:.2f} − {back / 100:.2f}"
    return Check(*name, _said(claim.amount_fen <= paid - back), found, found)


def _return(claim: AdvanceClaim, rows: dict[str, list[Any]], day: date) -> list[Check]:
    """Asked for in time (the law's term from signature), and not refunded in time (the longest the law allows, after asking)."""
    name = ("签收之次日起法定期限内提出退货", "Asked for within the law's term after signature")
    articles = ("sac90.10", "cpl.25")
    signed = _latest(rows["parcel"], "signed_at")
    asked = _earliest([row for row in rows["refund"] if row["reason"] == "no_reason"], "requested_at")
    if signed is None or asked is None:
        return [Check(*name, UNKNOWN, "未见签收或者退货申请", "No signature or no request in the reports", articles)]
    last = law.due("RETURN_7", signed)
    found = (f"签收 {signed}，提出 {asked}，期限至 {last}", f"signed {signed}, asked {asked}, until {last}")
    return [Check(*name, _said(asked <= last), *found, articles)]


def _undelivered(claim: AdvanceClaim, rows: dict[str, list[Any]], day: date) -> list[Check]:
    name = ("没有签收记录", "No signature is reported")
    if not rows["order"]:
        return [Check(*name, UNKNOWN, "订单未报送", "The order was not reported", ("cpl.44",))]
    signed = _latest(rows["parcel"], "signed_at")
    found = (f"快件 {len(rows['parcel'])} 件，签收 {signed or '无'}", f"{len(rows['parcel'])} parcels, signed {signed or 'never'}")
    return [Check(*name, _said(signed is None), *found, ("cpl.44",))]


def _shown_by_evidence(claim: AdvanceClaim, rows: dict[str, list[Any]], day: date) -> list[Check]:
    """What no report can show is shown by what the claimant handed in; whether it convinces is a person's to say."""
    n = len(claim.evidence)
    found = (f"附件 {n} 件，由办理人审查", f"{n} files, for the person who decides")
    return [Check("有检验、处罚或者其他证据", "There is a test, a penalty or other evidence", UNKNOWN if n else NO, *found, ("cpl.55",))]


def _nothing(claim: AdvanceClaim, rows: dict[str, list[Any]], day: date) -> list[Check]:
    return []


OF_BASIS = {
    "RETURN7": _return,
    "NOT_DELIVERED": _undelivered,
    "FAKE": _shown_by_evidence,
    "PRICE_FRAUD": _shown_by_evidence,
    "PROMISE": _shown_by_evidence,
}


def _days(rows: list[Any], name: str) -> list[date]:
    return sorted(clock.city_day(datetime.fromisoformat(row[name])) for row in rows if row[name])


def _earliest(rows: list[Any], name: str) -> date | None:
    found = _days(rows, name)
    return found[0] if found else None


def _latest(rows: list[Any], name: str) -> date | None:
    found = _days(rows, name)
    return found[-1] if found else None


def _said(holds: bool) -> str:
    return YES if holds else NO
