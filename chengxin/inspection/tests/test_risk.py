"""Risk classes: explained, corrected by two people, never of a person, never outside; warnings that end by themselves; the chain."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from chengxin.inspection import actions, catalogue, queries
from chengxin.inspection.actions import risk
from chengxin.inspection.errors import AlreadyDone, SamePerson, WarningWrong
from chengxin.inspection.models import Assessment
from chengxin.inspection.tests import people
from chengxin.inspection.tests.people import DAY, at
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.records.tests import people as credit
from chengxin.subjects.models import Subject

pytestmark = pytest.mark.django_db
NEXT = date(2026, 12, 1)


@pytest.fixture
def cast(settings):
    settings.SECOND_FACTOR = False
    with clock.set_to(at(DAY)):
        yield people.town()


def put(cast, subject, **changes):
    from chengxin.records import actions as records

    made = records.propose_record(cast["samr1"], subject.pk, "SAMR", credit.penalty(**changes))
    return records.confirm(cast["reviewer"], made.pk).made


def test_a_class_is_a_sum_that_can_be_read(cast):
    put(cast, cast.subjects[0], document_number="1", decided_on=date(2026, 11, 2))
    put(cast, cast.subjects[0], document_number="2", decided_on=date(2026, 11, 3))
    put(cast, cast.subjects[0], document_number="3", decided_on=date(2025, 11, 3))  # longer ago than the model looks
    assert actions.assess(cast["samr1"], NEXT) == 12
    assert actions.assess(cast["samr1"], NEXT) == 0
    found = Assessment.objects.get(subject=cast.subjects[0], month=NEXT)
    assert found.reasons == [{"factor": "ordinary_record", "count": 2, "points": 30}]
    assert (found.points, found.risk_class, queries.classes(cast.subjects)[cast.subjects[0].pk]) == (30, "C", "C")
    assert Assessment.objects.get(subject=cast.subjects[1], month=NEXT).risk_class == "A"


@pytest.mark.one_database
def test_factors_are_capped_and_classes_cover_every_sum():
    model = catalogue.risk_model(DAY)
    factors = {one.code: one for one in model.factors}
    assert (factors["complaint"].of(3), factors["complaint"].of(99), factors["check_passed"].of(9)) == (6, 20, -15)
    assert [model.class_of(points) for points in (-45, 9, 10, 29, 30, 59, 60, 500)] == list("AABBCCDD")


def test_a_withdrawn_record_does_not_count(cast):
    from chengxin.records import actions as records

    record = put(cast, cast.subjects[0], decided_on=date(2026, 11, 2))
    made = records.propose_withdrawal(cast["samr1"], record.pk, "决定已被撤销", "1")
    records.confirm(cast["reviewer"], made.pk)
    assert risk.count(catalogue.risk_model(NEXT), NEXT)["ordinary_record"] == {}


def test_no_natural_person_has_a_class(cast):
    now = clock.now()
    made = {"created_at": now, "updated_at": now, "created_by": "system:test"}
    person = Subject.objects.create(kind="6", name="王**", division="230499", **made)
    assert actions.assess(cast["samr1"], NEXT) == 12
    assert not Assessment.objects.filter(subject=person).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Assessment.objects.create(subject=person, kind="6", month=NEXT, risk_class="A", points=0, reasons=[], model="1", made_at=now)


def test_an_assessment_is_never_edited(cast):
    with pytest.raises(DatabaseError), transaction.atomic():
        Assessment.objects.filter(subject=cast.subjects[0]).update(risk_class="D")


def test_a_correction_needs_a_second_person_and_holds_for_that_month(cast):
    subject = cast.subjects[0]
    made = actions.propose_class(cast["samr1"], subject.pk, "SAMR", "C", "三起投诉已由其他部门查实")
    with pytest.raises(AlreadyDone):
        actions.propose_class(cast["samr2"], subject.pk, "SAMR", "D", "同上")
    with pytest.raises(SamePerson):
        actions.decide_class(cast["samr1"], made.pk, True)
    with pytest.raises(NotFound):
        actions.decide_class(cast["com_reviewer"], made.pk, True)
    assert queries.classes([subject])[subject.pk] == "A"
    actions.decide_class(cast["reviewer"], made.pk, True)
    assert queries.classes([subject])[subject.pk] == "C"
    actions.assess(cast["samr1"], NEXT)
    assert queries.classes([subject])[subject.pk] == "A"


def test_the_subject_itself_is_not_told_its_class(cast):
    from chengxin.accounts import access

    assert not access.all(cast["merchant"], Assessment).exists()
    assert access.all(cast["samr1"], Assessment).exists()


def test_a_class_is_seen_by_no_page_of_the_public_a_platform_or_the_subject(cast, client):
    """A canary: points that occur nowhere else, and a correction's reason. The twin at the end shows that the desk's page has them."""
    subject = cast.subjects[0]
    said = {"kind": "1", "risk_class": "D", "points": 987_654, "reasons": [], "model": "1", "made_at": clock.now()}
    Assessment.objects.create(subject=subject, month=NEXT, **said)
    actions.propose_class(cast["samr1"], subject.pk, "SAMR", "C", "只在内部的更正理由")
    draw = people.drawn(cast, people.approved(cast, shares={**people.ALL, "B": 20}))
    staff = people._person("staff", "platform_staff", people.Scope(platform="mall"))
    public = ["/inspections/", draw.page_url, f"{draw.page_url}draw.json", f"{draw.page_url}receipt.json", f"/subject/{subject.pk}/"]
    for who, urls in (
        (None, public),
        (cast["merchant"], [*public, "/my/warnings/", "/merchant/records/"]),
        (staff, [*public, "/my/warnings/"]),
    ):
        if who:
            client.force_login(who.user, backend="django.contrib.auth.backends.ModelBackend")
        for url in urls:
            answer = client.get(url)
            assert answer.status_code == 200, url
            assert not [one for one in ("987654", "987,654", "只在内部") if one in answer.content.decode()], url
        assert client.get(f"/officer/inspections/classes/{subject.pk}/").status_code in (302, 403)
    client.force_login(cast["samr1"].user, backend="django.contrib.auth.backends.ModelBackend")
    assert "只在内部" in client.get(f"/officer/inspections/classes/{subject.pk}/").content.decode()


# ---- warnings


def warned(cast, **changes):
    said = {"said": ("近一月“图物不符”投诉增多", "请自查商品页面，核对进货凭证"), "until": DAY + timedelta(days=5), **changes}
    return actions.propose_warning(cast["samr1"], cast.subjects[0].pk, "SAMR", said["said"], said["until"])


def test_the_desks_pages_answer(cast, client):
    """Every page of an officer once, with everything on it; the second person's too."""
    draw = people.drawn(cast)
    task = draw.plan.tasks.first()
    made = warned(cast)
    urls = ["", "registers/", "registers/GOODS_TRUE/", "rates/", "plans/new/", f"plans/{draw.plan.number}/", f"visits/{task.number}/"]
    urls += [f"warnings/{made.number}/", f"classes/{cast.subjects[0].pk}/", f"warn/{cast.subjects[0].pk}/"]
    for who in ("samr1", "reviewer"):
        client.force_login(cast[who].user, backend="django.contrib.auth.backends.ModelBackend")
        for url in urls:
            forms_only = who == "reviewer" and (url.startswith("warn/") or url == "plans/new/")
            assert client.get(f"/officer/inspections/{url}").status_code == (403 if forms_only else 200), url


