"""The papers of this room: the letter with its verify code, the notice of an alleged breach, and the scan that a maker hands in."""

from __future__ import annotations

from typing import Any

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.commitments import letters
from chengxin.commitments.models import SCAN, Breach, Commitment
from chengxin.documents import actions as documents
from chengxin.documents.models import Document
from chengxin.evidence import actions as evidence
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.records import catalogue

ITEM, CONDUCT = "COMMITMENT_BROKEN", "B25"
DOCUMENTARY = "1"  # of the code list evidence_kind: documents
HOUSE = access.system("commitments.register")
SIGNED = {"code": "本人动态验证码确认", SCAN: "盖章（签字）原件扫描上传"}


def _maker(commitment: Commitment) -> dict[str, str]:
    maker = commitment.content["maker"]
    given = {"party": maker["name"], "party_uscc": maker["uscc"]}
    return {name: value for name, value in given.items() if value}


def letter(commitment: Commitment) -> Document:
    """The signed letter as a numbered, sealed paper of the department that offers it. The register issues it, not a person."""
    content = commitment.content
    values: dict[str, Any] = {
        **_maker(commitment),
        "legal_representative": content["maker"]["legal_rep"],
        "party_address": content["maker"]["address"],
        "commitment_number": commitment.number,
        "commitment_name": commitment.title["zh"],
        "commitment_type": law.at(clock.today()).codes("commitment_type")[commitment.type]["zh"],
        "commitment_parts": [{"part": one["title"]["zh"], "words": one["words"]["zh"]} for one in content["parts"]],
        "promises": [one["zh"] for one in content["promises"]],
        "commitment_from": commitment.valid_from,
        "commitment_until": commitment.valid_until,
        "signed_how": SIGNED[commitment.method],
        "signed_on": clock.city_day(commitment.signed_at),
        "content_hash": commitment.sha256,
    }
    matter = f"commitments.commitment:{commitment.pk}"
    return documents.issue(HOUSE, "commitment", values, department=commitment.department, matter=matter, on=clock.today())


def notice(actor: Actor, breach: Breach, contact: str, phone: str) -> Document:
    """The notice to the maker: promise, facts, basis, and until when to state."""
    commitment = breach.commitment
    values = {
        **_maker(commitment),
        "commitment_number": commitment.number,
        "commitment_name": commitment.title["zh"],
        "breach_facts": breach.facts,
        "promises": promised(breach),
        "basis": basis_of(breach),
        "deadline": breach.due_on,
        "contact": contact,
        "contact_phone": phone,
    }
    matter = f"commitments.breach:{breach.pk}"
    return documents.issue(actor, "commitment_notice", values, department=breach.department, matter=matter, on=clock.today())


def promised(breach: Breach) -> list[str]:
    """The promise that is said to be broken, or all of the letter's parts where it is none of the tested ones."""
    content = breach.commitment.content
    found = [one["zh"] for one in content["promises"] if one["clause"] == breach.clause]
    return found or [f"{one['title']['zh']}：{one['words']['zh']}" for one in content["parts"]]


def basis_of(breach: Breach) -> str:
    """The letter itself, the plan's measure, and what the law says of the promise."""
    book = law.at(clock.today())
    clause = letters.clauses().get(breach.clause)
    own = f"《{breach.commitment.title['zh']}》（{breach.commitment.number}）；《{book.instrument('plan2017').zh}》（九）"
    return f"{own}；{book.cited(*clause.provisions)['zh']}" if clause else own


def keep_scan(actor: Actor, commitment: Commitment, data: bytes, content_type: str, name: str) -> Any:
    """Keep the scan of the sealed letter as an exhibit; returns its id. The house takes it in, `about` says from whom."""
    about = {"from": actor.name, "actor": str(actor), "file": name}
    matter = f"commitments.commitment:{commitment.pk}"
    title = f"承诺书扫描件：{commitment.number}"
    made = evidence.keep(HOUSE, matter, commitment.department, DOCUMENTARY, title, data, content_type=content_type, about=about)
    return made.pk


def record_of(breach: Breach) -> dict[str, Any]:
    """What goes on the credit file when the breach is confirmed; each new conclusion is a document of its own."""
    today = clock.today()
    round_ = breach.steps.filter(action="conclude").count()
    terms = catalogue.item(ITEM, today).terms_on(today)
    return {
        "item": ITEM,
        "term": next(iter(terms), ""),
        "behaviour": CONDUCT,
        "summary": breach.facts,
        "maker": law.at(today).department(breach.department).zh,
        "basis": basis_of(breach)[:300],
        "document_number": f"{breach.number}-{round_}",
        "decided_on": today,
    }
