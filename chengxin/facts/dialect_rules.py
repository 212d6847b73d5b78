"""What means something else in Spark than in DuckDB after SQLGlot has translated it: a rule for each, which says what.

No rule knows a detector. RULES: kind of node → what mends it in place, its operands already mended.
"""

# ruff: noqa: S608 - texts are made of the parts of parsed statements
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel

Tree: TypeAlias = Any  # sqlglot.exp.Expr; the extra may not be there when types are checked


# -- writing ----------------------------------------------------------------------------------------------------------------------


def text_of(node: Tree) -> str:
    return str(node.sql(dialect="spark", identify=True, comments=False, unsupported_level=ErrorLevel.RAISE))


def _put(node: Tree, text: str) -> None:
    """Replace a node by an expression in Spark's dialect."""
    node.replace(sqlglot.parse_one(text, read="spark"))


def _filter(node: Tree) -> tuple[Tree, str]:
    """(what is to be replaced, the condition of `FILTER (WHERE ...)` around an aggregate or "")."""
    outer = node.parent if isinstance(node.parent, exp.IgnoreNulls) else node
    if isinstance(outer.parent, exp.Filter) and outer.arg_key == "this":
        return outer.parent, text_of(outer.parent.expression.this)
    return outer, ""


def _where(*conditions: str) -> str:
    kept = [f"({one})" for one in conditions if one]
    return f" FILTER (WHERE {' AND '.join(kept)})" if kept else ""


# -- numbers ----------------------------------------------------------------------------------------------------------------------


def _divide(node: Tree) -> None:
    """DuckDB's / is of doubles, whatever the operands, and follows IEEE 754; Spark divides decimals as decimals and refuses zero."""
    a, b = text_of(node.this), text_of(node.expression)
    if isinstance(node.expression, exp.Literal):
        return _put(node, f"(CAST({a} AS DOUBLE) / CAST({b} AS DOUBLE))")
    a, b = f"CAST({a} AS DOUBLE)", f"CAST({b} AS DOUBLE)"
    _put(node, f"(coalesce(try_divide({a}, {b}), {a} * CAST('Infinity' AS DOUBLE) + {b}))")


def _cast(node: Tree) -> None:
    """A cast from double to a whole number rounds half to even in DuckDB, cuts in Spark. HUGEINT: Spark's widest is DECIMAL(38, 0)."""
    if node.to.is_type("hugeint", "int128"):
        node.set("to", exp.DataType.build("DECIMAL(38, 0)"))
    elif node.to.is_type("bigint", "int") and _double(node.this):
        _put(node, f"CAST(rint({text_of(node.this)}) AS {text_of(node.to)})")


def _double(node: Tree) -> bool:
    """Whether an expression can be seen to be of doubles from its own words."""
    if isinstance(node, exp.Paren):
        return _double(node.this)
    if isinstance(node, exp.Literal):
        return not node.is_string and "e" in node.name.lower()
    if isinstance(node, exp.Cast):
        return bool(node.to.is_type("double"))
    return isinstance(node, exp.Add | exp.Sub | exp.Mul | exp.Div) and (_double(node.this) or _double(node.expression))


def _log(node: Tree) -> None:
    """ln(0) is minus infinity in DuckDB, NULL in Spark."""
    x = text_of(node.this)
    _put(node, f"IF({x} = 0, CAST('-Infinity' AS DOUBLE), ln({x}))")


def _quantile(node: Tree) -> None:
    """Spark's percentile interpolates by other arithmetic (the last bit differs), and it has no mad: both from the sorted values."""
    outer, condition = _filter(node)
    x = f"sort_array(collect_list(CAST({text_of(node.expressions[0] if isinstance(node, exp.Anonymous) else node.this)} AS DOUBLE))"
    _put(outer, _of_sorted(x + _where(condition) + ")", _share(node), str(node.name).lower() == "mad"))


def _share(node: Tree) -> str:
    return text_of(node.expression) if isinstance(node, exp.PercentileCont | exp.PercentileDisc) else "0.5"


def _of_sorted(values: str, share: str, mad: bool) -> str:
    """The quantile (or median absolute deviation) of an expression that is a sorted array of doubles."""
    middle = _interpolated("v", share)
    if mad:
        away = f"sort_array(transform(v, w -> abs(w - {middle})))"
        middle = _let(away, "v", _interpolated("v", share))
    return _let(values, "v", middle)


def _let(value: str, name: str, body: str) -> str:
    return f"element_at(transform(array({value}), {name} -> {body}), 1)"


