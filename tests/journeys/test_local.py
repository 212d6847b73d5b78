"""(十三) Findings travel, data stay: a platform runs the detectors on its own files, only signed findings leave, an officer acts on them.

The platform's program is another process with its own keys and no database; it reaches the city over real HTTP, and every byte is kept.
"""

from __future__ import annotations

import base64
import csv
import json
import re
import urllib.parse
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from chengxin.accounts import clients
from chengxin.accounts.actions import load_departments
from chengxin.accounts.beginning import INSTALLER
from chengxin.accounts.models import PlatformClient
from chengxin.audit import outside, tree, verify
from chengxin.audit.models import Leaf
from chengxin.detection.local.models import LocalPackage
from chengxin.jobs.outbox import deliver_all
from chengxin.subjects import actions as subjects
from chengxin.supervision.models import Clue
from tests.journeys import road
from tests.journeys.gateway import Gateway

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

# Nobody real: each is looked for in what left, as it is and as it may be spelled on the way.
CANARIES = {
    "buyer": "哈尼卡那瑞",
    "phone": "19900000017",
    "address": "卡那瑞市无此区乌有路 17 号",
    "device": "DEVCANARY7f31",
    "ip": "192.0.2.177",
    "order_no": "TCANARY",
}


@pytest.fixture(autouse=True)
def own_city(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.LAKE_DIR = tmp_path / "data", tmp_path / "data" / "lake"
    settings.SECOND_FACTOR = False
    settings.ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
    tree._known_good[0] = ""
    outside.path().unlink(missing_ok=True)


@pytest.fixture
def gateway(settings: Any) -> Gateway:
    made = Gateway()
    settings.PUBLIC_ORIGIN = made.origin
    return made


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """What the platform has: CSV of orders, NDJSON of prices, with persons in them."""
    folder = tmp_path / "own"
    (folder / "order").mkdir(parents=True)
    orders = [
        {
            **row,
            "order_no": f"{CANARIES['order_no']}{number}",
            "buyer": f"{CANARIES['buyer']}{CANARIES['phone']}",
            "address": CANARIES["address"],
            "device": CANARIES["device"],
            "ip": CANARIES["ip"],
        }
        for number, row in enumerate(road.orders())
    ]
    with (folder / "order" / "november.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(orders[0]))
        writer.writeheader()
        writer.writerows(orders)
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in road.prices())
    (folder / "price.ndjson").write_text(lines, encoding="utf-8")
    return folder


@pytest.fixture
def client() -> clients.Credentials:
    load_departments()
    subjects.register_platform(road.PLATFORM, "山货集市", "system:install")
    return clients.create_client(road.PLATFORM, "own detection", ["findings:write", "clues:read", "clues:answer"], by=INSTALLER)


@pytest.fixture
def platform(gateway: Gateway, client: clients.Credentials, tmp_path: Path) -> Any:
    """`platform("send")` runs a step of chengxin-local; the key is registered with the city as an administrator would."""
    home, secret = tmp_path / "home", tmp_path / "secret"
    secret.write_text(client.client_secret)

    def run(*step: str, good: bool = True) -> str:
        more = ("--secret-file", str(secret)) if step[0] in ("send", "asked", "answer") else ()
        done = gateway.run(home, [*step, *more])
        assert (done.returncode == 0) is good, done.stdout + done.stderr
        return done.stdout + done.stderr

    told = run("init", "--city", gateway.origin, "--platform", road.PLATFORM, "--client-id", client.client_id, "--key-id", "k1")
    pem = told[told.index("-----BEGIN") : told.index("-----END PUBLIC KEY-----") + 24]
    clients.add_key(client.client, "k1", pem, by=INSTALLER)
    return run


def spellings(text: str) -> set[bytes]:
    """A text as it is, percent-encoded, escaped as JSON does, and inside base64 at any of three offsets."""
    raw = text.encode()
    made = {raw, urllib.parse.quote(text).encode(), json.dumps(text)[1:-1].encode()}
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw)
        made.add(encoded[4 if shift else 0 :].rstrip(b"=")[:-2])
    return made


