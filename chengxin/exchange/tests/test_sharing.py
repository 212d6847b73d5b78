"""The catalogue, requests with their clocks, use within the grant; decisions of upper levels; indicators; webhooks."""

from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import duckdb
import pytest
from django.db import connection

from chengxin.accounts.access import Actor
from chengxin.accounts.models import PlatformClient
from chengxin.exchange import actions, delivering, folders, formats, inbound, quality, tasks, view
from chengxin.exchange import fieldmaps as maps
from chengxin.exchange.errors import AddressRefused, ContentWrong, NotAssessed, SamePerson, UseRefused
from chengxin.exchange.models import ExchangeRow, FactNotice, HookDelivery, InboundFile, InboundRow, ShareUse
from chengxin.exchange.tests import people
from chengxin.jobs import outbox
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.records import actions as records
from chengxin.records.tests.people import put, town

pytestmark = pytest.mark.django_db
FIELDS = ["CF_XDR_MC", "CF_WSH"]


@pytest.fixture
def cast():
    return town()


def listed(cast, sharing="conditional"):
    given = {"resource": "penalties", "title": "行政处罚信息", "sharing": sharing, "condition": "用于资格审查", "fields": FIELDS}
    entry = actions.draft(cast.officer, "SAMR", given)
    with pytest.raises(NotAssessed):
        actions.publish(cast.reviewer, entry.number)
    actions.assess(cast.officer, entry.number, "法定职责所需", "均为依法公开信息，影响较小", "按字段授权，使用留痕")
    with pytest.raises(SamePerson):
        actions.publish(cast.officer, entry.number)
    return actions.publish(cast.reviewer, entry.number)


def asked(cast, entry, **changes):
    given = {"department": "POST", "purpose": "快递业务经营许可审查", "fields": FIELDS, "until": clock.today() + timedelta(days=30)}
    return actions.ask(cast.elsewhere, entry.number, *{**given, **changes}.values())


def accepted_row(cast):
    people.put_rows(cast.subject, 1)
    ExchangeRow.objects.update(state="ACCEPTED", accepted_at=clock.now())
    return ExchangeRow.objects.get()


@pytest.mark.parametrize(("sharing", "name"), [("open", "SHARE_UNCOND"), ("conditional", "SHARE_COND")])
def test_the_clock_is_that_of_the_kind_of_sharing(cast, sharing, name):
    one = asked(cast, listed(cast, sharing))
    assert (one.clock, one.due_on) == (name, law.due(name, clock.today()))


def test_a_grant_is_used_for_its_fields_and_term_and_each_use_is_logged(cast):
    row, one = accepted_row(cast), asked(cast, listed(cast))
    with pytest.raises(NotFound):
        actions.answer(cast.elsewhere, one.number, True)
    one = actions.answer(cast.reviewer, one.number, True)
    assert one.due_on == law.due("SHARE_DELIVER", clock.today())
    with pytest.raises(UseRefused):
        actions.use(cast.elsewhere, one.number)
    actions.deliver(cast.officer, one.number)
    assert actions.use(cast.elsewhere, one.number) == [
        {"number": row.number, "CF_XDR_MC": "云岭山货有限公司", "CF_WSH": "示市监处罚〔2026〕0号"}
    ]
    with pytest.raises(UseRefused):
        actions.use(cast.elsewhere, one.number, ["CF_SY"])
    with pytest.raises(UseRefused):
        actions.use(cast.officer, one.number)  # the supplier has it anyway; the grant is the asking department's
    with clock.set_to(clock.now() + timedelta(days=31)), pytest.raises(UseRefused):
        actions.use(cast.elsewhere, one.number)
    assert list(ShareUse.objects.order_by("at").values_list("refused", "rows")) == [
        ("state", 0),
        ("", 1),
        ("fields", 0),
        ("stranger", 0),
        ("expired", 0),
    ]


