"""A legal number never stands in code: days, months and yuan that decide something come from law/*.yaml by the day of the event."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import chengxin

HOME = Path(chengxin.__file__).parent
SPANS = {"days", "weeks", "months", "years", "workdays"}
# One day is a step to the neighbouring day, not a period (a week is one). Hours up to 23 are technical (sessions, tokens), 24 are a day.
STEPS = {-1, 0, 1}
LEGAL_WORDS = ("_DAYS", "_WORKDAYS", "_MONTHS", "_YEARS", "_YUAN", "_FEN")

# file:what → why it is not a legal number. The list only shrinks: an entry that no longer occurs fails the test.
ALLOWED: dict[str, str] = {
    "accounts/invitations.py: timedelta(days=7)": "how long an invitation link can be used: security of the account, no law",
    "campaigns/demo.py: timedelta(weeks=1)": "how long ago, or ahead, the demo city's campaigns and trainings lie",
    "commitments/demo.py: timedelta(weeks=17)": "how long ago the demo city's makers signed",
    "exchange/demo.py: timedelta(weeks=1)": "how old an invented permit is",
    "exchange/demo.py: timedelta(weeks=3)": "how old an invented decision is",
    "exchange/demo.py: timedelta(weeks=26)": "how long an invented request asks for",
    "consumers/demo.py: timedelta(days=20)": "how long ago, or ahead, the demo city's complaints are told",
    "consumers/demo.py: timedelta(days=3)": "how long ago, or ahead, the demo city's complaints are told",
    "consumers/demo.py: timedelta(days=40)": "how long ago, or ahead, the demo city's complaints are told",
    "consumers/demo.py: timedelta(days=5)": "how long ago, or ahead, the demo city's complaints are told",
    "detection/local/cases.py: LEAST_DAYS = 20": "a seeded case needs so many days of trade for the detectors to see it; no law",
    "detection/local/forms.py: MOST_DAYS = 366": "the longest period that the form of seeded cases takes",
    "facts/upkeep.py: timedelta(days=7)": "how long a merged file stays on disk for readers that still use it",
    "keeping/measuring.py: timedelta(days=31)": "how much of the past the growth of the disk is taken from",
    "rules/forms.py: timedelta(weeks=8)": "the stretch of the past that a dry run offers first; the person may choose another",
    "rules/past.py: timedelta(weeks=1)": "how much of the past is read at once",
    "rules/queries.py: timedelta(weeks=1)": "how much of the recent past the list of rules counts",
    "subjects/queries/coverage.py: timedelta(days=30)": "a forecast column of the coverage board",
    "supervision/actions/reserve.py: timedelta(weeks=1)": "the budget's week ends seven days after it began",
    "supervision/pictures/rhythm.py: timedelta(days=14)": "how much of a shop's own rhythm the picture shows",
    "supervision/pictures/rhythm.py: timedelta(days=7)": "how much of a shop's own rhythm the picture shows",
    "supervision/pictures/reviews.py: timedelta(days=21)": "how much of a shop's reviews the picture shows",
    "supervision/pictures/reviews.py: timedelta(days=60)": "how much of what follows a review the picture shows",
    "supervision/pictures/visits.py: timedelta(days=60)": "how much of a shop's visits the picture shows",
    "supervision/pictures/prices.py: timedelta(days=14)": "how much of a price history the picture shows",
}


def sources() -> Iterator[Path]:
    for path in sorted(HOME.rglob("*.py")):
        inside = path.relative_to(HOME).parts
        if inside[0] != "law" and "tests" not in inside and "migrations" not in inside:
            yield path


def legal_numbers(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _in_call(node)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            yield from _in_product(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            yield from _in_constant(node)


def _in_call(node: ast.Call) -> Iterator[tuple[int, str]]:
    name = ast.unparse(node.func)
    if name.split(".")[-1] in ("timedelta", "relativedelta"):
        first = [("days", node.args[0])] if node.args else []
        for key, value in [*first, *((word.arg, word.value) for word in node.keywords)]:
            number = _number(value)
            if number is not None and (_is_span(key, number)):
                yield node.lineno, ast.unparse(node)
    elif name.endswith("workdays.add") and len(node.args) > 1 and _number(node.args[1]) not in {None, *STEPS}:
        yield node.lineno, ast.unparse(node)


def _in_product(node: ast.BinOp) -> Iterator[tuple[int, str]]:
    """A stretch of time, however short, times a number is a period written in another way."""
    for span, times in ((node.left, node.right), (node.right, node.left)):
        stretch = isinstance(span, ast.Call) and ast.unparse(span.func).split(".")[-1] in ("timedelta", "relativedelta")
        if stretch and _number(times) is not None:
            yield node.lineno, ast.unparse(node)


def _is_span(key: str | None, number: float) -> bool:
    steps = STEPS if key in ("days", "workdays") else {0}
    return (key in SPANS and number not in steps) or (key == "hours" and number != 0 and number % 24 == 0)


def _in_constant(node: ast.Assign | ast.AnnAssign) -> Iterator[tuple[int, str]]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        legal = isinstance(target, ast.Name) and target.id.isupper() and target.id.endswith(LEGAL_WORDS)
        if legal and node.value is not None and _number(node.value) not in {None, *STEPS}:
            yield node.lineno, ast.unparse(node)


def _number(node: ast.expr) -> float | None:
    """The value of a number written in code, also -7 and 3 * 365."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return float(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        inner = _number(node.operand)
        return inner if inner is None or isinstance(node.op, ast.UAdd) else -inner
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        left, right = _number(node.left), _number(node.right)
        return None if left is None or right is None else left * right
    return None


def found() -> dict[str, int]:
    return {
        f"{path.relative_to(HOME).as_posix()}: {what}": line
        for path in sources()
        for line, what in legal_numbers(ast.parse(path.read_text(encoding="utf-8")))
    }


def test_no_legal_number_stands_in_code() -> None:
    new = {f"{what} (line {line})" for what, line in found().items() if what not in ALLOWED}
    assert not new, "take it from law.at(day).clock/value, or list it in ALLOWED with the reason: " + "; ".join(sorted(new))


def test_the_list_of_exceptions_only_shrinks() -> None:
    assert set(ALLOWED) <= set(found())


def test_it_sees_what_it_is_there_to_see() -> None:
    """The twin: code with legal numbers is found, technical code is not."""
    guilty = "\n".join(
        [
            "due = day + timedelta(days=15)",
            "x = timedelta(7)",
            "y = timedelta(hours=24)",
            "z = law.workdays.add(day, 5)",
            "REPAIR_DAYS = 3",
            "w = relativedelta(months=+3)",
            "v = timedelta(weeks=1)",
            "u = timedelta(days=1) * 15",
        ]
    )
    assert len(list(legal_numbers(ast.parse(guilty)))) == 8
    innocent = "\n".join(["a = day + timedelta(days=1)", "b = timedelta(seconds=30)", "c = timedelta(days=n)", "workdays.add(day, rule.n)"])
    assert not list(legal_numbers(ast.parse(innocent)))
