"""A web capture: what the page shows is in it, nothing inside the network is reached, no script runs, and a changed byte is found."""

from __future__ import annotations

import gzip
import io
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from warcio.archiveiterator import ArchiveIterator

from chengxin.documents.tests.people import ON, Desk, at, desk
from chengxin.evidence import actions, manifests, warc
from chengxin.evidence.errors import CaptureRefused
from chengxin.evidence.fetching import is_public
from chengxin.evidence.models import Exhibit
from chengxin.kernel import jail, vault

PIXEL = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000")
PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>店铺</title><base href="/">
<link rel="stylesheet" href="style.css"><script src="spy.js"></script><meta http-equiv="refresh" content="0;url=http://elsewhere.example/">
</head><body onload="steal()"><h1>仅此一天 &lt;三折&gt;</h1><img src="pic.png" onerror="steal()"><img src="http://lost.example/none.png">
<a href="javascript:steal()">进店</a><form action="/pay"><input name="card" value="1"></form><iframe src="/inner"></iframe>
<script>steal()</script><style>b{background:url(pic.png)}</style></body></html>"""
FILES = {
    "/shop": ("text/html; charset=utf-8", PAGE.encode()),
    "/style.css": ("text/css", b"h1{background:url('/pic.png')} @import '/more.css';"),
    "/more.css": ("text/css", b"p{color:red}"),
    "/pic.png": ("image/png", PIXEL),
    "/spy.js": ("application/javascript", b"steal()"),
}


class Shop(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/shop")
            self.end_headers()
            return
        if self.path == "/inward":
            self.send_response(302)
            self.send_header("Location", "ftp://internal/")
            self.end_headers()
            return
        kind, body = FILES.get(self.path, ("text/plain", b"none"))
        body = b"x" * (9 * 1024 * 1024) if self.path == "/huge" else body
        self.send_response(200 if self.path in FILES or self.path == "/huge" else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Quiet."""


@pytest.fixture(scope="module")
def shop():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def cast(db) -> Desk:
    return desk()


def test_a_capture_holds_the_page_and_what_it_shows_and_its_replay_does_nothing(cast, shop, settings):
    settings.CAPTURE_PRIVATE = True
    one = actions.capture(cast.officer, cast.matter, "SAMR", f"{shop}/moved")
    urls = [row["url"].removeprefix(shop) for row in one.manifest]
    assert urls[:2] == ["/moved", "/shop"]
    assert {"/style.css", "/more.css", "/pic.png", "/spy.js", "http://lost.example/none.png"} == set(urls[2:])
    assert [row["url"] for row in one.manifest if "error" in row] == ["http://lost.example/none.png"]
    _, data = actions.read(cast.officer, one.pk, "核对")
    kinds = [record.rec_type for record in ArchiveIterator(io.BytesIO(data))]
    assert (kinds[0], kinds.count("response"), kinds.count("request")) == ("warcinfo", 6, 6)
    assert manifests.faults(one) == []
    page = jail.run("chengxin.evidence.warc:page", data)
    assert "仅此一天 &lt;三折&gt;" in page
    assert page.count("data:image/png;base64") == 3
    for trap in ("<script", "steal", "onload", "onerror", "href=", "<iframe", "<form", "http-equiv", "http://", "url(pic"):
        assert trap not in page, trap


def test_nothing_inside_the_network_is_reached(cast, shop):
    """With the setting as it is on a server."""
    for url in (
        f"{shop}/shop",
        "http://localhost/",
        "http://169.254.169.254/latest/",
        "http://[::1]/",
        "http://10.0.0.1/",
        "file:///etc/passwd",
    ):
        with pytest.raises(CaptureRefused):
            actions.capture(cast.officer, cast.matter, "SAMR", url)
    assert Exhibit.objects.count() == 0


def test_the_twin_with_the_guard_off_the_inside_is_reached(cast, shop, settings):
    settings.CAPTURE_PRIVATE = True
    assert actions.capture(cast.officer, cast.matter, "SAMR", f"{shop}/pic.png").manifest[0]["status"] == 200


@pytest.mark.one_database
@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fc00::1",
        "::ffff:127.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "::",
    ],
)
def test_private_addresses_are_known_in_every_form(address):
    assert not is_public(address)


@pytest.mark.one_database
def test_public_addresses_pass():
    assert is_public("223.5.5.5")
    assert is_public("2400:3200::1")


def test_a_page_that_is_too_large_or_leads_astray_is_refused_with_the_reason(cast, shop, settings):
    settings.CAPTURE_PRIVATE = True
    with pytest.raises(CaptureRefused) as refused:
        actions.capture(cast.officer, cast.matter, "SAMR", f"{shop}/huge")
    assert "larger" in refused.value.data["reason_en"]
    with pytest.raises(CaptureRefused):
        actions.capture(cast.officer, cast.matter, "SAMR", f"{shop}/inward")


