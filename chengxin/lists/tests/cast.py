"""Who is who: the town of the credit file, a province above, a platform with the merchant's shop, a bank and a provincial system."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chengxin.accounts import access, clients
from chengxin.accounts import actor as actors
from chengxin.accounts.access import Actor
from chengxin.accounts.actions import Scope
from chengxin.accounts.beginning import INSTALLER, install_grant
from chengxin.accounts.models import PlatformClient, SignatureRecord, User
from chengxin.kernel import clock
from chengxin.lists import catalogue
from chengxin.lists.actions import listing
from chengxin.lists.models import ListEntry
from chengxin.records.models import Record
from chengxin.records.tests import people
from chengxin.subjects.models import PaymentOrg, Platform, Shop, Subject
from chengxin.subjects.tests import samples

PHONE = "0468-0000000"
SCOPES = ["lists:read", "lists:write", "lists:screen"]
PLATFORM, BANK, PROVINCE = "pingtai", "jinbei-bank", "hlj-province"


@dataclass
class Cast:
    """The town (officer, reviewer, head of SAMR; merchant), `upper` of the province, `deputy` who is head of SAMR too, and the machines."""

    town: people.Town
    upper: Actor
    deputy: Actor
    commerce: Actor
    commerce_head: Actor
    staff: Actor
    staff2: Actor
    banker: Actor
    platform: Platform
    shop: Shop
    machines: dict[str, Actor] = field(default_factory=dict)

    @property
    def officer(self) -> Actor:
        return self.town.officer

    @property
    def reviewer(self) -> Actor:
        return self.town.reviewer

    @property
    def head(self) -> Actor:
        return self.town.head

    @property
    def merchant(self) -> Actor:
        return self.town.merchant

    @property
    def subject(self) -> Subject:
        return self.town.subject


def cast() -> Cast:
    town = people.town()
    platform = samples.platform(PLATFORM)
    shop = samples.shop(platform, samples.row(1, **samples.verified()))
    Shop.objects.filter(pk=shop.pk).update(subject=town.subject)
    shop.refresh_from_db()
    now = clock.now()
    bank = Subject.objects.create(
        kind="1",
        name="示例金北银行",
        uscc=samples.uscc(901, "91"),
        division="230499",
        created_at=now,
        updated_at=now,
        created_by="system:test",
    )
    PaymentOrg.objects.create(code=BANK, name="示例金北银行", subject=bank)
    made = {
        name: _person(town, name, shown, role, scope)
        for name, shown, role, scope in (
            ("upper", "省局周严", "head", Scope(department="SAMRP")),
            ("deputy", "钱副局", "head", Scope(department="SAMR")),
            ("commerce", "商务吴", "officer", Scope(department="COM")),
            ("commerce_head", "商务郑", "head", Scope(department="COM")),
            ("staff", "平台小张", "platform_staff", Scope(platform=PLATFORM)),
            ("staff2", "平台小李", "platform_staff", Scope(platform=PLATFORM)),
            ("banker", "银行小陈", "payment_staff", Scope(subject=bank.pk)),
        )
    }
    machines = {code: machine(code) for code in (PLATFORM, BANK, PROVINCE)}
    return Cast(town=town, platform=platform, shop=shop, machines=machines, **made)


def _person(town: people.Town, name: str, shown: str, role: str, scope: Scope) -> Actor:
    user = town.users[name] = User.objects.create_user(name, people.PASSWORD, display_name=shown)
    install_grant(user, role, scope)
    return actors.of_user(user)


def machine(code: str) -> Actor:
    client = clients.create_client(code, "lists", SCOPES, by=INSTALLER).client
    return actors.of_client(client, frozenset(SCOPES))


def signature(actor: Actor) -> SignatureRecord:
    """A kept signature of a machine, as the API's door makes it."""
    client = access.client_of(actor)
    assert isinstance(client, PlatformClient)
    key, _ = client.keys.get_or_create(key_id="k", defaults={"public_key": "0" * 64})
    told = {"client": client, "public_key": "0" * 64, "signed_text": "made by hand", "content_digest": "0" * 64, "signed_at": clock.now()}
    mark = hashlib.sha256(str(SignatureRecord.objects.count()).encode()).hexdigest()
    return SignatureRecord.objects.create(key=key, signature=mark, **told)


def at(year: int, month: int, day: int, hour: int = 10) -> datetime:
    return datetime(year, month, day, hour, tzinfo=clock.CITY)


def penalty(who: Cast, **changes: Any) -> Record:
    return people.put(who.town, **{"term": "KEY_AREA", **changes})


def proposal(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "SERIOUS",
        "facts": "组织虚假交易 312 单，欺骗、误导消费者",
        "basis": "《市场监督管理严重违法失信名单管理办法》第九条",
        "intent": "shown",
        "factors": {one["code"]: f"{one['zh']}：有聊天记录和资金流水证明" for one in catalogue.factors()},
        "measures": ["M_KEY", "M_HONOUR", "M_SHOP", "M_CREDIT"],
        **changes,
    }


def noticed(who: Cast, record: Record | None = None, **changes: Any) -> ListEntry:
    entry = listing.propose(who.officer, (record or penalty(who)).pk, proposal(**changes))
    return listing.notice(who.officer, entry.pk, PHONE)


def consented(who: Cast, record: Record | None = None, **changes: Any) -> ListEntry:
    """Told, heard, each argument answered, agreed above."""
    entry = noticed(who, record, **changes)
    listing.defend(who.merchant, entry.pk, ["其中 40 单不是本店的", "已经退还全部货款"])
    listing.answer(who.officer, entry.pk, {1: (True, "核减 40 单，其余事实成立"), 2: (False, "退款不影响违法事实")})
    return listing.consent(who.upper, entry.pk, True, "事实清楚，同意列入")


def listed(who: Cast, record: Record | None = None, **changes: Any) -> ListEntry:
    return listing.decide(who.head, consented(who, record, **changes).pk, "情节严重，决定列入")


def published(who: Cast, record: Record | None = None, **changes: Any) -> ListEntry:
    return listing.publish(who.reviewer, listed(who, record, **changes).pk)
