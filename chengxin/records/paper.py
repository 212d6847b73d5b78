"""A credit report on paper: Typst sets it (kernel.paper), the words come from here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from chengxin.kernel import language, money, paper
from chengxin.records.queries import Line

HERE = Path(__file__).parent


def pdf(body: dict[str, Any], lines: Sequence[Line]) -> bytes:
    """The PDF of a report. body: what is signed with it, see actions.reporting."""
    return paper.set_pdf(HERE / "report.typ", _words(body, lines), body["url"], datetime.fromisoformat(body["made_at"]))


def _words(body: dict[str, Any], lines: Sequence[Line]) -> dict[str, Any]:
    """Everything the page says, in the reader's language."""
    subject = body["subject"]
    return {
        "lang": language.current(),
        "title": _("Credit report"),
        "issuer": _("Credit record of e-commerce subjects"),
        "subject": subject["name"],
        "identity": " · ".join(filter(None, (subject["kind"], subject["uscc"]))),
        "watermark": f"{body['purpose']} · {body['asked_by']} · {body['made_at'][:10]}",
        "footer": f"{_('Verify code')} {body['code']}",
        "facts": [
            [_("Purpose"), body["purpose"]],
            [_("Asked for by"), body["asked_by"]],
            [_("Facts true on"), body["true_on"]],
            [_("As known on"), body["known_on"]],
            [_("Made at"), body["made_at"].replace("T", " ")],
            [_("Verify code"), body["code"]],
            [_("Records in it"), str(len(lines))],
        ],
        "note": _(
            "This report states facts with their sources. It is neither a score nor a judgement, and nothing follows from it by itself."
        ),
        "empty": _("No record was on file."),
        "records": [_record(one) for one in lines],
        "how": _(
            "To verify: open the address in the code above, or check this file without a network with verify_chengxin.py. "
            "The file is genuine only whole and unchanged: a print-out is a copy."
        ),
    }


def _record(one: Line) -> dict[str, Any]:
    record = one.record
    facts = [
        [_("Facts"), record.summary],
        [_("Conduct"), language.pick(one.behaviour) if one.behaviour else ""],
        [_("Penalty"), language.pick(one.penalty) if one.penalty else ""],
        [_("Amount (yuan)"), "" if record.amount_fen is None else money.yuan_for_people(record.amount_fen)],
        [_("Decided by"), record.maker],
        [_("Document"), record.document_number],
        [_("Legal basis"), record.basis],
        [_("Decided on"), record.decided_on.isoformat()],
        [_("True from – to"), f"{record.valid_from} – {record.valid_until or _('without an end')}"],
        [_("Public"), _public(one)],
        [_("Document SHA-256"), record.document_hash],
        [_("Log entry"), str(record.leaf)],
    ]
    tags = [record.number, language.pick(one.kind), language.pick(one.origin), language.pick(one.level) if one.level else ""]
    return {
        "title": language.pick(one.item),
        "tags": " · ".join(filter(None, tags)),
        "flag": _("Disputed: an objection to this record is being examined.") if one.disputed else "",
        "facts": [pair for pair in facts if pair[1]],
    }


def _public(one: Line) -> str:
    shown = one.publicity
    if shown.since is None:
        return _("not public")
    return f"{shown.since} – {shown.until or _('until it is removed')}"
