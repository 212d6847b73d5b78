"""One parcel on one timeline, and its chain of custody as computed: who held it when, with what does not fit. It judges nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from chengxin.delivery.errors import ParcelUnknown
from chengxin.facts import lake
from chengxin.facts.kinds import kinds
from chengxin.facts.snapshots import snapshot
from chengxin.kernel import clock
from chengxin.kernel.encryption import keyed_token
from chengxin.law import law

SQL = Path(__file__).parent / "sql"
DAY = timedelta(days=1)
FLAGS: dict[str, Any] = {
    "gap": _("long without a scan"),
    "too_fast": _("faster than anything drives"),
    "overlap": _("back at an outlet that had passed it on"),
    "after_end": _("scanned after it was signed for"),
}
MEMORY_MB = 256  # one parcel's rows; DuckDB streams the rest


@dataclass(frozen=True)
class Scan:
    """One event. `operator`: a pseudonym of the reporting system's staff number, 0 when none came; `flags`: keys of FLAGS."""

    platform: str
    seq: int
    status: str
    at: datetime
    division: str
    outlet: str
    operator: int
    source: str
    minutes: float | None
    flags: tuple[str, ...]

    @property
    def status_name(self) -> dict[str, str]:
        return status_names()[self.status]

    @property
    def sign(self) -> str:
        """The operator as a person reads it: the pseudonym's last digits."""
        return f"{self.operator % 1_000_000:06d}" if self.operator else ""

    @property
    def flag_names(self) -> list[Any]:
        return [FLAGS[one] for one in self.flags]


@dataclass(frozen=True)
class Holding:
    """One outlet's time with the parcel: from its first scan to the next outlet's first; None while it has not been handed on."""

    outlet: str
    since: datetime
    until: datetime | None
    scans: tuple[Scan, ...]

    @property
    def signs(self) -> list[str]:
        return sorted({one.sign for one in self.scans if one.sign})

    @property
    def flags(self) -> tuple[str, ...]:
        return tuple(name for name in FLAGS if any(name in one.flags for one in self.scans))

    @property
    def flag_names(self) -> list[Any]:
        return [FLAGS[one] for one in self.flags]


@dataclass(frozen=True)
class Parcel:
    """A parcel as reported: no sender, no address, no buyer; the shop is a token."""

    waybill_no: str
    courier: str
    orders: tuple[str, ...]
    shops: tuple[int, ...]
    origin: str
    dest: str
    collected_at: datetime
    signed_at: datetime | None
    sign_type: str
    scans: tuple[Scan, ...] = ()
    root: str = ""
    holdings: tuple[Holding, ...] = field(default=())

    @property
    def delivered_at(self) -> datetime | None:
        signed = [one.at for one in self.scans if one.status == "SIGNED"]
        return signed[0] if signed else self.signed_at

    @property
    def last_holder(self) -> str:
        """Who had it last before it went wrong, or at the end."""
        return self.holdings[-1].outlet if self.holdings else ""

    @property
    def flagged(self) -> list[Any]:
        return [FLAGS[name] for name in FLAGS if any(name in one.flags for one in self.scans)]


def status_names() -> dict[str, dict[str, str]]:
    """The statuses of the kind `scan`, in both languages."""
    return {code: dict(name) for code, name in kinds()["scan"].by_name["status"].codes.items()}


@cache
def _sql(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def parcel(waybill_no: str, order_no: str | None = None) -> Parcel:
    """The parcel with its timeline and chain. order_no: who has no account has to know it too. Raises ParcelUnknown."""
    head = _head(waybill_no.strip()[:64])
    if head is None or (order_no is not None and order_no.strip() not in head["orders"]):
        raise ParcelUnknown
    scans, root = _scans(head["waybill_no"], head["collected_at"], head["signed_at"])
    held = _holdings(scans)
    found: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in head.items()}
    return Parcel(**found, scans=tuple(one for one, _holding in scans), root=root, holdings=held)


