"""How long one parcel's timeline takes from the lake, and the outlets' figures: processor time, on the data directory in CHENGXIN_DATA.

python bench/delivery/run.py [parcels]        # run on a quiet machine over a loaded demo or bench city
"""

from __future__ import annotations

import sys
import time

import django

django.setup()

from chengxin.delivery import timeline  # noqa: E402
from chengxin.facts import lake  # noqa: E402
from chengxin.facts.snapshots import snapshot  # noqa: E402
from chengxin.kernel import clock  # noqa: E402


def main(many: int) -> None:
    sql = f"SELECT waybill_no, min(collected_at), count(*) FROM parcel GROUP BY 1 ORDER BY hash(waybill_no) LIMIT {many}"
    with lake.connect(snapshot(["parcel", "scan"])) as connection:
        rows = connection.execute(sql).fetchall()
        sizes = connection.execute("SELECT (SELECT count(*) FROM parcel), (SELECT count(*) FROM scan)").fetchone()
    spent, scans = [], 0
    for waybill, _at, _n in rows:
        before = time.process_time()
        scans += len(timeline.parcel(waybill).scans)
        spent.append(time.process_time() - before)
    spent.sort()
    print(f"lake: {sizes} parcels, scans; {len(rows)} timelines of {scans / len(rows):.1f} scans")
    print(f"processor time a timeline: median {1000 * spent[len(spent) // 2]:.1f} ms, worst {1000 * spent[-1]:.1f} ms")
    before = time.process_time()
    found = timeline.outlet_figures(min(row[1] for row in rows), clock.now(), [])
    print(f"figures of {len(found)} outlets: {time.process_time() - before:.2f} s of processor time")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