def personal(traffic: bytes, home: Path) -> list[str]:
    """Which canaries, and which of the platform's pseudonyms, are in the traffic."""
    found = [name for name, text in CANARIES.items() if any(one in traffic for one in spellings(text))]
    rows = [json.loads(json.loads(line)["row"]) for path in home.glob("runs/*/evidence.jsonl") for line in path.open(encoding="utf-8")]
    tokens = {str(row[name]) for row in rows for name in ("buyer", "device", "address", "ip", "order", "fact", "shop") if name in row}
    assert tokens, "the evidence has pseudonyms to look for"
    return found + [token for token in sorted(tokens) if token.encode() in traffic]


def test_a_platform_runs_the_detectors_itself_and_only_findings_leave(platform: Any, gateway: Gateway, files: Path, tmp_path: Path) -> None:
    told = platform("run", "price_fraud", "--files", str(files))
    assert "price_fraud" in told
    assert road.SHOP in told
    assert "2026" not in gateway.sent.decode(), "a run sends nothing"
    assert "已接收 1 条，隔离 0 条" in platform("send")
    assert road.SHOP.encode() in gateway.sent, "the positive control: shop numbers do leave"
    assert personal(bytes(gateway.sent), tmp_path / "home") == []

    package = LocalPackage.objects.get()
    assert package.same_code
    assert verify.verify(package.document.encode()).good
    deliver_all()
    clue = Clue.objects.get()
    assert clue.detector == "price_fraud"
    assert clue.members.get().platform == road.PLATFORM
    assert "129" in clue.reasons.filter(code="above_lowest_deal").get().zh

    platform("send")
    assert LocalPackage.objects.count() == 1, "the same package again gives the first receipt"
    assert Clue.objects.count() == 1

    desk, page = Client(headers={"accept-language": "zh-hans"}), f"/officer/clues/{clue.number}/"
    desk.force_login(road.official("zhao", clue.department))
    shown = desk.get(page).content.decode()
    assert "由平台留存" in shown
    form = dict(re.findall(r'type="hidden" name="(platform|days|question)" value="([^"]*)"', shown))
    assert desk.post(f"{page}ask/", form).status_code == 302

    request, root = re.findall(r"([0-9a-f-]{36})  2.*\n  root ([0-9a-f]{64})", platform("asked"))[0]
    assert "与承诺相符 4 行，不符 0 行，缺少 0 行" in platform("answer", request, root)
    assert "核对相符" in desk.get(page).content.decode()
    address = re.findall(r'href="(/officer/clues/[^"]*/held/[^"]*)"', desk.get(page).content.decode())[0]
    rows = desk.get(address).content.decode()
    assert "TCANARY" in rows, "what an officer demanded is what he sees"
    assert CANARIES["buyer"] not in rows
    assert {"detection.package.accepted", "detection.held.rows_received"} <= set(Leaf.objects.values_list("action", flat=True))

    PlatformClient.objects.get().keys.update(valid_to="2020-01-01T00:00:00Z")
    assert "(401)" in platform("send", good=False), "a key that has ended signs nothing any more"


def test_the_search_of_the_traffic_finds_a_person_when_one_is_in_it(tmp_path: Path) -> None:
    """The twin: each canary in each spelling, and a pseudonym, are found when they do leave."""
    folder = tmp_path / "runs" / "1"
    folder.mkdir(parents=True)
    line = json.dumps({"row": json.dumps({"kind": "order", "buyer": 7105911829001227391}), "root": "", "salt": ""})
    (folder / "evidence.jsonl").write_text(line)
    assert personal(b'{"accounts": 7105911829001227391}', tmp_path) == ["7105911829001227391"]
    for name, text in CANARIES.items():
        for spelled in spellings(text):
            assert name in personal(b'{"a":"' + spelled + b'"}', tmp_path)
