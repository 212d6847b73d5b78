"""What the database itself enforces of the ledger, on both engines: only a posting moves an account, by its amount, inside one fund.

A superuser can drop a trigger; then `ledger.check` and the log's digests tell. Run by the first migration.
"""

from __future__ import annotations

from typing import Any

MOVES = [
    "UPDATE compensation_account SET debited_fen = debited_fen + NEW.amount_fen, last = NEW.id WHERE id = NEW.debit_id",
    "UPDATE compensation_account SET credited_fen = credited_fen + NEW.amount_fen, last = NEW.id WHERE id = NEW.credit_id",
]
ONE_FUND = (
    "EXISTS (SELECT 1 FROM compensation_account d, compensation_account c, compensation_entry e WHERE d.id = NEW.debit_id"
    " AND c.id = NEW.credit_id AND e.id = NEW.entry_id AND d.fund_id = e.fund_id AND c.fund_id = e.fund_id)"
)
BY_POSTING = (
    "NEW.id = OLD.id AND NEW.fund_id = OLD.fund_id AND NEW.kind = OLD.kind AND NEW.holder = OLD.holder AND NEW.side = OLD.side"
    " AND NEW.floor = OLD.floor AND NEW.last IS DISTINCT FROM OLD.last AND EXISTS (SELECT 1 FROM compensation_posting p"
    " WHERE p.id = NEW.last AND ("
    "(p.debit_id = OLD.id AND NEW.debited_fen = OLD.debited_fen + p.amount_fen AND NEW.credited_fen = OLD.credited_fen) OR "
    "(p.credit_id = OLD.id AND NEW.credited_fen = OLD.credited_fen + p.amount_fen AND NEW.debited_fen = OLD.debited_fen)))"
)
EMPTY = "NEW.debited_fen = 0 AND NEW.credited_fen = 0 AND NEW.last IS NULL"
# name → (when, table, what must hold, what is said when it does not)
DEMANDS = {
    "compensation_posting_one_fund": ("BEFORE INSERT", "compensation_posting", ONE_FUND, "a posting stays inside one fund"),
    "compensation_account_by_posting": ("BEFORE UPDATE", "compensation_account", BY_POSTING, "an account is moved by postings only"),
    "compensation_account_begins_empty": ("BEFORE INSERT", "compensation_account", EMPTY, "an account begins with nothing"),
}
MOVER = "compensation_posting_moves"


def install(execute: Any, vendor: str) -> None:
    """Create the triggers through `execute(sql)`."""
    for sql in _postgresql() if vendor == "postgresql" else _sqlite():
        execute(sql)


def remove(execute: Any, vendor: str) -> None:
    """Drop them."""
    for name, table in [(MOVER, "compensation_posting"), *((name, one[1]) for name, one in DEMANDS.items())]:
        execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if vendor == "postgresql" else ""))


def _sqlite() -> list[str]:
    made = [
        f"CREATE TRIGGER {name} {when} ON {table} WHEN NOT ({holds}) BEGIN SELECT RAISE(ABORT, '{said}'); END"
        for name, (when, table, holds, said) in DEMANDS.items()
    ]
    return [*made, f"CREATE TRIGGER {MOVER} AFTER INSERT ON compensation_posting BEGIN {'; '.join(MOVES)}; END"]


def _postgresql() -> list[str]:
    made = []
    for name, (when, table, holds, said) in DEMANDS.items():
        refuse = f"BEGIN IF NOT ({holds}) THEN RAISE EXCEPTION '{said}' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END"
        made += [_function(name, refuse), f"CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"]
    moves = _function(MOVER, f"BEGIN {'; '.join(MOVES)}; RETURN NEW; END")
    return [*made, moves, f"CREATE TRIGGER {MOVER} AFTER INSERT ON compensation_posting FOR EACH ROW EXECUTE FUNCTION {MOVER}()"]


def _function(name: str, body: str) -> str:
    return f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"
