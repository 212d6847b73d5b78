"""Mapping files: how a foreign table becomes a report. A column of ours is a foreign column, a constant, or one of a few named
transforms."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import yaml

from chengxin.facts import kinds
from chengxin.facts.errors import BadMapping
from chengxin.facts.kinds import Kind
from chengxin.facts.reading import Sent

FOLDER = Path(__file__).parent / "mappings"
MOST_BYTES = 64 * 1024

Recipe = MappingOf[str, Any]


@dataclass(frozen=True)
class Mapping:
    """column of ours (or `<column>_fen`) → recipe."""

    kind: str
    recipes: MappingOf[str, Recipe]

    def headers(self) -> list[str]:
        """The foreign columns that are read, each once."""
        found: dict[str, None] = {}
        for recipe in self.recipes.values():
            for name in _sources(recipe):
                found[name] = None
        return list(found)

    def apply(self, kind: Kind, sent: Sent) -> Sent:
        """The rows under our own headers. Raises BadMapping when the file lacks a foreign column."""
        if kind.kind != self.kind:
            raise BadMapping(reason=f"it is for {self.kind!r}, the report is {kind.kind!r}")
        missing = [name for name in self.headers() if name not in sent.table.column_names]
        if missing:
            raise BadMapping(reason=f"the file has no column {', '.join(missing)}; it has {', '.join(sent.table.column_names)[:300]}")
        arrays = {name: _made(recipe, sent.table) for name, recipe in self.recipes.items()}
        ours = {source: name for name, recipe in self.recipes.items() for source in _sources(recipe)}
        cells = [replace(cell, field=ours.get(cell.field, cell.field)) for cell in sent.cells]
        return replace(sent, table=pa.table(arrays), cells=cells)


def load(given: Path | str | bytes | Mapping | None) -> Mapping | None:
    """A mapping from a file, from the text of one, or one of the shipped ones by name ("complete_journey"). Raises BadMapping."""
    if given is None or isinstance(given, Mapping):
        return given
    text = given if isinstance(given, bytes) else _text(given)
    if len(text) > MOST_BYTES:
        raise BadMapping(reason=f"it is larger than {MOST_BYTES} bytes")
    try:
        plain = yaml.safe_load(text)
    except (yaml.YAMLError, UnicodeDecodeError) as cause:
        raise BadMapping(reason=str(cause)[:300]) from cause
    return _checked(plain)


def shipped() -> list[str]:
    """The names of the mappings that come with the product."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def _text(given: Path | str) -> bytes:
    path = FOLDER / f"{given}.yaml" if str(given) in shipped() else Path(given)
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as cause:
        raise BadMapping(reason=f"{given}: {cause.strerror}; shipped are {', '.join(shipped())}") from cause


def _checked(plain: Any) -> Mapping:
    if not isinstance(plain, dict) or not isinstance(plain.get("columns"), dict) or "kind" not in plain:
        raise BadMapping(reason="it needs `kind:` and `columns:`")
    kind = kinds.kind(str(plain["kind"]))
    recipes: dict[str, Recipe] = {}
    for name, given in plain["columns"].items():
        recipe = {"column": given} if isinstance(given, str) else given
        if name not in kind.by_name and name not in kind.headers.values():
            raise BadMapping(reason=f"{kind.kind} has no column {name!r}")
        if not isinstance(recipe, dict) or not set(recipe) & set(_MAKERS) or set(recipe) - set(_MAKERS) - set(_STEPS) - {"with"}:
            raise BadMapping(reason=f"{name}: use one of {', '.join(_MAKERS)} and any of {', '.join(_STEPS)}")
        recipes[str(name)] = recipe
    return Mapping(kind.kind, recipes)


def _sources(recipe: Recipe) -> list[str]:
    if "column" in recipe:
        return [str(recipe["column"])]
    if "join" in recipe:
        return [str(name) for name in recipe["join"]]
    return [str(recipe["number_within"])] if "number_within" in recipe else []


def _made(recipe: Recipe, table: pa.Table) -> pa.ChunkedArray | pa.Array:
    maker = next(name for name in _MAKERS if name in recipe)
    array = _MAKERS[maker](recipe, table)
    for step, argument in recipe.items():
        if step in _STEPS:
            try:
                array = _STEPS[step](array, argument)
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError, ValueError, TypeError) as cause:
                raise BadMapping(reason=f"{step}: {argument!r} does not fit a column of {array.type}: {cause}"[:300]) from cause
    return array


def _column(recipe: Recipe, table: pa.Table) -> pa.ChunkedArray:
    return table[str(recipe["column"])]


def _constant(recipe: Recipe, table: pa.Table) -> pa.Array:
    return pa.array([str(recipe["constant"])]).take(pa.array(np.zeros(table.num_rows, np.int32)))


def _join(recipe: Recipe, table: pa.Table) -> pa.ChunkedArray:
    parts = [table[str(name)].cast(pa.string()) for name in recipe["join"]]
    return pc.binary_join_element_wise(*parts, str(recipe.get("with", "-")))


def _number_within(recipe: Recipe, table: pa.Table) -> pa.Array:
    """1, 2, 3 … for the rows that share a value, in the order of the file: the line number of an order that came without one."""
    coded = table[str(recipe["number_within"])].combine_chunks()
    codes = pc.fill_null(coded.dictionary_encode().indices, -1).to_numpy(zero_copy_only=False)
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=codes[order][:1] - 1))
    lengths = np.diff(np.append(starts, len(codes)))
    numbers = np.empty(len(codes), np.int64)
    numbers[order] = np.arange(len(codes)) - np.repeat(starts, lengths) + 1
    return pa.array(numbers)


def _multiply(array: Any, factor: Any) -> Any:
    return pc.round(pc.multiply(array.cast(pa.float64()), float(factor)), 6)


def _round(array: Any, digits: Any) -> Any:
    rounded = pc.round(array.cast(pa.float64()), int(digits))
    return rounded.cast(pa.int64()) if int(digits) <= 0 else rounded


def _date(array: Any, form: Any) -> Any:
    return pc.strptime(array.cast(pa.string()), format=str(form), unit="us")


def _codes(array: Any, names: Any) -> Any:
    """Replace values by ours; a value that is not listed stays, and is then checked like any other."""
    texts = array.cast(pa.string())
    given = pa.array([str(name) for name in names])
    found = pc.index_in(texts, given)
    return pc.coalesce(pa.array([str(value) for value in names.values()]).take(_one(found)), _one(texts))


def _one(array: Any) -> pa.Array:
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _prefix(array: Any, text: Any) -> Any:
    return pc.binary_join_element_wise(str(text), array.cast(pa.string()), "")


_MAKERS: dict[str, Callable[[Recipe, pa.Table], Any]] = {
    "column": _column,
    "constant": _constant,
    "join": _join,
    "number_within": _number_within,
}
_STEPS: dict[str, Callable[[Any, Any], Any]] = {
    "multiply": _multiply,
    "round": _round,
    "date": _date,
    "codes": _codes,
    "prefix": _prefix,
}
