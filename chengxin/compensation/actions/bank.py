"""Take in a bank's statement, match it with the ledger, work what stands alone, and undo what was matched wrongly."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.audit import rows
from chengxin.compensation import chart, ledger, reconciling
from chengxin.compensation.actions import funds, recoveries
from chengxin.compensation.actions.steps import NUMBERS, check_texts, manager, next_number, wrong
from chengxin.compensation.errors import AlreadyDone, NotAStatement
from chengxin.compensation.ledger import Booking, Move
from chengxin.compensation.models import BankLine, Entry, Fund, LineTask, Match, Posting, Statement
from chengxin.kernel import clock, jail, locks, money
from chengxin.kernel.errors import NotFound
from chengxin.subjects.models import Subject

MOST_BYTES = 10 * 1024 * 1024
OUT = ("借", "支", "D", "DBIT", "出")


@cache
def titles() -> dict[str, str]:
    """Heading of a bank's sheet → column, and each column by its own name."""
    read = yaml.safe_load(Path(__file__).parents[1].joinpath("bank_columns.yaml").read_text(encoding="utf-8"))
    return {title: name for name, given in read.items() for title in (name, *given)}


def import_statement(actor: Actor, fund: Fund, bank: str, content: bytes, opening_fen: int | None = None) -> Statement:
    """Take in a file (xlsx, csv, camt.053) about one bank account and match it; the same file again is the first statement.

    bank: BANK or DEPOSIT_BANK. opening_fen: where the file names no balance. Raises NotAStatement; then no line is taken in.
    """
    manager(actor, fund)
    if bank not in chart.banks() or len(content) > MOST_BYTES:
        wrong("须选择银行账户，文件不得超过 10 MB", "choose a bank account; a file has at most 10 MB")
    digest = hashlib.sha256(content).hexdigest()
    known = Statement.objects.filter(fund=fund, account__kind=bank, sha256=digest).first()
    if known is not None:
        return known
    read = jail.run("chengxin.compensation.bank_files:read", content, titles=titles())
    lines = [_line(row) for row in read["lines"]]
    opening, closing = _balances(read, lines, opening_fen)
    with transaction.atomic(), locks.locked(NUMBERS):
        made = Statement(number=next_number(Statement, "XD"), fund=fund, account=ledger.account(fund, bank), sha256=digest)
        made.since, made.until = min(one["on"] for one in lines), max(one["on"] for one in lines)
        _check_days(made)
        made.opening_fen, made.closing_fen, made.lines_count = opening, closing, len(lines)
        made.by, made.by_name, made.at = str(actor), actor.name, clock.now()
        data = {"number": made.number, "lines": len(lines), "sha256": digest}
        rows.put(made, "compensation.statement.imported", actor=str(actor), object=f"compensation.fund:{fund.pk}", data=data)
        kept = [BankLine(statement=made, place=place, **_kept(one)) for place, one in enumerate(lines, 1)]
        BankLine.objects.bulk_create(kept, batch_size=500)
        match(actor, made)
    return made


def _line(row: Mapping[str, str]) -> dict[str, Any]:
    """A row as values: day, fen (in positive), reference, words, and the balance after it where the bank says so."""
    place = row.get("_row", "")
    try:
        on = date.fromisoformat(row.get("day", "").strip()[:10].replace("/", "-").replace(".", "-"))
        fen = _fen(row.get("incoming", "")) - abs(_fen(row.get("outgoing", ""))) + _directed(row)
        balance = _fen(row["balance"]) if row.get("balance", "").strip() else None
    except ValueError as error:
        raise NotAStatement(why_zh=f"第 {place} 行的日期或者金额不可读", why_en=f"day or amount of row {place} cannot be read") from error
    if fen == 0:
        raise NotAStatement(why_zh=f"第 {place} 行没有金额", why_en=f"row {place} has no amount")
    words = " ".join(one for one in (row.get("text", ""), row.get("party", "")) if one)
    return {"on": on, "amount_fen": fen, "ref": row.get("ref", "")[:64], "text": words[:500], "balance": balance}


def _directed(row: Mapping[str, str]) -> int:
    fen = _fen(row.get("amount", ""))
    return -abs(fen) if row.get("direction", "").strip().upper().startswith(OUT) else fen


