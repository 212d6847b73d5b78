"""What a check constraint cannot say, said by triggers on both databases: no entry is listed without the row of each step, none is closed
while a measure or a receipt is outstanding.

`install` and `remove` are run by the first migration.
"""

from __future__ import annotations

from typing import Any

from chengxin.audit import protection

KEPT = {"lists_step": '"id"', "lists_change": '"serial"', "lists_delivery": '"id"', "lists_benefituse": '"id"'}
AFTER_DECISION = "('LISTED', 'PUBLISHED', 'REMOVED', 'CLOSED')"
TABLE = "lists_listentry"
ANSWERED = "NOT EXISTS (SELECT 1 FROM lists_argument a WHERE a.entry_id = NEW.id AND a.adopted IS NULL)"


def _step(*acts: str) -> str:
    names = ", ".join(f"'{act}'" for act in acts)
    return f"EXISTS (SELECT 1 FROM lists_step s WHERE s.entry_id = NEW.id AND s.act IN ({names}))"  # noqa: S608  constants of ours


# What has to be there before a row may say so: (when the new row …, it needs …, else it is refused with …).
RULES = [
    (
        "listed",
        f"NEW.state IN {AFTER_DECISION}",
        " AND ".join([_step("propose"), _step("notice"), _step("consent", "no_consent"), _step("decide"), ANSWERED]),
        "listed without each step",
    ),
    ("published", "NEW.published_on IS NOT NULL", _step("publish"), "published without its step"),
    ("removed", "NEW.state IN ('REMOVED', 'CLOSED')", _step("remove"), "removed without its step"),
    (
        "closed",
        "NEW.state = 'CLOSED'",
        "NOT EXISTS (SELECT 1 FROM lists_task t WHERE t.entry_id = NEW.id AND t.state <> 'LIFTED')"
        " AND NOT EXISTS (SELECT 1 FROM lists_removalnotice n WHERE n.entry_id = NEW.id AND n.confirmed_at IS NULL)",
        "closed while something stands",
    ),
]


def install(execute: Any, vendor: str) -> None:
    """Create the triggers through `execute(sql)`."""
    protection.install_on(KEPT, execute, vendor)
    for name, when, needs, said in RULES:
        for sql in _on_postgresql(name, when, needs, said) if vendor == "postgresql" else _on_sqlite(name, when, needs, said):
            execute(sql)


def remove(execute: Any, vendor: str) -> None:
    """Drop the triggers."""
    for name, *_ in RULES:
        for act in ("insert", "update"):
            execute(f"DROP TRIGGER IF EXISTS lists_{name}_{act}" + (f" ON {TABLE}" if vendor == "postgresql" else ""))
        if vendor == "postgresql":
            execute(f"DROP FUNCTION IF EXISTS lists_{name}()")
    protection.remove_from(KEPT, execute, vendor)


def _on_sqlite(name: str, when: str, needs: str, said: str) -> list[str]:
    return [
        f"CREATE TRIGGER lists_{name}_{act.lower()} BEFORE {act} ON {TABLE} WHEN {when} AND NOT ({needs})"
        f" BEGIN SELECT RAISE(ABORT, '{said}'); END"
        for act in ("INSERT", "UPDATE")
    ]


def _on_postgresql(name: str, when: str, needs: str, said: str) -> list[str]:
    body = f"BEGIN IF {when} AND NOT ({needs}) THEN RAISE EXCEPTION '{said}'; END IF; RETURN NEW; END"
    return [
        f"CREATE OR REPLACE FUNCTION lists_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
        *(
            f"CREATE TRIGGER lists_{name}_{act.lower()} BEFORE {act} ON {TABLE} FOR EACH ROW EXECUTE FUNCTION lists_{name}()"
            for act in ("INSERT", "UPDATE")
        ),
    ]
