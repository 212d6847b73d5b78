"""A channel rests on a licence of the day; a platform that settles itself is flagged; a person decides, once, with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError

from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.payments import actions, licensing
from chengxin.payments.errors import AlreadyDone, CardNumber, ContentWrong, NumberTaken, WrongList
from chengxin.payments.models import ChannelFlag, OrgLicence
from chengxin.payments.tests import people
from chengxin.payments.tests.people import Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Iterator[Town]:
    yield people.town()


def kinds() -> set[str]:
    return set(ChannelFlag.objects.values_list("kind", flat=True))


def test_a_channel_through_a_licensed_institution_raises_no_flag(cast: Town) -> None:
    made = actions.report_channel(cast.staff, cast.platform, people.channel())
    assert made.org == cast.org
    assert not kinds()


@pytest.mark.parametrize(
    ("institution", "mode", "wanted"),
    [("daishou", "SPLIT", {"unlicensed"}), ("谁也不认识", "OWN", {"unlicensed", "own_settlement"})],
)
def test_a_channel_that_maps_to_no_licensed_institution_is_flagged(cast: Town, institution: str, mode: str, wanted: set[str]) -> None:
    actions.report_channel(cast.staff, cast.platform, people.channel(institution=institution, mode=mode))
    assert kinds() == wanted


def test_a_licence_that_has_run_out_or_is_no_number_is_told_apart(cast: Town) -> None:
    yesterday = clock.today() - timedelta(days=1)
    people.licence(cast.other, valid_to=yesterday)
    assert licensing.of_org(cast.other, clock.today()) == ["expired"]
    assert licensing.of_org(cast.other, yesterday - timedelta(days=1)) == ["unlicensed"]  # no list was known on that day
    people.licence(cast.other, number="X1", business="TP1")
    assert licensing.of_org(cast.other, clock.today()) == ["number_form"]


def test_a_channel_is_reported_once_and_may_only_end(cast: Town) -> None:
    first = actions.report_channel(cast.staff, cast.platform, people.channel())
    assert actions.report_channel(cast.staff, cast.platform, people.channel()) == first
    ended = actions.report_channel(cast.staff, cast.platform, people.channel(until=clock.today()))
    assert (ended.pk, ended.until) == (first.pk, clock.today())
    with pytest.raises(NumberTaken):
        actions.report_channel(cast.staff, cast.platform, people.channel(mode="OWN"))
    with pytest.raises(ContentWrong):
        actions.report_channel(cast.staff, cast.platform, people.channel(channel_no="C2", mode="CASH"))
    with pytest.raises(CardNumber):
        actions.report_channel(cast.staff, cast.platform, people.channel(channel_no="4111 1111 1111 1111"))
    with pytest.raises(NotFound):
        actions.report_channel(cast.merchant, cast.platform, people.channel())


def test_a_flag_is_decided_once_by_a_person_with_a_reason(cast: Town) -> None:
    actions.report_channel(cast.staff, cast.platform, people.channel(mode="OWN"))
    flag = ChannelFlag.objects.get()
    with pytest.raises(NotFound):
        actions.confirm_flag(cast.staff, flag.number, "平台自己不能决定")
    done = actions.confirm_flag(cast.officer, flag.number, "合同与流水均显示自收自付")
    assert (done.state, done.decided_by_name) == ("CONFIRMED", "officer")
    with pytest.raises(AlreadyDone):
        actions.dismiss_flag(cast.head, flag.number, "另一人不能再决定")
    with pytest.raises(IntegrityError), transaction.atomic():
        ChannelFlag.objects.filter(pk=flag.pk).update(decided_by="")


LIST = "机构代码,许可证编号,业务类型,业务范围,有效期起,有效期止\ndaishou,{number},SA1,全国,2024-01-01,2029-01-01\n"


def test_a_list_of_licences_goes_in_whole_or_not_at_all(cast: Town) -> None:
    good = LIST.format(number="Z2000123000025").encode()
    assert actions.import_licences(cast.officer, good, clock.today(), "人民银行公示") == 1
    assert actions.import_licences(cast.officer, good, clock.today(), "人民银行公示") == 0
    assert licensing.of_org(cast.other, clock.today()) == []
    with pytest.raises(WrongList) as wrong:
        actions.import_licences(cast.officer, LIST.format(number="12").encode(), clock.today(), "人民银行公示")
    assert wrong.value.data["row"] == 2
    with pytest.raises(NotFound):
        actions.import_licences(cast.staff, good, clock.today(), "人民银行公示")
    with pytest.raises(DatabaseError), transaction.atomic():
        OrgLicence.objects.update(number="Z0")
