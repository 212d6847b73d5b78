"""Processor time of the public look-up at a million subjects: by name, USCC, shop link, GTIN, mark number; and of one edition.

    python bench/public/run.py [subjects] [--keep FOLDER]      # without it in a folder that is deleted at the end

Prints the median and the 95th of 100 milliseconds of processor time (user + system) per question, so that a loaded machine may run it.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

PARSER = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
PARSER.add_argument("subjects", type=int, nargs="?", default=1_000_000)
PARSER.add_argument("--keep", type=Path, help="fill this folder once and leave it, for serve.py")
GIVEN = PARSER.parse_args()
FOLDER = GIVEN.keep or Path(tempfile.mkdtemp(prefix="bench-public-"))
FOLDER.mkdir(parents=True, exist_ok=True)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chengxin.settings")
os.environ["CHENGXIN_DATA"] = str(FOLDER)

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.test import RequestFactory  # noqa: E402

from chengxin.kernel import clock, ids, search  # noqa: E402
from chengxin.publicity import editions, queries  # noqa: E402
from chengxin.subjects.identifiers import uscc_check_character  # noqa: E402
from chengxin.subjects.models import IndexedName, Licence, Platform, Shop, Subject  # noqa: E402

SEED, CHUNK, ASKED = 20261129, 20_000, 200
SIGNS = "鑫源金鼎兴隆盛达华诚信和泰丰裕祥瑞福顺安康宏伟鸿运永昌恒润德利民惠佳美嘉益通天地龙凤云东方北星海江山绿野田园"
TRADES = ("食品", "山货", "服装", "电子商务", "建材", "农业科技", "粮油", "餐饮管理")


def code(number: int) -> str:
    body = f"91230499{number:09d}"
    return body + uscc_check_character(body)


def fill(count: int, chance: random.Random) -> None:
    """Subjects with their indexed names."""
    now = clock.now()
    for start in range(0, count, CHUNK):
        made = []
        for number in range(start, min(start + CHUNK, count)):
            name = f"示例市{''.join(chance.choices(SIGNS, k=3))}{chance.choice(TRADES)}有限公司"
            made.append(Subject(id=ids.new_id(), kind="1", name=name, uscc=code(number), division="230499", created_at=now, updated_at=now))
        Subject.objects.bulk_create(made)
        IndexedName.objects.bulk_create(
            IndexedName(subject=one, text=search.normal(one.name), tokens=search.bigrams(one.name)) for one in made
        )
        shops(made, chance)


def shops(owners: list[Subject], chance: random.Random) -> None:
    """A business licence each, and shops: none for a third of the subjects, one for a half, two for a sixth."""
    platform, _ = Platform.objects.get_or_create(code="pingtai", defaults={"name": "示例平台"})
    now, due = clock.now(), clock.today() + timedelta(days=120)
    made = {"created_at": now, "created_by": "bench"}
    Licence.objects.bulk_create(
        Licence(subject=one, kind="BL", number=one.uscc or "", issuer="示例市市场监督管理局", **made) for one in owners
    )
    holders = [one for one in owners for _ in range(chance.choice((0, 0, 1, 1, 1, 2)))]
    Shop.objects.bulk_create(
        Shop(
            platform=platform,
            shop_id=f"{owner.uscc}-{number}",
            token=chance.getrandbits(62),
            subject=owner,
            name=owner.name[3:8],
            url=f"https://shop.example/s/{owner.uscc}/{number}",
            state="VERIFIED",
            displayed=True,
            state_since=now,
            verified_at=now,
            next_due_on=due,
            updated_at=now,
            **made,
        )
        for number, owner in enumerate(holders)
    )


def measure(what: str, ask: Callable[[Any], object], texts: list[Any]) -> None:
    taken = []
    for text in texts:
        begun = time.process_time()
        ask(text)
        taken.append((time.process_time() - begun) * 1000)
    taken.sort()
    print(f"{what:<28} median {taken[len(taken) // 2]:8.2f} ms   p95 {taken[int(len(taken) * 0.95)]:8.2f} ms")


def first_readers(keys: list[str]) -> None:
    """One answer after another through the whole WSGI application: by outline and by the ordinary road, in turn."""
    from chengxin.wsgi import application

    around = RequestFactory().get("/", HTTP_HOST="localhost").environ
    for what, road in (("JSON of a subject", "/api/v1/public/subjects/{}"), ("page of a subject", "/subject/{}/")):
        for key in keys[:20]:  # the first of each shape is drawn, and libraries are loaded
            for app in (application, application.app):
                b"".join(app(around | {"PATH_INFO": road.format(key), "wsgi.input": io.BytesIO()}, lambda *_: None))
        ways = {"outline": (application, keys), "ordinary": (application.app, keys[:: len(keys) // (ASKED // 4)])}
        spent = dict.fromkeys(ways, 0.0)
        for part in range(8):
            for way, (app, some) in ways.items():
                begun = time.process_time()
                for key in some[part::8]:
                    b"".join(app(around | {"PATH_INFO": road.format(key), "wsgi.input": io.BytesIO()}, lambda *_: None))
                spent[way] += time.process_time() - begun
        each = {way: spent[way] / len(some) for way, (_, some) in ways.items()}
        print(f"{what:<28}", "   ".join(f"{way} {one * 1e6:8.0f} us = {1 / one:6.0f}/s" for way, one in each.items()))


def main() -> None:
    count = GIVEN.subjects
    call_command("migrate", verbosity=0)
    chance = random.Random(SEED)
    if not Subject.objects.exists():
        fill(count, chance)
    some = list(Subject.objects.filter(uscc__in=[code(chance.randrange(count)) for _ in range(ASKED)]))
    names = [one.name for one in some]
    measure("whole name", queries.look_up, names)
    measure("five characters of a name", queries.look_up, [one[3:8] for one in names])
    measure("two characters, rare", queries.look_up, [one[3:5] for one in names])
    measure("two characters, common", queries.look_up, [one[:2] for one in TRADES] * 5)
    measure("letters that no name has", queries.look_up, [f"abc{n}" for n in range(ASKED // 10)])
    measure("USCC", queries.look_up, [one.uscc or "" for one in some])
    measure("link of no shop", queries.look_up, [f"https://shop{n}.example/" for n in range(ASKED)])
    measure("GTIN or mark, where it leads", queries.lead, ["09520000002220", "TM23049920261129000001"] * ASKED)
    measure("card", queries.card, some)
    first_readers(
        [
            str(key)
            for key in Subject.objects.filter(uscc__in=[code(chance.randrange(count)) for _ in range(2_000)]).values_list("pk", flat=True)
        ]
    )
    begun = time.process_time()
    edition = editions.publish()
    print(f"edition of {count:,} subjects: {edition.outcome}, {time.process_time() - begun:.1f} s of processor time")


if __name__ == "__main__":
    import shutil

    try:
        main()
    finally:
        if not GIVEN.keep:
            shutil.rmtree(FOLDER, ignore_errors=True)
