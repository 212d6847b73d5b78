"""Realistic order reports: 4,500 shops, returning buyers, Chinese titles, three quarters of the optional columns filled."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

START = datetime(2026, 3, 1, tzinfo=UTC)
TITLES = [
    "东北黑木耳 250 克 秋木耳",
    "五常大米 5 公斤 新米",
    "红松籽 开口 500 克",
    "纯棉四件套 1.8 米床",
    "保温杯 316 不锈钢 500 毫升",
    "儿童羽绒服 轻薄款",
    "蓝莓果干 独立小包装",
    "手机壳 液态硅胶 防摔",
]
CATEGORIES = ["食品/干货", "食品/米面", "食品/坚果", "家纺/床品", "日用/杯壶", "服装/童装", "食品/果干", "数码/配件"]


def orders(count: int, first: int = 0, seed: int = 1) -> pa.Table:
    """Order rows number `first` … `first + count - 1`, as a platform's table (text ids, timestamps, yuan as decimals)."""
    rng = np.random.default_rng((seed, first))
    product = rng.integers(0, len(TITLES), count)
    qty = rng.choice([1, 1, 1, 2, 3], count)
    price = rng.integers(990, 29900, count)
    coupon = np.where(rng.random(count) < 0.4, rng.integers(0, 500, count), 0)
    at = np.datetime64(START.replace(tzinfo=None), "us") + (np.arange(first, first + count) * 120_000).astype("timedelta64[us]")
    buyer = rng.integers(0, 400_000, count)
    shop = np.minimum(rng.zipf(1.3, count), 4500)

    def money(fen: np.ndarray) -> pa.Array:
        return pa.array([f"{value // 100}.{value % 100:02d}" for value in fen.tolist()])

    def some(values: list[str], share: float) -> pa.Array:
        keep = rng.random(count) < share
        return pa.array([value if kept else None for value, kept in zip(values, keep.tolist(), strict=True)], pa.string())

    return pa.table(
        {
            "order_no": [f"T20260301{number:012d}" for number in range(first, first + count)],
            "line_no": np.ones(count, np.int64),
            "shop_id": [f"S{number:06d}" for number in shop.tolist()],
            "buyer": [f"U{number:09d}" for number in buyer.tolist()],
            "sku": [f"K{a:06d}-{b}" for a, b in zip(shop.tolist(), product.tolist(), strict=True)],
            "title": [TITLES[number] for number in product.tolist()],
            "category": [CATEGORIES[number] for number in product.tolist()],
            "qty": qty,
            "list_price": money(price),
            "paid": money(price * qty - coupon),
            "coupon": money(coupon),
            "ordered_at": pa.array(at, pa.timestamp("us", tz="UTC")),
            "paid_at": pa.array(at + np.timedelta64(41, "s"), pa.timestamp("us", tz="UTC")),
            "viewed_at": pa.array(at - np.timedelta64(300, "s"), pa.timestamp("us", tz="UTC")),
            "dest_division": rng.choice(["230402", "230403", "230404", "230405", "230406", "230407", "230421", "230422"], count).tolist(),
            "address": [f"测试市甲区乙路 {number % 97} 号 {number % 31} 室 {number}" for number in buyer.tolist()],
            "device": some([f"D{number * 2654435761 % 2**40:010x}" for number in buyer.tolist()], 0.9),
            "ip": some([f"10.{n % 250}.{n // 250 % 250}.{n % 199 + 1}" for n in buyer.tolist()], 0.9),
            "channel": rng.choice(["app", "web", "live"], count, p=[0.8, 0.1, 0.1]).tolist(),
        }
    )


def as_ndjson(table: pa.Table) -> bytes:
    """The rows as a platform's API client sends them."""
    zone = timedelta(hours=8)
    lines = []
    for row in table.to_pylist():
        for name in ("ordered_at", "paid_at", "viewed_at"):
            row[name] = (row[name] + zone).replace(tzinfo=None).isoformat(timespec="milliseconds") + "+08:00"
        lines.append(json.dumps({key: value for key, value in row.items() if value is not None}, ensure_ascii=False, separators=(",", ":")))
    return "\n".join(lines).encode()


def as_parquet(table: pa.Table) -> bytes:
    """The rows as pyarrow writes them by default."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return sink.getvalue().to_pybytes()
