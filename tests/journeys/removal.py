"""The people of the road to removal and the steps they take, one function a station."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings as city
from django.test import Client

from chengxin.accounts.beginning import INSTALLER
from chengxin.accounts.clients import create_client
from chengxin.accounts.models import User
from chengxin.cases import actions as cases
from chengxin.cases.models import Case
from chengxin.detection.local import sending
from chengxin.kernel import clock
from chengxin.lists import catalogue
from chengxin.lists.models import ListEntry
from chengxin.records.models import Record
from chengxin.subjects.models import PaymentOrg, Subject
from chengxin.subjects.tests import samples
from chengxin.supervision.models import Clue
from tests.journeys import road
from tests.journeys.forms import fill

BASIS = "《中华人民共和国价格法》第十四条"
BANK, PROVINCE = "jinbei-bank", "hlj-province"
PEOPLE = {
    "lin": ("officer", "SAMR"),
    "chen": ("officer", "SAMR"),
    "li": ("reviewer", "SAMR"),
    "zhao": ("head", "SAMR"),
    "zhou": ("head", "SAMRP"),
    "wu": ("officer", "COM"),
}


@dataclass
class Machine:
    """A consumer of lists: its token, its signing key, and how far it has read the feed."""

    code: str
    program: road.Program
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    read: int = 0

    def get(self, address: str) -> Any:
        answer = self.program.http.get(address, headers={"Authorization": f"Bearer {self.program.token}"})
        assert answer.status_code == 200, (self.code, address, answer.content.decode())
        return answer.json()

    def changes(self) -> Any:
        found = self.get(f"/api/v1/lists/changes?since={self.read}")
        self.read = found["next"]
        return found

    def signed(self, address: str, given: dict[str, Any]) -> Any:
        """A receipt, signed by RFC 9421."""
        body = json.dumps(given).encode()
        headers = sending.signature("POST", f"{city.PUBLIC_ORIGIN}{address}", body, self.key, "road", datetime.now(UTC))
        headers |= {"Authorization": f"Bearer {self.program.token}"}
        answer = self.program.http.post(address, body, content_type="application/json", headers=headers)
        assert answer.status_code == 200, (self.code, address, answer.content.decode())
        return answer.json()


@dataclass
class Town:
    users: dict[str, User]
    machines: dict[str, Machine]
    clue: Clue
    subject: Subject
    desks: dict[str, Client] = field(default_factory=dict)

    def sign_in(self) -> None:
        """Everybody comes to work, people at the door and programs with their secret."""
        self.desks = {name: signed_in(user) for name, user in self.users.items()}
        for one in self.machines.values():
            one.program.sign_in()

    @property
    def merchant(self) -> Client:
        return self.desks["merchant"]


def signed_in(user: User) -> Client:
    browser = Client(headers={"accept-language": "zh-hans", "X-Purpose": "road"})
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def certificates(users: dict[str, User]) -> None:
    from chengxin.accounts.actor import of_user

    days = (clock.today() - timedelta(days=100), clock.today() + timedelta(days=900))
    for name in ("lin", "chen", "li"):
        cases.certify(of_user(users["zhao"]), users[name].pk, "SAMR", f"2304{name}", *days, name == "li")


def machine(code: str) -> Machine:
    made = create_client(code, "lists", ["lists:read", "lists:write", "lists:screen"], by=INSTALLER)
    one = Machine(code, road.Program(made.client_id, made.client_secret).sign_in())
    public = one.key.public_key().public_bytes_raw().hex()
    made.client.keys.create(key_id="road", public_key=public, valid_from=clock.now() - timedelta(days=1))
    return one


def a_bank() -> None:
    made = {"created_at": clock.now(), "updated_at": clock.now(), "created_by": "system:test"}
    bank = Subject.objects.create(kind="1", name="示例金北银行", uscc=samples.uscc(901, "91"), division="230499", **made)
    PaymentOrg.objects.create(code=BANK, name="示例金北银行", subject=bank)


# ---- the legs of the road


def to_a_case(town: Town) -> Case:
    """The clue is checked and goes on as a case; the head files it with two officers."""
    lin, zhao = town.desks["lin"], town.desks["zhao"]
    assert lin.post(f"{town.clue.page_url}check/").status_code == 302
    fill(lin, f"/officer/cases/from-clue/{town.clue.number}/", reason="划线价与七日内最低成交价核对属实")
    case = Case.objects.get()
    step(lin, case, "finish_check", result="核对订单和价格记录，线索属实。", proposal="file")
    officers = {f"officer_{side}": User.objects.get(username=name).actor for side, name in (("a", "lin"), ("b", "chen"))}
    step(zhao, case, "file_case", **officers, contact_phone="0468-0000000", reason="涉嫌价格欺诈，准予立案。")
    return case


def to_a_notice(town: Town, case: Case) -> None:
    lin, li = town.desks["lin"], town.desks["li"]
    to_evidence(town, case)
    report = {"facts": "当事人虚构原价促销两种商品。", "provisions": BASIS, "basis": BASIS, "weighing": "数量较大。"}
    step(lin, case, "end_investigation", **report, discretion="ordinary", outcome="penalty", kind_0="21", amount_0="60000")
    step(li, case, "review", opinion="事实清楚，证据确凿，程序合法，裁量适当。")
    step(lin, case, "notify", receiver="张经理")


def to_evidence(town: Town, case: Case) -> None:
    lin, chen = town.desks["lin"], town.desks["chen"]
    for browser in (lin, chen):
        step(browser, case, "declare", relation="none")
    step(lin, case, "contact", whom="张经理")
    proof = {"origin": "平台报送，两名执法人员核对。", "shows": "划线价虚高", "place": "示例市示例路1号", "evidence_kind": "4"}
    step(lin, case, "add_evidence", **proof, title="价格记录", file=io.BytesIO(b"sku,struck\nK1,129.00\n"))


def to_a_served_decision(town: Town, case: Case) -> Record:
    lin, li, zhao = (town.desks[name] for name in ("lin", "li", "zhao"))
    step(lin, case, "hear_statement", arguments="促销规则理解有误", whom="张经理", place="局接待室")
    step(lin, case, "answer_argument", argument="1", verdict="not", reason="规则明确，误解不影响认定。")
    step(lin, case, "waive", waiver="当事人书面表示不再陈述、申辩。")
    step(zhao, case, "decide", reason="违法事实成立，裁量适当。")
    step(lin, case, "draft_publicity", public_text="当事人虚构原价促销两种商品，被处罚款60,000.00元。")
    step(li, case, "clear_publicity", verdict="clear", reason="未见个人信息、商业秘密和国家秘密。")
    step(lin, case, "serve", manner="direct", place="示例市示例路1号", receiver="张经理", both="on")
    record = Record.objects.get(pk=case.record)
    assert (record.subject, record.amount_fen) == (town.subject, 6_000_000)
    return record


def step(browser: Client, case: Case, action: str, **given: Any) -> None:
    """One step by the form on the case's page."""
    fill(browser, case.page_url, f"/steps/{action}/", **{f"{action}-{name}": value for name, value in given.items()})
    case.refresh_from_db()