def _interpolated(v: str, share: str) -> str:
    """As DuckDB: lo + (hi - lo) * fraction between the neighbours of (n - 1) * share."""
    at = f"((size({v}) - 1) * CAST({share} AS DOUBLE))"
    low, high = (f"element_at({v}, CAST({side}({at}) AS INT) + 1)" for side in ("floor", "ceil"))
    return f"IF(size({v}) = 0, NULL, {low} + ({high} - {low}) * ({at} - floor({at})))"


def _quantile_disc(node: Tree) -> None:
    """The value at the place floor(share * n), counted so that half of an even number falls on the lower one, as DuckDB does."""
    outer, condition = _filter(node)
    values = f"sort_array(collect_list({text_of(node.this)}){_where(condition)})"
    at = f"greatest(CAST(ceil(size(v) * CAST({_share(node)} AS DOUBLE)) AS INT), 1)"
    _put(outer, _let(values, "v", f"IF(size(v) = 0, NULL, element_at(v, {at}))"))


# -- times ------------------------------------------------------------------------------------------------------------------------

UNIT_SECONDS = {"SECOND": 1, "MINUTE": 60, "HOUR": 3600}


def _date_diff(node: Tree) -> None:
    """DuckDB counts boundaries crossed, Spark whole units gone by. The city's time is off UTC by whole hours."""
    late, early, unit = text_of(node.this), text_of(node.expression), str(node.args["unit"]).upper()
    if unit == "DAY":
        return _put(node, f"CAST(datediff(to_date({late}), to_date({early})) AS BIGINT)")
    if unit not in UNIT_SECONDS:
        raise sqlglot.UnsupportedError(f"date_diff by {unit}")
    late, early = (f"CAST(floor(unix_seconds({one}) / {UNIT_SECONDS[unit]}) AS BIGINT)" for one in (late, early))
    _put(node, f"({late} - {early})")


def _epoch(node: Tree) -> None:
    """Seconds with their fraction, as a double; Spark's unix_timestamp cuts."""
    _put(node, f"(CAST(unix_micros({text_of(node.this)}) AS DOUBLE) / CAST(1000000 AS DOUBLE))")


def _to_days(node: Tree) -> None:
    """A number written out makes a literal, which the bound of a window has to be, and of the same type as the other bound."""
    days = text_of(node.this)
    whole = isinstance(node.this, exp.Literal)
    _put(node, f"INTERVAL '{days} 00:00:00' DAY TO SECOND" if whole else f"make_dt_interval(CAST({days} AS INT))")


def _interval(node: Tree) -> None:
    """See `_to_days`: microseconds as a bound."""
    if str(node.args.get("unit")).upper() == "MICROSECOND":
        _put(node, f"INTERVAL '0 00:00:00.{int(node.this.name):06d}' DAY TO SECOND")


def _time_bucket(node: Tree) -> None:
    """Whole stretches since an origin; Spark has only `window`, which counts from 1970."""
    step, at, origin = (text_of(node.args[one]) for one in ("this", "expression", "unit"))
    since, length = f"(unix_micros({at}) - unix_micros({origin}))", f"unix_micros({origin} + {step}) - unix_micros({origin})"
    _put(node, f"timestamp_micros(unix_micros({origin}) + CAST(floor({since} / ({length})) AS BIGINT) * ({length}))")


# -- order and null ---------------------------------------------------------------------------------------------------------------


def _key(node: Tree) -> str:
    """A sort key. DuckDB takes NULL inside a row for the greatest value, Spark for the least."""
    fields = list(_fields(node))
    if not fields:
        return text_of(node)
    return "struct(" + ", ".join(f"{one} IS NULL, {one}" for one in fields) + ")"


def _fields(node: Tree) -> Iterator[str]:
    """The fields of a row or struct written out; none when it is something else."""
    if isinstance(node, exp.Paren):
        yield from _fields(node.this)
    elif isinstance(node, exp.Tuple | exp.Struct):
        for one in node.expressions:
            yield text_of(one.expression if isinstance(one, exp.PropertyEQ) else one.this if isinstance(one, exp.Alias) else one)


def _arg(name: str) -> Callable[[Tree], None]:
    """arg_min and arg_max pass over rows whose value is NULL; min_by and max_by do not."""

    def rule(node: Tree) -> None:
        outer, condition = _filter(node)
        value = text_of(node.this)
        _put(outer, f"{name}({value}, {_key(node.expression)}){_where(f'{value} IS NOT NULL', condition)}")

    return rule