def _fen(text: str) -> int:
    plain = text.replace(",", "").replace("¥", "").strip()
    if plain in ("", "-", "—"):
        return 0
    return -money.parse_yuan(plain[1:]) if plain.startswith("-") else money.parse_yuan(plain)


def _kept(line: Mapping[str, Any]) -> dict[str, Any]:
    return {name: line[name] for name in ("on", "amount_fen", "ref", "text")}


def _balances(read: Mapping[str, Any], lines: list[dict[str, Any]], given: int | None) -> tuple[int, int]:
    """(opening, closing) in fen: as the file says, by its running balance, or from what was given; the lines lead from one to the other."""
    if not lines:
        raise NotAStatement(why_zh="没有任何流水", why_en="It has no line")
    total = sum(one["amount_fen"] for one in lines)
    if read["opening"] and read["closing"]:
        opening, closing = _fen(read["opening"]), _fen(read["closing"])
    elif lines[0]["balance"] is not None and lines[-1]["balance"] is not None:
        opening, closing = lines[0]["balance"] - lines[0]["amount_fen"], lines[-1]["balance"]
    elif given is not None:
        opening, closing = given, given + total
    else:
        raise NotAStatement(why_zh="文件没有余额，须填写期初余额", why_en="The file names no balance; give the opening balance")
    if opening + total != closing:
        raise NotAStatement(why_zh="期初余额加发生额不等于期末余额", why_en="Opening balance and lines do not make the closing balance")
    return opening, closing


def _check_days(made: Statement) -> None:
    """Days are covered once: a statement of the same account that overlaps would count its lines twice."""
    if Statement.objects.filter(account=made.account, since__lte=made.until, until__gte=made.since).exists():
        raise NotAStatement(why_zh="与已导入的对账单日期重叠", why_en="Its days overlap a statement that was imported")
    if made.until > clock.today():
        raise NotAStatement(why_zh="日期晚于今天", why_en="It has a day later than today")


def match(actor: Actor, statement: Statement) -> int:
    """Pair what stands alone on both sides: by reference and amount, else by amount and day. The caller holds the transaction."""
    lines, postings = reconciling.unmatched(statement.account)
    with ledger.held(statement.fund):
        ours = [(str(one.pk), one.amount_fen, one.ref, one.on) for one in lines]
        theirs = [(str(one.pk), one.fen, one.entry.bank_ref, one.entry.on) for one in postings]  # type: ignore[attr-defined]
    found = reconciling.pairs(ours, theirs)
    by = {"by": str(actor), "by_name": actor.name, "at": clock.now()}
    Match.objects.bulk_create(Match(line_id=line, posting_id=posting, how=how, **by) for line, posting, how in found)
    data = {"number": statement.number, "matched": len(found)}
    audit.record("compensation.statement.matched", actor=str(actor), object=f"compensation.statement:{statement.pk}", data=data)
    return len(found)


def take_line(actor: Actor, line_id: Any, note: str = "") -> LineTask:
    """A named person takes a line that stands alone, or writes down what was found out about it."""
    with transaction.atomic():
        line = _line_of(actor, line_id)
        given = {"owner": str(actor), "owner_name": actor.name, "taken_at": clock.now(), "note": note.strip()[:300]}
        return LineTask.objects.update_or_create(line=line, defaults=given)[0]


BOOKED = {
    "interest": funds.book_interest,
    "charge": funds.book_charge,
    "unexplained": funds.book_unexplained,
    "sent_back": funds.book_sent_back,
}
INCOMING = ("interest", "unexplained", "contribution", "recovery")


