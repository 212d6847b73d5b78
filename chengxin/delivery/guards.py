"""What a check constraint cannot say, said by triggers on both databases: no ban is in force without the row of each of its steps.

`install` and `remove` are run by the first migration.
"""

from __future__ import annotations

from typing import Any

from chengxin.audit import protection

TABLES = (
    *("banreceipt", "statusanswer", "step", "trace", "workerfact", "workerfactend"),
    *("regulatorrating", "merchantrating", "consumerrating"),
)
KEPT = {f"delivery_{name}": '"id"' for name in TABLES}
TABLE, NAME, SAID = "delivery_ban", "delivery_in_force", "a ban in force without each step"


def _step(*acts: str) -> str:
    names = ", ".join(f"'{act}'" for act in acts)
    return f"EXISTS (SELECT 1 FROM delivery_step s WHERE s.matter = NEW.id AND s.action IN ({names}))"  # noqa: S608  constants of ours


WHEN = "NEW.state = 'IN_FORCE'"
NEEDS = " AND ".join([_step("propose"), _step("notice"), _step("state", "not_stated"), _step("decide")])


def install(execute: Any, vendor: str) -> None:
    """Create the triggers through `execute(sql)`."""
    protection.install_on(KEPT, execute, vendor)
    for sql in _on_postgresql() if vendor == "postgresql" else _on_sqlite():
        execute(sql)


def remove(execute: Any, vendor: str) -> None:
    """Drop the triggers."""
    remove_steps(execute, vendor)
    protection.remove_from(KEPT, execute, vendor)


def remove_steps(execute: Any, vendor: str) -> None:
    """Drop the trigger that asks for a ban's steps; a test does so to show that nothing else would refuse."""
    for act in ("insert", "update"):
        execute(f"DROP TRIGGER IF EXISTS {NAME}_{act}" + (f" ON {TABLE}" if vendor == "postgresql" else ""))
    if vendor == "postgresql":
        execute(f"DROP FUNCTION IF EXISTS {NAME}()")


def _on_sqlite() -> list[str]:
    return [
        f"CREATE TRIGGER {NAME}_{act.lower()} BEFORE {act} ON {TABLE} WHEN {WHEN} AND NOT ({NEEDS})"
        f" BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
        for act in ("INSERT", "UPDATE")
    ]


def _on_postgresql() -> list[str]:
    body = f"BEGIN IF {WHEN} AND NOT ({NEEDS}) THEN RAISE EXCEPTION '{SAID}'; END IF; RETURN NEW; END"
    return [
        f"CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
        *(
            f"CREATE TRIGGER {NAME}_{act.lower()} BEFORE {act} ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {NAME}()"
            for act in ("INSERT", "UPDATE")
        ),
    ]