def _extreme(name: str) -> Callable[[Tree], None]:
    """min and max of rows: see `_key`. max(x, n): the n greatest, the greatest first."""

    def rule(node: Tree) -> None:
        outer, condition = _filter(node)
        many = node.args.get("count")
        if not many and not any(_fields(node.this)):
            return
        value = text_of(node.this)
        if not many:
            return _put(outer, f"{name}_by({value}, {_key(node.this)}){_where(condition)}")
        if name != "max":
            raise sqlglot.UnsupportedError("min(x, n)")
        rows = f"collect_list(struct({_key(node.this)} AS k, {value} AS v)){_where(f'{value} IS NOT NULL', condition)}"
        _put(outer, f"transform(slice(sort_array({rows}, false), 1, {text_of(many)}), e -> e.v)")

    return rule


def _any_value(node: Tree) -> None:
    """The first that is not NULL, by the order where one is given; Spark's any_value takes NULL too and knows no order."""
    outer, condition = _filter(node)
    if not isinstance(node.this, exp.Order):
        return _put(outer, f"any_value({text_of(node.this)}, true){_where(condition)}")
    value = text_of(node.this.this)
    _put(outer, f"min_by({value}, struct({', '.join(_order(node.this))})){_where(f'{value} IS NOT NULL', condition)}")


def _order(node: exp.Order) -> Iterator[str]:
    for one in node.expressions:
        if one.args.get("desc"):
            raise sqlglot.UnsupportedError("a list or any_value ordered from the greatest")
        yield from (f"{text_of(one.this)} IS NULL", text_of(one.this))


def _list(node: Tree) -> None:
    """list keeps NULL and can be ordered; collect_list does neither. Of no rows it is NULL in DuckDB, empty in Spark."""
    outer, condition = _filter(node)
    inner, keys = node.this, []
    if isinstance(inner, exp.Order):
        keys, inner = list(_order(inner)), inner.this
    distinct = "DISTINCT " if isinstance(inner, exp.Distinct) else ""
    value = text_of(inner.expressions[0] if distinct else inner)
    fields = [f"{one} AS k{place}" for place, one in enumerate(keys)] + [f"{value} AS v"]
    rows = f"collect_list({distinct}struct({', '.join(fields)})){_where(condition)}"
    made = f"transform({f'sort_array({rows})' if keys else rows}, e -> e.v)"
    _put(outer, f"IF(size({rows}) = 0, NULL, {made})" if condition else made)


# -- lists ------------------------------------------------------------------------------------------------------------------------


def _contains(node: Tree) -> None:
    """Not found is false in DuckDB, NULL in Spark where the list holds a NULL."""
    held, one = text_of(node.this), text_of(node.expression)
    _put(node, f"IF({held} IS NULL, NULL, coalesce(array_contains({held}, {one}), false))")


def _comprehension(node: Tree) -> None:
    """[x.n FOR x IN list]"""
    one = node.expressions[0] if len(node.expressions) == 1 else None
    if isinstance(one, exp.Comprehension):
        _put(node, f"transform({text_of(one.args['iterator'])}, {text_of(one.expression)} -> {text_of(one.this)})")


def _full_match(node: Tree) -> None:
    _put(node, f"regexp_like({text_of(node.this)}, concat('\\\\A(?:', {text_of(node.expression)}, ')\\\\z'))")


def _function(node: Tree) -> None:
    """DuckDB's functions that SQLGlot does not know."""
    name, operands = str(node.name).lower(), [text_of(one) for one in node.expressions]
    if name == "mad":
        return _quantile(node)
    made = FUNCTIONS.get(name)
    if made:
        _put(node, made(*operands))


FUNCTIONS: dict[str, Callable[..., str]] = {
    "epoch_us": lambda at: f"unix_micros({at})",
    "to_hours": lambda n: f"make_dt_interval(0, CAST({n} AS INT))",
    "list_sum": lambda held: _let(
        f"filter({held}, e -> e IS NOT NULL)",
        "v",
        "IF(size(v) = 0, NULL, aggregate(slice(v, 2, size(v)), element_at(v, 1), (s, e) -> s + e))",
    ),
    "list_median": lambda held: _of_sorted(f"sort_array({held})", "0.5", False),
    "list_mad": lambda held: _of_sorted(f"sort_array({held})", "0.5", True),
    # Another function, so other numbers: a hash may name a thing for the length of a run, and must not decide anything by its size.
    "hash": lambda *operands: f"xxhash64({', '.join(operands)})",
}


def _shift(node: Tree) -> None:
    """A hash is unsigned in DuckDB: shifted to the right it is never negative."""
    if "XXHASH64" in text_of(node.this).upper():
        _put(node, f"shiftrightunsigned({text_of(node.this)}, {text_of(node.expression)})")


# -- queries ----------------------------------------------------------------------------------------------------------------------


