"""What a check constraint cannot say, said by triggers on both databases: no case is in a state that its newest step did not lead to, none
is decided, served or published without the row of each step, and no argument is left without its answer.

`install` and `remove` are run by migration 0002.
"""

from __future__ import annotations

from typing import Any

TABLE = "cases_case"
AFTER_DECISION = "('DECIDED', 'SERVED', 'PUBLISHED', 'ENFORCING', 'PERFORMED', 'CLOSED', 'REVOKED')"
AFTER_SERVICE = "('SERVED', 'PUBLISHED', 'ENFORCING', 'PERFORMED', 'CLOSED', 'REVOKED')"
AFTER_PUBLICATION = "('PUBLISHED', 'ENFORCING', 'PERFORMED', 'CLOSED')"
ANSWERED = "NOT EXISTS (SELECT 1 FROM cases_argument a WHERE a.case_id = NEW.id AND a.adopted IS NULL)"
LAST = "NEW.state = (SELECT s.after FROM cases_casestep s WHERE s.case_id = NEW.id ORDER BY s.place DESC LIMIT 1)"


def _step(action: str, more: str = "") -> str:
    return f"EXISTS (SELECT 1 FROM cases_casestep s WHERE s.case_id = NEW.id AND s.action = '{action}'{more})"  # noqa: S608  constants of ours


def _row(table: str) -> str:
    return f"EXISTS (SELECT 1 FROM {table} r WHERE r.case_id = NEW.id)"  # noqa: S608  constants of ours


MINE = " AND s.person = NEW.public_cleared_by"
EACH = [_step(one) for one in ("file_case", "contact", "end_investigation", "review", "notify", "decide")]
# What has to be there before a row may say so: (when the changed row …, it needs …, else it is refused with …).
RULES = [
    ("state", "NEW.state <> OLD.state", LAST, "a state that no step led to"),
    ("decided", f"NEW.state IN {AFTER_DECISION}", " AND ".join([*EACH, _row("cases_decision"), ANSWERED]), "decided without each step"),
    ("served", f"NEW.state IN {AFTER_SERVICE}", " AND ".join([_step("serve"), _row("cases_service")]), "served without its step"),
    (
        "published",
        f"NEW.state IN {AFTER_PUBLICATION}",
        " AND ".join([_step("publish_double"), _step("publish_file")]),
        "published without its steps",
    ),
    (
        "cleared",
        "NEW.public_cleared_by <> ''",
        f"({_step('clear_publicity', MINE)} OR {_step('vary', MINE)})",
        "cleared for publication without its step",
    ),
]


def install(execute: Any, vendor: str) -> None:
    """Create the triggers through `execute(sql)`."""
    for name, when, needs, said in RULES:
        for sql in _on_postgresql(name, when, needs, said) if vendor == "postgresql" else _on_sqlite(name, when, needs, said):
            execute(sql)


def remove(execute: Any, vendor: str) -> None:
    """Drop the triggers."""
    for name, *_ in RULES:
        execute(f"DROP TRIGGER IF EXISTS cases_{name}_update" + (f" ON {TABLE}" if vendor == "postgresql" else ""))
        if vendor == "postgresql":
            execute(f"DROP FUNCTION IF EXISTS cases_{name}()")


def _on_sqlite(name: str, when: str, needs: str, said: str) -> list[str]:
    return [
        f"CREATE TRIGGER cases_{name}_update BEFORE UPDATE ON {TABLE} WHEN {when} AND NOT ({needs})"
        f" BEGIN SELECT RAISE(ABORT, '{said}'); END"
    ]


def _on_postgresql(name: str, when: str, needs: str, said: str) -> list[str]:
    body = f"BEGIN IF {when} AND NOT ({needs}) THEN RAISE EXCEPTION '{said}'; END IF; RETURN NEW; END"
    return [
        f"CREATE OR REPLACE FUNCTION cases_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
        f"CREATE TRIGGER cases_{name}_update BEFORE UPDATE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION cases_{name}()",
    ]