HEAD = """
    SELECT waybill_no, min(courier) AS courier, list(DISTINCT order_no ORDER BY order_no) AS orders,
        list(DISTINCT shop ORDER BY shop) AS shops,
        min(origin_division) AS origin, min(dest_division) AS dest, min(collected_at) AS collected_at, max(signed_at) AS signed_at,
        coalesce(max(sign_type), '') AS sign_type
    FROM parcel WHERE waybill_no = ? GROUP BY waybill_no"""


def _head(waybill_no: str) -> dict[str, Any] | None:
    with lake.connect(snapshot(["parcel"]), memory_mb=MEMORY_MB, threads=1) as connection:
        answer = connection.execute(HEAD, [waybill_no])
        names = [column[0] for column in answer.description or []]
        row = answer.fetchone()
    return dict(zip(names, row, strict=True)) if row else None


def _scans(waybill_no: str, collected: datetime, signed: datetime | None) -> tuple[list[tuple[Scan, int]], str]:
    """(scan, number of its holding) in order, and the root of the snapshot. Only files of the parcel's days are read."""
    since, until = collected - DAY, (signed or clock.now()) + DAY
    book = law.at(clock.city_day(collected))
    least = book.value("custody_least_minutes")
    given = {"waybill": waybill_no, "since": since, "until": until, "gap": book.value("custody_gap_hours"), **least}
    seen = snapshot(["scan"], since, until)
    with lake.connect(seen, memory_mb=MEMORY_MB, threads=1) as connection:
        answer = connection.execute(_sql("custody"), given)
        names = [column[0] for column in answer.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    return [(_scan(row), int(row["holding"])) for row in rows], seen.root


def _scan(row: dict[str, Any]) -> Scan:
    kept = {name: row[name] for name in ("platform", "seq", "status", "at", "division", "outlet", "source", "minutes")}
    return Scan(**kept, operator=row["operator"] or 0, flags=tuple(name for name in FLAGS if row[name]))


def _holdings(scans: Sequence[tuple[Scan, int]]) -> tuple[Holding, ...]:
    numbers = sorted({number for _scan_, number in scans})
    groups = [tuple(one for one, number in scans if number == wanted) for wanted in numbers]
    ends: list[datetime | None] = [group[0].at for group in groups[1:]]
    last = groups[-1][-1] if groups else None
    ends.append(last.at if last and last.status in ("SIGNED", "RETURNED") else None)
    return tuple(Holding(group[0].outlet, group[0].at, end, group) for group, end in zip(groups, ends, strict=False))


def operator_seen(found: Parcel, staff_no: str) -> bool:
    """Whether a staff number is among those who scanned the parcel: its keyed pseudonym is compared, the lake has no number."""
    tokens = {keyed_token("person", f"{platform}/{staff_no.strip()}") for platform in {one.platform for one in found.scans}}
    return bool(staff_no.strip()) and any(one.operator in tokens for one in found.scans)


def as_data(found: Parcel) -> list[dict[str, Any]]:
    """The chain as plain data, for a trace and the API."""
    return [
        {
            "outlet": one.outlet,
            "since": one.since.isoformat(),
            "until": one.until.isoformat() if one.until else None,
            "operators": one.signs,
            "flags": list(one.flags),
            "events": [f"{scan.at.isoformat()} {scan.status} {scan.division}" for scan in one.scans],
        }
        for one in found.holdings
    ]


def outlet_figures(since: datetime, until: datetime, waybills: Sequence[str], courier: str = "") -> list[dict[str, Any]]:
    """Each outlet's parcels picked up in [since, until): parcels, delivered, on_time, lost, complained; by the outlet that held them last.

    waybills: those with an incident that was found true. Hours and days come from the law's data of the last day.
    """
    book = law.at(clock.city_day(until))
    hours, days = book.value("courier_on_time_hours"), book.value("courier_lost_days")
    limits = {f"hours_{name}": value for name, value in hours.items()} | {f"days_{name}": value for name, value in days.items()}
    with lake.connect(snapshot(["parcel", "scan"], since), memory_mb=1024) as connection:
        connection.execute("CREATE TEMP TABLE incidents AS SELECT DISTINCT unnest(?::VARCHAR[]) AS waybill_no", [list(waybills)])
        answer = connection.execute(_sql("outlets"), {"since": since, "until": until, "courier": courier, **limits})
        names = [column[0] for column in answer.description or []]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
