"""Carriers' formats as data: how one carrier's events become rows of the kind `scan`. One YAML file a format, carriers/README.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import yaml

from chengxin.delivery.errors import ContentWrong, FormatUnknown

FOLDER = Path(__file__).parent / "carriers"
NEEDED = ("waybill_no", "at", "status", "division")
UNITS = {"epoch_s": "s", "epoch_ms": "ms"}
CITY_TIME = "Asia/Shanghai"

Event = Mapping[str, Any]


@dataclass(frozen=True)
class Format:
    """One carrier's format: our column → its field, its codes → ours."""

    code: str
    carrier: str
    zh: str
    en: str
    fields: Mapping[str, str]
    time: str
    codes: Mapping[str, str]
    divisions: Mapping[str, str]


@cache
def formats() -> Mapping[str, Format]:
    """All formats by their file's name."""
    return {path.stem: _read(path) for path in sorted(FOLDER.glob("*.yaml"))}


def _read(path: Path) -> Format:
    plain = yaml.safe_load(path.read_text(encoding="utf-8"))
    missing = set(NEEDED) - set(plain["fields"])
    if missing:
        raise ValueError(f"{path.name}: no field for {sorted(missing)}")
    codes = {str(code): ours for ours, theirs in plain["statuses"].items() for code in theirs}
    divisions = {str(code): ours for code, ours in plain.get("divisions", {}).items()}
    return Format(path.stem, plain["carrier"], plain["zh"], plain["en"], plain["fields"], plain["time"], codes, divisions)


def of(code: str) -> Format:
    """The format of this name. Raises FormatUnknown."""
    found = formats().get(code)
    if found is None:
        raise FormatUnknown(format=code[:40], known=", ".join(formats()))
    return found


def table(form: Format, events: Sequence[Event], source: str) -> pa.Table:
    """Events in a carrier's format as rows of the kind `scan`, column by column; `source` says which system sent them.

    A status or place code that the format does not list stays as it is, so that the intake refuses its row with the reason. A time that
    does not fit the format leaves its cell empty, and the row is refused likewise. Raises ContentWrong when nothing can be read.
    """
    columns = {ours: _texts(events, theirs) for ours, theirs in form.fields.items()}
    at = _instants(form, columns["at"])
    columns["at"] = pc.strftime(at, format="%Y-%m-%dT%H:%M:%SZ")
    columns["status"] = _coded(columns["status"], form.codes)
    columns["division"] = _coded(columns["division"], form.divisions)
    if "seq" not in columns:
        columns["seq"] = pc.cast(pc.cast(pc.cast(at, pa.timestamp("s", "UTC")), pa.int64()), pa.string())
    columns["source"] = pa.array([source]).take(pa.array([0] * len(events), pa.int32()))
    return pa.table(columns)


def _texts(events: Sequence[Event], field: str) -> pa.Array:
    """One field of all events as text; `a.b` is b inside a."""
    path = field.split(".")
    return pa.array([_text(event, path) for event in events], pa.string())


def _text(event: Event, path: list[str]) -> str | None:
    value: Any = event
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return None if value is None or isinstance(value, Mapping | list) else str(value)


def _instants(form: Format, texts: pa.Array) -> pa.Array:
    """The times as UTC instants; null where a text does not fit."""
    if form.time in UNITS:
        numbers = pc.if_else(pc.match_substring_regex(texts, "^[0-9]{9,13}$"), texts, None)
        return pc.cast(pc.cast(numbers, pa.int64()), pa.timestamp(UNITS[form.time], "UTC"))
    if form.time == "iso":
        whole = pc.if_else(pc.match_substring_regex(texts, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"), texts, None)
        try:
            return pc.cast(pc.cast(whole, pa.timestamp("us", "UTC")), pa.timestamp("s", "UTC"), safe=False)
        except pa.ArrowInvalid as cause:
            raise ContentWrong(why_zh="时间不是 ISO 8601。", why_en="A time is not ISO 8601.") from cause
    local = pc.strptime(texts, format=form.time, unit="s", error_is_null=True)
    return pc.cast(pc.assume_timezone(local, CITY_TIME), pa.timestamp("s", "UTC"))


def _coded(texts: pa.Array, codes: Mapping[str, str]) -> pa.Array:
    """Ours for the carrier's codes; what is not listed stays."""
    if not codes:
        return texts
    found = pc.index_in(texts, pa.array(list(codes), pa.string()))
    return pc.coalesce(pa.array(list(codes.values()), pa.string()).take(found), texts)
