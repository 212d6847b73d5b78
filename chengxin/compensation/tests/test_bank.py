"""A bank's statement against the ledger: it reconciles to nothing, or every difference is listed; a person works them and may undo."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from chengxin.accounts.access import Actor
from chengxin.compensation import ledger, reconciling
from chengxin.compensation.actions import bank, funds
from chengxin.compensation.errors import AlreadyDone, ContentWrong, FundShort, NotAStatement
from chengxin.compensation.models import Statement
from chengxin.compensation.tests import people
from chengxin.compensation.tests.people import Town
from chengxin.kernel import clock, jail
from chengxin.kernel.errors import NotFound

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
HEAD = "交易日期,收入金额,支出金额,流水号,摘要,余额"


@pytest.fixture
def who(settings, tmp_path) -> Iterator[Town]:
    settings.LAKE_DIR = tmp_path / "lake"
    yield people.town(fen=0)


def sheet(lines: list[tuple[date, int, str]], opening: int = 0) -> bytes:
    """A statement as a bank's CSV, with its running balance; fen with in positive."""
    rows, now = [HEAD], opening
    for day, fen, ref in lines:
        now += fen
        sides = f"{fen / 100:.2f}," if fen > 0 else f",{-fen / 100:.2f}"
        rows.append(f"{day},{sides},{ref},往来,{now / 100:.2f}")
    return "\n".join(rows).encode()


def in_process(target: str, content: bytes, *, titles: dict[str, str]) -> Any:
    """The parser without its jail, which costs a second; the jail itself has its own tests and one here."""
    import tempfile

    from chengxin.compensation import bank_files

    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        return bank_files.read(file.name, titles)


def a_year(who: Town, seed: int) -> list[tuple[date, int, str]]:
    """A random year of the ledger, and the same year as the bank tells it: a day late at times, references missing at times."""
    rng, told, held = random.Random(seed), [], 0
    start = clock.today() - timedelta(days=360)
    assert who.shop.subject is not None
    for place in range(80):
        day = start + timedelta(days=4 * place)
        fen = rng.choice([100, 2_500, rng.randrange(1, 900_000)])
        out = held > fen and rng.random() < 0.4
        ref = f"R{place}"
        if out:
            funds.book_charge(who.staff, who.fund, fen, day, ref)
        elif rng.random() < 0.5:
            funds.contribute(who.staff, who.fund, who.shop.subject, fen, day, ref)
        else:
            funds.book_interest(who.staff, who.fund, fen, day, ref)
        held += -fen if out else fen
        late = rng.random() < 0.3
        told.append((day + timedelta(days=int(late)), -fen if out else fen, ref if late or rng.random() < 0.7 else ""))
    return told


def test_a_random_year_reconciles_to_zero_and_each_planted_difference_is_listed(who: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jail, "run", in_process)
    told = a_year(who, 7)
    right = bank.import_statement(who.staff, who.fund, "BANK", sheet(told))
    found = reconciling.report(right)
    assert (found.difference_fen, found.rest_fen, found.lines, found.postings, found.reconciled) == (0, 0, [], [], True)
    assert bank.import_statement(who.staff, who.fund, "BANK", sheet(told)) == right  # the same file again
    after = told[-1][0] + timedelta(days=1)
    funds.book_interest(who.staff, who.fund, 77, after, "MISSING")  # the bank does not know it
    wrong = [(after, 1_234, "STRANGE"), (after, -5, "FEE")]
    second = bank.import_statement(who.staff, who.fund, "BANK", sheet(wrong, right.closing_fen))
    found = reconciling.report(second)
    assert ([one.ref for one in found.lines], [one.entry.bank_ref for one in found.postings]) == (["STRANGE", "FEE"], ["MISSING"])
    assert (found.difference_fen, found.rest_fen) == (1_234 - 5 - 77, 0)


def test_a_line_alone_is_worked_by_a_named_person_booked_and_undone(who: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jail, "run", in_process)
    made = bank.import_statement(who.staff, who.fund, "BANK", sheet([(clock.today(), 5_000, "S-1"), (clock.today(), -300, "S-2")]))
    line, fee = made.lines.order_by("place")
    assert bank.take_line(who.officer, line.pk, "已电询银行").owner_name == "officer"
    with pytest.raises(NotFound):
        bank.take_line(who.elsewhere, line.pk)
    with pytest.raises(ContentWrong):
        bank.book_line(who.officer, line.pk, "charge")
    booked = bank.book_line(who.officer, line.pk, "unexplained")
    bank.book_line(who.officer, fee.pk, "charge")
    assert reconciling.report(made).reconciled
    with pytest.raises(AlreadyDone):
        bank.book_line(who.officer, line.pk, "interest")
    with pytest.raises(FundShort):  # what was booked of it is spent already
        bank.undo(who.officer, booked.pk, "查明为利息")
    people.contribute(who, 300, "IN-9")
    bank.undo(who.officer, booked.pk, "查明为利息")
    bank.book_line(who.officer, line.pk, "interest")
    assert (ledger.balance(who.fund, "UNEXPLAINED"), ledger.balance(who.fund, "INTEREST")) == (0, 5_000)
    assert [one.entry.bank_ref for one in reconciling.report(made).postings] == ["IN-9"]
    assert ledger.check() == []


CAMT = """<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">{closing}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Ntry><Amt Ccy="CNY">120.50</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2026-03-02</Dt></BookgDt><AcctSvcrRef>A1</AcctSvcrRef></Ntry>
<Ntry><Amt Ccy="CNY">20.50</Amt><CdtDbtInd>DBIT</CdtDbtInd><BookgDt><Dt>2026-03-03</Dt></BookgDt><NtryRef>A2</NtryRef></Ntry>
</Stmt></BkToCstmrStmt></Document>"""


def test_camt_053_is_read_in_the_jail(who: Town) -> None:
    made = bank.import_statement(who.staff, who.fund, "DEPOSIT_BANK", CAMT.format(closing="100.00").encode())
    assert [(one.amount_fen, one.ref, str(one.on)) for one in made.lines.all()] == [
        (12_050, "A1", "2026-03-02"),
        (-2_050, "A2", "2026-03-03"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        CAMT.format(closing="100.01").encode(),
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        b"<a>",
        sheet([(date(2026, 3, 1), 5, "X")]).replace(b"2026-03-01", b"yesterday"),
        "交易日期,收入金额\n2026-03-01,5.00".encode(),  # no balance and none was given
        sheet([(date(2999, 1, 1), 5, "X")]),
    ],
)
def test_what_is_no_statement_is_refused_and_nothing_is_kept(who: Town, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    from chengxin.subjects.sheets import NotASheet

    monkeypatch.setattr(jail, "run", in_process)
    with pytest.raises((NotAStatement, NotASheet)):
        bank.import_statement(who.staff, who.fund, "BANK", content)
    assert not Statement.objects.exists()


def test_days_are_covered_once_and_only_managers_bring_statements(who: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jail, "run", in_process)
    bank.import_statement(who.staff, who.fund, "BANK", sheet([(date(2026, 3, 1), 5, "X"), (date(2026, 3, 9), 5, "Y")]))
    with pytest.raises(NotAStatement):
        bank.import_statement(who.staff, who.fund, "BANK", sheet([(date(2026, 3, 5), 5, "Z")]))
    for stranger in (who.elsewhere, who.merchant, Actor(id="user:x")):
        with pytest.raises(NotFound):
            bank.import_statement(stranger, who.fund, "BANK", sheet([(date(2026, 4, 5), 5, "Z")]))
