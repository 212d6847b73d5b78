"""DuckDB's SQL to Spark's, with DuckDB's meaning: SQLGlot writes the other dialect, dialect_rules mends what it leaves different.

What Spark refuses or SQLGlot cannot write ends in an error, never in another answer: Spark runs in ANSI mode, and SQLGlot raises on what
it does not support.
Sources: DuckDB 2.0 and Spark 4 function references; SQLGlot 30.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.tokens import TokenType

from chengxin.facts.dialect_rules import RULES, Tree, put_names, text_of

Given = Mapping[str, Any] | Sequence[Any] | None


class Lake(DuckDB):
    """DuckDB's dialect as we write it: `len` is of lists, `length` of texts (DuckDB takes either for both, Spark has size and length)."""

    class Parser(DuckDB.Parser):
        FUNCTIONS = {**DuckDB.Parser.FUNCTIONS, "LEN": exp.ArraySize.from_arg_list}


def parsed(text: str, given: Given = None) -> Tree:
    """A statement in DuckDB's dialect as a tree, with the given parameters ($name or ?) as literals of DuckDB's types."""
    tree = _parsed(text).copy()
    values = given if isinstance(given, Mapping) else {str(place): value for place, value in enumerate(given or ())}
    for node in list(tree.find_all(exp.Placeholder)):
        value = values[node.name]
        inside = node.parent.parent if isinstance(node.parent, exp.Paren) else node.parent
        if isinstance(inside, exp.Interval):  # INTERVAL ($days) DAY
            inside.set("this", exp.Literal.string(str(value)))
        else:
            node.replace(literal(value))
    return tree


@lru_cache(maxsize=512)
def _parsed(text: str) -> Tree:
    """Each ? gets the number of its place: the tree does not keep the order of the text."""
    marks = [token for token in Lake().tokenize(text) if token.token_type == TokenType.PLACEHOLDER]
    for place, mark in reversed(list(enumerate(marks))):
        text = f"{text[: mark.start]}${place}{text[mark.end + 1 :]}"
    return sqlglot.parse_one(text, read=Lake)


def literal(value: Any) -> Tree:
    """A Python value as Spark reads it. A float is a DOUBLE: a bare 0.7 would be a decimal."""
    if isinstance(value, bool) or value is None:
        return exp.convert(value)
    if isinstance(value, float):
        return exp.cast(exp.Literal.string(repr(value)), exp.DataType.Type.DOUBLE)
    if isinstance(value, datetime):
        return exp.cast(exp.Literal.string(value.astimezone(UTC).isoformat()), exp.DataType.Type.TIMESTAMPTZ)
    if isinstance(value, date):
        return exp.cast(exp.Literal.string(value.isoformat()), exp.DataType.Type.DATE)
    if isinstance(value, list | tuple):
        made = exp.Array(expressions=[literal(one) for one in value])
        return made if value else exp.cast(made, "ARRAY<BIGINT>")
    return exp.convert(int(value) if hasattr(value, "__index__") else value)


def spark(tree: Tree, named: bool = False) -> str:
    """The tree in Spark's dialect, meaning what it means in DuckDB. Raises sqlglot's UnsupportedError.

    named: also put what a name of the SELECT list stands for in its place in WHERE. To be asked for when no table has such a column, as
    in DuckDB a column of that name would come first.
    """
    root = exp.Tuple(expressions=[tree.copy()])  # a parent for the root, so that it can be replaced like any other node
    for node in reversed(list(root.walk(bfs=False))):  # children first: a rule finds its operands already mended
        rule = RULES.get(type(node))
        if rule and node.parent:
            rule(node)
        if named and isinstance(node, exp.Select):
            put_names(node)
    return text_of(root.expressions[0])
