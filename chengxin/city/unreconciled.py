"""Orders, payments and parcels that do not fit each other, planted in a written city; and honest untidy trade.

Both change the reports of a folder that `city.write` made, after the fact: cities without them stay byte for byte what they were. The same
folder and seed give the same reports. Truth: truth/mismatches.parquet with platform, kind and key (number of the order, or of the payment,
refund or parcel where there is no order).
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from chengxin.city.quantiles import Ints

TIMES = {"order": "ordered_at", "payment": "paid_at", "refund": "requested_at", "parcel": "collected_at"}
KEY = {"order": "line_no", "payment": "payment_no", "refund": "refund_no", "parcel": "waybill_no"}
PARTED = (
    "no_payment",
    "no_order",
    "amount",
    "paid_twice",
    "parcel_no_order",
    "never_shipped",
    "unpaid_shipped",
    "over_refund",
    "late_payment",
)
KINDS = (*PARTED, "refund_no_payment", "other_payer")
USUAL = ("split", "deposit", "lines", "part_refunds", "repaid_twice")  # honest: sums that agree in the end
BUYERS, SPAN = 6, 20  # of a shop, whose orders one account pays that never buys, within this many days
RIPE, SETTLED = 45, 5  # days left after the orders that are changed, and days before them

# New numbers begin with digits that the city's running numbers never reach.
MADE = """
CREATE MACRO numbered(number, mark) AS left(number, 9) || mark || right(number, 8);
CREATE MACRO waybill(number, mark) AS left(number, 2) || mark || right(number, 11);
"""
CLEAN = """
CREATE TEMP TABLE clean AS
SELECT o.platform, o.order_no, o.shop_id, o.buyer, o.paid_fen, o.ordered_at
FROM "order" o
JOIN (SELECT platform, order_no, count(*) AS n, min(payer) AS payer FROM payment GROUP BY ALL) p USING (platform, order_no)
JOIN (SELECT platform, order_no, min(waybill_no) AS waybill_no, min(signed_at) AS signed_at FROM parcel GROUP BY ALL HAVING count(*) = 1) c
    USING (platform, order_no)
JOIN (SELECT waybill_no FROM parcel GROUP BY ALL HAVING count(*) = 1) alone USING (waybill_no)
WHERE p.n = 1 AND p.payer = o.buyer AND o.paid_fen >= 1000 AND c.signed_at IS NOT NULL
    AND o.ordered_at BETWEEN (SELECT min(ordered_at) FROM "order") + to_days($settled)
        AND (SELECT max(ordered_at) FROM "order") - to_days($ripe)
    AND coalesce(o.channel, '') <> 'store'
    AND NOT EXISTS (SELECT 1 FROM refund r WHERE r.platform = o.platform AND r.order_no = o.order_no)
ORDER BY ALL
"""
CHANGES = {
    "no_payment": 'DELETE FROM payment WHERE {in_pick}',
    "no_order": """INSERT INTO payment BY NAME SELECT * REPLACE (numbered(payment_no, '99') AS payment_no,
        numbered(order_no, '99') AS order_no)
        FROM payment WHERE {in_pick}""",
    "amount": "UPDATE payment SET amount_fen = CASE WHEN amount_fen % 2 = 0 THEN amount_fen + 1 ELSE amount_fen // 2 END WHERE {in_pick}",
    "paid_twice": """INSERT INTO payment BY NAME SELECT * REPLACE (numbered(payment_no, '98') AS payment_no,
        paid_at + INTERVAL 1 MINUTE AS paid_at) FROM payment WHERE {in_pick}""",
    "parcel_no_order": """INSERT INTO parcel BY NAME SELECT * REPLACE (waybill(waybill_no, '97') AS waybill_no,
        numbered(order_no, '97') AS order_no) FROM parcel WHERE {in_pick}""",
    "never_shipped": """DELETE FROM parcel WHERE {in_pick}; UPDATE "order" SET closed_at = NULL WHERE {in_pick}""",
    "unpaid_shipped": """DELETE FROM payment WHERE {in_pick}; UPDATE "order" SET paid_at = NULL WHERE {in_pick}""",
    "over_refund": """INSERT INTO refund BY NAME SELECT {refund_of}, paid_fen + 1 AS amount_fen, numbered(order_no, '96') AS refund_no
        FROM "order" WHERE {in_pick}""",
    "late_payment": """UPDATE payment SET paid_at = c.signed_at + INTERVAL 5 DAY FROM parcel c
        WHERE payment.platform = c.platform AND payment.order_no = c.order_no AND payment.{in_pick_of}""",
    "refund_no_payment": """INSERT INTO refund BY NAME SELECT {refund_of}, paid_fen AS amount_fen, numbered(order_no, '95') AS refund_no
        FROM "order" WHERE {in_pick}""",
    "split": """INSERT INTO payment BY NAME SELECT * REPLACE (numbered(payment_no, '94') AS payment_no,
        amount_fen - amount_fen // 3 AS amount_fen)
        FROM payment WHERE {in_pick};
        UPDATE payment SET amount_fen = amount_fen // 3 WHERE {in_pick} AND payment_no NOT LIKE '_________94%'""",
    "deposit": """INSERT INTO payment BY NAME SELECT * REPLACE (numbered(payment_no, '93') AS payment_no,
        amount_fen - amount_fen // 10 AS amount_fen,
        paid_at + INTERVAL 3 HOUR AS paid_at) FROM payment WHERE {in_pick};
        UPDATE payment SET amount_fen = amount_fen // 10 WHERE {in_pick} AND payment_no NOT LIKE '_________93%';
        UPDATE "order" SET paid_at = paid_at + INTERVAL 3 HOUR WHERE {in_pick}""",
    "lines": """INSERT INTO "order" BY NAME SELECT * REPLACE (2 AS line_no, paid_fen - paid_fen // 4 AS paid_fen)
        FROM "order" WHERE {in_pick};
        UPDATE "order" SET paid_fen = paid_fen // 4 WHERE {in_pick} AND line_no = 1""",
    "part_refunds": """INSERT INTO refund BY NAME SELECT {refund_of}, paid_fen // 5 AS amount_fen, numbered(order_no, '92') AS refund_no
        FROM "order" WHERE {in_pick};
        INSERT INTO refund BY NAME SELECT {refund_of}, paid_fen - paid_fen // 5 AS amount_fen, numbered(order_no, '91') AS refund_no
        FROM "order" WHERE {in_pick}""",
    "repaid_twice": """INSERT INTO payment BY NAME SELECT * REPLACE (numbered(payment_no, '90') AS payment_no,
        paid_at + INTERVAL 2 MINUTE AS paid_at) FROM payment WHERE {in_pick};
        INSERT INTO refund BY NAME SELECT {refund_of}, paid_fen AS amount_fen, numbered(order_no, '89') AS refund_no
        FROM "order" WHERE {in_pick}""",
}  # fmt: skip
REFUND_OF = """platform, replace(filename, 'order.parquet', 'refund.parquet') AS filename, order_no, buyer AS payee,
        ordered_at + INTERVAL 2 DAY AS requested_at, ordered_at + INTERVAL 3 DAY AS refunded_at, 'other' AS reason, 'original' AS channel"""
