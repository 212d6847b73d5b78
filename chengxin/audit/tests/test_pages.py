"""The log in the open: pages for people and answers for machines, and none of them holds a personal part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chengxin.audit import actions, merkle, note, queries, tree, verify
from chengxin.audit.models import Leaf
from chengxin.jobs.tests import door

pytestmark = pytest.mark.one_database  # on PostgreSQL tests/gates opens every page

Write = Callable[[int], None]
API = "/api/v1/log"


@pytest.fixture
def secret(write: Write) -> int:
    write(4)
    with transaction.atomic():
        leaf = actions.record("audit.test.filed", actor="user:1", object="audit.test:p", data={}, personal={"name": "王秘密"})
    write(2)
    actions.sign_head()
    return leaf.index


def test_a_machine_gets_the_head_and_checks_its_signature(client: Client, secret: int) -> None:
    head = client.get(f"{API}/head").json()
    assert head["size"] == 7
    assert note.signed_by_log(head["note"], [bytes.fromhex(head["key"])])
    assert note.read(head["note"]).root.hex() == head["root"]


def test_a_machine_gets_a_leaf_and_a_proof_that_the_verifiers_accept(client: Client, secret: int) -> None:
    leaf = client.get(f"{API}/leaves/{secret}").json()
    assert merkle.leaf_hash(leaf["body"].encode(), leaf["hash_name"]).hex() == leaf["hash"]
    assert verify.verify(client.get(f"{API}/leaves/{secret}/proof").content, queries.public_key()).good


def test_a_machine_gets_consistency_between_two_sizes(client: Client, secret: int) -> None:
    answer = client.get(f"{API}/consistency?old=3&new=7").json()
    proof = [bytes.fromhex(step) for step in answer["proof"]]
    assert merkle.consistency_holds(3, 7, queries.root_at(3), queries.root_at(7), proof)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/leaves/7", 404),
        ("/leaves/7/proof", 404),
        ("/leaves/-1", 422),
        ("/leaves/99999999999999999999", 422),
        ("/leaves/x", 422),
        ("/consistency?old=3&new=8", 404),
        ("/consistency?old=5&new=3", 404),
        ("/consistency?old=0&new=3", 422),
        ("/consistency", 422),
        ("/heads?limit=0", 422),
    ],
)
def test_what_is_not_there_is_a_clear_problem(client: Client, secret: int, path: str, status: int) -> None:
    answer = client.get(API + path)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_kept_heads_are_listed(client: Client, secret: int) -> None:
    assert [one["size"] for one in client.get(f"{API}/heads").json()] == [7]


def test_pages_show_the_log_in_both_languages_and_no_personal_part(client: Client, secret: int, settings: Any) -> None:
    paths = ["/log/", f"/log/{secret}/", "/verify/", "/verify/verify_chengxin.py", f"{API}/leaves/{secret}", f"{API}/heads"]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200
        text = b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode()
        assert "王秘密" not in text
    assert "公开日志" in client.get("/log/").content.decode()
    assert "核验记录" in client.get("/verify/").content.decode()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert "Public log" in client.get("/log/").content.decode()
    assert client.get("/log/999/").status_code == 404


def test_a_subject_sees_who_has_looked_and_not_who_looked_at_others(client: Client, write: Write, settings: Any) -> None:
    with transaction.atomic():
        actions.record_read("user:7", "subjects.subject:s1", ["phone"], "complaint 12")
        actions.record_read("user:8", "subjects.subject:s2", ["name"], "another matter")
    assert client.get("/log/reads/").status_code == 302
    settings.CHENGXIN_ACCESS = "chengxin.jobs.tests.door"
    door.here[0] = door.Somebody("user:1", frozenset({"merchant"}), frozenset({"s1"}))
    try:
        page = client.get("/log/reads/").content.decode()
    finally:
        door.here[0] = door.Somebody()
    assert "complaint 12" in page
    assert "another matter" not in page


def test_a_missing_leaf_costs_no_more_than_the_answer(client: Client, write: Write) -> None:
    assert client.get(f"{API}/leaves/0/proof").status_code == 404
    assert client.get(f"{API}/head").json()["size"] == 0
    assert tree.tip()[0].size == 0


@pytest.mark.parametrize("order", ["-index", "index"])
@pytest.mark.parametrize(("start", "stop"), [(0, 3), (3, 6), (6, 99), (50, 60), (0, 0)])
def test_a_page_of_the_whole_log_is_the_range_that_counting_rows_gives(write: Write, order: str, start: int, stop: int) -> None:
    write(7)
    rows = queries.latest().order_by(order, "pk")
    assert rows.count() == 7
    assert [one.index for one in rows[start:stop]] == [one.index for one in Leaf.objects.order_by(order)[start:stop]]


def test_a_page_of_the_whole_log_is_no_walk_over_what_lies_before(write: Write) -> None:
    write(3)
    with CaptureQueriesContext(connection) as asked:
        list(queries.latest().order_by("-index", "pk")[1:2])
    assert not any("OFFSET" in query["sql"] or "COUNT" in query["sql"] for query in asked.captured_queries)


def test_of_one_object_only_its_own_are_counted(write: Write) -> None:
    write(3)
    some = queries.latest().filter(object=queries.latest()[0:1].get().object)
    assert some.count() == len(list(some[0:10]))
