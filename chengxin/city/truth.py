"""The truth about a generated city, kept apart from its reports: who cheated, how, with which facts, and who only looked like it.

Types: F1 brushing (B01), F2 empty parcels and forged scans (B07), F6 price fraud (B13); on request F12 praise by one-review accounts (B02),
F7 counterfeits (B09), F21 money taken and nothing delivered (B15), F22 late dispatch as a habit (B14), F23 goods not as described (B11). In
F7, F21, F22 and F23 the planted facts are honest buyers' orders and what became of them; a campaign's members are its shops alone, no
buyer. So it is in F8's unlicensed settlement (B21), F9 leaks of personal data (B17) and F10 re-registration (B19, both shops); F8's
cash-out, F14 subsidies drawn by orders that are none (B28) and F13 counter-brushing (B08, the shop is the victim) have accounts of their
own. F20 unlawful trade in public posts (B26): a campaign is all accounts of one seller.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from chengxin.city import outlet_breaches
from chengxin.city.quantiles import Ints
from chengxin.city.rows import Ids, Rows, pick
from chengxin.city.words import PLATFORMS
from chengxin.city.world import Cause, World

SCHEMA = pa.schema(
    [
        ("cause", pa.int32()),
        ("type", pa.string()),
        ("level", pa.int32()),
        ("role", pa.string()),
        ("kind", pa.string()),
        ("platform", pa.string()),
        ("key", pa.string()),
    ]
)


@dataclass
class Truth:
    """Collects planted facts while the reports are written. Keys are what the platform sent, joined with '/', as a fact's key is."""

    world: World
    ids: Ids
    facts: list[pa.Table] = field(default_factory=list)

    def note(self, rows: Rows) -> None:
        """Keep the keys of planted rows."""
        planted = np.flatnonzero(rows.cause > 0)
        if not len(planted):
            return
        take = pa.array(planted)
        parts = [_text(rows.columns[name].take(take)) for name in rows.key]
        key = pc.binary_join_element_wise(*parts, "/") if len(parts) > 1 else parts[0]
        self.facts.append(self._table(rows.cause[planted], "fact", rows.kind, rows.platform[planted], key))

    def _table(self, cause: Ints, role: str, kind: str, platform: Ints, key: pa.Array) -> pa.Table:
        causes = [Cause(0, "", "", -1, []), *self.world.causes]
        names = pa.array([code for code, _ in PLATFORMS])
        columns = [
            pa.array(cause.astype(np.int32)),
            pick(pa.array([one.type for one in causes]), cause),
            pa.array(np.array([one.level for one in causes], dtype=np.int32)[cause]),
            pa.array([role] * len(cause), pa.string()),
            pa.array([kind] * len(cause), pa.string()),
            pick(names, platform),
            key,
        ]
        return pa.table(columns, schema=SCHEMA)

    def members(self, kind: str) -> pa.Table:
        """Shops and accounts of all campaigns or of all look-alikes."""
        causes = [cause for cause in self.world.causes if cause.kind == kind]
        shops = self._members("shop", [(cause.number, cause.shops) for cause in causes])
        return pa.concat_tables([shops, self._members("account", [(cause.number, cause.accounts) for cause in causes])])

    def _members(self, role: str, groups: list[tuple[int, list[int]]]) -> pa.Table:
        cause = np.repeat(np.array([number for number, _ in groups], np.int64), [len(numbers) for _, numbers in groups])
        index = np.array([number for _, numbers in groups for number in numbers], dtype=np.int64)
        platform = (self.world.shops if role == "shop" else self.world.people).platform[index]
        return self._table(cause, role, "", platform, pick(self.ids.shop if role == "shop" else self.ids.account, index))

    def write(self, folder: Path) -> None:
        """truth.parquet and truth.json (campaigns), lookalikes.parquet (honest classes)."""
        folder.mkdir(parents=True, exist_ok=True)
        campaigns = self.members("campaign")
        pq.write_table(pa.concat_tables([campaigns, *self.facts]).combine_chunks(), folder / "truth.parquet", compression="zstd")
        pq.write_table(self.members("lookalike").combine_chunks(), folder / "lookalikes.parquet", compression="zstd")
        rows: dict[int, list[dict[str, Any]]] = {}
        for row in campaigns.to_pylist():
            rows.setdefault(row["cause"], []).append(row)
        told = [_told(cause, rows.get(cause.number, [])) for cause in self.world.causes if cause.kind == "campaign"]
        (folder / "truth.json").write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")


def _told(cause: Cause, members: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "campaign": cause.number,
        "type": cause.type,
        "behaviour": cause.behaviour,
        "also": list(cause.also),
        "level": cause.level,
        "studio": None if cause.studio < 0 else cause.studio,
        "shops": [f"{row['platform']}/{row['key']}" for row in members if row["role"] == "shop"],
        "accounts": [f"{row['platform']}/{row['key']}" for row in members if row["role"] == "account"],
        **({"outlets": outlet_breaches.names(np.array(cause.outlets)).to_pylist()} if cause.outlets else {}),
    }


def _text(column: pa.Array) -> pa.Array:
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64())  # a fact's key counts time in microseconds UTC
    return column.cast(pa.string())