def test_what_is_not_offered_cannot_be_asked_for(cast):
    entry = listed(cast)
    with pytest.raises(ContentWrong):
        asked(cast, entry, fields=["CF_SY"])
    with pytest.raises(ContentWrong):
        actions.draft(cast.officer, "SAMR", {"resource": "penalties", "title": "处罚信息", "sharing": "open", "fields": ["CF_XDR_ZJHM"]})


# ---- upper levels


def inbound_line(cast, **changes):
    form = maps.versions("penalty")[-1]
    line = maps.fill(form, people.penalty_values(cast.subject, 7, date(2026, 3, 2)))
    return {"number": "", "act": "put", **line, "CF_CFJG": "省市场监督管理局", **changes}


def drop_lines(name, *lines):
    form = maps.versions("penalty")[-1]
    folders.drop(folders.folder("in") / name, formats.write(name.rpartition(".")[2], form.columns, lines))


def test_decisions_of_upper_levels_are_matched_by_code_counted_and_never_doubled(cast):
    person = {"CF_XDR_LB": "自然人", "CF_XDR_MC": "王小明", "CF_XDR_SHXYM": "", "CF_XDR_ZJHM": "230499188701011234", "CF_WSH": "省1号"}
    good, other, wrong = inbound_line(cast), inbound_line(cast, **person), inbound_line(cast, CF_JDRQ="2026/3/2")
    drop_lines("a.xml", good, other, wrong)
    assert inbound.take_files() == 1
    file = InboundFile.objects.get()
    assert (file.rows, file.fresh, file.known, file.wrong) == (3, 2, 0, 1) and file.errors[0]["field"] == "CF_JDRQ"
    matched, natural = InboundRow.objects.get(state="MATCHED"), InboundRow.objects.get(state="UNMATCHED")
    assert matched.subject == cast.subject
    assert natural.party == "王**" and "230499188701011234" not in str(natural.content)
    drop_lines("b.csv", good)
    inbound.take_files()
    assert InboundFile.objects.order_by("taken_at").last().known == 1 and InboundRow.objects.count() == 2
    done = actions.match(cast.officer, natural.number, "", "非本市登记主体")
    assert done.state == "NOT_OURS" and folders.waiting("in") == []


# ---- indicators


def test_indicators_are_counted_from_the_rows_and_lead_to_them(cast):
    people.put_rows(cast.subject, 4)
    late, good, refused, wrong = ExchangeRow.objects.order_by("number")
    day = clock.today() - timedelta(days=5)
    ExchangeRow.objects.filter(pk=late.pk).update(due_on=day)
    ExchangeRow.objects.filter(pk=good.pk).update(state="ACCEPTED", accepted_at=clock.now())
    ExchangeRow.objects.filter(pk=refused.pk).update(state="REJECTED", sent_at=clock.now())
    ExchangeRow.objects.filter(pk=wrong.pk).update(state="FAULTY", errors=[{"field": "CF_XDR_SHXYM", "code": "uscc", "zh": "", "en": ""}])
    rows = ExchangeRow.objects.all()
    score = quality.scores(rows, clock.today(), clock.today())[0]
    counted = {one.name: (one.part, one.whole, one.meets) for one in score.figures}
    assert counted == {
        "timely": (1, 2, False),
        "complete": (4, 4, True),
        "loaded": (1, 2, False),
        "uscc": (1, 4, False),
        "concealed": (1, 4, False),
    }
    behind = {name: set(quality.behind(rows, name)) for name in quality.INDICATORS}
    assert behind == {"timely": {late}, "complete": set(), "loaded": {refused}, "uscc": {wrong}, "concealed": {late}}


# ---- the database way