def book_line(actor: Actor, line_id: Any, kind: str, *, subject: Subject | None = None, claim: str = "") -> Match:
    """Book what a line is and match it. kind: interest, charge, unexplained, sent_back, contribution (of subject), recovery (of claim)."""
    with transaction.atomic():
        line = _line_of(actor, line_id)
        statement = line.statement
        if (line.amount_fen > 0) != (kind in INCOMING) or (kind in ("contribution", "recovery") and statement.account.kind != "BANK"):
            wrong("该流水的方向或者账户与所选业务不符", "direction or account of the line do not fit what it is said to be")
        ref = line.ref or f"{statement.number}-{line.place}"
        ref = f"{ref}#{line.matches.count()}" if line.matches.exists() else ref
        if kind == "contribution" and subject is not None:
            entry = funds.contribute(actor, statement.fund, subject, line.amount_fen, line.on, ref)
        elif kind == "recovery":
            recoveries.recover(actor, claim, line.amount_fen, line.on, ref)
            entry = Entry.objects.get(fund=statement.fund, key=f"recover:{ref}")
        elif kind in BOOKED:
            entry = BOOKED[kind](actor, statement.fund, abs(line.amount_fen), line.on, ref, statement.account.kind)
        else:
            wrong("须选择业务种类", "choose what it is")
        return _pair(actor, line, reconciling.movements(statement.account).get(entry=entry), "booked")


def match_by_hand(actor: Actor, line_id: Any, posting_id: Any) -> Match:
    """A person says that a line and a posting are one movement: of the same account and amount."""
    with transaction.atomic():
        line = _line_of(actor, line_id)
        posting = reconciling.unmatched(line.statement.account)[1].filter(pk=_key(posting_id)).first()
        if posting is None:
            raise NotFound
        return _pair(actor, line, posting, "hand")


def _pair(actor: Actor, line: BankLine, posting: Posting, how: str) -> Match:
    if posting.fen != line.amount_fen:  # type: ignore[attr-defined]
        wrong("金额不一致，不能核对为同一笔", "the amounts differ; they are not one movement")
    if posting.matches.filter(undone_at=None).exists():
        raise AlreadyDone
    made = Match.objects.create(line=line, posting=posting, how=how, by=str(actor), by_name=actor.name, at=clock.now())
    data = {"line": str(line.pk), "posting": str(posting.pk), "how": how}
    audit.record("compensation.line.matched", actor=str(actor), object=f"compensation.statement:{line.statement_id}", data=data)
    return made


def undo(actor: Actor, match_id: Any, reason: str) -> Match:
    """Take a match back, with the reason; what was booked for the line alone is reversed by a booking of its own."""
    check_texts({"理由/the reason": reason})
    with transaction.atomic():
        found = Match.objects.select_for_update(of=("self",)).filter(pk=_key(match_id)).first()
        if found is None or not access.all(actor, Statement).filter(pk=found.line.statement_id).exists():
            raise NotFound
        if found.undone_at is not None:
            raise AlreadyDone
        if found.how == "booked":
            _reverse(actor, found.posting.entry, reason)
        found.undone_by, found.undone_by_name, found.undone_at, found.reason = str(actor), actor.name, clock.now(), reason.strip()[:300]
        found.save()
        data = {"line": str(found.line_id), "reason": found.reason}
        audit.record("compensation.line.unmatched", actor=str(actor), object=f"compensation.statement:{found.line.statement_id}", data=data)
        return found


REVERSIBLE = ("interest", "charge", "unexplained", "sent_back", "contribution")


def _reverse(actor: Actor, entry: Entry, reason: str) -> None:
    """The same movements the other way, on the same day. A recovery moved a claim too, and is not undone here."""
    if entry.kind not in REVERSIBLE:
        wrong("追偿款已冲减应追偿额，须另行更正", "a recovery has moved its claim; it is corrected there")
    with ledger.held(entry.fund):
        moves = [Move(one.credit, one.debit, one.amount_fen) for one in entry.postings.select_related("debit", "credit")]
    ledger.book(actor, entry.fund, Booking(f"reverse:{entry.pk}", "reversal", entry.on, "", reason.strip()[:300]), moves)
    funds.watch_floor(entry.fund)


def _key(given: Any) -> UUID:
    """The id that a page sent. NotFound for what is none."""
    try:
        return UUID(str(given))
    except ValueError as error:
        raise NotFound from error


def _line_of(actor: Actor, line_id: Any) -> BankLine:
    """A line of the actor's that stands alone, locked. NotFound for everybody else's."""
    with locks.locked(f"compensation.line:{line_id}"):
        found = BankLine.objects.select_related("statement__fund", "statement__account").filter(pk=_key(line_id)).first()
        if found is None or not access.all(actor, Statement).filter(pk=found.statement_id).exists():
            raise NotFound
        if found.matches.filter(undone_at=None).exists():
            raise AlreadyDone
    return found