def to_a_listing(town: Town, record: Record) -> ListEntry:
    """Proposed with the penalty, told, heard, agreed by the province, decided and published by others."""
    lin, li, zhao, zhou = (town.desks[name] for name in ("lin", "li", "zhao", "zhou"))
    factors = {f"factor_{one['code']}": f"{one['zh']}：有价格记录证明" for one in catalogue.factors()}
    given = {"facts": "虚构原价，情节严重", "basis": "《市场监督管理严重违法失信名单管理办法》第九条", "intent_shown": "shown", **factors}
    fill(lin, f"/officer/lists/propose/{record.number}/", **given, measures=["M_KEY", "M_HONOUR", "M_SHOP", "M_CREDIT"])
    entry = ListEntry.objects.get()
    fill(lin, entry.page_url, phone="0468-0000000")
    fill(town.merchant, f"/merchant/lists/{entry.pk}/", argument_1="已经退还差价")
    fill(lin, entry.page_url, adopted_1="no", why_1="退款不影响违法事实")
    act(zhou, entry, "consent", decision="yes", reason="事实清楚，同意列入")
    act(zhao, entry, "decide", reason="情节严重，决定列入")
    act(li, entry, "publish")
    return entry


def act(browser: Client, entry: ListEntry, name: str, **given: Any) -> None:
    answer = browser.post(entry.page_url, {"step": name, **given})
    assert answer.status_code == 302, (name, answer.status_code)
    entry.refresh_from_db()


def carried_out(town: Town, entry: ListEntry) -> None:
    """Everybody who has a measure to carry out says what was done."""
    for code in (road.PLATFORM, BANK):
        one = town.machines[code]
        for task in one.get("/api/v1/lists/tasks")["tasks"]:
            body = {"applies": True, "said": "已经执行完毕"}
            assert one.program.post(f"/api/v1/lists/tasks/{task['id']}/feedback", body).status_code == 200
    for task in entry.tasks.filter(executor_kind="department"):
        desk = town.desks["lin" if task.executor == "SAMR" else "wu"]
        fill(desk, task.page_url, applies="yes", said="已经执行完毕")
    assert set(entry.tasks.values_list("state", flat=True)) == {"TAKEN"}


def undone(town: Town, entry: ListEntry) -> None:
    """Every measure is lifted and every consumer confirms, each with a signed receipt."""
    for code, one in town.machines.items():
        entry.refresh_from_db()
        assert entry.state == "REMOVED", "not closed before the last receipt"
        for task in one.get("/api/v1/lists/tasks")["tasks"]:
            kept = one.signed(f"/api/v1/lists/tasks/{task['id']}/lifted", {"said": "已经解除"})
            assert kept["state"] == "LIFTED", code
        found = one.changes()
        assert found["changes"][-1]["what"] == "removed"
        for removal in found["removals"]:
            one.signed(f"/api/v1/lists/removals/{removal['id']}", {})
    for task in entry.tasks.filter(executor_kind="department"):
        desk = town.desks["lin" if task.executor == "SAMR" else "wu"]
        assert desk.post(task.page_url, {"said": "已经解除"}).status_code == 302


def shown(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return str(answer.content.decode())


# ---- the road, and its side exits