def test_the_view_and_the_snapshot_hold_what_stands_and_is_still_public(cast):
    row = accepted_row(cast)
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM exchange_shared")
        assert cursor.fetchall() == [(row.number,)]
    assert view.write() == 1
    path = folders.folder("view") / "penalty.parquet"
    got = duckdb.sql(f"SELECT number, CF_NR_FK::VARCHAR, CF_JDRQ FROM '{path}'").fetchall()
    assert got == [(row.number, "8.000000", clock.today())]
    ExchangeRow.objects.update(shown_until=clock.today() - timedelta(days=1))
    assert view.write() == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM exchange_shared")
        assert cursor.fetchall() == []


# ---- webhooks


class Receiver(BaseHTTPRequestHandler):
    answers: list[int] = []
    got: list[tuple[str, str, bytes]] = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.headers["Chengxin-Sequence"], self.headers[delivering.SIGNATURE], body))
        self.send_response(self.answers.pop(0) if self.answers else 204)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def receiver(monkeypatch):
    monkeypatch.setattr(delivering, "PRIVATE", True)
    Receiver.answers, Receiver.got = [], []
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    server.server_close()


MACHINE = Actor(id="client:1", name="reuser", client=PlatformClient(platform_code="reuser"))


def test_notices_are_signed_come_in_order_and_again_after_an_error(cast, receiver):
    hook, secret = actions.open_hook(MACHINE, receiver)
    assert actions.open_hook(MACHINE, receiver) == (hook, secret)
    record = put(cast, decided_on=clock.today())
    outbox.deliver_all()
    records.confirm(cast.reviewer, records.propose_withdrawal(cast.officer, record.pk, "处罚决定被撤销", "撤1号").pk)
    outbox.deliver_all()
    Receiver.answers = [500]
    assert delivering.deliver() == 0  # the first is refused, so the second waits
    assert delivering.deliver() == 0
    with clock.set_to(clock.now() + timedelta(minutes=1)):
        assert delivering.deliver() == 2
    assert [one[0] for one in Receiver.got] == ["1", "1", "2"]
    for _, signature, body in Receiver.got:
        stamp = int(signature.split(",")[0].removeprefix("t="))
        assert signature == delivering.sign(secret, stamp, body) and record.number.encode() in body and "云岭".encode() not in body
    assert actions.replay(MACHINE, hook.number, 1) == 1
    assert delivering.deliver() == 1 and Receiver.got[-1][0] == "2"


def test_what_cannot_be_delivered_is_given_up_and_shown(cast, receiver, monkeypatch):
    actions.open_hook(MACHINE, receiver)
    put(cast, decided_on=clock.today())
    outbox.deliver_all()
    monkeypatch.setattr(delivering.fetching, "post", lambda *given, **more: (0, "time"))
    now = clock.now()
    for hour in range(12):
        with clock.set_to(now + timedelta(hours=hour)):
            delivering.deliver()
    one = HookDelivery.objects.get()
    assert (one.state, one.attempts, one.error) == ("DEAD", delivering.waits()["hook_attempts"], "time")


@pytest.mark.parametrize(
    "url", ["http://93.184.216.34/", "https://127.0.0.1/", "https://10.1.2.3/", "https://[::1]/", "https://169.254.169.254/", "ftp://a/"]
)
def test_nothing_is_sent_into_a_private_network(cast, url):
    with pytest.raises(AddressRefused):
        actions.open_hook(MACHINE, url)
    assert delivering.fetching.post(url, b"{}", {})[0] == 0


def test_a_fact_whose_publicity_ended_is_told_of_once(cast):
    record = put(cast, decided_on=clock.today())
    outbox.deliver_all()
    with clock.set_to(clock.now() + timedelta(days=1200)):
        assert delivering.look() == 1
        assert delivering.look() == 0
    assert list(FactNotice.objects.values_list("sequence", "kind", "number")) == [
        (1, "fact.published", record.number),
        (2, "fact.withdrawn", record.number),
    ]


def test_the_jobs_say_what_they_did(cast):
    assert tasks.tick().endswith("0 notices") and "differences" in tasks.nightly()
