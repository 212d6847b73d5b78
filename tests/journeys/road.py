"""Who walks the road of one fact: a platform's program that knows only addresses and its secret, and what it sells."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.test import Client

from chengxin.accounts.actions import Scope, load_departments
from chengxin.accounts.beginning import INSTALLER, install_grant
from chengxin.accounts.clients import create_client
from chengxin.accounts.models import User
from chengxin.facts import receipts
from chengxin.kernel import clock
from chengxin.subjects import actions as subjects
from chengxin.subjects.tests import samples

PLATFORM, SHOP, TRADER = "shanhuo", "S1001", "鹤岗市向阳区北山粮油店1"
PASSWORD = "a long enough pass phrase"
NDJSON = "application/x-ndjson"
Row = dict[str, Any]


def begin() -> tuple[str, str]:
    """The city's first day: departments, a platform on the register, and the client id and secret that its program gets."""
    load_departments()
    subjects.register_platform(PLATFORM, "山货集市", "system:install")
    made = create_client(PLATFORM, "gateway", ["facts:write", "receipts:read", "shops:write"], by=INSTALLER)
    return made.client_id, made.client_secret


def official(name: str, department: str, role: str = "officer") -> User:
    """Somebody with a desk in a department."""
    user = User.objects.create_user(name, PASSWORD, display_name=name)
    install_grant(user, role, Scope(department=department))
    return user


@dataclass
class Program:
    """The platform's gateway: HTTP and nothing else."""

    client_id: str
    secret: str
    http: Client = field(default_factory=Client)
    token: str = ""

    def sign_in(self) -> Program:
        """OAuth 2.0 client credentials (RFC 6749, 4.4)."""
        basic = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
        answer = self.http.post("/oauth/token/", {"grant_type": "client_credentials"}, headers={"Authorization": f"Basic {basic}"})
        assert answer.status_code == 200, answer.content
        self.token = answer.json()["access_token"]
        return self

    def post(self, address: str, body: bytes | Row, kind: str = "application/json") -> Any:
        return self.http.post(address, body, content_type=kind, headers={"Authorization": f"Bearer {self.token}"})

    def register_shop(self) -> None:
        """A shop whose identity the platform has verified."""
        row = samples.row(1, shop_id=SHOP, shop_name="北山粮油店1", subject_name=TRADER, **samples.verified())
        assert self.post("/api/v1/shops", row).status_code == 200

    def report(self, kind: str, rows: Sequence[Row]) -> bytes:
        """One batch as NDJSON; the signed receipt, byte for byte."""
        body = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
        answer = self.post(f"/api/v1/facts/{kind}", body, NDJSON)
        assert answer.status_code == 201, answer.content.decode()
        return bytes(answer.content)


def said(receipt: bytes) -> dict[str, Any]:
    """What a receipt says."""
    return receipts.read(receipt.decode())


# ---- what is sold: eight deals at 80 yuan, then "was 129, now 75" on two goods


def _at(day: int, hour: int = 10) -> datetime:
    """A moment of the last month; day 0 is thirty days ago."""
    today = clock.now().astimezone(clock.CITY).replace(minute=0, second=0, microsecond=0)
    return today.replace(hour=hour) - timedelta(days=30 - day)


def orders(price: str = "80.00") -> list[Row]:
    """Four deals of each good in the seven days before the comparison."""
    return [
        {
            "order_no": f"T{sku}{day}",
            "shop_id": SHOP,
            "buyer": f"U{day}{sku}",
            "sku": sku,
            "title": "东北黑木耳 250 克",
            "qty": 1,
            "list_price": price,
            "paid": price,
            "ordered_at": _at(day).isoformat(),
            "paid_at": _at(day, 11).isoformat(),
        }
        for sku in ("K1", "K2")
        for day in (20, 21, 22, 23)
    ]


def prices(struck: str = "129.00") -> list[Row]:
    """Shown at 80 yuan from day 10; on day 25 reduced to 75, with a higher price struck out."""
    usual = [
        {"shop_id": SHOP, "sku": sku, "observed_at": _at(day).isoformat(), "shown": "80.00"}
        for sku in ("K1", "K2")
        for day in range(10, 25)
    ]
    cut = [
        {"shop_id": SHOP, "sku": sku, "observed_at": _at(25).isoformat(), "shown": "75.00", "struck": struck, "basis": "none"}
        for sku in ("K1", "K2")
    ]
    return usual + cut
