"""An exhibit: hashed and logged when it is taken, kept encrypted, handed from hand to hand in a chain nobody can edit."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile

import pytest
from django.db import DatabaseError, transaction

from chengxin.audit import protection
from chengxin.audit.models import Leaf
from chengxin.documents.tests.people import Desk, desk
from chengxin.evidence import actions, manifests, queries, sniffing
from chengxin.evidence.errors import EmptyFile, NotHolder, SameHolder, TooLarge, TypeUnlike
from chengxin.evidence.models import Custody, Exhibit
from chengxin.kernel import vault
from chengxin.kernel.errors import NotFound
from chengxin.kernel.jail import FileTooHard

PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture
def cast(db) -> Desk:
    return desk()


def keep(cast: Desk, data: bytes = PICTURE) -> Exhibit:
    about = {"place": "示例市", "how": "手机拍摄"}
    return actions.keep(cast.officer, cast.matter, "SAMR", "4", "店铺首页截图", data, content_type="image/png", about=about)


def test_its_hash_is_in_the_log_the_moment_it_is_taken(cast):
    one = keep(cast)
    leaf = Leaf.objects.get(index=one.leaf)
    said = json.loads(leaf.body)
    assert (said["action"], said["data"]["sha256"]) == ("evidence.exhibit.kept", hashlib.sha256(PICTURE).hexdigest())
    assert one.sha256 == said["data"]["sha256"]
    assert "示例市" not in leaf.body
    assert actions.read(cast.reviewer, one.pk, "复核证据")[1] == PICTURE
    assert b"PNG" not in vault.path_of("evidence", str(one.pk)).read_bytes()


def test_nothing_and_too_much_are_refused_with_the_reason(cast, monkeypatch):
    with pytest.raises(EmptyFile):
        keep(cast, b"")
    monkeypatch.setattr(actions, "MOST_BYTES", 1024 * 1024)
    with pytest.raises(TooLarge) as refused:
        keep(cast, b"\x89PNG\r\n\x1a\n" + b"\0" * (1024 * 1024))
    assert refused.value.data == {"most": 1, "size": 2}
    assert Exhibit.objects.count() == 0


def test_only_the_holder_hands_it_over_and_only_to_whose_matter_it_is(cast):
    one = keep(cast)
    with pytest.raises(NotHolder):
        actions.hand_over(cast.reviewer, one.pk, cast.users["reviewer"], "审核")
    with pytest.raises(SameHolder):
        actions.hand_over(cast.officer, one.pk, cast.users["officer"], "自留")
    with pytest.raises(NotFound):
        actions.hand_over(cast.officer, one.pk, cast.users["elsewhere"], "移交")
    actions.hand_over(cast.officer, one.pk, cast.users["reviewer"], "送审")
    assert queries.holder(one).to_actor == str(cast.reviewer)
    with pytest.raises(NotHolder):
        actions.hand_over(cast.officer, one.pk, cast.users["reviewer"], "再送")


def test_the_chain_of_custody_is_not_edited(cast):
    one = keep(cast)
    actions.hand_over(cast.officer, one.pk, cast.users["reviewer"], "送审")
    with pytest.raises(DatabaseError), transaction.atomic():
        Custody.objects.filter(exhibit=one, place=1).update(to_name="别人")
    with pytest.raises(DatabaseError), transaction.atomic():
        Custody.objects.filter(exhibit=one).delete()


def test_a_superuser_who_rewrites_the_custody_or_removes_an_exhibit_is_found(cast):
    one, other = keep(cast), keep(cast)
    actions.hand_over(cast.officer, one.pk, cast.users["reviewer"], "送审")
    assert manifests.check_exhibits() == []
    with protection.lifted():
        Custody.objects.filter(exhibit=one, place=2).delete()
        Custody.objects.filter(exhibit=other).delete()
        Exhibit.objects.filter(pk=other.pk).delete()
    found = "\n".join(manifests.check_exhibits())
    assert f"{one.number}: 证据校验不符" in found
    assert f"evidence.exhibit:{other.pk}" in found


def test_strangers_do_not_see_it(cast):
    one = keep(cast)
    for stranger in (cast.elsewhere, cast.merchant):
        with pytest.raises(NotFound):
            actions.read(stranger, one.pk, "好奇")
        with pytest.raises(NotFound):
            queries.of(stranger, cast.matter)
    assert list(queries.of(cast.officer, cast.matter)) == [one]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("data", "stated"),
    [
        (PICTURE, "image/jpeg"),
        (b"%PDF-1.7 x", "image/png"),
        (b"MZ\0\0", "image/png"),
        (b"<script>", "image/png"),
        (PICTURE, "text/html"),
    ],
)
def test_a_file_that_is_not_what_it_is_said_to_be_is_refused(data, stated):
    with pytest.raises(TypeUnlike):
        sniffing.check(data, stated)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("data", "stated", "kept"),
    [
        (PICTURE, "image/png", "image/png"),
        (PICTURE, "application/octet-stream", "image/png"),
        ("聊天记录".encode(), "text/plain", "text/plain"),
        ("聊天记录".encode("gb18030"), "text/plain; charset=gbk", "text/plain"),
        (b'{"a": 1}', "application/json", "application/json"),
        (b"\0\0\0\x18ftypmp42", "video/mp4", "video/mp4"),
    ],
)
def test_what_it_is_said_to_be_is_kept_when_its_bytes_agree(data, stated, kept):
    assert sniffing.check(data, stated) == kept


@pytest.mark.one_database
def test_an_archive_that_unfolds_without_end_is_refused_in_the_jail():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"\0" * 8_000_000)
    small = out.getvalue()
    assert sniffing.check(small, "application/zip") == "application/zip"
    huge = small.replace((8_000_000).to_bytes(4, "little"), (4_000_000_000).to_bytes(4, "little"))  # it lies about its size
    with pytest.raises(FileTooHard):
        sniffing.check(huge, "application/zip")
    with pytest.raises(FileTooHard):
        sniffing.check(b"PK\x03\x04 broken", "application/zip")
