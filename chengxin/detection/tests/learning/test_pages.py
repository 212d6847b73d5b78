from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest

from chengxin.detection.learning import actions, booster
from chengxin.detection.learning.models import LearnedModel
from chengxin.detection.tests.learning import school
from chengxin.jobs.models import Job
from chengxin.kernel import clock
from chengxin.supervision.tests import town

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]  # on PostgreSQL tests/gates opens every page
needs_trees = pytest.mark.skipif(not booster.available(), reason="the extra `learn` is not installed")


@pytest.fixture(autouse=True)
def stopped(settings, tmp_path) -> Iterator[None]:
    settings.DATA_DIR = tmp_path
    with clock.set_to(school.NOW):
        yield


def enter(client, name: str, role: str):
    person = town.person(name, role, department="SAMR")
    client.force_login(person.user, backend="django.contrib.auth.backends.ModelBackend")
    return person


def test_without_any_verdict_the_page_says_what_is_missing(client):
    enter(client, "officer", "officer")
    page = client.get("/officer/models/").content.decode()
    for said in ("监测模型准不准", "刷单炒信", "还没有训练过模型", "太少，无法判断"):
        assert said in page, said
    one = client.get("/officer/models/detectors/brushing/").content.decode()
    assert "还没有核查结论" in one and "每台设备订单数（0.64）" in one
    assert client.get("/officer/models/detectors/nothing/").status_code == 404


def test_verdicts_stand_in_the_figures_with_their_interval_and_export(client):
    of = school.run()
    for number in range(10):
        row = school.finding(of, number, 0.5, 0.9)
        said = {"pattern": "campus"} if number > 7 else {"wrong_reasons": ["structure"]}
        school.judged(row, "confirmed" if number < 8 else "dismissed", **said)
    enter(client, "officer", "officer")
    assert "80 % [49, 94]" in client.get("/officer/models/").content.decode()
    page = client.get("/officer/models/detectors/brushing/").content.decode()
    assert "校园或单位统一收货地址" in page and "2026-11" in page
    rows = list(csv.reader(io.StringIO(client.get("/officer/models/detectors/brushing/?reasons-export=csv").content.decode("utf-8-sig"))))
    (structure,) = [row for row in rows if row[0] == "structure"]
    assert structure[2:] == ["10", "8", "8 / 10"]
    every = client.get("/officer/models/?detectors-export=csv").content.decode("utf-8-sig")
    assert "80 % [49, 94]" in every and "light parcels" not in every.splitlines()[0]


def test_without_the_library_the_page_says_how_to_get_it(client, monkeypatch):
    enter(client, "officer", "officer")
    monkeypatch.setattr("chengxin.detection.learning.booster.find_spec", lambda name: None)
    page = client.get("/officer/models/").content.decode()
    assert "chengxin[learn]" in page and "立即训练" not in page


@needs_trees
def test_two_heads_bring_a_model_into_use_on_the_pages(client):
    school.taught()
    enter(client, "one", "head")
    answer = client.post("/officer/models/train/")
    assert answer.status_code == 302 and Job.objects.filter(target="chengxin.detection.learning.tasks:train").exists()
    record = actions.train("system:test")
    page = client.get(record.page_url).content.decode()
    assert record.sha256 in page and "提请启用" in page and "本模型" in page
    client.post(f"{record.page_url}propose/")
    assert "正式启用" not in client.get(record.page_url).content.decode()
    assert client.post(f"{record.page_url}use/").status_code == 409
    enter(client, "two", "head")
    client.post(f"{record.page_url}use/")
    assert LearnedModel.objects.get().state == "in_use"
    client.post(f"{record.page_url}retire/")
    assert LearnedModel.objects.get().state == "retired"
