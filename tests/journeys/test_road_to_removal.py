"""The whole road over HTTP: a reported price becomes a clue, a case, a penalty, a listing, measures; then all is undone and proven.

Market regulator, its province and commerce; a platform, a bank and a provincial system, each with nothing but its address and its key.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings as city
from django.db import transaction
from django.test import Client

from chengxin import cli
from chengxin.accounts.actions import Scope
from chengxin.accounts.beginning import INSTALLER, install_grant
from chengxin.accounts.clients import create_client
from chengxin.accounts.models import RoleGrant, User
from chengxin.audit import outside, tree
from chengxin.cases import actions as cases
from chengxin.cases.models import Case
from chengxin.detection.local import sending
from chengxin.jobs import worker
from chengxin.kernel import clock
from chengxin.law import workdays
from chengxin.lists import catalogue
from chengxin.lists.models import ListEntry, RepairApplication
from chengxin.records.models import Record
from chengxin.subjects.models import PaymentOrg, Shop, Subject
from chengxin.subjects.tests import samples
from chengxin.supervision.models import Clue
from tests.journeys import road
from tests.journeys.forms import fill

pytestmark = pytest.mark.django_db
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
        self.desks = {name: _signed_in(user) for name, user in self.users.items()}
        for one in self.machines.values():
            one.program.sign_in()

    @property
    def merchant(self) -> Client:
        return self.desks["merchant"]


@pytest.fixture(autouse=True)
def own_city(settings: Any, tmp_path: Path) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECOND_FACTOR = False
    settings.DATA_DIR, settings.LAKE_DIR = tmp_path / "data", tmp_path / "data" / "lake"
    tree._known_good[0] = ""
    outside.path().unlink(missing_ok=True)


@pytest.fixture
def town() -> Town:
    """A platform has reported; the detector looked; everybody has a desk, a certificate or a key."""
    with transaction.atomic():
        program = road.Program(*road.begin())
    program.sign_in().register_shop()
    program.report("order", road.orders())
    program.report("price", road.prices())
    assert cli.main(["detect", "price_fraud"]) == 0
    worker.run_once()
    shop = Shop.objects.get(shop_id=road.SHOP)
    assert shop.subject
    with transaction.atomic():
        users = {name: road.official(name, department, role) for name, (role, department) in PEOPLE.items()}
        owner = User.objects.create_user("merchant", road.PASSWORD, display_name=road.TRADER)
        install_grant(owner, "merchant", Scope(subject=shop.subject.pk))
        RoleGrant.objects.update(valid_from=clock.today() - timedelta(days=30))
        _certificates(users)
        machines = {code: _machine(code) for code in (road.PLATFORM, BANK, PROVINCE)}
        _a_bank()
    made = Town({**users, "merchant": owner}, machines, Clue.objects.get(), shop.subject)
    made.sign_in()
    return made


def _signed_in(user: User) -> Client:
    browser = Client(headers={"accept-language": "zh-hans", "X-Purpose": "road"})
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def _certificates(users: dict[str, User]) -> None:
    from chengxin.accounts.actor import of_user

    days = (clock.today() - timedelta(days=100), clock.today() + timedelta(days=900))
    for name in ("lin", "chen", "li"):
        cases.certify(of_user(users["zhao"]), users[name].pk, "SAMR", f"2304{name}", *days, name == "li")


def _machine(code: str) -> Machine:
    made = create_client(code, "lists", ["lists:read", "lists:write", "lists:screen"], by=INSTALLER)
    one = Machine(code, road.Program(made.client_id, made.client_secret).sign_in())
    public = one.key.public_key().public_bytes_raw().hex()
    made.client.keys.create(key_id="road", public_key=public, valid_from=clock.now() - timedelta(days=1))
    return one


def _a_bank() -> None:
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


def test_from_a_reported_price_to_a_proven_removal(town: Town, tmp_path: Path, capsys: Any) -> None:
    case = to_a_case(town)
    to_a_notice(town, case)
    record = to_a_served_decision(town, case)
    worker.run_once()
    card = f"/subject/{town.subject.pk}/"
    assert "虚构原价促销" in shown(Client(), card)

    for one in town.machines.values():
        assert one.changes()["changes"] == []  # they subscribe by asking
    entry = to_a_listing(town, record)
    worker.run_once()
    assert town.subject.name in shown(Client(), "/lists/")
    for one in town.machines.values():
        assert [change["number"] for change in one.changes()["changes"]] == [entry.number]
    carried_out(town, entry)

    with clock.set_to(_anniversary(entry)):
        town.sign_in()
        repaired(town, entry)
        worker.run_once()
        entry.refresh_from_db()
        assert entry.state == "REMOVED" and town.subject.name not in shown(Client(), "/lists/")
        undone(town, entry)
        entry.refresh_from_db()
        assert entry.state == "CLOSED", "the last receipt closes it"
        receipts(town, entry, tmp_path)
    capsys.readouterr()
    assert cli.main(["check"]) == 0


def repaired(town: Town, entry: ListEntry) -> RepairApplication:
    """The business applies, one person accepts, another grants."""
    fill(town.merchant, f"/merchant/lists/{entry.pk}/repair/", statement="罚款已缴清，差价已退还，价格标注已整改", promised="on")
    repair = RepairApplication.objects.get()
    for name, do in (("lin", "accept"), ("zhao", "decide")):
        answer = town.desks[name].post(repair.page_url, {"step": do, "decision": "yes", "reason": "条件全部满足"})
        assert answer.status_code == 302
    return repair


def _anniversary(entry: ListEntry) -> datetime:
    """The first working day after the shortest term."""
    assert entry.published_on
    over = date(entry.published_on.year + 1, entry.published_on.month, entry.published_on.day) + timedelta(days=1)
    day = workdays.add(over, 1)
    return datetime(day.year, day.month, day.day, 10, tzinfo=clock.CITY)


def receipts(town: Town, entry: ListEntry, folder: Path) -> None:
    """The bundle holds a receipt of everybody, and each is verified without the city."""
    answer = town.desks["lin"].get(f"{entry.page_url}receipts/")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as bundle:
        found = [name for name in bundle.namelist() if name.endswith(".json")]
        bundle.extractall(folder)
    assert len(found) >= entry.tasks.count() + len(town.machines)
    for name in found:
        assert cli.main(["verify", str(folder / name)]) == 0, name


def test_cleared_before_a_case(town: Town) -> None:
    """Not filed: nothing is on the file, nothing is public."""
    lin = town.desks["lin"]
    lin.post(f"{town.clue.page_url}check/")
    fill(lin, f"/officer/cases/from-clue/{town.clue.number}/", reason="划线价需要进一步核对")
    case = Case.objects.get()
    step(lin, case, "finish_check", result="划线价为厂商建议零售价。", proposal="not_file")
    step(town.desks["zhao"], case, "not_file", reason="没有违法事实。")
    assert not Record.objects.exists() and "虚构原价" not in shown(Client(), f"/subject/{town.subject.pk}/")


def test_no_penalty_but_education(town: Town) -> None:
    """不予处罚: the reviewer agrees, the head exempts; the business can read the decision, nothing is on file, nothing is public."""
    case = to_a_case(town)
    to_evidence(town, case)
    lin, li, zhao = (town.desks[name] for name in ("lin", "li", "zhao"))
    report = {"facts": "标价失误，当日改正，没有造成后果。", "provisions": BASIS, "basis": BASIS, "weighing": "首次、轻微、及时改正。"}
    step(lin, case, "end_investigation", **report, discretion="mitigated", outcome="none")
    step(li, case, "review", opinion="事实清楚，属轻微违法并及时改正。")
    step(zhao, case, "exempt", education="已告知明码标价的规定并责令改正。", reason="首次轻微，及时改正，不予处罚。")
    assert case.state == "NO_PENALTY"
    assert not Record.objects.exists()
    assert "不予行政处罚决定书" in shown(town.merchant, "/merchant/papers/")
    assert "虚构原价" not in shown(Client(), f"/subject/{town.subject.pk}/")
    step(lin, case, "archive")
    assert case.state == "ARCHIVED"


def test_fraud_in_a_repair_puts_it_back(town: Town) -> None:
    """修复弄虚作假: the entry that was removed is public again and pushed anew, and nobody may apply for three years."""
    case = to_a_case(town)
    to_a_notice(town, case)
    entry = to_a_listing(town, to_a_served_decision(town, case))
    with clock.set_to(_anniversary(entry)):
        town.sign_in()
        repair = repaired(town, entry)
        assert town.subject.name not in shown(Client(), "/lists/")
        for name, do in (("lin", "report_fraud"), ("zhao", "confirm_fraud")):
            answer = town.desks[name].post(repair.page_url, {"step": do, "reason": "缴款凭证系伪造，经银行核实"})
            assert answer.status_code == 302, (do, answer.content.decode()[:2000])
        entry.refresh_from_db()
        repair.refresh_from_db()
        assert (entry.state, entry.round, repair.state) == ("PUBLISHED", 2, "FRAUD")
        assert town.subject.name in shown(Client(), "/lists/")
        assert town.machines[PROVINCE].changes()["changes"][-1]["what"] == "added"
        address = f"/merchant/lists/{entry.pk}/repair/"
        town.merchant.post(address, {"statement": "再次申请，已经全部履行", "promised": "on"})
        assert RepairApplication.objects.count() == 1, "barred"


@pytest.mark.nightly
def test_revoked_on_review_takes_the_listing_with_it(town: Town) -> None:
    """The decision falls: the record leaves the file by two people, the entry the list, and everybody is told."""
    case = to_a_case(town)
    to_a_notice(town, case)
    record = to_a_served_decision(town, case)
    for one in town.machines.values():
        one.changes()
    entry = to_a_listing(town, record)
    worker.run_once()
    town.machines[PROVINCE].changes()
    step(town.desks["lin"], case, "report_revocation", paper="示政复决〔2026〕7号", by="review", reason="事实不清")
    step(town.desks["zhao"], case, "revoke", reason="执行复议决定。")
    worker.run_once()
    entry.refresh_from_db()
    assert entry.state == "REMOVED" and town.subject.name not in shown(Client(), "/lists/")
    assert "虚构原价促销" not in shown(Client(), f"/subject/{town.subject.pk}/")
    assert town.machines[PROVINCE].changes()["removals"]


@pytest.mark.nightly
def test_the_twin_without_the_province_nobody_is_listed(town: Town) -> None:
    """The step is left out: the decision is refused, nothing is public."""
    case = to_a_case(town)
    to_a_notice(town, case)
    record = to_a_served_decision(town, case)
    lin = town.desks["lin"]
    factors = {f"factor_{one['code']}": "有价格记录证明" for one in catalogue.factors()}
    given = {"facts": "虚构原价，情节严重", "basis": "《市场监督管理严重违法失信名单管理办法》第九条", "intent_shown": "shown", **factors}
    fill(lin, f"/officer/lists/propose/{record.number}/", **given, measures=["M_KEY"])
    entry = ListEntry.objects.get()
    town.desks["zhao"].post(entry.page_url, {"step": "decide", "reason": "情节严重，决定列入"})
    entry.refresh_from_db()
    assert entry.state == "PROPOSED" and town.subject.name not in shown(Client(), "/lists/")
