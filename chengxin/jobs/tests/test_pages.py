"""One sees one's own jobs; a stranger's job looks like none; what was given up is the system administrator's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from chengxin import jobs
from chengxin.jobs import outbox, worker
from chengxin.jobs.models import Job, Outbox
from chengxin.jobs.tests import door, roads
from chengxin.kernel import clock

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]  # on PostgreSQL tests/gates opens every page
Enter = Callable[..., None]


@pytest.fixture
def enter(settings: Any) -> Iterator[Enter]:
    settings.CHENGXIN_ACCESS = "chengxin.jobs.tests.door"
    settings.CHENGXIN_ROAD = "chengxin.jobs.tests.roads.ROAD"

    def somebody(name: str, *roles: str) -> None:
        door.here[0] = door.Somebody(name, frozenset(roles))

    somebody("")
    yield somebody
    somebody("")


@pytest.fixture
def job(enter: Enter) -> Job:
    return jobs.enqueue("chengxin.jobs.tests.roads:plain", title={"zh": "加一", "en": "Add one"}, owner="user:1", x=1)


def test_the_owner_follows_a_job_to_its_end(client: Client, enter: Enter, job: Job) -> None:
    enter("user:1")
    Job.objects.update(done=3, total=10, note="三")
    page = client.get(f"/jobs/{job.id}/").content.decode()
    assert "加一" in page
    assert 'value="30"' in page
    assert client.get(f"/jobs/{job.id}/progress.json").json()["percent"] == 30
    worker.run_once()
    assert client.get(f"/jobs/{job.id}/progress.json").json()["finished"] is True
    assert "job.js" not in client.get(f"/jobs/{job.id}/").content.decode()
    assert "加一" in client.get("/jobs/").content.decode()


def bare(answer: Any) -> str:
    """An answer without the job's number and the form token, which are new each time."""
    token = r'name="csrfmiddlewaretoken" value="[^"]+"'
    return re.sub(f"{token}|[0-9a-f]{{8}}-[0-9a-f-]{{27}}", "", answer.content.decode())


def test_a_strangers_job_and_a_missing_one_look_the_same(client: Client, enter: Enter, job: Job) -> None:
    enter("user:2")
    for path in ("", "progress.json"):
        foreign = client.get(f"/jobs/{job.id}/{path}")
        missing = client.get(f"/jobs/{'0' * 8}-0000-7000-8000-{'0' * 12}/{path}")
        assert foreign.status_code == missing.status_code == 404
        assert bare(foreign) == bare(missing)
    assert "加一" not in client.get("/jobs/").content.decode()


def test_nobody_is_sent_to_the_sign_in_page(client: Client, enter: Enter, job: Job) -> None:
    assert client.get(f"/jobs/{job.id}/").status_code == 302
    assert client.get("/jobs/given-up/").status_code == 302


def test_only_the_system_administrator_sees_and_retries_what_was_given_up(client: Client, enter: Enter, job: Job) -> None:
    Job.objects.update(state=Job.State.FAILED, error="Traceback: secret", finished_at=clock.now())
    roads.broken.add("first")
    with transaction.atomic():
        row = outbox.emit(roads.HAPPENED)
    for attempt in range(outbox.MOST_ATTEMPTS):
        with clock.set_to(clock.now() + timedelta(hours=2 * (attempt + 1))):
            outbox.deliver_due()
    roads.broken.clear()
    enter("user:1", "officer")
    assert "secret" not in client.get(f"/jobs/{job.id}/").content.decode()
    assert client.get("/jobs/given-up/").status_code == 403
    assert client.post(f"/jobs/{job.id}/retry/").status_code == 403
    enter("user:9", "sysadmin")
    page = client.get("/jobs/given-up/").content.decode()
    assert "first is broken" in page
    assert "加一" in page
    assert client.get(f"/jobs/{job.id}/retry/").status_code == 405
    assert client.post(f"/jobs/{job.id}/retry/").status_code == 302
    assert client.post(f"/jobs/given-up/events/{row.id}/retry/").status_code == 302
    assert Outbox.objects.get(id=row.id).state == "waiting"
    assert Job.objects.get(id=job.id).state == "waiting"


def test_the_page_speaks_english_when_the_reader_chose_it(client: Client, enter: Enter, job: Job, settings: Any) -> None:
    enter("user:1")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get(f"/jobs/{job.id}/").content.decode()
    assert "Add one" in page
    assert "Asked for at" in page