def test_a_changed_byte_is_found_and_named(cast, shop, settings):
    settings.CAPTURE_PRIVATE = True
    one = actions.capture(cast.officer, cast.matter, "SAMR", f"{shop}/shop")
    data = vault.read("evidence", str(one.pk))
    plain = gzip.decompress(data)
    place = plain.index("仅此一天".encode())
    vault.keep("evidence", str(one.pk), plain[:place] + b"X" + plain[place + 1 :])
    found = dict(manifests.faults(one))
    assert found["record"] == f"{shop}/shop"
    assert "hash" in found
    path = vault.path_of("evidence", str(one.pk))
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    assert ("file", "") in manifests.faults(one)


def test_a_changed_manifest_is_found(cast, shop, settings):
    settings.CAPTURE_PRIVATE = True
    one = actions.capture(cast.officer, cast.matter, "SAMR", f"{shop}/pic.png")
    one.manifest[0]["status"] = 404
    assert [fault for fault, _ in manifests.faults(one)] == ["chain"]
    one.manifest = manifests.chained(one.manifest)
    assert [fault for fault, _ in manifests.faults(one)] == ["log"]


@pytest.mark.one_database
@pytest.mark.parametrize(
    "trap",
    [
        "<svg onload=steal()>",
        "<img src=x onerror=steal()>",
        "<a href=javascript:steal()>x</a>",
        "<style></style><script>steal()</script>",
        "<script>steal()",
        "<math><mtext><script>steal()</script></mtext></math>",
        "<base href=//x.example/><img src=a>",
        "<style>@import '//x.example/a.css';b{background:url(//x.example/steal)}</style>",
        "<object data=steal></object>",
        "<svg><rect fill='url(//x.example/steal)'/><use href='//x.example/steal#a'/></svg>",
        "<p style='background:url(//x.example/steal)'>",
        "<input type=image src=//x.example/steal>",
        "<meta http-equiv=refresh content='0;url=//x.example/steal'>",
    ],
)
def test_no_trap_survives_the_replay(trap):
    replay = warc._Replay([], "http://shop.example/")
    replay.feed(trap)
    replay.close()
    made = "".join(replay.made)
    assert "steal" not in made
    assert "x.example" not in made


def extraction(**changes):
    given = {
        "began_at": at(9, 30),
        "ended_at": at(9, 45),
        "place": "示例市市场监督管理局电子取证室",
        "checked": "云岭山货有限公司",
        "extracted_by": "王立",
        "officers": ["王立", "李青"],
        "certificates": ["示230001", "示230002"],
        "medium": "互联网网页，服务器所在地不详",
        "medium_state": "网页公开可访问",
        "method": "以取证程序访问网页并保存为WARC文件",
        "process": "输入网址，保存网页及其图片、样式",
        "data_content": "店铺首页",
    }
    return {**given, **changes}


def test_the_record_of_extraction_carries_the_hash_and_the_log_entry(cast, monkeypatch):
    one = actions.keep(cast.officer, cast.matter, "SAMR", "4", "首页截图", PIXEL, content_type="image/png", about={})
    paper = actions.record_extraction(cast.officer, one.pk, extraction(), on=ON)
    said = json.loads(paper.values)
    assert said["integrity"] == f"SHA-256：{one.sha256}"
    assert (said["log_leaf"], said["files"][0]["sha256"]) == (str(one.leaf), one.sha256)
    assert [row.document for row in one.papers.all()] == [paper]


def test_a_sample_has_its_record_its_seal_and_its_custody(cast):
    values = {
        "party": "云岭山货有限公司",
        "began_at": at(10),
        "place": "示例市示例路18号仓库",
        "sample_number": "S1",
        "sample_name": "山核桃",
        "quantity": "2袋",
        "sampling_method": "随机抽取",
        "seal_number": "F0001",
        "sealed_state": "封条完好",
        "kept_at": "检验机构样品室",
        "officers": ["王立", "李青"],
        "certificates": ["示230001", "示230002"],
    }
    one = actions.take_sample(cast.officer, cast.matter, "SAMR", values, on=ON)
    assert (one.kind, one.title) == ("2", "山核桃（S1）")
    link = actions.hand_over(cast.officer, one.pk, cast.users["reviewer"], "送检", "F0001 完好")
    assert [(row.place, row.seal) for row in one.custody.all()] == [(1, "F0001 封条完好"), (2, "F0001 完好")]
    assert link.hash != one.custody.get(place=1).hash
    assert manifests.faults(one) == []
    assert one.papers.get().document.form == "penalty_29"
