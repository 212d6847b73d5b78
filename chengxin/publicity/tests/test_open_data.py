"""The open data: what goes out is whole and provable, what is wrong stops, what ended is served by nothing."""

from __future__ import annotations

import csv
import hashlib
import io
import json

import duckdb
import pytest

from chengxin.audit import verify
from chengxin.publicity import checks, editions, files, reviews
from chengxin.publicity.datasets import catalogue
from chengxin.publicity.errors import BeingCleared
from chengxin.publicity.models import OUT, STOPPED, Review
from chengxin.records import actions as credit
from chengxin.records.tests import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def data(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def cast(data):
    return people.town()


def rows(name):
    path, _mime = editions.served(name)
    return duckdb.sql(f"SELECT * FROM '{path}'").fetchall()


def test_an_edition_loads_in_duckdb_in_all_formats_and_says_the_same(cast):
    record = people.put(cast, summary="=HYPERLINK(1) 虚构交易 312 单")
    assert editions.publish().outcome == OUT
    (parquet,), (plain,), (lines,) = rows("records.parquet"), rows("records.csv"), rows("records.jsonl")
    assert parquet[0] == lines[0] == plain[0] == record.number
    names = catalogue()["records"].names
    assert parquet[names.index("summary")] == "=HYPERLINK(1) 虚构交易 312 单"
    assert plain[names.index("summary")].startswith("'=")
    text = editions.served("subjects.csv")[0].read_text()
    assert next(csv.DictReader(io.StringIO(text)))["uscc"] == cast.subject.uscc


def test_the_manifest_is_signed_bound_into_the_log_and_names_every_file(cast, tmp_path):
    record = people.put(cast)
    edition = editions.publish()
    (tmp_path / "receipt.json").write_text(json.dumps(edition.receipt))
    assert verify.verify_file(tmp_path / "receipt.json").good
    manifest = json.loads(edition.receipt["document"])
    described = [one for dataset in manifest["datasets"] for one in dataset["files"]] + manifest["files"]
    for one in described:
        assert hashlib.sha256(editions.served(one["name"])[0].read_bytes()).hexdigest() == one["sha256"]
    (proof,) = [json.loads(line) for line in editions.served(files.PROOFS)[0].read_text().splitlines()]
    assert (proof["id"], proof["leaf"]["index"]) == (record.number, record.leaf)
    (tmp_path / "leaf.json").write_text(json.dumps(proof))
    assert verify.verify_file(tmp_path / "leaf.json").good


def test_a_withdrawn_record_is_not_served_even_before_the_job_and_is_told_by_number_alone(cast, django_capture_on_commit_callbacks):
    record = people.put(cast)
    first = editions.publish()
    made = credit.propose_withdrawal(cast.officer, record.pk, "决定已撤销", "示市监撤〔2026〕1号")
    credit.confirm(cast.reviewer, made.pk)
    for name in ("records.csv", "records.jsonl", "records.parquet", files.ENTITIES, files.PROOFS):
        with pytest.raises(BeingCleared):
            editions.served(name)
    assert editions.served("subjects.csv")
    with django_capture_on_commit_callbacks(execute=True):
        second = editions.clear()
    assert second.number != first.number and rows("records.parquet") == []
    assert not (editions.home() / first.number).exists()
    assert editions.removals() == [{"dataset": "records", "id": record.number, "day": second.day.isoformat(), "edition": second.number}]
    assert editions.clear() is None


def test_without_its_files_an_edition_is_made_anew_and_nothing_breaks(client, cast):
    import shutil

    people.put(cast)
    first = editions.publish()
    shutil.rmtree(editions.home() / first.number)
    assert client.get("/data/files/records.csv").status_code == 503 and client.get("/data/").status_code == 200
    assert editions.clear().outcome == OUT and client.get("/data/files/records.csv").status_code == 200


def test_without_the_look_at_what_ended_the_old_file_would_be_served(cast, monkeypatch):
    record = people.put(cast)
    editions.publish()
    made = credit.propose_withdrawal(cast.officer, record.pk, "决定已撤销", "示市监撤〔2026〕1号")
    credit.confirm(cast.reviewer, made.pk)
    monkeypatch.setattr(editions, "lacking", lambda edition: {})
    assert [row[0] for row in rows("records.parquet")] == [record.number]


def test_a_text_that_looks_personal_stops_the_edition_until_a_named_human_has_looked(cast):
    record = people.put(cast)
    good = editions.publish()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("chengxin.publicity.datasets._record", _with("联系电话 13800138000"))
        stopped = editions.publish()
        assert (stopped.outcome, stopped.faults[0]["check"], stopped.faults[0]["keys"]) == (STOPPED, "redaction", [record.number])
        assert editions.current() == good
        review = Review.objects.get()
        assert review.state == "CANDIDATE" and editions.publish().outcome == OUT and rows("records.parquet") == []
        reviews.take(cast.officer, review.pk)
        reviews.decide(cast.head, review.pk, True, "是机关公开的热线")
        assert editions.publish().outcome == OUT and len(rows("records.parquet")) == 1


def _with(text):
    from chengxin.publicity import datasets

    made, place = datasets._record, catalogue()["records"].names.index("summary")

    def read(line, day):
        row = list(made(line, day))
        row[place] = text
        return tuple(row)

    return read


@pytest.mark.parametrize(
    "changed, check",
    [
        ({"key": "'A'"}, "unique"),
        ({"valid_until": "DATE '2020-01-01'"}, "expired"),
        ({"uscc": "'91230499MA0000000X'"}, "uscc"),
        ({"uscc": "'9123'"}, "uscc"),
        ({"more": "1"}, "fields"),
    ],
)
@pytest.mark.one_database
def test_an_assertion_that_fails_is_named(tmp_path, changed, check):
    made = {"key": "'A' || n", "uscc": "'91230499MA00000000'", "valid_until": "DATE '2999-01-01'", **changed}
    given = {**dict.fromkeys(catalogue()["subjects"].names, "''"), **{"verified_on": "DATE '2026-01-01'"}, **made}
    given["uscc"] = made["uscc"] if check == "uscc" else "''"
    chosen = ", ".join(f"{value} AS {name}" for name, value in given.items())
    path = tmp_path / "subjects.parquet"
    duckdb.sql(f"COPY (SELECT {chosen} FROM range(2) AS one(n)) TO '{path}'")
    from chengxin.kernel import clock

    assert [one.check for one in checks.check(catalogue()["subjects"], path, clock.today())] == [check]


@pytest.mark.one_database
def test_rows_gone_without_a_reason_stop_the_set_only_when_they_are_many():
    from chengxin.kernel import clock

    dataset, day = catalogue()["subjects"], clock.today()
    assert not checks.check_drop(dataset, 1000, 20, day) and not checks.check_drop(dataset, 1000, 50, day)
    assert [one.check for one in checks.check_drop(dataset, 1000, 51, day)] == ["dropped"]


def test_who_holds_an_item_does_not_release_it(cast):
    from chengxin.publicity.errors import NotYours
    from chengxin.workflow.errors import StepNotAllowed

    record = people.put(cast)
    review = reviews.hold(cast.head, "records", record.number, "疑涉商业秘密")
    with pytest.raises(StepNotAllowed):
        reviews.hold(cast.officer, "records", record.number, "再次暂停")
    reviews.take(cast.officer, review.pk)
    with pytest.raises(NotYours):
        reviews.decide(cast.head, review.pk, True, "可以公示")
    reviews.decide(cast.reviewer, review.pk, True, "可以公示")
    with pytest.raises(StepNotAllowed):
        reviews.decide(cast.reviewer, review.pk, True, "可以公示")
    assert reviews.held("records") == frozenset()


def test_the_entities_are_valid_followthemoney(cast):
    model = pytest.importorskip("followthemoney", reason="followthemoney is not installed").model
    people.put(cast)
    editions.publish()
    entities = [json.loads(line) for line in editions.served(files.ENTITIES)[0].read_text().splitlines()]
    assert sorted(one["schema"] for one in entities) == ["Company", "Sanction"]
    for given in entities:
        read = model.get_proxy(given)
        read.schema.validate({"properties": given["properties"]})
        assert set(read.to_dict()["properties"]) == set(given["properties"])