def _in(node: Tree) -> None:
    """(a, b) IN (SELECT (x, y)): one column that is a row in DuckDB, two columns in Spark."""
    query = node.args.get("query")
    inner = query.this if isinstance(query, exp.Subquery) else query
    if isinstance(node.this, exp.Tuple) and isinstance(inner, exp.Select) and len(inner.expressions) == 1:
        row = inner.expressions[0].unnest()
        if isinstance(row, exp.Tuple):
            inner.set("expressions", [one.copy() for one in row.expressions])


def _window(node: Tree) -> None:
    """count(DISTINCT x) OVER (...): Spark counts distinct values in groups only, but gathers them in windows."""
    counted = node.this.this if isinstance(node.this, exp.Count) else None
    if isinstance(counted, exp.Distinct) and len(counted.expressions) == 1:
        made = node.copy()
        made.set("this", sqlglot.parse_one(f"collect_set({text_of(counted.expressions[0])})", read="spark"))
        _put(node, f"CAST(size({text_of(made)}) AS BIGINT)")


def _select(node: Tree) -> None:
    _replaced(node)
    _asof(node)


def _replaced(node: Tree) -> None:
    """* REPLACE (...) is not in Spark: the same columns, those named at the end (such rows are read by name)."""
    made = []
    for one in node.expressions:
        changed = one.args.get("replace") if isinstance(one, exp.Star) else None
        made.append(exp.Star(except_=[exp.column(alias.alias) for alias in changed]) if changed else one)
        made += changed or []
    node.set("expressions", made)


def put_names(node: Tree) -> None:
    """A name from the SELECT list used in WHERE: Spark's WHERE comes before its names. One made of a column so called is that column."""
    where = node.args.get("where")
    named = {one.alias: one.this for one in node.expressions if isinstance(one, exp.Alias)}
    named = {name: made for name, made in named.items() if name not in {column.name for column in made.find_all(exp.Column)}}
    if where is None or not named:
        return
    for column in list(where.find_all(exp.Column)):
        if not column.table and column.name in named and column.find_ancestor(exp.Select) is node:
            column.replace(exp.paren(named[column.name].copy()))


def _asof(node: Tree) -> None:
    """a ASOF LEFT JOIN b ON b.x = a.x AND b.t <= a.t: of b the row with the greatest t.

    Spark has no such join: each row of b holds until the next one with its keys.
    """
    for join in node.args.get("joins") or []:
        if str(join.args.get("method", "")).upper() != "ASOF":
            continue
        right = join.this.alias_or_name
        sides = list(join.args["on"].flatten())
        keys = [side for one in sides if isinstance(one, exp.EQ) for side in (one.this, one.expression) if side.table == right]
        bound = next(one for one in sides if isinstance(one, exp.LTE) and one.this.table == right)
        by, at = ", ".join(f"`{key.name}`" for key in keys), f"`{bound.this.name}`"
        held = f"SELECT *, lead({at}) OVER (PARTITION BY {by} ORDER BY {at} NULLS LAST) AS asof_next FROM {text_of(join.this)}"
        join.set("this", sqlglot.parse_one(f"SELECT * FROM ({held}) AS `{right}`", read="spark").args["from_"].this)
        join.set("method", None)
        until = sqlglot.parse_one(f"`{right}`.asof_next IS NULL OR `{right}`.asof_next > {text_of(bound.expression)}", read="spark")
        join.set("on", exp.and_(join.args["on"], exp.paren(until)))


def _cte(node: Tree) -> None:
    """AS MATERIALIZED says nothing about the rows."""
    node.set("materialized", None)


RULES: dict[type[Tree], Callable[[Any], None]] = {
    exp.Div: _divide,
    exp.Cast: _cast,
    exp.Ln: _log,
    exp.Median: _quantile,
    exp.PercentileCont: _quantile,
    exp.PercentileDisc: _quantile_disc,
    exp.DateDiff: _date_diff,
    exp.TimeToUnix: _epoch,
    exp.ToDays: _to_days,
    exp.Interval: _interval,
    exp.DateBin: _time_bucket,
    exp.ArgMin: _arg("min_by"),
    exp.ArgMax: _arg("max_by"),
    exp.Min: _extreme("min"),
    exp.Max: _extreme("max"),
    exp.AnyValue: _any_value,
    exp.ArrayAgg: _list,
    exp.ArrayContains: _contains,
    exp.Array: _comprehension,
    exp.RegexpFullMatch: _full_match,
    exp.Anonymous: _function,
    exp.BitwiseRightShift: _shift,
    exp.Window: _window,
    exp.In: _in,
    exp.CTE: _cte,
    exp.Select: _select,
}
