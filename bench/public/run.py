"""Processor time of the public look-up at a million subjects: by name, USCC, shop link, GTIN, mark number; and of one edition.

    python bench/public/run.py [subjects]      # a database of its own in a folder that is deleted at the end

Prints the median and the 95th of 100 milliseconds of processor time (user + system) per question, so that a loaded machine may run it.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

FOLDER = Path(tempfile.mkdtemp(prefix="bench-public-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chengxin.settings")
os.environ["CHENGXIN_DATA"] = str(FOLDER)

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402

from chengxin.kernel import clock, ids, search  # noqa: E402
from chengxin.publicity import editions, queries  # noqa: E402
from chengxin.subjects.identifiers import uscc_check_character  # noqa: E402
from chengxin.subjects.models import IndexedName, Subject  # noqa: E402

SEED, CHUNK, ASKED = 20261129, 20_000, 200
SIGNS = "鑫源金鼎兴隆盛达华诚信和泰丰裕祥瑞福顺安康宏伟鸿运永昌恒润德利民惠佳美嘉益通天地龙凤云东方北星海江山绿野田园"
TRADES = ("食品", "山货", "服装", "电子商务", "建材", "农业科技", "粮油", "餐饮管理")


def code(number: int) -> str:
    body = f"91230499{number:09d}"
    return body + uscc_check_character(body)


def fill(count: int, chance: random.Random) -> list[Subject]:
    """Subjects with their indexed names; the last chunk is returned to be asked for."""
    now, made = clock.now(), []
    for start in range(0, count, CHUNK):
        made = []
        for number in range(start, min(start + CHUNK, count)):
            name = f"示例市{''.join(chance.choices(SIGNS, k=3))}{chance.choice(TRADES)}有限公司"
            made.append(Subject(id=ids.new_id(), kind="1", name=name, uscc=code(number), division="230499", created_at=now, updated_at=now))
        Subject.objects.bulk_create(made)
        IndexedName.objects.bulk_create(
            IndexedName(subject=one, text=search.normal(one.name), tokens=search.bigrams(one.name)) for one in made
        )
    return made


def measure(what: str, ask: Callable[[str], object], texts: list[str]) -> None:
    taken = []
    for text in texts:
        begun = time.process_time()
        ask(text)
        taken.append((time.process_time() - begun) * 1000)
    taken.sort()
    print(f"{what:<28} median {taken[len(taken) // 2]:8.2f} ms   p95 {taken[int(len(taken) * 0.95)]:8.2f} ms")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    call_command("migrate", verbosity=0)
    some = random.Random(SEED).sample(fill(count, random.Random(SEED)), ASKED)
    names = [one.name for one in some]
    measure("whole name", queries.look_up, names)
    measure("five characters of a name", queries.look_up, [one[3:8] for one in names])
    measure("USCC", queries.look_up, [one.uscc or "" for one in some])
    measure("link of no shop", queries.look_up, [f"https://shop{n}.example/" for n in range(ASKED)])
    measure("GTIN or mark, where it leads", queries.lead, [*["09520000002220"] * ASKED, *["TM23049920261129000001"] * ASKED])
    begun = time.process_time()
    edition = editions.publish()
    print(f"edition of {count:,} subjects: {edition.outcome}, {time.process_time() - begun:.1f} s of processor time")


if __name__ == "__main__":
    import shutil

    try:
        main()
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