def test_a_warning_reaches_its_subject_when_another_person_approved_it(cast):
    made = warned(cast)
    assert not queries.standing(queries.warnings_of(cast["merchant"])).exists()
    with pytest.raises(NotFound):
        actions.acknowledge_warning(cast["merchant"], made.number)
    with pytest.raises(SamePerson):
        actions.decide_warning(cast["samr1"], made.number, True)
    actions.decide_warning(cast["reviewer"], made.number, True)
    assert [one.number for one in queries.standing(queries.warnings_of(cast["merchant"]))] == [made.number]
    assert actions.acknowledge_warning(cast["merchant"], made.number).acknowledged_by_name
    with pytest.raises(AlreadyDone):
        actions.acknowledge_warning(cast["merchant"], made.number)


@pytest.mark.parametrize(("days", "ended"), [(5, 0), (6, 1)])
def test_a_warning_stands_through_its_last_day(cast, days, ended):
    made = warned(cast)
    actions.decide_warning(cast["reviewer"], made.number, True)
    with clock.set_to(at(DAY + timedelta(days=days), 1)):
        assert actions.expire_warnings(cast["samr1"]) == ended
        assert queries.standing(queries.warnings_of(cast["merchant"])).count() == 1 - ended


def test_a_warning_that_was_not_approved_is_never_seen(cast):
    made = warned(cast)
    actions.decide_warning(cast["reviewer"], made.number, False)
    assert not queries.warnings_of(cast["merchant"]).exists()
    late = warned(cast)
    with clock.set_to(at(DAY + timedelta(days=6))):
        actions.expire_warnings(cast["samr1"])
        assert not queries.warnings_of(cast["merchant"]).filter(number=late.number).exists()


@pytest.mark.parametrize("changes", [{"said": ("", "改")}, {"said": ("电话13800138000多次", "改")}, {"until": DAY - timedelta(days=1)}])
def test_what_cannot_be_a_warning(cast, changes):
    with pytest.raises(WarningWrong):
        warned(cast, **changes)