KEYS = {
    "no_order": "(SELECT max(payment_no) FROM payment p WHERE p.platform = k.platform AND p.order_no = numbered(k.order_no, '99'))",
    "parcel_no_order": "(SELECT max(waybill_no) FROM parcel p WHERE p.platform = k.platform AND p.order_no = numbered(k.order_no, '97'))",
    "refund_no_payment": "numbered(k.order_no, '95')",
}


def vary(folder: Path | str, share: float = 0.02, seed: int = 1) -> None:
    """Make honest trade untidy: split payments, deposit and balance, orders of two lines, refunds in parts, paid twice and given back."""
    with _opened(Path(folder)) as db:
        _vary(db, _clean(db), share, np.random.default_rng([seed, 1]))
        _save(db)


def plant(folder: Path | str, share: float = 0.01, seed: int = 1) -> pa.Table:
    """Plant every kind of mismatch on about this share of the ordinary orders, beside the same untidy honest trade; returns the truth."""
    folder, rng = Path(folder), np.random.default_rng([seed, 2])
    with _opened(folder) as db:
        clean = _clean(db)
        others = _other_payers(db, clean, rng, max(1, round(share * len(clean) / len(KINDS) / BUYERS)))
        rest = _vary(db, clean[~np.isin(clean, others)], 2 * share, np.random.default_rng([seed, 1]))
        _pick(db, "other_payer", others)
        chosen = rng.permutation(rest)[: len(PARTED) * max(1, round(share * len(clean) / len(KINDS)))]
        for place, kind in enumerate(PARTED):
            _change(db, kind, chosen[place :: len(PARTED)])
        _change(db, "refund_no_payment", _unpaid(db, rng, max(1, len(chosen) // len(PARTED))))
        truth = _truth(db)
        _save(db)
    (folder / "truth").mkdir(exist_ok=True)
    pq.write_table(truth, folder / "truth" / "mismatches.parquet")
    return truth


def _opened(folder: Path) -> duckdb.DuckDBPyConnection:
    """The four kinds of the city as tables, each row with its platform and the file it came from."""
    db = duckdb.connect()
    db.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = true;" + MADE)
    for kind in TIMES:
        source = f"read_parquet('{folder.as_posix()}/reports/*/*/{kind}.parquet', filename = true, union_by_name = true)"
        db.execute(f"CREATE TABLE \"{kind}\" AS SELECT *, split_part(filename, '/', -2) AS platform FROM {source}")  # noqa: S608
    db.execute("CREATE TABLE pick (kind VARCHAR, place INTEGER, platform VARCHAR, order_no VARCHAR)")
    return db


def _clean(db: duckdb.DuckDBPyConnection) -> Ints:
    """Numbers (row ids of the table `clean`) of ordinary orders: paid once by their buyer, sent alone and signed for, never repaid."""
    db.execute(CLEAN, {"ripe": RIPE, "settled": SETTLED})
    return np.arange(db.execute("SELECT count(*) FROM clean").fetchall()[0][0], dtype=np.int64)


def _vary(db: duckdb.DuckDBPyConnection, clean: Ints, share: float, rng: np.random.Generator) -> Ints:
    """Change a share of these orders in the honest ways; returns those that are left."""
    mixed = rng.permutation(clean)
    many = len(USUAL) * max(1, round(share * len(clean) / len(USUAL)))
    for place, kind in enumerate(USUAL):
        _change(db, kind, mixed[:many][place :: len(USUAL)])
    return mixed[many:]


def _other_payers(db: duckdb.DuckDBPyConnection, clean: Ints, rng: np.random.Generator, groups: int) -> Ints:
    """Orders of some shops, several buyers each, that one account pays which never buys."""
    rows = db.execute(
        """SELECT min(rowid ORDER BY rowid) FROM clean
        GROUP BY platform, shop_id, epoch(ordered_at)::BIGINT // ($span * 86400), buyer
        ORDER BY min(platform), min(shop_id), min(epoch(ordered_at)::BIGINT // ($span * 86400)), 1""",
        {"span": SPAN},
    ).fetchnumpy()
    row = np.asarray(next(iter(rows.values())), dtype=np.int64)
    db.execute("CREATE TEMP TABLE first_of AS SELECT unnest($1::BIGINT[]) AS row", [row.tolist()])
    found = db.execute(
        """SELECT list(f.row ORDER BY f.row) FROM first_of f JOIN clean c ON c.rowid = f.row
        GROUP BY c.platform, c.shop_id, epoch(c.ordered_at)::BIGINT // ($span * 86400) HAVING count(*) >= $least
        ORDER BY min(f.row)""",
        {"span": SPAN, "least": BUYERS},
    ).fetchall()
    if not found:
        return np.zeros(0, np.int64)
    chosen: list[int] = []
    for turn, place in enumerate(rng.permutation(len(found))[:groups]):
        members = found[place][0][:BUYERS]
        payer = f"U9{int(rng.integers(10**8)):08d}{turn}"
        db.execute(
            """UPDATE payment SET payer = $payer FROM clean c
            WHERE payment.platform = c.platform AND payment.order_no = c.order_no AND list_contains($rows::BIGINT[], c.rowid)""",
            {"payer": payer, "rows": members},
        )
        chosen += members
    return np.array(chosen, dtype=np.int64)


def _unpaid(db: duckdb.DuckDBPyConnection, rng: np.random.Generator, many: int) -> list[tuple[str, str]]:
    """Orders that nobody paid: what is refunded on them was never paid."""
    rows = db.execute(
        """SELECT platform, order_no FROM "order" WHERE paid_at IS NULL
        AND ordered_at < (SELECT max(ordered_at) FROM "order") - to_days($ripe)
        AND (platform, order_no) NOT IN (SELECT (platform, order_no) FROM pick) ORDER BY ALL""",
        {"ripe": RIPE},
    ).fetchall()
    return [rows[place] for place in rng.permutation(len(rows))[:many]]


def _pick(db: duckdb.DuckDBPyConnection, kind: str, rows: Ints | list[tuple[str, str]]) -> None:
    if isinstance(rows, list):
        for platform, number in rows:
            db.execute("INSERT INTO pick VALUES (?, 0, ?, ?)", [kind, platform, number])
        return
    db.execute(
        "INSERT INTO pick SELECT $1, 0, platform, order_no FROM clean WHERE list_contains($2::BIGINT[], rowid)", [kind, rows.tolist()]
    )


def _change(db: duckdb.DuckDBPyConnection, kind: str, rows: Ints | list[tuple[str, str]]) -> None:
    _pick(db, kind, rows)
    chosen = f"(platform, order_no) IN (SELECT (platform, order_no) FROM pick WHERE kind = '{kind}')"  # noqa: S608
    of_payment = f"order_no IN (SELECT order_no FROM pick WHERE kind = '{kind}' AND pick.platform = payment.platform)"  # noqa: S608
    for sql in CHANGES[kind].format(in_pick=chosen, in_pick_of=of_payment, refund_of=REFUND_OF).split(";"):
        db.execute(sql)


def _truth(db: duckdb.DuckDBPyConnection) -> pa.Table:
    parts = [
        f"SELECT platform, kind, {KEYS.get(kind, 'k.order_no')} AS key FROM pick k WHERE kind = '{kind}'"  # noqa: S608
        for kind in KINDS
    ]
    return db.sql(" UNION ALL ".join(parts) + " ORDER BY ALL").to_arrow_table()


def _save(db: duckdb.DuckDBPyConnection) -> None:
    """Write every file back, by time."""
    for kind, time in TIMES.items():
        for (name,) in db.execute(f'SELECT DISTINCT filename FROM "{kind}" ORDER BY 1').fetchall():  # noqa: S608
            of_file = f'SELECT * EXCLUDE (filename, platform) FROM "{kind}" WHERE filename = $1 ORDER BY {time}, order_no, {KEY[kind]}'  # noqa: S608
            rows = db.sql(of_file, params=[name]).to_arrow_table()
            pq.write_table(rows, name, compression="zstd", compression_level=1)
