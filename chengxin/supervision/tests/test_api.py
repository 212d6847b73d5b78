from __future__ import annotations

import pytest

from chengxin.supervision import actions
from chengxin.supervision.tests import town

pytestmark = pytest.mark.django_db


@pytest.fixture
def clue():
    (made,) = actions.open_from_findings(*town.run_with([town.ring_town(shops=2, accounts=4)[1]]))
    return made


def sign_in(client, name, role, **scope):
    client.force_login(town.person(name, role, **scope).user, backend="django.contrib.auth.backends.ModelBackend")


def test_an_officer_reads_the_queue_and_a_clue(client, clue):
    sign_in(client, "officer", "officer", department="SAMR")
    (line,) = client.get("/api/v1/clues?colour=green").json()
    assert line["number"] == clue.number
    whole = client.get(f"/api/v1/clues/{clue.number}").json()
    assert whole["accounts"] == 4 and whole["evidence_root"] == clue.evidence_root and len(whole["reasons"]) == 6


def test_nobody_and_other_roles_are_refused(client, clue):
    assert client.get("/api/v1/clues").status_code == 401
    sign_in(client, "leader", "leader")
    assert client.get("/api/v1/clues").status_code == 403


def test_another_departments_clue_is_not_found(client, clue):
    sign_in(client, "post", "officer", department="POST")
    foreign, missing = client.get(f"/api/v1/clues/{clue.number}"), client.get("/api/v1/clues/CL0")
    assert foreign.status_code == missing.status_code == 404 and foreign.json() == missing.json()


@pytest.mark.parametrize("query", ["colour=blue", "offset=-1", "offset=x", "state=" + "x" * 40])
def test_bad_input_is_named(client, clue, query):
    sign_in(client, "officer", "officer", department="SAMR")
    assert client.get(f"/api/v1/clues?{query}").status_code == 422
