"""What comes from other systems and goes back: good rows in, bad ones listed, numbers once, the clocks by law, every difference seen."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client

from chengxin.consumers import actions as consumers
from chengxin.consumers.exchange import actions, dialects, queries
from chengxin.consumers.exchange.errors import AlreadyDecided, NothingNew, SheetUnfit
from chengxin.consumers.exchange.models import ADDED, API, NOTED, SHEET, Arrival, BadRow, Batch, Conflict
from chengxin.consumers.models import Complaint, Identity, Report
from chengxin.consumers.tests import people
from chengxin.consumers.tests.conftest import blank_papers  # noqa: F401
from chengxin.consumers.tests.people import DESK, Town
from chengxin.jobs.models import Job
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.subjects import sheets

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 20, 10, tzinfo=clock.CITY)
HEADS = ("登记编号", "诉求类型", "分送时间", "姓名", "联系电话", "被投诉举报人名称", "商品服务类别", "争议金额", "事实经过", "投诉请求")


def row(number: str, **changes: str) -> dict[str, str]:
    """A row as the other system writes it."""
    said = (
        "投诉",
        "2026-05-18 16:20",
        "王示例",
        "10012345678",
        "示例电器店",
        "家用电器",
        "299.00",
        "电饭煲内胆开裂，商家拒绝退货。",
        "退还货款",
    )
    return {**dict(zip(HEADS, (number, *said), strict=True)), **changes}


def sheet(*rows: dict[str, str], encoding: str = "utf-8-sig") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(name for one in rows for name in one)))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


@pytest.fixture
def cast() -> Any:
    with clock.set_to(NOW):
        yield people.town()


@pytest.fixture
def peer() -> dialects.Peer:
    return dialects.peers()["s12315"]


def taken(cast: Town, peer: dialects.Peer, content: bytes, name: str = "a.csv") -> Batch:
    made = actions.import_or_queue(cast.officer, peer, name, content)
    assert isinstance(made, Batch)
    return made


def test_good_rows_go_in_and_bad_ones_say_row_column_and_what_to_do(cast: Town, peer: dialects.Peer) -> None:
    bad = row("B1", 诉求类型="咨询", 分送时间="昨天", 争议金额="三百", 联系电话="")
    batch = taken(cast, peer, sheet(row("A1"), bad, row("A2", 诉求类型="投诉举报"), row("A1"), encoding="gb18030"))
    assert (batch.rows, batch.taken, batch.refused) == (4, 2, 2)
    assert Complaint.objects.count() == 2 and Report.objects.count() == 1
    listed = {one.row: one for one in BadRow.objects.all()}
    assert {one["column"]: one["code"] for one in listed[3].problems} == {"诉求类型": "word", "分送时间": "time", "争议金额": "amount"}
    assert "投诉举报" in listed[3].problems[0]["remedy"]["zh"]
    assert [one["code"] for one in listed[5].problems] == ["twice"] and "2" in listed[5].problems[0]["why"]["zh"]


def test_a_workbook_is_read_too_and_a_mended_row_leaves_the_list(cast: Town, peer: dialects.Peer) -> None:
    taken(cast, peer, sheet(row("A1", 联系电话=""), row("SHORT", 投诉请求="退款")))
    assert Arrival.objects.get().number == "SHORT"  # what another system took is not refused for being short
    assert queries.to_mend(peer.code).get().content
    book = sheets.write({"一": (HEADS, [list(row("A1").values())])})
    assert taken(cast, peer, book, "a.xlsx").taken == 1
    assert not queries.to_mend(peer.code).exists() and BadRow.objects.get().content == ""


def test_the_clocks_start_on_the_day_it_was_passed_on_by_the_law_of_that_day(cast: Town, peer: dialects.Peer) -> None:
    """Neither the day of import nor the first call: 04-10 is order 20, 04-20 is order 121."""
    taken(cast, peer, sheet(row("OLD", 分送时间="2026-04-10", 登记时间="2026-04-02"), row("NEW", 分送时间="2026-04-20")))
    old, new = (Arrival.objects.get(number=name).filing.complaint for name in ("OLD", "NEW"))
    assert (old.received_on, old.due_on) == (date(2026, 4, 10), date(2026, 4, 21))
    assert (new.received_on, new.due_on) == (date(2026, 4, 20), date(2026, 4, 29))
    consumers.accept(cast.officer, old.number, DESK)
    consumers.accept(cast.officer, new.number, DESK)
    old.refresh_from_db()
    new.refresh_from_db()
    assert new.due_on == date(2026, 7, 20)  # sixty days from acceptance end on a Sunday
    assert old.due_on == date(2026, 7, 23)  # forty-five working days with the dragon boat festival
    assert Arrival.objects.get(number="OLD").submitted_on == date(2026, 4, 2)


def test_the_field_map_is_that_of_the_day(peer: dialects.Peer) -> None:
    assert "被投诉举报人名称" not in peer.on(date(2026, 4, 14)).titles()
    assert peer.on(date(2026, 4, 15)).titles()["被投诉举报人名称"] == "respondent_name"
    assert all(one.on(date(2026, 11, 29)).columns["number"].required for one in dialects.peers().values())
    with pytest.raises(LookupError):
        peer.on(date(2019, 12, 31))


def test_the_same_number_twice_is_the_first_receipt(cast: Town, peer: dialects.Peer) -> None:
    first = actions.take_call(cast.officer, peer, [row("A1")])[1][0]
    again = actions.take_call(cast.officer, peer, [row("A1"), row("A2")])[1][0]
    assert (first.outcome, again.outcome) == ("taken", "repeated")
    assert (first.numbers, first.received_on) == (again.numbers, again.received_on)
    assert first.code and not again.code and consumers.by_code(first.code).complaint.number == first.numbers[0]
    assert actions.take_call(cast.officer, peer, [row("A1"), row("A2")])[0] in Batch.objects.all()
    assert Batch.objects.count() == 2 and Complaint.objects.count() == 2


def test_changed_words_wait_for_an_officer_and_overwrite_nothing(cast: Town, peer: dialects.Peer) -> None:
    actions.take_call(cast.officer, peer, [row("A1")])
    before = Complaint.objects.values().get()
    changed = row("A1", 投诉请求="退一赔三", 姓名="李示例")
    assert actions.take_call(cast.officer, peer, [changed])[1][0].outcome == "conflict"
    actions.take_call(cast.officer, peer, [changed, row("A2")])
    found = Conflict.objects.get()
    assert found.changed == ["name", "request"] and "退一赔三" in found.content and "李示例" not in found.content
    assert Complaint.objects.filter(filing__arrival__number="A1").values().get() == before
    assert Identity.objects.get(complaint=before["id"]).name == "王示例"
    with pytest.raises(NotFound):
        actions.decide(cast.elsewhere, found.pk, NOTED, "已阅，无需处理")
    actions.decide(cast.officer, found.pk, ADDED, "已记入调解提纲")
    with pytest.raises(AlreadyDecided):
        actions.decide(cast.colleague, found.pk, NOTED, "已阅，无需处理")
    assert Complaint.objects.filter(filing__arrival__number="A1").values().get() == before


def test_a_bad_report_keeps_nothing_of_who_reported(cast: Town, peer: dialects.Peer) -> None:
    actions.take_call(cast.officer, peer, [row("R1", 诉求类型="举报", 分送时间="昨天"), row("C1", 联系电话="")])
    report, complaint = BadRow.objects.order_by("row")
    assert "王示例" not in report.content and "10012345678" not in report.content
    assert "王示例" in complaint.content


def test_a_report_is_anonymous_unless_name_and_telephone_came(cast: Town, peer: dialects.Peer) -> None:
    actions.take_call(cast.officer, peer, [row("R1", 诉求类型="举报"), row("R2", 诉求类型="举报", 姓名="", 联系电话="")])
    named = {one.filing.arrival.number: one.named for one in Report.objects.all()}
    assert named == {"R1": True, "R2": False}


def test_results_go_back_in_their_words_and_every_difference_is_listed(cast: Town, peer: dialects.Peer) -> None:
    actions.take_call(cast.officer, peer, [row(f"A{n}") for n in range(4)] + [row("BAD", 分送时间="昨天")])
    ours = {one.number: one.numbers for one in Arrival.objects.all()}
    consumers.refuse(cast.officer, ours["A0"], "R2", "法院已受理同一争议")
    consumers.accept(cast.officer, ours["A1"], DESK)
    consumers.end(cast.officer, ours["A1"], "T3", "双方对责任认识不一致")
    told = queries.told(peer, list(queries.results(peer.code)))
    assert [(one["number"], one["word"], one["ground"]) for one in told] == [
        ("A0", "不予受理", "R2"),
        ("A1", "受理", ""),
        ("A1", "终止调解", "T3"),
    ]
    assert told[0]["ground_words"] and [one["cursor"] for one in told] == sorted(one["cursor"] for one in told)

    actions.tell_taken(cast.officer, peer, told[1]["cursor"], SHEET)
    for place in (told[0]["cursor"], told[1]["cursor"], told[2]["cursor"] + 1000):
        with pytest.raises(NothingNew):
            actions.tell_taken(cast.officer, peer, place, API)
    actions.state_sheet(
        cast.officer, peer, date(2026, 5, 18), date(2026, 5, 18), sheet(*[row(one) for one in ("A0", "A1", "A3", "LOST", "BAD")])
    )
    found = {(one.kind, one.number) for one in queries.differences(peer.code)}
    unanswered = {("unanswered", "A2"), ("unanswered", "A3")}
    assert found == {("not_here", "LOST"), ("not_there", "A2"), ("mending", "BAD"), ("not_taken", "A1"), *unanswered}


def test_a_sheet_without_a_needed_column_is_refused_whole(cast: Town, peer: dialects.Peer) -> None:
    with pytest.raises(SheetUnfit) as refused:
        actions.import_or_queue(cast.officer, peer, "a.csv", sheet({name: word for name, word in row("A1").items() if name != "分送时间"}))
    assert "分送时间" in str(refused.value.data) and not Batch.objects.exists()


def test_a_large_sheet_waits_encrypted_for_the_worker(cast: Town, peer: dialects.Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    from chengxin.consumers.exchange import tasks

    monkeypatch.setattr(actions, "AT_ONCE", 1)
    content = sheet(row("A1"), row("A2"))
    job = actions.import_or_queue(cast.officer, peer, "big.csv", content)
    assert isinstance(job, Job) and actions.import_or_queue(cast.officer, peer, "big.csv", content) == job
    path = actions.held(job.kwargs["digest"])
    assert "王示例" not in path.read_text()
    assert tasks.import_held(**job.kwargs).startswith("2 + 0 / 2") and not path.exists()
    assert Batch.objects.get().by == str(cast.officer)


@pytest.mark.one_database
def test_the_desks_pages_lead_from_import_to_differences(peer: dialects.Peer) -> None:
    cast = people.town(people.PASSWORD)
    client, stranger = Client(headers={"X-Purpose": "complaint"}), Client(headers={"X-Purpose": "complaint"})
    client.force_login(cast.users["officer"])
    stranger.force_login(cast.users["elsewhere"])
    upload = io.BytesIO(sheet(row("A1"), row("B1", 争议金额="三百")))
    upload.name = "来件.csv"
    page = client.post("/officer/complaint-exchange/", {"peer": "s12315", "file": upload}, follow=True)
    assert page.status_code == 200 and "争议金额" in page.content.decode() and "三百" in page.content.decode()
    batch = Batch.objects.get()
    mended = client.get(f"{batch.page_url}mend/")
    assert mended["Content-Type"].endswith("sheet") and len(mended.content) > 2000
    actions.take_call(cast.officer, peer, [row("A1", 投诉请求="退一赔三")])
    change = Conflict.objects.get()
    assert "退一赔三" in client.get(change.page_url).content.decode()
    assert client.post(change.page_url, {"decision": NOTED, "note": "已阅，无需处理"}).status_code == 302
    consumers.refuse(cast.officer, Arrival.objects.get().numbers, "R2", "法院已受理同一争议")
    upto = queries.told(peer, list(queries.results(peer.code)))[-1]["cursor"]
    base = "/officer/complaint-exchange/s12315"
    assert "不予受理" in client.get(f"{base}/results/?export=csv").content.decode("utf-8-sig")
    assert client.post(f"{base}/results/", {"upto": upto}).status_code == 302 and queries.taken_upto(peer.code) == upto
    upload = io.BytesIO(sheet(row("A1"), row("LOST")))
    upload.name = "a.csv"
    today = clock.today().isoformat()
    assert client.post(f"{base}/differences/", {"since": "2026-05-18", "until": today, "file": upload}).status_code == 302
    assert "LOST" in client.get(f"{base}/differences/?kind=not_here").content.decode()
    assert client.get(f"{base}/template/").status_code == 200
    for path in (
        batch.page_url,
        f"{batch.page_url}mend/",
        change.page_url,
        f"{base}/results/",
        f"{base}/differences/",
        f"{base}/template/",
    ):
        assert stranger.get(path).status_code == 404
