import os, sys

data = sys.argv[1]
month = sys.argv[2]
today = sys.argv[3]
os.environ |= {"CHENGXIN_DATA": data, "CHENGXIN_DEMO": "true", "DJANGO_SETTINGS_MODULE": "chengxin.settings"}
sys.path.insert(0, "bench/kpi")
import django

django.setup()
from datetime import date, datetime
from pathlib import Path
from chengxin.kernel import clock
from chengxin.coordination import sheets
import independent

d = date.fromisoformat(today)
with clock.set_to(datetime(d.year, d.month, d.day, 10, tzinfo=clock.CITY)):
    house = sheets.compute(sheets.period_of(month))
mine = independent.compute(Path(data) / "chengxin.sqlite3", month, d)
n = 0
for dep in sorted(set(house) | set(mine)):
    for code in sorted(set(house.get(dep, {})) | set(mine.get(dep, {}))):
        a, b = house.get(dep, {}).get(code), mine.get(dep, {}).get(code)
        n += 1
        print(dep, code, a, b, "" if a == b else "  <<<<<<")
print(n)
